-- Attach and detach: the format of a relation, its essential columns, its row in bedrock.source.

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
    CROSS JOIN LATERAL (
        SELECT count(*) AS columns
        FROM bedrock_internal.field_column(source_format.relation, f.format) AS c
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
                                                    'skupricedetails', 'pricingcurrency', 'servicesubcategory']
                               THEN '1.2' ELSE '1.0' END;
    ELSIF source_format.format IS NOT NULL THEN
        -- Athena's names of the legacy report are those of CUR 2.0; these columns only CUR 2.0 has.
        IF EXISTS (SELECT FROM unnest(columns) AS c (name) WHERE c.name LIKE 'lineitem/%') THEN
            source_format.format := 'legacy';
            format_version := 'csv';
        ELSIF columns && ARRAY['product', 'tags', 'resource_tags', 'cost_category', 'discount',
                               'line_item_iam_principal', 'line_item_user_identifier', 'bill_payer_account_name',
                               'line_item_usage_account_name'] THEN
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
    'format of a relation by its columns: cur2 2.0, legacy csv or athena (with ", or a part of CUR 2.0" where its '
    'few columns are those of both), focus 1.0, 1.2, 1.3 or 1.4; NULL: it has the essential columns of none';

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
    'description of a relation that is not a bill, for an error: its first columns, how many essential columns of '
    'each format it has, and whether its header is not separated by commas';

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
            HINT = 'Attach or load a CUR 2.0 or FOCUS export (Billing and Cost Management > Data Exports) or a legacy '
                'Cost and Usage Report, with columns named as AWS names them, or the same in snake_case.';
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
      AND CASE c.field
          WHEN 'usage_start' THEN true
          WHEN 'usage_end' THEN true
          WHEN 'net_unblended_cost' THEN entry.format = 'focus'
          WHEN 'unblended_cost' THEN NOT EXISTS (
              SELECT FROM bedrock_internal.field_column(source_entry.relation, entry.format) AS o
              WHERE o.field IN ('net_unblended_cost', 'blended_cost') AND o.column_name IS NOT NULL)
          ELSE false END;
    IF absent.fields IS NOT NULL THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s cannot be read without %s', called, absent.fields),
            DETAIL = 'Without the times of its usage no line can be placed in a month or by day, and without a cost '
                'there is nothing to add up; nothing can replace them, with force => true neither.',
            HINT = 'Add the columns to the export, or attach a view that makes them of others.';
    END IF;

    SELECT c.column_name, c.declared, c.type INTO absent
    FROM bedrock_internal.field_column(source_entry.relation, entry.format) AS c
    WHERE c.column_name IS NOT NULL
      AND bedrock_internal.read_expression(c.type, c.field, 'x', c.column_type, c.map_key) IS NULL
    ORDER BY c.ordinal LIMIT 1;
    IF FOUND THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('column "%s" of %s is %s and cannot be read as %s', absent.column_name, called,
                absent.declared, absent.type),
            HINT = 'Attach a view that casts it.';
    END IF;

    SELECT coalesce(jsonb_object_agg(c.field, jsonb_build_object(
                        'columns', jsonb_build_array(c.column_name), 'type', c.declared))
                        FILTER (WHERE c.column_name IS NOT NULL), '{}'),
           coalesce(jsonb_object_agg(c.field, jsonb_strip_nulls(jsonb_build_object(
                        'columns', c.candidates, 'essential', c.essential, 'fix', c.fix,
                        'instead', CASE WHEN c.essential THEN
                            CASE c.field
                            WHEN 'billing_period_start' THEN
                                'the month of the usage is read: what AWS bills in a later month is counted in the '
                                'earlier one'
                            WHEN 'unblended_cost' THEN
                                'the net cost is read, where that is empty the blended one; cost_metric states which'
                            END END)))
                        FILTER (WHERE c.column_name IS NULL AND c.fix IS NOT NULL), '{}'),
           coalesce(max(c.column_name) FILTER (WHERE c.field = 'billing_period_start'),
                    max(c.column_name) FILTER (WHERE c.field = 'usage_start'))
    INTO entry.mapping, entry.missing, entry.period_column
    FROM bedrock_internal.field_column(source_entry.relation, entry.format) AS c;

    IF EXISTS (SELECT FROM bedrock_internal.tag_column(source_entry.relation)) THEN
        entry.mapping := entry.mapping || (
            SELECT jsonb_build_object('tags', jsonb_build_object(
                       'columns', jsonb_agg(t.name ORDER BY t.ordinal),
                       'type', string_agg(DISTINCT t.type::text, ', ')))
            FROM bedrock_internal.tag_column(source_entry.relation) AS t);
    ELSE
        entry.missing := entry.missing || jsonb_build_object('tags', jsonb_build_object(
            'columns', CASE entry.format
                       WHEN 'cur2' THEN '["tags", "resource_tags"]'::jsonb
                       WHEN 'legacy' THEN '["resourceTags/...", "resource_tags_..."]'
                       ELSE '["Tags"]' END,
            'essential', false,
            'fix', 'activate cost allocation tags (Billing and Cost Management > Cost allocation tags)'
                   || CASE entry.format WHEN 'cur2' THEN ' and select the column tags in the export (Data Exports > '
                       'the export > Edit > columns)' ELSE '' END));
    END IF;

    entry.mapping := entry.mapping || coalesce((
        SELECT jsonb_build_object('unknown', jsonb_build_object('columns', jsonb_agg(c.name ORDER BY c.ordinal)))
        FROM bedrock_internal.column_use(source_entry.relation, entry.format) AS c
        WHERE c.used = 'skip' AND bedrock_internal.folded_column_name(c.name) <> ALL (
            SELECT bedrock_internal.folded_column_name(k.name)
            FROM bedrock_internal.known_column(entry.format) AS k (name))
        HAVING count(*) > 0), '{}');
    RETURN entry;
END
$$;
COMMENT ON FUNCTION bedrock_internal.source_entry(regclass, text, boolean) IS
    'row of bedrock.source for a relation by its columns: format, mapping, period column, missing fields. An error, '
    'under the name it is called by, for a relation that is not a bill or lacks essential columns (unless force)';

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
    'raises an error where the first lines of usage all cover a month';

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
                DETAIL = 'Lines of other providers are never read.',
                HINT = 'Attach the FOCUS export of AWS, or fill the columns ProviderName, ServiceProviderName or '
                    'InvoiceIssuerName.';
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.warn_of_providers(bedrock.source) IS
    'raises a warning where none of the first 10,000 lines of a FOCUS source is of AWS';

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
        RAISE undefined_table USING MESSAGE = 'there is no such relation to attach',
            HINT = 'Give its name with its schema: bedrock.attach(''public.your_cur_table'').';
    END IF;

    IF bedrock_internal.relation_kind(class.relkind) IS NULL THEN
        RAISE wrong_object_type USING
            MESSAGE = format('%s is no table, view or foreign table', attach_relation.relation),
            HINT = 'Attach a relation with the columns of an export.';
    END IF;

    IF class.relnamespace IN ('bedrock'::regnamespace, 'bedrock_internal'::regnamespace)
        OR class.relpersistence = 't' THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s cannot be attached: it is %s', attach_relation.relation,
                             CASE WHEN class.relpersistence = 't' THEN 'a temporary table'
                                  ELSE 'an object of the extension' END),
            HINT = 'Attach a table that stays, with the columns of an export.';
    END IF;

    IF NOT has_table_privilege(attach_relation.relation, 'SELECT') AND NOT has_any_column_privilege(
        attach_relation.relation, 'SELECT') THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('permission denied for relation %s', attach_relation.relation);
    END IF;

    IF attach_relation.keep NOT IN ('day', 'hour') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('facts cannot be kept by "%s"', attach_relation.keep),
            HINT = 'Use keep => ''day'' or keep => ''hour''.';
    END IF;

    entry := bedrock_internal.source_entry(attach_relation.relation, attach_relation.relation::text,
        attach_relation.force);
    start_column := entry.period_column;

    LOCK TABLE bedrock.source IN SHARE ROW EXCLUSIVE MODE;
    PERFORM bedrock_internal.require_load();

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
                coalesce(existing.relation, 'loaded from files')),
            HINT = 'Give another name: bedrock.attach(relation, name => ...).';
    END IF;

    INSERT INTO bedrock.source AS s (source, relation, format, format_version, mapping, period_column, rank, line_item,
                                     allow_monthly, forced, keep, missing, relation_owner, relation_kind)
    VALUES (entry.source, entry.relation, entry.format, entry.format_version, entry.mapping, start_column,
            (SELECT coalesce(max(r.rank), 0) + 1 FROM bedrock.source AS r), attach_relation.line_item,
            attach_relation.allow_monthly, entry.forced, coalesce(attach_relation.keep, 'day'), entry.missing,
            pg_get_userbyid(class.relowner), bedrock_internal.relation_kind(class.relkind))
    ON CONFLICT (source) DO UPDATE
        SET relation = excluded.relation, format = excluded.format, format_version = excluded.format_version,
            mapping = excluded.mapping, period_column = excluded.period_column, line_item = excluded.line_item,
            allow_monthly = excluded.allow_monthly, forced = excluded.forced,
            keep = coalesce(attach_relation.keep, s.keep), missing = excluded.missing,
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
    'as bedrock.attach, and returns the row of bedrock.source, for programs';

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
               || CASE WHEN a.missing <> '{}' THEN '; then SELECT * FROM bedrock.doctor(): it states what to switch on '
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
    PERFORM bedrock_internal.require_load();
    IF NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = detach.name) THEN
        RAISE undefined_object USING
            MESSAGE = format('there is no source "%s"', detach.name),
            HINT = (SELECT coalesce('Sources: ' || string_agg(s.source, ', ' ORDER BY s.rank) || '.',
                'No source is attached.') FROM bedrock.source AS s);
    END IF;

    PERFORM bedrock_internal.delete_source(detach.name);
    DELETE FROM bedrock.source AS s WHERE s.source = detach.name;
    PERFORM bedrock.rebuild_views();
    PERFORM bedrock_internal.run_checks('owners');
END
$$;
COMMENT ON FUNCTION bedrock.detach(text) IS
    'removes a source with everything that bedrock.spend has of it; the relation stays as it is. An error for an '
    'unknown source';
