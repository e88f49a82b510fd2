// SPDX-License-Identifier: PostgreSQL
// A compaction and its threads: what both rooms of it know. A worker reads files (compaction_worker.cpp), the compaction
// starts the workers, puts their tables together and gives the rows (compaction.cpp). All of it is empty as zero bytes.
#pragma once

#include <pthread.h>

#include <atomic>
#include <bit>

#include "csv.hpp"
#include "table.hpp"
#include "wide_hash.hpp"

namespace bedrock_cost {

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

// ---- a thread -------------------------------------------------------------------------------------------------------

struct Worker {
    Compaction *compaction;
    pthread_t thread;
    bool started;
    Table table;
    const Hashing *hashing;
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

// ---- all of them ----------------------------------------------------------------------------------------------------

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

}  // namespace bedrock_cost
