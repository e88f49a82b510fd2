// SPDX-License-Identifier: PostgreSQL
// The hash of keys, another one in every line store.
#pragma once

#include "base/wide_hash.hpp"

#include <bedrock_cost/base.hpp>

namespace bedrock_cost::lines {

struct LineHash {
    std::uint64_t seed;
    unsigned char secret[XXH3_SECRET_SIZE_MIN > 192 ? XXH3_SECRET_SIZE_MIN : 192];

    void draw() noexcept;
    std::uint64_t of(Text bytes) const noexcept;
};

}  // namespace bedrock_cost::lines
