// SPDX-License-Identifier: PostgreSQL
// Dates and hours of the bill, in UTC, without asking any clock.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace bedrock_bill {

using Hour = std::int64_t;  // hours since 1970-01-01T00:00Z

struct Date {
    int year;
    int month;
    int day;
};

constexpr std::int64_t day_number(int year, int month, int day)
{
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

constexpr Hour hour_of(int year, int month, int day, int hour = 0)
{
    return day_number(year, month, day) * 24 + hour;
}

/// The calendar date of a day counted from 1970-01-01.
Date date_of(std::int64_t day);

/// 0 is Monday, 6 is Sunday.
constexpr int weekday(std::int64_t day)
{
    return static_cast<int>((day + 3) % 7);
}

/// One billing period: a calendar month in UTC.
struct Period {
    std::string_view label;  // 2026-06
    int month;
    Hour begin;
    Hour end;
};

constexpr int period_count = 4;

constexpr std::array<Period, period_count> periods = {{
    {"2026-06", 6, hour_of(2026, 6, 1), hour_of(2026, 7, 1)},
    {"2026-07", 7, hour_of(2026, 7, 1), hour_of(2026, 8, 1)},
    {"2026-08", 8, hour_of(2026, 8, 1), hour_of(2026, 9, 1)},
    {"2026-09", 9, hour_of(2026, 9, 1), hour_of(2026, 10, 1)},
}};

constexpr int june = 0, july = 1, august = 2, september = 3;

/// 2026-09-01T00:00:00.000Z, as Data Exports writes timestamps.
std::string with_millis(Hour hour);

/// 2026-09-01T00:00:00Z, as the legacy report and identity_time_interval write them.
std::string without_millis(Hour hour);

/// 20260901, as the legacy report names its folders.
std::string compact_date(Hour hour);

/// 2026-09-01.
std::string iso_date(Hour hour);

}  // namespace bedrock_bill
