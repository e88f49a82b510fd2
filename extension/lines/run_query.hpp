// SPDX-License-Identifier: PostgreSQL
// Runs a query whose rows go to a receiver.
#pragma once

#include "pg/pg.hpp"

extern "C" {
#include "tcop/dest.h"
}

namespace bedrock_cost::pg {

// With the rights of the caller; where he is a superuser and the relation (0: none) belongs to a role that is none,
// with that role's, and in a security-restricted operation. The relation is all of its FROM.
void run_query(const char *query_text, Oid relation, DestReceiver *receiver);

}  // namespace bedrock_cost::pg
