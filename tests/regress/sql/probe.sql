-- What a refresh looks at before it reads, and which part of a table it then reads.
\set ECHO none
CREATE SCHEMA probe;
SET search_path = probe, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
-- Two rows a block: three periods of some three regions (bedrock_internal.row_region) each.
CREATE TABLE cur (bill_payer_account_id text, bill_billing_period_start_date timestamptz, bill_billing_entity text, line_item_usage_account_id text,
    line_item_line_item_type text, line_item_product_code text, line_item_usage_type text, line_item_usage_start_date timestamptz, line_item_usage_end_date timestamptz,
    line_item_usage_amount numeric, line_item_unblended_cost numeric, line_item_currency_code text, product_product_name text, wide text)
    WITH (autovacuum_enabled = off);
ALTER TABLE cur ALTER wide SET STORAGE PLAIN;
INSERT INTO cur
SELECT '111122223333', m, 'AWS', '111122223333', 'Usage', 'AmazonBedrock', 'USE1-NovaLite-input-tokens', m + n % 600 * interval '1 hour', m + (n % 600 + 1) * interval '1 hour',
       1000, n * 0.01, 'USD', 'Amazon Bedrock', repeat('x', 3900)
FROM generate_series(timestamptz '2026-01-01', '2026-03-01', '1 month') AS m, generate_series(1, 6000) AS n;
\set ECHO all
SELECT source FROM bedrock.attach('cur');
SELECT billing_period, action, lines, cost FROM bedrock.refresh();
SELECT billing_period, lines, content, fresh, regions FROM bedrock_internal.source_periods('cur') ORDER BY 1;
-- A view cannot tell the age of its rows: what they say is looked at too.
CREATE VIEW seen AS SELECT * FROM cur;
SELECT source FROM bedrock.attach('seen');
SELECT billing_period, lines, content IS NOT NULL AS content, fresh, regions FROM bedrock_internal.source_periods('seen') ORDER BY 1;
SELECT bedrock.detach('seen');

-- One row changes and goes to the end of the table, another comes there: the parts of February are read, and they alone.
UPDATE cur SET line_item_unblended_cost = 1000 WHERE bill_billing_period_start_date = '2026-02-01' AND line_item_unblended_cost = 30;
INSERT INTO cur SELECT * FROM cur WHERE bill_billing_period_start_date = '2026-02-01' LIMIT 1;
SELECT billing_period, lines, fresh, regions FROM bedrock_internal.source_periods('cur') ORDER BY 1;
SELECT regexp_matches(bedrock_internal.read_statement('cur', '{2026-02-01}', (SELECT p.regions FROM bedrock_internal.source_periods('cur') AS p WHERE p.billing_period = '2026-02-01')), 'ctid >= ''+(\(\d+,0\))''+ AND l.ctid < ''+(\(\d+,0\))', 'g') AS part;
SELECT billing_period, action, lines, cost FROM bedrock.refresh();
SELECT bill_billing_period_start_date::date AS billing_period, count(*) AS lines, sum(line_item_unblended_cost) AS cost FROM cur GROUP BY 1 ORDER BY 1;
-- A row that goes is missed by number.
DELETE FROM cur WHERE bill_billing_period_start_date = '2026-03-01' AND line_item_unblended_cost = 60;
SELECT billing_period, action, lines, cost FROM bedrock.refresh();
SELECT billing_period, action FROM bedrock.refresh();
SELECT usage_date, sum(unblended_cost) AS cost, sum(lines) AS lines FROM bedrock.spend GROUP BY 1
EXCEPT SELECT (line_item_usage_start_date AT TIME ZONE 'UTC')::date, sum(line_item_unblended_cost), count(*) FROM cur GROUP BY 1;

-- Where something was committed since the look, all of the table is read.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM bedrock_internal.stage_source('cur', '{2026-02-01}', '{3}', pg_current_snapshot()) AS s;
SELECT sum(lines) AS lines FROM bedrock_line_key WHERE kept;
SELECT count(*) FROM bedrock_internal.stage_source('cur', '{2026-02-01}', '{3}', '5:5:') AS s;
SELECT sum(lines) AS lines FROM bedrock_line_key WHERE kept;
ROLLBACK;
-- Many small parts are no better than the whole.
SELECT bedrock_internal.read_statement('cur', '{2026-02-01}', (SELECT array_agg(2 * n) FROM generate_series(1, 40) AS n)) ~ 'ctid' AS parts;
SELECT bedrock.detach('cur');
DROP SCHEMA probe CASCADE;
