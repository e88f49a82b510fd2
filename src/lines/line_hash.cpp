// SPDX-License-Identifier: PostgreSQL
#include "lines/line_hash.hpp"

#include "base/seed.hpp"

namespace bedrock_cost::lines {

void LineHash::draw() noexcept
{
    fill_random(&seed, sizeof seed);
    fill_random(secret, sizeof secret);
}

std::uint64_t LineHash::of(Text bytes) const noexcept
{
    return XXH3_64bits_withSecret(bytes.data(), bytes.size(), secret, sizeof secret);
}

}  // namespace bedrock_cost::lines
