// SPDX-License-Identifier: PostgreSQL
// XXH3 compiled for AVX2, chosen at run time. Nothing but xxhash, whose functions are static, may be included here: an
// inline function compiled for AVX2 could replace the same one elsewhere.
#include "base/wide_hash.hpp"

#if !defined(__AVX2__)
#error "compile this file for AVX2"
#endif

namespace bedrock_cost {

extern const Hashing avx2_hashing;
const Hashing avx2_hashing = {
    [](const void *bytes, std::size_t count, const void *secret, std::size_t secret_size) noexcept {
        return XXH3_128bits_withSecret(bytes, count, secret, secret_size);
    },
    [](XXH3_state_t *state, const void *bytes, std::size_t count) noexcept {
        XXH3_128bits_update(state, bytes, count);
    }};

}  // namespace bedrock_cost
