-- Questions D and J about who pays: bedrock.chargeback, statements, business metrics, report currency, FOCUS rows.
-- Charges of all categories are in them, as a statement has; each is a row or a column of its own.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q060', 'When we bill internal units or external tenants, what share should each pay?', 'Finance',
'Claims, hierarchy, chargeback', 'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
by text = 'workload': who pays: workload, owner, customer, department, or the name of a level of the hierarchy$p$,
'chargeback showback units tenants customer bill internal share pay | who pays what | chargeback '
'| chargeback by customer',
$c$payer_unit: workload, owner, customer, department or element that pays; in parentheses: nobody
direct_cost: its own lines, usage and other charges, in currency
spread_cost: its part of charges that nobody used, such as discounts, by the charge policies, in currency
shared_cost: its part of the cost of workloads that work for others, by the cost splits, in currency
total [money]: all of it, in currency; all units sum to the bill
share_pct: percent of the total of all units in this currency; NULL where that is not above 0
currency$c$,
$q$
, charged AS (
    SELECT CASE WHEN c.workload LIKE '(%' AND lower(a.by) NOT IN ('customer', 'department') THEN c.workload
                ELSE coalesce((ARRAY[c.element1, c.element2, c.element3, c.element4])[l.level],
                              CASE lower(a.by) WHEN 'workload' THEN c.workload WHEN 'owner' THEN c.owner
                                               WHEN 'customer' THEN c.customer WHEN 'department' THEN c.department END,
                              '(none)') END AS payer_unit,
           c.charge_kind, c.cost, c.currency
    FROM arg AS a
    CROSS JOIN LATERAL (SELECT bedrock_internal.payer_level(a.by) AS level OFFSET 0) AS l
    CROSS JOIN LATERAL bedrock.chargeback(a.period) AS c)
SELECT c.payer_unit, coalesce(sum(c.cost) FILTER (WHERE c.charge_kind NOT IN ('spread', 'shared')), 0) AS direct_cost,
       coalesce(sum(c.cost) FILTER (WHERE c.charge_kind = 'spread'), 0) AS spread_cost,
       coalesce(sum(c.cost) FILTER (WHERE c.charge_kind = 'shared'), 0) AS shared_cost, sum(c.cost) AS total,
       round(100 * sum(c.cost) / CASE WHEN sum(sum(c.cost)) OVER w > 0 THEN sum(sum(c.cost)) OVER w END, 2)
           AS share_pct, c.currency
FROM charged AS c
GROUP BY c.payer_unit, c.currency
WINDOW w AS (PARTITION BY c.currency)
ORDER BY c.currency, total DESC NULLS LAST, c.payer_unit
$q$),

('Q061', 'Can we charge this usage back to a specific team or customer? What can we not, and why?', 'Finance',
'Claims, hierarchy, chargeback', 'essential', 'period',
'chargeable back charge team customer not why reason | what can we not charge back',
$c$chargeable: whether it is charged to a workload that somebody answers for
reason: why not; NULL: it is
billed_cost: every charge of the bill, usage or not, in the metric of setting ai_cost_metric, in currency
share_pct: percent of the bill in this currency; NULL where that is not above 0
currency$c$,
$q$
SELECT c.chargeable, c.reason, sum(c.cost) AS billed_cost,
       round(100 * sum(c.cost) / CASE WHEN sum(sum(c.cost)) OVER w > 0 THEN sum(sum(c.cost)) OVER w END, 2)
           AS share_pct, c.currency
FROM bedrock.chargeback((SELECT period FROM arg)) AS c
GROUP BY c.chargeable, c.reason, c.currency
WINDOW w AS (PARTITION BY c.currency)
ORDER BY c.currency, c.chargeable DESC, billed_cost DESC, c.reason
$q$),

('Q062', 'Chargeback statement for March, as posted.', 'Finance', 'Claims, hierarchy, chargeback', 'advanced',
'period',
'statement posted chargeback statement invoice internal frozen | statement as posted',
$c$owner: who answered for the workload then; NULL: nobody named
workload
amount [money]: what it was charged, of an adjustment the difference, in currency
currency
rows: rows of the statement about it
statement_id: number of the statement
version: 1: the statement of the period; above: an adjustment of it
posted_at: when it was posted$c$,
$q$
SELECT r.owner, r.workload, sum(r.cost) AS amount, r.currency, count(*) AS rows, s.statement_id, s.version,
       s.posted_at
FROM bedrock.statement AS s
JOIN bedrock.statement_row AS r ON r.statement_id = s.statement_id
WHERE s.billing_period = (SELECT period FROM arg)
GROUP BY r.owner, r.workload, r.currency, s.statement_id, s.version, s.posted_at
ORDER BY s.statement_id, r.currency, amount DESC NULLS LAST, r.workload, r.owner
$q$),

('Q063', 'What changed in March since we posted it?', 'Finance', 'Claims, hierarchy, chargeback', 'advanced', 'period',
'statement adjustment restated changed since posted cause difference | what changed since we posted',
$c$owner: who answers for the workload; NULL: nobody named
workload
posted [money]: what its statements charge so far, in currency
restated [money]: what it would be charged today, in currency
adjustment [money]: restated - posted: what the next statement would post, in currency
by_redelivery [money]: of it, because the bill says something else now, in currency
by_ownership [money]: of it, because claims, rules, workloads or the hierarchy changed, in currency
by_policy [money]: of it, because charge policies or cost splits changed, in currency
cause: redelivery, claim, hierarchy, policy, or several of them
currency$c$,
$q$
SELECT c.owner, c.workload, sum(c.posted) AS posted, sum(c.restated) AS restated, sum(c.adjustment) AS adjustment,
       sum(c.by_redelivery) AS by_redelivery, sum(c.by_ownership) AS by_ownership, sum(c.by_policy) AS by_policy,
       string_agg(DISTINCT c.cause, ', ') AS cause, c.currency
FROM (SELECT DISTINCT s.billing_period FROM bedrock.statement AS s
      WHERE s.billing_period = (SELECT period FROM arg)) AS p
CROSS JOIN LATERAL bedrock.statement_change(p.billing_period) AS c
WHERE c.cause IS NOT NULL
GROUP BY c.owner, c.workload, c.currency
ORDER BY c.currency, abs(sum(c.adjustment)) DESC, c.workload, c.owner
$q$),

('Q065', 'How are shared costs (support, guardrails, unattributed) split, and by which key?', 'Finance',
'Claims, hierarchy, chargeback', 'common', 'period',
'shared cost split key method proportional even fixed tokens guardrails support allocate '
'| how are shared costs split | who pays for the gateway',
$c$origin: what is divided: the workload that works for others, or the category of charges that nobody used
method: proportional, even, fixed, tokens (bedrock.cost_split), prorata or follow (bedrock.charge_policy); central:
  nobody pays, by policy
key: what shares are in proportion to: usage cost, tokens, workloads, ratio; NULL: it is not divided
target: workload that pays; of what is not divided, where it stays
ratio: share of the origin's cost in this currency; NULL where that is 0
allocated_cost: its part, in currency
currency$c$,
$q$
, divided AS (
    SELECT coalesce(c.origin, c.charge_category) AS origin,
           CASE c.charge_kind WHEN 'central' THEN 'central' ELSE regexp_replace(c.method_id, '^.*/', '') END AS method,
           c.allocation_key AS key, c.workload AS target, c.currency, sum(c.cost) AS allocated_cost
    FROM bedrock.chargeback((SELECT period FROM arg)) AS c
    WHERE c.charge_kind <> 'direct'
    GROUP BY 1, 2, 3, 4, 5)
SELECT d.origin, d.method, d.key, d.target,
       round(d.allocated_cost / nullif(sum(d.allocated_cost) OVER w, 0), 6) AS ratio, d.allocated_cost, d.currency
FROM divided AS d
WINDOW w AS (PARTITION BY d.origin, d.method, d.currency)
ORDER BY d.currency, d.origin, d.method, abs(d.allocated_cost) DESC, d.target
$q$),

('Q068', 'Each customer''s cost and margin.', 'Portfolio Manager', 'Claims, hierarchy, chargeback', 'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
metric text = 'revenue': business metric that is the income, of bedrock.set_business_metric$p$,
'customer tenant margin profit revenue cost to serve | margin per customer',
$c$customer
cost: what chargeback charges it, all charges, in currency
revenue [money]: its income as recorded, in currency; NULL: none is recorded in this currency
margin [money]: revenue - cost, in currency; NULL: no revenue
margin_pct: percent of revenue; NULL: no revenue, or none above 0
currency$c$,
$q$
SELECT c.customer, c.cost, u.units AS revenue, u.margin, u.margin_pct, c.currency
FROM (SELECT b.customer, b.currency, sum(b.cost) AS cost FROM bedrock.chargeback((SELECT period FROM arg)) AS b
      GROUP BY b.customer, b.currency) AS c
LEFT JOIN bedrock.unit_cost((SELECT metric FROM arg), (SELECT period FROM arg)) AS u
    ON u.customer = c.customer AND u.currency IS NOT DISTINCT FROM c.currency AND u.margin IS NOT NULL
ORDER BY c.currency, c.cost DESC NULLS LAST, c.customer
$q$),

('Q069', 'Department split: Marketing, Engineering, Support, Research.', 'Finance', 'Claims, hierarchy, chargeback',
'essential', 'period',
'chargeback charged departments division unit Marketing Engineering Support Research | department split '
'| chargeback by department | chargeback statement by department',
$c$department: as in bedrock.spend; (untagged): none
direct_cost: its own lines, in currency
allocated_cost: its part of charges that nobody used and of shared cost, in currency
billed_cost: both, in currency: usage and all other charges; all departments sum to the bill, so that it is more (or
  less) than the usage alone, Q164
share_pct: percent of the bill in this currency; NULL where that is not above 0
currency$c$,
$q$
SELECT c.department, coalesce(sum(c.cost) FILTER (WHERE c.charge_kind NOT IN ('spread', 'shared')), 0) AS direct_cost,
       coalesce(sum(c.cost) FILTER (WHERE c.charge_kind IN ('spread', 'shared')), 0) AS allocated_cost,
       sum(c.cost) AS billed_cost,
       round(100 * sum(c.cost) / CASE WHEN sum(sum(c.cost)) OVER w > 0 THEN sum(sum(c.cost)) OVER w END, 2)
           AS share_pct, c.currency
FROM bedrock.chargeback((SELECT period FROM arg)) AS c
GROUP BY c.department, c.currency
WINDOW w AS (PARTITION BY c.currency)
ORDER BY c.currency, billed_cost DESC NULLS LAST, c.department
$q$),

('Q082', 'Cost per ticket, document, customer (my own counts).', 'Product Owner', 'Tokens, cache, unit cost',
'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
metric text = 'tickets': what is counted, as recorded with bedrock.set_business_metric$p$,
'unit cost ticket document customer per unit own count business metric | cost per ticket | cost per document',
$c$metric: what is counted
workload: whose count it is; NULL: of a customer
customer: whose count it is; NULL: of a workload
units: how many in the month
cost: what chargeback charges it, all charges, in currency; NULL: nothing
cost_per_unit: NULL: units is 0, or there is no cost
currency$c$,
$q$
SELECT a.metric, u.workload, u.customer, u.units, u.cost, u.cost_per_unit, u.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.unit_cost(a.metric, a.period) AS u
WHERE u.units IS NOT NULL
ORDER BY u.currency, u.cost DESC NULLS LAST, u.workload, u.customer
$q$),

('Q137', 'Show it in euros, in our fiscal months, in our time zone.', 'Finance', 'Money views', 'common',
$p$period month = bedrock.latest_period(): any day of the first month
period_to month = bedrock.latest_period(): any day of the last month
report_currency text = NULL: currency of the report, as EUR; left out: as billed
zone text = 'UTC': time zone in which days begin; others than UTC need sources that are kept by hour$p$,
'euro currency convert exchange rate fiscal month year calendar time zone | spend in euros',
$c$fiscal_month: fiscal period, bedrock.fiscal_period_of
charges: usage and fees, or other charges (taxes, credits, discounts, refunds)
billed_amount [money]: as billed, in billed_currency
billed_currency: currency of the bill; NULL: not stated
rate: exchange rate of these days; NULL: none is recorded, or no report currency was asked for
amount [money]: at that rate, in currency; NULL: no rate is recorded
currency: of amount$c$,
$q$
SELECT f.fiscal_period AS fiscal_month, f.charges, f.billed_amount, f.billed_currency, f.rate, f.amount, f.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.fiscal_spend(a.period, greatest(a.period, a.period_to), a.report_currency, a.zone) AS f
ORDER BY f.fiscal_period, f.charges DESC, f.billed_currency, f.rate
$q$),

('Q140', 'Export our attributed spend as FOCUS.', 'BI analyst', 'Money views', 'advanced', 'period',
'FOCUS export allocated attributed specification columns | focus rows',
$c$BillingPeriodStart: first moment of the billing period (UTC)
BillingAccountId: payer account
SubAccountId: usage account; NULL: not stated
ChargeCategory: Usage, Purchase, Tax, Credit, Adjustment
ChargeDescription: as billed; NULL: none
ServiceName: product as billed
RegionId: AWS region; NULL: none stated
ResourceId: resource as billed; NULL: none
SkuMeter: usage type; NULL: none
SkuPriceDetails: ModelId, ModelFamily, ModelDeveloper, ModelVersion; NULL: the line is about no model
BillingCurrency: currency of the amounts
BilledCost: net cost, its share where the charge was divided, not rounded
EffectiveCost: net amortized cost, not rounded
ConsumedQuantity: of usage; NULL: no usage
ConsumedUnit: its unit
AllocatedMethodId: policy or split by which the charge was divided; NULL: it was not
AllocatedMethodDetails: ratio, unit and quantity of the share; NULL: it was not divided
AllocatedResourceId: workload that the share was given to; NULL: not divided, or nobody to give it to
AllocatedTags: owner and labels of that workload; NULL as before
x_Workload: who pays
x_Owner: who answers for it; NULL: nobody named
x_PrincipalId: IAM principal, one for all sessions of a role; NULL: none
x_ChargeKind: direct, spread, shared, central, unallocated$c$,
$q$
SELECT f."BillingPeriodStart", f."BillingAccountId", f."SubAccountId", f."ChargeCategory", f."ChargeDescription",
       f."ServiceName", f."RegionId", f."ResourceId", f."SkuMeter", f."SkuPriceDetails", f."BillingCurrency",
       f."BilledCost", f."EffectiveCost", f."ConsumedQuantity", f."ConsumedUnit", f."AllocatedMethodId",
       f."AllocatedMethodDetails", f."AllocatedResourceId", f."AllocatedTags", f."x_Workload", f."x_Owner",
       f."x_PrincipalId", f."x_ChargeKind"
FROM bedrock.focus_export((SELECT period FROM arg)) AS f
ORDER BY f."BillingAccountId", f."SubAccountId", f."ChargeCategory", f."SkuMeter", f."ResourceId", f."x_PrincipalId",
         f."x_Workload", f."AllocatedMethodId", f."BilledCost"
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
