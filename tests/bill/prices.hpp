// SPDX-License-Identifier: PostgreSQL
// Models, their list prices, and the usage types under which AWS bills them.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "money.hpp"

namespace bedrock_bill {

enum class Kind : std::uint8_t { input, output, cache_read, cache_write, cache_write_1h, other };
constexpr int token_kinds = 5;

enum class Scope : std::uint8_t { regional, global };

/// How a model's usage types are spelled; see README.md.
enum class Grammar : std::uint8_t { first_party, mantle, marketplace, marketplace_snake, service };

struct Model {
    std::string_view id;
    std::string_view name;      // in the product name of a Marketplace row, in descriptions elsewhere
    std::string_view provider;  // as the price list says it
    std::string_view seller;    // legal entity of Marketplace rows
    Grammar grammar;
    std::string_view token;  // the model's part of a first-party usage type
};

/// One thing AWS meters: everything on a line that follows from the usage type.
struct Sku {
    std::string usage_type;
    std::string product_code;
    std::string product_name;
    std::string service_code;  // empty on Marketplace rows
    std::string family;
    std::string region;
    std::string unit;
    std::string unit_from_september;  // Marketplace token units were renamed that month
    std::string description;
    std::string model;
    std::string model_id;
    std::string provider;
    std::string seller;
    std::string inference_type;
    std::string sku;
    std::string rate_code;
    int decimals = 0;  // amount on the line = quantity / 10^decimals
    Pico rate = 0;     // per quantity step
    Kind kind = Kind::other;
    bool marketplace = false;
    bool bedrock = true;
};

/// Prefix of usage types: eu-west-1 is EU.
std::string_view region_code(std::string_view region);
std::string_view region_name(std::string_view region);

const Model &model_of(std::string_view id);

/// What a token SKU is asked for by.
struct TokenKey {
    std::string_view model;
    std::string_view region;
    Scope scope = Scope::regional;
    std::string_view tier = "standard";  // flex, priority, batch, latency-optimized, custom-model, long-context
    Kind kind = Kind::input;
};

/// A meter that is not tokens of a price table row: images, hours, text units and the like.
struct Meter {
    std::string_view usage_type;  // without region prefix; "MP:" stands for "USE1-MP:USE1_"
    std::string_view unit;
    int decimals = 0;
    Pico price = 0;                                   // per unit on the line
    std::string_view product_code = "AmazonBedrock";  // ignored for Marketplace meters
    std::string_view product_name = "Amazon Bedrock";
    std::string_view family = "Amazon Bedrock";
    std::string_view description = {};
    std::string_view seller = {};
    std::string_view model = {};
    bool bedrock = true;
    Kind kind = Kind::other;
};

class Catalogue {
  public:
    /// The SKU of a token kind, or -1 when the model does not sell it.
    int token(const TokenKey &key);
    int meter(const Meter &meter, std::string_view region);
    /// The product of `like` without a meter: taxes, credits and fees name no usage type.
    int charge(const Sku &like, std::string_view what);
    const Sku &operator[](int index) const { return skus_[static_cast<std::size_t>(index)]; }
    std::size_t size() const { return skus_.size(); }

  private:
    int add(Sku sku);

    std::vector<Sku> skus_;
    std::map<std::string, int, std::less<>> index_;
};

/// The 26-character product code AWS Marketplace gives an offer.
std::string marketplace_code(std::string_view product_name);

}  // namespace bedrock_bill
