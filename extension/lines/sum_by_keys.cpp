// SPDX-License-Identifier: PostgreSQL
// bedrock_internal.sum_by_keys: the rows of a query summed by their keys, exactly. numeric's own sum() takes several
// times as long.
#include "lines/load.hpp"
#include "lines/run_query.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/memutils.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

constexpr int most_sums = 63;

struct GroupingState {
    DestReceiver receiver;
    MemoryContext context;
    MemoryContext row_context;
    Grouping *groups;
    OverflowSums overflow;
    Size counted;  // of the memory of the overflow sums
    int keys, sums;
    int16 key_length[most_keys];
    TupleDesc given;
    char *key;
    std::size_t key_room;
};

void count_overflow(GroupingState &grouping)
{
    const Size taken = MemoryContextMemAllocated(grouping.overflow.context, true);
    if (taken <= grouping.counted) return;
    if (!grouping_take(grouping.groups, taken - grouping.counted)) raise_grouping_fault(grouping.groups);
    grouping.counted = taken;
}

bool receive(TupleTableSlot *slot, DestReceiver *self)
{
    auto &grouping = *reinterpret_cast<GroupingState *>(self);
    slot_getallattrs(slot);
    const Datum *values = slot->tts_values;
    const bool *nulls = slot->tts_isnull;
    const MemoryContext caller = MemoryContextSwitchTo(grouping.row_context);
    bool allocated = false;
    std::size_t used = 0;
    for (int i = 0; i < grouping.keys; ++i) {
        Datum by_value = 0;
        const Text bytes = column_bytes(values[1 + i], nulls[1 + i], grouping.key_length[i], by_value, allocated);
        const uint32 size = bytes.data() == nullptr ? PG_UINT32_MAX : static_cast<uint32>(bytes.size());
        while (used + sizeof size + bytes.size() > grouping.key_room)
            grouping.key = static_cast<char *>(repalloc_huge(grouping.key, grouping.key_room *= 2));
        memcpy(grouping.key + used, &size, sizeof size);
        used += sizeof size;
        if (!bytes.empty()) memcpy(grouping.key + used, bytes.data(), bytes.size());
        used += bytes.size();
    }
    alignas(Amount) char room[most_sums * sizeof(Amount)];
    auto *amounts = reinterpret_cast<Amount *>(room);
    const Datum *summed = values + 1 + grouping.keys;
    const bool *absent = nulls + 1 + grouping.keys;
    uint64 outside = 0;
    for (int i = 0; i < grouping.sums; ++i) {
        amounts[i] = Amount{};
        if (!absent[i] && !read_numeric(summed[i], amounts[i])) outside |= UINT64CONST(1) << i;
    }
    const GroupedLine grouped =
        grouping_add(grouping.groups, {grouping.key, used}, nulls[0] ? 0 : DatumGetInt64(values[0]), amounts);
    if (grouped.group < 0) raise_grouping_fault(grouping.groups);
    for (int i = 0; (outside | grouped.refused) >> i != 0 && i < grouping.sums; ++i)
        if (((outside | grouped.refused) >> i & 1) != 0) grouping.overflow.add({grouped.group, 0, i}, summed[i]);
    if ((outside | grouped.refused) != 0) count_overflow(grouping);
    MemoryContextSwitchTo(caller);
    if (allocated || outside != 0) MemoryContextReset(grouping.row_context);
    return true;
}

void start(DestReceiver *self, int, TupleDesc row)
{
    auto &grouping = *reinterpret_cast<GroupingState *>(self);
    bool fits = row->natts == grouping.given->natts;
    for (int i = 0; fits && i < row->natts; ++i) {
        // The number of lines precedes the keys in the query, and follows them in the result.
        const int given = i == 0 ? grouping.keys : i <= grouping.keys ? i - 1 : i;
        fits = TupleDescAttr(row, i)->atttypid == TupleDescAttr(grouping.given, given)->atttypid;
    }
    if (!fits)
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                        errmsg("the query of bedrock_internal.sum_by_keys has other columns than were declared"),
                        errdetail("It gives a bigint, then %d keys and %d amounts.", grouping.keys, grouping.sums)));
}

void finish(DestReceiver *) {}

void give_groups(GroupingState &grouping, ReturnSetInfo *result)
{
    Datum values[most_keys + 1 + most_sums];
    bool nulls[most_keys + 1 + most_sums];
    const MemoryContext caller = MemoryContextSwitchTo(grouping.row_context);
    for (int64 n = 0; n < grouping_count(grouping.groups); ++n) {
        CHECK_FOR_INTERRUPTS();
        const GroupSums group = grouping_group(grouping.groups, n);
        const char *at = group.key.data();
        for (int i = 0; i < grouping.keys; ++i) {
            uint32 size = 0;
            memcpy(&size, at, sizeof size);
            at += sizeof size;
            const Answer key = size == PG_UINT32_MAX ? Answer{} : column_value({at, size}, grouping.key_length[i]);
            if (!key.null) at += size;
            values[i] = key.value;
            nulls[i] = key.null;
        }
        values[grouping.keys] = Int64GetDatum(group.lines);
        nulls[grouping.keys] = false;
        for (int i = 0; i < grouping.sums; ++i) {
            const Answer sum = grouping.overflow.whole({n, 0, i}, grouping_sum(group.sums, i));
            values[grouping.keys + 1 + i] = sum.value;
            nulls[grouping.keys + 1 + i] = sum.null;
        }
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        MemoryContextReset(grouping.row_context);
    }
    MemoryContextSwitchTo(caller);
}

}  // namespace

SQL_FUNCTION(bedrock_sum_by_keys)
{
    char *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const TupleDesc row = result->setDesc;

    const MemoryContext context =
        AllocSetContextCreate(CurrentMemoryContext, "bedrock_internal.sum_by_keys", ALLOCSET_DEFAULT_SIZES);
    auto *grouping = static_cast<GroupingState *>(MemoryContextAllocZero(context, sizeof(GroupingState)));
    grouping->context = context;
    grouping->row_context =
        AllocSetContextCreate(context, "a row of bedrock_internal.sum_by_keys", ALLOCSET_DEFAULT_SIZES);
    grouping->overflow.context =
        AllocSetContextCreate(context, "overflow sums of bedrock_internal.sum_by_keys", ALLOCSET_DEFAULT_SIZES);
    grouping->given = row;
    grouping->keys = PG_GETARG_INT32(1);
    grouping->sums = row->natts - 1 - grouping->keys;
    if (grouping->keys < 0 || grouping->sums < 0 || grouping->sums > most_sums ||
        TupleDescAttr(row, grouping->keys)->atttypid != INT8OID)
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                        errmsg("bedrock_internal.sum_by_keys gives its keys, a bigint, and up to %d sums", most_sums)));
    for (int i = 0; i < grouping->keys; ++i)
        if (!is_byte_type(TupleDescAttr(row, i)->atttypid, grouping->key_length[i]))
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                            errmsg("column \"%s\" cannot be a key of bedrock_internal.sum_by_keys",
                                   NameStr(TupleDescAttr(row, i)->attname))));
    for (int i = grouping->keys + 1; i < row->natts; ++i)
        if (TupleDescAttr(row, i)->atttypid != NUMERICOID)
            ereport(ERROR,
                    (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("sums of bedrock_internal.sum_by_keys are numeric"),
                     errdetail("Column \"%s\" is not.", NameStr(TupleDescAttr(row, i)->attname))));
    grouping->key_room = 4096;
    grouping->key = static_cast<char *>(MemoryContextAlloc(context, grouping->key_room));

    // Registered before there is anything to close: nothing may fail between the two.
    auto *release =
        static_cast<MemoryContextCallback *>(MemoryContextAllocZero(context, sizeof(MemoryContextCallback)));
    release->func = [](void *closed) { grouping_close(static_cast<GroupingState *>(closed)->groups); };
    release->arg = grouping;
    MemoryContextRegisterResetCallback(context, release);
    grouping->groups = grouping_open(static_cast<uint32>(grouping->sums), load_memory());
    if (grouping->groups == nullptr) raise_grouping_fault(nullptr);

    grouping->receiver.receiveSlot = receive;
    grouping->receiver.rStartup = start;
    grouping->receiver.rShutdown = finish;
    grouping->receiver.rDestroy = finish;
    grouping->receiver.mydest = DestNone;
    run_query(query, PG_GETARG_OID(2), &grouping->receiver);
    give_groups(*grouping, result);
    MemoryContextDelete(context);
    return static_cast<Datum>(0);
}
