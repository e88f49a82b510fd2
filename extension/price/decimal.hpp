// SPDX-License-Identifier: PostgreSQL
// numeric as a Decimal and back.
#pragma once

#include "pg/pg.hpp"

extern "C" {
#include "utils/numeric.h"
}

namespace bedrock_cost::pg {

// A value of numeric as a Decimal, read where it lies. False: NaN, infinite, or more than 36 digits.
inline bool read_decimal(Datum value, Decimal &decimal)
{
    const auto *stored = reinterpret_cast<struct varlena *>(DatumGetPointer(value));
    if (VARATT_IS_EXTENDED(stored) && !VARATT_IS_SHORT(stored)) stored = PG_DETOAST_DATUM_PACKED(value);
    const char *at = VARDATA_ANY(stored);
    auto bytes = static_cast<int>(VARSIZE_ANY_EXHDR(stored));
    uint16 header = 0;
    memcpy(&header, at, sizeof header);
    at += sizeof header;
    bytes -= static_cast<int>(sizeof header);
    if ((header & 0xC000) == 0xC000) return false;
    int weight = 0;
    bool negative = false;
    if ((header & 0x8000) != 0) {
        weight = (header & 0x3F) - (header & 0x40);
        negative = (header & 0x2000) != 0;
    } else {
        int16 stored_weight = 0;
        memcpy(&stored_weight, at, sizeof stored_weight);
        at += sizeof stored_weight;
        bytes -= static_cast<int>(sizeof stored_weight);
        weight = stored_weight;
        negative = (header & 0x4000) != 0;
    }
    const int digits = bytes / static_cast<int>(sizeof(int16));
    if (digits > 9 || weight > 8) return false;
    decimal = {};
    for (int i = 0; i < digits; ++i) {
        int16 digit = 0;
        memcpy(&digit, at + i * static_cast<int>(sizeof digit), sizeof digit);
        decimal.units = decimal.units * 10000 + digit;
    }
    if (digits == 0) return true;
    for (int place = digits - 1; place < weight; ++place) decimal.units *= 10000;
    if (weight < digits - 1) decimal.scale = 4 * (digits - 1 - weight);
    if (negative) decimal.units = -decimal.units;
    return true;
}

inline Datum give_decimal(const Decimal &decimal)
{
    if (decimal.units >= PG_INT64_MIN && decimal.units <= PG_INT64_MAX)
        return NumericGetDatum(int64_div_fast_to_numeric(static_cast<int64>(decimal.units), decimal.scale));
    char text[128];
    char *at = text + sizeof text;
    *--at = '\0';
    Int128 units = decimal.units;
    const bool negative = units < 0;
    for (int i = 0; units != 0 || i <= decimal.scale; ++i) {
        if (i == decimal.scale && i > 0) *--at = '.';
        const int digit = static_cast<int>(units % 10);
        *--at = static_cast<char>('0' + (digit < 0 ? -digit : digit));
        units /= 10;
    }
    if (negative) *--at = '-';
    return DirectFunctionCall3(numeric_in, CStringGetDatum(at), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

}  // namespace bedrock_cost::pg
