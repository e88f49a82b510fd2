// SPDX-License-Identifier: PostgreSQL
// bedrock.server_file_header, bedrock.read_export and bedrock.read_ahead: exports in files of the server, compacted by
// the core.
//
// The core reads in threads of its own, which know nothing of the server. The backend waits for them, looks whether it
// was interrupted and says how far they are. A compaction is closed with the memory context it was opened in, whatever
// ends the query, and its threads with it. One that was begun ahead lives until it is asked for, or until the
// transaction ends; one that was read until a fold has taken its lines in (reading.hpp), or as long.
#include <bedrock_cost/reader.hpp>

#include "numbered.hpp"
#include "principal.hpp"
#include "read_fault.hpp"
#include "reading.hpp"
#include "server_file.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

constexpr int before_columns = 4;
constexpr uint32 most_workers = 16;
constexpr uint32 look_up_every_ms = 100;
constexpr int64 say_every_us = INT64CONST(3000000);

struct TextArray {
    Datum *values;
    int count;

    // In UTF-8.
    Text operator[](int i) const
    {
        const auto *value = DatumGetTextPP(values[i]);
        return utf8_text({VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))});
    }
};

TextArray text_array(Datum argument)
{
    TextArray array{};
    bool *nulls = nullptr;
    deconstruct_array(DatumGetArrayTypeP(argument), TEXTOID, -1, false, TYPALIGN_INT, &array.values, &nulls, &array.count);
    for (int i = 0; i < array.count; ++i)
        if (nulls[i]) ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a file, a name or a use is NULL")));
    return array;
}

// Frees what the core opened together with a memory context. Made before it is opened: nothing may fail between the two.
MemoryContextCallback *release_with_context(void (*close)(void *))
{
    auto *release = static_cast<MemoryContextCallback *>(palloc0(sizeof(MemoryContextCallback)));
    release->func = close;
    return release;
}

ColumnUse column_use(Text word)
{
    if (word == "skip") return ColumnUse::skipped;
    if (word == "key" || word == "principal") return ColumnUse::key;
    if (word == "month") return ColumnUse::month;
    if (word == "moment") return ColumnUse::moment;
    if (word == "usage_start") return ColumnUse::usage_start;
    if (word == "usage_end") return ColumnUse::usage_end;
    if (word == "amount") return ColumnUse::amount;
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a column is used as skip, key, principal, month, moment, usage_start, usage_end or amount")));
    pg_unreachable();
}

// A column that is given out, and the last time that was read for it: lines follow each other with the same times.
struct Given {
    ColumnUse use;
    Oid type;
    char last[40];
    std::size_t last_size;
    Datum last_value;
    bool is_principal;
    int number;  // of the column in the file, from 0
};

Datum read_time(Given &column, Text key)
{
    if (key.size() >= sizeof column.last)
        ereport(ERROR, (errcode(ERRCODE_INVALID_DATETIME_FORMAT), errmsg("\"%s\" is no time", shown(key, 100))));
    if (key.size() != column.last_size || memcmp(column.last, key.data(), key.size()) != 0) {
        column.last_size = 0;
        memcpy(column.last, key.data(), key.size());
        column.last[key.size()] = '\0';
        column.last_value = DirectFunctionCall3(timestamptz_in, CStringGetDatum(column.last), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
        column.last_size = key.size();
    }
    return column.last_value;
}

// name: of the column; first_file: of those that are read.
Datum give_key(Given &column, Text key, Text name, Text first_file)
{
    if (column.type != TEXTOID) return read_time(column, key);
    if (is_same_encoding()) return PointerGetDatum(cstring_to_text_with_len(key.data(), static_cast<int>(key.size())));
    const char *text = try_server_text(key);
    if (text == nullptr)
        ereport(ERROR, (errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
                        errmsg("\"%s\" has a character that the encoding %s of the database lacks", shown(key, 200),
                               GetDatabaseEncodingName()),
                        errhint("Load it into a database in UTF-8."), error_place(place_in_file(first_file, 0, name))));
    return CStringGetTextDatum(text);
}

}  // namespace

SQL_FUNCTION(bedrock_server_file_header)
{
    require_right_to_read();
    const char *path = path_argument(fcinfo);
    MemoryContextCallback *release = release_with_context([](void *header) { header_close(static_cast<Header *>(header)); });
    const MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "header of an export", ALLOCSET_SMALL_SIZES);
    Header *header = header_open(path);
    if (header == nullptr) raise_read_fault(ReadFault{ReadFaultKind::out_of_memory}, path, {});
    release->arg = header;
    MemoryContextRegisterResetCallback(work, release);
    const ReadFault fault = header_fault(header);
    if (fault.kind != ReadFaultKind::none) raise_read_fault(fault, path, {});

    const auto count = static_cast<int>(header_count(header));
    auto *names = static_cast<Datum *>(palloc(static_cast<std::size_t>(count) * sizeof(Datum)));
    for (int i = 0; i < count; ++i) {
        const Text name = header_name(header, static_cast<uint32>(i));
        const char *said = try_server_text(name);
        if (said == nullptr)
            ereport(ERROR, (errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
                            errmsg("the name of column %d, \"%s\", has a character that the encoding %s of the database lacks", i + 1,
                                   shown(name), GetDatabaseEncodingName()),
                            errhint("Load it into a database in UTF-8."), error_place(place_in_file(path, 1, {}))));
        names[i] = CStringGetTextDatum(said);
    }
    ArrayType *result = construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT);
    MemoryContextDelete(work);
    PG_RETURN_ARRAYTYPE_P(result);
}

namespace {

// What a reading is asked for.
struct Wanted {
    TextArray files;
    TextArray names;
    TextArray words;
    bool hourly;
    uint32 workers;
};

Wanted wanted_reading(FunctionCallInfo fcinfo)
{
    require_right_to_read();
    const int workers = PG_GETARG_INT32(4);
    const Wanted wanted{text_array(PG_GETARG_DATUM(0)), text_array(PG_GETARG_DATUM(1)), text_array(PG_GETARG_DATUM(2)), PG_GETARG_BOOL(3),
                        static_cast<uint32>(workers > 0 ? workers : Max(1, max_parallel_maintenance_workers))};
    if (wanted.files.count == 0 || wanted.names.count != wanted.words.count || workers < 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a reading needs files, a use for each column, and 0 workers or more")));
    return wanted;
}

// What pg_stat_activity shows while the backend waits for the threads. The name is the server's from version 17 on.
uint32 reading_wait_event()
{
#if PG_VERSION_NUM >= 170000
    static uint32 event = 0;
    if (event == 0) event = WaitEventExtensionNew("BedrockReadFiles");
    return event;
#else
    return PG_WAIT_EXTENSION;
#endif
}

// A compaction under way, in a memory context of its own.
struct Reading {
    MemoryContext context;
    Compaction *compaction;
    Datum asked[3];
    bool hourly;
};

// The one begun ahead. Its memory context forgets it.
Reading *ahead = nullptr;

// Begins to read. The compaction goes with the context.
Reading *begin_reading(FunctionCallInfo fcinfo, const Wanted &wanted, MemoryContext parent)
{
    const auto columns = static_cast<std::size_t>(wanted.names.count);
    auto *uses = static_cast<ColumnUse *>(palloc0(columns * sizeof(ColumnUse)));
    auto *texts = static_cast<Text *>(palloc0(columns * sizeof(Text)));
    for (int i = 0; i < wanted.names.count; ++i) {
        uses[i] = column_use(wanted.words[i]);
        texts[i] = wanted.names[i];
    }
    const MemoryContext work = AllocSetContextCreate(parent, "an export being read", ALLOCSET_DEFAULT_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(work);
    auto *reading = static_cast<Reading *>(palloc0(sizeof(Reading)));
    reading->context = work;
    for (int i = 0; i < 3; ++i) reading->asked[i] = PointerGetDatum(PG_GETARG_ARRAYTYPE_P_COPY(i));
    reading->hourly = wanted.hourly;
    // Made before there is anything to release: nothing may fail between the two.
    auto *release = static_cast<MemoryContextCallback *>(palloc0(sizeof(MemoryContextCallback)));
    release->func = [](void *closed) {
        auto *gone = static_cast<Reading *>(closed);
        if (ahead == gone) ahead = nullptr;
        compaction_close(gone->compaction);
    };
    release->arg = reading;
    MemoryContextRegisterResetCallback(work, release);
    const ReadFault no_memory{ReadFaultKind::out_of_memory};
    reading->compaction = compaction_open(uses, texts, static_cast<uint32>(columns), wanted.hourly,
                                          Min(Min(wanted.workers, most_workers), static_cast<uint32>(wanted.files.count)));
    if (reading->compaction == nullptr) raise_read_fault(no_memory, "", {});
    for (int i = 0; i < wanted.files.count; ++i)
        if (!compaction_add_file(reading->compaction, wanted.files[i])) raise_read_fault(no_memory, "", {});
    compaction_start(reading->compaction);
    MemoryContextSwitchTo(caller);
    return reading;
}

// The reading begun ahead, where it is of the same files for the same; any other is given up.
Reading *take_ahead(FunctionCallInfo fcinfo)
{
    Reading *taken = ahead;
    if (taken == nullptr) return nullptr;
    ahead = nullptr;
    bool same = taken->hourly == PG_GETARG_BOOL(3);
    for (int i = 0; same && i < 3; ++i)
        same = datumIsEqual(taken->asked[i], PointerGetDatum(PG_GETARG_ARRAYTYPE_P(i)), false, -1);
    if (same) return taken;
    MemoryContextDelete(taken->context);
    return nullptr;
}

}  // namespace

SQL_FUNCTION(bedrock_read_ahead)
{
    const Wanted wanted = wanted_reading(fcinfo);
    if (ahead != nullptr) MemoryContextDelete(ahead->context);
    ahead = begin_reading(fcinfo, wanted, TopTransactionContext);
    PG_RETURN_VOID();
}

SQL_FUNCTION(bedrock_read_export)
{
    const Wanted wanted = wanted_reading(fcinfo);
    const TextArray &files = wanted.files;
    const TextArray &names = wanted.names;

    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const TupleDesc row = result->setDesc;
    const auto columns = static_cast<std::size_t>(names.count);
    auto *given = static_cast<Given *>(palloc0(columns * sizeof(Given)));
    int count = 0;
    for (int i = 0; i < names.count; ++i) {
        const ColumnUse use = column_use(wanted.words[i]);
        if (use == ColumnUse::skipped) continue;
        const int column = before_columns + count;
        const Oid type = column < row->natts ? TupleDescAttr(row, column)->atttypid : InvalidOid;
        if (use == ColumnUse::amount ? type != NUMERICOID : type != TEXTOID && type != TIMESTAMPTZOID)
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("column %d of bedrock.read_export is numeric for an amount, else text or timestamptz", column + 1)));
        given[count].use = use;
        given[count].number = i;
        given[count].is_principal = wanted.words[i] == "principal";
        given[count++].type = type;
    }
    if (row->natts != before_columns + count || TupleDescAttr(row, 0)->atttypid != INT4OID || TupleDescAttr(row, 1)->atttypid != TEXTOID ||
        TupleDescAttr(row, 2)->atttypid != INT8OID || TupleDescAttr(row, 3)->atttypid != INT4OID)
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                        errmsg("bedrock.read_export gives an integer, a text, a bigint, an integer and the columns that are not skipped")));

    Reading *reading = take_ahead(fcinfo);
    if (reading == nullptr) reading = begin_reading(fcinfo, wanted, CurrentMemoryContext);
    Compaction *compaction = reading->compaction;
    const MemoryContext work = reading->context;
    TimestampTz told = GetCurrentTimestamp();
    const uint32 waits_for = reading_wait_event();
    for (;;) {
        // The threads know nothing of latches: what the backend waits for is said here.
        pgstat_report_wait_start(waits_for);
        const bool done = compaction_wait(compaction, look_up_every_ms);
        pgstat_report_wait_end();
        if (done) break;
        CHECK_FOR_INTERRUPTS();
        if (GetCurrentTimestamp() - told < say_every_us) continue;
        told = GetCurrentTimestamp();
        const Progress progress = compaction_progress(compaction);
        ereport(NOTICE, (errmsg("read %d %% of %d file(s), %llu lines",
                                static_cast<int>(progress.bytes == 0 ? 0 : progress.bytes_read * 100 / progress.bytes), files.count,
                                static_cast<unsigned long long>(progress.lines))));
    }
    const ReadFault fault = compaction_fault(compaction);
    if (fault.kind != ReadFaultKind::none)
        raise_read_fault(fault, fault.file < 0 ? Text("") : files[static_cast<int>(fault.file)],
                         fault.column < 0 || fault.column >= names.count ? Text() : names[fault.column]);

    if (!compaction_conserves(compaction))
        ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("the lines and their sums differ after reading"),
                        errdetail("This is a bug."), error_place(place_in_file(files[0], 0, {}))));

    auto *values = static_cast<Datum *>(palloc0(static_cast<std::size_t>(row->natts) * sizeof(Datum)));
    auto *nulls = static_cast<bool *>(palloc0(static_cast<std::size_t>(row->natts)));
    const MemoryContext row_context = AllocSetContextCreate(work, "a row of bedrock.read_export", ALLOCSET_DEFAULT_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(row_context);
    nulls[0] = nulls[1] = true;
    int amounts = 0;
    int principals = 0;
    for (int i = 0; i < count; ++i) {
        amounts += given[i].use == ColumnUse::amount ? 1 : 0;
        principals += given[i].is_principal ? 1 : 0;
    }
    if (principals > 1) ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("lines of an export have one IAM principal")));
    CompactedLines *lines = open_lines(work, compaction, nullptr, compaction_count(compaction), amounts);
    // In another encoding the database's texts are not those that the core has read.
    lines->tell_principals = principals > 0 && GetDatabaseEncoding() == PG_UTF8;
    Numbered<PeriodSaid> periods{};
    Numbered<CombinationSaid> combinations{};
    periods.context = combinations.context = work;
    std::size_t text_room = 4096;
    auto *texts = static_cast<char *>(MemoryContextAlloc(work, text_room));
    for (int64 n = 0; n < lines->count; ++n) {
        CHECK_FOR_INTERRUPTS();
        const CompactedPlace place = compaction_place(compaction, n);
        PeriodSaid &period = periods[static_cast<int32>(place.period)];
        uint32 but_session = place.combination;
        if (lines->tell_principals) {
            CombinationSaid &combination = combinations[static_cast<int32>(place.combination)];
            if (!combination.known) {
                const CompactedLine line = compaction_row(compaction, n);
                combination.known = true;
                std::size_t length = 0;
                int key = 0;
                for (int i = 0; i < count; ++i) {
                    if (given[i].use == ColumnUse::amount) continue;
                    Text value = line.keys[key++];
                    if (!is_stated(given[i].use)) continue;
                    if (given[i].is_principal) {
                        combination.principal = value;
                        value = without_session(value);
                    }
                    const uint32 size = value.data() == nullptr ? absent : static_cast<uint32>(value.size());
                    while (text_room < length + sizeof size + value.size()) texts = static_cast<char *>(repalloc_huge(texts, text_room *= 2));
                    char *at = put(texts + length, &size, sizeof size);
                    if (!value.empty()) at = put(at, value.data(), value.size());
                    length = static_cast<std::size_t>(at - texts);
                }
                combination.but_session = number_text(*lines, {texts, length});
            }
            but_session = combination.but_session;
        }
        if (!period.known) {
            const CompactedLine line = compaction_row(compaction, n);
            period.known = true;
            period.lasting = {Answer{}, Answer{}};
            int key = 0;
            for (int i = 0; i < count; ++i) {
                if (given[i].use == ColumnUse::amount) continue;
                const Text value = line.keys[key++];
                if (value.data() == nullptr || is_stated(given[i].use)) continue;
                Answer &day = given[i].use == ColumnUse::usage_start ? period.lasting.start : period.lasting.end;
                day = {read_time(given[i], value), false};
            }
        }
        const uint32 what[] = {but_session, place.pattern};
        number_line(*lines, n, {reinterpret_cast<const char *>(what), sizeof what}, period.lasting);
    }
    end_numbering(*lines);
    lines->periods = periods.entries;
    lines->combinations = combinations.entries;
    for (uint32 statement = 0; statement < lines->statements; ++statement) {
        CHECK_FOR_INTERRUPTS();
        const CompactedLine line = compaction_row(compaction, lines->examples[statement]);
        values[2] = Int64GetDatum(line.lines);
        values[3] = Int32GetDatum(static_cast<int32>(statement));
        int key = 0;
        int amount = 0;
        for (int i = 0; i < count; ++i) {
            Answer value;
            if (given[i].use == ColumnUse::amount) {
                const Amount &sum = line.amounts[amount];
                value = probe(amount++, sign_of(sum));
            } else if (const Text said = line.keys[key++]; said.data() != nullptr) {
                value = {give_key(given[i], said, names[given[i].number], files[0]), false};
            }
            values[before_columns + i] = value.value;
            nulls[before_columns + i] = value.null;
        }
        tuplestore_putvalues(result->setResult, row, values, nulls);
        MemoryContextReset(row_context);
    }

    memset(nulls, true, static_cast<std::size_t>(row->natts));
    nulls[0] = nulls[1] = nulls[2] = false;
    for (int i = 0; i < files.count; ++i) {
        const CompactedFile file = compaction_file(compaction, static_cast<uint32>(i));
        char checksum[2 * sizeof file.hash + 1];
        for (std::size_t b = 0; b < file.hash.size(); ++b) snprintf(checksum + 2 * b, 3, "%02x", file.hash[b]);
        values[0] = Int32GetDatum(i + 1);
        values[1] = CStringGetTextDatum(checksum);
        values[2] = Int64GetDatum(static_cast<int64>(file.lines));
        tuplestore_putvalues(result->setResult, row, values, nulls);
        MemoryContextReset(row_context);
    }
    MemoryContextSwitchTo(caller);
    offer_lines(lines);
    return static_cast<Datum>(0);
}
