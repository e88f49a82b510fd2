// SPDX-License-Identifier: PostgreSQL
#include "lines/load.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

#include "pg/encoding.hpp"
#include "pg/read_fault.hpp"

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

// Their memory contexts forget them.
struct {
    Load *current;
    Load *ahead;
    uint64 serial;
} loads;

}  // namespace

Load *bedrock_cost::pg::begin_load(bool current)
{
    // Two of them need not lie in memory.
    Load *&place = current ? loads.current : loads.ahead;
    if (place != nullptr) MemoryContextDelete(place->context);
    // What ends the (sub)transaction ends the load: nobody takes in lines of one that was rolled back.
    const MemoryContext context =
        AllocSetContextCreate(CurTransactionContext, "a load of bedrock_cost", ALLOCSET_DEFAULT_SIZES);
    auto *load = static_cast<Load *>(MemoryContextAllocZero(context, sizeof(Load)));
    load->serial = ++loads.serial;
    load->context = load->overflow.context = context;
    // Registered before there is anything to close: nothing may fail between the two.
    auto *release =
        static_cast<MemoryContextCallback *>(MemoryContextAllocZero(context, sizeof(MemoryContextCallback)));
    release->func = [](void *closed) {
        auto *ended = static_cast<Load *>(closed);
        if (loads.current == ended) loads.current = nullptr;
        if (loads.ahead == ended) loads.ahead = nullptr;
        facts_close(ended->facts);
        line_store_close(ended->store);
    };
    release->arg = load;
    MemoryContextRegisterResetCallback(context, release);
    place = load;
    return load;
}

Load &bedrock_cost::pg::current_load()
{
    if (loads.current == nullptr)
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("no lines of a bill are being loaded"),
                 errdetail("bedrock_internal.read_export or bedrock_internal.read_relation reads them first, in the "
                           "same transaction.")));
    return *loads.current;
}

void bedrock_cost::pg::require_current(uint64 serial)
{
    if (loads.current == nullptr || loads.current->serial != serial)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("the lines under way were exchanged or freed meanwhile"),
                        errdetail("A query or view that was run for them reads lines itself, or ends the load.")));
}

void bedrock_cost::pg::end_load()
{
    if (loads.current != nullptr) MemoryContextDelete(loads.current->context);
}

void bedrock_cost::pg::keep_facts(Load &load)
{
    auto *forget = static_cast<MemoryContextCallback *>(
        MemoryContextAllocZero(CurTransactionContext, sizeof(MemoryContextCallback)));
    // Where the subtransaction is kept, this comes when the one around it ends, and forgets nothing that is still of
    // use: what it made itself since then ends with it too.
    forget->func = [](void *) {
        if (loads.current != nullptr) loads.current->facts_made = false;
    };
    MemoryContextRegisterResetCallback(CurTransactionContext, forget);
    load.facts_made = true;
}

Load *bedrock_cost::pg::take_load_ahead(const Load &wanted)
{
    Load *ahead = loads.ahead;
    if (ahead == nullptr) return nullptr;
    const auto same = [](Datum one, Datum other) { return datumIsEqual(one, other, false, -1); };
    if (ahead->hourly != wanted.hourly || !same(ahead->files, wanted.files) || !same(ahead->names, wanted.names) ||
        !same(ahead->uses, wanted.uses) || !same(ahead->fields, wanted.fields)) {
        MemoryContextDelete(ahead->context);
        return nullptr;
    }
    end_load();
    loads.ahead = nullptr;
    return loads.current = ahead;
}

LineColumn bedrock_cost::pg::line_column(Text name, Text use, Text field)
{
    LineColumn column;
    column.name = name;
    if (use == "skip")
        column.use = ColumnUse::skipped;
    else if (use == "key" || use == "principal")
        column.use = ColumnUse::key;
    else if (use == "month")
        column.use = ColumnUse::month;
    else if (use == "moment")
        column.use = ColumnUse::moment;
    else if (use == "usage_start")
        column.use = ColumnUse::usage_start;
    else if (use == "usage_end")
        column.use = ColumnUse::usage_end;
    else if (use == "amount")
        column.use = ColumnUse::amount;
    else
        ereport(ERROR,
                (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                 errmsg("a column cannot be used as \"%s\"", pnstrdup(use.data(), use.size())),
                 errdetail("It is used as skip, key, principal, month, moment, usage_start, usage_end or amount.")));
    if (column.use == ColumnUse::amount) column.amount = amount_field(field);
    if (use == "principal")
        column.field = KeyField::iam_principal;
    else if (!is_key_use(column.use))
        return column;
    else if (field == "payer_account_id")
        column.field = KeyField::payer_account_id;
    else if (field == "billing_period_start")
        column.field = KeyField::billing_period_start;
    else if (field == "line_item_type")
        column.field = KeyField::line_item_type;
    else if (field == "charge_class")
        column.field = KeyField::charge_class;
    else if (field == "reservation_arn")
        column.field = KeyField::reservation_arn;
    return column;
}

void bedrock_cost::pg::open_store(Load &load, const LineColumn *columns, int count, uint32 threads)
{
    load.store = line_store_open(columns, static_cast<uint32>(count), load.hourly, threads, load_memory());
    if (load.store == nullptr) raise_no_memory();
    if (line_store_fault(load.store).kind == ReadFaultKind::none) return;
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("lines cannot be read with these columns"),
                    errdetail("They have at most %u amounts, one beginning and one end of usage.", most_amounts)));
}

void bedrock_cost::pg::set_columns(Load &load, const LineColumn *columns, int count)
{
    load.column = static_cast<LoadColumn *>(
        MemoryContextAllocZero(load.context, static_cast<Size>(count + 1) * sizeof(LoadColumn)));
    for (int i = 0; i < count; ++i) {
        if (columns[i].use == ColumnUse::skipped) continue;
        LoadColumn &column = load.column[load.columns++];
        column.use = columns[i].use;
        column.amount = columns[i].amount;
        column.field = columns[i].field;
        column.name = {static_cast<const char *>(memcpy(MemoryContextAlloc(load.context, columns[i].name.size() + 1),
                                                        columns[i].name.data(), columns[i].name.size())),
                       columns[i].name.size()};
        load.keys += is_key_use(column.use) ? 1 : 0;
        load.amounts += column.use == ColumnUse::amount ? 1 : 0;
    }
}

bool bedrock_cost::pg::try_source_format(Text word, SourceFormat &format)
{
    if (word == "cur")
        format = SourceFormat::cur;
    else if (word == "cur_without_unblended")
        format = SourceFormat::cur_without_unblended;
    else if (word == "focus")
        format = SourceFormat::focus;
    else
        return false;
    return true;
}

// ---- memory ---------------------------------------------------------------------------------------------------------

static int load_memory_kb;

void bedrock_cost::pg::define_load_memory()
{
    DefineCustomIntVariable(
        "bedrock.load_memory", "Sets the maximum memory that a load or refresh of a bill may take.",
        "Lines in memory take as much as they differ, whatever their number. Beyond this the load is an error.",
        &load_memory_kb, 4 * 1024 * 1024, 16 * 1024, MAX_KILOBYTES, PGC_USERSET, GUC_UNIT_KB, nullptr, nullptr,
        nullptr);
}

uint64 bedrock_cost::pg::load_memory()
{
    return static_cast<uint64>(load_memory_kb) * 1024;
}

void bedrock_cost::pg::count_memory(Load &load)
{
    const Size taken = MemoryContextMemAllocated(load.context, true);
    if (taken <= load.counted) return;
    if (!line_store_take(load.store, taken - load.counted)) raise_store_fault(load.store);
    load.counted = taken;
}

void bedrock_cost::pg::raise_no_memory()
{
    raise_out_of_memory("out of memory for the lines of a bill");
}

void bedrock_cost::pg::raise_memory_limit(const char *taken)
{
    ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("%s take more memory than bedrock.load_memory", taken),
                    errdetail("Its limit is %d MB.", load_memory_kb / 1024),
                    errhint("Raise bedrock.load_memory, or load one billing period at a time.")));
    pg_unreachable();
}

void bedrock_cost::pg::raise_grouping_fault(const Grouping *grouping)
{
    if (grouping != nullptr && grouping_is_limited(grouping)) raise_memory_limit("the distinct rows of a query");
    raise_out_of_memory("out of memory for the distinct rows of a query");
}

void bedrock_cost::pg::raise_store_fault(const LineStore *store)
{
    const ReadFault fault = line_store_fault(store);
    if (fault.kind == ReadFaultKind::memory_limit) raise_memory_limit("the lines of the bill");
    if (fault.kind == ReadFaultKind::out_of_memory) raise_no_memory();
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("reading of a bill ended early")));
    pg_unreachable();
}

void bedrock_cost::pg::require_conserved(const Load &load, const char *place)
{
    if (line_store_conserves(load.store)) return;
    ereport(
        ERROR,
        (errcode(ERRCODE_DATA_CORRUPTED), errmsg("the lines and their sums differ after reading"),
         errdetail("Each amount was added up line by line besides, by another reading of its digits. This is a bug."),
         error_place(place)));
}

// ---- what the core keeps, as rows -----------------------------------------------------------------------------------

Text TextArray::operator[](int i) const
{
    const auto *value = DatumGetTextPP(values[i]);
    return utf8_text({VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))});
}

TextArray bedrock_cost::pg::text_array(Datum argument)
{
    TextArray array{};
    bool *nulls = nullptr;
    deconstruct_array(DatumGetArrayTypeP(argument), TEXTOID, -1, false, TYPALIGN_INT, &array.values, &nulls,
                      &array.count);
    for (int i = 0; i < array.count; ++i)
        if (nulls[i])
            ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a file, a name or a use is NULL")));
    return array;
}

void bedrock_cost::pg::declare_columns(Load &load, TupleDesc row, const char *function)
{
    constexpr Oid front[before_columns] = {INT8OID, INT4OID, TEXTOID, BOOLOID, BOOLOID, INT8OID};
    bool fits = row->natts == before_columns + load.columns;
    for (int i = 0; fits && i < before_columns; ++i) fits = TupleDescAttr(row, i)->atttypid == front[i];
    if (!fits)
        ereport(ERROR,
                (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("%s gives other columns than were declared", function),
                 errdetail("They are bedrock_lines bigint, bedrock_key integer, bedrock_grain text, "
                           "bedrock_price_stated boolean, bedrock_net_given boolean, bedrock_undated bigint and the "
                           "columns that are not skipped.")));
    for (int i = 0; i < load.columns; ++i) {
        LoadColumn &column = load.column[i];
        column.type = TupleDescAttr(row, before_columns + i)->atttypid;
        bool known = is_byte_type(column.type, column.length);
        if (column.use == ColumnUse::amount)
            known = column.type == NUMERICOID;
        else if (!is_key_use(column.use))
            known = column.type == TIMESTAMPTZOID;
        else if (column.field == KeyField::iam_principal)
            known = column.type == TEXTOID;
        else if (load.of_files)
            known = column.type == TEXTOID || column.type == TIMESTAMPTZOID;
        if (!known)
            ereport(ERROR,
                    (errcode(ERRCODE_DATATYPE_MISMATCH),
                     errmsg("column \"%s\" cannot be %s here", NameStr(TupleDescAttr(row, before_columns + i)->attname),
                            format_type_be(column.type)),
                     errdetail("Amounts are numeric, times of usage timestamptz, IAM principals text, other columns of "
                               "files text or timestamptz, and those of relations of a type that is passed by value or "
                               "of variable length.")));
    }
}

namespace {

Answer give_time(std::int64_t at, bool has)
{
    return has ? Answer{TimestampTzGetDatum(at), false} : Answer{};
}

Answer read_time(Text key)
{
    return {DirectFunctionCall3(timestamptz_in, CStringGetDatum(pnstrdup(key.data(), key.size())),
                                ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)),
            false};
}

}  // namespace

Answer bedrock_cost::pg::key_value(const LoadColumn &column, bool of_files, Text key, Text first_file)
{
    if (key.data() == nullptr) return {};
    if (!of_files) return column_value(key, column.length);
    if (column.type == TIMESTAMPTZOID) return read_time(key);
    if (is_same_encoding())
        return {PointerGetDatum(cstring_to_text_with_len(key.data(), static_cast<int>(key.size()))), false};
    const char *converted = try_server_text(key);
    if (converted == nullptr)
        ereport(ERROR,
                (errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
                 errmsg("\"%s\" has a character that the encoding %s of the database lacks", shown(key, 200),
                        GetDatabaseEncodingName()),
                 errhint("Load it into a database in UTF-8."), error_place(place_in_file(first_file, 0, column.name))));
    return {CStringGetTextDatum(converted), false};
}

std::int64_t bedrock_cost::pg::make_keys(const Load &load)
{
    while (!line_store_make_keys(load.store, groups_at_once)) CHECK_FOR_INTERRUPTS();
    if (line_store_fault(load.store).kind != ReadFaultKind::none) raise_store_fault(load.store);
    return line_store_keys(load.store);
}

void bedrock_cost::pg::give_keys(Load &load, ReturnSetInfo *result, Text first_file)
{
    constexpr const char *grains[] = {"hour", "day", "period"};
    const std::int64_t keys = make_keys(load);
    if (keys > PG_INT32_MAX)
        ereport(ERROR,
                (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a bill has more than %d line keys", PG_INT32_MAX)));
    const int width = before_columns + load.columns;
    auto *values = static_cast<Datum *>(palloc0(static_cast<Size>(width) * sizeof(Datum)));
    auto *nulls = static_cast<bool *>(palloc0(static_cast<Size>(width)));
    const MemoryContext row_context =
        AllocSetContextCreate(CurrentMemoryContext, "a row of lines", ALLOCSET_DEFAULT_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(row_context);
    for (std::int64_t n = 0; n < keys; ++n) {
        CHECK_FOR_INTERRUPTS();
        const LineKey line = line_store_key(load.store, static_cast<uint32>(n));
        const Answer front[before_columns] = {{Int64GetDatum(line.lines), false},
                                              {Int32GetDatum(static_cast<int32>(n)), false},
                                              {CStringGetTextDatum(grains[static_cast<int>(line.grain)]), false},
                                              {BoolGetDatum(line.price_stated), false},
                                              {BoolGetDatum(line.net_given), false},
                                              {Int64GetDatum(line.undated_lines), false}};
        int key = 0;
        for (int i = 0; i < width; ++i) {
            Answer value;
            if (i < before_columns) {
                value = front[i];
            } else if (const LoadColumn &column = load.column[i - before_columns]; is_key_use(column.use)) {
                value = key_value(column, load.of_files, line.keys[key++], first_file);
            } else if (column.use == ColumnUse::usage_start) {
                value = give_time(line.start, line.has_start);
            } else if (column.use == ColumnUse::usage_end) {
                value = give_time(line.end, line.has_end);
            }
            values[i] = value.value;
            nulls[i] = value.null;
        }
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        MemoryContextReset(row_context);
    }
    MemoryContextSwitchTo(caller);
}
