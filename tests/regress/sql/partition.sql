-- Facts lie in a partition a billing period: a question reads the months it asks for, and no others.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
TRUNCATE bedrock.fact, bedrock.fact_month, bedrock.bill_total, bedrock.attribution, bedrock.dimension, bedrock.period,
    bedrock.source;
CREATE ROLE regress_loader;
CREATE ROLE regress_reader;
CREATE SCHEMA months;
GRANT USAGE ON SCHEMA months TO regress_loader;
-- Twelve months with usage in every one of their days, in two accounts; the tax of a month is dated in the next one.
CREATE TABLE months.cur AS
SELECT '100000000001'::text AS bill_payer_account_id, 'AWS'::text AS bill_billing_entity, 'INV-1'::text AS bill_invoice_id,
       date_trunc('month', d.day)::timestamptz AS bill_billing_period_start_date, a.id AS line_item_usage_account_id,
       t.type AS line_item_line_item_type, 'AmazonBedrock'::text AS line_item_product_code,
       'USE1-NovaLite-input-tokens'::text AS line_item_usage_type, 'Amazon Bedrock'::text AS product_product_name,
       CASE t.type WHEN 'Tax' THEN date_trunc('month', d.day) + interval '1 month' ELSE d.day END::timestamptz
           AS line_item_usage_start_date, d.day::timestamptz + interval '1 hour' AS line_item_usage_end_date,
       1000::numeric AS line_item_usage_amount, 1.5::numeric AS line_item_unblended_cost, 'USD'::text AS line_item_currency_code
FROM generate_series(timestamp '2025-01-01', timestamp '2025-12-31', interval '1 day') AS d (day)
CROSS JOIN unnest('{100000000001,100000000002}'::text[]) AS a (id)
JOIN (VALUES ('Usage'), ('Tax')) AS t (type) ON t.type = 'Usage' OR extract(day FROM d.day) = 1;
UPDATE months.cur SET line_item_usage_end_date = line_item_usage_start_date + interval '1 hour';

-- Who loads needs no right on the partitions, whose owner is that of the table.
GRANT USAGE ON SCHEMA bedrock TO regress_loader, regress_reader;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bedrock TO regress_loader, regress_reader;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bedrock_internal TO regress_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bedrock TO regress_loader;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA bedrock TO regress_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON bedrock_internal.state TO regress_loader;
GRANT SELECT ON months.cur TO regress_loader;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock TO regress_reader;
SELECT bedrock.grant_scope('regress_loader', 'load'), bedrock.grant_scope('regress_reader', 'all');
SELECT source FROM bedrock.attach('months.cur', line_item => false);
SET ROLE regress_loader;
SELECT count(*) AS periods, sum(lines) AS lines, sum(cost) AS cost FROM bedrock.refresh('cur') WHERE action = 'refreshed';
-- Nor does he where they are there and have grown.
SELECT count(*) AS periods, sum(lines) AS lines, sum(cost) AS cost FROM bedrock.refresh('cur', force => true) WHERE action = 'refreshed';
RESET ROLE;
-- The planner knows each of them, and all together, of which autovacuum tells it nothing.
SELECT regexp_replace(s.tablename, '_[0-9]{4}_[0-9]{2}', ' of a month') AS relation, s.inherited, count(*) FROM pg_stats AS s
WHERE s.attname = 'bill_id' AND s.tablename ~ '^fact' AND (s.schemaname = 'bedrock' OR s.tablename ~ '_2025_') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT i.inhparent::regclass AS parent, count(*) AS partitions, bool_and(c.relowner = p.relowner) AS same_owner,
       bool_and(c.relacl IS NULL) AS granted_to_nobody, string_agg(DISTINCT x.columns, '; ') AS indexes
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
JOIN pg_class AS p ON p.oid = i.inhparent
CROSS JOIN LATERAL (SELECT string_agg(pg_get_indexdef(n.indexrelid, 1, true), ' ' ORDER BY pg_get_indexdef(n.indexrelid, 1, true)) AS columns
                    FROM pg_index AS n WHERE n.indrelid = c.oid) AS x
WHERE i.inhparent IN ('bedrock.fact'::regclass, 'bedrock.fact_month'::regclass) AND c.relname LIKE '%\_2025\_%' GROUP BY 1 ORDER BY 1;
-- All are there, each in the partition of its bill.
SELECT count(*) = (SELECT count(*) FROM months.cur) AS complete, sum(f.unblended_cost) = (SELECT sum(line_item_unblended_cost) FROM months.cur) AS same,
       count(*) FILTER (WHERE f.billing_period <> b.billing_period OR f.tableoid::regclass::text <> to_char(b.billing_period, '"bedrock_internal.fact_"YYYY_MM')) AS elsewhere
FROM bedrock.fact AS f JOIN bedrock.bill_total AS b USING (bill_id);
SELECT status, detail FROM bedrock_internal.doctor_state() WHERE finding = 'integrity';

-- The months whose facts a statement reads: rows of them, or all of them in search of some.
CREATE FUNCTION months.looked_at() RETURNS TABLE (name text, rows bigint, scans bigint) LANGUAGE sql AS $$
    SELECT t.relname, coalesce(t.seq_tup_read, 0) + coalesce(t.idx_tup_fetch, 0), t.seq_scan FROM pg_stat_xact_all_tables AS t
    WHERE t.schemaname = 'bedrock_internal' AND t.relname ~ '^fact.*_2025_' $$;
CREATE FUNCTION months.reads(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE before AS SELECT * FROM months.looked_at();
    EXECUTE statement;
    statement := (SELECT string_agg(n.name, ' ' ORDER BY n.name) FROM months.looked_at() AS n LEFT JOIN before AS b USING (name)
                  WHERE n.rows > coalesce(b.rows, 0) OR n.scans > coalesce(b.scans, 0));
    DROP TABLE before;
    RETURN statement;
END $$;
ANALYZE bedrock.fact, bedrock.fact_month;
-- So few days are read at once; an index is what finds a week among many.
SET max_parallel_workers_per_gather = 0;
SET enable_seqscan = off;
SELECT question, months.reads('SELECT ' || question) AS reads FROM unnest(ARRAY[
    'sum(ai_cost) FROM bedrock.spend WHERE billing_period = ''2025-03-01''',
    'model_id, sum(ai_cost) FROM bedrock.spend WHERE billing_period = ''2025-03-01'' GROUP BY 1',
    'sum(ai_cost) FROM bedrock.spend WHERE billing_period BETWEEN ''2025-03-01'' AND ''2025-04-30''',
    'sum(ai_cost) FROM bedrock.spend WHERE billing_period IN (''2025-03-01'', ''2025-05-01'')',
    'sum(ai_cost) FROM bedrock.spend WHERE billing_period >= date_trunc(''month'', timestamptz ''2025-11-15'')',
    'sum(ai_cost) FROM bedrock.spend WHERE billing_period = (SELECT max(billing_period) FROM bedrock.bill_total)',
    'sum(ai_cost) FROM bedrock.spend WHERE billing_period = bedrock.latest_period()',
    'sum(ai_cost) FROM bedrock.spend WHERE usage_date BETWEEN ''2025-03-10'' AND ''2025-03-16''',
    'team, sum(ai_cost) FROM bedrock.spend WHERE usage_date BETWEEN ''2025-03-28'' AND ''2025-04-03'' GROUP BY 1',
    'sum(ai_cost) FROM bedrock.spend_monthly WHERE billing_period = ''2025-03-01''',
    'team, sum(ai_cost) FROM bedrock.spend_monthly WHERE billing_period = ''2025-03-01'' AND model_id LIKE ''%nova%'' GROUP BY 1',
    'sum(ai_cost) FROM bedrock.usage_pattern WHERE billing_period = ''2025-03-01''']) AS question;
-- A month that comes later than the plan, as from a driver that prepares its statements.
SET plan_cache_mode = force_generic_plan;
PREPARE month (date) AS SELECT sum(ai_cost) FROM bedrock.spend WHERE billing_period = $1;
PREPARE months (date, date) AS SELECT sum(ai_cost) FROM bedrock.spend_monthly WHERE billing_period BETWEEN $1 AND $2;
PREPARE week (date) AS SELECT sum(ai_cost) FROM bedrock.spend WHERE usage_date BETWEEN $1 AND $1 + 6;
SELECT question, months.reads('EXECUTE ' || question) AS reads
FROM unnest(ARRAY[$$month('2025-07-01')$$, $$months('2025-07-01', '2025-08-01')$$, $$week('2025-07-10')$$]) AS question;
RESET plan_cache_mode;
-- Every shipped question that takes a month reads that month, or compares it with the two before it. Left out is what asks for
-- more: when something was seen first or last (Q019, Q024, Q040, Q047, Q067, Q109), which models ever had a cache (Q073), and all months
-- from there on (Q137).
SET enable_nestloop = off;
SET enable_mergejoin = off;
SELECT q.question_id, string_agg(DISTINCT r.month, ' ' ORDER BY r.month) AS reads
FROM bedrock.question AS q
CROSS JOIN LATERAL months.reads(format('SELECT count(*) FROM bedrock.answer(%L, ''{"period": "2025-06-15"}'')', q.question_id)) AS t (names)
CROSS JOIN LATERAL (SELECT right(n.name, 7) FROM unnest(string_to_array(t.names, ' ')) AS n (name)) AS r (month)
WHERE q.builtin AND q.parameters ? 'period' AND q.question_id NOT IN ('Q019', 'Q024', 'Q040', 'Q047', 'Q067', 'Q073', 'Q109', 'Q137')
GROUP BY q.question_id HAVING NOT array_agg(r.month) <@ '{2025_04,2025_05,2025_06}' ORDER BY 1;
-- So do those of the last months; Q097 compares, and Q133 looks for the price before.
SELECT q.question_id, string_agg(DISTINCT r.month, ' ' ORDER BY r.month) AS reads
FROM bedrock.question AS q
CROSS JOIN LATERAL months.reads(format('SELECT count(*) FROM bedrock.answer(%L, ''{"months": 2}'')', q.question_id)) AS t (names)
CROSS JOIN LATERAL (SELECT right(n.name, 7) FROM unnest(string_to_array(t.names, ' ')) AS n (name)) AS r (month)
WHERE q.builtin AND q.parameters ? 'months' AND NOT q.parameters ? 'period'
GROUP BY q.question_id ORDER BY 1;
RESET enable_nestloop;
RESET enable_mergejoin;
RESET enable_seqscan;
RESET max_parallel_workers_per_gather;

-- Who may read the table reads its partitions through it, and row by row what its policies give, also in a month made later.
SET ROLE regress_reader;
SELECT count(DISTINCT account_id) AS accounts, sum(lines) AS lines FROM bedrock.spend;
SELECT count(*) FROM bedrock_internal.fact_2025_03;
RESET ROLE;
SELECT bedrock.revoke_scope('regress_reader', 'all'), bedrock.grant_scope('regress_reader', 'account', '100000000001');
INSERT INTO months.cur
SELECT (c).* FROM (SELECT jsonb_populate_record(c, '{"bill_billing_period_start_date": "2026-01-01Z", "line_item_usage_start_date": "2026-01-31Z",
                                                    "line_item_usage_end_date": "2026-01-31 01:00Z"}') AS c
                   FROM months.cur AS c WHERE c.line_item_usage_start_date = '2025-12-31') AS c;
SELECT billing_period, action, lines FROM bedrock.refresh('cur') WHERE billing_period = '2026-01-01';
GRANT SELECT ON bedrock_internal.fact_2026_01, bedrock_internal.fact_2025_03 TO regress_reader;
SET ROLE regress_reader;
SELECT count(DISTINCT account_id) AS accounts, sum(lines) AS lines FROM bedrock.spend;
SELECT account_id, sum(lines) AS lines FROM bedrock.spend WHERE billing_period = '2026-01-01' GROUP BY 1;
SELECT count(*) FROM bedrock_internal.fact_2026_01;
SELECT count(*) FROM bedrock_internal.fact_2025_03;
RESET ROLE;

-- A partition is for a month in which a bill can begin.
SELECT bedrock_internal.add_fact_partitions('{2024-02-10}');
SELECT bedrock_internal.add_fact_partitions('{1999-01-01}');
SELECT bedrock_internal.add_fact_partitions('{infinity}');
SELECT bedrock_internal.add_fact_partitions('{2025-03-01,NULL}');
SELECT bedrock_internal.add_fact_partitions('{2025-03-01,2025-04-01}') AS was_missing;
-- Neither is a fact that lies in another month than its bill taken for one, nor one of a month that has no partition taken at all.
BEGIN;
UPDATE bedrock.fact SET billing_period = '2025-04-01' WHERE billing_period = '2025-03-01' AND usage_date = '2025-03-05';
SELECT status, detail FROM bedrock_internal.doctor_state() WHERE finding = 'integrity';
ROLLBACK;
BEGIN;
UPDATE bedrock.fact_month SET billing_period = '2025-04-01' WHERE billing_period = '2025-03-01';
SELECT status, detail FROM bedrock_internal.doctor_state() WHERE finding = 'integrity';
ROLLBACK;
UPDATE bedrock.fact SET billing_period = '2024-04-01' WHERE billing_period = '2025-03-01';

SELECT bedrock.detach('cur');
SELECT bedrock.revoke_scope('regress_loader', 'load'), bedrock.revoke_scope('regress_reader', 'account', '100000000001');
DROP OWNED BY regress_loader, regress_reader;
DROP ROLE regress_loader, regress_reader;
DROP SCHEMA months CASCADE;
