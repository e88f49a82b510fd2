// SPDX-License-Identifier: PostgreSQL
// row_region: where in its relation a row lies.
// row_hash: one number for all values of a row.
// row_number_of: numbers for the distinct rows of values that a statement meets, so that what follows compares numbers
// instead of the strings of a whole line.
#include "lines/load.hpp"

extern "C" {
#include "storage/itemptr.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
}

using namespace bedrock_cost;

namespace {

// The values of a row as bytes, each behind its length: equal rows have equal bytes, NULL is no empty text.
struct RowBytes {
    int columns;
    int16 length[FUNC_MAX_ARGS];
    char *key;
    std::size_t room;
    MemoryContext row_context;
};

struct Numbering {
    RowBytes row;
    Grouping *grouping;
};

void close_numbering(void *grouping)
{
    grouping_close(static_cast<Grouping *>(grouping));
}

void open_row(RowBytes &row, FunctionCallInfo fcinfo)
{
    // An array in place of the values would be one value.
    if (get_fn_expr_variadic(fcinfo->flinfo))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("a row is given as values, not as VARIADIC with an array")));
    row.columns = PG_NARGS();
    for (int i = 0; i < row.columns; ++i) {
        const Oid type = get_fn_expr_argtype(fcinfo->flinfo, i);
        bool by_value = false;
        if (!OidIsValid(type)) elog(ERROR, "could not determine the type of argument %d", i + 1);
        get_typlenbyval(type, &row.length[i], &by_value);
        if (row.length[i] != -1 && !by_value)
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                            errmsg("a value of type %s cannot be part of a row", format_type_be(type))));
    }
    row.room = 4096;
    row.key = static_cast<char *>(palloc(row.room));
    row.row_context = AllocSetContextCreate(CurrentMemoryContext, "a row as bytes", ALLOCSET_SMALL_SIZES);
}

Text bytes_of(RowBytes &row, FunctionCallInfo fcinfo)
{
    const MemoryContext caller = MemoryContextSwitchTo(row.row_context);
    std::size_t used = 0;
    bool copied = false;
    for (int i = 0; i < row.columns; ++i) {
        // An absent value has the length 2^32 - 1.
        uint32 length = 0xFFFFFFFF;
        const void *bytes = nullptr;
        const Datum value = PG_GETARG_DATUM(i);
        if (!PG_ARGISNULL(i) && row.length[i] == -1) {
            auto *stored = reinterpret_cast<struct varlena *>(DatumGetPointer(value));
            const struct varlena *plain = pg_detoast_datum_packed(stored);
            copied = copied || plain != stored;
            bytes = VARDATA_ANY(plain);
            length = static_cast<uint32>(VARSIZE_ANY_EXHDR(plain));
        } else if (!PG_ARGISNULL(i)) {
            bytes = &value;
            length = sizeof value;
        }
        const std::size_t stored_length = bytes == nullptr ? 0 : length;
        if (used + sizeof length + stored_length > row.room) {
            while (used + sizeof length + stored_length > row.room) row.room *= 2;
            row.key = static_cast<char *>(repalloc_huge(row.key, row.room));
        }
        memcpy(row.key + used, &length, sizeof length);
        used += sizeof length;
        if (bytes != nullptr) memcpy(row.key + used, bytes, stored_length);
        used += stored_length;
    }
    MemoryContextSwitchTo(caller);
    if (copied) MemoryContextReset(row.row_context);
    return {row.key, used};
}

// Lives as long as the expression that holds the call: one run of a statement.
Numbering *open_numbering(FunctionCallInfo fcinfo)
{
    const MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
    auto *numbering = static_cast<Numbering *>(palloc0(sizeof(Numbering)));
    open_row(numbering->row, fcinfo);
    // Registered before the grouping exists: nothing may fail between the two.
    auto *release = static_cast<MemoryContextCallback *>(palloc0(sizeof(MemoryContextCallback)));
    release->func = close_numbering;
    numbering->grouping = grouping_open(0, pg::load_memory());
    if (numbering->grouping == nullptr) pg::raise_grouping_fault(nullptr);
    release->arg = numbering->grouping;
    MemoryContextRegisterResetCallback(CurrentMemoryContext, release);
    MemoryContextSwitchTo(caller);
    fcinfo->flinfo->fn_extra = numbering;
    return numbering;
}

}  // namespace

SQL_FUNCTION(bedrock_row_number_of)
{
    auto *numbering = static_cast<Numbering *>(fcinfo->flinfo->fn_extra);
    if (numbering == nullptr) numbering = open_numbering(fcinfo);
    const GroupedLine grouped = grouping_add(numbering->grouping, bytes_of(numbering->row, fcinfo), 1, nullptr);
    if (grouped.group < 0) pg::raise_grouping_fault(numbering->grouping);
    if (grouped.group >= PG_INT32_MAX)
        ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                        errmsg("a bill has more than %d distinct rows", PG_INT32_MAX)));
    PG_RETURN_INT32(static_cast<int32>(grouped.group) + 1);
}

SQL_FUNCTION(bedrock_row_hash)
{
    auto *row = static_cast<RowBytes *>(fcinfo->flinfo->fn_extra);
    if (row == nullptr) {
        const MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
        row = static_cast<RowBytes *>(palloc0(sizeof(RowBytes)));
        open_row(*row, fcinfo);
        MemoryContextSwitchTo(caller);
        fcinfo->flinfo->fn_extra = row;
    }
    const auto hash = key_hash(bytes_of(*row, fcinfo));
    int64 first = 0;
    memcpy(&first, hash.data(), sizeof first);
    PG_RETURN_INT64(first);
}

SQL_FUNCTION(bedrock_row_region)
{
    constexpr int blocks_bits = 10;
    const auto *place = reinterpret_cast<ItemPointer>(PG_GETARG_POINTER(0));
    PG_RETURN_INT64(static_cast<int64>(ItemPointerGetBlockNumberNoCheck(place) >> blocks_bits));
}
