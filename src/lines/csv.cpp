// SPDX-License-Identifier: PostgreSQL
// The structure of CSV is found 64 bytes at a time: bit masks of quotes, commas and line feeds, of which those between
// quotes drop out by a carry-less multiplication (Langdale and Lemire, Parsing Gigabytes of JSON per Second).
#include "lines/csv.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "base/fault.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bedrock_cost {

// ---- structure ------------------------------------------------------------------------------------------------------

void scan_csv_bytes(const char *text, std::uint32_t from, std::uint32_t &to, CsvMarks &marks) noexcept
{
    bool inside = marks.inside != 0;
    for (std::uint32_t at = from; at < to; ++at) {
        const char byte = text[at];
        if (byte == '"') {
            inside = !inside;
        } else if (byte == '\n') {
            ++marks.newlines;
            if (inside) continue;
            marks.ends[marks.end_count++] = static_cast<std::uint32_t>(marks.count);
            marks.marks[marks.count++] = at;
        } else if (byte == ',') {
            if (!inside) marks.marks[marks.count++] = at;
        } else if (byte == '\0') {
            marks.binary = true;
            to = at;
        }
    }
    marks.inside = inside ? ~std::uint64_t{0} : 0;
}

#if defined(__x86_64__)

namespace {

#define BEDROCK_WIDE __attribute__((target("avx2,pclmul,bmi,bmi2,popcnt")))
// A call for each block would cost as much as the block.
#define BEDROCK_WIDE_PART BEDROCK_WIDE __attribute__((always_inline)) inline

// 64 bytes.
struct Wide {
    __m256i low, high;
};

BEDROCK_WIDE_PART std::uint64_t equal(const Wide &bytes, char byte) noexcept
{
    const __m256i wanted = _mm256_set1_epi8(byte);
    const auto low = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes.low, wanted)));
    const auto high = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes.high, wanted)));
    return (static_cast<std::uint64_t>(high) << 32U) | low;
}

// Which bytes of a block are separators outside quotes; notes line feeds and the ends of records.
BEDROCK_WIDE_PART std::uint64_t separators_outside(std::uint64_t quotes, std::uint64_t newlines, std::uint64_t commas,
                                                   CsvMarks &marks) noexcept
{
    // Bit n: whether the number of quotes up to byte n is odd.
    const std::uint64_t inside =
        marks.inside ^ static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_clmulepi64_si128(
                           _mm_set_epi64x(0, static_cast<long long>(quotes)), _mm_set1_epi8(-1), 0)));
    marks.inside = 0 - (inside >> 63U);
    marks.newlines += static_cast<std::uint64_t>(std::popcount(newlines));

    const std::uint64_t separators = (commas | newlines) & ~inside;
    for (std::uint64_t ends = newlines & ~inside; ends != 0; ends &= ends - 1)
        marks.ends[marks.end_count++] =
            static_cast<std::uint32_t>(marks.count) +
            static_cast<std::uint32_t>(std::popcount(separators & ((ends & (0 - ends)) - 1)));
    return separators;
}

// The marks of one block of 64 bytes, which begins at a place.
BEDROCK_WIDE_PART void mark_block(const Wide &bytes, std::uint32_t place, CsvMarks &marks) noexcept
{
    const std::uint64_t quotes = equal(bytes, '"');
    const std::uint64_t newlines = equal(bytes, '\n');
    std::uint64_t separators = separators_outside(quotes, newlines, equal(bytes, ','), marks);

    // Eight at a time whether there are as many or not: a block of an export has about six.
    std::uint32_t *to = marks.marks + marks.count;
    const auto found = static_cast<std::size_t>(std::popcount(separators));
    marks.count += found;
    for (std::size_t written = 0; written < found; written += 8, to += 8)
        for (std::size_t i = 0; i < 8; ++i) {
            to[i] = place + static_cast<std::uint32_t>(std::countr_zero(separators));
            separators &= separators - 1;
        }
}

BEDROCK_WIDE void scan_csv_wide(const char *text, std::uint32_t from, std::uint32_t &to, CsvMarks &marks) noexcept
{
    const CsvMarks before = marks;
    CsvMarks now = marks;
    __m256i least = _mm256_set1_epi8(-1);
    std::uint32_t at = from;
    for (; to - at >= 64; at += 64) {
        const auto *block = reinterpret_cast<const __m256i *>(text + at);
        const Wide bytes = {_mm256_loadu_si256(block), _mm256_loadu_si256(block + 1)};
        least = _mm256_min_epu8(least, _mm256_min_epu8(bytes.low, bytes.high));
        mark_block(bytes, at, now);
    }
    if (at < to) {
        alignas(32) char rest[64];
        std::memset(rest, ' ', sizeof rest);
        std::memcpy(rest, text + at, to - at);
        const auto *block = reinterpret_cast<const __m256i *>(rest);
        const Wide bytes = {_mm256_load_si256(block), _mm256_load_si256(block + 1)};
        least = _mm256_min_epu8(least, _mm256_min_epu8(bytes.low, bytes.high));
        mark_block(bytes, at, now);
    }
    marks = now;
    if (_mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256())) == 0) return;
    // A zero byte is the end of reading: finding its place may take its time.
    marks = before;
    scan_csv_bytes(text, from, to, marks);
}

// The same with vectors of 64 bytes: bytes compare into masks, and the places of separators are packed by one
// instruction.
#define BEDROCK_WIDEST __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vbmi2,pclmul,bmi,bmi2,popcnt")))

BEDROCK_WIDEST void scan_csv_widest(const char *text, std::uint32_t from, std::uint32_t &to, CsvMarks &marks) noexcept
{
    constexpr std::size_t step = 64;
    static_assert(csv_mark_room >= step);
    const CsvMarks before = marks;
    CsvMarks now = marks;
    alignas(64) unsigned char numbers[step];
    for (std::size_t i = 0; i < step; ++i) numbers[i] = static_cast<unsigned char>(i);
    const __m512i places = _mm512_load_si512(numbers);
    std::uint64_t zeros = 0;
    for (std::uint32_t at = from; at < to; at += step) {
        const std::uint32_t left = to - at;
        const __mmask64 there = left >= step ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
        const __m512i bytes = _mm512_maskz_loadu_epi8(there, text + at);
        zeros |= _mm512_mask_testn_epi8_mask(there, bytes, bytes);
        const std::uint64_t quotes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"'));
        const std::uint64_t newlines = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
        const std::uint64_t separators =
            separators_outside(quotes, newlines, _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(',')), now);

        // The forms with a mask of all, as the plain ones of GCC 12 begin with a value that it then warns of. Sixteen
        // at a time whether there are as many or not: a block of an export has about six.
        const __m512i packed = _mm512_maskz_compress_epi8(separators, places);
        const __m512i place = _mm512_set1_epi32(static_cast<int>(at));
        std::uint32_t *const marked = now.marks + now.count;
        const auto found = static_cast<std::size_t>(std::popcount(separators));
        now.count += found;
        const auto write = [&](std::size_t first, __m128i some) BEDROCK_WIDEST {
            _mm512_storeu_si512(marked + first, _mm512_add_epi32(place, _mm512_maskz_cvtepu8_epi32(0xFFFF, some)));
        };
        write(0, _mm512_maskz_extracti32x4_epi32(0xF, packed, 0));
        if (found <= 16) continue;
        write(16, _mm512_maskz_extracti32x4_epi32(0xF, packed, 1));
        if (found <= 32) continue;
        write(32, _mm512_maskz_extracti32x4_epi32(0xF, packed, 2));
        write(48, _mm512_maskz_extracti32x4_epi32(0xF, packed, 3));
    }
    marks = now;
    if (zeros == 0) return;
    marks = before;
    scan_csv_bytes(text, from, to, marks);
}

}  // namespace

CsvScans csv_scans() noexcept
{
    CsvScans scans{};
    const bool wide = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("pclmul") != 0 &&
                      __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
                      __builtin_cpu_supports("popcnt") != 0;
    const bool widest = wide && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                        __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0;
    if (widest) scans.at[scans.count++] = scan_csv_widest;
    if (wide) scans.at[scans.count++] = scan_csv_wide;
    scans.at[scans.count++] = scan_csv_bytes;
    return scans;
}

#else

CsvScans csv_scans() noexcept
{
    return {{scan_csv_bytes}, 1};
}

#endif

// ---- fields ---------------------------------------------------------------------------------------------------------

std::size_t unquote(Text field, char *room) noexcept
{
    char *to = room;
    bool inside = false;
    for (std::size_t at = 0; at < field.size(); ++at) {
        const char byte = field[at];
        if (byte != '"') {
            *to++ = byte;
        } else if (inside && at + 1 < field.size() && field[at + 1] == '"') {
            *to++ = byte;
            ++at;
        } else {
            inside = !inside;
        }
    }
    return static_cast<std::size_t>(to - room);
}

Text field_content(Text field, char *room) noexcept
{
    if (field.empty() || std::memchr(field.data(), '"', field.size()) == nullptr) return field;
    return {room, unquote(field, room)};
}

CsvField csv_next(CsvReader &reader) noexcept
{
    CsvField field;
    if (reader.rest.empty() && !reader.after_comma) return field;
    std::size_t end = 0;
    for (;; ++end) {
        end = reader.rest.find_first_of("\",\n", end);
        if (end == Text::npos || reader.rest[end] != '"') break;
        field.quoted = true;
        end = reader.rest.find('"', end + 1);
        if (end != Text::npos) continue;
        field.step = CsvStep::broken;
        return field;
    }
    end = std::min(end, reader.rest.size());
    field.raw = reader.rest.substr(0, end);
    reader.after_comma = end < reader.rest.size() && reader.rest[end] == ',';
    field.step = reader.after_comma ? CsvStep::field : CsvStep::last_field;
    // A carriage return before the line feed belongs to the end of the line.
    if (!reader.after_comma && field.raw.ends_with('\r')) field.raw.remove_suffix(1);
    reader.rest.remove_prefix(end < reader.rest.size() ? end + 1 : end);
    return field;
}

std::size_t csv_content(Text raw, char *room) noexcept
{
    return unquote(raw, room);
}

namespace {

// The length of the UTF-8 sequence at the beginning of a text that is not empty, 0 where there is none.
std::size_t sequence(Text text) noexcept
{
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const auto continues = [&](std::size_t at, unsigned least, unsigned most) {
        return at < text.size() && byte(at) >= least && byte(at) <= most;
    };
    const unsigned first = byte(0);
    if (first < 0x80U) return 1;
    if (first >= 0xc2U && first <= 0xdfU) return continues(1, 0x80, 0xbf) ? 2 : 0;
    // Neither longer than needed, nor half of a pair, nor beyond the last character.
    if (first >= 0xe0U && first <= 0xefU)
        return continues(1, first == 0xe0U ? 0xa0 : 0x80, first == 0xedU ? 0x9f : 0xbf) && continues(2, 0x80, 0xbf) ? 3
                                                                                                                    : 0;
    if (first >= 0xf0U && first <= 0xf4U)
        return continues(1, first == 0xf0U ? 0x90 : 0x80, first == 0xf4U ? 0x8f : 0xbf) && continues(2, 0x80, 0xbf) &&
                       continues(3, 0x80, 0xbf)
                   ? 4
                   : 0;
    return 0;
}

}  // namespace

bool is_utf8(Text text) noexcept
{
    while (!text.empty()) {
        std::uint64_t bytes = 0;
        if (text.size() >= sizeof bytes) {
            std::memcpy(&bytes, text.data(), sizeof bytes);
            if ((bytes & 0x8080808080808080U) == 0) {
                text.remove_prefix(sizeof bytes);
                continue;
            }
        }
        const std::size_t length = sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

void set_value(ReadFault &fault, Text text) noexcept
{
    constexpr char digits[] = "0123456789ABCDEF";
    std::size_t at = 0;
    while (!text.empty()) {
        const std::size_t length = text[0] == '\0' ? 0 : sequence(text);
        if (at + (length == 0 ? 4 : length) > fault.value.size() - 1) break;
        if (length == 0) {
            const auto byte = static_cast<unsigned char>(text[0]);
            for (const char one : {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]}) fault.value[at++] = one;
            text.remove_prefix(1);
        } else {
            for (std::size_t i = 0; i < length; ++i) fault.value[at++] = text[i];
            text.remove_prefix(length);
        }
    }
    fault.value[at] = '\0';
}

// ---- records --------------------------------------------------------------------------------------------------------

namespace {

// What is unpacked at a time: enough to make a call worth it, little enough to stay in the cache.
constexpr std::size_t window = std::size_t{256} << 10U;

}  // namespace

bool Records::open(const char *path, Inflater inflater, CsvScan how) noexcept
{
    scan = how;
    source = source_open(path, inflater);
    if (source == nullptr)
        fault.kind = ReadFaultKind::out_of_memory;
    else
        fault = source_fault(source);
    return fault.kind == ReadFaultKind::none;
}

void Records::close() noexcept
{
    source_close(source);
    bytes_.release();
    places_.release();
    ends_.release();
    *this = Records{};
}

// Makes room for so many bytes and their marks behind those that are there.
bool Records::grow(std::size_t bytes) noexcept
{
    const std::size_t room = bytes_.room;
    if (!bytes_.reserve(filled + bytes + csv_padding)) return false;
    // Padding is read though never looked at.
    if (bytes_.room > room) std::memset(bytes_.at + room, 0, bytes_.room - room);
    text = bytes_.at;
    const std::size_t separators = marks.count + bytes + csv_mark_room;
    if (!places_.reserve(separators)) return false;
    marks.marks = places_.at;
    if (!ends_.reserve(separators)) return false;
    marks.ends = ends_.at;
    return true;
}

void Records::fail(ReadFaultKind kind) noexcept
{
    if (pending_.kind == ReadFaultKind::none) pending_.kind = kind;
}

void Records::locate(ReadFault &of, std::size_t record, std::size_t place) const noexcept
{
    const auto behind = std::count(text + place, text + filled, '\n');
    of.line = static_cast<std::int64_t>(marks.newlines) - behind + 1;
    of.record = static_cast<std::int64_t>(records_before + record) + 1;
}

bool Records::next(std::atomic<std::uint64_t> &bytes_read) noexcept
{
    if (fault.kind != ReadFaultKind::none) return false;
    // Drop the records of the last window, keep what the unfinished one has.
    if (marks.end_count > 0) {
        const std::size_t done = marks.ends[marks.end_count - 1] + std::size_t{1};
        begin = marks.marks[done - 1] + std::size_t{1};
        std::memmove(marks.marks, marks.marks + done, (marks.count - done) * sizeof *marks.marks);
        marks.count -= done;
        records_before += marks.end_count;
        marks.end_count = 0;
    }

    while (marks.end_count == 0 && !ended && pending_.kind == ReadFaultKind::none) {
        if (begin > 0) {
            filled -= begin;
            std::memmove(text, text + begin, filled);
            for (std::size_t i = 0; i < marks.count; ++i) marks.marks[i] -= static_cast<std::uint32_t>(begin);
            begin = 0;
        }
        if (filled > longest_record) {
            fail(ReadFaultKind::record_too_long);
            break;
        }
        if (!grow(window)) {
            fail(ReadFaultKind::out_of_memory);
            break;
        }
        const std::size_t got = source_read(source, text + filled, window, bytes_read);
        auto from = static_cast<std::uint32_t>(filled);
        filled += got;
        if (!began_) {
            began_ = true;
            // A byte order mark.
            if (filled >= 3 && std::memcmp(text, "\xef\xbb\xbf", 3) == 0) begin = from = 3;
            if (filled == begin && source_fault(source).kind == ReadFaultKind::none) fail(ReadFaultKind::empty_file);
        }
        auto to = static_cast<std::uint32_t>(filled);
        scan(text, from, to, marks);
        if (marks.binary) {
            filled = to;
            fail(ReadFaultKind::binary);
        } else if (got < window) {
            ended = true;
            if (pending_.kind == ReadFaultKind::none) pending_ = source_fault(source);
            if (pending_.kind != ReadFaultKind::none || filled == begin) continue;
            const bool finished = marks.count > 0 && marks.marks[marks.count - 1] + std::size_t{1} == filled &&
                                  marks.end_count > 0 &&
                                  marks.ends[marks.end_count - 1] + std::size_t{1} == marks.count;
            if (finished) continue;
            if (marks.inside != 0) {
                fail(ReadFaultKind::unterminated_quote);
                continue;
            }
            // The last line without a line feed.
            text[filled] = '\n';
            marks.ends[marks.end_count++] = static_cast<std::uint32_t>(marks.count);
            marks.marks[marks.count++] = static_cast<std::uint32_t>(filled);
        }
    }
    if (marks.end_count > 0) return true;

    fault = pending_;
    switch (fault.kind) {
        case ReadFaultKind::none:
        case ReadFaultKind::empty_file:
            break;
        case ReadFaultKind::binary:
            locate(fault, 0, filled);
            break;
        case ReadFaultKind::unterminated_quote: {
            // The separators of the unfinished record lie before its last field, where the quote is.
            const std::size_t place = marks.count > 0 ? marks.marks[marks.count - 1] + std::size_t{1} : begin;
            fault.column = static_cast<std::int32_t>(marks.count);
            set_value(fault, {text + place, filled - place});
            locate(fault, 0, place);
            break;
        }
        // Otherwise the record that could not be read to its end.
        default:
            locate(fault, 0, begin);
            break;
    }
    return false;
}

}  // namespace bedrock_cost
