// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <bedrock_cost/bill.hpp>

namespace bedrock_cost::pg {

// An IAM principal without the session of an assumed role and the slash before it; any other text as it is.
inline Text without_session(Text principal)
{
    const Text session = principal_parts(principal).session;
    return session.data() == nullptr ? principal : principal.substr(0, principal.size() - session.size() - 1);
}

}  // namespace bedrock_cost::pg
