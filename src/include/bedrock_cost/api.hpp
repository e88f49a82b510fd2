// SPDX-License-Identifier: PostgreSQL
// The wall between the core and its binding: the only way in.
//
// Every function is noexcept, takes views and plain values and returns plain values without a destructor, so that a
// binding may raise its own errors at any time without jumping over a C++ object. A Text with a null pointer is an
// absent value (SQL NULL); every Text that is returned lies inside an argument.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include <bedrock_cost/vocabulary.hpp>

namespace bedrock_cost {

using Text = std::string_view;

// A text put together from slices of an argument and constant words, for a binding that allocates the result itself. No
// slices: absent.
struct Pieces {
    std::array<Text, 6> slices{};
    std::size_t count = 0;
};

// An error as a value: what happened, in the words the user reads.
enum class FaultKind : std::uint8_t { invalid_text, out_of_memory, internal };
struct Fault {
    FaultKind kind = FaultKind::internal;
    std::array<char, 256> message{};
    std::array<char, 256> detail{};
};

// ---- resource ids ---------------------------------------------------------------------------------------------------

struct ArnParts {
    bool valid = false;
    Text partition, service, region, account_id, resource_type, resource_id;
    RequestPath request_path = RequestPath::none;
    Text profile_id, profile_suffix;
    GeoPrefix geo_prefix = GeoPrefix::absent;
    Text model_id;
};

// Reads line_item_resource_id (or the modelId of a log record). Total: anything it does not understand gives `none`.
ArnParts arn_parts(Text resource_id) noexcept;
// The rule that keeps text from being a bedrock_arn, or nothing when it is one.
std::optional<Fault> check_bedrock_arn(Text text) noexcept;
bool is_bedrock_arn(Text text) noexcept;

// ---- usage types ----------------------------------------------------------------------------------------------------

struct UsageParts {
    Region region = Region::absent;
    bool marketplace = false;
    bool mantle = false;
    Text model_token;
    UsageGroup usage_group = UsageGroup::absent;
    TokenKind token_kind = TokenKind::absent;
    Modality modality = Modality::absent;
    CacheTtl cache_ttl = CacheTtl::absent;
    Tier tier = Tier::absent;
    Routing routing = Routing::absent;
    std::optional<bool> long_context;
    bool custom_model = false;
};

// Reads line_item_usage_type.
UsageParts usage_parts(Text usage_type) noexcept;
// The region of the billing prefix alone.
Region usage_region(Text usage_type) noexcept;
// The token kind alone.
TokenKind usage_token_kind(Text usage_type) noexcept;
// The component of Amazon Bedrock AgentCore a bill row is of, by its product code and usage type; absent where it is of
// another service.
AgentCoreComponent agentcore_component(Text product_code, Text usage_type) noexcept;
// How many tokens one unit of a usage row is: 1,000 or 1,000,000, or 0 where the row is not metered in tokens.
std::int32_t tokens_per_unit(Text pricing_unit, Text usage_type) noexcept;

// ---- principals -----------------------------------------------------------------------------------------------------

struct PrincipalParts {
    PrincipalKind kind = PrincipalKind::unknown;
    Text partition, account_id, name, path, session, email;
    Pieces principal_key;
};

// Reads line_item_iam_principal (or identity.arn of a log record).
PrincipalParts principal_parts(Text principal) noexcept;

// ---- lines and tags -------------------------------------------------------------------------------------------------

// Whether a bill row is Amazon Bedrock's by its product code, billing entity and product name.
bool is_bedrock(Text product_code, Text billing_entity, Text product_name) noexcept;

// The strongest owner signal of the resource id and the caller; `none` leaves the decision to the tags.
AttributionKind attribution_of(Text resource_id, Text iam_principal) noexcept;
// Whether a tag names an owner: a user-defined resource, IAM principal or user attribute tag with a value.
bool tag_names_owner(Text key, Text value) noexcept;

// Whether two texts are the same, not empty, but for the case of ASCII letters, ASCII punctuation and blanks.
bool folds_to_same(Text one, Text other) noexcept;
// Writes what counts of a name in that comparison, ASCII letters in lower case, where there is room for all of the name,
// and gives its length.
std::size_t fold_name(Text name, char *folded) noexcept;

// Whether two tag keys are spellings of one: user_cost_center, user:CostCenter and resourceTags/user:CostCenter are;
// iamPrincipal/cost-center is another.
bool same_tag(Text one, Text other) noexcept;

// The search for one tag among all tags of a row: offer() each pair in any order, then read value.
struct TagSearch {
    Text wanted;              // the key looked for, its source prefix removed
    std::int32_t source = 0;  // the one source asked for, 0 = any
    std::int32_t best = 0;    // rank of the pair found so far, 0 = none
    Text key, value;
};
TagSearch tag_search(Text key) noexcept;
void offer(TagSearch &search, Text key, Text value) noexcept;

// Whether jsonb accepts the text. A few texts that it would accept (nested deeper than 32, numbers of over 300
// characters, over 16 MB) are refused.
bool is_jsonb(Text text) noexcept;

// 128-bit hash of the bytes, the same on every machine and in every version.
std::array<unsigned char, 16> combination_hash(Text bytes) noexcept;

// Microseconds since 1970 in UTC of a time as bills write it: 2026-03-01T00:00:00Z and its kin, without zone in UTC, or a
// date alone. Absent: it is none, or outside the years 1 to 9999.
std::optional<std::int64_t> utc_microseconds(Text written) noexcept;

// ---- lines summed by what they say ----------------------------------------------------------------------------------

__extension__ using Int128 = __int128;

// An amount in units of 10^-20, with as many decimals as it was written with.
struct Amount {
    Int128 units = 0;
    std::uint8_t decimals = 0;
    bool present = false;
};
inline constexpr std::int32_t amount_decimals = 20;

// Groups of lines that have the same key: how many there are and the exact sum of each of their amounts. A fold lives on
// the heap until fold_close().
struct Fold;
// Null: out of memory.
Fold *fold_open(std::uint32_t amounts) noexcept;
void fold_close(Fold *fold) noexcept;

// Where a line went: the number of its group, -1: out of memory; and the amounts, bit by bit, whose sum would leave the
// 128 bits and that were therefore not added.
struct Folded {
    std::int64_t group = -1;
    std::uint64_t refused = 0;
};
// Adds what stands for so many lines, with as many amounts as the fold has, at most 64.
Folded fold_add(Fold *fold, Text key, std::int64_t lines, const Amount *amounts) noexcept;

// The sums of a group, packed as they lie: there are many of them.
struct Sums {
    const Int128 *units = nullptr;
    const std::uint8_t *decimals = nullptr;  // one more than there are; 0: absent
};

struct FoldGroup {
    Text key;
    std::int64_t lines = 0;
    Sums sums;
};
std::int64_t fold_count(const Fold *fold) noexcept;
// Groups are numbered from 0 in the order of their first lines.
FoldGroup fold_group(const Fold *fold, std::int64_t group) noexcept;
Amount fold_sum(Sums sums, std::int32_t amount) noexcept;

// ---- prices ----------------------------------------------------------------------------------------------------------

// An exact decimal: units of 10^-scale.
struct Decimal {
    Int128 units = 0;
    std::int32_t scale = 0;
};

// Days as PostgreSQL counts them; the two ends stand for none.
inline constexpr std::int32_t first_day = INT32_MIN;
inline constexpr std::int32_t last_day = INT32_MAX;
// A threshold that no request reaches: the long-context price that must be asked for.
inline constexpr std::int64_t unknown_threshold = INT64_MAX;

// list: the book without the user's prices and discounts.
enum class PriceBasis : std::uint8_t { book, effective, list };

// One price of a model.
struct PriceRow {
    std::int32_t number = 0;  // the caller's own
    PriceBasis basis = PriceBasis::book;
    TokenKind kind = TokenKind::absent;
    CacheTtl ttl = CacheTtl::absent;
    Text region, routing, tier;  // "*": any region that the book knows, any routing
    std::int64_t above = -1;     // long-context price above so many input tokens, -1: no such price
    std::int32_t from = first_day, to = last_day;  // the last day included
    std::uint8_t rank = 0;                         // the lowest one wins
    bool mantle = false;
    bool doubtful = false;
    bool final = false;  // takes no discount
    Decimal usd;         // for one token
};

// What a model string stands for from one day to another, the last one included.
struct PriceTarget {
    std::int32_t from = first_day, to = last_day;
    Text model_id;
    Text region;  // empty: the string names none
    bool global = false;
};

// The prices of some models and the meaning of some model strings, in memory until price_book_close(). What is missing is
// asked for by price_quote() and added by the caller. Null, false and -1 stand for out of memory.
struct PriceBook;
PriceBook *price_book_open() noexcept;
void price_book_close(PriceBook *book) noexcept;
// The number of a model that has no rows yet. context_window: most tokens one request can hold, 0 where nothing is known.
std::int32_t price_book_model(PriceBook *book, Text model_id, std::int64_t context_window) noexcept;
bool price_book_add(PriceBook *book, std::int32_t model, const PriceRow &row) noexcept;
// What remains of a price, 1 - percent / 100, from one day to another; the first one added for a day holds.
bool price_book_discount(PriceBook *book, std::int32_t model, std::int32_t from, std::int32_t to, Decimal factor) noexcept;
// A region that the book knows: "*" of a price stands for these alone.
bool price_book_region(PriceBook *book, Text region) noexcept;
bool price_book_string(PriceBook *book, Text model_string, const PriceTarget *targets, std::int32_t count) noexcept;
// Bytes the book takes; a caller that sees it grow without end begins a new one.
std::size_t price_book_bytes(const PriceBook *book) noexcept;

struct PriceQuery {
    Text model;
    std::array<Decimal, 5> counts{};  // input, output, cache read, cache write, cache write kept for an hour
    Text region;                      // absent: the one of the model string, else every region
    Text routing;                     // absent: that of the model string
    Text tier;
    std::int32_t day = 0;
    std::optional<bool> long_context;
    PriceBasis basis = PriceBasis::book;
};

enum class PriceAnswer : std::uint8_t {
    priced,
    unknown,         // no price, or no single one
    unknown_string,  // add what the model string stands for, and ask again
    unknown_model,   // add the model that `missing` names, and ask again
    too_large,       // beyond 128 bits
    out_of_memory,
};
struct PriceQuote {
    PriceAnswer answer = PriceAnswer::unknown;
    Decimal usd;
    Text missing;
    // The rows used, in the order of the counts; -1: none was needed.
    std::array<std::int32_t, 5> rows{-1, -1, -1, -1, -1};
};
// What so many tokens cost: the sum of each count at its price.
PriceQuote price_quote(PriceBook *book, const PriceQuery &query) noexcept;

// One field of a CSV text (RFC 4180, fields in quotes hold line ends and doubled quotes).
struct CsvReader {
    Text rest;
    bool after_comma = false;
};
enum class CsvStep : std::uint8_t { field, last_field, end, broken };
struct CsvField {
    CsvStep step = CsvStep::end;
    Text raw;             // as it stands, without the quotes around it
    bool doubled = false;  // holds doubled quotes that stand for one
};
CsvField csv_next(CsvReader &reader) noexcept;

template <class... T>
inline constexpr bool plain = ((std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>)&&...);
static_assert(plain<Text, Pieces, Fault, ArnParts, std::optional<Fault>, UsageParts, PrincipalParts, TagSearch, Amount,
                    Folded, FoldGroup, Decimal, PriceRow, PriceTarget, PriceQuery, PriceQuote, CsvReader, CsvField>,
              "a binding may jump over these");

}  // namespace bedrock_cost
