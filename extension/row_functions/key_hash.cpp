// SPDX-License-Identifier: PostgreSQL
// key_hash: the hash of a key of raw strings, absent ones distinguished from empty ones.
#include "pg/pg.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/uuid.h"
}

using namespace bedrock_cost;

SQL_FUNCTION(bedrock_combination_hash)
{
    Datum *strings = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT, &strings, &nulls, &count);

    // Each string behind its length in four bytes, the first byte first; an absent one has the length 2^32 - 1.
    StringInfoData bytes;
    initStringInfo(&bytes);
    for (int i = 0; i < count; ++i) {
        const text *string = nulls[i] ? nullptr : DatumGetTextPP(strings[i]);
        const uint32 length = string == nullptr ? 0xFFFFFFFF : static_cast<uint32>(VARSIZE_ANY_EXHDR(string));
        for (int shift = 0; shift < 32; shift += 8)
            appendStringInfoCharMacro(&bytes, static_cast<char>(length >> shift & 0xFF));
        if (string != nullptr) appendBinaryStringInfo(&bytes, VARDATA_ANY(string), static_cast<int>(length));
    }
    const auto hash = key_hash({bytes.data, static_cast<std::size_t>(bytes.len)});
    auto *uuid = static_cast<pg_uuid_t *>(palloc(UUID_LEN));
    memcpy(uuid->data, hash.data(), UUID_LEN);
    return UUIDPGetDatum(uuid);
}
