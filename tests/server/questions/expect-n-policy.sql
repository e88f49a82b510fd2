-- SPDX-License-Identifier: PostgreSQL
-- Policies of tests/bill/plans/policies.sql, and that of logs.sql, applied to each raw line by hand.
CREATE FUNCTION approved_family(family text) RETURNS boolean LANGUAGE sql AS $$
    SELECT $1 IN ('Haiku', 'Sonnet', 'Opus', 'Nova', 'Titan', 'Embed', 'Rerank', 'Stable Image', 'Llama', 'Mistral', 'Ministral') $$;
CREATE TABLE judged AS
SELECT l.*, f.reason, f.model_policies, f.scoped_policies,
       CASE WHEN f.reason ~ '(denied|not allowed|outside)(,|$)' THEN false WHEN f.reason IS NULL AND workload <> '(unclaimed)' THEN true END AS expected
FROM line l, LATERAL (
    SELECT string_agg(policy || ': ' || finding, ', ' ORDER BY policy COLLATE "C") AS reason,
           string_agg(policy, ', ' ORDER BY policy COLLATE "C") FILTER (WHERE finding LIKE 'model %d') AS model_policies,
           string_agg(policy, ', ' ORDER BY policy COLLATE "C") FILTER (WHERE finding LIKE 'model %d' AND policy IN ('sandbox', 'Europe without Opus')) AS scoped_policies
    FROM (VALUES
        ('approved models', CASE WHEN day >= '2026-07-01' AND NOT approved_family(family) THEN 'model not allowed' END),
        ('no Opus in dev', CASE WHEN day >= '2026-09-14' AND environment = 'dev' AND family = 'Opus' THEN 'model denied' END),
        ('sandbox', CASE WHEN day >= '2026-08-01' AND account = '123456789012' AND family NOT IN ('Haiku', 'Sonnet', 'Nova') THEN 'model not allowed' END),
        ('Europe without Opus', CASE WHEN day >= '2026-09-01' AND region LIKE 'eu-%' AND family = 'Opus' THEN 'model denied' END),
        ('insights in Europe', CASE WHEN path <> 'not_inference' AND workload = 'customer-insights' AND region LIKE 'eu-%'
            THEN coalesce(outside('insights in Europe', region, NULL, CASE region_type WHEN 'cross_region_global' THEN 'global' WHEN 'same_region' THEN 'regional' ELSE geo END),
                CASE WHEN region_type = 'unknown' THEN 'region not known' END) END),
        ('hr in europe', CASE WHEN path <> 'not_inference' AND application = 'hr-portal'
            THEN coalesce(outside('hr in europe', region, NULL, CASE region_type WHEN 'cross_region_global' THEN 'global' WHEN 'same_region' THEN 'regional' ELSE geo END),
                CASE WHEN region IS NULL OR region_type = 'unknown' THEN 'region not known' END) END),
        ('Insurance by profile', CASE WHEN day >= '2026-09-01' AND portfolio = 'Insurance' AND path NOT IN ('not_inference', 'application_profile')
            THEN CASE path WHEN 'no_resource_id' THEN 'path not known' ELSE 'path not allowed' END END)) p (policy, finding)
    WHERE finding IS NOT NULL) f
WHERE usage;
-- No request of a model that nobody knows: then a policy about models could not tell.
SELECT 'requests without a model', count(*) FROM judged WHERE path <> 'not_inference' AND model IS NULL HAVING count(*) > 0;
-- All three states, each with a cost: what breaks a policy, what is as agreed, and what nobody owns or nobody can tell.
SELECT 'states of expected', s.expected, s.cost, j.cost FROM (SELECT expected, sum(ai_cost) AS cost FROM bedrock.spend WHERE charge_category = 'usage' GROUP BY 1) s
FULL JOIN (SELECT expected, sum(cost) AS cost FROM judged GROUP BY 1) j ON coalesce(j.expected::text, '-') = coalesce(s.expected::text, '-') WHERE s.cost IS DISTINCT FROM j.cost;
SELECT 'a state of expected is missing', count(DISTINCT coalesce(expected::text, '-')) FROM judged WHERE period = '2026-09-01' HAVING count(DISTINCT coalesce(expected::text, '-')) <> 3;

INSERT INTO expected (question_id, args, sql) VALUES
('Q105', '{}', $$SELECT workload, model, first_use, cost, policy, approved FROM (
    SELECT workload, model, model_policies AS policy, CASE WHEN approved_family(family) THEN 'elsewhere' ELSE 'nowhere' END AS approved, sum(cost) AS cost
    FROM judged WHERE period = '2026-09-01' AND model_policies IS NOT NULL GROUP BY 1, 2, 3, 4) u
    JOIN (SELECT workload, model, min(day) AS first_use FROM judged WHERE model_policies IS NOT NULL GROUP BY 1, 2) f USING (workload, model)$$),
('Q105', '{"period": "2026-08-01"}', $$SELECT workload, model, model_policies AS policy, 'nowhere' AS approved, sum(cost) AS cost FROM judged WHERE period = '2026-08-01' AND model_policies = 'approved models' GROUP BY 1, 2, 3
    UNION ALL SELECT workload, model, model_policies, 'elsewhere', sum(cost) FROM judged WHERE period = '2026-08-01' AND model_policies <> 'approved models' GROUP BY 1, 2, 3$$),
-- All models are judged from July on; in June nobody had said which are approved.
('Q106', '{}', $$SELECT team, model, model_policies IS NULL AS approved, sum(cost) AS cost, sum(tokens) AS tokens FROM judged WHERE period = '2026-09-01' AND model IS NOT NULL GROUP BY 1, 2, 3$$),
('Q106', '{"period": "2026-06-01"}', $$SELECT team, model, NULL::boolean AS approved, sum(cost) AS cost, sum(tokens) AS tokens FROM judged WHERE period = '2026-06-01' AND model IS NOT NULL GROUP BY 1, 2$$),
('Q107', '{}', $$SELECT 'dev' AS environment, model, model_policies IS NULL AS allowed, model_policies AS policy, sum(cost) AS cost, string_agg(DISTINCT workload, ', ' ORDER BY workload) AS workloads
    FROM judged WHERE period = '2026-09-01' AND environment = 'dev' AND model IS NOT NULL GROUP BY 2, 3, 4$$),
('Q107', '{"environment": "staging"}', $$SELECT 'staging' AS environment, model, true AS allowed, NULL::text AS policy, sum(cost) AS cost FROM judged WHERE period = '2026-09-01' AND environment = 'staging' AND model IS NOT NULL GROUP BY 2$$),
('Q108', '{}', $$SELECT model, account, region, 'approved models' AS scope, scoped_policies AS policy, sum(cost) AS cost, workload
    FROM judged WHERE period = '2026-09-01' AND scoped_policies IS NOT NULL AND approved_family(family) GROUP BY 1, 2, 3, 5, 7$$),
-- By the days that AWS published: legacy, or an end within 180 days of the first of October, which is until 30 March. Sonnet 4.5 is
-- legacy from 8 October on, and ends on 8 April: listed with a longer view.
('Q110', '{"as_of": "2026-10-01"}', $$SELECT model, eol_date, eol_date - date '2026-10-01' AS days_left, lifecycle, string_agg(DISTINCT workload, ', ' ORDER BY workload) AS workloads, sum(cost) AS cost
    FROM judged JOIN (VALUES ('Claude Haiku 3.5', date '2026-06-19', 'END_OF_LIFE'), ('Claude Sonnet 3.5', '2026-07-30', 'END_OF_LIFE'), ('Claude Sonnet 3.5 v2', '2026-07-30', 'END_OF_LIFE'),
        ('Nova Sonic', '2026-09-14', 'END_OF_LIFE'), ('Nova Canvas', '2026-09-30', 'END_OF_LIFE'), ('Claude Opus 4.1', '2027-01-08', 'LEGACY')) e (model, eol_date, lifecycle) USING (model)
    WHERE period = '2026-09-01' GROUP BY 1, 2, 4$$),
('Q110', '{"as_of": "2026-10-01", "days": 189}', $$SELECT model, sum(cost) AS cost FROM judged WHERE period = '2026-09-01'
    AND model IN ('Claude Haiku 3.5', 'Claude Sonnet 3.5', 'Claude Sonnet 3.5 v2', 'Nova Sonic', 'Nova Canvas', 'Claude Opus 4.1', 'Claude Sonnet 4.5') GROUP BY 1$$),
-- The first workload by name that claims a profile: without the engineers' profiles of Opus, in the order of their ARNs.
('Q111', '{}', $$SELECT 1 AS part, string_agg(name || ' (no Opus in dev: model denied)', ', ' ORDER BY arn) AS left_out FROM registry WHERE name LIKE 'coding-%' AND model_id LIKE '%opus%'$$);
INSERT INTO expected (question_id, sql, subset) VALUES
-- Whatever day it is: these ended before October 2026.
('Q110', $$SELECT model, 'END_OF_LIFE' AS lifecycle, sum(cost) AS cost FROM judged WHERE period = '2026-09-01' AND model IN ('Claude Haiku 3.5', 'Claude Sonnet 3.5', 'Claude Sonnet 3.5 v2', 'Nova Sonic', 'Nova Canvas') GROUP BY 1$$, true);
-- What a policy allows: the profiles, and their models by the ARNs that AWS gives of each, in all regions.
WITH said AS (SELECT n.arn FROM bedrock.answer('Q111', '{}') a, jsonb_array_elements_text((a ->> 'policy_json')::jsonb #> '{Statement,0,NotResource}') n (arn)),
meant AS (SELECT p ->> 'inferenceProfileArn' AS arn FROM doc, jsonb_array_elements(body -> 'inferenceProfileSummaries') p WHERE p ->> 'inferenceProfileName' LIKE 'coding-%' AND (p -> 'models')::text NOT LIKE '%opus%'
    UNION SELECT m ->> 'modelArn' FROM doc, jsonb_array_elements(body -> 'inferenceProfileSummaries') p, jsonb_array_elements(p -> 'models') m WHERE p ->> 'inferenceProfileName' LIKE 'coding-%' AND (p -> 'models')::text NOT LIKE '%opus%')
SELECT 'Q111', 'resources', said.arn, meant.arn FROM said FULL JOIN meant ON meant.arn = said.arn WHERE said.arn IS NULL OR meant.arn IS NULL;
