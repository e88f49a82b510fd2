// SPDX-License-Identifier: PostgreSQL
// Compacted lines in memory.
//
// A compacted line is found by three numbers: its combination (the texts of all key columns), its period and its
// pattern (which amounts are absent, zero or negative). Texts are kept once per combination, however many days it
// recurs on; a group of lines holds sums for those of its amounts only that are not zero. All of it is empty as zero
// bytes.
#pragma once

#include <bedrock_cost/reader.hpp>

#include "memory.hpp"

namespace bedrock_cost {

// Which amounts of a line are what, bit by bit. Comparable byte by byte.
struct Pattern {
    std::uint64_t present, nonzero, negative;
};

// The units of those amounts of a line that are not zero and the decimals of those that are present, in the order of
// the columns. Behind the last decimals there are zeros up to a multiple of 16.
struct LineAmounts {
    Int128 units[most_amounts];
    alignas(16) std::uint8_t decimals[most_amounts];
};

// Which combination a raw key says. Raw keys are told apart by 96 bits of their hash: of n keys two share them with a
// chance of n^2 / 2^97, whatever the lines say, since the hash is another one in every compaction.
struct RawKeys {
    struct Slot {
        std::uint64_t high;
        std::uint32_t low;
        std::uint32_t combination;  // one more than it is; 0: free
    };
    Slot *slots;
    std::size_t count, slot_count;

    bool ready() noexcept { return slot_count > 0 || grow(); }
    void prefetch(std::uint64_t high) const noexcept { __builtin_prefetch(slots + (high & (slot_count - 1))); }
    // One more than the number of the combination; 0: not known.
    std::uint32_t find(std::uint64_t high, std::uint32_t low) const noexcept
    {
        for (std::size_t at = high & (slot_count - 1); slots[at].combination != 0; at = (at + 1) & (slot_count - 1))
            if (slots[at].high == high && slots[at].low == low) return slots[at].combination;
        return 0;
    }
    bool add(std::uint64_t high, std::uint32_t low, std::uint32_t combination) noexcept;
    void release() noexcept { std::free(slots); }

  private:
    bool grow() noexcept;
};

// What a group of lines is found by.
struct GroupKey {
    std::uint32_t combination, period, pattern;
    bool operator==(const GroupKey &) const = default;
    std::uint64_t hash(std::uint64_t seed) const noexcept
    {
        std::uint64_t mixed = ((static_cast<std::uint64_t>(combination) << 32U) | period) ^ seed;
        mixed *= 0x9E3779B97F4A7C15U;
        mixed ^= (mixed >> 32U) ^ pattern;
        mixed *= 0xD6E8FEB86659FD93U;
        return mixed ^ (mixed >> 32U);
    }
};

// Behind it lie its sums and its decimals, as many as its pattern has, decimals up to a multiple of 16.
struct alignas(16) Group {
    GroupKey key;
    std::uint32_t spare;
    std::uint64_t lines;

    Int128 *sums() noexcept { return reinterpret_cast<Int128 *>(this + 1); }
    std::uint8_t *decimals(std::size_t nonzero) noexcept { return reinterpret_cast<std::uint8_t *>(sums() + nonzero); }
};

struct Groups {
    // The number of a group is that of its block and its place in it, in units.
    static constexpr std::size_t unit = 16;
    static constexpr unsigned place_bits = 16;
    static constexpr std::size_t block_units = std::size_t{1} << place_bits;
    struct Slot {
        std::uint32_t tag;
        std::uint32_t number;  // 0: free
    };
    Row<char *> blocks;
    std::size_t used;  // units of the last block
    Row<std::uint32_t> numbers;
    Slot *slots;
    std::size_t slot_count;

    bool ready() noexcept { return slot_count > 0 || grow(0); }
    Group *at(std::uint32_t number) const noexcept
    {
        return reinterpret_cast<Group *>(blocks[number >> place_bits] + (number & (block_units - 1)) * unit);
    }
    void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(slots + (hash & (slot_count - 1))); }
    // Null: not there.
    Group *find(const GroupKey &key, std::uint64_t hash) const noexcept
    {
        const auto tag = static_cast<std::uint32_t>(hash >> 32U);
        for (std::size_t slot = hash & (slot_count - 1); slots[slot].number != 0;
             slot = (slot + 1) & (slot_count - 1)) {
            if (slots[slot].tag != tag) continue;
            Group *const group = at(slots[slot].number);
            if (group->key == key) return group;
        }
        return nullptr;
    }
    // A group that is not there yet. Null: out of memory.
    Group *add(const GroupKey &key, std::uint64_t hash, const Pattern &pattern, std::uint64_t seed) noexcept;
    void release() noexcept;

  private:
    bool grow(std::uint64_t seed) noexcept;
};

struct Table {
    // Of the hash of a group; random.
    std::uint64_t seed;
    RawKeys raw;
    Interner combinations, periods, patterns;
    Groups groups;

    Pattern pattern(std::uint32_t number) const noexcept
    {
        Pattern pattern;
        std::memcpy(&pattern, patterns.text(number).data(), sizeof pattern);
        return pattern;
    }
    void release() noexcept;
};

// Adds amounts to a group. -1, or the number of the sum, among those that are not zero, that would leave the 128 bits:
// nothing is to be done with the table then.
int add_amounts(Group &group, std::size_t nonzero, std::size_t present, std::uint64_t lines, const Int128 *units,
                const std::uint8_t *decimals) noexcept;

}  // namespace bedrock_cost
