// SPDX-License-Identifier: PostgreSQL
// The road of a line: from files and relations to line keys, facts and bill parts.
#include <gtest/gtest.h>

#include <bedrock_cost/lines.hpp>
#include <filesystem>
#include <fstream>
#include <memory>

namespace bedrock_cost::test {
namespace {

constexpr Int128 unit = static_cast<Int128>(10'000'000'000) * 10'000'000'000;

using Store = std::unique_ptr<LineStore, decltype(&line_store_close)>;

TEST(Lines, OfAFileBecomeFacts)
{
    const std::string path = testing::TempDir() + "/lines.csv";
    std::ofstream(path, std::ios::binary) << "payer,period,type,start,end,principal,cost,public\n"
                                             "1,2026-11-01T00:00:00Z,Usage,2026-11-03T04:00:00Z,2026-11-03T05:00:00Z,"
                                             "arn:aws:sts::1:assumed-role/R/a,1.25,1.5\n"
                                             "1,2026-11-01T00:00:00Z,Usage,2026-11-03T05:00:00Z,2026-11-03T06:00:00Z,"
                                             "arn:aws:sts::1:assumed-role/R/a,\"2.5\",2\n"
                                             "1,2026-11-01T00:00:00Z,Usage,2026-11-03T05:00:00Z,2026-11-03T06:00:00Z,"
                                             "arn:aws:sts::1:assumed-role/R/b,-1e-1,0\n";
    const LineColumn columns[] = {
        {"payer", ColumnUse::key, AmountField::unused, KeyField::payer_account_id},
        {"period", ColumnUse::month, AmountField::unused, KeyField::billing_period_start},
        {"type", ColumnUse::key, AmountField::unused, KeyField::line_item_type},
        {"start", ColumnUse::usage_start},
        {"end", ColumnUse::usage_end},
        {"principal", ColumnUse::key, AmountField::unused, KeyField::iam_principal},
        {"cost", ColumnUse::amount, AmountField::unblended_cost},
        {"public", ColumnUse::amount, AmountField::public_on_demand_cost},
    };
    const Store store(line_store_open(columns, 8, false, 2, 0), &line_store_close);
    ASSERT_TRUE(line_store_add_file(store.get(), path));
    line_store_start(store.get());
    while (!line_store_wait(store.get(), 1000)) {
    }
    ASSERT_EQ(static_cast<int>(line_store_fault(store.get()).kind), 0);
    EXPECT_TRUE(line_store_conserves(store.get()));
    EXPECT_EQ(line_store_file(store.get(), 0).lines, 3U);
    ASSERT_EQ(line_store_controls(store.get()), 1U);
    const ControlSum control = line_store_control(store.get(), 0);
    EXPECT_EQ(control.lines, 3);
    EXPECT_EQ(control.payer, "1");
    EXPECT_EQ(control.line_type, "Usage");
    EXPECT_TRUE(control.amounts[0].units == unit * 365 / 100);
    EXPECT_EQ(control.amounts[0].decimals, 2);
    EXPECT_TRUE(control.amounts[1].units == unit * 35 / 10);

    // One key with a public price, one without.
    ASSERT_EQ(line_store_keys(store.get()), 2);
    EXPECT_EQ(line_store_groups(store.get()), 2);
    const LineKey key = line_store_key(store.get(), 0);
    EXPECT_EQ(key.keys[3], "arn:aws:sts::1:assumed-role/R");
    EXPECT_EQ(key.lines, 2);
    EXPECT_TRUE(key.price_stated);
    EXPECT_EQ(static_cast<int>(key.grain), static_cast<int>(Grain::hour));
    ASSERT_EQ(line_store_principals(store.get()), 2U);
    EXPECT_EQ(line_store_principal(store.get(), 1), "arn:aws:sts::1:assumed-role/R/b");

    const std::unique_ptr<Facts, decltype(&facts_close)> facts(facts_open(store.get(), SourceFormat::cur),
                                                               &facts_close);
    for (std::uint32_t i = 0; i < 2; ++i) {
        KeyJudgement judgement;
        judgement.bill_id = 7;
        judgement.dimension_id = 5;
        judgement.is_usage = true;
        judgement.list_known = line_store_key(store.get(), i).price_stated;
        ASSERT_TRUE(facts_judge(facts.get(), i, judgement, "Usage"));
    }
    ASSERT_TRUE(facts_attribute(facts.get(), 5, 0, 1'000'000, 3));
    for (std::uint32_t i = 0; i < 2; ++i)
        ASSERT_TRUE(facts_set_session(facts.get(), i, static_cast<std::int32_t>(i) + 10));
    ASSERT_EQ(static_cast<int>(facts_make(facts.get()).kind), 0);
    ASSERT_EQ(facts_count(facts.get()), 2);
    const Fact fact = facts_fact(facts.get(), 0);
    EXPECT_EQ(fact.bill_id, 7);
    EXPECT_EQ(fact.session_id, 10);
    // 2026-11-03 is 9803 days after 2000-01-01: 26 years of 365 days, 7 leap days, 10 months of 304 days, 2 days.
    EXPECT_EQ(fact.day, 26 * 365 + 7 + 304 + 2);
    EXPECT_EQ(fact.lines, 2);
    EXPECT_TRUE(fact.amounts[1].units == unit * 375 / 100);
    EXPECT_TRUE(fact.amounts[4].units == unit * 375 / 100);
    EXPECT_FALSE(fact.amounts[2].present);
    EXPECT_TRUE(fact.amounts[6].units == unit * 35 / 10);
    EXPECT_FALSE(facts_fact(facts.get(), 1).amounts[6].present);
    ASSERT_EQ(facts_bill_parts(facts.get()), 1);
    EXPECT_TRUE(facts_bill_part(facts.get(), 0).amounts[1].units == unit * 365 / 100);
    EXPECT_EQ(facts_bill_part(facts.get(), 0).last_day, fact.day);
    EXPECT_EQ(facts_place(facts.get(), 0).fact, 0);
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace bedrock_cost::test
