// SPDX-License-Identifier: PostgreSQL
// The price book, kept in the memory of the session.
//
// The book is right for one snapshot. bedrock.price_version changes with every change of the tables behind the book, in
// the same transaction: a snapshot other than the last one reads the version, and the book is thrown away only where
// that differs. An aborted (sub)transaction may have been the one the book was read in. Models and model strings are
// read when they are met first, with the same snapshot. They are read with the rights of the function's owner, the
// extension's, so that who may call estimated_cost needs no right on the tables. These hold what was negotiated: who
// may not read bedrock.price works with list prices, whatever basis is asked for.
#include "price/book.hpp"

#include "pg/worker.hpp"
#include "price/decimal.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

// What decides whether two snapshots see the same.
struct Seen {
    TransactionId xmin, xmax;
    CommandId command;
    uint32 transactions;
    int32 subtransactions;
    bool overflowed;
};

struct State {
    PriceBook *book;
    Oid owner;
    Oid version_table;
    int64 version;
    bool checked;  // the book is right for `seen`
    bool broken;   // an error came while rows were added
    Oid reader;    // whom `reads_prices` is about
    bool reads_prices;
    Seen seen;
    TransactionId *ids;
    uint32 id_room;
    SPIPlanPtr version_plan, scope_plan, region_plan, string_plan, model_plan, row_plan, discount_plan;
    bool watching;
};
State state;

// A book that grew beyond this is begun anew: dirty model strings cannot fill the memory.
constexpr std::size_t most_bytes = std::size_t{64} << 20U;

void forget()
{
    state.checked = false;
}

void transaction_ended(XactEvent event, void *)
{
    if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT) forget();
}

void subtransaction_ended(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
    if (event == SUBXACT_EVENT_ABORT_SUB) forget();
}

Seen seen_by(Snapshot snapshot)
{
    return {snapshot->xmin, snapshot->xmax,    snapshot->curcid,
            snapshot->xcnt, snapshot->subxcnt, snapshot->suboverflowed};
}

bool same_snapshot(Snapshot snapshot)
{
    const Seen now = seen_by(snapshot);
    const Seen &last = state.seen;
    if (now.xmin != last.xmin || now.xmax != last.xmax || now.command != last.command ||
        now.transactions != last.transactions || now.subtransactions != last.subtransactions ||
        now.overflowed != last.overflowed)
        return false;
    const uint32 subs = now.subtransactions > 0 ? static_cast<uint32>(now.subtransactions) : 0;
    return (now.transactions == 0 || memcmp(state.ids, snapshot->xip, now.transactions * sizeof(TransactionId)) == 0) &&
           (subs == 0 || memcmp(state.ids + now.transactions, snapshot->subxip, subs * sizeof(TransactionId)) == 0);
}

void remember(Snapshot snapshot)
{
    const Seen now = seen_by(snapshot);
    const uint32 subs = now.subtransactions > 0 ? static_cast<uint32>(now.subtransactions) : 0;
    const uint32 count = now.transactions + subs;
    if (count > state.id_room) {
        const uint32 room = Max(count, 2 * state.id_room);
        const Size bytes = room * sizeof(TransactionId);
        state.ids = static_cast<TransactionId *>(state.ids == nullptr ? MemoryContextAlloc(TopMemoryContext, bytes)
                                                                      : repalloc(state.ids, bytes));
        state.id_room = room;
    }
    if (now.transactions > 0) memcpy(state.ids, snapshot->xip, now.transactions * sizeof(TransactionId));
    if (subs > 0) memcpy(state.ids + now.transactions, snapshot->subxip, subs * sizeof(TransactionId));
    state.seen = now;
    state.checked = true;
}

// Who called, while the book is read as the extension's owner. An error on the way ends the (sub)transaction, which
// gives the caller back by itself.
struct Caller {
    Oid user;
    int context;
};

Caller begin_reading()
{
    Caller caller{};
    GetUserIdAndSecContext(&caller.user, &caller.context);
    SetUserIdAndSecContext(state.owner, caller.context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
    return caller;
}

void end_reading(const Caller &caller)
{
    SPI_finish();
    SetUserIdAndSecContext(caller.user, caller.context);
}

// Runs a statement that is planned once a session; its result is in SPI_tuptable.
void run(SPIPlanPtr &plan, const char *statement, int arguments, Oid *types, Datum *values)
{
    if (plan == nullptr) {
        SPIPlanPtr made = SPI_prepare(statement, arguments, types);
        if (made == nullptr || SPI_keepplan(made) != 0) elog(ERROR, "cannot prepare \"%s\"", statement);
        plan = made;
    }
    if (SPI_execute_plan(plan, values, nullptr, true, 0) != SPI_OK_SELECT) elog(ERROR, "cannot read the price book");
}

Datum column(uint64 row, int number, bool &null)
{
    return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, &null);
}

// A text column of a row: absent where it is NULL.
Text text_column(uint64 row, int number)
{
    bool null = false;
    const Datum value = column(row, number, null);
    if (null) return {};
    const text *packed = DatumGetTextPP(value);
    return {VARDATA_ANY(packed), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(packed))};
}

int32 day_column(uint64 row, int number, int32 absent)
{
    bool null = false;
    const Datum value = column(row, number, null);
    return null ? absent : DatumGetDateADT(value);
}

void raise_incomplete(bool complete)
{
    if (complete) return;
    raise_out_of_memory("out of memory for the price book");
}

Datum text_datum(Text text)
{
    return PointerGetDatum(cstring_to_text_with_len(text.data(), static_cast<int>(text.size())));
}

// Reads what a model string means.
void add_string(Text string)
{
    state.checked = false;
    const Caller caller = begin_reading();
    Oid types[] = {TEXTOID};
    Datum values[] = {text_datum(string)};
    run(state.string_plan,
        "SELECT t.valid_from, t.valid_to, t.model_id, t.region, t.routing FROM bedrock_internal.price_targets($1) AS t",
        1, types, values);
    const auto count = static_cast<int32>(SPI_processed);
    auto *targets = static_cast<PriceTarget *>(palloc(sizeof(PriceTarget) * static_cast<Size>(Max(count, 1))));
    for (int32 i = 0; i < count; ++i) {
        const auto row = static_cast<uint64>(i);
        targets[i] = PriceTarget{};
        targets[i].from = day_column(row, 1, first_day);
        targets[i].to = day_column(row, 2, last_day);
        targets[i].model_id = text_column(row, 3);
        targets[i].region = text_column(row, 4);
        targets[i].global = text_column(row, 5) == "global";
    }
    raise_incomplete(price_book_string(state.book, string, targets, count));
    end_reading(caller);
    state.checked = true;
}

constexpr const char *row_statement =
    "SELECT r.number, r.basis = 'effective', r.token_kind, r.cache_ttl, r.region, r.routing, r.tier, "
    "r.long_context_above, r.valid_from, "
    "r.valid_to, r.rank, r.endpoint = 'bedrock-mantle', r.doubtful, r.final, r.usd FROM "
    "bedrock_internal.price_rows($1) AS r";

void add_rows(Text model_id)
{
    Oid types[] = {TEXTOID};
    Datum values[] = {text_datum(model_id)};
    // No model is known to hold more than the largest one: that is the bound where its own is not known.
    run(state.model_plan,
        "SELECT coalesce((SELECT m.context_window FROM bedrock.models AS m WHERE m.model_id = $1), "
        "(SELECT max(m.context_window)::bigint FROM bedrock.model AS m))",
        1, types, values);
    bool null = true;
    const Datum held = column(0, 1, null);
    const int64 window = null ? 0 : DatumGetInt64(held);
    run(state.row_plan, row_statement, 1, types, values);
    const uint64 rows = SPI_processed;
    const int32 model = price_book_model(state.book, model_id, window);
    raise_incomplete(model >= 0);
    for (uint64 n = 0; n < rows; ++n) {
        PriceRow row{};
        row.number = DatumGetInt32(column(n, 1, null));
        row.basis = DatumGetBool(column(n, 2, null)) ? PriceBasis::effective : PriceBasis::book;
        const Text kind = text_column(n, 3);
        for (std::size_t i = 1; i < Vocabulary<TokenKind>::words.size(); ++i)
            if (Vocabulary<TokenKind>::words[i] == kind) row.kind = static_cast<TokenKind>(i);
        const Text ttl = text_column(n, 4);
        for (std::size_t i = 1; i < Vocabulary<CacheTtl>::words.size(); ++i)
            if (Vocabulary<CacheTtl>::words[i] == ttl) row.ttl = static_cast<CacheTtl>(i);
        row.region = text_column(n, 5);
        row.routing = text_column(n, 6);
        row.tier = text_column(n, 7);
        const Datum above = column(n, 8, null);
        row.above = null ? -1 : DatumGetInt64(above);
        row.from = day_column(n, 9, first_day);
        row.to = day_column(n, 10, last_day);
        row.rank = static_cast<std::uint8_t>(DatumGetInt32(column(n, 11, null)));
        const Datum mantle = column(n, 12, null);
        row.mantle = !null && DatumGetBool(mantle);
        row.doubtful = DatumGetBool(column(n, 13, null));
        row.final = DatumGetBool(column(n, 14, null));
        const Datum usd = column(n, 15, null);
        if (null || !read_decimal(usd, row.usd)) elog(ERROR, "a price of the book cannot be read");
        raise_incomplete(price_book_add(state.book, model, row));
    }
    run(state.discount_plan, "SELECT d.valid_from, d.valid_to, d.factor FROM bedrock_internal.price_discounts($1) AS d",
        1, types, values);
    for (uint64 n = 0; n < SPI_processed; ++n) {
        Decimal factor;
        const Datum value = column(n, 3, null);
        if (null || !read_decimal(value, factor)) elog(ERROR, "a discount of the book cannot be read");
        raise_incomplete(
            price_book_discount(state.book, model, day_column(n, 1, first_day), day_column(n, 2, last_day), factor));
    }
}

void add_model(Text model_id)
{
    // An error on the way would leave a model without all of its prices: then the book is begun anew.
    state.checked = false;
    state.broken = true;
    const Caller caller = begin_reading();
    add_rows(model_id);
    end_reading(caller);
    state.broken = false;
    state.checked = true;
}

void close_book()
{
    price_book_close(state.book);
    state.book = nullptr;
    state.broken = false;
}

// An error on the way leaves a book without all regions: then it is begun anew.
void open_book()
{
    state.book = price_book_open();
    if (state.book == nullptr) raise_out_of_memory("out of memory for the price book");
    state.broken = true;
    const Caller reader = begin_reading();
    run(state.region_plan, "SELECT r.region FROM bedrock_internal.price_regions() AS r (region)", 0, nullptr, nullptr);
    for (uint64 n = 0; n < SPI_processed; ++n)
        if (!price_book_region(state.book, text_column(n, 1))) raise_out_of_memory("out of memory for the price book");
    end_reading(reader);
    state.broken = false;
}

}  // namespace

// Opens the book anew where it is not that of the active snapshot and user.
void bedrock_cost::pg::check_book(FunctionCallInfo fcinfo)
{
    if (!ActiveSnapshotSet()) elog(ERROR, "estimated_cost needs a snapshot");
    const Snapshot snapshot = GetActiveSnapshot();
    const Oid user = GetUserId();
    if (state.checked && state.book != nullptr && state.reader == user && same_snapshot(snapshot)) return;
    if (!state.watching) {
        RegisterXactCallback(transaction_ended, nullptr);
        RegisterSubXactCallback(subtransaction_ended, nullptr);
        state.watching = true;
    }
    state.checked = false;
    const HeapTuple function = SearchSysCache1(PROCOID, ObjectIdGetDatum(fcinfo->flinfo->fn_oid));
    if (!HeapTupleIsValid(function)) elog(ERROR, "cache lookup failed for function %u", fcinfo->flinfo->fn_oid);
    state.owner = reinterpret_cast<Form_pg_proc>(GETSTRUCT(function))->proowner;
    ReleaseSysCache(function);
    const Oid prices = get_relname_relid("price", get_namespace_oid("bedrock", false));
    state.reader = user;
    state.reads_prices = OidIsValid(prices) && pg_class_aclcheck(prices, user, ACL_SELECT) == ACLCHECK_OK;
    // Row security shows the user's prices to those alone who see everything.
    const bool scoped = state.reads_prices && check_enable_rls(prices, user, true) == RLS_ENABLED;

    if (on_worker())
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("estimated_cost cannot run on a worker"),
                        errdetail("The price book of the user is on the coordinator; the one here may be an old one."),
                        errhint("Join the tokens with the view bedrock.prices by model, region, routing, tier, token "
                                "kind and day, or sum the tokens first and price the sums.")));
    const Caller caller = begin_reading();
    run(state.version_plan, "SELECT v.version, v.tableoid FROM bedrock.price_version AS v", 0, nullptr, nullptr);
    if (SPI_processed != 1)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("bedrock.price_version has %d rows, not one", static_cast<int>(SPI_processed)),
                        errdetail("The price book cannot be told from an old one.")));
    bool null = false;
    const int64 version = DatumGetInt64(column(0, 1, null));
    const Oid table = DatumGetObjectId(column(0, 2, null));
    if (scoped) {
        Oid type = NAMEOID;
        Datum name = DirectFunctionCall1(namein, CStringGetDatum(GetUserNameFromId(user, false)));
        run(state.scope_plan, "SELECT bedrock_internal.sees_all($1)", 1, &type, &name);
        state.reads_prices = SPI_processed == 1 && DatumGetBool(column(0, 1, null)) && !null;
    }
    end_reading(caller);
    if (state.book != nullptr && (state.broken || state.version != version || state.version_table != table ||
                                  price_book_bytes(state.book) > most_bytes))
        close_book();
    if (state.book == nullptr) open_book();
    state.version = version;
    state.version_table = table;
    remember(snapshot);
}

PriceQuote bedrock_cost::pg::quote(PriceQuery query)
{
    if (!state.reads_prices) query.basis = PriceBasis::list;
    for (;;) {
        const PriceQuote answer = price_quote(state.book, query);
        if (answer.answer == PriceAnswer::unknown_string) {
            // One statement alone may bring more strings than a book is to hold.
            if (price_book_bytes(state.book) > most_bytes) {
                state.checked = false;
                close_book();
                open_book();
            }
            add_string(query.model);
        } else if (answer.answer == PriceAnswer::unknown_model)
            add_model(answer.missing);
        else if (answer.answer == PriceAnswer::out_of_memory)
            raise_out_of_memory("out of memory for the price book");
        else
            return answer;
    }
}
