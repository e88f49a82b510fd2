-- What views and questions ask of the logs.

CREATE OR REPLACE FUNCTION bedrock_internal.speech_cost(model text, input_tokens numeric, output_tokens numeric,
    region text, routing text, tier text, at timestamptz) RETURNS numeric
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    day date := (speech_cost.at AT TIME ZONE 'UTC')::date;
    target record;
    -- A discount is for the model or its provider, whatever its tokens are.
    discount numeric;
BEGIN
    IF (speech_cost.input_tokens > 0 OR speech_cost.output_tokens > 0) IS NOT TRUE THEN
        RETURN 0;
    END IF;
    SELECT t.* INTO target FROM bedrock_internal.price_targets(speech_cost.model) AS t
    WHERE day BETWEEN coalesce(t.valid_from, '-infinity') AND coalesce(t.valid_to, 'infinity');
    SELECT d.factor INTO discount
    FROM bedrock_internal.price_discounts(target.model_id) WITH ORDINALITY
        AS d (valid_from, valid_to, factor, percent, place)
    WHERE day BETWEEN coalesce(d.valid_from, '-infinity') AND coalesce(d.valid_to, 'infinity')
    ORDER BY d.place LIMIT 1;
    RETURN (
        WITH priced AS (
            SELECT p.token_kind, p.usd * CASE p.unit WHEN '1K tokens' THEN 0.001 ELSE 0.000001 END
                   * CASE WHEN p.origin IN ('user', 'offer') THEN 1 ELSE coalesce(discount, 1) END AS usd
            FROM bedrock_internal.other_prices(target.model_id, coalesce(speech_cost.region, target.region),
                                      coalesce(CASE speech_cost.routing WHEN 'geo' THEN 'regional'
                                                    ELSE speech_cost.routing END, target.routing),
                                      speech_cost.tier, day, NULL, 'book') AS p
            WHERE p.modality = 'speech' AND p.unit IN ('1M tokens', '1K tokens'))
        SELECT CASE WHEN count(*) = count(t.cost) THEN sum(t.cost) END
        FROM (SELECT k.tokens
              * (SELECT CASE WHEN min(p.usd) = max(p.usd) THEN min(p.usd) END FROM priced AS p
                 WHERE p.token_kind = k.token_kind) AS cost
              FROM (VALUES ('input', speech_cost.input_tokens), ('output', speech_cost.output_tokens))
                  AS k (token_kind, tokens)
              WHERE k.tokens > 0) AS t);
END
$$;
COMMENT ON FUNCTION bedrock_internal.speech_cost(text, numeric, numeric, text, text, text, timestamptz) IS
    'what so many tokens of speech cost by the price book and its discounts, in US dollars; the arguments are those of '
    'estimated_cost, which prices text. NULL: a kind with a count has no price, or no single one';

CREATE OR REPLACE FUNCTION bedrock_internal.logged_period() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT date_trunc('month', max(d.day)::timestamp)::date FROM bedrock.invocation_day AS d;
END;
COMMENT ON FUNCTION bedrock_internal.logged_period() IS
    'first day of the latest month that invocation logs are loaded for, what "this month" means to questions they '
    'answer; NULL: none are';
