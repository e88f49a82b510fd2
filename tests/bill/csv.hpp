// SPDX-License-Identifier: PostgreSQL
// CSV as AWS writes it: fields are quoted only where they must be, quotes inside are doubled.

#pragma once

#include <string>
#include <string_view>

namespace bedrock_bill {

inline void append_field(std::string &row, std::string_view field)
{
    if (field.find_first_of(",\"\n\r") == field.npos) {
        row += field;
        return;
    }
    row += '"';
    for (const char c : field) {
        if (c == '"') row += '"';
        row += c;
    }
    row += '"';
}

template <std::size_t width>
std::string header_line(const std::string_view (&names)[width])
{
    std::string text;
    for (const std::string_view name : names) {
        if (!text.empty()) text += ',';
        append_field(text, name);
    }
    text += '\n';
    return text;
}

/// The fields of one row, set by position and written in one go; unset ones are empty.
template <std::size_t width>
class CsvRow {
  public:
    void set(std::size_t column, std::string value)
    {
        values_[column] = std::move(value);
        touched_[column] = true;
    }

    void write(std::string &out)
    {
        for (std::size_t c = 0; c < width; ++c) {
            if (c > 0) out += ',';
            if (!touched_[c]) continue;
            append_field(out, values_[c]);
            touched_[c] = false;
        }
        out += '\n';
    }

  private:
    std::string values_[width];
    bool touched_[width] = {};
};

/// The position of a column; a name that is not in the list does not compile.
template <std::size_t width>
consteval std::size_t position(const std::string_view (&names)[width], std::string_view name)
{
    for (std::size_t i = 0; i < width; ++i)
        if (names[i] == name) return i;
    throw "no such column";
}

}  // namespace bedrock_bill
