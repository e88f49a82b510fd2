// SPDX-License-Identifier: PostgreSQL
// Lines of a relation, one by one.
#include "lines/line_store.hpp"
#include "lines/planted.hpp"

namespace bedrock_cost {

namespace lines {

AddedLine Worker::add(const Plan &plan, const GivenLine &given) noexcept
{
    AddedLine added;
    std::size_t length = 1;
    for (std::uint32_t i = 0; i < plan.keys; ++i) length += sizeof(std::uint32_t) + given.keys[i].size();
    if (!key.reserve(length)) {
        fail_memory();
        return added;
    }
    char *to = key.at;
    for (std::uint32_t i = 0; i < plan.keys; ++i) to = put_text(to, given.keys[i]);
    const Text bytes(key.at, static_cast<std::size_t>(to - key.at));

    Usage usage{};
    usage.has_start = plan.start >= 0 && given.has_start ? 1 : 0;
    usage.has_end = plan.end >= 0 && given.has_end ? 1 : 0;
    if (usage.has_start != 0) usage.start = given.start;
    if (usage.has_end != 0) usage.end = given.end;
    cut_usage(usage, plan.hourly);
    const Text usage_bytes(reinterpret_cast<const char *>(&usage), sizeof usage);

    Pattern pattern{};
    for (std::size_t i = 0; i < plan.amounts.count; ++i) {
        const std::uint64_t bit = std::uint64_t{1} << i;
        const bool overflows = (given.overflow & bit) != 0;
        if (!overflows && !given.amounts[i].present) continue;
        pattern.present |= bit;
        if (overflows ? (given.overflow_zero & bit) == 0 : given.amounts[i].units != 0) pattern.nonzero |= bit;
    }

    ControlIdentity identity{};
    for (std::size_t i = 0; i < reservation; ++i)
        if (plan.control_key[i] >= 0) identity.texts[i] = given.keys[plan.control_key[i]];
    identity.month = plan.by_month() ? month_of(usage) : 0;
    identity.has_reservation = plan.control_key[reservation] >= 0 && !given.keys[plan.control_key[reservation]].empty();

    GroupKey group_key{};
    group_key.full_key = table.full_keys.add(bytes, plan.hash.of(bytes));
    group_key.usage = table.usages.add(usage_bytes, plan.hash.of(usage_bytes));
    const std::uint32_t slot_number = control.find(plan.hash, identity, pattern.present);
    if (group_key.full_key == Interner::none || group_key.usage == Interner::none || slot_number == Interner::none) {
        fail_memory();
        return added;
    }
    if (!find_pattern(plan, pattern, group_key.pattern)) return added;
    Group *const group = table.group(group_key);
    if (group == nullptr) {
        fail_memory();
        return added;
    }

    ControlSlot &slot = control.slots[slot_number];
    ++slot.lines;
    const int times = planted(Planted::dropped_line) ? 0 : planted(Planted::doubled_line) ? 2 : 1;
    group->lines += static_cast<std::uint64_t>(times);
    Int128 *sum = group->sums();
    std::uint8_t *decimals = group->decimals(static_cast<std::size_t>(std::popcount(pattern.nonzero)));
    DigitSum *counted = slot.sums;
    for (std::uint64_t left = pattern.present; left != 0; left &= left - 1, ++decimals, ++counted) {
        const auto i = static_cast<std::size_t>(std::countr_zero(left));
        const std::uint64_t bit = std::uint64_t{1} << i;
        Int128 *const to_sum = (pattern.nonzero & bit) != 0 ? sum++ : nullptr;
        if ((given.overflow & bit) != 0) continue;
        const Amount &amount = given.amounts[i];
        // Neither of the two sums has it where one of them has no room for it.
        Int128 wider = 0;
        if ((to_sum != nullptr && __builtin_add_overflow(*to_sum, amount.units, &wider)) ||
            !counted->add(given.stored[i])) {
            added.refused |= bit;
            continue;
        }
        counted->decimals = std::max(counted->decimals, amount.decimals);
        *decimals = std::max(*decimals, amount.decimals);
        if (to_sum == nullptr) continue;
        if (planted(Planted::misread_digit)) ++wider;
        if (times == 1) *to_sum = wider;
        if (times == 2) *to_sum = wider + amount.units;
    }
    added.group = group->number;
    added.control = slot_number;
    return added;
}

}  // namespace lines

AddedLine line_store_add(LineStore *store, const GivenLine &line) noexcept
{
    AddedLine added;
    if (store->done || store->was_started) return added;
    if (store->workers == nullptr) {
        store->threads = 1;
        store->workers = static_cast<lines::Worker *>(std::calloc(1, sizeof(lines::Worker)));
        if (store->workers != nullptr) store->workers[0].store = store;
        if (store->workers == nullptr || !store->workers[0].open()) {
            store->set_memory_fault(store->fault);
            store->done = true;
            return added;
        }
    }
    added = store->workers[0].add(store->plan, line);
    if (added.group < 0) {
        store->fault = store->workers[0].fault;
        store->done = true;
        return added;
    }
    store->read.fetch_add(1, std::memory_order_relaxed);
    return added;
}

void line_store_end(LineStore *store) noexcept
{
    store->done = true;
}

}  // namespace bedrock_cost
