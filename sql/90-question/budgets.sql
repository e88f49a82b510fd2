-- Questions about estimates and forecasts; those about budgets are in alerts.sql. What was planned is stored, or asked
-- with the question. A forecast is an estimate and has columns of its own.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q090', 'Am I within my AI estimate this month?', 'Product Owner', 'Estimates, budgets, forecast, anomalies',
    'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
workload text = NULL: one workload; left out: all that one may see
application text = NULL: one application, compared with estimates; left out: workloads are compared with what was set
  for them (bedrock.set_estimate)
estimates jsonb = '{}': tokens that were estimated for the month, in place of what was set: {"input": 1000000,
  "output": 200000}; kinds are input, output, cache_read, cache_write
as_of date = NULL: last day that counts as known; left out: the last complete one of the data$p$,
'estimate within plan tokens actual ratio projected overage cache rate',
$c$workload: NULL: an application, or estimates, were asked for
token_type: all, for the whole in money; input, output, cache_read, cache_write; other: what has no tokens
estimate: tokens that were estimated, stated or derived as basis says; NULL: none, or no tokens
actual: tokens billed by day up to data_through; NULL: no tokens
ratio: actual / estimate, of all and other in cost; NULL: no estimate, or one of 0
projected: forecast of the tokens at the end of the month (bedrock.forecast_month); NULL: too few days, or no tokens
estimate_cost: estimate: what the estimate costs, stated or at the unit costs of basis; NULL: not known
actual_cost [money]: cost of usage, commitments and fees billed so far, in currency
projected_cost: forecast: of it at the end of the month; NULL: too few days
overage: forecast: projected_cost above estimate_cost, 0 where it is below; of estimates that were asked for: what
  projected tokens above them cost at what a token of the kind was billed so far; NULL: not known
cache_rate: cache_read / (input + cache_read + cache_write) of models that bill cache tokens (Q073); NULL: none are used
cache_threshold: setting cache_hit_healthy
recoverable: estimate: what the bill of the month would be lower with cache_threshold (Q077), in US dollars, of all, for
  days that are left as for the known ones; NULL: the cache is healthy, or it is not known
recoverable_pct: recoverable in percent of overage, 100 at most; NULL: one of them is missing, or overage is 0
status: over, will be over (by projected), within, within so far (no forecast) or no estimate; of all and other in
  money, else in tokens
advice: what to look at; NULL: nothing to do, or no estimate
basis: stated, what the estimate is derived from, or why it is not known; as asked
method: how projected was found
data_through: last day that counts as known
currency$c$,
$q$
, kind AS (
    SELECT f.scope AS token_type, f.currency, (a.estimates ->> f.scope)::numeric AS estimate,
           f.tokens_to_date AS actual, f.tokens_forecast AS projected, f.to_date AS cost, f.forecast AS cost_ahead,
           f.method, f.through
    FROM arg AS a
    CROSS JOIN LATERAL bedrock.forecast_month(a.period, a.as_of, 'token_kind', a.application) AS f
    WHERE (a.application IS NOT NULL OR a.estimates <> '{}')
      AND f.scope <> '(none)' AND (f.tokens_to_date > 0 OR f.tokens_forecast > 0)),
cache AS (
    SELECT u.currency, bedrock_internal.cache_rate(sum(u.input), sum(u.cache_read), sum(u.cache_write)) AS rate
    FROM arg AS a
    CROSS JOIN LATERAL bedrock_internal.cache_use(a.period, a.as_of) AS u
    WHERE a.application IS NULL OR u.application = a.application
    GROUP BY u.currency),
checked AS (
    SELECT e.workload, e.token_kind AS token_type, e.estimate, e.actual, e.ratio, e.projected, e.estimate_cost,
           e.actual_cost, e.projected_cost, greatest(e.overage, 0 * e.overage) AS overage, e.cache_rate,
           e.cache_threshold, e.recoverable, e.recoverable_pct, e.basis, e.method, e.data_through, e.currency
    FROM arg AS a
    CROSS JOIN LATERAL bedrock.estimate_check(a.period, a.as_of, a.workload) AS e
    WHERE a.application IS NULL AND a.estimates = '{}'
    UNION ALL
    SELECT NULL, k.token_type, k.estimate, k.actual, round(k.actual / nullif(k.estimate, 0), 4), k.projected,
           round(k.estimate * k.cost / nullif(k.actual, 0), 6), k.cost, k.cost_ahead,
           CASE WHEN k.projected <= k.estimate THEN 0
                ELSE round((k.projected - k.estimate) * k.cost / nullif(k.actual, 0), 6) END,
           round(c.rate, 4),
           bedrock_internal.setting_value('cache_hit_healthy')::numeric, NULL, NULL, 'as asked', k.method, k.through,
           k.currency
    FROM kind AS k
    LEFT JOIN cache AS c ON c.currency IS NOT DISTINCT FROM k.currency)
SELECT j.workload, j.token_type, trim_scale(j.estimate) AS estimate, trim_scale(j.actual) AS actual, j.ratio,
       trim_scale(j.projected) AS projected, j.estimate_cost, j.actual_cost, j.projected_cost, j.overage,
       j.cache_rate, j.cache_threshold, j.recoverable, j.recoverable_pct,
       CASE WHEN p.estimate IS NULL THEN 'no estimate' WHEN p.actual > p.estimate THEN 'over'
            WHEN p.projected > p.estimate THEN 'will be over' WHEN p.projected IS NULL THEN 'within so far'
            ELSE 'within' END AS status,
       CASE WHEN j.overage > 0 AND j.token_type IN ('all', 'input') AND j.cache_rate < j.cache_threshold
                THEN 'above the estimate, and the cache hit rate is below the healthy one: Q077 shows what a better '
                     'cache recovers'
            WHEN j.overage > 0 AND j.token_type = 'cache_write'
                THEN 'above the estimate: Q075 shows where what is written is not read'
            WHEN j.overage > 0 THEN 'above the estimate: Q078 shows the days, Q041 who' END AS advice,
       j.basis, j.method, j.data_through, j.currency
FROM checked AS j
CROSS JOIN LATERAL (SELECT j.estimate, j.actual, j.projected WHERE j.token_type NOT IN ('all', 'other')
                    UNION ALL
                    SELECT j.estimate_cost, j.actual_cost, j.projected_cost WHERE j.token_type IN ('all', 'other'))
    AS p (estimate, actual, projected)
-- Who is above his estimate comes first, the farthest before others.
ORDER BY j.currency, max(j.overage) OVER (PARTITION BY j.workload, j.currency) DESC NULLS LAST, j.workload,
         array_position(ARRAY['all', 'input', 'output', 'cache_read', 'cache_write', 'other'], j.token_type)
$q$),

('Q093', 'Where will we end this month?', 'FinOps Leader', 'Estimates, budgets, forecast, anomalies', 'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
by text = 'application': what is forecast apart, beside the whole: workload, project, account_id, model_name, tag, or
  another attribute of bedrock.forecast_month
tag_key text = NULL: the tag, where by is tag
method text = 'weekday': weekday, run_rate or logs (bedrock.forecast_month); Q097 shows how good each was
as_of date = NULL: last day that counts as known; left out: the last complete one of the data$p$,
'forecast projection run rate month end expect end where cost total | what will it cost',
$c$scope: (all), and then each application (project, workload, ...); they overlap the whole: never add them to it
to_date: cost of usage and commitments billed by day up to data_through
forecast: forecast of it at the end of the month: each day that is left as the mean of the same weekday in the 28 days
  before (run_rate: of the last 7 days); NULL: fewer than 14 (7) days are known
low: forecast with the cheapest of these days; NULL as before
high: forecast with the dearest of them; NULL as before
standing: part of forecast for days that are left: provisioned and reserved capacity, commitments, storage; NULL as
  before
logged: estimate: part of forecast by invocation logs, of days that the bill has not yet; NULL: none
logged_through: last day of logged; NULL: none
undated: cost of usage, commitments and fees that is billed for the month and no day of it, in none of the others
method: how forecast was found: complete (no day is left), same weekdays of the last 4 weeks, mean of the last 7 days,
  no daily usage (what stands alone is left), or too few days
days_left: days of the month after data_through
data_through: last day that counts as known
currency$c$,
$q$
SELECT f.scope, f.to_date, f.forecast, f.low, f.high, f.standing, f.logged, f.logged_through, f.undated, f.method,
       f.days_left, f.through AS data_through, f.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.forecast_months(ARRAY[a.period], ARRAY[a.as_of], a.by, true, NULL, a.tag_key, a.method) AS f
ORDER BY f.currency, f.is_whole DESC, f.to_date DESC, f.scope
$q$),

('Q097', 'How good were our forecasts?', 'FinOps Leader', 'Estimates, budgets, forecast, anomalies', 'advanced',
$p$months integer = 3: how many complete months, the latest with data included
forecast_day integer = 15: day of the month from which is forecast$p$,
'forecast accuracy error backtest back test method',
$c$month
method: weekday, which is the default, run_rate, and logs where these were ahead of the bill (bedrock.forecast_month)
forecast_day: last day that counted as known
forecast: what the method would have answered then, were all days up to it billed; NULL: too few days before it
low: as in Q093
high: as in Q093
actual [money]: cost of usage and commitments billed by day in the whole month
error_pct: percent by which forecast was above actual; NULL: one is missing, or actual is 0
mean_error_pct: mean size of error_pct of the method over these months; NULL: there is none
inside: whether actual is between low and high; NULL: no forecast
currency$c$,
$q$
, month AS MATERIALIZED (
    SELECT array_agg(m.month ORDER BY m.month) AS months,
           array_agg(least(m.month + (SELECT least(greatest(forecast_day, 1), 31) FROM arg) - 1,
                           (m.month + interval '1 month')::date - 2) ORDER BY m.month) AS days
    FROM (SELECT f.billing_period AS month
          FROM bedrock.freshness AS f
          WHERE f.billing_period > (SELECT bedrock.latest_period()
                                           - least(greatest(months, 0), 1200) * interval '1 month' FROM arg)
          GROUP BY 1
          HAVING min(f.data_through) = (f.billing_period + interval '1 month')::date - 1) AS m),
actual AS (
    SELECT s.billing_period, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    -- The first of them is what partitions can be left out by.
    WHERE s.billing_period >= (SELECT months[1] FROM month)
      AND s.billing_period = ANY ((SELECT months FROM month)::date[]) AND s.charge_grain <> 'period'
      AND bedrock_internal.counts_in_plans(s.charge_category)
    GROUP BY 1, 2)
SELECT f.period AS month, f.forecast_method AS method, f.through AS forecast_day, f.forecast, f.low, f.high,
       a.cost AS actual, round(100 * (f.forecast - a.cost) / nullif(a.cost, 0), 2) AS error_pct,
       round(avg(abs(100 * (f.forecast - a.cost) / nullif(a.cost, 0)))
             OVER (PARTITION BY f.forecast_method, f.currency), 2) AS mean_error_pct,
       a.cost BETWEEN f.low AND f.high AS inside, f.currency
FROM month AS m
CROSS JOIN LATERAL bedrock_internal.forecast_by(m.months, m.days, '''(all)''', methods => '{weekday,run_rate,logs}',
                                                requests_from => 'bedrock.request_day') AS f
JOIN actual AS a ON a.billing_period = f.period AND a.currency IS NOT DISTINCT FROM f.currency
WHERE f.forecast_method <> 'logs' OR f.logged IS NOT NULL
ORDER BY f.period DESC, f.currency, array_position(ARRAY['weekday', 'run_rate', 'logs'], f.forecast_method)
$q$),

('Q098', 'Variance of last month: price, volume, mix?', 'Finance', 'Estimates, budgets, forecast, anomalies',
    'advanced',
'period', 'variance price volume mix effect change analysis month over month growth',
$c$effect: price (other unit price of the same meter), volume (more or fewer tokens), mix (other meters or models, and
  what is not metered in tokens); together they are the change
amount [money]: what of the change that is
change [money]: cost of usage less that of the month before
share_of_change_pct: amount in percent of change; NULL where that is 0
cost: of usage in the month
cost_before: of usage in the month before
currency$c$,
$q$
SELECT e.effect, e.amount, c.cost - c.cost_before AS change,
       round(100 * e.amount / nullif(c.cost - c.cost_before, 0), 2) AS share_of_change_pct, c.cost, c.cost_before,
       c.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.cost_change(a.period) AS c
CROSS JOIN LATERAL (VALUES (1, 'price', round(c.price, 6)), (2, 'volume', round(c.volume, 6)),
                    (3, 'mix', c.cost - c.cost_before - round(c.price, 6) - round(c.volume, 6)))
    AS e (place, effect, amount)
WHERE c.driver_kind = 'all'
ORDER BY c.currency, e.place
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
