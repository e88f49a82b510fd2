-- Questions that need the bill and the price book: what another tier or routing would cost, what tokens and dollars
-- buy, whether the book is right, and how prices changed.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q086', 'What would batch, flex or global routing have cost?', 'FinOps Leader', 'Tokens, cache, unit cost',
'common', 'period', 'batch flex global cheaper tier routing what if savings switch',
$c$workload
application
option: batch, flex (of usage in the standard tier) or global (of regional and geo usage)
tokens: those the book has such a price for
cost_now: estimate: their cost by the book as they were used, in US dollars
cost_then: estimate: their cost by the book with the option, in US dollars
delta: cost_then - cost_now
delta_pct: delta in percent of cost_now; NULL where that is 0
caveat: what the option costs otherwise
billed_cost: what these tokens were billed, in currency
currency$c$,
$q$
SELECT o.workload, o.application, o.option, o.tokens, o.cost_now, o.cost_then, -o.saving AS delta,
       round(-100 * o.saving / nullif(o.cost_now, 0), 2) AS delta_pct, o.caveat,
       o.billed_cost, o.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.savings_opportunity(a.period) AS o
WHERE o.kind IN ('tier', 'routing')
ORDER BY delta, o.workload, o.application, o.option, o.currency
$q$),

('Q092', 'What tokens does my $ budget buy? What dollars do my tokens cost?', 'Product Owner',
'Estimates, budgets, forecast, anomalies', 'essential',
$p$model text = 'us.anthropic.claude-sonnet-4-6': model id, profile id or ARN
dollars numeric = 100: what is to be spent
tokens numeric = 1000000: how many are to be used
region text = 'us-east-1': region that is called
tier text = 'standard': standard, batch, flex or priority
workload text = NULL: a workload: at what its own tokens were billed in its last month, in place of the price book
period month = bedrock.latest_period(): with workload, the month to be estimated; its mix is of the month before$p$,
'budget buy tokens dollars price estimate calculator',
$c$token_type: input, output, cache_read, cache_write
cache_ttl: how long a cache write is kept; NULL: not stated, no cache write, or of a workload
price: US dollars for a million tokens by the price book today, after discounts; prices of requests that are not long;
  of a workload: what a million of its own was billed (basis); NULL: not known
tokens: tokens that the dollars buy, were they spent on this kind alone, whole ones; NULL: free, or not known
dollars: US dollars that the tokens cost, were they of this kind alone
mix_tokens: estimate: tokens of the kind that the dollars buy in the mix of the workload, all kinds together; NULL: no
  workload, or not known
mix_dollars: estimate: US dollars of them; NULL as before
fit_tokens: estimate: tokens of the kind, were all kinds together the tokens, and cost the dollars: more or less output
  than in the mix of the workload, the other kinds in their proportions; NULL as before, or no mix of them costs that
dated: whether the source of the price knew it on this day; NULL: of a workload
basis: price book, or what the workload's prices and mix are of
currency: USD$c$,
$q$
SELECT u.*, 'USD' AS currency
FROM (
    SELECT p.token_kind AS token_type, p.cache_ttl, m.usd AS price,
           floor(a.dollars * 1000000 / nullif(m.usd, 0)) AS tokens, a.tokens * m.usd * 0.000001 AS dollars,
           NULL::numeric AS mix_tokens, NULL::numeric AS mix_dollars, NULL::numeric AS fit_tokens, p.dated,
           'price book' AS basis
    FROM arg AS a
    CROSS JOIN LATERAL bedrock.price_of(a.model, a.region, NULL, a.tier, long_context => false) AS p
    CROSS JOIN LATERAL (SELECT trim_scale(p.usd * CASE p.unit WHEN '1K tokens' THEN 1000 ELSE 1 END)) AS m (usd)
    WHERE p.unit IN ('1M tokens', '1K tokens') AND p.modality IS NULL AND a.workload IS NULL
    UNION ALL
    SELECT e.token_kind, NULL, round(e.price * 1000000, 6), floor(a.dollars / nullif(e.price, 0)),
           round(a.tokens * e.price, 6), e.tokens, e.cost, e.fit_tokens, NULL, e.basis
    FROM arg AS a
    CROSS JOIN LATERAL bedrock_internal.estimate_mix(a.period, a.workload, a.tokens, a.dollars) AS e
    WHERE a.workload IS NOT NULL) AS u
ORDER BY array_position(ARRAY['input', 'output', 'cache_read', 'cache_write'], u.token_type), u.cache_ttl = '1h',
         u.cache_ttl
$q$),

('Q132', 'Which prices are missing, old or different from the bill?', 'FinOps Leader', 'Tags and quality of the data',
'common',
$p$period date = bedrock.latest_period(): first day of the month
all boolean = false: true shows prices that agree, too$p$,
'price book missing stale wrong factor 1000 unit check right correct up date',
$c$model: model id
token_type: input, output, cache_read, cache_write
cache_ttl: 5m, 30m, 1h; NULL: not stated, or no cache write
tier
routing: regional (geo included) or global
region
long_context: whether billed at the long-context price
book_price: US dollars for a million tokens by the price book; NULL: it has none
billed_price: cost of a million tokens on the bill before discounts, in US dollars; NULL: another currency
diff_pct: how much the bill is above the book; NULL: one of them has no price
finding: missing, different, factor_1000, old, not compared, ok (bedrock.price_check)
cost: cost of these tokens before discounts, in currency
discount_pct: percent that their net cost is below cost; NULL: the bill of the month has no net columns
source: where the book has its price from
currency$c$,
$q$
SELECT c.model_id AS model, c.token_kind AS token_type, c.cache_ttl, c.tier, c.routing, c.region, c.long_context,
       c.book_usd AS book_price, c.billed_usd AS billed_price, c.diff_pct, c.finding,
       c.list_cost AS cost, c.discount_pct, c.source, c.currency
FROM bedrock.price_check AS c
WHERE c.billing_period = (SELECT period FROM arg) AND (c.finding <> 'ok' OR (SELECT "all" FROM arg))
ORDER BY array_position(ARRAY['factor_1000', 'missing', 'different', 'old', 'not compared', 'ok'], c.finding),
         c.list_cost DESC NULLS LAST, model, token_type, c.tier, c.routing, c.region, c.long_context, c.cache_ttl
$q$),

('Q133', 'Did prices change, and what did that cost?', 'FinOps Leader', 'Tags and quality of the data', 'common',
$p$months integer = 12: how many months, the latest with data included$p$,
'price change increase cut effect unit price',
$c$model: model id
token_type: input, output, cache_read, cache_write
cache_ttl: 5m, 30m, 1h; NULL: not stated, or no cache write
tier
routing: regional (geo included) or global
region
from: cost of a million tokens before discounts, in the month before that has such tokens
to: the same in the month of at
at: first day of the first month at the new price
change_pct: change of the price in percent; NULL: it was 0
effect [money]: cost of that month's tokens before discounts less their cost at the price before
discount_pct: percent that the net cost of that month is below it; NULL: its bill has no net columns
discount_before_pct: the same in the month of from
currency$c$,
$q$
SELECT c.model_id AS model, c.token_kind AS token_type, c.cache_ttl, c.tier, c.routing, c.region,
       c.from_price AS "from", c.to_price AS "to", c.billing_period AS at, c.change_pct, c.effect,
       c.discount_pct, c.previous_discount_pct AS discount_before_pct, c.currency
FROM bedrock.price_change AS c
WHERE c.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
ORDER BY at DESC, abs(c.effect) DESC, model, token_type, c.tier, c.routing, c.region, c.cache_ttl
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
