// SPDX-License-Identifier: PostgreSQL
#include "invocation/file.hpp"

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"
#include "base/timestamp.hpp"

namespace bedrock_cost::invocations {

namespace {

// A record is small: AWS puts a body of more than 100 KB into a file of its own. An envelope holds some hundreds.
constexpr std::size_t longest_document = std::size_t{32} << 20U;
constexpr std::size_t first_room = std::size_t{1} << 20U;
// How far into a line a document may begin, behind the time and the stream that an export of CloudWatch Logs puts
// there.
constexpr std::size_t longest_prefix = 512;

// Where the first document of a text ends, or npos: brackets are counted outside of strings.
std::size_t document_end(Text text) noexcept
{
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char byte = text[i];
        if (byte == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i)
                if (text[i] == '\\') ++i;
        } else if (byte == '{' || byte == '[') {
            ++depth;
        } else if ((byte == '}' || byte == ']') && --depth <= 0) {
            return i + 1;
        }
    }
    return Text::npos;
}

// How many lines end in a text. A document is mostly one line, which a search for its end finds sooner than counting.
std::uint64_t line_ends(Text text) noexcept
{
    std::uint64_t ends = 0;
    for (std::size_t at = text.find('\n'); at != Text::npos; at = text.find('\n', at + 1)) ++ends;
    return ends;
}

}  // namespace

bool read_time(Text text, std::int64_t &microseconds) noexcept
{
    constexpr std::size_t date_length = 10;
    Moment moment;
    if (text.size() <= date_length || !read_moment(text, moment) || moment.seconds < 0) return false;
    microseconds = moment.seconds * 1000000 + moment.nanoseconds / 1000;
    return true;
}

void read_path(Text path, Origin &origin) noexcept
{
    constexpr Text folder = "/BedrockModelInvocationLogs/";
    origin.account[0] = origin.region[0] = '\0';
    const std::size_t at = path.rfind(folder);
    if (at == Text::npos) return;
    const std::size_t before = path.rfind('/', at == 0 ? 0 : at - 1);
    const Text account = before == Text::npos ? path.substr(0, at) : path.substr(before + 1, at - before - 1);
    if (is_account(account)) keep_short(origin.account, account);
    const Text rest = path.substr(at + folder.size());
    const std::size_t end = rest.find('/');
    if (end != Text::npos) keep_short(origin.region, rest.substr(0, end));
}

const char *reason_of(ReadFaultKind kind) noexcept
{
    switch (kind) {
        case ReadFaultKind::truncated_gzip:
            return "the compressed data end early";
        case ReadFaultKind::corrupt_gzip:
            return "the compressed data are damaged";
        case ReadFaultKind::garbage_after_gzip:
            return "something else follows the compressed data";
        default:
            return "the file cannot be read on";
    }
}

void LogFile::start() noexcept
{
    source_close(file);
    file = nullptr;
    rest = Text();
    ended = false;
    first_fill = true;
    fault = ReadFault{};
    buffer.count = begin = 0;
    line = 1;
    split = false;
}

int LogFile::open(const char *path) noexcept
{
    start();
    file = source_open(path);
    const ReadFault found = file == nullptr ? ReadFault{ReadFaultKind::out_of_memory} : source_fault(file);
    if (found.kind == ReadFaultKind::none || found.kind == ReadFaultKind::empty_file) return 0;
    ended = true;
    switch (found.kind) {
        case ReadFaultKind::is_directory:
            return EISDIR;
        case ReadFaultKind::not_a_file:
            return EINVAL;
        case ReadFaultKind::out_of_memory:
            return ENOMEM;
        default:
            return found.error_number != 0 ? found.error_number : EIO;
    }
}

void LogFile::open_text(Text text) noexcept
{
    start();
    rest = text;
}

// Reads on; false: out of memory. Sets `ended` at the end or where the file is damaged.
bool LogFile::fill() noexcept
{
    if (begin > 0) {
        std::memmove(buffer.at, buffer.at + begin, buffer.count - begin);
        buffer.count -= begin;
        begin = 0;
    }
    if (!buffer.want(std::max(first_room, buffer.count + buffer.count / 2))) return false;
    const std::size_t free_room = buffer.left();
    std::size_t got = 0;
    if (file != nullptr) {
        const std::size_t wanted = std::min(free_room, first_room);
        got = source_read(file, buffer.at + buffer.count, wanted, bytes_read);
        if (got < wanted) {
            ended = true;
            fault = source_fault(file);
        }
    } else {
        got = std::min(free_room, rest.size());
        if (got > 0) std::memcpy(buffer.at + buffer.count, rest.data(), got);
        rest.remove_prefix(got);
        ended = rest.empty();
    }
    buffer.count += got;
    if (first_fill && buffer.text().starts_with("\xef\xbb\xbf")) begin = 3;
    first_fill = false;
    return true;
}

void LogFile::pass(std::size_t bytes) noexcept
{
    line += line_ends(unread().substr(0, bytes));
    begin += bytes;
}

void LogFile::pass_document(Text document, std::size_t used, std::size_t first) noexcept
{
    if (first > 0) {
        split = true;
        used = static_cast<std::size_t>(document.data() - (buffer.at + begin)) + first;
    }
    pass(used);
    if (used > 0 && buffer.at[begin - 1] == '\n') split = false;
}

Cut LogFile::cut(Text &document, std::size_t &used, std::int64_t &at) noexcept
{
    std::size_t searched = 0;
    for (;;) {
        // To the next byte that is no blank.
        while (begin < buffer.count) {
            const char byte = buffer.at[begin];
            if (byte == '\n') {
                ++line;
                split = false;
            } else if (!is_blank(byte)) {
                break;
            }
            ++begin;
            searched = 0;
        }
        if (begin == buffer.count) {
            if (ended) return Cut::end;
            if (!fill()) return Cut::out_of_memory;
            continue;
        }
        const Text text = unread();
        const std::size_t newline = text.find('\n', searched);
        const bool long_line = newline == Text::npos && text.size() >= first_room;
        if ((split || long_line) && (text.front() == '{' || text.front() == '[')) {
            // Documents one behind the other: cut where the brackets close.
            const std::size_t end = document_end(text.substr(0, newline));
            if (end != Text::npos) {
                document = text.substr(0, end);
                used = end;
                split = true;
                return Cut::document;
            }
        }
        if (newline == Text::npos && !ended) {
            searched = text.size();
            if (text.size() >= longest_document) return Cut::too_long;
            if (!fill()) return Cut::out_of_memory;
            continue;
        }
        // A look at the first byte of the next line, too.
        if (newline != Text::npos && newline + 1 == text.size() && !ended) {
            searched = newline;
            if (!fill()) return Cut::out_of_memory;
            continue;
        }
        const std::size_t length = newline == Text::npos ? text.size() : newline;
        used = std::min(length + 1, text.size());
        document = trimmed(text.substr(0, length));
        const char next = used < text.size() ? text[used] : '\0';
        const bool indented = next == ' ' || next == '\t';
        // Nothing, as of a line of form feeds, or what is between the elements of an array.
        if (document.empty() || document == "]" || document == "]," ||
            ((document == "[" || document == ",") && !indented)) {
            pass(used);
            searched = 0;
            continue;
        }
        // One element of an array a line.
        if (document.back() == ',') document = trimmed(document.substr(0, document.size() - 1));
        if (document.empty()) {
            pass(used);
            searched = 0;
            continue;
        }
        const char first = document.front();
        const bool closed = document.back() == '}' || document.back() == ']';
        if ((first == '{' || first == '[') && !closed && indented) {
            // Spread over lines: it ends with a bracket in the first column.
            std::size_t end = text.find('\n');
            while (end != Text::npos && end + 1 < text.size() && text[end + 1] != '}' && text[end + 1] != ']')
                end = text.find('\n', end + 1);
            if (end != Text::npos && end + 1 < text.size()) {
                document = text.substr(0, end + 2);
                used = end + 2;
            } else if (!ended) {
                if (text.size() >= longest_document) return Cut::too_long;
                searched = newline;
                if (!fill()) return Cut::out_of_memory;
                continue;
            }
        } else if (is_digit(first)) {
            const std::size_t bracket = document.substr(0, longest_prefix).find('{');
            if (bracket != Text::npos) {
                const Text prefix = document.substr(0, bracket);
                if (!read_time(prefix.substr(0, prefix.find(' ')), at)) at = 0;
                document.remove_prefix(bracket);
            }
        }
        return Cut::document;
    }
}

Cut LogFile::cut_row(std::size_t column, CsvField &field, std::size_t other_column, CsvField &other,
                     std::size_t &used) noexcept
{
    for (;;) {
        while (begin < buffer.count && (buffer.at[begin] == '\n' || is_blank(buffer.at[begin]))) pass(1);
        if (begin == buffer.count) {
            if (ended) return Cut::end;
            if (!fill()) return Cut::out_of_memory;
            continue;
        }
        const Text text = unread();
        CsvReader reader{text};
        CsvField next;
        field = other = CsvField{};
        for (std::size_t at = 0; at == 0 || next.step == CsvStep::field; ++at) {
            next = csv_next(reader);
            if (at == column) field = next;
            if (at == other_column) other = next;
        }
        used = text.size() - reader.rest.size();
        // What ends where the bytes read so far end may go on.
        if (next.step == CsvStep::last_field && (!reader.rest.empty() || text.back() == '\n' || ended))
            return Cut::document;
        const bool limit = text.size() >= longest_document;
        if (next.step == CsvStep::broken && (ended || limit)) return Cut::broken;
        if (limit) return Cut::too_long;
        if (!fill()) return Cut::out_of_memory;
    }
}

void LogFile::stop() noexcept
{
    ended = true;
    rest = Text();
    begin = buffer.count;
}

bool LogFile::drop_line() noexcept
{
    for (;;) {
        const std::size_t newline = unread().find('\n');
        if (newline != Text::npos) {
            pass(newline + 1);
            return true;
        }
        begin = buffer.count;
        if (ended) return true;
        if (!fill()) return false;
    }
}

}  // namespace bedrock_cost::invocations
