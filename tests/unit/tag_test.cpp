// SPDX-License-Identifier: PostgreSQL
// Tags: sources and their precedence, folding, and an answer that no order of the pairs can change.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "corpus.hpp"

namespace bedrock_cost::test {
namespace {

struct Pair {
    std::string key, value;
    bool operator<(const Pair &other) const { return key < other.key || (key == other.key && value < other.value); }
};

// The value found for a key, the same for every order of the pairs; "?" where the order matters.
std::string found(std::string_view wanted, std::vector<Pair> pairs)
{
    std::sort(pairs.begin(), pairs.end());
    std::optional<std::string> answer;
    do {
        TagSearch search = tag_search(wanted);
        for (const Pair &pair : pairs) offer(search, pair.key, pair.value);
        const std::string value = search.best == 0 ? "(none)" : std::string(search.value);
        if (!answer) answer = value;
        if (*answer != value) return "?";
    } while (std::next_permutation(pairs.begin(), pairs.end()));
    return *answer;
}

// Two names have the same fold where they compare equal, unless nothing is left of them.
TEST(Tag, FoldedNamesAreTheOnesComparedEqual)
{
    const auto folded = [](std::string_view name) {
        std::string fold(name.size(), '?');
        fold.resize(fold_name(name, fold.data()));
        return fold;
    };
    EXPECT_EQ(folded("Cost-Center_1"), "costcenter1");
    EXPECT_EQ(folded("\xc3\x84 @[`{\x7f"), "\xc3\x84");
    EXPECT_EQ(folded(""), "");
    const std::vector<std::string> names{
        "CostCenter", "cost_center", "cost center ", "Cost", "\xc3\x84", "\xc3\xa4", "-", "", "1", "A1", "a-1"};
    for (const std::string &one : names)
        for (const std::string &other : names)
            EXPECT_EQ(folds_to_same(one, other), folded(one) == folded(other) && !folded(one).empty())
                << one << " | " << other;
}

TEST(Tag, SourcesHaveAPrecedence)
{
    std::vector<Pair> pairs{{"resourceTags/user:team", "1"}, {"iamPrincipal/team", "2"}, {"userAttribute/team", "3"},
                            {"accountTag/team", "4"},        {"costCategory/team", "5"}, {"aws:team", "6"}};
    for (const char *const expected : {"1", "2", "3", "4", "5", "6", "(none)"}) {
        EXPECT_EQ(found("team", pairs), expected);
        if (!pairs.empty()) pairs.erase(pairs.begin());
    }
}

TEST(Tag, AStrongerSourceBeatsAnExactKey)
{
    EXPECT_EQ(found("CostCenter", {{"iamPrincipal/CostCenter", "exact"}, {"user_cost_center", "folded"}}), "folded");
}

TEST(Tag, WithinASourceTheExactKeyWins)
{
    EXPECT_EQ(found("CostCenter", {{"CostCenter", "exact"}, {"cost-center", "a"}, {"cost_center", "b"}}), "exact");
    EXPECT_EQ(found("CostCenter", {{"cost_center", "b"}, {"cost-center", "a"}, {"COSTCENTER", "c"}}), "c");
    EXPECT_EQ(found("costcenter", {{"user_cost_center", "a"}, {"user:CostCenter", "b"}}), "b");
}

TEST(Tag, EveryResourcePrefixIsTheSameSource)
{
    for (const char *const key : {"team", "user:team", "user_team", "resourceTags/team", "resourceTags/user:team"}) {
        EXPECT_EQ(found("team", {{key, "x"}}), "x") << key;
        EXPECT_EQ(found("Team", {{key, "x"}}), "x") << key;
    }
}

TEST(Tag, APrefixAsksForItsSourceAlone)
{
    const std::vector<Pair> pairs{{"team", "resource"}, {"iamPrincipal/Team", "principal"}};
    EXPECT_EQ(found("iamPrincipal/team", pairs), "principal");
    EXPECT_EQ(found("user:team", pairs), "resource");
    EXPECT_EQ(found("accountTag/team", pairs), "(none)");
    EXPECT_EQ(found("aws:createdBy", {{"resourceTags/aws:createdBy", "x"}}), "x");
    EXPECT_EQ(found("user:createdBy", {{"aws_created_by", "x"}}), "(none)");
}

// Some exports file the tags of callers among those of resources.
TEST(Tag, AResourcePrefixBeforeAnotherSourceSaysNothing)
{
    for (const char *const key : {"iamPrincipal/customer", "user:iamPrincipal/customer", "user_iamPrincipal/customer",
                                  "resourceTags/user:iamPrincipal/customer", "resourceTags/iamPrincipal/customer"}) {
        EXPECT_TRUE(same_tag(key, "iamPrincipal/Customer")) << key;
        EXPECT_EQ(found("customer", {{key, "caller"}, {"customer", "resource"}}), "resource") << key;
        EXPECT_EQ(found("iamPrincipal/customer", {{key, "caller"}, {"customer", "resource"}}), "caller") << key;
        EXPECT_EQ(found(key, {{"iamPrincipal/customer", "caller"}, {"customer", "resource"}}), "caller") << key;
        EXPECT_TRUE(tag_names_owner(key, "x")) << key;
    }
    EXPECT_TRUE(same_tag("user:accountTag/team", "accountTag/team"));
    EXPECT_FALSE(tag_names_owner("user:accountTag/team", "x"));
    EXPECT_FALSE(tag_names_owner("user:iamPrincipal/aws:x", "x"));
    // Within another source such a word is the user's own.
    EXPECT_FALSE(same_tag("iamPrincipal/userAttribute/team", "userAttribute/team"));
    EXPECT_FALSE(same_tag("user:iamPrincipal/userAttribute/team", "userAttribute/team"));
}

TEST(Tag, EmptyValuesAreAbsent)
{
    EXPECT_EQ(found("team", {{"team", ""}, {"iamPrincipal/team", "x"}}), "x");
    EXPECT_EQ(found("team", {{"team", ""}}), "(none)");
}

TEST(Tag, FoldingKeepsLettersAndDigits)
{
    EXPECT_EQ(found("parallelcluster:cluster-name", {{"user_parallelcluster_cluster_name", "x"}}), "x");
    EXPECT_EQ(found("k8s", {{"K-8.S", "x"}}), "x");
    EXPECT_EQ(found("team", {{"teams", "x"}}), "(none)");
    EXPECT_EQ(found("teams", {{"team", "x"}}), "(none)");
    EXPECT_EQ(found("\xc3\xa9quipe", {{"\xc3\xa9-Quipe", "x"}}), "x");
    EXPECT_EQ(found("\xc3\xa9", {{"\xc3\xa8", "x"}}), "(none)");
}

TEST(Tag, AKeyThatFoldsToNothingFindsOnlyItself)
{
    EXPECT_EQ(found("--", {{"__", "x"}}), "(none)");
    EXPECT_EQ(found("--", {{"--", "x"}, {"__", "y"}}), "x");
    EXPECT_EQ(found("", {{"-", "x"}}), "(none)");
    EXPECT_EQ(found("", {{"", "x"}}), "x");
    TagSearch absent = tag_search({});
    offer(absent, "", "x");
    EXPECT_EQ(absent.best, 0);
}

TEST(Tag, AnswersWithTheFullKey)
{
    TagSearch search = tag_search("team");
    offer(search, "iamPrincipal/Team", "x");
    EXPECT_EQ(search.key, "iamPrincipal/Team");
    EXPECT_EQ(search.value, "x");
}

TEST(TagNamesOwner, OnlyWhatAUserSet)
{
    for (const char *const key :
         {"team", "user:team", "user_team", "resourceTags/user:team", "iamPrincipal/team", "userAttribute/department"})
        EXPECT_TRUE(tag_names_owner(key, "x")) << key;
    for (const char *const key : {"aws:createdBy", "aws_created_by", "resourceTags/aws:createdBy", "accountTag/team",
                                  "costCategory/Charge type", "iamPrincipal/aws:x", "iamPrincipal/", "user:", ""})
        EXPECT_FALSE(tag_names_owner(key, "x")) << key;
    EXPECT_FALSE(tag_names_owner("team", ""));
    EXPECT_FALSE(tag_names_owner("team", {}));
}

}  // namespace
}  // namespace bedrock_cost::test
