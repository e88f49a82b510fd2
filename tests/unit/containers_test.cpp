// SPDX-License-Identifier: PostgreSQL
// The vector, arena, hash table and interner of the core, against those of the standard library, and what they count.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/memory.hpp"

namespace bedrock_cost::test {
namespace {

TEST(Vector, KeepsItsValuesAndGivesItsMemoryBack)
{
    Budget budget{};
    Vector<std::uint64_t> vector{nullptr, 0, 0, &budget};
    std::vector<std::uint64_t> expected;
    for (std::uint64_t n = 0; n < 1000; ++n) {
        ASSERT_TRUE(vector.add(n * n));
        expected.push_back(n * n);
    }
    ASSERT_TRUE(vector.reserve(5000));
    EXPECT_GE(vector.room, 5000U);
    EXPECT_TRUE(std::equal(vector.begin(), vector.end(), expected.begin(), expected.end()));
    EXPECT_EQ(budget.taken.load(), vector.room * sizeof(std::uint64_t));
    vector.release();
    EXPECT_EQ(budget.taken.load(), 0U);
}

TEST(Vector, IsRefusedWhatIsBeyondItsBudget)
{
    Budget budget{};
    budget.limit = 1000;
    Vector<char> vector{nullptr, 0, 0, &budget};
    ASSERT_TRUE(vector.reserve(900));
    std::memset(vector.at, 'x', 900);
    EXPECT_FALSE(vector.reserve(1001));
    EXPECT_TRUE(budget.exceeded.load());
    // What is there stays, and what was refused is not counted.
    EXPECT_EQ(Text(vector.at, 900), std::string(900, 'x'));
    EXPECT_EQ(budget.taken.load(), 900U);
    vector.release();
    EXPECT_EQ(budget.taken.load(), 0U);
}

// Pieces of any size and alignment lie apart, where they are aligned, and stay as they were written.
TEST(Arena, GivesAlignedPiecesThatStay)
{
    std::mt19937_64 random(1);
    Budget budget{};
    Arena arena{};
    arena.budget = &budget;
    struct Piece {
        char *at;
        std::size_t size;
        char value;
    };
    std::vector<Piece> pieces;
    for (int n = 0; n < 3000; ++n) {
        const std::size_t alignment = std::size_t{1} << random() % 5;
        const std::size_t size = n % 500 == 499 ? 3 * Arena::largest_block + random() % 7 : random() % 3000;
        char *const at = arena.take(size, alignment);
        ASSERT_NE(at, nullptr);
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % alignment, 0U);
        pieces.push_back({at, size, static_cast<char>(random())});
        std::memset(at, pieces.back().value, size);
    }
    for (const Piece &piece : pieces) ASSERT_EQ(Text(piece.at, piece.size), std::string(piece.size, piece.value));
    EXPECT_EQ(budget.taken.load(), arena.taken);
    arena.release();
    EXPECT_EQ(budget.taken.load(), 0U);
}

TEST(Arena, TakesLittleForLittle)
{
    Arena arena{};
    EXPECT_EQ(arena.keep("text"), "text");
    EXPECT_NE(arena.keep("").data(), nullptr);
    EXPECT_LE(arena.taken, Arena::first_block);
    arena.release();
}

// With hashes that spread and with hashes that all collide.
TEST(HashTable, FindsWhatWasPutIn)
{
    for (const std::uint64_t mask : {~std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{0}}) {
        std::mt19937_64 random(mask);
        std::vector<std::uint64_t> entries;
        HashTable<NumberSlot> table{};
        const auto hash = [&](std::uint64_t value) { return value * 0x9E3779B97F4A7C15U & mask; };
        const auto find = [&](std::uint64_t value) {
            return table.find(hash(value), [&](NumberSlot slot) { return entries[slot.number()] == value; });
        };
        for (std::size_t n = 0; n < 700; ++n) {
            ASSERT_TRUE(table.make_room([&](NumberSlot slot) { return hash(entries[slot.number()]); }));
            entries.push_back(random());
            ASSERT_EQ(find(entries[n]), nullptr);
            table.put(hash(entries[n]), NumberSlot::of(n));
        }
        EXPECT_EQ(table.used, entries.size());
        EXPECT_LE(table.used * 2, table.slots.count);
        for (std::size_t n = 0; n < entries.size(); ++n) {
            const NumberSlot *const slot = find(entries[n]);
            ASSERT_NE(slot, nullptr);
            ASSERT_EQ(slot->number(), n);
        }
        table.release();
    }
}

// Texts of equal hashes differ by their bytes.
TEST(Interner, NumbersTextsInTheOrderTheyCame)
{
    std::mt19937_64 random(3);
    Budget budget{};
    Interner interner{};
    interner.share(&budget);
    std::map<std::string, std::uint32_t> expected;
    for (int n = 0; n < 20000; ++n) {
        std::string text(random() % 4, 'a');
        for (char &byte : text) byte = static_cast<char>('a' + random() % 12);
        const auto number = static_cast<std::uint32_t>(expected.size());
        const auto known = expected.emplace(text, number).first;
        ASSERT_EQ(interner.add(text, text.size()), known->second);
    }
    for (const auto &[text, number] : expected) EXPECT_EQ(interner.text(number), text);
    interner.release();
    // The list of the arena's blocks is not counted.
    EXPECT_EQ(budget.taken.load(), 0U);
}

}  // namespace
}  // namespace bedrock_cost::test
