// SPDX-License-Identifier: PostgreSQL
// The wall for model invocation logs: a reader of files, and the records in them as plain values. The rules of
// base.hpp.
#pragma once

#include <bedrock_cost/base.hpp>
#include <bedrock_cost/vocabulary.hpp>

namespace bedrock_cost {

enum class InvocationKind : std::uint8_t {
    invocation,  // a record of the model invocation log
    event,       // a CloudTrail event about an invocation
};

// Where the token counts of a record are: fields of the log, in the usage the model's answer states, or nowhere.
enum class CountBasis : std::uint8_t { none, log, body };
template <>
struct Vocabulary<CountBasis> {
    static constexpr std::array<std::string_view, 3> words{"", "log", "body"};
};

using Count = std::optional<std::int32_t>;

// One request. Prompts and answers are passed over and appear nowhere. Texts hold until the reader goes on.
struct Invocation {
    InvocationKind kind = InvocationKind::invocation;
    std::uint64_t line = 0;  // of the file, from 1
    // Identity of the request: request id, account, region. Of its attributes: all texts below except the request id,
    // the session of the principal, the whole metadata, the error and the address.
    std::array<unsigned char, 16> request_key{}, attributes_hash{};
    // The reader numbers sets of attributes and principals from 1; 0: an event, or no principal. One not met for long
    // may get another number, so that memory has a limit; a number never has two meanings. `repeated`: the number was
    // given before.
    std::uint32_t attributes_number = 0, principal_number = 0;
    bool attributes_repeated = false, principal_repeated = false;
    std::int64_t logged_at = 0;  // microseconds since 1970 in UTC
    Text request_id, account_id, region, inference_region, operation;
    Text model;    // model id or ARN
    Text profile;  // ARN of the inference profile where the record names it besides the model
    Text principal;
    Text caller;    // the principal without the session of an assumed role
    Text metadata;  // requestMetadata, a JSON object
    Text labels;    // those of its pairs that the caller asked for, a JSON object
    Text error_code;
    Text source_address;  // of an event
    Tier tier = Tier::absent;
    CountBasis count_basis = CountBasis::none;
    Count input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens;
    // Those of the input and output tokens that are speech; absent where the answer does not separate them from text.
    Count input_speech_tokens, output_speech_tokens;
    Count images, search_units;
    // In milliseconds.
    Count input_audio, input_video, output_audio, output_video, latency, first_byte;
};

enum class InvocationStep : std::uint8_t {
    record,     // `record` is filled
    malformed,  // `line` and `reason` are
    skipped,    // something that is no request of Bedrock
    end,
    unreadable,  // `reason` is; what follows in the file is lost
    out_of_memory,
};

struct InvocationReading {
    InvocationStep step = InvocationStep::end;
    std::uint64_t line = 0;
    // Ends with a zero byte and lives forever. Never a part of the file.
    const char *reason = nullptr;
    Invocation record;
};

// Reads JSON lines as S3 has them, exports and subscriptions of CloudWatch Logs, what Logs Insights finds (JSON or
// CSV), answers of `aws logs`, CloudTrail files; plain or gzip. Lives on the heap until invocations_close().
struct InvocationReader;
// Which pairs of requestMetadata become labels: keys, one a line, case and punctuation do not count. A record of that
// time (microseconds since 1970 in UTC) or a later one is malformed. Null: out of memory.
InvocationReader *invocations_open(Text label_keys, std::int64_t end_of_time) noexcept;
void invocations_close(InvocationReader *reader) noexcept;
// Goes on with a file, whose path ends with a zero byte; 0, or the errno of opening it. The path has account and region
// where a record does not.
int invocations_file(InvocationReader *reader, const char *path) noexcept;
// Goes on with a text, which must live as long as it is read.
void invocations_text(InvocationReader *reader, Text text) noexcept;
// The next step of what is being read.
const InvocationReading *invocations_next(InvocationReader *reader) noexcept;

static_assert(plain<Invocation, InvocationReading>, "a binding may jump over these");

}  // namespace bedrock_cost
