-- Who and what a line is: people and machines and their traffic by rules, geographies and prefixes newer than the tables,
-- components of AgentCore, AI services beside Bedrock.
SET timezone = 'UTC'; SET datestyle = 'ISO, YMD';
\pset null '(null)'
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA classes;
CREATE TABLE classes.classes_bill (
    note text, bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', line_item_usage_account_name text DEFAULT 'shop', bill_billing_entity text DEFAULT 'AWS',
    bill_billing_period_start_date timestamp DEFAULT '2026-03-01', line_item_usage_start_date timestamp DEFAULT '2026-03-05 10:00',
    line_item_usage_end_date timestamp DEFAULT '2026-03-05 11:00', line_item_line_item_type text DEFAULT 'Usage', line_item_line_item_description text, line_item_operation text,
    line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_usage_type text DEFAULT 'USE1-NovaLite-input-tokens',
    line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD',
    line_item_resource_id text, line_item_iam_principal text, tags jsonb);
-- One sum in all of them: every cent once.
CREATE VIEW classes.sums AS
SELECT count(DISTINCT s.cost) AS sums FROM (SELECT sum(unblended_cost) AS cost FROM bedrock.spend UNION ALL SELECT sum(unblended_cost) FROM bedrock.spend_monthly
                                            UNION ALL SELECT sum(bedrock_unblended_cost) FROM bedrock.bill_total) AS s;

-- Callers. A line a caller, each with a cost of its own.
INSERT INTO classes.classes_bill (line_item_unblended_cost, line_item_iam_principal)
SELECT 2 ^ (n - 1), 'arn:aws:' || p FROM unnest('{
    sts::100000000002:assumed-role/DocFlowRole/ana@acme.example,
    sts::100000000002:assumed-role/DocFlowRole/Ben.Doe+x@acme.example,
    sts::100000000002:assumed-role/DocFlowRole/i-0123456789abcdef0,
    sts::100000000002:assumed-role/DocFlowRole/svc-reports@acme.example,
    sts::100000000002:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/cleo@acme.example,
    sts::100000000002:assumed-role/AWSServiceRoleForConnect/dee@acme.example,
    sts::100000000002:federated-user/kenji,
    iam::100000000002:user/alice,
    iam::100000000002:user/ed@acme.example,
    iam::100000000002:user/search-indexer,
    iam::100000000002:user/CI-runner2,
    iam::100000000002:user/service/nightly,
    iam::100000000002:user/jobs-lee,
    iam::100000000002:user/carljobs,
    iam::100000000002:user/BedrockAPIKey-1a2b,
    iam::100000000002:role/plain,
    iam::100000000002:root,
    iam::100000000002:group/odd}'::text[]) WITH ORDINALITY AS u (p, n);
INSERT INTO classes.classes_bill (note, line_item_unblended_cost) VALUES ('nobody', 262144);
SELECT name FROM bedrock.attach('classes.classes_bill') AS a (name) \gset
SELECT action, lines, cost FROM bedrock.refresh();
SELECT caller_class, sum(unblended_cost) AS cost, string_agg(coalesce(split_part(iam_principal, ':', 6), '(none)'), ' ' ORDER BY iam_principal COLLATE "C") AS callers FROM bedrock.spend GROUP BY 1 ORDER BY 1;
TABLE classes.sums;
-- People behind a role are listed as developers, the service's user is not.
SELECT r ->> 'principal' AS principal, r ->> 'kind' AS kind, r ->> 'cost' AS cost FROM bedrock.answer('Q040', '{"period": "2026-03-01"}') AS r WHERE r ->> 'principal' ~ 'DocFlow|ana@|Ben|svc-|indexer|alice' ORDER BY 1;

-- Rules of the user come first, in their order, and reach what is loaded at the next refresh, sessions as well.
UPDATE classes.classes_bill SET tags = '{"user:iamPrincipal/kind": "Robot"}' WHERE line_item_iam_principal LIKE '%user/alice';
INSERT INTO bedrock.class_rule (target, priority, attribute, tag_key, pattern, class, note) VALUES
    ('caller_class', 20, 'principal_session', NULL, '^i-0', 'human', 'a shared desktop'), ('caller_class', 30, 'principal_session', NULL, '.', 'unknown', NULL),
    ('caller_class', 10, 'user_email', NULL, '^ANA@', 'machine', 'she scripts'), ('caller_class', 40, 'tag', 'iamPrincipal/kind', '^robot$', 'machine', NULL),
    ('caller_class', 50, 'principal_name', NULL, '^DocFlow', 'api_key', 'never reached where a session speaks'), ('caller_class', 60, 'principal_kind', NULL, '^(root|role)$', 'unknown', NULL);
SELECT action FROM bedrock.refresh(force => true);
SELECT caller_class, sum(unblended_cost) AS cost, string_agg(split_part(iam_principal, ':', 6), ' ' ORDER BY iam_principal COLLATE "C") AS callers FROM bedrock.spend WHERE iam_principal ~ 'DocFlow|SSO|alice|root|plain|Service' GROUP BY 1 ORDER BY 1;
SELECT count(*) AS differences FROM (SELECT iam_principal, caller_class, traffic_class FROM bedrock.spend EXCEPT SELECT iam_principal, caller_class, traffic_class FROM bedrock.spend_monthly) AS d;
-- No source is read where only rules changed.
DELETE FROM bedrock.class_rule WHERE NOT builtin;
SELECT action FROM bedrock.refresh();
SELECT caller_class, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM bedrock.session WHERE caller_class IS NOT NULL AND user_email IS NULL;
-- What is no rule is refused.
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class) VALUES ('caller_class', 1, 'principal_name', '(', 'human');
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class) VALUES ('caller_class', 1, 'principal_name', '.', 'person');
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class) VALUES ('traffic_class', 1, 'user_email', '.', 'test');
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class) VALUES ('caller_class', 1, 'application', '.', 'human');
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class) VALUES ('traffic_class', 1, 'tag', '.', 'test');
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class) VALUES ('traffic_class', 0, 'tier', '.', 'test');

-- A month has the sessions of a high-session role together, but not those that a rule makes people.
INSERT INTO classes.classes_bill (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_iam_principal)
SELECT '2026-04-01', '2026-04-05 10:00', '2026-04-05 11:00', 1, 'arn:aws:sts::100000000002:assumed-role/Crowd/' || CASE WHEN n <= 3 THEN 'desk-' ELSE 'pod-' END || n FROM generate_series(1, 120) AS n;
SELECT billing_period, action FROM bedrock.refresh();
SELECT caller_class, count(DISTINCT iam_principal) AS principals, sum(unblended_cost) AS cost FROM bedrock.spend_monthly WHERE principal_name = 'Crowd' GROUP BY 1 ORDER BY 1;
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class) VALUES ('caller_class', 1, 'principal_session', '^desk-', 'human');
SELECT DISTINCT action FROM bedrock.refresh();
SELECT caller_class, count(DISTINCT iam_principal) AS principals, sum(unblended_cost) AS cost FROM bedrock.spend_monthly WHERE principal_name = 'Crowd' GROUP BY 1 ORDER BY 1;
SELECT caller_class, count(DISTINCT iam_principal) AS principals, sum(unblended_cost) AS cost FROM bedrock.spend WHERE principal_name = 'Crowd' GROUP BY 1 ORDER BY 1;
TABLE classes.sums;
-- Nor those that a rule makes what another rule does not make of their role.
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class) VALUES ('caller_class', 2, 'principal_session', '^pod-[1-5]', 'machine'), ('caller_class', 3, 'principal_name', '^Crowd$', 'unknown');
SELECT DISTINCT action FROM bedrock.refresh();
-- Of pod-4 to pod-120 begin with 1 to 5: 4, 5, 10 to 59 and 100 to 120, that is 73; 44 are left.
SELECT caller_class, count(DISTINCT iam_principal) AS principals, sum(unblended_cost) AS cost FROM bedrock.spend WHERE principal_name = 'Crowd' GROUP BY 1 ORDER BY 1;
SELECT caller_class, count(DISTINCT iam_principal) AS principals, sum(unblended_cost) AS cost FROM bedrock.spend_monthly WHERE principal_name = 'Crowd' GROUP BY 1 ORDER BY 1;
DELETE FROM bedrock.class_rule WHERE NOT builtin AND priority IN (2, 3);
SELECT DISTINCT action FROM bedrock.refresh();
-- Logged requests go by the same rules.
BEGIN;
SELECT loaded FROM bedrock.load_invocation_text((SELECT string_agg(jsonb_build_object('schemaType', 'ModelInvocationLog', 'timestamp', '2026-04-05T10:00:00Z', 'accountId', '100000000002', 'region', 'us-east-1',
    'requestId', p, 'operation', 'Converse', 'modelId', 'sa.amazon.nova-lite-v1:0', 'identity', jsonb_build_object('arn', 'arn:aws:' || p), 'input', '{"inputTokenCount": 5}'::jsonb, 'output', '{"outputTokenCount": 5}'::jsonb)::text, E'\n')
    FROM unnest('{sts::100000000002:assumed-role/DocFlowRole/ana@acme.example,sts::100000000002:assumed-role/Crowd/desk-7,sts::100000000002:assumed-role/Crowd/pod-7,iam::100000000002:user/search-indexer}'::text[]) AS u (p)));
SELECT split_part(iam_principal, '/', -1) AS caller, caller_class, request_path, pool, model_id FROM bedrock.request ORDER BY 1;
DELETE FROM bedrock.class_rule WHERE NOT builtin;
SELECT DISTINCT action FROM bedrock.refresh();
SELECT split_part(iam_principal, '/', -1) AS caller, caller_class FROM bedrock.request ORDER BY 1;
ROLLBACK;
DELETE FROM bedrock.class_rule WHERE NOT builtin;
SELECT DISTINCT action FROM bedrock.refresh();
SELECT caller_class, count(DISTINCT iam_principal) AS principals FROM bedrock.spend_monthly WHERE principal_name = 'Crowd' GROUP BY 1 ORDER BY 1;

-- Traffic: what is shipped, and rules of the user.
TRUNCATE classes.classes_bill;
INSERT INTO classes.classes_bill (note, line_item_unblended_cost, line_item_usage_type, tags, line_item_iam_principal, line_item_usage_account_name) VALUES
    ('coding', 1, DEFAULT, '{"workflow": "Coding-Assistant", "environment": "prod"}', NULL, DEFAULT), ('batch', 2, 'USE1-NovaLite-input-tokens-batch', '{"environment": "prod"}', NULL, DEFAULT),
    ('prod', 4, DEFAULT, '{"env": "Production"}', NULL, DEFAULT), ('test', 8, DEFAULT, '{"environment": "staging"}', NULL, DEFAULT), ('none', 16, DEFAULT, NULL, NULL, DEFAULT),
    ('guardrail', 32, 'USE1-Guardrail-ContentPolicyUnitsConsumed', '{"environment": "prod"}', NULL, DEFAULT),
    ('role', 64, DEFAULT, '{"environment": "prod"}', 'arn:aws:iam::100000000002:role/eval/nightly-evals', DEFAULT), ('account', 128, DEFAULT, NULL, NULL, 'Shop Sandbox');
SELECT action, cost FROM bedrock.refresh();
SELECT traffic_class, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1 ORDER BY 1;
INSERT INTO bedrock.class_rule (target, priority, attribute, tag_key, pattern, class) VALUES ('traffic_class', 10, 'principal_path', NULL, '^eval$', 'evaluation'),
    ('traffic_class', 20, 'account_name', NULL, 'sandbox', 'test'), ('traffic_class', 30, 'tag', 'workflow', '^coding', 'production');
SELECT action FROM bedrock.refresh();
SELECT traffic_class, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1 ORDER BY 1;
DELETE FROM bedrock.class_rule WHERE NOT builtin;

-- Geographies and billing prefixes that are newer than the tables: AWS's profiles, nobody's; no part of a model; listed.
TRUNCATE classes.classes_bill;
INSERT INTO classes.classes_bill (note, line_item_unblended_cost, line_item_usage_type, line_item_resource_id, tags) VALUES
    ('unknown geography', 1, DEFAULT, 'arn:aws:bedrock:sa-east-1:100000000002:inference-profile/sa.anthropic.claude-sonnet-4-6', NULL),
    ('the same, a suffix', 2, DEFAULT, 'arn:aws:bedrock:sa-east-1:100000000002:inference-profile/sa.anthropic.claude-sonnet-4-6/an-app', NULL),
    ('no provider', 4, DEFAULT, 'arn:aws:bedrock:us-east-1:100000000002:inference-profile/sa.acme.model-v1', NULL),
    ('apac', 8, DEFAULT, 'arn:aws:bedrock:ap-south-1:100000000002:inference-profile/apac.amazon.nova-lite-v1:0', NULL),
    ('ap', 16, DEFAULT, 'arn:aws:bedrock:ap-south-1:100000000002:inference-profile/ap.amazon.nova-lite-v1:0', NULL),
    ('sovereign', 32, 'EUSCDE1-NovaLite-input-tokens', 'arn:aws-eusc:bedrock:eusc-de-east-1:100000000002:inference-profile/eusc.amazon.nova-lite-v1:0', NULL),
    ('sovereign, Marketplace form', 64, 'EUSCDE1_input_tokens_standard-Units', 'arn:aws-eusc:bedrock:eusc-de-east-1::foundation-model/anthropic.claude-sonnet-4-6', NULL),
    ('sovereign, no resource', 128, 'EUSCDE1-NovaLite-input-tokens', NULL, NULL),
    ('deployment', 256, DEFAULT, 'arn:aws:bedrock:us-east-1:100000000002:custom-model-deployment/5b2t7xq0pzcd', NULL),
    ('image', 512, 'USW2-MP:USW2_CreatedImageStyleTransfer-Units', 'arn:aws:bedrock:us-west-2::foundation-model/stability.stable-style-transfer-v1:0', NULL),
    ('caller''s tag', 1024, DEFAULT, NULL, '{"user:iamPrincipal/customer": "umbrella"}');
SELECT action, cost FROM bedrock.refresh();
SELECT unblended_cost AS cost, request_path AS path, via_profile, profile_kind, geo_prefix AS geo, ai_region_type, region, usage_group, model_id, control_layer, attribution_kind, customer FROM bedrock.spend ORDER BY 1;
TABLE classes.sums;
SELECT kind, value, cost, suggestion FROM bedrock.unrecognized WHERE kind IN ('geo_prefix', 'region', 'usage_type') ORDER BY 1, 2;
SELECT count(*) AS owners FROM bedrock.profile WHERE profile_id LIKE 'sa.anthropic%' AND profile_arn NOT LIKE '%/an-app';
-- What AWS lists is known from then on, and so is what a row says.
SELECT * FROM bedrock.import_profiles('{"inferenceProfileSummaries": [{"inferenceProfileName": "SA Claude", "status": "ACTIVE", "type": "SYSTEM_DEFINED", "inferenceProfileId": "sa.anthropic.claude-sonnet-4-6",
    "inferenceProfileArn": "arn:aws:bedrock:sa-east-1:100000000002:inference-profile/sa.anthropic.claude-sonnet-4-6", "models": [{"modelArn": "arn:aws:bedrock:sa-east-1::foundation-model/anthropic.claude-sonnet-4-6"}]}]}');
INSERT INTO bedrock.system_profile (profile_id, model_id, pool, geo_prefix) VALUES ('eusc.amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0', 'eusc', 'eusc');
INSERT INTO bedrock.region (region, cur_prefix) VALUES ('eusc-de-east-1', 'EUSCDE1');
SELECT action FROM bedrock.refresh();
SELECT unblended_cost AS cost, profile_kind, geo_prefix AS geo, ai_region_type, region FROM bedrock.spend WHERE unblended_cost IN (1, 32, 64, 128) ORDER BY 1;
SELECT kind, value FROM bedrock.unrecognized WHERE kind IN ('geo_prefix', 'region') ORDER BY 1, 2;
-- One account's list speaks for all accounts and regions, of lines and requests, and at once.
INSERT INTO classes.classes_bill (note, line_item_unblended_cost, line_item_resource_id)
VALUES ('listed by another account', 2048, 'arn:aws:bedrock:eu-west-1:200000000099:inference-profile/eu2.amazon.nova-lite-v1:0');
SELECT action FROM bedrock.refresh();
SELECT loaded FROM bedrock.load_invocation_text(jsonb_build_object('schemaType', 'ModelInvocationLog', 'timestamp', '2026-03-05T10:00:00Z', 'accountId', '200000000099', 'region', 'eu-west-1',
    'requestId', 'eu2', 'operation', 'Converse', 'modelId', 'arn:aws:bedrock:eu-west-1:200000000099:inference-profile/eu2.amazon.nova-lite-v1:0')::text);
SELECT (SELECT geo_prefix FROM bedrock.spend WHERE unblended_cost = 2048) AS geo, (SELECT pool FROM bedrock.request WHERE request_id = 'eu2') AS pool;
SELECT * FROM bedrock.import_profiles('{"inferenceProfileSummaries": [{"inferenceProfileName": "EU2", "status": "ACTIVE", "type": "SYSTEM_DEFINED", "inferenceProfileId": "eu2.amazon.nova-lite-v1:0",
    "inferenceProfileArn": "arn:aws:bedrock:eu-north-1:200000000011:inference-profile/eu2.amazon.nova-lite-v1:0", "models": [{"modelArn": "arn:aws:bedrock:eu-north-1::foundation-model/amazon.nova-lite-v1:0"}]}]}');
SELECT (SELECT geo_prefix FROM bedrock.spend WHERE unblended_cost = 2048) AS geo, (SELECT pool FROM bedrock.request WHERE request_id = 'eu2') AS pool;
DELETE FROM bedrock.invocation_day; DELETE FROM bedrock.invocation; DELETE FROM bedrock.invocation_label; DELETE FROM bedrock.invocation_dimension;
DELETE FROM bedrock.system_profile WHERE NOT builtin; DELETE FROM bedrock.system_profile_region WHERE NOT builtin; DELETE FROM bedrock.region WHERE NOT builtin;

-- AgentCore by component, and the AI services beside Bedrock, which are never in bedrock.spend.
TRUNCATE classes.classes_bill;
INSERT INTO classes.classes_bill (line_item_unblended_cost, line_item_usage_type, line_item_product_code, pricing_unit)
SELECT 2 ^ (n - 1), 'USE1-' || u, 'AmazonBedrockAgentCore', 'Units' FROM unnest('{Runtime:Consumption-based:vCPU,Runtime:Consumption-based:Memory-v2,Runtime:Instance-based:m7g.large:Management-Hours,BrowserTool:Consumption-based:vCPU,
    CodeInterpreter:Consumption-based:Memory,Gateway:Consumption-based:API-Invocations,Memory:Consumption-based:Short-Term-Memory,Memory:Consumption-based:LTM-Storage,WebSearchTool:Consumption-based:Queries,
    Knowledge-Base:Consumption-based:Storage,Evaluations:Consumption-based:BuiltIn-Input:Tier1,Policy:Authorizations,Bedrock-Agent-Core:Auth-Request:Oauth2,DataTransfer-Regional-Bytes,CloudFront-Out-Bytes,Dreams:Consumption-based:Minutes}'::text[])
    WITH ORDINALITY AS m (u, n);
INSERT INTO classes.classes_bill (note, line_item_unblended_cost, bill_billing_entity, line_item_product_code, product, line_item_usage_type, line_item_resource_id, line_item_line_item_description, line_item_currency_code) VALUES
    ('model', 65536, DEFAULT, DEFAULT, DEFAULT, DEFAULT, NULL, NULL, DEFAULT),
    ('SageMaker', 0.25, DEFAULT, 'AmazonSageMaker', '{"product_name": "Amazon SageMaker"}', 'USE1-Host:ml.g5.xlarge', 'arn:aws:sagemaker:us-east-1:100000000002:endpoint/x', NULL, DEFAULT),
    ('SageMaker, euro', 0.75, DEFAULT, 'AmazonSageMaker', '{"product_name": "Amazon SageMaker"}', 'USE1-Host:ml.g5.xlarge', NULL, NULL, 'EUR'),
    ('Q', 0.5, DEFAULT, 'AmazonQ', '{"product_name": "Amazon Q"}', 'USE1-Q-Pro', NULL, NULL, DEFAULT),
    ('QuickSight is no Q', 100, DEFAULT, 'AmazonQuickSight', '{"product_name": "Amazon QuickSight"}', 'USE1-QS', NULL, NULL, DEFAULT),
    ('Kiro', 20, DEFAULT, 'Kiro', '{"product_name": "Kiro"}', 'USE1-KiroPro', NULL, NULL, DEFAULT),
    ('Claude Platform', 3, 'AWS Marketplace', '8kzq5p2m1claudeplatform', '{"product_name": "Claude Platform on AWS"}', 'USE1-MP:USE1_CCU-Units', 'arn:aws:aws-external-anthropic:us-east-1:100000000002:workspace/wrkspc_1', NULL, DEFAULT),
    ('its description', 5, 'AWS Marketplace', '8kzq5p2m1claudeplatform', '{}', 'USE1-MP:USE1_CCU-Units', NULL, 'AWS Marketplace software usage|us-east-1|Claude Consumption Units', DEFAULT),
    ('Claude of Bedrock', 131072, 'AWS Marketplace', 'aclaudeofbedrock', '{"product_name": "Claude Sonnet 4.6 (Amazon Bedrock Edition)"}', 'USE1-MP:USE1_InputTokenCount-Units', NULL, NULL, DEFAULT);
SELECT action, cost FROM bedrock.refresh();
SELECT agentcore_component, usage_group, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1, 2 ORDER BY min(unblended_cost);
SELECT agentcore_component, sum(unblended_cost) AS cost FROM bedrock.spend_monthly WHERE product_code = 'AmazonBedrockAgentCore' GROUP BY 1 ORDER BY 2;
SELECT kind, value, cost FROM bedrock.unrecognized WHERE kind = 'usage_type';
TABLE classes.sums;
SELECT status, detail FROM bedrock.doctor() WHERE "check" = 'other_ai';
-- Without a product code the name of the service tells.
SELECT n AS name, bedrock_internal.other_ai_service(NULL, 'AWS', n, NULL, NULL) AS service FROM unnest('{Amazon SageMaker AI,Amazon Q Business,Amazon Q,Amazon QuickSight,Kiro,Amazon Bedrock,Claude Platform on AWS}'::text[]) AS u (n);
SELECT sum(bedrock_unblended_cost) AS bedrock, sum(unblended_cost) = (SELECT sum(line_item_unblended_cost) FROM classes.classes_bill) AS whole, jsonb_agg(other_ai ORDER BY other_ai::text) FILTER (WHERE other_ai IS NOT NULL) AS other_ai FROM bedrock.bill_total;
SELECT bedrock.detach('classes_bill');
DROP SCHEMA classes CASCADE;
