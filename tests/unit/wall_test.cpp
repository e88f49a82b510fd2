// SPDX-License-Identifier: PostgreSQL
// The wall as a fact of the type system: no function of its headers throws, takes or gives what has a destructor.
#include <gtest/gtest.h>

#include <bedrock_cost/base.hpp>
#include <bedrock_cost/bill.hpp>
#include <bedrock_cost/invocation.hpp>
#include <bedrock_cost/lines.hpp>
#include <bedrock_cost/price.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <type_traits>

namespace bedrock_cost::test {
namespace {

template <class T>
inline constexpr bool harmless = std::is_void_v<T> || std::is_reference_v<T> ||
                                 (std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);

template <class Function>
inline constexpr bool walled = false;
template <class Result, class... Arguments>
inline constexpr bool walled<Result (*)(Arguments...) noexcept> = harmless<Result> && (harmless<Arguments> && ...);

static_assert(!walled<void (*)()>, "a function that may throw is no part of the wall");
static_assert(!walled<std::string (*)(Text) noexcept>, "nor one that gives what must be destroyed");

// Every function that they declare is listed here.
#define WALL_FUNCTIONS(use)                                                                                            \
    use(arn_parts) use(check_bedrock_arn) use(is_bedrock_arn) use(usage_parts) use(usage_region) use(usage_token_kind) \
        use(agentcore_component) use(tokens_per_unit) use(principal_parts) use(is_bedrock) use(attribution_of) use(    \
            tag_names_owner) use(same_tag) use(utc_microseconds) use(folds_to_same) use(fold_name) use(tag_search)     \
            use(offer) use(is_jsonb) use(key_hash) use(grouping_open) use(grouping_close) use(grouping_add) use(       \
                grouping_count) use(grouping_take) use(grouping_is_limited) use(grouping_group) use(grouping_sum)      \
                use(file_open) use(file_close) use(file_read) use(file_fault) use(header_open) use(header_close)       \
                    use(header_fault) use(header_count) use(header_name) use(amount_field) use(cost_rules) use(        \
                        line_store_open) use(line_store_close) use(line_store_add_file) use(line_store_start)          \
                        use(line_store_wait) use(line_store_stop) use(line_store_progress) use(line_store_file) use(   \
                            line_store_add) use(line_store_end) use(line_store_fault) use(line_store_conserves)        \
                            use(line_store_controls) use(line_store_control) use(line_store_take) use(                 \
                                line_store_make_keys) use(facts_make_some) use(line_store_keys) use(line_store_key)    \
                                use(line_store_groups) use(line_store_key_of) use(line_store_principals)               \
                                    use(line_store_principal) use(line_store_mark_principals) use(facts_open)          \
                                        use(facts_close) use(facts_judge) use(facts_attribute) use(facts_set_session)  \
                                            use(facts_make) use(facts_count) use(facts_fact) use(facts_bill_parts)     \
                                                use(facts_bill_part) use(facts_place) use(price_book_open)             \
                                                    use(price_book_close) use(price_book_model) use(price_book_add)    \
                                                        use(price_book_discount) use(price_book_string)                \
                                                            use(price_book_region) use(price_book_bytes)               \
                                                                use(price_quote) use(csv_next) use(csv_content)        \
                                                                    use(invocations_open) use(invocations_close)       \
                                                                        use(invocations_file) use(invocations_text)    \
                                                                            use(invocations_next)

#define CHECK_WALLED(function) \
    static_assert(walled<decltype(&(function))>, #function " must be noexcept and deal in plain values");
WALL_FUNCTIONS(CHECK_WALLED)
#undef CHECK_WALLED

// Counts the functions a header declares.
std::size_t declared_functions(const std::string &path)
{
    std::ifstream header(path);
    EXPECT_TRUE(header) << path;
    std::size_t declared = 0;
    std::string declaration;
    for (std::string line; std::getline(header, line);) {
        line = line.substr(0, line.find("//"));
        if (line.find_first_not_of(' ') == std::string::npos) continue;
        declaration += line;
        if (line.find_first_of(";{}") == std::string::npos) continue;
        const bool function = declaration.find('(') != std::string::npos &&
                              declaration.starts_with("static_assert") == false &&
                              declaration.find('=') == std::string::npos && line.back() == ';';
        if (function) {
            ++declared;
            EXPECT_TRUE(declaration.ends_with(") noexcept;")) << declaration;
        }
        declaration.clear();
    }
    return declared;
}

// The declarations are counted, so that a new one cannot be forgotten above.
TEST(Wall, EveryFunctionIsChecked)
{
    std::size_t declared = 0;
    // The functions of the vocabularies are constexpr.
    for (const auto &header : std::filesystem::directory_iterator(BEDROCK_WALL_HEADERS))
        if (header.path().filename() != "vocabulary.hpp") declared += declared_functions(header.path());
    std::size_t checked = 0;
#define COUNT(function) ++checked;
    WALL_FUNCTIONS(COUNT)
#undef COUNT
    EXPECT_EQ(declared, checked);
}

}  // namespace
}  // namespace bedrock_cost::test
