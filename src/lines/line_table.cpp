// SPDX-License-Identifier: PostgreSQL
#include "lines/line_table.hpp"

#include <algorithm>
#include <bit>

namespace bedrock_cost::lines {

namespace {

// Slots to begin with; a power of two, as all numbers of slots.
constexpr std::size_t first_slots = 4096;

// Decimals, 16 at a time.
using Decimals [[gnu::vector_size(16)]] = std::uint8_t;

constexpr std::size_t decimal_bytes(std::size_t present) noexcept
{
    return (present + sizeof(Decimals) - 1) / sizeof(Decimals) * sizeof(Decimals);
}

}  // namespace

bool RawKeys::add(std::uint64_t high, std::uint32_t low, std::uint32_t combination) noexcept
{
    if (count * 2 >= slot_count && !grow()) return false;
    std::size_t at = high & (slot_count - 1);
    while (slots[at].combination != 0) at = (at + 1) & (slot_count - 1);
    slots[at] = {high, low, combination + 1};
    ++count;
    return true;
}

void RawKeys::release() noexcept
{
    counted_free(budget, slots, slot_count * sizeof(Slot));
}

bool RawKeys::grow() noexcept
{
    const std::size_t wider = std::max(first_slots, slot_count * 2);
    auto *moved = static_cast<Slot *>(counted_calloc(budget, wider, sizeof(Slot)));
    if (moved == nullptr) return false;
    for (std::size_t n = 0; n < slot_count; ++n) {
        if (slots[n].combination == 0) continue;
        std::size_t at = slots[n].high & (wider - 1);
        while (moved[at].combination != 0) at = (at + 1) & (wider - 1);
        moved[at] = slots[n];
    }
    counted_free(budget, slots, slot_count * sizeof(Slot));
    slots = moved;
    slot_count = wider;
    return true;
}

Group *Groups::add(const GroupKey &key, std::uint64_t hash, const Pattern &pattern, std::uint64_t seed) noexcept
{
    if (places.count * 2 >= slot_count && !grow(seed)) return nullptr;
    const std::size_t bytes = sizeof(Group) +
                              static_cast<std::size_t>(std::popcount(pattern.nonzero)) * sizeof(Int128) +
                              decimal_bytes(static_cast<std::size_t>(std::popcount(pattern.present)));
    const std::size_t units = bytes / unit;
    if (blocks.count == 0 || used + units > block_units) {
        // The number of a block has so many bits: 64 GB of groups.
        if (blocks.count == std::size_t{1} << (32 - place_bits)) return nullptr;
        auto *block = static_cast<char *>(counted_malloc(budget, block_units * unit));
        if (block == nullptr) return nullptr;
        if (!blocks.add(block)) {
            counted_free(budget, block, block_units * unit);
            return nullptr;
        }
        // No group has the place 0.
        used = blocks.count == 1 ? 1 : 0;
    }
    const auto place = static_cast<std::uint32_t>(((blocks.count - 1) << place_bits) | used);
    if (!places.add(place)) return nullptr;
    used += units;
    Group *const group = at(place);
    std::memset(static_cast<void *>(group), 0, bytes);
    group->key = key;
    group->number = static_cast<std::uint32_t>(places.count - 1);
    std::size_t slot = hash & (slot_count - 1);
    while (slots[slot].place != 0) slot = (slot + 1) & (slot_count - 1);
    slots[slot] = {static_cast<std::uint32_t>(hash >> 32U), place};
    return group;
}

bool Groups::grow(std::uint64_t seed) noexcept
{
    const std::size_t wider = std::max(first_slots, slot_count * 2);
    auto *moved = static_cast<Slot *>(counted_calloc(budget, wider, sizeof(Slot)));
    if (moved == nullptr) return false;
    for (std::size_t n = 0; n < places.count; ++n) {
        const std::uint64_t hash = at(places[n])->key.hash(seed);
        std::size_t slot = hash & (wider - 1);
        while (moved[slot].place != 0) slot = (slot + 1) & (wider - 1);
        moved[slot] = {static_cast<std::uint32_t>(hash >> 32U), places[n]};
    }
    counted_free(budget, slots, slot_count * sizeof(Slot));
    slots = moved;
    slot_count = wider;
    return true;
}

void Groups::release() noexcept
{
    for (std::size_t n = 0; n < blocks.count; ++n) counted_free(budget, blocks[n], block_units * unit);
    blocks.release();
    places.release();
    counted_free(budget, slots, slot_count * sizeof(Slot));
}

void LineTable::share(Budget *budget) noexcept
{
    raw.budget = groups.budget = groups.places.budget = budget;
    combinations.share(budget);
    usages.share(budget);
    patterns.share(budget);
}

Group *LineTable::group(const GroupKey &key) noexcept
{
    const std::uint64_t hash = key.hash(seed);
    Group *const known = groups.find(key, hash);
    return known != nullptr ? known : groups.add(key, hash, pattern(key.pattern), seed);
}

void LineTable::release() noexcept
{
    raw.release();
    combinations.release();
    usages.release();
    patterns.release();
    groups.release();
}

int add_amounts(Group &group, std::size_t nonzero, std::size_t present, std::uint64_t lines, const Int128 *units,
                const std::uint8_t *decimals) noexcept
{
    group.lines += lines;
    Int128 *const sums = group.sums();
    for (std::size_t i = 0; i < nonzero; ++i)
        if (__builtin_add_overflow(sums[i], units[i], sums + i)) return static_cast<int>(i);
    std::uint8_t *const most = group.decimals(nonzero);
    for (std::size_t i = 0; i < present; i += sizeof(Decimals)) {
        Decimals one, other;
        std::memcpy(&one, most + i, sizeof one);
        std::memcpy(&other, decimals + i, sizeof other);
        one = one > other ? one : other;
        std::memcpy(most + i, &one, sizeof one);
    }
    return -1;
}

}  // namespace bedrock_cost::lines
