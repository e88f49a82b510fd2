-- SPDX-License-Identifier: PostgreSQL
-- A script of each kind, with the values that the golden files show. Each line: name, kind, arguments.
CREATE TABLE script (name text PRIMARY KEY, kind text NOT NULL, arguments jsonb NOT NULL);
INSERT INTO script (name, kind, arguments) VALUES
    ('enable_model_access', 'enable_model_access',
     '{"account_id": "123456789012", "region": "us-east-1",
       "models": ["anthropic.claude-haiku-4-5-20251001-v1:0", "meta.llama3-1-70b-instruct-v1:0"]}'),
    ('enable_logging', 'enable_logging', '{"account_id": "123456789012", "region": "us-east-1", "bucket": "acme-bedrock-logs"}'),
    ('enable_logging_gov', 'enable_logging',
     '{"account_id": "123456789012", "region": "us-gov-west-1", "bucket": "acme-bedrock-logs", "prefix": "logs/bedrock",
       "log_group": "/acme/bedrock", "retention_days": 30, "role": "AcmeBedrockLogs"}'),
    ('application_role', 'application_role',
     '{"account_id": "123456789012", "region": "us-east-1", "role": "hr-portal-bedrock-role", "tags": [{"Key": "team", "Value": "hr"}],
       "resources": ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/k1c3lwu20lem",
                     "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"]}'),
    ('application_role_ec2_china', 'application_role',
     '{"account_id": "123456789012", "region": "cn-north-1", "role": "batch", "service": "ec2", "resources": "*"}'),
    ('application_role_eks', 'application_role',
     '{"account_id": "123456789012", "region": "eu-central-1", "role": "pods", "service": "eks",
       "resources": "arn:aws:bedrock:*::foundation-model/anthropic.claude-haiku-*"}'),
    ('create_profile', 'create_profile',
     '{"account_id": "123456789012", "region": "eu-central-1", "profiles": [
        {"name": "app-gamma-claude-haiku", "source": "anthropic.claude-haiku-4-5-20251001-v1:0",
         "description": "Gamma: claude haiku", "tags": {"app": "gamma", "team": "data-science", "map-migrated": "migABC123"}},
        {"name": "App Gamma_claude-haiku", "source": "eu.anthropic.claude-sonnet-4-20250514-v1:0"}]}'),
    ('export_with_principal', 'export_with_principal', '{"account_id": "123456789012", "bucket": "acme-cur"}'),
    ('activate_tags', 'activate_tags',
     '{"account_id": "123456789012", "tag_keys": ["team", "app"], "principal_tag_keys": ["team", "cost-center"]}'),
    ('tag_resource', 'tag_resource',
     '{"account_id": "123456789012", "region": "us-east-1", "tags": {"map-migrated": "migABC123", "Project": "HR Portal"},
       "resources": ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/k1c3lwu20lem",
                     "arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_u5ohxk75k3ehgtswbmcc"]}'),
    ('tag_role', 'tag_role',
     '{"account_id": "123456789012", "tags": {"team": "hr"},
       "principals": ["arn:aws:iam::123456789012:role/service-role/hr-portal", "arn:aws:iam::123456789012:user/alice"]}'),
    ('role_policy', 'role_policy',
     '{"account_id": "123456789012", "role": "hr-portal", "document": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "arn:aws:bedrock:*::foundation-model/anthropic.claude-opus-*"}]}}'),
    ('budget', 'budget', '{"account_id": "123456789012", "project": "ProjectA"}'),
    ('budget_email', 'budget',
     '{"account_id": "123456789012", "project": "ProjectA", "name": "A", "amount": "2500.50", "tag_key": "team",
       "thresholds": [50, 100], "email": ["finops@example.com", "a@example.com"]}');

-- Values that a shell, JSON or Terraform would read as something else.
CREATE TABLE odd (value text PRIMARY KEY);
INSERT INTO odd (value) VALUES ('$(touch pwned)'), ('`touch pwned`'), (''''), (''';touch pwned;'''), ('"'), ('a"b$c'), ('!!'),
    (E'two\nlines'), (E'tab\there'), ('back\slash'), ('\'), ('\n'), ('${var.x}'), ('%{ if true }'), ('$${x}'), ('%%{x}'),
    ('*'), ('~'), ('-rf'), ('--help'), ('#'), ('&& touch pwned'), ('| touch pwned'), ('> pwned'), ('Ünï‒cödé 漢字 🚀'),
    (U&'zero\200Bwidth'), (E'\x01\x7f'), (' '), (''), ('file:///etc/passwd'), ('{"a": 1}'), ('$json$'), ('%s %1$s');
-- Those of them that AWS itself would take, in every argument that takes them.
INSERT INTO script (name, kind, arguments)
SELECT 'odd_budget_' || row_number() OVER (ORDER BY value), 'budget',
       jsonb_build_object('account_id', '123456789012', 'project', 'p', 'name', value, 'email', 'a@example.com')
FROM odd WHERE value ~ E'^[^:\\\\\x01-\x1f-][^:\\\\\x01-\x1f]*$';
INSERT INTO script (name, kind, arguments)
SELECT 'odd_email_' || row_number() OVER (ORDER BY value), 'budget',
       jsonb_build_object('account_id', '123456789012', 'project', 'p', 'email', value || 'x@example.com')
FROM odd WHERE value !~ E'[\x01-\x20]' AND value <> '';
INSERT INTO script (name, kind, arguments)
SELECT 'odd_policy_' || row_number() OVER (ORDER BY value), 'role_policy',
       jsonb_build_object('account_id', '123456789012', 'role', 'r', 'document',
                          jsonb_build_object('Version', '2012-10-17', 'Statement', jsonb_build_array(value)))
FROM odd;
