-- What tokens of one kind cost by the price book: the shape a bill has, where estimated_cost has that of a request.
-- Both functions are put in place of their call by the planner, so they cost what estimated_cost does.

CREATE OR REPLACE FUNCTION bedrock_internal.token_cost(model text, token_kind text, cache_ttl text, tokens numeric,
    region text, routing text, tier text, day date,
    long_context boolean, basis text DEFAULT 'book') RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.estimated_cost(model, CASE token_kind WHEN 'input' THEN tokens END,
                                      CASE token_kind WHEN 'output' THEN tokens END,
        CASE token_kind WHEN 'cache_read' THEN tokens END,
        CASE WHEN token_kind = 'cache_write' AND cache_ttl IS DISTINCT FROM '1h' THEN tokens END,
        CASE WHEN token_kind = 'cache_write' AND cache_ttl = '1h' THEN tokens END, region, routing,
        coalesce(tier, 'standard'), day::timestamp AT TIME ZONE 'UTC',
        coalesce(long_context, false), basis);
COMMENT ON FUNCTION bedrock_internal.token_cost(text, text, text, numeric, text, text, text, date, boolean, text) IS
    'what so many tokens of one kind (input, output, cache_read, cache_write) cost by the price book of a day (UTC), '
    'in US dollars: estimated_cost for a total, as lines of a bill are. cache_ttl: 1h, else the model''s default '
    'write. tier NULL: standard; long_context NULL: false. basis: book, list or effective. NULL: no price, or '
    'another kind';

CREATE OR REPLACE FUNCTION bedrock_internal.list_meter_prices()
    RETURNS TABLE (dimension_id integer, first_day date, last_day date, usd numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- One question for a usage type in a region and an interval of days in which no price begins or ends, however many
    -- facts there are.
    WITH beginning AS (
        SELECT '-infinity'::date AS day
        UNION
        SELECT b.day FROM bedrock.meter_price AS m
        CROSS JOIN LATERAL (VALUES (lower(m.valid)), (upper(m.valid))) AS b (day)
        WHERE m.builtin AND b.day IS NOT NULL),
    validity AS (
        SELECT b.day, coalesce(lead(b.day) OVER (ORDER BY b.day) - 1, 'infinity'::date) AS last_day
        FROM beginning AS b),
    priced AS MATERIALIZED (
        SELECT a.usage_type, a.region, s.day, s.last_day,
               bedrock.meter_cost(a.usage_type, 1, a.region, s.day, 'list') AS usd
        FROM (SELECT DISTINCT d.usage_type, d.region FROM bedrock.dimension AS d
              WHERE d.model_id IS NULL AND d.charge_category = 'usage' AND d.currency = 'USD') AS a
        CROSS JOIN validity AS s
        -- Most usage types are of no meter; one that is ends as its meter does.
        WHERE EXISTS (SELECT FROM bedrock.meter_price AS m
                      WHERE m.builtin AND (right(a.usage_type, length(m.usage_type)) = m.usage_type
                                           OR right(a.usage_type, length(m.meter)) = m.meter)))
    SELECT d.dimension_id, p.day, p.last_day, p.usd
    FROM (SELECT r.*, bool_or(r.usd IS NOT NULL) OVER (PARTITION BY r.usage_type, r.region) AS known FROM priced AS r)
        AS p
    JOIN bedrock.dimension AS d ON d.usage_type = p.usage_type AND d.region IS NOT DISTINCT FROM p.region
    WHERE p.known AND d.model_id IS NULL AND d.charge_category = 'usage' AND d.currency = 'USD';
END;
COMMENT ON FUNCTION bedrock_internal.list_meter_prices() IS
    'list prices (bedrock.meter_cost of one unit, in US dollars) of all usage types that are metered without a model, '
    'one row for each region and validity interval in UTC days; the intervals cover all days, usd is NULL on days '
    'without a price. No row: never a price';

CREATE OR REPLACE FUNCTION bedrock_internal.public_cost(d bedrock.dimension, tokens numeric, usage_amount numeric,
    day date, meter_usd numeric)
    RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (d).currency IS DISTINCT FROM 'USD' OR (d).charge_category IS DISTINCT FROM 'usage' THEN NULL
                WHEN tokens > 0 AND (d).custom_model IS NOT TRUE AND coalesce((d).modality, 'text') = 'text'
                    AND (d).model_id IS NOT NULL
                THEN bedrock_internal.token_cost((d).model_id, (d).token_kind, (d).cache_ttl, tokens, (d).region,
                                                 (d).routing, (d).tier, day, (d).long_context, 'list')
                -- A unit that is a number of something is not the one that the price is for.
                WHEN tokens IS NULL AND usage_amount > 0 AND (d).model_id IS NULL
                    AND coalesce((d).pricing_unit, '') !~ '^[0-9]'
                THEN trim_scale(usage_amount * meter_usd) END;
COMMENT ON FUNCTION bedrock_internal.public_cost(bedrock.dimension, numeric, numeric, date, numeric) IS
    'list cost of lines whose bill states none: tokens of a dimension at the public prices of a day (UTC), or the '
    'amount of what is metered without a model at meter_usd a unit, the price of bedrock_internal.list_meter_prices. '
    'NULL: no usage in US dollars, a fine-tuned model, not text, or no public price';
