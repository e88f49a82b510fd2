-- Facts of catalogue documents compared with the catalogue and the price book, and loaded: a new model is known and
-- priced without a new version of the extension. Shipped rows stay as they are, and rows of the user win.

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
    -- Pages and regions repeat a fact; the last one holds.
    stated AS MATERIALIZED (
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
        FROM stated AS s
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
        FROM stated AS s
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
    'facts (bedrock_internal.catalogue_facts_of_path) compared with the catalogue and the price book on a day: '
    'finding and values as in bedrock.catalogue_difference; detail: what the fact is stored from';

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
    'family of a new model: the last family of the same provider in its name (Opus in Claude Opus 7), else the name '
    'up to its version';

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
    stated record;
    entry bedrock.model;
    shipped bedrock.model;
    state text;
BEGIN
    -- A loaded model is the shipped one with what the documents state, made anew each time: what is shipped later is
    -- not hidden by an old copy, and a copy without a difference is dropped.
    FOR stated IN
        SELECT f.name, (jsonb_agg(f.detail) -> 0) AS detail,
               coalesce(jsonb_object_agg(f.property, f.new_value) FILTER (WHERE f.finding <> 'unknown state'),
                        '{}') AS properties
        FROM bedrock_internal.catalogue_finding_rows(findings) AS f
        WHERE f.what = 'model'
        GROUP BY f.name
        HAVING NOT bool_or(f.finding = 'yours')
           AND (bool_or(f.finding IN ('new', 'changed'))
                OR EXISTS (SELECT FROM bedrock.model AS m
                           WHERE m.model_id = f.name AND NOT m.builtin AND m.source = 'bedrock.load_catalogue'))
        ORDER BY f.name
    LOOP
        SELECT m.* INTO entry FROM bedrock.model AS m WHERE m.model_id = stated.name ORDER BY m.builtin DESC LIMIT 1;
        shipped := CASE WHEN entry.builtin THEN entry END;
        IF entry.model_id IS NULL THEN
            entry.model_id := stated.name;
            entry.provider := coalesce(
                (SELECT m.provider FROM bedrock.model AS m
                 WHERE bedrock_internal.fold_name(m.provider) = bedrock_internal.fold_name(stated.detail ->> 'provider')
                 ORDER BY m.builtin DESC, m.provider LIMIT 1), stated.detail ->> 'provider');
            entry.model_name := stated.detail ->> 'model_name';
            entry.model_family := bedrock_internal.family_of_name(entry.provider, entry.model_name);
        END IF;
        entry.input_modalities := coalesce(string_to_array(stated.properties ->> 'input_modalities', ', '),
                                           entry.input_modalities);
        entry.output_modalities := coalesce(string_to_array(stated.properties ->> 'output_modalities', ', '),
                                            entry.output_modalities);
        entry.release_date := coalesce((stated.properties ->> 'release_date')::date, entry.release_date);

        -- Days that led to another state than the one that is stated are wrong.
        state := bedrock_internal.model_lifecycle(entry.lifecycle, entry.legacy_date, entry.extended_access_date,
                                         entry.end_of_life_date, upsert_catalogue_models.as_of);
        IF stated.properties ? 'lifecycle' AND state IS DISTINCT FROM stated.properties ->> 'lifecycle'
           AND (state = 'EXTENDED_ACCESS' AND stated.properties ->> 'lifecycle' = 'LEGACY') IS NOT TRUE THEN
            entry.lifecycle := stated.properties ->> 'lifecycle';
            entry.legacy_date := NULL;
            entry.extended_access_date := NULL;
            entry.end_of_life_date := NULL;
        END IF;
        entry.legacy_date := coalesce((stated.properties ->> 'legacy_date')::date, entry.legacy_date);
        entry.extended_access_date := coalesce((stated.properties ->> 'extended_access_date')::date,
                                               entry.extended_access_date);
        entry.end_of_life_date := coalesce((stated.properties ->> 'end_of_life_date')::date, entry.end_of_life_date);
        IF entry.legacy_date > least(entry.extended_access_date, entry.end_of_life_date)
           OR entry.extended_access_date > entry.end_of_life_date THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('the days of model %s are out of order', stated.name),
                DETAIL = format('legacy from %s, extended access from %s, end of life on %s',
                                coalesce(to_char(entry.legacy_date, 'YYYY-MM-DD'), '(not known)'),
                                coalesce(to_char(entry.extended_access_date, 'YYYY-MM-DD'), '(not known)'),
                                coalesce(to_char(entry.end_of_life_date, 'YYYY-MM-DD'), '(not known)')),
                HINT = 'Settle the days of the model with a row of your own in bedrock.model (builtin = false).';
        END IF;

        DELETE FROM bedrock.model AS m WHERE m.model_id = stated.name AND NOT m.builtin;
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

    -- An offer states no first day: a price that the book has, if only for other days, is used from the day
    -- it was seen, one the book did not have for all days.
    INSERT INTO bedrock.price (model_id, region, routing, tier, token_kind, cache_ttl, modality, long_context_above,
                               unit, usd, valid, as_of, doubtful, usage_type, source, origin, recorded_by)
    SELECT f.name, d.region, d.routing, d.tier, d.token_kind, d.cache_ttl, d.modality,
           CASE WHEN d.long_context
                THEN coalesce((SELECT min(p.long_context_above) FROM bedrock.price AS p
                               WHERE p.model_id = f.name AND upper_inf(p.recorded)), 9223372036854775807) END,
           d.unit, f.new_value::numeric,
           daterange(CASE WHEN d.in_book THEN upsert_catalogue.as_of END, NULL),
           upsert_catalogue.as_of, f.new_value::numeric = 0 AND d.token_kind IN ('input', 'output'), d.usage_type,
           concat_ws(' ', 'offer', d.offer_id),
           CASE upsert_catalogue.offer_type WHEN 'PUBLIC' THEN 'price_list' ELSE 'offer' END,
           bedrock_internal.calling_role()
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
    'loads facts (bedrock_internal.catalogue_facts_of_path) and counts them, as bedrock.load_catalogue';

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
