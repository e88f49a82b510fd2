-- Which months a bill can be of, in attached relations and in files, and times written as text.
\set ECHO none
\set SHOW_CONTEXT never
\getenv build PG_ABS_BUILDDIR
\set file :build '/period.csv'
CREATE SCHEMA period;
SET search_path = period, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE TABLE "Cur.Lines" (bill_payer_account_id text, bill_billing_period_start_date timestamptz, bill_billing_entity text, line_item_usage_account_id text,
    line_item_line_item_type text, line_item_product_code text, line_item_usage_type text, line_item_usage_start_date timestamptz, line_item_usage_end_date timestamptz,
    line_item_usage_amount numeric, line_item_unblended_cost numeric, line_item_currency_code text, product_product_name text);
CREATE SCHEMA "Finance ""1""";
CREATE TABLE "Finance ""1"""."Cur" (LIKE "Cur.Lines");
INSERT INTO "Finance ""1"""."Cur"
VALUES ('100000000001', '2026-03-01', 'AWS', '100000000001', 'Usage', 'AmazonBedrock', 'USE1-NovaLite-input-tokens', '2026-03-02', '2026-03-02 01:00', 1000, 5, 'USD', 'Amazon Bedrock');
INSERT INTO "Cur.Lines" TABLE "Finance ""1"""."Cur";
-- What a refresh says of a period in this column.
CREATE FUNCTION said(start text, relation text DEFAULT 'period."Cur.Lines"', source text DEFAULT 'Cur.Lines') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text; told text;
BEGIN
    EXECUTE format('UPDATE %s SET bill_billing_period_start_date = %L', relation, start);
    SELECT string_agg(concat_ws(' ', r.action, r.billing_period), ', ' ORDER BY r.action) INTO told FROM bedrock.refresh(said.source) AS r;
    RETURN told;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' / ', sqlstate, message, detail);
END$$;
CREATE FUNCTION endless(start text, ended text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text;
BEGIN
    UPDATE endless SET line_item_usage_start_date = start::timestamptz, line_item_usage_end_date = ended::timestamptz WHERE line_item_unblended_cost = 1;
    RETURN (SELECT string_agg(concat_ws(' ', r.action, r.lines, r.cost), ', ') FROM bedrock.refresh('endless') AS r);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' / ', sqlstate, message, detail);
END$$;
CREATE FUNCTION loaded(path text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text; hint text; context text;
BEGIN
    RETURN (SELECT string_agg(concat_ws(' ', l.action, l.billing_period), ', ') FROM bedrock.load_cur(path, name => 'in_file') AS l);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
    -- Where a file is at fault, the first line of the context names the place.
    RETURN concat_ws(' / ', sqlstate, message, detail, nullif(hint, ''), replace(substring(context FROM '^file [^\n]*'), path, 'FILE'));
END$$;
\set ECHO all

-- Names that need quotes, of schema and table.
SELECT source, relation FROM bedrock_internal.attach_relation('"Finance ""1"""."Cur"');
SELECT source, relation FROM bedrock_internal.attach_relation('"Cur.Lines"');
SELECT source, billing_period, action, cost FROM bedrock.refresh() ORDER BY 1;
SELECT source, sum(unblended_cost) FROM bedrock.line_item GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM bedrock_internal.doctor_sources() WHERE status = 'error';
SELECT bedrock.detach('Cur');
DROP SCHEMA "Finance ""1""" CASCADE;

-- What is no month is no bill: each is refused, and what is there stays. Next year is a year that can be.
SELECT start, said(start) FROM unnest('{infinity,-infinity,2026-03-15,2026-02-28 23:00+00,2026-03-01 00:00:01,2005-12-01,10000-01-01,2000-01-01 BC,294276-12-01}'::text[]) AS start;
SELECT regexp_replace(said(((extract(year FROM now()) + 2)::text || '-01-01')), '\d{4}-01', 'YYYY-01', 'g') AS two_years_on;
SELECT billing_period, sum(unblended_cost) AS cost FROM bedrock.spend WHERE source = 'Cur.Lines' GROUP BY 1;
SELECT said('2006-01-01') AS first_year, said((extract(year FROM now()) + 1)::text || '-12-01') LIKE 'refreshed%' AS next_year, said('2026-03-01') LIKE 'refreshed 2026-03-01, removed %' AS back;
-- A view tells no age, and is looked at before it is read.
CREATE VIEW seen AS SELECT * FROM "Cur.Lines";
SELECT bedrock.detach('Cur.Lines');
SELECT source FROM bedrock.attach('seen', line_item => false);
SELECT start, said(start, source => 'seen') FROM unnest('{infinity,2026-03-15,2026-04-01}'::text[]) AS start;
SELECT bedrock.detach('seen');
DROP VIEW seen;

-- As text: what the server would take for a date of today, or by the session's settings, is none.
ALTER TABLE "Cur.Lines" ALTER bill_billing_period_start_date TYPE text USING '2026-03-01T00:00:00Z';
SELECT source FROM bedrock.attach('"Cur.Lines"', line_item => false);
SELECT left(start, 30) AS start, left(said(start), 200) FROM unnest(ARRAY['2026-04-01', '2026-05-01 00:00:00', '2026-06-01T00:00:00.000Z', '2026-07-01 02:00:00+02:00', '2026-08-01 00:00:00.000 UTC', 'tomorrow',
    'infinity', 'now', 'epoch', '03/01/2026', '2026-3-1', 'March 2026', '2026-03-01 BC', '12026-03-01', '2026-02-30', '', '2026-03-15T00:00:00Z', '2026-03-01T00:00:00+02:00', repeat('9', 4000)]) AS start;
SELECT billing_period, sum(unblended_cost) AS cost FROM bedrock.spend WHERE source = 'Cur.Lines' GROUP BY 1;
SELECT said('2026-03-01T00:00:00Z');
-- A month that another offset writes as the day before is the same month, also where only that one is read again.
SELECT said('2026-02-28T20:00:00-04:00') AS same_month;
UPDATE "Cur.Lines" SET line_item_unblended_cost = 6;
SELECT billing_period, action, lines, cost FROM bedrock.refresh('Cur.Lines');
-- A day of usage is read by the same rules.
ALTER TABLE "Cur.Lines" ALTER line_item_usage_start_date TYPE text USING 'yesterday';
SELECT said('2026-03-01T00:00:00Z');
SELECT bedrock.detach('Cur.Lines');

-- Every form of a time is read as the server reads it, where it can be read at all.
SELECT t, bedrock.utc_timestamp(t) FROM unnest('{2026-03-01T01:02:03Z,2026-03-01T01:02:03.456789Z,2026-03-01 01:02:03.1234567,2026-03-01 01:02:03+05:30,2026-03-01T01:02:03-0800,2026-03-01,0001-01-01,9999-12-31T23:59:59Z}'::text[]) AS t
WHERE bedrock.utc_timestamp(t) IS DISTINCT FROM t::timestamptz;
SET timezone = 'Asia/Tokyo';
SELECT bedrock.utc_timestamp('2026-03-01T00:00:00') = '2026-03-01 00:00:00+00' AS utc, bedrock.utc_timestamp('') IS NULL AS empty;
SET timezone = 'UTC';

-- In a file that is loaded.
UPDATE "Cur.Lines" SET line_item_usage_start_date = '2026-03-02T00:00:00Z', bill_billing_period_start_date = '2026-03-15T00:00:00Z';
SELECT format('COPY "Cur.Lines" TO %L (FORMAT csv, HEADER)', :'file') AS copy \gset
:copy;
SELECT loaded(:'file');
UPDATE "Cur.Lines" SET bill_billing_period_start_date = '9999-03-01T00:00:00Z';
:copy;
SELECT loaded(:'file');
UPDATE "Cur.Lines" SET bill_billing_period_start_date = '2026-03-01T00:00:00Z';
:copy;
SELECT billing_period, action FROM bedrock.load_cur(:'file', name => 'in_file');
-- It has no relation to read again, and says so.
SELECT * FROM bedrock.refresh('in_file');
SELECT * FROM bedrock.refresh('in_file', '2026-03-17', force => true);
SELECT bedrock.detach('in_file');

-- Usage without a day is refused by name, also of a tax; an endless one makes a line of the whole period. The view over
-- all sources, and the attachment, take such times without an error.
ALTER TABLE "Cur.Lines" ALTER line_item_usage_start_date TYPE timestamptz USING '2026-03-02', ALTER bill_billing_period_start_date TYPE timestamptz USING '2026-03-01';
UPDATE "Cur.Lines" SET line_item_usage_end_date = '2026-03-02 01:00';
CREATE TABLE endless AS TABLE "Cur.Lines";
INSERT INTO endless SELECT l.bill_payer_account_id, l.bill_billing_period_start_date, l.bill_billing_entity, l.line_item_usage_account_id, t.type, l.line_item_product_code, '', '-infinity', 'infinity',
    NULL, 1, 'USD', l.product_product_name FROM "Cur.Lines" AS l, unnest('{Usage,Tax}'::text[]) AS t (type);
SELECT source FROM bedrock.attach('endless');
SELECT usage_start, usage_end, charge_type, charge_grain, unblended_cost FROM bedrock.line_item WHERE source = 'endless' ORDER BY usage_start, charge_type;
SELECT start, ended, endless(start, ended) FROM (VALUES ('-infinity', 'infinity'), ('infinity', 'infinity'), ('infinity', '2026-03-02'), ('2026-03-02', '-infinity'), ('2026-03-02', 'infinity'), (NULL, NULL)) AS v (start, ended);
-- Two lines of 1 and one of 6 are 8; what was refused has changed nothing of it.
SELECT usage_date, charge_grain, charge_type, sum(unblended_cost) AS cost, sum(lines) AS lines FROM bedrock.spend WHERE source = 'endless' GROUP BY 1, 2, 3 ORDER BY 3, 2;
SELECT bedrock.detach('endless');
DROP TABLE endless;
ALTER TABLE "Cur.Lines" ALTER line_item_usage_start_date TYPE text, ALTER bill_billing_period_start_date TYPE text;

-- A partition key that names the month of the first lines and another month, or none, in later ones: no line is lost.
-- Each step adds a line of 1 to May, so that its sum is the number of its lines.
UPDATE "Cur.Lines" SET bill_billing_period_start_date = '2026-05-01T00:00:00Z', line_item_usage_start_date = '2026-05-02T00:00:00Z',
    line_item_usage_end_date = '2026-05-02T01:00:00Z', line_item_unblended_cost = 1;
CREATE FUNCTION sums(name text) RETURNS TABLE (key text, lines bigint, spend numeric, rows numeric) LANGUAGE plpgsql AS $$ BEGIN
    RETURN QUERY EXECUTE format('SELECT (SELECT s.period_column FROM bedrock.source AS s WHERE s.source = %1$L), sum(s.lines)::bigint, sum(s.unblended_cost),
        (SELECT sum(l.line_item_unblended_cost) FROM %1$I AS l) FROM bedrock.spend AS s WHERE s.source = %1$L', name); END $$;
CREATE TABLE keyed (LIKE "Cur.Lines", billing_period text) PARTITION BY LIST (billing_period);
CREATE TABLE keyed_05 PARTITION OF keyed FOR VALUES IN ('2026-05');
CREATE TABLE keyed_other PARTITION OF keyed DEFAULT;
INSERT INTO keyed SELECT *, '2026-05' FROM "Cur.Lines";
SELECT source FROM bedrock.attach('keyed', line_item => false);
SELECT billing_period, action, lines, cost FROM bedrock.refresh('keyed');
-- A new line with the right key is found by the key.
INSERT INTO keyed SELECT *, '2026-05' FROM "Cur.Lines";
SELECT billing_period, action, lines, cost FROM bedrock.refresh('keyed');
SELECT * FROM sums('keyed');
INSERT INTO keyed SELECT *, '2026-06' FROM "Cur.Lines";
SELECT billing_period, action, lines, cost FROM bedrock.refresh('keyed');
SELECT * FROM sums('keyed');
-- Where only one period is read again, and where the key is NULL or no month.
DELETE FROM keyed WHERE billing_period <> '2026-05';
SELECT period_column FROM bedrock_internal.attach_relation('keyed', line_item => false);
INSERT INTO keyed SELECT *, NULL FROM "Cur.Lines";
SELECT billing_period, action, lines, cost FROM bedrock.refresh('keyed', '2026-05-17');
SELECT * FROM sums('keyed');
DELETE FROM keyed WHERE billing_period IS NULL;
SELECT period_column FROM bedrock_internal.attach_relation('keyed', line_item => false);
INSERT INTO keyed SELECT *, '2026-05-02' FROM "Cur.Lines";
SELECT billing_period, action, lines, cost FROM bedrock.refresh('keyed', force => true);
SELECT * FROM sums('keyed');
SELECT bedrock.detach('keyed');
DROP TABLE keyed;
-- The key as a date.
CREATE TABLE keyed (LIKE "Cur.Lines", billing_period date) PARTITION BY RANGE (billing_period);
CREATE TABLE keyed_all PARTITION OF keyed DEFAULT;
INSERT INTO keyed SELECT *, '2026-05-01' FROM "Cur.Lines";
SELECT period_column FROM bedrock_internal.attach_relation('keyed', line_item => false);
SELECT billing_period, action, lines, cost FROM bedrock.refresh('keyed');
INSERT INTO keyed SELECT *, '2026-04-30' FROM "Cur.Lines";
SELECT billing_period, action, lines, cost FROM bedrock.refresh('keyed');
SELECT * FROM sums('keyed');
SELECT bedrock.detach('keyed');
DROP SCHEMA period CASCADE;
