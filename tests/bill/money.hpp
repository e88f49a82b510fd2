// SPDX-License-Identifier: PostgreSQL
// Exact money: whole picodollars, and the decimal texts the exports carry.

#pragma once

#include <cstdint>
#include <string>

namespace bedrock_bill {

__extension__ typedef __int128 Wide;

using Pico = std::int64_t;  // 1e-12 US dollars: every price per token used here is a whole number of them

constexpr Pico pico_per_dollar = 1'000'000'000'000;
constexpr Pico pico_per_cent = pico_per_dollar / 100;

constexpr Pico cents(std::int64_t amount)
{
    return amount * pico_per_cent;
}
constexpr Pico dollars(std::int64_t amount)
{
    return amount * pico_per_dollar;
}

consteval std::int64_t scaled_decimal(const char *text, int scale)
{
    std::int64_t value = 0;
    int after = -1;
    for (; *text; ++text) {
        if (*text == '.') {
            after = 0;
            continue;
        }
        if (*text < '0' || *text > '9') throw "a decimal number was expected";
        value = value * 10 + (*text - '0');
        if (after >= 0) ++after;
    }
    int rest = scale - (after < 0 ? 0 : after);
    if (rest < 0) throw "more decimals than the unit can hold";
    while (rest-- > 0) value *= 10;
    return value;
}

/// Dollars per million tokens, as price pages print them, in picodollars per token.
consteval Pico operator""_mtok(const char *text)
{
    return scaled_decimal(text, 6);
}

/// Dollars per unit.
consteval Pico operator""_usd(const char *text)
{
    return scaled_decimal(text, 12);
}

/// `value` / 10^decimals without trailing zeros; at least `least` digits after the point.
std::string decimal(Wide value, int decimals, int least = 0);

/// The same in exponent form, as Java prints small doubles: 6.9E-5.
std::string exponent(Wide value, int decimals);

/// Dollars with two digits; the amount must be whole cents.
std::string dollars_text(Wide amount);

}  // namespace bedrock_bill
