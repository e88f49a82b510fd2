// SPDX-License-Identifier: PostgreSQL
// Sums the finished ledger under the names the tests use.

#include "facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "writers.hpp"

namespace bedrock_bill {
namespace {

constexpr std::array<std::string_view, 10> paths = {"application_profile",
                                                    "system_profile",
                                                    "foundation_model",
                                                    "project",
                                                    "provisioned_model",
                                                    "custom_model",
                                                    "imported_model",
                                                    "other",
                                                    "none",
                                                    "no_resource_id"};
constexpr std::array<std::string_view, token_kinds> kinds = {"input", "output", "cache_read", "cache_write_5m",
                                                             "cache_write_1h"};

std::string money(Wide amount)
{
    return decimal(amount, 12, 2);
}

/// The identity a claim would name: a role for all its sessions, a user as it is.
std::string principal_key(int account, const Caller &caller)
{
    const std::string_view id = accounts[static_cast<std::size_t>(account)].id;
    if (caller.text.empty()) return "";
    if (caller.session == Session::none) {
        if (caller.text.starts_with("federated-user/")) return fmt::format("arn:aws:sts::{}:{}", id, caller.text);
        const bool role = caller.text.starts_with("role/");
        const std::string name = caller.text.substr(caller.text.rfind('/') + 1);
        return fmt::format("arn:aws:iam::{}:{}/{}", id, role ? "role" : "user", name);
    }
    return fmt::format("arn:aws:iam::{}:role/{}", id, caller.text.substr(0, caller.text.find('/')));
}

/// Profiles and projects where the workload has its own, callers elsewhere.
std::string identities_of(const Workload &workload)
{
    std::set<std::string> found;
    for (const Stream &stream : workload.streams) {
        const std::string_view path = path_of(stream.resource);
        if (path == "application_profile" || (path == "project" && !stream.resource.ends_with("/default")))
            found.insert(stream.resource);
        else
            for (const Caller &caller : stream.callers)
                if (std::string key = principal_key(stream.account, caller); !key.empty()) found.insert(std::move(key));
    }
    std::string text;
    for (const std::string &identity : found) {
        if (!text.empty()) text += ' ';
        text += identity;
    }
    return text;
}

class Collector {
  public:
    Collector(const Company &company, const Ledger &ledger) : company_(company), ledger_(ledger) {}

    Facts collect()
    {
        put("as_of", "2026-09-30");
        put("payer_account_id", accounts[payer].id);
        put("currency", "USD");
        for (int p = 0; p < period_count; ++p) period_facts(p);
        workload_facts();
        hr_portal();
        coding_team();
        unowned_and_migration();
        single_lines();
        profiles();
        return std::move(facts_);
    }

  private:
    void put(std::string name, std::string_view value) { facts_.emplace_back(std::move(name), value); }

    template <class Chosen>
    Wide sum(const Chosen &chosen) const
    {
        Wide total = 0;
        for (const Line &line : ledger_.lines)
            if (chosen(line)) total += line.cost;
        return total;
    }

    bool is_bedrock(const Line &line) const { return ledger_.sku(line).bedrock; }
    bool is_bedrock_use(const Line &line) const { return line.type == LineType::usage && is_bedrock(line); }
    std::string_view tag(const Line &line, std::string_view key) const
    {
        return ledger_.tag_sets[line.tags].value(key);
    }

    void period_facts(int p)
    {
        const std::string_view label = periods[static_cast<std::size_t>(p)].label;
        const auto name = [&](std::string_view what) { return fmt::format("{}.{}", what, label); };
        const auto count = [&](const auto &chosen) {
            return fmt::format("{}", std::count_if(ledger_.lines.begin(), ledger_.lines.end(),
                                                   [&](const Line &l) { return l.period == p && chosen(l); }));
        };
        const auto here = [&](const auto &chosen) {
            return money(sum([&](const Line &l) { return l.period == p && chosen(l); }));
        };
        Wide net = 0, bedrock_net = 0;
        for (const Line &l : ledger_.lines)
            if (l.period == p) {
                net += l.net;
                if (is_bedrock(l)) bedrock_net += l.net;
            }
        put(name("lines"), count([](const Line &) { return true; }));
        put(name("bedrock_lines"), count([&](const Line &l) { return is_bedrock(l); }));
        put(name("bedrock_usage_lines"), count([&](const Line &l) { return is_bedrock_use(l); }));
        put(name("bedrock_usage_lines_with_principal"),
            count([&](const Line &l) { return is_bedrock_use(l) && l.principal != 0; }));
        put(name("total_unblended"), here([](const Line &) { return true; }));
        put(name("total_net"), money(net));
        put(name("bedrock_usage"), here([&](const Line &l) { return is_bedrock_use(l); }));
        put(name("bedrock_unblended"), here([&](const Line &l) { return is_bedrock(l); }));
        put(name("bedrock_net"), money(bedrock_net));
        for (const auto &[what, type] :
             {std::pair{"bedrock_tax", LineType::tax}, std::pair{"bedrock_credit", LineType::credit},
              std::pair{"bedrock_refund", LineType::refund}, std::pair{"bedrock_fee", LineType::fee},
              std::pair{"bedrock_edp_discount", LineType::edp_discount},
              std::pair{"bedrock_private_rate_discount", LineType::private_rate_discount}})
            put(name(what), here([&, wanted = type](const Line &l) { return is_bedrock(l) && l.type == wanted; }));
        put(name("bedrock_marketplace_usage"),
            here([&](const Line &l) { return is_bedrock_use(l) && ledger_.sku(l).marketplace; }));
        put(name("probable_usage"), here([&](const Line &l) {
                return l.type == LineType::usage && ledger_.sku(l).product_code == "AmazonBedrockWebSearch";
            }));
        put(name("unknown_usage_type"), here([&](const Line &l) {
                return l.type == LineType::usage && ledger_.sku(l).usage_type.find("Zephyr9") != std::string::npos;
            }));
        for (const std::string_view path : paths)
            if (path != "none")
                put(name(fmt::format("bedrock_path.{}", path)), here([&](const Line &l) {
                        return is_bedrock_use(l) && path_of(ledger_.texts[l.resource]) == path;
                    }));
        for (int k = 0; k < token_kinds; ++k) {
            std::int64_t tokens = 0;
            for (const Line &l : ledger_.lines)
                if (l.period == p && is_bedrock_use(l) && ledger_.sku(l).kind == static_cast<Kind>(k))
                    tokens += l.quantity;
            put(name(fmt::format("tokens.{}", kinds[static_cast<std::size_t>(k)])), fmt::format("{}", tokens));
        }
    }

    void workload_facts()
    {
        for (std::size_t w = 0; w < company_.workloads.size(); ++w) {
            const Workload &workload = company_.workloads[w];
            put(fmt::format("workload.{}.name", workload.key), workload.name);
            put(fmt::format("workload.{}.identities", workload.key), identities_of(workload));
            for (int p = 0; p < period_count; ++p)
                put(fmt::format("workload.{}.{}", workload.key, periods[static_cast<std::size_t>(p)].label),
                    dollars_text(
                        sum([&](const Line &l) { return l.period == p && l.workload == static_cast<int>(w); })));
        }
    }

    void hr_portal()
    {
        std::array<std::int64_t, token_kinds> tokens = {};
        for (const Line &l : ledger_.lines)
            if (l.period == september && is_bedrock_use(l) && tag(l, "resourceTags/project") == "hr-portal")
                tokens[static_cast<std::size_t>(ledger_.sku(l).kind)] += l.quantity;
        const std::int64_t written = tokens[3] + tokens[4];
        const std::int64_t sent = tokens[0] + tokens[2] + written;
        put("hr_portal.2026-09.input_tokens", fmt::format("{}", tokens[0]));
        put("hr_portal.2026-09.cache_read_tokens", fmt::format("{}", tokens[2]));
        put("hr_portal.2026-09.cache_write_tokens", fmt::format("{}", written));
        put("hr_portal.2026-09.output_tokens", fmt::format("{}", tokens[1]));
        put("hr_portal.2026-09.output_tokens_estimate", fmt::format("{}", hr_output_estimate));
        put("hr_portal.2026-09.output_to_estimate", fmt::format("{}", tokens[1] / hr_output_estimate));
        // Whole parts in ten thousand; a rest would show as a wrong rate in the verification.
        put("hr_portal.2026-09.cache_hit_rate",
            sent != 0 && tokens[2] * 10'000 % sent == 0 ? decimal(tokens[2] * 10'000 / sent, 4, 2) : "inexact");
        put("hr_portal.2026-09.cost_estimate", "14000.00");
        put("hr_portal.2026-09.overage", dollars_text(sum([&](const Line &l) {
                                                          return l.period == september && is_bedrock_use(l) &&
                                                                 tag(l, "resourceTags/project") == "hr-portal";
                                                      }) -
                                                      dollars(14'000)));
    }

    void coding_team()
    {
        std::map<std::string, Wide> days, engineers;
        for (const Line &l : ledger_.lines)
            if (is_bedrock_use(l) && tag(l, "resourceTags/team") == "coding") {
                days[iso_date(l.start)] += l.cost;
                engineers[std::string(tag(l, "resourceTags/engineer"))] += l.cost;
            }
        std::string list;
        for (const auto &[day, cost] : days) {
            if (!list.empty()) list += ',';
            list += day;
        }
        put("coding.per_day", days.empty() ? "" : dollars_text(days.begin()->second));
        put("coding.days", list);
        put("coding.day_count", fmt::format("{}", days.size()));
        for (const auto &[engineer, cost] : engineers) put("coding.engineer." + engineer, money(cost));
        put("coding.seat_price", "20.00");
        put("coding.engineer_below_seat_price", "hana.kim");
    }

    void unowned_and_migration()
    {
        int roles = 0, workloads = 0;
        Wide unowned = 0, at_risk = 0;
        for (std::size_t w = 0; w < company_.workloads.size(); ++w) {
            const Workload &workload = company_.workloads[w];
            const auto cost = [&](int from) {
                return sum([&](const Line &l) { return l.workload == static_cast<int>(w) && l.period >= from; });
            };
            if (workload.unowned) {
                const Stream &stream = workload.streams.front();
                put(fmt::format("unowned.role.{}", ++roles), principal_key(stream.account, stream.callers.front()));
                unowned += cost(september);
            }
            if (workload.at_risk) {
                put(fmt::format("map.at_risk.{}", ++workloads), workload.key);
                put(fmt::format("map.at_risk.{}.cost", workloads), dollars_text(cost(july)));
                at_risk += cost(july);
            }
        }
        put("unowned.roles", fmt::format("{}", roles));
        put("unowned.2026-09", dollars_text(unowned));
        put("map.quarter", "2026-07-01..2026-09-30");
        put("map.tag", map_tag);
        put("map.qualifying", dollars_text(sum([&](const Line &l) {
                return is_bedrock_use(l) && l.period >= july && tag(l, "resourceTags/map-migrated") == map_tag;
            })));
        put("map.at_risk_total", dollars_text(at_risk));
        put("map.workloads_to_fix", fmt::format("{}", workloads));
    }

    void single_lines()
    {
        Wide loop = 0;
        std::string principal, resource;
        int literal = 0;
        for (const Line &l : ledger_.lines) {
            if (l.workload < 0) continue;
            const std::string_view key = company_.workloads[static_cast<std::size_t>(l.workload)].key;
            const std::string &usage = ledger_.sku(l).usage_type;
            if (key == "ticket-triage" && l.start == loop_hour) {
                loop += l.cost;
                principal = ledger_.texts[l.principal];
                resource = ledger_.texts[l.resource];
            }
            if (key == "chatbot" && l.start == literal_hour && usage.find("Claude4.6") != std::string::npos)
                put(fmt::format("literal.{}", ++literal),
                    fmt::format("{} {} {} {}", ledger_.texts[l.principal], usage, decimal(l.cost, 12, 3),
                                ledger_.tag_sets[l.tags].tags_json));
        }
        put("literal.sum", "0.481");
        put("loop.from", with_millis(loop_hour));
        put("loop.to", with_millis(loop_hour + 1));
        put("loop.cost", dollars_text(loop));
        put("loop.workload", "ticket-triage");
        put("loop.principal", principal);
        put("loop.resource", resource);
    }

    void profiles()
    {
        int unresolved = 0, unused = 0;
        for (const Profile &profile : company_.profiles) {
            put("profile." + profile.name, profile.arn);
            if (!profile.registered) put(fmt::format("unresolved_profile.{}", ++unresolved), profile.arn);
            if (!profile.used) put(fmt::format("unused_profile.{}", ++unused), profile.arn);
        }
        for (const Project &project : company_.projects) put("project." + project.name, project.arn);
    }

    const Company &company_;
    const Ledger &ledger_;
    Facts facts_;
};

}  // namespace

std::string_view path_of(std::string_view resource)
{
    if (resource.empty()) return "no_resource_id";
    std::size_t at = 0;
    for (int colon = 0; colon < 5; ++colon) {
        at = resource.find(':', at);
        if (at == resource.npos) return "none";
        ++at;
    }
    const std::string_view rest = resource.substr(at);
    const auto is = [&](std::string_view type) { return rest.starts_with(type); };
    if (is("application-inference-profile/")) return "application_profile";
    if (is("inference-profile/")) {
        const std::string_view id = rest.substr(18);
        if (id.find('/') != id.npos) return "application_profile";
        for (const std::string_view pool : {"us.", "eu.", "apac.", "jp.", "global."})
            if (id.starts_with(pool)) return "system_profile";
        return "application_profile";
    }
    if (is("foundation-model/")) return "foundation_model";
    if (is("project/")) return "project";
    if (is("provisioned-model/")) return "provisioned_model";
    if (is("custom-model/")) return "custom_model";
    if (is("imported-model/")) return "imported_model";
    return "other";
}

Facts facts_of(const Company &company, const Ledger &ledger)
{
    return Collector(company, ledger).collect();
}

}  // namespace bedrock_bill
