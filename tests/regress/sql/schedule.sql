-- Scheduled refreshes without pg_cron: what is told instead, the log of the runs, and what the doctor says of them.
SET timezone = 'UTC';
SET intervalstyle = postgres;
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\pset format unaligned
TRUNCATE bedrock.schedule_log;
CREATE FUNCTION pg_temp.asked() RETURNS TABLE (status text, detail text, fix text) LANGUAGE sql AS $$
    SELECT status, regexp_replace(detail, '\d{4}-\d\d-\d\d \d\d:\d\d', 'then'), left(fix, 60) FROM bedrock.doctor() WHERE "check" = 'scheduled_refresh' $$;

-- The longest time between two runs.
SELECT cron, bedrock_internal.cron_longest_gap(cron) AS gap
FROM unnest(ARRAY['* * * * *', '17 */4 * * *', '0 6 * * *', '5,35 8-18 * * mon-fri', '0 6 * * 1-5', '0 0 1 * *', '30 6 1,15 * *', '0 0 * * 7', '0 0 * * 0,7', '0 12 13 * fri', '0 0 29 feb *', '10/20 * * * *',
    '5-55/10 0-23 */1 * *', '@hourly', ' @Daily ', '@weekly', '@monthly', '@yearly', '30 seconds', '1 second', '0 0 30 2 *', '0 25 * * *', '60 * * * *', '0 6 * *', '0 6 * * * *', '*/0 * * * *', '5-1 * * * *', '0 0 * * xyz',
    '0 0 * jan-mar *', '1,,2 * * * *', '0 6 $ * *', '@reboot', 'every day', '', '-1 * * * *', '*-5 * * * *', '99999999999999 seconds', NULL]) WITH ORDINALITY AS c (cron, n) ORDER BY n;

-- Nothing ordered, nothing run: nothing to say.
SELECT * FROM pg_temp.asked();
SELECT bedrock.schedule_refresh('  ');
SELECT bedrock.schedule_refresh(NULL);
DO $$
DECLARE
    told text;
BEGIN
    PERFORM bedrock.schedule_refresh('0 6 * * 1-5');
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    GET STACKED DIAGNOSTICS told = PG_EXCEPTION_HINT;
    RAISE WARNING '%', replace(sqlerrm || E'\n' || told, current_database(), 'here');
END
$$;
SELECT bedrock.unschedule_refresh();
SELECT action, cron, every FROM bedrock.schedule_log ORDER BY at;
SELECT * FROM pg_temp.asked();

-- A run that goes well, and one that fails: its entry outlives what it took back, and the error is raised all the same.
CREATE SCHEMA sched;
CREATE TABLE sched.bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '2', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp DEFAULT '2025-03-01',
    line_item_usage_start_date timestamp DEFAULT '2025-03-05 10:00', line_item_usage_end_date timestamp DEFAULT '2025-03-05 11:00', line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens',
    line_item_unblended_cost numeric DEFAULT 1, line_item_currency_code text DEFAULT 'USD');
INSERT INTO sched.bill DEFAULT VALUES;
SELECT source FROM bedrock.attach('sched.bill', line_item => false);
CALL bedrock.refresh_scheduled('1 day');
SELECT * FROM pg_temp.asked();
SELECT sum(unblended_cost) FROM bedrock.spend WHERE source = 'bill';
UPDATE sched.bill SET line_item_unblended_cost = 5;
INSERT INTO sched.bill (bill_billing_period_start_date) VALUES (NULL);
CALL bedrock.refresh_scheduled('1 day');
SELECT * FROM pg_temp.asked();
SELECT sum(unblended_cost) FROM bedrock.spend WHERE source = 'bill';
DELETE FROM sched.bill WHERE bill_billing_period_start_date IS NULL;
CALL bedrock.refresh_scheduled('1 day');
SELECT * FROM pg_temp.asked();
SELECT sum(unblended_cost) FROM bedrock.spend WHERE source = 'bill';
-- A run that is cancelled, by a statement timeout for example, has failed too.
CREATE FUNCTION sched.cancel() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE query_canceled USING MESSAGE = 'canceling statement due to statement timeout'; END $$;
CREATE VIEW sched.slow AS SELECT b.* FROM sched.bill AS b WHERE sched.cancel();
SELECT source FROM bedrock.attach('sched.slow', line_item => false);
CALL bedrock.refresh_scheduled('1 day');
SELECT status, detail FROM pg_temp.asked();
SELECT bedrock.detach('slow');
CALL bedrock.refresh_scheduled('1 day');
SELECT action, every, ended_at >= at AS ended, refreshed, busy, sqlstate, message FROM bedrock.schedule_log ORDER BY at;

-- It commits: not inside of a transaction, and nothing is entered there.
BEGIN;
CALL bedrock.refresh_scheduled();
ROLLBACK;
SELECT count(*) FROM bedrock.schedule_log WHERE action = 'running';

-- Runs that stay away for more than twice their interval; a long run that was cut off; where no interval is known.
UPDATE bedrock.schedule_log SET at = at - interval '47 hours';
SELECT status, detail FROM pg_temp.asked();
UPDATE bedrock.schedule_log SET at = at - interval '2 hours';
SELECT * FROM pg_temp.asked();
INSERT INTO bedrock.schedule_log (at, action, every) VALUES (now() - interval '30 seconds', 'running', '1 day');
SELECT status, detail FROM pg_temp.asked();
UPDATE bedrock.schedule_log SET at = at - interval '1 hour' WHERE action = 'running';
SELECT * FROM pg_temp.asked();
UPDATE bedrock.schedule_log SET every = NULL;
UPDATE bedrock.schedule_log SET at = at - interval '100 days', action = 'refreshed' WHERE action = 'running';
SELECT status, detail FROM pg_temp.asked();
-- Old runs go, orders stay.
INSERT INTO bedrock.schedule_log (at, action, cron, every) VALUES (now() - interval '200 days', 'scheduled', '0 6 * * *', '1 day');
INSERT INTO bedrock.schedule_log (at, action) VALUES (now() - interval '40 days', 'failed');
CALL bedrock.refresh_scheduled('1 day');
SELECT action, count(*) FROM bedrock.schedule_log WHERE at < now() - interval '30 days' GROUP BY 1 ORDER BY 1;
-- An order whose pg_cron went, as after a restore elsewhere; called off, nothing is expected.
DELETE FROM bedrock.schedule_log;
INSERT INTO bedrock.schedule_log (at, action, cron, every) VALUES (now() - interval '20 days', 'scheduled', '0 6 * * *', '1 day');
SELECT * FROM pg_temp.asked();
SELECT bedrock.unschedule_refresh();
SELECT * FROM pg_temp.asked();

SELECT bedrock.detach('bill');
TRUNCATE bedrock.schedule_log;
DROP SCHEMA sched CASCADE;
