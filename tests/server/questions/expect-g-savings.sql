-- SPDX-License-Identifier: PostgreSQL
-- Candidates for savings: raw lines and the price book in plain SQL.
INSERT INTO expected (question_id, args, sql) VALUES
('Q162', '{}', $$SELECT engineer, cost AS billed_cost, tokens, requests, days AS active_days, last_day, 20 AS seat_price, 20 - cost AS delta, CASE engineer WHEN 'hana.kim' THEN 'usage cheaper' ELSE 'seat cheaper' END AS finding
    FROM (SELECT engineer, sum(cost) AS cost, sum(tokens) AS tokens, count(DISTINCT day) AS days, max(day) AS last_day FROM september WHERE traffic = 'coding_assistant' GROUP BY 1) s
    LEFT JOIN (SELECT g.value AS engineer, count(*) AS requests FROM logged_september l JOIN registry_label g ON g.arn = l.rid AND g.label = 'engineer' GROUP BY 1) l USING (engineer)$$),
('Q162', '{"seat_price": 1000, "idle_days": 0}', $$SELECT DISTINCT engineer, 1000 AS seat_price, 'idle' AS finding FROM september WHERE traffic = 'coding_assistant'$$),
('Q074', '{}', $$SELECT workload, application, round(coalesce(sum(read), 0), 6) AS saved, round(coalesce(sum(write), 0), 6) AS write_premium, round(coalesce(sum(read), 0) - coalesce(sum(write), 0), 6) AS net_saving,
    round(100 * (coalesce(sum(read), 0) - coalesce(sum(write), 0)) / sum(tokens * price), 2) AS saving_pct, coalesce(sum(cost) FILTER (WHERE kind = 'cache_read'), 0) AS read_cost, coalesce(sum(cost) FILTER (WHERE kind = 'cache_write'), 0) AS write_cost
    FROM (SELECT *, CASE kind WHEN 'cache_read' THEN tokens * price - cost END AS read, CASE kind WHEN 'cache_write' THEN cost - tokens * price END AS write
          FROM (SELECT *, sum(CASE WHEN kind = 'input' THEN cost END) OVER w / sum(CASE WHEN kind = 'input' THEN tokens END) OVER w AS price FROM september WHERE kind IN ('input', 'cache_read', 'cache_write')
                AND model IN (SELECT model FROM september WHERE kind LIKE 'cache%')
                WINDOW w AS (PARTITION BY model, region, ut ~* 'global', ut ~* 'LCtx|long-context', pricing_model, ut ~ 'custom-model')) p) x
    GROUP BY workload, application HAVING count(*) FILTER (WHERE kind LIKE 'cache%') > 0$$),
('Q076', '{}', $$SELECT workload, application, model_id AS model, ttl, sum(tokens) AS writes, sum(tokens * five) * 0.000001 AS cost_5m, sum(tokens * hour) * 0.000001 AS cost_1h, round(100 * (1 - sum(tokens * five) / nullif(sum(tokens * hour), 0)), 2) AS break_even_pct,
    coalesce((SELECT sum(tokens) FROM price_cell r WHERE r.period = '2026-09-01' AND r.kind = 'cache_read' AND r.workload = x.workload AND r.application = x.application AND r.model_id = x.model_id), 0) AS reads, 'USD' AS currency
    FROM (SELECT *, price_in_book(model_id, region, routing, tier, kind, NULL, long, '2026-09-30') AS five, price_in_book(model_id, region, routing, tier, kind, '1h', long, '2026-09-30') AS hour
          FROM price_cell WHERE period = '2026-09-01' AND kind = 'cache_write') x WHERE five IS NOT NULL AND hour IS NOT NULL GROUP BY workload, application, model_id, ttl$$),
('Q085', '{}', $$SELECT team, application, model, 'anthropic.claude-haiku-4-5-20251001-v1:0' AS cheaper_model, sum(tokens) FILTER (WHERE haiku IS NOT NULL) AS tokens, coalesce(sum(tokens) FILTER (WHERE haiku IS NULL), 0) AS unpriced_tokens,
    sum(cost) FILTER (WHERE haiku IS NOT NULL) AS billed_cost, sum(tokens * opus) FILTER (WHERE haiku IS NOT NULL) * 0.000001 AS cost_now, sum(tokens * haiku) * 0.000001 AS cost_then, sum(tokens * (haiku - opus)) * 0.000001 AS delta
    FROM (SELECT o.*, price_in_book(o.model_id, region, routing, tier, kind, ttl, long, '2026-09-30') AS opus, price_in_book('anthropic.claude-haiku-4-5-20251001-v1:0', region, routing, tier, kind, ttl, long, '2026-09-30') AS haiku
          FROM (SELECT team, application, model, m.model_id, region, CASE WHEN ut ~* 'global' THEN 'global' ELSE 'regional' END AS routing, CASE pricing_model WHEN 'on_demand' THEN 'standard' ELSE pricing_model END AS tier, kind,
                       CASE WHEN kind = 'cache_write' AND ut ~* '1h' THEN '1h' END AS ttl, ut ~* 'LCtx|long-context|long.ctx' AS long, sum(tokens) AS tokens, sum(cost) AS cost
                FROM september JOIN model_id m ON m.model_name = model WHERE family = 'Opus' AND kind IS NOT NULL AND tokens > 0 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) o) x GROUP BY 1, 2, 3$$),
('Q087', '{"unit_tokens": 50000}', $$SELECT model_id AS model, region, tier AS option, tokens, cost AS on_demand_cost, usd AS unit_price, usd * 720 AS provisioned_cost, round(cost / (usd * 720), 4) AS break_even, round(tokens * 100 / 2160000000, 4) AS utilisation
    FROM (SELECT m.model_id, region, sum(tokens) FILTER (WHERE kind IN ('input', 'output')) AS tokens, sum(cost) AS cost FROM september JOIN model_id m ON m.model_name = model WHERE kind IS NOT NULL AND tokens > 0 AND pricing_model = 'on_demand' GROUP BY 1, 2) u
    JOIN (SELECT model_id, tier, usd, region AS price_region FROM bedrock.prices WHERE unit = 'model unit hour') p USING (model_id) WHERE price_region = '*' OR price_region = region$$),
('Q087', '{}', $$SELECT DISTINCT m.model_id AS model, region, NULL::numeric AS utilisation, tier AS option FROM september JOIN model_id m ON m.model_name = model JOIN (SELECT model_id, tier, region AS price_region FROM bedrock.prices WHERE unit = 'model unit hour') p USING (model_id)
    WHERE kind IS NOT NULL AND pricing_model = 'on_demand' AND price_region IN ('*', region)$$);
-- Every team on Opus would pay less on Haiku.
SELECT 'Q085', 'Haiku is not cheaper', a FROM bedrock.answer('Q085') a WHERE ((a ->> 'delta')::numeric < 0) IS NOT TRUE;

-- A better cache: input that becomes cache reads, with as many more writes as a read takes in that cell today.
INSERT INTO expected (question_id, args, sql) VALUES
('Q077', '{}', $$SELECT application, (SELECT sum(cost) FROM counted l WHERE l.application = x.application) AS billed_cost, CASE application WHEN 'hr-portal' THEN 14000 WHEN 'customer-insights' THEN 10000 END AS estimate, CASE application WHEN 'hr-portal' THEN 200 WHEN 'customer-insights' THEN 0 END AS overage, 0.30 AS target_rate, CASE application WHEN 'hr-portal' THEN round(100 * sum(saved) / 200, 2) END AS recoverable_pct,
    coalesce(sum(moved) FILTER (WHERE saved IS NOT NULL), 0) AS tokens, coalesce(sum(moved) FILTER (WHERE saved IS NULL), 0) AS unpriced_tokens, sum(saved) AS recoverable
    FROM (SELECT *, ((moved + written) * price_in_book(model_id, region, routing, tier, 'input', NULL, long, '2026-09-30') - moved * price_in_book(model_id, region, routing, tier, 'cache_read', NULL, long, '2026-09-30')
                     - CASE WHEN written > 0 THEN written * price_in_book(model_id, region, routing, tier, 'cache_write', NULL, long, '2026-09-30') ELSE 0 END) * 0.000001 AS saved
          FROM (SELECT *, least(ceil(moved * w / r), i - moved) AS written FROM (SELECT *, floor(least(0.30 * (i + r + w) - r, i * r / (r + w))) AS moved FROM (
                SELECT workload, application, model_id, region, routing, tier, long, sum(tokens) FILTER (WHERE kind = 'input') AS i, sum(tokens) FILTER (WHERE kind = 'cache_read') AS r, coalesce(sum(tokens) FILTER (WHERE kind = 'cache_write'), 0) AS w
                FROM price_cell WHERE period = '2026-09-01' AND NOT speech AND NOT custom GROUP BY 1, 2, 3, 4, 5, 6, 7) c WHERE i > 0 AND r > 0) m WHERE moved > 0) n) x
    GROUP BY application HAVING count(saved) > 0$$),
('Q077', '{"target_rate": 0.9, "reads_per_write": 4, "estimates": {"hr-portal": 14000, "customer-insights": 20000}}', $$SELECT application, sum(cost) AS billed_cost, e.estimate, greatest(sum(cost) - e.estimate, 0) AS overage, 0.9 AS target_rate
    FROM september JOIN (VALUES ('hr-portal', 14000), ('customer-insights', 20000)) e (name, estimate) ON e.name = application GROUP BY 1, 3
    UNION ALL SELECT application, sum(cost), NULL, NULL, 0.9 FROM september WHERE application NOT IN ('hr-portal', 'customer-insights') AND application IN (
        SELECT application FROM (SELECT application, model_id, region, routing, tier, long, sum(tokens) FILTER (WHERE kind = 'input') AS i, sum(tokens) AS t, coalesce(sum(tokens) FILTER (WHERE kind = 'cache_read'), 0) AS r
            FROM price_cell WHERE period = '2026-09-01' AND NOT speech AND NOT custom AND kind <> 'output' GROUP BY 1, 2, 3, 4, 5, 6) c
        WHERE least(0.9 * t - r, i / 1.25) >= 1 AND price_in_book(model_id, region, routing, tier, 'cache_read', NULL, long, '2026-09-30') IS NOT NULL
          AND price_in_book(model_id, region, routing, tier, 'cache_write', NULL, long, '2026-09-30') IS NOT NULL) GROUP BY 1$$);
-- The list of all candidates, from what was computed apart for each kind of them.
DO $$
DECLARE
    id text;
BEGIN
    FOREACH id IN ARRAY ARRAY['Q085', 'Q086', 'Q077', 'Q162'] LOOP
        EXECUTE format('CREATE TABLE want_%s AS %s', id, (SELECT replace(replace(e.sql, 'SELECT application, (SELECT sum(cost)', 'SELECT workload, application, (SELECT sum(cost)'), 'GROUP BY application HAVING', 'GROUP BY workload, application HAVING')
                                                          FROM expected e WHERE e.question_id = id AND e.args = '{}'));
    END LOOP;
END
$$;
CREATE VIEW want_saving AS
SELECT 'model' AS kind, cheaper_model AS candidate, 'application ' || application || ', team ' || team || ', model ' || model AS scope, billed_cost AS billed_now, cost_then AS could_be, -delta AS saving, 'Q085' AS question FROM want_q085
UNION ALL SELECT CASE option WHEN 'global' THEN 'routing' ELSE 'tier' END, option, concat('workload ' || nullif(workload, '(unclaimed)') || ', ', 'application ' || application), NULL, cost_then, -delta, 'Q086' FROM want_q086
UNION ALL SELECT 'cache', 'more hits', concat('workload ' || nullif(workload, '(unclaimed)') || ', ', 'application ' || application), NULL, NULL, recoverable, 'Q077' FROM want_q077
UNION ALL SELECT 'seat', 'seat', 'engineer ' || engineer, billed_cost, seat_price, -delta, 'Q162' FROM want_q162;
INSERT INTO expected (question_id, args, sql) VALUES
('Q163', '{}', $$SELECT rank() OVER (ORDER BY saving DESC) AS rank, kind, candidate, scope, saving, 'USD' AS saving_currency, question FROM want_saving WHERE saving > 0$$),
('Q163', '{"seat_price": 1500}', $$SELECT kind, candidate, scope, saving - CASE kind WHEN 'seat' THEN 1480 ELSE 0 END AS saving, question FROM want_saving WHERE saving - CASE kind WHEN 'seat' THEN 1480 ELSE 0 END > 0$$);
-- Billed amounts stand beside the estimates, and a candidate whose saving is not known is said, behind the others.
SELECT 'Q163', 'billed_now or could_be differ', w FROM want_saving w WHERE w.billed_now IS NOT NULL AND w.saving > 0 AND NOT EXISTS (
    SELECT FROM bedrock.answer('Q163') a WHERE a ->> 'scope' = w.scope AND a ->> 'candidate' = w.candidate AND (a ->> 'billed_now')::numeric = round(w.billed_now, 2) AND (a ->> 'could_be')::numeric = round(w.could_be, 2));
SELECT 'Q163', 'unit_tokens tell nothing', a FROM bedrock.answer('Q087', '{"unit_tokens": 1}') a WHERE (a ->> 'utilisation')::numeric < 100;
