// SPDX-License-Identifier: PostgreSQL
// numeric as an Amount and back. The stored form of numeric is read where it lies, and written: its own functions would
// take as long for a value as the rest of its way. The form has not changed since 9.1; the test of
// bedrock_internal.sum_by_keys compares every digit with numeric's own.
#pragma once

#include <bedrock_cost/lines.hpp>

#include "pg/pg.hpp"

extern "C" {
#include "utils/numeric.h"
}

namespace bedrock_cost::pg {

// A value that fits has no more digits of four.
constexpr int most_stored_digits = 10;

// False: the value does not fit (more than 20 decimals, 10^16 or more, NaN, infinity). stored: where it has its digits,
// as they are stored, in `room`; null: not asked for.
inline bool read_numeric(Datum value, Amount &amount, NumericDigits *stored_digits = nullptr, int16 *room = nullptr)
{
    constexpr int base = 10000;
    constexpr int most_weight = 3;
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
    if (stored_digits != nullptr) {
        memcpy(room, at, static_cast<std::size_t>(digits) * sizeof(int16));
        *stored_digits = {room, digits, weight, negative};
    }
    amount.units = negative ? -units : units;
    amount.decimals = static_cast<std::uint8_t>(decimals);
    amount.present = true;
    return true;
}

// In the short form, which has room for 63 decimals and 64 digits of four before the point.
inline Datum give_numeric(const Amount &amount)
{
    constexpr int in_chunk = 4;
    constexpr int chunks = 3;
    constexpr uint64 chunk = UINT64CONST(10000000000000000);
    constexpr int fraction = amount_decimals / 4;
    const bool negative = amount.units < 0;
    auto left = static_cast<unsigned __int128>(amount.units);
    if (negative) left = -left;

    // From the lowest digit on.
    int16 digits[in_chunk * chunks];
    int count = 0;
    int first = 0;
    for (int c = 0; c < chunks; ++c) {
        const bool small = left < chunk;
        uint64 part = small ? static_cast<uint64>(left) : static_cast<uint64>(left % chunk);
        left = small ? 0 : left / chunk;
        for (int i = 0; i < in_chunk; ++i, part /= 10000) {
            const auto digit = static_cast<int16>(part % 10000);
            digits[in_chunk * c + i] = digit;
            if (digit != 0) count = in_chunk * c + i + 1;
        }
    }
    while (first < count && digits[first] == 0) ++first;
    const int weight = count == 0 ? 0 : count - 1 - fraction;
    const auto header = static_cast<uint16>(0x8000 | (negative ? 0x2000 : 0) | (amount.decimals << 7) |
                                            (weight < 0 ? 0x40 : 0) | (weight & 0x3F));
    const Size size = VARHDRSZ + sizeof header + static_cast<Size>(count - first) * sizeof(int16);
    auto *stored = static_cast<struct varlena *>(palloc(size));
    SET_VARSIZE(stored, size);
    char *at = VARDATA(stored);
    memcpy(at, &header, sizeof header);
    at += sizeof header;
    for (int i = count - 1; i >= first; --i, at += sizeof(int16)) memcpy(at, &digits[i], sizeof(int16));
    return PointerGetDatum(stored);
}

}  // namespace bedrock_cost::pg
