// SPDX-License-Identifier: PostgreSQL
// The words for what the core found wrong with a file.
#include "pg/read_fault.hpp"

namespace bedrock_cost::pg {

namespace {

// What an error says. Message, DETAIL and HINT; the last two may be null.
struct Words {
    int code;
    const char *message;
    const char *detail;
    const char *hint;
};

// header: the name that the first file of a delivery has for the column.
Words words_of(const ReadFault &fault, const char *header)
{
    const char *value = shown(fault.value.data());
    const auto found = static_cast<long long>(fault.found);
    const auto expected = static_cast<long long>(fault.expected);
    const char *again = "Copy the file again.";
    const char *same_columns = "Load the files of one delivery only: they have the same columns in the same order.";
    switch (fault.kind) {
        case ReadFaultKind::truncated_gzip:
            return {ERRCODE_DATA_CORRUPTED, "the file ends in the middle of its gzip data", nullptr, again};
        case ReadFaultKind::corrupt_gzip:
            return {ERRCODE_DATA_CORRUPTED, "the gzip data is corrupt", nullptr, again};
        case ReadFaultKind::garbage_after_gzip:
            return {ERRCODE_DATA_CORRUPTED, "there is something behind the gzip data", nullptr, again};
        case ReadFaultKind::empty_file:
            return {ERRCODE_BAD_COPY_FILE_FORMAT, "the file is empty", "The first line of an export names its columns.",
                    nullptr};
        case ReadFaultKind::no_header:
            return {ERRCODE_BAD_COPY_FILE_FORMAT, "the file has no header",
                    "The first line of an export names its columns.", nullptr};
        case ReadFaultKind::lone_carriage_return:
            return {ERRCODE_BAD_COPY_FILE_FORMAT, "lines end with a carriage return alone",
                    "Lines of an export end with a line feed, as AWS writes them.",
                    "Convert the file: tr '\\r' '\\n'."};
        case ReadFaultKind::too_many_columns:
            return {ERRCODE_TOO_MANY_COLUMNS, psprintf("the header has %lld columns, more than %lld", found, expected),
                    "An export has some hundred columns.",
                    "Look whether the file is an export, and whether its first line ends."};
        case ReadFaultKind::column_without_name:
            return {ERRCODE_BAD_COPY_FILE_FORMAT, psprintf("column %d of %lld has no name", fault.column + 1, found),
                    "The first line of an export names its columns.", "Look for a comma too many in it."};
        case ReadFaultKind::header_differs:
            if (fault.column < 0)
                return {ERRCODE_BAD_COPY_FILE_FORMAT,
                        psprintf("the file has %lld columns, the first file of the delivery %lld", found, expected),
                        nullptr, same_columns};
            return {ERRCODE_BAD_COPY_FILE_FORMAT,
                    psprintf("column %d is \"%s\", in the first file of the delivery \"%s\"", fault.column + 1, value,
                             header),
                    nullptr, same_columns};
        case ReadFaultKind::binary:
            return {ERRCODE_BAD_COPY_FILE_FORMAT, "the file is no text: there is a byte of value zero",
                    "An export is a CSV file, plain or compressed with gzip.",
                    "Load Parquet files from the client: ./run load FILE."};
        case ReadFaultKind::not_utf8:
            return {ERRCODE_CHARACTER_NOT_IN_REPERTOIRE, psprintf("\"%s\" is no UTF-8", value), nullptr, nullptr};
        case ReadFaultKind::wrong_number_of_fields:
            return {ERRCODE_BAD_COPY_FILE_FORMAT, psprintf("%lld fields where the header has %lld", found, expected),
                    nullptr, nullptr};
        case ReadFaultKind::unterminated_quote:
            return {ERRCODE_BAD_COPY_FILE_FORMAT, "the file ends inside quotes",
                    "A quote is missing, or the end of the file is.", nullptr};
        case ReadFaultKind::record_too_long:
            return {ERRCODE_PROGRAM_LIMIT_EXCEEDED, psprintf("a line of more than %zu MB", longest_record >> 20U),
                    nullptr, "Look for a missing quote."};
        case ReadFaultKind::bad_number:
            return {ERRCODE_INVALID_TEXT_REPRESENTATION, psprintf("\"%s\" is no number", value), nullptr, nullptr};
        case ReadFaultKind::number_out_of_range:
            return {ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, psprintf("\"%s\" cannot be kept exactly", value),
                    psprintf("Amounts below 10^18 with up to %d decimals are.", amount_decimals), nullptr};
        case ReadFaultKind::bad_time:
            return {ERRCODE_INVALID_DATETIME_FORMAT, psprintf("\"%s\" is no time", value),
                    "Times are written as 2026-11-01T00:00:00Z.", nullptr};
        case ReadFaultKind::bad_month:
            return {ERRCODE_INVALID_DATETIME_FORMAT, psprintf("\"%s\" is no billing period", value),
                    "A billing period is written as its first day in UTC, 2026-11-01T00:00:00Z.", nullptr};
        case ReadFaultKind::sum_out_of_range:
            return {ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "the sum is 10^18 or more", nullptr, nullptr};
        case ReadFaultKind::cannot_start_thread:
            errno = fault.error_number;
            return {ERRCODE_INSUFFICIENT_RESOURCES, psprintf("could not start a thread to read files: %m"), nullptr,
                    nullptr};
        case ReadFaultKind::out_of_memory:
            return {ERRCODE_OUT_OF_MEMORY, "out of memory for reading files", nullptr, nullptr};
        default:
            return {ERRCODE_INTERNAL_ERROR, "reading of a file ended early", nullptr, nullptr};
    }
}

}  // namespace

const char *place_in_file(Text path, int64 line, Text column)
{
    const char *file = path.empty() ? "" : psprintf("file %s", shown(path));
    const char *at = line <= 0 ? "" : psprintf("%sline " INT64_FORMAT, file[0] == '\0' ? "" : ", ", line);
    const char *of =
        column.empty() ? "" : psprintf("%scolumn %s", file[0] == '\0' && at[0] == '\0' ? "" : ", ", shown(column));
    const char *place = psprintf("%s%s%s", file, at, of);
    return place[0] == '\0' ? nullptr : place;
}

int error_place(const char *place)
{
    if (place == nullptr) return 0;
    return errcontext("%s", place);
}

void raise_unreadable(const char *doing, Text path)
{
    const int code = errno;
    const char *file = shown(path);
    const bool missing = code == ENOENT || code == ENOTDIR;
    const bool denied = code == EACCES || code == EPERM;
    errno = code;
    ereport(
        ERROR,
        (errcode_for_file_access(), errmsg("could not %s \"%s\": %m", doing, file),
         missing ? errdetail("Paths are looked up on the database server, not on the client.") : 0,
         missing  ? errhint("Check the spelling there, or load from the client: ./run load FILE.")
         : denied ? errhint("Give the operating system user of the server the right to read it, and to pass through "
                            "every directory above it.")
                  : 0));
    pg_unreachable();
}

void raise_read_fault(const ReadFault &fault, Text path, Text column)
{
    if (fault.kind == ReadFaultKind::cannot_open || fault.kind == ReadFaultKind::read_error) {
        errno = fault.error_number;
        raise_unreadable(fault.kind == ReadFaultKind::cannot_open ? "open file" : "read file", path);
    }
    if (fault.kind == ReadFaultKind::is_directory || fault.kind == ReadFaultKind::not_a_file)
        ereport(ERROR,
                (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a file", shown(path)),
                 fault.kind == ReadFaultKind::is_directory ? errhint("List its files with bedrock.server_files.") : 0));
    // A fault of the header is no value's.
    const bool of_header =
        fault.kind == ReadFaultKind::header_differs || fault.kind == ReadFaultKind::column_without_name;
    const char *place = place_in_file(path, fault.line, of_header ? Text{} : column);
    const Words words = words_of(fault, column.data() == nullptr ? "" : shown(column));
    ereport(ERROR, (errcode(words.code), errmsg("%s", words.message),
                    words.detail == nullptr ? 0 : errdetail("%s", words.detail),
                    words.hint == nullptr ? 0 : errhint("%s", words.hint), error_place(place)));
    pg_unreachable();
}

}  // namespace bedrock_cost::pg

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

// What SQL finds wrong with a file: RAISE cannot state a place.
SQL_FUNCTION(bedrock_raise_in_file)
{
    if (PG_ARGISNULL(2) || PG_ARGISNULL(3))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("an error needs an SQLSTATE and a message")));
    const Text state = text_argument(fcinfo, 2);
    if (state.size() != 5 || strspn(text_to_cstring(PG_GETARG_TEXT_PP(2)), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5)
        ereport(ERROR,
                (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("an SQLSTATE has five digits or capital letters")));
    const auto given = [fcinfo](int n) { return PG_ARGISNULL(n) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(n)); };
    const char *detail = given(4);
    const char *hint = given(5);
    const char *place =
        place_in_file(utf8_text(nullable_text_argument(fcinfo, 0)), PG_ARGISNULL(1) ? 0 : PG_GETARG_INT64(1), {});
    ereport(ERROR, (errcode(MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4])), errmsg("%s", given(3)),
                    detail == nullptr ? 0 : errdetail("%s", detail), hint == nullptr ? 0 : errhint("%s", hint),
                    error_place(place)));
    PG_RETURN_VOID();
}
