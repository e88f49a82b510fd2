// SPDX-License-Identifier: PostgreSQL
// Whether this is a worker of Citus: tables that users change are filled on the coordinator alone.
#pragma once

namespace bedrock_cost::pg {

bool on_worker();

}  // namespace bedrock_cost::pg
