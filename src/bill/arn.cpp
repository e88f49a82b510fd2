// SPDX-License-Identifier: PostgreSQL
// Resource ids: ARNs of the Bedrock services and the bare model ids of invocation logs, read without copying a byte.

#include <algorithm>
#include <array>
#include <bedrock_cost/bill.hpp>

#include "base/fault.hpp"
#include "base/text.hpp"

namespace bedrock_cost {

namespace {

// The rules an ARN of a Bedrock service keeps, in the order they are looked at.
enum class ArnRule : std::uint8_t {
    kept,
    prefix,
    length,
    alphabet,
    fields,
    partition,
    service,
    region,
    account,
    type,
    id,
    segments,
    profile_segments,
    profile_model,
};

// The sentence that states a rule, for the DETAIL of an error.
constexpr Text sentence(ArnRule rule) noexcept
{
    switch (rule) {
        case ArnRule::kept:
            break;
        case ArnRule::prefix:
            return "An ARN starts with \"arn:\" in lower case.";
        case ArnRule::length:
            return "An ARN is at most 2,048 bytes long.";
        case ArnRule::alphabet:
            return "An ARN consists of ASCII letters, digits and the characters . _ : / + = , @ -.";
        case ArnRule::fields:
            return "An ARN has six fields parted by colons: arn, partition, service, region, account and resource.";
        case ArnRule::partition:
            return "The partition begins with \"aws\".";
        case ArnRule::service:
            return "The service is bedrock, bedrock-mantle, bedrock-agentcore or bedrock-websearch.";
        case ArnRule::region:
            return "The region is empty or has the form of \"us-east-1\".";
        case ArnRule::account:
            return "The account is empty, twelve digits or the word \"aws\".";
        case ArnRule::type:
            return "The resource is a type, a slash or colon, and an id.";
        case ArnRule::id:
            return "The id of the resource is not empty.";
        case ArnRule::segments:
            return "The id of the resource has no empty part between slashes or at either end.";
        case ArnRule::profile_segments:
            return "The id of an inference profile has at most one suffix behind a slash.";
        case ArnRule::profile_model:
            return "A geographic prefix in the id of an inference profile is followed by a model.";
    }
    return {};
}

// The part of a model id before its first dot. A bare id counts as a model only by one of these.
constexpr std::array<Text, 20> providers{
    "anthropic", "amazon",   "meta",   "openai", "mistral",    "cohere",  "qwen",       "deepseek", "stability", "ai21",
    "google",    "moonshot", "nvidia", "luma",   "moonshotai", "minimax", "twelvelabs", "writer",   "xai",       "zai"};

// Geographic prefixes are short words; no provider is longer either.
constexpr std::size_t longest_geo_prefix = 12;

// The path of a resource type of the service bedrock; `none` for a type that only states a base model.
constexpr RequestPath path_of(Text type) noexcept
{
    switch (type.size()) {
        case 7:
            return is_word(type, "project") ? RequestPath::project : RequestPath::other;
        case 12:
            return is_word(type, "custom-model") ? RequestPath::custom_model : RequestPath::other;
        case 13:
            return is_word(type, "prompt-router") ? RequestPath::prompt_router : RequestPath::other;
        case 14:
            return is_word(type, "imported-model") ? RequestPath::imported_model : RequestPath::other;
        case 16:
            return is_word(type, "foundation-model") ? RequestPath::foundation_model : RequestPath::other;
        case 17:
            if (is_word(type, "inference-profile")) return RequestPath::system_profile;
            return is_word(type, "provisioned-model") ? RequestPath::provisioned_model : RequestPath::other;
        case 21:
            return is_word(type, "default-prompt-router") ? RequestPath::prompt_router : RequestPath::other;
        case 23:
            if (is_word(type, "custom-model-deployment")) return RequestPath::custom_model;
            return is_word(type, "model-customization-job") ? RequestPath::none : RequestPath::other;
        case 29:
            return is_word(type, "application-inference-profile") ? RequestPath::application_profile
                                                                  : RequestPath::other;
        default:
            return RequestPath::other;
    }
}

// A name of up to seven bytes as one number; the one before it keeps names of different lengths apart.
constexpr std::uint64_t packed(Text name) noexcept
{
    std::uint64_t number = 1;
    for (const char byte : name) number = number << 8U | static_cast<unsigned char>(byte);
    return number;
}

// The geographic prefixes as numbers.
constexpr auto geo_numbers = [] {
    std::array<std::uint64_t, Vocabulary<GeoPrefix>::words.size()> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = packed(Vocabulary<GeoPrefix>::words[i]);
    return numbers;
}();

// The geographic prefix of that name, or absent.
GeoPrefix geo_prefix_of(Text name) noexcept
{
    if (name.size() < 2 || name.size() > 6) return GeoPrefix::absent;
    const std::uint64_t number = packed(name);
    for (std::size_t i = 1; i < geo_numbers.size(); ++i)
        if (number == geo_numbers[i]) return static_cast<GeoPrefix>(i);
    return GeoPrefix::absent;
}

// Whether the first bytes of a window have the form of a region: "us-east-1", "us-gov-west-1".
bool is_region(const Window &window, unsigned size) noexcept
{
    const unsigned field = (1U << size) - 1;
    const unsigned letters = window.range('a', 'z') & field;
    const unsigned digits = window.range('0', '9') & field;
    const unsigned dashes = window.equal('-') & field;
    if ((letters | digits | dashes) != field || size < 7) return false;

    // One digit or two end it, behind a dash; there are no others in it.
    const unsigned one = 1U << (size - 1);
    const unsigned two = one | one >> 1U;
    const unsigned before_digits = digits == one ? one >> 1U : digits == two ? one >> 2U : 0;
    if ((dashes & before_digits) == 0) return false;

    // Two to four words precede it, each of two letters or more.
    const unsigned between = dashes & ~before_digits;
    const unsigned after_first = between & (between - 1);
    const unsigned after_second = after_first & (after_first - 1);
    const bool two_to_four = between != 0 && (after_second & (after_second - 1)) == 0;
    return two_to_four && (letters & 3U) == 3U && (dashes & (dashes << 1U | dashes << 2U)) == 0;
}

// Whether a text is a model id of a known provider: "anthropic.claude-v2:1".
bool is_model_id(Text text) noexcept
{
    const char *const end = text.data() + text.size();
    const char *const dot = find_byte(text.data(), text, '.');
    if (dot == end || dot + 1 == end || !is_alphanumeric(dot[1]) || !is_alphanumeric(end[-1])) return false;
    const Text provider = slice(text.data(), dot);
    bool known = false;
    for (const Text candidate : providers) known = known || provider == candidate;
    if (!known) return false;
    for (const char *at = dot + 1; at < end; ++at)
        if (!is_alphanumeric(*at) && *at != '-' && *at != '.' && *at != ':' && *at != '_') return false;
    return true;
}

// Whether a text has the form of a geographic prefix that may be newer than the list: lower-case letters, digits
// and dashes, a letter first. It only means that a model follows.
bool looks_like_geo_prefix(Text text) noexcept
{
    if (text.size() < 2 || text.size() > longest_geo_prefix || !is_lower(text[0]) || text.back() == '-') return false;
    for (const char byte : text)
        if (!is_lower(byte) && !is_digit(byte) && byte != '-') return false;
    return true;
}

// What an id means that begins with a geographic prefix.
struct Routed {
    GeoPrefix prefix = GeoPrefix::absent;  // absent too where the prefix is none of the list
    Text model;                            // what follows a prefix; absent where the id has none
    bool broken = false;                   // a prefix is all there is
};

// Splits an id that may begin with a geographic prefix. Behind one of the list any model may follow; a word that is
// none of it is a prefix where a model of a known provider follows.
Routed read_geo_prefix(Text id) noexcept
{
    const char *const end = id.data() + id.size();
    const char *const dot = id.data() + Window::before(Window(id.data(), id).equal('.'));
    if (dot >= end) return {};
    const Text word = slice(id.data(), dot);
    const Text model = dot + 1 == end ? Text() : slice(dot + 1, end);
    const GeoPrefix prefix = geo_prefix_of(word);
    if (prefix != GeoPrefix::absent) {
        const bool broken = model.empty() || !is_alphanumeric(model[0]);
        return {prefix, broken ? Text() : model, broken};
    }
    if (looks_like_geo_prefix(word) && is_model_id(model)) return {prefix, model, false};
    return {};
}

// Reads the id of an inference profile and decides whose it is: AWS's by a geographic prefix and no suffix.
ArnRule read_profile(ArnParts &parts, const char *slash, bool may_be_system) noexcept
{
    const char *const begin = parts.resource_id.data();
    const char *const end = begin + parts.resource_id.size();
    parts.request_path = RequestPath::application_profile;
    parts.profile_id = slice(begin, slash);
    if (slash != end) {
        if (find_byte(slash + 1, parts.resource_id, '/') != end) return ArnRule::profile_segments;
        parts.profile_suffix = slice(slash + 1, end);
    }
    if (!may_be_system) return ArnRule::kept;
    const Routed routed = read_geo_prefix(parts.profile_id);
    if (routed.broken) return ArnRule::profile_model;
    parts.geo_prefix = routed.prefix;
    parts.model_id = routed.model;
    if (!routed.model.empty() && slash == end) parts.request_path = RequestPath::system_profile;
    return ArnRule::kept;
}

// Reads what only the resource types of the service bedrock have; the slash is the first of the id, or its end.
ArnRule read_bedrock_resource(ArnParts &parts, const char *slash) noexcept
{
    const RequestPath path = path_of(parts.resource_type);
    const char *const begin = parts.resource_id.data();
    const char *const end = begin + parts.resource_id.size();
    parts.request_path = path;
    switch (path) {
        case RequestPath::system_profile:
            return read_profile(parts, slash, true);
        case RequestPath::application_profile:
            return read_profile(parts, slash, false);
        case RequestPath::foundation_model:
            if (slash == end) parts.model_id = parts.resource_id;
            return ArnRule::kept;
        case RequestPath::none:
            parts.request_path = RequestPath::other;
            [[fallthrough]];
        case RequestPath::custom_model: {
            // <base model>/<id>: the base is a model id where it names a provider.
            const Text base = slash == end ? Text() : slice(begin, slash);
            if (base.find('.') != Text::npos) parts.model_id = base;
            return ArnRule::kept;
        }
        default:
            return ArnRule::kept;
    }
}

// Whether a resource id has an empty part: a separator at either end or two slashes in a row.
bool has_empty_segment(Text id, const char *slash) noexcept
{
    const char *const begin = id.data();
    const char *const end = begin + id.size();
    if (*begin == '/' || *begin == ':' || end[-1] == '/' || end[-1] == ':') return true;
    for (const char *at = slash; at != end; at = find_byte(at + 1, id, '/'))
        if (at[1] == '/') return true;
    return false;
}

// The services a resource may be of.
enum class Service : std::uint8_t { other, bedrock, mantle, agentcore, websearch };

// The service at the beginning of a text, with its size.
Service service_of(Text text, std::size_t &size) noexcept
{
    constexpr Text stem = "bedrock";
    if (!text.starts_with(stem)) return Service::other;
    const Text rest = text.substr(stem.size());
    size = stem.size();
    if (rest.starts_with(':')) return Service::bedrock;
    const auto is = [&](Text suffix) {
        size = stem.size() + suffix.size();
        return rest.size() > suffix.size() && rest[suffix.size()] == ':' && rest.starts_with(suffix);
    };
    if (is("-mantle")) return Service::mantle;
    if (is("-agentcore")) return Service::agentcore;
    return is("-websearch") ? Service::websearch : Service::other;
}

// Reads a whole ARN; on a broken rule the parts are in no useful state.
ArnRule read_arn(Text text, ArnParts &parts) noexcept
{
    if (!text.starts_with("arn:")) return ArnRule::prefix;
    if (text.size() > longest_arn) return ArnRule::length;
    if (!all_in_arn_alphabet(text)) return ArnRule::alphabet;

    const char *at = text.data() + 4;
    const char *const end = text.data() + text.size();

    const auto field_or = [&](ArnRule rule) { return find_byte(at, text, ':') == end ? ArnRule::fields : rule; };

    // The partition is nearly always "aws"; asking for that first keeps the fields behind it from waiting for a search.
    const char *const partition_end = text.size() > 7 && text[7] == ':' ? at + 3 : find_byte(at, text, ':');
    if (partition_end == end) return ArnRule::fields;
    parts.partition = slice(at, partition_end);
    if (!is_partition(parts.partition)) return ArnRule::partition;
    at = partition_end + 1;

    std::size_t service_size = 0;
    const Service service = service_of(slice(at, end), service_size);
    if (service == Service::other) return field_or(ArnRule::service);
    parts.service = slice(at, at + service_size);
    at += service_size + 1;

    // No region and no account with its colon is longer than a window.
    const Window region(at, text);
    const unsigned region_size = Window::before(region.equal(':'));
    if (region_size > 0 && (region_size == block_size || !is_region(region, region_size)))
        return field_or(ArnRule::region);
    parts.region = slice(at, at + region_size);
    at += region_size + 1;

    const auto left = static_cast<std::size_t>(end - at);
    if (left > 0 && *at == ':') {
        at += 1;
    } else {
        constexpr unsigned twelve = 0xfff;
        const std::size_t size = left > 3 && at[3] == ':' ? 3 : 12;
        if (left <= size || at[size] != ':') return field_or(ArnRule::account);
        parts.account_id = Text(at, size);
        const bool digits = size == 12 && (Window(at, text).range('0', '9') & twelve) == twelve;
        if (!digits && !is_word(parts.account_id, "aws")) return ArnRule::account;
        at += size + 1;
    }

    const char *const separator = find_either(at, text, '/', ':');
    if (separator == at || separator == end) return ArnRule::type;
    parts.resource_type = slice(at, separator);
    at = separator + 1;
    if (at == end) return ArnRule::id;
    parts.resource_id = slice(at, end);
    const char *const slash = find_byte(at, text, '/');
    if (has_empty_segment(parts.resource_id, slash)) return ArnRule::segments;

    if (service == Service::bedrock) {
        const ArnRule rule = read_bedrock_resource(parts, slash);
        if (rule != ArnRule::kept) return rule;
    } else {
        const bool project = service == Service::mantle && is_word(parts.resource_type, "project");
        parts.request_path = project ? RequestPath::project : RequestPath::other;
    }
    parts.valid = true;
    return ArnRule::kept;
}

// Reads a model id or a system profile id that is not in an ARN. Other services have names that look much alike
// ("logs.amazon.example-bucket"), so here only a geographic prefix of the list is one.
void read_bare_id(Text text, ArnParts &parts) noexcept
{
    // No provider and no geographic prefix is longer than this, so most ids of other services end here.
    const Text head = text.substr(0, longest_geo_prefix + 1);
    const std::size_t dot = head.find('.');
    if (dot == Text::npos || text.size() > longest_arn) return;

    if (is_model_id(text)) {
        parts.request_path = RequestPath::foundation_model;
        parts.model_id = text;
        return;
    }
    const Routed routed = read_geo_prefix(text);
    if (routed.prefix == GeoPrefix::absent || !is_model_id(routed.model)) return;
    parts.request_path = RequestPath::system_profile;
    parts.profile_id = text;
    parts.geo_prefix = routed.prefix;
    parts.model_id = routed.model;
}

}  // namespace

ArnParts arn_parts(Text resource_id) noexcept
{
    ArnParts parts;
    if (!resource_id.starts_with("arn:"))
        read_bare_id(resource_id, parts);
    else if (read_arn(resource_id, parts) != ArnRule::kept)
        parts = {};
    return parts;
}

bool is_bedrock_arn(Text text) noexcept
{
    ArnParts parts;
    return read_arn(text, parts) == ArnRule::kept;
}

std::optional<Fault> check_bedrock_arn(Text text) noexcept
{
    ArnParts parts;
    const ArnRule rule = read_arn(text, parts);
    if (rule == ArnRule::kept) return std::nullopt;
    return guarded([&] {
        constexpr std::size_t quoted_bytes = 160;
        std::array<char, 256> message;
        char *end = message.data();
        for (const Text part :
             {Text("invalid input syntax for type bedrock_arn: \""), cut_text(text, quoted_bytes), Text("\"")})
            end = std::copy(part.begin(), part.end(), end);
        // Wildcards and templates are the likeliest wrong characters, and deserve their own words.
        const bool pattern = rule == ArnRule::alphabet && text.find_first_of("*?${}") != Text::npos;
        return make_fault(FaultKind::invalid_text, Text(message.data(), static_cast<std::size_t>(end - message.data())),
                          pattern ? Text("An ARN names one resource: it has no wildcard (* or ?) and no ${} template.")
                                  : sentence(rule));
    });
}

}  // namespace bedrock_cost
