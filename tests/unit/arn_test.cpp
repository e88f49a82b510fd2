// SPDX-License-Identifier: PostgreSQL
// Resource ids: the labelled corpus in full, the form of an ARN, bare ids, and the words of every broken rule.
#include <gtest/gtest.h>

#include "corpus.hpp"

namespace bedrock_cost::test {
namespace {

TEST(Arn, ReadsTheWholeCorpus)
{
    const Table table("arns.tsv");
    ASSERT_EQ(table.size(), 128U);
    for (std::size_t row = 0; row < table.size(); ++row) {
        const std::string &text = table.text(row, "arn");
        SCOPED_TRACE(text);
        const ArnParts parts = arn_parts(text);
        EXPECT_EQ(flag(parts.valid), table.at(row, "valid"));
        EXPECT_EQ(cell(parts.partition), table.at(row, "partition"));
        EXPECT_EQ(cell(parts.service), table.at(row, "service"));
        EXPECT_EQ(cell(parts.region), table.at(row, "region"));
        EXPECT_EQ(cell(parts.account_id), table.at(row, "account_id"));
        EXPECT_EQ(cell(parts.resource_type), table.at(row, "resource_type"));
        EXPECT_EQ(cell(parts.resource_id), table.at(row, "resource_id"));
        EXPECT_EQ(word_cell(parts.request_path), table.at(row, "request_path"));
        EXPECT_EQ(cell(parts.profile_id), table.at(row, "profile_id"));
        EXPECT_EQ(cell(parts.profile_suffix), table.at(row, "profile_suffix"));
        EXPECT_EQ(word_cell(parts.geo_prefix), table.at(row, "geo_prefix"));
        EXPECT_EQ(cell(parts.model_id), table.at(row, "model_id"));
        EXPECT_EQ(is_bedrock_arn(text), parts.valid);
        EXPECT_EQ(check_bedrock_arn(text).has_value(), !parts.valid);
    }
}

// An ARN in us-east-1 of an account of the documentation.
std::string arn(std::string_view resource, std::string_view service = "bedrock")
{
    return "arn:aws:" + std::string(service) + ":us-east-1:123456789012:" + std::string(resource);
}

std::string_view path_of(const std::string &text)
{
    return word(arn_parts(text).request_path);
}

TEST(Arn, TellsHowARequestWasMade)
{
    const auto path = path_of;
    EXPECT_EQ(path(arn("application-inference-profile/06vsfs68yb4g")), "application_profile");
    EXPECT_EQ(path(arn("inference-profile/my-team-profile")), "application_profile");
    EXPECT_EQ(path(arn("inference-profile/usual.model-v1")), "application_profile");
    EXPECT_EQ(path(arn("inference-profile/sa.model-v1")), "application_profile");
    EXPECT_EQ(path(arn("inference-profile/us.some.unknown-model")), "system_profile");
    EXPECT_EQ(path(arn("inference-profile/us-gov.anthropic.claude-haiku-4-5")), "system_profile");
    EXPECT_EQ(path(arn("foundation-model/amazon.nova-premier-v1:0:1000k")), "foundation_model");
    EXPECT_EQ(path(arn("provisioned-model/abcdefghijkl")), "provisioned_model");
    EXPECT_EQ(path(arn("custom-model/amazon.titan-text-express-v1:0:8k/w4vtut9aq95n")), "custom_model");
    EXPECT_EQ(path(arn("custom-model-deployment/abcdefghijkl")), "custom_model");
    EXPECT_EQ(path(arn("imported-model/abcdefghijkl")), "imported_model");
    EXPECT_EQ(path(arn("prompt-router/abcdefghijkl")), "prompt_router");
    EXPECT_EQ(path(arn("default-prompt-router/anthropic.claude:1")), "prompt_router");
    EXPECT_EQ(path(arn("project/default", "bedrock-mantle")), "project");
    EXPECT_EQ(path(arn("reservation/r-1", "bedrock-mantle")), "other");
    EXPECT_EQ(path(arn("foundation-model/x.y", "bedrock-agentcore")), "other");
    EXPECT_EQ(path(arn("agent-alias/A/B")), "other");
    EXPECT_EQ(path("arn:aws:bedrock:us-east-1:aws:data-automation-project/public-rag-default"), "other");
    EXPECT_EQ(path("arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0"), "foundation_model");
    EXPECT_EQ(path("arn:aws:bedrock::123456789012:system-tool/amazon.nova_grounding"), "other");
}

TEST(Arn, ReadsModelsOutOfResourceIds)
{
    const auto model = [](const std::string &text) { return cell(arn_parts(text).model_id); };
    EXPECT_EQ(model(arn("custom-model/amazon.titan-text-express-v1:0:8k/w4vtut9aq95n")),
              "amazon.titan-text-express-v1:0:8k");
    EXPECT_EQ(model(arn("model-customization-job/cohere.command-text-v14:7:4k/eys9455tunxa")),
              "cohere.command-text-v14:7:4k");
    EXPECT_EQ(model(arn("custom-model/mine")), Cell());
    EXPECT_EQ(model(arn("inference-profile/global.amazon.nova-2-lite-v1:0")), "amazon.nova-2-lite-v1:0");
    EXPECT_EQ(model(arn("application-inference-profile/us.amazon.nova-pro-v1:0")), Cell());
}

TEST(Arn, AProfileWithASuffixIsAnApplicationsOwn)
{
    const std::string text = arn("inference-profile/us.meta.llama3-1-70b-instruct-v1:0/internal-genai-app-v2");
    const ArnParts parts = arn_parts(text);
    EXPECT_TRUE(parts.valid);
    EXPECT_EQ(parts.request_path, RequestPath::application_profile);
    EXPECT_EQ(parts.profile_id, "us.meta.llama3-1-70b-instruct-v1:0");
    EXPECT_EQ(parts.profile_suffix, "internal-genai-app-v2");
    EXPECT_EQ(parts.geo_prefix, GeoPrefix::us);
    EXPECT_EQ(parts.model_id, "meta.llama3-1-70b-instruct-v1:0");
}

// AWS adds geographies; until the list has one, its profiles are AWS's all the same and name no owner.
TEST(Arn, AnUnknownGeographyBeforeAModelOfAKnownProviderIsAwss)
{
    for (const char *const prefix : {"sa", "mea", "eusc", "us-west", "af1", "northamerica"}) {
        const std::string id = std::string(prefix) + ".anthropic.claude-sonnet-4-6";
        const std::string text = arn("inference-profile/" + id);
        const ArnParts parts = arn_parts(text);
        EXPECT_EQ(parts.request_path, RequestPath::system_profile) << text;
        EXPECT_EQ(parts.geo_prefix, GeoPrefix::absent) << text;
        EXPECT_EQ(parts.profile_id, id) << text;
        EXPECT_EQ(parts.model_id, "anthropic.claude-sonnet-4-6") << text;
        EXPECT_EQ(attribution_of(text, {}), AttributionKind::none) << text;
        // Standing alone it may be anything, as a bucket of another service.
        EXPECT_EQ(arn_parts(id).request_path, RequestPath::none) << id;
    }
    for (const char *const id :
         {"sa.acme.model-v1", "Sa.anthropic.claude-v2", "s.anthropic.claude-v2", "1a.anthropic.claude-v2",
          "sa-.anthropic.claude-v2", "sa_x.anthropic.claude-v2", "toolongaprefix.anthropic.claude-v2", "sa.anthropic",
          "sa.anthropic.", "my.app.anthropic.claude-v2"}) {
        EXPECT_EQ(path_of(arn(std::string("inference-profile/") + id)), "application_profile") << id;
        EXPECT_EQ(path_of(id), "none") << id;
    }
    const std::string text = arn("inference-profile/sa.anthropic.claude-v2/an-app");
    const ArnParts parts = arn_parts(text);
    EXPECT_EQ(parts.request_path, RequestPath::application_profile);
    EXPECT_EQ(parts.model_id, "anthropic.claude-v2");
}

TEST(Arn, ReadsBareIdsOfKnownProviders)
{
    const ArnParts model = arn_parts("zai.glm-4.7-flash");
    EXPECT_FALSE(model.valid);
    EXPECT_EQ(model.request_path, RequestPath::foundation_model);
    EXPECT_EQ(model.model_id, "zai.glm-4.7-flash");
    EXPECT_EQ(model.profile_id.data(), nullptr);

    const ArnParts profile = arn_parts("us-gov.twelvelabs.pegasus-1-2-v1:0");
    EXPECT_FALSE(profile.valid);
    EXPECT_EQ(profile.request_path, RequestPath::system_profile);
    EXPECT_EQ(profile.profile_id, "us-gov.twelvelabs.pegasus-1-2-v1:0");
    EXPECT_EQ(profile.geo_prefix, GeoPrefix::us_gov);
    EXPECT_EQ(profile.model_id, "twelvelabs.pegasus-1-2-v1:0");

    for (const char *const text :
         {"usual.model-v1", "us.", "us.unknown.model", "anthropic", "anthropic.", "anthropic.-x", "anthropic.claude ",
          "anthropic.claude/x", "Anthropic.claude-v2", "us.us.anthropic.claude-v2", "06vsfs68yb4g", "i-0abc.def",
          "logs.amazon.example-bucket", "www.google.com", "data2.amazon.bucket-v1:0"})
        EXPECT_EQ(arn_parts(text).request_path, RequestPath::none) << text;
}

TEST(Arn, ZeroBytesBelongToNoPrefix)
{
    EXPECT_EQ(arn_parts(std::string_view("\0\0ap.luma.1", 11)).request_path, RequestPath::none);
}

TEST(Arn, KnowsItsVocabulary)
{
    for (std::size_t i = 1; i < Vocabulary<GeoPrefix>::words.size(); ++i) {
        const auto prefix = static_cast<GeoPrefix>(i);
        const std::string text = arn("inference-profile/" + std::string(word(prefix)) + ".amazon.nova-lite-v1:0");
        EXPECT_EQ(arn_parts(text).geo_prefix, prefix);
        EXPECT_EQ(arn_parts(text).request_path, RequestPath::system_profile);
    }
}

// The detail of the fault a text meets, or nothing for an ARN.
std::string detail(std::string_view text)
{
    const auto fault = check_bedrock_arn(text);
    return fault ? fault->detail.data() : "";
}

TEST(ArnFault, EachBrokenRuleHasItsSentence)
{
    constexpr const char *alphabet = "An ARN consists of ASCII letters, digits and the characters . _ : / + = , @ -.";
    constexpr const char *pattern = "An ARN names one resource: it has no wildcard (* or ?) and no ${} template.";
    constexpr const char *resource = "The resource is a type, a slash or colon, and an id.";
    constexpr const char *segments = "The id of the resource has no empty part between slashes or at either end.";
    constexpr const char *account = "The account is empty, twelve digits or the word \"aws\".";
    constexpr const char *region = "The region is empty or has the form of \"us-east-1\".";
    constexpr const char *fields =
        "An ARN has six fields parted by colons: arn, partition, service, region, account and resource.";

    EXPECT_EQ(detail(arn("agent/A")), "");
    EXPECT_EQ(detail(""), "An ARN starts with \"arn:\" in lower case.");
    EXPECT_EQ(detail("ARN:aws:bedrock:::agent/A"), "An ARN starts with \"arn:\" in lower case.");
    EXPECT_EQ(detail(arn("agent/" + std::string(2048, 'A'))), "An ARN is at most 2,048 bytes long.");
    EXPECT_EQ(detail(arn("agent/A\n")), alphabet);
    EXPECT_EQ(detail(arn("agent/\xc3\xa9")), alphabet);
    EXPECT_EQ(detail(arn("agent/A'")), alphabet);
    EXPECT_EQ(detail("arn:aws:bedrock:*:*:inference-profile/*"), pattern);
    EXPECT_EQ(detail("arn:aws:bedrock:${Region}::agent/A"), pattern);
    EXPECT_EQ(detail("arn:aws:bedrock"), fields);
    EXPECT_EQ(detail("arn:aws:bedrock:us-east-1:123456789012"), fields);
    EXPECT_EQ(detail("arn::::::"), "The partition begins with \"aws\".");
    EXPECT_EQ(detail("arn:gcp:bedrock:::agent/A"), "The partition begins with \"aws\".");
    EXPECT_EQ(detail("arn:aws:bedrock-runtime:us-east-1:123456789012:agent/A"),
              "The service is bedrock, bedrock-mantle, bedrock-agentcore or bedrock-websearch.");
    for (const char *const wrong : {"region", "us-east", "us-east-1a", "US-EAST-1", "us-east-100", "-east-1", "us--1"})
        EXPECT_EQ(detail("arn:aws:bedrock:" + std::string(wrong) + "::agent/A"), region) << wrong;
    for (const char *const wrong : {"1", "12345678901", "1234567890123", "account", "12345678901x", "AWS"})
        EXPECT_EQ(detail("arn:aws:bedrock:us-east-1:" + std::string(wrong) + ":agent/A"), account) << wrong;
    EXPECT_EQ(detail(arn("agent")), resource);
    EXPECT_EQ(detail(arn("/agent")), resource);
    EXPECT_EQ(detail(arn("")), resource);
    EXPECT_EQ(detail(arn("agent/")), "The id of the resource is not empty.");
    EXPECT_EQ(detail(arn("inference-profile//suffix")), segments);
    EXPECT_EQ(detail(arn("inference-profile/x/")), segments);
    EXPECT_EQ(detail(arn("flow/a//b")), segments);
    EXPECT_EQ(detail(arn("inference-profile/a/b/c/d")),
              "The id of an inference profile has at most one suffix behind a slash.");
    EXPECT_EQ(detail(arn("inference-profile/us.")),
              "A geographic prefix in the id of an inference profile is followed by a model.");
}

TEST(ArnFault, QuotesTheInputAndCutsIt)
{
    const auto fault = check_bedrock_arn("nope");
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(fault->kind, FaultKind::invalid_text);
    EXPECT_STREQ(fault->message.data(), "invalid input syntax for type bedrock_arn: \"nope\"");

    const std::string stem = "invalid input syntax for type bedrock_arn: \"";
    const auto cut = check_bedrock_arn(std::string(1U << 20U, 'x'));
    ASSERT_TRUE(cut.has_value());
    EXPECT_EQ(cut->message.data(), stem + std::string(160, 'x') + "\"");

    // The 160th byte is the first of a letter of two bytes.
    const auto letters = check_bedrock_arn(std::string(159, 'x') + "\xc3\xa9" + "yyy");
    ASSERT_TRUE(letters.has_value());
    EXPECT_EQ(letters->message.data(), stem + std::string(159, 'x') + "\"");
}

}  // namespace
}  // namespace bedrock_cost::test
