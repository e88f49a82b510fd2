-- SPDX-License-Identifier: PostgreSQL
-- The table of LiteLLM as its migrations make it (the columns that tell of spend), and what a gateway would have logged of
-- the lines of llm-gateway-role in September: a request for each hour and session, estimated at what was billed. Then what
-- a gateway and a bill may differ in, one thing a day. Models and tokens are read out of the raw lines by their spelling.
CREATE TABLE "LiteLLM_SpendLogs" (
    "request_id" text NOT NULL PRIMARY KEY, "call_type" text NOT NULL, "api_key" text NOT NULL DEFAULT '', "spend" double precision NOT NULL DEFAULT 0.0,
    "total_tokens" integer NOT NULL DEFAULT 0, "prompt_tokens" integer NOT NULL DEFAULT 0, "completion_tokens" integer NOT NULL DEFAULT 0,
    "startTime" timestamp(3) NOT NULL, "endTime" timestamp(3) NOT NULL, "request_duration_ms" integer, "completionStartTime" timestamp(3),
    "model" text NOT NULL DEFAULT '', "model_id" text DEFAULT '', "model_group" text DEFAULT '', "custom_llm_provider" text DEFAULT '', "api_base" text DEFAULT '',
    "user" text DEFAULT '', "metadata" jsonb DEFAULT '{}', "cache_hit" text DEFAULT '', "cache_key" text DEFAULT '', "request_tags" jsonb DEFAULT '[]',
    "team_id" text, "organization_id" text, "end_user" text, "requester_ip_address" text, "messages" jsonb DEFAULT '{}', "response" jsonb DEFAULT '{}',
    "session_id" text, "status" text);

CREATE TABLE raw AS
SELECT c.line_item_usage_start_date AT TIME ZONE 'UTC' AS at, c.line_item_iam_principal AS principal, m.model,
       CASE WHEN c.line_item_usage_type ~* 'cache-?read' THEN 'read' WHEN c.line_item_usage_type ~* 'cache-?write' THEN 'write'
            WHEN c.line_item_usage_type ~* 'output' THEN 'output' ELSE 'input' END AS kind,
       c.line_item_usage_amount * CASE c.pricing_unit WHEN '1K tokens' THEN 1000 WHEN '1M tokens' THEN 1000000 END AS tokens, c.line_item_unblended_cost AS cost
FROM cur AS c
CROSS JOIN LATERAL (SELECT CASE WHEN c.line_item_usage_type ~ '-NovaLite-' THEN 'nova-lite' WHEN c.line_item_usage_type ~ '-Nova2.0Lite-' THEN 'nova-2'
    WHEN c.product ->> 'product_name' ~ '^Claude Haiku 4.5' THEN 'haiku' WHEN c.product ->> 'product_name' ~ '^Claude Sonnet 4.6' THEN 'sonnet' END AS model) AS m
WHERE c.line_item_iam_principal LIKE '%:assumed-role/llm-gateway-role/%' AND c.bill_billing_period_start_date = '2026-09-01' AND c.line_item_line_item_type = 'Usage';

INSERT INTO "LiteLLM_SpendLogs" ("request_id", "call_type", "spend", "total_tokens", "prompt_tokens", "completion_tokens", "startTime", "endTime", "model", "model_group",
    "custom_llm_provider", "cache_hit", "metadata", "status")
SELECT 'req-' || row_number() OVER (ORDER BY at, principal, model), 'acompletion', sum(cost),
       sum(tokens)::integer, coalesce(sum(tokens) FILTER (WHERE kind <> 'output'), 0)::integer, coalesce(sum(tokens) FILTER (WHERE kind = 'output'), 0)::integer,
       at + interval '12 minutes', at + interval '12 minutes 7 seconds',
       -- As LiteLLM writes models: with and without its own prefix, with the geography of a profile.
       CASE model WHEN 'haiku' THEN 'us.anthropic.claude-haiku-4-5-20251001-v1:0' WHEN 'sonnet' THEN 'bedrock/converse/us.anthropic.claude-sonnet-4-6'
                  WHEN 'nova-lite' THEN 'eu.amazon.nova-lite-v1:0' ELSE 'bedrock/global.amazon.nova-2-lite-v1:0' END,
       'alias-' || model, 'bedrock', 'False',
       jsonb_build_object('additional_usage_values', jsonb_build_object('cache_read_input_tokens', coalesce(sum(tokens) FILTER (WHERE kind = 'read'), 0)::bigint,
           'cache_creation_input_tokens', coalesce(sum(tokens) FILTER (WHERE kind = 'write'), 0)::bigint)), 'success'
FROM raw GROUP BY at, principal, model;

-- A request like another one, but for what is said.
CREATE FUNCTION pg_temp.like_of(id text, model text, day date, change jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO "LiteLLM_SpendLogs" SELECT (jsonb_populate_record(l, jsonb_build_object('request_id', id, 'startTime', day + time '10:00', 'endTime', day + time '10:01') || change)).*
    FROM "LiteLLM_SpendLogs" AS l WHERE l.model_group = 'alias-' || like_of.model ORDER BY l."startTime" LIMIT 1
$$;
-- The price of the global routing, where the bill has 10 % more; a contract; no counts of cached tokens.
UPDATE "LiteLLM_SpendLogs" SET spend = spend / 1.1 WHERE model_group = 'alias-haiku' AND "startTime"::date = '2026-09-02';
UPDATE "LiteLLM_SpendLogs" SET spend = spend * 1.05 WHERE model_group = 'alias-sonnet' AND "startTime"::date = '2026-09-03';
UPDATE "LiteLLM_SpendLogs" SET metadata = '{}' WHERE model_group = 'alias-sonnet' AND "startTime"::date = '2026-09-04';
-- One that began before midnight and was billed on the next day; a day that is not in the log.
UPDATE "LiteLLM_SpendLogs" SET "startTime" = '2026-09-08 23:59:59.5' WHERE request_id = (SELECT request_id FROM "LiteLLM_SpendLogs"
    WHERE model_group = 'alias-sonnet' AND "startTime"::date = '2026-09-09' ORDER BY "startTime" LIMIT 1);
DELETE FROM "LiteLLM_SpendLogs" WHERE model_group = 'alias-haiku' AND "startTime"::date = '2026-09-10';
-- One that failed at the gateway when it was billed already.
UPDATE "LiteLLM_SpendLogs" SET status = 'failure', spend = 0, total_tokens = 0, prompt_tokens = 0, completion_tokens = 0, metadata = '{}' WHERE request_id = (
    SELECT request_id FROM "LiteLLM_SpendLogs" WHERE model_group = 'alias-haiku' AND "startTime"::date = '2026-09-11' ORDER BY "startTime" LIMIT 1);
SELECT FROM pg_temp.like_of('openai', 'sonnet', '2026-09-14', '{"model": "gpt-4o", "custom_llm_provider": "openai", "spend": 1.25}');
SELECT FROM pg_temp.like_of('alias', 'sonnet', '2026-09-15', '{"model": "my-sonnet", "spend": 2.5}');
SELECT FROM pg_temp.like_of('cached', 'sonnet', '2026-09-16', '{"cache_hit": "True", "spend": 0.125}');
SELECT FROM pg_temp.like_of('twice', 'nova-2', (SELECT max(at)::date FROM raw WHERE model = 'nova-2'), '{"spend": 0.0625}');
SELECT FROM pg_temp.like_of('never', 'nova-lite', '2026-09-18', '{"model": "us.amazon.nova-micro-v1:0", "spend": 0.03125}');
SELECT FROM pg_temp.like_of('batch', 'sonnet', '2026-09-21', '{"call_type": "aretrieve_batch", "spend": 0.5}');
SELECT FROM pg_temp.like_of('today', 'sonnet', '2026-10-01', '{"spend": 0.75}');

-- What a bill may have of this role that no gateway logs: a batch, a currency of another seller, what is not in tokens,
-- a line without a currency.
INSERT INTO cur SELECT (jsonb_populate_record(c, n.change)).*
FROM cur AS c,
     (VALUES (jsonb '{"identity_line_item_id": "b", "line_item_usage_type": "EU-NovaLite-input-tokens-batch", "line_item_unblended_cost": 7.125, "line_item_usage_start_date": "2026-09-21 10:00Z", "line_item_usage_end_date": "2026-09-21 11:00Z"}'),
             ('{"identity_line_item_id": "c", "line_item_currency_code": "EUR", "line_item_unblended_cost": 3.0625, "line_item_usage_start_date": "2026-09-22 10:00Z", "line_item_usage_end_date": "2026-09-22 11:00Z"}'),
             ('{"identity_line_item_id": "d", "line_item_usage_type": "EU-Guardrail-ContentPolicyUnitsConsumed", "pricing_unit": "Units", "line_item_resource_id": null, "line_item_unblended_cost": 1.5, "line_item_usage_start_date": "2026-09-23 10:00Z", "line_item_usage_end_date": "2026-09-23 11:00Z"}'),
             ('{"identity_line_item_id": "e", "line_item_currency_code": null, "line_item_unblended_cost": 0.25, "line_item_usage_start_date": "2026-09-24 10:00Z", "line_item_usage_end_date": "2026-09-24 11:00Z"}')) AS n (change)
WHERE c.ctid = (SELECT c.ctid FROM cur AS c WHERE c.line_item_iam_principal LIKE '%:assumed-role/llm-gateway-role/%' AND c.line_item_usage_type = 'EU-NovaLite-input-tokens'
                AND c.bill_billing_period_start_date = '2026-09-01' ORDER BY c.line_item_usage_start_date LIMIT 1);
