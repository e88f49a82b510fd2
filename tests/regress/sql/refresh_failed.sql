-- A source that cannot be refreshed: the others are, it keeps what it had, and result, warning, log and doctor name it.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\pset format unaligned
TRUNCATE bedrock.schedule_log;
CREATE SCHEMA fails;
CREATE TABLE fails.one (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '11', bill_billing_entity text DEFAULT 'AWS',
    bill_billing_period_start_date timestamp DEFAULT '2025-03-01', line_item_usage_start_date timestamp DEFAULT '2025-03-05 10:00',
    line_item_usage_end_date timestamp DEFAULT '2025-03-05 11:00', line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens', line_item_unblended_cost numeric DEFAULT 1,
    line_item_currency_code text DEFAULT 'USD');
CREATE TABLE fails.two (LIKE fails.one INCLUDING DEFAULTS);
CREATE TABLE fails.three (LIKE fails.one INCLUDING DEFAULTS);
ALTER TABLE fails.two ALTER line_item_usage_account_id SET DEFAULT '22';
ALTER TABLE fails.three ALTER line_item_usage_account_id SET DEFAULT '33';
INSERT INTO fails.one DEFAULT VALUES;
INSERT INTO fails.two DEFAULT VALUES;
INSERT INTO fails.three DEFAULT VALUES;
SELECT (bedrock.attach(('fails.' || t)::regclass, line_item => false)).source FROM unnest('{one,two,three}'::text[]) AS t;
CREATE VIEW fails.billed AS SELECT source, sum(unblended_cost) AS cost, sum(lines) AS lines FROM bedrock.spend GROUP BY 1;
CREATE FUNCTION fails.told() RETURNS TABLE (status text, detail text, fix text) LANGUAGE sql AS $$
    SELECT status, regexp_replace(regexp_replace(detail, '\d{4}-\d\d-\d\d \d\d:\d\d', 'then'), 'by .*?, failed', 'by somebody, failed'), fix
    FROM bedrock.doctor() WHERE "check" = 'source_refreshed' $$;
SELECT source, billing_period, action, lines, cost, message FROM bedrock.refresh();
SELECT count(*) AS nothing_to_tell FROM fails.told();

-- A line that is in no bill, found after the source has written: each of the three changed, two are read.
UPDATE fails.one SET line_item_unblended_cost = 2;
UPDATE fails.two SET line_item_unblended_cost = 2;
UPDATE fails.three SET line_item_unblended_cost = 2;
INSERT INTO fails.two (bill_billing_period_start_date) VALUES (NULL);
SELECT source, billing_period, action, lines, cost, seconds IS NOT NULL AS timed, message FROM bedrock.refresh();
SELECT * FROM fails.billed ORDER BY 1;
SELECT source, billing_period, lines FROM bedrock.period WHERE source IN ('one', 'two', 'three') ORDER BY 1;
SELECT source, action, payer_account_id, billing_period, sqlstate, message FROM bedrock.load_log WHERE source = 'two' ORDER BY load_id;
SELECT * FROM fails.told();
-- Asked for by its name, its error is the error.
SELECT * FROM bedrock.refresh('two');
-- Mended: it is read, and nothing is told any more.
DELETE FROM fails.two WHERE bill_billing_period_start_date IS NULL;
SELECT source, action, cost, message FROM bedrock.refresh();
SELECT * FROM fails.told();
SELECT * FROM fails.billed ORDER BY 1;

-- A column that is gone; a relation that is gone. The first of the three, so that those after it are read.
ALTER TABLE fails.one RENAME line_item_unblended_cost TO moved;
SELECT source, action, message FROM bedrock.refresh();
SELECT * FROM fails.told();
ALTER TABLE fails.one RENAME moved TO line_item_unblended_cost;
-- It is as it was when it was read last: that it can be read again is told by the log.
SELECT source, action FROM bedrock.refresh();
SELECT action, sqlstate FROM bedrock.load_log WHERE source = 'one' ORDER BY load_id DESC LIMIT 2;
SELECT * FROM fails.told();
ALTER TABLE fails.three RENAME TO elsewhere;
UPDATE fails.one SET line_item_unblended_cost = 3;
SELECT source, action, cost, message FROM bedrock.refresh();

-- A scheduled run commits what the others brought and fails visibly.
UPDATE fails.two SET line_item_unblended_cost = 5;
CALL bedrock.refresh_scheduled();
SELECT * FROM fails.billed ORDER BY 1;
SELECT action, refreshed, busy, sqlstate, message FROM bedrock.schedule_log;
SELECT status, regexp_replace(regexp_replace(detail, '\d{4}-\d\d-\d\d \d\d:\d\d', 'then'), 'by .*?, failed', 'by somebody, failed') AS detail, fix
FROM bedrock.doctor() WHERE "check" = 'scheduled_refresh' AND status = 'error';

-- None is left: an error that tells each, and nothing is logged.
ALTER TABLE fails.one DROP line_item_usage_account_id;
ALTER TABLE fails.two ALTER line_item_unblended_cost DROP DEFAULT, ALTER line_item_unblended_cost TYPE boolean USING true;
SELECT * FROM bedrock.refresh();
SELECT count(*) AS failures FROM bedrock.load_log WHERE source IN ('one', 'two') AND action = 'failed';
-- A cancelled refresh is cancelled as a whole.
CREATE FUNCTION fails.cancel() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE query_canceled USING MESSAGE = 'canceling statement due to user request'; END $$;
CREATE VIEW fails.three AS SELECT * FROM fails.elsewhere WHERE fails.cancel();
SELECT source FROM bedrock.attach('fails.three', line_item => false, allow_monthly => true);
SELECT * FROM bedrock.refresh();

-- So is one that a timeout of this server ends, with all of its sources.
ALTER TABLE fails.one ADD line_item_usage_account_id text DEFAULT '11';
CREATE FUNCTION fails.slow() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN true; END $$;
CREATE OR REPLACE VIEW fails.three AS SELECT * FROM fails.elsewhere WHERE fails.slow();
SET statement_timeout = '3s';
SELECT * FROM bedrock.refresh();
RESET statement_timeout;
SELECT count(*) AS failures FROM bedrock.load_log WHERE source = 'three' AND sqlstate = '57014';
-- An assertion of a view, and a timeout of another server, are errors of the one source, as all others are.
CREATE FUNCTION fails.assert() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN ASSERT false, 'no such line'; RETURN true; END $$;
CREATE OR REPLACE VIEW fails.three AS SELECT * FROM fails.elsewhere WHERE fails.assert();
SELECT source, action, cost, message FROM bedrock.refresh() WHERE source IN ('one', 'three');
SELECT bedrock.detach('three');
CREATE EXTENSION postgres_fdw;
SELECT format('CREATE SERVER fails_remote FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L, options ''-c statement_timeout=200ms'')',
              split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database()) AS command \gset
\set ECHO none
:command;
SELECT format('CREATE USER MAPPING FOR CURRENT_USER SERVER fails_remote OPTIONS (user %L)', current_user) \gexec
\set ECHO all
ALTER VIEW fails.three RENAME TO over_there;
CREATE OR REPLACE VIEW fails.over_there AS SELECT * FROM fails.elsewhere WHERE fails.slow();
DO $$ BEGIN EXECUTE (SELECT format('CREATE FOREIGN TABLE fails.three (%s) SERVER fails_remote OPTIONS (table_name ''over_there'')',
                                   string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum))
                     FROM pg_attribute AS a WHERE a.attrelid = 'fails.over_there'::regclass AND a.attnum > 0); END $$;
UPDATE fails.one SET line_item_unblended_cost = 4;
SELECT source FROM bedrock.attach('fails.three', line_item => false, allow_monthly => true);
SELECT source, action, cost, message FROM bedrock.refresh() WHERE source IN ('one', 'three');
SELECT action, sqlstate, message FROM bedrock.load_log WHERE source = 'three' ORDER BY load_id DESC LIMIT 1;
SELECT * FROM bedrock.refresh('three');

SELECT bedrock.detach(t) FROM unnest('{one,two,three}'::text[]) AS t;
TRUNCATE bedrock.schedule_log;
DROP SCHEMA fails CASCADE;
DROP EXTENSION postgres_fdw CASCADE;
