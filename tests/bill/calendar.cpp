// SPDX-License-Identifier: PostgreSQL
// Turns day numbers into dates and hours into the timestamp forms of the three exports.

#include "calendar.hpp"

#include <fmt/format.h>

namespace bedrock_bill {

Date date_of(std::int64_t day)
{
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day()))};
}

std::string with_millis(Hour hour)
{
    const Date d = date_of(hour / 24);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:00:00.000Z", d.year, d.month, d.day, hour % 24);
}

std::string without_millis(Hour hour)
{
    const Date d = date_of(hour / 24);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:00:00Z", d.year, d.month, d.day, hour % 24);
}

std::string compact_date(Hour hour)
{
    const Date d = date_of(hour / 24);
    return fmt::format("{:04}{:02}{:02}", d.year, d.month, d.day);
}

std::string iso_date(Hour hour)
{
    const Date d = date_of(hour / 24);
    return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day);
}

}  // namespace bedrock_bill
