-- Where a month will end: what comes again of a bill, from how many days, and by which method.
\set ECHO none
SET timezone = 'UTC';
SET datestyle = 'ISO';
BEGIN;
CREATE TABLE bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '111122223333', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp,
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text DEFAULT 'USE1-NovaMicro-input-tokens', pricing_unit text DEFAULT '1K tokens', line_item_usage_amount numeric DEFAULT 1000,
    line_item_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD', line_item_resource_id text DEFAULT 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0', tags jsonb DEFAULT '{}');
-- Lines of an application, one each day from first to last; whole: one line for the month of first.
CREATE FUNCTION pg_temp.lines(app text, first date, last date, cost numeric, usage text DEFAULT 'USE1-NovaMicro-input-tokens', type text DEFAULT 'Usage', currency text DEFAULT 'USD', whole boolean DEFAULT false, every integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
    INSERT INTO bill (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_usage_type, line_item_line_item_type, line_item_currency_code, tags)
    SELECT date_trunc('month', d), CASE WHEN whole THEN date_trunc('month', d) ELSE d END, CASE WHEN whole THEN date_trunc('month', d) + interval '1 month' ELSE d + interval '1 hour' END,
           cost, usage, type, currency, jsonb_build_object('resourceTags/user:application', app, 'resourceTags/user:Desk', upper(app))
    FROM generate_series(first::timestamp, last, every * interval '1 day') d$$;
CREATE FUNCTION pg_temp.forecast(VARIADIC apps text[]) RETURNS TABLE (scope text, currency text, to_date numeric, forecast numeric, low numeric, high numeric, tokens_to_date numeric, tokens_forecast numeric, standing numeric, days_known integer, method text) LANGUAGE sql AS $$
    SELECT f.scope, f.currency, trim_scale(f.to_date), trim_scale(f.forecast), trim_scale(f.low), trim_scale(f.high), trim_scale(f.tokens_to_date), trim_scale(f.tokens_forecast), trim_scale(f.standing), f.days_known, f.method
    FROM bedrock.forecast_month('2026-03-01', '2026-03-10', 'application') f WHERE f.scope = ANY (apps) ORDER BY 1, 2$$;
\pset format unaligned
\pset fieldsep ' | '
\pset null '-'
\set ECHO all

-- An empty database has no month to forecast, and no row.
SELECT count(*) FROM bedrock.forecast_month('2026-03-01');
SELECT count(*) FROM bedrock.forecast_month();

\set ECHO none
-- Today is 10 March, a Tuesday; 21 days are left. Mondays: 1 Sunday and 2 Monday in March, so 2, 9, and left 16, 23, 30.
SELECT pg_temp.lines('week', '2026-02-01', '2026-03-10', 1), pg_temp.lines('week', '2026-02-02', '2026-03-10', 6, every => 7) \g /dev/null
SELECT pg_temp.lines('one', '2026-03-10', '2026-03-10', 5), pg_temp.lines('thirteen', '2026-02-26', '2026-03-10', 1), pg_temp.lines('fourteen', '2026-02-25', '2026-03-10', 1),
       pg_temp.lines('gap', '2026-02-11', '2026-02-11', 2), pg_temp.lines('ended', '2026-02-01', '2026-02-10', 9) \g /dev/null
SELECT pg_temp.lines('negative', '2026-02-11', '2026-03-10', 1), pg_temp.lines('negative', '2026-03-05', '2026-03-05', -10, 'USE1-NovaMicro-output-tokens'), pg_temp.lines('negative', '2026-03-05', '2026-03-05', -400, type => 'Refund'),
       pg_temp.lines('netted', '2026-02-11', '2026-03-10', 1), pg_temp.lines('netted', '2026-03-05', '2026-03-05', -10), pg_temp.lines('negative', '2026-03-05', '2026-03-05', -500, type => 'Credit'), pg_temp.lines('negative', '2026-03-05', '2026-03-05', 19, type => 'Tax') \g /dev/null
SELECT pg_temp.lines('provisioned', '2026-03-08', '2026-03-10', 24, 'USE1-NovaMicro-ProvisionedThroughput-NoCommit-ModelUnits'), pg_temp.lines('trial', '2026-03-10', '2026-03-10', 24, 'USE1-NovaMicro-ProvisionedThroughput-NoCommit-ModelUnits'),
       pg_temp.lines('returned', '2026-02-01', '2026-03-09', 24, 'USE1-NovaMicro-ProvisionedThroughput-NoCommit-ModelUnits'), pg_temp.lines('stored', '2026-03-01', '2026-03-10', 0.1, 'USE1-NovaMicro-Customization-Storage'),
       pg_temp.lines('stored', '2026-03-01', '2026-03-10', 2, 'USE1-NovaMicro-Customization-Training'), pg_temp.lines('committed', '2026-03-01', '2026-03-10', 3, type => 'SavingsPlanRecurringFee') \g /dev/null
SELECT pg_temp.lines('nightly', '2026-02-11', '2026-03-10', 1, 'USE1-NovaMicro-input-tokens-batch'), pg_temp.lines('job', '2026-03-04', '2026-03-10', 50, 'USE1-NovaMicro-input-tokens-batch'), pg_temp.lines('job', '2026-02-11', '2026-03-10', 1) \g /dev/null
SELECT pg_temp.lines('monthly', '2026-03-01', '2026-03-01', 70, whole => true), pg_temp.lines('monthly', '2026-03-01', '2026-03-01', 30, type => 'Fee', whole => true), pg_temp.lines('monthly', '2026-02-11', '2026-03-10', 1),
       pg_temp.lines('two', '2026-02-11', '2026-03-10', 1), pg_temp.lines('two', '2026-02-11', '2026-03-10', 2, currency => 'EUR') \g /dev/null
SELECT pg_temp.lines('late', '2026-02-11', '2026-03-10', 1), pg_temp.lines('late', '2026-01-20', '2026-01-20', 4) \g /dev/null
UPDATE bill SET bill_billing_period_start_date = '2026-03-01' WHERE line_item_usage_start_date = '2026-01-20';
SELECT source FROM bedrock.attach('bill', line_item => false) \g /dev/null
SELECT action FROM bedrock.refresh('bill') \g /dev/null
\set ECHO all
-- One dollar a day and seven on Mondays: 8 + 2 x 7 billed, 18 x 1 + 3 x 7 left.
SELECT * FROM pg_temp.forecast('week');
-- By the last 7 days: 13 / 7 of a day, 21 times; cheapest and dearest day for each that is left.
SELECT trim_scale(forecast) AS forecast, trim_scale(low) AS low, trim_scale(high) AS high, method FROM bedrock.forecast_month('2026-03-01', '2026-03-10', 'application', 'week', forecast_method => 'run_rate');
-- The month has not begun, or has one day: the days before tell; 31 days, five of them Mondays: 26 + 35.
SELECT through, trim_scale(to_date) AS to_date, trim_scale(forecast) AS forecast, days_left, method FROM bedrock.forecast_months('{2026-03-01,2026-03-01}', '{2026-02-28,2026-03-01}', 'all', application => 'week');
-- A month that is over is what was billed: 24 + 4 x 7; as of its last day but one, 28 February, a Saturday, is left.
SELECT trim_scale(to_date) AS to_date, trim_scale(forecast) AS forecast, days_left, method FROM bedrock.forecast_months('{2026-02-01,2026-02-01}', ARRAY[NULL, '2026-02-27']::date[], 'all', application => 'week');
-- Too little is known: 1 and 13 days. 14 are enough. Days without usage after the first cost 0: two dollars on one of four Wednesdays, of which three are left. What ended 28 days ago is no more.
SELECT * FROM pg_temp.forecast('one', 'thirteen', 'fourteen', 'gap', 'ended');
-- Usage of January that the bill of March brings is part of it, and no day to go by: 4 + 10, and 21.
SELECT * FROM pg_temp.forecast('late');
-- A run rate takes seven days.
SELECT f.scope, trim_scale(f.forecast) AS forecast, f.days_known, f.method FROM bedrock.forecast_month('2026-03-01', '2026-03-10', 'application', forecast_method => 'run_rate') f WHERE f.scope IN ('one', 'thirteen') ORDER BY 1;
-- Negative usage is a correction, which does not come again: 10 - 10, and 21. Refunds, credits and taxes are no usage. Where it is netted with the same meter, the day is one of 0: three Thursdays are left, at 3 / 4.
SELECT * FROM pg_temp.forecast('negative', 'netted');
-- What stands goes on at what the last two days were billed: 72 + 21 x 24, 3 x 31; storage 0.1 a day, while the training is done. Not what began today, or has ended.
SELECT * FROM pg_temp.forecast('provisioned', 'trial', 'returned', 'stored', 'committed');
-- A batch job that runs each week is daily work; one that ran this week alone is not: 350 + 10 + 21 x 1.
SELECT * FROM pg_temp.forecast('nightly', 'job');
-- Lines of a whole month are no day's: 70 + 30, beside 10 + 21. Currencies are apart.
SELECT f.scope, f.currency, trim_scale(f.to_date) AS to_date, trim_scale(f.forecast) AS forecast, f.undated FROM bedrock.forecast_month('2026-03-01', '2026-03-10', 'application') f WHERE f.scope IN ('monthly', 'two') ORDER BY 1, 2;
-- By a tag, and the whole beside its parts, which it overlaps; in one pass or each alone, the same.
SELECT f.scope, trim_scale(f.forecast) AS forecast FROM bedrock.forecast_month('2026-03-01', '2026-03-10', 'tag', tag_key => 'desk') f WHERE f.scope IN ('WEEK', 'JOB') ORDER BY 1;
SELECT count(*) FILTER (WHERE f.is_whole) AS whole, sum(f.to_date) FILTER (WHERE f.is_whole) = sum(f.to_date) FILTER (WHERE NOT f.is_whole) AS adds_up
FROM bedrock.forecast_months('{2026-03-01}', '{2026-03-10}', 'workload', true) f WHERE f.currency = 'USD';
SELECT count(*) AS different FROM ((SELECT * FROM bedrock.forecast_months('{2026-02-01,2026-03-01}', '{2026-02-20,2026-03-05}', 'application', true)
    EXCEPT (SELECT * FROM bedrock.forecast_months('{2026-02-01}', '{2026-02-20}', 'application', true) UNION ALL SELECT * FROM bedrock.forecast_months('{2026-03-01}', '{2026-03-05}', 'application', true)))
    UNION ALL (SELECT * FROM bedrock.forecast_months('{2026-02-01}', '{2026-02-20}', 'application', true) EXCEPT SELECT * FROM bedrock.forecast_months('{2026-02-01,2026-03-01}', '{2026-02-20,2026-03-05}', 'application', true))) x;

-- Logs are ahead of the bill, here by its lag of two days: a million tokens a day until 10 March, then two, three and four million. A million was billed 1 dollar, or 2 euros: 2 + 3 for 11 and 12 March, 19 days are left. What was billed stays apart.
SELECT sum((bedrock.load_invocation_text(jsonb_build_object('schemaType', 'ModelInvocationLog', 'schemaVersion', '1.0', 'timestamp', d::date || 'T10:00:00Z', 'accountId', '111122223333', 'region', 'us-east-1',
    'requestId', md5(d::text), 'operation', 'Converse', 'modelId', 'amazon.nova-micro-v1:0', 'identity', jsonb_build_object('arn', 'arn:aws:iam::111122223333:user/ann'), 'requestMetadata', jsonb_build_object('application', 'two'),
    'input', jsonb_build_object('inputTokenCount', 1000000 * greatest(1, d::date - '2026-03-09')), 'output', jsonb_build_object('outputTokenCount', 0))::text)).loaded) AS requests FROM generate_series('2026-02-11'::timestamp, '2026-03-13', '1 day') d;
SELECT f.currency, f.through, trim_scale(f.to_date) AS to_date, trim_scale(f.forecast) AS forecast, trim_scale(f.logged) AS logged, f.logged_through, trim_scale(f.tokens_forecast) AS tokens, f.method
FROM bedrock.forecast_month('2026-03-01', '2026-03-10', 'application', 'two', forecast_method => 'logs') f ORDER BY 1;
-- Two days from 9 March: 1 + 2. The day of the last request, 13 March, is not over, however long the lag. What logs do not tell, a tag of the bill, is not filled.
SELECT trim_scale(f.forecast) AS forecast, trim_scale(f.logged) AS logged, f.logged_through FROM bedrock.forecast_month('2026-03-01', '2026-03-09', 'application', 'two', forecast_method => 'logs') f WHERE f.currency = 'USD';
-- A workload has the requests of what it claims.
SELECT bedrock.set_workload('desk'), bedrock.set_owner_rule('desk', 'application', '^two$', 'desk', valid_from => '2026-01-01', reason => 'test'), bedrock.claim_identity('arn:aws:iam::111122223333:user/ann', 'desk', '2026-01-01', reason => 'test') IS NOT NULL AS claimed;
SELECT f.scope, trim_scale(f.to_date) AS to_date, trim_scale(f.forecast) AS forecast, trim_scale(f.logged) AS logged FROM bedrock.forecast_month('2026-03-01', '2026-03-10', 'workload', forecast_method => 'logs') f WHERE f.scope = 'desk' AND f.currency = 'USD';
SELECT bedrock.set_setting('data_lag_days_aws', '5');
SELECT trim_scale(f.forecast) AS forecast, trim_scale(f.logged) AS logged, f.logged_through FROM bedrock.forecast_month('2026-03-01', '2026-03-10', 'application', 'two', forecast_method => 'logs') f WHERE f.currency = 'USD';
SELECT f.scope, trim_scale(f.forecast) AS forecast, f.logged, f.method FROM bedrock.forecast_month('2026-03-01', '2026-03-10', 'tag', 'two', 'desk', 'logs') f WHERE f.currency = 'USD';

-- The error of each method in March, from its day 14 on. Nothing was billed after 10 March, so the last 7 days have three with usage.
SELECT a ->> 'month' AS month, a ->> 'method' AS method, a ->> 'forecast' AS forecast, a ->> 'actual' AS actual, a ->> 'error_pct' AS error_pct, a ->> 'inside' AS inside
FROM bedrock.answer('Q097', '{"forecast_day": 14, "months": 1}') a WHERE a ->> 'currency' = 'EUR' ORDER BY 1, 2;

-- What changed is asked by any day of the month.
SELECT count(*) > 0 AS told, count(*) FILTER (WHERE d.same IS NOT TRUE) AS different FROM bedrock.cost_change('2026-03-15') a LEFT JOIN LATERAL (SELECT a = b AS same FROM bedrock.cost_change('2026-03-01') b WHERE (b.driver_kind, b.driver, b.currency) = (a.driver_kind, a.driver, a.currency)) d ON true;

-- Days and numbers beyond all bills.
SELECT (SELECT count(*) FROM bedrock.forecast_month('5874897-12-31')) + (SELECT count(*) FROM bedrock.forecast_month('2026-03-01', '4713-01-01 BC')) + (SELECT count(*) FROM bedrock.cost_change('5874897-12-31')) AS rows,
       (SELECT count(*) FROM bedrock.answer('Q097', '{"months": 2147483647, "forecast_day": 2147483647}')) > 0 AS answered;

\set VERBOSITY terse
SAVEPOINT before;
SELECT * FROM bedrock.forecast_month("by" => 'colour');
ROLLBACK TO before;
SELECT * FROM bedrock.forecast_month("by" => 'tag');
ROLLBACK TO before;
SELECT * FROM bedrock.forecast_month(forecast_method => 'magic');
ROLLBACK;
