// SPDX-License-Identifier: PostgreSQL
// Errors as values: texts are copied into the fixed room of a Fault and always end with a zero byte.
#include "base/fault.hpp"

#include <algorithm>

namespace bedrock_cost {

namespace {

// Copies a text into the room of a fault, whose last byte stays zero.
template <std::size_t Room>
void copy_cut(std::array<char, Room> &room, Text text) noexcept
{
    const Text fitting = cut_text(text, Room - 1);
    std::copy(fitting.begin(), fitting.end(), room.begin());
}

// Whether a byte continues a UTF-8 sequence.
constexpr bool continues_sequence(char byte) noexcept
{
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

}  // namespace

Text cut_text(Text text, std::size_t most) noexcept
{
    if (text.size() <= most) return text;
    std::size_t end = most;
    // A sequence has at most three continuing bytes; more of them are no UTF-8 and are cut as they are.
    for (int back = 0; back < 3 && end > 0 && continues_sequence(text[end]); ++back) --end;
    return text.substr(0, continues_sequence(text[end]) ? most : end);
}

Fault make_fault(FaultKind kind, Text message, Text detail) noexcept
{
    Fault fault;
    fault.kind = kind;
    copy_cut(fault.message, message);
    copy_cut(fault.detail, detail);
    return fault;
}

}  // namespace bedrock_cost
