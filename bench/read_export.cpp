// SPDX-License-Identifier: PostgreSQL
// What reading exports costs: unpacking alone, all of it up to the line keys, and facts where all lines are Bedrock's.
//   read_export [--threads N] [--hourly] [--keys] FILE...
// Columns are used by their names: amounts and times of CUR 2.0, legacy CUR and FOCUS, keys that spend is asked by.
#include <sys/resource.h>
#include <time.h>

#include <bedrock_cost/lines.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "lines/inflate.hpp"

namespace {

using namespace bedrock_cost;

double cpu_seconds()
{
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

// A column of CUR 2.0; those of other formats are used as columns of no rule.
LineColumn column_of(Text name)
{
    LineColumn column{name, ColumnUse::skipped, AmountField::unused, KeyField::other};
    static const std::set<Text> starts = {"line_item_usage_start_date", "lineItem/UsageStartDate", "ChargePeriodStart"};
    static const std::set<Text> ends = {"line_item_usage_end_date", "lineItem/UsageEndDate", "ChargePeriodEnd"};
    static const std::set<Text> amounts = {"line_item_unblended_cost",
                                           "line_item_net_unblended_cost",
                                           "line_item_blended_cost",
                                           "line_item_usage_amount",
                                           "line_item_normalized_usage_amount",
                                           "pricing_public_on_demand_cost",
                                           "reservation_effective_cost",
                                           "savings_plan_savings_plan_effective_cost",
                                           "discount_total_discount",
                                           "discount_bundled_discount",
                                           "lineItem/UnblendedCost",
                                           "lineItem/UsageAmount",
                                           "BilledCost",
                                           "EffectiveCost",
                                           "ListCost",
                                           "ConsumedQuantity"};
    static const std::set<Text> keys = {"bill_bill_type",
                                        "bill_billing_entity",
                                        "bill_billing_period_start_date",
                                        "bill_payer_account_id",
                                        "bill_invoice_id",
                                        "line_item_currency_code",
                                        "line_item_iam_principal",
                                        "line_item_line_item_description",
                                        "line_item_line_item_type",
                                        "line_item_operation",
                                        "line_item_product_code",
                                        "line_item_resource_id",
                                        "line_item_usage_account_id",
                                        "line_item_usage_type",
                                        "pricing_unit",
                                        "product",
                                        "product_product_family",
                                        "product_region_code",
                                        "resource_tags",
                                        "tags",
                                        "lineItem/UsageType",
                                        "lineItem/ResourceId",
                                        "ResourceId",
                                        "Tags"};
    if (starts.contains(name)) column.use = ColumnUse::usage_start;
    if (ends.contains(name)) column.use = ColumnUse::usage_end;
    if (keys.contains(name)) column.use = ColumnUse::key;
    if (name == "bill_payer_account_id") column.field = KeyField::payer_account_id;
    if (name == "bill_billing_period_start_date") column.field = KeyField::billing_period_start;
    if (name == "line_item_line_item_type") column.field = KeyField::line_item_type;
    if (name == "line_item_iam_principal") column.field = KeyField::iam_principal;
    if (!amounts.contains(name)) return column;
    column.use = ColumnUse::amount;
    for (const Text prefix : {"line_item_", "pricing_", "savings_plan_", ""})
        if (name.starts_with(prefix) && column.amount == AmountField::unused)
            column.amount = amount_field(name.substr(prefix.size()));
    return column;
}

int failed(const ReadFault &fault)
{
    std::fprintf(stderr, "fault %d errno %d file %lld line %lld record %lld column %d expected %lld found %lld: %s\n",
                 static_cast<int>(fault.kind), fault.error_number, static_cast<long long>(fault.file),
                 static_cast<long long>(fault.line), static_cast<long long>(fault.record), fault.column,
                 static_cast<long long>(fault.expected), static_cast<long long>(fault.found), fault.value.data());
    return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char **argv)
{
    std::uint32_t threads = 1;
    bool hourly = false;
    bool keys = false;
    std::vector<const char *> files;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            threads = static_cast<std::uint32_t>(std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--hourly") == 0)
            hourly = true;
        else if (std::strcmp(argv[i], "--keys") == 0)
            keys = true;
        else
            files.push_back(argv[i]);
    }
    if (files.empty()) {
        std::fprintf(stderr, "usage: read_export [--threads N] [--hourly] [--keys] FILE...\n");
        return EXIT_FAILURE;
    }

    const double before = cpu_seconds();
    std::uint64_t unpacked = 0;
    std::atomic<std::uint64_t> packed{0};
    std::vector<char> room(std::size_t{256} << 10U);
    for (const char *file : files) {
        Source *source = source_open(file);
        if (source == nullptr || source_fault(source).kind != ReadFaultKind::none) return EXIT_FAILURE;
        while (const std::size_t got = source_read(source, room.data(), room.size(), packed)) unpacked += got;
        source_close(source);
    }
    const double unpacking = cpu_seconds() - before;

    Header *header = header_open(files[0]);
    if (header == nullptr) return EXIT_FAILURE;
    if (header_fault(header).kind != ReadFaultKind::none) return failed(header_fault(header));
    std::vector<LineColumn> columns;
    std::size_t texts = 0, amounts = 0;
    for (std::uint32_t i = 0; i < header_count(header); ++i) {
        columns.push_back(column_of(header_name(header, i)));
        amounts += columns.back().use == ColumnUse::amount;
        texts += columns.back().use == ColumnUse::key;
    }
    const double begun = cpu_seconds();
    LineStore *store = line_store_open(columns.data(), static_cast<std::uint32_t>(columns.size()), hourly, threads, 0);
    if (store == nullptr) return EXIT_FAILURE;
    for (const char *file : files)
        if (!line_store_add_file(store, file)) return EXIT_FAILURE;
    line_store_start(store);
    while (!line_store_wait(store, 1000)) {
    }
    const double whole = cpu_seconds() - begun;
    if (line_store_fault(store).kind != ReadFaultKind::none) return failed(line_store_fault(store));
    if (!line_store_conserves(store)) return EXIT_FAILURE;
    const double numbering = cpu_seconds();
    const std::int64_t count = line_store_keys(store);
    const double numbered = cpu_seconds() - numbering;
    const double making = cpu_seconds();
    Facts *facts = facts_open(store, SourceFormat::cur);
    if (facts == nullptr) return EXIT_FAILURE;
    for (std::int64_t n = 0; n < count; ++n) {
        KeyJudgement judgement;
        judgement.dimension_id = static_cast<std::int32_t>(n) + 1;
        judgement.is_usage = judgement.list_known = true;
        if (!facts_judge(facts, static_cast<std::uint32_t>(n), judgement, "Usage") ||
            !facts_attribute(facts, judgement.dimension_id, INT32_MIN, INT32_MAX, 1))
            return EXIT_FAILURE;
    }
    for (std::uint32_t n = 0; n < line_store_principals(store); ++n)
        if (!facts_set_session(facts, n, static_cast<std::int32_t>(n))) return EXIT_FAILURE;
    const FactsFault fault = facts_make(facts);
    if (fault.kind != FactsFaultKind::none) {
        std::fprintf(stderr, "fault %d of facts, key %u\n", static_cast<int>(fault.kind), fault.key);
        return EXIT_FAILURE;
    }
    const double made = cpu_seconds() - making;
    std::int64_t counted = 0;
    for (std::int64_t n = 0; n < facts_count(facts); ++n) counted += facts_fact(facts, n).lines;
    const double given = cpu_seconds() - making - made;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    if (keys)
        for (std::int64_t n = 0; n < count; ++n) {
            const LineKey key = line_store_key(store, static_cast<std::uint32_t>(n));
            std::printf("%lld", static_cast<long long>(key.lines));
            for (std::size_t i = 0; i < texts; ++i)
                std::printf("\t%.*s", static_cast<int>(key.keys[i].size()), key.keys[i].data());
            std::printf("\n");
        }
    const double lines = static_cast<double>(line_store_progress(store).lines);
    std::fprintf(stderr,
                 "%.0f lines, %.1f MB packed, %.1f MB unpacked; %zu keys, %zu amounts; %lld groups, %lld line keys\n"
                 "CPU: unpacking %.3f s, the whole %.3f s = %.2fx, %.0f ns a line; line keys %.3f s; %ld MB at most\n",
                 lines, static_cast<double>(packed.load()) * 1e-6, static_cast<double>(unpacked) * 1e-6, texts, amounts,
                 static_cast<long long>(line_store_groups(store)), static_cast<long long>(count), unpacking, whole,
                 whole / unpacking, whole * 1e9 / lines, numbered, usage.ru_maxrss >> 10);
    const auto groups = static_cast<double>(line_store_groups(store));
    std::fprintf(stderr, "%lld facts of %lld lines: made in %.3f s, %.0f ns a group, given in %.0f\n",
                 static_cast<long long>(facts_count(facts)), static_cast<long long>(counted), made, made * 1e9 / groups,
                 given * 1e9 / groups);
    facts_close(facts);
    line_store_close(store);
    header_close(header);
    return EXIT_SUCCESS;
}
