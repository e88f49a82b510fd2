// SPDX-License-Identifier: PostgreSQL
#include "lines/overflow.hpp"

extern "C" {
#include "utils/datum.h"
#include "utils/memutils.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

void OverflowSums::add(OverflowKey key, Datum value, int sign)
{
    if (sums == nullptr) {
        HASHCTL control{};
        control.keysize = sizeof(OverflowKey);
        control.entrysize = sizeof(OverflowSum);
        control.hcxt = context;
        sums = hash_create("overflow sums", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    }
    if (scratch == nullptr)
        scratch = AllocSetContextCreate(context, "an addition of overflow sums", ALLOCSET_SMALL_SIZES);
    bool found = false;
    auto *entry = static_cast<OverflowSum *>(hash_search(sums, &key, HASH_ENTER, &found));
    if (!found) entry->sum = 0;
    const MemoryContext caller = MemoryContextSwitchTo(scratch);
    const Datum before = found ? entry->sum : NumericGetDatum(int64_to_numeric(0));
    const Datum sum = DirectFunctionCall2(sign < 0 ? numeric_sub : numeric_add, before, value);
    MemoryContextSwitchTo(context);
    const Datum kept = datumCopy(sum, false, -1);
    if (found) pfree(DatumGetPointer(entry->sum));
    entry->sum = kept;
    MemoryContextSwitchTo(caller);
    MemoryContextReset(scratch);
}

Answer OverflowSums::find(OverflowKey key) const
{
    if (sums == nullptr) return {};
    const auto *entry = static_cast<OverflowSum *>(hash_search(sums, &key, HASH_FIND, nullptr));
    return entry == nullptr ? Answer{} : Answer{entry->sum, false};
}

Answer OverflowSums::whole(OverflowKey key, const Amount &amount) const
{
    const Answer overflow = find(key);
    if (overflow.null) return amount.present ? Answer{give_numeric(amount), false} : Answer{};
    if (!amount.present) return overflow;
    return {DirectFunctionCall2(numeric_add, give_numeric(amount), overflow.value), false};
}
