// SPDX-License-Identifier: PostgreSQL
// Faults that tests plant, to see that they are found. Only a build with BEDROCK_PLANTED_FAULTS can have them.
#pragma once

#include <cstdint>

#ifdef BEDROCK_PLANTED_FAULTS
#include <atomic>
#endif

namespace bedrock_cost {

enum class Planted : std::uint8_t {
    none,
    wrong_rule,     // unblended cost has the first of its amounts twice
    dropped_line,   // a line is in no group
    doubled_line,   // a line is in its group twice
    misread_digit,  // an amount is one unit more than written
};

#ifdef BEDROCK_PLANTED_FAULTS
inline std::atomic<Planted> planted_fault{Planted::none};
// A wrong rule stays wrong; of lines one alone is.
inline bool planted(Planted fault) noexcept
{
    if (fault == Planted::wrong_rule) return planted_fault.load(std::memory_order_relaxed) == fault;
    Planted there = fault;
    return planted_fault.load(std::memory_order_relaxed) == fault &&
           planted_fault.compare_exchange_strong(there, Planted::none);
}
#else
inline constexpr bool planted(Planted) noexcept
{
    return false;
}
#endif

}  // namespace bedrock_cost
