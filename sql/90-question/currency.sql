-- Questions J: money views.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Money views', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q135', 'Unblended, net, amortized, list: side by side.', 'Finance', 'common',
$p$months integer = 12: how many months, the latest with data included$p$,
'metrics unblended amortized list on-demand price compare',
$c$month
charges: what all amounts of the row are about: usage with a public price, usage without one, or other charges; together
  they are the whole Bedrock bill of the month
unblended: NULL: the source has none (FOCUS)
net_unblended: after discounts; NULL: the bill of the month has no net columns
amortized: with commitments spread over their use; NULL: the source has none (FOCUS)
list_cost: at public prices, those of the lines, else of the price book; NULL: these charges have none
discount: list_cost less net_unblended; NULL: one of them is
discount_pct: discount in percent of list_cost; NULL where that is not above 0
currency$c$,
$q$
, charged AS (
    SELECT s.billing_period, s.currency, s.unblended_cost, s.amortized_cost, s.list_cost,
           CASE WHEN p.net_filled THEN s.net_unblended_cost END AS net_cost,
           NOT coalesce(p.net_filled, false) AS net_missing,
           CASE WHEN s.charge_category <> 'usage' THEN 3 WHEN s.list_cost IS NULL THEN 2 ELSE 1 END AS place
    FROM bedrock.spend_monthly AS s
    LEFT JOIN bedrock.bill_period AS p ON p.source = s.source AND p.payer_account_id = s.payer_account_id
        AND p.billing_period = s.billing_period
    WHERE s.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)),
summed AS (
    SELECT c.billing_period, c.place, c.currency, sum(c.unblended_cost) AS unblended,
           sum(c.amortized_cost) AS amortized,
           CASE WHEN NOT bool_or(c.net_missing) THEN sum(c.net_cost) END AS net_unblended,
           sum(c.list_cost) FILTER (WHERE c.place = 1) AS list_cost
    FROM charged AS c
    GROUP BY c.billing_period, c.place, c.currency)
SELECT c.billing_period AS month,
       (ARRAY['usage with a public price', 'usage without one', 'other charges'])[c.place] AS charges, c.unblended,
       c.net_unblended,
       c.amortized, c.list_cost, c.list_cost - c.net_unblended AS discount,
       round(100 * (c.list_cost - c.net_unblended) / CASE WHEN c.list_cost > 0 THEN c.list_cost END, 2) AS discount_pct,
       c.currency
FROM summed AS c
ORDER BY c.currency, month, c.place
$q$),

('Q136', 'Credits, refunds, taxes, discounts, Marketplace fees apart.', 'Finance', 'common', 'period',
'credit refund tax discount fee marketplace category',
$c$charge_category
billing_entity
amount [money]: in the metric of setting ai_cost_metric
currency$c$,
$q$
SELECT s.charge_category, s.billing_entity, sum(s.ai_cost) AS amount, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg)
GROUP BY s.charge_category, s.billing_entity, s.currency
ORDER BY s.currency, s.charge_category = 'usage' DESC, s.charge_category, s.billing_entity
$q$),

('Q138', 'What is our effective discount per model?', 'Finance', 'common', 'period',
'discount edp private rate model saving',
$c$model
list_cost: usage at public prices, those of the lines, else of the price book; NULL: none
net_cost: the same lines after discounts; NULL: the bill of the month has no net columns
discount_pct: percent of list_cost saved; NULL: net_cost is, or list_cost is not above 0
list_covered_pct: percent of the model's cost that has a public price; NULL where that is not above 0
currency$c$,
$q$
, spent AS (
    SELECT s.model_name, s.currency, sum(s.list_cost) AS list_cost,
           CASE WHEN bool_and(coalesce(p.net_filled, false))
                    THEN sum(s.net_unblended_cost) FILTER (WHERE s.list_cost IS NOT NULL) END AS net_cost,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.list_cost IS NOT NULL), 0) AS covered, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    LEFT JOIN bedrock.bill_period AS p ON p.source = s.source AND p.payer_account_id = s.payer_account_id
        AND p.billing_period = s.billing_period
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY s.model_name, s.currency)
SELECT s.model_name AS model, s.list_cost, s.net_cost,
       round(100 * (1 - s.net_cost / CASE WHEN s.list_cost > 0 THEN s.list_cost END), 2) AS discount_pct,
       round(100 * s.covered / CASE WHEN s.cost > 0 THEN s.cost END, 2) AS list_covered_pct, s.currency
FROM spent AS s
ORDER BY s.currency, s.list_cost DESC NULLS LAST, model
$q$),

('Q139', 'Project costs for the last 30 days for these projects, with Untagged.', 'Finance', 'essential',
$p$projects text[] = NULL: names of projects; all where left out
days integer = 30: length of the window, up to the last complete day of the data
metric text = 'unblended': unblended, blended, net_unblended, amortized, net_amortized, list or ai$p$,
'project report 30 days untagged chargeback',
$c$project
cost: cost of usage in the window, in the metric asked for; 0: a project asked for that has none
currency$c$,
$q$
SELECT p.project, p.cost, p.currency
FROM bedrock.project_costs((SELECT projects FROM arg), (SELECT days FROM arg), (SELECT metric FROM arg)) AS p
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
