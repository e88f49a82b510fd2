-- SPDX-License-Identifier: PostgreSQL
-- Invocation logs of the demo company, made from its bill: the token lines of August and September that name a resource,
-- one request an hour and cell; the runaway hour as 600 requests of one size; a flood of tiny requests by a new caller;
-- one request of a known caller to a new model; calls that were throttled. The gateway tells its users, but for each fourth request. Calls to bedrock-mantle are not logged. Cache tokens stand in the log or only in the answer's usage. :folder is where the files go.
CREATE TABLE log AS
WITH line AS (
    SELECT c.line_item_usage_start_date AS hour, c.line_item_usage_account_id AS account, c.product_region_code AS region, c.line_item_resource_id AS rid,
           nullif(c.line_item_iam_principal, '') AS principal, m.kind, c.line_item_usage_amount * CASE WHEN c.pricing_unit = '1K tokens' THEN 1000 ELSE 1000000 END AS tokens,
           c.line_item_unblended_cost AS cost
    FROM cur c
    JOIN meter m ON m.ut = c.line_item_usage_type AND m.product_name = c.product ->> 'product_name'
    WHERE c.line_item_line_item_type = 'Usage' AND m.kind IS NOT NULL AND c.line_item_resource_id ~ '^arn:aws:bedrock:.*(profile|model)/' AND c.bill_billing_period_start_date >= '2026-08-01Z'),
cell AS (
    SELECT hour, account, region, rid, principal, kind, sum(tokens) AS tokens,
           hour = '2026-09-30 02:00Z' AND sum(sum(cost)) OVER (PARTITION BY hour, rid, principal) = 40 AS loop
    FROM line GROUP BY 1, 2, 3, 4, 5, 6),
request AS (
    SELECT hour, account, region, rid, principal, bool_or(loop) AS loop, sum(tokens) FILTER (WHERE kind = 'input') AS input, sum(tokens) FILTER (WHERE kind = 'output') AS output,
           sum(tokens) FILTER (WHERE kind = 'cache_read') AS cache_read, sum(tokens) FILTER (WHERE kind = 'cache_write') AS cache_write
    FROM cell GROUP BY 1, 2, 3, 4, 5),
asked AS (
    SELECT hour + n * interval '5 s' AS at, account, region, rid, principal, div(input, s.parts)::int AS input, div(output, s.parts)::int AS output, div(cache_read, s.parts)::int AS cache_read,
           div(cache_write, s.parts)::int AS cache_write, 200 + n + (extract(epoch FROM hour)::bigint / 3600 % 900)::int AS latency, NULL::text AS error
    FROM request, LATERAL (SELECT CASE WHEN loop THEN 600 ELSE 1 END AS parts) s, generate_series(0, s.parts - 1) n
    UNION ALL
    SELECT '2026-09-28 10:00Z'::timestamptz + n * interval '1 s', '333344445555', 'us-east-1', 'amazon.nova-lite-v1:0', 'arn:aws:iam::333344445555:user/dora', 5, 1, NULL, NULL, NULL, NULL
    FROM generate_series(1, 70) n
    UNION ALL
    SELECT '2026-09-28 11:00Z'::timestamptz + n * interval '1 s', '333344445555', 'us-east-1', 'us.anthropic.claude-sonnet-4-6', 'arn:aws:iam::333344445555:user/dora', NULL, NULL, NULL, NULL, NULL, 'ThrottlingException'
    FROM generate_series(1, 9) n
    UNION ALL
    SELECT '2026-09-29 10:00Z', '123456789012', 'us-east-1', 'amazon.nova-micro-v1:0', 'arn:aws:iam::123456789012:user/alice', 100, 10, NULL, NULL, NULL, NULL)
SELECT a.*, CASE WHEN latency % 7 = 0 AND rid ~ 'profile' THEN CASE WHEN region LIKE 'eu-%' THEN 'us-east-2' ELSE 'eu-north-1' END END AS inference_region, row_number() OVER (ORDER BY at, account, rid, principal, input) AS n FROM asked a;
ALTER TABLE log ADD COLUMN caller_name text;
UPDATE log SET caller_name = (ARRAY['ada', 'Ben', 'chi'])[n % 4] WHERE principal LIKE '%llm-gateway%';
SELECT 'no user at the gateway' WHERE (SELECT count(DISTINCT caller_name) FROM log) <> 3;
DO $$ BEGIN PERFORM bedrock.set_setting('invocation_metadata_keys', 'user'); END $$;

CREATE VIEW log_line AS
SELECT n, jsonb_strip_nulls(jsonb_build_object('schemaType', 'ModelInvocationLog', 'schemaVersion', '1.0', 'timestamp', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'accountId', account,
           'region', region, 'requestId', 'request-' || n, 'operation', 'Converse', 'modelId', rid, 'identity', jsonb_build_object('arn', principal), 'errorCode', error,
           'requestMetadata', CASE WHEN caller_name IS NOT NULL THEN jsonb_build_object('user', caller_name) END,
           'inferenceRegion', inference_region,
           'input', jsonb_build_object('inputBodyJson', jsonb_build_object('messages', 'a secret'), 'inputTokenCount', input, 'cacheReadInputTokenCount', CASE WHEN n % 2 = 0 THEN cache_read END,
                                       'cacheWriteInputTokenCount', CASE WHEN n % 2 = 0 THEN cache_write END),
           'output', CASE WHEN error IS NULL THEN jsonb_build_object('outputTokenCount', output, 'outputBodyJson',
                         jsonb_build_object('usage', jsonb_build_object('cacheReadInputTokens', cache_read, 'cacheWriteInputTokens', cache_write), 'metrics', jsonb_build_object('latencyMs', latency))) END))::text AS line
FROM log;
\set lines :folder '/log.jsonl'
\set packed 'gzip -n >' :folder '/log.jsonl.gz'
COPY (SELECT line FROM log_line WHERE n % 3 <> 0 ORDER BY n) TO :'lines' WITH (FORMAT csv, QUOTE E'\b', DELIMITER E'\t');
COPY (SELECT line FROM log_line WHERE n % 3 = 0 UNION ALL SELECT '{"cut' UNION ALL SELECT line FROM log_line WHERE n <= 10) TO PROGRAM :'packed' WITH (FORMAT csv, QUOTE E'\b', DELIMITER E'\t');
SELECT 'load of logs', l FROM bedrock.load_invocations(:'folder') l, (SELECT count(*) AS n, count(*) FILTER (WHERE n <= 10 AND n % 3 = 0) AS twice FROM log) w
WHERE (l.files, l.loaded, l.repeated, l.differing, l.quarantined) IS DISTINCT FROM (2::bigint, w.n, 10::bigint, 0::bigint, 1::bigint);
SELECT 'a second load changed something', l FROM bedrock.load_invocations(:'folder') l WHERE l.loaded <> 0;
DO $$ BEGIN PERFORM bedrock.set_residency_policy('hr in europe', '{eu-%}', 'hr-portal'); END $$;

-- The log read without the extension's help: registry, callers and models are the tables of this test.
CREATE TABLE logged AS
SELECT l.*, (at AT TIME ZONE 'UTC')::date AS day, coalesce(a.value, '(untagged)') AS application, w.kind AS principal_kind, w.key AS principal_key,
       CASE WHEN w.session LIKE '%@%' THEN w.session END AS email, coalesce(m.model, l.rid) AS model, m.pool, coalesce(cache_read, 0) + coalesce(cache_write, 0) + coalesce(input, 0) + coalesce(output, 0) AS tokens
FROM log l
LEFT JOIN (SELECT arn, max(value) AS value FROM registry_label WHERE label = 'application' GROUP BY arn) a ON a.arn = l.rid
LEFT JOIN (SELECT arn, kind, key, session FROM caller UNION SELECT 'arn:aws:iam::333344445555:user/dora', 'iam_user', 'arn:aws:iam::333344445555:user/dora', NULL) w ON w.arn = l.principal
LEFT JOIN (SELECT rid, min(model) AS model, min(coalesce(prefix, pool, CASE WHEN path = 'foundation_model' THEN 'regional' END)) AS pool FROM line WHERE rid IS NOT NULL AND (rid !~ 'application-inference-profile' OR rid IN (SELECT arn FROM registry)) GROUP BY 1 HAVING count(DISTINCT model) = 1
           UNION SELECT 'amazon.nova-lite-v1:0', 'Nova Lite', 'regional' UNION SELECT 'amazon.nova-micro-v1:0', 'Nova Micro', 'regional' UNION SELECT 'us.anthropic.claude-sonnet-4-6', 'Claude Sonnet 4.6', 'us') m ON m.rid = l.rid;
CREATE VIEW logged_september AS SELECT * FROM logged WHERE day >= '2026-09-01';
