// SPDX-License-Identifier: PostgreSQL
// What exports are read by: fields, numbers, times, unpacking and headers, against the plainest ways there could be.
#include <gtest/gtest.h>

#include <algorithm>
#include <bedrock_cost/lines.hpp>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "lines/csv.hpp"
#include "lines/inflate.hpp"
#include "simple_reader.hpp"
#include "test_files.hpp"

namespace bedrock_cost::test {
namespace {

using Random = std::mt19937_64;

// ---- structure ------------------------------------------------------------------------------------------------------

struct Scanned {
    std::vector<std::uint32_t> marks, ends;
    std::uint64_t inside = 0, newlines = 0;
    bool binary = false;
    std::uint32_t to = 0;
    bool operator==(const Scanned &) const = default;
};

Scanned scanned(CsvScan scan, const std::string &text, const std::vector<std::uint32_t> &cuts)
{
    std::vector<std::uint32_t> room(text.size() + csv_mark_room), ends(text.size() + csv_mark_room);
    CsvMarks marks;
    marks.marks = room.data();
    marks.ends = ends.data();
    std::uint32_t from = 0, to = 0;
    for (const std::uint32_t cut : cuts) {
        to = cut;
        scan(text.data(), from, to, marks);
        if (marks.binary) break;
        from = cut;
    }
    room.resize(marks.count);
    ends.resize(marks.end_count);
    return {room, ends, marks.inside, marks.newlines, marks.binary, to};
}

TEST(CsvScan, WithVectorsIsTheSame)
{
    Random random(1);
    const CsvScans scans = csv_scans();
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("pclmul") != 0) {
        EXPECT_NE(scans.at[0], &scan_csv_bytes);
    }
#endif
    for (int round = 0; round < 20000; ++round) {
        // From texts full of separators to ones that have hardly any.
        const unsigned density = static_cast<unsigned>(random() % 40) + 4;
        std::string text(random() % 600, 'x');
        for (char &byte : text) {
            const char special[] = {'"', ',', '\n', '\r'};
            const std::uint64_t choice = random() % density;
            if (choice < 4) byte = special[choice];
            if (choice == 5) byte = static_cast<char>(random() % 255 + 1);
            if (random() % 20000 == 0) byte = '\0';
        }
        std::vector<std::uint32_t> cuts;
        for (auto left = random() % 4; left > 0; --left)
            cuts.push_back(static_cast<std::uint32_t>(random() % (text.size() + 1)));
        cuts.push_back(static_cast<std::uint32_t>(text.size()));
        std::sort(cuts.begin(), cuts.end());
        for (std::size_t n = 0; n < scans.count; ++n)
            ASSERT_TRUE(scanned(scans.at[n], text, cuts) == scanned(&scan_csv_bytes, text, cuts)) << n << ' ' << round;
    }
}

TEST(Csv, FieldsSayWhatCopyReads)
{
    const auto content = [](const std::string &field) {
        std::string room(field.size(), '\0');
        return std::string(field_content(field, room.data()));
    };
    EXPECT_EQ(content("plain"), "plain");
    EXPECT_EQ(content(""), "");
    EXPECT_EQ(content("\"\""), "");
    EXPECT_EQ(content("\"a,b\n\"\"c\"\"\""), "a,b\n\"c\"");
    EXPECT_EQ(content("\"\"\"\""), "\"");
    EXPECT_EQ(content("a\"b\"c"), "abc");
    EXPECT_EQ(content("a\"\"c"), "ac");
    EXPECT_EQ(content("\"{\"\"user:k\"\":\"\"v\"\"}\""), "{\"user:k\":\"v\"}");
}

TEST(Csv, TellsUtf8)
{
    Random random(2);
    for (std::uint32_t first = 0; first < 256; ++first)
        for (std::uint32_t second = 0; second < 256; ++second)
            for (const char *rest : {"", "\x80", "\xbf", "\x80\x80", "x"}) {
                const std::string text = {static_cast<char>(first), static_cast<char>(second)};
                ASSERT_EQ(is_utf8(text + rest), simple_utf8(text + rest)) << first << " " << second << " " << rest;
            }
    for (int round = 0; round < 200000; ++round) {
        std::string text(random() % 20, 'a');
        const char parts[] = {'\x7f', '\x80', '\xa0', '\xbf', '\xc1', '\xc2', '\xdf', '\xe0',
                              '\xed', '\xef', '\xf0', '\xf4', '\xf5', '\x8f', '\x9f'};
        for (char &byte : text)
            if (random() % 3 == 0) byte = parts[random() % sizeof parts];
        ASSERT_EQ(is_utf8(text), simple_utf8(text));
    }
}

// ---- numbers and times ----------------------------------------------------------------------------------------------

TEST(Decimal, AgreesDigitByDigit)
{
    Random random(3);
    std::vector<std::string> texts = {"0",
                                      "-0",
                                      "0.0",
                                      "-0.000",
                                      "1",
                                      "+1",
                                      ".5",
                                      "1.",
                                      ".",
                                      "-",
                                      "+",
                                      "e5",
                                      "1e",
                                      "1e+",
                                      "1.2E-7",
                                      "4e-05",
                                      "1E5",
                                      "1.25e1",
                                      "1e-20",
                                      "1e-21",
                                      "0e-400",
                                      "1e-400",
                                      "1e400",
                                      "0e400",
                                      "1e17",
                                      "1e18",
                                      "-1e17",
                                      "9e17",
                                      "NaN",
                                      "inf",
                                      " 1",
                                      "1 ",
                                      "1,5",
                                      "0x1",
                                      "1e99999999999999999999",
                                      "--1",
                                      "1.2.3",
                                      "1_0",
                                      "1e-00020",
                                      "0.00000000000000000001",
                                      "0.000000000000000000001",
                                      "0.100000000000000000000000000000000",
                                      "999999999999999999.99999999999999999999",
                                      "1000000000000000000",
                                      "999999999999999999",
                                      "99999999999999999999999999999999999999999999999999e-40",
                                      "000000000000000000000000000000000000000000000000000012.5",
                                      "123456789012345678.00000000000000000000000000000000000",
                                      "10000000000000000000000000000000000000000000000e-30"};
    for (int round = 0; round < 200000; ++round) {
        std::string text;
        const char bytes[] = "0123456789012345678900000000......--++eE x";
        const bool wild = random() % 4 == 0;
        if (random() % 4 == 0) text += "-";
        for (auto left = random() % 24; left > 0; --left) text += bytes[random() % (wild ? sizeof bytes - 1 : 28)];
        if (!wild && random() % 3 != 0) text.insert(random() % (text.size() + 1), ".");
        if (random() % 8 == 0) text += "e" + std::to_string(static_cast<int>(random() % 60) - 40);
        if (!text.empty()) texts.push_back(text);
    }
    std::size_t plain_ones = 0;
    for (const std::string &text : texts) {
        SimpleAmount expected;
        const ReadFaultKind kind = simple_amount(text, expected);
        Amount amount;
        const DecimalFault fault = read_decimal(text, amount);
        ASSERT_EQ(fault == DecimalFault::bad, kind == ReadFaultKind::bad_number) << text;
        ASSERT_EQ(fault == DecimalFault::out_of_range, kind == ReadFaultKind::number_out_of_range) << text;
        const std::string padded = std::string(csv_padding, '7') + text + std::string(csv_padding, '7');
        Amount plain_one;
        const bool is_plain = read_plain_decimal(padded.data() + csv_padding, text.size(), plain_one);
        plain_ones += is_plain;
        if (fault != DecimalFault::none) {
            ASSERT_FALSE(is_plain) << text;
            continue;
        }
        ASSERT_TRUE(amount.present && amount.units == expected.units) << text;
        ASSERT_EQ(amount.decimals, expected.decimals) << text;
        if (!is_plain) continue;
        ASSERT_TRUE(plain_one.present && plain_one.units == expected.units) << text;
        ASSERT_EQ(plain_one.decimals, expected.decimals) << text;
    }
    EXPECT_GT(plain_ones, texts.size() / 4);
}

TEST(Moment, AgreesWithTheCalendar)
{
    // Every day there is, counted up from the first one.
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    std::int64_t days = -719162;
    for (int year = 1; year < 10000; ++year)
        for (int month = 1; month <= 12; ++month) {
            const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            const int length = lengths[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= length; ++day, ++days) {
                std::string text = "0000-00-00T00:00:00Z";
                const auto put = [&](std::size_t place, int value) {
                    for (; value > 0; value /= 10) text[place--] = static_cast<char>('0' + value % 10);
                };
                put(3, year);
                put(6, month);
                put(9, day);
                Moment moment;
                ASSERT_TRUE(read_moment(text, moment)) << text;
                ASSERT_EQ(moment.seconds, days * 86400) << text;
                ASSERT_EQ(is_month(text), day == 1) << text;
                const int of_day = static_cast<int>((days + 719162) % 86400);
                put(12, of_day / 3600);
                put(15, of_day / 60 % 60);
                put(18, of_day % 60);
                ASSERT_TRUE(read_moment(text, moment)) << text;
                ASSERT_EQ(moment.seconds, days * 86400 + of_day) << text;
                if (of_day > 0) {
                    ASSERT_FALSE(is_month(text)) << text;
                }
                if (days % 97 == 0) {
                    ASSERT_EQ(text, simple_written(moment.seconds));
                }
            }
        }
    EXPECT_EQ(days, 2932897);
    std::vector<std::string> texts = {"2026-11-01T00:00:00Z",
                                      "2026-11-01 00:00:00",
                                      "2026-11-01",
                                      "2026-11-01T05:00:00.000Z",
                                      "2026-11-01T05:00:00.1234567890123Z",
                                      "2026-11-01T05:00:00+00:00",
                                      "2026-11-01T05:00:00-0730",
                                      "2026-11-01 05:00:00+01",
                                      "2026-11-01T05:00",
                                      "2026-02-29",
                                      "2024-02-29",
                                      "2100-02-29",
                                      "2026-13-01",
                                      "2026-00-01",
                                      "2026-04-31",
                                      "2026-11-01T24:00:00Z",
                                      "2026-11-01T23:60:00Z",
                                      "2026-11-01T23:59:60Z",
                                      "0000-01-01",
                                      "0001-01-01T00:00:00+01:00",
                                      "9999-12-31T23:59:59-01:00",
                                      "2026-11-01T00:00:00 Z",
                                      "2026-11-01T",
                                      "2026-11-01Z",
                                      "2026-11-01T05:00:00.",
                                      "2026-11-01T05:00:00.Z",
                                      "2026-11-01T05:00:00+1",
                                      "2026-11-01T05:00:00+01:",
                                      "2026-11-01T05:00:00+16:00",
                                      "26-11-01",
                                      "2026-1-01",
                                      "11/01/2026",
                                      ""};
    Random random(4);
    for (int round = 0; round < 50000; ++round) {
        std::string text = texts[random() % 9];
        for (auto left = random() % 3; left > 0; --left) {
            const char bytes[] = "0123456789-:TZ .+";
            text[random() % text.size()] = bytes[random() % (sizeof bytes - 1)];
        }
        texts.push_back(text);
    }
    for (const std::string &text : texts) {
        Moment moment;
        SimpleTime expected;
        const bool read = simple_time(text, expected);
        ASSERT_EQ(read_moment(text, moment), read) << text;
        ASSERT_EQ(is_month(text), simple_month(text)) << text;
        ASSERT_EQ(is_time(text), simple_moment(text)) << text;
        if (!read) continue;
        ASSERT_EQ(moment.seconds, expected.seconds) << text;
        ASSERT_EQ(moment.nanoseconds, std::stoi(expected.fraction)) << text;
    }
}

// ---- unpacking ------------------------------------------------------------------------------------------------------

struct Unpacked {
    std::string bytes;
    ReadFaultKind kind = ReadFaultKind::none;
    bool operator==(const Unpacked &) const = default;
};

Unpacked unpacked(const std::string &path, Inflater inflater, std::size_t step = std::size_t{1} << 20U)
{
    Source *source = source_open(path.c_str(), inflater);
    Unpacked result;
    std::atomic<std::uint64_t> read{0};
    std::string room(step, '\0');
    if (source_fault(source).kind == ReadFaultKind::none)
        while (const std::size_t got = source_read(source, room.data(), room.size(), read)) {
            result.bytes.append(room, 0, got);
            if (got < step) break;
        }
    result.kind = source_fault(source).kind;
    EXPECT_EQ(read.load(), source_bytes(source));
    source_close(source);
    return result;
}

std::string repetitive(Random &random, std::size_t bytes)
{
    std::string text;
    while (text.size() < bytes) {
        // One after the other: which of two operands a compiler works out first is its own affair.
        const std::string end(random() % 50, 'z');
        text += "line " + std::to_string(random() % 1000) + end + "\n";
    }
    return text;
}

class Unpacking : public testing::TestWithParam<Inflater> {};
INSTANTIATE_TEST_SUITE_P(Inflaters, Unpacking, testing::Values(best_inflater, Inflater::zlib));

TEST_P(Unpacking, GivesBackWhatWasPacked)
{
    const Folder folder;
    Random random(5);
    for (const std::size_t size : {0U, 1U, 100U, 65536U, 3000000U})
        for (const int level : {0, 1, 9}) {
            const std::string text = repetitive(random, size);
            for (const std::size_t step : {std::size_t{7}, std::size_t{65536}, std::size_t{1} << 20U}) {
                if (step == 7 && size > 65536) continue;
                // One member, several of all sizes, empty ones among them.
                for (const bool split : {false, true}) {
                    std::string bytes;
                    if (split)
                        for (std::size_t at = 0; at < text.size();) {
                            const std::size_t length = random() % (text.size() / 3 + 2);
                            bytes += packed(text.substr(at, length), level);
                            at += length;
                        }
                    if (bytes.empty()) bytes = packed(text, level);
                    const Unpacked result = unpacked(folder.write("f", bytes), GetParam(), step);
                    EXPECT_EQ(static_cast<int>(result.kind), 0);
                    EXPECT_TRUE(result.bytes == text) << size << " " << level << " " << step << " " << split;
                }
            }
        }
}

TEST_P(Unpacking, SeesWhereAFileIsCut)
{
    const Folder folder;
    Random random(6);
    const std::string text = repetitive(random, 2000);
    const std::string bytes = packed(text) + packed(text);
    const std::size_t first = packed(text).size();
    for (std::size_t length = 2; length < bytes.size(); ++length) {
        const Unpacked result = unpacked(folder.write("f", bytes.substr(0, length)), GetParam());
        // Cut between two members nothing is missing; one byte of the next is not yet one.
        const ReadFaultKind expected = length == first       ? ReadFaultKind::none
                                       : length == first + 1 ? ReadFaultKind::garbage_after_gzip
                                                             : ReadFaultKind::truncated_gzip;
        ASSERT_EQ(static_cast<int>(result.kind), static_cast<int>(expected)) << length;
        ASSERT_TRUE((text + text).starts_with(result.bytes)) << length;
    }
}

TEST_P(Unpacking, SeesWhatIsCorrupt)
{
    const Folder folder;
    Random random(7);
    const std::string text = repetitive(random, 3000);
    const std::string bytes = packed(text);
    std::size_t unseen = 0;
    for (std::size_t place = 2; place < bytes.size(); ++place) {
        std::string other = bytes;
        other[place] = static_cast<char>(other[place] ^ (1 << random() % 8));
        const Unpacked result = unpacked(folder.write("f", other), GetParam());
        if (result.kind == ReadFaultKind::none) {
            // Flags, time and system of the header are nobody's concern, nor what fills the last byte up.
            ++unseen;
            EXPECT_TRUE(place < 10U || place + 9 == bytes.size()) << place;
            EXPECT_TRUE(result.bytes == text);
        }
    }
    EXPECT_LE(unseen, 9U);
    for (const char *garbage : {"x", "garbage", "\x1f", "\x1fx", "\n"})
        EXPECT_EQ(static_cast<int>(unpacked(folder.write("f", bytes + garbage), GetParam()).kind),
                  static_cast<int>(ReadFaultKind::garbage_after_gzip));
    EXPECT_EQ(static_cast<int>(unpacked(folder.write("f", bytes + std::string(1, '\0')), GetParam()).kind),
              static_cast<int>(ReadFaultKind::garbage_after_gzip));
}

// ---- files and headers ----------------------------------------------------------------------------------------------

// What a file has, read in steps of so many bytes.
std::string bytes_of(const std::string &path, std::size_t step, ReadFaultKind &kind)
{
    std::string all;
    Source *file = file_open(path);
    for (std::string room(step, '\0');;) {
        const std::size_t got = file_read(file, room.data(), room.size());
        all.append(room, 0, got);
        if (got < step) break;
    }
    kind = file_fault(file).kind;
    file_close(file);
    return all;
}

TEST(File, IsUnpacked)
{
    const Folder folder;
    const std::string text = "{\"offerCode\":\"AmazonBedrock\"}\n";
    ReadFaultKind kind = ReadFaultKind::none;
    for (const std::size_t step : {1U, 7U, 4096U})
        for (const std::string &bytes : {text, packed(text), packed(text.substr(0, 9)) + packed(text.substr(9))}) {
            EXPECT_EQ(bytes_of(folder.write("f", bytes), step, kind), text);
            EXPECT_EQ(kind, ReadFaultKind::none);
        }
    EXPECT_EQ(bytes_of(folder.write("f", ""), 8, kind), "");
    EXPECT_EQ(kind, ReadFaultKind::none);
    const std::string whole = packed(text);
    bytes_of(folder.write("f", whole.substr(0, whole.size() / 2)), 8, kind);
    EXPECT_EQ(kind, ReadFaultKind::truncated_gzip);
    bytes_of(folder.write("f", whole + "x"), 8, kind);
    EXPECT_EQ(kind, ReadFaultKind::garbage_after_gzip);
    EXPECT_EQ(bytes_of(folder.path(), 8, kind), "");
    EXPECT_EQ(kind, ReadFaultKind::is_directory);
    EXPECT_EQ(bytes_of(folder.path() + "/none", 8, kind), "");
    EXPECT_EQ(kind, ReadFaultKind::cannot_open);
    file_close(nullptr);
}

TEST(ReadFault, OfHeaders)
{
    const Folder folder;
    const auto of = [&](const std::string &bytes) {
        Header *header = header_open(folder.write("h", bytes));
        const ReadFault fault = header_fault(header);
        header_close(header);
        return fault;
    };
    const auto columns = [](std::size_t count) {
        std::string line = "a";
        for (std::size_t i = 1; i < count; ++i) line += ",a";
        return line;
    };
    EXPECT_EQ(of(columns(1600) + "\n1").kind, ReadFaultKind::none);
    ReadFault fault = of(columns(1000000) + "\n1");
    EXPECT_EQ(fault.kind, ReadFaultKind::too_many_columns);
    EXPECT_EQ(fault.expected, 1600);
    EXPECT_EQ(fault.found, 1000000);
    for (const std::string header : {"a,,b", "a,\"\",b\r\n1,2,3"}) {
        fault = of(header);
        EXPECT_EQ(fault.kind, ReadFaultKind::column_without_name) << header;
        EXPECT_EQ(fault.column, 1);
        EXPECT_EQ(fault.found, 3);
    }
    EXPECT_EQ(of("a,b,\n").column, 2);
    // Old Macintosh lines, of a small file and of one longer than a record can be; with a line feed they are none.
    EXPECT_EQ(of("a,b\r1,2\r").kind, ReadFaultKind::lone_carriage_return);
    std::string long_one = "a,b\r";
    while (long_one.size() <= longest_record + (std::size_t{1} << 20U)) long_one += long_one;
    EXPECT_EQ(of(long_one).kind, ReadFaultKind::lone_carriage_return);
    EXPECT_EQ(of("a,b\r\n1,2\r\n").kind, ReadFaultKind::none);
}

TEST(ReadFault, OfFilesWithoutAHeader)
{
    const Folder folder;
    Header *header = header_open(folder.path());
    EXPECT_EQ(header_fault(header).kind, ReadFaultKind::is_directory);
    EXPECT_EQ(header_count(header), 0U);
    header_close(header);
    header = header_open(folder.write("h", "a,caf\xe9\n"));
    const ReadFault fault = header_fault(header);
    EXPECT_EQ(fault.kind, ReadFaultKind::not_utf8);
    EXPECT_EQ(fault.column, 1);
    EXPECT_EQ(fault.line, 1);
    header_close(header);
    header_close(nullptr);
}

TEST(ReadFault, CutsTheValue)
{
    ReadFault fault;
    set_value(fault, std::string(500, 'x'));
    EXPECT_EQ(std::strlen(fault.value.data()), 200U);
    std::string text;
    for (int i = 0; i < 200; ++i) text += "é\xff";
    set_value(fault, text);
    EXPECT_TRUE(is_utf8(fault.value.data()));
    EXPECT_LE(std::strlen(fault.value.data()), 200U);
}

std::vector<std::vector<std::string>> lines_of(Text text, bool &broken)
{
    std::vector<std::vector<std::string>> lines(1);
    CsvReader reader{text};
    broken = false;
    for (;;) {
        const CsvField field = csv_next(reader);
        broken = field.step == CsvStep::broken;
        if (broken || field.step == CsvStep::end) break;
        EXPECT_EQ(field.quoted, field.raw.find('"') != Text::npos);
        std::string value(field.raw.size(), '\0');
        value.resize(csv_content(field.raw, value.data()));
        lines.back().push_back(value);
        if (field.step == CsvStep::last_field) lines.emplace_back();
    }
    if (lines.back().empty()) lines.pop_back();
    return lines;
}

TEST(CsvFields, AreWhatRfc4180Says)
{
    bool broken = false;
    using Lines = std::vector<std::vector<std::string>>;
    EXPECT_EQ(lines_of("", broken), Lines{});
    EXPECT_EQ(lines_of("a,b\nc", broken), (Lines{{"a", "b"}, {"c"}}));
    EXPECT_EQ(lines_of("a,\r\n\"b \"\"c\"\", d\ne\",f\r\n", broken), (Lines{{"a", ""}, {"b \"c\", d\ne", "f"}}));
    EXPECT_EQ(lines_of("\n,\n", broken), (Lines{{""}, {"", ""}}));
    EXPECT_EQ(lines_of("\"\"", broken), (Lines{{""}}));
    // Quotes anywhere, as COPY reads them.
    EXPECT_EQ(lines_of("\"a\"b,c\"d,\"\"e\"\n", broken), (Lines{{"ab", "cd,\"e"}}));
    for (const Text bad : {"\"a", "x,\"", "\"a\"\"", "\"a\"b\""}) {
        lines_of(bad, broken);
        EXPECT_TRUE(broken) << bad;
    }
}

TEST(CsvFields, AreReadBackAsWritten)
{
    std::mt19937_64 random(5);
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::vector<std::string>> lines(1 + random() % 4);
        std::string text;
        for (auto &line : lines) {
            line.resize(1 + random() % 4);
            for (std::size_t i = 0; i < line.size(); ++i) {
                for (std::size_t n = random() % 6; n > 0; --n) line[i] += "a,\"\n\r;"[random() % 6];
                text += i == 0 ? "\"" : ",\"";
                for (const char byte : line[i]) text += byte == '"' ? std::string("\"\"") : std::string(1, byte);
                text += '"';
            }
            text += random() % 2 == 0 ? "\n" : "\r\n";
        }
        bool broken = false;
        EXPECT_EQ(lines_of(text, broken), lines);
        EXPECT_FALSE(broken);
    }
}

// The grammar of texts is that of files: both find the same fields in any bytes.
TEST(CsvFields, AreThoseOfFiles)
{
    std::mt19937_64 random(9);
    const Folder folder;
    for (int round = 0; round < 500; ++round) {
        std::string text;
        for (std::size_t n = random() % 40; n > 0; --n) text += "ab,,\"\"\n\r"[random() % 8];
        bool broken = false;
        const auto fields = lines_of(text, broken);
        Records records;
        std::vector<std::vector<std::string>> expected;
        std::atomic<std::uint64_t> bytes{0};
        const bool opened = records.open(folder.write("f", text).c_str());
        while (opened && records.next(bytes))
            for (std::size_t i = 0; i < records.count(); ++i) {
                const Record record = record_of(records, i);
                expected.emplace_back();
                for (std::size_t n = 0; n < record.fields; ++n) {
                    std::string room(record.field(n).size(), '\0');
                    expected.back().emplace_back(field_content(record.field(n), room.data()));
                }
            }
        EXPECT_EQ(broken, records.fault.kind == ReadFaultKind::unterminated_quote) << text;
        if (!broken) {
            EXPECT_EQ(fields, expected) << text;
        }
        records.close();
    }
}

}  // namespace
}  // namespace bedrock_cost::test
