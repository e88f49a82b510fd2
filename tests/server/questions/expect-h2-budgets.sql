-- SPDX-License-Identifier: PostgreSQL
-- The budgets of tests/bill/plans/budgets.sql over the raw lines: what each of them counts, said once more.
CREATE VIEW budgeted AS
SELECT b.name, b.amount, b.thresholds, l.day, l.cost, l.by_day
FROM (VALUES ('hr-portal-Bedrock-Monthly-Budget', 14000, '{50,80,100}'::int[]), ('customer-insights-Bedrock-Monthly-Budget', 12000, '{50,80,100}'), ('Insurance', 9000, '{50,80,100}'),
             ('Operations this year', 100000, '{50,80,100}'), ('Unclaimed', 2000, '{50,80,100}'), ('All of Bedrock', 45000, '{50,80,100}'), ('All of Bedrock in the quarter', 200000, '{50,80,100}'),
             ('chatbot-Bedrock-Monthly-Budget', 100, '{50,80,100}'), ('coding assistants, a week', 5000, '{80,100}')) b (name, amount, thresholds)
JOIN line l ON l.category IN ('usage', 'fee') AND CASE b.name
    WHEN 'hr-portal-Bedrock-Monthly-Budget' THEN l.workload = 'hr-portal' AND l.period = '2026-09-01'
    WHEN 'customer-insights-Bedrock-Monthly-Budget' THEN l.workload = 'customer-insights' AND l.period = '2026-09-01'
    WHEN 'Insurance' THEN l.portfolio = 'Insurance' AND l.period = '2026-09-01'
    WHEN 'Operations this year' THEN l.department_element = 'Operations' AND l.period BETWEEN '2026-01-01' AND '2026-12-01'
    WHEN 'Unclaimed' THEN l.workload = '(unclaimed)' AND l.period = '2026-09-01'
    WHEN 'All of Bedrock' THEN l.period = '2026-09-01'
    WHEN 'All of Bedrock in the quarter' THEN l.period IN ('2026-07-01', '2026-08-01', '2026-09-01')
    WHEN 'chatbot-Bedrock-Monthly-Budget' THEN l.project = 'chatbot' AND l.period = '2026-09-01'
    ELSE l.workload = 'coding-assistant' AND l.by_day AND l.day BETWEEN '2026-09-24' AND '2026-09-30' END;
CREATE VIEW budget_crossed AS
SELECT r.name, r.amount, t.threshold, min(r.day) AS since, max(r.actual) AS actual
FROM (SELECT DISTINCT name, amount, thresholds, day, sum(cost) OVER (PARTITION BY name ORDER BY day) AS run, sum(cost) OVER (PARTITION BY name) AS actual FROM budgeted) r, unnest(r.thresholds) t (threshold)
WHERE r.run * 100 > r.amount * t.threshold AND r.actual * 100 > r.amount * t.threshold GROUP BY 1, 2, 3;

INSERT INTO expected (question_id, args, sql) VALUES
('Q091', '{}', $$SELECT name AS budget_name, amount AS budget, sum(cost) AS actual, round(100 * sum(cost) / amount, 2) AS pct, CASE WHEN sum(cost) > amount THEN 'over' ELSE 'within' END AS status FROM budgeted GROUP BY name, amount$$),
('Q091', '{"application": "hr-portal"}', $$SELECT NULL::numeric AS budget, 14200.00 AS actual, 14200 AS forecast, 'no budget given' AS status, 'complete' AS method, NULL::text AS budget_name$$),
('Q091', '{"as_of": "2026-09-17", "budget_name": "hr-portal-Bedrock-Monthly-Budget"}', $$SELECT 14000 AS budget, to_date AS actual, round(to_date / 140, 2) AS pct, forecast, round(forecast / 140, 2) AS forecast_pct, low, high,
    CASE WHEN forecast > 14000 THEN 'will be over' WHEN high > 14000 THEN 'may be over' ELSE 'within' END AS status, '2026-09-17'::date AS data_through FROM projected('workload', '2026-09-17', '2026-09-01') WHERE scope = 'hr-portal'$$),
-- DocFlow was Insurance's in August.
('Q091', '{"period": "2026-08", "budget_name": "Insurance"}', $$SELECT 9000 AS budget, sum(cost) AS actual, 'within' AS status, '2026-08-31'::date AS last_day FROM line WHERE category IN ('usage', 'fee') AND portfolio = 'Insurance' AND period = '2026-08-01'$$),
('Q094', '{}', $$SELECT project, model, cost, total AS project_cost, CASE project WHEN 'chatbot' THEN 100 END AS budget, CASE project WHEN 'chatbot' THEN total - 100 END AS variance,
    CASE project WHEN 'chatbot' THEN total <= 100 END AS aligned, CASE project WHEN 'chatbot' THEN 'over' ELSE 'no budget' END AS status
    FROM (SELECT project, model, sum(cost) AS cost FROM counted GROUP BY 1, 2) x JOIN (SELECT project, sum(cost) AS total FROM counted GROUP BY 1) y USING (project)$$),
('Q095', '{}', $$SELECT name AS budget_name, project, 100 AS "limit", '50, 80, 100' AS thresholds, project = 'chatbot' AS is_set, sum(cost) AS actual,
    'SELECT bedrock.set_budget(''' || name || ''', 100, ''project'', ''' || project || ''');' AS statement FROM line
    CROSS JOIN LATERAL (SELECT project || CASE WHEN project IN ('hr-portal', 'customer-insights') THEN ' (project)' ELSE '-Bedrock-Monthly-Budget' END) AS n (name) WHERE category IN ('usage', 'fee') AND period = '2026-09-01' AND project <> '(untagged)' GROUP BY project, name$$),
('Q095', '{"project": "it''s new", "monthly_limit": 7.5}', $$SELECT 'it''s new-Bedrock-Monthly-Budget' AS budget_name, 7.5 AS "limit", 0 AS actual, NULL::text AS warned_at_once,
    'SELECT bedrock.set_budget(''it''''s new-Bedrock-Monthly-Budget'', 7.5, ''project'', ''it''''s new'');' AS statement$$),
('Q095', '{"project": "hr-portal", "by": "workload", "monthly_limit": 20000}', $$SELECT 14200.00 AS actual, '50' AS warned_at_once, true AS is_set$$),
('Q096', '{}', $$SELECT name AS budget, amount AS "limit", threshold, 'actual' AS basis, since AS crossed_at, actual, 'open' AS state FROM budget_crossed
    UNION ALL SELECT NULL, NULL, NULL, 'no budget', NULL, sum(cost), NULL FROM counted WHERE by_day AND project NOT IN ('(untagged)', 'chatbot') GROUP BY project$$),
('Q104', '{"kind": "budget"}', $$SELECT name || ': actual ' || threshold || ' %' AS alert, since, actual AS amount, amount AS planned, actual AS now, CASE WHEN name ~ '^hr' THEN 'priya.natarajan@acme.example' WHEN name ~ '^customer' THEN 'marco.weiss@acme.example' END AS owner,
    NULL::text AS assignee, 'open' AS state FROM budget_crossed$$),
-- Beside those of other kinds.
('Q104', '{}', $$SELECT name || ': actual ' || threshold || ' %' AS alert, since, actual AS amount, amount AS planned, actual AS now, CASE WHEN name ~ '^hr' THEN 'priya.natarajan@acme.example' WHEN name ~ '^customer' THEN 'marco.weiss@acme.example' END AS owner,
    NULL::text AS assignee, 'open' AS state FROM budget_crossed$$);
UPDATE expected SET subset = true WHERE question_id = 'Q104' AND args = '{}';
-- An alert that is assigned has an owner; resolved ones are asked for.
BEGIN;
SELECT 'Q104', 'not set' FROM (SELECT bedrock.set_alert(max(alert_id), 'resolved', 'Kim') AS done FROM bedrock.alerts WHERE subject = 'Unclaimed' AND threshold = 100) x WHERE done <> 'changed';
SELECT 'Q104', 'a resolved alert is open, or not found', a, b FROM (SELECT count(*) AS a FROM bedrock.answer('Q104') x WHERE x ->> 'alert' = 'Unclaimed: actual 100 %') o, (SELECT count(*) AS b FROM bedrock.answer('Q104', '{"state": "resolved"}') x WHERE x ->> 'owner' = 'Kim') r
WHERE (a, b) <> (0, 1);
ROLLBACK;
