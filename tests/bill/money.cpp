// SPDX-License-Identifier: PostgreSQL
// Writes scaled integers as decimal text, digit by digit: no binary float touches an amount.

#include "money.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace bedrock_bill {
namespace {

std::string digits_of(Wide value)
{
    std::string text;
    do {
        text.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
        value /= 10;
    } while (value != 0);
    std::reverse(text.begin(), text.end());
    return text;
}

}  // namespace

std::string decimal(Wide value, int decimals, int least)
{
    const bool negative = value < 0;
    std::string text = digits_of(negative ? -value : value);
    if (static_cast<int>(text.size()) <= decimals)
        text.insert(0, static_cast<std::size_t>(decimals + 1) - text.size(), '0');
    std::string fraction = text.substr(text.size() - static_cast<std::size_t>(decimals));
    text.resize(text.size() - static_cast<std::size_t>(decimals));
    while (static_cast<int>(fraction.size()) > least && fraction.ends_with('0')) fraction.pop_back();
    if (static_cast<int>(fraction.size()) < least) fraction.resize(static_cast<std::size_t>(least), '0');
    if (!fraction.empty()) text += '.' + fraction;
    if (negative) text.insert(text.begin(), '-');
    return text;
}

std::string exponent(Wide value, int decimals)
{
    if (value == 0) return "0.0";
    const bool negative = value < 0;
    std::string text = digits_of(negative ? -value : value);
    const int power = static_cast<int>(text.size()) - 1 - decimals;
    while (text.size() > 2 && text.ends_with('0')) text.pop_back();
    if (text.size() == 1) text.push_back('0');
    return fmt::format("{}{}.{}E{}", negative ? "-" : "", text.substr(0, 1), text.substr(1), power);
}

std::string dollars_text(Wide amount)
{
    if (amount % pico_per_cent != 0) throw std::logic_error("not whole cents: " + decimal(amount, 12));
    return decimal(amount / pico_per_cent, 2, 2);
}

}  // namespace bedrock_bill
