// SPDX-License-Identifier: PostgreSQL
// utc_timestamp: a time written as text, read as the core reads those of exports.
#include "pg/pg.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "utils/timestamp.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

SQL_FUNCTION(bedrock_utc_timestamp)
{
    const Text written = text_argument(fcinfo, 0);
    if (written.empty()) PG_RETURN_NULL();
    const std::optional<std::int64_t> microseconds = utc_microseconds(written);
    if (!microseconds) {
        constexpr std::size_t shown = 60;
        const int length = pg_mbcliplen(written.data(), static_cast<int>(written.size()), shown);
        ereport(ERROR, (errcode(ERRCODE_INVALID_DATETIME_FORMAT),
                        errmsg("\"%.*s%s\" is no time", length, written.data(),
                               static_cast<std::size_t>(length) < written.size() ? "..." : ""),
                        errdetail("A time of a bill is written as 2026-03-01T00:00:00Z: with a blank instead of the T, "
                                  "with an offset, without zone (UTC), or a date alone.")));
    }
    PG_RETURN_TIMESTAMPTZ(*microseconds - static_cast<int64>(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY);
}
