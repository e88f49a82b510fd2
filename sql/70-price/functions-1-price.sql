CREATE OR REPLACE FUNCTION bedrock_internal.price_targets(model text)
    RETURNS TABLE (valid_from date, valid_to date, model_id text, region text, routing text)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part record := bedrock_internal.model_parts(model);
    called text := model;
    outside record;
    wanted text;
    known text;
    registered boolean := false;
BEGIN
    -- A string of the catalogue or the book is taken as it is; else a gateway may have put words around one.
    SELECT NULL::text AS region, NULL::text AS provider INTO outside;
    IF part.request_path = 'none' THEN
        known := coalesce(bedrock_internal.canonical_model_id(model),
                          (SELECT p.model_id FROM bedrock.price AS p WHERE p.model_id = model LIMIT 1));
        -- No name of a model is that long; what is stays a string nobody knows.
        IF known IS NULL AND length(model) <= 2048 THEN
            SELECT g.* INTO outside FROM bedrock_internal.gateway_model(model) AS g;
            called := outside.called;
            IF called IS NULL THEN
                RETURN;
            END IF;
            part := bedrock_internal.model_parts(called);
        END IF;
    END IF;

    IF part.request_path = 'application_profile' THEN
        FOR valid_from, valid_to, model_id, routing IN
            SELECT CASE WHEN lower(p.valid) > '-infinity' THEN lower(p.valid) END, upper(p.valid) - 1,
                   coalesce(bedrock_internal.canonical_model_id(p.model_id), p.model_id),
                   CASE p.pool WHEN 'global' THEN 'global' ELSE 'regional' END
            FROM bedrock.profile AS p
            WHERE p.profile_arn = called AND upper_inf(p.recorded) AND p.model_id IS NOT NULL
            ORDER BY lower(p.valid)
        LOOP
            region := part.region;
            registered := true;
            RETURN NEXT;
        END LOOP;
        IF registered THEN
            RETURN;
        END IF;
    END IF;

    -- A bare name is taken for a model id also where it does not look like one: the user may price it.
    wanted := CASE WHEN part.request_path = 'system_profile'
                   THEN coalesce((SELECT s.model_id FROM bedrock.system_profiles AS s
                                  WHERE s.profile_id = part.profile_id), part.model_id)
                   WHEN part.request_path IN ('application_profile', 'foundation_model') THEN part.model_id
                   WHEN part.request_path = 'none' THEN called END;
    IF wanted IS NULL OR wanted = '' THEN
        RETURN;
    END IF;
    model_id := coalesce(known, bedrock_internal.canonical_model_id(wanted),
                         (SELECT p.model_id FROM bedrock.price AS p WHERE p.model_id = wanted LIMIT 1),
                         CASE WHEN length(wanted) <= 2048
                                  THEN bedrock_internal.model_by_spelling(wanted, outside.provider) END,
                         CASE WHEN part.request_path = 'none' THEN model ELSE wanted END);
    region := coalesce(part.region, outside.region);
    routing := CASE part.geo_prefix WHEN 'global' THEN 'global' ELSE 'regional' END;
    valid_from := NULL;
    valid_to := NULL;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION bedrock_internal.price_targets(text) IS
    'what estimated_cost takes a model string for: model id, region (NULL: the string names none) and routing '
    '(regional or global), from one day (UTC) to another, NULL for no end. Takes a model id, a system profile id, a '
    'foundation-model or profile ARN, each also as gateways write it (bedrock_internal.gateway_model), and a name that '
    'fits one model (bedrock_internal.model_by_spelling); an application profile ARN is looked up in the registry, one '
    'row for each validity interval. A name that fits none is an unknown model id. No row: the string is no model that '
    'has a price by itself (provisioned, custom and imported models, a profile the registry does not know)';

CREATE OR REPLACE FUNCTION bedrock_internal.price_rows(model_id text)
    RETURNS TABLE (number integer, basis text, token_kind text, cache_ttl text, region text, routing text, tier text,
                   long_context_above bigint,
        valid_from date, valid_to date, rank integer, endpoint text, doubtful boolean, final boolean, usd numeric,
        unit text, unit_usd numeric,
        as_of date, origin text, source text, note text, usage_type text, announced_on date, billed_from date)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT (row_number()
                OVER (ORDER BY r.basis, r.token_kind, r.cache_ttl, r.region, r.routing, r.tier, r.long_context_above,
                      r.valid_from, r.valid_to,
                r.rank, r.endpoint, r.usage_type, r.usd, r.source, r.as_of, r.doubtful))::integer, r.*
    FROM (SELECT 'book' AS basis, p.token_kind, p.cache_ttl, p.region, p.routing, p.tier, p.long_context_above,
                 lower(p.valid) AS valid_from,
                 upper(p.valid) - 1 AS valid_to,
                 CASE p.origin WHEN 'user' THEN 0 WHEN 'offer' THEN 1 WHEN 'price_list' THEN 2 ELSE 3 END AS rank,
                 p.endpoint, p.doubtful,
                 p.origin IN ('user', 'offer') AS final,
                 p.usd * CASE p.unit WHEN '1K tokens' THEN 0.001 ELSE 0.000001 END AS usd, p.unit, p.usd AS unit_usd,
                 p.as_of, p.origin, p.source, p.note, p.usage_type, p.announced_on, p.billed_from
          FROM bedrock.price AS p
          WHERE p.model_id = ANY (array_append(
                    ARRAY(SELECT a.alias FROM bedrock.model_alias AS a
                          WHERE a.kind = 'model_id' AND a.model_id = price_rows.model_id), price_rows.model_id))
            AND upper_inf(p.recorded) AND p.unit IN ('1M tokens', '1K tokens') AND coalesce(p.modality, 'text') = 'text'
            AND p.token_kind IN ('input', 'output', 'cache_read', 'cache_write')
          UNION ALL
          SELECT 'effective', e.token_kind, e.cache_ttl, coalesce(e.region, '*'), coalesce(e.routing, '*'),
                 coalesce(e.tier, 'standard'),
                 CASE WHEN e.long_context THEN coalesce((SELECT min(p.long_context_above) FROM bedrock.price AS p
                                                         WHERE p.model_id = e.model_id
                                                           AND upper_inf(p.recorded)), 9223372036854775807) END,
                 e.billing_period, NULL, 0, e.endpoint, false, true, e.usd * 0.000001, '1M tokens', e.usd,
                 e.billing_period, 'bill', 'bill', NULL, NULL, NULL,
                 e.billing_period
          FROM bedrock.effective_price AS e
          WHERE e.model_id = price_rows.model_id AND e.usd IS NOT NULL AND e.custom_model IS NOT TRUE
            AND coalesce(e.modality, 'text') = 'text') AS r;
END;
COMMENT ON FUNCTION bedrock_internal.price_rows(text) IS
    'the prices of text tokens of a model (its canonical id) that estimated_cost chooses from: of the book and '
    'observed in the bill; usd is for one token, unit_usd as in the book. rank: the lowest wins; final: takes no '
    'discount';

CREATE OR REPLACE FUNCTION bedrock_internal.price_discounts(model_id text)
    RETURNS TABLE (valid_from date, valid_to date, factor numeric, percent numeric)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN lower(d.valid) > '-infinity' THEN lower(d.valid) END, upper(d.valid) - 1, 1 - d.percent * 0.01,
           d.percent
    FROM bedrock.price_discount AS d
    WHERE upper_inf(d.recorded)
      AND (d.model_id = price_discounts.model_id
           OR d.provider = (SELECT m.provider FROM bedrock.models AS m WHERE m.model_id = price_discounts.model_id))
    ORDER BY d.model_id IS NULL, lower(d.valid) DESC;
END;
COMMENT ON FUNCTION bedrock_internal.price_discounts(text) IS
    'discounts of a model (its canonical id), the one that holds first: its own before its provider''s. factor: what '
    'remains of the price';

CREATE OR REPLACE FUNCTION @extschema@.estimated_cost(model text, input_tokens numeric DEFAULT 0,
    output_tokens numeric DEFAULT 0, cache_read_tokens numeric DEFAULT 0,
    cache_write_tokens numeric DEFAULT 0, cache_write_1h_tokens numeric DEFAULT 0, region text DEFAULT NULL,
    routing text DEFAULT NULL,
    tier text DEFAULT 'standard', at timestamptz DEFAULT now(), long_context boolean DEFAULT NULL,
    basis text DEFAULT 'book') RETURNS numeric
    LANGUAGE c STABLE PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'bedrock_estimated_cost';
COMMENT ON FUNCTION @extschema@.estimated_cost(text, numeric, numeric, numeric, numeric, numeric, text, text, text,
    timestamptz, boolean, text) IS
    'what these tokens cost by the price book, in US dollars, exactly; 0: free, NULL: not known, and bedrock.price_of '
    'gives the reason. model: model id, id or ARN of a profile, also as LiteLLM, OpenRouter or Claude Code write it, '
    'or a name that fits one model. input_tokens: without cached tokens; cache_write_tokens: the model''s default '
    'write (5 minutes, else 30); cache_write_1h_tokens: kept for an hour. A count of NULL is 0; all NULL, a negative '
    'one, NaN and infinity give NULL. region NULL: that of an ARN, else the price that is the same everywhere; routing '
    'NULL: by the model string, else regional or global; tier: looked up, never derived; at: prices of that UTC day. '
    'long_context NULL: counts that fit into one request are one request, others a sum at the standard price; true, '
    'false: a sum at that price. basis: book; list: without the user''s prices and discounts; effective: unit prices '
    'observed in the bill; others: error 22023. A role that may not read bedrock.price gets list prices';

CREATE OR REPLACE FUNCTION bedrock_internal.price_numbers(model text, region text, routing text, tier text,
    at timestamptz, long_context boolean, basis text)
    RETURNS integer[]
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'bedrock_price_numbers';
COMMENT ON FUNCTION bedrock_internal.price_numbers(text, text, text, text, timestamptz, boolean, text) IS
    'numbers of the rows of bedrock_internal.price_rows that estimated_cost uses for input, output, cache read, cache '
    'write and cache write of an hour; NULL: no price';

CREATE OR REPLACE FUNCTION bedrock_internal.other_prices(model_id text, region text, routing text, tier text, day date,
    long_context boolean, basis text)
    RETURNS SETOF bedrock.price
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT DISTINCT ON (p.token_kind, p.cache_ttl, p.modality, p.unit, p.endpoint, p.usage_type) p.*
    FROM bedrock.price AS p
    WHERE p.model_id = ANY (array_append(
              ARRAY(SELECT a.alias FROM bedrock.model_alias AS a
                    WHERE a.kind = 'model_id' AND a.model_id = other_prices.model_id), other_prices.model_id))
      AND upper_inf(p.recorded) AND p.valid @> other_prices.day
      AND (p.origin NOT IN ('user', 'offer') OR other_prices.basis IS DISTINCT FROM 'list')
      AND NOT (p.unit IN ('1M tokens', '1K tokens') AND coalesce(p.modality, 'text') = 'text'
               AND p.token_kind IN ('input', 'output', 'cache_read', 'cache_write'))
      AND (other_prices.region IS NULL OR p.region = other_prices.region
           OR p.region = '*' AND other_prices.region IN (SELECT bedrock_internal.price_regions()))
      AND p.routing IN (other_prices.routing, '*') AND p.tier = coalesce(other_prices.tier, 'standard')
      AND (p.long_context_above IS NULL) = (other_prices.long_context IS NOT TRUE)
    ORDER BY p.token_kind, p.cache_ttl, p.modality, p.unit, p.endpoint, p.usage_type,
             array_position(ARRAY['user', 'offer', 'price_list', 'shipped'], p.origin), p.region = '*', p.routing = '*',
             lower(p.valid) DESC NULLS LAST;
END;
COMMENT ON FUNCTION bedrock_internal.other_prices(text, text, text, text, date, boolean, text) IS
    'rows of the price book that win for what a model (its canonical id) meters otherwise than in tokens of text: '
    'speech, images, model unit hours. region NULL: any; the other arguments are those of bedrock.price_of';

CREATE OR REPLACE FUNCTION bedrock.price_of(model text, region text DEFAULT NULL, routing text DEFAULT NULL,
    tier text DEFAULT 'standard',
    at timestamptz DEFAULT now(), long_context boolean DEFAULT NULL, basis text DEFAULT 'book')
    RETURNS TABLE (token_kind text, cache_ttl text, usd numeric, unit text, book_usd numeric, discount_percent numeric,
                   dated boolean, valid_from date,
        valid_to date, as_of date, origin text, source text, note text, model_id text, price_region text,
        price_routing text, price_tier text,
        modality text, long_context_above bigint, endpoint text, usage_type text, announced_on date, billed_from date,
        reason text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    unknown_threshold CONSTANT bigint := 9223372036854775807;
    day date := (price_of.at AT TIME ZONE 'UTC')::date;
    target record;
    called text;
    path text;
    lengths boolean[] := ARRAY[price_of.long_context];
    wanted_region text;
    similar_names text;
    wanted_routing text;
    wanted_tier text := coalesce(price_of.tier, 'standard');
BEGIN
    SELECT t.model_id, t.region, t.routing INTO target
    FROM bedrock_internal.price_targets(price_of.model) AS t
    WHERE day BETWEEN coalesce(t.valid_from, '-infinity') AND coalesce(t.valid_to, 'infinity');
    reason := CASE WHEN price_of.model IS NULL THEN 'no model given'
                   WHEN NOT isfinite(price_of.at) OR price_of.at IS NULL THEN 'no day given' END;
    IF reason IS NULL AND target.model_id IS NULL THEN
        called := (bedrock_internal.gateway_model(price_of.model)).called;
        path := (bedrock_internal.model_parts(called)).request_path;
        reason := CASE WHEN called IS NULL THEN 'bought by the hour'
                       WHEN path = 'application_profile' THEN 'profile not registered'
                       WHEN path NOT IN ('none', 'foundation_model', 'system_profile')
                       THEN 'no price by itself: ' || path
                       ELSE 'no such model' END;
    ELSIF reason IS NULL AND NOT bedrock_internal.is_priced_model(target.model_id) THEN
        model_id := target.model_id;
        reason := 'no such model';
        similar_names := bedrock_internal.similar_models(target.model_id);
    END IF;
    wanted_region := nullif(coalesce(price_of.region, target.region), '');
    IF reason IS NULL AND wanted_region NOT IN (SELECT bedrock_internal.price_regions()) THEN
        model_id := target.model_id;
        reason := 'no such region';
        similar_names := bedrock_internal.similar_regions(wanted_region);
    END IF;
    reason := reason
        || coalesce(CASE WHEN strpos(similar_names, ', ') > 0 THEN ': similar are ' ELSE ': similar is ' END
                                 || similar_names, '');
    IF reason IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;
    wanted_routing := coalesce(CASE price_of.routing WHEN 'geo' THEN 'regional' ELSE price_of.routing END,
                               target.routing);
    -- Counts decide which of two prices a request has: both are shown.
    IF price_of.long_context IS NULL THEN
        lengths := CASE WHEN EXISTS (SELECT FROM bedrock_internal.price_rows(target.model_id) AS r
                                     WHERE r.long_context_above < unknown_threshold)
                        THEN ARRAY[false, true] ELSE ARRAY[false] END;
    END IF;

    IF NOT EXISTS (SELECT FROM bedrock_internal.price_rows(target.model_id) AS r
                   WHERE r.basis = CASE price_of.basis WHEN 'effective' THEN 'effective' ELSE 'book' END
                     AND NOT (r.final AND price_of.basis IS NOT DISTINCT FROM 'list')) THEN
        model_id := target.model_id;
        reason := CASE price_of.basis WHEN 'effective' THEN 'no unit price observed in the bill'
                       ELSE 'model has no price of tokens' END;
        RETURN NEXT;
        lengths := ARRAY[]::boolean[];
    END IF;

    RETURN QUERY
    WITH line AS MATERIALIZED (
        SELECT r.* FROM bedrock_internal.price_rows(target.model_id) AS r
        WHERE r.basis = CASE price_of.basis WHEN 'effective' THEN 'effective' ELSE 'book' END
          AND NOT (r.final AND price_of.basis IS NOT DISTINCT FROM 'list')),
    asked AS MATERIALIZED (
        SELECT l.long, k.place, k.token_kind, k.cache_ttl, l.numbers[k.place] AS number
        FROM (SELECT u.long,
                     bedrock_internal.price_numbers(price_of.model, price_of.region, price_of.routing, wanted_tier,
                                                   price_of.at, u.long, price_of.basis) AS numbers
              FROM unnest(lengths) AS u (long)) AS l
        CROSS JOIN (VALUES (1, 'input', NULL), (2, 'output', NULL), (3, 'cache_read', NULL), (4, 'cache_write', NULL),
                           (5, 'cache_write', '1h')) AS k (place, token_kind, cache_ttl)),
    -- What a kind without a price lacks: the first condition that leaves no row.
    lacking AS (
        SELECT a.long, a.place, count(r.number) AS of_kind, count(*) FILTER (WHERE c.same_tier) AS of_tier,
               count(*) FILTER (WHERE c.same_routing) AS of_routing, count(*) FILTER (WHERE c.same_long) AS of_length,
               count(*) FILTER (WHERE c.same_region) AS of_region, count(*) FILTER (WHERE c.same_day) AS of_day,
               count(*) FILTER (WHERE c.same_day AND NOT r.doubtful) AS sold,
               string_agg(DISTINCT r.tier, ', ') AS tiers,
               array_agg(DISTINCT r.region ORDER BY r.region) FILTER (WHERE c.same_long) AS regions,
               min(r.valid_from) FILTER (WHERE c.same_region AND r.valid_from > day) AS first_day,
               max(r.valid_to) FILTER (WHERE c.same_region AND r.valid_to < day) AS last_day
        FROM asked AS a
        LEFT JOIN line AS r ON r.token_kind = a.token_kind
                               AND (a.place < 4 OR (r.cache_ttl IS NOT DISTINCT FROM '1h') = (a.place = 5))
        CROSS JOIN LATERAL (SELECT r.tier = wanted_tier AS same_tier) AS c1
        CROSS JOIN LATERAL (SELECT c1.same_tier AND r.routing IN (wanted_routing, '*') AS same_routing) AS c2
        CROSS JOIN LATERAL (
            SELECT c2.same_routing AND (r.long_context_above IS NOT NULL) = a.long AS same_long) AS c3
        CROSS JOIN LATERAL (
            SELECT c3.same_long AND (wanted_region IS NULL OR r.region IN (wanted_region, '*')) AS same_region) AS c4
        CROSS JOIN LATERAL (
            SELECT c1.same_tier, c2.same_routing, c3.same_long, c4.same_region,
                   c4.same_region AND day BETWEEN coalesce(r.valid_from, '-infinity')
                                              AND coalesce(r.valid_to, 'infinity') AS same_day) AS c
        WHERE a.number IS NULL
        GROUP BY a.long, a.place)
    SELECT a.token_kind, CASE WHEN r.number IS NULL THEN a.cache_ttl ELSE r.cache_ttl END,
           r.unit_usd * coalesce(d.factor, 1), r.unit, r.unit_usd, d.percent,
           CASE WHEN r.number IS NOT NULL
                THEN coalesce(r.billed_from <= day, r.valid_from IS NULL AND r.as_of <= day, false) END,
           r.valid_from, r.valid_to, r.as_of, r.origin, r.source, r.note, target.model_id, r.region, r.routing, r.tier,
           NULL::text, CASE WHEN r.number IS NULL AND a.long THEN (SELECT min(t.long_context_above) FROM line AS t)
                            ELSE nullif(r.long_context_above, unknown_threshold) END,
           r.endpoint, r.usage_type, r.announced_on, r.billed_from,
           CASE WHEN r.number IS NOT NULL THEN NULL
                WHEN w.of_kind = 0
                THEN format('kind %s has no price', a.token_kind || coalesce(' of ' || a.cache_ttl, ''))
                WHEN w.of_tier = 0 THEN format('no price in tier %s: there are %s', wanted_tier, w.tiers)
                WHEN w.of_routing = 0 THEN format('no price with routing %s', wanted_routing)
                WHEN w.of_length = 0
                THEN CASE WHEN a.long THEN 'no long-context price' ELSE 'only a long-context price' END
                WHEN w.of_region = 0
                THEN format('no price in region %s: priced in %s%s', wanted_region,
                            array_to_string(w.regions[1:3], ', '),
                            ' and ' || nullif(greatest(cardinality(w.regions) - 3, 0), 0) || ' more')
                WHEN w.of_day = 0
                THEN format('no price on %s%s', to_char(day, 'YYYY-MM-DD'),
                            coalesce(': first on ' || to_char(w.first_day, 'YYYY-MM-DD'),
                                     ': last on ' || to_char(w.last_day, 'YYYY-MM-DD')))
                WHEN w.sold = 0 THEN 'price in doubt: a zero that probably means not sold'
                ELSE coalesce(n.reason, 'two prices: nothing decides between them') END
    FROM asked AS a
    LEFT JOIN line AS r ON r.number = a.number
    LEFT JOIN lacking AS w ON (w.long, w.place) = (a.long, a.place)
    LEFT JOIN LATERAL (
        -- The price in each region, as it would be with that region.
        SELECT format('region needed: prices differ between %s and %s',
                      (array_agg(one.region ORDER BY one.other, one.region))[1],
                      (array_agg(one.region ORDER BY one.other, one.region))[2]) AS reason
        FROM (SELECT DISTINCT ON (p.usd) g.region, g.region <> 'us-east-1' AS other
              FROM (SELECT u.region,
                           (
                                   bedrock_internal.price_numbers(target.model_id, u.region, wanted_routing,
                                                                  wanted_tier, price_of.at,
                                                  a.long, price_of.basis))[a.place] AS number
                    FROM unnest(w.regions) AS u (region) WHERE u.region <> '*' OFFSET 0) AS g
              JOIN line AS p ON p.number = g.number
              ORDER BY p.usd, g.region <> 'us-east-1', g.region) AS one
        WHERE wanted_region IS NULL
        HAVING count(*) > 1) AS n ON a.number IS NULL
    LEFT JOIN LATERAL (
        SELECT s.factor, s.percent
        FROM bedrock_internal.price_discounts(target.model_id) WITH ORDINALITY
            AS s (valid_from, valid_to, factor, percent, place)
        WHERE NOT r.final AND price_of.basis IS DISTINCT FROM 'list'
          AND day BETWEEN coalesce(s.valid_from, '-infinity') AND coalesce(s.valid_to, 'infinity')
        ORDER BY s.place LIMIT 1) AS d ON true
    WHERE NOT (a.long AND cardinality(lengths) = 2 AND a.number IS NULL AND w.of_kind = 0)
    ORDER BY a.long, a.place;

    -- What is not metered in tokens of text has no estimate; the row that wins is shown.
    IF price_of.basis IS DISTINCT FROM 'effective' THEN
        RETURN QUERY
        SELECT p.token_kind, p.cache_ttl, p.usd, p.unit, p.usd, NULL::numeric,
               coalesce(p.billed_from <= day, lower(p.valid) IS NULL AND p.as_of <= day, false), lower(p.valid),
               upper(p.valid) - 1, p.as_of,
               p.origin, p.source, p.note, target.model_id, p.region, p.routing, p.tier, p.modality,
               p.long_context_above, p.endpoint, p.usage_type,
               p.announced_on, p.billed_from, NULL::text
        FROM bedrock_internal.other_prices(target.model_id, wanted_region, wanted_routing, wanted_tier, day,
                                  price_of.long_context, price_of.basis) WITH ORDINALITY AS p
        ORDER BY p.ordinality;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.price_of(text, text, text, text, timestamptz, boolean, text) IS
    'rows of the price book that estimated_cost uses with the same arguments, one for each token kind, and what else '
    'the model meters (images, model unit hours). usd: US dollars a unit after discount_percent; book_usd: before it; '
    'dated: whether the price is known to hold on that day, as it was billed by then (billed_from), or its source saw '
    'it by then (as_of) and no change is known. long_context NULL: the standard price and, with long_context_above, '
    'the long-context price. reason: why there is no price for the token kind, or for the model where token_kind is '
    'NULL; then usd is NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.is_priced_model(model_id text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT bedrock_internal.canonical_model_id(is_priced_model.model_id) IS NOT NULL
           OR EXISTS (SELECT FROM bedrock.price AS p WHERE p.model_id = is_priced_model.model_id)
           OR EXISTS (SELECT FROM bedrock.effective_price AS e WHERE e.model_id = is_priced_model.model_id);
END;
COMMENT ON FUNCTION bedrock_internal.is_priced_model(text) IS
    'whether the catalogue, the price book or a bill has a model';

CREATE OR REPLACE FUNCTION bedrock_internal.warn_of_unknown_model(model text, model_id text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A model that lines or requests have before the catalogue knows it is no mistake.
    IF bedrock_internal.is_priced_model(warn_of_unknown_model.model_id)
        OR EXISTS (SELECT FROM bedrock.dimension AS d WHERE d.model_id = warn_of_unknown_model.model_id)
        OR EXISTS (SELECT FROM bedrock.invocation_dimension AS d
                   WHERE d.model_id = warn_of_unknown_model.model_id) THEN
        RETURN;
    END IF;
    RAISE WARNING USING
        MESSAGE = format('no model "%s" is known', left(warn_of_unknown_model.model, 160)),
        DETAIL = 'It is stored, and applies once a bill, a log or a catalogue has this model.',
        HINT = 'If it is misspelt, end it (the same call with NULL as price or percent), and use a model id that '
               'bedrock.models lists'
               || coalesce('; similar: ' || bedrock_internal.similar_models(warn_of_unknown_model.model_id), '') || '.';
END
$$;
COMMENT ON FUNCTION bedrock_internal.warn_of_unknown_model(text, text) IS
    'warns that neither catalogue nor price book nor data have a model, with the names of similar ones; model: as the '
    'user wrote it, model_id: as it is stored';

CREATE OR REPLACE FUNCTION bedrock.set_price(model text, token_kind text, usd numeric, region text DEFAULT '*',
    routing text DEFAULT '*',
    tier text DEFAULT 'standard', cache_ttl text DEFAULT NULL, long_context_above bigint DEFAULT NULL,
    unit text DEFAULT '1M tokens',
    valid_from date DEFAULT (now() AT TIME ZONE 'UTC')::date, valid_to date DEFAULT NULL, note text DEFAULT NULL,
    modality text DEFAULT NULL,
    endpoint text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    priced bedrock.price;
    stamp timestamptz := clock_timestamp();
    outcome text := 'added';
    old bedrock.price;
    kept daterange;
BEGIN
    PERFORM bedrock_internal.require_write('bedrock.set_price', 'bedrock.price');
    IF set_price.valid_to < set_price.valid_from THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('a price cannot end on %s, before it begins on %s', set_price.valid_to,
                                   set_price.valid_from);
    END IF;
    IF set_price.token_kind NOT IN ('input', 'output', 'cache_read', 'cache_write')
        AND set_price.unit IN ('1M tokens', '1K tokens') THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('"%s" is no kind of token', left(set_price.token_kind, 160)),
            HINT = 'input, output, cache_read or cache_write; what is metered otherwise has another unit.';
    END IF;
    priced.model_id := coalesce((SELECT min(t.model_id) FROM bedrock_internal.price_targets(set_price.model) AS t),
                                set_price.model);
    IF set_price.usd IS NOT NULL THEN
        PERFORM bedrock_internal.warn_of_unknown_model(set_price.model, priced.model_id);
    END IF;
    priced.region := set_price.region;
    priced.routing := CASE set_price.routing WHEN 'geo' THEN 'regional' ELSE set_price.routing END;
    priced.tier := set_price.tier;
    priced.token_kind := set_price.token_kind;
    -- The default write of a model has a time to live where the book states one; that is the one meant.
    priced.cache_ttl := coalesce(set_price.cache_ttl, CASE WHEN set_price.token_kind = 'cache_write' THEN (
        SELECT p.cache_ttl FROM bedrock.price AS p
        WHERE p.model_id = priced.model_id AND p.token_kind = 'cache_write' AND p.cache_ttl IN ('5m', '30m')
          AND upper_inf(p.recorded)
        ORDER BY p.cache_ttl DESC LIMIT 1) END);
    priced.modality := set_price.modality;
    priced.long_context_above := set_price.long_context_above;
    priced.endpoint := set_price.endpoint;
    priced.unit := set_price.unit;
    priced.usd := set_price.usd;
    priced.valid := daterange(set_price.valid_from, set_price.valid_to, '[]');
    priced.billed_from := set_price.valid_from;
    priced.as_of := (stamp AT TIME ZONE 'UTC')::date;
    priced.doubtful := false;
    priced.source := 'bedrock.set_price';
    priced.note := set_price.note;
    priced.origin := 'user';
    priced.builtin := false;
    priced.recorded := tstzrange(stamp, NULL);
    priced.recorded_by := bedrock_internal.calling_role();

    -- Two who price the same thing: the second one sees what the first one wrote.
    LOCK TABLE bedrock.price IN SHARE ROW EXCLUSIVE MODE;
    FOR old IN
        SELECT p.* FROM bedrock.price AS p
        WHERE p.origin = 'user' AND upper_inf(p.recorded) AND p.valid && priced.valid
          AND (p.model_id, p.region, p.routing, p.tier, p.token_kind, p.cache_ttl, p.modality, p.long_context_above,
               p.endpoint) IS NOT DISTINCT FROM
              (priced.model_id, priced.region, priced.routing, priced.tier, priced.token_kind, priced.cache_ttl,
               priced.modality,
               priced.long_context_above, priced.endpoint)
    LOOP
        IF old.valid @> priced.valid AND old.usd = priced.usd AND old.unit = priced.unit
            AND old.note IS NOT DISTINCT FROM priced.note THEN
            RETURN 'unchanged';
        END IF;
        outcome := 'changed';
        UPDATE bedrock.price AS p
        SET recorded = tstzrange(lower(p.recorded), greatest(stamp, lower(p.recorded) + interval '1 microsecond')),
            closed_by = bedrock_internal.calling_role(), close_reason = set_price.note
        WHERE p IS NOT DISTINCT FROM old;
        FOR kept IN SELECT m.piece FROM unnest(datemultirange(old.valid) - datemultirange(priced.valid))
            AS m (piece) LOOP
            old.valid := kept;
            old.billed_from := lower(kept);
            old.recorded := tstzrange(stamp, NULL);
            old.recorded_by := bedrock_internal.calling_role();
            INSERT INTO bedrock.price SELECT old.*;
        END LOOP;
    END LOOP;
    IF priced.usd IS NULL THEN
        RETURN CASE outcome WHEN 'changed' THEN 'ended' ELSE 'unchanged' END;
    END IF;
    INSERT INTO bedrock.price SELECT priced.*;
    RETURN outcome;
END
$$;
COMMENT ON FUNCTION bedrock.set_price(text, text, numeric, text, text, text, text, bigint, text, date, date, text, text,
    text) IS
    'sets a price of your own in US dollars a unit, which wins over price lists and shipped prices and takes no '
    'discount; returns added, changed, unchanged or ended. valid_from: first UTC day, today by default, NULL: no '
    'beginning; '
    'valid_to: last day, NULL: open; other days keep their price, and bedrock.price keeps what is replaced. region, '
    'routing: * for all; cache_ttl NULL of a cache write: the default write of the model; usd NULL: ends your price on '
    'these days. A model that neither catalogue nor data have gives a warning and is stored. Error 42501: the '
    'caller has neither the scope manage, nor the scope load and INSERT on bedrock.price; 22023: no such token kind, '
    'or valid_to before valid_from; 23514: a value that the book cannot hold';

CREATE OR REPLACE FUNCTION bedrock.set_discount(percent numeric, model text DEFAULT NULL, provider text DEFAULT NULL,
    valid_from date DEFAULT (now() AT TIME ZONE 'UTC')::date, valid_to date DEFAULT NULL, note text DEFAULT NULL)
        RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    stamp timestamptz := clock_timestamp();
    days daterange;
    wanted text := CASE WHEN set_discount.model IS NOT NULL THEN
        coalesce((SELECT min(t.model_id) FROM bedrock_internal.price_targets(set_discount.model) AS t),
                 set_discount.model) END;
    outcome text := 'added';
    old bedrock.price_discount;
    kept daterange;
BEGIN
    PERFORM bedrock_internal.require_write('bedrock.set_discount', 'bedrock.price_discount');
    IF num_nonnulls(set_discount.model, set_discount.provider) <> 1 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a discount is for one model or one provider',
            HINT = 'Give model or provider, not both.';
    END IF;
    IF set_discount.valid_to < set_discount.valid_from THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('a discount cannot end on %s, before it begins on %s', set_discount.valid_to,
                                   set_discount.valid_from);
    END IF;
    IF set_discount.provider IS NOT NULL
        AND NOT EXISTS (SELECT FROM bedrock.model AS m WHERE m.provider = set_discount.provider) THEN
        RAISE undefined_object
            USING MESSAGE = format('no model has the provider "%s"', left(set_discount.provider, 160)),
            HINT = 'SELECT DISTINCT provider FROM bedrock.models lists them.';
    END IF;
    IF set_discount.percent NOT BETWEEN 0 AND 100 OR scale(trim_scale(set_discount.percent)) > 4 THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('a discount cannot be %s percent', left(set_discount.percent::text, 160)),
            DETAIL = 'It is a number from 0 to 100 with at most 4 decimal places.',
            HINT = 'Give 12 for 12 % off. A price above that of the book is for bedrock.set_price.';
    END IF;
    IF set_discount.percent > 0 AND set_discount.percent < 1 THEN
        RAISE NOTICE
            USING MESSAGE = format('the discount is %s %%: percent is in percent', trim_scale(set_discount.percent)),
            HINT = format('Give %s if you mean %1$s %%.', trim_scale(set_discount.percent * 100));
    END IF;
    IF wanted IS NOT NULL AND set_discount.percent IS NOT NULL THEN
        PERFORM bedrock_internal.warn_of_unknown_model(set_discount.model, wanted);
    END IF;
    days := daterange(set_discount.valid_from, set_discount.valid_to, '[]');
    LOCK TABLE bedrock.price_discount IN SHARE ROW EXCLUSIVE MODE;
    FOR old IN
        SELECT d.* FROM bedrock.price_discount AS d
        WHERE upper_inf(d.recorded) AND d.valid && days
          AND (d.model_id, d.provider) IS NOT DISTINCT FROM (wanted, set_discount.provider)
    LOOP
        outcome := 'changed';
        UPDATE bedrock.price_discount AS d
        SET recorded = tstzrange(lower(d.recorded), greatest(stamp, lower(d.recorded) + interval '1 microsecond')),
            closed_by = bedrock_internal.calling_role(), close_reason = set_discount.note
        WHERE d IS NOT DISTINCT FROM old;
        FOR kept IN SELECT m.piece FROM unnest(datemultirange(old.valid) - datemultirange(days)) AS m (piece) LOOP
            old.valid := kept;
            old.recorded := tstzrange(stamp, NULL);
            old.recorded_by := bedrock_internal.calling_role();
            INSERT INTO bedrock.price_discount SELECT old.*;
        END LOOP;
    END LOOP;
    IF set_discount.percent IS NULL THEN
        RETURN CASE outcome WHEN 'changed' THEN 'ended' ELSE 'unchanged' END;
    END IF;
    INSERT INTO bedrock.price_discount (model_id, provider, percent, valid, note, recorded, recorded_by)
    VALUES (wanted, set_discount.provider, trim_scale(set_discount.percent), days, set_discount.note,
            tstzrange(stamp, NULL), bedrock_internal.calling_role());
    RETURN outcome;
END
$$;
COMMENT ON FUNCTION bedrock.set_discount(numeric, text, text, date, date, text) IS
    'sets a discount in percent off price lists and shipped prices, for a model or all models of a provider; returns '
    'added, changed, ended, or unchanged where none was to end. A discount of the model replaces that of its provider; '
    'a price of the user takes none. '
    'valid_from: first UTC day, today by default, NULL: no beginning; valid_to: last day, NULL: open; percent NULL: '
    'ends the discount on these days. Error 42501: as bedrock.set_price; 22023: not exactly one of model and provider, '
    'valid_to before valid_from, or a percent outside of 0 to 100 or with more than 4 decimal places; 42704: no such '
    'provider. A percent between 0 and 1 (0.12 is 0.12 %) gives a notice, a model that neither catalogue nor data '
    'have a warning';
