// SPDX-License-Identifier: PostgreSQL
// Lines summed by key: a hash table over keys that lie one behind the other in large blocks, sums of 128 bits. Memory
// comes from malloc and is asked for without exceptions: running out of it is an answer, not a jump.
#include <algorithm>
#include <cstdlib>

#include <bedrock_cost/lines.hpp>

#include "base/seed.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace bedrock_cost {

namespace {

// What a group is found by.
// Its sums lie behind it, their decimals behind these.
struct alignas(Int128) Group {
    XXH128_hash_t hash;
    Text key;
    std::int64_t lines;

    Int128 *units() noexcept { return reinterpret_cast<Int128 *>(this + 1); }
    std::uint8_t *decimals(std::size_t amounts) noexcept { return reinterpret_cast<std::uint8_t *>(units() + amounts); }
};
static_assert(sizeof(Group) % alignof(Int128) == 0, "sums follow their group");

constexpr std::size_t groups_in_block = 1024;
constexpr std::size_t bytes_in_block = std::size_t{1} << 20U;

// Blocks that stay where they are while more are added.
struct Blocks {
    char **at = nullptr;
    std::size_t count = 0;
    std::size_t room = 0;

    char *add(std::size_t bytes) noexcept
    {
        if (count == room) {
            const std::size_t wider = std::max<std::size_t>(16, room * 2);
            auto *moved = static_cast<char **>(std::realloc(at, wider * sizeof(char *)));
            if (moved == nullptr) return nullptr;
            at = moved;
            room = wider;
        }
        auto *block = static_cast<char *>(std::malloc(bytes));
        if (block != nullptr) at[count++] = block;
        return block;
    }

    void release() noexcept
    {
        for (std::size_t i = 0; i < count; ++i) std::free(at[i]);
        std::free(at);
    }
};

}  // namespace

struct Fold {
    std::uint32_t amounts;
    std::uint64_t seed;
    std::int64_t count;
    // A power of two of numbers of groups, each one more than it is; 0: free.
    std::uint32_t *slots;
    std::size_t slot_count;
    Blocks groups;
    Blocks keys;
    char *key_at;
    std::size_t key_room;

    std::size_t stride() const noexcept
    {
        const std::size_t decimals = (amounts + alignof(Group) - 1) / alignof(Group) * alignof(Group);
        return sizeof(Group) + amounts * sizeof(Int128) + decimals;
    }

    Group *group(std::int64_t number) const noexcept
    {
        const auto n = static_cast<std::size_t>(number);
        return reinterpret_cast<Group *>(groups.at[n / groups_in_block] + (n % groups_in_block) * stride());
    }

    // Copies a key to where it stays. Null: out of memory.
    const char *keep(Text key) noexcept
    {
        if (key_at == nullptr || key.size() > key_room) {
            const std::size_t bytes = std::max(bytes_in_block, key.size());
            char *block = keys.add(bytes);
            if (block == nullptr) return nullptr;
            key_at = block;
            key_room = bytes;
        }
        char *kept = key_at;
        std::copy(key.begin(), key.end(), kept);
        key_at += key.size();
        key_room -= key.size();
        return kept;
    }

    bool grow() noexcept
    {
        const std::size_t wider = slot_count * 2;
        auto *moved = static_cast<std::uint32_t *>(std::calloc(wider, sizeof(std::uint32_t)));
        if (moved == nullptr) return false;
        for (std::int64_t n = 0; n < count; ++n) {
            std::size_t slot = group(n)->hash.low64 & (wider - 1);
            while (moved[slot] != 0) slot = (slot + 1) & (wider - 1);
            moved[slot] = static_cast<std::uint32_t>(n + 1);
        }
        std::free(slots);
        slots = moved;
        slot_count = wider;
        return true;
    }
};

Fold *fold_open(std::uint32_t amounts) noexcept
{
    auto *fold = static_cast<Fold *>(std::calloc(1, sizeof(Fold)));
    if (fold == nullptr) return nullptr;
    fold->amounts = amounts;
    // Nobody can prepare keys that share a hash.
    fill_random(&fold->seed, sizeof fold->seed);
    fold->slot_count = 4096;
    fold->slots = static_cast<std::uint32_t *>(std::calloc(fold->slot_count, sizeof(std::uint32_t)));
    if (fold->slots == nullptr) {
        std::free(fold);
        return nullptr;
    }
    return fold;
}

void fold_close(Fold *fold) noexcept
{
    if (fold == nullptr) return;
    fold->groups.release();
    fold->keys.release();
    std::free(fold->slots);
    std::free(fold);
}

Folded fold_add(Fold *fold, Text key, std::int64_t lines, const Amount *amounts) noexcept
{
    const XXH128_hash_t hash = XXH3_128bits_withSeed(key.data(), key.size(), fold->seed);
    std::size_t slot = hash.low64 & (fold->slot_count - 1);
    Folded folded;
    for (; fold->slots[slot] != 0; slot = (slot + 1) & (fold->slot_count - 1)) {
        const std::int64_t number = static_cast<std::int64_t>(fold->slots[slot]) - 1;
        const Group &known = *fold->group(number);
        if (XXH128_isEqual(known.hash, hash) != 0 && known.key == key) {
            folded.group = number;
            break;
        }
    }

    if (folded.group < 0) {
        // Four billion groups are beyond any memory; their number fits a slot.
        const auto next = static_cast<std::size_t>(fold->count);
        if (next % groups_in_block == 0 && next / groups_in_block == fold->groups.count &&
            fold->groups.add(groups_in_block * fold->stride()) == nullptr)
            return {};
        const char *kept = fold->keep(key);
        if (kept == nullptr) return {};
        // Half of the slots stay free.
        if (next * 2 >= fold->slot_count) {
            if (!fold->grow()) return {};
            slot = hash.low64 & (fold->slot_count - 1);
            while (fold->slots[slot] != 0) slot = (slot + 1) & (fold->slot_count - 1);
        }
        Group *group = fold->group(fold->count);
        *group = Group{hash, {kept, key.size()}, 0};
        std::fill_n(group->units(), fold->amounts, Int128{0});
        std::fill_n(group->decimals(fold->amounts), fold->amounts, std::uint8_t{0});
        fold->slots[slot] = static_cast<std::uint32_t>(next + 1);
        folded.group = fold->count++;
    }

    Group *group = fold->group(folded.group);
    group->lines += lines;
    Int128 *units = group->units();
    std::uint8_t *decimals = group->decimals(fold->amounts);
    for (std::uint32_t i = 0; i < fold->amounts; ++i) {
        if (!amounts[i].present) continue;
        Int128 sum = 0;
        if (__builtin_add_overflow(units[i], amounts[i].units, &sum)) {
            folded.refused |= std::uint64_t{1} << i;
            continue;
        }
        units[i] = sum;
        decimals[i] = std::max(decimals[i], static_cast<std::uint8_t>(amounts[i].decimals + 1));
    }
    return folded;
}

std::int64_t fold_count(const Fold *fold) noexcept
{
    return fold->count;
}

FoldGroup fold_group(const Fold *fold, std::int64_t number) noexcept
{
    Group *group = fold->group(number);
    return {group->key, group->lines, {group->units(), group->decimals(fold->amounts)}};
}

Amount fold_sum(Sums sums, std::int32_t amount) noexcept
{
    const std::uint8_t decimals = sums.decimals[amount];
    if (decimals == 0) return {};
    return {sums.units[amount], static_cast<std::uint8_t>(decimals - 1), true};
}

}  // namespace bedrock_cost
