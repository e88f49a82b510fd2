-- Sources: recognising a bill by its columns, what is refused and why, the statements built from the registry.
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = notice;
CREATE SCHEMA src;
CREATE TABLE src.cur (
    bill_payer_account_id text, line_item_usage_account_id text, bill_billing_entity text, bill_billing_period_start_date timestamp, line_item_usage_start_date timestamp,
    line_item_usage_end_date timestamp, line_item_line_item_type text, line_item_product_code text, product jsonb, line_item_usage_type text,
    line_item_unblended_cost numeric, line_item_currency_code text, line_item_resource_id text, tags jsonb);
INSERT INTO src.cur VALUES
    ('111111111111', '222222222222', 'AWS', '2026-03-01', '2026-03-05 01:00', '2026-03-05 02:00', 'Usage', 'AmazonBedrock', '{"product_name":"Amazon Bedrock"}', 'USE1-NovaPro-input-tokens', 1, 'USD', '', '{"team":"a"}'),
    ('111111111111', '222222222222', 'AWS', '2026-02-01', '2026-02-28 23:00', '2026-03-01 00:00', 'Usage', 'AmazonBedrock', '{"product_name":"Amazon Bedrock"}', 'USE1-NovaPro-input-tokens', 2, 'USD', '', '{}');

-- The fields of each format.
SELECT format, count(*) AS fields, count(*) FILTER (WHERE cardinality(candidates) > 0) AS with_column, string_agg(field, ' ') FILTER (WHERE essential) AS essential FROM bedrock_internal.source_field() GROUP BY format ORDER BY format;
SELECT count(DISTINCT fields) AS orders FROM (SELECT string_agg(f.field, ' ' ORDER BY f.ordinal) AS fields FROM bedrock_internal.source_field() WITH ORDINALITY AS f (format, field, candidates, type, essential, fix, ordinal) GROUP BY f.format) AS f;

-- Attaching says what is missing and what to switch on, quietly.
SELECT source, relation, format, format_version, period_column, rank, line_item, allow_monthly, forced, attached_by = session_user AS by_me FROM bedrock_internal.attach_relation('src.cur');
SELECT m.key, m.value ->> 'columns' AS columns, m.value ->> 'essential' AS essential, m.value ->> 'fix' AS fix FROM bedrock.source, jsonb_each(missing) AS m WHERE m.key IN ('iam_principal', 'net_unblended_cost', 'account_name', 'operation') ORDER BY 1;
SELECT m.key, m.value FROM bedrock.source, jsonb_each(mapping) AS m ORDER BY 1;

-- The statement, its predicate and its tags.
SELECT field, type, column_name, expression FROM bedrock_internal.source_layout('cur') WHERE column_name IS NOT NULL OR field IN ('iam_principal', 'usage_amount');
SELECT left(bedrock_internal.source_select('cur'), 110) AS begins, right(bedrock_internal.source_select('cur'), 110) AS ends;
SELECT bedrock_internal.source_period_predicate('cur', '2026-03-17'), bedrock_internal.source_tags('cur'), bedrock_internal.tags_raw_expression(bedrock_internal.source_relation('cur'));
-- A statement that is built is run as a view, so that it is not printed.
CREATE PROCEDURE src.make(body text) LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CREATE OR REPLACE TEMP VIEW made AS ' || body; END $$;
CALL src.make(format('SELECT account_id, product_name, usage_start, unblended_cost, net_unblended_cost, %s AS tags, %s AS raw FROM (%s WHERE %s) AS s', bedrock_internal.source_tags('cur'), bedrock_internal.tags_raw_expression(bedrock_internal.source_relation('cur')), bedrock_internal.source_select('cur'), bedrock_internal.source_period_predicate('cur', '2026-03-01')));
SELECT * FROM made;
DROP VIEW made;

-- Attaching again reads the columns anew and changes nothing else.
CREATE TEMP TABLE before AS SELECT * FROM bedrock.source;
SELECT rank FROM bedrock_internal.attach_relation('src.cur');
SELECT count(*) AS same FROM bedrock.source AS s JOIN before AS b ON to_jsonb(s) = to_jsonb(b);
ALTER TABLE src.cur ADD COLUMN line_item_iam_principal varchar(200);
SELECT mapping -> 'iam_principal' AS iam_principal, missing ? 'iam_principal' AS missing, rank FROM bedrock_internal.attach_relation('src.cur', line_item => false);
SELECT to_regclass('bedrock.line_item') AS line_item;

-- The one column of CUR 2.0 whose name the server cuts is found all the same.
SET client_min_messages = warning;
CREATE VIEW src.cut AS SELECT *, 7.5 AS savings_plan_net_amortized_upfront_commitment_for_billing_period FROM src.cur;
SELECT source FROM bedrock.attach('src.cut');
SELECT field, expression FROM bedrock_internal.source_layout('cut') WHERE field = 'savings_plan_net_amortized_upfront_commitment';
SELECT DISTINCT savings_plan_net_amortized_upfront_commitment_for_billing_period FROM bedrock.cur2;
SELECT bedrock.detach('cut');
DROP VIEW src.cut;
SET client_min_messages = notice;

-- Names.
SELECT bedrock.attach('src.cur', 'other');
CREATE TABLE src."Odd ""name"" of a bill" AS TABLE src.cur;
SELECT bedrock.attach('src."Odd ""name"" of a bill"', 'cur');
SELECT source, relation FROM bedrock_internal.attach_relation('src."Odd ""name"" of a bill"');
SELECT count(*) FROM bedrock.line_item;
SELECT bedrock.detach('no such');
SELECT bedrock.detach('Odd "name" of a bill');
-- A name whose relation is gone may be given to another.
ALTER TABLE src.cur RENAME TO cur_renamed;
SELECT bedrock_internal.source_select('cur');
SELECT source, relation, rank FROM bedrock_internal.attach_relation('src.cur_renamed', 'cur');
SELECT bedrock.detach('cur');
SELECT bedrock.detach('cur');
ALTER TABLE src.cur_renamed RENAME TO cur;

-- What is no bill, and what is no relation to read.
CREATE TABLE src.nothing (id int, tags jsonb);
SELECT bedrock.attach('src.nothing');
CREATE SEQUENCE src.sequence;
SELECT bedrock.attach('src.sequence');
CREATE TEMP TABLE temporary AS TABLE src.cur;
SELECT bedrock.attach('temporary');
SELECT bedrock.attach(0);
SELECT bedrock.attach('src.cur') IS NULL AS attached;
SELECT bedrock.attach('bedrock.cur2');
SELECT bedrock.detach('cur');

-- Essential columns missing: refused with what to switch on, unless forced.
CREATE TABLE src.part AS SELECT bill_payer_account_id, line_item_usage_account_id, line_item_usage_start_date, line_item_usage_end_date, line_item_line_item_type, line_item_product_code, line_item_usage_type,
    line_item_unblended_cost, line_item_currency_code, tags FROM src.cur;
SELECT bedrock.attach('src.part');
SELECT forced, (SELECT string_agg(m.key, ' ' ORDER BY m.key) FROM jsonb_each(missing) AS m WHERE m.value -> 'essential' = 'true') AS essential, period_column FROM bedrock_internal.attach_relation('src.part', force => true);
SELECT billing_period, billing_entity, product_name, is_bedrock, tokens, unblended_cost FROM bedrock.line_item ORDER BY unblended_cost;
SELECT bedrock_internal.source_period_predicate('part', '2026-03-01');
SELECT bedrock.detach('part');

-- MONTHLY granularity.
CREATE TABLE src.monthly AS TABLE src.cur;
UPDATE src.monthly SET line_item_usage_start_date = bill_billing_period_start_date, line_item_usage_end_date = bill_billing_period_start_date + interval '1 month';
SELECT bedrock.attach('src.monthly');
SELECT count(*) FROM bedrock.source;
SELECT allow_monthly FROM bedrock_internal.attach_relation('src.monthly', allow_monthly => true);
SELECT DISTINCT charge_grain FROM bedrock.line_item;
SELECT bedrock.detach('monthly');
-- Tax covers the month in every export; a bill without any line says nothing.
UPDATE src.monthly SET line_item_line_item_type = 'Tax';
SELECT allow_monthly FROM bedrock_internal.attach_relation('src.monthly');
TRUNCATE src.monthly;
SELECT allow_monthly FROM bedrock_internal.attach_relation('src.monthly');
SELECT bedrock.detach('monthly');

-- Types: what can be read is read, what cannot is named with column, old and new type.
CREATE TABLE src.drift AS TABLE src.cur;
SELECT source FROM bedrock.attach('src.drift', line_item => false);
ALTER TABLE src.drift ALTER line_item_unblended_cost TYPE text;
SELECT substring(bedrock_internal.source_select('drift') FROM '[^,]*, [^,]* AS unblended_cost') AS cost;
ALTER TABLE src.drift ALTER line_item_unblended_cost TYPE double precision USING line_item_unblended_cost::double precision;
SELECT substring(bedrock_internal.source_select('drift') FROM '[^,]*, [^,]* AS unblended_cost') AS cost;
ALTER TABLE src.drift ALTER line_item_unblended_cost TYPE boolean USING true;
SELECT bedrock_internal.source_select('drift');
SELECT bedrock.attach('src.drift');
UPDATE bedrock.source SET line_item = true;
SELECT bedrock.rebuild_views();
SELECT bedrock_internal.source_period_predicate('drift', '2026-03-01');
ALTER TABLE src.drift ALTER line_item_unblended_cost TYPE numeric USING 1, DROP COLUMN line_item_resource_id, ADD COLUMN resource_tags_user_team text DEFAULT 't';
SELECT bedrock_internal.source_select('drift');
SELECT source FROM bedrock.attach('src.drift', line_item => false);
SELECT bedrock_internal.source_tags('drift');
-- A column of one tag may come and go with the months.
ALTER TABLE src.drift DROP COLUMN resource_tags_user_team;
SELECT bedrock_internal.source_tags('drift');
DROP TABLE src.drift;
SELECT bedrock_internal.source_select('drift');
SELECT bedrock.rebuild_views();
SELECT bedrock.detach('drift');

-- The period's own column, in its own type.
SELECT t, bedrock_internal.period_condition('l.c', t, '2026-12-31') FROM unnest(ARRAY['timestamptz', 'timestamp', 'date', 'text', 'varchar', 'integer']::regtype[]) AS t;

-- Partitions are pruned: by the start of the billing period, or by a partition key that states it.
CREATE TABLE src.by_start (LIKE src.cur) PARTITION BY RANGE (bill_billing_period_start_date);
CREATE TABLE src.by_start_02 PARTITION OF src.by_start FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE src.by_start_03 PARTITION OF src.by_start FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
INSERT INTO src.by_start SELECT bill_payer_account_id, line_item_usage_account_id, bill_billing_entity, bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_line_item_type, line_item_product_code, product,
    line_item_usage_type, line_item_unblended_cost, line_item_currency_code, line_item_resource_id, tags FROM src.cur;
CREATE TABLE src.by_key (LIKE src.cur, billing_period text) PARTITION BY LIST (billing_period);
CREATE TABLE src.by_key_02 PARTITION OF src.by_key FOR VALUES IN ('2026-02');
CREATE TABLE src.by_key_03 PARTITION OF src.by_key FOR VALUES IN ('2026-03');
INSERT INTO src.by_key SELECT *, to_char(bill_billing_period_start_date, 'YYYY-MM') FROM src.cur;
CREATE TABLE src.by_wrong (LIKE src.by_key) PARTITION BY LIST (billing_period);
CREATE TABLE src.by_wrong_04 PARTITION OF src.by_wrong FOR VALUES IN ('2026-04');
INSERT INTO src.by_wrong SELECT *, '2026-04' FROM src.cur;
CREATE VIEW src.seen AS SELECT * FROM src.by_start;
SELECT s.source, s.period_column FROM (VALUES ('src.by_start'::regclass), ('src.by_key'), ('src.by_wrong'), ('src.seen')) AS v (r), LATERAL bedrock_internal.attach_relation(v.r) AS s ORDER BY s.rank;
CREATE FUNCTION src.plan(name text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN
    RETURN QUERY EXECUTE format('EXPLAIN (COSTS OFF) %s WHERE %s', bedrock_internal.source_select(name), bedrock_internal.source_period_predicate(name, '2026-03-01')); END $$;
SELECT s.source, p.line FROM bedrock.source AS s, LATERAL src.plan(s.source) WITH ORDINALITY AS p (line, n) ORDER BY s.rank, p.n;
SELECT source, count(*), sum(unblended_cost) FROM bedrock.line_item GROUP BY 1 ORDER BY 1;

-- Another column under the view cannot change; dropping the relation with CASCADE takes the views and nothing else.
\set VERBOSITY terse
ALTER TABLE src.by_key DROP COLUMN line_item_usage_type;
SET client_min_messages = error;
DROP TABLE src.by_key CASCADE;
SET client_min_messages = notice;
SELECT to_regclass('bedrock.line_item'), (SELECT count(*) FROM pg_extension WHERE extname = 'bedrock_cost') AS extension, (SELECT count(*) FROM bedrock.source) AS sources;
SELECT bedrock.rebuild_views();
SELECT source, count(*) FROM bedrock.line_item GROUP BY 1 ORDER BY 1;
SELECT count(*) AS members FROM pg_depend WHERE deptype = 'e' AND objid IN ('bedrock.line_item'::regclass, 'bedrock.cur2'::regclass);
\set VERBOSITY default

-- Rights: the caller's own. A view shows a reader what the reader may read.
CREATE ROLE src_loader;
SELECT bedrock.grant_scope('src_loader', 'load');
GRANT USAGE ON SCHEMA bedrock, bedrock_internal, src TO src_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON bedrock.source TO src_loader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock, bedrock_internal TO src_loader;
SET ROLE src_loader;
SELECT bedrock.attach('src.cur');
RESET ROLE;
GRANT SELECT ON src.cur TO src_loader;
SET ROLE src_loader;
SELECT source, attached_by = session_user AS by_login FROM bedrock_internal.attach_relation('src.cur');
RESET ROLE;
GRANT SELECT ON bedrock.line_item, bedrock.charge_categories, bedrock.charge_category_map TO src_loader;
SET ROLE src_loader;
SELECT count(*) FROM bedrock.line_item;
RESET ROLE;
SELECT bedrock.detach(source) FROM bedrock.source WHERE source <> 'cur' ORDER BY rank;
SET ROLE src_loader;
SELECT count(*) FROM bedrock.line_item;
RESET ROLE;
SELECT bedrock.detach('cur');
DROP OWNED BY src_loader;
DROP ROLE src_loader;

-- Tags merged: keys as written, each tag once, empty values left out, unreadable maps kept aside.
SELECT n, bedrock_internal.merge_tags(VARIADIC maps) FROM (VALUES
    (1, ARRAY[]::jsonb[]), (2, ARRAY[NULL::jsonb]), (3, '{"[]","\"x\"","{}"}'::jsonb[]),
    (4, ARRAY['{"a":"1","b":"","c":null}'::jsonb]),
    (5, ARRAY['{"resourceTags/user:CostCenter":"7"}'::jsonb, '{"user_cost_center":"7","user_team":"t"}']),
    (6, ARRAY['{"user:CostCenter":"7","user:cost-center":"8"}'::jsonb, '{"user_cost_center":"9"}']),
    (7, ARRAY['{"iamPrincipal/team":"a"}'::jsonb, '{"user_team":"a"}', '{"costCategory/team":"a"}']),
    (8, ARRAY['{"k":"first"}'::jsonb, '{"k":"second"}']),
    (9, ARRAY['{"aws:createdBy":"x"}'::jsonb, '{"aws_created_by":"x"}']),
    (10, ARRAY['{"a":true,"b":12.50,"c":{"d":""}}'::jsonb])) AS v (n, maps) ORDER BY n;
SELECT k, bedrock_internal.tag_identity(k) FROM unnest(ARRAY['user_cost_center', 'user:CostCenter', 'resourceTags/user:CostCenter', 'resourceTags/Cost Center', 'cost-center', 'iamPrincipal/cost-center', 'aws:createdBy', 'aws_created_by', 'resourceTags/aws:createdBy', 'userAttribute/x', '']) AS k;
SELECT bedrock_internal.category_tags('{"a":"1","costCategory/b":"2"}'), bedrock_internal.category_tags('{}'), bedrock_internal.category_tags('[1]');
SELECT v, bedrock_internal.unreadable_tags(v) FROM unnest(ARRAY['{"a":"1"}', '', 'NULL', 'null', '{a=1}', '[1]', '{"a":', '“x”']) AS v;
CREATE TABLE src.tagged AS SELECT * FROM src.cur LIMIT 1;
ALTER TABLE src.tagged ALTER tags TYPE text, ADD COLUMN resource_tags json DEFAULT '{"user_team":"a","user_x":"y"}', ADD COLUMN cost_category varchar DEFAULT '{"team":"c"}',
    ADD COLUMN "resourceTags/user:Sp'c\l" text DEFAULT 'q', ADD COLUMN "iamPrincipal/team" text DEFAULT 'p', ADD COLUMN cost_category_unit text DEFAULT '';
SELECT source FROM bedrock.attach('src.tagged');
SELECT bedrock_internal.source_tags('tagged'), bedrock_internal.tags_raw_expression(bedrock_internal.source_relation('tagged'));
INSERT INTO src.tagged (tags, resource_tags) VALUES ('{broken', NULL);
CALL src.make(format('SELECT %s AS tags, %s AS raw FROM (%s) AS s GROUP BY tag_1, tag_2, tag_3, tag_4, tag_5, tag_6', bedrock_internal.source_tags('tagged'), bedrock_internal.tags_raw_expression(bedrock_internal.source_relation('tagged')), bedrock_internal.source_select('tagged')));
SELECT * FROM made ORDER BY raw NULLS FIRST;
DROP VIEW made;
SELECT tags FROM bedrock.line_item ORDER BY length(tags::text);
SELECT tags, resource_tags, cost_category FROM bedrock.cur2 ORDER BY length(tags::text);
SELECT bedrock.detach('tagged');

-- Times in text: Z, an offset, none; the session's zone plays no part where none is stated.
SELECT v, bedrock.utc_timestamp(v) AT TIME ZONE 'UTC' AS utc FROM unnest(ARRAY['2026-03-01T00:00:00Z', '2026-03-01T00:00:00.000Z', '2026-03-01 00:00:00', '2026-03-01', '2026-03-01 02:00:00+02', '2026-02-28T19:00:00-05:00', '']) AS v;
SELECT bedrock.utc_timestamp('yesterday-ish');
-- Numbers in text and floating point.
SELECT bedrock_internal.read_expression('numeric', 'usage_amount', 'x', t, NULL) FROM unnest(ARRAY['numeric', 'integer', 'double precision', 'text', 'varchar', 'boolean', 'jsonb']::regtype[]) AS t;
SELECT bedrock_internal.read_expression('text', 'account_id', 'x', t, NULL), bedrock_internal.read_expression('text', 'product_name', 'x', t, 'product_name') FROM unnest(ARRAY['text', 'varchar', 'bigint', 'json', 'jsonb', 'double precision']::regtype[]) AS t;

-- FOCUS: essential columns of its own; names in lower case, as some engines leave them.
CREATE TABLE src.focus (billingaccountid text, subaccountid text, billingperiodstart timestamptz, chargeperiodstart timestamptz, chargeperiodend timestamptz, chargecategory text, x_servicecode text, servicename text,
    billingcurrency text, billedcost numeric, effectivecost numeric, tags text, skumeter text);
SELECT format, format_version, missing -> 'usage_type' AS usage_type, missing -> 'iam_principal' ->> 'fix' AS iam_principal FROM bedrock_internal.attach_relation('src.focus');
ALTER TABLE src.focus RENAME billedcost TO billed;
SELECT bedrock.detach('focus');
SELECT bedrock.attach('src.focus');
SET client_min_messages = error;
DROP SCHEMA src CASCADE;
