-- What a workload is expected to use: stated in dollars or tokens, the rest derived; compared with the bill; set by its owner.
\set ECHO none
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
BEGIN;
CREATE TABLE bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '111122223333', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp,
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text, pricing_unit text DEFAULT '1K tokens', line_item_usage_amount numeric,
    line_item_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD', line_item_resource_id text DEFAULT 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0', tags jsonb DEFAULT '{}');
CREATE FUNCTION pg_temp.lines(app text, first date, last date, usage text, thousands numeric, cost numeric, currency text DEFAULT 'USD') RETURNS void LANGUAGE sql AS $$
    INSERT INTO bill (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_usage_type, line_item_usage_amount, line_item_currency_code, pricing_unit, tags)
    SELECT date_trunc('month', d), d, d + interval '1 hour', cost, usage, thousands, currency, CASE WHEN usage LIKE '%Guardrail%' THEN 'Text units' ELSE '1K tokens' END, jsonb_build_object('resourceTags/user:application', app)
    FROM generate_series(first::timestamp, last, interval '1 day') d$$;
-- A day of hr: a million tokens of input for 1 dollar, 100 thousand of output for 50 cents, 200 thousand read from the cache for 2, 100 thousand written for 12.5, and 50 cents of guardrail: 2.145.
SELECT pg_temp.lines('hr', '2026-02-01', '2026-03-31', 'USE1-NovaMicro-input-tokens', 1000, 1), pg_temp.lines('hr', '2026-02-01', '2026-03-31', 'USE1-NovaMicro-output-tokens', 100, 0.5),
       pg_temp.lines('hr', '2026-02-01', '2026-03-31', 'USE1-NovaMicro-cache-read-input-token-count', 200, 0.02), pg_temp.lines('hr', '2026-02-01', '2026-03-31', 'USE1-NovaMicro-cache-write-input-token-count', 100, 0.125),
       pg_temp.lines('hr', '2026-02-01', '2026-03-31', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 3, 0.5),
       pg_temp.lines('ci', '2026-03-01', '2026-03-31', 'USE1-NovaMicro-input-tokens', 1000, 2), pg_temp.lines('ci', '2026-03-01', '2026-03-31', 'USE1-NovaMicro-input-tokens', 1000, 3, 'EUR') \g /dev/null
-- 300 of a million tokens a day are read from the cache, beside a million of a model that has none. Another turns to the cache in the middle of the month. One is billed in euros.
SELECT pg_temp.lines('rag', '2026-03-01', '2026-03-31', 'USE1-NovaMicro-input-tokens', 700, 1), pg_temp.lines('rag', '2026-03-01', '2026-03-31', 'USE1-NovaMicro-cache-read-input-token-count', 300, 0.1),
       pg_temp.lines('rag', '2026-03-01', '2026-03-31', 'USE1-TitanEmbeddingV2-Text-input-tokens', 1000, 0.1),
       pg_temp.lines('turn', '2026-03-01', '2026-03-15', 'USE1-NovaMicro-input-tokens', 900, 0.0315), pg_temp.lines('turn', '2026-03-01', '2026-03-15', 'USE1-NovaMicro-cache-read-input-token-count', 100, 0.000875),
       pg_temp.lines('turn', '2026-03-16', '2026-03-31', 'USE1-NovaMicro-input-tokens', 100, 0.0035), pg_temp.lines('turn', '2026-03-16', '2026-03-31', 'USE1-NovaMicro-cache-read-input-token-count', 900, 0.007875),
       pg_temp.lines('euro', '2026-03-01', '2026-03-31', 'USE1-NovaMicro-input-tokens', 1000, 3, 'EUR') \g /dev/null
UPDATE bill SET line_item_resource_id = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0' WHERE line_item_usage_type LIKE '%Titan%';
SELECT source FROM bedrock.attach('bill', line_item => false) \g /dev/null
SELECT action FROM bedrock.refresh('bill') \g /dev/null
SELECT bedrock.set_workload(w) FROM unnest('{hr,ci,new,bot,rag,turn,euro}'::text[]) w \g /dev/null
SELECT bedrock.set_owner_rule('application', 'application', '.', NULL, 1, valid_from => '2026-01-01', reason => 'test') \g /dev/null
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/botprofile01', 'bot', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0') \g /dev/null
SELECT bedrock.claim_identity('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/botprofile01', 'bot', '2026-01-01', reason => 'test') \g /dev/null
-- Derived of what is given, without its zeros.
CREATE FUNCTION pg_temp.parts(workload text, cost numeric DEFAULT NULL, i numeric DEFAULT NULL, o numeric DEFAULT NULL, r numeric DEFAULT NULL, w numeric DEFAULT NULL, currency text DEFAULT 'USD') RETURNS TABLE (token_kind text, tokens numeric, cost numeric, per_million numeric, stated boolean, basis text) LANGUAGE sql AS $$
    SELECT p.token_kind, p.tokens, trim_scale(p.cost), trim_scale(round(1000000 * p.price, 6)), p.is_stated, p.basis FROM bedrock_internal.estimate_parts('2026-03-01', $1, $2, $3, $4, $5, $6, $7) p
    ORDER BY array_position(ARRAY['all', 'input', 'output', 'cache_read', 'cache_write', 'other'], p.token_kind)$$;
CREATE SCHEMA estimates;
GRANT USAGE ON SCHEMA estimates TO PUBLIC;
CREATE FUNCTION estimates.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text; message text; detail text; hint text;
BEGIN
    EXECUTE statement INTO answer;
    RETURN coalesce(answer, '(null)');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN replace(concat_ws(' | ', SQLSTATE || ' ' || message, nullif(detail, ''), nullif('HINT ' || hint, 'HINT ')), bedrock_internal.today()::text, 'TODAY');
END$$;

\pset format unaligned
\pset fieldsep ' | '
\pset null '-'
\set ECHO all

-- February cost 28 x 2.145 = 60.06. Twice that buys twice its tokens: 56 million of input, 5.6 of output, and so on; what has no tokens keeps its share.
SELECT * FROM pg_temp.parts('hr', cost => 120.12);
-- The other way round: these tokens cost 120.12.
SELECT * FROM pg_temp.parts('hr', i => 56000000, o => 5600000, r => 11200000, w => 5600000);
-- Two are stated: 10 million of output cost 50 of 96.06 dollars; the 46.06 that remain are what the others cost in February.
SELECT * FROM pg_temp.parts('hr', cost => 96.06, o => 10000000);
-- One kind alone: the others in proportion, 3 x.
SELECT * FROM pg_temp.parts('hr', o => 8400000);
-- What cannot be is not known, and says why: 50 dollars of output of 10.
SELECT * FROM pg_temp.parts('hr', cost => 10, o => 10000000);
-- Begun in March: of the month itself. In another currency by its own lines.
SELECT * FROM pg_temp.parts('ci', cost => 200) UNION ALL SELECT * FROM pg_temp.parts('ci', cost => 300, currency => 'EUR');
-- Tokens and dollars are given, and the mix is asked for: 14 million for 26.805, of which 5 are guardrail. 2.3 million of output cost 11.5, and nine days of the rest 10.305. For 21.45 it is that of February; nothing but output costs 70 and 5.
SELECT m.cost, e.token_kind, e.fit_tokens FROM unnest('{26.805,21.45,75.01}'::numeric[]) m (cost), bedrock_internal.estimate_mix('2026-03-01', 'hr', 14000000, m.cost) e ORDER BY m.cost, array_position(ARRAY['input', 'output', 'cache_read', 'cache_write'], e.token_kind);
-- Never used: by the price book of the model it claims (3.5 and 14 cents for a million), else nothing is known.
SELECT * FROM pg_temp.parts('bot', i => 1000000, o => 1000000);
SELECT * FROM pg_temp.parts('bot', cost => 5);
SELECT * FROM pg_temp.parts('new', cost => 5, i => 7);
SELECT * FROM pg_temp.parts('new', i => 7);

-- Set, changed, set again, taken away. What is left out is stated no more.
SELECT bedrock.set_estimate('hr', '2026-03-15', cost => 50, input_tokens => 1, reason => 'first guess'), bedrock.set_estimate('hr', '2026-03-01', cost => 64.495, output_tokens => 1550000, reason => 'counted'),
       bedrock.set_estimate('hr', '2026-03-31', 64.4950, NULL, 1550000, reason => 'again'), bedrock.set_estimate('hr', '2026-04-01', 70, reason => 'next') AS next, bedrock.set_estimate('hr', '2026-04-01', reason => 'never mind') AS ended;
SELECT valid, cost, input_tokens, output_tokens, currency, recorded_by = session_user AS mine, reason, upper_inf(recorded) AS known, closed_by = session_user AS closed, close_reason FROM bedrock.estimate ORDER BY valid, recorded;
SELECT object, action, who = session_user AS me, before, after, reason FROM bedrock.audit WHERE object_kind = 'estimate' ORDER BY at;

-- Half of the output was foreseen, and 2 dollars less: 31 x 2.145 = 66.495. From the middle of the month the same is seen ahead. What the kinds are over, or under, is together what the whole is.
SELECT token_kind, estimate, is_stated, actual::bigint, ratio, projected::bigint, trim_scale(estimate_cost) AS estimate_cost, trim_scale(actual_cost) AS actual_cost, trim_scale(projected_cost) AS projected_cost, trim_scale(overage) AS overage, cache_rate, cache_threshold, basis, method
FROM bedrock.estimate_check('2026-03-01', workload => 'hr');
SELECT token_kind, actual::bigint, ratio, projected::bigint, trim_scale(actual_cost) AS actual_cost, trim_scale(projected_cost) AS projected_cost, trim_scale(overage) AS overage, method, data_through
FROM bedrock.estimate_check('2026-03-20', '2026-03-15', 'hr');
SELECT trim_scale(sum(overage) FILTER (WHERE token_kind = 'all')) AS whole, trim_scale(round(sum(overage) FILTER (WHERE token_kind <> 'all'), 3)) AS kinds FROM bedrock.estimate_check('2026-03-01', workload => 'hr');
-- A workload without an estimate, in two currencies; one without usage; a month before all bills.
SELECT workload, token_kind, currency, estimate, actual::bigint, basis, method FROM bedrock.estimate_check('2026-03-01', workload => 'ci');
SELECT bedrock.set_estimate('new', '2026-03-01', 5, reason => 'test');
SELECT token_kind, estimate, trim_scale(estimate_cost) AS estimate_cost, actual, trim_scale(actual_cost) AS actual_cost, projected_cost, overage, basis, method FROM bedrock.estimate_check('2026-03-01', workload => 'new');
SELECT d, (SELECT count(*) FROM bedrock.estimate_check(d)) AS rows FROM unnest('{2020-01-01,infinity,5874897-12-31}'::date[]) d;
-- Nothing is known of a month without a bill.
SELECT bedrock.set_estimate('new', '2026-07-01', 5, reason => 'test');
SELECT token_kind, actual, actual_cost, ratio, projected_cost, method FROM bedrock.estimate_check('2026-07-01', workload => 'new') WHERE token_kind IN ('all', 'input');
SELECT bedrock.set_estimate('new', '2026-07-01', reason => 'test');

-- A model that bills no cache tokens has no cache to hit: 30 of a hundred, by each question that tells a rate.
SELECT DISTINCT cache_rate FROM bedrock.estimate_check('2026-03-01', workload => 'rag');
SELECT trim_scale((a ->> 'hit_rate')::numeric) AS hit_rate, a ->> 'healthy' AS healthy FROM bedrock.answer('Q073', '{"period": "2026-03-01"}') a WHERE a ->> 'workload' = 'rag';
SELECT a ->> 'cache_rate' AS cache_rate FROM bedrock.answer('Q070', '{"period": "2026-03-01"}') a WHERE a ->> 'workload' = 'rag';
SELECT DISTINCT a ->> 'cache_rate' AS cache_rate FROM bedrock.answer('Q090', '{"period": "2026-03-01", "application": "rag"}') a;
-- On 15 March one of ten tokens is read from the cache, and 3 million of 15 more would be: 3 x (0.035 - 0.00875) dollars less, 31 days of them are 0.16275. In the whole month the cache is healthy.
SELECT bedrock.set_estimate('turn', '2026-03-01', 0.5, reason => 'test');
SELECT d.as_of, e.cache_rate, trim_scale(e.projected_cost) AS projected_cost, trim_scale(e.overage) AS overage, trim_scale(e.recoverable) AS recoverable, trim_scale(e.recoverable_pct) AS recoverable_pct FROM (VALUES ('2026-03-15'::date), (NULL)) d (as_of), bedrock.estimate_check('2026-03-01', d.as_of, 'turn') e WHERE e.token_kind = 'all' ORDER BY 1;
-- Tokens are of no currency: a million a day in dollars, and one in euros. An estimate is in the currency of the bill where nobody says which.
SELECT bedrock.set_estimate('ci', '2026-03-01', input_tokens => 31000000, reason => 'test');
SELECT currency, estimate, actual::bigint, ratio, projected::bigint, trim_scale(actual_cost) AS actual_cost FROM bedrock.estimate_check('2026-03-01', workload => 'ci') WHERE token_kind = 'input';
SELECT bedrock.set_estimate('ci', '2026-03-01', reason => 'test'), bedrock.set_estimate('euro', '2026-03-01', 100, reason => 'test');
SELECT currency, trim_scale(actual_cost) AS actual_cost, ratio FROM bedrock.estimate_check('2026-03-01', workload => 'euro') WHERE token_kind = 'all';
SELECT bedrock.set_estimate('turn', '2026-03-01', reason => 'test'), bedrock.set_estimate('euro', '2026-03-01', reason => 'test');
-- Twice as much is not above twice as much.
SAVEPOINT twice;
SELECT bedrock.set_setting('estimate_divergence_percent', '100');
SELECT bedrock_internal.check_estimates();
SELECT count(*) FROM bedrock.alert;
-- Whatever is spent is above an estimate of nothing.
SELECT bedrock.set_estimate('euro', '2026-03-01', cost => 0, reason => 'test');
SELECT bedrock_internal.check_estimates();
SELECT subject, basis, planned, trim_scale(amount) AS amount, detail -> 'ratio' AS ratio FROM bedrock.alert;
ROLLBACK TO twice;

-- Output is twice what was stated, which is more than the 20 percent of the setting; the cost, 3 percent over, is not. Once.
SELECT bedrock_internal.check_estimates(), bedrock_internal.check_estimates();
SELECT kind, subject, attribute, value, days, basis, trim_scale(threshold) AS threshold, currency, amount::bigint, planned, since, detail FROM bedrock.alert ORDER BY alert_id;
SELECT bedrock.set_setting('estimate_divergence_percent', '3');
SELECT bedrock_internal.check_estimates();
SELECT basis, trim_scale(threshold) AS threshold, currency, trim_scale(amount) AS amount, planned FROM bedrock.alert ORDER BY alert_id OFFSET 1;

-- The last line of March comes with the first of April, and is compared with the estimate of March: 62 were within 65, 67 are not.
SAVEPOINT late;
SELECT bedrock.set_estimate('ci', '2026-03-01', 65, reason => 'test');
SELECT bedrock_internal.check_estimates();
SELECT count(*) FROM bedrock.alert WHERE subject = 'ci';
SELECT pg_temp.lines('ci', '2026-03-31', '2026-03-31', 'USE1-NovaMicro-input-tokens', 1000, 5), pg_temp.lines('ci', '2026-04-01', '2026-04-01', 'USE1-NovaMicro-input-tokens', 1000, 1);
SELECT billing_period, action FROM bedrock.refresh('bill');
SELECT subject, days, basis, trim_scale(amount) AS amount, planned FROM bedrock.alert WHERE subject = 'ci';
ROLLBACK TO late;

-- The question, by what was set, and by what is asked with it.
SELECT a ->> 'token_type' AS token_type, a ->> 'ratio' AS ratio, a ->> 'overage' AS overage, a ->> 'advice' AS advice FROM bedrock.answer('Q090', '{"workload": "hr"}') a;
SELECT a ->> 'workload' AS workload, a ->> 'token_type' AS token_type, a ->> 'estimate' AS estimate, a ->> 'ratio' AS ratio, a ->> 'overage' AS overage FROM bedrock.answer('Q090', '{"application": "hr", "estimates": {"output": 1550000}}') a;
SELECT a ->> 'token_type' AS token_type, a ->> 'price' AS price, a ->> 'tokens' AS tokens, a ->> 'dollars' AS dollars, a ->> 'mix_tokens' AS mix_tokens, a ->> 'basis' AS basis FROM bedrock.answer('Q092', '{"workload": "hr", "dollars": 120.12, "period": "2026-03-01"}') a;

-- Who may set: those who may change the workload, from the running month on; FinOps also what is over, with a reason. Bad input changes nothing.
\set ECHO none
CREATE ROLE estimates_hr;
CREATE ROLE estimates_finops;
CREATE ROLE estimates_account;
CREATE ROLE estimates_shop;
DO $$BEGIN PERFORM bedrock.create_roles(); END$$;
GRANT bedrock_product_owner TO estimates_hr;
GRANT bedrock_finops TO estimates_finops;
GRANT bedrock_cloud_engineer TO estimates_account;
GRANT bedrock_portfolio_manager TO estimates_shop;
SELECT bedrock.set_level(1, 'Unit'), bedrock.set_element('shop', 1) \g /dev/null
SELECT bedrock.grant_scope('estimates_account', 'account', '111122223333'), bedrock.grant_scope('estimates_shop', 'element', 'shop') \g /dev/null
SELECT bedrock.set_workload('ci', element => 'shop', valid_from => '2026-03-10', reason => 'test'), bedrock.set_workload('new', element => 'shop', valid_from => '2026-03-01', reason => 'test') \g /dev/null
SELECT bedrock.grant_scope('estimates_hr', 'workload', 'hr') \g /dev/null
SELECT bedrock.set_estimate('ci', '2026-03-01', 60, reason => 'test') \g /dev/null
\set ECHO all
SET ROLE estimates_hr;
SELECT estimates.try('SELECT bedrock.set_estimate(''hr'', bedrock_internal.today(), 5)') AS running, estimates.try('SELECT bedrock.set_estimate(''hr'', bedrock_internal.today() + 40, 5)') AS later;
SELECT estimates.try(s) FROM unnest(ARRAY['SELECT bedrock.set_estimate(''hr'', ''2026-03-01'', 5, reason => ''mine'')', 'SELECT bedrock.set_estimate(''ci'', bedrock_internal.today(), 5)', 'SELECT bedrock.set_estimate(''nobody'', bedrock_internal.today(), 5)',
    'DELETE FROM bedrock.estimate']) s;
SELECT DISTINCT workload FROM bedrock.estimate;
SELECT DISTINCT workload FROM bedrock.estimate_check('2026-03-01');
SELECT DISTINCT a ->> 'workload' AS workload FROM bedrock.answer('Q090', '{"period": "2026-03-01"}') a;
-- An estimate is of a whole workload: who sees an account, or a workload on some days of the month, sees the lines and no estimate of them.
SET ROLE estimates_account;
SELECT count(*) FROM bedrock.estimate;
SELECT DISTINCT workload, basis FROM bedrock.estimate_check('2026-03-01') ORDER BY 1;
SET ROLE estimates_shop;
SELECT DISTINCT workload FROM bedrock.estimate;
SELECT DISTINCT workload, token_kind, currency, actual::bigint, basis FROM bedrock.estimate_check('2026-03-01') WHERE token_kind = 'input' ORDER BY 1, 2;
SET ROLE estimates_finops;
SELECT estimates.try(s) FROM unnest(ARRAY['SELECT bedrock.set_estimate(''hr'', ''2026-03-01'', 5)', 'SELECT bedrock.set_estimate(''hr'', ''2026-03-01'', 5, reason => ''agreed'')', 'SELECT bedrock.set_estimate(''hr'', ''2026-03-01'', -5, reason => ''r'')',
    'SELECT bedrock.set_estimate(''hr'', ''2026-03-01'', output_tokens => ''NaN'', reason => ''r'')', 'SELECT bedrock.set_estimate(''hr'', ''2026-03-01'', output_tokens => 1e15 + 1, reason => ''r'')', 'SELECT bedrock.set_estimate(''hr'', ''2026-03-01'', 5, currency => ''dollar'', reason => ''r'')', 'SELECT bedrock.set_estimate(''hr'', ''infinity'', 5)',
    'SELECT bedrock.set_estimate(''hr'', NULL, 5)', 'SELECT bedrock.set_estimate(NULL, ''2026-03-01'', 5)', 'SELECT bedrock.set_estimate(''nobody'', ''2026-03-01'', 5, reason => ''r'')', 'SELECT bedrock.set_estimate(''hr'', ''2026-05-01'', reason => ''nothing there'')']) s;
SELECT DISTINCT workload FROM bedrock.estimate ORDER BY 1;
RESET ROLE;
ROLLBACK;
