// SPDX-License-Identifier: PostgreSQL
// What bedrock.fold makes of a query, for itself (fold.cpp) and for those who read what it keeps (kept.cpp).
#pragma once

#include "numeric.hpp"

extern "C" {
#include "tcop/dest.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
}

namespace bedrock_cost::pg {

constexpr int most_sets = 16;
// As many as a table may have columns.
constexpr int most_keys = MaxHeapAttributeNumber;
constexpr int most_sums = 63;
// A row of the query begins with its class and the number of lines it stands for. Where keys recur from row to row, the
// number of what they say and whether this is the row that says it follow.
constexpr int before_keys = 2;
constexpr int before_recurring_keys = 4;
constexpr uint32 absent = 0xFFFFFFFF;
// A key begins with its set and the number of what it states, and ends with the signs of the amounts.
constexpr std::size_t before_key_bytes = 1 + sizeof(int64) + 2 * sizeof(uint64);
// A row that is given begins with its set, the number of what it states, and whether it is the row that states it.
constexpr int given_before_keys = 3;

// Sums that 128 bits cannot hold, kept as numeric beside the fold.
struct Beside {
    struct Key {
        int64 group;  // below 0: of a total, counted from -1
        int64 column;
    } key;
    Datum sum;
};

// What a row of the query stated, for the rows behind it with the same number: its class and, for each key that recurs,
// its length and its bytes.
struct Said {
    bool row_class;
    uint32 lengths[FLEXIBLE_ARRAY_MEMBER];
};

// Columns of a set, in order.
struct Columns {
    uint16 count;
    uint16 at[most_keys];
};

struct Folding {
    DestReceiver receiver;
    Fold *fold;
    Fold *statements;
    Fold *totals;
    // Principals of the kept set, numbered by bedrock.kept_principals; null: not asked for yet.
    Fold *principals;
    // The set that is kept, -1: none; and where among what it does not state it has principal, day and hour, -1: nowhere.
    int keep;
    int kept_principal, kept_day, kept_hour;
    int before_keys;
    int keys;
    int amounts;
    int sets;
    bool class_of[most_sets];
    bool recurs;
    bool recurring[most_keys];
    bool by_sign;
    Said **said;
    Size said_room;
    uint64 amounts_of[most_sets];
    Columns stated_columns[most_sets];
    Columns other_columns[most_sets];
    int16 key_length[most_keys];
    Oid key_type[most_keys];
    HTAB *beside;
    MemoryContext context;
    MemoryContext row_context;
    // What was said, and the statements: of no use once the groups are given.
    MemoryContext said_context;
    int32 numbers;
    char *key;
    std::size_t key_room;
    bool started;
};

// A group of the set that is kept.
struct KeptGroup {
    bool of_set = false;
    int32 number = 0;
    Text principal;
    Answer day, hour;
    int64 lines = 0;
    const Amount *sums = nullptr;
};

KeptGroup kept_group(const Folding &folding, int64 n);
// Null: nothing is kept.
Folding *kept_fold();
// A sum of a group, with what lies beside it.
Answer whole_sum(const Folding &folding, int64 group, int column, const Amount &sum);

}  // namespace bedrock_cost::pg
