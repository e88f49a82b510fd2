-- SPDX-License-Identifier: PostgreSQL
-- What is wrong, a line each; nothing where all is right.

-- Every JSON document that AWS was given is one: the cast would fail.
SELECT 'no JSON: ' || c.run FROM call AS c WHERE c.value ~ '^[\[{]' AND c.value::jsonb IS NULL;

-- The odd values arrived as they are.
SELECT 'budget ' || s.name FROM script AS s
WHERE s.name LIKE 'odd_budget%' AND NOT EXISTS (
    SELECT FROM call AS c WHERE c.run = s.name AND c.value ~ '^{'
                            AND c.value::jsonb ->> 'BudgetName' = s.arguments ->> 'name');
SELECT 'email ' || s.name FROM script AS s
WHERE s.name LIKE 'odd_email%' AND NOT EXISTS (
    SELECT FROM call AS c WHERE c.run = s.name AND c.value ~ '^\['
                            AND c.value::jsonb #>> '{0,Subscribers,0,Address}' = s.arguments ->> 'email');
SELECT 'policy ' || s.name FROM script AS s
WHERE s.name LIKE 'odd_policy%' AND NOT EXISTS (
    SELECT FROM call AS c WHERE c.run = s.name AND c.value ~ '^{' AND c.value::jsonb = s.arguments -> 'document');
SELECT 'too few odd values' WHERE (SELECT count(*) FROM script WHERE name LIKE 'odd%') < 60;

-- What must be refused: each odd value in each argument whose rule does not allow it. No value comes back in a message
-- longer than 160 characters.
DO $do$
DECLARE
    r record;
    text text;
    taken integer := 0;
BEGIN
    FOR r IN SELECT u.rule, o.value, u.pattern FROM bedrock_internal.setup_rules() AS u CROSS JOIN odd AS o LOOP
        BEGIN
            PERFORM bedrock_internal.setup_check_value('x', r.rule, to_jsonb(r.value));
            taken := taken + 1;
            IF r.rule NOT IN ('callable', 'budget', 'email', 'tag value', 'tag key', 'export', 'log group') THEN
                RAISE '% takes %', r.rule, r.value;
            ELSIF r.rule LIKE 'tag%' AND r.value ~ E'[$`''"\\\\!*~#&|><{%\x01-\x1f\x7f]' THEN
                RAISE '% takes %', r.rule, r.value;
            END IF;
        EXCEPTION WHEN invalid_parameter_value THEN
            GET STACKED DIAGNOSTICS text = PG_EXCEPTION_HINT;
            IF text = '' THEN RAISE 'no hint: %', r.rule; END IF;
        END;
    END LOOP;
    IF taken = 0 THEN RAISE 'nothing is taken'; END IF;
END
$do$;

-- Nothing to do is no script.
DO $do$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT v.kind, v.arguments || '{"account_id": "123456789012"}' AS arguments
             FROM (VALUES ('tag_role', '{"principals": "arn:aws:iam::123456789012:role/a", "tags": {}}'::jsonb),
                          ('tag_role', '{"principals": "arn:aws:iam::123456789012:role/a", "tags": []}'),
                          ('tag_role', '{"principals": [], "tags": {"a": "b"}}'),
                          ('tag_resource', '{"region": "us-east-1", "resources": "arn:aws:bedrock:us-east-1::foundation-model/a", "tags": {}}'),
                          ('application_role', '{"region": "us-east-1", "role": "a"}'),
                          ('activate_tags', '{}'), ('activate_tags', '{"tag_keys": [], "principal_tag_keys": []}'),
                          ('budget', '{"project": ""}')) AS v (kind, arguments) LOOP
        BEGIN
            PERFORM bedrock.setup_script(r.kind, r.arguments);
            RAISE '% takes %', r.kind, r.arguments;
        EXCEPTION WHEN invalid_parameter_value THEN NULL;
        END;
    END LOOP;
END
$do$;

-- Strings of Terraform: escapes of JSON, and no template begins. Read back, they are the value.
SELECT 'hcl ' || value FROM odd
WHERE (bedrock_internal.setup_hcl(value)::jsonb #>> '{}') <> value OR bedrock_internal.setup_hcl(value) ~ '[$%]\{'
   OR bedrock_internal.setup_hcl(value) ~ E'\n';
-- The texts: without comments, documents and strings, brackets are in pairs; documents are JSON; no template begins.
WITH text AS (
    SELECT s.name, CASE WHEN k.terraform THEN bedrock.setup_script(s.kind, s.arguments, 'terraform') END AS text
    FROM script AS s JOIN bedrock_internal.setup_kinds() AS k ON k.kind = s.kind),
bare AS (
    SELECT t.name, t.text,
           regexp_replace(regexp_replace(regexp_replace(t.text, E'(^|\n)#[^\n]*', E'\\1', 'g'),
                                         E'<<JSON\n.*?\nJSON(?=\n)', '""', 'g'),
                          E'"([^"\\\\\n]|\\\\.)*"', '""', 'g') AS code
    FROM text AS t)
SELECT 'terraform ' || b.name FROM bare AS b
WHERE b.text ~ '[$%]\{' OR b.code ~ E'[^A-Za-z0-9_ \n{}\\[\\]=,.()"-]'
   OR length(translate(b.code, '{', '')) <> length(translate(b.code, '}', ''))
   OR length(translate(b.code, '[', '')) <> length(translate(b.code, ']', ''))
   OR (length(b.code) - length(translate(b.code, '"', ''))) % 2 <> 0
   OR EXISTS (SELECT FROM regexp_matches(b.text, E'<<JSON\n(.*?)\nJSON(?=\n)', 'g') AS d (document)
              WHERE d.document[1]::jsonb IS NULL);

-- What a second run calls: tags what is there, and makes no profile, export or budget again.
SELECT 'again ' || c.run || ' ' || c.value FROM call AS c
WHERE c.run LIKE 'again%' AND c.argument = 2
  AND c.value IN ('create-role', 'create-export', 'create-budget', 'put-bucket-policy');
SELECT 'again_profile makes ' || count(*) FROM call AS c
WHERE c.run = 'again_profile' AND c.value = 'create-inference-profile' HAVING count(*) <> 1;

-- Logging: who may write, and only for this account and region.
SELECT 'logging: ' || w.what
FROM (VALUES ('trust', '--assume-role-policy-document', '{Statement,0,Condition,ArnLike,aws:SourceArn}',
              'arn:aws:bedrock:us-east-1:123456789012:*'),
             ('role', '--logging-config', '{cloudWatchConfig,roleArn}',
              'arn:aws:iam::123456789012:role/BedrockInvocationLoggingRole-us-east-1'),
             ('group', '--logging-config', '{cloudWatchConfig,logGroupName}', '/aws/bedrock/invocations'),
             ('bucket', '--logging-config', '{s3Config,bucketName}', 'acme-bedrock-logs'),
             ('prefix', '--logging-config', '{s3Config,keyPrefix}', 'invocations')) AS w (what, option, path, value)
WHERE NOT EXISTS (SELECT FROM call AS o JOIN call AS c ON c.run = o.run AND c.number = o.number AND c.argument = o.argument + 1
                  WHERE o.run = 'enable_logging' AND o.value = w.option AND c.value::jsonb #>> w.path::text[] = w.value);
SELECT 'logging: retention' WHERE NOT EXISTS (
    SELECT FROM call AS o JOIN call AS c ON c.run = o.run AND c.number = o.number AND c.argument = o.argument + 1
    WHERE o.run = 'enable_logging' AND o.value = '--retention-in-days' AND c.value = '90');
-- Partitions: an ARN of another one nowhere.
SELECT 'partition ' || c.run FROM call AS c
WHERE c.run = 'enable_logging_gov' AND c.value ~ 'arn:aws:' OR c.run LIKE '%china' AND c.value ~ 'arn:aws:';
-- A profile is copied from the system profile of its region, of the geography before the global one.
SELECT 'copied from' WHERE NOT EXISTS (
    SELECT FROM call AS c WHERE c.run = 'create_profile' AND c.value =
        '{"copyFrom": "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5-20251001-v1:0"}');
-- The name and default of a budget.
SELECT 'budget' WHERE NOT EXISTS (
    SELECT FROM call AS c WHERE c.run = 'budget' AND c.value ~ '^{' AND c.value::jsonb =
        '{"BudgetName": "ProjectA-Bedrock-Monthly-Budget", "BudgetType": "COST", "TimeUnit": "MONTHLY",
          "BudgetLimit": {"Amount": "100", "Unit": "USD"},
          "CostFilters": {"Service": ["Amazon Bedrock"], "TagKeyValue": ["user:Project$ProjectA"]}}');
-- The export has every column that a CUR 2.0 is read by, where AWS has it in each CUR 2.0.
SELECT 'export lacks ' || f.field FROM bedrock_internal.source_field() AS f
WHERE f.format = 'cur2' AND f.candidates <> '{}' AND NOT EXISTS (
    SELECT FROM unnest(f.candidates) AS c (name)
    WHERE split_part(c.name, '->', 1) = ANY (string_to_array(bedrock_internal.setup_export_columns(), ', ')));
