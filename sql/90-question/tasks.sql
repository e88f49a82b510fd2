-- Questions of steering: what must be done, what was decided, and how far workloads and accounts are.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q180', 'What must be done, and who does it?', 'Cloud Engineer', 'Tags and quality of the data', 'essential',
$p$state text = NULL: open, in progress, done, dismissed or reopened; left out, all but done and dismissed
kind text = NULL: claim, tag, create_profile and so on; all where left out$p$,
'task queue todo open tasks assignee work list | what is left to do | my tasks',
$c$task: number of the task, for bedrock.set_task
kind: claim, tag, create_profile, import_profile, activate_tag, enable_logging, enable_principal, fix_policy, map_...
subject: what it is about
workload: whose spend it is; NULL: nobody's, or of several
account: NULL: several, or not stated
cost: at stake: of usage of the 30 days up to the last complete one, in the metric of setting ai_cost_metric; of MAP
  credits of the quarter, in the metric of the agreement. NULL: not known
since: first day, of those looked at, that showed it
last_seen: last day that did
state: open, in progress, reopened, done or dismissed
assignee: NULL: nobody
action: what to do
evidence: what the data showed when it closed or reopened the task; NULL: somebody set the state
reason: as given; NULL: not stated
script_kind: setup script for it; NULL: none fits
script_arguments: its arguments that the data tells; NULL: none fits
currency$c$,
$q$
SELECT t.task_id AS task, t.kind, t.subject, t.workload, t.account_id AS account, v.value::numeric AS cost, t.since,
       t.last_seen, t.state, t.assignee, t.action, t.evidence, t.reason, t.script_kind, t.script_arguments,
       nullif(v.key, '') AS currency
FROM bedrock.task AS t
CROSS JOIN arg AS a
LEFT JOIN LATERAL jsonb_each_text(t.at_stake) AS v (key, value) ON true
WHERE upper_inf(t.recorded)
  AND CASE WHEN a.state IS NULL THEN t.state NOT IN ('done', 'dismissed') ELSE t.state = a.state END
  AND (a.kind IS NULL OR t.kind = a.kind)
ORDER BY currency, cost DESC NULLS LAST, t.kind, t.subject
$q$),

('Q103', 'Approve this Bedrock spend.', 'FinOps Leader', 'Estimates, budgets, forecast, anomalies', 'essential',
$p$state text = NULL: requested, approved, rejected or withdrawn; all where left out$p$,
'approval approve request decision trail spend requests who approved | which requests wait for a decision',
$c$request: number of the request, for bedrock.decide_request
workload
amount [money]: asked for, in currency
from: first day (UTC)
to: last one
purpose: what for
requested_by: role that asked
requested_at: when it asked
decision: approved, rejected or withdrawn; NULL: none yet
decided_by: NULL: nobody yet
at: when; NULL: not yet
reason: why it was decided so; NULL: not stated, or not yet
actual [money]: cost of usage, commitments and fees of the workload by day in these days, in currency; NULL: none is
  billed
used_pct: actual in percent of amount; NULL: none is billed
currency$c$,
$q$
, asked AS MATERIALIZED (
    SELECT r.request_id, r.workload, r.amount, r.currency, r.valid, r.purpose, r.requested_by, r.state, r.recorded,
           r.recorded_by, r.reason,
           min(lower(r.recorded)) OVER (PARTITION BY r.request_id) AS requested_at
    FROM bedrock.spend_request AS r),
spent AS MATERIALIZED (
    SELECT s.workload, s.currency, s.usage_date AS day, sum(s.ai_cost) AS cost
    FROM bedrock.spend AS s
    WHERE s.workload IN (SELECT r.workload FROM asked AS r)
      AND bedrock_internal.counts_in_plans(s.charge_category) AND s.charge_grain <> 'period'
      AND s.billing_period >= (SELECT date_trunc('month', min(lower(r.valid))::timestamp)::date FROM asked AS r)
      AND s.billing_period < (SELECT max(upper(r.valid)) FROM asked AS r)
    GROUP BY 1, 2, 3)
SELECT r.request_id AS request, r.workload, r.amount, lower(r.valid) AS "from", upper(r.valid) - 1 AS "to", r.purpose,
       r.requested_by::text AS requested_by, r.requested_at, nullif(r.state, 'requested') AS decision,
       CASE WHEN r.state <> 'requested' THEN r.recorded_by::text END AS decided_by,
       CASE WHEN r.state <> 'requested' THEN lower(r.recorded) END AS at, r.reason, b.actual,
       round(100 * b.actual / r.amount, 2) AS used_pct, r.currency
FROM asked AS r
CROSS JOIN arg AS a
LEFT JOIN LATERAL (SELECT sum(s.cost) AS actual FROM spent AS s
                   WHERE s.workload = r.workload AND s.currency = r.currency AND r.valid @> s.day) AS b ON true
WHERE upper_inf(r.recorded) AND (a.state IS NULL OR r.state = a.state)
ORDER BY r.state <> 'requested', r.request_id DESC
$q$),

('Q070', 'FinOps Report Card for my workloads.', 'FinOps Leader', 'Claims, hierarchy, chargeback', 'essential',
$p$period
workload text = NULL: one workload; all that you may see where left out$p$,
'report card grade score finops of workloads | how well are workloads run',
$c$workload
attribution_pct: percent of its cost that a claim gives it, the rest do owner rules; NULL where that is not above 0
estimate_set: whether an estimate is set for the month; NULL: estimates are not used
on_budget: whether its budgets are kept; NULL: it has none
cache_rate: cache_read / (input + cache_read + cache_write) of models that bill cache tokens; NULL: no such tokens
tag_pct: percent of its cost that carries all required tags; NULL where that is not above 0, or no tag is required
model_ok: whether no policy is broken; NULL: not known of some of its usage
map_ready: whether all of its usage that MAP could count qualifies; NULL: it belongs to no agreement
score: mean of the parts that are known, 0 to 100: attribution_pct, estimate_set, on_budget, cache_rate against setting
  cache_hit_healthy, tag_pct, model_ok, map_ready; NULL: none is known
grade: A from a score of 90 on, B from 80, C from 70, D from 60, else F; NULL: no score
cost: of its usage in the month
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT coalesce(s.workload, '(none)') AS workload, s.currency, s.tags,
           s.attribution_rule LIKE 'claim:%' AS is_claimed, s.expected, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
      AND s.workload NOT IN ('(unclaimed)', '(not allocated)')
      AND ((SELECT workload FROM arg) IS NULL OR s.workload = (SELECT workload FROM arg))
    GROUP BY 1, 2, 3, 4, 5),
required AS MATERIALIZED (
    SELECT q.tag_key, q.meaning FROM bedrock_internal.required_tags() AS q),
meaning AS MATERIALIZED (
    SELECT m.key, m.meaning
    FROM bedrock_internal.tag_meanings(ARRAY(
        SELECT DISTINCT j.key FROM (SELECT DISTINCT s.tags FROM spent AS s) AS s
        CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS j (key))) AS m),
tagged AS MATERIALIZED (
    SELECT t.tags
    FROM (SELECT DISTINCT s.tags FROM spent AS s) AS t
    CROSS JOIN LATERAL jsonb_each_text(t.tags) AS v (key, value)
    JOIN meaning AS m ON m.key = v.key
    JOIN required AS q ON q.meaning = m.meaning
    WHERE v.value <> ''
    GROUP BY t.tags
    HAVING count(DISTINCT q.meaning) = (SELECT count(*) FROM required)),
cache AS MATERIALIZED (
    SELECT coalesce(u.workload, '(none)') AS workload, u.currency,
           bedrock_internal.cache_rate(sum(u.input), sum(u.cache_read), sum(u.cache_write)) AS cache_rate
    FROM arg AS a
    CROSS JOIN LATERAL bedrock_internal.cache_use(a.period) AS u
    GROUP BY 1, 2),
part AS (
    SELECT s.workload, s.currency, sum(s.cost) AS cost,
           coalesce(sum(s.cost) FILTER (WHERE s.is_claimed), 0) / CASE WHEN sum(s.cost) > 0 THEN sum(s.cost) END
               AS attributed,
           CASE WHEN EXISTS (SELECT FROM required)
                THEN coalesce(sum(s.cost) FILTER (WHERE g.tags IS NOT NULL), 0)
                     / CASE WHEN sum(s.cost) > 0 THEN sum(s.cost) END END AS tagged,
           CASE WHEN bool_or(NOT s.expected) THEN false WHEN bool_and(s.expected IS NOT NULL) THEN true END AS model_ok
    FROM spent AS s
    LEFT JOIN tagged AS g ON g.tags = s.tags
    GROUP BY s.workload, s.currency)
SELECT p.workload, round(100 * p.attributed, 2) AS attribution_pct, l.estimate_set, l.on_budget,
       round(c.cache_rate, 4) AS cache_rate, round(100 * p.tagged, 2) AS tag_pct, p.model_ok, l.map_ready, g.score,
       bedrock_internal.report_grade(g.score) AS grade, p.cost, p.currency
FROM part AS p
CROSS JOIN arg AS a
LEFT JOIN cache AS c ON c.workload = p.workload AND c.currency IS NOT DISTINCT FROM p.currency
LEFT JOIN bedrock_internal.workload_plans((SELECT period FROM arg)) AS l ON l.workload = p.workload
CROSS JOIN (SELECT bedrock_internal.setting_value('cache_hit_healthy')::numeric AS healthy) AS h
CROSS JOIN LATERAL (
    SELECT bedrock_internal.report_score(p.attributed, l.estimate_set::integer, l.on_budget::integer,
               CASE WHEN h.healthy > 0 THEN c.cache_rate / h.healthy END, p.tagged, p.model_ok::integer,
               l.map_ready::integer) AS score) AS g
ORDER BY p.currency, g.score NULLS LAST, p.cost DESC, p.workload
$q$),

('Q083', 'What did we get for it (ROI)?', 'Executive', 'Tokens, cache, unit cost', 'essential',
$p$period
metric text = 'value': what the declared value is recorded as with bedrock.set_business_metric, an amount of money$p$,
'roi return on investment value benefit worth business value per dollar | is it worth it',
$c$workload
cost: what chargeback charges it, all charges, in currency
declared_value [money]: recorded for the month, in currency; NULL: none, or in another currency
value_per_dollar: declared_value for each unit of cost; NULL: either is not known, or cost is not above 0
roi_pct: (declared_value - cost) in percent of cost; NULL as value_per_dollar
currency$c$,
$q$
SELECT u.workload, u.cost, v.declared_value, round(v.declared_value / CASE WHEN u.cost > 0 THEN u.cost END, 4)
           AS value_per_dollar,
       round(100 * (v.declared_value - u.cost) / CASE WHEN u.cost > 0 THEN u.cost END, 2) AS roi_pct, u.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.unit_cost(a.metric, a.period) AS u
CROSS JOIN LATERAL (SELECT CASE WHEN u.margin IS NOT NULL THEN u.units END AS declared_value) AS v
WHERE u.workload IS NOT NULL
ORDER BY u.currency, value_per_dollar DESC NULLS LAST, u.cost DESC, u.workload
$q$),

('Q148', 'Which of the eight onboarding steps are done for my workload?', 'Product Owner',
'Access, operations, psql', 'essential',
$p$period
workload text = NULL: the workload; all that you may see where left out$p$,
'onboarding steps checklist setup new workload eight | is my workload set up',
$c$workload
step: 1 to 8, in the order in which they are done
title: model access, callers in the export, application role, application profile, claim, estimate, allocation, answers
status: done or missing
evidence: what was found; NULL: nothing
fix: what to do, a call of a function here or a setup script for AWS; NULL: nothing$c$,
$q$
, known AS (
    SELECT w.workload, w.element_path FROM bedrock.workloads AS w
    WHERE (SELECT workload FROM arg) IS NULL OR w.workload = (SELECT workload FROM arg)),
spent AS MATERIALIZED (
    SELECT s.workload, count(DISTINCT s.model_id) AS models, min(s.model_name) AS model,
           count(DISTINCT s.principal_key) AS callers,
           count(DISTINCT s.principal_key) FILTER (WHERE s.principal_kind IN ('role', 'assumed_role')) AS roles,
           min(s.principal_name) FILTER (WHERE s.principal_kind IN ('role', 'assumed_role')) AS role,
           count(DISTINCT s.resource_id) FILTER (WHERE s.request_path IN ('application_profile', 'project'))
               AS profiles,
           min(coalesce(s.profile_name, s.project_name, s.resource_id))
               FILTER (WHERE s.request_path IN ('application_profile', 'project')) AS profile,
           string_agg(DISTINCT s.attribution_rule, ', ' ORDER BY s.attribution_rule) AS rules
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY s.workload),
claimed AS MATERIALIZED (
    SELECT c.workload, count(DISTINCT c.identity) AS identities, min(c.identity) AS identity
    FROM bedrock.claim AS c
    WHERE upper_inf(c.recorded) AND c.valid && daterange((SELECT period FROM arg), NULL)
    GROUP BY c.workload),
planned AS (
    SELECT p.workload, p.estimate_set FROM bedrock_internal.workload_plans((SELECT period FROM arg)) AS p),
fresh AS MATERIALIZED (
    SELECT bedrock.data_through((SELECT period FROM arg)) AS through)
SELECT k.workload, t.step, t.title, CASE WHEN t.evidence IS NULL THEN 'missing' ELSE 'done' END AS status, t.evidence,
       CASE WHEN t.evidence IS NULL THEN t.fix END AS fix
FROM known AS k
LEFT JOIN spent AS s ON s.workload = k.workload
LEFT JOIN claimed AS c ON c.workload = k.workload
LEFT JOIN planned AS p ON p.workload = k.workload
CROSS JOIN fresh AS f
CROSS JOIN LATERAL (
    VALUES (1, 'model access', CASE WHEN s.models > 0 THEN format('%s models used, as %s', s.models, s.model) END,
            'SELECT bedrock.setup_script(''enable_model_access'', ...)'),
           (2, 'callers in the export', CASE WHEN s.callers > 0 THEN format('%s callers on its lines', s.callers) END,
            'SELECT bedrock.setup_script(''export_with_principal'', ...)'),
           (3, 'application role', CASE WHEN s.roles > 0 THEN format('%s roles, as %s', s.roles, s.role) END,
            'SELECT bedrock.setup_script(''application_role'', ...)'),
           (4, 'application profile',
            CASE WHEN s.profiles > 0 THEN format('%s profiles or projects, as %s', s.profiles, s.profile) END,
            'SELECT bedrock.setup_script(''create_profile'', ...)'),
           (5, 'claim', CASE WHEN c.identities > 0 THEN format('%s claimed, as %s', c.identities, c.identity)
                             WHEN s.rules LIKE '%rule:%' THEN 'by ' || s.rules END,
            format('SELECT bedrock.claim_identity(..., %L)', k.workload)),
           (6, 'estimate', CASE WHEN p.estimate_set THEN 'an estimate is set for the month' END,
            format('SELECT bedrock.set_estimate(%L, ...)', k.workload)),
           (7, 'allocation', k.element_path, format('SELECT bedrock.set_workload(%L, element => ...)', k.workload)),
           (8, 'answers', CASE WHEN s.workload IS NOT NULL AND f.through IS NOT NULL
                               THEN 'spend of the month up to ' || bedrock_internal.day_text(f.through) END,
            'load the bill of the month, SELECT * FROM bedrock.refresh(); Q126 tells why there is no data'))
    AS t (step, title, evidence, fix)
ORDER BY k.workload, t.step
$q$),

('Q149', 'How far is each account on the road (logs, profiles, tags, attribution)?', 'FinOps Leader',
'Access, operations, psql', 'essential', 'period',
'maturity stage governance arc journey road accounts how far',
$c$account: usage account; NULL: all that is seen, together
stage: 1 bill only, 2 logs, 3 profiles, 4 tags, 5 attribution: the last that is reached with all before it
stage_name: the stage in words
evidence: what was found of each stage
next_step: what to do to reach the next one; NULL: nothing$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.account_id, s.resource_id, s.request_path, s.workload, s.tags
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2, 3, 4, 5),
logged AS MATERIALIZED (
    SELECT r.account_id, min(r.day) AS first_day, max(r.day) AS last_day
    FROM bedrock.request_day AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY GROUPING SETS ((r.account_id), ())),
tagged AS MATERIALIZED (
    SELECT t.account_id, count(DISTINCT n.name) AS keys, min(n.name COLLATE "C") AS key
    FROM (SELECT DISTINCT s.account_id, v.key
          FROM (SELECT DISTINCT s.account_id, s.tags FROM spent AS s) AS s
          CROSS JOIN LATERAL jsonb_each_text(s.tags) AS v (key, value)
          WHERE v.value <> '') AS t
    CROSS JOIN LATERAL (SELECT bedrock_internal.tag_name(t.key)) AS n (name)
    WHERE n.name IS NOT NULL
    GROUP BY GROUPING SETS ((t.account_id), ())),
found AS (
    SELECT s.account_id, grouping(s.account_id) = 1 AS is_whole, count(*) AS lines,
           count(DISTINCT s.resource_id) FILTER (WHERE s.request_path = 'application_profile') AS profiles,
           count(DISTINCT s.workload) FILTER (WHERE s.workload NOT LIKE '(%') AS workloads
    FROM spent AS s
    GROUP BY GROUPING SETS ((s.account_id), ())),
judged AS (
    SELECT f.account_id, f.is_whole,
           CASE WHEN l.first_day IS NULL OR f.lines = 0 THEN 1 WHEN f.profiles = 0 THEN 2
                WHEN coalesce(t.keys, 0) = 0 THEN 3 WHEN f.workloads = 0 THEN 4 ELSE 5 END AS stage,
           concat_ws('; ', CASE WHEN f.lines = 0 THEN 'no usage in the month' END,
                     CASE WHEN l.first_day IS NULL THEN 'no logs'
                          ELSE format('logs from %s to %s', bedrock_internal.day_text(l.first_day),
                                      bedrock_internal.day_text(l.last_day)) END,
                     format('%s profiles', f.profiles),
                     CASE WHEN t.keys > 0 THEN format('%s tag keys, as %s', t.keys, t.key) ELSE 'no tags' END,
                     format('%s workloads', f.workloads)) AS evidence
    FROM found AS f
    LEFT JOIN logged AS l ON l.account_id IS NOT DISTINCT FROM f.account_id
    LEFT JOIN tagged AS t ON t.account_id IS NOT DISTINCT FROM f.account_id)
SELECT j.account_id AS account, j.stage, n.names[j.stage] AS stage_name, j.evidence, n.steps[j.stage] AS next_step
FROM judged AS j
CROSS JOIN (
    SELECT ARRAY['bill only', 'logs', 'profiles', 'tags', 'attribution'] AS names,
           ARRAY['switch on invocation logging and load the logs: SELECT bedrock.setup_script(''enable_logging'', ...)',
                 'call models through application profiles: SELECT bedrock.setup_script(''create_profile'', ...)',
                 'tag profiles and roles, and activate the keys: SELECT bedrock.setup_script(''activate_tags'', ...)',
                 'claim what is used: SELECT bedrock.claim_identity(...); Q052 lists it'] AS steps) AS n
ORDER BY j.is_whole DESC, j.account_id
$q$),

('Q181', 'Which workloads moved to a profile, when, and what did they spend before and after?', 'Cloud Engineer',
'Inference profiles and the path of a request', 'common',
$p$days integer = 30: how many days before and after the cut-over$p$,
'migration migrated cut over date moved from direct to profile before after spend',
$c$workload
account
cut_over: first day on which it calls a model through an application profile
before [money]: cost of its inference in the days before, in currency
after [money]: cost of its inference from the cut-over on, as many days, in currency
after_profile [money]: how much of after goes through application profiles, in currency
profile_pct: after_profile in percent of after; NULL where that is not above 0
currency$c$,
$q$
, used AS MATERIALIZED (
    SELECT f.dimension_id, f.attribution_id, min(f.usage_date) AS first_day
    FROM bedrock.fact AS f
    JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
    WHERE NOT f.superseded AND d.charge_category = 'usage' AND d.charge_grain <> 'period'
      AND d.request_path IN ('application_profile', 'system_profile', 'foundation_model', 'no_resource_id')
    GROUP BY 1, 2),
line AS MATERIALIZED (
    SELECT u.dimension_id, u.attribution_id, u.first_day, o.workload, d.account_id, d.currency,
           d.request_path = 'application_profile' AS via
    FROM used AS u
    JOIN bedrock.dimension AS d ON d.dimension_id = u.dimension_id
    JOIN bedrock.attribution AS a ON a.attribution_id = u.attribution_id
    JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
    WHERE o.workload NOT LIKE '(%'),
moved AS MATERIALIZED (
    SELECT l.workload, l.account_id, min(l.first_day) FILTER (WHERE l.via) AS cut_over
    FROM line AS l
    GROUP BY 1, 2
    HAVING min(l.first_day) FILTER (WHERE NOT l.via) < min(l.first_day) FILTER (WHERE l.via))
SELECT m.workload, m.account_id AS account, m.cut_over,
       coalesce(sum(f.ai_cost) FILTER (WHERE f.usage_date < m.cut_over), 0) AS before,
       coalesce(sum(f.ai_cost) FILTER (WHERE f.usage_date >= m.cut_over), 0) AS after,
       coalesce(sum(f.ai_cost) FILTER (WHERE f.usage_date >= m.cut_over AND l.via), 0) AS after_profile,
       round(100 * coalesce(sum(f.ai_cost) FILTER (WHERE f.usage_date >= m.cut_over AND l.via), 0)
             / CASE WHEN sum(f.ai_cost) FILTER (WHERE f.usage_date >= m.cut_over) > 0
                    THEN sum(f.ai_cost) FILTER (WHERE f.usage_date >= m.cut_over) END, 2) AS profile_pct, l.currency
FROM moved AS m
JOIN line AS l ON l.workload = m.workload AND l.account_id IS NOT DISTINCT FROM m.account_id
JOIN bedrock.fact AS f ON f.dimension_id = l.dimension_id AND f.attribution_id = l.attribution_id
    AND f.usage_date >= m.cut_over - (SELECT days FROM arg) AND f.usage_date < m.cut_over + (SELECT days FROM arg)
WHERE NOT f.superseded
GROUP BY m.workload, m.account_id, m.cut_over, l.currency
ORDER BY l.currency, m.cut_over DESC, m.workload, account
$q$),

('Q182', 'Which profiles appear and vanish within days?', 'Cloud Engineer',
'Inference profiles and the path of a request', 'common',
$p$days integer = 14: a profile that is used for fewer days, from its first to its last, is short-lived
idle integer = 7: days without use after which it has vanished, up to the last complete day of the data$p$,
'churn short lived profiles appear vanish temporary throwaway infrastructure lifetime',
$c$profile: ARN of the application profile
profile_name: NULL: not registered
account
first_seen
last_seen
days: from the first to the last day with usage, both counted
cost: of all of its usage
currency$c$,
$q$
, used AS MATERIALIZED (
    SELECT f.dimension_id, min(f.usage_date) AS first_day, max(f.usage_date) AS last_day, sum(f.ai_cost) AS cost
    FROM bedrock.fact AS f
    JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
    WHERE NOT f.superseded AND d.charge_category = 'usage' AND d.charge_grain <> 'period'
      AND d.request_path = 'application_profile'
    GROUP BY 1),
profile AS (
    SELECT d.resource_id, d.currency, min(d.account_id) AS account_id, min(u.first_day) AS first_day,
           max(u.last_day) AS last_day, sum(u.cost) AS cost
    FROM used AS u
    JOIN bedrock.dimension AS d ON d.dimension_id = u.dimension_id
    GROUP BY 1, 2)
SELECT p.resource_id AS profile, r.profile_name, p.account_id AS account, p.first_day AS first_seen,
       p.last_day AS last_seen, p.last_day - p.first_day + 1 AS days, p.cost, p.currency
FROM profile AS p
CROSS JOIN arg AS a
CROSS JOIN (SELECT bedrock.data_through() AS last_day) AS k
LEFT JOIN bedrock.profiles AS r ON r.profile_arn = p.resource_id
WHERE p.last_day - p.first_day + 1 < a.days AND k.last_day - p.last_day >= a.idle
ORDER BY p.currency, last_seen DESC, profile
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
