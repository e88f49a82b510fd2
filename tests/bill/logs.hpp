// SPDX-License-Identifier: PostgreSQL
// The model invocation logs of September, made of the lines of the bill, with the gaps logs have (README.md).

#pragma once

#include <filesystem>

#include "ledger.hpp"

namespace bedrock_bill {

void write_logs(const Ledger &ledger, const std::filesystem::path &directory);

}  // namespace bedrock_bill
