-- Columns of a relation: what each of them carries, and the SQL expression that reads it. Names go through %I, values
-- through %L.

-- Reading text columns of a bill.

CREATE OR REPLACE FUNCTION bedrock.utc_timestamp(value text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'bedrock_utc_timestamp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.utc_timestamp(text) IS
    'ISO 8601 text as a timestamp, in the spellings of exports: 2026-03-01T00:00:00Z, with a blank instead of the T, '
    'with an offset, or a date alone; without a zone it is UTC. NULL: the text is NULL or empty; other text '
    '(tomorrow, infinity, 03/01/2026) is an error';

CREATE OR REPLACE FUNCTION bedrock_internal.tag_identity(key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN key ~ '^(resourceTags/)?aws[:_]' THEN 'aws/' || bedrock_internal.fold_name(
        substring(key FROM '^(?:resourceTags/)?aws[:_](.*)$'))
                WHEN key ~ '^(resourceTags/)?(user[:_])?(iamPrincipal|userAttribute|accountTag|costCategory)/'
                THEN substring(key FROM '(iamPrincipal|userAttribute|accountTag|costCategory)/') || '/'
                     || bedrock_internal.fold_name(
                         substring(key FROM '(?:iamPrincipal|userAttribute|accountTag|costCategory)/(.*)$'))
                ELSE 'resource/' || bedrock_internal.fold_name(regexp_replace(
                    key, '^(resourceTags/user:|resourceTags/|user:|user_)', '')) END;
COMMENT ON FUNCTION bedrock_internal.tag_identity(text) IS
    'source of a tag key with its folded name: user_cost_center, user:CostCenter and resourceTags/user:CostCenter '
    'are one, as are iamPrincipal/cost-center and user:iamPrincipal/cost-center';

CREATE OR REPLACE FUNCTION bedrock_internal.tag_name(tag_key text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN tag_key !~* '^(resourceTags/)?(user[:_])?(accountTag|costCategory|cost_category)/'
                    AND tag_key !~* '^([a-z]+/)?(user[:_])?([a-z]+/)?aws[:_]'
                THEN regexp_replace(regexp_replace(regexp_replace(tag_key, '^resourceTags/', ''), '^user[:_]', ''),
                                    '^(iamPrincipal|userAttribute)/', '') END;
COMMENT ON FUNCTION bedrock_internal.tag_name(text) IS
    'name of a user-defined tag of a resource, an IAM principal or a user, as written, without the prefix of its '
    'source (resourceTags/, iamPrincipal/, user:); NULL for AWS-generated tags, account tags and cost categories';

CREATE OR REPLACE FUNCTION bedrock_internal.merge_tags(VARIADIC maps jsonb[]) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'bedrock_merge_tags' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.merge_tags(jsonb[]) IS
    'one map of several, keys as written, without empty values; of two values of one key the earlier map''s stays, '
    'and the same value under another spelling of the key is not repeated. Anything but an object counts as empty; '
    'never NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.category_tags(map jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_object_agg(CASE WHEN e.key LIKE 'costCategory/%' THEN e.key ELSE 'costCategory/' || e.key END, e.value)
    FROM jsonb_each(CASE WHEN jsonb_typeof(category_tags.map) = 'object' THEN category_tags.map ELSE '{}' END)
        AS e (key, value);
END;
COMMENT ON FUNCTION bedrock_internal.category_tags(jsonb) IS
    'a map of cost categories with the prefix costCategory/ on each key, which no resource tag has; NULL: empty, or '
    'not an object';

CREATE OR REPLACE FUNCTION bedrock_internal.unreadable_tags(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN value NOT IN ('', 'NULL') AND coalesce(jsonb_typeof(bedrock.try_jsonb(value)), '') NOT IN (
        'object', 'null')
                THEN value END;
COMMENT ON FUNCTION bedrock_internal.unreadable_tags(text) IS
    'text of a map column that is not a JSON object; NULL: it is, or is empty';

-- Which columns of a relation carry what.

CREATE OR REPLACE FUNCTION bedrock_internal.base_type(type regtype) RETURNS regtype
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE base AS (
        SELECT t.oid, t.typtype, t.typbasetype FROM pg_type AS t WHERE t.oid = base_type.type
        UNION ALL
        SELECT t.oid, t.typtype, t.typbasetype FROM base AS d JOIN pg_type AS t ON t.oid = d.typbasetype
            WHERE d.typtype = 'd')
    SELECT CASE b.typtype WHEN 'e' THEN 'varchar'::regtype ELSE b.oid::regtype END FROM base AS b
        WHERE b.typtype <> 'd';
END;
COMMENT ON FUNCTION bedrock_internal.base_type(regtype) IS
    'type by which values of a type are read: the base type of a domain, also of nested ones; varchar for an enum';

CREATE OR REPLACE FUNCTION bedrock_internal.relation_column(relation regclass,
    OUT ordinal integer, OUT name text, OUT type regtype, OUT declared text, OUT ref text) RETURNS SETOF record
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT a.attnum::integer, a.attname::text, b.type, format_type(a.atttypid, NULL),
           -- As bpchar, for "character" alone is one character.
           format(CASE WHEN b.type = a.atttypid THEN 'l.%I' ELSE 'l.%I::%s' END, a.attname, format_type(b.type, -1))
    FROM pg_attribute AS a
    CROSS JOIN LATERAL (SELECT bedrock_internal.base_type(a.atttypid) AS type OFFSET 0) AS b
    WHERE a.attrelid = relation_column.relation AND a.attnum > 0 AND NOT a.attisdropped;
END;
COMMENT ON FUNCTION bedrock_internal.relation_column(regclass) IS
    'columns of a relation: type by which they are read (bedrock_internal.base_type), declared type, and ref, the '
    'SQL that reads them from the alias l';

CREATE OR REPLACE FUNCTION bedrock_internal.folded_column_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(lower(name), '_/ ', '');
COMMENT ON FUNCTION bedrock_internal.folded_column_name(text) IS
    'a column name without case and separators: BillingAccountId and billing_account_id are one, lineItem/UsageType '
    'and line_item_usage_type';

-- A name is cut to 63 bytes as the server cuts it: one column of CUR 2.0 has 64.
CREATE OR REPLACE FUNCTION bedrock_internal.field_column(relation regclass, format text,
    OUT ordinal integer, OUT field text, OUT type text, OUT essential boolean, OUT candidates text[], OUT fix text,
    OUT column_name text, OUT column_type regtype, OUT declared text, OUT map_key text, OUT column_ref text)
        RETURNS SETOF record
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH field AS MATERIALIZED (
        SELECT f.* FROM bedrock_internal.source_field() WITH ORDINALITY
            AS f (format, field, candidates, type, essential, fix, ordinal) WHERE f.format = field_column.format),
    found AS (
        SELECT DISTINCT ON (w.field) w.field, r.name, r.type, r.declared, r.ref, w.map_key
        FROM (SELECT f.field, c.preference, split_part(c.candidate, '->', 1)::name::text AS name,
            nullif(split_part(c.candidate, '->', 2), '') AS map_key
              FROM field AS f CROSS JOIN unnest(f.candidates) WITH ORDINALITY AS c (candidate, preference)) AS w
        JOIN bedrock_internal.relation_column(field_column.relation) AS r
            ON bedrock_internal.folded_column_name(r.name) = bedrock_internal.folded_column_name(w.name)
        ORDER BY w.field, w.preference, r.name <> w.name, lower(r.name) <> lower(w.name), r.ordinal)
    SELECT f.ordinal::integer, f.field, f.type, f.essential, f.candidates, f.fix, c.name, c.type, c.declared, c.map_key,
        c.ref
    FROM field AS f LEFT JOIN found AS c ON c.field = f.field
    ORDER BY f.ordinal;
END;
COMMENT ON FUNCTION bedrock_internal.field_column(regclass, text) IS
    'fields of a format with the column of the relation that carries each; column_name NULL: the relation has none. '
    'map_key: the field is this key of a map column; column_ref: the SQL that reads the column from the alias l';

CREATE OR REPLACE FUNCTION bedrock_internal.tag_column(relation regclass,
    OUT ordinal integer, OUT name text, OUT type regtype, OUT carries text, OUT key text, OUT ref text)
        RETURNS SETOF record
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT row_number() OVER (ORDER BY k.carries NOT LIKE E'%\\_map', array_position(
        '{tags_map,resource_tags_map}', k.carries), k.carries, r.ordinal)::integer,
           r.name, r.type, k.carries, k.key, r.ref
    FROM bedrock_internal.relation_column(tag_column.relation) AS r
    CROSS JOIN LATERAL (
        SELECT CASE WHEN lower(r.name) = 'tags' THEN 'tags_map'
                    WHEN lower(r.name) IN ('resource_tags', 'resourcetags') THEN 'resource_tags_map'
                    WHEN lower(r.name) IN ('cost_category', 'costcategory', 'x_costcategories', 'x_cost_categories')
                        THEN 'cost_category_map'
                    WHEN r.name ~* '^resource_?tags/.|^resource_tags_.' THEN 'resource_tag'
                    WHEN r.name ~* '^cost_?category/.|^cost_category_.' THEN 'cost_category'
                    WHEN r.name ~* '^(iamPrincipal|userAttribute|accountTag)/.' THEN 'other_tag' END AS carries,
               CASE WHEN r.name ~* '^resource_?tags[/_].' THEN regexp_replace(r.name, '^resource_?tags[/_]', '', 'i')
                    WHEN r.name ~* '^cost_?category[/_].' THEN 'costCategory/'
                        || regexp_replace(r.name, '^cost_?category[/_]', '', 'i')
                    WHEN r.name ~ '/' THEN r.name END AS key) AS k
    WHERE k.carries IS NOT NULL
      AND (k.carries NOT LIKE E'%\\_map' OR r.type IN ('jsonb', 'json', 'text', 'varchar', 'bpchar'));
END;
COMMENT ON FUNCTION bedrock_internal.tag_column(regclass) IS
    'columns of a relation that carry tags, in the order of tag_1, tag_2, ...: maps (tags_map, resource_tags_map, '
    'cost_category_map) and columns of one tag (resource_tag, cost_category, other_tag) with its key. ref: the SQL '
    'that reads the column from the alias l';

CREATE OR REPLACE FUNCTION bedrock_internal.column_use(relation regclass, format text,
    OUT ordinal integer, OUT name text, OUT used text, OUT type text, OUT field text) RETURNS SETOF record
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT r.ordinal, r.name,
           CASE WHEN bool_or(f.map_key IS NOT NULL) THEN 'key'
                WHEN bool_or(f.field = 'usage_start') THEN 'usage_start'
                WHEN bool_or(f.field = 'usage_end') THEN 'usage_end'
                -- Lines of a FOCUS file may be of others, whose bills begin on any day; those of AWS are held against
                -- it once it is known whose they are.
                WHEN bool_or(f.field = 'billing_period_start') THEN CASE WHEN column_use.format = 'focus' THEN 'moment'
                    ELSE 'month' END
                WHEN bool_or(f.type = 'numeric') THEN 'amount'
                WHEN string_agg(f.field, ' ') = 'iam_principal' AND max(f.column_type::oid) = 'text'::regtype
                    THEN 'principal'
                WHEN count(f.field) > 0 OR EXISTS (SELECT FROM bedrock_internal.tag_column(column_use.relation) AS t
                    WHERE t.name = r.name) THEN 'key'
                ELSE 'skip' END,
           max(f.type) FILTER (WHERE f.map_key IS NULL), max(f.field) FILTER (WHERE f.map_key IS NULL)
    FROM bedrock_internal.relation_column(column_use.relation) AS r
    LEFT JOIN bedrock_internal.field_column(column_use.relation, column_use.format) AS f ON f.column_name = r.name
    GROUP BY r.ordinal, r.name;
END;
COMMENT ON FUNCTION bedrock_internal.column_use(regclass, text) IS
    'how each column of a relation is used when lines are read: skip, key, principal (a key; the session of a role '
    'is not part of the line key), month (a key that is the first day of one), moment (a key that is a time), '
    'usage_start, usage_end, amount. type and field: of the field it carries; NULL: none, or a map';

-- How a column is read.

CREATE OR REPLACE FUNCTION bedrock_internal.read_expression(wanted text, field text, column_ref text,
    column_type regtype, map_key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN column_ref IS NULL THEN 'NULL::' || wanted
        WHEN map_key IS NOT NULL THEN
            CASE WHEN column_type IN ('json', 'jsonb') THEN format('(%s ->> %L)', column_ref, map_key)
                 WHEN column_type IN ('text', 'varchar', 'bpchar') THEN format(
                     '(bedrock.try_jsonb(%s::text) ->> %L)', column_ref, map_key) END
        WHEN wanted = 'text' THEN
            CASE WHEN column_type = 'text'::regtype THEN column_ref
                 WHEN column_type IN ('varchar', 'bpchar', 'name', 'uuid', 'boolean') THEN column_ref || '::text'
                 -- An account number read as a number has lost its leading zeros.
                 WHEN column_type IN ('smallint', 'integer', 'bigint', 'numeric')
                     AND field IN ('account_id', 'payer_account_id')
                 THEN format('lpad(%s::text, 12, ''0'')', column_ref)
                 WHEN column_type IN ('smallint', 'integer', 'bigint', 'numeric') THEN column_ref || '::text' END
        WHEN wanted = 'numeric' THEN
            CASE WHEN column_type = 'numeric'::regtype THEN column_ref
                 WHEN column_type IN ('smallint', 'integer', 'bigint') THEN column_ref || '::numeric'
                 -- By the shortest text that reads back the same; a direct cast keeps 15 digits.
                 WHEN column_type IN ('real', 'double precision') THEN format(
                     'nullif(%s, ''NaN'')::text::numeric', column_ref)
                 WHEN column_type IN ('text', 'varchar', 'bpchar') THEN format(
                     'nullif(%s::text, '''')::numeric', column_ref) END
        WHEN wanted = 'timestamptz' THEN
            CASE WHEN column_type = 'timestamptz'::regtype THEN column_ref
                 WHEN column_type = 'timestamp'::regtype THEN format('(%s AT TIME ZONE ''UTC'')', column_ref)
                 WHEN column_type = 'date'::regtype THEN format('(%s::timestamp AT TIME ZONE ''UTC'')', column_ref)
                 WHEN column_type IN ('text', 'varchar', 'bpchar') THEN format(
                     'bedrock.utc_timestamp(%s::text)', column_ref) END
        WHEN wanted = 'jsonb' THEN
            CASE WHEN column_type = 'jsonb'::regtype THEN column_ref
                 WHEN column_type = 'json'::regtype THEN column_ref || '::jsonb'
                 WHEN column_type IN ('text', 'varchar', 'bpchar') THEN format(
                     'bedrock.try_jsonb(%s::text)', column_ref) END
    END;
COMMENT ON FUNCTION bedrock_internal.read_expression(text, text, text, regtype, text) IS
    'SQL that reads a column as text, numeric, timestamptz or jsonb: a timestamp without zone is UTC, floating point '
    'is its shortest text, empty text is NULL as a number or time; NULL: the type cannot be read so. A column of the '
    'wanted type is read unchanged';

CREATE OR REPLACE FUNCTION bedrock_internal.tags_expression(relation regclass, numbered boolean, carried text[])
    RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce('bedrock_internal.merge_tags(' || nullif(concat_ws(', ',
               string_agg(format(CASE WHEN t.carries = 'cost_category_map'
                   AND tags_expression.carried IS NULL THEN 'bedrock_internal.category_tags(%s)' ELSE '%s' END,
                                 CASE WHEN t.type = 'jsonb'::regtype THEN t.ref
                                     ELSE format('bedrock.try_jsonb(%s::text)', t.ref) END),
                          ', ' ORDER BY t.ordinal) FILTER (WHERE t.key IS NULL),
               'jsonb_object(ARRAY[' || string_agg(quote_literal(CASE WHEN tags_expression.carried IS NULL THEN t.key
               ELSE regexp_replace(t.key, '^costCategory/', '') END), ', ' ORDER BY t.ordinal)
               FILTER (WHERE t.key IS NOT NULL)
                   || '], ARRAY[' || string_agg(t.ref || '::text', ', ' ORDER BY t.ordinal)
                       FILTER (WHERE t.key IS NOT NULL)
                   || '])'), '') || ')', '''{}''::jsonb')
    FROM (SELECT c.ordinal, c.type, c.carries, c.key,
                 CASE WHEN tags_expression.numbered THEN 'tag_' || c.ordinal ELSE c.ref END AS ref
          FROM bedrock_internal.tag_column(tags_expression.relation) AS c
          WHERE c.carries = ANY (tags_expression.carried) OR tags_expression.carried IS NULL) AS t;
END;
COMMENT ON FUNCTION bedrock_internal.tags_expression(regclass, boolean, text[]) IS
    'SQL that merges the tag columns of a relation: tag_1, tag_2, ... if numbered, else the columns of the alias l. '
    'carried: only columns of these kinds, and keys without the prefix of a cost category (NULL: all, with it)';
