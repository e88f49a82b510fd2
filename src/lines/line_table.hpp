// SPDX-License-Identifier: PostgreSQL
// Groups of lines in memory.
//
// A group is found by three numbers: its full key (the texts of all key columns), its usage and its pattern (which
// amounts are present, and which of them are not zero). Texts are kept once per full key, however many days it
// recurs on; a group holds sums for those of its amounts only that are not zero. All of it is empty as zero bytes.
#pragma once

#include <bedrock_cost/lines.hpp>

#include "base/memory.hpp"

namespace bedrock_cost::lines {

// Which amounts of a line are what, a bit for each column used as amount. Comparable byte by byte.
struct Pattern {
    std::uint64_t present, nonzero;
};

// The units of those amounts of a line that are not zero and the decimals of those that are present, in the order of
// the columns. Behind the last decimals there are zeros up to a multiple of 16.
struct LineAmounts {
    Int128 units[most_amounts];
    alignas(16) std::uint8_t decimals[most_amounts];
};

// The full key of a raw key. Raw keys are distinguished by 96 bits of a hash whose secret is drawn anew for every
// store: of n of them two share these with a chance of n^2 / 2^97, of ten million 6 in 10^16, whatever the lines are.
// To keep and compare their bytes too would take a sixth more time to read a bill, and a third more memory. All else in
// a store is compared byte by byte.
struct RawKeys {
    struct Slot {
        std::uint64_t high;
        std::uint32_t low;
        std::uint32_t full_key;  // one more than it is; 0: free

        bool is_free() const noexcept { return full_key == 0; }
    };
    HashTable<Slot> table;

    bool ready() noexcept
    {
        return table.make_room([](const Slot &slot) { return slot.high; });
    }
    void prefetch(std::uint64_t high) const noexcept { table.prefetch(high); }
    // One more than the number of the full key; 0: not known.
    std::uint32_t find(std::uint64_t high, std::uint32_t low) const noexcept
    {
        const Slot *const known =
            table.find(high, [&](const Slot &slot) { return slot.high == high && slot.low == low; });
        return known == nullptr ? 0 : known->full_key;
    }
    bool add(std::uint64_t high, std::uint32_t low, std::uint32_t full_key) noexcept
    {
        if (!ready()) return false;
        table.put(high, {high, low, full_key + 1});
        return true;
    }
    void release() noexcept { table.release(); }
};

// What a group of lines is found by.
struct GroupKey {
    std::uint32_t full_key, usage, pattern;
    bool operator==(const GroupKey &) const = default;
    std::uint64_t hash(std::uint64_t seed) const noexcept
    {
        std::uint64_t mixed = ((static_cast<std::uint64_t>(full_key) << 32U) | usage) ^ seed;
        mixed *= 0x9E3779B97F4A7C15U;
        mixed ^= (mixed >> 32U) ^ pattern;
        mixed *= 0xD6E8FEB86659FD93U;
        return mixed ^ (mixed >> 32U);
    }
};

// Behind it lie its sums and its decimals, as many as its pattern has, decimals up to a multiple of 16.
struct alignas(16) Group {
    GroupKey key;
    std::uint32_t number;  // of the groups, in the order they came
    std::uint64_t lines;

    Int128 *sums() noexcept { return reinterpret_cast<Int128 *>(this + 1); }
    const Int128 *sums() const noexcept { return reinterpret_cast<const Int128 *>(this + 1); }
    std::uint8_t *decimals(std::size_t nonzero) noexcept { return reinterpret_cast<std::uint8_t *>(sums() + nonzero); }
    const std::uint8_t *decimals(std::size_t nonzero) const noexcept
    {
        return reinterpret_cast<const std::uint8_t *>(sums() + nonzero);
    }
};

struct Groups {
    // The place of a group is that of its block and its place in it, in units.
    static constexpr std::size_t unit = 16;
    static constexpr unsigned place_bits = 16;
    static constexpr std::size_t block_units = std::size_t{1} << place_bits;
    static_assert(Arena::largest_block == block_units * unit);
    struct Slot {
        std::uint32_t tag;
        std::uint32_t place;  // 0: free

        bool is_free() const noexcept { return place == 0; }
    };
    Arena bytes;
    Vector<std::uint32_t> places;
    HashTable<Slot> table;

    void share(Budget *budget) noexcept
    {
        bytes.share(budget);
        places.budget = table.slots.budget = budget;
    }
    bool ready(std::uint64_t seed) noexcept
    {
        return table.make_room([&](const Slot &slot) { return at(slot.place)->key.hash(seed); });
    }
    std::size_t count() const noexcept { return places.count; }
    Group *at(std::uint32_t place) const noexcept
    {
        return reinterpret_cast<Group *>(bytes.blocks[place >> place_bits] + (place & (block_units - 1)) * unit);
    }
    Group &operator[](std::size_t number) const noexcept { return *at(places[number]); }
    void prefetch(std::uint64_t hash) const noexcept { table.prefetch(hash); }
    // Null: not there.
    Group *find(const GroupKey &key, std::uint64_t hash) const noexcept
    {
        const auto tag = static_cast<std::uint32_t>(hash >> 32U);
        const Slot *const known =
            table.find(hash, [&](const Slot &slot) { return slot.tag == tag && at(slot.place)->key == key; });
        return known == nullptr ? nullptr : at(known->place);
    }
    // A group that is not there yet. Null: out of memory.
    Group *add(const GroupKey &key, std::uint64_t hash, const Pattern &pattern, std::uint64_t seed) noexcept;
    void release() noexcept;
};

struct LineTable {
    // Of the hash of a group; random.
    std::uint64_t seed;
    RawKeys raw;
    Interner full_keys, usages, patterns;
    Groups groups;

    void share(Budget *budget) noexcept;
    bool ready() noexcept { return raw.ready() && groups.ready(seed); }
    Pattern pattern(std::uint32_t number) const noexcept
    {
        Pattern pattern;
        std::memcpy(&pattern, patterns.text(number).data(), sizeof pattern);
        return pattern;
    }
    // The group of a key, which is made where it is new. Null: out of memory.
    Group *group(const GroupKey &key) noexcept;
    void release() noexcept;
};

// Adds amounts to a group. -1, or the number of the sum, among those that are not zero, that would leave the 128 bits:
// nothing is to be done with the table then.
int add_amounts(Group &group, std::size_t nonzero, std::size_t present, std::uint64_t lines, const Int128 *units,
                const std::uint8_t *decimals) noexcept;

}  // namespace bedrock_cost::lines
