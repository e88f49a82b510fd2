-- What could be saved: one function with every candidate, which the questions about savings filter. A candidate is no
-- promise: the same tokens at another price, with a caveat for what that leaves out.

CREATE OR REPLACE FUNCTION bedrock.cache_cost(period date DEFAULT bedrock.latest_period())
    RETURNS TABLE (workload text, application text, model_id text, model_name text, currency text, token_kind text,
                   tokens numeric, cost numeric, plain_cost numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.workload, p.application, p.model_id, p.model_name, p.currency, p.token_kind, sum(p.tokens), sum(p.cost),
           CASE WHEN count(p.input_price) = count(*) THEN sum(p.tokens * p.input_price) END
    FROM (SELECT c.*, sum(c.cost) FILTER (WHERE c.token_kind = 'input') OVER meter
          / sum(c.tokens) FILTER (WHERE c.token_kind = 'input') OVER meter AS input_price,
                 bool_or(c.token_kind <> 'input') OVER (PARTITION BY c.model_id) AS cached
          FROM (SELECT s.workload, s.application, s.model_id, s.model_name, s.region, s.tier, s.routing, s.long_context,
                       s.custom_model, s.currency, s.token_kind,
                       sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost
                FROM bedrock.spend_monthly AS s
                WHERE s.billing_period = (SELECT cache_cost.period) AND s.charge_category = 'usage' AND s.tokens > 0
                  AND s.token_kind IN ('input', 'cache_read', 'cache_write')
                GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) AS c
          WINDOW meter AS (PARTITION BY c.model_id, c.region, c.tier, c.routing, c.long_context, c.custom_model,
                           c.currency)) AS p
    WHERE p.cached
    GROUP BY 1, 2, 3, 4, 5, 6;
END;
COMMENT ON FUNCTION bedrock.cache_cost(date) IS
    'input and cached tokens of the models that cache in a month: what they were billed (cost), and what they would '
    'have cost as plain input (plain_cost) at the input price of the same bill for model, region, tier, routing and '
    'context. NULL: no such price for a part';

CREATE OR REPLACE FUNCTION bedrock.savings_opportunity(period date DEFAULT bedrock.latest_period(),
    family text DEFAULT 'Opus',
    cheaper text DEFAULT 'anthropic.claude-haiku-4-5-20251001-v1:0', target_rate numeric DEFAULT NULL,
    reads_per_write numeric DEFAULT NULL,
    unit_tokens numeric DEFAULT NULL, seat_price numeric DEFAULT 20)
    RETURNS TABLE (kind text, option text, workload text, application text, team text, engineer text, model text,
                   region text, tokens numeric,
        unpriced_tokens numeric, billed_cost numeric, currency text, cost_now numeric, cost_then numeric,
        saving numeric, saving_currency text,
        unit_cost numeric, utilisation numeric, active_days bigint, last_day date, basis text, caveat text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- The period in a subquery is asked for once, not for every line. Another model: what one of the two has no price
    -- for is left out of both.
    SELECT 'model'::text AS kind, savings_opportunity.cheaper AS option, NULL::text AS workload, p.application, p.team,
           NULL::text AS engineer, p.model_name AS model, NULL::text AS region,
           coalesce(sum(p.tokens) FILTER (WHERE p.priced), 0) AS tokens,
           coalesce(sum(p.tokens) FILTER (WHERE NOT p.priced), 0) AS unpriced_tokens,
           sum(p.cost) FILTER (WHERE p.priced) AS billed_cost, p.currency,
           sum(p.cost_now) FILTER (WHERE p.priced) AS cost_now, sum(p.cost_then) FILTER (WHERE p.priced) AS cost_then,
           sum(p.cost_now - p.cost_then) AS saving, 'USD'::text AS saving_currency, NULL::numeric AS unit_cost,
           NULL::numeric AS utilisation, NULL::bigint AS active_days,
           NULL::date AS last_day, 'price book: the same tokens of both models'::text AS basis,
           'whether its answers are good enough, and how many tokens it needs for them, only a trial can show'::text
           AS caveat
    FROM (SELECT q.*, q.cost_now IS NOT NULL AND q.cost_then IS NOT NULL AS priced
          FROM (SELECT u.*,
                       bedrock_internal.token_cost(u.model_id, u.token_kind, u.cache_ttl, u.tokens, u.region, u.routing,
                                                   u.tier, u.day, u.long_context) AS cost_now,
                       bedrock_internal.token_cost(savings_opportunity.cheaper, u.token_kind, u.cache_ttl, u.tokens,
                                                   u.region, u.routing, u.tier, u.day, u.long_context) AS cost_then
                FROM (SELECT s.team, s.application, s.model_id, s.model_name, s.region, s.routing, s.tier,
                             s.long_context, s.token_kind, s.cache_ttl, s.currency,
                             (s.billing_period + interval '1 month')::date - 1 AS day, sum(s.tokens) AS tokens,
                             sum(s.ai_cost) AS cost
                      FROM bedrock.spend_monthly AS s
                      WHERE s.billing_period = (SELECT savings_opportunity.period)
                        AND s.model_family = savings_opportunity.family AND s.charge_category = 'usage' AND s.tokens > 0
                        AND s.token_kind IS NOT NULL AND s.custom_model IS NOT TRUE
                        AND coalesce(s.modality, 'text') = 'text'
                      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) AS u) AS q) AS p
    GROUP BY p.team, p.application, p.model_name, p.currency

    UNION ALL
    -- Another tier or routing.
    SELECT q.kind, q.option, q.workload, q.application, NULL, NULL, NULL, NULL, sum(q.tokens), NULL, sum(q.cost),
           q.currency, sum(q.cost_now), sum(q.cost_then), sum(q.cost_now - q.cost_then), 'USD',
           NULL, NULL, NULL, NULL, 'price book: the same tokens in both', q.caveat
    FROM (SELECT o.kind, o.option, o.caveat, u.workload, u.application, u.currency, u.tokens, u.cost,
                 bedrock_internal.token_cost(u.model_id, u.token_kind, u.cache_ttl, u.tokens, u.region, u.routing,
                                             u.tier, u.day, u.long_context) AS cost_now,
                 bedrock_internal.token_cost(u.model_id, u.token_kind, u.cache_ttl, u.tokens, u.region,
                                             coalesce(o.routing, u.routing), coalesce(o.tier, u.tier), u.day,
                                             u.long_context) AS cost_then
          FROM (SELECT s.workload, s.application, s.model_id, s.region,
                       CASE s.routing WHEN 'geo' THEN 'regional' ELSE s.routing END AS routing, s.tier, s.long_context,
                       s.token_kind, s.cache_ttl,
                       s.currency, (s.billing_period + interval '1 month')::date - 1 AS day, sum(s.tokens) AS tokens,
                       sum(s.ai_cost) AS cost
                FROM bedrock.spend_monthly AS s
                WHERE s.billing_period = (SELECT savings_opportunity.period) AND s.charge_category = 'usage'
                  AND s.tokens > 0 AND s.token_kind IS NOT NULL AND s.model_id IS NOT NULL
                  AND s.custom_model IS NOT TRUE AND coalesce(s.modality, 'text') = 'text'
                GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) AS u
          JOIN
              (VALUES ('tier'::text, 'batch'::text, 'batch'::text, NULL::text,
                       'answers come within a day, not at once'::text),
               ('tier', 'flex', 'flex', NULL, 'answers may wait behind other traffic'),
                       ('routing', 'global', NULL, 'global', 'answers may be computed in any commercial region'))
                           AS o (kind, option, tier, routing, caveat)
              ON u.tier = 'standard' AND o.tier IS NOT NULL OR u.routing = 'regional' AND o.routing IS NOT NULL) AS q
    WHERE q.cost_now IS NOT NULL AND q.cost_then IS NOT NULL
    GROUP BY q.kind, q.option, q.caveat, q.workload, q.application, q.currency

    UNION ALL
    -- More of the input read from the cache.
    SELECT 'cache', 'more hits', c.workload, c.application, NULL, NULL, NULL, NULL, c.tokens, c.unpriced_tokens,
           c.billed_cost, c.currency, c.cost_now, c.cost_then, c.saving, 'USD', NULL, NULL, NULL, NULL,
           'price book: input that becomes cache reads, with the writes they take',
           'only prompts that begin alike can be cached, and a read must come before the cache expires'
    FROM bedrock_internal.cache_saving(savings_opportunity.period, NULL, savings_opportunity.target_rate,
                                       savings_opportunity.reads_per_write) AS c

    UNION ALL
    -- A cache that costs more than it spares.
    SELECT 'cache', 'none', c.workload, c.application, NULL, NULL, c.model_name, NULL, sum(c.tokens), NULL, sum(c.cost),
           c.currency, NULL,
           CASE WHEN count(c.plain_cost) = count(*) THEN round(sum(c.plain_cost), 6) END,
           CASE WHEN count(c.plain_cost) = count(*) THEN round(sum(c.cost - c.plain_cost), 6) END, c.currency,
           NULL, NULL, NULL, NULL, 'bill: the same tokens at the input price it shows',
           'a cache that is read more often may pay off instead'
    FROM bedrock.cache_cost(savings_opportunity.period) AS c
    WHERE c.token_kind IN ('cache_read', 'cache_write')
    GROUP BY c.workload, c.application, c.model_name, c.currency
    HAVING bool_or(c.token_kind = 'cache_write')

    UNION ALL
    -- Model units in place of tokens on demand: as many as the tokens fill, where that is known.
    SELECT 'provisioned', o.tier, NULL, NULL, NULL, NULL, o.model_id, o.region, o.tokens, NULL, o.cost, o.currency,
           NULL, n.units * n.unit_cost,
           CASE WHEN o.currency = 'USD' THEN o.cost - n.units * n.unit_cost END, 'USD', n.unit_cost, n.utilisation,
           NULL, NULL, 'bill, and model units at the price book',
           CASE WHEN n.utilisation IS NULL
                    THEN 'how many tokens a unit serves is not given (unit_tokens): how many these take is not known; '
                ELSE '' END
           || 'one unit may serve less than was asked for at the busiest minute, and a commitment is paid also where '
              'nothing is asked'
    FROM (SELECT DISTINCT ON (u.model_id, u.region, u.currency, p.tier) u.model_id, u.region, u.currency, u.tokens,
                 u.cost, p.tier, p.usd, u.hours
          FROM (SELECT s.model_id, s.region, s.currency, (s.billing_period + interval '1 month')::date - 1 AS day,
                       24 * ((s.billing_period + interval '1 month')::date - s.billing_period) AS hours,
                       sum(s.tokens) FILTER (WHERE s.token_kind IN ('input', 'output')) AS tokens,
                       sum(s.ai_cost) AS cost
                FROM bedrock.spend_monthly AS s
                WHERE s.billing_period = (SELECT savings_opportunity.period) AND s.charge_category = 'usage'
                  AND s.tokens > 0 AND s.token_kind IS NOT NULL AND s.pricing_model = 'on_demand'
                GROUP BY 1, 2, 3, 4, 5) AS u
          JOIN bedrock.price AS p ON p.model_id = u.model_id
              AND (p.region = u.region OR p.region = '*'
                   AND (u.region IS NULL OR u.region IN (SELECT bedrock_internal.price_regions())))
               AND p.unit = 'model unit hour' AND upper_inf(p.recorded) AND NOT p.doubtful AND p.valid @> u.day
          ORDER BY u.model_id, u.region, u.currency, p.tier,
                   array_position(ARRAY['user', 'offer', 'price_list', 'shipped'], p.origin), p.region = '*',
                   lower(p.valid) DESC NULLS LAST) AS o
    CROSS JOIN LATERAL (SELECT o.usd * o.hours AS unit_cost,
                               round(100 * o.tokens / (savings_opportunity.unit_tokens * 60 * o.hours), 4)
                            AS utilisation,
                               ceil(o.tokens / (savings_opportunity.unit_tokens * 60 * o.hours)) AS units) AS n

    UNION ALL
    -- A seat in place of tokens of coding assistants.
    SELECT 'seat', 'seat', NULL, NULL, NULL, u.engineer, NULL, NULL, u.tokens, NULL, u.cost, u.currency, NULL,
           savings_opportunity.seat_price, u.cost - savings_opportunity.seat_price, u.currency,
           savings_opportunity.seat_price, NULL, u.days, u.last_day, 'bill, and the price of a seat as asked',
           'a seat has limits and models of its own, and usage may be less of a month than a seat is paid for'
    FROM (SELECT coalesce(nullif(s.engineer, '(untagged)'), s.user_email, s.principal_key) AS engineer, s.currency,
                 sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens,
                 count(DISTINCT s.usage_date) AS days, max(s.usage_date) AS last_day
          FROM bedrock.spend AS s
          WHERE s.billing_period = (SELECT savings_opportunity.period) AND s.charge_category = 'usage'
            AND s.charge_grain <> 'period' AND s.traffic_class = 'coding_assistant'
          GROUP BY 1, 2) AS u;
END;
COMMENT ON FUNCTION bedrock.savings_opportunity(date, text, text, numeric, numeric, numeric, numeric) IS
    'candidates for savings in a month, also those that would cost more (saving below 0); they are alternatives, never '
    'to be added. kind and option: model (a cheaper one), tier (batch, flex), routing (global), cache (more hits, or '
    'none where caching costs more than it saves), provisioned (model units), seat. workload to region: scope, NULL: '
    'not by it. billed_cost: on the bill, in currency; unpriced_tokens: tokens without a price, left out elsewhere. '
    'Estimates: cost_now (NULL: compared with the bill), cost_then, saving in saving_currency; NULL: not known. '
    'unit_cost: a model unit or seat for the month; utilisation: percent of a model unit that is used. Parameters: '
    'family, cheaper: model family to leave, model id to use; target_rate: share of cache reads (default: setting '
    'cache_hit_healthy); reads_per_write: default as used; unit_tokens: tokens a minute of a model unit; seat_price: '
    'of a month, in the currency of the bill';
