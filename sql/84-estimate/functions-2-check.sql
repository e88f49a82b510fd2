-- Estimates against the bill.

CREATE OR REPLACE FUNCTION bedrock_internal.estimate_status(period date, as_of date, workload text DEFAULT NULL)
    RETURNS TABLE (workload text, currency text, token_kind text, estimate numeric, estimate_cost numeric,
                   is_stated boolean, basis text, actual numeric, actual_cost numeric, projected numeric,
                   projected_cost numeric, method text, data_through date)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Kinds, which have no space in their names, and the whole of each workload in one read.
    WITH used AS (
        SELECT CASE WHEN f.is_whole THEN f.scope ELSE substr(f.scope, strpos(f.scope, ' ') + 1) END AS workload,
               CASE WHEN f.is_whole THEN 'all' ELSE split_part(f.scope, ' ', 1) END AS token_kind, f.*
        FROM bedrock_internal.forecast_by(ARRAY[estimate_status.period], ARRAY[estimate_status.as_of],
            'CASE WHEN s.tokens IS NOT NULL AND s.token_kind IN (''input'', ''output'', ''cache_read'','
            ' ''cache_write'') THEN s.token_kind ELSE ''other'' END || '' '' || s.workload',
            'substr(b.scope, strpos(b.scope, '' '') + 1)', 'workload', estimate_status.workload) AS f),
    -- Parentheses are names of spend without a workload.
    billed AS MATERIALIZED (SELECT u.* FROM used AS u WHERE left(u.workload, 1) <> '('),
    -- Tokens are of no currency: an estimate of tokens is of what is billed in any.
    metered AS (
        SELECT b.workload, b.token_kind, sum(b.tokens_to_date) AS to_date,
               CASE WHEN count(b.tokens_forecast) = count(*) THEN sum(b.tokens_forecast) END AS forecast,
               min(b.method) AS method, min(b.through) AS through
        FROM billed AS b
        WHERE b.token_kind NOT IN ('all', 'other')
        GROUP BY b.workload, b.token_kind)
    SELECT coalesce(p.workload, b.workload), coalesce(p.currency, b.currency), coalesce(p.token_kind, b.token_kind),
           p.tokens, p.cost, coalesce(p.is_stated, false), coalesce(p.basis, 'no estimate'),
           CASE WHEN coalesce(p.token_kind, b.token_kind) NOT IN ('all', 'other')
                    THEN coalesce(m.to_date, b.tokens_to_date, k.nothing) END,
           coalesce(b.to_date + b.undated, k.nothing),
           CASE WHEN m.workload IS NOT NULL THEN m.forecast
                WHEN b.token_kind NOT IN ('all', 'other') THEN b.tokens_forecast END, b.forecast + b.undated,
           coalesce(b.method, m.method, CASE WHEN k.nothing = 0 THEN 'no usage' ELSE 'no bill' END),
           coalesce(b.through, m.through)
    FROM bedrock_internal.estimate_parts(estimate_status.period, estimate_status.workload) AS p
    FULL JOIN billed AS b ON b.workload = p.workload AND b.currency = p.currency AND b.token_kind = p.token_kind
    LEFT JOIN metered AS m ON m.workload = p.workload AND m.token_kind = p.token_kind
    -- Without a bill of the month it is not known that there is no usage.
    CROSS JOIN (SELECT CASE WHEN EXISTS (SELECT FROM bedrock.bill AS b
                                         WHERE b.has_bedrock AND NOT b.superseded
                                           AND b.billing_period = bedrock_internal.month_of(estimate_status.period))
                            THEN 0 END AS nothing) AS k
    WHERE b.workload IS NOT NULL OR p.token_kind <> 'other' OR p.cost > 0;
END;
COMMENT ON FUNCTION bedrock_internal.estimate_status(date, date, text) IS
    'estimates of a month beside what is billed and forecast by day, one row for each workload, currency and kind, as '
    'bedrock.estimate_check has them; workload NULL: all. A workload without an estimate has rows too';

CREATE OR REPLACE FUNCTION bedrock_internal.check_estimates() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    months date[] := ARRAY(
        SELECT m.month FROM bedrock_internal.months_to_check() AS m (month)
        WHERE EXISTS (SELECT FROM bedrock.estimate AS e WHERE upper_inf(e.recorded) AND e.valid @> m.month));
    over_percent numeric := 100 + bedrock_internal.setting_value('estimate_divergence_percent')::numeric;
BEGIN
    -- Of kinds, what somebody stated; the cost also where it follows from these. What is billed needs no forecast.
    PERFORM bedrock_internal.raise_alert('estimate', s.workload, 'workload', NULL, s.workload,
        bedrock_internal.days_of_month(m.month), c.basis, over_percent, v.currency,
        CASE WHEN 100 * v.actual > over_percent * v.planned THEN v.actual ELSE v.projected END, v.planned,
        s.data_through,
        jsonb_build_object('ratio', round(greatest(v.actual, v.projected) / nullif(v.planned, 0), 4),
                           'estimate', s.basis, 'forecast_method', s.method))
    FROM unnest(months) AS m (month)
    CROSS JOIN LATERAL bedrock_internal.estimate_status(m.month, NULL) AS s
    CROSS JOIN LATERAL (
        SELECT 'cost', s.currency, s.actual_cost, s.projected_cost, s.estimate_cost WHERE s.token_kind = 'all'
        UNION ALL
        SELECT replace(s.token_kind, '_', ' ') || ' tokens', NULL, s.actual, s.projected, s.estimate WHERE s.is_stated
    ) AS v (measure, currency, actual, projected, planned)
    CROSS JOIN LATERAL (SELECT v.measure || CASE WHEN 100 * v.actual > over_percent * v.planned THEN ', actual'
                                                 ELSE ', forecast' END) AS c (basis)
    WHERE v.planned >= 0 AND 100 * greatest(v.actual, v.projected) > over_percent * v.planned
      -- Another estimate is crossed for itself; what follows from stated kinds moves with the bill, and is told once.
      AND (s.is_stated OR NOT EXISTS (
          SELECT FROM bedrock.alert AS a
          WHERE a.kind = 'estimate' AND a.subject = s.workload AND a.days = bedrock_internal.days_of_month(m.month)
            AND a.basis = c.basis AND a.currency IS NOT DISTINCT FROM v.currency))
    ORDER BY m.month, s.workload, v.measure, v.currency;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_estimates() IS
    'raises an alert for each workload whose cost, or tokens of a stated kind, are above the estimate of a month '
    '(bedrock_internal.months_to_check) by the setting estimate_divergence_percent, billed (actual) or forecast, each '
    'once for a month and an estimate';
