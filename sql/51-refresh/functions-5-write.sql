-- Refresh, second part: dimensions, bill totals and facts written and deleted, the active source of each account and
-- period, and the check that nothing was lost.

CREATE OR REPLACE FUNCTION bedrock_internal.bills_of(source text, OUT bill_id integer, OUT payer text, OUT period date,
    OUT lines bigint, OUT bedrock_lines bigint, OUT unblended_cost numeric, OUT net_unblended_cost numeric,
    OUT is_final boolean) RETURNS SETOF record
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT b.bill_id, b.payer_account_id, b.billing_period, b.lines, b.bedrock_lines, b.unblended_cost,
        b.net_unblended_cost, b.is_final
    FROM bedrock.bill_total AS b WHERE b.source = bills_of.source;
END;
COMMENT ON FUNCTION bedrock_internal.bills_of(text) IS 'rows of bedrock.bill_total of a source';

CREATE OR REPLACE FUNCTION bedrock_internal.choose_active_sources() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    moved integer[];
    periods date[];
BEGIN
    -- One session decides at a time, so that the last one sees what all of them wrote.
    LOCK TABLE bedrock.bill_total IN SHARE UPDATE EXCLUSIVE MODE;

    -- One usage account and billing period is fed by one source: the preferred one, else the one attached first.
    WITH feeding AS (
        SELECT DISTINCT coalesce(b.account_id, '') AS account_id, b.billing_period, b.source
        FROM bedrock.bill_total AS b),
    winner AS (
        SELECT DISTINCT ON (f.account_id, f.billing_period) f.account_id, f.billing_period, f.source
        FROM feeding AS f
        LEFT JOIN bedrock.source AS s ON s.source = f.source
        ORDER BY f.account_id, f.billing_period,
                 f.source <> coalesce(bedrock_internal.setting_value('preferred_source', f.billing_period), ''),
                 s.rank NULLS LAST, f.source),
    decided AS (
        UPDATE bedrock.bill_total AS b SET superseded = (b.source <> w.source)
        FROM winner AS w
        WHERE w.account_id = coalesce(b.account_id, '') AND w.billing_period = b.billing_period
          AND b.superseded <> (b.source <> w.source)
        RETURNING b.bill_id, b.billing_period)
    SELECT array_agg(d.bill_id), array_agg(DISTINCT d.billing_period) INTO moved, periods FROM decided AS d;
    IF moved IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE bedrock.fact AS f SET superseded = b.superseded FROM bedrock.bill_total AS b
    WHERE b.bill_id = f.bill_id AND f.bill_id = ANY (moved) AND f.billing_period = ANY (periods);
    UPDATE bedrock.fact_month AS f SET superseded = b.superseded FROM bedrock.bill_total AS b
    WHERE b.bill_id = f.bill_id AND f.bill_id = ANY (moved) AND f.billing_period = ANY (periods);
    RETURN cardinality(moved);
EXCEPTION WHEN deadlock_detected THEN
    RAISE deadlock_detected USING MESSAGE = 'another session writes bills of the same accounts and months',
        DETAIL = SQLERRM, HINT = 'Run it again when that session has ended.';
END
$$;
COMMENT ON FUNCTION bedrock_internal.choose_active_sources() IS
    'chooses the source that feeds bedrock.spend for each usage account and billing period; the others are '
    'superseded. Returns how many rows of bedrock.bill_total changed superseded';

CREATE OR REPLACE FUNCTION bedrock.prefer_source(name text, from_period date DEFAULT '-infinity') RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed bigint;
BEGIN
    -- Facts of either side may be under way, by a refresh or load or by who writes facts anew: that ends first.
    LOCK TABLE bedrock.period IN SHARE ROW EXCLUSIVE MODE;
    PERFORM bedrock_internal.require_load();
    PERFORM FROM bedrock.period AS p ORDER BY p.source, p.payer_account_id, p.billing_period FOR UPDATE;
    PERFORM bedrock.set_setting('preferred_source', coalesce(prefer_source.name, ''), prefer_source.from_period,
        'bedrock.prefer_source');
    -- What is taken back is taken back in later periods too.
    IF prefer_source.name IS NULL THEN
        PERFORM bedrock.set_setting('preferred_source', '', s.valid_from, 'bedrock.prefer_source')
        FROM (SELECT DISTINCT p.valid_from FROM bedrock.setting AS p
              WHERE p.name = 'preferred_source' AND p.valid_from > prefer_source.from_period) AS s;
    END IF;
    changed := bedrock_internal.choose_active_sources();
    IF changed > 0 THEN
        PERFORM bedrock_internal.run_checks('owners');
    END IF;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION bedrock.prefer_source(text, date) IS
    'lets the named source feed bedrock.spend, from a billing period on, in every account and period that it has; '
    'returns how many rows of bedrock.bill_total changed superseded. name NULL: takes the preferences from that period '
    'on back, and the source attached first counts again; from_period: any day of the first month, all periods by '
    'default. An error for an unknown source';

CREATE OR REPLACE FUNCTION bedrock_internal.delete_bills(bills integer[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    periods date[] := ARRAY(SELECT DISTINCT b.billing_period FROM bedrock.bill_total AS b
        WHERE b.bill_id = ANY (bills));
BEGIN
    DELETE FROM bedrock.fact AS f WHERE f.bill_id = ANY (bills) AND f.billing_period = ANY (periods);
    DELETE FROM bedrock.fact_month AS f WHERE f.bill_id = ANY (bills) AND f.billing_period = ANY (periods);
    DELETE FROM bedrock.bill_total AS b WHERE b.bill_id = ANY (bills);
END
$$;
COMMENT ON FUNCTION bedrock_internal.delete_bills(integer[]) IS 'deletes rows of bedrock.bill_total with their facts';

CREATE OR REPLACE FUNCTION bedrock_internal.delete_source(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A refresh under way writes what would stay behind: it ends first, and the next one waits.
    LOCK TABLE bedrock.period IN SHARE ROW EXCLUSIVE MODE;
    PERFORM bedrock_internal.require_load();
    -- So does who writes facts anew without a refresh (bedrock_internal.lock_periods), or it leaves them to the next
    -- one.
    PERFORM FROM bedrock.period AS p WHERE p.source = delete_source.source
    ORDER BY p.payer_account_id, p.billing_period FOR UPDATE;
    PERFORM bedrock_internal.delete_bills((SELECT array_agg(b.bill_id) FROM bedrock.bill_total AS b
        WHERE b.source = delete_source.source));
    DELETE FROM bedrock.period AS p WHERE p.source = delete_source.source;
    PERFORM bedrock_internal.choose_active_sources();
END
$$;
COMMENT ON FUNCTION bedrock_internal.delete_source(text) IS
    'deletes all facts, bill totals and periods of a source; dimensions stay';

-- ANALYZE holds its lock until the transaction ends, and two refreshes may wait for each other's dimensions: neither
-- waits for statistics that the other one is taking. They hold until autovacuum takes finer ones: a sample that shows
-- the planner how tables and columns compare is enough, and amounts and tags are not what rows are found by.
CREATE OR REPLACE FUNCTION bedrock_internal.analyze_table(relation regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE (SELECT format('ANALYZE (SKIP_LOCKED) %s (%s)', analyze_table.relation,
        string_agg(quote_ident(a.attname), ', '))
             FROM pg_attribute AS a
             WHERE a.attrelid = analyze_table.relation AND a.attnum > 0 AND NOT a.attisdropped
               AND a.atttypid NOT IN ('numeric'::regtype, 'jsonb'::regtype));
END
$$;
COMMENT ON FUNCTION bedrock_internal.analyze_table(regclass) IS
    'ANALYZE of the columns by which rows are found, which are all but amounts and JSON; a table that another '
    'session has locked is skipped';

CREATE OR REPLACE FUNCTION bedrock_internal.analyze_tables(relations regclass[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = error
        SET default_statistics_target = 10
AS $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT coalesce(t.relid, r.relation)
        FROM unnest(analyze_tables.relations) WITH ORDINALITY AS r (relation, place)
        LEFT JOIN LATERAL pg_partition_tree(r.relation) AS t ON true
        ORDER BY r.place, t.isleaf DESC
    LOOP
        -- A table that is as large as when it was analyzed is left as it is. Of a partitioned table as a whole nobody
        -- else takes statistics: autovacuum does not.
        IF (SELECT c.reltuples < 0
                   OR CASE c.relkind
                      WHEN 'p' THEN abs(c.reltuples - (SELECT sum(greatest(p.reltuples, 0))
                          FROM pg_partition_tree(c.oid) AS t
                                                       JOIN pg_class AS p ON p.oid = t.relid WHERE t.isleaf)) >
                                                           c.reltuples / 2.0
                      ELSE abs(pg_relation_size(c.oid) / current_setting('block_size')::numeric - c.relpages) >
                          c.relpages / 2.0 END
            FROM pg_class AS c WHERE c.oid = relation AND pg_has_role(c.relowner, 'USAGE')) THEN
            PERFORM bedrock_internal.analyze_table(relation);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.analyze_tables(regclass[]) IS
    'analyzes those of these tables, and of their partitions, that have grown or shrunk by half; a table of another '
    'owner, or that another session has locked, is skipped';

CREATE OR REPLACE FUNCTION bedrock_internal.most_sessions_of_month() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 100;
COMMENT ON FUNCTION bedrock_internal.most_sessions_of_month() IS
    'number of sessions of a role in a billing period of a payer above which it is a high-session role, whose '
    'sessions are one row of bedrock.spend_monthly; people (IAM Identity Center, e-mail addresses) are not counted';

CREATE OR REPLACE FUNCTION bedrock_internal.upsert_sessions(principals text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning SET enable_nestloop = off
        SET jit = off
    SET default_statistics_target = 10
AS $$
DECLARE
    fresh bigint;
    inserted bigint;
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_session;
    -- Numbered in the order in which they are inserted: one index is met page by page then, and the other at its end.
    -- What is longer than an ARN can be has no row of its own: no index of the whole text could have it.
    EXECUTE format(
        'CREATE TEMP TABLE bedrock_session ON COMMIT DROP AS'
        ' SELECT k.iam_principal, k.session, k.email, k.role, k.session_id IS NULL AS fresh,'
        '        coalesce(k.session_id, nextval(''bedrock.session_session_id_seq'')::integer) AS session_id'
        ' FROM (SELECT p.iam_principal, w.session, w.email, CASE WHEN octet_length(p.iam_principal) > 2048 THEN 0 ELSE '
        's.session_id END AS session_id,'
        '              CASE WHEN w.kind = ''assumed_role'' AND w.session IS NOT NULL AND w.email IS NULL THEN '
        'bedrock_internal.principal_without_session(p.iam_principal) END AS role'
        '       FROM (%s) AS p (iam_principal) CROSS JOIN LATERAL '
        '@extschema@.bedrock_principal_parts(p.iam_principal) AS w'
        '       LEFT JOIN bedrock.session AS s ON s.iam_principal = p.iam_principal'
        '       ORDER BY p.iam_principal OFFSET 0) AS k', principals);
    ANALYZE bedrock_session (iam_principal, role, fresh, session_id);
    -- Roles that may be high-session roles.
    INSERT INTO bedrock_session (iam_principal, fresh, session_id)
    SELECT c.role, true, nextval('bedrock.session_session_id_seq')::integer
    FROM (SELECT p.role FROM bedrock_session AS p WHERE p.role IS NOT NULL GROUP BY p.role
        HAVING count(*) > bedrock_internal.most_sessions_of_month()) AS c
    WHERE NOT EXISTS (SELECT FROM bedrock.session AS s WHERE s.iam_principal = c.role)
        AND NOT EXISTS (SELECT FROM bedrock_session AS p WHERE p.iam_principal = c.role);

    SELECT count(*) INTO fresh FROM bedrock_session AS p WHERE p.fresh;
    -- In one order, so that of two sessions that insert the same one waits for the other, and not both.
    INSERT INTO bedrock.session (session_id, iam_principal, principal_session, user_email, caller_class, caller_rule)
    SELECT p.session_id, p.iam_principal, p.session, p.email, q.class, q.place
    FROM bedrock_session AS p
    LEFT JOIN (SELECT a.session_id, r.class, r.place FROM bedrock_session AS a CROSS JOIN
        LATERAL bedrock_internal.session_rule(a.session, a.email) AS r
               WHERE a.fresh AND (a.email IS NOT NULL OR (SELECT bedrock_internal.rules_ask_sessions()))) AS q
                   ON q.session_id = p.session_id
    WHERE p.fresh
    ORDER BY p.iam_principal
    ON CONFLICT (iam_principal) DO NOTHING;
    GET DIAGNOSTICS inserted = ROW_COUNT;
    -- What another session has inserted meanwhile has its number.
    IF inserted < fresh THEN
        UPDATE bedrock_session AS p SET session_id = s.session_id FROM bedrock.session AS s WHERE p.fresh
            AND s.iam_principal = p.iam_principal;
    END IF;
    PERFORM bedrock_internal.analyze_tables('{bedrock.session}');
END
$$;
COMMENT ON FUNCTION bedrock_internal.upsert_sessions(text) IS
    'inserts the IAM principals that a query gives into bedrock.session, each once, where they are new, and the '
    'roles of many sessions among them (bedrock_internal.most_sessions_of_month). The temporary table '
    'bedrock_session has the session_id of each, with its role where the session is not a person''s. Runs the query '
    'with the rights of the caller';

CREATE OR REPLACE FUNCTION bedrock_internal.add_dimensions() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    fresh integer[];
    added integer[];
    clash record;
    version bedrock_internal.catalogue_version;
    version_now bedrock_internal.catalogue_version;
    discovered bigint;
    known boolean;
    first_sessions boolean := NOT EXISTS (SELECT FROM bedrock.session AS s WHERE s.session_id <> 0);
BEGIN
    fresh := ARRAY(
        SELECT min(c.number) FROM bedrock_key AS c
        WHERE c.key_hash IS NOT NULL AND NOT EXISTS (SELECT FROM bedrock.dimension AS d
            WHERE d.key_hash = c.key_hash)
        GROUP BY c.key_hash);
    IF cardinality(fresh) > 0 THEN
        version := bedrock_internal.catalogue_version();
        known := bedrock_internal.stored_catalogue_version() = version;
        -- Profiles and projects that the registry lacks are inserted as discovered, before they are read.
        discovered := bedrock.discover_profiles((SELECT array_agg(DISTINCT c.resource_id) FROM bedrock_key AS c
                                                 JOIN unnest(fresh) AS n (number) ON n.number = c.number
                                                 WHERE c.resource_id IS NOT NULL));
        added := bedrock_internal.upsert_dimensions(fresh);
    END IF;

    -- What was just inserted is not compared with itself. Looked up by hash, whatever plan is chosen: lists may be
    -- long.
    SELECT c.key_hash, c.resource_id AS one, d.resource_id AS other INTO clash
    FROM bedrock_key AS c JOIN bedrock.dimension AS d ON d.key_hash = c.key_hash
    WHERE NOT (d.dimension_id IN (SELECT unnest(added)) AND c.number IN (SELECT unnest(fresh)))
      AND ROW(c.account_id, c.account_name, c.billing_entity, c.legal_entity, c.charge_type, c.charge_class,
              c.charge_description, c.product_code, c.product_name, c.sku, c.usage_type, c.operation, c.pricing_unit,
              c.pricing_term, c.currency, c.resource_id, c.principal, c.user_identifier, c.region_code, c.tags,
              c.tags_raw, c.charge_grain, c.list_known, c.resource_recorded, c.principal_recorded, c.bedrock_basis)
          IS DISTINCT FROM
          ROW(d.account_id, d.account_name, d.billing_entity, d.legal_entity, d.charge_type, d.charge_class,
              d.charge_description, d.product_code, d.product_name, d.sku, d.usage_type, d.operation, d.pricing_unit,
              d.pricing_term, d.currency, d.resource_id, d.principal, d.user_identifier, d.region_code, d.tags,
              d.tags_raw, d.charge_grain, d.list_known, d.resource_recorded, d.principal_recorded, d.bedrock_basis)
    LIMIT 1;
    IF FOUND THEN
        RAISE unique_violation USING MESSAGE = format('two different line keys have the hash %s', clash.key_hash),
            DETAIL = format('Their resource ids are %s and %s.', clash.one, clash.other),
            HINT = 'Attach a view that changes a column of one of these lines, and report the case.';
    END IF;

    PERFORM bedrock_internal.upsert_sessions($query$
        SELECT p.iam_principal FROM bedrock_internal.line_principals(ARRAY(
            SELECT c.number FROM pg_temp.bedrock_key AS c WHERE c.key_hash IS NOT NULL)) AS p
        UNION
        SELECT c.iam_principal FROM pg_temp.bedrock_key AS c WHERE c.key_hash IS NOT NULL
            AND c.iam_principal IS NOT NULL$query$);

    IF coalesce(cardinality(added), 0) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM bedrock_internal.add_attribution(added);
    PERFORM bedrock_internal.analyze_tables('{bedrock.dimension,bedrock.attribution}');

    -- What was discovered is about new dimensions only: the others need not be read again for it. A registry that grew
    -- by more was written to by someone else. Sessions that are older than all dimensions are of logs, by whatever
    -- rules held then.
    IF known OR first_sessions AND (SELECT count(*) FROM bedrock.dimension) = cardinality(added) THEN
        version_now := bedrock_internal.catalogue_version();
        IF version_now.registry_rows = version.registry_rows + discovered THEN
            version_now.catalogues := version.catalogues;
            PERFORM bedrock_internal.store_catalogue_version(version_now);
        END IF;
    END IF;
    RETURN cardinality(added);
END
$$;
COMMENT ON FUNCTION bedrock_internal.add_dimensions() IS
    'inserts the new dimensions, sessions and profiles of the line keys in bedrock_key, parsed, and returns how many '
    'dimensions there were';

CREATE OR REPLACE FUNCTION bedrock_internal.cost_rules_of(source text) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN s.format = 'focus' THEN 'focus' WHEN s.forced AND NOT s.mapping ? 'unblended_cost'
        THEN 'cur_without_unblended' ELSE 'cur' END
    FROM bedrock.source AS s WHERE s.source = cost_rules_of.source;
END;
COMMENT ON FUNCTION bedrock_internal.cost_rules_of(text) IS
    'cost rules of a source: format of bedrock_internal.write_facts and bedrock.cost_metrics';

CREATE OR REPLACE FUNCTION bedrock_internal.identify_bill_totals(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
    SET client_min_messages = warning
AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_bill;
    CREATE TEMP TABLE bedrock_bill ON COMMIT DROP AS
    WITH billed AS MATERIALIZED (
        SELECT c.bill, c.of_aws, c.payer, c.account_id, c.period, c.billing_entity, c.legal_entity, c.invoicing_entity,
            c.invoice_id, c.charge_category, c.currency
        FROM bedrock_key AS c
        JOIN (SELECT min(n.number) AS number FROM bedrock_key AS n GROUP BY n.bill) AS one ON one.number = c.number),
    final AS MATERIALIZED (
        -- Final is a payer, period and entity of which every line is invoiced; without invoice ids, age decides.
        SELECT l.payer, l.period, l.billing_entity,
               CASE WHEN NOT e.focus AND w.metric = 'unblended' AND e.lacks_unblended
                    THEN CASE WHEN n.net_filled OR NOT e.blended THEN 'net_unblended' ELSE 'blended' END
                    WHEN NOT e.focus THEN w.metric
                    WHEN w.metric IN ('amortized', 'net_amortized') THEN 'net_amortized'
                    ELSE 'net_unblended' END AS cost_metric,
               CASE WHEN e.invoices THEN 'invoice' ELSE 'age' END AS basis,
               CASE WHEN e.invoices
                    THEN bool_and(l.invoice_id IS NOT NULL) AND l.period + interval '1 month' <=
                        now() AT TIME ZONE 'UTC'
                    ELSE l.period + interval '1 month 15 days' <= now() AT TIME ZONE 'UTC' END AS is_final
        FROM billed AS l
        CROSS JOIN (SELECT s.mapping ? 'invoice_id' AS invoices, s.format = 'focus' AS focus,
            NOT s.mapping ? 'unblended_cost' AS lacks_unblended,
                           s.mapping ? 'blended_cost' AS blended
                    FROM bedrock.source AS s WHERE s.source = identify_bill_totals.source) AS e
        JOIN (SELECT c.payer, c.period, bool_or(c.net_filled) AS net_filled FROM bedrock_key AS c WHERE c.of_aws
            GROUP BY 1, 2) AS n ON n.payer = l.payer AND n.period = l.period
        JOIN (SELECT c.period, bedrock_internal.setting_value('ai_cost_metric', c.period) AS metric
              FROM (SELECT DISTINCT c.billing_period AS period FROM bedrock_period AS c WHERE c.replaced) AS c) AS w
                  ON w.period = l.period
        WHERE l.of_aws
        GROUP BY l.payer, l.period, l.billing_entity, e.invoices, e.focus, e.lacks_unblended, e.blended, n.net_filled,
            w.metric)
    -- A row of bedrock.bill_total that exists keeps its id, and so do those of its facts that did not change.
    SELECT l.bill, true AS of_aws, coalesce(t.bill_id, nextval('bedrock.bill_total_bill_id_seq')::integer) AS bill_id,
           t.bill_id IS NOT NULL AS known, coalesce(t.superseded, false) AS superseded, l.payer, l.account_id,
           l.period, l.billing_entity, l.legal_entity, l.invoicing_entity, l.invoice_id, l.charge_category,
           l.currency, f.cost_metric, f.is_final, f.basis
    FROM billed AS l
    JOIN final AS f ON f.payer = l.payer AND f.period = l.period AND f.billing_entity IS NOT DISTINCT
        FROM l.billing_entity
    LEFT JOIN (SELECT b.* FROM bedrock.bill_total AS b JOIN bedrock_period AS x
        ON x.payer_account_id = b.payer_account_id AND x.billing_period = b.billing_period
               WHERE b.source = identify_bill_totals.source AND x.replaced) AS t
        ON t.payer_account_id = l.payer AND t.billing_period = l.period AND t.charge_category = l.charge_category
           AND ROW(t.account_id, t.billing_entity, t.legal_entity, t.invoicing_entity, t.invoice_id, t.currency)
               IS NOT DISTINCT FROM ROW(l.account_id, l.billing_entity, l.legal_entity, l.invoicing_entity,
                   l.invoice_id, l.currency)
    WHERE l.of_aws
    UNION ALL
    -- Lines of other providers are in no bill total, and in the check.
    SELECT l.bill, false, -l.bill, false, false, l.payer, l.account_id, l.period, l.billing_entity, l.legal_entity,
           l.invoicing_entity, l.invoice_id, l.charge_category, l.currency, 'net_unblended', false, 'age'
    FROM billed AS l WHERE NOT l.of_aws;
    ANALYZE bedrock_bill (bill, bill_id);
END
$$;
COMMENT ON FUNCTION bedrock_internal.identify_bill_totals(text) IS
    'makes the temporary table bedrock_bill of the line keys in bedrock_key: the rows of bedrock.bill_total without '
    'their sums, with their ids where they exist already (known)';

CREATE OR REPLACE FUNCTION bedrock_internal.bill_totals_of_lines(OUT bill_id integer, OUT of_aws boolean,
    OUT known boolean, OUT superseded boolean, OUT payer_account_id text, OUT account_id text,
    OUT billing_period date, OUT billing_entity text, OUT legal_entity text, OUT invoicing_entity text,
    OUT invoice_id text, OUT charge_category text, OUT currency text, OUT cost_metric text, OUT is_final boolean,
    OUT is_final_basis text, OUT lines bigint, OUT unblended_cost numeric, OUT blended_cost numeric,
    OUT net_unblended_cost numeric, OUT amortized_cost numeric, OUT net_amortized_cost numeric,
    OUT public_on_demand_cost numeric, OUT bedrock_lines bigint, OUT bedrock_unblended_cost numeric,
    OUT bedrock_net_unblended_cost numeric, OUT last_usage_date date, OUT other_ai jsonb) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT b.bill_id, b.of_aws, b.known, b.superseded, b.payer AS payer_account_id, b.account_id,
           b.period AS billing_period, b.billing_entity, b.legal_entity, b.invoicing_entity, b.invoice_id,
           b.charge_category, b.currency, b.cost_metric, b.is_final, b.basis AS is_final_basis, t.lines,
           t.unblended_cost, t.blended_cost, t.net_unblended_cost, t.amortized_cost, t.net_amortized_cost,
           t.public_on_demand_cost, t.bedrock_lines, t.bedrock_unblended_cost, t.bedrock_net_unblended_cost,
           CASE WHEN b.charge_category = 'usage' THEN t.last_usage_date END, t.other_ai
    FROM bedrock_bill AS b
    JOIN (SELECT p.bill_id AS total_of, sum(p.lines)::bigint AS lines, sum(p.unblended_cost) AS unblended_cost,
                 sum(p.blended_cost) AS blended_cost, sum(p.net_unblended_cost) AS net_unblended_cost,
                 sum(p.amortized_cost) AS amortized_cost, sum(p.net_amortized_cost) AS net_amortized_cost,
                 sum(p.public_on_demand_cost) AS public_on_demand_cost,
                 coalesce(sum(p.lines) FILTER (WHERE k.is_bedrock), 0)::bigint AS bedrock_lines,
                 sum(p.unblended_cost) FILTER (WHERE k.is_bedrock) AS bedrock_unblended_cost,
                 sum(p.net_unblended_cost) FILTER (WHERE k.is_bedrock) AS bedrock_net_unblended_cost,
                 max(p.last_usage_date) AS last_usage_date,
                 jsonb_object_agg(k.other_ai, trim_scale(coalesce(p.unblended_cost, p.net_unblended_cost, 0)))
                     FILTER (WHERE k.other_ai IS NOT NULL) AS other_ai
          FROM bedrock_internal.bill_parts() AS p
          JOIN (SELECT DISTINCT c.part, c.bedrock_basis IS NOT NULL AS is_bedrock,
                       CASE WHEN c.bedrock_basis IS NULL THEN c.other_ai END AS other_ai
                FROM bedrock_key AS c) AS k ON k.part = p.part
          GROUP BY p.bill_id) AS t ON t.total_of = b.bill_id;
END
$$;
COMMENT ON FUNCTION bedrock_internal.bill_totals_of_lines() IS
    'rows of bedrock.bill_total for the lines under way: bedrock_bill with the sums of '
    'bedrock_internal.bill_parts(). of_aws: false for lines of other providers, which are only checked; known: the '
    'row exists already';

CREATE OR REPLACE FUNCTION bedrock_internal.insert_facts(fresh text, bills integer[], billing_periods date[])
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $$
DECLARE
    columns constant text := (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
                              WHERE a.attrelid = 'bedrock.fact'::regclass AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
    IF bills IS NULL THEN
        EXECUTE format('INSERT INTO bedrock.fact (%1$s) SELECT %1$s FROM (%2$s) AS n', columns, fresh);
        RETURN;
    END IF;
    -- A month that is delivered again is mostly as it was before: a fact that stays as it is is not written. The
    -- same is what has the same bytes: decimals are part of an amount.
    EXECUTE format('CREATE TEMP TABLE bedrock_fresh ON COMMIT DROP AS SELECT %s FROM (%s) AS n', columns, fresh);
    EXECUTE format($statement$
        WITH kept AS MATERIALIZED (
            SELECT f.tableoid AS partition, f.ctid AS place, n.ctid AS fresh
            FROM bedrock.fact AS f
            JOIN pg_temp.bedrock_fresh AS n ON n.bill_id = f.bill_id AND n.dimension_id = f.dimension_id
                AND n.attribution_id = f.attribution_id
                                               AND n.session_id = f.session_id AND n.usage_date = f.usage_date
                                                   AND record_image_eq(n, f)
            WHERE f.bill_id = ANY ($1) AND f.billing_period = ANY ($2)),
        gone AS (
            DELETE FROM bedrock.fact AS f
            WHERE f.bill_id = ANY ($1) AND f.billing_period = ANY ($2)
              AND NOT EXISTS (SELECT FROM kept AS k WHERE k.partition = f.tableoid AND k.place = f.ctid))
        INSERT INTO bedrock.fact (%1$s)
        SELECT %1$s FROM pg_temp.bedrock_fresh AS n WHERE NOT EXISTS (
            SELECT FROM kept AS k WHERE k.fresh = n.ctid)$statement$, columns)
    USING bills, billing_periods;
    DROP TABLE pg_temp.bedrock_fresh;
END
$$;
COMMENT ON FUNCTION bedrock_internal.insert_facts(text, integer[], date[]) IS
    'makes the facts of these bills, in these billing periods, equal to the rows of the query fresh, and writes only '
    'rows that differ; bills NULL: none of them has facts yet';

CREATE OR REPLACE FUNCTION bedrock_internal.replace_facts(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $$
DECLARE
    keys constant text := $query$
        SELECT c.number, b.bill_id, coalesce(d.dimension_id, 0), c.part, c.charge_type, c.has_reservation,
            c.charge_category = 'usage', c.list_known,
               c.discount_in_net, CASE b.cost_metric WHEN 'unblended' THEN 1 WHEN 'blended' THEN 2
                   WHEN 'net_unblended' THEN 3 WHEN 'amortized' THEN 4 ELSE 5 END,
               coalesce(d.tokens_per_unit, 0), coalesce(s.session_id, 0)
        FROM pg_temp.bedrock_key AS c
        JOIN pg_temp.bedrock_bill AS b ON b.bill = c.bill
        LEFT JOIN bedrock.dimension AS d ON d.key_hash = c.key_hash
        LEFT JOIN pg_temp.bedrock_session AS s ON s.iam_principal = c.iam_principal
            AND c.key_hash IS NOT NULL$query$;
    intervals constant text := $query$
        SELECT a.dimension_id, a.valid_from, a.valid_to, a.attribution_id FROM bedrock.attribution AS a
        WHERE a.dimension_id IN (SELECT d.dimension_id FROM pg_temp.bedrock_key AS c
            JOIN bedrock.dimension AS d ON d.key_hash = c.key_hash)$query$;
    sessions constant text := $query$
        SELECT p.principal_number, s.session_id
        FROM bedrock_internal.line_principals(ARRAY(SELECT c.number FROM pg_temp.bedrock_key AS c
            WHERE c.key_hash IS NOT NULL)) AS p
        JOIN pg_temp.bedrock_session AS s ON s.iam_principal = p.iam_principal$query$;
    -- A usage line without a public price, as every one of Marketplace: what it counts at the public prices of the day.
    facts constant text := $query$
        SELECT b.period AS billing_period, f.usage_date, f.bill_id, f.attribution_id, f.dimension_id, f.session_id,
            b.superseded, f.lines, f.usage_amount, f.tokens, f.unblended_cost,
               f.blended_cost, f.net_unblended_cost, f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost,
               coalesce(f.public_on_demand_cost, bedrock_internal.public_cost(
                   d, f.tokens, f.usage_amount, f.usage_date, m.usd)) AS list_cost, f.ai_cost, f.usage_hour
        FROM bedrock_internal.write_facts(%L, %L, %L, %L) AS f
        JOIN pg_temp.bedrock_bill AS b ON b.bill_id = f.bill_id
        LEFT JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id AND f.public_on_demand_cost IS NULL
        LEFT JOIN bedrock_internal.list_meter_prices() AS m ON m.dimension_id = d.dimension_id
            AND f.usage_date BETWEEN m.first_day AND m.last_day$query$;
    known integer[];
    candidates text[];
    periods date[] := ARRAY(SELECT DISTINCT c.billing_period FROM bedrock_period AS c WHERE c.replaced);
BEGIN
    PERFORM bedrock_internal.identify_bill_totals(replace_facts.source);
    PERFORM bedrock_internal.delete_bills((
        SELECT array_agg(b.bill_id) FROM bedrock.bill_total AS b
        JOIN bedrock_period AS c ON c.payer_account_id = b.payer_account_id AND c.billing_period = b.billing_period
        WHERE b.source = replace_facts.source AND c.replaced AND NOT EXISTS (
            SELECT FROM bedrock_bill AS n WHERE n.bill_id = b.bill_id)));
    SELECT array_agg(b.bill_id) INTO known FROM bedrock_bill AS b WHERE b.known;

    PERFORM bedrock_internal.insert_facts(format(facts, bedrock_internal.cost_rules_of(replace_facts.source), keys,
        intervals, sessions), known, periods);
    -- Another source may have been preferred meanwhile: bill and facts are made equal again, and
    -- bedrock_internal.choose_active_sources moves both.
    UPDATE bedrock.fact AS f SET superseded = b.superseded
    FROM bedrock_bill AS b
    WHERE b.known AND f.bill_id = b.bill_id AND f.billing_period = b.period AND f.billing_period = ANY (periods)
        AND f.superseded <> b.superseded;

    -- Bill totals: every line, Bedrock or not.
    UPDATE bedrock.bill_total AS b
    SET superseded = t.superseded, cost_metric = t.cost_metric, is_final = t.is_final,
        is_final_basis = t.is_final_basis, lines = t.lines, unblended_cost = t.unblended_cost,
        blended_cost = t.blended_cost, net_unblended_cost = t.net_unblended_cost, amortized_cost = t.amortized_cost,
        net_amortized_cost = t.net_amortized_cost, public_on_demand_cost = t.public_on_demand_cost,
        bedrock_lines = t.bedrock_lines, bedrock_unblended_cost = t.bedrock_unblended_cost,
        bedrock_net_unblended_cost = t.bedrock_net_unblended_cost,
        last_usage_date = t.last_usage_date, high_session_roles = NULL, other_ai = t.other_ai
    FROM bedrock_internal.bill_totals_of_lines() AS t WHERE b.bill_id = t.bill_id;
    INSERT INTO bedrock.bill_total (bill_id, source, payer_account_id, account_id, billing_period, billing_entity,
        legal_entity, invoicing_entity, invoice_id, charge_category, currency, cost_metric, is_final, is_final_basis,
        lines, unblended_cost, blended_cost, net_unblended_cost, amortized_cost, net_amortized_cost,
        public_on_demand_cost, bedrock_lines, bedrock_unblended_cost, bedrock_net_unblended_cost, last_usage_date,
        other_ai)
    OVERRIDING SYSTEM VALUE
    SELECT t.bill_id, replace_facts.source, t.payer_account_id, t.account_id, t.billing_period, t.billing_entity,
           t.legal_entity, t.invoicing_entity, t.invoice_id, t.charge_category, t.currency, t.cost_metric, t.is_final,
           t.is_final_basis, t.lines, t.unblended_cost, t.blended_cost, t.net_unblended_cost, t.amortized_cost,
           t.net_amortized_cost, t.public_on_demand_cost, t.bedrock_lines, t.bedrock_unblended_cost,
           t.bedrock_net_unblended_cost, t.last_usage_date, t.other_ai
    FROM bedrock_internal.bill_totals_of_lines() AS t
    WHERE t.of_aws AND NOT t.known;

    -- Sessions that come and go within hours would make a month as long as its days together.
    candidates := ARRAY(SELECT p.role FROM bedrock_session AS p WHERE p.role IS NOT NULL GROUP BY p.role
        HAVING count(*) > bedrock_internal.most_sessions_of_month());
    IF candidates <> '{}' THEN
        WITH candidate AS MATERIALIZED (
            SELECT c.role, r.session_id AS role_id FROM unnest(candidates) AS c (role)
                JOIN bedrock.session AS r ON r.iam_principal = c.role),
        had AS MATERIALIZED (
            SELECT b.payer, b.period, f.bill_id, c.role_id, f.session_id
            FROM (SELECT DISTINCT f.bill_id, f.session_id FROM bedrock.fact AS f
                  WHERE f.bill_id = ANY (ARRAY(SELECT n.bill_id FROM bedrock_bill AS n))
                      AND f.billing_period = ANY (periods)) AS f
            JOIN bedrock_bill AS b ON b.bill_id = f.bill_id
            JOIN bedrock_session AS p ON p.session_id = f.session_id
            JOIN candidate AS c ON c.role = p.role),
        high_session AS (
            SELECT h.payer, h.period, h.role_id FROM had AS h GROUP BY 1, 2, 3
                HAVING count(DISTINCT h.session_id) > bedrock_internal.most_sessions_of_month())
        UPDATE bedrock.bill_total AS b SET high_session_roles = k.roles
        FROM (SELECT h.bill_id, array_agg(DISTINCT c.role ORDER BY c.role) AS roles
              FROM (SELECT DISTINCT h.payer, h.period, h.bill_id, h.role_id FROM had AS h) AS h
              JOIN high_session AS w ON w.payer = h.payer AND w.period = h.period AND w.role_id = h.role_id
              JOIN candidate AS c ON c.role_id = h.role_id
              GROUP BY h.bill_id) AS k
        WHERE b.bill_id = k.bill_id;
    END IF;
    PERFORM bedrock_internal.write_months(ARRAY(SELECT b.bill_id FROM bedrock_bill AS b WHERE b.of_aws), NULL);
END
$$;
COMMENT ON FUNCTION bedrock_internal.replace_facts(text) IS
    'makes bill totals and facts of the bills to be replaced (bedrock_period) those of the lines under way, by their '
    'keys in bedrock_key; only rows that differ are written, and readers see the old ones until the transaction ends';

CREATE OR REPLACE FUNCTION bedrock_internal.check_conservation(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off SET timezone = 'UTC'
AS $$
DECLARE
    broken record;
    layout record;
    raw_sums text;
    period date;
    of_source text;
    of_totals text;
    bug constant text := 'This is a bug in bedrock_cost: report it with the message and the DETAIL.';
    bills constant integer[] := ARRAY(SELECT b.bill_id FROM bedrock_bill AS b WHERE b.of_aws);
    periods constant date[] := ARRAY(SELECT DISTINCT b.period FROM bedrock_bill AS b WHERE b.of_aws);
BEGIN
    -- Every line, Bedrock or not, as it was added up when it was read: raw amounts (a public cost that is not known is
    -- 0 or none), and what the cost rules make of them, against bedrock.bill_total. A source without one of the two
    -- columns is compared without it.
    SELECT string_agg(format('%I %s', coalesce(l.column_name, 'no_' || l.field),
                             coalesce((SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a
                                       WHERE a.attrelid = to_regclass('pg_temp.bedrock_read')
                                           AND a.attname = l.column_name),
                                      CASE f.field WHEN 'billing_period_start' THEN 'timestamptz' ELSE 'text' END)),
                                          ', ' ORDER BY f.place) AS columns,
           max(CASE WHEN l.column_name IS NULL THEN '''*''' ELSE format('coalesce(%s, '''')', l.expression) END)
               FILTER (WHERE f.field = 'payer_account_id') AS payer,
           max(format('coalesce(date_trunc(''month'', %s AT TIME ZONE ''UTC'')::date, ''-infinity'')',
                      CASE WHEN l.column_name IS NULL THEN 'l.no_billing_period_start' ELSE l.expression END))
                          FILTER (WHERE f.field = 'billing_period_start') AS period,
           max(l.expression) FILTER (WHERE f.field = 'line_item_type' AND l.column_name IS NOT NULL) AS charge_type,
           max(l.expression) FILTER (WHERE f.field = 'charge_class' AND l.column_name IS NOT NULL) AS charge_class,
           bool_or(l.column_name IS NOT NULL) FILTER (WHERE f.field = 'payer_account_id') AS has_payer
    INTO STRICT layout
    FROM unnest('{payer_account_id,billing_period_start,line_item_type,charge_class}'::text[])
        WITH ORDINALITY AS f (field, place)
    JOIN bedrock_internal.source_layout(check_conservation.source, true) AS l ON l.field = f.field;
    raw_sums := format($raw$
        SELECT c.payer, c.period, c.lines, c.unblended_cost, c.blended_cost, m.net_unblended_cost, m.amortized_cost,
               m.net_amortized_cost, c.public_on_demand_cost
        FROM (SELECT %1$s AS payer, %2$s AS period, %3$s AS charge_type, %4$s AS charge_class, l.has_reservation,
                     l.lines, l.usage_amount, l.unblended_cost, l.blended_cost, l.net_unblended_cost,
                     l.net_amortized_cost, l.public_on_demand_cost, l.savings_plan_effective_cost,
                     l.net_savings_plan_effective_cost, l.savings_plan_total_commitment,
                     l.savings_plan_used_commitment, l.reservation_effective_cost, l.reservation_net_effective_cost,
                     l.reservation_unused_amortized_upfront_fee, l.reservation_unused_recurring_fee,
                     l.reservation_net_unused_amortized_upfront_fee, l.reservation_net_unused_recurring_fee
              FROM bedrock_internal.control_sums() AS l (
                     %5$s, has_reservation boolean, lines bigint, usage_amount numeric, unblended_cost numeric,
                     blended_cost numeric, net_unblended_cost numeric, net_amortized_cost numeric,
                     public_on_demand_cost numeric, savings_plan_effective_cost numeric,
                     net_savings_plan_effective_cost numeric, savings_plan_total_commitment numeric,
                     savings_plan_used_commitment numeric, reservation_effective_cost numeric,
                     reservation_net_effective_cost numeric, reservation_unused_amortized_upfront_fee numeric,
                     reservation_unused_recurring_fee numeric, reservation_net_unused_amortized_upfront_fee numeric,
                     reservation_net_unused_recurring_fee numeric)) AS c
        LEFT JOIN bedrock.charge_categories AS k
            ON k.line_item_type = bedrock_internal.charge_key(c.charge_class, c.charge_type)
        CROSS JOIN LATERAL bedrock.cost_metrics(%6$L, c.charge_type, c.has_reservation,
            c.net_unblended_cost IS NULL AND k.charge_category = 'discount'
                AND EXISTS (SELECT FROM bedrock_key AS n
                            WHERE n.discount_in_net AND c.payer IN ('*', n.payer) AND c.period = n.period),
            ARRAY[c.usage_amount, c.unblended_cost, c.blended_cost, c.net_unblended_cost, c.net_amortized_cost,
                  c.public_on_demand_cost, c.savings_plan_effective_cost, c.net_savings_plan_effective_cost,
                  c.savings_plan_total_commitment, c.savings_plan_used_commitment, c.reservation_effective_cost,
                  c.reservation_net_effective_cost, c.reservation_unused_amortized_upfront_fee,
                  c.reservation_unused_recurring_fee, c.reservation_net_unused_amortized_upfront_fee,
                  c.reservation_net_unused_recurring_fee]) AS m$raw$,
        layout.payer, layout.period, coalesce(layout.charge_type, 'NULL::text'),
        coalesce(layout.charge_class, 'NULL::text'), layout.columns,
        bedrock_internal.cost_rules_of(check_conservation.source));
    EXECUTE format($check$
        SELECT coalesce(s.period, b.period), coalesce(s.sums, 'no lines'), coalesce(b.sums, 'no lines')
        FROM (SELECT q.payer, q.period,
                     format('%%s lines, unblended %%s, blended %%s, net %%s, amortized %%s, net amortized %%s, '
                            'public %%s', sum(q.lines), coalesce(trim_scale(sum(q.unblended_cost)), 0),
                            coalesce(trim_scale(sum(q.blended_cost)), 0),
                            coalesce(trim_scale(sum(q.net_unblended_cost)), 0),
                            coalesce(trim_scale(sum(q.amortized_cost)), 0),
                            coalesce(trim_scale(sum(q.net_amortized_cost)), 0),
                            coalesce(trim_scale(sum(q.public_on_demand_cost)), 0)) AS sums
              FROM (%1$s) AS q
              GROUP BY 1, 2) AS s
        FULL JOIN (
              SELECT CASE WHEN %2$L THEN q.payer ELSE '*' END AS payer, coalesce(q.period, '-infinity') AS period,
                     format('%%s lines, unblended %%s, blended %%s, net %%s, amortized %%s, net amortized %%s, '
                            'public %%s', sum(q.lines), coalesce(trim_scale(sum(%3$s)), 0),
                            coalesce(trim_scale(sum(q.blended_cost)), 0),
                            coalesce(trim_scale(sum(q.net_unblended_cost)), 0),
                            coalesce(trim_scale(sum(q.amortized_cost)), 0),
                            coalesce(trim_scale(sum(q.net_amortized_cost)), 0),
                            coalesce(trim_scale(sum(q.public_on_demand_cost)), 0)) AS sums
              FROM (SELECT n.payer, n.period, t.lines, t.unblended_cost, t.blended_cost, t.net_unblended_cost,
                           t.amortized_cost, t.net_amortized_cost, t.public_on_demand_cost
                    FROM bedrock_bill AS n JOIN bedrock.bill_total AS t ON t.bill_id = n.bill_id
                    UNION ALL
                    SELECT t.payer_account_id, t.billing_period, t.lines, t.unblended_cost, t.blended_cost,
                           t.net_unblended_cost, t.amortized_cost, t.net_amortized_cost, t.public_on_demand_cost
                    FROM bedrock_internal.bill_totals_of_lines() AS t WHERE NOT t.of_aws) AS q
              GROUP BY 1, 2) AS b ON b.payer = s.payer AND b.period = s.period
        WHERE s.sums IS DISTINCT FROM b.sums
        ORDER BY 1, 2, 3 LIMIT 1$check$, raw_sums, layout.has_payer,
        CASE WHEN bedrock_internal.cost_rules_of(check_conservation.source) = 'cur_without_unblended'
             THEN 'NULL::numeric' ELSE 'q.unblended_cost' END) INTO period, of_source, of_totals;
    IF of_source IS NOT NULL THEN
        RAISE data_corrupted USING
            MESSAGE = format('conservation is broken in source "%s", period %s: the bill as a whole',
                check_conservation.source, to_char(period, 'YYYY-MM')),
            DETAIL = format('Control sums: %s. Bill totals: %s.', of_source, of_totals),
            HINT = bug;
    END IF;

    -- The Bedrock part of each bill against its facts, and their months against the days.
    WITH days AS MATERIALIZED (
        SELECT f.* FROM bedrock_internal.sum_by_keys(
            format('SELECT f.lines, f.bill_id, f.usage_amount, f.unblended_cost, f.blended_cost, f.net_unblended_cost,'
                   ' f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost, f.ai_cost'
                   ' FROM bedrock.fact AS f'
                   ' WHERE f.bill_id = ANY (%L::integer[]) AND f.billing_period = ANY (%L::date[])', bills, periods), 1)
            AS f (bill_id integer, lines bigint, usage_amount numeric, unblended_cost numeric, blended_cost numeric,
                  net_unblended_cost numeric, amortized_cost numeric, net_amortized_cost numeric,
                  public_on_demand_cost numeric, ai_cost numeric)),
    months AS (
        SELECT f.bill_id, sum(f.lines) AS lines, sum(f.ai_cost) AS ai_cost FROM bedrock.fact_month AS f
        WHERE f.bill_id = ANY (bills) AND f.billing_period = ANY (periods) GROUP BY 1),
    billed AS (
        SELECT p.*, CASE b.cost_metric WHEN 'unblended' THEN p.unblended_cost WHEN 'blended' THEN p.blended_cost
                                       WHEN 'net_unblended' THEN p.net_unblended_cost
                                       WHEN 'amortized' THEN p.amortized_cost ELSE p.net_amortized_cost END AS ai_cost
        FROM bedrock_internal.bill_parts() AS p JOIN bedrock_bill AS b ON b.bill_id = p.bill_id
        WHERE p.part IN (SELECT c.part FROM bedrock_key AS c WHERE c.bedrock_basis IS NOT NULL)),
    summed AS (
        SELECT s.bill_id, s.of,
               format('%s lines, amount %s, unblended %s, blended %s, net %s, amortized %s, net amortized %s, '
                      'public %s, AI cost %s', s.lines,
                      coalesce(trim_scale(s.usage_amount), 0), coalesce(trim_scale(s.unblended_cost), 0),
                      coalesce(trim_scale(s.blended_cost), 0), coalesce(trim_scale(s.net_unblended_cost), 0),
                      coalesce(trim_scale(s.amortized_cost), 0), coalesce(trim_scale(s.net_amortized_cost), 0),
                      coalesce(trim_scale(s.public_on_demand_cost), 0), coalesce(trim_scale(s.ai_cost), 0)) AS sums
        FROM (SELECT d.bill_id, 'facts' AS of, d.lines, d.usage_amount, d.unblended_cost, d.blended_cost,
                     d.net_unblended_cost, d.amortized_cost, d.net_amortized_cost, d.public_on_demand_cost, d.ai_cost
              FROM days AS d
              UNION ALL
              SELECT b.bill_id, 'bill', b.lines, b.usage_amount, b.unblended_cost, b.blended_cost,
                     b.net_unblended_cost, b.amortized_cost, b.net_amortized_cost, b.public_on_demand_cost, b.ai_cost
              FROM billed AS b) AS s)
    SELECT n.period, n.charge_category, p.sums AS of_bill, f.sums AS of_facts, p.sums IS DISTINCT FROM f.sums AS by_day,
           format('%s lines, %s', coalesce(d.lines, 0), coalesce(trim_scale(d.ai_cost), 0)) AS of_days,
           format('%s lines, %s', coalesce(m.lines, 0), coalesce(trim_scale(m.ai_cost), 0)) AS of_month
    INTO broken
    FROM bedrock_bill AS n
    LEFT JOIN summed AS p ON p.bill_id = n.bill_id AND p.of = 'bill'
    LEFT JOIN summed AS f ON f.bill_id = n.bill_id AND f.of = 'facts'
    LEFT JOIN days AS d ON d.bill_id = n.bill_id
    LEFT JOIN months AS m ON m.bill_id = n.bill_id
    WHERE p.sums IS DISTINCT FROM f.sums
       OR ROW(coalesce(d.lines, 0), coalesce(d.ai_cost, 0))
          IS DISTINCT FROM ROW(coalesce(m.lines, 0), coalesce(m.ai_cost, 0))
    ORDER BY by_day DESC, n.period, n.charge_category LIMIT 1;
    IF FOUND AND broken.by_day THEN
        RAISE data_corrupted USING
            MESSAGE = format('conservation is broken in source "%s", period %s: facts of category %s',
                check_conservation.source, to_char(broken.period, 'YYYY-MM'), broken.charge_category),
            DETAIL = format('Bill: %s. Facts: %s.', coalesce(broken.of_bill, 'no lines'),
                coalesce(broken.of_facts, 'no lines')),
            HINT = bug;
    ELSIF FOUND THEN
        RAISE data_corrupted USING
            MESSAGE = format('conservation is broken in source "%s", period %s: the facts of the month',
                check_conservation.source, to_char(broken.period, 'YYYY-MM')),
            DETAIL = format('Days: %s. Month: %s.', broken.of_days, broken.of_month),
            HINT = bug;
    END IF;
    PERFORM bedrock_internal.end_load();
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_conservation(text) IS
    'compares, by payer and billing period and to the last digit, the control sums of a source and what the cost '
    'rules make of them with bedrock.bill_total, the Bedrock part of each bill with its facts, and months with their '
    'days; an error with both sides where they differ. Amounts of a relation beyond 128 bits are added up once, and '
    'are on both sides';
