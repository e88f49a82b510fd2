-- What changed from one month to the next.

CREATE OR REPLACE FUNCTION bedrock.cost_change(period date DEFAULT bedrock.latest_period())
    RETURNS TABLE (driver_kind text, driver text, currency text, cost numeric, cost_before numeric, price numeric,
                   volume numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Asked for as often as there are lines: a subquery is answered once.
    SELECT c.driver_kind, c.driver, c.currency, sum(c.cost), sum(c.cost_before),
           sum(CASE WHEN c.tokens > 0
                        AND c.tokens_before > 0 THEN (c.cost / c.tokens - c.cost_before / c.tokens_before) * c.tokens
                    ELSE 0 END),
           coalesce(sum(c.cost_before) FILTER (WHERE c.tokens_before > 0)
                    * (sum(c.tokens) / nullif(sum(c.tokens_before), 0) - 1),
                    0)
    FROM (SELECT d.driver_kind, coalesce(d.driver, '(none)') AS driver, s.currency, s.model_id, s.usage_type,
                 s.pricing_unit,
                 coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT cost_change.period)), 0) AS cost,
                 coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT cost_change.period)), 0)
                     AS cost_before,
                 coalesce(sum(s.tokens) FILTER (WHERE s.billing_period = (SELECT cost_change.period)), 0) AS tokens,
                 coalesce(sum(s.tokens) FILTER (WHERE s.billing_period < (SELECT cost_change.period)), 0)
                     AS tokens_before
          FROM bedrock.spend_monthly AS s
          CROSS JOIN LATERAL (VALUES ('all', '(all)'), ('application', s.application), ('model', s.model_name),
                              ('account', s.account_id), ('principal', s.principal_key)) AS d (driver_kind, driver)
          WHERE s.charge_category = 'usage'
            AND s.billing_period BETWEEN (cost_change.period - interval '1 month')::date AND cost_change.period
          GROUP BY 1, 2, 3, 4, 5, 6) AS c
    GROUP BY 1, 2, 3;
END;
COMMENT ON FUNCTION bedrock.cost_change(date) IS
    'splits the change of the cost of usage from the month before into price (another unit price of the same meter: '
    'model, usage type, unit) and volume (more or fewer tokens); the rest is mix: other meters or models, and what is '
    'not metered in tokens. One row for the whole (driver_kind all) and for each application, model, account and '
    'principal';
