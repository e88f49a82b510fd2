// SPDX-License-Identifier: PostgreSQL
// Facts: what their rooms know of them. Judgements of line keys come in and groups go to facts and bill parts
// (facts.cpp) by compiled cost rules (line_costs.cpp). All of it is empty as zero bytes.
#pragma once

#include "lines/cost_rule.hpp"
#include "lines/line_store.hpp"

namespace bedrock_cost {
namespace lines {

// ---- what lines cost ------------------------------------------------------------------------------------------------

// The rules of the lines of one pattern, and where in their group the amounts are.
struct LineCosts {
    struct Term {
        std::int8_t sum;  // among those of the group, -1: it is zero
        std::int8_t sign;
        std::uint8_t decimals;  // among those of the group
    };
    struct Made {
        bool present;
        std::uint8_t terms;
        Term term[2];
    };
    CostRules rules;
    std::uint8_t nonzero;  // how many sums the group has
    Made metric[metrics];
};

// Costs of all patterns, made as they are asked for.
struct CostTable {
    // What a rule depends on besides the pattern: line type, reservation, discount.
    static constexpr std::size_t classes = line_types * 4;
    Vector<std::uint32_t> numbers;  // of costs by pattern and class, each one more; 0: not made yet
    Vector<LineCosts> costs;

    enum class Found : std::uint8_t { yes, no_rule, out_of_memory };
    Found find(const LineStore &store, SourceFormat format, std::uint32_t pattern, LineType type, bool has_reservation,
               bool discount_in_net, const LineCosts *&found) noexcept;
};

// Adds amounts, whose sum the caller knows to fit, or sees whether it does.
struct MetricSums {
    Int128 units[metrics];
    std::uint8_t decimals[metrics];  // one more than there are; 0: absent

    Amount amount(std::size_t metric) const noexcept
    {
        if (decimals[metric] == 0) return {};
        return {units[metric], static_cast<std::uint8_t>(decimals[metric] - 1), true};
    }
};
// Adds what a group costs. False: a sum leaves 128 bits. sizes: adds the sizes, whatever the signs, up to 2^127.
bool add_costs(MetricSums &sums, const Group &group, const LineCosts &costs, const KeyJudgement &judgement,
               unsigned __int128 *sizes) noexcept;

// ---- facts ----------------------------------------------------------------------------------------------------------

// Days in which a dimension has one attribution.
struct AttributionInterval {
    std::int32_t dimension, first, last, attribution;
};

// Of a line key.
struct KeyPlace {
    std::uint32_t bill_part;
    std::uint32_t slice;                      // of its bill and dimension
    std::uint32_t first_interval, intervals;  // of its dimension
};

// A group on its way to its fact.
struct FactEntry {
    std::int32_t day;
    std::int32_t hour;  // of the day
    std::int32_t attribution, session;
    std::uint32_t group;

    friend bool operator<(const FactEntry &one, const FactEntry &other) noexcept
    {
        if (one.day != other.day) return one.day < other.day;
        if (one.hour != other.hour) return one.hour < other.hour;
        if (one.attribution != other.attribution) return one.attribution < other.attribution;
        if (one.session != other.session) return one.session < other.session;
        return one.group < other.group;
    }
    bool is_same_fact(const FactEntry &other) const noexcept
    {
        return day == other.day && hour == other.hour && attribution == other.attribution && session == other.session;
    }
};

struct FactInfo {
    std::uint32_t first;  // of its groups, in the order of facts
    std::int32_t attribution, session;
};

struct PartInfo {
    std::int32_t bill, part;
    std::int64_t lines;
    MetricSums sums;
    bool has_last_day;
    std::int32_t last_day;
};

}  // namespace lines

struct Facts {
    LineStore *store;
    SourceFormat format;

    // Input.
    Vector<KeyJudgement> judgements;
    Vector<std::uint8_t> types;  // of keys, one more than the line type; 0: not judged
    Vector<lines::AttributionInterval> intervals;
    Vector<std::int32_t> sessions;
    Vector<bool> has_session;

    // Result.
    lines::CostTable costs;
    Vector<lines::KeyPlace> places;
    Vector<lines::PartInfo> parts;
    Vector<lines::FactInfo> facts;
    Vector<std::uint32_t> order;    // groups, fact by fact
    Vector<std::uint32_t> fact_of;  // of a group, one more; 0: none
    std::size_t slices;
    unsigned __int128 sizes[metrics];

    // How far the making of it is: the stage, and what of it is done.
    enum class Stage : std::uint8_t { keys, count, add, number, check, done };
    Stage stage;
    std::size_t at;
    Vector<lines::FactEntry> entries;
    Vector<std::uint32_t> ends;  // of the slices

    void release_making() noexcept;
    void release_made() noexcept;
    void go_on(Stage to) noexcept
    {
        stage = to;
        at = 0;
    }
    FactsFault make_some(std::uint64_t &most) noexcept;
    lines::CostTable::Found find_costs(const lines::Group &group, std::uint32_t key,
                                       const lines::LineCosts *&found) noexcept;
    FactsFault begin() noexcept;
    bool place_keys() noexcept;
    FactsFault count_groups(std::uint64_t &most) noexcept;
    FactsFault add_groups(std::uint64_t &most) noexcept;
    FactsFault place_group(const lines::Group &group, std::uint32_t key, lines::FactEntry &entry) const noexcept;
    FactsFault number_facts(std::uint64_t &most) noexcept;
    FactsFault check_sums(std::uint64_t &most) noexcept;
    bool sum(std::size_t fact, lines::MetricSums &sums, std::int64_t &lines) noexcept;
    FactsFault out_of_memory() const noexcept
    {
        store->set_memory_fault(store->fault);
        return {FactsFaultKind::out_of_memory, 0, 0, 0};
    }
};

}  // namespace bedrock_cost
