-- SPDX-License-Identifier: PostgreSQL
-- A shared caller, split by logged tokens in plain SQL over raw lines and the log as it was written: by session, user or
-- (of the gateway) requestMetadata. What is left of a cell in its last digit goes to the largest rests.
CREATE TABLE split_cell AS
SELECT row_number() OVER () AS number, c.* FROM (
    SELECT principal_key AS role, session, email, day, account, region, model, kind, ut ~* '1h' AS hour, CASE pricing_model WHEN 'on_demand' THEN 'standard' ELSE pricing_model END AS tier,
           ut ~* 'global' AS global, ut ~* 'LCtx|long-context|long.ctx' AS long, sum(cost) AS cost
    FROM september WHERE principal_key IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ut LIKE '%quantum%') c;
CREATE TABLE split_part AS
SELECT c.number, l.caller_name AS part, sum(k.n) AS tokens
FROM split_cell c
JOIN (SELECT l.*, split_part(principal, '/', 3) AS session, tokens > 0 AS counted, coalesce(input, 0) + coalesce(cache_read, 0) + coalesce(cache_write, 0) > 200000
             AND model IN (SELECT model_name FROM model_id JOIN bedrock.prices USING (model_id) WHERE long_context_above > 0) AS long FROM logged_september l) l
    ON l.principal_key = c.role AND l.day = c.day AND l.account = c.account AND l.region = c.region AND l.model = c.model AND (l.pool = 'global') = c.global AND l.long = c.long AND c.session IN ('', l.session)
CROSS JOIN LATERAL (VALUES ('input', input), ('output', output), ('cache_read', cache_read), ('cache_write', cache_write)) k (kind, n)
WHERE c.email IS NULL AND c.kind = k.kind AND NOT c.hour AND c.tier = 'standard' AND k.n > 0 GROUP BY 1, 2;
CREATE VIEW split_share AS
SELECT role, part, tokens, cost, CASE WHEN email IS NOT NULL THEN 'billed' WHEN kind IS NULL THEN 'not in tokens' WHEN parts IS NULL THEN 'not logged' WHEN part IS NULL THEN 'not named' ELSE 'split' END AS outcome
FROM (SELECT c.role, c.email, c.kind, p.number AS parts, coalesce(c.email, p.part) AS part, p.tokens, CASE WHEN p.number IS NULL THEN c.cost ELSE
             trunc(x.exact, 12) + CASE WHEN rank() OVER (PARTITION BY c.number ORDER BY x.exact - trunc(x.exact, 12) DESC, p.part COLLATE "C") <= (c.cost - sum(trunc(x.exact, 12)) OVER (PARTITION BY c.number)) * 1000000000000 THEN 0.000000000001 ELSE 0 END END AS cost
      FROM split_cell c LEFT JOIN (SELECT *, sum(tokens) OVER (PARTITION BY number) AS whole FROM split_part) p USING (number)
      CROSS JOIN LATERAL (SELECT round(c.cost, 60) * p.tokens / p.whole AS exact) x) s;
INSERT INTO expected (question_id, args, sql) VALUES
('Q046', '{}', $$SELECT role, part AS "user", sum(tokens) AS tokens, sum(cost) AS allocated_cost, outcome, round(100 * sum(cost) / sum(sum(cost)) OVER (PARTITION BY role), 2) AS share_pct,
    CASE WHEN part IS NULL THEN NULL WHEN outcome = 'billed' THEN 'billing' ELSE 'request_metadata' END AS evidence_trust
    FROM split_share WHERE role IN (SELECT role FROM split_share GROUP BY role HAVING count(DISTINCT part) > 1) GROUP BY role, part, outcome$$),
('Q046', '{"role": "arn:aws:sts::555566667777:assumed-role/llm-gateway-role/wiki-bot", "by": "session"}', $$SELECT principal_key AS role, session AS "user", sum(cost) AS allocated_cost, 'billed' AS outcome, 'billing' AS evidence_trust
    FROM september WHERE principal_key LIKE '%llm-gateway-role' GROUP BY 1, 2$$);
-- The gateway is split, in part: users are told, and what they used sums to what was billed.
SELECT 'Q046', 'the gateway is not split', s.* FROM (SELECT count(*) FILTER (WHERE outcome = 'split') AS n, sum(cost) AS cost FROM split_share WHERE role LIKE '%llm-gateway-role') s
WHERE n = 0 OR cost <> (SELECT sum(cost) FROM september WHERE principal_key LIKE '%llm-gateway-role');
