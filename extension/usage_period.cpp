// SPDX-License-Identifier: PostgreSQL
// cut_usage_start, cut_usage_end: the time of a line, cut to what its day or hour and its grain need. The core cuts the
// lines of exports the same way (src/moment.cpp).
// utc_timestamp: a time written as text, read as the core reads those of exports.
#include "usage_period.hpp"

extern "C" {
#include "mb/pg_wchar.h"
}

using namespace bedrock_cost;
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

SQL_FUNCTION(bedrock_utc_timestamp)
{
    const Text written = text_argument(fcinfo, 0);
    if (written.empty()) PG_RETURN_NULL();
    const std::optional<std::int64_t> microseconds = utc_microseconds(written);
    if (!microseconds) {
        constexpr std::size_t shown = 60;
        const int length = pg_mbcliplen(written.data(), static_cast<int>(written.size()), shown);
        ereport(ERROR, (errcode(ERRCODE_INVALID_DATETIME_FORMAT),
                        errmsg("\"%.*s%s\" is no time", length, written.data(), static_cast<std::size_t>(length) < written.size() ? "..." : ""),
                        errdetail("A time of a bill is written as 2026-03-01T00:00:00Z: with a blank instead of the T, with an offset, without zone (UTC), or a date alone.")));
    }
    PG_RETURN_TIMESTAMPTZ(*microseconds - static_cast<int64>(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY);
}
