// SPDX-License-Identifier: PostgreSQL
// Reads every export back from its own text and recomputes the promises from the columns alone.

#include "verify.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <set>
#include <stdexcept>
#include <unordered_set>

#include "facts.hpp"
#include "writers.hpp"

namespace bedrock_bill {
namespace {

/// The next record of a CSV text; false at the end.
bool next_record(std::string_view text, std::size_t &at, std::vector<std::string> &fields)
{
    fields.clear();
    if (at >= text.size()) return false;
    std::string field;
    bool quoted = false;
    while (at < text.size()) {
        const char c = text[at++];
        if (quoted) {
            if (c != '"')
                field += c;
            else if (at < text.size() && text[at] == '"')
                field += text[at++];
            else
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',' || c == '\n') {
            fields.push_back(std::move(field));
            field.clear();
            if (c == '\n') return true;
        } else {
            field += c;
        }
    }
    fields.push_back(std::move(field));
    return true;
}

/// A decimal text, with or without exponent, as a whole number of 1e-12.
Wide pico(std::string_view text)
{
    if (text.empty()) return 0;
    Wide value = 0;
    int after = 0;
    bool negative = false, fraction = false;
    std::size_t i = 0;
    if (text[i] == '-') {
        negative = true;
        ++i;
    }
    for (; i < text.size() && text[i] != 'E'; ++i) {
        if (text[i] == '.') {
            fraction = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') throw std::logic_error(fmt::format("no number: {}", text));
        value = value * 10 + (text[i] - '0');
        after += fraction;
    }
    if (i < text.size()) after -= std::stoi(std::string(text.substr(i + 1)));
    for (; after < 12; ++after) value *= 10;
    for (; after > 12; --after) {
        if (value % 10 != 0) throw std::logic_error(fmt::format("finer than 1e-12: {}", text));
        value /= 10;
    }
    return negative ? -value : value;
}

/// The value of a key in a flat JSON object whose texts hold no quotes, which ours never do.
std::string_view json_value(std::string_view json, std::string_view key)
{
    const std::string wanted = json_text(key) + ":\"";
    const auto at = json.find(wanted);
    if (at == json.npos) return {};
    const auto from = at + wanted.size();
    return json.substr(from, json.find('"', from) - from);
}

class Reader {
  public:
    Reader(const Ledger &ledger, Writer &writer, int period)
    {
        text_ = writer.header();
        for (const Line &line : ledger.lines)
            if (line.period == period) writer.append(line, text_);
        next_record(text_, at_, names_);
    }

    bool next()
    {
        if (!next_record(text_, at_, fields_)) return false;
        if (fields_.size() != names_.size()) throw std::logic_error("a row has another width than the header");
        return true;
    }

    std::size_t column(std::string_view name) const
    {
        for (std::size_t c = 0; c < names_.size(); ++c)
            if (names_[c] == name) return c;
        throw std::logic_error(fmt::format("no column {}", name));
    }

    const std::string &operator[](std::size_t column) const { return fields_[column]; }

  private:
    std::string text_;
    std::size_t at_ = 0;
    std::vector<std::string> names_, fields_;
};

class Verification {
  public:
    Verification(const Company &company, const Ledger &ledger) : company_(company), ledger_(ledger) {}

    int run()
    {
        for (int p = 0; p < period_count; ++p) {
            cur2(p);
            legacy(p);
            focus(p);
        }
        promises();
        if (failures_ == 0) fmt::print("{} promises hold\n", checks_);
        return failures_ == 0 ? 0 : 1;
    }

  private:
    void check(bool holds, std::string_view what)
    {
        ++checks_;
        if (holds) return;
        ++failures_;
        fmt::print(stderr, "broken: {}\n", what);
    }

    void check_sum(Wide found, Wide wanted, std::string_view what)
    {
        check(found == wanted,
              fmt::format("{}: {} instead of {}", what, decimal(found, 12, 2), decimal(wanted, 12, 2)));
    }

    void cur2(int p)
    {
        const auto writer = cur2_writer(ledger_);
        Reader row(ledger_, *writer, p);
        const std::string_view label = periods[static_cast<std::size_t>(p)].label;
        const auto id = row.column("identity_line_item_id"), cost = row.column("line_item_unblended_cost"),
                   net = row.column("line_item_net_unblended_cost"), amount = row.column("line_item_usage_amount"),
                   rate = row.column("line_item_unblended_rate"), type = row.column("line_item_line_item_type"),
                   code = row.column("line_item_product_code"), product = row.column("product"),
                   usage = row.column("line_item_usage_type"), start = row.column("line_item_usage_start_date"),
                   account = row.column("line_item_usage_account_id"), operation = row.column("line_item_operation"),
                   resource = row.column("line_item_resource_id"), principal = row.column("line_item_iam_principal"),
                   tags = row.column("tags"), unit = row.column("pricing_unit"),
                   entity = row.column("bill_billing_entity"), servicecode = row.column("product_servicecode"),
                   invoice = row.column("bill_invoice_id"), public_cost = row.column("pricing_public_on_demand_cost");
        std::unordered_set<std::string> keys;
        Wide bedrock_use = 0, all = 0, all_net = 0;
        bool priced = true, priced_marketplace = false, callers = false, net_seen = false, unit_wrong = false,
             invoiced = false, marketplace_code_seen = false, exponent_seen = false;
        while (row.next()) {
            const Wide c = pico(row[cost]);
            ids_[static_cast<std::size_t>(p)].push_back(row[id]);
            all += c;
            all_net += row[net].empty() ? c : pico(row[net]);
            net_seen |= !row[net].empty();
            callers |= !row[principal].empty();
            invoiced |= !row[invoice].empty();
            exponent_seen |= row[cost].find('E') != std::string::npos;
            const std::string_view name = json_value(row[product], "product_name");
            const bool marketplace = row[entity] == "AWS Marketplace";
            const bool bedrock = row[code] == "AmazonBedrock" || row[code] == "AmazonBedrockService" ||
                                 row[code] == "AmazonBedrockAgentCore" ||
                                 (marketplace && name.ends_with("(Amazon Bedrock Edition)"));
            if (row[type] != "Usage") continue;
            if (!keys.insert(fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", row[start], row[account], row[code], row[usage],
                                         row[operation], row[resource], row[principal], row[tags]))
                     .second)
                check(false, fmt::format("{}: two lines under one key: {} {}", label, row[start], row[usage]));
            if (!bedrock) continue;
            bedrock_use += c;
            const bool literal = row[usage].find("Claude4.6") != std::string::npos;
            priced &= literal || pico(row[amount]) / 1'000'000 * pico(row[rate]) == c * 1'000'000;
            marketplace_code_seen |= marketplace && !row[servicecode].empty();
            priced_marketplace |= marketplace && row[public_cost] != "0.0";
            if (marketplace && row[usage].find("oken") != std::string::npos)
                unit_wrong |= row[unit] != (p == september ? "1M tokens" : "Units");
            collect(p, row[start], row[tags], row[usage], row[resource], row[principal], pico(row[amount]), row[unit],
                    c);
        }
        const auto named = [&](std::string_view what) { return fmt::format("{} {}", label, what); };
        check_sum(bedrock_use, dollars(std::array{30'000, 34'000, 38'000, 42'000}[static_cast<std::size_t>(p)]),
                  named("Bedrock usage"));
        check_sum(all, all_net, named("net costs and discount lines"));
        all_net_[static_cast<std::size_t>(p)] = all_net;
        all_[static_cast<std::size_t>(p)] = all;
        check(priced, named("cost is amount times rate"));
        check(net_seen == has_discount(p), named("net columns exactly where there is a discount"));
        check(callers == (p != june), named("callers from July on"));
        check(invoiced == (p != september), named("invoice ids until August"));
        check(!unit_wrong, named("unit of Marketplace tokens"));
        check(!marketplace_code_seen, named("no service code on Marketplace lines"));
        check(!priced_marketplace, named("no public cost on Marketplace lines"));
        check(exponent_seen, named("some costs in exponent form"));
        const auto &ids = ids_[static_cast<std::size_t>(p)];
        check(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size(), named("line ids are unique"));
    }

    void collect(int p, std::string_view start, std::string_view tags, std::string_view usage,
                 std::string_view resource, std::string_view principal, Wide amount, std::string_view unit, Wide cost)
    {
        const std::string_view project = json_value(tags, "resourceTags/project");
        if (p >= july && json_value(tags, "resourceTags/map-migrated") == map_tag) map_ += cost;
        if (start == with_millis(loop_hour) && principal.find("/ticket-triage-worker-role/") != principal.npos)
            loop_ += cost;
        for (const Profile &profile : company_.profiles)
            if (profile.arn == resource) seen_.insert(profile.arn);
        if (p != september) return;
        by_project_[std::string(project)] += cost;
        if (json_value(tags, "resourceTags/team") == "coding") {
            coding_[std::string(start.substr(0, 10))] += cost;
            engineers_[std::string(json_value(tags, "resourceTags/engineer"))] += cost;
            check_workflow_ &= json_value(tags, "resourceTags/workflow") == "coding-assistant";
        }
        for (const std::string_view role :
             {"prod-report-generator-role", "batch-enrichment-role", "legacy-summarizer-task-role"})
            if (principal.find(fmt::format(":assumed-role/{}/", role)) != principal.npos)
                unowned_[std::string(role)] += cost;
        if (usage.find("Claude4.6") != usage.npos)
            literals_.insert(
                fmt::format("{} {} {} {}", principal.substr(principal.rfind(':') + 1), usage, decimal(cost, 12), tags));
        if (project == "hr-portal") {
            check_profile_ &= path_of(resource) == "application_profile";
            const Wide tokens = amount / (unit == "1K tokens" ? 1'000'000'000 : 1'000'000);
            if (usage.find("OutputToken") != usage.npos)
                hr_output_ += tokens;
            else
                (usage.find("CacheRead") != usage.npos ? hr_read_ : hr_sent_) += tokens;
        }
        if (project == "customer-insights") check_profile_ &= path_of(resource) == "application_profile";
    }

    void legacy(int p)
    {
        const auto writer = legacy_writer(ledger_);
        Reader row(ledger_, *writer, p);
        const auto id = row.column("identity/LineItemId"), cost = row.column("lineItem/UnblendedCost");
        const auto &ids = ids_[static_cast<std::size_t>(p)];
        Wide all = 0;
        std::size_t at = 0;
        bool same = true;
        while (row.next()) {
            all += pico(row[cost]);
            same &= at < ids.size() && row[id] == ids[at];
            ++at;
        }
        check(same && at == ids.size(),
              fmt::format("{} legacy has the same lines", periods[static_cast<std::size_t>(p)].label));
        check_sum(all, all_[static_cast<std::size_t>(p)], "legacy total");
    }

    void focus(int p)
    {
        const auto writer = focus_writer(ledger_);
        Reader row(ledger_, *writer, p);
        const auto billed = row.column("BilledCost");
        Wide all = 0;
        std::size_t lines = 0;
        while (row.next()) {
            all += pico(row[billed]);
            ++lines;
        }
        check(lines == ids_[static_cast<std::size_t>(p)].size(), "FOCUS has the same lines");
        check_sum(all, all_net_[static_cast<std::size_t>(p)], "FOCUS billed cost is the net cost");
    }

    void promises()
    {
        check_sum(by_project_["hr-portal"], dollars(14'200), "HR Portal in September");
        check_sum(by_project_["customer-insights"], dollars(9'400), "Customer Insights in September");
        check(check_profile_, "both products only through application profiles");
        check(hr_output_ == hr_output_tokens && hr_output_tokens == 2 * hr_output_estimate,
              "HR Portal's output tokens");
        check(hr_read_ * 82 == hr_sent_ * 18, "HR Portal's cache hit rate is 0.18");
        check(coding_.size() == 18, "eighteen working days");
        for (const auto &[day, cost] : coding_) check_sum(cost, dollars(600), "coding on " + day);
        check(check_workflow_ && engineers_.size() == 8, "eight engineers in one workflow");
        check(engineers_["hana.kim"] > dollars(2) && engineers_["hana.kim"] < dollars(6),
              "one engineer far below a seat's price");
        Wide unowned = 0;
        for (const auto &[role, cost] : unowned_) unowned += cost;
        check(unowned_.size() == 3, "three roles without an owner");
        check_sum(unowned, dollars(3'800), "roles without an owner");
        check_sum(map_, dollars(34'200), "tagged for migration in the quarter");
        check_sum(loop_, dollars(40), "the runaway hour");
        check(
            literals_ ==
                std::set<std::string>{
                    R"(user/alice USE1-Claude4.6Sonnet-input-tokens 0.069 {"iamPrincipal/team":"ds"})",
                    R"(user/alice USE1-Claude4.6Sonnet-output-tokens 0.214 {"iamPrincipal/team":"ds"})",
                    R"(assumed-role/AppRole/session-123 USE1-Claude4.6Opus-input-tokens 0.198 {"iamPrincipal/project":"chatbot"})"},
            "the three published lines");
        Wide at_risk = 0;
        int workloads = 0;
        for (std::size_t w = 0; w < company_.workloads.size(); ++w) {
            const Workload &workload = company_.workloads[w];
            workloads += workload.at_risk;
            for (int p = 0; p < period_count; ++p) {
                Wide cost = 0;
                for (const Line &line : ledger_.lines)
                    if (line.period == p && line.workload == static_cast<int>(w)) cost += line.cost;
                if (workload.at_risk && p >= july) at_risk += cost;
                if (workload.per_day == 0)
                    check_sum(cost, cents(workload.target[static_cast<std::size_t>(p)]), workload.key);
            }
        }
        check(workloads == 4, "four workloads to fix");
        check_sum(at_risk, dollars(8'600), "at risk in the quarter");
        for (const Profile &profile : company_.profiles)
            check(seen_.contains(profile.arn) == profile.used, fmt::format("profile {} used or not", profile.name));
    }

    const Company &company_;
    const Ledger &ledger_;
    std::array<std::vector<std::string>, period_count> ids_;
    std::array<Wide, period_count> all_ = {}, all_net_ = {};
    std::map<std::string, Wide> by_project_, coding_, engineers_, unowned_;
    std::set<std::string> literals_;
    std::set<std::string> seen_;
    Wide map_ = 0, loop_ = 0, hr_output_ = 0, hr_read_ = 0, hr_sent_ = 0;
    bool check_profile_ = true, check_workflow_ = true;
    int checks_ = 0, failures_ = 0;
};

}  // namespace

int verify(const Company &company, const Ledger &ledger)
{
    return Verification(company, ledger).run();
}

}  // namespace bedrock_bill
