// SPDX-License-Identifier: PostgreSQL
// Callers: IAM and STS ARNs, and the one durable key all sessions of an identity share.
#include "text.hpp"

namespace bedrock_cost {

namespace {

// Tells whether a text is an e-mail address: one @, something before it, a dotted domain behind it.
bool is_email(Text text) noexcept
{
    const std::size_t at = text.find('@');
    if (at == Text::npos || at == 0) return false;
    const Text domain = text.substr(at + 1);
    bool dotted = false;
    char previous = '.';
    for (const char byte : domain) {
        if (!is_alphanumeric(byte) && byte != '-' && byte != '.') return false;
        if (byte == '.' && previous == '.') return false;
        dotted = dotted || byte == '.';
        previous = byte;
    }
    return dotted && previous != '.';
}

// The text where it is an e-mail address, or absent.
Text email_of(Text text) noexcept
{
    return is_email(text) ? text : Text();
}

// Splits "path/to/name" into path and name; false where a part is empty.
bool read_path_and_name(const char *begin, const char *end, PrincipalParts &parts) noexcept
{
    const char *name = begin;
    for (const char *at = begin; at < end; ++at)
        if (*at == '/') {
            if (at == name) return false;
            name = at + 1;
        }
    if (name == end) return false;
    parts.name = slice(name, end);
    if (name != begin) parts.path = slice(begin, name - 1);
    return true;
}

// The kind of a role by its name and path, or the given one where it is an ordinary role.
PrincipalKind kind_of_role(const PrincipalParts &parts, PrincipalKind ordinary) noexcept
{
    if (parts.name.starts_with("AWSReservedSSO_")) return PrincipalKind::sso;
    if (parts.name.starts_with("AWSServiceRoleFor") || parts.path == "aws-service-role" ||
        parts.path.starts_with("aws-service-role/"))
        return PrincipalKind::service;
    return ordinary;
}

// An ARN that is its own key.
void set_key(PrincipalParts &parts, Text arn) noexcept
{
    parts.principal_key.slices[0] = arn;
    parts.principal_key.count = 1;
}

// An ARN without the path between its type and its name.
void set_key_without_path(PrincipalParts &parts, Text arn, const char *resource_begin) noexcept
{
    if (parts.path.empty()) return set_key(parts, arn);
    parts.principal_key.slices[0] = slice(arn.data(), resource_begin);
    parts.principal_key.slices[1] = parts.name;
    parts.principal_key.count = 2;
}

// Reads a resource of the IAM service; false where it is none that calls.
bool read_iam(Text arn, const char *begin, PrincipalParts &parts) noexcept
{
    const char *const end = arn.data() + arn.size();
    const Text resource = slice(begin, end);
    if (resource == "root") {
        parts.kind = PrincipalKind::root;
        set_key(parts, arn);
        return true;
    }
    const bool user = resource.starts_with("user/");
    if (!user && !resource.starts_with("role/")) return false;
    begin += 5;
    if (!read_path_and_name(begin, end, parts)) return false;
    if (user) {
        const bool key = parts.name.starts_with("BedrockAPIKey-");
        parts.kind = key ? PrincipalKind::api_key : PrincipalKind::iam_user;
        parts.email = email_of(parts.name);
    } else {
        parts.kind = kind_of_role(parts, PrincipalKind::role);
    }
    set_key_without_path(parts, arn, begin);
    return true;
}

// Reads a resource of the STS service; false where it is none that calls.
bool read_sts(Text arn, const char *begin, PrincipalParts &parts) noexcept
{
    constexpr Text federated = "federated-user/";
    constexpr Text assumed = "assumed-role/";
    const char *const end = arn.data() + arn.size();
    const Text resource = slice(begin, end);

    if (resource.starts_with(federated)) {
        begin += federated.size();
        if (begin == end || find_byte(begin, arn, '/') != end) return false;
        parts.name = slice(begin, end);
        parts.kind = PrincipalKind::federated_user;
        parts.email = email_of(parts.name);
        set_key(parts, arn);
        return true;
    }
    if (!resource.starts_with(assumed)) return false;

    begin += assumed.size();
    const char *const slash = find_byte(begin, arn, '/');
    if (slash == begin) return false;
    if (slash != end && (slash + 1 == end || find_byte(slash + 1, arn, '/') != end)) return false;
    parts.name = slice(begin, slash);
    if (slash != end) parts.session = slice(slash + 1, end);
    parts.kind = kind_of_role(parts, PrincipalKind::assumed_role);
    parts.email = email_of(parts.session);

    // arn:<partition>: + iam + ::<account>: + role/<name>; "assumed-role/" ends in what the key needs.
    const char *const service = parts.partition.data() + parts.partition.size() + 1;
    const char *const account_end = parts.account_id.data() + parts.account_id.size();
    parts.principal_key.slices[0] = slice(arn.data(), service);
    parts.principal_key.slices[1] = "iam";
    parts.principal_key.slices[2] = slice(service + 3, account_end + 1);
    parts.principal_key.slices[3] = slice(begin - Text("role/").size(), slash);
    parts.principal_key.count = 4;
    return true;
}

}  // namespace

PrincipalParts principal_parts(Text principal) noexcept
{
    PrincipalParts parts;
    if (!principal.starts_with("arn:") || principal.size() > longest_arn) return parts;
    const char *at = principal.data() + 4;
    const char *const end = principal.data() + principal.size();

    const char *colon = find_byte(at, principal, ':');
    const Text partition = slice(at, colon);
    // Both services have three letters, and neither knows regions: "iam::" or "sts::".
    if (end - colon < 6) return parts;
    const Text service = Text(colon + 1, 5);
    const bool iam = service == "iam::";
    if ((!iam && service != "sts::") || !is_partition(partition)) return parts;

    at = colon + 6;
    colon = find_byte(at, principal, ':');
    const Text account = slice(at, colon);
    if (colon == end || !all_digits(account) || !all_in_arn_alphabet(principal)) return parts;

    const char *const resource = colon + 1;
    PrincipalParts read;
    read.partition = parts.partition = partition;
    read.account_id = parts.account_id = account;
    // No name, path or session holds a colon, so one more is another kind of ARN.
    if (find_byte(resource, principal, ':') != end) return parts;
    const bool known = iam ? read_iam(principal, resource, read) : read_sts(principal, resource, read);
    return known ? read : parts;
}

}  // namespace bedrock_cost
