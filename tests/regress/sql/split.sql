-- A shared caller is split by logged tokens: exactly, cell by cell, and not where logs are missing.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
CREATE TABLE bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '111122223333', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp DEFAULT '2026-09-01',
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text, pricing_unit text DEFAULT '1K tokens', line_item_usage_amount numeric DEFAULT 1000, line_item_unblended_cost numeric,
    line_item_currency_code text DEFAULT 'USD', line_item_resource_id text, line_item_iam_principal text);
CREATE FUNCTION pg_temp.line(day date, usage_type text, cost numeric, principal text DEFAULT 'sts::111122223333:assumed-role/gw/main', type text DEFAULT 'Usage', product text DEFAULT 'Amazon Bedrock', days integer DEFAULT 0) RETURNS void LANGUAGE sql AS $$
    INSERT INTO bill (line_item_usage_start_date, line_item_usage_end_date, line_item_usage_type, line_item_unblended_cost, line_item_iam_principal, line_item_line_item_type, product_product_name, pricing_unit)
    VALUES (day, day + days + time '01:00', usage_type, cost, 'arn:aws:' || principal, type, product, CASE WHEN product ~ 'Claude' THEN 'Units' ELSE '1K tokens' END)$$;
CREATE FUNCTION pg_temp.logged(day date, caller text, metadata jsonb, model text, counts jsonb, answered integer DEFAULT NULL, usage jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
    SELECT bedrock.load_invocation_text(jsonb_strip_nulls(jsonb_build_object('schemaType', 'ModelInvocationLog', 'schemaVersion', '1.0', 'timestamp', day || 'T10:00:00Z', 'accountId', '111122223333', 'region', 'us-east-1',
        'requestId', md5(concat(day, caller, metadata, model, counts, answered)), 'operation', 'Converse', 'modelId', model, 'identity', jsonb_build_object('arn', 'arn:aws:' || caller), 'requestMetadata', metadata,
        'input', counts, 'output', jsonb_build_object('outputTokenCount', answered, 'outputBodyJson', jsonb_build_object('usage', usage))))::text)$$;
SELECT bedrock.set_setting('invocation_metadata_keys', 'user,Tenant-Id');

-- The gateway's one session serves ann, bob and cid.
SELECT pg_temp.line('2026-09-01', 'USE1-NovaMicro-input-tokens', 0.035), pg_temp.line('2026-09-01', 'USE1-NovaMicro-output-tokens', 1.00);
SELECT pg_temp.logged('2026-09-01', 'sts::111122223333:assumed-role/gw/main', m, 'amazon.nova-micro-v1:0', '{"inputTokenCount": 1}', n)
FROM (VALUES ('{"user": "ann", "tenantId": "north"}'::jsonb, 2), ('{"User": "bob", "tenantId": "north"}', 1), ('{"user": "cid", "tenant_id": "south"}', NULL)) v (m, n);
-- Nothing is logged on the 2nd of its input, half of its output says no user; other tiers and other sessions are other cells.
SELECT pg_temp.line('2026-09-02', 'USE1-NovaMicro-input-tokens', 0.07), pg_temp.line('2026-09-02', 'USE1-NovaMicro-output-tokens', 0.0014), pg_temp.line('2026-09-02', 'USE1-NovaMicro-output-tokens-batch', 0.5),
       pg_temp.line('2026-09-02', 'USE1-NovaMicro-output-tokens', 0.25, 'sts::111122223333:assumed-role/gw/other');
SELECT pg_temp.logged('2026-09-02', 'sts::111122223333:assumed-role/gw/main', m, 'amazon.nova-micro-v1:0', '{}', 50) FROM (VALUES (NULL::jsonb), ('{"user": "ann"}')) v (m);
-- A credit in thirds, and a cost finer than a picodollar.
SELECT pg_temp.line('2026-09-03', 'USE1-NovaMicro-input-tokens', -0.01), pg_temp.line('2026-09-03', 'USE1-NovaMicro-output-tokens', 0.000000000000007);
SELECT pg_temp.logged('2026-09-03', 'sts::111122223333:assumed-role/gw/main', jsonb_build_object('user', u), 'amazon.nova-micro-v1:0', '{"inputTokenCount": 1}', n) FROM (VALUES ('ann', 2), ('bob', 1), ('cid', NULL)) v (u, n);
-- Cache writes of five minutes and of an hour are two cells: ann wrote 6 and 4 tokens, bob 0 and 6.
SELECT pg_temp.line('2026-09-04', 'USE1-MP:USE1_CacheWriteInputTokenCount-Units', 1.375, product => 'Claude Haiku 4.5 (Amazon Bedrock Edition)'),
       pg_temp.line('2026-09-04', 'USE1-MP:USE1_CacheWrite1hInputTokenCount-Units', 1.1, product => 'Claude Haiku 4.5 (Amazon Bedrock Edition)');
SELECT pg_temp.logged('2026-09-04', 'sts::111122223333:assumed-role/gw/main', jsonb_build_object('user', u), 'us.anthropic.claude-haiku-4-5-20251001-v1:0', jsonb_build_object('inputTokenCount', 0, 'cacheWriteInputTokenCount', n), 0,
    jsonb_build_object('cacheDetails', jsonb_build_array(jsonb_build_object('ttl', '1h', 'inputTokens', h)))) FROM (VALUES ('ann', 10, 4), ('bob', 6, 6)) v (u, n, h);
-- What has no tokens, no day or no usage is told apart, and never divided.
SELECT pg_temp.line('2026-09-05', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 9), pg_temp.line('2026-09-05', 'USE1-NovaMicro-input-tokens', -0.5, type => 'EdpDiscount'), pg_temp.line('2026-09-01', 'USE1-NovaMicro-input-tokens', 3, days => 29);
-- Another role is billed without its sessions; a person's session is an e-mail address.
SELECT pg_temp.line('2026-09-01', 'USE1-NovaMicro-input-tokens', 0.04, 'iam::111122223333:role/batch'), pg_temp.line('2026-09-01', 'USE1-NovaMicro-input-tokens', 0.6, 'sts::111122223333:assumed-role/people/dora@acme.org');
SELECT pg_temp.logged('2026-09-01', 'sts::111122223333:assumed-role/batch/' || s, NULL, 'amazon.nova-micro-v1:0', jsonb_build_object('inputTokenCount', n)) FROM (VALUES ('s1', 3), ('s2', 1), ('eve@acme.org', 4)) v (s, n);
SELECT source FROM bedrock.attach('bill', line_item => false);
SELECT count(*) FROM bedrock.refresh();

SELECT to_char(usage_date, 'DD') AS day, principal_session AS session, token_kind AS kind, cache_ttl AS ttl, tier, part, cost, outcome, evidence, evidence_trust AS trust, logged_tokens AS logged, cell_logged_tokens AS of, cell_cost
FROM bedrock.split_spend('arn:aws:iam::111122223333:role/gw', 'user', '2026-09-20') ORDER BY usage_date, session, kind, ttl, tier, outcome, part;
SELECT part, outcome, evidence_trust, sum(cost) AS cost FROM bedrock.split_spend('arn:aws:sts::111122223333:assumed-role/gw/any', 'tenant-id', '2026-09-01') WHERE usage_date = '2026-09-01' AND token_kind IS NOT NULL AND outcome <> 'not by day' GROUP BY 1, 2, 3 ORDER BY 1;
SELECT principal_key, part, cost, outcome, evidence, evidence_trust FROM bedrock.split_spend(by => 'session', period => '2026-09-01') WHERE principal_key !~ 'gw' ORDER BY 1, 2;
SELECT principal_key, part, cost, outcome, evidence, evidence_trust FROM bedrock.split_spend(by => 'user', period => '2026-09-01') WHERE principal_key !~ 'gw' ORDER BY 1, 2;
-- All parts of a cell are the cell, all cells are the bill: to the last digit, of every caller, however it is split.
SELECT s.by, count(*) AS cells, count(*) FILTER (WHERE s.cost <> s.cell_cost) AS differ, sum(s.cost) - (SELECT sum(line_item_unblended_cost) FROM bill) AS difference
FROM (SELECT v.by, sum(r.cost) AS cost, r.cell_cost FROM unnest('{session,user,tenant-id}'::text[]) AS v (by), bedrock.split_spend(NULL, v.by, '2026-09-01') AS r
      GROUP BY v.by, r.principal_key, r.principal_session, r.usage_date, r.model_id, r.token_kind, r.cache_ttl, r.tier, r.charge_category, r.cell_cost) AS s GROUP BY s.by ORDER BY 1;
SELECT * FROM bedrock.split_spend('not a principal');
SELECT * FROM bedrock.split_spend(by => 'colour');
SELECT * FROM bedrock.split_spend(by => NULL);
SELECT count(*) FROM bedrock.split_spend('arn:aws:iam::111122223333:role/nobody', 'user', '2026-09-01');
SELECT bedrock.detach(source) FROM bedrock.source;
TRUNCATE bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension, bedrock.invocation_label, bedrock.invocation_quarantine;
SELECT bedrock.set_setting('invocation_metadata_keys', '');
DROP TABLE bill;
