-- Statements: what was posted stays as it was, and what has changed since is posted as a difference.

CREATE OR REPLACE FUNCTION bedrock_internal.has_statement(workload text, days daterange DEFAULT '(,)') RETURNS boolean
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM bedrock.statement_row AS r
                   WHERE r.workload = has_statement.workload
                     AND bedrock_internal.days_of_month(r.billing_period) && days)
        OR EXISTS (SELECT FROM bedrock.statement_row AS r
                   WHERE r.origin = has_statement.workload
                     AND bedrock_internal.days_of_month(r.billing_period) && days);
END;
COMMENT ON FUNCTION bedrock_internal.has_statement(text, daterange) IS
    'whether a posted statement of a month with one of these days charges a workload, or splits its cost';

CREATE OR REPLACE FUNCTION bedrock_internal.statement_hash(statement_id bigint) RETURNS text
    LANGUAGE sql STABLE SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
BEGIN ATOMIC
    SELECT encode(sha256(convert_to(
        jsonb_build_array(s.statement_id, s.billing_period, s.version, s.posted_at, s.posted_by, s.reason, s.metric,
                          s.policies, s.data_through, s.is_final, s.row_count,
                          (SELECT b.row_hash FROM bedrock.statement AS b
                           WHERE b.billing_period = s.billing_period AND b.version = s.version - 1))::text
        || (SELECT coalesce(string_agg(E'\n' || jsonb_build_array(r.line, r.billing_period, r.payer_account_id,
                r.currency, r.account_id, r.workload, r.owner, r.element1, r.element2, r.element3, r.element4,
                r.element_path, r.customer, r.department, r.charge_category, r.cost_metric, r.charge_kind, r.origin,
                r.method_id, r.allocation_key, r.ratio::text, r.cost::text, r.chargeable)::text, ''
                                       ORDER BY r.line), '')
            FROM bedrock.statement_row AS r WHERE r.statement_id = s.statement_id), 'UTF8')), 'hex')
    FROM bedrock.statement AS s WHERE s.statement_id = statement_hash.statement_id;
END;
COMMENT ON FUNCTION bedrock_internal.statement_hash(bigint) IS
    'row_hash of a statement, computed from what is stored now';

CREATE OR REPLACE FUNCTION bedrock_internal.posted_rows(period date) RETURNS SETOF bedrock.statement_row
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT NULL::bigint, 1, r.billing_period, r.payer_account_id, r.currency, r.account_id, r.workload, r.owner,
           r.element1, r.element2, r.element3, r.element4, r.element_path, r.customer, r.department, r.charge_category,
           r.cost_metric, r.charge_kind, r.origin, r.method_id, r.allocation_key, NULL::numeric, sum(r.cost),
           r.chargeable
    FROM bedrock.statement_row AS r
    WHERE r.billing_period = posted_rows.period
    GROUP BY r.billing_period, r.payer_account_id, r.currency, r.account_id, r.workload, r.owner, r.element1,
             r.element2, r.element3, r.element4, r.element_path, r.customer, r.department, r.charge_category,
             r.cost_metric, r.charge_kind, r.origin, r.method_id, r.allocation_key, r.chargeable;
END;
COMMENT ON FUNCTION bedrock_internal.posted_rows(date) IS
    'all statements of a period in one: what has been posted so far';

CREATE OR REPLACE FUNCTION bedrock_internal.rows_to_post(period date, metric text) RETURNS SETOF bedrock.statement_row
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- A row is known by all it says but its share and amount: what is there on one side only is 0 on the other. A row
    -- whose amount is 0 says nothing; one whose amount is not known (NULL) does, once.
    SELECT NULL::bigint, (row_number() OVER (
               ORDER BY d.payer_account_id COLLATE "C", d.currency COLLATE "C", d.workload COLLATE "C",
                        d.owner COLLATE "C", d.element_path COLLATE "C", d.element1 COLLATE "C",
                        d.element2 COLLATE "C", d.element3 COLLATE "C", d.element4 COLLATE "C",
                        d.customer COLLATE "C", d.department COLLATE "C", d.charge_category COLLATE "C",
                        d.cost_metric COLLATE "C", d.charge_kind COLLATE "C", d.origin COLLATE "C",
                        d.method_id COLLATE "C", d.allocation_key COLLATE "C",
                        d.account_id COLLATE "C"))::integer, rows_to_post.period,
           d.payer_account_id, d.currency, d.account_id, d.workload, d.owner, d.element1, d.element2, d.element3,
           d.element4, d.element_path, d.customer, d.department, d.charge_category, d.cost_metric, d.charge_kind,
           d.origin, d.method_id, d.allocation_key, CASE WHEN d.posted = 0 THEN d.ratio END, trim_scale(d.cost),
           d.chargeable
    FROM (SELECT u.payer_account_id, u.currency, u.account_id, u.workload, u.owner, u.element1, u.element2,
                 u.element3, u.element4, u.element_path, u.customer, u.department, u.charge_category, u.cost_metric,
                 u.charge_kind, u.origin, u.method_id, u.allocation_key, u.chargeable, max(u.ratio) AS ratio,
                 sum(u.cost) AS cost, count(*) FILTER (WHERE u.is_posted) AS posted
          FROM (SELECT c.payer_account_id, c.currency, c.account_id, c.workload, c.owner, c.element1, c.element2,
                       c.element3, c.element4, c.element_path, c.customer, c.department, c.charge_category,
                       c.cost_metric, c.charge_kind, c.origin, c.method_id, c.allocation_key, c.chargeable,
                       CASE WHEN min(c.ratio) = max(c.ratio) THEN max(c.ratio) END AS ratio, sum(c.cost) AS cost,
                       false AS is_posted
                FROM bedrock_internal.chargeback_rows(rows_to_post.period, rows_to_post.metric) AS c
                GROUP BY c.payer_account_id, c.currency, c.account_id, c.workload, c.owner, c.element1, c.element2,
                         c.element3, c.element4, c.element_path, c.customer, c.department, c.charge_category,
                         c.cost_metric, c.charge_kind, c.origin, c.method_id, c.allocation_key, c.chargeable
                UNION ALL
                SELECT p.payer_account_id, p.currency, p.account_id, p.workload, p.owner, p.element1, p.element2,
                       p.element3, p.element4, p.element_path, p.customer, p.department, p.charge_category,
                       p.cost_metric, p.charge_kind, p.origin, p.method_id, p.allocation_key, p.chargeable,
                       NULL, -p.cost, true
                FROM bedrock_internal.posted_rows(rows_to_post.period) AS p) AS u
          GROUP BY u.payer_account_id, u.currency, u.account_id, u.workload, u.owner, u.element1, u.element2,
                   u.element3, u.element4, u.element_path, u.customer, u.department, u.charge_category,
                   u.cost_metric, u.charge_kind, u.origin, u.method_id, u.allocation_key, u.chargeable) AS d
    WHERE d.cost <> 0 OR d.cost IS NULL AND d.posted = 0;
END;
COMMENT ON FUNCTION bedrock_internal.rows_to_post(date, text) IS
    'what a statement of a period that is posted now says: all rows the first time, then the differences to what has '
    'been posted. The order is the same every time';

CREATE OR REPLACE FUNCTION bedrock_internal.bill_without(metric text, period date) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT format('payer %s, source "%s"', s.payer_account_id, s.source)
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = bill_without.period AND s.ai_cost IS NOT NULL
      AND bedrock_internal.cost_in(bill_without.metric, s.unblended_cost, s.blended_cost, s.net_unblended_cost,
          s.amortized_cost, s.net_amortized_cost, s.ai_cost) IS NULL
    ORDER BY s.payer_account_id COLLATE "C", s.source COLLATE "C" LIMIT 1;
END;
COMMENT ON FUNCTION bedrock_internal.bill_without(text, date) IS
    'payer and source of a bill of a period that has cost, but none in this metric, for errors; NULL: all have it';

CREATE OR REPLACE FUNCTION bedrock.post_statement(period date, reason text DEFAULT NULL, metric text DEFAULT NULL)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    month date := bedrock_internal.month_of(post_statement.period);
    previous bedrock.statement;
    id bigint;
    used text;
    posted bigint;
    differing text;
    lacking text;
    through date;
    final boolean;
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.post_statement');
    PERFORM bedrock_internal.check_text('the billing period', post_statement.period::text, 256),
        bedrock_internal.check_length('the reason', post_statement.reason, 4096);
    PERFORM bedrock_internal.lock_ownership();
    SELECT s.* INTO previous FROM bedrock.statement AS s WHERE s.billing_period = month ORDER BY s.version DESC LIMIT 1;
    IF previous.version IS NULL AND NOT EXISTS (SELECT FROM bedrock.bill_total AS b
                   WHERE b.billing_period = month AND b.bedrock_lines > 0 AND NOT b.superseded) THEN
        RAISE no_data_found USING
            MESSAGE = format('there is nothing to post for %s', coalesce(to_char(month, 'YYYY-MM'), month::text)),
            DETAIL = 'No line of Amazon Bedrock is loaded for this billing period.',
            HINT = 'SELECT DISTINCT billing_period FROM bedrock.spend_monthly lists the periods that are loaded.';
    END IF;
    used := bedrock_internal.cost_metric_of(coalesce(post_statement.metric, previous.metric, 'ai'), month);
    -- Each bill in its own metric is what all of them can be posted in, so that a bill of another kind may come later.
    IF used <> previous.metric AND used <> 'ai' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('the statement of %s is in the metric %s', to_char(month, 'YYYY-MM'), previous.metric),
            DETAIL = 'An adjustment in another one would be no difference of anything.',
            HINT = 'Leave out metric.';
    END IF;

    -- Owners that a change could not bring up to date beside a load are brought up to date first.
    IF EXISTS (SELECT FROM bedrock_internal.state AS t WHERE t.kind = 'ownership') THEN
        PERFORM bedrock_internal.refresh_ownership('{}');
    END IF;
    IF EXISTS (SELECT FROM bedrock_internal.state AS t WHERE t.kind = 'ownership') THEN
        RAISE object_in_use USING MESSAGE = 'a load or refresh is at work, and owners do not follow the claims yet',
            HINT = 'Post the statement when it has ended.';
    END IF;

    -- One statement of SQL, one state of the bill: rows, the total they are held against, and how complete it is.
    SELECT coalesce(max(s.statement_id), 0) + 1 INTO id FROM bedrock.statement AS s;
    WITH added AS (
        INSERT INTO bedrock.statement_row (statement_id, line, billing_period, payer_account_id, currency, account_id,
            workload, owner, element1, element2, element3, element4, element_path, customer, department,
            charge_category, cost_metric, charge_kind, origin, method_id, allocation_key, ratio, cost, chargeable)
        SELECT id, r.line, r.billing_period, r.payer_account_id, r.currency, r.account_id, r.workload, r.owner,
               r.element1, r.element2, r.element3, r.element4, r.element_path, r.customer, r.department,
               r.charge_category, r.cost_metric, r.charge_kind, r.origin, r.method_id, r.allocation_key, r.ratio,
               r.cost, r.chargeable
        FROM bedrock_internal.rows_to_post(month, used) AS r
        RETURNING payer_account_id, currency, cost),
    total AS (
        SELECT t.payer_account_id, t.currency, sum(t.posted) AS posted, sum(t.billed) AS billed
        FROM (SELECT a.payer_account_id, a.currency, a.cost AS posted, NULL::numeric AS billed FROM added AS a
              UNION ALL
              SELECT p.payer_account_id, p.currency, p.cost, NULL FROM bedrock_internal.posted_rows(month) AS p
              UNION ALL
              SELECT s.payer_account_id, s.currency, NULL,
                     bedrock_internal.cost_in(used, s.unblended_cost, s.blended_cost, s.net_unblended_cost,
                         s.amortized_cost, s.net_amortized_cost, s.ai_cost)
              FROM bedrock.spend_monthly AS s
              WHERE s.billing_period = month) AS t
        GROUP BY t.payer_account_id, t.currency)
    SELECT (SELECT count(*) FROM added),
           (SELECT min(format('payer %s, %s: statements %s, bill %s', t.payer_account_id, t.currency, t.posted,
                              t.billed))
            FROM total AS t WHERE coalesce(t.posted, 0) <> coalesce(t.billed, 0)),
           bedrock_internal.bill_without(used, month),
           bedrock.data_through(month),
           (SELECT coalesce(bool_and(b.is_final), false) FROM bedrock.bill_total AS b
            WHERE b.billing_period = month AND b.bedrock_lines > 0 AND NOT b.superseded)
    INTO posted, differing, lacking, through, final;
    IF lacking IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('not every bill of %s has %s cost', to_char(month, 'YYYY-MM'), used),
            DETAIL = format('A bill has none: %s. The statement would leave it out.', lacking),
            HINT = 'Add metric => ''ai'': each bill in the metric of its ai_cost.';
    END IF;
    IF differing IS NOT NULL THEN
        RAISE data_exception USING
            MESSAGE = format('the statement of %s would not sum to the bill', to_char(month, 'YYYY-MM')),
            DETAIL = differing || '.', HINT = 'Run bedrock.doctor(), and report it.';
    END IF;
    IF posted = 0 THEN
        RAISE NOTICE 'nothing has changed since the last statement of %', to_char(month, 'YYYY-MM');
        RETURN NULL;
    END IF;
    INSERT INTO bedrock.statement (statement_id, billing_period, version, posted_at, posted_by, reason, metric,
        policies, data_through, is_final, row_count, row_hash)
    SELECT id, month, coalesce(previous.version, 0) + 1,
           greatest(clock_timestamp(), previous.posted_at + interval '1 microsecond'),
           bedrock_internal.calling_role(), post_statement.reason, used,
           (SELECT jsonb_object_agg(p.charge_category, p.policy) FROM bedrock_internal.charge_policy_of(month) AS p),
           through, final, posted, '';
    UPDATE bedrock.statement AS s SET row_hash = bedrock_internal.statement_hash(id) WHERE s.statement_id = id;
    RETURN id;
END
$$;
COMMENT ON FUNCTION bedrock.post_statement(date, text, text) IS
    'posts the chargeback of a billing period (any day of it) as a statement that is never changed: the first time '
    'all of it, later what has changed since, an adjustment; all statements of a period sum to its bill by payer and '
    'currency, to the last digit. metric: NULL, ai (each bill in the metric of its ai_cost), and later that of the '
    'statement before, which ai may follow. Returns its number; NULL: nothing has changed. Errors: 42501 without the '
    'scope manage; P0002 no data of the period; 22023 no metric, another than before, or one that a bill of the '
    'period has no cost in; 55006 a load is at work; 40001 one was posted, or ownership changed, meanwhile; 22000 it '
    'would not sum to the bill';

CREATE OR REPLACE FUNCTION bedrock.verify_statement(statement bigint DEFAULT NULL)
    RETURNS TABLE (statement_id bigint, billing_period date, version integer, row_count bigint, row_hash text,
        ok boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
BEGIN
    RETURN QUERY
    SELECT s.statement_id, s.billing_period, s.version, s.row_count, s.row_hash,
           s.row_count = (SELECT count(*) FROM bedrock.statement_row AS r WHERE r.statement_id = s.statement_id)
               AND s.row_hash = bedrock_internal.statement_hash(s.statement_id)
    FROM bedrock.statement AS s
    WHERE (verify_statement.statement IS NULL OR s.statement_id = verify_statement.statement)
      AND (bedrock_internal.sees_all(caller)
           OR s.billing_period IN (SELECT v.billing_period
               FROM bedrock_internal.visible_statement(bedrock_internal.tokens_of(caller)) AS v))
    ORDER BY s.statement_id;
END
$$;
COMMENT ON FUNCTION bedrock.verify_statement(bigint) IS
    'proves that posted statements (NULL: all) are as they were posted: ok is true where their rows give the hash '
    'that was stored then. Each hash contains that of the version before. A caller sees the statements of its scope';

CREATE OR REPLACE FUNCTION bedrock.statement_change(period date)
    RETURNS TABLE (payer_account_id text, currency text, workload text, owner text, element_path text, posted numeric,
        restated numeric, adjustment numeric, by_redelivery numeric, by_ownership numeric, by_policy numeric,
        cause text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    month date := bedrock_internal.month_of(statement_change.period);
    latest bedrock.statement;
    visible record;
    owners_changed boolean;
    policies_changed boolean;
    used text;
BEGIN
    SELECT s.* INTO latest FROM bedrock.statement AS s WHERE s.billing_period = month ORDER BY s.version DESC LIMIT 1;
    IF latest.statement_id IS NULL THEN
        RAISE no_data_found USING
            MESSAGE = format('no statement of %s was posted', coalesce(to_char(month, 'YYYY-MM'), 'NULL')),
            HINT = 'SELECT billing_period, version FROM bedrock.statement lists those that were.';
    END IF;
    SELECT * INTO visible FROM bedrock_internal.visible_charges(bedrock_internal.calling_role(), month);
    -- Where a bill has come that has none of the metric, ai is what can be posted.
    used := CASE WHEN bedrock_internal.bill_without(latest.metric, month) IS NULL THEN latest.metric ELSE 'ai' END;
    owners_changed := EXISTS (
        SELECT FROM (SELECT t.recorded FROM bedrock.claim AS t UNION ALL SELECT t.recorded FROM bedrock.workload AS t
                     UNION ALL SELECT t.recorded FROM bedrock.element AS t
                     UNION ALL SELECT t.recorded FROM bedrock.owner_rule AS t
                     UNION ALL SELECT t.recorded FROM bedrock.principal_label AS t
                     UNION ALL SELECT t.recorded FROM bedrock.profile AS t) AS r
        WHERE lower(r.recorded) > latest.posted_at OR upper(r.recorded) > latest.posted_at);
    policies_changed := EXISTS (
        SELECT FROM (SELECT t.recorded FROM bedrock.charge_policy AS t
                     UNION ALL SELECT t.recorded FROM bedrock.cost_split AS t) AS r
        WHERE lower(r.recorded) > latest.posted_at OR upper(r.recorded) > latest.posted_at);
    -- From what was posted to what is true now in three steps, so that each cent of a difference has its cause: the
    -- bill of today with owners and policies as they were known then; owners of today; policies of today. A step that
    -- changes nothing is not computed.
    RETURN QUERY
    WITH today AS MATERIALIZED (
        SELECT c.* FROM bedrock_internal.chargeback_rows(month, used) AS c),
    owned AS MATERIALIZED (
        SELECT c.* FROM bedrock_internal.chargeback_rows(month, used, 'infinity', latest.posted_at) AS c
        WHERE policies_changed
        UNION ALL
        SELECT t.* FROM today AS t WHERE NOT policies_changed),
    redelivered AS (
        SELECT c.*
        FROM bedrock_internal.chargeback_rows(month, used, latest.posted_at, latest.posted_at) AS c
        WHERE owners_changed
        UNION ALL
        SELECT o.* FROM owned AS o WHERE NOT owners_changed),
    step AS (
        SELECT 0 AS n, r.payer_account_id, r.currency, r.workload, r.owner, r.element_path, r.account_id, r.cost
        FROM bedrock_internal.posted_rows(month) AS r
        UNION ALL
        SELECT 1, c.payer_account_id, c.currency, c.workload, c.owner, c.element_path, c.account_id, c.cost
        FROM redelivered AS c
        UNION ALL
        SELECT 2, c.payer_account_id, c.currency, c.workload, c.owner, c.element_path, c.account_id, c.cost
        FROM owned AS c
        UNION ALL
        SELECT 3, c.payer_account_id, c.currency, c.workload, c.owner, c.element_path, c.account_id, c.cost
        FROM today AS c),
    summed AS (
        SELECT s.payer_account_id, s.currency, s.workload, s.owner, s.element_path,
               coalesce(sum(s.cost) FILTER (WHERE s.n = 0), 0) AS posted,
               coalesce(sum(s.cost) FILTER (WHERE s.n = 1), 0) AS redelivered,
               coalesce(sum(s.cost) FILTER (WHERE s.n = 2), 0) AS owned,
               coalesce(sum(s.cost) FILTER (WHERE s.n = 3), 0) AS restated
        FROM step AS s
        WHERE visible.sees_all OR s.workload = ANY (visible.workloads) OR s.account_id = ANY (visible.accounts)
        GROUP BY s.payer_account_id, s.currency, s.workload, s.owner, s.element_path),
    caused AS (
        SELECT d.*, sum(d.owned - d.redelivered) OVER (PARTITION BY d.payer_account_id, d.currency, d.workload)
            AS moved
        FROM summed AS d)
    SELECT d.payer_account_id, d.currency, d.workload, d.owner, d.element_path, trim_scale(d.posted),
           trim_scale(d.restated), trim_scale(d.restated - d.posted), trim_scale(d.redelivered - d.posted),
           trim_scale(d.owned - d.redelivered), trim_scale(d.restated - d.owned),
           nullif(concat_ws(', ', CASE WHEN d.redelivered <> d.posted THEN 'redelivery' END,
                            CASE WHEN d.owned = d.redelivered THEN NULL WHEN d.moved = 0 THEN 'hierarchy'
                                 ELSE 'claim' END,
                            CASE WHEN d.restated <> d.owned THEN 'policy' END), '')
    FROM caused AS d
    ORDER BY d.payer_account_id, d.currency, d.workload, d.owner, d.element_path;
END
$$;
COMMENT ON FUNCTION bedrock.statement_change(date) IS
    'what was posted for a billing period (any day of it), what it would be today, and the adjustment that '
    'bedrock.post_statement would post, with its causes, whose amounts sum to it: by_redelivery (the bill says '
    'something else, or rules of labels and tags do, which have no dates), by_ownership (cause claim: claims, rules '
    'and workloads; cause hierarchy: owner or place of the workload alone), by_policy (charge policies and splits). '
    'cause NULL: nothing has changed. Error P0002: nothing was posted';
