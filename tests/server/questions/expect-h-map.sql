-- SPDX-License-Identifier: PostgreSQL
-- Credits of the Migration Acceleration Program, from the tags of the raw lines. Acme's agreement began on 15 June, its tags are there from 1 July on. What policy-search used
-- before its claim of 15 August was without the tag as well.
CREATE TABLE map_line AS
SELECT l.*, l.tags ->> 'resourceTags/map-migrated' = 'mig4P8QX2ZK1' IS TRUE AS tagged,
       CASE WHEN principal LIKE '%/policy-search-prod-ecs-task-role/%' THEN 'policy-search' ELSE workload END AS member
FROM line l WHERE usage AND day >= '2026-07-01';
INSERT INTO expected (question_id, args, sql) VALUES
('Q113', '{}', $$SELECT '4P8QX2ZK1' AS mpe_id, date '2026-07-01' AS quarter, 34200.00 AS qualifying, 0.00 AS unverified, 0.00 AS pending, 0.00 AS stale, 8600.00 AS at_risk, 0.00 AS lost, (SELECT sum(cost) FROM map_line) - 34200 - 8600 AS not_eligible,
    4 AS workloads_to_fix, 8550.00 AS credit, 2150.00 AS credit_at_risk, 'USD' AS currency$$),
('Q113', '{"quarter": "2026-09-30", "as_of": "2026-08-31"}', $$SELECT sum(cost) FILTER (WHERE tagged) AS qualifying, sum(cost) FILTER (WHERE NOT tagged AND member IN ('claims-intake', 'docflow', 'policy-search', 'fleet-assistant')) AS at_risk FROM map_line WHERE day <= '2026-08-31'$$),
-- Of the second quarter, what was before the agreement, and what carried no tag yet: it is lost where the tag came in July. Bills of June name no caller: policy-search is nobody's there.
('Q113', '{"quarter": "2026-06-01"}', $$SELECT 0.00 AS qualifying,
    coalesce(sum(cost) FILTER (WHERE day >= '2026-06-15' AND workload IN ('customer-insights', 'archive-digitisation', 'claims-intake', 'docflow', 'policy-search', 'fleet-assistant')
                               AND (rid IN (SELECT rid FROM map_line WHERE tagged)) IS NOT TRUE), 0) AS at_risk,
    coalesce(sum(cost) FILTER (WHERE day >= '2026-06-15' AND rid IN (SELECT rid FROM map_line WHERE tagged)), 0) AS lost
    FROM line WHERE usage AND period = '2026-06-01'$$),
('Q114', '{}', $$SELECT member AS workload, sum(cost) AS spend_at_risk, sum(cost) / 4 AS credit_at_risk, 'untagged' AS reason, 'open' AS status,
    string_agg(DISTINCT CASE WHEN member = 'claims-intake' THEN rid ELSE principal_key END, ', ' ORDER BY CASE WHEN member = 'claims-intake' THEN rid ELSE principal_key END) AS identity
    FROM map_line WHERE member IN ('claims-intake', 'docflow', 'policy-search', 'fleet-assistant') GROUP BY 1$$),
('Q115', '{}', $$SELECT 'profile' AS method, 'qualifying' AS state, count(DISTINCT workload) AS workloads, count(*) AS lines, sum(cost) AS billed_cost, 100.00 AS share_pct FROM map_line WHERE tagged$$),
('Q117', '{}', $$SELECT rid AS arn, workload, min(day) AS used_since, t.since AS tagged_since, t.since - min(day) AS days_late, sum(cost) AS cost, sum(cost) / 4 AS credit_lost
    FROM line JOIN (SELECT rid, min(day) AS since FROM map_line WHERE tagged GROUP BY 1) t USING (rid) WHERE usage AND day BETWEEN '2026-06-15' AND '2026-06-30' GROUP BY 1, 2, t.since$$),
('Q118', '{}', $$SELECT c.period AS month, 'AWS_MAP2.0_MPE4P8QX2ZK1_Credit' AS credit, e.workload, e.cost AS qualifying_cost, c.cost * e.cost / 34200 AS amount, NULL::text AS reason
    FROM (VALUES (date '2026-07-01', -310), (date '2026-08-01', -420), (date '2026-09-01', -500)) c (period, cost), (SELECT workload, sum(cost) AS cost FROM map_line WHERE tagged GROUP BY 1) e$$),
('Q118', '{"quarters_later": 1}', $$SELECT period AS month, NULL::text AS workload, cost AS amount, 'no usage in this currency counted in the quarter' AS reason FROM (VALUES (date '2026-07-01', -310.00), (date '2026-08-01', -420.00), (date '2026-09-01', -500.00)) c (period, cost)$$);
-- Nothing is stale, until the agreement ends with August.
INSERT INTO expected (question_id, args, sql, subset) VALUES ('Q116', '{}', $$SELECT NULL::text AS arn WHERE false$$, true);
SELECT 'stale, and nothing is', a FROM bedrock.answer('Q116') a;
BEGIN;
SELECT 'not changed' WHERE bedrock.set_map_agreement('4P8QX2ZK1', '2026-06-15', '2026-08-31', credit_percent => 25) <> 'changed';
SELECT 'stale', * FROM (
    (SELECT rid AS arn, workload, 'tagged after the end' AS state, min(day) AS since, round(sum(cost), 2) AS cost FROM map_line WHERE tagged AND day >= '2026-09-01' GROUP BY 1, 2)
    EXCEPT SELECT a ->> 'arn', a ->> 'workload', a ->> 'state', (a ->> 'since')::date, (a ->> 'cost_since')::numeric FROM bedrock.answer('Q116') a) x;
SELECT 'stale of nothing' WHERE NOT EXISTS (SELECT FROM bedrock.answer('Q116'));
ROLLBACK;
-- Each credit is divided to the last digit, and every state together is the whole usage.
SELECT 'a credit is not whole', c.billing_period, sum(c.amount) FROM bedrock_internal.map_credits() c GROUP BY 2 HAVING sum(c.amount) NOT IN (-310, -420, -500);
SELECT 'not the whole usage', s.cost, l.cost FROM (SELECT sum(cost) AS cost, sum(lines) AS n FROM bedrock.map_status()) s, (SELECT sum(cost) AS cost, count(*) AS n FROM map_line) l WHERE (s.cost, s.n) IS DISTINCT FROM (l.cost, l.n);
SELECT 'a task more or less', count(*) FROM bedrock_internal.map_tasks() HAVING count(*) <> 4 OR sum(cost) <> 8600;
-- They are in the queue: 8,600.00 of four workloads.
SELECT 'tasks in the queue', count(*), sum((t.at_stake ->> 'USD')::numeric) FROM bedrock.task t WHERE upper_inf(t.recorded) AND t.kind LIKE 'map\_tag\_%' AND t.state = 'open'
HAVING count(DISTINCT t.workload) <> 4 OR count(*) <> 4 OR sum((t.at_stake ->> 'USD')::numeric) <> 8600;
