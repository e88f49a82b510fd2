// SPDX-License-Identifier: PostgreSQL
// A thread that reads one file at a time into tables of its own.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "lines/line_store.hpp"

namespace bedrock_cost::lines {

bool Worker::open() noexcept
{
    fault = ReadFault{};
    usages = static_cast<UsageMemo *>(std::calloc(usage_memos, sizeof(UsageMemo)));
    controls = static_cast<ControlMemo *>(std::calloc(control_memos, sizeof(ControlMemo)));
    lines = static_cast<Line *>(std::aligned_alloc(64, (batch * sizeof(Line) + 63) / 64 * 64));
    table.seed = store->plan.hash.seed;
    table.share(&store->budget);
    control.share(&store->budget);
    key.budget = content.budget = &store->budget;
    hashing = &best_hashing();
    return usages != nullptr && controls != nullptr && lines != nullptr && table.ready();
}

void Worker::release() noexcept
{
    table.release();
    control.release();
    key.release();
    content.release();
    std::free(usages);
    std::free(controls);
    std::free(lines);
}

bool Worker::fail_memory() noexcept
{
    fail(ReadFaultKind::out_of_memory);
    store->set_memory_fault(fault);
    return false;
}

bool Worker::read_records(const Records &records, std::size_t first) noexcept
{
    const Plan &plan = store->plan;
    std::size_t number = first;
    while (number < records.count()) {
        const std::size_t begun = std::min(batch, records.count() - number);
        std::size_t ready = 0;
        ReadFault found;
        for (; ready < begun; ++ready, ++number) {
            const Record record = record_of(records, number);
            lines[ready].record = static_cast<std::uint32_t>(number);
            if (record.fields != plan.count) {
                fail(ReadFaultKind::wrong_number_of_fields);
                fault.expected = plan.count;
                fault.found = static_cast<std::int64_t>(record.fields);
            } else if (read_line(plan, record, lines[ready])) {
                continue;
            }
            records.locate(
                fault, number,
                fault.column < 0 ? record.begin : record.field_begin(static_cast<std::size_t>(fault.column)));
            found = fault;
            break;
        }
        // A line before the one with a fault may have one of those that are found later.
        if (!place_lines(plan, records, ready)) return false;
        if (found.kind != ReadFaultKind::none) {
            fault = found;
            return false;
        }
    }
    return true;
}

bool Worker::read_header(const Records &records) noexcept
{
    const Plan &plan = store->plan;
    const Record record = record_of(records, 0);
    if (record.fields == 1 && record.field(0).empty()) {
        records.locate(fault, 0, record.begin);
        return fail(ReadFaultKind::no_header);
    }
    const std::size_t both = std::min<std::size_t>(record.fields, plan.count);
    std::size_t same = 0;
    for (; same < both; ++same) {
        const Text field = record.field(same);
        if (!content.reserve(field.size() + 1)) return fail_memory();
        if (field_content(field, content.at) != plan.name(same)) break;
    }
    if (same == record.fields && same == plan.count) return true;
    fault.expected = plan.count;
    fault.found = static_cast<std::int64_t>(record.fields);
    records.locate(fault, 0, same < record.fields ? record.field_begin(same) : record.begin);
    return fail(ReadFaultKind::header_differs, static_cast<std::int64_t>(same),
                same < record.fields ? record.field(same) : Text());
}

// False: fault, or stopped where it has none.
bool Worker::read_file(std::size_t number) noexcept
{
    File &file = store->files[number];
    Records records;
    fault = ReadFault{};
    bool going = records.open(file.path);
    bool headed = false;
    const auto stopped = [&] {
        return store->stop.load(std::memory_order_relaxed) ||
               store->bad_file.load(std::memory_order_relaxed) < static_cast<std::int64_t>(number);
    };
    while (going && !stopped() && records.next(store->bytes_read)) {
        std::size_t first = 0;
        if (!headed) {
            going = read_header(records);
            headed = true;
            first = 1;
        }
        going = going && read_records(records, first);
        const std::uint64_t read = records.count() - first;
        file.read.lines += read;
        store->read.fetch_add(read, std::memory_order_relaxed);
    }
    if (fault.kind == ReadFaultKind::none) fault = records.fault;
    if (records.source != nullptr) {
        file.read.bytes = source_bytes(records.source);
        file.read.hash = source_hash(records.source);
    }
    records.close();
    if (fault.kind != ReadFaultKind::none) {
        fault.file = static_cast<std::int64_t>(number);
        store->report(fault);
        return false;
    }
    return !stopped();
}

void Worker::read_files() noexcept
{
    for (;;) {
        const std::uint64_t number = store->next_file.fetch_add(1, std::memory_order_relaxed);
        if (number >= store->files.count || !read_file(number)) break;
    }
}

}  // namespace bedrock_cost::lines
