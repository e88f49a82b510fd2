-- What changed from one month to the next, and what a change is made of: price, volume and mix. Mix is what the other
-- two leave, so that the three sum to the change to the last digit.

CREATE OR REPLACE FUNCTION bedrock_internal.price_effect(cost numeric, cost_before numeric, tokens numeric,
    tokens_before numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN tokens > 0 AND tokens_before > 0
                THEN round((cost / tokens - cost_before / tokens_before) * tokens, 12) ELSE 0 END;
COMMENT ON FUNCTION bedrock_internal.price_effect(numeric, numeric, numeric, numeric) IS
    'part of the change of the cost of one meter that another price of its tokens makes: the tokens of now at the '
    'difference of the two prices, to 12 digits; 0 where it had no tokens then or has none now';

CREATE OR REPLACE FUNCTION bedrock_internal.volume_effect(token_cost_before numeric, tokens numeric,
    tokens_before numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN tokens_before > 0 THEN round(token_cost_before * (tokens / tokens_before - 1), 12) ELSE 0 END;
COMMENT ON FUNCTION bedrock_internal.volume_effect(numeric, numeric, numeric) IS
    'part of the change of the cost of several meters that more or fewer tokens make, at the mix of meters of before, '
    'to 12 digits. token_cost_before: cost of the meters that had tokens; 0 where nothing had tokens then';

CREATE OR REPLACE FUNCTION bedrock.cost_change(period date DEFAULT bedrock.latest_period())
    RETURNS TABLE (driver_kind text, driver text, currency text, cost numeric, cost_before numeric, price numeric,
                   volume numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Asked for as often as there are lines: a subquery is answered once.
    SELECT c.driver_kind, c.driver, c.currency, sum(c.cost), sum(c.cost_before),
           sum(bedrock_internal.price_effect(c.cost, c.cost_before, c.tokens, c.tokens_before)),
           bedrock_internal.volume_effect(sum(c.cost_before) FILTER (WHERE c.tokens_before > 0), sum(c.tokens),
                                          sum(c.tokens_before))
    FROM (SELECT d.driver_kind, coalesce(d.driver, '(none)') AS driver, s.currency, s.model_id, s.usage_type,
                 s.pricing_unit,
                 coalesce(sum(s.ai_cost) FILTER (WHERE m.is_now), 0) AS cost,
                 coalesce(sum(s.ai_cost) FILTER (WHERE NOT m.is_now), 0)
                     AS cost_before,
                 coalesce(sum(s.tokens) FILTER (WHERE m.is_now), 0) AS tokens,
                 coalesce(sum(s.tokens) FILTER (WHERE NOT m.is_now), 0)
                     AS tokens_before
          FROM bedrock.spend_monthly AS s
          CROSS JOIN LATERAL (
              SELECT s.billing_period = (SELECT bedrock_internal.month_of(cost_change.period)) AS is_now) AS m
          CROSS JOIN LATERAL (VALUES ('all', '(all)'), ('application', s.application), ('model', s.model_name),
                              ('account', s.account_id), ('principal', s.principal_key)) AS d (driver_kind, driver)
          WHERE s.charge_category = 'usage'
            AND s.billing_period BETWEEN (SELECT (bedrock_internal.month_of(cost_change.period)
                                                - interval '1 month')::date)
                AND (SELECT bedrock_internal.month_of(cost_change.period))
          GROUP BY 1, 2, 3, 4, 5, 6) AS c
    GROUP BY 1, 2, 3;
END;
COMMENT ON FUNCTION bedrock.cost_change(date) IS
    'splits the change of the cost of usage in the month of period, any day of it, from the month before into price '
    '(another unit price of the same meter: '
    'model, usage type, unit) and volume (more or fewer tokens); the rest is mix: other meters or models, and what is '
    'not metered in tokens. One row for the whole (driver_kind all) and for each application, model, account and '
    'principal';
