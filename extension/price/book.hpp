// SPDX-License-Identifier: PostgreSQL
// The price book in the memory of the session.
#pragma once

#include <bedrock_cost/price.hpp>

#include "pg/pg.hpp"

namespace bedrock_cost::pg {

// Makes the book right for the snapshot of the caller.
void check_book(FunctionCallInfo fcinfo);
// One quote, with whatever of the book it needs and the caller may know.
PriceQuote quote(PriceQuery query);

}  // namespace bedrock_cost::pg
