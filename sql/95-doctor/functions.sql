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

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_sources()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET row_security = off SET quote_all_identifiers = off
AS $$
DECLARE
    entry bedrock.source;
    relation regclass;
    readable text[] := ARRAY[]::text[];
    message text;
    detailed text;
    hint text;
    left_out jsonb;
BEGIN
    RETURN QUERY
    SELECT 'sources', CASE WHEN count(*) = 0 THEN 'error' ELSE 'ok' END,
           coalesce(
                   string_agg(format('%s: %s %s, %s', s.source, s.format, s.format_version,
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
                PERFORM FROM bedrock_internal.sum_by_keys(
                        format('SELECT 1::bigint FROM (%s WHERE %s) AS readable LIMIT 0',
                               bedrock_internal.source_select(entry.source),
                                                 bedrock_internal.source_period_predicate(entry.source, '2000-01-01')),
                                                 0, relation) AS f (lines bigint);
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
                SELECT 'column_types', 'info', format('%s: types are others than at the attachment: %s', entry.source,
                                                      string_agg(
                                                              format('%s was %s, is %s', f.column_name,
                                                                     entry.mapping #>> ARRAY[f.field, 'type'],
                                                                     f.declared), '; ' ORDER BY f.ordinal)),
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
                RETURN QUERY SELECT 'source_readable', 'error',
                    concat_ws('. ', format('%s: %s', entry.source, message), nullif(detailed, '')),
                                    coalesce(nullif(hint, ''),
                                             CASE WHEN sqlstate = '42501' AND row_security_active(relation) THEN
                                                                         format('A part of a bill is not taken for all '
                                                                      'of it. Refresh as the owner of %s, or as a role '
                                                                      'with BYPASSRLS', entry.relation)
                                                                    WHEN sqlstate = '42501'
                                                                        THEN format('GRANT SELECT ON %s TO %I',
                                                                            entry.relation, current_user)
                                                                    ELSE
                                                                        format('Mend the relation, or take the source '
                                                                      'out: SELECT bedrock.detach(%L)', entry.source)
                                                                        END);
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

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_time()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH source AS (
        SELECT s.source, s.relation, max(p.refreshed_at) AS refreshed_at, sum(p.lines) AS lines,
               sum(p.bedrock_lines) AS bedrock_lines, coalesce(bool_or(NOT p.is_final), false) AS open
        FROM bedrock.source AS s LEFT JOIN bedrock.period AS p ON p.source = s.source GROUP BY s.source),
    age AS (
        SELECT b.source, max(b.last_usage_date) AS day,
               extract(epoch FROM now() - ((max(b.last_usage_date) + 1)::timestamp AT TIME ZONE 'UTC')) / 3600 AS hours
        FROM bedrock.bill_total AS b WHERE b.last_usage_date IS NOT NULL
        GROUP BY 1)
    SELECT 'cur_landed', CASE WHEN a.hours > bedrock_internal.setting_value('stale_after_hours')::numeric THEN 'warning'
                              ELSE 'ok' END,
           format('%s: the last day with Bedrock usage is %s, %s', a.source, a.day,
                  CASE WHEN a.hours < 0 THEN 'today' ELSE round(a.hours) || ' hours ago' END),
           CASE WHEN a.hours > bedrock_internal.setting_value('stale_after_hours')::numeric THEN
               format('An export lands within 24 hours; after %s it is late. Look at its delivery (Billing and Cost '
                      'Management > Data Exports > the export > status, and the S3 bucket), load what is there (./run '
                      'load FILE..., or the job that fills the table), then SELECT * FROM bedrock.refresh()',
                      bedrock_internal.setting_value('stale_after_hours')) END
    FROM age AS a
    UNION ALL
    SELECT 'cur_landed', 'warning', format('%s: no line of its %s is Bedrock''s', s.source, s.lines),
           'Check that the export covers the accounts that call Bedrock (payer account, or the member account''s own '
           'export) and that no filter on service or product code comes before it'
    FROM source AS s WHERE s.lines > 0 AND s.bedrock_lines = 0
    UNION ALL
    SELECT 'rollup_fresh', CASE WHEN s.late THEN 'warning' ELSE 'ok' END,
           CASE WHEN s.refreshed_at IS NULL
                    THEN format('%s: never refreshed, bedrock.spend has nothing of it', s.source)
                ELSE format('%s: a refresh last brought something %s hours ago%s', s.source,
                            round(extract(epoch FROM now() - s.refreshed_at) / 3600),
                            CASE WHEN s.late THEN ', though a month is open' END) END,
           CASE WHEN s.late
                    THEN 'SELECT * FROM bedrock.refresh(), best on a schedule (SELECT bedrock.schedule_refresh()): an '
                         'open month changes every day, and a refresh reads only what changed' END
    FROM (SELECT q.*, q.refreshed_at IS NULL OR q.open
            AND now() - q.refreshed_at > bedrock_internal.setting_value('stale_after_hours')::numeric
          * interval '1 hour' AS late FROM source AS q) AS s
    WHERE s.relation IS NOT NULL
    UNION ALL
    SELECT 'finality', CASE WHEN f.late THEN 'warning' WHEN f.open THEN 'info' ELSE 'ok' END,
           CASE WHEN f.open
                    THEN format('%s: %s of %s is not final%s', f.source, to_char(f.billing_period, 'YYYY-MM'), f.entity,
                                        CASE WHEN f.late
                                                 THEN '; it ended more than 15 days ago and has lines without invoice'
                                             ELSE '; its figures still change' END)
                ELSE format('%s: %s of %s is final (%s)', f.source, to_char(f.billing_period, 'YYYY-MM'), f.entity,
                            f.basis) END,
           CASE WHEN f.late
                    THEN 'Load the closed month again: AWS writes it anew with invoice ids after invoicing. Lines that '
                         'are never invoiced (free, credits only) keep it open: then nothing is to be done' END
    FROM (SELECT b.source, b.billing_period, coalesce(b.billing_entity, '(no billing entity)') AS entity,
                 NOT bool_and(b.is_final) AS open, min(b.is_final_basis) AS basis,
                 NOT bool_and(b.is_final)
                     AND b.billing_period + interval '1 month 15 days' <= now() AT TIME ZONE 'UTC' AS late
          FROM bedrock.bill_total AS b GROUP BY 1, 2, 3) AS f
    UNION ALL
    SELECT 'restated', 'info',
           format('%s: %s changed after it was final, last on %s', p.source, to_char(p.billing_period, 'YYYY-MM'),
                  (p.restated_at AT TIME ZONE 'UTC')::date),
           'AWS does change closed months (late exports, refunds, tags). The difference: SELECT * FROM '
           'bedrock.load_log WHERE action = ''restated'''
    FROM bedrock.period AS p WHERE p.restated_at IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock_internal.doctor_time() IS 'checks of freshness and finality; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_identity()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Read once for each dimension, and carried without its texts.
    WITH used AS MATERIALIZED (
        SELECT d.dimension_id, d.usage_group, d.usage_group IN ('tokens', 'media', 'search_units') AS inference,
               d.principal IS NOT NULL AS caller, d.resource_id IS NOT NULL AS resource, nullif(d.tags, '{}') AS tags,
               d.currency,
               coalesce(CASE WHEN d.resource_id LIKE 'arn:%:%' THEN nullif(split_part(d.resource_id, ':', 2), '') END,
                        r.partition,
                        CASE WHEN d.region_code LIKE 'us-gov-%' THEN 'aws-us-gov'
                             WHEN d.region_code LIKE 'cn-%' THEN 'aws-cn' ELSE 'aws' END) AS partition
        FROM bedrock.dimension AS d
        LEFT JOIN bedrock.regions AS r ON r.region = d.region
        WHERE d.charge_category = 'usage'),
    usage AS MATERIALIZED (
        SELECT b.source, b.billing_period AS period, d.usage_group, d.inference, d.caller, d.resource,
               d.tags IS NOT NULL AS tagged, d.currency, d.partition,
               sum(f.lines) AS lines, sum(f.ai_cost) AS cost
        FROM bedrock.fact_month AS f
        JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
        JOIN used AS d ON d.dimension_id = f.dimension_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9),
    -- Commercial inference lines are the ones that can have a caller.
    month AS MATERIALIZED (
        SELECT u.source, u.period, sum(u.lines) AS lines,
               coalesce(sum(u.lines) FILTER (WHERE u.inference AND u.partition = 'aws'), 0) AS callable,
               coalesce(sum(u.lines) FILTER (WHERE u.inference AND u.caller), 0) AS called,
               coalesce(sum(u.lines) FILTER (WHERE u.inference), 0) AS inference,
               coalesce(sum(u.lines) FILTER (WHERE u.inference AND u.resource), 0) AS resource,
               coalesce(sum(u.lines) FILTER (WHERE u.tagged), 0) AS tagged,
               string_agg(DISTINCT u.partition, ', ') FILTER (WHERE u.inference AND u.partition <> 'aws') AS elsewhere
        FROM usage AS u GROUP BY 1, 2),
    source AS MATERIALIZED (
        SELECT s.source, s.rank, s.format, s.mapping, s.missing, s.mapping ? 'iam_principal' AS has_principal,
               s.mapping ? 'resource_id' AS has_resource, s.mapping ? 'tags' AS has_tags,
               coalesce(sum(m.callable), 0) AS callable, coalesce(sum(m.called), 0) AS called,
               max(m.elsewhere) AS elsewhere, max(m.period) FILTER (WHERE m.called > 0) AS last_called,
               coalesce(sum(m.inference), 0) AS inference, coalesce(sum(m.resource), 0) AS resource,
               coalesce(sum(m.lines), 0) AS lines, coalesce(sum(m.tagged), 0) AS tagged
        FROM bedrock.source AS s LEFT JOIN month AS m ON m.source = s.source GROUP BY s.source),
    switch AS (
        SELECT s.source, CASE s.format WHEN 'cur2' THEN
            'Payer account: Billing and Cost Management > Data Exports > the CUR 2.0 export > Edit > check "Include '
            'caller identity (IAM principal) allocation data" > Save '
            '(API: UpdateExport, TableConfigurations COST_AND_USAGE_REPORT, INCLUDE_IAM_PRINCIPAL_DATA = TRUE). It is '
            'opt-in per export and fills going forward only, within 24 hours. '
            'An export made before AWS offered it must be created anew (Create export; API: CreateExport): so it is '
            'where Edit does not show the check box, or where it is checked and the column is still empty a day later'
            ELSE 'This format has no IAM principal. Payer account: Billing and Cost Management > Data Exports > Create '
                 '> CUR 2.0 with "Include caller identity (IAM principal) allocation data" '
            '(API: CreateExport, INCLUDE_IAM_PRINCIPAL_DATA = TRUE), then attach that' END AS text
        FROM source AS s),
    -- Many dimensions share a map, and all maps a few keys.
    key AS MATERIALIZED (
        SELECT k.source, k.key, bedrock_internal.tag_identity(k.key) AS identity
        FROM (SELECT DISTINCT m.source, o.key
              FROM (SELECT DISTINCT s.source, d.tags
                    FROM (SELECT DISTINCT b.source, f.dimension_id FROM bedrock.fact_month AS f
                          JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id) AS s
                    JOIN used AS d ON d.dimension_id = s.dimension_id AND d.tags IS NOT NULL) AS m
              CROSS JOIN LATERAL jsonb_object_keys(CASE jsonb_typeof(m.tags) WHEN 'object' THEN m.tags END) AS o (key))
                  AS k),
    -- Keys that are spellings of another one: most bills have none, and no map needs to be looked into.
    spelling AS MATERIALIZED (
        SELECT DISTINCT k.key, k.identity
        FROM key AS k WHERE EXISTS (SELECT FROM key AS o WHERE o.identity = k.identity AND o.key <> k.key)),
    conflict AS MATERIALIZED (
        SELECT c.tags, string_agg(c.keys, '; ' ORDER BY c.keys) AS keys
        FROM (SELECT u.tags, string_agg(e.key, ' / ' ORDER BY e.key) AS keys
              FROM (SELECT DISTINCT d.tags FROM used AS d
                    WHERE jsonb_typeof(d.tags) = 'object' AND EXISTS (SELECT FROM spelling)) AS u
              CROSS JOIN LATERAL jsonb_each_text(u.tags) AS e
              JOIN spelling AS s ON s.key = e.key
              GROUP BY u.tags, s.identity HAVING count(DISTINCT e.value) > 1) AS c
        GROUP BY 1),
    registered AS (
        SELECT k.key, bedrock_internal.tag_identity('resourceTags/' || k.key) AS identity,
               count(DISTINCT p.profile_arn) AS profiles
        FROM bedrock.profile AS p CROSS JOIN LATERAL jsonb_object_keys(p.tags) AS k (key)
        WHERE upper_inf(p.recorded) AND upper_inf(p.valid) AND k.key !~ '^aws:'
          AND EXISTS (SELECT FROM bedrock.dimension AS d JOIN bedrock.fact_month AS f ON f.dimension_id = d.dimension_id
                      WHERE d.resource_id = p.profile_arn)
        GROUP BY 1, 2)
    SELECT 'principal_column',
           CASE WHEN s.has_principal THEN 'ok' WHEN s.callable = 0 AND s.elsewhere IS NOT NULL THEN 'info'
                ELSE 'warning' END,
           CASE WHEN s.has_principal THEN format('%s: has a column for the IAM principal', s.source)
                WHEN s.callable = 0
                    AND s.elsewhere IS NOT NULL
                    THEN format('%s: no column for the IAM principal; not available in this partition (%s)', s.source,
                                s.elsewhere)
                ELSE format('%s: no column for the IAM principal: who called is not known', s.source) END,
           CASE WHEN NOT s.has_principal AND NOT (s.callable = 0 AND s.elsewhere IS NOT NULL) THEN w.text END
    FROM source AS s JOIN switch AS w ON w.source = s.source
    UNION ALL
    SELECT 'iam_principal_populated',
           CASE WHEN m.called > 0 THEN 'ok' WHEN m.callable = 0 OR m.period < s.last_called THEN 'info'
                ELSE 'warning' END,
           format('%s, %s: ', m.source, to_char(m.period, 'YYYY-MM'))
           || CASE WHEN m.called > 0
                       THEN format('%s %% of the inference lines name their caller',
                                   trunc(100 * m.called / greatest(m.inference, 1), 1))
                   WHEN m.callable = 0
                       AND m.elsewhere IS NOT NULL
                       THEN format('no caller; not available in this partition (%s)', m.elsewhere)
                   WHEN m.callable = 0 THEN 'no inference lines'
                   WHEN m.period < s.last_called THEN 'the column is empty: from before it was switched on'
                   ELSE format('the column is there and empty on all %s inference lines', m.callable) END,
           CASE WHEN m.called > 0 OR m.callable = 0 THEN NULL
                WHEN m.period < s.last_called THEN 'Nothing to be done: AWS fills it going forward only'
                ELSE w.text END
    FROM month AS m JOIN source AS s ON s.source = m.source AND s.has_principal JOIN switch AS w ON w.source = m.source
    UNION ALL
    SELECT 'principal_gaps', CASE WHEN bool_and(u.inference) THEN 'info' ELSE 'ok' END,
           format('%s: usage group %s has %s lines without caller, %s', u.source, coalesce(u.usage_group, '(none)'),
                  sum(u.lines), bedrock_internal.cost_text(sum(u.cost), u.currency))
           || CASE WHEN bool_and(u.inference) THEN '' ELSE ': not applicable, AWS names callers of inference alone' END,
           CASE WHEN bool_and(u.inference)
                    THEN 'Some inference lines never name a caller. Where many do not: is every export of the payer '
                         'switched on, and do applications call with roles of their own?' END
    FROM usage AS u JOIN month AS m ON m.source = u.source AND m.period = u.period AND m.called > 0
    WHERE NOT u.caller AND u.partition = 'aws' GROUP BY u.source, u.usage_group, u.currency
    UNION ALL
    SELECT 'resource_ids', CASE WHEN NOT s.has_resource OR s.inference > 0 AND s.resource = 0 THEN 'warning'
                                ELSE 'ok' END,
           CASE WHEN NOT s.has_resource
                    THEN format('%s: no column for resource ids: profiles and request paths are not known', s.source)
                WHEN s.inference > 0
                    AND s.resource = 0 THEN format('%s: the column of resource ids is there and empty', s.source)
                ELSE format('%s: %s %% of the inference lines have a resource id', s.source,
                            trunc(100 * s.resource / greatest(s.inference, 1), 1)) END,
           CASE WHEN NOT s.has_resource OR s.inference > 0 AND s.resource = 0 THEN
               CASE s.format
                    WHEN 'legacy' THEN 'Include resource IDs in the report: Billing and Cost Management > Data Exports '
                                       '> the legacy report > Edit > Include resource IDs (API: '
                                       'AdditionalSchemaElements RESOURCES)'
                             WHEN 'focus'
                                 THEN 'Select ResourceId in the FOCUS export: Billing and Cost Management > Data '
                                      'Exports > the export > Edit > columns'
                             ELSE 'Billing and Cost Management > Data Exports > the export > Edit > Include resource '
                                  'IDs (API: TableConfigurations COST_AND_USAGE_REPORT, INCLUDE_RESOURCES '
                                  '= TRUE)' END END
    FROM source AS s
    UNION ALL
    SELECT 'tags', 'ok',
           format('%s: %s', t.source, string_agg(format('%s (%s)', t.prefix, t.keys), '; ' ORDER BY t.prefix)), NULL
    FROM (SELECT k.source,
                 CASE WHEN k.identity ~ '^(iamPrincipal|userAttribute|accountTag|costCategory)/'
                          THEN split_part(k.identity, '/', 1) || '/'
                                     WHEN k.key ~ '^[A-Za-z]+/' THEN split_part(k.key, '/', 1) || '/'
                                     WHEN k.key ~ '^(user|aws)[_:]'
                                         THEN left(k.key, strpos(k.key, substring(k.key FROM '[_:]')))
                                     ELSE 'no prefix' END AS prefix,
                 string_agg(regexp_replace(k.key, '^((resourceTags/)?(user[:_])?(iamPrincipal|userAttribute|accountTag|'
                                                  'costCategory)/|[A-Za-z]+/|(user|aws)[_:])', ''),
                            ', ' ORDER BY k.key) AS keys
          FROM key AS k GROUP BY 1, 2) AS t
    GROUP BY t.source
    UNION ALL
    SELECT 'tags', 'warning',
           format('%s: %s', s.source, CASE WHEN s.has_tags THEN 'the columns of tags are empty on every Bedrock line'
                                           ELSE 'no column carries tags' END),
           'Activate cost allocation tags: payer account > Billing and Cost Management > Cost allocation tags > select '
           'the keys > Activate (API: UpdateCostAllocationTagsStatus); they fill 24 to 48 hours later, going forward'
           || CASE WHEN s.format = 'cur2'
                       AND NOT s.has_tags THEN '. And select the column tags in the export: Data Exports > the export '
                                               '> Edit > columns' ELSE '' END
    FROM source AS s WHERE s.lines > 0 AND s.tagged = 0
    UNION ALL
    SELECT 'iam_principal_tags', CASE WHEN k.keys IS NOT NULL THEN 'ok' ELSE 'info' END,
           format('%s: %s', s.source,
                  coalesce('keys of IAM principals: ' || k.keys,
                           'callers are named, but no tag of an IAM principal (iamPrincipal/...) is there')),
           CASE WHEN k.keys IS NULL
                    THEN 'Tag roles and users (team, cost-center, environment), make a call with each, wait up to 24 '
                         'hours, then payer account > Billing and Cost Management > Cost allocation tags > IAM '
                         'principal type > select > Activate (API: UpdateCostAllocationTagsStatus); they fill 24 to 48 '
                         'hours later' END
    FROM source AS s
    LEFT JOIN (SELECT q.source, string_agg(q.key, ', ' ORDER BY q.key) AS keys FROM key AS q
               WHERE q.identity LIKE 'iamPrincipal/%' GROUP BY 1) AS k ON k.source = s.source
    WHERE s.called > 0
    UNION ALL
    SELECT 'tags_activated', CASE WHEN a.early THEN 'info' ELSE 'warning' END,
           format('tag key %s is on %s registered profiles or projects with spend and on no line of a bill%s',
                  r.key, r.profiles, CASE WHEN a.early THEN format('; too early to know: activated on %s', a.day)
                                          ELSE ': it is not activated' END),
           CASE WHEN a.early THEN 'Wait: activated keys appear 24 to 48 hours later'
                ELSE format('Payer account: Billing and Cost Management > Cost allocation tags > User-defined > %s > '
                            'Activate (API: UpdateCostAllocationTagsStatus); it fills 24 to 48 hours later. Activated '
                            'just now? SELECT bedrock.set_setting(''tags_activated_on'', ''%s'')', r.key,
                            (now() AT TIME ZONE 'UTC')::date) END
    FROM registered AS r
    CROSS JOIN (SELECT nullif(bedrock_internal.setting_value('tags_activated_on'), '') AS day,
                       coalesce(now()
                                - (nullif(bedrock_internal.setting_value('tags_activated_on'),
                                          '')::timestamp AT TIME ZONE 'UTC') <= interval '48 hours', false) AS early)
        AS a
    WHERE NOT EXISTS (SELECT FROM key AS k WHERE k.identity = r.identity) AND EXISTS (SELECT FROM usage)
    UNION ALL
    SELECT 'tag_conflicts', 'warning',
           format('%s: %s lines (%s) carry one tag in several spellings with different values: %s', c.source,
                  sum(c.lines), bedrock_internal.cost_text(sum(c.cost), c.currency), string_agg(DISTINCT c.keys, '; ')),
           'The exact key asked for decides, then the bytewise smallest key. Agree on one spelling (AWS: tag policies) '
           'and take the others off the resources'
    FROM (SELECT b.source, d.currency, f.lines, f.ai_cost AS cost, x.keys
          FROM conflict AS x
          JOIN used AS d ON d.tags = x.tags
          JOIN bedrock.fact_month AS f ON f.dimension_id = d.dimension_id
          JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
          WHERE EXISTS (SELECT FROM spelling)) AS c
    GROUP BY c.source, c.currency
    UNION ALL
    SELECT 'profiles_unused', 'info',
           format('%s registered profiles or projects are on no bill: %s', count(*),
                  string_agg(coalesce(n.profile_name, n.profile_arn), ', ' ORDER BY n.profile_arn)),
           'Not called yet, called in an account no bill is attached of, or not used: the application passes the '
           'model''s id instead of the profile''s ARN as modelId'
    FROM (SELECT p.profile_arn, max(p.profile_name) AS profile_name FROM bedrock.profile AS p
          WHERE upper_inf(p.recorded)
            AND NOT EXISTS (SELECT FROM bedrock.dimension AS d
                            JOIN bedrock.fact_month AS f ON f.dimension_id = d.dimension_id
                            WHERE d.resource_id = p.profile_arn) GROUP BY 1) AS n
    HAVING count(*) > 0;
END;
COMMENT ON FUNCTION bedrock_internal.doctor_identity() IS
    'checks of callers, resource ids, tags and registry; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_bill()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH month AS MATERIALIZED (
        SELECT b.source, b.billing_period AS period, b.currency, sum(b.bedrock_lines) AS bedrock_lines,
               coalesce(sum(b.bedrock_lines) FILTER (WHERE b.billing_entity = 'AWS Marketplace'), 0)
                   AS marketplace_lines,
               sum(b.unblended_cost) AS unblended, sum(b.net_unblended_cost) AS net,
               sum(b.unblended_cost) FILTER (WHERE b.charge_category = 'discount') AS discount,
               (SELECT bool_or(p.net_filled) FROM bedrock.period AS p
                WHERE p.source = b.source AND p.billing_period = b.billing_period) AS net_filled
        FROM bedrock.bill_total AS b GROUP BY 1, 2, 3),
    period AS (
        SELECT m.source, m.period, sum(m.bedrock_lines) AS bedrock_lines, sum(m.marketplace_lines) AS marketplace_lines
        FROM month AS m GROUP BY 1, 2),
    side AS (
        SELECT coalesce(b.account_id, '') AS account, b.billing_period AS period, b.source, b.currency,
               bool_and(b.superseded) AS superseded, sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS cost,
               sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)) AS bedrock_cost
        FROM bedrock.bill_total AS b GROUP BY 1, 2, 3, 4)
    SELECT 'marketplace', CASE WHEN count(*) FILTER (WHERE p.marketplace_lines = 0) > 0 THEN 'warning' ELSE 'ok' END,
           p.source || CASE WHEN count(*) FILTER (WHERE p.marketplace_lines = 0) > 0
               THEN format(': no Bedrock line billed through AWS Marketplace in %s',
                           string_agg(to_char(p.period, 'YYYY-MM'), ', ' ORDER BY p.period)
                               FILTER (WHERE p.marketplace_lines = 0))
               ELSE ': every period has Bedrock lines billed through AWS Marketplace' END,
           CASE WHEN count(*) FILTER (WHERE p.marketplace_lines = 0) > 0 THEN
               'Models of Anthropic, Meta, Cohere and others are billed through AWS Marketplace, under a product code '
               'that is a hash and without a service code. Where such models are used, a filter took the lines: export '
               'and attach all lines, not those of one product or service; do not exclude the billing entity AWS '
               'Marketplace. Where only Amazon''s own models are used, nothing is missing' END
    FROM period AS p WHERE p.bedrock_lines > 0 GROUP BY p.source
    UNION ALL
    SELECT 'overlap', 'error',
           format('%s: %s accounts are in two sources: %s counts (%s, Bedrock %s), %s is superseded (%s, Bedrock %s)',
                  to_char(s.period, 'YYYY-MM'), count(DISTINCT s.account),
                  f.source, bedrock_internal.cost_text(sum(f.cost), f.currency),
                  bedrock_internal.cost_text(sum(f.bedrock_cost), f.currency),
                  s.source, bedrock_internal.cost_text(sum(s.cost), s.currency),
                  bedrock_internal.cost_text(sum(s.bedrock_cost), s.currency)),
           format('No cent counts twice; one of the two is not needed. To let the other count: SELECT '
                  'bedrock.prefer_source(%L, %L). To take it out: SELECT bedrock.detach(%L)', s.source, s.period,
                  s.source)
    FROM side AS s JOIN side AS f ON f.account = s.account AND f.period = s.period AND NOT f.superseded
        AND f.currency IS NOT DISTINCT FROM s.currency
    WHERE s.superseded GROUP BY s.period, s.source, f.source, s.currency, f.currency
    UNION ALL
    SELECT 'net_cost', CASE WHEN m.net_filled AND abs(m.net - m.unblended) > 0.01 THEN 'warning'
                            WHEN m.net_filled THEN 'ok' ELSE 'info' END,
           format('%s, %s: ', m.source, to_char(m.period, 'YYYY-MM'))
           || CASE WHEN m.net_filled
                       THEN format('net adds up to %s, unblended with its discount lines (%s) to %s',
                                   bedrock_internal.cost_text(m.net, m.currency),
                                   bedrock_internal.cost_text(m.discount, m.currency),
                                   bedrock_internal.cost_text(m.unblended, m.currency))
                   ELSE format('discount lines (%s) and no net column: net is unblended on every line, and the '
                               'discounts are lines of their own',
                               bedrock_internal.cost_text(m.discount, m.currency)) END,
           CASE WHEN m.net_filled
                    AND abs(m.net - m.unblended) > 0.01
                    THEN 'The two should be one sum. Compare both with the invoice (bedrock.bill_total) and set the '
                         'metric that equals it: SELECT bedrock.set_setting(''ai_cost_metric'', ''net_unblended'') '
                         'or ''unblended''; never a net metric with spread discount lines'
                WHEN NOT m.net_filled
                    THEN 'Select line_item_net_unblended_cost and the other net columns in the export (Data Exports > '
                         'the export > Edit > columns) to see discounts on the lines they belong to' END
    FROM month AS m WHERE m.unblended IS NOT NULL AND (m.net_filled OR m.discount <> 0)
    UNION ALL
    SELECT 'charge_types', 'warning',
           format('%s, %s: %s lines (%s; Bedrock''s: %s) have a line type in no category', b.source,
                  to_char(b.billing_period, 'YYYY-MM'), sum(b.lines),
                                             bedrock_internal.cost_text(
                                                     sum(coalesce(b.unblended_cost, b.net_unblended_cost)), b.currency),
                                             sum(b.bedrock_lines)),
           'INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES (the line type, its '
           'category), then SELECT * FROM bedrock.refresh(force => true); Bedrock''s: SELECT * FROM '
           'bedrock.unrecognized WHERE kind = ''charge_type'''
    FROM bedrock.bill_total AS b WHERE b.charge_category = 'unknown' GROUP BY b.source, b.billing_period, b.currency
    UNION ALL
    SELECT 'unrecognized', 'warning',
           format('%s: %s values on %s lines, %s', u.kind, count(*), sum(u.lines),
                  bedrock_internal.cost_text(sum(u.cost), u.currency)),
           format('What to do with each: SELECT value, cost, suggestion FROM bedrock.unrecognized WHERE kind = %L '
                  'ORDER BY cost DESC', u.kind)
    FROM bedrock.unrecognized AS u GROUP BY u.kind, u.currency
    UNION ALL
    SELECT CASE WHEN g.charge_category = 'usage' THEN 'monthly_export' ELSE 'grain_period' END,
           CASE WHEN g.charge_category = 'usage' THEN 'warning' ELSE 'info' END,
           format('%s: %s lines of category %s cover more than a day, %s: daily questions, forecasts and anomalies '
                  'leave them out', g.source, g.lines, g.charge_category,
                  bedrock_internal.cost_text(g.cost, g.currency)),
           CASE WHEN g.charge_category = 'usage'
                    THEN 'An export of MONTHLY granularity has no days: make one with HOURLY or DAILY (API: '
                         'TIME_GRANULARITY). A few such lines in another export are monthly fees billed as usage'
                ELSE 'Nothing: tax, credits and fees have no day. Questions by billing period count them' END
    FROM (SELECT b.source, d.charge_category, d.currency, sum(f.lines) AS lines, sum(f.ai_cost) AS cost
          FROM bedrock.fact_month AS f JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
          JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
          WHERE d.charge_grain = 'period' GROUP BY 1, 2, 3) AS g
    UNION ALL
    SELECT 'other_ai', 'info',
           format('%s: other AI services in the same bill, no part of bedrock.spend: %s', o.source,
                  string_agg(o.service || ' ' || bedrock_internal.cost_text(o.cost, o.currency),
                             ', ' ORDER BY o.cost DESC, o.service)),
           'Nothing is wrong: add them where the question is AI and not Bedrock. By month: SELECT b.billing_period, '
           's.key AS service, sum(s.value::numeric) AS cost, b.currency FROM bedrock.bill_total AS b, '
           'jsonb_each_text(b.other_ai) AS s WHERE NOT b.superseded GROUP BY 1, 2, 4'
    FROM (SELECT b.source, s.key AS service, b.currency, sum(s.value::numeric) AS cost
          FROM bedrock.bill_total AS b CROSS JOIN LATERAL jsonb_each_text(b.other_ai) AS s (key, value)
          WHERE NOT b.superseded GROUP BY 1, 2, 3) AS o
    GROUP BY o.source
    UNION ALL
    SELECT 'currencies', 'info',
           format('amounts are in several currencies: %s; none is summed over another',
                  string_agg(DISTINCT m.currency, ', ')), 'Group every question by currency'
    FROM month AS m WHERE m.bedrock_lines > 0 HAVING count(DISTINCT m.currency) > 1;
END;
COMMENT ON FUNCTION bedrock_internal.doctor_bill() IS
    'checks of the lines of bills and of values that could not be placed; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_logs()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH logged AS MATERIALIZED (
        SELECT DISTINCT coalesce(d.account_id, '') AS account, d.region, i.day
        FROM bedrock.invocation_day AS i JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id),
    -- Calls to bedrock-mantle are never logged. Without any log there is nothing to compare the facts with.
    billed AS MATERIALIZED (
        SELECT coalesce(d.account_id, '') AS account, d.region, f.usage_date AS day,
               date_trunc('month', f.usage_date::timestamp)::date AS month, d.currency, sum(f.ai_cost) AS cost
        FROM bedrock.fact AS f
        JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
        WHERE EXISTS (SELECT FROM logged) AND NOT f.superseded AND f.tokens > 0 AND d.charge_category = 'usage'
          AND d.charge_grain <> 'period' AND d.token_kind IS NOT NULL
          AND d.region IS NOT NULL AND d.endpoint IS DISTINCT FROM 'bedrock-mantle'
        GROUP BY 1, 2, 3, 4, 5),
    silent AS MATERIALIZED (
        SELECT b.account, b.region, b.month, b.currency, sum(b.cost) AS cost
        FROM billed AS b
        WHERE b.month IN (SELECT date_trunc('month', l.day::timestamp)::date FROM logged AS l)
        GROUP BY 1, 2, 3, 4
        HAVING NOT EXISTS (SELECT FROM logged AS l
                           WHERE l.account = b.account AND l.region = b.region AND l.day >= b.month
                             AND l.day < b.month + interval '1 month')),
    gap AS (
        SELECT b.account, b.region, b.day
        FROM billed AS b
        JOIN (SELECT l.account, l.region, min(l.day) AS first_day, max(l.day) AS last_day FROM logged AS l
              GROUP BY 1, 2) AS s
            ON s.account = b.account AND s.region = b.region AND b.day BETWEEN s.first_day AND s.last_day
        WHERE (b.account, b.region, b.day) NOT IN (SELECT l.account, l.region, l.day FROM logged AS l
                                                   WHERE l.region IS NOT NULL)
          AND (b.account, b.region, b.month) NOT IN (SELECT n.account, n.region, n.month FROM silent AS n)
        GROUP BY 1, 2, 3)
    SELECT 'invocation_logging', 'info',
           format('no model-invocation logs are loaded, with spend in %s', string_agg(l.place, ', ' ORDER BY l.place)),
           'Logs tell requests, latency and session metadata, which no bill has. Once per account and region: Amazon '
           'Bedrock console > Settings > Model invocation logging, to S3 or CloudWatch Logs (API: '
           'PutModelInvocationLoggingConfiguration)'
    FROM (SELECT DISTINCT coalesce(d.account_id, '(no account)') || ' ' || d.region AS place
          FROM bedrock.dimension AS d
          WHERE d.charge_category = 'usage' AND d.usage_group = 'tokens' AND d.region IS NOT NULL
            AND EXISTS (SELECT FROM bedrock.fact_month AS f WHERE f.dimension_id = d.dimension_id AND NOT f.superseded))
                AS l
    WHERE NOT EXISTS (SELECT FROM logged)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'invocation_logging', 'warning',
           format('%s: tokens are billed (%s) and no model-invocation log is there of %s; there are of other accounts '
                  'and regions', to_char(n.month, 'YYYY-MM'), bedrock_internal.cost_text(sum(n.cost), n.currency),
                  string_agg(coalesce(nullif(n.account, ''), '(no account)') || ' ' || n.region,
                             ', ' ORDER BY n.account, n.region)),
           format('Switch it on there (once per account and region: Amazon Bedrock console > Settings > Model '
                  'invocation logging; API: PutModelInvocationLoggingConfiguration), or load what the bucket has: '
                  'SELECT * FROM bedrock.load_invocations(PATH). How much each place logs: SELECT * FROM '
                  'bedrock.answer(''Q128'', ''{"period": "%s"}'')', n.month)
    FROM silent AS n GROUP BY n.month, n.currency
    UNION ALL
    SELECT 'invocation_gaps', 'warning',
           format('%s %s: tokens are billed on %s days between days with logs that have none: %s%s',
                  coalesce(nullif(g.account, ''), '(no account)'), g.region, count(*),
                  array_to_string((array_agg(g.day ORDER BY g.day))[:10], ', '),
                  CASE WHEN count(*) > 10 THEN ', ...' ELSE '' END),
           format('Load the files of these days: SELECT * FROM bedrock.load_invocations(PATH); what is loaded already '
                  'changes nothing. Where the bucket has none, the delivery failed or logging was off, and nothing '
                  'brings them back: '
                  'SELECT * FROM bedrock.reconciliation WHERE finding = ''export gap'' AND account_id = %L AND '
                  'region = %L', g.account, g.region)
    FROM gap AS g GROUP BY g.account, g.region;
END;
COMMENT ON FUNCTION bedrock_internal.doctor_logs() IS
    'checks of model invocation logs against the bill: never loaded, missing of an account and region in a month that '
    'others log, days without any between days with logs; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_state()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- By their keys, and by bill: what holds for the first and the last day of a key holds between them, and sums of
    -- money are taken for a few hundred bills, not for every key.
    WITH part AS MATERIALIZED (
        SELECT f.attribution_id, f.dimension_id, f.session_id, min(f.usage_date) AS first_day,
               max(f.usage_date) AS last_day, count(*) AS rows FROM bedrock.fact AS f GROUP BY 1, 2, 3),
    billed AS MATERIALIZED (
        SELECT f.bill_id, f.billing_period, f.superseded, count(*) AS rows, sum(f.lines) AS lines,
               sum(coalesce(f.unblended_cost, f.net_unblended_cost)) AS cost
        FROM bedrock.fact AS f GROUP BY 1, 2, 3),
    held AS (
        SELECT f.bill_id, sum(f.lines) AS lines, coalesce(sum(f.cost), 0) AS cost FROM billed AS f GROUP BY 1),
    monthly AS (
        SELECT f.bill_id, f.billing_period, sum(f.lines) AS lines,
               coalesce(sum(coalesce(f.unblended_cost, f.net_unblended_cost)), 0) AS cost
        FROM bedrock.fact_month AS f GROUP BY 1, 2),
    broken AS (
        SELECT 'facts without a row of bedrock.dimension' AS what, coalesce(sum(f.rows), 0) AS rows FROM part AS f
        WHERE NOT EXISTS (SELECT FROM bedrock.dimension AS d WHERE d.dimension_id = f.dimension_id)
        UNION ALL
        SELECT 'facts without a row of bedrock.bill_total', coalesce(sum(f.rows), 0) FROM billed AS f
        WHERE NOT EXISTS (SELECT FROM bedrock.bill_total AS b WHERE b.bill_id = f.bill_id)
        UNION ALL
        SELECT 'facts without their row of bedrock.attribution',
               CASE WHEN (SELECT count(*) FROM part AS p
                          LEFT JOIN bedrock.attribution AS a ON a.attribution_id = p.attribution_id
                            AND a.dimension_id = p.dimension_id
                          WHERE (p.first_day >= a.valid_from AND p.last_day <= a.valid_to) IS NOT TRUE) > 0
                    THEN (SELECT count(*) FROM bedrock.fact AS f
                          LEFT JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
                              AND a.dimension_id = f.dimension_id
                          WHERE (f.usage_date BETWEEN a.valid_from AND a.valid_to) IS NOT TRUE)
                    ELSE 0 END
        UNION ALL
        SELECT 'facts without a row of bedrock.session', coalesce(sum(f.rows), 0) FROM part AS f
        WHERE NOT EXISTS (SELECT FROM bedrock.session AS s WHERE s.session_id = f.session_id)
        UNION ALL
        SELECT 'facts on the wrong side of superseded', coalesce(sum(f.rows), 0) FROM billed AS f
        JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id WHERE b.superseded <> f.superseded
        UNION ALL
        SELECT 'facts in another billing period than their bill', coalesce(sum(f.rows), 0) FROM billed AS f
        JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
        WHERE b.billing_period <> f.billing_period
        UNION ALL
        SELECT 'rows of bedrock.bill_total that do not equal their facts', count(*) FROM bedrock.bill_total AS b
        LEFT JOIN held AS h ON h.bill_id = b.bill_id
        LEFT JOIN monthly AS m ON m.bill_id = b.bill_id AND m.billing_period = b.billing_period
        WHERE ROW(b.bedrock_lines,
                  coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost, 0)) IS DISTINCT FROM
            ROW(coalesce(h.lines, 0), coalesce(h.cost, 0))
           OR ROW(coalesce(m.lines, 0), coalesce(m.cost, 0)) IS DISTINCT FROM ROW(coalesce(h.lines, 0),
                   coalesce(h.cost, 0)))
    SELECT 'integrity', CASE WHEN sum(b.rows) > 0 THEN 'error' ELSE 'ok' END,
           coalesce(string_agg(format('%s: %s', b.what, b.rows), '; ') FILTER (WHERE b.rows > 0),
                    'every fact has its dimension, bill, labels and session, and the sums agree'),
           CASE WHEN sum(b.rows) > 0
                    THEN 'Facts are written by refresh alone: somebody wrote to the tables, or this is a bug. Facts '
                         'without a bill: DELETE FROM bedrock.fact AS f WHERE NOT EXISTS (SELECT FROM '
                         'bedrock.bill_total AS b WHERE b.bill_id = f.bill_id), and the same for bedrock.fact_month; '
                         'all else: SELECT * FROM bedrock.refresh(force => true)' END
    FROM broken AS b
    HAVING EXISTS (SELECT FROM bedrock.source);
END;
COMMENT ON FUNCTION bedrock_internal.doctor_state() IS
    'checks that the tables of the extension agree with each other; part of bedrock.doctor()';

-- By what the tables were made is kept in bedrock_internal, which a reader sees nothing of: it is for who refreshes.
CREATE OR REPLACE FUNCTION bedrock_internal.doctor_refresh()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT has_table_privilege('bedrock_internal.state', 'SELECT') OR NOT EXISTS (SELECT FROM bedrock.fact) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT 'catalogue_fresh', 'warning',
           'registry, label rules or catalogues changed since the last refresh: model, labels and categories are those '
           'of before', 'SELECT * FROM bedrock.refresh(); no source is read for it'
    WHERE bedrock_internal.stored_catalogue_version() IS DISTINCT FROM bedrock_internal.catalogue_version()
    UNION ALL
    SELECT 'list_cost_fresh', 'warning',
           'public prices of the book changed since list costs were taken: list_cost of lines whose bill states none '
           'is that of before', 'SELECT bedrock.refresh_list_cost(); no source is read for it'
    FROM bedrock_internal.list_cost_book() AS b
    WHERE NOT b.is_current;
END
$$;
COMMENT ON FUNCTION bedrock_internal.doctor_refresh() IS
    'checks whether what a refresh made is made anew where catalogues or prices changed, for roles that may read '
    'bedrock_internal.state; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_schedule()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ordered bedrock.schedule_log;
    run bedrock.schedule_log;
    last_at timestamptz;
    gap interval;
    alive boolean;
    jobs bigint;
    active bigint;
BEGIN
    SELECT l.* INTO ordered FROM bedrock.schedule_log AS l WHERE l.action IN ('scheduled', 'unscheduled')
    ORDER BY l.at DESC LIMIT 1;
    -- A run that was skipped only shows that another one was active.
    SELECT l.* INTO run FROM bedrock.schedule_log AS l WHERE l.action IN ('running', 'refreshed', 'failed')
    ORDER BY l.at DESC LIMIT 1;
    IF run.at IS NULL AND ordered.action IS DISTINCT FROM 'scheduled' OR ordered.action = 'unscheduled'
        AND ordered.at >= coalesce(run.at, ordered.at) THEN
        RETURN;
    END IF;
    alive := run.action = 'running' AND EXISTS (
        SELECT FROM pg_locks AS k WHERE k.locktype = 'advisory' AND k.classid = 'bedrock.schedule_log'::regclass
                   AND k.objid = 0 AND k.granted
                                    AND k.database = (SELECT d.oid FROM pg_database AS d
                                                      WHERE d.datname = current_database()) AND k.pid = run.pid);
    gap := CASE WHEN ordered.action = 'scheduled' AND ordered.at >= coalesce(run.at, ordered.at) THEN ordered.every
                ELSE coalesce(run.every, ordered.every) END;
    last_at := greatest(run.at, CASE WHEN ordered.action = 'scheduled' THEN ordered.at END);

    RETURN QUERY
    SELECT 'scheduled_refresh', 'error',
           format('the last scheduled refresh, %s UTC by %s, failed: %s',
                  to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), run."by", run.message),
           CASE WHEN run.refreshed IS NULL THEN 'Nothing was changed by it, bedrock.spend is as it was before.'
                ELSE 'The other sources are up to date, those named are as they were before.' END
                    || ' Mend the cause, then try: CALL bedrock.refresh_scheduled(); earlier runs: SELECT * FROM '
                       'bedrock.schedule_log ORDER BY at DESC'
    WHERE run.action = 'failed'
    UNION ALL
    SELECT 'scheduled_refresh', 'error',
           format('the last scheduled refresh, %s UTC by %s, was cut off: its session is gone and it never ended',
                  to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), run."by"),
           'Nothing was changed by it. The server log shows why (a restart, a terminated session, no memory); then '
           'try: CALL bedrock.refresh_scheduled()'
    -- Between its entry and its lock a run holds nothing for a moment.
    WHERE run.action = 'running' AND NOT alive AND run.at < now() - interval '1 minute'
    UNION ALL
    SELECT 'scheduled_refresh', 'ok',
           CASE WHEN run.action = 'running'
                    THEN format('a scheduled refresh is at work since %s UTC',
                                to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))
                                           ELSE format('the last scheduled refresh, %s UTC by %s, read %s periods',
                                                       to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
                                                       run."by", run.refreshed) END, NULL
    WHERE run.action = 'refreshed' OR alive OR run.action = 'running' AND run.at >= now() - interval '1 minute'
    UNION ALL
    SELECT 'scheduled_refresh', 'error',
           format('scheduled refreshes stay away: the schedule leaves at most %s between two, the last %s was %s UTC',
                  gap, CASE WHEN last_at = run.at THEN 'run' ELSE 'order' END,
                                                 to_char(last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')),
           'Is the scheduler running? pg_cron: SELECT * FROM cron.job_run_details ORDER BY start_time DESC, and '
           'pg_cron in shared_preload_libraries; cron or systemd: its log. Not wanted any more: SELECT '
           'bedrock.unschedule_refresh()'
    WHERE last_at < now() - 2 * gap AND NOT coalesce(alive, false)
    UNION ALL
    SELECT 'scheduled_refresh', 'info', format('scheduled refreshes run as superuser %s', run."by"),
           'A refresh runs the views it reads with the rights of its role: schedule it as a role that may refresh and '
           'nothing more'
    WHERE EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = run."by" AND r.rolsuper);

    -- pg_cron shows a role its own jobs only.
    IF ordered.action = 'scheduled'
        AND (ordered."by" = current_user
             OR EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = current_user AND r.rolsuper)) THEN
        IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
            EXECUTE format('SELECT count(*), count(*) FILTER (WHERE active) FROM cron.job WHERE jobname = %L AND '
                           'database = current_database()', 'bedrock.refresh') INTO jobs, active;
        END IF;
        RETURN QUERY
        SELECT 'scheduled_refresh', 'error', CASE WHEN jobs > 0 THEN 'pg_cron''s job bedrock.refresh is disabled'
                                                  ELSE format('pg_cron has no job bedrock.refresh any more%s',
                                                              CASE WHEN jobs IS NULL
                                                                       THEN ': it is not installed in this database'
                                                                   ELSE '' END) END,
               format('SELECT bedrock.schedule_refresh(%L); not wanted any more: SELECT bedrock.unschedule_refresh()',
                      ordered.cron)
        WHERE coalesce(active, 0) = 0;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.doctor_schedule() IS
    'checks of scheduled refreshes: the last run failed or was cut off, runs stay away for twice their interval, '
    'pg_cron''s job is gone or disabled; nothing where none was ever ordered or run; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock_internal.module_version() RETURNS text
    AS 'MODULE_PATHNAME', 'bedrock_module_version' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.module_version() IS
    'version of the package that the module is from; what a database has of the extension is of that version after '
    'ALTER EXTENSION bedrock_cost UPDATE';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_nodes()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    citus regclass := to_regclass('pg_catalog.pg_dist_partition');
    ask_workers regproc := to_regproc('pg_catalog.run_command_on_workers');
    own_version text := (SELECT e.extversion FROM pg_extension AS e WHERE e.extname = 'bedrock_cost');
    members oid[];
    versions text;
    others bigint;
    entry record;
    is_distributed boolean;
BEGIN
    -- A new package brings its module at once, and what a database has of the extension by an update.
    RETURN QUERY
    SELECT 'version', 'warning',
           format('this database has version %s, the module of the server is that of %s', own_version, m.version),
           CASE WHEN EXISTS (SELECT FROM pg_extension_update_paths('bedrock_cost') AS u
                             WHERE (u.source, u.target) = (own_version, m.version) AND u.path IS NOT NULL)
                THEN 'ALTER EXTENSION bedrock_cost UPDATE'
                ELSE format('Install the package of version %s or of a later one', own_version) END
    FROM bedrock_internal.module_version() AS m (version)
    WHERE m.version <> own_version;

    FOR entry IN SELECT s.source,
        to_regclass(s.relation) AS relation FROM bedrock.source
        AS s WHERE to_regclass(s.relation) IS NOT NULL ORDER BY s.rank LOOP
        members := ARRAY(SELECT t.member FROM bedrock_internal.relation_tree(entry.relation) AS t (member));
        is_distributed := bedrock_internal.is_distributed(entry.relation);
        RETURN QUERY
        SELECT 'distributed', 'info',
               format('%s: %s is %sdistributed', entry.source, entry.relation,
                      CASE WHEN NOT is_distributed THEN 'not ' END), NULL::text
        WHERE is_distributed IS NOT NULL;
        RETURN QUERY
        SELECT 'row_age', 'info',
               format('%s: the rows of %s show no age (%s): a refresh compares a sum of all columns',
                      entry.source, entry.relation,
                                         CASE WHEN is_distributed THEN 'they are on the nodes of Citus'
                                              ELSE
                                                  coalesce(
                                                      (SELECT string_agg(DISTINCT 'it is or has a '
                                                                         || bedrock_internal.relation_kind(c.relkind),
                                                                         ', ') FROM pg_class AS c
                                                             WHERE c.oid = ANY (members)
                                                               AND c.relkind IN ('v', 'f')),
                                                             'another access method than heap') END),
               'Nothing is missed; it takes longer than of a table of this server. Nothing to do'
        WHERE NOT bedrock_internal.has_row_versions(entry.relation);
    END LOOP;

    IF citus IS NULL THEN
        RETURN;
    END IF;
    -- What users insert is read on the coordinator: a copy of it elsewhere would be another one.
    EXECUTE format('SELECT string_agg(d.logicalrelid::text, '', '' ORDER BY d.logicalrelid::text) FROM %s AS d JOIN '
                   'pg_class AS c ON c.oid = d.logicalrelid::oid'
                   ' WHERE c.relnamespace = ''bedrock''::regnamespace', citus) INTO versions;
    RETURN QUERY SELECT 'own_tables_distributed', 'error',
        format('tables of the extension are distributed: %s', versions),
                        'They belong on the coordinator alone, and an update of the extension fails on them. Dump what '
                        'you inserted, then DROP EXTENSION, CREATE EXTENSION and insert it again'
    WHERE versions IS NOT NULL;

    IF ask_workers IS NOT NULL THEN
        EXECUTE format('SELECT count(*) FILTER (WHERE r.result IS DISTINCT FROM $2), '
                       'string_agg(concat(r.nodename, '':'', r.nodeport, '' '', '
                       'coalesce(nullif(r.result, ''''), ''none'')), '', '''
                       ' ORDER BY r.nodename, r.nodeport) FROM %s($1) AS r', ask_workers)
        INTO others, versions
            USING 'SELECT e.extversion FROM pg_catalog.pg_extension AS e WHERE e.extname = ''bedrock_cost''',
        own_version;
        RETURN QUERY
        SELECT 'nodes', CASE WHEN others > 0 THEN 'error' ELSE 'ok' END,
               format('on Citus: version %s here, on the workers %s', own_version,
                      coalesce(versions, 'none, for there are none')),
               CASE WHEN others > 0
                        THEN 'Install the same package on every node, then on the coordinator: CREATE EXTENSION IF NOT '
                             'EXISTS bedrock_cost (which sends it to nodes that lack it) and ALTER EXTENSION '
                             'bedrock_cost UPDATE' END;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.doctor_nodes() IS
    'checks of the version, and of where tables are: sources whose rows show no age, and on Citus what is distributed '
    'and which version each node has; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_findings()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
BEGIN
    FOR part IN 1..8 LOOP
        BEGIN
            CASE part
                WHEN 1 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_sources();
                WHEN 2 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_time();
                WHEN 3 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_identity();
                WHEN 4 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_bill();
                WHEN 5 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_schedule();
                WHEN 6 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_logs();
                WHEN 7 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_nodes();
                ELSE
                    RETURN QUERY SELECT * FROM bedrock_internal.doctor_state();
                    RETURN QUERY SELECT * FROM bedrock_internal.doctor_refresh();
            END CASE;
        EXCEPTION WHEN OTHERS THEN
            RETURN QUERY SELECT 'doctor', 'error', format('a part of the checks could not be made: %s', sqlerrm),
                                'Ask for the right to read the tables of schema bedrock; otherwise this is a bug';
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.doctor_findings() IS
    'all findings of the doctor in no order; a check that fails is a finding';

CREATE OR REPLACE FUNCTION bedrock.doctor()
    RETURNS TABLE ("check" text, status text, detail text, fix text, check_name text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT f.finding, f.status, f.detail, f.fix, f.finding FROM bedrock_internal.doctor_findings() AS f
    ORDER BY array_position(ARRAY['error', 'warning', 'info', 'ok'], f.status), f.finding COLLATE "C",
             f.detail COLLATE "C";
END;
COMMENT ON FUNCTION bedrock.doctor() IS
    'findings about missing or wrong data, errors first, one row for each, with what to do about it. check_name: the '
    'check, also as column "check"; status: error (numbers are missing or wrong), warning (something to switch on or '
    'to check), info, ok; fix: what to do in AWS or here, NULL: nothing. Raises no error; builds bedrock.line_item '
    'again where a dropped table took it along';
