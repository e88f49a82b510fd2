-- Questions H: credits of the AWS Migration Acceleration Program. What is asked is bedrock.map_status, and what lies
-- below it; without an agreement there is no answer.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'MAP credits', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q113', 'Are we on track for MAP AI credits this quarter?', 'FinOps Leader', 'essential',
$p$quarter date = NULL: any day of the quarter; left out: that of as_of, else of the latest billing period
as_of date = NULL: last day of usage that counts; left out: all$p$,
'map credits migration acceleration program on track qualifying at risk mpe agreement | are map credits at risk',
$c$mpe_id: agreement, bedrock.map_agreement
quarter: first day of the quarter, by the calendar of the agreement
qualifying [money]: usage that counts, with what only may count (unverified)
unverified [money]: part of qualifying of which the bill does not prove that it counts: the source folds tag keys, or
  names no caller before the agreement
pending [money]: usage whose tag the registry has and the bill does not show yet
stale [money]: usage that had the tag and has it no more
at_risk [money]: usage of workloads of the agreement that would count and does not
lost [money]: usage from before the tag was there, or from before its kind counted, which nothing can mend
not_eligible [money]: all other usage
workloads_to_fix: workloads with something at risk, pending or stale
credit [money]: credit_percent of the agreement of qualifying; NULL: not known
credit_at_risk [money]: the same of pending, stale and at_risk; NULL: not known
currency$c$,
$q$
, usage AS MATERIALIZED (
    SELECT u.* FROM arg AS a CROSS JOIN LATERAL bedrock_internal.map_usage(a.quarter, a.as_of) AS u),
total AS (
    SELECT u.mpe_id, u.first_day, u.currency,
           coalesce(sum(u.cost) FILTER (WHERE u.state LIKE 'qualifying%'), 0) AS qualifying,
           coalesce(sum(u.cost) FILTER (WHERE u.state = 'qualifying_unverified'), 0) AS unverified,
           coalesce(sum(u.cost) FILTER (WHERE u.state = 'pending'), 0) AS pending,
           coalesce(sum(u.cost) FILTER (WHERE u.state = 'stale'), 0) AS stale,
           coalesce(sum(u.cost) FILTER (WHERE u.state = 'at_risk'), 0) AS at_risk,
           coalesce(sum(u.cost) FILTER (WHERE u.state = 'not_eligible'), 0) AS not_eligible,
           coalesce(sum(u.cost) FILTER (WHERE u.state = 'lost'), 0) AS lost,
           count(DISTINCT u.workload) FILTER (WHERE u.state IN ('at_risk', 'pending', 'stale')) AS workloads_to_fix
    FROM usage AS u
    GROUP BY 1, 2, 3)
SELECT t.mpe_id, t.first_day AS quarter, t.qualifying, t.unverified, t.pending, t.stale, t.at_risk, t.lost,
       t.not_eligible, t.workloads_to_fix, t.qualifying * a.credit_percent / 100 AS credit,
       (t.pending + t.stale + t.at_risk) * a.credit_percent / 100 AS credit_at_risk, t.currency
FROM total AS t
LEFT JOIN bedrock.map_agreement AS a ON a.mpe_id = t.mpe_id AND upper_inf(a.recorded)
ORDER BY t.mpe_id, t.currency
$q$),

('Q114', 'Which workloads put MAP spend at risk, and what must be done?', 'Cloud Engineer', 'essential',
$p$quarter date = NULL: any day of the quarter; left out: that of as_of, else of the latest billing period
as_of date = NULL: last day of usage that counts; left out: all$p$,
'map migrated tag missing fix workloads untagged compliance task spend at risk | map compliance tasks',
$c$mpe_id: agreement, bedrock.map_agreement
workload
spend_at_risk [money]: usage of the quarter that is at risk, pending or stale
credit_at_risk [money]: credit_percent of the agreement of it; NULL: not known
reason: why it does not count
task: what is to be done
identity: profiles, projects, roles and users it is about; NULL: the lines name none
status: open, or waiting: the tag is there, and the bill does not show it yet
currency$c$,
$q$
SELECT t.mpe_id, t.workload, t.cost AS spend_at_risk, t.cost * g.credit_percent / 100 AS credit_at_risk, t.reason,
       t.action AS task, array_to_string(t.identities, ', ') AS identity,
       CASE WHEN t.kind = 'map_wait' THEN 'waiting' ELSE 'open' END AS status, t.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock_internal.map_tasks(a.quarter, a.as_of) AS t
LEFT JOIN bedrock.map_agreement AS g ON g.mpe_id = t.mpe_id AND upper_inf(g.recorded)
ORDER BY t.currency, spend_at_risk DESC, t.workload, t.kind, t.mpe_id
$q$),

('Q115', 'Which way qualifies each row: principal, profile or project tag?', 'FinOps Leader', 'common',
$p$quarter date = NULL: any day of the quarter; left out: that of as_of, else of the latest billing period
as_of date = NULL: last day of usage that counts; left out: all$p$,
'map method principal tag profile tag project tag resource tag qualifies qualifying | how does map spend qualify',
$c$mpe_id: agreement, bedrock.map_agreement
method: tag that counts: profile, project, resource (another tagged resource) or principal
state: qualifying or qualifying_unverified
workloads: how many have it
lines: CUR lines
billed_cost [money]: usage that counts by it, in the metric of the agreement
share_pct: of all usage that counts for the agreement in currency; NULL: that is not above 0
currency$c$,
$q$
SELECT s.mpe_id, s.method, s.state, count(DISTINCT s.workload) AS workloads, sum(s.lines) AS lines,
       sum(s.cost) AS billed_cost,
       round(100 * sum(s.cost) / CASE WHEN sum(sum(s.cost)) OVER w > 0 THEN sum(sum(s.cost)) OVER w END, 2)
           AS share_pct,
       s.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.map_status(a.quarter, a.as_of) AS s
WHERE s.state LIKE 'qualifying%'
GROUP BY s.mpe_id, s.method, s.state, s.currency
WINDOW w AS (PARTITION BY s.mpe_id, s.currency)
ORDER BY s.mpe_id, s.currency, billed_cost DESC, s.method, s.state
$q$),

('Q116', 'Which MAP tags went stale, and since when?', 'Cloud Engineer', 'common',
$p$as_of date = NULL: last day of usage that counts; left out: all$p$,
'map tag removed stale lost expired since ended agreement tag changed | map tags removed',
$c$mpe_id: agreement, bedrock.map_agreement
arn: profile, project or other resource, else the role or user, that had the tag
workload
state: tag removed, value changed, or tagged after the end of the agreement
since: first day of usage without it, or after the agreement
cost_since [money]: usage from then on that does not count, in the metric of the agreement
credit_lost [money]: credit_percent of the agreement of it; NULL: not known, or the agreement is over
currency$c$,
$q$
SELECT u.mpe_id, u.identity AS arn, u.workload, u.reason AS state, min(u.first_seen) AS since,
       sum(u.cost) AS cost_since,
       CASE WHEN u.state = 'stale' THEN sum(u.cost) * max(g.credit_percent) / 100 END AS credit_lost,
       u.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock_internal.map_usage(NULL, a.as_of, '-infinity') AS u
LEFT JOIN bedrock.map_agreement AS g ON g.mpe_id = u.mpe_id AND upper_inf(g.recorded)
WHERE u.state = 'stale' OR u.reason = 'tagged after the end'
GROUP BY u.mpe_id, u.identity, u.workload, u.state, u.reason, u.currency
ORDER BY u.currency, cost_since DESC, arn, u.workload, u.reason, u.mpe_id
$q$),

('Q117', 'What did late tagging cost us in credits?', 'FinOps Leader', 'common',
$p$as_of date = NULL: last day of usage that counts; left out: all$p$,
'map late tagging credits lost days late tag too late missed | late map tags',
$c$mpe_id: agreement, bedrock.map_agreement
arn: profile, project or other resource, else the role or user, that got the tag late
workload
used_since: first day of the agreement with usage that would have counted
tagged_since: first day of usage with the tag
days_late: days between them
cost [money]: usage before the tag, in the metric of the agreement
credit_lost [money]: credit_percent of the agreement of it; NULL: not known
currency$c$,
$q$
SELECT u.mpe_id, u.identity AS arn, u.workload, min(u.first_seen) AS used_since, u.tagged_since,
       u.tagged_since - min(u.first_seen) AS days_late, sum(u.cost) AS cost,
       sum(u.cost) * max(g.credit_percent) / 100 AS credit_lost, u.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock_internal.map_usage(NULL, a.as_of, '-infinity') AS u
LEFT JOIN bedrock.map_agreement AS g ON g.mpe_id = u.mpe_id AND upper_inf(g.recorded)
WHERE u.tagged_since IS NOT NULL
GROUP BY u.mpe_id, u.identity, u.workload, u.tagged_since, u.currency
ORDER BY u.currency, cost DESC, arn, u.workload, u.mpe_id
$q$),

('Q118', 'Which credits arrived, and which workload earned them?', 'Finance', 'common',
$p$quarter date = NULL: any day of the quarter the credits are billed in; left out: that of the latest billing period
quarters_later integer = 0: how many quarters after the usage its credit comes$p$,
'map credits received arrived earned by workload credit matched unmatched | map credits by workload',
$c$month: billing period of the credit
credit: its description on the bill
mpe_id: agreement it is of; NULL: none is recorded, or it names none of several
workload: who earned it; NULL: nobody, reason says why
qualifying_cost [money]: usage of the workload in the quarter that counts, in the metric of the agreement; NULL: as
  workload
amount [money]: its part, negative as billed; the parts of a credit sum to it exactly before cents
reason: why nobody earned it; NULL: somebody did
currency$c$,
$q$
SELECT c.billing_period AS month, c.credit, c.mpe_id, c.workload, c.qualifying_cost, c.amount, c.reason, c.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock_internal.map_credits(a.quarter, a.quarters_later) AS c
ORDER BY c.billing_period, c.credit, c.currency, c.amount, c.workload
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
