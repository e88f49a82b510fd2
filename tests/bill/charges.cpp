// SPDX-License-Identifier: PostgreSQL
// The rest of the bill: other services so that Bedrock is a share of it, and what AWS adds by the month.

#include "charges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "company.hpp"
#include "random.hpp"
#include "schedule.hpp"

namespace bedrock_bill {
namespace {

Sku bedrock_product()
{
    Sku sku;
    sku.product_code = "AmazonBedrock";
    sku.product_name = "Amazon Bedrock";
    return sku;
}

Sku edition(std::string_view model)
{
    Sku sku;
    sku.product_name = fmt::format("{} (Amazon Bedrock Edition)", model);
    sku.product_code = marketplace_code(sku.product_name);
    sku.marketplace = true;
    sku.seller = "Anthropic, PBC";
    return sku;
}

class Charges {
  public:
    explicit Charges(Ledger &ledger) : ledger_(ledger) {}

    void run()
    {
        for (int period = 0; period < period_count; ++period) {
            period_ = period;
            services();
            monthly();
            credits();
        }
        once();
    }

  private:
    Line &add(int account, int sku, Hour start, Hour end, std::int64_t quantity)
    {
        Line line;
        line.period = period_;
        line.start = start;
        line.end = end;
        line.account = account;
        line.sku = sku;
        line.quantity = quantity;
        line.cost = quantity * ledger_.catalogue[sku].rate;
        line.tags = line_tags(ledger_, period_, account, {}, {});
        ledger_.lines.push_back(line);
        return ledger_.lines.back();
    }

    Line &add_charge(LineType type, int account, const Sku &product, std::string_view what, Pico cost)
    {
        const Period &p = periods[static_cast<std::size_t>(period_)];
        Line &line = add(account, ledger_.catalogue.charge(product, what), p.begin, p.end, 1);
        line.type = type;
        line.cost = cost;
        line.description = ledger_.texts.add(what);
        return line;
    }

    int service(std::string_view code, std::string_view name, std::string_view family, std::string_view usage,
                std::string_view unit, int decimals, Pico price, std::string_view description)
    {
        return ledger_.catalogue.meter(Meter{.usage_type = usage,
                                             .unit = unit,
                                             .decimals = decimals,
                                             .price = price,
                                             .product_code = code,
                                             .product_name = name,
                                             .family = family,
                                             .description = description,
                                             .bedrock = false},
                                       "");
    }

    void services()
    {
        const Period &p = periods[static_cast<std::size_t>(period_)];
        const int gpu =
            service("AmazonEC2", "Amazon Elastic Compute Cloud", "Compute Instance", "BoxUsage:p4d.24xlarge", "Hrs", 0,
                    32.7726_usd, "$32.7726 per On Demand Linux p4d.24xlarge Instance Hour");
        const int web =
            service("AmazonEC2", "Amazon Elastic Compute Cloud", "Compute Instance", "EUC1-BoxUsage:m6i.4xlarge", "Hrs",
                    0, 0.92_usd, "$0.92 per On Demand Linux m6i.4xlarge Instance Hour");
        const int database =
            service("AmazonRDS", "Amazon Relational Database Service", "Database Instance", "InstanceUsage:db.r6i.24xl",
                    "Hrs", 0, 12_usd, "$12 per RDS db.r6i.24xlarge instance hour");
        for (Hour hour = p.begin; hour < p.end; ++hour) {
            compute(add(data, gpu, hour, hour + 1, 1), "arn:aws:ec2:us-east-1:444455556666:instance/", "training");
            if (weekday(hour / 24) < 5 && hour % 24 >= 6 && hour % 24 < 18)
                compute(add(prod, web, hour, hour + 1, 1), "arn:aws:ec2:eu-central-1:111122223333:instance/", "web");
            if (hour % 2 == 0) {
                Line &line = add(prod, database, hour, hour + 1, 2);
                line.operation = ledger_.texts.add("CreateDBInstance:0014");
                line.resource = ledger_.texts.add("arn:aws:rds:us-east-1:111122223333:db:orders");
            }
        }
        struct Daily {
            int account;
            std::string_view code, name, family, usage, unit, operation, description;
            Pico price;
            std::int64_t low, high;
        };
        constexpr auto daily = std::to_array<Daily>({
            {data, "AmazonS3", "Amazon Simple Storage Service", "Storage", "TimedStorage-ByteHrs", "GB-Mo",
             "StandardStorage", "$0.023 per GB - first 50 TB / month of storage used", 0.023_usd, 14000, 15000},
            {prod, "AmazonS3", "Amazon Simple Storage Service", "API Request", "Requests-Tier1", "Requests",
             "PutObject", "$0.005 per 1,000 PUT, COPY, POST, or LIST requests", 0.000005_usd, 2'000'000, 3'000'000},
            {prod, "AWSLambda", "AWS Lambda", "Serverless", "Lambda-GB-Second", "Lambda-GB-Second", "Invoke",
             "AWS Lambda - Total Compute - US East (Northern Virginia)", 0.0000166667_usd, 1'500'000, 2'500'000},
            {shared, "AmazonCloudWatch", "AmazonCloudWatch", "Metric", "CW:MetricMonitorUsage", "Metrics", "Unknown",
             "$0.30 per metric-month", 0.30_usd, 90, 120},
            {shared, "AmazonVPC", "Amazon Virtual Private Cloud", "VPC Endpoint", "USE1-VpcEndpoint-Hours", "Hrs",
             "VpcEndpoint", "$0.01 per VPC Endpoint Hour", 0.01_usd, 480, 480},
            {prod, "AmazonEC2", "Amazon Elastic Compute Cloud", "Storage", "EBS:VolumeUsage.gp3", "GB-Mo",
             "CreateVolume-Gp3", "$0.08 per GB-month of General Purpose (gp3) provisioned storage", 0.08_usd, 1200,
             1300},
            {staging, "AWSCodePipeline", "AWS CodePipeline", "Developer Tools", "USW2-actionExecutionMinute", "minutes",
             "", "$0.002 per action execution minute", 0.002_usd, 200, 900},
        });
        Random random(fmt::format("services {}", period_));
        for (Hour day = p.begin; day < p.end; day += 24)
            for (const Daily &d : daily) {
                const int sku = service(d.code, d.name, d.family, d.usage, d.unit, 0, d.price, d.description);
                add(d.account, sku, day, day + 24, random.between(d.low, d.high)).operation =
                    ledger_.texts.add(d.operation);
            }
        // A seat product that names the workforce user, in the column that is not the caller's.
        const int seat = service("AmazonQ", "Amazon Q", "Amazon Q Developer", "USE1-QDeveloper-Pro-Users", "UserMonth",
                                 4, 19_usd, "$19 per user per month for Amazon Q Developer Pro");
        for (int person = 0; person < 6; ++person) {
            Line &line = add(dev, seat, p.begin + 24 * person, p.begin + 24 * person + 1, 10'000);
            line.identifier =
                ledger_.texts.add("94482488-" + opaque(fmt::format("identity {}", person), 12, hex_digits));
        }
    }

    void compute(Line &line, std::string_view arn, std::string_view name)
    {
        line.operation = ledger_.texts.add("RunInstances");
        line.resource = ledger_.texts.add(fmt::format("{}i-0{}", arn, opaque(name, 16, hex_digits)));
        line.tags = line_tags(ledger_, period_, line.account,
                              {{"resourceTags/project", std::string(name)}, {"resourceTags/team", "platform"}}, {});
    }

    void monthly()
    {
        Sku support;
        support.product_code = "AWSSupportBusiness";
        support.product_name = "AWS Support (Business)";
        support.bedrock = false;
        add_charge(LineType::fee, payer, support, "AWS Support (Business)", cents(310'000 + 20'000 * period_));
        Sku observa;
        observa.product_name = "Observa Cloud Monitoring Pro";
        observa.product_code = marketplace_code(observa.product_name);
        observa.marketplace = true;
        observa.bedrock = false;
        observa.seller = "Observa Software GmbH";
        add_charge(LineType::fee, payer, observa, "AWS Marketplace contract fee", cents(120'000));
        const int hosts = ledger_.catalogue.meter(Meter{.usage_type = "MP:monitored_hosts",
                                                        .unit = "Units",
                                                        .price = 0.021_usd,
                                                        .product_name = observa.product_name,
                                                        .description = "Monitored hosts per hour",
                                                        .seller = observa.seller,
                                                        .bedrock = false},
                                                  "us-east-1");
        const Period &p = periods[static_cast<std::size_t>(period_)];
        for (Hour day = p.begin; day < p.end; day += 24)
            add(shared, hosts, day, day + 24, 24 * 40).operation = ledger_.texts.add("Usage");
    }

    void credits()
    {
        constexpr std::array<std::int64_t, period_count> granted = {150'00, 310'00, 420'00, 500'00};
        const auto amount = granted[static_cast<std::size_t>(period_)];
        add_charge(LineType::credit, payer, bedrock_product(),
                   period_ == june ? "AWS Promotional Credit" : "AWS_MAP2.0_MPE4P8QX2ZK1_Credit", -cents(amount));
        if (period_ == august)
            add_charge(LineType::credit, prod, edition("Claude Sonnet 4.6"), "Marketplace launch credit",
                       -cents(75'00));
    }

    void once()
    {
        period_ = july;
        add_charge(LineType::fee, payer, edition("Claude Opus 4.7"), "AWS Marketplace private offer fee",
                   cents(250'00));
        const int model = ledger_.catalogue.token(
            {"anthropic.claude-3-5-sonnet-20240620-v1:0", "us-east-1", Scope::regional, "standard", Kind::input});
        Line &refund = add(prod, model, hour_of(2026, 7, 18), hour_of(2026, 7, 19), 12'500'000);
        refund.type = LineType::refund;
        refund.cost = -cents(37'50);
        refund.description = ledger_.texts.add("Refund for usage billed twice");

        // Its name says Bedrock, but no list, no resource and no edition proves that it is.
        period_ = august;
        Meter probable{.usage_type = "WebSearch-Queries",
                       .unit = "Requests",
                       .price = 0.025_usd,
                       .product_code = "AmazonBedrockWebSearch",
                       .product_name = "Amazon Bedrock Web Search",
                       .family = "Web Search",
                       .description = "$0.025 per query in US East (N. Virginia)",
                       .bedrock = false};
        for (int i = 0; i < 5; ++i)
            add(shared, ledger_.catalogue.meter(probable, "us-east-1"), hour_of(2026, 8, 12, 9 + i),
                hour_of(2026, 8, 12, 10 + i), 100)
                .operation = ledger_.texts.add("Search");
    }

    Ledger &ledger_;
    int period_ = 0;
};

}  // namespace

void add_other_charges(Ledger &ledger)
{
    Charges(ledger).run();
}

// AWS's own services get 4 % by the enterprise agreement, Claude 5 % by a private rate; nothing else is discounted.
void add_discounts(Ledger &ledger)
{
    struct Sum {
        std::int64_t quantity = 0;
        Pico cost = 0;
    };
    std::map<std::tuple<int, int, int, LineType>, Sum> sums;  // period, account, SKU, type
    for (Line &line : ledger.lines) {
        line.net = line.cost;
        if (!has_discount(line.period) || line.type != LineType::usage) continue;
        const Sku &sku = ledger.sku(line);
        const bool private_rate = sku.marketplace && sku.seller == "Anthropic, PBC";
        if (sku.marketplace && !private_rate) continue;
        line.net = line.cost / 100 * (private_rate ? 95 : 96) + line.cost % 100 * (private_rate ? 95 : 96) / 100;
        // Bedrock's discounts are itemised by usage type, the other services' by product.
        const int key = sku.bedrock ? line.sku : ledger.catalogue.charge(sku, "discount");
        Sum &sum = sums[{line.period, line.account, key,
                         private_rate ? LineType::private_rate_discount : LineType::edp_discount}];
        sum.quantity += sku.bedrock ? line.quantity : 1;
        sum.cost += line.net - line.cost;
    }
    for (const auto &[key, sum] : sums) {
        if (sum.cost == 0) continue;
        const auto &[period, account, sku, type] = key;
        Line line;
        line.period = period;
        line.start = periods[static_cast<std::size_t>(period)].begin;
        line.end = periods[static_cast<std::size_t>(period)].end;
        line.type = type;
        line.account = account;
        line.sku = sku;
        line.quantity = sum.quantity;
        line.cost = sum.cost;
        line.net = 0;
        line.tags = line_tags(ledger, period, account, {}, {});
        line.description = ledger.texts.add(type == LineType::edp_discount ? "Enterprise Discount Program discount"
                                                                           : "Private rate discount");
        ledger.lines.push_back(line);
    }
}

void add_taxes(Ledger &ledger)
{
    std::map<std::tuple<int, int, std::string>, std::pair<Pico, int>> bases;  // period, account, product code
    for (const Line &line : ledger.lines) {
        auto &[base, sku] = bases[{line.period, line.account, ledger.sku(line).product_code}];
        base += line.net;
        sku = line.sku;
    }
    for (const auto &[key, value] : bases) {
        const auto &[period, account, code] = key;
        const bool european = accounts[static_cast<std::size_t>(account)].european;
        const auto amount =
            static_cast<Pico>(static_cast<Wide>(value.first) * (european ? 19 : 6) / 100 / pico_per_cent);
        if (amount <= 0) continue;
        Line line;
        line.period = period;
        line.start = periods[static_cast<std::size_t>(period)].begin;
        line.end = periods[static_cast<std::size_t>(period)].end;
        line.type = LineType::tax;
        line.account = account;
        line.sku = ledger.catalogue.charge(ledger.catalogue[value.second], "tax");
        line.quantity = 1;
        line.cost = line.net = cents(amount);
        line.tags = line_tags(ledger, period, account, {}, {});
        line.description = ledger.texts.add("Tax for product code " + code);
        ledger.lines.push_back(line);
    }
}

void finish(Ledger &ledger)
{
    const auto order = [&](const Line &l) {
        return std::tuple(l.period, l.start, l.end, l.account, l.type, std::string_view(ledger.sku(l).usage_type),
                          std::string_view(ledger.sku(l).product_code), std::string_view(ledger.texts[l.resource]),
                          std::string_view(ledger.texts[l.principal]), l.description, l.tags);
    };
    std::stable_sort(ledger.lines.begin(), ledger.lines.end(),
                     [&](const Line &a, const Line &b) { return order(a) < order(b); });
    std::int64_t number = 0;
    for (Line &line : ledger.lines) line.id = opaque(fmt::format("line {} {}", line.period, ++number), 52, base32);
}

}  // namespace bedrock_bill
