// SPDX-License-Identifier: PostgreSQL
// Fuzzes the reading of callers: every string keeps the rules of invariants.hpp.
#include "fuzz.hpp"
#include "invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace bedrock_cost::test;
    require(broken_principal_rule(as_text(data, size)));
    return 0;
}
