-- SPDX-License-Identifier: PostgreSQL
-- Tasks, requests, report card and the road, over the raw lines and what tests/bill/plans/tasks.sql told. Tasks are those of 30 September: 30 days are the month, seen after the 23rd.
CREATE VIEW recent AS SELECT *, CASE WHEN rid ~ '^arn:aws:bedrock[a-z-]*:[^:]*:[0-9]{12}:' AND rid !~ ':inference-profile/(us-gov|us|eu|apac|jp|au|ca|in|global)[.][^/]*$' AND rid NOT LIKE '%:project/default' THEN rid ELSE principal_key END AS identity FROM september;
-- Tag sets with each required tag, whatever its spelling.
CREATE VIEW well_tagged AS SELECT tags FROM owner_tag WHERE fold IN ('project', 'env', 'environment', 'costcenter', 'department', 'owner', 'model', 'region') GROUP BY tags HAVING count(DISTINCT replace(fold || '.', 'env.', 'environment.')) = 7;
INSERT INTO expected (question_id, args, sql, subset) VALUES
('Q180', '{"kind": "claim"}', $$SELECT principal_key AS subject, account, sum(cost) AS cost, 'open' AS state, NULL::text AS assignee FROM september WHERE workload = '(unclaimed)' AND principal_name = 'batch-enrichment-role' GROUP BY 1, 2
    UNION ALL SELECT principal_key, account, sum(cost), 'in progress', 'oscar.lindqvist@acme.example' FROM september WHERE workload = '(unclaimed)' AND principal_name = 'prod-report-generator-role' GROUP BY 1, 2$$, false),
('Q180', '{"kind": "claim", "state": "dismissed"}', $$SELECT principal_key AS subject, sum(cost) AS cost, 'switched off with October' AS reason, NULL::text AS evidence FROM september WHERE workload = '(unclaimed)' AND principal_name = 'legacy-summarizer-task-role' GROUP BY 1$$, false),
('Q180', '{"kind": "tag"}', $$SELECT identity AS subject, CASE WHEN min(w) = max(w) THEN min(w) END AS workload, sum(cost) AS cost, min(day) AS since, max(day) AS last_seen
    FROM (SELECT *, nullif(workload, '(unclaimed)') AS w FROM recent) r WHERE identity IS NOT NULL AND tags NOT IN (SELECT tags FROM well_tagged) GROUP BY identity HAVING max(day) > '2026-09-23' AND sum(cost) >= 1$$, false),
('Q180', '{"kind": "create_profile"}', $$SELECT account, sum(cost) AS cost, min(day) AS since, max(day) AS last_seen FROM september d WHERE path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model')
    GROUP BY principal_key, account, region, model HAVING max(day) > '2026-09-23' AND sum(cost) >= 1
    AND NOT coalesce(max(day) <= (SELECT min(day) FROM september p WHERE p.path = 'application_profile' AND p.principal_key = d.principal_key AND p.account = d.account AND p.model = d.model), false)$$, false),
('Q180', '{"kind": "import_profile"}', $$SELECT rid AS subject, sum(cost) AS cost FROM september WHERE path = 'application_profile' AND registered_name IS NULL GROUP BY 1$$, false),
('Q180', '{"kind": "activate_tag"}', $$SELECT 'DataClass' AS subject, NULL::text AS workload, sum(cost) AS cost, 'activate_tags' AS script_kind, '{"tag_keys": ["DataClass"]}'::jsonb AS script_arguments FROM september WHERE rid IN (SELECT arn FROM registry_tag WHERE key = 'DataClass')$$, false),
-- A load of logs looks again: all regions have some now.
('Q180', '{"kind": "enable_logging", "state": "done"}', $$SELECT account || ' / ' || region AS subject, account, sum(cost) AS cost, 'the data does not show it any more' AS evidence, jsonb_build_object('account_id', account, 'region', region) AS script_arguments FROM september
    WHERE usage_group = 'tokens' AND ut NOT LIKE '%mantle%' AND (account, region) IN (SELECT account, region FROM logged_september WHERE input > 0 OR output > 0) GROUP BY account, region HAVING sum(cost) >= 1 AND max(day) > '2026-09-23'$$, false),
('Q180', '{}', $$SELECT 'import_profile' AS kind, rid AS subject, sum(cost) AS cost FROM september WHERE path = 'application_profile' AND registered_name IS NULL GROUP BY 2$$, true),
('Q103', '{}', $$SELECT 1 AS request, 'hr-portal' AS workload, 14000 AS amount, 'approved' AS decision, sum(cost) AS actual, round(sum(cost) / 140, 2) AS used_pct FROM september WHERE workload = 'hr-portal' AND by_day
    UNION ALL SELECT 2, 'customer-insights', 20000, 'rejected', sum(cost), round(sum(cost) / 200, 2) FROM september WHERE workload = 'customer-insights' AND by_day AND day BETWEEN '2026-09-15' AND '2026-09-30'
    UNION ALL SELECT 3, 'chatbot', 500, NULL, NULL, NULL$$, false),
('Q103', '{"state": "requested"}', $$SELECT 'chatbot' AS workload, 'a trial with customers' AS purpose, date '2026-10-01' AS "from", date '2026-12-31' AS "to", NULL::text AS decided_by, NULL::timestamptz AS at$$, false),
('Q070', '{}', $$SELECT workload, sum(cost) AS cost, round(100 * coalesce(sum(cost) FILTER (WHERE rule LIKE 'claim:%'), 0) / sum(cost), 2) AS attribution_pct, round(100 * coalesce(sum(cost) FILTER (WHERE tags IN (SELECT tags FROM well_tagged)), 0) / sum(cost), 2) AS tag_pct,
    round(coalesce(sum(tokens) FILTER (WHERE kind = 'cache_read'), 0) / sum(tokens) FILTER (WHERE kind <> 'output' AND model IN (SELECT model FROM line WHERE usage AND kind LIKE 'cache%')), 4) AS cache_rate
    FROM september WHERE workload NOT LIKE '(%' GROUP BY 1$$, false),
('Q070', '{"workload": "docflow"}', $$SELECT 'docflow' AS workload, 100.00 AS attribution_pct, sum(cost) AS cost FROM september WHERE workload = 'docflow'$$, false),
-- What each pays, with the shares of tax and platform that the test of chargeback gives it; the plan declares 35,500 for the portal.
('Q083', '{}', $$SELECT workload, sum(cost) AS cost, v.declared_value, round(v.declared_value / sum(cost), 4) AS value_per_dollar, round(100 * (v.declared_value - sum(cost)) / sum(cost), 2) AS roi_pct
    FROM paid JOIN (VALUES ('hr-portal', 35500.00), ('docflow', NULL)) AS v (workload, declared_value) USING (workload) GROUP BY 1, 3$$, true),
('Q148', '{"workload": "docflow"}', $$SELECT step, title, 'done' AS status FROM (VALUES (1, 'model access'), (2, 'callers in the export'), (3, 'application role'), (5, 'claim'), (7, 'allocation'), (8, 'answers')) v (step, title)
    UNION ALL SELECT 4, 'application profile', 'missing'$$, true),
('Q148', '{}', $$SELECT workload, 7 AS step, 'done' AS status FROM place UNION ALL SELECT DISTINCT workload, 8, 'done' FROM september WHERE workload NOT LIKE '(%' UNION ALL SELECT 'archive-digitisation', 8, 'missing'
    UNION ALL SELECT workload, 4, CASE WHEN count(*) FILTER (WHERE path IN ('application_profile', 'project')) > 0 THEN 'done' ELSE 'missing' END FROM september WHERE workload NOT LIKE '(%' GROUP BY 1
    UNION ALL SELECT workload, 3, CASE WHEN count(*) FILTER (WHERE principal_key LIKE '%:role/%' AND principal_kind <> 'sso') > 0 THEN 'done' ELSE 'missing' END FROM september WHERE workload NOT LIKE '(%' GROUP BY 1$$, true),
('Q149', '{}', $$SELECT account, CASE WHEN account NOT IN (SELECT account FROM logged_september) THEN 1 WHEN NOT bool_or(path = 'application_profile') THEN 2 WHEN NOT bool_or(tags IN (SELECT tags FROM owner_tag)) THEN 3
    WHEN NOT bool_or(workload NOT LIKE '(%') THEN 4 ELSE 5 END AS stage FROM september GROUP BY 1 UNION ALL SELECT NULL, 5$$, false),
-- Moved: the first day of a workload through a profile in an account, for workloads that called the model itself before; at Acme each is another workload, tasks.sql has one that moves.
('Q181', '{}', $$WITH use AS (SELECT workload, account, day, cost, path = 'application_profile' AS profile FROM line WHERE usage AND by_day AND workload NOT LIKE '(%' AND path IN ('application_profile', 'foundation_model', 'no_resource_id', 'system_profile')),
    cut AS (SELECT workload, account, min(day) FILTER (WHERE profile) AS cut_over FROM use GROUP BY 1, 2 HAVING min(day) FILTER (WHERE NOT profile) < min(day) FILTER (WHERE profile))
    SELECT workload, account, cut_over, coalesce(sum(cost) FILTER (WHERE day < cut_over AND day >= cut_over - 30), 0) AS before, coalesce(sum(cost) FILTER (WHERE day >= cut_over AND day < cut_over + 30), 0) AS after,
           coalesce(sum(cost) FILTER (WHERE day >= cut_over AND day < cut_over + 30 AND profile), 0) AS after_profile FROM use JOIN cut USING (workload, account) GROUP BY 1, 2, 3$$, true),
-- The archive is the only one that ended; it was used for the three months of summer.
('Q182', '{}', $$SELECT NULL::text AS profile WHERE false$$, true),
('Q182', '{"days": 100}', $$SELECT rid AS profile, min(day) AS first_seen, max(day) AS last_seen, max(day) - min(day) + 1 AS days, sum(cost) AS cost FROM line WHERE usage AND by_day AND path = 'application_profile'
    GROUP BY 1 HAVING max(day) - min(day) + 1 < 100 AND (SELECT min(through) FROM reach) - max(day) >= 7$$, false);
-- The score is the mean of the parts that are shown, and the grade follows it.
SELECT 'Q070', 'score', a FROM bedrock.answer('Q070') a, LATERAL (
    SELECT 100 * avg(p) AS score FROM unnest(ARRAY[(a ->> 'attribution_pct')::numeric / 100, (a ->> 'estimate_set')::boolean::int, (a ->> 'on_budget')::boolean::int, CASE WHEN (a ->> 'cache_rate')::numeric > 0.3 THEN 1 ELSE (a ->> 'cache_rate')::numeric / 0.3 END, (a ->> 'tag_pct')::numeric / 100,
        (a ->> 'model_ok')::boolean::int, (a ->> 'map_ready')::boolean::int]) p) s
WHERE abs(s.score - (a ->> 'score')::numeric) > 0.1 OR (a ->> 'grade') <> CASE WHEN (a ->> 'score')::numeric >= 90 THEN 'A' WHEN (a ->> 'score')::numeric >= 80 THEN 'B' WHEN (a ->> 'score')::numeric >= 70 THEN 'C' WHEN (a ->> 'score')::numeric >= 60 THEN 'D' ELSE 'F' END;
SELECT 'Q148', 'not eight steps', a ->> 'workload' FROM bedrock.answer('Q148') a GROUP BY 3 HAVING array_agg((a ->> 'step')::int ORDER BY (a ->> 'step')::int) <> '{1,2,3,4,5,6,7,8}' OR count(*) FILTER (WHERE (a ->> 'fix' IS NULL) <> (a ->> 'status' = 'done')) > 0;
