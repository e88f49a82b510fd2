-- Answers held against published examples and against bills made for the case.
SELECT clock_timestamp() AS began \gset
SET timezone = 'UTC';
SET datestyle = 'ISO';
TRUNCATE bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension, bedrock.invocation_label;
CREATE TABLE bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '111122223333', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp,
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text DEFAULT 'USE1-NovaMicro-input-tokens', pricing_unit text DEFAULT '1K tokens', line_item_usage_amount numeric DEFAULT 1,
    line_item_unblended_cost numeric, line_item_net_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD',
    line_item_resource_id text DEFAULT 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0', line_item_iam_principal text, tags jsonb DEFAULT '{}');
CREATE FUNCTION pg_temp.line(day date, cost numeric, amount numeric DEFAULT 1, currency text DEFAULT 'USD', principal text DEFAULT NULL, tags jsonb DEFAULT '{}', type text DEFAULT 'Usage') RETURNS void LANGUAGE sql AS $$
    INSERT INTO bill (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_usage_amount, line_item_currency_code, line_item_iam_principal, tags, line_item_line_item_type)
    VALUES (date_trunc('month', day), day, day + time '01:00', cost, amount, currency, principal, tags, type)$$;

-- The published examples of the KPIs, one month each: 5,000 / 100,000 = 0.05; 1,200 / 240,000 = 0.005; 2,500 / 1,000,000 = 0.0025 (a thousand units of 1K tokens); (50,000 - 20,000) / 20,000 = 150 percent.
SELECT pg_temp.line('2026-04-10', 5000), pg_temp.line('2026-05-10', 1200), pg_temp.line('2026-06-10', 2500, 1000), pg_temp.line('2026-07-10', 20000);
SELECT source FROM bedrock.attach('bill', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT k.month, a ->> 'kpi' AS kpi, a ->> 'value' AS value, a ->> 'unit' AS unit, a ->> 'formula' AS formula
FROM (VALUES ('2026-04', 'cost per inference', '{"requests": 100000}'::jsonb), ('2026-05', 'cost per API call', '{"api_calls": 240000}'), ('2026-06', 'cost per token', '{}'), ('2026-07', 'return on investment', '{"benefit": 50000}')) k (month, kpi, args)
CROSS JOIN LATERAL bedrock.answer('Q172', k.args || jsonb_build_object('period', k.month || '-01')) a
WHERE a ->> 'kpi' = k.kpi ORDER BY 1;
-- Nothing is known without logs, benefit or enough days: NULL, never 0. Nothing is owned: 0 percent allocated.
SELECT a ->> 'kpi' AS kpi, a ->> 'value' AS value, a ->> 'previous' AS previous, a ->> 'coverage_pct' AS coverage_pct, a ->> 'currency' AS currency FROM bedrock.answer('Q172', '{"period": "2026-06-01"}') a;
-- Another currency is a sheet of its own: 40 EUR for 20,000 tokens, 30 of them owned, 100 x (60 - 40) / 40. Where usage sums to less than nothing there is no share of it.
SELECT pg_temp.line('2026-06-11', 30, 10, 'EUR', tags => '{"resourceTags/user:project": "p"}'), pg_temp.line('2026-06-12', 10, 10, 'EUR'), pg_temp.line('2026-08-10', -7, 1);
SELECT count(*) FROM bedrock.refresh();
SELECT a ->> 'kpi' AS kpi, a ->> 'value' AS value, a ->> 'unit' AS unit, a ->> 'coverage_pct' AS coverage_pct FROM bedrock.answer('Q172', '{"period": "2026-06-01", "benefit": 60}') a WHERE a ->> 'currency' = 'EUR';
SELECT a ->> 'kpi' AS kpi, a ->> 'value' AS value, a ->> 'coverage_pct' AS coverage_pct FROM bedrock.answer('Q172', '{"period": "2026-08-01", "benefit": 60}') a;
-- What a load brought in two currencies is no one amount.
SELECT DISTINCT ON (a ->> 'period') a ->> 'period' AS period, a ->> 'action' AS action, a ->> 'cost' AS cost, a ->> 'cost_before' AS cost_before, a ->> 'currency' AS currency
FROM bedrock.answer('Q144') a WHERE a ->> 'period' <> '' AND (a ->> 'at')::timestamptz > :'began' ORDER BY a ->> 'period', (a ->> 'batch')::int DESC;
-- A day of an application is an anomaly above twice its mean of the 28 days before, where seven of them have usage: ten days of 1 dollar, then one of 3.
SELECT pg_temp.line('2026-09-01'::date + n, CASE n WHEN 10 THEN 3 ELSE 1 END, tags => '{"resourceTags/user:application": "app"}') FROM generate_series(0, 10) n;
SELECT count(*) FROM bedrock.refresh();
-- Four days (the 8th to the 11th) have seven or more before them, one of them is above 2: 25 percent; they cost 6 of 13 dollars. None is above 3.
SELECT a ->> 'value' AS value, a ->> 'coverage_pct' AS coverage_pct FROM bedrock.answer('Q172', '{"period": "2026-09-01"}') a WHERE a ->> 'kpi' = 'anomaly rate';
SELECT a ->> 'value' AS value FROM bedrock.answer('Q172', '{"period": "2026-09-01", "anomaly_factor": 3}') a WHERE a ->> 'kpi' = 'anomaly rate';

-- No budget was given: none is crossed, and nothing is above or within it.
SELECT a ->> 'project' AS project, a ->> 'basis' AS basis, a ->> 'limit' AS "limit", a ->> 'crossed_at' AS crossed_at FROM bedrock.answer('Q096', '{"period": "2026-06-01"}') a WHERE a ->> 'project' = 'p';
SELECT a ->> 'project' AS project, a ->> 'budget' AS budget, a ->> 'status' AS status FROM bedrock.answer('Q094', '{"period": "2026-06-01", "budgets": {"p": 30}}') a ORDER BY 1;

-- No net column: net cost and discount are not known. It begins in September: no price changes, and what that month saves is told.
SELECT a ->> 'period' AS period, a ->> 'billed_cost' AS billed_cost, a ->> 'net_cost' AS net_cost, a ->> 'net_reason' IS NOT NULL AS has_reason FROM bedrock.answer('Q001', '{"period": "2026-09-01"}') a;
UPDATE bill SET line_item_unblended_cost = line_item_usage_amount;
UPDATE bill SET line_item_net_unblended_cost = 0.9 * line_item_unblended_cost WHERE bill_billing_period_start_date = '2026-09-01';
SELECT count(*) FROM bedrock.refresh(force => true);
SELECT count(*) AS changes FROM bedrock.answer('Q133', '{}') a;
SELECT a ->> 'billed_cost' AS billed_cost, a ->> 'net_cost' AS net_cost, a ->> 'net_reason' AS net_reason FROM bedrock.answer('Q001', '{"period": "2026-09-01"}') a;
SELECT a ->> 'month' AS month, a ->> 'charges' AS charges, a ->> 'unblended' AS unblended, a ->> 'net_unblended' AS net_unblended, round((a ->> 'discount')::numeric, 2) AS discount
FROM bedrock.answer('Q135', '{"months": 2}') a WHERE a ->> 'currency' = 'USD' ORDER BY 1, 2;
SELECT bedrock.detach(source) FROM bedrock.source;
DROP TABLE bill;

-- Who calls: one request of 110 tokens to a model that is new to its caller is new; a jump alone is to be watched; with errors it is abuse.
CREATE FUNCTION pg_temp.logged(day date, n integer, caller text, model text, tokens integer, error text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
    SELECT (bedrock.load_invocation_text(jsonb_strip_nulls(jsonb_build_object('schemaType', 'ModelInvocationLog', 'schemaVersion', '1.0', 'timestamp', day || 'T10:00:00Z', 'accountId', '111122223333', 'region', 'us-east-1',
        'requestId', md5(concat(day, n, caller, model, tokens, error)), 'operation', 'Converse', 'modelId', model, 'identity', jsonb_build_object('arn', 'arn:aws:iam::111122223333:user/' || caller), 'errorCode', error,
        'input', jsonb_build_object('inputTokenCount', CASE WHEN error IS NULL THEN tokens END), 'output', CASE WHEN error IS NULL THEN jsonb_build_object('outputTokenCount', 0) END))::text)).loaded$$;
SELECT sum(pg_temp.logged('2026-09-01', n, c, 'amazon.nova-micro-v1:0', 110)) FROM generate_series(1, 3) n, unnest('{ann,bob,cid,dan}'::text[]) c;
SELECT sum(pg_temp.logged('2026-09-20', n, c, m, t, e)) FROM (VALUES (1, 'ann', 'amazon.nova-lite-v1:0', 110, NULL), (1, 'bob', 'amazon.nova-micro-v1:0', 1100, NULL), (1, 'cid', 'amazon.nova-micro-v1:0', 1100, NULL),
    (2, 'cid', 'amazon.nova-micro-v1:0', 0, 'AccessDeniedException'), (1, 'dan', 'amazon.nova-lite-v1:0', 0, 'ThrottlingException'), (1, 'eve', 'amazon.nova-lite-v1:0', 110, NULL)) v (n, c, m, t, e);
SELECT a ->> 'principal' AS principal, a ->> 'signals' AS signals, a ->> 'finding' AS finding FROM bedrock.answer('Q101', '{}') a ORDER BY 1;
-- Logs without a bill have answers: no tokens are billed, so no part of them can be told.
SELECT a ->> 'application' AS application, a ->> 'requests' AS requests, a ->> 'tokens' AS tokens, a ->> 'logged_pct' AS logged_pct FROM bedrock.answer('Q171') a;
SELECT bedrock.set_residency_policy('eu', '{eu-%}', account_id => '111122223333');
SELECT a ->> 'workload' AS workload, a ->> 'caller' AS caller, a ->> 'policy' AS policy, a ->> 'finding' AS finding, a ->> 'model' AS model, a ->> 'cost' AS cost, a ->> 'requests' AS requests FROM bedrock.answer('Q036') a ORDER BY 2, 5;
SELECT sum((a ->> 'requests')::integer) AS of_q152 FROM bedrock.answer('Q152') a;
SELECT bedrock.residency_finding('{eu-%}', r, i, p) FROM (VALUES ('us-east-1', NULL, 'us'), ('eu-west-1', 'us-east-1', 'global'), ('eu-west-1', NULL, 'global'), ('eu-west-1', NULL, 'eu'), ('eu-west-1', 'eu-north-1', 'global'),
    ('eu-west-1', NULL, 'regional'), ('eu-west-1', NULL, NULL), (NULL, NULL, 'eu')) v (r, i, p);
DELETE FROM bedrock.model_policy;
TRUNCATE bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension, bedrock.invocation_label;

-- What a profile or a role is named after; a rule of the user goes before the shipped ones.
INSERT INTO bedrock.name_rule (priority, pattern, application) VALUES (6, '^legacy-', NULL), (7, '^x-(.+)-(.+)$', E'\\1 of x');
SELECT v.name, bedrock_internal.application_of_name(v.name) FROM (VALUES ('ticket-triage-worker-role'), ('hr-portal-prod-eu-ecs-task-role'), ('prod-report-generator-role'), ('DocFlowRole'), ('ci_classify'), ('Claims.Intake.v2'),
    ('AWSServiceRoleForAmazonConnect_lw'), ('AmazonBedrockExecutionRoleForAgents_x'), ('-prod'), ('role'), (''), (NULL), ('legacy-summarizer-task-role'), ('X-desk-role')) v (name);
INSERT INTO bedrock.name_rule (priority, pattern, application) VALUES (8, '(', 'x');
DELETE FROM bedrock.name_rule WHERE NOT builtin;
