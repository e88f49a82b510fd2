// SPDX-License-Identifier: PostgreSQL
// Model invocation logs. A file is cut into documents (mostly one a line), each is read by simdjson in one pass over its
// fields; what holds other documents (an envelope of CloudWatch Logs, an array) leaves them in a queue.
//
// A prompt or an answer is never unescaped or copied; of an answer only the numbers of its usage are looked at.
#include <bedrock_cost/invocation.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "inflate.hpp"
#include "moment.hpp"
#include "text.hpp"

#define SIMDJSON_EXCEPTIONS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <simdjson.h>
#pragma GCC diagnostic pop

namespace bedrock_cost {

namespace {

namespace json = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

// A record is small: AWS puts a body of more than 100 KB into a file of its own. An envelope holds some hundreds.
constexpr std::size_t longest_document = std::size_t{32} << 20U;
constexpr std::size_t first_room = std::size_t{1} << 20U;
constexpr std::size_t longest_text = 2048;
constexpr std::size_t longest_metadata = std::size_t{64} << 10U;
// How deep usage may lie in an answer.
constexpr int deepest_usage = 8;
// How far into a line a document may begin, behind the time and the stream that an export of CloudWatch Logs puts there.
constexpr std::size_t longest_prefix = 512;

constexpr const char *out_of_memory_reason = "out of memory";

// Bytes that grow, with room behind them for a parser that reads ahead.
struct Bytes {
    char *at = nullptr;
    std::size_t count = 0;
    std::size_t room = 0;

    Bytes() = default;
    Bytes(const Bytes &) = delete;
    Bytes &operator=(const Bytes &) = delete;
    ~Bytes() { std::free(at); }

    bool want(std::size_t bytes) noexcept
    {
        if (bytes <= room) return true;
        const std::size_t wider = std::max(bytes, std::max<std::size_t>(4096, room * 2));
        auto *moved = static_cast<char *>(std::realloc(at, wider + simdjson::SIMDJSON_PADDING));
        if (moved == nullptr) return false;
        at = moved;
        room = wider;
        return true;
    }
    bool add(Text text) noexcept
    {
        if (!want(count + text.size())) return false;
        if (!text.empty()) std::memcpy(at + count, text.data(), text.size());
        count += text.size();
        return true;
    }
    Text text() const noexcept { return {at, count}; }
};

// What a parser reads of a text: where it lies, and how far it may read ahead.
simdjson::padded_string_view padded(Text text) noexcept
{
    return simdjson::padded_string_view(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
}

bool is_blank(char byte) noexcept
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

// ---- time -----------------------------------------------------------------------------------------------------------

// 2026-04-17T14:21:50Z and its kin; a date alone is none.
bool read_time(Text text, std::int64_t &microseconds) noexcept
{
    constexpr std::size_t date_length = 10;
    Moment moment;
    if (text.size() <= date_length || !bedrock_cost::read_moment(text, moment) || moment.seconds < 0) return false;
    microseconds = moment.seconds * 1000000 + moment.nanoseconds / 1000;
    return true;
}

// A point in time counted since 1970, in seconds or milliseconds.
bool read_epoch(std::int64_t number, std::int64_t &microseconds) noexcept
{
    constexpr std::int64_t milliseconds_from = 100000000000;
    if (number <= 0 || number > 253402300799999) return false;
    microseconds = number >= milliseconds_from ? number * 1000 : number * 1000000;
    return true;
}

// ---- fields ---------------------------------------------------------------------------------------------------------

// The name of a field as it stands in the document: one with an escape equals none that is looked for.
Text name_of(const json::raw_json_string &key) noexcept
{
    const char *const begin = key.raw();
    const char *end = begin;
    while (*end != '"') ++end;
    return {begin, static_cast<std::size_t>(end - begin)};
}

json::json_type type_of(json::value value, error_code &error) noexcept
{
    json::json_type type = json::json_type::null;
    error = value.type().get(type);
    return type;
}

// What keeps a field from being read; null: nothing. The words name the field where that helps.
using Why = const char *;

Why why(error_code error) noexcept
{
    return error == SUCCESS ? nullptr : error == simdjson::MEMALLOC ? out_of_memory_reason : simdjson::error_message(error);
}

// A text, or a number as it is written; null and the empty text are absent.
Why read_text(json::value value, Text &text, const char *broken) noexcept
{
    error_code error = SUCCESS;
    text = Text();
    switch (type_of(value, error)) {
        case json::json_type::string:
            error = value.get_string().get(text);
            if (text.empty()) text = Text();
            break;
        case json::json_type::number:
            // Compared with others as it is written.
            if (error == SUCCESS) text = trimmed(value.raw_json_token());
            break;
        case json::json_type::null: return why(error);
        default: return error == SUCCESS ? broken : why(error);
    }
    if (error != SUCCESS) return why(error);
    if (text.size() > longest_text || (text.data() != nullptr && std::memchr(text.data(), '\0', text.size()) != nullptr))
        return broken;
    return nullptr;
}

// A number of a field; false: none is there.
bool read_number(json::value value, double scale, std::int64_t &number, error_code &error) noexcept
{
    if (type_of(value, error) != json::json_type::number || error != SUCCESS) return false;
    if (scale == 1 && value.get_int64().get(number) == SUCCESS) return true;
    double real = 0;
    if (value.get_double().get(real) != SUCCESS) return false;
    real *= scale;
    if (!(real >= 0 && real <= std::numeric_limits<std::int32_t>::max())) {
        number = -1;
        return true;
    }
    number = static_cast<std::int64_t>(real + 0.5);
    // Half a token is no count; a millisecond may be rounded.
    if (scale == 1 && static_cast<double>(number) != real) number = -1;
    return true;
}

// A count of the log; null is absent, anything but a count is broken.
Why read_count(json::value value, Count &count, const char *broken, double scale = 1) noexcept
{
    error_code error = SUCCESS;
    std::int64_t number = 0;
    if (!read_number(value, scale, number, error)) {
        if (error != SUCCESS) return why(error);
        return type_of(value, error) == json::json_type::null ? why(error) : broken;
    }
    if (number < 0 || number > std::numeric_limits<std::int32_t>::max()) return broken;
    count = static_cast<std::int32_t>(number);
    return nullptr;
}

// ---- the usage an answer states -------------------------------------------------------------------------------------

struct Usage {
    Count input, output, cache_read, cache_write, cache_write_5m, cache_write_1h;
    // Part of input, where the model counts cached tokens in.
    Count cached_input;
};

struct Answer {
    Usage usage;
    // What Bedrock itself counted, at the end of a stream.
    Usage metrics;
    Count latency, first_byte, images, search_units;
    Tier tier = Tier::absent;
};

// Of several counts of one thing in a stream the last is the whole; it is the largest.
error_code keep(json::value value, Count &count) noexcept
{
    error_code error = SUCCESS;
    std::int64_t number = 0;
    if (!read_number(value, 1, number, error)) return error;
    if (number >= 0 && number <= std::numeric_limits<std::int32_t>::max())
        count = std::max(count.value_or(0), static_cast<std::int32_t>(number));
    return SUCCESS;
}

void add(Count &count, Count more) noexcept
{
    if (!more) return;
    const std::int64_t sum = std::int64_t{count.value_or(0)} + *more;
    if (sum <= std::numeric_limits<std::int32_t>::max()) count = static_cast<std::int32_t>(sum);
}

// A text without escapes, where the value is one.
error_code read_word(json::value value, Text &word) noexcept
{
    error_code error = SUCCESS;
    word = Text();
    if (type_of(value, error) != json::json_type::string) return error;
    word = trimmed(value.raw_json_token());
    if (word.size() >= 2) word = word.substr(1, word.size() - 2);
    return SUCCESS;
}

Tier tier_of(Text word) noexcept
{
    if (is_word(word, "flex")) return Tier::flex;
    if (is_word(word, "priority")) return Tier::priority;
    if (is_word(word, "batch")) return Tier::batch;
    if (is_word(word, "optimized")) return Tier::latency_optimized;
    if (is_word(word, "default") || is_word(word, "standard")) return Tier::standard;
    return Tier::absent;
}

// Calls visit(name, value) for each field of an object; any other value has none.
template <class Visit>
error_code each_field(json::value value, Visit visit) noexcept
{
    error_code error = SUCCESS;
    if (type_of(value, error) != json::json_type::object || error != SUCCESS) return error;
    json::object object;
    if ((error = value.get_object().get(object)) != SUCCESS) return error;
    for (auto each : object) {
        json::field field;
        if ((error = std::move(each).get(field)) != SUCCESS) return error;
        if ((error = visit(name_of(field.key()), field.value())) != SUCCESS) return error;
    }
    return SUCCESS;
}

template <class Visit>
error_code each_element(json::value value, Visit visit) noexcept
{
    error_code error = SUCCESS;
    if (type_of(value, error) != json::json_type::array || error != SUCCESS) return error;
    json::array array;
    if ((error = value.get_array().get(array)) != SUCCESS) return error;
    for (auto each : array) {
        json::value element;
        if ((error = std::move(each).get(element)) != SUCCESS) return error;
        if ((error = visit(element)) != SUCCESS) return error;
    }
    return SUCCESS;
}

// An object as it is written.
error_code read_object(json::value value, Text &text) noexcept
{
    json::object object;
    const error_code error = value.get_object().get(object);
    return error != SUCCESS ? error : object.raw_json().get(text);
}

error_code read_tier(json::value value, Tier &tier) noexcept
{
    Text word;
    error_code error = SUCCESS;
    if (type_of(value, error) == json::json_type::object)
        error = each_field(value, [&](Text name, json::value inner) {
            return is_word(name, "type") || is_word(name, "latency") ? read_word(inner, word) : SUCCESS;
        });
    else if (error == SUCCESS)
        error = read_word(value, word);
    if (tier_of(word) != Tier::absent) tier = tier_of(word);
    return error;
}

// usage of Converse, of Anthropic, OpenAI, Nova and Cohere models; invocationMetrics.
error_code read_usage(json::value value, Usage &usage, Answer &answer) noexcept
{
    return each_field(value, [&](Text name, json::value count) -> error_code {
        if (name.size() < 6) return SUCCESS;
        if (is_word(name, "inputTokens") || is_word(name, "input_tokens") || is_word(name, "prompt_tokens") ||
            is_word(name, "inputTokenCount"))
            return keep(count, usage.input);
        if (is_word(name, "outputTokens") || is_word(name, "output_tokens") || is_word(name, "completion_tokens") ||
            is_word(name, "outputTokenCount"))
            return keep(count, usage.output);
        if (is_word(name, "cacheReadInputTokens") || is_word(name, "cacheReadInputTokenCount") ||
            is_word(name, "cache_read_input_tokens"))
            return keep(count, usage.cache_read);
        if (is_word(name, "cacheWriteInputTokens") || is_word(name, "cacheWriteInputTokenCount") ||
            is_word(name, "cache_creation_input_tokens"))
            return keep(count, usage.cache_write);
        if (is_word(name, "cache_creation"))
            return each_field(count, [&](Text ttl, json::value written) {
                if (is_word(ttl, "ephemeral_5m_input_tokens")) return keep(written, usage.cache_write_5m);
                if (is_word(ttl, "ephemeral_1h_input_tokens")) return keep(written, usage.cache_write_1h);
                return SUCCESS;
            });
        if (is_word(name, "cacheDetails"))
            return each_element(count, [&](json::value detail) {
                Text ttl;
                Count written;
                const error_code error = each_field(detail, [&](Text part, json::value inner) {
                    if (is_word(part, "ttl")) return read_word(inner, ttl);
                    return is_word(part, "inputTokens") ? keep(inner, written) : SUCCESS;
                });
                Count &kept = is_word(ttl, "1h") ? usage.cache_write_1h : usage.cache_write_5m;
                if (written && (is_word(ttl, "1h") || is_word(ttl, "5m")))
                    kept = std::max(kept.value_or(0), *written);
                return error;
            });
        if (is_word(name, "prompt_tokens_details") || is_word(name, "input_tokens_details"))
            return each_field(count, [&](Text part, json::value inner) {
                return is_word(part, "cached_tokens") ? keep(inner, usage.cached_input) : SUCCESS;
            });
        if (is_word(name, "search_units")) return keep(count, answer.search_units);
        if (is_word(name, "images")) return keep(count, answer.images);
        if (is_word(name, "service_tier")) return read_tier(count, answer.tier);
        if (is_word(name, "invocationLatency")) return keep(count, answer.latency);
        if (is_word(name, "firstByteLatency")) return keep(count, answer.first_byte);
        return SUCCESS;
    });
}

// An answer: an object, the array of what a stream sent, or part of either.
error_code read_answer(json::value value, Answer &answer, int depth) noexcept
{
    error_code error = SUCCESS;
    if (depth > deepest_usage) return SUCCESS;
    if (type_of(value, error) == json::json_type::array)
        return each_element(value, [&](json::value element) { return read_answer(element, answer, depth + 1); });
    if (error != SUCCESS) return error;
    return each_field(value, [&](Text name, json::value inner) -> error_code {
        switch (name.size()) {
            case 4:
                if (is_word(name, "meta")) return read_answer(inner, answer, depth + 1);
                break;
            case 5:
                if (is_word(name, "usage")) return read_usage(inner, answer.usage, answer);
                break;
            case 6:
                if (is_word(name, "images")) {
                    std::int32_t images = 0;
                    const error_code counted = each_element(inner, [&](json::value) {
                        ++images;
                        return SUCCESS;
                    });
                    if (images > 0) answer.images = std::max(answer.images.value_or(0), images);
                    return counted;
                }
                break;
            case 7:
                // message_start of a stream has its usage inside message.
                if (is_word(name, "message")) return read_answer(inner, answer, depth + 1);
                if (is_word(name, "metrics"))
                    return each_field(inner, [&](Text part, json::value latency) {
                        return is_word(part, "latencyMs") ? keep(latency, answer.latency) : SUCCESS;
                    });
                if (is_word(name, "results")) {
                    Count written;
                    const error_code read = each_element(inner, [&](json::value result) {
                        return each_field(result, [&](Text part, json::value count) {
                            Count one;
                            const error_code kept = is_word(part, "tokenCount") ? keep(count, one) : SUCCESS;
                            add(written, one);
                            return kept;
                        });
                    });
                    if (written) answer.usage.output = std::max(answer.usage.output.value_or(0), *written);
                    return read;
                }
                break;
            case 8:
                if (is_word(name, "metadata") || is_word(name, "response")) return read_answer(inner, answer, depth + 1);
                break;
            case 11:
                if (is_word(name, "serviceTier")) return read_tier(inner, answer.tier);
                break;
            case 12:
                if (is_word(name, "service_tier")) return read_tier(inner, answer.tier);
                if (is_word(name, "billed_units")) return read_usage(inner, answer.usage, answer);
                break;
            case 17:
                if (is_word(name, "performanceConfig")) return read_tier(inner, answer.tier);
                break;
            case 18:
                if (is_word(name, "prompt_token_count")) return keep(inner, answer.usage.input);
                break;
            case 19:
                if (is_word(name, "inputTextTokenCount")) return keep(inner, answer.usage.input);
                break;
            case 22:
                if (is_word(name, "generation_token_count")) return keep(inner, answer.usage.output);
                break;
            case 25:
                if (is_word(name, "totalOutputTextTokenCount")) return keep(inner, answer.usage.output);
                break;
            case 32:
                if (is_word(name, "amazon-bedrock-invocationMetrics")) return read_usage(inner, answer.metrics, answer);
                break;
            default: break;
        }
        return SUCCESS;
    });
}

// ---- documents ------------------------------------------------------------------------------------------------------

// A document that waits in the queue, its text behind it.
struct Waiting {
    std::size_t bytes;
    std::int64_t at;
};

// Keys met lately. It forgets some, and says of none that it was met where it was not.
struct Lately {
    static constexpr std::size_t places = std::size_t{1} << 13U;
    std::array<unsigned char, 16> keys[places]{};

    bool met(const std::array<unsigned char, 16> &key) noexcept
    {
        std::size_t place = 0;
        std::memcpy(&place, key.data(), sizeof place);
        auto &kept = keys[place % places];
        if (kept == key) return true;
        kept = key;
        return false;
    }
};

// Where a record comes from, for what it does not say itself.
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

bool is_account(Text text) noexcept
{
    return text.size() == 12 && all_digits(text);
}

// AWSLogs/ACCOUNT/BedrockModelInvocationLogs/REGION/ is where Bedrock writes in a bucket.
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
        case ReadFaultKind::truncated_gzip: return "the compressed data end early";
        case ReadFaultKind::corrupt_gzip: return "the compressed data are damaged";
        case ReadFaultKind::garbage_after_gzip: return "something else follows the compressed data";
        default: return "the file cannot be read on";
    }
}

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

}  // namespace

struct InvocationReader {
    json::parser parser;
    // Of a body that is a text with JSON in it.
    json::parser body_parser;

    Source *file = nullptr;
    Text rest;  // of a text that is read instead of a file
    bool ended = true;
    bool first_fill = true;
    ReadFault file_fault;

    // Bytes of the file: those from `begin` on are not read yet.
    Bytes buffer;
    std::atomic<std::uint64_t> bytes_read{0};
    std::size_t begin = 0;
    std::uint64_t line = 1;
    // The line holds one document behind another.
    bool split = false;

    Origin path_origin{};
    Origin origin{};
    Bytes queue;
    std::size_t queue_at = 0;
    std::uint64_t queue_line = 0;

    Lately combinations, principals;
    Bytes label_keys;
    Bytes labels, key, scratch;
    InvocationReading reading;

    ~InvocationReader()
    {
        source_close(file);
    }

    void start() noexcept
    {
        source_close(file);
        file = nullptr;
        rest = Text();
        ended = false;
        first_fill = true;
        file_fault = ReadFault{};
        buffer.count = begin = 0;
        line = 1;
        split = false;
        queue.count = queue_at = 0;
        path_origin = Origin{};
    }

    // ---- bytes ------------------------------------------------------------------------------------------------------

    // Reads on; false: out of memory. Sets `ended` at the end or where the file is damaged.
    bool fill() noexcept
    {
        if (begin > 0) {
            std::memmove(buffer.at, buffer.at + begin, buffer.count - begin);
            buffer.count -= begin;
            begin = 0;
        }
        if (!buffer.want(std::max(first_room, buffer.count + buffer.count / 2))) return false;
        const std::size_t free_room = buffer.room - buffer.count;
        std::size_t got = 0;
        if (file != nullptr) {
            const std::size_t wanted = std::min(free_room, first_room);
            got = source_read(file, buffer.at + buffer.count, wanted, bytes_read);
            if (got < wanted) {
                ended = true;
                file_fault = source_fault(file);
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

    Text unread() const noexcept { return buffer.text().substr(begin); }

    // Goes behind so many bytes, counting lines.
    void pass(std::size_t bytes) noexcept
    {
        const char *const from = buffer.at + begin;
        line += static_cast<std::uint64_t>(std::count(from, from + bytes, '\n'));
        begin += bytes;
    }

    // ---- cutting ----------------------------------------------------------------------------------------------------

    enum class Cut : std::uint8_t { document, end, too_long, out_of_memory };

    // Cuts the next document off the file. It stays in the buffer until the next call; `used` is what to pass then.
    Cut cut(Text &document, std::size_t &used, std::int64_t &at) noexcept
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
            const char first = document.front();
            const bool indented = next == ' ' || next == '\t';
            if (document == "]" || document == "]," || ((document == "[" || document == ",") && !indented)) {
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

    // Goes to the next line without keeping this one.
    bool drop_line() noexcept
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

    // ---- the queue --------------------------------------------------------------------------------------------------

    bool enqueue(Text document, std::int64_t at) noexcept
    {
        const Waiting waiting{document.size(), at};
        return queue.add({reinterpret_cast<const char *>(&waiting), sizeof waiting}) && queue.add(document);
    }

    // logEvents of a subscription, events of `aws logs`: each has its message and its time.
    Why enqueue_events(json::value value) noexcept
    {
        bool room = true;
        const error_code error = each_element(value, [&](json::value event) -> error_code {
            Text message;
            std::int64_t at = 0;
            error_code failed = each_field(event, [&](Text name, json::value inner) -> error_code {
                if (is_word(name, "message")) return read_message(inner, message);
                std::int64_t number = 0;
                error_code wrong = SUCCESS;
                if (is_word(name, "timestamp") && read_number(inner, 1, number, wrong)) read_epoch(number, at);
                return wrong;
            });
            if (failed == SUCCESS && message.data() != nullptr) room = room && enqueue(message, at);
            return failed;
        });
        return !room ? out_of_memory_reason : why(error);
    }

    // The message of an event: a text with JSON in it, or an object.
    static error_code read_message(json::value value, Text &message) noexcept
    {
        error_code error = SUCCESS;
        switch (type_of(value, error)) {
            case json::json_type::string: return value.get_string().get(message);
            case json::json_type::object: return read_object(value, message);
            default: return error;
        }
    }

    Why enqueue_elements(json::value value) noexcept
    {
        bool room = true;
        const error_code error = each_element(value, [&](json::value element) -> error_code {
            error_code failed = SUCCESS;
            Text document;
            if (type_of(element, failed) != json::json_type::object) return failed;
            if ((failed = read_object(element, document)) != SUCCESS) return failed;
            room = room && enqueue(document, 0);
            return SUCCESS;
        });
        return !room ? out_of_memory_reason : why(error);
    }

    // ---- records ----------------------------------------------------------------------------------------------------

    // What a document turned out to be.
    struct Found {
        bool record = false;
        bool container = false;
        bool other = false;
        bool has_time = false;
        bool counted = false;
        Answer answer;
        Text model_arn;
    };

    // Whether a key of requestMetadata was asked for.
    bool is_label(Text name) const noexcept
    {
        Text keys = label_keys.text();
        while (!keys.empty()) {
            const std::size_t end = std::min(keys.find('\n'), keys.size());
            const Text wanted = keys.substr(0, end);
            keys.remove_prefix(std::min(end + 1, keys.size()));
            std::size_t at = 0;
            bool same = true;
            for (const char byte : name) {
                if (!is_alphanumeric(byte)) continue;
                same = at < wanted.size() && wanted[at] == lower(byte);
                if (!same) break;
                ++at;
            }
            if (same && at == wanted.size()) return true;
        }
        return false;
    }

    Why read_metadata(json::value value, Invocation &record) noexcept
    {
        constexpr const char *broken = "requestMetadata is no object of texts";
        error_code error = SUCCESS;
        const json::json_type type = type_of(value, error);
        if (error != SUCCESS) return why(error);
        if (type == json::json_type::null) return nullptr;
        if (type != json::json_type::object) return broken;
        labels.count = 0;
        bool room = true;
        const char *const from = value.raw_json_token().data();
        const char *last = from;
        error = each_field(value, [&](Text name, json::value inner) -> error_code {
            error_code failed = SUCCESS;
            const Text token = trimmed(inner.raw_json_token());
            last = token.data() + token.size();
            if (type_of(inner, failed) != json::json_type::string || !is_label(name)) return failed;
            room = room && labels.add(labels.count == 0 ? "{\"" : ",\"") && labels.add(name) && labels.add("\":") &&
                   labels.add(token);
            return SUCCESS;
        });
        if (error != SUCCESS) return why(error);
        if (!room || (labels.count > 0 && !labels.add("}"))) return out_of_memory_reason;
        const char *const end = static_cast<const char *>(
            std::memchr(last, '}', static_cast<std::size_t>(document_limit - last)));
        if (end == nullptr) return broken;
        // An object or array as value has brackets of its own; AWS allows only texts.
        record.metadata = Text(from, static_cast<std::size_t>(end + 1 - from));
        if (last == from) record.metadata = Text();
        if (record.metadata.size() > longest_metadata) return "requestMetadata has more than 64 KB";
        if (record.metadata.data() != nullptr && !is_jsonb(record.metadata)) return broken;
        record.labels = labels.count > 0 ? labels.text() : Text();
        if (record.labels.data() != nullptr && !is_jsonb(record.labels)) return broken;
        return nullptr;
    }

    // A body as a text: JSON in JSON, where it is any.
    void read_text_body(json::value value, Answer &answer) noexcept
    {
        const Text token = value.raw_json_token();
        Text body;
        if (!(token.starts_with("\"{") || token.starts_with("\"[")) || value.get_string().get(body) != SUCCESS) return;
        scratch.count = 0;
        if (!scratch.add(body)) return;
        json::document document;
        json::value root;
        Answer inner;
        if (body_parser.iterate(padded(scratch.text())).get(document) != SUCCESS) return;
        if (document.get_value().get(root) != SUCCESS || read_answer(root, inner, 0) != SUCCESS) return;
        answer = inner;
    }

    Why read_input(json::value value, Invocation &record, Found &found) noexcept
    {
        Why wrong = nullptr;
        const error_code error = each_field(value, [&](Text name, json::value inner) -> error_code {
            wrong = read_counts(name, inner, record, found);
            return wrong == nullptr ? SUCCESS : simdjson::INCORRECT_TYPE;
        });
        return wrong != nullptr ? wrong : why(error);
    }

    Why read_output(json::value value, Invocation &record, Found &found) noexcept
    {
        Why wrong = nullptr;
        const error_code error = each_field(value, [&](Text name, json::value inner) -> error_code {
            if (is_word(name, "outputBodyJson")) {
                error_code failed = SUCCESS;
                if (type_of(inner, failed) == json::json_type::string) {
                    read_text_body(inner, found.answer);
                    return SUCCESS;
                }
                return failed != SUCCESS ? failed : read_answer(inner, found.answer, 0);
            }
            wrong = read_counts(name, inner, record, found);
            return wrong == nullptr ? SUCCESS : simdjson::INCORRECT_TYPE;
        });
        return wrong != nullptr ? wrong : why(error);
    }

    static Why read_counts(Text name, json::value value, Invocation &record, Found &found) noexcept
    {
        const auto count = [&](Count &kept, const char *broken, double scale = 1) {
            const Why wrong = read_count(value, kept, broken, scale);
            found.counted = found.counted || kept.has_value();
            return wrong;
        };
        switch (name.size()) {
            case 9:
                if (is_word(name, "latencyMs")) return read_count(value, record.latency, "latencyMs is no count");
                break;
            case 11:
                if (is_word(name, "searchUnits")) return count(record.search_units, "searchUnits is no count");
                break;
            case 15:
                if (is_word(name, "inputTokenCount")) return count(record.input_tokens, "inputTokenCount is no count");
                break;
            case 16:
                if (is_word(name, "outputTokenCount")) return count(record.output_tokens, "outputTokenCount is no count");
                break;
            case 17:
                if (is_word(name, "outputImagesCount")) return count(record.images, "outputImagesCount is no count");
                break;
            case 24:
                if (is_word(name, "cacheReadInputTokenCount"))
                    return count(record.cache_read_tokens, "cacheReadInputTokenCount is no count");
                break;
            case 25:
                if (is_word(name, "cacheWriteInputTokenCount"))
                    return count(record.cache_write_tokens, "cacheWriteInputTokenCount is no count");
                if (is_word(name, "audioInputDurationSeconds"))
                    return count(record.input_audio, "audioInputDurationSeconds is no duration", 1000);
                if (is_word(name, "videoInputDurationSeconds"))
                    return count(record.input_video, "videoInputDurationSeconds is no duration", 1000);
                break;
            case 26:
                if (is_word(name, "outputAudioDurationSeconds"))
                    return count(record.output_audio, "outputAudioDurationSeconds is no duration", 1000);
                if (is_word(name, "outputVideoDurationSeconds"))
                    return count(record.output_video, "outputVideoDurationSeconds is no duration", 1000);
                break;
            default: break;
        }
        return nullptr;
    }

    static Why read_time_field(json::value value, Invocation &record, Found &found) noexcept
    {
        constexpr const char *broken = "timestamp is no point in time";
        error_code error = SUCCESS;
        switch (type_of(value, error)) {
            case json::json_type::string: {
                Text text;
                if ((error = value.get_string().get(text)) != SUCCESS) return why(error);
                found.has_time = read_time(text, record.logged_at);
                return found.has_time ? nullptr : broken;
            }
            case json::json_type::number: {
                std::int64_t number = 0;
                found.has_time = read_number(value, 1, number, error) && read_epoch(number, record.logged_at);
                return found.has_time ? nullptr : broken;
            }
            case json::json_type::null: return why(error);
            default: return error != SUCCESS ? why(error) : broken;
        }
    }

    // userIdentity of an event, identity of a record.
    static Why read_identity(json::value value, Text &principal) noexcept
    {
        Why wrong = nullptr;
        const error_code error = each_field(value, [&](Text name, json::value inner) -> error_code {
            if (is_word(name, "arn")) wrong = read_text(inner, principal, "identity.arn is no text");
            return wrong == nullptr ? SUCCESS : simdjson::INCORRECT_TYPE;
        });
        return wrong != nullptr ? wrong : why(error);
    }

    // One text of an object inside a record, absent where it is no text.
    static Why read_inner(json::value value, Text wanted, Text &text) noexcept
    {
        Why wrong = nullptr;
        const error_code error = each_field(value, [&](Text name, json::value inner) -> error_code {
            if (name == wanted && read_text(inner, text, "") != nullptr) text = Text();
            return SUCCESS;
        });
        return wrong != nullptr ? wrong : why(error);
    }

    // One field of a document.
    Why read_field(Text name, json::value value, Invocation &record, Found &found, bool queued) noexcept
    {
        switch (name.size()) {
            case 5:
                if (is_word(name, "input")) return read_input(value, record, found);
                if (is_word(name, "owner") && !queued) {
                    Text owner;
                    if (read_text(value, owner, "") == nullptr && is_account(owner)) keep_short(origin.account, owner);
                }
                break;
            case 6:
                if (is_word(name, "output")) return read_output(value, record, found);
                if (is_word(name, "region")) return read_text(value, record.region, "region is no text");
                if (is_word(name, "events") && !queued) {
                    found.container = true;
                    return enqueue_events(value);
                }
                break;
            case 7:
                if (is_word(name, "modelId")) {
                    found.record = true;
                    return read_text(value, record.model, "modelId is no text");
                }
                if (is_word(name, "Records") && !queued) {
                    found.container = true;
                    return enqueue_elements(value);
                }
                if (is_word(name, "message") && !queued) {
                    Text message;
                    const error_code error = read_message(value, message);
                    if (error == SUCCESS && message.starts_with('{')) {
                        found.container = true;
                        return enqueue(message, 0) ? nullptr : out_of_memory_reason;
                    }
                    return why(error);
                }
                break;
            case 8:
                if (is_word(name, "identity")) return read_identity(value, record.principal);
                if (is_word(name, "modelArn")) return read_text(value, found.model_arn, "modelArn is no text");
                break;
            case 9:
                if (is_word(name, "accountId")) return read_text(value, record.account_id, "accountId is no text");
                if (is_word(name, "requestId")) {
                    found.record = true;
                    return read_text(value, record.request_id, "requestId is no text");
                }
                if (is_word(name, "operation")) return read_text(value, record.operation, "operation is no text");
                if (is_word(name, "timestamp")) return read_time_field(value, record, found);
                if (is_word(name, "errorCode")) return read_text(value, record.error_code, "errorCode is no text");
                if (is_word(name, "logEvents") && !queued) {
                    found.container = true;
                    return enqueue_events(value);
                }
                if (is_word(name, "requestID")) return read_text(value, record.request_id, "requestID is no text");
                if (is_word(name, "awsRegion")) return read_text(value, record.region, "awsRegion is no text");
                if (is_word(name, "eventTime")) return read_time_field(value, record, found);
                if (is_word(name, "eventName")) return read_text(value, record.operation, "eventName is no text");
                break;
            case 10:
                if (is_word(name, "schemaType")) {
                    Text schema;
                    if (const Why wrong = read_text(value, schema, "schemaType is no text")) return wrong;
                    if (!contains_folded(schema, "invocation")) return "schemaType is not ModelInvocationLog";
                    found.record = true;
                }
                break;
            case 11:
                if (is_word(name, "eventSource")) {
                    Text source;
                    record.kind = InvocationKind::event;
                    if (const Why wrong = read_text(value, source, "eventSource is no text")) return wrong;
                    found.other = !source.starts_with("bedrock");
                }
                if (is_word(name, "messageType")) {
                    Text type;
                    found.container = true;
                    return read_text(value, type, "messageType is no text");
                }
                if (is_word(name, "serviceTier")) return why(read_tier(value, found.answer.tier));
                break;
            case 12:
                if (is_word(name, "userIdentity")) return read_identity(value, record.principal);
                break;
            case 15:
                if (is_word(name, "inferenceRegion"))
                    return read_text(value, record.inference_region, "inferenceRegion is no text");
                if (is_word(name, "requestMetadata")) return read_metadata(value, record);
                if (is_word(name, "sourceIPAddress"))
                    return read_text(value, record.source_address, "sourceIPAddress is no text");
                break;
            case 17:
                if (is_word(name, "requestParameters")) return read_inner(value, "modelId", record.model);
                break;
            case 18:
                if (is_word(name, "recipientAccountId"))
                    return read_text(value, record.account_id, "recipientAccountId is no text");
                break;
            case 19:
                if (is_word(name, "inferenceProfileArn"))
                    return read_text(value, record.profile, "inferenceProfileArn is no text");
                if (is_word(name, "additionalEventData"))
                    return read_inner(value, "inferenceRegion", record.inference_region);
                break;
            default: break;
        }
        return nullptr;
    }

    // Counts the record lacks, as its answer states them.
    static void take_answer(Invocation &record, const Found &found) noexcept
    {
        const Answer &answer = found.answer;
        Usage body = answer.usage;
        // OpenAI's prompt tokens count cached ones in, Bedrock's input tokens do not.
        if (body.cached_input && body.input && !body.cache_read) {
            body.cache_read = body.cached_input;
            body.input = std::max(0, *body.input - *body.cached_input);
        }
        const auto fill = [](Count &count, Count first, Count second) {
            if (!count) count = first ? first : second;
        };
        fill(record.input_tokens, answer.metrics.input, body.input);
        fill(record.output_tokens, answer.metrics.output, body.output);
        fill(record.cache_read_tokens, answer.metrics.cache_read, body.cache_read);
        Count written = body.cache_write_5m;
        add(written, body.cache_write_1h);
        fill(record.cache_write_tokens, answer.metrics.cache_write, body.cache_write ? body.cache_write : written);
        if (body.cache_write_1h) {
            record.cache_write_1h_tokens = std::min(*body.cache_write_1h, record.cache_write_tokens.value_or(0));
        } else if (record.cache_write_tokens && (*record.cache_write_tokens == 0 ||
                   (body.cache_write_5m && *body.cache_write_5m >= *record.cache_write_tokens))) {
            record.cache_write_1h_tokens = 0;
        }
        fill(record.images, answer.images, {});
        fill(record.search_units, answer.search_units, {});
        fill(record.latency, answer.latency, {});
        fill(record.first_byte, answer.first_byte, {});
        record.tier = answer.tier;
        if (record.tier == Tier::absent && contains_folded(record.operation, "batch")) record.tier = Tier::batch;
        const bool any = record.input_tokens || record.output_tokens || record.cache_read_tokens ||
                         record.cache_write_tokens || record.images || record.search_units;
        record.count_basis = found.counted ? CountBasis::log : any ? CountBasis::body : CountBasis::none;
    }

    bool add_part(Text part) noexcept
    {
        const auto size = static_cast<std::uint32_t>(part.data() == nullptr ? ~std::uint32_t{0} : part.size());
        return key.add({reinterpret_cast<const char *>(&size), sizeof size}) && key.add(part);
    }

    bool take_keys(Invocation &record) noexcept
    {
        key.count = 0;
        if (!add_part(record.request_id) || !add_part(record.account_id) || !add_part(record.region)) return false;
        record.request_key = combination_hash(key.text());
        key.count = 0;
        for (const Text part : {record.account_id, record.region, record.inference_region, record.operation, record.model,
                                record.profile, record.caller, Text(word(record.tier)), record.labels})
            if (!add_part(part)) return false;
        record.combination = combination_hash(key.text());
        // An event is not told what requests are.
        if (record.kind == InvocationKind::event) return true;
        record.combination_repeated = combinations.met(record.combination);
        if (record.principal.data() != nullptr) {
            record.principal_key = combination_hash(record.principal);
            record.principal_repeated = principals.met(record.principal_key);
        }
        return true;
    }

    // End of the document that is read, and of the bytes behind it that may be read.
    const char *document_limit = nullptr;

    // Reads a document; `used` is how much of it was one, where it is another one that follows.
    void read_document(Text text, std::int64_t at, bool queued, std::size_t *used) noexcept
    {
        Invocation &record = reading.record;
        record = Invocation{};
        record.line = reading.line;
        reading.step = InvocationStep::malformed;
        document_limit = text.data() + text.size();
        Found found;
        json::document document;
        json::object object;
        error_code error = parser.iterate(padded(text)).get(document);
        if (error == SUCCESS && text.front() == '[' && !queued) {
            json::value root;
            error = document.get_value().get(root);
            reading.reason = error == SUCCESS ? enqueue_elements(root) : why(error);
            found.container = true;
        } else {
            if (error == SUCCESS) error = document.get_object().get(object);
            reading.reason = text.front() == '{' ? why(error) : "no JSON object";
            if (reading.reason == nullptr) {
                for (auto each : object) {
                    json::field field;
                    if ((error = std::move(each).get(field)) != SUCCESS) {
                        reading.reason = why(error);
                        break;
                    }
                    reading.reason = read_field(name_of(field.key()), field.value(), record, found, queued);
                    if (reading.reason != nullptr) break;
                }
            }
        }
        if (reading.reason == out_of_memory_reason) {
            reading.step = InvocationStep::out_of_memory;
            return;
        }
        if (reading.reason != nullptr) {
            // Nothing of a container that is broken further on.
            if (!queued) queue.count = 0;
            return;
        }
        const char *behind = nullptr;
        if (document.current_location().get(behind) == SUCCESS && behind < document_limit) {
            if (used == nullptr) {
                reading.reason = "more than one JSON document in a message";
                return;
            }
            *used = static_cast<std::size_t>(behind - text.data());
        }
        if (found.container) {
            reading.step = InvocationStep::skipped;
            return;
        }
        finish_record(record, found, at);
    }

    // What a record lacks comes from where it stands; what it must have is checked.
    void finish_record(Invocation &record, Found &found, std::int64_t at) noexcept
    {
        const bool event = record.kind == InvocationKind::event;
        if (event && (found.other || record.request_id.data() == nullptr || record.model.data() == nullptr)) {
            // An event of another service, or about something else than a request to a model.
            reading.step = InvocationStep::skipped;
            return;
        }
        if (!found.record && !event) {
            reading.reason = "no record of a model invocation";
            return;
        }
        if (record.request_id.data() == nullptr) {
            reading.reason = "requestId is missing";
            return;
        }
        if (record.model.data() == nullptr) record.model = found.model_arn;
        if (record.model.data() == nullptr) record.model = record.profile;
        if (record.model.data() == nullptr) {
            reading.reason = "modelId is missing";
            return;
        }
        if (!found.has_time && at == 0) {
            reading.reason = "timestamp is missing";
            return;
        }
        if (!found.has_time) record.logged_at = at;
        if (record.account_id.data() == nullptr) record.account_id = origin.account_text();
        if (record.region.data() == nullptr) record.region = origin.region_text();
        take_answer(record, found);
        record.caller = record.principal;
        const PrincipalParts parts = principal_parts(record.principal);
        if (parts.session.data() != nullptr && record.principal.size() > parts.session.size())
            record.caller = record.principal.substr(0, record.principal.size() - parts.session.size() - 1);
        if (!take_keys(record)) {
            reading.step = InvocationStep::out_of_memory;
            return;
        }
        reading.step = InvocationStep::record;
    }

    void next() noexcept
    {
        reading.reason = nullptr;
        if (queue_at < queue.count) {
            Waiting waiting{};
            std::memcpy(&waiting, queue.at + queue_at, sizeof waiting);
            const Text text(queue.at + queue_at + sizeof waiting, waiting.bytes);
            queue_at += sizeof waiting + waiting.bytes;
            reading.line = queue_line;
            const Text document = trimmed(text);
            // A subscription begins with a message that is none.
            if (document.empty() || document.front() != '{') {
                reading.step = InvocationStep::malformed;
                reading.reason = "a message that is no JSON object";
                return;
            }
            return read_document(document, waiting.at, true, nullptr);
        }
        queue.count = queue_at = 0;
        origin = path_origin;

        Text document;
        std::size_t used = 0;
        std::int64_t at = 0;
        const Cut result = cut(document, used, at);
        reading.line = queue_line = line;
        switch (result) {
            case Cut::document: break;
            case Cut::end:
                reading.step = InvocationStep::end;
                if (file_fault.kind != ReadFaultKind::none) {
                    reading.step = file_fault.kind == ReadFaultKind::out_of_memory ? InvocationStep::out_of_memory
                                                                                   : InvocationStep::unreadable;
                    reading.reason = reason_of(file_fault.kind);
                    file_fault = ReadFault{};
                }
                return;
            case Cut::too_long:
                reading.step = drop_line() ? InvocationStep::malformed : InvocationStep::out_of_memory;
                reading.reason = "a document of more than 32 MB";
                return;
            case Cut::out_of_memory: reading.step = InvocationStep::out_of_memory; return;
        }
        std::size_t document_used = 0;
        const std::size_t before = static_cast<std::size_t>(document.data() - (buffer.at + begin));
        read_document(document, at, false, &document_used);
        if (document_used > 0) {
            split = true;
            used = before + document_used;
        }
        pass(used);
        if (used > 0 && buffer.at[begin - 1] == '\n') split = false;
    }
};

InvocationReader *invocations_open(Text label_keys) noexcept
{
    auto *reader = new (std::nothrow) InvocationReader;
    if (reader == nullptr) return nullptr;
    // Folded once.
    bool room = true;
    for (const char byte : label_keys)
        if (is_alphanumeric(byte) || byte == '\n') {
            const char folded = lower(byte);
            room = room && reader->label_keys.add({&folded, 1});
        }
    if (!room) {
        delete reader;
        return nullptr;
    }
    return reader;
}

void invocations_close(InvocationReader *reader) noexcept
{
    delete reader;
}

int invocations_file(InvocationReader *reader, const char *path) noexcept
{
    reader->start();
    reader->file = source_open(path);
    const ReadFault fault = reader->file == nullptr ? ReadFault{ReadFaultKind::out_of_memory} : source_fault(reader->file);
    if (fault.kind != ReadFaultKind::none && fault.kind != ReadFaultKind::empty_file) {
        reader->ended = true;
        switch (fault.kind) {
            case ReadFaultKind::is_directory: return EISDIR;
            case ReadFaultKind::not_a_file: return EINVAL;
            case ReadFaultKind::out_of_memory: return ENOMEM;
            default: return fault.error_number != 0 ? fault.error_number : EIO;
        }
    }
    read_path(path, reader->path_origin);
    return 0;
}

void invocations_text(InvocationReader *reader, Text text) noexcept
{
    reader->start();
    reader->rest = text;
}

const InvocationReading *invocations_next(InvocationReader *reader) noexcept
{
    reader->next();
    return &reader->reading;
}

}  // namespace bedrock_cost
