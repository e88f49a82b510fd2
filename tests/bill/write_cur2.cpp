// SPDX-License-Identifier: PostgreSQL
// CUR 2.0: all 131 columns, maps as JSON objects, small numbers now and then in exponent form.

#include <fmt/format.h>

#include "csv.hpp"
#include "cur2_columns.hpp"
#include "random.hpp"
#include "writers.hpp"

namespace bedrock_bill {
namespace {

constexpr std::size_t width = std::size(cur2_columns);

consteval std::size_t at(std::string_view name)
{
    return position(cur2_columns, name);
}

class Cur2 final : public Writer {
  public:
    explicit Cur2(const Ledger &ledger) : ledger_(ledger) {}

    std::string header() const override { return header_line(cur2_columns); }

    std::vector<std::pair<std::string, std::string>> columns() const override
    {
        std::vector<std::pair<std::string, std::string>> list;
        for (std::size_t c = 0; c < width; ++c) list.emplace_back(cur2_columns[c], cur2_types[c]);
        return list;
    }

    void append(const Line &line, std::string &out) override
    {
        const Sku &sku = ledger_.sku(line);
        bill(line, sku);
        item(line, sku);
        money(line, sku);
        product(sku);
        const TagSet &tags = ledger_.tag_sets[line.tags];
        row_.set(at("cost_category"), tags.category_json);
        row_.set(at("resource_tags"), tags.resource_json);
        row_.set(at("tags"), tags.tags_json);
        row_.write(out);
    }

  private:
    void bill(const Line &line, const Sku &sku)
    {
        const Period &period = period_of(line);
        row_.set(at("bill_bill_type"), std::string(bill_type(line)));
        row_.set(at("bill_billing_entity"), std::string(billing_entity(sku)));
        row_.set(at("bill_billing_period_start_date"), with_millis(period.begin));
        row_.set(at("bill_billing_period_end_date"), with_millis(period.end));
        row_.set(at("bill_invoice_id"), invoice_id(line, sku));
        row_.set(at("bill_invoicing_entity"), std::string(invoicing_entity(line)));
        row_.set(at("bill_payer_account_id"), std::string(accounts[payer].id));
        row_.set(at("bill_payer_account_name"), std::string(accounts[payer].name));
    }

    void item(const Line &line, const Sku &sku)
    {
        row_.set(at("identity_line_item_id"), line.id);
        row_.set(at("identity_time_interval"), without_millis(line.start) + '/' + without_millis(line.end));
        row_.set(at("line_item_currency_code"), "USD");
        row_.set(at("line_item_iam_principal"), ledger_.texts[line.principal]);
        row_.set(at("line_item_legal_entity"), std::string(legal_entity(line, sku)));
        row_.set(at("line_item_line_item_description"),
                 line.description == 0 ? sku.description : ledger_.texts[line.description]);
        row_.set(at("line_item_line_item_type"), std::string(line_type_name(line.type)));
        row_.set(at("line_item_operation"), ledger_.texts[line.operation]);
        row_.set(at("line_item_product_code"), sku.product_code);
        row_.set(at("line_item_resource_id"), ledger_.texts[line.resource]);
        if (line.type == LineType::tax)
            row_.set(at("line_item_tax_type"), account_of(line).european ? "VAT" : "USSalesTax");
        row_.set(at("line_item_usage_account_id"), std::string(account_of(line).id));
        row_.set(at("line_item_usage_account_name"), std::string(account_of(line).name));
        row_.set(at("line_item_usage_start_date"), with_millis(line.start));
        row_.set(at("line_item_usage_end_date"), with_millis(line.end));
        row_.set(at("line_item_usage_type"), sku.usage_type);
        row_.set(at("line_item_user_identifier"), ledger_.texts[line.identifier]);
        row_.set(at("line_item_normalization_factor"), "");
    }

    void money(const Line &line, const Sku &sku)
    {
        // Java prints doubles below a thousandth with an exponent; here one line in eight does, so readers meet both.
        const bool java = hash_of(line.id) % 8 == 0;
        const std::string cost = number(line.cost, 12, java);
        row_.set(at("line_item_usage_amount"), number(line.quantity, sku.decimals, java));
        row_.set(at("line_item_unblended_cost"), cost);
        const bool discount = line.type == LineType::edp_discount || line.type == LineType::private_rate_discount;
        row_.set(at("line_item_blended_cost"), discount ? "" : cost);
        if (has_discount(line.period)) {
            row_.set(at("line_item_net_unblended_cost"), number(line.net, 12, java));
            if (line.net != line.cost && !discount) {
                const std::string saved = number(line.net - line.cost, 12, false);
                row_.set(at("discount_total_discount"), saved);
                row_.set(at("discount"),
                         fmt::format("{{\"{}\":\"{}\"}}", sku.marketplace ? "private_rate_discount" : "edp_discount",
                                     saved));
            }
        }
        row_.set(at("pricing_currency"), "USD");
        if (line.type != LineType::usage) return;
        const std::string rate = rate_text(sku);
        row_.set(at("line_item_unblended_rate"), rate);
        row_.set(at("line_item_blended_rate"), rate);
        if (has_public_price(line, sku)) {
            row_.set(at("pricing_public_on_demand_cost"), cost);
            row_.set(at("pricing_public_on_demand_rate"), rate);
        } else {
            row_.set(at("pricing_public_on_demand_cost"), "0.0");
        }
        row_.set(at("pricing_rate_code"), sku.rate_code);
        row_.set(at("pricing_rate_id"),
                 fmt::format("{}", hash_of(sku.rate_code) % 90'000'000'000ULL + 10'000'000'000ULL));
        row_.set(at("pricing_term"), "OnDemand");
        row_.set(at("pricing_unit"), unit_of(line, sku));
    }

    void product(const Sku &sku)
    {
        Tags map = {{"product_name", sku.product_name}};
        if (!sku.region.empty()) map.emplace_back("region", sku.region);
        if (!sku.marketplace && sku.bedrock && !sku.inference_type.empty()) {
            map = {{"inference_type", sku.inference_type},
                   {"model", sku.model},
                   {"product_name", sku.product_name},
                   {"provider", sku.provider},
                   {"region", sku.region},
                   {"servicename", sku.product_name}};
        }
        row_.set(at("product"), json_object(map));
        row_.set(at("product_region_code"), sku.region);
        row_.set(at("product_sku"), sku.sku);
        row_.set(at("product_servicecode"), sku.service_code);
        row_.set(at("product_product_family"), sku.family);
        if (sku.marketplace) return;
        row_.set(at("product_location"), std::string(region_name(sku.region)));
        row_.set(at("product_location_type"), sku.region.empty() ? "" : "AWS Region");
        row_.set(at("product_usagetype"), sku.usage_type);
    }

    static std::string number(Wide value, int decimals, bool java)
    {
        Wide thousandth = 1;
        for (int i = 3; i < decimals; ++i) thousandth *= 10;
        const bool small = value != 0 && value < thousandth && value > -thousandth && decimals > 3;
        return java && small ? exponent(value, decimals) : decimal(value, decimals, 1);
    }

    const Ledger &ledger_;
    CsvRow<width> row_;
};

}  // namespace

std::unique_ptr<Writer> cur2_writer(const Ledger &ledger)
{
    return std::make_unique<Cur2>(ledger);
}

}  // namespace bedrock_bill
