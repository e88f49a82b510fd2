-- Where a month will end, and what changed from one month to the next: what several questions of the catalogue share.

CREATE OR REPLACE FUNCTION bedrock.forecast_month(period date DEFAULT bedrock.latest_period(), as_of date DEFAULT NULL, "by" text DEFAULT 'all', application text DEFAULT NULL)
    RETURNS TABLE (scope text, currency text, through date, to_date numeric, forecast numeric, low numeric, high numeric, tokens_to_date numeric, tokens_forecast numeric,
        days_known integer, days_left integer, method text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    first_day date := date_trunc('month', forecast_month.period::timestamp)::date;
    last_day date := (first_day + interval '1 month')::date - 1;
    -- What is not complete is no basis: its days would count as cheap ones.
    known date := coalesce(bedrock.data_through(), bedrock.data_through(first_day));
BEGIN
    IF forecast_month."by" IS NULL OR forecast_month."by" NOT IN ('all', 'application', 'project', 'token_kind') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('unknown scope "%s"', left(forecast_month."by", 160)), HINT = 'A month is forecast by all, application, project or token_kind.';
    END IF;
    IF known IS NULL THEN
        RETURN;
    END IF;
    known := least(known, forecast_month.as_of, last_day);

    RETURN QUERY
    WITH billed AS MATERIALIZED (
        SELECT CASE forecast_month."by" WHEN 'application' THEN s.application WHEN 'project' THEN s.project WHEN 'token_kind' THEN s.token_kind ELSE '(all)' END AS scope, s.currency,
               s.usage_date AS day, s.billing_period = first_day AS of_period, sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens
        FROM bedrock.spend AS s
        WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.usage_date <= known AND (s.billing_period = first_day OR known < last_day AND s.usage_date > known - 28)
          AND s.billing_period >= least(first_day, date_trunc('month', (known - 27)::timestamp)::date) AND s.billing_period <= first_day
          AND (forecast_month.application IS NULL OR s.application = forecast_month.application) AND (forecast_month."by" <> 'token_kind' OR s.token_kind IS NOT NULL)
        GROUP BY 1, 2, 3, 4),
    series AS (
        SELECT b.scope, b.currency, coalesce(sum(b.cost) FILTER (WHERE b.of_period), 0) AS cost, coalesce(sum(b.tokens) FILTER (WHERE b.of_period), 0) AS tokens,
               min(b.day) FILTER (WHERE b.day > known - 28) AS since
        FROM billed AS b
        GROUP BY 1, 2),
    -- From its first day on a day without usage is one of cost 0.
    past AS (
        SELECT s.scope, s.currency, d.day::date AS day, coalesce(sum(b.cost), 0) AS cost, coalesce(sum(b.tokens), 0) AS tokens
        FROM series AS s
        CROSS JOIN LATERAL generate_series(s.since::timestamp, known::timestamp, interval '1 day') AS d (day)
        LEFT JOIN billed AS b ON b.scope = s.scope AND b.currency IS NOT DISTINCT FROM s.currency AND b.day = d.day::date
        GROUP BY 1, 2, 3),
    weekday AS (
        SELECT p.scope, p.currency, extract(isodow FROM p.day) AS weekday, avg(p.cost) AS cost, min(p.cost) AS low, max(p.cost) AS high, avg(p.tokens) AS tokens
        FROM past AS p
        GROUP BY 1, 2, 3),
    rest AS (
        SELECT w.scope, w.currency, sum(w.cost) AS cost, sum(w.low) AS low, sum(w.high) AS high, sum(w.tokens) AS tokens
        FROM generate_series(greatest(known + 1, first_day)::timestamp, last_day::timestamp, interval '1 day') AS d (day)
        JOIN weekday AS w ON w.weekday = extract(isodow FROM d.day)
        GROUP BY 1, 2),
    judged AS (
        SELECT s.*, r.cost AS cost_left, r.low, r.high, r.tokens AS tokens_left, coalesce(known - s.since + 1, 0) AS days, last_day - greatest(known, first_day - 1) AS days_left,
               CASE WHEN known >= last_day THEN 'complete' WHEN known - s.since + 1 >= 14 THEN 'same weekdays of the last 4 weeks' ELSE 'too few days' END AS method
        FROM series AS s
        LEFT JOIN rest AS r ON r.scope = s.scope AND r.currency IS NOT DISTINCT FROM s.currency)
    SELECT j.scope, j.currency, known, j.cost, CASE j.method WHEN 'complete' THEN j.cost WHEN 'too few days' THEN NULL ELSE j.cost + round(j.cost_left, 6) END,
           CASE j.method WHEN 'complete' THEN j.cost WHEN 'too few days' THEN NULL ELSE j.cost + j.low END, CASE j.method WHEN 'complete' THEN j.cost WHEN 'too few days' THEN NULL ELSE j.cost + j.high END,
           j.tokens, CASE j.method WHEN 'complete' THEN j.tokens WHEN 'too few days' THEN NULL ELSE j.tokens + round(j.tokens_left) END, j.days, j.days_left, j.method
    FROM judged AS j
    ORDER BY j.currency, j.cost DESC, j.scope;
END
$$;
COMMENT ON FUNCTION bedrock.forecast_month(date, date, text, text) IS
    'where the usage of a billing period will end, one row a scope and currency: to_date is billed up to day through, the last complete day of the data, or as_of where that is earlier; each day that is left is taken as the mean of the same weekday in the 28 days up to then (low and high: as the cheapest and the dearest of them). days_known: from the first day with usage in these 28 days; fewer than 14 are too few: forecast, low and high are NULL. method: complete (nothing is left), same weekdays of the last 4 weeks, or too few days. by: all, application, project or token_kind; application: of this one alone. Usage by day only: what is billed for the whole month is left out. tokens_to_date and tokens_forecast: the same of tokens. No row: nothing is billed in these days. Error 22023 for another scope';

CREATE OR REPLACE FUNCTION bedrock.cost_change(period date DEFAULT bedrock.latest_period())
    RETURNS TABLE (driver_kind text, driver text, currency text, cost numeric, cost_before numeric, price numeric, volume numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Asked for as often as there are lines: a subquery is answered once.
    SELECT c.driver_kind, c.driver, c.currency, sum(c.cost), sum(c.cost_before),
           sum(CASE WHEN c.tokens > 0 AND c.tokens_before > 0 THEN (c.cost / c.tokens - c.cost_before / c.tokens_before) * c.tokens ELSE 0 END),
           coalesce(sum(c.cost_before) FILTER (WHERE c.tokens_before > 0) * (sum(c.tokens) / nullif(sum(c.tokens_before), 0) - 1), 0)
    FROM (SELECT d.driver_kind, coalesce(d.driver, '(none)') AS driver, s.currency, s.model_id, s.usage_type, s.pricing_unit,
                 coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT cost_change.period)), 0) AS cost,
                 coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT cost_change.period)), 0) AS cost_before,
                 coalesce(sum(s.tokens) FILTER (WHERE s.billing_period = (SELECT cost_change.period)), 0) AS tokens,
                 coalesce(sum(s.tokens) FILTER (WHERE s.billing_period < (SELECT cost_change.period)), 0) AS tokens_before
          FROM bedrock.spend_monthly AS s
          CROSS JOIN LATERAL (VALUES ('all', '(all)'), ('application', s.application), ('model', s.model_name), ('account', s.account_id), ('principal', s.principal_key)) AS d (driver_kind, driver)
          WHERE s.charge_category = 'usage' AND s.billing_period BETWEEN (cost_change.period - interval '1 month')::date AND cost_change.period
          GROUP BY 1, 2, 3, 4, 5, 6) AS c
    GROUP BY 1, 2, 3;
END;
COMMENT ON FUNCTION bedrock.cost_change(date) IS
    'cost of usage in a month and the month before it, as a whole (driver_kind all) and by application, model, account and principal, with what of the change is price (other unit price of the same meter: model, usage type and unit) and what is volume (more or fewer tokens); the rest of the change is mix: other meters or models, and what is not metered in tokens';
