-- Estimates against the bill, with what a better cache would recover: here, as it asks for savings.

CREATE OR REPLACE FUNCTION bedrock.estimate_check(period date DEFAULT bedrock.latest_period(),
    as_of date DEFAULT NULL, workload text DEFAULT NULL)
    RETURNS TABLE (workload text, token_kind text, estimate numeric, is_stated boolean, actual numeric, ratio numeric,
                   projected numeric, estimate_cost numeric, actual_cost numeric, projected_cost numeric,
                   overage numeric, cache_rate numeric, cache_threshold numeric, recoverable numeric,
                   recoverable_pct numeric, currency text, basis text, method text, data_through date)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH status AS MATERIALIZED (
        SELECT e.*
        FROM bedrock_internal.estimate_status(bedrock_internal.month_of(estimate_check.period), estimate_check.as_of,
                                              estimate_check.workload) AS e),
    -- A month of which days are left: its cache as of the last known one.
    known AS MATERIALIZED (
        SELECT bedrock_internal.month_of(estimate_check.period) AS month,
               CASE WHEN max(s.data_through) < (bedrock_internal.month_of(estimate_check.period)
                                                + interval '1 month')::date - 1 THEN max(s.data_through) END AS through
        FROM status AS s),
    cache AS (
        SELECT u.workload, u.currency,
               bedrock_internal.cache_rate(sum(u.input), sum(u.cache_read), sum(u.cache_write)) AS rate
        FROM bedrock_internal.cache_use((SELECT k.month FROM known AS k), (SELECT k.through FROM known AS k)) AS u
        GROUP BY u.workload, u.currency),
    better AS (
        SELECT c.workload, c.currency, sum(c.saving) AS saving
        FROM bedrock_internal.cache_saving((SELECT k.month FROM known AS k), (SELECT k.through FROM known AS k)) AS c
        GROUP BY c.workload, c.currency),
    -- What is saved on the known days is saved on the others, too, in proportion to the tokens of prompts.
    rated AS (
        SELECT s.*, s.projected_cost - s.estimate_cost AS over, c.rate,
               sum(s.projected) FILTER (WHERE s.token_kind IN ('input', 'cache_read', 'cache_write')) OVER w
               / nullif(sum(s.actual) FILTER (WHERE s.token_kind IN ('input', 'cache_read', 'cache_write')) OVER w, 0)
                   AS ahead
        FROM status AS s
        LEFT JOIN cache AS c ON c.workload = s.workload AND c.currency IS NOT DISTINCT FROM s.currency
        WINDOW w AS (PARTITION BY s.workload, s.currency))
    SELECT r.workload, r.token_kind, r.estimate, r.is_stated, r.actual,
           round(CASE WHEN r.token_kind IN ('all', 'other') THEN r.actual_cost / nullif(r.estimate_cost, 0)
                      ELSE r.actual / nullif(r.estimate, 0) END, 4),
           r.projected, r.estimate_cost, r.actual_cost, r.projected_cost, r.over, round(r.rate, 4), t.healthy,
           round(b.saving * r.ahead, 6),
           CASE WHEN r.over > 0 AND b.saving * r.ahead IS NOT NULL
                    THEN least(round(100 * b.saving * r.ahead / r.over, 2), 100) END,
           r.currency, r.basis, r.method, r.data_through
    FROM rated AS r
    CROSS JOIN (SELECT bedrock_internal.setting_value('cache_hit_healthy')::numeric AS healthy) AS t
    LEFT JOIN better AS b ON r.token_kind = 'all' AND r.rate < t.healthy AND b.workload = r.workload
        AND b.currency = r.currency AND r.currency = 'USD'
    ORDER BY r.workload, r.currency,
             array_position(ARRAY['all', 'input', 'output', 'cache_read', 'cache_write', 'other'], r.token_kind);
END;
COMMENT ON FUNCTION bedrock.estimate_check(date, date, text) IS
    'compares estimates of a month with the bill, one row for each workload, currency and token kind (input, output, '
    'cache_read, cache_write; other: cost of what has no tokens; all). estimate: tokens, stated or derived, as basis '
    'says; actual: billed by day through data_through; projected: forecast for the month; ratio: actual to estimate, '
    'of all and other in cost; cost: of usage, commitments and fees; overage: projected_cost less estimate_cost, '
    'below 0 under it; cache_rate: as Q073 has it, of the known days; recoverable, of all: what the bill of the month '
    'would be lower at cache_threshold (Q077), as overage is projected, where cache_rate is below it; '
    'recoverable_pct: of the overage, 100 at most. An estimate of tokens is compared with those billed in all '
    'currencies. NULL: not known; method, basis: why. as_of: last known day; workload NULL: all that one may see';
