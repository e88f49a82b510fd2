-- SPDX-License-Identifier: PostgreSQL
-- Questions K over the raw lines and the catalogs.
INSERT INTO expected (question_id, args, sql) VALUES
('Q141', '{}', $$SELECT session_user::text AS role, scope, count(*) AS rows_visible, count(DISTINCT workload) AS workloads, count(DISTINCT account) AS accounts FROM line, (VALUES ('all'), ('load'), ('manage')) s (scope) GROUP BY 2$$),
('Q142', '{}', $$SELECT 'lines of bedrock.' || o.object AS object, count(*) AS visible, count(*) AS expected, true AS ok FROM line, (VALUES ('spend'), ('spend_monthly')) o (object) GROUP BY 1
    UNION ALL SELECT 'workloads of bedrock.spend_monthly', count(DISTINCT workload), count(DISTINCT workload), true FROM line UNION ALL SELECT 'accounts of bedrock.spend_monthly', count(DISTINCT account), count(DISTINCT account), true FROM line$$),
('Q143', '{}', $$SELECT 'cur' AS rollup, (bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS period, count(*) AS rows, false AS stale FROM cur GROUP BY 2$$),
('Q144', '{}', $$SELECT 'cur' AS source, 'cur2' AS format, (bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS period, action, count(*) AS rows, sum(line_item_unblended_cost) AS cost, min(line_item_currency_code) AS currency, CASE action WHEN 'replaced' THEN count(*) END AS replaced_rows
    FROM cur, (VALUES ('loaded'), ('replaced')) a (action) GROUP BY 3, 4$$),
('Q145', '{}', $$SELECT "check", true AS ok FROM (VALUES ('months sum to days'), ('spend is the bill'), ('row security'), ('statements')) v ("check")$$),
('Q146', '{}', $$SELECT 'bedrock.spend' AS object, 'view' AS kind UNION ALL SELECT 'public.bedrock_arn', 'type' UNION ALL SELECT 'bedrock.required_tag', 'table' UNION ALL SELECT 'public.bedrock_tag(jsonb, text)', 'function'$$),
('Q147', '{}', $$SELECT question_id AS id, question, persona, section, sql FROM bedrock.question WHERE builtin$$);
UPDATE expected SET subset = true WHERE question_id IN ('Q145', 'Q146');
SELECT 'Q145', 'not all right', a FROM bedrock.answer('Q145') a WHERE a ->> 'ok' = 'false' AND a ->> 'check' <> 'doctor';
SELECT 'Q146', 'an object without comment, or an inner one', a FROM bedrock.answer('Q146') a WHERE a ->> 'comment' IS NULL OR a ->> 'object' LIKE 'bedrock\_internal%';
