-- Reading the documents that describe profiles: answers of the AWS CLI, lists of projects, Terraform states. Nothing is
-- written here; the facts of a document are returned under the column names of bedrock.profile.

CREATE OR REPLACE FUNCTION bedrock_internal.json_profile(object jsonb, known_arn text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT jsonb_strip_nulls(jsonb_build_object(
            'profile_arn', coalesce(bedrock_internal.json_field(o.object, 'inferenceProfileArn', 'resourceArn', 'arn'),
                                    to_jsonb(json_profile.known_arn)),
            'profile_name', bedrock_internal.json_field(o.object, 'inferenceProfileName', 'name'),
            'description', bedrock_internal.json_field(o.object, 'description'),
            'status', bedrock_internal.json_field(o.object, 'status'),
            'created_at', bedrock_internal.json_time(bedrock_internal.json_field(o.object, 'createdAt')),
            'source_arn', coalesce(bedrock_internal.json_field(o.object, 'copyFrom'),
                                   (SELECT bedrock_internal.json_field(s.item, 'copyFrom')
                                    FROM bedrock_internal.json_items(bedrock_internal.json_field(
                                        o.object, 'modelSource')) AS s (item)
                                    LIMIT 1)),
            'models', (SELECT jsonb_agg(DISTINCT bedrock_internal.json_field(m.item, 'modelArn'))
                       FROM bedrock_internal.json_items(bedrock_internal.json_field(o.object, 'models')) AS m (item)
                       WHERE bedrock_internal.json_field(m.item, 'modelArn') IS NOT NULL),
            'tags', bedrock_internal.json_tags(bedrock_internal.json_field(o.object, 'tagsAll', 'tags'))))
        FROM (SELECT json_profile.object) AS o (object));
END
$$;
COMMENT ON FUNCTION bedrock_internal.json_profile(jsonb, text) IS
    'a profile in one record of an AWS or Terraform document: members named as the columns of bedrock.profile, and '
    'models, the ARNs of the models it may call; what the record does not state is left out';

CREATE OR REPLACE FUNCTION bedrock_internal.read_profiles(document jsonb, resource_arn text DEFAULT NULL)
    RETURNS SETOF jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    list jsonb;
BEGIN
    IF jsonb_typeof(document) = 'array' THEN
        RETURN QUERY SELECT r.profile
                     FROM jsonb_array_elements(document) AS page (document)
                     CROSS JOIN LATERAL bedrock_internal.read_profiles(page.document, resource_arn) AS r (profile);
        RETURN;
    END IF;

    -- aws bedrock list-inference-profiles; aws resourcegroupstaggingapi get-resources; lists of projects
    list := bedrock_internal.json_field(document, 'inferenceProfileSummaries', 'ResourceTagMappingList', 'projects',
        'data');
    IF jsonb_typeof(list) = 'array' THEN
        RETURN QUERY SELECT bedrock_internal.json_profile(i.item) FROM jsonb_array_elements(list) AS i (item);
        RETURN;
    END IF;

    -- aws cloudcontrol list-resources and get-resource: the record is JSON written into a text
    list := bedrock_internal.json_field(document, 'ResourceDescriptions', 'ResourceDescription');
    IF list IS NOT NULL THEN
        RETURN QUERY SELECT bedrock_internal.json_profile(coalesce(bedrock.try_jsonb(
            bedrock_internal.json_field(i.item, 'Properties') #>> '{}'), '{}'),
                                                 bedrock_internal.json_field(i.item, 'Identifier') #>> '{}')
                     FROM bedrock_internal.json_items(list) AS i (item);
        RETURN;
    END IF;

    -- Terraform: the state (resources, instances, attributes) and `terraform show -json` (values, root module, values)
    IF jsonb_typeof(document -> 'resources') = 'array' OR jsonb_typeof(document #> '{values,root_module}') = 'object'
        THEN
        RETURN QUERY SELECT bedrock_internal.json_profile(state.attributes)
                     FROM jsonb_path_query(document, 'strict $.** ? (@.type == "aws_bedrock_inference_profile")', '{}',
                         true) AS r (resource)
                     CROSS JOIN LATERAL (
                         SELECT i.item -> 'attributes'
                         FROM jsonb_array_elements(CASE jsonb_typeof(r.resource -> 'instances')
                             WHEN 'array' THEN r.resource -> 'instances' END) AS i (item)
                         UNION ALL
                         SELECT r.resource -> 'values') AS state (attributes)
                     WHERE jsonb_typeof(state.attributes) = 'object';
        RETURN;
    END IF;

    -- aws bedrock get-inference-profile, create-inference-profile; one project; one mapping of tags
    IF bedrock_internal.json_field(document, 'inferenceProfileArn', 'resourceArn', 'arn') IS NOT NULL THEN
        RETURN NEXT bedrock_internal.json_profile(document);
        RETURN;
    END IF;

    -- aws bedrock list-tags-for-resource does not repeat whose tags they are
    IF bedrock_internal.json_field(document, 'tags') IS NOT NULL THEN
        IF resource_arn IS NULL THEN
            RAISE EXCEPTION 'the document has tags but no ARN' USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'aws bedrock list-tags-for-resource does not repeat the ARN it was asked for.',
                HINT = 'Name the resource: bedrock.import_profiles(document, resource_arn => ''arn:aws:bedrock:...'').';
        END IF;
        RETURN NEXT bedrock_internal.json_profile(document, resource_arn);
        RETURN;
    END IF;

    RAISE EXCEPTION 'the document describes no inference profiles: %',
            coalesce('it has ' || (SELECT string_agg(quote_ident(k.key), ', ' ORDER BY k.key COLLATE "C")
                                   FROM (SELECT j.key FROM jsonb_object_keys(
                                       CASE jsonb_typeof(document) WHEN 'object' THEN document END) AS j (key)
                                         ORDER BY j.key COLLATE "C" LIMIT 8) AS k),
                     'it is ' || CASE WHEN document = '{}' THEN 'an empty object'
                     ELSE coalesce('a JSON ' || jsonb_typeof(document), 'NULL') END)
        USING ERRCODE = 'invalid_parameter_value',
        DETAIL = 'Looked for inferenceProfileSummaries or inferenceProfileArn (aws bedrock list-inference-profiles, '
            'get-inference-profile), tags (list-tags-for-resource), ResourceTagMappingList (resourcegroupstaggingapi '
            'get-resources), ResourceDescriptions (cloudcontrol list-resources), projects or data (lists of projects), '
            'resources (Terraform state); an array of such documents is read one by one.';
END
$$;
COMMENT ON FUNCTION bedrock_internal.read_profiles(jsonb, text) IS
    'profiles in a document, one object for each (bedrock_internal.json_profile); its kind is recognized by its '
    'members, ignoring case. resource_arn: resource of a list-tags-for-resource answer. Error 22023: an unknown '
    'shape';

CREATE OR REPLACE FUNCTION bedrock_internal.pool_of_models(model_arns text[], source_region text) RETURNS text
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
                                                WHERE r.profile_id = p.profile_id
                                                    AND r.source_region = pool_of_models.source_region
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
COMMENT ON FUNCTION bedrock_internal.pool_of_models(text[], text) IS
    'routing of a profile by the models it may call: global (a model ARN without region), regional (one region), the '
    'geography of the one system profile that fits, or the one geography of all regions; NULL: more than one '
    'remains, or no model is given';

CREATE OR REPLACE FUNCTION bedrock_internal.profile_facts(profile jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT profile_facts.profile - ARRAY['profile_arn', 'models'] || jsonb_strip_nulls(jsonb_build_object(
            'model_id', coalesce(s.model_id, m.model_id),
            'pool', coalesce(bedrock_internal.pool_of_prefix(s.geo_prefix),
            (SELECT y.pool FROM bedrock.system_profiles AS y WHERE y.profile_id = s.profile_id), CASE
            WHEN s.request_path = 'foundation_model' THEN 'regional' END,
                             bedrock_internal.pool_of_models(m.arns, split_part(
                                 profile_facts.profile ->> 'profile_arn', ':', 4)))))
        FROM (SELECT array_agg(a.arn) AS arns,
                     CASE WHEN count(DISTINCT @extschema@.bedrock_model_id(a.arn)) = 1
                         THEN min(@extschema@.bedrock_model_id(a.arn)) END AS model_id
              FROM jsonb_array_elements_text(profile_facts.profile -> 'models') AS a (arn)) AS m
        LEFT JOIN LATERAL @extschema@.bedrock_arn_parts(profile_facts.profile ->> 'source_arn') AS s ON true);
END
$$;
COMMENT ON FUNCTION bedrock_internal.profile_facts(jsonb) IS
    'columns of bedrock.profile that follow from a record (bedrock_internal.json_profile): its members, and model_id '
    'and pool by its source, else by the models it may call; what does not follow is left out';
