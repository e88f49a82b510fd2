-- SPDX-License-Identifier: PostgreSQL
-- Questions E over the raw lines.
INSERT INTO expected (question_id, args, sql) VALUES
('Q072', '{}', $$SELECT kind AS token_type, sum(tokens) AS tokens, sum(cost) AS cost, round(100 * sum(cost) / (SELECT sum(cost) FROM september WHERE kind IS NOT NULL), 2) AS share_pct, sum(cost) * 1000000 / sum(tokens) AS cost_per_million
    FROM september WHERE kind IS NOT NULL GROUP BY 1$$),
('Q073', '{}', $$SELECT workload, application, r AS cache_read, i AS input, w AS cache_write, r / (i + r + w) AS hit_rate, 0.30 AS threshold, r / (i + r + w) > 0.3 AS healthy
    FROM (SELECT workload, application, coalesce(sum(tokens) FILTER (WHERE kind = 'cache_read'), 0) AS r, coalesce(sum(tokens) FILTER (WHERE kind = 'input'), 0) AS i, coalesce(sum(tokens) FILTER (WHERE kind = 'cache_write'), 0) AS w
          FROM september WHERE kind IN ('input', 'cache_read', 'cache_write') AND model IN (SELECT model FROM line WHERE kind LIKE 'cache%') GROUP BY 1, 2) x$$),
('Q075', '{}', $$SELECT * FROM (VALUES ('no workload of the demo loses money by caching', NULL)) v (workload, application) WHERE false$$),
('Q078', '{}', $$SELECT day, application AS app, sum(tokens) FILTER (WHERE kind = 'input') AS input, sum(tokens) FILTER (WHERE kind = 'output') AS output, sum(tokens) FILTER (WHERE kind = 'cache_read') AS cache_read,
    sum(tokens) FILTER (WHERE kind = 'cache_write') AS cache_write FROM september WHERE kind IS NOT NULL GROUP BY 1, 2$$),
('Q079', '{}', $$SELECT period AS month, model, sum(cost) * 1000000 / sum(tokens) AS cost_per_million FROM line
    WHERE kind IS NOT NULL AND model IN (SELECT model FROM line WHERE kind IS NOT NULL GROUP BY 1 ORDER BY sum(cost) DESC LIMIT 5) GROUP BY 1, 2$$),
('Q079', '{"top": 2, "months": 2}', $$SELECT period AS month, model, sum(cost) * 1000000 / sum(tokens) AS cost_per_million FROM line
    WHERE kind IS NOT NULL AND period >= '2026-08-01' AND model IN (SELECT model FROM line WHERE kind IS NOT NULL AND period >= '2026-08-01' GROUP BY 1 ORDER BY sum(cost) DESC LIMIT 2) GROUP BY 1, 2$$),
('Q080', '{}', $$SELECT 'tokens' AS usage_group, kind AS token_kind, sum(cost) * 1000 / sum(tokens) AS cost_per_1k, sum(tokens) AS tokens, sum(cost) AS cost FROM september WHERE kind IS NOT NULL GROUP BY 2$$),
('Q084', '{}', $$SELECT app, week, ratio, ratio - lag(ratio) OVER (PARTITION BY app ORDER BY week) AS change FROM (
    SELECT application AS app, day - (extract(isodow FROM day)::int - 1) AS week, coalesce(sum(tokens) FILTER (WHERE kind = 'output'), 0) / sum(tokens) FILTER (WHERE kind <> 'output') AS ratio
    FROM line WHERE kind IS NOT NULL GROUP BY 1, 2) x WHERE week > (SELECT min(through) - (extract(isodow FROM min(through))::int - 1) - 84 FROM reach)$$);
-- What caching cost and saved, cell by cell; where a model has no writes at all it cannot lose.
UPDATE expected SET subset = true WHERE question_id = 'Q075';
SELECT 'Q075', 'a loss that is none', a FROM bedrock.answer('Q075') a;
SELECT 'Q075', 'writes without gain in the raw lines', x.* FROM (
    SELECT c.application, c.model, sum(c.cost - c.tokens * i.price) AS loss, count(*) FILTER (WHERE i.price IS NULL) AS unpriced FROM (
        SELECT application, model, region, regexp_replace(ut, '(cache.*count|Cache.*Count|cache_(read|write)_tokens(_1h)?)', '') AS rest, sum(cost) AS cost, sum(tokens) AS tokens FROM september WHERE kind LIKE 'cache%' GROUP BY 1, 2, 3, 4) c
    LEFT JOIN (SELECT model, region, ut ~* 'global' AS global, ut ~* 'LCtx|long-context' AS long, pricing_model, sum(cost) / sum(tokens) AS price FROM september WHERE kind = 'input' GROUP BY 1, 2, 3, 4, 5) i
        ON i.model = c.model AND i.region = c.region AND i.global = (c.rest ~* 'global') AND i.long = (c.rest ~* 'LCtx|long-context')
       AND i.pricing_model = CASE WHEN c.rest ~ '-flex' THEN 'flex' WHEN c.rest ~ '-priority' THEN 'priority' WHEN c.rest ~ '-batch' THEN 'batch' WHEN c.rest ~ 'latency' THEN 'latency_optimized' ELSE 'on_demand' END
    GROUP BY 1, 2) x WHERE loss > 0 OR unpriced > 0;
-- With cache writes at ten times their price every writer loses: how much, from the raw lines.
BEGIN;
UPDATE bedrock.fact_month f SET ai_cost = ai_cost * 10 FROM bedrock.dimension d WHERE d.dimension_id = f.dimension_id AND d.charge_category = 'usage' AND d.token_kind = 'cache_write';
CREATE TEMP TABLE loss AS
SELECT workload, application, model, sum(tokens) FILTER (WHERE kind = 'cache_write') AS writes, coalesce(sum(tokens) FILTER (WHERE kind = 'cache_read'), 0) AS reads, round(sum(cost * CASE kind WHEN 'cache_write' THEN 10 ELSE 1 END - tokens * price), 2) AS loss
FROM (SELECT *, sum(CASE WHEN kind = 'input' THEN cost END) OVER w / sum(CASE WHEN kind = 'input' THEN tokens END) OVER w AS price FROM september WHERE kind IN ('input', 'cache_read', 'cache_write')
      WINDOW w AS (PARTITION BY model, region, ut ~* 'global', ut ~* 'LCtx|long-context', pricing_model)) p WHERE kind LIKE 'cache%' GROUP BY 1, 2, 3;
SELECT 'Q075', 'loss', x FROM (
    (SELECT workload, application, model, writes, reads, loss FROM loss WHERE writes > 0 AND (loss > 0 OR reads = 0)
     EXCEPT SELECT a ->> 'workload', a ->> 'application', a ->> 'model', (a ->> 'writes')::numeric, (a ->> 'reads')::numeric, (a ->> 'loss')::numeric FROM bedrock.answer('Q075') a)
    UNION ALL
    (SELECT a ->> 'workload', a ->> 'application', a ->> 'model', (a ->> 'writes')::numeric, (a ->> 'reads')::numeric, (a ->> 'loss')::numeric FROM bedrock.answer('Q075') a
     EXCEPT SELECT workload, application, model, writes, reads, loss FROM loss)) x;
SELECT 'Q075', 'nobody loses' WHERE (SELECT count(*) FROM bedrock.answer('Q075')) < 5;
ROLLBACK;
