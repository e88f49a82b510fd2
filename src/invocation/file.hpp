// SPDX-License-Identifier: PostgreSQL
// A file or text of a log, cut into documents: mostly one a line, else where the brackets close; or into rows of CSV.
#pragma once

#include <algorithm>
#include <atomic>
#include <bedrock_cost/lines.hpp>
#include <cstdlib>
#include <cstring>

#include "base/memory.hpp"
#include "base/text.hpp"
#include "lines/inflate.hpp"

namespace bedrock_cost::invocations {

// What a parser may read behind the end of a text.
constexpr std::size_t read_ahead = 64;

// Bytes that grow, with room behind them for a parser that reads ahead. They are freed with what they are a part of.
struct Bytes : Vector<char> {
    Bytes() noexcept : Vector<char>{} {}
    Bytes(const Bytes &) = delete;
    Bytes &operator=(const Bytes &) = delete;
    ~Bytes() { release(); }

    // Room for so many bytes in all.
    bool want(std::size_t bytes) noexcept { return reserve(bytes + read_ahead); }
    std::size_t left() const noexcept { return room < read_ahead ? 0 : room - read_ahead - count; }
    bool add(Text text) noexcept
    {
        if (!want(count + text.size())) return false;
        if (!text.empty()) std::memcpy(at + count, text.data(), text.size());
        count += text.size();
        return true;
    }
    Text text() const noexcept { return {at, count}; }
};

inline bool is_blank(char byte) noexcept
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

// Where a record comes from, for what it does not state itself.
struct Origin {
    char account[16];
    char region[32];
    Text account_text() const noexcept { return account[0] == '\0' ? Text() : Text(account); }
    Text region_text() const noexcept { return region[0] == '\0' ? Text() : Text(region); }
};

template <std::size_t Size>
void keep_short(char (&room)[Size], Text text) noexcept
{
    const bool fits = text.size() < Size;
    if (fits && !text.empty()) std::memcpy(room, text.data(), text.size());
    room[fits ? text.size() : 0] = '\0';
}

inline bool is_account(Text text) noexcept
{
    return text.size() == 12 && all_digits(text);
}

// AWSLogs/ACCOUNT/BedrockModelInvocationLogs/REGION/ is where Bedrock writes in a bucket.
void read_path(Text path, Origin &origin) noexcept;

enum class Cut : std::uint8_t { document, end, too_long, broken, out_of_memory };

struct LogFile {
    // The line of the next document, from 1.
    std::uint64_t line = 1;
    // What ended the reading of a file early.
    ReadFault fault;

    LogFile() = default;
    LogFile(const LogFile &) = delete;
    LogFile &operator=(const LogFile &) = delete;
    ~LogFile() { source_close(file); }

    // Goes on with a file, whose path ends with a zero byte; 0, or the errno of opening it.
    int open(const char *path) noexcept;
    // Goes on with a text.
    void open_text(Text text) noexcept;

    // Cuts the next document off. It stays where it is until the next call; `used` is what to pass() then. at: the time
    // written before it, or 0.
    Cut cut(Text &document, std::size_t &used, std::int64_t &at) noexcept;
    // Goes behind the document that was cut, or behind the first one in it, of which `first` bytes were read; 0: the
    // whole.
    void pass_document(Text document, std::size_t used, std::size_t first) noexcept;
    // Cuts the next row of a file that is CSV: two of its fields, which stay where they are until the next call; one
    // that the row lacks is empty. `used` is what to pass() then. broken: the row does not end.
    Cut cut_row(std::size_t column, CsvField &field, std::size_t other_column, CsvField &other,
                std::size_t &used) noexcept;
    // Goes behind so many bytes, counting lines.
    void pass(std::size_t bytes) noexcept;
    // Leaves the rest of the file unread.
    void stop() noexcept;
    // Goes to the next line without keeping this one. False: out of memory.
    bool drop_line() noexcept;

  private:
    Source *file = nullptr;
    Text rest;  // of a text that is read instead of a file
    bool ended = true;
    bool first_fill = true;
    // The line holds one document behind another.
    bool split = false;
    // Bytes of the file: those from `begin` on are not read yet.
    Bytes buffer;
    std::atomic<std::uint64_t> bytes_read{0};
    std::size_t begin = 0;

    void start() noexcept;
    bool fill() noexcept;
    Text unread() const noexcept { return buffer.text().substr(begin); }
};

const char *reason_of(ReadFaultKind kind) noexcept;

// 2026-04-17T14:21:50Z and its kin; a date alone is none.
bool read_time(Text text, std::int64_t &microseconds) noexcept;

}  // namespace bedrock_cost::invocations
