-- Questions E: tokens, cache, unit cost. A cost per token is over the lines that have tokens.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Tokens, cache, unit cost', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q072', 'What are my input vs output token costs?', 'Product Owner',
    'essential', 'period', 'input output token type kind',
$c$token_type: input, output, cache_read, cache_write
tokens
cost
share_pct: percent of the cost of all tokens in this currency; NULL where that is not above 0
cost_per_million
currency$c$,
$q$
SELECT s.token_kind AS token_type, sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2)
           AS share_pct,
       sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL) * 1000000 / nullif(sum(s.tokens), 0) AS cost_per_million,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.token_kind IS NOT NULL
GROUP BY s.token_kind, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, cost DESC, token_type
$q$),

('Q073', 'What is my cache hit rate?', 'Product Owner',
    'essential', 'period', 'prompt caching hit rate cached application',
$c$workload
application
cache_read
input: input tokens that came from no cache
cache_write
hit_rate: cache_read / (input + cache_read + cache_write); of models that bill cache tokens anywhere in the data loaded
threshold: setting cache_hit_healthy
healthy: whether hit_rate is above threshold$c$,
$q$
, counted AS (
    SELECT u.workload, u.application, sum(u.cache_read) AS cache_read, sum(u.input) AS input,
           sum(u.cache_write) AS cache_write,
           bedrock_internal.cache_rate(sum(u.input), sum(u.cache_read), sum(u.cache_write)) AS hit_rate
    FROM arg AS a
    CROSS JOIN LATERAL bedrock_internal.cache_use(a.period) AS u
    GROUP BY u.workload, u.application)
SELECT c.workload, c.application, c.cache_read, c.input, c.cache_write, c.hit_rate, t.threshold,
       c.hit_rate > t.threshold AS healthy
FROM counted AS c
CROSS JOIN (SELECT bedrock_internal.setting_value('cache_hit_healthy')::numeric AS threshold) AS t
ORDER BY c.input + c.cache_read + c.cache_write DESC, c.workload, c.application
$q$),

('Q075', 'Where does caching lose money (writes without reads)?', 'Cloud Engineer', 'common', 'period',
'cache write loss waste prompt caching',
$c$workload
application
model
writes: cache write tokens
reads: cache read tokens
reads_per_write: reads / writes
loss: what caching cost more than the same tokens as plain input would have, at the input price this bill shows for
  model, region, tier, routing and context; NULL: it shows none
currency$c$,
$q$
, cache AS (
    SELECT c.workload, c.application, c.model_name, c.currency,
           sum(c.tokens) FILTER (WHERE c.token_kind = 'cache_write') AS writes,
           coalesce(sum(c.tokens) FILTER (WHERE c.token_kind = 'cache_read'), 0) AS reads,
           CASE WHEN count(c.plain_cost) = count(*) THEN round(sum(c.cost - c.plain_cost), 6) END AS loss
    FROM arg AS a
    CROSS JOIN LATERAL bedrock.cache_cost(a.period) AS c
    WHERE c.token_kind IN ('cache_read', 'cache_write')
    GROUP BY 1, 2, 3, 4)
SELECT c.workload, c.application, c.model_name AS model, c.writes, c.reads, c.reads / c.writes AS reads_per_write,
       c.loss, c.currency
FROM cache AS c
WHERE c.writes > 0 AND (c.reads = 0 OR c.loss > 0 OR c.loss IS NULL)
ORDER BY c.currency, c.loss DESC NULLS LAST, c.workload, c.application, model
$q$),

('Q078', 'Tokens per app per day.', 'Product Owner', 'essential', 'period', 'application daily tokens',
$c$day
app
input
output
cache_read
cache_write$c$,
$q$
SELECT s.usage_date AS day, s.application AS app,
       sum(s.tokens) FILTER (WHERE s.token_kind = 'input') AS input,
       sum(s.tokens) FILTER (WHERE s.token_kind = 'output') AS output,
       sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_read') AS cache_read,
       sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_write') AS cache_write
FROM bedrock.spend AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
  AND s.token_kind IS NOT NULL
GROUP BY s.usage_date, s.application
ORDER BY day, app
$q$),

('Q079', 'Cost per million tokens by model (top 5) over time.', 'FinOps Leader', 'common',
$p$months integer = 12: how many months, the latest with data included
top integer = 5: how many models, by cost over these months$p$, 'unit price trend',
$c$month
model
cost_per_million
currency$c$,
$q$
, spent AS (
    SELECT s.billing_period, s.model_name, s.currency, sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage' AND s.tokens IS NOT NULL AND s.model_name IS NOT NULL
      AND s.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
    GROUP BY 1, 2, 3),
ranked AS (
    SELECT s.model_name, s.currency,
           row_number() OVER (PARTITION BY s.currency ORDER BY sum(s.cost) DESC, s.model_name) AS place
    FROM spent AS s
    GROUP BY 1, 2)
SELECT s.billing_period AS month, s.model_name AS model, s.cost * 1000000 / nullif(s.tokens, 0) AS cost_per_million,
       s.currency
FROM spent AS s
JOIN ranked AS r ON r.model_name = s.model_name AND r.currency IS NOT DISTINCT FROM s.currency
WHERE r.place <= (SELECT top FROM arg)
ORDER BY s.currency, r.place, month
$q$),

('Q080', 'Cost per 1K tokens by usage group.', 'Cloud Engineer', 'common', 'period', 'thousand tokens unit cost',
$c$usage_group
token_kind
cost_per_1k: cost of the lines that have tokens, for a thousand of them
tokens
cost
currency$c$,
$q$
SELECT s.usage_group, s.token_kind, sum(s.ai_cost) * 1000 / nullif(sum(s.tokens), 0) AS cost_per_1k,
       sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.tokens IS NOT NULL
GROUP BY s.usage_group, s.token_kind, s.currency
ORDER BY s.currency, cost DESC, s.usage_group, s.token_kind
$q$),

('Q084', 'Output-to-input ratio by app, and is it rising?', 'Product Owner', 'advanced',
$p$weeks integer = 12: how many weeks, the latest with data included$p$, 'ratio verbosity output input week trend',
$c$app
week: Monday of the week (UTC)
ratio: output tokens / (input + cache_read + cache_write tokens); NULL: nothing went in
change: ratio less that of the application's week before$c$,
$q$
, daily AS (
    SELECT s.application, s.usage_date, s.token_kind = 'output' AS output, sum(s.tokens) AS tokens
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.token_kind IS NOT NULL
      AND s.usage_date >= (SELECT date_trunc('week', bedrock.data_through()::timestamp)::date - 7 * weeks + 7 FROM arg)
    GROUP BY 1, 2, 3),
counted AS (
    SELECT d.application, date_trunc('week', d.usage_date::timestamp)::date AS week,
           coalesce(sum(d.tokens) FILTER (WHERE d.output), 0)
               / nullif(sum(d.tokens) FILTER (WHERE NOT d.output), 0) AS ratio
    FROM daily AS d
    GROUP BY 1, 2)
SELECT c.application AS app, c.week, c.ratio,
       c.ratio - lag(c.ratio) OVER (PARTITION BY c.application ORDER BY c.week) AS change
FROM counted AS c
ORDER BY app, week
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
