// SPDX-License-Identifier: PostgreSQL
// Everything on the bill that is not metered Bedrock use by a workload.

#pragma once

#include "ledger.hpp"

namespace bedrock_bill {

/// Other AWS services, fees, a refund, credits and a product that only sounds like Bedrock.
void add_other_charges(Ledger &ledger);

/// Fills net costs and adds the discount lines of the periods that have a discount.
void add_discounts(Ledger &ledger);

/// One tax line per account and product and period.
void add_taxes(Ledger &ledger);

/// Orders the lines and gives each its id.
void finish(Ledger &ledger);

}  // namespace bedrock_bill
