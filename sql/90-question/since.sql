-- Questions L: asked since. Usage lines, by currency; answers from logs show how much of the bill the logs have.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q164', 'What does each department spend?', 'Finance', 'Claims, hierarchy, chargeback', 'essential', 'period',
'departments division unit by department spending | spend by department | cost per department',
$c$department
billed_cost
share_pct
change [money]
currency$c$,
$q$
, spent AS (
    SELECT s.department, s.currency,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0) AS cost,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS cost_before
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY s.department, s.currency)
SELECT s.department, s.cost AS billed_cost,
       round(100 * s.cost / CASE WHEN sum(s.cost) OVER w > 0 THEN sum(s.cost) OVER w END, 2) AS share_pct,
       s.cost - s.cost_before AS change, s.currency
FROM spent AS s
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.department
$q$),

('Q165', 'What does each customer (tenant) cost?', 'Product Owner', 'Claims, hierarchy, chargeback',
    'essential', 'period',
'customers tenants client by customer per tenant cost to serve | cost by customer | tenant cost',
$c$customer
billed_cost
tokens
tokens_known_pct
share_pct
currency$c$,
$q$
SELECT s.customer, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens,
       bedrock_internal.known_pct(
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL),
           sum(s.ai_cost) FILTER (WHERE bedrock_internal.may_have_tokens(s.tokens, s.usage_group, s.request_path)))
           AS tokens_known_pct,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.customer, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.customer
$q$),

('Q166', 'Which team uses which models?', 'FinOps Leader', 'Models and policy', 'essential',
$p$period
team text = NULL: team as tagged, in any case; all teams where left out$p$,
'teams by model team model matrix | team by model',
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
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.model_name IS NOT NULL
  AND ((SELECT team FROM arg) IS NULL OR lower(s.team) = (SELECT lower(team) FROM arg))
GROUP BY s.team, s.model_name, s.currency
ORDER BY s.currency, s.team, billed_cost DESC, model
$q$),

('Q167', 'Estimated cost per application and day, from the logs?', 'Cloud Engineer', 'Tokens, cache, unit cost',
    'essential',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'estimate daily application logs invocation',
$c$day: day of the records (UTC)
application
requests: requests in the logs, failed ones among them
tokens: input and output tokens, cached ones left out
est_cost: estimate by the price book, in US dollars; NULL: a part has no known price
logged_pct: percent of the input and output tokens billed of application and day that the logs have; NULL: none are
  billed
is_estimate: true: never to be added to the bill
currency: USD, as the price book$c$,
$q$
, billed AS (
    SELECT s.usage_date AS day, s.application, sum(s.tokens) AS tokens
    FROM bedrock.spend AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
      AND s.token_kind IN ('input', 'output')
    GROUP BY 1, 2),
logged AS (
    SELECT r.day, r.application, sum(r.requests)::bigint AS requests,
           (coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.output_tokens), 0))::bigint AS tokens,
           CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.requests = r.failed_requests) THEN sum(r.est_cost) END
               AS est_cost
    FROM bedrock.request_day AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1, 2)
SELECT l.day, l.application, l.requests, l.tokens, l.est_cost,
       bedrock_internal.logged_pct(l.tokens, b.tokens) AS logged_pct, true AS is_estimate, 'USD' AS currency
FROM logged AS l
LEFT JOIN billed AS b ON b.day = l.day AND b.application = l.application
ORDER BY l.day, l.est_cost DESC NULLS LAST, l.application
$q$),

('Q168', 'How does the share through profiles develop, month by month?', 'FinOps Leader',
'Inference profiles and the path of a request', 'essential',
$p$months integer = 12: how many months, the latest with data included$p$,
'trend via profile direct path share monthly adoption | share via profile by month',
$c$month
path: application_profile, system_profile, foundation_model and so on; no_resource_id: the line has none; not_recorded:
  the export has none
billed_cost
share_pct: percent of the cost of all inference of the month in this currency; NULL where that is not above 0
via_profile_pct: percent of it that went through any inference profile, the same for all paths of the month; NULL:
  resource ids are not recorded, or share_pct is NULL
currency$c$,
$q$
, spent AS (
    SELECT s.billing_period, s.request_path, s.currency, sum(s.ai_cost) AS cost,
           sum(s.ai_cost) FILTER (WHERE s.via_profile) AS via_cost, bool_or(s.via_profile IS NOT NULL) AS recorded
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage' AND s.request_path <> 'not_inference'
      AND s.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
    GROUP BY 1, 2, 3)
SELECT s.billing_period AS month, s.request_path AS path, s.cost AS billed_cost,
       round(100 * s.cost / CASE WHEN sum(s.cost) OVER w > 0 THEN sum(s.cost) OVER w END, 2) AS share_pct,
       CASE WHEN bool_or(s.recorded) OVER w
                THEN round(100 * coalesce(sum(s.via_cost) OVER w, 0)
                           / CASE WHEN sum(s.cost) OVER w > 0 THEN sum(s.cost) OVER w END, 2) END AS via_profile_pct,
       s.currency
FROM spent AS s
WINDOW w AS (PARTITION BY s.billing_period, s.currency)
ORDER BY s.currency, month, billed_cost DESC, path
$q$),

('Q169', 'Which models run in dev, staging and production?', 'Cloud Engineer', 'Models and policy',
    'essential', 'period',
'environment model prod production staging dev by environment | models in production | model by environment',
$c$environment
model
billed_cost
share_pct: percent of the cost of all usage of the environment in this currency; NULL where that is not above 0
currency$c$,
$q$
SELECT s.environment, s.model_name AS model, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.environment, s.model_name, s.currency
WINDOW w AS (PARTITION BY s.environment, s.currency)
ORDER BY s.currency, s.environment = '(untagged)', s.environment, billed_cost DESC, model
$q$),

('Q170', 'Which principals carry no tag, and what do they cost?', 'Cloud Engineer', 'Tags and quality of the data',
'essential', 'period', 'untagged principal role user without tags iam missing tag | principals without tags',
$c$principal: role or user with all its sessions
account: account of the principal
billed_cost: cost of its usage on lines without any tag of the principal
missing_keys: keys that principals have elsewhere on the bill of the month, separated by ", "; NULL: no principal has
  any (tag IAM roles and users, and activate the keys)
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.principal_key, s.tags, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.principal_key IS NOT NULL
    GROUP BY 1, 2, 3),
carried AS MATERIALIZED (
    SELECT t.tags, array_agg(DISTINCT bedrock_internal.tag_name(k.key)) FILTER (WHERE k.value <> '') AS keys
    FROM (SELECT DISTINCT s.tags FROM spent AS s) AS t
    CROSS JOIN LATERAL jsonb_each_text(t.tags) AS k (key, value)
    WHERE bedrock_internal.tag_identity(k.key) LIKE 'iamPrincipal/%' AND bedrock_internal.tag_name(k.key) IS NOT NULL
    GROUP BY t.tags)
SELECT s.principal_key AS principal, nullif(split_part(s.principal_key, ':', 5), '') AS account,
       sum(s.cost) AS billed_cost,
       (SELECT string_agg(DISTINCT n.key, ', ' ORDER BY n.key) FROM carried AS c
        CROSS JOIN LATERAL unnest(c.keys) AS n (key)) AS missing_keys, s.currency
FROM spent AS s
WHERE NOT EXISTS (SELECT FROM carried AS c WHERE c.tags = s.tags AND c.keys IS NOT NULL)
GROUP BY s.principal_key, s.currency
ORDER BY s.currency, billed_cost DESC, principal
$q$),

('Q171', 'Which application calls most often?', 'Cloud Engineer', 'Tokens, cache, unit cost', 'essential',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'calls requests count busiest caller application most frequent invocations | callers by calls | which app calls the '
'most',
$c$application: by registry or requestMetadata; an application that is billed and in no log has a row, too
requests: requests in the logs, failed ones among them; NULL: none are logged
tokens: their input and output tokens, cached ones left out; NULL: none are logged
est_cost: estimate by the price book, in US dollars; NULL: a part has no known price
logged_pct: percent of the input and output tokens billed of the application in the month that the logs have; NULL: none
  are billed
currency: USD, as the price book$c$,
$q$
, billed AS (
    SELECT s.application, sum(s.tokens) AS tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
      AND s.token_kind IN ('input', 'output')
    GROUP BY 1),
logged AS (
    SELECT r.application, sum(r.requests)::bigint AS requests,
           (coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.output_tokens), 0))::bigint AS tokens,
           CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.requests = r.failed_requests) THEN sum(r.est_cost) END
               AS est_cost
    FROM bedrock.request_day AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1)
SELECT coalesce(l.application, b.application) AS application, l.requests, l.tokens, l.est_cost,
       bedrock_internal.logged_pct(l.tokens, b.tokens) AS logged_pct, 'USD' AS currency
FROM logged AS l
FULL JOIN billed AS b ON b.application = l.application
ORDER BY l.requests DESC NULLS LAST, application
$q$),

('Q172', 'The FinOps-for-AI KPI sheet', 'Executive', 'Money views', 'advanced',
$p$period
requests numeric = NULL: inference requests of the month, counted by yourself; left out: those of the logs
api_calls numeric = NULL: API calls of the month, counted by yourself; left out: those of the logs, failed ones among
  them
benefit numeric = NULL: what AI brought in the month, in the currency of the bill
anomaly_factor numeric = 2: so many times its mean of the 28 days before a day of an application is an anomaly$p$,
'kpi indicator metric unit economics cost per inference api call token roi allocated anomaly forecast variance '
'foundation | kpi sheet',
$c$kpi: cost per inference, cost per API call, cost per token, return on investment, allocated, anomaly rate, forecast
  variance
formula: what value is, in words
value: NULL: a part of the formula is not known
previous: value of the month before; NULL where it goes by a number you gave, or is not known
unit: unit of value and previous
coverage_pct: percent of the cost of usage (of values from logs: of the billed input and output tokens) that value is
  about; NULL: not known, or a number you gave
is_estimate: whether value goes by the price book or a forecast instead of the bill
currency$c$,
$q$
, month AS (
    SELECT a.period AS month, true AS asked FROM arg AS a
    UNION ALL
    SELECT (a.period - interval '1 month')::date, false FROM arg AS a),
billed AS MATERIALIZED (
    SELECT s.billing_period AS month, s.currency, sum(s.ai_cost) AS cost,
           sum(s.ai_cost) FILTER (WHERE s.request_path <> 'not_inference') AS inference_cost,
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL) AS token_cost, sum(s.tokens) AS tokens,
           sum(s.tokens) FILTER (WHERE s.token_kind IN ('input', 'output')) AS plain_tokens,
           sum(s.ai_cost) FILTER (WHERE s.workload <> '(unclaimed)' OR s.application <> '(untagged)'
                                  OR s.project <> '(untagged)' OR s.team <> '(untagged)'
                                  OR s.cost_center <> '(untagged)') AS allocated,
           sum(s.ai_cost) FILTER (WHERE s.charge_grain <> 'period') AS daily_cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period BETWEEN (SELECT min(m.month) FROM month AS m) AND (SELECT max(m.month) FROM month AS m)
      AND s.charge_category = 'usage'
    GROUP BY 1, 2),
logged AS MATERIALIZED (
    SELECT m.month, sum(r.est_cost) AS est_cost, sum(r.requests) FILTER (WHERE r.est_cost IS NOT NULL) AS calls,
           sum(r.requests - r.failed_requests) FILTER (WHERE r.est_cost IS NOT NULL) AS inferences,
           sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0)) FILTER (WHERE r.est_cost IS NOT NULL)
               AS tokens
    FROM month AS m
    JOIN bedrock.request_day AS r ON r.day >= m.month AND r.day < m.month + interval '1 month'
    GROUP BY 1),
daily AS MATERIALIZED (
    SELECT s.application, s.currency, s.usage_date AS day, sum(s.ai_cost) AS cost
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
      AND s.usage_date >= (SELECT min(m.month) - 28 FROM month AS m)
      AND s.billing_period BETWEEN (SELECT (min(m.month) - interval '1 month')::date FROM month AS m) AND
          (SELECT max(m.month) FROM month AS m)
    GROUP BY 1, 2, 3),
-- The mean of the days that have any: an application that works on Mondays alone has no anomaly each Monday.
rated AS (
    SELECT date_trunc('month', d.day::timestamp)::date AS month, d.currency, d.cost,
           d.cost > (SELECT anomaly_factor FROM arg) * avg(d.cost) OVER w AS anomalous, count(*) OVER w AS days_before
    FROM daily AS d
    WINDOW w AS (PARTITION BY d.application, d.currency ORDER BY d.day
                 RANGE BETWEEN interval '28 days' PRECEDING AND interval '1 day' PRECEDING)),
anomaly AS (
    SELECT j.month, j.currency, count(*) AS days, count(*) FILTER (WHERE j.anomalous) AS anomalous, sum(j.cost) AS cost
    FROM rated AS j
    WHERE j.days_before >= 7
    GROUP BY 1, 2),
ahead AS (
    SELECT f.period AS month, f.currency, f.forecast
    FROM (SELECT array_agg(m.month ORDER BY m.month) AS months, array_agg(m.month + 14 ORDER BY m.month) AS days
          FROM month AS m WHERE bedrock.data_through(m.month) = (m.month + interval '1 month')::date - 1) AS p
    CROSS JOIN LATERAL bedrock.forecast_months(p.months, p.days) AS f),
kpi AS (
    SELECT b.month, b.currency, k.*
    FROM billed AS b
    CROSS JOIN arg AS a
    LEFT JOIN logged AS l ON l.month = b.month
    LEFT JOIN anomaly AS n ON n.month = b.month AND n.currency IS NOT DISTINCT FROM b.currency
    LEFT JOIN ahead AS f ON f.month = b.month AND f.currency IS NOT DISTINCT FROM b.currency
    CROSS JOIN LATERAL (VALUES
        (1, 'cost per inference',
         CASE WHEN a.requests IS NULL THEN 'estimated cost of logged requests / those that did not fail'
              ELSE 'cost of inference / inference requests' END,
         CASE WHEN a.requests IS NULL THEN l.est_cost / nullif(l.inferences, 0)
              WHEN b.month = a.period THEN b.inference_cost / nullif(a.requests, 0) END,
         CASE WHEN a.requests IS NULL THEN 'USD' ELSE b.currency END || ' a request',
         CASE WHEN a.requests IS NULL THEN bedrock_internal.logged_pct(l.tokens, b.plain_tokens) END,
         a.requests IS NULL),
        (2, 'cost per API call',
         CASE WHEN a.api_calls IS NULL THEN 'estimated cost of logged requests / logged requests'
              ELSE 'cost of usage / API calls' END,
         CASE WHEN a.api_calls IS NULL THEN l.est_cost / nullif(l.calls, 0)
              WHEN b.month = a.period THEN b.cost / nullif(a.api_calls, 0) END,
         CASE WHEN a.api_calls IS NULL THEN 'USD' ELSE b.currency END || ' a call',
         CASE WHEN a.api_calls IS NULL THEN bedrock_internal.logged_pct(l.tokens, b.plain_tokens) END,
         a.api_calls IS NULL),
        (3, 'cost per token', 'cost of tokens / tokens', b.token_cost / nullif(b.tokens, 0), b.currency || ' a token',
         round(100 * coalesce(b.token_cost, 0) / CASE WHEN b.cost > 0 THEN b.cost END, 2), false),
        (4, 'return on investment', '100 x (benefit - cost of usage) / cost of usage',
         CASE WHEN b.month = a.period THEN 100 * (a.benefit - b.cost) / CASE WHEN b.cost > 0 THEN b.cost END END,
         'percent',
         NULL, false),
        (5, 'allocated', '100 x cost of usage with owner, application, project, team or cost center / cost of usage',
         100 * coalesce(b.allocated, 0) / CASE WHEN b.cost > 0 THEN b.cost END, 'percent',
         CASE WHEN b.cost > 0 THEN 100 END, false),
        (6, 'anomaly rate',
         format('100 x days of an application that cost more than %s times its mean of the 28 days before / its days, '
                'of applications with 7 days or more then', a.anomaly_factor),
         100.0 * n.anomalous / nullif(n.days, 0), 'percent',
         round(100 * n.cost / CASE WHEN b.cost > 0 THEN b.cost END, 2), false),
        (7, 'forecast variance', '100 x (cost of the whole month - forecast of its day 15) / forecast',
         100 * (b.daily_cost - f.forecast) / CASE WHEN f.forecast > 0 THEN f.forecast END, 'percent',
         CASE WHEN f.forecast > 0 THEN round(100 * b.daily_cost / CASE WHEN b.cost > 0 THEN b.cost END, 2) END, true)
        ) AS k (place, kpi, formula, value, unit, coverage_pct, is_estimate))
SELECT k.kpi, k.formula, trim_scale(round(k.value, 12)) AS value, trim_scale(round(o.value, 12)) AS previous, k.unit,
       k.coverage_pct, k.is_estimate, k.currency
FROM kpi AS k
LEFT JOIN kpi AS o ON o.month < k.month AND o.place = k.place AND o.currency IS NOT DISTINCT FROM k.currency
WHERE k.month = (SELECT period FROM arg)
ORDER BY k.currency, k.place
$q$),

('Q173', 'What did AgentCore cost, by component?', 'Cloud Engineer', 'Where does the money go', 'common', 'period',
'agentcore agent core component runtime memory gateway browser code interpreter web search identity policy '
'evaluation knowledge base | agentcore cost by component',
$c$component: runtime, memory, gateway, browser, code_interpreter, web_search, identity, policy, evaluation,
  knowledge_base, data_transfer, other: a meter whose name has none of these
billed_cost
quantity: amount used, in unit
unit: as billed; a component has meters of several units
share_pct: percent of the cost of all usage of AgentCore in this currency; NULL where that is not above 0
currency$c$,
$q$
SELECT s.agentcore_component AS component, sum(s.ai_cost) AS billed_cost, sum(s.usage_amount) AS quantity,
       s.pricing_unit AS unit,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.agentcore_component IS NOT NULL
GROUP BY s.agentcore_component, s.pricing_unit, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, sum(sum(s.ai_cost)) OVER (PARTITION BY s.agentcore_component, s.currency) DESC, component,
         billed_cost DESC, unit
$q$),

('Q174', 'Which system profile do I copy from, in my region?', 'Cloud Engineer',
'Inference profiles and the path of a request', 'essential',
$p$region text = NULL: region that you call; left out: the regions that the bill or the logs know, all of them where
  there are none
model text = '': part of the model's name or id, in any case; empty: all$p$,
'system profile copy from source create application inference profile cross-region destination geography',
$c$region: region that is called
model
system_profile: id of the system-defined inference profile
pool: where it may answer: a geography, or global
destination_regions: regions it may answer from, separated by ", "; *: every commercial region
cli: how to make an application profile of it; put your account and name in$c$,
$q$
, used AS MATERIALIZED (
    SELECT DISTINCT s.region FROM bedrock.spend_monthly AS s WHERE s.charge_category = 'usage' AND s.region IS NOT NULL
    UNION
    SELECT d.region FROM bedrock.invocation_dimension AS d WHERE d.region IS NOT NULL)
SELECT r.source_region AS region, coalesce(m.model_name, p.model_id) AS model, p.profile_id AS system_profile, p.pool,
       string_agg(DISTINCT r.destination_region, ', ' ORDER BY r.destination_region) AS destination_regions,
       format('aws bedrock create-inference-profile --region %1$s --inference-profile-name NAME --model-source '
              'copyFrom=arn:%2$s:bedrock:%1$s:ACCOUNT:inference-profile/%3$s --tags key=application,value=NAME',
              r.source_region, coalesce(g.partition, 'aws'), p.profile_id) AS cli
FROM arg AS a
JOIN bedrock.system_profile_regions AS r ON CASE WHEN a.region IS NOT NULL THEN r.source_region = a.region
                                                 ELSE r.source_region IN (SELECT u.region FROM used AS u)
                                                     OR NOT EXISTS (SELECT FROM used AS u) END
JOIN bedrock.system_profiles AS p ON p.profile_id = r.profile_id
LEFT JOIN bedrock.models AS m ON m.model_id = p.model_id
LEFT JOIN bedrock.regions AS g ON g.region = r.source_region
WHERE strpos(lower(concat_ws(' ', m.model_name, p.model_id)), lower(a.model)) > 0 OR a.model = ''
GROUP BY r.source_region, m.model_name, p.model_id, p.profile_id, p.pool, g.partition
ORDER BY region, model, p.pool = 'global', system_profile
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
