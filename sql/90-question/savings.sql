-- Questions about what could be saved. Every answer is a candidate and no promise: the same tokens at another price,
-- with a caveat for what that leaves out. What is billed and what is estimated have columns of their own.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q162', 'For which engineers is a seat cheaper than what they use, and whose seat would lie idle?', 'FinOps Leader',
'Inference profiles and the path of a request', 'advanced',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
seat_price numeric = 20: price of a seat a month, in the currency of the bill
idle_days integer = 14: days without usage after which a seat would lie idle$p$,
'engineer developer coding assistant seat licence license idle savings compare',
$c$engineer: label of the registry, else tag, else e-mail address of the session, else role or user
billed_cost: cost of coding assistants in the month so far, in currency
tokens: tokens of it
requests: requests in the logs of that engineer in the month; NULL: none
active_days: days with usage
last_day: last of them
seat_price: as asked
delta: seat_price - billed_cost; below 0 a seat would have cost less, if it covers all of this usage
finding: seat cheaper, usage cheaper, or idle (no usage on the last idle_days days the data reaches)
caveat: what the comparison leaves out
currency$c$,
$q$
, logged AS (
    SELECT coalesce(nullif(r.engineer, '(untagged)'), r.user_email, r.principal_key) AS engineer,
           sum(r.requests)::bigint AS requests
    FROM bedrock.request_day AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1)
SELECT o.engineer, o.billed_cost, o.tokens, l.requests, o.active_days, o.last_day, o.unit_cost AS seat_price,
       -o.saving AS delta,
       CASE WHEN o.last_day <= bedrock.data_through(a.period) - a.idle_days THEN 'idle'
            WHEN o.saving > 0 THEN 'seat cheaper' ELSE 'usage cheaper' END AS finding,
       o.caveat, o.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.savings_opportunity(a.period, seat_price => a.seat_price) AS o
LEFT JOIN logged AS l ON l.engineer = o.engineer
WHERE o.kind = 'seat'
ORDER BY o.currency, delta, o.engineer
$q$),

('Q074', 'What did caching save us, and what did cache writes cost?', 'Product Owner', 'Tokens, cache, unit cost',
'common', 'period', 'prompt caching economics saving premium net caching benefit worth',
$c$workload
application
saved: what cache reads would have cost more as plain input, at the input price this bill shows for model, region, tier,
  routing and context; NULL: it shows none for a part
write_premium: what cache writes cost more than plain input would have; NULL as before
net_saving: saved less write_premium; below 0 caching loses money (Q075 shows where)
saving_pct: net_saving in percent of the input without caching; NULL as before
read_cost: what cache reads were billed
write_cost: what cache writes were billed
currency$c$,
$q$
, sums AS (
    SELECT c.workload, c.application, c.currency, bool_or(c.token_kind <> 'input') AS cached,
           bool_and(c.plain_cost IS NOT NULL) AS priced, sum(c.plain_cost) AS plain_cost,
           coalesce(sum(c.plain_cost - c.cost) FILTER (WHERE c.token_kind = 'cache_read'), 0) AS saved,
           coalesce(sum(c.cost - c.plain_cost) FILTER (WHERE c.token_kind = 'cache_write'), 0) AS premium,
           coalesce(sum(c.cost) FILTER (WHERE c.token_kind = 'cache_read'), 0) AS read_cost,
           coalesce(sum(c.cost) FILTER (WHERE c.token_kind = 'cache_write'), 0) AS write_cost
    FROM arg AS a
    CROSS JOIN LATERAL bedrock.cache_cost(a.period) AS c
    GROUP BY 1, 2, 3)
SELECT s.workload, s.application, CASE WHEN s.priced THEN round(s.saved, 6) END AS saved,
       CASE WHEN s.priced THEN round(s.premium, 6) END AS write_premium,
       CASE WHEN s.priced THEN round(s.saved - s.premium, 6) END AS net_saving,
       CASE WHEN s.priced THEN round(100 * (s.saved - s.premium) / nullif(s.plain_cost, 0), 2) END AS saving_pct,
       s.read_cost, s.write_cost, s.currency
FROM sums AS s
WHERE s.cached
ORDER BY s.currency, net_saving DESC NULLS LAST, s.workload, s.application
$q$),

('Q076', '5-minute or 1-hour cache: which would have been cheaper?', 'Cloud Engineer', 'Tokens, cache, unit cost',
'advanced', 'period', 'prompt cache ttl five minutes one hour write',
$c$workload
application
model: model id
ttl: how long the writes were kept; NULL: not stated, the model's default, which is 5m where it has two
writes: cache write tokens of it that have both prices
reads: cache read tokens of the model, whatever write they go back to
cost_5m: estimate: these writes at the price of 5 minutes, in currency
cost_1h: estimate: these writes at the price of 1 hour, in currency
break_even_pct: percent of the 5-minute writes that 1 hour must make needless to be cheaper: what is written again
  within the hour; NULL: the write is free
caveat: what the comparison leaves out
currency: USD, as the price book$c$,
$q$
, used AS (
    SELECT s.workload, s.application, s.model_id, s.region, s.routing, s.tier, s.long_context, s.cache_ttl,
           s.token_kind, sum(s.tokens) AS tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.tokens > 0
      AND s.token_kind IN ('cache_read', 'cache_write') AND s.model_id IS NOT NULL
      AND s.custom_model IS NOT TRUE
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9),
priced AS (
    SELECT u.workload, u.application, u.model_id, u.cache_ttl, u.tokens,
           @extschema@.estimated_cost(u.model_id, cache_write_tokens => u.tokens, region => u.region,
                                      routing => u.routing, tier => u.tier, at => d.at,
                                      long_context => coalesce(u.long_context, false)) AS cost_5m,
           @extschema@.estimated_cost(u.model_id, cache_write_1h_tokens => u.tokens, region => u.region,
                                      routing => u.routing, tier => u.tier, at => d.at,
                                      long_context => coalesce(u.long_context, false)) AS cost_1h
    FROM used AS u
    CROSS JOIN (SELECT ((period + interval '1 month')::date - 1)::timestamp AT TIME ZONE 'UTC' FROM arg) AS d (at)
    WHERE u.token_kind = 'cache_write')
SELECT p.workload, p.application, p.model_id AS model, p.cache_ttl AS ttl, sum(p.tokens) AS writes,
       (SELECT coalesce(sum(u.tokens), 0) FROM used AS u
        WHERE u.token_kind = 'cache_read' AND u.workload = p.workload AND u.application = p.application
          AND u.model_id = p.model_id) AS reads,
       sum(p.cost_5m) AS cost_5m, sum(p.cost_1h) AS cost_1h,
       round(100 * (1 - sum(p.cost_5m) / nullif(sum(p.cost_1h), 0)), 2) AS break_even_pct,
       CASE WHEN p.cache_ttl = '1h'
                THEN 'a bill does not show which of these an expired 5-minute cache would have written again'
            ELSE 'a bill does not show which of these an hour would have spared' END AS caveat, 'USD' AS currency
FROM priced AS p
WHERE p.cost_5m IS NOT NULL AND p.cost_1h IS NOT NULL
GROUP BY p.workload, p.application, p.model_id, p.cache_ttl
ORDER BY cost_5m DESC, p.workload, p.application, model, ttl
$q$),

('Q085', 'Which team is burning tokens on Opus when Haiku would do?', 'FinOps Leader', 'Tokens, cache, unit cost',
'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
family text = 'Opus': family of the models to leave
cheaper text = 'anthropic.claude-haiku-4-5-20251001-v1:0': model id to go to$p$,
'model switch cheaper right size opus haiku team savings | can we use haiku instead of opus',
$c$team
application
model: name of the model in use
cheaper_model: model id asked about
tokens: those that both models have a price for
unpriced_tokens: those that one of them has no price for, in none of the other columns
billed_cost: what all of these tokens were billed, in currency
cost_now: estimate: tokens at the price book as they were used, in US dollars
cost_then: estimate: the same tokens at the price book of the cheaper model, in the same region, routing and tier
delta: cost_then - cost_now
delta_pct: delta in percent of cost_now; NULL where that is 0
caveat: what the comparison leaves out
currency$c$,
$q$
SELECT o.team, o.application, o.model, o.option AS cheaper_model, o.tokens, o.unpriced_tokens, o.billed_cost,
       o.cost_now, o.cost_then, -o.saving AS delta,
       round(-100 * o.saving / nullif(o.cost_now, 0), 2) AS delta_pct, o.caveat, o.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.savings_opportunity(a.period, a.family, a.cheaper) AS o
WHERE o.kind = 'model'
ORDER BY delta NULLS LAST, o.team, o.application, o.model
$q$),

('Q087', 'Does provisioned throughput pay off (break-even)?', 'FinOps Leader', 'Tokens, cache, unit cost',
'common',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
unit_tokens numeric = NULL: input and output tokens a minute that one model unit serves, as AWS states it for your
  model; left out: utilisation is not known$p$,
'provisioned throughput model unit commitment break even on demand',
$c$model: model id; models that are billed on demand and have a price of model units in the book
region
option: provisioned_no_commit, provisioned_1_month, provisioned_6_month
tokens: input and output tokens on demand
on_demand_cost: their cost and that of cached tokens on the bill, in currency
unit_price: estimate: US dollars an hour for a model unit, by the price book
provisioned_cost: estimate: one model unit all hours of the month, in US dollars
break_even: model units that on_demand_cost would pay for all month; below 1 provisioned throughput cannot pay off;
  NULL: the bill is not in US dollars
utilisation: percent of one model unit that tokens would use over the month; NULL: unit_tokens is not given
caveat: what the comparison leaves out
currency$c$,
$q$
SELECT o.model, o.region, o.option, o.tokens, o.billed_cost AS on_demand_cost, o.unit_cost / h.hours AS unit_price,
       o.unit_cost AS provisioned_cost,
       CASE WHEN o.currency = 'USD' THEN round(o.billed_cost / nullif(o.unit_cost, 0), 4) END AS break_even,
       o.utilisation, o.caveat, o.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.savings_opportunity(a.period, unit_tokens => a.unit_tokens) AS o
CROSS JOIN LATERAL (SELECT 24 * ((a.period + interval '1 month')::date - a.period) AS hours) AS h
WHERE o.kind = 'provisioned'
ORDER BY break_even DESC NULLS LAST, o.model, o.region, o.option
$q$),

('Q077', 'How much of my overage would a better cache recover?', 'Product Owner', 'Tokens, cache, unit cost',
    'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
estimates jsonb = '{}': what each application was to cost in the month, in the currency of the bill: {"hr-portal":
  12000}; left out: what was set for its workload (bedrock.set_estimate)
target_rate numeric = bedrock_internal.setting_value('cache_hit_healthy')::numeric: share of cache reads that is to be
  reached, 0 to 1
reads_per_write numeric = NULL: how often a written token would be read; left out: as the usage itself does$p$,
'cache hit rate overage recover estimate budget savings tighten',
$c$application
billed_cost
estimate [money]: as asked or set, in currency; NULL: none, or the application shares its workload
overage: billed_cost above estimate, 0 where it is below; NULL: no estimate
recoverable: estimate: what the bill would have been lower with target_rate, by the price book, in US dollars; NULL: it
  is not known (no prompt is read from a cache yet and reads_per_write is not given, or no price) or target_rate is
  reached
recoverable_pct: recoverable in percent of overage; NULL: one of them is missing, the overage is 0, or the bill is not
  in US dollars
target_rate: as asked
tokens: input tokens that would be read from the cache
unpriced_tokens: such tokens without a price, in none of the estimates
caveat: what the estimate leaves out
currency$c$,
$q$
, pair AS (
    SELECT s.application, s.workload, s.currency, sum(s.ai_cost) AS cost,
           count(*) OVER (PARTITION BY s.application, s.currency) = 1
           AND count(*) OVER (PARTITION BY s.workload, s.currency) = 1 AS are_one
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND bedrock_internal.counts_in_plans(s.charge_category)
    GROUP BY 1, 2, 3),
billed AS (
    SELECT p.application, p.currency, sum(p.cost) AS cost, min(p.workload) FILTER (WHERE p.are_one) AS workload
    FROM pair AS p
    GROUP BY 1, 2),
stored AS (
    SELECT p.workload, p.currency, p.cost
    FROM arg AS a CROSS JOIN LATERAL bedrock_internal.estimate_parts(a.period) AS p
    WHERE p.token_kind = 'all' AND a.estimates = '{}'),
better AS (
    SELECT o.application, o.currency, sum(o.saving) AS saving, sum(o.tokens) AS tokens,
           sum(o.unpriced_tokens) AS unpriced_tokens, min(o.caveat) AS caveat
    FROM arg AS a
    CROSS JOIN LATERAL bedrock.savings_opportunity(a.period, target_rate => a.target_rate,
                                                   reads_per_write => a.reads_per_write) AS o
    WHERE o.kind = 'cache' AND o.option = 'more hits'
    GROUP BY 1, 2)
SELECT b.application, b.cost AS billed_cost, e.estimate, greatest(b.cost - e.estimate, 0 * e.estimate) AS overage,
       c.saving AS recoverable,
       CASE WHEN b.currency = 'USD' AND b.cost > e.estimate THEN round(100 * c.saving / (b.cost - e.estimate), 2) END
           AS recoverable_pct,
       a.target_rate, c.tokens, c.unpriced_tokens, c.caveat,
       b.currency
FROM billed AS b
CROSS JOIN arg AS a
LEFT JOIN stored AS t ON t.workload = b.workload AND t.currency = b.currency
CROSS JOIN LATERAL (SELECT coalesce((a.estimates ->> b.application)::numeric, t.cost) AS estimate) AS e
LEFT JOIN better AS c ON c.application = b.application AND c.currency IS NOT DISTINCT FROM b.currency
WHERE e.estimate IS NOT NULL OR c.application IS NOT NULL
ORDER BY b.currency, c.saving DESC NULLS LAST, b.application
$q$),

('Q163', 'Where could we save most?', 'FinOps Leader', 'Tokens, cache, unit cost', 'advanced',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
family text = 'Opus': family of the models to leave
cheaper text = 'anthropic.claude-haiku-4-5-20251001-v1:0': model id to go to
target_rate numeric = bedrock_internal.setting_value('cache_hit_healthy')::numeric: share of cache reads that is to be
  reached, 0 to 1
unit_tokens numeric = NULL: input and output tokens a minute that one model unit serves; left out: what provisioned
  throughput would save is not known
seat_price numeric = 20: price of a seat a month, in the currency of the bill$p$,
'savings opportunity candidates optimise optimize reduce cost biggest rank list all model batch flex global cache '
'provisioned seat waste wasted wasting | is there waste',
$c$rank: place by saving, within saving_currency; candidates about the same usage exclude each other: never add them;
  NULL: saving is not known
kind: model, tier, routing, cache, provisioned or seat
candidate: what to go to: a model id, batch, flex, global, more hits or none (of the cache), provisioned_*, seat
scope: what it is about: workload, application, team, model, engineer, region
billed_now: what the tokens concerned are on the bill, in currency
could_be: estimate: what they would cost, in saving_currency; NULL: not known
saving: estimate: in saving_currency, at public or your own prices of both sides (bedrock.savings_opportunity); NULL:
  not known, see caveat
saving_currency: USD where it is by the price book, else the currency of the bill
basis: what could_be and saving are computed from
caveat: what they leave out
currency
question: the question with the details$c$,
$q$
, candidate AS (
    SELECT o.*,
           concat_ws(', ', 'workload ' || nullif(o.workload, '(unclaimed)'), 'application ' || o.application,
                     'team ' || o.team, 'model ' || o.model, 'engineer ' || o.engineer, 'region ' || o.region) AS scope
    FROM arg AS a
    CROSS JOIN LATERAL bedrock.savings_opportunity(a.period, a.family, a.cheaper, a.target_rate, NULL, a.unit_tokens,
                                                   a.seat_price) AS o
    WHERE o.saving > 0 OR o.saving IS NULL AND o.billed_cost > o.unit_cost)
SELECT CASE WHEN c.saving IS NOT NULL
                THEN rank() OVER (PARTITION BY c.saving_currency ORDER BY c.saving DESC NULLS LAST) END AS rank,
       c.kind, c.option AS candidate, c.scope,
       c.billed_cost AS billed_now, c.cost_then AS could_be, c.saving, c.saving_currency, c.basis, c.caveat, c.currency,
       CASE c.kind WHEN 'model' THEN 'Q085' WHEN 'tier' THEN 'Q086' WHEN 'routing' THEN 'Q086'
            WHEN 'cache' THEN CASE c.option WHEN 'none' THEN 'Q075' ELSE 'Q077' END WHEN 'provisioned' THEN 'Q087'
            ELSE 'Q162' END AS question
FROM candidate AS c
ORDER BY c.saving_currency, rank NULLS LAST, c.billed_cost DESC, c.kind, candidate, c.scope
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
