// SPDX-License-Identifier: PostgreSQL
// bedrock_internal.server_file_header, bedrock_internal.read_export, bedrock_internal.read_ahead and
// bedrock_internal.files_read: exports in files of the server.
//
// The core reads in threads of its own, which know nothing of the server. The backend waits for them, looks whether it
// was interrupted and reports how far they are.
#include "lines/load.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

#include "pg/read_fault.hpp"
#include "server_file.hpp"

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

constexpr uint32 most_workers = 16;
constexpr uint32 look_up_every_ms = 100;
constexpr int64 report_every_us = INT64CONST(3000000);

uint32 wanted_workers(int workers)
{
    if (workers < 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a reading needs 0 workers or more")));
    return Min(static_cast<uint32>(workers > 0 ? workers : Max(1, max_parallel_maintenance_workers)), most_workers);
}

// A load of these files, or of those that are read ahead: the arguments of both functions.
void ask_for(Load &load, FunctionCallInfo fcinfo)
{
    load.files = PointerGetDatum(PG_GETARG_ARRAYTYPE_P_COPY(0));
    load.names = PointerGetDatum(PG_GETARG_ARRAYTYPE_P_COPY(1));
    load.uses = PointerGetDatum(PG_GETARG_ARRAYTYPE_P_COPY(2));
    load.fields = PointerGetDatum(PG_GETARG_ARRAYTYPE_P_COPY(3));
    load.hourly = PG_GETARG_BOOL(4);
}

Load *begin_reading(FunctionCallInfo fcinfo, bool current)
{
    const TextArray files = text_array(PG_GETARG_DATUM(0));
    const TextArray names = text_array(PG_GETARG_DATUM(1));
    const TextArray uses = text_array(PG_GETARG_DATUM(2));
    const TextArray fields = text_array(PG_GETARG_DATUM(3));
    if (files.count == 0 || names.count != uses.count || names.count != fields.count)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("a reading needs files, and a use and a field for each column")));
    auto *columns = static_cast<LineColumn *>(palloc0(static_cast<Size>(names.count) * sizeof(LineColumn)));
    for (int i = 0; i < names.count; ++i) columns[i] = line_column(names[i], uses[i], fields[i]);
    const uint32 workers = Min(wanted_workers(PG_GETARG_INT32(5)), static_cast<uint32>(files.count));

    Load *load = begin_load(current);
    const MemoryContext caller = MemoryContextSwitchTo(load->context);
    load->of_files = true;
    ask_for(*load, fcinfo);
    set_columns(*load, columns, names.count);
    open_store(*load, columns, names.count, workers);
    for (int i = 0; i < files.count; ++i)
        if (!line_store_add_file(load->store, files[i])) raise_no_memory();
    line_store_start(load->store);
    MemoryContextSwitchTo(caller);
    return load;
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

// Waits until all is read. An error where it failed.
void wait_for(const Load &load, const TextArray &files, const TextArray &names)
{
    TimestampTz reported = GetCurrentTimestamp();
    const uint32 waits_for = reading_wait_event();
    for (;;) {
        // The threads know nothing of latches: what the backend waits for is reported here.
        pgstat_report_wait_start(waits_for);
        const bool done = line_store_wait(load.store, look_up_every_ms);
        pgstat_report_wait_end();
        if (done) break;
        CHECK_FOR_INTERRUPTS();
        if (GetCurrentTimestamp() - reported < report_every_us) continue;
        reported = GetCurrentTimestamp();
        const Progress progress = line_store_progress(load.store);
        ereport(NOTICE, (errmsg("read %d %% of %d file(s), %llu lines",
                                static_cast<int>(progress.bytes == 0 ? 0 : progress.bytes_read * 100 / progress.bytes),
                                files.count, static_cast<unsigned long long>(progress.lines))));
    }
    const ReadFault fault = line_store_fault(load.store);
    if (fault.kind == ReadFaultKind::memory_limit) raise_store_fault(load.store);
    if (fault.kind != ReadFaultKind::none)
        raise_read_fault(fault, fault.file < 0 ? Text("") : files[static_cast<int>(fault.file)],
                         fault.column < 0 || fault.column >= names.count ? Text() : names[fault.column]);
    require_conserved(load, place_in_file(files[0], 0, {}));
}

}  // namespace

SQL_FUNCTION(bedrock_server_file_header)
{
    require_right_to_read();
    const char *path = path_argument(fcinfo);
    // Made before there is anything to close: nothing may fail between the two.
    auto *release = static_cast<MemoryContextCallback *>(palloc0(sizeof(MemoryContextCallback)));
    release->func = [](void *header) { header_close(static_cast<Header *>(header)); };
    const MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "header of an export", ALLOCSET_SMALL_SIZES);
    Header *header = header_open(path);
    if (header == nullptr) raise_no_memory();
    release->arg = header;
    MemoryContextRegisterResetCallback(work, release);
    const ReadFault fault = header_fault(header);
    if (fault.kind != ReadFaultKind::none) raise_read_fault(fault, path, {});

    const auto count = static_cast<int>(header_count(header));
    auto *names = static_cast<Datum *>(palloc(static_cast<std::size_t>(count) * sizeof(Datum)));
    for (int i = 0; i < count; ++i) {
        const Text name = header_name(header, static_cast<uint32>(i));
        const char *converted = try_server_text(name);
        if (converted == nullptr)
            ereport(ERROR,
                    (errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
                     errmsg("the name of column %d, \"%s\", has a character that the encoding %s of the database lacks",
                            i + 1, shown(name), GetDatabaseEncodingName()),
                     errhint("Load it into a database in UTF-8."), error_place(place_in_file(path, 1, {}))));
        names[i] = CStringGetTextDatum(converted);
    }
    ArrayType *result = construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT);
    MemoryContextDelete(work);
    PG_RETURN_ARRAYTYPE_P(result);
}

SQL_FUNCTION(bedrock_read_ahead)
{
    require_right_to_read();
    begin_reading(fcinfo, false);
    PG_RETURN_VOID();
}

SQL_FUNCTION(bedrock_read_export)
{
    require_right_to_read();
    const TextArray files = text_array(PG_GETARG_DATUM(0));
    const TextArray names = text_array(PG_GETARG_DATUM(1));
    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    Load wanted{};
    ask_for(wanted, fcinfo);
    Load *load = take_load_ahead(wanted);
    if (load == nullptr) load = begin_reading(fcinfo, true);
    declare_columns(*load, result->setDesc, "bedrock_internal.read_export");
    wait_for(*load, files, names);
    give_keys(*load, result, files[0]);
    return static_cast<Datum>(0);
}

SQL_FUNCTION(bedrock_files_read)
{
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const Load &load = current_load();
    const int files = load.of_files ? text_array(load.files).count : 0;
    for (int i = 0; i < files; ++i) {
        const LineFile file = line_store_file(load.store, static_cast<uint32>(i));
        char checksum[2 * sizeof file.hash + 1];
        for (std::size_t b = 0; b < file.hash.size(); ++b) snprintf(checksum + 2 * b, 3, "%02x", file.hash[b]);
        Datum values[] = {Int32GetDatum(i + 1), CStringGetTextDatum(checksum),
                          Int64GetDatum(static_cast<int64>(file.lines))};
        bool nulls[] = {false, false, false};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return static_cast<Datum>(0);
}
