// SPDX-License-Identifier: PostgreSQL
// Writes the CUR 2.0 export of an invented company, as large as asked: the same bytes for the same arguments.
//
// A bill repeats itself: a combination of account, product, resource, usage type, caller and tags that is at work has a
// line in each hour of some days. So a combination is made once, as a template of its line, and a line is a template
// with the hour, the amounts and an id put in. Nothing is kept of a line; its place follows from its number.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "../tests/bill/csv.hpp"
#include "../tests/bill/cur2_columns.hpp"

namespace {

using bedrock_bill::append_field;
namespace fs = std::filesystem;

// ---- arguments ------------------------------------------------------------------------------------------------------

constexpr const char *help =
    "usage: make_export [OPTION...]   (numbers may end in k or M)\n"
    "  --lines N           lines in all (1M)\n"
    "  --columns WHICH     full: 116 columns, or narrow: the 30 that bench/bill.sql has (full)\n"
    "  --out DIR           write data/BILLING_PERIOD=.../NAME-00001.csv.gz and the manifests there;\n"
    "                      without it all goes to standard output, one header first\n"
    "  --compress COMMAND  filter of each file (gzip -n); none: plain files\n"
    "  --files N           files a billing period (1)\n"
    "  --periods N         billing periods up to November 2026, at most 12 (4)\n"
    "  --period YYYY-MM    only this one of them\n"
    "  --revision N        AWS delivers a period again: the same lines, some with other amounts (0)\n"
    "  --name NAME         name of the export (acme)\n"
    "  --combinations N    accounts, resources, usage types, callers and tags that occur together (40k)\n"
    "  --sessions N        lines of roles come from N sessions, each of some consecutive lines, as credentials last "
    "for\n"
    "                      hours (a caller keeps one)\n"
    "  --tag-values N      every line of Bedrock carries one of N values of one tag; of roles with --sessions, their\n"
    "                      session's (0)\n"
    "  --sparse            a combination has two or three lines, in hours of chance, on each of its days, and these "
    "lie\n"
    "                      scattered over all periods: two to three lines a fact of a day\n"
    "  --seed N            another bill of the same kind (42)\n";

struct Options {
    std::uint64_t lines = 1'000'000;
    bool narrow = false;
    std::string out;
    std::string compress = "gzip -n";
    std::uint64_t files = 1;
    std::uint64_t periods = 4;
    std::string period;
    std::uint64_t revision = 0;
    std::string name = "acme";
    std::uint64_t combinations = 40'000;
    std::uint64_t sessions = 0;
    std::uint64_t tag_values = 0;
    bool sparse = false;
    std::uint64_t seed = 42;
};

std::uint64_t number_of(const std::string &text)
{
    char *end = nullptr;
    const std::uint64_t value = std::strtoull(text.c_str(), &end, 10);
    const std::string_view unit = end;
    if (end == text.c_str() || text[0] == '-' || (unit != "" && unit != "k" && unit != "M"))
        throw std::invalid_argument("not a number: " + text);
    return value * (unit == "k" ? 1'000 : unit == "M" ? 1'000'000 : 1);
}

Options read_options(int count, char **arguments)
{
    Options o;
    for (int i = 1; i < count; i += 2) {
        const std::string name = arguments[i];
        if (name == "--sparse") {
            o.sparse = true;
            --i;
            continue;
        }
        if (i + 1 == count) throw std::invalid_argument(name + " needs a value");
        const std::string value = arguments[i + 1];
        if (name == "--lines")
            o.lines = number_of(value);
        else if (name == "--columns" && (value == "narrow" || value == "full"))
            o.narrow = value == "narrow";
        else if (name == "--out")
            o.out = value;
        else if (name == "--compress")
            o.compress = value;
        else if (name == "--files")
            o.files = number_of(value);
        else if (name == "--periods")
            o.periods = number_of(value);
        else if (name == "--period")
            o.period = value;
        else if (name == "--revision")
            o.revision = number_of(value);
        else if (name == "--name")
            o.name = value;
        else if (name == "--combinations")
            o.combinations = number_of(value);
        else if (name == "--sessions")
            o.sessions = number_of(value);
        else if (name == "--tag-values")
            o.tag_values = number_of(value);
        else if (name == "--seed")
            o.seed = number_of(value);
        else
            throw std::invalid_argument("unknown: " + name + " " + value);
    }
    if (o.lines == 0 || o.files == 0 || o.combinations == 0) throw std::invalid_argument("nothing to write");
    if (o.periods == 0 || o.periods > 12) throw std::invalid_argument("--periods is 1 to 12");
    return o;
}

// ---- chance that follows from numbers alone -------------------------------------------------------------------------

std::uint64_t mixed(std::uint64_t x)
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

class Chance {
  public:
    explicit Chance(std::uint64_t seed) : seed_(mixed(seed)) {}

    std::uint64_t bits(std::uint64_t n, std::uint64_t salt) const { return mixed(seed_ ^ mixed(n * 256 + salt)); }

    /// 0 to 1.
    double share(std::uint64_t n, std::uint64_t salt) const
    {
        return static_cast<double>(bits(n, salt) >> 11) * 0x1p-53;
    }

    /// 0 to size - 1; each further `skew` makes the first ones more frequent.
    std::size_t pick(std::uint64_t n, std::uint64_t salt, std::size_t size, int skew = 0) const
    {
        double u = share(n, salt);
        const double once = u;
        for (int i = 0; i < skew; ++i) u *= once;
        return std::min(size - 1, static_cast<std::size_t>(u * static_cast<double>(size)));
    }

    std::string code(std::uint64_t n, std::uint64_t salt, std::size_t length, std::string_view alphabet) const
    {
        std::string text;
        std::uint64_t b = 0;
        for (std::size_t i = 0; i < length; ++i) {
            if (i % 8 == 0) b = bits(n + (i << 40), salt);
            text += alphabet[b % alphabet.size()];
            b /= alphabet.size();
        }
        return text;
    }

  private:
    std::uint64_t seed_;
};

constexpr std::string_view hex = "0123456789abcdef";
constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view upper = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

// ---- the company ----------------------------------------------------------------------------------------------------

struct Region {
    std::string_view prefix, name, geo, location;
};
constexpr Region regions[] = {{"USE1", "us-east-1", "us", "US East (N. Virginia)"},
                              {"USW2", "us-west-2", "us", "US West (Oregon)"},
                              {"EUC1", "eu-central-1", "eu", "EU (Frankfurt)"},
                              {"EU", "eu-west-1", "eu", "EU (Ireland)"},
                              {"APN1", "ap-northeast-1", "apac", "Asia Pacific (Tokyo)"},
                              {"USE2", "us-east-2", "us", "US East (Ohio)"},
                              {"APS2", "ap-southeast-2", "au", "Asia Pacific (Sydney)"},
                              {"CAN1", "ca-central-1", "ca", "Canada (Central)"},
                              {"SAE1", "sa-east-1", "global", "South America (Sao Paulo)"}};

/// Models with a product name are sold through the Marketplace: their usage types name no model.
struct Model {
    std::string_view token, id, product, seller;
};
constexpr Model models[] = {{"Claude4Sonnet", "anthropic.claude-sonnet-4-20250514-v1:0",
                             "Claude Sonnet 4 (Amazon Bedrock Edition)", "Anthropic, PBC"},
                            {"NovaLite", "amazon.nova-lite-v1:0", "", ""},
                            {"Claude4.5Sonnet", "anthropic.claude-sonnet-4-5-20250929-v1:0",
                             "Claude Sonnet 4.5 (Amazon Bedrock Edition)", "Anthropic, PBC"},
                            {"NovaPro", "amazon.nova-pro-v1:0", "", ""},
                            {"Claude3.5Sonnet", "anthropic.claude-3-5-sonnet-20241022-v2:0",
                             "Claude 3.5 Sonnet (Amazon Bedrock Edition)", "Anthropic, PBC"},
                            {"NovaMicro", "amazon.nova-micro-v1:0", "", ""},
                            {"Llama3-3-70B", "meta.llama3-3-70b-instruct-v1:0", "", ""},
                            {"Claude3Haiku", "anthropic.claude-3-haiku-20240307-v1:0",
                             "Claude 3 Haiku (Amazon Bedrock Edition)", "Anthropic, PBC"},
                            {"Mistral-Large-2407", "mistral.mistral-large-2407-v1:0", "", ""},
                            {"Qwen3-32B", "qwen.qwen3-32b-v1:0", "", ""},
                            {"DeepSeek-R1", "deepseek.r1-v1:0", "", ""},
                            {"NovaPremier", "amazon.nova-premier-v1:0", "", ""},
                            {"Llama4-Maverick-17B", "meta.llama4-maverick-17b-instruct-v1:0", "", ""},
                            {"GPT-OSS-120B", "openai.gpt-oss-120b-1:0", "", ""},
                            {"TitanEmbeddingV2-Text", "amazon.titan-embed-text-v2:0", "", ""},
                            {"Claude4Opus", "anthropic.claude-opus-4-20250514-v1:0",
                             "Claude Opus 4 (Amazon Bedrock Edition)", "Anthropic, PBC"}};

struct Metered {
    std::string_view plain, marketplace;
};
constexpr Metered metered[] = {{"-input-tokens", "InputTokenCount"},
                               {"-output-tokens", "OutputTokenCount"},
                               {"-cache-read-input-token-count", "CacheReadInputTokenCount"},
                               {"-cache-write-input-token-count", "CacheWriteInputTokenCount_Global"},
                               {"-input-tokens-batch", "InputTokenCount_Batch"},
                               {"-output-tokens-batch", "output_tokens_batch"},
                               {"-input-tokens-flex", "input_tokens_global_standard"},
                               {"-output-tokens-flex", "output_tokens_global_standard"}};

struct Service {
    std::string_view code, name, usage, unit, operation, family;
};
constexpr Service services[] = {
    {"AmazonEC2", "Amazon Elastic Compute Cloud", "BoxUsage:m5.large", "Hrs", "RunInstances", "Compute Instance"},
    {"AWSLambda", "AWS Lambda", "Lambda-GB-Second", "Lambda-GB-Second", "Invoke", "Serverless"},
    {"AmazonS3", "Amazon Simple Storage Service", "Requests-Tier1", "Requests", "PutObject", "API Request"},
    {"AmazonRDS", "Amazon Relational Database Service", "InstanceUsage:db.r6g.large", "Hrs", "CreateDBInstance:0014",
     "Database Instance"},
    {"AmazonCloudWatch", "AmazonCloudWatch", "DataProcessing-Bytes", "GB", "PutLogEvents", "Data Payload"},
    {"AmazonEC2", "Amazon Elastic Compute Cloud", "EBS:VolumeUsage.gp3", "GB-Mo", "CreateVolume-Gp3", "Storage"}};

constexpr std::size_t account_count = 12;
constexpr std::size_t bedrock_resources = 1600;
constexpr std::size_t other_resources = 700;
constexpr std::size_t principals = 5000;

std::string account_id(std::size_t i)
{
    return std::to_string(111122220000U + 101 * i);
}

using Tags = std::vector<std::pair<std::string, std::string>>;

/// A map column as AWS writes it: a JSON object with its keys in order.
std::string json(Tags tags)
{
    std::sort(tags.begin(), tags.end());
    std::string text = "{";
    for (const auto &[key, value] : tags) {
        if (text.size() > 1) text += ',';
        text += '"' + key + "\":\"" + value + '"';
    }
    return text + '}';
}

// ---- one combination: the fields of its lines -----------------------------------------------------------------------

enum class Slot : std::uint8_t {
    none,
    id,
    interval,
    start,
    end,
    period_start,
    period_end,
    invoice,
    amount,
    cost,
    cost_negated,
    net,
    session,
    tag_value
};

/// What marks a slot in a field until the line is cut at it: a control character that no bill holds.
char mark(Slot slot)
{
    return static_cast<char>(16 + static_cast<int>(slot));
}
Slot slot_of(char mark)
{
    return static_cast<Slot>(mark - 16);
}

struct Combination {
    std::string account, product_code, product_name, entity, seller, resource, usage_type, operation, principal, unit,
        line_type, description, tags, resource_tags, cost_category, product, family, service_code, sku, rate;
    const Region *region = nullptr;
    bool whole_period = false;
    bool list_price = false;
    std::uint64_t hours_a_day = 24;
    std::uint32_t rate_millionths = 0;
    double weight = 0;
};

class Company {
  public:
    Company(const Options &options) : o_(options), chance_(options.seed) {}

    Combination combination(std::uint64_t c) const
    {
        Combination x;
        x.line_type = "Usage";
        const double u = chance_.share(c, 1);
        x.weight = u * u * u;
        const bool bedrock = c % 10 < 7;
        Tags tags, resource_tags;
        if (bedrock)
            of_bedrock(c, x, tags);
        else
            of_another_service(c, x, tags);
        kind_of_charge(c, x, tags, bedrock);
        if (chance_.share(c, 2) < 0.6)
            tags.emplace_back("accountTag/stage", chance_.share(c, 3) < 0.7 ? "prod" : "dev");
        for (const auto &[key, value] : tags)
            if (key.starts_with("resourceTags/")) resource_tags.emplace_back("user_" + folded(key.substr(13)), value);
        if (o_.tag_values > 0 && bedrock)
            tags.emplace_back("resourceTags/request-group", std::string(1, mark(Slot::tag_value)));
        x.tags = json(tags);
        x.resource_tags = json(resource_tags);
        x.cost_category = json({{"BusinessUnit", "unit-" + x.account.substr(10)}});
        x.description =
            x.line_type != "Usage" ? x.line_type + " for " + x.product_name
            : x.entity == "AWS"
                ? "$" + x.rate + " per " + x.unit + " for " + x.usage_type + " in " + std::string(x.region->location)
                : "AWS Marketplace software usage|" + std::string(x.region->name) + "|" + x.usage_type;
        Tags product = {{"product_name", x.product_name}, {"servicecode", x.service_code}};
        if (!o_.narrow)
            product.insert(product.end(), {{"region", std::string(x.region->name)},
                                           {"location", std::string(x.region->location)},
                                           {"servicename", x.product_name},
                                           {"product_family", x.family}});
        x.product = json(product);
        return x;
    }

  private:
    static std::string folded(std::string key)
    {
        std::replace(key.begin(), key.end(), '-', '_');
        return key;
    }

    /// Application profiles, system profiles, models, projects and a few of the other resources.
    void of_bedrock(std::uint64_t c, Combination &x, Tags &tags) const
    {
        const std::uint64_t r = chance_.pick(c, 4, bedrock_resources, 1);
        x.region = &regions[chance_.pick(r, 5, std::size(regions), 1)];
        const Model &model = models[chance_.pick(r, 6, std::size(models), 0)];
        const std::size_t account = chance_.pick(r, 7, account_count, 1);
        x.account = account_id(account);
        const std::string arn = "arn:aws:bedrock:" + std::string(x.region->name) + ':';
        const std::string prefix(x.region->prefix);
        const Metered &kind = metered[chance_.pick(c, 8, std::size(metered), 1)];
        x.usage_type = prefix + '-' + std::string(model.token) + std::string(kind.plain);
        x.operation = c % 3 == 0 ? "InvokeModelStreamingInference" : "InvokeModelInference";
        x.unit = "1K tokens";
        x.product_code = x.service_code = "AmazonBedrock";
        x.product_name = "Amazon Bedrock";
        x.entity = "AWS";
        x.seller = "Amazon Web Services, Inc.";
        x.list_price = true;
        bool inference = true;
        if (r % 20 < 10) {
            x.resource = arn + x.account + ":application-inference-profile/" + chance_.code(r, 9, 12, lower);
            if (chance_.share(r, 10) < 0.7) {
                tags.emplace_back("resourceTags/team", "team-" + std::to_string(r % 23));
                tags.emplace_back("resourceTags/project", "project-" + std::to_string(r % 61));
                tags.emplace_back("resourceTags/cost-center", "cc-" + std::to_string(r % 31));
            }
        } else if (r % 20 < 14) {
            x.resource =
                arn + x.account + ":inference-profile/" + std::string(x.region->geo) + '.' + std::string(model.id);
        } else if (r % 20 < 18) {
            x.resource = arn + ":foundation-model/" + std::string(model.id);
        } else if (r % 20 == 18) {
            x.resource = "arn:aws:bedrock-mantle:" + std::string(x.region->name) + ':' + x.account + ":project/" +
                         (r % 60 == 18 ? "default" : "proj_" + chance_.code(r, 11, 16, lower));
        } else {
            inference = false;
            static constexpr std::string_view types[] = {"guardrail", "provisioned-model"};
            const std::size_t type = r / 20 % 2;
            x.resource = arn + x.account + ':' + std::string(types[type]) + '/' + chance_.code(r, 12, 12, lower);
            x.usage_type = type == 0
                               ? prefix + "-Guardrail-ContentPolicyUnitsConsumed"
                               : prefix + '-' + std::string(model.token) + "-ProvisionedThroughput-NoCommit-ModelUnits";
            x.operation = type == 0 ? "ApplyGuardrail" : "CreateProvisionedModelThroughput";
            x.unit = type == 0 ? "TextUnit" : "hour";
        }
        if (inference && !model.product.empty()) {
            x.usage_type = prefix + "-MP:" + prefix + '_' + std::string(kind.marketplace) + "-Units";
            x.product_code = chance_.code(static_cast<std::uint64_t>(&model - models), 13, 26, lower);
            x.service_code.clear();
            x.product_name = model.product;
            x.entity = "AWS Marketplace";
            x.seller = model.seller;
            x.unit = "Units";
            x.list_price = false;
        }
        // Nearly half of a bill's lines name no resource where the caller came without a profile; here one in eight.
        if (inference && chance_.share(c, 14) < 0.12) x.resource.clear(), tags.clear();
        if (inference && chance_.share(c, 15) < 0.85) caller(c, x, tags);
        product(x, c, 60, 75'000);
        x.family = "Amazon Bedrock";
    }

    /// Roles with sessions, people through the identity centre, users, API keys.
    void caller(std::uint64_t c, Combination &x, Tags &tags) const
    {
        const std::uint64_t p = chance_.pick(c, 16, principals, 1);
        const std::string account = account_id(chance_.pick(p, 17, account_count, 1));
        if (p % 10 < 6) {
            x.principal =
                "arn:aws:sts::" + account + ":assumed-role/svc-" + chance_.code(p % 90, 18, 6, hex) + '/' +
                (o_.sessions > 0 ? std::string(1, mark(Slot::session)) : "i-0" + chance_.code(p, 19, 16, hex));
            if (chance_.share(p, 20) < 0.5) tags.emplace_back("iamPrincipal/team", "team-" + std::to_string(p % 19));
        } else if (p % 10 < 8) {
            x.principal = "arn:aws:sts::" + account + ":assumed-role/AWSReservedSSO_Dev_" +
                          chance_.code(p % 7, 21, 16, hex) + "/person" + std::to_string(p) + "@example.com";
            tags.emplace_back("userAttribute/department", "department-" + std::to_string(p % 11));
        } else if (p % 10 == 8) {
            x.principal = "arn:aws:iam::" + account + ":user/BedrockAPIKey-" + chance_.code(p, 22, 4, lower);
        } else {
            x.principal = "arn:aws:iam::" + account + ":user/automation/worker-" + chance_.code(p, 23, 8, hex);
        }
    }

    void of_another_service(std::uint64_t c, Combination &x, Tags &tags) const
    {
        const std::uint64_t r = chance_.pick(c, 24, other_resources, 1);
        const Service &service = services[r % std::size(services)];
        x.region = &regions[chance_.pick(r, 25, std::size(regions), 1)];
        x.account = account_id(chance_.pick(r, 26, account_count, 1));
        const std::string region(x.region->name);
        switch (r % std::size(services)) {
            case 0:
                x.resource = "i-0" + chance_.code(r, 27, 16, hex);
                break;
            case 1:
                x.resource =
                    "arn:aws:lambda:" + region + ':' + x.account + ":function:handler-" + chance_.code(r, 27, 8, hex);
                break;
            case 2:
                x.resource = "company-data-" + chance_.code(r, 27, 10, hex);
                break;
            case 3:
                x.resource = "arn:aws:rds:" + region + ':' + x.account + ":db:" + chance_.code(r, 27, 14, lower);
                break;
            case 4:
                x.resource =
                    "arn:aws:logs:" + region + ':' + x.account + ":log-group:/aws/" + chance_.code(r, 27, 18, lower);
                break;
            default:
                x.resource = "vol-0" + chance_.code(r, 27, 16, hex);
        }
        if (chance_.share(r, 28) < 0.4) tags.emplace_back("resourceTags/team", "team-" + std::to_string(r % 23));
        x.usage_type = std::string(x.region->prefix) + '-' + std::string(service.usage);
        x.operation = std::string(service.operation) + (c % 4 == 0 ? "" : ":" + std::to_string(c % 40));
        x.product_code = x.service_code = service.code;
        x.product_name = service.name;
        x.entity = "AWS";
        x.seller = "Amazon Web Services, Inc.";
        x.unit = service.unit;
        x.list_price = true;
        product(x, c, 100, 10'000);
        x.family = service.family;
    }

    void product(Combination &x, std::uint64_t c, std::uint32_t least, std::uint32_t most) const
    {
        std::uint64_t name = 0;
        for (const char letter : x.usage_type + x.product_code) name = mixed(name ^ static_cast<unsigned char>(letter));
        x.sku = chance_.code(name >> 24, 29, 16, upper);
        const double u = chance_.share(x.list_price ? name >> 24 : c, 30);
        x.rate_millionths = least + static_cast<std::uint32_t>(u * u * u * (most - least));
        char text[32];
        std::snprintf(text, sizeof text, "%u.%06u0000", x.rate_millionths / 1'000'000, x.rate_millionths % 1'000'000);
        x.rate = text;
    }

    /// A few combinations are no usage: taxes, credits and fees of a whole period, discounts by the hour.
    void kind_of_charge(std::uint64_t c, Combination &x, Tags &tags, bool bedrock) const
    {
        const double u = chance_.share(c, 31);
        const bool person = x.principal.find("AWSReservedSSO") != std::string::npos;
        x.hours_a_day = person ? 3 + chance_.pick(c, 32, 6) : 12 + chance_.pick(c, 32, 13);
        if (u < 0.004)
            x.line_type = "Tax";
        else if (u < 0.006)
            x.line_type = "Credit";
        else if (u < 0.0065)
            x.line_type = "Fee";
        else if (u < 0.007)
            x.line_type = "Refund";
        else if (u < 0.02 && bedrock)
            x.line_type = x.list_price ? "EdpDiscount" : "PrivateRateDiscount";
        if (u >= 0.007) return;
        x.whole_period = true;
        x.weight *= 0.01;
        x.resource.clear();
        x.principal.clear();
        std::erase_if(tags, [](const auto &tag) { return !tag.first.starts_with("resourceTags/"); });
        x.usage_type = x.line_type == "Tax" ? std::string(x.region->prefix) + "-Tax" : x.usage_type;
        x.operation.clear();
    }

    const Options &o_;
    Chance chance_;
};

// ---- the calendar ---------------------------------------------------------------------------------------------------

struct Period {
    int year, month;
    std::uint64_t days, first_day;
    std::string label, start, end, invoice;
    std::vector<std::string> hours;
};

std::string day_text(int year, int month, std::uint64_t day)
{
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, static_cast<int>(day));
    return text;
}

/// The last periods before December 2026; hours holds "2026-11-01T00:00:00" and one more than the period has.
std::vector<Period> calendar(std::uint64_t count)
{
    static constexpr std::array<std::uint64_t, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    std::vector<Period> list;
    std::uint64_t first_day = 0;
    for (std::uint64_t i = count; i-- > 0;) {
        const int months = 2026 * 12 + 10 - static_cast<int>(i);
        Period p{months / 12, months % 12 + 1, 0, first_day, "", "", "", "", {}};
        p.days = days[static_cast<std::size_t>(p.month - 1)];
        const int next = months + 1;
        p.label = day_text(p.year, p.month, 1).substr(0, 7);
        p.start = day_text(p.year, p.month, 1) + "T00:00:00.000Z";
        p.end = day_text(next / 12, next % 12 + 1, 1) + "T00:00:00.000Z";
        p.invoice = i == 0 ? "" : std::to_string(2'000'000'000 + p.year * 100 + p.month);
        for (std::uint64_t day = 1; day <= p.days; ++day)
            for (int hour = 0; hour < 24; ++hour) {
                char text[16];
                std::snprintf(text, sizeof text, "T%02d:00:00", hour);
                p.hours.push_back(day_text(p.year, p.month, day) + text);
            }
        p.hours.push_back(p.end.substr(0, 19));
        first_day += p.days;
        list.push_back(std::move(p));
    }
    return list;
}

// ---- templates ------------------------------------------------------------------------------------------------------

/// The columns of the table of bench/bill.sql.
constexpr std::string_view narrow_columns[] = {"bill_billing_entity",
                                               "bill_billing_period_start_date",
                                               "bill_invoice_id",
                                               "bill_invoicing_entity",
                                               "bill_payer_account_id",
                                               "line_item_blended_cost",
                                               "line_item_currency_code",
                                               "line_item_iam_principal",
                                               "line_item_legal_entity",
                                               "line_item_line_item_description",
                                               "line_item_line_item_type",
                                               "line_item_net_unblended_cost",
                                               "line_item_operation",
                                               "line_item_product_code",
                                               "line_item_resource_id",
                                               "line_item_unblended_cost",
                                               "line_item_usage_account_id",
                                               "line_item_usage_account_name",
                                               "line_item_usage_amount",
                                               "line_item_usage_end_date",
                                               "line_item_usage_start_date",
                                               "line_item_usage_type",
                                               "pricing_public_on_demand_cost",
                                               "pricing_term",
                                               "pricing_unit",
                                               "product",
                                               "product_region_code",
                                               "product_sku",
                                               "resource_tags",
                                               "tags"};

/// CUR 2.0 without what an export has only on request: capacity reservations, split cost allocation, Identity Center
/// users.
std::vector<std::string_view> columns_of(bool narrow)
{
    if (narrow) return {std::begin(narrow_columns), std::end(narrow_columns)};
    std::vector<std::string_view> list;
    for (const std::string_view name : bedrock_bill::cur2_columns)
        if (!name.starts_with("capacity_reservation_") && !name.starts_with("split_line_item_") &&
            name != "line_item_user_identifier")
            list.push_back(name);
    return list;
}

std::string field(const Combination &x, std::string_view name, const Chance &chance)
{
    const auto slot = [](Slot s) { return std::string(1, mark(s)); };
    const bool usage = x.line_type == "Usage";
    const bool discount = x.line_type.ends_with("Discount");
    const bool negative = discount || x.line_type == "Credit" || x.line_type == "Refund";
    if (name == "identity_line_item_id") return slot(Slot::id);
    if (name == "identity_time_interval") return slot(Slot::interval);
    if (name == "bill_bill_type") return x.line_type == "Refund" ? "Refund" : "Anniversary";
    if (name == "bill_billing_entity") return x.entity;
    if (name == "bill_billing_period_start_date") return slot(Slot::period_start);
    if (name == "bill_billing_period_end_date") return slot(Slot::period_end);
    if (name == "bill_invoice_id") return slot(Slot::invoice);
    if (name == "bill_invoicing_entity") return "Amazon Web Services, Inc.";
    if (name == "bill_payer_account_id") return account_id(0);
    if (name == "bill_payer_account_name") return "acme-management";
    if (name == "cost_category") return x.cost_category;
    if (name == "line_item_blended_cost" && discount) return "";
    if (name == "line_item_blended_cost" || name == "line_item_unblended_cost")
        return slot(negative ? Slot::cost_negated : Slot::cost);
    if (name == "line_item_net_unblended_cost") return negative ? slot(Slot::cost_negated) : slot(Slot::net);
    if (name == "line_item_currency_code" || name == "pricing_currency") return "USD";
    if (name == "line_item_iam_principal") return x.principal;
    if (name == "line_item_legal_entity") return x.seller;
    if (name == "line_item_line_item_description") return x.description;
    if (name == "line_item_line_item_type") return x.line_type;
    if (name == "line_item_operation") return x.operation;
    if (name == "line_item_product_code") return x.product_code;
    if (name == "line_item_resource_id") return x.resource;
    if (name == "line_item_tax_type") return x.line_type == "Tax" ? "USSalesTax" : "";
    if (name == "line_item_usage_account_id") return x.account;
    if (name == "line_item_usage_account_name") return "acme-" + x.account.substr(8);
    if (name == "line_item_usage_amount") return usage || discount ? slot(Slot::amount) : "1.0000000000";
    if (name == "line_item_usage_start_date") return slot(Slot::start);
    if (name == "line_item_usage_end_date") return slot(Slot::end);
    if (name == "line_item_usage_type") return x.usage_type;
    if (name == "product") return x.product;
    if (name == "product_region_code") return x.whole_period ? "" : std::string(x.region->name);
    if (name == "product_sku") return x.sku;
    if (name == "resource_tags") return x.resource_tags;
    if (name == "tags") return x.tags;
    if (!usage) return "";
    if (name == "line_item_unblended_rate" || name == "line_item_blended_rate") return x.rate;
    if (name == "line_item_availability_zone" && x.product_code == "AmazonEC2")
        return std::string(x.region->name) + 'a';
    if (name == "pricing_public_on_demand_cost") return x.list_price ? slot(Slot::cost) : "0.0000000000";
    if (name == "pricing_public_on_demand_rate") return x.list_price ? x.rate : "";
    if (name == "pricing_rate_code") return x.sku + ".JRTCKXETXF.6YS6EN2CT7";
    if (name == "pricing_rate_id")
        return std::to_string(10'000'000'000U + chance.bits(x.rate_millionths, 40) % 90'000'000'000U);
    if (name == "pricing_term") return "OnDemand";
    if (name == "pricing_unit" || name == "product_pricing_unit") return x.unit;
    if (name == "product_fee_code" || x.entity != "AWS") return "";
    if (name == "product_location" || name == "product_from_location") return std::string(x.region->location);
    if (name == "product_location_type" || name == "product_from_location_type") return "AWS Region";
    if (name == "product_from_region_code") return std::string(x.region->name);
    if (name == "product_operation") return x.operation;
    if (name == "product_product_family") return x.family;
    if (name == "product_servicecode") return x.service_code;
    if (name == "product_usagetype") return x.usage_type;
    return "";
}

/// A stretch of fixed text of a line, and what follows it.
struct Piece {
    std::uint32_t begin, size;
    Slot slot;
};

/// The lines of a combination: `a_day` of them on each of `days` days from `first_day` on, `lines` in all.
struct Template {
    std::uint32_t first_piece = 0, pieces = 0;
    std::uint64_t lines = 0, days = 0, first_day = 0, a_day = 0, first_hour = 0;
    // Its next day is so many days on, round the calendar; backwards counts days of the calendar in its own. 1: a run
    // of days.
    std::uint64_t stride = 1, backwards = 1;
    std::uint64_t first_session = 0, sessions = 1, first_tag = 0, tags = 1;
    std::uint32_t rate_millionths = 0;
    bool whole_period = false;
};

struct Templates {
    std::string text;
    std::vector<Piece> pieces;
    std::vector<Template> list;

    void add(Template t, const std::string &line)
    {
        t.first_piece = static_cast<std::uint32_t>(pieces.size());
        std::size_t from = 0;
        for (std::size_t i = 0; i <= line.size(); ++i) {
            if (i < line.size() && (line[i] == '\n' || static_cast<unsigned char>(line[i]) >= ' ')) continue;
            pieces.push_back({static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(i - from),
                              i < line.size() ? slot_of(line[i]) : Slot::none});
            text.append(line, from, i - from);
            from = i + 1;
        }
        t.pieces = static_cast<std::uint32_t>(pieces.size()) - t.first_piece;
        list.push_back(t);
        if (text.size() > 0xffff'0000U) throw std::length_error("--combinations: their text takes more than 4 GB");
    }
};

bool comes_from_session(const Combination &x)
{
    return x.principal.find(mark(Slot::session)) != std::string::npos;
}

/// Shares the lines out: by weight, in whole lines, all of them.
Templates templates_of(const Options &o, const std::vector<std::string_view> &columns, std::uint64_t all_days)
{
    const Company company(o);
    const Chance chance(o.seed);
    double total = 0, of_roles = 0;
    for (std::uint64_t c = 0; c < o.combinations; ++c) {
        const Combination x = company.combination(c);
        total += x.weight;
        if (comes_from_session(x)) of_roles += x.weight;
    }
    Templates out;
    double so_far = 0, session_part = 0;
    std::uint64_t given = 0, sessions = 0, tags = 0;
    std::string line;
    for (std::uint64_t c = 0; c < o.combinations; ++c) {
        const Combination x = company.combination(c);
        so_far += x.weight;
        const std::uint64_t upto =
            c + 1 == o.combinations
                ? o.lines
                : std::min(o.lines, static_cast<std::uint64_t>(static_cast<double>(o.lines) * (so_far / total)));
        Template t;
        t.lines = upto - given;
        given = upto;
        if (t.lines == 0) continue;
        t.whole_period = x.whole_period;
        // More lines than hours: some hours have several, as under two rates.
        t.a_day = std::max(o.sparse ? 2 + c % 2 : x.hours_a_day, (t.lines + all_days - 1) / all_days);
        t.days = (t.lines + t.a_day - 1) / t.a_day;
        t.first_day = chance.pick(c, 50, all_days);
        t.first_hour = chance.pick(c, 51, 24);
        if (o.sparse) {
            t.stride = 2 + chance.pick(c, 52, all_days);
            while (std::gcd(t.stride, all_days) > 1) ++t.stride;
            while (t.backwards * t.stride % all_days != 1) ++t.backwards;
        }
        t.rate_millionths = x.rate_millionths;
        const double part = static_cast<double>(t.lines) / static_cast<double>(o.lines);
        if (comes_from_session(x)) {
            session_part += part * total / of_roles;
            t.first_session = sessions;
            sessions =
                std::max(sessions + 1, static_cast<std::uint64_t>(session_part * static_cast<double>(o.sessions)));
            t.sessions = sessions - t.first_session;
        }
        t.tags = 1 + static_cast<std::uint64_t>(part * static_cast<double>(o.tag_values));
        t.first_tag = tags;
        tags += t.tags;
        line.clear();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (i > 0) line += ',';
            append_field(line, field(x, columns[i], chance));
        }
        line += '\n';
        out.add(t, line);
    }
    return out;
}

// ---- lines ----------------------------------------------------------------------------------------------------------

/// The numbers 0 to size - 1 in an order of chance, without a list of them: a Feistel cipher, walked until it stays
/// inside.
class Shuffle {
  public:
    Shuffle(std::uint64_t size, std::uint64_t key) : size_(size), key_(key)
    {
        while ((1ULL << (2 * half_)) < size) ++half_;
    }

    std::uint64_t operator()(std::uint64_t x) const
    {
        const std::uint64_t mask = (1ULL << half_) - 1;
        do {
            std::uint64_t left = x >> half_, right = x & mask;
            for (std::uint64_t round = 0; round < 4; ++round) {
                const std::uint64_t next = left ^ ((((right + key_ + round) * 0x9e3779b97f4a7c15U) >> 29) & mask);
                left = right;
                right = next;
            }
            x = left << half_ | right;
        } while (x >= size_);
        return x;
    }

  private:
    std::uint64_t size_, key_;
    unsigned half_ = 1;
};

/// Writes a number of ten-thousandths, or ten-thousand-millionths, with all its decimals.
char *put_decimal(char *out, std::uint64_t value, int decimals)
{
    char digits[24];
    int n = 0;
    do digits[n++] = static_cast<char>('0' + value % 10), value /= 10;
    while (value > 0 || n <= decimals);
    while (n > 0) {
        if (n == decimals) *out++ = '.';
        *out++ = digits[--n];
    }
    return out;
}

/// The lines of one billing period, in an order of chance, each by its number.
class PeriodLines {
  public:
    PeriodLines(const Templates &templates, const Period &period, const Options &o, std::uint64_t all_days)
        : templates_(templates), period_(period), o_(o), all_days_(all_days), chance_(o.seed)
    {
        ends_.reserve(templates.list.size());
        for (const Template &t : templates.list) ends_.push_back(count_ += lines_in_period(t));
        shuffle_ = std::make_unique<Shuffle>(count_, chance_.bits(period.first_day, 60));
        // Where to begin to look for a line's combination.
        const std::uint64_t step = count_ / 65536 + 1;
        for (std::uint64_t n = 0, t = 0; n < count_; n += step) {
            while (ends_[t] <= n) ++t;
            hints_.push_back(static_cast<std::uint32_t>(t));
        }
        step_ = step;
    }

    std::uint64_t count() const { return count_; }

    /// The longest line is known to fit: 64 KB.
    char *write(std::uint64_t i, char *out) const
    {
        const std::uint64_t n = (*shuffle_)(i);
        std::size_t c = hints_[n / step_];
        while (ends_[c] <= n) ++c;
        const Template &t = templates_.list[c];
        const std::uint64_t k = n - (c == 0 ? 0 : ends_[c - 1]);
        std::uint64_t hour = 0, last = period_.hours.size() - 1;
        if (!t.whole_period) {
            const std::uint64_t of_day =
                o_.sparse ? chance_.bits((c << 24 ^ k) * 16 + static_cast<std::uint64_t>(period_.month), 63)
                          : k % t.a_day;
            hour = (day_of(t, k / t.a_day) - period_.first_day) * 24 + (t.first_hour + of_day) % 24;
            last = hour + 1;
        }
        // Lines in the order of time: a session is a stretch of them.
        const std::uint64_t in_time = t.whole_period ? k : line_in_time(t, k);
        const std::uint64_t session = t.first_session + in_time * t.sessions / std::max(t.lines, in_time + 1);
        const std::uint64_t key = (c << 24 ^ k) * 16 + static_cast<std::uint64_t>(period_.month);
        const std::uint64_t b = chance_.bits(key, 61);
        // Few large amounts, many small ones; in ten-thousandths of the unit.
        const std::uint64_t u = b & 0xfffff;
        std::uint64_t amount = 500 + ((u * u >> 20) * u >> 20) * 900'000 / 0xfffff;
        if (o_.revision > 0 && b >> 58 == 0) amount += o_.revision;
        const std::uint64_t cost = amount * t.rate_millionths;
        char cost_text[32];
        const auto cost_size = static_cast<std::size_t>(put_decimal(cost_text, cost, 10) - cost_text);
        const Piece *piece = &templates_.pieces[t.first_piece];
        for (const Piece *end = piece + t.pieces; piece != end; ++piece) {
            std::memcpy(out, templates_.text.data() + piece->begin, piece->size);
            out += piece->size;
            switch (piece->slot) {
                case Slot::none:
                    break;
                case Slot::id:
                    out = put_code(out, key, 62, 52);
                    break;
                case Slot::interval:
                    out = put(out, period_.hours[hour]);
                    out = put(out, "Z/");
                    out = put(out, period_.hours[last]);
                    *out++ = 'Z';
                    break;
                case Slot::start:
                    out = put(put(out, period_.hours[hour]), ".000Z");
                    break;
                case Slot::end:
                    out = put(put(out, period_.hours[last]), ".000Z");
                    break;
                case Slot::period_start:
                    out = put(out, period_.start);
                    break;
                case Slot::period_end:
                    out = put(out, period_.end);
                    break;
                case Slot::invoice:
                    out = put(out, period_.invoice);
                    break;
                case Slot::amount:
                    out = put_decimal(out, amount, 4);
                    break;
                case Slot::cost_negated:
                    *out++ = '-';
                    [[fallthrough]];
                case Slot::cost:
                    out = put(out, {cost_text, cost_size});
                    break;
                case Slot::net:
                    out = put_decimal(out, cost * 93 / 100, 10);
                    break;
                case Slot::session:
                    out = put_code(put(out, "i-0"), session, 64, 16);
                    break;
                case Slot::tag_value:
                    out = put_code(put(out, "g-"),
                                   t.first_tag + chance_.bits(t.sessions > 1 ? session : key, 65) % t.tags, 66, 12);
                    break;
            }
        }
        return out;
    }

  private:
    static char *put(char *out, std::string_view text)
    {
        std::memcpy(out, text.data(), text.size());
        return out + text.size();
    }

    char *put_code(char *out, std::uint64_t n, std::uint64_t salt, int length) const
    {
        static constexpr char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
        std::uint64_t b = 0;
        for (int i = 0; i < length; ++i) {
            if (i % 12 == 0) b = chance_.bits(n + (static_cast<std::uint64_t>(i) << 50), salt);
            *out++ = alphabet[b & 31];
            b >>= 5;
        }
        return out;
    }

    /// Days of a combination that fall into the period come in at most two runs, since its days go round the calendar.
    struct Runs {
        std::uint64_t from[2] = {0, 0}, size[2] = {0, 0};
    };

    Runs runs(const Template &t) const
    {
        Runs r;
        const std::uint64_t begin = period_.first_day, end = period_.first_day + period_.days;
        const auto clip = [&](std::uint64_t shift, int i) {
            // Offsets o with begin <= first_day + o - shift < end.
            const std::uint64_t low = begin + shift > t.first_day ? begin + shift - t.first_day : 0;
            const std::uint64_t high = end + shift > t.first_day ? std::min(t.days, end + shift - t.first_day) : 0;
            if (low < high) r.from[i] = low, r.size[i] = high - low;
        };
        clip(0, 0);
        clip(all_days_, 1);
        return r;
    }

    /// The same of days that lie scattered: each day of the period, looked for among those of the combination.
    template <class Found>
    void scattered(const Template &t, Found found) const
    {
        for (std::uint64_t day = period_.first_day; day < period_.first_day + period_.days; ++day) {
            const std::uint64_t own = (day + all_days_ - t.first_day) * t.backwards % all_days_;
            if (own < t.days && !found(own)) return;
        }
    }

    std::uint64_t lines_in_period(const Template &t) const
    {
        std::uint64_t lines = 0;
        if (t.stride > 1) {
            scattered(t, [&](std::uint64_t own) {
                return lines += own + 1 == t.days ? t.lines - own * t.a_day : t.a_day, true;
            });
            return lines;
        }
        const Runs r = runs(t);
        std::uint64_t n = (r.size[0] + r.size[1]) * t.a_day;
        for (int i = 0; i < 2; ++i)
            if (r.size[i] > 0 && r.from[i] + r.size[i] == t.days) n -= t.days * t.a_day - t.lines;
        return n;
    }

    /// Which of its days a combination's day in the period is.
    std::uint64_t own_day(const Template &t, std::uint64_t day) const
    {
        if (t.stride > 1) {
            // The last day is not full, so the others come first.
            std::uint64_t found = t.days - 1;
            scattered(t, [&](std::uint64_t own) { return own + 1 == t.days || day-- > 0 || (found = own, false); });
            return found;
        }
        const Runs r = runs(t);
        return day < r.size[0] ? r.from[0] + day : r.from[1] + day - r.size[0];
    }

    std::uint64_t day_of(const Template &t, std::uint64_t day) const
    {
        return (t.first_day + own_day(t, day) * t.stride) % all_days_;
    }

    std::uint64_t line_in_time(const Template &t, std::uint64_t k) const
    {
        return own_day(t, k / t.a_day) * t.a_day + k % t.a_day;
    }

    const Templates &templates_;
    const Period &period_;
    const Options &o_;
    std::uint64_t all_days_;
    Chance chance_;
    std::uint64_t count_ = 0, step_ = 1;
    std::vector<std::uint64_t> ends_;
    std::vector<std::uint32_t> hints_;
    std::unique_ptr<Shuffle> shuffle_;
};

// ---- files ----------------------------------------------------------------------------------------------------------

class Output {
  public:
    Output(const std::string &path, const std::string &filter)
        : filter_(filter != "none"), buffer_(size + 65536), at_(buffer_.data())
    {
        if (path.empty()) {
            file_ = stdout;
            filter_ = false;
            return;
        }
        fs::create_directories(fs::path(path).parent_path());
        std::string quoted = "'";
        for (const char c : path) quoted += c == '\'' ? "'\\''" : std::string(1, c);
        file_ = filter_ ? popen((filter + " > " + quoted + "'").c_str(), "w") : std::fopen(path.c_str(), "wb");
        if (!file_) throw std::runtime_error("cannot write " + path);
    }
    Output(const Output &) = delete;
    Output &operator=(const Output &) = delete;
    ~Output()
    {
        if (file_ && file_ != stdout) filter_ ? pclose(file_) : std::fclose(file_);
    }

    /// Room for one line.
    char *at() const { return at_; }

    void advance(char *to)
    {
        at_ = to;
        if (at_ - buffer_.data() >= size) flush();
    }

    void write(std::string_view text)
    {
        for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(text.size(), 65536))) {
            const std::size_t n = std::min<std::size_t>(text.size(), 65536);
            std::memcpy(at_, text.data(), n);
            advance(at_ + n);
        }
    }

    void close()
    {
        flush();
        FILE *file = file_;
        file_ = nullptr;
        if ((file == stdout ? std::fflush(file) : filter_ ? pclose(file) : std::fclose(file)) != 0)
            throw std::runtime_error("writing failed");
    }

  private:
    static constexpr std::ptrdiff_t size = 1 << 20;

    void flush()
    {
        const auto n = static_cast<std::size_t>(at_ - buffer_.data());
        if (std::fwrite(buffer_.data(), 1, n, file_) != n) throw std::runtime_error("writing failed");
        at_ = buffer_.data();
    }

    FILE *file_ = nullptr;
    bool filter_;
    std::vector<char> buffer_;
    char *at_;
};

std::string uuid(const Chance &chance, std::uint64_t n)
{
    const std::string h = chance.code(n, 70, 32, hex);
    return h.substr(0, 8) + '-' + h.substr(8, 4) + "-4" + h.substr(13, 3) + "-a" + h.substr(17, 3) + '-' + h.substr(20);
}

std::string manifest(const Options &o, const Period &period, const std::vector<std::string_view> &columns,
                     const std::vector<std::string> &files)
{
    const Chance chance(o.seed);
    std::string list, data;
    for (const std::string_view name : columns) {
        const auto at = static_cast<std::size_t>(
            std::find(std::begin(bedrock_bill::cur2_columns), std::end(bedrock_bill::cur2_columns), name) -
            std::begin(bedrock_bill::cur2_columns));
        list += (list.empty() ? "\n    {\"name\":\"" : ",\n    {\"name\":\"") + std::string(name) + "\",\"type\":\"" +
                std::string(bedrock_bill::cur2_types[at]) + "\"}";
    }
    for (const std::string &file : files)
        data += (data.empty() ? "\n    \"s3://" : ",\n    \"s3://") + ("acme-billing-exports/cur/" + o.name) + '/' +
                file + '"';
    return "{\n  \"exportArn\":\"arn:aws:bcm-data-exports:us-east-1:" + account_id(0) + ":export/" + o.name +
           "\",\n  \"exportName\":\"" + o.name +
           "\",\n  \"tableName\":\"COST_AND_USAGE_REPORT\",\n  \"executionId\":\"" +
           uuid(chance, period.first_day * 1000 + o.revision) + "\",\n  \"billingPeriod\":\"" + period.label +
           "\",\n  \"compression\":\"" + (o.compress == "none" ? "NONE" : "GZIP") +
           "\",\n  \"contentType\":\"text/csv\",\n  \"columns\":[" + list + "\n  ],\n  \"dataFiles\":[" + data +
           "\n  ]\n}\n";
}

void write_export(const Options &o)
{
    const std::vector<Period> periods = calendar(o.periods);
    const std::uint64_t all_days = periods.back().first_day + periods.back().days;
    const std::vector<std::string_view> columns = columns_of(o.narrow);
    const Templates templates = templates_of(o, columns, all_days);
    std::string header;
    for (const std::string_view name : columns) header += (header.empty() ? "" : ",") + std::string(name);
    header += '\n';

    std::unique_ptr<Output> out;
    if (o.out.empty()) {
        out = std::make_unique<Output>("", o.compress);
        out->write(header);
    }
    bool any = false;
    for (const Period &period : periods) {
        if (!o.period.empty() && o.period != period.label) continue;
        any = true;
        const PeriodLines lines(templates, period, o, all_days);
        std::vector<std::string> files;
        for (std::uint64_t f = 0; f < o.files; ++f) {
            if (!o.out.empty()) {
                char number[16];
                std::snprintf(number, sizeof number, "-%05d.csv", static_cast<int>(f + 1));
                files.push_back("data/BILLING_PERIOD=" + period.label + '/' + o.name + number +
                                (o.compress == "none" ? "" : ".gz"));
                out = std::make_unique<Output>(o.out + '/' + files.back(), o.compress);
                out->write(header);
            }
            for (std::uint64_t i = lines.count() * f / o.files, end = lines.count() * (f + 1) / o.files; i < end; ++i)
                out->advance(lines.write(i, out->at()));
            if (!o.out.empty()) out->close();
        }
        if (o.out.empty()) continue;
        Output text(o.out + "/metadata/BILLING_PERIOD=" + period.label + '/' + o.name + "-Manifest.json", "none");
        text.write(manifest(o, period, columns, files));
        text.close();
    }
    if (!any) throw std::invalid_argument("no period " + o.period);
    if (o.out.empty()) out->close();
}

}  // namespace

int main(int count, char **arguments)
{
    if (count > 1 && (std::string_view(arguments[1]) == "--help" || std::string_view(arguments[1]) == "-h")) {
        std::fputs(help, stdout);
        return 0;
    }
    try {
        write_export(read_options(count, arguments));
    } catch (const std::invalid_argument &error) {
        std::fprintf(stderr, "make_export: %s\n%s", error.what(), help);
        return 2;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "make_export: %s\n", error.what());
        return 1;
    }
}
