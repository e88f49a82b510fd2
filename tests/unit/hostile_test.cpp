// SPDX-License-Identifier: PostgreSQL
// Hostile strings: megabytes, control bytes, injection texts and near misses give nothing that is not there.
#include <gtest/gtest.h>

#include "corpus.hpp"

namespace bedrock_cost::test {
namespace {

TEST(Hostile, NoArnAmongThem)
{
    const std::vector<std::string> strings = hostile("arn");
    ASSERT_EQ(strings.size(), 20U);
    for (const std::string &text : strings) {
        SCOPED_TRACE(text.substr(0, 100));
        const ArnParts parts = arn_parts(text);
        EXPECT_FALSE(parts.valid);
        EXPECT_EQ(parts.request_path, RequestPath::none);
        EXPECT_EQ(parts.geo_prefix, GeoPrefix::absent);
        for (const Text part : {parts.partition, parts.service, parts.region, parts.account_id, parts.resource_type,
                                parts.resource_id, parts.profile_id, parts.profile_suffix, parts.model_id})
            EXPECT_EQ(part.data(), nullptr);
        EXPECT_FALSE(is_bedrock_arn(text));
        EXPECT_TRUE(check_bedrock_arn(text).has_value());
        EXPECT_EQ(attribution_of(text, text), AttributionKind::none);
    }
}

TEST(Hostile, UsageTypesSayNoMoreThanTheyState)
{
    const std::vector<std::string> strings = hostile("usage_type");
    ASSERT_EQ(strings.size(), 20U);
    for (const std::string &text : strings) {
        SCOPED_TRACE(text.substr(0, 100));
        const UsageParts parts = usage_parts(text);
        const bool in_grammar = text.find_first_of(" \t\n\"';") == std::string::npos && text.size() <= 512 &&
                                text.find('\xd0') == std::string::npos && !text.empty() && text != "::::";
        EXPECT_EQ(parts.usage_group == UsageGroup::absent, !in_grammar);
        const bool known_prefix = in_grammar && text.starts_with("USE1-") && text.find("USW2") == std::string::npos;
        EXPECT_EQ(word(parts.region), known_prefix ? "us-east-1" : "");
        if (text.find("input-output") != std::string::npos) {
            EXPECT_EQ(parts.token_kind, TokenKind::absent);
        }
    }
}

TEST(Hostile, NoCallerAmongThem)
{
    const std::vector<std::string> strings = hostile("principal");
    ASSERT_EQ(strings.size(), 20U);
    for (const std::string &text : strings) {
        SCOPED_TRACE(text.substr(0, 100));
        const PrincipalParts parts = principal_parts(text);
        const bool near_miss = text.ends_with(":role/AWSReservedSSO");
        EXPECT_EQ(parts.kind, near_miss ? PrincipalKind::role : PrincipalKind::unknown);
        EXPECT_EQ(parts.principal_key.count == 0, !near_miss);
        EXPECT_EQ(parts.email.data(), nullptr);
        EXPECT_EQ(parts.session.data(), nullptr);
    }
}

TEST(Hostile, EveryByteAloneAndNone)
{
    std::string text(1, '\0');
    for (int value = -1; value < 256; ++value) {
        const Text view = value < 0 ? Text() : Text(text);
        if (value >= 0) text[0] = static_cast<char>(value);
        EXPECT_EQ(arn_parts(view).request_path, RequestPath::none);
        EXPECT_EQ(principal_parts(view).kind, PrincipalKind::unknown);
        EXPECT_EQ(usage_parts(view).token_kind, TokenKind::absent);
        EXPECT_EQ(usage_region(view), Region::absent);
        EXPECT_EQ(tokens_per_unit(view, view), 0);
        EXPECT_FALSE(is_bedrock(view, view, view));
        EXPECT_EQ(attribution_of(view, view), AttributionKind::none);
        TagSearch search = tag_search(view);
        offer(search, view, view);
        EXPECT_EQ(search.best != 0, value >= 0);
    }
}

}  // namespace
}  // namespace bedrock_cost::test
