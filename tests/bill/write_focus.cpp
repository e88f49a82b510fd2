// SPDX-License-Identifier: PostgreSQL
// AWS's FOCUS 1.2: billed costs are net, the usage type is SkuMeter, there is no caller.

#include <fmt/format.h>

#include "csv.hpp"
#include "focus_columns.hpp"
#include "writers.hpp"

namespace bedrock_bill {
namespace {

constexpr std::size_t width = std::size(focus_columns);

consteval std::size_t at(std::string_view name)
{
    return position(focus_columns, name);
}

class Focus final : public Writer {
  public:
    Focus(const Ledger &ledger, bool sku_meter) : ledger_(ledger), sku_meter_(sku_meter) {}

    std::string header() const override { return header_line(focus_columns); }

    std::vector<std::pair<std::string, std::string>> columns() const override
    {
        std::vector<std::pair<std::string, std::string>> list;
        for (const std::string_view column : focus_columns) list.emplace_back(column, type_of(column));
        return list;
    }

    void append(const Line &line, std::string &out) override
    {
        const Sku &sku = ledger_.sku(line);
        bill(line, sku);
        charge(line, sku);
        money(line, sku);
        service(line, sku);
        row_.set(at("Tags"), ledger_.tag_sets[line.tags].focus_json);
        row_.write(out);
    }

  private:
    static std::string_view type_of(std::string_view column)
    {
        if (column.ends_with("Start") || column.ends_with("End")) return "timestamp";
        if (column == "Tags") return "map<string,string>";
        if (column == "x_Discounts") return "map<string,double>";
        if (column.ends_with("Cost") || column.ends_with("Price") || column.ends_with("Quantity")) return "double";
        return "string";
    }

    void bill(const Line &line, const Sku &sku)
    {
        const Period &period = period_of(line);
        row_.set(at("BillingAccountId"), std::string(accounts[payer].id));
        row_.set(at("BillingAccountName"), std::string(accounts[payer].name));
        row_.set(at("BillingAccountType"), "Billing Account");
        row_.set(at("BillingCurrency"), "USD");
        row_.set(at("BillingPeriodStart"), with_millis(period.begin));
        row_.set(at("BillingPeriodEnd"), with_millis(period.end));
        row_.set(at("InvoiceId"), invoice_id(line, sku));
        row_.set(at("InvoiceIssuerName"), std::string(invoicing_entity(line)));
        row_.set(at("ProviderName"), "AWS");
        row_.set(at("PublisherName"), sku.marketplace ? sku.seller : "AWS");
        row_.set(at("SubAccountId"), std::string(account_of(line).id));
        row_.set(at("SubAccountName"), std::string(account_of(line).name));
        row_.set(at("SubAccountType"), "Account");
    }

    static std::string_view category(LineType type)
    {
        switch (type) {
            case LineType::usage:
                return "Usage";
            case LineType::fee:
                return "Purchase";
            case LineType::tax:
                return "Tax";
            case LineType::credit:
                return "Credit";
            default:
                return "Adjustment";
        }
    }

    void charge(const Line &line, const Sku &sku)
    {
        row_.set(at("ChargeCategory"), std::string(category(line.type)));
        if (line.type == LineType::refund) row_.set(at("ChargeClass"), "Correction");
        row_.set(at("ChargeDescription"), line.description == 0 ? sku.description : ledger_.texts[line.description]);
        row_.set(at("ChargeFrequency"), line.type == LineType::usage ? "Usage-Based"
                                        : line.type == LineType::fee ? "Recurring"
                                                                     : "One-Time");
        row_.set(at("ChargePeriodStart"), with_millis(line.start));
        row_.set(at("ChargePeriodEnd"), with_millis(line.end));
    }

    void money(const Line &line, const Sku &sku)
    {
        const std::string net = decimal(line.net, 12, 1);
        row_.set(at("BilledCost"), net);
        row_.set(at("EffectiveCost"), net);
        row_.set(at("ContractedCost"), net);
        row_.set(at("ListCost"), has_public_price(line, sku) ? decimal(line.cost, 12, 1) : "0.0");
        row_.set(at("PricingCurrency"), "USD");
        row_.set(at("PricingCurrencyEffectiveCost"), net);
        if (line.net != line.cost && line.type == LineType::usage)
            row_.set(at("x_Discounts"),
                     fmt::format("{{\"{}\":{}}}", sku.marketplace ? "private_rate_discount" : "edp_discount",
                                 decimal(line.net - line.cost, 12, 1)));
        if (line.type != LineType::usage) return;
        const std::string amount = decimal(line.quantity, sku.decimals, 1);
        row_.set(at("ConsumedQuantity"), amount);
        row_.set(at("ConsumedUnit"), unit_of(line, sku));
        row_.set(at("PricingQuantity"), amount);
        row_.set(at("PricingUnit"), unit_of(line, sku));
        row_.set(at("PricingCategory"), "Standard");
        row_.set(at("SkuId"), sku.sku);
        row_.set(at("SkuPriceId"), sku.rate_code);
        if (sku_meter_) row_.set(at("SkuMeter"), sku.usage_type);
        row_.set(at("ContractedUnitPrice"), rate_text(sku));
        row_.set(at("PricingCurrencyContractedUnitPrice"), rate_text(sku));
        if (!has_public_price(line, sku)) return;
        row_.set(at("ListUnitPrice"), rate_text(sku));
        row_.set(at("PricingCurrencyListUnitPrice"), rate_text(sku));
    }

    void service(const Line &line, const Sku &sku)
    {
        row_.set(at("RegionId"), sku.region);
        row_.set(at("RegionName"), std::string(region_name(sku.region)));
        row_.set(at("ResourceId"), ledger_.texts[line.resource]);
        row_.set(at("ServiceName"), sku.product_name);
        row_.set(at("ServiceCategory"), sku.bedrock ? "AI and Machine Learning" : "Other");
        row_.set(at("ServiceSubcategory"), sku.bedrock ? "Generative AI" : "Other (Other)");
        row_.set(at("x_Operation"), ledger_.texts[line.operation]);
        row_.set(at("x_ServiceCode"), line.type == LineType::usage ? sku.service_code : "");
    }

    const Ledger &ledger_;
    const bool sku_meter_;
    CsvRow<width> row_;
};

}  // namespace

std::unique_ptr<Writer> focus_writer(const Ledger &ledger, bool sku_meter)
{
    return std::make_unique<Focus>(ledger, sku_meter);
}

}  // namespace bedrock_bill
