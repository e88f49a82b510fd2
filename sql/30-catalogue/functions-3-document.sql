-- What AWS's command line prints of models, profiles and offers, read into the catalogue and the price book: a new
-- model is known and priced without a new version of the extension. First the facts of the documents, then how they
-- stand to what is known, then what is taken over. Shipped rows stay as they are; what is loaded stands beside them,
-- and rows of the user win.

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_documents(content text, file text) RETURNS SETOF jsonb
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    document jsonb;
BEGIN
    BEGIN
        document := ltrim(content, chr(65279))::jsonb;
    EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR program_limit_exceeded
                OR statement_too_complex OR numeric_value_out_of_range THEN
        PERFORM bedrock_internal.raise_in_file(file, NULL, '22023', 'the catalogue is no JSON', SQLERRM,
            'Give what the AWS CLI prints (--output json), or an array of it; fetch a file again that was cut off.');
    END;
    RETURN QUERY SELECT d.document FROM bedrock_internal.json_items(document) AS d (document);
END
$$;
COMMENT ON FUNCTION bedrock_internal.catalogue_documents(text, text) IS
    'the documents in a text: itself, or the elements of an array. Error 22023 naming file where it is no JSON';

CREATE OR REPLACE FUNCTION bedrock_internal.json_text(object jsonb, VARIADIC names text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(btrim(bedrock_internal.json_field(json_text.object, VARIADIC json_text.names) #>> '{}'), '');
COMMENT ON FUNCTION bedrock_internal.json_text(jsonb, text[]) IS
    'bedrock_internal.json_field as text without blanks around it; NULL where that is empty';

CREATE OR REPLACE FUNCTION bedrock_internal.json_day(object jsonb, name text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN to_char(bedrock_internal.json_time(bedrock_internal.json_field(object, name)) AT TIME ZONE 'UTC',
        'YYYY-MM-DD');
END
$$;
COMMENT ON FUNCTION bedrock_internal.json_day(jsonb, text) IS
    'the UTC day of a member that is a time (bedrock_internal.json_time), as 2026-11-29; NULL where there is none';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_models(document jsonb, file text)
    RETURNS TABLE (model_id text, property text, value text, detail jsonb)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    list jsonb := bedrock_internal.json_field(document, 'modelSummaries', 'modelDetails');
    bad record;
BEGIN
    SELECT i.place, i.item, d.wrong INTO bad
    FROM bedrock_internal.json_items(list) WITH ORDINALITY AS i (item, place)
    CROSS JOIN LATERAL (
        SELECT 'modelId' AS wrong
        WHERE bedrock_internal.json_text(i.item, 'modelId') ~ '^[a-z0-9-]+[.][A-Za-z0-9][A-Za-z0-9._:-]*$' IS NOT TRUE
        UNION ALL
        SELECT n.name
        FROM unnest(ARRAY['startOfLifeTime', 'legacyTime', 'publicExtendedAccessTime', 'endOfLifeTime']) AS n (name)
        CROSS JOIN LATERAL (
            SELECT bedrock_internal.json_field(bedrock_internal.json_field(i.item, 'modelLifecycle'), n.name))
                AS f (value)
        WHERE f.value IS NOT NULL AND isfinite(bedrock_internal.json_time(f.value)) IS NOT TRUE) AS d
    ORDER BY i.place LIMIT 1;
    IF FOUND THEN
        PERFORM bedrock_internal.raise_in_file(catalogue_models.file, NULL, '22023',
            format('%s of model %s of the catalogue cannot be read', bad.wrong, bad.place), left(bad.item::text, 300));
    END IF;
    RETURN QUERY
    SELECT m.model_id, p.property, p.value, jsonb_build_object('provider', m.provider, 'model_name', m.model_name)
    FROM (SELECT n.model_id, coalesce(bedrock_internal.json_text(i.item, 'modelName'), n.model_id) AS model_name,
                 coalesce(bedrock_internal.json_text(i.item, 'providerName'),
                          initcap(split_part(n.model_id, '.', 1))) AS provider,
                 bedrock_internal.json_field(i.item, 'modelLifecycle') AS life,
                 (SELECT string_agg(DISTINCT lower(w.word #>> '{}'), ', ')
                  FROM bedrock_internal.json_items(bedrock_internal.json_field(i.item, 'inputModalities')) AS w (word))
                      AS reads,
                 (SELECT string_agg(DISTINCT lower(w.word #>> '{}'), ', ')
                  FROM bedrock_internal.json_items(bedrock_internal.json_field(i.item, 'outputModalities')) AS w (word))
                      AS writes
          FROM bedrock_internal.json_items(list) AS i (item)
          CROSS JOIN LATERAL (SELECT bedrock_internal.json_text(i.item, 'modelId')) AS n (model_id)
          -- A context variant (:24k) is its base model.
          WHERE n.model_id !~ ':[0-9]+k$') AS m
    CROSS JOIN LATERAL (VALUES
        ('provider', m.provider),
        ('model_name', m.model_name),
        ('input_modalities', m.reads),
        ('output_modalities', m.writes),
        ('lifecycle', upper(bedrock_internal.json_text(m.life, 'status'))),
        ('release_date', bedrock_internal.json_day(m.life, 'startOfLifeTime')),
        ('legacy_date', bedrock_internal.json_day(m.life, 'legacyTime')),
        ('extended_access_date', bedrock_internal.json_day(m.life, 'publicExtendedAccessTime')),
        ('end_of_life_date', bedrock_internal.json_day(m.life, 'endOfLifeTime'))) AS p (property, value)
    WHERE p.value IS NOT NULL;
END
$$;
COMMENT ON FUNCTION bedrock_internal.catalogue_models(jsonb, text) IS
    'what an answer of list-foundation-models or get-foundation-model says of models, one row a property of '
    'bedrock.model; no row for another document. Error 22023 naming file and record where one cannot be read';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_profiles(document jsonb, file text)
    RETURNS TABLE (what text, name text, property text, value text, detail jsonb)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    list jsonb := coalesce(bedrock_internal.json_field(document, 'inferenceProfileSummaries'),
                           CASE WHEN bedrock_internal.json_field(document, 'inferenceProfileArn') IS NOT NULL
                               THEN document END);
    bad record;
BEGIN
    SELECT i.place, i.item INTO bad
    FROM bedrock_internal.json_items(list) WITH ORDINALITY AS i (item, place)
    CROSS JOIN LATERAL (SELECT bedrock_internal.json_text(i.item, 'inferenceProfileArn')) AS a (arn)
    WHERE a.arn IS NULL OR NOT (@extschema@.bedrock_arn_parts(a.arn)).valid
    ORDER BY i.place LIMIT 1;
    IF FOUND THEN
        PERFORM bedrock_internal.raise_in_file(catalogue_profiles.file, NULL, '22023',
            format('inferenceProfileArn of profile %s of the catalogue cannot be read', bad.place),
            left(bad.item::text, 300));
    END IF;
    RETURN QUERY
    WITH profile AS (
        SELECT i.item, a.arn, part.region, part.geo_prefix, m.model_id, m.destinations,
               coalesce(bedrock_internal.json_text(i.item, 'inferenceProfileId'), part.profile_id) AS profile_id,
               -- A geography that this version does not know yet is AWS's where the document says so.
               bedrock_internal.json_text(i.item, 'type') = 'SYSTEM_DEFINED'
                   OR part.request_path = 'system_profile' AS is_system
        FROM bedrock_internal.json_items(list) AS i (item)
        CROSS JOIN LATERAL (SELECT bedrock_internal.json_text(i.item, 'inferenceProfileArn')) AS a (arn)
        CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(a.arn) AS part
        CROSS JOIN LATERAL (
            SELECT CASE WHEN count(DISTINCT p.model_id) = 1 THEN min(p.model_id) END AS model_id,
                   CASE WHEN bool_or(coalesce(p.region, '') = '') THEN '*' ELSE string_agg(DISTINCT p.region, ', ') END
                       AS destinations
            FROM bedrock_internal.json_items(bedrock_internal.json_field(i.item, 'models')) AS s (item)
            CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(bedrock_internal.json_text(s.item, 'modelArn')) AS p
            WHERE p.valid) AS m)
    SELECT 'system profile', p.profile_id, f.property, f.value,
           jsonb_build_object('pool', coalesce(p.geo_prefix, split_part(p.profile_id, '.', 1)),
                              'source_region', p.region)
    FROM profile AS p
    CROSS JOIN LATERAL (VALUES
        ('model', coalesce(p.model_id, substr(p.profile_id, strpos(p.profile_id, '.') + 1))),
        ('from ' || p.region, p.destinations)) AS f (property, value)
    WHERE p.is_system AND f.property IS NOT NULL AND f.value <> ''
    UNION ALL
    SELECT 'application profile', p.arn, NULL, NULL, p.item FROM profile AS p WHERE NOT p.is_system;
END
$$;
COMMENT ON FUNCTION bedrock_internal.catalogue_profiles(jsonb, text) IS
    'what an answer of list-inference-profiles or get-inference-profile says: of a system profile its model, and where '
    'it sends a call made in the region of its ARN; of an application profile the record; no row for another document. '
    'Error 22023 naming file and record where one cannot be read';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_rates(document jsonb)
    RETURNS TABLE (offer_id text, currency text, dimension text, unit text, price text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- aws bedrock list-foundation-model-agreement-offers
    SELECT bedrock_internal.json_text(o.offer, 'offerId'), NULL, bedrock_internal.json_text(r.rate, 'dimension'),
           bedrock_internal.json_text(r.rate, 'unit'), bedrock_internal.json_text(r.rate, 'price')
    FROM bedrock_internal.json_items(bedrock_internal.json_field(document, 'offers')) AS o (offer)
    CROSS JOIN LATERAL (
        SELECT bedrock_internal.json_field(bedrock_internal.json_field(o.offer, 'termDetails'),
            'usageBasedPricingTerm')) AS u (term)
    CROSS JOIN LATERAL bedrock_internal.json_items(bedrock_internal.json_field(u.term, 'rateCard')) AS r (rate)
    UNION ALL
    -- aws marketplace-discovery get-offer-terms
    SELECT bedrock_internal.json_text(document, 'offerId'), bedrock_internal.json_text(u.term, 'currencyCode'),
           bedrock_internal.json_text(r.rate, 'dimensionKey'), bedrock_internal.json_text(r.rate, 'unit'),
           bedrock_internal.json_text(r.rate, 'price')
    FROM bedrock_internal.json_items(bedrock_internal.json_field(document, 'offerTerms')) AS t (item)
    CROSS JOIN LATERAL (SELECT bedrock_internal.json_field(t.item, 'usageBasedPricingTerm')) AS u (term)
    CROSS JOIN LATERAL bedrock_internal.json_items(bedrock_internal.json_field(u.term, 'rateCards')) AS c (card)
    CROSS JOIN LATERAL bedrock_internal.json_items(bedrock_internal.json_field(c.card, 'rateCard')) AS r (rate);
END;
COMMENT ON FUNCTION bedrock_internal.catalogue_rates(jsonb) IS
    'the rates of an answer of list-foundation-model-agreement-offers or get-offer-terms as they are written; no row '
    'for another document. currency: NULL where the document states none';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_prices(document jsonb, file text, model text)
    RETURNS TABLE (model_id text, property text, value text, detail jsonb)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    priced text := coalesce(bedrock_internal.json_text(document, 'modelId'), catalogue_prices.model);
    bad record;
BEGIN
    IF bedrock_internal.json_field(document, 'offers', 'offerTerms') IS NULL THEN
        RETURN;
    END IF;
    IF priced IS NULL THEN
        PERFORM bedrock_internal.raise_in_file(catalogue_prices.file, NULL, '22023',
            'the catalogue does not say of which model its rates are',
            'aws marketplace-discovery get-offer-terms does not repeat the model.',
            'Give it: bedrock.load_catalogue(path, model => ''anthropic.claude-...'').');
    END IF;
    priced := coalesce((SELECT min(t.model_id) FROM bedrock_internal.price_targets(priced) AS t), priced);
    SELECT r.* INTO bad
    FROM bedrock_internal.catalogue_rates(document) AS r
    WHERE r.dimension IS NULL OR r.unit IS NULL
       OR r.price ~ '^[0-9]{1,9}([.][0-9]{1,20})?([eE]-?[0-9]{1,2})?$' IS NOT TRUE
    LIMIT 1;
    IF FOUND THEN
        PERFORM bedrock_internal.raise_in_file(catalogue_prices.file, NULL, '22023',
            format('rate "%s" of the catalogue cannot be read', left(bad.dimension, 160)),
            format('unit "%s", price "%s"', left(bad.unit, 60), left(bad.price, 60)));
    END IF;
    RETURN QUERY
    WITH rate AS (
        -- One dimension may stand there under two names.
        SELECT DISTINCT r.offer_id, r.currency, r.dimension, r.unit, trim_scale(r.price::numeric) AS usd,
               substring(r.dimension FROM '^([A-Z]+[0-9]*)_') AS prefix
        FROM bedrock_internal.catalogue_rates(document) AS r),
    billed AS (
        -- As the bill writes a Marketplace dimension: its region in front, its unit behind.
        SELECT r.*, CASE WHEN r.dimension !~ '-MP:' AND @extschema@.bedrock_region(r.prefix || '-') IS NOT NULL
                         THEN r.prefix || '-MP:' ELSE '' END
                    || r.dimension || CASE WHEN r.dimension ~ '-Units$' THEN '' ELSE '-Units' END AS usage_type
        FROM rate AS r),
    reading AS (
        SELECT b.*, p.usage_group, coalesce(p.region, '*') AS region, p.routing, p.tier, p.token_kind, p.modality,
               p.custom_model, coalesce(p.long_context, false) AS long_context, p.book_unit,
               CASE WHEN p.token_kind = 'cache_write'
                    THEN coalesce(p.cache_ttl, bedrock_internal.default_cache_ttl(priced)) END AS cache_ttl
        FROM billed AS b
        CROSS JOIN LATERAL bedrock_internal.rate_parts(b.usage_type, b.unit) AS p)
    SELECT priced,
           CASE WHEN r.token_kind IS NULL OR r.tier IS NULL OR r.routing IS NULL THEN r.dimension
                ELSE concat_ws(' ', r.token_kind, r.cache_ttl, r.modality,
                               CASE WHEN r.long_context THEN 'long context' END, r.tier, r.routing, r.region) END,
           (CASE r.book_unit WHEN '1K tokens' THEN trim_scale(r.usd * 1000) ELSE r.usd END)::text,
           jsonb_build_object('region', r.region, 'routing', r.routing, 'tier', r.tier, 'token_kind', r.token_kind,
               'cache_ttl', r.cache_ttl, 'modality', r.modality, 'long_context', r.long_context,
               'unit', CASE r.book_unit WHEN '1K tokens' THEN '1M tokens' ELSE r.book_unit END,
               'usage_type', r.usage_type, 'offer_id', r.offer_id,
               'problem', CASE WHEN r.currency <> 'USD' THEN 'not in US dollars'
                               ELSE bedrock_internal.rate_problem(r.usage_group, priced, r.routing, r.tier,
                                   r.token_kind,
                                                         r.custom_model, r.book_unit, r.usd) END)
    FROM reading AS r;
END
$$;
COMMENT ON FUNCTION bedrock_internal.catalogue_prices(jsonb, text, text) IS
    'what an answer of list-foundation-model-agreement-offers or get-offer-terms says of prices, in US dollars for a '
    'million tokens, else a unit; no row for another document. model: whose rates they are where the document does not '
    'say it. detail: the words of bedrock.price, and why the book does not take the rate '
    '(bedrock_internal.rate_problem). Error 22023 naming file and dimension where a rate cannot be read, or no model '
    'is known';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_facts(document jsonb, file text, model text)
    RETURNS TABLE (what text, name text, property text, value text, detail jsonb)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Ids and names are keys of indexes, two of them together at most 2,700 bytes; AWS writes ids of 140 characters.
    most CONSTANT integer := 1000;
BEGIN
    IF bedrock_internal.json_field(document, 'modelSummaries', 'modelDetails', 'inferenceProfileSummaries',
                          'inferenceProfileArn', 'offers', 'offerTerms') IS NULL THEN
        PERFORM bedrock_internal.raise_in_file(catalogue_facts.file, NULL, '22023',
            format('the catalogue is none of the documents that are read: it has %s',
                coalesce((SELECT string_agg(quote_ident(k.key), ', ' ORDER BY k.key COLLATE "C")
                          FROM (SELECT j.key
                                FROM jsonb_object_keys(CASE jsonb_typeof(document) WHEN 'object' THEN document END)
                                    AS j (key)
                                ORDER BY j.key COLLATE "C" LIMIT 8) AS k), 'no member')),
            'Looked for modelSummaries (aws bedrock list-foundation-models), inferenceProfileSummaries '
            '(list-inference-profiles), offers (list-foundation-model-agreement-offers) and offerTerms (aws '
            'marketplace-discovery get-offer-terms).');
    END IF;
    FOR what, name, property, value, detail IN
        SELECT 'model', m.* FROM bedrock_internal.catalogue_models(document, catalogue_facts.file) AS m
        UNION ALL
        SELECT p.* FROM bedrock_internal.catalogue_profiles(document, catalogue_facts.file) AS p
        UNION ALL
        SELECT 'price', p.* FROM bedrock_internal.catalogue_prices(document, catalogue_facts.file,
            catalogue_facts.model) AS p
    LOOP
        IF greatest(octet_length(name), octet_length(property), octet_length(value)) > most THEN
            PERFORM bedrock_internal.raise_in_file(catalogue_facts.file, NULL, '22023',
                format('%s of %s "%s" of the catalogue is too long',
                                 CASE WHEN octet_length(name) > most THEN 'id' ELSE left(property, 60) END,
                                 CASE what WHEN 'price' THEN 'model' ELSE what END, left(name, 60)),
                format('It has %s bytes; ids and names have at most %s.',
                                greatest(octet_length(name), octet_length(property), octet_length(value)), most));
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.catalogue_facts(jsonb, text, text) IS
    'what a document of the AWS CLI says, one row a fact: property value of a model, a system profile, an application '
    'profile or a price. model: whose rates get-offer-terms are. file is named in errors: 22023 for a shape that is '
    'none of the known, for a record that cannot be read, and for an id or a name of more than 1,000 bytes';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_facts_of_text(content text, file text, model text) RETURNS jsonb
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(f) || jsonb_build_object('file', catalogue_facts_of_text.file)), '[]')
            FROM bedrock_internal.catalogue_documents(content, catalogue_facts_of_text.file) AS d (document)
            CROSS JOIN LATERAL bedrock_internal.catalogue_facts(d.document, catalogue_facts_of_text.file,
                                                       catalogue_facts_of_text.model) AS f);
END
$$;
COMMENT ON FUNCTION bedrock_internal.catalogue_facts_of_text(text, text, text) IS
    'the facts (bedrock_internal.catalogue_facts) of all documents in a text, as an array of objects';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_facts_of_path(path text, model text) RETURNS jsonb
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    facts jsonb := jsonb_build_array();
    file text;
    files bigint := 0;
BEGIN
    FOR file IN SELECT f.file FROM bedrock.server_files(catalogue_facts_of_path.path) AS f LOOP
        files := files + 1;
        facts := facts || bedrock_internal.catalogue_facts_of_text(bedrock.server_file_text(file), file,
                                                          catalogue_facts_of_path.model);
    END LOOP;
    IF files = 0 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('there is no file under "%s"', left(catalogue_facts_of_path.path, 160));
    END IF;
    RETURN facts;
END
$$;
COMMENT ON FUNCTION bedrock_internal.catalogue_facts_of_path(text, text) IS
    'the facts (bedrock_internal.catalogue_facts) of all files under a path of the database server, as an array of '
    'objects; errors are those of bedrock.server_files, and of the first file that cannot be read';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_own_profiles(facts jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT jsonb_build_object('inferenceProfileSummaries', coalesce(jsonb_agg(f.fact -> 'detail'), '[]'))
            FROM jsonb_array_elements(facts) AS f (fact) WHERE f.fact ->> 'what' = 'application profile');
COMMENT ON FUNCTION bedrock_internal.catalogue_own_profiles(jsonb) IS
    'the application profiles among facts, as a document for bedrock.import_profiles';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_findings(facts jsonb, as_of date)
    RETURNS TABLE (finding text, what text, name text, property text, old_value text, new_value text, file text,
        detail jsonb)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    loaded CONSTANT text[] := ARRAY['bedrock.load_catalogue', 'bedrock.import_profiles'];
    states CONSTANT text[] := ARRAY['ACTIVE', 'LEGACY', 'EXTENDED_ACCESS', 'END_OF_LIFE'];
BEGIN
    RETURN QUERY
    WITH fact AS MATERIALIZED (
        SELECT f.*, e.place
        FROM jsonb_array_elements(facts) WITH ORDINALITY AS e (fact, place)
        CROSS JOIN LATERAL jsonb_to_record(e.fact)
            AS f (what text, name text, property text, value text, detail jsonb, file text)),
    -- Pages and regions repeat a fact; what was said last holds.
    said AS MATERIALIZED (
        SELECT DISTINCT ON (f.what, f.name, f.property) f.*
        FROM fact AS f
        WHERE f.what IN ('model', 'system profile')
        ORDER BY f.what, f.name, f.property, f.place DESC),
    model AS (
        SELECT CASE WHEN s.property = 'lifecycle' AND s.value <> ALL (states) THEN 'unknown state'
                    WHEN m.model_id IS NULL THEN 'new'
                    WHEN o.value = s.value THEN 'same'
                    -- The API has no word for extended access, which is a part of being legacy.
                    WHEN s.property = 'lifecycle' AND s.value = 'LEGACY' AND o.value = 'EXTENDED_ACCESS' THEN 'same'
                    WHEN NOT m.builtin AND m.source IS DISTINCT FROM 'bedrock.load_catalogue' THEN 'yours'
                    WHEN o.value IS NULL THEN 'new' ELSE 'changed' END AS finding,
               s.what, s.name, s.property, o.value AS old_value, s.value AS new_value, s.file, s.detail
        FROM said AS s
        LEFT JOIN bedrock.models AS m ON m.model_id = s.name
        CROSS JOIN LATERAL (SELECT CASE s.property
            WHEN 'input_modalities' THEN (SELECT string_agg(w.word, ', ' ORDER BY w.word)
                                          FROM string_to_table(m.input_modalities, ', ') AS w (word))
            WHEN 'output_modalities' THEN (SELECT string_agg(w.word, ', ' ORDER BY w.word)
                                           FROM string_to_table(m.output_modalities, ', ') AS w (word))
            WHEN 'lifecycle' THEN m.lifecycle
            WHEN 'release_date' THEN to_char(m.release_date, 'YYYY-MM-DD')
            WHEN 'legacy_date' THEN to_char(m.legacy_date, 'YYYY-MM-DD')
            WHEN 'extended_access_date' THEN to_char(m.extended_access_date, 'YYYY-MM-DD')
            WHEN 'end_of_life_date' THEN to_char(m.end_of_life_date, 'YYYY-MM-DD') END) AS o (value)
        -- What a known model is called stays as the catalogue has it.
        WHERE s.what = 'model' AND NOT (m.model_id IS NOT NULL AND s.property IN ('provider', 'model_name'))),
    profile AS (
        SELECT CASE WHEN o.value = s.value THEN 'same' WHEN o.yours THEN 'yours'
                    WHEN o.value IS NULL THEN 'new' ELSE 'changed' END AS finding,
               s.what, s.name, s.property, o.value AS old_value, s.value AS new_value, s.file, s.detail
        FROM said AS s
        LEFT JOIN LATERAL (
            SELECT p.model_id AS value, NOT p.builtin AND p.source = ANY (loaded) IS NOT TRUE AS yours
            FROM bedrock.system_profiles AS p
            WHERE s.property = 'model' AND p.profile_id = s.name
            UNION ALL
            SELECT string_agg(r.destination_region, ', ' ORDER BY r.destination_region),
                   NOT bool_or(r.builtin) AND bool_or(r.source = ANY (loaded)) IS NOT TRUE
            FROM bedrock.system_profile_regions AS r
            WHERE s.property <> 'model' AND r.profile_id = s.name AND r.source_region = s.detail ->> 'source_region'
            HAVING count(*) > 0) AS o ON true
        WHERE s.what = 'system profile'),
    rate AS (
        SELECT DISTINCT ON (f.name, f.property, f.value) f.what, f.name, f.property, f.value, f.file, f.detail,
               f.value::numeric AS usd, d.*
        FROM fact AS f
        CROSS JOIN LATERAL jsonb_to_record(f.detail)
            AS d (region text, routing text, tier text, token_kind text, cache_ttl text, modality text,
                  long_context boolean, problem text)
        WHERE f.what = 'price'
        ORDER BY f.name, f.property, f.value, f.place),
    price AS (
        SELECT CASE WHEN r.problem IS NOT NULL THEN r.problem
                    WHEN max(r.usd) OVER thing > min(r.usd) OVER thing THEN 'two prices'
                    WHEN b.usd = r.usd THEN 'same'
                    WHEN b.yours THEN 'yours'
                    WHEN b.usd IS NULL THEN 'new'
                    WHEN r.usd = b.usd * 1000 OR r.usd * 1000 = b.usd THEN 'factor_1000' ELSE 'changed' END AS finding,
               r.what, r.name, r.property, b.usd::text AS old_value, r.value AS new_value, r.file,
               r.detail || jsonb_build_object('in_book', b.in_book) AS detail
        FROM rate AS r
        LEFT JOIN LATERAL (
            -- Of the prices that hold that day the user's is looked for, and the one that would be used without it.
            SELECT count(*) > 0 AS in_book, bool_or(p.origin = 'user') FILTER (WHERE d.holds) AS yours,
                   (array_agg(trim_scale(p.usd * CASE p.unit WHEN '1K tokens' THEN 1000 ELSE 1 END)
                              ORDER BY array_position(ARRAY['offer', 'price_list', 'shipped'], p.origin),
                                       p.region = '*', p.routing = '*', lower(p.valid) DESC NULLS LAST)
                    FILTER (WHERE d.holds AND p.origin <> 'user'))[1] AS usd
            FROM bedrock.price AS p
            CROSS JOIN LATERAL (SELECT p.valid @> catalogue_findings.as_of AS holds) AS d
            WHERE p.model_id = r.name AND upper_inf(p.recorded)
              AND p.region IN (r.region, '*') AND p.routing IN (r.routing, '*') AND p.tier = r.tier
              AND p.token_kind = r.token_kind AND p.cache_ttl IS NOT DISTINCT FROM r.cache_ttl
              AND coalesce(p.modality, 'text') = coalesce(r.modality, 'text')
              AND (p.long_context_above IS NOT NULL) = r.long_context
              AND p.endpoint IS DISTINCT FROM 'bedrock-mantle') AS b ON true
        WINDOW thing AS (PARTITION BY r.name, r.property))
    SELECT m.* FROM model AS m UNION ALL SELECT p.* FROM profile AS p UNION ALL SELECT p.* FROM price AS p
    ORDER BY 2, 3, 4 NULLS FIRST, 6;

    -- The registry knows best how a profile of the user has changed.
    RETURN QUERY
    SELECT CASE i.action WHEN 'added' THEN 'new' WHEN 'unchanged' THEN 'same' ELSE i.action END,
           'application profile', i.profile_arn, NULL::text, NULL::text, NULL::text,
           (SELECT f.fact ->> 'file' FROM jsonb_array_elements(facts) AS f (fact)
            WHERE f.fact ->> 'name' = i.profile_arn LIMIT 1), NULL::jsonb
    FROM bedrock.import_profiles(bedrock_internal.catalogue_own_profiles(facts), dry_run => true) AS i
    ORDER BY 3;
END
$$;
COMMENT ON FUNCTION bedrock_internal.catalogue_findings(jsonb, date) IS
    'how facts (bedrock_internal.catalogue_facts_of_path) stand to what is known on a day: see '
    'bedrock.catalogue_difference; detail: what the fact is stored from';

CREATE OR REPLACE FUNCTION bedrock.catalogue_difference(path text, model text DEFAULT NULL,
    as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date)
    RETURNS TABLE (finding text, what text, name text, property text, old_value text, new_value text, file text)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    facts jsonb := bedrock_internal.catalogue_facts_of_path(catalogue_difference.path, catalogue_difference.model);
BEGIN
    RETURN QUERY SELECT f.finding, f.what, f.name, f.property, f.old_value, f.new_value, f.file
                 FROM bedrock_internal.catalogue_findings(facts, catalogue_difference.as_of) AS f;
END
$$;
COMMENT ON FUNCTION bedrock.catalogue_difference(text, text, date) IS
    'one row for each fact in the documents that bedrock.load_catalogue would read with the same arguments; nothing '
    'is changed. finding: new and changed (would be taken), same, yours (a row of the user differs and stays), two '
    'prices (the offers differ), factor_1000 (the price is 1,000 times that of the book, or a thousandth), else the '
    'reason why the fact is not taken. what: model, system profile, application profile or price; name: its id or '
    'ARN; property: column, regions of calls (from REGION), or what is priced. Prices are US dollars for a million '
    'tokens, else for a unit; NULL: not known';

CREATE OR REPLACE FUNCTION bedrock_internal.family_of_name(provider text, model_name text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name text := bedrock_internal.fold_name(model_name);
BEGIN
    RETURN coalesce(
        (SELECT m.model_family
         FROM bedrock.model AS m
         CROSS JOIN LATERAL (SELECT bedrock_internal.fold_name(m.model_family)) AS f (key)
         WHERE bedrock_internal.fold_name(m.provider) = bedrock_internal.fold_name(family_of_name.provider)
             AND strpos(name, f.key) > 0
         ORDER BY strpos(name, f.key) DESC, length(f.key) DESC, m.model_family LIMIT 1),
        nullif(btrim(regexp_replace(model_name, '[ -]*[vV]?[0-9].*$', '')), ''),
        model_name);
END
$$;
COMMENT ON FUNCTION bedrock_internal.family_of_name(text, text) IS
    'the family of a model that is new: the last one of the same provider that stands in its name (Opus in Claude Opus '
    '7), else the name up to its version';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_finding_rows(findings jsonb)
    RETURNS TABLE (finding text, what text, name text, property text, new_value text, detail jsonb)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.* FROM jsonb_to_recordset(findings)
        AS f (finding text, what text, name text, property text, new_value text, detail jsonb);
END;
COMMENT ON FUNCTION bedrock_internal.catalogue_finding_rows(jsonb) IS
    'rows of bedrock_internal.catalogue_findings that were kept as an array';

CREATE OR REPLACE FUNCTION bedrock_internal.upsert_catalogue_models(findings jsonb, as_of date) RETURNS void
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    said record;
    entry bedrock.model;
    shipped bedrock.model;
    state text;
BEGIN
    -- A loaded model is the shipped one with what the documents say of it, made anew each time: what is shipped later
    -- is not hidden by an old copy, and a copy that says nothing else is dropped.
    FOR said IN
        SELECT f.name, (jsonb_agg(f.detail) -> 0) AS detail,
               coalesce(jsonb_object_agg(f.property, f.new_value) FILTER (WHERE f.finding <> 'unknown state'),
                        '{}') AS says
        FROM bedrock_internal.catalogue_finding_rows(findings) AS f
        WHERE f.what = 'model'
        GROUP BY f.name
        HAVING NOT bool_or(f.finding = 'yours')
           AND (bool_or(f.finding IN ('new', 'changed'))
                OR EXISTS (SELECT FROM bedrock.model AS m
                           WHERE m.model_id = f.name AND NOT m.builtin AND m.source = 'bedrock.load_catalogue'))
        ORDER BY f.name
    LOOP
        SELECT m.* INTO entry FROM bedrock.model AS m WHERE m.model_id = said.name ORDER BY m.builtin DESC LIMIT 1;
        shipped := CASE WHEN entry.builtin THEN entry END;
        IF entry.model_id IS NULL THEN
            entry.model_id := said.name;
            entry.provider := coalesce(
                (SELECT m.provider FROM bedrock.model AS m
                 WHERE bedrock_internal.fold_name(m.provider) = bedrock_internal.fold_name(said.detail ->> 'provider')
                 ORDER BY m.builtin DESC, m.provider LIMIT 1), said.detail ->> 'provider');
            entry.model_name := said.detail ->> 'model_name';
            entry.model_family := bedrock_internal.family_of_name(entry.provider, entry.model_name);
        END IF;
        entry.input_modalities := coalesce(string_to_array(said.says ->> 'input_modalities', ', '),
                                           entry.input_modalities);
        entry.output_modalities := coalesce(string_to_array(said.says ->> 'output_modalities', ', '),
                                            entry.output_modalities);
        entry.release_date := coalesce((said.says ->> 'release_date')::date, entry.release_date);

        -- Days that led to another state than the one that is stated are wrong.
        state := bedrock_internal.model_lifecycle(entry.lifecycle, entry.legacy_date, entry.extended_access_date,
                                         entry.end_of_life_date, upsert_catalogue_models.as_of);
        IF said.says ? 'lifecycle' AND state IS DISTINCT FROM said.says ->> 'lifecycle'
           AND (state = 'EXTENDED_ACCESS' AND said.says ->> 'lifecycle' = 'LEGACY') IS NOT TRUE THEN
            entry.lifecycle := said.says ->> 'lifecycle';
            entry.legacy_date := NULL;
            entry.extended_access_date := NULL;
            entry.end_of_life_date := NULL;
        END IF;
        entry.legacy_date := coalesce((said.says ->> 'legacy_date')::date, entry.legacy_date);
        entry.extended_access_date := coalesce((said.says ->> 'extended_access_date')::date,
                                               entry.extended_access_date);
        entry.end_of_life_date := coalesce((said.says ->> 'end_of_life_date')::date, entry.end_of_life_date);
        IF entry.legacy_date > least(entry.extended_access_date, entry.end_of_life_date)
           OR entry.extended_access_date > entry.end_of_life_date THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('the days of model %s are out of order', said.name),
                DETAIL = format('legacy from %s, extended access from %s, end of life on %s',
                                coalesce(to_char(entry.legacy_date, 'YYYY-MM-DD'), '(not known)'),
                                coalesce(to_char(entry.extended_access_date, 'YYYY-MM-DD'), '(not known)'),
                                coalesce(to_char(entry.end_of_life_date, 'YYYY-MM-DD'), '(not known)')),
                HINT = 'Settle the days of the model with a row of your own in bedrock.model (builtin = false).';
        END IF;

        DELETE FROM bedrock.model AS m WHERE m.model_id = said.name AND NOT m.builtin;
        IF shipped.model_id IS NULL OR entry IS DISTINCT FROM shipped THEN
            entry.builtin := false;
            entry.source := 'bedrock.load_catalogue';
            entry.as_of := upsert_catalogue_models.as_of;
            INSERT INTO bedrock.model SELECT entry.*;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.upsert_catalogue_models(jsonb, date) IS
    'takes the models among findings (bedrock_internal.catalogue_findings) into bedrock.model; error 22023 where the '
    'days of a model would be out of order';

CREATE OR REPLACE FUNCTION bedrock_internal.upsert_catalogue(facts jsonb, offer_type text, as_of date)
    RETURNS TABLE (what text, new bigint, changed bigint, same bigint, yours bigint, not_taken bigint)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    findings jsonb;
BEGIN
    IF upsert_catalogue.offer_type IS NULL OR upsert_catalogue.offer_type NOT IN ('ALL', 'PUBLIC') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no type of offer', left(upsert_catalogue.offer_type, 160)),
            HINT = 'ALL: the offers of the account, as the AWS CLI gives them by default. PUBLIC: asked for with '
                '--offer-type PUBLIC.';
    END IF;
    LOCK TABLE bedrock.model, bedrock.system_profile, bedrock.system_profile_region, bedrock.price
        IN SHARE ROW EXCLUSIVE MODE;
    SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') INTO findings
    FROM bedrock_internal.catalogue_findings(upsert_catalogue.facts, upsert_catalogue.as_of) AS f;

    PERFORM bedrock_internal.upsert_catalogue_models(findings, upsert_catalogue.as_of);
    PERFORM bedrock.import_profiles(bedrock_internal.catalogue_own_profiles(upsert_catalogue.facts));

    INSERT INTO bedrock.system_profile (profile_id, model_id, pool, geo_prefix, source, as_of)
    SELECT f.name, f.new_value, f.detail ->> 'pool', f.detail ->> 'pool', 'bedrock.load_catalogue',
        upsert_catalogue.as_of
    FROM bedrock_internal.catalogue_finding_rows(findings) AS f
    WHERE f.what = 'system profile' AND f.property = 'model' AND f.finding IN ('new', 'changed')
    ON CONFLICT (profile_id, builtin) DO UPDATE
        SET model_id = excluded.model_id, pool = excluded.pool, geo_prefix = excluded.geo_prefix,
            source = excluded.source, as_of = excluded.as_of;
    INSERT INTO bedrock.system_profile_region (profile_id, source_region, destination_regions, source, as_of)
    SELECT f.name, f.detail ->> 'source_region', string_to_array(f.new_value, ', '), 'bedrock.load_catalogue',
           upsert_catalogue.as_of
    FROM bedrock_internal.catalogue_finding_rows(findings) AS f
    WHERE f.what = 'system profile' AND f.property <> 'model' AND f.finding IN ('new', 'changed')
    ON CONFLICT (profile_id, source_region, builtin) DO UPDATE
        SET destination_regions = excluded.destination_regions, source = excluded.source, as_of = excluded.as_of;

    -- An offer states no first day: a price of which the book says anything, be it of other days, is used from the day
    -- it was seen, one the book did not have for all days.
    INSERT INTO bedrock.price (model_id, region, routing, tier, token_kind, cache_ttl, modality, long_context_above,
                               unit, usd, valid, as_of, doubtful, usage_type, source, origin)
    SELECT f.name, d.region, d.routing, d.tier, d.token_kind, d.cache_ttl, d.modality,
           CASE WHEN d.long_context
                THEN coalesce((SELECT min(p.long_context_above) FROM bedrock.price AS p
                               WHERE p.model_id = f.name AND upper_inf(p.recorded)), 9223372036854775807) END,
           d.unit, f.new_value::numeric,
           daterange(CASE WHEN d.in_book THEN upsert_catalogue.as_of END, NULL),
           upsert_catalogue.as_of, f.new_value::numeric = 0 AND d.token_kind IN ('input', 'output'), d.usage_type,
           concat_ws(' ', 'offer', d.offer_id),
           CASE upsert_catalogue.offer_type WHEN 'PUBLIC' THEN 'price_list' ELSE 'offer' END
    FROM bedrock_internal.catalogue_finding_rows(findings) AS f
    CROSS JOIN LATERAL jsonb_to_record(f.detail)
        AS d (region text, routing text, tier text, token_kind text, cache_ttl text, modality text,
              long_context boolean, unit text, usage_type text, offer_id text, in_book boolean)
    WHERE f.what = 'price' AND f.finding IN ('new', 'changed');

    RETURN QUERY
    SELECT f.what, count(*) FILTER (WHERE f.finding = 'new'), count(*) FILTER (WHERE f.finding = 'changed'),
           count(*) FILTER (WHERE f.finding = 'same'), count(*) FILTER (WHERE f.finding = 'yours'),
           count(*) FILTER (WHERE f.finding NOT IN ('new', 'changed', 'same', 'yours'))
    FROM bedrock_internal.catalogue_finding_rows(findings) AS f
    GROUP BY f.what ORDER BY f.what;
END
$$;
COMMENT ON FUNCTION bedrock_internal.upsert_catalogue(jsonb, text, date) IS
    'takes over facts (bedrock_internal.catalogue_facts_of_path): see bedrock.load_catalogue';

CREATE OR REPLACE FUNCTION bedrock.load_catalogue(path text, model text DEFAULT NULL, offer_type text DEFAULT 'ALL',
    as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date)
    RETURNS TABLE (what text, new bigint, changed bigint, same bigint, yours bigint, not_taken bigint)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    facts jsonb := bedrock_internal.catalogue_facts_of_path(load_catalogue.path, load_catalogue.model);
BEGIN
    RETURN QUERY SELECT * FROM bedrock_internal.upsert_catalogue(facts, load_catalogue.offer_type,
        load_catalogue.as_of);
END
$$;
COMMENT ON FUNCTION bedrock.load_catalogue(text, text, text, date) IS
    'loads models, inference profiles and prices from files on the server that the AWS CLI printed, and counts the '
    'facts by what they are (see bedrock.catalogue_difference). path: absolute, of a file, directory or pattern; '
    'model: the model of get-offer-terms, which does not state it; offer_type: ALL (offers of your account, which '
    'may be private) or PUBLIC (list prices); as_of: UTC day of the files, from which a changed price holds, while '
    'one that the book lacked holds for all days. Shipped rows stay and your own rows win; error 22023 names the '
    'file and record that cannot be read, and nothing is loaded. Needs pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock.load_catalogue_text(content text, file text DEFAULT NULL, model text DEFAULT NULL,
    offer_type text DEFAULT 'ALL', as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date)
    RETURNS TABLE (what text, new bigint, changed bigint, same bigint, yours bigint, not_taken bigint)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    facts jsonb := bedrock_internal.catalogue_facts_of_text(content, load_catalogue_text.file,
        load_catalogue_text.model);
BEGIN
    RETURN QUERY SELECT * FROM bedrock_internal.upsert_catalogue(facts, load_catalogue_text.offer_type,
        load_catalogue_text.as_of);
END
$$;
COMMENT ON FUNCTION bedrock.load_catalogue_text(text, text, text, text, date) IS
    'bedrock.load_catalogue of a text instead of files, for a role that may not read files of the server. file: name '
    'used in errors';
