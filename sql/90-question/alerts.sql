-- Questions about budgets and alerts. What is stored (bedrock.set_budget) is answered; an amount that is asked with the
-- question is compared in its place. A forecast is an estimate and has columns of its own.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q091', 'Am I over my AI budget this month?', 'Product Owner', 'Estimates, budgets, forecast, anomalies', 'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
application text = NULL: one application; left out: all
budget numeric = NULL: what may be spent in the month, in the currency of the bill; left out: the budgets that are set
as_of date = NULL: last day that counts as known; left out: the last complete one of the data, for the forecast alone
budget_name text = NULL: one of the budgets that are set; left out: all in the scope of who asks
workload text = NULL: budgets of this workload, and of a project or application of its name; left out: all$p$,
'budget over limit spend forecast status exceeded | who is over budget | which budgets are exceeded '
'| is a workload over budget',
$c$budget_name: name of the budget; NULL: none is set, or the amount was asked
scope: what spend it is for
budget [money]: of the span, or as asked; NULL: none is set or given
actual [money]: cost of usage, commitments and fees on the bill, without tax, credits and discounts of their own, in
  currency; with as_of without the usage of later days; NULL: the span has no bill
pct: actual in percent of budget; NULL: no budget, or one of 0
forecast: forecast: actual with the days that are left (bedrock.forecast_month); NULL: too few days, or rolling days
forecast_pct: forecast in percent of budget; NULL: as pct and forecast
low: forecast with the cheapest of the days it goes by; NULL: as forecast
high: forecast with the dearest of them; NULL: as forecast
status: over, will be over (by the forecast), may be over (only high is above the budget), within, within so far (no
  forecast), no data, no budget given
method: how forecast was found; NULL: there is none
data_through: last day that counts as known to the forecast: what was used since is not in the answer
first_day: first day of its span
last_day: last day of its span
other_spend: what was billed in the span in other currencies, never compared with budget: EUR 7.00; NULL: nothing
currency$c$,
$q$
, month AS (
    SELECT a.*, (a.period + interval '1 month')::date - 1 AS last_day,
           a.as_of IS NULL AND a.period = bedrock.latest_period() AS is_now
    FROM arg AS a),
-- How budgets stand now was written by the last refresh; another day is compared when it is asked for.
status AS (
    SELECT s.budget, s.attribute, s.tag_key, s.value, s.first_day, s.last_day, s.currency, s.amount, s.actual,
           s.forecast, s.forecast_low, s.forecast_high, s.forecast_method, s.status, s.other_spend, s.data_through
    FROM bedrock.budget_status AS s
    WHERE (SELECT m.is_now FROM month AS m)
    UNION ALL
    SELECT r.budget, r.attribute, r.tag_key, r.value, lower(r.days), upper(r.days) - 1, r.currency, r.amount, r.actual,
           r.forecast, r.forecast_low, r.forecast_high, r.forecast_method, r.status, r.other_spend, r.data_through
    FROM month AS m
    CROSS JOIN LATERAL bedrock_internal.budget_results(least(m.as_of, m.last_day),
                                                       CASE WHEN m.is_now THEN '{}'::text[] END) AS r),
stored AS MATERIALIZED (
    SELECT s.* FROM status AS s CROSS JOIN month AS m
    WHERE m.budget IS NULL AND (m.budget_name IS NULL OR s.budget = m.budget_name)
      AND (m.application IS NULL OR s.attribute = 'application' AND s.value = m.application)
      AND (m.workload IS NULL OR s.attribute IN ('workload', 'project', 'application') AND s.value = m.workload)),
billed AS (
    SELECT s.currency, sum(s.ai_cost) AS cost,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_grain = 'period'), 0) AS undated
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND bedrock_internal.counts_in_plans(s.charge_category)
      AND ((SELECT application FROM arg) IS NULL OR s.application = (SELECT application FROM arg))
      AND ((SELECT workload FROM arg) IS NULL OR s.workload = (SELECT workload FROM arg))
      AND NOT EXISTS (SELECT FROM stored) AND (SELECT budget_name FROM arg) IS NULL
    GROUP BY 1),
-- Days after the last complete one may be billed already: the forecast is at least what is.
ahead AS (
    SELECT b.currency, c.cost, greatest(c.cost, b.undated + f.forecast) AS forecast,
           greatest(c.cost, b.undated + f.low) AS low, greatest(c.cost, b.undated + f.high) AS high,
           f.forecast IS NOT NULL AS known,
           f.method, f.through
    FROM billed AS b
    CROSS JOIN arg AS a
    LEFT JOIN LATERAL bedrock.forecast_month(a.period, a.as_of, CASE WHEN a.workload IS NULL THEN 'all'
                                                                     ELSE 'workload' END, a.application) AS f
        ON f.currency IS NOT DISTINCT FROM b.currency AND (a.workload IS NULL OR f.scope = a.workload)
    CROSS JOIN LATERAL (SELECT CASE WHEN a.as_of IS NULL THEN b.cost
                                    ELSE b.undated + coalesce(f.to_date, 0) END AS cost) AS c)
SELECT s.budget AS budget_name, concat_ws(' ', s.attribute, s.tag_key, nullif(s.value, '(all)')) AS scope,
       s.amount AS budget, s.actual, round(100 * s.actual / nullif(s.amount, 0), 2) AS pct, s.forecast,
       round(100 * s.forecast / nullif(s.amount, 0), 2) AS forecast_pct, s.forecast_low AS low, s.forecast_high AS high,
       s.status, s.forecast_method AS method, s.data_through, s.first_day, s.last_day,
       (SELECT string_agg(o.key || ' ' || round(o.value::numeric, 2), ', ' ORDER BY o.key)
        FROM jsonb_each_text(s.other_spend) AS o) AS other_spend, s.currency
FROM stored AS s
UNION ALL
SELECT NULL,
       coalesce(nullif(concat_ws(' and ', 'workload ' || a.workload, 'application ' || a.application), ''), 'all'),
       a.budget, h.cost, round(100 * h.cost / nullif(a.budget, 0), 2), CASE WHEN h.known THEN h.forecast END,
       CASE WHEN h.known THEN round(100 * h.forecast / nullif(a.budget, 0), 2) END,
       CASE WHEN h.known THEN h.low END, CASE WHEN h.known THEN h.high END,
       CASE WHEN a.budget IS NULL THEN 'no budget given' WHEN h.cost > a.budget THEN 'over'
            WHEN NOT h.known THEN 'within so far' WHEN h.forecast > a.budget THEN 'will be over'
            WHEN h.high > a.budget THEN 'may be over' ELSE 'within' END,
       h.method, h.through, a.period, a.last_day, NULL, h.currency
FROM ahead AS h
CROSS JOIN month AS a
ORDER BY currency, pct DESC NULLS LAST, budget_name
$q$),

('Q094', 'Which models are consumed by which projects, and is that aligned with budget?', 'FinOps Leader',
'Estimates, budgets, forecast, anomalies', 'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
budgets jsonb = '{}': what each project may spend in the month, in the currency of the bill: {"chatbot": 500}
monthly_limit numeric = NULL: budget of each project that budgets does not name; left out: the monthly budgets of
  projects that are set, of several on one project the smallest$p$,
'project model budget aligned variance',
$c$project
model: NULL: commitments and fees that are of none
cost: of usage, commitments and fees, as budgets count
project_cost: cost of all models of the project
budget [money]: of the project, as asked or set; NULL: none
variance: project_cost - budget; above 0: over it; NULL: no budget
aligned: whether project_cost is within budget; NULL: no budget
status: within, over, or no budget of the project; one of a workload or of something else is in Q091
currency$c$,
$q$
SELECT p.project, p.model, p.cost, p.project_cost, b.budget, p.project_cost - b.budget AS variance,
       p.project_cost <= b.budget AS aligned,
       CASE WHEN b.budget IS NULL THEN 'no budget' WHEN p.project_cost <= b.budget THEN 'within'
            ELSE 'over' END AS status, p.currency
FROM (SELECT s.project, s.model_name AS model, s.currency, sum(s.ai_cost) AS cost,
             sum(sum(s.ai_cost)) OVER (PARTITION BY s.project, s.currency) AS project_cost
      FROM bedrock.spend_monthly AS s
      WHERE s.billing_period = (SELECT period FROM arg) AND bedrock_internal.counts_in_plans(s.charge_category)
      GROUP BY 1, 2, 3) AS p
CROSS JOIN arg AS a
LEFT JOIN (SELECT b.value AS project, b.currency, min(b.amount) AS amount
           FROM arg AS a
           CROSS JOIN LATERAL (SELECT (a.period + interval '1 month')::date - 1) AS d (day)
           CROSS JOIN LATERAL bedrock_internal.budget_plan(d.day, d.day) AS b
           WHERE b.attribute = 'project' AND b.span = 'month'
           GROUP BY 1, 2) AS t ON t.project = p.project AND t.currency = p.currency
CROSS JOIN LATERAL
    (SELECT coalesce((a.budgets ->> p.project)::numeric, CASE WHEN p.project <> '(untagged)' THEN a.monthly_limit END,
                     t.amount) AS budget) AS b
ORDER BY p.currency, p.project_cost DESC, p.project, p.cost DESC, p.model
$q$),

('Q095', 'Create a monthly budget for a project and warn me.', 'Product Owner',
'Estimates, budgets, forecast, anomalies', 'common',
$p$period month = bedrock.latest_period(): any day of the month whose spend is shown; the latest with data
project text = NULL: one project, which need not have any spend yet; left out: all that have
by text = 'project': what it is for in place of a project: workload or application; who does not manage everything may
  set budgets of workloads in his scope, by workload
monthly_limit numeric = 100: what may be spent in a month, in US dollars$p$,
'create budget project monthly limit threshold warn notify set',
$c$budget_name: its name, {project}-Bedrock-Monthly-Budget, or {project} (project) where a budget of something else has
  that name
project: project, workload or application
limit [money]: what may be spent in a month, in USD
thresholds: percent of limit above which spend is told: 50, 80, 100
forecast_thresholds: percent of limit above which the forecast of the month is told
is_set: whether there is such a budget by this name already; then the statement changes it
actual [money]: usage, commitments and fees of the month, in USD
warned_at_once: thresholds that actual is above already
statement: what to run; who listens (LISTEN bedrock_cost) is told when a refresh finds a threshold crossed
currency$c$,
$q$
, spent AS (
    SELECT CASE a.by WHEN 'workload' THEN s.workload WHEN 'application' THEN s.application WHEN 'project' THEN s.project
                     END AS project, sum(s.ai_cost) FILTER (WHERE s.currency = 'USD') AS actual
    FROM arg AS a
    CROSS JOIN bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND bedrock_internal.counts_in_plans(s.charge_category)
    GROUP BY 1),
wanted AS (
    SELECT coalesce(s.project, a.project) AS project, coalesce(s.actual, 0) AS actual
    FROM arg AS a
    FULL JOIN spent AS s ON s.project = a.project
    WHERE (SELECT project FROM arg) IS NULL AND s.project NOT LIKE '(%'
       OR coalesce(s.project, a.project) = (SELECT project FROM arg))
SELECT n.name AS budget_name, w.project, a.monthly_limit AS "limit", '50, 80, 100' AS thresholds,
       '100' AS forecast_thresholds, EXISTS (SELECT FROM bedrock.budget AS b WHERE b.budget = n.name
                                             AND b.attribute = a.by AND upper_inf(b.recorded)) AS is_set, w.actual,
       (SELECT string_agg(t.threshold::text, ', ' ORDER BY t.threshold) FROM (VALUES (50), (80), (100)) AS t (threshold)
        WHERE w.actual * 100 > a.monthly_limit * t.threshold) AS warned_at_once,
       format('SELECT bedrock.set_budget(%L, %s, %L, %L);', n.name, a.monthly_limit, a.by, w.project) AS statement,
       'USD' AS currency
FROM wanted AS w
CROSS JOIN arg AS a
CROSS JOIN LATERAL (SELECT w.project || '-Bedrock-Monthly-Budget') AS d (name)
-- The name may be that of a budget of a workload already.
CROSS JOIN LATERAL (SELECT CASE WHEN EXISTS (SELECT FROM bedrock.budget AS b
                                             WHERE b.budget = d.name AND b.attribute <> a.by AND upper_inf(b.recorded))
                                THEN format('%s (%s)', w.project, a.by) ELSE d.name END) AS n (name)
WHERE a.by IN ('project', 'workload', 'application') AND a.monthly_limit >= 0 AND a.monthly_limit < 'Infinity'
ORDER BY w.actual DESC, w.project
$q$),

('Q096', 'Which budgets crossed 50/80/100 % actual or 100 % forecast?', 'FinOps Leader',
'Estimates, budgets, forecast, anomalies', 'common',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
budgets jsonb = '{}': what each project may spend in the month, in the currency of the bill: {"chatbot": 500}; left out:
  the budgets that are set
monthly_limit numeric = NULL: budget of each project that budgets does not name; left out: these have none
as_of date = NULL: last day that counts as known; left out: the last complete one of the data$p$,
'budget threshold alert crossed warn 50 80 100 percent',
$c$budget: name of the budget, {project}-Bedrock-Monthly-Budget; NULL: the project has none
project: NULL: the budget is of something else
limit [money]: of the span, as set or asked; NULL: no budget
threshold: percent of the limit that actual or forecast is above; NULL: no budget
basis: actual, forecast (bedrock.forecast_month) where actual is not above the threshold, or no budget
crossed_at: day (UTC) whose usage crossed it; of a forecast: the last day that counts as known; NULL: no budget
actual [money]: cost of usage, commitments and fees billed by day up to data_through
forecast: forecast of it at the end of the month; NULL: too few days
data_through: last day that counts as known
scope: what spend the budget is for
state: of the alert that was recorded: open, acknowledged, resolved, muted; NULL: none was
currency$c$,
$q$
, stored AS MATERIALIZED (
    SELECT r.*
    FROM arg AS a
    CROSS JOIN LATERAL bedrock_internal.budget_results(
        CASE WHEN a.as_of IS NULL AND a.period = bedrock.latest_period() THEN NULL
             ELSE least(a.as_of, (a.period + interval '1 month')::date - 1) END,
        CASE WHEN a.budgets <> '{}' OR a.monthly_limit IS NOT NULL THEN '{}'::text[] END) AS r),
project AS MATERIALIZED (
    SELECT f.scope AS project, f.currency, f.to_date, f.forecast, f.through,
           coalesce((a.budgets ->> f.scope)::numeric, CASE WHEN f.scope <> '(untagged)' THEN a.monthly_limit END)
        AS "limit"
    FROM arg AS a
    CROSS JOIN LATERAL bedrock.forecast_month(a.period, a.as_of, 'project') AS f),
run AS (
    SELECT d.project, d.currency, d.day, sum(d.cost) OVER (PARTITION BY d.project, d.currency ORDER BY d.day) AS cost
    FROM (SELECT s.project, s.currency, s.usage_date AS day, sum(s.ai_cost) AS cost
          FROM bedrock.spend AS s
          WHERE s.billing_period = (SELECT period FROM arg) AND bedrock_internal.counts_in_plans(s.charge_category)
            AND s.charge_grain <> 'period'
          GROUP BY 1, 2, 3) AS d),
crossed AS (
    SELECT p.project, p.currency, t.threshold, 'actual' AS basis, min(r.day) AS crossed_at
    FROM project AS p
    CROSS JOIN (VALUES (50), (80), (100)) AS t (threshold)
    JOIN run AS r ON r.project = p.project AND r.currency IS NOT DISTINCT FROM p.currency AND r.day <= p.through
        AND r.cost * 100 > p."limit" * t.threshold
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT p.project, p.currency, 100, 'forecast', p.through
    FROM project AS p
    WHERE p.forecast > p."limit" AND p.to_date <= p."limit"
    UNION ALL
    SELECT p.project, p.currency, NULL, 'no budget', NULL
    FROM project AS p
    WHERE p."limit" IS NULL AND p.project <> '(untagged)'
      AND NOT EXISTS (SELECT FROM stored AS r WHERE r.attribute = 'project' AND r.value = p.project))
SELECT x.* FROM (
    SELECT CASE WHEN p."limit" IS NOT NULL THEN p.project || '-Bedrock-Monthly-Budget' END AS budget, p.project,
           p."limit", c.threshold, c.basis, c.crossed_at, p.to_date AS actual, p.forecast, p.through AS data_through,
           'project ' || p.project AS scope, NULL AS state, p.currency
    FROM crossed AS c
    JOIN project AS p ON p.project = c.project AND p.currency IS NOT DISTINCT FROM c.currency
    UNION ALL
    SELECT r.budget, CASE r.attribute WHEN 'project' THEN r.value END, r.amount, c.threshold, c.basis, c.crossed_at,
           r.actual, r.forecast, r.data_through, concat_ws(' ', r.attribute, r.tag_key, nullif(r.value, '(all)')),
           l.state, r.currency
    FROM stored AS r
    CROSS JOIN LATERAL (
        SELECT x.threshold, 'actual' AS basis, x.crossed_at
        FROM ROWS FROM (unnest(r.crossed), unnest(r.crossed_on)) AS x (threshold, crossed_at)
        UNION ALL
        SELECT f.threshold, 'forecast', r.data_through FROM unnest(r.forecast_crossed) AS f (threshold)) AS c
    LEFT JOIN LATERAL (
        SELECT l.state FROM bedrock.alerts AS l
        WHERE l.kind = 'budget' AND l.subject = r.budget AND l.basis = c.basis AND l.threshold = c.threshold
          AND r.days && daterange(l.first_day, l.last_day, '[]')
        ORDER BY l.planned = r.amount DESC, l.alert_id DESC LIMIT 1) AS l ON true) AS x
ORDER BY x.currency, x.basis = 'no budget', x.budget, x.project, x.threshold, x.basis
$q$),

('Q104', 'Which alerts are open, and who has them?', 'FinOps Leader', 'Estimates, budgets, forecast, anomalies',
    'essential',
$p$state text = NULL: one state: open, acknowledged, resolved or muted; left out: open and acknowledged
kind text = NULL: one kind: budget, estimate, anomaly, policy or map; left out: all$p$,
'alert open acknowledged assignee who has notification crossed',
$c$alert_id: number of the alert, for bedrock.set_alert
alert: what happened: the budget, the estimate, the series, and what was crossed
kind: budget, estimate, anomaly, policy or map
scope: what spend it is about
since: day (UTC) on which it began; NULL: not known
amount [money]: what was found when it was raised, in currency; NULL: no money
planned [money]: what it was compared with; NULL: nothing
now [money]: what a budget has come to by now in the same span; NULL: another kind, or the span is over
owner: who has it, else the owner of the workload; NULL: nobody
assignee: who has it; NULL: nobody
state: open, acknowledged, resolved or muted
note: of who set the state; NULL: none
raised_at: when it was recorded
currency: NULL: none, or not stated$c$,
$q$
SELECT l.alert_id, concat_ws(' ', l.subject || ':', l.basis, trim_scale(l.threshold)::text
                             || CASE l.kind WHEN 'budget' THEN ' %' ELSE '' END) AS alert, l.kind,
       concat_ws(' ', l.attribute, l.tag_key, nullif(l.value, '(all)')) AS scope, l.since, l.amount, l.planned,
       CASE l.basis WHEN 'actual' THEN b.actual WHEN 'forecast' THEN b.forecast END AS now,
       coalesce(l.assignee, w.owner) AS owner, l.assignee, l.state, l.reason AS note, l.raised_at, l.currency
FROM arg AS a
JOIN bedrock.alerts AS l ON (l.state = a.state OR a.state IS NULL AND l.state IN ('open', 'acknowledged'))
    AND (a.kind IS NULL OR l.kind = a.kind)
LEFT JOIN bedrock.budget_status AS b ON l.kind = 'budget' AND b.budget = l.subject AND b.first_day = l.first_day
    AND b.last_day = l.last_day
LEFT JOIN LATERAL (SELECT o.owner FROM bedrock.workload AS o
                   WHERE l.attribute = 'workload' AND o.workload = l.value AND upper_inf(o.recorded)
                     AND o.valid && daterange(l.first_day, l.last_day, '[]')
                   ORDER BY o.valid DESC LIMIT 1) AS w ON true
ORDER BY l.since DESC NULLS LAST, l.alert_id
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
