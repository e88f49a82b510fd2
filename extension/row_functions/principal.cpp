// SPDX-License-Identifier: PostgreSQL
// Row functions over line_item_iam_principal.
#include "row_functions/principal.hpp"

#include "pg/pg.hpp"

using namespace bedrock_cost;
using pg::answer;

SQL_FUNCTION(bedrock_principal_parts)
{
    const PrincipalParts principal = principal_parts(pg::text_argument(fcinfo, 0));
    return pg::give_row(fcinfo,
                        std::array{answer(principal.kind), answer(principal.partition), answer(principal.account_id),
                                   answer(principal.name), answer(principal.path), answer(principal.session),
                                   answer(principal.email), answer(principal.principal_key)});
}

SQL_FUNCTION(bedrock_principal_kind)
{
    return pg::give(fcinfo, answer(principal_parts(pg::text_argument(fcinfo, 0)).kind));
}

SQL_FUNCTION(bedrock_principal_name)
{
    return pg::give(fcinfo, answer(principal_parts(pg::text_argument(fcinfo, 0)).name));
}

SQL_FUNCTION(bedrock_principal_session)
{
    return pg::give(fcinfo, answer(principal_parts(pg::text_argument(fcinfo, 0)).session));
}

SQL_FUNCTION(bedrock_principal_key)
{
    return pg::give(fcinfo, answer(principal_parts(pg::text_argument(fcinfo, 0)).principal_key));
}

SQL_FUNCTION(bedrock_principal_without_session)
{
    const Text principal = pg::text_argument(fcinfo, 0);
    const Text left = pg::without_session(principal);
    // Most principals of a bill have none: those are given as they came.
    if (left.size() == principal.size()) return PG_GETARG_DATUM(0);
    return pg::give(fcinfo, answer(left));
}
