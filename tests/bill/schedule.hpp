// SPDX-License-Identifier: PostgreSQL
// Shares the company's money out over hours, callers and meters, exact to the cent.

#pragma once

#include "company.hpp"
#include "ledger.hpp"

namespace bedrock_bill {

/// Writes the usage lines of every workload and period into the ledger.
void schedule(const Company &company, Ledger &ledger);

/// The tags a line of this resource, caller and account carries in a period.
std::uint32_t line_tags(Ledger &ledger, int period, int account, const Tags &resource, const Tags &caller);

}  // namespace bedrock_bill
