// SPDX-License-Identifier: PostgreSQL
// Usage types: the grammars of Bedrock's price lists, read as a set of words behind the name of a model.
//
// A usage type is a billing prefix, the name of a model and words for what is metered. The words come in any
// order, in any case and with or without separators (cache-read-input-token-count, CacheReadInputTokenCount,
// cache_read_tokens), so each part between separators is taken apart by a closed dictionary. A part that is not made
// of dictionary words alone belongs to the model, unless what is metered has been named before it.
#include <algorithm>
#include <bedrock_cost/bill.hpp>
#include <bit>

#include "base/text.hpp"
#include "bill/billing_prefix.hpp"
#include "bill/usage_words.hpp"

namespace bedrock_cost {

namespace {

// What a part of a usage type contains: the words it is made of, and whether it is made of nothing else.
struct Part {
    Words words = 0;
    bool complete = true;
};

// The eight bytes at a place of a text in lower case, as head_of has them; what is no letter does not look like one.
std::uint64_t folded_head(const char *at, Text text) noexcept
{
    constexpr std::uint64_t lower_case = 0x2020202020202020U;
    const char *const end = text.data() + text.size();
    const auto left = static_cast<std::size_t>(end - at);
    if (text.size() < 8) return head_of(slice(at, end)) | lower_case;
    // Near the end the last eight bytes are read, and those before the place shifted out.
    const std::size_t dropped = left < 8 ? 8 - left : 0;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at - dropped, sizeof bytes);
    if constexpr (std::endian::native == std::endian::little) bytes = __builtin_bswap64(bytes);
    return bytes << 8 * dropped | lower_case;
}

// Whether there is a keyword at a place that has this head.
bool is_at(const char *at, const char *end, std::uint64_t head, const Keyword &keyword) noexcept
{
    if (((head ^ keyword.head) & keyword.mask) != 0) return false;
    const std::size_t size = keyword.word.size();
    if (static_cast<std::size_t>(end - at) < size) return false;
    for (std::size_t i = 8; i < size; ++i)
        if ((at[i] | 0x20) != keyword.word[i]) return false;
    return true;
}

// Reads a number with what gives it a meaning: 5m, 30m, 1h, 6Months.
const char *read_number(const char *at, const char *end, Part &part) noexcept
{
    int value = 0;
    const char *const begin = at;
    while (at < end && is_digit(*at) && at - begin < 4) value = value * 10 + (*at++ - '0');
    const Text rest = slice(at, end);
    if (rest.size() >= 5 && equals_folded(rest.substr(0, 5), "month")) {
        part.words |= bit(Word::noise);
        return at + (rest.size() > 5 && lower(rest[5]) == 's' ? 6 : 5);
    }
    const char unit = rest.empty() ? '\0' : lower(rest[0]);
    if (value == 1 && unit == 'h')
        part.words |= bit(Word::hour_1);
    else if (value == 5 && unit == 'm')
        part.words |= bit(Word::minutes_5);
    else if (value == 30 && unit == 'm')
        part.words |= bit(Word::minutes_30);
    else
        return nullptr;
    return at + 1;
}

// The keyword at a place, or nothing.
const Keyword *keyword_at(const char *at, const char *end, Text text) noexcept
{
    const std::uint64_t head = folded_head(at, text);
    const std::uint32_t stem = stem_of(head);
    for (std::size_t i = stem_table.starts[stem_table.slot(stem)];
         i < keywords.size() && stem_of(keywords[i].head) == stem; ++i)
        if (is_at(at, end, head, keywords[i])) return &keywords[i];
    // Its stem ends in a zero, which no text has; no other keyword begins like it.
    const Keyword &no = keywords[two_letters];
    return is_at(at, end, head, no) ? &no : nullptr;
}

// Takes a part of a text between separators apart by the dictionary.
Part read_part(const char *at, const char *end, Text text) noexcept
{
    Part part;
    // A plural may have swallowed the first letter of the next word (videoSecond): where to go on then.
    const char *singular = nullptr;
    Words words_at_singular = 0;
    while (at < end) {
        const char *next = nullptr;
        if (is_digit(*at)) {
            next = read_number(at, end, part);
        } else if (const Keyword *const keyword = keyword_at(at, end, text)) {
            part.words |= keyword->means;
            next = at + keyword->word.size();
            if (keyword->word.back() == 's') {
                singular = next - 1;
                words_at_singular = part.words;
            }
        }
        if (next == nullptr) {
            if (singular == nullptr) {
                part.complete = false;
                return part;
            }
            next = singular;
            part.words = words_at_singular;
            singular = nullptr;
        }
        at = next;
    }
    return part;
}

// Whether words name a service other than the models, by a name no model carries.
constexpr bool names_service(Words words) noexcept
{
    // Nearly no part holds one of these, each of which the list below asks for; without them one step is all.
    constexpr Words needed = bits(Word::guardrail, Word::automation, Word::base, Word::invoke, Word::core,
                                  Word::optimize, Word::reinforcement);
    if (!any(words, needed)) return false;
    return any(words, bit(Word::guardrail)) || all(words, bits(Word::data, Word::automation)) ||
           all(words, bits(Word::knowledge, Word::base)) || all(words, bits(Word::invoke, Word::flow)) ||
           all(words, bits(Word::invoke, Word::agent)) || all(words, bits(Word::agent, Word::core)) ||
           all(words, bits(Word::prompt, Word::optimize)) || all(words, bits(Word::reinforcement, Word::training));
}

// Whether words name what is metered, so that no model's name can follow.
constexpr bool names_metered(Words words) noexcept
{
    constexpr Words alone = bits(Word::guardrail, Word::mantle, Word::made_image, Word::made_video, Word::reserved,
                                 Word::per_minute, Word::customization, Word::grounding, Word::evaluation);
    if (any(words, alone)) return true;
    if (any(words, bit(Word::token))) return any(words, directions);
    // Each line below needs one of these.
    constexpr Words needed =
        senses | bits(Word::throughput, Word::units, Word::import, Word::based, Word::storage, Word::memory,
                      Word::automation, Word::base, Word::invoke, Word::core, Word::optimize, Word::reinforcement);
    if (!any(words, needed)) return false;
    return (any(words, senses) && any(words, directions | bits(Word::created, Word::amount))) ||
           all(words, bits(Word::provisioned, Word::throughput)) || all(words, bits(Word::model, Word::units)) ||
           all(words, bits(Word::custom, Word::import)) || all(words, bits(Word::search, Word::units)) ||
           all(words, bits(Word::metered, Word::based)) || all(words, bits(Word::model, Word::storage)) ||
           all(words, bits(Word::term, Word::memory)) || names_service(words);
}

// The words of a usage type, and where they begin.
struct Reading {
    Words words = 0;
    const char *begin = nullptr;  // of the first word; what precedes it is the model
    bool stray = false;           // something unknown follows what is metered
    bool at_start = false;        // nothing precedes the words
};

constexpr bool is_separator(char byte) noexcept
{
    return byte == '-' || byte == '_' || byte == ':' || byte == '/';
}

// The separators of a text, found sixteen bytes at a time and kept for sixty-four.
class Separators {
  public:
    explicit Separators(Text text) noexcept : text_(text) { look(text.data()); }

    // The first separator from a place on, or the end; the places asked for never go back.
    const char *next(const char *at) noexcept
    {
        for (;;) {
            const auto offset = static_cast<std::size_t>(at - begin_);
            const std::uint64_t behind = offset < kept ? found_ >> offset : 0;
            if (behind != 0) return at + std::countr_zero(behind);
            const char *const end = text_.data() + text_.size();
            if (static_cast<std::size_t>(end - begin_) <= kept) return end;
            at = std::max(at, begin_ + kept);
            look(at);
        }
    }

  private:
    static constexpr std::size_t kept = 64;

    void look(const char *begin) noexcept
    {
        begin_ = begin;
        found_ = 0;
        const std::size_t left = std::min(kept, static_cast<std::size_t>(text_.data() + text_.size() - begin));
        for (std::size_t at = 0; at < left; at += block_size) {
            const Window window(begin + at, text_);
            const unsigned found = window.equal('-') | window.equal('_') | window.equal(':') | window.equal('/');
            found_ |= std::uint64_t{found} << at;
        }
    }

    Text text_;
    const char *begin_ = nullptr;
    std::uint64_t found_ = 0;
};

// Reads all parts of a usage type behind its billing prefix.
Reading read_words(Text metered, bool dimension) noexcept
{
    Reading reading;
    bool decided = false;
    const char *const begin = metered.data();
    const char *const end = begin + metered.size();
    Separators separators(metered);
    for (const char *at = begin; at < end;) {
        const char *const part_end = separators.next(at);
        const char *const part_begin = at;
        at = part_end + 1;
        if (part_begin == part_end) continue;

        const Part part = read_part(part_begin, part_end, metered);
        // The name of a model may end in a capitalised sense: TitanEmbeddingV2-Text.
        const bool capitalised = !dimension && is_upper(*part_begin) && reading.begin == nullptr;
        const bool of_model = capitalised && (part.words & ~modalities) == 0;
        // A dimension of AWS Marketplace names no model before what is metered, and may name one behind it:
        // CreatedImageStyleTransfer.
        const bool metered_named = dimension && names_metered(part.words);
        if ((part.complete && !of_model) || names_service(part.words) || metered_named) {
            const bool mantle = !decided && any(part.words, bit(Word::mantle));
            if (reading.begin == nullptr || mantle) {
                reading.begin = part_begin;
                reading.at_start = part_begin == begin;
                reading.words = 0;
            }
            reading.words |= part.words;
            constexpr Words leading = bits(Word::flow, Word::agent, Word::prompt);
            decided = decided || names_metered(reading.words) || (reading.at_start && any(reading.words, leading));
            reading.stray = reading.stray || !part.complete;
        } else if (decided) {
            reading.stray = true;
        } else {
            reading.begin = nullptr;
            reading.words = 0;
        }
    }
    if (!decided) reading.at_start = false;
    return reading;
}

// The group of words that name more than tokens or senses, or `other`. What is more special is asked first: a reserved
// rate names tokens too.
UsageGroup special_group_of(const Reading &reading) noexcept
{
    const Words words = reading.words;
    if (any(words, bit(Word::guardrail))) return UsageGroup::guardrail;
    if (all(words, bits(Word::data, Word::automation))) return UsageGroup::data_automation;
    if (all(words, bits(Word::knowledge, Word::base))) return UsageGroup::knowledge_base;
    if (any(words, bit(Word::evaluation))) return UsageGroup::evaluation;
    if (all(words, bits(Word::metered, Word::based)) || all(words, bits(Word::agent, Word::core)) ||
        all(words, bits(Word::term, Word::memory)))
        return UsageGroup::agentcore;
    if (all(words, bits(Word::custom, Word::import))) return UsageGroup::custom_model_import;
    if (all(words, bits(Word::provisioned, Word::throughput)) || all(words, bits(Word::model, Word::units)))
        return UsageGroup::provisioned_throughput;
    if (any(words, bit(Word::per_minute)) ||
        (any(words, bit(Word::token)) && any(words, bits(Word::reserved, Word::per))))
        return UsageGroup::reserved;
    if (any(words, bit(Word::customization)) || all(words, bits(Word::reinforcement, Word::training)) ||
        all(words, bits(Word::model, Word::storage)))
        return UsageGroup::customization;
    if (any(words, bit(Word::grounding))) return UsageGroup::grounding;
    if (all(words, bits(Word::search, Word::units))) return UsageGroup::search_units;
    if (any(words, bit(Word::flow)) && (reading.at_start || any(words, bit(Word::invoke)))) return UsageGroup::flow;
    if (any(words, bit(Word::prompt)) && (reading.at_start || any(words, bit(Word::optimize))))
        return UsageGroup::prompt;
    if (any(words, bit(Word::agent)) && (reading.at_start || any(words, bit(Word::invoke)))) return UsageGroup::agent;
    if (any(words, bits(Word::made_image, Word::made_video))) return UsageGroup::media;
    return UsageGroup::other;
}

// The group words add up to.
UsageGroup group_of(const Reading &reading) noexcept
{
    const Words words = reading.words;
    // Every special group needs one of these; most rows have none.
    constexpr Words needed =
        bits(Word::guardrail, Word::automation, Word::base, Word::evaluation, Word::based, Word::core, Word::memory,
             Word::import, Word::throughput, Word::units, Word::per_minute, Word::reserved, Word::per,
             Word::customization, Word::reinforcement, Word::storage, Word::grounding, Word::flow, Word::prompt,
             Word::agent, Word::made_image, Word::made_video);
    if (any(words, needed)) {
        const UsageGroup special = special_group_of(reading);
        if (special != UsageGroup::other) return special;
    }
    if (any(words, bit(Word::token))) return any(words, directions) ? UsageGroup::tokens : UsageGroup::other;
    if (any(words, senses) && any(words, directions | bits(Word::created, Word::amount))) return UsageGroup::media;
    return UsageGroup::other;
}

// The kind of token words state, or absent where they state none or two.
TokenKind token_kind_of(Words words) noexcept
{
    const bool input = any(words, bit(Word::input));
    const bool output = any(words, bit(Word::output));
    const bool read = any(words, bit(Word::read));
    const bool write = any(words, bit(Word::write));
    if (any(words, bit(Word::cache))) {
        if (output || read == write) return TokenKind::absent;
        return read ? TokenKind::cache_read : TokenKind::cache_write;
    }
    if (input == output || read || write) return TokenKind::absent;
    return input ? TokenKind::input : TokenKind::output;
}

// The one sense words state, or absent.
Modality modality_of(Words words) noexcept
{
    switch (words & modalities) {
        case bit(Word::text):
            return Modality::text;
        case bit(Word::image):
            return Modality::image;
        case bit(Word::speech):
            return Modality::speech;
        case bit(Word::audio):
            return Modality::audio;
        case bit(Word::video):
            return Modality::video;
        default:
            return Modality::absent;
    }
}

// The sense named inside a longer word: ContentPolicyImageUnitsConsumed.
Modality modality_within(Text text) noexcept
{
    const bool image = contains_folded(text, "image");
    const bool video = contains_folded(text, "video");
    const bool audio = contains_folded(text, "audio");
    if (image + video + audio != 1) return Modality::absent;
    return image ? Modality::image : video ? Modality::video : Modality::audio;
}

// The duration of a cache words state, or absent.
CacheTtl cache_ttl_of(Words words) noexcept
{
    switch (words & ttls) {
        case bit(Word::minutes_5):
            return CacheTtl::minutes_5;
        case bit(Word::minutes_30):
            return CacheTtl::minutes_30;
        case bit(Word::hour_1):
            return CacheTtl::hour_1;
        default:
            return CacheTtl::absent;
    }
}

// The one tier words state; standard where no other is stated, absent where one is stated that is unknown.
Tier tier_of(const Reading &reading) noexcept
{
    constexpr Words latency = bits(Word::latency, Word::optimized);
    const Words stated = reading.words & tiers;
    const bool fast = all(reading.words, latency);
    if (fast) return stated == 0 ? Tier::latency_optimized : Tier::absent;
    switch (stated) {
        case 0:
            return reading.stray || any(reading.words, latency) ? Tier::absent : Tier::standard;
        case bit(Word::standard):
            return Tier::standard;
        case bit(Word::batch):
            return Tier::batch;
        case bit(Word::flex):
            return Tier::flex;
        case bit(Word::priority):
            return Tier::priority;
        default:
            return Tier::absent;
    }
}

// The routing words state; regional where no other is stated.
Routing routing_of(Words words) noexcept
{
    const bool global = any(words, bit(Word::global));
    const bool geo = any(words, bit(Word::geo));
    if (global != geo) return global ? Routing::global : Routing::geo;
    return global || any(words, bit(Word::cross)) ? Routing::absent : Routing::regional;
}

// Whether the name of a model precedes the words of a group.
constexpr bool has_model(UsageGroup group) noexcept
{
    switch (group) {
        case UsageGroup::tokens:
        case UsageGroup::media:
        case UsageGroup::search_units:
        case UsageGroup::provisioned_throughput:
        case UsageGroup::reserved:
        case UsageGroup::custom_model_import:
        case UsageGroup::customization:
        case UsageGroup::grounding:
            return true;
        default:
            return false;
    }
}

// Whether a text may be a usage type at all: of a fair length, without blanks, quotes or control bytes, and with
// a letter or digit in it.
bool is_readable(Text text) noexcept
{
    if (text.size() > longest_usage_type || !all_in_arn_alphabet(text)) return false;
    for (const char byte : text)
        if (is_alphanumeric(byte)) return true;
    return false;
}

// A usage type without what the bill puts around the metered thing.
struct Unwrapped {
    Region region = Region::absent;
    bool marketplace = false;
    bool dimension = false;  // of AWS Marketplace, with "MP:" or without: it names no model
    Text metered;
};

// Takes "-Units" off the name of a Marketplace dimension.
Text without_unit(Text dimension) noexcept
{
    constexpr Text unit = "-Units";
    if (dimension.ends_with(unit)) dimension.remove_suffix(unit.size());
    return dimension;
}

// Takes the billing prefix off a readable usage type, and off a Marketplace one its second prefix and "-Units".
Unwrapped unwrap(Text usage_type) noexcept
{
    const Prefixed prefixed = read_prefix(usage_type, '-');
    Unwrapped unwrapped{prefixed.region, false, false, prefixed.rest};
    constexpr Text marketplace = "MP:";
    if (unwrapped.metered.starts_with(marketplace)) {
        unwrapped.marketplace = true;
        unwrapped.dimension = true;
        const Prefixed inner = read_prefix(unwrapped.metered.substr(marketplace.size()), '_');
        // The two codes give the same region, or neither is used.
        if (!inner.prefix.empty() && inner.prefix != prefixed.prefix) unwrapped.region = Region::absent;
        unwrapped.metered = without_unit(inner.rest);
    } else if (prefixed.prefix.empty()) {
        // The price list writes dimensions of AWS Marketplace with one prefix: USE1_input_tokens_standard-Units.
        const Prefixed outer = read_prefix(usage_type, '_');
        if (outer.prefix.empty()) return unwrapped;
        unwrapped = {outer.region, false, true, without_unit(outer.rest)};
    }
    return unwrapped;
}

// Whether a text may contain the word "token", in any case: its k is the rarest letter of it.
bool may_contain_token(Text text) noexcept
{
    const char *const end = text.data() + text.size();
    for (const char *at = text.data(); at < end; at += block_size) {
        const Window window(at, text);
        if ((window.equal('k') | window.equal('K')) != 0) return true;
    }
    return false;
}

// What the words of a readable usage type mean, and the group they make.
struct Meaning {
    Unwrapped unwrapped;
    Reading reading;
    UsageGroup group;
};

Meaning read_meaning(Text usage_type) noexcept
{
    const Unwrapped unwrapped = unwrap(usage_type);
    const Reading reading = read_words(unwrapped.metered, unwrapped.dimension);
    return {unwrapped, reading, group_of(reading)};
}

// The words of a usage type that is metered in tokens; none of any other.
Words token_words(Text usage_type) noexcept
{
    // Rows of other services seldom spell the word, and need no reading then.
    if (!may_contain_token(usage_type) || !is_readable(usage_type)) return 0;
    const Meaning meaning = read_meaning(usage_type);
    return meaning.group == UsageGroup::tokens ? meaning.reading.words : 0;
}

// The part of a usage type before its first colon, folded to lower case.
struct ComponentName {
    Text name;
    AgentCoreComponent component;
};
constexpr std::array<ComponentName, 13> component_names{{
    {"runtime", AgentCoreComponent::runtime},
    {"memory", AgentCoreComponent::memory},
    {"gateway", AgentCoreComponent::gateway},
    {"browsertool", AgentCoreComponent::browser},
    {"browser", AgentCoreComponent::browser},
    {"codeinterpreter", AgentCoreComponent::code_interpreter},
    {"websearchtool", AgentCoreComponent::web_search},
    {"websearch", AgentCoreComponent::web_search},
    {"identity", AgentCoreComponent::identity},
    {"policy", AgentCoreComponent::policy},
    {"evaluations", AgentCoreComponent::evaluation},
    {"evaluation", AgentCoreComponent::evaluation},
    {"knowledgebase", AgentCoreComponent::knowledge_base},
}};

// The component of AgentCore that a metered thing names, or absent.
AgentCoreComponent named_component(Text metered) noexcept
{
    const std::size_t colon = metered.find(':');
    if (colon != Text::npos) {
        const Text name = metered.substr(0, colon);
        for (const ComponentName &known : component_names)
            if (folds_to_same(name, known.name)) return known.component;
        // Bedrock-Agent-Core:Auth-Request:Oauth2
        if (folds_to_same(name, "bedrockagentcore") && contains_folded(metered.substr(colon), "auth"))
            return AgentCoreComponent::identity;
    }
    const bool term = contains_folded(metered, "short-term-memory") || contains_folded(metered, "long-term-memory");
    return term ? AgentCoreComponent::memory : AgentCoreComponent::absent;
}

}  // namespace

AgentCoreComponent agentcore_component(Text product_code, Text usage_type) noexcept
{
    const bool own = product_code == "AmazonBedrockAgentCore";
    const AgentCoreComponent unknown = own ? AgentCoreComponent::other : AgentCoreComponent::absent;
    if (!is_readable(usage_type)) return unknown;
    const Meaning meaning = read_meaning(usage_type);
    // Without the product code only the pattern of AgentCore's meters decides: other services have gateways too.
    const bool form =
        meaning.group == UsageGroup::agentcore || all(meaning.reading.words, bits(Word::metered, Word::based));
    if (!own && !form) return AgentCoreComponent::absent;
    const AgentCoreComponent component = named_component(meaning.unwrapped.metered);
    if (component != AgentCoreComponent::absent) return component;
    const bool transfer = contains_folded(meaning.unwrapped.metered, "datatransfer") ||
                          contains_folded(meaning.unwrapped.metered, "cloudfront");
    return own && transfer ? AgentCoreComponent::data_transfer : AgentCoreComponent::other;
}

UsageParts usage_parts(Text usage_type) noexcept
{
    UsageParts parts;
    if (!is_readable(usage_type)) return parts;

    const auto [unwrapped, reading, group] = read_meaning(usage_type);
    const Text metered = unwrapped.metered;
    const char *const begin = metered.data();
    parts.region = unwrapped.region;
    parts.marketplace = unwrapped.marketplace;
    const Words words = reading.words;
    parts.usage_group = group;
    parts.mantle = any(words, bit(Word::mantle));

    if (!unwrapped.dimension && has_model(group) && reading.begin - begin > 1) {
        const char *model_end = reading.begin - 1;
        // The grounding of the Nova models is called nova-grounding.
        constexpr Text nova = "nova";
        if (group == UsageGroup::grounding && slice(begin, model_end).ends_with(nova)) {
            const char *const name = model_end - nova.size();
            if (name == begin || is_separator(name[-1])) model_end = name == begin ? name : name - 1;
        }
        parts.model_token = slice(begin, model_end);
    }

    parts.modality = modality_of(words);
    switch (group) {
        case UsageGroup::tokens:
            parts.token_kind = token_kind_of(words);
            parts.cache_ttl = cache_ttl_of(words);
            parts.tier = tier_of(reading);
            parts.routing = routing_of(words);
            parts.long_context = all(words, bits(Word::longer, Word::context));
            break;
        case UsageGroup::reserved:
            parts.routing = routing_of(words);
            break;
        case UsageGroup::media:
            // Text made into images is metered in images.
            parts.modality = modality_of(words & senses);
            if (any(words, bit(Word::made_image))) parts.modality = Modality::image;
            if (any(words, bit(Word::made_video))) parts.modality = Modality::video;
            break;
        case UsageGroup::guardrail:
        case UsageGroup::data_automation:
            if (parts.modality == Modality::absent) parts.modality = modality_within(metered);
            break;
        case UsageGroup::other:
            // What fits no group states a sense only where it is what goes in or comes out.
            if (!any(words, directions)) parts.modality = Modality::absent;
            break;
        default:
            break;
    }
    constexpr auto tunable = [](UsageGroup of) {
        return of == UsageGroup::tokens || of == UsageGroup::media || of == UsageGroup::reserved ||
               of == UsageGroup::provisioned_throughput;
    };
    parts.custom_model = tunable(group) && any(words, bit(Word::custom));
    return parts;
}

Region usage_region(Text usage_type) noexcept
{
    return is_readable(usage_type) ? unwrap(usage_type).region : Region::absent;
}

TokenKind usage_token_kind(Text usage_type) noexcept
{
    return token_kind_of(token_words(usage_type));
}

std::int32_t tokens_per_unit(Text pricing_unit, Text usage_type) noexcept
{
    const Text unit = trimmed(pricing_unit);
    std::int32_t tokens = 0;
    if (equals_folded(unit, "1k tokens"))
        tokens = 1'000;
    else if (equals_folded(unit, "1m tokens") || equals_folded(unit, "units"))
        tokens = 1'000'000;
    return tokens == 0 || token_words(usage_type) == 0 ? 0 : tokens;
}

}  // namespace bedrock_cost
