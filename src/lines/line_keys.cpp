// SPDX-License-Identifier: PostgreSQL
// Line keys: the full keys of lines without their sessions, numbered, and the principals.
#include <algorithm>

#include "bill/principal.hpp"
#include "lines/line_store.hpp"

namespace bedrock_cost {

namespace lines {

void KeyMaking::share(Budget *budget) noexcept
{
    number_without_session.budget = month.budget = key_of_number.budget = budget;
    room.budget = grain.budget = dated.budget = price.budget = budget;
    without_sessions.share(budget);
    months.share(budget);
}

void KeyMaking::release() noexcept
{
    without_sessions.release();
    number_without_session.release();
    room.release();
    months.release();
    month.release();
    grain.release();
    dated.release();
    price.release();
    key_of_number.release();
}

void Keys::share(Budget *budget) noexcept
{
    keys.budget = of_group.budget = principal_of.budget = budget;
    principals.share(budget);
    making.share(budget);
}

void Keys::release() noexcept
{
    keys.release();
    of_group.release();
    principal_of.release();
    principals.release();
    making.release();
}

namespace {

constexpr std::size_t grains = 3;

}  // namespace

bool Keys::begin(const Plan &plan, const LineTable &table) noexcept
{
    const std::size_t usages = table.usages.entries.count;
    making.count = table.full_keys.entries.count;
    if (!making.month.fill(usages) || !making.grain.fill(usages) || !making.dated.fill(usages) ||
        !making.price.fill(table.patterns.entries.count) || !of_group.fill(table.groups.count()))
        return false;
    for (std::size_t i = 0; i < table.patterns.entries.count; ++i) {
        const Pattern pattern = table.pattern(static_cast<std::uint32_t>(i));
        making.price[i] =
            static_cast<std::uint8_t>((plan.price_stated(pattern) ? 1 : 0) |
                                      (plan.has(pattern.present, AmountField::net_unblended_cost) ? 2 : 0));
    }
    making.go_on(plan.principal < 0 ? KeyMaking::Stage::usages : KeyMaking::Stage::principals);
    return plan.principal < 0 || principal_of.fill(making.count);
}

bool Keys::number_principals(const Plan &plan, const Interner &full_keys, std::uint64_t &most) noexcept
{
    for (; making.at < full_keys.entries.count && most > 0; ++making.at, --most) {
        Texts texts{full_keys.entries[making.at].text.data()};
        Text principal;
        for (std::int32_t k = 0; k <= plan.principal; ++k) principal = texts.next();
        if (principal.empty()) continue;
        const std::uint32_t number = principals.add(principal, plan.hash.of(principal));
        if (number == Interner::none) return false;
        principal_of[making.at] = number + 1;
        making.sessions = making.sessions || without_session(principal).size() != principal.size();
    }
    if (making.at < full_keys.entries.count) return true;
    making.go_on(making.sessions ? KeyMaking::Stage::full_keys : KeyMaking::Stage::usages);
    return !making.sessions || making.number_without_session.fill(full_keys.entries.count);
}

bool Keys::number_full_keys(const Plan &plan, const Interner &full_keys, std::uint64_t &most) noexcept
{
    for (; making.at < full_keys.entries.count && most > 0; ++making.at, --most) {
        const Text whole = full_keys.entries[making.at].text;
        if (!making.room.reserve(whole.size() + 1)) return false;
        Texts texts{whole.data()};
        for (std::int32_t k = 0; k < plan.principal; ++k) texts.next();
        const auto before = static_cast<std::size_t>(texts.at - whole.data());
        const Text principal = texts.next();
        const auto behind = static_cast<std::size_t>(texts.at - whole.data());
        std::memcpy(making.room.at, whole.data(), before);
        char *to = put_text(making.room.at + before, without_session(principal));
        std::memcpy(to, whole.data() + behind, whole.size() - behind);
        to += whole.size() - behind;
        const Text bytes(making.room.at, static_cast<std::size_t>(to - making.room.at));
        const std::uint32_t number = making.without_sessions.add(bytes, plan.hash.of(bytes));
        if (number == Interner::none) return false;
        making.number_without_session[making.at] = number;
    }
    if (making.at < full_keys.entries.count) return true;
    making.count = making.without_sessions.entries.count;
    making.go_on(KeyMaking::Stage::usages);
    return true;
}

bool Keys::read_usages(const Plan &plan, const Interner &usages, std::uint64_t &most) noexcept
{
    for (; making.at < usages.entries.count && most > 0; ++making.at, --most) {
        Usage usage;
        std::memcpy(&usage, usages.text(static_cast<std::uint32_t>(making.at)).data(), sizeof usage);
        making.grain[making.at] = grain_of(usage);
        making.dated[making.at] = usage.is_dated() ? 1 : 0;
        if (!plan.by_month()) continue;
        const std::int64_t first = month_of(usage);
        const Text bytes(reinterpret_cast<const char *>(&first), sizeof first);
        making.month[making.at] = making.months.add(bytes, plan.hash.of(bytes));
        if (making.month[making.at] == Interner::none) return false;
    }
    if (making.at < usages.entries.count) return true;
    making.go_on(KeyMaking::Stage::groups);
    return making.key_of_number.fill(making.count * std::max<std::size_t>(making.months.entries.count, 1) * grains * 2);
}

bool Keys::number_groups(const LineTable &table, std::uint64_t &most) noexcept
{
    for (; making.at < table.groups.count() && most > 0; ++making.at, --most) {
        const Group &group = table.groups[making.at];
        const std::uint8_t price = making.price[group.key.pattern];
        const Grain grain = making.grain[group.key.usage];
        const bool stated = (price & 1U) != 0;
        std::size_t key_number =
            making.sessions ? making.number_without_session[group.key.full_key] : group.key.full_key;
        key_number += making.month[group.key.usage] * making.count;
        std::uint32_t &number =
            making.key_of_number[(key_number * grains + static_cast<std::size_t>(grain)) * 2 + (stated ? 1 : 0)];
        if (number == 0) {
            if (keys.count >= Interner::none - 1 ||
                !keys.add({static_cast<std::uint32_t>(making.at), grain, stated, false, 0, 0}))
                return false;
            number = static_cast<std::uint32_t>(keys.count);
        }
        KeyInfo &key = keys[number - 1];
        const auto lines = static_cast<std::int64_t>(group.lines);
        key.lines += lines;
        if (making.dated[group.key.usage] == 0) key.undated += lines;
        key.net_given = key.net_given || (price & 2U) != 0;
        of_group[making.at] = number - 1;
    }
    if (making.at == table.groups.count()) making.go_on(KeyMaking::Stage::done);
    return true;
}

bool Keys::make_some(const Plan &plan, const LineTable &table, std::uint64_t &most) noexcept
{
    switch (making.stage) {
        case KeyMaking::Stage::begin:
            return begin(plan, table);
        case KeyMaking::Stage::principals:
            return number_principals(plan, table.full_keys, most);
        case KeyMaking::Stage::full_keys:
            return number_full_keys(plan, table.full_keys, most);
        case KeyMaking::Stage::usages:
            return read_usages(plan, table.usages, most);
        case KeyMaking::Stage::groups:
            return number_groups(table, most);
        case KeyMaking::Stage::done:
            break;
    }
    return true;
}

}  // namespace lines

bool line_store_make_keys(LineStore *store, std::uint64_t most) noexcept
{
    lines::Keys &keys = store->keys;
    if (!store->is_whole() || keys.made) return true;
    if (keys.making.stage == lines::KeyMaking::Stage::begin) keys.share(&store->budget);
    most = std::max<std::uint64_t>(most, 1);
    while (keys.making.stage != lines::KeyMaking::Stage::done) {
        if (most == 0) return false;
        if (keys.make_some(store->plan, store->table(), most)) continue;
        keys.release();
        keys = {};
        store->set_memory_fault(store->fault);
        return true;
    }
    keys.making.release();
    keys.making = {};
    keys.made = true;
    return true;
}

std::int64_t line_store_keys(LineStore *store) noexcept
{
    if (!store->is_whole()) return 0;
    line_store_make_keys(store, ~std::uint64_t{0});
    return store->is_whole() ? static_cast<std::int64_t>(store->keys.keys.count) : -1;
}

LineKey line_store_key(LineStore *store, std::uint32_t key) noexcept
{
    const lines::KeyInfo &info = store->keys.keys[key];
    const lines::LineTable &table = store->table();
    const lines::Group &group = table.groups[info.example];
    lines::Texts texts{table.full_keys.text(group.key.full_key).data()};
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
        const std::uint32_t principal = keys.principal_of[table.groups[i].key.full_key];
        if (principal != 0) used[principal - 1] = true;
    }
}

}  // namespace bedrock_cost
