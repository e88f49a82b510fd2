CREATE OR REPLACE FUNCTION bedrock.observe_unit_prices(from_period date DEFAULT NULL)
    RETURNS TABLE (billing_period date, prices bigint, tokens numeric)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    first_month date := coalesce(date_trunc('month', observe_unit_prices.from_period::timestamp)::date, '-infinity');
BEGIN
    LOCK TABLE bedrock.effective_price IN SHARE ROW EXCLUSIVE MODE;
    PERFORM bedrock_internal.require_load();
    DELETE FROM bedrock.effective_price AS e WHERE e.billing_period >= first_month;
    INSERT
        INTO bedrock.effective_price (billing_period, currency, model_id, region, routing, tier, token_kind, cache_ttl,
                                      modality, long_context, custom_model, endpoint, tokens,
                                      net_cost, usd)
    SELECT b.billing_period, b.currency, b.model_id, b.region, b.routing, b.tier, b.token_kind, b.cache_ttl, b.modality,
           b.long_context, b.custom_model, b.endpoint, b.tokens, b.net_cost, b.usd
    FROM bedrock.billed_price AS b
    WHERE b.billing_period >= first_month;
    RETURN QUERY
    SELECT e.billing_period, count(*), sum(e.tokens) FROM bedrock.effective_price AS e
    WHERE e.billing_period >= first_month GROUP BY e.billing_period ORDER BY 1;
END
$$;
COMMENT ON FUNCTION bedrock.observe_unit_prices(date) IS
    'writes the unit prices that the bill shows, from the month of a day on (NULL: all), into bedrock.effective_price, '
    'and returns one row for each month: how many prices, of how many tokens. Run it after bedrock.refresh; '
    'estimated_cost with basis => effective uses the prices of the month, else of the latest month before';
