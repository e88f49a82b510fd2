// SPDX-License-Identifier: PostgreSQL
// Running out of memory is an answer: this program can refuse any request the reader of exports makes. The linker sends
// its calls of malloc and kin here (see CMakeLists.txt).
#include <gtest/gtest.h>

#include <atomic>
#include <bedrock_cost/lines.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "lines/line_store.hpp"

namespace {

// What one thread asks for and does not free, while it is watched.
struct Watch {
    struct Piece {
        void *memory;
        std::size_t size;
    };
    // It may ask for nothing itself.
    Piece pieces[1000];
    std::size_t count, held;

    void take(void *memory, std::size_t size)
    {
        if (memory == nullptr || count == std::size(pieces)) return;
        pieces[count++] = {memory, size};
        held += size;
    }
    void give_back(const void *memory)
    {
        for (std::size_t i = 0; i < count; ++i) {
            if (pieces[i].memory != memory) continue;
            held -= pieces[i].size;
            pieces[i] = pieces[--count];
            return;
        }
    }
};
Watch *watch = nullptr;

// How many requests are granted before one is refused; below zero: all.
std::atomic<long> granted{-1};
std::atomic<bool> refused{false};

bool refuses()
{
    if (granted.load() < 0) return false;
    if (granted.fetch_sub(1) != 0) return false;
    refused = true;
    return true;
}

void *watched(void *memory, std::size_t size)
{
    if (watch != nullptr) watch->take(memory, size);
    return memory;
}

}  // namespace

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier)
void __real_free(void *memory);
void *__real_malloc(std::size_t size);
void *__real_calloc(std::size_t count, std::size_t size);
void *__real_realloc(void *memory, std::size_t size);
void *__real_aligned_alloc(std::size_t alignment, std::size_t size);
void *__wrap_malloc(std::size_t size)
{
    return watched(refuses() ? nullptr : __real_malloc(size), size);
}
void *__wrap_calloc(std::size_t count, std::size_t size)
{
    return watched(refuses() ? nullptr : __real_calloc(count, size), count * size);
}
void *__wrap_realloc(void *memory, std::size_t size)
{
    if (refuses()) return nullptr;
    if (watch != nullptr) watch->give_back(memory);
    return watched(__real_realloc(memory, size), size);
}
void *__wrap_aligned_alloc(std::size_t alignment, std::size_t size)
{
    return watched(refuses() ? nullptr : __real_aligned_alloc(alignment, size), size);
}
void __wrap_free(void *memory)
{
    if (watch != nullptr) watch->give_back(memory);
    __real_free(memory);
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace bedrock_cost::test {
namespace {

// Opens a file and its header while the request after so many granted ones is refused. False: none was.
bool header_survives(const std::string &path, long after)
{
    refused = false;
    granted = after;
    Header *header = header_open(path);
    if (header != nullptr && header_fault(header).kind != ReadFaultKind::none) {
        EXPECT_EQ(header_fault(header).kind, ReadFaultKind::out_of_memory);
    }
    header_close(header);
    Source *file = file_open(path);
    char byte = 0;
    if (file != nullptr && file_read(file, &byte, 1) == 0) {
        EXPECT_EQ(file_fault(file).kind, ReadFaultKind::out_of_memory);
    }
    file_close(file);
    granted = -1;
    return refused;
}

std::string written_file()
{
    std::string path = testing::TempDir() + "/memory_test.csv";
    std::ofstream file(path);
    file << "k,s,e,a\n";
    for (int line = 0; line < 20000; ++line)
        file << "\"key" << line % 7000 << "\"\"\",2026-11-0" << line % 9 + 1 << "T0" << line % 10
             << ":00:00Z,2026-12-01," << line % 3 - 1 << ".5\n";
    return path;
}

TEST(Memory, RunningOutOfItForAHeaderIsAnAnswer)
{
    const std::string path = written_file();
    long requests = 0;
    while (header_survives(path, requests)) ++requests;
    // At least the header, its text, its marks and its names, and the file.
    EXPECT_GE(requests, 5);
    std::filesystem::remove(path);
}

const LineColumn columns[] = {{"k", ColumnUse::key, AmountField::unused, KeyField::iam_principal},
                              {"s", ColumnUse::usage_start},
                              {"e", ColumnUse::usage_end},
                              {"a", ColumnUse::amount, AmountField::unblended_cost}};

// What follows once all lines are read. True: there was memory for all of it.
bool facts_are_made(LineStore *store, std::int64_t lines)
{
    const std::int64_t keys = line_store_keys(store);
    if (keys < 0) return false;
    Facts *facts = facts_open(store, SourceFormat::cur);
    if (facts == nullptr) return false;
    bool done = true;
    for (std::int64_t i = 0; done && i < keys; ++i) {
        KeyJudgement judgement;
        judgement.bill_id = static_cast<std::int32_t>(i % 3);
        judgement.dimension_id = static_cast<std::int32_t>(i % 50);
        done = facts_judge(facts, static_cast<std::uint32_t>(i), judgement, "Usage");
    }
    for (std::int32_t i = 1; done && i < 50; ++i) done = facts_attribute(facts, i, INT32_MIN, INT32_MAX, i);
    for (std::uint32_t i = 0; done && i < line_store_principals(store); ++i) done = facts_set_session(facts, i, 1);
    if (done) {
        const FactsFault fault = facts_make(facts);
        done = fault.kind == FactsFaultKind::none;
        if (!done) {
            EXPECT_EQ(static_cast<int>(fault.kind), static_cast<int>(FactsFaultKind::out_of_memory));
        }
        std::int64_t counted = 0;
        for (std::int64_t i = 0; i < facts_bill_parts(facts); ++i) counted += facts_bill_part(facts, i).lines;
        if (done) {
            EXPECT_EQ(counted, lines);
        }
    }
    facts_close(facts);
    return done;
}

// Makes facts of the lines of files while a request is refused. False: none was.
bool files_survive(const std::string &path, long after)
{
    refused = false;
    granted = after;
    LineStore *store = line_store_open(columns, 4, false, 2, 0);
    if (store != nullptr && line_store_add_file(store, path) && line_store_add_file(store, path)) {
        line_store_start(store);
        while (!line_store_wait(store, 10000)) {
        }
        // A thread that cannot be had is done without; else the fault has the reason.
        if (line_store_fault(store).kind != ReadFaultKind::none || !facts_are_made(store, 2 * 20000)) {
            EXPECT_EQ(static_cast<int>(line_store_fault(store).kind), static_cast<int>(ReadFaultKind::out_of_memory));
        }
    }
    line_store_close(store);
    granted = -1;
    return refused;
}

// Adds a line, as every other one with a session.
AddedLine add_line(LineStore *store, int line)
{
    char principal[80];
    std::snprintf(principal, sizeof principal, "arn:aws:sts::1:assumed-role/%d%s%d", line % 100,
                  line % 2 == 0 ? "/" : "-", line % 3000);
    const Text key = principal;
    const Amount amount{1, 0, true};
    const std::int16_t digit = 1;
    const NumericDigits stored{&digit, 1, -5, false};
    GivenLine given;
    given.keys = &key;
    given.start = std::int64_t{line % 9} * 86400 * 1000000;
    given.has_start = true;
    given.amounts = &amount;
    given.stored = &stored;
    return line_store_add(store, given);
}

// The same of given lines, half of them with a session.
bool lines_survive(long after)
{
    refused = false;
    granted = after;
    LineStore *store = line_store_open(columns, 4, false, 1, 0);
    if (store != nullptr) {
        AddedLine added{0, 0, 0};
        for (int line = 0; added.group >= 0 && line < 20000; ++line) added = add_line(store, line);
        line_store_end(store);
        if (added.group < 0 || !facts_are_made(store, 20000)) {
            EXPECT_EQ(static_cast<int>(line_store_fault(store).kind), static_cast<int>(ReadFaultKind::out_of_memory));
        } else {
            EXPECT_TRUE(line_store_conserves(store));
        }
    }
    line_store_close(store);
    granted = -1;
    return refused;
}

TEST(Memory, RunningOutOfItForFactsIsAnAnswer)
{
    const std::string path = written_file();
    long requests = 0;
    while (files_survive(path, requests)) ++requests;
    EXPECT_GT(requests, 80);
    requests = 0;
    while (lines_survive(requests)) ++requests;
    EXPECT_GT(requests, 60);
    std::filesystem::remove(path);
}

// All that lines, their keys and facts ask for counts, at every step: what does not is as much as with one line.
TEST(Memory, IsCounted)
{
    static Watch watched_here;
    watch = &watched_here;
    LineStore *store = line_store_open(columns, 4, false, 1, 0);
    ASSERT_NE(store, nullptr);
    ASSERT_GE(add_line(store, 0).group, 0);
    const std::size_t fixed = watched_here.held - store->budget.taken;
    bool counted = true;
    const auto check = [&] { counted = counted && watched_here.held - store->budget.taken == fixed; };
    for (int line = 1; line < 20000; ++line) {
        ASSERT_GE(add_line(store, line).group, 0);
        check();
    }
    EXPECT_TRUE(counted);
    line_store_end(store);
    int steps = 0;
    for (; !line_store_make_keys(store, 100); ++steps) check();
    check();
    EXPECT_TRUE(counted);
    // 3,000 full keys twice, 9 usages and 9,000 groups.
    EXPECT_GT(steps, 100);
    EXPECT_TRUE(facts_are_made(store, 20000));
    check();
    EXPECT_TRUE(counted);
    EXPECT_LT(watched_here.count, std::size(watched_here.pieces));
    watch = nullptr;
    line_store_close(store);
}

// The most a store takes is a limit that it keeps, and a fault of its own.
TEST(Memory, HasALimit)
{
    const std::string path = written_file();
    bool limited = false, made = false;
    for (std::uint64_t limit = std::uint64_t{1} << 16U; !made; limit += limit / 8) {
        LineStore *store = line_store_open(columns, 4, false, 2, limit);
        ASSERT_NE(store, nullptr);
        ASSERT_TRUE(line_store_add_file(store, path) && line_store_add_file(store, path));
        line_store_start(store);
        while (!line_store_wait(store, 10000)) {
        }
        made = line_store_fault(store).kind == ReadFaultKind::none && facts_are_made(store, 2 * 20000);
        const ReadFault fault = line_store_fault(store);
        EXPECT_EQ(made, fault.kind == ReadFaultKind::none);
        if (!made) {
            limited = true;
            EXPECT_EQ(static_cast<int>(fault.kind), static_cast<int>(ReadFaultKind::memory_limit));
            EXPECT_EQ(fault.expected, static_cast<std::int64_t>(limit));
            EXPECT_EQ(line_store_groups(store), 0);
        }
        line_store_close(store);
        // 14,000 texts of some 10 bytes and 63,000 groups of some 100 need no gigabyte.
        ASSERT_LT(limit, std::uint64_t{1} << 30U);
    }
    EXPECT_TRUE(limited);
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace bedrock_cost::test
