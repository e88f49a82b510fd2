-- Questions C: callers. Principals are in the bill only since the export option "caller identity" was switched on.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Callers (IAM principal)', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q037', 'How much did each IAM principal cost?', 'FinOps Leader', 'essential', 'period',
'iam role user identity caller | spend by principal | spend by user | spend by role | top users',
$c$principal: IAM principal as billed, a role of more than a hundred sessions without them; NULL: none on the line, or
  not recorded
kind: iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none, not_recorded
role: name of the role or user
session: session of an assumed role; NULL: none, or more than a hundred
billed_cost
rows: lines of the bill, never requests
currency$c$,
$q$
SELECT s.iam_principal AS principal, s.principal_kind AS kind, s.principal_name AS role, s.principal_session AS session,
       sum(s.ai_cost) AS billed_cost, sum(s.lines)::bigint AS rows, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY 1, 2, 3, 4, s.currency
ORDER BY s.currency, billed_cost DESC, principal
$q$),

('Q040', 'Which developers call Bedrock from their laptops, not through a profile?', 'Cloud Engineer',
    'essential', 'period',
'developer laptop human person direct',
$c$principal: e-mail address of the session, else the IAM principal as billed
kind: kind of the principal; bedrock.class_rule decides who is a person
path: how the request reached the model; no_resource_id: the line has none
model
cost
last_seen
currency$c$,
$q$
SELECT coalesce(s.user_email, s.iam_principal) AS principal, s.principal_kind AS kind, s.request_path AS path,
       s.model_name AS model,
       sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
       max(s.usage_date) AS last_seen, s.currency
FROM bedrock.spend AS s
WHERE s.billing_period >= (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
  AND s.caller_class = 'human' AND s.request_path NOT IN ('application_profile', 'project', 'not_inference')
GROUP BY 1, 2, 3, 4, s.currency
HAVING count(*) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) > 0
ORDER BY s.currency, cost DESC, principal, path, model
$q$),

('Q041', 'Is a single power user or a single misbehaving application driving the increase?', 'FinOps Leader',
    'essential',
'period', 'increase power user runaway growth',
$c$principal: e-mail address of the session, else role or user with all its sessions; (none): no caller on the line, or
  not recorded
human_or_machine: human, machine, api_key, unknown, none, not_recorded
application
increase: cost less that of the month before, where it rose
share_of_increase_pct: percent of all increases in this currency
currency
principal_share_pct: percent of all increases in this currency that all rows of this principal are
application_share_pct: the same of this application
answer: one power user, one machine or one caller (of an unknown kind): the principal is half of all increases or more;
  else one application: its application is; NULL: neither is, or nobody is named$c$,
$q$
, risen AS (
    SELECT coalesce(s.user_email, s.principal_key, '(none)') AS principal, s.caller_class, s.application, s.currency,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0)
           - coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS increase
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY 1, 2, 3, s.currency)
SELECT r.principal, r.caller_class AS human_or_machine, r.application, r.increase,
       r.share_pct AS share_of_increase_pct, r.currency, r.principal_share_pct, r.application_share_pct,
       CASE WHEN r.principal_share_pct >= 50 AND r.principal <> '(none)'
            THEN CASE r.caller_class WHEN 'human' THEN 'one power user' WHEN 'machine' THEN 'one machine'
                                     ELSE 'one caller' END
            WHEN r.application_share_pct >= 50 AND r.application <> '(untagged)' THEN 'one application' END AS answer
FROM (SELECT n.*, round(100 * n.increase / sum(n.increase) OVER (PARTITION BY n.currency), 2) AS share_pct,
             round(100 * sum(n.increase) OVER (PARTITION BY n.currency, n.principal)
                   / sum(n.increase) OVER (PARTITION BY n.currency), 2) AS principal_share_pct,
             round(100 * sum(n.increase) OVER (PARTITION BY n.currency, n.application)
                   / sum(n.increase) OVER (PARTITION BY n.currency), 2) AS application_share_pct
      FROM risen AS n
      WHERE n.increase > 0) AS r
ORDER BY r.currency, r.increase DESC, r.principal, r.application
$q$),

('Q042', 'How much is coding assistants and how much production?', 'FinOps Leader', 'essential', 'period',
'traffic class coding production batch test',
$c$traffic_class
billed_cost
share_pct: percent of the cost of all inference in this currency; NULL where that is not above 0
currency$c$,
$q$
SELECT s.traffic_class, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND s.traffic_class <> 'not_applicable'
GROUP BY s.traffic_class, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.traffic_class
$q$),

('Q043', 'Spend by iamPrincipal tag (team, project, cost-center, tenant).', 'Finance', 'essential', 'period',
'principal tag session tag caller tenant',
$c$tag_key: key of the tag as written, without iamPrincipal/; every key is a view of the whole spend, never to be added
  together
tag_value: its value; (untagged): the line does not carry the key
billed_cost
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.tags, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY s.tags, s.currency),
keys AS (
    SELECT min(bedrock_internal.tag_name(t.key)) AS key FROM spent AS s
    CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (key)
    WHERE bedrock_internal.tag_identity(t.key) LIKE 'iamPrincipal/%' GROUP BY bedrock_internal.tag_identity(t.key))
SELECT k.key AS tag_key,
       coalesce(nullif(@extschema@.bedrock_tag(s.tags, 'iamPrincipal/' || k.key), ''), '(untagged)') AS tag_value,
       sum(s.cost) AS billed_cost, s.currency
FROM spent AS s
CROSS JOIN keys AS k
GROUP BY 1, 2, s.currency
ORDER BY s.currency, tag_key, billed_cost DESC, tag_value
$q$),

('Q044', 'How much did the engineering team spend on Claude Sonnet this month?', 'FinOps Leader', 'common',
$p$period
team text = NULL: team as tagged, in any case; all teams where left out
model text = 'Claude Sonnet': part of the model's name, in any case$p$, 'team model sonnet engineering',
$c$team
model
billed_cost
tokens
tokens_known_pct
currency$c$,
$q$
SELECT s.team, s.model_name AS model, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens,
       bedrock_internal.known_pct(
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL),
           sum(s.ai_cost) FILTER (WHERE bedrock_internal.may_have_tokens(s.tokens, s.usage_group, s.request_path)))
           AS tokens_known_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND strpos(lower(s.model_name), (SELECT lower(model) FROM arg)) > 0
  AND ((SELECT team FROM arg) IS NULL OR lower(s.team) = (SELECT lower(team) FROM arg))
GROUP BY s.team, s.model_name, s.currency
ORDER BY s.currency, billed_cost DESC, s.team, model
$q$),

('Q045', 'Which roles are shared by several applications or people?', 'Cloud Engineer', 'essential', 'period',
'shared role gateway multi tenant',
$c$role: role with all its sessions
reasons: several workloads (its usage is claimed by more than one), several applications, projects, teams or profiles
  (profiles that no application is known of count each), several people (e-mail addresses as sessions), several steady
  sessions (names seen on five days or more, no instance ids), broad permissions by name, permission set
sessions: how many session names
profiles: how many inference profiles it used
workloads: how many workloads claimed a part of it
cost
currency$c$,
$q$
SELECT r.role, r.reasons, r.sessions, r.profiles, r.workloads, r.cost, r.currency
FROM bedrock.shared_roles((SELECT period FROM arg)) AS r
ORDER BY r.currency, r.cost DESC, r.role
$q$),

('Q047', 'Spend per Bedrock API key?', 'Security', 'essential', 'period', 'api key long-term bearer key token api',
$c$api_key_user: IAM user of a long-term key; short-term keys appear as sessions of whoever made them, not here
owner
cost
last_used: last day with usage in all data loaded
currency$c$,
$q$
SELECT s.principal_name AS api_key_user, s.owner,
       sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
       max(s.usage_date) AS last_used, s.currency
FROM bedrock.spend AS s
WHERE s.billing_period >= (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
  AND s.principal_kind = 'api_key'
GROUP BY 1, 2, s.currency
HAVING count(*) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) > 0
ORDER BY s.currency, cost DESC, api_key_user
$q$),

('Q048', 'All sessions of this role as one line; or one line per session.', 'Cloud Engineer', 'essential',
$p$period
role text = NULL: name or ARN of one role; all roles where left out
sessions boolean = true: a row for each session; false: one for each role$p$, 'session sessions assumed role rollup',
$c$role: name of the role
account: account of the role
session: name of the session; (many): more sessions than a month keeps apart, which bedrock.spend has by day; (none):
  called without one; (all): the whole role, where sessions is false
billed_cost
currency$c$,
$q$
SELECT s.principal_name AS role, split_part(s.principal_key, ':', 5) AS account,
       CASE WHEN NOT (SELECT sessions FROM arg) THEN '(all)'
            ELSE coalesce(s.principal_session, CASE WHEN s.principal_kind = 'assumed_role' THEN '(many)'
                                                    ELSE '(none)' END) END AS session,
       sum(s.ai_cost) AS billed_cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND s.principal_kind IN ('role', 'assumed_role', 'sso', 'service')
  AND ((SELECT role FROM arg) IS NULL OR (SELECT role FROM arg) IN (s.principal_name, s.principal_key))
GROUP BY 1, 2, 3, s.currency
ORDER BY s.currency, role, account, billed_cost DESC, session
$q$),

('Q049', 'Which calls came through broad admin or SSO roles?', 'Security', 'common', 'period',
'administrator permission set least privilege root poweruser',
$c$principal: IAM principal as billed, a role of more than a hundred sessions without them
permission_set
model
cost
currency$c$,
$q$
SELECT s.iam_principal AS principal, s.permission_set, s.model_name AS model, sum(s.ai_cost) AS cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND bedrock_internal.broad_role(s.principal_kind, s.principal_name, s.permission_set) IS NOT NULL
GROUP BY 1, 2, 3, s.currency
ORDER BY s.currency, cost DESC, principal, model
$q$),

('Q050', 'New callers this week?', 'Security', 'advanced',
$p$days integer = 7: how many days count as new, up to the last complete day of the data$p$,
'new principal first seen caller',
$c$principal: role or user with all its sessions
first_seen
model
cost
currency$c$,
$q$
, met AS (
    SELECT s.dimension_id, min(s.usage_date) AS first_seen FROM bedrock.spend AS s GROUP BY 1),
appeared AS MATERIALIZED (
    SELECT d.principal_key, min(m.first_seen) AS first_seen
    FROM met AS m
    JOIN (SELECT DISTINCT s.dimension_id, s.principal_key FROM bedrock.spend_monthly AS s
          WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
            AND s.principal_key IS NOT NULL) AS d ON d.dimension_id = m.dimension_id
    GROUP BY d.principal_key
    HAVING min(m.first_seen) > (SELECT bedrock.data_through() - days FROM arg))
SELECT s.principal_key AS principal, a.first_seen, s.model_name AS model, sum(s.ai_cost) AS cost, s.currency
FROM appeared AS a
JOIN bedrock.spend_monthly AS s ON s.principal_key = a.principal_key AND s.charge_category = 'usage'
    AND s.charge_grain <> 'period'
GROUP BY 1, 2, 3, s.currency
ORDER BY s.currency, cost DESC, principal, model
$q$),

('Q051', 'Which user (Identity Center attribute department) spends what?', 'Finance', 'common', 'period',
'identity center user attribute department',
$c$user_attribute: attribute as written, without userAttribute/; every attribute is a view of the whole spend, never to
  be added together
value: its value; (untagged): the line does not carry it
billed_cost
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.tags, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY s.tags, s.currency),
keys AS (
    SELECT DISTINCT t.key FROM spent AS s CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (key)
    WHERE t.key LIKE 'userAttribute/%')
SELECT substr(k.key, length('userAttribute/') + 1) AS user_attribute,
       coalesce(nullif(s.tags ->> k.key, ''), '(untagged)') AS value,
       sum(s.cost) AS billed_cost, s.currency
FROM spent AS s
CROSS JOIN keys AS k
GROUP BY 1, 2, s.currency
ORDER BY s.currency, user_attribute, billed_cost DESC, value
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
