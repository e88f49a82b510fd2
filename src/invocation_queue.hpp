// SPDX-License-Identifier: PostgreSQL
// Documents that another one holds, as they wait to be read: messages of CloudWatch Logs, elements of an array.
#pragma once

#include "invocation_json.hpp"

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
    Why add_elements(json::value value) noexcept;

private:
    Bytes bytes;
    std::size_t next_at = 0;
};

// The message of an event: a text with JSON in it, or an object.
error_code read_message(json::value value, Text &message) noexcept;

}  // namespace bedrock_cost::invocations
