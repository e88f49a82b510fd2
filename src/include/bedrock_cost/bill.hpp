// SPDX-License-Identifier: PostgreSQL
// The wall for the strings of a bill: ARNs, usage types, principals and tags. The rules of base.hpp.
#pragma once

#include <bedrock_cost/base.hpp>
#include <bedrock_cost/vocabulary.hpp>

namespace bedrock_cost {

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
// Writes what counts of a name in that comparison, ASCII letters in lower case, where there is room for all of the
// name, and gives its length.
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

static_assert(plain<ArnParts, std::optional<Fault>, UsageParts, PrincipalParts, TagSearch>,
              "a binding may jump over these");

}  // namespace bedrock_cost
