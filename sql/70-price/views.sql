-- What is metered without a model: its prices, and what an amount of it costs.

CREATE OR REPLACE VIEW bedrock.meter_prices WITH (security_invoker) AS
    SELECT m.meter, m.region, m.usage_type, m.usd, m.units::bigint AS units, m.unit, lower(m.valid) AS valid_from,
           upper(m.valid) - 1 AS valid_to,
           m.announced_on, m.billed_from, m.as_of, m.source, m.note, m.builtin
    FROM bedrock.meter_price AS m;
COMMENT ON VIEW bedrock.meter_prices IS
    'prices of meters without a model (guardrails, web search, AgentCore), shipped and the user''s, one row for each '
    'price; bedrock.meter_cost shows which is used';
SELECT bedrock_internal.copy_comments('bedrock.meter_price', 'bedrock.meter_prices');
COMMENT ON COLUMN bedrock.meter_prices.valid_from IS
    'first day (UTC) the price is used for; NULL: no other price is known before';
COMMENT ON COLUMN bedrock.meter_prices.valid_to IS 'last day (UTC); NULL: open';

-- Prices of the bill: what a million tokens cost in fact, against the book, how it changed, and kept for estimates.

CREATE OR REPLACE VIEW bedrock.billed_price WITH (security_invoker) AS
    SELECT c.*, CASE WHEN c.currency = 'USD' AND c.net_cost >= 0
                         AND c.net_cost < c.tokens THEN trim_scale(round(c.net_cost * 1000000 / c.tokens, 10)) END
               AS usd,
           CASE WHEN c.currency = 'USD' AND c.list_cost >= 0
                    AND c.list_cost < c.tokens THEN trim_scale(round(c.list_cost * 1000000 / c.tokens, 10)) END
               AS list_usd,
           CASE WHEN c.net_known
                    THEN round(100 * (1 - c.net_cost / CASE WHEN c.list_cost > 0 THEN c.list_cost END), 2) END
               AS discount_pct
    FROM (SELECT s.billing_period, s.currency, s.model_id, s.region,
                 CASE s.routing WHEN 'geo' THEN 'regional' ELSE s.routing END AS routing, s.tier, s.token_kind,
                 s.cache_ttl, s.modality,
                 s.long_context, s.custom_model, s.endpoint, sum(s.tokens) AS tokens,
                 sum(s.net_unblended_cost) AS net_cost,
                 CASE WHEN bool_and(l.cost IS NOT NULL) THEN sum(l.cost) END AS list_cost,
                 coalesce(bool_and(p.net_filled), false) AS net_known
          FROM bedrock.spend_monthly AS s
          LEFT JOIN bedrock.bill_period AS p ON p.source = s.source AND p.payer_account_id = s.payer_account_id
              AND p.billing_period = s.billing_period
          CROSS JOIN LATERAL (SELECT coalesce(s.unblended_cost, s.public_on_demand_cost) AS cost) AS l
          WHERE s.charge_category = 'usage' AND s.tokens > 0 AND s.net_unblended_cost IS NOT NULL
            AND s.model_id IS NOT NULL AND s.token_kind IS NOT NULL
          GROUP BY s.billing_period, s.currency, s.model_id, s.region,
                   CASE s.routing WHEN 'geo' THEN 'regional' ELSE s.routing END, s.tier, s.token_kind, s.cache_ttl,
                   s.modality, s.long_context,
                   s.custom_model, s.endpoint) AS c;
COMMENT ON VIEW bedrock.billed_price IS
    'unit prices of tokens in the bill, before and after discounts, one row for each month and thing with a price. '
    'Compare months before discounts: net columns that begin in between are no change of price';
COMMENT ON COLUMN bedrock.billed_price.billing_period IS 'first day of the month';
COMMENT ON COLUMN bedrock.billed_price.currency IS 'currency of net_cost; NULL: not stated';
COMMENT ON COLUMN bedrock.billed_price.model_id IS 'model id';
COMMENT ON COLUMN bedrock.billed_price.region IS 'region; NULL: not stated';
COMMENT ON COLUMN bedrock.billed_price.routing IS 'regional (geo included) or global; NULL: not stated';
COMMENT ON COLUMN bedrock.billed_price.tier IS 'standard, batch, flex, priority, latency_optimized; NULL: not stated';
COMMENT ON COLUMN bedrock.billed_price.token_kind IS 'input, output, cache_read, cache_write';
COMMENT ON COLUMN bedrock.billed_price.cache_ttl IS '5m, 30m, 1h; NULL: not stated, or no cache write';
COMMENT ON COLUMN bedrock.billed_price.modality IS 'as in bedrock.spend; NULL: not stated';
COMMENT ON COLUMN bedrock.billed_price.long_context IS 'whether billed at the long-context price; NULL: not stated';
COMMENT ON COLUMN bedrock.billed_price.custom_model IS 'whether a fine-tuned model; NULL: not stated';
COMMENT ON COLUMN bedrock.billed_price.endpoint IS 'bedrock-runtime or bedrock-mantle; NULL: not stated';
COMMENT ON COLUMN bedrock.billed_price.tokens IS 'tokens billed';
COMMENT ON COLUMN bedrock.billed_price.net_cost IS
    'net_unblended_cost of these tokens, in currency; without net columns that is list_cost';
COMMENT ON COLUMN bedrock.billed_price.list_cost IS
    'their cost before discounts, in currency: unblended_cost, in FOCUS the list cost of the bill; NULL: a line has '
    'neither';
COMMENT ON COLUMN bedrock.billed_price.net_known IS
    'whether the bill of the month has net columns (bedrock.period.net_filled), without which no discount can be seen '
    'on these lines';
COMMENT ON COLUMN bedrock.billed_price.usd IS
    'net US dollars for a million tokens, to 10 places; NULL: another currency, or out of any range of prices';
COMMENT ON COLUMN bedrock.billed_price.list_usd IS
    'US dollars for a million tokens before discounts, to 10 places; NULL: another currency, no list_cost, or out of '
    'any range of prices';
COMMENT ON COLUMN bedrock.billed_price.discount_pct IS
    'percent that net_cost is below list_cost; NULL: no net columns, or list_cost is not above 0';
SELECT bedrock_internal.copy_comments('bedrock.billed_price', 'bedrock.effective_price');

CREATE OR REPLACE VIEW bedrock.price_check WITH (security_invoker) AS
    SELECT e.billing_period, e.currency, e.model_id, e.region, e.routing, e.tier, e.token_kind, e.cache_ttl, e.modality,
           e.long_context, e.custom_model, e.endpoint, e.tokens, e.list_cost,
           e.list_usd AS billed_usd, b.usd AS book_usd,
           round(100 * (e.list_usd - b.usd) / nullif(b.usd, 0), 2) AS diff_pct,
           CASE WHEN e.list_usd IS NULL THEN 'not compared'
                WHEN b.usd IS NULL THEN 'missing'
                -- A factor of 1,000 is a unit misread, by the bill's reader or by the book.
                WHEN e.list_usd > 0 AND b.usd > 0
                    AND (e.list_usd BETWEEN b.usd * 800 AND b.usd * 1250
                         OR b.usd BETWEEN e.list_usd * 800 AND e.list_usd * 1250) THEN 'factor_1000'
                WHEN abs(e.list_usd - b.usd) <= b.usd * 0.001 THEN CASE WHEN b.dated THEN 'ok' ELSE 'old' END
                ELSE 'different' END AS finding,
           e.net_cost, e.discount_pct,
           b.origin, b.as_of, b.source
    FROM bedrock.billed_price AS e
    LEFT JOIN LATERAL (
        SELECT p.usd * CASE p.unit WHEN '1K tokens' THEN 1000 ELSE 1 END AS usd, p.origin, p.as_of, p.source,
               p.billed_from IS NOT NULL OR coalesce(p.as_of >= e.billing_period, false) AS dated
        FROM bedrock.price AS p
        WHERE p.model_id = e.model_id AND upper_inf(p.recorded) AND NOT p.doubtful AND e.custom_model IS NOT TRUE
          AND p.valid && daterange(e.billing_period, (e.billing_period + interval '1 month')::date)
          AND (p.region = e.region OR p.region = '*'
               AND (e.region IS NULL OR e.region IN (SELECT bedrock_internal.price_regions())))
          AND p.routing IN (e.routing, '*') AND p.tier = e.tier AND p.token_kind = e.token_kind
          AND p.unit IN ('1M tokens', '1K tokens')
          AND coalesce(p.modality, 'text') = coalesce(e.modality, 'text')
          AND (p.long_context_above IS NOT NULL) = coalesce(e.long_context, false)
          AND coalesce(p.endpoint, e.endpoint) IS NOT DISTINCT FROM e.endpoint
          AND (p.cache_ttl IS NOT DISTINCT FROM e.cache_ttl OR e.cache_ttl IS NULL AND p.cache_ttl IN ('5m', '30m'))
        ORDER BY array_position(ARRAY['user', 'offer', 'price_list', 'shipped'], p.origin), p.region = '*',
                 p.routing = '*', p.endpoint IS NULL,
                 array_position(ARRAY['5m', '30m', ''], coalesce(p.cache_ttl, '')), lower(p.valid) DESC NULLS LAST
        LIMIT 1) AS b ON true;
COMMENT ON VIEW bedrock.price_check IS
    'compares the unit prices of the bill (bedrock.billed_price) with the price book: missing there, old, different, '
    'or a factor of 1,000 away. Neither side has discounts taken off; discount_pct is that of the bill';
SELECT bedrock_internal.copy_comments('bedrock.billed_price', 'bedrock.price_check');
COMMENT ON COLUMN bedrock.price_check.currency IS 'currency of list_cost and net_cost; NULL: not stated';
COMMENT ON COLUMN bedrock.price_check.routing IS 'regional or global; NULL: not stated';
COMMENT ON COLUMN bedrock.price_check.cache_ttl IS '5m, 30m, 1h; NULL: not stated, compared with the default write';
COMMENT ON COLUMN bedrock.price_check.custom_model IS
    'whether a fine-tuned model, which the book does not price; NULL: not stated';
COMMENT ON COLUMN bedrock.price_check.list_cost IS
    'their cost before discounts, in currency; NULL: not known from the bill';
COMMENT ON COLUMN bedrock.price_check.billed_usd IS
    'US dollars for a million tokens by the bill, before discounts; NULL: another currency, no list_cost, or out of '
    'any range of prices';
COMMENT ON COLUMN bedrock.price_check.net_cost IS
    'their cost after discounts, in currency; without net columns that is list_cost';
COMMENT ON COLUMN bedrock.price_check.discount_pct IS
    'percent that net_cost is below list_cost; NULL: the bill of the month has no net columns, or list_cost is not '
    'above 0';
COMMENT ON COLUMN bedrock.price_check.book_usd IS
    'US dollars for a million tokens by the book, at the end of the month; NULL: it has none';
COMMENT ON COLUMN bedrock.price_check.diff_pct IS
    'how much the bill is above the book, in percent; NULL: one of them has no price, or the book''s is 0';
COMMENT ON COLUMN bedrock.price_check.finding IS
    'ok: equal to a thousandth; old: equal, but the source saw the price before the month and no first day of billing '
    'is known; different; factor_1000; missing: the book has none; not compared: no price in US dollars';
COMMENT ON COLUMN bedrock.price_check.origin IS 'shipped, price_list, offer or user; NULL: the book has none';
COMMENT ON COLUMN bedrock.price_check.as_of IS 'day the source of the book saw its price; NULL: not stated, or none';
COMMENT ON COLUMN bedrock.price_check.source IS 'where the book has its price from; NULL: not stated, or none';

CREATE OR REPLACE VIEW bedrock.price_change WITH (security_invoker) AS
    SELECT c.billing_period, c.previous_period, c.currency, c.model_id, c.region, c.routing, c.tier, c.token_kind,
           c.cache_ttl, c.modality, c.long_context, c.custom_model, c.endpoint,
           c.previous_price AS from_price, c.price AS to_price,
           round(100 * (c.price - c.previous_price) / nullif(c.previous_price, 0), 2) AS change_pct, c.tokens,
           c.list_cost - c.previous_cost * c.tokens / c.previous_tokens AS effect, c.previous_discount_pct,
           c.discount_pct
    FROM (SELECT e.*, round(e.list_cost * 1000000 / e.tokens, 10) AS price,
                 lag(e.billing_period) OVER thing AS previous_period,
                 round(lag(e.list_cost) OVER thing * 1000000 / lag(e.tokens) OVER thing, 10) AS previous_price,
                 lag(e.list_cost) OVER thing AS previous_cost, lag(e.tokens) OVER thing AS previous_tokens,
                 lag(e.discount_pct) OVER thing AS previous_discount_pct
          FROM bedrock.billed_price AS e
          WHERE e.list_cost IS NOT NULL
          WINDOW thing AS (PARTITION BY e.currency, e.model_id, e.region, e.routing, e.tier, e.token_kind, e.cache_ttl,
                           e.modality, e.long_context, e.custom_model, e.endpoint
                           ORDER BY e.billing_period)) AS c
    WHERE abs(c.price - c.previous_price) > c.previous_price * 0.001;
COMMENT ON VIEW bedrock.price_change IS
    'unit prices of the bill that changed by more than a thousandth from one month with tokens to the next, before '
    'discounts, and what that cost on the tokens of the later month. A change of the discount alone is no row';
SELECT bedrock_internal.copy_comments('bedrock.billed_price', 'bedrock.price_change');
COMMENT ON COLUMN bedrock.price_change.billing_period IS 'first month at the new price';
COMMENT ON COLUMN bedrock.price_change.previous_period IS 'month before it that has tokens of the same thing';
COMMENT ON COLUMN bedrock.price_change.currency IS 'currency of prices and effect; NULL: not stated';
COMMENT ON COLUMN bedrock.price_change.routing IS 'regional or global; NULL: not stated';
COMMENT ON COLUMN bedrock.price_change.from_price IS
    'for a million tokens in the month before, before discounts, in currency, to 10 places';
COMMENT ON COLUMN bedrock.price_change.to_price IS
    'for a million tokens in the later month, before discounts, in currency, to 10 places';
COMMENT ON COLUMN bedrock.price_change.change_pct IS 'change of the price in percent; NULL: it was 0';
COMMENT ON COLUMN bedrock.price_change.tokens IS 'tokens of the later month';
COMMENT ON COLUMN bedrock.price_change.effect IS
    'cost of these tokens before discounts less their cost at the price before, in currency';
COMMENT ON COLUMN bedrock.price_change.previous_discount_pct IS
    'percent that the net cost of the month before is below its cost before discounts; NULL: it has no net columns';
COMMENT ON COLUMN bedrock.price_change.discount_pct IS 'the same of the later month; NULL: it has no net columns';

-- The price book: what a model string means, which rows price it, estimates, and prices of the user.

CREATE OR REPLACE VIEW bedrock.prices WITH (security_invoker) AS
    SELECT p.model_id, p.region, p.routing, p.tier, p.token_kind, p.cache_ttl, p.modality, p.long_context_above,
           p.endpoint, p.unit, p.usd,
           lower(p.valid) AS valid_from, upper(p.valid) - 1 AS valid_to, p.as_of, p.doubtful, p.usage_type, p.source,
           p.note, p.origin,
           p.announced_on, p.billed_from
    FROM bedrock.price AS p
    WHERE upper_inf(p.recorded);
COMMENT ON VIEW bedrock.prices IS
    'the price book as of now, one row for each price; bedrock.price also has what was replaced';
SELECT bedrock_internal.copy_comments('bedrock.price', 'bedrock.prices');
COMMENT ON COLUMN bedrock.prices.valid_from IS
    'first day (UTC) the price is used for; NULL: no other price is known before, it is taken for all days';
COMMENT ON COLUMN bedrock.prices.valid_to IS 'last day (UTC); NULL: open';
