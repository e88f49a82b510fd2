// SPDX-License-Identifier: PostgreSQL
// Numbers as text, read into the units of an Amount.
#pragma once

#include <bedrock_cost/base.hpp>

namespace bedrock_cost {

enum class DecimalFault : std::uint8_t { none, bad, out_of_range };

// Reads an optional sign, digits, decimals and exponent; `decimals` becomes what numeric would keep, at most 20. The
// text is not empty.
DecimalFault read_decimal(Text text, Amount &amount) noexcept;

// The same for the plain numbers of at most 16 bytes that exports are full of. False: ask read_decimal(). So many bytes
// before and behind the text can be read.
inline constexpr std::size_t decimal_padding = 16;
bool read_plain_decimal(const char *text, std::size_t bytes, Amount &amount) noexcept;

}  // namespace bedrock_cost
