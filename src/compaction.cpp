// SPDX-License-Identifier: PostgreSQL
// Threads that read one file each at a time into a table of their own; the last one to end puts the tables together.
//
// A line costs what is kept of it: runs of key columns are hashed as they stand, the period is looked up by its text,
// amounts are read, and the three numbers of its group are found in three steps over a batch of lines, so that the
// memory of one line is on its way while others are worked on.
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <limits>
#include <new>
#include <utility>

#include "csv.hpp"
#include "decimal.hpp"
#include "moment.hpp"
#include "table.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace bedrock_cost {

namespace {

// ---- what is read of a line -----------------------------------------------------------------------------------------

// Key columns that stand side by side.
struct Run {
    std::uint32_t first, last;
};

struct Plan {
    ColumnUse *uses;
    Row<Text> names;
    Arena name_bytes;
    std::uint32_t columns;
    Row<Run> runs;
    Row<std::uint32_t> amounts;
    std::int64_t start, end;  // -1: none
    std::uint32_t texts;      // key columns and periods
    bool hourly;
    // Of the hashes, another one in every compaction: nobody can prepare lines that share one.
    std::uint64_t seed;
    unsigned char secret[XXH3_SECRET_SIZE_MIN > 192 ? XXH3_SECRET_SIZE_MIN : 192];

    // The column of a sum, numbered among those that are not zero.
    std::uint32_t column_of_sum(const Pattern &pattern, int sum) const noexcept
    {
        std::uint64_t nonzero = pattern.nonzero;
        for (; sum > 0; --sum) nonzero &= nonzero - 1;
        return amounts[static_cast<std::size_t>(std::countr_zero(nonzero))];
    }
    std::uint64_t hash(const void *bytes, std::size_t size) const noexcept
    {
        return XXH3_64bits_withSecret(bytes, size, secret, sizeof secret);
    }
};

struct File {
    char *path;
    CompactedFile read;
    // What its lines add up to, each by itself: what the groups are held against.
    Int128 sums[most_amounts];
};

// A line on its way to its group.
struct Line {
    XXH128_hash_t hash;
    std::uint64_t group_hash;
    std::uint32_t record;
    GroupKey key;
    std::uint32_t nonzero, present;
    Group *group;
    LineAmounts amounts;
};

constexpr std::size_t batch = 16;

// The period of lines whose texts of start and end are these.
struct PeriodMemo {
    static constexpr std::size_t longest = 31;
    char start[longest + 1];
    char end[longest + 1];
    std::uint8_t start_size, end_size;
    std::uint32_t period;  // one more; 0: free
};
// A month has 744 hours.
constexpr unsigned period_bits = 11;
constexpr std::size_t period_memos = std::size_t{1} << period_bits;

std::uint64_t eight_bytes(const char *at) noexcept
{
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

}  // namespace

// ---- a thread -------------------------------------------------------------------------------------------------------

namespace {

struct Worker {
    Compaction *compaction;
    pthread_t thread;
    bool started;
    Table table;
    Scratch key;
    Scratch content;
    PeriodMemo *memos;
    Pattern last_pattern;
    std::uint32_t last_pattern_number;  // one more; 0: none
    Line *lines;
    ReadFault fault;  // of the file being read
    Int128 *sums;     // and what its lines add up to

    bool open() noexcept;
    void release() noexcept;
    void read_files() noexcept;
    bool read_file(std::size_t number) noexcept;
    bool read_header(const Records &records) noexcept;
    bool read_records(const Records &records, std::size_t first) noexcept;
    bool read_line(const Plan &plan, const Record &record, Line &line) noexcept;
    bool read_period(const Plan &plan, const Record &record, Line &line) noexcept;
    bool read_amounts(const Plan &plan, const Record &record, Line &line) noexcept;
    bool place_lines(const Plan &plan, const Records &records, std::size_t count) noexcept;
    std::uint32_t new_combination(const Plan &plan, const Record &record, const Line &line) noexcept;
    bool merge(const Plan &plan, Worker &other, const std::atomic<bool> &stop) noexcept;

    bool fail(ReadFaultKind kind, std::int64_t column = -1, Text value = {}) noexcept
    {
        fault.kind = kind;
        fault.column = static_cast<std::int32_t>(column);
        set_value(fault, value);
        return false;
    }
};

}  // namespace

struct Compaction {
    Plan plan;
    Row<File> files;
    std::uint32_t threads;
    Worker *workers;
    bool was_started;

    std::atomic<bool> stop;
    std::atomic<std::uint64_t> next_file;
    std::atomic<std::int64_t> bad_file;  // the first file with a fault; those behind it need not be read
    std::atomic<std::uint64_t> bytes_read, bytes, lines;

    pthread_mutex_t lock;
    pthread_cond_t ended;
    // Under the lock.
    std::uint32_t running;
    bool done;
    ReadFault fault;

    // Of the row last asked for.
    Text *row_keys;
    Amount *row_amounts;

    void tell(const ReadFault &told) noexcept
    {
        pthread_mutex_lock(&lock);
        if (fault.kind == ReadFaultKind::none || told.file < fault.file) {
            fault = told;
            bad_file.store(told.file, std::memory_order_relaxed);
        }
        pthread_mutex_unlock(&lock);
    }
};

namespace {

bool Worker::open() noexcept
{
    fault = ReadFault{};
    memos = static_cast<PeriodMemo *>(std::calloc(period_memos, sizeof(PeriodMemo)));
    lines = static_cast<Line *>(std::aligned_alloc(64, (batch * sizeof(Line) + 63) / 64 * 64));
    table.seed = compaction->plan.seed;
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
    line.hash = XXH3_128bits_withSecret(key.at, static_cast<std::size_t>(to - key.at), plan.secret, sizeof plan.secret);
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

// Takes over the groups of another worker.
bool Worker::merge(const Plan &plan, Worker &other, const std::atomic<bool> &stop) noexcept
{
    fault = ReadFault{};
    Row<std::uint32_t> combinations{}, periods{}, patterns{};
    const auto translate = [&](const Interner &from, Interner &to, Row<std::uint32_t> &numbers) {
        for (std::size_t i = 0; i < from.entries.count; ++i) {
            const std::uint32_t number = to.add(from.entries[i].text, from.entries[i].hash);
            if (number == Interner::none || !numbers.add(number)) return false;
        }
        return true;
    };
    bool merged = translate(other.table.combinations, table.combinations, combinations) &&
                  translate(other.table.periods, table.periods, periods) &&
                  translate(other.table.patterns, table.patterns, patterns);
    if (!merged) fail(ReadFaultKind::out_of_memory);
    const Groups &from = other.table.groups;
    for (std::size_t i = 0; merged && i < from.numbers.count; ++i) {
        if (i % 4096 == 0 && stop.load(std::memory_order_relaxed)) break;
        Group &group = *from.at(from.numbers[i]);
        const GroupKey to_key = {combinations[group.key.combination], periods[group.key.period],
                                 patterns[group.key.pattern]};
        const Pattern pattern = table.pattern(to_key.pattern);
        const std::uint64_t hash = to_key.hash(table.seed);
        Group *to = table.groups.find(to_key, hash);
        if (to == nullptr) to = table.groups.add(to_key, hash, pattern, table.seed);
        if (to == nullptr) {
            merged = fail(ReadFaultKind::out_of_memory);
            break;
        }
        const auto nonzero = static_cast<std::size_t>(std::popcount(pattern.nonzero));
        const auto present = static_cast<std::size_t>(std::popcount(pattern.present));
        const int full = add_amounts(*to, nonzero, present, group.lines, group.sums(), group.decimals(nonzero));
        if (full < 0) continue;
        merged = fail(ReadFaultKind::sum_out_of_range, plan.column_of_sum(pattern, full));
    }
    combinations.release();
    periods.release();
    patterns.release();
    return merged;
}

// Puts all tables together in the first one, and frees what is not needed any more.
void finish(Compaction &compaction) noexcept
{
    // The largest table takes the others in.
    Worker *const workers = compaction.workers;
    for (std::uint32_t i = 1; i < compaction.threads; ++i)
        if (workers[i].table.groups.numbers.count > workers[0].table.groups.numbers.count)
            std::swap(workers[i].table, workers[0].table);
    for (std::uint32_t i = 0; i < compaction.threads; ++i) {
        const bool needed =
            compaction.fault.kind == ReadFaultKind::none && !compaction.stop.load(std::memory_order_relaxed);
        if (i > 0 && needed && !workers[0].merge(compaction.plan, workers[i], compaction.stop))
            compaction.tell(workers[0].fault);
        workers[i].table.raw.release();
        workers[i].table.raw = {};
        if (i == 0) continue;
        workers[i].table.release();
        workers[i].table = {};
    }
    if (compaction.fault.kind == ReadFaultKind::none && compaction.stop.load(std::memory_order_relaxed))
        compaction.fault.kind = ReadFaultKind::stopped;
}

void end_worker(Compaction &compaction) noexcept
{
    pthread_mutex_lock(&compaction.lock);
    const bool last = --compaction.running == 0;
    pthread_mutex_unlock(&compaction.lock);
    if (!last) return;
    finish(compaction);
    pthread_mutex_lock(&compaction.lock);
    compaction.done = true;
    pthread_cond_broadcast(&compaction.ended);
    pthread_mutex_unlock(&compaction.lock);
}

void *run_worker(void *given) noexcept
{
    auto *worker = static_cast<Worker *>(given);
    if (worker->open()) {
        worker->read_files();
    } else {
        ReadFault fault;
        fault.kind = ReadFaultKind::out_of_memory;
        worker->compaction->tell(fault);
    }
    end_worker(*worker->compaction);
    return nullptr;
}

bool copy_text(Arena &arena, Text text, Text &copy) noexcept
{
    char *const room = arena.take(text.size() + 1);
    if (room == nullptr) return false;
    if (!text.empty()) std::memcpy(room, text.data(), text.size());
    room[text.size()] = '\0';
    copy = {room, text.size()};
    return true;
}

// False: out of memory.
bool make_plan(Plan &plan, const ColumnUse *uses, const Text *names, std::uint32_t columns, bool &sound) noexcept
{
    plan.columns = columns;
    plan.start = plan.end = -1;
    sound = true;
    for (std::uint32_t i = 0; i < columns; ++i) {
        Text name;
        if (!copy_text(plan.name_bytes, names[i], name) || !plan.names.add(name)) return false;
        switch (uses[i]) {
            case ColumnUse::skipped:
                break;
            case ColumnUse::key:
                ++plan.texts;
                if (i > 0 && uses[i - 1] == ColumnUse::key)
                    plan.runs[plan.runs.count - 1].last = i;
                else if (!plan.runs.add({i, i}))
                    return false;
                break;
            case ColumnUse::usage_start:
            case ColumnUse::usage_end: {
                std::int64_t &bound = uses[i] == ColumnUse::usage_start ? plan.start : plan.end;
                sound = sound && bound < 0;
                bound = i;
                ++plan.texts;
                break;
            }
            case ColumnUse::amount:
                if (!plan.amounts.add(i)) return false;
                break;
        }
    }
    sound = sound && plan.amounts.count <= most_amounts;
    plan.uses = static_cast<ColumnUse *>(std::malloc(columns + 1));
    if (plan.uses == nullptr) return false;
    std::copy(uses, uses + columns, plan.uses);

    // Addresses are laid out anew in every process, and time goes on.
    plan.seed = (static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(plan.uses)) * 0x9E3779B97F4A7C15U) ^
                static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    // splitmix64
    std::uint64_t state = plan.seed;
    for (std::size_t i = 0; i < sizeof plan.secret; i += sizeof state) {
        std::uint64_t mixed = state += 0x9E3779B97F4A7C15U;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        mixed ^= mixed >> 31U;
        std::memcpy(plan.secret + i, &mixed, sizeof mixed);
    }
    return true;
}

}  // namespace

// ---- the wall -------------------------------------------------------------------------------------------------------

Compaction *compaction_open(const ColumnUse *uses, const Text *names, std::uint32_t columns, bool hourly,
                            std::uint32_t threads) noexcept
{
    void *memory = std::aligned_alloc(64, (sizeof(Compaction) + 63) / 64 * 64);
    if (memory == nullptr) return nullptr;
    // The same as a value without a destructor.
    auto *compaction = new (memory) Compaction{};
    pthread_mutex_init(&compaction->lock, nullptr);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&compaction->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    compaction->bad_file.store(std::numeric_limits<std::int64_t>::max(), std::memory_order_relaxed);
    compaction->threads = std::max<std::uint32_t>(threads, 1);
    compaction->plan.hourly = hourly;
    bool sound = false;
    const bool planned = make_plan(compaction->plan, uses, names, columns, sound);
    if (planned) {
        compaction->row_keys = static_cast<Text *>(std::calloc(compaction->plan.texts + 1, sizeof(Text)));
        compaction->row_amounts = static_cast<Amount *>(
            std::aligned_alloc(alignof(Amount), sizeof(Amount) * (compaction->plan.amounts.count + 1)));
    }
    if (!planned || compaction->row_keys == nullptr || compaction->row_amounts == nullptr) {
        compaction_close(compaction);
        return nullptr;
    }
    if (!sound) {
        compaction->fault.kind = ReadFaultKind::bad_plan;
        compaction->done = true;
    }
    return compaction;
}

bool compaction_add_file(Compaction *compaction, Text path) noexcept
{
    auto *name = static_cast<char *>(std::malloc(path.size() + 1));
    if (name == nullptr) return false;
    if (!path.empty()) std::memcpy(name, path.data(), path.size());
    name[path.size()] = '\0';
    if (!compaction->files.add({name, {}, {}})) {
        std::free(name);
        return false;
    }
    compaction->bytes.fetch_add(file_bytes(name), std::memory_order_relaxed);
    return true;
}

void compaction_start(Compaction *compaction) noexcept
{
    if (compaction->was_started || compaction->done) return;
    compaction->was_started = true;
    compaction->threads =
        static_cast<std::uint32_t>(std::clamp<std::size_t>(compaction->files.count, 1, compaction->threads));
    compaction->workers = static_cast<Worker *>(std::calloc(compaction->threads, sizeof(Worker)));
    if (compaction->workers == nullptr) {
        compaction->fault.kind = ReadFaultKind::out_of_memory;
        compaction->done = true;
        return;
    }
    // Signals are for the thread that started them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // None of them ends before all are there.
    pthread_mutex_lock(&compaction->lock);
    int refused = 0;
    for (std::uint32_t i = 0; i < compaction->threads; ++i) {
        Worker &worker = compaction->workers[i];
        worker.compaction = compaction;
        refused = pthread_create(&worker.thread, nullptr, run_worker, &worker);
        if (refused != 0) break;
        worker.started = true;
        ++compaction->running;
    }
    // Fewer threads do as well.
    if (compaction->running == 0) {
        compaction->fault.kind = ReadFaultKind::cannot_start_thread;
        compaction->fault.error_number = refused;
        compaction->done = true;
    }
    pthread_mutex_unlock(&compaction->lock);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool compaction_wait(Compaction *compaction, std::uint32_t milliseconds) noexcept
{
    timespec until{};
    clock_gettime(CLOCK_MONOTONIC, &until);
    const std::int64_t nanoseconds = until.tv_nsec + std::int64_t{milliseconds} * 1'000'000;
    until.tv_sec += nanoseconds / 1'000'000'000;
    until.tv_nsec = nanoseconds % 1'000'000'000;
    pthread_mutex_lock(&compaction->lock);
    while (!compaction->done && compaction->was_started)
        if (pthread_cond_timedwait(&compaction->ended, &compaction->lock, &until) != 0) break;
    const bool done = compaction->done;
    pthread_mutex_unlock(&compaction->lock);
    return done;
}

void compaction_stop(Compaction *compaction) noexcept
{
    compaction->stop.store(true, std::memory_order_relaxed);
}

void compaction_close(Compaction *compaction) noexcept
{
    if (compaction == nullptr) return;
    compaction_stop(compaction);
    if (compaction->workers != nullptr)
        for (std::uint32_t i = 0; i < compaction->threads; ++i)
            if (compaction->workers[i].started) pthread_join(compaction->workers[i].thread, nullptr);
    if (compaction->workers != nullptr)
        for (std::uint32_t i = 0; i < compaction->threads; ++i) compaction->workers[i].release();
    std::free(compaction->workers);
    for (std::size_t i = 0; i < compaction->files.count; ++i) std::free(compaction->files[i].path);
    compaction->files.release();
    std::free(compaction->plan.uses);
    compaction->plan.names.release();
    compaction->plan.name_bytes.release();
    compaction->plan.runs.release();
    compaction->plan.amounts.release();
    std::free(compaction->row_keys);
    std::free(compaction->row_amounts);
    pthread_cond_destroy(&compaction->ended);
    pthread_mutex_destroy(&compaction->lock);
    std::free(compaction);
}

Progress compaction_progress(const Compaction *compaction) noexcept
{
    return {compaction->bytes_read.load(std::memory_order_relaxed), compaction->bytes.load(std::memory_order_relaxed),
            compaction->lines.load(std::memory_order_relaxed)};
}

ReadFault compaction_fault(const Compaction *compaction) noexcept
{
    return compaction->fault;
}

CompactedFile compaction_file(const Compaction *compaction, std::uint32_t file) noexcept
{
    CompactedFile read = compaction->files[file].read;
    read.sums = compaction->files[file].sums;
    return read;
}

bool compaction_conserves(const Compaction *compaction) noexcept
{
    if (compaction->workers == nullptr) return true;
    const Table &table = compaction->workers[0].table;
    Int128 left[most_amounts] = {};
    std::uint64_t lines = 0;
    // What is added and taken away may pass the limits of 128 bits on its way, and comes back.
    const auto add = [](Int128 &sum, Int128 amount, bool taken) {
        using Bits = unsigned __int128;
        sum = static_cast<Int128>(static_cast<Bits>(sum) + (taken ? -static_cast<Bits>(amount) : static_cast<Bits>(amount)));
    };
    for (std::size_t i = 0; i < table.groups.numbers.count; ++i) {
        Group &group = *table.groups.at(table.groups.numbers[i]);
        const Int128 *sum = group.sums();
        for (std::uint64_t nonzero = table.pattern(group.key.pattern).nonzero; nonzero != 0; nonzero &= nonzero - 1)
            add(left[std::countr_zero(nonzero)], *sum++, false);
        lines += group.lines;
    }
    for (std::size_t i = 0; i < compaction->files.count; ++i) {
        for (std::size_t a = 0; a < most_amounts; ++a) add(left[a], compaction->files[i].sums[a], true);
        lines -= compaction->files[i].read.lines;
    }
    return lines == 0 && std::all_of(left, left + most_amounts, [](Int128 rest) { return rest == 0; });
}

std::int64_t compaction_count(const Compaction *compaction) noexcept
{
    if (compaction->workers == nullptr || compaction->fault.kind != ReadFaultKind::none) return 0;
    return static_cast<std::int64_t>(compaction->workers[0].table.groups.numbers.count);
}

CompactedLine compaction_row(Compaction *compaction, std::int64_t row) noexcept
{
    const Plan &plan = compaction->plan;
    const Table &table = compaction->workers[0].table;
    Group &group = *table.groups.at(table.groups.numbers[static_cast<std::size_t>(row)]);

    const char *at = table.combinations.text(group.key.combination).data();
    const char *const period_bytes = table.periods.text(group.key.period).data();
    const auto moment = [](const char *text, char present) {
        return present != 0 ? Text(text, moment_length) : Text();
    };
    Text *key = compaction->row_keys;
    for (std::uint32_t column = 0; column < plan.columns; ++column) {
        if (plan.uses[column] == ColumnUse::key) {
            std::uint32_t size = 0;
            std::memcpy(&size, at, sizeof size);
            at += sizeof size;
            *key++ = size == 0 ? Text() : Text(at, size);
            at += size;
        } else if (plan.uses[column] == ColumnUse::usage_start) {
            *key++ = moment(period_bytes + offsetof(Period, start), period_bytes[offsetof(Period, has_start)]);
        } else if (plan.uses[column] == ColumnUse::usage_end) {
            *key++ = moment(period_bytes + offsetof(Period, end), period_bytes[offsetof(Period, has_end)]);
        }
    }

    const Pattern pattern = table.pattern(group.key.pattern);
    const Int128 *sum = group.sums();
    const std::uint8_t *decimals = group.decimals(static_cast<std::size_t>(std::popcount(pattern.nonzero)));
    for (std::size_t i = 0; i < plan.amounts.count; ++i) {
        Amount &amount = compaction->row_amounts[i] = Amount{};
        amount.present = (pattern.present >> i & 1U) != 0;
        if (!amount.present) continue;
        amount.decimals = *decimals++;
        if ((pattern.nonzero >> i & 1U) != 0) amount.units = *sum++;
    }
    return {compaction->row_keys, static_cast<std::int64_t>(group.lines), group.key.combination, compaction->row_amounts};
}

}  // namespace bedrock_cost
