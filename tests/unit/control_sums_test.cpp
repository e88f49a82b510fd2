// SPDX-License-Identifier: PostgreSQL
// Digits added place by place, against sums of long decimal numbers made with pencil and paper.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "lines/control_sums.hpp"

namespace bedrock_cost::test {
namespace {

using lines::DigitSum;
using Random = std::mt19937_64;

constexpr Int128 unit = static_cast<Int128>(10'000'000'000) * 10'000'000'000;

std::unique_ptr<DigitSum> empty_sum()
{
    return std::make_unique<DigitSum>();
}

Int128 total(DigitSum &sum)
{
    Int128 units = 0;
    EXPECT_TRUE(sum.total(units));
    return units;
}

// Behind a text of a file there are other bytes.
bool add_from_file(DigitSum &sum, const std::string &number)
{
    std::string file = number + ",99999999.9999999999999999999999999999999999999999999999999999999999999";
    return sum.add_short(file.data(), number.size()) || sum.add(Text(number));
}

// A number as units of 10^-20: what is before and behind the point, set out by its exponent.
Int128 written(std::string number)
{
    bool negative = false;
    if (number[0] == '-' || number[0] == '+') {
        negative = number[0] == '-';
        number.erase(0, 1);
    }
    long exponent = 0;
    if (const auto at = number.find_first_of("eE"); at != std::string::npos) {
        exponent = std::stol(number.substr(at + 1));
        number.resize(at);
    }
    auto point = static_cast<long>(number.find('.') == std::string::npos ? number.size() : number.find('.'));
    std::erase(number, '.');
    point += exponent;
    Int128 units = 0;
    for (long i = 0; i < static_cast<long>(number.size()); ++i) {
        Int128 digit = number[static_cast<std::size_t>(i)] - '0';
        if (digit == 0) continue;
        for (long place = point - 1 - i; place > -20; --place) digit *= 10;
        units += digit;
    }
    return negative ? -units : units;
}

TEST(ControlSums, ReadEverySpelling)
{
    const std::string numbers[] = {"0",
                                   "1",
                                   "-1",
                                   "+7",
                                   "0.5",
                                   ".5",
                                   "5.",
                                   "00012.50",
                                   "1e3",
                                   "1E-20",
                                   "-2.5e2",
                                   "12345e-4",
                                   "0e-21",
                                   "0e99999",
                                   "0.00000000000000000001",
                                   "999999999999999999",
                                   "-999999999999999999.99999999999999999999",
                                   "000000000000000000000000000000000000000000000001.25",
                                   "1.000000000000000000000000000",
                                   "12345678.1234567",
                                   "123456789.123456",
                                   "1234567890123456",
                                   "1.23456789012345",
                                   "0.0000000000"};
    for (const std::string &number : numbers) {
        auto sum = empty_sum();
        EXPECT_TRUE(add_from_file(*sum, number)) << number;
        EXPECT_TRUE(total(*sum) == written(number)) << number;
        // Twice the largest would leave 128 bits.
        if (number.find("999999999999999999") != std::string::npos) continue;
        EXPECT_TRUE(add_from_file(*sum, number)) << number;
        EXPECT_TRUE(total(*sum) == 2 * written(number)) << number;
    }
}

std::string any_number(Random &random)
{
    std::string number;
    const std::uint64_t sign = random() % 6;
    if (sign < 2) number = sign == 0 ? "-" : "+";
    const auto digits = [&](std::uint64_t most) {
        std::string made(random() % (most + 1), '0');
        for (char &digit : made) digit = static_cast<char>('0' + random() % 10);
        return made;
    };
    const bool large = random() % 8 == 0;
    const std::string whole = digits(large ? 17 : 9);
    std::string part = digits(large ? 20 : 10);
    number += whole;
    if (!part.empty() || (!whole.empty() && random() % 4 == 0)) number += "." + part;
    if (whole.empty() && part.empty()) number += "0";
    if (!large && random() % 5 == 0) number += "e" + std::to_string(static_cast<int>(random() % 17) - 8);
    return number;
}

TEST(ControlSums, AgreeWithPencilAndPaper)
{
    Random random(21);
    for (int round = 0; round < 300; ++round) {
        auto sum = empty_sum(), other = empty_sum();
        Int128 expected = 0;
        for (auto left = random() % 400; left > 0; --left) {
            const std::string number = any_number(random);
            ASSERT_TRUE(add_from_file(random() % 2 == 0 ? *sum : *other, number)) << number;
            expected += written(number);
        }
        ASSERT_TRUE(sum->add(*other));
        ASSERT_TRUE(total(*sum) == expected) << round;
    }
}

TEST(ControlSums, OfShortNumbersThatComeOften)
{
    // More nines than a byte could count.
    auto sum = empty_sum();
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(add_from_file(*sum, "99.999"));
    for (int i = 0; i < 999; ++i) EXPECT_TRUE(add_from_file(*sum, "-99.999"));
    EXPECT_TRUE(total(*sum) == unit / 1000 * 99'999);
}

TEST(ControlSums, OfNumerics)
{
    // 12 * 10000 + 3456 + 7890 / 10000 = 123456.789
    const std::int16_t digits[] = {12, 3456, 7890};
    auto sum = empty_sum();
    EXPECT_TRUE(sum->add(NumericDigits{digits, 3, 1, false}));
    EXPECT_TRUE(total(*sum) == unit / 1000 * 123'456'789);
    EXPECT_TRUE(sum->add(NumericDigits{digits, 3, 1, true}));
    EXPECT_TRUE(total(*sum) == 0);
    EXPECT_TRUE(sum->add(NumericDigits{nullptr, 0, 0, false}));
    // 0.00000000000000000001, and 10^17 * 9999 would be too large, so 99 * 10^16.
    const std::int16_t least[] = {1}, most[] = {99};
    EXPECT_TRUE(sum->add(NumericDigits{least, 1, -5, false}));
    EXPECT_TRUE(sum->add(NumericDigits{most, 1, 4, false}));
    EXPECT_TRUE(total(*sum) == unit * 990'000'000'000'000'000 + 1);

    Random random(22);
    Int128 expected = 0;
    sum = empty_sum();
    for (int i = 0; i < 5000; ++i) {
        std::int16_t any[8];
        const auto count = static_cast<std::int32_t>(random() % 6);
        Int128 value = 0;
        for (std::int32_t d = 0; d < count; ++d) {
            any[d] = static_cast<std::int16_t>(random() % 10000);
            value = value * 10000 + any[d];
        }
        // The last digit counts 10^-20, or 10000 times that for each step up.
        const auto steps = static_cast<std::int32_t>(random() % 3);
        for (std::int32_t s = 0; s < steps; ++s) value *= 10000;
        const bool negative = random() % 2 == 0;
        EXPECT_TRUE(sum->add(NumericDigits{any, count, count - 1 - 5 + steps, negative}));
        expected += negative ? -value : value;
    }
    EXPECT_TRUE(total(*sum) == expected);
}

TEST(ControlSums, RefuseWhatLeaves128Bits)
{
    auto sum = empty_sum();
    // 2^127 / 10^20 is a little more than 1.7014 * 10^18.
    EXPECT_TRUE(sum->add(Text("999999999999999999")));
    EXPECT_TRUE(sum->add(Text("701411834604692318")));
    EXPECT_FALSE(sum->add(Text("1")));
    EXPECT_FALSE(sum->add(Text("999999999999999999")));
    const std::int16_t digits[] = {1};
    EXPECT_FALSE(sum->add(NumericDigits{digits, 1, 0, false}));
    EXPECT_TRUE(total(*sum) == unit * 1'701'411'834'604'692'317);
    // What was refused has left nothing behind, and sums go down again.
    EXPECT_TRUE(sum->add(Text("-999999999999999999")));
    EXPECT_TRUE(sum->add(Text("-999999999999999999")));
    EXPECT_TRUE(sum->add(Text("-999999999999999999")));
    EXPECT_TRUE(total(*sum) == unit * (1'701'411'834'604'692'317 - 2'999'999'999'999'999'997));
    EXPECT_FALSE(sum->add(Text("-999999999999999999")));
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(sum->add(Text("999999999999999999")));
        EXPECT_TRUE(sum->add(Text("-999999999999999999")));
    }
    EXPECT_TRUE(total(*sum) == unit * (1'701'411'834'604'692'317 - 2'999'999'999'999'999'997));
}

}  // namespace
}  // namespace bedrock_cost::test
