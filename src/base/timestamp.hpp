// SPDX-License-Identifier: PostgreSQL
// Points in time as exports write them.
#pragma once

#include <bedrock_cost/base.hpp>

namespace bedrock_cost {

struct Moment {
    std::int64_t seconds = 0;  // since 1970 in UTC
    std::int32_t nanoseconds = 0;
};
// Reads 2026-11-01T00:00:00Z and its kin: with a fraction, an offset, a blank instead of the T, without zone (UTC), or
// a date alone. False: something else, or outside the years 1 to 9999.
bool read_moment(Text text, Moment &moment) noexcept;

// Whether a text is a point in time, no longer than a binding has room for.
bool is_time(Text text) noexcept;

// Whether a text is such a point in time at which a month begins in UTC.
bool is_month(Text text) noexcept;

}  // namespace bedrock_cost
