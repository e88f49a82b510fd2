-- What a business counts, and what one of it costs.

CREATE OR REPLACE FUNCTION bedrock.set_business_metric(metric text, value numeric, valid_from date,
    valid_to date DEFAULT NULL, workload text DEFAULT NULL, customer text DEFAULT NULL, currency text DEFAULT NULL,
    reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
DECLARE
    last_day date := coalesce(set_business_metric.valid_to,
                              upper(bedrock_internal.days_of_month(set_business_metric.valid_from)) - 1);
    days daterange;
    other bedrock.business_metric;
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_business_metric');
    PERFORM bedrock_internal.lock_ownership();
    IF btrim(set_business_metric.metric) = '' OR set_business_metric.metric IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a business metric has a name',
            HINT = 'Use a word for what is counted: tickets, documents, revenue.';
    ELSIF num_nonnulls(set_business_metric.workload, set_business_metric.customer) <> 1 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a business metric is of a workload or of a customer',
            HINT = 'Give one of workload and customer.';
    ELSIF NOT coalesce(isfinite(set_business_metric.valid_from) AND isfinite(last_day), false)
        OR bedrock_internal.month_of(set_business_metric.valid_from) <> bedrock_internal.month_of(last_day) THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a business metric is for days of one calendar month',
            DETAIL = 'It is compared with the cost of that month.',
            HINT = 'Give its first day, and valid_to where it does not reach to the end of the month.';
    ELSIF set_business_metric.value IN ('NaN', 'Infinity', '-Infinity')
        OR set_business_metric.currency !~ '^[A-Z]{3}$' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('a business metric cannot be %s', concat_ws(' ', set_business_metric.value,
                             left(set_business_metric.currency, 160))),
            HINT = 'Give a number, and for money a currency as USD.';
    ELSIF set_business_metric.workload IS NOT NULL AND NOT EXISTS (
        SELECT FROM bedrock.workload AS w
        WHERE w.workload = set_business_metric.workload AND upper_inf(w.recorded)) THEN
        RAISE undefined_object USING
            MESSAGE = format('there is no workload "%s"', left(set_business_metric.workload, 160)),
            HINT = 'bedrock.set_workload makes it.';
    END IF;
    days := bedrock_internal.days_of(set_business_metric.valid_from, last_day);
    -- A total of days cannot be cut: nobody knows how much of it is of a part of them.
    SELECT m.* INTO other FROM bedrock.business_metric AS m
    WHERE m.metric = set_business_metric.metric AND upper_inf(m.recorded)
      AND m.workload IS NOT DISTINCT FROM set_business_metric.workload
      AND m.customer IS NOT DISTINCT FROM set_business_metric.customer
      AND m.currency IS NOT DISTINCT FROM set_business_metric.currency
      AND m.valid && days
      AND NOT m.valid <@ days
    ORDER BY m.valid LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is recorded for other days, which cannot be divided',
                             left(set_business_metric.metric, 160)),
            DETAIL = format('The value %s is of the days %s.', other.value, bedrock_internal.days_text(other.valid)),
            HINT = 'Take it away with value NULL for these days, or give days that contain them all.';
    END IF;
    RETURN bedrock_internal.write_history('bedrock.business_metric', jsonb_build_object(
        'metric', set_business_metric.metric, 'workload', set_business_metric.workload,
        'customer', set_business_metric.customer, 'currency', set_business_metric.currency), days,
        CASE WHEN set_business_metric.value IS NOT NULL THEN
            jsonb_build_object('value', set_business_metric.value, 'valid', days) END, set_business_metric.reason);
END
$$;
COMMENT ON FUNCTION bedrock.set_business_metric(text, numeric, date, date, text, text, text, text) IS
    'records how many tickets, documents or other units a workload or a customer had from valid_from to valid_to '
    '(NULL: the end of that month), or, with currency, an amount of money such as revenue; value NULL takes it away. '
    'It takes the place of values of the same days, or of days within. A table of them: SELECT '
    'bedrock.set_business_metric(...) FROM it. Returns added, changed, ended or unchanged. Errors: 42501 without the '
    'scope manage; 22023 values do not fit, or days are a part of those of another value; 42704 no such workload';

CREATE OR REPLACE FUNCTION bedrock.unit_cost(metric text, period date DEFAULT NULL)
    RETURNS TABLE (workload text, customer text, units numeric, cost numeric, currency text, cost_per_unit numeric,
        margin numeric, margin_pct numeric)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    month date := bedrock_internal.month_of(coalesce(unit_cost.period, bedrock.latest_period()));
    visible record;
BEGIN
    SELECT * INTO visible FROM bedrock_internal.visible_charges(bedrock_internal.calling_role(), month);
    -- Units are of the whole: they stand beside the whole cost, or are not shown.
    RETURN QUERY
    WITH counted AS (
        SELECT m.workload, m.customer, m.currency, sum(m.value) AS units
        FROM bedrock.business_metric AS m
        WHERE m.metric = unit_cost.metric AND upper_inf(m.recorded)
          AND m.valid && bedrock_internal.days_of_month(month)
        GROUP BY m.workload, m.customer, m.currency),
    charged AS MATERIALIZED (
        SELECT c.workload, c.customer, c.currency, sum(c.cost) AS cost,
               bool_and(visible.sees_all OR c.workload = ANY (visible.workloads)
                        OR coalesce(c.account_id = ANY (visible.accounts), false)) AS is_visible
        FROM bedrock_internal.chargeback_rows(month, bedrock_internal.cost_metric_of(NULL, month)) AS c
        GROUP BY c.workload, c.customer, c.currency),
    costing AS (
        SELECT p.workload, p.customer, p.currency, sum(p.cost) AS cost,
               bool_and(bool_and(p.is_visible)) OVER (PARTITION BY p.workload, p.customer) AS is_visible
        FROM (SELECT c.workload, NULL::text AS customer, c.currency, c.cost, c.is_visible FROM charged AS c
              WHERE EXISTS (SELECT FROM counted AS n WHERE n.workload IS NOT NULL)
              UNION ALL
              SELECT NULL, c.customer, c.currency, c.cost, c.is_visible FROM charged AS c
              WHERE EXISTS (SELECT FROM counted AS n WHERE n.customer IS NOT NULL)) AS p
        GROUP BY p.workload, p.customer, p.currency)
    SELECT c.workload, c.customer, n.units, c.cost, c.currency,
           CASE WHEN n.currency IS NULL THEN round(c.cost / nullif(n.units, 0), 6) END,
           CASE WHEN n.currency = c.currency THEN n.units - c.cost END,
           CASE WHEN n.currency = c.currency AND n.units > 0 THEN round(100 * (n.units - c.cost) / n.units, 2) END
    FROM costing AS c
    LEFT JOIN counted AS n ON n.workload IS NOT DISTINCT FROM c.workload AND n.customer IS NOT DISTINCT FROM c.customer
        AND coalesce(n.currency, c.currency) IS NOT DISTINCT FROM c.currency
    WHERE c.is_visible
    ORDER BY c.currency, c.cost DESC NULLS LAST, c.workload, c.customer;
END
$$;
COMMENT ON FUNCTION bedrock.unit_cost(text, date) IS
    'a business metric beside what bedrock.chargeback charges its workloads or customers in a billing period (any day '
    'of it; NULL: the latest). units: the metric, or an amount of money in currency; cost_per_unit NULL: no metric '
    'is recorded, it is 0, or it is money; margin: money less cost, NULL: no money in the currency of the cost, as no '
    'rate is applied; margin_pct: percent of it. A workload or customer is shown to who sees all of its cost in the '
    'period. No rows: nothing is recorded under this name for the period';
