-- What a change of cost is made of: price, volume and mix. Mix is what the other two leave, so that the three sum to
-- the change to the last digit.

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

CREATE OR REPLACE FUNCTION bedrock_internal.last_complete_day() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- A month that has just begun may have no complete day yet: the one before has.
    SELECT m.day
    FROM (SELECT f.billing_period, min(f.data_through) AS day FROM bedrock.freshness AS f
          GROUP BY f.billing_period) AS m
    WHERE m.day IS NOT NULL
    ORDER BY m.billing_period DESC LIMIT 1;
END;
COMMENT ON FUNCTION bedrock_internal.last_complete_day() IS
    'last day (UTC) that is complete in every source and billing entity, of the latest month that has one; NULL: none';
