-- What is metered without a model: its prices, and what an amount of it costs.

CREATE OR REPLACE VIEW bedrock.meter_prices WITH (security_invoker) AS
    SELECT m.meter, m.region, m.usage_type, m.usd, m.units::bigint AS units, m.unit, lower(m.valid) AS valid_from, upper(m.valid) - 1 AS valid_to,
           m.announced_on, m.billed_from, m.as_of, m.source, m.note, m.builtin
    FROM bedrock.meter_price AS m;
COMMENT ON VIEW bedrock.meter_prices IS
    'prices of what is metered without a model (guardrails, web search, AgentCore), shipped and the user''s, one row a price; which of them is used: bedrock.meter_cost';
COMMENT ON COLUMN bedrock.meter_prices.meter IS 'name of the meter';
COMMENT ON COLUMN bedrock.meter_prices.region IS
    'region that is called; *: the source names none, or every commercial region';
COMMENT ON COLUMN bedrock.meter_prices.usage_type IS
    'usage type of its lines in the bill, without the prefix of a region; NULL: not known';
COMMENT ON COLUMN bedrock.meter_prices.usd IS 'US dollars for so many units; 0 is free';
COMMENT ON COLUMN bedrock.meter_prices.units IS 'how many units usd buys';
COMMENT ON COLUMN bedrock.meter_prices.unit IS 'what the bill counts';
COMMENT ON COLUMN bedrock.meter_prices.valid_from IS
    'first day (UTC) the price is used for; NULL: no other price is known before';
COMMENT ON COLUMN bedrock.meter_prices.valid_to IS 'last day (UTC); NULL: open';
COMMENT ON COLUMN bedrock.meter_prices.announced_on IS 'day it was announced; it decides nothing. NULL: not known';
COMMENT ON COLUMN bedrock.meter_prices.billed_from IS 'first day (UTC) it is known to be billed; NULL: not known';
COMMENT ON COLUMN bedrock.meter_prices.as_of IS 'listed on: day the source saw it; NULL: not stated';
COMMENT ON COLUMN bedrock.meter_prices.source IS 'where it was read; NULL: not stated';
COMMENT ON COLUMN bedrock.meter_prices.note IS 'what else is to be known; NULL: nothing';
COMMENT ON COLUMN bedrock.meter_prices.builtin IS 'whether the row is shipped';

CREATE OR REPLACE FUNCTION bedrock.meter_cost(meter text, amount numeric, region text DEFAULT NULL, day date DEFAULT (now() AT TIME ZONE 'UTC')::date,
    basis text DEFAULT 'book') RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- A usage type begins with the prefix of its region, or is the name of a meter, or has no prefix.
    WITH asked AS (
        SELECT u.region AS own_region, CASE WHEN u.region IS NULL THEN meter_cost.meter ELSE substr(meter_cost.meter, strpos(meter_cost.meter, '-') + 1) END AS name
        FROM (SELECT @extschema@.bedrock_region(meter_cost.meter) AS region) AS u)
    SELECT trim_scale(meter_cost.amount * (m.usd / m.units))
    FROM asked AS a
    JOIN bedrock.meter_price AS m ON a.name IN (m.meter, m.usage_type)
    CROSS JOIN LATERAL (SELECT coalesce(meter_cost.region, a.own_region) AS region) AS w
    WHERE bedrock.on_coordinator('bedrock.meter_cost', 'Join the amounts with bedrock.meter_price by usage type, region and day, or sum them first and price the sums.')
      AND m.valid @> meter_cost.day AND (m.builtin OR meter_cost.basis IS DISTINCT FROM 'list')
      AND (m.region = w.region
           OR m.region = '*'
              AND (w.region IS NULL OR EXISTS (SELECT FROM bedrock.regions AS r WHERE r.region = w.region AND r.partition = 'aws')))
    ORDER BY m.builtin, m.region = '*', lower(m.valid) DESC NULLS LAST
    LIMIT 1;
END;
COMMENT ON FUNCTION bedrock.meter_cost(text, numeric, text, date, text) IS
    'what an amount of something metered without a model costs by the price book of a day (UTC), in US dollars, exactly. meter: its name in bedrock.meter_prices, or a usage type of the bill. amount: in the unit the bill counts. region: NULL takes the one of the usage type, else the price that names no region. basis: book; list for shipped prices only. NULL: no such meter, no price there or on that day, or an argument but region is NULL';
