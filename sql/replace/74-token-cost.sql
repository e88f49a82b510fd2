-- What tokens of one kind cost by the price book: the shape a bill has, where estimated_cost has that of a request. Both
-- functions are put in place of their call by the planner, so they cost what estimated_cost does.

CREATE OR REPLACE FUNCTION bedrock.token_cost(model text, token_kind text, cache_ttl text, tokens numeric, region text, routing text, tier text, day date,
    long_context boolean, basis text DEFAULT 'book') RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.estimated_cost(model, CASE token_kind WHEN 'input' THEN tokens END, CASE token_kind WHEN 'output' THEN tokens END,
        CASE token_kind WHEN 'cache_read' THEN tokens END, CASE WHEN token_kind = 'cache_write' AND cache_ttl IS DISTINCT FROM '1h' THEN tokens END,
        CASE WHEN token_kind = 'cache_write' AND cache_ttl = '1h' THEN tokens END, region, routing, coalesce(tier, 'standard'), day::timestamp AT TIME ZONE 'UTC',
        coalesce(long_context, false), basis);
COMMENT ON FUNCTION bedrock.token_cost(text, text, text, numeric, text, text, text, date, boolean, text) IS
    'what so many tokens of one kind (input, output, cache_read, cache_write) cost by the price book of a day (UTC), in US dollars: estimated_cost for a total, as lines of a bill are. cache_ttl: 1h, else the model''s default write. tier NULL: standard; long_context NULL: false. basis: book, list or effective. NULL: no price, or another kind';

CREATE OR REPLACE FUNCTION bedrock.public_cost(d bedrock.dimension, tokens numeric, usage_amount numeric, day date) RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (d).currency IS DISTINCT FROM 'USD' OR (d).charge_category IS DISTINCT FROM 'usage' THEN NULL
                WHEN tokens > 0 AND (d).custom_model IS NOT TRUE AND coalesce((d).modality, 'text') = 'text' AND (d).model_id IS NOT NULL
                THEN bedrock.token_cost((d).model_id, (d).token_kind, (d).cache_ttl, tokens, (d).region, (d).routing, (d).tier, day, (d).long_context, 'list')
                -- A unit that is a number of something is not the one that the price is for.
                WHEN tokens IS NULL AND usage_amount > 0 AND (d).model_id IS NULL AND coalesce((d).pricing_unit, '') !~ '^[0-9]'
                THEN bedrock.meter_cost((d).usage_type, usage_amount, (d).region, day, 'list') END;
COMMENT ON FUNCTION bedrock.public_cost(bedrock.dimension, numeric, numeric, date) IS
    'list cost of lines whose bill states none: tokens of a combination at the public prices of a day (UTC), or the amount of what is metered without a model. NULL: no usage in US dollars, a fine-tuned model, not text, or no public price';
