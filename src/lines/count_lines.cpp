// SPDX-License-Identifier: PostgreSQL
// The lines of a file on their way into control sums.
#include <algorithm>

#include "lines/line_store.hpp"

namespace bedrock_cost::lines {

// Where a line is counted. Adjacent lines mostly have the same values, and then written alike.
std::uint32_t Worker::control_slot(const Plan &plan, const Record &record, std::uint64_t present,
                                   std::int64_t month) noexcept
{
    Text fields[control_columns];
    std::size_t size = 0;
    for (std::size_t i = 0; i < control_columns; ++i) {
        if (plan.control_column[i] >= 0) fields[i] = record.field(static_cast<std::size_t>(plan.control_column[i]));
        size += fields[i].size();
    }
    // Of a reservation it counts whether there is one.
    size -= fields[reservation].size();
    ControlIdentity identity{};
    identity.month = month;
    if (!fields[reservation].empty()) {
        if (!key.reserve(fields[reservation].size())) return Interner::none;
        identity.has_reservation = !field_content(fields[reservation], key.at).empty();
    }
    // Most lines are like the one before.
    ControlMemo *memo = last_control;
    if (memo != nullptr && memo->present == present && memo->month == month &&
        memo->has_reservation == identity.has_reservation) {
        const char *at = memo->raw;
        std::size_t same = 0;
        for (; same < reservation && memo->sizes[same] == fields[same].size(); ++same) {
            if (!fields[same].empty() && std::memcmp(at, fields[same].data(), fields[same].size()) != 0) break;
            at += fields[same].size() + 1;
        }
        if (same == reservation) return memo->slot - 1;
    }
    memo = nullptr;
    char raw[ControlMemo::longest];
    const std::size_t separators = reservation;
    if (size + separators + 1 <= sizeof raw) {
        // As they could be adjacent in a file: no two records of fields are the same then.
        char *to = raw;
        for (std::size_t i = 0; i < reservation; ++i) {
            if (!fields[i].empty()) std::memcpy(to, fields[i].data(), fields[i].size());
            to += fields[i].size();
            *to++ = ',';
        }
        *to++ = identity.has_reservation ? '1' : '0';
        const Text bytes(raw, static_cast<std::size_t>(to - raw));
        const std::uint64_t mixed = present ^ static_cast<std::uint64_t>(month);
        memo = controls + ((plan.hash.of(bytes) ^ (mixed * 0x9E3779B97F4A7C15U >> 32U)) % control_memos);
        if (memo->slot != 0 && memo->present == present && memo->month == month &&
            Text(memo->raw, memo->size) == bytes) {
            last_control = memo;
            return memo->slot - 1;
        }
        size = bytes.size();
    }
    std::size_t room = 0;
    for (std::size_t i = 0; i < reservation; ++i) room += fields[i].size();
    if (!key.reserve(room + 1)) return Interner::none;
    char *to = key.at;
    for (std::size_t i = 0; i < reservation; ++i) {
        const Text content_of = field_content(fields[i], to);
        to += fields[i].size();
        if (!content_of.empty()) identity.texts[i] = content_of;
    }
    const std::uint32_t slot = control.find(plan.hash, identity, present);
    if (slot == Interner::none || memo == nullptr) return slot;
    std::memcpy(memo->raw, raw, size);
    memo->size = static_cast<std::uint32_t>(size);
    for (std::size_t i = 0; i < reservation; ++i) memo->sizes[i] = static_cast<std::uint8_t>(fields[i].size());
    memo->has_reservation = identity.has_reservation;
    memo->present = present;
    memo->month = month;
    memo->slot = slot + 1;
    last_control = memo;
    return slot;
}

// Counts a line in the control sums: its amounts as written in the file.
bool Worker::count_line(const Plan &plan, const Record &record, const Line &line, std::uint64_t present,
                        const RawAmount *raw) noexcept
{
    std::int64_t month = 0;
    if (plan.by_month()) {
        Usage usage;
        std::memcpy(&usage, table.usages.text(line.key.usage).data(), sizeof usage);
        month = month_of(usage);
    }
    const std::uint32_t number = control_slot(plan, record, present, month);
    if (number == Interner::none) return fail_memory();
    ControlSlot &slot = control.slots[number];
    ++slot.lines;
    std::uint64_t left = present;
    for (std::size_t n = 0; left != 0; ++n, left &= left - 1) {
        DigitSum &sum = slot.sums[n];
        sum.decimals = std::max(sum.decimals, line.amounts.decimals[n]);
        static_assert(DigitSum::lanes <= csv_padding);
        if (sum.add_short(raw[n].at, raw[n].size)) [[likely]]
            continue;
        const Text field(raw[n].at, raw[n].size);
        if (!content.reserve(field.size())) return fail_memory();
        if (sum.add(field_content(field, content.at))) continue;
        return fail(ReadFaultKind::sum_out_of_range, plan.amounts[static_cast<std::size_t>(std::countr_zero(left))],
                    field);
    }
    return true;
}

}  // namespace bedrock_cost::lines
