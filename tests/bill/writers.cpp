// SPDX-License-Identifier: PostgreSQL
// Facts of a line that every export shows, in its own words.

#include "writers.hpp"

#include <fmt/format.h>

#include "random.hpp"

namespace bedrock_bill {

std::string_view billing_entity(const Sku &sku)
{
    return sku.marketplace ? "AWS Marketplace" : "AWS";
}

std::string_view legal_entity(const Line &line, const Sku &sku)
{
    return sku.marketplace ? std::string_view(sku.seller) : invoicing_entity(line);
}

std::string_view invoicing_entity(const Line &line)
{
    return account_of(line).european ? "Amazon Web Services EMEA SARL" : "Amazon Web Services, Inc.";
}

std::string invoice_id(const Line &line, const Sku &sku)
{
    if (line.period == september) return "";  // the month is not invoiced yet
    return fmt::format("{}", 2'000'000'000 + hash_of(fmt::format("{} {} {}", period_of(line).label, billing_entity(sku),
                                                                 invoicing_entity(line))) %
                                                 900'000'000);
}

std::string_view bill_type(const Line &line)
{
    switch (line.type) {
        case LineType::refund:
            return "Refund";
        case LineType::fee:
            return "Purchase";
        default:
            return "Anniversary";
    }
}

const std::string &unit_of(const Line &line, const Sku &sku)
{
    return line.period == september ? sku.unit_from_september : sku.unit;
}

std::string rate_text(const Sku &sku)
{
    Wide rate = sku.rate;
    for (int i = 0; i < sku.decimals; ++i) rate *= 10;
    return decimal(rate, 12, 10);
}

bool has_public_price(const Line &line, const Sku &sku)
{
    return line.type == LineType::usage && !sku.marketplace;
}

}  // namespace bedrock_bill
