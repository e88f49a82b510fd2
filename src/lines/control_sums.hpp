// SPDX-License-Identifier: PostgreSQL
// Control sums: what the amounts of lines add up to, found without the code that reads and groups them. Each digit is
// added to the accumulator of its place, of a text as of a numeric; only when it is asked for is a total made of them.
#pragma once

#include <bedrock_cost/lines.hpp>

#include "base/memory.hpp"
#include "lines/line_hash.hpp"

namespace bedrock_cost::lines {

// Decimal places from 10^-20 to 10^19.
inline constexpr std::int64_t control_places = 40;
inline constexpr std::int64_t control_decimals = 20;

// What an amount of many lines adds up to.
struct DigitSum {
    // Short numbers wait in bytes, by their sign and by where their point is: sixteen places at once.
    static constexpr std::size_t points = 8, lanes = 16;
    static constexpr std::uint8_t most_waiting = 28;  // of nines in a byte
    std::uint8_t waiting[2][points][lanes];
    std::uint8_t waits[2][points];
    // A digit of a numeric, up to 9999, counts at the place of its last decimal digit. There is room for 10^14 of them.
    std::int64_t digits[control_places];
    // At most so many whole units, whatever the signs.
    std::uint64_t bound;
    std::uint8_t decimals;

    // Adds a number, which is one. False: the sum would leave 128 bits, and nothing was added.
    bool add(Text number) noexcept;
    // The same, of a text behind which `lanes` bytes can be read. A number that is not short and plain is not taken.
    bool add_short(const char *number, std::size_t size) noexcept;
    bool add(const NumericDigits &number) noexcept;
    bool add(const DigitSum &other) noexcept;
    // In units of 10^-amount_decimals. False: it leaves 128 bits.
    bool total(Int128 &units) noexcept;

  private:
    bool keeps(std::uint64_t more) noexcept;
    void flush(std::size_t sign, std::size_t point) noexcept;
    void flush() noexcept;
};

struct ControlIdentity {
    Text texts[4];  // payer, billing period, line type, charge class; absent: null
    bool has_reservation;
    std::int64_t month;  // of usage, where no column states the billing period; else 0
};

struct ControlSlot {
    std::int64_t lines;
    std::uint64_t present;
    DigitSum *sums;  // of the amounts that are present, in their order
};

struct ControlTable {
    Interner keys;
    Vector<ControlSlot> slots;
    Arena sums;
    Vector<char> key;

    void share(Budget *budget) noexcept;
    // The number of a slot, which is made where it is new. Interner::none: out of memory.
    std::uint32_t find(const LineHash &hash, const ControlIdentity &identity, std::uint64_t present) noexcept;
    ControlIdentity identity(std::uint32_t slot) const noexcept;

    enum class Merged : std::uint8_t { done, out_of_memory, out_of_range };
    // Takes over the sums of another table of the same hash. amount: the one whose sum is out of range.
    Merged merge(const ControlTable &other, int &amount) noexcept;
    void release() noexcept;

  private:
    std::uint32_t find(Text bytes, std::uint64_t of_bytes, std::uint64_t present) noexcept;
};

}  // namespace bedrock_cost::lines
