// SPDX-License-Identifier: PostgreSQL
// Usage types: the labelled corpus in full, the words as a set, and what must never be guessed.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <ostream>

#include "corpus.hpp"

namespace bedrock_cost::test {
namespace {

TEST(UsageType, ReadsTheWholeCorpus)
{
    const Table table("usage_types.tsv");
    ASSERT_EQ(table.size(), 238U);
    for (std::size_t row = 0; row < table.size(); ++row) {
        const std::string &text = table.text(row, "usage_type");
        SCOPED_TRACE(text);
        const UsageParts parts = usage_parts(text);
        EXPECT_EQ(word_cell(parts.region), table.at(row, "region"));
        EXPECT_EQ(flag(parts.marketplace), table.at(row, "marketplace"));
        EXPECT_EQ(flag(parts.mantle), table.at(row, "mantle"));
        EXPECT_EQ(cell(parts.model_token), table.at(row, "model_token"));
        EXPECT_EQ(word_cell(parts.usage_group), table.at(row, "usage_group"));
        EXPECT_EQ(word_cell(parts.token_kind), table.at(row, "token_kind"));
        EXPECT_EQ(word_cell(parts.modality), table.at(row, "modality"));
        EXPECT_EQ(word_cell(parts.cache_ttl), table.at(row, "cache_ttl"));
        EXPECT_EQ(word_cell(parts.tier), table.at(row, "tier"));
        EXPECT_EQ(word_cell(parts.routing), table.at(row, "routing"));
        EXPECT_EQ(parts.long_context ? flag(*parts.long_context) : Cell(), table.at(row, "long_context"));
        EXPECT_EQ(flag(parts.custom_model), table.at(row, "custom_model"));
        EXPECT_EQ(usage_region(text), parts.region);
        EXPECT_EQ(usage_token_kind(text), parts.token_kind);
    }
}

// A usage type with what is read from it, written as
// region|model|group|kind|modality|ttl|tier|routing|long|custom, with nothing for an absent value.
struct Reading {
    const char *usage_type;
    const char *parts;
};

std::string shown(const UsageParts &parts)
{
    const auto part = [](Cell cell) { return cell.value_or("") + "|"; };
    return part(word_cell(parts.region)) + part(cell(parts.model_token)) + part(word_cell(parts.usage_group)) +
           part(word_cell(parts.token_kind)) + part(word_cell(parts.modality)) + part(word_cell(parts.cache_ttl)) +
           part(word_cell(parts.tier)) + part(word_cell(parts.routing)) +
           part(parts.long_context ? flag(*parts.long_context) : Cell()) + *flag(parts.custom_model);
}

void PrintTo(const Reading &reading, std::ostream *out)
{
    *out << reading.usage_type;
}

class UsageTypeReading : public testing::TestWithParam<Reading> {};

TEST_P(UsageTypeReading, IsAsWritten)
{
    EXPECT_EQ(shown(usage_parts(GetParam().usage_type)), GetParam().parts);
}

INSTANTIATE_TEST_SUITE_P(
    Tokens, UsageTypeReading,
    testing::Values(
        Reading{"USE1-NovaMicro-input-tokens-batch", "us-east-1|NovaMicro|tokens|input|||batch|regional|f|f"},
        Reading{"APE2-Nova2.0Lite-cache-write-input-token-count-flex-cross-region-global",
                "ap-east-2|Nova2.0Lite|tokens|cache_write|||flex|global|f|f"},
        Reading{"APS7-Nova2.0Pro-input-image-token-count-cross-region-global-batch",
                "ap-southeast-5|Nova2.0Pro|tokens|input|image||batch|global|f|f"},
        Reading{"EU-Claude4Sonnet-cache-read-input-token-count-long-context-cross-region-global",
                "eu-west-1|Claude4Sonnet|tokens|cache_read|||standard|global|t|f"},
        Reading{"USE1-Claude4Sonnet-input-tokens-long-context-cross-region-geo",
                "us-east-1|Claude4Sonnet|tokens|input|||standard|geo|t|f"},
        Reading{"USE2-Llama3-1-70B-LatencyOptimized-input-tokens",
                "us-east-2|Llama3-1-70B|tokens|input|||latency_optimized|regional|f|f"},
        Reading{"USE1-NovaPro-input-tokens-latency-optimized",
                "us-east-1|NovaPro|tokens|input|||latency_optimized|regional|f|f"},
        Reading{"USE1-Mistral-Large-3-675b-Instruct-output-tokens-priority",
                "us-east-1|Mistral-Large-3-675b-Instruct|tokens|output|||priority|regional|f|f"},
        Reading{"EU-Nemotron-Nano-12B-V2-VL-BF16-input-tokens-flex",
                "eu-west-1|Nemotron-Nano-12B-V2-VL-BF16|tokens|input|||flex|regional|f|f"},
        Reading{"USE1-ZAI.GLM-4.7-output-tokens", "us-east-1|ZAI.GLM-4.7|tokens|output|||standard|regional|f|f"},
        Reading{"USE1-TitanEmbeddingsG1-Text-input-tokens",
                "us-east-1|TitanEmbeddingsG1-Text|tokens|input|||standard|regional|f|f"},
        Reading{"USE1-NovaSonic-speech-output-tokens",
                "us-east-1|NovaSonic|tokens|output|speech||standard|regional|f|f"},
        Reading{"USE1-TitanText-Premier-Custom-input-tokens",
                "us-east-1|TitanText-Premier|tokens|input|||standard|regional|f|t"},
        Reading{"USE1-Claude3Sonnet-input-tokens-extended-access",
                "us-east-1|Claude3Sonnet|tokens|input|||standard|regional|f|f"},
        Reading{"NovaLite-input-tokens", "|NovaLite|tokens|input|||standard|regional|f|f"}));

INSTANTIATE_TEST_SUITE_P(
    Mantle, UsageTypeReading,
    testing::Values(Reading{"USE1-openai.gpt-5.6-luna-mantle-cache-write-tokens-1h-standard",
                            "us-east-1|openai.gpt-5.6-luna|tokens|cache_write||1h|standard|regional|f|f"},
                    Reading{"USE1-openai.gpt-5.6-sol-mantle-cache-write-tokens-30m-long-ctx-batch",
                            "us-east-1|openai.gpt-5.6-sol|tokens|cache_write||30m|batch|regional|t|f"},
                    Reading{"USE1-anthropic.claude-opus-5-mantle-cache-read-tokens-global-standard",
                            "us-east-1|anthropic.claude-opus-5|tokens|cache_read|||standard|global|f|f"},
                    Reading{"USE1-amazon.titan-text-image-mantle-input-tokens-standard",
                            "us-east-1|amazon.titan-text-image|tokens|input|||standard|regional|f|f"}));

INSTANTIATE_TEST_SUITE_P(
    Marketplace, UsageTypeReading,
    testing::Values(
        Reading{"APN1-MP:APN1_MillionBatchInputTokens-Units", "ap-northeast-1||tokens|input|||batch|regional|f|f"},
        Reading{"APS3-MP:APS3_CacheWrite1hInputTokenCount_LCtx_Global-Units",
                "ap-south-1||tokens|cache_write||1h|standard|global|t|f"},
        Reading{"APS3-MP:APS3_CacheWrite1hInputTokenCount_Global_LCtx_Batch-Units",
                "ap-south-1||tokens|cache_write||1h|batch|global|t|f"},
        Reading{"USW2-MP:USW2_CacheWriteInputTokenCount-Units",
                "us-west-2||tokens|cache_write|||standard|regional|f|f"},
        Reading{"UGE1-MP:UGE1_input_tokens_standard-Units", "us-gov-east-1||tokens|input|||standard|regional|f|f"},
        Reading{"EU-MP:EU_cache_write_tokens_1h_global_standard-Units",
                "eu-west-1||tokens|cache_write||1h|standard|global|f|f"},
        Reading{"EU-MP:EU_CACHEWRITE1HINPUTTOKENCOUNT_GLOBAL-Units",
                "eu-west-1||tokens|cache_write||1h|standard|global|f|f"},
        Reading{"cache_writes_tokens_long_ctx_standard", "||tokens|cache_write|||standard|regional|t|f"},
        Reading{"cache_read_tokens_global_long_ctx_standard", "||tokens|cache_read|||standard|global|t|f"},
        Reading{"USW2-MP:USW2_ProvisionedThroughput_1MonthCommit_ModelUnits_Usage-Units",
                "us-west-2||provisioned_throughput|||||||f"},
        Reading{"APN3-MP:APN3_Reserved_1Month_OutputTPM_Geo-Units", "ap-northeast-3||reserved|||||geo||f"},
        Reading{"USE1-MP:USE1_search_units-Units", "us-east-1||search_units|||||||f"},
        Reading{"USE1-MP:USE1_customization_training-Units", "us-east-1||customization|||||||f"},
        Reading{"USE1-MP:USE1_ModelStorage-Units", "us-east-1||customization|||||||f"},
        Reading{"USE1-MP:USE1_InputImageCount-Units", "us-east-1||media||image|||||f"},
        Reading{"USE1-MP:USE1_inputAudioSecond-Units", "us-east-1||media||audio|||||f"},
        Reading{"USE1-MP:USE1_inputVideoSecond_Global-Units", "us-east-1||media||video|||||f"},
        Reading{"USE1-MP:USE1_inputTextRequestCount-Units", "us-east-1||other||text|||||f"},
        Reading{"USE1-MP:USE1_created_image-Units", "us-east-1||media||image|||||f"},
        Reading{"USE1-MP:USE1_CreatedImageTextToImage-Units", "us-east-1||media||image|||||f"},
        Reading{"USE1-MP:USE1_CreatedVideoRay-Units", "us-east-1||media||video|||||f"},
        Reading{"USE1_CreatedImageOutpaint", "us-east-1||media||image|||||f"},
        Reading{"USE1_cache_write_tokens_1h_standard", "us-east-1||tokens|cache_write||1h|standard|regional|f|f"},
        Reading{"USE1_InputTokenCount_Global_LCtx", "us-east-1||tokens|input|||standard|global|t|f"}));

INSTANTIATE_TEST_SUITE_P(
    BesideTokens, UsageTypeReading,
    testing::Values(
        Reading{"USE1-Claude4.5Sonnet-reserved-1-month-output-tokens-per-minute-cross-region-global",
                "us-east-1|Claude4.5Sonnet|reserved|||||global||f"},
        Reading{"SAE1-TitanEmbeddingsG1-Text-ProvisionedThroughput-1month-ModelUnits",
                "sa-east-1|TitanEmbeddingsG1-Text|provisioned_throughput|||||||f"},
        Reading{"USW2-TitanImageGeneratorV2-ProvisionedThroughput-6months-ModelUnits",
                "us-west-2|TitanImageGeneratorV2|provisioned_throughput|||||||f"},
        Reading{"USE1-NovaMicro-Customization-Storage", "us-east-1|NovaMicro|customization|||||||f"},
        Reading{"USE1-Nova2.0Lite-RFT-Training-Hours", "us-east-1|Nova2.0Lite|customization|||||||f"},
        Reading{"USE1-OSS-CustomModelImport-Inference-v1:0", "us-east-1|OSS|custom_model_import|||||||f"},
        Reading{"USW2-AmazonRerank-v1-searchunits", "us-west-2|AmazonRerank-v1|search_units|||||||f"},
        Reading{"USE1-NovaReel-T2V-720p-24fps", "us-east-1|NovaReel|media||video|||||f"},
        Reading{"USE1-TitanImageGeneratorG1-T2I-512-Premium-Custom",
                "us-east-1|TitanImageGeneratorG1|media||image|||||t"},
        Reading{"USE1-NovaMultiModalEmbeddings-input-video-second",
                "us-east-1|NovaMultiModalEmbeddings|media||video|||||f"},
        Reading{"USE1-TitanMultimodalEmbeddings-input-image-count",
                "us-east-1|TitanMultimodalEmbeddings|media||image|||||f"},
        Reading{"APE2-Guardrail-WordPolicyUnitsConsumed", "ap-east-2||guardrail|||||||f"},
        Reading{"USE1-Guardrail-ContextualGroundingPolicyUnitsConsumed", "us-east-1||guardrail|||||||f"},
        Reading{"USE1-Guardrail-ContentPolicyImageUnitsConsumed", "us-east-1||guardrail||image|||||f"},
        Reading{"USE1-DataAutomation-Standard-ImagesProcessed", "us-east-1||data_automation||image|||||f"},
        Reading{"USE1-DataAutomation-Custom-PagesProcessed-AddOnFields", "us-east-1||data_automation|||||||f"},
        Reading{"USE1-DataAutomation-Standard-VideoMinutesProcessed", "us-east-1||data_automation||video|||||f"},
        Reading{"APN1-Runtime:Consumption-based:vCPU", "ap-northeast-1||agentcore|||||||f"},
        Reading{"APN1-Memory:Consumption-based:Long-Term-Memory-Storage:Built-in-memory",
                "ap-northeast-1||agentcore|||||||f"},
        Reading{"USE1-Gateway:Consumption-based:API-Invocations", "us-east-1||agentcore|||||||f"},
        Reading{"USE1-BrowserTool:Consumption-based:vCPU", "us-east-1||agentcore|||||||f"},
        Reading{"USE1-CodeInterpreter:Consumption-based:Memory", "us-east-1||agentcore|||||||f"},
        Reading{"APN1-Bedrock-Agent-Core:Auth-Request:Oauth2", "ap-northeast-1||agentcore|||||||f"},
        Reading{"USW2-Knowledge-Base:Consumption-based:AgenticRetrieval", "us-west-2||knowledge_base|||||||f"},
        Reading{"USE1-KnowledgeBase-Storage-Hours", "us-east-1||knowledge_base|||||||f"},
        Reading{"USE1-Evaluations:Consumption-based:BuiltIn-Input:Tier1", "us-east-1||evaluation|||||||f"},
        Reading{"USE1-InvokeFlow-NodeTransitions", "us-east-1||flow|||||||f"},
        Reading{"USE1-BedrockFlows-NodeTransitions", "us-east-1||flow|||||||f"},
        Reading{"USE1-OptimizePrompt-tokens", "us-east-1||prompt|||||||f"},
        Reading{"USE1-InvokeAgent-Requests", "us-east-1||agent|||||||f"},
        Reading{"USE1-Nova2.0Lite-nova-grounding", "us-east-1|Nova2.0Lite|grounding|||||||f"},
        Reading{"USE1-nova-grounding", "us-east-1||grounding|||||||f"},
        Reading{"-nova-grounding", "||grounding|||||||f"},
        Reading{"USE1-Supernova-grounding", "us-east-1|Supernova|grounding|||||||f"}));

INSTANTIATE_TEST_SUITE_P(
    NothingIsGuessed, UsageTypeReading,
    testing::Values(
        Reading{"", "|||||||||f"}, Reading{"   ", "|||||||||f"}, Reading{" USE1-NovaPro-input-tokens", "|||||||||f"},
        Reading{"USE1-NovaPro-input-tokens\n", "|||||||||f"}, Reading{"\"USE1-NovaPro-input-tokens\"", "|||||||||f"},
        Reading{"USE1-Nova\xd0\x9f-input-tokens", "|||||||||f"},
        Reading{"USE1-NovaPro-input-tokens'; DROP TABLE x; --", "|||||||||f"}, Reading{"::::", "|||||||||f"},
        Reading{"USE1-", "us-east-1||other|||||||f"}, Reading{"USE1", "||other|||||||f"},
        Reading{"use1-novapro-input-tokens", "|novapro|tokens|input|||standard|regional|f|f"},
        Reading{"EUSCDE1-NovaPro-input-tokens", "|NovaPro|tokens|input|||standard|regional|f|f"},
        Reading{"EUSCDE1_input_tokens_standard-Units", "||tokens|input|||standard|regional|f|f"},
        Reading{"TOOLONGA1-NovaPro-input-tokens", "|TOOLONGA1-NovaPro|tokens|input|||standard|regional|f|f"},
        Reading{"USE1-LLAMA3-input-tokens", "us-east-1|LLAMA3|tokens|input|||standard|regional|f|f"},
        Reading{"USE1_", "us-east-1||other|||||||f"}, Reading{"USE1__", "us-east-1||other|||||||f"},
        Reading{"USE1-NovaPro_USE2_input_tokens", "us-east-1|NovaPro_USE2|tokens|input|||standard|regional|f|f"},
        Reading{"XXX9-NovaPro-input-tokens", "|NovaPro|tokens|input|||standard|regional|f|f"},
        Reading{"EUW1-NovaPro-output-tokens", "|NovaPro|tokens|output|||standard|regional|f|f"},
        Reading{"USE1-MP:USW2_InputTokenCount-Units", "||tokens|input|||standard|regional|f|f"},
        Reading{"USE1-MP:-Units", "us-east-1||other|||||||f"},
        Reading{"USE1--input-tokens", "us-east-1||tokens|input|||standard|regional|f|f"},
        Reading{"USE1-mantle-input-tokens-standard", "us-east-1||tokens|input|||standard|regional|f|f"},
        Reading{"USE1-NovaPro-input-output-tokens", "us-east-1|NovaPro|tokens||||standard|regional|f|f"},
        Reading{"USE1-NovaPro-cache-read-write-tokens", "us-east-1|NovaPro|tokens||||standard|regional|f|f"},
        Reading{"USE1-NovaPro-input-tokens-batch-flex", "us-east-1|NovaPro|tokens|input||||regional|f|f"},
        Reading{"USE1-NovaPro-input-tokens-turbo", "us-east-1|NovaPro|tokens|input||||regional|f|f"},
        Reading{"USE1-NovaPro-cross-region-global-geo-input-tokens", "us-east-1|NovaPro|tokens|input|||standard||f|f"},
        Reading{"BoxUsage:t3.micro", "||other|||||||f"},
        Reading{"USE1-DataTransfer-Out-Bytes", "us-east-1||other|||||||f"},
        Reading{"USE1-EBS:SnapshotUsage", "us-east-1||other|||||||f"}, Reading{"Lambda-GB-Second", "||other|||||||f"},
        Reading{"USE1-tokens", "us-east-1||other|||||||f"}));

TEST(UsageType, QualifiersAreASet)
{
    const std::string stem = "USE1-Nova2.0Lite-input-tokens";
    const std::array<std::string, 4> qualifiers{"-flex", "-cross-region-global", "-long-context", "-custom-model"};
    std::array<std::size_t, 4> order{0, 1, 2, 3};
    do {
        std::string text = stem;
        for (const std::size_t i : order) text += qualifiers.at(i);
        EXPECT_EQ(shown(usage_parts(text)), "us-east-1|Nova2.0Lite|tokens|input|||flex|global|t|t") << text;
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(UsageType, KnowsEveryBillingPrefix)
{
    for (std::size_t i = 1; i < billing_prefixes.size(); ++i) {
        const std::string text = std::string(billing_prefixes[i].prefix) + "-NovaLite-input-tokens";
        EXPECT_EQ(word(usage_region(text)), billing_prefixes[i].region);
        EXPECT_EQ(usage_parts(text).model_token, "NovaLite");
    }
}

TEST(UsageType, TakesNoMoreThanItsLength)
{
    EXPECT_EQ(usage_parts(std::string(512, 'A')).usage_group, UsageGroup::other);
    EXPECT_EQ(usage_parts(std::string(513, 'A')).usage_group, UsageGroup::absent);
}

TEST(AgentCore, EveryNameOfItsMetersHasAComponent)
{
    const auto component = [](std::string_view usage_type, std::string_view product = "AmazonBedrockAgentCore") {
        return word(agentcore_component(product, usage_type));
    };
    struct Named {
        const char *metered;
        const char *component;
    };
    for (const Named &named :
         std::initializer_list<Named>{{"Runtime:Consumption-based:vCPU", "runtime"},
                                      {"Runtime:Consumption-based:Memory-v2", "runtime"},
                                      {"Runtime:Instance-based:m7g.large:Management-Hours", "runtime"},
                                      {"BrowserTool:Consumption-based:vCPU", "browser"},
                                      {"CodeInterpreter:Consumption-based:Memory", "code_interpreter"},
                                      {"Gateway:Consumption-based:API-Invocations", "gateway"},
                                      {"Gateway:Consumption-based:Tool-Indexing", "gateway"},
                                      {"Memory:Consumption-based:Short-Term-Memory", "memory"},
                                      {"Memory:Consumption-based:LTM-Storage", "memory"},
                                      {"short-term-memory", "memory"},
                                      {"WebSearchTool:Consumption-based:Queries", "web_search"},
                                      {"Knowledge-Base:Consumption-based:AgenticRetrieval", "knowledge_base"},
                                      {"Evaluations:Consumption-based:BuiltIn-Input:Tier1", "evaluation"},
                                      {"Policy:Consumption-based:Requests", "policy"},
                                      {"Bedrock-Agent-Core:Auth-Request:Oauth2", "identity"}}) {
        const std::string usage_type = std::string("USE1-") + named.metered;
        EXPECT_EQ(component(usage_type), named.component) << usage_type;
        EXPECT_EQ(component(usage_type, ""), named.component) << usage_type;
        EXPECT_EQ(component(named.metered), named.component) << named.metered;
    }
    // These need the product code: other services have meters of such names.
    EXPECT_EQ(component("USE1-Policy:Authorizations"), "policy");
    EXPECT_EQ(component("USE1-Policy:Authorizations", ""), "");
    EXPECT_EQ(component("USE1-DataTransfer-Regional-Bytes"), "data_transfer");
    EXPECT_EQ(component("USE1-CloudFront-Out-Bytes"), "data_transfer");
    EXPECT_EQ(component("USE1-DataTransfer-Regional-Bytes", "AmazonEC2"), "");
    EXPECT_EQ(component("USE1-Dreams:Consumption-based:Minutes"), "other");
    EXPECT_EQ(component("USE1-Dreams:Consumption-based:Minutes", ""), "other");
    EXPECT_EQ(component("USE1-InvokeSomething"), "other");
    EXPECT_EQ(component(""), "other");
    EXPECT_EQ(component("", ""), "");
    EXPECT_EQ(component("USE1-NovaLite-input-tokens", "AmazonBedrock"), "");
    EXPECT_EQ(component("USE1-ModelEvaluation-Requests", "AmazonBedrock"), "");
    EXPECT_EQ(component("USE1-KnowledgeBase-Storage-Hours", "AmazonBedrock"), "");
}

TEST(TokensPerUnit, ComesFromUnitAndGroup)
{
    const char *const tokens = "USE1-NovaLite-input-tokens";
    EXPECT_EQ(tokens_per_unit("1K tokens", tokens), 1'000);
    EXPECT_EQ(tokens_per_unit("1k Tokens", tokens), 1'000);
    EXPECT_EQ(tokens_per_unit(" 1K tokens\n", tokens), 1'000);
    EXPECT_EQ(tokens_per_unit("1M tokens", tokens), 1'000'000);
    EXPECT_EQ(tokens_per_unit("units", "USW2-MP:USW2_InputTokenCount-Units"), 1'000'000);
    for (const char *const unit : {"", "Tokens", "1B tokens", "1K TPM Hour", "hour", "1K  tokens", "1000 tokens"})
        EXPECT_EQ(tokens_per_unit(unit, tokens), 0) << unit;
    EXPECT_EQ(tokens_per_unit({}, tokens), 0);
    EXPECT_EQ(tokens_per_unit("Units", "USE1-MP:USE1_search_units-Units"), 0);
    EXPECT_EQ(tokens_per_unit("Units", "USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units"), 0);
    EXPECT_EQ(tokens_per_unit("1K tokens", "USE1-NovaPro-Customization-Training"), 0);
    EXPECT_EQ(tokens_per_unit("1K tokens", ""), 0);
}

}  // namespace
}  // namespace bedrock_cost::test
