// SPDX-License-Identifier: PostgreSQL
// The lines of the bill before any export format: numbers, and indexes of texts that are kept once.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calendar.hpp"
#include "money.hpp"
#include "prices.hpp"

namespace bedrock_bill {

/// Tags with their full keys, as the CUR 2.0 column `tags` names them: resourceTags/project, iamPrincipal/team, ...
using Tags = std::vector<std::pair<std::string, std::string>>;

/// One combination of tags, rendered once for every place it appears in.
struct TagSet {
    Tags entries;
    std::string tags_json;      // CUR 2.0 tags: everything
    std::string resource_json;  // CUR 2.0 resource_tags: folded keys, resource tags only
    std::string category_json;  // CUR 2.0 cost_category
    std::string focus_json;     // FOCUS Tags: resource tags under their own keys

    /// The value under a full key, or an empty text.
    std::string_view value(std::string_view key) const;
};

enum class LineType : std::uint8_t { usage, tax, credit, refund, fee, edp_discount, private_rate_discount };

struct Line {
    int period = 0;
    Hour start = 0;
    Hour end = 0;
    LineType type = LineType::usage;
    int account = 0;
    int sku = 0;
    int workload = -1;  // -1: not Bedrock or not usage
    std::uint32_t resource = 0;
    std::uint32_t principal = 0;
    std::uint32_t operation = 0;
    std::uint32_t description = 0;  // 0: the SKU's
    std::uint32_t identifier = 0;   // IAM Identity Center user id
    std::uint32_t tags = 0;
    std::int64_t quantity = 0;
    Pico cost = 0;
    Pico net = 0;  // equals cost where the period has no discount
    std::string id;
};

/// Texts kept once; index 0 is the empty text.
class Texts {
  public:
    Texts() { add(""); }
    std::uint32_t add(std::string_view text);
    const std::string &operator[](std::uint32_t index) const { return texts_[index]; }

  private:
    std::vector<std::string> texts_;
    std::map<std::string, std::uint32_t, std::less<>> index_;
};

class TagSets {
  public:
    TagSets() { add({}); }
    std::uint32_t add(Tags tags);
    const TagSet &operator[](std::uint32_t index) const { return sets_[index]; }

  private:
    std::vector<TagSet> sets_;
    std::map<std::string, std::uint32_t> index_;
};

struct Ledger {
    Catalogue catalogue;
    Texts texts;
    TagSets tag_sets;
    std::vector<Line> lines;

    const Sku &sku(const Line &line) const { return catalogue[line.sku]; }
};

/// Periods in which the company has a discount: only there AWS fills the net columns.
constexpr bool has_discount(int period)
{
    return period >= august;
}

std::string_view line_type_name(LineType type);

/// {"k":"v"} without spaces.
std::string json_object(const Tags &entries);
std::string json_text(std::string_view text);

}  // namespace bedrock_bill
