// SPDX-License-Identifier: PostgreSQL
// Exports read and compacted, against the plainest reader there could be.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bedrock_cost/reader.hpp>
#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>

#include "csv.hpp"
#include "decimal.hpp"
#include "inflate.hpp"
#include "moment.hpp"
#include "simple_reader.hpp"
#include "test_files.hpp"

namespace bedrock_cost::test {
namespace {

using enum ColumnUse;
using Uses = std::vector<ColumnUse>;
using Names = std::vector<std::string>;
using Random = std::mt19937_64;

// ---- a compaction ---------------------------------------------------------------------------------------------------

using Owned = std::unique_ptr<Compaction, decltype(&compaction_close)>;

Owned opened(const Uses &uses, const Names &names, const std::vector<std::string> &files, bool hourly = false,
             std::uint32_t threads = 1)
{
    const std::vector<Text> texts(names.begin(), names.end());
    Owned compaction(
        compaction_open(uses.data(), texts.data(), static_cast<std::uint32_t>(uses.size()), hourly, threads),
        &compaction_close);
    for (const std::string &file : files) EXPECT_TRUE(compaction_add_file(compaction.get(), file));
    return compaction;
}

Owned compacted(const Uses &uses, const Names &names, const std::vector<std::string> &files, bool hourly = false,
                std::uint32_t threads = 1)
{
    Owned compaction = opened(uses, names, files, hourly, threads);
    compaction_start(compaction.get());
    while (!compaction_wait(compaction.get(), 10000)) {
    }
    return compaction;
}

ReadFault fault_of(const Uses &uses, const Names &names, const std::string &file)
{
    return compaction_fault(compacted(uses, names, {file}).get());
}

void expect_same(const ReadFault &fault, const SimpleResult &expected, const std::string &what)
{
    EXPECT_EQ(static_cast<int>(fault.kind), static_cast<int>(expected.kind)) << what << fault.value.data();
    EXPECT_EQ(fault.line, expected.line) << what;
    EXPECT_EQ(fault.record, expected.record) << what;
    EXPECT_EQ(fault.column, expected.column) << what;
    EXPECT_EQ(fault.expected, expected.expected) << what;
    EXPECT_EQ(fault.found, expected.found) << what;
}

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
    const auto says = [](const std::string &field) {
        std::string room(field.size(), '\0');
        return std::string(field_content(field, room.data()));
    };
    EXPECT_EQ(says("plain"), "plain");
    EXPECT_EQ(says(""), "");
    EXPECT_EQ(says("\"\""), "");
    EXPECT_EQ(says("\"a,b\n\"\"c\"\"\""), "a,b\n\"c\"");
    EXPECT_EQ(says("\"\"\"\""), "\"");
    EXPECT_EQ(says("a\"b\"c"), "abc");
    EXPECT_EQ(says("a\"\"c"), "ac");
    EXPECT_EQ(says("\"{\"\"user:k\"\":\"\"v\"\"}\""), "{\"user:k\":\"v\"}");
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
    char written[moment_length];
    for (std::int64_t days = -719162; days < 2932897; days += 1) {
        const std::int64_t seconds = days * 86400 + (days % 86400 + 86400) % 86400;
        write_moment(seconds, written);
        const std::string text(written, sizeof written);
        Moment moment;
        ASSERT_TRUE(read_moment(text, moment)) << text;
        ASSERT_EQ(moment.seconds, seconds) << text;
        if (days % 97 == 0) {
            ASSERT_EQ(text, simple_written(seconds));
        }
    }
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
        if (!read) continue;
        ASSERT_EQ(moment.seconds, expected.seconds) << text;
        ASSERT_EQ(moment.nanoseconds, std::stoi(expected.fraction)) << text;
    }
}

TEST(Moment, CutsPeriods)
{
    const auto cut = [](Text start, Text end, bool hourly) {
        Period period;
        EXPECT_EQ(cut_period(start, end, hourly, period), PeriodFault::none);
        return (period.has_start ? std::string(period.start, moment_length) : "-") + " " +
               (period.has_end ? std::string(period.end, moment_length) : "-");
    };
    EXPECT_EQ(cut("2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", false), "2026-11-01T00:00:00Z 2026-11-01T01:00:00Z");
    EXPECT_EQ(cut("2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", true), "2026-11-01T05:00:00Z 2026-11-01T06:00:00Z");
    EXPECT_EQ(cut("2026-11-01T05:00:00Z", "2026-11-01T06:00:01Z", false), "2026-11-01T00:00:00Z 2026-11-02T00:00:00Z");
    EXPECT_EQ(cut("2026-11-01T05:00:00Z", "2026-11-01T06:00:00.5Z", false),
              "2026-11-01T00:00:00Z 2026-11-02T00:00:00Z");
    EXPECT_EQ(cut("2026-11-01", "2026-11-02", false), "2026-11-01T00:00:00Z 2026-11-02T00:00:00Z");
    EXPECT_EQ(cut("2026-11-01", "2026-12-01", false), "2026-11-01T00:00:00Z 2026-12-01T00:00:00Z");
    EXPECT_EQ(cut("2026-11-01T01:30:00+02:00", "2026-11-30T23:59:59Z", false),
              "2026-10-31T00:00:00Z 2026-11-30T23:59:59Z");
    EXPECT_EQ(cut("", "2026-11-30T23:59:59Z", false), "- 2026-11-30T23:59:59Z");
    EXPECT_EQ(cut("2026-11-30", "", false), "2026-11-30T00:00:00Z -");
    EXPECT_EQ(cut("", "", true), "- -");
    Period period;
    EXPECT_EQ(cut_period("x", "y", false, period), PeriodFault::bad_start);
    EXPECT_EQ(cut_period("", "y", false, period), PeriodFault::bad_end);
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

TEST(Source, HashesTheFileAsItLies)
{
    const Folder folder;
    Random random(8);
    for (const bool pack : {false, true}) {
        const std::string text = repetitive(random, 700000);
        const std::string bytes = pack ? packed(text, 1) : text;
        const Owned compaction = compacted({skipped}, {"a"}, {folder.write("f", bytes)});
        // Whatever the fault, what was read is told; this file is read to its end.
        const std::string good = "a\n" + text;
        const std::string good_bytes = pack ? packed(good, 1) : good;
        const Owned read = compacted({skipped}, {"a"}, {folder.write("f", good_bytes)});
        EXPECT_EQ(compaction_fault(read.get()).kind, ReadFaultKind::none);
        const CompactedFile file = compaction_file(read.get(), 0);
        EXPECT_EQ(file.bytes, good_bytes.size());
        EXPECT_EQ(file.hash, combination_hash(good_bytes));
        EXPECT_EQ(file.lines, static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')));
        const Progress progress = compaction_progress(read.get());
        EXPECT_EQ(progress.bytes, good_bytes.size());
        EXPECT_EQ(progress.bytes_read, good_bytes.size());
        EXPECT_EQ(progress.lines, file.lines);
    }
}

// ---- compaction -----------------------------------------------------------------------------------------------------

struct RandomBill {
    Uses uses;
    Names names;
    std::vector<std::string> files;  // as CSV
};

std::string quoted(const std::string &text, Random &random)
{
    const bool must = text.find_first_of(",\"\n\r") != std::string::npos;
    if (!must && random() % 8 != 0) return text;
    std::string field = "\"";
    for (const char byte : text) field += byte == '"' ? "\"\"" : std::string(1, byte);
    return field + "\"";
}

RandomBill random_bill(Random &random, std::size_t most_lines)
{
    RandomBill bill;
    const std::size_t columns = random() % 12 + 1;
    bool has_start = false, has_end = false;
    for (std::size_t i = 0; i < columns; ++i) {
        const std::uint64_t choice = random() % 9;
        ColumnUse use = choice < 3 ? key : choice < 5 ? amount : skipped;
        if (choice == 5 && !has_start) use = usage_start, has_start = true;
        if (choice == 6 && !has_end) use = usage_end, has_end = true;
        if (choice == 7) use = month;
        if (choice == 8) use = moment;
        bill.uses.push_back(use);
        bill.names.push_back("column/" + std::to_string(i) + (random() % 9 == 0 ? ",\"x\n" : ""));
    }
    const std::vector<std::string> words = {"",           "a", "b",    "USE1-Claude", "x,y",          "say \"so\"",
                                            "two\nlines", "é", "日本", "cr\rinside",  "{\"k\":\"v\"}"};
    const std::vector<std::string> amounts = {
        "", "0", "0.0", "1", "1.50", "-1.5", "0.0000033000", "1E-7", "-0.0", "+2.25", "12345678.9012345678"};
    const std::vector<std::string> times = {"2026-11-01T05:00:00Z",     "2026-11-01T06:00:00Z",
                                            "2026-11-02 00:00:00",      "2026-12-01",
                                            "2026-11-01T05:00:00.000Z", "",
                                            "2026-11-01T23:00:00-05:00"};
    const std::vector<std::string> months = {"2026-11-01T00:00:00Z", "2026-12-01", "2026-10-31T19:00:00.0-05:00", ""};
    const std::vector<std::string> moments = {"2026-11-15T00:00:00Z", "2026-12-01", "2026-10-31T19:00:00.5-05:00", ""};
    for (auto files = random() % 3 + 1; files > 0; --files) {
        const std::string newline = random() % 3 == 0 ? "\r\n" : "\n";
        std::string file = random() % 4 == 0 ? "\xef\xbb\xbf" : "";
        for (std::size_t i = 0; i < columns; ++i) file += (i > 0 ? "," : "") + quoted(bill.names[i], random);
        file += newline;
        for (auto lines = random() % most_lines; lines > 0; --lines) {
            for (std::size_t i = 0; i < columns; ++i) {
                if (i > 0) file += ',';
                const std::vector<std::string> &of = bill.uses[i] == amount        ? amounts
                                                     : bill.uses[i] == usage_start ? times
                                                     : bill.uses[i] == usage_end   ? times
                                                     : bill.uses[i] == month       ? months
                                                     : bill.uses[i] == moment      ? moments
                                                                                   : words;
                std::string text = of[random() % of.size()];
                if (bill.uses[i] == skipped && random() % 3 == 0) text += std::string(random() % 300, 'p');
                file += quoted(text, random);
            }
            file += newline;
        }
        // A last line may end with the file; where it is empty there is none then.
        if (random() % 3 == 0 && !file.ends_with("," + newline) && columns > 1)
            file.resize(file.size() - newline.size());
        bill.files.push_back(file);
    }
    return bill;
}

TEST(Compaction, AgreesWithTheSimpleReader)
{
    const Folder folder;
    Random random(9);
    std::size_t groups = 0;
    for (int round = 0; round < 250; ++round) {
        const RandomBill bill = random_bill(random, round % 20 == 0 ? 3000 : 60);
        const bool hourly = random() % 2 == 0;
        SimpleResult expected;
        std::vector<std::string> paths;
        for (const std::string &file : bill.files) {
            simple_read(file, bill.uses, bill.names, hourly, expected);
            std::string bytes = file;
            if (random() % 2 == 0) {
                const std::size_t middle = random() % (file.size() + 1);
                bytes = random() % 2 == 0 ? packed(file) : packed(file.substr(0, middle)) + packed(file.substr(middle));
            }
            paths.push_back(folder.write(std::to_string(paths.size()), bytes));
        }
        ASSERT_EQ(static_cast<int>(expected.kind), 0) << round << " line " << expected.line;
        const Owned read = compacted(bill.uses, bill.names, paths, hourly, static_cast<std::uint32_t>(random() % 4));
        const ReadFault fault = compaction_fault(read.get());
        ASSERT_EQ(static_cast<int>(fault.kind), 0) << round << " line " << fault.line << " column " << fault.column;
        ASSERT_TRUE(simple_groups(read.get(), bill.uses) == expected.groups) << round;
        ASSERT_EQ(compaction_progress(read.get()).lines, static_cast<std::uint64_t>(expected.lines));
        ASSERT_TRUE(compaction_conserves(read.get())) << round;
        groups += expected.groups.size();
        for (std::uint32_t file = 0; file < paths.size(); ++file)
            for (std::size_t i = 0, n = 0; i < bill.uses.size(); ++i)
                if (bill.uses[i] == amount) {
                    ASSERT_TRUE(compaction_file(read.get(), file).sums[n++] == expected.totals[file][i]);
                }

        Header *header = header_open(paths[0]);
        ASSERT_EQ(header_fault(header).kind, ReadFaultKind::none);
        ASSERT_EQ(header_count(header), bill.names.size());
        for (std::uint32_t i = 0; i < header_count(header); ++i) ASSERT_EQ(header_name(header, i), bill.names[i]);
        header_close(header);
    }
    EXPECT_GT(groups, 1000U);
}

TEST(Compaction, FindsTheFaultsTheSimpleReaderFinds)
{
    const Folder folder;
    Random random(10);
    std::map<ReadFaultKind, int> seen;
    for (int round = 0; round < 2500; ++round) {
        RandomBill bill = random_bill(random, 40);
        std::string &file = bill.files[0];
        for (auto left = random() % 3 + 1; left > 0 && !file.empty(); --left) {
            const char bytes[] = {'"', ',', '\n', '\r', '\xff', '\0', 'x', '9', 'e'};
            const std::size_t place = random() % file.size();
            if (random() % 4 == 0)
                file.erase(place, 1);
            else if (random() % 20 != 0 || bytes[0] == '\0')
                file.insert(place, 1, bytes[random() % sizeof bytes]);
            else
                file.resize(place);
        }
        SimpleResult expected;
        simple_read(file, bill.uses, bill.names, true, expected);
        const std::string path = folder.write("f", random() % 4 == 0 ? packed(file, 1) : file);
        const Owned read = compacted(bill.uses, bill.names, {path}, true);
        expect_same(compaction_fault(read.get()), expected, "round " + std::to_string(round) + " ");
        if (expected.kind == ReadFaultKind::none) {
            ASSERT_TRUE(simple_groups(read.get(), bill.uses) == expected.groups);
        }
        ++seen[expected.kind];
        ASSERT_FALSE(testing::Test::HasFailure()) << file;
    }
    for (const ReadFaultKind kind :
         {ReadFaultKind::none, ReadFaultKind::header_differs, ReadFaultKind::binary, ReadFaultKind::not_utf8,
          ReadFaultKind::wrong_number_of_fields, ReadFaultKind::unterminated_quote, ReadFaultKind::bad_number,
          ReadFaultKind::bad_time, ReadFaultKind::bad_month})
        EXPECT_GT(seen[kind], 0) << static_cast<int>(kind);
}

// Records and quotes across every border of what is unpacked at a time.
TEST(Compaction, ReadsLongRecords)
{
    const Folder folder;
    const Uses uses = {key, amount, skipped};
    const Names names = {"k", "a", "s"};
    Random random(11);
    for (const std::size_t size : {262130U, 262143U, 262144U, 262145U, 524287U, 3000000U}) {
        std::string file = joined(names);
        for (const std::size_t more : {0U, 1U, 2U, 3U, 63U, 64U, 65U}) {
            file += "\"" + std::string(size + more, random() % 2 == 0 ? 'k' : '\n') + "\"\"\",1.5,\"";
            file += std::string(random() % 1000, ',') + "\"\n";
            file += "short,2,\r\n";
        }
        SimpleResult expected;
        simple_read(file, uses, names, false, expected);
        ASSERT_EQ(static_cast<int>(expected.kind), 0);
        for (const bool pack : {false, true}) {
            const Owned read = compacted(uses, names, {folder.write("f", pack ? packed(file, 1) : file)});
            ASSERT_EQ(static_cast<int>(compaction_fault(read.get()).kind), 0) << size;
            ASSERT_TRUE(simple_groups(read.get(), uses) == expected.groups) << size;
        }
    }
}

TEST(Compaction, QuotedAndPlainAreOneGroup)
{
    const Folder folder;
    const Uses uses = {key, usage_start, amount, key};
    const Names names = {"k", "t", "a", "x"};
    const std::string file = joined(names) +
                             "a,2026-11-01T01:00:00Z,1.0,\n"
                             "\"a\",\"2026-11-01T02:00:00Z\",\"1.00\",\"\"\n"
                             "\"a\"\"\",2026-11-01,1,\n";
    const Owned read = compacted(uses, names, {folder.write("f", file)});
    ASSERT_EQ(compaction_count(read.get()), 2);
    const CompactedLine line = compaction_row(read.get(), 0);
    EXPECT_EQ(line.lines, 2);
    EXPECT_EQ(line.keys[0], "a");
    EXPECT_EQ(line.keys[1], "2026-11-01T00:00:00Z");
    EXPECT_EQ(line.keys[2].data(), nullptr);
    EXPECT_EQ(line.amounts[0].decimals, 2);
    Int128 two = 2;
    for (int i = 0; i < amount_decimals; ++i) two *= 10;
    EXPECT_TRUE(line.amounts[0].units == two);
    EXPECT_EQ(compaction_row(read.get(), 1).keys[0], "a\"");
}

TEST(Compaction, KeepsSignsAndAbsenceApart)
{
    const Folder folder;
    const Uses uses = {amount, amount};
    const Names names = {"a", "b"};
    std::string file = joined(names);
    for (int i = 0; i < 3; ++i) file += "1,\n-1,\n0,\n,\n,0.00\n-0.0,0\n1,2\n";
    const Owned read = compacted(uses, names, {folder.write("f", file)});
    EXPECT_EQ(compaction_count(read.get()), 7);
    for (std::int64_t n = 0; n < compaction_count(read.get()); ++n) EXPECT_EQ(compaction_row(read.get(), n).lines, 3);
}

TEST(Compaction, TakesTheMostAmounts)
{
    const Folder folder;
    Uses uses(most_amounts, amount);
    Names names;
    std::string line;
    for (std::size_t i = 0; i < uses.size(); ++i) {
        names.push_back("a" + std::to_string(i));
        line += (i > 0 ? "," : "") + std::to_string(i) + "." + std::string(i % 21, '1');
    }
    const std::string file = joined(names) + line + "\n" + line + "\n";
    SimpleResult expected;
    simple_read(file, uses, names, false, expected);
    const std::string path = folder.write("f", file);
    const Owned read = compacted(uses, names, {path});
    EXPECT_TRUE(simple_groups(read.get(), uses) == expected.groups);
    uses.push_back(amount);
    names.emplace_back("more");
    EXPECT_EQ(fault_of(uses, names, path).kind, ReadFaultKind::bad_plan);
    EXPECT_EQ(fault_of({usage_start, usage_start}, {"a", "b"}, path).kind, ReadFaultKind::bad_plan);
    EXPECT_EQ(fault_of({usage_end, usage_end}, {"a", "b"}, path).kind, ReadFaultKind::bad_plan);
}

// ---- faults ---------------------------------------------------------------------------------------------------------

struct Expected {
    ReadFaultKind kind;
    std::int64_t line, record, column;
    std::string value;
};

TEST(ReadFault, SaysWhereAndWhat)
{
    const Folder folder;
    const Uses uses = {key, usage_start, usage_end, amount, skipped};
    const Names names = {"k", "s", "e", "a", "x"};
    const std::string good = "a,2026-11-01T00:00:00Z,2026-11-01T01:00:00Z,1.5,\xff\n";
    const std::string head = joined(names);
    const std::string two_lines = "\"a\nb\",2026-11-01T00:00:00Z,2026-11-01T01:00:00Z,1.5,\n";
    using enum ReadFaultKind;
    const std::vector<std::pair<std::string, Expected>> cases = {
        {"", {empty_file, 0, 0, -1, ""}},
        {"\xef\xbb\xbf", {empty_file, 0, 0, -1, ""}},
        {packed(""), {empty_file, 0, 0, -1, ""}},
        {"\n", {no_header, 1, 1, -1, ""}},
        {"\r\nk\n", {no_header, 1, 1, -1, ""}},
        {"k,s,E,a,x\n", {header_differs, 1, 1, 2, "E"}},
        {"k,s,e,a\n", {header_differs, 1, 1, 4, ""}},
        {"k,s,e,a,x,more\n", {header_differs, 1, 1, 5, "more"}},
        {head + good + "a,,,1\n", {wrong_number_of_fields, 3, 3, -1, ""}},
        {head + good + "\n", {wrong_number_of_fields, 3, 3, -1, ""}},
        {head + two_lines + "a,,,1,,\n", {wrong_number_of_fields, 4, 3, -1, ""}},
        {head + two_lines + "a,yesterday,,1,\n", {bad_time, 4, 3, 1, "yesterday"}},
        {head + "a,,2026-02-30,1,\n", {bad_time, 2, 2, 2, "2026-02-30"}},
        {head + good + "\"\n\",,,\"1 USD\",\n", {bad_number, 4, 3, 3, "\"1 USD\""}},
        {head + "a,,,1e18,\n", {number_out_of_range, 2, 2, 3, "1e18"}},
        {head + "a,,,0.123456789012345678901,\n", {number_out_of_range, 2, 2, 3, "0.123456789012345678901"}},
        {head + good + "caf\xe9,,,1,\n", {not_utf8, 3, 3, 0, "caf\\xE9"}},
        {head + good + std::string("a,\0,,1,\n", 8), {binary, 3, 3, -1, ""}},
        {head + good + "a,,,1,\"x\ny", {unterminated_quote, 3, 3, 4, "\"x\ny"}},
        {head + good + "a,,,1,\n\"b", {unterminated_quote, 4, 4, 0, "\"b"}},
        {packed(head + good).substr(0, 40), {truncated_gzip, 1, 1, -1, ""}},
        {packed(head + good) + "x", {garbage_after_gzip, 3, 3, -1, ""}},
    };
    for (const auto &[bytes, expected] : cases) {
        const std::string path = folder.write("f", bytes);
        const ReadFault fault = fault_of(uses, names, path);
        EXPECT_EQ(static_cast<int>(fault.kind), static_cast<int>(expected.kind)) << bytes;
        EXPECT_EQ(fault.file, 0) << bytes;
        if (expected.kind != truncated_gzip) {
            EXPECT_EQ(fault.line, expected.line) << bytes;
            EXPECT_EQ(fault.record, expected.record) << bytes;
        }
        EXPECT_EQ(fault.column, expected.column) << bytes;
        EXPECT_EQ(fault.value.data(), expected.value) << bytes;
        if (expected.kind == wrong_number_of_fields) {
            EXPECT_EQ(fault.expected, 5);
        }
    }
}

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

TEST(ReadFault, OfMonths)
{
    const Folder folder;
    for (const std::string good : {"2026-11-01T00:00:00Z", "2026-11-01", "2026-11-01 00:00:00.000 UTC", "2026-10-31T19:00:00-05:00", "\"2026-11-01\"", "\"\"", ""})
        EXPECT_EQ(fault_of({month, key}, {"m", "k"}, folder.write("f", "m,k\n" + good + ",x\n")).kind, ReadFaultKind::none) << good;
    for (const std::string &bad : std::vector<std::string>{"infinity", "tomorrow", "2026-11", "2026-11-02", "2026-11-01T00:00:00+01:00", "2026-11-01T00:00:00.5Z", "10000-01-01",
                                  "2026-11-01 BC", "2026-11-01T00:00:00." + std::string(4000, '0') + "Z", std::string(4000, '9')}) {
        const ReadFault fault = fault_of({key, month}, {"k", "m"}, folder.write("f", "k,m\nx,2026-11-01\nx," + bad + "\n"));
        EXPECT_EQ(fault.kind, ReadFaultKind::bad_month) << bad;
        EXPECT_EQ(fault.line, 3) << bad;
        EXPECT_EQ(fault.column, 1) << bad;
        EXPECT_EQ(fault.value.data(), bad.substr(0, 200)) << bad;
    }
}

TEST(ReadFault, OfMoments)
{
    const Folder folder;
    const auto read = [&](const std::string &text) { return fault_of({key, moment}, {"k", "m"}, folder.write("f", "k,m\nx,2026-11-01\nx," + text + "\n")); };
    for (const std::string good : {"2026-11-15T00:00:00Z", "2026-11-02", "2026-11-01T00:00:00+01:00", "2026-11-01T00:00:00.5Z", "\"2026-11-15\"", "\"\"", ""})
        EXPECT_EQ(read(good).kind, ReadFaultKind::none) << good;
    for (const std::string &bad : std::vector<std::string>{"infinity", "tomorrow", "2026-11", "10000-01-01", "2026-11-01T00:00:00." + std::string(4000, '0') + "Z", std::string(4000, '9')}) {
        const ReadFault fault = read(bad);
        EXPECT_EQ(fault.kind, ReadFaultKind::bad_time) << bad;
        EXPECT_EQ(fault.line, 3) << bad;
        EXPECT_EQ(fault.column, 1) << bad;
    }
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

TEST(ReadFault, OfFiles)
{
    const Folder folder;
    const Uses uses = {key};
    const Names names = {"k"};
    ReadFault fault = fault_of(uses, names, folder.path() + "/none");
    EXPECT_EQ(fault.kind, ReadFaultKind::cannot_open);
    EXPECT_EQ(fault.error_number, ENOENT);
    EXPECT_EQ(fault.file, 0);
    EXPECT_EQ(fault_of(uses, names, folder.path()).kind, ReadFaultKind::is_directory);
    const std::string pipe = folder.path() + "/pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(fault_of(uses, names, pipe).kind, ReadFaultKind::not_a_file);
    Header *header = header_open(folder.path());
    EXPECT_EQ(header_fault(header).kind, ReadFaultKind::is_directory);
    EXPECT_EQ(header_count(header), 0U);
    header_close(header);
    header = header_open(folder.write("h", "a,caf\xe9\n"));
    fault = header_fault(header);
    EXPECT_EQ(fault.kind, ReadFaultKind::not_utf8);
    EXPECT_EQ(fault.column, 1);
    EXPECT_EQ(fault.line, 1);
    header_close(header);
    header_close(nullptr);
    compaction_close(nullptr);
    // No file at all is nothing to read.
    const Owned none = compacted(uses, names, {});
    EXPECT_EQ(compaction_fault(none.get()).kind, ReadFaultKind::none);
    EXPECT_EQ(compaction_count(none.get()), 0);
}

TEST(ReadFault, OfSums)
{
    const Folder folder;
    const Uses uses = {key, amount, amount};
    const Names names = {"k", "a", "b"};
    // 2^127 units of 10^-20 are 1.7 * 10^18: two such lines go beyond. Of all lines, and of those with one sign alone.
    for (const char *other : {"", "k,0,999999999999999999\n"}) {
        std::string file = joined(names);
        for (int i = 0; i < 1701; ++i) file += std::string("k,0,-999999999999999999\n") + other;
        file += "caf\xe9,0,1\n";
        SimpleResult expected;
        simple_read(file, uses, names, false, expected);
        EXPECT_EQ(expected.kind, ReadFaultKind::sum_out_of_range);
        const ReadFault fault = fault_of(uses, names, folder.write("f", file));
        expect_same(fault, expected, other);
        EXPECT_STREQ(fault.value.data(), "-999999999999999999");
    }
    // In one file each, they meet when the tables are put together.
    const std::string one = folder.write("one", joined(names) + "k,1,999999999999999999\n");
    const Owned both = compacted(uses, names, {one, one}, false, 2);
    EXPECT_EQ(compaction_fault(both.get()).kind, ReadFaultKind::sum_out_of_range);
    EXPECT_EQ(compaction_fault(both.get()).column, 2);
    EXPECT_EQ(compaction_count(both.get()), 0);
}

TEST(ReadFault, OfRecordsWithoutEnd)
{
    const Folder folder;
    const Uses uses = {key};
    const Names names = {"k"};
    const std::string path =
        folder.write("f", packed("k\nshort\n\"" + std::string(longest_record + 1000000, 'x') + "\"\n", 1));
    const ReadFault fault = fault_of(uses, names, path);
    EXPECT_EQ(fault.kind, ReadFaultKind::record_too_long);
    EXPECT_EQ(fault.line, 3);
    EXPECT_EQ(fault.record, 3);
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

// ---- threads --------------------------------------------------------------------------------------------------------

std::string many_lines(Random &random, std::size_t lines)
{
    std::string file = "k,t,a\n";
    for (std::size_t i = 0; i < lines; ++i)
        file += "key" + std::to_string(random() % 500) + ",2026-11-0" + std::to_string(random() % 9 + 1) +
                "T05:00:00Z," + std::to_string(random() % 1000) + ".25\n";
    return file;
}

const Uses many_uses = {key, usage_start, amount};
const Names many_names = {"k", "t", "a"};

TEST(Threads, ManyFilesAreOneBill)
{
    const Folder folder;
    Random random(12);
    SimpleResult expected;
    std::vector<std::string> paths;
    for (int i = 0; i < 9; ++i) {
        const std::string file = many_lines(random, random() % 3000);
        simple_read(file, many_uses, many_names, false, expected);
        paths.push_back(folder.write(std::to_string(i), i % 2 == 0 ? packed(file) : file));
    }
    for (const std::uint32_t threads : {0U, 1U, 2U, 5U, 100U}) {
        const Owned read = compacted(many_uses, many_names, paths, false, threads);
        ASSERT_EQ(static_cast<int>(compaction_fault(read.get()).kind), 0);
        ASSERT_TRUE(simple_groups(read.get(), many_uses) == expected.groups) << threads;
    }
}

TEST(Threads, TellTheFirstFault)
{
    const Folder folder;
    Random random(13);
    const std::string good = folder.write("good", packed(many_lines(random, 60000)));
    // The first bad file shows its fault at its end, the second one at once.
    const std::string late = folder.write("late", packed(many_lines(random, 60000) + "bad\n"));
    const std::string early = folder.write("early", "k,t,a\nk,t,a\n");
    for (int round = 0; round < 5; ++round) {
        const Owned read = compacted(many_uses, many_names, {good, good, late, early, good, early}, false, 4);
        const ReadFault fault = compaction_fault(read.get());
        EXPECT_EQ(fault.kind, ReadFaultKind::wrong_number_of_fields);
        EXPECT_EQ(fault.file, 2);
        EXPECT_EQ(fault.line, 60002);
        EXPECT_EQ(compaction_count(read.get()), 0);
    }
}

TEST(Threads, EndWhenClosed)
{
    const Folder folder;
    Random random(14);
    const std::string path = folder.write("f", packed(many_lines(random, 200000)));
    const std::vector<std::string> paths(20, path);
    for (int round = 0; round < 12; ++round) {
        const Owned read = opened(many_uses, many_names, paths, false, 3);
        if (round % 4 == 0) continue;  // never started
        compaction_start(read.get());
        EXPECT_FALSE(compaction_wait(read.get(), static_cast<std::uint32_t>(round)));
        if (round % 4 != 1) continue;
        compaction_stop(read.get());
        while (!compaction_wait(read.get(), 10000)) {
        }
        EXPECT_EQ(compaction_fault(read.get()).kind, ReadFaultKind::stopped);
        EXPECT_EQ(compaction_count(read.get()), 0);
        EXPECT_LT(compaction_progress(read.get()).lines, 4000000U);
    }
}

// What a signal does is the business of the thread that had the compaction made.
TEST(Threads, TakeNoSignals)
{
    static std::atomic<int> elsewhere{0};
    static pthread_t here;
    here = pthread_self();
    struct sigaction action {
    }, before{};
    action.sa_handler = [](int) {
        if (pthread_equal(pthread_self(), here) == 0) ++elsewhere;
    };
    ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
    const Folder folder;
    Random random(15);
    const std::string path = folder.write("f", packed(many_lines(random, 100000)));
    const Owned read = opened(many_uses, many_names, {path, path}, false, 2);
    compaction_start(read.get());
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    // While it is blocked here, a thread without the mask would be given it.
    pthread_sigmask(SIG_BLOCK, &mask, &old);
    while (!compaction_wait(read.get(), 1)) kill(getpid(), SIGUSR1);
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    sigaction(SIGUSR1, &before, nullptr);
    EXPECT_EQ(compaction_fault(read.get()).kind, ReadFaultKind::none);
    EXPECT_EQ(elsewhere.load(), 0);
}

}  // namespace
}  // namespace bedrock_cost::test
