// SPDX-License-Identifier: PostgreSQL
// Properties: what holds for every string, over the corpus and over random changes of it with a fixed seed.
#include <gtest/gtest.h>

#include <random>

#include "corpus.hpp"
#include "invariants.hpp"

namespace bedrock_cost::test {
namespace {

constexpr int changes_per_string = 300;

// A string with one to four random edits: a byte set, taken out, put in, or a slice of another string put in.
std::string changed(std::string text, const std::vector<std::string> &others, std::mt19937 &random)
{
    const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
    constexpr std::string_view bytes = "aZ09-_:/.@,+= \n'\"$*{}\x01\x80\xc3";
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
        const std::size_t at = below(text.size() + 1);
        switch (below(4)) {
            case 0:
                if (at < text.size()) text[at] = bytes[below(bytes.size())];
                break;
            case 1:
                text.erase(at, 1 + below(6));
                break;
            case 2:
                text.insert(at, 1, bytes[below(bytes.size())]);
                break;
            default: {
                const std::string &other = others[below(others.size())];
                const std::size_t from = below(other.size());
                text.insert(at, other, from, below(24));
            }
        }
    }
    return text;
}

// Checks a rule over all strings of a parser and their changes.
template <class Rule>
void check(std::string_view parser, Rule broken)
{
    const std::vector<std::string> strings = all_strings(parser);
    std::mt19937 random(20260801);
    for (const std::string &text : strings) {
        const char *rule = broken(text);
        ASSERT_EQ(rule, nullptr) << rule << ": " << text.substr(0, 300);
        if (text.size() > 10'000) continue;
        for (int i = 0; i < changes_per_string; ++i) {
            const std::string other = changed(text, strings, random);
            rule = broken(other);
            ASSERT_EQ(rule, nullptr) << rule << ": " << other.substr(0, 300);
        }
    }
}

TEST(Property, HoldsForArns)
{
    check("arn", broken_arn_rule);
}
TEST(Property, HoldsForUsageTypes)
{
    check("usage_type", broken_usage_rule);
}
TEST(Property, HoldsForPrincipals)
{
    check("principal", broken_principal_rule);
}

TEST(Property, HoldsForTags)
{
    const std::vector<std::string> keys{"team",
                                        "Team",
                                        "user:team",
                                        "user_team",
                                        "t-e-a-m",
                                        "iamPrincipal/team",
                                        "accountTag/team",
                                        "aws:team",
                                        "costCategory/Team",
                                        "userAttribute/TEAM",
                                        "resourceTags/aws:x",
                                        "-",
                                        "",
                                        "\xc3\xa9"};
    const std::vector<std::string> values{"", "a", "b"};
    std::mt19937 random(20260801);
    for (int i = 0; i < 100'000; ++i) {
        const auto key = [&] { return changed(keys[random() % keys.size()], keys, random); };
        const std::string wanted = i % 2 == 0 ? keys[random() % keys.size()] : key();
        const std::string one = key();
        const std::string other = i % 3 == 0 ? one : key();
        const char *const rule = broken_tag_rule(wanted, one, values[random() % 3], other, values[random() % 3]);
        ASSERT_EQ(rule, nullptr) << rule << ": " << wanted << ' ' << one << ' ' << other;
    }
}

}  // namespace
}  // namespace bedrock_cost::test
