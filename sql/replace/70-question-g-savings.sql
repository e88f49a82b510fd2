-- Questions about what could be saved. Every answer is a candidate and no promise: the same tokens at another price, with
-- what that leaves out said beside it. What is billed and what is estimated have columns of their own.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q162', 'For which engineers is a seat cheaper than what they use, and whose seat would lie idle?', 'FinOps Leader', 'Inference profiles and the path of a request', 'beyond',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
seat_price numeric = 20: price of a seat a month, in the currency of the bill
idle_days integer = 14: days without usage after which a seat would lie idle$p$, 'engineer developer coding assistant seat licence license idle savings compare',
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
, used AS (
    SELECT coalesce(nullif(s.engineer, '(untagged)'), s.user_email, s.principal_key) AS engineer, s.currency, sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens,
           count(DISTINCT s.usage_date) AS days, max(s.usage_date) AS last_day
    FROM bedrock.spend AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.traffic_class = 'coding_assistant'
    GROUP BY 1, 2),
logged AS (
    SELECT coalesce(nullif(r.engineer, '(untagged)'), r.user_email, r.principal_key) AS engineer, sum(r.requests)::bigint AS requests
    FROM bedrock.request_day AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1)
SELECT u.engineer, u.cost AS billed_cost, u.tokens, l.requests, u.days AS active_days, u.last_day, a.seat_price, a.seat_price - u.cost AS delta,
       CASE WHEN u.last_day <= bedrock.data_through(a.period) - a.idle_days THEN 'idle' WHEN u.cost > a.seat_price THEN 'seat cheaper' ELSE 'usage cheaper' END AS finding,
       'a seat has limits and models of its own, and usage may be less of a month than a seat is paid for' AS caveat, u.currency
FROM used AS u
CROSS JOIN arg AS a
LEFT JOIN logged AS l ON l.engineer = u.engineer
ORDER BY u.currency, delta, u.engineer
$q$),

('Q074', 'What did caching save us, and what did cache writes cost?', 'Product Owner', 'Tokens, cache, unit cost', 'peer parity', 'period', 'prompt caching economics saving premium net',
$c$workload
application
saved: what cache reads would have cost more as plain input, at the input price this bill shows for model, region, tier, routing and context; NULL: it shows none for a part
write_premium: what cache writes cost more than plain input would have; NULL as before
net_saving: saved less write_premium; below 0 caching loses money (Q075 tells where)
saving_pct: net_saving in percent of the input without caching; NULL as before
read_cost: what cache reads were billed
write_cost: what cache writes were billed
currency$c$,
$q$
, cell AS (
    SELECT s.workload, s.application, s.model_id, s.region, s.tier, s.routing, s.long_context, s.custom_model, s.currency, s.token_kind, sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.tokens > 0 AND s.token_kind IN ('input', 'cache_read', 'cache_write')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
price AS (
    SELECT c.model_id, c.region, c.tier, c.routing, c.long_context, c.custom_model, c.currency, sum(c.cost) / sum(c.tokens) AS input_price
    FROM cell AS c
    WHERE c.token_kind = 'input'
    GROUP BY 1, 2, 3, 4, 5, 6, 7),
sums AS (
    SELECT c.workload, c.application, c.currency, count(*) FILTER (WHERE c.token_kind <> 'input') AS cached, count(*) = count(p.input_price) AS priced,
           coalesce(sum(c.tokens * p.input_price - c.cost) FILTER (WHERE c.token_kind = 'cache_read'), 0) AS saved,
           coalesce(sum(c.cost - c.tokens * p.input_price) FILTER (WHERE c.token_kind = 'cache_write'), 0) AS premium, sum(c.tokens * p.input_price) AS uncached,
           coalesce(sum(c.cost) FILTER (WHERE c.token_kind = 'cache_read'), 0) AS read_cost, coalesce(sum(c.cost) FILTER (WHERE c.token_kind = 'cache_write'), 0) AS write_cost
    FROM cell AS c
    LEFT JOIN price AS p ON p.model_id = c.model_id AND p.region IS NOT DISTINCT FROM c.region AND p.tier = c.tier AND p.routing = c.routing
        AND p.long_context = c.long_context AND p.custom_model = c.custom_model AND p.currency IS NOT DISTINCT FROM c.currency
    WHERE c.model_id IN (SELECT k.model_id FROM cell AS k WHERE k.token_kind <> 'input')
    GROUP BY 1, 2, 3)
SELECT s.workload, s.application, CASE WHEN s.priced THEN round(s.saved, 6) END AS saved, CASE WHEN s.priced THEN round(s.premium, 6) END AS write_premium,
       CASE WHEN s.priced THEN round(s.saved - s.premium, 6) END AS net_saving, CASE WHEN s.priced THEN round(100 * (s.saved - s.premium) / nullif(s.uncached, 0), 2) END AS saving_pct,
       s.read_cost, s.write_cost, s.currency
FROM sums AS s
WHERE s.cached > 0
ORDER BY s.currency, net_saving DESC NULLS LAST, s.workload, s.application
$q$),

('Q076', '5-minute or 1-hour cache: which would have been cheaper?', 'Cloud Engineer', 'Tokens, cache, unit cost', 'beyond', 'period', 'prompt cache ttl five minutes one hour write',
$c$workload
application
model: model id
ttl: how long the writes were kept; NULL: not stated, the model's default, which is 5m where it has two
writes: cache write tokens of it that have both prices
reads: cache read tokens of the model, whatever write they go back to
cost_5m: estimate: these writes at the price of 5 minutes, in US dollars
cost_1h: estimate: these writes at the price of 1 hour
break_even_pct: percent of the 5-minute writes that 1 hour must make needless to be cheaper: what is written again within the hour; NULL: the write is free
caveat: what the comparison leaves out$c$,
$q$
, used AS (
    SELECT s.workload, s.application, s.model_id, s.region, s.routing, s.tier, s.long_context, s.cache_ttl, s.token_kind, sum(s.tokens) AS tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.tokens > 0 AND s.token_kind IN ('cache_read', 'cache_write') AND s.model_id IS NOT NULL
      AND s.custom_model IS NOT TRUE
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9),
priced AS (
    SELECT u.workload, u.application, u.model_id, u.cache_ttl, u.tokens,
           @extschema@.estimated_cost(u.model_id, cache_write_tokens => u.tokens, region => u.region, routing => u.routing, tier => u.tier, at => d.at, long_context => coalesce(u.long_context, false)) AS cost_5m,
           @extschema@.estimated_cost(u.model_id, cache_write_1h_tokens => u.tokens, region => u.region, routing => u.routing, tier => u.tier, at => d.at, long_context => coalesce(u.long_context, false)) AS cost_1h
    FROM used AS u
    CROSS JOIN (SELECT ((period + interval '1 month')::date - 1)::timestamp AT TIME ZONE 'UTC' FROM arg) AS d (at)
    WHERE u.token_kind = 'cache_write')
SELECT p.workload, p.application, p.model_id AS model, p.cache_ttl AS ttl, sum(p.tokens) AS writes,
       (SELECT coalesce(sum(u.tokens), 0) FROM used AS u WHERE u.token_kind = 'cache_read' AND u.workload = p.workload AND u.application = p.application AND u.model_id = p.model_id) AS reads,
       sum(p.cost_5m) AS cost_5m, sum(p.cost_1h) AS cost_1h, round(100 * (1 - sum(p.cost_5m) / nullif(sum(p.cost_1h), 0)), 2) AS break_even_pct,
       CASE WHEN p.cache_ttl = '1h' THEN 'a bill does not tell which of these an expired 5-minute cache would have written again' ELSE 'a bill does not tell which of these an hour would have spared' END AS caveat
FROM priced AS p
WHERE p.cost_5m IS NOT NULL AND p.cost_1h IS NOT NULL
GROUP BY p.workload, p.application, p.model_id, p.cache_ttl
ORDER BY cost_5m DESC, p.workload, p.application, model, ttl
$q$),

('Q085', 'Which team is burning tokens on Opus when Haiku would do?', 'FinOps Leader', 'Tokens, cache, unit cost', 'must',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
family text = 'Opus': family of the models to leave
cheaper text = 'anthropic.claude-haiku-4-5-20251001-v1:0': model id to go to$p$, 'model switch cheaper right size opus haiku team savings',
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
, used AS (
    SELECT s.team, s.application, s.model_id, s.model_name, s.region, s.routing, s.tier, s.long_context, s.token_kind, s.cache_ttl, s.currency, sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.model_family = (SELECT family FROM arg) AND s.charge_category = 'usage' AND s.tokens > 0 AND s.token_kind IS NOT NULL
      AND s.custom_model IS NOT TRUE AND coalesce(s.modality, 'text') = 'text'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
priced AS (
    SELECT u.*, n.cost AS cost_now, CASE WHEN n.cost IS NOT NULL THEN t.cost END AS cost_then
    FROM used AS u
    CROSS JOIN LATERAL (SELECT CASE u.token_kind WHEN 'input' THEN u.tokens END, CASE u.token_kind WHEN 'output' THEN u.tokens END, CASE u.token_kind WHEN 'cache_read' THEN u.tokens END,
                               CASE WHEN u.token_kind = 'cache_write' AND u.cache_ttl IS DISTINCT FROM '1h' THEN u.tokens END,
                               CASE WHEN u.token_kind = 'cache_write' AND u.cache_ttl = '1h' THEN u.tokens END) AS c (input, output, cache_read, cache_write, cache_write_1h)
    CROSS JOIN (SELECT cheaper, ((period + interval '1 month')::date - 1)::timestamp AT TIME ZONE 'UTC' FROM arg) AS d (model, at)
    CROSS JOIN LATERAL (SELECT @extschema@.estimated_cost(u.model_id, c.input, c.output, c.cache_read, c.cache_write, c.cache_write_1h, u.region, u.routing, u.tier, d.at, coalesce(u.long_context, false))) AS n (cost)
    CROSS JOIN LATERAL (SELECT @extschema@.estimated_cost(d.model, c.input, c.output, c.cache_read, c.cache_write, c.cache_write_1h, u.region, u.routing, u.tier, d.at, coalesce(u.long_context, false))) AS t (cost))
SELECT p.team, p.application, p.model_name AS model, (SELECT cheaper FROM arg) AS cheaper_model, coalesce(sum(p.tokens) FILTER (WHERE p.cost_then IS NOT NULL), 0) AS tokens,
       coalesce(sum(p.tokens) FILTER (WHERE p.cost_then IS NULL), 0) AS unpriced_tokens, sum(p.cost) FILTER (WHERE p.cost_then IS NOT NULL) AS billed_cost,
       sum(p.cost_now) FILTER (WHERE p.cost_then IS NOT NULL) AS cost_now, sum(p.cost_then) AS cost_then, sum(p.cost_then - p.cost_now) AS delta,
       round(100 * sum(p.cost_then - p.cost_now) / nullif(sum(p.cost_now) FILTER (WHERE p.cost_then IS NOT NULL), 0), 2) AS delta_pct,
       'whether its answers are good enough, and how many tokens it needs for them, only a trial can tell' AS caveat, p.currency
FROM priced AS p
GROUP BY p.team, p.application, p.model_name, p.currency
ORDER BY delta NULLS LAST, p.team, p.application, model
$q$),

('Q087', 'Does provisioned throughput pay off (break-even)?', 'FinOps Leader', 'Tokens, cache, unit cost', 'peer parity',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
unit_tokens numeric = NULL: input and output tokens a minute that one model unit serves, as AWS states it for your model; left out: utilisation is not known$p$, 'provisioned throughput model unit commitment break even on demand',
$c$model: model id; models that are billed on demand and have a price of model units in the book
region
option: provisioned_no_commit, provisioned_1_month, provisioned_6_month
tokens: input and output tokens on demand
on_demand_cost: their cost and that of cached tokens on the bill, in currency
unit_price: estimate: US dollars an hour for a model unit, by the price book
provisioned_cost: estimate: one model unit all hours of the month, in US dollars
break_even: model units that on_demand_cost would pay for all month; below 1 provisioned throughput cannot pay off; NULL: the bill is not in US dollars
utilisation: percent of one model unit that tokens would use over the month; NULL: unit_tokens is not given
caveat: what the comparison leaves out
currency$c$,
$q$
, used AS (
    SELECT s.model_id, s.region, s.currency, sum(s.tokens) FILTER (WHERE s.token_kind IN ('input', 'output')) AS tokens, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.tokens > 0 AND s.token_kind IS NOT NULL AND s.pricing_model = 'on_demand'
    GROUP BY 1, 2, 3),
offered AS (
    SELECT DISTINCT ON (u.model_id, u.region, u.currency, p.tier) u.model_id, u.region, u.currency, u.tokens, u.cost, p.tier, p.usd
    FROM used AS u
    CROSS JOIN arg AS a
    JOIN bedrock.price AS p ON p.model_id = u.model_id AND p.region IN (u.region, '*') AND p.unit = 'model unit hour' AND upper_inf(p.recorded) AND NOT p.doubtful
        AND p.valid @> ((a.period + interval '1 month')::date - 1)
    ORDER BY u.model_id, u.region, u.currency, p.tier, array_position(ARRAY['user', 'price_list', 'shipped'], p.origin), p.region = '*', lower(p.valid) DESC NULLS LAST)
SELECT o.model_id AS model, o.region, o.tier AS option, o.tokens, o.cost AS on_demand_cost, o.usd AS unit_price, o.usd * h.hours AS provisioned_cost,
       CASE WHEN o.currency = 'USD' THEN round(o.cost / nullif(o.usd * h.hours, 0), 4) END AS break_even, round(100 * o.tokens / (a.unit_tokens * 60 * h.hours), 4) AS utilisation,
       'one unit may serve less than was asked for at the busiest minute, and a commitment is paid also where nothing is asked' AS caveat, o.currency
FROM offered AS o
CROSS JOIN arg AS a
CROSS JOIN LATERAL (SELECT 24 * ((a.period + interval '1 month')::date - a.period) AS hours) AS h
ORDER BY break_even DESC NULLS LAST, model, o.region, option
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
