// SPDX-License-Identifier: PostgreSQL
// What reading exports costs: unpacking alone, and the whole compaction.
//   read_export [--threads N] [--hourly] [--rows] FILE...
// Columns are used by their names: amounts and times of CUR 2.0, legacy CUR and FOCUS, keys that spend is asked by.
#include <sys/resource.h>
#include <time.h>

#include <bedrock_cost/reader.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "inflate.hpp"

namespace {

using namespace bedrock_cost;

double cpu_seconds()
{
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

ColumnUse use_of(Text name)
{
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
    if (starts.contains(name)) return ColumnUse::usage_start;
    if (ends.contains(name)) return ColumnUse::usage_end;
    if (amounts.contains(name)) return ColumnUse::amount;
    return keys.contains(name) ? ColumnUse::key : ColumnUse::skipped;
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
    bool rows = false;
    std::vector<const char *> files;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            threads = static_cast<std::uint32_t>(std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--hourly") == 0)
            hourly = true;
        else if (std::strcmp(argv[i], "--rows") == 0)
            rows = true;
        else
            files.push_back(argv[i]);
    }
    if (files.empty()) {
        std::fprintf(stderr, "usage: read_export [--threads N] [--hourly] [--rows] FILE...\n");
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
    std::vector<ColumnUse> uses;
    std::vector<Text> names;
    std::size_t keys = 0, amounts = 0;
    for (std::uint32_t i = 0; i < header_count(header); ++i) {
        names.push_back(header_name(header, i));
        uses.push_back(use_of(names.back()));
        amounts += uses.back() == ColumnUse::amount;
        keys += uses.back() != ColumnUse::amount && uses.back() != ColumnUse::skipped;
    }
    const double begun = cpu_seconds();
    Compaction *compaction =
        compaction_open(uses.data(), names.data(), static_cast<std::uint32_t>(uses.size()), hourly, threads);
    if (compaction == nullptr) return EXIT_FAILURE;
    for (const char *file : files)
        if (!compaction_add_file(compaction, file)) return EXIT_FAILURE;
    compaction_start(compaction);
    while (!compaction_wait(compaction, 1000)) {
    }
    const double whole = cpu_seconds() - begun;
    if (compaction_fault(compaction).kind != ReadFaultKind::none) return failed(compaction_fault(compaction));
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    if (rows)
        for (std::int64_t n = 0; n < compaction_count(compaction); ++n) {
            const CompactedLine line = compaction_row(compaction, n);
            std::printf("%lld", static_cast<long long>(line.lines));
            for (std::size_t i = 0; i < keys; ++i)
                std::printf("\t%.*s", static_cast<int>(line.keys[i].size()), line.keys[i].data());
            std::printf("\n");
        }
    const double lines = static_cast<double>(compaction_progress(compaction).lines);
    std::fprintf(stderr,
                 "%.0f lines, %.1f MB packed, %.1f MB unpacked; %zu keys, %zu amounts; %lld compacted lines\n"
                 "CPU: unpacking %.3f s, the whole %.3f s = %.2fx, %.0f ns a line; %ld MB of memory at most\n",
                 lines, static_cast<double>(packed.load()) * 1e-6, static_cast<double>(unpacked) * 1e-6, keys, amounts,
                 static_cast<long long>(compaction_count(compaction)), unpacking, whole, whole / unpacking,
                 whole * 1e9 / lines, usage.ru_maxrss >> 10);
    compaction_close(compaction);
    header_close(header);
    return EXIT_SUCCESS;
}
