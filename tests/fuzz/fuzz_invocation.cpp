// SPDX-License-Identifier: PostgreSQL
// Fuzzes the reader of invocation logs: the input is a file. Whatever it holds, the reader comes to its end, lines go
// forward, and a record has what a record must have.
#include <bedrock_cost/invocation.hpp>

#include "fuzz.hpp"

namespace {

// The rule that a step breaks; null: none.
const char *broken_step_rule(const bedrock_cost::InvocationReading &reading, std::uint64_t line)
{
    using namespace bedrock_cost;
    const Invocation &record = reading.record;
    if (reading.line < line) return "lines go forward";
    switch (reading.step) {
        case InvocationStep::malformed:
        case InvocationStep::unreadable:
            return reading.reason == nullptr ? "a refused line has a reason" : nullptr;
        case InvocationStep::record:
            break;
        default:
            return nullptr;
    }
    if (record.request_id.data() == nullptr || record.model.data() == nullptr) return "a record has its id and model";
    for (const Text text :
         {record.request_id, record.account_id, record.region, record.inference_region, record.operation, record.model,
          record.profile, record.principal, record.caller, record.error_code, record.source_address}) {
        if (text.data() != nullptr && text.empty()) return "the empty text is absent";
        if (text.size() > 2048) return "a text has a limit";
        if (text.find('\0') != Text::npos) return "a text has no zero byte";
    }
    if (!record.principal.starts_with(record.caller)) return "the caller is the principal without its session";
    for (const Text object : {record.metadata, record.labels})
        if (object.data() != nullptr && !is_jsonb(object)) return "metadata are JSON";
    for (const Count count :
         {record.input_tokens, record.output_tokens, record.cache_read_tokens, record.cache_write_tokens,
          record.cache_write_1h_tokens, record.input_speech_tokens, record.output_speech_tokens, record.images,
          record.search_units, record.input_audio, record.latency})
        if (count && *count < 0) return "a count is not negative";
    if (record.cache_write_1h_tokens && *record.cache_write_1h_tokens > record.cache_write_tokens.value_or(0))
        return "a part of the cache writes is not more than they are";
    if (record.input_speech_tokens && *record.input_speech_tokens > record.input_tokens.value_or(-1))
        return "speech is a part of the input";
    if (record.output_speech_tokens && *record.output_speech_tokens > record.output_tokens.value_or(-1))
        return "speech is a part of the output";
    const bool event = record.kind == InvocationKind::event;
    if ((record.attributes_number == 0) != event) return "a record has a number, an event has none";
    if ((record.principal_number == 0) != (event || record.principal.data() == nullptr)) return "so has a principal";
    return nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace bedrock_cost;
    InvocationReader *const reader = invocations_open("team\nCost-Center", std::int64_t{1} << 51U);
    if (reader == nullptr) return 0;
    invocations_text(reader, test::as_text(data, size));
    std::uint64_t line = 0;
    // A document of two bytes is the smallest, and the end is one step more.
    for (std::size_t steps = 0; steps < size + 2; ++steps) {
        const InvocationReading *const reading = invocations_next(reader);
        test::require(broken_step_rule(*reading, line));
        line = reading->line;
        if (reading->step == InvocationStep::end || reading->step == InvocationStep::out_of_memory) {
            invocations_close(reader);
            return 0;
        }
    }
    test::require("a reader comes to its end");
    return 0;
}
