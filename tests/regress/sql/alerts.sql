-- Alerts: what crossed a line is recorded once; who has it and what became of it is history.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
BEGIN;
DELETE FROM bedrock.alert_state;
DELETE FROM bedrock.alert;
ALTER SEQUENCE bedrock.alert_alert_id_seq RESTART;
CREATE SCHEMA alerts;
GRANT USAGE ON SCHEMA alerts TO PUBLIC;
CREATE FUNCTION alerts.raise(subject text, attribute text DEFAULT 'workload', value text DEFAULT 'hr', days daterange DEFAULT '[2026-03-01,2026-04-01)', threshold numeric DEFAULT 80, currency text DEFAULT 'USD')
RETURNS boolean LANGUAGE sql RETURN bedrock_internal.raise_alert('budget', subject, attribute, NULL, value, days, 'actual', threshold, currency, 81, 100, '2026-03-09');

-- Once for kind, subject, days, basis, threshold and currency, also where one of them is NULL; each of these makes another.
SELECT alerts.raise('hr'), alerts.raise('hr') AS again, alerts.raise('hr', threshold => 100) AS threshold, alerts.raise('hr', days => '[2026-04-01,2026-05-01)') AS days,
       alerts.raise('hr', currency => 'EUR') AS currency, alerts.raise('hr', currency => NULL) AS no_currency, alerts.raise('hr', currency => NULL) AS again,
       alerts.raise('hr', threshold => NULL) AS no_threshold, alerts.raise('hr', threshold => NULL) AS again;
-- What it is about the second time does not change it.
SELECT bedrock_internal.raise_alert('budget', 'hr', 'all', NULL, '(all)', '[2026-03-01,2026-04-01)', 'actual', 80, 'USD', 90, 100, '2026-03-10') AS again;
-- Numbers have no gaps from what was there already.
SELECT alert_id, kind, subject, attribute, value, first_day, last_day, basis, threshold, currency, amount, planned, since, state, assignee, state_by FROM bedrock.alerts ORDER BY alert_id;
-- Names and numbers of any length are recorded, and sent in what NOTIFY takes; two long names that begin alike are two.
SELECT alerts.raise(repeat(U&'\+01F4B8', 9000)) AS long, alerts.raise(repeat(U&'\+01F4B8', 9000)) AS again, alerts.raise(repeat(U&'\+01F4B8', 9000) || 'b') AS other, alerts.raise('digits', threshold => repeat('9', 20000)::numeric) AS digits;
SELECT count(*) AS long, max(octet_length(subject)) <= 2048 AS fits FROM bedrock.alerts WHERE length(subject) > 100;
-- An alert is about days.
\set VERBOSITY terse
SELECT alerts.raise('no days', days => 'empty');
ROLLBACK;

BEGIN;
DELETE FROM bedrock.alert_state;
DELETE FROM bedrock.alert;
ALTER SEQUENCE bedrock.alert_alert_id_seq RESTART;
-- Checks: one that fails is told with its name and error, leaves nothing, and keeps neither the others nor the refresh from their work.
CREATE FUNCTION bedrock_internal.check_good() RETURNS void LANGUAGE sql
    AS $$SELECT bedrock_internal.raise_alert('policy', 'good', 'all', NULL, '(all)', '[2026-03-01,2026-04-01)', 'cost', NULL, 'USD', 1, NULL, NULL)$$;
CREATE FUNCTION bedrock_internal.check_bad() RETURNS void LANGUAGE plpgsql
    AS $$BEGIN PERFORM bedrock_internal.raise_alert('policy', 'bad', 'all', NULL, '(all)', '[2026-03-01,2026-04-01)', 'cost', NULL, 'USD', 1, NULL, NULL); PERFORM 1 / (SELECT count(*) FROM bedrock.alert WHERE subject = 'none'); END$$;
SELECT bedrock_internal.run_check(c) FROM unnest('{check_bad,check_good,check_missing}'::text[]) AS c;
SELECT alert_id, subject FROM bedrock.alerts;
-- The end of a refresh runs those of the topics.
SELECT w AS what_changed, bedrock_internal.run_checks(w) FROM unnest('{bill,owners,logs}'::text[]) AS w;
-- A timeout in a check ends the checks that are left, and not the refresh: what was loaded is there.
CREATE FUNCTION bedrock_internal.check_slow() RETURNS void LANGUAGE sql AS $$SELECT pg_sleep(60)$$;
CREATE OR REPLACE FUNCTION bedrock_internal.check_estimates() RETURNS void LANGUAGE sql AS $$SELECT pg_sleep(60)$$;
SET LOCAL statement_timeout = '200ms';
SELECT bedrock_internal.run_check('check_slow');
SELECT bedrock_internal.run_checks('bill');
SET LOCAL statement_timeout = 0;
ROLLBACK;

-- What becomes of it.
BEGIN;
DELETE FROM bedrock.alert_state;
DELETE FROM bedrock.alert;
ALTER SEQUENCE bedrock.alert_alert_id_seq RESTART;
CREATE SCHEMA alerts;
GRANT USAGE ON SCHEMA alerts TO PUBLIC;
CREATE FUNCTION alerts.raise(subject text, attribute text, value text, days daterange DEFAULT '[2026-03-01,2026-04-01)')
RETURNS boolean LANGUAGE sql RETURN bedrock_internal.raise_alert('budget', subject, attribute, NULL, value, days, 'actual', 80, 'USD', 81, 100, '2026-03-09');
CREATE ROLE alerts_hr; CREATE ROLE alerts_shop; CREATE ROLE alerts_account; CREATE ROLE alerts_finance; CREATE ROLE alerts_finops; CREATE ROLE alerts_none;
DO $$BEGIN PERFORM bedrock.create_roles(); END$$;
GRANT bedrock_product_owner TO alerts_hr, alerts_none; GRANT bedrock_portfolio_manager TO alerts_shop; GRANT bedrock_cloud_engineer TO alerts_account; GRANT bedrock_finance TO alerts_finance; GRANT bedrock_finops TO alerts_finops;
-- hr lies below shop, which lies below retail; ci was below shop until the tenth of March, and is below bank since.
SELECT bedrock.set_level(1, 'Unit'), bedrock.set_level(2, 'Department');
SELECT bedrock.set_element('retail', 1), bedrock.set_element('shop', 2, 'retail'), bedrock.set_element('bank', 1);
SELECT bedrock.set_workload('hr', element => 'shop'), bedrock.set_workload('ci', element => 'shop'), bedrock.set_workload('ci', element => 'bank', valid_from => '2026-03-10', reason => 'moved');
SELECT bedrock.grant_scope('alerts_hr', 'workload', 'hr'), bedrock.grant_scope('alerts_shop', 'element', 'shop'), bedrock.grant_scope('alerts_account', 'account', '111111111111');
SELECT alerts.raise('1 hr', 'workload', 'hr'), alerts.raise('2 ci', 'workload', 'ci'), alerts.raise('3 ci before', 'workload', 'ci', '[2026-02-01,2026-03-01)'), alerts.raise('4 shop', 'element', 'shop'),
       alerts.raise('5 retail', 'element', 'retail'), alerts.raise('6 account', 'account_id', '111111111111'), alerts.raise('7 all', 'all', '(all)'), alerts.raise('8 application', 'application', 'hr');
CREATE FUNCTION alerts.as_role(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text; message text; hint text;
BEGIN
    PERFORM set_config('role', as_role.role, true);
    EXECUTE statement INTO answer;
    PERFORM set_config('role', 'none', true);
    RETURN coalesce(answer, '-');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE, message, hint);
END$$;
-- Who sees which: of a workload that moved, those whose days lie in scope; above an element and of other attributes, who sees everything.
SELECT r, alerts.as_role(r, 'SELECT string_agg(subject, '', '' ORDER BY subject) FROM bedrock.alerts') AS sees
FROM unnest('{alerts_hr,alerts_shop,alerts_account,alerts_finance,alerts_finops,alerts_none}'::name[]) AS r;
-- Who answers which: a workload or element in scope, or everything; another's alert is no other than none.
SELECT r, n, alerts.as_role(r, format('SELECT bedrock.set_alert(%s, ''acknowledged'')', n)) AS answered
FROM (VALUES ('alerts_hr', 1), ('alerts_hr', 2), ('alerts_hr', 99), ('alerts_shop', 4), ('alerts_shop', 5), ('alerts_finance', 7), ('alerts_finops', 7), ('alerts_finops', 99), ('alerts_account', 6)) AS v (r, n);
-- States and assignees are kept apart, with who changed them, when and why; an empty assignee is nobody.
SELECT bedrock.set_alert(1, assignee => 'Ann', reason => 'she knows the job'), bedrock.set_alert(1, assignee => 'Ann') AS again, bedrock.set_alert(1, 'muted', '') AS muted, bedrock.set_alert(1, 'resolved', reason => 'job stopped') AS resolved;
SELECT state, assignee, upper_inf(recorded) AS known, recorded_by, reason, closed_by, close_reason FROM bedrock.alert_state WHERE alert_id = 1 ORDER BY lower(recorded);
SELECT alert_id, state, assignee, state_by, reason FROM bedrock.alerts WHERE state <> 'open' ORDER BY 1;
SELECT who, action, before, after, reason FROM bedrock.audit WHERE object_kind = 'alert' AND object = '1' ORDER BY at;
SELECT alerts.as_role('alerts_none', 'SELECT count(*) FROM bedrock.alert_state') AS states, alerts.as_role('alerts_hr', 'SELECT count(*) FROM bedrock.alert_state') AS of_own;
-- Muted: later ones of its kind and subject are recorded, muted, until it is opened, and they with it; those of another subject are open.
SELECT bedrock.set_alert(4, 'muted') AS shop, alerts.raise('4 shop', 'element', 'shop', '[2026-04-01,2026-05-01)') AS april, bedrock.set_alert(4, 'open') AS opened, alerts.raise('4 shop', 'element', 'shop', '[2026-05-01,2026-06-01)') AS may;
SELECT alerts.raise('4 shop', 'element', 'shop', '[2026-06-01,2026-07-01)') AS june, alerts.raise('5 retail', 'element', 'retail', '[2026-06-01,2026-07-01)') AS of_another;
SELECT a.subject, to_char(lower(a.days), 'Mon') AS month, s.state, upper_inf(s.recorded) AS known, s.reason FROM bedrock.alert AS a JOIN bedrock.alert_state AS s USING (alert_id) WHERE a.subject = '4 shop' ORDER BY a.alert_id, s.recorded;
SELECT subject, to_char(first_day, 'Mon') AS month, state FROM bedrock.alerts WHERE subject ~ '^[45]' AND first_day >= '2026-06-01' ORDER BY subject;
-- Those that were muted with one leave that state with it, and so mute no other; what somebody muted by hand stays.
SELECT alerts.raise('9 chain', 'workload', 'hr', days) AS raised FROM unnest('{"[2026-03-01,2026-04-01)","[2026-04-01,2026-05-01)"}'::daterange[]) AS days;
SELECT bedrock.set_alert(min(alert_id), 'muted', reason => 'migration') FROM bedrock.alerts WHERE subject = '9 chain';
SELECT alerts.raise('9 chain', 'workload', 'hr', days) AS raised FROM unnest('{"[2026-05-01,2026-06-01)","[2026-06-01,2026-07-01)"}'::daterange[]) AS days;
SELECT bedrock.set_alert(max(alert_id), 'muted', reason => 'not June') AS by_hand FROM bedrock.alerts WHERE subject = '9 chain';
SELECT alerts.as_role('alerts_hr', format('SELECT bedrock.set_alert(%s, ''open'', reason => ''done'')', (SELECT min(alert_id) FROM bedrock.alerts WHERE subject = '9 chain'))) AS opened;
SELECT to_char(first_day, 'Mon') AS month, state, state_by, regexp_replace(reason, '[0-9]+', 'N') AS reason FROM bedrock.alerts WHERE subject = '9 chain' ORDER BY first_day;
SELECT bedrock.set_alert(max(alert_id), 'resolved') AS last_one, alerts.raise('9 chain', 'workload', 'hr', '[2026-07-01,2026-08-01)') AS july FROM bedrock.alerts WHERE subject = '9 chain';
SELECT count(*) FILTER (WHERE state = 'muted') AS muted, count(*) FILTER (WHERE state = 'open') AS open FROM bedrock.alerts WHERE subject = '9 chain';
-- What cannot be.
SELECT alerts.as_role('alerts_finops', c) FROM unnest(ARRAY['SELECT bedrock.set_alert(1, ''done'')', 'SELECT bedrock.set_alert(NULL, ''open'')', 'SELECT bedrock.set_alert(1, assignee => ''Ann '')',
    format('SELECT bedrock.set_alert(1, assignee => %L)', repeat('a', 1025)), format('SELECT bedrock.set_alert(1, reason => %L)', repeat('a', 4097)), 'UPDATE bedrock.alert SET amount = 0', 'DELETE FROM bedrock.alert_state']) AS c;
ROLLBACK;
