// SPDX-License-Identifier: PostgreSQL
// The wall between the core and its binding: the only way in.
//
// Every function is noexcept, takes views and plain values and returns plain values without a destructor, so that a
// binding may raise its own errors at any time without jumping over a C++ object. A Text with a null pointer is an
// absent value (SQL NULL); every Text that is returned lies inside an argument.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace bedrock_cost {

using Text = std::string_view;

// A text put together from slices of an argument and constant words, for a binding that allocates the result itself. No
// slices: absent.
struct Pieces {
    std::array<Text, 6> slices{};
    std::size_t count = 0;
};

// An error as a value: what happened, in the words the user reads.
enum class FaultKind : std::uint8_t { invalid_text, out_of_memory, internal };
struct Fault {
    FaultKind kind = FaultKind::internal;
    std::array<char, 256> message{};
    std::array<char, 256> detail{};
};

__extension__ using Int128 = __int128;

// An amount in units of 10^-20, with as many decimals as it was written with.
struct Amount {
    Int128 units = 0;
    std::uint8_t decimals = 0;
    bool present = false;
};
inline constexpr std::int32_t amount_decimals = 20;

// An exact decimal: units of 10^-scale.
struct Decimal {
    Int128 units = 0;
    std::int32_t scale = 0;
};

// Whether jsonb accepts the text. A few texts that it would accept (nested deeper than 32, numbers of over 300
// characters, over 16 MB) are refused.
bool is_jsonb(Text text) noexcept;

// 128-bit hash of the bytes, the same on every machine and in every version.
std::array<unsigned char, 16> key_hash(Text bytes) noexcept;

// Microseconds since 1970 in UTC of a time as bills write it: 2026-03-01T00:00:00Z and its kin, without zone in UTC, or
// a date alone. Absent: it is none, or outside the years 1 to 9999.
std::optional<std::int64_t> utc_microseconds(Text written) noexcept;

template <class... T>
inline constexpr bool plain = ((std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>) && ...);
static_assert(plain<Text, Pieces, Fault, Amount, Decimal>, "a binding may jump over these");

}  // namespace bedrock_cost
