// SPDX-License-Identifier: PostgreSQL
// What a record counts: the fields of the log, and the usage that an answer states in the words of its model.
#pragma once

#include "invocation/json.hpp"

namespace bedrock_cost::invocations {

struct Usage {
    Count input, output, cache_read, cache_write, cache_write_5m, cache_write_1h;
    // Part of input, where the model counts cached tokens in.
    Count cached_input;
    // Parts of input and output, where the model takes or gives speech.
    Count input_text, input_speech, output_text, output_speech;
};

struct Answer {
    Usage usage;
    // What Bedrock itself counted, at the end of a stream.
    Usage metrics;
    Count latency, first_byte, images, search_units;
    Tier tier = Tier::absent;
};

// An answer: an object, the array of what a stream sent, or part of either.
error_code read_answer(json::value value, Answer &answer, int depth = 0) noexcept;
error_code read_tier(json::value value, Tier &tier) noexcept;
// A field of input or output of the log. counted: becomes true where it is a count of the log.
Why read_counts(Text name, json::value value, Invocation &record, bool &counted) noexcept;
// Counts the record lacks, as its answer states them. counted: whether the log itself counts.
void take_answer(Invocation &record, const Answer &answer, bool counted) noexcept;

}  // namespace bedrock_cost::invocations
