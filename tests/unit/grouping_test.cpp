// SPDX-License-Identifier: PostgreSQL
// Lines summed by key, against a map of the standard library.
#include <gtest/gtest.h>

#include <algorithm>
#include <bedrock_cost/lines.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace bedrock_cost::test {
namespace {

using Owned = std::unique_ptr<Grouping, decltype(&grouping_close)>;

Owned opened(std::uint32_t amounts, std::uint64_t memory = 0)
{
    return {grouping_open(amounts, memory), &grouping_close};
}

Amount amount(std::int64_t units, std::uint8_t decimals)
{
    return {units, decimals, true};
}

TEST(Grouping, AgreesWithAMapOverManyKeys)
{
    struct Expected {
        std::int64_t lines = 0;
        std::int64_t first = 0, second = 0;
        bool has_second = false;
        std::uint8_t decimals = 0;
    };
    std::map<std::string, Expected> expected;
    std::vector<std::string> order;
    const Owned grouping = opened(2);
    std::mt19937_64 random(7);
    for (int line = 0; line < 200000; ++line) {
        // Keys of every length, the empty one and ones with zero bytes among them; a few longer than a block.
        const std::uint64_t n = random() % 30000;
        std::string key(static_cast<std::size_t>(n % 97), static_cast<char>(n % 3));
        if (n % 97 != 0) key += std::to_string(n);
        if (n == 4711) key.assign(3U << 20U, 'x');
        const auto first = static_cast<std::int64_t>(random() % 2000) - 1000;
        const auto decimals = static_cast<std::uint8_t>(random() % 21);
        const bool has_second = n % 2 == 0;
        const Amount amounts[] = {amount(first, decimals), has_second ? amount(3, 0) : Amount{}};
        const GroupedLine grouped = grouping_add(grouping.get(), key, 1, amounts);
        if (expected.try_emplace(key).second) order.push_back(key);
        Expected &group = expected[key];
        ++group.lines;
        group.first += first;
        group.decimals = std::max(group.decimals, decimals);
        group.second += has_second ? 3 : 0;
        group.has_second = group.has_second || has_second;
        ASSERT_GE(grouped.group, 0);
        ASSERT_EQ(grouped.refused, 0U);
    }
    ASSERT_EQ(grouping_count(grouping.get()), static_cast<std::int64_t>(expected.size()));
    for (std::int64_t n = 0; n < grouping_count(grouping.get()); ++n) {
        const GroupSums group = grouping_group(grouping.get(), n);
        ASSERT_EQ(group.key, order[static_cast<std::size_t>(n)]);
        const Expected &want = expected[std::string(group.key)];
        EXPECT_EQ(group.lines, want.lines);
        EXPECT_TRUE(grouping_sum(group.sums, 0).units == want.first);
        EXPECT_EQ(grouping_sum(group.sums, 0).decimals, want.decimals);
        EXPECT_EQ(grouping_sum(group.sums, 1).present, want.has_second);
        EXPECT_TRUE(grouping_sum(group.sums, 1).units == want.second);
    }
}

TEST(Grouping, RefusesWhatWouldOverflowAndKeepsTheSum)
{
    const Owned grouping = opened(2);
    const Int128 most = ~(static_cast<Int128>(1) << 127U);
    const Amount large[] = {{most - 1, 0, true}, {-most, 0, true}};
    const Amount small[] = {{1, 0, true}, {-1, 0, true}};
    EXPECT_EQ(grouping_add(grouping.get(), "k", 1, large).refused, 0U);
    EXPECT_EQ(grouping_add(grouping.get(), "k", 1, small).refused, 0U);
    EXPECT_EQ(grouping_add(grouping.get(), "k", 1, small).refused, 3U);
    const GroupSums group = grouping_group(grouping.get(), 0);
    EXPECT_EQ(group.lines, 3);
    EXPECT_TRUE(grouping_sum(group.sums, 0).units == most);
    EXPECT_TRUE(grouping_sum(group.sums, 1).units == -most - 1);
}

// The most its groups take is a limit that it keeps, with what the caller keeps for them.
TEST(Grouping, HasALimit)
{
    constexpr std::uint64_t limit = 1U << 20U;
    const Owned grouping = opened(1, limit);
    const Amount one = amount(1, 0);
    std::int64_t added = 0;
    // Each group takes more than the 24 bytes of its key, its sum and its lines.
    const auto add = [&] { return grouping_add(grouping.get(), "key " + std::to_string(added), 1, &one).group; };
    while (add() == added) {
        ++added;
        ASSERT_LT(added * 24, static_cast<std::int64_t>(limit));
    }
    EXPECT_GT(added, 1000);
    EXPECT_TRUE(grouping_is_limited(grouping.get()));

    const Owned taken = opened(1, limit);
    EXPECT_TRUE(grouping_take(taken.get(), limit / 2));
    EXPECT_FALSE(grouping_is_limited(taken.get()));
    EXPECT_FALSE(grouping_take(taken.get(), limit / 2 + 1));
    EXPECT_TRUE(grouping_is_limited(taken.get()));
    EXPECT_TRUE(grouping_take(opened(1).get(), limit));
}

TEST(Grouping, WithoutAmountsCounts)
{
    const Owned grouping = opened(0);
    EXPECT_EQ(grouping_count(grouping.get()), 0);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(grouping_add(grouping.get(), {}, 1, nullptr).group, 0);
    EXPECT_EQ(grouping_group(grouping.get(), 0).lines, 3);
    grouping_close(nullptr);
}

}  // namespace
}  // namespace bedrock_cost::test
