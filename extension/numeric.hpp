// SPDX-License-Identifier: PostgreSQL
// numeric as an Amount and back. The stored form of numeric is read where it lies: its own functions would allocate for
// every value. The form has not changed since 9.1; the test of bedrock.fold compares every digit with numeric's own.
#pragma once

#include "pg.hpp"

extern "C" {
#include "utils/numeric.h"
}

namespace bedrock_cost::pg {

// False: the value does not fit (more than 20 decimals, 10^13 or more, NaN, infinity).
inline bool read_numeric(Datum value, Amount &amount)
{
    constexpr int base = 10000;
    constexpr int most_weight = 2;
    constexpr int least_weight = -amount_decimals / 4;
    const auto *stored = reinterpret_cast<struct varlena *>(DatumGetPointer(value));
    if (VARATT_IS_EXTENDED(stored) && !VARATT_IS_SHORT(stored)) return false;
    const char *at = VARDATA_ANY(stored);
    auto bytes = static_cast<std::size_t>(VARSIZE_ANY_EXHDR(stored));
    uint16 header = 0;
    memcpy(&header, at, sizeof header);
    at += sizeof header;
    bytes -= sizeof header;

    int weight = 0;
    bool negative = false;
    int decimals = 0;
    if ((header & 0xC000) == 0xC000) return false;
    if ((header & 0x8000) != 0) {
        weight = (header & 0x3F) - (header & 0x40);
        negative = (header & 0x2000) != 0;
        decimals = (header & 0x1F80) >> 7;
    } else {
        int16 stored_weight = 0;
        memcpy(&stored_weight, at, sizeof stored_weight);
        at += sizeof stored_weight;
        bytes -= sizeof stored_weight;
        weight = stored_weight;
        negative = (header & 0x4000) != 0;
        decimals = header & 0x3FFF;
    }
    const int digits = static_cast<int>(bytes / sizeof(int16));
    if (decimals > amount_decimals || (digits > 0 && weight > most_weight)) return false;
    // Trailing zeros are not stored, so no digit lies below the last place.
    if (digits > 0 && weight - digits + 1 < least_weight) return false;

    Int128 units = 0;
    for (int i = 0; i < digits; ++i) {
        int16 digit = 0;
        memcpy(&digit, at + i * sizeof digit, sizeof digit);
        units = units * base + digit;
    }
    for (int place = digits > 0 ? weight - digits + 1 : 0; place > least_weight; --place) units *= base;
    amount.units = negative ? -units : units;
    amount.decimals = static_cast<std::uint8_t>(decimals);
    amount.present = true;
    return true;
}

inline Datum give_numeric(const Amount &amount)
{
    Int128 units = amount.units;
    // What was written with so many decimals has no digit behind them.
    for (int i = amount.decimals; i < amount_decimals; ++i) units /= 10;
    if (units >= PG_INT64_MIN && units <= PG_INT64_MAX)
        return NumericGetDatum(int64_div_fast_to_numeric(static_cast<int64>(units), amount.decimals));

    char text[64];
    char *at = text + sizeof text;
    *--at = '\0';
    const bool negative = units < 0;
    for (int i = 0; units != 0 || i <= amount.decimals; ++i) {
        if (i == amount.decimals && i > 0) *--at = '.';
        const int digit = static_cast<int>(units % 10);
        *--at = static_cast<char>('0' + (digit < 0 ? -digit : digit));
        units /= 10;
    }
    if (negative) *--at = '-';
    return DirectFunctionCall3(numeric_in, CStringGetDatum(at), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

}  // namespace bedrock_cost::pg
