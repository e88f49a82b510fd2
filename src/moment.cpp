// SPDX-License-Identifier: PostgreSQL
#include "moment.hpp"

#include <cstring>

#include "text.hpp"

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

// What remains of a division that rounds down.
constexpr std::int64_t floor_to(std::int64_t seconds, std::int64_t unit) noexcept
{
    const std::int64_t over = seconds % unit;
    return seconds - (over < 0 ? over + unit : over);
}

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
    char written[moment_length];
    write_moment(moment.seconds, written);
    return Text(written, moment_length).ends_with("-01T00:00:00Z");
}

void write_moment(std::int64_t seconds, char *room) noexcept
{
    const std::int64_t days = floor_to(seconds, day) / day;
    // The inverse of days_of().
    const std::int64_t from_march = days + 719468;
    const std::int64_t era = (from_march >= 0 ? from_march : from_march - 146096) / 146097;
    const auto of_era = static_cast<unsigned>(from_march - era * 146097);
    const unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned month_from_march = (5 * of_year + 2) / 153;
    const unsigned of_month = of_year - (153 * month_from_march + 2) / 5 + 1;
    const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    const auto year = static_cast<unsigned>(static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2));
    const auto of_day = static_cast<unsigned>(seconds - days * day);

    const auto put = [&](std::size_t place, unsigned value, std::size_t digits) {
        for (std::size_t i = digits; i-- > 0; value /= 10) room[place + i] = static_cast<char>('0' + value % 10);
    };
    std::memcpy(room, "0000-00-00T00:00:00Z", moment_length);
    put(0, year, 4);
    put(5, month, 2);
    put(8, of_month, 2);
    put(11, of_day / 3600, 2);
    put(14, of_day / 60 % 60, 2);
    put(17, of_day % 60, 2);
}

PeriodFault cut_period(Text start, Text end, bool hourly, Period &period) noexcept
{
    std::memset(&period, 0, sizeof period);
    Moment from, to;
    std::int64_t cut = 0;
    if (!start.empty()) {
        if (!read_moment(start, from)) return PeriodFault::bad_start;
        cut = floor_to(from.seconds, hourly ? hour : day);
        period.has_start = 1;
        write_moment(cut, period.start);
    }
    if (!end.empty()) {
        if (!read_moment(end, to)) return PeriodFault::bad_end;
        std::int64_t given = to.seconds;
        if (!start.empty()) {
            // A part of a second more is more.
            const std::int64_t covered = to.seconds - from.seconds + (to.nanoseconds > from.nanoseconds);
            if (covered <= hour)
                given = cut + hour;
            else if (covered <= day)
                given = cut + day;
            // The last day of the calendar has no day behind it.
            if (given >= end_of_time) given = to.seconds;
        }
        period.has_end = 1;
        write_moment(given, period.end);
    }
    return PeriodFault::none;
}

}  // namespace bedrock_cost
