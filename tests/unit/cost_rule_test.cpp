// SPDX-License-Identifier: PostgreSQL
// What lines cost, once more: by hand, and by a plain chain of conditions over every set of amounts a line can have.
#include <gtest/gtest.h>

#include <array>
#include <bedrock_cost/lines.hpp>
#include <map>
#include <optional>
#include <vector>

namespace bedrock_cost::test {
namespace {

using F = AmountField;
using Number = std::optional<int>;
using Amounts = std::map<F, int>;
using Costs = std::array<Number, metrics>;

CostCase case_of(SourceFormat format, const Amounts &amounts, bool has_reservation = false,
                 bool discount_in_net = false)
{
    CostCase of{format, has_reservation, discount_in_net, 0};
    for (const auto &[field, value] : amounts) of.present |= std::uint32_t{1} << static_cast<unsigned>(field);
    return of;
}

// What the rules make of amounts.
Costs costs(const CostRules &rules, const Amounts &amounts)
{
    Costs made;
    for (std::size_t m = 0; m < metrics; ++m) {
        if (!rules.metric[m].present) continue;
        int sum = 0;
        for (std::size_t t = 0; t < rules.metric[m].terms; ++t)
            sum += rules.metric[m].term[t].sign * amounts.at(rules.metric[m].term[t].field);
        made[m] = sum;
    }
    return made;
}

Costs costs_of(SourceFormat format, Text line_type, const Amounts &amounts, bool has_reservation = false,
               bool discount_in_net = false)
{
    CostRules rules;
    EXPECT_TRUE(cost_rules(case_of(format, amounts, has_reservation, discount_in_net), line_type, rules)) << line_type;
    return costs(rules, amounts);
}

constexpr std::nullopt_t none = std::nullopt;

// usage amount, unblended, blended, net unblended, amortized, net amortized, public.
TEST(CostRule, OfCur)
{
    constexpr SourceFormat cur = SourceFormat::cur;
    // A line without anything has no cost.
    EXPECT_EQ(costs_of(cur, "Usage", {}), (Costs{none, none, none, none, none, none, none}));
    EXPECT_EQ(costs_of(cur, "Usage", {{F::usage_amount, 3}, {F::unblended_cost, 10}, {F::blended_cost, 9}}),
              (Costs{3, 10, 9, 10, 10, 10, none}));
    EXPECT_EQ(
        costs_of(cur, "Usage", {{F::unblended_cost, 10}, {F::net_unblended_cost, 8}, {F::public_on_demand_cost, 12}}),
        (Costs{none, 10, none, 8, 10, 8, 12}));
    // Any line type that has no rule of its own, and none at all.
    for (const Text type : {Text("Tax"), Text("Credit"), Text("a new one"), Text("fee"), Text()})
        EXPECT_EQ(costs_of(cur, type, {{F::unblended_cost, 10}, {F::net_unblended_cost, 8}}),
                  (Costs{none, 10, none, 8, 10, 8, none}));

    EXPECT_EQ(costs_of(cur, "SavingsPlanCoveredUsage", {{F::unblended_cost, 10}, {F::savings_plan_effective_cost, 7}}),
              (Costs{none, 10, none, 10, 7, 7, none}));
    EXPECT_EQ(costs_of(cur, "SavingsPlanCoveredUsage",
                       {{F::unblended_cost, 10},
                        {F::net_unblended_cost, 9},
                        {F::savings_plan_effective_cost, 7},
                        {F::net_savings_plan_effective_cost, 6}}),
              (Costs{none, 10, none, 9, 7, 6, none}));
    // The rule names an amount that the line lacks.
    EXPECT_EQ(costs_of(cur, "SavingsPlanCoveredUsage", {{F::unblended_cost, 10}}),
              (Costs{none, 10, none, 10, none, none, none}));

    EXPECT_EQ(costs_of(cur, "SavingsPlanRecurringFee",
                       {{F::unblended_cost, 10},
                        {F::net_unblended_cost, 9},
                        {F::savings_plan_total_commitment, 100},
                        {F::savings_plan_used_commitment, 98}}),
              (Costs{none, 10, none, 9, 2, 2, none}));
    EXPECT_EQ(costs_of(cur, "SavingsPlanRecurringFee", {{F::unblended_cost, 10}}),
              (Costs{none, 10, none, 10, none, none, none}));
    CostRules rules;
    for (const F one : {F::savings_plan_total_commitment, F::savings_plan_used_commitment})
        EXPECT_FALSE(cost_rules(case_of(cur, {{F::unblended_cost, 10}, {one, 5}}), "SavingsPlanRecurringFee", rules));

    for (const Text type : {Text("SavingsPlanNegation"), Text("SavingsPlanUpfrontFee")})
        EXPECT_EQ(costs_of(cur, type, {{F::unblended_cost, -10}, {F::net_unblended_cost, -9}}),
                  (Costs{none, -10, none, -9, 0, 0, none}));

    EXPECT_EQ(costs_of(cur, "DiscountedUsage", {{F::unblended_cost, 0}, {F::reservation_effective_cost, 5}}),
              (Costs{none, 0, none, 0, 5, 5, none}));
    EXPECT_EQ(
        costs_of(cur, "DiscountedUsage",
                 {{F::unblended_cost, 0}, {F::reservation_effective_cost, 5}, {F::reservation_net_effective_cost, 4}}),
        (Costs{none, 0, none, 0, 5, 4, none}));

    EXPECT_EQ(costs_of(cur, "RIFee",
                       {{F::unblended_cost, 50},
                        {F::reservation_unused_amortized_upfront_fee, 3},
                        {F::reservation_unused_recurring_fee, 4}}),
              (Costs{none, 50, none, 50, 7, 7, none}));
    EXPECT_EQ(costs_of(cur, "RIFee",
                       {{F::unblended_cost, 50},
                        {F::reservation_unused_amortized_upfront_fee, 3},
                        {F::reservation_unused_recurring_fee, 4},
                        {F::reservation_net_unused_recurring_fee, 2}}),
              (Costs{none, 50, none, 50, 7, 2, none}));
    EXPECT_EQ(costs_of(cur, "RIFee", {{F::unblended_cost, 50}, {F::reservation_unused_recurring_fee, 4}}),
              (Costs{none, 50, none, 50, 4, 4, none}));
    EXPECT_EQ(costs_of(cur, "RIFee", {{F::unblended_cost, 50}}), (Costs{none, 50, none, 50, 0, 0, none}));

    EXPECT_EQ(costs_of(cur, "Fee", {{F::unblended_cost, 50}, {F::net_unblended_cost, 45}}, true),
              (Costs{none, 50, none, 45, 0, 0, none}));
    EXPECT_EQ(costs_of(cur, "Fee", {{F::unblended_cost, 50}, {F::net_unblended_cost, 45}}),
              (Costs{none, 50, none, 45, 50, 45, none}));

    // A discount that is in the net amounts of other lines; an RIFee has a rule of its own for the amortized net.
    EXPECT_EQ(costs_of(cur, "EdpDiscount", {{F::unblended_cost, -5}}, false, true),
              (Costs{none, -5, none, 0, -5, 0, none}));
    EXPECT_EQ(costs_of(cur, "RIFee", {{F::unblended_cost, -5}, {F::reservation_unused_recurring_fee, 4}}, false, true),
              (Costs{none, -5, none, 0, 4, 4, none}));
}

TEST(CostRule, OfCurWithoutUnblended)
{
    constexpr SourceFormat cur = SourceFormat::cur_without_unblended;
    EXPECT_EQ(costs_of(cur, "Usage", {{F::net_unblended_cost, 8}, {F::blended_cost, 9}}),
              (Costs{none, 8, 9, 8, 8, 8, none}));
    EXPECT_EQ(costs_of(cur, "Usage", {{F::blended_cost, 9}}), (Costs{none, 9, 9, 9, 9, 9, none}));
    EXPECT_EQ(costs_of(cur, "EdpDiscount", {{F::blended_cost, -9}}, false, true),
              (Costs{none, -9, -9, 0, -9, 0, none}));
    EXPECT_EQ(costs_of(cur, "DiscountedUsage", {{F::blended_cost, 9}, {F::reservation_effective_cost, 5}}),
              (Costs{none, 9, 9, 9, 5, 5, none}));
}

TEST(CostRule, OfFocus)
{
    constexpr SourceFormat focus = SourceFormat::focus;
    // The two costs that FOCUS has not are unknown, whatever the line is.
    for (const Text type : {Text("Usage"), Text("Purchase"), Text("SavingsPlanRecurringFee"), Text("Fee")})
        EXPECT_EQ(costs_of(focus, type,
                           {{F::usage_amount, 2},
                            {F::net_unblended_cost, 8},
                            {F::net_amortized_cost, 7},
                            {F::public_on_demand_cost, 12}},
                           true, true),
                  (Costs{2, none, none, 8, none, 7, 12}));
    EXPECT_EQ(costs_of(focus, "Usage", {{F::net_unblended_cost, 8}}), (Costs{none, none, none, 8, none, none, none}));
}

TEST(CostRule, FieldsHaveTheirNames)
{
    EXPECT_EQ(amount_field("usage_amount"), F::usage_amount);
    EXPECT_EQ(amount_field("net_savings_plan_effective_cost"), F::net_savings_plan_effective_cost);
    EXPECT_EQ(amount_field("reservation_net_unused_recurring_fee"), F::reservation_net_unused_recurring_fee);
    EXPECT_EQ(amount_field("tax"), F::unused);
    EXPECT_EQ(amount_field(""), F::unused);
}

// Each amount is another power of two, so that no two sums are the same.
Number value(std::uint32_t present, F field)
{
    const auto place = static_cast<unsigned>(field);
    return (present >> place & 1U) != 0 ? Number(1 << place) : none;
}

// False: no rule.
bool simple_costs(const CostCase &of, const std::string &type, Costs &made)
{
    const auto of_line = [&](F field) { return value(of.present, field); };
    const auto either = [](Number one, Number other) { return one.has_value() ? one : other; };
    const auto together = [](Number one, Number other) { return Number(one.value_or(0) + other.value_or(0)); };
    const Number blended = of_line(F::blended_cost), net = of_line(F::net_unblended_cost);
    made = {of_line(F::usage_amount),       of_line(F::unblended_cost),       blended, net, none,
            of_line(F::net_amortized_cost), of_line(F::public_on_demand_cost)};
    if (of.format == SourceFormat::focus) return true;
    const Number unblended = of.format == SourceFormat::cur ? of_line(F::unblended_cost) : either(net, blended);
    const Number after_discount = of.discount_in_net ? Number(0) : either(net, unblended);
    Number amortized, net_amortized;
    if (type == "SavingsPlanCoveredUsage") {
        amortized = of_line(F::savings_plan_effective_cost);
        net_amortized = either(of_line(F::net_savings_plan_effective_cost), amortized);
    } else if (type == "SavingsPlanRecurringFee") {
        const Number total = of_line(F::savings_plan_total_commitment), used = of_line(F::savings_plan_used_commitment);
        if (total.has_value() != used.has_value()) return false;
        if (total.has_value()) amortized = *total - *used;
        net_amortized = amortized;
    } else if (type == "SavingsPlanNegation" || type == "SavingsPlanUpfrontFee") {
        amortized = net_amortized = 0;
    } else if (type == "DiscountedUsage") {
        amortized = of_line(F::reservation_effective_cost);
        net_amortized = either(of_line(F::reservation_net_effective_cost), amortized);
    } else if (type == "RIFee") {
        amortized = together(of_line(F::reservation_unused_amortized_upfront_fee),
                             of_line(F::reservation_unused_recurring_fee));
        const Number upfront = of_line(F::reservation_net_unused_amortized_upfront_fee);
        const Number recurring = of_line(F::reservation_net_unused_recurring_fee);
        net_amortized = upfront.has_value() || recurring.has_value() ? together(upfront, recurring) : amortized;
    } else if (type == "Fee" && of.has_reservation) {
        amortized = net_amortized = 0;
    } else {
        amortized = unblended;
        net_amortized = after_discount;
    }
    made = {made[0], unblended, blended, after_discount, amortized, net_amortized, made[6]};
    return true;
}

TEST(CostRule, OfEveryLine)
{
    Amounts amounts;
    for (std::size_t i = 0; i < amount_fields; ++i) amounts[static_cast<F>(i)] = 1 << i;
    const std::string types[] = {"Usage",
                                 "SavingsPlanCoveredUsage",
                                 "SavingsPlanRecurringFee",
                                 "SavingsPlanNegation",
                                 "SavingsPlanUpfrontFee",
                                 "DiscountedUsage",
                                 "RIFee",
                                 "Fee"};
    std::size_t wrong = 0;
    for (const std::string &type : types)
        for (int format = 0; format < 3; ++format)
            for (unsigned how = 0; how < 4; ++how)
                for (std::uint32_t present = 0; present < std::uint32_t{1} << amount_fields; present += 1 + how % 3) {
                    const CostCase of{static_cast<SourceFormat>(format), (how & 1U) != 0, (how & 2U) != 0, present};
                    CostRules rules;
                    Costs expected, made;
                    const bool covered = simple_costs(of, type, expected);
                    bool same = cost_rules(of, type, rules) == covered;
                    for (std::size_t m = 0; same && covered && m < metrics; ++m) {
                        const CostRule &rule = rules.metric[m];
                        int sum = 0;
                        for (std::size_t t = 0; t < rule.terms; ++t) {
                            // No rule names what the line lacks.
                            same = same && value(present, rule.term[t].field).has_value();
                            sum += rule.term[t].sign * (1 << static_cast<unsigned>(rule.term[t].field));
                        }
                        same = same && (rule.present ? Number(sum) : none) == expected[m] &&
                               (rule.present || rule.terms == 0);
                    }
                    wrong += !same;
                }
    EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace bedrock_cost::test
