-- The SELECT that reads a source, built from bedrock.source and the columns of its relation at that time, and the
-- predicate on a billing period.

CREATE OR REPLACE FUNCTION bedrock_internal.relation_kind(relkind "char") RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                        WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' END;
COMMENT ON FUNCTION bedrock_internal.relation_kind("char") IS
    'kind of a relation that can be attached, by its relkind: table, partitioned table, view, materialized view, '
    'foreign table; NULL: another kind';

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
    'a relation with all its partitions and inheritance children, which a query over it reads';

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
    'whether a relation, a partition or a child of it is a table of Citus; NULL: Citus is not installed';

CREATE OR REPLACE FUNCTION bedrock_internal.has_row_versions(relation regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN bedrock_internal.is_distributed(has_row_versions.relation) IS NOT TRUE AND NOT EXISTS (
        SELECT FROM bedrock_internal.relation_tree(has_row_versions.relation) AS m (member)
        LEFT JOIN pg_class AS c ON c.oid = m.member
        LEFT JOIN pg_am AS a ON a.oid = c.relam
        WHERE NOT coalesce(c.relkind = 'p' OR c.relkind IN ('r', 'm') AND a.amhandler = 'heap_tableam_handler'::regproc,
            false));
END
$$;
COMMENT ON FUNCTION bedrock_internal.has_row_versions(regclass) IS
    'whether xmin and ctid of the rows of a relation can be used: it, its partitions and its children are tables of '
    'the access method heap, and none is a table of Citus';

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
            HINT = 'Look for its name in bedrock.source, or attach its relation with bedrock.attach.';
    END IF;

    -- What was loaded from files is read from the lines of the load under way, and at no other time.
    IF entry.relation IS NULL THEN
        found_relation := to_regclass('pg_temp.bedrock_read');
        IF found_relation IS NULL THEN
            RAISE wrong_object_type USING MESSAGE = format('source "%s" was loaded from files and has no relation '
                'to read', entry.source),
                HINT = 'Load it again with bedrock.load_cur.';
        END IF;
        RETURN found_relation;
    END IF;

    found_relation := to_regclass(entry.relation);
    IF found_relation IS NULL THEN
        RAISE undefined_table USING MESSAGE = format('relation %s of source "%s" does not exist', entry.relation,
            entry.source),
            HINT = format('Create it again, attach another relation under the same name, or detach it: SELECT '
                'bedrock.detach(%L).', entry.source);
    END IF;

    -- The relation of that name may be another's today: a view runs what its owner wrote.
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
    'relation of a source, looked up by its name; an error where it does not exist, or where owner or kind are not '
    'those of the attachment';

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
               -- FOCUS has no billing entity: a Marketplace row has no service code but nothing, or the id of the
               -- product in Marketplace, and states Marketplace elsewhere.
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
                        WHEN p.column_name <> o.found_in ->> 'sku_meter' THEN format(
                            'coalesce(nullif(%s, ''''), bedrock_internal.focus_usage_type(%s, %s))', p.expression,
                            o.read ->> 'sku_meter', o.read ->> 'line_item_description')
                        ELSE format('bedrock_internal.focus_usage_type(%s, %s)', o.read ->> 'sku_meter',
                                    o.read ->> 'line_item_description') END
               WHEN 'provider' THEN format(
                   'bedrock_internal.focus_provider(%s, %s, %s, %s, %s, %s, %s)', p.expression,
                   o.read ->> 'service_provider', o.read ->> 'host_provider', o.read ->> 'invoicing_entity',
                   o.read ->> 'product_code', o.read ->> 'product_name', o.read ->> 'resource_id')
               ELSE p.expression END
           ELSE p.expression END
    FROM (SELECT q.ordinal, q.field, q.type, q.column_name,
                 -- What is read in place of an essential column that a forced source lacks.
                 CASE WHEN q.column_name IS NULL AND entry.forced AND q.field = 'billing_period_start' THEN
                          format('(date_trunc(''month'', %s AT TIME ZONE ''UTC'') AT TIME ZONE ''UTC'')',
                                 n.read ->> 'usage_start')
                      WHEN q.column_name IS NULL AND entry.forced AND q.field = 'unblended_cost'
                           AND entry.format <> 'focus' THEN
                          format('coalesce(%s, %s)', n.read ->> 'net_unblended_cost', n.read ->> 'blended_cost')
                      ELSE q.expression END AS expression
          FROM plain AS q CROSS JOIN other AS n) AS p
    CROSS JOIN other AS o
    ORDER BY p.ordinal;
END
$$;
COMMENT ON FUNCTION bedrock_internal.source_layout(text, boolean) IS
    'fields of a source with the SQL that reads each from the alias l of its relation (line_keys: of the temporary '
    'table bedrock_read), and its column (NULL: none, and the SQL is a typed NULL). A column that is gone since the '
    'attachment, or whose type cannot be read, is an error';

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
    'SELECT that reads the lines of a source from the alias l of its relation: the fields of '
    'bedrock_internal.source_field() by name and in that order, then the raw tag columns tag_1, tag_2, ... '
    'line_keys: reads the line keys in the temporary table bedrock_read instead, with their number, lines and flags. '
    'Empty text is left as it is';

CREATE OR REPLACE FUNCTION bedrock_internal.lines_left_out(source text, line_keys boolean DEFAULT false,
    OUT provider text, OUT currency text, OUT lines bigint, OUT cost numeric) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET row_security = off
AS $$
BEGIN
    IF (SELECT s.format = 'focus' FROM bedrock.source AS s WHERE s.source = lines_left_out.source) THEN
        RETURN QUERY
        SELECT f.provider, f.currency, f.lines, f.cost
        FROM bedrock_internal.sum_by_keys(
                 format('SELECT %s, l.provider, nullif(l.currency, ''''), %s FROM (%s) AS l '
                        'WHERE NOT bedrock_internal.provider_is_aws(l.provider)',
                        CASE WHEN lines_left_out.line_keys THEN 'l.lines' ELSE '1::bigint' END,
                        -- Line keys have no amounts.
                        CASE WHEN lines_left_out.line_keys THEN 'NULL::numeric' ELSE 'l.net_unblended_cost' END,
                        bedrock_internal.source_select(lines_left_out.source, lines_left_out.line_keys)),
                 2, CASE WHEN lines_left_out.line_keys THEN 0
                         ELSE bedrock_internal.source_relation(lines_left_out.source) END)
             AS f (provider text, currency text, lines bigint, cost numeric)
        ORDER BY 3 DESC, 1, 2;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.lines_left_out(text, boolean) IS
    'lines of a FOCUS source that are not on AWS''s bill and are not read, by provider and currency, with their '
    'cost; provider (not stated): no column states it. line_keys: those in the temporary table bedrock_read, whose '
    'cost is NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.source_tags(source text) RETURNS text
    LANGUAGE sql STABLE
    RETURN bedrock_internal.tags_expression(bedrock_internal.source_relation(source), true, NULL);
COMMENT ON FUNCTION bedrock_internal.source_tags(text) IS
    'SQL over tag_1, tag_2, ... of bedrock_internal.source_select that makes all tags of a line one jsonb map; {}: '
    'none. A map that cannot be parsed counts as empty: bedrock_internal.tags_raw_expression';

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
    'SQL over tag_1, tag_2, ... that gives the text of the first map column that is not a JSON object; NULL: all are';

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
    'SQL condition for the values of a column that lie in one month, in the column''s own type and without a '
    'function around it, so that an index or a partition is used (ISO text: also by its time); NULL: a type without '
    'months';

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
    'column of a source that states the billing period of a line: its start, or, with force, the start of the usage; '
    'NULL: there is none';

CREATE OR REPLACE FUNCTION bedrock_internal.key_month(column_ref text, column_type regtype) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN column_type IN ('date', 'timestamp') THEN format('to_char(%s, ''YYYY-MM'')', column_ref)
                WHEN column_type = 'timestamptz'::regtype THEN format(
                    'to_char(%s AT TIME ZONE ''UTC'', ''YYYY-MM'')', column_ref)
                ELSE format('CASE WHEN %1$s::text ~ ''^[0-9]{4}-[0-9]{2}(-01)?$'' THEN left(%1$s::text, 7) END',
                    column_ref) END;
COMMENT ON FUNCTION bedrock_internal.key_month(text, regtype) IS
    'SQL that gives the month of a partition key, as 2026-03; NULL: it states none that '
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
                '(FOCUS) states it; a period is never guessed from the usage date.',
            HINT = 'Add the column to the relation, and attach it again.';
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
    'SQL condition on the alias l for the lines of one billing period of a source, in the type of the column, so '
    'that partitions are pruned and remote servers can evaluate it; any day of the month will do. by_key: also on '
    'the partition key (bedrock.source.period_column), which is right only where it has the same month in every line';
