// SPDX-License-Identifier: PostgreSQL
// Puts an export where AWS would: data files, and a manifest that names them.

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "ledger.hpp"

namespace bedrock_bill {

struct Delivery {
    std::string format;  // cur2, legacy, focus
    std::filesystem::path directory;
    std::string period;           // 2026-06; empty: all
    std::size_t chunk_lines = 0;  // 0: one file per period
    bool gzip = false;
    bool sku_meter = true;  // focus: SkuMeter has the usage type; false: it is empty
};

/// Writes the export and prints one line per file.
void deliver(const Ledger &ledger, const Delivery &delivery);

/// Writes a text file, with its folders; packed where asked.
void write_text(const std::filesystem::path &path, std::string_view text, bool gzip = false);

}  // namespace bedrock_bill
