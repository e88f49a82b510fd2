// SPDX-License-Identifier: PostgreSQL
// try_jsonb: jsonb of a text that may be no JSON.
#include "pg/pg.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "utils/fmgrprotos.h"
}

using namespace bedrock_cost;

SQL_FUNCTION(bedrock_try_jsonb)
{
    text *value = PG_GETARG_TEXT_PP(0);
    const Text json{VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
    if (!is_jsonb(json)) PG_RETURN_NULL();
    // Outside UTF-8 an escaped character may have no place in the database's encoding.
    if (GetDatabaseEncoding() != PG_UTF8 && json.find("\\u") != Text::npos) PG_RETURN_NULL();
    return DirectFunctionCall1(jsonb_in, CStringGetDatum(text_to_cstring(value)));
}
