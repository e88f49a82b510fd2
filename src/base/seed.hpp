// SPDX-License-Identifier: PostgreSQL
// Secrets of hashes: nobody can prepare keys that share one.
#pragma once

#include <cstddef>

namespace bedrock_cost {

// Fills a room with bytes of the kernel's generator. Where it has none to give, they are mixed of addresses, which are
// laid out anew in every process, and of the time.
void fill_random(void *room, std::size_t bytes) noexcept;

}  // namespace bedrock_cost
