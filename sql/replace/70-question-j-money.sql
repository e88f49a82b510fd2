-- Questions J: money views.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, 'Money views', q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q135', 'Unblended, net, amortized, list: side by side.', 'Finance', 'peer parity',
$p$months integer = 12: how many months, the latest with data included$p$, 'metrics unblended amortized list on-demand price compare',
$c$month
unblended: every charge of the Bedrock bill; NULL: the source has none (FOCUS)
net_unblended: the same after discounts
amortized: with commitments spread over their use; NULL: the source has none (FOCUS)
list_cost: usage at public prices, those of the lines, else of the price book
discount: list_cost less the net cost of those same lines
list_covered_pct: percent of the cost of usage that has a public price; NULL where that is not above 0
currency$c$,
$q$
SELECT s.billing_period AS month, sum(s.unblended_cost) AS unblended, sum(s.net_unblended_cost) AS net_unblended, sum(s.amortized_cost) AS amortized,
       sum(s.list_cost) FILTER (WHERE s.charge_category = 'usage') AS list_cost,
       sum(s.list_cost - s.net_unblended_cost) FILTER (WHERE s.charge_category = 'usage' AND s.list_cost IS NOT NULL) AS discount,
       round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage' AND s.list_cost IS NOT NULL), 0)
             / CASE WHEN sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage') > 0 THEN sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage') END, 2) AS list_covered_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
GROUP BY 1, s.currency
ORDER BY s.currency, month
$q$),

('Q136', 'Credits, refunds, taxes, discounts, Marketplace fees apart.', 'Finance', 'peer parity', 'period', 'credit refund tax discount fee marketplace category',
$c$charge_category
billing_entity
amount: in the metric of setting ai_cost_metric
currency$c$,
$q$
SELECT s.charge_category, s.billing_entity, sum(s.ai_cost) AS amount, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg)
GROUP BY s.charge_category, s.billing_entity, s.currency
ORDER BY s.currency, s.charge_category = 'usage' DESC, s.charge_category, s.billing_entity
$q$),

('Q138', 'What is our effective discount per model?', 'Finance', 'peer parity', 'period', 'discount edp private rate model saving',
$c$model
list_cost: usage at public prices, those of the lines, else of the price book; NULL: neither has one
net_cost: the same lines after discounts
discount_pct: percent of list_cost saved; NULL where that is not above 0
list_covered_pct: percent of the model's cost that has a public price; NULL where that is not above 0
currency$c$,
$q$
SELECT s.model_name AS model, sum(s.list_cost) AS list_cost, sum(s.net_unblended_cost) FILTER (WHERE s.list_cost IS NOT NULL) AS net_cost,
       round(100 * (1 - sum(s.net_unblended_cost) FILTER (WHERE s.list_cost IS NOT NULL) / CASE WHEN sum(s.list_cost) > 0 THEN sum(s.list_cost) END), 2) AS discount_pct,
       round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.list_cost IS NOT NULL), 0) / CASE WHEN sum(s.ai_cost) > 0 THEN sum(s.ai_cost) END, 2) AS list_covered_pct, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.model_name, s.currency
ORDER BY s.currency, list_cost DESC NULLS LAST, model
$q$),

('Q139', 'Project costs for the last 30 days for these projects, with Untagged.', 'Finance', 'must',
$p$projects text[] = NULL: names of projects; all where left out
days integer = 30: length of the window, up to the last complete day of the data
metric text = 'unblended': unblended, blended, net_unblended, amortized, net_amortized, list or ai$p$, 'project report 30 days untagged chargeback',
$c$project
cost: cost of usage in the window, in the metric asked for; 0: a project asked for that has none
currency$c$,
$q$
SELECT p.project, p.cost, p.currency
FROM bedrock.project_costs((SELECT projects FROM arg), (SELECT days FROM arg), (SELECT metric FROM arg)) AS p
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
