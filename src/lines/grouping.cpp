// SPDX-License-Identifier: PostgreSQL
// Exact grouping: lines summed by key, in 128 bits.
#include <algorithm>
#include <cstdlib>
#include <new>

#include <bedrock_cost/lines.hpp>

#include "base/memory.hpp"
#include "base/seed.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace bedrock_cost {

namespace {

// Its sums lie behind it, their decimals behind these.
struct alignas(Int128) Group {
    std::int64_t lines;

    Int128 *units() noexcept { return reinterpret_cast<Int128 *>(this + 1); }
    std::uint8_t *decimals(std::size_t amounts) noexcept { return reinterpret_cast<std::uint8_t *>(units() + amounts); }
};

}  // namespace

struct Grouping {
    Budget budget;
    std::uint32_t amounts;
    std::uint64_t seed;
    Interner keys;
    // By the numbers of their keys.
    Vector<Group *> groups;
    Arena sums;

    // Makes the groups up to this one. False: out of memory.
    bool add_groups(std::size_t number) noexcept
    {
        while (groups.count <= number) {
            const std::size_t bytes = sizeof(Group) + amounts * (sizeof(Int128) + 1);
            char *const zeros = sums.take(bytes, alignof(Group));
            if (zeros == nullptr || !groups.add(reinterpret_cast<Group *>(zeros))) return false;
            std::memset(zeros, 0, bytes);
        }
        return true;
    }
};

Grouping *grouping_open(std::uint32_t amounts, std::uint64_t memory) noexcept
{
    void *room = std::malloc(sizeof(Grouping));
    if (room == nullptr) return nullptr;
    auto *grouping = new (room) Grouping{};
    grouping->budget.limit = memory;
    grouping->amounts = amounts;
    grouping->keys.share(&grouping->budget);
    grouping->groups.budget = &grouping->budget;
    grouping->sums.share(&grouping->budget);
    fill_random(&grouping->seed, sizeof grouping->seed);
    return grouping;
}

void grouping_close(Grouping *grouping) noexcept
{
    if (grouping == nullptr) return;
    grouping->keys.release();
    grouping->groups.release();
    grouping->sums.release();
    std::free(grouping);
}

GroupedLine grouping_add(Grouping *grouping, Text key, std::int64_t lines, const Amount *amounts) noexcept
{
    GroupedLine grouped;
    const std::uint32_t number = grouping->keys.add(key, XXH3_64bits_withSeed(key.data(), key.size(), grouping->seed));
    if (number == Interner::none || !grouping->add_groups(number)) return grouped;
    grouped.group = number;
    Group *const group = grouping->groups[number];
    group->lines += lines;
    Int128 *const units = group->units();
    std::uint8_t *const decimals = group->decimals(grouping->amounts);
    for (std::uint32_t i = 0; i < grouping->amounts; ++i) {
        if (!amounts[i].present) continue;
        Int128 sum = 0;
        if (__builtin_add_overflow(units[i], amounts[i].units, &sum)) {
            grouped.refused |= std::uint64_t{1} << i;
            continue;
        }
        units[i] = sum;
        decimals[i] = std::max(decimals[i], static_cast<std::uint8_t>(amounts[i].decimals + 1));
    }
    return grouped;
}

bool grouping_take(Grouping *grouping, std::uint64_t bytes) noexcept
{
    return grouping->budget.take(bytes);
}

bool grouping_is_limited(const Grouping *grouping) noexcept
{
    return grouping->budget.exceeded.load(std::memory_order_relaxed);
}

std::int64_t grouping_count(const Grouping *grouping) noexcept
{
    return static_cast<std::int64_t>(grouping->groups.count);
}

GroupSums grouping_group(const Grouping *grouping, std::int64_t number) noexcept
{
    const auto n = static_cast<std::uint32_t>(number);
    Group *const group = grouping->groups[n];
    return {grouping->keys.text(n), group->lines, {group->units(), group->decimals(grouping->amounts)}};
}

Amount grouping_sum(Sums sums, std::int32_t amount) noexcept
{
    const std::uint8_t decimals = sums.decimals[amount];
    if (decimals == 0) return {};
    return {sums.units[amount], static_cast<std::uint8_t>(decimals - 1), true};
}

}  // namespace bedrock_cost
