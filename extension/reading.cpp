// SPDX-License-Identifier: PostgreSQL
// Compacted lines on their way from who reads them to the fold that takes them in.
#include "reading.hpp"

extern "C" {
#include "utils/timestamp.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

// Lines that wait for a fold. Their memory context forgets them.
CompactedLines *offered = nullptr;

}  // namespace

CompactedLines *bedrock_cost::pg::open_lines(MemoryContext context, Compaction *compaction, const Folding *folding, int64 count, int amounts)
{
    if (amounts > most_probes)
        ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("lines of a bill are read with up to %d amounts", most_probes)));
    if (count > PG_UINT32_MAX) ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a bill has more than %u compacted lines", PG_UINT32_MAX)));
    auto *lines = static_cast<CompactedLines *>(MemoryContextAllocZero(context, sizeof(CompactedLines)));
    lines->context = context;
    lines->compaction = compaction;
    lines->folding = folding;
    lines->amounts = amounts;
    lines->count = count;
    const Size room = static_cast<Size>(count + 1) * sizeof(uint32);
    lines->statement_of = static_cast<uint32 *>(MemoryContextAllocExtended(context, room, MCXT_ALLOC_HUGE));
    lines->examples = static_cast<uint32 *>(MemoryContextAllocExtended(context, room, MCXT_ALLOC_HUGE));
    // Registered before there is anything to release: nothing may fail between the two.
    auto *release = static_cast<MemoryContextCallback *>(MemoryContextAllocZero(context, sizeof(MemoryContextCallback)));
    release->func = [](void *gone) {
        auto *closed = static_cast<CompactedLines *>(gone);
        if (offered == closed) offered = nullptr;
        fold_close(closed->numbering);
        fold_close(closed->texts);
    };
    release->arg = lines;
    MemoryContextRegisterResetCallback(context, release);
    lines->numbering = fold_open(0);
    lines->texts = fold_open(0);
    if (lines->numbering == nullptr || lines->texts == nullptr) raise_out_of_memory("out of memory for the lines of a bill");
    return lines;
}

uint32 bedrock_cost::pg::number_text(CompactedLines &lines, Text stated)
{
    const int64 number = fold_add(lines.texts, stated, 1, nullptr).group;
    if (number < 0) raise_out_of_memory("out of memory for the lines of a bill");
    // There are no more texts than lines.
    return static_cast<uint32>(number);
}

void bedrock_cost::pg::number_line(CompactedLines &lines, int64 n, Text what, Lasting lasting)
{
    char room[96];
    if (what.size() > 48) elog(ERROR, "what a line says is known by its number");
    // How long it lasts; times that do not end or begin are taken as they are.
    int64 times[2] = {0, 0};
    const TimestampTz start = lasting.start.null ? 0 : DatumGetTimestampTz(lasting.start.value);
    const TimestampTz end = lasting.end.null ? 0 : DatumGetTimestampTz(lasting.end.value);
    const bool open = TIMESTAMP_NOT_FINITE(start) || TIMESTAMP_NOT_FINITE(end);
    if (open) {
        times[0] = start;
        times[1] = end;
    } else if (!lasting.start.null && !lasting.end.null) {
        times[0] = end - start;
    }
    const char flags = static_cast<char>((lasting.start.null ? 1 : 0) | (lasting.end.null ? 2 : 0) | (open ? 4 : 0));
    const char *at_end = put(put(put(room, what.data(), what.size()), times, sizeof times), &flags, 1);
    const int64 statement = fold_add(lines.numbering, {room, static_cast<std::size_t>(at_end - room)}, 1, nullptr).group;
    if (statement < 0) raise_out_of_memory("out of memory for the lines of a bill");
    if (statement > PG_INT32_MAX) ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a bill has more than %d combinations", PG_INT32_MAX)));
    lines.statement_of[n] = static_cast<uint32>(statement);
    if (statement == lines.statements) lines.examples[lines.statements++] = static_cast<uint32>(n);
}

void bedrock_cost::pg::end_numbering(CompactedLines &lines)
{
    fold_close(lines.numbering);
    fold_close(lines.texts);
    lines.numbering = lines.texts = nullptr;
}

void bedrock_cost::pg::offer_lines(CompactedLines *lines)
{
    if (offered != nullptr) MemoryContextDelete(offered->context);
    MemoryContextSetParent(lines->context, TopTransactionContext);
    offered = lines;
}

CompactedLines *bedrock_cost::pg::take_lines(MemoryContext context)
{
    if (offered == nullptr)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("there are no lines for bedrock.fold to take in"),
                        errdetail("They are read before, in the same transaction, and taken in once.")));
    CompactedLines *lines = offered;
    offered = nullptr;
    MemoryContextSetParent(lines->context, context);
    return lines;
}

CompactedUsage bedrock_cost::pg::usage_of(const CompactedLines &lines, int64 n)
{
    if (lines.compaction != nullptr) {
        const CompactedPlace place = compaction_place(lines.compaction, n);
        return {lines.statement_of[n], lines.periods[place.period].lasting.start, lines.tell_principals ? lines.combinations[place.combination].principal : Text(), place.lines, compaction_amounts(lines.compaction, n), {}};
    }
    const ReadGroup group = read_group(*lines.folding, n);
    return {lines.statement_of[n], group.lasting_from, group.principal, group.lines, nullptr, group.sums};
}

Text bedrock_cost::pg::principal_of(const CompactedLines &lines, int64 n)
{
    if (lines.compaction == nullptr) return read_group(*lines.folding, n).principal;
    return lines.tell_principals ? lines.combinations[compaction_place(lines.compaction, n).combination].principal : Text();
}

int bedrock_cost::pg::sign_of(const Amount &amount)
{
    return !amount.present ? 2 : (amount.units > 0) - (amount.units < 0);
}

int bedrock_cost::pg::sign_of(const CompactedLines &lines, int64 n, int amount)
{
    if (lines.compaction != nullptr) return sign_of(compaction_amounts(lines.compaction, n)[amount]);
    const uint64 sign = read_group(*lines.folding, n).what.signs[amount / 32] >> (2 * (amount % 32)) & 3;
    return sign == 0 ? 2 : sign == 1 ? 0 : sign == 2 ? 1 : -1;
}

Answer bedrock_cost::pg::probe(int amount, int sign)
{
    if (sign == 2) return {};
    int64 power = sign;
    for (int i = 0; i < amount; ++i) power *= probe_base;
    return {NumericGetDatum(int64_to_numeric(power)), false};
}
