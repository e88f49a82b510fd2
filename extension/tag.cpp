// SPDX-License-Identifier: PostgreSQL
// bedrock_tag: one tag of a row, whichever source carries it.
#include "tag.hpp"

using namespace bedrock_cost;

SQL_FUNCTION(bedrock_tag)
{
    TagSearch search = tag_search(pg::text_argument(fcinfo, 1));
    const pg::Tags tags(PG_GETARG_DATUM(0));
    tags.any([&](Text key, Text value) {
        offer(search, key, value);
        return false;
    });
    return pg::give(fcinfo, pg::answer(search.value));
}
