// SPDX-License-Identifier: PostgreSQL
#include "invocation_queue.hpp"

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
        case json::json_type::string: return value.get_string().get(message);
        case json::json_type::object: return read_object(value, message);
        default: return error;
    }
}

bool Queue::add(Text document, std::int64_t at) noexcept
{
    const Waiting waiting{document.size(), at};
    return bytes.add({reinterpret_cast<const char *>(&waiting), sizeof waiting}) && bytes.add(document);
}

Why Queue::add_events(json::value value) noexcept
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
        if (failed == SUCCESS && message.data() != nullptr) room = room && add(message, at);
        return failed;
    });
    return !room ? out_of_memory_reason : why(error);
}

Why Queue::add_elements(json::value value) noexcept
{
    bool room = true;
    const error_code error = each_element(value, [&](json::value element) -> error_code {
        error_code failed = SUCCESS;
        Text document;
        if (type_of(element, failed) != json::json_type::object) return failed;
        if ((failed = read_object(element, document)) != SUCCESS) return failed;
        room = room && add(document, 0);
        return SUCCESS;
    });
    return !room ? out_of_memory_reason : why(error);
}

}  // namespace bedrock_cost::invocations
