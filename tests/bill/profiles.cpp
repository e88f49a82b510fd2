// SPDX-License-Identifier: PostgreSQL
// Answers of list-inference-profiles, list-tags-for-resource, get-resources, list-resources, and a Terraform state.

#include "profiles.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>
#include <vector>

#include "delivery.hpp"

namespace bedrock_bill {
namespace {

std::string joined(const std::vector<std::string> &items, std::string_view indent)
{
    std::string text;
    for (const std::string &item : items) {
        if (!text.empty()) text += ',';
        text += fmt::format("\n{}{}", indent, item);
    }
    return text;
}

/// The regions a system profile may send a call to; a global one shows the empty region, as AWS does.
std::vector<std::string_view> destinations(const Profile &profile)
{
    const std::string_view source = profile.source;
    if (source.starts_with("us.")) return {"us-east-1", "us-east-2", "us-west-2"};
    if (source.starts_with("eu."))
        return {"eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"};
    if (source.starts_with("jp.")) return {"ap-northeast-1", "ap-northeast-3"};
    if (source.starts_with("global.")) return {"", profile.region};
    return {profile.region};
}

std::vector<std::string> models(const Profile &profile, std::string_view key)
{
    std::vector<std::string> list;
    for (const std::string_view region : destinations(profile))
        list.push_back(
            fmt::format("{{\"{}\": \"arn:aws:bedrock:{}::foundation-model/{}\"}}", key, region, profile.model));
    return list;
}

std::string created(const Profile &profile)
{
    return profile.name.starts_with("coding-") ? "2026-09-04T08:30:00.000000Z" : "2026-05-18T09:15:42.120000Z";
}

std::string summary(const Profile &p)
{
    return fmt::format(
        "{{\n      \"inferenceProfileName\": {},\n      \"createdAt\": {},\n      \"updatedAt\": {},\n"
        "      \"inferenceProfileArn\": {},\n      \"models\": [{}\n      ],\n      \"inferenceProfileId\": {},\n"
        "      \"status\": \"ACTIVE\",\n      \"type\": \"APPLICATION\"\n    }}",
        json_text(p.name), json_text(created(p)), json_text(created(p)), json_text(p.arn),
        joined(models(p, "modelArn"), "        "), json_text(p.id));
}

std::vector<std::string> tag_list(const Tags &tags, std::string_view key, std::string_view value)
{
    std::vector<std::string> list;
    for (const auto &[k, v] : tags)
        // Tags AWS makes itself are in the bill only.
        if (!k.starts_with("aws:"))
            list.push_back(fmt::format("{{\"{}\": {}, \"{}\": {}}}", key, json_text(k), value, json_text(v)));
    return list;
}

std::string mapping(std::string_view arn, const Tags &tags)
{
    return fmt::format("{{\n      \"ResourceARN\": {},\n      \"Tags\": [{}\n      ]\n    }}", json_text(arn),
                       joined(tag_list(tags, "Key", "Value"), "        "));
}

std::string tag_object(const Tags &tags)
{
    std::vector<std::string> list;
    for (const auto &[k, v] : tags) list.push_back(fmt::format("{}: {}", json_text(k), json_text(v)));
    return fmt::format("{{{}\n            }}", joined(list, "              "));
}

/// The engineers' profiles are made by Terraform, one instance per engineer.
std::string terraform_state(const Company &company)
{
    std::vector<std::string> instances;
    for (const Profile &p : company.profiles) {
        if (!p.name.starts_with("coding-")) continue;
        const std::string source = fmt::format("arn:aws:bedrock:{}:{}:inference-profile/{}", p.region,
                                               accounts[static_cast<std::size_t>(p.account)].id, p.source);
        instances.push_back(fmt::format(
            "{{\n          \"index_key\": {},\n          \"schema_version\": 0,\n          \"attributes\": {{\n"
            "            \"arn\": {},\n            \"created_at\": {},\n            \"id\": {},\n"
            "            \"model_source\": [{{\"copy_from\": {}}}],\n            \"models\": [{}\n            ],\n"
            "            \"name\": {},\n            \"region\": {},\n            \"status\": \"ACTIVE\",\n"
            "            \"tags\": {},\n            \"tags_all\": {},\n            \"type\": \"APPLICATION\"\n"
            "          }},\n          \"sensitive_attributes\": []\n        }}",
            json_text(p.name.substr(7)), json_text(p.arn), json_text(created(p)), json_text(p.arn), json_text(source),
            joined(models(p, "model_arn"), "              "), json_text(p.name), json_text(p.region),
            tag_object(p.tags), tag_object(p.tags)));
    }
    return fmt::format(
        "{{\n  \"version\": 4,\n  \"terraform_version\": \"1.9.5\",\n  \"serial\": 12,\n"
        "  \"lineage\": \"6f0a5f0e-2b7a-4c51-a1d4-0d5f3c1b9e42\",\n  \"outputs\": {{}},\n  \"resources\": [\n    {{\n"
        "      \"mode\": \"managed\",\n      \"type\": \"aws_bedrock_inference_profile\",\n      \"name\": "
        "\"engineer\",\n"
        "      \"provider\": \"provider[\\\"registry.terraform.io/hashicorp/aws\\\"]\",\n      \"instances\": [{}\n    "
        "  ]\n"
        "    }}\n  ],\n  \"check_results\": null\n}}\n",
        joined(instances, "        "));
}

}  // namespace

void write_profiles(const Company &company, const std::filesystem::path &directory)
{
    using Place = std::pair<std::string, std::string>;  // account, region
    std::map<Place, std::vector<std::string>> summaries, mappings, projects;
    const auto place = [](const auto &item) {
        return Place{accounts[static_cast<std::size_t>(item.account)].id, item.region};
    };
    for (const Profile &p : company.profiles) {
        if (!p.registered) continue;
        summaries[place(p)].push_back(summary(p));
        mappings[place(p)].push_back(mapping(p.arn, p.tags));
        write_text(directory / fmt::format("list-tags-for-resource_{}.json", p.id),
                   fmt::format("{{\n  \"tags\": [{}\n  ]\n}}\n", joined(tag_list(p.tags, "key", "value"), "    ")));
    }
    for (const Project &p : company.projects) {
        const std::string properties =
            fmt::format("{{\"Id\":\"{0}\",\"Name\":\"{1}\",\"Arn\":\"{2}\"}}", p.id, p.name, p.arn);
        projects[place(p)].push_back(fmt::format("{{\n      \"Identifier\": {},\n      \"Properties\": {}\n    }}",
                                                 json_text(p.arn), json_text(properties)));
        if (!p.tags.empty()) mappings[place(p)].push_back(mapping(p.arn, p.tags));
    }
    const auto write = [&](std::string_view name, const Place &where, std::string_view text) {
        write_text(directory / fmt::format("{}_{}_{}.json", name, where.first, where.second), text);
    };
    for (const auto &[where, list] : summaries)
        write("list-inference-profiles", where,
              fmt::format("{{\n  \"inferenceProfileSummaries\": [{}\n  ]\n}}\n", joined(list, "    ")));
    for (const auto &[where, list] : mappings)
        write("get-resources", where,
              fmt::format("{{\n  \"PaginationToken\": \"\",\n  \"ResourceTagMappingList\": [{}\n  ]\n}}\n",
                          joined(list, "    ")));
    for (const auto &[where, list] : projects)
        write("list-resources", where,
              fmt::format(
                  "{{\n  \"TypeName\": \"AWS::BedrockMantle::Project\",\n  \"ResourceDescriptions\": [{}\n  ]\n}}\n",
                  joined(list, "    ")));
    write_text(directory / "terraform.tfstate", terraform_state(company));
}

}  // namespace bedrock_bill
