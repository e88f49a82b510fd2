// SPDX-License-Identifier: PostgreSQL
// Reads an export in the plainest way: one byte after the other, into strings of the standard library.
// Shares nothing with the reader it is held against but the words of lines.hpp.
#pragma once

#include <algorithm>
#include <bedrock_cost/lines.hpp>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

namespace bedrock_cost::test {

struct SimpleAmount {
    Int128 units = 0;
    int decimals = 0;
    bool present = false;
    bool operator==(const SimpleAmount &) const = default;
};

// ---- numbers --------------------------------------------------------------------------------------------------------

// A text read from its left.
struct SimpleScan {
    const std::string &text;
    std::size_t at = 0;

    bool ended() const { return at == text.size(); }
    // The digits that are here, at most so many.
    std::string digits(std::size_t most = std::string::npos)
    {
        std::string found;
        while (!ended() && found.size() < most && text[at] >= '0' && text[at] <= '9') found += text[at++];
        return found;
    }
    // The byte that is here, if it is one of these.
    std::string one_of(const std::string &bytes)
    {
        return !ended() && bytes.find(text[at]) != std::string::npos ? std::string(1, text[at++]) : std::string();
    }
};

inline ReadFaultKind simple_amount(const std::string &text, SimpleAmount &amount)
{
    SimpleScan scan{text};
    const std::string sign = scan.one_of("+-");
    const std::string whole = scan.digits();
    const std::string part = scan.one_of(".").empty() ? "" : scan.digits();
    std::string written = "none";
    bool below = false;
    if (!scan.one_of("eE").empty()) {
        below = scan.one_of("+-") == "-";
        written = scan.digits();
    }
    if (!scan.ended() || written.empty() || whole.size() + part.size() == 0) return ReadFaultKind::bad_number;
    const std::string digits = whole + part;
    // The point precedes digits[point].
    long point = static_cast<long>(whole.size());
    long exponent = 0;
    if (written != "none") {
        written.erase(0, std::min(written.find_first_not_of('0'), written.size()));
        exponent = written.size() > 6 ? 999999 : written.empty() ? 0 : std::stol(written);
        if (below) exponent = -exponent;
    }
    const long decimals = static_cast<long>(digits.size()) - point - exponent;
    point += exponent;
    amount.present = true;
    amount.decimals = static_cast<int>(decimals < 0 ? 0 : decimals > 20 ? 20 : decimals);
    amount.units = 0;
    if (digits.find_first_not_of('0') == std::string::npos) return ReadFaultKind::none;
    // The value of digits[i] is 10^(point - 1 - i).
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const long power = point - 1 - static_cast<long>(i);
        if (digits[i] == '0') continue;
        if (power > 17 || power < -20) return ReadFaultKind::number_out_of_range;
        Int128 value = digits[i] - '0';
        for (long p = -20; p < power; ++p) value *= 10;
        amount.units += value;
    }
    if (sign == "-") amount.units = -amount.units;
    return ReadFaultKind::none;
}

// ---- times ----------------------------------------------------------------------------------------------------------

struct SimpleTime {
    std::int64_t seconds = 0;
    std::string fraction;  // nine digits
};

inline std::string simple_written(std::int64_t seconds)
{
    const std::time_t time = seconds;
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                  parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return text;
}

inline bool simple_time(const std::string &text, SimpleTime &time)
{
    SimpleScan scan{text};
    // A number of so many digits; without it the form is another one.
    bool fits = true;
    const auto number = [&](std::size_t size) {
        const std::string digits = scan.digits(size);
        if (digits.size() == size) return std::stoi(digits);
        fits = false;
        return 0;
    };
    const auto must = [&](const char *bytes) { fits = !scan.one_of(bytes).empty() && fits; };
    std::tm given{};
    const int year = number(4);
    given.tm_year = year - 1900;
    must("-");
    given.tm_mon = number(2) - 1;
    must("-");
    given.tm_mday = number(2);
    std::string fraction, sign;
    int off_hours = 0, off_minutes = 0;
    if (!scan.ended()) {
        must("T ");
        given.tm_hour = number(2);
        must(":");
        given.tm_min = number(2);
        if (!scan.one_of(":").empty()) {
            given.tm_sec = number(2);
            if (!scan.one_of(".").empty()) {
                fraction = scan.digits();
                fits = fits && !fraction.empty();
            }
        }
        if (scan.one_of("Z").empty()) {
            sign = scan.one_of("+-");
            if (!sign.empty()) {
                off_hours = number(2);
                if (!scan.ended()) {
                    scan.one_of(":");
                    off_minutes = number(2);
                }
            }
        }
    }
    if (!fits || !scan.ended()) return false;
    std::tm normal = given;
    time.seconds = timegm(&normal);
    if (year == 0 || normal.tm_mon != given.tm_mon || normal.tm_mday != given.tm_mday ||
        normal.tm_hour != given.tm_hour || normal.tm_min != given.tm_min || normal.tm_sec != given.tm_sec)
        return false;
    if (off_hours > 15 || off_minutes > 59) return false;
    const int offset = off_hours * 3600 + off_minutes * 60;
    time.seconds += sign == "-" ? offset : -offset;
    time.fraction = (fraction + "000000000").substr(0, 9);
    const std::string written = simple_written(time.seconds);
    return written.size() == 20 && written >= "0001";
}

inline bool simple_moment(const std::string &text)
{
    SimpleTime time;
    return text.size() < 40 && simple_time(text, time);
}

inline bool simple_month(const std::string &text)
{
    SimpleTime time;
    return text.size() < 40 && simple_time(text, time) && time.fraction == "000000000" &&
           simple_written(time.seconds).substr(7) == "-01T00:00:00Z";
}

// ---- text -----------------------------------------------------------------------------------------------------------

inline bool simple_utf8(const std::string &text)
{
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at++]);
        int more = 0;
        std::uint32_t code = first;
        if (first >= 0xf8 || (first >= 0x80 && first < 0xc0)) return false;
        if (first >= 0xf0) {
            more = 3;
            code = first & 7U;
        } else if (first >= 0xe0) {
            more = 2;
            code = first & 15U;
        } else if (first >= 0xc0) {
            more = 1;
            code = first & 31U;
        }
        for (int i = 0; i < more; ++i) {
            if (at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80U) return false;
            code = code << 6U | (static_cast<unsigned char>(text[at++]) & 63U);
        }
        constexpr std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    }
    return true;
}

struct SimpleField {
    std::string raw, content;
    std::int64_t line = 0;  // it begins on
};

// The next record from a place on. `end`: there is none any more.
enum class SimpleEnd { record, end, unterminated, binary };
inline SimpleEnd simple_record(const std::string &text, std::size_t &at, std::int64_t &line,
                               std::vector<SimpleField> &fields)
{
    fields.assign(1, {"", "", line});
    if (at == text.size()) return SimpleEnd::end;
    bool inside = false;
    for (; at < text.size(); ++at) {
        const char byte = text[at];
        if (byte == '\0') return SimpleEnd::binary;
        if (byte == '\n') ++line;
        if (!inside && byte == '\n') {
            ++at;
            break;
        }
        if (!inside && byte == ',') {
            fields.push_back({"", "", line});
            continue;
        }
        fields.back().raw += byte;
        if (byte != '"') {
            fields.back().content += byte;
        } else if (inside && at + 1 < text.size() && text[at + 1] == '"') {
            fields.back().raw += text[++at];
            fields.back().content += '"';
        } else {
            inside = !inside;
        }
    }
    if (inside) return SimpleEnd::unterminated;
    SimpleField &last = fields.back();
    if (last.raw.ends_with('\r')) {
        last.raw.pop_back();
        last.content.pop_back();
    }
    return SimpleEnd::record;
}

}  // namespace bedrock_cost::test
