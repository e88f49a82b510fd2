// SPDX-License-Identifier: PostgreSQL
// List prices as published by AWS in autumn 2026, and the grammar of usage types.

#include "prices.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "random.hpp"

namespace bedrock_bill {
namespace {

constexpr Pico none = -1;

struct Region {
    std::string_view id, code, name;
};

constexpr std::array<Region, 5> regions = {{{"us-east-1", "USE1", "US East (N. Virginia)"},
                                            {"us-west-2", "USW2", "US West (Oregon)"},
                                            {"eu-central-1", "EUC1", "EU (Frankfurt)"},
                                            {"eu-west-1", "EU", "EU (Ireland)"},
                                            {"ap-northeast-1", "APN1", "Asia Pacific (Tokyo)"}}};

constexpr std::string_view anthropic = "Anthropic, PBC";

constexpr auto models = std::to_array<Model>({
    {"anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5", "Anthropic", anthropic, Grammar::marketplace,
     "Claude4.5Sonnet"},
    {"anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", "Anthropic", anthropic, Grammar::marketplace,
     "Claude4.6Sonnet"},
    {"anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5", "Anthropic", anthropic, Grammar::marketplace,
     "Claude4.5Haiku"},
    {"anthropic.claude-opus-4-6-v1", "Claude Opus 4.6", "Anthropic", anthropic, Grammar::marketplace, "Claude4.6Opus"},
    {"anthropic.claude-opus-4-7", "Claude Opus 4.7", "Anthropic", anthropic, Grammar::marketplace_snake, ""},
    {"anthropic.claude-opus-4-1-20250805-v1:0", "Claude Opus 4.1", "Anthropic", anthropic, Grammar::marketplace, ""},
    {"anthropic.claude-3-5-sonnet-20240620-v1:0", "Claude 3.5 Sonnet", "Anthropic", anthropic, Grammar::marketplace,
     ""},
    {"anthropic.claude-3-5-sonnet-20241022-v2:0", "Claude 3.5 Sonnet v2", "Anthropic", anthropic, Grammar::marketplace,
     ""},
    {"anthropic.claude-3-5-haiku-20241022-v1:0", "Claude 3.5 Haiku", "Anthropic", anthropic, Grammar::marketplace, ""},
    {"cohere.embed-v4:0", "Cohere Embed 4 Model", "Cohere", "Cohere Inc.", Grammar::marketplace, ""},
    {"amazon.nova-micro-v1:0", "Nova Micro", "Amazon", "", Grammar::first_party, "NovaMicro"},
    {"amazon.nova-lite-v1:0", "Nova Lite", "Amazon", "", Grammar::first_party, "NovaLite"},
    {"amazon.nova-pro-v1:0", "Nova Pro", "Amazon", "", Grammar::first_party, "NovaPro"},
    {"amazon.nova-2-lite-v1:0", "Nova 2.0 Lite", "Amazon", "", Grammar::first_party, "Nova2.0Lite"},
    {"amazon.titan-embed-text-v2:0", "Titan Text Embeddings V2", "Amazon", "", Grammar::first_party,
     "TitanEmbeddingV2-Text"},
    {"meta.llama3-1-70b-instruct-v1:0", "Llama 3.1 70B", "Meta", "", Grammar::first_party, "Llama3-1-70B"},
    {"meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B", "Meta", "", Grammar::first_party, "Llama3-3-70B"},
    {"mistral.mistral-large-3-675b-instruct", "Mistral Large 3", "Mistral AI", "", Grammar::first_party,
     "Mistral-Large-3-675b-Instruct"},
    {"mistral.ministral-3-8b-instruct", "Ministral 3 8B", "Mistral AI", "", Grammar::first_party,
     "Ministral-3-8b-Instruct"},
    {"qwen.qwen3-32b-v1:0", "Qwen3 32B", "Qwen", "", Grammar::first_party, "Qwen3-32B"},
    {"qwen.qwen3-32b", "Qwen3 32B", "Qwen", "", Grammar::mantle, "qwen.qwen3-32b"},
    {"qwen.qwen3-coder-480b-a35b-instruct", "Qwen3 Coder 480B A35B", "Qwen", "", Grammar::mantle,
     "qwen.qwen3-coder-480b-a35b-instruct"},
    {"openai.gpt-oss-120b", "gpt-oss-120b", "OpenAI", "", Grammar::mantle, "openai.gpt-oss-120b"},
    {"xai.grok-4.3", "Grok 4.3", "xAI", "", Grammar::mantle, "xai.grok-4.3"},
    {"service.claude-sonnet-4-5", "Claude Sonnet 4.5", "Anthropic", "", Grammar::service, "Claude4.5Sonnet"},
});

struct Price {
    std::string_view model;
    std::string_view region;  // "*": the same in all five regions
    Scope scope;
    std::string_view tier;
    std::array<Pico, token_kinds> rate;  // by Kind
};

// Dollars per million tokens. From Claude 4.5 on, regional is exactly 1.1 times global.
constexpr auto prices = std::to_array<Price>({
    {"anthropic.claude-sonnet-4-5-20250929-v1:0",
     "*",
     Scope::regional,
     "standard",
     {3.30_mtok, 16.50_mtok, 0.33_mtok, 4.125_mtok, 6.60_mtok}},
    {"anthropic.claude-sonnet-4-5-20250929-v1:0",
     "*",
     Scope::global,
     "standard",
     {3.00_mtok, 15.00_mtok, 0.30_mtok, 3.75_mtok, 6.00_mtok}},
    {"anthropic.claude-sonnet-4-5-20250929-v1:0",
     "*",
     Scope::regional,
     "batch",
     {1.65_mtok, 8.25_mtok, none, none, none}},
    {"anthropic.claude-sonnet-4-5-20250929-v1:0",
     "*",
     Scope::global,
     "batch",
     {1.50_mtok, 7.50_mtok, none, none, none}},
    {"anthropic.claude-sonnet-4-5-20250929-v1:0",
     "*",
     Scope::regional,
     "long-context",
     {6.60_mtok, 24.75_mtok, 0.66_mtok, 8.25_mtok, 13.20_mtok}},
    {"anthropic.claude-sonnet-4-6",
     "*",
     Scope::regional,
     "standard",
     {3.30_mtok, 16.50_mtok, 0.33_mtok, 4.125_mtok, 6.60_mtok}},
    {"anthropic.claude-sonnet-4-6",
     "*",
     Scope::global,
     "standard",
     {3.00_mtok, 15.00_mtok, 0.30_mtok, 3.75_mtok, 6.00_mtok}},
    {"anthropic.claude-haiku-4-5-20251001-v1:0",
     "*",
     Scope::regional,
     "standard",
     {1.10_mtok, 5.50_mtok, 0.11_mtok, 1.375_mtok, 2.20_mtok}},
    {"anthropic.claude-haiku-4-5-20251001-v1:0",
     "*",
     Scope::global,
     "standard",
     {1.00_mtok, 5.00_mtok, 0.10_mtok, 1.25_mtok, 2.00_mtok}},
    {"anthropic.claude-haiku-4-5-20251001-v1:0",
     "*",
     Scope::regional,
     "batch",
     {0.55_mtok, 2.75_mtok, none, none, none}},
    {"anthropic.claude-haiku-4-5-20251001-v1:0", "*", Scope::global, "batch", {0.50_mtok, 2.50_mtok, none, none, none}},
    {"anthropic.claude-opus-4-6-v1",
     "*",
     Scope::regional,
     "standard",
     {5.50_mtok, 27.50_mtok, 0.55_mtok, 6.875_mtok, 11.00_mtok}},
    {"anthropic.claude-opus-4-6-v1",
     "*",
     Scope::global,
     "standard",
     {5.00_mtok, 25.00_mtok, 0.50_mtok, 6.25_mtok, 10.00_mtok}},
    {"anthropic.claude-opus-4-7",
     "*",
     Scope::regional,
     "standard",
     {5.50_mtok, 27.50_mtok, 0.55_mtok, 6.875_mtok, 11.00_mtok}},
    {"anthropic.claude-opus-4-7",
     "*",
     Scope::global,
     "standard",
     {5.00_mtok, 25.00_mtok, 0.50_mtok, 6.25_mtok, 10.00_mtok}},
    {"anthropic.claude-opus-4-1-20250805-v1:0",
     "us-east-1",
     Scope::regional,
     "standard",
     {15.00_mtok, 75.00_mtok, 1.50_mtok, 18.75_mtok, none}},
    {"anthropic.claude-3-5-sonnet-20240620-v1:0",
     "*",
     Scope::regional,
     "standard",
     {3.00_mtok, 15.00_mtok, none, none, none}},
    {"anthropic.claude-3-5-sonnet-20240620-v1:0",
     "*",
     Scope::regional,
     "batch",
     {1.50_mtok, 7.50_mtok, none, none, none}},
    {"anthropic.claude-3-5-sonnet-20241022-v2:0",
     "us-west-2",
     Scope::regional,
     "standard",
     {3.00_mtok, 15.00_mtok, 0.30_mtok, 3.75_mtok, none}},
    {"anthropic.claude-3-5-haiku-20241022-v1:0",
     "us-east-1",
     Scope::regional,
     "standard",
     {0.80_mtok, 4.00_mtok, 0.08_mtok, 1.00_mtok, none}},
    {"cohere.embed-v4:0", "*", Scope::regional, "standard", {0.12_mtok, none, none, none, none}},
    {"amazon.nova-micro-v1:0",
     "us-east-1",
     Scope::regional,
     "standard",
     {0.035_mtok, 0.14_mtok, 0.00875_mtok, 0_mtok, none}},
    {"amazon.nova-micro-v1:0",
     "us-west-2",
     Scope::regional,
     "standard",
     {0.035_mtok, 0.14_mtok, 0.00875_mtok, 0_mtok, none}},
    {"amazon.nova-micro-v1:0", "us-east-1", Scope::regional, "custom-model", {0.035_mtok, 0.14_mtok, none, none, none}},
    {"amazon.nova-lite-v1:0",
     "us-east-1",
     Scope::regional,
     "standard",
     {0.06_mtok, 0.24_mtok, 0.015_mtok, 0_mtok, none}},
    {"amazon.nova-lite-v1:0",
     "us-west-2",
     Scope::regional,
     "standard",
     {0.06_mtok, 0.24_mtok, 0.015_mtok, 0_mtok, none}},
    {"amazon.nova-lite-v1:0",
     "eu-west-1",
     Scope::regional,
     "standard",
     {0.069_mtok, 0.276_mtok, 0.01725_mtok, none, none}},
    {"amazon.nova-lite-v1:0",
     "ap-northeast-1",
     Scope::regional,
     "standard",
     {0.072_mtok, 0.288_mtok, 0.018_mtok, none, none}},
    {"amazon.nova-pro-v1:0", "us-east-1", Scope::regional, "standard", {0.80_mtok, 3.20_mtok, 0.20_mtok, 0_mtok, none}},
    {"amazon.nova-pro-v1:0", "us-west-2", Scope::regional, "standard", {0.80_mtok, 3.20_mtok, 0.20_mtok, 0_mtok, none}},
    {"amazon.nova-pro-v1:0", "eu-west-1", Scope::regional, "standard", {0.92_mtok, 3.68_mtok, 0.23_mtok, none, none}},
    {"amazon.nova-pro-v1:0",
     "us-east-1",
     Scope::regional,
     "latency-optimized",
     {1.00_mtok, 4.00_mtok, none, none, none}},
    {"amazon.nova-2-lite-v1:0",
     "us-east-1",
     Scope::regional,
     "standard",
     {0.33_mtok, 2.75_mtok, 0.0825_mtok, 0_mtok, none}},
    {"amazon.nova-2-lite-v1:0",
     "us-east-1",
     Scope::global,
     "standard",
     {0.30_mtok, 2.50_mtok, 0.075_mtok, 0_mtok, none}},
    {"amazon.nova-2-lite-v1:0", "us-east-1", Scope::global, "flex", {0.15_mtok, 1.25_mtok, 0.0375_mtok, 0_mtok, none}},
    {"amazon.nova-2-lite-v1:0",
     "us-east-1",
     Scope::global,
     "priority",
     {0.525_mtok, 4.375_mtok, 0.13125_mtok, 0_mtok, none}},
    {"amazon.nova-2-lite-v1:0", "us-east-1", Scope::global, "batch", {0.15_mtok, 1.25_mtok, none, none, none}},
    {"amazon.nova-2-lite-v1:0",
     "us-west-2",
     Scope::global,
     "standard",
     {0.30_mtok, 2.50_mtok, 0.075_mtok, 0_mtok, none}},
    {"amazon.nova-2-lite-v1:0",
     "eu-central-1",
     Scope::regional,
     "standard",
     {0.429_mtok, 3.597_mtok, 0.10725_mtok, 0_mtok, none}},
    {"amazon.titan-embed-text-v2:0", "us-east-1", Scope::regional, "standard", {0.02_mtok, none, none, none, none}},
    {"meta.llama3-1-70b-instruct-v1:0",
     "us-east-1",
     Scope::regional,
     "standard",
     {0.72_mtok, 0.72_mtok, none, none, none}},
    {"meta.llama3-1-70b-instruct-v1:0",
     "us-east-1",
     Scope::regional,
     "latency-optimized",
     {0.90_mtok, 0.90_mtok, none, none, none}},
    {"meta.llama3-3-70b-instruct-v1:0",
     "us-east-1",
     Scope::regional,
     "standard",
     {0.72_mtok, 0.72_mtok, none, none, none}},
    {"meta.llama3-3-70b-instruct-v1:0",
     "us-east-1",
     Scope::regional,
     "batch",
     {0.36_mtok, 0.36_mtok, none, none, none}},
    {"mistral.mistral-large-3-675b-instruct",
     "us-east-1",
     Scope::regional,
     "standard",
     {0.50_mtok, 1.50_mtok, none, none, none}},
    {"mistral.mistral-large-3-675b-instruct",
     "eu-west-1",
     Scope::regional,
     "standard",
     {0.60_mtok, 1.80_mtok, none, none, none}},
    {"mistral.ministral-3-8b-instruct", "us-west-2", Scope::regional, "flex", {0.07_mtok, 0.07_mtok, none, none, none}},
    {"qwen.qwen3-32b-v1:0", "us-east-1", Scope::regional, "priority", {0.2625_mtok, 1.05_mtok, none, none, none}},
    {"qwen.qwen3-32b", "us-east-1", Scope::regional, "standard", {0.15_mtok, 0.60_mtok, none, none, none}},
    {"qwen.qwen3-32b", "us-east-1", Scope::regional, "flex", {0.075_mtok, 0.30_mtok, none, none, none}},
    {"qwen.qwen3-coder-480b-a35b-instruct",
     "us-east-1",
     Scope::regional,
     "standard",
     {0.45_mtok, 1.80_mtok, none, none, none}},
    {"openai.gpt-oss-120b", "us-east-1", Scope::regional, "standard", {0.15_mtok, 0.60_mtok, none, none, none}},
    {"openai.gpt-oss-120b", "us-east-1", Scope::regional, "priority", {0.2625_mtok, 1.05_mtok, none, none, none}},
    {"xai.grok-4.3", "us-east-1", Scope::regional, "standard", {1.25_mtok, 2.50_mtok, 0.20_mtok, none, none}},
    {"service.claude-sonnet-4-5",
     "*",
     Scope::global,
     "long-context",
     {6.00_mtok, 22.50_mtok, 0.60_mtok, 7.50_mtok, 12.00_mtok}},
});

const Price &price_of(const TokenKey &key)
{
    for (const Price &p : prices)
        if (p.model == key.model && (p.region == "*" || p.region == key.region) && p.scope == key.scope &&
            p.tier == key.tier)
            return p;
    throw std::logic_error(fmt::format("no price: {} {} {}", key.model, key.region, key.tier));
}

constexpr std::array<std::string_view, token_kinds> dashed = {
    "input-tokens", "output-tokens", "cache-read-input-token-count", "cache-write-input-token-count", ""};
constexpr std::array<std::string_view, token_kinds> camel = {"InputTokenCount", "OutputTokenCount",
                                                             "CacheReadInputTokenCount", "CacheWriteInputTokenCount",
                                                             "CacheWrite1hInputTokenCount"};
constexpr std::array<std::string_view, token_kinds> snake = {"input_tokens", "output_tokens", "cache_read_tokens",
                                                             "cache_write_tokens", "cache_write_tokens_1h"};
constexpr std::array<std::string_view, token_kinds> mantle = {"input-tokens", "output-tokens", "cache-read-tokens",
                                                              "cache-write-tokens", ""};
constexpr std::array<std::string_view, token_kinds> plain = {
    "Input tokens", "Output tokens", "Prompt cache read input tokens", "Prompt cache write input tokens", ""};
constexpr std::array<std::string_view, token_kinds> million = {"Input Tokens", "Response Tokens",
                                                               "Cache Read Input Tokens", "Cache Write Input Tokens",
                                                               "1 Hour Cache Write Input Tokens"};
constexpr std::array<std::string_view, token_kinds> snake_words = {"Input Tokens", "Output Tokens", "Cache Read Tokens",
                                                                   "Cache Write Tokens", "1 Hour Cache Write Tokens"};

bool from_claude_45(const Model &m)
{
    return m.name.find("4.5") != m.name.npos || m.name.find("4.6") != m.name.npos || m.name.find("4.7") != m.name.npos;
}

std::string marketplace_usage(const Model &m, const TokenKey &key, std::string_view code)
{
    const auto k = static_cast<std::size_t>(key.kind);
    std::string dimension;
    if (m.grammar == Grammar::marketplace_snake)
        dimension = fmt::format("{}{}_{}", snake[k], key.scope == Scope::global ? "_global" : "", key.tier);
    else if (key.tier == "batch" && !from_claude_45(m))
        dimension = key.kind == Kind::input ? "MillionBatchInputTokens" : "MillionBatchOutputTokens";
    else
        dimension = fmt::format("{}{}{}{}", camel[k], key.tier == "long-context" ? "_LCtx" : "",
                                key.scope == Scope::global ? "_Global" : "", key.tier == "batch" ? "_Batch" : "");
    return fmt::format("{0}-MP:{0}_{1}-Units", code, dimension);
}

std::string marketplace_words(const Model &m, const TokenKey &key)
{
    const auto k = static_cast<std::size_t>(key.kind);
    if (m.grammar == Grammar::marketplace_snake)
        return fmt::format("AWS Marketplace software usage|{}|{} - Standard{}", key.region, snake_words[k],
                           key.scope == Scope::global ? ", Global" : "");
    const std::string_view where = key.scope == Scope::global ? " Global" : from_claude_45(m) ? " Regional" : "";
    return fmt::format("AWS Marketplace software usage|{}|Million {}{}{}{}", key.region,
                       key.tier == "batch" ? "Batch " : "", million[k],
                       key.tier == "long-context" ? " Long Context" : "", where);
}

std::string first_party_usage(const Model &m, const TokenKey &key, std::string_view code)
{
    const std::string_view kind = dashed[static_cast<std::size_t>(key.kind)];
    const std::string_view global = key.scope == Scope::global ? "-cross-region-global" : "";
    if (key.tier == "latency-optimized" && m.provider == "Meta")
        return fmt::format("{}-{}-LatencyOptimized-{}", code, m.token, kind);
    if (key.tier == "standard") return fmt::format("{}-{}-{}{}", code, m.token, kind, global);
    if (key.tier == "batch") return fmt::format("{}-{}-{}{}-batch", code, m.token, kind, global);
    return fmt::format("{}-{}-{}-{}{}", code, m.token, kind, key.tier, global);
}

std::string marketplace_name(std::string_view model)
{
    return fmt::format("{} (Amazon Bedrock Edition)", model);
}

}  // namespace

std::string_view region_code(std::string_view region)
{
    for (const Region &r : regions)
        if (r.id == region) return r.code;
    throw std::logic_error("unknown region");
}

std::string_view region_name(std::string_view region)
{
    for (const Region &r : regions)
        if (r.id == region) return r.name;
    return "";
}

const Model &model_of(std::string_view id)
{
    for (const Model &m : models)
        if (m.id == id) return m;
    throw std::logic_error(fmt::format("unknown model {}", id));
}

std::string marketplace_code(std::string_view product_name)
{
    return opaque(product_name, 26, lower_and_digits);
}

int Catalogue::add(Sku sku)
{
    const auto at = static_cast<int>(skus_.size());
    index_.emplace(sku.product_code + '|' + sku.usage_type, at);
    sku.sku = opaque(sku.product_code + sku.usage_type, 16, upper_and_digits);
    sku.rate_code = fmt::format("{}.{}.6YS6EN2CT7", sku.sku, sku.marketplace ? "4799GE89SK" : "JRTCKXETXF");
    skus_.push_back(std::move(sku));
    return at;
}

int Catalogue::token(const TokenKey &key)
{
    const Model &m = model_of(key.model);
    const Pico rate = price_of(key).rate[static_cast<std::size_t>(key.kind)];
    if (rate == none) return -1;
    const std::string_view code = region_code(key.region);
    Sku sku;
    sku.region = key.region;
    sku.model = m.name;
    sku.model_id = key.model;
    sku.provider = m.provider;
    sku.seller = m.seller;
    sku.kind = key.kind;
    sku.rate = rate;
    if (m.grammar == Grammar::marketplace || m.grammar == Grammar::marketplace_snake) {
        sku.usage_type = marketplace_usage(m, key, code);
        sku.product_name = marketplace_name(m.name);
        sku.product_code = marketplace_code(sku.product_name);
        sku.unit = "Units";
        sku.unit_from_september = "1M tokens";
        sku.decimals = 6;
        sku.marketplace = true;
        sku.description = marketplace_words(m, key);
    } else {
        const bool service = m.grammar == Grammar::service;
        sku.usage_type =
            m.grammar == Grammar::mantle
                ? fmt::format("{}-{}-mantle-{}-{}", code, m.token, mantle[static_cast<std::size_t>(key.kind)], key.tier)
                : first_party_usage(m, key, code);
        // AWS meters Grok in millions where its neighbours are metered in thousands.
        const bool in_millions = m.provider == "xAI";
        sku.product_name = service ? "Amazon Bedrock Service" : "Amazon Bedrock";
        sku.product_code = sku.service_code = service ? "AmazonBedrockService" : "AmazonBedrock";
        sku.family = sku.product_name;
        sku.unit = sku.unit_from_september = in_millions ? "1M tokens" : "1K tokens";
        sku.decimals = in_millions ? 6 : 3;
        sku.inference_type = fmt::format("{}{}{}", plain[static_cast<std::size_t>(key.kind)],
                                         key.tier == "standard" ? "" : " ", key.tier == "standard" ? "" : key.tier);
        const Wide per_unit = static_cast<Wide>(rate) * (in_millions ? 1'000'000 : 1'000);
        sku.description = fmt::format("${} per {} {} for {} in {}", decimal(per_unit, 12), in_millions ? "1M" : "1K",
                                      sku.inference_type, m.name, region_name(key.region));
    }
    if (const auto known = index_.find(sku.product_code + '|' + sku.usage_type); known != index_.end())
        return known->second;
    return add(std::move(sku));
}

int Catalogue::charge(const Sku &like, std::string_view what)
{
    const std::string key = fmt::format("{}|({})", like.product_code, what);
    if (const auto known = index_.find(key); known != index_.end()) return known->second;
    Sku sku;
    sku.product_code = like.product_code;
    sku.product_name = like.product_name;
    sku.marketplace = like.marketplace;
    sku.bedrock = like.bedrock;
    sku.seller = like.seller;
    const auto at = static_cast<int>(skus_.size());
    skus_.push_back(std::move(sku));
    index_.emplace(key, at);
    return at;
}

int Catalogue::meter(const Meter &meter, std::string_view region)
{
    Sku sku;
    const std::string_view code = region.empty() ? "" : region_code(region);
    const bool market = meter.usage_type.starts_with("MP:");
    sku.usage_type = market         ? fmt::format("{0}-MP:{0}_{1}-Units", code, meter.usage_type.substr(3))
                     : code.empty() ? std::string(meter.usage_type)
                                    : fmt::format("{}-{}", code, meter.usage_type);
    sku.product_name = market && meter.bedrock ? marketplace_name(meter.product_name) : std::string(meter.product_name);
    sku.product_code = market ? marketplace_code(sku.product_name) : std::string(meter.product_code);
    if (const auto known = index_.find(sku.product_code + '|' + sku.usage_type); known != index_.end())
        return known->second;
    sku.service_code = market ? "" : std::string(meter.product_code);
    sku.family = market ? "" : std::string(meter.family);
    sku.region = region;
    sku.unit = sku.unit_from_september = meter.unit;
    if (market)
        sku.description = fmt::format("AWS Marketplace software usage|{}|{}", region, meter.description);
    else if (!meter.description.empty())
        sku.description = meter.description;
    else
        sku.description = fmt::format("${} per {} for {} in {}", decimal(meter.price, 12), meter.unit, meter.usage_type,
                                      region_name(region));
    sku.model = meter.model;
    sku.seller = meter.seller;
    sku.decimals = meter.decimals;
    sku.rate = meter.price;
    for (int i = 0; i < meter.decimals; ++i) {
        if (sku.rate % 10 != 0) throw std::logic_error(fmt::format("price of {} is too fine", sku.usage_type));
        sku.rate /= 10;
    }
    sku.kind = meter.kind;
    sku.marketplace = market;
    sku.bedrock = meter.bedrock;
    return add(std::move(sku));
}

}  // namespace bedrock_bill
