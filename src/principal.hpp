// SPDX-License-Identifier: PostgreSQL
// Callers, for the rooms of the core that only ask whether there is one.
#pragma once

#include <bedrock_cost/api.hpp>

namespace bedrock_cost {

// Tells whether a text is a principal of a known kind, without telling its parts.
bool is_principal(Text text) noexcept;

}  // namespace bedrock_cost
