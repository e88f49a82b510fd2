// SPDX-License-Identifier: PostgreSQL
// Line keys: what lines say but for their day and their session, numbered, and the principals beside them.
#include <algorithm>

#include "bill/principal.hpp"
#include "lines/line_store.hpp"

namespace bedrock_cost {

namespace lines {

void Keys::share(Budget *budget) noexcept
{
    keys.budget = of_group.budget = principal_of.budget = budget;
    principals.share(budget);
}

void Keys::release() noexcept
{
    keys.release();
    of_group.release();
    principal_of.release();
    principals.release();
}

namespace {

// Combinations that differ in the session of their principal only have one number.
bool number_combinations(const Plan &plan, const Interner &combinations, Keys &keys, Row<std::uint32_t> &but_session,
                         std::size_t &count) noexcept
{
    count = combinations.entries.count;
    if (plan.principal < 0) return true;
    if (!keys.principal_of.fill(count)) return false;
    bool sessions = false;
    for (std::size_t i = 0; i < count; ++i) {
        Texts texts{combinations.entries[i].text.data()};
        Text principal;
        for (std::int32_t k = 0; k <= plan.principal; ++k) principal = texts.next();
        if (principal.empty()) continue;
        const std::uint32_t number = keys.principals.add(principal, plan.hash.of(principal));
        if (number == Interner::none) return false;
        keys.principal_of[i] = number + 1;
        sessions = sessions || without_session(principal).size() != principal.size();
    }
    if (!sessions) return true;

    Interner said{};
    said.share(keys.keys.budget);
    Scratch room{};
    bool numbered = but_session.fill(count);
    for (std::size_t i = 0; numbered && i < count; ++i) {
        const Text whole = combinations.entries[i].text;
        numbered = room.want(whole.size() + 1);
        if (!numbered) break;
        Texts texts{whole.data()};
        for (std::int32_t k = 0; k < plan.principal; ++k) texts.next();
        const auto before = static_cast<std::size_t>(texts.at - whole.data());
        const Text principal = texts.next();
        const auto behind = static_cast<std::size_t>(texts.at - whole.data());
        std::memcpy(room.at, whole.data(), before);
        char *to = put_text(room.at + before, without_session(principal));
        std::memcpy(to, whole.data() + behind, whole.size() - behind);
        to += whole.size() - behind;
        const Text bytes(room.at, static_cast<std::size_t>(to - room.at));
        but_session[i] = said.add(bytes, plan.hash.of(bytes));
        numbered = but_session[i] != Interner::none;
    }
    count = said.entries.count;
    said.release();
    room.release();
    return numbered;
}

constexpr std::size_t grains = 3;

bool make_keys(const Plan &plan, const LineTable &table, Keys &keys) noexcept
{
    Row<std::uint32_t> but_session{}, number_of{};
    Row<Grain> grain{};
    // Where no column states the billing period, lines of two months are in two bills: they have no key in common.
    Interner months{};
    Row<std::uint32_t> month{};
    Row<std::uint8_t> price{}, dated{};
    for (Row<std::uint32_t> *row : {&but_session, &number_of, &month}) row->budget = keys.keys.budget;
    months.share(keys.keys.budget);
    std::size_t count = 0;
    bool made = number_combinations(plan, table.combinations, keys, but_session, count) &&
                month.fill(table.usages.entries.count) && grain.fill(table.usages.entries.count) &&
                dated.fill(table.usages.entries.count) && price.fill(table.patterns.entries.count) &&
                keys.of_group.fill(table.groups.count());
    for (std::size_t i = 0; made && i < table.usages.entries.count; ++i) {
        Usage usage;
        std::memcpy(&usage, table.usages.text(static_cast<std::uint32_t>(i)).data(), sizeof usage);
        grain[i] = grain_of(usage);
        dated[i] = usage.is_dated() ? 1 : 0;
        if (!plan.by_month()) continue;
        const std::int64_t first = month_of(usage);
        const Text bytes(reinterpret_cast<const char *>(&first), sizeof first);
        month[i] = months.add(bytes, plan.hash.of(bytes));
        made = month[i] != Interner::none;
    }
    made = made && number_of.fill(count * std::max<std::size_t>(months.entries.count, 1) * grains * 2);
    for (std::size_t i = 0; made && i < table.patterns.entries.count; ++i) {
        const Pattern pattern = table.pattern(static_cast<std::uint32_t>(i));
        price[i] = static_cast<std::uint8_t>((plan.price_stated(pattern) ? 1 : 0) |
                                             (plan.has(pattern.present, AmountField::net_unblended_cost) ? 2 : 0));
    }
    for (std::size_t i = 0; made && i < table.groups.count(); ++i) {
        const Group &group = table.groups[i];
        const bool stated = (price[group.key.pattern] & 1U) != 0;
        std::size_t said = but_session.count == 0 ? group.key.combination : but_session[group.key.combination];
        said += month[group.key.usage] * count;
        std::uint32_t &number =
            number_of[(said * grains + static_cast<std::size_t>(grain[group.key.usage])) * 2 + (stated ? 1 : 0)];
        if (number == 0) {
            made = keys.keys.count < Interner::none - 1 &&
                   keys.keys.add({static_cast<std::uint32_t>(i), grain[group.key.usage], stated, false, 0, 0});
            if (!made) break;
            number = static_cast<std::uint32_t>(keys.keys.count);
        }
        KeyInfo &key = keys.keys[number - 1];
        const auto lines = static_cast<std::int64_t>(group.lines);
        key.lines += lines;
        if (dated[group.key.usage] == 0) key.undated += lines;
        key.net_given = key.net_given || (price[group.key.pattern] & 2U) != 0;
        keys.of_group[i] = number - 1;
    }
    but_session.release();
    number_of.release();
    month.release();
    months.release();
    grain.release();
    price.release();
    dated.release();
    return made;
}

}  // namespace

}  // namespace lines

std::int64_t line_store_keys(LineStore *store) noexcept
{
    lines::Keys &keys = store->keys;
    if (!store->is_whole()) return 0;
    if (!keys.made) {
        keys = {};
        keys.share(&store->budget);
        if (!lines::make_keys(store->plan, store->table(), keys)) {
            keys.release();
            keys = {};
            store->set_memory_fault(store->fault);
            return -1;
        }
        keys.made = true;
    }
    return static_cast<std::int64_t>(keys.keys.count);
}

LineKey line_store_key(LineStore *store, std::uint32_t key) noexcept
{
    const lines::KeyInfo &info = store->keys.keys[key];
    const lines::LineTable &table = store->table();
    const lines::Group &group = table.groups[info.example];
    lines::Texts texts{table.combinations.text(group.key.combination).data()};
    for (std::uint32_t i = 0; i < store->plan.keys; ++i) {
        Text &text = store->key_texts[i] = texts.next();
        if (static_cast<std::int32_t>(i) == store->plan.principal) text = without_session(text);
    }
    lines::Usage usage;
    std::memcpy(&usage, table.usages.text(group.key.usage).data(), sizeof usage);
    return {store->key_texts, usage.start,       usage.end,      usage.has_start != 0, usage.has_end != 0,
            info.grain,       info.price_stated, info.net_given, info.lines,           info.undated};
}

std::uint32_t line_store_key_of(const LineStore *store, std::int64_t group) noexcept
{
    return store->keys.of_group[static_cast<std::size_t>(group)];
}

std::uint32_t line_store_principals(const LineStore *store) noexcept
{
    return static_cast<std::uint32_t>(store->keys.principals.entries.count);
}

Text line_store_principal(const LineStore *store, std::uint32_t number) noexcept
{
    return store->keys.principals.text(number);
}

void line_store_mark_principals(const LineStore *store, const bool *wanted_keys, bool *used) noexcept
{
    const lines::Keys &keys = store->keys;
    if (!keys.made || keys.principal_of.count == 0) return;
    const lines::LineTable &table = store->table();
    for (std::size_t i = 0; i < table.groups.count(); ++i) {
        if (!wanted_keys[keys.of_group[i]]) continue;
        const std::uint32_t principal = keys.principal_of[table.groups[i].key.combination];
        if (principal != 0) used[principal - 1] = true;
    }
}

}  // namespace bedrock_cost
