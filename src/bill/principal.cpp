// SPDX-License-Identifier: PostgreSQL
// Callers: IAM and STS ARNs, and the one durable key all sessions of an identity share.
#include "bill/principal.hpp"

#include "base/text.hpp"

namespace bedrock_cost {

namespace {

// Whether a text is an e-mail address: one @, something before it, a dotted domain behind it.
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

// What the resource of a principal may be.
enum class Resource : std::uint8_t { other, root, user, role, federated_user, assumed_role };

constexpr Text user_type = "user/";
constexpr Text role_type = "role/";
constexpr Text federated_type = "federated-user/";
constexpr Text assumed_type = "assumed-role/";

// The fields of a principal's ARN. The partition is empty where they are not in order.
struct Fields {
    Text partition, account, resource;
    bool iam = false;
};

// Reads the fields before the resource.
Fields read_fields(Text principal) noexcept
{
    if (!principal.starts_with("arn:") || principal.size() > longest_arn) return {};
    const char *at = principal.data() + 4;
    const char *const end = principal.data() + principal.size();

    const char *colon = find_byte(at, principal, ':');
    const Text partition = slice(at, colon);
    // Both services have three letters, and neither knows regions: "iam::" or "sts::".
    if (end - colon < 6) return {};
    const Text service = Text(colon + 1, 5);
    const bool iam = is_word(service, "iam::");
    if ((!iam && !is_word(service, "sts::")) || !is_partition(partition)) return {};

    at = colon + 6;
    colon = find_byte(at, principal, ':');
    const Text account = slice(at, colon);
    if (colon == end || !all_digits(account) || !all_in_arn_alphabet(principal)) return {};
    return {partition, account, Text(colon + 1, static_cast<std::size_t>(end - colon - 1)), iam};
}

// Whether a path and a name, or the name alone, have no empty part.
bool is_path_and_name(Text text) noexcept
{
    const char *const end = text.data() + text.size();
    for (const char *at = text.data();;) {
        const char *const slash = find_byte(at, text, '/');
        if (slash == at) return false;
        if (slash == end) return true;
        at = slash + 1;
    }
}

// What a resource is; `other` where it is none that calls.
Resource resource_of(const Fields &fields) noexcept
{
    const Text resource = fields.resource;
    const char *const end = resource.data() + resource.size();
    // No name, path or session holds a colon, so one more is another kind of ARN.
    if (find_byte(resource.data(), resource, ':') != end) return Resource::other;
    if (fields.iam) {
        if (resource == "root") return Resource::root;
        const bool user = resource.starts_with(user_type);
        if (!user && !resource.starts_with(role_type)) return Resource::other;
        if (!is_path_and_name(resource.substr(user_type.size()))) return Resource::other;
        return user ? Resource::user : Resource::role;
    }
    if (resource.starts_with(assumed_type)) {
        // <role> or <role>/<session>
        const char *const begin = resource.data() + assumed_type.size();
        const char *const slash = find_byte(begin, resource, '/');
        if (slash == begin) return Resource::other;
        if (slash == end) return Resource::assumed_role;
        const bool one = slash + 1 != end && find_byte(slash + 1, resource, '/') == end;
        return one ? Resource::assumed_role : Resource::other;
    }
    if (!resource.starts_with(federated_type)) return Resource::other;
    const char *const begin = resource.data() + federated_type.size();
    return begin != end && find_byte(begin, resource, '/') == end ? Resource::federated_user : Resource::other;
}

// Reads a user or a role of the IAM service.
void read_iam(Text arn, Text resource, bool user, PrincipalParts &parts) noexcept
{
    const Text named = resource.substr(user_type.size());
    const std::size_t slash = named.rfind('/');
    if (slash == Text::npos) {
        parts.name = named;
    } else {
        parts.name = named.substr(slash + 1);
        parts.path = named.substr(0, slash);
    }
    if (user) {
        const bool key = parts.name.starts_with("BedrockAPIKey-");
        parts.kind = key ? PrincipalKind::api_key : PrincipalKind::iam_user;
        parts.email = email_of(parts.name);
    } else {
        parts.kind = kind_of_role(parts, PrincipalKind::role);
    }
    set_key_without_path(parts, arn, named.data());
}

// Reads a role someone took on.
void read_assumed_role(Text arn, Text resource, PrincipalParts &parts) noexcept
{
    const Text named = resource.substr(assumed_type.size());
    const std::size_t slash = named.find('/');
    parts.name = named.substr(0, slash);
    if (slash != Text::npos) parts.session = named.substr(slash + 1);
    parts.kind = kind_of_role(parts, PrincipalKind::assumed_role);
    parts.email = email_of(parts.session);

    // arn:<partition>: + iam + ::<account>: + role/<name>; "assumed-role/" ends in what the key needs.
    const char *const service = parts.partition.data() + parts.partition.size() + 1;
    const char *const account_end = parts.account_id.data() + parts.account_id.size();
    parts.principal_key.slices[0] = slice(arn.data(), service);
    parts.principal_key.slices[1] = "iam";
    parts.principal_key.slices[2] = slice(service + 3, account_end + 1);
    parts.principal_key.slices[3] = slice(named.data() - role_type.size(), named.data() + parts.name.size());
    parts.principal_key.count = 4;
}

}  // namespace

PrincipalParts principal_parts(Text principal) noexcept
{
    PrincipalParts parts;
    const Fields fields = read_fields(principal);
    if (fields.partition.empty()) return parts;
    parts.partition = fields.partition;
    parts.account_id = fields.account;
    const Resource resource = resource_of(fields);
    switch (resource) {
        case Resource::other:
            break;
        case Resource::root:
            parts.kind = PrincipalKind::root;
            set_key(parts, principal);
            break;
        case Resource::user:
        case Resource::role:
            read_iam(principal, fields.resource, resource == Resource::user, parts);
            break;
        case Resource::federated_user:
            parts.name = fields.resource.substr(federated_type.size());
            parts.kind = PrincipalKind::federated_user;
            parts.email = email_of(parts.name);
            set_key(parts, principal);
            break;
        case Resource::assumed_role:
            read_assumed_role(principal, fields.resource, parts);
            break;
    }
    return parts;
}

Text without_session(Text principal) noexcept
{
    const Text session = principal_parts(principal).session;
    return session.data() == nullptr ? principal : principal.substr(0, principal.size() - session.size() - 1);
}

bool is_principal(Text text) noexcept
{
    const Fields fields = read_fields(text);
    return !fields.partition.empty() && resource_of(fields) != Resource::other;
}

}  // namespace bedrock_cost
