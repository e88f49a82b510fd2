-- SPDX-License-Identifier: PostgreSQL
-- Questions about prices: cells of the raw lines, and the price book joined to them in plain SQL.
CREATE TABLE price_cell AS
SELECT period, m.model_id, region, application, workload, CASE WHEN ut ~* 'global' THEN 'global' ELSE 'regional' END AS routing, CASE pricing_model WHEN 'on_demand' THEN 'standard' ELSE pricing_model END AS tier, kind,
       CASE WHEN kind = 'cache_write' THEN CASE WHEN ut ~* '1h' THEN '1h' WHEN ut ~ '-5m' THEN '5m' END END AS ttl, ut ~* 'LCtx|long-context|long.ctx' AS long, ut LIKE '%speech%' AS speech,
       CASE WHEN ut LIKE '%mantle%' THEN 'mantle' WHEN ut LIKE '%MP:%' THEN '' ELSE 'runtime' END AS endpoint, ut LIKE '%custom-model%' AS custom, sum(tokens) AS tokens, sum(cost) AS cost, sum(net) AS net
FROM line JOIN (SELECT DISTINCT ON (model_name) model_name, model_id FROM bedrock.models WHERE mantle_alias_of IS NULL ORDER BY model_name, model_id) m ON m.model_name = line.model
WHERE usage AND kind IS NOT NULL AND tokens > 0 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
SELECT 'a model of the bill is not in the catalogue', model FROM line WHERE model IS NOT NULL EXCEPT SELECT 'a model of the bill is not in the catalogue', model_name FROM bedrock.models;
-- dated: it is known that the price was there in the month of the day.
CREATE FUNCTION row_in_book(model_id text, region text, routing text, tier text, kind text, ttl text, long boolean, day date, OUT usd numeric, OUT dated boolean) LANGUAGE sql AS $$
    SELECT p.usd, p.billed_from IS NOT NULL OR coalesce(p.as_of >= date_trunc('month', $8), false) FROM bedrock.prices p
    WHERE p.model_id = $1 AND p.region IN ($2, '*') AND p.routing = $3 AND p.tier = $4 AND p.token_kind = $5 AND p.unit = '1M tokens' AND p.modality IS NULL AND (p.long_context_above IS NOT NULL) = $7
      AND CASE WHEN $5 <> 'cache_write' THEN true WHEN $6 = '1h' THEN p.cache_ttl = '1h' WHEN $6 IS NULL THEN p.cache_ttl IS DISTINCT FROM '1h' ELSE p.cache_ttl = $6 END
      AND $8 BETWEEN coalesce(p.valid_from, '-infinity') AND coalesce(p.valid_to, 'infinity')
    ORDER BY array_position(ARRAY['5m', '30m', ''], coalesce(p.cache_ttl, '')), p.region = '*', p.valid_from DESC NULLS LAST LIMIT 1 $$;
CREATE FUNCTION price_in_book(model_id text, region text, routing text, tier text, kind text, ttl text, long boolean, day date) RETURNS numeric LANGUAGE sql AS $$ SELECT usd FROM row_in_book($1, $2, $3, $4, $5, $6, $7, $8) $$;

INSERT INTO expected (question_id, args, sql) VALUES
('Q086', '{}', $$SELECT workload, application, option, sum(tokens) AS tokens, sum(tokens * now_usd) * 0.000001 AS cost_now, sum(tokens * then_usd) * 0.000001 AS cost_then, sum(tokens * (then_usd - now_usd)) * 0.000001 AS delta,
    round(100 * sum(tokens * (then_usd - now_usd)) / nullif(sum(tokens * now_usd), 0), 2) AS delta_pct
    FROM (SELECT c.workload, c.application, o.option, c.tokens, price_in_book(model_id, region, routing, tier, kind, ttl, long, '2026-09-30') AS now_usd,
                 price_in_book(model_id, region, CASE option WHEN 'global' THEN 'global' ELSE routing END, CASE option WHEN 'global' THEN tier ELSE option END, kind, ttl, long, '2026-09-30') AS then_usd
          FROM price_cell c, (VALUES ('batch'), ('flex'), ('global')) o (option) WHERE c.period = '2026-09-01' AND NOT speech AND NOT custom AND CASE option WHEN 'global' THEN routing = 'regional' ELSE tier = 'standard' END) x
    WHERE now_usd IS NOT NULL AND then_usd IS NOT NULL GROUP BY 1, 2, 3$$),
('Q092', '{}', $$SELECT token_kind AS token_type, cache_ttl, usd AS price, floor(100000000 / usd) AS tokens, usd AS dollars, true AS dated, 'USD' AS currency FROM bedrock.prices
    WHERE model_id = 'anthropic.claude-sonnet-4-6' AND region = 'us-east-1' AND routing = 'regional' AND tier = 'standard'$$),
('Q092', '{"model": "global.anthropic.claude-haiku-4-5-20251001-v1:0", "dollars": 7, "tokens": 2500000, "region": "eu-west-1", "tier": "batch"}', $$SELECT token_kind AS token_type, usd AS price, floor(7000000 / usd) AS tokens, 2.5 * usd AS dollars
    FROM bedrock.prices WHERE model_id = 'anthropic.claude-haiku-4-5-20251001-v1:0' AND region = 'eu-west-1' AND routing = 'global' AND tier = 'batch'$$),
('Q132', '{"all": true}', $$SELECT model_id AS model, kind AS token_type, ttl AS cache_ttl, tier, routing, region, long AS long_context, round(cost * 1000000 / tokens, 10) AS billed_price, cost, round(100 * (1 - net / nullif(cost, 0)), 2) AS discount_pct FROM (
    SELECT model_id, kind, ttl, tier, routing, region, long, speech, endpoint, custom, sum(cost) AS cost, sum(net) AS net, sum(tokens) AS tokens FROM price_cell WHERE period = '2026-09-01' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) x$$),
('Q132', '{}', $$SELECT model_id AS model, kind AS token_type, ttl AS cache_ttl, tier, routing, region, usd AS book_price,
       CASE WHEN usd IS NULL THEN 'missing' WHEN billed / nullif(usd, 0) BETWEEN 800 AND 1250 OR usd / nullif(billed, 0) BETWEEN 800 AND 1250 THEN 'factor_1000' WHEN abs(billed - usd) <= usd * 0.001 THEN 'old' ELSE 'different' END AS finding, cost
    FROM (SELECT x.*, cost * 1000000 / tokens AS billed, b.usd, b.dated FROM (
              SELECT model_id, kind, ttl, tier, routing, region, long, speech, endpoint, custom, sum(cost) AS cost, sum(tokens) AS tokens FROM price_cell WHERE period = '2026-09-01' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) x
          LEFT JOIN LATERAL (SELECT r.usd, r.dated FROM row_in_book(model_id, region, routing, tier, kind, ttl, long, '2026-09-30') r WHERE NOT speech
                             UNION ALL (SELECT p.usd, p.billed_from IS NOT NULL OR coalesce(p.as_of >= '2026-09-01', false) FROM bedrock.prices p
                                        WHERE speech AND p.model_id = x.model_id AND p.region IN (x.region, '*') AND p.modality = 'speech' AND p.token_kind = x.kind ORDER BY p.region = '*' LIMIT 1)) b ON NOT custom) y
    WHERE usd IS NULL OR abs(billed - usd) > usd * 0.001 OR NOT dated$$),
('Q133', '{}', $$SELECT model_id AS model, kind AS token_type, ttl AS cache_ttl, tier, routing, region, old AS "from", new AS "to", period AS at, cost - tokens * old_cost / old_tokens AS effect FROM (
    SELECT *, round(cost * 1000000 / tokens, 10) AS new, round(lag(cost) OVER w * 1000000 / lag(tokens) OVER w, 10) AS old, lag(cost) OVER w AS old_cost, lag(tokens) OVER w AS old_tokens FROM (
        SELECT period, model_id, kind, ttl, tier, routing, region, long, speech, endpoint, custom, sum(cost) AS cost, sum(tokens) AS tokens FROM price_cell GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) c
    WINDOW w AS (PARTITION BY model_id, kind, ttl, tier, routing, region, long, speech, endpoint, custom ORDER BY period)) x WHERE abs(new - old) > old * 0.001$$);
-- No price of the demo's bill changes: net columns that begin in August are no change of a price.
UPDATE expected SET subset = true WHERE question_id = 'Q133' AND args = '{}';
SELECT 'Q133', 'a price that never changed', a FROM bedrock.answer('Q133') a;
