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
// A row of the query begins with its class and the number of lines it stands for. Where it is a statement about lines that
// are fed, the number of the statement follows.
constexpr int before_keys = 2;
constexpr int before_fed_keys = 3;
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

// What an amount is made of: those of the lines, added or taken away. Absent: it has none.
struct Form {
    static constexpr int most_terms = 4;
    bool present;
    uint8 terms;
    uint8 amount[most_terms];
    int8 sign[most_terms];
};

// What a statement says of its lines: their class, of each set what it states, the amounts, and of each key its length and
// its bytes, behind the lengths. Keys that are each line's own have length absent.
struct Said {
    bool row_class;
    int64 numbers[most_sets];
    Form *forms;
    uint32 lengths[FLEXIBLE_ARRAY_MEMBER];
};

// Where a key of lines that are fed or read comes from.
enum class KeySource : char { own = '0', first = '1', second = '2', principal = '3' };

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
    // The rows are lines to be compacted: a key is own, or when the line begins (first) or ends (second), or its IAM
    // principal.
    bool reads;
    // While lines are read: the columns they are given in.
    TupleDesc given;
    // The rows are statements about lines that are fed: a key is own, or the day (first), hour (second) or IAM principal
    // of each line.
    bool fed;
    KeySource source[most_keys];
    struct CompactedLines *lines;
    Said **said;
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
    Sums sums;
};

// A group of lines that were read.
struct ReadGroup {
    // What it says: the number of what is stated, and two bits an amount: absent, zero, positive or negative.
    struct What {
        int64 number = 0;
        uint64 signs[2] = {0, 0};
    } what;
    Answer lasting_from, lasting_to;
    Text principal;
    int64 lines = 0;
    Sums sums;
};

ReadGroup read_group(const Folding &folding, int64 n);
KeptGroup kept_group(const Folding &folding, int64 n);
// The next key of a group, and where the one behind it begins. Absent: null.
inline Text next_key(const char *&at)
{
    uint32 length = 0;
    memcpy(&length, at, sizeof length);
    at += sizeof length;
    if (length == absent) return {};
    const Text key{at, length};
    at += length;
    return key;
}

inline char *put(char *to, const void *bytes, std::size_t count)
{
    memcpy(to, bytes, count);
    return to + count;
}
// Null: nothing is kept.
Folding *kept_fold();
// A sum of a group, with what lies beside it.
Answer whole_sum(const Folding &folding, int64 group, int column, const Amount &sum);

}  // namespace bedrock_cost::pg
