-- Questions about what is out of the ordinary, and the week in review.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q100', 'What spiked, and which few dimensions explain it?', 'FinOps Leader',
    'Estimates, budgets, forecast, anomalies', 'essential',
$p$days integer = 30: how many days are judged, each by the 56 days before it
by text = 'workload': what a series is: workload, principal_key, model_name or another column of bedrock.spend; all
as_of date = NULL: last day that is judged; left out: the last complete one of the data$p$,
'anomaly anomalies spike jump unusual cost increase root cause | cost anomaly | what is unusual',
$c$spike: workload, or another value of by
at: day (UTC) it rose
kind: spike; new, new caller, new model or new region: it has fewer than 14 days before it; cache not read: cache writes
  of which fewer than one in four were read
excess_cost [money]: cost less baseline
explanation: dimensions whose values explain half of the excess or more, each with its percent, best first; NULL: all
  that it is made of rose alike
coverage_pct: percent of the excess that the first of them explains; above 100 where other values fell. NULL as before
cost
baseline [money]: median of the same weekdays before, of all days where there are fewer than four; NULL: new
above [money]: what the day had to be above; NULL: new
price_change [money]: part of excess_cost by other unit prices than on the latest day that cost the baseline; the three
  parts sum to excess_cost to the last digit, before they are rounded. NULL: cache not read
volume_change [money]: part of excess_cost by more or fewer tokens; NULL as before
mix_change [money]: the rest: other meters, and what is not metered in tokens; NULL as before
since: first of the days in a row, of the days judged
feedback: what people said of it: muted, expected, useful or false; NULL: nothing
currency$c$,
$q$
SELECT f.series AS spike, f.day AS at, f.kind, f.excess AS excess_cost, f.cause AS explanation, f.coverage_pct, f.cost,
       f.baseline, f.high AS above, f.price AS price_change, f.volume AS volume_change, f.mix AS mix_change, f.since,
       f.feedback, f.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.anomalies(a.as_of, a.days, a.by) AS f
WHERE f.kind <> 'drop'
ORDER BY f.currency, excess_cost DESC, at DESC, spike, f.kind
$q$),

('Q102', 'Weekly review.', 'FinOps Leader', 'Estimates, budgets, forecast, anomalies', 'essential',
$p$as_of date = NULL: a day of the data (UTC); the last week from Monday to Sunday that has ended by then is reviewed.
  Left out: the last complete day$p$,
'weekly review week report movers | this week against last week | what happened this week',
$c$item: cost; the five workloads whose cost moved most; cost that nobody claimed, and cost without project, application
  and team; how many profiles, models and callers were never seen before the week; alerts about its days, and those that
  are open; days of accounts that are billed and have no logs, though the account has logged before
this_week: an amount, or a number where currency is NULL
last_week: the same of the week before; of open alerts those of days up to its end
change: this_week less last_week
currency: NULL: a number, or the bill states none
detail: names of what is new, the dearest of each currency first, at most ten; NULL: nothing to name
week: its Monday$c$,
$q$
, span AS MATERIALIZED (
    SELECT date_trunc('week', (d.day + 1)::timestamp)::date - 7 AS monday
    FROM (SELECT least(a.as_of, bedrock_internal.last_complete_day()) AS day FROM arg AS a) AS d),
spent AS MATERIALIZED (
    SELECT s.usage_date >= (SELECT monday FROM span) AS is_now, s.workload, s.currency, s.account_id, s.usage_date,
           s.project = '(untagged)' AND s.application = '(untagged)' AND s.team = '(untagged)' AS untagged,
           s.profile_id, s.model_name, s.principal_key, s.control_layer,
           sum(s.ai_cost) AS cost, count(s.tokens) > 0 AS has_tokens
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
      AND s.usage_date BETWEEN (SELECT monday - 7 FROM span) AND (SELECT monday + 6 FROM span)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
amount AS (
    SELECT w.place, w.item, s.currency, coalesce(sum(s.cost) FILTER (WHERE s.is_now), 0) AS this_week,
           coalesce(sum(s.cost) FILTER (WHERE NOT s.is_now), 0) AS last_week
    FROM (SELECT p.is_now, p.workload, p.currency, p.untagged, sum(p.cost) AS cost FROM spent AS p
          GROUP BY 1, 2, 3, 4) AS s
    CROSS JOIN LATERAL (VALUES (1, 'cost'), (2, 'workload: ' || s.workload),
                               (3, CASE WHEN s.workload = '(unclaimed)' THEN 'unclaimed' END),
                               (4, CASE WHEN s.untagged THEN 'untagged' END)) AS w (place, item)
    WHERE w.item IS NOT NULL
    GROUP BY 1, 2, 3),
-- What was seen in these two weeks, and not before. A month that ended before them is read as a month.
seen AS MATERIALIZED (
    SELECT w.kind, w.value, s.currency, bool_or(NOT s.is_now) AS was_before, sum(s.cost) AS cost
    FROM spent AS s
    CROSS JOIN LATERAL (VALUES ('profiles', CASE WHEN s.control_layer = 'profile' THEN s.profile_id END),
                               ('models', s.model_name), ('callers', s.principal_key)) AS w (kind, value)
    WHERE w.value IS NOT NULL
    GROUP BY 1, 2, 3),
known AS MATERIALIZED (
    SELECT DISTINCT w.kind, w.value
    FROM (SELECT DISTINCT s.profile_id, s.control_layer, s.model_name, s.principal_key
          FROM bedrock.spend_monthly AS s
          WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
            AND s.billing_period < (SELECT date_trunc('month', (monday - 7)::timestamp)::date FROM span)
          UNION
          SELECT DISTINCT s.profile_id, s.control_layer, s.model_name, s.principal_key
          FROM bedrock.spend AS s
          WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
            AND s.usage_date >= (SELECT date_trunc('month', (monday - 7)::timestamp)::date FROM span)
            AND s.usage_date < (SELECT monday - 7 FROM span)) AS s
    CROSS JOIN LATERAL (VALUES ('profiles', CASE WHEN s.control_layer = 'profile' THEN s.profile_id END),
                               ('models', s.model_name), ('callers', s.principal_key)) AS w (kind, value)
    WHERE w.value IS NOT NULL),
fresh AS (
    -- The dearest of each currency first: amounts of two do not compare.
    SELECT f.kind, f.value, f.was_before,
           row_number() OVER (PARTITION BY f.kind, f.was_before ORDER BY f.place, f.value) AS rank
    FROM (SELECT s.kind, s.value, bool_or(s.was_before) AS was_before, min(s.place) AS place
          FROM (SELECT n.*, rank() OVER (PARTITION BY n.kind, n.currency ORDER BY n.cost DESC NULLS LAST) AS place
                FROM seen AS n
                WHERE NOT EXISTS (SELECT FROM known AS k WHERE k.kind = n.kind AND k.value = n.value)) AS s
          GROUP BY s.kind, s.value) AS f),
gap AS (
    SELECT b.is_now, b.account_id, b.usage_date
    FROM (SELECT DISTINCT s.is_now, s.account_id, s.usage_date FROM spent AS s WHERE s.has_tokens AND s.cost > 0) AS b
    JOIN (SELECT d.account_id, min(i.day) AS since
          FROM bedrock.invocation_day AS i
          JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id
          GROUP BY d.account_id) AS l ON l.account_id = b.account_id AND l.since < b.usage_date
    WHERE NOT EXISTS (SELECT FROM bedrock.invocation_day AS i
                      JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id
                      WHERE i.day = b.usage_date AND d.account_id = b.account_id))
SELECT r.item, r.this_week, r.last_week, r.this_week - r.last_week AS change, r.currency, r.detail,
       (SELECT monday FROM span) AS week
FROM (SELECT m.place, m.item, m.this_week, m.last_week, m.currency, NULL::text AS detail, m.rank
      FROM (SELECT a.*, row_number() OVER (PARTITION BY a.place, a.currency
                                           ORDER BY abs(a.this_week - a.last_week) DESC, a.item) AS rank
            FROM amount AS a) AS m
      WHERE m.place <> 2 OR m.rank <= 5
      UNION ALL
      SELECT 5, 'new ' || k.kind, count(f.value) FILTER (WHERE NOT f.was_before),
             count(f.value) FILTER (WHERE f.was_before), NULL,
             string_agg(f.value, ', ' ORDER BY f.rank) FILTER (WHERE NOT f.was_before AND f.rank <= 10), k.rank
      FROM (VALUES (1, 'profiles'), (2, 'models'), (3, 'callers')) AS k (rank, kind)
      LEFT JOIN fresh AS f ON f.kind = k.kind
      WHERE (SELECT monday FROM span) IS NOT NULL
      GROUP BY k.rank, k.kind
      UNION ALL
      SELECT 6, k.item, count(a.alert_id) FILTER (WHERE CASE k.rank WHEN 3 THEN a.state = 'open'
                                                                             AND a.day < s.monday + 7
                                                       ELSE a.day BETWEEN s.monday AND s.monday + 6 END),
             count(a.alert_id) FILTER (WHERE CASE k.rank WHEN 3 THEN a.state = 'open' AND a.day < s.monday
                                             ELSE a.day BETWEEN s.monday - 7 AND s.monday - 1 END), NULL,
             string_agg(DISTINCT a.subject, ', ') FILTER (WHERE k.rank < 3 AND a.day BETWEEN s.monday
                                                                                     AND s.monday + 6), k.rank
      FROM (VALUES (1, 'budgets crossed', 'budget'), (2, 'anomalies', 'anomaly'), (3, 'open alerts', NULL))
          AS k (rank, item, kind)
      JOIN span AS s ON s.monday IS NOT NULL
      LEFT JOIN (SELECT l.*, coalesce(l.since, l.first_day) AS day FROM bedrock.alerts AS l) AS a
          ON a.kind = k.kind OR k.kind IS NULL
      GROUP BY k.rank, k.item
      UNION ALL
      SELECT 7, 'days without logs', count(g.usage_date) FILTER (WHERE g.is_now),
             count(g.usage_date) FILTER (WHERE NOT g.is_now), NULL,
             string_agg(DISTINCT g.account_id, ', ') FILTER (WHERE g.is_now), 1
      FROM span AS s
      LEFT JOIN gap AS g ON true
      WHERE s.monday IS NOT NULL
      GROUP BY s.monday) AS r
ORDER BY r.place, r.currency, r.rank, r.item
$q$),

('Q109', 'Which new model appeared this month?', 'FinOps Leader', 'Models and policy', 'common',
'period', 'new model appeared first time first use | models first used',
$c$model: name of the model, else its id, that had no usage in an earlier month; of the first month of all data none is
  listed
first_seen
by: workload that pays most of it
caller: role or user that called most of it; (none): not stated
cost: of the month
currency$c$,
$q$
, month AS MATERIALIZED (
    SELECT s.model_name, s.workload, s.principal_key, s.currency, s.dimension_id, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage' AND s.billing_period = (SELECT period FROM arg) AND s.model_name IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5),
fresh AS MATERIALIZED (
    SELECT m.model_name FROM month AS m
    WHERE EXISTS (SELECT FROM bedrock.bill AS b
                  WHERE b.has_bedrock AND NOT b.superseded AND b.billing_period < (SELECT period FROM arg))
    EXCEPT
    SELECT s.model_name FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage' AND s.billing_period < (SELECT period FROM arg)),
first AS (
    SELECT s.model_name, min(s.usage_date) AS first_seen
    FROM bedrock.spend AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
      AND s.model_name IN (SELECT f.model_name FROM fresh AS f)
    GROUP BY 1),
part AS (
    SELECT m.model_name, m.currency, w.what, w.value, sum(m.cost) AS cost
    FROM month AS m
    CROSS JOIN LATERAL (VALUES ('workload', m.workload), ('caller', coalesce(m.principal_key, '(none)')))
        AS w (what, value)
    WHERE m.model_name IN (SELECT f.model_name FROM fresh AS f)
    GROUP BY 1, 2, 3, 4)
SELECT p.model_name AS model, f.first_seen,
       (array_agg(p.value ORDER BY p.cost DESC, p.value) FILTER (WHERE p.what = 'workload'))[1] AS by,
       (array_agg(p.value ORDER BY p.cost DESC, p.value) FILTER (WHERE p.what = 'caller'))[1] AS caller,
       sum(p.cost) FILTER (WHERE p.what = 'workload') AS cost, p.currency
FROM part AS p
JOIN first AS f ON f.model_name = p.model_name
GROUP BY p.model_name, f.first_seen, p.currency
ORDER BY p.currency, cost DESC, model
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
