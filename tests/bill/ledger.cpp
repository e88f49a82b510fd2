// SPDX-License-Identifier: PostgreSQL
// Keeps texts and tag sets once, and folds tag keys the way the resource_tags column does.

#include "ledger.hpp"

#include <algorithm>
#include <cctype>

namespace bedrock_bill {
namespace {

/// CostCenter and cost-center both become cost_center: the column loses case and punctuation.
std::string folded(std::string_view key)
{
    std::string out;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const auto c = static_cast<unsigned char>(key[i]);
        if (!std::isalnum(c))
            out += '_';
        else {
            if (std::isupper(c) && i > 0 && std::islower(static_cast<unsigned char>(key[i - 1]))) out += '_';
            out += static_cast<char>(std::tolower(c));
        }
    }
    return out;
}

}  // namespace

std::string json_text(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string json_object(const Tags &entries)
{
    std::string out = "{";
    for (const auto &[key, value] : entries) {
        if (out.size() > 1) out += ',';
        out += json_text(key) + ':' + json_text(value);
    }
    return out + '}';
}

std::string_view TagSet::value(std::string_view key) const
{
    for (const auto &[k, v] : entries)
        if (k == key) return v;
    return {};
}

std::uint32_t Texts::add(std::string_view text)
{
    if (const auto known = index_.find(text); known != index_.end()) return known->second;
    const auto at = static_cast<std::uint32_t>(texts_.size());
    texts_.emplace_back(text);
    index_.emplace(text, at);
    return at;
}

std::uint32_t TagSets::add(Tags tags)
{
    std::sort(tags.begin(), tags.end());
    std::string json = json_object(tags);
    if (const auto known = index_.find(json); known != index_.end()) return known->second;
    const auto at = static_cast<std::uint32_t>(sets_.size());
    index_.emplace(json, at);

    constexpr std::string_view resource = "resourceTags/", category = "costCategory/", made_by_aws = "aws:";
    Tags folded_keys, own_keys, categories;
    for (const auto &[key, value] : tags) {
        if (key.starts_with(resource)) {
            const std::string_view own = std::string_view(key).substr(resource.size());
            const bool aws = own.starts_with(made_by_aws);
            std::string fold = (aws ? "aws_" : "user_") + folded(aws ? own.substr(made_by_aws.size()) : own);
            // Two keys that fold to one: the map can hold only one of them, and which is not documented.
            const auto same = [&](const auto &entry) { return entry.first == fold; };
            if (std::none_of(folded_keys.begin(), folded_keys.end(), same))
                folded_keys.emplace_back(std::move(fold), value);
            own_keys.emplace_back(own, value);
        } else if (key.starts_with(category)) {
            categories.emplace_back(key.substr(category.size()), value);
        }
    }
    std::sort(folded_keys.begin(), folded_keys.end());
    sets_.push_back({std::move(tags), std::move(json), json_object(folded_keys), json_object(categories),
                     own_keys.empty() ? "" : json_object(own_keys)});
    return at;
}

std::string_view line_type_name(LineType type)
{
    switch (type) {
        case LineType::usage:
            return "Usage";
        case LineType::tax:
            return "Tax";
        case LineType::credit:
            return "Credit";
        case LineType::refund:
            return "Refund";
        case LineType::fee:
            return "Fee";
        case LineType::edp_discount:
            return "EdpDiscount";
        case LineType::private_rate_discount:
            return "PrivateRateDiscount";
    }
    return "";
}

}  // namespace bedrock_bill
