// SPDX-License-Identifier: PostgreSQL
// The one vector, arena and hash table of the core. Running out of memory is an answer of theirs, not an exception; all
// of them are empty as zero bytes, and trivially copyable, so that a binding may jump over what holds them.
#pragma once

#include <algorithm>
#include <atomic>
#include <bedrock_cost/base.hpp>
#include <cstdlib>
#include <cstring>

namespace bedrock_cost {

// What all of a task may take, counted as it is asked for by whichever thread. Those who share one set it before their
// first request; without one nothing is counted.
struct Budget {
    std::uint64_t limit;  // 0: none
    std::atomic<std::uint64_t> taken;
    std::atomic<bool> exceeded;  // that is why a request was refused

    bool take(std::size_t bytes) noexcept
    {
        const std::uint64_t before = taken.fetch_add(bytes, std::memory_order_relaxed);
        if (limit == 0 || before + bytes <= limit) return true;
        taken.fetch_sub(bytes, std::memory_order_relaxed);
        exceeded.store(true, std::memory_order_relaxed);
        return false;
    }
    void give_back(std::size_t bytes) noexcept { taken.fetch_sub(bytes, std::memory_order_relaxed); }
};

// malloc, calloc, realloc and free of so many bytes, counted.
inline void *counted_malloc(Budget *budget, std::size_t bytes) noexcept
{
    if (budget != nullptr && !budget->take(bytes)) return nullptr;
    void *given = std::malloc(bytes);
    if (given == nullptr && budget != nullptr) budget->give_back(bytes);
    return given;
}
inline void *counted_calloc(Budget *budget, std::size_t count, std::size_t size) noexcept
{
    if (budget != nullptr && !budget->take(count * size)) return nullptr;
    void *given = std::calloc(count, size);
    if (given == nullptr && budget != nullptr) budget->give_back(count * size);
    return given;
}
inline void *counted_realloc(Budget *budget, void *at, std::size_t before, std::size_t bytes) noexcept
{
    if (budget != nullptr && !budget->take(bytes - before)) return nullptr;
    void *given = std::realloc(at, bytes);
    if (given == nullptr && budget != nullptr) budget->give_back(bytes - before);
    return given;
}
inline void counted_free(Budget *budget, void *at, std::size_t bytes) noexcept
{
    if (budget != nullptr && at != nullptr) budget->give_back(bytes);
    std::free(at);
}

// A copy of a text with a zero byte behind it, from malloc. Null: out of memory.
inline char *c_string(Text text) noexcept
{
    auto *copy = static_cast<char *>(std::malloc(text.size() + 1));
    if (copy == nullptr) return nullptr;
    if (!text.empty()) std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    return copy;
}

// An array of plain values that grows.
template <class T>
struct Vector {
    static_assert(std::is_trivially_copyable_v<T>);
    T *at;
    std::size_t count;
    std::size_t room;
    Budget *budget;

    // Room for so many values in all; the values that are there stay. False: out of memory.
    bool reserve(std::size_t values) noexcept
    {
        if (values <= room) return true;
        const std::size_t wider = std::max(values, std::max<std::size_t>(16, room * 2));
        auto *moved =
            static_cast<T *>(counted_realloc(budget, static_cast<void *>(at), room * sizeof(T), wider * sizeof(T)));
        if (moved == nullptr) return false;
        at = moved;
        room = wider;
        return true;
    }
    bool add(const T &value) noexcept
    {
        if (count == room && !reserve(count + 1)) return false;
        at[count++] = value;
        return true;
    }
    // An empty array becomes one of so many zeros.
    bool fill(std::size_t values) noexcept
    {
        at = static_cast<T *>(counted_calloc(budget, std::max<std::size_t>(values, 1), sizeof(T)));
        if (at == nullptr) return false;
        count = values;
        room = std::max<std::size_t>(values, 1);
        return true;
    }
    T &operator[](std::size_t place) const noexcept { return at[place]; }
    T *begin() const noexcept { return at; }
    T *end() const noexcept { return at + count; }
    // Frees the values; what is left is not to be used but to be overwritten.
    void release() noexcept { counted_free(budget, static_cast<void *>(at), room * sizeof(T)); }
};

// Bytes given out from large blocks, which stay where they are and are freed together. The first block is small, so
// that an arena of a few texts takes little.
struct Arena {
    static constexpr std::size_t first_block = std::size_t{1} << 16U, largest_block = std::size_t{1} << 20U;
    Vector<char *> blocks;
    char *next;
    std::size_t left;
    std::size_t taken;
    Budget *budget;

    // Room for so many bytes, at an address that is a multiple of the alignment: a power of two, at most 16. Null: out
    // of memory.
    char *take(std::size_t bytes, std::size_t alignment = 1) noexcept
    {
        std::size_t skipped = left & (alignment - 1);
        if (next == nullptr || bytes + skipped > left) {
            // Blocks are multiples of 16 bytes: what is left of one determines how its next byte is aligned.
            const std::size_t size = std::max(std::clamp(taken, first_block, largest_block), (bytes + 15) / 16 * 16);
            auto *block = static_cast<char *>(counted_malloc(budget, size));
            if (block == nullptr) return nullptr;
            if (!blocks.add(block)) {
                counted_free(budget, block, size);
                return nullptr;
            }
            next = block;
            left = size;
            taken += size;
            skipped = 0;
        }
        char *const given = next + skipped;
        next = given + bytes;
        left -= skipped + bytes;
        return given;
    }
    // A copy of a text. Its address is null where there is no memory for it; that of an empty text is not.
    Text keep(Text text) noexcept
    {
        char *const copy = take(text.size());
        if (copy == nullptr) return {};
        if (!text.empty()) std::memcpy(copy, text.data(), text.size());
        return {copy, text.size()};
    }
    void share(Budget *of) noexcept { budget = blocks.budget = of; }
    void release() noexcept
    {
        for (char *block : blocks) std::free(block);
        if (budget != nullptr) budget->give_back(taken);
        blocks.release();
    }
};

// A hash table of slots, in which collisions go to the next slot and at least half of the slots are free. What a slot
// means, its hash, and whether two are the same, the caller knows; a slot of zero bytes is free, and is_free() says so.
template <class Slot>
struct HashTable {
    Vector<Slot> slots;  // a power of two, or none yet
    std::size_t used;

    std::size_t mask() const noexcept { return slots.count - 1; }
    // Makes room for one more slot. hash_of(slot): the hash it was put in by. False: out of memory.
    template <class HashOf>
    bool make_room(HashOf hash_of) noexcept
    {
        if (used * 2 < slots.count) return true;
        HashTable wider{{nullptr, 0, 0, slots.budget}, 0};
        if (!wider.slots.fill(std::max<std::size_t>(256, slots.count * 2))) return false;
        for (const Slot &slot : slots)
            if (!slot.is_free()) wider.put(hash_of(slot), slot);
        slots.release();
        *this = wider;
        return true;
    }
    void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(slots.at + (hash & mask())); }
    // The slot that same(slot) is true of. Null: there is none. The table has had room made.
    template <class Same>
    const Slot *find(std::uint64_t hash, Same same) const noexcept
    {
        for (std::size_t at = hash & mask(); !slots[at].is_free(); at = (at + 1) & mask())
            if (same(slots[at])) return slots.at + at;
        return nullptr;
    }
    // Puts a slot in for which there is room.
    void put(std::uint64_t hash, const Slot &slot) noexcept
    {
        std::size_t at = hash & mask();
        while (!slots[at].is_free()) at = (at + 1) & mask();
        slots[at] = slot;
        ++used;
    }
    void release() noexcept { slots.release(); }
};

// A slot that has the number of an entry kept elsewhere.
struct NumberSlot {
    std::uint32_t next;  // one more than the number

    static constexpr NumberSlot of(std::size_t number) noexcept { return {static_cast<std::uint32_t>(number + 1)}; }
    std::uint32_t number() const noexcept { return next - 1; }
    bool is_free() const noexcept { return next == 0; }
};

// Texts, each kept once and numbered in the order they came. Told apart byte by byte; the hash of a text is the
// caller's, who keeps it from being foreseen.
struct Interner {
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    struct Entry {
        std::uint64_t hash;
        Text text;
    };
    Arena bytes;
    Vector<Entry> entries;
    HashTable<NumberSlot> table;

    void share(Budget *budget) noexcept
    {
        bytes.share(budget);
        entries.budget = table.slots.budget = budget;
    }
    // The number of a text, which is added where it is new. `none`: out of memory.
    std::uint32_t add(Text text, std::uint64_t hash) noexcept
    {
        if (!table.make_room([&](NumberSlot slot) { return entries[slot.number()].hash; })) return none;
        const NumberSlot *const known = table.find(hash, [&](NumberSlot slot) {
            const Entry &entry = entries[slot.number()];
            return entry.hash == hash && entry.text == text;
        });
        if (known != nullptr) return known->number();
        if (entries.count >= none - 1) return none;
        const Text kept = bytes.keep(text);
        if (kept.data() == nullptr || !entries.add({hash, kept})) return none;
        table.put(hash, NumberSlot::of(entries.count - 1));
        return static_cast<std::uint32_t>(entries.count - 1);
    }
    Text text(std::uint32_t number) const noexcept { return entries[number].text; }
    void release() noexcept
    {
        bytes.release();
        entries.release();
        table.release();
    }
};

}  // namespace bedrock_cost
