// SPDX-License-Identifier: PostgreSQL
// Values of columns as bytes, by which the core distinguishes lines, and back.
#pragma once

#include "pg/pg.hpp"

extern "C" {
#include "utils/lsyscache.h"
}

namespace bedrock_cost::pg {

// As many as a relation may have.
constexpr int most_keys = MaxHeapAttributeNumber;

// A value where it lies; only a compressed or toasted one is copied. Null: absent. `by_value` keeps what is no pointer.
inline Text column_bytes(Datum value, bool null, int16 length, Datum &by_value, bool &copied)
{
    if (null) return {};
    if (length != -1) {
        by_value = value;
        return {reinterpret_cast<const char *>(&by_value), sizeof by_value};
    }
    const auto *stored = reinterpret_cast<struct varlena *>(DatumGetPointer(value));
    const struct varlena *plain = stored;
    if (VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored)) {
        plain = pg_detoast_datum_packed(const_cast<struct varlena *>(stored));
        copied = true;
    }
    return {VARDATA_ANY(plain), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(plain))};
}

inline Answer column_value(Text bytes, int16 length)
{
    if (bytes.data() == nullptr) return {};
    if (length != -1) {
        Datum value = 0;
        memcpy(&value, bytes.data(), sizeof value);
        return {value, false};
    }
    auto *value = static_cast<struct varlena *>(palloc(bytes.size() + VARHDRSZ));
    SET_VARSIZE(value, bytes.size() + VARHDRSZ);
    memcpy(VARDATA(value), bytes.data(), bytes.size());
    return {PointerGetDatum(value), false};
}

// Whether the bytes of a column of this type are its value.
inline bool is_byte_type(Oid type, int16 &length)
{
    bool by_value = false;
    get_typlenbyval(type, &length, &by_value);
    return length == -1 || by_value;
}

}  // namespace bedrock_cost::pg
