-- Refresh, second part: combinations, frame and facts written, taken away and settled between sources, and the check that
-- nothing was lost.

CREATE OR REPLACE FUNCTION bedrock.bills_of(source text, OUT bill_id integer, OUT payer text, OUT period date, OUT lines bigint, OUT bedrock_lines bigint,
    OUT unblended_cost numeric, OUT net_unblended_cost numeric, OUT is_final boolean) RETURNS SETOF record
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT b.bill_id, b.payer_account_id, b.billing_period, b.lines, b.bedrock_lines, b.unblended_cost, b.net_unblended_cost, b.is_final
    FROM bedrock.bill_total AS b WHERE b.source = bills_of.source;
END;
COMMENT ON FUNCTION bedrock.bills_of(text) IS 'rows of the frame that a source brought';

CREATE OR REPLACE FUNCTION bedrock.settle_sources() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    moved integer[];
    periods date[];
BEGIN
    -- One session settles at a time, so that the last one sees what all of them wrote.
    LOCK TABLE bedrock.bill_total IN SHARE UPDATE EXCLUSIVE MODE;

    -- One usage account and billing period is fed by one source: the preferred one, else the one attached first.
    WITH feeding AS (
        SELECT DISTINCT coalesce(b.account_id, '') AS account_id, b.billing_period, b.source FROM bedrock.bill_total AS b),
    winner AS (
        SELECT DISTINCT ON (f.account_id, f.billing_period) f.account_id, f.billing_period, f.source
        FROM feeding AS f
        LEFT JOIN bedrock.source AS s ON s.source = f.source
        ORDER BY f.account_id, f.billing_period,
                 f.source <> coalesce(bedrock.setting_value('preferred_source', f.billing_period), ''), s.rank NULLS LAST, f.source),
    settled AS (
        UPDATE bedrock.bill_total AS b SET standby = (b.source <> w.source)
        FROM winner AS w
        WHERE w.account_id = coalesce(b.account_id, '') AND w.billing_period = b.billing_period AND b.standby <> (b.source <> w.source)
        RETURNING b.bill_id, b.billing_period)
    SELECT array_agg(s.bill_id), array_agg(DISTINCT s.billing_period) INTO moved, periods FROM settled AS s;
    IF moved IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE bedrock.fact AS f SET standby = b.standby FROM bedrock.bill_total AS b
    WHERE b.bill_id = f.bill_id AND f.bill_id = ANY (moved) AND f.billing_period = ANY (periods);
    UPDATE bedrock.fact_month AS f SET standby = b.standby FROM bedrock.bill_total AS b
    WHERE b.bill_id = f.bill_id AND f.bill_id = ANY (moved) AND f.billing_period = ANY (periods);
    RETURN cardinality(moved);
END
$$;
COMMENT ON FUNCTION bedrock.settle_sources() IS
    'decides for each usage account and billing period which source feeds bedrock.spend; the others are standby. Returns how many rows of bedrock.bill_total changed sides';

CREATE OR REPLACE FUNCTION bedrock.prefer_source(name text, from_period date DEFAULT '-infinity') RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock.set_setting('preferred_source', prefer_source.name, prefer_source.from_period, 'bedrock.prefer_source');
    RETURN bedrock.settle_sources();
END
$$;
COMMENT ON FUNCTION bedrock.prefer_source(text, date) IS
    'from this billing period on the named source feeds bedrock.spend wherever it has an account and period; returns how many rows of bedrock.bill_total changed sides; an error for an unknown source';

CREATE OR REPLACE FUNCTION bedrock.forget_bills(bills integer[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    periods date[] := ARRAY(SELECT DISTINCT b.billing_period FROM bedrock.bill_total AS b WHERE b.bill_id = ANY (bills));
BEGIN
    DELETE FROM bedrock.fact AS f WHERE f.bill_id = ANY (bills) AND f.billing_period = ANY (periods);
    DELETE FROM bedrock.fact_month AS f WHERE f.bill_id = ANY (bills) AND f.billing_period = ANY (periods);
    DELETE FROM bedrock.bill_total AS b WHERE b.bill_id = ANY (bills);
END
$$;
COMMENT ON FUNCTION bedrock.forget_bills(integer[]) IS 'takes rows of the frame out of bedrock.bill_total, with their facts; refresh puts them back';

CREATE OR REPLACE FUNCTION bedrock.forget_source(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A refresh under way writes what would stay behind: it ends first, and the next one waits.
    LOCK TABLE bedrock.period IN SHARE ROW EXCLUSIVE MODE;
    -- So does who writes facts anew without a refresh (bedrock.hold_periods), or it leaves them to the next one.
    PERFORM FROM bedrock.period AS p WHERE p.source = forget_source.source
    ORDER BY p.payer_account_id, p.billing_period FOR UPDATE;
    PERFORM bedrock.forget_bills((SELECT array_agg(b.bill_id) FROM bedrock.bill_total AS b WHERE b.source = forget_source.source));
    DELETE FROM bedrock.period AS p WHERE p.source = forget_source.source;
    PERFORM bedrock.settle_sources();
END
$$;
COMMENT ON FUNCTION bedrock.forget_source(text) IS 'takes everything a source brought out of facts and frame; dimensions stay';

-- ANALYZE holds its lock until the transaction ends, and two refreshes may wait for each other's combinations: neither
-- waits for statistics that the other one is taking. They hold until autovacuum takes finer ones: a sample that tells the
-- planner how tables and columns compare is enough, and amounts and tags are not what rows are found by.
CREATE OR REPLACE FUNCTION bedrock.analyze_table(relation regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE (SELECT format('ANALYZE (SKIP_LOCKED) %s (%s)', analyze_table.relation, string_agg(quote_ident(a.attname), ', '))
             FROM pg_attribute AS a
             WHERE a.attrelid = analyze_table.relation AND a.attnum > 0 AND NOT a.attisdropped
               AND a.atttypid NOT IN ('numeric'::regtype, 'jsonb'::regtype));
END
$$;
COMMENT ON FUNCTION bedrock.analyze_table(regclass) IS
    'ANALYZE of the columns by which rows are found, all but amounts and JSON; a table that another session is at is left to it';

CREATE OR REPLACE FUNCTION bedrock.take_statistics(relations regclass[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = error SET default_statistics_target = 10
AS $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT coalesce(t.relid, r.relation)
        FROM unnest(take_statistics.relations) WITH ORDINALITY AS r (relation, place)
        LEFT JOIN LATERAL pg_partition_tree(r.relation) AS t ON true
        ORDER BY r.place, t.isleaf DESC
    LOOP
        -- What is as large as it was when it was looked at last is as it was. Of a partitioned table as a whole nobody else
        -- takes statistics: autovacuum does not.
        IF (SELECT c.reltuples < 0
                   OR CASE c.relkind
                      WHEN 'p' THEN abs(c.reltuples - (SELECT sum(greatest(p.reltuples, 0)) FROM pg_partition_tree(c.oid) AS t
                                                       JOIN pg_class AS p ON p.oid = t.relid WHERE t.isleaf)) > c.reltuples / 2.0
                      ELSE abs(pg_relation_size(c.oid) / current_setting('block_size')::numeric - c.relpages) > c.relpages / 2.0 END
            FROM pg_class AS c WHERE c.oid = relation AND pg_has_role(c.relowner, 'USAGE')) THEN
            PERFORM bedrock.analyze_table(relation);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock.take_statistics(regclass[]) IS
    'tells the planner how large these tables are now, where they have grown or shrunk by half; a table that another session is '
    'at, or whose owner the caller is not, is left to it and to autovacuum';

CREATE OR REPLACE FUNCTION bedrock.most_sessions_of_month() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 100;
COMMENT ON FUNCTION bedrock.most_sessions_of_month() IS
    'a role that has more sessions than this in a billing period of a payer is one row of bedrock.spend_monthly for all of them; people (IAM Identity Center, e-mail addresses) are not counted and stay apart. bedrock.spend tells each';

CREATE OR REPLACE FUNCTION bedrock.enter_sessions(principals text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning SET enable_nestloop = off SET jit = off
    SET default_statistics_target = 10
AS $$
DECLARE
    fresh bigint;
    entered bigint;
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_session;
    -- Numbered in the order in which they are entered: one index is met page by page then, and the other at its end. What
    -- is longer than an ARN can be has no row of its own: no index of the whole text could have it.
    EXECUTE format(
        'CREATE TEMP TABLE bedrock_session ON COMMIT DROP AS'
        ' SELECT k.iam_principal, k.session, k.email, k.role, k.session_id IS NULL AS fresh,'
        '        coalesce(k.session_id, nextval(''bedrock.session_session_id_seq'')::integer) AS session_id'
        ' FROM (SELECT p.iam_principal, w.session, w.email, CASE WHEN octet_length(p.iam_principal) > 2048 THEN 0 ELSE s.session_id END AS session_id,'
        '              CASE WHEN w.kind = ''assumed_role'' AND w.session IS NOT NULL AND w.email IS NULL THEN bedrock.principal_without_session(p.iam_principal) END AS role'
        '       FROM (%s) AS p (iam_principal) CROSS JOIN LATERAL @extschema@.bedrock_principal_parts(p.iam_principal) AS w'
        '       LEFT JOIN bedrock.session AS s ON s.iam_principal = p.iam_principal'
        '       ORDER BY p.iam_principal OFFSET 0) AS k', principals);
    ANALYZE bedrock_session (iam_principal, role, fresh, session_id);
    -- Roles that may have too many sessions for a month to tell them apart.
    INSERT INTO bedrock_session (iam_principal, fresh, session_id)
    SELECT c.role, true, nextval('bedrock.session_session_id_seq')::integer
    FROM (SELECT p.role FROM bedrock_session AS p WHERE p.role IS NOT NULL GROUP BY p.role HAVING count(*) > bedrock.most_sessions_of_month()) AS c
    WHERE NOT EXISTS (SELECT FROM bedrock.session AS s WHERE s.iam_principal = c.role) AND NOT EXISTS (SELECT FROM bedrock_session AS p WHERE p.iam_principal = c.role);

    SELECT count(*) INTO fresh FROM bedrock_session AS p WHERE p.fresh;
    -- In one order, so that two who enter the same wait for each other and not both.
    INSERT INTO bedrock.session (session_id, iam_principal, principal_session, user_email, caller_class, caller_rule)
    SELECT p.session_id, p.iam_principal, p.session, p.email, q.class, q.place
    FROM bedrock_session AS p
    LEFT JOIN (SELECT a.session_id, r.class, r.place FROM bedrock_session AS a CROSS JOIN LATERAL bedrock.session_rule(a.session, a.email) AS r
               WHERE a.fresh AND (a.email IS NOT NULL OR (SELECT bedrock.rules_ask_sessions()))) AS q ON q.session_id = p.session_id
    WHERE p.fresh
    ORDER BY p.iam_principal
    ON CONFLICT (iam_principal) DO NOTHING;
    GET DIAGNOSTICS entered = ROW_COUNT;
    -- What another session has entered meanwhile has its number.
    IF entered < fresh THEN
        UPDATE bedrock_session AS p SET session_id = s.session_id FROM bedrock.session AS s WHERE p.fresh AND s.iam_principal = p.iam_principal;
    END IF;
    PERFORM bedrock.take_statistics('{bedrock.session}');
END
$$;
COMMENT ON FUNCTION bedrock.enter_sessions(text) IS
    'enters the IAM principals that a query gives, each once, into bedrock.session where they are new, and the roles of which it gives many sessions (bedrock.most_sessions_of_month). What each has for a session_id is in the temporary table bedrock_session then, with the role of sessions that are no person''s. Runs the query with the rights of the caller, who needs to read bedrock.session, insert into it and use its sequence';

CREATE OR REPLACE FUNCTION bedrock.add_dimensions() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    added integer[];
    clash record;
    version bedrock_internal.catalogue_version;
    version_now bedrock_internal.catalogue_version;
    discovered bigint;
    known boolean;
    first_sessions boolean := NOT EXISTS (SELECT FROM bedrock.session AS s WHERE s.session_id <> 0);
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_new;
    CREATE TEMP TABLE bedrock_new ON COMMIT DROP AS
    SELECT min(c.number) AS number
    FROM bedrock_combination AS c
    WHERE c.combination IS NOT NULL AND NOT EXISTS (SELECT FROM bedrock.dimension AS d WHERE d.combination = c.combination)
    GROUP BY c.combination;
    IF EXISTS (SELECT FROM bedrock_new) THEN
        ANALYZE bedrock_new;
        version := bedrock.catalogue_version();
        known := bedrock.kept_catalogue_version() = version;
        -- Profiles and projects that the registry does not know are entered as discovered, before they are read.
        discovered := bedrock.discover_profiles((SELECT array_agg(DISTINCT c.resource_id) FROM bedrock_combination AS c
                                                 JOIN bedrock_new AS n ON n.number = c.number WHERE c.resource_id IS NOT NULL));
        added := bedrock.enter_dimensions();
    END IF;

    -- What was just entered is not compared with itself.
    SELECT c.combination, c.resource_id AS one, d.resource_id AS other INTO clash
    FROM bedrock_combination AS c JOIN bedrock.dimension AS d ON d.combination = c.combination
    WHERE NOT (d.dimension_id = ANY (coalesce(added, '{}')) AND EXISTS (SELECT FROM bedrock_new AS n WHERE n.number = c.number))
      AND ROW(c.account_id, c.account_name, c.billing_entity, c.legal_entity, c.charge_type, c.charge_class, c.charge_description, c.product_code,
              c.product_name, c.sku, c.usage_type, c.operation, c.pricing_unit, c.pricing_term, c.currency, c.resource_id, c.principal,
              c.user_identifier, c.region_code, c.tags, c.tags_raw, c.charge_grain, c.list_known, c.resource_recorded, c.principal_recorded, c.bedrock_basis)
          IS DISTINCT FROM
          ROW(d.account_id, d.account_name, d.billing_entity, d.legal_entity, d.charge_type, d.charge_class, d.charge_description, d.product_code,
              d.product_name, d.sku, d.usage_type, d.operation, d.pricing_unit, d.pricing_term, d.currency, d.resource_id, d.principal,
              d.user_identifier, d.region_code, d.tags, d.tags_raw, d.charge_grain, d.list_known, d.resource_recorded, d.principal_recorded, d.bedrock_basis)
    LIMIT 1;
    IF FOUND THEN
        RAISE unique_violation USING MESSAGE = format('two different combinations have the hash %s', clash.combination),
            DETAIL = format('Resource ids %s and %s.', clash.one, clash.other);
    END IF;

    PERFORM bedrock.enter_sessions('SELECT p.iam_principal FROM bedrock_principal AS p');

    IF coalesce(cardinality(added), 0) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM bedrock.add_attribution(added);
    PERFORM bedrock.take_statistics('{bedrock.dimension,bedrock.attribution}');

    -- What was discovered is about new dimensions only: the others need not be read again for it. A registry that grew by more
    -- was written to by someone else. Sessions that are older than all dimensions are of logs, by whatever rules held then.
    IF known OR first_sessions AND (SELECT count(*) FROM bedrock.dimension) = cardinality(added) THEN
        version_now := bedrock.catalogue_version();
        IF version_now.registry_rows = version.registry_rows + discovered THEN
            version_now.catalogues := version.catalogues;
            PERFORM bedrock.keep_catalogue_version(version_now);
        END IF;
    END IF;
    RETURN cardinality(added);
END
$$;
COMMENT ON FUNCTION bedrock.add_dimensions() IS
    'enters the combinations, principals and profiles that bedrock.stage_lines left and that are new, parsed, and returns how many combinations were';

CREATE OR REPLACE FUNCTION bedrock.replace_facts(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $$
DECLARE
    combinations constant text := $query$
        SELECT c.number, b.bill_id, d.dimension_id, d.tokens_per_unit,
               CASE b.cost_metric WHEN 'unblended' THEN 1 WHEN 'blended' THEN 2 WHEN 'net_unblended' THEN 3 WHEN 'amortized' THEN 4 ELSE 5 END,
               c.charge_category = 'usage', c.list_known, c.net_is_zero, c.net_amortized_is_zero, a.valid_from, a.valid_to, a.attribution_id
        FROM bedrock_combination AS c
        JOIN bedrock_bill AS b ON b.bill = c.bill
        JOIN bedrock.dimension AS d ON d.combination = c.combination
        JOIN bedrock.attribution AS a ON a.dimension_id = d.dimension_id
        LEFT JOIN bedrock_summed AS m ON m.number = c.number
        WHERE m.number %s$query$;
    sessions constant text := 'SELECT p.principal_number, s.session_id FROM bedrock_principal AS p JOIN bedrock_session AS s ON s.iam_principal = p.iam_principal WHERE %s';
    candidates text[];
    periods date[] := ARRAY(SELECT DISTINCT c.billing_period FROM bedrock_change AS c);
BEGIN
    PERFORM bedrock.forget_bills((
        SELECT array_agg(b.bill_id) FROM bedrock.bill_total AS b
        JOIN bedrock_change AS c ON c.payer_account_id = b.payer_account_id AND c.billing_period = b.billing_period
        WHERE b.source = replace_facts.source));

    DROP TABLE IF EXISTS pg_temp.bedrock_bill;
    CREATE TEMP TABLE bedrock_bill ON COMMIT DROP AS
    WITH billed AS MATERIALIZED (
        SELECT n.bill, c.payer, c.account_id, c.period, c.billing_entity, c.legal_entity, c.invoicing_entity, c.invoice_id, c.charge_category, c.currency,
               n.lines, n.unblended_cost, n.blended_cost, n.net_unblended_cost, n.amortized_cost, n.net_amortized_cost, n.public_on_demand_cost,
               n.bedrock_lines, n.bedrock_unblended_cost, n.bedrock_net_unblended_cost, n.last_usage_date, i.other_ai
        FROM (SELECT c.bill, min(c.number) AS number,
                     sum(c.lines)::bigint AS lines, sum(c.unblended_cost) AS unblended_cost, sum(c.blended_cost) AS blended_cost,
                     sum(c.net_unblended_cost) AS net_unblended_cost, sum(c.amortized_cost) AS amortized_cost, sum(c.net_amortized_cost) AS net_amortized_cost,
                     sum(c.public_on_demand_cost) AS public_on_demand_cost,
                     coalesce(sum(c.lines) FILTER (WHERE c.bedrock_basis IS NOT NULL), 0)::bigint AS bedrock_lines,
                     sum(c.unblended_cost) FILTER (WHERE c.bedrock_basis IS NOT NULL) AS bedrock_unblended_cost,
                     sum(c.net_unblended_cost) FILTER (WHERE c.bedrock_basis IS NOT NULL) AS bedrock_net_unblended_cost,
                     max(c.last_date) FILTER (WHERE c.bedrock_basis IS NOT NULL AND c.charge_grain <> 'period') AS last_usage_date
              FROM bedrock_combination AS c
              GROUP BY c.bill) AS n
        JOIN bedrock_combination AS c ON c.number = n.number
        LEFT JOIN (SELECT o.bill, jsonb_object_agg(o.service, trim_scale(o.cost)) AS other_ai
                   FROM (SELECT c.bill, c.other_ai AS service, coalesce(sum(c.unblended_cost), sum(c.net_unblended_cost), 0) AS cost
                         FROM bedrock_combination AS c WHERE c.other_ai IS NOT NULL AND c.bedrock_basis IS NULL GROUP BY 1, 2) AS o
                   GROUP BY 1) AS i ON i.bill = n.bill),
    final AS MATERIALIZED (
        -- Final is a payer, period and entity of which every line is invoiced; without invoice ids, age decides.
        SELECT l.payer, l.period, l.billing_entity,
               CASE WHEN NOT e.focus AND w.metric = 'unblended' AND e.lacks_unblended THEN CASE WHEN n.net_filled OR NOT e.blended THEN 'net_unblended' ELSE 'blended' END
                    WHEN NOT e.focus THEN w.metric WHEN w.metric IN ('amortized', 'net_amortized') THEN 'net_amortized' ELSE 'net_unblended' END AS cost_metric,
               CASE WHEN e.invoices THEN 'invoice' ELSE 'age' END AS basis,
               CASE WHEN e.invoices
                    THEN bool_and(l.invoice_id IS NOT NULL) AND l.period + interval '1 month' <= now() AT TIME ZONE 'UTC'
                    ELSE l.period + interval '1 month 15 days' <= now() AT TIME ZONE 'UTC' END AS is_final
        FROM billed AS l
        CROSS JOIN (SELECT s.mapping ? 'invoice_id' AS invoices, s.format = 'focus' AS focus, NOT s.mapping ? 'unblended_cost' AS lacks_unblended,
                           s.mapping ? 'blended_cost' AS blended
                    FROM bedrock.source AS s WHERE s.source = replace_facts.source) AS e
        JOIN (SELECT c.payer, c.period, bool_or(c.net_filled) AS net_filled FROM bedrock_combination AS c GROUP BY 1, 2) AS n ON n.payer = l.payer AND n.period = l.period
        JOIN (SELECT c.period, bedrock.setting_value('ai_cost_metric', c.period) AS metric
              FROM (SELECT DISTINCT c.billing_period AS period FROM bedrock_change AS c) AS c) AS w ON w.period = l.period
        GROUP BY l.payer, l.period, l.billing_entity, e.invoices, e.focus, e.lacks_unblended, e.blended, n.net_filled, w.metric)
    SELECT l.bill, nextval('bedrock.bill_total_bill_id_seq')::integer AS bill_id, l.payer, l.account_id, l.period, l.billing_entity,
           l.legal_entity, l.invoicing_entity, l.invoice_id, l.charge_category, l.currency, f.cost_metric, f.is_final, f.basis, l.lines,
           l.unblended_cost, l.blended_cost, l.net_unblended_cost, l.amortized_cost, l.net_amortized_cost, l.public_on_demand_cost,
           l.bedrock_lines, l.bedrock_unblended_cost, l.bedrock_net_unblended_cost, l.last_usage_date, l.other_ai
    FROM billed AS l
    JOIN final AS f ON f.payer = l.payer AND f.period = l.period AND f.billing_entity IS NOT DISTINCT FROM l.billing_entity;
    ANALYZE bedrock_bill (bill, bill_id);

    INSERT INTO bedrock.bill_total (bill_id, source, payer_account_id, account_id, billing_period, billing_entity, legal_entity, invoicing_entity,
        invoice_id, charge_category, currency, cost_metric, is_final, is_final_basis, lines, unblended_cost, blended_cost, net_unblended_cost,
        amortized_cost, net_amortized_cost, public_on_demand_cost, bedrock_lines, bedrock_unblended_cost, bedrock_net_unblended_cost, last_usage_date, other_ai)
    OVERRIDING SYSTEM VALUE
    SELECT b.bill_id, replace_facts.source, b.payer, b.account_id, b.period, b.billing_entity, b.legal_entity, b.invoicing_entity, b.invoice_id,
           b.charge_category, b.currency, b.cost_metric, b.is_final, b.basis, b.lines, b.unblended_cost, b.blended_cost, b.net_unblended_cost,
           b.amortized_cost, b.net_amortized_cost, b.public_on_demand_cost, b.bedrock_lines, b.bedrock_unblended_cost, b.bedrock_net_unblended_cost,
           CASE WHEN b.charge_category = 'usage' THEN b.last_usage_date END, b.other_ai
    FROM bedrock_bill AS b;

    INSERT INTO bedrock.fact (billing_period, usage_date, bill_id, attribution_id, dimension_id, session_id, standby, lines, usage_amount, tokens,
        unblended_cost, blended_cost, net_unblended_cost, amortized_cost, net_amortized_cost, public_on_demand_cost, list_cost, ai_cost, usage_hour)
    SELECT b.period, f.usage_date, f.bill_id, f.attribution_id, f.dimension_id, f.session_id, f.standby, f.lines, f.usage_amount, f.tokens, f.unblended_cost, f.blended_cost,
           f.net_unblended_cost, f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost,
           -- A usage line without a public price, as every one of Marketplace: what it counts at the public prices of the day.
           coalesce(f.public_on_demand_cost, bedrock.public_cost(d, f.tokens, f.usage_amount, f.usage_date, m.usd)),
           f.ai_cost, f.usage_hour
    FROM (SELECT k.* FROM bedrock.kept_facts(format(combinations, 'IS NULL'), format(sessions, 'true')) AS k
          UNION ALL
          -- Lines that may be one fact with others are summed.
          SELECT k.usage_date, k.bill_id, k.attribution_id, k.dimension_id, k.session_id, k.standby, sum(k.lines)::bigint, sum(k.usage_amount), sum(k.tokens),
                 sum(k.unblended_cost), sum(k.blended_cost), sum(k.net_unblended_cost), sum(k.amortized_cost), sum(k.net_amortized_cost),
                 sum(k.public_on_demand_cost), NULL, sum(k.ai_cost), k.usage_hour
          FROM bedrock.kept_facts(format(combinations, 'IS NOT NULL'), format(sessions, 'EXISTS (SELECT FROM bedrock_summed)')) AS k
          GROUP BY k.usage_date, k.usage_hour, k.bill_id, k.attribution_id, k.dimension_id, k.session_id, k.standby) AS f
    JOIN bedrock_bill AS b ON b.bill_id = f.bill_id
    LEFT JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id AND f.public_on_demand_cost IS NULL
    LEFT JOIN bedrock.list_meter_prices() AS m ON m.dimension_id = d.dimension_id AND f.usage_date BETWEEN m.first_day AND m.last_day;

    -- Sessions that come and go within hours would make a month as long as its days together.
    candidates := ARRAY(SELECT p.role FROM bedrock_session AS p WHERE p.role IS NOT NULL GROUP BY p.role HAVING count(*) > bedrock.most_sessions_of_month());
    IF candidates <> '{}' THEN
        WITH candidate AS MATERIALIZED (
            SELECT c.role, r.session_id AS role_id FROM unnest(candidates) AS c (role) JOIN bedrock.session AS r ON r.iam_principal = c.role),
        had AS MATERIALIZED (
            SELECT b.payer, b.period, f.bill_id, c.role_id, f.session_id
            FROM (SELECT DISTINCT f.bill_id, f.session_id FROM bedrock.fact AS f
                  WHERE f.bill_id = ANY (ARRAY(SELECT n.bill_id FROM bedrock_bill AS n)) AND f.billing_period = ANY (periods)) AS f
            JOIN bedrock_bill AS b ON b.bill_id = f.bill_id
            JOIN bedrock_session AS p ON p.session_id = f.session_id
            JOIN candidate AS c ON c.role = p.role),
        crowded AS (
            SELECT h.payer, h.period, h.role_id FROM had AS h GROUP BY 1, 2, 3 HAVING count(DISTINCT h.session_id) > bedrock.most_sessions_of_month())
        UPDATE bedrock.bill_total AS b SET crowded_roles = k.roles
        FROM (SELECT h.bill_id, array_agg(DISTINCT c.role ORDER BY c.role) AS roles
              FROM (SELECT DISTINCT h.payer, h.period, h.bill_id, h.role_id FROM had AS h) AS h
              JOIN crowded AS w ON w.payer = h.payer AND w.period = h.period AND w.role_id = h.role_id
              JOIN candidate AS c ON c.role_id = h.role_id
              GROUP BY h.bill_id) AS k
        WHERE b.bill_id = k.bill_id;
    END IF;
    PERFORM bedrock.write_months((SELECT array_agg(b.bill_id) FROM bedrock_bill AS b), NULL);
END
$$;
COMMENT ON FUNCTION bedrock.replace_facts(text) IS
    'writes frame and facts of the bills in bedrock_change anew from what bedrock.stage_lines left; readers see the old rows until the transaction ends';

CREATE OR REPLACE FUNCTION bedrock.check_conservation(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    broken record;
    payer text;
    period date;
    day date;
    charge_type text;
    usage_type text;
    of_source text;
    of_facts text;
    -- What the source's own rows say, and with the opposite sign what the tables hold now, with the candidates that turned out
    -- not to be Bedrock's.
    entries constant text := format($entries$
        SELECT true AS of_source, s.lines, coalesce(s.payer_account_id, '') AS payer, date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date AS period,
               s.usage_date AS day, nullif(s.line_item_type, '') AS charge_type, nullif(s.usage_type, '') AS usage_type,
               CASE WHEN c.charge_category = 'usage' THEN s.usage_amount END AS usage_amount, s.unblended_cost AS unblended, s.blended_cost AS blended,
               CASE WHEN e.format <> 'focus' AND p.net_filled AND NOT s.net_given AND c.charge_category = 'discount' THEN 0 ELSE s.net_unblended_cost END AS net,
               s.%3$I AS amortized, s.public_on_demand_cost AS public_cost
        FROM bedrock_stage AS s
        CROSS JOIN bedrock.source AS e
        LEFT JOIN bedrock.charge_categories AS c ON c.line_item_type = bedrock.charge_key(s.charge_class, s.line_item_type)
        JOIN (SELECT l.payer, l.period, bool_or(l.net_filled) AS net_filled FROM bedrock_combination AS l GROUP BY 1, 2) AS p
            ON p.payer = coalesce(s.payer_account_id, '') AND p.period = date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date
        WHERE s.reading = 'control' AND e.source = %1$L
        UNION ALL
        SELECT false, -f.lines, b.payer, f.billing_period, f.usage_date, d.charge_type, d.usage_type, -f.usage_amount, -f.unblended_cost, -f.blended_cost,
               -f.net_unblended_cost, -f.%3$I, -f.public_on_demand_cost
        FROM bedrock.fact AS f JOIN bedrock_bill AS b ON b.bill_id = f.bill_id JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
        WHERE f.bill_id = ANY (%2$L::integer[]) AND f.billing_period = ANY (%4$L::date[])
        UNION ALL
        SELECT false, -k.lines, c.payer, c.period, k.usage_date, c.charge_type, c.usage_type, -CASE WHEN c.charge_category = 'usage' THEN k.usage_amount END,
               -k.unblended_cost, -k.blended_cost, -CASE WHEN c.net_is_zero THEN 0 ELSE k.net_unblended_cost END, -k.%3$I, -k.public_on_demand_cost
        FROM bedrock.kept_groups(ARRAY(SELECT n.number FROM bedrock_combination AS n WHERE n.bedrock_basis IS NULL AND n.reading = 'detail')) AS k
        JOIN bedrock_combination AS c ON c.number = k.number
        WHERE k.usage_date IS NOT NULL$entries$, check_conservation.source, (SELECT array_agg(b.bill_id) FROM bedrock_bill AS b),
        (SELECT CASE WHEN s.format = 'focus' THEN 'net_amortized_cost' ELSE 'amortized_cost' END FROM bedrock.source AS s WHERE s.source = check_conservation.source),
        (SELECT array_agg(DISTINCT b.period) FROM bedrock_bill AS b));
BEGIN
    -- By payer, period, day, line type and usage type both together are nothing.
    SELECT r.payer, r.period, r.day, r.charge_type, r.usage_type INTO payer, period, day, charge_type, usage_type
    FROM bedrock.fold(format('SELECT true, e.lines, e.payer, e.period, e.day, e.charge_type, e.usage_type, e.usage_amount, e.unblended, e.blended, e.net, e.amortized, e.public_cost FROM (%s) AS e', entries),
                      '{t}', '{11111}', '{111111}')
         AS r (set_number integer, number integer, states boolean, payer text, period date, day date, charge_type text, usage_type text, lines bigint,
               usage_amount numeric, unblended numeric, blended numeric, net numeric, amortized numeric, public_cost numeric)
    WHERE r.lines <> 0 OR r.usage_amount <> 0 OR r.unblended <> 0 OR r.blended <> 0 OR r.net <> 0 OR r.amortized <> 0 OR r.public_cost <> 0
    ORDER BY r.period, r.day, r.charge_type, r.usage_type, r.payer LIMIT 1;
    IF payer IS NOT NULL THEN
        EXECUTE format($statement$
            SELECT max(q.said) FILTER (WHERE q.of_source) AS of_source, max(q.said) FILTER (WHERE NOT q.of_source) AS of_facts
            FROM (SELECT r.of_source, format('%%s lines, amount %%s, unblended %%s, blended %%s, net %%s, amortized %%s, list %%s', s.sign * sum(r.lines),
                         coalesce(s.sign * sum(r.usage_amount), 0), coalesce(s.sign * sum(r.unblended), 0), coalesce(s.sign * sum(r.blended), 0),
                         coalesce(s.sign * sum(r.net), 0), coalesce(s.sign * sum(r.amortized), 0), coalesce(s.sign * sum(r.public_cost), 0)) AS said
                  FROM (%s) AS r CROSS JOIN LATERAL (SELECT CASE WHEN r.of_source THEN 1 ELSE -1 END AS sign) AS s
                  WHERE r.payer = $1 AND r.period = $2 AND r.day IS NOT DISTINCT FROM $3 AND r.charge_type IS NOT DISTINCT FROM $4
                    AND r.usage_type IS NOT DISTINCT FROM $5
                  GROUP BY r.of_source, s.sign) AS q$statement$, entries)
        INTO of_source, of_facts USING payer, period, day, charge_type, usage_type;
        RAISE data_corrupted USING
            MESSAGE = format('conservation is broken in source "%s", period %s, day %s, line type %s, usage type %s',
                             check_conservation.source, to_char(period, 'YYYY-MM'), day, charge_type, usage_type),
            DETAIL = format('Source: %s. Facts: %s. A row of the source may lack a usage date, or lie in no category; otherwise this is a bug.',
                            coalesce(of_source, 'no lines'), coalesce(of_facts, 'no lines'));
    END IF;

    -- And everything, Bedrock or not, against the frame.
    SELECT t.payer, t.period, t.lines AS source_lines, b.lines AS frame_lines, t.cost AS source_cost, b.cost AS frame_cost INTO broken
    FROM (SELECT coalesce(s.payer_account_id, '') AS payer, date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date AS period, sum(s.lines) AS lines,
                 coalesce(sum(CASE WHEN e.format = 'focus' THEN s.net_unblended_cost ELSE s.unblended_cost END), 0) AS cost
          FROM bedrock_stage AS s CROSS JOIN bedrock.source AS e WHERE s.reading IN ('control', 'remainder') AND e.source = check_conservation.source GROUP BY 1, 2) AS t
    FULL JOIN (SELECT q.payer_account_id AS payer, q.billing_period AS period, sum(q.lines) AS lines, coalesce(sum(coalesce(q.unblended_cost, q.net_unblended_cost)), 0) AS cost
               FROM bedrock.bill_total AS q JOIN bedrock_bill AS n ON n.bill_id = q.bill_id GROUP BY 1, 2) AS b USING (payer, period)
    WHERE ROW(t.lines, t.cost) IS DISTINCT FROM ROW(b.lines, b.cost)
    LIMIT 1;
    IF FOUND THEN
        RAISE data_corrupted USING
            MESSAGE = format('conservation is broken in source "%s", period %s: the bill as a whole', check_conservation.source, to_char(broken.period, 'YYYY-MM')),
            DETAIL = format('Source: %s lines, %s. Frame: %s lines, %s.', broken.source_lines, broken.source_cost, broken.frame_lines, broken.frame_cost);
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.check_conservation(text) IS
    'compares what a source adds up to with what frame and facts hold, for every metric, to the last digit; an error with period, day, usage type and both sums where they differ';
