// SPDX-License-Identifier: PostgreSQL
// The compacted lines of a bill between two commands: bedrock.read_export or bedrock.fold has read them, and a fold
// that is fed takes them in. They wait until the transaction ends, or others are read.
//
// What lines are follows from what they say, how long they last and which of their amounts are absent, zero or negative:
// lines that agree in this are one statement. A role's sessions, of which there may be as many as lines, change nothing:
// where lines tell their IAM principal, a statement has that of one of them. SQL judges statements, and not lines. A
// statement comes to it with amounts that tell themselves apart: each has the sign of the lines' and is another power of
// `probe_base`, so that what SQL makes of them tells which amounts it takes.
#pragma once

#include <bedrock_cost/reader.hpp>

#include "fold.hpp"

namespace bedrock_cost::pg {

constexpr int probe_base = 4;
// 4^25 is below 10^16, what read_numeric can read.
constexpr int most_probes = 26;

// The times of a line.
struct Lasting {
    Answer start, end;
};

// What the numbers of a compaction stand for.
struct PeriodSaid {
    bool known;
    Lasting lasting;
};
struct CombinationSaid {
    bool known;
    uint32 but_session;  // the number of what its lines say but for the session of a role
    Text principal;
};

struct CompactedLines {
    MemoryContext context;
    // Of files, else of a relation.
    Compaction *compaction;
    const Folding *folding;
    // Of files, by their numbers.
    const PeriodSaid *periods;
    const CombinationSaid *combinations;
    // Whether lines tell their IAM principals.
    bool tell_principals;
    int amounts;
    int64 count;
    uint32 *statement_of;
    uint32 statements;
    // A line of each statement.
    uint32 *examples;
    Fold *numbering;
    // Texts that statements are told apart by.
    Fold *texts;
};

// What a line is, for those who take it in.
struct CompactedUsage {
    uint32 statement;
    Answer start;
    Text principal;  // absent, or not told: null or empty
    int64 lines;
    // Of files, else of a relation, where those beside the fold are in whole_sum().
    const Amount *given;
    Sums summed;

    Amount amount(int i) const { return given != nullptr ? given[i] : fold_sum(summed, i); }
};

// Opens the lines of a compaction that has ended, or of a fold. They and what they are of go with the context.
CompactedLines *open_lines(MemoryContext context, Compaction *compaction, const Folding *folding, int64 count, int amounts);
// The number of a text of lines, by which it is part of what they say.
uint32 number_text(CompactedLines &lines, Text stated);
// Numbers line n, which says `what`, by its statement.
void number_line(CompactedLines &lines, int64 n, Text what, Lasting lasting);
// All are numbered: what they were told apart by goes.
void end_numbering(CompactedLines &lines);
// The next fold that is fed takes them in, in this transaction.
void offer_lines(CompactedLines *lines);
// They go with this context then. An error where there are none.
CompactedLines *take_lines(MemoryContext context);

CompactedUsage usage_of(const CompactedLines &lines, int64 n);
Text principal_of(const CompactedLines &lines, int64 n);
// -1, 0 or 1; 2: absent.
int sign_of(const Amount &amount);
int sign_of(const CompactedLines &lines, int64 n, int amount);
// The amount by which a statement is asked, of this sign.
Answer probe(int amount, int sign);

}  // namespace bedrock_cost::pg
