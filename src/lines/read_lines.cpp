// SPDX-License-Identifier: PostgreSQL
// The lines of a file on their way into groups.
//
// A line costs what is kept of it: runs of key columns are hashed as written, the usage is looked up by its text,
// amounts are read and counted, and the three numbers of its group are found in three steps over a batch of lines, so
// that the memory of one line is on its way while others are worked on.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "lines/line_store.hpp"
#include "lines/planted.hpp"

namespace bedrock_cost::lines {

namespace {

std::uint64_t eight_bytes(const char *at) noexcept
{
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

}  // namespace

bool Worker::read_usage_of(const Plan &plan, const Record &record, Line &line) noexcept
{
    const Text start = plan.start < 0 ? Text() : record.field(static_cast<std::size_t>(plan.start));
    const Text end = plan.end < 0 ? Text() : record.field(static_cast<std::size_t>(plan.end));
    UsageMemo *memo = nullptr;
    if (start.size() <= UsageMemo::longest && end.size() <= UsageMemo::longest) {
        // Day and hour are what differs; texts too short for that share a place.
        std::uint64_t mixed = start.size() * 64 + end.size();
        if (start.size() >= 13) mixed ^= eight_bytes(start.data() + 5) * 0x9E3779B97F4A7C15U;
        if (end.size() >= 13) mixed ^= eight_bytes(end.data() + 5) * 0xD6E8FEB86659FD93U;
        memo = usages + ((mixed ^ (mixed >> 29U)) * 0x9E3779B97F4A7C15U >> (64U - usage_bits));
        if (memo->usage != 0 && memo->start_size == start.size() && memo->end_size == end.size() &&
            (start.empty() || std::memcmp(memo->start, start.data(), start.size()) == 0) &&
            (end.empty() || std::memcmp(memo->end, end.data(), end.size()) == 0)) {
            line.key.usage = memo->usage - 1;
            return true;
        }
    }
    if (!content.reserve(start.size() + end.size() + 1)) return fail_memory();
    Usage usage;
    switch (read_usage(field_content(start, content.at), field_content(end, content.at + start.size()), plan.hourly,
                       usage)) {
        case UsageFault::none:
            break;
        case UsageFault::bad_start:
            return fail(ReadFaultKind::bad_time, plan.start, start);
        case UsageFault::bad_end:
            return fail(ReadFaultKind::bad_time, plan.end, end);
    }
    const Text bytes(reinterpret_cast<const char *>(&usage), sizeof usage);
    const std::uint32_t number = table.usages.add(bytes, plan.hash.of(bytes));
    if (number == Interner::none) return fail_memory();
    if (memo != nullptr) {
        if (!start.empty()) std::memcpy(memo->start, start.data(), start.size());
        if (!end.empty()) std::memcpy(memo->end, end.data(), end.size());
        memo->start_size = static_cast<std::uint8_t>(start.size());
        memo->end_size = static_cast<std::uint8_t>(end.size());
        memo->usage = number + 1;
    }
    line.key.usage = number;
    return true;
}

bool Worker::find_pattern(const Plan &plan, const Pattern &pattern, std::uint32_t &number) noexcept
{
    if (last_pattern_number == 0 || std::memcmp(&pattern, &last_pattern, sizeof pattern) != 0) {
        const Text bytes(reinterpret_cast<const char *>(&pattern), sizeof pattern);
        const std::uint32_t found = table.patterns.add(bytes, plan.hash.of(bytes));
        if (found == Interner::none) return fail_memory();
        last_pattern = pattern;
        last_pattern_number = found + 1;
    }
    number = last_pattern_number - 1;
    return true;
}

bool Worker::read_amounts(const Plan &plan, const Record &record, Line &line) noexcept
{
    Pattern pattern{};
    RawAmount raw[most_amounts];
    line.nonzero = line.present = 0;
    std::memset(line.amounts.decimals, 0, sizeof line.amounts.decimals);
    for (std::size_t i = 0; i < plan.amounts.count; ++i) {
        const std::uint32_t column = plan.amounts[i];
        const Text field = record.field(column);
        if (field.empty()) continue;
        Amount amount;
        if (!read_plain_decimal(field.data(), field.size(), amount)) {
            if (!content.reserve(field.size())) return fail_memory();
            const Text text = field_content(field, content.at);
            if (text.empty()) continue;
            switch (read_decimal(text, amount)) {
                case DecimalFault::none:
                    break;
                case DecimalFault::bad:
                    return fail(ReadFaultKind::bad_number, column, field);
                case DecimalFault::out_of_range:
                    return fail(ReadFaultKind::number_out_of_range, column, field);
            }
        }
        if (planted(Planted::misread_digit)) ++amount.units;
        const std::uint64_t bit = std::uint64_t{1} << i;
        pattern.present |= bit;
        raw[line.present] = {field.data(), field.size()};
        line.amounts.decimals[line.present++] = amount.decimals;
        if (amount.units == 0) continue;
        pattern.nonzero |= bit;
        line.amounts.units[line.nonzero++] = amount.units;
    }
    return count_line(plan, record, line, pattern.present, raw) && find_pattern(plan, pattern, line.key.pattern);
}

bool Worker::read_line(const Plan &plan, const Record &record, Line &line) noexcept
{
    constexpr std::size_t step = 32;
    static_assert(step <= csv_padding);
    const std::size_t length = record.marks[record.fields - 1] - record.begin;
    if (!key.reserve(length + plan.runs.count + step + 1)) return fail_memory();
    char *to = key.at;
    for (std::size_t i = 0; i < plan.runs.count; ++i) {
        const char *from = record.text + record.field_begin(plan.runs[i].first);
        const std::size_t size = record.field_end(plan.runs[i].last) - record.field_begin(plan.runs[i].first);
        // The bytes behind are overwritten by what comes next, or not looked at.
        for (std::size_t done = 0; done < size; done += step) std::memcpy(to + done, from + done, step);
        to += size;
        *to++ = ',';
    }
    line.hash =
        hashing->secret(key.at, static_cast<std::size_t>(to - key.at), plan.hash.secret, sizeof plan.hash.secret);
    table.raw.prefetch(line.hash.high64);
    return read_usage_of(plan, record, line) && read_amounts(plan, record, line);
}

// The number of the full key of a line, the first time it is written in a file just like this.
std::uint32_t Worker::new_full_key(const Plan &plan, const Record &record, const Line &line) noexcept
{
    const std::size_t length = record.marks[record.fields - 1] - record.begin;
    if (!content.reserve(length + plan.keys * sizeof(std::uint32_t) + 1)) {
        fail_memory();
        return Interner::none;
    }
    char *to = content.at;
    for (std::size_t i = 0; i < plan.runs.count; ++i)
        for (std::uint32_t column = plan.runs[i].first; column <= plan.runs[i].last; ++column) {
            const Text field = record.field(column);
            if (!is_utf8(field)) {
                fail(ReadFaultKind::not_utf8, column, field);
                return Interner::none;
            }
            const auto size = static_cast<std::uint32_t>(unquote(field, to + sizeof(std::uint32_t)));
            const std::uint32_t written_size = size == 0 ? absent : size;
            const Text value(to + sizeof(std::uint32_t), size);
            if (plan.use(column) == ColumnUse::month && size > 0 && !is_month(value)) {
                fail(ReadFaultKind::bad_month, column, field);
                return Interner::none;
            }
            if (plan.use(column) == ColumnUse::moment && size > 0 && !is_time(value)) {
                fail(ReadFaultKind::bad_time, column, field);
                return Interner::none;
            }
            std::memcpy(to, &written_size, sizeof written_size);
            to += sizeof written_size + size;
        }
    const Text bytes(content.at, static_cast<std::size_t>(to - content.at));
    const std::uint32_t number = table.full_keys.add(bytes, plan.hash.of(bytes));
    if (number == Interner::none ||
        !table.raw.add(line.hash.high64, static_cast<std::uint32_t>(line.hash.low64), number)) {
        fail_memory();
        return Interner::none;
    }
    return number;
}

// Adds a line to its group; more than once only where a fault is planted.
int Worker::add_line(const Line &line) noexcept
{
    int full = -1;
    const int times = planted(Planted::dropped_line) ? 0 : planted(Planted::doubled_line) ? 2 : 1;
    for (int i = 0; i < times && full < 0; ++i)
        full = add_amounts(*line.group, line.nonzero, line.present, 1, line.amounts.units, line.amounts.decimals);
    return full;
}

// Adds the first lines of the batch to their groups. False: the fault is that of the first line that has one.
bool Worker::place_lines(const Plan &plan, const Records &records, std::size_t count) noexcept
{
    // From a line with a fault on nothing counts, but those before it may still show one of their own.
    ReadFault found;
    fault = ReadFault{};
    const auto end_at = [&](std::size_t line) {
        const Record record = record_of(records, lines[line].record);
        records.locate(fault, lines[line].record,
                       fault.column < 0 ? record.begin : record.field_begin(static_cast<std::size_t>(fault.column)));
        found = fault;
        count = line;
    };
    for (std::size_t i = 0; i < count; ++i) {
        Line &line = lines[i];
        std::uint32_t known = table.raw.find(line.hash.high64, static_cast<std::uint32_t>(line.hash.low64));
        if (known == 0) {
            known = new_full_key(plan, record_of(records, line.record), line) + 1;
            if (known == 0) {
                end_at(i);
                break;
            }
        }
        line.key.full_key = known - 1;
        line.group_hash = line.key.hash(table.seed);
        table.groups.prefetch(line.group_hash);
    }
    for (std::size_t i = 0; i < count; ++i) {
        Line &line = lines[i];
        line.group = table.groups.find(line.key, line.group_hash);
        if (line.group == nullptr)
            line.group = table.groups.add(line.key, line.group_hash, table.pattern(line.key.pattern), table.seed);
        if (line.group == nullptr) {
            fail_memory();
            end_at(i);
            break;
        }
        __builtin_prefetch(line.group->sums());
    }
    for (std::size_t i = 0; i < count; ++i) {
        const Line &line = lines[i];
        const int full = add_line(line);
        if (full < 0) continue;
        const std::uint32_t column = plan.column_of_sum(table.pattern(line.key.pattern), full);
        fail(ReadFaultKind::sum_out_of_range, column, record_of(records, line.record).field(column));
        end_at(i);
        break;
    }
    fault = found;
    return found.kind == ReadFaultKind::none;
}

}  // namespace bedrock_cost::lines
