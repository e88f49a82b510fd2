// SPDX-License-Identifier: PostgreSQL
// Fuzzes the road of a line: bytes become lines, which go into a store by a file and one by one, and from there to line
// keys, facts and bill parts. Both ways make the same as plain maps do.
//
// The first two bytes choose how; then each line takes nine bytes: keys, principal, times, which amounts are there, and
// four of their values.
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.hpp"
#include "simple_facts.hpp"

namespace {

using namespace bedrock_cost;
using namespace bedrock_cost::test;

constexpr std::size_t line_bytes = 9;

PlainLine line_of(const std::uint8_t *bytes)
{
    static const std::string types[] = {
        "Usage", "Tax", "Fee", "RIFee", "EdpDiscount", "SavingsPlanCoveredUsage", "", "DiscountedUsage"};
    static const std::string principals[] = {"",
                                             "arn:aws:iam::1:user/u",
                                             "arn:aws:sts::1:assumed-role/R",
                                             "arn:aws:sts::1:assumed-role/R/a",
                                             "arn:aws:sts::1:assumed-role/R/b",
                                             "somebody, or \"else\""};
    PlainLine line;
    line.texts = {(bytes[0] & 1U) != 0 ? "1" : "",    (bytes[0] & 2U) != 0 ? "2026-11-01T00:00:00Z" : "",
                  types[bytes[0] >> 2U & 7U],         (bytes[0] & 32U) != 0 ? "Correction" : "",
                  (bytes[0] & 64U) != 0 ? "arn" : "", principals[bytes[1] % 6],
                  std::string(bytes[1] / 64U, 'k')};
    constexpr std::int64_t hour = std::int64_t{3600} * 1000000;
    static constexpr std::int64_t lasts[] = {0, hour, hour + 1000000, 24 * hour, 25 * hour, -hour, 720 * hour, 1000000};
    line.has_start = (bytes[2] & 128U) == 0;
    line.has_end = (bytes[2] & 64U) == 0;
    line.start = 9801 * 24 * hour + (bytes[2] & 63U) * 2 * hour + (bytes[3] & 1U) * hour / 2;
    line.end = line.start + lasts[bytes[3] >> 1U & 7U];
    for (std::size_t i = 0; i < plain_amounts; ++i) {
        line.present[i] = ((bytes[4] | bytes[3] >> 4U << 8U) >> (i * 5 % 12) & 1U) != 0;
        if (!line.present[i]) continue;
        line.decimals[i] = static_cast<std::uint8_t>((bytes[5] + i) % 12);
        line.units[i] = static_cast<std::int8_t>(bytes[5 + i % 4]);
        for (int d = line.decimals[i]; d < 20; ++d) line.units[i] *= 10;
    }
    // Of a commitment both amounts are there, or no rule covers it.
    line.present[plain_total + 1] = line.present[plain_total];
    return line;
}

void require_made(LineStore *store, const std::vector<PlainLine> &lines, bool hourly, SourceFormat format,
                  std::uint64_t seed)
{
    if (line_store_fault(store).kind != ReadFaultKind::none) require("lines are read");
    if (!line_store_conserves(store)) require("groups add up to the control sums");
    require(broken_facts_rule(store, lines, hourly, format, seed));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2 || size > 4096) return 0;
    const bool hourly = (data[0] & 1U) != 0;
    const auto format = static_cast<SourceFormat>((data[0] >> 1U) % 3);
    std::vector<PlainLine> lines;
    for (std::size_t at = 2; at + line_bytes <= size; at += line_bytes) lines.push_back(line_of(data + at));

    std::string csv = plain_header();
    for (const PlainLine &line : lines) csv += plain_csv(line, data[1] * lines.size());
    const int file = memfd_create("lines", MFD_CLOEXEC);
    if (file < 0 || write(file, csv.data(), csv.size()) != static_cast<ssize_t>(csv.size())) require("a file is there");
    const Store of_file = open_store(hourly, 1);
    if (of_file == nullptr || !line_store_add_file(of_file.get(), "/proc/self/fd/" + std::to_string(file)))
        require("there is memory");
    line_store_start(of_file.get());
    while (!line_store_wait(of_file.get(), 10000)) {
    }
    close(file);
    require_made(of_file.get(), lines, hourly, format, data[1]);

    const Store of_lines = open_store(hourly, 1);
    for (const PlainLine &line : lines)
        if (add_plain(of_lines.get(), line).group < 0) require("a line is added");
    line_store_end(of_lines.get());
    require_made(of_lines.get(), lines, hourly, format, data[1]);
    return 0;
}
