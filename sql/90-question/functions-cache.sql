-- How prompts meet the cache: one reading of tokens for the rate (Q070, Q073, Q090) and for what a better one would
-- save (Q077, Q090, Q163).

CREATE OR REPLACE FUNCTION bedrock_internal.prompt_tokens(period date, through date DEFAULT NULL)
    RETURNS TABLE (workload text, application text, model_id text, region text, routing text, tier text,
                   long_context boolean, custom_model boolean, modality text, currency text, token_kind text,
                   tokens numeric, cost numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT s.workload, s.application, s.model_id, s.region, s.routing, s.tier, s.long_context, s.custom_model,
           s.modality, s.currency, s.token_kind, sum(s.tokens), sum(s.ai_cost)
    FROM bedrock.spend_monthly AS s
    WHERE prompt_tokens.through IS NULL AND s.billing_period = (SELECT prompt_tokens.period)
      AND s.charge_category = 'usage' AND s.token_kind IN ('input', 'cache_read', 'cache_write')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    UNION ALL
    SELECT s.workload, s.application, s.model_id, s.region, s.routing, s.tier, s.long_context, s.custom_model,
           s.modality, s.currency, s.token_kind, sum(s.tokens), sum(s.ai_cost)
    FROM bedrock.spend AS s
    WHERE prompt_tokens.through IS NOT NULL AND s.billing_period = (SELECT prompt_tokens.period)
      AND s.usage_date <= (SELECT prompt_tokens.through) AND s.charge_grain <> 'period'
      AND s.charge_category = 'usage' AND s.token_kind IN ('input', 'cache_read', 'cache_write')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;
END;
COMMENT ON FUNCTION bedrock_internal.prompt_tokens(date, date) IS
    'tokens of prompts (input, cache_read, cache_write) of a billing period, as columns of bedrock.spend, summed. '
    'period: its first day; through: what is billed by day up to this one, NULL: all of the month. tokens, cost NULL: '
    'not known';

CREATE OR REPLACE FUNCTION bedrock_internal.cache_rate(input numeric, cache_read numeric, cache_write numeric)
    RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN cache_read / nullif(input + cache_read + cache_write, 0);
COMMENT ON FUNCTION bedrock_internal.cache_rate(numeric, numeric, numeric) IS
    'cache hit rate, 0 to 1: cache_read of all tokens of the prompts, as bedrock_internal.cache_use counts them; NULL: '
    'there are none';

CREATE OR REPLACE FUNCTION bedrock_internal.cache_use(period date, through date DEFAULT NULL)
    RETURNS TABLE (workload text, application text, currency text, input numeric, cache_read numeric,
                   cache_write numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.workload, p.application, p.currency,
           coalesce(sum(p.tokens) FILTER (WHERE p.token_kind = 'input'), 0),
           coalesce(sum(p.tokens) FILTER (WHERE p.token_kind = 'cache_read'), 0),
           coalesce(sum(p.tokens) FILTER (WHERE p.token_kind = 'cache_write'), 0)
    FROM bedrock_internal.prompt_tokens(cache_use.period, cache_use.through) AS p
    -- A model that never bills cache tokens has no cache to hit.
    JOIN (SELECT DISTINCT s.model_id FROM bedrock.spend_monthly AS s
          WHERE s.charge_category = 'usage' AND s.token_kind IN ('cache_read', 'cache_write')) AS c
        ON c.model_id = p.model_id
    GROUP BY p.workload, p.application, p.currency;
END;
COMMENT ON FUNCTION bedrock_internal.cache_use(date, date) IS
    'tokens that a cache hit rate (bedrock_internal.cache_rate) is of, by workload, application and currency: those of '
    'models that bill cache tokens anywhere in the data loaded. Arguments: as of bedrock_internal.prompt_tokens';

-- More of the input read from the cache. What is read more often must be written more often, too. OFFSET 0: what is
-- computed here is not computed again wherever it is named.
CREATE OR REPLACE FUNCTION bedrock_internal.cache_saving(period date, through date DEFAULT NULL,
    target_rate numeric DEFAULT NULL, reads_per_write numeric DEFAULT NULL)
    RETURNS TABLE (workload text, application text, currency text, tokens numeric, unpriced_tokens numeric,
                   billed_cost numeric, cost_now numeric, cost_then numeric, saving numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT m.workload, m.application, m.currency, coalesce(sum(m.moved) FILTER (WHERE m.saving IS NOT NULL), 0),
           coalesce(sum(m.moved) FILTER (WHERE m.saving IS NULL), 0),
           round(sum(m.input_cost * (m.moved + m.written) / m.input) FILTER (WHERE m.saving IS NOT NULL), 6),
           sum(m.cost_now) FILTER (WHERE m.saving IS NOT NULL), sum(m.cost_then) FILTER (WHERE m.saving IS NOT NULL),
           sum(m.saving)
    FROM (SELECT n.*, n.cost_now - n.cost_then AS saving
          FROM (SELECT w.*,
                       bedrock_internal.token_cost(w.model_id, 'input', NULL, w.moved + w.written, w.region, w.routing,
                                                   w.tier, w.day, w.long_context) AS cost_now,
                       bedrock_internal.token_cost(w.model_id, 'cache_read', NULL, w.moved, w.region, w.routing, w.tier,
                                                   w.day, w.long_context)
                       + CASE WHEN w.written = 0 THEN 0
                              ELSE bedrock_internal.token_cost(w.model_id, 'cache_write', NULL, w.written, w.region,
                                                               w.routing, w.tier, w.day, w.long_context) END
                           AS cost_then
                FROM (SELECT v.*, least(ceil(v.moved * v.writes_per_read), v.input - v.moved) AS written
                      FROM (SELECT r.*,
                                   CASE WHEN r.writes_per_read IS NOT NULL
                                            THEN floor(least(r.wanted, r.input / (1 + r.writes_per_read))) END AS moved
                            FROM (SELECT u.*,
                                         coalesce(cache_saving.target_rate,
                                                  (SELECT bedrock_internal.setting_value('cache_hit_healthy')::numeric))
                                         * (u.input + u.reads + u.writes) - u.reads AS wanted,
                                         CASE WHEN cache_saving.reads_per_write > 0
                                                  THEN 1 / cache_saving.reads_per_write
                                              WHEN u.reads > 0 THEN u.writes / u.reads END AS writes_per_read
                                  FROM (SELECT s.workload, s.application, s.model_id, s.region,
                                               CASE s.routing WHEN 'geo' THEN 'regional' ELSE s.routing END AS routing,
                                               s.tier, s.long_context, s.currency,
                                               coalesce(cache_saving.through,
                                                        (cache_saving.period + interval '1 month')::date - 1) AS day,
                                               coalesce(sum(s.tokens) FILTER (WHERE s.token_kind = 'input'), 0)
                                                   AS input,
                                               coalesce(sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_read'), 0)
                                                   AS reads,
                                               coalesce(sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_write'), 0)
                                                   AS writes,
                                               sum(s.cost) FILTER (WHERE s.token_kind = 'input') AS input_cost
                                        FROM bedrock_internal.prompt_tokens(cache_saving.period, cache_saving.through)
                                            AS s
                                        WHERE s.tokens > 0 AND s.model_id IS NOT NULL
                                          AND s.custom_model IS NOT TRUE AND coalesce(s.modality, 'text') = 'text'
                                        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) AS u) AS r) AS v
                      WHERE v.moved > 0
                      OFFSET 0) AS w
                OFFSET 0) AS n) AS m
    GROUP BY m.workload, m.application, m.currency
    HAVING count(m.saving) > 0;
END;
COMMENT ON FUNCTION bedrock_internal.cache_saving(date, date, numeric, numeric) IS
    'what the usage of a billing period would cost less, were target_rate (NULL: setting cache_hit_healthy) of the '
    'prompts read from the cache, one row for each workload, application and currency with a price: the rows cache, '
    'more hits of bedrock.savings_opportunity, whose columns they have. reads_per_write: how often a written token '
    'would be read (NULL: as used); period, through: as of bedrock_internal.prompt_tokens';
