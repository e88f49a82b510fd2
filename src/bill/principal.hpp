// SPDX-License-Identifier: PostgreSQL
// Callers, for the rooms of the core that ask less than who it is.
#pragma once

#include <bedrock_cost/bill.hpp>

namespace bedrock_cost {

// Whether a text is a principal of a known kind, without telling its parts.
bool is_principal(Text text) noexcept;

// An IAM principal without the session of an assumed role and the slash before it; any other text as it is.
Text without_session(Text principal) noexcept;

}  // namespace bedrock_cost
