// SPDX-License-Identifier: PostgreSQL
// Documents that another one holds, as they wait to be read: messages of CloudWatch Logs, elements of an array.
#pragma once

#include "invocation/json.hpp"

namespace bedrock_cost::invocations {

struct Queue {
    bool empty() const noexcept { return next_at >= bytes.count; }
    void clear() noexcept { bytes.count = next_at = 0; }
    // The next document and its time, or 0. It holds until the queue is cleared or added to.
    Text next(std::int64_t &at) noexcept;

    // False: out of memory.
    bool add(Text document, std::int64_t at) noexcept;
    // logEvents of a subscription, events of `aws logs`: each has its message and its time.
    Why add_events(json::value value) noexcept;
    // Rows that Logs Insights answers `aws logs get-query-results` with: each is an array of fields and their values.
    Why add_results(json::value value) noexcept;
    // Elements of an array: documents, or events and rows that hold one as their message.
    Why add_elements(json::value value) noexcept;

  private:
    // What an event has: its message, absent where it has none, and its time, or 0.
    static error_code read_event(json::object &event, Text &message, std::int64_t &at) noexcept;
    Bytes bytes;
    std::size_t next_at = 0;
};

// Why rows that Logs Insights found give no record.
constexpr const char *no_message =
    "rows of Logs Insights without @message: let the query say fields @timestamp, @message";

// The message of an event: a text with JSON in it, or an object.
error_code read_message(json::value value, Text &message) noexcept;

}  // namespace bedrock_cost::invocations
