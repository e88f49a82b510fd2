-- Questions G: which models are used, and whether they may be.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Models and policy', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q105', 'Which unapproved models are in use, by whom?', 'FinOps Leader', 'essential', 'period',
'unapproved forbidden denied shadow model not allowed violation | models nobody approved',
$c$workload: (unclaimed): nobody's
model
first_use: first day, in any period, on which this workload used it against a policy
cost: of this use in the period
policy: policies of bedrock.model_policy that it breaks, separated by ", "
approved: nowhere: no policy in force lists the model; elsewhere: one does, but it is not allowed to this use
callers: roles and users with all their sessions, separated by ", "; NULL: not recorded
currency$c$,
$q$
, use AS (
    SELECT a.workload, a.model, a.currency, array_to_string(a.broken, ', ') AS policy,
           CASE WHEN a.listed_by IS NULL THEN 'nowhere' ELSE 'elsewhere' END AS approved, sum(a.cost) AS cost
    FROM bedrock_internal.model_approval((SELECT period FROM arg)) AS a
    WHERE NOT a.approved
    GROUP BY 1, 2, 3, 4, 5),
seen AS (
    SELECT s.workload, s.model_name AS model, min(s.usage_date) AS first_use,
           string_agg(DISTINCT s.principal_key, ', ' ORDER BY s.principal_key)
               FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS callers
    FROM bedrock.spend AS s
    WHERE NOT s.expected AND s.billing_period <= (SELECT period FROM arg)
      AND s.expected_reason ~ ': model (denied|not allowed)(, |$)'
    GROUP BY 1, 2)
SELECT u.workload, u.model, s.first_use, u.cost, u.policy, u.approved, s.callers, u.currency
FROM use AS u
LEFT JOIN seen AS s ON s.workload = u.workload AND s.model = u.model
ORDER BY u.currency, u.cost DESC, u.workload, u.model, u.policy
$q$),

('Q106', 'Which teams use which models, and are these approved?', 'Cloud Engineer', 'essential', 'period',
'team model matrix approved usage | which teams use which models',
$c$team
model: NULL: not known
cost
tokens: NULL: not metered in tokens
approved: false: it breaks a policy of bedrock.model_policy about models; true: one covers it, and it breaks none; NULL:
  none covers it, or the model is not known
currency$c$,
$q$
SELECT a.team, a.model, sum(a.cost) AS cost, sum(a.tokens) AS tokens, a.approved, a.currency
FROM bedrock_internal.model_approval((SELECT period FROM arg)) AS a
GROUP BY a.team, a.model, a.approved, a.currency
ORDER BY a.currency, a.team, sum(a.cost) DESC, a.model, a.approved
$q$),

('Q107', 'Is a full-capability model used in dev?', 'Cloud Engineer', 'essential',
$p$period
environment text = 'dev': environment looked at$p$,
'development environment opus full size expensive model not allowed | large models in dev',
$c$environment
model: NULL: not known
allowed: false: it breaks a policy of bedrock.model_policy about models; true: one covers it, and it breaks none; NULL:
  none covers it, or the model is not known
cost
policy: policies that it breaks, separated by ", "; NULL: none
workloads: separated by ", "
currency$c$,
$q$
SELECT a.environment, a.model, a.approved AS allowed, sum(a.cost) AS cost, array_to_string(a.broken, ', ') AS policy,
       string_agg(DISTINCT a.workload, ', ' ORDER BY a.workload) AS workloads, a.currency
FROM bedrock_internal.model_approval((SELECT period FROM arg)) AS a
WHERE a.environment = (SELECT environment FROM arg)
GROUP BY a.environment, a.model, a.approved, a.broken, a.currency
ORDER BY a.currency, allowed NULLS LAST, cost DESC, a.model
$q$),

('Q108', 'Which approved models are used outside their accounts or regions?', 'FinOps Leader', 'essential', 'period',
'approved model wrong account wrong region outside scope | used outside its account or region',
$c$model
account
region
scope: policies in force that list the model as allowed, separated by ", "
policy: policies of an account or region that do not allow it here, separated by ", "
cost
workload
currency$c$,
$q$
, scoped AS (
    SELECT DISTINCT p.policy FROM bedrock.model_policy AS p
    WHERE upper_inf(p.recorded) AND (p.account_id IS NOT NULL OR p.region IS NOT NULL))
SELECT a.model, a.account_id AS account, a.region, array_to_string(a.listed_by, ', ') AS scope,
       array_to_string(b.policies, ', ') AS policy, sum(a.cost) AS cost, a.workload, a.currency
FROM bedrock_internal.model_approval((SELECT period FROM arg)) AS a
CROSS JOIN LATERAL (
    SELECT array_agg(s.policy ORDER BY s.policy COLLATE "C") AS policies
    FROM scoped AS s WHERE s.policy = ANY (a.broken)) AS b
WHERE NOT a.approved AND a.listed_by IS NOT NULL AND b.policies IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 7, 8
ORDER BY a.currency, cost DESC, a.model, account, a.region, a.workload
$q$),

('Q110', 'Which models we use are near end of life?', 'Cloud Engineer', 'advanced',
$p$period
as_of date = bedrock_internal.today(): day from which days are counted, and of lifecycle
days integer = 180: how many days before its end of life a model is listed$p$,
'legacy deprecated retired sunset end of life eol model lifecycle',
$c$model
eol_date: first day on which calls fail; NULL: not announced
days_left: from as_of to it; NULL: not announced
lifecycle: on the day as_of: LEGACY, EXTENDED_ACCESS, END_OF_LIFE, or ACTIVE with an end of life that is near
workloads: separated by ", "
cost: of usage of the model in the period
currency$c$,
$q$
, used AS (
    SELECT s.model_id, s.model_name AS model, s.currency, sum(s.ai_cost) AS cost,
           string_agg(DISTINCT s.workload, ', ' ORDER BY s.workload) AS workloads
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.model_id IS NOT NULL
    GROUP BY 1, 2, 3),
known AS (
    SELECT DISTINCT ON (m.model_id) m.model_id, m.end_of_life_date,
           bedrock_internal.model_lifecycle(m.lifecycle, m.legacy_date, m.extended_access_date, m.end_of_life_date,
                                            (SELECT as_of FROM arg)) AS lifecycle
    FROM bedrock.model AS m
    ORDER BY m.model_id, m.builtin)
SELECT u.model, k.end_of_life_date AS eol_date, k.end_of_life_date - (SELECT as_of FROM arg) AS days_left, k.lifecycle,
       u.workloads, u.cost, u.currency
FROM used AS u
JOIN known AS k ON k.model_id = u.model_id
WHERE k.lifecycle <> 'ACTIVE' OR k.end_of_life_date <= (SELECT as_of FROM arg) + (SELECT days FROM arg)
ORDER BY u.currency, eol_date NULLS LAST, u.cost DESC, u.model
$q$)
,

('Q111', 'Give me the deny policy for this workload.', 'Cloud Engineer', 'essential',
$p$workload text = (SELECT min(c.workload) FROM bedrock.claims AS c WHERE c.identity_kind = 'resource'
  AND c.status = 'active' AND c.identity LIKE '%:application-inference-profile/%'): workload; the first by name that
  claims a profile
effect text = 'deny': deny or allow
form text = 'identity': identity (for IAM) or scp (deny only)
profile text = NULL: of this inference profile alone
as_of date = bedrock_internal.today(): claims and policies of this day (UTC)$p$,
'iam policy json scp service control policy block enforce | deny policy for a workload',
$c$workload: whose policy it is; NULL: a profile alone was asked for
part: 1, 2, ... where an allow policy is longer than AWS takes one
policy_json: the text, JSON without blanks, as bedrock.policy_json gives it
characters: how long it is
left_out: profiles of the workload that a policy of bedrock.model_policy does not allow, and how; NULL: none$c$,
$q$
SELECT a.workload, p.part, p.document AS policy_json, p.characters, p.left_out
FROM (SELECT g.* FROM arg AS g WHERE g.workload IS NOT NULL OR g.profile IS NOT NULL) AS a
CROSS JOIN LATERAL bedrock.policy_json(a.workload, a.effect, a.form, a.profile, a.as_of) AS p
ORDER BY p.part
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
