// SPDX-License-Identifier: PostgreSQL
#include "invocation/document_queue.hpp"

namespace bedrock_cost::invocations {

namespace {

// A document that waits, its text behind it.
struct Waiting {
    std::size_t bytes;
    std::int64_t at;
};

}  // namespace

Text Queue::next(std::int64_t &at) noexcept
{
    Waiting waiting{};
    std::memcpy(&waiting, bytes.at + next_at, sizeof waiting);
    const Text text(bytes.at + next_at + sizeof waiting, waiting.bytes);
    next_at += sizeof waiting + waiting.bytes;
    at = waiting.at;
    return text;
}

error_code read_message(json::value value, Text &message) noexcept
{
    error_code error = SUCCESS;
    switch (type_of(value, error)) {
        case json::json_type::string:
            return value.get_string().get(message);
        case json::json_type::object:
            return read_object(value, message);
        default:
            return error;
    }
}

bool Queue::add(Text document, std::int64_t at) noexcept
{
    const Waiting waiting{document.size(), at};
    return bytes.add({reinterpret_cast<const char *>(&waiting), sizeof waiting}) && bytes.add(document);
}

error_code Queue::read_event(json::object &event, Text &message, std::int64_t &at) noexcept
{
    error_code error = SUCCESS;
    message = Text();
    at = 0;
    for (auto each : event) {
        json::field field;
        if ((error = std::move(each).get(field)) != SUCCESS) return error;
        const Text name = name_of(field.key());
        if (is_word(name, "message") || is_word(name, "@message")) {
            error = read_message(field.value(), message);
        } else if (is_word(name, "timestamp") || is_word(name, "@timestamp")) {
            std::int64_t number = 0;
            Text text;
            if (read_number(field.value(), 1, number, error))
                read_epoch(number, at);
            else if (error == SUCCESS && read_text(field.value(), text, "") == nullptr)
                read_time(text, at);
        }
        if (error != SUCCESS) return error;
    }
    return SUCCESS;
}

Why Queue::add_events(json::value value) noexcept
{
    bool room = true;
    const error_code error = each_element(value, [&](json::value element) -> error_code {
        Text message;
        std::int64_t at = 0;
        error_code failed = SUCCESS;
        json::object event;
        if (type_of(element, failed) != json::json_type::object) return failed;
        if ((failed = element.get_object().get(event)) != SUCCESS) return failed;
        if ((failed = read_event(event, message, at)) == SUCCESS && message.data() != nullptr)
            room = room && add(message, at);
        return failed;
    });
    return !room ? out_of_memory_reason : why(error);
}

Why Queue::add_results(json::value value) noexcept
{
    bool room = true;
    bool none = false;
    bool some = false;
    const error_code error = each_element(value, [&](json::value row) -> error_code {
        Text message;
        std::int64_t at = 0;
        const error_code failed = each_element(row, [&](json::value cell) -> error_code {
            Text name, content;
            const error_code wrong = each_field(cell, [&](Text key, json::value inner) -> error_code {
                if (is_word(key, "field")) return read_message(inner, name);
                return is_word(key, "value") ? read_message(inner, content) : SUCCESS;
            });
            if (is_word(name, "@message")) message = content;
            if (is_word(name, "@timestamp")) read_time(content, at);
            return wrong;
        });
        if (failed != SUCCESS) return failed;
        // A row without a message is an empty one: it is reported alone, and the rows around it are read.
        (message.data() == nullptr ? none : some) = true;
        room = room && add(message.data() == nullptr ? Text("") : message, at);
        return SUCCESS;
    });
    if (!room) return out_of_memory_reason;
    if (error != SUCCESS) return why(error);
    // A query that did not ask for it: reported once, not for each row.
    return none && !some ? no_message : nullptr;
}

Why Queue::add_elements(json::value value) noexcept
{
    bool room = true;
    const error_code error = each_element(value, [&](json::value element) -> error_code {
        error_code failed = SUCCESS;
        Text message, document;
        std::int64_t at = 0;
        json::object object;
        if (type_of(element, failed) != json::json_type::object) return failed;
        if ((failed = element.get_object().get(object)) != SUCCESS) return failed;
        if ((failed = read_event(object, message, at)) != SUCCESS) return failed;
        if (message.starts_with('{')) {
            room = room && add(message, at);
            return SUCCESS;
        }
        bool whole = false;
        if ((failed = object.reset().get(whole)) != SUCCESS) return failed;
        if ((failed = object.raw_json().get(document)) != SUCCESS) return failed;
        room = room && add(document, 0);
        return SUCCESS;
    });
    return !room ? out_of_memory_reason : why(error);
}

}  // namespace bedrock_cost::invocations
