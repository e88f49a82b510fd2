// SPDX-License-Identifier: PostgreSQL
// Lines to facts, by files and one by one, against maps of the standard library over the same lines.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <tuple>

#include "simple_facts.hpp"
#include "test_files.hpp"

namespace bedrock_cost::test {
namespace {

using Random = std::mt19937_64;

PlainLine random_line(Random &random)
{
    const auto one_of = [&](const std::vector<std::string> &words) { return words[random() % words.size()]; };
    PlainLine line;
    line.texts = {
        one_of({"111122220000", "111122220001", ""}),
        one_of({"2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"}),
        one_of({"Usage", "Tax", "Fee", "RIFee", "SavingsPlanCoveredUsage", "EdpDiscount", "DiscountedUsage"}),
        one_of({"", "Correction"}),
        one_of({"", "", "arn:aws:ec2:us-east-1:1:reserved-instances/1"}),
        one_of({"", "arn:aws:iam::1:user/u", "arn:aws:sts::1:assumed-role/R", "arn:aws:sts::1:assumed-role/R/a",
                "arn:aws:sts::1:assumed-role/R/b", "arn:aws:sts::1:assumed-role/S/a", "somebody/else"}),
        one_of({"k", "l", "say \"so\", please", ""})};
    const auto day = std::int64_t{86400} * 1000000, hour = day / 24;
    line.has_start = random() % 20 != 0;
    line.has_end = random() % 20 != 0;
    line.start = 9801 * day + static_cast<std::int64_t>(random() % (24 * 5)) * hour +
                 static_cast<std::int64_t>(random() % 2) * hour / 3;
    const std::int64_t lasts[] = {hour / 2, hour, hour + 1000000, day, 2 * day, 30 * day, 0};
    line.end = line.start + lasts[random() % 7];
    for (std::size_t i = 0; i < plain_amounts; ++i) {
        if (random() % 3 == 0) continue;
        line.present[i] = true;
        line.decimals[i] = static_cast<std::uint8_t>(random() % 5);
        std::int64_t units = random() % 4 == 0 ? 0 : static_cast<std::int64_t>(random() % 2000000) - 500000;
        line.units[i] = units;
        for (int d = line.decimals[i]; d < 20; ++d) line.units[i] *= 10;
    }
    return line;
}

TEST(Facts, AgreeWithPlainMaps)
{
    const Folder folder;
    Random random(31);
    std::size_t seen = 0;
    for (int round = 0; round < 120; ++round) {
        std::vector<PlainLine> given;
        for (auto left = random() % (round % 10 == 0 ? 3000 : 200); left > 0; --left)
            given.push_back(random_line(random));
        const bool hourly = random() % 2 == 0;
        const auto format = static_cast<SourceFormat>(random() % 3);
        std::vector<std::string> paths;
        const std::size_t files = random() % 3 + 1;
        for (std::size_t f = 0; f < files; ++f) {
            std::string file = plain_header();
            for (std::size_t i = f; i < given.size(); i += files) file += plain_csv(given[i], random());
            paths.push_back(folder.write(std::to_string(f), file));
        }
        const Store of_files = open_store(hourly, 2);
        for (const std::string &path : paths) ASSERT_TRUE(line_store_add_file(of_files.get(), path));
        line_store_start(of_files.get());
        while (!line_store_wait(of_files.get(), 10000)) {
        }
        const Store of_lines = open_store(hourly, 1);
        for (const PlainLine &line : given) {
            const AddedLine added = add_plain(of_lines.get(), line);
            ASSERT_GE(added.group, 0);
            ASSERT_EQ(added.refused, 0U);
        }
        line_store_end(of_lines.get());
        const std::uint64_t seed = random();
        for (LineStore *store : {of_files.get(), of_lines.get()}) {
            const ReadFault fault = line_store_fault(store);
            ASSERT_EQ(static_cast<int>(fault.kind), 0)
                << fault.line << ' ' << fault.column << ' ' << fault.value.data();
            ASSERT_TRUE(line_store_conserves(store)) << round;
            const char *broken = broken_facts_rule(store, given, hourly, format, seed);
            ASSERT_EQ(broken, nullptr) << round << ' ' << (broken == nullptr ? "" : broken);
        }
        seen += given.size();
    }
    EXPECT_GT(seen, 20000U);
}

// ---- by hand --------------------------------------------------------------------------------------------------------

using Made = std::unique_ptr<Facts, decltype(&facts_close)>;

// A store of lines of one dimension, each with a principal and an unblended cost of so many hundredths.
struct Given {
    std::string principal;
    std::int64_t start = 0;
    int hundredths = 0;
};
void add_given(LineStore *store, const Given &given)
{
    PlainLine line;
    line.texts = {"p", "m", "Usage", "", "", given.principal, "k"};
    line.has_start = line.has_end = true;
    line.start = given.start;
    line.end = given.start == INT64_MAX || given.start == INT64_MIN ? given.start : given.start + 1;
    line.present[1] = true;
    line.units[1] = given.hundredths;
    for (int d = 2; d < 20; ++d) line.units[1] *= 10;
    EXPECT_GE(add_plain(store, line).group, 0);
}
Store store_of(const std::vector<Given> &lines, bool hourly = false)
{
    Store store = open_store(hourly, 1);
    for (const Given &given : lines) add_given(store.get(), given);
    line_store_end(store.get());
    EXPECT_GE(line_store_keys(store.get()), 0);
    return store;
}

constexpr std::int64_t a_day = std::int64_t{86400} * 1000000;

Made judged(LineStore *store, const KeyJudgement &judgement)
{
    Made facts(facts_open(store, SourceFormat::cur), &facts_close);
    for (std::int64_t i = 0; i < line_store_keys(store); ++i)
        EXPECT_TRUE(facts_judge(facts.get(), static_cast<std::uint32_t>(i), judgement, "Usage"));
    return facts;
}

TEST(Facts, NeedAJudgementADayAnAttributionAndASession)
{
    const std::string role = "arn:aws:sts::1:assumed-role/R/a";
    const Store store = store_of({{role, 10 * a_day, 1}});
    const Made unjudged(facts_open(store.get(), SourceFormat::cur), &facts_close);
    EXPECT_EQ(facts_make(unjudged.get()).kind, FactsFaultKind::not_judged);
    KeyJudgement judgement;
    judgement.dimension_id = 4;
    const Made facts = judged(store.get(), judgement);
    // The intervals of others, and days before and behind.
    EXPECT_TRUE(facts_attribute(facts.get(), 3, 0, 100, 1));
    EXPECT_TRUE(facts_attribute(facts.get(), 5, 0, 100, 1));
    EXPECT_TRUE(facts_attribute(facts.get(), 4, 11, 100, 1));
    EXPECT_TRUE(facts_attribute(facts.get(), 4, 0, 9, 1));
    FactsFault fault = facts_make(facts.get());
    EXPECT_EQ(fault.kind, FactsFaultKind::no_attribution);
    EXPECT_EQ(fault.day, 10);
    EXPECT_TRUE(facts_attribute(facts.get(), 4, 10, 10, 9));
    fault = facts_make(facts.get());
    EXPECT_EQ(fault.kind, FactsFaultKind::no_session);
    EXPECT_EQ(line_store_principal(store.get(), fault.principal), role);
    EXPECT_TRUE(facts_set_session(facts.get(), fault.principal, 77));
    ASSERT_EQ(facts_make(facts.get()).kind, FactsFaultKind::none);
    ASSERT_EQ(facts_count(facts.get()), 1);
    EXPECT_EQ(facts_fact(facts.get(), 0).attribution_id, 9);
    EXPECT_EQ(facts_fact(facts.get(), 0).session_id, 77);

    for (const std::int64_t start : {INT64_MIN, INT64_MAX}) {
        const Store endless = store_of({{"", start, 1}});
        EXPECT_EQ(line_store_key(endless.get(), 0).undated_lines, 1);
        EXPECT_EQ(static_cast<int>(line_store_key(endless.get(), 0).grain), static_cast<int>(Grain::period));
        const Made without_day = judged(endless.get(), judgement);
        EXPECT_TRUE(facts_attribute(without_day.get(), 4, INT32_MIN, INT32_MAX, 1));
        EXPECT_EQ(facts_make(without_day.get()).kind, FactsFaultKind::no_day);
        // A line that is not Bedrock's needs none.
        const Made of_bill = judged(endless.get(), {});
        EXPECT_EQ(facts_make(of_bill.get()).kind, FactsFaultKind::none);
        EXPECT_EQ(facts_count(of_bill.get()), 0);
        EXPECT_EQ(facts_bill_part(of_bill.get(), 0).lines, 1);
        EXPECT_FALSE(facts_bill_part(of_bill.get(), 0).has_last_day);
    }
}

TEST(Facts, OfCommitmentsThatNoRuleCovers)
{
    const Store store = open_store(false, 1);
    PlainLine line;
    line.texts = {"p", "m", "SavingsPlanRecurringFee", "", "", "", ""};
    line.present[plain_total] = true;
    EXPECT_GE(add_plain(store.get(), line).group, 0);
    line_store_end(store.get());
    const Made facts(facts_open(store.get(), SourceFormat::cur), &facts_close);
    EXPECT_TRUE(facts_judge(facts.get(), 0, {}, "SavingsPlanRecurringFee"));
    const FactsFault fault = facts_make(facts.get());
    EXPECT_EQ(fault.kind, FactsFaultKind::no_cost_rule);
    EXPECT_EQ(fault.key, 0U);
}

TEST(Facts, SaysWhichSumIsTooLarge)
{
    // Three sums of 10^18 in one fact, of three keys.
    const Store store = open_store(false, 1);
    for (const char *key : {"a", "b", "c"}) {
        PlainLine line;
        line.texts = {"p", key, "Usage", "", "", "", key};
        line.has_start = true;
        line.present[1] = true;
        line.units[1] = static_cast<Int128>(999'999'999'999'999'999) * 10'000'000'000 * 10'000'000'000;
        const AddedLine added = add_plain(store.get(), line);
        EXPECT_EQ(added.refused, 0U);
    }
    line_store_end(store.get());
    for (const bool together : {true, false}) {
        const Made facts(facts_open(store.get(), SourceFormat::cur), &facts_close);
        for (std::int64_t i = 0; i < line_store_keys(store.get()); ++i) {
            KeyJudgement judgement;
            judgement.dimension_id = 1;
            judgement.part = together ? 0 : static_cast<std::int32_t>(i);
            EXPECT_TRUE(facts_judge(facts.get(), static_cast<std::uint32_t>(i), judgement, "Usage"));
        }
        EXPECT_TRUE(facts_attribute(facts.get(), 1, -1, 1, 1));
        EXPECT_EQ(facts_make(facts.get()).kind, FactsFaultKind::sum_out_of_range);
        EXPECT_EQ(facts_count(facts.get()), 0);
    }
}

// ---- relations ------------------------------------------------------------------------------------------------------

TEST(AddedLines, RefuseSumsThatLeave128Bits)
{
    const Store store = open_store(false, 1);
    PlainLine line;
    line.texts = {"p", "m", "Usage", "", "", "", ""};
    line.present[1] = line.present[2] = true;
    line.units[1] = static_cast<Int128>(999'999'999'999'999'999) * 10'000'000'000 * 10'000'000'000;
    line.units[2] = 5;
    const AddedLine first = add_plain(store.get(), line);
    EXPECT_EQ(first.refused, 0U);
    const AddedLine second = add_plain(store.get(), line);
    EXPECT_EQ(second.group, first.group);
    EXPECT_EQ(second.refused, std::uint64_t{1} << 1U);
    // Another group, but the same control sum: neither of the two has it.
    line.texts[6] = "other";
    const AddedLine third = add_plain(store.get(), line);
    EXPECT_NE(third.group, first.group);
    EXPECT_EQ(third.control, first.control);
    EXPECT_EQ(third.refused, std::uint64_t{1} << 1U);
    // What no 128 bits can hold is present, and summed by the caller.
    const AddedLine fourth = add_plain(store.get(), line, std::uint64_t{1} << 1U);
    EXPECT_EQ(fourth.group, third.group);
    EXPECT_EQ(fourth.refused, 0U);
    line_store_end(store.get());
    EXPECT_TRUE(line_store_conserves(store.get()));
    const ControlSum control = line_store_control(store.get(), first.control);
    EXPECT_EQ(control.lines, 4);
    EXPECT_TRUE(control.amounts[1].units == line.units[1]);
    EXPECT_TRUE(control.amounts[2].units == 20);
    EXPECT_EQ(control.present, std::uint64_t{6});
    // Where they go is known by group.
    ASSERT_EQ(line_store_keys(store.get()), 2);
    const Made facts(facts_open(store.get(), SourceFormat::cur), &facts_close);
    for (std::uint32_t i = 0; i < 2; ++i) {
        KeyJudgement judgement;
        judgement.part = 1 - static_cast<std::int32_t>(i);
        EXPECT_TRUE(facts_judge(facts.get(), i, judgement, "Usage"));
    }
    ASSERT_EQ(facts_make(facts.get()).kind, FactsFaultKind::none);
    const GroupPlace place = facts_place(facts.get(), third.group);
    EXPECT_EQ(place.fact, -1);
    EXPECT_EQ(place.bill_part, 0);
    EXPECT_EQ(place.rules.metric[static_cast<int>(Metric::unblended_cost)].term[0].field, AmountField::unblended_cost);
}

TEST(AddedLines, KeysAreAnyBytes)
{
    const Store store = open_store(false, 1);
    // Absent, empty, a zero byte, no UTF-8, and what looks like the key before: six lines, six keys.
    const std::string texts[] = {"", std::string(1, '\0'), "\xff", std::string("\0\0\0\0", 4), "p"};
    for (const std::string &text : texts) {
        PlainLine line;
        line.texts = {text, "m", "Usage", "", "", "", ""};
        EXPECT_GE(add_plain(store.get(), line).group, 0);
    }
    PlainLine line;
    line.texts = {"", "m", "Usage", "", "", "", ""};
    line.empty_is_there = true;
    EXPECT_GE(add_plain(store.get(), line).group, 0);
    line_store_end(store.get());
    ASSERT_EQ(line_store_keys(store.get()), 6);
    for (std::uint32_t i = 1; i < 5; ++i) EXPECT_EQ(line_store_key(store.get(), i).keys[0], texts[i]);
    EXPECT_EQ(line_store_key(store.get(), 0).keys[0].data(), nullptr);
    EXPECT_NE(line_store_key(store.get(), 5).keys[0].data(), nullptr);
    EXPECT_EQ(line_store_controls(store.get()), 6U);
    EXPECT_TRUE(line_store_conserves(store.get()));
}

TEST(AddedLines, PricesAreStatedByWhatALineCost)
{
    // unblended, net, public, each absent, 0 or 1.
    const Store store = open_store(false, 1);
    int expected = 0;
    for (int unblended = 0; unblended < 3; ++unblended)
        for (int net = 0; net < 3; ++net)
            for (int stated = 0; stated < 3; ++stated) {
                PlainLine line;
                line.texts = {"p", "m", "Usage", "", "", "", std::to_string(unblended * 9 + net * 3 + stated)};
                const auto set = [&](AmountField field, int how) {
                    const auto i = static_cast<std::size_t>(field);
                    line.present[i] = how > 0;
                    line.units[i] = how == 2 ? 7 : 0;
                };
                set(AmountField::unblended_cost, unblended);
                set(AmountField::net_unblended_cost, net);
                set(AmountField::public_on_demand_cost, stated);
                EXPECT_GE(add_plain(store.get(), line).group, 0);
                ++expected;
            }
    line_store_end(store.get());
    ASSERT_EQ(line_store_keys(store.get()), expected);
    for (int i = 0; i < expected; ++i) {
        const LineKey key = line_store_key(store.get(), static_cast<std::uint32_t>(i));
        const int unblended = i / 9, net = i / 3 % 3, stated = i % 3;
        const int cost = unblended > 0 ? unblended : net;
        EXPECT_EQ(key.price_stated, stated == 2 || cost != 2) << i;
        EXPECT_EQ(key.net_given, net > 0) << i;
    }
}

// Nothing with thirty decimals is nothing.
TEST(AddedLines, ZerosOfManyDecimalsStateNoPrice)
{
    for (const bool zero : {true, false}) {
        const Store store = open_store(false, 1);
        PlainLine line;
        line.texts = {"p", "m", "Usage", "", "", "", ""};
        line.present[1] = true;
        line.units[1] = 1;
        const auto bit = std::uint64_t{1} << static_cast<unsigned>(AmountField::public_on_demand_cost);
        EXPECT_GE(add_plain(store.get(), line, bit, zero ? bit : 0).group, 0);
        line_store_end(store.get());
        ASSERT_EQ(line_store_keys(store.get()), 1);
        EXPECT_EQ(line_store_key(store.get(), 0).price_stated, !zero);
        EXPECT_EQ(line_store_control(store.get(), 0).present, bit | 2U);
        for (const bool known : {true, false}) {
            KeyJudgement judgement;
            judgement.list_known = known;
            const Made facts = judged(store.get(), judgement);
            ASSERT_EQ(facts_make(facts.get()).kind, FactsFaultKind::none);
            const GroupPlace place = facts_place(facts.get(), 0);
            EXPECT_EQ(place.rules.metric[static_cast<int>(Metric::public_on_demand_cost)].present, known);
            EXPECT_EQ(place.rules.metric[static_cast<int>(Metric::usage_amount)].present, false);
            EXPECT_EQ(place.rules.metric[static_cast<int>(Metric::unblended_cost)].present, true);
        }
    }
}

TEST(Principals, AreThoseOfWantedKeys)
{
    const Store store = store_of({{"arn:aws:sts::1:assumed-role/R/a", 0, 1},
                                  {"arn:aws:sts::1:assumed-role/R/b", 0, 1},
                                  {"arn:aws:sts::1:assumed-role/S/a", 0, 1},
                                  {"arn:aws:sts::1:assumed-role/R", 0, 1},
                                  {"", 0, 1}});
    // R with and without a session, S, and nobody.
    ASSERT_EQ(line_store_keys(store.get()), 3);
    ASSERT_EQ(line_store_principals(store.get()), 4U);
    EXPECT_EQ(line_store_key(store.get(), 0).lines, 3);
    EXPECT_EQ(line_store_key(store.get(), 1).keys[5], "arn:aws:sts::1:assumed-role/S");
    const bool wanted[] = {true, false, false};
    bool used[4] = {};
    line_store_mark_principals(store.get(), wanted, used);
    EXPECT_TRUE(used[0] && used[1] && !used[2] && used[3]);
}

// What is stopped goes on where it was, a group at a time, and comes to the same.
TEST(Facts, AreMadeInSteps)
{
    constexpr int lines = 500;
    std::vector<Given> given;
    for (int i = 0; i < lines; ++i)
        given.push_back({"arn:aws:sts::1:assumed-role/R/" + std::to_string(i % 5), (i % 7) * a_day, i + 1});
    const Store store = store_of(given);
    const Store in_steps = open_store(false, 1);
    for (const Given &one : given) add_given(in_steps.get(), one);
    line_store_end(in_steps.get());
    // 35 full keys of session and day are as many groups; the role is one full key without its 5 sessions.
    ASSERT_EQ(line_store_groups(in_steps.get()), 35);
    int stops = 0;
    while (!line_store_make_keys(in_steps.get(), 1)) ++stops;
    // Each of 5 full keys twice, each of 7 usages and each of 35 groups, and after the last one it is done.
    EXPECT_EQ(stops, 5 + 5 + 7 + 35 - 1);
    ASSERT_EQ(line_store_keys(in_steps.get()), line_store_keys(store.get()));

    KeyJudgement judgement;
    judgement.dimension_id = 1;
    std::vector<std::tuple<int, int, Int128>> made[2];
    for (const bool steps : {false, true}) {
        LineStore *const of = steps ? in_steps.get() : store.get();
        const Made facts = judged(of, judgement);
        ASSERT_TRUE(facts_attribute(facts.get(), 1, INT32_MIN, INT32_MAX, 1));
        for (std::uint32_t i = 0; i < line_store_principals(of); ++i)
            ASSERT_TRUE(facts_set_session(facts.get(), i, static_cast<std::int32_t>(i)));
        // Twice: what was made is made anew.
        for (int round = 0; round < 2; ++round) {
            FactsFault fault = steps ? facts_make_some(facts.get(), 1) : facts_make(facts.get());
            for (stops = 0; fault.kind == FactsFaultKind::unfinished; ++stops) fault = facts_make_some(facts.get(), 1);
            ASSERT_EQ(fault.kind, FactsFaultKind::none);
            // Each of 35 groups is counted and added; they are one slice, which is sorted at once.
            EXPECT_EQ(stops, steps ? 35 + 35 : 0);
            ASSERT_EQ(facts_count(facts.get()), 35);
        }
        for (std::int64_t i = 0; i < facts_count(facts.get()); ++i) {
            const Fact fact = facts_fact(facts.get(), i);
            made[steps].emplace_back(fact.day, fact.session_id,
                                     fact.amounts[static_cast<std::size_t>(Metric::unblended_cost)].units);
        }
    }
    EXPECT_EQ(made[0], made[1]);
}

// What a caller keeps beside a store is counted with it.
TEST(Facts, TakeWhatIsCounted)
{
    const LineColumn columns[] = {{"k", ColumnUse::key}};
    Store store(line_store_open(columns, 1, false, 1, 1 << 20), &line_store_close);
    ASSERT_TRUE(line_store_take(store.get(), 1 << 19));
    EXPECT_EQ(line_store_fault(store.get()).kind, ReadFaultKind::none);
    ASSERT_FALSE(line_store_take(store.get(), 1 << 20));
    EXPECT_EQ(line_store_fault(store.get()).kind, ReadFaultKind::memory_limit);
}

}  // namespace
}  // namespace bedrock_cost::test
