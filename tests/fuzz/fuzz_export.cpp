// SPDX-License-Identifier: PostgreSQL
// Fuzzes the reading of exports: the first byte of the input defines how columns are used, the rest is the file. All
// scans must mark the same, and what is read and every fault must be those of the simple reader.
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.hpp"
#include "lines/csv.hpp"
#include "simple_lines.hpp"

namespace {

using namespace bedrock_cost;
using namespace bedrock_cost::test;

const char *broken_scan_rule(Text text)
{
    struct Found {
        std::vector<std::uint32_t> marks, ends;
        CsvMarks found;
        std::uint32_t to;
    };
    const auto scanned = [&](CsvScan scan) {
        Found one;
        one.marks.resize(text.size() + csv_mark_room);
        one.ends.resize(text.size() + csv_mark_room);
        one.found.marks = one.marks.data();
        one.found.ends = one.ends.data();
        one.to = static_cast<std::uint32_t>(text.size());
        scan(text.data(), 0, one.to, one.found);
        one.marks.resize(one.found.count);
        one.ends.resize(one.found.end_count);
        return one;
    };
    const Found plain = scanned(scan_csv_bytes);
    const CsvScans scans = csv_scans();
    for (std::size_t i = 0; i < scans.count; ++i) {
        const Found wide = scanned(scans.at[i]);
        if (plain.marks != wide.marks || plain.ends != wide.ends) return "all scans find the same separators";
        if (plain.found.inside != wide.found.inside) return "all scans end inside quotes, or none";
        if (plain.found.newlines != wide.found.newlines) return "all scans count the same lines";
        if (plain.found.binary != wide.found.binary || plain.to != wide.to)
            return "all scans stop at the same zero byte";
    }
    return nullptr;
}

const char *broken_reader_rule(unsigned how, const std::string &text)
{
    // The file's own header, where it has one, so that the lines are reached.
    std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
    std::int64_t line = 1;
    std::vector<SimpleField> fields;
    simple_record(text, at, line, fields);
    std::vector<ColumnUse> uses;
    std::vector<std::string> names;
    bool has_start = false, has_end = false;
    std::size_t amounts = 0;
    for (const SimpleField &field : fields) {
        auto use = static_cast<ColumnUse>((how + uses.size()) % 6);
        if (use == ColumnUse::usage_start && std::exchange(has_start, true)) use = ColumnUse::key;
        if (use == ColumnUse::usage_end && std::exchange(has_end, true)) use = ColumnUse::key;
        if (use == ColumnUse::amount && ++amounts > most_amounts) use = ColumnUse::key;
        uses.push_back(use);
        names.push_back(field.content);
    }
    const bool hourly = how > 127;
    SimpleLines expected;
    simple_lines(text, uses, names, hourly, expected);

    const int file = memfd_create("export", MFD_CLOEXEC);
    if (file < 0 || write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return "a file is there";
    const std::string path = "/proc/self/fd/" + std::to_string(file);
    const std::vector<LineColumn> columns = simple_columns(uses, names);
    LineStore *store = line_store_open(columns.data(), static_cast<std::uint32_t>(columns.size()), hourly, 1, 0);
    if (store == nullptr || !line_store_add_file(store, path)) return "there is memory";
    line_store_start(store);
    while (!line_store_wait(store, 10000)) {
    }
    const ReadFault fault = line_store_fault(store);
    const auto groups = simple_groups(store, uses);
    const auto controls = control_sums_of(store);
    const bool conserves = line_store_conserves(store);
    line_store_close(store);
    close(file);

    // What begins like gzip is unpacked: nothing to compare, but nothing may break either.
    if (text.starts_with("\x1f\x8b")) return nullptr;
    if (fault.kind != expected.kind) return "the kind of the fault is that of the simple reader";
    if (fault.line != expected.line || fault.record != expected.record || fault.column != expected.column)
        return "the place of the fault is that of the simple reader";
    if (fault.expected != expected.expected || fault.found != expected.found)
        return "the numbers of fields are those of the simple reader";
    if (!is_utf8(fault.value.data())) return "the value of a fault is UTF-8";
    if (fault.kind == ReadFaultKind::none && groups != expected.groups)
        return "the groups of lines are those of the simple reader";
    if (fault.kind == ReadFaultKind::none && (controls != expected.controls || !conserves))
        return "the control sums are those of the simple reader, and of the groups";
    return nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    // Long texts are slow to match for the simple reader, and show nothing new.
    if (size == 0 || size > 4096) return 0;
    const Text text = as_text(data, size).substr(1);
    require(broken_scan_rule(text));
    require(broken_reader_rule(data[0], std::string(text)));
    return 0;
}
