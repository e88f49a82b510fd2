-- SPDX-License-Identifier: PostgreSQL
-- Estimates, budgets and forecasts over the raw lines. A day that is left is the mean of the days 7, 14, .. before it that
-- are known: of the 28 days up to the last known one, from the first with usage on. Tuning and training happen once, capacity
-- and storage stand at what the last two days were billed, a batch job goes on that ran in three of the last four weeks.
CREATE TABLE day_cost AS SELECT application, project, workload, kind, period, day, CASE WHEN pricing_model IN ('provisioned', 'reserved') OR ut LIKE '%Customization-Storage%' THEN 'stands' WHEN pricing_model = 'customization' THEN 'once'
    WHEN pricing_model = 'batch' THEN 'batch' ELSE 'daily' END AS how, sum(cost) AS cost, sum(tokens) AS tokens FROM line WHERE usage AND by_day GROUP BY 1, 2, 3, 4, 5, 6, 7;
CREATE FUNCTION projected(per text, known date, month date, app text DEFAULT NULL, days integer DEFAULT 28)
    RETURNS TABLE (scope text, to_date numeric, forecast numeric, low numeric, high numeric, tokens numeric, tokens_end numeric) LANGUAGE sql AS $$
    WITH s AS (SELECT CASE per WHEN 'application' THEN application WHEN 'project' THEN project WHEN 'workload' THEN workload WHEN 'kind' THEN kind ELSE '(all)' END AS scope, period, day, how, cost, d.tokens
               FROM day_cost d WHERE day <= known AND (app IS NULL OR application = app) AND (period = month OR day > known - 28) AND (per <> 'kind' OR kind IS NOT NULL)),
    weeks AS (SELECT s.scope, count(DISTINCT (known - day) / 7) AS batch FROM s WHERE how = 'batch' AND day > known - 28 GROUP BY 1),
    t AS MATERIALIZED (SELECT s.scope, day, sum(cost) AS cost, sum(s.tokens) AS tokens FROM s LEFT JOIN weeks USING (scope) WHERE how = 'daily' OR how = 'batch' AND batch >= 3 GROUP BY 1, 2),
    scope AS (SELECT s.scope, coalesce(sum(cost) FILTER (WHERE period = month), 0) AS c, coalesce(sum(s.tokens) FILTER (WHERE period = month), 0) AS t, (SELECT min(day) FROM t WHERE t.scope = s.scope) AS since,
                     least(coalesce(sum(cost) FILTER (WHERE how = 'stands' AND day = known), 0), coalesce(sum(cost) FILTER (WHERE how = 'stands' AND day = known - 1), 0)) * ((month + interval '1 month')::date - greatest(known + 1, month)) AS stands
              FROM s GROUP BY 1),
    ahead AS (SELECT scope.scope, r, avg(x.c) AS c, min(x.c) AS low, max(x.c) AS high, avg(x.t) AS t
              FROM scope, generate_series(1, (month + interval '1 month')::date - 1 - known) n, LATERAL (SELECT known + n AS r) r, generate_series(CASE days WHEN 28 THEN 7 ELSE 1 END, 63, CASE days WHEN 28 THEN 7 ELSE 1 END) k,
                   LATERAL (SELECT coalesce(sum(cost), 0) AS c, coalesce(sum(t.tokens), 0) AS t FROM t WHERE t.scope = scope.scope AND t.day = r - k) x
              WHERE r >= month AND r - k BETWEEN greatest(since, known - days + 1) AND known GROUP BY 1, 2)
    SELECT scope.scope, scope.c, CASE WHEN enough THEN scope.c + stands + coalesce(more.c, 0) END, CASE WHEN enough THEN scope.c + stands + coalesce(more.low, 0) END, CASE WHEN enough THEN scope.c + stands + coalesce(more.high, 0) END,
           scope.t, CASE WHEN enough THEN scope.t + coalesce(more.t, 0) END
    FROM scope LEFT JOIN LATERAL (SELECT round(sum(a.c), 6) AS c, round(sum(a.low), 6) AS low, round(sum(a.high), 6) AS high, round(sum(a.t)) AS t FROM ahead a WHERE a.scope = scope.scope) more ON true,
         LATERAL (SELECT known - since >= CASE days WHEN 28 THEN 13 ELSE 6 END OR since IS NULL OR known = (month + interval '1 month')::date - 1 AS enough) e $$;

INSERT INTO expected (question_id, args, sql) VALUES
('Q090', '{"application": "hr-portal", "as_of": "2026-09-17", "estimates": {"input": 3000000000, "output": 87884375.5, "cache_read": 9000000000}}', $$SELECT scope AS token_type, estimate, tokens AS actual, round(tokens / estimate, 4) AS ratio, tokens_end AS projected,
    CASE WHEN tokens_end > estimate THEN round((tokens_end - estimate) * to_date / tokens, 6) WHEN estimate IS NOT NULL THEN 0 END AS overage, 0.1799 AS cache_rate
    FROM (SELECT p.*, e.estimate FROM projected('kind', '2026-09-17', '2026-09-01', 'hr-portal') p LEFT JOIN (VALUES ('input', 3000000000), ('output', 87884375.5), ('cache_read', 9000000000)) e (kind, estimate) ON kind = scope) x$$),
('Q091', '{"as_of": "2026-09-17", "budget": 40000}', $$SELECT 40000 AS budget, actual, round(actual / 400, 2) AS pct, actual + forecast - to_date AS forecast, round((actual + forecast - to_date) / 400, 2) AS forecast_pct, actual + low - to_date AS low, actual + high - to_date AS high, 'may be over' AS status
    FROM projected('all', '2026-09-17', '2026-09-01'), LATERAL (SELECT sum(cost) AS actual FROM line WHERE period = '2026-09-01' AND category IN ('usage', 'fee') AND (day <= '2026-09-17' OR NOT usage OR NOT by_day)) a$$),
('Q091', '{"as_of": "2026-09-20", "budget": 14200, "application": "hr-portal"}', $$SELECT to_date AS actual, forecast, CASE WHEN forecast > 14200 THEN 'will be over' WHEN high > 14200 THEN 'may be over' ELSE 'within' END AS status FROM projected('all', '2026-09-20', '2026-09-01', 'hr-portal')$$),
('Q091', '{"budget": 41999.99}', $$SELECT 'over' AS status, 100.00 AS pct$$),
('Q091', '{"as_of": "2026-06-05", "period": "2026-06-01", "budget": 1000000}', $$SELECT 'within so far' AS status, NULL::numeric AS forecast, 'too few days' AS method$$),
('Q093', '{}', $$SELECT scope, cost AS to_date, cost AS forecast, cost AS low, cost AS high, 'complete' AS method, 0 AS days_left FROM (SELECT '(all)' AS scope, sum(cost) AS cost FROM september UNION ALL SELECT application, sum(cost) FROM september GROUP BY 1) x$$),
('Q093', '{"as_of": "2026-09-17"}', $$SELECT p.*, 13 AS days_left, '2026-09-17'::date AS data_through FROM (SELECT scope, to_date, forecast, low, high FROM projected('all', '2026-09-17', '2026-09-01') UNION ALL SELECT scope, to_date, forecast, low, high FROM projected('application', '2026-09-17', '2026-09-01')) p$$),
('Q093', '{"as_of": "2026-08-30", "period": "2026-09-01", "by": "project"}', $$SELECT p.*, 30 AS days_left FROM (SELECT scope, to_date, forecast, low, high FROM projected('all', '2026-08-30', '2026-09-01') UNION ALL SELECT scope, to_date, forecast, low, high FROM projected('project', '2026-08-30', '2026-09-01')) p$$),
('Q094', '{"monthly_limit": 100}', $$SELECT project, CASE WHEN project <> '(untagged)' THEN 100 END AS budget, CASE WHEN project <> '(untagged)' THEN total - 100 END AS variance, CASE WHEN project <> '(untagged)' THEN total <= 100 END AS aligned,
    CASE WHEN project = '(untagged)' THEN 'no budget' WHEN total <= 100 THEN 'within' ELSE 'over' END AS status FROM (SELECT DISTINCT project, model FROM counted) x JOIN (SELECT project, sum(cost) AS total FROM counted GROUP BY 1) y USING (project)$$),
('Q094', '{"budgets": {"hr-portal": 14200, "(untagged)": 1}, "monthly_limit": 250}', $$SELECT DISTINCT project, b AS budget, sum(cost) OVER w - b AS variance, sum(cost) OVER w <= b AS aligned, model FROM counted,
    LATERAL (SELECT CASE project WHEN 'hr-portal' THEN 14200 WHEN '(untagged)' THEN 1 ELSE 250 END AS b) b WINDOW w AS (PARTITION BY project)$$),
('Q096', '{"monthly_limit": 100}', $$SELECT project || '-Bedrock-Monthly-Budget' AS budget, 100 AS "limit", threshold, 'actual' AS basis, min(day) AS crossed_at FROM (SELECT DISTINCT project, day, sum(cost) OVER (PARTITION BY project ORDER BY day) AS run FROM counted WHERE by_day) r,
    (VALUES (50), (80), (100)) t (threshold) WHERE run > threshold AND project <> '(untagged)' GROUP BY project, threshold$$),
('Q096', '{"as_of": "2026-09-17", "budgets": {"hr-portal": 9000, "coding-assistant": 1000000}, "monthly_limit": 700}', $$WITH p AS (SELECT scope AS project, to_date, forecast, CASE scope WHEN 'hr-portal' THEN 9000 WHEN 'coding-assistant' THEN 1000000 ELSE 700 END AS l FROM projected('project', '2026-09-17', '2026-09-01') WHERE scope <> '(untagged)')
    SELECT project, l AS "limit", threshold, 'actual' AS basis, min(day) AS crossed_at, to_date AS actual, forecast FROM p JOIN (SELECT DISTINCT project, day, sum(cost) OVER (PARTITION BY project ORDER BY day) AS run FROM counted WHERE by_day AND day <= '2026-09-17') r USING (project),
         (VALUES (50), (80), (100)) t (threshold) WHERE run > l * threshold / 100.0 GROUP BY project, l, threshold, to_date, forecast
    UNION ALL SELECT project, l, 100, 'forecast', '2026-09-17', to_date, forecast FROM p WHERE forecast > l AND to_date <= l$$),
('Q097', '{}', $$WITH m AS (SELECT DISTINCT period AS month, period + 14 AS known, sum(cost) OVER (PARTITION BY period) AS actual FROM day_cost WHERE period >= '2026-07-01'),
    p AS (SELECT 'weekday' AS method, m.*, p.forecast, p.low, p.high FROM m, LATERAL projected('all', known, month) p
          UNION ALL SELECT 'run_rate', m.*, p.forecast, p.low, p.high FROM m, LATERAL projected('all', known, month, NULL, 7) p)
    SELECT month, method, known AS forecast_day, forecast, low, high, actual, round(100 * (forecast - actual) / actual, 2) AS error_pct, round(avg(abs(100 * (forecast - actual) / actual)) OVER (PARTITION BY method), 2) AS mean_error_pct,
           actual BETWEEN low AND high AS inside FROM p$$),
-- Logs are two days ahead of 15 September: an estimate by them costs what it was billed on the 28 days that both have; the days after it are those of the four weeks before.
('Q097', '{"months": 1, "forecast_day": 15}', $$WITH t AS (SELECT day, sum(cost) AS cost FROM day_cost WHERE how IN ('daily', 'batch') GROUP BY 1), q AS (SELECT day, sum(est_cost) AS est FROM bedrock.request_day GROUP BY 1),
    per AS (SELECT sum(t.cost) / sum(q.est) AS estimate FROM t JOIN q USING (day) WHERE day BETWEEN '2026-08-19' AND '2026-09-15')
    SELECT '2026-09-01'::date AS month, 'logs' AS method, (SELECT sum(cost) FROM day_cost WHERE period = '2026-09-01' AND day <= '2026-09-15') + round((SELECT sum(est * estimate) FROM q, per WHERE day IN ('2026-09-16', '2026-09-17'))
        + (SELECT sum(c) FROM (SELECT avg(cost) AS c FROM generate_series('2026-09-18'::timestamp, '2026-09-30', '1 day') d JOIN t ON t.day > '2026-08-18' AND t.day <= '2026-09-15' AND extract(dow FROM t.day) = extract(dow FROM d) GROUP BY d) x), 6) AS forecast$$),
('Q097', '{"months": 12, "forecast_day": 10}', $$SELECT month, 'weekday' AS method, month + 9 AS forecast_day, forecast FROM (SELECT DISTINCT period AS month FROM day_cost) m, LATERAL projected('all', month + 9, month)$$),
('Q097', '{"months": 1, "forecast_day": 40}', $$SELECT '2026-09-01'::date AS month, '2026-09-29'::date AS forecast_day, 'run_rate' AS method, forecast FROM projected('all', '2026-09-29', '2026-09-01', NULL, 7)$$),
('Q098', '{}', $$WITH cell AS (SELECT coalesce(sum(cost) FILTER (WHERE now), 0) AS c1, coalesce(sum(cost) FILTER (WHERE NOT now), 0) AS c0, coalesce(sum(tokens) FILTER (WHERE now), 0) AS t1, coalesce(sum(tokens) FILTER (WHERE NOT now), 0) AS t0
              FROM (SELECT *, period = '2026-09-01' AS now FROM line WHERE usage AND period >= '2026-08-01') l GROUP BY model, ut, unit),
    parts AS (SELECT sum(c1 - c0) AS change, round(coalesce(sum((c1 / nullif(t1, 0) - c0 / nullif(t0, 0)) * t1), 0), 6) AS price, round(sum(c0) FILTER (WHERE t0 > 0) * (sum(t1) / sum(t0) - 1), 6) AS volume FROM cell)
    SELECT effect, amount, change, round(100 * amount / change, 2) AS share_of_change_pct, (SELECT sum(cost) FROM september) AS cost, (SELECT sum(cost) FROM august) AS cost_before
    FROM parts, LATERAL (VALUES ('price', price), ('volume', volume), ('mix', change - price - volume)) e (effect, amount)$$);
UPDATE expected SET subset = true WHERE question_id = 'Q097';
-- The advice stands where the forecast is above the estimate, and nowhere else.
SELECT 'Q090', 'advice', a FROM bedrock.answer('Q090', '{"application": "hr-portal", "as_of": "2026-09-17", "estimates": {"input": 3000000000, "output": 87884375.5, "cache_read": 9000000000}}') a
WHERE (coalesce((a ->> 'overage')::numeric, 0) > 0) <> (a ->> 'advice' IS NOT NULL) OR a ->> 'token_type' = 'input' AND a ->> 'advice' !~ 'Q077' OR a ->> 'token_type' = 'output' AND (a ->> 'ratio')::numeric < 1;
