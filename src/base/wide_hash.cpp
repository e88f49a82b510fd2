// SPDX-License-Identifier: PostgreSQL
// XXH3 as the library compiles it for any machine, and the choice between that and the wider variant.
#include "base/wide_hash.hpp"

namespace bedrock_cost {

#ifdef BEDROCK_WIDE_HASH
extern const Hashing avx2_hashing;
#endif

namespace {

constexpr Hashing plain = {
    [](const void *bytes, std::size_t count, const void *secret, std::size_t secret_size) noexcept {
        return XXH3_128bits_withSecret(bytes, count, secret, secret_size);
    },
    [](XXH3_state_t *state, const void *bytes, std::size_t count) noexcept {
        XXH3_128bits_update(state, bytes, count);
    }};

}  // namespace

const Hashing &plain_hashing() noexcept
{
    return plain;
}

const Hashing &best_hashing() noexcept
{
#ifdef BEDROCK_WIDE_HASH
    if (__builtin_cpu_supports("avx2") != 0) return avx2_hashing;
#endif
    return plain;
}

}  // namespace bedrock_cost
