-- What nobody owns, as one amount that everybody with a scope may see.

CREATE OR REPLACE FUNCTION bedrock.unclaimed_cost(period date DEFAULT NULL)
    RETURNS TABLE (currency text, cost numeric, identities bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller constant name := bedrock_internal.calling_role();
    month constant date := bedrock_internal.month_of(coalesce(unclaimed_cost.period, bedrock.latest_period()));
BEGIN
    IF NOT bedrock_internal.sees_all(caller)
       AND NOT EXISTS (SELECT FROM bedrock_internal.scope_of(caller)) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT d.currency, sum(f.ai_cost),
           count(DISTINCT coalesce(CASE WHEN bedrock_internal.resource_kind(d.resource_id) IS NOT NULL
                                        THEN d.resource_id END, d.principal_key))
    FROM bedrock.fact_month AS f
    JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
    JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
    WHERE f.billing_period = month AND NOT f.superseded AND a.owner_id = 0
    GROUP BY d.currency
    ORDER BY d.currency;
END
$$;
COMMENT ON FUNCTION bedrock.unclaimed_cost(date) IS
    'what nobody owns of a billing period (any day of it; NULL: the latest): ai_cost of its usage, a row a currency, '
    'and how many identities it has that could be claimed. The amount is of the whole bill, for each role that has a '
    'scope, so that it stands beside what the role sees; a role without one gets no row';
