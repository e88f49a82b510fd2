// SPDX-License-Identifier: PostgreSQL
// bedrock.fold: the rows of a query summed by several sets of keys in one reading, exactly.
//
// The executor hands each row to receive(), which adds it to the fold of the core; the groups are given when the query
// has ended. Keys that recur from group to group are stated once: a second fold gives what they say together a number, by
// which the groups know it. The fold is freed with the memory context it was opened in, whatever ends the query.
#include "numeric.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/array.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

constexpr int most_sets = 16;
constexpr int most_columns = 64;
// A row of the query begins with its class and the number of lines it stands for.
constexpr int before_keys = 2;
// A row that is given begins with its set, the number of what it states, and whether it is the row that states it.
constexpr int given_before_keys = 3;

// Sums that 128 bits cannot hold, kept as numeric beside the fold.
struct Beside {
    struct Key {
        int64 group;
        int64 column;
    } key;
    Datum sum;
};

struct Folding {
    DestReceiver receiver;
    Fold *fold;
    Fold *statements;
    int keys;
    int amounts;
    int sets;
    bool class_of[most_sets];
    uint64 keys_of[most_sets];
    uint64 stated_of[most_sets];
    uint64 amounts_of[most_sets];
    int16 key_length[most_columns];
    Oid key_type[most_columns];
    HTAB *beside;
    MemoryContext context;
    MemoryContext row_context;
    char *key;
    std::size_t key_room;
    bool started;
};

void close_folds(void *context)
{
    const auto *folding = static_cast<Folding *>(context);
    fold_close(folding->fold);
    fold_close(folding->statements);
}

void add_beside(Folding &folding, int64 group, int column, Datum value)
{
    if (folding.beside == nullptr) {
        HASHCTL control{};
        control.keysize = sizeof(Beside::Key);
        control.entrysize = sizeof(Beside);
        control.hcxt = folding.context;
        folding.beside = hash_create("sums beside the fold", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    }
    const Beside::Key key{group, column};
    bool found = false;
    auto *entry = static_cast<Beside *>(hash_search(folding.beside, &key, HASH_ENTER, &found));
    const MemoryContext caller = MemoryContextSwitchTo(folding.context);
    if (found) {
        const Datum before = entry->sum;
        entry->sum = DirectFunctionCall2(numeric_add, before, value);
        pfree(DatumGetPointer(before));
    } else {
        entry->sum = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
    }
    MemoryContextSwitchTo(caller);
}

void append(Folding &folding, std::size_t &used, const void *bytes, std::size_t count)
{
    if (used + count > folding.key_room) {
        while (used + count > folding.key_room) folding.key_room *= 2;
        folding.key = static_cast<char *>(repalloc_huge(folding.key, folding.key_room));
    }
    memcpy(folding.key + used, bytes, count);
    used += count;
}

bool receive(TupleTableSlot *slot, DestReceiver *self)
{
    auto &folding = *reinterpret_cast<Folding *>(self);
    slot_getallattrs(slot);
    const Datum *values = slot->tts_values;
    const bool *nulls = slot->tts_isnull;
    const MemoryContext caller = MemoryContextSwitchTo(folding.row_context);
    bool allocated = false;

    // A column is fetched once, whatever the number of sets it belongs to.
    const void *bytes[most_columns];
    uint32 lengths[most_columns];
    Datum by_value[most_columns];
    for (int i = 0; i < folding.keys; ++i) {
        lengths[i] = 0xFFFFFFFF;
        if (nulls[before_keys + i]) continue;
        if (folding.key_length[i] == -1) {
            const auto *stored = reinterpret_cast<struct varlena *>(DatumGetPointer(values[before_keys + i]));
            const struct varlena *plain = pg_detoast_datum_packed(const_cast<struct varlena *>(stored));
            allocated = allocated || plain != stored;
            bytes[i] = VARDATA_ANY(plain);
            lengths[i] = static_cast<uint32>(VARSIZE_ANY_EXHDR(plain));
        } else {
            by_value[i] = values[before_keys + i];
            bytes[i] = &by_value[i];
            lengths[i] = sizeof(Datum);
        }
    }

    const Datum *amount_values = values + before_keys + folding.keys;
    const bool *amount_nulls = nulls + before_keys + folding.keys;
    Amount amounts[most_columns];
    uint64 outside = 0;
    for (int i = 0; i < folding.amounts; ++i)
        if (!amount_nulls[i] && !read_numeric(amount_values[i], amounts[i])) outside |= UINT64CONST(1) << i;

    const bool row_class = !nulls[0] && DatumGetBool(values[0]);
    const int64 lines = nulls[1] ? 0 : DatumGetInt64(values[1]);
    const auto append_keys = [&](std::size_t &used, uint64 wanted) {
        for (int i = 0; i < folding.keys; ++i) {
            if ((wanted >> i & 1) == 0) continue;
            append(folding, used, &lengths[i], sizeof lengths[i]);
            if (lengths[i] != 0xFFFFFFFF) append(folding, used, bytes[i], lengths[i]);
        }
    };
    for (int set = 0; set < folding.sets; ++set) {
        if (folding.class_of[set] != row_class) continue;
        const char set_number = static_cast<char>(set);
        int64 number = 0;
        std::size_t used = 0;
        if (folding.stated_of[set] != 0) {
            append(folding, used, &set_number, 1);
            append_keys(used, folding.stated_of[set]);
            number = fold_add(folding.statements, {folding.key, used}, 1, nullptr).group + 1;
            if (number == 0) raise_out_of_memory("out of memory for the groups of a bill");
            if (number > PG_INT32_MAX) ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a bill has more than %d combinations", PG_INT32_MAX)));
            used = 0;
        }
        append(folding, used, &set_number, 1);
        append(folding, used, &number, sizeof number);
        append_keys(used, folding.keys_of[set] & ~folding.stated_of[set]);
        Amount summed[most_columns];
        for (int i = 0; i < folding.amounts; ++i)
            summed[i] = (folding.amounts_of[set] >> i & 1) != 0 ? amounts[i] : Amount{};
        const Folded folded = fold_add(folding.fold, {folding.key, used}, lines, summed);
        if (folded.group < 0) raise_out_of_memory("out of memory for the groups of a bill");
        const uint64 rest = (outside & folding.amounts_of[set]) | folded.refused;
        for (int i = 0; rest >> i != 0 && i < folding.amounts; ++i)
            if ((rest >> i & 1) != 0) add_beside(folding, folded.group, i, amount_values[i]);
    }

    MemoryContextSwitchTo(caller);
    if (allocated || outside != 0) MemoryContextReset(folding.row_context);
    return true;
}

void start(DestReceiver *self, int, TupleDesc row)
{
    auto &folding = *reinterpret_cast<Folding *>(self);
    if (folding.started) ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold reads one query")));
    folding.started = true;
    if (row->natts != before_keys + folding.keys + folding.amounts || TupleDescAttr(row, 0)->atttypid != BOOLOID ||
        TupleDescAttr(row, 1)->atttypid != INT8OID)
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("the query of bedrock.fold must give one boolean, one bigint, %d keys and %d amounts",
                                                                   folding.keys, folding.amounts)));
    for (int i = 0; i < folding.keys; ++i) {
        const Form_pg_attribute column = TupleDescAttr(row, before_keys + i);
        if (column->attlen != -1 && !column->attbyval)
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("column \"%s\" cannot be a key of bedrock.fold", NameStr(column->attname))));
        folding.key_length[i] = column->attlen;
        folding.key_type[i] = column->atttypid;
    }
    for (int i = 0; i < folding.amounts; ++i)
        if (TupleDescAttr(row, before_keys + folding.keys + i)->atttypid != NUMERICOID)
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("amounts of bedrock.fold are numeric"),
                            errdetail("Column \"%s\" is not.", NameStr(TupleDescAttr(row, before_keys + folding.keys + i)->attname))));
}

void finish(DestReceiver *)
{
}

// The elements of an array argument without NULLs.
Datum *elements(Datum argument, Oid type, int16 length, char align, int expected)
{
    Datum *values = nullptr;
    int count = 0;
    deconstruct_array(DatumGetArrayTypeP(argument), type, length, true, align, &values, nullptr, &count);
    if (expected >= 0 && count != expected)
        ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("bedrock.fold needs as many classes as sets of keys and of amounts")));
    return values;
}

}  // namespace

SQL_FUNCTION(bedrock_fold)
{
    char *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
    auto *folding = static_cast<Folding *>(palloc0(sizeof(Folding)));
    folding->context = CurrentMemoryContext;
    folding->row_context = AllocSetContextCreate(CurrentMemoryContext, "a row of bedrock.fold", ALLOCSET_DEFAULT_SIZES);
    folding->keys = PG_GETARG_INT32(1);
    folding->sets = ArrayGetNItems(ARR_NDIM(PG_GETARG_ARRAYTYPE_P(2)), ARR_DIMS(PG_GETARG_ARRAYTYPE_P(2)));

    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const TupleDesc row = result->setDesc;
    folding->amounts = row->natts - given_before_keys - 1 - folding->keys;
    if (folding->sets < 1 || folding->sets > most_sets || folding->keys < 0 || folding->keys > most_columns - 1 || folding->amounts < 0 ||
        folding->amounts > most_columns - 1)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold takes up to %d sets, %d keys and %d amounts", most_sets,
                                                                         most_columns - 1, most_columns - 1)));
    if (TupleDescAttr(row, 0)->atttypid != INT4OID || TupleDescAttr(row, 1)->atttypid != INT4OID || TupleDescAttr(row, 2)->atttypid != BOOLOID ||
        TupleDescAttr(row, given_before_keys + folding->keys)->atttypid != INT8OID)
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("bedrock.fold gives two integers, a boolean, the keys, a bigint and the amounts")));

    const Datum *classes = elements(PG_GETARG_DATUM(2), BOOLOID, 1, TYPALIGN_CHAR, folding->sets);
    const Datum *key_sets = elements(PG_GETARG_DATUM(3), INT8OID, 8, TYPALIGN_DOUBLE, folding->sets);
    const Datum *stated_sets = elements(PG_GETARG_DATUM(4), INT8OID, 8, TYPALIGN_DOUBLE, folding->sets);
    const Datum *amount_sets = elements(PG_GETARG_DATUM(5), INT8OID, 8, TYPALIGN_DOUBLE, folding->sets);
    for (int i = 0; i < folding->sets; ++i) {
        folding->class_of[i] = DatumGetBool(classes[i]);
        folding->keys_of[i] = static_cast<uint64>(DatumGetInt64(key_sets[i]));
        folding->stated_of[i] = static_cast<uint64>(DatumGetInt64(stated_sets[i])) & folding->keys_of[i];
        folding->amounts_of[i] = static_cast<uint64>(DatumGetInt64(amount_sets[i]));
    }

    folding->key_room = 4096;
    folding->key = static_cast<char *>(palloc(folding->key_room));
    // Registered before the folds exist: nothing may fail between the two.
    auto *release = static_cast<MemoryContextCallback *>(palloc0(sizeof(MemoryContextCallback)));
    release->func = close_folds;
    release->arg = folding;
    MemoryContextRegisterResetCallback(folding->context, release);
    folding->fold = fold_open(static_cast<uint32>(folding->amounts));
    folding->statements = fold_open(0);
    if (folding->fold == nullptr || folding->statements == nullptr) raise_out_of_memory("out of memory for the groups of a bill");

    folding->receiver.receiveSlot = receive;
    folding->receiver.rStartup = start;
    folding->receiver.rShutdown = finish;
    folding->receiver.rDestroy = finish;
    folding->receiver.mydest = DestNone;
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
    SPIExecuteOptions options{};
    options.read_only = true;
    options.dest = &folding->receiver;
    // What a query ends with depends on the receiver; that one was started tells that there was a query.
    const int outcome = SPI_execute_extended(query, &options);
    SPI_finish();
    if (outcome < 0 || !folding->started) ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold reads one query")));

    for (int i = 0; i < folding->keys; ++i)
        if (TupleDescAttr(row, given_before_keys + i)->atttypid != folding->key_type[i])
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("key %d of bedrock.fold is %s, not %s", i + 1, format_type_be(folding->key_type[i]),
                                                                       format_type_be(TupleDescAttr(row, given_before_keys + i)->atttypid))));

    const int64 groups = fold_count(folding->fold);
    Datum values[given_before_keys + 1 + 2 * most_columns];
    bool nulls[given_before_keys + 1 + 2 * most_columns];
    // Numbers rise with the groups that first know them.
    int64 stated = 0;
    const MemoryContext caller = MemoryContextSwitchTo(folding->row_context);
    const auto give_keys = [&](const char *at, uint64 wanted) {
        for (int i = 0; i < folding->keys; ++i) {
            if ((wanted >> i & 1) == 0) continue;
            const int column = given_before_keys + i;
            uint32 length = 0;
            memcpy(&length, at, sizeof length);
            at += sizeof length;
            if (length == 0xFFFFFFFF) continue;
            nulls[column] = false;
            if (folding->key_length[i] == -1) {
                auto *value = static_cast<struct varlena *>(palloc(length + VARHDRSZ));
                SET_VARSIZE(value, length + VARHDRSZ);
                memcpy(VARDATA(value), at, length);
                values[column] = PointerGetDatum(value);
            } else {
                memcpy(&values[column], at, sizeof(Datum));
            }
            at += length;
        }
    };
    for (int64 n = 0; n < groups; ++n) {
        CHECK_FOR_INTERRUPTS();
        const FoldGroup group = fold_group(folding->fold, n);
        const char *at = group.key.data();
        const int set = *at++;
        int64 number = 0;
        memcpy(&number, at, sizeof number);
        at += sizeof number;
        const bool states = number == 0 || number > stated;
        values[0] = Int32GetDatum(set);
        values[1] = Int32GetDatum(static_cast<int32>(number));
        values[2] = BoolGetDatum(states);
        nulls[0] = nulls[2] = false;
        nulls[1] = number == 0;
        for (int i = 0; i < folding->keys; ++i) {
            nulls[given_before_keys + i] = true;
            values[given_before_keys + i] = 0;
        }
        give_keys(at, folding->keys_of[set] & ~folding->stated_of[set]);
        if (number > stated) {
            stated = number;
            give_keys(fold_group(folding->statements, number - 1).key.data() + 1, folding->stated_of[set]);
        }
        values[given_before_keys + folding->keys] = Int64GetDatum(group.lines);
        nulls[given_before_keys + folding->keys] = false;
        for (int i = 0; i < folding->amounts; ++i) {
            const int column = given_before_keys + 1 + folding->keys + i;
            values[column] = 0;
            nulls[column] = !group.sums[i].present;
            if (group.sums[i].present) values[column] = give_numeric(group.sums[i]);
            if (folding->beside == nullptr) continue;
            const Beside::Key key{n, i};
            const auto *entry = static_cast<Beside *>(hash_search(folding->beside, &key, HASH_FIND, nullptr));
            if (entry == nullptr) continue;
            values[column] = nulls[column] ? entry->sum : DirectFunctionCall2(numeric_add, values[column], entry->sum);
            nulls[column] = false;
        }
        tuplestore_putvalues(result->setResult, row, values, nulls);
        MemoryContextReset(folding->row_context);
    }
    MemoryContextSwitchTo(caller);
    return static_cast<Datum>(0);
}
