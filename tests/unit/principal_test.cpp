// SPDX-License-Identifier: PostgreSQL
// Callers: the labelled corpus in full, one key for all sessions, and nothing invented for dirty text.
#include <gtest/gtest.h>

#include <ostream>

#include "bill/principal.hpp"
#include "corpus.hpp"

namespace bedrock_cost::test {
namespace {

TEST(Principal, ReadsTheWholeCorpus)
{
    const Table table("principals.tsv");
    ASSERT_EQ(table.size(), 67U);
    for (std::size_t row = 0; row < table.size(); ++row) {
        const std::string &text = table.text(row, "principal");
        SCOPED_TRACE(text);
        const PrincipalParts parts = principal_parts(text);
        EXPECT_EQ(word_cell(parts.kind), table.at(row, "kind"));
        EXPECT_EQ(cell(parts.partition), table.at(row, "partition"));
        EXPECT_EQ(cell(parts.account_id), table.at(row, "account_id"));
        EXPECT_EQ(cell(parts.name), table.at(row, "name"));
        EXPECT_EQ(cell(parts.path), table.at(row, "path"));
        EXPECT_EQ(cell(parts.session), table.at(row, "session"));
        EXPECT_EQ(cell(parts.email), table.at(row, "email"));
        EXPECT_EQ(joined(parts.principal_key), table.at(row, "principal_key"));
        EXPECT_EQ(is_principal(text), parts.kind != PrincipalKind::unknown);
    }
}

// A principal with what is read from it, written as kind|account|name|path|session|email|key.
struct Reading {
    const char *principal;
    const char *parts;
};

void PrintTo(const Reading &reading, std::ostream *out)
{
    *out << reading.principal;
}

class PrincipalReading : public testing::TestWithParam<Reading> {};

TEST_P(PrincipalReading, IsAsWritten)
{
    const PrincipalParts parts = principal_parts(GetParam().principal);
    const auto part = [](Cell cell) { return cell.value_or("") + "|"; };
    EXPECT_EQ(part(word_cell(parts.kind)) + part(cell(parts.account_id)) + part(cell(parts.name)) +
                  part(cell(parts.path)) + part(cell(parts.session)) + part(cell(parts.email)) +
                  joined(parts.principal_key).value_or(""),
              GetParam().parts)
        << GetParam().principal;
}

INSTANTIATE_TEST_SUITE_P(
    Callers, PrincipalReading,
    testing::Values(
        Reading{"arn:aws:iam::123456789012:user/BedrockAPIKey-234s",
                "api_key|123456789012|BedrockAPIKey-234s||||arn:aws:iam::123456789012:user/BedrockAPIKey-234s"},
        Reading{"arn:aws:iam::123456789012:user/alice@acme.org",
                "iam_user|123456789012|alice@acme.org|||alice@acme.org|arn:aws:iam::123456789012:user/alice@acme.org"},
        Reading{"arn:aws-us-gov:sts::123456789012:assumed-role/R/A@B.Org",
                "assumed_role|123456789012|R||A@B.Org|A@B.Org|arn:aws-us-gov:iam::123456789012:role/R"},
        Reading{"arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForX/s",
                "service|123456789012|AWSServiceRoleForX||s||arn:aws:iam::123456789012:role/AWSServiceRoleForX"},
        Reading{"arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/Odd",
                "service|123456789012|Odd|aws-service-role/x.amazonaws.com|||arn:aws:iam::123456789012:role/Odd"},
        Reading{"arn:aws:iam::123456789012:role/AWSReservedSSO",
                "role|123456789012|AWSReservedSSO||||arn:aws:iam::123456789012:role/AWSReservedSSO"},
        Reading{"arn:aws:sts::123456789012:assumed-role/.../x",
                "assumed_role|123456789012|...||x||arn:aws:iam::123456789012:role/..."},
        Reading{"arn:aws:sts::123456789012:assumed-role/R/a@b@c.org",
                "assumed_role|123456789012|R||a@b@c.org||arn:aws:iam::123456789012:role/R"},
        Reading{"arn:aws:sts::123456789012:assumed-role/R/a@localhost",
                "assumed_role|123456789012|R||a@localhost||arn:aws:iam::123456789012:role/R"},
        Reading{"arn:aws:sts::123456789012:assumed-role/R/@b.org",
                "assumed_role|123456789012|R||@b.org||arn:aws:iam::123456789012:role/R"},
        Reading{"arn:aws:sts::123456789012:assumed-role/R/a@b.org.",
                "assumed_role|123456789012|R||a@b.org.||arn:aws:iam::123456789012:role/R"}));

INSTANTIATE_TEST_SUITE_P(
    Unknown, PrincipalReading,
    testing::Values(Reading{"", "unknown||||||"}, Reading{"\n", "unknown||||||"}, Reading{"arn:::::", "unknown||||||"},
                    Reading{"arn:aws:iam::123456789012", "unknown||||||"},
                    Reading{"arn:aws:iam:us-east-1:123456789012:user/carol", "unknown||||||"},
                    Reading{"arn:aws:iam::12345678901x:user/carol", "unknown||||||"},
                    Reading{" arn:aws:iam::123456789012:user/carol", "unknown||||||"},
                    Reading{"arn:aws:iam::123456789012:user/carol\t", "unknown||||||"},
                    Reading{"ARN:AWS:IAM::123456789012:USER/ALICE", "unknown||||||"},
                    Reading{"arn:aws:iam::123456789012:user/Robert'); DROP TABLE students;--", "unknown||||||"},
                    Reading{"arn:aws:sts::123456789012:assumed-role/R/user%40acme.org%", "unknown||||||"},
                    Reading{"arn:aws:iam::123456789012:user/\xd0\xb0", "unknown||||||"},
                    Reading{"arn:aws:iam::123456789012:", "unknown|123456789012|||||"},
                    Reading{"arn:aws:iam::123456789012:users/carol", "unknown|123456789012|||||"},
                    Reading{"arn:aws:iam::123456789012:user/", "unknown|123456789012|||||"},
                    Reading{"arn:aws:iam::123456789012:user//carol", "unknown|123456789012|||||"},
                    Reading{"arn:aws:iam::123456789012:rootuser", "unknown|123456789012|||||"},
                    Reading{"arn:aws:sts::123456789012:root", "unknown|123456789012|||||"},
                    Reading{"arn:aws:sts::123456789012:assumed-role/", "unknown|123456789012|||||"},
                    Reading{"arn:aws:sts::123456789012:assumed-role/R/", "unknown|123456789012|||||"},
                    Reading{"arn:aws:sts::123456789012:assumed-role/R/s/t", "unknown|123456789012|||||"},
                    Reading{"arn:aws:sts::123456789012:federated-user/", "unknown|123456789012|||||"},
                    Reading{"arn:aws:iam::123456789012:assumed-role/R/s", "unknown|123456789012|||||"},
                    Reading{"arn:aws:iam::123456789012:user:carol", "unknown|123456789012|||||"}));

TEST(Principal, ARoleAndItsSessionsShareOneKey)
{
    const auto key = [](const char *text) { return joined(principal_parts(text).principal_key); };
    const Cell role = key("arn:aws:iam::123456789012:role/path/to/Bot");
    EXPECT_EQ(role, "arn:aws:iam::123456789012:role/Bot");
    EXPECT_EQ(key("arn:aws:sts::123456789012:assumed-role/Bot/one"), role);
    EXPECT_EQ(key("arn:aws:sts::123456789012:assumed-role/Bot/two@acme.org"), role);
    EXPECT_EQ(key("arn:aws:sts::123456789012:assumed-role/Bot"), role);
}

}  // namespace
}  // namespace bedrock_cost::test
