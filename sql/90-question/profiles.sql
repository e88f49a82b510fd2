-- Questions B: inference profiles and the path of a request. Shares of profiles are over inference lines only.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Inference profiles and the path of a request', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q023', 'Which Bedrock costs went through an inference profile at all?', 'FinOps Leader', 'essential',
$p$period
months integer = 3: how many months, up to period$p$, 'path via direct coverage traffic through',
$c$month
path: application_profile, system_profile, foundation_model and so on; no_resource_id: the line has none; not_recorded:
  the export has none
billed_cost
share_pct: percent of the cost of all inference of the month in this currency; NULL where that is not above 0
tokens
tokens_known_pct
principals: how many roles and users; 0: none on the lines, or not recorded
currency$c$,
$q$
SELECT s.billing_period AS month, s.request_path AS path, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       sum(s.tokens) AS tokens,
       bedrock_internal.known_pct(
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL),
           sum(s.ai_cost) FILTER (WHERE bedrock_internal.may_have_tokens(s.tokens, s.usage_group, s.request_path)))
           AS tokens_known_pct,
       count(DISTINCT s.principal_key) AS principals, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period <= (SELECT period FROM arg)
  AND s.billing_period > (SELECT (period - months * interval '1 month')::date FROM arg)
  AND s.charge_category = 'usage' AND s.request_path <> 'not_inference'
GROUP BY s.billing_period, s.request_path, s.currency
WINDOW w AS (PARTITION BY s.billing_period, s.currency)
ORDER BY s.currency, month DESC, billed_cost DESC, path
$q$),

('Q024', 'What spend bypasses profiles entirely (rogue spend), and who is it?', 'FinOps Leader', 'essential', 'period',
'direct rogue bypass without profile shadow',
$c$principal: role or user with all its sessions; NULL: no caller on the line, or not recorded
account
region
model
billed_cost
first_seen: first day of this caller, account, region and model in all data loaded
last_seen: last such day
currency$c$,
$q$
SELECT s.principal_key AS principal, s.account_id AS account, s.region, s.model_name AS model,
       sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS billed_cost,
       min(s.usage_date) AS first_seen, max(s.usage_date) AS last_seen, s.currency
FROM bedrock.spend AS s
WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.control_layer = 'direct'
GROUP BY 1, 2, 3, 4, s.currency
HAVING count(*) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) > 0
ORDER BY s.currency, billed_cost DESC, principal, account, s.region, model
$q$),

('Q025', 'Spend per profile name and kind (application or system)?', 'Cloud Engineer',
    'essential', 'period', 'profiles',
$c$profile_name
profile_kind
model
billed_cost
tokens
tokens_known_pct
currency$c$,
$q$
SELECT s.profile_name, s.profile_kind, s.model_name AS model, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens,
       bedrock_internal.known_pct(
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL),
           sum(s.ai_cost) FILTER (WHERE bedrock_internal.may_have_tokens(s.tokens, s.usage_group, s.request_path)))
           AS tokens_known_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND s.request_path IN ('application_profile', 'system_profile')
GROUP BY 1, 2, 3, s.currency
ORDER BY s.currency, billed_cost DESC, s.profile_name, model
$q$),

('Q026', 'Spend per application, environment, workflow or engineer behind the profiles?', 'FinOps Leader', 'essential',
'period', 'labels dimension',
$c$dimension: application, environment, workflow or engineer; four views of one spend, never to be added together
value: its value; (untagged): set by neither registry nor tags
billed_cost
currency$c$,
$q$
SELECT d.dimension, d.value, sum(s.ai_cost) AS billed_cost, s.currency
FROM bedrock.spend_monthly AS s
CROSS JOIN LATERAL (VALUES ('application', s.application), ('environment', s.environment), ('workflow', s.workflow),
                    ('engineer', s.engineer)) AS d (dimension, value)
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND s.request_path IN ('application_profile', 'system_profile')
GROUP BY d.dimension, d.value, s.currency
ORDER BY s.currency, d.dimension, billed_cost DESC, d.value
$q$),

('Q027', 'What does each engineer spend a day on AI-assisted coding, and would a seat be cheaper?', 'FinOps Leader',
'essential',
$p$period
seat_price numeric = 20: price of a seat for the month, in the currency of the bill$p$,
'coding assistant developer seat licence copilot',
$c$engineer
day
cost
requests: requests of coding assistants in the logs of that day, by the labels of profile or requestMetadata; NULL: none
seat_price: price of a seat for the month, as asked
below_seat_price: whether the engineer's cost of the whole period is below it
month_cost: cost of the engineer in the period
logged_pct: percent of the input and output tokens billed to the engineer on that day that the logs have; NULL: none are
  billed
currency$c$,
$q$
, billed AS (
    SELECT s.engineer, s.usage_date AS day, s.currency, sum(s.ai_cost) AS cost,
           sum(s.tokens) FILTER (WHERE s.token_kind IN ('input', 'output')) AS tokens
    FROM bedrock.spend AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
      AND s.traffic_class = 'coding_assistant'
    GROUP BY 1, 2, 3),
logged AS (
    SELECT r.engineer, r.day, sum(r.requests)::bigint AS requests,
           coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.output_tokens), 0) AS tokens
    FROM bedrock.request_day AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
      AND (r.workflow ILIKE '%coding%' OR r.application ILIKE '%coding%')
    GROUP BY 1, 2)
SELECT b.engineer, b.day, b.cost, l.requests, a.seat_price, sum(b.cost) OVER w < a.seat_price AS below_seat_price,
       sum(b.cost) OVER w AS month_cost,
       bedrock_internal.logged_pct(l.tokens, b.tokens) AS logged_pct, b.currency
FROM billed AS b
CROSS JOIN arg AS a
LEFT JOIN logged AS l ON l.engineer = b.engineer AND l.day = b.day
WINDOW w AS (PARTITION BY b.engineer, b.currency)
ORDER BY b.currency, month_cost DESC, b.engineer, b.day
$q$),

('Q029', 'Daily usage by profile ARN: tokens and requests.', 'Cloud Engineer', 'essential', 'period',
'day daily profile arn tokens requests',
$c$day
profile_arn: resource id of the profile
profile_name
requests
input
output
cache_read
cache_write
billed_cost
logged_pct: percent of input and output that the logs have of the profile on that day; NULL: none are billed
currency$c$,
$q$
, billed AS (
    SELECT s.usage_date AS day, s.resource_id AS profile_arn, s.profile_name, s.currency,
           sum(s.tokens) FILTER (WHERE s.token_kind = 'input') AS input,
           sum(s.tokens) FILTER (WHERE s.token_kind = 'output') AS output,
           sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_read') AS cache_read,
           sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_write') AS cache_write,
           sum(s.ai_cost) AS cost
    FROM bedrock.spend AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
      AND s.request_path IN ('application_profile', 'system_profile')
    GROUP BY 1, 2, 3, 4),
-- A log may name a system profile by its id alone, the bill has the ARN.
logged AS (
    SELECT r.day, CASE WHEN r.profile_arn LIKE 'arn:%' THEN r.profile_arn
                       ELSE format('arn:%s:bedrock:%s:%s:inference-profile/%s', coalesce(g.partition, 'aws'), r.region,
                                   r.account_id, r.profile_arn) END AS profile_arn,
           sum(r.requests)::bigint AS requests,
           coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.output_tokens), 0) AS tokens
    FROM bedrock.request_day AS r
    LEFT JOIN bedrock.regions AS g ON g.region = r.region
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
      AND r.profile_arn IS NOT NULL
    GROUP BY 1, 2)
SELECT b.day, b.profile_arn, b.profile_name, l.requests, b.input, b.output, b.cache_read, b.cache_write,
       b.cost AS billed_cost,
       bedrock_internal.logged_pct(l.tokens, coalesce(b.input, 0) + coalesce(b.output, 0)) AS logged_pct, b.currency
FROM billed AS b
LEFT JOIN logged AS l ON l.day = b.day AND l.profile_arn = b.profile_arn
ORDER BY b.day, b.profile_arn, b.profile_name, b.currency
$q$),

('Q030', 'Which profiles have not been used for 30 days?', 'Cloud Engineer', 'essential',
$p$days integer = 30: days without use, up to the last complete day of the data$p$, 'idle unused stale cleanup profile',
$c$profile: ARN of the application profile
profile_name
tags: tags in the registry; NULL: never stated
last_seen
idle_days: days since, up to the last complete day of the data; NULL: never seen in the data loaded$c$,
$q$
, seen AS MATERIALIZED (
    SELECT s.resource_id, max(s.usage_date) AS last_seen
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.request_path = 'application_profile'
    GROUP BY s.resource_id),
known AS MATERIALIZED (
    SELECT bedrock.data_through() AS last_day)
SELECT p.profile_arn AS profile, p.profile_name, p.tags, s.last_seen,
       (SELECT last_day FROM known) - s.last_seen AS idle_days
FROM bedrock.profiles AS p
LEFT JOIN seen AS s ON s.resource_id = p.profile_arn
WHERE p.profile_kind = 'application'
  AND (s.last_seen IS NULL OR (SELECT last_day FROM known) - s.last_seen >= (SELECT days FROM arg))
ORDER BY s.last_seen NULLS FIRST, profile
$q$),

('Q031', 'Is this profile set up right (seen in logs, in CUR, tagged, tags active, priced)?', 'Cloud Engineer',
    'essential',
$p$profile text = NULL: ARN, id or name of one application profile; all where left out$p$,
'setup check onboarding profile',
$c$profile: ARN of the application profile
profile_name
in_logs: whether the invocation logs name it, in all days loaded; NULL: none were ever loaded
in_cur: whether a line of usage names it
tagged: whether it has tags in the registry; NULL: its tags were never stated
tags_active: whether any tag of the registry comes along in the bill; NULL: not in the bill, or no tag
priced: whether the price book has a price of its model for its region and routing today; NULL: its model is not known
hint: what is missing, separated by |; NULL: nothing that the bill, the registry, the logs or the price book show
last_seen: last day with usage of it on the bill or a request in the logs; NULL: none$c$,
$q$
, carried AS MATERIALIZED (
    SELECT DISTINCT s.resource_id, s.tags FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage' AND s.request_path = 'application_profile'),
billed AS MATERIALIZED (
    SELECT c.resource_id,
           array_agg(DISTINCT bedrock_internal.fold_name(split_part(t.key, '/', 2)))
        FILTER (WHERE t.key LIKE 'resourceTags/%') AS keys
    FROM carried AS c
    LEFT JOIN LATERAL jsonb_object_keys(c.tags) AS t (key) ON true
    GROUP BY c.resource_id),
used AS MATERIALIZED (
    SELECT s.resource_id, max(s.usage_date) AS last_day FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.request_path = 'application_profile'
    GROUP BY s.resource_id),
logged AS MATERIALIZED (
    SELECT r.profile_arn, max(r.day) AS last_day FROM bedrock.request_day AS r WHERE r.profile_arn IS NOT NULL
    GROUP BY 1),
checked AS (
    SELECT p.profile_arn, p.profile_name, p.model_id, p.region,
           CASE p.pool WHEN 'global' THEN 'global' ELSE 'regional' END AS routing,
           CASE WHEN EXISTS (SELECT FROM bedrock.request_day) THEN l.profile_arn IS NOT NULL END AS in_logs,
           b.resource_id IS NOT NULL AS in_cur, p.tags <> '{}' AS tagged,
           CASE WHEN b.resource_id IS NOT NULL AND p.tags <> '{}'
                THEN EXISTS (SELECT FROM jsonb_object_keys(p.tags) AS k (key)
                             WHERE bedrock_internal.fold_name(k.key) = ANY (b.keys)) END AS tags_active,
           greatest(u.last_day, l.last_day) AS last_seen
    FROM bedrock.profiles AS p
    LEFT JOIN billed AS b ON b.resource_id = p.profile_arn
    LEFT JOIN used AS u ON u.resource_id = p.profile_arn
    LEFT JOIN logged AS l ON l.profile_arn = p.profile_arn
    WHERE p.profile_kind = 'application'
      AND ((SELECT profile FROM arg) IS NULL
           OR (SELECT profile FROM arg) IN (p.profile_arn, p.profile_id, p.profile_name))),
-- What the price book has today at the standard price, by model, region and routing.
sold AS MATERIALIZED (
    SELECT DISTINCT m.model_id, m.region, m.routing
    FROM (SELECT DISTINCT c.model_id, c.region, c.routing FROM checked AS c) AS m
    JOIN (SELECT i.model_id, i.model_id AS name FROM checked AS i
          UNION
          SELECT l.model_id, l.alias FROM bedrock.model_alias AS l WHERE l.kind = 'model_id') AS n
        ON n.model_id = m.model_id
    JOIN bedrock.price AS p ON p.model_id = n.name
    WHERE upper_inf(p.recorded) AND p.valid @> (now() AT TIME ZONE 'UTC')::date AND p.tier = 'standard'
      AND p.long_context_above IS NULL AND NOT p.doubtful
      AND (m.region IS NULL OR p.region IN (m.region, '*')) AND p.routing IN (m.routing, '*'))
SELECT c.profile_arn AS profile, c.profile_name, c.in_logs, c.in_cur, c.tagged, c.tags_active,
       CASE WHEN c.model_id IS NOT NULL THEN s.model_id IS NOT NULL END AS priced,
       nullif(concat_ws(' | ',
           CASE WHEN c.tagged IS NULL
                    THEN 'import its tags: aws resourcegroupstaggingapi get-resources, then bedrock.import_profiles'
                WHEN NOT c.tagged THEN 'tag it: aws bedrock tag-resource'
                WHEN NOT c.in_cur
                    AND c.in_logs THEN 'called, but not billed: the bill is some days behind, or states no resource ids'
                WHEN NOT c.in_cur THEN 'no usage yet: call the model with this ARN as model id'
                WHEN NOT c.tags_active THEN 'activate its tags: Billing and Cost Management > Cost allocation tags' END,
           CASE WHEN c.in_cur AND NOT c.in_logs
                    THEN 'switch on model invocation logging in its account and region, or load its logs: '
                         'bedrock.load_invocations' END,
           CASE WHEN c.model_id IS NULL
                    THEN 'import its model: aws bedrock list-inference-profiles, then bedrock.import_profiles'
                WHEN s.model_id IS NULL
                    THEN 'give its model a price in this region: bedrock.load_price_list or bedrock.set_price' END),
                '') AS hint, c.last_seen
FROM checked AS c
LEFT JOIN sold AS s ON s.model_id = c.model_id AND s.region IS NOT DISTINCT FROM c.region AND s.routing = c.routing
ORDER BY c.profile_name, profile
$q$),

('Q032', 'Which workloads still call the model directly and should move to a profile?', 'Cloud Engineer', 'essential',
'period', 'migrate direct foundation model create inference profile',
$c$workload
caller: role or user with all its sessions; NULL: none on the line, or not recorded
account
region
model_id
cost
suggested_profile: an application profile of this account and region for this model that exists already; NULL: there is
  none
cli: how to make one, with the tags that the usage has on the bill today; NULL: one exists, or the model cannot be
  copied from the resource on the bill
currency
profile_since: first day of the month on which the caller calls the model through an application profile too; NULL: it
  does not. Who no longer calls it directly since is no row, but one of Q181$c$,
$q$
SELECT d.workload, d.principal_key AS caller, d.account_id AS account, d.region, d.model_id, d.cost,
       d.profile_arn AS suggested_profile,
       CASE WHEN d.profile_arn IS NULL AND d.source_arn IS NOT NULL AND d.region IS NOT NULL THEN
           format(
                   'aws bedrock create-inference-profile --region %s --inference-profile-name %s --model-source '
                   'copyFrom=%s%s', d.region, d.profile_name,
                  '''' || replace(d.source_arn, '''', E'''\\''''') || '''',
                  ' --tags ''' || replace(d.tags::text, '''', E'''\\''''') || '''') END AS cli, d.currency,
       d.profile_since
FROM arg AS a
CROSS JOIN LATERAL bedrock_internal.direct_calls(a.period, a.period) AS d
ORDER BY d.currency, d.cost DESC, caller, account, d.region, d.model_id
$q$),

('Q033', 'How close are we to the profile limit per account and region?', 'Cloud Engineer', 'common', '',
'quota limit count profiles',
$c$account
region
profiles: application profiles the registry knows
limit: quota of inference profiles of the account and region, where quotas are loaded; else setting profile_limit
headroom: limit less profiles
used_pct: profiles in percent of limit; NULL: limit is 0
limit_source: quota or setting$c$,
$q$
SELECT p.account_id AS account, p.region, p.profiles, l."limit", l."limit" - p.profiles AS headroom,
       round(100.0 * p.profiles / nullif(l."limit", 0), 2) AS used_pct,
       CASE WHEN q.value IS NULL THEN 'setting' ELSE 'quota' END AS limit_source
FROM (SELECT r.account_id, r.region, count(*) AS profiles FROM bedrock.profiles AS r
      WHERE r.profile_kind = 'application' GROUP BY 1, 2) AS p
LEFT JOIN LATERAL (
    SELECT max(s.value)::bigint AS value FROM bedrock.service_quota AS s
    WHERE s.account_id = p.account_id AND s.region = p.region
      AND s.quota_name ILIKE '%inference profiles per account%') AS q ON true
CROSS JOIN LATERAL (
    SELECT coalesce(q.value, bedrock_internal.setting_value('profile_limit')::bigint) AS "limit") AS l
ORDER BY used_pct DESC NULLS LAST, profiles DESC, account, p.region
$q$),

('Q034', 'Which profile ARNs can we not resolve to a model or an app?', 'Cloud Engineer', 'common', '',
'unresolved unknown opaque arn registry',
$c$arn: application profile, as billed
missing: model (the registry knows none), application (set by neither registry nor tags), or both
cost: cost of usage in all data loaded, in the metric of setting ai_cost_metric
first_seen
currency$c$,
$q$
WITH billed AS MATERIALIZED (
    SELECT s.resource_id, s.currency, sum(s.ai_cost) AS cost, min(f.first_seen) AS first_seen,
           bool_and(s.application = '(untagged)' AND s.project = '(untagged)') AS no_application
    FROM bedrock.spend_monthly AS s
    -- The first day of each dimension: facts by day are many, and are grouped by a number.
    JOIN (SELECT p.dimension_id, min(p.usage_date) AS first_seen FROM bedrock.spend AS p GROUP BY 1) AS f
        ON f.dimension_id = s.dimension_id
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.request_path = 'application_profile'
    GROUP BY s.resource_id, s.currency)
SELECT b.resource_id AS arn,
       concat_ws(' and ', CASE WHEN p.model_id IS NULL THEN 'model' END,
                 CASE WHEN b.no_application THEN 'application' END) AS missing,
       b.cost, b.first_seen, b.currency
FROM billed AS b
LEFT JOIN bedrock.profiles AS p ON p.profile_arn = b.resource_id
WHERE p.model_id IS NULL OR b.no_application
ORDER BY b.currency, b.cost DESC, arn
$q$),

('Q035', 'Spend per Bedrock project / workspace (mantle)?', 'Cloud Engineer', 'common', 'period',
'mantle workspace openai project',
$c$project_id
project_name
models: names of the models used
billed_cost
currency$c$,
$q$
SELECT s.project_id, s.project_name, string_agg(DISTINCT s.model_name, ', ' ORDER BY s.model_name) AS models,
       sum(s.ai_cost) AS billed_cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.project_id IS NOT NULL
GROUP BY s.project_id, s.project_name, s.currency
ORDER BY s.currency, billed_cost DESC, s.project_id
$q$),

('Q036', 'Which data left its residency pool (EU workload through us. or global.)?', 'Security', 'essential',
$p$period month = coalesce(bedrock.latest_period(), bedrock_internal.logged_period()): any day of the month; the latest
  with data
regions text = 'eu-': beginning of the regions looked at where no policy applies; empty for all$p$,
'residency sovereignty europe global cross region gdpr violation',
$c$workload: NULL: only the logs have it
caller: role or user with all its sessions; NULL: none on the line, or not recorded
policy: policies of bedrock.model_policy about regions that it breaks, separated by ", "; NULL: it breaks none,
  and it left the pools of its region all the same
finding: called outside, answered outside (known from logs only) or may be answered outside, as in Q152; left its pool:
  no policy applies
pool: geography that may have computed the answer; global: any; regional: the region called; NULL: not known
region
model
cost: NULL: not on the bill
requests: requests of this caller, policy, finding, pool, region and model in the invocation logs that are kept, failed
  ones among them; NULL: the logs loaded have none of these, or the bill gives them to several workloads
currency$c$,
$q$
, billed_cell AS MATERIALIZED (
    SELECT s.workload, s.principal_key,
           bedrock_internal.pool_of(s.ai_region_type, s.geo_prefix) AS pool, s.region, s.model_name AS model,
           s.currency, s.expected_reason, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
      AND s.request_path <> 'not_inference'
    GROUP BY 1, 2, 3, 4, 5, 6, 7),
rated AS MATERIALIZED (
    SELECT c.*,
           coalesce(c.broken, CASE WHEN starts_with(c.region, (SELECT regions FROM arg)) AND c.pool <> 'regional'
                                        AND c.pool <> ALL (string_to_array(coalesce(g.geo_pools, ''), ', '))
                                        THEN 'left its pool' END) AS finding
    FROM (SELECT 'bill' AS side, b.workload, b.principal_key, b.pool, b.region, b.model, b.currency, b.cost,
                 NULL::bigint AS requests, p.policy, p.finding AS broken
          FROM billed_cell AS b
          LEFT JOIN LATERAL (
              SELECT string_agg(f.policy, ', ' ORDER BY f.policy COLLATE "C") AS policy, min(f.finding) AS finding
              FROM bedrock_internal.findings_of_reason(b.expected_reason) AS f
              WHERE f.finding LIKE '% outside') AS p ON true
          UNION ALL
          SELECT 'log', NULL, r.principal_key, r.pool, r.region, r.model, NULL, NULL, r.requests,
                 array_to_string(r.policies, ', '), (SELECT min(f) FROM unnest(r.findings) AS f)
          FROM bedrock_internal.requests_by_residency((SELECT period FROM arg)) AS r) AS c
    LEFT JOIN bedrock.regions AS g ON g.region = c.region),
billed AS (
    SELECT j.workload, j.principal_key, j.policy, j.finding, j.pool, j.region, j.model, j.currency, sum(j.cost) AS cost,
           count(*) OVER (PARTITION BY j.principal_key, j.policy, j.finding, j.pool, j.region, j.model) = 1 AS alone
    FROM rated AS j
    WHERE j.side = 'bill' AND j.finding IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8),
logged AS (
    SELECT j.principal_key, j.policy, j.finding, j.pool, j.region, j.model, sum(j.requests)::bigint AS requests
    FROM rated AS j
    WHERE j.side = 'log' AND j.finding IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6)
SELECT b.workload, coalesce(b.principal_key, l.principal_key) AS caller, coalesce(b.policy, l.policy) AS policy,
       coalesce(b.finding, l.finding) AS finding,
       coalesce(b.pool, l.pool) AS pool, coalesce(b.region, l.region) AS region, coalesce(b.model, l.model) AS model,
       b.cost,
       CASE WHEN coalesce(b.alone, true) THEN l.requests END AS requests, b.currency
FROM billed AS b
FULL JOIN logged AS l ON ROW(l.principal_key, l.policy, l.finding, l.pool, l.region, l.model)::text
    = ROW(b.principal_key, b.policy, b.finding, b.pool, b.region, b.model)::text
ORDER BY b.currency, policy NULLS LAST, b.cost DESC NULLS LAST, requests DESC NULLS LAST, caller, region, model, pool,
         finding
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
