-- SPDX-License-Identifier: PostgreSQL
-- What to run in AWS. A key of the registry that no line has is to be activated; account and region with tokens of
-- bedrock-runtime and without any logged request get their logging. What the texts say is held by the test setup.
DO $$ BEGIN PERFORM bedrock_internal.refresh_tasks(); END $$;
INSERT INTO expected (question_id, args, sql, subset) VALUES
('Q150', '{}', $$SELECT 'Activates cost allocation tags, of resources and of IAM principals' AS step, payer AS account, NULL AS region,
    bedrock.setup_script('activate_tags', jsonb_build_object('account_id', payer, 'tag_keys', ARRAY['DataClass'])) AS script
    FROM (SELECT DISTINCT bill_payer_account_id AS payer FROM cur) c$$, true),
('Q150', '{"bucket": "acme-logs"}', $$SELECT account, region, bedrock.setup_script('enable_logging', jsonb_build_object('account_id', account, 'region', region, 'bucket', 'acme-logs')) AS script
    FROM line b WHERE usage AND usage_group = 'tokens' AND ut !~* 'mantle' AND coalesce(rid, '') NOT LIKE '%bedrock-mantle%' AND day >= '2026-09-10' AND by_day
      AND NOT EXISTS (SELECT FROM log l WHERE l.account = b.account AND l.region = b.region) GROUP BY 1, 2 HAVING sum(cost) > 5$$, true),
('Q150', '{"form": "terraform"}', $$SELECT bedrock.setup_script('activate_tags', jsonb_build_object('account_id', payer, 'tag_keys', ARRAY['DataClass']), 'terraform') AS script
    FROM (SELECT DISTINCT bill_payer_account_id AS payer FROM cur) c$$, true),
-- The runaway hour ends the minutes before 03:00; the last quarter of an hour of all logs.
('Q178', '{"as_of": "2026-09-30 03:00Z", "minutes": 60}', $$SELECT application, model, count(*) AS requests, count(error) AS failed, (coalesce(sum(input), 0) + coalesce(sum(output), 0))::bigint AS tokens, max(at) AS latest,
    (SELECT max(at) FROM log WHERE at <= '2026-09-30 03:00Z') AS logs_through, bedrock.data_through() AS bill_through
    FROM logged WHERE at > '2026-09-30 02:00Z' AND at <= '2026-09-30 03:00Z' GROUP BY 1, 2$$, false),
('Q178', '{}', $$SELECT application, model, count(*) AS requests, max(at) AS latest FROM logged WHERE at > (SELECT max(at) - interval '15 minutes' FROM log) GROUP BY 1, 2$$, false);
SELECT 'the runaway hour is not among the minutes' WHERE NOT EXISTS (SELECT FROM bedrock.answer('Q178', '{"as_of": "2026-09-30 02:59Z", "minutes": 59}') a WHERE (a ->> 'requests')::int > 590);
SELECT 'Q150 enables logging where there are logs', a ->> 'account', a ->> 'region' FROM bedrock.answer('Q150') a
WHERE a ->> 'step' LIKE 'Switches on%' AND EXISTS (SELECT FROM log l WHERE l.account = a ->> 'account' AND l.region = a ->> 'region' AND l.error IS NULL AND l.at >= '2026-09-02Z');
SELECT 'Q150 has no script', a ->> 'script' FROM bedrock.answer('Q150') a WHERE a ->> 'script' LIKE '# No script%';

-- The dashboard: each panel's query runs, and comes to the sum of the lines it is about.
\set dashboard `cat "$SOURCE_DIR/docs/grafana.json"`
CREATE TABLE panel AS SELECT p ->> 'title' AS title, replace(replace(p #>> '{targets,0,rawSql}', '$__timeFilter(usage_date)', $$usage_date >= '2026-09-01'$$), '$currency', 'USD') AS sql
FROM jsonb_array_elements(:'dashboard'::jsonb -> 'panels') p;
CREATE TABLE panel_cost (title text, cost numeric, metrics bigint);
DO $$
DECLARE
    p panel;
BEGIN
    FOR p IN TABLE panel LOOP
        EXECUTE format('INSERT INTO panel_cost SELECT %L, sum(value), count(DISTINCT metric) FROM (%s) q', p.title, p.sql);
    END LOOP;
END $$;
SELECT 'panel', p.title, p.cost, p.metrics FROM panel_cost p
WHERE p.cost IS DISTINCT FROM (SELECT sum(cost) FROM line WHERE usage AND by_day AND day >= '2026-09-01' AND (p.title = 'By workload' OR path <> 'not_inference')) AND p.title NOT LIKE 'Past%'
   OR p.metrics < 2 OR p.cost IS NULL;
SELECT 'panels', count(*) FROM panel_cost HAVING count(*) <> 6;
