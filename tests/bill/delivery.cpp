// SPDX-License-Identifier: PostgreSQL
// The folder layouts of Data Exports and of the legacy report, with their manifests.

#include "delivery.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

#include "random.hpp"
#include "writers.hpp"

namespace bedrock_bill {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view bucket = "acme-billing-exports";
constexpr std::string_view prefix = "cur/acme";

std::unique_ptr<Writer> writer_for(const Ledger &ledger, const Delivery &delivery)
{
    const std::string_view format = delivery.format;
    if (format == "cur2") return cur2_writer(ledger);
    if (format == "legacy") return legacy_writer(ledger);
    if (format == "focus") return focus_writer(ledger, delivery.sku_meter);
    throw std::invalid_argument(fmt::format("unknown format {}: cur2, legacy or focus", format));
}

std::string uuid(std::string_view seed)
{
    const std::string h = opaque(seed, 32, hex_digits);
    return fmt::format("{}-{}-4{}-a{}-{}", h.substr(0, 8), h.substr(8, 4), h.substr(13, 3), h.substr(17, 3),
                       h.substr(20));
}

/// One open data file: plain, or through gzip, which with -n writes no name and no time.
class Output {
  public:
    Output(const fs::path &path, bool gzip) : gzip_(gzip)
    {
        fs::create_directories(path.parent_path());
        if (gzip) {
            std::string quoted = "'";
            for (const char c : path.string()) quoted += c == '\'' ? "'\\''" : std::string(1, c);
            file_ = popen(("gzip -n > " + quoted + "'").c_str(), "w");
        } else {
            file_ = std::fopen(path.c_str(), "wb");
        }
        if (!file_) throw std::runtime_error(fmt::format("cannot write {}", path.string()));
    }
    Output(const Output &) = delete;
    Output &operator=(const Output &) = delete;
    ~Output() { finish(); }

    void write(std::string_view text)
    {
        if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) throw std::runtime_error("write failed");
    }

    bool finish()
    {
        if (!file_) return true;
        FILE *file = file_;
        file_ = nullptr;
        return (gzip_ ? pclose(file) : std::fclose(file)) == 0;
    }

  private:
    FILE *file_ = nullptr;
    bool gzip_;
};

std::string json_list(const std::vector<std::string> &items)
{
    std::string text;
    for (const std::string &item : items) {
        text += text.empty() ? "\n    " : ",\n    ";
        text += item;
    }
    return fmt::format("[{}\n  ]", text);
}

std::string legacy_manifest(const Period &period, std::string_view assembly, const Writer &writer,
                            const std::vector<std::string> &keys, bool gzip)
{
    std::vector<std::string> columns;
    for (const auto &[name, type] : writer.columns()) {
        const auto slash = name.find('/');
        columns.push_back(fmt::format("{{\"category\":{},\"name\":{},\"type\":{}}}", json_text(name.substr(0, slash)),
                                      json_text(name.substr(slash + 1)), json_text(type)));
    }
    return fmt::format(
        "{{\n  \"assemblyId\":{},\n  \"account\":{},\n  \"columns\":{},\n  \"charset\":\"UTF-8\",\n"
        "  \"compression\":{},\n  \"contentType\":\"text/csv\",\n  \"reportId\":{},\n  \"reportName\":\"acme\",\n"
        "  \"billingPeriod\":{{\"start\":\"{}T000000.000Z\",\"end\":\"{}T000000.000Z\"}},\n  \"bucket\":{},\n"
        "  \"reportKeys\":{},\n  \"additionalArtifactKeys\":[]\n}}\n",
        json_text(assembly), json_text(accounts[payer].id), json_list(columns), gzip ? "\"GZIP\"" : "\"NONE\"",
        json_text(opaque("report", 64, hex_digits)), compact_date(period.begin), compact_date(period.end),
        json_text(bucket), json_list(keys));
}

std::string export_manifest(std::string_view format, const Period &period, const Writer &writer,
                            const std::vector<std::string> &files, bool gzip)
{
    std::vector<std::string> columns;
    for (const auto &[name, type] : writer.columns())
        columns.push_back(fmt::format("{{\"name\":{},\"type\":{}}}", json_text(name), json_text(type)));
    return fmt::format(
        "{{\n  \"exportArn\":\"arn:aws:bcm-data-exports:us-east-1:{}:export/acme-{}\",\n  \"exportName\":\"acme\",\n"
        "  \"tableName\":{},\n  \"executionId\":{},\n  \"billingPeriod\":{},\n  \"compression\":{},\n"
        "  \"contentType\":\"text/csv\",\n  \"columns\":{},\n  \"dataFiles\":{}\n}}\n",
        accounts[payer].id, uuid(fmt::format("export {}", format)),
        format == "focus" ? "\"FOCUS_1_2_AWS\"" : "\"COST_AND_USAGE_REPORT\"",
        json_text(uuid(fmt::format("execution {} {}", format, period.label))), json_text(period.label),
        gzip ? "\"GZIP\"" : "\"NONE\"", json_list(columns), json_list(files));
}

}  // namespace

void write_text(const fs::path &path, std::string_view text, bool gzip)
{
    Output out(path, gzip);
    out.write(text);
    if (!out.finish()) throw std::runtime_error(fmt::format("cannot write {}", path.string()));
}

void deliver(const Ledger &ledger, const Delivery &delivery)
{
    const auto writer = writer_for(ledger, delivery);
    const bool legacy = delivery.format == "legacy";
    bool any = false;
    for (int p = 0; p < period_count; ++p) {
        const Period &period = periods[static_cast<std::size_t>(p)];
        if (!delivery.period.empty() && delivery.period != period.label) continue;
        any = true;
        const std::string assembly = uuid(fmt::format("assembly {}", period.label));
        const std::string span = fmt::format("{}-{}", compact_date(period.begin), compact_date(period.end));
        const std::string folder =
            legacy ? fmt::format("{}/{}", span, assembly) : fmt::format("data/BILLING_PERIOD={}", period.label);
        std::vector<std::string> keys;
        std::unique_ptr<Output> out;
        std::string text;
        std::size_t in_file = 0;
        const auto close = [&] {
            if (!out) return;
            out->write(text);
            text.clear();
            if (!out->finish()) throw std::runtime_error("writing a data file failed");
            fmt::print("{}\t{} lines\n", keys.back(), in_file);
            out.reset();
        };
        std::vector<std::string> quoted;
        for (const Line &line : ledger.lines) {
            if (line.period != p) continue;
            if (!out || (delivery.chunk_lines != 0 && in_file == delivery.chunk_lines)) {
                close();
                keys.push_back(fmt::format("{}/acme-{:05}.csv{}", folder, keys.size() + 1, delivery.gzip ? ".gz" : ""));
                quoted.push_back(json_text(legacy ? fmt::format("{}/{}", prefix, keys.back())
                                                  : fmt::format("s3://{}/{}/{}", bucket, prefix, keys.back())));
                out = std::make_unique<Output>(delivery.directory / keys.back(), delivery.gzip);
                text = writer->header();
                in_file = 0;
            }
            writer->append(line, text);
            ++in_file;
            if (text.size() > (1U << 20)) {
                out->write(text);
                text.clear();
            }
        }
        close();
        const std::string manifest = legacy
                                         ? fmt::format("{}/acme-Manifest.json", span)
                                         : fmt::format("metadata/BILLING_PERIOD={}/acme-Manifest.json", period.label);
        write_text(delivery.directory / manifest,
                   legacy ? legacy_manifest(period, assembly, *writer, quoted, delivery.gzip)
                          : export_manifest(delivery.format, period, *writer, quoted, delivery.gzip));
    }
    if (!any) throw std::invalid_argument(fmt::format("no period {}", delivery.period));
}

}  // namespace bedrock_bill
