// SPDX-License-Identifier: PostgreSQL
// Memory that running out of is an answer: bytes that stay where they are, and texts numbered as they come.
#pragma once

#include <algorithm>
#include <bedrock_cost/api.hpp>
#include <cstdlib>
#include <cstring>

namespace bedrock_cost {

// An array of plain values that grows. Zero bytes are an empty one.
template <class T>
struct Row {
    static_assert(std::is_trivially_copyable_v<T>);
    T *at;
    std::size_t count;
    std::size_t room;

    bool add(const T &value) noexcept
    {
        if (count == room) {
            const std::size_t wider = std::max<std::size_t>(16, room * 2);
            auto *moved = static_cast<T *>(std::realloc(static_cast<void *>(at), wider * sizeof(T)));
            if (moved == nullptr) return false;
            at = moved;
            room = wider;
        }
        at[count++] = value;
        return true;
    }
    T &operator[](std::size_t place) const noexcept { return at[place]; }
    void release() noexcept { std::free(static_cast<void *>(at)); }
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

    // Null: out of memory.
    char *take(std::size_t bytes) noexcept
    {
        if (next == nullptr || bytes > left) {
            const std::size_t size = std::max(block_bytes, bytes);
            auto *block = static_cast<char *>(std::malloc(size));
            if (block == nullptr) return nullptr;
            if (!blocks.add(block)) {
                std::free(block);
                return nullptr;
            }
            next = block;
            left = size;
        }
        char *const given = next;
        next += bytes;
        left -= bytes;
        return given;
    }
    void release() noexcept
    {
        for (std::size_t i = 0; i < blocks.count; ++i) std::free(blocks[i]);
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
        std::free(slots);
    }

  private:
    bool grow() noexcept
    {
        const std::size_t wider = std::max<std::size_t>(256, slot_count * 2);
        auto *moved = static_cast<std::uint32_t *>(std::calloc(wider, sizeof(std::uint32_t)));
        if (moved == nullptr) return false;
        for (std::size_t n = 0; n < entries.count; ++n) {
            std::size_t slot = entries[n].hash & (wider - 1);
            while (moved[slot] != 0) slot = (slot + 1) & (wider - 1);
            moved[slot] = static_cast<std::uint32_t>(n + 1);
        }
        std::free(slots);
        slots = moved;
        slot_count = wider;
        return true;
    }
};

}  // namespace bedrock_cost
