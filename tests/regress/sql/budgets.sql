-- Budgets on a bill of some forty lines: every figure is calculated by hand in the comment above it.
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DELETE FROM bedrock.alert_state;
DELETE FROM bedrock.alert;
CREATE SCHEMA budgets;

-- A line is an hour of tokens on a day, of a role, in dollars, unless it says otherwise. Chat has seven lines of 10 in March, search a dollar a day; the last day is the 21st.
CREATE TABLE budgets.bill (
    who text, day date, line_item_unblended_cost numeric, line_item_line_item_type text DEFAULT 'Usage', line_item_currency_code text DEFAULT 'USD', tags jsonb,
    bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS', line_item_product_code text DEFAULT 'AmazonBedrock',
    product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens', line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens',
    hours integer DEFAULT 1, bill_invoice_id text,
    bill_billing_period_start_date timestamp, line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_iam_principal text);
CREATE FUNCTION budgets.fill() RETURNS void LANGUAGE sql AS $$
    UPDATE budgets.bill SET bill_invoice_id = CASE WHEN day < '2026-03-01' THEN 'INV' END, bill_billing_period_start_date = date_trunc('month', day::timestamp), line_item_usage_start_date = day, line_item_usage_end_date = day + make_interval(hours => hours),
        line_item_iam_principal = 'arn:aws:iam::100000000002:role/' || who WHERE bill_billing_period_start_date IS NULL $$;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) SELECT 'chat', d, 10 FROM unnest('{2026-03-02,2026-03-05,2026-03-08,2026-03-11,2026-03-14,2026-03-17,2026-03-20}'::date[]) AS d;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) SELECT 'search', d, 1 FROM generate_series(timestamp '2026-02-01', timestamp '2026-03-21', interval '1 day') AS d;
-- January: 31 of chat. Also a tax, a credit and a discount, which do not count; a fee of the whole month, which does; and two lines in euros.
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) VALUES ('chat', '2026-01-15', 31);
INSERT INTO budgets.bill (who, day, line_item_unblended_cost, line_item_line_item_type) VALUES (NULL, '2026-03-01', 1000, 'Tax'), (NULL, '2026-03-01', -1000, 'Credit'), ('chat', '2026-03-05', -500, 'EdpDiscount'), ('chat', '2026-03-05', -500, 'Refund');
INSERT INTO budgets.bill (who, day, line_item_unblended_cost, line_item_line_item_type, hours) VALUES ('chat', '2026-03-01', 3, 'Fee', 31 * 24);
INSERT INTO budgets.bill (who, day, line_item_unblended_cost, line_item_currency_code) VALUES ('chat', '2026-03-06', 2, 'EUR'), ('chat', '2026-03-07', 5, 'EUR');
INSERT INTO budgets.bill (who, day, line_item_unblended_cost, tags) VALUES ('tagged', '2026-03-10', 4, '{"user:team": "cto"}'), ('tagged', '2026-03-12', 4, '{"user:team": "cto"}');
SELECT budgets.fill();
SELECT bedrock.attach('budgets.bill', 'bill', line_item => false) IS NOT NULL AS attached;
SELECT billing_period, action FROM bedrock.refresh();
SELECT bedrock.latest_period(), bedrock.data_through();
-- chat belongs to shop until the tenth of March, and to bank since; both are below retail. search belongs to bank.
SELECT bedrock.set_level(1, 'Unit'), bedrock.set_level(2, 'Department');
SELECT bedrock.set_element('retail', 1), bedrock.set_element('shop', 2, 'retail'), bedrock.set_element('bank', 2, 'retail');
SELECT bedrock.set_workload('chat', element => 'shop'), bedrock.set_workload('search', element => 'bank'), bedrock.set_workload('chat', element => 'bank', valid_from => '2026-03-11', reason => 'moved');
SELECT count(bedrock.claim_identity('arn:aws:iam::100000000002:role/' || w, w, '2026-01-01', reason => 'test')) AS claims FROM unnest('{search,chat}'::text[]) AS w;
CREATE VIEW budgets.status AS SELECT budget, concat_ws(' ', attribute, tag_key, value) AS of, first_day, last_day, amount, currency AS cur, trim_scale(actual) AS actual, trim_scale(round(forecast, 2)) AS forecast, status, other_spend, data_through FROM bedrock.budget_status;
CREATE VIEW budgets.alerts AS SELECT subject, basis, threshold, currency AS cur, trim_scale(amount) AS amount, planned, since, first_day, last_day FROM bedrock.alerts WHERE kind = 'budget';

-- 1. Names and defaults ---------------------------------------------------------------------------------------------------
SELECT bedrock.set_budget(value => 'chatbot') AS project, bedrock.set_budget(attribute => 'workload', value => 'chat', amount => 60) AS workload, bedrock.set_budget(attribute => 'all', span => 'quarter', amount => 1000) AS "all",
       bedrock.set_budget(tag_key => 'team', value => 'cto', amount => 5) AS tag, bedrock.set_budget(attribute => 'workload', value => 'search', rolling_days => 7, amount => 5) AS rolling;
SELECT budget, attribute, tag_key, value, span, rolling_days, amount, currency, thresholds, forecast_thresholds, valid FROM bedrock.budget ORDER BY 1;

-- 2. What counts ----------------------------------------------------------------------------------------------------------
-- All of January to March in dollars: 31 + 49 of search (28 days of February, 21 of March) + 70 + 3 + 8 = 161. Chat in March: 70 + 3; the euros stand apart. No project is called chatbot: 0, as the month has a bill.
-- The tag: 8, by two days alone, too few for a forecast. Seven days of search: 7, and none is left.
-- Ten days are left of March. Chat begins on the 2nd, 20 days: each weekday has 10 in three weeks, Sunday in two. Sun, Mon and Tue twice, the others once: 2 * 5 + 8 * 10/3 = 36.67, with 73: 109.67.
SELECT * FROM budgets.status ORDER BY budget;
-- All of it by 28 days, four of each weekday: search 1, chat 10 once for each weekday, tagged 4 on a Tuesday and a Thursday: 3.5, and 4.5 on Tue and Thu. Sun, Mon, Tue twice are 23, Wed to Sat once 15.
SELECT forecast = 161 + 38 AS quarter FROM bedrock.budget_status WHERE attribute = 'all';

-- What was compared is kept: the metric of ai_cost in these bills.
SELECT DISTINCT cost_metric FROM bedrock.budget_status;

-- 3. Crossing: once for each threshold, with the day whose usage crossed it ---------------------------------------------------
-- Chat of 60: 50 percent is 30: 3 of the month, 10, 10 and 10 on the 8th are 33. 80 percent is 48: 53 on the 14th. 100: 63 on the 17th. The tag of 5: 4 on the 10th is above 2.5, and not above 4; 8 on the 12th is above 4 and 5.
-- Search of 5 in seven days: 3 on the third of them is above 2.5, the 17th; 5 is above 4, the 19th; 6 the 20th. Forecasts say nothing of what is above already.
SELECT * FROM budgets.alerts ORDER BY subject, basis, threshold;
SELECT bedrock_internal.check_budgets();
SELECT count(*) FROM bedrock.alert;

-- 4. Spans ------------------------------------------------------------------------------------------------------------------
BEGIN;
-- A year and a quarter that begin in February: 1 February to 30 April has 49 + 70 + 3 + 8; the year to January 2027 too.
SELECT bedrock.set_setting('fiscal_year_first_month', '2', '2020-01-01') IS NOT NULL AS set;
SELECT bedrock.set_budget(attribute => 'all', span => 'quarter', amount => 1001) AS quarter, bedrock.set_budget('year', 2000, 'all', span => 'year') AS year;
SELECT budget, first_day, last_day, actual FROM budgets.status WHERE of = 'all (all)' ORDER BY 1;
ROLLBACK;
-- As of an earlier day: what was used by then; on the 9th 3 + 30 of chat; with fewer than 14 days known no forecast.
SELECT budget, trim_scale(actual) AS actual, forecast, status, data_through, crossed, crossed_on FROM bedrock_internal.budget_results('2026-03-09') WHERE budget ~ '^chat-';
-- February: chat used nothing there, which is 0; 31 on a Thursday in January may come again. The month before the first bill, and one to come, have no data.
SELECT d.day, b.days, b.actual, b.status FROM unnest('{2026-02-10,2025-11-01,2026-04-02}'::date[]) AS d (day), LATERAL bedrock_internal.budget_results(d.day, '{chat-Bedrock-Monthly-Budget}') AS b;
SELECT count(*) FROM bedrock_internal.budget_results('infinity');

-- 5. Elements: with everything below, by the place of each day -----------------------------------------------------------------
-- shop has chat until the 10th: 3 (the month's first day) + 10 + 10 + 10 on the 2nd, 5th and 8th; bank has the rest, 40, and search, 21; retail has both, 94.
SELECT count(bedrock.set_budget(e, 50, 'element', e)) AS budgets FROM unnest('{shop,bank,retail}'::text[]) AS e;
SELECT budget, actual, status, other_spend FROM budgets.status WHERE of ~ '^element' ORDER BY 1;
-- A forecast is told of while actual is not above: 53 for shop, by 33 and what the Sundays, Mondays and the Thursday left have by 20 days: 2 * 5 + 2 * 10/3 + 10/3.
SELECT subject, basis, threshold, trim_scale(amount) AS amount, since FROM budgets.alerts WHERE subject IN ('shop', 'bank', 'retail') ORDER BY 1, 2, 3;
-- Another name of an element is the same element.
SELECT bedrock.set_element('shop', 2, element_name => 'The Shop', valid_from => '2026-01-01', reason => 'renamed');
SELECT bedrock_internal.check_budgets();
SELECT budget, actual FROM budgets.status WHERE budget = 'shop';

-- 6. Changes ----------------------------------------------------------------------------------------------------------------
-- An amount holds for the whole span that runs: more of it, and chat is within again. What crossed stays recorded, and is not recorded again for the same amount; a threshold that is new is, and each of another amount: 73 is above 50, 80, 100 and 120 percent of 50, by 33 on the 8th, 43 on the 11th, 53 on the 14th and 63 on the 17th.
SELECT bedrock.set_budget('chat-Bedrock-Monthly-Budget', 200, reason => 'agreed') AS raised, bedrock.set_budget('chat-Bedrock-Monthly-Budget', 200) AS again;
SELECT amount, actual, status FROM budgets.status WHERE budget ~ '^chat-';
SELECT bedrock.set_budget('chat-Bedrock-Monthly-Budget', 50) AS lowered, bedrock.set_budget('chat-Bedrock-Monthly-Budget', thresholds => '{50,80,100,120,50}', forecast_thresholds => '{}') AS thresholds;
SELECT threshold, basis, planned, since FROM budgets.alerts WHERE subject ~ '^chat-' ORDER BY basis, threshold, planned;
SELECT amount, thresholds, forecast_thresholds, valid, reason, close_reason FROM bedrock.budget WHERE budget ~ '^chat-' AND upper_inf(recorded) ORDER BY valid;
SELECT action, reason FROM bedrock.audit WHERE object_kind = 'budget' AND object ~ '^chat-' ORDER BY at;
-- A delivery that takes lines back: 10 less, and 4 less by a negative line: 59. The alerts stay what they were.
BEGIN;
DELETE FROM budgets.bill WHERE who = 'chat' AND day = '2026-03-20';
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) VALUES ('chat', '2026-03-21', -4);
SELECT budgets.fill();
SELECT billing_period, action FROM bedrock.refresh();
SELECT actual, status FROM budgets.status WHERE budget ~ '^chat-';
SELECT count(*) FROM budgets.alerts WHERE subject ~ '^chat-';
ROLLBACK;
-- A new month begins anew: 55 on the first of April, of 50; March is what it was.
BEGIN;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) VALUES ('chat', '2026-04-01', 55);
SELECT budgets.fill();
SELECT billing_period, action FROM bedrock.refresh();
SELECT first_day, actual, status FROM budgets.status WHERE budget ~ '^chat-';
SELECT threshold, first_day, since FROM budgets.alerts WHERE subject ~ '^chat-' AND first_day > '2026-03-01' ORDER BY 1;
-- Rolling days end with the last that is known: search used nothing in these.
SELECT first_day, last_day, actual FROM budgets.status WHERE budget ~ '^search-';
ROLLBACK;
-- Rolling days above a threshold day after day: told again when no day of the last alert is left in them, 22 to 28 March; and not of days between.
BEGIN;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) SELECT 'search', d, 1 FROM generate_series(timestamp '2026-03-22', timestamp '2026-03-28', interval '1 day') AS d;
SELECT budgets.fill();
SELECT billing_period, action FROM bedrock.refresh('bill', '2026-03-01');
SELECT d, count(bedrock_internal.write_budget_status(NULL, d)) AS written, (SELECT count(*) FROM budgets.alerts WHERE subject ~ '^search-') AS alerts FROM unnest('{2026-03-22,2026-03-27}'::date[]) AS d GROUP BY d;
SELECT first_day, last_day, threshold, since FROM budgets.alerts WHERE subject ~ '^search-' ORDER BY 1, 3;
ROLLBACK;
-- A budget that is raised after it was crossed tells again when the new amount is: of 140, half is 70, which 73 on the 20th are above; 80 percent are 112 and 100 are 140, which 141 on the 21st are above.
BEGIN;
SELECT count(*) FROM budgets.alerts WHERE subject ~ '^chat-' AND basis = 'actual' AND planned = 140;
SELECT bedrock.set_budget('chat-Bedrock-Monthly-Budget', 140) AS raised;
SELECT threshold, planned, since FROM budgets.alerts WHERE subject ~ '^chat-' AND basis = 'actual' AND planned = 140 ORDER BY 1;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) VALUES ('chat', '2026-03-21', 68);
SELECT budgets.fill();
SELECT billing_period, action FROM bedrock.refresh();
SELECT threshold, planned, since FROM budgets.alerts WHERE subject ~ '^chat-' AND basis = 'actual' AND planned = 140 ORDER BY 1;
ROLLBACK;
-- The last day of a month arrives with the first of the next: March is compared once more. 73 and 8 on the 31st are above 80 of 100; April is compared for itself. The quarter: 161, and 8, are 169; 90 percent of 185 are 166.5, 95 are 175.75.
BEGIN;
SELECT bedrock.set_budget('late', 100, 'workload', 'chat', forecast_thresholds => '{}') AS late, bedrock.set_budget('late quarter', 185, 'all', span => 'quarter', thresholds => '{90,95}', forecast_thresholds => '{}') AS quarter;
SELECT bedrock_internal.months_to_check();
SELECT subject, threshold, since, first_day, last_day FROM budgets.alerts WHERE subject ~ '^late' ORDER BY 1, 4, 2;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) VALUES ('chat', '2026-03-31', 8), ('chat', '2026-04-01', 1);
SELECT budgets.fill();
SELECT billing_period, action FROM bedrock.refresh();
SELECT subject, threshold, since, first_day, last_day FROM budgets.alerts WHERE subject ~ '^late' ORDER BY 1, 4, 2;
SELECT bedrock_internal.months_to_check();
SELECT budget, first_day, trim_scale(actual) AS actual FROM bedrock.budget_status WHERE budget ~ '^late' ORDER BY 1;
ROLLBACK;
-- A second payer, and the Marketplace, have no line of April yet: what is known ends where they do, and nothing of them counts as a day without cost. In the second week a payer without a bill has left; the Marketplace of a payer that has one is known as far as its lag.
BEGIN;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost, bill_payer_account_id) SELECT 'chat', d, 1, '100000000009' FROM generate_series(timestamp '2026-03-01', timestamp '2026-03-29', interval '1 day') AS d;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost, bill_billing_entity) VALUES ('chat', '2026-03-30', 1, 'AWS Marketplace');
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) SELECT 'search', d, 1 FROM generate_series(timestamp '2026-03-22', timestamp '2026-04-02', interval '1 day') AS d;
SELECT budgets.fill();
SELECT billing_period, action FROM bedrock.refresh();
SELECT bedrock.data_through() AS of_april, bedrock_internal.last_complete_day();
SELECT DISTINCT first_day, data_through FROM bedrock.budget_status WHERE span = 'month';
SELECT DISTINCT through FROM bedrock.forecast_month();
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) VALUES ('search', '2026-04-10', 1);
SELECT budgets.fill();
SELECT billing_period, action FROM bedrock.refresh();
SELECT bedrock_internal.last_complete_day();
UPDATE bedrock.period SET refreshed_at = '2026-04-12 12:00+00' WHERE billing_period = '2026-04-01';
SELECT bedrock.data_through() AS aws, bedrock_internal.last_complete_day();
ROLLBACK;
-- A quarter as of the tenth of January: 31 comes later, and the fee of March too. From December on: before its first bill it has no data, and no day is known.
SELECT actual, status, data_through FROM bedrock_internal.budget_results('2026-01-10', '{All-Bedrock-Quarterly-Budget}');
BEGIN;
SELECT bedrock.set_setting('fiscal_year_first_month', '12', '2020-01-01') IS NOT NULL AS set;
SELECT days, actual, status, data_through FROM bedrock_internal.budget_results('2025-12-10', '{All-Bedrock-Quarterly-Budget}');
SELECT days, actual, status, data_through FROM bedrock_internal.budget_results('2026-01-20', '{All-Bedrock-Quarterly-Budget}');
ROLLBACK;
-- Questions on projects count as budgets do: 40 of usage and a fee of 70 are above 100 on the day of the fee.
BEGIN;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost, line_item_line_item_type, tags) VALUES ('chat', '2026-03-04', 40, 'Usage', '{"user:project": "apollo"}'), ('chat', '2026-03-05', 70, 'Fee', '{"user:project": "apollo"}');
SELECT budgets.fill();
SELECT billing_period, action FROM bedrock.refresh();
SELECT project, charge_category, charge_grain, trim_scale(sum(ai_cost)) AS cost FROM bedrock.spend WHERE billing_period = '2026-03-01' AND project = 'apollo' GROUP BY 1, 2, 3 ORDER BY 2;
SELECT DISTINCT a ->> 'project_cost' AS project_cost, a ->> 'status' AS status, a ->> 'aligned' AS aligned FROM bedrock.answer('Q094', '{"budgets": {"apollo": 100}}') AS a WHERE a ->> 'project' = 'apollo';
SELECT a ->> 'threshold' AS threshold, a ->> 'basis' AS basis, a ->> 'crossed_at' AS crossed_at, a ->> 'actual' AS actual FROM bedrock.answer('Q096', '{"budgets": {"apollo": 100}}') AS a WHERE a ->> 'project' = 'apollo';
ROLLBACK;
-- One row for a crossing, whatever amounts told of it.
SELECT a ->> 'threshold' AS threshold, a ->> 'state' AS state, count(*) FROM bedrock.answer('Q096') AS a WHERE a ->> 'budget' ~ '^chat-' GROUP BY 1, 2 ORDER BY 1;
-- Without the source nothing is known, and budgets say so at once.
BEGIN;
SELECT bedrock.within_budget('chat-Bedrock-Monthly-Budget', 0, '2026-03-20') AS "before";
SELECT bedrock.detach('bill');
SELECT DISTINCT actual, status, data_through FROM bedrock.budget_status;
SELECT bedrock.within_budget('chat-Bedrock-Monthly-Budget', 0, '2026-03-20') AS after;
ROLLBACK;
-- Amounts that are none are no question.
SELECT bedrock.within_budget('All-Bedrock-Quarterly-Budget', a, '2026-03-20') FROM unnest('{0,-1,NaN,Infinity,-Infinity}'::numeric[]) AS a;
-- The amount of one month alone; and a budget that ends: no longer compared, its alerts stay.
SELECT bedrock.set_budget('chat-Bedrock-Monthly-Budget', 70, valid_from => '2026-04-01', valid_to => '2026-04-30') AS planned;
SELECT amount, valid FROM bedrock.budget WHERE budget ~ '^chat-' AND upper_inf(recorded) ORDER BY valid;
SELECT amount FROM bedrock_internal.budget_results('2026-04-10', '{chat-Bedrock-Monthly-Budget}');
SELECT bedrock.set_budget('shop', valid_to => '2026-02-28', reason => 'over') AS ended;
SELECT count(*) FROM budgets.status WHERE budget = 'shop';
SELECT count(*) FROM budgets.alerts WHERE subject = 'shop';
-- Two budgets on one thing, and one of 0: any cost is above it, and percent of it there are none.
SELECT bedrock.set_budget('second', 0, 'workload', 'chat') AS second;
SELECT budget, amount, actual, status FROM budgets.status WHERE of = 'workload chat' ORDER BY 1;
SELECT threshold, since FROM budgets.alerts WHERE subject = 'second' AND basis = 'actual' ORDER BY 1;
SELECT DISTINCT detail ->> 'pct' AS pct FROM bedrock.alerts WHERE subject = 'second';
-- In euros: what is billed in dollars stands apart.
SELECT bedrock.set_budget('euros', 6, 'workload', 'chat', currency => 'EUR') AS euros;
SELECT actual, cur, status, other_spend FROM budgets.status WHERE budget = 'euros';
SELECT threshold, cur, since FROM budgets.alerts WHERE subject = 'euros' AND basis = 'actual' ORDER BY 1;

-- 7. What cannot be ----------------------------------------------------------------------------------------------------------
\set VERBOSITY terse
SELECT bedrock.set_budget('wrong', 'NaN', 'all');
SELECT bedrock.set_budget('wrong', 'Infinity', 'all');
SELECT bedrock.set_budget('wrong', -1, 'all');
SELECT bedrock.set_budget('wrong', 1e15, 'all');
-- The name that another budget has where none is given.
SELECT bedrock.set_budget('search-Bedrock-Monthly-Budget', 1, 'workload', 'chat');
SELECT bedrock.set_budget();
SELECT bedrock.set_budget('wrong', 1, 'colour', 'red');
SELECT bedrock.set_budget('wrong', 1, 'tag', 'red');
SELECT bedrock.set_budget('wrong', 1, 'element', 'nowhere');
SELECT bedrock.set_budget('wrong', 1, 'all', 'everything');
SELECT bedrock.set_budget('wrong', 1, 'project', 'x', tag_key => 'team');
-- The default name of another attribute: the budget of the workload is not that of a project.
SELECT bedrock.set_budget(value => 'chat', amount => 500);
SELECT bedrock.set_budget(tag_key => 'team', value => 'chat', amount => 500);
SELECT amount FROM bedrock.budget_status WHERE budget = 'chat-Bedrock-Monthly-Budget';
SELECT bedrock.set_budget('wrong', 1, 'all', span => 'week');
SELECT bedrock.set_budget('wrong', 1, 'all', span => 'rolling');
SELECT bedrock.set_budget('wrong', 1, 'all', span => 'month', rolling_days => 7);
SELECT bedrock.set_budget('wrong', 1, 'all', rolling_days => 0);
SELECT bedrock.set_budget('wrong', 1, 'all', currency => 'dollars');
SELECT bedrock.set_budget('wrong', 1, 'all', thresholds => '{50,NULL}');
SELECT bedrock.set_budget('wrong', 1, 'all', forecast_thresholds => '{0}');
SELECT bedrock.set_budget('wrong', 1, 'all', thresholds => array_fill(1::numeric, '{21}'));
SELECT bedrock.set_budget(value => repeat('x', 1020));
SELECT bedrock.set_budget(repeat('x', 1025), 1, 'all');
SELECT bedrock.set_budget('second', 1, 'workload', 'search');
SELECT bedrock.set_budget('second', span => 'year');
SELECT bedrock.set_budget('second', valid_from => '2026-03-01', valid_to => '2026-02-01');
\set VERBOSITY default
SELECT count(*) FROM bedrock.budget WHERE budget = 'wrong';
-- What no line has is said where it is made, and not again: what is misspelt, and what is registered and has no line yet. What is billed, or no value, is not.
BEGIN;
SET LOCAL client_min_messages = notice;
SELECT bedrock.set_element('empty', 2, 'retail') AS placed, bedrock.set_workload('idle', element => 'empty') AS registered;
SELECT a, bedrock.set_budget(concat_ws(' ', 'of', a, v), 1, a, v, t) AS set FROM (VALUES ('workload', 'chat', NULL), ('workload', 'idle', NULL), ('workload', 'chta', NULL), ('element', 'bank', NULL), ('element', 'empty', NULL), ('project', '(none)', NULL), ('tag', 'x', 'team'), ('all', NULL, NULL)) AS v (a, v, t);
SELECT bedrock.set_budget('of workload chta', 2) AS again;
SELECT count(*) AS attributes, bool_or(bedrock_internal.has_lines(a, NULL, 'no such value')) AS any_found FROM unnest(bedrock_internal.spend_attributes()) AS a;
ROLLBACK;
-- The longest name and value that can be: recorded, compared, sent.
SELECT bedrock.set_budget(repeat('x', 1024), 1, 'workload', repeat(U&'\00E9', 512)) AS long;

-- 8. Is there room? -----------------------------------------------------------------------------------------------------------
-- search has used 21 of 100 in March.
SELECT bedrock.set_budget('room', 100, 'workload', 'search') AS room;
SELECT bedrock.within_budget('room', as_of => '2026-03-22') AS room, bedrock.within_budget('room', 79, '2026-03-22') AS to_the_last, bedrock.within_budget('room', 79.01, '2026-03-31') AS above,
       bedrock.within_budget('second', as_of => '2026-03-22') AS over, bedrock.within_budget('room', 'NaN', '2026-03-22') AS nan;
-- Not known: no such budget, another month, an unknown amount; and rolling days (15 to 21 March) hold until none of them is among the last seven.
SELECT bedrock.within_budget('none', as_of => '2026-03-22') AS none, bedrock.within_budget('room', as_of => '2026-04-01') AS later, bedrock.within_budget('room', as_of => '2026-02-28') AS before, bedrock.within_budget('room') AS now,
       bedrock.within_budget('room', NULL, '2026-03-22') AS unknown, bedrock.within_budget('search-Bedrock-7-Day-Budget', as_of => '2026-03-27') AS rolling, bedrock.within_budget('search-Bedrock-7-Day-Budget', as_of => '2026-03-28') AS gone;
-- One look-up by an index, and nothing else of the extension is read: with a thousand budgets.
BEGIN;
INSERT INTO bedrock.budget_status (budget, attribute, value, span, first_day, last_day, currency, amount, actual, status) SELECT 'many ' || n, 'workload', 'w' || n, 'month', '2026-03-01', '2026-03-31', 'USD', 100, n, 'within' FROM generate_series(1, 1000) AS n;
ANALYZE bedrock.budget_status;
COMMIT;
BEGIN;
SELECT bedrock.within_budget('many 77', as_of => '2026-03-22') AS first;
CREATE TEMP TABLE before AS SELECT relid, seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE schemaname ~ '^bedrock';
SELECT bedrock.within_budget('many 77', 23, '2026-03-22') AS "77 + 23", bedrock.within_budget('many 77', 24, '2026-03-22') AS "77 + 24";
SELECT a.relname, a.seq_scan - b.seq_scan AS sequential, a.idx_scan - b.idx_scan AS look_ups FROM pg_stat_xact_user_tables AS a JOIN before AS b USING (relid) WHERE (a.seq_scan, a.idx_scan) IS DISTINCT FROM (b.seq_scan, b.idx_scan);
ROLLBACK;

-- 9. Who sets and sees what ----------------------------------------------------------------------------------------------------
BEGIN;
CREATE ROLE budgets_chat; CREATE ROLE budgets_bank; CREATE ROLE budgets_finance; CREATE ROLE budgets_finops;
DO $$BEGIN PERFORM bedrock.create_roles(); END$$;
GRANT bedrock_product_owner TO budgets_chat; GRANT bedrock_portfolio_manager TO budgets_bank; GRANT bedrock_finance TO budgets_finance; GRANT bedrock_finops TO budgets_finops;
GRANT USAGE ON SCHEMA budgets TO PUBLIC;
SELECT bedrock.grant_scope('budgets_chat', 'workload', 'chat'), bedrock.grant_scope('budgets_bank', 'element', 'bank');
CREATE FUNCTION budgets.as_role(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text; message text;
BEGIN
    PERFORM set_config('role', as_role.role, true);
    EXECUTE statement INTO answer;
    PERFORM set_config('role', 'none', true);
    RETURN coalesce(answer, '-');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
    RETURN concat_ws(' | ', SQLSTATE, message);
END$$;
-- A default name of another budget is refused in the same words, be it there (search, 7 days) or not (bank).
SELECT r, budgets.as_role(r, format('SELECT bedrock.set_budget(%s)', a)) AS set
FROM (VALUES ('budgets_chat', '''mine'', 10, ''workload'', ''chat'''), ('budgets_chat', '''other'', 10, ''workload'', ''search'''), ('budgets_chat', '''all of it'', 10, ''all'''), ('budgets_chat', '''room'', 1'), ('budgets_chat', '''none'', 1'),
             ('budgets_chat', '''chat-Bedrock-Monthly-Budget'', 65'), ('budgets_chat', '''search-Bedrock-7-Day-Budget'', 1, ''workload'', ''chat'''), ('budgets_chat', '''bank-Bedrock-Monthly-Budget'', 1, ''workload'', ''chat'''), ('budgets_bank', '''ours'', 10, ''element'', ''bank'''), ('budgets_bank', '''theirs'', 10, ''element'', ''shop'''), ('budgets_bank', '''above'', 10, ''element'', ''retail'''),
             ('budgets_finance', '''finance'', 10, ''all'''), ('budgets_finops', '''finops'', 10, ''all''')) AS v (r, a);
-- Of chat: its own. Below bank: search, and bank itself; chat lies there on a part of the month, so its budgets are known, how they stand is not.
SELECT r, budgets.as_role(r, 'SELECT string_agg(DISTINCT budget, '', '' ORDER BY budget) FROM bedrock.budget WHERE length(budget) < 100 AND budget !~ ''^many''') AS budgets,
       budgets.as_role(r, 'SELECT string_agg(budget, '', '' ORDER BY budget) FROM bedrock.budget_status WHERE length(budget) < 100 AND budget !~ ''^many''') AS status,
       budgets.as_role(r, 'SELECT count(*) FROM bedrock.alerts WHERE kind = ''budget''') > '0' AS alerts
FROM unnest('{budgets_chat,budgets_bank,budgets_finance,budgets_finops}'::name[]) AS r;
SELECT r, budgets.as_role(r, 'SELECT bedrock.within_budget(''mine'', as_of => ''2026-03-22'')') AS chat, budgets.as_role(r, 'SELECT bedrock.within_budget(''room'', as_of => ''2026-03-22'')') AS search
FROM unnest('{budgets_chat,budgets_bank,budgets_finance}'::name[]) AS r;
-- Asked by himself he gets what the refresh wrote: chat 73.
SELECT budgets.as_role('budgets_chat', 'SELECT actual FROM bedrock_internal.budget_results(NULL, ''{mine}'')') AS asked;
SELECT budgets.as_role('budgets_chat', c) FROM unnest(ARRAY['DELETE FROM bedrock.budget', 'UPDATE bedrock.budget_status SET actual = 0', 'SELECT bedrock_internal.write_budget_status()', 'SELECT bedrock_internal.run_checks(''bill'')']) AS c;
ROLLBACK;

-- 10. A check that fails does not fail a refresh, and leaves what was there ------------------------------------------------------
BEGIN;
CREATE TABLE budgets.before AS SELECT budget, actual FROM bedrock.budget_status;
CREATE OR REPLACE FUNCTION bedrock_internal.check_budgets() RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM bedrock_internal.write_budget_status(); RAISE EXCEPTION 'no luck' USING DETAIL = 'On purpose.'; END$$;
INSERT INTO budgets.bill (who, day, line_item_unblended_cost) VALUES ('search', '2026-03-21', 1);
SELECT budgets.fill();
SELECT billing_period, action FROM bedrock.refresh();
SELECT count(*) AS differ FROM budgets.before AS b FULL JOIN bedrock.budget_status AS s USING (budget) WHERE b.actual IS DISTINCT FROM s.actual;
SELECT sum(unblended_cost) AS search FROM bedrock.spend WHERE workload = 'search' AND billing_period = '2026-03-01';
ROLLBACK;

-- 11. Many budgets: a read of the days for each attribute, whatever their number -------------------------------------------------
BEGIN;
INSERT INTO bedrock.budget (budget, attribute, value, span, currency, amount, thresholds, forecast_thresholds, valid)
SELECT 'n' || n, CASE n % 2 WHEN 0 THEN 'workload' ELSE 'application' END, 'v' || n, 'month', 'USD', 1, '{50}', '{}', '[-infinity,)' FROM generate_series(1, 1000) AS n;
CREATE TEMP TABLE before AS SELECT relid, seq_scan + idx_scan AS scans FROM pg_stat_xact_user_tables WHERE relname = 'fact_2026_03';
SELECT count(*) AS results FROM bedrock_internal.budget_results(NULL, ARRAY(SELECT 'n' || n FROM generate_series(1, 1000) AS n));
SELECT a.seq_scan + a.idx_scan - coalesce(b.scans, 0) BETWEEN 1 AND 20 AS few_reads FROM pg_stat_xact_user_tables AS a LEFT JOIN before AS b USING (relid) WHERE a.relname = 'fact_2026_03';
ROLLBACK;

-- Gone with everything: no bill, and a month that nothing is known of.
SELECT bedrock.detach('bill') IS NOT NULL AS detached;
SELECT bedrock_internal.check_budgets();
SELECT DISTINCT actual, forecast, status FROM bedrock.budget_status;
DELETE FROM bedrock.alert;
DELETE FROM bedrock.budget;
DELETE FROM bedrock.budget_status;
DELETE FROM bedrock.task;
DELETE FROM bedrock.claim;
DELETE FROM bedrock.workload;
DELETE FROM bedrock.element;
DELETE FROM bedrock.hierarchy_level;
DROP SCHEMA budgets CASCADE;
