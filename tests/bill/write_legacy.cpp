// SPDX-License-Identifier: PostgreSQL
// The legacy report: one column per product attribute and per tag key, ten decimals, and no caller at all.

#include <fmt/format.h>

#include <stdexcept>

#include "csv.hpp"
#include "legacy_columns.hpp"
#include "random.hpp"
#include "writers.hpp"

namespace bedrock_bill {
namespace {

constexpr std::size_t width = std::size(legacy_columns);

consteval std::size_t at(std::string_view name)
{
    return position(legacy_columns, name);
}

std::size_t column_of(std::string_view name)
{
    for (std::size_t c = 0; c < width; ++c)
        if (legacy_columns[c] == name) return c;
    throw std::logic_error(fmt::format("the legacy report has no column {}", name));
}

class Legacy final : public Writer {
  public:
    explicit Legacy(const Ledger &ledger) : ledger_(ledger) {}

    std::string header() const override { return header_line(legacy_columns); }

    std::vector<std::pair<std::string, std::string>> columns() const override
    {
        std::vector<std::pair<std::string, std::string>> list;
        for (const std::string_view column : legacy_columns) list.emplace_back(column, type_of(column));
        return list;
    }

    void append(const Line &line, std::string &out) override
    {
        const Sku &sku = ledger_.sku(line);
        bill(line, sku);
        item(line, sku);
        money(line, sku);
        product(line, sku);
        labels(line);
        row_.write(out);
    }

  private:
    static std::string_view type_of(std::string_view column)
    {
        if (column.ends_with("Date")) return "DateTime";
        if (column.ends_with("Cost") || column.ends_with("Amount") || column.ends_with("Discount")) return "BigDecimal";
        return column == "identity/TimeInterval" ? "Interval" : "String";
    }

    void bill(const Line &line, const Sku &sku)
    {
        const Period &period = period_of(line);
        row_.set(at("identity/LineItemId"), line.id);
        row_.set(at("identity/TimeInterval"), without_millis(line.start) + '/' + without_millis(line.end));
        row_.set(at("bill/InvoiceId"), invoice_id(line, sku));
        row_.set(at("bill/InvoicingEntity"), std::string(invoicing_entity(line)));
        row_.set(at("bill/BillingEntity"), std::string(billing_entity(sku)));
        row_.set(at("bill/BillType"), std::string(bill_type(line)));
        row_.set(at("bill/PayerAccountId"), std::string(accounts[payer].id));
        row_.set(at("bill/BillingPeriodStartDate"), without_millis(period.begin));
        row_.set(at("bill/BillingPeriodEndDate"), without_millis(period.end));
    }

    void item(const Line &line, const Sku &sku)
    {
        row_.set(at("lineItem/UsageAccountId"), std::string(account_of(line).id));
        row_.set(at("lineItem/LegalEntity"), std::string(legal_entity(line, sku)));
        row_.set(at("lineItem/LineItemType"), std::string(line_type_name(line.type)));
        row_.set(at("lineItem/UsageStartDate"), without_millis(line.start));
        row_.set(at("lineItem/UsageEndDate"), without_millis(line.end));
        row_.set(at("lineItem/ProductCode"), sku.product_code);
        row_.set(at("lineItem/UsageType"), sku.usage_type);
        row_.set(at("lineItem/Operation"), ledger_.texts[line.operation]);
        row_.set(at("lineItem/ResourceId"), ledger_.texts[line.resource]);
        row_.set(at("lineItem/CurrencyCode"), "USD");
        row_.set(at("lineItem/LineItemDescription"),
                 line.description == 0 ? sku.description : ledger_.texts[line.description]);
        if (line.type == LineType::tax)
            row_.set(at("lineItem/TaxType"), account_of(line).european ? "VAT" : "USSalesTax");
    }

    void money(const Line &line, const Sku &sku)
    {
        const std::string cost = decimal(line.cost, 12, 10);
        row_.set(at("lineItem/UsageAmount"), decimal(line.quantity, sku.decimals, 10));
        row_.set(at("lineItem/UnblendedCost"), cost);
        const bool discount = line.type == LineType::edp_discount || line.type == LineType::private_rate_discount;
        if (!discount) row_.set(at("lineItem/BlendedCost"), cost);
        if (has_discount(line.period)) {
            row_.set(at("lineItem/NetUnblendedCost"), decimal(line.net, 12, 10));
            if (line.net != line.cost && !discount) {
                row_.set(at("discount/TotalDiscount"), decimal(line.net - line.cost, 12, 10));
                if (!sku.marketplace) row_.set(at("discount/EdpDiscount"), decimal(line.net - line.cost, 12, 10));
            }
        }
        row_.set(at("pricing/currency"), "USD");
        if (line.type != LineType::usage) return;
        const std::string rate = rate_text(sku);
        row_.set(at("lineItem/UnblendedRate"), rate);
        row_.set(at("lineItem/BlendedRate"), rate);
        row_.set(at("pricing/publicOnDemandCost"), has_public_price(line, sku) ? cost : "0.0000000000");
        if (has_public_price(line, sku)) row_.set(at("pricing/publicOnDemandRate"), rate);
        row_.set(at("pricing/RateCode"), sku.rate_code);
        row_.set(at("pricing/RateId"),
                 fmt::format("{}", hash_of(sku.rate_code) % 90'000'000'000ULL + 10'000'000'000ULL));
        row_.set(at("pricing/term"), "OnDemand");
        row_.set(at("pricing/unit"), unit_of(line, sku));
    }

    void product(const Line &line, const Sku &sku)
    {
        row_.set(at("product/ProductName"), sku.product_name);
        row_.set(at("product/region"), sku.region);
        row_.set(at("product/regionCode"), sku.region);
        row_.set(at("product/servicecode"), sku.service_code);
        row_.set(at("product/sku"), sku.sku);
        if (sku.marketplace || line.type != LineType::usage) return;
        row_.set(at("product/productFamily"), sku.family);
        row_.set(at("product/servicename"), sku.product_name);
        row_.set(at("product/usagetype"), sku.usage_type);
        row_.set(at("product/location"), std::string(region_name(sku.region)));
        row_.set(at("product/locationType"), sku.region.empty() ? "" : "AWS Region");
    }

    void labels(const Line &line)
    {
        for (const auto &[key, value] : ledger_.tag_sets[line.tags].entries) {
            if (key.starts_with("resourceTags/aws:"))
                row_.set(column_of(key), value);
            else if (key.starts_with("resourceTags/"))
                row_.set(column_of("resourceTags/user:" + key.substr(13)), value);
            else if (key.starts_with("costCategory/"))
                row_.set(column_of(key), value);
        }
    }

    const Ledger &ledger_;
    CsvRow<width> row_;
};

}  // namespace

std::unique_ptr<Writer> legacy_writer(const Ledger &ledger)
{
    return std::make_unique<Legacy>(ledger);
}

}  // namespace bedrock_bill
