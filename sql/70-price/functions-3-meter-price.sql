CREATE OR REPLACE FUNCTION bedrock.meter_cost(meter text, amount numeric, region text DEFAULT NULL,
    day date DEFAULT (now() AT TIME ZONE 'UTC')::date,
    basis text DEFAULT 'book') RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- A usage type begins with the prefix of its region, or is the name of a meter, or has no prefix.
    WITH asked AS (
        SELECT u.region AS own_region, CASE WHEN u.region IS NULL THEN meter_cost.meter
                                            ELSE substr(meter_cost.meter, strpos(meter_cost.meter, '-') + 1) END AS name
        FROM (SELECT @extschema@.bedrock_region(meter_cost.meter) AS region) AS u)
    SELECT trim_scale(meter_cost.amount * (m.usd / m.units))
    FROM asked AS a
    JOIN bedrock.meter_price AS m ON a.name IN (m.meter, m.usage_type)
    CROSS JOIN LATERAL (SELECT coalesce(meter_cost.region, a.own_region) AS region) AS w
    WHERE bedrock_internal.on_coordinator('bedrock.meter_cost',
                                          'Join the amounts with bedrock.meter_price by usage type, region and day, or '
                                          'sum them first and price the sums.')
      AND m.valid @> meter_cost.day AND (m.builtin OR meter_cost.basis IS DISTINCT FROM 'list')
      AND (m.region = w.region
           OR m.region = '*'
              AND (w.region IS NULL
                   OR EXISTS (SELECT FROM bedrock.regions AS r WHERE r.region = w.region AND r.partition = 'aws')))
    ORDER BY m.builtin, m.region = '*', lower(m.valid) DESC NULLS LAST
    LIMIT 1;
END;
COMMENT ON FUNCTION bedrock.meter_cost(text, numeric, text, date, text) IS
    'what an amount of a meter without a model (guardrails, web search, AgentCore) costs by the price book of a UTC '
    'day, in US dollars, exactly; NULL: no such meter or price, or an argument other than region is NULL. meter: its '
    'name in bedrock.meter_prices, or a usage type of the bill; amount: in the unit of the bill; region NULL: that of '
    'the usage type, else the price without a region; basis: book, or list for shipped prices only';
