// SPDX-License-Identifier: PostgreSQL
// Tags: which source a key comes from, and which of many keys answers for the one that is looked for.
#include <bedrock_cost/bill.hpp>

#include "base/text.hpp"

namespace bedrock_cost {

namespace {

// Where a tag comes from, in the order of precedence; zero asks for any.
enum Source : std::int32_t { any, resource, iam_principal, user_attribute, account, cost_category, generated };

struct SourcedKey {
    Source source;
    Text key;
};

struct SourcePrefix {
    Text prefix;
    Source source;
};

// What a key of the tag columns begins with. A prefix that continues another is listed before it.
constexpr std::array<SourcePrefix, 10> source_prefixes{{
    {"resourceTags/user:", resource},
    {"resourceTags/", resource},
    {"iamPrincipal/", iam_principal},
    {"userAttribute/", user_attribute},
    {"accountTag/", account},
    {"costCategory/", cost_category},
    {"user:", resource},
    {"user_", resource},
    {"aws:", generated},
    {"aws_", generated},
}};

// Whether a prefix names a source of its own, other than resources and AWS.
constexpr bool names_source(const SourcePrefix &prefix) noexcept
{
    return prefix.source != resource && prefix.source != generated;
}

// Parts a key into its source and the key the user gave; a key without a prefix is a resource tag.
SourcedKey read_key(Text key) noexcept
{
    SourcedKey read{resource, key};
    for (const SourcePrefix &candidate : source_prefixes) {
        // The first letter distinguishes most of them, for less than a call that compares.
        if (key.empty() || key[0] != candidate.prefix[0] || !key.starts_with(candidate.prefix)) continue;
        read = {candidate.source, key.substr(candidate.prefix.size())};
        break;
    }
    // Some exports file the tags of callers among those of resources: user:iamPrincipal/team is iamPrincipal/team.
    if (read.source == resource && read.key.size() < key.size()) {
        for (const SourcePrefix &candidate : source_prefixes) {
            if (!names_source(candidate) || !read.key.starts_with(candidate.prefix)) continue;
            read = {candidate.source, read.key.substr(candidate.prefix.size())};
            break;
        }
    }
    // AWS keeps "aws:" to itself wherever a user may write keys.
    constexpr Text reserved = "aws:";
    if (read.source != generated && read.key.size() < key.size() && read.key.starts_with(reserved))
        return {generated, read.key.substr(reserved.size())};
    return read;
}

// Whether a byte counts in a folded key: letters and digits, and all of a non-ASCII letter.
constexpr bool counts(char byte) noexcept
{
    return is_alphanumeric(byte) || static_cast<unsigned char>(byte) >= 0x80U;
}

// Whether two keys fold to the same, not empty, text.
bool folds_equal(Text one, Text other) noexcept
{
    std::size_t i = 0;
    std::size_t j = 0;
    bool something = false;
    for (;;) {
        while (i < one.size() && !counts(one[i])) ++i;
        while (j < other.size() && !counts(other[j])) ++j;
        if (i == one.size() || j == other.size()) return something && i == one.size() && j == other.size();
        if (lower(one[i++]) != lower(other[j++])) return false;
        something = true;
    }
}

// The rank of a pair that matches: the source first, then an exact key before a folded one.
constexpr std::int32_t rank(Source source, bool exact) noexcept
{
    return 2 * (generated - source) + (exact ? 2 : 1);
}

}  // namespace

bool folds_to_same(Text one, Text other) noexcept
{
    return folds_equal(one, other);
}

std::size_t fold_name(Text name, char *folded) noexcept
{
    std::size_t size = 0;
    for (const char byte : name)
        if (counts(byte)) folded[size++] = lower(byte);
    return size;
}

bool same_tag(Text one, Text other) noexcept
{
    const SourcedKey a = read_key(one);
    const SourcedKey b = read_key(other);
    return a.source == b.source && folds_equal(a.key, b.key);
}

TagSearch tag_search(Text key) noexcept
{
    TagSearch search;
    const SourcedKey wanted = read_key(key);
    search.wanted = wanted.key;
    search.source = wanted.key.size() == key.size() ? any : wanted.source;
    return search;
}

void offer(TagSearch &search, Text key, Text value) noexcept
{
    if (value.empty() || search.wanted.data() == nullptr) return;
    const SourcedKey offered = read_key(key);
    if (search.source != any && search.source != offered.source) return;

    const bool exact = offered.key == search.wanted;
    if (!exact && !folds_equal(offered.key, search.wanted)) return;
    const std::int32_t found = rank(offered.source, exact);
    if (found < search.best) return;
    // Of equals the bytewise smallest key wins, so that the order of the pairs decides nothing.
    if (found == search.best && (search.key < key || (search.key == key && search.value <= value))) return;
    search.best = found;
    search.key = key;
    search.value = value;
}

bool tag_names_owner(Text key, Text value) noexcept
{
    if (value.empty()) return false;
    const SourcedKey named = read_key(key);
    if (named.key.empty()) return false;
    return named.source == resource || named.source == iam_principal || named.source == user_attribute;
}

}  // namespace bedrock_cost
