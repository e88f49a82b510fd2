// SPDX-License-Identifier: PostgreSQL
// The price book in memory.
#include <gtest/gtest.h>

#include <bedrock_cost/price.hpp>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace bedrock_cost::test {
namespace {

using Owned = std::unique_ptr<PriceBook, decltype(&price_book_close)>;

Owned opened()
{
    return {price_book_open(), &price_book_close};
}

PriceRow row(std::int32_t number, TokenKind kind, std::int64_t units, std::int32_t scale)
{
    PriceRow made;
    made.number = number;
    made.kind = kind;
    made.region = "*";
    made.routing = "*";
    made.tier = "standard";
    made.usd = {units, scale};
    return made;
}

PriceQuery query(std::int64_t input, std::int64_t output = 0)
{
    PriceQuery made;
    made.model = "m";
    made.tier = "standard";
    made.counts[0] = {input, 0};
    made.counts[1] = {output, 0};
    return made;
}

// A book with one string "m" for the model "model".
std::int32_t add_model(PriceBook *book, std::int64_t window = 0)
{
    PriceTarget target;
    target.model_id = "model";
    EXPECT_TRUE(price_book_string(book, "m", &target, 1));
    return price_book_model(book, "model", window);
}

TEST(Price, AsksForWhatItLacks)
{
    const Owned book = opened();
    EXPECT_EQ(price_quote(book.get(), query(1)).answer, PriceAnswer::unknown_string);
    PriceTarget target;
    target.model_id = "model";
    ASSERT_TRUE(price_book_string(book.get(), "m", &target, 1));
    const PriceQuote lacking = price_quote(book.get(), query(1));
    EXPECT_EQ(lacking.answer, PriceAnswer::unknown_model);
    EXPECT_EQ(lacking.missing, "model");
    ASSERT_EQ(price_book_model(book.get(), "model", 0), 0);
    EXPECT_EQ(price_quote(book.get(), query(1)).answer, PriceAnswer::unknown);
    EXPECT_EQ(price_quote(book.get(), query(0)).answer, PriceAnswer::priced);
}

TEST(Price, SumsExactly)
{
    const Owned book = opened();
    const std::int32_t model = add_model(book.get());
    ASSERT_TRUE(price_book_add(book.get(), model, row(1, TokenKind::input, 33, 7)));
    ASSERT_TRUE(price_book_add(book.get(), model, row(2, TokenKind::output, 1, 5)));
    const PriceQuote quote = price_quote(book.get(), query(17330, 3));
    ASSERT_EQ(quote.answer, PriceAnswer::priced);
    EXPECT_TRUE(quote.usd.units == 57219);
    EXPECT_EQ(quote.usd.scale, 6);
    EXPECT_EQ(quote.rows[0], 1);
    EXPECT_EQ(quote.rows[1], 2);
    EXPECT_EQ(quote.rows[2], -1);
}

TEST(Price, RefusesWhatWouldOverflow)
{
    const Owned book = opened();
    const std::int32_t model = add_model(book.get());
    PriceRow large = row(1, TokenKind::input, 1, 0);
    large.usd.units = static_cast<Int128>(1) << 126U;
    ASSERT_TRUE(price_book_add(book.get(), model, large));
    EXPECT_EQ(price_quote(book.get(), query(1)).answer, PriceAnswer::priced);
    EXPECT_EQ(price_quote(book.get(), query(2)).answer, PriceAnswer::too_large);
    PriceQuery negative = query(-1);
    EXPECT_EQ(price_quote(book.get(), negative).answer, PriceAnswer::unknown);
}

TEST(Price, LongContextIsARuleOfTheWholeRequest)
{
    const Owned book = opened();
    const std::int32_t model = add_model(book.get(), 1000);
    ASSERT_TRUE(price_book_add(book.get(), model, row(1, TokenKind::input, 1, 0)));
    ASSERT_TRUE(price_book_add(book.get(), model, row(2, TokenKind::output, 1, 0)));
    PriceRow longer = row(3, TokenKind::input, 2, 0);
    longer.above = 200;
    ASSERT_TRUE(price_book_add(book.get(), model, longer));
    ASSERT_TRUE(price_book_add(book.get(), model, row(4, TokenKind::cache_read, 1, 0)));
    ASSERT_TRUE(price_book_add(book.get(), model, row(5, TokenKind::cache_write, 1, 0)));
    EXPECT_EQ(price_quote(book.get(), query(200)).rows[0], 1);
    EXPECT_EQ(price_quote(book.get(), query(201)).rows[0], 3);
    PriceQuery fraction = query(1000);
    fraction.counts[0] = {10000001, 4};
    EXPECT_EQ(price_quote(book.get(), fraction).rows[0], 1);
    // There is no long price of output, nor of what is cached.
    EXPECT_EQ(price_quote(book.get(), query(201, 1)).answer, PriceAnswer::unknown);
    PriceQuery cached = query(100);
    cached.counts[2] = {101, 0};
    EXPECT_EQ(price_quote(book.get(), cached).answer, PriceAnswer::unknown);
    // Up to the window it can be one request, whatever it writes; beyond, it is a total of requests that are not long.
    EXPECT_EQ(price_quote(book.get(), query(1000)).rows[0], 3);
    EXPECT_EQ(price_quote(book.get(), query(1000, 1)).answer, PriceAnswer::unknown);
    EXPECT_EQ(price_quote(book.get(), query(1001, 1)).rows[0], 1);
    EXPECT_EQ(price_quote(book.get(), query(1001, 1)).rows[1], 2);
    PriceQuery parts = query(500);
    parts.counts[2] = {300, 0};
    parts.counts[3] = {200, 0};
    EXPECT_EQ(price_quote(book.get(), parts).answer, PriceAnswer::unknown);
    parts.counts[3] = {201, 0};
    EXPECT_EQ(price_quote(book.get(), parts).rows[0], 1);
    PriceQuery total = query(5000);
    total.long_context = false;
    EXPECT_EQ(price_quote(book.get(), total).rows[0], 1);
    total.long_context = true;
    EXPECT_EQ(price_quote(book.get(), total).rows[0], 3);
}

TEST(Price, WithoutAWindowAnythingCanBeOneRequest)
{
    const Owned book = opened();
    const std::int32_t model = add_model(book.get());
    ASSERT_TRUE(price_book_add(book.get(), model, row(1, TokenKind::input, 1, 0)));
    PriceRow longer = row(2, TokenKind::input, 2, 0);
    longer.above = 200;
    ASSERT_TRUE(price_book_add(book.get(), model, longer));
    EXPECT_EQ(price_quote(book.get(), query(1000000000)).rows[0], 2);
}

TEST(Price, TheListHasNoPriceAndNoDiscountOfTheUser)
{
    const Owned book = opened();
    const std::int32_t model = add_model(book.get());
    PriceRow listed = row(1, TokenKind::input, 10, 0);
    listed.rank = 2;
    PriceRow own = row(2, TokenKind::output, 3, 0);
    own.final = true;
    ASSERT_TRUE(price_book_add(book.get(), model, listed));
    ASSERT_TRUE(price_book_add(book.get(), model, own));
    ASSERT_TRUE(price_book_discount(book.get(), model, first_day, last_day, {9, 1}));
    EXPECT_TRUE(price_quote(book.get(), query(1)).usd.units == 9);
    EXPECT_TRUE(price_quote(book.get(), query(0, 1)).usd.units == 3);
    PriceQuery asked = query(1);
    asked.basis = PriceBasis::list;
    EXPECT_TRUE(price_quote(book.get(), asked).usd.units == 10);
    asked = query(0, 1);
    asked.basis = PriceBasis::list;
    EXPECT_EQ(price_quote(book.get(), asked).answer, PriceAnswer::unknown);
    asked.basis = PriceBasis::effective;
    EXPECT_EQ(price_quote(book.get(), asked).answer, PriceAnswer::unknown);
}

// The rule of the book once more, as a search over all rows.
TEST(Price, AgreesWithASearchOverAllRows)
{
    std::mt19937_64 random(11);
    const Text regions[] = {"*", "r1", "r2", "r3"};
    const Text routings[] = {"*", "regional", "global"};
    const Text tiers[] = {"standard", "batch"};
    for (int round = 0; round < 60; ++round) {
        const Owned book = opened();
        const std::int32_t model = add_model(book.get());
        // r3 is a region that only its own rows know.
        for (const Text region : {Text("r1"), Text("r2")}) ASSERT_TRUE(price_book_region(book.get(), region));
        std::vector<PriceRow> rows;
        for (int n = 0; n < 40; ++n) {
            PriceRow made = row(n, random() % 2 == 0 ? TokenKind::input : TokenKind::cache_write,
                                static_cast<std::int64_t>(random() % 4), 6);
            made.region = regions[random() % 4];
            made.routing = routings[random() % 3];
            made.tier = tiers[random() % 2];
            made.rank = static_cast<std::uint8_t>(random() % 3);
            made.mantle = random() % 5 == 0;
            if (random() % 3 == 0) made.from = static_cast<std::int32_t>(random() % 10);
            if (random() % 4 == 0) made.to = static_cast<std::int32_t>(5 + random() % 10);
            if (made.kind == TokenKind::cache_write) made.ttl = static_cast<CacheTtl>(random() % 4);
            rows.push_back(made);
            ASSERT_TRUE(price_book_add(book.get(), model, made));
        }
        for (int ask = 0; ask < 300; ++ask) {
            PriceQuery asked = query(0);
            asked.region = regions[1 + random() % 3];
            asked.routing = routings[1 + random() % 2];
            asked.tier = tiers[random() % 2];
            asked.day = static_cast<std::int32_t>(random() % 16);
            const bool hour = random() % 2 == 0;
            asked.counts[hour ? 4 : 0] = {1000000, 0};
            using Place = std::tuple<bool, int, bool, bool, std::int64_t>;
            std::map<Place, std::vector<const PriceRow *>> holding;
            for (const PriceRow &held : rows)
                if (held.kind == (hour ? TokenKind::cache_write : TokenKind::input) &&
                    (!hour || held.ttl == CacheTtl::hour_1) && held.tier == asked.tier &&
                    (held.region == asked.region || (held.region == "*" && asked.region != "r3")) &&
                    (held.routing == "*" || held.routing == asked.routing) && held.from <= asked.day &&
                    asked.day <= held.to)
                    holding[{held.mantle, held.rank, held.region == "*", held.routing == "*",
                             -static_cast<std::int64_t>(held.from)}]
                        .push_back(&held);
            const PriceQuote quote = price_quote(book.get(), asked);
            bool one = !holding.empty();
            if (one)
                for (const PriceRow *held : holding.begin()->second)
                    one = one && held->usd.units == holding.begin()->second.front()->usd.units;
            ASSERT_EQ(quote.answer, one ? PriceAnswer::priced : PriceAnswer::unknown);
            if (!one) continue;
            Int128 usd = quote.usd.units;
            ASSERT_EQ(quote.usd.scale, 0);
            ASSERT_TRUE(usd == holding.begin()->second.front()->usd.units);
        }
    }
}

TEST(Price, OfEveryRegionIsOfTheRegionsTheBookKnows)
{
    const Owned book = opened();
    const std::int32_t model = add_model(book.get());
    ASSERT_TRUE(price_book_region(book.get(), "r1"));
    ASSERT_TRUE(price_book_add(book.get(), model, row(1, TokenKind::input, 7, 0)));
    PriceRow own = row(2, TokenKind::output, 5, 0);
    own.region = "r2";
    ASSERT_TRUE(price_book_add(book.get(), model, own));
    const auto asked = [&](Text region, std::int64_t input, std::int64_t output) {
        PriceQuery made = query(input, output);
        made.region = region;
        return price_quote(book.get(), made);
    };
    EXPECT_EQ(asked("r1", 1, 0).answer, PriceAnswer::priced);
    EXPECT_TRUE(asked("r1", 1, 0).usd.units == 7);
    EXPECT_EQ(price_quote(book.get(), query(1)).answer, PriceAnswer::priced);
    for (const Text word : {Text("mars"), Text("r"), Text("R1"), Text("r11")})
        EXPECT_EQ(asked(word, 1, 0).answer, PriceAnswer::unknown) << word;
    // A row of the region itself holds there, whether the book knows the region or not.
    EXPECT_TRUE(asked("r2", 0, 1).usd.units == 5);
    EXPECT_EQ(asked("r2", 1, 0).answer, PriceAnswer::unknown);
}

TEST(Price, ManyStringsAndModels)
{
    const Owned book = opened();
    for (int n = 0; n < 3000; ++n) {
        const std::string name = "model" + std::to_string(n);
        PriceTarget target;
        target.model_id = name;
        ASSERT_TRUE(price_book_string(book.get(), name, &target, 1));
        ASSERT_EQ(price_book_model(book.get(), name, 0), n);
        ASSERT_TRUE(price_book_add(book.get(), n, row(n, TokenKind::input, n, 0)));
    }
    for (int n = 0; n < 3000; ++n) {
        const std::string name = "model" + std::to_string(n);
        PriceQuery asked = query(2);
        asked.model = name;
        ASSERT_TRUE(price_quote(book.get(), asked).usd.units == 2 * n) << n;
    }
    EXPECT_GT(price_book_bytes(book.get()), 100000U);
}

}  // namespace
}  // namespace bedrock_cost::test
