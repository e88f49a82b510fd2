// SPDX-License-Identifier: PostgreSQL
#include "lines/usage.hpp"

#include <chrono>

#include "base/timestamp.hpp"

namespace bedrock_cost::lines {

namespace {

// The last time of PostgreSQL's calendar.
constexpr std::int64_t end_of_time = 9223371331200000000;
// 2000-01-01 in seconds since 1970.
constexpr std::int64_t epoch = 946684800;

}  // namespace

void cut_usage(Usage &usage, bool hourly, bool more) noexcept
{
    const std::int64_t start = usage.start;
    if (usage.has_start != 0) usage.start = cut_time(start, hourly);
    if (usage.has_start == 0 || usage.has_end == 0 || !is_finite(start) || !is_finite(usage.end)) return;
    std::int64_t lasts = 0;
    if (__builtin_sub_overflow(usage.end, start, &lasts) || __builtin_add_overflow(lasts, more, &lasts) ||
        lasts > usage_day)
        return;
    const std::int64_t kept = usage.start + (lasts > usage_hour ? usage_day : usage_hour);
    // The last day of the calendar has no day behind it.
    if (kept < end_of_time) usage.end = kept;
}

std::int64_t month_of(const Usage &usage) noexcept
{
    if (!usage.is_dated()) return no_begin;
    // The years of std::chrono end before those of PostgreSQL; the calendar repeats every 400 years.
    constexpr std::int32_t days_of_era = 146097;
    constexpr std::chrono::sys_days first_day = std::chrono::year{2000} / 1 / 1;
    const std::int32_t day = day_of(usage.start);
    const std::chrono::year_month_day date{first_day + std::chrono::days{day % days_of_era}};
    return (std::int64_t{day} - (static_cast<unsigned>(date.day()) - 1)) * usage_day;
}

Grain grain_of(const Usage &usage) noexcept
{
    std::int64_t lasts = 0;
    if (usage.has_start == 0 || usage.has_end == 0 || !is_finite(usage.start) || !is_finite(usage.end) ||
        __builtin_sub_overflow(usage.end, usage.start, &lasts) || lasts > usage_day)
        return Grain::period;
    return lasts > usage_hour ? Grain::day : Grain::hour;
}

UsageFault read_usage(Text start, Text end, bool hourly, Usage &usage) noexcept
{
    usage = Usage{};
    Moment from, to;
    if (!start.empty()) {
        if (!read_moment(start, from)) return UsageFault::bad_start;
        usage.has_start = 1;
        usage.start = (from.seconds - epoch) * 1'000'000 + from.nanoseconds / 1000;
    }
    if (!end.empty()) {
        if (!read_moment(end, to)) return UsageFault::bad_end;
        usage.has_end = 1;
        usage.end = (to.seconds - epoch) * 1'000'000 + to.nanoseconds / 1000;
    }
    cut_usage(usage, hourly, to.nanoseconds % 1000 > from.nanoseconds % 1000);
    return UsageFault::none;
}

}  // namespace bedrock_cost::lines
