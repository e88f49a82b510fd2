-- Names of models as people and gateways write them: what is asked for inside such a string, the one model that fits,
-- and those that are similar.

CREATE OR REPLACE FUNCTION bedrock_internal.model_parts(model text, OUT region text, OUT request_path text,
    OUT profile_id text,
    OUT geo_prefix text, OUT model_id text)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    -- In the place of a model, a bare id with a geography that is newer than the list can only be a profile.
    SELECT p.region, p.request_path, p.profile_id, p.geo_prefix, p.model_id
    FROM (SELECT 'arn:aws:bedrock:::inference-profile/' || model_parts.model AS arn) AS i
    CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(
        CASE WHEN @extschema@.bedrock_request_path(model_parts.model) = 'none'
                  AND @extschema@.bedrock_request_path(i.arn) = 'system_profile'
             THEN i.arn ELSE model_parts.model END) AS p;
END;
COMMENT ON FUNCTION bedrock_internal.model_parts(text) IS
    'bedrock_arn_parts of a text that is known to name a model, as modelId of a log record: a bare id '
    'WORD.PROVIDER.MODEL is a system profile there even where the geography is newer than this version, and '
    'geo_prefix is NULL then';

CREATE OR REPLACE FUNCTION bedrock_internal.gateway_model(model text, OUT called text, OUT region text,
    OUT provider text)
    RETURNS record
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    word text;
    inside boolean := false;
BEGIN
    -- Claude Code marks the context of a million tokens; what is asked is the same model.
    called := regexp_replace(gateway_model.model, E'\\[1m\\]$', '', 'i');
    LOOP
        word := substring(called FROM '^@?([A-Za-z0-9_-]+)(?:/|::?)');
        EXIT WHEN word IS NULL OR word = 'arn';
        IF word ~ '^[a-z]{2}(-[a-z]+)+-[0-9]+$' THEN
            region := word;
        ELSIF lower(word) ~ 'bedrock'
              OR lower(word) IN ('aws', 'converse', 'converse_like', 'invoke', 'async_invoke', 'mantle') THEN
            NULL;
        ELSIF word ~ '^[0-9]+-month-commitment$' THEN
            -- Capacity that is bought by the hour has no price of tokens.
            called := NULL;
            RETURN;
        ELSIF called ~ '^@?[A-Za-z0-9_-]+/arn:' AND inside THEN
            NULL;
        ELSIF called ~ '^[A-Za-z0-9_-]+/[^/]+$' THEN
            provider := word;
        ELSE
            EXIT;
        END IF;
        inside := true;
        called := regexp_replace(called, '^@?[A-Za-z0-9_-]+(/|::?)', '');
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.gateway_model(text) IS
    'a model string without what gateways and clients (LiteLLM, OpenRouter, Claude Code) put around it: called is '
    'the model id, profile id, ARN or name inside bedrock/..., bedrock/converse/..., bedrock_mantle/..., '
    'bedrock/us-east-1/..., bedrock:..., provider/name and ...[1m], else the string itself; NULL for capacity bought '
    'by the hour (1-month-commitment). region, provider: words before it; NULL: none';

CREATE OR REPLACE FUNCTION bedrock_internal.model_by_spelling(name text, provider text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- The provider is before the dot of an id; a dot inside a version separates none.
    made_by text := bedrock_internal.fold_name(coalesce(model_by_spelling.provider,
                                               substring(name FROM '^([A-Za-z0-9-]+)[.][A-Za-z]')));
    called text := regexp_replace(name, '^[A-Za-z0-9-]+[.](?=[A-Za-z])', '');
    key text := bedrock_internal.fold_name(bedrock_internal.model_id_key(called));
    states_version boolean := called ~* '(-v[0-9]+|:[0-9]+k?)$';
    answer text;
    models bigint;
BEGIN
    IF coalesce(key, '') !~ '[a-z]' THEN
        RETURN NULL;
    END IF;
    -- A name that states its version is compared with the version, one that does not is any of them; a first version is
    -- written or left out. Without its date a name fits where it is the only one.
    SELECT count(DISTINCT f.model_id), min(f.model_id) INTO models, answer
    FROM (SELECT coalesce(a.model_id, m.model_id) AS model_id,
                 bedrock_internal.fold_name(split_part(m.model_id, '.', 1)) AS maker,
                 bedrock_internal.fold_name(bedrock_internal.model_id_key(n.bare)) AS versioned,
                 bedrock_internal.fold_name(regexp_replace(n.bare, '(-v[0-9]+)?(:[0-9]+)?(:[0-9]+k)?$', '')) AS plain
          FROM bedrock.model AS m
          LEFT JOIN bedrock.model_alias AS a ON a.kind = 'model_id' AND a.alias = m.model_id
          CROSS JOIN LATERAL (SELECT regexp_replace(m.model_id, '^[a-z0-9-]+[.](?=[a-z])', '')) AS n (bare)
          WHERE bedrock_internal.bare_model_key(m.model_id) = bedrock_internal.bare_model_key(called)) AS f
    WHERE (key IN (f.versioned, regexp_replace(f.versioned, '20[0-9]{6}$', ''))
           OR NOT states_version AND key IN (f.plain, regexp_replace(f.plain, '20[0-9]{6}$', '')))
      AND (made_by IS NULL OR starts_with(made_by, f.maker) OR starts_with(f.maker, made_by));
    IF models > 0 THEN
        RETURN CASE WHEN models = 1 THEN answer END;
    END IF;
    -- A name to show may have its words in another order.
    answer := coalesce(bedrock_internal.model_by_name(called, 'product_name'),
                       bedrock_internal.model_by_name(called, 'usage_type_token'));
    RETURN CASE WHEN made_by IS NULL OR starts_with(made_by, bedrock_internal.fold_name(split_part(answer, '.', 1)))
                     OR starts_with(bedrock_internal.fold_name(split_part(answer, '.', 1)), made_by) THEN answer END;
END
$$;
COMMENT ON FUNCTION bedrock_internal.model_by_spelling(text, text) IS
    'the one model whose id or name is meant by a name without provider, version or date, or in another spelling: '
    'claude-sonnet-4-5, claude-sonnet-4.5, Claude Sonnet 4.5; NULL: no model fits, or more than one. provider: '
    'another word for its maker (meta-llama); NULL: the one before the first dot, or any';

CREATE OR REPLACE FUNCTION bedrock_internal.similar_models(name text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        WITH asked AS (
            SELECT DISTINCT w.word[1] AS word
            FROM regexp_matches(lower(left(similar_models.name, 200)), '[a-z]+|[0-9]+', 'g') AS w (word)
            WHERE w.word[1] <> ALL (ARRAY['v', 'k', 'm', 'latest', 'bedrock', 'aws', 'arn', 'foundation', 'model',
                                          'converse', 'invoke'])),
        model AS (
            SELECT m.model_id, p.words,
                   string_to_array(nullif(split_part(bedrock_internal.model_name_key(m.model_name), '/', 2), ''),
                                   '.')::numeric[] AS version
            FROM bedrock.models AS m
            CROSS JOIN LATERAL (SELECT array_agg(w.word[1]) AS words
                                FROM regexp_matches(lower(substr(m.model_id, strpos(m.model_id, '.')) || ' '
                                    || m.model_name),
                                                    '[a-z]+|[0-9]+', 'g') AS w (word)) AS p
            WHERE m.mantle_alias_of IS NULL),
        fitting AS (
            -- One of them must be a word of letters: a number alone names no model.
            SELECT m.model_id, m.version, sum(CASE WHEN a.word ~ '[a-z]' THEN 2 ELSE 1 END) AS score
            FROM model AS m
            JOIN asked AS a ON a.word = ANY (m.words)
            GROUP BY m.model_id, m.version
            HAVING bool_or(length(a.word) > 2 AND a.word ~ '[a-z]')),
        best AS (
            SELECT f.model_id, row_number() OVER (ORDER BY f.version DESC NULLS LAST, f.model_id DESC) AS place
            FROM fitting AS f
            WHERE f.score = (SELECT max(score) FROM fitting))
        SELECT string_agg(b.model_id, ', ' ORDER BY b.place) FROM best AS b WHERE b.place <= 3);
END
$$;
COMMENT ON FUNCTION bedrock_internal.similar_models(text) IS
    'up to three model ids whose words a name shares most of, the highest version first; NULL: none shares a word';
