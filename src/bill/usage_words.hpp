// SPDX-License-Identifier: PostgreSQL
// The dictionary of usage types: the words of Bedrock's price lists, what each means, and where to look one up.
#pragma once

#include <array>
#include <bedrock_cost/bill.hpp>
#include <cstddef>
#include <cstdint>

#include "base/text.hpp"

namespace bedrock_cost {

using Words = std::uint64_t;

// One bit for each meaning a word can have.
enum class Word : unsigned {
    input,
    output,
    cache,
    read,
    write,
    token,
    amount,
    text,
    image,
    speech,
    audio,
    video,
    minutes_5,
    minutes_30,
    hour_1,
    standard,
    batch,
    flex,
    priority,
    latency,
    optimized,
    global,
    geo,
    cross,
    longer,
    context,
    custom,
    model,
    import,
    provisioned,
    throughput,
    units,
    reserved,
    per_minute,
    per,
    customization,
    training,
    storage,
    reinforcement,
    guardrail,
    knowledge,
    base,
    invoke,
    flow,
    agent,
    core,
    evaluation,
    prompt,
    optimize,
    data,
    automation,
    metered,
    based,
    grounding,
    search,
    created,
    made_image,
    made_video,
    mantle,
    term,
    memory,
    noise,
};

constexpr Words bit(Word word) noexcept
{
    return Words{1} << static_cast<unsigned>(word);
}

// The bits of several words together.
template <class... Word_>
constexpr Words bits(Word_... words) noexcept
{
    return (bit(words) | ...);
}

constexpr bool any(Words words, Words of) noexcept
{
    return (words & of) != 0;
}
constexpr bool all(Words words, Words of) noexcept
{
    return (words & of) == of;
}

inline constexpr Words modalities = bits(Word::text, Word::image, Word::speech, Word::audio, Word::video);
inline constexpr Words senses = modalities & ~bit(Word::text);
inline constexpr Words directions = bits(Word::input, Word::output, Word::cache);
inline constexpr Words tiers = bits(Word::standard, Word::batch, Word::flex, Word::priority);
inline constexpr Words ttls = bits(Word::minutes_5, Word::minutes_30, Word::hour_1);

// The first eight bytes of a text as one number, fewer with zeros behind them.
constexpr std::uint64_t head_of(Text text) noexcept
{
    std::uint64_t head = 0;
    for (std::size_t i = 0; i < 8; ++i)
        head = head << 8U | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    return head;
}

struct Keyword {
    constexpr Keyword(Text keyword, Words meaning) noexcept
        : word(keyword),
          means(meaning),
          head(head_of(keyword)),
          mask(keyword.size() < 8 ? ~(~std::uint64_t{0} >> 8 * keyword.size()) : ~std::uint64_t{0})
    {
    }

    Text word;
    Words means;
    std::uint64_t head;
    std::uint64_t mask;  // of the bytes of the head that belong to the word
};

// The dictionary, by the first three letters and the longest first, as the first match counts.
inline constexpr std::array keywords{
    Keyword{"access", bit(Word::noise)},
    Keyword{"agents", bit(Word::agent)},
    Keyword{"agent", bit(Word::agent)},
    Keyword{"audio", bit(Word::audio)},
    Keyword{"automation", bit(Word::automation)},
    Keyword{"based", bit(Word::based)},
    Keyword{"bases", bit(Word::base)},
    Keyword{"base", bit(Word::base)},
    Keyword{"batch", bit(Word::batch)},
    Keyword{"bedrock", bit(Word::noise)},
    Keyword{"cache", bit(Word::cache)},
    Keyword{"commit", bit(Word::noise)},
    Keyword{"consumption", bit(Word::metered)},
    Keyword{"consumed", bit(Word::noise)},
    Keyword{"context", bit(Word::context)},
    Keyword{"core", bit(Word::core)},
    Keyword{"count", bit(Word::amount)},
    Keyword{"created", bit(Word::created)},
    Keyword{"cross", bit(Word::cross)},
    Keyword{"ctx", bit(Word::context)},
    Keyword{"customization", bit(Word::customization)},
    Keyword{"custom", bit(Word::custom)},
    Keyword{"data", bit(Word::data)},
    Keyword{"evaluations", bit(Word::evaluation)},
    Keyword{"evaluation", bit(Word::evaluation)},
    Keyword{"extended", bit(Word::noise)},
    Keyword{"flex", bit(Word::flex)},
    Keyword{"flows", bit(Word::flow)},
    Keyword{"flow", bit(Word::flow)},
    Keyword{"generated", bit(Word::created)},
    Keyword{"geo", bit(Word::geo)},
    Keyword{"global", bit(Word::global)},
    Keyword{"grounding", bit(Word::grounding)},
    Keyword{"guardrails", bit(Word::guardrail)},
    Keyword{"guardrail", bit(Word::guardrail)},
    Keyword{"hours", bit(Word::noise)},
    Keyword{"hour", bit(Word::noise)},
    Keyword{"i2i", bit(Word::made_image)},
    Keyword{"i2v", bit(Word::made_video)},
    Keyword{"images", bit(Word::image)},
    Keyword{"image", bit(Word::image)},
    Keyword{"import", bit(Word::import)},
    Keyword{"inference", bit(Word::noise)},
    Keyword{"input", bit(Word::input)},
    Keyword{"instance", bit(Word::metered)},
    Keyword{"invoke", bit(Word::invoke)},
    Keyword{"knowledge", bit(Word::knowledge)},
    Keyword{"latency", bit(Word::latency)},
    Keyword{"lctx", bits(Word::longer, Word::context)},
    Keyword{"long", bit(Word::longer)},
    Keyword{"mantle", bit(Word::mantle)},
    Keyword{"memory", bit(Word::memory)},
    Keyword{"million", bit(Word::noise)},
    Keyword{"minutes", bit(Word::amount)},
    Keyword{"minute", bit(Word::amount)},
    Keyword{"model", bit(Word::model)},
    Keyword{"months", bit(Word::noise)},
    Keyword{"month", bit(Word::noise)},
    Keyword{"no", bit(Word::noise)},
    Keyword{"optimization", bit(Word::optimize)},
    Keyword{"optimized", bit(Word::optimized)},
    Keyword{"optimize", bit(Word::optimize)},
    Keyword{"output", bit(Word::output)},
    Keyword{"pages", bit(Word::noise)},
    Keyword{"per", bit(Word::per)},
    Keyword{"priority", bit(Word::priority)},
    Keyword{"provisioned", bit(Word::provisioned)},
    Keyword{"processed", bit(Word::noise)},
    Keyword{"prompts", bit(Word::prompt)},
    Keyword{"prompt", bit(Word::prompt)},
    Keyword{"read", bit(Word::read)},
    Keyword{"regional", bit(Word::noise)},
    Keyword{"region", bit(Word::noise)},
    Keyword{"requests", bit(Word::noise)},
    Keyword{"request", bit(Word::noise)},
    Keyword{"reserved", bit(Word::reserved)},
    Keyword{"rft", bit(Word::reinforcement)},
    Keyword{"routing", bit(Word::optimize)},
    Keyword{"router", bit(Word::optimize)},
    Keyword{"search", bit(Word::search)},
    Keyword{"seconds", bit(Word::amount)},
    Keyword{"second", bit(Word::amount)},
    Keyword{"short", bit(Word::noise)},
    Keyword{"speech", bit(Word::speech)},
    Keyword{"standard", bit(Word::standard)},
    Keyword{"storage", bit(Word::storage)},
    Keyword{"t2i", bit(Word::made_image)},
    Keyword{"t2v", bit(Word::made_video)},
    Keyword{"term", bit(Word::term)},
    Keyword{"text", bit(Word::text)},
    Keyword{"throughput", bit(Word::throughput)},
    Keyword{"tokens", bit(Word::token)},
    Keyword{"token", bit(Word::token)},
    Keyword{"tpm", bit(Word::per_minute)},
    Keyword{"training", bit(Word::training)},
    Keyword{"understanding", bit(Word::noise)},
    Keyword{"units", bit(Word::units)},
    Keyword{"unit", bit(Word::units)},
    Keyword{"usage", bit(Word::noise)},
    Keyword{"v2v", bit(Word::made_video)},
    Keyword{"videos", bit(Word::video)},
    Keyword{"video", bit(Word::video)},
    Keyword{"writes", bit(Word::write)},
    Keyword{"write", bit(Word::write)},
};

// The first three bytes of a head, which a word of two letters shares with no other.
constexpr std::uint32_t stem_of(std::uint64_t head) noexcept
{
    return static_cast<std::uint32_t>(head >> 40U);
}

// Where the keywords of each stem begin, by a hash without collisions: the parts of a usage type seldom are the same
// twice in a row, so every step of a search is a jump the processor does not foresee.
struct StemTable {
    static constexpr int shift = 23;
    std::uint32_t factor = 0;
    std::array<std::uint8_t, 1U << (32 - shift)> starts{};

    constexpr std::size_t slot(std::uint32_t stem) const noexcept { return (stem * factor) >> shift; }
};
inline constexpr std::uint8_t no_keyword = keywords.size();
inline constexpr StemTable stem_table = [] {
    StemTable table;
    // The search begins where it last ended: a compiler takes only so many steps. Another dictionary may need more.
    std::uint32_t factor = 0x9e378205U;
    for (;; factor += 2) {
        table.factor = factor;
        for (std::uint8_t &start : table.starts) start = no_keyword;
        std::size_t placed = 0;
        for (; placed < keywords.size(); ++placed) {
            const std::uint32_t stem = stem_of(keywords[placed].head);
            if (placed > 0 && stem_of(keywords[placed - 1].head) == stem) continue;
            std::uint8_t &start = table.starts[table.slot(stem)];
            if (start != no_keyword) break;
            start = static_cast<std::uint8_t>(placed);
        }
        if (placed == keywords.size()) return table;
    }
}();
static_assert(
    [] {
        for (std::size_t i = 1; i < keywords.size(); ++i) {
            const Text before = keywords[i - 1].word;
            const Text word = keywords[i].word;
            if (before.substr(0, 3) > word.substr(0, 3)) return false;
            if (before.substr(0, 3) == word.substr(0, 3) && before.size() < word.size()) return false;
        }
        return true;
    }(),
    "the dictionary is in its order");

// The one keyword without a third letter.
inline constexpr std::size_t two_letters = [] {
    std::size_t found = 0;
    while (keywords[found].word.size() > 2) ++found;
    for (std::size_t i = found + 1; i < keywords.size(); ++i)
        if (keywords[i].word.size() < 3 || keywords[i].word.starts_with(keywords[found].word)) return keywords.size();
    return found;
}();
static_assert(two_letters < keywords.size() && keywords[two_letters].word.size() == 2,
              "there is one, and like no other");

}  // namespace bedrock_cost
