// SPDX-License-Identifier: PostgreSQL
// What is read of a line, by the columns of a source.
#include <algorithm>

#include "lines/cost_rule.hpp"
#include "lines/line_store.hpp"

namespace bedrock_cost::lines {

namespace {

// The control sums' column of a field, control_columns for none.
std::size_t control_of(KeyField field) noexcept
{
    switch (field) {
        case KeyField::payer_account_id:
            return 0;
        case KeyField::billing_period_start:
            return 1;
        case KeyField::line_item_type:
            return 2;
        case KeyField::charge_class:
            return 3;
        case KeyField::reservation_arn:
            return 4;
        case KeyField::iam_principal:
        case KeyField::other:
            break;
    }
    return control_columns;
}

// Sets where something is; false where it was set before.
bool set_once(std::int32_t &place, std::uint32_t number) noexcept
{
    if (place >= 0) return false;
    place = static_cast<std::int32_t>(number);
    return true;
}

}  // namespace

bool Plan::make(const LineColumn *given, std::uint32_t number, bool &sound) noexcept
{
    count = number;
    start = end = principal = -1;
    std::fill(std::begin(control_column), std::end(control_column), -1);
    std::fill(std::begin(control_key), std::end(control_key), -1);
    std::fill(std::begin(amount_of), std::end(amount_of), -1);
    sound = true;
    if (!columns.fill(number)) return false;
    for (std::uint32_t i = 0; i < number; ++i) {
        LineColumn &column = columns[i] = given[i];
        column.name = names.keep(given[i].name);
        if (column.name.data() == nullptr) return false;
        switch (column.use) {
            case ColumnUse::skipped:
                break;
            case ColumnUse::key:
            case ColumnUse::month:
            case ColumnUse::moment: {
                if (i > 0 && is_key_use(columns[i - 1].use))
                    runs[runs.count - 1].last = i;
                else if (!runs.add({i, i}))
                    return false;
                const std::size_t control = control_of(column.field);
                if (control < control_columns) {
                    sound = set_once(control_column[control], i) && sound;
                    set_once(control_key[control], keys);
                }
                if (column.field == KeyField::iam_principal) sound = set_once(principal, keys) && sound;
                ++keys;
                break;
            }
            case ColumnUse::usage_start:
                sound = set_once(start, i) && sound;
                break;
            case ColumnUse::usage_end:
                sound = set_once(end, i) && sound;
                break;
            case ColumnUse::amount:
                if (column.amount != AmountField::unused)
                    sound = set_once(amount_of[static_cast<std::size_t>(column.amount)],
                                     static_cast<std::uint32_t>(amounts.count)) &&
                            sound;
                if (!amounts.add(i)) return false;
                break;
        }
    }
    sound = sound && amounts.count <= most_amounts;
    hash.draw();
    return true;
}

void Plan::release() noexcept
{
    columns.release();
    names.release();
    runs.release();
    amounts.release();
}

std::uint32_t Plan::fields(std::uint64_t present) const noexcept
{
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < amount_fields; ++i)
        if (has(present, static_cast<AmountField>(i))) bits |= std::uint32_t{1} << i;
    return bits;
}

// A public price of nothing is none where usage cost something. What a line cost is its unblended cost, else the net
// one; where a source has no unblended cost, the blended one is the last that is asked.
bool Plan::price_stated(const Pattern &pattern) const noexcept
{
    using F = AmountField;
    if (has(pattern.nonzero, F::public_on_demand_cost)) return true;
    const bool unblended = amount_of[static_cast<std::size_t>(F::unblended_cost)] >= 0;
    for (const F cost : {F::unblended_cost, F::net_unblended_cost, F::blended_cost}) {
        if (cost == F::blended_cost && unblended) break;
        if (has(pattern.present, cost)) return !has(pattern.nonzero, cost);
    }
    return true;
}

}  // namespace bedrock_cost::lines
