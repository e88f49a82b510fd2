// SPDX-License-Identifier: PostgreSQL
// The wall, second part: reading exports. The rules of api.hpp hold here too.
//
// A compaction reads Cost and Usage Report files (CSV or CSV.gz, told by their first bytes) in threads of its own and
// keeps what is left when lines are put together: lines that agree in every key column, in the day (or hour) of their
// usage, and in the sign and the absence of every amount become one compacted line with a count and exact sums. Every
// rule that is linear in the amounts, or asks whether they are NULL, zero or negative, finds the same on compacted
// lines as on lines.
//
// CSV is read as COPY ... CSV reads it: a quote anywhere switches quoting on or off, inside a quoted stretch two quotes
// are one. Unlike there, an empty field is absent whether quoted or not, and so is a line's key.
#pragma once

#include <bedrock_cost/api.hpp>

namespace bedrock_cost {

// ---- faults ---------------------------------------------------------------------------------------------------------

enum class ReadFaultKind : std::uint8_t {
    none,
    cannot_open,         // error_number
    is_directory,        //
    not_a_file,          // a pipe, a socket or a device
    read_error,          // error_number
    truncated_gzip,      //
    corrupt_gzip,        //
    garbage_after_gzip,  // bytes behind the last member
    empty_file,          //
    no_header,           // the first line is blank
    lone_carriage_return,  // lines end with it alone
    too_many_columns,      // expected: at most so many, found
    column_without_name,   // column, found: how many there are
    header_differs,      // column: the first that differs, value: what stands there; or expected, found: their numbers
    binary,              // a zero byte
    not_utf8,            // column, value
    wrong_number_of_fields,  // expected, found (at least so many)
    unterminated_quote,      // column: where the file ends inside quotes
    record_too_long,         // more than longest_record bytes
    bad_number,              // column, value
    number_out_of_range,     // column, value: a digit behind the 20th decimal, or 10^18 and more
    bad_time,                // column, value
    bad_month,               // column, value
    sum_out_of_range,        // column: of a compacted line, or of all lines of a file
    out_of_memory,           //
    memory_limit,            // expected: the limit in bytes
    cannot_start_thread,     // error_number
    stopped,                 // compaction_stop
    bad_plan,                // more than most_amounts amounts, or two columns of the same period bound
};

inline constexpr std::size_t longest_record = std::size_t{64} << 20U;
inline constexpr std::uint32_t most_amounts = 64;
// A relation of PostgreSQL has no more.
inline constexpr std::uint32_t most_columns = 1600;

struct ReadFault {
    ReadFaultKind kind = ReadFaultKind::none;
    std::int32_t error_number = 0;  // errno
    std::int64_t file = -1;         // number of the file as added; -1: no file's fault
    std::int64_t line = 0;          // physical line of the file where the field or record begins, from 1; 0: unknown
    std::int64_t record = 0;        // record of the file, from 1: the header
    std::int32_t column = -1;       // number of the column, from 0; -1: no column's fault
    std::int64_t expected = 0, found = 0;
    // The beginning of the field as it stands in the file; bytes that are not UTF-8 as \xHH, ends with a zero byte.
    std::array<char, 201> value{};
};

// ---- files ----------------------------------------------------------------------------------------------------------

// A file, unpacked where it begins like gzip. It lives on the heap until file_close().
struct Source;
// Null: out of memory; else look at file_fault(). The path is that of the machine the program runs on.
Source *file_open(Text path) noexcept;
void file_close(Source *file) noexcept;
// The next unpacked bytes: as many as asked for, fewer at the end or before a fault.
std::size_t file_read(Source *file, char *room, std::size_t bytes) noexcept;
// kind and error_number only.
ReadFault file_fault(const Source *file) noexcept;

// ---- headers --------------------------------------------------------------------------------------------------------

// The column names of a file. A header lives on the heap until header_close().
struct Header;
// Null: out of memory. The path is that of the machine the program runs on.
Header *header_open(Text path) noexcept;
void header_close(Header *header) noexcept;
ReadFault header_fault(const Header *header) noexcept;
std::uint32_t header_count(const Header *header) noexcept;
// The name, its quotes taken off.
Text header_name(const Header *header, std::uint32_t column) noexcept;

// ---- compaction -----------------------------------------------------------------------------------------------------

// A moment is a key that is a point in time; a month is one at which a month begins: its first day, 00:00 in UTC.
enum class ColumnUse : std::uint8_t { skipped, key, usage_start, usage_end, amount, month, moment };

// Whether a column is a part of what a line says.
constexpr bool is_stated(ColumnUse use) noexcept
{
    return use == ColumnUse::key || use == ColumnUse::month || use == ColumnUse::moment;
}

// Compacts files with the same header. A compaction lives on the heap, with its threads, until compaction_close().
// Its threads have every signal blocked and touch nothing but their files and the heap.
struct Compaction;
// The names of the columns as every file must have them, and what each is used for: at most most_amounts amounts, one
// usage_start and one usage_end. Periods are cut to the hour, else to the day. Null: out of memory.
Compaction *compaction_open(const ColumnUse *uses, const Text *names, std::uint32_t columns, bool hourly,
                            std::uint32_t threads) noexcept;
// Before compaction_start() only. False: out of memory.
bool compaction_add_file(Compaction *compaction, Text path) noexcept;
// Once. A thread reads one file at a time.
void compaction_start(Compaction *compaction) noexcept;
// Whether all is read or has failed, waiting for it at most so long.
bool compaction_wait(Compaction *compaction, std::uint32_t milliseconds) noexcept;
// Asks the threads to end early; they do so within some milliseconds, and the fault is then `stopped`.
void compaction_stop(Compaction *compaction) noexcept;
// At any time: stops the threads and waits for their end.
void compaction_close(Compaction *compaction) noexcept;

struct Progress {
    std::uint64_t bytes_read = 0;  // of the files as they lie on the disk
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
};
Progress compaction_progress(const Compaction *compaction) noexcept;
// The first fault, by file and then by line. Once done only, as all that follows.
ReadFault compaction_fault(const Compaction *compaction) noexcept;

struct CompactedFile {
    std::uint64_t lines = 0;  // without the header
    std::uint64_t bytes = 0;  // as the file lies on the disk
    // combination_hash() of these bytes.
    std::array<unsigned char, 16> hash{};
    // What the lines add up to in each column used as amount, in units of 10^-amount_decimals, added up line by line.
    const Int128 *sums = nullptr;
};
CompactedFile compaction_file(const Compaction *compaction, std::uint32_t file) noexcept;
// Whether the compacted lines are as many and add up to the same as the lines of all files.
bool compaction_conserves(const Compaction *compaction) noexcept;

struct CompactedLine {
    // The columns used as key, month, usage_start and usage_end, in the order of the file. Absent: null.
    // A usage_start is the beginning of its day or hour in UTC, as 2026-11-01T00:00:00Z. A usage_end keeps the grain of
    // the lines: one hour after it where the lines cover at most an hour, 24 hours after it where they cover at most
    // that, else the lines' own end.
    const Text *keys = nullptr;
    std::int64_t lines = 0;
    // Sums of the columns used as amount, in the order of the file, with the most decimals any of the lines has (at
    // most amount_decimals). Absent where the lines have none.
    const Amount *amounts = nullptr;
};
// Nothing in a compaction with a fault.
std::int64_t compaction_count(const Compaction *compaction) noexcept;
// Holds until the next call.
CompactedLine compaction_row(Compaction *compaction, std::int64_t row) noexcept;

// What a compacted line is found by, each numbered from 0, and how many lines it stands for.
struct CompactedPlace {
    std::uint32_t combination = 0;  // what the columns used as key and month say together
    std::uint32_t period = 0;
    std::uint32_t pattern = 0;  // which amounts are absent, zero or negative
    std::int64_t lines = 0;
};
CompactedPlace compaction_place(const Compaction *compaction, std::int64_t row) noexcept;
// The amounts of a row alone. Holds until the next call.
const Amount *compaction_amounts(Compaction *compaction, std::int64_t row) noexcept;

static_assert(plain<ReadFault, Progress, CompactedFile, CompactedLine, CompactedPlace>, "a binding may jump over these");

}  // namespace bedrock_cost
