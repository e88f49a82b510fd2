-- Spend with the ownership of another time: as it was known then, or as a transaction would have it.

CREATE OR REPLACE FUNCTION bedrock_internal.spend_as_of(period date, known timestamptz) RETURNS SETOF bedrock.spend
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The columns that an interval has come from it, the others from the view.
    RETURN QUERY EXECUTE format(
        'SELECT %s FROM bedrock.spend AS s JOIN bedrock_internal.validity_intervals($2, $3) AS i'
        ' ON i.dimension_id = s.dimension_id AND s.usage_date BETWEEN i.valid_from AND i.valid_to'
        ' WHERE s.billing_period = $1',
        (SELECT string_agg(format('%s.%I', CASE WHEN a.attname = ANY (i.names) THEN 'i' ELSE 's' END, a.attname),
                           ', ' ORDER BY a.attnum)
         FROM pg_attribute AS a
         CROSS JOIN (SELECT array_remove(p.proargnames, 'dimension_id') AS names FROM pg_proc AS p
                     WHERE p.oid = 'bedrock_internal.validity_intervals(integer[],timestamptz)'::regprocedure) AS i
         WHERE a.attrelid = 'bedrock.spend'::regclass AND a.attnum > 0 AND NOT a.attisdropped))
    USING spend_as_of.period, ARRAY(SELECT DISTINCT f.dimension_id FROM bedrock.fact AS f
                                    WHERE f.billing_period = spend_as_of.period), spend_as_of.known;
END
$$;
COMMENT ON FUNCTION bedrock_internal.spend_as_of(date, timestamptz) IS
    'bedrock.spend of a billing period (its first day) with the owners and labels that were known at a point in time; '
    'right only for who sees all claims and rules';

-- Owners are found as the owner of the extension finds them: from the claims and rules that a role sees alone, another
-- owner may follow. What was one's own then, by what was known then, is shown.
CREATE OR REPLACE FUNCTION bedrock.spend_as_of(period date, known timestamptz) RETURNS SETOF bedrock.spend
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller constant name := bedrock_internal.calling_role();
    month constant date := bedrock_internal.month_of(spend_as_of.period);
    everything constant boolean := bedrock_internal.sees_all(caller);
BEGIN
    IF month IS NULL OR spend_as_of.known IS NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = CASE WHEN month IS NULL THEN 'the billing period is missing'
                           ELSE 'the time of knowledge is missing' END,
            HINT = 'Give a day of the month, and a point in time, or ''infinity'' for what is known now.';
    END IF;
    RETURN QUERY
    WITH visible AS MATERIALIZED (SELECT v.workload, v.days
        FROM bedrock_internal.visible_workload(bedrock_internal.tokens_of(caller)) AS v)
    SELECT s.*
    FROM bedrock_internal.spend_as_of(month, spend_as_of.known) AS s
    WHERE everything
       OR s.account_id IN (SELECT a FROM bedrock_internal.visible_account(bedrock_internal.tokens_of(caller)) AS a)
       OR EXISTS (SELECT FROM visible AS v WHERE v.workload = s.workload AND v.days @> s.usage_date);
END
$$;
COMMENT ON FUNCTION bedrock.spend_as_of(date, timestamptz) IS
    'bedrock.spend of a billing period as it is loaded now, with the owners and labels that were known at a point in '
    'time (infinity: now): what a statement of that time said, and what changed since. Shows lines that, as known '
    'then, were of a workload in the scope of the caller, and those of a usage account in it. Error 22004: an argument '
    'is NULL';

CREATE OR REPLACE FUNCTION bedrock.compare_attribution(period date DEFAULT NULL, known timestamptz DEFAULT now())
    RETURNS TABLE (currency text, workload text, before numeric, after numeric, delta numeric)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller constant name := bedrock_internal.calling_role();
    everything constant boolean := bedrock_internal.sees_all(caller);
    month constant date := bedrock_internal.month_of(coalesce(compare_attribution.period, bedrock.latest_period()));
    dimensions constant integer[] := ARRAY(SELECT DISTINCT f.dimension_id FROM bedrock.fact AS f
                                           WHERE f.billing_period = month);
BEGIN
    IF compare_attribution.known IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the time of knowledge is missing',
            HINT = 'Leave it out to compare with what was known when the transaction began.';
    END IF;
    RETURN QUERY
    WITH visible AS MATERIALIZED (SELECT v.workload, v.days
        FROM bedrock_internal.visible_workload(bedrock_internal.tokens_of(caller)) AS v),
    owned AS MATERIALIZED (
        SELECT true AS is_before, o.*
        FROM bedrock_internal.owner_intervals(dimensions, compare_attribution.known) AS o
        UNION ALL
        SELECT false, o.* FROM bedrock_internal.owner_intervals(dimensions) AS o),
    -- By day where somebody owns the dimension on some day.
    cost AS MATERIALIZED (
        SELECT f.dimension_id, CASE WHEN o.dimension_id IS NOT NULL THEN f.usage_date END AS day,
               sum(f.ai_cost) AS ai_cost
        FROM bedrock.fact AS f
        LEFT JOIN (SELECT DISTINCT n.dimension_id FROM owned AS n) AS o ON o.dimension_id = f.dimension_id
        WHERE f.billing_period = month AND NOT f.superseded
        GROUP BY 1, 2),
    side AS (
        SELECT d.currency, s.is_before, c.ai_cost,
               coalesce(o.workload, CASE d.charge_category WHEN 'usage' THEN '(unclaimed)' ELSE '(not allocated)' END)
                   AS workload
        FROM cost AS c
        JOIN bedrock.dimension AS d ON d.dimension_id = c.dimension_id
        CROSS JOIN (VALUES (true), (false)) AS s (is_before)
        LEFT JOIN owned AS o ON o.dimension_id = c.dimension_id AND o.is_before = s.is_before AND o.valid @> c.day
        WHERE everything
           OR d.account_id IN (SELECT a FROM bedrock_internal.visible_account(bedrock_internal.tokens_of(caller)) AS a)
           OR EXISTS (SELECT FROM visible AS v WHERE v.workload = o.workload AND v.days @> c.day))
    SELECT s.currency, s.workload, sum(s.ai_cost) FILTER (WHERE s.is_before),
           sum(s.ai_cost) FILTER (WHERE NOT s.is_before),
           coalesce(sum(s.ai_cost) FILTER (WHERE NOT s.is_before), 0)
               - coalesce(sum(s.ai_cost) FILTER (WHERE s.is_before), 0)
    FROM side AS s
    GROUP BY 1, 2
    ORDER BY 1, abs(coalesce(sum(s.ai_cost) FILTER (WHERE NOT s.is_before), 0)
                    - coalesce(sum(s.ai_cost) FILTER (WHERE s.is_before), 0)) DESC, 2;
END
$$;
COMMENT ON FUNCTION bedrock.compare_attribution(date, timestamptz) IS
    'who pays what in a billing period (NULL: the latest) by what was known at a point in time (default: when the '
    'transaction began) and by what is known now, with the changes of this transaction: BEGIN; claim; compare; '
    'ROLLBACK. ai_cost in currency, NULL: nothing on that side; delta: after less before, which adds up to 0 in each '
    'currency where the caller sees everything; others see, on each side, what was theirs by what it knew. '
    'Error 22004: known is NULL';
