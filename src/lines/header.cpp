// SPDX-License-Identifier: PostgreSQL
// The column names of a file.
#include "base/memory.hpp"
#include "lines/csv.hpp"

namespace bedrock_cost {

namespace {

bool has_return(Text text) noexcept
{
    return text.find('\r') != Text::npos;
}

}  // namespace

struct Header {
    ReadFault fault;
    Arena bytes;
    Vector<Text> names;

    void read(const char *path, Records &records) noexcept
    {
        std::atomic<std::uint64_t> none{0};
        if (!records.open(path) || !records.next(none)) {
            fault = records.fault;
            // A file without any line feed is one record.
            if (fault.kind == ReadFaultKind::record_too_long && has_return({records.text, records.filled}))
                fault.kind = ReadFaultKind::lone_carriage_return;
            return;
        }
        const Record record = record_of(records, 0);
        if (has_return({record.text + record.begin, record.field_end(record.fields - 1) - record.begin})) {
            fault.kind = ReadFaultKind::lone_carriage_return;
            return;
        }
        if (record.fields > most_columns) {
            fault.kind = ReadFaultKind::too_many_columns;
            fault.expected = most_columns;
            fault.found = static_cast<std::int64_t>(record.fields);
            return;
        }
        if (record.fields == 1 && record.field(0).empty()) {
            fault.kind = ReadFaultKind::no_header;
            records.locate(fault, 0, record.begin);
            return;
        }
        for (std::size_t i = 0; i < record.fields; ++i) {
            const Text field = record.field(i);
            if (!is_utf8(field)) {
                fault.kind = ReadFaultKind::not_utf8;
                fault.column = static_cast<std::int32_t>(i);
                set_value(fault, field);
                records.locate(fault, 0, record.field_begin(i));
                return;
            }
            char *const room = bytes.take(field.size());
            if (room == nullptr || !names.add({room, unquote(field, room)})) {
                fault.kind = ReadFaultKind::out_of_memory;
                return;
            }
            if (names[i].empty()) {
                fault.kind = ReadFaultKind::column_without_name;
                fault.column = static_cast<std::int32_t>(i);
                fault.found = static_cast<std::int64_t>(record.fields);
                return;
            }
        }
    }
};

Header *header_open(Text path) noexcept
{
    auto *header = static_cast<Header *>(std::calloc(1, sizeof(Header)));
    char *const name = c_string(path);
    if (header == nullptr || name == nullptr) {
        std::free(header);
        std::free(name);
        return nullptr;
    }
    header->fault = ReadFault{};
    Records records;
    header->read(name, records);
    if (header->fault.kind != ReadFaultKind::none) header->fault.file = 0;
    records.close();
    std::free(name);
    return header;
}

void header_close(Header *header) noexcept
{
    if (header == nullptr) return;
    header->bytes.release();
    header->names.release();
    std::free(header);
}

ReadFault header_fault(const Header *header) noexcept
{
    return header->fault;
}

std::uint32_t header_count(const Header *header) noexcept
{
    return static_cast<std::uint32_t>(header->names.count);
}

Text header_name(const Header *header, std::uint32_t column) noexcept
{
    return header->names[column];
}

}  // namespace bedrock_cost
