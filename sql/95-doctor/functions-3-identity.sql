-- The doctor: callers, resource ids, tags and registry.

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
            'where Edit does not show the check box, or where it is checked and the column is still empty a day later. '
            'As a script: SELECT bedrock.setup_script(''export_with_principal'', ...)'
            ELSE 'This format has no IAM principal. Payer account: Billing and Cost Management > Data Exports > Create '
                 '> CUR 2.0 with "Include caller identity (IAM principal) allocation data" '
                 '(API: CreateExport, INCLUDE_IAM_PRINCIPAL_DATA = TRUE), then attach that. As a script: SELECT '
                 'bedrock.setup_script(''export_with_principal'', ...)' END AS text
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
                            'Activate (API: UpdateCostAllocationTagsStatus; as a script: SELECT '
                            'bedrock.setup_script(''activate_tags'', ...)); it fills 24 to 48 hours later. Activated '
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
