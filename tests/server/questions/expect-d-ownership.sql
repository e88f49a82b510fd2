-- SPDX-License-Identifier: PostgreSQL
-- Questions D, and S2-99, over the raw lines and the owners that questions.sql read out of them.
INSERT INTO expected (question_id, args, sql) VALUES
-- By the policies of tests/bill/plans/policies.sql and logs.sql, which expect-n-policy.sql applies to the raw lines.
('Q028', '{}', $$SELECT workload, coalesce(rid, principal_key, '(none)') AS line, path, expected, reason, sum(cost) AS cost FROM judged WHERE period = '2026-09-01' GROUP BY 1, 2, 3, 4, 5$$),
('Q052', '{}', $$SELECT principal_key AS arn, 'principal' AS kind, principal_name AS name, account, sum(cost) FILTER (WHERE period = '2026-09-01') AS billed_cost, min(day) AS first_seen, max(day) AS last_seen,
    CASE principal_name WHEN 'batch-enrichment-role' THEN 'data-enrichment' END AS suggested_workload
    FROM line WHERE usage AND workload = '(unclaimed)' AND principal_name IN ('prod-report-generator-role', 'batch-enrichment-role', 'legacy-summarizer-task-role') GROUP BY 1, 2, 3, 4$$),
('Q053', '{"workload": "docflow"}', $$SELECT 'arn:aws:iam::444455556666:role/DocFlowRole' AS arn, 'principal' AS kind, 'docflow' AS workload, 'sarah.cole@acme.example' AS owner, 'active' AS status, date '2026-06-01' AS valid_from, NULL::date AS valid_to,
    sum(cost) AS cost_since, min(day) AS first_seen, max(day) AS last_seen FROM line WHERE usage AND principal LIKE 'arn:aws:sts::444455556666:assumed-role/DocFlowRole/%'$$),
('Q053', '{"workload": "platform"}', $$SELECT 'arn:aws:iam::444455556666:role/data-enrichment-lambda-role' AS arn, 'ended' AS status, date '2026-08-31' AS valid_to, sum(cost) AS cost_since FROM line WHERE usage AND day < '2026-09-01' AND principal LIKE '%/data-enrichment-lambda-role/%'
    UNION ALL SELECT rid, 'active', NULL, sum(cost) FROM line WHERE rid LIKE '%:guardrail/%' GROUP BY 1$$),
('Q053', '{}', $$SELECT workload, 'principal' AS kind, 'pending' AS status, NULL::numeric AS cost_since FROM (VALUES ('policy-search')) v (workload)
    UNION ALL SELECT 'archive-digitisation', 'resource', 'ended', sum(cost) FROM line WHERE registered_name LIKE 'archive-%' GROUP BY rid
    UNION ALL SELECT workload, 'resource', 'active', sum(cost) FROM line WHERE rule = 'claim:resource' AND workload IN ('hr-portal', 'customer-insights', 'coding-assistant', 'platform') GROUP BY rid, workload
    UNION ALL SELECT workload, 'project', 'active', sum(cost) FROM line WHERE rule = 'claim:project' GROUP BY rid, workload
    UNION ALL SELECT workload, 'principal', CASE WHEN workload = 'platform' THEN 'ended' ELSE 'active' END, sum(cost) FROM line WHERE rule = 'claim:principal' GROUP BY principal_key, workload$$),
('Q054', '{}', $$SELECT principal_key AS arn, true AS found, min(day) AS first_seen, max(day) AS last_seen, sum(cost) AS cost, NULL::text AS workload FROM line
    WHERE usage AND principal_name IN ('prod-report-generator-role', 'batch-enrichment-role', 'legacy-summarizer-task-role') GROUP BY 1$$),
-- A session of the role, the role, its name: one identity; and one that the bill does not have.
('Q054', '{"arn": "arn:aws:sts::444455556666:assumed-role/DocFlowRole/user-1@acme.example"}', $$SELECT 'arn:aws:iam::444455556666:role/DocFlowRole' AS arn, true AS found, sum(cost) AS cost, 'docflow' AS workload, 'It is claimed.' AS hint FROM line WHERE usage AND principal LIKE '%/DocFlowRole/%'$$),
('Q054', '{"arn": "llm-gateway-role"}', $$SELECT 'arn:aws:iam::555566667777:role/llm-gateway-role' AS arn, true AS found, sum(cost) AS cost, 'llm-gateway' AS workload FROM line WHERE usage AND principal LIKE '%/llm-gateway-role/%'$$),
('Q054', '{"arn": "arn:aws:iam::111122223333:role/brand-new-role"}', $$SELECT 'arn:aws:iam::111122223333:role/brand-new-role' AS arn, false AS found, NULL::date AS first_seen, NULL::numeric AS cost$$),
('Q055', '{}', $$SELECT rid AS line, '(unclaimed)' AS owner, 'not_claimed' AS reason, sum(cost) AS cost, min(day) AS first_day, max(day) AS last_day FROM september WHERE workload = '(unclaimed)' GROUP BY 1$$),
-- The claim on the role begins on 15 August: the fortnight before is nobody's.
('Q055', '{"workload": "policy-search", "period": "2026-08-01"}', $$SELECT 'arn:aws:iam::111122223333:role/policy-search-prod-ecs-task-role' AS line, '(unclaimed)' AS owner, 'before_claim_date' AS reason, sum(cost) AS cost, date '2026-08-01' AS first_day, date '2026-08-14' AS last_day
    FROM august WHERE day < '2026-08-15' AND principal LIKE '%/policy-search-prod-ecs-task-role/%'$$),
-- The role that all engineers share is the pilot's; the profiles that they call are others', and win.
('Q055', '{"workload": "coding-pilot"}', $$SELECT rid AS line, workload AS owner, 'profile_wins' AS reason, sum(cost) AS cost FROM september WHERE principal LIKE '%/AWSReservedSSO\_BedrockDeveloper\_%' AND workload <> 'coding-pilot' GROUP BY 1, 2$$),
('Q055', '{"workload": "platform"}', $$SELECT 'ended' AS reason, 'data-enrichment' AS owner, coalesce(rid, principal_key) AS line, sum(cost) AS cost FROM september WHERE principal LIKE '%/data-enrichment-lambda-role/%' GROUP BY 3$$),
('Q056', '{}', $$SELECT rid AS line, principal_key AS principal, workload AS profile_claim, CASE WHEN principal LIKE '%BedrockDeveloper%' THEN 'coding-pilot' WHEN principal LIKE '%/ticket-triage-worker-role/%' THEN 'ticket-triage' WHEN principal LIKE '%/data-enrichment-%' THEN 'data-enrichment' END AS principal_claim,
    workload AS winner, sum(cost) AS cost FROM september WHERE rule IN ('claim:resource', 'claim:project') AND principal LIKE '%/AWSReservedSSO\_BedrockDeveloper\_%' GROUP BY 1, 2, 3, 4$$),
('Q057', '{}', $$SELECT period, sum(cost) AS billed, sum(cost) FILTER (WHERE workload NOT LIKE '(%') AS attributed, sum(cost) FILTER (WHERE workload = '(unclaimed)') AS unattributed, sum(cost) FILTER (WHERE workload = '(not allocated)') AS not_allocated,
    0::numeric AS difference FROM line GROUP BY 1$$),
('Q058', '{}', $$WITH s AS (SELECT business_unit, department_element, portfolio, (SELECT p.product FROM place p WHERE p.workload = september.workload) AS product, workload, cost FROM september)
    SELECT level, element1, element2, element3, element4, workload, sum(cost) AS billed_cost, round(100 * sum(cost) / 42000, 2) AS share_pct FROM (
        SELECT 'all' AS level, NULL::text AS element1, NULL::text AS element2, NULL::text AS element3, NULL::text AS element4, NULL::text AS workload, cost FROM s
        UNION ALL SELECT 'Business Unit', business_unit, NULL, NULL, NULL, NULL, cost FROM s WHERE business_unit <> ''
        UNION ALL SELECT 'Department', business_unit, department_element, NULL, NULL, NULL, cost FROM s WHERE business_unit <> ''
        UNION ALL SELECT 'Portfolio', business_unit, department_element, portfolio, NULL, NULL, cost FROM s WHERE business_unit <> ''
        UNION ALL SELECT 'Product', business_unit, department_element, portfolio, product, NULL, cost FROM s WHERE product <> ''
        UNION ALL SELECT 'workload', business_unit, department_element, portfolio, product, workload, cost FROM s) l GROUP BY 1, 2, 3, 4, 5, 6$$),
('Q059', '{"estimates": {"hr-portal": 13000}}', $$SELECT concat_ws(' / ', p.business_unit, p.department_element, p.portfolio, (SELECT product FROM place x WHERE x.workload = p.workload)) AS element_path, workload, owner, date '2026-09-01' AS month, sum(cost) AS billed_cost,
    CASE workload WHEN 'hr-portal' THEN 13000.00 WHEN 'customer-insights' THEN 10000 END AS estimate, CASE workload WHEN 'hr-portal' THEN 1200.00 WHEN 'customer-insights' THEN -600.00 END AS variance FROM september p WHERE workload NOT IN ('(unclaimed)', 'knowledge-platform') GROUP BY p.business_unit, p.department_element, p.portfolio, workload, owner
    UNION ALL SELECT NULL, '(unclaimed)', NULL, date '2026-09-01', 3800.00, NULL, NULL$$),
-- Stated in dollars (tests/bill/plans/estimates.sql); one more states its tokens.
('Q059', '{}', $$SELECT s.workload, s.cost AS billed_cost, s.cost - coalesce(a.cost, 0) AS change, e.estimate, s.cost - e.estimate AS variance
    FROM (SELECT workload, sum(cost) AS cost FROM september GROUP BY 1) s LEFT JOIN (SELECT workload, sum(cost) AS cost FROM august GROUP BY 1) a USING (workload)
    LEFT JOIN (VALUES ('hr-portal', 14000), ('customer-insights', 10000)) e (workload, estimate) USING (workload) WHERE workload <> 'knowledge-platform'$$),
('Q064', '{}', $$SELECT workload, sum(cost) AS before, sum(cost) AS after, 0::numeric AS delta FROM line WHERE period = '2026-09-01' GROUP BY 1$$),
-- Before anybody had claimed anything.
('Q064', '{"known": "2026-01-01"}', $$SELECT workload, CASE workload WHEN '(unclaimed)' THEN 42000.00 WHEN '(not allocated)' THEN other END AS before, sum(cost) AS after FROM line, (SELECT sum(cost) FILTER (WHERE NOT usage) AS other FROM line WHERE period = '2026-09-01') o WHERE period = '2026-09-01' GROUP BY 1, other$$),
('Q066', '{"workload": "docflow"}', $$SELECT step, 'ok' AS status, evidence FROM (VALUES ('role', 'arn:aws:iam::444455556666:role/DocFlowRole'), ('CUR', '1 of 1 on the bill, last on 2026-09-30'), ('claim', '1 active, the first since 2026-06-01'),
    ('hierarchy', 'Enterprise / Operations / Back Office'), ('answer', '800.00 USD by claim:principal')) v (step, evidence)$$),
('Q066', '{"workload": "claims-intake"}', $$SELECT step, status, evidence FROM (VALUES ('role', 'by rule', 'rule:project is the workload'), ('CUR', 'by rule', 'rule:project is the workload'), ('claim', 'by rule', 'rule:project is the workload'),
    ('hierarchy', 'ok', 'Enterprise / Operations / Insurance'), ('answer', 'ok', '100.00 USD by rule:project is the workload')) v (step, status, evidence)$$),
('Q066', '{}', $$SELECT workload, 'answer' AS step, 'ok' AS status FROM september WHERE workload <> '(unclaimed)' GROUP BY 1 UNION ALL SELECT workload, 'hierarchy', 'ok' FROM place UNION ALL SELECT 'archive-digitisation', 'answer', 'missing' UNION ALL SELECT 'archive-digitisation', 'claim', 'missing'$$),
-- The costliest line of the month is HR Portal's, by its profile, and the rule of its project loses.
('Q067', '{}', $$SELECT step, result FROM (VALUES ('line', 'usage'), ('resource', 'application_profile'), ('claim', 'won'), ('rule', 'lost'), ('owner', 'hr-portal'), ('hierarchy', 'Digital / Support / Employee Services / HR Portal'), ('source', 'cur')) v (step, result)$$),
('Q071', '{"kind": "level"}', $$SELECT 'level' AS kind, level::text AS object, 'added' AS action, session_user::text AS who, 'the owners of Acme, agreed in October' AS reason, NULL::jsonb AS before
    FROM generate_series(1, 4) level$$),
('Q071', '{}', $$SELECT 'claim' AS kind, 'arn:aws:iam::444455556666:role/data-enrichment-lambda-role' AS object, 'changed' AS action UNION ALL SELECT 'workload', 'docflow', 'changed' UNION ALL SELECT 'rule', 'sandbox', 'added'
    UNION ALL SELECT 'element', 'HR Portal', 'added'$$),
('Q177', '{}', $$SELECT * FROM (VALUES ('owned', 38200.00, (SELECT count(DISTINCT workload) FROM september WHERE workload <> '(unclaimed)'), NULL::bigint), ('(unclaimed)', 3800.00, NULL, 3), ('total', 42000.00, (SELECT count(DISTINCT workload) FROM september WHERE workload <> '(unclaimed)'), 3)) v (line, billed_cost, workloads, identities)$$);
UPDATE expected SET subset = true WHERE question_id IN ('Q067', 'Q071') AND args = '{}' OR question_id = 'Q059' OR question_id = 'Q066' AND args = '{}';
-- The same claims as rows: nothing else is pending, ended or superseded.
SELECT 'Q053', 'states of claims', string_agg(s.status || ' ' || s.n, ', ' ORDER BY s.status) FROM (SELECT a ->> 'status' AS status, count(*) AS n FROM bedrock.answer('Q053') a GROUP BY 1) s
HAVING string_agg(s.status || ' ' || s.n, ', ' ORDER BY s.status) <> 'active 39, ended 4, pending 1';
-- Six hundred dollars a day over engineers, each of the 18 working days of the coding assistant.
SELECT 'Q027', 'a day of the coding team', x.day, x.cost FROM (SELECT a ->> 'day' AS day, sum((a ->> 'cost')::numeric) AS cost FROM exact('Q027') a WHERE a ->> 'engineer' <> '(untagged)' GROUP BY 1) x WHERE x.cost <> 600;
SELECT 'spend', 'coding-assistant a day', usage_date, sum(unblended_cost) FROM bedrock.spend WHERE workload = 'coding-assistant' AND charge_category = 'usage' GROUP BY 3 HAVING sum(unblended_cost) <> 600 OR count(DISTINCT engineer) < 5;
SELECT 'spend', 'days of coding-assistant', count(DISTINCT usage_date) FROM bedrock.spend WHERE workload = 'coding-assistant' AND charge_category = 'usage' HAVING count(DISTINCT usage_date) <> 18;
-- What if the report generator were HR Portal's from 1 September: 1,650.00 go there, and come back with ROLLBACK.
BEGIN;
SELECT bedrock.claim_identity('prod-report-generator-role', 'hr-portal', '2026-09-01', reason => 'what if') IS NULL \g /dev/null
SELECT 'Q064', 'what if', a FROM bedrock.answer('Q064') a WHERE (a ->> 'delta')::numeric <> CASE a ->> 'workload' WHEN 'hr-portal' THEN 1650 WHEN '(unclaimed)' THEN -1650 ELSE 0 END;
SELECT 'Q177', 'not at once', a FROM bedrock.answer('Q177') a WHERE a ->> 'line' = '(unclaimed)' AND (a ->> 'billed_cost')::numeric <> 2150;
ROLLBACK;
