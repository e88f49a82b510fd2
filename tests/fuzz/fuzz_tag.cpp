// SPDX-License-Identifier: PostgreSQL
// Fuzzes the search for a tag: five lines of input are the key looked for and two pairs of key and value.
#include "fuzz.hpp"
#include "invariants.hpp"

namespace {

// Takes the first line off a text.
bedrock_cost::Text take_line(bedrock_cost::Text &text)
{
    const std::size_t end = text.find('\n');
    const bedrock_cost::Text line = text.substr(0, end);
    text.remove_prefix(end == bedrock_cost::Text::npos ? text.size() : end + 1);
    return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace bedrock_cost::test;
    bedrock_cost::Text rest = as_text(data, size);
    const bedrock_cost::Text wanted = take_line(rest);
    const bedrock_cost::Text key = take_line(rest);
    const bedrock_cost::Text value = take_line(rest);
    const bedrock_cost::Text other_key = take_line(rest);
    require(broken_tag_rule(wanted, key, value, other_key, rest));
    return 0;
}
