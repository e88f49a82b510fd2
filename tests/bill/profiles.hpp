// SPDX-License-Identifier: PostgreSQL
// The registry side of the company: what the AWS CLI and Terraform would say about its profiles and projects.

#pragma once

#include <filesystem>

#include "company.hpp"

namespace bedrock_bill {

void write_profiles(const Company &company, const std::filesystem::path &directory);

}  // namespace bedrock_bill
