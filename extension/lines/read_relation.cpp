// SPDX-License-Identifier: PostgreSQL
// bedrock_internal.read_relation: the lines of an attached relation, taken into a line store as they come from the
// executor.
#include "lines/columns.hpp"
#include "lines/load.hpp"
#include "lines/run_query.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

constexpr uint64 lines_between_looks = 1 << 16;
constexpr int64 report_every_us = INT64CONST(3000000);

struct Reading {
    DestReceiver receiver;
    Load *load;
    uint64 serial;
    Oid relation;
    uint64 lines;
    TimestampTz reported;
    MemoryContext row_context;
    TupleDesc declared;
    Text keys[most_keys];
    Datum by_value[most_keys];
};

// An amount that no sum can have is an error, not added.
void require_finite(const Reading &reading, int column, Datum value)
{
    const Numeric number = DatumGetNumeric(value);
    if (!numeric_is_nan(number) && !numeric_is_inf(number)) return;
    ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                    errmsg("column \"%s\" has a value that is no amount: %s",
                           NameStr(TupleDescAttr(reading.declared, before_columns + column)->attname),
                           numeric_is_nan(number) ? "NaN" : "infinity"),
                    errhint("Correct these lines, or attach a view that leaves them out.")));
}

void report_progress(Reading &reading)
{
    const TimestampTz now = GetCurrentTimestamp();
    if (now - reading.reported < report_every_us) return;
    reading.reported = now;
    const char *name = get_rel_name(reading.relation);
    ereport(NOTICE, (errmsg("read %llu lines of \"%s\"", static_cast<unsigned long long>(reading.lines),
                            name != nullptr ? name : "a query")));
}

bool receive(TupleTableSlot *slot, DestReceiver *self)
{
    auto &reading = *reinterpret_cast<Reading *>(self);
    if (++reading.lines % lines_between_looks == 0) report_progress(reading);
    slot_getallattrs(slot);
    require_current(reading.serial);
    Load &load = *reading.load;
    const Datum *values = slot->tts_values;
    const bool *nulls = slot->tts_isnull;
    const MemoryContext caller = MemoryContextSwitchTo(reading.row_context);
    bool allocated = false;

    GivenLine line;
    alignas(Amount) char amount_room[most_amounts * sizeof(Amount)];
    auto *amounts = reinterpret_cast<Amount *>(amount_room);
    NumericDigits stored[most_amounts];
    int16 digits[most_amounts][most_stored_digits];
    int amount_columns[most_amounts];
    int key = 0;
    int amount = 0;
    for (int i = 0; i < load.columns; ++i) {
        const LoadColumn &column = load.column[i];
        switch (column.use) {
            case ColumnUse::usage_start:
                line.has_start = !nulls[i];
                line.start = nulls[i] ? 0 : DatumGetTimestampTz(values[i]);
                break;
            case ColumnUse::usage_end:
                line.has_end = !nulls[i];
                line.end = nulls[i] ? 0 : DatumGetTimestampTz(values[i]);
                break;
            case ColumnUse::amount:
                amounts[amount] = Amount{};
                stored[amount] = NumericDigits{};
                amount_columns[amount] = i;
                if (!nulls[i] && !read_numeric(values[i], amounts[amount], &stored[amount], digits[amount])) {
                    require_finite(reading, i, values[i]);
                    amounts[amount] = Amount{};
                    line.overflow |= UINT64CONST(1) << amount;
                    if (DatumGetInt32(
                            DirectFunctionCall2(numeric_cmp, values[i], NumericGetDatum(int64_to_numeric(0)))) == 0)
                        line.overflow_zero |= UINT64CONST(1) << amount;
                }
                ++amount;
                break;
            default:
                reading.keys[key] = column_bytes(values[i], nulls[i], column.length, reading.by_value[key], allocated);
                ++key;
        }
    }
    line.keys = reading.keys;
    line.amounts = amounts;
    line.stored = stored;
    const AddedLine added = line_store_add(load.store, line);
    if (added.group < 0) raise_store_fault(load.store);
    for (int i = 0; (line.overflow | added.refused) >> i != 0 && i < load.amounts; ++i)
        if (((line.overflow | added.refused) >> i & 1) != 0) {
            load.overflow.add({added.group, 0, i}, values[amount_columns[i]]);
            load.overflow.add({control_overflow, added.control, i}, values[amount_columns[i]]);
            count_memory(load);
        }

    MemoryContextSwitchTo(caller);
    if (allocated || line.overflow != 0) MemoryContextReset(reading.row_context);
    return true;
}

void start(DestReceiver *self, int, TupleDesc row)
{
    const auto &reading = *reinterpret_cast<Reading *>(self);
    const Load &load = *reading.load;
    bool fits = row->natts == load.columns;
    for (int i = 0; fits && i < load.columns; ++i) fits = TupleDescAttr(row, i)->atttypid == load.column[i].type;
    if (!fits)
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                        errmsg("the query of bedrock_internal.read_relation has other columns than were declared")));
}

void finish(DestReceiver *) {}

}  // namespace

SQL_FUNCTION(bedrock_read_relation)
{
    char *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
    const TextArray uses = text_array(PG_GETARG_DATUM(2));
    const TextArray fields = text_array(PG_GETARG_DATUM(3));
    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    if (uses.count != fields.count || result->setDesc->natts != before_columns + uses.count)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("bedrock_internal.read_relation needs a use and a field for each column")));

    auto *columns = static_cast<LineColumn *>(palloc0(static_cast<Size>(uses.count + 1) * sizeof(LineColumn)));
    for (int i = 0; i < uses.count; ++i) {
        const char *name = NameStr(TupleDescAttr(result->setDesc, before_columns + i)->attname);
        columns[i] = line_column({name, strlen(name)}, uses[i], fields[i]);
        if (columns[i].use == ColumnUse::skipped)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                            errmsg("bedrock_internal.read_relation reads no column that is skipped")));
    }
    Load *load = begin_load(true);
    set_columns(*load, columns, uses.count);
    declare_columns(*load, result->setDesc, "bedrock_internal.read_relation");
    load->hourly = PG_GETARG_BOOL(4);
    open_store(*load, columns, uses.count, 1);

    auto *reading = static_cast<Reading *>(palloc0(sizeof(Reading)));
    reading->load = load;
    reading->serial = load->serial;
    reading->relation = PG_GETARG_OID(1);
    reading->reported = GetCurrentTimestamp();
    reading->declared = result->setDesc;
    reading->row_context =
        AllocSetContextCreate(CurrentMemoryContext, "a line of bedrock_internal.read_relation", ALLOCSET_DEFAULT_SIZES);
    reading->receiver.receiveSlot = receive;
    reading->receiver.rStartup = start;
    reading->receiver.rShutdown = finish;
    reading->receiver.rDestroy = finish;
    reading->receiver.mydest = DestNone;
    run_query(query, PG_GETARG_OID(1), &reading->receiver);
    require_current(reading->serial);
    line_store_end(load->store);
    require_conserved(*load, nullptr);
    give_keys(*load, result, {});
    return static_cast<Datum>(0);
}
