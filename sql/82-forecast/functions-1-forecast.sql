-- Where a month will end. Three pieces: what of the bill comes again, how the days that are left follow from the days
-- that are known, and the function that reads the days. Each is told once, for forecasts, budgets and estimates alike.

CREATE OR REPLACE FUNCTION bedrock_internal.recurrence(charge_category text, pricing_model text, usage_type text,
    cost numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN charge_category = 'fee' OR cost < 0 THEN 'once'
                WHEN charge_category = 'commitment_fee' OR pricing_model IN ('provisioned', 'reserved')
                    OR pricing_model = 'customization' AND usage_type ILIKE '%storage%' THEN 'standing'
                WHEN pricing_model = 'customization' THEN 'once'
                WHEN pricing_model = 'batch' THEN 'batch'
                ELSE 'daily' END;
COMMENT ON FUNCTION bedrock_internal.recurrence(text, text, text, numeric) IS
    'how a line of bedrock.spend that is billed by day goes on, as bedrock_internal.forecast_rest projects it: '
    'standing (provisioned and reserved capacity, commitment fees, storage of custom models), once (tuning and '
    'training, fees, and what is negative, such as a correction), batch, or daily. Arguments: columns of '
    'bedrock.spend; cost: ai_cost, of a day';

CREATE OR REPLACE FUNCTION bedrock_internal.check_forecast_method(method text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (method IN ('weekday', 'run_rate', 'logs')) IS NOT TRUE THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('unknown method "%s"', coalesce(left(method, 160), 'NULL')),
            HINT = 'Methods of a forecast are weekday, run_rate and logs.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_forecast_method(text) IS
    'raises an error 22023 where this is no method of a forecast: weekday, run_rate or logs';

-- Many series at once, as arrays: whoever has a thousand budgets reads their days in one pass, and calls this once.
CREATE OR REPLACE FUNCTION bedrock_internal.forecast_rest(
    cell_series integer[], cell_day date[], cell_recurrence text[], cell_cost numeric[], cell_tokens numeric[],
    series integer[], known date[], first_left date[], last_left date[], method text DEFAULT 'weekday')
    RETURNS TABLE (series integer, cost numeric, low numeric, high numeric, tokens numeric, standing numeric,
                   logged numeric, logged_through date, days_known integer, days_left integer, basis text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH span AS (
        SELECT s.series, s.known, s.first_left, s.last_left, greatest(s.last_left - s.first_left + 1, 0) AS days_left,
               s.known - CASE forecast_rest.method WHEN 'run_rate' THEN 6 ELSE 27 END AS window_start
        FROM ROWS FROM (unnest(forecast_rest.series), unnest(forecast_rest.known), unnest(forecast_rest.first_left),
                        unnest(forecast_rest.last_left)) AS s (series, known, first_left, last_left)),
    cell AS MATERIALIZED (
        SELECT c.series, c.day, c.recurrence, c.cost, c.tokens, s.known, s.window_start
        FROM ROWS FROM (unnest(forecast_rest.cell_series), unnest(forecast_rest.cell_day),
                        unnest(forecast_rest.cell_recurrence), unnest(forecast_rest.cell_cost),
                        unnest(forecast_rest.cell_tokens)) AS c (series, day, recurrence, cost, tokens)
        JOIN span AS s ON s.series = c.series),
    -- A batch job is daily work where it ran in three of the last four weeks. What stands is what both of the last two
    -- days were billed: a line a month, or an hour of a trial, is no price of a day.
    goes_on AS (
        SELECT c.series,
               count(DISTINCT (c.known - c.day) / 7) FILTER (WHERE c.recurrence = 'batch' AND c.day > c.known - 28) >= 3
                   AS batch_is_daily,
               least(coalesce(sum(c.cost) FILTER (WHERE c.recurrence = 'standing' AND c.day = c.known), 0),
                     coalesce(sum(c.cost) FILTER (WHERE c.recurrence = 'standing' AND c.day = c.known - 1), 0))
                   AS standing
        FROM cell AS c
        WHERE c.day <= c.known AND c.recurrence <> 'logged'
        GROUP BY c.series),
    traffic AS MATERIALIZED (
        SELECT c.series, c.day, c.known, c.window_start, sum(c.cost) AS cost, sum(c.tokens) AS tokens
        FROM cell AS c JOIN goes_on AS g ON g.series = c.series
        WHERE c.day <= c.known AND (c.recurrence = 'daily' OR c.recurrence = 'batch' AND g.batch_is_daily)
        GROUP BY c.series, c.day, c.known, c.window_start),
    begun AS (
        SELECT t.series, t.known, greatest(min(t.day), t.window_start) AS since, t.known - min(t.day) + 1 AS days_known
        FROM traffic AS t GROUP BY t.series, t.known, t.window_start),
    -- From its first day on a day without usage is one of cost 0. A run rate has one place for all days.
    typical AS (
        SELECT b.series, p.place, avg(coalesce(t.cost, 0)) AS cost, min(coalesce(t.cost, 0)) AS low,
               max(coalesce(t.cost, 0)) AS high, avg(coalesce(t.tokens, 0)) AS tokens
        FROM begun AS b
        CROSS JOIN LATERAL generate_series(b.since::timestamp, b.known::timestamp, interval '1 day') AS d (day)
        CROSS JOIN LATERAL (SELECT CASE forecast_rest.method WHEN 'run_rate' THEN 0
                                        ELSE extract(isodow FROM d.day)::integer END AS place) AS p
        LEFT JOIN traffic AS t ON t.series = b.series AND t.day = d.day::date
        GROUP BY b.series, p.place),
    -- What was billed for what the logs have of the same days: discounts, and what is not logged, are in it.
    billed_per_logged AS (
        SELECT l.series, sum(t.cost) / nullif(sum(l.cost), 0) AS cost,
               sum(t.tokens) / nullif(sum(l.tokens), 0) AS tokens
        FROM cell AS l
        JOIN begun AS b ON b.series = l.series AND l.day BETWEEN b.since AND b.known
        LEFT JOIN traffic AS t ON t.series = l.series AND t.day = l.day
        WHERE l.recurrence = 'logged'
        GROUP BY l.series
        HAVING count(*) >= 7),
    logged AS (
        SELECT l.series, l.day, l.cost * p.cost AS cost, l.tokens * p.tokens AS tokens
        FROM cell AS l JOIN billed_per_logged AS p ON p.series = l.series
        WHERE l.recurrence = 'logged' AND l.day > l.known AND forecast_rest.method = 'logs'),
    -- What logs say of a day takes the place of what it would have been.
    rest AS (
        SELECT s.series, sum(coalesce(l.cost, t.cost)) AS cost, sum(coalesce(l.cost, t.low)) AS low,
               sum(coalesce(l.cost, t.high)) AS high, sum(coalesce(l.tokens, t.tokens)) AS tokens,
               round(sum(l.cost), 6) AS logged, max(l.day) FILTER (WHERE l.cost IS NOT NULL) AS logged_through
        FROM span AS s
        CROSS JOIN LATERAL generate_series(s.first_left::timestamp, s.last_left::timestamp, interval '1 day')
            AS d (day)
        LEFT JOIN typical AS t ON t.series = s.series
            AND t.place = CASE forecast_rest.method WHEN 'run_rate' THEN 0 ELSE extract(isodow FROM d.day) END
        LEFT JOIN logged AS l ON l.series = s.series AND l.day = d.day::date
        GROUP BY s.series),
    named AS (
        SELECT s.series, s.days_left, coalesce(b.days_known, 0) AS days_known, coalesce(g.standing, 0) AS standing,
               CASE WHEN s.days_left = 0 THEN 'complete'
                    WHEN b.series IS NULL AND g.series IS NOT NULL THEN 'no daily usage'
                    WHEN b.days_known >= CASE forecast_rest.method WHEN 'run_rate' THEN 7 ELSE 14 END
                        THEN CASE forecast_rest.method WHEN 'run_rate' THEN 'mean of the last 7 days'
                                  ELSE 'same weekdays of the last 4 weeks' END
                    ELSE 'too few days' END AS basis
        FROM span AS s
        LEFT JOIN goes_on AS g ON g.series = s.series
        LEFT JOIN begun AS b ON b.series = s.series)
    SELECT n.series, coalesce(round(r.cost, 6), 0) + n.standing * n.days_left,
           coalesce(round(r.low, 6), 0) + n.standing * n.days_left,
           coalesce(round(r.high, 6), 0) + n.standing * n.days_left,
           coalesce(round(r.tokens), 0), n.standing * n.days_left, r.logged, r.logged_through,
           least(n.days_known, 28), n.days_left,
           n.basis || CASE WHEN r.logged IS NOT NULL THEN ', after days from the logs' ELSE '' END
    FROM named AS n
    LEFT JOIN rest AS r ON r.series = n.series
    WHERE n.basis <> 'too few days'
    UNION ALL
    SELECT n.series, NULL, NULL, NULL, NULL, NULL, NULL, NULL, least(n.days_known, 28), n.days_left, n.basis
    FROM named AS n
    WHERE n.basis = 'too few days';
END;
COMMENT ON FUNCTION bedrock_internal.forecast_rest(integer[], date[], text[], numeric[], numeric[], integer[], date[],
    date[], date[], text) IS
    'what days that are left will cost, for many series at once: one row for each number of series, whose last known '
    'day is known, and whose days left are first_left to last_left. Cells: cost and tokens of a day of a series, by '
    'bedrock_internal.recurrence; logged: estimate of a day from the logs, also of known days, for the method logs. '
    'cost, tokens: the mean of the same weekdays in the 28 days up to known (run_rate: of the last 7 days) for each '
    'day left; low, high: the cheapest, the dearest of them for each; standing, part of all three: what both of the '
    'last two days were billed; logged, part of them too: what logs gave, through logged_through. days_known: days '
    'since the first of the series among the cells, 28 at most; fewer than 14 (run_rate: 7) give NULL, basis too few '
    'days. basis: else how it was found; complete: no day is left';

-- One pass over the days. Planned anew each time: attribute, months and days decide which joins are left, and a plan
-- for any of them keeps all. How few the days are is not known to the planner, which would sort all facts.
CREATE OR REPLACE FUNCTION bedrock_internal.forecast_by(periods date[], as_of date[], scope_sql text,
    whole_sql text DEFAULT NULL, only_column text DEFAULT NULL, only_value text DEFAULT NULL,
    methods text[] DEFAULT '{weekday}', requests_from text DEFAULT NULL)
    RETURNS TABLE (forecast_method text, period date, is_whole boolean, scope text, currency text, through date,
                   to_date numeric, forecast numeric, low numeric, high numeric, tokens_to_date numeric,
                   tokens_forecast numeric, days_known integer, days_left integer, method text, standing numeric,
                   logged numeric, logged_through date, undated numeric)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_sort = off
AS $$
#variable_conflict use_column
DECLARE
    -- What is not complete is no basis: its days would count as cheap ones.
    latest date := bedrock_internal.last_complete_day();
    lag_days integer := bedrock_internal.setting_value('data_lag_days_aws')::integer;
    first_days date[];
    known_days date[];
    log_days date[];
    bills date[];
    since date;
    only_sql text := CASE WHEN only_value IS NULL THEN '' ELSE format(' AND s.%I = %L', only_column, only_value) END;
    -- What logs can be cut by, as the bill is. Without: no logged day.
    requests text := CASE WHEN 'logs' = ANY (methods) AND requests_from IS NOT NULL THEN format($query$
            SELECT %s AS scope, s.day, sum(s.est_cost) AS cost,
                   sum(coalesce(s.input_tokens, 0) + coalesce(s.output_tokens, 0) + coalesce(s.cache_read_tokens, 0)
                       + coalesce(s.cache_write_tokens, 0)) AS tokens
            FROM %s AS s
            -- The last one is not over yet.
            WHERE s.day >= $4 AND s.day < (SELECT max(d.day) FROM bedrock.invocation_day AS d)%s
            GROUP BY 1, 2$query$, scope_sql, requests_from, only_sql)
        ELSE 'SELECT NULL::text, NULL::date, NULL::numeric, NULL::numeric WHERE false' END;
BEGIN
    PERFORM bedrock_internal.check_forecast_method(m) FROM unnest(methods) AS m;
    SELECT array_agg(k.first_day ORDER BY k.number), array_agg(k.known ORDER BY k.number),
           -- Asked for as of an earlier day, logs are as far ahead of the bill as its lag is.
           array_agg(CASE WHEN k.known < latest THEN k.known + lag_days ELSE 'infinity' END ORDER BY k.number),
           min(least(k.known - 27, k.first_day))
    INTO first_days, known_days, log_days, since
    FROM (SELECT p.number, m.first_day,
                 CASE WHEN latest IS NOT NULL THEN least(latest, p.as_of, m.last_day) END AS known
          FROM ROWS FROM (unnest(forecast_by.periods), unnest(forecast_by.as_of)) WITH ORDINALITY
              AS p (period, as_of, number)
          CROSS JOIN LATERAL (SELECT bedrock_internal.month_of(p.period),
                                     (bedrock_internal.month_of(p.period) + interval '1 month')::date - 1)
              AS m (first_day, last_day)
          WHERE p.period BETWEEN '0001-01-01' AND '9999-11-30') AS k
    WHERE k.known >= '0001-02-01';
    -- Bills that have such days: only their facts are read.
    SELECT array_agg(DISTINCT b.billing_period) INTO bills
    FROM unnest(first_days, known_days) AS k (first_day, known)
    JOIN bedrock.bill AS b
        ON b.billing_period BETWEEN least(k.first_day, bedrock_internal.month_of(k.known - 27))
        AND k.first_day;

    RETURN QUERY EXECUTE format($query$
    WITH billed AS MATERIALIZED (
        SELECT %1$s AS scope, s.currency, s.billing_period, s.usage_date AS day,
               CASE s.charge_grain WHEN 'period' THEN 'undated'
                    ELSE bedrock_internal.recurrence(s.charge_category, s.pricing_model, s.usage_type, s.ai_cost) END
                   AS recurrence,
               sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens
        FROM bedrock.spend AS s
        WHERE bedrock_internal.counts_in_plans(s.charge_category) AND s.billing_period = ANY ($3)
          -- Of a month that is forecast, all that it was billed for, be it late usage of an earlier one.
          AND (s.billing_period = ANY ($1) OR s.usage_date >= $4)%3$s
        GROUP BY 1, 2, 3, 4, 5),
    request (scope, day, cost, tokens) AS MATERIALIZED (%2$s),
    part AS (
        SELECT false AS is_whole, b.* FROM billed AS b
        UNION ALL
        SELECT true, %4$s, b.currency, b.billing_period, b.day, b.recurrence, sum(b.cost), sum(b.tokens)
        FROM billed AS b WHERE $5 GROUP BY 2, b.currency, b.billing_period, b.day, b.recurrence),
    request_part AS (
        SELECT false AS is_whole, q.* FROM request AS q
        UNION ALL
        SELECT true, %4$s, b.day, sum(b.cost), sum(b.tokens) FROM request AS b WHERE $5 GROUP BY 2, b.day),
    cell AS MATERIALIZED (
        SELECT m.number, m.first_day, m.known, m.logged, p.is_whole, p.scope, p.currency, p.day, p.recurrence,
               p.billing_period = m.first_day AS of_period, p.cost, p.tokens
        FROM unnest($1, $2, $7) WITH ORDINALITY AS m (first_day, known, logged, number)
        JOIN part AS p ON p.billing_period = m.first_day AND (p.recurrence = 'undated' OR p.day <= m.known)
            OR p.billing_period < m.first_day AND p.recurrence <> 'undated'
               AND p.day BETWEEN m.known - 27 AND m.known),
    series AS MATERIALIZED (
        SELECT row_number() OVER ()::integer AS series, c.*, (c.first_day + interval '1 month')::date - 1 AS last_day
        FROM (SELECT c.number, c.first_day, c.known, c.logged, c.is_whole, c.scope, c.currency,
                     coalesce(sum(c.cost) FILTER (WHERE c.of_period AND c.recurrence <> 'undated'), 0) AS cost,
                     coalesce(sum(c.tokens) FILTER (WHERE c.of_period AND c.recurrence <> 'undated'), 0) AS tokens,
                     coalesce(sum(c.cost) FILTER (WHERE c.recurrence = 'undated'), 0) AS undated
              FROM cell AS c
              GROUP BY c.number, c.first_day, c.known, c.logged, c.is_whole, c.scope, c.currency) AS c),
    given AS (
        SELECT array_agg(s.series) AS series, array_agg(c.day) AS day, array_agg(c.recurrence) AS recurrence,
               array_agg(c.cost) AS cost, array_agg(c.tokens) AS tokens
        FROM series AS s
        JOIN (SELECT c.number, c.is_whole, c.scope, c.currency, c.day, c.recurrence, c.cost, c.tokens FROM cell AS c
              UNION ALL
              SELECT m.number, m.is_whole, m.scope, m.currency, q.day, 'logged', q.cost, q.tokens
              FROM series AS m
              JOIN request_part AS q ON q.is_whole = m.is_whole AND q.scope = m.scope
                  AND q.day BETWEEN m.known - 27 AND m.logged) AS c
            ON c.number = s.number AND c.is_whole = s.is_whole AND c.scope = s.scope
            AND c.currency IS NOT DISTINCT FROM s.currency
        WHERE c.recurrence <> 'undated'),
    wanted AS (
        SELECT array_agg(s.series) AS series, array_agg(s.known) AS known,
               array_agg(greatest(s.known + 1, s.first_day)) AS first_left, array_agg(s.last_day) AS last_left
        FROM series AS s)
    SELECT m.method, s.first_day, s.is_whole, s.scope, s.currency, s.known, s.cost, s.cost + r.cost, s.cost + r.low,
           s.cost + r.high, s.tokens, s.tokens + r.tokens, r.days_known, r.days_left, r.basis, r.standing, r.logged,
           r.logged_through, s.undated
    FROM given AS g
    CROSS JOIN wanted AS w
    CROSS JOIN unnest($6) AS m (method)
    CROSS JOIN LATERAL bedrock_internal.forecast_rest(g.series, g.day, g.recurrence, g.cost, g.tokens, w.series,
                                                      w.known, w.first_left, w.last_left, m.method) AS r
    JOIN series AS s ON s.series = r.series
    ORDER BY s.number, s.is_whole DESC, s.currency, s.cost DESC, s.scope
    $query$, scope_sql, requests, only_sql, coalesce(whole_sql, 'b.scope'))
    USING first_days, known_days, bills, since, whole_sql IS NOT NULL, methods, log_days;
END
$$;
COMMENT ON FUNCTION bedrock_internal.forecast_by(date[], date[], text, text, text, text, text[], text) IS
    'bedrock.forecast_months by a SQL expression over a row s of bedrock.spend, and by several methods '
    '(forecast_method) in one pass; whole_sql: expression of the whole that a row b (its scope) is part of, which has '
    'rows of its own, is_whole (NULL: none); only_column, only_value: lines whose column has this value (NULL: all); '
    'requests_from: what to select logged requests from, with the columns of bedrock.request_day and those that '
    'expression and only_column read (NULL: logs do not tell). Error 22023: unknown method';

CREATE OR REPLACE FUNCTION bedrock.forecast_months(periods date[], as_of date[] DEFAULT NULL, "by" text DEFAULT 'all',
    whole boolean DEFAULT false, application text DEFAULT NULL, tag_key text DEFAULT NULL,
    forecast_method text DEFAULT 'weekday')
    RETURNS TABLE (period date, is_whole boolean, scope text, currency text, through date, to_date numeric,
                   forecast numeric, low numeric, high numeric, tokens_to_date numeric, tokens_forecast numeric,
                   days_known integer, days_left integer, method text, standing numeric, logged numeric,
                   logged_through date, undated numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT f.period, f.is_whole, f.scope, f.currency, f.through, f.to_date, f.forecast, f.low, f.high, f.tokens_to_date,
           f.tokens_forecast, f.days_known, f.days_left, f.method, f.standing, f.logged, f.logged_through, f.undated
    FROM bedrock_internal.forecast_by(
        forecast_months.periods, forecast_months.as_of,
        bedrock_internal.spend_attribute(coalesce(forecast_months."by", ''), forecast_months.tag_key),
        CASE WHEN forecast_months.whole THEN '''(all)''' END, 'application', forecast_months.application,
        ARRAY[forecast_months.forecast_method],
        -- Whose a request is say claims, of the resource before the principal; what rules own is not told.
        CASE WHEN forecast_months."by" = 'workload' THEN
                 '(SELECT r.*, coalesce(c.workload, p.workload) AS workload FROM bedrock.request_day AS r'
                 ' LEFT JOIN bedrock.claim AS c ON c.identity_kind = ''resource'' AND upper_inf(c.recorded)'
                 ' AND c.identity = coalesce(r.profile_arn, r.model) AND c.valid @> r.day'
                 ' LEFT JOIN bedrock.claim AS p ON p.identity_kind = ''principal'' AND upper_inf(p.recorded)'
                 ' AND p.identity = r.principal_key AND p.valid @> r.day)'
             WHEN forecast_months."by" = 'all' OR EXISTS (
                 SELECT FROM pg_attribute AS a
                 WHERE a.attrelid = 'bedrock.request_day'::regclass AND a.attname = forecast_months."by")
                 THEN 'bedrock.request_day' END) AS f;
END;
COMMENT ON FUNCTION bedrock.forecast_months(date[], date[], text, boolean, text, text, text) IS
    'forecasts the usage of several billing periods in one pass, with the columns of bedrock.forecast_month. periods: '
    'any day of each month; as_of: the last known day of each, in the same order, NULL: the last complete one; by, '
    'application, tag_key, forecast_method: as in bedrock.forecast_month; whole: adds a row of all usage (is_whole), '
    'which overlaps the others. period: first day of the month. Errors as there';

CREATE OR REPLACE FUNCTION bedrock.forecast_month(period date DEFAULT bedrock.latest_period(), as_of date DEFAULT NULL,
    "by" text DEFAULT 'all', application text DEFAULT NULL, tag_key text DEFAULT NULL,
    forecast_method text DEFAULT 'weekday')
    RETURNS TABLE (scope text, currency text, through date, to_date numeric, forecast numeric, low numeric,
                   high numeric, tokens_to_date numeric, tokens_forecast numeric, days_known integer,
                   days_left integer, method text, standing numeric, logged numeric, logged_through date,
                   undated numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT f.scope, f.currency, f.through, f.to_date, f.forecast, f.low, f.high, f.tokens_to_date, f.tokens_forecast,
           f.days_known, f.days_left, f.method, f.standing, f.logged, f.logged_through, f.undated
    FROM bedrock.forecast_months(ARRAY[forecast_month.period], ARRAY[forecast_month.as_of], forecast_month."by", false,
                                 forecast_month.application, forecast_month.tag_key,
                                 forecast_month.forecast_method) AS f
    ORDER BY f.currency, f.to_date DESC, f.scope;
END;
COMMENT ON FUNCTION bedrock.forecast_month(date, date, text, text, text, text) IS
    'forecasts usage, commitments and fees of a billing period, one row for each scope and currency. by: all, tag '
    '(with tag_key), or an attribute of spend; application: of this one only; forecast_method: weekday (each day left '
    'is the mean of the same weekday in the 28 days before), run_rate (of the last 7 days), logs (weekday, and days '
    'that the bill has not yet, from invocation logs). to_date: billed by day through the last complete day, or as_of '
    'where earlier; forecast: of it at the end of the month; low, high: with the cheapest, the dearest of the days it '
    'goes by; standing, logged: parts of what is left, by standing prices and from logs through logged_through; '
    'undated: billed for no day, in none of the others; days_known: days since the first in the window: fewer than 14 '
    '(run_rate: 7) give forecast, low and high NULL; method: how it was found. Error 22023: unknown by or method';
