// SPDX-License-Identifier: PostgreSQL
// Attribution: which rows are Bedrock's, and which signal names their owner.
#include <gtest/gtest.h>

#include "corpus.hpp"

namespace bedrock_cost::test {
namespace {

TEST(IsBedrock, ByProductCode)
{
    for (const char *const code :
         {"AmazonBedrock", "AmazonBedrockService", "AmazonBedrockFoundationModels", "AmazonBedrockAgentCore"})
        EXPECT_TRUE(is_bedrock(code, {}, {})) << code;
    for (const char *const code :
         {"", "amazonbedrock", "AmazonBedrockX", "AmazonBedroc", " AmazonBedrock", "AmazonEC2"})
        EXPECT_FALSE(is_bedrock(code, "AWS", "Amazon Bedrock")) << code;
}

TEST(IsBedrock, ByMarketplaceProduct)
{
    constexpr const char *hash = "4a524th30q694o538qndh9ucht";
    EXPECT_TRUE(is_bedrock(hash, "AWS Marketplace", "Claude 3.5 Sonnet (Amazon Bedrock Edition)"));
    EXPECT_TRUE(is_bedrock({}, "AWS Marketplace", "BEDROCK"));
    EXPECT_FALSE(is_bedrock(hash, "AWS Marketplace", "Datadog Pro"));
    EXPECT_FALSE(is_bedrock(hash, "AWS Marketplace", {}));
    EXPECT_FALSE(is_bedrock(hash, "AWS", "Claude 3.5 Sonnet (Amazon Bedrock Edition)"));
    EXPECT_FALSE(is_bedrock(hash, "aws marketplace", "Claude 3.5 Sonnet (Amazon Bedrock Edition)"));
    EXPECT_FALSE(is_bedrock({}, {}, {}));
}

TEST(Attribution, TheStrongestSignalWins)
{
    constexpr const char *application = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p1";
    constexpr const char *system = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0";
    constexpr const char *project = "arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_u5ohxk75k3eh";
    constexpr const char *fallback = "arn:aws:bedrock-mantle:us-east-1:123456789012:project/default";
    constexpr const char *caller = "arn:aws:iam::123456789012:user/alice";

    EXPECT_EQ(attribution_of(application, caller), AttributionKind::application_profile);
    EXPECT_EQ(attribution_of(project, caller), AttributionKind::project);
    EXPECT_EQ(attribution_of(system, caller), AttributionKind::iam_principal);
    EXPECT_EQ(attribution_of(fallback, caller), AttributionKind::iam_principal);
    EXPECT_EQ(attribution_of({}, caller), AttributionKind::iam_principal);
    EXPECT_EQ(attribution_of(system, {}), AttributionKind::none);
    EXPECT_EQ(attribution_of(fallback, ""), AttributionKind::none);
    EXPECT_EQ(attribution_of("us.amazon.nova-lite-v1:0", {}), AttributionKind::none);
    EXPECT_EQ(attribution_of({}, "not a principal"), AttributionKind::none);
    EXPECT_EQ(attribution_of({}, "arn:aws:iam::123456789012:users/carol"), AttributionKind::none);
}

TEST(Attribution, AgreesWithTheParts)
{
    std::vector<std::string> resources = all_strings("arn");
    std::vector<std::string> callers = all_strings("principal");
    for (const std::string &resource : resources)
        for (const std::string &caller : callers) {
            if (resource.size() + caller.size() > 100'000) continue;
            const ArnParts parts = arn_parts(resource);
            AttributionKind expected = AttributionKind::none;
            if (principal_parts(caller).kind != PrincipalKind::unknown) expected = AttributionKind::iam_principal;
            if (parts.request_path == RequestPath::project && parts.resource_id != "default")
                expected = AttributionKind::project;
            if (parts.request_path == RequestPath::application_profile) expected = AttributionKind::application_profile;
            ASSERT_EQ(attribution_of(resource, caller), expected) << resource << ' ' << caller;
        }
}

}  // namespace
}  // namespace bedrock_cost::test
