-- Questions A, second half: by caller, account, meter, resource and month.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Where does the money go', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q014', 'Which app is calling Claude the most?', 'Cloud Engineer', 'essential',
$p$period
model text = 'Claude': part of the model's name, in any case$p$, 'application model sonnet opus haiku calls',
$c$app
model_family
requests
tokens
cost
rank: place by tokens, as logs may be there for some and not for others
logged_pct: percent of the input and output tokens billed of application and family in the month that the logs have;
  NULL: none are billed
currency$c$,
$q$
, billed AS (
    SELECT s.application, s.model_family, s.currency, sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost,
           sum(s.tokens) FILTER (WHERE s.token_kind IN ('input', 'output')) AS plain_tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
      AND strpos(lower(s.model_name), (SELECT lower(model) FROM arg)) > 0
    GROUP BY 1, 2, 3),
logged AS (
    SELECT r.application, r.model_family, sum(r.requests)::bigint AS requests,
           coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.output_tokens), 0) AS tokens
    FROM bedrock.request_day AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
      AND strpos(lower(r.model_name), (SELECT lower(model) FROM arg)) > 0
    GROUP BY 1, 2)
SELECT b.application AS app, b.model_family, l.requests, b.tokens, b.cost,
       rank() OVER (PARTITION BY b.currency ORDER BY b.tokens DESC NULLS LAST) AS rank,
       bedrock_internal.logged_pct(l.tokens, sum(b.plain_tokens) OVER (PARTITION BY b.application, b.model_family))
           AS logged_pct,
       b.currency
FROM billed AS b
LEFT JOIN logged AS l ON l.application = b.application AND l.model_family IS NOT DISTINCT FROM b.model_family
ORDER BY b.currency, rank, b.cost DESC, app, b.model_family
$q$),

('Q015', 'In every account and region, which users and applications use which models, and what does it cost?',
'FinOps Leader', 'essential',
$p$period
account text = NULL: one usage account; all where left out
region text = NULL: one region; all where left out
application text = NULL: one application, in any case; all where left out
model text = NULL: words of the model's name, in any case; all models where left out$p$,
'everything detail matrix',
$c$account
region
user: e-mail address of the session, else name of the role or user; NULL: the line has no caller, or callers are not
  recorded
application
model
cost
tokens
tokens_known_pct
currency$c$,
$q$
SELECT s.account_id AS account, s.region, coalesce(s.user_email, s.principal_name) AS "user", s.application,
       s.model_name AS model,
       sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens,
       bedrock_internal.known_pct(
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL),
           sum(s.ai_cost) FILTER (WHERE bedrock_internal.may_have_tokens(s.tokens, s.usage_group, s.request_path)))
           AS tokens_known_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND ((SELECT account FROM arg) IS NULL OR s.account_id = (SELECT account FROM arg))
  AND ((SELECT region FROM arg) IS NULL OR s.region = (SELECT region FROM arg))
  AND ((SELECT application FROM arg) IS NULL OR lower(s.application) = (SELECT lower(application) FROM arg))
  AND ((SELECT model FROM arg) IS NULL OR strpos(lower(s.model_name), (SELECT lower(model) FROM arg)) > 0)
GROUP BY 1, 2, 3, 4, 5, s.currency
ORDER BY s.currency, account, region, cost DESC, "user", s.application, model
$q$),

('Q016', 'Spend by account, payer, legal entity, billing entity (AWS or Marketplace)?', 'Finance', 'common',
$p$period
account text = NULL: one usage account; all where left out$p$, 'seller invoice company | spend by account',
$c$payer: payer account, empty where not stated
account
legal_entity
billing_entity
billed_cost: every charge of the Bedrock bill, usage or not, in the metric of setting ai_cost_metric
usage_cost: usage alone
currency$c$,
$q$
SELECT s.payer_account_id AS payer, s.account_id AS account, s.legal_entity, s.billing_entity,
       sum(s.ai_cost) AS billed_cost,
       coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage'), 0) AS usage_cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg)
  AND ((SELECT account FROM arg) IS NULL OR s.account_id = (SELECT account FROM arg))
GROUP BY 1, 2, 3, 4, s.currency
ORDER BY s.currency, usage_cost DESC, payer, account, s.legal_entity, s.billing_entity
$q$),

('Q017',
'What part of the bill is tokens and what part is guardrails, knowledge bases, agents, flows, training, storage?',
'Cloud Engineer', 'common', 'period',
'usage group meter feature | spend on guardrails',
$c$usage_group
billed_cost
quantity: amount used, in unit
unit: as billed; a million tokens has three names
share_pct
currency$c$,
$q$
SELECT s.usage_group, sum(s.ai_cost) AS billed_cost, sum(s.usage_amount) AS quantity, s.pricing_unit AS unit,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.usage_group, s.pricing_unit, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.usage_group, unit
$q$),

('Q018', 'Spend by pricing model: on-demand, batch, flex, priority, reserved, provisioned, custom import?',
'FinOps Leader', 'common', 'period', 'tier discount purchase | spend by service tier',
$c$pricing_model
billed_cost
tokens
tokens_known_pct
cost_per_million
currency$c$,
$q$
SELECT s.pricing_model, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens,
       bedrock_internal.known_pct(
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL),
           sum(s.ai_cost) FILTER (WHERE bedrock_internal.may_have_tokens(s.tokens, s.usage_group, s.request_path)))
           AS tokens_known_pct,
       sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL) * 1000000 / nullif(sum(s.tokens), 0) AS cost_per_million,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.pricing_model, s.currency
ORDER BY s.currency, billed_cost DESC, s.pricing_model
$q$),

('Q019', 'Top 20 resources (profile, project, model, agent) with their cost?', 'Cloud Engineer', 'common',
$p$period
top integer = 20: how many$p$, 'arn biggest expensive resource',
$c$resource_kind: type of the Bedrock resource; NULL: it is none of Bedrock's
resource: resource id as billed
name: name of profile or project in the registry, else of the model; NULL: neither
billed_cost
first_seen
last_seen
currency$c$,
$q$
, spent AS (
    SELECT s.resource_type, s.resource_id, coalesce(s.profile_name, s.project_name, s.model_name) AS name, s.currency,
           sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
      AND s.resource_id IS NOT NULL
    GROUP BY 1, 2, 3, 4),
placed AS MATERIALIZED (
    SELECT p.*
    FROM (SELECT s.*, row_number() OVER (PARTITION BY s.currency ORDER BY s.cost DESC, s.resource_id, s.name) AS place
          FROM spent AS s WHERE s.cost IS NOT NULL) AS p
    WHERE p.place <= (SELECT top FROM arg)),
seen AS MATERIALIZED (
    SELECT s.resource_type, s.resource_id, coalesce(s.profile_name, s.project_name, s.model_name) AS name, s.currency,
           min(s.usage_date) AS first_seen, max(s.usage_date) AS last_seen
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
      AND s.resource_id IN (SELECT p.resource_id FROM placed AS p)
    GROUP BY 1, 2, 3, 4)
SELECT p.resource_type AS resource_kind, p.resource_id AS resource, p.name, p.cost AS billed_cost, s.first_seen,
       s.last_seen, p.currency
FROM placed AS p
JOIN seen AS s ON s.resource_id = p.resource_id AND s.resource_type IS NOT DISTINCT FROM p.resource_type
    AND s.name IS NOT DISTINCT FROM p.name AND s.currency IS NOT DISTINCT FROM p.currency
ORDER BY p.currency, p.place
$q$),

('Q020', 'Month by month for a year, per model?', 'BI analyst', 'common',
$p$months integer = 12: how many months, the latest with data included$p$,
'trend history monthly time bymonth cost spend total year to date | spend by month | month over month growth '
'| year to date',
$c$month
model
billed_cost
tokens
tokens_known_pct
currency$c$,
$q$
SELECT s.billing_period AS month, s.model_name AS model, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens,
       bedrock_internal.known_pct(
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL),
           sum(s.ai_cost) FILTER (WHERE bedrock_internal.may_have_tokens(s.tokens, s.usage_group, s.request_path)))
           AS tokens_known_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.charge_category = 'usage'
  AND s.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
GROUP BY 1, 2, s.currency
ORDER BY s.currency, month, billed_cost DESC, model
$q$),

('Q021', 'How much of our whole AWS bill is AI?', 'Executive', 'common',
$p$months integer = 12: how many months, the latest with data included$p$,
'share percent total bill aws | share of the bill | bedrock versus total bill',
$c$month
ai_cost: Bedrock lines of every category, unblended (sources without it: net)
total_cost: all lines of the bill, the same way
pct: percent of ai_cost in total_cost; NULL where that is not above 0
currency$c$,
$q$
SELECT b.billing_period AS month,
       coalesce(sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)), 0) AS ai_cost,
       sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS total_cost,
       round(100 * coalesce(sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)), 0)
             / CASE WHEN sum(coalesce(b.unblended_cost, b.net_unblended_cost)) > 0
                        THEN sum(coalesce(b.unblended_cost, b.net_unblended_cost)) END, 2) AS pct, b.currency
FROM bedrock.bill_total AS b
WHERE NOT b.superseded
  AND b.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
GROUP BY 1, b.currency
ORDER BY b.currency, month
$q$),

('Q022', 'Which costs are standing (billed whether used or not) and which are one-off jobs?', 'FinOps Leader',
    'advanced',
'period',
'idle provisioned reserved storage training fixed',
$c$resource: resource id, else the usage type
usage_group
cost_shape: standing (provisioned and reserved capacity, storage) or one_off (training and evaluation jobs)
monthly_cost: cost of usage in the period
last_used: last day the resource served inference; NULL: none seen, or capacity that names no resource
currency$c$,
$q$
, standing AS MATERIALIZED (
    SELECT coalesce(s.resource_id, s.usage_type) AS resource, s.resource_id, s.usage_group,
           CASE WHEN s.usage_group IN ('provisioned_throughput', 'reserved') OR s.usage_type ILIKE '%storage%'
                    THEN 'standing'
                WHEN s.usage_group IN ('customization', 'evaluation') THEN 'one_off' END AS cost_shape, s.currency,
                sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2, 3, 4, s.currency),
used AS MATERIALIZED (
    SELECT s.resource_id, max(s.usage_date) AS last_used
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.request_path <> 'not_inference'
      AND s.resource_id IN (SELECT t.resource_id FROM standing AS t WHERE t.cost_shape IS NOT NULL)
    GROUP BY s.resource_id)
SELECT s.resource, s.usage_group, s.cost_shape, s.cost AS monthly_cost, u.last_used, s.currency
FROM standing AS s
LEFT JOIN used AS u ON u.resource_id = s.resource_id
WHERE s.cost_shape IS NOT NULL
ORDER BY s.currency, s.cost_shape DESC, monthly_cost DESC, s.resource
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
