// SPDX-License-Identifier: PostgreSQL
#include "base/timestamp.hpp"

#include <chrono>

#include "base/text.hpp"

namespace bedrock_cost {

namespace {

constexpr std::int64_t hour = 3600;
constexpr std::int64_t day = 24 * hour;

constexpr std::int64_t seconds_of(std::chrono::year_month_day date) noexcept
{
    return std::chrono::sys_seconds{std::chrono::sys_days{date}}.time_since_epoch().count();
}

constexpr std::int64_t first_second = seconds_of(std::chrono::year{1} / 1 / 1);
constexpr std::int64_t end_of_time = seconds_of(std::chrono::year{10000} / 1 / 1);

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
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                                           std::chrono::day{of_month}};
    if (year == 0 || !date.ok()) return false;

    moment = {};
    std::int64_t offset = 0;
    if (!at.rest.empty()) {
        if (!at.take('T') && !at.take(' ')) return false;
        if (!at.number(2, hours) || !at.take(':') || !at.number(2, minutes)) return false;
        if (at.take(':')) {
            if (!at.number(2, seconds)) return false;
            if (at.take('.')) {
                // Digits behind the ninth make no difference.
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
    moment.seconds = seconds_of(date) + hours * hour + minutes * 60 + seconds - offset;
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
