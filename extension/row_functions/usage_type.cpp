// SPDX-License-Identifier: PostgreSQL
// Row functions over line_item_usage_type.
#include <bedrock_cost/bill.hpp>

#include "pg/pg.hpp"

using namespace bedrock_cost;
using pg::answer;

SQL_FUNCTION(bedrock_usage_parts)
{
    const UsageParts usage = usage_parts(pg::text_argument(fcinfo, 0));
    return pg::give_row(
        fcinfo,
        std::array{answer(usage.region), answer(usage.marketplace), answer(usage.mantle), answer(usage.model_token),
                   answer(usage.usage_group), answer(usage.token_kind), answer(usage.modality), answer(usage.cache_ttl),
                   answer(usage.tier), answer(usage.routing), answer(usage.long_context), answer(usage.custom_model)});
}

SQL_FUNCTION(bedrock_usage_group)
{
    return pg::give(fcinfo, answer(usage_parts(pg::text_argument(fcinfo, 0)).usage_group));
}

SQL_FUNCTION(bedrock_token_kind)
{
    return pg::give(fcinfo, answer(usage_token_kind(pg::text_argument(fcinfo, 0))));
}

SQL_FUNCTION(bedrock_tier)
{
    return pg::give(fcinfo, answer(usage_parts(pg::text_argument(fcinfo, 0)).tier));
}

SQL_FUNCTION(bedrock_routing)
{
    return pg::give(fcinfo, answer(usage_parts(pg::text_argument(fcinfo, 0)).routing));
}

SQL_FUNCTION(bedrock_region)
{
    return pg::give(fcinfo, answer(usage_region(pg::text_argument(fcinfo, 0))));
}
