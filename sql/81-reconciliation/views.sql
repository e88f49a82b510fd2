-- Each side is summed by itself, so that a row of one never meets two of the other. The windows are by day, account and
-- region, which lets a condition on one of them reach the tables.
CREATE OR REPLACE VIEW bedrock.reconciliation WITH (security_invoker) AS
SELECT j.day, j.account_id, j.region, j.model_id, j.model_name, j.token_kind,
       CASE WHEN j.day > j.bill_through THEN CASE WHEN j.billed_tokens IS NULL
                                                      AND j.estimated_cost IS NOT NULL THEN 'estimated'
                                                  ELSE 'pending' END
            WHEN j.finding = 'match' THEN 'reconciled' WHEN j.finding = 'logs not loaded' THEN 'pending'
            ELSE 'unmatched' END AS state,
       j.finding, j.billed_tokens, j.logged_tokens,
       coalesce(j.billed_tokens, 0) - coalesce(j.logged_tokens, 0) AS gap_tokens,
       round(100 * coalesce(j.logged_tokens, 0) / nullif(j.billed_tokens, 0), 2) AS logged_pct, j.mantle_tokens,
       j.requests,
       j.billed_cost, j.currency, j.book_cost, j.estimated_cost,
       CASE WHEN j.currency = 'USD' AND j.billed_cost > 0 THEN j.estimated_cost / j.billed_cost END AS ratio,
       CASE WHEN j.billed_tokens IS NULL THEN 'not billed' WHEN coalesce(j.logged_tokens, 0) = 0 THEN 'not logged'
            WHEN j.currency IS DISTINCT FROM 'USD' THEN 'other currency'
            WHEN j.finding = 'factor_1000' THEN 'factor_1000' WHEN j.estimated_cost IS NULL
                OR j.book_cost IS NULL THEN 'no price'
            WHEN abs(j.estimated_cost - j.billed_cost) <= j.tolerance * abs(j.billed_cost) THEN 'match'
            ELSE concat_ws(' and ',
                           CASE WHEN abs(j.logged_tokens - j.billed_tokens) > j.tolerance * j.billed_tokens
                                    THEN 'tokens' END,
                           CASE WHEN abs(j.book_cost - j.billed_cost) > j.tolerance * abs(j.billed_cost)
                                    THEN 'price' END,
                           CASE WHEN abs(j.estimated_cost * j.billed_tokens - j.book_cost * j.logged_tokens)
                                > j.tolerance * j.book_cost * j.logged_tokens THEN 'tier or routing' END) END AS cause,
       j.bill_through
FROM (
    SELECT p.*,
           CASE WHEN p.billed_tokens > 0 AND p.logged_tokens > 0
                     AND (p.logged_tokens BETWEEN p.billed_tokens * 800 AND p.billed_tokens * 1250
                          OR p.billed_tokens BETWEEN p.logged_tokens * 800 AND p.logged_tokens * 1250) THEN
                         'factor_1000'
                WHEN coalesce(p.logged_tokens, 0) = 0 THEN
                    CASE WHEN p.mantle_tokens = p.billed_tokens THEN 'endpoint not logged'
                         WHEN k.account_id IS NULL THEN 'account not logged'
                         WHEN p.day > (SELECT max(d.day) FROM bedrock.invocation_day AS d) THEN 'logs not loaded'
                         WHEN NOT p.day_logged THEN 'export gap'
                         WHEN p.logged_tokens IS NULL AND p.token_kind IN ('cache_read', 'cache_write')
                             AND p.counted_requests > 0 THEN 'cache not recorded' ELSE 'not logged' END
                WHEN coalesce(p.billed_tokens, 0) = 0 THEN CASE WHEN b.account_id IS NULL THEN 'account not billed'
                                                                WHEN NOT p.day_billed THEN 'bill gap'
                                                                ELSE 'not billed' END
                WHEN abs(p.billed_tokens - p.mantle_tokens - p.logged_tokens) <= p.tolerance * p.billed_tokens
                    THEN 'match'
                WHEN p.logged_tokens < p.billed_tokens - p.mantle_tokens THEN 'partly logged'
                ELSE 'logged more than billed' END AS finding,
           coalesce(f.data_through, (SELECT max(n.data_through) FROM bedrock.freshness AS n), '-infinity')
               AS bill_through
    FROM (
        SELECT g.*, coalesce(bool_or(g.requests > 0) OVER place, false) AS day_logged,
               coalesce(bool_or(g.billed_tokens > 0) OVER place, false) AS day_billed,
               (SELECT bedrock_internal.setting_value('reconciliation_tolerance_pct')::numeric / 100) AS tolerance
        FROM (
            SELECT u.day, u.account_id, u.region, u.model_id, max(u.model_name) AS model_name, u.token_kind,
                   sum(u.billed_tokens) AS billed_tokens, sum(u.logged_tokens) AS logged_tokens,
                   coalesce(sum(u.mantle_tokens), 0) AS mantle_tokens, sum(u.requests)::bigint AS requests,
                   sum(u.counted_requests)::bigint AS counted_requests,
                   CASE WHEN min(u.currency) = max(u.currency) THEN sum(u.billed_cost) END AS billed_cost,
                   CASE WHEN min(u.currency) = max(u.currency) THEN nullif(min(u.currency), '') END AS currency,
                   CASE WHEN count(u.book_cost) = count(u.billed_tokens) THEN sum(u.book_cost) END AS book_cost,
                   CASE WHEN count(u.estimated_cost) = count(u.logged_tokens) FILTER (WHERE u.logged_tokens > 0)
                            THEN sum(u.estimated_cost) END AS estimated_cost
            FROM (
                SELECT s.day, s.account_id, s.region, s.model_id, s.model_name, s.token_kind, s.tokens AS billed_tokens,
                       NULL::numeric AS logged_tokens, s.mantle_tokens, NULL::numeric AS requests,
                       NULL::numeric AS counted_requests, s.cost AS billed_cost,
                       -- Empty: not stated, which is none of those that are.
                       coalesce(s.currency, '') AS currency,
                       CASE WHEN s.custom_model IS NOT TRUE
                                AND coalesce(s.modality, 'text') = 'text' THEN @extschema@.estimated_cost(s.model_id,
                           CASE s.token_kind WHEN 'input' THEN s.tokens END,
                           CASE s.token_kind WHEN 'output' THEN s.tokens END,
                           CASE s.token_kind WHEN 'cache_read' THEN s.tokens END,
                           CASE WHEN s.token_kind = 'cache_write'
                                    AND s.cache_ttl IS DISTINCT FROM '1h' THEN s.tokens END,
                           CASE WHEN s.token_kind = 'cache_write' AND s.cache_ttl = '1h' THEN s.tokens END,
                           s.region, s.routing, s.tier, s.day::timestamp AT TIME ZONE 'UTC',
                           coalesce(s.long_context, false)) END AS book_cost,
                       NULL::numeric AS estimated_cost
                FROM (
                    SELECT f.usage_date AS day, f.account_id, f.region, f.model_id, f.model_name, f.token_kind,
                           f.cache_ttl, f.modality, f.routing, f.tier, f.long_context, f.custom_model, f.currency,
                           sum(f.tokens) AS tokens,
                           coalesce(sum(f.tokens) FILTER (WHERE f.endpoint = 'bedrock-mantle'), 0) AS mantle_tokens,
                           sum(f.ai_cost) AS cost
                    FROM bedrock.spend AS f
                    WHERE f.charge_category = 'usage' AND f.charge_grain <> 'period' AND f.token_kind IS NOT NULL
                      AND f.tokens <> 0
                    GROUP BY f.usage_date, f.account_id, f.region, f.model_id, f.model_name, f.token_kind, f.cache_ttl,
                             f.modality, f.routing, f.tier, f.long_context, f.custom_model, f.currency) AS s
                UNION ALL
                SELECT r.day, r.account_id, r.region, r.model_id, r.model_name, t.token_kind, NULL::numeric, t.tokens,
                       NULL::numeric, CASE WHEN t.counts THEN r.requests END,
                       CASE WHEN t.counts THEN r.counted_requests END, NULL::numeric, NULL::text, NULL::numeric,
                       CASE WHEN t.tokens > 0
                                AND r.only_text
                                THEN @extschema@.estimated_cost(r.model_id, t.input, t.output, t.cache_read,
                                                                t.cache_write, t.cache_write_1h, r.region,
                           CASE WHEN r.pool = 'global' THEN 'global' ELSE 'regional' END, coalesce(r.tier, 'standard'),
                           r.day::timestamp AT TIME ZONE 'UTC',
                           r.long_context AND r.has_long_context) END
                FROM (
                    SELECT i.day, d.account_id, d.region, coalesce(d.model_id, d.model) AS model_id,
                           coalesce(d.model_name, d.model) AS model_name, d.pool, d.tier, i.long_context,
                           sum(i.requests) AS requests, sum(i.requests - i.failed_requests) AS counted_requests,
                           sum(i.input_tokens) AS input_tokens, sum(i.output_tokens) AS output_tokens,
                           sum(i.cache_read_tokens) AS cache_read_tokens,
                           sum(i.cache_write_tokens) AS cache_write_tokens,
                           coalesce(sum(i.cache_write_1h_tokens), 0) AS cache_write_1h_tokens,
                           bool_or(d.long_context_above IS NOT NULL) AS has_long_context,
                           -- What may be speech has no price of text.
                           bool_and(NOT d.other_modality
                                    OR coalesce(i.input_tokens, 0)
                                    + coalesce(i.output_tokens, 0) = coalesce(i.speech_known_tokens, 0)
                                                            AND coalesce(i.input_speech_tokens, 0)
                                                                + coalesce(i.output_speech_tokens, 0) = 0) AS only_text
                    FROM bedrock.invocation_day AS i
                    JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id
                    GROUP BY i.day, d.account_id, d.region, coalesce(d.model_id, d.model),
                             coalesce(d.model_name, d.model), d.pool, d.tier, i.long_context) AS r
                CROSS JOIN LATERAL (VALUES
                    ('input', r.input_tokens, true, r.input_tokens, NULL::numeric, NULL::numeric, NULL::numeric,
                     NULL::numeric), ('output', r.output_tokens, true, NULL, r.output_tokens, NULL, NULL, NULL),
                    ('cache_read', r.cache_read_tokens, true, NULL, NULL, r.cache_read_tokens, NULL, NULL),
                    ('cache_write', r.cache_write_tokens - r.cache_write_1h_tokens, true, NULL, NULL, NULL,
                     r.cache_write_tokens - r.cache_write_1h_tokens, NULL),
                    ('cache_write', nullif(r.cache_write_1h_tokens, 0), false, NULL, NULL, NULL, NULL,
                     r.cache_write_1h_tokens))
                    AS t (token_kind, tokens, counts, input, output, cache_read, cache_write, cache_write_1h)) AS u
            GROUP BY u.day, u.account_id, u.region, u.model_id, u.token_kind) AS g
        WINDOW place AS (PARTITION BY g.day, g.account_id, g.region)) AS p
    LEFT JOIN (SELECT DISTINCT d.account_id, d.region FROM bedrock.invocation_dimension AS d) AS k
        ON k.account_id = p.account_id AND k.region = p.region
    LEFT JOIN (SELECT DISTINCT d.account_id, d.region FROM bedrock.dimension AS d
               WHERE d.charge_category = 'usage' AND d.token_kind IS NOT NULL) AS b ON b.account_id = p.account_id
        AND b.region = p.region
    LEFT JOIN (SELECT n.billing_period, min(n.data_through) AS data_through FROM bedrock.freshness AS n
               GROUP BY n.billing_period) AS f
        ON f.billing_period = date_trunc('month', p.day::timestamp)::date
    WHERE p.billed_tokens <> 0 OR p.logged_tokens <> 0) AS j;
COMMENT ON VIEW bedrock.reconciliation IS
    'compares tokens of the bill with tokens of the invocation logs, and the bill with the estimate, one row for each '
    'day, account, region, model and token kind that either has. Usage billed by hour or day only; estimates have '
    'columns of their own, never part of a billed sum';
COMMENT ON COLUMN bedrock.reconciliation.day IS 'day (UTC)';
COMMENT ON COLUMN bedrock.reconciliation.account_id IS 'account that called; NULL: not stated';
COMMENT ON COLUMN bedrock.reconciliation.region IS 'region that was called; NULL: not stated';
COMMENT ON COLUMN bedrock.reconciliation.model_id IS
    'model id; as logged where logs name a model that could not be resolved; NULL: not known from the bill';
COMMENT ON COLUMN bedrock.reconciliation.model_name IS 'name of the model, else its id; NULL: not known from the bill';
COMMENT ON COLUMN bedrock.reconciliation.token_kind IS 'input, output, cache_read, cache_write';
COMMENT ON COLUMN bedrock.reconciliation.state IS
    'reconciled: bill and logs agree; unmatched: they do not, and the bill of the day is complete; estimated: logged, '
    'not billed yet, with an estimate; pending: bill (after bill_through) or logs (after the last day loaded) are '
    'still to come';
COMMENT ON COLUMN bedrock.reconciliation.finding IS
    'match (within setting reconciliation_tolerance_pct, without tokens of bedrock-mantle); billed only: not logged '
    '(others of account and region are that day), account not logged, export gap (no logs of that day), endpoint not '
    'logged (bedrock-mantle), cache not recorded (records without counts of cached tokens), logs not loaded (after the '
    'last day with logs); logged only: not billed, account not billed, bill gap (nothing billed that day); both: '
    'partly logged, logged more than billed, factor_1000 (a unit misread)';
COMMENT ON COLUMN bedrock.reconciliation.billed_tokens IS 'tokens of the bill; NULL: none';
COMMENT ON COLUMN bedrock.reconciliation.logged_tokens IS
    'tokens of the logs; NULL: none, or not counted by the records';
COMMENT ON COLUMN bedrock.reconciliation.gap_tokens IS 'billed less logged tokens';
COMMENT ON COLUMN bedrock.reconciliation.logged_pct IS 'logged tokens in percent of billed ones; NULL: none are billed';
COMMENT ON COLUMN bedrock.reconciliation.mantle_tokens IS
    'billed tokens of endpoint bedrock-mantle, whose calls are never logged';
COMMENT ON COLUMN bedrock.reconciliation.requests IS
    'requests logged of that day, account, region and model: the same on each of its token kinds; NULL: none';
COMMENT ON COLUMN bedrock.reconciliation.billed_cost IS
    'ai_cost of the bill, in currency; NULL: not billed, or billed in two currencies';
COMMENT ON COLUMN bedrock.reconciliation.currency IS
    'currency of billed_cost; NULL: not billed, not stated on the bill, or two of them';
COMMENT ON COLUMN bedrock.reconciliation.book_cost IS
    'estimate: the billed tokens at the price book of the day, as they were billed (tier, routing, context), in US '
    'dollars; NULL: a part has no price';
COMMENT ON COLUMN bedrock.reconciliation.estimated_cost IS
    'estimate: the logged tokens at the price book of the day, in US dollars; NULL: none logged, or a part has '
    'no price';
COMMENT ON COLUMN bedrock.reconciliation.ratio IS
    'estimated_cost / billed_cost; NULL: one is missing, or the bill is not in US dollars';
COMMENT ON COLUMN bedrock.reconciliation.cause IS
    'why estimated_cost differs from billed_cost: match (it does not, within setting reconciliation_tolerance_pct); '
    'not billed; not logged; other currency (not US dollars, or not stated); no price; factor_1000; or, joined by '
    '"and": tokens (other counts in the logs), price (another price than in the book: discount, contract, change), '
    'tier or routing (another tier, routing or cache time in the logs)';
COMMENT ON COLUMN bedrock.reconciliation.bill_through IS
    'last day (UTC) for which the bill of the month is complete in every source and billing entity; of a month without '
    'a bill: of the latest one; -infinity: nothing is billed';
