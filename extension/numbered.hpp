// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "pg.hpp"

extern "C" {
#include "utils/memutils.h"
}

namespace bedrock_cost::pg {

// Room by number, which grows with the highest.
template <class Entry>
struct Numbered {
    Entry *entries;
    Size room;

    Entry &operator[](int32 number)
    {
        const auto place = static_cast<Size>(number);
        if (place >= room) {
            const Size wider = Max(Max(1024, 2 * room), place + 1);
            auto *moved = static_cast<Entry *>(MemoryContextAllocExtended(context, wider * sizeof(Entry), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
            if (entries != nullptr) {
                memcpy(moved, entries, room * sizeof(Entry));
                pfree(entries);
            }
            entries = moved;
            room = wider;
        }
        return entries[place];
    }

    MemoryContext context;
    int32 highest;
};

}  // namespace bedrock_cost::pg
