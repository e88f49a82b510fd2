// SPDX-License-Identifier: PostgreSQL
// Row functions over line_item_resource_id. They take text or bedrock_arn: the bytes are the same.
#include <bedrock_cost/bill.hpp>

#include "pg/pg.hpp"

using namespace bedrock_cost;
using pg::answer;

SQL_FUNCTION(bedrock_arn_parts)
{
    const ArnParts arn = arn_parts(pg::text_argument(fcinfo, 0));
    return pg::give_row(fcinfo, std::array{answer(arn.valid), answer(arn.partition), answer(arn.service),
                                           answer(arn.region), answer(arn.account_id), answer(arn.resource_type),
                                           answer(arn.resource_id), answer(arn.request_path), answer(arn.profile_id),
                                           answer(arn.profile_suffix), answer(arn.geo_prefix), answer(arn.model_id)});
}

SQL_FUNCTION(bedrock_request_path)
{
    return pg::give(fcinfo, answer(arn_parts(pg::nullable_text_argument(fcinfo, 0)).request_path));
}

SQL_FUNCTION(bedrock_via_profile)
{
    const RequestPath path = arn_parts(pg::nullable_text_argument(fcinfo, 0)).request_path;
    PG_RETURN_BOOL(path == RequestPath::application_profile || path == RequestPath::system_profile);
}

SQL_FUNCTION(bedrock_profile_id)
{
    return pg::give(fcinfo, answer(arn_parts(pg::text_argument(fcinfo, 0)).profile_id));
}

SQL_FUNCTION(bedrock_profile_suffix)
{
    return pg::give(fcinfo, answer(arn_parts(pg::text_argument(fcinfo, 0)).profile_suffix));
}

SQL_FUNCTION(bedrock_geo_prefix)
{
    return pg::give(fcinfo, answer(arn_parts(pg::text_argument(fcinfo, 0)).geo_prefix));
}

SQL_FUNCTION(bedrock_model_id)
{
    return pg::give(fcinfo, answer(arn_parts(pg::text_argument(fcinfo, 0)).model_id));
}
