// SPDX-License-Identifier: PostgreSQL
#include "base/timestamp.hpp"

#include <chrono>

#include "base/text.hpp"

namespace bedrock_cost {

namespace {

constexpr std::int64_t hour = 3600;
constexpr std::int64_t day = 24 * hour;

// Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant, chrono-compatible date algorithms).
constexpr std::int64_t days_of(std::int64_t year, unsigned month, unsigned of_month) noexcept
{
    year -= month <= 2;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const auto of_era = static_cast<unsigned>(year - era * 400);
    const unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + of_month - 1;
    return era * 146097 + static_cast<std::int64_t>(of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
}

constexpr std::int64_t first_second = days_of(1, 1, 1) * day;
constexpr std::int64_t end_of_time = days_of(10000, 1, 1) * day;

constexpr unsigned days_in_month(unsigned year, unsigned month) noexcept
{
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// What is left to read of a text.
struct Cursor {
    Text rest;

    bool take(char byte) noexcept
    {
        if (rest.empty() || rest[0] != byte) return false;
        rest.remove_prefix(1);
        return true;
    }

    // A number of exactly so many digits.
    bool number(std::size_t digits, unsigned &value) noexcept
    {
        if (rest.size() < digits) return false;
        value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (!is_digit(rest[i])) return false;
            value = value * 10 + static_cast<unsigned>(rest[i] - '0');
        }
        rest.remove_prefix(digits);
        return true;
    }
};

}  // namespace

bool read_moment(Text text, Moment &moment) noexcept
{
    Cursor at{text};
    unsigned year = 0, month = 0, of_month = 0, hours = 0, minutes = 0, seconds = 0;
    if (!at.number(4, year) || !at.take('-') || !at.number(2, month) || !at.take('-') || !at.number(2, of_month))
        return false;
    if (year == 0 || month < 1 || month > 12 || of_month < 1 || of_month > days_in_month(year, month)) return false;

    moment = {};
    std::int64_t offset = 0;
    if (!at.rest.empty()) {
        if (!at.take('T') && !at.take(' ')) return false;
        if (!at.number(2, hours) || !at.take(':') || !at.number(2, minutes)) return false;
        if (at.take(':')) {
            if (!at.number(2, seconds)) return false;
            if (at.take('.')) {
                // Behind the ninth digit there is nothing to tell apart.
                std::int32_t unit = 100'000'000;
                unsigned digit = 0;
                if (!at.number(1, digit)) return false;
                do {
                    moment.nanoseconds += static_cast<std::int32_t>(digit) * unit;
                    unit /= 10;
                } while (at.number(1, digit));
            }
        }
        if (hours > 23 || minutes > 59 || seconds > 59) return false;
        const bool ahead = !at.rest.empty() && at.rest[0] == '+';
        // As Athena and Presto print a time with zone.
        if (at.rest == " UTC") at.rest = {};
        if (!at.take('Z') && (at.take('+') || at.take('-'))) {
            unsigned off_hours = 0, off_minutes = 0;
            if (!at.number(2, off_hours)) return false;
            if (!at.rest.empty() && (at.take(':'), !at.number(2, off_minutes))) return false;
            if (off_hours > 15 || off_minutes > 59) return false;
            offset = off_hours * hour + off_minutes * 60;
            if (!ahead) offset = -offset;
        }
        if (!at.rest.empty()) return false;
    }
    moment.seconds = days_of(year, month, of_month) * day + hours * hour + minutes * 60 + seconds - offset;
    return moment.seconds >= first_second && moment.seconds < end_of_time;
}

std::optional<std::int64_t> utc_microseconds(Text written) noexcept
{
    Moment moment;
    if (!read_moment(written, moment)) return {};
    return moment.seconds * 1'000'000 + (moment.nanoseconds + 500) / 1000;
}

namespace {

constexpr std::size_t longest_time = 39;

}  // namespace

bool is_time(Text text) noexcept
{
    Moment moment;
    return text.size() <= longest_time && read_moment(text, moment);
}

bool is_month(Text text) noexcept
{
    Moment moment;
    if (text.size() > longest_time || !read_moment(text, moment) || moment.nanoseconds != 0) return false;
    if (moment.seconds % day != 0) return false;
    const std::chrono::sys_days date{std::chrono::days{moment.seconds / day}};
    return std::chrono::year_month_day{date}.day() == std::chrono::day{1};
}

}  // namespace bedrock_cost
