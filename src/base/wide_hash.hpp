// SPDX-License-Identifier: PostgreSQL
// XXH3 with the vectors the machine has. All variants give the same hashes.
#pragma once

#include <cstddef>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace bedrock_cost {

struct Hashing {
    // 128 bits, under a secret of at least XXH3_SECRET_SIZE_MIN bytes.
    XXH128_hash_t (*secret)(const void *bytes, std::size_t count, const void *secret, std::size_t secret_size) noexcept;
    // Of a state of 128 bits.
    void (*update)(XXH3_state_t *state, const void *bytes, std::size_t count) noexcept;
};

// The best the machine can run.
const Hashing &best_hashing() noexcept;
const Hashing &plain_hashing() noexcept;

}  // namespace bedrock_cost
