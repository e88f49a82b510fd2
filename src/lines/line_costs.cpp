// SPDX-License-Identifier: PostgreSQL
// What lines cost: cost rules laid on the amounts of their group.
#include "lines/facts.hpp"
#include "lines/planted.hpp"

namespace bedrock_cost::lines {

namespace {

// How many of the bits precede one.
std::uint8_t rank(std::uint64_t bits, std::int32_t of) noexcept
{
    return static_cast<std::uint8_t>(std::popcount(bits & ((std::uint64_t{1} << of) - 1)));
}

LineCosts compile(const Plan &plan, const Pattern &pattern, const CostRules &rules) noexcept
{
    LineCosts costs{};
    costs.rules = rules;
    costs.nonzero = static_cast<std::uint8_t>(std::popcount(pattern.nonzero));
    for (std::size_t m = 0; m < metrics; ++m) {
        const CostRule &rule = rules.metric[m];
        LineCosts::Made &made = costs.metric[m];
        made.present = rule.present;
        made.terms = rule.terms;
        for (std::size_t t = 0; t < rule.terms; ++t) {
            const std::int32_t amount = plan.amount_of[static_cast<std::size_t>(rule.term[t].field)];
            const bool nonzero = (pattern.nonzero >> amount & 1U) != 0;
            made.term[t] = {static_cast<std::int8_t>(nonzero ? rank(pattern.nonzero, amount) : -1), rule.term[t].sign,
                            rank(pattern.present, amount)};
        }
        if (planted(Planted::wrong_rule) && static_cast<Metric>(m) == Metric::unblended_cost && made.terms == 1)
            made.term[made.terms++] = made.term[0];
    }
    return costs;
}

}  // namespace

CostTable::Found CostTable::find(const LineStore &store, SourceFormat format, std::uint32_t pattern, LineType type,
                                 bool has_reservation, bool discount_in_net, const LineCosts *&found) noexcept
{
    const std::size_t of_class =
        static_cast<std::size_t>(type) * 4 + (has_reservation ? 2U : 0U) + (discount_in_net ? 1U : 0U);
    std::uint32_t &number = numbers[pattern * classes + of_class];
    if (number == 0) {
        const Pattern bits = store.table().pattern(pattern);
        CostRules rules;
        if (!cost_rules({format, has_reservation, discount_in_net, store.plan.fields(bits.present)}, type, rules))
            return Found::no_rule;
        if (!costs.add(compile(store.plan, bits, rules))) return Found::out_of_memory;
        number = static_cast<std::uint32_t>(costs.count);
    }
    found = &costs[number - 1];
    return Found::yes;
}

bool add_costs(MetricSums &sums, const Group &group, const LineCosts &costs, const KeyJudgement &judgement,
               unsigned __int128 *sizes) noexcept
{
    const Int128 *const units = group.sums();
    const std::uint8_t *const decimals = group.decimals(costs.nonzero);
    for (std::size_t m = 0; m < metrics; ++m) {
        const LineCosts::Made &made = costs.metric[m];
        if (!made.present) continue;
        if (static_cast<Metric>(m) == Metric::usage_amount && !judgement.is_usage) continue;
        if (static_cast<Metric>(m) == Metric::public_on_demand_cost && !judgement.list_known) continue;
        Int128 cost = 0;
        std::uint8_t most = 1;
        for (std::size_t t = 0; t < made.terms; ++t) {
            const LineCosts::Term &term = made.term[t];
            most = std::max(most, static_cast<std::uint8_t>(decimals[term.decimals] + 1));
            if (term.sum < 0) continue;
            const Int128 amount = units[term.sum];
            if (term.sign > 0 ? __builtin_add_overflow(cost, amount, &cost)
                              : __builtin_sub_overflow(cost, amount, &cost))
                return false;
        }
        sums.decimals[m] = std::max(sums.decimals[m], most);
        if (__builtin_add_overflow(sums.units[m], cost, &sums.units[m])) return false;
        if (sizes == nullptr) continue;
        constexpr unsigned __int128 end = static_cast<unsigned __int128>(1) << 127U;
        const auto size = cost < 0 ? -static_cast<unsigned __int128>(cost) : static_cast<unsigned __int128>(cost);
        sizes[m] = size >= end - sizes[m] ? end : sizes[m] + size;
    }
    return true;
}

}  // namespace bedrock_cost::lines
