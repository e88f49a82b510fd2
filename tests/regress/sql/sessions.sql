-- Sessions of a role: lines that differ in them alone are judged once, each keeps its own by day, and a month has the role where it
-- has too many.
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE SCHEMA many;
CREATE TABLE many.cur (
    bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS', bill_invoice_id text DEFAULT '',
    bill_billing_period_start_date timestamp DEFAULT '2026-11-01', line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens',
    line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD',
    line_item_resource_id text, line_item_iam_principal text, tags jsonb);
CREATE FUNCTION many.lines(role text, session text, day date, sessions integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO many.cur (line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_iam_principal)
    SELECT day + n % 24 * interval '1 hour', day + (n % 24 + 1) * interval '1 hour', n * 0.001, 'arn:aws:sts::100000000002:assumed-role/' || role || '/' || format(session, n)
    FROM generate_series(1, sessions) AS n
$$;
-- A role with as many sessions as a month tells apart, one with more, and as many people; users and empty text beside them.
SELECT many.lines('Few', 'i-%s', '2026-11-02', 100);
SELECT many.lines('Many', 'i-%s', '2026-11-02', 101);
SELECT many.lines('People', 'p%s@example.com', '2026-11-03', 150);
INSERT INTO many.cur (line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_iam_principal)
SELECT '2026-11-03', '2026-11-03 01:00', 1, p FROM unnest('{arn:aws:iam::100000000002:user/u,"",no principal,arn:aws:sts::100000000002:assumed-role/Many,NULL}'::text[]) AS p;
SELECT source FROM bedrock.attach('many.cur', line_item => false);
SELECT action, lines, cost FROM bedrock.refresh();

CREATE VIEW many.by_day AS SELECT principal_name, count(*) AS rows, count(DISTINCT principal_session) AS sessions, count(DISTINCT iam_principal) AS principals, sum(lines) AS lines, sum(unblended_cost) AS cost
FROM bedrock.spend GROUP BY principal_name;
CREATE VIEW many.by_month AS SELECT principal_name, count(*) AS rows, count(DISTINCT principal_session) AS sessions, count(DISTINCT iam_principal) AS principals, sum(lines) AS lines, sum(unblended_cost) AS cost
FROM bedrock.spend_monthly GROUP BY principal_name;
SELECT * FROM many.by_day ORDER BY principal_name;
SELECT * FROM many.by_month ORDER BY principal_name;
-- Every line keeps its own session: the raw rows say the same.
SELECT count(*) AS differing FROM (
    SELECT nullif(line_item_iam_principal, '') AS principal, line_item_usage_start_date::date AS day, sum(line_item_unblended_cost) AS cost, count(*) AS lines FROM many.cur GROUP BY 1, 2
    EXCEPT SELECT iam_principal, usage_date, sum(unblended_cost), sum(lines)::bigint FROM bedrock.spend GROUP BY 1, 2) AS d;
SELECT iam_principal, principal_session, user_email, principal_kind, principal_key, lines FROM bedrock.spend_monthly WHERE principal_name = 'Many';

-- A role without session that was billed takes no sessions in as long as there are few.
SELECT many.lines('Bare', 'i-%s', '2026-11-05', 2);
UPDATE many.cur SET line_item_iam_principal = 'arn:aws:sts::100000000002:assumed-role/Bare' WHERE line_item_iam_principal LIKE '%/Bare/i-1';
SELECT action, lines FROM bedrock.refresh();
SELECT many.lines('Bare', 'j-%s', '2026-11-06', 2);
SELECT action, lines FROM bedrock.refresh();
SELECT * FROM many.by_month WHERE principal_name = 'Bare';
SELECT many.lines('Bare', 'k-%s', '2026-11-07', 100);
SELECT action, lines FROM bedrock.refresh();
SELECT * FROM many.by_month WHERE principal_name = 'Bare';
DELETE FROM many.cur WHERE line_item_iam_principal LIKE '%/Bare%';

-- As many sessions as a month tells apart, and their role without any.
SELECT many.lines('Edge', 'i-%s', '2026-11-05', 100);
INSERT INTO many.cur (line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_iam_principal) VALUES ('2026-11-05', '2026-11-05 01:00', 1, 'arn:aws:sts::100000000002:assumed-role/Edge');
-- People of the Identity Center are told apart, however many, and so is who has an e-mail address in a role with many.
SELECT many.lines('AWSReservedSSO_Dev_0123456789abcdef', 'person%s', '2026-11-05', 120);
SELECT many.lines('Many', 'p%s@example.com', '2026-11-05', 2);
SELECT action, lines FROM bedrock.refresh();
SELECT * FROM many.by_month WHERE principal_name NOT IN ('Few', 'People') ORDER BY 1;
DELETE FROM many.cur WHERE line_item_usage_start_date >= '2026-11-05';

-- A session that comes later, and one that was there before its role had too many.
SELECT many.lines('Many', 'late-%s', '2026-11-04', 2);
SELECT many.lines('Few', 'late-%s', '2026-11-04', 1);
SELECT action, lines, cost FROM bedrock.refresh();
SELECT * FROM many.by_day WHERE principal_name IN ('Few', 'Many') ORDER BY 1;
SELECT * FROM many.by_month WHERE principal_name IN ('Few', 'Many') ORDER BY 1;
SELECT high_session_roles, bedrock_lines FROM bedrock.bill_total WHERE source = 'cur' ORDER BY bedrock_lines;
-- Months that are made again for other reasons are the same.
SELECT action, lines FROM bedrock.refresh(force => true);
SELECT * FROM many.by_month WHERE principal_name IN ('Few', 'Many') ORDER BY 1;
SELECT count(*) AS differing FROM (TABLE bedrock.fact_month EXCEPT ALL SELECT * FROM bedrock_internal.month_of_facts(NULL, NULL)) AS d;
SELECT count(*) AS differing FROM (SELECT * FROM bedrock_internal.month_of_facts(NULL, NULL) EXCEPT ALL TABLE bedrock.fact_month) AS d;
SELECT count(*) AS differing FROM (SELECT m.* FROM (SELECT DISTINCT dimension_id FROM bedrock.fact) AS d CROSS JOIN LATERAL bedrock_internal.month_of_facts(NULL, ARRAY[d.dimension_id]) AS m EXCEPT ALL TABLE bedrock.fact_month) AS d;
SELECT a ->> 'role' AS role, a ->> 'session' AS session, a ->> 'billed_cost' AS cost FROM bedrock.answer('Q048', '{"role": "Many", "period": "2026-11-01"}') AS a;
SELECT (SELECT sum(unblended_cost) FROM bedrock.spend) = (SELECT sum(unblended_cost) FROM bedrock.spend_monthly) AS same,
       (SELECT sum(unblended_cost) FROM bedrock.spend) = (SELECT sum(line_item_unblended_cost) FROM many.cur) AS as_raw;
SELECT "check", status, detail FROM bedrock.doctor() WHERE status = 'error';

-- A column that is not text is read as well, each session by itself.
ALTER TABLE many.cur ALTER COLUMN line_item_iam_principal TYPE varchar(300);
SELECT action, lines, cost FROM bedrock.refresh(force => true);
SELECT * FROM many.by_day WHERE principal_name IN ('Few', 'Many') ORDER BY 1;

SELECT bedrock.detach('cur');
DROP SCHEMA many CASCADE;
