// SPDX-License-Identifier: PostgreSQL
// The wall, second part: reading exports. The rules of api.hpp hold here too.
//
// An export is read as files, CSV or CSV.gz, told by their first bytes; what becomes of their lines is in lines.hpp.
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
    sum_out_of_range,        // column: of a group of lines, or of a control sum
    out_of_memory,           //
    memory_limit,            // expected: the limit in bytes
    cannot_start_thread,     // error_number
    stopped,                 // line_store_stop
    bad_plan,                // more than most_amounts amounts, or two columns for the same thing
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

// ---- lines ----------------------------------------------------------------------------------------------------------

// A moment is a key that is a point in time; a month is one at which a month begins: its first day, 00:00 in UTC.
enum class ColumnUse : std::uint8_t { skipped, key, usage_start, usage_end, amount, month, moment };

// Whether a column is a part of what a line says.
constexpr bool is_stated(ColumnUse use) noexcept
{
    return use == ColumnUse::key || use == ColumnUse::month || use == ColumnUse::moment;
}

struct Progress {
    std::uint64_t bytes_read = 0;  // of the files as they lie on the disk
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
};

static_assert(plain<ReadFault, Progress>, "a binding may jump over these");

}  // namespace bedrock_cost
