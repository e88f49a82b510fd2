// SPDX-License-Identifier: PostgreSQL
#include "base/seed.hpp"

#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>

namespace bedrock_cost {

void fill_random(void *room, std::size_t bytes) noexcept
{
    // Up to 256 bytes are given whole, or not at all.
    constexpr std::size_t whole = 256;
    auto *at = static_cast<unsigned char *>(room);
    while (bytes > 0) {
        const std::size_t part = std::min(bytes, whole);
        if (getrandom(at, part, GRND_NONBLOCK) != static_cast<ssize_t>(part)) break;
        at += part;
        bytes -= part;
    }
    if (bytes == 0) return;
    // splitmix64
    std::uint64_t state = (static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(room)) * 0x9E3779B97F4A7C15U) ^
                          static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    while (bytes > 0) {
        std::uint64_t mixed = state += 0x9E3779B97F4A7C15U;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        mixed ^= mixed >> 31U;
        const std::size_t part = std::min(bytes, sizeof mixed);
        std::memcpy(at, &mixed, part);
        at += part;
        bytes -= part;
    }
}

}  // namespace bedrock_cost
