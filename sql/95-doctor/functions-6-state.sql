-- The doctor: whether the tables of the extension agree, and were made by what holds now.

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
    IF NOT row_security_active('bedrock.scope') THEN
        RETURN QUERY
        SELECT 'scope', 'warning',
               format('roles that may read bedrock.spend and see no line of it: %s',
                      string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname)),
               format('SELECT bedrock.grant_scope(%L, ''all''), or a workload, element or account; or make it a member '
                      'of a role that has a scope', min(r.rolname))
        FROM pg_roles AS r
        WHERE r.rolcanlogin AND NOT r.rolsuper AND NOT r.rolbypassrls
          AND has_table_privilege(r.oid, 'bedrock.spend', 'SELECT')
          AND NOT EXISTS (SELECT FROM bedrock.scope AS s JOIN pg_roles AS g ON g.rolname = s.role_name
                          WHERE pg_has_role(r.oid, g.oid, 'USAGE'))
        HAVING count(*) > 0;
    END IF;
    IF NOT has_table_privilege('bedrock_internal.state', 'SELECT') OR NOT EXISTS (SELECT FROM bedrock.fact) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT 'catalogue_fresh', 'warning',
           'registry, label rules or catalogues changed since the last refresh: model, labels, categories and what is '
           'expected are those of before',
           'SELECT * FROM bedrock.refresh(); no source is read for it'
    WHERE bedrock_internal.stored_catalogue_version() IS DISTINCT FROM bedrock_internal.catalogue_version()
    UNION ALL
    SELECT 'ownership_fresh', 'warning',
           'claims, workloads, elements, owner rules or policies changed while another session worked on bills, which '
           'has ended since without them, or in a transaction that did not see all bills (REPEATABLE READ, '
           'SERIALIZABLE): owners of lines may be those of before', 'SELECT * FROM bedrock.refresh()'
    WHERE EXISTS (SELECT FROM bedrock_internal.state AS s WHERE s.kind = 'ownership')
    UNION ALL
    SELECT 'list_cost_fresh', 'warning',
           'public prices of the book changed since list costs were taken: list_cost of lines whose bill states none '
           'is that of before', 'SELECT bedrock.refresh_list_cost(); no source is read for it'
    FROM bedrock_internal.list_cost_book() AS b
    WHERE NOT b.is_current;
END
$$;
COMMENT ON FUNCTION bedrock_internal.doctor_refresh() IS
    'checks whether what a refresh made is made anew where catalogues, owners or prices changed, for roles that may '
    'read bedrock_internal.state, and whether roles that may read see anything, for owners; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_statements()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH changed (at, valid) AS MATERIALIZED (
        SELECT greatest(lower(t.recorded), upper(t.recorded)), t.valid FROM bedrock.claim AS t
        UNION ALL SELECT greatest(lower(t.recorded), upper(t.recorded)), t.valid FROM bedrock.workload AS t
        UNION ALL SELECT greatest(lower(t.recorded), upper(t.recorded)), t.valid FROM bedrock.element AS t
        UNION ALL SELECT greatest(lower(t.recorded), upper(t.recorded)), t.valid FROM bedrock.owner_rule AS t
        UNION ALL SELECT greatest(lower(t.recorded), upper(t.recorded)), t.valid FROM bedrock.principal_label AS t
        UNION ALL SELECT greatest(lower(t.recorded), upper(t.recorded)), t.valid FROM bedrock.profile AS t
        UNION ALL SELECT greatest(lower(t.recorded), upper(t.recorded)), t.valid FROM bedrock.charge_policy AS t
        UNION ALL SELECT greatest(lower(t.recorded), upper(t.recorded)), t.valid FROM bedrock.cost_split AS t
        UNION ALL SELECT p.refreshed_at, bedrock_internal.days_of_month(p.billing_period) FROM bedrock.period AS p),
    posted AS MATERIALIZED (
        -- A month is charged anew only where something about its days came after its last statement.
        SELECT s.billing_period, s.metric
        FROM (SELECT DISTINCT ON (t.billing_period) t.billing_period, t.metric, t.posted_at
              FROM bedrock.statement AS t ORDER BY t.billing_period, t.version DESC) AS s
        WHERE bedrock_internal.sees_all(bedrock_internal.calling_role())
          AND EXISTS (SELECT FROM changed AS c
                      WHERE c.at > s.posted_at AND c.valid && bedrock_internal.days_of_month(s.billing_period)))
    SELECT 'statements_current', 'info',
           format('the statement of %s would say something else if it were posted today, in %s rows',
                  to_char(p.billing_period, 'YYYY-MM'), r.rows),
           format('SELECT * FROM bedrock.statement_change(%1$L) shows what and why; SELECT '
                  'bedrock.post_statement(%1$L) posts the difference as an adjustment',
                  to_char(p.billing_period, 'YYYY-MM-DD'))
    FROM posted AS p
    CROSS JOIN LATERAL (SELECT count(*) AS rows
                        FROM bedrock_internal.rows_to_post(
                            p.billing_period,
                            CASE WHEN bedrock_internal.bill_without(p.metric, p.billing_period) IS NULL THEN p.metric
                                 ELSE 'ai' END)) AS r
    WHERE r.rows > 0;
END;
COMMENT ON FUNCTION bedrock_internal.doctor_statements() IS
    'months whose posted statements differ from what would be posted now, for roles that see everything; part of '
    'bedrock.doctor()';
