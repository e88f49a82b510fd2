// SPDX-License-Identifier: PostgreSQL
// What the fuzz targets share: the input as text, and an end with words where a rule is broken.
#pragma once

#include <bedrock_cost/base.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace bedrock_cost::test {

// The input of a fuzzer as text.
inline Text as_text(const std::uint8_t *data, std::size_t size)
{
    return {reinterpret_cast<const char *>(data), size};
}

// Ends the program where a rule is broken.
inline void require(const char *broken_rule)
{
    if (broken_rule == nullptr) return;
    std::fprintf(stderr, "broken: %s\n", broken_rule);
    std::abort();
}

}  // namespace bedrock_cost::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);
