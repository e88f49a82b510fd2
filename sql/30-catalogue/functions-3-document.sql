-- Documents that the AWS CLI prints of models, profiles and offers, read as facts.

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
    'documents in a text: the text itself, or the elements of an array. Error 22023 with the name of the file: not '
    'JSON';

CREATE OR REPLACE FUNCTION bedrock_internal.json_text(object jsonb, VARIADIC names text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(btrim(bedrock_internal.json_field(json_text.object, VARIADIC json_text.names) #>> '{}'), '');
COMMENT ON FUNCTION bedrock_internal.json_text(jsonb, text[]) IS
    'bedrock_internal.json_field as text, trimmed; NULL: empty';

CREATE OR REPLACE FUNCTION bedrock_internal.json_day(object jsonb, name text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN to_char(bedrock_internal.json_time(bedrock_internal.json_field(object, name)) AT TIME ZONE 'UTC',
        'YYYY-MM-DD');
END
$$;
COMMENT ON FUNCTION bedrock_internal.json_day(jsonb, text) IS
    'UTC day of a member that is a time (bedrock_internal.json_time), as 2026-11-29; NULL: there is none';

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
    'models in an answer of list-foundation-models or get-foundation-model, one row for each property of '
    'bedrock.model; no row for another document. Error 22023 names the file and record that cannot be read';

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
               -- The document states the type, so that a geography newer than this version is recognized.
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
    'profiles in an answer of list-inference-profiles or get-inference-profile: model and destinations (of calls in '
    'the region of its ARN) of a system profile, the record of an application profile; no row for another document. '
    'Error 22023 names the file and record that cannot be read';

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
    'rates in an answer of list-foundation-model-agreement-offers or get-offer-terms, as written; no row for another '
    'document. currency: NULL where the document states none';

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
            'the catalogue does not state the model of its rates',
            'aws marketplace-discovery get-offer-terms does not repeat the model.',
            'Name the model: bedrock.load_catalogue(path, model => ''anthropic.claude-...'').');
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
            format('Its unit is "%s" and its price "%s".', left(bad.unit, 60), left(bad.price, 60)));
    END IF;
    RETURN QUERY
    WITH rate AS (
        -- The same dimension may be listed under two names.
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
    'prices in an answer of list-foundation-model-agreement-offers or get-offer-terms, in US dollars for a million '
    'tokens, else for a unit; no row for another document. model: used where the document states none; detail: '
    'columns of bedrock.price, and why the rate is not taken (bedrock_internal.rate_problem). Error 22023 names the '
    'file and dimension that cannot be read';

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
    'facts in a document of the AWS CLI, one row for each: property and value of a model, a system profile, an '
    'application profile or a price. Error 22023 names the file: an unknown shape, a record that cannot be read, an '
    'id or name of more than 1,000 bytes';

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
    'facts (bedrock_internal.catalogue_facts) in all documents of a text, as an array of objects';

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
            MESSAGE = format('there is no file under "%s"', left(catalogue_facts_of_path.path, 160)),
            HINT = 'Name a file, a directory with files, or a pattern that matches files.';
    END IF;
    RETURN facts;
END
$$;
COMMENT ON FUNCTION bedrock_internal.catalogue_facts_of_path(text, text) IS
    'facts (bedrock_internal.catalogue_facts) in all files under a path of the database server, as an array of '
    'objects; errors are those of bedrock.server_files and of the first file that cannot be read';
