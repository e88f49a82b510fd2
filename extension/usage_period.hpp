// SPDX-License-Identifier: PostgreSQL
// When a line of usage begins, as facts have it.
#pragma once

#include "pg.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace bedrock_cost::pg {

// The beginning of the day or hour in UTC. What has no end or no beginning stays as it is.
inline TimestampTz cut_time(TimestampTz at, bool hourly)
{
    if (TIMESTAMP_NOT_FINITE(at)) return at;
    const int64 step = hourly ? USECS_PER_HOUR : USECS_PER_DAY;
    const int64 behind = at % step;
    return at - (behind < 0 ? behind + step : behind);
}

}  // namespace bedrock_cost::pg
