// SPDX-License-Identifier: PostgreSQL
// bedrock.fold: the rows of a query summed by several sets of keys in one reading, exactly.
//
// The executor hands each row to receive(), which adds it to the fold of the core; the groups are given when the query
// has ended. Keys that recur from group to group are stated once: a second fold gives what they say together a number, by
// which the groups know it. The fold is freed with the memory context it was opened in, whatever ends the query. One of
// which a set is kept lives until another one is, or until the transaction ends.
//
// Lines of a bill pass through twice. Those of a relation are read by a fold (reads), which compacts them as the core
// compacts files; then a fold is fed with the compacted lines of either, and its query says what it has to know of each
// statement they make (reading.hpp).
#include "principal.hpp"
#include "reading.hpp"
#include "usage_period.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

// The fold that is kept. Its memory context forgets it.
Folding *kept = nullptr;

void close_folds(void *context)
{
    const auto *folding = static_cast<Folding *>(context);
    if (kept == folding) kept = nullptr;
    fold_close(folding->fold);
    fold_close(folding->statements);
    fold_close(folding->totals);
    fold_close(folding->principals);
}

void add_beside(Folding &folding, int64 group, int column, Datum value)
{
    if (folding.beside == nullptr) {
        HASHCTL control{};
        control.keysize = sizeof(Beside::Key);
        control.entrysize = sizeof(Beside);
        control.hcxt = folding.context;
        folding.beside = hash_create("sums beside the fold", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    }
    const Beside::Key key{group, column};
    bool found = false;
    auto *entry = static_cast<Beside *>(hash_search(folding.beside, &key, HASH_ENTER, &found));
    const MemoryContext caller = MemoryContextSwitchTo(folding.context);
    if (found) {
        const Datum before = entry->sum;
        entry->sum = DirectFunctionCall2(numeric_add, before, value);
        pfree(DatumGetPointer(before));
    } else {
        entry->sum = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
    }
    MemoryContextSwitchTo(caller);
}

// The form of an amount by which a statement answered the probes of its lines.
Form read_form(const CompactedLines &lines, int64 example, const Amount &answered)
{
    Form form{};
    form.present = answered.present;
    if (!form.present) return form;
    Int128 unit = 1;
    for (int i = 0; i < amount_decimals; ++i) unit *= 10;
    Int128 left = answered.units / unit;
    bool linear = answered.units % unit == 0;
    for (int i = 0; linear && left != 0 && i < lines.amounts; ++i) {
        int digit = static_cast<int>(left % probe_base);
        if (digit == probe_base - 1) digit = -1;
        if (digit == 1 - probe_base) digit = 1;
        left = (left - digit) / probe_base;
        if (digit == 0) continue;
        // What is absent or zero was asked for with nothing.
        const int sign = sign_of(lines, example, i);
        linear = (digit == 1 || digit == -1) && (sign == 1 || sign == -1) && form.terms < Form::most_terms;
        if (!linear) break;
        form.amount[form.terms] = static_cast<uint8>(i);
        form.sign[form.terms++] = static_cast<int8>(digit * sign);
    }
    if (!linear || left != 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("an amount of a fold that is fed is no sum of amounts of its lines"),
                        errdetail("It is made of at most %d of them, each added or taken away once.", Form::most_terms)));
    return form;
}

char *put_keys(char *to, const Columns &columns, const uint32 *lengths, const void *const *bytes)
{
    for (uint16 i = 0; i < columns.count; ++i) {
        const uint16 column = columns.at[i];
        to = put(to, &lengths[column], sizeof lengths[column]);
        if (lengths[column] != absent) to = put(to, bytes[column], lengths[column]);
    }
    return to;
}

void make_room(Folding &folding, std::size_t length)
{
    if (length <= folding.key_room) return;
    while (length > folding.key_room) folding.key_room *= 2;
    folding.key = static_cast<char *>(repalloc_huge(folding.key, folding.key_room));
}

// The number of what a set states; 0: it states nothing.
int64 stated_number(Folding &folding, int set, const uint32 *lengths, const void *const *bytes)
{
    if (folding.stated_columns[set].count == 0) return 0;
    const char set_number = static_cast<char>(set);
    const char *end = put_keys(put(folding.key, &set_number, 1), folding.stated_columns[set], lengths, bytes);
    const int64 number = fold_add(folding.statements, {folding.key, static_cast<std::size_t>(end - folding.key)}, 1, nullptr).group + 1;
    if (number == 0) raise_out_of_memory("out of memory for the groups of a bill");
    if (number > PG_INT32_MAX) ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a bill has more than %d combinations", PG_INT32_MAX)));
    return number;
}

// Adds a line to its group of a set. Gives the group, and the amounts that were not added as their sum has no room.
Folded add_line(Folding &folding, int set, int64 number, const uint32 *lengths, const void *const *bytes, const uint64 *signs, int64 lines, const Amount *amounts)
{
    const char set_number = static_cast<char>(set);
    char *end = put_keys(put(put(folding.key, &set_number, 1), &number, sizeof number), folding.other_columns[set], lengths, bytes);
    if (signs != nullptr) end = put(end, signs, 2 * sizeof *signs);
    alignas(Amount) char room[most_sums * sizeof(Amount)];
    auto *summed = reinterpret_cast<Amount *>(room);
    const uint64 mask = folding.amounts_of[set];
    for (int i = 0; i < folding.amounts; ++i) summed[i] = (mask >> i & 1) != 0 ? amounts[i] : Amount{};
    const Folded folded = fold_add(folding.fold, {folding.key, static_cast<std::size_t>(end - folding.key)}, lines, summed);
    if (folded.group < 0) raise_out_of_memory("out of memory for the groups of a bill");
    return folded;
}

// Keeps what a statement says.
void keep_said(Folding &folding, int32 number, bool row_class, const uint32 *lengths, const void *const *bytes, const Amount *amounts)
{
    const CompactedLines &lines = *folding.lines;
    if (number < 0 || static_cast<uint32>(number) >= lines.statements || folding.said[number] != nullptr)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the query of bedrock.fold gives statement %d, which there is not, or twice", number)));
    const auto keys = static_cast<Size>(folding.keys);
    Size size = offsetof(Said, lengths) + keys * sizeof(uint32);
    for (int i = 0; i < folding.keys; ++i) {
        if (folding.source[i] == KeySource::own && lengths[i] != absent) size += lengths[i];
        // What is taken from the lines must be what the query would have made of them.
        if (folding.source[i] != KeySource::principal) continue;
        const Text principal = principal_of(lines, lines.examples[number]);
        if (lengths[i] == absent ? !principal.empty() : principal != Text(static_cast<const char *>(bytes[i]), lengths[i]))
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the query of a fold that is fed changes the IAM principals of its lines")));
    }
    auto *said = static_cast<Said *>(MemoryContextAllocZero(folding.said_context, size));
    said->row_class = row_class;
    said->forms = static_cast<Form *>(MemoryContextAlloc(folding.said_context, static_cast<Size>(folding.amounts) * sizeof(Form)));
    for (int i = 0; i < folding.amounts; ++i) said->forms[i] = read_form(lines, lines.examples[number], amounts[i]);
    for (int set = 0; set < folding.sets; ++set)
        if (folding.class_of[set] == row_class) said->numbers[set] = stated_number(folding, set, lengths, bytes);
    char *at = reinterpret_cast<char *>(said->lengths + keys);
    for (int i = 0; i < folding.keys; ++i) {
        said->lengths[i] = folding.source[i] == KeySource::own ? lengths[i] : absent;
        if (said->lengths[i] == absent) continue;
        memcpy(at, bytes[i], lengths[i]);
        at += lengths[i];
    }
    folding.said[number] = said;
}

// An amount that no sum can have is told, not added.
void require_finite(const Folding &folding, int amount, Datum value)
{
    const Numeric number = DatumGetNumeric(value);
    if (!numeric_is_nan(number) && !numeric_is_inf(number)) return;
    ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                    errmsg("column \"%s\" has a value that is no amount: %s",
                           NameStr(TupleDescAttr(folding.given, given_before_keys + folding.keys + 1 + amount)->attname),
                           numeric_is_nan(number) ? "NaN" : "infinity"),
                    errhint("Correct these lines, or attach a view that leaves them out.")));
}

bool receive(TupleTableSlot *slot, DestReceiver *self)
{
    auto &folding = *reinterpret_cast<Folding *>(self);
    slot_getallattrs(slot);
    const Datum *values = slot->tts_values;
    const bool *nulls = slot->tts_isnull;
    const MemoryContext caller = MemoryContextSwitchTo(folding.row_context);
    bool allocated = false;

    const int before = folding.before_keys;
    // A column is fetched once, whatever the number of sets it belongs to.
    const void *bytes[most_keys];
    uint32 lengths[most_keys];
    Datum by_value[most_keys];
    std::size_t length = before_key_bytes + static_cast<std::size_t>(folding.keys) * sizeof(uint32);
    for (int i = 0; i < folding.keys; ++i) {
        lengths[i] = absent;
        if (nulls[before + i]) continue;
        if (folding.key_length[i] == -1) {
            const auto *stored = reinterpret_cast<struct varlena *>(DatumGetPointer(values[before + i]));
            const struct varlena *plain = stored;
            if (VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored)) {
                plain = pg_detoast_datum_packed(const_cast<struct varlena *>(stored));
                allocated = true;
            }
            bytes[i] = VARDATA_ANY(plain);
            lengths[i] = static_cast<uint32>(VARSIZE_ANY_EXHDR(plain));
        } else {
            by_value[i] = values[before + i];
            bytes[i] = &by_value[i];
            lengths[i] = sizeof(Datum);
        }
        length += lengths[i];
    }
    make_room(folding, length);

    const Datum *amount_values = values + before + folding.keys;
    const bool *amount_nulls = nulls + before + folding.keys;
    // Only those that there are need to be made.
    alignas(Amount) char amount_room[most_sums * sizeof(Amount)];
    auto *amounts = reinterpret_cast<Amount *>(amount_room);
    for (int i = 0; i < folding.amounts; ++i) amounts[i] = Amount{};
    uint64 outside = 0;
    for (int i = 0; i < folding.amounts; ++i)
        if (!amount_nulls[i] && !read_numeric(amount_values[i], amounts[i])) outside |= UINT64CONST(1) << i;

    const bool row_class = !nulls[0] && DatumGetBool(values[0]);
    if (folding.fed) {
        if (nulls[2] || outside != 0)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a row of the query of a fold that is fed has the number of a statement, and amounts as they come from those of the statement")));
        keep_said(folding, DatumGetInt32(values[2]), row_class, lengths, bytes, amounts);
        MemoryContextSwitchTo(caller);
        if (allocated) MemoryContextReset(folding.row_context);
        return true;
    }

    const int64 lines = nulls[1] ? 0 : DatumGetInt64(values[1]);
    // Two bits an amount: absent, zero, positive or negative.
    uint64 signs[2] = {0, 0};
    for (int i = 0; folding.reads && i < folding.amounts; ++i) {
        if (amount_nulls[i]) continue;
        const bool is_outside = (outside >> i & 1) != 0;
        if (is_outside) require_finite(folding, i, amount_values[i]);
        const int sign = is_outside ? DatumGetInt32(DirectFunctionCall2(numeric_cmp, amount_values[i], NumericGetDatum(int64_to_numeric(0))))
                                    : (amounts[i].units > 0) - (amounts[i].units < 0);
        signs[i / 32] |= (sign == 0 ? UINT64CONST(1) : sign > 0 ? UINT64CONST(2) : UINT64CONST(3)) << (2 * (i % 32));
    }
    for (int set = 0; set < folding.sets; ++set) {
        if (folding.class_of[set] != row_class) continue;
        const Folded folded = add_line(folding, set, stated_number(folding, set, lengths, bytes), lengths, bytes, folding.reads ? signs : nullptr, lines, amounts);
        const uint64 rest = (outside & folding.amounts_of[set]) | folded.refused;
        for (int i = 0; rest >> i != 0 && i < folding.amounts; ++i)
            if ((rest >> i & 1) != 0) add_beside(folding, folded.group, i, amount_values[i]);
    }

    MemoryContextSwitchTo(caller);
    if (allocated || outside != 0) MemoryContextReset(folding.row_context);
    return true;
}

// The amount of a line that a form makes. What 128 bits cannot hold is given as numeric, beside it.
Amount make_amount(const CompactedLines &lines, int64 n, const CompactedUsage &usage, const Form &form, Answer &beside)
{
    Amount made{};
    made.present = form.present;
    beside = Answer{};
    const bool any_beside = lines.folding != nullptr && lines.folding->beside != nullptr;
    for (int t = 0; t < form.terms; ++t) {
        const int amount = form.amount[t];
        const Amount term = usage.amount(amount);
        made.decimals = Max(made.decimals, term.decimals);
        Int128 sum = 0;
        if (!any_beside && !(form.sign[t] > 0 ? __builtin_add_overflow(made.units, term.units, &sum) : __builtin_sub_overflow(made.units, term.units, &sum))) {
            made.units = sum;
            continue;
        }
        const Answer whole = lines.folding != nullptr ? whole_sum(*lines.folding, n, amount, term) : Answer{give_numeric(term), false};
        if (whole.null) continue;
        const Datum before = beside.null ? NumericGetDatum(int64_to_numeric(0)) : beside.value;
        beside = {form.sign[t] > 0 ? DirectFunctionCall2(numeric_add, before, whole.value) : DirectFunctionCall2(numeric_sub, before, whole.value), false};
    }
    return made;
}

// Takes the lines in, each with what its statement says.
void feed(Folding &folding)
{
    const CompactedLines &lines = *folding.lines;
    std::size_t longest = 0;
    for (uint32 i = 0; i < lines.statements; ++i) {
        if (folding.said[i] == nullptr) continue;
        std::size_t length = 0;
        for (int k = 0; k < folding.keys; ++k) length += folding.said[i]->lengths[k] == absent ? 0 : folding.said[i]->lengths[k];
        longest = Max(longest, length);
    }
    longest += before_key_bytes + static_cast<std::size_t>(folding.keys) * (sizeof(uint32) + sizeof(Datum));
    const MemoryContext caller = MemoryContextSwitchTo(folding.row_context);
    const void *bytes[most_keys];
    uint32 lengths[most_keys];
    alignas(Amount) char amount_room[most_sums * sizeof(Amount)];
    auto *amounts = reinterpret_cast<Amount *>(amount_room);
    Answer beside[most_sums];
    for (int64 n = 0; n < lines.count; ++n) {
        CHECK_FOR_INTERRUPTS();
        const CompactedUsage usage = usage_of(lines, n);
        const Said *said = folding.said[usage.statement];
        // A statement that the query left out: its lines are left out.
        if (said == nullptr) continue;
        make_room(folding, longest + usage.principal.size());
        Datum day = 0;
        Datum hour = 0;
        if (!usage.start.null) {
            const TimestampTz start = DatumGetTimestampTz(usage.start.value);
            day = DateADTGetDatum(TIMESTAMP_IS_NOBEGIN(start) ? DATEVAL_NOBEGIN : TIMESTAMP_IS_NOEND(start) ? DATEVAL_NOEND : static_cast<DateADT>(cut_time(start, false) / USECS_PER_DAY));
            hour = TimestampTzGetDatum(cut_time(start, true));
        }
        const char *said_at = reinterpret_cast<const char *>(said->lengths + folding.keys);
        for (int i = 0; i < folding.keys; ++i) {
            if (folding.source[i] == KeySource::principal) {
                lengths[i] = usage.principal.empty() ? absent : static_cast<uint32>(usage.principal.size());
                bytes[i] = usage.principal.data();
                continue;
            }
            if (folding.source[i] != KeySource::own) {
                lengths[i] = usage.start.null ? absent : sizeof(Datum);
                bytes[i] = folding.source[i] == KeySource::first ? &day : &hour;
                continue;
            }
            lengths[i] = said->lengths[i];
            bytes[i] = said_at;
            if (lengths[i] != absent) said_at += lengths[i];
        }
        bool any_beside = false;
        for (int i = 0; i < folding.amounts; ++i) {
            amounts[i] = make_amount(lines, n, usage, said->forms[i], beside[i]);
            any_beside = any_beside || !beside[i].null;
        }
        for (int set = 0; set < folding.sets; ++set) {
            if (folding.class_of[set] != said->row_class) continue;
            const Folded folded = add_line(folding, set, said->numbers[set], lengths, bytes, nullptr, usage.lines, amounts);
            for (int i = 0; folded.refused >> i != 0 && i < folding.amounts; ++i)
                if ((folded.refused >> i & 1) != 0) add_beside(folding, folded.group, i, give_numeric(amounts[i]));
            for (int i = 0; any_beside && i < folding.amounts; ++i)
                if (!beside[i].null && (folding.amounts_of[set] >> i & 1) != 0) add_beside(folding, folded.group, i, beside[i].value);
        }
        if (any_beside) MemoryContextReset(folding.row_context);
    }
    MemoryContextSwitchTo(caller);
    MemoryContextDelete(folding.lines->context);
    folding.lines = nullptr;
}

void start(DestReceiver *self, int, TupleDesc row)
{
    auto &folding = *reinterpret_cast<Folding *>(self);
    if (folding.started) ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold reads one query")));
    folding.started = true;
    const int before = folding.before_keys;
    if (row->natts != before + folding.keys + folding.amounts || TupleDescAttr(row, 0)->atttypid != BOOLOID ||
        TupleDescAttr(row, 1)->atttypid != INT8OID ||
        (folding.fed && TupleDescAttr(row, 2)->atttypid != INT4OID))
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("the query of bedrock.fold must give one boolean, one bigint, %s%d keys and %d amounts",
                                                                   folding.fed ? "one integer, " : "", folding.keys, folding.amounts)));
    for (int i = 0; i < folding.keys; ++i) {
        const Form_pg_attribute column = TupleDescAttr(row, before + i);
        if (column->attlen != -1 && !column->attbyval)
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("column \"%s\" cannot be a key of bedrock.fold", NameStr(column->attname))));
        folding.key_length[i] = column->attlen;
        folding.key_type[i] = column->atttypid;
        const Oid wanted = folding.source[i] == KeySource::own ? InvalidOid : folding.source[i] == KeySource::principal ? TEXTOID : folding.fed && folding.source[i] == KeySource::first ? DATEOID : TIMESTAMPTZOID;
        if (OidIsValid(wanted) && wanted != column->atttypid)
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("column \"%s\" of the query of bedrock.fold is no time of lines, or no text", NameStr(column->attname))));
    }
    for (int i = 0; i < folding.amounts; ++i)
        if (TupleDescAttr(row, before + folding.keys + i)->atttypid != NUMERICOID)
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("amounts of bedrock.fold are numeric"),
                            errdetail("Column \"%s\" is not.", NameStr(TupleDescAttr(row, before + folding.keys + i)->attname))));
}

void finish(DestReceiver *)
{
}

// The elements of an array argument without NULLs.
Datum *elements(Datum argument, Oid type, int16 length, char align, int expected)
{
    Datum *values = nullptr;
    int count = 0;
    deconstruct_array(DatumGetArrayTypeP(argument), type, length, length > 0, align, &values, nullptr, &count);
    if (count != expected) ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("bedrock.fold needs as many classes as sets of keys and of amounts")));
    return values;
}

// What a set has of each column, a digit each.
struct Digits {
    const char *at;
    int count;
};

Digits digits(Datum said_digits, char highest, int expected)
{
    const auto *value = DatumGetTextPP(said_digits);
    const Digits said{VARDATA_ANY(value), static_cast<int>(VARSIZE_ANY_EXHDR(value))};
    for (int i = 0; i < said.count; ++i)
        if (said.at[i] < '0' || said.at[i] > highest)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a set of bedrock.fold is written with digits from 0 to %c, one a column", highest)));
    if (expected >= 0 && said.count != expected)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a set of bedrock.fold has %d columns, another one %d", said.count, expected)));
    return said;
}

// Where the set that is kept has what it does not state.
void find_kept_keys(Folding &folding)
{
    folding.kept_principal = folding.kept_day = folding.kept_hour = -1;
    const Columns &columns = folding.other_columns[folding.keep];
    for (uint16 i = 0; i < columns.count; ++i) {
        const Oid type = folding.key_type[columns.at[i]];
        int *place = type == TEXTOID ? &folding.kept_principal : type == DATEOID ? &folding.kept_day : type == TIMESTAMPTZOID ? &folding.kept_hour : nullptr;
        if (place == nullptr || *place >= 0)
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("a set that bedrock.fold keeps has at most one text, one date and one timestamptz besides what it states")));
        *place = i;
    }
    if (folding.stated_columns[folding.keep].count == 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a set that bedrock.fold keeps states keys")));
}

// The rows that are given: of a set that is kept those that state a number, with what all its groups add up to and their
// last day, of others every group.
struct Giver {
    Folding *folding;
    ReturnSetInfo *result;
    Datum values[given_before_keys + 1 + most_keys + most_sums];
    bool nulls[given_before_keys + 1 + most_keys + most_sums];

    void give_keys(const char *at, const Columns &columns)
    {
        for (uint16 n = 0; n < columns.count; ++n) {
            const uint16 i = columns.at[n];
            const int column = given_before_keys + i;
            const Text key = next_key(at);
            if (key.data() == nullptr) continue;
            nulls[column] = false;
            if (folding->key_length[i] == -1) {
                auto *value = static_cast<struct varlena *>(palloc(key.size() + VARHDRSZ));
                SET_VARSIZE(value, key.size() + VARHDRSZ);
                memcpy(VARDATA(value), key.data(), key.size());
                values[column] = PointerGetDatum(value);
            } else {
                memcpy(&values[column], key.data(), sizeof(Datum));
            }
        }
    }

    void begin(int set, int64 number, bool states)
    {
        CHECK_FOR_INTERRUPTS();
        values[0] = Int32GetDatum(set);
        values[1] = Int32GetDatum(static_cast<int32>(number));
        values[2] = BoolGetDatum(states);
        nulls[0] = nulls[2] = false;
        nulls[1] = number == 0;
        for (int i = 0; i < folding->keys; ++i) {
            nulls[given_before_keys + i] = true;
            values[given_before_keys + i] = 0;
        }
        if (states && number > 0) give_keys(fold_group(folding->statements, number - 1).key.data() + 1, folding->stated_columns[set]);
    }

    void end(int64 group, int64 lines, Sums sums)
    {
        put_row(lines, [&](int i) { return whole_sum(*folding, group, i, fold_sum(sums, i)); });
    }

    template <class AmountOf> void put_row(int64 lines, AmountOf amount_of)
    {
        values[given_before_keys + folding->keys] = Int64GetDatum(lines);
        nulls[given_before_keys + folding->keys] = false;
        for (int i = 0; i < folding->amounts; ++i) {
            const int column = given_before_keys + 1 + folding->keys + i;
            const Answer sum = amount_of(i);
            values[column] = sum.value;
            nulls[column] = sum.null;
        }
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        MemoryContextReset(folding->row_context);
    }
};

// Of lines that were read each statement, with amounts that tell themselves apart.
void give_statements(Folding &folding, Giver &giver)
{
    const int64 groups = fold_count(folding.fold);
    CompactedLines *lines = open_lines(folding.context, nullptr, &folding, groups, folding.amounts);
    for (int i = 0; i < folding.keys; ++i) lines->tell_principals = lines->tell_principals || folding.source[i] == KeySource::principal;
    for (int64 n = 0; n < groups; ++n) {
        CHECK_FOR_INTERRUPTS();
        const ReadGroup group = read_group(folding, n);
        char what[sizeof group.what + sizeof(uint32)];
        const uint32 role = group.principal.data() == nullptr ? absent : number_text(*lines, without_session(group.principal));
        put(put(what, &group.what, sizeof group.what), &role, sizeof role);
        number_line(*lines, n, {what, sizeof what}, {group.lasting_from, group.lasting_to});
    }
    end_numbering(*lines);
    const MemoryContext caller = MemoryContextSwitchTo(folding.row_context);
    for (uint32 statement = 0; statement < lines->statements; ++statement) {
        const int64 example = lines->examples[statement];
        const FoldGroup group = fold_group(folding.fold, example);
        int64 number = 0;
        memcpy(&number, group.key.data() + 1, sizeof number);
        giver.begin(0, number, true);
        giver.give_keys(group.key.data() + 1 + sizeof number, folding.other_columns[0]);
        giver.values[1] = Int32GetDatum(static_cast<int32>(statement));
        giver.nulls[1] = false;
        giver.put_row(group.lines, [&](int i) { return probe(i, sign_of(*lines, example, i)); });
    }
    MemoryContextSwitchTo(caller);
    offer_lines(lines);
}

void give_groups(Folding &folding, Giver &giver)
{
    const int64 groups = fold_count(folding.fold);
    const int64 statements = fold_count(folding.statements);
    auto *stated = static_cast<bool *>(MemoryContextAllocExtended(folding.said_context, static_cast<Size>(statements + 1) * sizeof(bool), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
    auto *last_days = folding.keep < 0 ? nullptr
                                       : static_cast<Answer *>(MemoryContextAllocExtended(folding.said_context, static_cast<Size>(statements + 1) * sizeof(Answer), MCXT_ALLOC_HUGE));
    for (int64 n = 0; last_days != nullptr && n <= statements; ++n) last_days[n] = Answer{};
    const MemoryContext caller = MemoryContextSwitchTo(folding.row_context);
    alignas(Amount) char amount_room[most_sums * sizeof(Amount)];
    auto *amounts = reinterpret_cast<Amount *>(amount_room);
    for (int64 n = 0; n < groups; ++n) {
        const FoldGroup group = fold_group(folding.fold, n);
        const char *at = group.key.data();
        const int set = *at++;
        int64 number = 0;
        memcpy(&number, at, sizeof number);
        at += sizeof number;
        if (set == folding.keep) {
            for (int i = 0; i < folding.amounts; ++i) amounts[i] = fold_sum(group.sums, i);
            const Folded total = fold_add(folding.totals, {reinterpret_cast<const char *>(&number), sizeof number}, group.lines, amounts);
            if (total.group < 0) raise_out_of_memory("out of memory for the groups of a bill");
            for (int i = 0; i < folding.amounts; ++i) {
                if ((total.refused >> i & 1) != 0) {
                    add_beside(folding, -1 - total.group, i, give_numeric(amounts[i]));
                }
                const Amount nothing{};
                const Answer beside = whole_sum(folding, n, i, nothing);
                if (!beside.null) add_beside(folding, -1 - total.group, i, beside.value);
            }
            const Answer day = kept_group(folding, n).day;
            Answer &last = last_days[number];
            if (!day.null && (last.null || DatumGetDateADT(last.value) < DatumGetDateADT(day.value))) last = day;
            continue;
        }
        const bool states = number == 0 || !stated[number];
        stated[number] = true;
        giver.begin(set, number, states);
        giver.give_keys(at, folding.other_columns[set]);
        giver.end(n, group.lines, group.sums);
    }
    for (int64 n = 0; folding.totals != nullptr && n < fold_count(folding.totals); ++n) {
        const FoldGroup total = fold_group(folding.totals, n);
        int64 number = 0;
        memcpy(&number, total.key.data(), sizeof number);
        giver.begin(folding.keep, number, true);
        if (folding.kept_day >= 0 && !last_days[number].null) {
            const int column = given_before_keys + folding.other_columns[folding.keep].at[folding.kept_day];
            giver.values[column] = last_days[number].value;
            giver.nulls[column] = false;
        }
        giver.end(-1 - n, total.lines, total.sums);
    }
    MemoryContextSwitchTo(caller);
}

// Whose rights a query over a relation has: the caller's, but a superuser reads what belongs to a role that is none with
// that role's rights, as REFRESH MATERIALIZED VIEW does. A view and the columns of a table can run what their owner wrote.
Oid reader_of(Oid relation)
{
    if (!OidIsValid(relation) || !superuser()) return GetUserId();
    const HeapTuple found = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(found)) ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the relation that is read is gone")));
    const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(found))->relowner;
    ReleaseSysCache(found);
    return superuser_arg(owner) ? GetUserId() : owner;
}

// Whether all that stands in the FROM of a query is one relation.
bool reads_only(const Query *query, Oid relation)
{
    const ListCell *cell = nullptr;
    foreach (cell, query->rtable) {
        const auto *entry = lfirst_node(RangeTblEntry, cell);
        if (entry->rtekind == RTE_RELATION && entry->relid != relation) return false;
        if (entry->rtekind == RTE_SUBQUERY && !reads_only(entry->subquery, relation)) return false;
    }
    return query->cteList == NIL && list_length(query->rtable) > 0;
}

// Runs a query whose rows go to the fold. Names are looked up with the rights of the caller, for the reader need not have
// any on the schema of this extension; all that can run a function comes after that. An error on the way ends the
// (sub)transaction, which gives caller and settings back by itself.
void run_query(Folding &folding, const char *text, Oid relation)
{
    // Held until the transaction ends: the relation keeps its owner, and its name.
    if (OidIsValid(relation)) LockRelationOid(relation, AccessShareLock);
    const Oid reader = reader_of(relation);
    const List *parsed = pg_parse_query(text);
    const RawStmt *statement = list_length(parsed) == 1 ? linitial_node(RawStmt, parsed) : nullptr;
    Query *query = statement != nullptr && IsA(statement->stmt, SelectStmt)
                       ? parse_analyze_fixedparams(const_cast<RawStmt *>(statement), text, nullptr, 0, nullptr)
                       : nullptr;
    if (query == nullptr || query->commandType != CMD_SELECT || query->hasModifyingCTE)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold reads one query")));
    // By its name it may be another one by now, whose owner the reader is not.
    if (OidIsValid(relation) && !reads_only(query, relation))
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("the relation to be read was exchanged for another one meanwhile"),
                        errdetail("Under its name is not the relation with OID %u any more. Nothing was read.", relation), errhint("Look at what it is, then repeat the command.")));

    Oid caller = InvalidOid;
    int security = 0;
    GetUserIdAndSecContext(&caller, &security);
    const int settings = NewGUCNestLevel();
    if (reader != caller) SetUserIdAndSecContext(reader, security | SECURITY_RESTRICTED_OPERATION);

    const List *rewritten = QueryRewrite(query);
    PlannedStmt *plan = pg_plan_query(linitial_node(Query, rewritten), text, CURSOR_OPT_PARALLEL_OK, nullptr);
    QueryDesc *running = CreateQueryDesc(plan, text, GetActiveSnapshot(), InvalidSnapshot, &folding.receiver, nullptr, nullptr, 0);
    ExecutorStart(running, 0);
#if PG_VERSION_NUM >= 180000
    ExecutorRun(running, ForwardScanDirection, 0);
#else
    ExecutorRun(running, ForwardScanDirection, 0, true);
#endif
    ExecutorFinish(running);
    ExecutorEnd(running);
    FreeQueryDesc(running);

    AtEOXact_GUC(false, settings);
    SetUserIdAndSecContext(caller, security);
}

}  // namespace

Folding *bedrock_cost::pg::kept_fold()
{
    return kept;
}

Answer bedrock_cost::pg::whole_sum(const Folding &folding, int64 group, int column, const Amount &sum)
{
    Answer whole;
    if (sum.present) whole = {give_numeric(sum), false};
    if (folding.beside == nullptr) return whole;
    const Beside::Key key{group, column};
    const auto *entry = static_cast<Beside *>(hash_search(folding.beside, &key, HASH_FIND, nullptr));
    if (entry != nullptr) whole = {whole.null ? entry->sum : DirectFunctionCall2(numeric_add, whole.value, entry->sum), false};
    return whole;
}

ReadGroup bedrock_cost::pg::read_group(const Folding &folding, int64 n)
{
    const FoldGroup group = fold_group(folding.fold, n);
    ReadGroup given;
    given.lines = group.lines;
    given.sums = group.sums;
    const Columns &columns = folding.other_columns[0];
    const char *at = group.key.data() + 1;
    memcpy(&given.what.number, at, sizeof given.what.number);
    at += sizeof given.what.number;
    for (uint16 i = 0; i < columns.count; ++i) {
        const Text key = next_key(at);
        if (key.data() == nullptr) continue;
        if (folding.source[columns.at[i]] == KeySource::principal) {
            given.principal = key;
            continue;
        }
        Answer &time = folding.source[columns.at[i]] == KeySource::first ? given.lasting_from : given.lasting_to;
        time.null = false;
        memcpy(&time.value, key.data(), sizeof(Datum));
    }
    memcpy(given.what.signs, at, sizeof given.what.signs);
    return given;
}

KeptGroup bedrock_cost::pg::kept_group(const Folding &folding, int64 n)
{
    const FoldGroup group = fold_group(folding.fold, n);
    const char *at = group.key.data();
    KeptGroup given;
    given.of_set = *at++ == folding.keep;
    if (!given.of_set) return given;
    int64 number = 0;
    memcpy(&number, at, sizeof number);
    at += sizeof number;
    given.number = static_cast<int32>(number);
    given.lines = group.lines;
    given.sums = group.sums;
    const int keys = folding.other_columns[folding.keep].count;
    for (int i = 0; i < keys; ++i) {
        const Text key = next_key(at);
        if (key.data() == nullptr) continue;
        if (i == folding.kept_principal) {
            given.principal = key;
        } else {
            Answer &value = i == folding.kept_day ? given.day : given.hour;
            value.null = false;
            memcpy(&value.value, key.data(), sizeof(Datum));
        }
    }
    return given;
}

SQL_FUNCTION(bedrock_fold)
{
    char *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
    const int keep = PG_GETARG_INT32(6);
    const bool is_fed = VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(5)) > 0;
    // Before another one is made: two of them need not lie in memory.
    if (keep >= 0 && kept != nullptr) MemoryContextDelete(kept->context);
    const MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "bedrock.fold", ALLOCSET_DEFAULT_SIZES);
    auto *folding = static_cast<Folding *>(MemoryContextAllocZero(context, sizeof(Folding)));
    folding->context = context;
    folding->row_context = AllocSetContextCreate(context, "a row of bedrock.fold", ALLOCSET_DEFAULT_SIZES);
    folding->said_context = AllocSetContextCreate(context, "what rows of bedrock.fold said", ALLOCSET_DEFAULT_SIZES);
    folding->keep = keep;
    folding->sets = ArrayGetNItems(ARR_NDIM(PG_GETARG_ARRAYTYPE_P(1)), ARR_DIMS(PG_GETARG_ARRAYTYPE_P(1)));
    if (folding->sets < 1 || folding->sets > most_sets)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold takes up to %d sets", most_sets)));
    if (keep >= folding->sets) ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold has no set %d to keep", keep)));
    const Datum *classes = elements(PG_GETARG_DATUM(1), BOOLOID, 1, TYPALIGN_CHAR, folding->sets);
    const Datum *key_sets = elements(PG_GETARG_DATUM(2), TEXTOID, -1, TYPALIGN_INT, folding->sets);
    const Datum *amount_sets = elements(PG_GETARG_DATUM(3), TEXTOID, -1, TYPALIGN_INT, folding->sets);
    folding->keys = digits(key_sets[0], '2', -1).count;
    folding->amounts = digits(amount_sets[0], '1', -1).count;
    if (folding->keys > most_keys || folding->amounts > most_sums)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold takes up to %d keys and %d amounts", most_keys, most_sums)));
    for (int i = 0; i < folding->sets; ++i) {
        folding->class_of[i] = DatumGetBool(classes[i]);
        const Digits key_digits = digits(key_sets[i], '2', folding->keys);
        for (int column = 0; column < folding->keys; ++column) {
            if (key_digits.at[column] == '0') continue;
            Columns &columns = key_digits.at[column] == '2' ? folding->stated_columns[i] : folding->other_columns[i];
            columns.at[columns.count++] = static_cast<uint16>(column);
        }
        const Digits amount_digits = digits(amount_sets[i], '1', folding->amounts);
        for (int column = 0; column < folding->amounts; ++column)
            if (amount_digits.at[column] == '1') folding->amounts_of[i] |= UINT64CONST(1) << column;
    }
    if (is_fed && VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(4)) > 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold reads lines or takes lines in, not both")));
    const Digits sources = digits(PG_GETARG_DATUM(is_fed ? 5 : 4), '3', -1);
    folding->fed = is_fed;
    folding->reads = !is_fed && sources.count > 0;
    for (int column = 0; column < folding->keys; ++column) folding->source[column] = column < sources.count ? static_cast<KeySource>(sources.at[column]) : KeySource::own;
    if (sources.count > 0 && sources.count != folding->keys)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bedrock.fold has %d keys, of which the source is said of %d", folding->keys, sources.count)));
    if (folding->reads && (folding->sets != 1 || keep >= 0))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("lines are read by one set of bedrock.fold, and kept as a whole")));
    int principals = 0;
    for (int column = 0; column < folding->keys; ++column) principals += folding->source[column] == KeySource::principal ? 1 : 0;
    if (principals > 1) ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("lines of bedrock.fold have one IAM principal")));
    // What is each line's own, its times and its principal, is not stated, and all else is, whatever is read or fed.
    for (int set = 0; sources.count > 0 && set < folding->sets; ++set) {
        const Columns &wrong = folding->reads ? folding->other_columns[set] : folding->stated_columns[set];
        for (uint16 i = 0; i < wrong.count; ++i)
            if ((folding->source[wrong.at[i]] == KeySource::own) == folding->reads)
                ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("key %d of bedrock.fold is stated where it is each line's own, or the other way round", wrong.at[i] + 1)));
    }
    folding->before_keys = is_fed ? before_fed_keys : before_keys;
    if (is_fed) {
        folding->lines = take_lines(context);
        // Where lines do not tell their principals, the statement does.
        for (int i = 0; i < folding->keys; ++i)
            if (folding->source[i] == KeySource::principal && !folding->lines->tell_principals) folding->source[i] = KeySource::own;
        folding->said = static_cast<Said **>(MemoryContextAllocExtended(folding->said_context, (static_cast<Size>(folding->lines->statements) + 1) * sizeof(Said *), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
    }

    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const TupleDesc row = result->setDesc;
    if (row->natts != given_before_keys + folding->keys + 1 + folding->amounts || TupleDescAttr(row, 0)->atttypid != INT4OID ||
        TupleDescAttr(row, 1)->atttypid != INT4OID || TupleDescAttr(row, 2)->atttypid != BOOLOID ||
        TupleDescAttr(row, given_before_keys + folding->keys)->atttypid != INT8OID)
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("bedrock.fold gives two integers, a boolean, %d keys, a bigint and %d amounts", folding->keys, folding->amounts)));

    folding->key_room = 4096;
    folding->key = static_cast<char *>(MemoryContextAlloc(context, folding->key_room));
    // Registered before the folds exist: nothing may fail between the two.
    auto *release = static_cast<MemoryContextCallback *>(MemoryContextAllocZero(context, sizeof(MemoryContextCallback)));
    release->func = close_folds;
    release->arg = folding;
    MemoryContextRegisterResetCallback(context, release);
    folding->fold = fold_open(static_cast<uint32>(folding->amounts));
    folding->statements = fold_open(0);
    if (folding->fold == nullptr || folding->statements == nullptr) raise_out_of_memory("out of memory for the groups of a bill");

    folding->receiver.receiveSlot = receive;
    folding->receiver.rStartup = start;
    folding->receiver.rShutdown = finish;
    folding->receiver.rDestroy = finish;
    folding->receiver.mydest = DestNone;
    folding->given = row;
    run_query(*folding, query, PG_GETARG_OID(7));
    folding->given = nullptr;

    for (int i = 0; i < folding->keys; ++i)
        if (TupleDescAttr(row, given_before_keys + i)->atttypid != folding->key_type[i])
            ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("key %d of bedrock.fold is %s, not %s", i + 1, format_type_be(folding->key_type[i]),
                                                                       format_type_be(TupleDescAttr(row, given_before_keys + i)->atttypid))));

    if (keep >= 0) {
        find_kept_keys(*folding);
        folding->totals = fold_open(static_cast<uint32>(folding->amounts));
        if (folding->totals == nullptr) raise_out_of_memory("out of memory for the groups of a bill");
    }
    if (is_fed) feed(*folding);
    auto *giver = static_cast<Giver *>(MemoryContextAllocZero(folding->said_context, sizeof(Giver)));
    giver->folding = folding;
    giver->result = result;
    if (folding->reads) {
        // The fold goes with the lines: offering them gives its context away.
        give_statements(*folding, *giver);
        fold_close(folding->statements);
        folding->statements = nullptr;
        MemoryContextDelete(folding->said_context);
        return static_cast<Datum>(0);
    }
    give_groups(*folding, *giver);

    folding->numbers = static_cast<int32>(fold_count(folding->statements));
    fold_close(folding->statements);
    fold_close(folding->totals);
    folding->statements = folding->totals = nullptr;
    MemoryContextDelete(folding->said_context);
    if (keep >= 0) {
        MemoryContextSetParent(context, TopTransactionContext);
        kept = folding;
    } else {
        MemoryContextDelete(context);
    }
    return static_cast<Datum>(0);
}
