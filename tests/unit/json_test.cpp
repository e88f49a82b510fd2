// SPDX-License-Identifier: PostgreSQL
// is_jsonb and key_hash.
#include <gtest/gtest.h>

#include <string>

#include <bedrock_cost/base.hpp>

#include "base/wide_hash.hpp"

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
        for (const unsigned char byte : key_hash(bytes)) {
            text += "0123456789abcdef"[byte >> 4];
            text += "0123456789abcdef"[byte & 15];
        }
        return text;
    };
    EXPECT_EQ(hex(""), "99aa06d3014798d86001c324468d497f");
    EXPECT_NE(hex("a"), hex("b"));
    EXPECT_EQ(hex("a"), hex("a"));
}

// What the machine does with wide vectors is what any machine does.
TEST(Hashing, WithVectorsIsTheSame)
{
    std::string bytes(3000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i * 31 + 7 * i);
    unsigned char secret[XXH3_SECRET_SIZE_MIN + 56];
    for (std::size_t i = 0; i < sizeof secret; ++i) secret[i] = static_cast<unsigned char>(i * 151 + 3);
    const Hashing &best = best_hashing();
    const Hashing &plain = plain_hashing();
    for (std::size_t size = 0; size <= bytes.size(); size += size < 600 ? 1 : 37) {
        const XXH128_hash_t one = best.secret(bytes.data(), size, secret, sizeof secret);
        const XXH128_hash_t other = plain.secret(bytes.data(), size, secret, sizeof secret);
        ASSERT_TRUE(XXH128_isEqual(one, other)) << size;
        // A state may be taken on by another variant.
        alignas(64) XXH3_state_t states[2];
        for (XXH3_state_t &state : states) XXH3_128bits_reset(&state);
        const std::size_t half = size / 3;
        best.update(&states[0], bytes.data(), half);
        plain.update(&states[0], bytes.data() + half, size - half);
        plain.update(&states[1], bytes.data(), size);
        const XXH128_hash_t mixed = XXH3_128bits_digest(&states[0]);
        const XXH128_hash_t whole = XXH3_128bits_digest(&states[1]);
        ASSERT_TRUE(XXH128_isEqual(mixed, whole)) << size;
    }
}

}  // namespace
}  // namespace bedrock_cost
