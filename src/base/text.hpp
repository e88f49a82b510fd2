// SPDX-License-Identifier: PostgreSQL
// What every parser needs of text: bytes by class, comparison in ASCII only, and slices that can be absent.
#pragma once

#include <bedrock_cost/base.hpp>
#include <bit>
#include <cstdint>
#include <cstring>

namespace bedrock_cost {

// Lengths beyond which a string is none of ours: an ARN by AWS's own limit, a usage type with room to spare.
inline constexpr std::size_t longest_arn = 2048;
inline constexpr std::size_t longest_usage_type = 512;

// Whether a byte is an ASCII digit.
constexpr bool is_digit(char byte) noexcept
{
    return byte >= '0' && byte <= '9';
}

// Whether a byte is a lower-case ASCII letter.
constexpr bool is_lower(char byte) noexcept
{
    return byte >= 'a' && byte <= 'z';
}

// Whether a byte is an upper-case ASCII letter.
constexpr bool is_upper(char byte) noexcept
{
    return byte >= 'A' && byte <= 'Z';
}

// Whether a byte is an ASCII letter or digit.
constexpr bool is_alphanumeric(char byte) noexcept
{
    return is_digit(byte) || is_lower(byte) || is_upper(byte);
}

// The ASCII lower case of a byte; all other bytes stay as they are.
constexpr char lower(char byte) noexcept
{
    return is_upper(byte) ? static_cast<char>(byte | 0x20) : byte;
}

// The text between two positions, absent where nothing is between them.
constexpr Text slice(const char *begin, const char *end) noexcept
{
    return begin < end ? Text(begin, static_cast<std::size_t>(end - begin)) : Text();
}

// Whether a text is one or more digits.
constexpr bool all_digits(Text text) noexcept
{
    for (const char byte : text)
        if (!is_digit(byte)) return false;
    return !text.empty();
}

// Whether a text is a word known to the compiler, which then compares no byte by byte.
template <std::size_t Size>
constexpr bool is_word(Text text, const char (&word)[Size]) noexcept
{
    return text.size() == Size - 1 && __builtin_memcmp(text.data(), word, Size - 1) == 0;
}

// Whether a text equals a lower-case word, upper and lower case being the same.
constexpr bool equals_folded(Text text, Text word) noexcept
{
    if (text.size() != word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (lower(text[i]) != word[i]) return false;
    return true;
}

// Whether a text contains a lower-case word, upper and lower case being the same.
constexpr bool contains_folded(Text text, Text word) noexcept
{
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at)
        if (equals_folded(text.substr(at, word.size()), word)) return true;
    return false;
}

// The text without the blanks around it.
constexpr Text trimmed(Text text) noexcept
{
    constexpr Text blanks = " \t\r\n\f\v";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == Text::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Whether a byte may occur in an ARN: a letter, a digit or one of . _ : / + = , @ -
constexpr bool in_arn_alphabet(char byte) noexcept
{
    // From + to : the code table holds + , - . / 0-9 : and nothing else.
    return (byte >= '+' && byte <= ':') || byte == '=' || byte == '@' || byte == '_' || is_lower(byte) ||
           is_upper(byte);
}

// Sixteen bytes at once: every row of a bill passes here, and byte by byte its branches would cost more than its work.
using Block = unsigned char __attribute__((vector_size(16)));
inline constexpr std::size_t block_size = sizeof(Block);

// One bit for each byte of a block whose comparison came out true.
template <class Comparison>
inline unsigned bits_of(Comparison compared) noexcept
{
#ifdef __SSE2__
    return static_cast<unsigned>(
        __builtin_ia32_pmovmskb128(reinterpret_cast<char __attribute__((vector_size(16)))>(compared)));
#else
    // The high bits of eight bytes, gathered into one by a multiplication.
    std::uint64_t halves[2];
    std::memcpy(halves, &compared, sizeof halves);
    const auto gathered = [](std::uint64_t half) {
        return static_cast<unsigned>(((half & 0x8080808080808080U) >> 7U) * 0x0102040810204080U >> 56U);
    };
    return gathered(halves[0]) | gathered(halves[1]) << 8U;
#endif
}

// Up to sixteen bytes of a text from some place on, to be asked for many bytes at once.
class Window {
  public:
    // The place lies in the text or at its end; bytes behind the end answer no question.
    Window(const char *at, Text text) noexcept
    {
        const char *const end = text.data() + text.size();
        const auto left = static_cast<std::size_t>(end - at);
        if (left >= block_size) {
            std::memcpy(&bytes_, at, block_size);
        } else if (text.size() >= block_size) {
            // Reading back from the end and dropping what precedes the place costs less than a short copy.
            std::memcpy(&bytes_, end - block_size, block_size);
            dropped_ = static_cast<unsigned>(block_size - left);
        } else if (left > 0) {
            std::memcpy(&bytes_, at, left);
        }
    }

    // The bytes that equal a byte.
    unsigned equal(char byte) const noexcept { return bits_of(bytes_ == static_cast<unsigned char>(byte)) >> dropped_; }

    // The bytes from one byte to another.
    unsigned range(char first, char last) const noexcept
    {
        const auto from = static_cast<unsigned char>(first);
        return bits_of((bytes_ - from) <= static_cast<unsigned char>(last - first)) >> dropped_;
    }

    // How many bytes precede the first of a kind: the size of the window where there is none.
    static unsigned before(unsigned found) noexcept
    {
        return static_cast<unsigned>(std::countr_zero(found | 1U << block_size));
    }

  private:
    Block bytes_{};
    unsigned dropped_ = 0;
};

// The first of two separators from a place of a text on, or its end.
inline const char *find_either(const char *at, Text text, char one, char other) noexcept
{
    const char *const end = text.data() + text.size();
    for (; at < end; at += block_size) {
        const Window window(at, text);
        const unsigned found = window.equal(one) | window.equal(other);
        if (found != 0) return at + std::countr_zero(found);
    }
    return end;
}

// The first place of a byte from a place of a text on, or its end.
inline const char *find_byte(const char *at, Text text, char byte) noexcept
{
    const char *const end = text.data() + text.size();
    for (; at < end; at += block_size) {
        const unsigned found = Window(at, text).equal(byte);
        if (found != 0) return at + std::countr_zero(found);
    }
    return end;
}

// Whether all bytes of a text may occur in an ARN.
inline bool all_in_arn_alphabet(Text text) noexcept
{
    if (text.size() < block_size) {
        for (const char byte : text)
            if (!in_arn_alphabet(byte)) return false;
        return true;
    }
    const auto outside = [&](std::size_t at) {
        Block bytes;
        std::memcpy(&bytes, text.data() + at, block_size);
        // Folded, @ and the letters form one range; it takes in the grave accent, which is put out again.
        const Block folded = bytes | 0x20;
        const auto inside = ((bytes - '+') <= (':' - '+')) | (((folded - 0x60) <= 0x1a) & (bytes != 0x60)) |
                            (bytes == '=') | (bytes == '_');
        return ~inside;
    };
    // The last block overlaps the one before, so that no byte behind the text is read.
    const std::size_t last = text.size() - block_size;
    auto bad = outside(last);
    for (std::size_t at = 0; at < last; at += block_size) bad |= outside(at);
    return bits_of(bad) == 0;
}

// Whether a text is an AWS partition: "aws", alone or with more words behind it.
constexpr bool is_partition(Text text) noexcept
{
    if (!text.starts_with("aws")) return false;
    for (const char byte : text.substr(3))
        if (byte != '-' && !is_lower(byte) && !is_digit(byte)) return false;
    return true;
}

}  // namespace bedrock_cost
