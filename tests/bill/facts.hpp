// SPDX-License-Identifier: PostgreSQL
// The numbers a test may rely on, taken from the finished ledger.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "company.hpp"
#include "ledger.hpp"

namespace bedrock_bill {

using Facts = std::vector<std::pair<std::string, std::string>>;

Facts facts_of(const Company &company, const Ledger &ledger);

/// application_profile, system_profile, foundation_model, project, ... or no_resource_id.
std::string_view path_of(std::string_view resource);

}  // namespace bedrock_bill
