// SPDX-License-Identifier: PostgreSQL
// What a line costs, as a table.
#include "lines/cost_rule.hpp"

#include <initializer_list>

namespace bedrock_cost {

namespace {

using F = AmountField;
using M = Metric;
using T = LineType;

// Formats, a bit each.
constexpr unsigned cur = 1, no_unblended = 2, focus = 4;
constexpr unsigned both = cur | no_unblended, all = both | focus;

// What a metric is made of.
enum class Made : std::uint8_t {
    first,       // the first of the amounts that is there; of none: NULL
    sum,         // what is there of two amounts; of none: 0
    difference,  // one amount without the other; without both: NULL, without one of them: no rule
    zero,
    null,
};

enum class When : std::uint8_t {
    always,
    reservation,      // the line has a reservation
    discount_in_net,  // its net amount is in those of other lines
    any_there,        // any of the amounts is there
};

struct RuleAmounts {
    F first = F::unused, second = F::unused;
};

struct RuleRow {
    unsigned formats;
    T type;  // other: those that no row above names
    M metric;
    When when;
    Made made;
    RuleAmounts amounts{};
};

constexpr M usage = M::usage_amount, unblended = M::unblended_cost, blended = M::blended_cost;
constexpr M net = M::net_unblended_cost, amortized = M::amortized_cost, net_amortized = M::net_amortized_cost;
constexpr M price = M::public_on_demand_cost;
using enum AmountField;
using enum LineType;
using enum Made;
using enum When;

// The first row that fits holds; `other` is every line type that no row of the same metric before it names.
// clang-format off
constexpr RuleRow table[] = {
    {all,          other,                   usage,         always,          first, {usage_amount}},

    {cur | focus,  other,                   unblended,     always,          first, {unblended_cost}},
    {no_unblended, other,                   unblended,     always,          first, {net_unblended_cost, blended_cost}},

    {all,          other,                   blended,       always,          first, {blended_cost}},

    {both,         other,                   net,           discount_in_net, zero},
    {cur,          other,                   net,           always,          first,
     {net_unblended_cost, unblended_cost}},
    {no_unblended, other,                   net,           always,          first, {net_unblended_cost, blended_cost}},
    {focus,        other,                   net,           always,          first, {net_unblended_cost}},

    {both,         SavingsPlanCoveredUsage, amortized,     always,          first, {savings_plan_effective_cost}},
    {both,         SavingsPlanRecurringFee, amortized,     always,          difference,
     {savings_plan_total_commitment, savings_plan_used_commitment}},
    {both,         SavingsPlanNegation,     amortized,     always,          zero},
    {both,         SavingsPlanUpfrontFee,   amortized,     always,          zero},
    {both,         DiscountedUsage,         amortized,     always,          first, {reservation_effective_cost}},
    {both,         RIFee,                   amortized,     always,          sum,
     {reservation_unused_amortized_upfront_fee, reservation_unused_recurring_fee}},
    {both,         Fee,                     amortized,     reservation,     zero},
    {cur,          other,                   amortized,     always,          first, {unblended_cost}},
    {no_unblended, other,                   amortized,     always,          first, {net_unblended_cost, blended_cost}},
    {focus,        other,                   amortized,     always,          null},

    {both,         SavingsPlanCoveredUsage, net_amortized, always,          first,
     {net_savings_plan_effective_cost, savings_plan_effective_cost}},
    {both,         SavingsPlanRecurringFee, net_amortized, always,          difference,
     {savings_plan_total_commitment, savings_plan_used_commitment}},
    {both,         SavingsPlanNegation,     net_amortized, always,          zero},
    {both,         SavingsPlanUpfrontFee,   net_amortized, always,          zero},
    {both,         DiscountedUsage,         net_amortized, always,          first,
     {reservation_net_effective_cost, reservation_effective_cost}},
    {both,         RIFee,                   net_amortized, any_there,       sum,
     {reservation_net_unused_amortized_upfront_fee, reservation_net_unused_recurring_fee}},
    {both,         RIFee,                   net_amortized, always,          sum,
     {reservation_unused_amortized_upfront_fee, reservation_unused_recurring_fee}},
    {both,         Fee,                     net_amortized, reservation,     zero},
    {both,         other,                   net_amortized, discount_in_net, zero},
    {cur,          other,                   net_amortized, always,          first,
     {net_unblended_cost, unblended_cost}},
    {no_unblended, other,                   net_amortized, always,          first, {net_unblended_cost, blended_cost}},
    {focus,        other,                   net_amortized, always,          first, {net_amortized_cost}},

    {all,          other,                   price,         always,          first, {public_on_demand_cost}},
};
// clang-format on

constexpr Text type_names[line_types] = {"",
                                         "SavingsPlanCoveredUsage",
                                         "SavingsPlanRecurringFee",
                                         "SavingsPlanNegation",
                                         "SavingsPlanUpfrontFee",
                                         "DiscountedUsage",
                                         "RIFee",
                                         "Fee"};

constexpr Text field_names[amount_fields] = {"usage_amount",
                                             "unblended_cost",
                                             "blended_cost",
                                             "net_unblended_cost",
                                             "net_amortized_cost",
                                             "public_on_demand_cost",
                                             "savings_plan_effective_cost",
                                             "net_savings_plan_effective_cost",
                                             "savings_plan_total_commitment",
                                             "savings_plan_used_commitment",
                                             "reservation_effective_cost",
                                             "reservation_net_effective_cost",
                                             "reservation_unused_amortized_upfront_fee",
                                             "reservation_unused_recurring_fee",
                                             "reservation_net_unused_amortized_upfront_fee",
                                             "reservation_net_unused_recurring_fee"};

constexpr unsigned format_bit(SourceFormat format) noexcept
{
    return 1U << static_cast<unsigned>(format);
}
static_assert(format_bit(SourceFormat::cur) == cur && format_bit(SourceFormat::focus) == focus &&
              format_bit(SourceFormat::cur_without_unblended) == no_unblended);

constexpr bool is_there(const CostCase &of, F field) noexcept
{
    return field != F::unused && (of.present & bit_of(field)) != 0;
}

constexpr bool fits(const RuleRow &row, const CostCase &of, T type, M metric) noexcept
{
    if (row.metric != metric || (row.formats & format_bit(of.format)) == 0) return false;
    if (row.type != T::other && row.type != type) return false;
    switch (row.when) {
        case When::always:
            return true;
        case When::reservation:
            return of.has_reservation;
        case When::discount_in_net:
            return of.discount_in_net;
        case When::any_there:
            return is_there(of, row.amounts.first) || is_there(of, row.amounts.second);
    }
    return false;
}

constexpr bool make(const RuleRow &row, const CostCase &of, CostRule &rule) noexcept
{
    rule = CostRule{};
    const auto add = [&](F field, std::int8_t sign) { rule.term[rule.terms++] = {field, sign}; };
    switch (row.made) {
        case Made::null:
            return true;
        case Made::zero:
            rule.present = true;
            return true;
        case Made::first:
            for (const F field : {row.amounts.first, row.amounts.second})
                if (is_there(of, field) && rule.terms == 0) add(field, 1);
            rule.present = rule.terms > 0;
            return true;
        case Made::sum:
            for (const F field : {row.amounts.first, row.amounts.second})
                if (is_there(of, field)) add(field, 1);
            rule.present = true;
            return true;
        case Made::difference:
            if (is_there(of, row.amounts.first) != is_there(of, row.amounts.second)) return false;
            rule.present = is_there(of, row.amounts.first);
            if (rule.present) {
                add(row.amounts.first, 1);
                add(row.amounts.second, -1);
            }
            return true;
    }
    return false;
}

}  // namespace

AmountField amount_field(Text name) noexcept
{
    for (std::size_t i = 0; i < amount_fields; ++i)
        if (field_names[i] == name) return static_cast<AmountField>(i);
    return AmountField::unused;
}

LineType line_type_of(Text text) noexcept
{
    for (std::size_t i = 1; i < line_types; ++i)
        if (type_names[i] == text) return static_cast<LineType>(i);
    return LineType::other;
}

bool cost_rules(const CostCase &of, LineType type, CostRules &rules) noexcept
{
    for (std::size_t m = 0; m < metrics; ++m) {
        bool made = false;
        for (const RuleRow &row : table) {
            if (!fits(row, of, type, static_cast<Metric>(m))) continue;
            made = make(row, of, rules.metric[m]);
            break;
        }
        if (!made) return false;
    }
    return true;
}

bool cost_rules(const CostCase &of, Text line_type, CostRules &rules) noexcept
{
    return cost_rules(of, line_type_of(line_type), rules);
}

}  // namespace bedrock_cost
