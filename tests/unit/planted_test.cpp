// SPDX-License-Identifier: PostgreSQL
// Faults planted into the core: each of them is found by what the lines are held against.
#include <gtest/gtest.h>

#include <functional>

#include "lines/planted.hpp"
#include "simple_facts.hpp"
#include "test_files.hpp"

namespace bedrock_cost::test {
namespace {

std::vector<PlainLine> some_lines()
{
    std::vector<PlainLine> lines;
    for (int i = 0; i < 100; ++i) {
        PlainLine line;
        line.texts = {"p", "m", "Usage", "", "", "", std::to_string(i % 7)};
        line.has_start = true;
        line.start = std::int64_t{9801 + i % 5} * 86400 * 1000000;
        // Ones of 10^-20: the smallest that a digit can be.
        line.present[1] = true;
        line.units[1] = i + 1;
        line.decimals[1] = 20;
        lines.push_back(line);
    }
    return lines;
}

Store read_file(const Folder &folder, const std::vector<PlainLine> &lines)
{
    std::string file = plain_header();
    for (const PlainLine &line : lines) file += plain_csv(line, 0);
    Store store = open_store(false, 1);
    EXPECT_TRUE(line_store_add_file(store.get(), folder.write("f", file)));
    line_store_start(store.get());
    while (!line_store_wait(store.get(), 10000)) {
    }
    return store;
}

Store add_lines(const std::vector<PlainLine> &lines)
{
    Store store = open_store(false, 1);
    for (const PlainLine &line : lines) EXPECT_GE(add_plain(store.get(), line).group, 0);
    line_store_end(store.get());
    return store;
}

TEST(Planted, FaultsOfLinesAreFound)
{
    const Folder folder;
    const std::vector<PlainLine> lines = some_lines();
    const std::function<Store()> ways[] = {[&] { return read_file(folder, lines); }, [&] { return add_lines(lines); }};
    for (const auto &read : ways) {
        planted_fault = Planted::none;
        EXPECT_TRUE(line_store_conserves(read().get()));
        for (const Planted fault : {Planted::dropped_line, Planted::doubled_line, Planted::misread_digit}) {
            planted_fault = fault;
            const Store store = read();
            // It was met, once.
            EXPECT_EQ(planted_fault.load(), Planted::none) << static_cast<int>(fault);
            EXPECT_EQ(static_cast<int>(line_store_fault(store.get()).kind), 0);
            EXPECT_FALSE(line_store_conserves(store.get())) << static_cast<int>(fault);
        }
    }
}

// What the rules make of the control sums.
Int128 unblended_of_controls(LineStore *store)
{
    Int128 sum = 0;
    for (std::uint32_t i = 0; i < line_store_controls(store); ++i) {
        const ControlSum control = line_store_control(store, i);
        CostRules rules;
        EXPECT_TRUE(
            cost_rules({SourceFormat::cur, control.has_reservation, false, static_cast<std::uint32_t>(control.present)},
                       control.line_type, rules));
        const CostRule &rule = rules.metric[static_cast<int>(Metric::unblended_cost)];
        for (std::size_t t = 0; t < rule.terms; ++t)
            sum += rule.term[t].sign * control.amounts[static_cast<std::size_t>(rule.term[t].field)].units;
    }
    return sum;
}

TEST(Planted, AWrongRuleIsFound)
{
    const Store store = add_lines(some_lines());
    for (const Planted fault : {Planted::none, Planted::wrong_rule}) {
        planted_fault = fault;
        const std::unique_ptr<Facts, decltype(&facts_close)> facts(facts_open(store.get(), SourceFormat::cur),
                                                                   &facts_close);
        for (std::int64_t i = 0; i < line_store_keys(store.get()); ++i) {
            KeyJudgement judgement;
            judgement.dimension_id = i % 2 == 0 ? 1 : 0;
            EXPECT_TRUE(facts_judge(facts.get(), static_cast<std::uint32_t>(i), judgement, "Usage"));
        }
        EXPECT_TRUE(facts_attribute(facts.get(), 1, 0, 100000, 1));
        ASSERT_EQ(facts_make(facts.get()).kind, FactsFaultKind::none);
        ASSERT_EQ(facts_bill_parts(facts.get()), 1);
        const bool same = facts_bill_part(facts.get(), 0).amounts[static_cast<int>(Metric::unblended_cost)].units ==
                          unblended_of_controls(store.get());
        EXPECT_EQ(same, fault == Planted::none);
    }
    planted_fault = Planted::none;
}

}  // namespace
}  // namespace bedrock_cost::test
