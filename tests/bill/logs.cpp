// SPDX-License-Identifier: PostgreSQL
// What one hour, caller and model used is cut into requests: none longer than its price allows, all together what is
// billed.

#include "logs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "company.hpp"
#include "delivery.hpp"
#include "random.hpp"

namespace bedrock_bill {
namespace {

using Counts = std::array<std::int64_t, token_kinds>;

/// Below the 200,000 tokens above which a request is long context, and well above them.
constexpr std::int64_t usual_input = 190'000, long_input = 600'000;
constexpr std::int64_t loop_requests = 600;

struct Cell {
    Hour hour;
    int account;
    std::string_view region, model;
    bool global, long_context;
    std::string_view tier;
    std::uint32_t resource, principal;

    auto operator<=>(const Cell &) const = default;
};

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

bool is_global(const Sku &sku)
{
    return has(sku.usage_type, "lobal");
}

bool is_long(const Sku &sku)
{
    return has(sku.usage_type, "LCtx") || has(sku.usage_type, "long-c") || has(sku.usage_type, "long_c");
}

std::string_view tier_of(const Sku &sku)
{
    const std::string_view usage_type = sku.usage_type;
    if (has(usage_type, "-flex")) return "flex";
    if (has(usage_type, "-priority")) return "priority";
    if (has(usage_type, "atency-optimized") || has(usage_type, "LatencyOptimized")) return "optimized";
    return "standard";
}

/// Batch jobs and the endpoint bedrock-mantle are not logged.
bool can_be_logged(const Sku &sku)
{
    return sku.kind != Kind::other && !has(sku.usage_type, "mantle") && !has(sku.usage_type, "atch");
}

/// Where logs are missing: accounts that never switched them on, embeddings where only text is delivered, days that
/// were not delivered, files that were lost.
bool is_lost(const Line &line, const Sku &sku)
{
    if (line.account == data || line.account == sandbox) return true;
    if (line.account == shared && has(sku.model_id, "embed")) return true;
    if (line.account == shared && line.start >= hour_of(2026, 9, 16) && line.start < hour_of(2026, 9, 18)) return true;
    return line.account == prod && sku.region == "us-east-1" && line.start >= hour_of(2026, 9, 22, 10) &&
           line.start < hour_of(2026, 9, 22, 14);
}

/// Who is behind a session of the gateway; one request in ten does not say.
std::string_view gateway_user(std::string_view principal, std::int64_t number)
{
    if (!has(principal, "/llm-gateway-role/")) return {};
    constexpr std::array<std::string_view, 10> users = {"ada", "ada", "ada", "ada", "ben",
                                                        "ben", "ben", "chi", "chi", ""};
    return users[(hash_of(principal) + static_cast<std::uint64_t>(number)) % users.size()];
}

/// What the caller named: a profile or model where the bill has one, else the model, also where a knowledge base called
/// it.
std::string model_of(const Cell &cell, const std::string &resource)
{
    if (has(resource, "profile/") || has(resource, "model/")) return resource;
    return fmt::format("{}{}", cell.global ? "global." : "", cell.model);
}

class Logs {
  public:
    explicit Logs(const Ledger &ledger) : ledger_(ledger) {}

    void collect()
    {
        for (const Line &line : ledger_.lines) {
            const Sku &sku = ledger_.sku(line);
            if (line.period != september || line.type != LineType::usage || !can_be_logged(sku) || is_lost(line, sku))
                continue;
            std::int64_t quantity = line.quantity * (sku.unit == "1K tokens" ? 1'000 : 1'000'000);
            for (int i = 0; i < sku.decimals; ++i) quantity /= 10;
            cells_[{line.start, line.account, sku.region, sku.model_id, is_global(sku), is_long(sku), tier_of(sku),
                    line.resource, line.principal}][static_cast<std::size_t>(sku.kind)] += quantity;
        }
    }

    void write(const std::filesystem::path &directory)
    {
        for (const auto &[cell, counts] : cells_) requests_of(cell, counts);
        not_billed();
        for (const auto &[path, text] : files_) write_text(directory / path, text, true);
        fmt::print("{} requests in {} files of logs\n", number_, files_.size());
    }

  private:
    void requests_of(const Cell &cell, const Counts &counts)
    {
        const std::int64_t in = counts[0] + counts[2] + counts[3] + counts[4];
        const std::int64_t most = *std::max_element(counts.begin(), counts.end());
        std::int64_t requests = cell.long_context ? std::max<std::int64_t>(1, in / long_input) : in / usual_input + 1;
        if (cell.hour == loop_hour && has(ledger_.texts[cell.principal], "triage")) requests = loop_requests;
        requests = std::max<std::int64_t>(1, std::min(requests, most));
        for (std::int64_t i = 0; i < requests; ++i) {
            Counts part;
            for (std::size_t k = 0; k < part.size(); ++k)
                part[k] = counts[k] * (i + 1) / requests - counts[k] * i / requests;
            record(cell, part, i * 3600 / requests, i);
        }
    }

    /// Calls of an evaluation, made where the bill has nothing.
    void not_billed()
    {
        for (int i = 0; i < 12; ++i)
            record({hour_of(2026, 9, 30, 9), staging, "eu-west-1", "amazon.nova-lite-v1:0", false, false, "standard", 0,
                    0},
                   {2'000 + i, 300, 0, 0, 0}, i * 60, i);
    }

    void record(const Cell &cell, const Counts &counts, std::int64_t second, std::int64_t number)
    {
        const std::string &principal = ledger_.texts[cell.principal];
        const std::string &resource = ledger_.texts[cell.resource];
        const std::string day = iso_date(cell.hour);
        const std::string_view account = accounts[static_cast<std::size_t>(cell.account)].id;
        const std::string_view user = gateway_user(principal, number);
        std::string extra, body;
        if (!principal.empty()) extra += fmt::format(",\"identity\":{{\"arn\":{}}}", json_text(principal));
        if (!user.empty()) extra += fmt::format(",\"requestMetadata\":{{\"user\":{}}}", json_text(user));
        if (counts[4] > 0)
            body = fmt::format("\"usage\":{{\"cacheDetails\":[{{\"ttl\":\"1h\",\"inputTokens\":{}}}]}}", counts[4]);
        if (cell.tier == "optimized")
            body += fmt::format("{}\"performanceConfig\":{{\"latency\":\"optimized\"}}", body.empty() ? "" : ",");
        else if (cell.tier != "standard")
            body += fmt::format("{}\"serviceTier\":{{\"type\":\"{}\"}}", body.empty() ? "" : ",", cell.tier);
        std::string &text =
            files_[fmt::format("AWSLogs/{}/BedrockModelInvocationLogs/{}/{}/{}/{}/acme.json.gz", account, cell.region,
                               day.substr(0, 4), day.substr(5, 2), day.substr(8, 2))];
        text += fmt::format(
            "{{\"schemaType\":\"ModelInvocationLog\",\"schemaVersion\":\"1.0\",\"timestamp\":\"{}T{:02}:{:02}:{:02}Z\","
            "\"accountId\":\"{}\",\"region\":\"{}\",\"requestId\":\"acme-{:06}\",\"operation\":\"Converse\","
            "\"modelId\":{}{},"
            "\"input\":{{\"inputContentType\":\"application/"
            "json\",\"inputTokenCount\":{},\"cacheReadInputTokenCount\":{},"
            "\"cacheWriteInputTokenCount\":{}}},\"output\":{{\"outputContentType\":\"application/"
            "json\",\"outputTokenCount\":{}{}}}}}\n",
            day, cell.hour % 24, second / 60, second % 60, account, cell.region, ++number_,
            json_text(model_of(cell, resource)), extra, counts[0], counts[2], counts[3] + counts[4], counts[1],
            body.empty() ? "" : fmt::format(",\"outputBodyJson\":{{{}}}", body));
    }

    const Ledger &ledger_;
    std::map<Cell, Counts> cells_;
    std::map<std::string, std::string> files_;
    std::int64_t number_ = 0;
};

}  // namespace

void write_logs(const Ledger &ledger, const std::filesystem::path &directory)
{
    Logs logs(ledger);
    logs.collect();
    logs.write(directory);
}

}  // namespace bedrock_bill
