// SPDX-License-Identifier: PostgreSQL
// bedrock_internal.write_facts and bedrock_internal.bill_parts: what the load under way comes to once SQL has judged
// its line keys.
#include <bedrock_cost/bill.hpp>

#include "lines/load.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

#include "pg/encoding.hpp"

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

// Each row of a query whose columns have these types.
template <std::size_t N, class Receive>
void for_each_row(uint64 serial, const char *query, const Oid (&types)[N], Receive receive)
{
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
    Portal portal = SPI_cursor_open_with_args(nullptr, query, 0, nullptr, nullptr, nullptr, true, 0);
    for (;;) {
        SPI_cursor_fetch(portal, true, 4096);
        require_current(serial);
        if (SPI_processed == 0) break;
        const TupleDesc row = SPI_tuptable->tupdesc;
        bool fits = row->natts == N;
        for (int i = 0; fits && i < static_cast<int>(N); ++i) fits = TupleDescAttr(row, i)->atttypid == types[i];
        if (!fits)
            ereport(ERROR,
                    (errcode(ERRCODE_DATATYPE_MISMATCH),
                     errmsg("a query given to bedrock_internal.write_facts has other columns than it must have")));
        for (uint64 n = 0; n < SPI_processed; ++n) {
            Answer values[N];
            Datum given[N];
            bool nulls[N];
            heap_deform_tuple(SPI_tuptable->vals[n], row, given, nulls);
            for (std::size_t i = 0; i < N; ++i) {
                // A line type may be absent, and nothing else.
                if (nulls[i] && types[i] != TEXTOID)
                    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                                    errmsg("a query given to bedrock_internal.write_facts gives NULL in column %d",
                                           static_cast<int>(i + 1))));
                values[i] = {given[i], nulls[i]};
            }
            receive(values);
        }
        SPI_freetuptable(SPI_tuptable);
    }
    SPI_cursor_close(portal);
    SPI_finish();
}

SourceFormat source_format(Text word)
{
    SourceFormat format = SourceFormat::cur;
    if (!try_source_format(word, format))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("there are no cost rules for \"%s\"", pnstrdup(word.data(), word.size())),
                        errdetail("Rules are for cur, cur_without_unblended and focus.")));
    return format;
}

void read_judgements(Load &load, const char *query)
{
    constexpr Oid types[] = {INT4OID, INT4OID, INT4OID, INT4OID, TEXTOID, BOOLOID,
                             BOOLOID, BOOLOID, BOOLOID, INT4OID, INT4OID, INT4OID};
    const std::int64_t keys = make_keys(load);
    auto *judged_keys = static_cast<bool *>(MemoryContextAllocExtended(
        CurrentMemoryContext, static_cast<Size>(keys) + 1, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
    for_each_row(load.serial, query, types, [&](const Answer *values) {
        KeyJudgement judged;
        const int32 key = DatumGetInt32(values[0].value);
        const int32 ai_cost = DatumGetInt32(values[9].value);
        judged.bill_id = DatumGetInt32(values[1].value);
        judged.dimension_id = DatumGetInt32(values[2].value);
        judged.part = DatumGetInt32(values[3].value);
        judged.has_reservation = DatumGetBool(values[5].value);
        judged.is_usage = DatumGetBool(values[6].value);
        judged.list_known = DatumGetBool(values[7].value);
        judged.discount_in_net = DatumGetBool(values[8].value);
        judged.tokens_per_unit = DatumGetInt32(values[10].value);
        judged.session_id = DatumGetInt32(values[11].value);
        if (key < 0 || key >= keys || ai_cost < 0 || ai_cost >= static_cast<int32>(metrics))
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                            errmsg("there is no line key %d, or no metric %d", key, ai_cost)));
        if (judged_keys[key])
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("line key %d is judged twice", key)));
        judged_keys[key] = true;
        judged.ai_cost = static_cast<Metric>(ai_cost);
        Text line_type;
        if (!values[4].null) {
            const text *type = DatumGetTextPP(values[4].value);
            line_type = {VARDATA_ANY(type), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(type))};
        }
        if (!facts_judge(load.facts, static_cast<uint32>(key), judged, line_type)) raise_store_fault(load.store);
    });
}

void read_intervals(const Load &load, const char *query)
{
    constexpr Oid types[] = {INT4OID, DATEOID, DATEOID, INT4OID};
    for_each_row(load.serial, query, types, [&](const Answer *values) {
        if (!facts_attribute(load.facts, DatumGetInt32(values[0].value), DatumGetDateADT(values[1].value),
                             DatumGetDateADT(values[2].value), DatumGetInt32(values[3].value)))
            raise_store_fault(load.store);
    });
}

void read_sessions(const Load &load, const char *query)
{
    constexpr Oid types[] = {INT4OID, INT4OID};
    const uint32 principals = line_store_principals(load.store);
    for_each_row(load.serial, query, types, [&](const Answer *values) {
        const int32 number = DatumGetInt32(values[0].value);
        if (number < 0 || static_cast<uint32>(number) >= principals)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no IAM principal %d", number)));
        if (!facts_set_session(load.facts, static_cast<uint32>(number), DatumGetInt32(values[1].value)))
            raise_store_fault(load.store);
    });
}

const char *line_type_of(const Load &load, uint32 key)
{
    const LineKey line = line_store_key(load.store, key);
    int at = 0;
    for (int i = 0; i < load.columns; ++i) {
        if (!is_key_use(load.column[i].use)) continue;
        const Text value = line.keys[at++];
        if (load.column[i].field == KeyField::line_item_type)
            return value.data() == nullptr ? "" : load.of_files ? shown(value) : pnstrdup(value.data(), value.size());
    }
    return "";
}

void raise_facts_fault(const Load &load, const FactsFault &fault)
{
    switch (fault.kind) {
        case FactsFaultKind::none:
        case FactsFaultKind::unfinished:
            return;
        case FactsFaultKind::out_of_memory:
            raise_store_fault(load.store);
        case FactsFaultKind::no_cost_rule:
            ereport(ERROR,
                    (errcode(ERRCODE_DATA_EXCEPTION),
                     errmsg("no cost rule covers a line of type \"%s\"", line_type_of(load, fault.key)),
                     errdetail("It has some of the amounts that the rule of its type adds up, and lacks others."),
                     errhint("Export both, or neither: of SavingsPlanRecurringFee the total commitment to date and the "
                             "used commitment.")));
        case FactsFaultKind::sum_out_of_range:
            ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                            errmsg("a sum of lines of type \"%s\" is 10^18 or more", line_type_of(load, fault.key))));
        case FactsFaultKind::not_judged:
            elog(ERROR, "line key %u was not judged", fault.key);
        case FactsFaultKind::no_day:
            elog(ERROR, "line key %u has lines without a day", fault.key);
        case FactsFaultKind::no_attribution:
            elog(ERROR, "the dimension of line key %u has no attribution on day %d", fault.key, fault.day);
        case FactsFaultKind::no_session:
            elog(ERROR, "IAM principal %u has no session", fault.principal);
    }
    elog(ERROR, "facts were not made");
}

// Amounts that the core could not hold go where their group went, each by the rules of its line.
void spread_overflow(Load &load)
{
    load.fact_overflow = load.bill_part_overflow = OverflowSums{nullptr, load.context, nullptr};
    if (load.overflow.empty()) return;
    AmountField fields[most_amounts];
    int amounts = 0;
    for (int i = 0; i < load.columns; ++i)
        if (load.column[i].use == ColumnUse::amount) fields[amounts++] = load.column[i].amount;
    HASH_SEQ_STATUS scan;
    hash_seq_init(&scan, load.overflow.sums);
    for (auto *entry = static_cast<OverflowSum *>(hash_seq_search(&scan)); entry != nullptr;
         entry = static_cast<OverflowSum *>(hash_seq_search(&scan))) {
        CHECK_FOR_INTERRUPTS();
        if (entry->key.group == control_overflow) continue;
        const GroupPlace place = facts_place(load.facts, entry->key.group);
        for (std::size_t m = 0; m < metrics; ++m)
            for (int t = 0; t < place.rules.metric[m].terms; ++t) {
                const CostTerm term = place.rules.metric[m].term[t];
                if (term.field != fields[entry->key.column]) continue;
                load.bill_part_overflow.add({place.bill_part, 0, static_cast<int32>(m)}, entry->sum, term.sign);
                if (place.fact >= 0)
                    load.fact_overflow.add({place.fact, 0, static_cast<int32>(m)}, entry->sum, term.sign);
                count_memory(load);
            }
    }
}

// The metrics of a row. Most are its unblended cost, and made once.
template <std::size_t N>
void give_metrics(const Amount (&amounts)[N], const OverflowSums &overflow, int64 row, Answer *given)
{
    constexpr auto unblended = static_cast<std::size_t>(Metric::unblended_cost);
    for (std::size_t m = 0; m < N; ++m) {
        const bool same = m > unblended && overflow.empty() && amounts[m].present == amounts[unblended].present &&
                          amounts[m].units == amounts[unblended].units &&
                          amounts[m].decimals == amounts[unblended].decimals;
        given[m] = same ? given[unblended] : overflow.whole({row, 0, static_cast<int32>(m)}, amounts[m]);
    }
}

Answer times(const Amount &amount, bool is_whole, Answer value, int32 factor)
{
    if (value.null || factor == 0) return {};
    Amount product = amount;
    if (is_whole && !__builtin_mul_overflow(amount.units, static_cast<Int128>(factor), &product.units))
        return {give_numeric(product), false};
    return {DirectFunctionCall2(numeric_mul, value.value, NumericGetDatum(int64_to_numeric(factor))), false};
}

}  // namespace

SQL_FUNCTION(bedrock_write_facts)
{
    constexpr int columns = 16;
    constexpr auto usage = static_cast<std::size_t>(Metric::usage_amount);
    const SourceFormat format = source_format(text_argument(fcinfo, 0));
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    Load &load = current_load();
    load.facts_made = false;
    make_keys(load);
    facts_close(load.facts);
    load.facts = nullptr;
    load.facts = facts_open(load.store, format);
    if (load.facts == nullptr) raise_store_fault(load.store);
    read_judgements(load, text_to_cstring(PG_GETARG_TEXT_PP(1)));
    read_intervals(load, text_to_cstring(PG_GETARG_TEXT_PP(2)));
    read_sessions(load, text_to_cstring(PG_GETARG_TEXT_PP(3)));
    FactsFault fault = facts_make_some(load.facts, groups_at_once);
    while (fault.kind == FactsFaultKind::unfinished) {
        CHECK_FOR_INTERRUPTS();
        fault = facts_make_some(load.facts, groups_at_once);
    }
    raise_facts_fault(load, fault);

    spread_overflow(load);
    keep_facts(load);
    const MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "a fact", ALLOCSET_SMALL_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(row_context);
    for (std::int64_t n = 0; n < facts_count(load.facts); ++n) {
        CHECK_FOR_INTERRUPTS();
        const Fact fact = facts_fact(load.facts, n);
        Answer sums[metrics];
        give_metrics(fact.amounts, load.fact_overflow, n, sums);
        const Answer row[columns] = {
            {Int32GetDatum(fact.bill_id), false},
            {Int32GetDatum(fact.dimension_id), false},
            {Int32GetDatum(fact.attribution_id), false},
            {Int32GetDatum(fact.session_id), false},
            {DateADTGetDatum(fact.day), false},
            {TimestampTzGetDatum(fact.hour), !fact.has_hour},
            {Int64GetDatum(fact.lines), false},
            sums[0],
            times(fact.amounts[usage], load.fact_overflow.find({n, 0, usage}).null, sums[usage], fact.tokens_per_unit),
            sums[1],
            sums[2],
            sums[3],
            sums[4],
            sums[5],
            sums[6],
            sums[static_cast<std::size_t>(fact.ai_cost)]};
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

SQL_FUNCTION(bedrock_bill_parts)
{
    constexpr int columns = 3 + static_cast<int>(metrics) + 1;
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const Load &load = current_load();
    if (!load.facts_made)
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("the facts of this load are not made yet"),
                 errdetail("bedrock_internal.write_facts makes them.")));
    const MemoryContext row_context =
        AllocSetContextCreate(CurrentMemoryContext, "a part of a bill", ALLOCSET_SMALL_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(row_context);
    for (std::int64_t n = 0; n < facts_bill_parts(load.facts); ++n) {
        CHECK_FOR_INTERRUPTS();
        const BillPart part = facts_bill_part(load.facts, n);
        Answer sums[metrics];
        give_metrics(part.amounts, load.bill_part_overflow, n, sums);
        Datum values[columns] = {Int32GetDatum(part.bill_id), Int32GetDatum(part.part), Int64GetDatum(part.lines)};
        bool nulls[columns] = {};
        for (std::size_t m = 0; m < metrics; ++m) {
            values[3 + m] = sums[m].value;
            nulls[3 + m] = sums[m].null;
        }
        values[columns - 1] = DateADTGetDatum(part.last_day);
        nulls[columns - 1] = !part.has_last_day;
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        MemoryContextReset(row_context);
    }
    MemoryContextSwitchTo(caller);
    return static_cast<Datum>(0);
}

SQL_FUNCTION(bedrock_end_load)
{
    end_load();
    PG_RETURN_VOID();
}
