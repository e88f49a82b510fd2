-- SPDX-License-Identifier: PostgreSQL
-- Questions J over the raw lines.
INSERT INTO expected (question_id, args, sql) VALUES
('Q135', '{}', $$SELECT period AS month, sum(cost) AS unblended, sum(net) AS net_unblended, sum(cost) AS amortized, sum(list) FILTER (WHERE usage) AS list_cost, sum(list - net) FILTER (WHERE usage) AS discount,
    round(100 * sum(CASE WHEN usage AND list IS NOT NULL THEN cost ELSE 0 END) / sum(cost) FILTER (WHERE usage), 2) AS list_covered_pct FROM line GROUP BY 1$$),
('Q136', '{}', $$SELECT category AS charge_category, entity AS billing_entity, sum(cost) AS amount FROM line WHERE period = '2026-09-01' GROUP BY 1, 2$$),
('Q136', '{"period": "2026-07-01"}', $$SELECT category AS charge_category, entity AS billing_entity, sum(cost) AS amount FROM line WHERE period = '2026-07-01' GROUP BY 1, 2$$),
('Q138', '{}', $$SELECT model, sum(list) AS list_cost, sum(net) FILTER (WHERE list IS NOT NULL) AS net_cost, round(100 * (1 - sum(net) FILTER (WHERE list IS NOT NULL) / nullif(sum(list), 0)), 2) AS discount_pct,
    round(100 * sum(CASE WHEN list IS NOT NULL THEN cost ELSE 0 END) / nullif(sum(cost), 0), 2) AS list_covered_pct FROM september GROUP BY 1$$),
('Q139', '{}', $$SELECT project, sum(cost) AS cost, 'USD' AS currency FROM line WHERE usage AND day BETWEEN (SELECT min(through) - 29 FROM reach) AND (SELECT min(through) FROM reach) GROUP BY 1$$),
('Q139', '{"projects": ["hr-portal", "no such"], "days": 45, "metric": "net_unblended"}', $$SELECT project, sum(net) AS cost, 'USD' AS currency FROM line
    WHERE usage AND project IN ('hr-portal', '(untagged)') AND day BETWEEN (SELECT min(through) - 44 FROM reach) AND (SELECT min(through) FROM reach) GROUP BY 1 UNION ALL SELECT 'no such', 0, NULL$$);
SELECT 'project_costs', 'the months are not summed', * FROM bedrock.project_costs('{hr-portal}', 122, 'unblended', '2026-09-30')
WHERE project = 'hr-portal' AND cost <> (SELECT sum(cost) FROM line WHERE usage AND project = 'hr-portal' AND day > '2026-05-31');
SELECT 'project_costs', 'no row (untagged)' WHERE NOT EXISTS (SELECT FROM bedrock.project_costs('{hr-portal}', 1, 'list', '2020-01-01') WHERE project = '(untagged)' AND cost = 0);
