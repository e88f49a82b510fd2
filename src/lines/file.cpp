// SPDX-License-Identifier: PostgreSQL
// The bytes of a file for those who want them as they are: what inflate.hpp has, behind the wall.
#include <cstdlib>

#include "base/memory.hpp"
#include "lines/inflate.hpp"

namespace bedrock_cost {

Source *file_open(Text path) noexcept
{
    char *const name = c_string(path);
    if (name == nullptr) return nullptr;
    Source *file = source_open(name);
    std::free(name);
    return file;
}

void file_close(Source *file) noexcept
{
    source_close(file);
}

std::size_t file_read(Source *file, char *room, std::size_t bytes) noexcept
{
    std::atomic<std::uint64_t> read{0};
    return source_read(file, room, bytes, read);
}

ReadFault file_fault(const Source *file) noexcept
{
    return source_fault(file);
}

}  // namespace bedrock_cost
