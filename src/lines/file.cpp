// SPDX-License-Identifier: PostgreSQL
// The bytes of a file for those who want them as they are: what inflate.hpp has, behind the wall.
#include <cstdlib>
#include <cstring>

#include "lines/inflate.hpp"

namespace bedrock_cost {

Source *file_open(Text path) noexcept
{
    auto *name = static_cast<char *>(std::malloc(path.size() + 1));
    if (name == nullptr) return nullptr;
    if (!path.empty()) std::memcpy(name, path.data(), path.size());
    name[path.size()] = '\0';
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
