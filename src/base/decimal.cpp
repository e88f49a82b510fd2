// SPDX-License-Identifier: PostgreSQL
#include "base/decimal.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace bedrock_cost {

namespace {

// 10^18, the first number that is too large, has its first digit here.
constexpr std::int64_t first_place_too_large = 18;

constexpr auto powers_of_ten = [] {
    std::array<Int128, 39> powers{};
    Int128 power = 1;
    for (std::size_t i = 0; i < powers.size(); ++i) {
        powers[i] = power;
        if (i + 1 < powers.size()) power *= 10;
    }
    return powers;
}();

}  // namespace

DecimalFault read_decimal(Text text, Amount &amount) noexcept
{
    const char *at = text.data();
    const char *const end = at + text.size();
    bool negative = false;
    if (at < end && (*at == '-' || *at == '+')) negative = *at++ == '-';

    // Digits from the first to the last one that is not zero, and how many are behind the point.
    Int128 digits = 0;
    std::int64_t significant = 0, zeros = 0, decimals = 0, seen = 0;
    bool point = false;
    for (; at < end; ++at) {
        if (*at == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(*at)) break;
        ++seen;
        decimals += point;
        if (*at == '0') {
            if (significant > 0) ++zeros;
            continue;
        }
        significant += zeros + 1;
        if (significant <= 38) {
            digits = digits * powers_of_ten[static_cast<std::size_t>(zeros + 1)] + (*at - '0');
            zeros = 0;
        } else {
            zeros = 0;
        }
    }
    if (seen == 0) return DecimalFault::bad;

    std::int64_t exponent = 0;
    if (at < end && (*at == 'e' || *at == 'E')) {
        ++at;
        bool below = false;
        if (at < end && (*at == '-' || *at == '+')) below = *at++ == '-';
        if (at == end) return DecimalFault::bad;
        // Far beyond any number that fits, and far from overflow.
        for (; at < end && is_digit(*at); ++at) exponent = std::min<std::int64_t>(exponent * 10 + (*at - '0'), 1 << 30);
        if (below) exponent = -exponent;
    }
    if (at != end) return DecimalFault::bad;

    amount.present = true;
    amount.decimals = static_cast<std::uint8_t>(std::clamp<std::int64_t>(decimals - exponent, 0, amount_decimals));
    amount.units = 0;
    if (significant == 0) return DecimalFault::none;
    // The power of ten of the last digit that is not zero, and of the first.
    const std::int64_t last = zeros - decimals + exponent;
    if (last < -amount_decimals || last + significant > first_place_too_large) return DecimalFault::out_of_range;
    const Int128 units = digits * powers_of_ten[static_cast<std::size_t>(last + amount_decimals)];
    amount.units = negative ? -units : units;
    return DecimalFault::none;
}

bool read_plain_decimal(const char *text, std::size_t bytes, Amount &amount) noexcept
{
    if (bytes == 0 || bytes > 19) return false;
    const char *at = text;
    const char *const end = text + bytes;
    const bool negative = *at == '-';
    at += negative;
    std::uint64_t digits = 0;
    const char *const first = at;
    while (at < end && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    // Both sides of the point have a digit.
    if (at == first || at - first > first_place_too_large) return false;
    std::size_t decimals = 0;
    if (at < end) {
        if (*at != '.') return false;
        const char *const behind = ++at;
        while (at < end && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
        if (at < end || at == behind) return false;
        decimals = static_cast<std::size_t>(at - behind);
    }
    const Int128 units = static_cast<Int128>(digits) * powers_of_ten[amount_decimals - decimals];
    amount.units = negative ? -units : units;
    amount.decimals = static_cast<std::uint8_t>(decimals);
    amount.present = true;
    return true;
}

}  // namespace bedrock_cost
