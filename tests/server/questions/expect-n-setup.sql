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
('Q178', '{}', $$SELECT application, model, count(*) AS requests, max(at) AS latest, 'USD' AS currency FROM logged WHERE at > (SELECT max(at) - interval '15 minutes' FROM log) GROUP BY 1, 2$$, false);
SELECT 'the runaway hour is not among the minutes' WHERE NOT EXISTS (SELECT FROM bedrock.answer('Q178', '{"as_of": "2026-09-30 02:59Z", "minutes": 59}') a WHERE (a ->> 'requests')::int > 590);
SELECT 'Q150 enables logging where there are logs', a ->> 'account', a ->> 'region' FROM bedrock.answer('Q150') a
WHERE a ->> 'step' LIKE 'Switches on%' AND EXISTS (SELECT FROM log l WHERE l.account = a ->> 'account' AND l.region = a ->> 'region' AND l.error IS NULL AND l.at >= '2026-09-02Z');
CREATE TABLE q150 AS SELECT a FROM bedrock.answer('Q150') AS q (a);
-- The buckets are of the account and region of the step.
SELECT 'Q150 bucket', a ->> 'account', a ->> 'region' FROM q150 AS a (a)
WHERE a ->> 'step' LIKE 'Switches on%' AND strpos(a ->> 'script', format('''your-bucket-%s-%s''', a ->> 'account', a ->> 'region')) = 0;
-- Each open task whose arguments are all there is in one of the scripts: its tags and what gets them.
SELECT 'Q150 leaves out', t.kind, t.subject, i.id FROM bedrock.task t, jsonb_array_elements_text(coalesce(t.script_arguments -> 'resources', t.script_arguments -> 'principals')) i (id)
WHERE upper_inf(t.recorded) AND t.state NOT IN ('done', 'dismissed') AND t.script_arguments ? 'tags'
  AND NOT EXISTS (SELECT FROM q150 AS a (a) WHERE a ->> 'account' = t.script_arguments ->> 'account_id' AND strpos(a ->> 'script', regexp_replace(i.id, '^.*:(role|user)/(.*/)?', '')) > 0
                                                         AND NOT EXISTS (SELECT FROM jsonb_each_text(t.script_arguments -> 'tags') g WHERE strpos(a ->> 'script', g.key) = 0 OR strpos(a ->> 'script', g.value) = 0));
-- The values of tags are those that all usage of what gets them has.
SELECT 'tag', t.subject, v.key, v.value FROM bedrock.task t, jsonb_each_text(t.script_arguments -> 'tags') v
WHERE upper_inf(t.recorded) AND t.kind = 'tag' AND t.state NOT IN ('done', 'dismissed') AND NOT EXISTS (
    SELECT FROM bedrock.spend s WHERE t.subject IN (s.resource_id, s.principal_key) AND s.charge_category = 'usage' AND s.usage_date BETWEEN '2026-09-01' AND '2026-09-30'
    HAVING count(*) > 0 AND bool_and(v.value = CASE lower(v.key) WHEN 'owner' THEN coalesce(s.owner, '') WHEN 'project' THEN s.project WHEN 'environment' THEN s.environment
                                                             WHEN 'costcenter' THEN s.cost_center WHEN 'department' THEN s.department END));
SELECT 'no value of a tag is known' WHERE NOT EXISTS (SELECT FROM bedrock.task t WHERE upper_inf(t.recorded) AND t.kind = 'tag' AND t.script_arguments ? 'tags');
-- A task that names a script has its arguments, but for the bucket and the payer.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT k.kind, k.subject, k.script_kind, CASE WHEN k.script_kind IN ('enable_logging', 'export_with_principal') THEN '{"bucket": "acme-logs"}'
                                                           WHEN k.script_kind = 'activate_tags' THEN '{"account_id": "123456789012"}' ELSE '{}' END::jsonb || k.script_arguments AS arguments
             FROM bedrock.task k WHERE upper_inf(k.recorded) AND k.script_kind IS NOT NULL LOOP
        BEGIN
            PERFORM bedrock.setup_script(t.script_kind, t.arguments);
        EXCEPTION WHEN invalid_parameter_value THEN
            RAISE WARNING 'task %, %: %', t.kind, t.subject, sqlerrm;
            INSERT INTO q150 VALUES (jsonb_build_object('script', '# No script: ' || sqlerrm));
        END;
    END LOOP;
END $$;
SELECT 'a task has no script', a ->> 'script' FROM q150 AS a (a) WHERE a ->> 'script' LIKE '# No script%';
SELECT 'Q150 has no script to tag' WHERE NOT EXISTS (SELECT FROM q150 AS a (a) WHERE a ->> 'step' LIKE 'Tags %');
-- Twenty keys at a time, each once.
DO $$
BEGIN
    CREATE TABLE keys AS SELECT (count(*))::int AS scripts, 0::bigint AS named FROM bedrock.answer('Q150') a WHERE a ->> 'step' LIKE 'Activates%';
    INSERT INTO bedrock.task (task_id, kind, subject, at_stake, since, last_seen, action, script_kind, script_arguments, state, recorded, recorded_by)
    SELECT nextval('bedrock.task_task_id_seq'), 'activate_tag', 'many-' || n, '{"USD": 10}', '2026-09-01', '2026-09-30', 'activate', 'activate_tags', jsonb_build_object('tag_keys', jsonb_build_array('many-' || n)), 'open', tstzrange(now(), NULL), 'postgres'
    FROM generate_series(1, 45) n;
    INSERT INTO keys SELECT count(*), sum((length(a ->> 'script') - length(replace(a ->> 'script', 'many-', ''))) / 5) FROM bedrock.answer('Q150') a WHERE a ->> 'step' LIKE 'Activates%';
    DELETE FROM bedrock.task WHERE subject LIKE 'many-%';
END $$;
-- One key before, 46 now: three scripts for each payer where there was one.
SELECT 'Q150 keys', k.* FROM (SELECT min(scripts) AS one, max(scripts) AS all, max(named) AS named FROM keys) k WHERE k.all <> 3 * k.one OR k.named <> 45 * k.one;
DROP TABLE keys, q150;
SELECT 'Q150 has no script', a ->> 'script' FROM bedrock.answer('Q150') a WHERE a ->> 'script' LIKE '# No script%';
