// SPDX-License-Identifier: PostgreSQL
// A line store and its threads: what its rooms know of it. A worker reads files (read_files.cpp) or takes lines
// (add_line.cpp) into tables of its own, the store starts the workers, puts their tables together (line_store.cpp) and
// numbers line keys (line_keys.cpp). All of it is empty as zero bytes.
#pragma once

#include <pthread.h>

#include <atomic>
#include <bit>

#include "lines/control_sums.hpp"
#include "lines/csv.hpp"
#include "lines/line_table.hpp"
#include "lines/usage.hpp"

namespace bedrock_cost {
namespace lines {

// ---- what is read of a line -----------------------------------------------------------------------------------------

// Adjacent key columns.
struct Run {
    std::uint32_t first, last;
};

// Behind its length, every text of a full key; absent ones have this.
inline constexpr std::uint32_t absent = ~std::uint32_t{0};

// Columns of control sums: four texts and the reservation.
inline constexpr std::size_t control_columns = 5;
inline constexpr std::size_t period_control = 1, reservation = 4;

struct Plan {
    Vector<LineColumn> columns;
    std::uint32_t count;
    Arena names;
    Vector<Run> runs;
    Vector<std::uint32_t> amounts;
    std::uint32_t keys;  // columns used as key, month or moment
    // -1: none.
    std::int32_t start, end;
    std::int32_t principal;                        // among the keys
    std::int32_t control_column[control_columns];  // among the columns
    std::int32_t control_key[control_columns];     // among the keys
    std::int32_t amount_of[amount_fields];         // among the amounts
    bool hourly;
    LineHash hash;

    // False: out of memory. sound: the columns can be read so.
    bool make(const LineColumn *given, std::uint32_t columns, bool &sound) noexcept;
    void release() noexcept;

    Text name(std::size_t column) const noexcept { return columns[column].name; }
    ColumnUse use(std::size_t column) const noexcept { return columns[column].use; }
    // The column of a sum, numbered among those that are not zero.
    std::uint32_t column_of_sum(const Pattern &pattern, int sum) const noexcept
    {
        std::uint64_t nonzero = pattern.nonzero;
        for (; sum > 0; --sum) nonzero &= nonzero - 1;
        return amounts[static_cast<std::size_t>(std::countr_zero(nonzero))];
    }
    bool has(const std::uint64_t &bits, AmountField field) const noexcept
    {
        const std::int32_t amount = amount_of[static_cast<std::size_t>(field)];
        return amount >= 0 && (bits >> amount & 1U) != 0;
    }
    // Whether no column states the billing period: then it is the month of the usage.
    bool by_month() const noexcept { return control_key[period_control] < 0; }
    // The fields that are present.
    std::uint32_t fields(std::uint64_t present) const noexcept;
    bool price_stated(const Pattern &pattern) const noexcept;
};

// The texts of a full key, in the order of the key columns.
struct Texts {
    const char *at;

    Text next() noexcept
    {
        std::uint32_t size = 0;
        std::memcpy(&size, at, sizeof size);
        at += sizeof size;
        if (size == absent) return {};
        const Text text(at, size);
        at += size;
        return text;
    }
};

inline char *put_text(char *to, Text text) noexcept
{
    const std::uint32_t size = text.data() == nullptr ? absent : static_cast<std::uint32_t>(text.size());
    std::memcpy(to, &size, sizeof size);
    to += sizeof size;
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

struct File {
    char *path;
    LineFile read;
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

// An amount as written in the file.
struct RawAmount {
    const char *at;
    std::size_t size;
};

// The usage of lines whose texts of start and end are these.
struct UsageMemo {
    static constexpr std::size_t longest = 31;
    char start[longest + 1];
    char end[longest + 1];
    std::uint8_t start_size, end_size;
    std::uint32_t usage;  // one more; 0: free
};
// A month has 744 hours.
constexpr unsigned usage_bits = 11;
constexpr std::size_t usage_memos = std::size_t{1} << usage_bits;

// The control sums of lines that have these bytes in the columns that control sums go by.
struct ControlMemo {
    static constexpr std::size_t longest = 104;
    char raw[longest];
    std::uint8_t sizes[reservation];
    bool has_reservation;
    std::uint32_t size;
    std::uint32_t slot;  // one more; 0: free
    std::uint64_t present;
    std::int64_t month;
};
constexpr std::size_t control_memos = 64;

// ---- a worker -------------------------------------------------------------------------------------------------------

struct Worker {
    LineStore *store;
    pthread_t thread;
    bool started;
    LineTable table;
    ControlTable control;
    const Hashing *hashing;
    Vector<char> key;
    Vector<char> content;
    UsageMemo *usages;
    ControlMemo *controls, *last_control;
    Pattern last_pattern;
    std::uint32_t last_pattern_number;  // one more; 0: none
    Line *lines;
    ReadFault fault;  // of the file being read

    bool open() noexcept;
    void release() noexcept;
    void read_files() noexcept;
    bool read_file(std::size_t number) noexcept;
    bool read_header(const Records &records) noexcept;
    bool read_records(const Records &records, std::size_t first) noexcept;
    bool read_line(const Plan &plan, const Record &record, Line &line) noexcept;
    bool read_usage_of(const Plan &plan, const Record &record, Line &line) noexcept;
    bool read_amounts(const Plan &plan, const Record &record, Line &line) noexcept;
    bool find_pattern(const Plan &plan, const Pattern &pattern, std::uint32_t &number) noexcept;
    int add_line(const Line &line) noexcept;
    bool place_lines(const Plan &plan, const Records &records, std::size_t count) noexcept;
    std::uint32_t new_full_key(const Plan &plan, const Record &record, const Line &line) noexcept;
    bool count_line(const Plan &plan, const Record &record, const Line &line, std::uint64_t present,
                    const RawAmount *raw) noexcept;
    std::uint32_t control_slot(const Plan &plan, const Record &record, std::uint64_t present,
                               std::int64_t month) noexcept;
    bool merge(const Plan &plan, Worker &other, const std::atomic<bool> &stop) noexcept;
    AddedLine add(const Plan &plan, const GivenLine &given) noexcept;

    bool fail(ReadFaultKind kind, std::int64_t column = -1, Text value = {}) noexcept
    {
        fault.kind = kind;
        fault.column = static_cast<std::int32_t>(column);
        set_value(fault, value);
        return false;
    }
    // Out of memory, or of what the store may take.
    bool fail_memory() noexcept;
};

// ---- line keys ------------------------------------------------------------------------------------------------------

struct KeyInfo {
    std::uint32_t example;  // one of its groups
    Grain grain;
    bool price_stated, net_given;
    std::int64_t lines, undated;
};

// How far the making of line keys is, and what is known meanwhile.
struct KeyMaking {
    enum class Stage : std::uint8_t { begin, principals, full_keys, usages, groups, done };
    Stage stage;
    std::size_t at;  // what of the stage is done
    // Full keys that differ only in the session of their principal have one number.
    bool sessions;
    std::size_t count;  // of numbers
    Interner without_sessions;
    Vector<std::uint32_t> number_without_session;
    Vector<char> room;
    // Of a usage. Where no column states the billing period, lines of two months are in two bills: they have no key in
    // common.
    Interner months;
    Vector<std::uint32_t> month;
    Vector<Grain> grain;
    Vector<std::uint8_t> dated;
    Vector<std::uint8_t> price;           // of a pattern
    Vector<std::uint32_t> key_of_number;  // one more; 0: none yet

    void share(Budget *budget) noexcept;
    void release() noexcept;
    void go_on(Stage to) noexcept
    {
        stage = to;
        at = 0;
    }
};

struct Keys {
    bool made;
    KeyMaking making;
    Vector<KeyInfo> keys;
    Vector<std::uint32_t> of_group;
    // Of a full key, one more; 0: it has none.
    Vector<std::uint32_t> principal_of;
    Interner principals;

    void share(Budget *budget) noexcept;
    void release() noexcept;
    // Does some of what is left. False: out of memory.
    bool make_some(const Plan &plan, const LineTable &table, std::uint64_t &most) noexcept;
    bool begin(const Plan &plan, const LineTable &table) noexcept;
    bool number_principals(const Plan &plan, const Interner &full_keys, std::uint64_t &most) noexcept;
    bool number_full_keys(const Plan &plan, const Interner &full_keys, std::uint64_t &most) noexcept;
    bool read_usages(const Plan &plan, const Interner &usages, std::uint64_t &most) noexcept;
    bool number_groups(const LineTable &table, std::uint64_t &most) noexcept;
};

}  // namespace lines

// ---- all of it ------------------------------------------------------------------------------------------------------

struct LineStore {
    lines::Plan plan;
    Budget budget;
    Vector<lines::File> files;
    std::uint32_t threads;
    lines::Worker *workers;
    bool was_started;

    std::atomic<bool> stop;
    std::atomic<std::uint64_t> next_file;
    std::atomic<std::int64_t> bad_file;  // the first file with a fault; those behind it need not be read
    std::atomic<std::uint64_t> bytes_read, bytes, read;

    pthread_mutex_t lock;
    pthread_cond_t ended;
    // Under the lock.
    std::uint32_t running;
    bool done;
    ReadFault fault;

    lines::Keys keys;
    // Of the key or control sum last asked for.
    Text *key_texts;
    Amount *control_amounts;

    void report(const ReadFault &found) noexcept
    {
        pthread_mutex_lock(&lock);
        if (fault.kind == ReadFaultKind::none || found.file < fault.file) {
            fault = found;
            bad_file.store(found.file, std::memory_order_relaxed);
        }
        pthread_mutex_unlock(&lock);
    }
    // Everything read, of all files or all given lines.
    const lines::LineTable &table() const noexcept { return workers[0].table; }
    bool is_whole() const noexcept { return workers != nullptr && fault.kind == ReadFaultKind::none; }
    void set_memory_fault(ReadFault &found) const noexcept
    {
        const bool limit = budget.exceeded.load(std::memory_order_relaxed);
        found.kind = limit ? ReadFaultKind::memory_limit : ReadFaultKind::out_of_memory;
        if (limit) found.expected = static_cast<std::int64_t>(budget.limit);
    }
};

}  // namespace bedrock_cost
