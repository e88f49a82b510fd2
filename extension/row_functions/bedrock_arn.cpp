// SPDX-License-Identifier: PostgreSQL
// The type bedrock_arn: text that passed the core's check. Stored, ordered and written as the server does text bytes.
#include <bedrock_cost/bill.hpp>

#include "pg/pg.hpp"

extern "C" {
#include "libpq/pqformat.h"
}

using namespace bedrock_cost;

namespace {

Datum checked(text *value)
{
    const auto fault = check_bedrock_arn({VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))});
    if (fault) pg::raise(*fault);
    return PointerGetDatum(value);
}

}  // namespace

SQL_FUNCTION(bedrock_arn_in)
{
    return checked(cstring_to_text(PG_GETARG_CSTRING(0)));
}

SQL_FUNCTION(bedrock_arn_recv)
{
    auto *buffer = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
    int length = 0;
    char *bytes = pq_getmsgtext(buffer, buffer->len - buffer->cursor, &length);
    return checked(cstring_to_text_with_len(bytes, length));
}

SQL_FUNCTION(bedrock_arn_from_text)
{
    return checked(PG_GETARG_TEXT_PP(0));
}

SQL_FUNCTION(try_bedrock_arn)
{
    text *value = PG_GETARG_TEXT_PP(0);
    if (!is_bedrock_arn({VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))})) PG_RETURN_NULL();
    return PointerGetDatum(value);
}
