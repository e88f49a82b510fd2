// SPDX-License-Identifier: PostgreSQL
// cut_usage_start, cut_usage_end: the time of a line, cut to what its day or hour and its grain need. The core cuts the
// lines of exports the same way (src/moment.cpp).
#include "usage_period.hpp"

using namespace bedrock_cost::pg;

SQL_FUNCTION(bedrock_cut_usage_start)
{
    PG_RETURN_TIMESTAMPTZ(cut_time(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_BOOL(1)));
}

SQL_FUNCTION(bedrock_cut_usage_end)
{
    if (PG_ARGISNULL(1)) PG_RETURN_NULL();
    const TimestampTz end = PG_GETARG_TIMESTAMPTZ(1);
    if (PG_ARGISNULL(0) || TIMESTAMP_NOT_FINITE(end)) PG_RETURN_TIMESTAMPTZ(end);
    const TimestampTz start = PG_GETARG_TIMESTAMPTZ(0);
    if (TIMESTAMP_NOT_FINITE(start)) PG_RETURN_TIMESTAMPTZ(end);
    if (end - start > USECS_PER_DAY) PG_RETURN_TIMESTAMPTZ(end);
    const TimestampTz kept = cut_time(start, !PG_ARGISNULL(2) && PG_GETARG_BOOL(2)) + (end - start > USECS_PER_HOUR ? USECS_PER_DAY : USECS_PER_HOUR);
    // The last day of the calendar has no day behind it.
    PG_RETURN_TIMESTAMPTZ(IS_VALID_TIMESTAMP(kept) ? kept : end);
}
