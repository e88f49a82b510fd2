// SPDX-License-Identifier: PostgreSQL
#include "lines/control_sums.hpp"

#include <array>
#include <bit>

#include "base/text.hpp"

namespace bedrock_cost::lines {

namespace {

// More whole units than this may leave 128 bits: 2^127 / 10^20.
constexpr std::uint64_t most_whole = 1'701'411'834'604'692'317;
constexpr std::uint64_t beyond = ~std::uint64_t{0};

// 10^n, what n digits before the point are less than.
constexpr auto wholes = [] {
    std::array<std::uint64_t, 20> powers{};
    powers[0] = 1;
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}();

constexpr std::uint64_t whole_of(std::int64_t before_point) noexcept
{
    return before_point <= 0 ? 1 : before_point < 20 ? wholes[static_cast<std::size_t>(before_point)] : beyond;
}

// A number as written: its digits, where the point is, and the power of ten it is written with.
struct Written {
    const char *at, *point, *end;
    std::int64_t exponent;
    bool negative;

    std::int64_t before_point() const noexcept { return point - at + exponent; }
};

Written taken_apart(Text number) noexcept
{
    Written written{number.data(), nullptr, number.data() + number.size(), 0, false};
    if (written.at < written.end && (*written.at == '-' || *written.at == '+')) written.negative = *written.at++ == '-';
    const char *const end = written.end;
    written.point = written.at;
    while (written.point < end && *written.point >= '0' && *written.point <= '9') ++written.point;
    const char *digit = written.point;
    if (digit < end && *digit == '.') ++digit;
    while (digit < end && *digit >= '0' && *digit <= '9') ++digit;
    written.end = digit;
    if (digit < end) ++digit;
    const bool below = digit < end && *digit == '-';
    if (digit < end && (*digit == '-' || *digit == '+')) ++digit;
    // Behind so many zeros no place is one of ours.
    for (; digit < end && written.exponent < 1'000'000'000; ++digit)
        written.exponent = written.exponent * 10 + (*digit - '0');
    if (below) written.exponent = -written.exponent;
    return written;
}

// Adds the digits, or takes them away.
void spread(std::int64_t *digits, const Written &written, bool minus) noexcept
{
    const std::int64_t sign = minus ? -1 : 0;
    std::int64_t place = control_decimals + written.before_point() - 1;
    const std::int64_t count = written.end - written.at - (written.point < written.end ? 1 : 0);
    if (place < control_places && place + 1 >= count) [[likely]] {
        for (const char *at = written.at; at < written.point; ++at, --place)
            digits[place] += ((*at - '0') ^ sign) - sign;
        for (const char *at = written.point + 1; at < written.end; ++at, --place)
            digits[place] += ((*at - '0') ^ sign) - sign;
        return;
    }
    // There are only zeros in places that are none of ours.
    for (const char *at = written.at; at < written.end; ++at) {
        if (*at == '.') continue;
        if (place >= 0 && place < control_places) digits[place] += ((*at - '0') ^ sign) - sign;
        --place;
    }
}

void spread(std::int64_t *digits, const NumericDigits &number, bool minus) noexcept
{
    std::int64_t place = control_decimals + 4 * std::int64_t{number.weight};
    for (std::int32_t i = 0; i < number.count; ++i, place -= 4)
        if (place >= 0 && place < control_places) digits[place] += minus ? -number.digits[i] : number.digits[i];
}

}  // namespace

// Moves the short numbers of a sign and a point to where the long ones are.
void DigitSum::flush(std::size_t sign, std::size_t point) noexcept
{
    std::uint8_t *const from = waiting[sign][point];
    // The first digit is so many places before the point; the point itself is nothing and takes a lane.
    std::int64_t place = control_decimals + static_cast<std::int64_t>(point);
    for (std::size_t i = 0; i < lanes; ++i) {
        if (i == point + 1) continue;
        digits[place--] += sign == 0 ? from[i] : -std::int64_t{from[i]};
    }
    std::memset(from, 0, lanes);
    waits[sign][point] = 0;
}

void DigitSum::flush() noexcept
{
    for (std::size_t sign = 0; sign < 2; ++sign)
        for (std::size_t point = 0; point < points; ++point)
            if (waits[sign][point] > 0) flush(sign, point);
}

bool DigitSum::add_short(const char *number, std::size_t size) noexcept
{
    static_assert(lanes == block_size);
    const std::size_t sign = size > 0 && *number == '-' ? 1 : 0;
    number += sign;
    size -= sign;
    if (size == 0 || size > lanes) return false;
    Block bytes;
    std::memcpy(&bytes, number, lanes);
    const unsigned used = (1U << size) - 1;
    const unsigned all_points = bits_of(bytes == static_cast<unsigned char>('.')) & used;
    const Block values = bytes - static_cast<unsigned char>('0');
    const unsigned all_digits = bits_of(values <= 9) & used;
    // At most one point, and a digit before it.
    if ((all_points | all_digits) != used || (all_points & (all_points - 1)) != 0) return false;
    const auto before = static_cast<std::size_t>(std::countr_zero(all_points | (1U << size)));
    if (before == 0 || before > points) return false;
    const std::size_t point = before - 1;
    if (!keeps(wholes[before])) return false;
    // Ones where there are digits.
    constexpr auto masks = [] {
        std::array<std::uint8_t, 2 * lanes> ones{};
        for (std::size_t i = 0; i < lanes; ++i) ones[i] = 0xff;
        return ones;
    }();
    Block mask, sum;
    std::memcpy(&mask, masks.data() + lanes - size, lanes);
    mask &= reinterpret_cast<Block>(values <= 9);
    std::memcpy(&sum, waiting[sign][point], lanes);
    sum += values & mask;
    std::memcpy(waiting[sign][point], &sum, lanes);
    if (++waits[sign][point] == most_waiting) flush(sign, point);
    return true;
}

bool DigitSum::keeps(std::uint64_t more) noexcept
{
    std::uint64_t wider = 0;
    if (!__builtin_add_overflow(bound, more, &wider) && wider <= most_whole) [[likely]] {
        bound = wider;
        return true;
    }
    Int128 units = 0;
    if (!total(units)) return false;
    const auto size = units < 0 ? -static_cast<unsigned __int128>(units) : static_cast<unsigned __int128>(units);
    constexpr auto unit = static_cast<unsigned __int128>(wholes[19]) * 10;
    bound = static_cast<std::uint64_t>(size / unit) + 1;
    return true;
}

bool DigitSum::add(Text number) noexcept
{
    const Written written = taken_apart(number);
    spread(digits, written, written.negative);
    if (keeps(whole_of(written.before_point()))) [[likely]]
        return true;
    spread(digits, written, !written.negative);
    return false;
}

bool DigitSum::add(const NumericDigits &number) noexcept
{
    if (number.count == 0) return true;
    spread(digits, number, number.negative);
    if (keeps(whole_of(4 * (std::int64_t{number.weight} + 1)))) return true;
    spread(digits, number, !number.negative);
    return false;
}

bool DigitSum::add(const DigitSum &given) noexcept
{
    DigitSum other = given;
    other.flush();
    for (std::int64_t i = 0; i < control_places; ++i) digits[i] += other.digits[i];
    decimals = std::max(decimals, other.decimals);
    if (keeps(other.bound)) return true;
    for (std::int64_t i = 0; i < control_places; ++i) digits[i] -= other.digits[i];
    return false;
}

bool DigitSum::total(Int128 &units) noexcept
{
    flush();
    // A sum below zero is made of what it lacks.
    for (const std::int64_t sign : {1, -1}) {
        std::array<std::int64_t, control_places> places{};
        std::int64_t carry = 0;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const std::int64_t sum = sign * digits[i] + carry;
            carry = sum / 10 - (sum % 10 < 0);
            places[i] = sum - carry * 10;
        }
        if (carry < 0) continue;
        Int128 made = 0;
        for (std::size_t i = places.size(); i-- > 0;)
            if (__builtin_mul_overflow(made, static_cast<Int128>(10), &made) ||
                __builtin_add_overflow(made, static_cast<Int128>(places[i]), &made))
                return false;
        units = sign * made;
        return carry == 0;
    }
    return false;
}

// ---- table ----------------------------------------------------------------------------------------------------------

namespace {

// A key: which amounts are present, the month, whether there is a reservation, and the texts, each behind its length.
constexpr std::uint32_t absent = ~std::uint32_t{0};
constexpr std::size_t month_place = sizeof(std::uint64_t);
constexpr std::size_t reservation_place = month_place + sizeof(std::int64_t);
constexpr std::size_t before_texts = reservation_place + 1;

}  // namespace

void ControlTable::share(Budget *budget) noexcept
{
    keys.share(budget);
    sums.share(budget);
    slots.budget = key.budget = budget;
}

std::uint32_t ControlTable::find(Text bytes, std::uint64_t of_bytes, std::uint64_t present) noexcept
{
    const std::uint32_t number = keys.add(bytes, of_bytes);
    if (number == Interner::none || number < slots.count) return number;
    const std::size_t room = static_cast<std::size_t>(std::popcount(present)) * sizeof(DigitSum);
    char *const zeros = sums.take(room, alignof(DigitSum));
    if (zeros == nullptr || !slots.add({0, present, reinterpret_cast<DigitSum *>(zeros)})) return Interner::none;
    std::memset(zeros, 0, room);
    return number;
}

std::uint32_t ControlTable::find(const LineHash &hash, const ControlIdentity &identity, std::uint64_t present) noexcept
{
    std::size_t length = before_texts;
    for (const Text text : identity.texts) length += sizeof(std::uint32_t) + text.size();
    if (!key.reserve(length)) return Interner::none;
    char *to = key.at;
    std::memcpy(to, &present, sizeof present);
    std::memcpy(to + month_place, &identity.month, sizeof identity.month);
    to[reservation_place] = identity.has_reservation ? 1 : 0;
    to += before_texts;
    for (const Text text : identity.texts) {
        const std::uint32_t size = text.data() == nullptr ? absent : static_cast<std::uint32_t>(text.size());
        std::memcpy(to, &size, sizeof size);
        to += sizeof size;
        if (!text.empty()) std::memcpy(to, text.data(), text.size());
        to += text.size();
    }
    const Text bytes(key.at, length);
    return find(bytes, hash.of(bytes), present);
}

ControlIdentity ControlTable::identity(std::uint32_t slot) const noexcept
{
    ControlIdentity identity{};
    const char *at = keys.text(slot).data();
    std::memcpy(&identity.month, at + month_place, sizeof identity.month);
    identity.has_reservation = at[reservation_place] != 0;
    at += before_texts;
    for (Text &text : identity.texts) {
        std::uint32_t size = 0;
        std::memcpy(&size, at, sizeof size);
        at += sizeof size;
        if (size == absent) continue;
        text = {at, size};
        at += size;
    }
    return identity;
}

ControlTable::Merged ControlTable::merge(const ControlTable &other, int &amount) noexcept
{
    for (std::size_t i = 0; i < other.slots.count; ++i) {
        const Interner::Entry &entry = other.keys.entries[i];
        const ControlSlot &from = other.slots[i];
        const std::uint32_t number = find(entry.text, entry.hash, from.present);
        if (number == Interner::none) return Merged::out_of_memory;
        ControlSlot &to = slots[number];
        to.lines += from.lines;
        std::uint64_t left = from.present;
        for (std::size_t n = 0; left != 0; ++n, left &= left - 1) {
            if (to.sums[n].add(from.sums[n])) continue;
            amount = std::countr_zero(left);
            return Merged::out_of_range;
        }
    }
    return Merged::done;
}

void ControlTable::release() noexcept
{
    keys.release();
    slots.release();
    sums.release();
    key.release();
}

}  // namespace bedrock_cost::lines
