// SPDX-License-Identifier: PostgreSQL
// Line stores of files, against the plainest reader there could be.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bedrock_cost/lines.hpp>
#include <csignal>
#include <cstring>
#include <map>
#include <memory>
#include <random>

#include "lines/usage.hpp"
#include "simple_lines.hpp"
#include "test_files.hpp"

namespace bedrock_cost::test {
namespace {

using enum ColumnUse;
using Uses = std::vector<ColumnUse>;
using Names = std::vector<std::string>;
using Random = std::mt19937_64;

using Owned = std::unique_ptr<LineStore, decltype(&line_store_close)>;

Owned opened(const Uses &uses, const Names &names, const std::vector<std::string> &files, bool hourly = false,
             std::uint32_t threads = 1)
{
    const std::vector<LineColumn> columns = simple_columns(uses, names);
    Owned store(line_store_open(columns.data(), static_cast<std::uint32_t>(columns.size()), hourly, threads, 0),
                &line_store_close);
    for (const std::string &file : files) EXPECT_TRUE(line_store_add_file(store.get(), file));
    return store;
}

Owned read_all(const Uses &uses, const Names &names, const std::vector<std::string> &files, bool hourly = false,
               std::uint32_t threads = 1)
{
    Owned store = opened(uses, names, files, hourly, threads);
    line_store_start(store.get());
    while (!line_store_wait(store.get(), 10000)) {
    }
    return store;
}

ReadFault fault_of(const Uses &uses, const Names &names, const std::string &file)
{
    return line_store_fault(read_all(uses, names, {file}).get());
}

void expect_same(const ReadFault &fault, const SimpleLines &expected, const std::string &what)
{
    EXPECT_EQ(static_cast<int>(fault.kind), static_cast<int>(expected.kind)) << what << fault.value.data();
    EXPECT_EQ(fault.line, expected.line) << what;
    EXPECT_EQ(fault.record, expected.record) << what;
    EXPECT_EQ(fault.column, expected.column) << what;
    EXPECT_EQ(fault.expected, expected.expected) << what;
    EXPECT_EQ(fault.found, expected.found) << what;
}

// ---- usage ----------------------------------------------------------------------------------------------------------

TEST(Usage, IsCutToItsDayOrHourAndItsGrain)
{
    const auto expect_cut = [](Text start, Text end, bool hourly, const std::string &from, const std::string &to,
                               Grain grain) {
        lines::Usage usage{};
        EXPECT_EQ(lines::read_usage(start, end, hourly, usage), lines::UsageFault::none) << start << end;
        const auto expect_time = [&](bool there, std::int64_t time, const std::string &expected) {
            SimpleTime of;
            EXPECT_EQ(there, simple_time(expected, of)) << start << end;
            EXPECT_EQ(time, there ? simple_microseconds(of) : 0) << start << end;
        };
        expect_time(usage.has_start != 0, usage.start, from);
        expect_time(usage.has_end != 0, usage.end, to);
        EXPECT_EQ(lines::grain_of(usage), grain) << start << end;
    };
    using enum Grain;
    expect_cut("2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", false, "2026-11-01", "2026-11-01T01:00:00Z", hour);
    expect_cut("2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", true, "2026-11-01T05:00", "2026-11-01T06:00", hour);
    expect_cut("2026-11-01T05:00:00Z", "2026-11-01T06:00:01Z", false, "2026-11-01", "2026-11-02", day);
    expect_cut("2026-11-01T05:00:00Z", "2026-11-01T06:00:00.5Z", false, "2026-11-01", "2026-11-02", day);
    // A part of a microsecond more than an hour is more.
    expect_cut("2026-11-01T05:00:00Z", "2026-11-01T06:00:00.000000001Z", false, "2026-11-01", "2026-11-02", day);
    expect_cut("2026-11-01", "2026-11-02", false, "2026-11-01", "2026-11-02", day);
    expect_cut("2026-11-01", "2026-12-01", false, "2026-11-01", "2026-12-01", period);
    expect_cut("2026-11-01T01:30:00+02:00", "2026-11-30T23:59:59Z", false, "2026-10-31", "2026-11-30T23:59:59Z",
               period);
    expect_cut("1969-12-31T23:30:00Z", "1970-01-01T00:30:00Z", true, "1969-12-31T23:00", "1970-01-01", hour);
    expect_cut("", "2026-11-30T23:59:59Z", false, "", "2026-11-30T23:59:59Z", period);
    expect_cut("2026-11-30", "", false, "2026-11-30", "", period);
    expect_cut("", "", true, "", "", period);
    lines::Usage usage{};
    EXPECT_EQ(lines::read_usage("x", "y", false, usage), lines::UsageFault::bad_start);
    EXPECT_EQ(lines::read_usage("", "y", false, usage), lines::UsageFault::bad_end);
    // The last day of PostgreSQL's calendar, which ends 9,223,371,331,200 seconds after 2000, has no day behind it.
    constexpr std::int64_t end_of_time = std::int64_t{9223371331200} * 1000000;
    lines::Usage last{end_of_time - lines::usage_day, end_of_time - 1, 1, 1};
    lines::cut_usage(last, false);
    EXPECT_EQ(last.end, end_of_time - 1);
}

// ---- bills ----------------------------------------------------------------------------------------------------------

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

TEST(LineStore, AgreesWithTheSimpleReader)
{
    const Folder folder;
    Random random(9);
    std::size_t groups = 0;
    for (int round = 0; round < 250; ++round) {
        const RandomBill bill = random_bill(random, round % 20 == 0 ? 3000 : 60);
        const bool hourly = random() % 2 == 0;
        SimpleLines expected;
        std::vector<std::string> paths;
        for (const std::string &file : bill.files) {
            simple_lines(file, bill.uses, bill.names, hourly, expected);
            std::string bytes = file;
            if (random() % 2 == 0) {
                const std::size_t middle = random() % (file.size() + 1);
                bytes = random() % 2 == 0 ? packed(file) : packed(file.substr(0, middle)) + packed(file.substr(middle));
            }
            paths.push_back(folder.write(std::to_string(paths.size()), bytes));
        }
        ASSERT_EQ(static_cast<int>(expected.kind), 0) << round << " line " << expected.line;
        const Owned store = read_all(bill.uses, bill.names, paths, hourly, static_cast<std::uint32_t>(random() % 4));
        const ReadFault fault = line_store_fault(store.get());
        ASSERT_EQ(static_cast<int>(fault.kind), 0) << round << " line " << fault.line << " column " << fault.column;
        ASSERT_TRUE(simple_groups(store.get(), bill.uses) == expected.groups) << round;
        ASSERT_EQ(line_store_progress(store.get()).lines, static_cast<std::uint64_t>(expected.lines));
        ASSERT_TRUE(line_store_conserves(store.get())) << round;
        groups += expected.groups.size();
        ASSERT_TRUE(control_sums_of(store.get()) == expected.controls) << round;

        Header *header = header_open(paths[0]);
        ASSERT_EQ(header_fault(header).kind, ReadFaultKind::none);
        ASSERT_EQ(header_count(header), bill.names.size());
        for (std::uint32_t i = 0; i < header_count(header); ++i) ASSERT_EQ(header_name(header, i), bill.names[i]);
        header_close(header);
    }
    EXPECT_GT(groups, 1000U);
}

TEST(LineStore, FindsTheFaultsTheSimpleReaderFinds)
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
        SimpleLines expected;
        simple_lines(file, bill.uses, bill.names, true, expected);
        const std::string path = folder.write("f", random() % 4 == 0 ? packed(file, 1) : file);
        const Owned store = read_all(bill.uses, bill.names, {path}, true);
        expect_same(line_store_fault(store.get()), expected, "round " + std::to_string(round) + " ");
        if (expected.kind == ReadFaultKind::none) {
            ASSERT_TRUE(simple_groups(store.get(), bill.uses) == expected.groups);
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

TEST(LineStore, HashesFilesAsTheyLie)
{
    const Folder folder;
    Random random(8);
    for (const bool pack : {false, true}) {
        std::string text = "a\n";
        std::uint64_t lines = 0;
        for (; text.size() < 700000; ++lines)
            text += "line " + std::to_string(random() % 1000) + std::string(lines % 50, 'z') + "\n";
        const std::string bytes = pack ? packed(text, 1) : text;
        const Owned store = read_all({skipped}, {"a"}, {folder.write("f", bytes)});
        EXPECT_EQ(line_store_fault(store.get()).kind, ReadFaultKind::none);
        const LineFile file = line_store_file(store.get(), 0);
        EXPECT_EQ(file.bytes, bytes.size());
        EXPECT_EQ(file.hash, key_hash(bytes));
        EXPECT_EQ(file.lines, lines);
        const Progress progress = line_store_progress(store.get());
        EXPECT_EQ(progress.bytes, bytes.size());
        EXPECT_EQ(progress.bytes_read, bytes.size());
        EXPECT_EQ(progress.lines, lines);
    }
}

// Records and quotes across every border of what is unpacked at a time.
TEST(LineStore, ReadsLongRecords)
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
        SimpleLines expected;
        simple_lines(file, uses, names, false, expected);
        ASSERT_EQ(static_cast<int>(expected.kind), 0);
        for (const bool pack : {false, true}) {
            const Owned store = read_all(uses, names, {folder.write("f", pack ? packed(file, 1) : file)});
            ASSERT_EQ(static_cast<int>(line_store_fault(store.get()).kind), 0) << size;
            ASSERT_TRUE(simple_groups(store.get(), uses) == expected.groups) << size;
        }
    }
}

TEST(LineStore, QuotedAndPlainAreOneGroup)
{
    const Folder folder;
    const Uses uses = {key, usage_start, amount, key};
    const Names names = {"k", "t", "a", "x"};
    const std::string file = joined(names) +
                             "a,2026-11-01T01:00:00Z,1.0,\n"
                             "\"a\",\"2026-11-01T02:00:00Z\",\"1.00\",\"\"\n"
                             "\"a\"\"\",2026-11-01,1,\n";
    const Owned store = read_all(uses, names, {folder.write("f", file)});
    ASSERT_EQ(line_store_groups(store.get()), 2);
    ASSERT_EQ(line_store_keys(store.get()), 2);
    const LineKey line = line_store_key(store.get(), 0);
    EXPECT_EQ(line.lines, 2);
    EXPECT_EQ(line.keys[0], "a");
    EXPECT_EQ(line.keys[1].data(), nullptr);
    // 2026-11-01 is 9801 days after 2000-01-01: 26 years of 365 days, 7 leap days and 304 days from January to October.
    EXPECT_EQ(line.start, std::int64_t{26 * 365 + 7 + 304} * 86400 * 1000000);
    EXPECT_TRUE(line.has_start);
    EXPECT_FALSE(line.has_end);
    EXPECT_EQ(line_store_key(store.get(), 1).keys[0], "a\"");
    // Two of 10^20 units each.
    Int128 two = 2;
    for (int i = 0; i < amount_decimals; ++i) two *= 10;
    const SimpleKey group = {"a", std::to_string(line.start), std::nullopt, "1"};
    EXPECT_TRUE((simple_groups(store.get(), uses).at(group) == SimpleLine{2, {{two, 2, true}}}));
    ASSERT_EQ(line_store_controls(store.get()), 1U);
    const ControlSum control = line_store_control(store.get(), 0);
    EXPECT_EQ(control.lines, 3);
    EXPECT_EQ(control.amounts[0].decimals, 2);
    Int128 three = 3;
    for (int i = 0; i < amount_decimals; ++i) three *= 10;
    EXPECT_TRUE(control.amounts[0].units == three);
    EXPECT_TRUE(line_store_conserves(store.get()));
}

// Where no column states the billing period it follows from the usage: no key and no control sum is of two months.
TEST(LineStore, TellsMonthsApart)
{
    const Folder folder;
    const Names names = {"k", "p", "t", "a"};
    const std::string file = joined(names) +
                             "a,,2024-02-29T23:59:59Z,1\na,,2024-02-01T00:00:00Z,2\n"
                             "a,,2024-03-01T00:00:00Z,4\na,,2024-03-31T10:00:00Z,8\n"
                             "a,,1999-12-31T10:00:00Z,16\na,,2000-01-01T00:00:00Z,32\n"
                             "a,,,64\n";
    const std::string path = folder.write("f", file);
    // Days from 2000-01-01: 24 years of 365 days and the leap days of 2000 to 2020; January; December 1999.
    constexpr std::int64_t january = 24 * 365 + 6, day = std::int64_t{86400} * 1000000;
    std::map<std::int64_t, std::pair<std::int64_t, Int128>> expected = {
        {(january + 31) * day, {2, 3}}, {(january + 31 + 29) * day, {2, 12}}, {-31 * day, {1, 16}}, {0, {1, 32}}};
    for (const bool stated : {false, true}) {
        const LineColumn columns[] = {
            {"k", key},
            {"p", key, AmountField::unused, stated ? KeyField::billing_period_start : KeyField::other},
            {"t", usage_start},
            {"a", amount, AmountField::unblended_cost}};
        const Owned store(line_store_open(columns, 4, false, 1, 0), &line_store_close);
        ASSERT_TRUE(line_store_add_file(store.get(), path));
        line_store_start(store.get());
        while (!line_store_wait(store.get(), 10000)) {
        }
        EXPECT_TRUE(line_store_conserves(store.get()));
        ASSERT_EQ(line_store_keys(store.get()), stated ? 1 : 5);
        ASSERT_EQ(line_store_controls(store.get()), stated ? 1U : 5U);
        if (stated) {
            EXPECT_EQ(line_store_key(store.get(), 0).lines, 7);
            EXPECT_FALSE(line_store_control(store.get(), 0).has_month);
            continue;
        }
        Int128 unit = 1;
        for (int i = 0; i < amount_decimals; ++i) unit *= 10;
        for (std::uint32_t i = 0; i < 5; ++i) {
            const ControlSum control = line_store_control(store.get(), i);
            const std::pair<std::int64_t, Int128> sum = {control.lines, control.amounts[0].units / unit};
            EXPECT_TRUE(sum ==
                        (control.has_month ? expected.at(control.month) : std::pair<std::int64_t, Int128>{1, 64}));
            const LineKey line = line_store_key(store.get(), i);
            EXPECT_EQ(line.undated_lines, line.has_start ? 0 : 1);
            if (!line.has_start) continue;
            const auto month = std::prev(expected.upper_bound(line.start));
            EXPECT_EQ(line.lines, month->second.first);
        }
    }
}

TEST(LineStore, KeepsZerosAndAbsenceApart)
{
    const Folder folder;
    const Uses uses = {amount, amount};
    const Names names = {"a", "b"};
    std::string file = joined(names);
    for (int i = 0; i < 3; ++i) file += "1,\n-1,\n0,\n,\n,0.00\n-0.0,0\n1,2\n";
    const Owned store = read_all(uses, names, {folder.write("f", file)});
    ASSERT_EQ(line_store_groups(store.get()), 6);
    // What is added and taken away is one group, whose sum may be 0.
    const auto groups = simple_groups(store.get(), uses);
    for (const auto &[key, line] : groups) EXPECT_EQ(line.lines, *key.back() == "1 " ? 6 : 3) << *key.back();
    EXPECT_TRUE(groups.at({"1 "}).amounts[0].units == 0);
    EXPECT_TRUE(line_store_conserves(store.get()));
}

TEST(LineStore, TakesTheMostAmounts)
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
    SimpleLines expected;
    simple_lines(file, uses, names, false, expected);
    const std::string path = folder.write("f", file);
    const Owned store = read_all(uses, names, {path});
    EXPECT_TRUE(simple_groups(store.get(), uses) == expected.groups);
    uses.push_back(amount);
    names.emplace_back("more");
    EXPECT_EQ(fault_of(uses, names, path).kind, ReadFaultKind::bad_plan);
    EXPECT_EQ(fault_of({usage_start, usage_start}, {"a", "b"}, path).kind, ReadFaultKind::bad_plan);
    EXPECT_EQ(fault_of({usage_end, usage_end}, {"a", "b"}, path).kind, ReadFaultKind::bad_plan);
    // Two columns that claim to be the same.
    const LineColumn costs[] = {{"a", amount, AmountField::unblended_cost}, {"b", amount, AmountField::unblended_cost}};
    const LineColumn payers[] = {{"a", key, AmountField::unused, KeyField::payer_account_id},
                                 {"b", month, AmountField::unused, KeyField::payer_account_id}};
    for (const LineColumn *columns : {costs, payers}) {
        const Owned refused(line_store_open(columns, 2, false, 1, 0), &line_store_close);
        EXPECT_EQ(line_store_fault(refused.get()).kind, ReadFaultKind::bad_plan);
        EXPECT_TRUE(line_store_wait(refused.get(), 0));
    }
}

// ---- faults ---------------------------------------------------------------------------------------------------------

struct Expected {
    ReadFaultKind kind;
    std::int64_t line, record, column;
    std::string value;
};

TEST(LineFault, SaysWhereAndWhat)
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

TEST(LineFault, OfMonths)
{
    const Folder folder;
    for (const std::string good : {"2026-11-01T00:00:00Z", "2026-11-01", "2026-11-01 00:00:00.000 UTC",
                                   "2026-10-31T19:00:00-05:00", "\"2026-11-01\"", "\"\"", ""})
        EXPECT_EQ(fault_of({month, key}, {"m", "k"}, folder.write("f", "m,k\n" + good + ",x\n")).kind,
                  ReadFaultKind::none)
            << good;
    for (const std::string &bad :
         std::vector<std::string>{"infinity", "tomorrow", "2026-11", "2026-11-02", "2026-11-01T00:00:00+01:00",
                                  "2026-11-01T00:00:00.5Z", "10000-01-01", "2026-11-01 BC",
                                  "2026-11-01T00:00:00." + std::string(4000, '0') + "Z", std::string(4000, '9')}) {
        const ReadFault fault =
            fault_of({key, month}, {"k", "m"}, folder.write("f", "k,m\nx,2026-11-01\nx," + bad + "\n"));
        EXPECT_EQ(fault.kind, ReadFaultKind::bad_month) << bad;
        EXPECT_EQ(fault.line, 3) << bad;
        EXPECT_EQ(fault.column, 1) << bad;
        EXPECT_EQ(fault.value.data(), bad.substr(0, 200)) << bad;
    }
}

TEST(LineFault, OfMoments)
{
    const Folder folder;
    const auto read = [&](const std::string &text) {
        return fault_of({key, moment}, {"k", "m"}, folder.write("f", "k,m\nx,2026-11-01\nx," + text + "\n"));
    };
    for (const std::string good : {"2026-11-15T00:00:00Z", "2026-11-02", "2026-11-01T00:00:00+01:00",
                                   "2026-11-01T00:00:00.5Z", "\"2026-11-15\"", "\"\"", ""})
        EXPECT_EQ(read(good).kind, ReadFaultKind::none) << good;
    for (const std::string &bad :
         std::vector<std::string>{"infinity", "tomorrow", "2026-11", "10000-01-01",
                                  "2026-11-01T00:00:00." + std::string(4000, '0') + "Z", std::string(4000, '9')}) {
        const ReadFault fault = read(bad);
        EXPECT_EQ(fault.kind, ReadFaultKind::bad_time) << bad;
        EXPECT_EQ(fault.line, 3) << bad;
        EXPECT_EQ(fault.column, 1) << bad;
    }
}

TEST(LineFault, OfFiles)
{
    const Folder folder;
    const Uses uses = {key};
    const Names names = {"k"};
    const ReadFault fault = fault_of(uses, names, folder.path() + "/none");
    EXPECT_EQ(fault.kind, ReadFaultKind::cannot_open);
    EXPECT_EQ(fault.error_number, ENOENT);
    EXPECT_EQ(fault.file, 0);
    EXPECT_EQ(fault_of(uses, names, folder.path()).kind, ReadFaultKind::is_directory);
    const std::string pipe = folder.path() + "/pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(fault_of(uses, names, pipe).kind, ReadFaultKind::not_a_file);
    line_store_close(nullptr);
    // No file at all is nothing to read.
    const Owned none = read_all(uses, names, {});
    EXPECT_EQ(line_store_fault(none.get()).kind, ReadFaultKind::none);
    EXPECT_EQ(line_store_groups(none.get()), 0);
}

TEST(LineFault, OfSums)
{
    const Folder folder;
    const Uses uses = {key, amount, amount};
    const Names names = {"k", "a", "b"};
    // 2^127 units of 10^-20 are 1.7 * 10^18: two such lines go beyond, in one group and in all groups together.
    for (const char *other : {"", "k,0,\n", "other,0,-999999999999999999\n"}) {
        std::string file = joined(names);
        for (int i = 0; i < 1701; ++i) file += std::string("k,0,-999999999999999999\n") + other;
        file += "caf\xe9,0,1\n";
        SimpleLines expected;
        simple_lines(file, uses, names, false, expected);
        EXPECT_EQ(expected.kind, ReadFaultKind::sum_out_of_range);
        const ReadFault fault = fault_of(uses, names, folder.write("f", file));
        expect_same(fault, expected, other);
        EXPECT_STREQ(fault.value.data(), "-999999999999999999");
    }
    // What is added and taken away in turn never goes beyond, however much it is.
    std::string both_signs = joined(names);
    for (int i = 0; i < 1701; ++i) both_signs += "k,0,-999999999999999999\nk,0,999999999999999999\n";
    const Owned balanced = read_all(uses, names, {folder.write("f", both_signs)});
    EXPECT_EQ(line_store_fault(balanced.get()).kind, ReadFaultKind::none);
    EXPECT_TRUE(line_store_conserves(balanced.get()));
    // In one file each, they meet when the tables are put together.
    const std::string one = folder.write("one", joined(names) + "k,1,999999999999999999\n");
    const Owned both = read_all(uses, names, {one, one}, false, 2);
    EXPECT_EQ(line_store_fault(both.get()).kind, ReadFaultKind::sum_out_of_range);
    EXPECT_EQ(line_store_fault(both.get()).column, 2);
    EXPECT_EQ(line_store_groups(both.get()), 0);
}

TEST(LineFault, OfRecordsWithoutEnd)
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

TEST(LineThreads, ManyFilesAreOneBill)
{
    const Folder folder;
    Random random(12);
    SimpleLines expected;
    std::vector<std::string> paths;
    for (int i = 0; i < 9; ++i) {
        const std::string file = many_lines(random, random() % 3000);
        simple_lines(file, many_uses, many_names, false, expected);
        paths.push_back(folder.write(std::to_string(i), i % 2 == 0 ? packed(file) : file));
    }
    for (const std::uint32_t threads : {0U, 1U, 2U, 5U, 100U}) {
        const Owned store = read_all(many_uses, many_names, paths, false, threads);
        ASSERT_EQ(static_cast<int>(line_store_fault(store.get()).kind), 0);
        ASSERT_TRUE(simple_groups(store.get(), many_uses) == expected.groups) << threads;
    }
}

TEST(LineThreads, TellTheFirstFault)
{
    const Folder folder;
    Random random(13);
    const std::string good = folder.write("good", packed(many_lines(random, 60000)));
    // The first bad file shows its fault at its end, the second one at once.
    const std::string late = folder.write("late", packed(many_lines(random, 60000) + "bad\n"));
    const std::string early = folder.write("early", "k,t,a\nk,t,a\n");
    for (int round = 0; round < 5; ++round) {
        const Owned store = read_all(many_uses, many_names, {good, good, late, early, good, early}, false, 4);
        const ReadFault fault = line_store_fault(store.get());
        EXPECT_EQ(fault.kind, ReadFaultKind::wrong_number_of_fields);
        EXPECT_EQ(fault.file, 2);
        EXPECT_EQ(fault.line, 60002);
        EXPECT_EQ(line_store_groups(store.get()), 0);
    }
}

TEST(LineThreads, EndWhenClosed)
{
    const Folder folder;
    Random random(14);
    const std::string path = folder.write("f", packed(many_lines(random, 200000)));
    const std::vector<std::string> paths(20, path);
    for (int round = 0; round < 12; ++round) {
        const Owned store = opened(many_uses, many_names, paths, false, 3);
        if (round % 4 == 0) continue;  // never started
        line_store_start(store.get());
        EXPECT_FALSE(line_store_wait(store.get(), static_cast<std::uint32_t>(round)));
        if (round % 4 != 1) continue;
        line_store_stop(store.get());
        while (!line_store_wait(store.get(), 10000)) {
        }
        EXPECT_EQ(line_store_fault(store.get()).kind, ReadFaultKind::stopped);
        EXPECT_EQ(line_store_groups(store.get()), 0);
        EXPECT_LT(line_store_progress(store.get()).lines, 4000000U);
    }
}

// What a signal does is the business of the thread that has the lines read.
TEST(LineThreads, TakeNoSignals)
{
    static std::atomic<int> elsewhere{0};
    static pthread_t here;
    here = pthread_self();
    struct sigaction action{}, before{};
    action.sa_handler = [](int) {
        if (pthread_equal(pthread_self(), here) == 0) ++elsewhere;
    };
    ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
    const Folder folder;
    Random random(15);
    const std::string path = folder.write("f", packed(many_lines(random, 100000)));
    const Owned store = opened(many_uses, many_names, {path, path}, false, 2);
    line_store_start(store.get());
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    // While it is blocked here, a thread without the mask would be given it.
    pthread_sigmask(SIG_BLOCK, &mask, &old);
    while (!line_store_wait(store.get(), 1)) kill(getpid(), SIGUSR1);
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    sigaction(SIGUSR1, &before, nullptr);
    EXPECT_EQ(line_store_fault(store.get()).kind, ReadFaultKind::none);
    EXPECT_EQ(elsewhere.load(), 0);
}

}  // namespace
}  // namespace bedrock_cost::test
