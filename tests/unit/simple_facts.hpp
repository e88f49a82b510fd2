// SPDX-License-Identifier: PostgreSQL
// Lines as plain values, in a file or one by one, and the facts they make in maps of the standard library.
#pragma once

#include <array>
#include <bedrock_cost/lines.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "simple_reader.hpp"

namespace bedrock_cost::test {

// All amounts that rules know, and one they do not.
inline constexpr std::size_t plain_amounts = amount_fields + 1;
inline constexpr auto plain_total = static_cast<std::size_t>(AmountField::savings_plan_total_commitment);
inline constexpr std::size_t plain_principal = 5;

struct PlainLine {
    // Payer, billing period, line type, charge class, reservation, principal, and a key of its own; empty ones are
    // absent.
    std::array<std::string, 7> texts;
    bool empty_is_there = false;
    std::int64_t start = 0, end = 0;
    bool has_start = false, has_end = false;
    std::array<Int128, plain_amounts> units{};
    std::array<std::uint8_t, plain_amounts> decimals{};
    std::array<bool, plain_amounts> present{};
};

inline std::vector<LineColumn> plain_columns()
{
    using U = ColumnUse;
    using A = AmountField;
    std::vector<LineColumn> columns = {{"payer", U::key, A::unused, KeyField::payer_account_id},
                                       {"period", U::key, A::unused, KeyField::billing_period_start},
                                       {"type", U::key, A::unused, KeyField::line_item_type},
                                       {"class", U::key, A::unused, KeyField::charge_class},
                                       {"reservation", U::key, A::unused, KeyField::reservation_arn},
                                       {"start", U::usage_start},
                                       {"end", U::usage_end},
                                       {"principal", U::key, A::unused, KeyField::iam_principal},
                                       {"key", U::key}};
    static const std::string names[plain_amounts] = {"a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",   "a8",
                                                     "a9", "b0", "b1", "b2", "b3", "b4", "b5", "other"};
    for (std::size_t i = 0; i < plain_amounts; ++i) columns.push_back({names[i], U::amount, static_cast<A>(i)});
    return columns;
}

using Store = std::unique_ptr<LineStore, decltype(&line_store_close)>;
inline Store open_store(bool hourly, std::uint32_t threads)
{
    const std::vector<LineColumn> columns = plain_columns();
    return {line_store_open(columns.data(), static_cast<std::uint32_t>(columns.size()), hourly, threads, 0),
            &line_store_close};
}

// ---- in a file ------------------------------------------------------------------------------------------------------

inline std::string plain_header()
{
    std::string line;
    for (const LineColumn &column : plain_columns()) line += (line.empty() ? "" : ",") + std::string(column.name);
    return line + "\n";
}

// As COPY would write it, or with an exponent.
inline std::string plain_number(Int128 units, int decimals, bool exponent)
{
    std::string digits;
    Int128 left = units < 0 ? -units : units;
    for (int d = decimals; d < 20; ++d) left /= 10;
    for (; left != 0 || static_cast<int>(digits.size()) <= decimals; left /= 10)
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(left % 10)));
    if (exponent)
        digits += "e-" + std::to_string(decimals);
    else if (decimals > 0)
        digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
    return (units < 0 ? "-" : "") + digits;
}

inline std::string plain_csv(const PlainLine &line, std::uint64_t how)
{
    std::string csv;
    const auto put = [&](const std::string &text) {
        how = how * 6364136223846793005U + 1442695040888963407U;
        const bool quoted = how >> 60U == 0 || text.find_first_of(",\"\n") != std::string::npos;
        if (!csv.empty()) csv += ',';
        if (!quoted) {
            csv += text;
            return;
        }
        csv += '"';
        for (const char byte : text) csv += byte == '"' ? "\"\"" : std::string(1, byte);
        csv += '"';
    };
    const auto time = [](std::int64_t at) { return simple_written(at / 1000000 + 946684800); };
    for (std::size_t i = 0; i < line.texts.size(); ++i) {
        // The first column must not be what the comma is left out for.
        if (i == 0 && line.texts[0].empty())
            csv += "\"\"";
        else
            put(line.texts[i]);
        if (i + 1 != plain_principal) continue;
        put(line.has_start ? time(line.start) : "");
        put(line.has_end ? time(line.end) : "");
    }
    for (std::size_t i = 0; i < plain_amounts; ++i)
        put(line.present[i] ? plain_number(line.units[i], line.decimals[i], how >> 58U == 3) : "");
    return csv + "\n";
}

// ---- one by one -----------------------------------------------------------------------------------------------------

inline AddedLine add_plain(LineStore *store, const PlainLine &line, std::uint64_t overflow = 0,
                           std::uint64_t overflow_zero = 0)
{
    std::vector<Text> keys;
    for (const std::string &text : line.texts)
        keys.push_back(text.empty() && !line.empty_is_there ? Text() : Text(text));
    std::array<Amount, plain_amounts> amounts{};
    std::array<NumericDigits, plain_amounts> stored{};
    std::array<std::array<std::int16_t, 10>, plain_amounts> digits{};
    for (std::size_t i = 0; i < plain_amounts; ++i) {
        if (!line.present[i] || (overflow >> i & 1U) != 0) continue;
        amounts[i] = {line.units[i], line.decimals[i], true};
        Int128 left = line.units[i] < 0 ? -line.units[i] : line.units[i];
        for (std::size_t d = digits[i].size(); d-- > 0; left /= 10000)
            digits[i][d] = static_cast<std::int16_t>(static_cast<int>(left % 10000));
        // As numeric stores them: neither the first nor the last is zero.
        std::size_t first = 0, behind = digits[i].size();
        while (behind > 0 && digits[i][behind - 1] == 0) --behind;
        while (first < behind && digits[i][first] == 0) ++first;
        stored[i] = {digits[i].data() + first, static_cast<std::int32_t>(behind - first),
                     4 - static_cast<std::int32_t>(first), line.units[i] < 0};
    }
    GivenLine given;
    given.keys = keys.data();
    given.start = line.start;
    given.end = line.end;
    given.has_start = line.has_start;
    given.has_end = line.has_end;
    given.amounts = amounts.data();
    given.stored = stored.data();
    given.overflow = overflow;
    given.overflow_zero = overflow_zero;
    return line_store_add(store, given);
}

// ---- what they make -------------------------------------------------------------------------------------------------

inline std::string plain_without_session(const std::string &principal)
{
    const std::string role = "arn:aws:sts::1:assumed-role/";
    const std::size_t slash = principal.rfind('/');
    return principal.starts_with(role) && slash >= role.size() ? principal.substr(0, slash) : principal;
}

struct PlainSums {
    std::int64_t lines = 0;
    std::array<Int128, metrics> units{};
    std::array<int, metrics> decimals{-1, -1, -1, -1, -1, -1, -1};  // -1: absent
    bool operator==(const PlainSums &) const = default;
};

inline void add_plain_costs(PlainSums &sums, const PlainLine &line, SourceFormat format, const KeyJudgement &judgement)
{
    ++sums.lines;
    CostCase of{format, judgement.has_reservation, false, 0};
    for (std::size_t i = 0; i < amount_fields; ++i) of.present |= std::uint32_t{line.present[i]} << i;
    of.discount_in_net =
        judgement.discount_in_net && !line.present[static_cast<std::size_t>(AmountField::net_unblended_cost)];
    CostRules rules;
    if (!cost_rules(of, line.texts[2], rules)) return;
    for (std::size_t m = 0; m < metrics; ++m) {
        if (!rules.metric[m].present) continue;
        if (m == 0 && !judgement.is_usage) continue;
        if (m == metrics - 1 && !judgement.list_known) continue;
        sums.decimals[m] = std::max(sums.decimals[m], 0);
        for (std::size_t t = 0; t < rules.metric[m].terms; ++t) {
            const auto field = static_cast<std::size_t>(rules.metric[m].term[t].field);
            sums.units[m] += rules.metric[m].term[t].sign * line.units[field];
            sums.decimals[m] = std::max(sums.decimals[m], static_cast<int>(line.decimals[field]));
        }
    }
}

inline PlainSums sums_of(std::int64_t lines, const Amount *amounts)
{
    PlainSums sums;
    sums.lines = lines;
    for (std::size_t m = 0; m < metrics; ++m) {
        if (!amounts[m].present) continue;
        sums.units[m] = amounts[m].units;
        sums.decimals[m] = amounts[m].decimals;
    }
    return sums;
}

// The key of a line without its day and its session.
using PlainKey = std::tuple<std::vector<std::string>, int, bool>;

inline PlainKey key_of(const PlainLine &line)
{
    constexpr std::int64_t day = std::int64_t{86400} * 1000000;
    std::vector<std::string> texts(line.texts.begin(), line.texts.end());
    texts[plain_principal] = plain_without_session(texts[plain_principal]);
    int grain = 2;
    if (line.has_start && line.has_end && line.end - line.start <= day)
        grain = line.end - line.start <= day / 24 ? 0 : 1;
    const auto has = [&](AmountField field) { return line.present[static_cast<std::size_t>(field)]; };
    const auto nonzero = [&](AmountField field) { return line.units[static_cast<std::size_t>(field)] != 0; };
    bool stated = nonzero(AmountField::public_on_demand_cost);
    if (has(AmountField::unblended_cost))
        stated = stated || !nonzero(AmountField::unblended_cost);
    else
        stated = stated || !nonzero(AmountField::net_unblended_cost);
    return {texts, grain, stated};
}

// Facts by bill, dimension, attribution, session, day, hour.
using PlainFact = std::tuple<int, int, int, int, std::int64_t, std::int64_t>;

// Makes facts of a store and of the lines that went into it, by judgements and intervals that follow from a seed. Null:
// they are the same.
inline const char *broken_facts_rule(LineStore *store, const std::vector<PlainLine> &lines, bool hourly,
                                     SourceFormat format, std::uint64_t seed)
{
    constexpr std::int64_t day = std::int64_t{86400} * 1000000;
    std::map<PlainKey, std::vector<const PlainLine *>> by_key;
    for (const PlainLine &line : lines) by_key[key_of(line)].push_back(&line);
    if (seed % 2 == 0) {
        while (!line_store_make_keys(store, seed % 41 + 1)) {
        }
    }
    const std::int64_t keys = line_store_keys(store);
    if (keys != static_cast<std::int64_t>(by_key.size())) return "there are as many line keys as the lines say";

    std::unique_ptr<Facts, decltype(&facts_close)> facts(facts_open(store, format), &facts_close);
    const auto chance = [&](std::uint64_t of, std::uint64_t out_of) {
        std::uint64_t mixed = (of + seed) * 0x9E3779B97F4A7C15U;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        return (mixed ^ (mixed >> 31U)) % out_of;
    };
    // A dimension's first attribution ends on one of the days of the lines.
    const auto attribution_of = [&](int dimension, std::int64_t of_day) {
        return of_day <= 9800 + static_cast<std::int64_t>(chance(static_cast<std::uint64_t>(dimension), 7))
                   ? dimension
                   : 100 + dimension;
    };
    for (int dimension = 1; dimension < 6; ++dimension) {
        const auto last = static_cast<std::int32_t>(9800 + chance(static_cast<std::uint64_t>(dimension), 7));
        facts_attribute(facts.get(), dimension, last + 1, INT32_MAX, 100 + dimension);
        facts_attribute(facts.get(), dimension, INT32_MIN, last, dimension);
    }
    std::map<std::string, std::int32_t> sessions;
    for (std::uint32_t i = 0; i < line_store_principals(store); ++i) {
        const std::string principal(line_store_principal(store, i));
        if (!sessions.emplace(principal, static_cast<std::int32_t>(chance(i, 3))).second)
            return "a principal has one number";
        facts_set_session(facts.get(), i, sessions[principal]);
    }

    std::map<PlainFact, PlainSums> expected;
    std::map<std::pair<int, int>, std::pair<PlainSums, std::int64_t>> parts;
    for (std::int64_t k = 0; k < keys; ++k) {
        const LineKey key = line_store_key(store, static_cast<std::uint32_t>(k));
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < 7; ++i) texts.emplace_back(key.keys[i]);
        const auto found = by_key.find({texts, static_cast<int>(key.grain), key.price_stated});
        if (found == by_key.end()) return "a line key is what its lines say";
        const std::vector<const PlainLine *> of_key = std::move(found->second);
        by_key.erase(found);
        if (key.lines != static_cast<std::int64_t>(of_key.size())) return "a line key has all of its lines";
        std::int64_t undated = 0;
        bool net_given = false;
        for (const PlainLine *line : of_key) {
            undated += !line->has_start;
            net_given = net_given || line->present[static_cast<std::size_t>(AmountField::net_unblended_cost)];
        }
        if (key.undated_lines != undated || key.net_given != net_given) return "a line key counts what its lines lack";

        KeyJudgement judgement;
        const auto draw = static_cast<std::uint64_t>(k) * 16;
        judgement.bill_id = static_cast<std::int32_t>(chance(draw, 3));
        judgement.part = static_cast<std::int32_t>(chance(draw + 1, 2));
        judgement.dimension_id = undated > 0 ? 0 : static_cast<std::int32_t>(chance(draw + 2, 6));
        judgement.has_reservation = !texts[4].empty();
        judgement.is_usage = chance(draw + 3, 2) == 0;
        judgement.list_known = key.price_stated;
        judgement.discount_in_net = chance(draw + 4, 3) == 0;
        judgement.session_id = 50;
        facts_judge(facts.get(), static_cast<std::uint32_t>(k), judgement, texts[2]);
        auto &[part, last_day] = parts.try_emplace({judgement.bill_id, judgement.part}, PlainSums{}, -1).first->second;
        for (const PlainLine *line : of_key) {
            add_plain_costs(part, *line, format, judgement);
            if (judgement.dimension_id == 0) continue;
            const std::int64_t of_day = line->start / day;
            if (key.grain != Grain::period) last_day = std::max(last_day, of_day);
            const std::string &principal = line->texts[plain_principal];
            const PlainFact fact = {judgement.bill_id,
                                    judgement.dimension_id,
                                    attribution_of(judgement.dimension_id, of_day),
                                    principal.empty() ? 50 : sessions.at(principal),
                                    of_day,
                                    hourly ? line->start / (day / 24) * (day / 24) : -1};
            add_plain_costs(expected[fact], *line, format, judgement);
        }
    }
    // At once, or in as many steps as there happen to be.
    FactsFault fault;
    const std::uint64_t most = seed % 3 == 0 ? ~std::uint64_t{0} : chance(2, 40) + 1;
    do fault = facts_make_some(facts.get(), most);
    while (fault.kind == FactsFaultKind::unfinished);
    if (fault.kind != FactsFaultKind::none) return "facts can be made";
    if (facts_count(facts.get()) != static_cast<std::int64_t>(expected.size())) return "there are as many facts";
    std::tuple<int, int, int> before{-1, -1, -1};
    for (std::int64_t i = 0; i < facts_count(facts.get()); ++i) {
        const Fact fact = facts_fact(facts.get(), i);
        const auto found = expected.find({fact.bill_id, fact.dimension_id, fact.attribution_id, fact.session_id,
                                          fact.day, fact.has_hour ? fact.hour : -1});
        if (found == expected.end() || fact.has_hour != hourly) return "facts are those of the lines";
        if (!(sums_of(fact.lines, fact.amounts) == found->second)) return "facts add up to what their lines cost";
        expected.erase(found);
        const std::tuple<int, int, int> place{fact.bill_id, fact.dimension_id, fact.day};
        if (place < before) return "facts come in order";
        before = place;
    }
    if (facts_bill_parts(facts.get()) != static_cast<std::int64_t>(parts.size())) return "there are as many bill parts";
    for (std::int64_t i = 0; i < facts_bill_parts(facts.get()); ++i) {
        const BillPart part = facts_bill_part(facts.get(), i);
        const auto found = parts.find({part.bill_id, part.part});
        if (found == parts.end()) return "bill parts are those of the lines";
        const auto &[sums, last_day] = found->second;
        if (!(sums_of(part.lines, part.amounts) == sums)) return "bill parts add up to what their lines cost";
        if (part.has_last_day != (last_day >= 0) || (part.has_last_day && part.last_day != last_day))
            return "bill parts have the last day of their lines";
    }
    for (std::int64_t g = 0; g < line_store_groups(store); ++g) {
        const GroupPlace place = facts_place(facts.get(), g);
        if (place.bill_part < 0 || place.bill_part >= facts_bill_parts(facts.get()) ||
            place.fact >= facts_count(facts.get()))
            return "a group has a place";
    }
    return nullptr;
}

}  // namespace bedrock_cost::test
