// SPDX-License-Identifier: PostgreSQL
// The load under way: the lines of a source in memory, from bedrock_internal.read_export or
// bedrock_internal.read_relation to bedrock_internal.write_facts and the control sums. It belongs to the current
// (sub)transaction and ends with it.
#pragma once

#include <bedrock_cost/lines.hpp>

#include "lines/columns.hpp"
#include "lines/overflow.hpp"

namespace bedrock_cost::pg {

// A column of the source that is not skipped.
struct LoadColumn {
    ColumnUse use;
    AmountField amount;
    KeyField field;
    // In the rows that are given: text and timestamptz of a file, of a relation its own.
    Oid type;
    int16 length;
    Text name;
};

constexpr int64 control_overflow = -1;
struct Load {
    // Of its own among all loads of the process.
    uint64 serial;
    MemoryContext context;
    LineStore *store;
    Facts *facts;
    // They are made, and what overflows is spread over them.
    bool facts_made;
    // Keys are texts in UTF-8; else the values of a relation, as bytes.
    bool of_files;
    int columns, keys, amounts;
    LoadColumn *column;
    // By group and number of the amount, and by control sum (group: control_overflow) and number of the amount.
    OverflowSums overflow;
    // Of the facts, by number of the fact or bill part and metric.
    OverflowSums fact_overflow, bill_part_overflow;
    // Bytes of this memory that are counted with those of the store.
    Size counted;
    // What was asked for, of files that are read ahead.
    Datum files, names, uses, fields;
    bool hourly;
};

// Begins a load in a context of its own, which closes it. `current`: it takes the place of the one under way.
Load *begin_load(bool current);
// The one under way; an error where there is none.
Load &current_load();
// An error unless it is still under way. Queries and views that a load runs may call any function, also one that ends
// it.
void require_current(uint64 serial);
void end_load();
// The facts of the load under way are made. They are no more where the subtransaction that made them is rolled back.
void keep_facts(Load &load);
// The files begun ahead where they are the ones now asked for, as the load under way; any other is given up. Null:
// none.
Load *take_load_ahead(const Load &wanted);

// What a column is used for, by the words of bedrock_internal.column_use() and bedrock_internal.source_field().
LineColumn line_column(Text name, Text use, Text field);
// Opens the store of a load. An error for columns that it cannot have.
void open_store(Load &load, const LineColumn *columns, int count, uint32 threads);
// Fills in the columns of a load that are not skipped.
void set_columns(Load &load, const LineColumn *columns, int count);
bool try_source_format(Text word, SourceFormat &format);
// Bytes that a load may take, by the setting bedrock.load_memory.
uint64 load_memory();
void define_load_memory();
// Counts what overflow sums have grown by. An error where all of it is more than a load may take.
void count_memory(Load &load);
[[noreturn]] void raise_no_memory();
// taken: what would take more than load_memory().
[[noreturn]] void raise_memory_limit(const char *taken);
// Why a grouping of rows refused one: out of memory, or of load_memory(). Null: it was not to be had.
[[noreturn]] void raise_grouping_fault(const Grouping *grouping);

// What is wrong with a store of given lines, or of one that ended early.
[[noreturn]] void raise_store_fault(const LineStore *store);
// An error where the groups do not add up to what the control sums do.
// place: of the error's CONTEXT, or null.
void require_conserved(const Load &load, const char *place);

// The columns in front of those of the source in what bedrock_internal.read_export and bedrock_internal.read_relation
// return.
constexpr int before_columns = 6;
// Checks the row type that the caller declared, and takes types and names of the columns from it.
void declare_columns(Load &load, TupleDesc row, const char *function);
// Groups that the core is left alone with, which takes some milliseconds, before the backend looks whether it was
// interrupted.
constexpr std::uint64_t groups_at_once = 16384;
// Makes the line keys, the first time, and gives how many they are.
std::int64_t make_keys(const Load &load);
// Gives a row for each line key.
void give_keys(Load &load, ReturnSetInfo *result, Text first_file);
// A key of the source as a value. first_file: of those that are read, for errors.
Answer key_value(const LoadColumn &column, bool of_files, Text key, Text first_file);

struct TextArray {
    Datum *values;
    int count;

    // In UTF-8.
    Text operator[](int i) const;
};
TextArray text_array(Datum argument);

}  // namespace bedrock_cost::pg
