// SPDX-License-Identifier: PostgreSQL
// Model invocation logs: every form a record and its file have been seen in, and what a broken one costs.
#include <gtest/gtest.h>

#include <zlib.h>

#include <bedrock_cost/invocation.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace bedrock_cost::test {
namespace {

using Owned = std::unique_ptr<InvocationReader, decltype(&invocations_close)>;

constexpr std::int64_t end_of_2027 = 1830297600000000;

Owned opened(const char *labels = "")
{
    return {invocations_open(labels, end_of_2027), &invocations_close};
}

// A record with its texts copied out.
struct Kept {
    Invocation record;
    std::string request_id, account_id, region, inference_region, operation, model, profile, principal, caller,
        metadata, labels, error_code, source_address;
};

struct Result {
    std::vector<Kept> records;
    // Line and reason.
    std::vector<std::pair<std::uint64_t, std::string>> broken;
    std::string unreadable;
};

std::string shown(Text text)
{
    return text.data() == nullptr ? "-" : std::string(text);
}

Result read_all(InvocationReader *reader)
{
    Result result;
    for (;;) {
        const InvocationReading *reading = invocations_next(reader);
        switch (reading->step) {
            case InvocationStep::record: {
                const Invocation &r = reading->record;
                result.records.push_back({r, shown(r.request_id), shown(r.account_id), shown(r.region),
                                          shown(r.inference_region), shown(r.operation), shown(r.model),
                                          shown(r.profile), shown(r.principal), shown(r.caller), shown(r.metadata),
                                          shown(r.labels), shown(r.error_code), shown(r.source_address)});
                break;
            }
            case InvocationStep::malformed:
                result.broken.emplace_back(reading->line, reading->reason);
                break;
            case InvocationStep::skipped:
                break;
            case InvocationStep::unreadable:
                result.unreadable = reading->reason;
                break;
            case InvocationStep::out_of_memory:
                ADD_FAILURE() << "out of memory";
                return result;
            case InvocationStep::end:
                return result;
        }
    }
}

Result read_text(const std::string &text, const char *labels = "")
{
    const Owned reader = opened(labels);
    invocations_text(reader.get(), text);
    return read_all(reader.get());
}

// The one record of a text.
Kept only(const std::string &text, const char *labels = "")
{
    const Result result = read_text(text, labels);
    EXPECT_EQ(result.records.size(), 1U) << text;
    EXPECT_TRUE(result.broken.empty()) << text << "\n" << (result.broken.empty() ? "" : result.broken[0].second);
    return result.records.empty() ? Kept{} : result.records[0];
}

// Why the one record of a text is refused.
std::string refused(const std::string &text)
{
    const Result result = read_text(text);
    EXPECT_TRUE(result.records.empty()) << text;
    EXPECT_EQ(result.broken.size(), 1U) << text;
    return result.broken.empty() ? "" : result.broken[0].second;
}

// A record with more fields; the answer is in output.
std::string record(const std::string &more = "", const std::string &input = "", const std::string &output = "",
                   const std::string &id = "r-1")
{
    return R"({"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"2026-09-30T02:15:00Z","accountId":"111122223333",)"
           R"("region":"eu-central-1","requestId":")" +
           id + R"(","operation":"InvokeModel","modelId":"anthropic.claude-sonnet-4-6")" + (more.empty() ? "" : ",") +
           more + R"(,"input":{"inputContentType":"application/json")" + (input.empty() ? "" : ",") + input +
           R"(},"output":{"outputContentType":"application/json")" + (output.empty() ? "" : ",") + output + "}}";
}

std::string answered(const std::string &body)
{
    return record("", "", R"("outputBodyJson":)" + body);
}

std::string json_text(const std::string &text)
{
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

TEST(Invocation, ReadsARecordOfTheLog)
{
    const Kept kept = only(
        R"({"schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-08-18T02:13:36Z",)"
        R"( "accountId": "111122223333", "identity": {"arn": "arn:aws:sts::111122223333:assumed-role/AppRole/i-0abc"},)"
        R"( "region": "us-west-2", "inferenceRegion": "us-east-2", "requestId": "9762b622-3703-49eb-9e9b-dcce74e8f71e",)"
        R"( "operation": "Responses", "modelId": "arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.openai.gpt-5.6-sol",)"
        R"( "inferenceProfileArn": "arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/abc123def456",)"
        R"( "requestMetadata": {"Team": "search", "trace": "77"}, "input": {"inputBodyJson": {"secret": 1}, "inputTokenCount": 16,)"
        R"( "cacheReadInputTokenCount": 40, "cacheWriteInputTokenCount": 0}, "output": {"outputTokenCount": 11}})",
        "team\nproject");
    EXPECT_EQ(kept.record.kind, InvocationKind::invocation);
    EXPECT_EQ(kept.record.line, 1U);
    EXPECT_EQ(kept.record.logged_at, 1787019216000000);
    EXPECT_EQ(kept.request_id, "9762b622-3703-49eb-9e9b-dcce74e8f71e");
    EXPECT_EQ(kept.account_id, "111122223333");
    EXPECT_EQ(kept.region, "us-west-2");
    EXPECT_EQ(kept.inference_region, "us-east-2");
    EXPECT_EQ(kept.operation, "Responses");
    EXPECT_EQ(kept.model, "arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.openai.gpt-5.6-sol");
    EXPECT_EQ(kept.profile, "arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/abc123def456");
    EXPECT_EQ(kept.principal, "arn:aws:sts::111122223333:assumed-role/AppRole/i-0abc");
    EXPECT_EQ(kept.caller, "arn:aws:sts::111122223333:assumed-role/AppRole");
    EXPECT_EQ(kept.metadata, R"({"Team": "search", "trace": "77"})");
    EXPECT_EQ(kept.labels, R"({"Team":"search"})");
    EXPECT_EQ(kept.record.count_basis, CountBasis::log);
    EXPECT_EQ(kept.record.input_tokens, 16);
    EXPECT_EQ(kept.record.output_tokens, 11);
    EXPECT_EQ(kept.record.cache_read_tokens, 40);
    EXPECT_EQ(kept.record.cache_write_tokens, 0);
    EXPECT_EQ(kept.record.cache_write_1h_tokens, 0);
    EXPECT_EQ(kept.record.images, std::nullopt);
    EXPECT_EQ(kept.record.latency, std::nullopt);
    EXPECT_EQ(kept.record.tier, Tier::absent);
}

TEST(Invocation, TakesWhatIsMissingFromElsewhereOrLeavesItOut)
{
    // No schema, no identity, no counts: a call that failed.
    Kept kept =
        only(R"({"requestId":"r","timestamp":"2026-01-02T03:04:05.678Z","modelId":"meta.llama3-8b-instruct-v1:0"})");
    EXPECT_EQ(kept.record.count_basis, CountBasis::none);
    EXPECT_EQ(kept.record.input_tokens, std::nullopt);
    EXPECT_EQ(kept.record.logged_at % 1000000, 678000);
    EXPECT_EQ(kept.account_id, "-");
    EXPECT_EQ(kept.region, "-");
    EXPECT_EQ(kept.principal, "-");
    kept = only(record(R"("errorCode":"ThrottlingException")"));
    EXPECT_EQ(kept.error_code, "ThrottlingException");
    EXPECT_EQ(kept.record.count_basis, CountBasis::none);
    kept = only(
        R"({"schemaType":"application/vnd.aws.bedrock.logs.invocation","timestamp":1787019216123,"requestId":"r","modelId":null,)"
        R"("modelArn":"arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-text-express-v1","accountId":111122223333})");
    EXPECT_EQ(kept.record.logged_at, 1787019216123000);
    EXPECT_EQ(kept.model, "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-text-express-v1");
    EXPECT_EQ(kept.account_id, "111122223333");
    // Null and the empty text are absent; metadata without pairs too.
    kept = only(record(R"("inferenceRegion":null,"errorCode":"","requestMetadata":{})", R"("inputTokenCount":null)"));
    EXPECT_EQ(kept.inference_region, "-");
    EXPECT_EQ(kept.error_code, "-");
    EXPECT_EQ(kept.metadata, "-");
    EXPECT_EQ(kept.record.input_tokens, std::nullopt);
}

TEST(Invocation, ReadsTimes)
{
    const auto at = [](const std::string &time) {
        return only(R"({"requestId":"r","modelId":"m","timestamp":)" + time + "}").record.logged_at;
    };
    EXPECT_EQ(at(R"("2023-01-01T00:00:00Z")"), 1672531200000000);
    EXPECT_EQ(at(R"("2027-12-31T23:59:59.999999Z")"), end_of_2027 - 1);
    EXPECT_EQ(at(R"("2024-02-29T23:59:59Z")"), 1709251199000000);
    EXPECT_EQ(at(R"("2026-03-01T01:30:00+01:30")"), 1772323200000000);
    EXPECT_EQ(at(R"("2026-03-01 00:00:00.1234567-00:00")"), 1772323200123456);
    EXPECT_EQ(at("1772323200"), 1772323200000000);
    for (const char *time :
         {R"("2026-02-29T00:00:00Z")", R"("2026-13-01T00:00:00Z")", R"("xxxxxxxxxxxx")", R"("<timestamp>")", "-1",
          R"("2026-03-01T00:00:00Zz")", R"("2026-03-01")", R"("2026-03-01T24:00:00Z")", "{}", "true"})
        EXPECT_EQ(refused(std::string(R"({"requestId":"r","modelId":"m","timestamp":)") + time + "}"),
                  "timestamp is no point in time")
            << time;
    // Points in time at which no request can have been logged, wherever they come from.
    for (const char *time :
         {R"("9999-12-31T23:59:59Z")", R"("2028-01-01T00:00:00Z")", R"("2022-12-31T23:59:59.999999Z")",
          R"("1970-01-01T00:00:00Z")", "253402300799999", "1830297600"}) {
        const std::string reason = "timestamp is not between 2023 and the end of next year";
        EXPECT_EQ(refused(std::string(R"({"requestId":"r","modelId":"m","timestamp":)") + time + "}"), reason) << time;
        EXPECT_EQ(
            refused(
                std::string(
                    R"({"Records":[{"eventSource":"bedrock.amazonaws.com","requestID":"r","requestParameters":{"modelId":"m"},"eventTime":)") +
                time + "}]}"),
            reason)
            << time;
    }
    EXPECT_EQ(refused(R"({"logEvents":[{"timestamp":1,"message":"{\"requestId\":\"r\",\"modelId\":\"m\"}"}]})"),
              "timestamp is not between 2023 and the end of next year");
}

TEST(Invocation, ReadsCountsFromTheAnswerWhereTheLogHasNone)
{
    const auto counts = [](const Kept &kept) {
        std::ostringstream text;
        const Invocation &r = kept.record;
        for (const Count count : {r.input_tokens, r.output_tokens, r.cache_read_tokens, r.cache_write_tokens,
                                  r.cache_write_1h_tokens, r.images, r.search_units, r.latency, r.first_byte})
            text << (count ? std::to_string(*count) : "-") << ' ';
        text << word(r.count_basis) << ' ' << word(r.tier);
        return text.str();
    };
    struct {
        const char *body;
        const char *expected;
    } const cases[] = {
        // Converse
        {R"({"output":{"message":{"content":[{"text":"usage"}]}},"stopReason":"end_turn","metrics":{"latencyMs":864},)"
         R"("usage":{"inputTokens":12,"outputTokens":34,"totalTokens":46,"cacheReadInputTokens":5,"cacheWriteInputTokens":9,)"
         R"("cacheDetails":[{"ttl":"5m","inputTokens":2},{"ttl":"1h","inputTokens":7}]},"serviceTier":{"type":"flex"}})",
         "12 34 5 9 7 - - 864 - body flex"},
        {R"({"usage":{"inputTokens":1,"outputTokens":2,"cacheReadInputTokenCount":0,"cacheWriteInputTokenCount":0},"performanceConfig":{"latency":"optimized"}})",
         "1 2 0 0 0 - - - - body latency_optimized"},
        // ConverseStream
        {R"([{"messageStart":{"role":"assistant"}},{"contentBlockDelta":{"delta":{"text":"a"}}},{"metadata":{"usage":{"inputTokens":3,"outputTokens":4},"metrics":{"latencyMs":90}}}])",
         "3 4 - - - - - 90 - body "},
        // Anthropic
        {R"({"type":"message","usage":{"input_tokens":7,"cache_creation_input_tokens":30,"cache_read_input_tokens":20,)"
         R"("cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":8,"service_tier":"standard"}})",
         "7 8 20 30 20 - - - - body standard"},
        {R"([{"type":"message_start","message":{"usage":{"input_tokens":7,"cache_creation_input_tokens":5,"output_tokens":1}}},)"
         R"({"type":"message_delta","usage":{"output_tokens":99}},{"type":"message_stop","amazon-bedrock-invocationMetrics":)"
         R"({"inputTokenCount":7,"outputTokenCount":100,"invocationLatency":1200,"firstByteLatency":300}}])",
         "7 100 - 5 - - - 1200 300 body "},
        // Titan, Llama
        {R"({"inputTextTokenCount":5,"results":[{"tokenCount":6,"outputText":"x"},{"tokenCount":4,"outputText":"y"}]})",
         "5 10 - - - - - - - body "},
        {R"([{"outputText":" Hi","index":0,"totalOutputTextTokenCount":11,"inputTextTokenCount":7,"amazon-bedrock-invocationMetrics":)"
         R"({"inputTokenCount":7,"outputTokenCount":11,"invocationLatency":864,"firstByteLatency":864}}])",
         "7 11 - - - - - 864 864 body "},
        {R"({"generation":"\n","prompt_token_count":15,"generation_token_count":12})", "15 12 - - - - - - - body "},
        {R"([{"generation":"a","prompt_token_count":15,"generation_token_count":1},{"generation":"b","prompt_token_count":null,"generation_token_count":2}])",
         "15 2 - - - - - - - body "},
        // OpenAI: cached tokens are part of the prompt's
        {R"({"usage":{"prompt_tokens":100,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":60}},"service_tier":"default"})",
         "40 9 60 - - - - - - body standard"},
        {R"({"response":{"usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":0},"output_tokens":9}}})",
         "100 9 0 - - - - - - body "},
        // Cohere, images
        {R"({"text":"x","meta":{"billed_units":{"input_tokens":3,"output_tokens":4,"search_units":2,"images":1}}})",
         "3 4 - - - 1 2 - - body "},
        {R"({"images":["iVBOR","iVBOR"],"error":null})", "- - - - - 2 - - - body "},
        // Nothing to be read
        {R"({"completion":"x"})", "- - - - - - - - - "},
        {R"("plain words")", "- - - - - - - - - "},
        {R"({"usage":{"inputTokens":-5,"outputTokens":"7","cacheReadInputTokens":1.5}})", "- - - - - - - - - "},
        {R"({"usage":[1,2],"metrics":null,"images":"none","results":{"tokenCount":4},"message":"usage"})",
         "- - - - - - - - - "},
    };
    for (const auto &[body, expected] : cases) {
        std::string wanted = expected;
        if (wanted.ends_with("- - ") && wanted.find_first_of("0123456789") == std::string::npos) wanted += " ";
        EXPECT_EQ(counts(only(answered(body))), wanted) << body;
        // The same answer as a text with JSON in it.
        EXPECT_EQ(counts(only(answered(json_text(body)))), wanted) << body;
    }
    EXPECT_EQ(counts(only(answered(R"("{...}")"))), "- - - - - - - - -  ");
    EXPECT_EQ(counts(only(answered(R"("{\"usage\":{\"inputTokens\":1}")"))), "- - - - - - - - -  ") << "cut off";

    // What the log counts goes first, field by field.
    EXPECT_EQ(
        counts(only(record(
            "", R"("inputTokenCount":10)",
            R"("outputTokenCount":20,"outputBodyJson":{"usage":{"input_tokens":99,"output_tokens":98,)"
            R"("cache_read_input_tokens":5,"cache_creation_input_tokens":6,"cache_creation":{"ephemeral_1h_input_tokens":4}}})"))),
        "10 20 5 6 4 - - - - log ");
    // A split is never larger than what is split; unknown where it is not stated.
    EXPECT_EQ(counts(only(record("", R"("cacheWriteInputTokenCount":3)",
                                 R"("outputBodyJson":{"usage":{"cacheDetails":[{"ttl":"1h","inputTokens":7}]}})"))),
              "- - - 3 3 - - - - log ");
    EXPECT_EQ(counts(only(record("", R"("inputTokenCount":1,"cacheWriteInputTokenCount":3)"))),
              "1 - - 3 - - - - - log ");
    EXPECT_EQ(counts(only(record("", "", R"("latencyMs":1200,"outputTokenCount":1)"))), "- 1 - - - - - 1200 - log ");
    EXPECT_EQ(counts(only(record("", "", R"("outputImagesCount":2,"searchUnits":1)"))), "- - - - - 2 1 - - log ");
}

TEST(Invocation, ReadsDurationsAndBatch)
{
    const Kept kept = only(record(R"("serviceTier":{"type":"priority"})",
                                  R"("audioInputDurationSeconds":1.2345,"videoInputDurationSeconds":60)",
                                  R"("outputAudioDurationSeconds":0.5,"outputVideoDurationSeconds":6)"));
    EXPECT_EQ(kept.record.input_audio, 1235);
    EXPECT_EQ(kept.record.input_video, 60000);
    EXPECT_EQ(kept.record.output_audio, 500);
    EXPECT_EQ(kept.record.output_video, 6000);
    EXPECT_EQ(kept.record.count_basis, CountBasis::log);
    EXPECT_EQ(kept.record.tier, Tier::priority);
    const Kept batch = only(
        R"({"requestId":"r","modelId":"m","timestamp":"2026-01-01T00:00:00Z","operation":"ModelInvocationJobBatch"})");
    EXPECT_EQ(batch.record.tier, Tier::batch);
}

TEST(Invocation, RefusesWhatItCannotBeSureOf)
{
    EXPECT_EQ(refused(R"({"schemaType":"ModelInvocationLog","region":"us-east-1","operation":"Converse"})"),
              "requestId is missing");
    EXPECT_EQ(refused(R"({"requestId":"r","timestamp":"2026-01-01T00:00:00Z"})"), "modelId is missing");
    EXPECT_EQ(refused(R"({"requestId":"r","modelId":"m"})"), "timestamp is missing");
    EXPECT_EQ(refused(R"({"level":"info","text":"started"})"), "no record of a model invocation");
    EXPECT_EQ(refused(R"({"schemaType":"KnowledgeBaseLog"})"), "schemaType is not ModelInvocationLog");
    EXPECT_EQ(refused(record("", R"("inputTokenCount":"15")")), "inputTokenCount is no count");
    EXPECT_EQ(refused(record("", R"("inputTokenCount":-1)")), "inputTokenCount is no count");
    EXPECT_EQ(refused(record("", R"("inputTokenCount":1.5)")), "inputTokenCount is no count");
    EXPECT_EQ(refused(record("", R"("inputTokenCount":2147483648)")), "inputTokenCount is no count");
    EXPECT_EQ(refused(record("", "", R"("outputTokenCount":[1])")), "outputTokenCount is no count");
    EXPECT_EQ(refused(record(R"("errorCode":{"a":1})")), "errorCode is no text");
    EXPECT_EQ(refused(record(R"("errorCode":"a\u0000b")")), "errorCode is no text");
    EXPECT_EQ(refused(record("\"errorCode\":\"" + std::string(2049, 'x') + "\"")), "errorCode is no text");
    EXPECT_EQ(refused(record(R"("requestMetadata":"x")")), "requestMetadata is no object of texts");
    EXPECT_EQ(refused(record(R"("requestMetadata":{"a":"\u0000"})")), "requestMetadata is no object of texts");
    EXPECT_EQ(refused("plain words"), "no JSON object");
    EXPECT_EQ(refused("42"), "no JSON object");
    EXPECT_EQ(only(record("", R"("inputTokenCount":15.0)")).record.input_tokens, 15);
}

TEST(Invocation, SkipsABrokenLineAndKeepsTheRest)
{
    const std::string good = record();
    const std::vector<std::string> broken = {good.substr(0, good.size() - 1),
                                             good.substr(0, 200),
                                             "{",
                                             "}",
                                             "{]",
                                             "\xff\xfe",
                                             "{\"requestId\":\"\xc3\x28\"}",
                                             "{\"requestId\" \"r\"}",
                                             "nul",
                                             "{\"requestId\":\"r\",}",
                                             "\"",
                                             "{\"a\":\"\\ud800\"",
                                             good + "x"};
    for (const std::string &bad : broken) {
        const Result result =
            read_text(record("", "", "", "a") + "\n" + bad + "\n\n" + record("", "", "", "b") + "\r\n");
        ASSERT_EQ(result.records.size(), 2U) << bad;
        EXPECT_EQ(result.records.front().request_id, "a");
        EXPECT_EQ(result.records.back().request_id, "b");
        EXPECT_EQ(result.records.back().record.line, 4U);
        ASSERT_EQ(result.broken.size(), 1U) << bad;
        EXPECT_EQ(result.broken[0].first, 2U);
        // Words of ours, none of simdjson's: those change with its version.
        const std::string &reason = result.broken[0].second;
        EXPECT_TRUE(reason == "the JSON is not valid, or is cut off" || reason == "the text is not UTF-8" ||
                    reason == "no JSON object" || reason == "more than one JSON document in a message")
            << bad << ": " << reason;
    }
}

TEST(Invocation, ReadsEveryKindOfFile)
{
    const auto ids = [](const std::string &text) {
        const Result result = read_text(text);
        std::string found;
        for (const Kept &kept : result.records) found += kept.request_id + "@" + kept.account_id + " ";
        for (const auto &[line, reason] : result.broken) found += "!" + std::to_string(line) + " ";
        return found;
    };
    const auto bare = [](const std::string &id) {
        return R"({"requestId":")" + id + R"(","modelId":"m","timestamp":"2026-01-01T00:00:00Z"})";
    };
    const auto message = [&](const std::string &id) { return json_text(bare(id)); };
    const std::string subscription =
        R"({"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/aws/bedrock/invocations","logStream":"s",)"
        R"("subscriptionFilters":["f"],"logEvents":[{"id":"1","timestamp":1767225600000,"message":)" +
        message("a") + R"(},{"id":"2","timestamp":1767225600000,"message":)" + message("b") + "}]}";
    const std::string control =
        R"({"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health"}]})";

    // Lines, with a mark in front, with commas, in brackets.
    EXPECT_EQ(ids(bare("a") + "\n" + bare("b")), "a@- b@- ");
    EXPECT_EQ(ids("[\n" + bare("a") + ",\n" + bare("b") + "\n]\n"), "a@- b@- ");
    EXPECT_EQ(ids("[" + bare("a") + "," + bare("b") + "]"), "a@- b@- ");
    EXPECT_EQ(ids(""), "");
    EXPECT_EQ(ids("\n \r\n"), "");
    // One behind the other, as Firehose delivers.
    EXPECT_EQ(ids(bare("a") + bare("b") + " " + bare("c") + "\n" + bare("d")), "a@- b@- c@- d@- ");
    EXPECT_EQ(ids(subscription), "a@111122223333 b@111122223333 ");
    EXPECT_EQ(ids(subscription + subscription + "\n" + bare("c")),
              "a@111122223333 b@111122223333 a@111122223333 b@111122223333 c@- ");
    EXPECT_EQ(ids(control), "!1 ");
    // Exports of CloudWatch Logs to S3, and `aws logs tail`.
    EXPECT_EQ(ids("2026-01-01T00:00:00.000Z " + bare("a") + "\n2026-01-01T00:00:01.000Z " + bare("b") + "\n"),
              "a@- b@- ");
    EXPECT_EQ(ids("2026-01-01T00:00:00+00:00 aws/bedrock/modelinvocations " + bare("a") + "\n"), "a@- ");
    EXPECT_EQ(only(R"(2026-03-01T00:00:00.500Z {"requestId":"r","modelId":"m"})").record.logged_at, 1772323200500000);
    // `aws logs filter-log-events`, spread over lines, with other lines around it.
    const std::string spread =
        "{\n    \"events\": [\n        {\n            \"logStreamName\": \"s\",\n            \"timestamp\": "
        "1772323200000,\n"
        "            \"message\": " +
        json_text(R"({"requestId":"a","modelId":"m"})") +
        ",\n            \"eventId\": \"1\"\n        }\n    ],\n    \"searchedLogStreams\": []\n}\n";
    EXPECT_EQ(ids(bare("x") + "\n" + spread + bare("y")), "x@- a@- y@- ");
    EXPECT_EQ(
        ids("[\n  {\n    \"requestId\": \"a\",\n    \"modelId\": \"m\",\n    \"timestamp\": 1772323200\n  }\n]\n" +
            bare("y")),
        "a@- y@- ");
    EXPECT_EQ(read_text(bare("x") + "\n" + spread + "bad\n").broken[0].first, 13U);
    // A message that is an object, and a line that is cut off before an indented one.
    EXPECT_EQ(ids(R"({"@timestamp":"t","message":)" + bare("a") + "}"), "a@- ");
    EXPECT_EQ(ids(R"({"@timestamp":"t","message":)" + message("a") + "}"), "a@- ");
    EXPECT_EQ(ids("{\"requestId\":\"r\n  " + bare("a") + "\n"), "a@- !1 ");
    EXPECT_EQ(ids("\xef\xbb\xbf" + bare("a")), "a@- ");
    // A broken container gives nothing.
    EXPECT_EQ(ids(R"({"logEvents":[{"message":)" + message("a") + R"(},{"message":}]})" + "\n" + bare("b")), "b@- !1 ");
}

TEST(Invocation, ReadsWhatLogsInsightsFinds)
{
    // As a cell of CSV.
    const auto cell = [](const std::string &text) {
        std::string quoted = "\"";
        for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        return quoted + "\"";
    };
    const auto shown_all = [](const Result &result) {
        std::string found;
        for (const Kept &kept : result.records) found += kept.request_id + "@" + std::to_string(kept.record.line) + " ";
        for (const auto &[line, reason] : result.broken) found += "!" + std::to_string(line) + " " + reason + " ";
        return found + result.unreadable;
    };
    const auto found = [&](const std::string &text) { return shown_all(read_text(text)); };
    const std::string whole = record(R"("requestMetadata":{"note":"a, \"b\" \n c"})", R"("inputTokenCount":16)",
                                     R"("outputBodyJson":{"text":"x"})");
    const auto row = [&](const std::string &id) { return cell(record("", "", "", id)); };

    // CSV: the record is the same as in the log, whatever columns are around it, with every end of line.
    const Kept direct = only(whole, "note");
    for (const std::string &text :
         {"\"@timestamp\",\"@message\"\n\"2026-09-30 02:15:00.000\"," + cell(whole) + "\n",
          "@timestamp,@message\n2026-09-30 02:15:00.000," + cell(whole),
          "\xef\xbb\xbf@message,@logStream\r\n" + cell(whole) + ",aws/bedrock/modelinvocations\r\n",
          "\n@log,@message,@ptr\n\"1:g\"," + cell(whole) + ",x\n"}) {
        const Kept kept = only(text, "note");
        EXPECT_EQ(kept.record.request_key, direct.record.request_key) << text;
        EXPECT_EQ(kept.record.attributes_hash, direct.record.attributes_hash) << text;
        EXPECT_EQ(kept.record.logged_at, direct.record.logged_at);
        EXPECT_EQ(kept.record.input_tokens, 16);
        EXPECT_EQ(kept.metadata, direct.metadata);
        EXPECT_EQ(kept.labels, direct.labels);
    }
    EXPECT_EQ(found("@timestamp,@message\n1," + row("a") + "\n\n2," + row("b") + "\r\n3," + row("c")), "a@2 b@4 c@5 ");
    // A record without a time has that of its row.
    EXPECT_EQ(only("@timestamp,@message\n2026-03-01 00:00:00.500," + cell(R"({"requestId":"r","modelId":"m"})"))
                  .record.logged_at,
              1772323200500000);
    EXPECT_EQ(only("@message,@timestamp\n" + cell(R"({"requestId":"r","modelId":"m"})") + ",2026-03-01 00:00:00.500")
                  .record.logged_at,
              1772323200500000);
    // A row that is none, one that holds something else, one that does not end: the others are read.
    EXPECT_EQ(found("@timestamp,@message\n1\n2,START\n3," + row("a") + "\n"),
              "a@4 !2 a message that is no JSON object !3 a message that is no JSON object ");
    EXPECT_EQ(found("@timestamp,@message\n1,\"{\n2,START\n"),
              "!2 a row of CSV whose quotes do not match !3 a message that is no JSON object ");
    // Something behind a quote is a part of its field, as COPY reads it: here behind the JSON.
    EXPECT_EQ(found("@message,@timestamp\n" + cell(record("", "", "", "a")) + "x,1\n" + row("b") + ",2"),
              "b@3 !2 the JSON is not valid, or is cut off ");
    // Without @message there are no records, which is reported once.
    EXPECT_EQ(found("@timestamp,modelId\n1,m\n2,m\n"),
              "rows of Logs Insights without @message: let the query say fields @timestamp, @message");
    EXPECT_EQ(found("modelId,@timestamp\nm,1\n"),
              "rows of Logs Insights without @message: let the query say fields @timestamp, @message");
    // Rows across the room of the reader: some megabytes, and a row that is one.
    std::string many = "@timestamp,@message\n";
    std::size_t rows = 0;
    for (; many.size() < (std::size_t{3} << 20U); ++rows)
        many += "2026-01-01 00:00:00.000," +
                cell(record("", R"("inputBodyJson":{"x":")" + std::string(rows % 700, 'y') + "\"}", "",
                            std::to_string(rows))) +
                "\n";
    many +=
        "1," +
        cell(record("", R"("inputBodyJson":{"x":")" + std::string(std::size_t{2} << 20U, 'y') + "\"}", "", "long")) +
        "\n2," + row("last");
    Result result = read_text(many);
    ASSERT_EQ(result.records.size(), rows + 2);
    EXPECT_TRUE(result.broken.empty());
    EXPECT_EQ(result.records[rows - 1].request_id, std::to_string(rows - 1));
    EXPECT_EQ(result.records[rows].request_id, "long");
    EXPECT_EQ(result.records[rows + 1].record.line, rows + 3);
    // The next file has a header of its own.
    const Owned reader = opened();
    const std::string rows_of_csv = "@message\n" + row("a"), line = record();
    invocations_text(reader.get(), rows_of_csv);
    EXPECT_EQ(read_all(reader.get()).records.size(), 1U);
    invocations_text(reader.get(), line);
    EXPECT_EQ(read_all(reader.get()).records.size(), 1U);

    // JSON of `aws logs get-query-results`, on one line and spread; of the console; of `--query events`.
    const auto results = [&](const std::string &rest) {
        return R"({"results":[[{"field":"@timestamp","value":"2026-03-01 00:00:00.500"},{"field":"@message","value":)" +
               rest + R"(},{"field":"@ptr","value":"x"}]],"statistics":{"recordsMatched":1.0},"status":"Complete"})";
    };
    EXPECT_EQ(found(results(json_text(record()))), "r-1@1 ");
    EXPECT_EQ(only(results(json_text(R"({"requestId":"r","modelId":"m"})"))).record.logged_at, 1772323200500000);
    EXPECT_EQ(only(results(json_text(whole)), "note").record.attributes_hash, direct.record.attributes_hash);
    EXPECT_EQ(found("{\n    \"results\": [\n        [\n            {\n                \"field\": \"@message\",\n       "
                    "         \"value\": " +
                    json_text(record()) + "\n            }\n        ]\n    ],\n    \"status\": \"Complete\"\n}\n" +
                    record("", "", "", "b")),
              "r-1@1 b@12 ");
    EXPECT_EQ(found(R"({"results":[[{"field":"modelId","value":"m"}]],"status":"Complete"})"),
              "!1 rows of Logs Insights without @message: let the query say fields @timestamp, @message ");
    EXPECT_EQ(found(R"({"results":[],"status":"Complete"})"), "");
    // A row without a message, whatever is in its place, is one row that is not read; those around it are.
    const auto cells = [&](const std::string &message) { return R"([{"field":"@message","value":)" + message + "}]"; };
    for (const std::string &bad : {std::string(R"([{"field":"@timestamp","value":"2026-03-01 00:00:00.500"}])"),
                                   std::string("[]"), std::string("[null]"), std::string("[{}]"), std::string("{}"),
                                   std::string("null"), cells("5"), cells("null"), cells("[]"), cells("\"\"")})
        EXPECT_EQ(found(R"({"results":[)" + cells(json_text(record("", "", "", "a"))) + "," + bad + "," +
                        cells(json_text(record("", "", "", "b"))) + "]}"),
                  "a@1 b@1 !1 a message that is no JSON object ")
            << bad;
    EXPECT_EQ(found(R"({"results":[[],null,)" + cells("5") + "]}"),
              "!1 rows of Logs Insights without @message: let the query say fields @timestamp, @message ");
    EXPECT_EQ(found(R"([{"@timestamp":"2026-03-01 00:00:00.500","@message":)" + json_text(record()) + "}]"), "r-1@1 ");
    EXPECT_EQ(found(R"([{"@message":)" + record("", "", "", "a") + R"(},{"@message":)" + record("", "", "", "b") +
                    "}," + record("", "", "", "c") + "]"),
              "a@1 b@1 c@1 ");
    EXPECT_EQ(only(R"([{"@timestamp":"2026-03-01 00:00:00.500","@message":{"requestId":"r","modelId":"m"}}])")
                  .record.logged_at,
              1772323200500000);
    EXPECT_EQ(
        only(R"([{"timestamp":1772323200500,"message":"{\"requestId\":\"r\",\"modelId\":\"m\"}"}])").record.logged_at,
        1772323200500000);
    EXPECT_EQ(found(R"({"@timestamp":"x","@message":)" + json_text(record()) + "}"), "r-1@1 ");
}

TEST(Invocation, ReadsCloudTrail)
{
    const std::string event =
        R"({"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AppRole/s","accountId":"111122223333"},)"
        R"("eventTime":"2026-09-30T02:15:00Z","eventSource":"bedrock.amazonaws.com","eventName":"InvokeModel","awsRegion":"eu-central-1",)"
        R"("sourceIPAddress":"203.0.113.7","userAgent":"x","requestParameters":{"modelId":"anthropic.claude-sonnet-4-6"},"responseElements":null,)"
        R"("additionalEventData":{"inferenceRegion":"eu-west-3"},"requestID":"r-1","recipientAccountId":"111122223333"})";
    const std::string other =
        R"({"eventSource":"s3.amazonaws.com","eventTime":"2026-09-30T02:15:00Z","requestID":"q","requestParameters":{"modelId":"x"}})";
    const std::string listing =
        R"({"eventSource":"bedrock.amazonaws.com","eventName":"ListFoundationModels","eventTime":"2026-09-30T02:15:00Z","requestID":"q"})";
    const Result result = read_text("{\"Records\":[" + other + "," + event + "," + listing + "]}\n" + record());
    ASSERT_EQ(result.records.size(), 2U);
    EXPECT_TRUE(result.broken.empty());
    EXPECT_EQ(result.records[0].record.kind, InvocationKind::event);
    EXPECT_EQ(result.records[0].inference_region, "eu-west-3");
    EXPECT_EQ(result.records[0].source_address, "203.0.113.7");
    EXPECT_EQ(result.records[0].operation, "InvokeModel");
    // Joined by the request.
    EXPECT_EQ(result.records[0].record.request_key, result.records[1].record.request_key);
    EXPECT_EQ(result.records[1].record.kind, InvocationKind::invocation);
}

TEST(Invocation, KeysTellRequestsAndCombinationsApart)
{
    const auto with = [](const std::string &id, const std::string &more) {
        return only(R"({"requestId":")" + id + R"(","modelId":"m","timestamp":"2026-01-01T00:00:00Z")" + more + "}",
                    "team")
            .record;
    };
    const Invocation plain_one = with("a", "");
    EXPECT_EQ(plain_one.request_key, with("a", R"(,"operation":"Converse")").request_key);
    EXPECT_NE(plain_one.request_key, with("b", "").request_key);
    EXPECT_NE(plain_one.request_key, with("a", R"(,"region":"r")").request_key);
    EXPECT_NE(with("a", R"(,"region":"r")").request_key, with("a", R"(,"accountId":"r")").request_key);
    EXPECT_EQ(plain_one.attributes_hash, with("b", "").attributes_hash);
    EXPECT_NE(plain_one.attributes_hash, with("a", R"(,"operation":"Converse")").attributes_hash);
    EXPECT_NE(plain_one.attributes_hash, with("a", R"(,"requestMetadata":{"TEAM":"x"})").attributes_hash);
    EXPECT_EQ(plain_one.attributes_hash, with("a", R"(,"requestMetadata":{"trace":"x"})").attributes_hash);
    const auto session = [&](const std::string &name) {
        return with("a", R"(,"identity":{"arn":"arn:aws:sts::111122223333:assumed-role/R/)" + name + "\"}");
    };
    EXPECT_EQ(session("one").attributes_hash, session("two").attributes_hash);
}

TEST(Invocation, PassesOverLinesOfBlanks)
{
    for (const std::string blank : {"\f", "\v", " \f ", "\f,", "\r\f\v"})
        for (const std::string &text :
             {blank + "\n" + record(), record() + "\n" + blank, "[\n" + record() + ",\n" + blank + "\n]"})
            only(text);
    EXPECT_TRUE(read_text("\f").records.empty());
}

// A number means one set of attributes, and the first record of a number has them; also where there are so
// many combinations that some are forgotten.
TEST(Invocation, NumbersCombinationsAndPrincipals)
{
    std::string text;
    constexpr int different = 50000;
    for (int i = 0; i < 3 * different; ++i) {
        const std::string name = std::to_string(i < different ? i : i < 2 * different ? i % 7 : i - 2 * different);
        text += R"({"requestId":"r","timestamp":"2026-01-01T00:00:00Z","modelId":"m)" + name +
                R"(","identity":{"arn":"arn:aws:iam::111122223333:user/)" + name + "\"}}\n";
    }
    const Result result = read_text(text);
    ASSERT_EQ(result.records.size(), std::size_t{3} * different);
    std::map<std::uint32_t, std::string> models, principals;
    for (const Kept &kept : result.records) {
        const auto model = models.emplace(kept.record.attributes_number, kept.model);
        const auto principal = principals.emplace(kept.record.principal_number, kept.principal);
        ASSERT_NE(kept.record.attributes_number, 0U);
        ASSERT_NE(kept.record.principal_number, 0U);
        ASSERT_EQ(model.second, !kept.record.attributes_repeated);
        ASSERT_EQ(principal.second, !kept.record.principal_repeated);
        ASSERT_EQ(model.first->second, kept.model);
        ASSERT_EQ(principal.first->second, kept.principal);
    }
    // Few that come again and again are met once.
    EXPECT_LE(models.size(), std::size_t{2} * different + 7);
    EXPECT_EQ(only(record()).record.principal_number, 0U);
}

// Speech and text of a model that takes both, in whatever the answer is wrapped; reported only where they make up the
// whole.
TEST(Invocation, TellsSpeechFromText)
{
    const auto usage = [](const std::string &input, const std::string &output, const std::string &sums) {
        return R"({"usageEvent":{"details":{"delta":{"input":{"speechTokens":1,"textTokens":1}},"total":{"input":)" +
               input + R"(,"output":)" + output + "}}" + sums + "}}";
    };
    const std::string whole = usage(R"({"speechTokens":30,"textTokens":12})", R"({"speechTokens":7,"textTokens":0})",
                                    R"(,"totalInputTokens":42,"totalOutputTokens":7,"totalTokens":49)");
    const std::string begun = usage(R"({"speechTokens":3,"textTokens":2})", R"({"speechTokens":0,"textTokens":0})",
                                    R"(,"totalInputTokens":5,"totalOutputTokens":0,"totalTokens":5)");
    for (const std::string &body :
         {whole, "{\"event\":" + whole + "}", "[{\"event\":" + begun + "},{\"event\":" + whole + "}]"}) {
        const Invocation one = only(answered(body)).record;
        EXPECT_EQ(one.input_tokens, 42) << body;
        EXPECT_EQ(one.output_tokens, 7) << body;
        EXPECT_EQ(one.input_speech_tokens, 30) << body;
        EXPECT_EQ(one.output_speech_tokens, 7) << body;
    }
    const Invocation counted =
        only(record("", R"("inputTokenCount":43)", R"("outputTokenCount":7,"outputBodyJson":)" + whole)).record;
    EXPECT_EQ(counted.input_tokens, 43);
    EXPECT_EQ(counted.input_speech_tokens, std::nullopt);
    EXPECT_EQ(counted.output_speech_tokens, 7);
    const Invocation half = only(answered(usage(R"({"speechTokens":30})", "null", R"(,"totalInputTokens":30)"))).record;
    EXPECT_EQ(half.input_tokens, 30);
    EXPECT_EQ(half.input_speech_tokens, std::nullopt);
    EXPECT_EQ(only(answered(R"({"event":"text","usageEvent":[1]})")).record.input_speech_tokens, std::nullopt);
}

// Of a text that was packed, cut at any place, no record is lost but the last, and none is made up.
TEST(Invocation, ReadsFilesPlainAndPacked)
{
    const std::string folder = ::testing::TempDir() + "AWSLogs/444455556666/BedrockModelInvocationLogs/eu-west-1/2026/";
    ASSERT_EQ(std::system(("mkdir -p '" + folder + "'").c_str()), 0);
    std::string text;
    std::mt19937_64 random(11);
    constexpr int records = 3000;
    for (int i = 0; i < records; ++i)
        text += R"({"requestId":")" + std::to_string(i) +
                R"(","modelId":"m","timestamp":"2026-01-01T00:00:00Z","input":{"inputBodyJson":")" +
                std::string(random() % 3000, 'x') + R"(","inputTokenCount":)" + std::to_string(i) + "}}\n";
    const std::string path = folder + "log.json";
    std::ofstream(path, std::ios::binary) << text;
    const std::string packed = path + ".gz";
    gzFile file = gzopen(packed.c_str(), "wb1");
    ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
    gzclose(file);
    const Owned reader = opened();
    // A second file through the same reader, after one that was left in the middle.
    for (const std::string &name : {path, packed, packed}) {
        ASSERT_EQ(invocations_file(reader.get(), name.c_str()), 0);
        if (name == path) invocations_next(reader.get());
        ASSERT_EQ(invocations_file(reader.get(), name.c_str()), 0);
        const Result result = read_all(reader.get());
        ASSERT_EQ(result.records.size(), records);
        EXPECT_EQ(result.records[0].account_id, "444455556666");
        EXPECT_EQ(result.records[0].region, "eu-west-1");
        EXPECT_EQ(result.records.back().record.input_tokens, records - 1);
        EXPECT_EQ(result.records.back().record.line, records);
        EXPECT_EQ(result.unreadable, "");
    }
    std::ifstream whole(packed, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(whole)), {});
    std::ofstream(packed, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
    ASSERT_EQ(invocations_file(reader.get(), packed.c_str()), 0);
    const Result half = read_all(reader.get());
    EXPECT_GT(half.records.size(), 100U);
    EXPECT_LT(half.records.size(), records);
    EXPECT_NE(half.unreadable, "");
    std::string damaged = bytes;
    for (std::size_t i = damaged.size() / 2; i < damaged.size() / 2 + 100; ++i)
        damaged[i] = static_cast<char>(~damaged[i]);
    std::ofstream(packed, std::ios::binary) << damaged;
    ASSERT_EQ(invocations_file(reader.get(), packed.c_str()), 0);
    EXPECT_NE(read_all(reader.get()).unreadable, "");
    EXPECT_EQ(invocations_file(reader.get(), (folder + "nothing").c_str()), ENOENT);
    EXPECT_EQ(read_all(reader.get()).records.size(), 0U);
}

TEST(Invocation, ReadsDocumentsLargerThanItsRoom)
{
    // Some megabytes of envelopes without a line break; a document beyond the limit; one after it.
    std::string stream, one;
    int made = 0;
    while (stream.size() < (std::size_t{5} << 20U)) {
        one = R"({"messageType":"DATA_MESSAGE","owner":"111122223333","logEvents":[)";
        for (int i = 0; i < 50; ++i, ++made)
            one += std::string(i > 0 ? "," : "") + R"({"timestamp":1772323200000,"message":)" +
                   json_text(R"({"requestId":")" + std::to_string(made) +
                             R"(","modelId":"m","input":{"inputBodyJson":")" + std::string(500, 'y') + R"("}})") +
                   "}";
        stream += one + "]}";
    }
    Result result = read_text(stream);
    EXPECT_EQ(result.records.size(), static_cast<std::size_t>(made));
    EXPECT_TRUE(result.broken.empty());
    result = read_text(R"({"requestId":")" + std::string(std::size_t{33} << 20U, 'z') + "\n" + record());
    ASSERT_EQ(result.broken.size(), 1U);
    EXPECT_EQ(result.broken[0].second, "a document of more than 32 MB");
    ASSERT_EQ(result.records.size(), 1U);
    EXPECT_EQ(result.records[0].record.line, 2U);
}

}  // namespace
}  // namespace bedrock_cost::test
