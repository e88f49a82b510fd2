-- Refresh: brings bedrock.spend up to date, touches what changed and nothing else, and may be run again at any time.
SELECT coalesce(max(load_id), 0) AS last_load FROM bedrock.load_log \gset
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA again;
CREATE TABLE again.cur (
    bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS', bill_invoice_id text DEFAULT '',
    bill_billing_period_start_date timestamp, line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens',
    line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD',
    line_item_resource_id text, line_item_iam_principal text, tags jsonb);
-- Three months, each day three lines: through a profile, by a role, by nobody.
INSERT INTO again.cur (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_resource_id, line_item_iam_principal)
SELECT date_trunc('month', d), d, d + interval '1 hour', n * 0.1, CASE n WHEN 1 THEN 'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/agedprofile1' END,
       CASE n WHEN 2 THEN 'arn:aws:sts::100000000002:assumed-role/Chat/s' || extract(day FROM d) % 2 END
FROM generate_series(timestamp '2025-01-01', '2025-03-31', '1 day') AS d, generate_series(1, 3) AS n;
-- Everything spend says, to the last digit and tag.
CREATE VIEW again.state AS SELECT md5(string_agg(s::text, E'\n' ORDER BY s::text)) AS spend, sum(lines) AS lines, sum(unblended_cost) AS cost FROM (SELECT to_jsonb(q) - 'dimension_id' AS s, q.lines, q.unblended_cost FROM bedrock.spend AS q) AS s;

-- Before the first source, and before the first refresh.
SELECT count(*) FROM bedrock.refresh();
SELECT bedrock.refresh('nobody');
SELECT source FROM bedrock.attach('again.cur');
SELECT count(*) FROM bedrock.spend;
SELECT source, billing_period, action, lines, cost, seconds >= 0 AS timed FROM bedrock.refresh();
CREATE TEMP TABLE first AS TABLE again.state;
SELECT lines, cost FROM first;

-- Idempotent: nothing is read, nothing is written, nothing is logged.
CREATE TEMP TABLE rows AS SELECT f.tableoid::regclass::text AS relation, f.ctid AS place, f.xmin::text AS writer FROM bedrock.fact AS f UNION ALL SELECT 'bill_total', b.ctid, b.xmin::text FROM bedrock.bill_total AS b
UNION ALL SELECT 'attribution', a.ctid, a.xmin::text FROM bedrock.attribution AS a UNION ALL SELECT 'dimension', d.ctid, d.xmin::text FROM bedrock.dimension AS d;
SELECT source, billing_period, action, lines, cost FROM bedrock.refresh();
SELECT source, billing_period, action, lines, cost FROM bedrock.refresh('cur', '2025-02-17');
SELECT (SELECT count(*) FROM rows) = count(*) AS all_there FROM rows AS r JOIN (SELECT f.tableoid::regclass::text AS relation, f.ctid AS place, f.xmin::text AS writer FROM bedrock.fact AS f UNION ALL SELECT 'bill_total', b.ctid, b.xmin::text FROM bedrock.bill_total AS b
UNION ALL SELECT 'attribution', a.ctid, a.xmin::text FROM bedrock.attribution AS a UNION ALL SELECT 'dimension', d.ctid, d.xmin::text FROM bedrock.dimension AS d) AS n USING (relation, place, writer);
SELECT action, count(*) FROM bedrock.load_log WHERE source = 'cur' AND load_id > :last_load GROUP BY 1;
-- By force it reads all again and comes to the same.
SELECT action, count(*) FROM bedrock.refresh(force => true) GROUP BY 1;
SELECT count(*) AS same FROM again.state JOIN first USING (spend, lines, cost);
SELECT count(*) AS attributions, count(DISTINCT dimension_id) AS dimensions FROM bedrock.attribution WHERE dimension_id IN (SELECT dimension_id FROM bedrock.fact);

-- Only what changed: an update that keeps count and sum, a late line, lines that go.
UPDATE again.cur SET line_item_iam_principal = 'arn:aws:iam::100000000002:user/u' WHERE line_item_usage_start_date = '2025-02-03' AND line_item_iam_principal IS NOT NULL;
SELECT billing_period, action FROM bedrock.refresh();
SELECT usage_date, principal_kind, unblended_cost FROM bedrock.spend WHERE usage_date = '2025-02-03' ORDER BY unblended_cost;
INSERT INTO again.cur (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost) VALUES ('2025-03-01', '2025-02-28 23:00', '2025-03-01', 5);
SELECT billing_period, action, lines FROM bedrock.refresh();
DELETE FROM again.cur WHERE line_item_unblended_cost = 5;
SELECT billing_period, action, lines FROM bedrock.refresh();
-- A change that is rolled back is none; one within the transaction that refreshes is seen.
BEGIN;
UPDATE again.cur SET line_item_unblended_cost = 100 WHERE line_item_usage_start_date = '2025-01-01';
SELECT billing_period, action, cost FROM bedrock.refresh();
SAVEPOINT before;
DELETE FROM again.cur WHERE line_item_unblended_cost = 100;
SELECT billing_period, action, cost FROM bedrock.refresh();
ROLLBACK TO before;
SELECT billing_period, action, cost FROM bedrock.refresh();
ROLLBACK;
SELECT billing_period, action, cost FROM bedrock.refresh();
-- The caller may ask for one period alone.
UPDATE again.cur SET line_item_unblended_cost = line_item_unblended_cost * 2 WHERE line_item_usage_start_date IN ('2025-01-09', '2025-02-09');
SELECT billing_period, action, cost FROM bedrock.refresh('cur', '2025-02-01');
SELECT billing_period, action, cost FROM bedrock.refresh();
-- VACUUM FREEZE and a rewrite of the table: read at most once more.
VACUUM (FREEZE) again.cur;
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;
VACUUM FULL again.cur;
SELECT count(*) AS periods FROM bedrock.refresh();
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;

-- A period that vanishes goes; one that comes back comes back.
CREATE TABLE again.kept AS SELECT * FROM again.cur WHERE bill_billing_period_start_date = '2025-01-01';
DELETE FROM again.cur WHERE bill_billing_period_start_date = '2025-01-01';
SELECT billing_period, action, lines, cost FROM bedrock.refresh();
SELECT billing_period, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1 ORDER BY 1;
SELECT billing_period FROM bedrock.period WHERE source = 'cur' ORDER BY 1;
SELECT billing_period, action, lines, cost, cost_before FROM bedrock.load_log WHERE source = 'cur' ORDER BY load_id DESC LIMIT 1;
INSERT INTO again.cur SELECT * FROM again.kept;
SELECT billing_period, action, lines, cost FROM bedrock.refresh();
-- TRUNCATE takes all of them, a new delivery brings them back.
CREATE TABLE again.all AS TABLE again.cur;
TRUNCATE again.cur;
SELECT billing_period, action FROM bedrock.refresh();
SELECT count(*) AS facts, (SELECT count(*) FROM bedrock.fact_month) AS months, (SELECT count(*) FROM bedrock.bill_total) AS bills FROM bedrock.fact;
INSERT INTO again.cur SELECT * FROM again.all;
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;

-- The source changes its shape. A new column is read; a type that can be read is read.
ALTER TABLE again.cur ADD line_item_line_item_description text DEFAULT 'described', ADD line_item_blended_cost double precision DEFAULT 0.5;
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;
SELECT charge_description, sum(blended_cost) AS blended FROM bedrock.spend GROUP BY 1;
SELECT bedrock.detach('cur');
SELECT source FROM bedrock.attach('again.cur', line_item => false);
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;
ALTER TABLE again.cur ALTER line_item_unblended_cost TYPE text;
SELECT count(*) AS periods FROM bedrock.refresh();
SELECT sum(unblended_cost) = (SELECT sum(line_item_unblended_cost::numeric) FROM again.cur) AS exact FROM bedrock.spend;
-- One that cannot, or a column that is gone, is an error that names it; what is there stays.
ALTER TABLE again.cur ALTER line_item_unblended_cost TYPE boolean USING true;
SELECT bedrock.refresh();
SELECT count(*) > 0 AS still_there FROM bedrock.spend;
DROP TABLE again.cur;
SELECT bedrock.refresh();
SELECT count(*) > 0 AS still_there FROM bedrock.spend;
-- A table that is made again under the name is read; one that lost a column only when it is attached again.
CREATE TABLE again.cur AS TABLE again.all;
SELECT bedrock.refresh();
SELECT source FROM bedrock.attach('again.cur', line_item => false);
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;
SELECT sum(unblended_cost) = (SELECT sum(line_item_unblended_cost) FROM again.cur) AS exact FROM bedrock.spend;

-- A view cannot tell when it changed: what its lines say is compared, and all is read by force.
CREATE VIEW again.seen AS SELECT line_item_usage_account_id || 'v' AS line_item_usage_account_id, bill_payer_account_id, bill_billing_entity, CASE WHEN bill_billing_period_start_date < '2025-03-01' THEN 'I' ELSE '' END AS bill_invoice_id,
    bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_line_item_type, line_item_product_code, product, line_item_usage_type, line_item_unblended_cost, line_item_currency_code FROM again.cur;
SELECT source FROM bedrock.attach('again.seen', line_item => false);
SELECT billing_period, action FROM bedrock.refresh('seen');
SELECT billing_period, action FROM bedrock.refresh('seen');
SELECT billing_period, action FROM bedrock.refresh('seen', force => true);
-- A line that changed is seen, in a month that is final too.
UPDATE again.cur SET line_item_unblended_cost = 77 WHERE line_item_usage_start_date = '2025-01-01' AND line_item_resource_id IS NOT NULL;
SELECT billing_period, action FROM bedrock.refresh('seen');
SELECT bedrock.detach('seen');

-- Detach takes everything of a source, and nothing else.
CREATE TABLE again.other AS SELECT * FROM again.cur LIMIT 10;
UPDATE again.other SET line_item_usage_account_id = '100000000009';
SELECT source FROM bedrock.attach('again.other', line_item => false);
SELECT source, count(*) FROM bedrock.refresh() GROUP BY 1 ORDER BY 1;
SELECT bedrock.detach('other');
SELECT source, sum(lines) AS lines FROM bedrock.spend GROUP BY 1;
SELECT count(*) AS of_it FROM (SELECT source FROM bedrock.bill_total UNION ALL SELECT source FROM bedrock.period) AS s WHERE source = 'other';
SELECT count(*) AS facts, sum(lines) AS lines FROM bedrock.fact;

-- What a catalogue learns changes dimensions, not facts, and no source is read.
UPDATE again.cur SET line_item_usage_type = 'USE1-Newcomer9-input-tokens' WHERE line_item_usage_start_date = '2025-03-05';
SELECT billing_period, action FROM bedrock.refresh();
SELECT usage_type, model_id, provider, sum(lines) AS lines, sum(tokens) AS tokens FROM bedrock.spend GROUP BY 1, 2, 3 ORDER BY 1;
SELECT kind, value, lines, cost, suggestion FROM bedrock.unrecognized WHERE kind LIKE 'model%';
INSERT INTO bedrock.model (model_id, provider, model_family, model_name) VALUES ('acme.newcomer-9', 'Acme', 'Newcomer', 'Newcomer 9');
INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES ('usage_type_token', 'Newcomer9', 'acme.newcomer-9');
SELECT status FROM bedrock.doctor() WHERE "check" = 'catalogue_fresh';
CREATE TEMP TABLE facts AS SELECT f.tableoid AS partition, f.ctid AS place, f.xmin::text AS writer FROM bedrock.fact AS f;
SELECT billing_period, action FROM bedrock.refresh();
SELECT usage_type, model_id, model_name, provider, sum(lines) AS lines FROM bedrock.spend GROUP BY 1, 2, 3, 4 ORDER BY 1;
SELECT count(*) = (SELECT count(*) FROM bedrock.fact) AS facts_untouched FROM bedrock.fact AS f JOIN facts AS g ON g.partition = f.tableoid AND g.place = f.ctid AND g.writer = f.xmin::text;
SELECT count(*) FROM bedrock.unrecognized WHERE kind LIKE 'model%';
SELECT count(*) FROM bedrock.doctor() WHERE "check" = 'catalogue_fresh';
-- Whatever the zone of the session.
SET timezone = 'Asia/Tokyo';
SET datestyle = 'German';
SELECT count(*) FROM bedrock.doctor() WHERE "check" = 'catalogue_fresh';
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
DELETE FROM bedrock.model_alias WHERE model_id = 'acme.newcomer-9';
DELETE FROM bedrock.model WHERE model_id = 'acme.newcomer-9';
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;
SELECT DISTINCT model_id FROM bedrock.spend WHERE usage_type LIKE '%Newcomer9%';

-- A profile that is named later gets its name on all days; one that is re-labelled keeps its history.
SELECT DISTINCT profile_name, team, environment, traffic_class FROM bedrock.spend WHERE profile_id = 'agedprofile1';
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/agedprofile1', 'search', 'amazon.nova-pro-v1:0', '{"team": "red", "environment": "production"}');
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;
SELECT profile_name, team, environment, traffic_class, min(usage_date), max(usage_date), sum(unblended_cost) AS cost FROM bedrock.spend WHERE profile_id = 'agedprofile1' GROUP BY 1, 2, 3, 4;
-- What kind of traffic it is follows a label of the profile where no tag says it.
BEGIN;
SELECT count(*) FROM bedrock.set_label('arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/agedprofile1', 'workflow', 'coding agent');
SELECT count(*) > 0 AS read FROM bedrock.refresh();
SELECT DISTINCT traffic_class FROM bedrock.spend WHERE profile_id = 'agedprofile1';
UPDATE again.cur SET tags = '{"resourceTags/workflow": "chat", "resourceTags/env": "dev"}' WHERE line_item_resource_id LIKE '%agedprofile1';
SELECT count(*) > 0 AS read FROM bedrock.refresh(force => true);
SELECT DISTINCT traffic_class FROM bedrock.spend WHERE profile_id = 'agedprofile1';
ROLLBACK;
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/agedprofile1', 'search', NULL, '{"team": "blue", "environment": "production"}', '2025-02-11');
SELECT action, count(*) FROM bedrock.refresh() GROUP BY 1;
SELECT team, min(usage_date), max(usage_date), sum(lines) AS lines, sum(unblended_cost) AS cost FROM bedrock.spend WHERE profile_id = 'agedprofile1' GROUP BY 1 ORDER BY 2;
SELECT billing_period, team, sum(lines) AS lines, sum(unblended_cost) AS cost FROM bedrock.spend_monthly WHERE profile_id = 'agedprofile1' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT valid_from, valid_to, team FROM bedrock.attribution WHERE profile_name = 'search' AND dimension_id IN (SELECT dimension_id FROM bedrock.fact) ORDER BY 1;
SELECT count(*) FILTER (WHERE s.team = '(untagged)') AS untagged, sum(s.unblended_cost) = (SELECT sum(line_item_unblended_cost) FROM again.cur) AS whole FROM bedrock.spend AS s;
-- Lines that come later fall on the side of their day.
INSERT INTO again.cur (bill_payer_account_id, line_item_usage_account_id, bill_billing_entity, bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_line_item_type, line_item_product_code, product,
    line_item_usage_type, line_item_usage_amount, pricing_unit, line_item_unblended_cost, line_item_currency_code, line_item_resource_id)
SELECT '100000000001', '100000000002', 'AWS', '2025-02-01', d, d + interval '1 hour', 'Usage', 'AmazonBedrock', '{"product_name": "Amazon Bedrock"}', 'USE1-NovaPro-output-tokens', 1, '1K tokens', 1000, 'USD',
    'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/agedprofile1' FROM unnest(ARRAY[timestamp '2025-02-10 23:00', '2025-02-11']) AS d;
SELECT billing_period, action FROM bedrock.refresh();
SELECT team, usage_date, unblended_cost FROM bedrock.spend WHERE token_kind = 'output' ORDER BY 2;
-- Back to one label: the stretches join, the facts follow.
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/agedprofile1', 'search', NULL, '{"team": "red", "environment": "production"}', '2025-02-11');
SELECT count(*) FROM bedrock.refresh();
SELECT team, sum(lines) AS lines FROM bedrock.spend WHERE profile_id = 'agedprofile1' GROUP BY 1;
SELECT status, detail FROM bedrock.doctor() WHERE "check" = 'integrity';

-- Unused joins disappear: a question pays for the tables it asks.
CREATE FUNCTION again.reads(question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || question INTO plan;
    RETURN (SELECT string_agg(DISTINCT n.name, ' ' ORDER BY n.name)
            FROM (SELECT regexp_replace(r #>> '{}', '_[0-9]{4}_[0-9]{2}$', '') AS name FROM jsonb_path_query(plan::jsonb, '$.**."Relation Name"') AS r) AS n);
END $$;
SELECT again.reads($$SELECT usage_date, sum(unblended_cost) FROM bedrock.spend WHERE billing_period = '2025-02-01' GROUP BY 1$$) AS by_day,
       again.reads($$SELECT model_id, sum(tokens) FROM bedrock.spend WHERE billing_period = '2025-02-01' GROUP BY 1$$) AS by_model,
       again.reads($$SELECT team, sum(unblended_cost) FROM bedrock.spend WHERE billing_period = '2025-02-01' GROUP BY 1$$) AS by_team;
SELECT question, again.reads('SELECT ' || replace(question, ' of ', ' FROM bedrock.')) AS reads FROM unnest(ARRAY['sum(ai_cost), sum(tokens), sum(lines) of spend', 'charge_category, sum(ai_cost) of spend GROUP BY 1',
    'billing_period, invoice_id, sum(ai_cost) of spend GROUP BY 1, 2', 'profile_name, sum(ai_cost) of spend GROUP BY 1', 'workload, sum(ai_cost) of spend GROUP BY 1', 'user_email, sum(ai_cost) of spend GROUP BY 1', 'sum(ai_cost) of spend WHERE bedrock_basis <> ''probable''', 'model_basis, sum(ai_cost) of spend_monthly GROUP BY 1',
    'usage_date, model_id, team, sum(ai_cost) of spend GROUP BY 1, 2, 3', 'sum(ai_cost) of spend_monthly', 'billing_period, sum(ai_cost) of spend_monthly GROUP BY 1', 'model_id, team, workload, sum(ai_cost) of spend_monthly GROUP BY 1, 2, 3']) AS question;

-- What facts are made by may change too: categories, proved products, the cost metric. Each is read once and no more.
INSERT INTO bedrock.product VALUES ('100000000009', 'unrelated', NULL, 'user');
SELECT action, count(*) FROM bedrock.refresh('cur') GROUP BY 1;
SELECT action, count(*) FROM bedrock.refresh('cur') GROUP BY 1;
SELECT bedrock.set_setting('ai_cost_metric', 'blended', '2025-03-01');
SELECT action, count(*) FROM bedrock.refresh('cur', '2025-03-01') GROUP BY 1;
SELECT cost_metric, count(*) > 0 AS there FROM bedrock.spend GROUP BY 1 ORDER BY 1;
SELECT bedrock.set_setting('ai_cost_metric', 'unblended', '2025-03-01');
SELECT action, count(*) FROM bedrock.refresh('cur') GROUP BY 1;
DELETE FROM bedrock.product WHERE product_code = 'unrelated';

-- A line that names no billing period is in no bill: an error with how many there are and what they cost, and nothing changes.
CREATE TEMP TABLE before AS TABLE again.state;
INSERT INTO again.cur (line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost) VALUES ('2025-03-01', '2025-03-01 01:00', 4), ('2025-03-02', '2025-03-02 01:00', 0.5);
SELECT * FROM bedrock.refresh('cur');
SELECT count(*) AS same FROM again.state JOIN before USING (spend, lines, cost);
DELETE FROM again.cur WHERE bill_billing_period_start_date IS NULL;
SELECT action, count(*) FROM bedrock.refresh('cur') GROUP BY 1;

-- What the next refresh compares with: where and how it was read, and up to which transactions. Rows tell their age, so no sum of them.
SELECT count(*) AS periods, count(reading_mark) AS marks, count(read_snapshot) AS snapshots, count(rules_version) AS rules, count(content_sum) AS sums,
       count(delivered_at) + count(keep) + count(files) + count(left_out) AS of_files FROM bedrock.period WHERE source = 'cur';
-- A refresh that is rolled back leaves it as it was.
CREATE VIEW again.kept_state AS SELECT to_jsonb(p) AS state FROM bedrock.period AS p UNION ALL SELECT to_jsonb(s) FROM bedrock_internal.state AS s;
CREATE TEMP TABLE kept_before AS TABLE again.kept_state;
BEGIN;
INSERT INTO bedrock.price (model_id, region, token_kind, usd, origin) VALUES ('amazon.nova-pro-v1:0', 'us-east-1', 'input', 5, 'price_list');
INSERT INTO bedrock.model (model_id, provider, model_family, model_name) VALUES ('acme.zephyr', 'Acme', 'Zephyr', 'Zephyr');
SELECT action, count(*) FROM bedrock.refresh('cur', force => true) GROUP BY 1;
SELECT state ->> 'kind' AS kind, count(*) FROM (TABLE again.kept_state EXCEPT TABLE kept_before) AS d GROUP BY 1 ORDER BY 1;
ROLLBACK;
SELECT count(*) AS differing FROM ((TABLE again.kept_state EXCEPT TABLE kept_before) UNION ALL (TABLE kept_before EXCEPT TABLE again.kept_state)) AS d;
-- Under a mark of another cluster, as after a restore, a snapshot says nothing, be it ahead of all transactions here: read once, and no more.
UPDATE bedrock.period SET reading_mark = '1' || substr(reading_mark, strpos(reading_mark, '/')), read_snapshot = '9000000000000000:9000000000000000:' WHERE source = 'cur';
SELECT action, count(*) FROM bedrock.refresh('cur') GROUP BY 1;
SELECT bool_and(state IN (SELECT k.state - '{read_snapshot,refreshed_at}'::text[] FROM kept_before AS k)) AS same
FROM (SELECT to_jsonb(p) - '{read_snapshot,refreshed_at}'::text[] AS state FROM bedrock.period AS p WHERE p.source = 'cur') AS n;
SELECT action, count(*) FROM bedrock.refresh('cur') GROUP BY 1;
-- So it is with the version of a price book: another cluster counts it anew, so its prices are looked at.
UPDATE bedrock_internal.state SET system_identifier = 1, public_prices = 'others' WHERE kind = 'list_cost';
SELECT is_current FROM bedrock_internal.list_cost_book();
SELECT action, count(*) FROM bedrock.refresh('cur') GROUP BY 1;
SELECT is_current, book = bedrock_internal.stored_price_book() AS kept FROM bedrock_internal.list_cost_book();

SELECT bedrock.detach('cur');
DROP SCHEMA again CASCADE;
SELECT count(*) AS facts FROM bedrock.fact;

-- A source that runs empty leaves the months of others as they are.
CREATE SCHEMA two;
CREATE TABLE two.one AS
SELECT '100000000009'::text AS bill_payer_account_id, '2025-01-01Z'::timestamptz AS bill_billing_period_start_date, 'AWS'::text AS bill_billing_entity, '100000000009'::text AS line_item_usage_account_id,
       'Usage'::text AS line_item_line_item_type, 'AmazonBedrock'::text AS line_item_product_code, 'USE1-NovaLite-input-tokens'::text AS line_item_usage_type, 'Amazon Bedrock'::text AS product_product_name,
       timestamptz '2025-01-02Z' AS line_item_usage_start_date, timestamptz '2025-01-02 01:00Z' AS line_item_usage_end_date, 1::numeric AS line_item_usage_amount, 2.5::numeric AS line_item_unblended_cost, 'USD'::text AS line_item_currency_code;
CREATE TABLE two.other AS SELECT * FROM two.one;
UPDATE two.other SET line_item_usage_account_id = '100000000008';
SELECT source FROM bedrock.attach('two.one', line_item => false);
SELECT source FROM bedrock.attach('two.other', line_item => false);
SELECT source, action, cost FROM bedrock.refresh() WHERE source IN ('one', 'other') ORDER BY 1;
CREATE TEMP TABLE month_before AS SELECT f.ctid AS place, f.xmin::text AS written, f.bill_id FROM bedrock.fact_month AS f JOIN bedrock.bill_total AS b USING (bill_id) WHERE b.source = 'other';
DELETE FROM two.one;
SELECT source, action, cost FROM bedrock.refresh('one');
SELECT count(*) AS rows, count(m.bill_id) AS same FROM bedrock.fact_month AS f JOIN bedrock.bill_total AS b USING (bill_id)
LEFT JOIN month_before AS m ON m.place = f.ctid AND m.written = f.xmin::text AND m.bill_id = f.bill_id WHERE b.source IN ('one', 'other');
-- Nor is a fact that stays as it is written again, whatever else of its period changes.
CREATE TEMP TABLE fact_before AS SELECT f.ctid AS place, f.xmin::text AS written, f.bill_id FROM bedrock.fact AS f JOIN bedrock.bill_total AS b USING (bill_id) WHERE b.source = 'other';
INSERT INTO two.other SELECT bill_payer_account_id, bill_billing_period_start_date, bill_billing_entity, line_item_usage_account_id, line_item_line_item_type, line_item_product_code, line_item_usage_type,
    product_product_name, line_item_usage_start_date + interval '1 day', line_item_usage_end_date + interval '1 day', 1, 4, line_item_currency_code FROM two.other;
SELECT action, cost FROM bedrock.refresh('other');
SELECT f.usage_date, f.unblended_cost, m.bill_id IS NOT NULL AS kept FROM bedrock.fact AS f JOIN bedrock.bill_total AS b USING (bill_id)
LEFT JOIN fact_before AS m ON m.place = f.ctid AND m.written = f.xmin::text AND m.bill_id = f.bill_id WHERE b.source = 'other' ORDER BY 1;
-- What a refresh read is nothing that a source of files could be read from, later in the same transaction.
\getenv build PG_ABS_BUILDDIR
\set file :build '/refresh.csv'
COPY two.other TO :'file' (FORMAT csv, HEADER);
BEGIN;
SELECT action, cost FROM bedrock.load_cur(:'file', name => 'in_file');
SELECT source, action FROM bedrock.refresh(force => true) WHERE source IN ('one', 'other') ORDER BY 1;
SELECT count(*) AS left_over FROM pg_class WHERE oid IN (to_regclass('pg_temp.bedrock_read'), to_regclass('pg_temp.bedrock_header'));
SAVEPOINT before;
SELECT bedrock_internal.source_relation('in_file');
ROLLBACK TO before;
SELECT action, cost FROM bedrock.load_cur(:'file', name => 'in_file', force => true);
SELECT source, action, cost FROM bedrock.refresh('other', force => true);
ROLLBACK;
SELECT bedrock.detach('one'), bedrock.detach('other');
DROP SCHEMA two CASCADE;
