// SPDX-License-Identifier: PostgreSQL
// Whether a text is JSON that jsonb accepts: checked here, because the server's own reader answers with an error.
#include <bedrock_cost/base.hpp>

namespace bedrock_cost {
namespace {

// Nested deeper than any tag map; keeps the recursion of this file and of the server's reader harmless.
constexpr int max_depth = 32;
// A number within these limits cannot overflow numeric.
constexpr std::size_t max_number_length = 300;
constexpr std::size_t max_exponent_digits = 3;
// The server's reader doubles an array of 32 to 72 bytes for each member, which may take at most 1 GB.
constexpr std::size_t max_length = 16 * 1024 * 1024;

struct Reader {
    Text rest;

    bool done() const { return rest.empty(); }
    char peek() const { return rest.empty() ? '\0' : rest.front(); }
    char next()
    {
        const char c = peek();
        if (!rest.empty()) rest.remove_prefix(1);
        return c;
    }
    bool take(char c)
    {
        if (peek() != c || rest.empty()) return false;
        rest.remove_prefix(1);
        return true;
    }
    bool take(Text word)
    {
        if (!rest.starts_with(word)) return false;
        rest.remove_prefix(word.size());
        return true;
    }
    void skip_blanks()
    {
        while (!rest.empty() &&
               (rest.front() == ' ' || rest.front() == '\t' || rest.front() == '\n' || rest.front() == '\r'))
            rest.remove_prefix(1);
    }
};

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

std::size_t digits(Reader &reader)
{
    std::size_t count = 0;
    for (; is_digit(reader.peek()); reader.next()) ++count;
    return count;
}

bool number(Reader &reader)
{
    const std::size_t before = reader.rest.size();
    reader.take('-');
    if (!reader.take('0') && digits(reader) == 0) return false;
    if (reader.take('.') && digits(reader) == 0) return false;
    if (reader.take('e') || reader.take('E')) {
        if (!reader.take('+')) reader.take('-');
        const std::size_t exponent = digits(reader);
        if (exponent == 0 || exponent > max_exponent_digits) return false;
    }
    return before - reader.rest.size() <= max_number_length;
}

// The four hex digits behind \u, or -1.
int code_unit(Reader &reader)
{
    int value = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = reader.next();
        int digit = 0;
        if (is_digit(c))
            digit = c - '0';
        else if (c >= 'a' && c <= 'f')
            digit = c - 'a' + 10;
        else if (c >= 'A' && c <= 'F')
            digit = c - 'A' + 10;
        else
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

bool escape(Reader &reader)
{
    switch (reader.next()) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't':
            return true;
        case 'u': {
            // jsonb has no NUL, and wants surrogates in pairs.
            const int unit = code_unit(reader);
            if (unit <= 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) return false;
            if (unit < 0xD800 || unit > 0xDBFF) return true;
            if (!reader.take("\\u")) return false;
            const int low = code_unit(reader);
            return low >= 0xDC00 && low <= 0xDFFF;
        }
        default:
            return false;
    }
}

bool string(Reader &reader)
{
    if (!reader.take('"')) return false;
    while (!reader.done()) {
        const char c = reader.next();
        if (c == '"') return true;
        if (static_cast<unsigned char>(c) < 0x20) return false;
        if (c == '\\' && !escape(reader)) return false;
    }
    return false;
}

bool value(Reader &reader, int depth);

// The members of an object or array behind its opening bracket.
bool members(Reader &reader, char close, int depth)
{
    reader.skip_blanks();
    if (reader.take(close)) return true;
    do {
        reader.skip_blanks();
        if (close == '}') {
            if (!string(reader)) return false;
            reader.skip_blanks();
            if (!reader.take(':')) return false;
        }
        if (!value(reader, depth)) return false;
    } while (reader.take(','));
    return reader.take(close);
}

bool value(Reader &reader, int depth)
{
    if (depth > max_depth) return false;
    reader.skip_blanks();
    bool read = false;
    if (reader.take('{'))
        read = members(reader, '}', depth + 1);
    else if (reader.take('['))
        read = members(reader, ']', depth + 1);
    else if (reader.peek() == '"')
        read = string(reader);
    else
        read = reader.take("true") || reader.take("false") || reader.take("null") || number(reader);
    reader.skip_blanks();
    return read;
}

}  // namespace

bool is_jsonb(Text text) noexcept
{
    if (text.size() > max_length) return false;
    Reader reader{text};
    return value(reader, 0) && reader.done();
}

}  // namespace bedrock_cost
