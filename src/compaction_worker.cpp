// SPDX-License-Identifier: PostgreSQL
// A thread that reads one file at a time into a table of its own.
//
// A line costs what is kept of it: runs of key columns are hashed as they stand, the period is looked up by its text,
// amounts are read, and the three numbers of its group are found in three steps over a batch of lines, so that the
// memory of one line is on its way while others are worked on.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "compaction.hpp"
#include "decimal.hpp"
#include "moment.hpp"

namespace bedrock_cost {

namespace {

std::uint64_t eight_bytes(const char *at) noexcept
{
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

}  // namespace

bool Worker::open() noexcept
{
    fault = ReadFault{};
    memos = static_cast<PeriodMemo *>(std::calloc(period_memos, sizeof(PeriodMemo)));
    lines = static_cast<Line *>(std::aligned_alloc(64, (batch * sizeof(Line) + 63) / 64 * 64));
    table.seed = compaction->plan.seed;
    hashing = &best_hashing();
    return memos != nullptr && lines != nullptr && table.raw.ready() && table.groups.ready();
}

void Worker::release() noexcept
{
    table.release();
    key.release();
    content.release();
    std::free(memos);
    std::free(lines);
}

bool Worker::read_period(const Plan &plan, const Record &record, Line &line) noexcept
{
    const Text start = plan.start < 0 ? Text() : record.field(static_cast<std::size_t>(plan.start));
    const Text end = plan.end < 0 ? Text() : record.field(static_cast<std::size_t>(plan.end));
    PeriodMemo *memo = nullptr;
    if (start.size() <= PeriodMemo::longest && end.size() <= PeriodMemo::longest) {
        // Day and hour are what differs; texts too short for that share a place.
        std::uint64_t mixed = start.size() * 64 + end.size();
        if (start.size() >= 13) mixed ^= eight_bytes(start.data() + 5) * 0x9E3779B97F4A7C15U;
        if (end.size() >= 13) mixed ^= eight_bytes(end.data() + 5) * 0xD6E8FEB86659FD93U;
        memo = memos + ((mixed ^ (mixed >> 29U)) * 0x9E3779B97F4A7C15U >> (64U - period_bits));
        if (memo->period != 0 && memo->start_size == start.size() && memo->end_size == end.size() &&
            (start.empty() || std::memcmp(memo->start, start.data(), start.size()) == 0) &&
            (end.empty() || std::memcmp(memo->end, end.data(), end.size()) == 0)) {
            line.key.period = memo->period - 1;
            return true;
        }
    }
    if (!content.want(start.size() + end.size() + 1)) return fail(ReadFaultKind::out_of_memory);
    Period period;
    switch (cut_period(field_content(start, content.at), field_content(end, content.at + start.size()), plan.hourly,
                       period)) {
        case PeriodFault::none:
            break;
        case PeriodFault::bad_start:
            return fail(ReadFaultKind::bad_time, plan.start, start);
        case PeriodFault::bad_end:
            return fail(ReadFaultKind::bad_time, plan.end, end);
    }
    const Text bytes(reinterpret_cast<const char *>(&period), sizeof period);
    const std::uint32_t number = table.periods.add(bytes, plan.hash(bytes.data(), bytes.size()));
    if (number == Interner::none) return fail(ReadFaultKind::out_of_memory);
    if (memo != nullptr) {
        if (!start.empty()) std::memcpy(memo->start, start.data(), start.size());
        if (!end.empty()) std::memcpy(memo->end, end.data(), end.size());
        memo->start_size = static_cast<std::uint8_t>(start.size());
        memo->end_size = static_cast<std::uint8_t>(end.size());
        memo->period = number + 1;
    }
    line.key.period = number;
    return true;
}

bool Worker::read_amounts(const Plan &plan, const Record &record, Line &line) noexcept
{
    Pattern pattern{};
    line.nonzero = line.present = 0;
    std::memset(line.amounts.decimals, 0, sizeof line.amounts.decimals);
    for (std::size_t i = 0; i < plan.amounts.count; ++i) {
        const std::uint32_t column = plan.amounts[i];
        const Text field = record.field(column);
        if (field.empty()) continue;
        Amount amount;
        if (!read_plain_decimal(field.data(), field.size(), amount)) {
            if (!content.want(field.size())) return fail(ReadFaultKind::out_of_memory, column);
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
        const std::uint64_t bit = std::uint64_t{1} << i;
        pattern.present |= bit;
        line.amounts.decimals[line.present++] = amount.decimals;
        if (amount.units == 0) continue;
        pattern.nonzero |= bit;
        if (amount.units < 0) pattern.negative |= bit;
        line.amounts.units[line.nonzero++] = amount.units;
        if (__builtin_add_overflow(sums[i], amount.units, &sums[i]))
            return fail(ReadFaultKind::sum_out_of_range, column, field);
    }
    if (last_pattern_number == 0 || std::memcmp(&pattern, &last_pattern, sizeof pattern) != 0) {
        const Text bytes(reinterpret_cast<const char *>(&pattern), sizeof pattern);
        const std::uint32_t number = table.patterns.add(bytes, plan.hash(bytes.data(), bytes.size()));
        if (number == Interner::none) return fail(ReadFaultKind::out_of_memory);
        last_pattern = pattern;
        last_pattern_number = number + 1;
    }
    line.key.pattern = last_pattern_number - 1;
    return true;
}

bool Worker::read_line(const Plan &plan, const Record &record, Line &line) noexcept
{
    constexpr std::size_t step = 32;
    static_assert(step <= csv_padding);
    const std::size_t length = record.marks[record.fields - 1] - record.begin;
    if (!key.want(length + plan.runs.count + step + 1)) return fail(ReadFaultKind::out_of_memory);
    char *to = key.at;
    for (std::size_t i = 0; i < plan.runs.count; ++i) {
        const char *from = record.text + record.field_begin(plan.runs[i].first);
        const std::size_t size = record.field_end(plan.runs[i].last) - record.field_begin(plan.runs[i].first);
        // The bytes behind are overwritten by what comes next, or not looked at.
        for (std::size_t done = 0; done < size; done += step) std::memcpy(to + done, from + done, step);
        to += size;
        *to++ = ',';
    }
    line.hash = hashing->secret(key.at, static_cast<std::size_t>(to - key.at), plan.secret, sizeof plan.secret);
    table.raw.prefetch(line.hash.high64);
    return read_period(plan, record, line) && read_amounts(plan, record, line);
}

// The number of the combination a line says, the first time it stands in a file just like this.
std::uint32_t Worker::new_combination(const Plan &plan, const Record &record, const Line &line) noexcept
{
    const std::size_t length = record.marks[record.fields - 1] - record.begin;
    if (!content.want(length + plan.texts * sizeof(std::uint32_t) + 1)) {
        fail(ReadFaultKind::out_of_memory);
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
            const Text said(to + sizeof(std::uint32_t), size);
            if (plan.uses[column] == ColumnUse::month && size > 0 && !is_month(said)) {
                fail(ReadFaultKind::bad_month, column, field);
                return Interner::none;
            }
            if (plan.uses[column] == ColumnUse::moment && size > 0 && !is_time(said)) {
                fail(ReadFaultKind::bad_time, column, field);
                return Interner::none;
            }
            std::memcpy(to, &size, sizeof size);
            to += sizeof size + size;
        }
    const Text bytes(content.at, static_cast<std::size_t>(to - content.at));
    const std::uint32_t number = table.combinations.add(bytes, plan.hash(bytes.data(), bytes.size()));
    if (number == Interner::none ||
        !table.raw.add(line.hash.high64, static_cast<std::uint32_t>(line.hash.low64), number)) {
        fail(ReadFaultKind::out_of_memory);
        return Interner::none;
    }
    return number;
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
            known = new_combination(plan, record_of(records, line.record), line) + 1;
            if (known == 0) {
                end_at(i);
                break;
            }
        }
        line.key.combination = known - 1;
        line.group_hash = line.key.hash(table.seed);
        table.groups.prefetch(line.group_hash);
    }
    for (std::size_t i = 0; i < count; ++i) {
        Line &line = lines[i];
        line.group = table.groups.find(line.key, line.group_hash);
        if (line.group == nullptr)
            line.group = table.groups.add(line.key, line.group_hash, table.pattern(line.key.pattern), table.seed);
        if (line.group == nullptr) {
            fail(ReadFaultKind::out_of_memory);
            end_at(i);
            break;
        }
        __builtin_prefetch(line.group->sums());
    }
    for (std::size_t i = 0; i < count; ++i) {
        const Line &line = lines[i];
        const int full =
            add_amounts(*line.group, line.nonzero, line.present, 1, line.amounts.units, line.amounts.decimals);
        if (full < 0) continue;
        const std::uint32_t column = plan.column_of_sum(table.pattern(line.key.pattern), full);
        fail(ReadFaultKind::sum_out_of_range, column, record_of(records, line.record).field(column));
        end_at(i);
        break;
    }
    fault = found;
    return found.kind == ReadFaultKind::none;
}

bool Worker::read_records(const Records &records, std::size_t first) noexcept
{
    const Plan &plan = compaction->plan;
    std::size_t number = first;
    while (number < records.count()) {
        const std::size_t begun = std::min(batch, records.count() - number);
        std::size_t ready = 0;
        ReadFault found;
        for (; ready < begun; ++ready, ++number) {
            const Record record = record_of(records, number);
            lines[ready].record = static_cast<std::uint32_t>(number);
            if (record.fields != plan.columns) {
                fail(ReadFaultKind::wrong_number_of_fields);
                fault.expected = plan.columns;
                fault.found = static_cast<std::int64_t>(record.fields);
            } else if (read_line(plan, record, lines[ready])) {
                continue;
            }
            records.locate(
                fault, number,
                fault.column < 0 ? record.begin : record.field_begin(static_cast<std::size_t>(fault.column)));
            found = fault;
            break;
        }
        // A line before the one with a fault may have one of those that are found later.
        if (!place_lines(plan, records, ready)) return false;
        if (found.kind != ReadFaultKind::none) {
            fault = found;
            return false;
        }
    }
    return true;
}

bool Worker::read_header(const Records &records) noexcept
{
    const Plan &plan = compaction->plan;
    const Record record = record_of(records, 0);
    if (record.fields == 1 && record.field(0).empty()) {
        records.locate(fault, 0, record.begin);
        return fail(ReadFaultKind::no_header);
    }
    const std::size_t both = std::min<std::size_t>(record.fields, plan.columns);
    std::size_t same = 0;
    for (; same < both; ++same) {
        const Text field = record.field(same);
        if (!content.want(field.size() + 1)) return fail(ReadFaultKind::out_of_memory);
        if (field_content(field, content.at) != plan.names[same]) break;
    }
    if (same == record.fields && same == plan.columns) return true;
    fault.expected = plan.columns;
    fault.found = static_cast<std::int64_t>(record.fields);
    records.locate(fault, 0, same < record.fields ? record.field_begin(same) : record.begin);
    return fail(ReadFaultKind::header_differs, static_cast<std::int64_t>(same),
                same < record.fields ? record.field(same) : Text());
}

// False: fault, or stopped where it has none.
bool Worker::read_file(std::size_t number) noexcept
{
    File &file = compaction->files[number];
    sums = file.sums;
    Records records;
    fault = ReadFault{};
    bool going = records.open(file.path);
    bool headed = false;
    const auto stopped = [&] {
        return compaction->stop.load(std::memory_order_relaxed) ||
               compaction->bad_file.load(std::memory_order_relaxed) < static_cast<std::int64_t>(number);
    };
    while (going && !stopped() && records.next(compaction->bytes_read)) {
        std::size_t first = 0;
        if (!headed) {
            going = read_header(records);
            headed = true;
            first = 1;
        }
        going = going && read_records(records, first);
        const std::uint64_t read = records.count() - first;
        file.read.lines += read;
        compaction->lines.fetch_add(read, std::memory_order_relaxed);
    }
    if (fault.kind == ReadFaultKind::none) fault = records.fault;
    if (records.source != nullptr) {
        file.read.bytes = source_bytes(records.source);
        file.read.hash = source_hash(records.source);
    }
    records.close();
    if (fault.kind != ReadFaultKind::none) {
        fault.file = static_cast<std::int64_t>(number);
        compaction->tell(fault);
        return false;
    }
    return !stopped();
}

void Worker::read_files() noexcept
{
    for (;;) {
        const std::uint64_t number = compaction->next_file.fetch_add(1, std::memory_order_relaxed);
        if (number >= compaction->files.count || !read_file(number)) break;
    }
}

}  // namespace bedrock_cost
