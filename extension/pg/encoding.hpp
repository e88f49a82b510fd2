// SPDX-License-Identifier: PostgreSQL
// Texts between the core, which is UTF-8 as files and their names are, and the database, whatever its encoding is.
#pragma once

#include "pg/pg.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
}

namespace bedrock_cost::pg {

// Whether texts of the core and of the database are the same bytes. The bytes of SQL_ASCII are unknown.
inline bool is_same_encoding()
{
    return GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII;
}

// A text of the core in the encoding of the database; null: it has a character that the encoding lacks.
inline char *try_server_text(Text text)
{
    char *copy = pnstrdup(text.data(), text.size());
    bool ascii = true;
    for (const char byte : text) ascii = ascii && static_cast<unsigned char>(byte) < 0x80;
    if (ascii || is_same_encoding()) return copy;
    const Oid conversion = FindDefaultConversionProc(PG_UTF8, GetDatabaseEncoding());
    if (!OidIsValid(conversion)) return nullptr;
    const Size room = text.size() * MAX_CONVERSION_GROWTH + 1;
    auto *converted = static_cast<char *>(palloc(room));
    const int size = static_cast<int>(text.size());
    const int done = pg_do_encoding_conversion_buf(
        conversion, PG_UTF8, GetDatabaseEncoding(), reinterpret_cast<unsigned char *>(copy), size,
        reinterpret_cast<unsigned char *>(converted), static_cast<int>(room), true);
    return done == size ? converted : nullptr;
}

// A text of the core for a message, at most so many bytes of it: what the encoding of the database lacks is a question
// mark.
inline const char *shown(Text text, std::size_t most = Text::npos)
{
    if (most < text.size()) {
        while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
        text = text.substr(0, most);
    }
    char *result = try_server_text(text);
    if (result != nullptr) return result;
    result = pnstrdup(text.data(), text.size());
    for (char *at = result; *at != '\0'; ++at)
        if (static_cast<unsigned char>(*at) >= 0x80) *at = '?';
    return result;
}

// A text of the database as the core takes it.
inline Text utf8_text(Text text)
{
    if (is_same_encoding() || text.empty()) return text;
    const char *copy = pnstrdup(text.data(), text.size());
    return pg_server_to_any(copy, static_cast<int>(text.size()), PG_UTF8);
}

}  // namespace bedrock_cost::pg
