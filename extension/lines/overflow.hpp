// SPDX-License-Identifier: PostgreSQL
// Sums that the 128 bits of the core cannot hold, kept as numeric: amounts of a relation with more than 20
// decimals or 16 digits before them, and what such sums come to.
#pragma once

#include "pg/numeric.hpp"

extern "C" {
#include "utils/hsearch.h"
}

namespace bedrock_cost::pg {

// Whose sum it is; what the numbers mean is the caller's.
struct OverflowKey {
    int64 group;
    uint32 control;
    int32 column;
};

struct OverflowSum {
    OverflowKey key;
    Datum sum;
};

// Zero bytes with a memory context are an empty one.
struct OverflowSums {
    HTAB *sums;
    MemoryContext context;
    // Of one addition.
    MemoryContext scratch;

    bool empty() const { return sums == nullptr; }
    // Adds a numeric, or takes it away (sign -1).
    void add(OverflowKey key, Datum value, int sign = 1);
    // NULL: none.
    Answer find(OverflowKey key) const;
    // The amount and its overflow sum. NULL: there is neither.
    Answer whole(OverflowKey key, const Amount &amount) const;
};

}  // namespace bedrock_cost::pg
