// SPDX-License-Identifier: PostgreSQL
// The wall for the lines of a bill, on their way from a source to facts. The rules of base.hpp.
//
//   file ─────┐                       judge: SQL over line keys, which have no amounts
//             ├─► line store ─► line keys ─► bill, dimension, line type ... ─► facts ─► bill parts
//   relation ─┘        └─► control sums, line by line, by a reading of their own ──► held against facts and bill parts
//
// A line store reads exports in threads of its own (files), or is given lines (of a relation). Lines that agree in
// every key column, in the day (or hour) of their usage and in which amounts are present become one group, with a count
// and exact sums. What a line is follows from its key, which SQL judges; what it costs from a closed table of rules
// (cost_rule) over its amounts.
//
// An export is read as files, CSV or CSV.gz, recognized by their first bytes.
//
// CSV is read as COPY ... CSV reads it: a quote anywhere switches quoting on or off, inside a quoted stretch two quotes
// are one. Unlike there, an empty field is absent whether quoted or not, and so is a line's key.
#pragma once

#include <bedrock_cost/base.hpp>

namespace bedrock_cost {

// ---- faults ---------------------------------------------------------------------------------------------------------

enum class ReadFaultKind : std::uint8_t {
    none,
    cannot_open,             // error_number
    is_directory,            //
    not_a_file,              // a pipe, a socket or a device
    read_error,              // error_number
    truncated_gzip,          //
    corrupt_gzip,            //
    garbage_after_gzip,      // bytes behind the last member
    empty_file,              //
    no_header,               // the first line is blank
    lone_carriage_return,    // lines end with it alone
    too_many_columns,        // expected: at most so many, found
    column_without_name,     // column, found: how many there are
    header_differs,          // column: the first that differs, value: what is there; or expected, found: their numbers
    binary,                  // a zero byte
    not_utf8,                // column, value
    wrong_number_of_fields,  // expected, found (at least so many)
    unterminated_quote,      // column: where the file ends inside quotes
    record_too_long,         // more than longest_record bytes
    bad_number,              // column, value
    number_out_of_range,     // column, value: a digit behind the 20th decimal, or 10^18 and more
    bad_time,                // column, value
    bad_month,               // column, value
    sum_out_of_range,        // column: of a group of lines, or of a control sum
    out_of_memory,           //
    memory_limit,            // expected: the limit in bytes
    cannot_start_thread,     // error_number
    stopped,                 // line_store_stop
    bad_plan,                // more than most_amounts amounts, or two columns for the same thing
};

inline constexpr std::size_t longest_record = std::size_t{64} << 20U;
inline constexpr std::uint32_t most_amounts = 64;
// A relation of PostgreSQL has no more.
inline constexpr std::uint32_t most_columns = 1600;

struct ReadFault {
    ReadFaultKind kind = ReadFaultKind::none;
    std::int32_t error_number = 0;  // errno
    std::int64_t file = -1;         // number of the file as added; -1: no file's fault
    std::int64_t line = 0;          // physical line of the file where the field or record begins, from 1; 0: unknown
    std::int64_t record = 0;        // record of the file, from 1: the header
    std::int32_t column = -1;       // number of the column, from 0; -1: no column's fault
    std::int64_t expected = 0, found = 0;
    // The beginning of the field as written in the file; bytes that are not UTF-8 as \xHH, ends with a zero byte.
    std::array<char, 201> value{};
};

// ---- files ----------------------------------------------------------------------------------------------------------

// A file, unpacked where it begins like gzip. It lives on the heap until file_close().
struct Source;
// Null: out of memory; else look at file_fault(). The path is that of the machine the program runs on.
Source *file_open(Text path) noexcept;
void file_close(Source *file) noexcept;
// The next unpacked bytes: as many as asked for, fewer at the end or before a fault.
std::size_t file_read(Source *file, char *room, std::size_t bytes) noexcept;
// kind and error_number only.
ReadFault file_fault(const Source *file) noexcept;

// ---- headers --------------------------------------------------------------------------------------------------------

// The column names of a file. A header lives on the heap until header_close().
struct Header;
// Null: out of memory. The path is that of the machine the program runs on.
Header *header_open(Text path) noexcept;
void header_close(Header *header) noexcept;
ReadFault header_fault(const Header *header) noexcept;
std::uint32_t header_count(const Header *header) noexcept;
// The name, its quotes taken off.
Text header_name(const Header *header, std::uint32_t column) noexcept;

// ---- fields ---------------------------------------------------------------------------------------------------------

// A text of CSV, field by field: the grammar of the files, for texts that are in memory.
struct CsvReader {
    Text rest;
    bool after_comma = false;
};
// broken: the text ends inside quotes.
enum class CsvStep : std::uint8_t { field, last_field, end, broken };
struct CsvField {
    CsvStep step = CsvStep::end;
    bool quoted = false;
    Text raw;  // as written, with its quotes
};
CsvField csv_next(CsvReader &reader) noexcept;
// Writes the content of a field into a room as large as the field, and gives its length.
std::size_t csv_content(Text raw, char *room) noexcept;

// ---- lines ----------------------------------------------------------------------------------------------------------

// A moment is a key that is a point in time; a month is one at which a month begins: its first day, 00:00 in UTC.
enum class ColumnUse : std::uint8_t { skipped, key, usage_start, usage_end, amount, month, moment };

// Whether a column is a part of the line key.
constexpr bool is_key_use(ColumnUse use) noexcept
{
    return use == ColumnUse::key || use == ColumnUse::month || use == ColumnUse::moment;
}

struct Progress {
    std::uint64_t bytes_read = 0;  // of the files as they lie on the disk
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
};

// ---- cost rules -----------------------------------------------------------------------------------------------------

// cur_without_unblended: a source that was taken although it has no unblended cost, for which its net, else its blended
// cost is used.
enum class SourceFormat : std::uint8_t { cur, cur_without_unblended, focus };

// The amounts of a line, named as in bedrock_internal.source_field(). FOCUS: BilledCost is net_unblended_cost,
// EffectiveCost is net_amortized_cost, ListCost is public_on_demand_cost.
enum class AmountField : std::uint8_t {
    usage_amount,
    unblended_cost,
    blended_cost,
    net_unblended_cost,
    net_amortized_cost,
    public_on_demand_cost,
    savings_plan_effective_cost,
    net_savings_plan_effective_cost,
    savings_plan_total_commitment,
    savings_plan_used_commitment,
    reservation_effective_cost,
    reservation_net_effective_cost,
    reservation_unused_amortized_upfront_fee,
    reservation_unused_recurring_fee,
    reservation_net_unused_amortized_upfront_fee,
    reservation_net_unused_recurring_fee,
    unused,  // read and controlled, in no rule
};
inline constexpr std::size_t amount_fields = static_cast<std::size_t>(AmountField::unused);
// The field of this name, `unused` for any other.
AmountField amount_field(Text name) noexcept;

// What facts and bills add up, in this order.
enum class Metric : std::uint8_t {
    usage_amount,
    unblended_cost,
    blended_cost,
    net_unblended_cost,
    amortized_cost,
    net_amortized_cost,
    public_on_demand_cost,
};
inline constexpr std::size_t metrics = 7;

struct CostTerm {
    AmountField field = AmountField::unused;
    std::int8_t sign = 0;  // 1: added, -1: taken away
};
// A metric of a line: the sum of up to two of its amounts. Without terms it is 0 where `present`, else NULL.
struct CostRule {
    bool present = false;
    std::uint8_t terms = 0;
    CostTerm term[2];
};
struct CostRules {
    CostRule metric[metrics];
};
struct CostCase {
    SourceFormat format = SourceFormat::cur;
    bool has_reservation = false;
    // A discount without a net amount, in a period whose net column is filled: it is in the net amounts of other lines.
    bool discount_in_net = false;
    std::uint32_t present = 0;  // a bit for each AmountField the line has
};
// False: no rule covers such a line, as of a commitment of which the line has the total and not the used part.
bool cost_rules(const CostCase &of, Text line_type, CostRules &rules) noexcept;

// ---- line store -----------------------------------------------------------------------------------------------------

// Columns that control sums and sessions go by.
enum class KeyField : std::uint8_t {
    other,
    payer_account_id,
    billing_period_start,
    line_item_type,
    charge_class,
    reservation_arn,
    iam_principal,  // its session is no part of the line key
};

struct LineColumn {
    Text name;
    ColumnUse use = ColumnUse::skipped;
    AmountField amount = AmountField::unused;
    KeyField field = KeyField::other;
};

// A line store lives on the heap, with its threads, until line_store_close(). Its threads have every signal blocked and
// touch nothing but their files and the heap.
struct LineStore;
// At most most_amounts amounts, one usage_start and one usage_end. Usage is cut to the hour, else to the day. memory:
// bytes it may take (0: no limit); beyond them the fault is memory_limit. Null: out of memory.
LineStore *line_store_open(const LineColumn *columns, std::uint32_t count, bool hourly, std::uint32_t threads,
                           std::uint64_t memory) noexcept;
// At any time: stops the threads and waits for their end.
void line_store_close(LineStore *store) noexcept;

// Of files. Before line_store_start() only. False: out of memory.
bool line_store_add_file(LineStore *store, Text path) noexcept;
// Once. A thread reads one file at a time.
void line_store_start(LineStore *store) noexcept;
// Whether all is read or has failed, waiting for it at most so long.
bool line_store_wait(LineStore *store, std::uint32_t milliseconds) noexcept;
// Asks the threads to end early; they do so within some milliseconds, and the fault is then `stopped`.
void line_store_stop(LineStore *store) noexcept;
Progress line_store_progress(const LineStore *store) noexcept;

struct LineFile {
    std::uint64_t lines = 0;               // without the header
    std::uint64_t bytes = 0;               // as the file lies on the disk
    std::array<unsigned char, 16> hash{};  // key_hash() of these bytes
};
LineFile line_store_file(const LineStore *store, std::uint32_t file) noexcept;

// Of a relation: lines are given one by one, and their keys are any bytes.
// The stored digits of a numeric, four decimal digits each: digits[i] counts 10000^(weight - i).
struct NumericDigits {
    const std::int16_t *digits = nullptr;
    std::int32_t count = 0;
    std::int32_t weight = 0;
    bool negative = false;
};
struct GivenLine {
    // Of the columns used as key, month and moment, in their order. Absent: null.
    const Text *keys = nullptr;
    // Microseconds since 2000-01-01 00:00 UTC; INT64_MIN and INT64_MAX are the two infinities.
    std::int64_t start = 0, end = 0;
    bool has_start = false, has_end = false;
    // Of the columns used as amount, in their order: as decoded by the caller, and as stored, which the control sums
    // read.
    const Amount *amounts = nullptr;
    const NumericDigits *stored = nullptr;
    // Amounts that 128 bits cannot hold, a bit each: present, but summed by the caller (with the number of the group
    // and of the control sum), and absent from `amounts` and `stored`.
    std::uint64_t overflow = 0;
    std::uint64_t overflow_zero = 0;  // those of them that are 0, with more decimals than an Amount has
};
struct AddedLine {
    std::int64_t group = -1;  // -1: a fault
    std::uint32_t control = 0;
    // Amounts whose sum would leave 128 bits, a bit each: neither group nor control sum has them of this line, and the
    // caller sums them like those that overflow.
    std::uint64_t refused = 0;
};
AddedLine line_store_add(LineStore *store, const GivenLine &line) noexcept;
// No more lines.
void line_store_end(LineStore *store) noexcept;

// The first fault, by file and then by line. Once all is read only, as all that follows.
ReadFault line_store_fault(const LineStore *store) noexcept;
// Counts bytes that the caller keeps for the store as what it takes, until it is closed. False: more than it may
// take, which is a fault then.
bool line_store_take(LineStore *store, std::uint64_t bytes) noexcept;
// Whether the groups are as many lines, and add up to the same, as the control sums, column by column. Looks at all
// groups in one go, however many they are.
bool line_store_conserves(const LineStore *store) noexcept;

// Control sums: each amount column added up line by line before lines are grouped, read digit by digit by code of its
// own, by payer, billing period (the month of the usage where no column states it), line type, charge class, whether
// there is a reservation, and which amounts are present.
struct ControlSum {
    Text payer, period, line_type, charge_class;  // as the source has them; absent: null
    bool has_reservation = false;
    // Where no column states the billing period: the first of the month of the usage, as GivenLine has times.
    bool has_month = false;
    std::int64_t month = 0;
    std::uint64_t present = 0;  // a bit for each column used as amount
    std::int64_t lines = 0;
    const Amount *amounts = nullptr;  // of the columns used as amount, in their order
};
std::uint32_t line_store_controls(const LineStore *store) noexcept;
// Holds until the next call.
ControlSum line_store_control(LineStore *store, std::uint32_t number) noexcept;

// Line keys: lines that agree in every key column but the session of an assumed role, in their grain, in whether they
// state a public price, and, where no column states the billing period, in the month of their usage.
enum class Grain : std::uint8_t { hour, day, period };
struct LineKey {
    // Of the columns used as key, month and moment, in their order; the IAM principal without its session. Absent:
    // null.
    const Text *keys = nullptr;
    // Of one of its lines, as GivenLine has it, cut.
    std::int64_t start = 0, end = 0;
    bool has_start = false, has_end = false;
    Grain grain = Grain::period;
    // Whether its lines have a public cost other than 0, or cost nothing: unblended, else net; in a source without a
    // column of unblended costs net, else blended.
    bool price_stated = false;
    bool net_given = false;  // whether any of its lines has a net unblended cost
    std::int64_t lines = 0;
    std::int64_t undated_lines = 0;  // without a start, or an infinite one
};
// Makes them, of about so many full keys, usages and groups at most. False: not all of them yet, which the next call
// goes on with. line_store_fault() reports that memory, or what the store may take, was not enough.
bool line_store_make_keys(LineStore *store, std::uint64_t most) noexcept;
// How many they are; makes those that are not made yet. -1: out of memory, as above.
std::int64_t line_store_keys(LineStore *store) noexcept;
// Holds until the next call.
LineKey line_store_key(LineStore *store, std::uint32_t key) noexcept;
std::int64_t line_store_groups(const LineStore *store) noexcept;
std::uint32_t line_store_key_of(const LineStore *store, std::int64_t group) noexcept;

// IAM principals, with their sessions, numbered from 0. After line_store_keys().
std::uint32_t line_store_principals(const LineStore *store) noexcept;
Text line_store_principal(const LineStore *store, std::uint32_t number) noexcept;
// Sets used[principal] where a line of a wanted key has it.
void line_store_mark_principals(const LineStore *store, const bool *wanted_keys, bool *used) noexcept;

// ---- facts ----------------------------------------------------------------------------------------------------------

// What is known of a line key.
struct KeyJudgement {
    std::int32_t bill_id = 0;
    // 0: no line of Bedrock; its lines are in the bill and no facts.
    std::int32_t dimension_id = 0;
    // Part of the bill its lines are summed in: any number from 0.
    std::int32_t part = 0;
    bool has_reservation = false;
    bool is_usage = false;         // else usage_amount is NULL
    bool list_known = false;       // else public_on_demand_cost is NULL
    bool discount_in_net = false;  // of its lines without a net amount
    Metric ai_cost = Metric::unblended_cost;
    std::int32_t tokens_per_unit = 0;  // 0: not metered in tokens
    // Session of its lines where they have no IAM principal.
    std::int32_t session_id = 0;
};

enum class FactsFaultKind : std::uint8_t {
    none,
    out_of_memory,
    not_judged,        // key
    no_cost_rule,      // key
    no_day,            // key: a line of Bedrock without a day
    no_attribution,    // key, day
    no_session,        // principal
    sum_out_of_range,  // key
    unfinished,        // of facts_make_some: the next call goes on
};
struct FactsFault {
    FactsFaultKind kind = FactsFaultKind::none;
    std::uint32_t key = 0, principal = 0;
    std::int32_t day = 0;
};

// Facts live on the heap until facts_close(), and need their line store as long. Their memory is counted as the
// store's: out of memory, or of what the store may take, is a fault of the store then, and it gives nothing any more.
struct Facts;
// Null: out of memory.
Facts *facts_open(LineStore *store, SourceFormat format) noexcept;
void facts_close(Facts *facts) noexcept;
// Each key once. False: out of memory.
bool facts_judge(Facts *facts, std::uint32_t key, const KeyJudgement &judgement, Text line_type) noexcept;
// Days (since 2000-01-01) in which a dimension has one attribution; the intervals of a dimension do not overlap.
bool facts_attribute(Facts *facts, std::int32_t dimension_id, std::int32_t from, std::int32_t to,
                     std::int32_t attribution_id) noexcept;
bool facts_set_session(Facts *facts, std::uint32_t principal, std::int32_t session_id) noexcept;
// Makes them of all judgements, attributions and sessions. Facts are one a bill, dimension, attribution, session, day
// and (hourly) hour, ordered by bill, dimension and day; bill parts one a bill and part.
FactsFault facts_make(Facts *facts) noexcept;
// The same, of about so many groups at most before it is left `unfinished`, and nothing else is to be set or asked for
// until it is made. The first call sorts all line keys and intervals besides, however many they are.
FactsFault facts_make_some(Facts *facts, std::uint64_t most) noexcept;

struct Fact {
    std::int32_t bill_id = 0, dimension_id = 0, attribution_id = 0, session_id = 0;
    std::int32_t day = 0;  // since 2000-01-01
    bool has_hour = false;
    std::int64_t hour = 0;  // as GivenLine has times
    std::int64_t lines = 0;
    Amount amounts[metrics];
    Metric ai_cost = Metric::unblended_cost;
    std::int32_t tokens_per_unit = 0;
};
std::int64_t facts_count(const Facts *facts) noexcept;
Fact facts_fact(const Facts *facts, std::int64_t number) noexcept;

struct BillPart {
    std::int32_t bill_id = 0, part = 0;
    std::int64_t lines = 0;
    Amount amounts[metrics];
    bool has_last_day = false;
    std::int32_t last_day = 0;  // of lines of Bedrock that are billed by hour or day
};
std::int64_t facts_bill_parts(const Facts *facts) noexcept;
BillPart facts_bill_part(const Facts *facts, std::int64_t number) noexcept;

// For amounts that the caller sums: where those of a group go, and by which rules. fact: -1 where its lines are none.
struct GroupPlace {
    std::int64_t fact = -1;
    std::int64_t bill_part = 0;
    CostRules rules;  // as its key is judged: NULL what it does not have
};
GroupPlace facts_place(const Facts *facts, std::int64_t group) noexcept;

// ---- exact grouping -------------------------------------------------------------------------------------------------

// Groups of lines that have the same key: how many there are and the exact sum of each of their amounts. A grouping
// lives on the heap until grouping_close().
struct Grouping;
// memory: bytes that its groups may take; 0: any number. Null: out of memory.
Grouping *grouping_open(std::uint32_t amounts, std::uint64_t memory) noexcept;
void grouping_close(Grouping *grouping) noexcept;

// Where a line went: the number of its group, -1: out of memory; and the amounts, bit by bit, whose sum would leave the
// 128 bits and that were therefore not added.
struct GroupedLine {
    std::int64_t group = -1;
    std::uint64_t refused = 0;
};
// Adds the amounts of so many lines, with as many amounts as the grouping has, at most 64.
GroupedLine grouping_add(Grouping *grouping, Text key, std::int64_t lines, const Amount *amounts) noexcept;

// The sums of a group, packed as they lie: there are many of them.
struct Sums {
    const Int128 *units = nullptr;
    const std::uint8_t *decimals = nullptr;  // one more than there are; 0: absent
};

struct GroupSums {
    Text key;
    std::int64_t lines = 0;
    Sums sums;
};
// Counts bytes that the caller keeps for the grouping as what its groups take, until it is closed. False: more than
// they may take.
bool grouping_take(Grouping *grouping, std::uint64_t bytes) noexcept;
// Whether what was refused would have been more than the groups may take.
bool grouping_is_limited(const Grouping *grouping) noexcept;
std::int64_t grouping_count(const Grouping *grouping) noexcept;
// Groups are numbered from 0 in the order of their first lines.
GroupSums grouping_group(const Grouping *grouping, std::int64_t group) noexcept;
Amount grouping_sum(Sums sums, std::int32_t amount) noexcept;

static_assert(plain<ReadFault, Progress, CostRules, CostCase, LineColumn, LineFile, NumericDigits, GivenLine, AddedLine,
                    ControlSum, LineKey, KeyJudgement, FactsFault, Fact, BillPart, GroupPlace, GroupedLine, GroupSums,
                    CsvReader, CsvField>,
              "a binding may jump over these");

}  // namespace bedrock_cost
