// SPDX-License-Identifier: PostgreSQL
// estimated_cost: tokens priced by the book.
#include "price/book.hpp"
#include "price/decimal.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

// The arguments that both functions share; false: no price is asked for.
bool read_where(FunctionCallInfo fcinfo, int first, PriceQuery &query)
{
    query.region = nullable_text_argument(fcinfo, first);
    query.routing = nullable_text_argument(fcinfo, first + 1);
    if (query.routing == "geo") query.routing = "regional";
    query.tier = nullable_text_argument(fcinfo, first + 2);
    if (query.tier.data() == nullptr) query.tier = "standard";
    if (PG_ARGISNULL(first + 3)) return false;
    const TimestampTz at = PG_GETARG_TIMESTAMPTZ(first + 3);
    if (TIMESTAMP_NOT_FINITE(at)) return false;
    int64 day = at / USECS_PER_DAY;
    if (at % USECS_PER_DAY < 0) --day;
    query.day = static_cast<int32>(day);
    if (!PG_ARGISNULL(first + 4)) query.long_context = PG_GETARG_BOOL(first + 4);
    const Text basis = nullable_text_argument(fcinfo, first + 5);
    if (basis == "effective")
        query.basis = PriceBasis::effective;
    else if (basis == "list")
        query.basis = PriceBasis::list;
    else if (basis.data() != nullptr && basis != "book")
        ereport(ERROR,
                (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                 errmsg("\"%.*s\" is no basis of prices", static_cast<int>(Min(basis.size(), Size{160})), basis.data()),
                 errhint("book: the price book; list: the same without your own prices and discounts; effective: the "
                         "prices bedrock.observe_unit_prices found in the bill.")));
    return true;
}

}  // namespace

SQL_FUNCTION(bedrock_estimated_cost)
{
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    PriceQuery query;
    query.model = text_argument(fcinfo, 0);
    bool counted = false;
    for (int i = 0; i < 5; ++i) {
        if (PG_ARGISNULL(1 + i)) continue;
        counted = true;
        if (!read_decimal(PG_GETARG_DATUM(1 + i), query.counts[static_cast<std::size_t>(i)])) PG_RETURN_NULL();
    }
    if (!counted || !read_where(fcinfo, 6, query)) PG_RETURN_NULL();
    check_book(fcinfo);
    const PriceQuote answer = quote(query);
    if (answer.answer != PriceAnswer::priced) PG_RETURN_NULL();
    return give_decimal(answer.usd);
}

// Which rows price a token of each kind: numbers of bedrock_internal.price_rows in the order of estimated_cost's
// counts, NULL for none.
SQL_FUNCTION(bedrock_price_numbers)
{
    Datum values[5];
    bool nulls[5] = {true, true, true, true, true};
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    PriceQuery query;
    query.model = text_argument(fcinfo, 0);
    if (!read_where(fcinfo, 1, query)) PG_RETURN_NULL();
    check_book(fcinfo);
    for (std::size_t i = 0; i < 5; ++i) {
        values[i] = 0;
        query.counts = {};
        query.counts[i].units = 1;
        const PriceQuote answer = quote(query);
        nulls[i] = answer.answer != PriceAnswer::priced;
        if (!nulls[i]) values[i] = Int32GetDatum(answer.rows[i]);
    }
    int dimensions[1] = {5};
    int lower[1] = {1};
    PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, 1, dimensions, lower, INT4OID, 4, true, TYPALIGN_INT));
}
