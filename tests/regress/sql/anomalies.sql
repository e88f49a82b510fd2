-- Anomalies: a bill of June to August 2026 with planted cases, and what is found of them. 20 August is the last day, a Thursday.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
BEGIN;
DELETE FROM bedrock.alert_state; DELETE FROM bedrock.alert;
DELETE FROM bedrock_internal.state WHERE kind LIKE 'anomalies%';
TRUNCATE bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension, bedrock.invocation_label;
-- No bill at all: nothing to judge.
SELECT count(*) FROM bedrock.anomalies();
SELECT bedrock_internal.last_complete_day();
CREATE TABLE anomaly_bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '111122223333', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp,
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text, pricing_unit text DEFAULT '1K tokens', line_item_usage_amount numeric,
    line_item_unblended_cost numeric, line_item_currency_code text, line_item_resource_id text, line_item_iam_principal text, tags jsonb, bill_invoice_id text);
CREATE FUNCTION pg_temp.line(app text, day date, cost numeric, amount numeric DEFAULT 1, usage text DEFAULT 'USE1-NovaMicro-input-tokens', principal text DEFAULT 'usual', currency text DEFAULT 'USD', model text DEFAULT 'amazon.nova-micro-v1:0', type text DEFAULT 'Usage') RETURNS numeric LANGUAGE sql AS $$
    INSERT INTO anomaly_bill (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_usage_amount, line_item_usage_type, line_item_currency_code, line_item_iam_principal, line_item_resource_id, tags, line_item_line_item_type)
    VALUES (date_trunc('month', day), day, day + time '01:00', cost, amount, usage, currency, 'arn:aws:iam::111122223333:role/' || principal, 'arn:aws:bedrock:us-east-1::foundation-model/' || model, jsonb_build_object('resourceTags/user:application', app), type) RETURNING line_item_unblended_cost$$;
CREATE VIEW pg_temp.day AS SELECT d::date AS day, extract(isodow FROM d) AS weekday FROM generate_series(timestamp '2026-06-01', '2026-08-20', interval '1 day') d;
SELECT source FROM bedrock.attach('anomaly_bill', line_item => false);
-- One day of data: everything is new, and nothing is said to be.
SELECT pg_temp.line('steady', '2026-06-01', 100);
SELECT count(*) AS refreshed FROM bedrock.refresh();
SELECT bedrock_internal.last_complete_day(), (SELECT count(*) FROM bedrock.anomalies("by" => 'application')) AS found;
TRUNCATE anomaly_bill;

-- steady: 100 on weekdays, 20 at weekends, and 400 on the last day, of which another role has 300 for five times the tokens a dollar; the same in euros without it.
SELECT count(pg_temp.line('steady', day, CASE WHEN weekday < 6 THEN 100 ELSE 20 END, 100, currency => c)) FROM pg_temp.day, unnest('{USD,EUR}'::text[]) c;
SELECT pg_temp.line('steady', '2026-08-20', 300, 1500, principal => 'rogue');
-- mondays: 500 each Monday is usual, on a Wednesday it is not. every-other: 40 every other day is usual on any day.
SELECT count(pg_temp.line('mondays', day, 500)) FROM pg_temp.day WHERE weekday = 1 OR day = '2026-08-19';
SELECT count(pg_temp.line('every-other', day, 40)) FROM pg_temp.day WHERE extract(doy FROM day)::int % 2 = 0;
-- noisy: 1000, and 1300 on the last day: within 3.5 times a tenth. small: 1, and 25.99 on the last day: 24.99 more is less than the floor. zero: nothing but zeros.
SELECT count(pg_temp.line(a, day, CASE WHEN day < '2026-08-20' THEN usual ELSE last END)) FROM pg_temp.day, (VALUES ('noisy', 1000, 1300), ('small', 1, 25.99), ('zero', 0, 0), ('negative', 50, -50)) v (a, usual, last);
-- ended: 80 a day until the 18th. idle: 30 on one day of June and on the last. newcomer: from the 18th on 60, 60, 200. young: 10 days of 1.
SELECT count(pg_temp.line('ended', day, 80)) FROM pg_temp.day WHERE day <= '2026-08-18';
SELECT pg_temp.line('idle', '2026-06-03', 30), pg_temp.line('idle', '2026-08-20', 30);
SELECT pg_temp.line('newcomer', '2026-08-18', 60, principal => 'newcomer', model => 'amazon.nova-lite-v1:0', usage => 'USW2-NovaLite-input-tokens'), pg_temp.line('newcomer', '2026-08-19', 60, principal => 'newcomer', model => 'amazon.nova-lite-v1:0', usage => 'USW2-NovaLite-input-tokens'),
       pg_temp.line('newcomer', '2026-08-20', 200, principal => 'newcomer', model => 'amazon.nova-lite-v1:0', usage => 'USW2-NovaLite-input-tokens');
SELECT count(pg_temp.line('young', day, 1)) FROM pg_temp.day WHERE day > '2026-08-10';
-- cached: writes of 30 a day; on the last two days fewer than one in four is read.
SELECT count(pg_temp.line('cached', day, 30, 400, 'USE1-NovaMicro-cache-write-input-token-count')), count(pg_temp.line('cached', day, 1, CASE WHEN day < '2026-08-19' THEN 100 ELSE 99 END, 'USE1-NovaMicro-cache-read-input-token-count')) FROM pg_temp.day;
-- dearer: the same tokens at twice the price. mixed: another meter. A tax is no usage.
SELECT count(pg_temp.line('dearer', day, CASE WHEN day < '2026-08-20' THEN 40 ELSE 80 END, 10)) FROM pg_temp.day;
SELECT count(pg_temp.line('mixed', day, 40, 10, CASE WHEN day < '2026-08-20' THEN 'USE1-NovaMicro-input-tokens' ELSE 'USE1-NovaMicro-output-tokens' END)) FROM pg_temp.day;
SELECT pg_temp.line('mixed', '2026-08-20', 33.333333, 7, 'USE1-NovaMicro-output-tokens'), pg_temp.line('mixed', '2026-08-20', 5000, type => 'Tax');
-- shop: a claimed role. 10 a day, 200 on 20 July, which is long ago, and 150, 160 on the 17th and 18th.
SELECT count(pg_temp.line('shop', day, CASE day WHEN '2026-07-20' THEN 200 WHEN '2026-08-17' THEN 150 WHEN '2026-08-18' THEN 160 ELSE 10 END, principal => 'shop')) FROM pg_temp.day;
SELECT count(*) AS refreshed FROM bedrock.refresh();
SELECT bedrock_internal.last_complete_day();

-- By application.
SELECT series, day, kind, currency, cost, baseline, low, high, excess, since, baseline_day, days_known FROM bedrock.anomalies("by" => 'application') ORDER BY 1, 2, 3;
-- Who and what it was; price, volume and mix. dearer: price alone. steady: 1,600,000 tokens cost 400, 100,000 cost 100: 16 times the tokens at the old price are 1500 more, at a quarter of it 1200 less.
-- mixed: 17 units of another meter for 10: 28 more for the tokens at the old price, the rest of 33.333333 is mix. What had all of the cost before explains nothing.
SELECT series, day, cause, coverage_pct, price, volume, mix FROM bedrock.anomalies("by" => 'application') WHERE kind <> 'cache not read' ORDER BY 1, 2;
-- Nobody else is new to a caller, a model, a region: which are what the newcomer brought.
SELECT b AS "by", a.series, a.day, a.kind, a.cost FROM unnest('{principal_key,model_name,region,account_id,all}'::text[]) b, bedrock.anomalies("by" => b) a WHERE a.kind LIKE 'new%' ORDER BY 1, 2, 3;
-- The model that appeared in August, who uses it, and its cost of the month: 60 + 60 + 200. In June, the first month, all are new, and none is listed.
SELECT a ->> 'model' AS model, a ->> 'first_seen' AS first_seen, a ->> 'by' AS by, a ->> 'caller' AS caller, a ->> 'cost' AS cost FROM bedrock.answer('Q109', '{"period": "2026-08"}') a;
SELECT count(*) FROM bedrock.answer('Q109', '{"period": "2026-06"}') a;
-- Days are judged by what was before them, whatever else is asked for; a tag is the same series as its application.
SELECT count(*) AS differs FROM ((SELECT a.series, a.day, a.kind, a.cost, a.baseline, a.low, a.high FROM bedrock.anomalies(days => 30, "by" => 'application') a WHERE a.day > '2026-08-13' AND a.since > '2026-08-13') EXCEPT ALL (SELECT a.series, a.day, a.kind, a.cost, a.baseline, a.low, a.high FROM bedrock.anomalies(days => 7, "by" => 'application') a)) d;
SELECT count(*) AS differs FROM ((SELECT a.series, a.day, a.kind, a.cost FROM bedrock.anomalies("by" => 'tag', tag_key => 'application') a) EXCEPT ALL (SELECT a.series, a.day, a.kind, a.cost FROM bedrock.anomalies("by" => 'application') a)) d;
-- As it was known on a day: the 18th is the last.
SELECT series, day, kind, cost FROM bedrock.anomalies('2026-08-18', 1, 'application') ORDER BY 1;
SELECT max(day) FROM bedrock.anomalies('2027-01-01', 30, 'application');
-- Before the first bill nothing is known, however long before; the first of days in a row is one of those judged.
SELECT d AS as_of, (SELECT count(*) FROM bedrock.anomalies(d)) AS found FROM unnest('{-infinity,4714-11-24 BC,2026-05-31}'::date[]) d;
SELECT count(*) > 0 AS as_on_the_last_day FROM bedrock.anomalies('infinity', 7, 'application');
SELECT days, since FROM unnest('{1,7}'::integer[]) days, bedrock.anomalies('2026-08-18', days, 'application') WHERE series = 'shop' AND day = '2026-08-18' ORDER BY 1;
-- Each amount is that of the lines of its day; excess is the difference of two days, and its parts sum to it, to the last digit.
SELECT count(*) AS found, count(*) FILTER (WHERE a.cost IS DISTINCT FROM l.cost) AS other_cost, count(*) FILTER (WHERE a.baseline IS DISTINCT FROM l.baseline AND a.kind IN ('spike', 'drop')) AS other_baseline,
       count(*) FILTER (WHERE (a.price + a.volume + a.mix = a.excess AND a.excess = a.cost - coalesce(a.baseline, 0)) IS NOT TRUE) AS other_sum
FROM bedrock.anomalies(days => 60, "by" => 'application') a, LATERAL (SELECT coalesce(sum(b.line_item_unblended_cost) FILTER (WHERE b.line_item_usage_start_date = a.day), 0) AS cost, coalesce(sum(b.line_item_unblended_cost) FILTER (WHERE b.line_item_usage_start_date = a.baseline_day), 0) AS baseline
    FROM anomaly_bill b WHERE b.tags ->> 'resourceTags/user:application' = a.series AND b.line_item_currency_code = a.currency AND b.line_item_line_item_type = 'Usage') l WHERE a.kind <> 'cache not read';
-- The settings decide. Floor 20: small is found, too. 2.9 deviations: 1300 is above 1290.
SAVEPOINT settings;
SELECT bedrock.set_setting('anomaly_floor', '20');
SELECT series, day, kind FROM bedrock.anomalies(days => 1, "by" => 'application') a EXCEPT SELECT series, day, kind FROM (VALUES ('cached'), ('dearer'), ('ended'), ('idle'), ('mixed'), ('negative'), ('newcomer'), ('steady')) v (s), bedrock.anomalies(days => 1, "by" => 'application') a WHERE a.series = v.s;
SELECT bedrock.set_setting('anomaly_floor', '25'), bedrock.set_setting('anomaly_deviations', '2.9');
SELECT series, day, kind, high FROM bedrock.anomalies(days => 1, "by" => 'application') WHERE series = 'noisy';
SELECT bedrock.set_setting('anomaly_deviations', '0.5');
ROLLBACK TO settings;
SAVEPOINT errors;
\set VERBOSITY terse
SELECT * FROM bedrock.anomalies("by" => 'colour');
\set VERBOSITY default
ROLLBACK TO errors;
SELECT * FROM bedrock.anomalies(days => 0);
ROLLBACK TO errors;

-- What the refresh recorded: the last week alone, once for days in a row, by workload what is no news, and news by caller, model and region. Everything is (unclaimed) yet.
SELECT subject, basis, first_day, last_day, currency, amount, planned, since FROM bedrock.alerts WHERE kind = 'anomaly' ORDER BY subject, first_day;
-- A day more, and a claim: the last seven days are looked at, so the 17th is now a spike of shop, and nothing is told twice.
SELECT bedrock.set_workload('shop', valid_from => '2026-06-01', reason => 'test'), bedrock.claim_identity('arn:aws:iam::111122223333:role/shop', 'shop', '2026-06-01', reason => 'test') IS NOT NULL AS claimed;
SELECT series, day, kind, cost, baseline, since FROM bedrock.anomalies() WHERE series = 'shop' ORDER BY day;
SELECT pg_temp.line('shop', '2026-08-21', 70, principal => 'shop'), pg_temp.line('steady', '2026-08-21', 1000), pg_temp.line('steady', '2026-08-21', 40, principal => 'second');
SELECT count(*) AS refreshed FROM bedrock.refresh();
SELECT count(*) AS refreshed FROM bedrock.refresh(force => true);
SELECT subject, basis, first_day, amount, planned, detail ->> 'cause' AS cause FROM bedrock.alerts WHERE kind = 'anomaly' AND (first_day = '2026-08-21' OR value = 'shop') ORDER BY subject, first_day;
-- A day that was quiet is billed again: 60 on the 15th, a Saturday. It is told once, also where the Saturdays before it are billed otherwise later.
SAVEPOINT again;
SELECT pg_temp.line('shop', '2026-08-15', 50, principal => 'shop');
SELECT count(*) AS refreshed FROM bedrock.refresh();
SELECT first_day, amount, planned FROM bedrock.alerts WHERE kind = 'anomaly' AND value = 'shop' ORDER BY first_day;
UPDATE anomaly_bill SET line_item_unblended_cost = 12 WHERE line_item_unblended_cost = 10 AND line_item_iam_principal LIKE '%shop';
SELECT count(*) AS refreshed FROM bedrock.refresh();
SELECT day, cost, baseline FROM bedrock.anomalies() WHERE series = 'shop' AND day = '2026-08-15';
SELECT first_day, amount, planned FROM bedrock.alerts WHERE kind = 'anomaly' AND value = 'shop' ORDER BY first_day;
ROLLBACK TO again;

-- Muted: found and counted, not alerted. A product owner mutes his workloads, and says what he thinks of a finding.
CREATE ROLE anomaly_owner; CREATE ROLE anomaly_other;
SELECT count(*) FROM bedrock.create_roles() \g /dev/null
GRANT bedrock_product_owner TO anomaly_owner, anomaly_other;
SELECT bedrock.grant_scope('anomaly_owner', 'workload', 'shop');
SET ROLE anomaly_owner;
SELECT series, day, kind, cost, baseline, cause FROM bedrock.anomalies() ORDER BY day;
SELECT bedrock.set_anomaly_feedback('shop', 'muted', '2026-08-22', '2026-08-31', kind => 'spike', reason => 'move to a new model');
SELECT bedrock.set_anomaly_feedback('shop', 'muted', '2026-08-22', '2026-08-31', kind => 'spike', reason => 'move to a new model') AS again;
SELECT bedrock.set_anomaly_feedback('shop', 'useful', '2026-08-21');
SELECT series, day, kind, feedback FROM bedrock.anomalies() ORDER BY day;
SAVEPOINT errors;
SELECT bedrock.set_anomaly_feedback('(unclaimed)', 'muted');
ROLLBACK TO errors;
SELECT bedrock.set_anomaly_feedback('Nova Micro', 'muted', attribute => 'model_name');
ROLLBACK TO errors;
SELECT bedrock.set_anomaly_feedback('shop', 'boring');
ROLLBACK TO errors;
SELECT bedrock.set_anomaly_feedback('shop', 'muted', kind => 'noise');
ROLLBACK TO errors;
SELECT bedrock.set_anomaly_feedback('shop', 'muted', '2026-08-22', '2026-08-21', reason => 'test');
ROLLBACK TO errors;
SELECT bedrock.set_anomaly_feedback('shop', 'muted', 'infinity');
ROLLBACK TO errors;
\set VERBOSITY terse
SELECT bedrock.set_anomaly_feedback('shop', 'muted', attribute => 'colour');
\set VERBOSITY default
ROLLBACK TO errors;
SELECT bedrock.set_anomaly_feedback('', 'muted');
ROLLBACK TO errors;
SET ROLE anomaly_other;
SELECT count(*) FROM bedrock.anomaly_feedback;
SELECT count(*) FROM bedrock.anomalies();
RESET ROLE;
SELECT pg_temp.line('shop', '2026-08-22', 90, principal => 'shop'), pg_temp.line('shop', '2026-08-23', 10, principal => 'shop');
SELECT count(*) AS refreshed FROM bedrock.refresh();
SELECT series, day, kind, feedback FROM bedrock.anomalies() WHERE series = 'shop' ORDER BY day;
SELECT count(*) AS alerts_of_the_22nd FROM bedrock.alerts WHERE kind = 'anomaly' AND value = 'shop' AND first_day = '2026-08-22';
SELECT object_kind, object, action, before, after, reason FROM bedrock.audit WHERE object_kind = 'anomaly feedback' ORDER BY at;
-- What people say changes no owner: a refresh at work has nothing to do again. Days that are over are muted with a reason.
SELECT bedrock_internal.ownership_version() AS version \gset
SELECT bedrock.set_anomaly_feedback('shop', 'false', '2026-08-17'), bedrock_internal.ownership_version() = :version AS same_owners;
SAVEPOINT errors;
SELECT bedrock.set_anomaly_feedback('shop', 'muted', kind => 'drop') AS from_today;
\set VERBOSITY terse
SELECT bedrock.set_anomaly_feedback('shop', 'muted', '2026-08-01', kind => 'drop');
\set VERBOSITY default
ROLLBACK TO errors;
-- Spellings of a tag are one tag; a word about a kind counts before one about all.
SELECT bedrock.set_anomaly_feedback('steady', 'false', '2026-08-20', attribute => 'tag', tag_key => 'Application'), bedrock.set_anomaly_feedback('steady', 'expected', '2026-08-20', attribute => 'tag', tag_key => 'application') AS other_spelling,
       bedrock.set_anomaly_feedback('newcomer', 'muted', '2026-08-01', attribute => 'application', reason => 'test'), bedrock.set_anomaly_feedback('newcomer', 'useful', '2026-08-20', kind => 'new', attribute => 'application');
SELECT series, day, feedback FROM bedrock.anomalies('2026-08-20', 7, 'tag', 'application') WHERE series = 'steady' AND currency = 'USD';
SELECT series, day, feedback FROM bedrock.anomalies('2026-08-20', 7, 'application') WHERE series = 'newcomer' ORDER BY day;
SELECT bedrock.set_anomaly_feedback('shop', NULL, '2026-08-22', '2026-08-31', kind => 'spike') AS taken_back;
SELECT count(*) FROM bedrock.anomaly_feedback WHERE upper_inf(recorded);
ROLLBACK;

-- What the logs tell of callers: the week up to 20 September against all before. Each signal has a case of its own.
BEGIN;
DELETE FROM bedrock.alert_state; DELETE FROM bedrock.alert;
DELETE FROM bedrock_internal.state WHERE kind LIKE 'anomalies%';
TRUNCATE bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension, bedrock.invocation_label;
-- No logs: no signals, and nothing is recorded.
SELECT count(*) FROM bedrock_internal.caller_signals('2026-09-30', 7, 3, 10);
SELECT bedrock_internal.check_anomalies_of_logs();
SELECT count(*) FROM bedrock_internal.state WHERE kind = 'anomalies_of_logs';
CREATE FUNCTION pg_temp.logged(at timestamptz, n integer, caller text, error text DEFAULT NULL, tokens integer DEFAULT 100) RETURNS bigint LANGUAGE sql AS $$
    SELECT (bedrock_internal.load_invocation_bytes((SELECT string_agg(jsonb_strip_nulls(jsonb_build_object('schemaType', 'ModelInvocationLog', 'schemaVersion', '1.0', 'timestamp', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'accountId', '111122223333', 'region', 'us-east-1',
        'requestId', md5(concat(at, i, caller, error)), 'operation', 'Converse', 'modelId', 'amazon.nova-micro-v1:0', 'identity', jsonb_build_object('arn', 'arn:aws:' || caller), 'errorCode', error,
        'input', jsonb_build_object('inputTokenCount', CASE WHEN error IS NULL THEN tokens END), 'output', CASE WHEN error IS NULL THEN jsonb_build_object('outputTokenCount', 0) END))::text, E'\n') FROM generate_series(1, n) i)::bytea, 'text')).loaded$$;
-- day works at 10 on eight days and at 3 in the night of the 20th; seven has seven days, six has six, few eight, and all do the same, few only nine times.
SELECT sum(pg_temp.logged(timestamptz '2026-09-01 10:00Z' + d * interval '1 day', 1, 'iam::111122223333:user/' || u)) FROM (VALUES ('day', 8), ('seven', 7), ('six', 6), ('few', 8)) v (u, days), generate_series(0, days - 1) d;
SELECT sum(pg_temp.logged('2026-09-20 03:00Z', n, 'iam::111122223333:user/' || u)) FROM (VALUES ('day', 10), ('seven', 10), ('six', 10), ('few', 9)) v (u, n);
-- A key that was last used in July; one that was used 30 days before the week, which is not long ago.
SELECT pg_temp.logged('2026-07-01 10:00Z', 1, 'iam::111122223333:user/old'), pg_temp.logged('2026-09-20 10:00Z', 1, 'iam::111122223333:user/old'), pg_temp.logged('2026-08-14 10:00Z', 1, 'iam::111122223333:user/recent'), pg_temp.logged('2026-09-20 10:00Z', 1, 'iam::111122223333:user/recent');
-- The first role of the account, which is refused three times of four. A known user is refused once of eleven times: not a tenth.
SELECT pg_temp.logged('2026-09-20 10:00Z', 1, 'sts::111122223333:assumed-role/intruder/x'), pg_temp.logged('2026-09-20 10:01Z', 2, 'sts::111122223333:assumed-role/intruder/x', 'AccessDeniedException'), pg_temp.logged('2026-09-20 10:02Z', 1, 'sts::111122223333:assumed-role/intruder/x', 'ThrottlingException'),
       pg_temp.logged('2026-09-02 10:00Z', 1, 'iam::111122223333:user/calm'), pg_temp.logged('2026-09-20 10:00Z', 10, 'iam::111122223333:user/calm'), pg_temp.logged('2026-09-20 10:00Z', 1, 'iam::111122223333:user/calm', 'ThrottlingException');
-- loop: 60 requests of 20 million tokens in an hour, 42 dollars at 0.035 a million; cheap: 60 of 100 tokens.
SELECT sum(pg_temp.logged(('2026-09-' || d)::timestamptz, n, 'iam::111122223333:user/' || u, tokens => t)) FROM (VALUES ('01 10:00Z', 1, 'loop', 20000000), ('20 02:00Z', 60, 'loop', 20000000), ('01 10:00Z', 1, 'cheap', 100), ('20 02:00Z', 60, 'cheap', 100)) v (d, n, u, t);
SELECT substring(principal FROM '[^/]*$') AS caller, signals, score, finding, evidence FROM bedrock_internal.caller_signals('2026-09-30', 7, 3, 10) ORDER BY 1;
-- A day is compared with all before it, and a day without logs is none.
SELECT count(*) FROM bedrock_internal.caller_signals('2026-09-02', 1, 3, 10) WHERE signals = 'new caller';
SELECT substring(principal FROM '[^/]*$') AS caller, "from", "to", requests, pattern, round(cost, 6) AS cost, baseline FROM bedrock_internal.request_bursts('2026-09-20', '2026-09-20') ORDER BY 1;
SELECT count(*) FROM bedrock_internal.request_bursts('2026-09-01', '2026-09-19');
-- The loop of 42 dollars is recorded, not the cheap one; and who has three signals.
SELECT bedrock_internal.check_anomalies_of_logs(), bedrock_internal.check_anomalies_of_logs();
SELECT basis, substring(value FROM '[^/]*$') AS caller, first_day, last_day, currency, round(amount, 6) AS amount, since, detail ->> 'requests' AS requests, detail ->> 'score' AS score FROM bedrock.alerts ORDER BY basis, caller;
-- Looked at once: what comes later for the same days is not recorded, and what is muted is not.
SELECT bedrock.set_anomaly_feedback('arn:aws:iam::111122223333:user/loop', 'muted', '2026-09-21', kind => 'runaway loop', attribute => 'principal_key', reason => 'load test');
SELECT pg_temp.logged('2026-09-21 02:00Z', 60, 'iam::111122223333:user/loop', tokens => 20000000), pg_temp.logged('2026-09-21 02:00Z', 60, 'iam::111122223333:user/day', tokens => 20000000);
SELECT bedrock_internal.check_anomalies_of_logs();
SELECT basis, substring(value FROM '[^/]*$') AS caller, first_day FROM bedrock.alerts WHERE first_day = '2026-09-21' ORDER BY basis, caller;
-- A load looks at once: 60 requests of 42 dollars a day later.
SELECT loaded FROM bedrock.load_invocation_text((SELECT string_agg(jsonb_build_object('schemaType', 'ModelInvocationLog', 'schemaVersion', '1.0', 'timestamp', '2026-09-22T02:00:00Z', 'accountId', '111122223333', 'region', 'us-east-1', 'requestId', 'text' || i, 'operation', 'Converse',
    'modelId', 'amazon.nova-micro-v1:0', 'identity', jsonb_build_object('arn', 'arn:aws:iam::111122223333:user/calm'), 'input', jsonb_build_object('inputTokenCount', 20000000), 'output', jsonb_build_object('outputTokenCount', 0))::text, E'\n') FROM generate_series(1, 60) i));
SELECT substring(value FROM '[^/]*$') AS caller, first_day, round(amount, 6) AS amount FROM bedrock.alerts WHERE basis = 'runaway loop' AND first_day = '2026-09-22';
ROLLBACK;

-- A change and its parts: one user is 80 percent of the growth. 10 of 1000 tokens become 50 of 2000: 2.5 times the price on 2000 tokens are 30 more, 1000 tokens more at the old one 10.
BEGIN;
CREATE TABLE growth_bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '111122223333', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp,
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock', product_product_name text DEFAULT 'Amazon Bedrock',
    line_item_usage_type text, pricing_unit text, line_item_usage_amount numeric, line_item_unblended_cost numeric, line_item_currency_code text, line_item_iam_principal text, tags jsonb, bill_invoice_id text);
INSERT INTO growth_bill (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_usage_type, pricing_unit, line_item_usage_amount, line_item_unblended_cost, line_item_currency_code, line_item_iam_principal, tags)
SELECT date_trunc('month', d), d, d + interval '1 hour', u, unit, amount, cost, currency, 'arn:aws:iam::111122223333:' || who, jsonb_build_object('resourceTags/user:application', app)
FROM (VALUES (timestamp '2026-07-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 1, 10, 'USD', 'user/ann', 'chat'), ('2026-08-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 2, 50, 'USD', 'user/ann', 'chat'),
    ('2026-07-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 1, 10, 'USD', 'role/job', 'etl'), ('2026-08-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 1, 15, 'USD', 'role/job', 'etl'),
    ('2026-08-10', 'USE1-NovaMicro-output-tokens', '1K tokens', 1, 3.333333333, 'USD', 'role/new', 'etl'), ('2026-08-10', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 'Units', 5, 1.666666667, 'USD', 'role/new', 'rail'),
    ('2026-07-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 3, 9, 'USD', 'role/gone', 'etl'), ('2026-07-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 3, 9, 'USD', 'role/back', 'etl'), ('2026-08-10', 'USE1-NovaMicro-input-tokens', '1K tokens', -1, -3, 'USD', 'role/back', 'etl'),
    ('2026-07-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 0, 0.1, 'USD', 'role/zero', 'etl'), ('2026-08-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 7, 0.7, 'USD', 'role/zero', 'etl'),
    ('2026-07-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 3, 1, 'EUR', 'user/ann', 'chat'), ('2026-08-10', 'USE1-NovaMicro-input-tokens', '1K tokens', 7, 2, 'EUR', 'user/ann', 'chat')) v (d, u, unit, amount, cost, currency, who, app);
SELECT source FROM bedrock.attach('growth_bill', line_item => false);
SELECT count(*) AS refreshed FROM bedrock.refresh();
SELECT driver_kind, substring(driver FROM '[^/]*$') AS driver, currency, cost, cost_before, price, volume, cost - cost_before - price - volume AS mix FROM bedrock.cost_change('2026-08-01') WHERE driver_kind IN ('all', 'principal') ORDER BY 1, 2, 3;
SELECT count(*) AS rows, count(*) FILTER (WHERE (a ->> 'change')::numeric IS NULL) AS unknown FROM bedrock.answer('Q004', '{"period": "2026-08-01"}') a;
-- Risen: 40 of ann, 5 of job, 3.33 and 1.67 of new, 0.6 of zero, together 50.60: 79.05 percent are ann's.
SELECT substring(a ->> 'principal' FROM '[^/]*$') AS principal, a ->> 'human_or_machine' AS class, a ->> 'increase' AS increase, a ->> 'share_of_increase_pct' AS share, a ->> 'principal_share_pct' AS of_principal, a ->> 'application_share_pct' AS of_application, a ->> 'answer' AS answer, a ->> 'currency' AS currency FROM bedrock.answer('Q041', '{"period": "2026-08-01"}') a;
-- The week: 10 August is a Monday, so it is reviewed with its Sunday, the 16th, and not before.
SELECT a ->> 'item' AS item, a ->> 'this_week' AS this_week, a ->> 'last_week' AS last_week, a ->> 'currency' AS currency, a ->> 'week' AS week FROM bedrock.answer('Q102', '{"as_of": "2026-08-10"}') a WHERE a ->> 'item' = 'cost';
SELECT DISTINCT a ->> 'week' AS week FROM bedrock.answer('Q102', '{"as_of": "2026-08-10"}') a;
INSERT INTO growth_bill (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_usage_type, pricing_unit, line_item_usage_amount, line_item_unblended_cost, line_item_currency_code, line_item_iam_principal, tags)
SELECT date_trunc('month', d), d, d + interval '1 hour', 'USE1-NovaMicro-input-tokens', '1K tokens', 1, 1, 'USD', 'arn:aws:iam::111122223333:role/late', '{}' FROM unnest('{2026-08-16,2026-08-17,2026-08-23}'::timestamp[]) d;
SELECT count(*) AS refreshed FROM bedrock.refresh();
SELECT r.as_of, a ->> 'item' AS item, a ->> 'this_week' AS this_week, a ->> 'last_week' AS last_week, a ->> 'currency' AS currency, a ->> 'detail' AS detail, a ->> 'week' AS week
FROM (VALUES ('2026-08-15'), ('2026-08-16'), ('2026-08-22'), ('2026-08-23'), ('2027-01-01')) r (as_of), bedrock.answer('Q102', jsonb_build_object('as_of', r.as_of)) a WHERE a ->> 'item' IN ('cost', 'new callers', 'unclaimed') ORDER BY 1, 2, 5;
-- Amounts of two currencies make no sum: beta is dearer than alpha in none of them alone, and first in euros.
INSERT INTO growth_bill (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_usage_type, pricing_unit, line_item_usage_amount, line_item_unblended_cost, line_item_currency_code, line_item_iam_principal, tags)
SELECT timestamp '2026-08-01', d, d + interval '1 hour', 'USE1-NovaMicro-input-tokens', '1K tokens', 1, cost, currency, 'arn:aws:iam::111122223333:role/' || who, '{}'
FROM (VALUES (timestamp '2026-08-25', 'alpha', 'USD', 10), ('2026-08-25', 'beta', 'USD', 8), ('2026-08-25', 'beta', 'EUR', 8), ('2026-08-26', 'gamma', 'USD', 9), ('2026-08-30', 'gamma', 'EUR', 1)) v (d, who, currency, cost);
SELECT count(*) AS refreshed FROM bedrock.refresh();
SELECT a ->> 'this_week' AS this_week, a ->> 'detail' AS detail FROM bedrock.answer('Q102', '{"as_of": "2026-08-30"}') a WHERE a ->> 'item' = 'new callers';
ROLLBACK;
-- Without a bill there is nothing to review.
SELECT count(*) FROM bedrock.answer('Q102') a;
