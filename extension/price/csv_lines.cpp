// SPDX-License-Identifier: PostgreSQL
#include <bedrock_cost/lines.hpp>

#include "pg/read_fault.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

// The lines of a CSV text.
SQL_FUNCTION(bedrock_csv_lines)
{
    CsvReader reader{text_argument(fcinfo, 0)};
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const MemoryContext line_context =
        AllocSetContextCreate(CurrentMemoryContext, "a line of CSV", ALLOCSET_DEFAULT_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(line_context);
    constexpr int most_fields = 1024;
    Datum fields[most_fields];
    int count = 0;
    int64 line = 1;
    int64 inside = 0;
    for (;;) {
        const CsvField field = csv_next(reader);
        if (field.step == CsvStep::end) break;
        if (field.step == CsvStep::broken || count == most_fields)
            ereport(ERROR, (errcode(ERRCODE_BAD_COPY_FILE_FORMAT), errmsg("this is no CSV"),
                            field.step == CsvStep::broken ? errdetail("The quote in field %d is not closed.", count + 1)
                                                          : errdetail("The line has more than %d fields.", most_fields),
                            error_place(place_in_file(utf8_text(text_argument(fcinfo, 1)), line, {}))));
        for (const char byte : field.raw) inside += byte == '\n';
        auto *value = static_cast<text *>(palloc(field.raw.size() + VARHDRSZ));
        SET_VARSIZE(value, csv_content(field.raw, VARDATA(value)) + VARHDRSZ);
        fields[count++] = PointerGetDatum(value);
        if (field.step == CsvStep::field) continue;
        Datum values[2] = {Int64GetDatum(line),
                           PointerGetDatum(construct_array(fields, count, TEXTOID, -1, false, TYPALIGN_INT))};
        bool nulls[2] = {false, false};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        MemoryContextReset(line_context);
        CHECK_FOR_INTERRUPTS();
        count = 0;
        line += 1 + inside;
        inside = 0;
    }
    MemoryContextSwitchTo(caller);
    return static_cast<Datum>(0);
}
