// SPDX-License-Identifier: PostgreSQL
// The closed vocabularies of the SQL contract: one enum each, and the word SQL shows for each value.
//
// An empty word is SQL NULL. The binding turns every word into a constant text once, so that a function
// that answers with a word allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bedrock_cost {

template <class Word>
struct Vocabulary;

template <class Word>
constexpr std::string_view word(Word value)
{
    return Vocabulary<Word>::words[static_cast<std::size_t>(value)];
}

enum class RequestPath : std::uint8_t {
    none,
    application_profile,
    system_profile,
    foundation_model,
    provisioned_model,
    custom_model,
    imported_model,
    prompt_router,
    project,
    other,
};
template <>
struct Vocabulary<RequestPath> {
    static constexpr std::array<std::string_view, 10> words{
        "none",         "application_profile", "system_profile", "foundation_model", "provisioned_model",
        "custom_model", "imported_model",      "prompt_router",  "project",          "other"};
};

// Prefixes of system inference profile ids. A dot follows them in the id.
enum class GeoPrefix : std::uint8_t { absent, us, eu, apac, ap, jp, au, ca, in, us_gov, global };
template <>
struct Vocabulary<GeoPrefix> {
    static constexpr std::array<std::string_view, 11> words{"",   "us", "eu", "apac",   "ap",    "jp",
                                                            "au", "ca", "in", "us-gov", "global"};
};

enum class UsageGroup : std::uint8_t {
    absent,
    tokens,
    media,
    search_units,
    provisioned_throughput,
    reserved,
    custom_model_import,
    customization,
    guardrail,
    knowledge_base,
    agent,
    flow,
    evaluation,
    prompt,
    data_automation,
    agentcore,
    grounding,
    other,
};
template <>
struct Vocabulary<UsageGroup> {
    static constexpr std::array<std::string_view, 18> words{"",
                                                            "tokens",
                                                            "media",
                                                            "search_units",
                                                            "provisioned_throughput",
                                                            "reserved",
                                                            "custom_model_import",
                                                            "customization",
                                                            "guardrail",
                                                            "knowledge_base",
                                                            "agent",
                                                            "flow",
                                                            "evaluation",
                                                            "prompt",
                                                            "data_automation",
                                                            "agentcore",
                                                            "grounding",
                                                            "other"};
};

// Parts of Amazon Bedrock AgentCore that are billed apart.
enum class AgentCoreComponent : std::uint8_t {
    absent,
    runtime,
    memory,
    gateway,
    browser,
    code_interpreter,
    web_search,
    identity,
    policy,
    evaluation,
    knowledge_base,
    data_transfer,
    other,
};
template <>
struct Vocabulary<AgentCoreComponent> {
    static constexpr std::array<std::string_view, 13> words{
        "",           "runtime",  "memory", "gateway",    "browser",        "code_interpreter",
        "web_search", "identity", "policy", "evaluation", "knowledge_base", "data_transfer",
        "other"};
};

enum class TokenKind : std::uint8_t { absent, input, output, cache_read, cache_write };
template <>
struct Vocabulary<TokenKind> {
    static constexpr std::array<std::string_view, 5> words{"", "input", "output", "cache_read", "cache_write"};
};

enum class Modality : std::uint8_t { absent, text, image, speech, audio, video };
template <>
struct Vocabulary<Modality> {
    static constexpr std::array<std::string_view, 6> words{"", "text", "image", "speech", "audio", "video"};
};

enum class CacheTtl : std::uint8_t { absent, minutes_5, minutes_30, hour_1 };
template <>
struct Vocabulary<CacheTtl> {
    static constexpr std::array<std::string_view, 4> words{"", "5m", "30m", "1h"};
};

enum class Tier : std::uint8_t { absent, standard, batch, flex, priority, latency_optimized };
template <>
struct Vocabulary<Tier> {
    static constexpr std::array<std::string_view, 6> words{"",     "standard", "batch",
                                                           "flex", "priority", "latency_optimized"};
};

enum class Routing : std::uint8_t { absent, regional, geo, global };
template <>
struct Vocabulary<Routing> {
    static constexpr std::array<std::string_view, 4> words{"", "regional", "geo", "global"};
};

enum class PrincipalKind : std::uint8_t {
    unknown,
    iam_user,
    api_key,
    role,
    assumed_role,
    sso,
    federated_user,
    root,
    service,
};
template <>
struct Vocabulary<PrincipalKind> {
    static constexpr std::array<std::string_view, 9> words{
        "unknown", "iam_user", "api_key", "role", "assumed_role", "sso", "federated_user", "root", "service"};
};

enum class AttributionKind : std::uint8_t { none, application_profile, project, iam_principal, tag };
template <>
struct Vocabulary<AttributionKind> {
    static constexpr std::array<std::string_view, 5> words{"none", "application_profile", "project", "iam_principal",
                                                           "tag"};
};

// AWS regions by billing prefix (AWS region billing codes; eu-west-1 is "EU"). Values index the two tables below.
enum class Region : std::uint8_t { absent };
struct BillingPrefix {
    std::string_view prefix;
    std::string_view region;
};
inline constexpr std::array<BillingPrefix, 39> billing_prefixes{{
    {"", ""},
    {"USE1", "us-east-1"},
    {"USE2", "us-east-2"},
    {"USW1", "us-west-1"},
    {"USW2", "us-west-2"},
    {"CAN1", "ca-central-1"},
    {"CAN2", "ca-west-1"},
    {"MXC1", "mx-central-1"},
    {"AFS1", "af-south-1"},
    {"APE1", "ap-east-1"},
    {"APE2", "ap-east-2"},
    {"APN1", "ap-northeast-1"},
    {"APN2", "ap-northeast-2"},
    {"APN3", "ap-northeast-3"},
    {"APS3", "ap-south-1"},
    {"APS5", "ap-south-2"},
    {"APS1", "ap-southeast-1"},
    {"APS2", "ap-southeast-2"},
    {"APS4", "ap-southeast-3"},
    {"APS6", "ap-southeast-4"},
    {"APS7", "ap-southeast-5"},
    {"APS8", "ap-southeast-6"},
    {"APS9", "ap-southeast-7"},
    {"EUC1", "eu-central-1"},
    {"EUC2", "eu-central-2"},
    {"EUN1", "eu-north-1"},
    {"EUS1", "eu-south-1"},
    {"EUS2", "eu-south-2"},
    {"EU", "eu-west-1"},
    {"EUW2", "eu-west-2"},
    {"EUW3", "eu-west-3"},
    {"ILC1", "il-central-1"},
    {"MEC1", "me-central-1"},
    {"MES1", "me-south-1"},
    {"SAE1", "sa-east-1"},
    {"UGW1", "us-gov-west-1"},
    {"UGE1", "us-gov-east-1"},
    {"CNN1", "cn-north-1"},
    {"CNW1", "cn-northwest-1"},
}};
template <>
struct Vocabulary<Region> {
    static constexpr std::array<std::string_view, billing_prefixes.size()> words = [] {
        std::array<std::string_view, billing_prefixes.size()> regions{};
        for (std::size_t i = 0; i < regions.size(); ++i) regions[i] = billing_prefixes[i].region;
        return regions;
    }();
};

}  // namespace bedrock_cost
