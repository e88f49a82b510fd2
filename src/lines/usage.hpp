// SPDX-License-Identifier: PostgreSQL
// When a line is used, cut to what its day or hour and its grain need.
#pragma once

#include <bedrock_cost/lines.hpp>

namespace bedrock_cost::lines {

inline constexpr std::int64_t no_begin = INT64_MIN, no_end = INT64_MAX;
inline constexpr std::int64_t usage_hour = std::int64_t{3600} * 1'000'000;
inline constexpr std::int64_t usage_day = 24 * usage_hour;

constexpr bool is_finite(std::int64_t time) noexcept
{
    return time != no_begin && time != no_end;
}

// Microseconds since 2000-01-01 00:00 UTC. Comparable byte by byte; what is absent is 0.
struct Usage {
    std::int64_t start, end;
    std::uint64_t has_start, has_end;

    bool is_dated() const noexcept { return has_start != 0 && is_finite(start); }
};

// The beginning of its day or hour in UTC; what has no end or no beginning stays as it is.
constexpr std::int64_t cut_time(std::int64_t time, bool hourly) noexcept
{
    if (!is_finite(time)) return time;
    const std::int64_t step = hourly ? usage_hour : usage_day;
    const std::int64_t over = time % step;
    return time - (over < 0 ? over + step : over);
}

// Days since 2000-01-01 of a finite time.
constexpr std::int32_t day_of(std::int64_t time) noexcept
{
    return static_cast<std::int32_t>(cut_time(time, false) / usage_day);
}

// The first of its month in UTC, as 00:00 of that day; no_begin for usage without a day.
std::int64_t month_of(const Usage &usage) noexcept;

// The start becomes that of its day or hour; the end comes one hour after it where the line lasts at most an hour, 24
// hours after it where at most a day, else it stays. more: the end has a part of a microsecond more than the start.
void cut_usage(Usage &usage, bool hourly, bool more = false) noexcept;
Grain grain_of(const Usage &usage) noexcept;

enum class UsageFault : std::uint8_t { none, bad_start, bad_end };
// Reads and cuts what a file has; an empty text is absent.
UsageFault read_usage(Text start, Text end, bool hourly, Usage &usage) noexcept;

}  // namespace bedrock_cost::lines
