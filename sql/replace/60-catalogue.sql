-- Reading the catalogues: the row that wins, and the model a line of the bill is about.

CREATE OR REPLACE VIEW bedrock.regions WITH (security_invoker) AS
    SELECT DISTINCT ON (region) region, cur_prefix, name, partition, array_to_string(geo_pools, ', ') AS geo_pools,
           builtin, source, as_of
    FROM bedrock.region
    ORDER BY region, builtin;
COMMENT ON VIEW bedrock.regions IS 'AWS regions that bill for Bedrock, one row a region: the user''s row of bedrock.region where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.regions.region IS 'region code, us-east-1';
COMMENT ON COLUMN bedrock.regions.cur_prefix IS 'what a usage type of the region begins with: USE1; NULL: not known';
COMMENT ON COLUMN bedrock.regions.name IS 'name as AWS prints it; NULL: not known';
COMMENT ON COLUMN bedrock.regions.partition IS 'partition of ARNs: aws, aws-us-gov, aws-cn, aws-eusc';
COMMENT ON COLUMN bedrock.regions.geo_pools IS 'geographies whose system profiles may be called from the region, parted by ", "; empty: none known';
COMMENT ON COLUMN bedrock.regions.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.regions.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.regions.as_of IS 'day the source saw it; NULL: not stated';

CREATE OR REPLACE FUNCTION bedrock.price_regions() RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 40
BEGIN ATOMIC
    SELECT r.region FROM bedrock.regions AS r
    UNION
    SELECT p.region FROM bedrock.price AS p WHERE upper_inf(p.recorded)
    UNION
    SELECT e.region FROM bedrock.effective_price AS e WHERE e.region IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock.price_regions() IS
    'regions that a price may be asked for: those of bedrock.regions, and those that a price of the book or one learnt from the bill names. A price of region * is for each of them; any other word names no region and has no price';

CREATE OR REPLACE FUNCTION bedrock.similar_regions(name text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT string_agg(f.region, ', ' ORDER BY f.region)
    FROM (SELECT r.region
          FROM bedrock.regions AS r
          CROSS JOIN LATERAL (SELECT regexp_replace(lower(left(similar_regions.name, 200)), '[^a-z0-9]', '', 'g') AS asked,
                                     replace(r.region, '-', '') AS known) AS k
          WHERE k.asked <> ''
            AND (starts_with(k.known, k.asked) OR starts_with(k.asked, k.known) OR k.asked = lower(r.cur_prefix)
                 OR k.asked = regexp_replace(lower(r.name), '[^a-z0-9]', '', 'g'))
          ORDER BY r.region LIMIT 3) AS f;
END;
COMMENT ON FUNCTION bedrock.similar_regions(text) IS
    'up to three regions of bedrock.regions that a word may mean: one begins with the other where hyphens and capitals do not count, or it is the name or the prefix of the region; NULL: none';

CREATE OR REPLACE FUNCTION bedrock.model_lifecycle(lifecycle text, legacy_date date, extended_access_date date, end_of_life_date date, day date)
    RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN day >= end_of_life_date OR lifecycle = 'END_OF_LIFE' AND end_of_life_date IS NULL THEN 'END_OF_LIFE'
                WHEN day >= extended_access_date OR lifecycle = 'EXTENDED_ACCESS' AND extended_access_date IS NULL THEN 'EXTENDED_ACCESS'
                WHEN day >= legacy_date OR lifecycle IN ('LEGACY', 'EXTENDED_ACCESS', 'END_OF_LIFE') AND legacy_date IS NULL THEN 'LEGACY'
                ELSE coalesce(CASE WHEN legacy_date IS NOT NULL THEN 'ACTIVE' END, lifecycle) END;
COMMENT ON FUNCTION bedrock.model_lifecycle(text, date, date, date, date) IS
    'state of a model on a day: ACTIVE, LEGACY, EXTENDED_ACCESS or END_OF_LIFE. Its dates decide, what was stated (lifecycle) where a date is missing; NULL: neither is known';

CREATE OR REPLACE VIEW bedrock.models WITH (security_invoker) AS
    SELECT DISTINCT ON (model_id) model_id, provider, model_family, model_name,
           array_to_string(input_modalities, ', ') AS input_modalities,
           array_to_string(output_modalities, ', ') AS output_modalities,
           context_window::bigint AS context_window, release_date,
           bedrock.model_lifecycle(lifecycle, legacy_date, extended_access_date, end_of_life_date, (now() AT TIME ZONE 'UTC')::date) AS lifecycle,
           mantle_alias_of, builtin, source, as_of, legacy_date, extended_access_date, end_of_life_date
    FROM bedrock.model
    ORDER BY model_id, builtin;
COMMENT ON VIEW bedrock.models IS 'foundation models, one row a model id: the user''s row of bedrock.model where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.models.model_id IS 'model id as Bedrock writes it, without geography prefix';
COMMENT ON COLUMN bedrock.models.provider IS 'who made it';
COMMENT ON COLUMN bedrock.models.model_family IS 'what versions roll up to: Opus, Sonnet, Haiku, Nova, Llama';
COMMENT ON COLUMN bedrock.models.model_name IS 'name to show';
COMMENT ON COLUMN bedrock.models.input_modalities IS 'what it reads: text, image, audio, speech, video, parted by ", "; NULL: not known';
COMMENT ON COLUMN bedrock.models.output_modalities IS 'what it writes: text, image, speech, video, embedding, parted by ", "; NULL: not known';
COMMENT ON COLUMN bedrock.models.context_window IS 'largest input of one request in tokens; NULL: not known';
COMMENT ON COLUMN bedrock.models.release_date IS 'day of release; NULL: not known';
COMMENT ON COLUMN bedrock.models.lifecycle IS
    'state today (UTC): ACTIVE, LEGACY, EXTENDED_ACCESS (legacy, at the price of extended access), END_OF_LIFE (calls fail); by its dates, else as stated on the day of as_of. NULL: not known';
COMMENT ON COLUMN bedrock.models.mantle_alias_of IS 'the model this id is another id of; NULL: the id is the model''s own';
COMMENT ON COLUMN bedrock.models.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.models.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.models.as_of IS 'day the source saw it; NULL: not stated';
COMMENT ON COLUMN bedrock.models.legacy_date IS 'first day of LEGACY; NULL: not known, or none is set';
COMMENT ON COLUMN bedrock.models.extended_access_date IS 'first day of EXTENDED_ACCESS; NULL: not known, or there is none';
COMMENT ON COLUMN bedrock.models.end_of_life_date IS 'END_OF_LIFE: the day from which calls fail; NULL: not known, or none is set';

CREATE OR REPLACE VIEW bedrock.system_profiles WITH (security_invoker) AS
    SELECT DISTINCT ON (profile_id) profile_id, model_id, pool, geo_prefix, builtin, source, as_of
    FROM bedrock.system_profile
    ORDER BY profile_id, builtin;
COMMENT ON VIEW bedrock.system_profiles IS 'system-defined inference profiles, one row a profile: the user''s row of bedrock.system_profile where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.system_profiles.profile_id IS 'id, us.anthropic.claude-sonnet-4-6';
COMMENT ON COLUMN bedrock.system_profiles.model_id IS 'the model it serves';
COMMENT ON COLUMN bedrock.system_profiles.pool IS 'geography whose regions it may use, or global';
COMMENT ON COLUMN bedrock.system_profiles.geo_prefix IS 'what the id begins with, before the first dot';
COMMENT ON COLUMN bedrock.system_profiles.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.system_profiles.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.system_profiles.as_of IS 'day the source saw it; NULL: not stated';

CREATE OR REPLACE VIEW bedrock.system_profile_regions WITH (security_invoker) AS
    SELECT winner.profile_id, winner.source_region, d.destination_region, winner.builtin, winner.source, winner.as_of
    FROM (SELECT DISTINCT ON (profile_id, source_region) *
          FROM bedrock.system_profile_region
          ORDER BY profile_id, source_region, builtin) AS winner
    CROSS JOIN LATERAL unnest(winner.destination_regions) AS d (destination_region);
COMMENT ON VIEW bedrock.system_profile_regions IS
    'where a system-defined profile may send a call, one row a profile, source region and destination: the user''s row of bedrock.system_profile_region where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.system_profile_regions.profile_id IS 'id of the system-defined profile';
COMMENT ON COLUMN bedrock.system_profile_regions.source_region IS 'region that is called and billed';
COMMENT ON COLUMN bedrock.system_profile_regions.destination_region IS 'region that may compute the answer; *: any commercial region';
COMMENT ON COLUMN bedrock.system_profile_regions.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.system_profile_regions.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.system_profile_regions.as_of IS 'day the source saw it; NULL: not stated';

CREATE OR REPLACE FUNCTION bedrock.pool_of_prefix(geo_prefix text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE geo_prefix WHEN 'ap' THEN 'apac' ELSE geo_prefix END;
COMMENT ON FUNCTION bedrock.pool_of_prefix(text) IS
    'the geography a prefix of system profiles stands for: AWS has written ap. and apac. for one; every other prefix is its own';

CREATE OR REPLACE FUNCTION bedrock.canonical_model_id(model_id text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer text;
BEGIN
    PERFORM bedrock.on_coordinator('bedrock.canonical_model_id', 'Join the lines with bedrock.models, or group them first and read the groups on the coordinator.');
    -- An id that is written in the catalogue decides by itself, whatever else its key would meet.
    SELECT a.model_id INTO answer
    FROM bedrock.model_alias AS a
    WHERE a.kind = 'model_id' AND a.alias = canonical_model_id.model_id
    ORDER BY a.builtin, a.model_id LIMIT 1;
    IF FOUND THEN
        RETURN answer;
    END IF;

    SELECT m.model_id INTO answer FROM bedrock.model AS m WHERE m.model_id = canonical_model_id.model_id LIMIT 1;
    IF FOUND THEN
        RETURN answer;
    END IF;

    SELECT min(found.model_id) INTO answer
    FROM (SELECT coalesce(a.model_id, m.model_id) AS model_id
          FROM bedrock.model AS m
          LEFT JOIN bedrock.model_alias AS a ON a.kind = 'model_id' AND a.alias = m.model_id
          WHERE bedrock.model_id_key(m.model_id) = bedrock.model_id_key(canonical_model_id.model_id)
          UNION ALL
          SELECT a.model_id
          FROM bedrock.model_alias AS a
          WHERE a.kind = 'model_id'
            AND bedrock.model_id_key(a.alias) = bedrock.model_id_key(canonical_model_id.model_id)) AS found
    HAVING count(DISTINCT found.model_id) = 1;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION bedrock.canonical_model_id(text) IS
    'the id under which the catalogue knows a model id: itself, the model it is another id of (bedrock-mantle, snapshot), or the base model of a context variant (:24k) or of an id with or without -v1 and :0. NULL where the catalogue knows none, or more than one. Takes no geography prefix: bedrock_model_id() removes it';

CREATE OR REPLACE FUNCTION bedrock.model_by_name(name text, kind text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key text := bedrock.model_name_key(name);
    answer text;
BEGIN
    PERFORM bedrock.on_coordinator('bedrock.model_by_name', 'Join the lines with bedrock.models, or group them first and read the groups on the coordinator.');
    -- What the user says of a name is the answer, even where it names two models: then there is none.
    SELECT CASE WHEN count(DISTINCT a.model_id) = 1 THEN min(a.model_id) END INTO answer
    FROM bedrock.model_alias AS a
    WHERE bedrock.model_name_key(a.alias) = key AND a.kind = model_by_name.kind AND NOT a.builtin
    HAVING count(*) > 0;
    IF FOUND THEN
        RETURN answer;
    END IF;

    SELECT min(found.model_id) INTO answer
    FROM (SELECT coalesce(c.model_id, n.model_id) AS model_id
          FROM (SELECT a.model_id
                FROM bedrock.model_alias AS a
                WHERE bedrock.model_name_key(a.alias) = key AND a.kind = model_by_name.kind
                UNION ALL
                SELECT m.model_id FROM bedrock.model AS m WHERE bedrock.model_name_key(m.model_name) = key) AS n
          LEFT JOIN bedrock.model_alias AS c ON c.kind = 'model_id' AND c.alias = n.model_id) AS found
    HAVING count(DISTINCT found.model_id) = 1;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION bedrock.model_by_name(text, text) IS
    'the one model that a name of a kind (usage_type_token or product_name) stands for: a user''s alias, else aliases and model names, compared by bedrock.model_name_key; NULL where no model has the name, or more than one';

CREATE OR REPLACE FUNCTION bedrock.resolve_model(resource_model_id text, registry_model_id text, product_name text,
    model_token text, OUT model_id text, OUT basis text) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock.on_coordinator('bedrock.resolve_model', 'Join the lines with bedrock.models, or group them first and read the groups on the coordinator.');
    IF resource_model_id <> '' THEN
        basis := 'resource_id';
        model_id := coalesce(bedrock.canonical_model_id(resource_model_id), resource_model_id);
        RETURN;
    END IF;

    IF registry_model_id <> '' THEN
        basis := 'registry';
        model_id := coalesce(bedrock.canonical_model_id(registry_model_id), registry_model_id);
        RETURN;
    END IF;

    basis := 'product_name';
    model_id := bedrock.model_by_name(product_name, 'product_name');
    IF model_id IS NOT NULL THEN
        RETURN;
    END IF;

    basis := 'usage_type';
    model_id := coalesce(bedrock.model_by_name(model_token, 'usage_type_token'),
                         bedrock.canonical_model_id(lower(model_token)));
    IF model_id IS NOT NULL THEN
        RETURN;
    END IF;

    basis := 'unresolved';
END
$$;
COMMENT ON FUNCTION bedrock.resolve_model(text, text, text, text) IS
    'the model of a line, and what says so: resource_id (the model id in the resource''s ARN), else registry (source model of the application profile), else product_name, else usage_type (the model part of the usage type); basis unresolved with model_id NULL where none of them fits exactly one model. An id the bill or the registry states is kept even when the catalogue does not know it. Never an error. Use LATERAL. Arguments: bedrock_model_id(resource), bedrock.profile.model_id, product name of the line, model_token of bedrock_usage_parts; each may be NULL or empty';

