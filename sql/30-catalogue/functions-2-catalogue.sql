CREATE OR REPLACE FUNCTION bedrock_internal.model_lifecycle(lifecycle text, legacy_date date, extended_access_date date,
    end_of_life_date date, day date)
    RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN day >= end_of_life_date OR lifecycle = 'END_OF_LIFE'
        AND end_of_life_date IS NULL THEN 'END_OF_LIFE'
                WHEN day >= extended_access_date OR lifecycle = 'EXTENDED_ACCESS'
                    AND extended_access_date IS NULL THEN 'EXTENDED_ACCESS'
                WHEN day >= legacy_date OR lifecycle IN ('LEGACY', 'EXTENDED_ACCESS', 'END_OF_LIFE')
                    AND legacy_date IS NULL THEN 'LEGACY'
                ELSE coalesce(CASE WHEN legacy_date IS NOT NULL THEN 'ACTIVE' END, lifecycle) END;
COMMENT ON FUNCTION bedrock_internal.model_lifecycle(text, date, date, date, date) IS
    'state of a model on a day: ACTIVE, LEGACY, EXTENDED_ACCESS or END_OF_LIFE. Its dates decide, what was stated '
    '(lifecycle) where a date is missing; NULL: neither is known';

CREATE OR REPLACE FUNCTION bedrock_internal.pool_of_prefix(geo_prefix text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE geo_prefix WHEN 'ap' THEN 'apac' ELSE geo_prefix END;
COMMENT ON FUNCTION bedrock_internal.pool_of_prefix(text) IS
    'geography of a prefix of system profiles: ap is apac, every other prefix is its own';

CREATE OR REPLACE FUNCTION bedrock_internal.pool_of(ai_region_type text, geo_prefix text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE ai_region_type WHEN 'cross_region_global' THEN 'global' WHEN 'same_region' THEN 'regional'
                               WHEN 'cross_region_geo' THEN geo_prefix END;
COMMENT ON FUNCTION bedrock_internal.pool_of(text, text) IS
    'regions that may have answered the requests of a line, by its ai_region_type and geo_prefix (bedrock.spend): a '
    'geography, global, or regional (the one that was called); NULL: not known, or it is about no request';

CREATE OR REPLACE FUNCTION bedrock_internal.canonical_model_id(model_id text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer text;
BEGIN
    PERFORM bedrock_internal.on_coordinator('bedrock_internal.canonical_model_id',
        'Join the lines with bedrock.models, or group them first and read the groups on the coordinator.');
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
          WHERE bedrock_internal.model_id_key(m.model_id) = bedrock_internal.model_id_key(canonical_model_id.model_id)
          UNION ALL
          SELECT a.model_id
          FROM bedrock.model_alias AS a
          WHERE a.kind = 'model_id'
            AND bedrock_internal.model_id_key(a.alias) = bedrock_internal.model_id_key(canonical_model_id.model_id))
                AS found
    HAVING count(DISTINCT found.model_id) = 1;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION bedrock_internal.canonical_model_id(text) IS
    'id of a model in the catalogue, for another id of it (bedrock-mantle, snapshot), a context variant (:24k), or '
    'an id with or without -v1 and :0; NULL: not in the catalogue, or more than one model. A geography prefix is '
    'removed by bedrock_model_id() before';

CREATE OR REPLACE FUNCTION bedrock_internal.model_by_name(name text, kind text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key text := bedrock_internal.model_name_key(name);
    answer text;
BEGIN
    PERFORM bedrock_internal.on_coordinator('bedrock_internal.model_by_name',
        'Join the lines with bedrock.models, or group them first and read the groups on the coordinator.');
    -- Aliases of the user decide alone, even where they name two models: then there is no answer.
    SELECT CASE WHEN count(DISTINCT a.model_id) = 1 THEN min(a.model_id) END INTO answer
    FROM bedrock.model_alias AS a
    WHERE bedrock_internal.model_name_key(a.alias) = key AND a.kind = model_by_name.kind AND NOT a.builtin
    HAVING count(*) > 0;
    IF FOUND THEN
        RETURN answer;
    END IF;

    SELECT min(found.model_id) INTO answer
    FROM (SELECT coalesce(c.model_id, n.model_id) AS model_id
          FROM (SELECT a.model_id
                FROM bedrock.model_alias AS a
                WHERE bedrock_internal.model_name_key(a.alias) = key AND a.kind = model_by_name.kind
                UNION ALL
                SELECT m.model_id FROM bedrock.model AS m WHERE bedrock_internal.model_name_key(m.model_name) = key)
                    AS n
          LEFT JOIN bedrock.model_alias AS c ON c.kind = 'model_id' AND c.alias = n.model_id) AS found
    HAVING count(DISTINCT found.model_id) = 1;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION bedrock_internal.model_by_name(text, text) IS
    'the one model of a name, whose kind is usage_type_token or product_name: by aliases of the user, else by all '
    'aliases and model names, compared by bedrock_internal.model_name_key; NULL: no model, or more than one';

CREATE OR REPLACE FUNCTION bedrock_internal.resolve_model(resource_model_id text, registry_model_id text,
    product_name text,
    model_token text, OUT model_id text, OUT basis text) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.on_coordinator('bedrock_internal.resolve_model',
        'Join the lines with bedrock.models, or group them first and read the groups on the coordinator.');
    IF resource_model_id <> '' THEN
        basis := 'resource_id';
        model_id := coalesce(bedrock_internal.canonical_model_id(resource_model_id), resource_model_id);
        RETURN;
    END IF;

    IF registry_model_id <> '' THEN
        basis := 'registry';
        model_id := coalesce(bedrock_internal.canonical_model_id(registry_model_id), registry_model_id);
        RETURN;
    END IF;

    basis := 'product_name';
    model_id := bedrock_internal.model_by_name(product_name, 'product_name');
    IF model_id IS NOT NULL THEN
        RETURN;
    END IF;

    basis := 'usage_type';
    model_id := coalesce(bedrock_internal.model_by_name(model_token, 'usage_type_token'),
                         bedrock_internal.canonical_model_id(lower(model_token)));
    IF model_id IS NOT NULL THEN
        RETURN;
    END IF;

    basis := 'unresolved';
END
$$;
COMMENT ON FUNCTION bedrock_internal.resolve_model(text, text, text, text) IS
    'model of a line and where it was read: resource_id, else registry, else product_name, else usage_type; basis '
    'unresolved with model_id NULL: none of them fits exactly one model. Arguments, each NULL or empty where absent: '
    'bedrock_model_id() of the resource, bedrock.profile.model_id, product name, model_token of bedrock_usage_parts; '
    'an id of resource or registry is kept even where the catalogue lacks it';
