// SPDX-License-Identifier: PostgreSQL
// make_bill: writes Acme's bill, prints what it guarantees, and checks that the guarantees hold.

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "charges.hpp"
#include "company.hpp"
#include "delivery.hpp"
#include "facts.hpp"
#include "logs.hpp"
#include "profiles.hpp"
#include "schedule.hpp"
#include "verify.hpp"

namespace {

constexpr std::string_view usage =
    "make_bill --format cur2|legacy|focus --out DIR [--period YYYY-MM] [--gzip] [--chunk-lines N] [--no-sku-meter]\n"
    "make_bill --facts | --verify | --profiles DIR | --logs DIR\n";

bedrock_bill::Ledger bill_of(const bedrock_bill::Company &company)
{
    bedrock_bill::Ledger ledger;
    bedrock_bill::schedule(company, ledger);
    bedrock_bill::add_other_charges(ledger);
    bedrock_bill::add_discounts(ledger);
    bedrock_bill::add_taxes(ledger);
    bedrock_bill::finish(ledger);
    return ledger;
}

int run(const std::vector<std::string> &arguments)
{
    bedrock_bill::Delivery delivery;
    std::string profiles, logs;
    bool facts = false, verify = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string &option = arguments[i];
        const auto value = [&]() -> const std::string & {
            if (i + 1 == arguments.size()) throw std::invalid_argument(option + " needs a value");
            return arguments[++i];
        };
        if (option == "--format")
            delivery.format = value();
        else if (option == "--out")
            delivery.directory = value();
        else if (option == "--period")
            delivery.period = value();
        else if (option == "--gzip")
            delivery.gzip = true;
        else if (option == "--no-sku-meter")
            delivery.sku_meter = false;
        else if (option == "--chunk-lines") {
            const std::string &text = value();
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), delivery.chunk_lines);
            if (error != std::errc{} || end != text.data() + text.size())
                throw std::invalid_argument("--chunk-lines needs a number");
        } else if (option == "--facts")
            facts = true;
        else if (option == "--verify")
            verify = true;
        else if (option == "--profiles")
            profiles = value();
        else if (option == "--logs")
            logs = value();
        else
            throw std::invalid_argument("unknown option " + option);
    }
    const bool write = !delivery.format.empty() && !delivery.directory.empty();
    if (!facts && !verify && profiles.empty() && logs.empty() && !write) throw std::invalid_argument("nothing to do");

    const bedrock_bill::Company company = bedrock_bill::acme();
    if (!profiles.empty()) bedrock_bill::write_profiles(company, profiles);
    if (!facts && !verify && !write && logs.empty()) return 0;
    const bedrock_bill::Ledger ledger = bill_of(company);
    if (facts)
        for (const auto &[name, text] : bedrock_bill::facts_of(company, ledger)) fmt::print("{}\t{}\n", name, text);
    if (write) bedrock_bill::deliver(ledger, delivery);
    if (!logs.empty()) bedrock_bill::write_logs(ledger, logs);
    return verify ? bedrock_bill::verify(company, ledger) : 0;
}

}  // namespace

int main(int count, char **arguments)
{
    try {
        return run({arguments + 1, arguments + count});
    } catch (const std::invalid_argument &error) {
        fmt::print(stderr, "make_bill: {}\n{}", error.what(), usage);
        return 2;
    } catch (const std::exception &error) {
        fmt::print(stderr, "make_bill: {}\n", error.what());
        return 1;
    }
}
