// SPDX-License-Identifier: PostgreSQL
// bedrock_internal.read_invocations and bedrock_internal.parse_invocations: the records of model invocation logs as
// rows. The reader is freed with the memory context it was opened in, whatever ends the call.
#include "pg/pg.hpp"
#include "pg/read_fault.hpp"
#include "server_file.hpp"

#include <bedrock_cost/invocation.hpp>
#include <cerrno>

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

constexpr int column_count = 39;

void close_reader(void *reader)
{
    invocations_close(static_cast<InvocationReader *>(reader));
}

// The end of next year: what is later is no time of a log, whatever the clock says.
int64 end_of_time()
{
    struct pg_tm now;
    fsec_t part = 0;
    if (timestamp2tm(GetCurrentTransactionStartTimestamp(), nullptr, &now, &part, nullptr, nullptr) != 0)
        ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
    return (date2j(now.tm_year + 2, 1, 1) - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
}

InvocationReader *open_reader(Text label_keys)
{
    // Allocated before the reader exists: nothing may fail between the two.
    auto *release = static_cast<MemoryContextCallback *>(palloc0(sizeof(MemoryContextCallback)));
    release->func = close_reader;
    InvocationReader *reader = invocations_open(label_keys, end_of_time());
    if (reader == nullptr) raise_out_of_memory("out of memory for reading invocation logs");
    release->arg = reader;
    MemoryContextRegisterResetCallback(CurrentMemoryContext, release);
    return reader;
}

// A row as it is filled, column by column.
struct RowWriter {
    Datum values[column_count];
    bool nulls[column_count];
    int count;

    void add(Answer value)
    {
        values[count] = value.value;
        nulls[count++] = value.null;
    }
    void add(Count count_or_none) { add(count_or_none ? Answer{Int32GetDatum(*count_or_none), false} : Answer{}); }
    void add_number(std::uint32_t number) { add(number == 0 ? Answer{} : Answer{UInt32GetDatum(number), false}); }
    void add(const std::array<unsigned char, 16> &key)
    {
        static_assert(sizeof(key) == UUID_LEN);
        auto *uuid = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
        memcpy(uuid->data, key.data(), sizeof(uuid->data));
        add(Answer{UUIDPGetDatum(uuid), false});
    }
};

// A text of a log, which is UTF-8, in the encoding of the database.
Answer text_of(Text value)
{
    if (value.data() == nullptr || GetDatabaseEncoding() == PG_UTF8) return answer(value);
    const char *copy = pnstrdup(value.data(), value.size());
    return {CStringGetTextDatum(pg_any_to_server(copy, static_cast<int>(value.size()), PG_UTF8)), false};
}

Answer jsonb_of(Text value)
{
    if (value.data() == nullptr) return {};
    char *copy = pnstrdup(value.data(), value.size());
    if (GetDatabaseEncoding() != PG_UTF8) copy = pg_any_to_server(copy, static_cast<int>(value.size()), PG_UTF8);
    return {DirectFunctionCall1(jsonb_in, CStringGetDatum(copy)), false};
}

void fill_record(RowWriter &row, const Invocation &record)
{
    // What was given with an earlier row of the same number is not given again; rows of events have no number.
    const bool event = record.kind == InvocationKind::event;
    row.add(answer(event));
    row.add(record.request_key);
    row.add_number(record.attributes_number);
    row.add_number(record.principal_number);
    row.add(Answer{TimestampTzGetDatum(record.logged_at - (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY),
                   false});
    row.add(text_of(record.request_id));
    if (event || record.attributes_repeated)
        row.add(Answer{});
    else
        row.add(record.attributes_hash);
    const auto once = [](bool repeated, Text value) { return repeated ? Answer{} : text_of(value); };
    for (const Text value : {record.account_id, record.region, record.inference_region, record.operation, record.model,
                             record.profile, record.caller})
        row.add(once(record.attributes_repeated, value));
    row.add(record.attributes_repeated ? Answer{} : answer(record.tier));
    row.add(record.attributes_repeated ? Answer{} : jsonb_of(record.labels));
    row.add(once(record.principal_repeated, record.principal));
    row.add(jsonb_of(record.metadata));
    row.add(text_of(record.error_code));
    row.add(text_of(record.source_address));
    row.add(answer(record.count_basis));
    for (const Count count :
         {record.input_tokens, record.output_tokens, record.cache_read_tokens, record.cache_write_tokens,
          record.cache_write_1h_tokens, record.input_speech_tokens, record.output_speech_tokens, record.images,
          record.search_units, record.input_audio, record.input_video, record.output_audio, record.output_video,
          record.latency, record.first_byte})
        row.add(count);
}

// All that is left of a file or text goes into the result. number: of the file, from 1; 0: a text.
void give_rows(InvocationReader *reader, ReturnSetInfo *result, int number, MemoryContext row_context)
{
    for (;;) {
        CHECK_FOR_INTERRUPTS();
        const InvocationReading *reading = invocations_next(reader);
        if (reading->step == InvocationStep::end) return;
        if (reading->step == InvocationStep::skipped) continue;
        if (reading->step == InvocationStep::out_of_memory)
            raise_out_of_memory("out of memory for reading invocation logs");
        const MemoryContext caller = MemoryContextSwitchTo(row_context);
        RowWriter row;
        row.count = 0;
        row.add(number == 0 ? Answer{} : Answer{Int32GetDatum(number), false});
        row.add(Answer{Int64GetDatum(static_cast<int64>(reading->line)), false});
        if (reading->step == InvocationStep::record) {
            row.add(Answer{});
            fill_record(row, reading->record);
        } else {
            row.add(Answer{CStringGetTextDatum(reading->reason), false});
            while (row.count < column_count) row.add(Answer{});
        }
        tuplestore_putvalues(result->setResult, result->setDesc, row.values, row.nulls);
        MemoryContextSwitchTo(caller);
        MemoryContextReset(row_context);
    }
}

ReturnSetInfo *open_result(FunctionCallInfo fcinfo)
{
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    if (result->setDesc->natts != column_count) elog(ERROR, "the row type of this function is not the module's");
    return result;
}

MemoryContext open_row_context()
{
    return AllocSetContextCreate(CurrentMemoryContext, "a row of an invocation log", ALLOCSET_DEFAULT_SIZES);
}

}  // namespace

SQL_FUNCTION(bedrock_read_invocations)
{
    require_right_to_read();
    ReturnSetInfo *result = open_result(fcinfo);
    const MemoryContext row_context = open_row_context();
    Datum *files = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT, &files, &nulls, &count);
    InvocationReader *reader = open_reader(text_argument(fcinfo, 1));
    for (int i = 0; i < count; ++i) {
        if (nulls[i]) continue;
        const char *given = TextDatumGetCString(files[i]);
        if (given[0] != '/')
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("\"%s\" is not an absolute path", given)));
        const char *path =
            is_same_encoding() ? given : pg_server_to_any(given, static_cast<int>(strlen(given)), PG_UTF8);
        const int problem = invocations_file(reader, path);
        if (problem == ENOMEM) raise_out_of_memory("out of memory for reading invocation logs");
        if (problem != 0) {
            errno = problem;
            raise_unreadable("open file", path);
        }
        give_rows(reader, result, i + 1, row_context);
    }
    return static_cast<Datum>(0);
}

SQL_FUNCTION(bedrock_parse_invocations)
{
    ReturnSetInfo *result = open_result(fcinfo);
    const MemoryContext row_context = open_row_context();
    // Bytes, since a broken line need be no text in any encoding.
    const bytea *document = PG_GETARG_BYTEA_PP(0);
    InvocationReader *reader = open_reader(text_argument(fcinfo, 1));
    invocations_text(reader, {VARDATA_ANY(document), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(document))});
    give_rows(reader, result, 0, row_context);
    return static_cast<Datum>(0);
}
