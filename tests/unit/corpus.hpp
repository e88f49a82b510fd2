// SPDX-License-Identifier: PostgreSQL
// The labelled strings of tests/corpus, in COPY text format, as the tests read them.
#pragma once

#include <bedrock_cost/bill.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bedrock_cost::test {

using Cell = std::optional<std::string>;

// A table of strings with a header; an absent cell is SQL NULL.
class Table {
  public:
    // Reads a file of the corpus, or ends the program where it cannot.
    explicit Table(const std::string &name);

    std::size_t size() const { return rows_.size(); }
    // The cell of a row in the column of that name.
    const Cell &at(std::size_t row, std::string_view column) const;
    // The same where NULL is no legal value.
    const std::string &text(std::size_t row, std::string_view column) const { return at(row, column).value(); }

  private:
    std::vector<std::string> header_;
    std::vector<std::vector<Cell>> rows_;
};

// A text of COPY's format without its escapes.
Cell unescaped(std::string_view cell);

// The strings of hostile.tsv that were made for one parser, at full length.
std::vector<std::string> hostile(std::string_view parser);

// All strings of the corpus a parser is fed with, labelled and hostile.
std::vector<std::string> all_strings(std::string_view parser);

// A returned slice as a cell: absent where its pointer is null.
Cell cell(Text text);
// A word of a closed vocabulary as a cell.
template <class Word>
Cell word_cell(Word value)
{
    const std::string_view shown = word(value);
    return shown.empty() ? Cell() : Cell(shown);
}
// A boolean as COPY writes it.
inline Cell flag(bool value)
{
    return value ? "t" : "f";
}
// The pieces of a text put together, absent where there are none.
Cell joined(const Pieces &pieces);

// Whether a slice lies inside the text it was taken from.
bool lies_inside(Text slice, Text whole);

}  // namespace bedrock_cost::test
