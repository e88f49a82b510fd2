// SPDX-License-Identifier: PostgreSQL
// Reads the lines of an export into groups in the plainest way, with what simple_reader.hpp has. Shares nothing with
// the line store it is held against but the words of lines.hpp.
#pragma once

#include <algorithm>
#include <bedrock_cost/lines.hpp>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lines/line_store.hpp"
#include "simple_reader.hpp"

namespace bedrock_cost::test {

struct SimpleLine {
    std::int64_t lines = 0;
    std::vector<SimpleAmount> amounts;
    bool operator==(const SimpleLine &) const = default;
};

// Keys, absent ones as such, and behind them what the amounts are.
using SimpleKey = std::vector<std::optional<std::string>>;

// By the month of the usage and which amounts are present, a digit each: what they add up to.
using SimpleControls = std::map<std::string, std::pair<std::int64_t, std::vector<Int128>>>;

struct SimpleLines {
    ReadFaultKind kind = ReadFaultKind::none;
    std::int64_t line = 0, record = 0, column = -1, expected = 0, found = 0;
    std::int64_t lines = 0;
    // Keys, times in microseconds, and behind them a byte for each amount: absent, zero or not.
    std::map<SimpleKey, SimpleLine> groups;
    SimpleControls controls;
};

// Amounts of no rule, columns of no meaning.
inline std::vector<LineColumn> simple_columns(const std::vector<ColumnUse> &uses, const std::vector<std::string> &names)
{
    std::vector<LineColumn> columns;
    for (std::size_t i = 0; i < uses.size(); ++i)
        columns.push_back({names[i], uses[i], AmountField::unused, KeyField::other});
    return columns;
}

// Microseconds since 2000-01-01, 946,684,800 seconds after 1970-01-01.
inline std::int64_t simple_microseconds(const SimpleTime &time)
{
    return (time.seconds - 946684800) * 1000000 + std::stol(time.fraction.substr(0, 6));
}

// The year and month of a time, as 2026-11.
inline std::string simple_month_of(std::int64_t seconds)
{
    const std::string text = simple_written(seconds);
    return text.substr(0, text.size() - std::string_view("-01T00:00:00Z").size());
}

// Adds a file's text to a result without a fault.
inline void simple_lines(const std::string &file, const std::vector<ColumnUse> &uses,
                         const std::vector<std::string> &names, bool hourly, SimpleLines &result)
{
    const std::string text = file.starts_with("\xef\xbb\xbf") ? file.substr(3) : file;
    std::size_t at = 0;
    std::int64_t line = 1;
    std::vector<SimpleField> fields;
    for (std::int64_t record = 1;; ++record) {
        const std::int64_t first_line = line;
        const SimpleEnd end = simple_record(text, at, line, fields);
        const auto fault = [&](ReadFaultKind kind, std::int64_t of_line, std::int64_t column = -1) {
            result.kind = kind;
            result.line = of_line;
            result.record = record;
            result.column = column;
        };
        const auto field_fault = [&](ReadFaultKind kind, std::size_t column) {
            fault(kind, fields[column].line, static_cast<std::int64_t>(column));
        };
        if (end == SimpleEnd::binary) return fault(ReadFaultKind::binary, line);
        if (end == SimpleEnd::unterminated) return field_fault(ReadFaultKind::unterminated_quote, fields.size() - 1);
        if (end == SimpleEnd::end) {
            if (record > 1) return;
            result.kind = ReadFaultKind::empty_file;
            return;
        }
        if (record == 1) {
            if (fields.size() == 1 && fields[0].raw.empty()) return fault(ReadFaultKind::no_header, 1);
            for (std::size_t i = 0; i < std::max(fields.size(), names.size()); ++i) {
                if (i < fields.size() && i < names.size() && fields[i].content == names[i]) continue;
                result.expected = static_cast<std::int64_t>(names.size());
                result.found = static_cast<std::int64_t>(fields.size());
                return fault(ReadFaultKind::header_differs, i < fields.size() ? fields[i].line : 1,
                             static_cast<std::int64_t>(i));
            }
            continue;
        }
        if (fields.size() != uses.size()) {
            result.expected = static_cast<std::int64_t>(uses.size());
            result.found = static_cast<std::int64_t>(fields.size());
            return fault(ReadFaultKind::wrong_number_of_fields, first_line);
        }

        std::optional<SimpleTime> start;
        std::int64_t cut = 0;
        SimpleKey key(uses.size());
        for (std::size_t i = 0; i < uses.size(); ++i) {
            if (uses[i] != ColumnUse::usage_start || fields[i].content.empty()) continue;
            if (!simple_time(fields[i].content, start.emplace())) return field_fault(ReadFaultKind::bad_time, i);
            std::string text_of_cut = simple_written(start->seconds);
            text_of_cut.replace(hourly ? 14 : 11, std::string::npos, hourly ? "00:00Z" : "00:00:00Z");
            SimpleTime time;
            if (!simple_time(text_of_cut, time)) std::abort();
            cut = time.seconds;
            key[i] = std::to_string(simple_microseconds({cut, "000000000"}));
        }
        for (std::size_t i = 0; i < uses.size(); ++i) {
            if (uses[i] != ColumnUse::usage_end || fields[i].content.empty()) continue;
            SimpleTime time;
            if (!simple_time(fields[i].content, time)) return field_fault(ReadFaultKind::bad_time, i);
            std::int64_t given = simple_microseconds(time);
            if (start.has_value()) {
                const auto within = [&](std::int64_t hours) {
                    const std::int64_t latest = start->seconds + hours * 3600;
                    return time.seconds < latest || (time.seconds == latest && time.fraction <= start->fraction);
                };
                for (const int hours : {24, 1})
                    if (within(hours)) given = simple_microseconds({cut + hours * 3600, "000000000"});
            }
            key[i] = std::to_string(given);
        }
        std::vector<SimpleAmount> amounts;
        std::string signs, present;
        for (std::size_t i = 0; i < uses.size(); ++i) {
            if (uses[i] != ColumnUse::amount) continue;
            SimpleAmount amount;
            if (!fields[i].content.empty()) {
                const ReadFaultKind kind = simple_amount(fields[i].content, amount);
                if (kind != ReadFaultKind::none) return field_fault(kind, i);
            }
            amounts.push_back(amount);
            signs += !amount.present ? ' ' : amount.units != 0 ? '1' : '0';
            present += amount.present ? '1' : '0';
        }
        const std::string month = start.has_value() ? simple_month_of(start->seconds) : "";
        auto &[counted, controls] = result.controls[month + " " + present];
        ++counted;
        controls.resize(amounts.size());
        for (std::size_t n = 0, i = 0; i < uses.size(); ++i)
            if (uses[i] == ColumnUse::amount) {
                if (__builtin_add_overflow(controls[n], amounts[n].units, &controls[n]))
                    return field_fault(ReadFaultKind::sum_out_of_range, i);
                ++n;
            }
        for (std::size_t i = 0; i < uses.size(); ++i) {
            if (uses[i] != ColumnUse::key && uses[i] != ColumnUse::month && uses[i] != ColumnUse::moment) continue;
            if (!simple_utf8(fields[i].raw)) return field_fault(ReadFaultKind::not_utf8, i);
            if (uses[i] == ColumnUse::month && !fields[i].content.empty() && !simple_month(fields[i].content))
                return field_fault(ReadFaultKind::bad_month, i);
            if (uses[i] == ColumnUse::moment && !fields[i].content.empty() && !simple_moment(fields[i].content))
                return field_fault(ReadFaultKind::bad_time, i);
            if (!fields[i].content.empty()) key[i] = fields[i].content;
        }
        SimpleKey kept;
        for (std::size_t i = 0; i < uses.size(); ++i)
            if (uses[i] != ColumnUse::amount && uses[i] != ColumnUse::skipped) kept.push_back(key[i]);
        kept.emplace_back(signs);

        SimpleLine &group = result.groups[kept];
        group.amounts.resize(amounts.size());
        for (std::size_t n = 0, i = 0; i < uses.size(); ++i) {
            if (uses[i] != ColumnUse::amount) continue;
            SimpleAmount &sum = group.amounts[n];
            const SimpleAmount &amount = amounts[n++];
            if (__builtin_add_overflow(sum.units, amount.units, &sum.units))
                return field_fault(ReadFaultKind::sum_out_of_range, i);
            sum.decimals = std::max(sum.decimals, amount.decimals);
            sum.present = amount.present;
        }
        ++group.lines;
        ++result.lines;
    }
}

// What a line store has, in the same form.
inline std::map<SimpleKey, SimpleLine> simple_groups(const LineStore *store, const std::vector<ColumnUse> &uses)
{
    std::map<SimpleKey, SimpleLine> groups;
    for (std::int64_t n = 0; n < line_store_groups(store); ++n) {
        const lines::LineTable &table = store->table();
        const lines::Group &group = table.groups[static_cast<std::size_t>(n)];
        const lines::Pattern pattern = table.pattern(group.key.pattern);
        lines::Texts texts{table.full_keys.text(group.key.full_key).data()};
        lines::Usage usage;
        std::memcpy(&usage, table.usages.text(group.key.usage).data(), sizeof usage);
        SimpleKey key;
        SimpleLine line;
        line.lines = static_cast<std::int64_t>(group.lines);
        std::string signs;
        const Int128 *sum = group.sums();
        const std::uint8_t *decimals = group.decimals(static_cast<std::size_t>(std::popcount(pattern.nonzero)));
        std::size_t amounts = 0;
        for (const ColumnUse use : uses) {
            if (use == ColumnUse::skipped) continue;
            if (use == ColumnUse::amount) {
                const bool present = (pattern.present >> amounts & 1U) != 0,
                           nonzero = (pattern.nonzero >> amounts & 1U) != 0;
                ++amounts;
                SimpleAmount amount{0, 0, present};
                if (present) amount.decimals = *decimals++;
                if (nonzero) amount.units = *sum++;
                line.amounts.push_back(amount);
                signs += !present ? ' ' : nonzero ? '1' : '0';
            } else if (use == ColumnUse::usage_start) {
                key.push_back(usage.has_start != 0 ? std::optional(std::to_string(usage.start)) : std::nullopt);
            } else if (use == ColumnUse::usage_end) {
                key.push_back(usage.has_end != 0 ? std::optional(std::to_string(usage.end)) : std::nullopt);
            } else {
                const Text text = texts.next();
                key.push_back(text.data() == nullptr ? std::nullopt : std::optional(std::string(text)));
            }
        }
        key.emplace_back(signs);
        // The same key twice: the lines were not put together.
        if (!groups.emplace(key, line).second) groups[key].lines = -1;
    }
    return groups;
}

inline SimpleControls control_sums_of(LineStore *store)
{
    SimpleControls controls;
    for (std::uint32_t n = 0; n < line_store_controls(store); ++n) {
        const ControlSum control = line_store_control(store, n);
        // 2000-01-01 is 946,684,800 seconds after 1970-01-01.
        std::string present = (control.has_month ? simple_month_of(control.month / 1000000 + 946684800) : "") + " ";
        std::vector<Int128> sums;
        for (std::size_t i = 0; i < store->plan.amounts.count; ++i) {
            present += (control.present >> i & 1U) != 0 ? '1' : '0';
            sums.push_back(control.amounts[i].units);
        }
        if (!controls.emplace(present, std::pair(control.lines, sums)).second) controls[present].first = -1;
    }
    return controls;
}

}  // namespace bedrock_cost::test
