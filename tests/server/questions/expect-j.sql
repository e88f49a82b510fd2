-- SPDX-License-Identifier: PostgreSQL
-- Questions J over the raw lines.
-- A line without a public price has that of the book; no price of the demo's models changes within a month.
CREATE TABLE list_line AS
SELECT l.*, coalesce(l.list, l.tokens * b.usd * 0.000001) AS full_list
FROM line l
LEFT JOIN (SELECT k.*, price_in_book(m.model_id, region, CASE WHEN ut ~* 'global' THEN 'global' ELSE 'regional' END, CASE pricing_model WHEN 'on_demand' THEN 'standard' ELSE pricing_model END, kind,
                  CASE WHEN kind = 'cache_write' THEN CASE WHEN ut ~* '1h' THEN '1h' WHEN ut ~ '-5m' THEN '5m' END END, ut ~* 'LCtx|long-context|long.ctx', period) AS usd
           FROM (SELECT DISTINCT period, model, region, ut, pricing_model, kind FROM line WHERE usage AND tokens > 0 AND list IS NULL AND ut !~ 'speech|custom-model') k
           JOIN (SELECT DISTINCT ON (model_name) model_name, model_id FROM bedrock.models WHERE mantle_alias_of IS NULL ORDER BY model_name, model_id) m ON m.model_name = k.model) b
    ON (b.period, b.model, b.region, b.ut, b.pricing_model, b.kind) = (l.period, l.model, l.region, l.ut, l.pricing_model, l.kind) AND l.usage AND l.tokens > 0;
SELECT 'no line is priced by the book' WHERE NOT EXISTS (SELECT FROM list_line WHERE list IS NULL AND full_list > 0);
INSERT INTO expected (question_id, args, sql) VALUES
('Q135', '{}', $$SELECT period AS month, charges, sum(cost) AS unblended, CASE WHEN known THEN sum(net) END AS net_unblended, sum(cost) AS amortized, sum(CASE WHEN charges = 'usage with a public price' THEN full_list END) AS list_cost,
    CASE WHEN known THEN sum(CASE WHEN charges = 'usage with a public price' THEN full_list - net END) END AS discount
    FROM (SELECT *, CASE WHEN NOT usage THEN 'other charges' WHEN full_list IS NULL THEN 'usage without one' ELSE 'usage with a public price' END AS charges FROM list_line) l JOIN net_month USING (period) GROUP BY 1, 2, known$$),
('Q136', '{}', $$SELECT category AS charge_category, entity AS billing_entity, sum(cost) AS amount FROM line WHERE period = '2026-09-01' GROUP BY 1, 2$$),
('Q136', '{"period": "2026-07-01"}', $$SELECT category AS charge_category, entity AS billing_entity, sum(cost) AS amount FROM line WHERE period = '2026-07-01' GROUP BY 1, 2$$),
('Q138', '{}', $$SELECT model, sum(full_list) AS list_cost, sum(net) FILTER (WHERE full_list IS NOT NULL) AS net_cost, round(100 * (1 - sum(net) FILTER (WHERE full_list IS NOT NULL) / nullif(sum(full_list), 0)), 2) AS discount_pct,
    round(100 * sum(CASE WHEN full_list IS NOT NULL THEN cost ELSE 0 END) / nullif(sum(cost), 0), 2) AS list_covered_pct FROM (SELECT * FROM list_line WHERE usage AND period = '2026-09-01') x GROUP BY 1$$),
('Q138', '{"period": "2026-07-01"}', $$SELECT model, sum(full_list) AS list_cost, NULL::numeric AS net_cost, NULL::numeric AS discount_pct FROM (SELECT * FROM list_line WHERE usage AND period = '2026-07-01') x GROUP BY 1$$),
('Q139', '{}', $$SELECT project, sum(cost) AS cost, 'USD' AS currency FROM line WHERE usage AND day BETWEEN (SELECT min(through) - 29 FROM reach) AND (SELECT min(through) FROM reach) GROUP BY 1$$),
('Q139', '{"projects": ["hr-portal", "no such"], "days": 45, "metric": "net_unblended"}', $$SELECT project, sum(net) AS cost, 'USD' AS currency FROM line
    WHERE usage AND project IN ('hr-portal', '(untagged)') AND day BETWEEN (SELECT min(through) - 44 FROM reach) AND (SELECT min(through) FROM reach) GROUP BY 1 UNION ALL SELECT 'no such', 0, NULL$$);
SELECT 'project_costs', 'the months are not summed', * FROM bedrock.project_costs('{hr-portal}', 122, 'unblended', '2026-09-30')
WHERE project = 'hr-portal' AND cost <> (SELECT sum(cost) FROM line WHERE usage AND project = 'hr-portal' AND day > '2026-05-31');
-- By month and by day: the same lines, each in its month or day.
SELECT 'project_costs', g.grain, d.* FROM (VALUES ('month'), ('day')) AS g (grain) CROSS JOIN LATERAL (
    (SELECT p.project, p.period, p.cost FROM bedrock.project_costs(NULL, 122, 'net_unblended', '2026-09-30', g.grain) AS p
     EXCEPT ALL SELECT project, CASE g.grain WHEN 'day' THEN day ELSE date_trunc('month', day::timestamp)::date END, sum(net) FROM line WHERE usage AND day > '2026-05-31' GROUP BY 1, 2)
    UNION ALL
    (SELECT project, CASE g.grain WHEN 'day' THEN day ELSE date_trunc('month', day::timestamp)::date END, sum(net) FROM line WHERE usage AND day > '2026-05-31' GROUP BY 1, 2
     EXCEPT ALL SELECT p.project, p.period, p.cost FROM bedrock.project_costs(NULL, 122, 'net_unblended', '2026-09-30', g.grain) AS p)) AS d;
SELECT 'project_costs', 'a project without usage', * FROM bedrock.project_costs('{no such}', 30, grain => 'day') WHERE project = 'no such' AND (cost, period) IS DISTINCT FROM (0, NULL);
SELECT 'project_costs', 'no row (untagged)' WHERE NOT EXISTS (SELECT FROM bedrock.project_costs('{hr-portal}', 1, 'list', '2020-01-01') WHERE project = '(untagged)' AND cost = 0);
-- The rows of a month are its whole Bedrock bill.
SELECT 'Q135', 'is not the bill', month, unblended FROM (SELECT (a ->> 'month')::date AS month, sum((a ->> 'unblended')::numeric) AS unblended FROM exact('Q135') a GROUP BY 1) x
WHERE unblended <> (SELECT sum(cost) FROM line WHERE period = month);
