// SPDX-License-Identifier: PostgreSQL
// What bedrock.fold has kept, read by those who know what its numbers mean: facts of it (bedrock.kept_facts), its
// principals (bedrock.kept_principals) and its groups as they are (bedrock.kept_groups).
#include "fold.hpp"
#include "numbered.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/date.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

// The amounts of the set, in this order.
enum Metric { usage_amount, unblended_cost, blended_cost, net_unblended_cost, amortized_cost, net_amortized_cost, public_on_demand_cost, metrics };

Folding &kept()
{
    Folding *folding = kept_fold();
    if (folding == nullptr || folding->amounts != metrics)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("there is nothing that bedrock.fold has kept in this transaction, or not with %d amounts", metrics)));
    return *folding;
}

// A bit for each number.
const uint8 *wanted_numbers(const Folding &folding, Datum argument)
{
    Datum *values = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(DatumGetArrayTypeP(argument), INT4OID, 4, true, TYPALIGN_INT, &values, &nulls, &count);
    auto *wanted = static_cast<uint8 *>(palloc0(static_cast<Size>(folding.numbers) / 8 + 1));
    for (int i = 0; i < count; ++i) {
        const int32 number = DatumGetInt32(values[i]);
        if (nulls[i] || number < 1 || number > folding.numbers)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold has kept no number %d", number)));
        wanted[number / 8] |= static_cast<uint8>(1U << number % 8);
    }
    pfree(values);
    pfree(nulls);
    return wanted;
}

bool is_wanted(const uint8 *wanted, int32 number)
{
    return (wanted[number / 8] >> number % 8 & 1) != 0;
}

// Each row of a query whose columns have these types.
template <std::size_t N, class Receive>
void for_each_row(const char *query, const Oid (&types)[N], Receive receive)
{
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
    Portal portal = SPI_cursor_open_with_args(nullptr, query, 0, nullptr, nullptr, nullptr, true, 0);
    for (;;) {
        SPI_cursor_fetch(portal, true, 4096);
        if (SPI_processed == 0) break;
        const TupleDesc row = SPI_tuptable->tupdesc;
        bool fits = row->natts == N;
        for (int i = 0; fits && i < static_cast<int>(N); ++i) fits = TupleDescAttr(row, i)->atttypid == types[i];
        if (!fits) ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("a query given to bedrock.kept_facts has other columns than it must have")));
        for (uint64 n = 0; n < SPI_processed; ++n) {
            Datum values[N];
            bool nulls[N];
            heap_deform_tuple(SPI_tuptable->vals[n], row, values, nulls);
            for (std::size_t i = 0; i < N; ++i)
                if (nulls[i]) ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a query given to bedrock.kept_facts gives NULL in column %d", static_cast<int>(i + 1))));
            receive(values);
        }
        SPI_freetuptable(SPI_tuptable);
    }
    SPI_cursor_close(portal);
    SPI_finish();
}

// What is known of a number: what its groups become.
struct Combination {
    int32 bill_id, dimension_id, tokens_per_unit;
    int32 ai_cost;  // a Metric
    bool known, is_usage, list_known, net_is_zero, net_amortized_is_zero;
    uint32 segment;  // one more than the last of its segments; 0: it has none
};

// Days in which a dimension has one attribution, and the segment before it of the same number.
struct Segment {
    DateADT from, to;
    int32 attribution_id;
    uint32 next;
};

struct Judged {
    Numbered<Combination> combinations;
    Segment *segments;
    uint32 count, room;

    // 0: no attribution.
    int32 attribution(const Combination &combination, DateADT day) const
    {
        for (uint32 at = combination.segment; at != 0; at = segments[at - 1].next)
            if (segments[at - 1].from <= day && day <= segments[at - 1].to) return segments[at - 1].attribution_id;
        return 0;
    }
};

void read_combinations(const char *query, Judged &judged)
{
    constexpr Oid types[] = {INT4OID, INT4OID, INT4OID, INT4OID, INT4OID, BOOLOID, BOOLOID, BOOLOID, BOOLOID, DATEOID, DATEOID, INT4OID};
    judged.combinations.context = CurrentMemoryContext;
    judged.room = 1024;
    judged.segments = static_cast<Segment *>(palloc(judged.room * sizeof(Segment)));
    for_each_row(query, types, [&](const Datum *values) {
        const int32 number = DatumGetInt32(values[0]);
        const int32 ai_cost = DatumGetInt32(values[4]);
        if (number < 1 || ai_cost < 0 || ai_cost >= metrics)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("numbers that bedrock.fold has kept begin with 1, metrics with 0: there is no number %d or no metric %d", number, ai_cost)));
        Combination &combination = judged.combinations[number];
        judged.combinations.highest = Max(judged.combinations.highest, number);
        if (judged.count == judged.room) judged.segments = static_cast<Segment *>(repalloc_huge(judged.segments, (judged.room *= 2) * sizeof(Segment)));
        judged.segments[judged.count++] = {DatumGetDateADT(values[9]), DatumGetDateADT(values[10]), DatumGetInt32(values[11]), combination.segment};
        combination = {DatumGetInt32(values[1]), DatumGetInt32(values[2]), DatumGetInt32(values[3]), ai_cost, true, DatumGetBool(values[5]), DatumGetBool(values[6]),
                       DatumGetBool(values[7]), DatumGetBool(values[8]), judged.count};
    });
}

// Sessions by the number of their principal, each one more than it is: session 0 stands for what has no row of its own.
void read_sessions(const char *query, Numbered<int32> &sessions)
{
    constexpr Oid types[] = {INT4OID, INT4OID};
    sessions.context = CurrentMemoryContext;
    for_each_row(query, types, [&](const Datum *values) {
        const int32 number = DatumGetInt32(values[0]);
        if (number < 1) ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("numbers of principals begin with 1: there is none with %d", number)));
        sessions[number] = DatumGetInt32(values[1]) + 1;
        sessions.highest = Max(sessions.highest, number);
    });
}

// The number of a principal, from 1.
int64 principal_number(const Folding &folding, Text principal)
{
    const int64 group = fold_add(folding.principals, principal, 1, nullptr).group;
    if (group < 0) raise_out_of_memory("out of memory for the principals of a bill");
    return group + 1;
}

int32 session_of(const Folding &folding, const Numbered<int32> &sessions, Text principal)
{
    if (principal.data() == nullptr) return 0;
    const int64 number = folding.principals == nullptr ? 0 : principal_number(folding, principal);
    if (number < 1 || number > sessions.highest || sessions.entries[number] == 0)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("a principal of these numbers has no session"), errdetail("bedrock.kept_principals numbers them; it was not asked for this one, or the query of sessions lacks it.")));
    return sessions.entries[number] - 1;
}

// The groups that become facts, bill by bill and there dimension by dimension: what lies together is found together, and
// what is entered in order is entered quickly.
struct Ordered {
    uint32 *groups;
    int64 count;
};

int by_bill_and_dimension(const void *one, const void *other, void *given)
{
    const auto *combinations = static_cast<const Combination *>(given);
    const Combination &a = combinations[*static_cast<const int32 *>(one)];
    const Combination &b = combinations[*static_cast<const int32 *>(other)];
    if (a.bill_id != b.bill_id) return a.bill_id < b.bill_id ? -1 : 1;
    return (a.dimension_id > b.dimension_id) - (a.dimension_id < b.dimension_id);
}

Ordered order_groups(const Folding &folding, Judged &judged)
{
    const int64 groups = fold_count(folding.fold);
    const Size numbers = static_cast<Size>(folding.numbers) + 1;
    auto *order = static_cast<int32 *>(MemoryContextAllocExtended(CurrentMemoryContext, numbers * sizeof(int32), MCXT_ALLOC_HUGE));
    auto *place = static_cast<uint32 *>(MemoryContextAllocExtended(CurrentMemoryContext, numbers * sizeof(uint32), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
    int32 known = 0;
    if (judged.combinations.highest > folding.numbers)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold has kept no number %d", judged.combinations.highest)));
    // Numbers nobody asked for are there, and not known.
    judged.combinations[folding.numbers];
    for (int32 number = 1; number <= folding.numbers; ++number)
        if (judged.combinations[number].known) order[known++] = number;
    qsort_arg(order, static_cast<Size>(known), sizeof *order, by_bill_and_dimension, judged.combinations.entries);
    Ordered ordered{static_cast<uint32 *>(MemoryContextAllocExtended(CurrentMemoryContext, static_cast<Size>(groups + 1) * sizeof(uint32), MCXT_ALLOC_HUGE)), 0};
    auto *number_of = static_cast<int32 *>(MemoryContextAllocExtended(CurrentMemoryContext, static_cast<Size>(groups + 1) * sizeof(int32), MCXT_ALLOC_HUGE));
    for (int64 n = 0; n < groups; ++n) {
        const KeptGroup group = kept_group(folding, n);
        number_of[n] = group.of_set && !group.day.null && judged.combinations[group.number].known ? group.number : 0;
        ++place[number_of[n]];
    }
    for (int32 i = 0; i < known; ++i) {
        const uint32 count = place[order[i]];
        place[order[i]] = static_cast<uint32>(ordered.count);
        ordered.count += count;
    }
    for (int64 n = 0; n < groups; ++n)
        if (number_of[n] != 0) ordered.groups[place[number_of[n]]++] = static_cast<uint32>(n);
    pfree(number_of);
    pfree(order);
    pfree(place);
    return ordered;
}

bool is_same(const Amount &one, const Amount &other)
{
    return one.present == other.present && one.units == other.units && one.decimals == other.decimals;
}

Answer times(const Folding &folding, const Amount &amount, Answer value, int32 factor)
{
    if (value.null) return value;
    Amount product = amount;
    if (folding.beside == nullptr && !__builtin_mul_overflow(amount.units, static_cast<Int128>(factor), &product.units)) return {give_numeric(product), false};
    return {DirectFunctionCall2(numeric_mul, value.value, NumericGetDatum(int64_to_numeric(factor))), false};
}

}  // namespace

SQL_FUNCTION(bedrock_kept_principals)
{
    Folding &folding = kept();
    const uint8 *wanted = wanted_numbers(folding, PG_GETARG_DATUM(0));
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    fold_close(folding.principals);
    folding.principals = fold_open(0);
    if (folding.principals == nullptr) raise_out_of_memory("out of memory for the principals of a bill");
    int64 given = 0;
    const int64 groups = fold_count(folding.fold);
    for (int64 n = 0; n < groups; ++n) {
        CHECK_FOR_INTERRUPTS();
        const KeptGroup group = kept_group(folding, n);
        if (!group.of_set || group.principal.data() == nullptr || !is_wanted(wanted, group.number)) continue;
        const int64 number = principal_number(folding, group.principal);
        if (number <= given) continue;
        given = number;
        Datum values[] = {Int32GetDatum(static_cast<int32>(number)), PointerGetDatum(cstring_to_text_with_len(group.principal.data(), static_cast<int>(group.principal.size())))};
        bool nulls[] = {false, false};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        pfree(DatumGetPointer(values[1]));
    }
    return static_cast<Datum>(0);
}

SQL_FUNCTION(bedrock_kept_groups)
{
    const Folding &folding = kept();
    const uint8 *wanted = wanted_numbers(folding, PG_GETARG_DATUM(0));
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "a row of bedrock.kept_groups", ALLOCSET_SMALL_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(row_context);
    const int64 groups = fold_count(folding.fold);
    for (int64 n = 0; n < groups; ++n) {
        CHECK_FOR_INTERRUPTS();
        const KeptGroup group = kept_group(folding, n);
        if (!group.of_set || !is_wanted(wanted, group.number)) continue;
        Datum values[3 + metrics] = {Int32GetDatum(group.number), group.day.value, Int64GetDatum(group.lines)};
        bool nulls[3 + metrics] = {false, group.day.null, false};
        for (int i = 0; i < metrics; ++i) {
            const Answer sum = whole_sum(folding, n, i, fold_sum(group.sums, i));
            values[3 + i] = sum.value;
            nulls[3 + i] = sum.null;
        }
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        MemoryContextReset(row_context);
    }
    MemoryContextSwitchTo(caller);
    return static_cast<Datum>(0);
}

SQL_FUNCTION(bedrock_kept_facts)
{
    constexpr int columns = 18;
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    if (result->setDesc->natts != columns) elog(ERROR, "bedrock.kept_facts has other columns than the module knows");
    Judged judged{};
    Numbered<int32> sessions{};
    read_combinations(text_to_cstring(PG_GETARG_TEXT_PP(0)), judged);
    read_sessions(text_to_cstring(PG_GETARG_TEXT_PP(1)), sessions);
    // Looked at once the queries have ended: they might fold too.
    const Folding &folding = kept();
    const Ordered ordered = order_groups(folding, judged);
    const Answer zero{NumericGetDatum(int64_to_numeric(0)), false};
    const MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "a row of bedrock.kept_facts", ALLOCSET_SMALL_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(row_context);
    for (int64 i = 0; i < ordered.count; ++i) {
        CHECK_FOR_INTERRUPTS();
        const int64 n = ordered.groups[i];
        const KeptGroup group = kept_group(folding, n);
        const Combination &combination = judged.combinations[group.number];
        const int32 attribution_id = judged.attribution(combination, DatumGetDateADT(group.day.value));
        if (attribution_id == 0) elog(ERROR, "dimension %d has no attribution on a day of its lines", combination.dimension_id);

        Answer sums[metrics];
        for (int m = 0; m < metrics; ++m) {
            // Most metrics of a line are its unblended cost.
            if (m > unblended_cost && folding.beside == nullptr && is_same(fold_sum(group.sums, m), fold_sum(group.sums, unblended_cost)))
                sums[m] = sums[unblended_cost];
            else
                sums[m] = whole_sum(folding, n, m, fold_sum(group.sums, m));
        }
        if (!combination.is_usage) sums[usage_amount] = Answer{};
        if (!combination.list_known) sums[public_on_demand_cost] = Answer{};
        if (combination.net_is_zero) sums[net_unblended_cost] = zero;
        if (combination.net_amortized_is_zero) sums[net_amortized_cost] = zero;
        const Answer tokens = combination.tokens_per_unit == 0 ? Answer{} : times(folding, fold_sum(group.sums, usage_amount), sums[usage_amount], combination.tokens_per_unit);
        const int32 session_id = session_of(folding, sessions, group.principal);

        const Answer row[columns] = {group.day, {Int32GetDatum(combination.bill_id), false}, {Int32GetDatum(attribution_id), false}, {Int32GetDatum(combination.dimension_id), false},
                                     {Int32GetDatum(session_id), false}, {BoolGetDatum(false), false}, {Int64GetDatum(group.lines), false}, sums[usage_amount], tokens,
                                     sums[unblended_cost], sums[blended_cost], sums[net_unblended_cost], sums[amortized_cost], sums[net_amortized_cost],
                                     sums[public_on_demand_cost], sums[public_on_demand_cost], sums[combination.ai_cost], group.hour};
        Datum values[columns];
        bool nulls[columns];
        for (int c = 0; c < columns; ++c) {
            values[c] = row[c].value;
            nulls[c] = row[c].null;
        }
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        MemoryContextReset(row_context);
    }
    MemoryContextSwitchTo(caller);
    return static_cast<Datum>(0);
}
