// SPDX-License-Identifier: PostgreSQL
// Row functions over several columns of a line: is it Bedrock's, how many tokens, what names its owner.
#include "pg/pg.hpp"
#include "row_functions/tag.hpp"

using namespace bedrock_cost;

SQL_FUNCTION(is_bedrock)
{
    PG_RETURN_BOOL(is_bedrock(pg::nullable_text_argument(fcinfo, 0), pg::nullable_text_argument(fcinfo, 1),
                              pg::nullable_text_argument(fcinfo, 2)));
}

SQL_FUNCTION(bedrock_agentcore_component)
{
    return pg::give(fcinfo, pg::answer(agentcore_component(pg::nullable_text_argument(fcinfo, 0),
                                                           pg::nullable_text_argument(fcinfo, 1))));
}

SQL_FUNCTION(bedrock_tokens)
{
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2)) PG_RETURN_NULL();
    const int32 scale = tokens_per_unit(pg::text_argument(fcinfo, 1), pg::text_argument(fcinfo, 2));
    if (scale == 0) PG_RETURN_NULL();
    bool overflow = false;
    Numeric tokens = numeric_mul_opt_error(PG_GETARG_NUMERIC(0), int64_to_numeric(scale), &overflow);
    if (overflow) PG_RETURN_NULL();
    PG_RETURN_NUMERIC(tokens);
}

SQL_FUNCTION(attribution_kind)
{
    AttributionKind kind = attribution_of(pg::nullable_text_argument(fcinfo, 0), pg::nullable_text_argument(fcinfo, 1));
    if (kind == AttributionKind::none && !PG_ARGISNULL(2) &&
        pg::Tags(PG_GETARG_DATUM(2)).any([](Text key, Text value) { return tag_names_owner(key, value); }))
        kind = AttributionKind::tag;
    return pg::give(fcinfo, pg::answer(kind));
}
