// SPDX-License-Identifier: PostgreSQL
// Fuzzes the CSV of price lists, and a price book whose texts and numbers the input chooses.
#include <bedrock_cost/lines.hpp>
#include <bedrock_cost/price.hpp>
#include <cstring>
#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace bedrock_cost;
    using namespace bedrock_cost::test;
    const Text text = as_text(data, size);
    CsvReader reader{text};
    std::size_t left = text.size() + 2;
    for (;;) {
        const CsvField field = csv_next(reader);
        if (field.step == CsvStep::end || field.step == CsvStep::broken) break;
        require(left-- == 0 ? "a CSV text has at most one field more than bytes" : nullptr);
        require(field.raw.data() >= text.data() && field.raw.data() + field.raw.size() <= text.data() + text.size()
                    ? nullptr
                    : "a field lies in its text");
        std::string content(field.raw.size(), '\0');
        require(csv_content(field.raw, content.data()) <= content.size() ? nullptr
                                                                         : "a field is not longer than it is written");
        require(field.step == CsvStep::last_field || reader.after_comma
                    ? nullptr
                    : "a field that is not the last one is followed by a comma");
    }

    PriceBook *book = price_book_open();
    if (book == nullptr) return 0;
    PriceTarget target;
    target.model_id = text.substr(0, 3);
    price_book_string(book, text, &target, 1);
    const std::int32_t model = price_book_model(book, target.model_id, static_cast<std::int64_t>(size));
    for (std::size_t at = 0; at + 8 <= size && model >= 0; at += 8) {
        PriceRow row;
        row.number = static_cast<std::int32_t>(at);
        row.kind = static_cast<TokenKind>(data[at] % 5);
        row.ttl = static_cast<CacheTtl>(data[at + 1] % 4);
        row.region = data[at + 2] % 2 == 0 ? Text("*") : text.substr(at, 2);
        row.routing = "*";
        row.tier = "standard";
        row.above = data[at + 3] % 4 == 0 ? data[at + 4] : -1;
        row.usd.units = data[at + 5];
        row.usd.scale = data[at + 6] % 13;
        for (int shift = 0; shift < data[at + 7] % 15; ++shift) row.usd.units *= 256;
        price_book_add(book, model, row);
    }
    if (size > 1 && data[1] % 2 == 0) price_book_region(book, text.substr(0, 2));
    PriceQuery query;
    query.model = text;
    query.tier = "standard";
    if (size > 0 && data[0] % 2 == 0) query.region = text.substr(0, 2);
    for (std::size_t i = 0; i < query.counts.size() && i < size; ++i)
        query.counts[i] = {data[i], static_cast<std::int32_t>(data[i] % 7)};
    const PriceQuote whole = price_quote(book, query);
    require(whole.answer == PriceAnswer::unknown_string || whole.answer == PriceAnswer::unknown_model
                ? "nothing is missing"
                : nullptr);
    require(whole.answer == PriceAnswer::priced && whole.usd.units < 0 ? "a cost is not negative" : nullptr);
    const PriceQuote again = price_quote(book, query);
    require(again.answer == whole.answer && again.usd.units == whole.usd.units && again.usd.scale == whole.usd.scale
                ? nullptr
                : "the same answer twice");
    price_book_close(book);
    return 0;
}
