// SPDX-License-Identifier: PostgreSQL
// bedrock_internal.control_sums: what the lines of the load under way added up to before they were grouped.
// bedrock.cost_metrics: the cost rules over given amounts. bedrock_internal.line_principals: the callers of its lines.
#include "lines/load.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

const LoadColumn *column_of(const Load &load, KeyField field)
{
    for (int i = 0; i < load.columns; ++i)
        if (load.column[i].field == field) return &load.column[i];
    return nullptr;
}

Answer field_value(const Load &load, KeyField field, Text value)
{
    const LoadColumn *column = column_of(load, field);
    return column == nullptr ? Answer{} : key_value(*column, load.of_files, value, "");
}

}  // namespace

SQL_FUNCTION(bedrock_control_sums)
{
    constexpr KeyField texts[] = {KeyField::payer_account_id, KeyField::billing_period_start, KeyField::line_item_type,
                                  KeyField::charge_class};
    constexpr int before_amounts = 6;
    constexpr int columns = before_amounts + static_cast<int>(amount_fields);
    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const TupleDesc row = result->setDesc;
    const Load &load = current_load();
    bool fits = row->natts == columns;
    for (int i = 0; fits && i < columns; ++i) {
        const LoadColumn *column = i < 4 ? column_of(load, texts[i]) : nullptr;
        const Oid wanted = i >= before_amounts                          ? NUMERICOID
                           : i == 4                                     ? BOOLOID
                           : i == 5                                     ? INT8OID
                           : column != nullptr                          ? column->type
                           : texts[i] == KeyField::billing_period_start ? TIMESTAMPTZOID
                                                                        : InvalidOid;
        fits = !OidIsValid(wanted) || TupleDescAttr(row, i)->atttypid == wanted;
    }
    if (!fits)
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                        errmsg("bedrock_internal.control_sums gives other columns than were declared"),
                        errdetail("They are payer, billing period, line type and charge class with the types they were "
                                  "read with, a boolean, a bigint and %d amounts.",
                                  static_cast<int>(amount_fields))));

    const MemoryContext row_context =
        AllocSetContextCreate(CurrentMemoryContext, "a control sum", ALLOCSET_SMALL_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(row_context);
    for (uint32 n = 0; n < line_store_controls(load.store); ++n) {
        CHECK_FOR_INTERRUPTS();
        const ControlSum control = line_store_control(load.store, n);
        Answer given[columns] = {
            field_value(load, texts[0], control.payer),     field_value(load, texts[1], control.period),
            field_value(load, texts[2], control.line_type), field_value(load, texts[3], control.charge_class),
            {BoolGetDatum(control.has_reservation), false}, {Int64GetDatum(control.lines), false}};
        if (control.has_month) given[1] = {TimestampTzGetDatum(control.month), false};
        int amount = 0;
        for (int i = 0; i < load.columns; ++i) {
            if (load.column[i].use != ColumnUse::amount) continue;
            if (load.column[i].amount != AmountField::unused)
                given[before_amounts + static_cast<int>(load.column[i].amount)] =
                    load.overflow.whole({control_overflow, n, amount}, control.amounts[amount]);
            ++amount;
        }
        Datum values[columns];
        bool nulls[columns];
        for (int c = 0; c < columns; ++c) {
            values[c] = given[c].value;
            nulls[c] = given[c].null;
        }
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        MemoryContextReset(row_context);
    }
    MemoryContextSwitchTo(caller);
    return static_cast<Datum>(0);
}

SQL_FUNCTION(bedrock_line_principals)
{
    const Load &load = current_load();
    const std::int64_t keys = make_keys(load);
    Datum *wanted = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(DatumGetArrayTypeP(PG_GETARG_DATUM(0)), INT4OID, 4, true, TYPALIGN_INT, &wanted, &nulls, &count);
    auto *wanted_keys = static_cast<bool *>(MemoryContextAllocExtended(
        CurrentMemoryContext, static_cast<Size>(keys) + 1, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
    for (int i = 0; i < count; ++i) {
        const int32 key = DatumGetInt32(wanted[i]);
        if (nulls[i] || key < 0 || key >= keys)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no line key %d", key)));
        wanted_keys[key] = true;
    }
    const uint32 principals = line_store_principals(load.store);
    auto *used = static_cast<bool *>(MemoryContextAllocExtended(CurrentMemoryContext, static_cast<Size>(principals) + 1,
                                                                MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
    line_store_mark_principals(load.store, wanted_keys, used);

    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const LoadColumn *column = column_of(load, KeyField::iam_principal);
    const MemoryContext row_context =
        AllocSetContextCreate(CurrentMemoryContext, "an IAM principal", ALLOCSET_SMALL_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(row_context);
    for (uint32 n = 0; n < principals; ++n) {
        CHECK_FOR_INTERRUPTS();
        if (!used[n]) continue;
        const Answer principal = key_value(*column, load.of_files, line_store_principal(load.store, n), "");
        Datum values[] = {Int32GetDatum(static_cast<int32>(n)), principal.value};
        bool absent[] = {false, principal.null};
        tuplestore_putvalues(result->setResult, result->setDesc, values, absent);
        MemoryContextReset(row_context);
    }
    MemoryContextSwitchTo(caller);
    return static_cast<Datum>(0);
}

SQL_FUNCTION(bedrock_cost_metrics)
{
    SourceFormat format;
    std::array<Answer, metrics> given{};
    if (PG_ARGISNULL(0) || PG_ARGISNULL(4) || !try_source_format(text_argument(fcinfo, 0), format))
        return give_row(fcinfo, given);
    Datum *amounts = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(PG_GETARG_ARRAYTYPE_P(4), NUMERICOID, -1, false, TYPALIGN_INT, &amounts, &nulls, &count);
    CostCase of;
    of.format = format;
    of.has_reservation = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
    of.discount_in_net = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
    for (int i = 0; i < count && i < static_cast<int>(amount_fields); ++i)
        if (!nulls[i]) of.present |= 1U << static_cast<unsigned>(i);
    CostRules rules;
    if (!cost_rules(of, nullable_text_argument(fcinfo, 1), rules)) return give_row(fcinfo, given);
    for (std::size_t m = 0; m < metrics; ++m) {
        const CostRule &rule = rules.metric[m];
        if (!rule.present) continue;
        Datum sum = NumericGetDatum(int64_to_numeric(0));
        for (int t = 0; t < rule.terms; ++t)
            sum = DirectFunctionCall2(rule.term[t].sign < 0 ? numeric_sub : numeric_add, sum,
                                      amounts[static_cast<int>(rule.term[t].field)]);
        given[m] = {sum, false};
    }
    return give_row(fcinfo, given);
}
