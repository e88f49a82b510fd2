// SPDX-License-Identifier: PostgreSQL
// Reading tests/corpus: tab-separated COPY text with a header line.
#include "corpus.hpp"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>

namespace bedrock_cost::test {

namespace {

// Parts a line at its tabs.
std::vector<std::string_view> fields(std::string_view line)
{
    std::vector<std::string_view> found;
    for (;;) {
        const std::size_t tab = line.find('\t');
        found.push_back(line.substr(0, tab));
        if (tab == std::string_view::npos) return found;
        line.remove_prefix(tab + 1);
    }
}

}  // namespace

Cell unescaped(std::string_view cell)
{
    if (cell == "\\N") return {};
    std::string text;
    for (std::size_t i = 0; i < cell.size(); ++i) {
        if (cell[i] != '\\' || i + 1 == cell.size()) {
            text += cell[i];
            continue;
        }
        const char escaped = cell[++i];
        if (escaped >= '0' && escaped <= '7') {
            int value = 0;
            std::size_t digits = 0;
            for (; digits < 3 && i + digits < cell.size() && cell[i + digits] >= '0' && cell[i + digits] <= '7';
                 ++digits)
                value = value * 8 + (cell[i + digits] - '0');
            i += digits - 1;
            text += static_cast<char>(value);
            continue;
        }
        switch (escaped) {
            case 't':
                text += '\t';
                break;
            case 'n':
                text += '\n';
                break;
            case 'r':
                text += '\r';
                break;
            default:
                text += escaped;
        }
    }
    return text;
}

Table::Table(const std::string &name)
{
    std::ifstream file(std::string(BEDROCK_CORPUS_DIR) + "/" + name);
    if (!file) {
        std::cerr << "cannot read the corpus file " << name << '\n';
        std::abort();
    }
    std::string line;
    std::getline(file, line);
    for (const std::string_view column : fields(line)) header_.emplace_back(column);
    while (std::getline(file, line)) {
        std::vector<Cell> row;
        for (const std::string_view field : fields(line)) row.push_back(unescaped(field));
        if (row.size() != header_.size()) {
            std::cerr << name << ": a row of " << row.size() << " cells: " << line << '\n';
            std::abort();
        }
        rows_.push_back(std::move(row));
    }
}

const Cell &Table::at(std::size_t row, std::string_view column) const
{
    for (std::size_t i = 0; i < header_.size(); ++i)
        if (header_[i] == column) return rows_.at(row).at(i);
    std::cerr << "no column " << column << '\n';
    std::abort();
}

std::vector<std::string> hostile(std::string_view parser)
{
    const Table table("hostile.tsv");
    std::vector<std::string> strings;
    for (std::size_t row = 0; row < table.size(); ++row) {
        if (table.text(row, "parser") != parser) continue;
        std::string text = table.text(row, "string");
        const std::size_t times = std::stoul(table.text(row, "last_char_times"));
        if (times > 1) text.append(times - 1, text.back());
        strings.push_back(std::move(text));
    }
    return strings;
}

std::vector<std::string> all_strings(std::string_view parser)
{
    const Table table(std::string(parser) + "s.tsv");
    std::vector<std::string> strings = hostile(parser);
    for (std::size_t row = 0; row < table.size(); ++row) strings.push_back(table.text(row, parser));
    return strings;
}

Cell cell(Text text)
{
    return text.data() == nullptr ? Cell() : Cell(text);
}

Cell joined(const Pieces &pieces)
{
    if (pieces.count == 0) return {};
    std::string text;
    for (std::size_t i = 0; i < pieces.count; ++i) text += pieces.slices.at(i);
    return text;
}

bool lies_inside(Text slice, Text whole)
{
    const std::less_equal<const char *> before;
    return slice.data() == nullptr ||
           (before(whole.data(), slice.data()) && before(slice.data() + slice.size(), whole.data() + whole.size()));
}

}  // namespace bedrock_cost::test
