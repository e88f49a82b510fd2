// SPDX-License-Identifier: PostgreSQL
// The bytes of an export: a file, unpacked where it begins like gzip.
#pragma once

#include <atomic>
#include <bedrock_cost/lines.hpp>

namespace bedrock_cost {

// What unpacks. zlib is used where isa-l was not there to build with; the tests hold both against each other.
enum class Inflater : std::uint8_t { isal, zlib };
#ifdef BEDROCK_ISAL
inline constexpr Inflater best_inflater = Inflater::isal;
#else
inline constexpr Inflater best_inflater = Inflater::zlib;
#endif

// The size of a file, 0 where it is not known.
std::uint64_t file_bytes(const char *path) noexcept;

// Null: out of memory; else look at source_fault(). The path ends with a zero byte.
Source *source_open(const char *path, Inflater inflater = best_inflater) noexcept;
void source_close(Source *source) noexcept;
// The next unpacked bytes: as many as asked for, fewer at the end or before a fault. Bytes read from the file are
// counted in `read` on the way.
std::size_t source_read(Source *source, char *room, std::size_t bytes, std::atomic<std::uint64_t> &read) noexcept;
// kind and error_number only.
ReadFault source_fault(const Source *source) noexcept;
// Size and hash of the file as it was read so far.
std::uint64_t source_bytes(const Source *source) noexcept;
std::array<unsigned char, 16> source_hash(const Source *source) noexcept;

}  // namespace bedrock_cost
