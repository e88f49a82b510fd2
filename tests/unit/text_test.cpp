// SPDX-License-Identifier: PostgreSQL
// Text helpers: the alphabet of ARNs by blocks against the same byte by byte, and comparison in ASCII only.
#include "base/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bedrock_cost::test {
namespace {

static_assert(slice(nullptr, nullptr).data() == nullptr);
static_assert(all_digits("0123456789") && !all_digits("") && !all_digits("12a"));
static_assert(equals_folded("1K Tokens", "1k tokens") && !equals_folded("1K", "1k tokens"));
static_assert(contains_folded("Amazon BEDROCK Edition", "bedrock") && !contains_folded("Bedroc", "bedrock"));
static_assert(trimmed(" \t a b\n") == "a b" && trimmed("  ").empty() && trimmed("").empty());
static_assert(is_partition("aws") && is_partition("aws-us-gov") && !is_partition("gcp") && !is_partition("aws:"));

TEST(Text, TheAlphabetIsTheSameByBlocksAndByBytes)
{
    for (int value = 0; value < 256; ++value) {
        const char byte = static_cast<char>(value);
        const bool expected = is_alphanumeric(byte) || (byte != '\0' && Text("._:/+=,@-").find(byte) != Text::npos);
        ASSERT_EQ(in_arn_alphabet(byte), expected) << value;
        for (const std::size_t size : {1U, 15U, 16U, 17U, 31U, 32U, 33U, 80U})
            for (std::size_t at = 0; at < size; ++at) {
                std::string text(size, 'a');
                text[at] = byte;
                ASSERT_EQ(all_in_arn_alphabet(text), expected) << value << " at " << at << " of " << size;
            }
    }
    EXPECT_TRUE(all_in_arn_alphabet({}));
}

}  // namespace
}  // namespace bedrock_cost::test
