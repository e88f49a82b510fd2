-- Sources whose rows cannot tell their age: foreign tables, foreign partitions, views, tables of Citus, other access methods.
-- Everything a refresh says is held against sums over the relation itself.
\set ECHO none
CREATE SCHEMA age;
SET search_path = age, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE EXTENSION postgres_fdw;
SELECT format('CREATE SERVER age_remote FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L, extensions ''bedrock_cost'')',
              split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database()) \gexec
SELECT format('CREATE USER MAPPING FOR CURRENT_USER SERVER age_remote OPTIONS (user %L)', current_user) \gexec
-- Two payers, three months that are long over, 280 lines each; the second payer's lines are on the other server.
CREATE TABLE over_there (bill_payer_account_id text, bill_billing_period_start_date timestamptz, bill_billing_entity text, line_item_usage_account_id text,
    line_item_line_item_type char(20), line_item_product_code varchar(40), line_item_usage_type text, line_item_usage_start_date timestamp, line_item_usage_end_date timestamp,
    line_item_usage_amount numeric, line_item_unblended_cost numeric, line_item_currency_code text, product_product_name text, resource_tags_user_team text);
CREATE TABLE cur (LIKE over_there) PARTITION BY LIST (bill_payer_account_id);
CREATE TABLE cur_here PARTITION OF cur FOR VALUES IN ('100000000001');
CREATE FOREIGN TABLE cur_there PARTITION OF cur FOR VALUES IN ('100000000002') SERVER age_remote OPTIONS (schema_name 'age', table_name 'over_there');
CREATE FUNCTION lines(payer text, month timestamptz) RETURNS SETOF over_there LANGUAGE sql
    AS $$SELECT payer, month, 'AWS', payer, 'Usage', 'AmazonBedrock', 'USE1-NovaLite-input-tokens', month::timestamp + n * interval '1 hour', month::timestamp + (n + 1) * interval '1 hour',
                1000, n * 0.01, 'USD', 'Amazon Bedrock', NULL FROM generate_series(0, 279) AS n$$;
INSERT INTO cur_here SELECT l.* FROM generate_series(timestamptz '2025-01-01', '2025-03-01', '1 month') AS m, lines('100000000001', m) AS l;
INSERT INTO over_there SELECT l.* FROM generate_series(timestamptz '2025-01-01', '2025-03-01', '1 month') AS m, lines('100000000002', m) AS l;
-- What spend has more or less than the relation, by payer and month: nothing, if it is right.
CREATE FUNCTION wrong(relation regclass, called text) RETURNS TABLE (payer text, month date, lines bigint, cost numeric, team text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH there AS (SELECT bill_payer_account_id, bill_billing_period_start_date::date, count(*), sum(line_item_unblended_cost), resource_tags_user_team FROM %s GROUP BY 1, 2, 5),'
        ' here AS (SELECT payer_account_id, billing_period, sum(lines)::bigint, sum(unblended_cost), bedrock_tag(tags, ''team'') FROM bedrock.spend WHERE source = %L GROUP BY 1, 2, 5)'
        ' (TABLE there EXCEPT TABLE here) UNION ALL (TABLE here EXCEPT TABLE there)', relation, called);
END$$;
\set ECHO all

-- A partitioned table with a foreign partition: its rows have no xmin of this server.
SELECT source FROM bedrock.attach('cur');
SELECT billing_period, action, lines, cost FROM bedrock.refresh('cur');
SELECT * FROM wrong('cur', 'cur');
SELECT billing_period, action FROM bedrock.refresh('cur');
-- A month is doubled over there: its lines are as many as before. 280 lines of n * 0.01 are 390.60, so it is 390.60 + 781.20.
UPDATE over_there SET line_item_unblended_cost = 2 * line_item_unblended_cost WHERE bill_billing_period_start_date = '2025-02-01';
SELECT billing_period, action, lines, cost FROM bedrock.refresh('cur');
SELECT * FROM wrong('cur', 'cur');
-- Tags that come later to a month that is final change neither its lines nor what it costs; nor does one that is emptied.
UPDATE over_there SET resource_tags_user_team = 'search' WHERE bill_billing_period_start_date = '2025-01-01' AND line_item_unblended_cost > 1;
SELECT billing_period, action FROM bedrock.refresh('cur');
SELECT * FROM wrong('cur', 'cur');
UPDATE over_there SET resource_tags_user_team = 'chat' WHERE resource_tags_user_team = 'search' AND line_item_unblended_cost > 2;
UPDATE cur_here SET resource_tags_user_team = 'search' WHERE bill_billing_period_start_date = '2025-03-01' AND line_item_unblended_cost > 1;
SELECT billing_period, action FROM bedrock.refresh('cur');
SELECT * FROM wrong('cur', 'cur');
-- Two lines that trade their costs: sums of columns are as before.
UPDATE over_there SET line_item_unblended_cost = 0.03 - line_item_unblended_cost
WHERE bill_billing_period_start_date = '2025-03-01' AND line_item_unblended_cost IN (0.01, 0.02);
SELECT billing_period, action FROM bedrock.refresh('cur');
SELECT billing_period, action FROM bedrock.refresh('cur');
-- The sums are made where the rows are.
CREATE FUNCTION pg_temp.sent(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE l text;
BEGIN
    FOR l IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
        IF l ~ 'Remote SQL: SELECT .*sum\(bedrock_internal\.row_hash\(' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END$$;
SELECT pg_temp.sent(format('SELECT bill_payer_account_id, bill_billing_period_start_date, count(*), sum(%s) FROM cur_there AS l GROUP BY 1, 2', bedrock_internal.content_hash('cur_there', 'legacy'))) AS sent;
SELECT bedrock.detach('cur');

-- A partition key that states the month, until lines over there have another one: 2 lines of 1 here, 2 of 1 there are 4 that cost 4.
CREATE TABLE keyed (LIKE over_there, billing_period text) PARTITION BY LIST (billing_period);
CREATE TABLE keyed_02 PARTITION OF keyed FOR VALUES IN ('2025-02');
CREATE TABLE other_key (LIKE keyed);
CREATE FOREIGN TABLE keyed_other PARTITION OF keyed DEFAULT SERVER age_remote OPTIONS (schema_name 'age', table_name 'other_key');
CREATE TEMP TABLE two AS SELECT * FROM lines('100000000001', '2025-02-01') LIMIT 2;
UPDATE two SET line_item_unblended_cost = 1;
INSERT INTO keyed_02 SELECT *, '2025-02' FROM two;
SELECT period_column FROM bedrock_internal.attach_relation('keyed', line_item => false);
SELECT billing_period, action, lines, cost FROM bedrock.refresh('keyed');
INSERT INTO other_key SELECT *, '2025-03' FROM two;
SELECT billing_period, action, lines, cost FROM bedrock.refresh('keyed');
SELECT * FROM wrong('keyed', 'keyed');
SELECT bedrock.detach('keyed');

-- A foreign table by itself, and a view: what is kept decides, nothing else.
CREATE VIEW seen AS SELECT *, now() AS looked_at FROM cur_here;
SELECT source FROM bedrock.attach('seen');
SELECT source FROM bedrock.attach('cur_there');
SELECT finding, status, detail FROM bedrock_internal.doctor_nodes();
SELECT source, count(*) FROM bedrock.refresh() WHERE action = 'refreshed' GROUP BY 1 ORDER BY 1;
SELECT source, billing_period, action FROM bedrock.refresh() ORDER BY 1, 2;
UPDATE over_there SET line_item_usage_type = 'USE1-NovaLite-output-tokens' WHERE bill_billing_period_start_date = '2025-01-01' AND line_item_unblended_cost = 1;
UPDATE cur_here SET line_item_line_item_type = 'Credit' WHERE bill_billing_period_start_date = '2025-02-01' AND line_item_unblended_cost = 1;
SELECT source, billing_period, action FROM bedrock.refresh() ORDER BY 1, 2;
SELECT source, charge_type, usage_type, sum(unblended_cost) AS cost, sum(lines) AS lines FROM bedrock.spend WHERE usage_type LIKE '%output%' OR charge_type = 'Credit' GROUP BY 1, 2, 3 ORDER BY 1;
-- A month that goes, and lines that come.
DELETE FROM over_there WHERE bill_billing_period_start_date = '2025-03-01';
INSERT INTO cur_here SELECT * FROM cur_here WHERE bill_billing_period_start_date = '2025-01-01' LIMIT 1;
SELECT source, billing_period, action FROM bedrock.refresh() ORDER BY 1, 2;
SELECT * FROM wrong('cur_there', 'cur_there');
SELECT * FROM wrong('seen', 'seen');
-- Another grain is another reading of the same content.
SELECT source FROM bedrock.attach('seen', keep => 'hour');
SELECT billing_period, action FROM bedrock.refresh('seen') ORDER BY 1;
SELECT bedrock.detach(s) FROM unnest('{seen,cur_there}'::text[]) AS s (s);

-- More columns than a function takes arguments: a change of the last one counts.
CREATE TABLE wide AS SELECT * FROM cur_here;
SELECT format('ALTER TABLE wide %s', string_agg(format('ADD resource_tags_user_t%s text', n), ', ')) FROM generate_series(1, 120) AS n \gexec
CREATE VIEW seen_wide AS SELECT * FROM wide;
SELECT source FROM bedrock.attach('seen_wide', line_item => false);
SELECT count(*) FROM bedrock.refresh('seen_wide') WHERE action = 'refreshed';
UPDATE wide SET resource_tags_user_t120 = 'x' WHERE bill_billing_period_start_date = '2025-02-01' AND line_item_unblended_cost = 2;
SELECT billing_period, action FROM bedrock.refresh('seen_wide') ORDER BY 1;
SELECT bedrock.detach('seen_wide');

-- A table whose rows tell their age: what they cannot tell is what was changed without writing them.
CREATE TABLE own (LIKE over_there) PARTITION BY RANGE (bill_billing_period_start_date);
CREATE TABLE own_01 PARTITION OF own FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
INSERT INTO own_01 SELECT * FROM lines('100000000001', '2025-01-01');
CREATE TABLE own_02 PARTITION OF own FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
INSERT INTO own_02 SELECT * FROM lines('100000000001', '2025-02-01');
CREATE TABLE own_02_corrected AS SELECT * FROM own_02;
UPDATE own_02_corrected SET line_item_unblended_cost = line_item_unblended_cost + 1;
SELECT source FROM bedrock.attach('own', line_item => false);
SELECT bedrock_internal.has_row_versions('own'), billing_period, action, lines, cost FROM bedrock.refresh('own');
SELECT billing_period, action FROM bedrock.refresh('own');
ALTER TABLE own DETACH PARTITION own_02;
ALTER TABLE own ATTACH PARTITION own_02_corrected FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
SELECT billing_period, action, lines, cost FROM bedrock.refresh('own');
SELECT * FROM wrong('own', 'own');
ALTER TABLE own DROP line_item_unblended_cost;
ALTER TABLE own ADD line_item_unblended_cost numeric DEFAULT 3;
SELECT billing_period, action, lines, cost FROM bedrock.refresh('own');
SELECT billing_period, action FROM bedrock.refresh('own');
-- What this transaction wrote itself, in a subtransaction of it.
BEGIN;
SAVEPOINT one;
INSERT INTO over_there SELECT * FROM over_there LIMIT 1;
SAVEPOINT two;
UPDATE own SET line_item_unblended_cost = 4 WHERE bill_billing_period_start_date = '2025-02-01';
SELECT billing_period, action, lines, cost FROM bedrock.refresh('own');
ROLLBACK;
SELECT billing_period, action FROM bedrock.refresh('own');

-- Which relations tell the age of their rows. Children of old count like partitions.
CREATE TABLE parent (LIKE over_there);
CREATE TABLE child () INHERITS (parent);
CREATE MATERIALIZED VIEW kept AS SELECT * FROM parent;
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE too () INHERITS (parent) USING heap_too;
SELECT r, bedrock_internal.has_row_versions(r) FROM unnest('{parent,child,kept,own,cur_here,cur,cur_there,seen}'::regclass[]) AS r;
-- The rows of another access method: no place, and no transaction.
BEGIN;
SET LOCAL allow_system_table_mods = on;
UPDATE pg_am SET amhandler = 'bthandler'::regproc WHERE amname = 'heap_too';
SELECT r, bedrock_internal.has_row_versions(r) FROM unnest('{parent,child}'::regclass[]) AS r;
ROLLBACK;
CREATE FOREIGN TABLE far () INHERITS (parent) SERVER age_remote OPTIONS (schema_name 'age', table_name 'over_there');
SELECT r, bedrock_internal.has_row_versions(r) FROM unnest('{parent,child}'::regclass[]) AS r;
-- A table in the catalog of Citus: its rows are on workers, whose transactions say nothing here. What it says is compared.
SELECT billing_period, content, fresh FROM bedrock_internal.source_periods('own') ORDER BY 1;
BEGIN;
SET LOCAL allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
INSERT INTO pg_catalog.pg_dist_partition VALUES ('own_01');
SELECT r, bedrock_internal.has_row_versions(r) FROM unnest('{own,own_02_corrected,child}'::regclass[]) AS r;
SELECT billing_period, content IS NOT NULL AS content, fresh, regions FROM bedrock_internal.source_periods('own') ORDER BY 1;
SELECT billing_period, action FROM bedrock.refresh('own');
SELECT billing_period, action FROM bedrock.refresh('own');
-- So the doctor says, and which version the nodes have.
CREATE FUNCTION pg_catalog.run_command_on_workers(command text, OUT nodename text, OUT nodeport integer, OUT success boolean, OUT result text) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE command INTO result;
    RETURN QUERY VALUES ('worker-1', 5432, true, result), ('worker-2', 5432, true, '');
END$$;
SELECT finding, status, regexp_replace(detail, E'\\d+[.]\\d+[.]\\d+', 'VERSION', 'g') AS detail, fix FROM bedrock_internal.doctor_nodes();
INSERT INTO pg_catalog.pg_dist_partition VALUES ('bedrock.setting');
SELECT status, detail FROM bedrock_internal.doctor_nodes() WHERE finding = 'own_tables_distributed';
ROLLBACK;
SELECT bedrock.detach('own');

-- A worker has other rows of what a user enters: functions that read it refuse there, and name what to do instead.
CREATE FUNCTION pg_temp.refused(call text) RETURNS TABLE (message text, hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || call;
    RETURN QUERY SELECT 'no error', NULL::text;
EXCEPTION WHEN feature_not_supported THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END$$;
BEGIN;
SET LOCAL allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_local_group (groupid integer);
INSERT INTO pg_catalog.pg_dist_local_group VALUES (0);
CREATE TEMP TABLE call AS SELECT * FROM unnest(ARRAY['bedrock_internal.charge_category(''Fee'')', 'bedrock_internal.canonical_model_id(''amazon.nova-lite-v1:0'')', 'bedrock_internal.model_by_name(''Nova Lite'', ''product_name'')',
    'bedrock_internal.resolve_model(''amazon.nova-lite-v1:0'', NULL, NULL, NULL)', 'bedrock_internal.label_value(''team'', ''x'')', 'bedrock_internal.tag_labels(''{"team": "x"}'')', 'bedrock.profile_as_of(''x'', ''2026-01-01'')',
    'bedrock_internal.setting_value(''ai_cost_metric'')', 'bedrock.meter_cost(''x'', 1)', 'bedrock_internal.token_cost(''amazon.nova-lite-v1:0'', ''input'', NULL, 1000, ''us-east-1'', ''regional'', NULL, ''2026-01-01'', NULL)',
    'bedrock.price_of(''amazon.nova-lite-v1:0'')', 'estimated_cost(''amazon.nova-lite-v1:0'', 1000)']) WITH ORDINALITY AS c (call, place);
SELECT c.call, r.message FROM call AS c CROSS JOIN LATERAL pg_temp.refused(c.call) AS r WHERE r.message <> 'no error' ORDER BY c.place;
UPDATE pg_catalog.pg_dist_local_group SET groupid = 2;
SELECT r.* FROM call AS c CROSS JOIN LATERAL pg_temp.refused(c.call) AS r ORDER BY c.place;
ROLLBACK;

-- The hash of a row: NULL is not empty, where a value ends counts, equal rows are equal.
SELECT bedrock_internal.row_hash(NULL::text, 'x'::text) <> bedrock_internal.row_hash(''::text, 'x'::text) AS null_is_not_empty, bedrock_internal.row_hash('ab'::text, 'c'::text) <> bedrock_internal.row_hash('a'::text, 'bc'::text) AS ends,
       bedrock_internal.row_hash('a'::text, 1, now(), 1.5, '{"a": 1}'::jsonb) = bedrock_internal.row_hash('a'::text, 1, now(), 1.5, '{"a":1}'::jsonb) AS equal,
       bedrock_internal.row_hash(repeat('x', 100000)) <> bedrock_internal.row_hash(repeat('x', 99999)) AS long;
SELECT bedrock_internal.row_hash('5a2f8d0c-0000-0000-0000-000000000000'::uuid);
SELECT bedrock_internal.row_hash(VARIADIC '{a,b}'::text[]);
DROP SCHEMA age CASCADE;
