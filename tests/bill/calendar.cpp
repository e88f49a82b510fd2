// SPDX-License-Identifier: PostgreSQL
// Turns day numbers into dates and hours into the timestamp forms of the three exports.

#include "calendar.hpp"

#include <fmt/format.h>

namespace bedrock_bill {

Date date_of(std::int64_t day)
{
    const std::int64_t z = day + 719468;
    const std::int64_t era = z / 146097;
    const int doe = static_cast<int>(z - era * 146097);
    const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int mp = (5 * doy + 2) / 153;
    const int month = mp + (mp < 10 ? 3 : -9);
    return {static_cast<int>(yoe + era * 400) + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
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
