// SPDX-License-Identifier: PostgreSQL
// The tags of a row: a jsonb object, read pair by pair.
#pragma once

#include <bedrock_cost/bill.hpp>

#include "pg/pg.hpp"

extern "C" {
#include "miscadmin.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
}

namespace bedrock_cost::pg {

// The tags of an argument where they lie. Jsonb wants four-byte alignment, which a short value in a row has not: such a
// one, of 126 bytes at most, is copied here instead of into memory of the server. Texts read from it live as long.
class Tags {
  public:
    explicit Tags(Datum datum)
    {
        auto *const value = reinterpret_cast<struct varlena *>(PG_DETOAST_DATUM_PACKED(datum));
        if (VARATT_IS_SHORT(value)) {
            memcpy(short_, VARDATA_SHORT(value), VARSIZE_SHORT(value) - VARHDRSZ_SHORT);
            root_ = reinterpret_cast<JsonbContainer *>(short_);
        } else {
            root_ = reinterpret_cast<JsonbContainer *>(VARDATA(value));
        }
    }
    Tags(const Tags &) = delete;
    Tags &operator=(const Tags &) = delete;

    // Calls visit(key, value) for every tag until it returns true. Anything but an object has no tags.
    template <class Visit>
    bool any(Visit visit) const
    {
        if (!JsonContainerIsObject(root_)) return false;
        // The entries of all keys, then those of all values, then the bytes of both in this order.
        const int count = static_cast<int>(JsonContainerSize(root_));
        const auto *const bytes = reinterpret_cast<const char *>(root_->children + 2 * count);
        uint32 key_at = 0;
        uint32 value_at = getJsonbOffset(root_, count);
        for (int i = 0; i < count; ++i) {
            // A long search in a large map takes long, once for each key.
            CHECK_FOR_INTERRUPTS();
            const uint32 key_begin = key_at;
            const uint32 value_begin = value_at;
            JBE_ADVANCE_OFFSET(key_at, root_->children[i]);
            JBE_ADVANCE_OFFSET(value_at, root_->children[count + i]);
            const Text key{bytes + key_begin, key_at - key_begin};
            if (visit(key, value_of(root_->children[count + i], bytes, value_begin, value_at))) return true;
        }
        return false;
    }

  private:
    // The scalar as text, absent for null and for nested values, which are no tags.
    static Text value_of(JEntry entry, const char *bytes, uint32 begin, uint32 end)
    {
        if (JBE_ISSTRING(entry)) return {bytes + begin, end - begin};
        if (JBE_ISBOOL_TRUE(entry)) return "true";
        if (JBE_ISBOOL_FALSE(entry)) return "false";
        if (JBE_ISNUMERIC(entry))
            return DatumGetCString(DirectFunctionCall1(numeric_out, PointerGetDatum(bytes + INTALIGN(begin))));
        return {};
    }

    alignas(4) char short_[VARATT_SHORT_MAX];
    JsonbContainer *root_;
};

}  // namespace bedrock_cost::pg
