-- What AWS's command line prints of models, profiles and offers, read into the catalogue and the price book: a new model is
-- known and priced without a new version of the extension. First the facts of the documents, then how they stand to what is
-- known, then what is taken over. Shipped rows stay as they are; what is loaded stands beside them, and rows of the user win.

CREATE OR REPLACE FUNCTION bedrock.catalogue_documents(content text, file text) RETURNS SETOF jsonb
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    document jsonb;
BEGIN
    BEGIN
        document := ltrim(content, chr(65279))::jsonb;
    EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR program_limit_exceeded OR statement_too_complex
                OR numeric_value_out_of_range THEN
        RAISE invalid_parameter_value USING MESSAGE = concat('the catalogue ', quote_literal(file) || ' ', 'is no JSON'), DETAIL = SQLERRM,
            HINT = 'Nothing was loaded. A file has one document of the AWS CLI (--output json), or an array of them; one that was cut off ends in the middle: fetch it again.';
    END;
    RETURN QUERY SELECT d.document FROM bedrock.json_items(document) AS d (document);
END
$$;
COMMENT ON FUNCTION bedrock.catalogue_documents(text, text) IS
    'the documents in a text: itself, or the elements of an array. Error 22023 naming file where it is no JSON';

CREATE OR REPLACE FUNCTION bedrock.catalogue_rates(document jsonb)
    RETURNS TABLE (offer_id text, currency text, dimension text, unit text, price text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- aws bedrock list-foundation-model-agreement-offers
    SELECT bedrock.json_field(o.offer, 'offerId') #>> '{}', NULL, bedrock.json_field(r.rate, 'dimension') #>> '{}', bedrock.json_field(r.rate, 'unit') #>> '{}',
           bedrock.json_field(r.rate, 'price') #>> '{}'
    FROM bedrock.json_items(bedrock.json_field(document, 'offers')) AS o (offer)
    CROSS JOIN LATERAL bedrock.json_items(bedrock.json_field(bedrock.json_field(bedrock.json_field(o.offer, 'termDetails'), 'usageBasedPricingTerm'),
                                                             'rateCard')) AS r (rate)
    UNION ALL
    -- aws marketplace-discovery get-offer-terms
    SELECT bedrock.json_field(document, 'offerId') #>> '{}', bedrock.json_field(u.term, 'currencyCode') #>> '{}', bedrock.json_field(r.rate, 'dimensionKey') #>> '{}',
           bedrock.json_field(r.rate, 'unit') #>> '{}', bedrock.json_field(r.rate, 'price') #>> '{}'
    FROM bedrock.json_items(bedrock.json_field(document, 'offerTerms')) AS t (term)
    CROSS JOIN LATERAL (SELECT bedrock.json_field(t.term, 'usageBasedPricingTerm')) AS u (term)
    CROSS JOIN LATERAL bedrock.json_items(bedrock.json_field(u.term, 'rateCards')) AS c (card)
    CROSS JOIN LATERAL bedrock.json_items(bedrock.json_field(c.card, 'rateCard')) AS r (rate);
END;
COMMENT ON FUNCTION bedrock.catalogue_rates(jsonb) IS
    'the rates of an answer of list-foundation-model-agreement-offers or get-offer-terms as they are written; no row for anything else. currency: NULL where the document states none';

CREATE OR REPLACE FUNCTION bedrock.catalogue_facts(document jsonb, file text, model text)
    RETURNS TABLE (what text, name text, property text, value text, detail jsonb)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    called text := concat('the catalogue', ' ' || quote_literal(catalogue_facts.file));
    list jsonb;
    bad record;
    known boolean := false;
    priced text;
BEGIN
    -- aws bedrock list-foundation-models; get-foundation-model
    list := bedrock.json_field(document, 'modelSummaries', 'modelDetails');
    IF list IS NOT NULL THEN
        known := true;
        SELECT i.place, i.item, d.wrong INTO bad
        FROM bedrock.json_items(list) WITH ORDINALITY AS i (item, place)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN coalesce(bedrock.json_field(i.item, 'modelId') #>> '{}', '') !~ '^[a-z0-9-]+[.][A-Za-z0-9][A-Za-z0-9._:-]*$' THEN 'modelId'
                        ELSE (SELECT n.name FROM (VALUES ('startOfLifeTime'), ('legacyTime'), ('publicExtendedAccessTime'), ('endOfLifeTime')) AS n (name)
                              CROSS JOIN LATERAL (SELECT bedrock.json_field(bedrock.json_field(i.item, 'modelLifecycle'), n.name)) AS f (value)
                              WHERE f.value IS NOT NULL AND isfinite(bedrock.json_time(f.value)) IS NOT TRUE LIMIT 1) END) AS d (wrong)
        WHERE d.wrong IS NOT NULL ORDER BY i.place LIMIT 1;
        IF FOUND THEN
            RAISE invalid_parameter_value USING MESSAGE = format('%s of model %s of %s cannot be read', bad.wrong, bad.place, called), DETAIL = left(bad.item::text, 300),
                HINT = 'Nothing was loaded.';
        END IF;
        RETURN QUERY
        SELECT 'model', m.model_id, p.property, p.value, jsonb_build_object('provider', m.provider, 'model_name', m.model_name)
        FROM (SELECT bedrock.json_field(i.item, 'modelId') #>> '{}' AS model_id,
                     coalesce(nullif(btrim(bedrock.json_field(i.item, 'providerName') #>> '{}'), ''), initcap(split_part(bedrock.json_field(i.item, 'modelId') #>> '{}', '.', 1))) AS provider,
                     coalesce(nullif(btrim(bedrock.json_field(i.item, 'modelName') #>> '{}'), ''), bedrock.json_field(i.item, 'modelId') #>> '{}') AS model_name,
                     bedrock.json_field(i.item, 'inputModalities') AS reads, bedrock.json_field(i.item, 'outputModalities') AS writes,
                     bedrock.json_field(i.item, 'modelLifecycle') AS life
              FROM bedrock.json_items(list) AS i (item)) AS m
        CROSS JOIN LATERAL (VALUES
            ('provider', m.provider), ('model_name', m.model_name),
            ('input_modalities', (SELECT string_agg(DISTINCT lower(w.word #>> '{}'), ', ') FROM bedrock.json_items(m.reads) AS w (word))),
            ('output_modalities', (SELECT string_agg(DISTINCT lower(w.word #>> '{}'), ', ') FROM bedrock.json_items(m.writes) AS w (word))),
            ('lifecycle', upper(bedrock.json_field(m.life, 'status') #>> '{}')),
            ('release_date', to_char(bedrock.json_time(bedrock.json_field(m.life, 'startOfLifeTime')) AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
            ('legacy_date', to_char(bedrock.json_time(bedrock.json_field(m.life, 'legacyTime')) AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
            ('extended_access_date', to_char(bedrock.json_time(bedrock.json_field(m.life, 'publicExtendedAccessTime')) AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
            ('end_of_life_date', to_char(bedrock.json_time(bedrock.json_field(m.life, 'endOfLifeTime')) AT TIME ZONE 'UTC', 'YYYY-MM-DD'))) AS p (property, value)
        -- A context variant (:24k) is its base model.
        WHERE p.value IS NOT NULL AND m.model_id !~ ':[0-9]+k$';
    END IF;

    -- aws bedrock list-inference-profiles; get-inference-profile
    list := coalesce(bedrock.json_field(document, 'inferenceProfileSummaries'),
                     CASE WHEN bedrock.json_field(document, 'inferenceProfileArn') IS NOT NULL THEN jsonb_build_array(document) END);
    IF list IS NOT NULL THEN
        known := true;
        SELECT i.place, i.item INTO bad
        FROM bedrock.json_items(list) WITH ORDINALITY AS i (item, place)
        WHERE NOT (@extschema@.bedrock_arn_parts(bedrock.json_field(i.item, 'inferenceProfileArn') #>> '{}')).valid
           OR (@extschema@.bedrock_arn_parts(bedrock.json_field(i.item, 'inferenceProfileArn') #>> '{}')).valid IS NULL
        ORDER BY i.place LIMIT 1;
        IF FOUND THEN
            RAISE invalid_parameter_value USING MESSAGE = format('inferenceProfileArn of profile %s of %s cannot be read', bad.place, called), DETAIL = left(bad.item::text, 300),
                HINT = 'Nothing was loaded.';
        END IF;
        RETURN QUERY
        WITH profile AS (
            SELECT i.item, bedrock.json_field(i.item, 'inferenceProfileArn') #>> '{}' AS arn, part.region,
                   coalesce(bedrock.json_field(i.item, 'inferenceProfileId') #>> '{}', part.profile_id) AS profile_id, part.geo_prefix,
                   -- A geography that this version does not know yet is AWS's where the document says so.
                   bedrock.json_field(i.item, 'type') #>> '{}' = 'SYSTEM_DEFINED' OR part.request_path = 'system_profile' AS is_system,
                   (SELECT CASE WHEN count(DISTINCT a.model_id) = 1 THEN min(a.model_id) END
                    FROM bedrock.json_items(bedrock.json_field(i.item, 'models')) AS m (item)
                    CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(bedrock.json_field(m.item, 'modelArn') #>> '{}') AS a) AS model_id,
                   (SELECT CASE WHEN bool_or(coalesce(a.region, '') = '') THEN '*' ELSE string_agg(DISTINCT a.region, ', ') END
                    FROM bedrock.json_items(bedrock.json_field(i.item, 'models')) AS m (item)
                    CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(bedrock.json_field(m.item, 'modelArn') #>> '{}') AS a WHERE a.valid) AS destinations
            FROM bedrock.json_items(list) AS i (item)
            CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(bedrock.json_field(i.item, 'inferenceProfileArn') #>> '{}') AS part)
        SELECT 'system profile', p.profile_id, f.property, f.value,
               jsonb_build_object('pool', coalesce(p.geo_prefix, split_part(p.profile_id, '.', 1)), 'source_region', f.source_region)
        FROM profile AS p
        CROSS JOIN LATERAL (VALUES ('model', coalesce(p.model_id, substr(p.profile_id, strpos(p.profile_id, '.') + 1)), NULL),
                                   ('from ' || p.region, p.destinations, p.region)) AS f (property, value, source_region)
        WHERE p.is_system AND f.property IS NOT NULL AND f.value <> ''
        UNION ALL
        SELECT 'application profile', p.arn, NULL, NULL, p.item FROM profile AS p WHERE NOT p.is_system;
    END IF;

    IF bedrock.json_field(document, 'offers', 'offerTerms') IS NOT NULL THEN
        known := true;
        priced := coalesce(bedrock.json_field(document, 'modelId') #>> '{}', catalogue_facts.model);
        IF priced IS NULL THEN
            RAISE invalid_parameter_value USING MESSAGE = format('%s does not say of which model its rates are', called),
                DETAIL = 'aws marketplace-discovery get-offer-terms does not repeat the model.',
                HINT = 'Nothing was loaded. Give it: bedrock.load_catalogue(path, model => ''anthropic.claude-...'').';
        END IF;
        priced := coalesce((SELECT min(t.model_id) FROM bedrock.price_targets(priced) AS t), priced);
        SELECT r.* INTO bad FROM bedrock.catalogue_rates(document) AS r
        WHERE coalesce(r.dimension, '') = '' OR coalesce(r.unit, '') = '' OR r.price !~ '^[0-9]{1,9}([.][0-9]{1,20})?([eE]-?[0-9]{1,2})?$' OR r.price IS NULL LIMIT 1;
        IF FOUND THEN
            RAISE invalid_parameter_value USING MESSAGE = format('rate "%s" of %s cannot be read', left(bad.dimension, 160), called),
                DETAIL = format('unit "%s", price "%s"', left(bad.unit, 60), left(bad.price, 60)), HINT = 'Nothing was loaded.';
        END IF;
        RETURN QUERY
        SELECT 'price', priced, d.property, (CASE p.book_unit WHEN '1K tokens' THEN trim_scale(r.usd * 1000) ELSE r.usd END)::text,
               jsonb_build_object('region', coalesce(p.region, '*'), 'routing', p.routing, 'tier', p.tier, 'token_kind', p.token_kind, 'cache_ttl', c.cache_ttl,
                   'modality', p.modality, 'long_context', coalesce(p.long_context, false), 'unit', CASE p.book_unit WHEN '1K tokens' THEN '1M tokens' ELSE p.book_unit END,
                   'usage_type', t.usage_type, 'offer_id', r.offer_id,
                   'problem', CASE WHEN r.currency <> 'USD' THEN 'not in US dollars'
                                   ELSE bedrock.rate_problem(p.usage_group, priced, p.routing, p.tier, p.token_kind, p.custom_model, p.book_unit, r.usd) END)
        FROM (SELECT DISTINCT q.offer_id, q.currency, q.dimension, q.unit, trim_scale(q.price::numeric) AS usd FROM bedrock.catalogue_rates(document) AS q) AS r
        -- As the bill writes a Marketplace dimension: with its region in front, and its unit behind.
        CROSS JOIN LATERAL (SELECT CASE WHEN r.dimension !~ '-MP:' AND @extschema@.bedrock_region(x.prefix || '-') IS NOT NULL THEN x.prefix || '-MP:' ELSE '' END
                                   || r.dimension || CASE WHEN r.dimension ~ '-Units$' THEN '' ELSE '-Units' END AS usage_type
                            FROM (SELECT substring(r.dimension FROM '^([A-Z]+[0-9]*)_')) AS x (prefix)) AS t
        CROSS JOIN LATERAL bedrock.rate_parts(t.usage_type, r.unit) AS p
        CROSS JOIN LATERAL (SELECT CASE WHEN p.token_kind = 'cache_write' THEN coalesce(p.cache_ttl, bedrock.default_cache_ttl(priced)) END AS cache_ttl) AS c
        CROSS JOIN LATERAL (SELECT CASE WHEN p.token_kind IS NULL OR p.tier IS NULL OR p.routing IS NULL THEN r.dimension
                                        ELSE concat_ws(' ', p.token_kind, c.cache_ttl, p.modality, CASE WHEN p.long_context THEN 'long context' END, p.tier, p.routing,
                                                       coalesce(p.region, '*')) END AS property) AS d;
    END IF;

    IF NOT known THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s is none of the documents that are read: it has %s', called,
                coalesce((SELECT string_agg(quote_ident(k.key), ', ' ORDER BY k.key COLLATE "C")
                          FROM (SELECT j.key FROM jsonb_object_keys(CASE jsonb_typeof(document) WHEN 'object' THEN document END) AS j (key)
                                ORDER BY j.key COLLATE "C" LIMIT 8) AS k), 'no member')),
            DETAIL = 'Looked for modelSummaries (aws bedrock list-foundation-models), inferenceProfileSummaries (list-inference-profiles), offers (list-foundation-model-agreement-offers) and offerTerms (aws marketplace-discovery get-offer-terms).',
            HINT = 'Nothing was loaded.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.catalogue_facts(jsonb, text, text) IS
    'what a document of the AWS CLI says, one row a fact: property value of a model, a system profile, an application profile or a price. model: whose rates get-offer-terms are. file is named in errors: 22023 for a shape that is none of the known, and for a record that cannot be read';

CREATE OR REPLACE FUNCTION bedrock.catalogue_facts_of_text(content text, file text, model text) RETURNS jsonb
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(f) || jsonb_build_object('file', catalogue_facts_of_text.file)), '[]')
            FROM bedrock.catalogue_documents(content, catalogue_facts_of_text.file) AS d (document)
            CROSS JOIN LATERAL bedrock.catalogue_facts(d.document, catalogue_facts_of_text.file, catalogue_facts_of_text.model) AS f);
END
$$;
COMMENT ON FUNCTION bedrock.catalogue_facts_of_text(text, text, text) IS 'the facts (bedrock.catalogue_facts) of all documents in a text, as an array of objects';

CREATE OR REPLACE FUNCTION bedrock.catalogue_facts_of_path(path text, model text) RETURNS jsonb
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    facts jsonb := jsonb_build_array();
    file text;
    files bigint := 0;
BEGIN
    FOR file IN SELECT f.file FROM bedrock.server_files(catalogue_facts_of_path.path) AS f LOOP
        files := files + 1;
        facts := facts || bedrock.catalogue_facts_of_text(bedrock.server_file_text(file), file, catalogue_facts_of_path.model);
    END LOOP;
    IF files = 0 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('there is no file under "%s"', left(catalogue_facts_of_path.path, 160));
    END IF;
    RETURN facts;
END
$$;
COMMENT ON FUNCTION bedrock.catalogue_facts_of_path(text, text) IS
    'the facts (bedrock.catalogue_facts) of all files under a path of the database server, as an array of objects; errors are those of bedrock.server_files, and of the first file that cannot be read';

CREATE OR REPLACE FUNCTION bedrock.catalogue_findings(facts jsonb, as_of date)
    RETURNS TABLE (finding text, what text, name text, property text, old_value text, new_value text, file text, detail jsonb)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    loaded CONSTANT text[] := ARRAY['bedrock.load_catalogue', 'bedrock.import_profiles'];
BEGIN
    RETURN QUERY
    WITH fact AS MATERIALIZED (
        SELECT f.*, e.place FROM jsonb_array_elements(facts) WITH ORDINALITY AS e (fact, place)
        CROSS JOIN LATERAL jsonb_to_record(e.fact) AS f (what text, name text, property text, value text, detail jsonb, file text)),
    -- Pages and regions repeat a fact; what was said last holds.
    said AS MATERIALIZED (
        SELECT DISTINCT ON (f.what, f.name, f.property) f.* FROM fact AS f WHERE f.what IN ('model', 'system profile') ORDER BY f.what, f.name, f.property, f.place DESC),
    model AS (
        SELECT CASE WHEN s.property = 'lifecycle' AND s.value NOT IN ('ACTIVE', 'LEGACY', 'EXTENDED_ACCESS', 'END_OF_LIFE') THEN 'unknown state'
                    WHEN m.model_id IS NULL THEN 'new'
                    -- The API has no word for extended access, which is a part of being legacy.
                    WHEN o.value = s.value OR s.property = 'lifecycle' AND s.value = 'LEGACY' AND o.value = 'EXTENDED_ACCESS' THEN 'same'
                    WHEN NOT m.builtin AND m.source IS DISTINCT FROM 'bedrock.load_catalogue' THEN 'yours'
                    WHEN o.value IS NULL THEN 'new' ELSE 'changed' END AS finding,
               s.what, s.name, s.property, o.value AS old_value, s.value AS new_value, s.file, s.detail
        FROM said AS s
        LEFT JOIN bedrock.models AS m ON m.model_id = s.name
        CROSS JOIN LATERAL (SELECT CASE s.property
            WHEN 'input_modalities' THEN (SELECT string_agg(w.word, ', ' ORDER BY w.word) FROM string_to_table(m.input_modalities, ', ') AS w (word))
            WHEN 'output_modalities' THEN (SELECT string_agg(w.word, ', ' ORDER BY w.word) FROM string_to_table(m.output_modalities, ', ') AS w (word))
            WHEN 'lifecycle' THEN m.lifecycle WHEN 'release_date' THEN to_char(m.release_date, 'YYYY-MM-DD') WHEN 'legacy_date' THEN to_char(m.legacy_date, 'YYYY-MM-DD')
            WHEN 'extended_access_date' THEN to_char(m.extended_access_date, 'YYYY-MM-DD') WHEN 'end_of_life_date' THEN to_char(m.end_of_life_date, 'YYYY-MM-DD') END) AS o (value)
        -- What a known model is called stays as the catalogue has it.
        WHERE s.what = 'model' AND NOT (m.model_id IS NOT NULL AND s.property IN ('provider', 'model_name'))),
    profile AS (
        SELECT CASE WHEN o.value = s.value THEN 'same' WHEN o.yours THEN 'yours' WHEN o.value IS NULL THEN 'new' ELSE 'changed' END AS finding,
               s.what, s.name, s.property, o.value AS old_value, s.value AS new_value, s.file, s.detail
        FROM said AS s
        LEFT JOIN LATERAL (
            SELECT p.model_id AS value, NOT p.builtin AND p.source <> ALL (loaded) AS yours FROM bedrock.system_profiles AS p
            WHERE s.property = 'model' AND p.profile_id = s.name
            UNION ALL
            SELECT string_agg(r.destination_region, ', ' ORDER BY r.destination_region), NOT bool_or(r.builtin) AND NOT bool_or(r.source = ANY (loaded))
            FROM bedrock.system_profile_regions AS r
            WHERE s.property <> 'model' AND r.profile_id = s.name AND r.source_region = s.detail ->> 'source_region' HAVING count(*) > 0) AS o ON true
        WHERE s.what = 'system profile'),
    price AS (
        SELECT CASE WHEN f.detail ->> 'problem' IS NOT NULL THEN f.detail ->> 'problem'
                    WHEN f.prices > 1 THEN 'two prices'
                    WHEN b.usd = f.usd THEN 'same'
                    WHEN EXISTS (SELECT FROM bedrock.price AS p WHERE p.origin = 'user' AND p.model_id = f.name AND upper_inf(p.recorded) AND p.valid @> catalogue_findings.as_of
                                 AND p.region IN (f.detail ->> 'region', '*') AND p.routing IN (f.detail ->> 'routing', '*') AND p.tier = f.detail ->> 'tier'
                                 AND p.token_kind = f.detail ->> 'token_kind' AND p.cache_ttl IS NOT DISTINCT FROM f.detail ->> 'cache_ttl'
                                 AND (p.long_context_above IS NOT NULL) = (f.detail ->> 'long_context')::boolean) THEN 'yours'
                    WHEN b.usd IS NULL THEN 'new'
                    WHEN f.usd = b.usd * 1000 OR f.usd * 1000 = b.usd THEN 'factor_1000' ELSE 'changed' END AS finding,
               f.what, f.name, f.property, b.usd::text AS old_value, f.value AS new_value, f.file, f.detail
        FROM (SELECT q.*, CASE WHEN max(q.usd) OVER same > min(q.usd) OVER same THEN 2 ELSE 1 END AS prices
              FROM (SELECT DISTINCT ON (f.name, f.property, f.value) f.*, f.value::numeric AS usd FROM fact AS f WHERE f.what = 'price' ORDER BY f.name, f.property, f.value, f.place) AS q
              WINDOW same AS (PARTITION BY q.name, q.property)) AS f
        LEFT JOIN LATERAL (
            SELECT trim_scale(p.usd * CASE p.unit WHEN '1K tokens' THEN 1000 ELSE 1 END) AS usd
            FROM bedrock.price AS p
            WHERE p.model_id = f.name AND upper_inf(p.recorded) AND p.origin <> 'user' AND p.valid @> catalogue_findings.as_of AND p.region IN (f.detail ->> 'region', '*')
              AND p.routing IN (f.detail ->> 'routing', '*') AND p.tier = f.detail ->> 'tier' AND p.token_kind = f.detail ->> 'token_kind'
              AND p.cache_ttl IS NOT DISTINCT FROM f.detail ->> 'cache_ttl' AND coalesce(p.modality, 'text') = coalesce(f.detail ->> 'modality', 'text')
              AND (p.long_context_above IS NOT NULL) = (f.detail ->> 'long_context')::boolean AND p.endpoint IS DISTINCT FROM 'bedrock-mantle'
            ORDER BY array_position(ARRAY['offer', 'price_list', 'shipped'], p.origin), p.region = '*', p.routing = '*', lower(p.valid) DESC NULLS LAST LIMIT 1) AS b ON true)
    SELECT m.* FROM model AS m UNION ALL SELECT p.* FROM profile AS p UNION ALL SELECT p.* FROM price AS p
    ORDER BY 2, 3, 4 NULLS FIRST, 6;

    -- The registry knows best how a profile of yours has changed.
    RETURN QUERY
    SELECT CASE i.action WHEN 'added' THEN 'new' WHEN 'unchanged' THEN 'same' ELSE i.action END, 'application profile', i.profile_arn, NULL::text, NULL::text, NULL::text,
           (SELECT f.fact ->> 'file' FROM jsonb_array_elements(facts) AS f (fact) WHERE f.fact ->> 'name' = i.profile_arn LIMIT 1), NULL::jsonb
    FROM bedrock.import_profiles((SELECT jsonb_build_object('inferenceProfileSummaries', coalesce(jsonb_agg(f.fact -> 'detail'), '[]'))
                                  FROM jsonb_array_elements(facts) AS f (fact) WHERE f.fact ->> 'what' = 'application profile'), dry_run => true) AS i
    ORDER BY 3;
END
$$;
COMMENT ON FUNCTION bedrock.catalogue_findings(jsonb, date) IS
    'how facts (bedrock.catalogue_facts_of_path) stand to what is known on a day: see bedrock.catalogue_difference; detail: what the fact is stored from';

CREATE OR REPLACE FUNCTION bedrock.catalogue_difference(path text, model text DEFAULT NULL, as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date)
    RETURNS TABLE (finding text, what text, name text, property text, old_value text, new_value text, file text)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT f.finding, f.what, f.name, f.property, f.old_value, f.new_value, f.file
                 FROM bedrock.catalogue_findings(bedrock.catalogue_facts_of_path(catalogue_difference.path, catalogue_difference.model), catalogue_difference.as_of) AS f;
END
$$;
COMMENT ON FUNCTION bedrock.catalogue_difference(text, text, date) IS
    'what bedrock.load_catalogue would do with the same arguments, one row a fact; nothing is changed. finding: new and changed are taken over; same is known; yours: a row of the user says otherwise and stays; two prices: the offers differ, give one of them; factor_1000: the price is 1,000 times the book''s or a thousandth; else why the book does not take it: no price of a model, unknown dimension, unknown unit, custom model, no price the book can hold, not in US dollars, unknown state. what: model, system profile, application profile, price. name: model id, profile id or ARN. property: the column, from REGION (where a profile may send a call made there), or token kind, time to live, tier, routing and region of a price; NULL: the whole. old_value, new_value: as known and as the file says, prices in US dollars for a million tokens, else a unit; NULL: not known';

CREATE OR REPLACE FUNCTION bedrock.family_of_name(provider text, model_name text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce((SELECT m.model_family FROM bedrock.model AS m
                     WHERE bedrock.fold_name(m.provider) = bedrock.fold_name(family_of_name.provider)
                       AND bedrock.fold_name(family_of_name.model_name) LIKE '%' || bedrock.fold_name(m.model_family) || '%'
                     ORDER BY strpos(bedrock.fold_name(family_of_name.model_name), bedrock.fold_name(m.model_family)) DESC, length(m.model_family) DESC,
                              m.model_family LIMIT 1),
                    nullif(btrim(regexp_replace(family_of_name.model_name, '[ -]*[vV]?[0-9].*$', '')), ''), family_of_name.model_name);
END
$$;
COMMENT ON FUNCTION bedrock.family_of_name(text, text) IS
    'the family of a model that is new: the last one of the same provider that stands in its name (Opus in Claude Opus 7), else the name up to its version';

CREATE OR REPLACE FUNCTION bedrock.put_catalogue(facts jsonb, offer_type text, as_of date)
    RETURNS TABLE (what text, new bigint, changed bigint, same bigint, yours bigint, not_taken bigint)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    findings jsonb;
    said record;
    entry bedrock.model;
    shipped bedrock.model;
    now_known text;
BEGIN
    IF put_catalogue.offer_type IS NULL OR put_catalogue.offer_type NOT IN ('ALL', 'PUBLIC') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" is no type of offer', left(put_catalogue.offer_type, 160)),
            HINT = 'ALL: the offers of the account, as the AWS CLI gives them by default. PUBLIC: asked for with --offer-type PUBLIC.';
    END IF;
    LOCK TABLE bedrock.model, bedrock.system_profile, bedrock.system_profile_region, bedrock.price IN SHARE ROW EXCLUSIVE MODE;
    SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') INTO findings FROM bedrock.catalogue_findings(put_catalogue.facts, put_catalogue.as_of) AS f;

    -- A loaded model is the shipped one with what the documents say of it, made anew each time: what is shipped later is not
    -- hidden by an old copy, and a copy that says nothing else is dropped.
    FOR said IN
        SELECT f.name, jsonb_object_agg(f.property, f.new_value) FILTER (WHERE f.finding <> 'unknown state') AS says, (jsonb_agg(f.detail) -> 0) AS detail
        FROM jsonb_to_recordset(findings) AS f (finding text, what text, name text, property text, new_value text, detail jsonb)
        WHERE f.what = 'model'
          AND NOT EXISTS (SELECT FROM bedrock.model AS m WHERE m.model_id = f.name AND NOT m.builtin AND m.source IS DISTINCT FROM 'bedrock.load_catalogue')
        GROUP BY f.name
        HAVING bool_or(f.finding IN ('new', 'changed')) OR EXISTS (SELECT FROM bedrock.model AS m WHERE m.model_id = f.name AND NOT m.builtin)
        ORDER BY f.name
    LOOP
        SELECT m.* INTO entry FROM bedrock.model AS m WHERE m.model_id = said.name ORDER BY m.builtin DESC LIMIT 1;
        shipped := CASE WHEN entry.builtin THEN entry END;
        IF entry.model_id IS NULL THEN
            entry.model_id := said.name;
            entry.provider := coalesce((SELECT m.provider FROM bedrock.model AS m WHERE bedrock.fold_name(m.provider) = bedrock.fold_name(said.detail ->> 'provider')
                                        ORDER BY m.builtin DESC, m.provider LIMIT 1), said.detail ->> 'provider');
            entry.model_name := said.detail ->> 'model_name';
            entry.model_family := bedrock.family_of_name(entry.provider, entry.model_name);
        END IF;
        entry.input_modalities := coalesce(string_to_array(said.says ->> 'input_modalities', ', '), entry.input_modalities);
        entry.output_modalities := coalesce(string_to_array(said.says ->> 'output_modalities', ', '), entry.output_modalities);
        entry.release_date := coalesce((said.says ->> 'release_date')::date, entry.release_date);
        now_known := bedrock.model_lifecycle(entry.lifecycle, entry.legacy_date, entry.extended_access_date, entry.end_of_life_date, put_catalogue.as_of);
        -- Dates that led to another state than the one stated are wrong.
        IF said.says ->> 'lifecycle' IS NOT NULL AND now_known IS DISTINCT FROM said.says ->> 'lifecycle'
           AND NOT (said.says ->> 'lifecycle' = 'LEGACY' AND now_known = 'EXTENDED_ACCESS') THEN
            entry.lifecycle := said.says ->> 'lifecycle';
            entry.legacy_date := NULL;
            entry.extended_access_date := NULL;
            entry.end_of_life_date := NULL;
        END IF;
        entry.legacy_date := coalesce((said.says ->> 'legacy_date')::date, entry.legacy_date);
        entry.extended_access_date := coalesce((said.says ->> 'extended_access_date')::date, entry.extended_access_date);
        entry.end_of_life_date := coalesce((said.says ->> 'end_of_life_date')::date, entry.end_of_life_date);
        IF entry.legacy_date > entry.extended_access_date OR entry.legacy_date > entry.end_of_life_date OR entry.extended_access_date > entry.end_of_life_date THEN
            RAISE invalid_parameter_value USING MESSAGE = format('the days of model %s are out of order', said.name),
                DETAIL = format('legacy from %s, extended access from %s, end of life on %s', coalesce(to_char(entry.legacy_date, 'YYYY-MM-DD'), '(not known)'),
                                coalesce(to_char(entry.extended_access_date, 'YYYY-MM-DD'), '(not known)'), coalesce(to_char(entry.end_of_life_date, 'YYYY-MM-DD'), '(not known)')),
                HINT = 'Nothing was loaded. A row of your own in bedrock.model (builtin = false) settles what the model''s days are.';
        END IF;
        DELETE FROM bedrock.model AS m WHERE m.model_id = said.name AND NOT m.builtin;
        IF shipped.model_id IS NULL OR entry IS DISTINCT FROM shipped THEN
            entry.builtin := false;
            entry.source := 'bedrock.load_catalogue';
            entry.as_of := put_catalogue.as_of;
            INSERT INTO bedrock.model SELECT entry.*;
        END IF;
    END LOOP;

    INSERT INTO bedrock.system_profile (profile_id, model_id, pool, geo_prefix, source, as_of)
    SELECT f.name, f.new_value, f.detail ->> 'pool', f.detail ->> 'pool', 'bedrock.load_catalogue', put_catalogue.as_of
    FROM jsonb_to_recordset(findings) AS f (finding text, what text, name text, property text, new_value text, detail jsonb)
    WHERE f.what = 'system profile' AND f.property = 'model' AND f.finding IN ('new', 'changed')
    ON CONFLICT (profile_id, builtin) DO UPDATE
        SET model_id = excluded.model_id, pool = excluded.pool, geo_prefix = excluded.geo_prefix, source = excluded.source, as_of = excluded.as_of;
    INSERT INTO bedrock.system_profile_region (profile_id, source_region, destination_regions, source, as_of)
    SELECT f.name, f.detail ->> 'source_region', string_to_array(f.new_value, ', '), 'bedrock.load_catalogue', put_catalogue.as_of
    FROM jsonb_to_recordset(findings) AS f (finding text, what text, name text, property text, new_value text, detail jsonb)
    WHERE f.what = 'system profile' AND f.property <> 'model' AND f.finding IN ('new', 'changed')
    ON CONFLICT (profile_id, source_region, builtin) DO UPDATE
        SET destination_regions = excluded.destination_regions, source = excluded.source, as_of = excluded.as_of;

    PERFORM bedrock.import_profiles((SELECT jsonb_build_object('inferenceProfileSummaries', coalesce(jsonb_agg(f.fact -> 'detail'), '[]'))
                                     FROM jsonb_array_elements(put_catalogue.facts) AS f (fact) WHERE f.fact ->> 'what' = 'application profile'));

    -- An offer states no first day: a price that differs is used from the day it was seen, one the book did not have for all days.
    INSERT INTO bedrock.price (model_id, region, routing, tier, token_kind, cache_ttl, modality, long_context_above, unit, usd, valid, as_of, doubtful, usage_type, source, origin)
    SELECT f.name, d.region, d.routing, d.tier, d.token_kind, d.cache_ttl, d.modality,
           CASE WHEN d.long_context THEN coalesce((SELECT min(k.long_context_above) FROM bedrock.price AS k WHERE k.model_id = f.name AND upper_inf(k.recorded)), 9223372036854775807) END,
           d.unit, f.new_value::numeric, CASE f.finding WHEN 'new' THEN daterange(NULL, NULL) ELSE daterange(put_catalogue.as_of, NULL) END, put_catalogue.as_of,
           f.new_value::numeric = 0 AND d.token_kind IN ('input', 'output'), d.usage_type, concat_ws(' ', 'offer', d.offer_id),
           CASE put_catalogue.offer_type WHEN 'PUBLIC' THEN 'price_list' ELSE 'offer' END
    FROM jsonb_to_recordset(findings) AS f (finding text, what text, name text, property text, new_value text, detail jsonb)
    CROSS JOIN LATERAL jsonb_to_record(f.detail) AS d (region text, routing text, tier text, token_kind text, cache_ttl text, modality text, long_context boolean, unit text,
                                                       usage_type text, offer_id text)
    WHERE f.what = 'price' AND f.finding IN ('new', 'changed');

    RETURN QUERY
    SELECT f.what, count(*) FILTER (WHERE f.finding = 'new'), count(*) FILTER (WHERE f.finding = 'changed'), count(*) FILTER (WHERE f.finding = 'same'),
           count(*) FILTER (WHERE f.finding = 'yours'), count(*) FILTER (WHERE f.finding NOT IN ('new', 'changed', 'same', 'yours'))
    FROM jsonb_to_recordset(findings) AS f (finding text, what text)
    GROUP BY f.what ORDER BY f.what;
END
$$;
COMMENT ON FUNCTION bedrock.put_catalogue(jsonb, text, date) IS 'takes over facts (bedrock.catalogue_facts_of_path): see bedrock.load_catalogue';

CREATE OR REPLACE FUNCTION bedrock.load_catalogue(path text, model text DEFAULT NULL, offer_type text DEFAULT 'ALL',
    as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date)
    RETURNS TABLE (what text, new bigint, changed bigint, same bigint, yours bigint, not_taken bigint)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM bedrock.put_catalogue(bedrock.catalogue_facts_of_path(load_catalogue.path, load_catalogue.model), load_catalogue.offer_type, load_catalogue.as_of);
END
$$;
COMMENT ON FUNCTION bedrock.load_catalogue(text, text, text, date) IS
    'takes new models, states of models, inference profiles and prices from what the AWS CLI prints: aws bedrock list-foundation-models, get-foundation-model, list-inference-profiles, get-inference-profile, list-foundation-model-agreement-offers, and aws marketplace-discovery get-offer-terms (--output json). Look first at bedrock.catalogue_difference, which has one row for each fact; here they are counted. path: an absolute path on the server to a file, a directory or a pattern, each file plain or gzip with one document or an array of them. model: whose rates get-offer-terms are, which does not say it. offer_type: ALL, as the CLI asks by default: the offers of your account, which may be private: their prices win over the book''s, take no discount and are no list prices; PUBLIC, where --offer-type PUBLIC was given: list prices. as_of: the UTC day the files were fetched, today by default. Shipped rows are not touched; rows and prices of your own win; a price that changed holds from as_of on, one the book did not have for all days; the same files again change nothing. A file that is none of these, or has a record that cannot be read, is error 22023 naming file and record, and nothing is loaded. Needs the right to read files (pg_read_server_files)';

CREATE OR REPLACE FUNCTION bedrock.load_catalogue_text(content text, file text DEFAULT NULL, model text DEFAULT NULL, offer_type text DEFAULT 'ALL',
    as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date)
    RETURNS TABLE (what text, new bigint, changed bigint, same bigint, yours bigint, not_taken bigint)
    LANGUAGE plpgsql PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM bedrock.put_catalogue(bedrock.catalogue_facts_of_text(load_catalogue_text.content, load_catalogue_text.file, load_catalogue_text.model),
                                                     load_catalogue_text.offer_type, load_catalogue_text.as_of);
END
$$;
COMMENT ON FUNCTION bedrock.load_catalogue_text(text, text, text, text, date) IS
    'bedrock.load_catalogue of a text, for a role that may read no file of the server; file is only named in errors';
