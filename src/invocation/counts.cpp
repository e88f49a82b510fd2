// SPDX-License-Identifier: PostgreSQL
#include "invocation/counts.hpp"

#include <algorithm>

namespace bedrock_cost::invocations {

namespace {

// How deep usage may lie in an answer.
constexpr int deepest_usage = 8;

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

Tier tier_of(Text word) noexcept
{
    if (is_word(word, "flex")) return Tier::flex;
    if (is_word(word, "priority")) return Tier::priority;
    if (is_word(word, "batch")) return Tier::batch;
    if (is_word(word, "optimized")) return Tier::latency_optimized;
    if (is_word(word, "default") || is_word(word, "standard")) return Tier::standard;
    return Tier::absent;
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
                if (written && (is_word(ttl, "1h") || is_word(ttl, "5m"))) kept = std::max(kept.value_or(0), *written);
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

// usageEvent of a model of speech: sums so far, and in details those of text and speech.
error_code read_usage_event(json::value value, Usage &usage) noexcept
{
    const auto read_kinds = [](json::value kinds, Count &text, Count &speech) {
        return each_field(kinds, [&](Text name, json::value count) -> error_code {
            if (is_word(name, "textTokens")) return keep(count, text);
            return is_word(name, "speechTokens") ? keep(count, speech) : SUCCESS;
        });
    };
    return each_field(value, [&](Text name, json::value inner) -> error_code {
        if (is_word(name, "totalInputTokens")) return keep(inner, usage.input);
        if (is_word(name, "totalOutputTokens")) return keep(inner, usage.output);
        if (!is_word(name, "details")) return SUCCESS;
        return each_field(inner, [&](Text part, json::value sums) -> error_code {
            if (!is_word(part, "total")) return SUCCESS;
            return each_field(sums, [&](Text direction, json::value kinds) -> error_code {
                if (is_word(direction, "input")) return read_kinds(kinds, usage.input_text, usage.input_speech);
                return is_word(direction, "output") ? read_kinds(kinds, usage.output_text, usage.output_speech)
                                                    : SUCCESS;
            });
        });
    });
}

}  // namespace

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
                if (is_word(name, "event")) return read_answer(inner, answer, depth + 1);
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
                if (is_word(name, "metadata") || is_word(name, "response"))
                    return read_answer(inner, answer, depth + 1);
                break;
            case 10:
                if (is_word(name, "usageEvent")) return read_usage_event(inner, answer.usage);
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
            default:
                break;
        }
        return SUCCESS;
    });
}

Why read_counts(Text name, json::value value, Invocation &record, bool &counted) noexcept
{
    const auto count = [&](Count &kept, const char *broken, double scale = 1) {
        const Why wrong = read_count(value, kept, broken, scale);
        counted = counted || kept.has_value();
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
        default:
            break;
    }
    return nullptr;
}

void take_answer(Invocation &record, const Answer &answer, bool counted) noexcept
{
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
    // Speech is separated from text only where the two make up the whole.
    const auto split = [](Count &speech, Count stated, Count text, Count whole) {
        if (stated && text && whole && std::int64_t{*stated} + *text == *whole) speech = stated;
    };
    split(record.input_speech_tokens, body.input_speech, body.input_text, record.input_tokens);
    split(record.output_speech_tokens, body.output_speech, body.output_text, record.output_tokens);
    Count written = body.cache_write_5m;
    add(written, body.cache_write_1h);
    fill(record.cache_write_tokens, answer.metrics.cache_write, body.cache_write ? body.cache_write : written);
    if (body.cache_write_1h) {
        record.cache_write_1h_tokens = std::min(*body.cache_write_1h, record.cache_write_tokens.value_or(0));
    } else if (record.cache_write_tokens &&
               (*record.cache_write_tokens == 0 ||
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
    record.count_basis = counted ? CountBasis::log : any ? CountBasis::body : CountBasis::none;
}

}  // namespace bedrock_cost::invocations
