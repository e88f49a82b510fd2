// SPDX-License-Identifier: PostgreSQL
#include "lines/line_table.hpp"

#include <bit>

namespace bedrock_cost::lines {

namespace {

// Decimals, 16 at a time.
using Decimals [[gnu::vector_size(16)]] = std::uint8_t;

constexpr std::size_t decimal_bytes(std::size_t present) noexcept
{
    return (present + sizeof(Decimals) - 1) / sizeof(Decimals) * sizeof(Decimals);
}

}  // namespace

Group *Groups::add(const GroupKey &key, std::uint64_t hash, const Pattern &pattern, std::uint64_t seed) noexcept
{
    if (!ready(seed)) return nullptr;
    const std::size_t size = sizeof(Group) + static_cast<std::size_t>(std::popcount(pattern.nonzero)) * sizeof(Int128) +
                             decimal_bytes(static_cast<std::size_t>(std::popcount(pattern.present)));
    // No group has the place 0.
    if (places.count == 0 && bytes.take(unit, unit) == nullptr) return nullptr;
    char *const room = bytes.take(size, unit);
    if (room == nullptr) return nullptr;
    // The number of a block has so many bits: 64 GB of groups.
    const std::size_t block = bytes.blocks.count - 1;
    if (block >= std::size_t{1} << (32 - place_bits)) return nullptr;
    const auto place =
        static_cast<std::uint32_t>((block << place_bits) | static_cast<std::size_t>(room - bytes.blocks[block]) / unit);
    if (!places.add(place)) return nullptr;
    Group *const group = at(place);
    std::memset(static_cast<void *>(group), 0, size);
    group->key = key;
    group->number = static_cast<std::uint32_t>(places.count - 1);
    table.put(hash, {static_cast<std::uint32_t>(hash >> 32U), place});
    return group;
}

void Groups::release() noexcept
{
    bytes.release();
    places.release();
    table.release();
}

void LineTable::share(Budget *budget) noexcept
{
    raw.table.slots.budget = budget;
    groups.share(budget);
    full_keys.share(budget);
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
    full_keys.release();
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
