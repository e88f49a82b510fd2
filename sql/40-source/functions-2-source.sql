-- Sources: which columns of a relation carry what, the statements that read it, attach and detach.
-- A statement is built from the registry and from the columns found that day; names go through %I, values through %L.

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
    'source of a tag key and its folded name: user_cost_center, user:CostCenter and resourceTags/user:CostCenter are '
    'one; iamPrincipal/cost-center is another, and one with user:iamPrincipal/cost-center';

CREATE OR REPLACE FUNCTION bedrock_internal.merge_tags(VARIADIC maps jsonb[]) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'bedrock_merge_tags' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.merge_tags(jsonb[]) IS
    'one map of several: keys as written, empty values left out. A tag that an earlier map has with the same value, '
    'under whichever spelling of its key, is not repeated; of two values of one key the earlier map''s stays. Anything '
    'but an object counts as empty; never NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.category_tags(map jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_object_agg(CASE WHEN e.key LIKE 'costCategory/%' THEN e.key ELSE 'costCategory/' || e.key END, e.value)
    FROM jsonb_each(CASE WHEN jsonb_typeof(category_tags.map) = 'object' THEN category_tags.map ELSE '{}' END)
        AS e (key, value);
END;
COMMENT ON FUNCTION bedrock_internal.category_tags(jsonb) IS
    'a map of cost categories with the prefix costCategory/ on each key, so that none is taken for a resource tag; '
    'NULL for an empty map and for anything but an object';

CREATE OR REPLACE FUNCTION bedrock_internal.unreadable_tags(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN value NOT IN ('', 'NULL') AND coalesce(jsonb_typeof(bedrock.try_jsonb(value)), '') NOT IN (
        'object', 'null')
                THEN value END;
COMMENT ON FUNCTION bedrock_internal.unreadable_tags(text) IS
    'the text of a map column where it is no JSON object; NULL where it is one, or empty';

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
    'the type as which values of a type are read: what stands at the bottom of a domain, of which there may be several '
    'on top of each other; varchar for an enum';

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
    'columns of a relation: type is what they are read as (bedrock_internal.base_type), declared what they were '
    'declared with, ref the SQL that reads them as that type from the alias l';

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
    'each field of a format with the column of the relation that carries it; column_name NULL: the relation has none. '
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
    'columns of a relation that carry tags, as tag_1, tag_2, ... of the statement that reads it: maps (tags_map, '
    'resource_tags_map, cost_category_map) and columns of one tag (resource_tag, cost_category, other_tag) with the '
    'key they stand for; ref: the SQL that reads the column from the alias l';

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
    'what each column of a relation is for when its lines are read: skip, key, principal (a key; lines that differ in '
    'the session of a role alone have one line key), month (a key that is the first day of one), moment (a key that is '
    'a point in time), usage_start, usage_end, amount; type and field: of the field it carries, NULL where it carries '
    'none or is a map';

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
    'SQL that reads a column as text, numeric, timestamptz or jsonb: timestamps without zone are UTC, floating point '
    'goes by its shortest text, empty text is no number and no time. A column of the wanted type is read as it is, '
    'empty text included. NULL where the type cannot be read so';

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
    'SQL that merges the tag columns of a relation: over tag_1, tag_2, ... when numbered, else over the columns of '
    'alias l; carried: only columns that carry one of these, keys without the prefix of a cost category (NULL: all, '
    'with it)';

-- A source in the registry.

CREATE OR REPLACE FUNCTION bedrock_internal.relation_kind(relkind "char") RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view'
                        WHEN 'f' THEN 'foreign table' END;
COMMENT ON FUNCTION bedrock_internal.relation_kind("char") IS
    'kind of a relation that can be attached, by its relkind: table, partitioned table, view, materialized view, '
    'foreign table; NULL for others';

CREATE OR REPLACE FUNCTION bedrock_internal.relation_tree(relation regclass) RETURNS SETOF oid
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE tree AS (
        SELECT relation_tree.relation::oid AS member
        UNION
        SELECT i.inhrelid FROM pg_inherits AS i JOIN tree AS t ON t.member = i.inhparent)
    SELECT t.member FROM tree AS t;
END;
COMMENT ON FUNCTION bedrock_internal.relation_tree(regclass) IS
    'a relation with all its partitions and inheritance children: what a query over it reads';

CREATE OR REPLACE FUNCTION bedrock_internal.is_distributed(relation regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    members oid[] := ARRAY(SELECT t.member FROM bedrock_internal.relation_tree(is_distributed.relation) AS t (member));
    citus regclass := to_regclass('pg_catalog.pg_dist_partition');
    distributed boolean;
BEGIN
    IF citus IS NOT NULL THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %s AS d WHERE d.logicalrelid::oid = ANY ($1))', citus)
        INTO distributed USING members;
    END IF;
    RETURN distributed;
END
$$;
COMMENT ON FUNCTION bedrock_internal.is_distributed(regclass) IS
    'whether a relation, one of its partitions or of its children is a table of Citus; NULL: Citus is not here';

CREATE OR REPLACE FUNCTION bedrock_internal.rows_tell_age(relation regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN bedrock_internal.is_distributed(rows_tell_age.relation) IS NOT TRUE AND NOT EXISTS (
        SELECT FROM bedrock_internal.relation_tree(rows_tell_age.relation) AS m (member)
        LEFT JOIN pg_class AS c ON c.oid = m.member
        LEFT JOIN pg_am AS a ON a.oid = c.relam
        WHERE NOT coalesce(c.relkind = 'p' OR c.relkind IN ('r', 'm') AND a.amhandler = 'heap_tableam_handler'::regproc,
            false));
END
$$;
COMMENT ON FUNCTION bedrock_internal.rows_tell_age(regclass) IS
    'whether the rows of a relation tell which transaction of this server wrote them and where they lie: it, its '
    'partitions and its children are tables of the access method heap, and none is a table of Citus. Of a view, a '
    'foreign table or a columnar table xmin and ctid say nothing';

CREATE OR REPLACE FUNCTION bedrock_internal.source_relation(source text) RETURNS regclass
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry bedrock.source;
    found_relation regclass;
    changes text;
BEGIN
    SELECT * INTO entry FROM bedrock.source AS s WHERE s.source = source_relation.source;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('there is no source "%s"', source_relation.source),
            HINT = 'Sources are listed in bedrock.source; bedrock.attach makes one.';
    END IF;

    -- What was loaded directly is read from the lines of the load under way, and at no other time.
    IF entry.relation IS NULL THEN
        found_relation := to_regclass('pg_temp.bedrock_read');
        IF found_relation IS NULL THEN
            RAISE wrong_object_type USING MESSAGE = format('source "%s" was loaded directly and has no relation '
                'to read', entry.source);
        END IF;
        RETURN found_relation;
    END IF;

    found_relation := to_regclass(entry.relation);
    IF found_relation IS NULL THEN
        RAISE undefined_table USING MESSAGE = format('relation %s of source "%s" does not exist', entry.relation,
            entry.source),
            HINT = format('Make it again, attach another relation under the same name, or detach it: SELECT '
                'bedrock.detach(%L).', entry.source);
    END IF;

    -- What stands under the name today may be another's: a view runs what its owner wrote.
    SELECT string_agg(format('its %s was %s and is %s', t.what, t.attached, t.now), ', ') INTO changes
    FROM (SELECT pg_get_userbyid(c.relowner)::text AS owner, bedrock_internal.relation_kind(c.relkind) AS kind
        FROM pg_class AS c WHERE c.oid = found_relation) AS n
    CROSS JOIN LATERAL (VALUES ('owner', entry.relation_owner::text, n.owner), ('kind', entry.relation_kind, n.kind))
        AS t (what, attached, now)
    WHERE t.attached <> t.now;
    IF changes IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format(
            'relation %s of source "%s" is not the one that was attached', entry.relation, entry.source),
            DETAIL = format('Since the attachment %s.', changes),
            HINT = format('Look at what it is. If that is as it should be, attach it again: SELECT '
                'bedrock.attach(%L, %L).', entry.relation, entry.source);
    END IF;
    RETURN found_relation;
END
$$;
COMMENT ON FUNCTION bedrock_internal.source_relation(text) IS
    'the relation of a source, looked up by its name; an error where there is none, and where its owner or kind are '
    'not those of the attachment';

CREATE OR REPLACE FUNCTION bedrock_internal.source_layout(source text, line_keys boolean DEFAULT false,
    OUT field text, OUT type text, OUT column_name text, OUT expression text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := CASE WHEN line_keys THEN to_regclass('pg_temp.bedrock_read')
        ELSE bedrock_internal.source_relation(source_layout.source) END;
    entry bedrock.source;
    lost record;
BEGIN
    SELECT * INTO STRICT entry FROM bedrock.source AS s WHERE s.source = source_layout.source;

    -- A column that was there at the attachment is not read as absent.
    SELECT m.key AS field, was.column_name, f.column_name AS now, f.declared, m.value ->> 'type' AS old_type,
        f.type AS wanted INTO lost
    FROM jsonb_each(entry.mapping) AS m
    CROSS JOIN LATERAL (SELECT m.value #>> '{columns,0}' AS column_name) AS was
    JOIN bedrock_internal.field_column(relation, entry.format) AS f ON f.field = m.key
    WHERE f.column_name IS NULL
       OR bedrock_internal.read_expression(f.type, f.field, 'x', f.column_type, f.map_key) IS NULL
    ORDER BY f.ordinal LIMIT 1;
    IF FOUND AND lost.now IS NULL THEN
        RAISE undefined_column USING
            MESSAGE = format('column "%s" of %s is gone; source "%s" reads its %s from it', lost.column_name,
                entry.relation, entry.source, lost.field),
            DETAIL = format('It was %s when the source was attached.', lost.old_type),
            HINT = 'Bring the column back, or attach the relation again without it.';
    ELSIF FOUND THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('column "%s" of %s is %s and cannot be read as %s', lost.now, entry.relation,
                lost.declared, lost.wanted),
            DETAIL = format('It was %s when source "%s" was attached.', lost.old_type, entry.source),
            HINT = 'Give the column its old type again, or attach a view that casts it.';
    END IF;

    RETURN QUERY
    WITH plain AS (
        SELECT f.ordinal, f.field, f.type, f.column_name,
               bedrock_internal.read_expression(f.type, f.field, f.column_ref, f.column_type, f.map_key) AS expression
        FROM bedrock_internal.field_column(relation, entry.format) AS f),
    other AS (
        SELECT jsonb_object_agg(q.field, q.expression) AS read, jsonb_object_agg(q.field, q.column_name) AS found_in
            FROM plain AS q)
    SELECT p.field, p.type, p.column_name,
           CASE WHEN entry.format = 'focus' THEN
               CASE p.field
               -- FOCUS has no billing entity: a Marketplace row is one without a service code that says so itself. What
               -- stands there instead is nothing, or the product's id of Marketplace.
               WHEN 'billing_entity' THEN format(
                   'CASE WHEN (coalesce(%1$s, '''') = '''' OR %1$s ~ ''^[0-9a-z]{20,}$'') AND (%2$s LIKE ''%%Bedrock '
                   'Edition%%'' OR %2$s LIKE ''%%Marketplace%%'''
                   ' OR %3$s LIKE ''%%Bedrock Edition%%'' OR %3$s LIKE ''%%Marketplace%%'') THEN ''AWS Marketplace'' '
                   'ELSE ''AWS'' END',
                   o.read ->> 'product_code', o.read ->> 'product_name', o.read ->> 'line_item_description')
               WHEN 'product_name' THEN format(
                   'CASE WHEN (coalesce(%1$s, '''') = '''' OR %1$s ~ ''^[0-9a-z]{20,}$'') AND %3$s LIKE ''%%(Amazon '
                   'Bedrock Edition)%%'''
                   ' AND coalesce(%2$s, '''') NOT LIKE ''%%(Amazon Bedrock Edition)%%'''
                   ' THEN btrim(substring(%3$s FROM ''([^|]*[(]Amazon Bedrock Edition[)])'')) ELSE %2$s END',
                   o.read ->> 'product_code', o.read ->> 'product_name', o.read ->> 'line_item_description')
               WHEN 'product_code' THEN format('bedrock_internal.focus_service_code(%s, %s)', p.expression,
                   o.read ->> 'product_name')
               WHEN 'usage_type' THEN
                   CASE WHEN o.found_in ->> 'sku_meter' IS NULL THEN p.expression
                        ELSE concat(CASE WHEN p.column_name <> o.found_in ->> 'sku_meter'
                            THEN format('coalesce(nullif(%s, ''''), ', p.expression) END,
                                    format('bedrock_internal.focus_usage_type(%s, %s)', o.read ->> 'sku_meter',
                                        o.read ->> 'line_item_description'),
                                    CASE WHEN p.column_name <> o.found_in ->> 'sku_meter' THEN ')' END) END
               WHEN 'provider' THEN format('bedrock_internal.focus_provider(%s, %s, %s, %s, %s, %s, %s)', p.expression,
                   o.read ->> 'service_provider', o.read ->> 'host_provider',
                                           o.read ->> 'invoicing_entity', o.read ->> 'product_code',
                                               o.read ->> 'product_name', o.read ->> 'resource_id')
               ELSE p.expression END
           ELSE p.expression END
    FROM (SELECT q.ordinal, q.field, q.type, q.column_name,
                 -- What stands for an essential column that a source lacks by force: bedrock_internal.source_entry.
                 CASE WHEN q.column_name IS NULL AND entry.forced THEN
                     CASE q.field WHEN 'billing_period_start' THEN format(
                         '(date_trunc(''month'', %s AT TIME ZONE ''UTC'') AT TIME ZONE ''UTC'')',
                         n.read ->> 'usage_start')
                                  WHEN 'unblended_cost' THEN CASE WHEN entry.format = 'focus' THEN q.expression
                                                                  ELSE format(
                                                                      'coalesce(%s, %s)',
                                                                      n.read ->> 'net_unblended_cost',
                                                                      n.read ->> 'blended_cost') END
                                  ELSE q.expression END
                      ELSE q.expression END AS expression
          FROM plain AS q CROSS JOIN other AS n) AS p
    CROSS JOIN other AS o
    ORDER BY p.ordinal;
END
$$;
COMMENT ON FUNCTION bedrock_internal.source_layout(text, boolean) IS
    'each field of a source with the SQL that reads it from the alias l of its relation, or of the temporary table '
    'bedrock_read with its line keys, and the column it stands in (NULL: none, the expression is then a typed NULL). '
    'Columns and types are those of today; a column that is gone since the attachment, or has a type that cannot be '
    'read, is an error';

CREATE OR REPLACE FUNCTION bedrock_internal.source_select(source text, line_keys boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := CASE WHEN line_keys THEN to_regclass('pg_temp.bedrock_read')
        ELSE bedrock_internal.source_relation(source_select.source) END;
    fields text;
    tags text;
BEGIN
    SELECT string_agg(format('%s AS %I', f.expression, f.field), ', ' ORDER BY f.ordinal) INTO fields
    FROM bedrock_internal.source_layout(source_select.source, line_keys)
        WITH ORDINALITY AS f (field, type, column_name, expression, ordinal);

    SELECT string_agg(format(', %s%s AS tag_%s', t.ref, CASE WHEN t.type NOT IN ('jsonb', 'text') THEN '::text' END,
        t.ordinal), ''
                      ORDER BY t.ordinal) INTO tags
    FROM bedrock_internal.tag_column(relation) AS t;

    RETURN format('SELECT %s%s%s FROM %s AS l', fields, tags,
                  CASE WHEN line_keys THEN ', l.bedrock_key AS number, l.bedrock_lines AS lines, l.bedrock_grain AS '
                      'charge_grain, l.bedrock_price_stated AS price_stated,'
                       ' l.bedrock_net_given AS net_given, l.bedrock_undated AS undated_lines' ELSE '' END, relation);
END
$$;
COMMENT ON FUNCTION bedrock_internal.source_select(text, boolean) IS
    'the SELECT that reads a source at its own grain: every field of bedrock_internal.source_field() in that order and '
    'under that name, then the raw tag columns as tag_1, tag_2, ... (text or jsonb), or the statements of its lines in '
    'the temporary table bedrock_read, then with lines and number of bedrock_internal.read_export. Empty text is left '
    'as it is. Add WHERE with bedrock_internal.source_period_predicate; the relation''s alias is l';

CREATE OR REPLACE FUNCTION bedrock_internal.lines_left_out(source text, line_keys boolean DEFAULT false,
    OUT provider text, OUT currency text, OUT lines bigint, OUT cost numeric) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET row_security = off
AS $$
BEGIN
    IF (SELECT s.format = 'focus' FROM bedrock.source AS s WHERE s.source = lines_left_out.source) THEN
        RETURN QUERY
        SELECT f.provider, f.currency, f.lines, f.cost
        FROM bedrock_internal.sum_by_keys(format('SELECT %s, l.provider, nullif(l.currency, ''''), %s FROM (%s) AS l '
            'WHERE NOT bedrock_internal.provider_is_aws(l.provider)',
                                 CASE WHEN lines_left_out.line_keys THEN 'l.lines' ELSE '1::bigint' END,
                                 -- Line keys have no amounts.
                                 CASE WHEN lines_left_out.line_keys THEN 'NULL::numeric'
                                     ELSE 'l.net_unblended_cost' END,
                                 bedrock_internal.source_select(lines_left_out.source, lines_left_out.line_keys)),
                          2, CASE WHEN lines_left_out.line_keys THEN 0
                              ELSE bedrock_internal.source_relation(lines_left_out.source) END)
             AS f (provider text, currency text, lines bigint, cost numeric)
        ORDER BY 3 DESC, 1, 2;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.lines_left_out(text, boolean) IS
    'lines of a FOCUS source that are not on AWS''s bill and are in no bill here, by provider and currency, with what '
    'they cost; provider (not told): no column says whose they are. line_keys: of those in the temporary table '
    'bedrock_read, without what they cost (NULL)';

CREATE OR REPLACE FUNCTION bedrock_internal.source_tags(source text) RETURNS text
    LANGUAGE sql STABLE
    RETURN bedrock_internal.tags_expression(bedrock_internal.source_relation(source), true, NULL);
COMMENT ON FUNCTION bedrock_internal.source_tags(text) IS
    'SQL over tag_1, tag_2, ... of bedrock_internal.source_select that gives all tags of a line as one jsonb map, {} '
    'where it has none; meant for after grouping. A map that does not parse counts as empty: '
    'bedrock_internal.tags_raw_expression';

CREATE OR REPLACE FUNCTION bedrock_internal.tags_raw_expression(relation regclass) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce('coalesce(' || string_agg(
               CASE WHEN t.type = 'jsonb'::regtype
                    THEN format('CASE WHEN jsonb_typeof(tag_%1$s) NOT IN (''object'', ''null'') THEN '
                        'tag_%1$s::text END', t.ordinal)
                    ELSE format('bedrock_internal.unreadable_tags(tag_%s)', t.ordinal) END, ', ' ORDER BY t.ordinal)
                        || ')', 'NULL::text')
    FROM bedrock_internal.tag_column(tags_raw_expression.relation) AS t
    WHERE t.key IS NULL;
END;
COMMENT ON FUNCTION bedrock_internal.tags_raw_expression(regclass) IS
    'SQL over tag_1, tag_2, ... of the tag columns of a relation that gives the text of the first map column that is '
    'no JSON object, NULL where all are';

CREATE OR REPLACE FUNCTION bedrock_internal.period_condition(column_ref text, column_type regtype, billing_period date)
    RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE column_type
           WHEN 'date'::regtype THEN format('%1$s >= %2$L::date AND %1$s < %3$L::date', column_ref, m.first, m.next)
           WHEN 'timestamp'::regtype THEN format('%1$s >= %2$L::timestamp AND %1$s < %3$L::timestamp', column_ref,
               m.first || ' 00:00:00', m.next || ' 00:00:00')
           WHEN 'timestamptz'::regtype THEN format('%1$s >= %2$L::timestamptz AND %1$s < %3$L::timestamptz', column_ref,
               m.first || ' 00:00:00+00', m.next || ' 00:00:00+00')
           ELSE CASE WHEN column_type IN ('text', 'varchar', 'bpchar') THEN
               -- The order of the text narrows it down; an offset may lead out of the month or into it.
               format('%1$s >= %2$L AND %1$s < %3$L AND bedrock.utc_timestamp(%1$s::text) >= %4$L::timestamptz AND '
                   'bedrock.utc_timestamp(%1$s::text) < %5$L::timestamptz',
                      column_ref, m.day_before, m.day_after, m.first || ' 00:00:00+00', m.next || ' 00:00:00+00') END
           END
    FROM (SELECT to_char(d.first, 'YYYY-MM-DD') AS first, to_char(d.first + interval '1 month', 'YYYY-MM-DD') AS next,
                 to_char(d.first - interval '1 day', 'YYYY-MM-DD') AS day_before,
                     to_char(d.first + interval '1 month 1 day', 'YYYY-MM-DD') AS day_after
          FROM (SELECT date_trunc('month', billing_period::timestamp) AS first) AS d) AS m;
END;
COMMENT ON FUNCTION bedrock_internal.period_condition(text, regtype, date) IS
    'SQL that holds for the values of one month in a column, in the column''s own type and with nothing around the '
    'column; ISO text by its order and by the time it is; NULL for a type that has no months';

CREATE OR REPLACE FUNCTION bedrock_internal.period_start_column(source text) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Where the period is the month of the usage, by force, its start states it.
    SELECT coalesce(max(l.column_name) FILTER (WHERE l.field = 'billing_period_start'),
                    max(l.column_name) FILTER (WHERE l.field = 'usage_start'
                                                 AND (SELECT s.forced FROM bedrock.source AS s
                                                     WHERE s.source = period_start_column.source)))
    FROM bedrock_internal.source_layout(period_start_column.source) AS l;
END;
COMMENT ON FUNCTION bedrock_internal.period_start_column(text) IS
    'column of a source that states to which bill a line belongs: the start of its billing period, or by force of its '
    'usage; NULL: it has none';

CREATE OR REPLACE FUNCTION bedrock_internal.key_month(column_ref text, column_type regtype) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN column_type IN ('date', 'timestamp') THEN format('to_char(%s, ''YYYY-MM'')', column_ref)
                WHEN column_type = 'timestamptz'::regtype THEN format(
                    'to_char(%s AT TIME ZONE ''UTC'', ''YYYY-MM'')', column_ref)
                ELSE format('CASE WHEN %1$s::text ~ ''^[0-9]{4}-[0-9]{2}(-01)?$'' THEN left(%1$s::text, 7) END',
                    column_ref) END;
COMMENT ON FUNCTION bedrock_internal.key_month(text, regtype) IS
    'SQL that gives the month a partition key states, as 2026-03; NULL where it states none that '
    'bedrock_internal.source_period_predicate would find';

CREATE OR REPLACE FUNCTION bedrock_internal.source_period_predicate(source text, billing_period date,
    by_key boolean DEFAULT true) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bedrock_internal.source_relation(source_period_predicate.source);
    start_column text := bedrock_internal.period_start_column(source_period_predicate.source);
    key_column text;
    condition text;
    key_condition text;
BEGIN
    IF start_column IS NULL THEN
        RAISE undefined_column USING
            MESSAGE = format('source "%s" has no billing period', source_period_predicate.source),
            DETAIL = 'bill_billing_period_start_date (CUR), bill/BillingPeriodStartDate (legacy) or BillingPeriodStart '
                '(FOCUS) states it; a period is never guessed from the usage date.';
    END IF;

    SELECT bedrock_internal.period_condition(c.ref, c.type, source_period_predicate.billing_period) INTO STRICT
        condition
    FROM bedrock_internal.relation_column(relation) AS c WHERE c.name = start_column;

    -- The partition key beside it: it prunes, the billing period's start decides.
    SELECT s.period_column INTO STRICT key_column FROM bedrock.source AS s
        WHERE s.source = source_period_predicate.source;
    IF by_key AND key_column IS DISTINCT FROM start_column THEN
        SELECT CASE WHEN c.type IN ('text', 'varchar', 'bpchar')
                    THEN format('%s IN (%L, %L)', c.ref, to_char(source_period_predicate.billing_period, 'YYYY-MM'),
                                to_char(source_period_predicate.billing_period, 'YYYY-MM-01'))
                    ELSE bedrock_internal.period_condition(c.ref, c.type, source_period_predicate.billing_period) END
        INTO key_condition
        FROM bedrock_internal.relation_column(relation) AS c WHERE c.name = key_column;
    END IF;

    RETURN concat_ws(' AND ', key_condition, condition);
END
$$;
COMMENT ON FUNCTION bedrock_internal.source_period_predicate(text, date, boolean) IS
    'SQL condition on alias l that holds for the lines of one billing period of a source: on the column that states '
    'the period, in its own type, so that partitions are pruned and remote servers can answer it; any day of the month '
    'will do. by_key: also on the partition key of bedrock.source.period_column, which is right only where it names '
    'the same month in every line';

-- attach, detach.

CREATE OR REPLACE FUNCTION bedrock_internal.source_format(relation regclass, OUT format text, OUT format_version text)
    RETURNS record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text[] := ARRAY(SELECT lower(c.name) FROM bedrock_internal.relation_column(source_format.relation) AS c);
    folded text[] := ARRAY(SELECT replace(c.name, '_', '') FROM unnest(columns) AS c (name));
BEGIN
    SELECT f.format INTO source_format.format
    FROM (VALUES ('cur2'), ('legacy'), ('focus')) AS f (format)
    CROSS JOIN LATERAL (SELECT count(*) AS columns FROM bedrock_internal.field_column(source_format.relation, f.format)
        AS c
                        WHERE c.essential AND c.column_name IS NOT NULL) AS found
    WHERE found.columns >= 4
    ORDER BY found.columns DESC, f.format LIMIT 1;

    IF source_format.format = 'focus' THEN
        format_version := CASE WHEN folded && ARRAY['invoicedetailid', 'commitmentprogrameligibilitydetails']
                                    OR folded && ARRAY['serviceprovidername']
                                        AND NOT folded && ARRAY['providername', 'publishername'] THEN '1.4'
                               WHEN folded && ARRAY['serviceprovidername', 'hostprovidername', 'allocatedmethodid',
                                   'allocatedmethoddetails', 'allocatedresourceid',
                                                     'allocatedresourcename', 'allocatedtags', 'contractapplied']
                                                     THEN '1.3'
                               WHEN folded && ARRAY['invoiceid', 'billingaccounttype', 'subaccounttype', 'skumeter',
                                   'skupricedetails', 'pricingcurrency',
                                                     'servicesubcategory'] THEN '1.2' ELSE '1.0' END;
    ELSIF source_format.format IS NOT NULL THEN
        -- Athena's names of the legacy report are those of CUR 2.0; these columns only CUR 2.0 has.
        IF EXISTS (SELECT FROM unnest(columns) AS c (name) WHERE c.name LIKE 'lineitem/%') THEN
            source_format.format := 'legacy';
            format_version := 'csv';
        ELSIF columns && ARRAY['product', 'tags', 'resource_tags', 'cost_category', 'discount',
            'line_item_iam_principal',
                               'line_item_user_identifier', 'bill_payer_account_name', 'line_item_usage_account_name']
                               THEN
            source_format.format := 'cur2';
            format_version := '2.0';
        ELSE
            source_format.format := 'legacy';
            -- Only the legacy report has tags and cost categories as columns of their own; without them both are
            -- possible.
            format_version := CASE WHEN EXISTS (SELECT FROM unnest(columns) AS c (name)
                WHERE c.name ~ '^(resource_tags|cost_category)_') THEN 'athena'
                                   ELSE 'athena, or a part of CUR 2.0' END;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.source_format(regclass) IS
    'the format of a relation by its columns: cur2 2.0, legacy csv or athena (with ", or a part of CUR 2.0" where its '
    'few columns are those of both), focus 1.0, 1.2, 1.3 or 1.4 by the columns that each brought or dropped; NULL '
    'where it has the essential columns of none';

CREATE OR REPLACE FUNCTION bedrock_internal.describe_relation(relation regclass) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH col AS (SELECT c.ordinal, c.name FROM bedrock_internal.relation_column(describe_relation.relation) AS c),
    format AS (
        SELECT f.format, f.called, count(c.column_name) AS found, count(*) AS essential,
               (array_agg(c.candidates[1] ORDER BY c.ordinal) FILTER (WHERE c.column_name IS NULL))[1:3] AS missing
        FROM (VALUES ('cur2', 'CUR 2.0'), ('legacy', 'legacy CUR'), ('focus', 'FOCUS')) AS f (format, called)
        CROSS JOIN LATERAL bedrock_internal.field_column(describe_relation.relation, f.format) AS c
        WHERE c.essential GROUP BY f.format, f.called)
    SELECT concat_ws(' ',
        CASE WHEN count(*) = 1 AND min(col.name) ~ E'[;|\\t]' THEN
                 format('It has one column, whose name is a whole header with %s between the names: separate columns '
                     'by commas, as AWS writes them.',
                        CASE WHEN min(col.name) LIKE '%;%' THEN 'semicolons' WHEN min(col.name) LIKE '%|%' THEN 'bars'
                            ELSE 'tabs' END)
             ELSE format('It has %s columns%s.', count(*), ': ' || (SELECT string_agg(
                 left(h.name, 40), ', ' ORDER BY h.ordinal) FROM (SELECT c.* FROM col AS c ORDER BY c.ordinal LIMIT 5)
                 AS h)
                                                           || CASE WHEN count(*) > 5 THEN ', ...' ELSE '' END)
                  || coalesce((SELECT format(' Of the essential columns it has %s; the nearest is %s, which lacks %s.',
                                    string_agg(format('%s of %s of %s', f.found, f.essential, f.called), ', '
                                        ORDER BY f.found DESC, f.format),
                                    (array_agg(f.called ORDER BY f.found DESC, f.format))[1],
                                    (SELECT array_to_string(n.missing, ', ') || CASE
                                        WHEN n.essential - n.found > 3 THEN ' and others' ELSE '' END
                                     FROM format AS n ORDER BY n.found DESC, n.format LIMIT 1))
                      FROM format AS f HAVING max(f.found) > 0), ' None of them is an essential column of CUR 2.0, '
                          'legacy CUR or FOCUS.') END)
    FROM col;
END;
COMMENT ON FUNCTION bedrock_internal.describe_relation(regclass) IS
    'what the columns of a relation that is no bill look like, in a sentence or two: its first columns, and how many '
    'essential columns of each format it has; a header whose names are not separated by commas is told';

CREATE OR REPLACE FUNCTION bedrock_internal.source_entry(relation regclass, called text, force boolean)
    RETURNS bedrock.source
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    entry bedrock.source;
    absent record;
BEGIN
    SELECT f.format, f.format_version INTO entry.format, entry.format_version
        FROM bedrock_internal.source_format(source_entry.relation) AS f;
    IF entry.format IS NULL THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s is no Cost and Usage Report', called),
                DETAIL = bedrock_internal.describe_relation(source_entry.relation),
            HINT = 'What is read has the columns of a CUR 2.0 or FOCUS export (Billing and Cost Management > Data '
                'Exports) or of a legacy Cost and Usage Report, under the names AWS gives them, or the same in '
                'snake_case.';
    END IF;

    -- Essential columns, and what their absence means for the numbers.
    SELECT string_agg(c.field || ' (' || array_to_string(c.candidates, ' or ') || ')', ', ' ORDER BY c.ordinal)
        AS fields,
           string_agg(DISTINCT c.fix, '; ') AS fixes INTO absent
    FROM bedrock_internal.field_column(source_entry.relation, entry.format) AS c
    WHERE c.essential AND c.column_name IS NULL;
    entry.forced := absent.fields IS NOT NULL;
    IF entry.forced AND NOT source_entry.force THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s lacks essential columns', called),
            DETAIL = format('It has the columns of %s, but none for: %s.', entry.format || ' ' || entry.format_version,
                absent.fields),
            HINT = format('To have them: %s. force => true takes it all the same; numbers that need these columns will '
                'then be missing or wrong.', absent.fixes);
    END IF;
    SELECT string_agg(c.field || ' (' || array_to_string(c.candidates, ' or ') || ')', ', ' ORDER BY c.ordinal)
        AS fields INTO absent
    FROM bedrock_internal.field_column(source_entry.relation, entry.format) AS c
    WHERE c.essential AND c.column_name IS NULL
      AND CASE c.field WHEN 'usage_start' THEN true WHEN 'usage_end' THEN true
          WHEN 'net_unblended_cost' THEN entry.format = 'focus'
                       WHEN 'unblended_cost' THEN NOT EXISTS (SELECT FROM bedrock_internal.field_column(
                           source_entry.relation, entry.format) AS o
                                                              WHERE o.field IN ('net_unblended_cost', 'blended_cost')
                                                                  AND o.column_name IS NOT NULL)
                       ELSE false END;
    IF absent.fields IS NOT NULL THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s cannot be read without %s', called, absent.fields),
            DETAIL = 'Without the times of its usage no line can be placed in a month or by day, and without a cost '
                'there is nothing to add up; nothing can stand for them.',
            HINT = 'force => true does not help here: have the columns in the export, or attach a view that makes them '
                'of others.';
    END IF;

    SELECT c.column_name, c.declared, c.type INTO absent
    FROM bedrock_internal.field_column(source_entry.relation, entry.format) AS c
    WHERE c.column_name IS NOT NULL AND bedrock_internal.read_expression(c.type, c.field, 'x', c.column_type, c.map_key)
        IS NULL
    ORDER BY c.ordinal LIMIT 1;
    IF FOUND THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('column "%s" of %s is %s and cannot be read as %s', absent.column_name, called,
                absent.declared, absent.type),
            HINT = 'Attach a view that casts it.';
    END IF;

    SELECT coalesce(jsonb_object_agg(c.field, jsonb_build_object('columns', jsonb_build_array(c.column_name), 'type',
        c.declared))
                        FILTER (WHERE c.column_name IS NOT NULL), '{}'),
           coalesce(jsonb_object_agg(c.field, jsonb_strip_nulls(jsonb_build_object(
               'columns', c.candidates, 'essential', c.essential, 'fix', c.fix, 'instead',
                            CASE WHEN c.essential THEN
                                CASE c.field WHEN 'billing_period_start'
                                    THEN 'the month of the usage stands for it: what AWS bills in a later month is '
                                    'counted in the earlier one'
                                             WHEN 'unblended_cost' THEN
                                                 'the net cost stands for it, where that is empty the blended one; '
                                                 'cost_metric says which' END END)))
                        FILTER (WHERE c.column_name IS NULL AND c.fix IS NOT NULL), '{}'),
           coalesce(max(c.column_name) FILTER (WHERE c.field = 'billing_period_start'),
               max(c.column_name) FILTER (WHERE c.field = 'usage_start'))
    INTO entry.mapping, entry.missing, entry.period_column
    FROM bedrock_internal.field_column(source_entry.relation, entry.format) AS c;

    IF EXISTS (SELECT FROM bedrock_internal.tag_column(source_entry.relation)) THEN
        entry.mapping := entry.mapping || (SELECT jsonb_build_object('tags',
            jsonb_build_object('columns', jsonb_agg(t.name ORDER BY t.ordinal),
                                                                                                'type',
                                                                                                string_agg(
                                                                                                DISTINCT t.type::text,
                                                                                                ', ')))
                                           FROM bedrock_internal.tag_column(source_entry.relation) AS t);
    ELSE
        entry.missing := entry.missing || jsonb_build_object('tags', jsonb_build_object(
            'columns', CASE entry.format WHEN 'cur2' THEN '["tags", "resource_tags"]'::jsonb
            WHEN 'legacy' THEN '["resourceTags/...", "resource_tags_..."]' ELSE '["Tags"]' END,
            'essential', false,
            'fix', 'activate cost allocation tags (Billing and Cost Management > Cost allocation tags)'
                   || CASE entry.format WHEN 'cur2' THEN ' and select the column tags in the export (Data Exports > '
                       'the export > Edit > columns)' ELSE '' END));
    END IF;

    entry.mapping := entry.mapping || coalesce((
        SELECT jsonb_build_object('unknown', jsonb_build_object('columns', jsonb_agg(c.name ORDER BY c.ordinal)))
        FROM bedrock_internal.column_use(source_entry.relation, entry.format) AS c
        WHERE c.used = 'skip' AND bedrock_internal.folded_column_name(c.name) <>
            ALL (SELECT bedrock_internal.folded_column_name(k.name) FROM bedrock_internal.known_column(entry.format)
            AS k (name))
        HAVING count(*) > 0), '{}');
    RETURN entry;
END
$$;
COMMENT ON FUNCTION bedrock_internal.source_entry(regclass, text, boolean) IS
    'what bedrock.source says of a relation by its columns: format, mapping, period column, what is missing; an error, '
    'under the name it is called by, for a relation that is no bill or lacks essential columns (force: has it all '
    'the same)';

CREATE OR REPLACE FUNCTION bedrock_internal.check_grain(source text, relation regclass, called text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET row_security = off
AS $$
DECLARE
    usage_lines bigint;
    shorter_lines bigint;
BEGIN
    SELECT sum(f.lines), sum(f.lines) FILTER (WHERE f.shorter) INTO usage_lines, shorter_lines
    FROM bedrock_internal.sum_by_keys(format(
        'SELECT 1::bigint, CASE WHEN isfinite(t.usage_start) AND isfinite(t.usage_end) THEN t.usage_end - '
        't.usage_start < interval ''27 days'' ELSE false END FROM (SELECT %s FROM %s AS l LIMIT 10000) AS t'
        ' WHERE t.line_item_type = ''Usage''',
        (SELECT string_agg(format('%s AS %I', l.expression, l.field), ', ')
         FROM bedrock_internal.source_layout(check_grain.source) AS l WHERE l.field IN (
             'line_item_type', 'usage_start', 'usage_end')), relation),
        1, check_grain.relation) AS f (shorter boolean, lines bigint);
    IF usage_lines > 0 AND shorter_lines IS NULL THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s is an export of MONTHLY granularity', called),
            DETAIL = 'Each of the first lines of usage covers a whole month: nothing can be placed by day.',
            HINT = 'Make the export with HOURLY or DAILY granularity (API: TIME_GRANULARITY), or accept months only: '
                'allow_monthly => true.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_grain(text, regclass, text) IS
    'an error where the first lines of usage all cover a month';

CREATE OR REPLACE FUNCTION bedrock_internal.warn_of_providers(entry bedrock.source) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET row_security = off
AS $$
DECLARE
    seen bigint;
    of_aws bigint;
    providers text;
BEGIN
    IF entry.format = 'focus' THEN
        SELECT sum(f.lines), sum(f.lines) FILTER (WHERE bedrock_internal.provider_is_aws(f.provider)),
            string_agg(f.provider, ', ' ORDER BY f.provider) INTO seen, of_aws, providers
        FROM bedrock_internal.sum_by_keys(format('SELECT 1::bigint, t.provider FROM (SELECT %s AS provider FROM %s AS '
            'l LIMIT 10000) AS t',
                                 (SELECT l.expression FROM bedrock_internal.source_layout(entry.source) AS l
                                     WHERE l.field = 'provider'), entry.relation),
                          1, bedrock_internal.source_relation(entry.source)) AS f (provider text, lines bigint);
        IF seen > 0 AND of_aws IS NULL THEN
            RAISE WARNING USING MESSAGE = format('none of the first %s lines of %s is of AWS: %s', seen, entry.relation,
                providers),
                DETAIL = 'Lines of other providers are never read.', HINT = 'bedrock_internal.focus_provider() tells '
                    'whose a line is.';
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.warn_of_providers(bedrock.source) IS
    'a warning where none of the first 10,000 lines of a FOCUS source is of AWS';

CREATE OR REPLACE FUNCTION bedrock_internal.attach_relation(relation regclass, name text DEFAULT NULL,
    line_item boolean DEFAULT true, force boolean DEFAULT false,
    allow_monthly boolean DEFAULT false, keep text DEFAULT NULL) RETURNS bedrock.source
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET row_security = off
AS $$
DECLARE
    entry bedrock.source;
    existing bedrock.source;
    class pg_class;
    start_column text;
    key_column record;
    lines_elsewhere bigint;
BEGIN
    SELECT * INTO class FROM pg_class AS c WHERE c.oid = attach_relation.relation;
    IF NOT FOUND THEN
        RAISE undefined_table USING MESSAGE = 'there is no such relation to attach';
    END IF;

    IF bedrock_internal.relation_kind(class.relkind) IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is no table, view or foreign table',
            attach_relation.relation);
    END IF;

    IF class.relnamespace IN ('bedrock'::regnamespace, 'bedrock_internal'::regnamespace)
        OR class.relpersistence = 't' THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s cannot be attached: it is %s', attach_relation.relation,
                             CASE WHEN class.relpersistence = 't' THEN 'a temporary table'
                                 ELSE 'an object of the extension' END);
    END IF;

    IF NOT has_table_privilege(attach_relation.relation, 'SELECT') AND NOT has_any_column_privilege(
        attach_relation.relation, 'SELECT') THEN
        RAISE insufficient_privilege USING MESSAGE = format('permission denied for relation %s',
            attach_relation.relation);
    END IF;

    IF attach_relation.keep NOT IN ('day', 'hour') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('facts cannot be kept by "%s"', attach_relation.keep),
            HINT = 'keep is day or hour.';
    END IF;

    entry := bedrock_internal.source_entry(attach_relation.relation, attach_relation.relation::text,
        attach_relation.force);
    start_column := entry.period_column;

    LOCK TABLE bedrock.source IN SHARE ROW EXCLUSIVE MODE;

    entry.relation := format('%I.%I', (SELECT n.nspname FROM pg_namespace AS n WHERE n.oid = class.relnamespace),
        class.relname);
    SELECT * INTO existing FROM bedrock.source AS s WHERE s.relation = entry.relation;
    entry.source := coalesce(nullif(attach_relation.name, ''), existing.source, class.relname::text);
    IF existing.source <> entry.source THEN
        RAISE duplicate_object USING
            MESSAGE = format('%s is attached already, as source "%s"', attach_relation.relation, existing.source),
            DETAIL = 'One relation is one source.', HINT = format('To rename it, detach it first: SELECT '
                'bedrock.detach(%L).', existing.source);
    END IF;

    -- A name whose relation is gone may be given to another.
    SELECT * INTO existing FROM bedrock.source AS s WHERE s.source = entry.source;
    IF existing.relation IS DISTINCT FROM entry.relation AND existing.source IS NOT NULL
       AND (existing.relation IS NULL OR to_regclass(existing.relation) IS NOT NULL) THEN
        RAISE duplicate_object USING
            MESSAGE = format('source "%s" exists already: %s', entry.source,
                coalesce(existing.relation, 'loaded directly')),
            HINT = 'Give another name: bedrock.attach(relation, name => ...).';
    END IF;

    INSERT INTO bedrock.source AS s (source, relation, format, format_version, mapping, period_column, rank, line_item,
        allow_monthly, forced, keep, missing,
                                     relation_owner, relation_kind)
    VALUES (entry.source, entry.relation, entry.format, entry.format_version, entry.mapping, start_column,
            (SELECT coalesce(max(r.rank), 0) + 1 FROM bedrock.source AS r),
            attach_relation.line_item, attach_relation.allow_monthly, entry.forced,
                coalesce(attach_relation.keep, 'day'), entry.missing,
            pg_get_userbyid(class.relowner), bedrock_internal.relation_kind(class.relkind))
    ON CONFLICT (source) DO UPDATE
        SET relation = excluded.relation, format = excluded.format, format_version = excluded.format_version,
            mapping = excluded.mapping,
            period_column = excluded.period_column, line_item = excluded.line_item,
                allow_monthly = excluded.allow_monthly,
            forced = excluded.forced, keep = coalesce(attach_relation.keep, s.keep), missing = excluded.missing,
            relation_owner = excluded.relation_owner, relation_kind = excluded.relation_kind
    RETURNING * INTO entry;

    IF NOT attach_relation.allow_monthly THEN
        PERFORM bedrock_internal.check_grain(entry.source, attach_relation.relation, attach_relation.relation::text);
    END IF;

    -- Whether a partition key states the billing period, by the first lines.
    SELECT c.name, c.type, c.ref INTO key_column
    FROM pg_partitioned_table AS p
    JOIN bedrock_internal.relation_column(attach_relation.relation) AS c ON c.ordinal = p.partattrs[0]
    WHERE p.partrelid = attach_relation.relation AND lower(c.name) = 'billing_period' AND c.name <> start_column
      AND c.type IN ('text', 'varchar', 'bpchar', 'date', 'timestamp', 'timestamptz');
    IF key_column.name IS NOT NULL THEN
        SELECT sum(f.lines) INTO lines_elsewhere
        FROM bedrock_internal.sum_by_keys(format(
            'SELECT 1::bigint FROM (SELECT %s AS start, %s AS key_month FROM %s AS l LIMIT 10000) AS t'
            ' WHERE t.key_month IS DISTINCT FROM to_char(t.start AT TIME ZONE ''UTC'', ''YYYY-MM'')',
            (SELECT f.expression FROM bedrock_internal.source_layout(entry.source) AS f
                WHERE f.field = 'billing_period_start'),
            bedrock_internal.key_month(key_column.ref, key_column.type),
            attach_relation.relation), 0, attach_relation.relation) AS f (lines bigint);
    END IF;

    IF key_column.name IS NOT NULL AND lines_elsewhere IS NULL THEN
        UPDATE bedrock.source AS s SET period_column = key_column.name
            WHERE s.source = entry.source RETURNING * INTO entry;
    END IF;

    PERFORM bedrock_internal.warn_of_providers(entry);
    PERFORM bedrock.rebuild_views();
    RETURN entry;
END
$$;
COMMENT ON FUNCTION bedrock_internal.attach_relation(regclass, text, boolean, boolean, boolean, text) IS
    'as bedrock.attach, and gives the row of bedrock.source: for programs that want to know all of it';

CREATE OR REPLACE FUNCTION bedrock.attach(relation regclass, name text DEFAULT NULL, line_item boolean DEFAULT true,
    force boolean DEFAULT false, allow_monthly boolean DEFAULT false, keep text DEFAULT NULL,
    OUT source text, OUT format text, OUT format_version text, OUT missing text, OUT fix text) RETURNS record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT a.source, a.format, a.format_version,
           (SELECT string_agg(m.key, ', ' ORDER BY m.place) FILTER (WHERE m.place <= 10) || CASE
               WHEN count(*) > 10 THEN format(' and %s more', count(*) - 10) ELSE '' END
            FROM (SELECT f.key, row_number() OVER (ORDER BY (f.value ->> 'essential')::boolean DESC,
                             array_position('{usage_type,resource_id,iam_principal,tags,net_unblended_cost,invoice_id}',
                                 f.key), f.key) AS place
                  FROM jsonb_each(a.missing) AS f) AS m),
           format('SELECT * FROM bedrock.refresh(%L)', a.source)
               || CASE WHEN a.missing <> '{}' THEN '; then SELECT * FROM bedrock.doctor(): it says what to switch on '
                   'for what is missing' ELSE '' END
    FROM bedrock_internal.attach_relation($1, $2, $3, $4, $5, $6) AS a;
END;
COMMENT ON FUNCTION bedrock.attach(regclass, text, boolean, boolean, boolean, text) IS
    'makes a table, view or foreign table with the columns of CUR 2.0, legacy CUR or FOCUS a source of bills, which '
    'bedrock.refresh then reads; returns its name, format, missing fields (at most ten, essential ones first; NULL: '
    'none) and what to do next. Attaching it again reads its columns anew. name: of the source (default: of the '
    'relation); line_item => false: left out of bedrock.line_item and bedrock.cur2; force: although essential '
    'columns are missing; allow_monthly: although its usage has no day; keep: grain of the facts, day or hour (NULL: '
    'as before, at first day). An error where essential columns are missing or the caller may not read the relation';

CREATE OR REPLACE FUNCTION bedrock.detach(name text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE bedrock.source IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = detach.name) THEN
        RAISE undefined_object USING
            MESSAGE = format('there is no source "%s"', detach.name),
            HINT = (SELECT coalesce('Sources: ' || string_agg(s.source, ', ' ORDER BY s.rank) || '.',
                'No source is attached.') FROM bedrock.source AS s);
    END IF;

    PERFORM bedrock_internal.delete_source(detach.name);
    DELETE FROM bedrock.source AS s WHERE s.source = detach.name;
    PERFORM bedrock.rebuild_views();
END
$$;
COMMENT ON FUNCTION bedrock.detach(text) IS
    'removes a source with everything that bedrock.spend has of it; the relation stays as it is. An error for an '
    'unknown source';
