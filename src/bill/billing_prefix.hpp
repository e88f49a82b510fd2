// SPDX-License-Identifier: PostgreSQL
// The billing prefix of a usage type, and its region. In a header, as every row of a bill passes here and calls would
// cost more than what they do.
#pragma once

#include <array>
#include <bedrock_cost/bill.hpp>

#include "base/text.hpp"

namespace bedrock_cost {

// A billing prefix of four bytes or two as one number.
constexpr std::uint32_t packed(Text prefix) noexcept
{
    const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(prefix[i])}; };
    const std::uint32_t two = byte(0) << 24U | byte(1) << 16U;
    return prefix.size() == 4 ? two | byte(2) << 8U | byte(3) : two;
}

// Billing prefixes by a hash without collisions, as every row asks for one.
struct PrefixTable {
    static constexpr int shift = 25;
    std::uint32_t factor = 0;
    std::array<std::uint8_t, 1U << (32 - shift)> slots{};
    std::array<std::uint32_t, billing_prefixes.size()> numbers{};

    constexpr std::size_t slot(std::uint32_t number) const noexcept { return (number * factor) >> shift; }
};
inline constexpr PrefixTable prefix_table = [] {
    PrefixTable table;
    std::uint32_t factor = 0x9e3779b1U;
    for (;; factor += 2) {
        table = {factor, {}, {}};
        std::size_t placed = 1;
        for (; placed < billing_prefixes.size(); ++placed) {
            table.numbers[placed] = packed(billing_prefixes[placed].prefix);
            std::uint8_t &slot = table.slots[table.slot(table.numbers[placed])];
            if (slot != 0) break;
            slot = static_cast<std::uint8_t>(placed);
        }
        if (placed == billing_prefixes.size()) return table;
    }
}();

// The region of a billing prefix, or absent.
inline Region region_of(Text prefix) noexcept
{
    if (prefix.size() != 4 && prefix.size() != 2) return Region::absent;
    const std::uint32_t number = packed(prefix);
    const std::uint8_t found = prefix_table.slots[prefix_table.slot(number)];
    // An empty slot leads to the absent region, whose number is zero; a text of zeros is no match for it either.
    return prefix_table.numbers[found] == number ? static_cast<Region>(found) : Region::absent;
}

// The longest billing prefix there may be: EUSCDE1 has seven bytes.
inline constexpr std::size_t longest_prefix = 8;

// Whether a text is in the place of a billing prefix without being one of the table: three capitals or more and a
// digit, which may be newer than it, or a known prefix in the wrong case. Neither gives a region, and neither names a
// model.
inline bool looks_like_prefix(Text text) noexcept
{
    if (text.size() >= 4 && text.size() <= longest_prefix && is_digit(text.back())) {
        bool capitals = true;
        for (const char byte : text.substr(0, text.size() - 1)) capitals = capitals && is_upper(byte);
        if (capitals) return true;
    }
    if (text.size() != 4 && text.size() != 2) return false;
    std::array<char, 4> upper{};
    for (std::size_t i = 0; i < text.size(); ++i)
        upper[i] = is_lower(text[i]) ? static_cast<char>(text[i] & ~0x20) : text[i];
    return region_of(Text(upper.data(), text.size())) != Region::absent;
}

// A text parted behind its billing prefix, where it has one.
struct Prefixed {
    Region region = Region::absent;
    Text prefix;
    Text rest;
};

// Parts a text at the separator behind a billing prefix.
inline Prefixed read_prefix(Text text, char separator) noexcept
{
    // Nearly every prefix of the table has four bytes or two.
    std::size_t length = text.size() > 4 && text[4] == separator ? 4 : text.size() > 2 && text[2] == separator ? 2 : 0;
    if (length == 0) {
        const std::size_t found = text.substr(0, longest_prefix + 1).find(separator);
        if (found == Text::npos) return {Region::absent, {}, text};
        length = found;
    }
    const Text prefix = text.substr(0, length);
    const Region region = region_of(prefix);
    if (region == Region::absent && !looks_like_prefix(prefix)) return {Region::absent, {}, text};
    return {region, prefix, text.substr(length + 1)};
}

}  // namespace bedrock_cost
