// SPDX-License-Identifier: PostgreSQL
// What Acme runs on Bedrock: nineteen workloads, each with its callers, profiles and money per month.

#include "company.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "random.hpp"

namespace bedrock_bill {

// The sandbox has neither account tags nor cost categories: its lines carry only what their own caller brings.
const std::array<Account, 7> accounts = {{
    {"100200300400", "acme-management", false, {{"costCategory/OUs", "Root"}}},
    {"111122223333",
     "acme-prod",
     false,
     {{"accountTag/environment", "prod"}, {"accountTag/business-unit", "Digital"}, {"costCategory/OUs", "Production"}}},
    {"222233334444",
     "acme-staging",
     false,
     {{"accountTag/environment", "staging"},
      {"accountTag/business-unit", "Digital"},
      {"costCategory/OUs", "NonProduction"}}},
    {"333344445555",
     "acme-dev",
     false,
     {{"accountTag/environment", "dev"},
      {"accountTag/business-unit", "Engineering"},
      {"costCategory/OUs", "NonProduction"}}},
    {"444455556666",
     "acme-data",
     true,
     {{"accountTag/environment", "prod"},
      {"accountTag/business-unit", "Analytics"},
      {"costCategory/OUs", "Production"}}},
    {"123456789012", "acme-sandbox", false, {}},
    {"555566667777",
     "acme-shared-services",
     false,
     {{"accountTag/business-unit", "Platform"}, {"costCategory/OUs", "Shared"}}},
}};

namespace {

constexpr std::string_view sonnet45 = "anthropic.claude-sonnet-4-5-20250929-v1:0";
constexpr std::string_view sonnet46 = "anthropic.claude-sonnet-4-6";
constexpr std::string_view haiku45 = "anthropic.claude-haiku-4-5-20251001-v1:0";
constexpr std::string_view opus46 = "anthropic.claude-opus-4-6-v1";
constexpr std::string_view opus47 = "anthropic.claude-opus-4-7";
constexpr std::string_view old_sonnet = "anthropic.claude-3-5-sonnet-20240620-v1:0";
constexpr std::string_view old_sonnet_v2 = "anthropic.claude-3-5-sonnet-20241022-v2:0";
constexpr std::string_view old_haiku = "anthropic.claude-3-5-haiku-20241022-v1:0";
constexpr std::string_view nova_micro = "amazon.nova-micro-v1:0";
constexpr std::string_view nova_lite = "amazon.nova-lite-v1:0";
constexpr std::string_view nova_pro = "amazon.nova-pro-v1:0";
constexpr std::string_view nova_2_lite = "amazon.nova-2-lite-v1:0";
constexpr std::string_view titan_embed = "amazon.titan-embed-text-v2:0";
constexpr std::string_view llama31 = "meta.llama3-1-70b-instruct-v1:0";
constexpr std::string_view llama33 = "meta.llama3-3-70b-instruct-v1:0";
constexpr std::string_view streaming = "InvokeModelStreamingInference";

constexpr Mix chat = {690, 90, 130, 80, 10};
constexpr Mix short_answers = {700, 36, 172, 72, 20};
constexpr Mix documents = {665, 67, 167, 80, 21};
constexpr Mix agentic = {60, 25, 800, 110, 5};
constexpr Mix uncached = {880, 120, 0, 0, 0};
constexpr Mix nova_cached = {600, 100, 200, 100, 0};
constexpr Mix embedding = {1000, 0, 0, 0, 0};

std::string account_id(int account)
{
    return std::string(accounts[static_cast<std::size_t>(account)].id);
}

std::string bedrock_arn(std::string_view region, int account, std::string_view rest)
{
    return fmt::format("arn:aws:bedrock:{}:{}:{}", region, account_id(account), rest);
}

std::string foundation_model(std::string_view region, std::string_view model)
{
    return fmt::format("arn:aws:bedrock:{}::foundation-model/{}", region, model);
}

std::string system_profile(std::string_view region, int account, std::string_view pool, std::string_view model)
{
    return bedrock_arn(region, account, fmt::format("inference-profile/{}.{}", pool, model));
}

Caller user(std::string_view name, Tags tags = {}, int weight = 10)
{
    return {Session::none, fmt::format("user/{}", name), std::move(tags), weight};
}
Caller role(std::string_view name, std::string_view session, Tags tags = {}, int weight = 10)
{
    return {Session::fixed, fmt::format("{}/{}", name, session), std::move(tags), weight};
}
Caller task(std::string_view name, Tags tags = {})
{
    return {Session::task, std::string(name), std::move(tags), 10};
}
Caller instance(std::string_view name, Tags tags = {})
{
    return {Session::instance, std::string(name), std::move(tags), 10};
}
Caller scheduled(std::string_view name, Tags tags = {})
{
    return {Session::scheduled, std::string(name), std::move(tags), 10};
}
Caller person(std::string_view permission_set, std::string_view name, std::string_view department, int weight = 10)
{
    return {Session::fixed,
            fmt::format("AWSReservedSSO_{}_{}/{}@acme.example", permission_set, opaque(permission_set, 16, hex_digits),
                        name),
            {{"userAttribute/department", std::string(department)}},
            weight};
}

Tags resource_tags(const Tags &own)
{
    Tags out;
    for (const auto &[key, value] : own) out.emplace_back("resourceTags/" + key, value);
    return out;
}

/// How an application profile's ARN is written: AWS's opaque id, a chosen name, or a suffix on the system profile's id.
enum class Form { opaque_id, named, suffixed };

class Builder {
  public:
    Company company;

    Workload &workload(std::string_view key, std::string_view name, std::array<std::int64_t, period_count> dollars)
    {
        Workload &w = company.workloads.emplace_back();
        w.key = key;
        w.name = name;
        for (std::size_t i = 0; i < dollars.size(); ++i) w.target[i] = dollars[i] * 100;
        return w;
    }

    /// Adds an application profile and gives back a stream that goes through it.
    Stream profile(std::string_view name, int account, std::string_view region, std::string_view pool,
                   std::string_view model, Tags tags, Form form = Form::opaque_id)
    {
        Profile p;
        p.name = name;
        p.account = account;
        p.region = region;
        p.model = model;
        p.source = pool.empty() ? std::string(model) : fmt::format("{}.{}", pool, model);
        p.tags = std::move(tags);
        switch (form) {
            case Form::opaque_id:
                p.id = opaque(fmt::format("profile {}", name), 12, lower_and_digits);
                p.arn = bedrock_arn(region, account, "application-inference-profile/" + p.id);
                break;
            case Form::named:
                p.id = name;
                p.arn = bedrock_arn(region, account, "inference-profile/" + p.id);
                break;
            case Form::suffixed:
                p.id = name;
                p.arn = bedrock_arn(region, account, fmt::format("inference-profile/{}/{}", p.source, name));
                break;
        }
        company.profiles.push_back(p);
        Stream s;
        s.account = account;
        s.region = region;
        s.model = model;
        s.scope = pool == "global" ? Scope::global : Scope::regional;
        s.resource = p.arn;
        s.tags = resource_tags(p.tags);
        return s;
    }

    Stream project(std::string_view name, int account, std::string_view region, std::string_view model, Tags tags)
    {
        Project p;
        p.name = name;
        p.id = name == "default" ? "default" : "proj_" + opaque(fmt::format("project {}", name), 20, lower_and_digits);
        p.account = account;
        p.region = region;
        p.arn = fmt::format("arn:aws:bedrock-mantle:{}:{}:project/{}", region, account_id(account), p.id);
        p.tags = std::move(tags);
        company.projects.push_back(p);
        Stream s;
        s.account = account;
        s.region = region;
        s.model = model;
        s.resource = p.arn;
        s.tags = resource_tags(p.tags);
        return s;
    }
};

Stream direct(int account, std::string_view region, std::string_view model, std::string resource)
{
    Stream s;
    s.account = account;
    s.region = region;
    s.model = model;
    s.resource = std::move(resource);
    return s;
}

Stream metered(int account, std::string_view region, std::vector<Part> parts, std::string resource)
{
    Stream s;
    s.account = account;
    s.region = region;
    s.parts = std::move(parts);
    s.resource = std::move(resource);
    return s;
}

struct Shape {
    Mix mix = {};
    std::vector<Caller> callers = {Caller{}};
    Pattern pattern = Pattern::always;
    int slots = 200;
    int share = 100;
    std::string_view operation = "InvokeModelInference";
    std::string_view tier = "standard";
};

Stream shaped(Stream s, Shape shape)
{
    s.mix = shape.mix;
    s.callers = std::move(shape.callers);
    s.pattern = shape.pattern;
    s.slots = shape.slots;
    s.share = shape.share;
    s.operation = shape.operation;
    s.tier = shape.tier;
    return s;
}

// The portal answers employees' questions; every cent goes through its own application profiles.
void hr_portal(Builder &b)
{
    Workload &w = b.workload("hr-portal", "HR Portal", {10600, 11800, 13000, 14200});
    const auto tags = [](std::string_view environment) {
        return Tags{{"project", "hr-portal"},
                    {"application", "hr-portal"},
                    {"team", "hr-tech"},
                    {"cost-center", "CC-1001"},
                    {"department", "Support"},
                    {"environment", std::string(environment)},
                    {"owner", "priya.natarajan@acme.example"}};
    };
    const Tags by_role = {{"iamPrincipal/team", "hr-tech"}, {"iamPrincipal/cost-center", "CC-1001"}};
    w.streams.push_back(
        shaped(b.profile("hr-portal-prod-sonnet", prod, "us-east-1", "us", sonnet45, tags("prod")),
               {.mix = documents,
                .callers = {task("hr-portal-prod-ecs-task-role", by_role), task("hr-portal-prod-worker-role", by_role)},
                .pattern = Pattern::office_us,
                .slots = 560,
                .share = 520,
                .operation = streaming}));
    w.streams.push_back(shaped(b.profile("hr-portal-prod-eu", prod, "eu-central-1", "eu", sonnet45, tags("prod")),
                               {.mix = documents,
                                .callers = {task("hr-portal-prod-eu-ecs-task-role", by_role)},
                                .pattern = Pattern::office_eu,
                                .slots = 320,
                                .share = 240,
                                .operation = streaming}));
    w.streams.push_back(shaped(b.profile("hr-portal-prod-haiku", prod, "us-east-1", "global", haiku45, tags("prod")),
                               {.mix = short_answers,
                                .callers = {task("hr-portal-prod-ecs-task-role", by_role)},
                                .slots = 360,
                                .share = 120}));
    w.streams.push_back(shaped(b.profile("hr-portal-prod-jp", prod, "ap-northeast-1", "jp", haiku45, tags("prod")),
                               {.mix = short_answers,
                                .callers = {task("hr-portal-prod-jp-ecs-task-role", by_role)},
                                .pattern = Pattern::office_jp,
                                .slots = 160,
                                .share = 70}));
    w.streams.push_back(shaped(b.profile("hr-portal-staging", staging, "us-west-2", "us", haiku45, tags("staging")),
                               {.mix = short_answers,
                                .callers = {role("hr-portal-staging-role", "ci-pipeline", by_role)},
                                .pattern = Pattern::nightly,
                                .slots = 60,
                                .share = 35}));
    w.streams.push_back(shaped(b.profile("hr-portal-dev", dev, "us-west-2", "global", haiku45, tags("dev")),
                               {.mix = short_answers,
                                .callers = {person("BedrockDeveloper", "tomas.lind", "Support")},
                                .pattern = Pattern::office_us,
                                .slots = 50,
                                .share = 15}));
}

// One profile per customer; the whole product takes part in the migration programme.
void customer_insights(Builder &b)
{
    Workload &w = b.workload("customer-insights", "Customer Insights", {7000, 7600, 8400, 9400});
    w.migrated = true;
    const auto tags = [](std::string_view customer) {
        Tags t = {{"project", "customer-insights"},
                  {"application", "customer-insights"},
                  {"team", "insights"},
                  {"cost-center", "CC-2002"},
                  {"department", "Marketing"},
                  {"environment", "production"},
                  {"map-migrated", std::string(map_tag)},
                  {"aws:createdBy", "AssumedRole:AROAQ3EGRC7ZK4EXAMPLE:terraform"}};
        if (!customer.empty()) t.emplace_back("customer", customer);
        return t;
    };
    const Tags by_role = {{"iamPrincipal/team", "insights"}, {"iamPrincipal/project", "customer-insights"}};
    const std::vector<Caller> api = {task("customer-insights-api-task-role", by_role)};
    const std::vector<Caller> batch = {scheduled("customer-insights-batch-role", by_role)};
    w.streams.push_back(
        shaped(b.profile("ci-globex", prod, "us-east-1", "us", sonnet46, tags("globex")),
               {.mix = chat, .callers = api, .pattern = Pattern::office_us, .slots = 260, .share = 260}));
    w.streams.push_back(
        shaped(b.profile("ci-initech", prod, "us-west-2", "us", sonnet46, tags("initech")),
               {.mix = chat, .callers = api, .pattern = Pattern::office_us, .slots = 220, .share = 190}));
    w.streams.push_back(
        shaped(b.profile("ci-umbrella", prod, "eu-central-1", "eu", sonnet46, tags("umbrella")),
               {.mix = chat, .callers = api, .pattern = Pattern::office_eu, .slots = 180, .share = 130}));
    // A European customer's traffic that leaves its residency pool.
    w.streams.push_back(
        shaped(b.profile("ci-umbrella-overflow", prod, "eu-central-1", "global", haiku45, tags("umbrella")),
               {.mix = chat, .callers = api, .pattern = Pattern::office_eu, .slots = 70, .share = 20}));
    w.streams.push_back(
        shaped(b.profile("ci-core-opus", data, "us-east-1", "us", opus47, tags("")),
               {.mix = documents, .callers = batch, .pattern = Pattern::nightly, .slots = 130, .share = 210}));
    w.streams.push_back(
        shaped(b.profile("ci-core-opus-eu", data, "eu-west-1", "global", opus47, tags("")),
               {.mix = documents, .callers = batch, .pattern = Pattern::nightly, .slots = 60, .share = 60}));
    w.streams.push_back(shaped(b.profile("ci-classify", data, "us-east-1", "global", haiku45, tags("")),
                               {.mix = short_answers,
                                .callers = {instance("customer-insights-worker-role", by_role)},
                                .slots = 300,
                                .share = 90}));
    w.streams.push_back(shaped(
        b.profile("ci-batch", data, "us-west-2", "global", sonnet45, tags("")),
        {.mix = uncached, .callers = batch, .pattern = Pattern::nightly, .slots = 90, .share = 30, .tier = "batch"}));
    w.streams.push_back(
        shaped(b.profile("ci-embed", data, "us-east-1", "", "cohere.embed-v4:0", tags("")),
               {.mix = embedding, .callers = batch, .pattern = Pattern::nightly, .slots = 110, .share = 10}));
}

// Three roles nobody claims: direct calls of old models, no tag of any owner.
void unowned(Builder &b)
{
    Workload &reports = b.workload("unowned-report-generator", "(nobody)", {1200, 1290, 1440, 1650});
    reports.unowned = true;
    reports.streams.push_back(
        shaped(direct(prod, "us-east-1", old_sonnet, foundation_model("us-east-1", old_sonnet)),
               {.mix = uncached, .callers = {instance("prod-report-generator-role")}, .slots = 360}));
    Workload &enrichment = b.workload("unowned-batch-enrichment", "(nobody)", {860, 1010, 1170, 1310});
    enrichment.unowned = true;
    enrichment.streams.push_back(
        shaped(direct(prod, "us-west-2", nova_pro, foundation_model("us-west-2", nova_pro)),
               {.mix = nova_cached, .callers = {scheduled("batch-enrichment-role")}, .slots = 260}));
    Workload &summaries = b.workload("unowned-legacy-summarizer", "(nobody)", {540, 600, 690, 840});
    summaries.unowned = true;
    summaries.streams.push_back(
        shaped(direct(data, "us-west-2", old_sonnet_v2, foundation_model("us-west-2", old_sonnet_v2)),
               {.mix = {720, 100, 130, 50, 0}, .callers = {task("legacy-summarizer-task-role")}, .slots = 240}));
}

// Eight engineers, one profile each, rolled out on Monday 7 September: the same sum on each working day.
void coding_team(Builder &b)
{
    Workload &w = b.workload("coding-assistant", "Coding assistant", {});
    w.per_day = 600'00;
    for (int day = 7; day <= 30; ++day)
        if (weekday(day_number(2026, 9, day)) < 5) w.days.push_back(hour_of(2026, 9, day));
    struct Engineer {
        std::string_view name, region, pool, model;
        int slots, share;
    };
    // hana.kim hardly uses it: about four dollars in the month, far below a seat's price.
    constexpr auto engineers = std::to_array<Engineer>({{"maya.chen", "us-east-1", "us", opus47, 9, 24000},
                                                        {"liam.okafor", "us-east-1", "us", sonnet46, 9, 20000},
                                                        {"sofia.rossi", "us-west-2", "us", sonnet46, 8, 16000},
                                                        {"noah.berg", "us-east-1", "global", sonnet46, 8, 14000},
                                                        {"aisha.khan", "us-east-1", "us", opus46, 7, 11000},
                                                        {"diego.santos", "us-west-2", "us", sonnet46, 7, 9000},
                                                        {"emma.novak", "us-east-1", "global", haiku45, 7, 5963},
                                                        {"hana.kim", "us-east-1", "global", haiku45, 2, 37}});
    for (const Engineer &e : engineers)
        w.streams.push_back(shaped(b.profile(fmt::format("coding-{}", e.name), dev, e.region, e.pool, e.model,
                                             {{"project", "coding-assistant"},
                                              {"application", "coding-assistant"},
                                              {"team", "coding"},
                                              {"workflow", "coding-assistant"},
                                              {"engineer", std::string(e.name)},
                                              {"cost-center", "CC-3003"},
                                              {"department", "Engineering"},
                                              {"environment", "dev"}}),
                                   {.mix = agentic,
                                    .callers = {person("BedrockDeveloper", e.name, "Engineering")},
                                    .pattern = Pattern::office_us,
                                    .slots = e.slots,
                                    .share = e.share,
                                    .operation = streaming}));
}

// Before their profiles existed the same people called through single sign-on and system profiles.
void coding_pilot(Builder &b)
{
    Workload &w = b.workload("coding-pilot", "Coding pilot", {1200, 2000, 2900, 150});
    std::vector<Caller> people;
    for (const std::string_view name :
         {"maya.chen", "liam.okafor", "sofia.rossi", "noah.berg", "aisha.khan", "diego.santos"})
        people.push_back(person("BedrockDeveloper", name, "Engineering"));
    people.push_back(person("AdministratorAccess", "root.admin", "Engineering", 2));
    w.streams.push_back(shaped(direct(dev, "us-east-1", sonnet46, system_profile("us-east-1", dev, "us", sonnet46)),
                               {.mix = agentic,
                                .callers = people,
                                .pattern = Pattern::office_us,
                                .slots = 330,
                                .share = 500,
                                .operation = streaming}));
    w.streams.push_back(shaped(direct(dev, "us-east-1", opus46, ""), {.mix = agentic,
                                                                      .callers = people,
                                                                      .pattern = Pattern::office_us,
                                                                      .slots = 150,
                                                                      .share = 470,
                                                                      .operation = streaming}));
    Stream haiku = shaped(direct(dev, "us-east-1", haiku45, system_profile("us-east-1", dev, "global", haiku45)),
                          {.mix = agentic, .callers = people, .pattern = Pattern::office_us, .slots = 60, .share = 30});
    haiku.scope = Scope::global;
    w.streams.push_back(std::move(haiku));
    for (Stream &s : w.streams) s.to = hour_of(2026, 9, 5);
}

// A migration project that ended with August.
void archive(Builder &b)
{
    Workload &w = b.workload("archive-digitisation", "Archive Digitisation", {3900, 4300, 4500, 0});
    w.migrated = true;
    const Tags tags = {{"project", "archive-digitisation"},
                       {"application", "archive-digitisation"},
                       {"team", "archive"},
                       {"cost-center", "CC-4004"},
                       {"department", "Research"},
                       {"environment", "prod"},
                       {"map-migrated", std::string(map_tag)}};
    const std::vector<Caller> batch = {scheduled("archive-batch-role", {{"iamPrincipal/team", "archive"}})};
    w.streams.push_back(shaped(
        b.profile("archive-ocr", data, "us-east-1", "global", haiku45, tags),
        {.mix = uncached, .callers = batch, .pattern = Pattern::nightly, .slots = 190, .share = 600, .tier = "batch"}));
    w.streams.push_back(shaped(
        b.profile("archive-ocr-eu", data, "eu-west-1", "eu", haiku45, tags),
        {.mix = uncached, .callers = batch, .pattern = Pattern::nightly, .slots = 150, .share = 300, .tier = "batch"}));
    w.streams.push_back(shaped(b.profile("archive-summary", data, "us-east-1", "global", nova_2_lite, tags),
                               {.mix = nova_cached,
                                .callers = batch,
                                .pattern = Pattern::nightly,
                                .slots = 140,
                                .share = 100,
                                .tier = "flex"}));
    for (Stream &s : w.streams) s.to = hour_of(2026, 9, 1);
}

// Four workloads of the migration programme whose tag is missing, each for another reason.
void at_risk(Builder &b)
{
    Workload &claims = b.workload("claims-intake", "Claims Intake", {1600, 1850, 1850, 100});
    claims.at_risk = true;
    const Tags tags = {{"Project", "claims-intake"},
                       {"Team", "Claims"},
                       {"CostCenter", "CC-5005"},
                       {"Department", "Support"},
                       {"env", "prod"}};
    const std::vector<Caller> intake = {task("claims-intake-task-role", {{"iamPrincipal/project", "claims-intake"}})};
    Stream through_name = b.profile("claims-intake-prod", prod, "us-east-1", "us", sonnet45, tags, Form::named);
    claims.streams.push_back(
        shaped(through_name,
               {.mix = documents, .callers = intake, .pattern = Pattern::office_us, .slots = 210, .share = 600}));
    claims.streams.push_back(shaped(through_name, {.mix = {800, 60, 90, 40, 10},
                                                   .callers = intake,
                                                   .pattern = Pattern::office_us,
                                                   .slots = 60,
                                                   .share = 320,
                                                   .tier = "long-context"}));
    claims.streams.push_back(
        shaped(b.profile("claims-intake-triage", prod, "us-east-1", "global", haiku45, tags),
               {.mix = uncached, .callers = intake, .pattern = Pattern::office_us, .slots = 90, .share = 80}));

    Workload &docflow = b.workload("docflow", "DocFlow", {650, 700, 750, 800});
    docflow.at_risk = true;
    const Tags docflow_tags = {{"iamPrincipal/project", "DocFlow"}, {"iamPrincipal/cost-center", "12345"}};
    const std::vector<Caller> readers = {role("DocFlowRole", "user-1@acme.example", docflow_tags),
                                         role("DocFlowRole", "user-2@acme.example", docflow_tags),
                                         role("DocFlowRole", "user-3@acme.example", docflow_tags, 4)};
    docflow.streams.push_back(
        shaped(direct(data, "us-east-1", sonnet45, system_profile("us-east-1", data, "us", sonnet45)),
               {.mix = documents, .callers = readers, .pattern = Pattern::office_us, .slots = 120, .share = 120}));
    Stream no_resource =
        shaped(direct(data, "us-east-1", haiku45, ""),
               {.mix = documents, .callers = readers, .pattern = Pattern::office_us, .slots = 200, .share = 880});
    no_resource.scope = Scope::global;
    docflow.streams.push_back(std::move(no_resource));

    Workload &search = b.workload("policy-search", "Policy Search", {450, 500, 550, 600});
    search.at_risk = true;
    const std::vector<Caller> tasks = {task("policy-search-prod-ecs-task-role", {{"iamPrincipal/team", "policy"}})};
    Stream answers = shaped(direct(prod, "us-east-1", sonnet46, ""),
                            {.mix = chat, .callers = tasks, .pattern = Pattern::office_us, .slots = 150, .share = 700});
    answers.scope = Scope::global;
    search.streams.push_back(std::move(answers));
    search.streams.push_back(
        shaped(direct(prod, "us-east-1", titan_embed, ""),
               {.mix = embedding, .callers = tasks, .pattern = Pattern::nightly, .slots = 90, .share = 60}));
    search.streams.push_back(
        shaped(direct(prod, "us-east-1", nova_lite, ""),
               {.mix = nova_cached, .callers = tasks, .pattern = Pattern::always, .slots = 120, .share = 240}));

    Workload &fleet = b.workload("fleet-assistant", "Fleet Assistant", {200, 250, 300, 350});
    fleet.at_risk = true;
    const std::vector<Caller> lambda = {role("fleet-assistant-lambda-role", "fleet-assistant-fn",
                                             {{"iamPrincipal/team", "fleet"}, {"iamPrincipal/environment", "prod"}})};
    fleet.streams.push_back(shaped(
        direct(prod, "us-east-1", llama33, foundation_model("us-east-1", llama33)),
        {.mix = {800, 200, 0, 0, 0}, .callers = lambda, .pattern = Pattern::always, .slots = 160, .share = 550}));
    fleet.streams.push_back(shaped(
        direct(prod, "eu-west-1", nova_pro, foundation_model("eu-west-1", nova_pro)),
        {.mix = {650, 110, 240, 0, 0}, .callers = lambda, .pattern = Pattern::office_eu, .slots = 120, .share = 450}));
}

// Sorts support tickets; on the last night of September it ran in a loop for an hour.
void ticket_triage(Builder &b)
{
    Workload &w = b.workload("ticket-triage", "Ticket Triage", {150, 180, 220, 300});
    const Tags tags = {{"project", "ticket-triage"}, {"application", "ticket-triage"}, {"team", "support-tools"},
                       {"cost-center", "CC-6006"},   {"department", "Support"},        {"environment", "prod"}};
    const Tags by_role = {{"iamPrincipal/team", "support-tools"}};
    const Caller worker = instance("ticket-triage-worker-role", by_role);
    w.streams.push_back(
        shaped(b.profile("ticket-triage-prod", prod, "us-east-1", "us", haiku45, tags),
               {.mix = uncached, .callers = {worker}, .pattern = Pattern::always, .slots = 300, .share = 550}));
    w.streams.push_back(
        shaped(b.profile("ticket-triage-v2", prod, "us-east-1", "global", haiku45, tags),
               {.mix = uncached, .callers = {worker}, .pattern = Pattern::office_us, .slots = 90, .share = 200}));
    b.company.profiles.back().registered = false;
    const Stream old = shaped(
        direct(prod, "us-east-1", old_haiku, foundation_model("us-east-1", old_haiku)),
        {.mix = {860, 80, 40, 20, 0}, .callers = {worker}, .pattern = Pattern::always, .slots = 160, .share = 250});
    w.streams.push_back(old);
    // 42.5 million tokens at 0.80 and 1.5 million at 4.00 are exactly forty dollars.
    w.literals.push_back({old, Kind::input, loop_hour, 42'500'000, dollars(34), {}});
    w.literals.push_back({old, Kind::output, loop_hour, 1'500'000, dollars(6), {}});
}

// The three lines that AWS's own introduction of caller attribution shows, and the chatbot behind one of them.
void chatbot(Builder &b)
{
    Workload &w = b.workload("chatbot", "Chatbot", {200, 220, 240, 260});
    const Tags by_role = {{"iamPrincipal/project", "chatbot"}};
    const std::vector<Caller> app = {role("AppRole", "session-123", by_role),
                                     role("AppRole", "session-456", by_role, 6),
                                     role("AppRole", "session-789", by_role, 3)};
    w.streams.push_back(
        shaped(direct(sandbox, "us-east-1", sonnet46, system_profile("us-east-1", sandbox, "us", sonnet46)),
               {.mix = chat, .callers = app, .pattern = Pattern::office_us, .slots = 150, .share = 350}));
    Stream quick = shaped(direct(sandbox, "us-east-1", haiku45, ""),
                          {.mix = chat, .callers = app, .pattern = Pattern::office_us, .slots = 150, .share = 600});
    quick.scope = Scope::global;
    w.streams.push_back(std::move(quick));
    w.streams.push_back(shaped(direct(sandbox, "us-east-1", nova_lite, foundation_model("us-east-1", nova_lite)),
                               {.mix = nova_cached,
                                .callers = {user("alice", {{"iamPrincipal/team", "ds"}}),
                                            user("bob", {{"iamPrincipal/team", "ds"}}, 6), user("user-1", {}, 3)},
                                .pattern = Pattern::office_us,
                                .slots = 110,
                                .share = 50}));

    const auto literal = [&w](std::string_view usage, Kind kind, Pico price, std::int64_t thousandths, Pico cost,
                              const Caller &caller) {
        Stream s = direct(sandbox, "us-east-1", "", "");
        s.callers = {caller};
        w.literals.push_back(
            {s, kind, literal_hour, thousandths, cost,
             Meter{.usage_type = usage, .unit = "1K tokens", .decimals = 3, .price = price, .kind = kind}});
    };
    literal("Claude4.6Sonnet-input-tokens", Kind::input, 0.0033_usd, 20'909, 0.069_usd,
            user("alice", {{"iamPrincipal/team", "ds"}}));
    literal("Claude4.6Sonnet-output-tokens", Kind::output, 0.0165_usd, 12'970, 0.214_usd,
            user("alice", {{"iamPrincipal/team", "ds"}}));
    literal("Claude4.6Opus-input-tokens", Kind::input, 0.0055_usd, 36'000, 0.198_usd,
            role("AppRole", "session-123", by_role));
}

void marketing_studio(Builder &b)
{
    Workload &w = b.workload("marketing-studio", "Marketing Studio", {120, 150, 320, 120});
    const std::vector<Caller> studio = {
        role("marketing-studio-role", "canva-sync", {{"iamPrincipal/team", "marketing"}})};
    Stream copy = b.profile("marketing-copy", prod, "us-east-1", "us", sonnet45,
                            {{"project", "marketing-studio"},
                             {"TEAM_NAME", "Marketing"},
                             {"department", "Marketing"},
                             {"environment", "production"}});
    w.streams.push_back(
        shaped(copy, {.mix = uncached, .callers = studio, .pattern = Pattern::office_us, .slots = 90, .share = 400}));
    // Nobody knows this profile: it is in no registry and has no tags.
    w.streams.push_back(
        shaped(b.profile("marketing-experiment", prod, "us-east-1", "global", haiku45, {}),
               {.mix = uncached, .callers = studio, .pattern = Pattern::office_us, .slots = 50, .share = 120}));
    b.company.profiles.back().registered = false;
    w.streams.push_back(shaped(
        metered(prod, "us-east-1",
                {{Meter{.usage_type = "NovaCanvas-T2I-1024-Standard",
                        .unit = "image",
                        .price = 0.04_usd,
                        .description = "$0.04 per image for NovaCanvas-T2I-1024-Standard in US East (N. Virginia)",
                        .model = "Nova Canvas"}}},
                foundation_model("us-east-1", "amazon.nova-canvas-v1:0")),
        {.callers = studio, .pattern = Pattern::office_us, .slots = 80, .share = 260}));
    w.streams.push_back(shaped(metered(prod, "us-east-1",
                                       {{Meter{.usage_type = "MP:created_image_stable_image_core",
                                               .unit = "Units",
                                               .price = 0.04_usd,
                                               .product_name = "Stable Image Core",
                                               .description = "Created image Stable Image Core",
                                               .seller = "Stability AI Ltd",
                                               .model = "Stable Image Core"}}},
                                       foundation_model("us-east-1", "stability.stable-image-core-v1:1")),
                               {.callers = studio, .pattern = Pattern::office_us, .slots = 60, .share = 220}));
    // Two hours of a campaign on provisioned throughput.
    Stream campaign = metered(
        prod, "us-east-1",
        {{Meter{.usage_type = "NovaCanvas-ProvisionedThroughput-NoCommit-ModelUnits",
                .unit = "hour",
                .price = 60.5_usd,
                .description = "$60.5 per 1K tokens for NovaCanvas-ProvisionedThroughput-NoCommit-ModelUnits in US "
                               "East (N. Virginia)",
                .model = "Nova Canvas"}}},
        bedrock_arn("us-east-1", prod, "provisioned-model/" + opaque("canvas campaign", 12, lower_and_digits)));
    campaign.fixed = 1;
    campaign.slots = 2;
    campaign.from = hour_of(2026, 8, 18, 14);
    campaign.to = campaign.from + 2;
    campaign.tags = resource_tags({{"project", "marketing-studio"}, {"TEAM_NAME", "Marketing"}});
    w.streams.push_back(std::move(campaign));
}

void voice_concierge(Builder &b)
{
    Workload &w = b.workload("voice-concierge", "Voice Concierge", {60, 80, 100, 90});
    const auto sonic = [](std::string_view what, Pico price, Kind kind) {
        return Meter{.usage_type = what,
                     .unit = "1K tokens",
                     .decimals = 3,
                     .price = price,
                     .model = "Nova Sonic",
                     .kind = kind};
    };
    w.streams.push_back(shaped(
        metered(prod, "us-east-1",
                {{sonic("NovaSonic-speech-input-tokens", 0.0034_usd, Kind::input), 420},
                 {sonic("NovaSonic-speech-output-tokens", 0.0136_usd, Kind::output), 300},
                 {sonic("NovaSonic-text-input-tokens", 0.00006_usd, Kind::input), 200},
                 {sonic("NovaSonic-text-output-tokens", 0.00024_usd, Kind::output), 80}},
                foundation_model("us-east-1", "amazon.nova-sonic-v1:0")),
        {.callers = {task("voice-concierge-task-role",
                          {{"iamPrincipal/project", "voice-concierge"}, {"iamPrincipal/department", "Support"}})},
         .pattern = Pattern::office_us,
         .slots = 130,
         .operation = "InvokeModelWithBidirectionalStream"}));
}

void research_lab(Builder &b)
{
    Workload &w = b.workload("research-lab", "Research Lab", {150, 200, 260, 220});
    const std::vector<Caller> lab = {
        role("DataScientist", "jupyter-session", {{"iamPrincipal/department", "Research"}}),
        person("BedrockResearch", "ines.moreau", "Research"), person("BedrockResearch", "kenji.sato", "Research", 6)};
    const Tags tags = {
        {"project", "protein-notes"}, {"team", "research"}, {"department", "Research"}, {"environment", "dev"}};
    w.streams.push_back(
        shaped(b.project("protein-notes", dev, "us-east-1", "openai.gpt-oss-120b", tags),
               {.mix = uncached, .callers = lab, .pattern = Pattern::office_eu, .slots = 110, .share = 200}));
    w.streams.push_back(shaped(
        b.project(
            "lab-agents", dev, "us-east-1", "qwen.qwen3-coder-480b-a35b-instruct",
            {{"project", "lab-agents"}, {"team", "research"}, {"department", "Research"}, {"environment", "dev"}}),
        {.mix = uncached, .callers = lab, .pattern = Pattern::office_eu, .slots = 110, .share = 260}));
    const Stream by_default = b.project("default", dev, "us-east-1", "xai.grok-4.3", {});
    w.streams.push_back(shaped(
        by_default,
        {.mix = {800, 120, 80, 0, 0}, .callers = lab, .pattern = Pattern::office_eu, .slots = 70, .share = 140}));
    for (const std::string_view tier : {"standard", "flex"}) {
        Stream qwen = by_default;
        qwen.model = "qwen.qwen3-32b";
        w.streams.push_back(shaped(
            qwen,
            {.mix = uncached, .callers = lab, .pattern = Pattern::office_eu, .slots = 45, .share = 40, .tier = tier}));
    }
    w.streams.push_back(
        shaped(direct(dev, "us-east-1", "qwen.qwen3-32b-v1:0", foundation_model("us-east-1", "qwen.qwen3-32b-v1:0")),
               {.mix = uncached,
                .callers = lab,
                .pattern = Pattern::office_eu,
                .slots = 45,
                .share = 40,
                .tier = "priority"}));
    const std::string tuned =
        fmt::format("amazon.nova-micro-v1:0:128k/{}", opaque("tuned micro", 12, lower_and_digits));
    w.streams.push_back(
        shaped(direct(dev, "us-east-1", nova_micro, bedrock_arn("us-east-1", dev, "custom-model/" + tuned)),
               {.mix = uncached,
                .callers = lab,
                .pattern = Pattern::office_eu,
                .slots = 90,
                .share = 60,
                .tier = "custom-model"}));
    // Somebody signs in through an old federation broker now and then.
    w.streams.push_back(shaped(direct(dev, "us-west-2", nova_micro, foundation_model("us-west-2", nova_micro)),
                               {.mix = nova_cached,
                                .callers = {{Session::none, "federated-user/kenji", {}, 10}},
                                .pattern = Pattern::office_eu,
                                .slots = 12,
                                .share = 4}));
    Stream imported =
        metered(dev, "us-east-1",
                {{Meter{.usage_type = "Llama-CustomModelImport-Inference-v1:0",
                        .unit = "CMU-minute",
                        .price = 0.05718_usd,
                        .description = "$0.05718 per Custom Model Unit per minute for Llama in US East (N. Virginia)",
                        .model = "Llama"}}},
                bedrock_arn("us-east-1", dev, "imported-model/" + opaque("imported llama", 12, lower_and_digits)));
    w.streams.push_back(shaped(imported, {.callers = lab, .pattern = Pattern::office_eu, .slots = 25, .share = 140}));
    // Tuning once a month, and the tuned model kept ever after.
    for (int month = 6; month <= 9; ++month) {
        Stream training = metered(
            dev, "us-east-1",
            {{Meter{.usage_type = "NovaMicro-Customization-Training",
                    .unit = "1K tokens",
                    .price = 0.001_usd,
                    .description = "$0.001 per 1K tokens for NovaMicro-Customization-Training in US East (N. Virginia)",
                    .model = "Nova Micro"}}},
            bedrock_arn("us-east-1", dev,
                        fmt::format("model-customization-job/amazon.nova-micro-v1:0:128k/{}",
                                    opaque(fmt::format("tuning {}", month), 12, lower_and_digits))));
        training.fixed = 4'250;
        training.slots = 2;
        training.from = hour_of(2026, month, 9, 9);
        training.to = training.from + 2;
        w.streams.push_back(std::move(training));
        Stream storage = metered(dev, "us-east-1",
                                 {{Meter{.usage_type = "NovaMicro-Customization-Storage",
                                         .unit = "Model/month",
                                         .decimals = 4,
                                         .price = 1.95_usd,
                                         .description = "$1.95 per month per custom model in US East (N. Virginia)",
                                         .model = "Nova Micro"}}},
                                 bedrock_arn("us-east-1", dev, "custom-model/" + tuned));
        storage.fixed = 10'000;
        storage.slots = 1;
        storage.from = hour_of(2026, month, 10, 0);
        storage.to = storage.from + 1;
        w.streams.push_back(std::move(storage));
    }
}

void knowledge_platform(Builder &b)
{
    Workload &w = b.workload("knowledge-platform", "Knowledge Platform", {140, 160, 180, 170});
    const std::vector<Caller> kb = {role("AmazonBedrockExecutionRoleForKnowledgeBase_wiki", "knowledge-base-sync")};
    w.streams.push_back(
        shaped(direct(shared, "us-east-1", titan_embed,
                      bedrock_arn("us-east-1", shared, "knowledge-base/" + opaque("wiki", 10, upper_and_digits))),
               {.mix = embedding, .callers = kb, .pattern = Pattern::nightly, .slots = 80, .share = 100}));
    // Team and team on one profile: the folded column can hold only one of them.
    w.streams.push_back(
        shaped(b.profile("knowledge-answers", shared, "us-east-1", "us", nova_pro,
                         {{"project", "knowledge-platform"},
                          {"Team", "Search"},
                          {"team", "search-platform"},
                          {"cost-center", "CC-7007"},
                          {"environment", "prod"}}),
               {.mix = nova_cached, .callers = kb, .pattern = Pattern::office_us, .slots = 120, .share = 380}));
    w.streams.push_back(shaped(metered(shared, "us-east-1",
                                       {{Meter{.usage_type = "MP:search_units",
                                               .unit = "Units",
                                               .price = 0.002_usd,
                                               .product_name = "Cohere Rerank 3.5 Model",
                                               .description = "Search units",
                                               .seller = "Cohere Inc.",
                                               .model = "Cohere Rerank 3.5"}}},
                                       foundation_model("us-east-1", "cohere.rerank-v3-5:0")),
                               {.callers = {user("search-indexer", {{"iamPrincipal/team", "search-platform"}})},
                                .pattern = Pattern::office_us,
                                .slots = 90,
                                .share = 200}));
    w.streams.push_back(
        shaped(metered(shared, "us-west-2",
                       {{Meter{.usage_type = "AmazonRerank-v1-searchunits",
                               .unit = "Search Units",
                               .price = 0.001_usd,
                               .description = "$0.001 per search unit for AmazonRerank-v1 in US West (Oregon)",
                               .model = "Amazon Rerank"}}},
                       foundation_model("us-west-2", "amazon.rerank-v1:0")),
               {.callers = kb, .pattern = Pattern::office_us, .slots = 60, .share = 60}));
    w.streams.push_back(
        shaped(direct(shared, "us-east-1", nova_pro,
                      bedrock_arn("us-east-1", shared,
                                  fmt::format("agent-alias/{}/{}", opaque("agent", 10, upper_and_digits),
                                              opaque("alias", 10, upper_and_digits)))),
               {.mix = uncached,
                .callers = {role("AmazonBedrockExecutionRoleForAgents_helpdesk", "BedrockAgents")},
                .pattern = Pattern::office_us,
                .slots = 80,
                .share = 140}));
    w.streams.push_back(
        shaped(direct(shared, "us-west-2", nova_lite, system_profile("us-west-2", shared, "us", nova_lite)),
               {.mix = nova_cached,
                .callers = {user("bob", {{"iamPrincipal/team", "search-platform"}})},
                .pattern = Pattern::office_us,
                .slots = 60,
                .share = 60}));
}

// One role for several applications: only the session name tells them apart.
void llm_gateway(Builder &b)
{
    Workload &w = b.workload("llm-gateway", "LLM Gateway", {260, 290, 330, 320});
    const std::vector<Caller> services = {role("llm-gateway-role", "sales-copilot", {}, 10),
                                          role("llm-gateway-role", "legal-review", {}, 7),
                                          role("llm-gateway-role", "wiki-bot", {}, 5)};
    w.streams.push_back(shaped(direct(shared, "us-east-1", haiku45, system_profile("us-east-1", shared, "us", haiku45)),
                               {.mix = chat, .callers = services, .slots = 200, .share = 150}));
    w.streams.push_back(
        shaped(direct(shared, "us-east-1", sonnet46, ""),
               {.mix = chat, .callers = services, .pattern = Pattern::office_us, .slots = 130, .share = 650}));
    w.streams.push_back(shaped(
        direct(shared, "eu-west-1", nova_lite, system_profile("eu-west-1", shared, "eu", nova_lite)),
        {.mix = {650, 110, 240, 0, 0}, .callers = services, .pattern = Pattern::office_eu, .slots = 100, .share = 60}));
    w.streams.push_back(shaped(
        direct(shared, "ap-northeast-1", nova_lite, system_profile("ap-northeast-1", shared, "apac", nova_lite)),
        {.mix = {650, 110, 240, 0, 0}, .callers = services, .pattern = Pattern::office_jp, .slots = 60, .share = 40}));
    Stream priority =
        shaped(direct(shared, "us-east-1", nova_2_lite, system_profile("us-east-1", shared, "global", nova_2_lite)),
               {.mix = nova_cached,
                .callers = services,
                .pattern = Pattern::office_us,
                .slots = 60,
                .share = 150,
                .tier = "priority"});
    priority.scope = Scope::global;
    w.streams.push_back(std::move(priority));
}

void data_enrichment(Builder &b)
{
    Workload &w = b.workload("data-enrichment", "Data Enrichment", {90, 100, 120, 110});
    const std::vector<Caller> lambda = {
        role("data-enrichment-lambda-role", "data-enrichment-fn", {{"iamPrincipal/team", "data-platform"}})};
    w.streams.push_back(
        shaped(b.profile("internal-genai-app-production-v2", data, "us-east-1", "us", llama31,
                         {{"project", "data-enrichment"}, {"team", "data-platform"}, {"environment", "production"}},
                         Form::suffixed),
               {.mix = uncached, .callers = lambda, .slots = 110, .share = 400}));
    w.streams.push_back(
        shaped(direct(data, "us-east-1", llama31, foundation_model("us-east-1", llama31)),
               {.mix = uncached, .callers = lambda, .slots = 50, .share = 120, .tier = "latency-optimized"}));
    w.streams.push_back(shaped(
        direct(data, "us-east-1", llama33, ""),
        {.mix = uncached, .callers = lambda, .pattern = Pattern::nightly, .slots = 40, .share = 80, .tier = "batch"}));
    w.streams.push_back(
        shaped(direct(data, "eu-west-1", "mistral.mistral-large-3-675b-instruct",
                      foundation_model("eu-west-1", "mistral.mistral-large-3-675b-instruct")),
               {.mix = uncached, .callers = lambda, .pattern = Pattern::office_eu, .slots = 70, .share = 220}));
    w.streams.push_back(shaped(direct(data, "us-west-2", "mistral.ministral-3-8b-instruct", ""),
                               {.mix = uncached, .callers = lambda, .slots = 60, .share = 60, .tier = "flex"}));
    w.streams.push_back(
        shaped(direct(data, "us-east-1", nova_pro, ""),
               {.mix = uncached, .callers = lambda, .slots = 50, .share = 100, .tier = "latency-optimized"}));
    Stream batch = shaped(
        direct(data, "us-east-1", nova_2_lite, ""),
        {.mix = uncached, .callers = lambda, .pattern = Pattern::nightly, .slots = 40, .share = 60, .tier = "batch"});
    batch.scope = Scope::global;
    w.streams.push_back(std::move(batch));
}

// Guardrails, agents, reserved capacity and whatever else has no application of its own.
void platform(Builder &b)
{
    Workload &w = b.workload("platform", "Platform", {630, 720, 680, 210});
    const auto guardrail = [](std::string_view policy, Pico price) {
        return Meter{.usage_type = policy, .unit = "TextUnit", .price = price};
    };
    const std::string content =
        bedrock_arn("us-east-1", prod, "guardrail/" + opaque("content guardrail", 12, lower_and_digits));
    w.streams.push_back(
        shaped(metered(prod, "us-east-1",
                       {{guardrail("Guardrail-ContentPolicyUnitsConsumed", 0.00015_usd), 6},
                        {guardrail("Guardrail-TopicPolicyUnitsConsumed", 0.00015_usd), 3},
                        {guardrail("Guardrail-SensitiveInformationPolicyPaidUnitsConsumed", 0.0001_usd), 4},
                        {guardrail("Guardrail-WordPolicyUnitsConsumed", 0_usd), 6}},
                       content),
               {.pattern = Pattern::office_us, .slots = 190, .share = 300, .operation = "ApplyGuardrail"}));
    w.streams.push_back(
        shaped(metered(prod, "eu-central-1", {{guardrail("Guardrail-ContentPolicyUnitsConsumed", 0.00015_usd), 1}},
                       bedrock_arn("eu-central-1", prod, "guardrail/" + opaque("eu guardrail", 12, lower_and_digits))),
               {.callers = {task("hr-portal-prod-eu-ecs-task-role")},
                .pattern = Pattern::office_eu,
                .slots = 90,
                .share = 80,
                .operation = "ApplyGuardrail"}));
    const auto agentcore = [](std::string_view what, std::string_view unit, Pico price) {
        return Meter{.usage_type = what,
                     .unit = unit,
                     .decimals = 4,
                     .price = price,
                     .product_code = "AmazonBedrockAgentCore",
                     .product_name = "Amazon Bedrock AgentCore",
                     .family = "Amazon Bedrock AgentCore"};
    };
    Stream runtime = metered(shared, "us-east-1",
                             {{agentcore("Runtime:Consumption-based:vCPU", "vCPU-Hours", 0.0895_usd), 1},
                              {agentcore("Runtime:Consumption-based:Memory", "GB-Hours", 0.00945_usd), 2}},
                             fmt::format("arn:aws:bedrock-agentcore:us-east-1:{}:runtime/helpdesk_agent-{}",
                                         account_id(shared), opaque("runtime", 10, lower_and_digits)));
    runtime.tags = resource_tags({{"project", "helpdesk-agent"}, {"team", "support-tools"}});
    w.streams.push_back(shaped(runtime, {.slots = 130, .share = 160, .operation = "InvokeAgentRuntime"}));
    w.streams.push_back(
        shaped(metered(data, "us-east-1",
                       {{Meter{.usage_type = "DataAutomation-Standard-ImagesProcessed",
                               .unit = "image",
                               .price = 0.003_usd,
                               .description = "$0.003 per image processed in US East (N. Virginia)"}}},
                       bedrock_arn("us-east-1", data, "data-automation-project/" + opaque("invoices", 12, hex_digits))),
               {.callers = {scheduled("invoice-intake-role", {{"iamPrincipal/team", "finance-systems"}})},
                .pattern = Pattern::nightly,
                .slots = 50,
                .share = 60,
                .operation = "InvokeDataAutomationAsync"}));
    w.streams.push_back(shaped(
        metered(data, "us-east-1",
                {{Meter{.usage_type = "DataAutomation-Standard-ImagesProcessed", .unit = "image", .price = 0.003_usd}}},
                "arn:aws:bedrock:us-east-1:aws:data-automation-project/public-rag-default"),
        {.callers = {scheduled("invoice-intake-role", {{"iamPrincipal/team", "finance-systems"}})},
         .pattern = Pattern::nightly,
         .slots = 15,
         .share = 10,
         .operation = "InvokeDataAutomationAsync"}));
    Stream service = shaped(direct(shared, "us-east-1", "service.claude-sonnet-4-5",
                                   system_profile("us-east-1", shared, "global", sonnet45)),
                            {.mix = {860, 60, 60, 20, 0},
                             .callers = {person("AdministratorAccess", "root.admin", "Engineering")},
                             .pattern = Pattern::office_us,
                             .slots = 8,
                             .share = 80,
                             .tier = "long-context"});
    service.scope = Scope::global;
    w.streams.push_back(std::move(service));
    w.streams.push_back(shaped(direct(shared, "us-east-1", nova_lite, foundation_model("us-east-1", nova_lite)),
                               {.mix = nova_cached,
                                .callers = {user("BedrockAPIKey-234s"), user("BedrockAPIKey-9kf2", {}, 6)},
                                .slots = 110,
                                .share = 90}));
    w.streams.push_back(shaped(direct(shared, "us-east-1", haiku45, system_profile("us-east-1", shared, "us", haiku45)),
                               {.mix = chat,
                                .callers = {user("BedrockAPIKey-234s"),
                                            {Session::none,
                                             "role/aws-service-role/connect.amazonaws.com/"
                                             "AWSServiceRoleForAmazonConnect_lwIriO3byDrpDLcnkrpg",
                                             {},
                                             5}},
                                .pattern = Pattern::office_us,
                                .slots = 70,
                                .share = 120}));
    w.streams.push_back(
        shaped(direct(prod, "us-east-1", "anthropic.claude-opus-4-1-20250805-v1:0",
                      system_profile("us-east-1", prod, "us", "anthropic.claude-opus-4-1-20250805-v1:0")),
               {.mix = {800, 80, 90, 30, 0},
                .callers = {person("AdministratorAccess", "root.admin", "Engineering")},
                .pattern = Pattern::office_us,
                .slots = 10,
                .share = 60}));
    w.streams.push_back(
        shaped(direct(data, "eu-central-1", nova_2_lite, system_profile("eu-central-1", data, "eu", nova_2_lite)),
               {.mix = nova_cached,
                .callers = {person("BedrockResearch", "ines.moreau", "Research")},
                .pattern = Pattern::office_eu,
                .slots = 30,
                .share = 20}));
    w.streams.push_back(
        shaped(metered(shared, "us-east-1",
                       {{Meter{.usage_type = "Nova2.0Lite-nova-grounding",
                               .unit = "Requests",
                               .price = 0.03_usd,
                               .description = "$0.03 per request for Nova 2.0 Lite web grounding",
                               .model = "Nova 2.0 Lite"}}},
                       ""),
               {.callers = {user("BedrockAPIKey-234s")}, .pattern = Pattern::office_us, .slots = 25, .share = 20}));

    // A rerank prototype kept its model unit running.
    for (int month = 6; month <= 9; ++month) {
        Stream unit = metered(
            shared, "us-east-1",
            {{Meter{.usage_type = "MP:ProvisionedThroughput_NoCommit_ModelUnits_Usage",
                    .unit = "Units",
                    .price = 7.12_usd,
                    .product_name = "Cohere Embed Model 3 - English",
                    .description = "Provisioned Throughput Hourly Price (No Commit)",
                    .seller = "Cohere Inc.",
                    .model = "Cohere Embed 3 English"}}},
            bedrock_arn("us-east-1", shared, "provisioned-model/" + opaque("embed unit", 12, lower_and_digits)));
        unit.fixed = 1;
        unit.slots = month == 9 ? 6 : month == 8 ? 36 : 48;
        unit.from = hour_of(2026, month, month == 9 ? 1 : 30 - unit.slots / 24, 0);
        unit.to = unit.from + unit.slots;
        unit.tags = resource_tags({{"project", "rerank-prototype"}, {"team", "search-platform"}});
        w.streams.push_back(std::move(unit));
    }
    // Reserved tokens per minute were tried for two days in July: first through the service offer, then as Marketplace
    // SKU.
    const auto reserved = [&w](std::vector<Part> parts, int account, Hour from, Hour hours) {
        Stream s = metered(account, "us-east-1", std::move(parts), "");
        s.fixed = 1;
        s.slots = static_cast<int>(hours);
        s.from = from;
        s.to = from + hours;
        w.streams.push_back(std::move(s));
    };
    const auto per_minute = [](std::string_view what, Pico price) {
        return Meter{.usage_type = what,
                     .unit = "1K TPM Hour",
                     .price = price,
                     .product_code = "AmazonBedrockService",
                     .product_name = "Amazon Bedrock Service",
                     .family = "Amazon Bedrock Service",
                     .model = "Claude Sonnet 4.5"};
    };
    reserved({{per_minute("Claude4.5Sonnet-reserved-1-month-input-tokens-per-minute-cross-region-geo", 0.198_usd), 10},
              {per_minute("Claude4.5Sonnet-reserved-1-month-output-tokens-per-minute-cross-region-geo", 0.99_usd), 1}},
             prod, hour_of(2026, 7, 14), 24);
    const auto marketplace_minute = [](std::string_view what, std::string_view words, Pico price) {
        return Meter{.usage_type = what,
                     .unit = "Units",
                     .price = price,
                     .product_name = "Claude Sonnet 4.6",
                     .description = words,
                     .seller = "Anthropic, PBC",
                     .model = "Claude Sonnet 4.6"};
    };
    reserved({{marketplace_minute("MP:Reserved_1Month_InputTPM_Geo",
                                  "Per Hour per 1K Input TPM Reserved 1 Month Regional", 0.198_usd),
               10},
              {marketplace_minute("MP:Reserved_1Month_OutputTPM_Geo",
                                  "Per Hour per 1K Output TPM Reserved 1 Month Regional", 0.99_usd),
               1}},
             prod, hour_of(2026, 7, 15), 24);
    // A meter no one has seen before.
    for (int month = 7; month <= 9; ++month) {
        Stream unknown = metered(shared, "us-east-1",
                                 {{Meter{.usage_type = "Zephyr9-quantum-units",
                                         .unit = "QuantumUnits",
                                         .price = 0.25_usd,
                                         .description = "$0.25 per quantum unit in US East (N. Virginia)"}}},
                                 "");
        unknown.fixed = 2;
        unknown.slots = 3;
        unknown.from = hour_of(2026, month, 20, 10);
        unknown.to = unknown.from + 3;
        w.streams.push_back(std::move(unknown));
    }
}

void unused_profiles(Builder &b)
{
    b.profile("hr-portal-canary", prod, "us-east-1", "us", sonnet46,
              {{"project", "hr-portal"}, {"application", "hr-portal"}, {"team", "hr-tech"}, {"environment", "prod"}});
    b.company.profiles.back().used = false;
    b.profile("sales-forecast-dev", dev, "us-west-2", "global", haiku45,
              {{"project", "sales-forecast"}, {"team", "sales-ops"}, {"environment", "dev"}});
    b.company.profiles.back().used = false;
}

}  // namespace

Company acme()
{
    Builder b;
    b.company.workloads.reserve(32);  // the builders keep references
    hr_portal(b);
    customer_insights(b);
    unowned(b);
    coding_team(b);
    coding_pilot(b);
    archive(b);
    at_risk(b);
    ticket_triage(b);
    chatbot(b);
    marketing_studio(b);
    voice_concierge(b);
    research_lab(b);
    knowledge_platform(b);
    llm_gateway(b);
    data_enrichment(b);
    platform(b);
    unused_profiles(b);
    return std::move(b.company);
}

}  // namespace bedrock_bill
