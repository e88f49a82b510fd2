// SPDX-License-Identifier: PostgreSQL
// The wall for price lists and the price book. The rules of base.hpp.
#pragma once

#include <bedrock_cost/base.hpp>
#include <bedrock_cost/vocabulary.hpp>

namespace bedrock_cost {

// Days as PostgreSQL counts them; the two ends mean none.
inline constexpr std::int32_t first_day = INT32_MIN;
inline constexpr std::int32_t last_day = INT32_MAX;
// A threshold that no request reaches: the long-context price that must be asked for.
inline constexpr std::int64_t unknown_threshold = INT64_MAX;

// list: the book without the user's prices and discounts.
enum class PriceBasis : std::uint8_t { book, effective, list };

// One price of a model.
struct PriceRow {
    std::int32_t number = 0;  // the caller's own
    PriceBasis basis = PriceBasis::book;
    TokenKind kind = TokenKind::absent;
    CacheTtl ttl = CacheTtl::absent;
    Text region, routing, tier;                    // "*": any region that the book knows, any routing
    std::int64_t above = -1;                       // long-context price above so many input tokens, -1: no such price
    std::int32_t from = first_day, to = last_day;  // the last day included
    std::uint8_t rank = 0;                         // the lowest one wins
    bool mantle = false;
    bool doubtful = false;
    bool final = false;  // takes no discount
    Decimal usd;         // for one token
};

// What a model string means from one day to another, the last one included.
struct PriceTarget {
    std::int32_t from = first_day, to = last_day;
    Text model_id;
    Text region;  // empty: the string names none
    bool global = false;
};

// The prices of some models and the meaning of some model strings, in memory until price_book_close(). What is missing
// is asked for by price_quote() and added by the caller. Null, false and -1 mean out of memory.
struct PriceBook;
PriceBook *price_book_open() noexcept;
void price_book_close(PriceBook *book) noexcept;
// The number of a model that has no rows yet. context_window: most tokens one request can hold, 0 where nothing is
// known.
std::int32_t price_book_model(PriceBook *book, Text model_id, std::int64_t context_window) noexcept;
bool price_book_add(PriceBook *book, std::int32_t model, const PriceRow &row) noexcept;
// What remains of a price, 1 - percent / 100, from one day to another; the first one added for a day holds.
bool price_book_discount(PriceBook *book, std::int32_t model, std::int32_t from, std::int32_t to,
                         Decimal factor) noexcept;
// A region that the book knows: "*" of a price means these alone.
bool price_book_region(PriceBook *book, Text region) noexcept;
bool price_book_string(PriceBook *book, Text model_string, const PriceTarget *targets, std::int32_t count) noexcept;
// Bytes the book takes; a caller that sees it grow without end begins a new one.
std::size_t price_book_bytes(const PriceBook *book) noexcept;

struct PriceQuery {
    Text model;
    std::array<Decimal, 5> counts{};  // input, output, cache read, cache write, cache write kept for an hour
    Text region;                      // absent: the one of the model string, else every region
    Text routing;                     // absent: that of the model string
    Text tier;
    std::int32_t day = 0;
    std::optional<bool> long_context;
    PriceBasis basis = PriceBasis::book;
};

enum class PriceAnswer : std::uint8_t {
    priced,
    unknown,         // no price, or no single one
    unknown_string,  // add what the model string means, and ask again
    unknown_model,   // add the model that `missing` names, and ask again
    too_large,       // beyond 128 bits
    out_of_memory,
};
struct PriceQuote {
    PriceAnswer answer = PriceAnswer::unknown;
    Decimal usd;
    Text missing;
    // The rows used, in the order of the counts; -1: none was needed.
    std::array<std::int32_t, 5> rows{-1, -1, -1, -1, -1};
};
// What so many tokens cost: the sum of each count at its price.
PriceQuote price_quote(PriceBook *book, const PriceQuery &query) noexcept;

static_assert(plain<PriceRow, PriceTarget, PriceQuery, PriceQuote>, "a binding may jump over these");

}  // namespace bedrock_cost
