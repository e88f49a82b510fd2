-- A source kept by hour: the same bill, and where in the day it was spent.
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA hourly;
CREATE TABLE hourly.cur (
    bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS',
    bill_billing_period_start_date timestamp DEFAULT '2026-03-01', line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens',
    line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD');
-- 31 days of hours, dearer by night, and a tax of the whole month.
INSERT INTO hourly.cur (line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost)
SELECT h, h + interval '1 hour', CASE WHEN extract(hour FROM h) < 6 THEN 0.35 ELSE 0.07 END FROM generate_series(timestamp '2026-03-01', '2026-03-31 23:00', '1 hour') AS h;
INSERT INTO hourly.cur (line_item_usage_start_date, line_item_usage_end_date, line_item_line_item_type, line_item_usage_amount, line_item_unblended_cost)
VALUES ('2026-03-01', '2026-04-01', 'Tax', NULL, 3.21);

SELECT bedrock.attach('hourly.cur', keep => 'minute');
SELECT source, keep FROM bedrock_internal.attach_relation('hourly.cur');
SELECT action, lines, cost FROM bedrock.refresh();
SELECT count(*) AS rows, count(usage_hour) AS hours, sum(lines) AS lines, sum(unblended_cost) AS cost FROM bedrock.spend;
CREATE TEMP TABLE by_day AS SELECT to_jsonb(s) - '{dimension_id,usage_hour}'::text[] AS row FROM bedrock.spend AS s;

-- Kept by hour from now on: the period is read again by itself.
SELECT source, keep FROM bedrock_internal.attach_relation('hourly.cur', keep => 'hour');
SELECT action, lines, cost FROM bedrock.refresh();
SELECT count(*) AS rows, count(usage_hour) AS hours, sum(lines) AS lines, sum(unblended_cost) AS cost FROM bedrock.spend;
SELECT sum(unblended_cost) AS cost, sum(lines) AS lines FROM bedrock.spend_monthly;
SELECT status, detail FROM bedrock.doctor() WHERE "check" = 'integrity';
-- Summed over the hours it is what was kept by day.
SELECT count(*) AS days, bool_and(s.cost = (d.row ->> 'unblended_cost')::numeric AND s.lines = (d.row ->> 'lines')::bigint) AS same
FROM (SELECT usage_date, charge_type, sum(unblended_cost) AS cost, sum(lines) AS lines FROM bedrock.spend GROUP BY 1, 2) AS s
JOIN by_day AS d ON (d.row ->> 'usage_date')::date = s.usage_date AND d.row ->> 'charge_type' = s.charge_type;
-- Days of another time zone, against the lines themselves.
SELECT count(*) AS days, bool_and(s.cost = r.cost) AS same
FROM (SELECT (usage_hour AT TIME ZONE 'Asia/Kolkata')::date AS day, sum(unblended_cost) AS cost FROM bedrock.spend WHERE charge_type = 'Usage' GROUP BY 1) AS s
FULL JOIN (SELECT (line_item_usage_start_date AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Kolkata')::date AS day, sum(line_item_unblended_cost) AS cost
           FROM hourly.cur WHERE line_item_line_item_type = 'Usage' GROUP BY 1) AS r USING (day);
-- Hour of the day by weekday; what covers a whole period has neither.
SELECT weekday, hour_of_day, lines, unblended_cost FROM bedrock.usage_pattern WHERE weekday IN (1, 7) AND hour_of_day IN (5, 6) OR hour_of_day IS NULL ORDER BY 1, 2;
SELECT count(*) AS cells, sum(unblended_cost) = (SELECT sum(line_item_unblended_cost) FROM hourly.cur) AS whole FROM bedrock.usage_pattern;
-- It is bedrock.spend, grouped.
CREATE TEMP VIEW grouped AS
SELECT s.billing_period, CASE WHEN s.charge_grain <> 'period' THEN extract(isodow FROM s.usage_date)::bigint END AS weekday,
       CASE WHEN s.charge_grain = 'hour' THEN extract(hour FROM s.usage_hour AT TIME ZONE 'UTC')::bigint END AS hour_of_day,
       s.source, s.account_id, s.project, s.application, s.profile_id, s.profile_name, s.model_name, s.currency,
       sum(s.lines)::bigint AS lines, sum(s.tokens) AS tokens, sum(s.unblended_cost) AS unblended_cost, sum(s.net_unblended_cost) AS net_unblended_cost, sum(s.ai_cost) AS ai_cost
FROM bedrock.spend AS s GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;
SELECT count(*) > 10 AS compared FROM grouped;
(TABLE grouped EXCEPT TABLE bedrock.usage_pattern) UNION ALL (TABLE bedrock.usage_pattern EXCEPT TABLE grouped);
DROP VIEW grouped;
-- Attached again without a word it stays as it is; told so, it goes back to days.
SELECT keep FROM bedrock_internal.attach_relation('hourly.cur');
SELECT action FROM bedrock.refresh();
SELECT keep FROM bedrock_internal.attach_relation('hourly.cur', keep => 'day');
SELECT action FROM bedrock.refresh();
SELECT count(*) AS differences FROM (TABLE by_day EXCEPT ALL SELECT to_jsonb(s) - '{dimension_id,usage_hour}'::text[] FROM bedrock.spend AS s) AS d;
SELECT weekday IS NULL AS no_day, hour_of_day, sum(unblended_cost) AS cost FROM bedrock.usage_pattern GROUP BY 1, 2 ORDER BY 1, 2;
SELECT bedrock.detach('cur');
