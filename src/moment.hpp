// SPDX-License-Identifier: PostgreSQL
// Points in time as exports write them, and the period of a line cut to its day or hour.
#pragma once

#include <bedrock_cost/api.hpp>

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

inline constexpr std::size_t moment_length = 20;
// 2026-11-01T00:00:00Z
void write_moment(std::int64_t seconds, char *room) noexcept;

// A period as compacted lines have it. Comparable byte by byte.
struct Period {
    char start[moment_length];
    char end[moment_length];
    char has_start;
    char has_end;
};

enum class PeriodFault : std::uint8_t { none, bad_start, bad_end };
// Cuts the period of a line; an empty text is absent.
PeriodFault cut_period(Text start, Text end, bool hourly, Period &period) noexcept;

}  // namespace bedrock_cost
