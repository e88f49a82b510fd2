// SPDX-License-Identifier: PostgreSQL
// Memory that running out of is an answer: bytes that stay where they are, and texts numbered as they come.
#pragma once

#include <algorithm>
#include <atomic>
#include <bedrock_cost/base.hpp>
#include <cstdlib>
#include <cstring>

namespace bedrock_cost {

// What all of a task may take, counted as it is asked for by whichever thread. Those who share one say so before their
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

// An array of plain values that grows. Zero bytes are an empty one.
template <class T>
struct Row {
    static_assert(std::is_trivially_copyable_v<T>);
    T *at;
    std::size_t count;
    std::size_t room;
    Budget *budget;

    bool add(const T &value) noexcept
    {
        if (count == room) {
            const std::size_t wider = std::max<std::size_t>(16, room * 2);
            auto *moved =
                static_cast<T *>(counted_realloc(budget, static_cast<void *>(at), room * sizeof(T), wider * sizeof(T)));
            if (moved == nullptr) return false;
            at = moved;
            room = wider;
        }
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
    void release() noexcept { counted_free(budget, static_cast<void *>(at), room * sizeof(T)); }
};

// Room for a text that is written anew again and again. Zero bytes are an empty one.
struct Scratch {
    char *at;
    std::size_t room;

    bool want(std::size_t bytes) noexcept
    {
        if (bytes <= room) return true;
        const std::size_t wider = std::max<std::size_t>(bytes, std::max<std::size_t>(4096, room * 2));
        std::free(at);
        at = static_cast<char *>(std::malloc(wider));
        room = at == nullptr ? 0 : wider;
        return at != nullptr;
    }
    void release() noexcept { std::free(at); }
};

// Bytes given out from large blocks and freed together. Zero bytes are an empty one.
struct Arena {
    static constexpr std::size_t block_bytes = std::size_t{1} << 20U;
    Row<char *> blocks;
    char *next;
    std::size_t left;
    std::size_t taken;
    Budget *budget;

    // Null: out of memory.
    char *take(std::size_t bytes) noexcept
    {
        if (next == nullptr || bytes > left) {
            const std::size_t size = std::max(block_bytes, bytes);
            auto *block = static_cast<char *>(counted_malloc(budget, size));
            if (block == nullptr) return nullptr;
            if (!blocks.add(block)) {
                counted_free(budget, block, size);
                return nullptr;
            }
            next = block;
            left = size;
            taken += size;
        }
        char *const given = next;
        next += bytes;
        left -= bytes;
        return given;
    }
    void release() noexcept
    {
        for (std::size_t i = 0; i < blocks.count; ++i) std::free(blocks[i]);
        if (budget != nullptr) budget->give_back(taken);
        blocks.release();
    }
};

// Texts, each kept once and numbered in the order they came. Told apart byte by byte; the hash of a text is the
// caller's, who keeps it from being foreseen. Zero bytes are an empty one.
struct Interner {
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    struct Entry {
        std::uint64_t hash;
        Text text;
    };
    Arena bytes;
    Row<Entry> entries;
    // Numbers of entries, each one more than it is; 0: free.
    std::uint32_t *slots;
    std::size_t slot_count;

    void share(Budget *budget) noexcept { bytes.budget = entries.budget = budget; }
    // The number of a text, which is added where it is new. `none`: out of memory.
    std::uint32_t add(Text text, std::uint64_t hash) noexcept
    {
        if (entries.count * 2 >= slot_count && !grow()) return none;
        std::size_t slot = hash & (slot_count - 1);
        for (; slots[slot] != 0; slot = (slot + 1) & (slot_count - 1)) {
            const Entry &entry = entries[slots[slot] - 1];
            if (entry.hash == hash && entry.text == text) return slots[slot] - 1;
        }
        if (entries.count >= none - 1) return none;
        char *const kept = bytes.take(text.size());
        if (kept == nullptr) return none;
        if (!text.empty()) std::memcpy(kept, text.data(), text.size());
        if (!entries.add({hash, {kept, text.size()}})) return none;
        slots[slot] = static_cast<std::uint32_t>(entries.count);
        return static_cast<std::uint32_t>(entries.count - 1);
    }
    Text text(std::uint32_t number) const noexcept { return entries[number].text; }
    void release() noexcept
    {
        bytes.release();
        entries.release();
        counted_free(entries.budget, slots, slot_count * sizeof *slots);
    }

  private:
    bool grow() noexcept
    {
        const std::size_t wider = std::max<std::size_t>(256, slot_count * 2);
        auto *moved = static_cast<std::uint32_t *>(counted_calloc(entries.budget, wider, sizeof(std::uint32_t)));
        if (moved == nullptr) return false;
        for (std::size_t n = 0; n < entries.count; ++n) {
            std::size_t slot = entries[n].hash & (wider - 1);
            while (moved[slot] != 0) slot = (slot + 1) & (wider - 1);
            moved[slot] = static_cast<std::uint32_t>(n + 1);
        }
        counted_free(entries.budget, slots, slot_count * sizeof *slots);
        slots = moved;
        slot_count = wider;
        return true;
    }
};

}  // namespace bedrock_cost
