-- SPDX-License-Identifier: PostgreSQL
-- The bill against the logs and the estimate: raw lines, the log as it was written, and the price book joined to it in plain SQL.
CREATE TABLE model_id AS SELECT DISTINCT ON (model_name) model_name, model_id FROM bedrock.models WHERE mantle_alias_of IS NULL ORDER BY model_name, model_id;
CREATE TABLE side_by_side AS
WITH billed AS (
    SELECT day, account, region, model, kind, sum(tokens) AS tokens, sum(tokens) FILTER (WHERE ut LIKE '%mantle%') AS mantle, sum(cost) AS cost FROM september WHERE kind IS NOT NULL AND tokens <> 0 GROUP BY 1, 2, 3, 4, 5),
counted AS (
    SELECT day, account, region, model, k.kind, pool = 'global' AS global, coalesce(input, 0) + coalesce(cache_read, 0) + coalesce(cache_write, 0) > coalesce(a.above, 200000) AS long, sum(k.n) AS n
    FROM logged_september LEFT JOIN (SELECT model_name AS model, min(long_context_above) AS above FROM model_id JOIN bedrock.prices USING (model_id) GROUP BY 1) a USING (model), LATERAL (VALUES ('input', input), ('output', output), ('cache_read', cache_read), ('cache_write', cache_write)) k (kind, n) GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(k.n) > 0),
estimated AS (
    SELECT day, account, region, model, kind, sum(n) AS tokens,
           CASE WHEN bool_and(price IS NOT NULL) THEN sum(n * price) * 0.000001 END AS estimate
    -- These logs do not tell speech from text.
    FROM (SELECT c.*, CASE WHEN c.model <> 'Nova Sonic' THEN price_in_book(m.model_id, c.region, CASE WHEN c.global THEN 'global' ELSE 'regional' END, 'standard', kind, NULL,
                                    long AND EXISTS (SELECT FROM bedrock.prices p WHERE p.model_id = m.model_id AND p.long_context_above > 0), day) END AS price FROM counted c LEFT JOIN model_id m ON m.model_name = c.model) p
    GROUP BY 1, 2, 3, 4, 5)
SELECT day, account, region, model, kind, b.cost, e.estimate, b.tokens AS billed, e.tokens AS logged, CASE WHEN b.cost > 0 THEN e.estimate END IS NOT NULL AS compared,
       CASE WHEN coalesce(e.tokens, 0) = 0 THEN CASE WHEN b.mantle = b.tokens THEN 'endpoint not logged' WHEN (account, region) NOT IN (SELECT account, region FROM logged) THEN 'account not logged'
                 WHEN (account, region, day) NOT IN (SELECT account, region, day FROM logged) THEN 'export gap' ELSE 'not logged' END
            WHEN coalesce(b.tokens, 0) = 0 THEN CASE WHEN (account, region) NOT IN (SELECT account, region FROM line WHERE kind IS NOT NULL) THEN 'account not billed'
                 WHEN (account, region, day) NOT IN (SELECT account, region, day FROM september WHERE kind IS NOT NULL) THEN 'bill gap' ELSE 'not billed' END
            WHEN abs(b.tokens - coalesce(b.mantle, 0) - e.tokens) * 100 <= b.tokens THEN 'match' WHEN e.tokens < b.tokens THEN 'partly logged' ELSE 'logged more than billed' END AS finding
FROM billed b FULL JOIN estimated e USING (day, account, region, model, kind);
-- A log's last day is the bill's: nothing is pending.
INSERT INTO expected (question_id, args, sql) VALUES
('Q130', '{}', $$SELECT model, sum(estimate) AS estimated, sum(cost) AS billed, round(100 * coalesce(sum(cost) FILTER (WHERE compared), 0) / nullif(sum(cost), 0), 2) AS compared_pct,
    sum(estimate) FILTER (WHERE compared) / nullif(sum(cost) FILTER (WHERE compared), 0) AS ratio, round(100 * coalesce(sum(logged) FILTER (WHERE billed IS NOT NULL), 0) / nullif(sum(billed), 0), 1) AS logged_pct,
    CASE WHEN count(billed) > 0 THEN 'USD' END AS currency FROM side_by_side GROUP BY model, billed IS NULL$$),
('Q160', '{}', $$SELECT finding, account, region, model, count(DISTINCT day) AS days, sum(billed) AS billed_tokens, sum(logged) AS logged_tokens, sum(cost) AS billed_cost, sum(estimate) AS estimate, min(day) AS first_day, max(day) AS last_day
    FROM side_by_side WHERE finding <> 'match' GROUP BY 1, 2, 3, 4, billed IS NULL$$),
('Q161', '{}', $$SELECT CASE finding WHEN 'match' THEN 'reconciled' ELSE 'unmatched' END AS state, finding, count(*) AS cells, sum(billed) AS billed_tokens, sum(logged) AS logged_tokens, sum(cost) AS billed_cost,
    CASE WHEN sum(billed) > 0 THEN round(100 * sum(cost) / (SELECT sum(cost) FROM september WHERE kind IS NOT NULL AND tokens <> 0), 2) END AS share_pct, sum(estimate) AS estimate FROM side_by_side GROUP BY finding, billed IS NULL$$);
