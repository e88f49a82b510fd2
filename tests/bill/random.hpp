// SPDX-License-Identifier: PostgreSQL
// A random sequence that is the same on every machine and with every standard library.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bedrock_bill {

/// FNV-1a: names become seeds, so a new stream never shifts the numbers of the others.
constexpr std::uint64_t hash_of(std::string_view text, std::uint64_t seed = 0xcbf29ce484222325ULL)
{
    for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return seed;
}

/// splitmix64: small, fast, and fully defined by integer arithmetic.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    explicit Random(std::string_view seed) : state_(hash_of(seed)) {}

    std::uint64_t next()
    {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

    /// A number in [low, high].
    std::int64_t between(std::int64_t low, std::int64_t high)
    {
        return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
    }

  private:
    std::uint64_t state_;
};

/// `length` characters of `alphabet`, fixed by the seed: the opaque ids AWS hands out.
inline std::string opaque(std::string_view seed, int length, std::string_view alphabet)
{
    Random random(seed);
    std::string id(static_cast<std::size_t>(length), ' ');
    for (char &c : id) c = alphabet[random.next() % alphabet.size()];
    return id;
}

inline constexpr std::string_view lower_and_digits = "abcdefghijklmnopqrstuvwxyz0123456789";
inline constexpr std::string_view upper_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
inline constexpr std::string_view hex_digits = "0123456789abcdef";
inline constexpr std::string_view base32 = "abcdefghijklmnopqrstuvwxyz234567";

}  // namespace bedrock_bill
