-- SPDX-License-Identifier: PostgreSQL
-- The demo's logs against its bill, by plain SQL over both raw tables: lists what differs.
CREATE TEMP TABLE billed AS
SELECT (line_item_usage_start_date AT TIME ZONE 'UTC')::date AS day, line_item_usage_start_date AS hour, line_item_usage_account_id AS account, product_region_code AS region,
       CASE WHEN line_item_usage_type ~* 'cache-?_?read' THEN 'cache_read' WHEN line_item_usage_type ~* 'cache-?_?write' THEN 'cache_write' WHEN line_item_usage_type ~* 'output' THEN 'output' ELSE 'input' END AS kind,
       line_item_usage_amount * CASE pricing_unit WHEN '1K tokens' THEN 1000 ELSE 1000000 END AS tokens, line_item_unblended_cost AS cost, line_item_usage_type ~ 'mantle' AS mantle, line_item_usage_type ~* 'batch' AS batch,
       line_item_usage_type ~* 'embed' OR product ->> 'product_name' ~ 'Embed' AS embedding
FROM cur WHERE bill_billing_period_start_date = '2026-09-01Z' AND line_item_line_item_type = 'Usage' AND line_item_usage_type ~* 'token' AND is_bedrock(line_item_product_code, bill_billing_entity, product ->> 'product_name')
  AND line_item_usage_type !~ 'TPM|per-minute|mbed.*image';
CREATE TEMP TABLE logged AS
SELECT (i.logged_at AT TIME ZONE 'UTC')::date AS day, d.account_id AS account, d.region, d.model, d.caller, i.*, k.kind, k.tokens
FROM bedrock.invocation i JOIN bedrock.invocation_dimension d USING (dimension_id),
     LATERAL (VALUES ('input', i.input_tokens), ('output', i.output_tokens), ('cache_read', i.cache_read_tokens), ('cache_write', i.cache_write_tokens)) k (kind, tokens);

-- By day, account, region and kind the logs have every token of the bill, but for the gaps.
WITH expected AS (
    SELECT day, account, region, kind, sum(tokens) AS tokens FROM billed
    WHERE NOT mantle AND NOT batch AND NOT (embedding AND account = '555566667777') AND account NOT IN ('444455556666', '123456789012') AND NOT (account = '555566667777' AND day IN ('2026-09-16', '2026-09-17'))
      AND NOT (account = '111122223333' AND region = 'us-east-1' AND hour >= '2026-09-22 10:00Z' AND hour < '2026-09-22 14:00Z') GROUP BY 1, 2, 3, 4
    UNION ALL VALUES ('2026-09-30'::date, '222233334444', 'eu-west-1', 'input', 12 * 2000 + 66), ('2026-09-30', '222233334444', 'eu-west-1', 'output', 12 * 300)),
found AS (SELECT day, account, region, kind, sum(tokens) AS tokens FROM logged GROUP BY 1, 2, 3, 4 HAVING sum(tokens) > 0)
SELECT 'tokens of', day, account, region, kind, e.tokens, f.tokens FROM expected e FULL JOIN found f USING (day, account, region, kind) WHERE e.tokens <> 0 AND e.tokens IS DISTINCT FROM f.tokens OR e.tokens IS NULL ORDER BY 2, 3, 4, 5 LIMIT 20;
SELECT 'requests', 'over 100,000', count(*) FROM bedrock.invocation HAVING count(*) < 100000;
SELECT 'requests of the runaway hour', 600, count(*) FROM bedrock.request WHERE logged_at >= '2026-09-30 02:00Z' AND logged_at < '2026-09-30 03:00Z' AND principal_key ~ 'triage' HAVING count(*) <> 600;
SELECT 'users of the gateway', 'ada,ben,chi', string_agg(DISTINCT metadata ->> 'user', ',') FROM bedrock.invocation HAVING string_agg(DISTINCT metadata ->> 'user', ',') IS DISTINCT FROM 'ada,ben,chi';

-- Reconciliation has all of both sides, names each gap, and agrees with the rest.
SELECT 'billed tokens', (SELECT sum(tokens) FROM billed), sum(billed_tokens) FROM bedrock.reconciliation WHERE day >= '2026-09-01' HAVING sum(billed_tokens) <> (SELECT sum(tokens) FROM billed);
SELECT 'billed cost', (SELECT sum(cost) FROM billed), sum(billed_cost) FROM bedrock.reconciliation WHERE day >= '2026-09-01' HAVING sum(billed_cost) <> (SELECT sum(cost) FROM billed);
SELECT 'logged tokens', (SELECT sum(tokens) FROM logged), sum(logged_tokens) FROM bedrock.reconciliation HAVING sum(logged_tokens) <> (SELECT sum(tokens) FROM logged);
SELECT 'cost of accounts not logged', e.cost, r.cost FROM (SELECT sum(cost) AS cost FROM billed WHERE account IN ('444455556666', '123456789012') AND NOT mantle AND tokens <> 0) e,
    (SELECT sum(billed_cost) AS cost FROM bedrock.reconciliation WHERE day >= '2026-09-01' AND finding = 'account not logged') r WHERE e.cost IS DISTINCT FROM r.cost;
SELECT 'cost of days not exported', e.cost, r.cost FROM (SELECT sum(cost) AS cost FROM billed WHERE account = '555566667777' AND day IN ('2026-09-16', '2026-09-17') AND NOT mantle) e,
    (SELECT sum(billed_cost) AS cost FROM bedrock.reconciliation WHERE day >= '2026-09-01' AND finding = 'export gap') r WHERE e.cost IS DISTINCT FROM r.cost;
SELECT 'findings', 'eight of them', string_agg(DISTINCT finding, ', ') FROM bedrock.reconciliation WHERE day >= '2026-09-01'
HAVING array_agg(DISTINCT finding) <> ARRAY['account not billed', 'account not logged', 'endpoint not logged', 'export gap', 'match', 'not billed', 'not logged', 'partly logged'];
-- Where the tokens are the same the estimate is the bill, to the last digit.
SELECT 'estimate of what is logged in full', sum(billed_cost), sum(estimated_cost) FROM bedrock.reconciliation WHERE day >= '2026-09-01' AND gap_tokens = 0 AND book_cost IS NOT NULL
HAVING (sum(billed_cost) = sum(estimated_cost) AND sum(billed_cost) > 30000) IS NOT TRUE;
-- Logs do not tell speech from text, which the book prices apart: no estimate, and the reconciliation says why.
SELECT 'estimates of speech', 'no price', string_agg(DISTINCT cause || coalesce(' ' || estimated_cost, ''), ', ') FROM bedrock.reconciliation WHERE model_name = 'Nova Sonic' AND day >= '2026-09-01' AND finding = 'match'
HAVING string_agg(DISTINCT cause || coalesce(' ' || estimated_cost, ''), ', ') IS DISTINCT FROM 'no price';
-- The split of the gateway is its bill, and its users are most of it.
SELECT 'split of the gateway', b.cost, s.cost FROM (SELECT sum(line_item_unblended_cost) AS cost FROM cur WHERE bill_billing_period_start_date = '2026-09-01Z' AND line_item_iam_principal LIKE '%/llm-gateway-role/%') b,
    (SELECT sum(cost) AS cost, sum(cost) FILTER (WHERE part IS NOT NULL) AS named FROM bedrock.split_spend('arn:aws:iam::555566667777:role/llm-gateway-role', 'user', '2026-09-01')) s WHERE b.cost IS DISTINCT FROM s.cost OR s.named < 0.5 * s.cost;

-- estimated_cost on a GROUP BY is what single requests cost together: exactly, by day and by month, where the group says which
-- of two prices its requests have, and where a model has but one; and a month that nobody sorted by length is one at the
-- standard price, not the few groups that are small enough for one request.
CREATE TEMP TABLE priced AS
SELECT coalesce(model_id, model) AS model, region, CASE pool WHEN 'global' THEN 'global' ELSE 'regional' END AS routing, coalesce(tier, 'standard') AS tier, logged_at,
       long_context AND EXISTS (SELECT FROM bedrock.prices p WHERE p.model_id = r.model_id AND p.long_context_above IS NOT NULL) AS long_context,
       EXISTS (SELECT FROM bedrock.prices p WHERE p.model_id = r.model_id AND p.long_context_above IS NOT NULL) AS has_long, input_tokens, output_tokens, cache_read_tokens,
       cache_write_tokens - coalesce(cache_write_1h_tokens, 0) AS cache_write_tokens, cache_write_1h_tokens, est_cost
FROM bedrock.request r WHERE est_cost IS NOT NULL;
CREATE TEMP VIEW grouped AS
SELECT u.unit, g.model, g.region, g.routing, g.tier, date_trunc(u.unit, g.logged_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS at, g.long_context, g.has_long, sum(g.input_tokens) AS input,
       sum(g.output_tokens) AS output, sum(g.cache_read_tokens) AS cache_read, sum(g.cache_write_tokens) AS cache_write, sum(g.cache_write_1h_tokens) AS cache_write_1h, sum(g.est_cost) AS cost
FROM priced g, (VALUES ('microseconds'), ('day'), ('month')) u (unit) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
SELECT 'requests priced one by one', sum(est_cost), sum(e) FROM (SELECT est_cost, estimated_cost(model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, region, routing,
    tier, logged_at) AS e FROM priced) x HAVING (sum(est_cost) = sum(e) AND count(*) = count(e) AND count(*) > 100000) IS NOT TRUE;
SELECT 'groups by ' || unit || ' and length', sum(cost), sum(e) FROM (SELECT *, estimated_cost(model, input, output, cache_read, cache_write, cache_write_1h, region, routing, tier, at, long_context) AS e
    FROM grouped) x GROUP BY unit HAVING (sum(cost) = sum(e) AND count(*) = count(e) AND bool_or(long_context)) IS NOT TRUE;
SELECT 'groups by ' || unit || ' of models with one price', sum(cost), sum(e) FROM (SELECT *, estimated_cost(model, input, output, cache_read, cache_write, cache_write_1h, region, routing, tier, at) AS e
    FROM grouped WHERE NOT has_long) x GROUP BY unit HAVING (sum(cost) = sum(e) AND count(*) = count(e) AND sum(e) > 10000) IS NOT TRUE;
SELECT 'a month as one sum', sum(s), sum(e) FROM (
    SELECT sum(s) AS s, estimated_cost(model, sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens), sum(cache_write_1h_tokens), region, routing, tier, '2026-09-30') AS e
    FROM (SELECT *, estimated_cost(model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, region, routing, tier, logged_at, false) AS s FROM priced) p
    GROUP BY model, region, routing, tier HAVING sum(input_tokens) + coalesce(sum(cache_read_tokens), 0) + coalesce(sum(cache_write_tokens), 0) > 1000000) x
HAVING (sum(s) = sum(e) AND sum(e) > 35000) IS NOT TRUE;
