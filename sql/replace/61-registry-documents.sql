-- Reading the documents that describe profiles: answers of the AWS CLI, lists of projects, Terraform states. Nothing is
-- written here; what a document says comes out under the column names of bedrock.profile.

CREATE OR REPLACE FUNCTION bedrock.json_field(object jsonb, VARIADIC names text[]) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT f.value
        FROM jsonb_each(CASE jsonb_typeof(json_field.object) WHEN 'object' THEN json_field.object END) AS f (key, value)
        JOIN unnest(json_field.names) WITH ORDINALITY AS n (name, place) ON bedrock.fold_name(f.key) = bedrock.fold_name(n.name)
        WHERE f.value <> 'null'
        ORDER BY n.place, f.key COLLATE "C"
        LIMIT 1);
END
$$;
COMMENT ON FUNCTION bedrock.json_field(jsonb, text[]) IS
    'the first of the named members that an object has, whatever the case and punctuation of its key (modelArn, ModelArn, model_arn); NULL where it has none, where its value is null, and where the value is no object';

CREATE OR REPLACE FUNCTION bedrock.json_items(value jsonb) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT i.item
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(json_items.value) = 'array' THEN json_items.value
                                       WHEN json_items.value <> 'null' THEN jsonb_build_array(json_items.value) END) AS i (item);
    END;
COMMENT ON FUNCTION bedrock.json_items(jsonb) IS 'the elements of an array; any other value is its own single item; none for null';

CREATE OR REPLACE FUNCTION bedrock.json_tags(value jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT CASE jsonb_typeof(json_tags.value)
            WHEN 'array' THEN
                (SELECT coalesce(jsonb_object_agg(bedrock.json_field(t.item, 'key') #>> '{}',
                                                  coalesce(bedrock.json_field(t.item, 'value') #>> '{}', '')), '{}')
                 FROM jsonb_array_elements(json_tags.value) AS t (item)
                 WHERE bedrock.json_field(t.item, 'key') IS NOT NULL)
            WHEN 'object' THEN
                (SELECT coalesce(jsonb_object_agg(t.key, coalesce(t.value, '')), '{}')
                 FROM jsonb_each_text(json_tags.value) AS t (key, value)) END);
END
$$;
COMMENT ON FUNCTION bedrock.json_tags(jsonb) IS
    'tags as one object: from a list of key and value (any case), or from an object; {} for an empty list; NULL for null and anything else';

-- A subtransaction catches what is no time: such a function cannot run in parallel.
CREATE OR REPLACE FUNCTION bedrock.json_time(value jsonb) RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
BEGIN
    IF jsonb_typeof(value) = 'number' THEN
        RETURN to_timestamp((value #>> '{}')::double precision);
    END IF;
    RETURN (value #>> '{}')::timestamptz;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION bedrock.json_time(jsonb) IS
    'a point in time as AWS tools write it: ISO 8601 text (UTC where no zone is given) or seconds since 1970; NULL for anything else, never an error';

CREATE OR REPLACE FUNCTION bedrock.json_profile(object jsonb, known_arn text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT jsonb_strip_nulls(jsonb_build_object(
            'profile_arn', coalesce(bedrock.json_field(o.object, 'inferenceProfileArn', 'resourceArn', 'arn'),
                                    to_jsonb(json_profile.known_arn)),
            'profile_name', bedrock.json_field(o.object, 'inferenceProfileName', 'name'),
            'description', bedrock.json_field(o.object, 'description'),
            'status', bedrock.json_field(o.object, 'status'),
            'created_at', bedrock.json_time(bedrock.json_field(o.object, 'createdAt')),
            'source_arn', coalesce(bedrock.json_field(o.object, 'copyFrom'),
                                   (SELECT bedrock.json_field(s.item, 'copyFrom')
                                    FROM bedrock.json_items(bedrock.json_field(o.object, 'modelSource')) AS s (item)
                                    LIMIT 1)),
            'models', (SELECT jsonb_agg(DISTINCT bedrock.json_field(m.item, 'modelArn'))
                       FROM bedrock.json_items(bedrock.json_field(o.object, 'models')) AS m (item)
                       WHERE bedrock.json_field(m.item, 'modelArn') IS NOT NULL),
            'tags', bedrock.json_tags(bedrock.json_field(o.object, 'tagsAll', 'tags'))))
        FROM (SELECT json_profile.object) AS o (object));
END
$$;
COMMENT ON FUNCTION bedrock.json_profile(jsonb, text) IS
    'what one record of an AWS or Terraform document says of a profile, under the column names of bedrock.profile, and models, the ARNs of the models it may call; what the record does not say is left out';

CREATE OR REPLACE FUNCTION bedrock.read_profiles(document jsonb, resource_arn text DEFAULT NULL) RETURNS SETOF jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    list jsonb;
BEGIN
    IF jsonb_typeof(document) = 'array' THEN
        RETURN QUERY SELECT r.profile
                     FROM jsonb_array_elements(document) AS page (document)
                     CROSS JOIN LATERAL bedrock.read_profiles(page.document, resource_arn) AS r (profile);
        RETURN;
    END IF;

    -- aws bedrock list-inference-profiles; aws resourcegroupstaggingapi get-resources; lists of projects
    list := bedrock.json_field(document, 'inferenceProfileSummaries', 'ResourceTagMappingList', 'projects', 'data');
    IF jsonb_typeof(list) = 'array' THEN
        RETURN QUERY SELECT bedrock.json_profile(i.item) FROM jsonb_array_elements(list) AS i (item);
        RETURN;
    END IF;

    -- aws cloudcontrol list-resources and get-resource: the record is JSON written into a text
    list := bedrock.json_field(document, 'ResourceDescriptions', 'ResourceDescription');
    IF list IS NOT NULL THEN
        RETURN QUERY SELECT bedrock.json_profile(coalesce(bedrock.try_jsonb(bedrock.json_field(i.item, 'Properties') #>> '{}'), '{}'),
                                                 bedrock.json_field(i.item, 'Identifier') #>> '{}')
                     FROM bedrock.json_items(list) AS i (item);
        RETURN;
    END IF;

    -- Terraform: the state (resources, instances, attributes) and `terraform show -json` (values, root module, values)
    IF jsonb_typeof(document -> 'resources') = 'array' OR jsonb_typeof(document #> '{values,root_module}') = 'object' THEN
        RETURN QUERY SELECT bedrock.json_profile(state.attributes)
                     FROM jsonb_path_query(document, 'strict $.** ? (@.type == "aws_bedrock_inference_profile")', '{}', true) AS r (resource)
                     CROSS JOIN LATERAL (
                         SELECT i.item -> 'attributes'
                         FROM jsonb_array_elements(CASE jsonb_typeof(r.resource -> 'instances') WHEN 'array' THEN r.resource -> 'instances' END) AS i (item)
                         UNION ALL
                         SELECT r.resource -> 'values') AS state (attributes)
                     WHERE jsonb_typeof(state.attributes) = 'object';
        RETURN;
    END IF;

    -- aws bedrock get-inference-profile, create-inference-profile; one project; one mapping of tags
    IF bedrock.json_field(document, 'inferenceProfileArn', 'resourceArn', 'arn') IS NOT NULL THEN
        RETURN NEXT bedrock.json_profile(document);
        RETURN;
    END IF;

    -- aws bedrock list-tags-for-resource does not repeat whose tags they are
    IF bedrock.json_field(document, 'tags') IS NOT NULL THEN
        IF resource_arn IS NULL THEN
            RAISE EXCEPTION 'the document has tags but no ARN' USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'aws bedrock list-tags-for-resource does not repeat the ARN it was asked for.',
                HINT = 'Give it: bedrock.import_profiles(document, resource_arn => ''arn:aws:bedrock:...'').';
        END IF;
        RETURN NEXT bedrock.json_profile(document, resource_arn);
        RETURN;
    END IF;

    RAISE EXCEPTION 'the document describes no inference profiles: %',
            coalesce('it has ' || (SELECT string_agg(quote_ident(k.key), ', ' ORDER BY k.key COLLATE "C")
                                   FROM (SELECT j.key FROM jsonb_object_keys(CASE jsonb_typeof(document) WHEN 'object' THEN document END) AS j (key)
                                         ORDER BY j.key COLLATE "C" LIMIT 8) AS k),
                     'it is ' || CASE WHEN document = '{}' THEN 'an empty object' ELSE coalesce('a JSON ' || jsonb_typeof(document), 'NULL') END)
        USING ERRCODE = 'invalid_parameter_value',
        DETAIL = 'Looked for inferenceProfileSummaries or inferenceProfileArn (aws bedrock list-inference-profiles, get-inference-profile), tags (list-tags-for-resource), ResourceTagMappingList (resourcegroupstaggingapi get-resources), ResourceDescriptions (cloudcontrol list-resources), projects or data (lists of projects), resources (Terraform state); an array of such documents is read one by one.';
END
$$;
COMMENT ON FUNCTION bedrock.read_profiles(jsonb, text) IS
    'the profiles a document describes, one object each (see bedrock.json_profile); the kind of document is told by its shape, key case does not count. resource_arn: whose tags a list-tags-for-resource answer holds. Error 22023 where the shape is none of the known, naming what was looked for';

CREATE OR REPLACE FUNCTION bedrock.pool_of_models(model_arns text[], source_region text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        WITH model AS (
            SELECT DISTINCT part.model_id, coalesce(part.region, '') AS region
            FROM unnest(pool_of_models.model_arns) AS a (arn)
            CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(a.arn) AS part
            WHERE part.valid
        ), routed AS (
            -- system-defined profiles of that model that may send a call from here to all these regions
            SELECT DISTINCT p.pool
            FROM bedrock.system_profiles AS p
            WHERE p.pool <> 'global' AND p.model_id IN (SELECT m.model_id FROM model AS m)
              AND NOT EXISTS (SELECT FROM model AS m
                              WHERE NOT EXISTS (SELECT FROM bedrock.system_profile_regions AS r
                                                WHERE r.profile_id = p.profile_id AND r.source_region = pool_of_models.source_region
                                                  AND r.destination_region = m.region))
        ), shared AS (
            -- geographies all these regions belong to
            SELECT pool.name
            FROM model AS m
            JOIN bedrock.region AS r ON r.region = m.region
            CROSS JOIN LATERAL unnest(r.geo_pools) AS pool (name)
            GROUP BY pool.name
            HAVING count(DISTINCT m.region) = (SELECT count(DISTINCT region) FROM model)
        )
        SELECT CASE
            WHEN count(*) = 0 THEN NULL
            WHEN bool_or(m.region = '') THEN 'global'
            WHEN count(DISTINCT m.region) = 1 THEN 'regional'
            WHEN (SELECT count(*) FROM routed) = 1 THEN (SELECT pool FROM routed)
            WHEN (SELECT count(*) FROM shared) = 1 THEN (SELECT name FROM shared) END
        FROM model AS m);
END
$$;
COMMENT ON FUNCTION bedrock.pool_of_models(text[], text) IS
    'routing of a profile told from the models it may call: global (a model ARN without region), regional (one region), the geography of the one system-defined profile that fits, or the one geography all regions share; NULL where that leaves more than one, or no model is given';

CREATE OR REPLACE FUNCTION bedrock.profile_facts(profile jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT profile_facts.profile - ARRAY['profile_arn', 'models'] || jsonb_strip_nulls(jsonb_build_object(
            'model_id', coalesce(s.model_id, m.model_id),
            'pool', coalesce(bedrock.pool_of_prefix(s.geo_prefix), (SELECT y.pool FROM bedrock.system_profiles AS y WHERE y.profile_id = s.profile_id), CASE WHEN s.request_path = 'foundation_model' THEN 'regional' END,
                             bedrock.pool_of_models(m.arns, split_part(profile_facts.profile ->> 'profile_arn', ':', 4)))))
        FROM (SELECT array_agg(a.arn) AS arns,
                     CASE WHEN count(DISTINCT @extschema@.bedrock_model_id(a.arn)) = 1 THEN min(@extschema@.bedrock_model_id(a.arn)) END AS model_id
              FROM jsonb_array_elements_text(profile_facts.profile -> 'models') AS a (arn)) AS m
        LEFT JOIN LATERAL @extschema@.bedrock_arn_parts(profile_facts.profile ->> 'source_arn') AS s ON true);
END
$$;
COMMENT ON FUNCTION bedrock.profile_facts(jsonb) IS
    'columns of bedrock.profile that follow from one record (see bedrock.json_profile): its own members, and model_id and pool from what the profile was copied from, else from the models it may call; what does not follow is left out';

