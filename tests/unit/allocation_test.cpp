// SPDX-License-Identifier: PostgreSQL
// No parser allocates: this program counts every call of operator new.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "corpus.hpp"

namespace {
std::size_t allocations = 0;
}  // namespace

// NOLINTBEGIN(misc-definitions-in-headers)
void *operator new(std::size_t size)
{
    ++allocations;
    if (void *memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void *operator new[](std::size_t size)
{
    return operator new(size);
}
void operator delete(void *memory) noexcept
{
    std::free(memory);
}
void operator delete[](void *memory) noexcept
{
    std::free(memory);
}
void operator delete(void *memory, std::size_t) noexcept
{
    std::free(memory);
}
void operator delete[](void *memory, std::size_t) noexcept
{
    std::free(memory);
}
// NOLINTEND(misc-definitions-in-headers)

namespace bedrock_cost::test {
namespace {

// How often a function allocates.
template <class Function>
std::size_t counted(Function function)
{
    const std::size_t before = allocations;
    function();
    return allocations - before;
}

TEST(Allocation, IsCountedHere)
{
    EXPECT_GT(counted([] { delete new std::string(100, 'x'); }), 0U);
}

TEST(Allocation, NoParserNeedsMemory)
{
    std::size_t seen = 0;
    for (const std::string &text : all_strings("arn")) {
        EXPECT_EQ(counted([&] {
                      seen += static_cast<std::size_t>(arn_parts(text).request_path);
                      seen += is_bedrock_arn(text);
                      seen += check_bedrock_arn(text).has_value();
                      seen += static_cast<std::size_t>(attribution_of(text, text));
                  }),
                  0U)
            << text.substr(0, 100);
    }
    for (const std::string &text : all_strings("usage_type"))
        EXPECT_EQ(counted([&] {
                      seen += static_cast<std::size_t>(usage_parts(text).usage_group);
                      seen += static_cast<std::size_t>(usage_region(text));
                      seen += static_cast<std::size_t>(tokens_per_unit("1K tokens", text));
                  }),
                  0U)
            << text.substr(0, 100);
    for (const std::string &text : all_strings("principal"))
        EXPECT_EQ(counted([&] {
                      seen += static_cast<std::size_t>(principal_parts(text).kind);
                      seen += is_bedrock(text, text, text);
                      TagSearch search = tag_search(text);
                      offer(search, text, text);
                      seen += static_cast<std::size_t>(search.best) + tag_names_owner(text, text);
                  }),
                  0U)
            << text.substr(0, 100);
    EXPECT_GT(seen, 0U);
}

}  // namespace
}  // namespace bedrock_cost::test
