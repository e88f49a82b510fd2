// SPDX-License-Identifier: PostgreSQL
// Reads the written rows back as text and holds them against the promises.

#pragma once

#include "company.hpp"
#include "ledger.hpp"

namespace bedrock_bill {

/// 0 when every promise holds, 1 otherwise; says on standard error which one does not.
int verify(const Company &company, const Ledger &ledger);

}  // namespace bedrock_bill
