// SPDX-License-Identifier: PostgreSQL
// Who a bill row belongs to: whether it is Bedrock's at all, and the strongest owner signal it carries.
#include <bedrock_cost/bill.hpp>

#include "base/text.hpp"
#include "bill/principal.hpp"

namespace bedrock_cost {

bool is_bedrock(Text product_code, Text billing_entity, Text product_name) noexcept
{
    constexpr Text stem = "AmazonBedrock";
    if (product_code.starts_with(stem)) {
        const Text rest = product_code.substr(stem.size());
        if (rest.empty() || rest == "Service" || rest == "FoundationModels" || rest == "AgentCore") return true;
    }
    return billing_entity == "AWS Marketplace" && contains_folded(product_name, "bedrock");
}

AttributionKind attribution_of(Text resource_id, Text iam_principal) noexcept
{
    // A bare id is a model or a system profile, which name no owner.
    if (resource_id.starts_with("arn:")) {
        const ArnParts resource = arn_parts(resource_id);
        if (resource.request_path == RequestPath::application_profile) return AttributionKind::application_profile;
        // The default project is where calls land that name no project.
        if (resource.request_path == RequestPath::project && resource.resource_id != "default")
            return AttributionKind::project;
    }
    return is_principal(iam_principal) ? AttributionKind::iam_principal : AttributionKind::none;
}

}  // namespace bedrock_cost
