// SPDX-License-Identifier: PostgreSQL
// Fields of a document as simdjson reads them: in one pass, and what is not asked for is passed over.
#pragma once

#include <bedrock_cost/invocation.hpp>
#include <limits>

#include "invocation/file.hpp"

#define SIMDJSON_EXCEPTIONS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <simdjson.h>
#pragma GCC diagnostic pop

namespace bedrock_cost::invocations {

namespace json = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

static_assert(read_ahead >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t longest_text = 2048;

constexpr const char *out_of_memory_reason = "out of memory";

// What a parser reads of a text: where it lies, and how far it may read ahead.
inline simdjson::padded_string_view padded(Text text) noexcept
{
    return simdjson::padded_string_view(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
}

// A point in time counted since 1970, in seconds or milliseconds.
inline bool read_epoch(std::int64_t number, std::int64_t &microseconds) noexcept
{
    constexpr std::int64_t milliseconds_from = 100000000000;
    if (number <= 0 || number > 253402300799999) return false;
    microseconds = number >= milliseconds_from ? number * 1000 : number * 1000000;
    return true;
}

// The name of a field as written in the document: one with an escape equals none that is looked for.
inline Text name_of(const json::raw_json_string &key) noexcept
{
    const char *const begin = key.raw();
    const char *end = begin;
    while (*end != '"') ++end;
    return {begin, static_cast<std::size_t>(end - begin)};
}

inline json::json_type type_of(json::value value, error_code &error) noexcept
{
    json::json_type type = json::json_type::null;
    error = value.type().get(type);
    return type;
}

// What keeps a field from being read; null: nothing. The words name the field where that helps.
using Why = const char *;

// In our own words: which error a broken document gives, and how it is worded, changes with simdjson's version.
inline Why why(error_code error) noexcept
{
    switch (error) {
        case SUCCESS:
            return nullptr;
        case simdjson::MEMALLOC:
            return out_of_memory_reason;
        case simdjson::UTF8_ERROR:
            return "the text is not UTF-8";
        default:
            return "the JSON is not valid, or is cut off";
    }
}

// A text, or a number as it is written; null and the empty text are absent.
inline Why read_text(json::value value, Text &text, const char *broken) noexcept
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
        case json::json_type::null:
            return why(error);
        default:
            return error == SUCCESS ? broken : why(error);
    }
    if (error != SUCCESS) return why(error);
    if (text.size() > longest_text ||
        (text.data() != nullptr && std::memchr(text.data(), '\0', text.size()) != nullptr))
        return broken;
    return nullptr;
}

// A number of a field; false: none is there.
inline bool read_number(json::value value, double scale, std::int64_t &number, error_code &error) noexcept
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
inline Why read_count(json::value value, Count &count, const char *broken, double scale = 1) noexcept
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

// A text without escapes, where the value is one.
inline error_code read_word(json::value value, Text &word) noexcept
{
    error_code error = SUCCESS;
    word = Text();
    if (type_of(value, error) != json::json_type::string) return error;
    word = trimmed(value.raw_json_token());
    if (word.size() >= 2) word = word.substr(1, word.size() - 2);
    return SUCCESS;
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
inline error_code read_object(json::value value, Text &text) noexcept
{
    json::object object;
    const error_code error = value.get_object().get(object);
    return error != SUCCESS ? error : object.raw_json().get(text);
}

}  // namespace bedrock_cost::invocations
