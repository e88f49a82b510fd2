// SPDX-License-Identifier: PostgreSQL
// The hash of a key of raw strings: XXH3, 128 bits, in its canonical byte order. It is stored, so neither
// the function nor its seed may ever change.
#include <bedrock_cost/base.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace bedrock_cost {

std::array<unsigned char, 16> key_hash(Text bytes) noexcept
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
    std::array<unsigned char, 16> hash{};
    for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = canonical.digest[i];
    return hash;
}

}  // namespace bedrock_cost
