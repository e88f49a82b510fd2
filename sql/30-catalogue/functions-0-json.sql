-- Values of JSON documents as AWS prints them, whatever the case of their names.

CREATE OR REPLACE FUNCTION bedrock_internal.json_field(object jsonb, VARIADIC names text[]) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT f.value
        FROM jsonb_each(CASE jsonb_typeof(json_field.object) WHEN 'object' THEN json_field.object END) AS f (key, value)
        JOIN unnest(json_field.names) WITH ORDINALITY AS n (name, place)
            ON bedrock_internal.fold_name(f.key) = bedrock_internal.fold_name(n.name)
        WHERE f.value <> 'null'
        ORDER BY n.place, f.key COLLATE "C"
        LIMIT 1);
END
$$;
COMMENT ON FUNCTION bedrock_internal.json_field(jsonb, text[]) IS
    'first of the named members of an object, ignoring case and punctuation of keys (modelArn, ModelArn, model_arn); '
    'NULL: it has none, its value is null, or it is not an object';

CREATE OR REPLACE FUNCTION bedrock_internal.json_items(value jsonb) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT i.item
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(json_items.value) = 'array' THEN json_items.value
                                       WHEN json_items.value <> 'null' THEN jsonb_build_array(json_items.value) END)
                                           AS i (item);
    END;
COMMENT ON FUNCTION bedrock_internal.json_items(jsonb) IS
    'elements of an array; any other value is its own single element; no row for null';

CREATE OR REPLACE FUNCTION bedrock_internal.json_tags(value jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT CASE jsonb_typeof(json_tags.value)
            WHEN 'array' THEN
                (SELECT coalesce(jsonb_object_agg(bedrock_internal.json_field(t.item, 'key') #>> '{}',
                                                  coalesce(bedrock_internal.json_field(t.item, 'value') #>> '{}', '')),
                                                      '{}')
                 FROM jsonb_array_elements(json_tags.value) AS t (item)
                 WHERE bedrock_internal.json_field(t.item, 'key') IS NOT NULL)
            WHEN 'object' THEN
                (SELECT coalesce(jsonb_object_agg(t.key, coalesce(t.value, '')), '{}')
                 FROM jsonb_each_text(json_tags.value) AS t (key, value)) END);
END
$$;
COMMENT ON FUNCTION bedrock_internal.json_tags(jsonb) IS
    'tags as one object: from a list of key and value (any case), or from an object; {} for an empty list; NULL for '
    'null and anything else';

-- A subtransaction catches what is no time: such a function cannot run in parallel.
CREATE OR REPLACE FUNCTION bedrock_internal.json_time(value jsonb) RETURNS timestamptz
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
COMMENT ON FUNCTION bedrock_internal.json_time(jsonb) IS
    'a point in time as AWS tools write it: ISO 8601 text (UTC where no zone is given) or seconds since 1970; NULL for '
    'anything else, never an error';
