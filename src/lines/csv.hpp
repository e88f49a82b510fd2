// SPDX-License-Identifier: PostgreSQL
// CSV: where fields and records end, the contents of fields, and the records of a file window by window.
#pragma once

#include <bedrock_cost/lines.hpp>

#include "base/memory.hpp"
#include "lines/inflate.hpp"

namespace bedrock_cost {

// ---- structure ------------------------------------------------------------------------------------------------------

// A text behind which so many bytes can be read and, behind separators, be written.
inline constexpr std::size_t csv_padding = 64;

// Where the separators of a text are: commas and line feeds outside quotes.
struct CsvMarks {
    std::uint32_t *marks = nullptr;  // places of all separators
    std::size_t count = 0;
    std::uint32_t *ends = nullptr;  // which of them are line feeds
    std::size_t end_count = 0;
    std::uint64_t inside = 0;    // all ones: the text so far ends inside quotes
    std::uint64_t newlines = 0;  // all line feeds so far, those inside quotes too
    bool binary = false;         // a zero byte was met
};

// Marks the bytes [from, to) of a text, each at most once and in order; marks and ends have room for to - from +
// csv_mark_room more. At a zero byte it stops: `binary`, and `to` is its place.
inline constexpr std::size_t csv_mark_room = 64;
using CsvScan = void (*)(const char *text, std::uint32_t from, std::uint32_t &to, CsvMarks &marks) noexcept;
void scan_csv_bytes(const char *text, std::uint32_t from, std::uint32_t &to, CsvMarks &marks) noexcept;
// Those that the machine can run, the best first, the one above last. The same marks.
struct CsvScans {
    CsvScan at[3];
    std::size_t count;
};
CsvScans csv_scans() noexcept;
inline CsvScan best_csv_scan() noexcept
{
    return csv_scans().at[0];
}

// Writes the content of a field into a room as large as the field: how many bytes.
std::size_t unquote(Text field, char *room) noexcept;
// The content of a field: the field itself where it has no quotes.
Text field_content(Text field, char *room) noexcept;

bool is_utf8(Text text) noexcept;
// The beginning of a text as the value of a fault.
void set_value(ReadFault &fault, Text text) noexcept;

// ---- records --------------------------------------------------------------------------------------------------------

// The records of a file, window by window. Records of a window stay where they are until the next one.
struct Records {
    Source *source = nullptr;
    char *text = nullptr;
    std::size_t begin = 0;   // of the first record of the window
    std::size_t filled = 0;  // bytes in the text, all of them marked
    CsvMarks marks;
    CsvScan scan = nullptr;
    std::uint64_t records_before = 0;  // the window
    bool ended = false;
    ReadFault fault;  // kind none: there may be another window

    // Opens a file whose path ends with a zero byte. False: see fault.
    bool open(const char *path, Inflater inflater = best_inflater, CsvScan scan = best_csv_scan()) noexcept;
    void close() noexcept;
    // Moves on to the next records. False: at the end, or see fault; there is no record left then.
    bool next(std::atomic<std::uint64_t> &bytes_read) noexcept;
    std::size_t count() const noexcept { return marks.end_count; }

    // Sets place (line, record) of a fault in a record of the window.
    void locate(ReadFault &fault, std::size_t record, std::size_t place) const noexcept;

  private:
    bool grow(std::size_t bytes) noexcept;
    void fail(ReadFaultKind kind) noexcept;
    // A fault behind the complete records is reported when these have been read.
    ReadFault pending_;
    Vector<char> bytes_{};
    Vector<std::uint32_t> places_{}, ends_{};
    bool began_ = false;
};

// A record as written: its fields are found by the separators behind them.
struct Record {
    const char *text = nullptr;
    std::size_t begin = 0;
    const std::uint32_t *marks = nullptr;
    std::size_t fields = 0;

    std::size_t field_begin(std::size_t field) const noexcept { return field == 0 ? begin : marks[field - 1] + 1U; }
    std::size_t field_end(std::size_t field) const noexcept
    {
        const std::size_t end = marks[field];
        // A carriage return before the line feed belongs to the end of the line.
        return field + 1 == fields && end > field_begin(field) && text[end - 1] == '\r' ? end - 1 : end;
    }
    Text field(std::size_t field) const noexcept
    {
        const std::size_t from = field_begin(field);
        return {text + from, field_end(field) - from};
    }
};

inline Record record_of(const Records &records, std::size_t number) noexcept
{
    const std::size_t first = number == 0 ? 0 : records.marks.ends[number - 1] + 1U;
    const std::size_t begin = number == 0 ? records.begin : records.marks.marks[first - 1] + 1U;
    return {records.text, begin, records.marks.marks + first, records.marks.ends[number] + 1U - first};
}

}  // namespace bedrock_cost
