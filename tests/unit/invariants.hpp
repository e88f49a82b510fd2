// SPDX-License-Identifier: PostgreSQL
// What holds for every string: the sentences the property tests and the fuzzers check.
#pragma once

#include <bedrock_cost/bill.hpp>
#include <functional>

namespace bedrock_cost::test {

// Whether a slice lies inside a text, or is absent; an empty slice is never returned.
inline bool inside(Text slice, Text whole)
{
    const std::less_equal<const char *> before;
    return slice.data() == nullptr || (!slice.empty() && before(whole.data(), slice.data()) &&
                                       before(slice.data() + slice.size(), whole.data() + whole.size()));
}

// Whether a part is given.
inline bool given(Text text)
{
    return text.data() != nullptr;
}

// The first sentence that does not hold for a resource id, or nothing.
inline const char *broken_arn_rule(Text text)
{
    const ArnParts parts = arn_parts(text);
    for (const Text part : {parts.partition, parts.service, parts.region, parts.account_id, parts.resource_type,
                            parts.resource_id, parts.profile_id, parts.profile_suffix, parts.model_id})
        if (!inside(part, text)) return "every part lies inside the text";
    if (is_bedrock_arn(text) != parts.valid) return "is_bedrock_arn agrees with the parts";
    const auto fault = check_bedrock_arn(text);
    if (fault.has_value() == parts.valid) return "check_bedrock_arn agrees with the parts";
    if (fault && (fault->message.back() != 0 || fault->detail.back() != 0 || fault->detail.front() == 0))
        return "a fault has two texts that end";
    if (parts.valid && (!text.starts_with("arn:aws") || text.size() > 2048)) return "an ARN looks like one";
    if (parts.valid != given(parts.service)) return "only a valid ARN has fields";
    if (parts.valid && (!given(parts.partition) || !given(parts.resource_type) || !given(parts.resource_id)))
        return "a valid ARN has partition, type and id";
    if (parts.valid && parts.request_path == RequestPath::none) return "a valid ARN has a path";
    const bool profile =
        parts.request_path == RequestPath::application_profile || parts.request_path == RequestPath::system_profile;
    if (given(parts.profile_id) != profile) return "a profile has an id, nothing else has one";
    if (given(parts.profile_suffix) && parts.request_path != RequestPath::application_profile)
        return "only an application profile has a suffix";
    const bool geo = parts.geo_prefix != GeoPrefix::absent;
    if (parts.request_path == RequestPath::system_profile && !given(parts.model_id))
        return "a system profile has a model";
    if (geo && (!given(parts.model_id) || !parts.profile_id.starts_with(word(parts.geo_prefix))))
        return "a geographic prefix begins a profile id and a model follows";
    if (parts.request_path == RequestPath::none && given(parts.model_id)) return "nothing is read from nothing";

    const AttributionKind kind = attribution_of(text, {});
    AttributionKind expected = AttributionKind::none;
    if (parts.request_path == RequestPath::application_profile) expected = AttributionKind::application_profile;
    if (parts.request_path == RequestPath::project && parts.resource_id != "default")
        expected = AttributionKind::project;
    if (kind != expected) return "attribution_of agrees with the parts";
    return nullptr;
}

// The first sentence that does not hold for a usage type, or nothing.
inline const char *broken_usage_rule(Text text)
{
    const UsageParts parts = usage_parts(text);
    if (!inside(parts.model_token, text)) return "the model lies inside the text";
    if (usage_region(text) != parts.region) return "usage_region agrees with the parts";
    if (usage_token_kind(text) != parts.token_kind) return "usage_token_kind agrees with the parts";
    if (parts.region != Region::absent &&
        !text.starts_with(billing_prefixes[static_cast<std::size_t>(parts.region)].prefix))
        return "the region is that of the prefix";
    const bool tokens = parts.usage_group == UsageGroup::tokens;
    if (!tokens &&
        (parts.token_kind != TokenKind::absent || parts.tier != Tier::absent || parts.cache_ttl != CacheTtl::absent))
        return "kind, tier and duration belong to tokens";
    if (parts.long_context.has_value() != tokens) return "long context is known for tokens alone";
    if (!tokens && parts.usage_group != UsageGroup::reserved && parts.routing != Routing::absent)
        return "routing belongs to tokens and reservations";
    if (parts.marketplace && given(parts.model_token)) return "no marketplace usage type names a model";
    if (parts.marketplace && text.find("MP:") == Text::npos) return "the marketplace form is written";
    if (parts.usage_group == UsageGroup::absent &&
        (parts.region != Region::absent || parts.marketplace || parts.mantle || given(parts.model_token) ||
         parts.modality != Modality::absent || parts.custom_model))
        return "nothing is read from what is no usage type";
    if (parts.usage_group == UsageGroup::agentcore && agentcore_component({}, text) == AgentCoreComponent::absent)
        return "a meter of AgentCore has a component";
    if (agentcore_component("AmazonBedrockAgentCore", text) == AgentCoreComponent::absent)
        return "a line of AgentCore has a component";
    if (tokens_per_unit("1K tokens", text) != (tokens ? 1'000 : 0)) return "only tokens are counted";
    if (tokens_per_unit("Units", text) != (tokens ? 1'000'000 : 0)) return "only tokens are counted";
    return nullptr;
}

// The first sentence that does not hold for a principal, or nothing.
inline const char *broken_principal_rule(Text text)
{
    const PrincipalParts parts = principal_parts(text);
    for (const Text part : {parts.partition, parts.account_id, parts.name, parts.path, parts.session, parts.email})
        if (!inside(part, text)) return "every part lies inside the text";
    const Pieces &key = parts.principal_key;
    if (key.count > key.slices.size()) return "the key has room";
    for (std::size_t i = 0; i < key.count; ++i)
        if (key.slices[i].empty() || (key.slices[i] != "iam" && !inside(key.slices[i], text)))
            return "the key is made of slices of the text and the word iam";
    const bool unknown = parts.kind == PrincipalKind::unknown;
    if (unknown != (key.count == 0)) return "who is known has a key";
    if (unknown && (given(parts.name) || given(parts.path) || given(parts.session) || given(parts.email)))
        return "nothing is read of an unknown caller";
    if (!unknown && (!given(parts.partition) || !given(parts.account_id))) return "who is known has an account";
    if (!unknown && (given(parts.name) == (parts.kind == PrincipalKind::root))) return "all but root have a name";
    if (given(parts.email) && (parts.email.find('@') == Text::npos || parts.email.find('.') == Text::npos))
        return "an address looks like one";
    if ((attribution_of({}, text) == AttributionKind::iam_principal) != !unknown)
        return "attribution_of agrees with the parts";
    return nullptr;
}

// The first sentence that does not hold for the search of one key among two pairs, or nothing.
inline const char *broken_tag_rule(Text wanted, Text key, Text value, Text other_key, Text other_value)
{
    TagSearch search = tag_search(wanted);
    offer(search, key, value);
    offer(search, other_key, other_value);
    TagSearch reversed = tag_search(wanted);
    offer(reversed, other_key, other_value);
    offer(reversed, key, value);
    if (search.best != reversed.best || search.key != reversed.key || search.value != reversed.value)
        return "the order of the pairs decides nothing";
    if (search.best != 0 && search.value.empty()) return "an empty value is never found";
    if (search.best != 0 && search.key != key && search.key != other_key) return "what is found was offered";

    TagSearch exact = tag_search(key);
    offer(exact, key, value);
    if ((exact.best != 0) != (!value.empty() && key.data() != nullptr)) return "a key finds itself";
    if (tag_names_owner(key, value) && value.empty()) return "an empty tag names nobody";
    return nullptr;
}

}  // namespace bedrock_cost::test
