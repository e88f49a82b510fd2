-- The doctor: what is missing, stale, doubled or not understood, and what to do about it, here or in AWS. It reads, and
-- builds bedrock.line_item anew where a DROP .. CASCADE took it.

CREATE OR REPLACE FUNCTION bedrock_internal.cost_text(cost numeric, currency text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(round(cost, 2), 0) || ' ' || coalesce(currency, '(no currency)');
COMMENT ON FUNCTION bedrock_internal.cost_text(numeric, text) IS 'an amount to read: two decimals and the currency';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_providers(entry bedrock.source, left_out jsonb)
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH line AS (
        SELECT o.provider, sum(o.lines)::bigint AS lines,
               string_agg(bedrock_internal.cost_text(o.cost, o.currency), ', ' ORDER BY o.currency)
                   FILTER (WHERE o.cost IS NOT NULL) AS cost
        FROM (SELECT r.provider, r.currency, sum(r.lines) AS lines, sum(r.cost) AS cost
              FROM jsonb_to_recordset(doctor_providers.left_out)
                  AS r (provider text, currency text, lines bigint, cost numeric)
              GROUP BY 1, 2) AS o
        GROUP BY o.provider)
    SELECT 'other_providers', 'info',
           format('%s: %s lines of other providers are left out: %s', (doctor_providers.entry).source, sum(l.lines),
                  string_agg(format('%s %s%s', l.provider, l.lines, ', ' || l.cost),
                             '; ' ORDER BY l.lines DESC, l.provider)), NULL
    FROM line AS l WHERE l.provider <> '(not stated)' HAVING count(*) > 0
    UNION ALL
    SELECT 'provider_not_stated', 'error',
           format('%s: %s lines%s do not state their provider and are left out', (doctor_providers.entry).source,
                  l.lines, ', ' || l.cost || ','),
           'ProviderName (FOCUS 1.0 to 1.3), ServiceProviderName or InvoiceIssuerName names the provider; where they '
           'are empty x_ServiceCode, ServiceName or an ARN in ResourceId shows that a line is of AWS. Fill one of '
           'them, or attach a view that does'
    FROM line AS l WHERE l.provider = '(not stated)'
    UNION ALL
    SELECT 'provider_not_stated', 'warning',
           format('%s: no column names the provider: a line counts as AWS''s by its service code, the name of its '
                  'service or the ARN of its resource', (doctor_providers.entry).source),
           'Select ProviderName, or in FOCUS 1.3 and later ServiceProviderName and InvoiceIssuerName, in the export'
    WHERE (doctor_providers.entry).format = 'focus'
      AND NOT (doctor_providers.entry).mapping ?| ARRAY['provider', 'service_provider', 'invoicing_entity'];
END;
COMMENT ON FUNCTION bedrock_internal.doctor_providers(bedrock.source, jsonb) IS
    'findings about lines of a FOCUS source that are left out as those of other providers '
    '(bedrock_internal.lines_left_out, as a JSON array of its rows); part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock_internal.check_readable(source text, relation regclass) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET row_security = off
AS $$
BEGIN
    PERFORM FROM bedrock_internal.sum_by_keys(
        format('SELECT 1::bigint FROM (%s WHERE %s) AS readable LIMIT 0',
               bedrock_internal.source_select(check_readable.source),
               bedrock_internal.source_period_predicate(check_readable.source, '2000-01-01')),
        0, check_readable.relation) AS f (lines bigint);
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_readable(text, regclass) IS
    'raises an error where a refresh could not read the relation of a source, or not all of it';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_sources()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    entry bedrock.source;
    relation regclass;
    readable text[] := ARRAY[]::text[];
    message text;
    detailed text;
    hint text;
    left_out jsonb;
    may_refresh constant boolean := has_table_privilege('bedrock.fact', 'INSERT')
        AND bedrock_internal.may_load();
BEGIN
    RETURN QUERY
    SELECT 'sources', CASE WHEN count(*) = 0 THEN 'error' ELSE 'ok' END,
           coalesce(string_agg(format('%s: %s %s, %s', s.source, s.format, s.format_version,
                                      coalesce(s.relation, 'loaded directly')), '; ' ORDER BY s.rank),
                    'no bill is attached: bedrock.spend is empty'),
           CASE WHEN count(*) = 0
                    THEN 'Load the files of an export: ./run load FILE...; or attach a table that has them: SELECT '
                         'bedrock.attach(''schema.table''). Then SELECT * FROM bedrock.refresh(). '
                         'In AWS: payer account > Billing and Cost Management > Data Exports > Create > '
                         'Standard data export, CUR 2.0, hourly or daily, with resource IDs (API: '
                         'INCLUDE_RESOURCES) and caller identity (API: INCLUDE_IAM_PRINCIPAL_DATA)' END
    FROM bedrock.source AS s;

    FOR entry IN SELECT s.* FROM bedrock.source AS s ORDER BY s.rank LOOP
        IF entry.relation IS NOT NULL THEN
            BEGIN
                relation := bedrock_internal.source_relation(entry.source);
                PERFORM bedrock_internal.check_readable(entry.source, relation);
                readable := readable || entry.source;
                RETURN QUERY SELECT 'source_readable', 'ok', format('%s: %s can be read', entry.source, entry.relation),
                    NULL::text;

                -- As the last refresh that read lines kept it; before the first one it is looked for.
                SELECT p.left_out INTO left_out FROM bedrock.period AS p
                WHERE p.source = entry.source AND p.left_out IS NOT NULL ORDER BY p.refreshed_at DESC NULLS LAST
                LIMIT 1;
                IF NOT FOUND THEN
                    SELECT jsonb_agg(to_jsonb(o)) INTO left_out FROM bedrock_internal.lines_left_out(entry.source) AS o;
                END IF;
                RETURN QUERY SELECT * FROM bedrock_internal.doctor_providers(entry, left_out);

                RETURN QUERY
                SELECT 'column_types', 'info',
                       format('%s: types are others than at the attachment: %s', entry.source,
                              string_agg(format('%s was %s, is %s', f.column_name,
                                                entry.mapping #>> ARRAY[f.field, 'type'], f.declared),
                                         '; ' ORDER BY f.ordinal)),
                       format('Nothing is lost, they are read all the same. To record them: SELECT '
                              'bedrock.attach(%L, %L)', entry.relation, entry.source)
                FROM bedrock_internal.field_column(relation, entry.format) AS f
                WHERE f.declared <> entry.mapping #>> ARRAY[f.field, 'type']
                HAVING count(*) > 0;
                RETURN QUERY
                SELECT 'new_columns', 'info',
                       format('%s: columns have come since the attachment: %s', entry.source,
                              string_agg(f.column_name, ', ' ORDER BY f.ordinal)),
                       format('Attach it again, so that they count as there: SELECT bedrock.attach(%L, %L)',
                              entry.relation, entry.source)
                FROM bedrock_internal.field_column(relation, entry.format) AS f
                WHERE f.column_name IS NOT NULL AND NOT entry.mapping ? f.field
                HAVING count(*) > 0;
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detailed = PG_EXCEPTION_DETAIL,
                    hint = PG_EXCEPTION_HINT;
                -- Lines of the bill are for who refreshes; a reader of bedrock.spend is to have no right on them.
                IF sqlstate = '42501' AND NOT may_refresh THEN
                    RETURN QUERY
                    SELECT 'source_readable', 'info',
                           format('%s: role "%s" does not refresh, so it is not checked whether the relation can be '
                                  'read', entry.source, current_user),
                           'SELECT * FROM bedrock.doctor() as the role that refreshes checks it';
                ELSE
                    RETURN QUERY
                    SELECT 'source_readable', 'error',
                           concat_ws('. ', format('%s: %s', entry.source, message), nullif(detailed, '')),
                           coalesce(nullif(hint, ''), CASE
                               WHEN sqlstate = '42501' AND row_security_active(relation) THEN
                                   format('A part of a bill is not taken for all of it. Refresh as the owner of %s, or '
                                          'as a role with BYPASSRLS', entry.relation)
                               WHEN sqlstate = '42501' THEN
                                   format('GRANT SELECT ON %s TO %I', entry.relation, current_user)
                               ELSE format('Mend the relation, or take the source out: SELECT bedrock.detach(%L)',
                                           entry.source) END);
                END IF;
            END;
        ELSE
            -- What refresh does by itself for a relation takes the files again here.
            RETURN QUERY
            SELECT 'loaded_by_older_rules', 'warning',
                   format('%s: %s of its bills (one a payer and month) were loaded before charge categories, proved '
                          'products or the cost metric were what they are now', entry.source, count(*)),
                   'Load them again from where they lie, nothing else is needed: SELECT * FROM bedrock.load_cur(PATH). '
                   'The path: SELECT DISTINCT file FROM bedrock.load_log WHERE source = '
                       || quote_literal(entry.source)
            FROM bedrock.period AS p
            WHERE p.source = entry.source AND p.rules_version IS DISTINCT FROM bedrock_internal.rules_version()
            HAVING count(*) > 0;
            -- Each period of a delivery keeps what the whole of it left out.
            RETURN QUERY SELECT * FROM bedrock_internal.doctor_providers(entry, (
                SELECT jsonb_agg(o.value) FROM (SELECT DISTINCT p.files, p.left_out
                                                FROM bedrock.period AS p WHERE p.source = entry.source) AS d
                CROSS JOIN LATERAL jsonb_array_elements(d.left_out) AS o));
        END IF;

        RETURN QUERY
        SELECT 'unknown_columns', 'info',
               format('%s: %s columns that its format does not have are not read: %s%s', entry.source, count(*),
                      string_agg(left(u.name, 60), ', ' ORDER BY u.place)
                                                     FILTER (WHERE u.place <= 20),
                      CASE WHEN count(*) > 20 THEN ', ...' END),
               'Nothing is lost: they stay where they are. A column that should be read has another name there: attach '
               'a view that gives it AWS''s'
        FROM jsonb_array_elements_text(entry.mapping #> '{unknown,columns}') WITH ORDINALITY AS u (name, place)
        HAVING count(*) > 0;

        -- Principals, resource ids and tags have checks of their own.
        RETURN QUERY
        SELECT CASE WHEN m.essential THEN 'essential_columns' ELSE 'optional_columns' END,
               CASE WHEN m.essential THEN 'error' WHEN m.usage_type THEN 'warning' ELSE 'info' END,
               format('%s: no column for %s%s%s', entry.source, m.fields,
                      CASE WHEN m.essential THEN '; attached all the same (force): numbers that need it are missing '
                                                 'or wrong' END, '; ' || m.instead), m.fix
        FROM (SELECT v.value ->> 'fix' AS fix, (v.value ->> 'essential')::boolean AS essential,
                     string_agg(v.key, ', ' ORDER BY v.key) AS fields, bool_or(v.key = 'usage_type') AS usage_type,
                     string_agg(v.key || ': ' || (v.value ->> 'instead'), '; ' ORDER BY v.key) AS instead
              FROM jsonb_each(entry.missing) AS v
              WHERE (v.value ->> 'essential')::boolean OR v.key NOT IN ('iam_principal', 'resource_id', 'tags')
              GROUP BY 1, 2) AS m
        ORDER BY m.fields;
    END LOOP;

    RETURN QUERY
    SELECT 'tokens_known', 'warning',
           format('%s: of the cost of what may be metered in tokens %s %% has tokens%s: a total of tokens is too small '
                  'by the rest', t.source, t.pct,
                  CASE WHEN t.currency IS NOT NULL THEN ' (' || t.currency || ')'
                       ELSE '' END),
           'Where a line has no usage type its tokens are not known (FOCUS: SkuMeter, in 1.0 x_UsageType), nor where '
           'its unit is not: SELECT * FROM bedrock.unrecognized. A CUR 2.0 export of the same accounts has them'
    FROM (SELECT b.source, b.currency,
                 bedrock_internal.known_pct(sum(f.ai_cost) FILTER (WHERE f.tokens IS NOT NULL),
                                   sum(f.ai_cost)
                                       FILTER
                                       (WHERE bedrock_internal.may_have_tokens(f.tokens, d.usage_group,
                                           d.request_path))) AS pct
          FROM bedrock.fact_month AS f
          JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
          JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
          WHERE d.charge_category = 'usage' GROUP BY 1, 2) AS t
    WHERE t.pct < 100;

    RETURN QUERY
    SELECT 'source_refreshed', 'error', format('%s: the last refresh, %s UTC by %s, failed: %s', g.source,
                                               to_char(g.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), g."by",
                                               g.message),
           format('Nothing of it was changed: what bedrock.spend has of it is older than the rest. Mend the cause, '
                  'then SELECT * FROM bedrock.refresh(%L)', g.source)
    FROM bedrock.source AS s
    CROSS JOIN LATERAL (SELECT l.* FROM bedrock.load_log AS l WHERE l.source = s.source ORDER BY l.load_id DESC LIMIT 1)
        AS g
    WHERE g.action = 'failed';

    -- A view that went with a dropped table, or that lacks a readable source, is built again.
    IF EXISTS (SELECT FROM bedrock.source AS s
               WHERE s.line_item AND s.source = ANY (readable)
                 AND NOT EXISTS (SELECT FROM pg_rewrite AS r
                                 JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                                 WHERE r.ev_class = to_regclass('bedrock.line_item')
                                   AND d.refobjid = to_regclass(s.relation))) THEN
        BEGIN
            PERFORM bedrock.rebuild_views();
            RETURN QUERY SELECT 'line_item_view', 'info',
                'bedrock.line_item and bedrock.cur2 lacked a source and were built again', NULL::text;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
            RETURN QUERY SELECT 'line_item_view', 'warning',
                format('bedrock.line_item and bedrock.cur2 lack a source: %s', message),
                'SELECT bedrock.rebuild_views()';
        END;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.doctor_sources() IS
    'checks of the registry: relations, their columns, and the views over them; part of bedrock.doctor()';
