// SPDX-License-Identifier: PostgreSQL
// Which rule a line falls under, for those who ask for many lines.
#pragma once

#include <bedrock_cost/lines.hpp>

namespace bedrock_cost {

// The line types that have a rule of their own.
enum class LineType : std::uint8_t {
    other,
    SavingsPlanCoveredUsage,
    SavingsPlanRecurringFee,
    SavingsPlanNegation,
    SavingsPlanUpfrontFee,
    DiscountedUsage,
    RIFee,
    Fee,
};
inline constexpr std::size_t line_types = 8;

LineType line_type_of(Text text) noexcept;
bool cost_rules(const CostCase &of, LineType type, CostRules &rules) noexcept;

constexpr std::uint32_t bit_of(AmountField field) noexcept
{
    return std::uint32_t{1} << static_cast<unsigned>(field);
}

}  // namespace bedrock_cost
