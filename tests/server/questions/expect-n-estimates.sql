-- SPDX-License-Identifier: PostgreSQL
-- Estimates over the raw lines. What tests/bill/plans/estimates.sql states of September, and what follows from August: what is
-- not stated is used in the proportions of August, of what the stated kinds leave of a stated cost, else of what they cost.
CREATE TABLE month_kind AS
SELECT workload, period, CASE WHEN tokens IS NOT NULL AND kind IN ('input', 'output', 'cache_read', 'cache_write') THEN kind ELSE 'other' END AS kind, sum(tokens) AS tokens, sum(cost) AS cost
FROM line WHERE usage AND left(workload, 1) <> '(' GROUP BY 1, 2, 3;
CREATE TABLE planned AS
WITH stated (workload, cost, input, output) AS (VALUES ('hr-portal', 14000, NULL::numeric, 150000000), ('customer-insights', 10000, NULL, NULL), ('knowledge-platform', NULL, 1000000000, 20000000)),
august AS (SELECT s.workload, s.cost AS whole, m.kind, m.tokens AS t, m.cost AS c, CASE m.kind WHEN 'input' THEN s.input WHEN 'output' THEN s.output END AS given FROM stated s JOIN month_kind m ON m.workload = s.workload AND m.period = '2026-08-01'),
factor AS (SELECT workload, CASE WHEN max(whole) IS NOT NULL THEN (max(whole) - coalesce(sum(given * c / t), 0)) / sum(c) FILTER (WHERE given IS NULL) ELSE sum(given * c / t) / sum(c) FILTER (WHERE given IS NOT NULL) END AS f FROM august GROUP BY 1)
SELECT workload, kind, round(coalesce(given, t * f)) AS estimate, round(coalesce(given * c / t, c * f), 6) AS estimate_cost, CASE WHEN given IS NOT NULL THEN 'stated' ELSE 'mix and unit costs of 2026-08' END AS basis, given * c / t AS given_cost, c * f AS derived_cost FROM august JOIN factor USING (workload);
CREATE TABLE planned_whole AS
SELECT workload, coalesce(max(cost), 0) AS estimate_cost, CASE WHEN max(cost) IS NULL THEN 'mix and unit costs of 2026-08' ELSE 'stated' END AS basis FROM (VALUES ('hr-portal', 14000.0), ('customer-insights', 10000), ('knowledge-platform', NULL)) s (workload, cost) GROUP BY 1;
UPDATE planned_whole w SET estimate_cost = (SELECT sum(p.estimate_cost) FROM planned p WHERE p.workload = w.workload) WHERE basis <> 'stated';

INSERT INTO expected (question_id, args, sql) VALUES
('Q090', '{}', $$WITH used AS (SELECT workload, kind, CASE WHEN kind <> 'other' THEN tokens END AS tokens, cost FROM month_kind WHERE period = '2026-09-01'),
    rate AS (SELECT workload, round(coalesce(sum(tokens) FILTER (WHERE kind = 'cache_read'), 0) / nullif(sum(tokens), 0), 4) AS cache_rate
        FROM line WHERE usage AND period = '2026-09-01' AND kind IN ('input', 'cache_read', 'cache_write') AND model IN (SELECT model FROM line WHERE kind LIKE 'cache%') GROUP BY 1)
    SELECT workload, kind AS token_type, estimate, tokens AS actual, CASE WHEN kind = 'other' THEN round(cost / nullif(estimate_cost, 0), 4) ELSE round(tokens / nullif(estimate, 0), 4) END AS ratio, tokens AS projected, estimate_cost, cost AS actual_cost, cost AS projected_cost,
           greatest(cost - estimate_cost, 0 * estimate_cost) AS overage, cache_rate, coalesce(p.basis, 'no estimate') AS basis, 'complete' AS method FROM used LEFT JOIN planned p USING (workload, kind) LEFT JOIN rate USING (workload)
    UNION ALL SELECT workload, 'all', NULL, NULL, round(sum(cost) / w.estimate_cost, 4), NULL, w.estimate_cost, sum(cost), sum(cost), greatest(sum(cost) - w.estimate_cost, 0 * w.estimate_cost), cache_rate, coalesce(w.basis, 'no estimate'), 'complete'
    FROM used LEFT JOIN planned_whole w USING (workload) LEFT JOIN rate USING (workload) GROUP BY workload, w.estimate_cost, w.basis, cache_rate$$),
('Q090', '{"workload": "hr-portal", "as_of": "2026-09-20"}', $$SELECT 'all' AS token_type, to_date AS actual_cost, forecast AS projected_cost, greatest(forecast - 14000, 0) AS overage, 'same weekdays of the last 4 weeks' AS method FROM projected('workload', '2026-09-20', '2026-09-01') WHERE scope = 'hr-portal'$$),
('Q092', '{"workload": "customer-insights", "dollars": 500, "tokens": 3000000, "period": "2026-09-01"}', $$SELECT kind AS token_type, round(cost / tokens * 1000000, 6) AS price, floor(500 / (cost / tokens)) AS tokens, round(3000000 * cost / tokens, 6) AS dollars, round(tokens * 500 / whole) AS mix_tokens, round(cost * 500 / whole, 6) AS mix_dollars, NULL::numeric AS fit_tokens, 'mix and unit costs of 2026-08' AS basis
    FROM (SELECT *, sum(cost) OVER () AS whole FROM month_kind WHERE workload = 'customer-insights' AND period = '2026-08-01') m WHERE kind <> 'other'$$),
-- Tokens and dollars are given, a million at 1.1 times the price of August: what is not output costs p, output o, and what has no tokens x a token, so output is (dollars - (p + x) tokens) / (o - p) of them.
('Q092', jsonb_build_object('workload', 'customer-insights', 'tokens', 1000000, 'period', '2026-09-01', 'dollars', (SELECT round(1100000 * sum(cost) / sum(tokens), 2) FROM month_kind WHERE workload = 'customer-insights' AND period = '2026-08-01')),
 $$WITH m AS (SELECT *, kind = 'output' AS out FROM month_kind WHERE workload = 'customer-insights' AND period = '2026-08-01'),
    w AS (SELECT 1000000 AS t, round(1100000 * sum(cost) / sum(tokens), 2) AS d, sum(cost) FILTER (WHERE out) / sum(tokens) FILTER (WHERE out) AS o, sum(cost) FILTER (WHERE NOT out AND kind <> 'other') / sum(tokens) FILTER (WHERE NOT out) AS p,
                 coalesce(sum(cost) FILTER (WHERE kind = 'other'), 0) / sum(tokens) AS x, sum(tokens) FILTER (WHERE NOT out) AS prompts FROM m),
    f AS (SELECT *, (d - (p + x) * t) / (o - p) AS output FROM w)
    SELECT kind AS token_type, round(CASE WHEN out THEN output ELSE (t - output) * tokens / prompts END) AS fit_tokens FROM m, f WHERE kind <> 'other'$$);
UPDATE expected SET subset = true WHERE question_id = 'Q090' AND args ? 'as_of' AND args ? 'workload';

-- The answer of the example: output tokens twice the estimate, 200.00 over 14,000.00, a cache hit rate of 18 percent, below 30, and most of it could be recovered. What a better cache recovers is
-- computed from the raw lines alone: input that is read from the cache in place, with as many writes as a read takes, at what these lines paid for each.
CREATE TABLE hr_better AS
SELECT sum((moved + written) * p_input - moved * p_read - written * p_write) AS saved
FROM (SELECT *, ceil(moved * w / r) AS written
      FROM (SELECT sum(tokens) FILTER (WHERE kind = 'input') AS i, sum(tokens) FILTER (WHERE kind = 'cache_read') AS r, sum(tokens) FILTER (WHERE kind = 'cache_write') AS w,
                   floor(0.30 * sum(tokens) FILTER (WHERE kind <> 'output') - sum(tokens) FILTER (WHERE kind = 'cache_read')) AS moved,
                   min(cost / tokens) FILTER (WHERE kind = 'input') AS p_input, min(cost / tokens) FILTER (WHERE kind = 'cache_read') AS p_read, min(cost / tokens) FILTER (WHERE kind = 'cache_write' AND ut !~* '1h') AS p_write
            FROM line WHERE workload = 'hr-portal' AND usage AND period = '2026-09-01' AND tokens > 0 GROUP BY model, region, ut ILIKE '%global%') c WHERE moved > 0) m;
SELECT 'Q090', 'not the answer of the example', e FROM (SELECT jsonb_object_agg(a ->> 'token_type', a) AS e FROM bedrock.answer('Q090', '{"workload": "hr-portal"}') a) x, hr_better h,
    (SELECT sum(cost) AS cost FROM line WHERE workload = 'hr-portal' AND usage AND period = '2026-09-01') l
WHERE ((e #>> '{output,ratio}')::numeric = 2 AND (e #>> '{all,overage}')::numeric = 200.00 AND l.cost - 14000 = 200 AND (e #>> '{all,estimate_cost}')::numeric = 14000 AND (e #>> '{all,cache_rate}')::numeric = 0.18
       AND (e #>> '{all,cache_threshold}')::numeric = 0.30 AND (e #>> '{all,recoverable}')::numeric = round(h.saved, 2) AND h.saved > 0.5 * 200 AND (e #>> '{all,recoverable_pct}')::numeric = 100
       AND e #>> '{all,advice}' ~ 'below the healthy one' AND (SELECT (q ->> 'overage')::numeric = 200 AND (q ->> 'recoverable')::numeric = round(h.saved, 2) FROM bedrock.answer('Q077', '{}') q WHERE q ->> 'application' = 'hr-portal')) IS NOT TRUE;
