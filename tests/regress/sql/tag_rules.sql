-- What tags and names must be, and what breaks it: one planted line a case, its cost a power of two, so that every sum tells which lines it has.
SET timezone = 'UTC'; SET datestyle = 'ISO, YMD';
\pset null '(null)'
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE TABLE tag_rules_bill (
    line_item_unblended_cost numeric, tags jsonb DEFAULT '{}', line_item_resource_id text DEFAULT 'arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0', line_item_iam_principal text,
    line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_usage_type text DEFAULT 'EUC1-NovaLite-input-tokens',
    bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp DEFAULT '2026-03-01',
    line_item_usage_start_date timestamp DEFAULT '2026-03-05 10:00', line_item_usage_end_date timestamp DEFAULT '2026-03-05 11:00', line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_currency_code text DEFAULT 'USD');
CREATE FUNCTION pg_temp.a(id text, args jsonb DEFAULT '{}') RETURNS TABLE (answer jsonb) LANGUAGE sql AS $$SELECT a::jsonb FROM bedrock.answer(id, args) AS a$$;

-- Required tags: the seven of the guide are there from the start.
SELECT tag_key, required FROM bedrock.required_tag ORDER BY tag_key COLLATE "C";
-- 1: all seven, in other spellings. 2: env alone. 4: an empty value is none. 8: nothing, and no tokens.
INSERT INTO tag_rules_bill (line_item_unblended_cost, tags, line_item_usage_amount, line_item_usage_type, pricing_unit) VALUES
    (1, '{"resourceTags/user:project": "p", "resourceTags/user:env": "prod", "resourceTags/user:cost_center": "c", "iamPrincipal/dept": "d", "resourceTags/user:OWNER": "o", "resourceTags/user:region": "eu-central-1", "resourceTags/user:model": "nova-lite"}', 30, 'EUC1-NovaLite-input-tokens', '1K tokens'),
    (2, '{"resourceTags/user:env": "dev", "accountTag/Owner": "account tags do not count"}', 10, 'EUC1-NovaLite-input-tokens', '1K tokens'),
    (4, '{"resourceTags/user:Project": ""}', 60, 'EUC1-NovaLite-input-tokens', '1K tokens'),
    (8, '{}', 1, 'EUC1-Guardrail-ContentPolicyUnitsConsumed', 'Units');
SELECT source FROM bedrock.attach('tag_rules_bill', line_item => false);
SELECT action, lines, cost FROM bedrock.refresh();
-- Who a tag names, beside who answers for the workload, of which there is none: the first line's owner, and of the second one that of its account.
SELECT tag_owner, owner, sum(unblended_cost) AS cost FROM bedrock.spend_monthly GROUP BY 1, 2 ORDER BY 3;
-- 15 dollars, 100,000 tokens, 4 lines: Environment is on 3 dollars (20 %), 40,000 tokens and 2 lines, the others on the first line alone (6.67 %, 30 %, 25 %).
SELECT answer ->> 'tag_key' AS tag_key, answer ->> 'spellings' AS spellings, answer ->> 'missing_cost' AS missing_cost, answer ->> 'cost_pct' AS cost_pct, answer ->> 'tokens_pct' AS tokens_pct, answer ->> 'lines_pct' AS lines_pct FROM pg_temp.a('Q175');
-- Yours win: Owner is not required, a key of your own is.
INSERT INTO bedrock.required_tag (tag_key, required) VALUES ('owner', false), ('data-class', true);
SELECT answer ->> 'tag_key' AS tag_key, answer ->> 'missing_cost' AS missing_cost FROM pg_temp.a('Q175') WHERE answer ->> 'tag_key' ~* 'owner|class';
INSERT INTO bedrock.required_tag (tag_key) VALUES (' - ');

-- Tags that say another model or region than the bill: a good and a bad value of each form. All lines are Nova Lite in eu-central-1.
TRUNCATE tag_rules_bill;
INSERT INTO tag_rules_bill (line_item_unblended_cost, tags)
SELECT 2 ^ (n - 1), jsonb_build_object('resourceTags/user:' || k, v)
FROM (VALUES (1, 'Model', 'nova-lite'), (2, 'Model', 'amazon.nova-lite-v1:0'), (3, 'model', 'Nova'), (4, 'model_id', 'eu.amazon.nova-lite-v1:0'), (5, 'Region', 'eu-central-1'), (6, 'region', 'EU'),
             (7, 'Model', 'nova-pro'), (8, 'Model', 'claude-sonnet-4'), (9, 'model_id', 'eu.amazon.nova-pro-v1:0'), (10, 'Model', 'Nova 2'), (11, 'Region', 'eu-west-1'), (12, 'aws_region', 'us'), (13, 'Model', '')) AS t (n, k, v);
SELECT action FROM bedrock.refresh();
SELECT answer ->> 'cost' AS cost, answer ->> 'tag_key' AS tag_key, answer ->> 'tag_value' AS tag_value, answer ->> 'billed_value' AS billed_value FROM pg_temp.a('Q112') ORDER BY (answer ->> 'cost')::numeric;

-- Two sources of one tag: the resource wins over the principal, that over the user, the account, the cost category. prod and production are one; a value that only one source has disagrees with none.
TRUNCATE tag_rules_bill;
INSERT INTO tag_rules_bill (line_item_unblended_cost, tags) VALUES
    (1, '{"resourceTags/user:team": "red", "iamPrincipal/team": "blue", "accountTag/Team": "green"}'),
    (2, '{"userAttribute/team": "red", "costCategory/team": "blue"}'),
    (4, '{"resourceTags/user:environment": "prod", "accountTag/environment": "production"}'),
    (8, '{"resourceTags/user:team": "red", "iamPrincipal/team": "RED"}'),
    (16, '{"resourceTags/user:team": "red"}');
SELECT action FROM bedrock.refresh();
SELECT answer ->> 'cost' AS cost, answer ->> 'wins' AS wins, answer ->> 'value' AS value, answer ->> 'loses' AS loses, answer ->> 'other_value' AS other_value FROM pg_temp.a('Q176') ORDER BY (answer ->> 'cost')::numeric, 4;
-- What wins there is what a line is labelled with.
SELECT team, sum(unblended_cost) FROM bedrock.spend GROUP BY 1 ORDER BY 1;

-- Spellings: what differs in case and punctuation, what a rule makes one, and what is one letter away in a long word. Neither numbers nor short words are misspelt.
TRUNCATE tag_rules_bill;
INSERT INTO tag_rules_bill (line_item_unblended_cost, tags)
SELECT 2 ^ (n - 1), jsonb_build_object('resourceTags/user:' || k, v)
FROM (VALUES (1, 'team', 'platform'), (2, 'team', 'Plat-Form'), (3, 'team', 'platfrom'), (4, 'team', 'customer-a'), (5, 'team', 'customer-b'), (6, 'team', 'squad1'), (7, 'team', 'squad2'),
             (8, 'workflow', 'indexing'), (9, 'workfow', 'x'), (10, 'environment', 'prod'), (11, 'environment', 'PRD')) AS t (n, k, v);
SELECT action FROM bedrock.refresh();
SELECT answer ->> 'kind' AS kind, answer ->> 'key' AS key, answer ->> 'variants' AS variants, answer ->> 'cost' AS cost FROM pg_temp.a('Q121');

-- Canonical values by pattern: a value of a rule wins over patterns, yours over shipped ones.
INSERT INTO bedrock.label_value_rule (label, value, canonical, is_pattern) VALUES ('team', '^plat', 'platform', true), ('team', '^customer-(a|b)$', 'customers', true), ('team', 'customer-b', 'b', false);
SELECT count(*) FROM bedrock.refresh();
SELECT team, sum(unblended_cost) FROM bedrock.spend WHERE team <> '(untagged)' GROUP BY 1 ORDER BY 1;
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/abcdefabcdef', tags => '{"team": "PLATINUM"}');
SELECT team FROM bedrock.profiles WHERE profile_id = 'abcdefabcdef';
INSERT INTO bedrock.label_value_rule (label, value, canonical, is_pattern) VALUES ('team', '(', 'x', true);
-- A pattern that is taken away takes its values along.
DELETE FROM bedrock.label_value_rule WHERE NOT builtin;
SELECT count(*) FROM bedrock.refresh();
SELECT team, sum(unblended_cost) FROM bedrock.spend WHERE team ~* 'plat' GROUP BY team ORDER BY team COLLATE "C";

-- Names: the shipped rule for profiles, projects and labels; yours take its place for their object; a role and a tag key have rules only when you give them.
TRUNCATE tag_rules_bill;
INSERT INTO tag_rules_bill (line_item_unblended_cost, tags, line_item_iam_principal) VALUES
    (1, '{"resourceTags/user:team": "good-team", "resourceTags/user:project": "Bad_Project"}', 'arn:aws:sts::100000000002:assumed-role/AppRole/x'),
    (2, '{"resourceTags/user:team": "Bad Team", "resourceTags/user:project": "good"}', 'arn:aws:sts::100000000002:assumed-role/app-role/x');
SELECT action FROM bedrock.refresh();
SELECT answer ->> 'object' AS object, answer ->> 'name' AS name, answer ->> 'rule' AS rule FROM pg_temp.a('Q124');
INSERT INTO bedrock.naming_rule (object, pattern) VALUES ('team', '^Bad '), ('team', '^X'), ('role', '-role$'), ('tag key', '^team$');
SELECT answer ->> 'object' AS object, answer ->> 'name' AS name, answer ->> 'rule' AS rule FROM pg_temp.a('Q124');
INSERT INTO bedrock.naming_rule (object, pattern) VALUES ('team', '[');
INSERT INTO bedrock.naming_rule (object, pattern) VALUES ('queue', '.');

-- Shared and broad roles: each reason on a role of its own; app-role is one application's.
TRUNCATE tag_rules_bill;
INSERT INTO tag_rules_bill (line_item_unblended_cost, line_item_iam_principal, tags, line_item_resource_id)
SELECT c, 'arn:aws:sts::100000000002:assumed-role/' || p, t::jsonb, coalesce('arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/' || r, 'arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0')
FROM (VALUES (1, 'app-role/x', '{"resourceTags/user:application": "one"}', 'aaaaaaaaaaaa'), (1, 'app-role/y', '{"resourceTags/user:application": "one"}', 'bbbbbbbbbbbb'),
             (2, 'apps-role/x', '{"resourceTags/user:application": "one"}', NULL), (2, 'apps-role/x', '{"resourceTags/user:application": "two"}', NULL),
             (4, 'projects-role/x', '{"resourceTags/user:project": "one"}', NULL), (4, 'projects-role/x', '{"resourceTags/user:project": "two"}', NULL),
             (8, 'profiles-role/x', '{}', 'cccccccccccc'), (8, 'profiles-role/x', '{}', 'dddddddddddd'),
             (16, 'people-role/ana@acme.example', '{}', NULL), (16, 'people-role/ben@acme.example', '{}', NULL),
             (32, 'AWSReservedSSO_Readers_0123456789abcdef/ana@acme.example', '{}', NULL), (64, 'AWSReservedSSO_AdministratorAccess_0123456789abcdef/ana@acme.example', '{}', NULL),
             (128, 'S3FullAccessForAll/x', '{}', NULL)) AS l (c, p, t, r);
SELECT action FROM bedrock.refresh();
SELECT r.cost, split_part(r.role, '/', 2) AS role, r.reasons FROM bedrock.shared_roles() AS r ORDER BY r.cost;
SELECT answer ->> 'cost' AS cost, answer ->> 'principal' AS principal, answer ->> 'permission_set' AS permission_set FROM pg_temp.a('Q049') ORDER BY (answer ->> 'cost')::numeric;

SELECT bedrock.detach('tag_rules_bill');
DROP TABLE tag_rules_bill;
DELETE FROM bedrock.required_tag WHERE NOT builtin;
DELETE FROM bedrock.naming_rule WHERE NOT builtin;
TRUNCATE bedrock.profile;
