// SPDX-License-Identifier: PostgreSQL
// Facts and bill parts, made of the groups of a line store by what is known of its line keys.
//
// Groups are put into the order of their facts: by bill and dimension first, which follow from their keys, then each of
// these slices by day. A fact is known by where its groups are; what it adds up to is found when it is asked for.
#include "lines/facts.hpp"

#include <algorithm>
#include <bedrock_cost/bill.hpp>
#include <new>

namespace bedrock_cost {

using lines::FactEntry;
using lines::Group;
using lines::KeyPlace;
using lines::LineCosts;
using lines::Usage;

namespace {

Usage usage_of(const LineStore &store, const Group &group) noexcept
{
    Usage usage;
    std::memcpy(&usage, store.table().usages.text(group.key.usage).data(), sizeof usage);
    return usage;
}

}  // namespace

void Facts::release_making() noexcept
{
    entries.release();
    ends.release();
    entries = {nullptr, 0, 0, &store->budget};
    ends = {nullptr, 0, 0, &store->budget};
}

void Facts::release_made() noexcept
{
    release_making();
    costs.numbers.release();
    costs.costs.release();
    places.release();
    parts.release();
    facts.release();
    order.release();
    fact_of.release();
    Budget *const budget = &store->budget;
    costs = {};
    costs.numbers.budget = costs.costs.budget = budget;
    places = {nullptr, 0, 0, budget};
    parts = {nullptr, 0, 0, budget};
    facts = {nullptr, 0, 0, budget};
    order = {nullptr, 0, 0, budget};
    fact_of = {nullptr, 0, 0, budget};
    slices = 0;
    std::fill(std::begin(sizes), std::end(sizes), 0);
}

lines::CostTable::Found Facts::find_costs(const Group &group, std::uint32_t key, const LineCosts *&found) noexcept
{
    const KeyJudgement &judgement = judgements[key];
    const bool in_net = judgement.discount_in_net && !store->plan.has(store->table().pattern(group.key.pattern).present,
                                                                      AmountField::net_unblended_cost);
    return costs.find(*store, format, group.key.pattern, static_cast<LineType>(types[key] - 1),
                      judgement.has_reservation, in_net, found);
}

// Numbers the bill parts, and the slices of facts that have bill and dimension in common, in their order, and finds the
// intervals of attribution of each key.
bool Facts::place_keys() noexcept
{
    const std::size_t keys = judgements.count;
    if (!places.fill(keys)) return false;
    Vector<std::uint32_t> sorted{nullptr, 0, 0, &store->budget};
    if (!sorted.fill(keys)) return false;
    for (std::size_t i = 0; i < keys; ++i) sorted[i] = static_cast<std::uint32_t>(i);
    std::uint32_t *const end = sorted.at + keys;

    std::sort(sorted.at, end, [&](std::uint32_t one, std::uint32_t other) {
        const KeyJudgement &a = judgements[one], &b = judgements[other];
        return a.bill_id != b.bill_id ? a.bill_id < b.bill_id : a.part < b.part;
    });
    bool placed = true;
    for (std::size_t i = 0; placed && i < keys; ++i) {
        const KeyJudgement &judgement = judgements[sorted[i]];
        if (parts.count == 0 || parts[parts.count - 1].bill != judgement.bill_id ||
            parts[parts.count - 1].part != judgement.part)
            placed = parts.add({judgement.bill_id, judgement.part, 0, {}, false, 0});
        places[sorted[i]].bill_part = static_cast<std::uint32_t>(parts.count - 1);
    }

    std::sort(sorted.at, end, [&](std::uint32_t one, std::uint32_t other) {
        const KeyJudgement &a = judgements[one], &b = judgements[other];
        return a.bill_id != b.bill_id ? a.bill_id < b.bill_id : a.dimension_id < b.dimension_id;
    });
    for (std::size_t i = 0; i < keys; ++i) {
        const KeyJudgement &judgement = judgements[sorted[i]];
        const KeyJudgement &before = judgements[sorted[i == 0 ? 0 : i - 1]];
        if (i == 0 || before.bill_id != judgement.bill_id || before.dimension_id != judgement.dimension_id) ++slices;
        places[sorted[i]].slice = static_cast<std::uint32_t>(slices - 1);
    }
    sorted.release();

    const auto earlier = [](const lines::AttributionInterval &one, const lines::AttributionInterval &other) {
        return one.dimension != other.dimension ? one.dimension < other.dimension : one.first < other.first;
    };
    std::sort(intervals.at, intervals.at + intervals.count, earlier);
    for (std::size_t i = 0; i < keys; ++i) {
        const auto of_dimension =
            std::equal_range(intervals.at, intervals.at + intervals.count,
                             lines::AttributionInterval{judgements[i].dimension_id, 0, 0, 0},
                             [](const auto &one, const auto &other) { return one.dimension < other.dimension; });
        places[i].first_interval = static_cast<std::uint32_t>(of_dimension.first - intervals.at);
        places[i].intervals = static_cast<std::uint32_t>(of_dimension.second - of_dimension.first);
    }
    return placed;
}

// What a group of a key with a dimension becomes a part of.
FactsFault Facts::place_group(const Group &group, std::uint32_t key, FactEntry &entry) const noexcept
{
    const Usage usage = usage_of(*store, group);
    if (!usage.is_dated()) return {FactsFaultKind::no_day, key, 0, 0};
    entry.group = group.number;
    entry.day = lines::day_of(usage.start);
    entry.hour =
        store->plan.hourly
            ? static_cast<std::int32_t>((usage.start - std::int64_t{entry.day} * lines::usage_day) / lines::usage_hour)
            : 0;
    const KeyPlace &place = places[key];
    const lines::AttributionInterval *const first = intervals.at + place.first_interval;
    const lines::AttributionInterval *const behind = std::upper_bound(
        first, first + place.intervals, entry.day,
        [](std::int32_t day, const lines::AttributionInterval &interval) { return day < interval.first; });
    if (behind == first || behind[-1].last < entry.day) return {FactsFaultKind::no_attribution, key, 0, entry.day};
    entry.attribution = behind[-1].attribution;
    const Vector<std::uint32_t> &principal_of = store->keys.principal_of;
    const std::uint32_t principal = principal_of.count == 0 ? 0 : principal_of[group.key.full_key];
    entry.session = judgements[key].session_id;
    if (principal == 0) return {};
    if (!has_session[principal - 1]) return {FactsFaultKind::no_session, key, principal - 1, entry.day};
    entry.session = sessions[principal - 1];
    return {};
}

// What all groups need, of no line or of a store with a fault nothing.
FactsFault Facts::begin() noexcept
{
    release_made();
    if (!store->is_whole()) {
        FactsFault fault;
        if (store->fault.kind != ReadFaultKind::none) fault.kind = FactsFaultKind::out_of_memory;
        go_on(Stage::done);
        return fault;
    }
    for (std::size_t i = 0; i < types.count; ++i)
        if (types[i] == 0) return {FactsFaultKind::not_judged, static_cast<std::uint32_t>(i), 0, 0};
    if (!place_keys() || !ends.fill(slices + 1) || !fact_of.fill(store->table().groups.count()) ||
        !costs.numbers.fill(store->table().patterns.entries.count * lines::CostTable::classes))
        return out_of_memory();
    go_on(Stage::count);
    return {};
}

// How many groups each slice has.
FactsFault Facts::count_groups(std::uint64_t &most) noexcept
{
    const std::size_t groups = store->table().groups.count();
    for (; at < groups && most > 0; ++at, --most) {
        const std::uint32_t key = store->keys.of_group[at];
        if (judgements[key].dimension_id != 0) ++ends[places[key].slice];
    }
    if (at < groups) return {};
    // Where each slice begins; adding moves it to where it ends.
    std::uint32_t begin = 0;
    for (std::size_t i = 0; i < slices; ++i) {
        const std::uint32_t in_slice = ends[i];
        ends[i] = begin;
        begin += in_slice;
    }
    if (!entries.fill(begin) || !order.fill(begin)) return out_of_memory();
    go_on(Stage::add);
    return {};
}

// Adds groups to their bill parts, and puts those that are facts into the slice of theirs.
FactsFault Facts::add_groups(std::uint64_t &most) noexcept
{
    const lines::Groups &groups = store->table().groups;
    for (; at < groups.count() && most > 0; ++at, --most) {
        const Group &group = groups[at];
        const std::uint32_t key = store->keys.of_group[at];
        const KeyJudgement &judgement = judgements[key];
        const LineCosts *found = nullptr;
        switch (find_costs(group, key, found)) {
            case lines::CostTable::Found::yes:
                break;
            case lines::CostTable::Found::no_rule:
                return {FactsFaultKind::no_cost_rule, key, 0, 0};
            case lines::CostTable::Found::out_of_memory:
                return out_of_memory();
        }
        lines::PartInfo &part = parts[places[key].bill_part];
        part.lines += static_cast<std::int64_t>(group.lines);
        if (!add_costs(part.sums, group, *found, judgement, sizes))
            return {FactsFaultKind::sum_out_of_range, key, 0, 0};
        if (judgement.dimension_id == 0) continue;
        FactEntry &entry = entries[ends[places[key].slice]++];
        const FactsFault fault = place_group(group, key, entry);
        if (fault.kind != FactsFaultKind::none) return fault;
        if (store->keys.keys[key].grain == Grain::period) continue;
        part.last_day = part.has_last_day ? std::max(part.last_day, entry.day) : entry.day;
        part.has_last_day = true;
    }
    if (at == groups.count()) go_on(Stage::number);
    return {};
}

// Slice by slice.
FactsFault Facts::number_facts(std::uint64_t &most) noexcept
{
    for (; at < slices && most > 0; ++at) {
        const std::uint32_t begin = at == 0 ? 0 : ends[at - 1], end = ends[at];
        std::sort(entries.at + begin, entries.at + end);
        for (std::uint32_t i = begin; i < end; ++i) {
            const FactEntry &entry = entries[i];
            if ((i == begin || !entry.is_same_fact(entries[i - 1])) &&
                !facts.add({i, entry.attribution, entry.session}))
                return out_of_memory();
            order[i] = entry.group;
            fact_of[entry.group] = static_cast<std::uint32_t>(facts.count);
        }
        most -= std::min<std::uint64_t>(most, std::uint64_t{end} - begin + 1);
    }
    if (at < slices) return {};
    // Where all of a metric fits, so does every part of it.
    constexpr unsigned __int128 end = static_cast<unsigned __int128>(1) << 127U;
    const bool fit = std::all_of(std::begin(sizes), std::end(sizes), [](unsigned __int128 size) { return size < end; });
    go_on(fit ? Stage::done : Stage::check);
    return {};
}

FactsFault Facts::check_sums(std::uint64_t &most) noexcept
{
    for (; at < facts.count && most > 0; ++at, --most) {
        lines::MetricSums sums;
        std::int64_t counted = 0;
        if (!sum(at, sums, counted))
            return {FactsFaultKind::sum_out_of_range, store->keys.of_group[order[facts[at].first]], 0, 0};
    }
    if (at == facts.count) go_on(Stage::done);
    return {};
}

FactsFault Facts::make_some(std::uint64_t &most) noexcept
{
    switch (stage) {
        case Stage::keys:
            return begin();
        case Stage::count:
            return count_groups(most);
        case Stage::add:
            return add_groups(most);
        case Stage::number:
            return number_facts(most);
        case Stage::check:
            return check_sums(most);
        case Stage::done:
            break;
    }
    return {};
}

bool Facts::sum(std::size_t fact, lines::MetricSums &sums, std::int64_t &lines) noexcept
{
    sums = lines::MetricSums{};
    lines = 0;
    const std::size_t end = fact + 1 < facts.count ? facts[fact + 1].first : order.count;
    for (std::size_t place = facts[fact].first; place < end; ++place) {
        const Group &group = store->table().groups[order[place]];
        const std::uint32_t key = store->keys.of_group[order[place]];
        const LineCosts *found = nullptr;
        find_costs(group, key, found);
        lines += static_cast<std::int64_t>(group.lines);
        if (!add_costs(sums, group, *found, judgements[key], nullptr)) return false;
    }
    return true;
}

// ---- the wall -------------------------------------------------------------------------------------------------------

Facts *facts_open(LineStore *store, SourceFormat format) noexcept
{
    const std::int64_t keys = line_store_keys(store);
    if (keys < 0) return nullptr;
    void *room = std::aligned_alloc(64, (sizeof(Facts) + 63) / 64 * 64);
    if (room == nullptr) {
        store->set_memory_fault(store->fault);
        return nullptr;
    }
    auto *facts = new (room) Facts{};
    facts->store = store;
    facts->format = format;
    Budget *const budget = &store->budget;
    facts->judgements.budget = facts->types.budget = facts->intervals.budget = budget;
    facts->sessions.budget = facts->has_session.budget = budget;
    const std::size_t principals = line_store_principals(store);
    if (facts->judgements.fill(static_cast<std::size_t>(keys)) && facts->types.fill(static_cast<std::size_t>(keys)) &&
        facts->sessions.fill(principals) && facts->has_session.fill(principals))
        return facts;
    facts->out_of_memory();
    facts_close(facts);
    return nullptr;
}

void facts_close(Facts *facts) noexcept
{
    if (facts == nullptr) return;
    facts->judgements.release();
    facts->types.release();
    facts->intervals.release();
    facts->sessions.release();
    facts->has_session.release();
    facts->release_made();
    std::free(facts);
}

bool facts_judge(Facts *facts, std::uint32_t key, const KeyJudgement &judgement, Text line_type) noexcept
{
    facts->judgements[key] = judgement;
    facts->types[key] = static_cast<std::uint8_t>(static_cast<unsigned>(line_type_of(line_type)) + 1);
    return true;
}

bool facts_attribute(Facts *facts, std::int32_t dimension_id, std::int32_t from, std::int32_t to,
                     std::int32_t attribution_id) noexcept
{
    if (facts->intervals.add({dimension_id, from, to, attribution_id})) return true;
    facts->out_of_memory();
    return false;
}

bool facts_set_session(Facts *facts, std::uint32_t principal, std::int32_t session_id) noexcept
{
    facts->sessions[principal] = session_id;
    facts->has_session[principal] = true;
    return true;
}

FactsFault facts_make(Facts *facts) noexcept
{
    return facts_make_some(facts, ~std::uint64_t{0});
}

FactsFault facts_make_some(Facts *facts, std::uint64_t most) noexcept
{
    FactsFault fault;
    most = std::max<std::uint64_t>(most, 1);
    while (fault.kind == FactsFaultKind::none && facts->stage != Facts::Stage::done) {
        if (most == 0) return {FactsFaultKind::unfinished, 0, 0, 0};
        fault = facts->make_some(most);
    }
    // Made, or to be made anew.
    facts->go_on(Facts::Stage::keys);
    if (fault.kind == FactsFaultKind::none)
        facts->release_making();
    else
        facts->release_made();
    return fault;
}

std::int64_t facts_count(const Facts *facts) noexcept
{
    return static_cast<std::int64_t>(facts->facts.count);
}

Fact facts_fact(const Facts *given, std::int64_t number) noexcept
{
    // Its costs are all made: nothing of it changes.
    auto *facts = const_cast<Facts *>(given);
    const lines::FactInfo &info = facts->facts[static_cast<std::size_t>(number)];
    const Group &first = facts->store->table().groups[facts->order[info.first]];
    const KeyJudgement &judgement = facts->judgements[facts->store->keys.of_group[first.number]];
    const Usage usage = usage_of(*facts->store, first);
    Fact fact;
    fact.bill_id = judgement.bill_id;
    fact.dimension_id = judgement.dimension_id;
    fact.attribution_id = info.attribution;
    fact.session_id = info.session;
    fact.day = lines::day_of(usage.start);
    fact.has_hour = facts->store->plan.hourly;
    fact.hour = fact.has_hour ? usage.start : 0;
    fact.ai_cost = judgement.ai_cost;
    fact.tokens_per_unit = judgement.tokens_per_unit;
    lines::MetricSums sums;
    facts->sum(static_cast<std::size_t>(number), sums, fact.lines);
    for (std::size_t m = 0; m < metrics; ++m) fact.amounts[m] = sums.amount(m);
    return fact;
}

std::int64_t facts_bill_parts(const Facts *facts) noexcept
{
    return static_cast<std::int64_t>(facts->parts.count);
}

BillPart facts_bill_part(const Facts *facts, std::int64_t number) noexcept
{
    const lines::PartInfo &info = facts->parts[static_cast<std::size_t>(number)];
    BillPart part;
    part.bill_id = info.bill;
    part.part = info.part;
    part.lines = info.lines;
    part.has_last_day = info.has_last_day;
    part.last_day = info.last_day;
    for (std::size_t m = 0; m < metrics; ++m) part.amounts[m] = info.sums.amount(m);
    return part;
}

GroupPlace facts_place(const Facts *given, std::int64_t group) noexcept
{
    auto *facts = const_cast<Facts *>(given);
    const auto number = static_cast<std::size_t>(group);
    const std::uint32_t key = facts->store->keys.of_group[number];
    GroupPlace place;
    place.fact = std::int64_t{facts->fact_of[number]} - 1;
    place.bill_part = facts->places[key].bill_part;
    const LineCosts *found = nullptr;
    facts->find_costs(facts->store->table().groups[number], key, found);
    place.rules = found->rules;
    const KeyJudgement &judgement = facts->judgements[key];
    if (!judgement.is_usage) place.rules.metric[static_cast<std::size_t>(Metric::usage_amount)] = {};
    if (!judgement.list_known) place.rules.metric[static_cast<std::size_t>(Metric::public_on_demand_cost)] = {};
    return place;
}

}  // namespace bedrock_cost
