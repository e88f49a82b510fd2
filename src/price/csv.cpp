// SPDX-License-Identifier: PostgreSQL
// CSV field by field, as AWS writes its price lists: RFC 4180.
#include <bedrock_cost/price.hpp>

namespace bedrock_cost {

CsvField csv_next(CsvReader &reader) noexcept
{
    CsvField field;
    if (reader.rest.empty() && !reader.after_comma) return field;
    field.step = CsvStep::last_field;
    std::size_t end = 0;
    if (reader.rest.starts_with('"')) {
        std::size_t close = 1;
        for (;; close += 2) {
            close = reader.rest.find('"', close);
            if (close == Text::npos) {
                field.step = CsvStep::broken;
                return field;
            }
            if (close + 1 >= reader.rest.size() || reader.rest[close + 1] != '"') break;
            field.doubled = true;
        }
        field.raw = reader.rest.substr(1, close - 1);
        end = close + 1;
        const bool ends_line = reader.rest.substr(end).starts_with("\r\n");
        if (ends_line) ++end;
        if (end < reader.rest.size() && reader.rest[end] != ',' && reader.rest[end] != '\n') {
            field.step = CsvStep::broken;
            return field;
        }
    } else {
        end = reader.rest.find_first_of(",\n");
        if (end == Text::npos) end = reader.rest.size();
        field.raw = reader.rest.substr(0, end);
        const bool line = end == reader.rest.size() || reader.rest[end] == '\n';
        if (line && field.raw.ends_with('\r')) field.raw.remove_suffix(1);
    }
    reader.after_comma = end < reader.rest.size() && reader.rest[end] == ',';
    if (reader.after_comma) field.step = CsvStep::field;
    reader.rest.remove_prefix(end < reader.rest.size() ? end + 1 : end);
    return field;
}

}  // namespace bedrock_cost
