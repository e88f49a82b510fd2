// SPDX-License-Identifier: PostgreSQL
// Running out of memory is an answer: this program can refuse any request the reader of exports makes. The linker sends
// its calls of malloc and kin here (see CMakeLists.txt).
#include <gtest/gtest.h>

#include <atomic>
#include <bedrock_cost/reader.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

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

}  // namespace

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier)
void *__real_malloc(std::size_t size);
void *__real_calloc(std::size_t count, std::size_t size);
void *__real_realloc(void *memory, std::size_t size);
void *__real_aligned_alloc(std::size_t alignment, std::size_t size);
void *__wrap_malloc(std::size_t size)
{
    return refuses() ? nullptr : __real_malloc(size);
}
void *__wrap_calloc(std::size_t count, std::size_t size)
{
    return refuses() ? nullptr : __real_calloc(count, size);
}
void *__wrap_realloc(void *memory, std::size_t size)
{
    return refuses() ? nullptr : __real_realloc(memory, size);
}
void *__wrap_aligned_alloc(std::size_t alignment, std::size_t size)
{
    return refuses() ? nullptr : __real_aligned_alloc(alignment, size);
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace bedrock_cost::test {
namespace {

// Reads two files of so many lines while the request after so many granted ones is refused. False: none was.
bool survives(const std::string &path, long after)
{
    const ColumnUse uses[] = {ColumnUse::key, ColumnUse::usage_start, ColumnUse::usage_end, ColumnUse::amount};
    const Text names[] = {"k", "s", "e", "a"};
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
    Compaction *compaction = compaction_open(uses, names, 4, false, 2);
    if (compaction != nullptr) {
        const bool added = compaction_add_file(compaction, path) && compaction_add_file(compaction, path);
        if (added) {
            compaction_start(compaction);
            while (!compaction_wait(compaction, 10000)) {
            }
            const ReadFault fault = compaction_fault(compaction);
            // A thread that cannot be had is done without; else the fault says what it was.
            if (fault.kind == ReadFaultKind::none)
                EXPECT_EQ(compaction_progress(compaction).lines, 2 * 20000U);
            else
                EXPECT_TRUE(fault.kind == ReadFaultKind::out_of_memory) << static_cast<int>(fault.kind);
        }
    }
    compaction_close(compaction);
    granted = -1;
    return refused;
}

TEST(Memory, RunningOutIsAnAnswer)
{
    const std::string path = testing::TempDir() + "/memory_test.csv";
    {
        std::ofstream file(path);
        file << "k,s,e,a\n";
        for (int line = 0; line < 20000; ++line)
            file << "\"key" << line % 7000 << "\"\"\",2026-11-0" << line % 9 + 1 << "T0" << line % 10
                 << ":00:00Z,2026-12-01," << line % 3 - 1 << ".5\n";
    }
    long requests = 0;
    while (survives(path, requests)) ++requests;
    // Every one of them was refused once.
    EXPECT_GT(requests, 40);
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace bedrock_cost::test
