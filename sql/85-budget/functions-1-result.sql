-- How budgets stand: the spans, what spend counts, and one read of the days for each attribute.

CREATE OR REPLACE FUNCTION bedrock_internal.span_of(span text, rolling_days integer, day date,
    fiscal_year_first_month integer) RETURNS daterange
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE span_of.span WHEN 'rolling' THEN daterange(span_of.day - span_of.rolling_days + 1, span_of.day + 1)
                             ELSE daterange(s.first_day, (s.first_day + make_interval(months => n.months))::date) END
    FROM (SELECT CASE span_of.span WHEN 'quarter' THEN 3 WHEN 'year' THEN 12 ELSE 1 END AS months) AS n
    CROSS JOIN LATERAL (
        SELECT (date_trunc('month', span_of.day::timestamp) - make_interval(months =>
                   (extract(month FROM span_of.day)::integer + 12 - span_of.fiscal_year_first_month) % n.months))::date)
        AS s (first_day);
END;
COMMENT ON FUNCTION bedrock_internal.span_of(text, integer, date, integer) IS
    'days of the month, quarter or year of a day, quarter and year by the first month of a fiscal year, 1 to 12; '
    'rolling: of the rolling_days days that end with it';

CREATE OR REPLACE FUNCTION bedrock_internal.budget_plan(day date, rolling_day date, budgets text[] DEFAULT NULL)
    RETURNS TABLE (budget text, attribute text, tag_key text, value text, span text, days daterange, currency text,
                   amount numeric, thresholds numeric[], forecast_thresholds numeric[])
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT b.budget, b.attribute, b.tag_key, b.value, b.span,
           bedrock_internal.span_of(b.span, b.rolling_days, d.day, f.first_month), b.currency, b.amount, b.thresholds,
           b.forecast_thresholds
    FROM bedrock.budget AS b
    CROSS JOIN (SELECT bedrock_internal.setting_value('fiscal_year_first_month')::integer OFFSET 0)
        AS f (first_month)
    CROSS JOIN LATERAL (
        SELECT CASE b.span WHEN 'rolling' THEN budget_plan.rolling_day ELSE budget_plan.day END) AS d (day)
    WHERE upper_inf(b.recorded) AND b.valid @> d.day
      AND (budget_plan.budgets IS NULL OR b.budget = ANY (budget_plan.budgets));
END;
COMMENT ON FUNCTION bedrock_internal.budget_plan(date, date, text[]) IS
    'budgets in force on a day, of rolling days on rolling_day, with the span that has it; budgets: these alone';

-- The day whose span runs: the last complete one, or the first of the latest month while that has none.
CREATE OR REPLACE FUNCTION bedrock_internal.budget_day(as_of date DEFAULT NULL, OUT day date, OUT known date)
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    latest date := bedrock.latest_period();
BEGIN
    known := bedrock_internal.last_complete_day();
    IF budget_day.as_of < known THEN
        known := CASE WHEN budget_day.as_of >= (SELECT min(b.billing_period) FROM bedrock.bill AS b
                                                WHERE b.has_bedrock AND NOT b.superseded) THEN budget_day.as_of END;
    END IF;
    day := coalesce(budget_day.as_of, greatest(latest, known), bedrock_internal.today());
END
$$;
COMMENT ON FUNCTION bedrock_internal.budget_day(date) IS
    'day whose spans run, and the last complete day of the bill up to as_of (NULL: none is); as_of NULL: now, as the '
    'bill has it';

-- One read of the days for all budgets of an attribute, whatever their number. How many there are is not known to the
-- planner, and a nested loop over a thousand of them would compare each with every day of all.
CREATE OR REPLACE FUNCTION bedrock_internal.budget_results(as_of date DEFAULT NULL, budgets text[] DEFAULT NULL)
    RETURNS TABLE (budget text, attribute text, tag_key text, value text, span text, days daterange, currency text,
                   amount numeric, thresholds numeric[], forecast_thresholds numeric[], actual numeric,
                   forecast numeric, forecast_low numeric, forecast_high numeric, forecast_method text, status text,
                   other_spend jsonb, data_through date, crossed numeric[], crossed_on date[],
                   forecast_crossed numeric[], cost_metric text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    moment record;
    rolling_day date;
    bill_months date[];
    bill_metrics text[];
    part record;
    part_months date[];
    part_metrics text[];
    expression text;
    keys text[];
    placed text;
BEGIN
    IF budget_results.as_of IS NOT NULL AND budget_results.as_of NOT BETWEEN '0001-01-01' AND '9999-12-31' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('budgets cannot be asked as of %s', bedrock_internal.day_text(budget_results.as_of)),
            HINT = 'Give a day of the years 1 to 9999.';
    END IF;
    SELECT d.day, d.known INTO moment FROM bedrock_internal.budget_day(budget_results.as_of) AS d;
    rolling_day := coalesce(budget_results.as_of, moment.known, moment.day);
    SELECT array_agg(b.billing_period), array_agg(b.cost_metric) INTO bill_months, bill_metrics
    FROM (SELECT DISTINCT b.billing_period, b.cost_metric FROM bedrock.bill AS b
          WHERE b.has_bedrock AND NOT b.superseded) AS b;
    FOR part IN
        SELECT p.attribute, p.tag_key, array_agg(DISTINCT p.value) AS wanted,
               min(lower(p.days)) FILTER (WHERE p.span <> 'rolling') AS first_month,
               least(min(lower(p.days)) FILTER (WHERE p.span = 'rolling'), moment.known - 27) AS since,
               max(upper(p.days)) AS upto
        FROM bedrock_internal.budget_plan(moment.day, rolling_day, budget_results.budgets) AS p
        GROUP BY p.attribute, p.tag_key
    LOOP
        SELECT array_agg(b.first_day), array_agg(b.metric) INTO part_months, part_metrics
        FROM ROWS FROM (unnest(bill_months), unnest(bill_metrics)) AS b (first_day, metric)
        WHERE b.first_day >= bedrock_internal.month_of(least(part.first_month, part.since))
          AND b.first_day < part.upto;
        IF part.attribute = 'element' THEN
            expression := bedrock_internal.spend_attribute('workload');
            keys := ARRAY(SELECT DISTINCT w.workload FROM bedrock_internal.workloads_below(part.wanted) AS w);
            placed := 'SELECT w.workload, w.element, w.days FROM bedrock_internal.workloads_below($11) AS w';
        ELSE
            expression := bedrock_internal.spend_attribute(part.attribute, part.tag_key);
            keys := part.wanted;
            placed := 'SELECT w, w, ''{(,)}''::datemultirange FROM unnest($11) AS w';
        END IF;
        RETURN QUERY EXECUTE format($query$
        WITH plan AS MATERIALIZED (
            SELECT row_number() OVER ()::integer AS series, p.*,
                   CASE WHEN $3 IS NOT NULL THEN least($3, upper(p.days) - 1) END AS known
            FROM bedrock_internal.budget_plan($1, $2, $4) AS p
            WHERE p.attribute = $5 AND p.tag_key IS NOT DISTINCT FROM $6),
        placed (key, value, days) AS MATERIALIZED (%2$s),
        billed AS MATERIALIZED (
            SELECT %1$s AS key, s.currency, s.billing_period, s.usage_date AS day,
                   CASE s.charge_grain WHEN 'period' THEN 'undated'
                        ELSE bedrock_internal.recurrence(s.charge_category, s.pricing_model, s.usage_type, s.ai_cost)
                        END AS recurrence, sum(s.ai_cost) AS cost
            FROM bedrock.spend AS s
            WHERE bedrock_internal.counts_in_plans(s.charge_category) AND s.billing_period = ANY ($7)
              AND (s.billing_period >= $8 OR s.usage_date >= $9) AND %1$s = ANY ($10)
            GROUP BY 1, 2, 3, 4, 5),
        -- Of the calendar, the bills of the months; of rolling days, what is billed by day.
        cell AS MATERIALIZED (
            SELECT p.series, p.known, p.span, b.currency = p.currency AS is_own, b.currency, b.day, b.recurrence,
                   b.cost,
                   CASE p.span WHEN 'rolling' THEN b.recurrence <> 'undated' AND p.days @> b.day
                               ELSE p.days @> b.billing_period END
                   AND ($12::date IS NULL
                        OR CASE b.recurrence WHEN 'undated' THEN b.billing_period ELSE b.day END <= $12) AS in_span,
                   least(greatest(b.day, lower(p.days)), upper(p.days) - 1) AS day_of_span
            FROM plan AS p
            JOIN placed AS l ON l.value = p.value
            JOIN billed AS b ON b.key = l.key AND l.days @> b.day),
        total AS (
            SELECT c.series, sum(c.cost) FILTER (WHERE c.is_own) AS actual,
                   sum(c.cost) FILTER (WHERE c.is_own AND (c.recurrence = 'undated' OR c.day <= c.known))
                       AS to_known
            FROM cell AS c WHERE c.in_span GROUP BY c.series),
        other AS (
            SELECT c.series, jsonb_object_agg(c.currency, c.cost) AS other_spend
            FROM (SELECT c.series, coalesce(c.currency, 'not stated') AS currency, sum(c.cost) AS cost
                  FROM cell AS c WHERE c.in_span AND c.is_own IS NOT TRUE GROUP BY 1, 2) AS c
            GROUP BY c.series),
        -- The day whose usage took the sum above a threshold, of those that it is above now.
        run AS (
            SELECT d.series, d.day, sum(d.cost) OVER (PARTITION BY d.series ORDER BY d.day) AS cost
            FROM (SELECT c.series, c.day_of_span AS day, sum(c.cost) AS cost
                  FROM cell AS c WHERE c.in_span AND c.is_own GROUP BY 1, 2) AS d),
        crossing AS (
            SELECT c.series, array_agg(c.threshold ORDER BY c.threshold) AS crossed,
                   array_agg(c.day ORDER BY c.threshold) AS crossed_on
            FROM (SELECT p.series, t.threshold, min(r.day) AS day
                  FROM plan AS p
                  JOIN total AS o ON o.series = p.series
                  CROSS JOIN LATERAL unnest(p.thresholds) AS t (threshold)
                  JOIN run AS r ON r.series = p.series AND r.cost * 100 > p.amount * t.threshold
                  WHERE o.actual * 100 > p.amount * t.threshold
                  GROUP BY 1, 2) AS c
            GROUP BY c.series),
        given AS (
            SELECT array_agg(c.series) AS series, array_agg(c.day) AS day, array_agg(c.recurrence) AS recurrence,
                   array_agg(c.cost) AS cost
            FROM cell AS c
            WHERE c.is_own AND c.recurrence <> 'undated' AND c.span <> 'rolling'
              AND c.day BETWEEN c.known - 27 AND c.known),
        wanted AS (
            SELECT array_agg(p.series) AS series, array_agg(p.known) AS known,
                   array_agg(greatest(p.known + 1, lower(p.days))) AS first_left,
                   array_agg(upper(p.days) - 1) AS last_left
            FROM plan AS p WHERE p.span <> 'rolling' AND p.known IS NOT NULL),
        rest AS (
            SELECT r.series, r.cost, r.low, r.high, r.basis
            FROM given AS g
            CROSS JOIN wanted AS w
            CROSS JOIN LATERAL bedrock_internal.forecast_rest(g.series, g.day, g.recurrence, g.cost,
                array_fill(NULL::numeric, ARRAY[coalesce(cardinality(g.series), 0)]), w.series, w.known, w.first_left,
                w.last_left) AS r),
        -- Days after the last complete one may be billed already: a forecast is at least what is.
        result AS (
            SELECT p.*, a.actual, m.cost_metric, r.basis, o.other_spend, x.crossed, x.crossed_on,
                   CASE WHEN r.cost IS NOT NULL THEN greatest(a.actual, a.to_known + r.cost) END AS forecast,
                   CASE WHEN r.low IS NOT NULL THEN greatest(a.actual, a.to_known + r.low) END AS low,
                   CASE WHEN r.high IS NOT NULL THEN greatest(a.actual, a.to_known + r.high) END AS high
            FROM plan AS p
            LEFT JOIN total AS t ON t.series = p.series
            LEFT JOIN other AS o ON o.series = p.series
            LEFT JOIN crossing AS x ON x.series = p.series
            CROSS JOIN LATERAL (
                SELECT string_agg(DISTINCT b.metric, ', ') AS cost_metric
                FROM ROWS FROM (unnest($7), unnest($13)) AS b (first_day, metric)
                WHERE daterange(b.first_day, (b.first_day + interval '1 month')::date) && p.days
                  AND ($12 IS NULL OR b.first_day <= $12)) AS m
            CROSS JOIN LATERAL (
                SELECT CASE WHEN m.cost_metric IS NOT NULL THEN coalesce(t.actual, 0) END AS actual,
                       coalesce(t.to_known, 0) AS to_known) AS a
            LEFT JOIN rest AS r ON r.series = p.series AND a.actual IS NOT NULL)
        SELECT r.budget, r.attribute, r.tag_key, r.value, r.span, r.days, r.currency, r.amount, r.thresholds,
               r.forecast_thresholds, r.actual, r.forecast, r.low, r.high, r.basis,
               CASE WHEN r.actual IS NULL THEN 'no data' WHEN r.actual > r.amount THEN 'over'
                    WHEN r.span = 'rolling' THEN 'within' WHEN r.forecast IS NULL THEN 'within so far'
                    WHEN r.forecast > r.amount THEN 'will be over' WHEN r.high > r.amount THEN 'may be over'
                    ELSE 'within' END,
               coalesce(r.other_spend, '{}'), r.known, coalesce(r.crossed, '{}'), coalesce(r.crossed_on, '{}'),
               -- What is above it already needs no forecast.
               ARRAY(SELECT t FROM unnest(r.forecast_thresholds) AS t
                     WHERE r.forecast * 100 > r.amount * t AND r.actual * 100 <= r.amount * t ORDER BY t),
               r.cost_metric
        FROM result AS r
        $query$, expression, placed)
        USING moment.day, rolling_day, moment.known, budget_results.budgets, part.attribute, part.tag_key,
              part_months, part.first_month, part.since, keys, part.wanted, budget_results.as_of, part_metrics;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.budget_results(date, text[]) IS
    'how budgets stand as of a day (NULL: now, with all that is billed), with the columns of bedrock.budget_status, as '
    'the caller sees bedrock.spend; budgets: these alone. crossed: thresholds that actual is above, ascending, '
    'crossed_on: the days (UTC) whose usage crossed them; what is billed for a month counts on its first day; '
    'forecast_crossed: thresholds that the forecast is above, and actual is not. Error 22023: as_of is no day of the '
    'years 1 to 9999';
