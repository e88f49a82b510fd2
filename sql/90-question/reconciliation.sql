-- Questions that hold the bill against the invocation logs and the estimate (bedrock.reconciliation). What is billed
-- and what is estimated stand side by side.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q130', 'How far is the estimate from the bill?', 'FinOps Leader', 'Tags and quality of the data', 'common',
'period', 'estimate against bill ratio difference accuracy logs price book',
$c$model
estimated [money]: estimate: what is logged, at the price book, in US dollars; NULL: nothing logged has a price
billed [money]: cost of the tokens on the bill, in currency; NULL: none is billed
compared_pct: percent of billed that has an estimate beside it, by day, account, region and token kind; NULL: nothing is
  billed
ratio: estimate / bill, over what has both; NULL: nothing has, or the bill is not in US dollars
cause: of the causes of bedrock.reconciliation the one with the largest differences; match: there is no other
logged_pct: percent of the tokens on the bill that the logs have, of all kinds; NULL: none are billed
currency: currency of billed; NULL: not billed, logged only, or not stated on the bill$c$,
$q$
, cell AS (
    SELECT r.model_name, r.currency, r.cause, sum(r.estimated_cost) AS estimated_cost,
           sum(r.billed_cost) AS billed_cost,
           sum(r.billed_tokens) AS billed_tokens,
           sum(r.logged_tokens) FILTER (WHERE r.billed_tokens IS NOT NULL) AS logged_tokens,
           sum(r.estimated_cost) FILTER (WHERE r.ratio IS NOT NULL) AS compared_estimate,
           sum(r.billed_cost) FILTER (WHERE r.ratio IS NOT NULL) AS compared_bill,
           sum(abs(coalesce(r.billed_cost, 0) - coalesce(r.estimated_cost, 0))) FILTER (WHERE r.cause <> 'match')
               AS difference
    FROM bedrock.reconciliation AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY r.model_name, r.currency, r.cause)
SELECT c.model_name AS model, sum(c.estimated_cost) AS estimated, sum(c.billed_cost) AS billed,
       round(100 * coalesce(sum(c.compared_bill), 0) / nullif(sum(c.billed_cost), 0), 2) AS compared_pct,
       sum(c.compared_estimate) / nullif(sum(c.compared_bill), 0) AS ratio,
       (array_agg(c.cause ORDER BY c.difference DESC NULLS LAST, c.cause))[1] AS cause,
       bedrock_internal.logged_pct(sum(c.logged_tokens), sum(c.billed_tokens)) AS logged_pct, c.currency
FROM cell AS c
GROUP BY c.model_name, c.currency
ORDER BY c.currency, billed DESC NULLS LAST, model
$q$),

('Q160', 'What is billed and not logged, and what is logged and not billed?', 'FinOps Leader',
'Tags and quality of the data', 'advanced', 'period',
'shadow traffic unlogged accounts regions gap export missing reconcile',
$c$finding: as in bedrock.reconciliation; not logged is shadow traffic
account
region: region that was called
model
days: days with it
billed_tokens: tokens of the bill; NULL: none
logged_tokens: tokens of the logs; NULL: none, or not counted
billed_cost: their cost on the bill, in currency; NULL: not billed
estimate [money]: what is logged, at the price book, in US dollars; NULL: nothing logged has a price
first_day: first day of the month with it
last_day: last one
hint: what to do
currency: currency of billed_cost; NULL: not billed, or not stated on the bill$c$,
$q$
SELECT r.finding, r.account_id AS account, r.region, r.model_name AS model, count(DISTINCT r.day) AS days,
       sum(r.billed_tokens) AS billed_tokens, sum(r.logged_tokens) AS logged_tokens,
       sum(r.billed_cost) AS billed_cost, sum(r.estimated_cost) AS estimate, min(r.day) AS first_day,
       max(r.day) AS last_day,
       CASE r.finding
           WHEN 'not logged' THEN 'find who calls this model: no log has it while others of the account are logged'
           WHEN 'account not logged'
               THEN 'switch on model invocation logging in this account and region (aws bedrock '
                    'put-model-invocation-logging-configuration), or load its logs'
           WHEN 'export gap' THEN 'load the logs of these days, or accept that logging was off'
           WHEN 'endpoint not logged' THEN 'nothing to load: calls of bedrock-mantle are not logged'
           WHEN 'cache not recorded' THEN 'nothing to load: the records have no counts of cache tokens'
           WHEN 'partly logged' THEN 'look for further log destinations and missing files of these days'
           WHEN 'not billed' THEN 'look for these calls on another account, region or model of the bill'
           WHEN 'account not billed' THEN 'load the bill of this account, or find the payer it belongs to'
           WHEN 'bill gap' THEN 'load the bill of these days'
           WHEN 'logged more than billed'
               THEN 'look for logs of one request under several ids, or a bill that is not complete'
           WHEN 'factor_1000' THEN 'compare the unit of the bill with its usage type: one side counts '
                                   'thousands' END AS hint, r.currency
FROM bedrock.reconciliation AS r
WHERE r.state = 'unmatched' AND r.day >= (SELECT period FROM arg)
  AND r.day < (SELECT period + interval '1 month' FROM arg)
GROUP BY r.finding, r.account_id, r.region, r.model_name, r.currency
ORDER BY billed_cost DESC NULLS LAST, estimate DESC NULLS LAST, finding, account, r.region, model
$q$),

('Q161', 'How much of this month is reconciled, and what is still open?', 'Finance', 'Tags and quality of the data',
'advanced', 'period', 'reconciled pending estimated unmatched state logs bill',
$c$state: reconciled, unmatched, estimated (not billed yet) or pending, as in bedrock.reconciliation
finding: why, as in bedrock.reconciliation
cells: days by account, region, model and token kind
billed_tokens: tokens of the bill; NULL: none
logged_tokens: tokens of the logs; NULL: none, or not counted
billed_cost: cost on the bill, in currency; NULL: not billed
share_pct: billed_cost in percent of the month's cost of tokens in this currency; NULL where that is not above 0
estimate [money]: what is logged, at the price book, in US dollars; NULL: nothing logged has a price
currency: currency of billed_cost; NULL: not billed, or not stated on the bill$c$,
$q$
SELECT r.state, r.finding, count(*) AS cells, sum(r.billed_tokens) AS billed_tokens,
       sum(r.logged_tokens) AS logged_tokens, sum(r.billed_cost) AS billed_cost,
       round(100 * sum(r.billed_cost)
             / CASE WHEN sum(sum(r.billed_cost)) OVER (PARTITION BY r.currency) > 0
                    THEN sum(sum(r.billed_cost)) OVER (PARTITION BY r.currency) END, 2) AS share_pct,
       sum(r.estimated_cost) AS estimate, r.currency
FROM bedrock.reconciliation AS r
WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
GROUP BY r.state, r.finding, r.currency
ORDER BY r.currency, billed_cost DESC NULLS LAST, r.state, r.finding
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
