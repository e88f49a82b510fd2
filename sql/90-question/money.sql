INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Where does the money go', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q001', 'What is my total AI spend this month?', 'All', 'essential', 'period',
'bill sum overall cost pay | total cost | how much did we spend this month',
$c$period
billed_cost
net_cost: the same usage after discounts; NULL: not known from the bill, net_reason has the reason
net_reason: why net_cost is not known; NULL: it is
other_charges: fees, taxes, credits, refunds, discounts and the rest of the Bedrock bill, in the same metric
tokens
tokens_known_pct
data_through
is_estimate: false: billed amounts only
currency$c$,
$q$
SELECT s.billing_period AS period, sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage') AS billed_cost,
       CASE WHEN bool_and(coalesce(p.net_filled, false))
                THEN sum(s.net_unblended_cost) FILTER (WHERE s.charge_category = 'usage') END AS net_cost,
       CASE WHEN NOT bool_and(coalesce(p.net_filled, false)) THEN
           'the bill of this month has no net columns: a discount is not on the lines it belongs to, but among '
           'other_charges' END AS net_reason,
       sum(s.ai_cost) FILTER (WHERE s.charge_category <> 'usage') AS other_charges, sum(s.tokens) AS tokens,
       bedrock_internal.known_pct(
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL),
           sum(s.ai_cost) FILTER (WHERE bedrock_internal.may_have_tokens(s.tokens, s.usage_group, s.request_path)))
           AS tokens_known_pct,
       (SELECT bedrock.data_through(period) FROM arg) AS data_through, false AS is_estimate, s.currency
FROM bedrock.spend_monthly AS s
LEFT JOIN bedrock.bill_period AS p ON p.source = s.source AND p.payer_account_id = s.payer_account_id
    AND p.billing_period = s.billing_period
WHERE s.billing_period = (SELECT period FROM arg)
GROUP BY s.billing_period, s.currency
ORDER BY s.currency
$q$),

('Q002', 'What is my AI spend?', 'All', 'essential', 'period', 'scope payer share parent',
$c$scope: all, a payer account, or a usage account
period
billed_cost
share_of_parent_pct: percent of the payer's cost for an account, of all cost for a payer; NULL where that is not above 0
currency$c$,
$q$
, spent AS (
    SELECT grouping(s.payer_account_id) AS no_payer, grouping(s.account_id) AS no_account, s.payer_account_id,
           s.account_id,
           s.billing_period, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY GROUPING SETS ((s.billing_period, s.currency), (s.billing_period, s.currency, s.payer_account_id),
                            (s.billing_period, s.currency, s.payer_account_id, s.account_id)))
SELECT CASE WHEN s.no_payer = 1 THEN 'all' WHEN s.no_account = 1 THEN 'payer ' || s.payer_account_id
            ELSE 'account ' || coalesce(s.account_id, '(not stated)') END AS scope,
       s.billing_period AS period, s.cost AS billed_cost,
       round(100 * s.cost / CASE WHEN parent.cost > 0 THEN parent.cost END, 2) AS share_of_parent_pct, s.currency
FROM spent AS s
LEFT JOIN spent AS parent ON parent.currency IS NOT DISTINCT FROM s.currency AND parent.no_account = 1
    AND CASE WHEN s.no_account = 0 THEN parent.no_payer = 0 AND parent.payer_account_id = s.payer_account_id
             WHEN s.no_payer = 0 THEN parent.no_payer = 1 END
ORDER BY s.currency, s.payer_account_id NULLS FIRST, s.no_account DESC, s.cost DESC, s.account_id
$q$),

('Q003', 'Who is actually spending how much on Bedrock?', 'FinOps Leader', 'essential', 'period',
'spender identity profile top biggest | who is spending the most | top spenders | spend by owner '
'| who is the owner of an application | who owns an application | who is responsible for an application',
$c$owner
workload
spender: strongest identity on the line: name of the application profile, of the project, of the IAM principal; (none):
  the line carries none
spender_kind: application_profile, project, iam_principal, tag, none, not_recorded
billed_cost
share_pct
rank
currency$c$,
$q$
SELECT s.owner, s.workload,
       coalesce(CASE s.attribution_kind WHEN 'application_profile' THEN s.profile_name
                     WHEN 'project' THEN s.project_name
                                        WHEN 'iam_principal' THEN s.principal_name END, '(none)') AS spender,
       s.attribution_kind AS spender_kind, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       rank() OVER (PARTITION BY s.currency ORDER BY sum(s.ai_cost) DESC) AS rank, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY 1, 2, 3, 4, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, rank, spender
$q$),

('Q004', 'Who and what is driving our Bedrock spend?', 'FinOps Leader', 'essential', 'period',
'driver increase growth explain price volume mix change | what changed since last month | why did costs go up '
'| why is this month higher than the month before',
$c$driver_kind: application, model, account or principal; four views of one spend, never to be added together
driver: the application, model, account or principal; (none): the line names none
cost
change [money]
effect: what most of the change is: new (no usage the month before), ended, price (other unit price of the same meter),
  volume (more or fewer tokens), mix (other meters or models, and what is not metered in tokens)
share_of_change_pct: percent of the change of all usage in this currency; NULL where that is 0
currency
price_change [money]: part of change by other unit prices; the three parts sum to change to the last digit, before they
  are rounded
volume_change [money]: part of change by more or fewer tokens, at the mix of meters of before
mix_change [money]: the rest of change$c$,
$q$
SELECT d.driver_kind, d.driver, d.cost, d.cost - d.cost_before AS change,
       CASE WHEN d.cost = d.cost_before THEN NULL
            WHEN d.cost_before = 0 THEN 'new'
            WHEN d.cost = 0 THEN 'ended'
            WHEN abs(d.price) >= greatest(abs(d.volume), abs(d.mix)) THEN 'price'
            WHEN abs(d.volume) >= abs(d.mix) THEN 'volume'
            ELSE 'mix' END AS effect,
       round(100 * (d.cost - d.cost_before)
             / nullif(sum(d.cost - d.cost_before) OVER (PARTITION BY d.driver_kind, d.currency), 0), 2)
           AS share_of_change_pct,
       d.currency, d.price AS price_change, d.volume AS volume_change, d.mix AS mix_change
FROM (SELECT c.*, c.cost - c.cost_before - c.price - c.volume AS mix
      FROM arg AS a
      CROSS JOIN LATERAL bedrock.cost_change(a.period) AS c) AS d
WHERE d.driver_kind <> 'all'
ORDER BY d.driver_kind, d.currency, abs(d.cost - d.cost_before) DESC, d.driver
$q$),

('Q005', 'Where is my money going this month?', 'All', 'essential', 'period', 'overview summary top lines',
$c$line: total, then each application, each model and each region; the last three are views of one spend, never to be
  added together
value [money]: cost of usage, in currency
change_vs_last_month: value less that of the month before
currency
data_through$c$,
$q$
SELECT l.line, coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0) AS value,
       coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0)
       - coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS change_vs_last_month,
       s.currency, (SELECT bedrock.data_through(period) FROM arg) AS data_through
FROM bedrock.spend_monthly AS s
CROSS JOIN LATERAL (VALUES (1, 'total'), (2, 'application: ' || s.application),
                    (3, 'model: ' || coalesce(s.model_name, '(none)')),
                           (4, 'region: ' || coalesce(s.region, '(none)'))) AS l (place, line)
WHERE s.charge_category = 'usage'
  AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
GROUP BY l.place, l.line, s.currency
ORDER BY s.currency, l.place, value DESC, l.line
$q$),

('Q006', 'Show me AI spend by application.', 'FinOps Leader',
    'essential', $p$period
workload text = NULL: one workload, in any case; all where left out$p$,
'app apps applications | spend by app',
$c$application
workload
billed_cost
share_pct
via_profile_pct: percent of the inference cost that went through an inference profile; NULL: no inference, or resource
  ids are not recorded
currency$c$,
$q$
SELECT s.application, s.workload, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.request_path <> 'not_inference' AND s.via_profile), 0)
             / nullif(sum(s.ai_cost) FILTER (WHERE s.request_path <> 'not_inference' AND s.via_profile IS NOT NULL), 0),
             2) AS via_profile_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND ((SELECT workload FROM arg) IS NULL OR lower(s.workload) = (SELECT lower(workload) FROM arg))
GROUP BY s.application, s.workload, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.application, s.workload
$q$),

('Q007', 'Which workload is spending the most on AI?', 'FinOps Leader', 'essential', 'period',
'biggest top ranking expensive',
$c$rank
workload
application: parts what nobody owns by application; NULL: the workload as a whole
owner
billed_cost
share_pct
change_pct: percent more (or less) than the month before; NULL: nothing then
currency$c$,
$q$
, spent AS (
    SELECT s.workload, CASE WHEN s.workload = '(unclaimed)' THEN s.application END AS application, s.currency,
           max(s.owner) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS owner,
           sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
           sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)) AS cost_before
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY 1, 2, s.currency)
SELECT rank() OVER (PARTITION BY s.currency ORDER BY s.cost DESC) AS rank, s.workload, s.application, s.owner,
       s.cost AS billed_cost,
       round(100 * s.cost / CASE WHEN sum(s.cost) OVER w > 0 THEN sum(s.cost) OVER w END, 2) AS share_pct,
       round(100 * (s.cost - s.cost_before) / CASE WHEN s.cost_before > 0 THEN s.cost_before END, 2) AS change_pct,
       s.currency
FROM spent AS s
WHERE s.cost IS NOT NULL
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, rank, s.workload, s.application
$q$),

('Q008', 'Which of my products is spending the most on Bedrock?', 'Portfolio Manager', 'essential', 'period',
'product project unclaimed roles unattributed',
$c$rank
product: workload that owns it, else project, else application, by registry or tag; (untagged): nobody owns it, and
  neither is set
billed_cost
unclaimed_roles: how many roles (and IAM users of machines) spend, all of it without owner, project, application and
  team, that one owner could claim
unattributed_cost: cost of their usage
unattributed_people_cost: cost of people's usage without owner, project, application and team; the next ones likewise
unattributed_api_key_cost: of Bedrock API keys
unattributed_service_cost: of roles that AWS made for a service: service-linked roles, execution roles of agents and
  knowledge bases
unattributed_shared_cost: of roles that several applications or people share (Q045), which Q046 splits
unattributed_other_cost: of roles whose other usage is owned, and of lines without a caller
currency$c$,
$q$
, cell AS MATERIALIZED (
    SELECT CASE WHEN s.workload <> '(unclaimed)' THEN s.workload WHEN s.project <> '(untagged)' THEN s.project
                ELSE s.application END AS product, s.principal_key,
           s.currency,
           CASE WHEN s.project = '(untagged)' AND s.application = '(untagged)' AND s.team = '(untagged)'
                    AND s.workload = '(unclaimed)' THEN
               CASE WHEN s.caller_class IN ('human', 'api_key') THEN s.caller_class
                    WHEN s.principal_kind = 'service' OR s.principal_name ~ '^AmazonBedrock[A-Za-z]*Role' THEN 'service'
                    WHEN s.principal_key IS NULL THEN 'other' ELSE 'role' END END AS unowned, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2, 3, 4),
owned AS (
    SELECT DISTINCT c.principal_key FROM cell AS c WHERE c.unowned IS NULL AND c.principal_key IS NOT NULL),
shared AS (
    SELECT DISTINCT r.role FROM bedrock.shared_roles((SELECT period FROM arg)) AS r),
rated AS (
    SELECT c.product, c.principal_key, c.currency, c.cost,
           CASE WHEN c.unowned IS DISTINCT FROM 'role' THEN c.unowned WHEN h.role IS NOT NULL THEN 'shared'
                WHEN o.principal_key IS NOT NULL THEN 'other'
                ELSE c.unowned END AS unowned
    FROM cell AS c
    LEFT JOIN owned AS o ON o.principal_key = c.principal_key
    LEFT JOIN shared AS h ON h.role = c.principal_key)
SELECT rank() OVER (PARTITION BY j.currency ORDER BY sum(j.cost) DESC) AS rank, j.product, sum(j.cost) AS billed_cost,
       count(DISTINCT j.principal_key) FILTER (WHERE j.unowned = 'role') AS unclaimed_roles,
       coalesce(sum(j.cost) FILTER (WHERE j.unowned = 'role'), 0) AS unattributed_cost,
       coalesce(sum(j.cost) FILTER (WHERE j.unowned = 'human'), 0) AS unattributed_people_cost,
       coalesce(sum(j.cost) FILTER (WHERE j.unowned = 'api_key'), 0) AS unattributed_api_key_cost,
       coalesce(sum(j.cost) FILTER (WHERE j.unowned = 'service'), 0) AS unattributed_service_cost,
       coalesce(sum(j.cost) FILTER (WHERE j.unowned = 'shared'), 0) AS unattributed_shared_cost,
       coalesce(sum(j.cost) FILTER (WHERE j.unowned = 'other'), 0) AS unattributed_other_cost, j.currency
FROM rated AS j
GROUP BY j.product, j.currency
ORDER BY j.currency, rank, j.product
$q$),

('Q009', 'Show me my AI spend by model.', 'Cloud Engineer', 'essential',
$p$period
model text = NULL: words of the model's name, in any case; all models where left out$p$,
'models claude nova llama provider family top | cost of one model | which models cost the most | how much did a '
'model cost',
$c$model_family
model_name
provider
billed_cost
tokens
tokens_known_pct
cost_per_million
currency$c$,
$q$
SELECT s.model_family, s.model_name, s.provider, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens,
       bedrock_internal.known_pct(
           sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL),
           sum(s.ai_cost) FILTER (WHERE bedrock_internal.may_have_tokens(s.tokens, s.usage_group, s.request_path)))
           AS tokens_known_pct,
       sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL) * 1000000 / nullif(sum(s.tokens), 0) AS cost_per_million,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND ((SELECT model FROM arg) IS NULL OR strpos(lower(s.model_name), (SELECT lower(model) FROM arg)) > 0)
GROUP BY s.model_family, s.model_name, s.provider, s.currency
ORDER BY s.currency, billed_cost DESC, s.model_name
$q$),

('Q010', 'Show me AI spend by region: cross-region or same-region?', 'Cloud Engineer', 'essential', 'period',
'global geography routing regions | how much are we paying for a region',
$c$region
ai_region_type
billed_cost
share_pct
currency$c$,
$q$
SELECT s.region, s.ai_region_type, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.region, s.ai_region_type, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.region, s.ai_region_type
$q$),

('Q011', 'Which project is driving costs?', 'FinOps Leader', 'essential', 'period',
'projects increase change | spend by project',
$c$project
billed_cost
change [money]
share_of_change_pct: percent of the change of all usage in this currency; NULL where that is 0
currency$c$,
$q$
, spent AS (
    SELECT s.project, s.currency,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0) AS cost,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS cost_before
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY s.project, s.currency)
SELECT s.project, s.cost AS billed_cost, s.cost - s.cost_before AS change,
       round(100 * (s.cost - s.cost_before) / nullif(sum(s.cost - s.cost_before) OVER (PARTITION BY s.currency), 0), 2)
           AS share_of_change_pct,
       s.currency
FROM spent AS s
ORDER BY s.currency, billed_cost DESC, s.project
$q$),

('Q012', 'Which environment is the most expensive?', 'Cloud Engineer', 'essential', 'period',
'prod production staging dev test stage env cost | spend by environment',
$c$environment
billed_cost
share_pct
rank
currency$c$,
$q$
SELECT s.environment, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       rank() OVER (PARTITION BY s.currency ORDER BY sum(s.ai_cost) DESC) AS rank, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.environment, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, rank, s.environment
$q$),

('Q013', 'Which team or cost center is responsible for this month''s Bedrock charges?', 'Finance', 'essential',
$p$period
team text = NULL: one team, in any case; all teams where left out$p$,
'teams cost centre department charges bill | spend by team | spend by cost center',
$c$team
cost_center
billed_cost: every charge of the Bedrock bill, usage or not, in the metric of setting ai_cost_metric
usage_cost: usage alone
share_pct: percent of all usage_cost in this currency, not of billed_cost; NULL where that is not above 0
currency$c$,
$q$
SELECT t.*
FROM (SELECT s.team, s.cost_center, sum(s.ai_cost) AS billed_cost,
             coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage'), 0) AS usage_cost,
             round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage'), 0)
                   / CASE WHEN sum(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage')) OVER w > 0
                          THEN sum(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage')) OVER w END,
                          2) AS share_pct, s.currency
      FROM bedrock.spend_monthly AS s
      WHERE s.billing_period = (SELECT period FROM arg)
      GROUP BY s.team, s.cost_center, s.currency
      WINDOW w AS (PARTITION BY s.currency)) AS t
WHERE (SELECT team FROM arg) IS NULL OR lower(t.team) = (SELECT lower(team) FROM arg)
ORDER BY t.currency, t.usage_cost DESC, t.team, t.cost_center
$q$),

('Q183', 'What does each service on the bill cost, as Cost Explorer names them?', 'Finance', 'common', 'period',
'service services name marketplace edition seller | cost by service | spend per service',
$c$service: product name as billed, dimension SERVICE of Cost Explorer; NULL: the line has none
billing_entity
billed_cost
other_charges: fees, taxes, credits, refunds, discounts and the rest of it, in the same metric; with billed_cost the
  amount in Cost Explorer
share_pct
currency$c$,
$q$
SELECT s.product_name AS service, s.billing_entity,
       coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage'), 0) AS billed_cost,
       coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category <> 'usage'), 0) AS other_charges,
       round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage'), 0)
             / CASE WHEN sum(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage')) OVER w > 0
                    THEN sum(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage')) OVER w END, 2) AS share_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg)
GROUP BY s.product_name, s.billing_entity, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.product_name, s.billing_entity
$q$),

('Q184', 'What did we spend day by day?', 'Finance', 'essential', 'period',
'total bill day days daily usage date chart | daily spend | cost per day | total spend by day '
'| how much did we spend each day',
$c$day: day of usage (UTC); NULL: usage that the bill places on no day
billed_cost
change_on_week_before [money]: what the day cost less what the same day a week before did; NULL: no usage then, or none
  is loaded
tokens
data_through: last complete day (UTC) of that period in every source and billing entity; later days may still grow
currency$c$,
$q$
, spent AS (
    SELECT CASE WHEN s.charge_grain <> 'period' THEN s.usage_date END AS day, s.currency,
           sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
           sum(s.ai_cost) AS cost_of_day,
           sum(s.tokens) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS tokens
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY 1, 2)
SELECT s.day, s.cost AS billed_cost, s.cost_of_day - b.cost_of_day AS change_on_week_before, s.tokens,
       (SELECT bedrock.data_through(period) FROM arg) AS data_through, s.currency
FROM spent AS s
LEFT JOIN spent AS b ON b.day = s.day - 7 AND b.currency IS NOT DISTINCT FROM s.currency
WHERE s.cost IS NOT NULL
ORDER BY s.currency, s.day
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
