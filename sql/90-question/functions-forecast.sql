-- Where a month will end, and what changed from one month to the next: what several questions of the catalogue share.

-- Several months, and the whole with its parts, from one pass over the days. Planned anew each time: scope, months
-- and days decide which joins are left, and a plan for any of them keeps all.
CREATE OR REPLACE FUNCTION bedrock.forecast_months(periods date[], as_of date[] DEFAULT NULL, "by" text DEFAULT 'all',
    whole boolean DEFAULT false, application text DEFAULT NULL)
    RETURNS TABLE (period date, is_whole boolean, scope text, currency text, through date, to_date numeric,
                   forecast numeric, low numeric, high numeric, tokens_to_date numeric, tokens_forecast numeric,
        days_known integer, days_left integer, method text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    -- What is not complete is no basis: its days would count as cheap ones.
    latest date := bedrock.data_through();
    first_days date[];
    known_days date[];
    -- Bills to read, and how far back those that only give weekdays.
    bills date[];
    since date;
BEGIN
    IF forecast_months."by" IS NULL OR forecast_months."by" NOT IN ('all', 'application', 'project', 'token_kind') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('unknown scope "%s"', left(forecast_months."by", 160)),
            HINT = 'A month is forecast by all, application, project or token_kind.';
    END IF;

    SELECT array_agg(k.first_day ORDER BY k.number), array_agg(k.known ORDER BY k.number),
           min(k.known - 27) FILTER (WHERE k.known < k.last_day)
    INTO first_days, known_days, since
    FROM (SELECT p.number, m.first_day, m.last_day,
                 least(coalesce(latest, bedrock.data_through(m.first_day)), p.as_of, m.last_day) AS known
          FROM ROWS
          FROM (unnest(forecast_months.periods), unnest(forecast_months.as_of)) WITH ORDINALITY
              AS p (period, as_of, number)
          CROSS JOIN LATERAL (SELECT date_trunc('month', p.period::timestamp)::date,
                                     (date_trunc('month', p.period::timestamp) + interval '1 month')::date - 1)
              AS m (first_day, last_day)
          WHERE isfinite(p.period) AND coalesce(latest, bedrock.data_through(m.first_day)) IS NOT NULL) AS k;
    SELECT array_agg(DISTINCT b.billing_period) INTO bills
    FROM unnest(first_days, known_days) AS k (first_day, known)
    JOIN bedrock.bill AS b
        ON b.billing_period BETWEEN least(k.first_day, date_trunc('month', (k.known - 27)::timestamp)::date)
        AND k.first_day;

    RETURN QUERY
    WITH billed AS MATERIALIZED (
        SELECT CASE forecast_months."by" WHEN 'application' THEN s.application WHEN 'project' THEN s.project
                    WHEN 'token_kind' THEN s.token_kind ELSE '(all)' END AS scope, s.currency,
               s.usage_date AS day, s.billing_period, sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens
        FROM bedrock.spend AS s
        WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.billing_period = ANY (bills)
          AND s.usage_date <= (SELECT max(k.known) FROM unnest(known_days) AS k (known))
          AND (s.billing_period = ANY (first_days) OR s.usage_date >= since)
          AND (forecast_months.application IS NULL OR s.application = forecast_months.application)
        GROUP BY 1, 2, 3, 4),
    part AS (
        SELECT false AS is_whole, b.* FROM billed AS b WHERE forecast_months."by" <> 'token_kind' OR b.scope IS NOT NULL
        UNION ALL
        SELECT true, '(all)', b.currency, b.day, b.billing_period, sum(b.cost), sum(b.tokens) FROM billed AS b
        WHERE forecast_months.whole GROUP BY b.currency, b.day, b.billing_period),
    month AS (
        SELECT m.number, m.first_day, m.known, (m.first_day + interval '1 month')::date - 1 AS last_day
        FROM unnest(first_days, known_days) WITH ORDINALITY AS m (first_day, known, number)),
    dated AS MATERIALIZED (
        SELECT m.number, m.first_day, m.last_day, m.known, p.is_whole, p.scope, p.currency, p.day,
               p.billing_period = m.first_day AS of_period, p.cost, p.tokens
        FROM month AS m
        JOIN part AS p ON p.day <= m.known
            AND (p.billing_period = m.first_day OR m.known < m.last_day AND p.day > m.known - 28)
                          AND p.billing_period BETWEEN least(m.first_day,
                                                             date_trunc('month', (m.known - 27)::timestamp)::date)
                          AND m.first_day),
    series AS (
        SELECT b.number, b.first_day, b.last_day, b.known, b.is_whole, b.scope, b.currency,
               coalesce(sum(b.cost) FILTER (WHERE b.of_period), 0) AS cost,
               coalesce(sum(b.tokens) FILTER (WHERE b.of_period), 0) AS tokens,
               min(b.day) FILTER (WHERE b.day > b.known - 28) AS since
        FROM dated AS b
        GROUP BY 1, 2, 3, 4, 5, 6, 7),
    -- From its first day on a day without usage is one of cost 0.
    past AS (
        SELECT s.number, s.is_whole, s.scope, s.currency, d.day::date AS day, coalesce(sum(b.cost), 0) AS cost,
               coalesce(sum(b.tokens), 0) AS tokens
        FROM series AS s
        CROSS JOIN LATERAL generate_series(s.since::timestamp, s.known::timestamp, interval '1 day') AS d (day)
        LEFT JOIN dated AS b ON b.number = s.number AND b.is_whole = s.is_whole AND b.scope = s.scope
            AND b.currency IS NOT DISTINCT FROM s.currency AND b.day = d.day::date
        WHERE s.known < s.last_day
        GROUP BY 1, 2, 3, 4, 5),
    weekday AS (
        SELECT p.number, p.is_whole, p.scope, p.currency, extract(isodow FROM p.day) AS weekday, avg(p.cost) AS cost,
               min(p.cost) AS low, max(p.cost) AS high, avg(p.tokens) AS tokens
        FROM past AS p
        GROUP BY 1, 2, 3, 4, 5),
    rest AS (
        SELECT w.number, w.is_whole, w.scope, w.currency, sum(w.cost) AS cost, sum(w.low) AS low, sum(w.high) AS high,
               sum(w.tokens) AS tokens
        FROM month AS m
        CROSS JOIN LATERAL generate_series(greatest(m.known + 1, m.first_day)::timestamp, m.last_day::timestamp,
                                           interval '1 day') AS d (day)
        JOIN weekday AS w ON w.number = m.number AND w.weekday = extract(isodow FROM d.day)
        GROUP BY 1, 2, 3, 4),
    forecast AS (
        SELECT s.*, r.cost AS cost_left, r.low, r.high, r.tokens AS tokens_left,
               coalesce(s.known - s.since + 1, 0) AS days, s.last_day - greatest(s.known, s.first_day - 1) AS days_left,
               CASE WHEN s.known >= s.last_day THEN 'complete'
                    WHEN s.known - s.since + 1 >= 14 THEN 'same weekdays of the last 4 weeks'
                    ELSE 'too few days' END AS method
        FROM series AS s
        LEFT JOIN rest AS r ON r.number = s.number AND r.is_whole = s.is_whole AND r.scope = s.scope
            AND r.currency IS NOT DISTINCT FROM s.currency)
    SELECT j.first_day, j.is_whole, j.scope, j.currency, j.known, j.cost,
           CASE j.method WHEN 'complete' THEN j.cost WHEN 'too few days' THEN NULL
                ELSE j.cost + round(j.cost_left, 6) END,
           CASE j.method WHEN 'complete' THEN j.cost WHEN 'too few days' THEN NULL ELSE j.cost + j.low END,
           CASE j.method WHEN 'complete' THEN j.cost WHEN 'too few days' THEN NULL ELSE j.cost + j.high END,
           j.tokens, CASE j.method WHEN 'complete' THEN j.tokens WHEN 'too few days' THEN NULL
                          ELSE j.tokens + round(j.tokens_left) END, j.days, j.days_left, j.method
    FROM forecast AS j
    ORDER BY j.number, j.is_whole DESC, j.currency, j.cost DESC, j.scope;
END
$$;
COMMENT ON FUNCTION bedrock.forecast_months(date[], date[], text, boolean, text) IS
    'forecasts the usage of several billing periods in one pass, with the columns of bedrock.forecast_month. periods: '
    'any day of each month; as_of: the last known day of each, in the same order, NULL: the last complete one; by, '
    'application: as in bedrock.forecast_month; whole: adds a row of all usage (is_whole), which overlaps the others. '
    'period: first day of the month. Error 22023: unknown by';

CREATE OR REPLACE FUNCTION bedrock.forecast_month(period date DEFAULT bedrock.latest_period(), as_of date DEFAULT NULL,
    "by" text DEFAULT 'all', application text DEFAULT NULL)
    RETURNS TABLE (scope text, currency text, through date, to_date numeric, forecast numeric, low numeric,
                   high numeric, tokens_to_date numeric, tokens_forecast numeric,
        days_known integer, days_left integer, method text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT f.scope, f.currency, f.through, f.to_date, f.forecast, f.low, f.high, f.tokens_to_date, f.tokens_forecast,
           f.days_known, f.days_left, f.method
    FROM bedrock.forecast_months(ARRAY[forecast_month.period], ARRAY[forecast_month.as_of], forecast_month."by", false,
                                 forecast_month.application) AS f
    ORDER BY f.currency, f.to_date DESC, f.scope;
END;
COMMENT ON FUNCTION bedrock.forecast_month(date, date, text, text) IS
    'forecasts the usage of a billing period, one row for each scope and currency: each day left counts as the mean of '
    'the same weekday in the 28 days before (low, high: the cheapest, the dearest of them). to_date: billed through '
    'the last complete day, or as_of where earlier; days_known: days with data in these 28, fewer than 14 give '
    'forecast, low and high NULL; method: complete, same weekdays of the last 4 weeks, too few days; tokens_to_date, '
    'tokens_forecast: the same of tokens. by: all, application, project or token_kind; application: of this one only. '
    'Usage billed by day only. Error 22023: unknown by';

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
