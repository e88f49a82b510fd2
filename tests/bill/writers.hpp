// SPDX-License-Identifier: PostgreSQL
// What the three exports have in common: a header, a row for a line, and the facts of a line they all show.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "company.hpp"
#include "ledger.hpp"

namespace bedrock_bill {

/// Writes the lines of one period in one export format.
class Writer {
  public:
    virtual ~Writer() = default;
    virtual std::string header() const = 0;
    virtual void append(const Line &line, std::string &out) = 0;
    /// Name and type of every column, for the manifest.
    virtual std::vector<std::pair<std::string, std::string>> columns() const = 0;
};

std::unique_ptr<Writer> cur2_writer(const Ledger &ledger);
std::unique_ptr<Writer> legacy_writer(const Ledger &ledger);
/// sku_meter: with the usage type, as AWS writes it; without it as other makers do.
std::unique_ptr<Writer> focus_writer(const Ledger &ledger, bool sku_meter = true);

inline const Account &account_of(const Line &line)
{
    return accounts[static_cast<std::size_t>(line.account)];
}
inline const Period &period_of(const Line &line)
{
    return periods[static_cast<std::size_t>(line.period)];
}

std::string_view billing_entity(const Sku &sku);
std::string_view legal_entity(const Line &line, const Sku &sku);
std::string_view invoicing_entity(const Line &line);
std::string invoice_id(const Line &line, const Sku &sku);
std::string_view bill_type(const Line &line);
const std::string &unit_of(const Line &line, const Sku &sku);
/// Rate per unit, ten decimals.
std::string rate_text(const Sku &sku);
/// A charge with a price of AWS's public list; Marketplace lines have none.
bool has_public_price(const Line &line, const Sku &sku);

}  // namespace bedrock_bill
