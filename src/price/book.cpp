// SPDX-License-Identifier: PostgreSQL
// Prices in memory: which row of the book holds for a token of a kind on a day, and what so many of them cost, exactly.
//
// A model string and a cell (model, region, routing, tier, basis) are each found by one hash; a cell gathers the rows
// that may price it when it is asked for first, and remembers its last answer for every kind.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include <bedrock_cost/price.hpp>

#include "base/memory.hpp"
#include "base/seed.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace bedrock_cost {

namespace {

constexpr int kinds = 4;
constexpr int ttls = 4;
constexpr int slots = kinds * ttls;

struct Discount {
    std::int32_t from, to;
    Decimal factor;
};

struct Model {
    Text id;
    std::int64_t window;
    Vector<PriceRow> rows;
    Vector<Discount> discounts;
    // Thresholds of its long-context prices, ascending.
    Vector<std::int64_t> thresholds;
};

// The last answer a cell gave for a kind.
struct Memo {
    std::int32_t day;
    std::int64_t above;
    const PriceRow *row;
    bool filled;
};

struct Cell {
    std::int32_t model;
    Text region, routing, tier;
    PriceBasis basis;
    bool any_region;
    Vector<const PriceRow *> rows[slots];
    Memo memo[slots];
};

struct String {
    Text string;
    const PriceTarget *targets;
    std::int32_t count;
};

bool same(Text one, Text other) noexcept
{
    return one.size() == other.size() && (one.empty() || std::memcmp(one.data(), other.data(), one.size()) == 0);
}

bool any(Text word) noexcept
{
    return word.size() == 1 && word[0] == '*';
}

std::uint64_t hash_of(Text text, std::uint64_t seed) noexcept
{
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

// The value without zeros at its end, so that products stay small.
Decimal trimmed(Decimal value) noexcept
{
    // Most values fit 64 bits, where dividing costs a tenth.
    if (value.units == static_cast<std::int64_t>(value.units)) {
        auto units = static_cast<std::int64_t>(value.units);
        for (; value.scale > 0 && units % 10 == 0; --value.scale) units /= 10;
        value.units = units;
        return value;
    }
    for (; value.scale > 0 && value.units % 10 == 0; --value.scale) value.units /= 10;
    return value;
}

// Brings a value to a larger scale. False: beyond 128 bits.
bool rescale(Decimal &value, std::int32_t scale) noexcept
{
    for (; value.scale < scale; ++value.scale)
        if (__builtin_mul_overflow(value.units, Int128{10}, &value.units)) return false;
    return true;
}

bool add(Decimal &sum, Decimal value) noexcept
{
    if (sum.units == 0 && sum.scale == 0) {
        sum = value;
        return true;
    }
    if (!rescale(sum, value.scale) || !rescale(value, sum.scale)) return false;
    return !__builtin_add_overflow(sum.units, value.units, &sum.units);
}

bool multiply(Decimal one, Decimal other, Decimal &product) noexcept
{
    product.scale = one.scale + other.scale;
    return !__builtin_mul_overflow(one.units, other.units, &product.units);
}

// Whether a count is above a whole number; negative counts never get here.
bool above(const Decimal &count, std::int64_t limit) noexcept
{
    if (count.scale == 0) return count.units > limit;
    Int128 whole = count.units;
    Int128 rest = 0;
    for (std::int32_t i = 0; i < count.scale; ++i) {
        rest |= whole % 10;
        whole /= 10;
    }
    return whole > limit || (whole == limit && rest != 0);
}

int slot_of(TokenKind kind, CacheTtl ttl) noexcept
{
    return (static_cast<int>(kind) - 1) * ttls + static_cast<int>(ttl);
}

// What decides between two rows that both hold: smaller is better, equal is no decision.
struct Standing {
    std::uint8_t rank;
    bool other_region, other_routing, mantle;
    std::int32_t from;

    explicit Standing(const PriceRow &row) noexcept
        : rank(row.rank),
          other_region(any(row.region)),
          other_routing(any(row.routing)),
          mantle(row.mantle),
          from(row.from)
    {
    }
    int compare(const Standing &other) const noexcept
    {
        // A price of bedrock-mantle and one that is not: calls are taken for bedrock-runtime's.
        if (mantle != other.mantle) return mantle ? 1 : -1;
        if (rank != other.rank) return rank < other.rank ? -1 : 1;
        if (other_region != other.other_region) return other_region ? 1 : -1;
        if (other_routing != other.other_routing) return other_routing ? 1 : -1;
        if (from != other.from) return from > other.from ? -1 : 1;
        return 0;
    }
};

bool same_price(const PriceRow &one, const PriceRow &other) noexcept
{
    return one.usd.units == other.usd.units && one.usd.scale == other.usd.scale && one.doubtful == other.doubtful &&
           one.final == other.final;
}

// The row that holds in one region; null: none, or two that differ and none of them wins.
const PriceRow *pick_in(const Vector<const PriceRow *> &rows, Text region, std::int32_t day,
                        std::int64_t threshold) noexcept
{
    const PriceRow *best = nullptr;
    bool decided = true;
    for (const PriceRow *row : rows) {
        if (row->above != threshold || day < row->from || day > row->to) continue;
        if (!any(row->region) && !same(row->region, region)) continue;
        const int better = best == nullptr ? -1 : Standing(*row).compare(Standing(*best));
        if (better < 0) {
            best = row;
            decided = true;
        } else if (better == 0 && !same_price(*row, *best)) {
            decided = false;
        }
    }
    return decided ? best : nullptr;
}

}  // namespace

struct PriceBook {
    // Counts what the book takes.
    Budget budget;
    std::uint64_t seed;
    Arena bytes;
    Vector<Model> models;
    Vector<Cell *> cells;
    Vector<String> strings;
    Vector<Text> regions;
    HashTable<NumberSlot> model_table, cell_table, string_table;

    // Room that stays where it is until the book is closed.
    void *take(std::size_t size) noexcept { return bytes.take(size, 16); }

    bool keep(Text &text) noexcept
    {
        text = text.empty() ? Text("", 0) : bytes.keep(text);
        return text.data() != nullptr;
    }

    // Inserts the last of the entries into their table.
    template <class Entries, class Hash>
    bool insert_last(HashTable<NumberSlot> &table, const Entries &entries, Hash hash) noexcept
    {
        if (!table.make_room([&](NumberSlot slot) { return hash(entries[slot.number()]); })) return false;
        table.put(hash(entries[entries.count - 1]), NumberSlot::of(entries.count - 1));
        return true;
    }

    template <class Entries, class Equal>
    static std::int32_t find(const HashTable<NumberSlot> &table, const Entries &entries, std::uint64_t hash,
                             Equal equal) noexcept
    {
        if (table.used == 0) return -1;
        const NumberSlot *const known =
            table.find(hash, [&](NumberSlot slot) { return equal(entries[slot.number()]); });
        return known == nullptr ? -1 : static_cast<std::int32_t>(known->number());
    }

    std::uint64_t hash_of(Text text) const noexcept { return bedrock_cost::hash_of(text, seed); }
    std::uint64_t cell_hash(std::int32_t model, Text region, Text routing, Text tier, PriceBasis basis) const noexcept
    {
        const auto numbers = static_cast<std::uint64_t>(model) << 2U | static_cast<std::uint64_t>(basis);
        // The routing is one of two words of different length.
        const std::uint64_t mixed = (numbers * 0x9E3779B97F4A7C15U + routing.size()) ^ seed;
        return bedrock_cost::hash_of(tier, bedrock_cost::hash_of(region, mixed));
    }

    std::int32_t find_model(Text id) const noexcept
    {
        return find(model_table, models, hash_of(id), [&](const Model &model) { return same(model.id, id); });
    }

    Cell *cell(std::int32_t model, Text region, bool any_region, Text routing, Text tier, PriceBasis basis) noexcept;
    Cell *make_cell(std::int32_t model, Text region, bool any_region, Text routing, Text tier,
                    PriceBasis basis) noexcept;
    const PriceRow *pick(Cell &cell, TokenKind kind, CacheTtl ttl, std::int32_t day, std::int64_t threshold) noexcept;
};

Cell *PriceBook::cell(std::int32_t model, Text region, bool any_region, Text routing, Text tier,
                      PriceBasis basis) noexcept
{
    const std::int32_t number =
        find(cell_table, cells, cell_hash(model, region, routing, tier, basis), [&](const Cell *cell) {
            return cell->model == model && cell->basis == basis && cell->any_region == any_region &&
                   same(cell->region, region) && same(cell->routing, routing) && same(cell->tier, tier);
        });
    return number >= 0 ? cells.at[number] : make_cell(model, region, any_region, routing, tier, basis);
}

Cell *PriceBook::make_cell(std::int32_t model, Text region, bool any_region, Text routing, Text tier,
                           PriceBasis basis) noexcept
{
    void *room = take(sizeof(Cell));
    if (room == nullptr || !keep(region) || !keep(routing) || !keep(tier)) return nullptr;
    auto *made = static_cast<Cell *>(std::memset(room, 0, sizeof(Cell)));
    for (auto &rows : made->rows) rows.budget = &budget;
    made->model = model;
    made->region = region;
    made->any_region = any_region;
    made->routing = routing;
    made->tier = tier;
    made->basis = basis;
    // A price of every region is none of a word that names no region.
    bool known = any_region;
    for (const Text &of : regions) known = known || same(of, region);
    bool kept = true;
    for (const PriceRow &row : models.at[model].rows) {
        if (row.basis != (basis == PriceBasis::list ? PriceBasis::book : basis) || !same(row.tier, tier)) continue;
        if (basis == PriceBasis::list && row.final) continue;
        if (!any(row.routing) && !same(row.routing, routing)) continue;
        if (!any_region && !(known && any(row.region)) && !same(row.region, region)) continue;
        kept = kept && made->rows[slot_of(row.kind, row.ttl)].add(&row);
    }
    if (!kept || !cells.add(made) || !insert_last(cell_table, cells, [&](const Cell *cell) {
            return cell_hash(cell->model, cell->region, cell->routing, cell->tier, cell->basis);
        })) {
        for (auto &rows : made->rows) rows.release();
        if (cells.count > 0 && cells.at[cells.count - 1] == made) --cells.count;
        return nullptr;
    }
    return made;
}

const PriceRow *PriceBook::pick(Cell &cell, TokenKind kind, CacheTtl ttl, std::int32_t day,
                                std::int64_t threshold) noexcept
{
    const int slot = slot_of(kind, ttl);
    Memo &memo = cell.memo[slot];
    if (memo.filled && memo.day == day && memo.above == threshold) return memo.row;
    const auto &rows = cell.rows[slot];
    const PriceRow *picked = nullptr;
    if (!cell.any_region) {
        picked = pick_in(rows, cell.region, day, threshold);
    } else {
        // The one price everywhere: each region that has a row of its own must come to the same one.
        bool one = true;
        bool seen = false;
        for (const PriceRow *row : rows) {
            if (row->above != threshold || day < row->from || day > row->to) continue;
            const PriceRow *here = pick_in(rows, row->region, day, threshold);
            one = one && here != nullptr && (!seen || (picked != nullptr && same_price(*here, *picked)));
            if (!seen) picked = here;
            seen = true;
        }
        if (!one) picked = nullptr;
    }
    memo = {day, threshold, picked, true};
    return picked;
}

PriceBook *price_book_open() noexcept
{
    void *room = std::malloc(sizeof(PriceBook));
    if (room == nullptr) return nullptr;
    auto *book = new (room) PriceBook{};
    fill_random(&book->seed, sizeof book->seed);
    Budget *const budget = &book->budget;
    book->bytes.share(budget);
    book->models.budget = book->cells.budget = book->strings.budget = book->regions.budget = budget;
    for (auto *table : {&book->model_table, &book->cell_table, &book->string_table}) table->slots.budget = budget;
    return book;
}

void price_book_close(PriceBook *book) noexcept
{
    if (book == nullptr) return;
    for (Model &model : book->models) {
        model.rows.release();
        model.discounts.release();
        model.thresholds.release();
    }
    for (Cell *cell : book->cells)
        for (auto &rows : cell->rows) rows.release();
    book->bytes.release();
    book->models.release();
    book->cells.release();
    book->strings.release();
    book->regions.release();
    for (auto *table : {&book->model_table, &book->cell_table, &book->string_table}) table->release();
    std::free(book);
}

std::size_t price_book_bytes(const PriceBook *book) noexcept
{
    return book->budget.taken.load(std::memory_order_relaxed);
}

std::int32_t price_book_model(PriceBook *book, Text model_id, std::int64_t context_window) noexcept
{
    Model model{};
    model.rows.budget = model.discounts.budget = model.thresholds.budget = &book->budget;
    model.id = model_id;
    model.window = context_window;
    if (!book->keep(model.id) || !book->models.add(model)) return -1;
    if (!book->insert_last(book->model_table, book->models,
                           [&](const Model &entry) { return book->hash_of(entry.id); })) {
        --book->models.count;
        return -1;
    }
    return static_cast<std::int32_t>(book->models.count - 1);
}

bool price_book_add(PriceBook *book, std::int32_t model, const PriceRow &row) noexcept
{
    if (row.kind == TokenKind::absent) return true;
    Model &of = book->models.at[model];
    PriceRow kept = row;
    kept.usd = trimmed(row.usd);
    if (!book->keep(kept.region) || !book->keep(kept.routing) || !book->keep(kept.tier)) return false;
    if (kept.above >= 0 && std::find(of.thresholds.begin(), of.thresholds.end(), kept.above) == of.thresholds.end()) {
        if (!of.thresholds.add(kept.above)) return false;
        std::sort(of.thresholds.begin(), of.thresholds.end());
    }
    return of.rows.add(kept);
}

bool price_book_discount(PriceBook *book, std::int32_t model, std::int32_t from, std::int32_t to,
                         Decimal factor) noexcept
{
    return book->models.at[model].discounts.add({from, to, trimmed(factor)});
}

bool price_book_region(PriceBook *book, Text region) noexcept
{
    return book->keep(region) && book->regions.add(region);
}

bool price_book_string(PriceBook *book, Text model_string, const PriceTarget *targets, std::int32_t count) noexcept
{
    String entry{model_string, nullptr, count};
    if (!book->keep(entry.string)) return false;
    if (count > 0) {
        auto *copies = static_cast<PriceTarget *>(book->take(static_cast<std::size_t>(count) * sizeof(PriceTarget)));
        if (copies == nullptr) return false;
        for (std::int32_t i = 0; i < count; ++i) {
            copies[i] = targets[i];
            if (!book->keep(copies[i].model_id) || !book->keep(copies[i].region)) return false;
        }
        entry.targets = copies;
    }
    if (!book->strings.add(entry)) return false;
    if (!book->insert_last(book->string_table, book->strings,
                           [&](const String &known) { return book->hash_of(known.string); })) {
        --book->strings.count;
        return false;
    }
    return true;
}

PriceQuote price_quote(PriceBook *book, const PriceQuery &query) noexcept
{
    PriceQuote quote;
    const std::int32_t string = PriceBook::find(book->string_table, book->strings, book->hash_of(query.model),
                                                [&](const String &entry) { return same(entry.string, query.model); });
    if (string < 0) {
        quote.answer = PriceAnswer::unknown_string;
        return quote;
    }
    const String &known = book->strings.at[string];
    const PriceTarget *target = nullptr;
    for (std::int32_t i = 0; i < known.count && target == nullptr; ++i)
        if (query.day >= known.targets[i].from && query.day <= known.targets[i].to) target = &known.targets[i];
    if (target == nullptr) return quote;
    const std::int32_t number = book->find_model(target->model_id);
    if (number < 0) {
        quote.answer = PriceAnswer::unknown_model;
        quote.missing = target->model_id;
        return quote;
    }
    const Model &model = book->models.at[number];

    for (const Decimal &count : query.counts)
        if (count.units < 0) return quote;
    Decimal read = query.counts[0];
    for (int i = 2; i < 5; ++i)
        if (query.counts[static_cast<std::size_t>(i)].units != 0 &&
            !add(read, query.counts[static_cast<std::size_t>(i)])) {
            quote.answer = PriceAnswer::too_large;
            return quote;
        }

    // -1: the price of requests that are not long.
    std::int64_t threshold = -1;
    if (query.long_context) {
        if (*query.long_context) {
            if (model.thresholds.count == 0) return quote;
            threshold = model.thresholds.at[0];
        }
    } else if (model.window == 0 || !above(read, model.window)) {
        for (const std::int64_t known_threshold : model.thresholds)
            if (known_threshold != unknown_threshold && above(read, known_threshold)) threshold = known_threshold;
    }  // What no request can hold is a total of requests, each of them taken for one that is not long.

    Text region = query.region.data() != nullptr ? query.region : target->region;
    const bool any_region = region.empty();
    if (any_region) region = "";
    const Text routing = query.routing.data() != nullptr ? query.routing
                         : target->global                ? Text("global")
                                                         : Text("regional");
    Cell *cell = book->cell(number, region, any_region, routing, query.tier, query.basis);
    if (cell == nullptr) {
        quote.answer = PriceAnswer::out_of_memory;
        return quote;
    }

    Decimal sum;
    for (std::size_t i = 0; i < query.counts.size(); ++i) {
        const Decimal &count = query.counts[i];
        if (count.units == 0) continue;
        const PriceRow *row = nullptr;
        if (i < 3) {
            row = book->pick(*cell, static_cast<TokenKind>(i + 1), CacheTtl::absent, query.day, threshold);
        } else if (i == 4) {
            row = book->pick(*cell, TokenKind::cache_write, CacheTtl::hour_1, query.day, threshold);
        } else {
            // The write a model does by default: a model has one of these, where it has any.
            for (const CacheTtl ttl : {CacheTtl::minutes_5, CacheTtl::minutes_30, CacheTtl::absent}) {
                if (cell->rows[slot_of(TokenKind::cache_write, ttl)].count == 0) continue;
                row = book->pick(*cell, TokenKind::cache_write, ttl, query.day, threshold);
                if (row != nullptr) break;
            }
        }
        if (row == nullptr || row->doubtful) return quote;
        quote.rows[i] = row->number;
        Decimal price = row->usd;
        if (!row->final && query.basis == PriceBasis::book)
            for (const Discount &discount : model.discounts)
                if (query.day >= discount.from && query.day <= discount.to) {
                    if (!multiply(row->usd, discount.factor, price)) quote.answer = PriceAnswer::too_large;
                    break;
                }
        Decimal cost;
        if (quote.answer == PriceAnswer::too_large || !multiply(count, price, cost) || !add(sum, cost)) {
            quote.answer = PriceAnswer::too_large;
            return quote;
        }
    }
    quote.answer = PriceAnswer::priced;
    quote.usd = trimmed(sum);
    return quote;
}

}  // namespace bedrock_cost
