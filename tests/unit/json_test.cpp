// SPDX-License-Identifier: PostgreSQL
// is_jsonb and combination_hash.
#include <gtest/gtest.h>

#include <string>

#include <bedrock_cost/api.hpp>

namespace bedrock_cost {
namespace {

TEST(Json, TakesWhatJsonbTakes)
{
    for (const char *text :
         {R"({"iamPrincipal/team":"ds"})", " { \"a\" : [1, -2.5e+3, 0, 0.5, true, false, null] } ", "\"\"", "{}", "[]",
          R"("\u00e4 \ud83d\ude00 \" \\ \/ \b\f\n\r\t")", "null", "-0", "1e999", "[[[]]]", "\"\x7f\""})
        EXPECT_TRUE(is_jsonb(text)) << text;
}

TEST(Json, RefusesWhatJsonbRefuses)
{
    for (const char *text : {"",
                             " ",
                             "{",
                             "}",
                             "{{\"a\":\"b\"}",
                             "{\"a\":\"b\",}",
                             "[1,]",
                             "{\"a\"}",
                             "{a:1}",
                             "'a'",
                             "01",
                             "1.",
                             ".5",
                             "+1",
                             "1e",
                             "1e99999",
                             "NULL",
                             "nul",
                             "tru",
                             "\"\\u0000\"",
                             "\"\\ud83d\"",
                             "\"\\ud83dx\"",
                             "\"\\ude00\"",
                             "\"\\x\"",
                             "\"a\tb\"",
                             "\"a",
                             "{\"a\":1} x",
                             "\xe2\x80\x9c"
                             "a\xe2\x80\x9d",
                             "\"\\u12g4\""})
        EXPECT_FALSE(is_jsonb(text)) << text;
    EXPECT_FALSE(is_jsonb(std::string(1'000'000, '[')));
    EXPECT_FALSE(is_jsonb(std::string(400, '1')));
    EXPECT_FALSE(is_jsonb(Text{}));
    // What is long enough to be more than the server's reader has room for.
    constexpr std::size_t most = 16 * 1024 * 1024;
    EXPECT_TRUE(is_jsonb("\"" + std::string(most - 2, 'x') + "\""));
    EXPECT_FALSE(is_jsonb("\"" + std::string(most - 1, 'x') + "\""));
}

TEST(Json, EveryPrefixIsHarmless)
{
    const std::string whole = R"({"a\u00e4":["x",{"b":-1.5E+2}],"c":"\ud83d\ude00"})";
    ASSERT_TRUE(is_jsonb(whole));
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_FALSE(is_jsonb(Text(whole).substr(0, i))) << i;
}

// The hash is stored: these values may never change.
TEST(CombinationHash, IsTheSameForEver)
{
    const auto hex = [](Text bytes) {
        std::string text;
        for (const unsigned char byte : combination_hash(bytes)) {
            text += "0123456789abcdef"[byte >> 4];
            text += "0123456789abcdef"[byte & 15];
        }
        return text;
    };
    EXPECT_EQ(hex(""), "99aa06d3014798d86001c324468d497f");
    EXPECT_NE(hex("a"), hex("b"));
    EXPECT_EQ(hex("a"), hex("a"));
}

}  // namespace
}  // namespace bedrock_cost
