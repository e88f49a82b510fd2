-- Who pays what. Every billed line goes whole to its owner (direct), or in shares that sum to it to the last digit: to
-- the owners of the usage it is about (spread), then, where the owner works for others, to those (shared).

CREATE OR REPLACE FUNCTION bedrock_internal.shares(amount numeric, weights numeric[]) RETURNS numeric[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    digits integer := greatest(scale(shares.amount), 12);
    units numeric := abs(shares.amount) * ('1e' || digits)::numeric;
    total numeric;
    parts numeric[];
BEGIN
    IF cardinality(shares.weights) = 1 THEN
        RETURN CASE WHEN shares.weights[1] > 0 THEN ARRAY[shares.amount] END;
    END IF;
    SELECT sum(w) INTO total FROM unnest(shares.weights) AS w;
    IF total IS NULL OR total <= 0 THEN
        RETURN NULL;
    END IF;
    -- Largest remainder: each gets what is whole in the last digit; the digits that are left go, one each, to the
    -- largest remainders, of equal ones to the first.
    SELECT array_agg(sign(shares.amount) * ('1e-' || digits)::numeric
                     * (d.whole + CASE WHEN d.place <= units - d.given THEN 1 ELSE 0 END) ORDER BY d.n)
    INTO parts
    FROM (SELECT w.n, div(units * w.weight, total) AS whole, sum(div(units * w.weight, total)) OVER () AS given,
                 row_number() OVER (ORDER BY mod(units * w.weight, total) DESC, w.n) AS place
          FROM unnest(shares.weights) WITH ORDINALITY AS w (weight, n)) AS d;
    RETURN parts;
END
$$;
COMMENT ON FUNCTION bedrock_internal.shares(numeric, numeric[]) IS
    'divides an amount in proportion to weights that are not negative, into shares that sum to it to the last digit: '
    '12 decimals, or as many as it has; what rounding leaves goes to the largest remainders, of equal ones to the '
    'first. NULL: no weight is above 0';

CREATE OR REPLACE FUNCTION bedrock_internal.charge_policy_of(period date, known timestamptz DEFAULT 'infinity')
    RETURNS TABLE (charge_category text, policy text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT DISTINCT ON (p.charge_category) p.charge_category, p.policy
    FROM bedrock.charge_policy AS p
    WHERE p.valid @> charge_policy_of.period
      AND bedrock_internal.is_known(p.recorded, charge_policy_of.known)
    ORDER BY p.charge_category, p.builtin;
END;
COMMENT ON FUNCTION bedrock_internal.charge_policy_of(date, timestamptz) IS
    'charge policies of a billing period, as known at a point in time (infinity: now)';

CREATE OR REPLACE FUNCTION bedrock_internal.cost_split_of(period date, known timestamptz DEFAULT 'infinity')
    RETURNS TABLE (origin text, method text, targets text[], ratios numeric[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT s.origin, s.method, s.targets, s.ratios
    FROM bedrock.cost_split AS s
    WHERE s.valid @> cost_split_of.period
      AND bedrock_internal.is_known(s.recorded, cost_split_of.known);
END;
COMMENT ON FUNCTION bedrock_internal.cost_split_of(date, timestamptz) IS
    'splits of shared cost of a billing period, as known at a point in time (infinity: now)';

CREATE OR REPLACE FUNCTION bedrock_internal.billed_charges(period date, metric text, owners_known timestamptz)
    RETURNS TABLE (bill_id integer, dimension_id integer, attribution_id integer, payer_account_id text,
        account_id text, currency text, charge_category text, cost_metric text, product_code text, usage_type text,
        resource_id text, principal_key text, workload text, owner text, element1 text, element2 text, element3 text,
        element4 text, element_path text, customer text, department text, lines bigint, tokens numeric,
        usage_amount numeric, unblended_cost numeric, net_amortized_cost numeric, list_cost numeric, cost numeric)
    LANGUAGE plpgsql STABLE ROWS 100000 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF billed_charges.owners_known = 'infinity' THEN
        RETURN QUERY
        SELECT f.bill_id, f.dimension_id, min(f.attribution_id), b.payer_account_id, d.account_id, d.currency,
               d.charge_category, m.name, d.product_code, d.usage_type, d.resource_id, d.principal_key, o.workload,
               o.owner, o.element1, o.element2, o.element3, o.element4, o.element_path, a.customer, a.department,
               sum(f.lines)::bigint, sum(f.tokens), sum(f.usage_amount), sum(f.unblended_cost),
               sum(f.net_amortized_cost), sum(f.list_cost),
               bedrock_internal.cost_in(m.name, sum(f.unblended_cost), sum(f.blended_cost),
                   sum(f.net_unblended_cost), sum(f.amortized_cost), sum(f.net_amortized_cost))
        FROM bedrock.fact_month AS f
        JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
        JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
        JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
        JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
        CROSS JOIN LATERAL (SELECT CASE billed_charges.metric WHEN 'ai' THEN b.cost_metric
                                   ELSE billed_charges.metric END) AS m (name)
        WHERE f.billing_period = billed_charges.period AND NOT f.superseded
        GROUP BY f.bill_id, b.bill_id, f.dimension_id, d.dimension_id, m.name, a.customer, a.department, o.workload,
                 o.owner, o.element1, o.element2, o.element3, o.element4, o.element_path;
    ELSE
        RETURN QUERY
        SELECT NULL::integer, s.dimension_id::integer, NULL::integer, s.payer_account_id, s.account_id, s.currency,
               s.charge_category, m.name, s.product_code, s.usage_type, s.resource_id, s.principal_key, s.workload,
               s.owner, s.element1, s.element2, s.element3, s.element4, s.element_path, s.customer, s.department,
               sum(s.lines)::bigint, sum(s.tokens), sum(s.usage_amount), sum(s.unblended_cost),
               sum(s.net_amortized_cost), sum(s.list_cost),
               bedrock_internal.cost_in(m.name, sum(s.unblended_cost), sum(s.blended_cost),
                   sum(s.net_unblended_cost), sum(s.amortized_cost), sum(s.net_amortized_cost))
        FROM bedrock_internal.spend_as_of(billed_charges.period, billed_charges.owners_known) AS s
        CROSS JOIN LATERAL (SELECT CASE billed_charges.metric WHEN 'ai' THEN s.cost_metric
                                   ELSE billed_charges.metric END) AS m (name)
        -- By what makes a row of bedrock.bill_total, so that shares are rounded as above.
        GROUP BY s.source, s.billing_entity, s.legal_entity, s.invoicing_entity, s.invoice_id, s.payer_account_id,
                 s.account_id, s.currency, s.charge_category, m.name, s.dimension_id, s.product_code, s.usage_type,
                 s.resource_id, s.principal_key, s.customer, s.department, s.workload, s.owner, s.element1,
                 s.element2, s.element3, s.element4, s.element_path;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.billed_charges(date, text, timestamptz) IS
    'what chargeback divides: the charges of a billing period by bill, dimension and who owns them, with the cost in '
    'a metric (ai: that of ai_cost). owners_known: owners as known then, and no bill and interval; infinity: now';

CREATE OR REPLACE FUNCTION bedrock_internal.allocated_charges(period date, metric text,
    owners_known timestamptz DEFAULT 'infinity', policies_known timestamptz DEFAULT 'infinity')
    RETURNS TABLE (charge bigint, bill_id integer, dimension_id integer, attribution_id integer,
        payer_account_id text, account_id text, currency text, charge_category text, cost_metric text, workload text,
        owner text,
        element1 text, element2 text, element3 text, element4 text, element_path text, customer text, department text,
        charge_kind text, origin text, method_id text, allocation_key text, key_quantity numeric, ratio numeric,
        line_ratio numeric, tokens numeric, usage_amount numeric, unblended_cost numeric, net_amortized_cost numeric,
        list_cost numeric, cost numeric, reason text)
    LANGUAGE plpgsql STABLE ROWS 100000 SET search_path = pg_catalog, pg_temp
    -- The planner cannot know how many charges go with whom, takes them for one, and would compare all with all.
    SET enable_nestloop = off SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH charge AS MATERIALIZED (
        SELECT row_number() OVER () AS n, b.* FROM bedrock_internal.billed_charges(
            allocated_charges.period, allocated_charges.metric, allocated_charges.owners_known) AS b),
    policy AS MATERIALIZED (
        SELECT p.charge_category, p.policy
        FROM bedrock_internal.charge_policy_of(allocated_charges.period, allocated_charges.policies_known) AS p),
    split AS MATERIALIZED (
        SELECT s.*
        FROM bedrock_internal.cost_split_of(allocated_charges.period, allocated_charges.policies_known) AS s),
    -- Who can pay: a workload with its place, customer and department, in an order that is the same every time.
    payee AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY u.workload COLLATE "C", u.owner COLLATE "C", u.element_path COLLATE "C",
                                  u.element1 COLLATE "C", u.element2 COLLATE "C", u.element3 COLLATE "C",
                                  u.element4 COLLATE "C", u.customer COLLATE "C", u.department COLLATE "C") AS payee,
               u.*
        FROM (SELECT DISTINCT c.workload, c.owner, c.element1, c.element2, c.element3, c.element4, c.element_path,
                     c.customer, c.department
              FROM charge AS c
              UNION
              -- A workload that is named by a split and used nothing.
              SELECT t.name, w.owner, w.element1, w.element2, w.element3, w.element4, w.element_path, '(untagged)',
                     '(untagged)'
              FROM (SELECT DISTINCT n FROM split AS s CROSS JOIN LATERAL unnest(s.targets) AS n) AS t (name)
              LEFT JOIN LATERAL bedrock_internal.workload_intervals(
                  ARRAY[t.name], allocated_charges.owners_known) AS w
                  ON w.valid @> (upper(bedrock_internal.days_of_month(allocated_charges.period)) - 1)
              WHERE NOT EXISTS (SELECT FROM charge AS c
                                WHERE c.workload = t.name AND c.charge_category = 'usage')) AS u),
    placed AS MATERIALIZED (
        SELECT c.*, p.payee
        FROM charge AS c
        JOIN payee AS p ON ROW(p.workload, p.customer, p.department) = ROW(c.workload, c.customer, c.department)
            AND ROW(p.owner, p.element1, p.element2, p.element3, p.element4, p.element_path)
                IS NOT DISTINCT FROM ROW(c.owner, c.element1, c.element2, c.element3, c.element4, c.element_path)),

    -- Spread: what nobody used, by the policy of its category. A net metric has the discounts in its usage already.
    unowned AS MATERIALIZED (
        SELECT c.n, c.cost, y.policy,
               CASE WHEN c.charge_category = 'discount' AND c.cost_metric LIKE 'net%' THEN 'central: net metric'
                    WHEN y.policy = 'central' THEN 'central: ' || c.charge_category END AS central,
               'charge_policy/' || c.charge_category || '/' || y.policy AS method_id,
               jsonb_build_array(c.payer_account_id, c.account_id, c.currency)::text AS bill,
               -- Of a resource that everybody may call, as a foundation model, nobody is the owner.
               CASE WHEN y.policy = 'follow' AND bedrock_internal.resource_kind(c.resource_id) IS NOT NULL
                    THEN 'r' || c.resource_id END AS resource,
               CASE WHEN y.policy = 'follow' THEN 'p' || c.principal_key END AS principal,
               CASE WHEN c.usage_type IS NULL THEN 'a' || jsonb_build_array(c.product_code)::text
                    ELSE 'u' || jsonb_build_array(c.product_code, c.usage_type)::text END AS product
        FROM placed AS c
        JOIN policy AS y ON y.charge_category = c.charge_category
        WHERE c.workload = '(not allocated)'),
    used AS MATERIALIZED (
        SELECT u.bill, u.pool, u.payee, sum(u.cost) AS weight
        FROM (SELECT c.payee, c.cost, k.pool,
                     jsonb_build_array(c.payer_account_id, c.account_id, c.currency)::text AS bill
              FROM placed AS c
              CROSS JOIN LATERAL (VALUES ('r' || c.resource_id), ('p' || c.principal_key),
                  ('a' || jsonb_build_array(c.product_code)::text),
                  ('u' || jsonb_build_array(c.product_code, c.usage_type)::text)) AS k (pool)
              WHERE c.charge_category = 'usage' AND EXISTS (SELECT FROM unowned)) AS u
        WHERE (u.bill, u.pool) IN (SELECT o.bill, o.product FROM unowned AS o WHERE o.central IS NULL
                                   UNION SELECT o.bill, o.resource FROM unowned AS o WHERE o.central IS NULL
                                   UNION SELECT o.bill, o.principal FROM unowned AS o WHERE o.central IS NULL)
        GROUP BY u.bill, u.pool, u.payee),
    pool AS MATERIALIZED (
        SELECT u.bill, u.pool, array_agg(u.payee ORDER BY u.payee) AS payees,
               array_agg(u.weight ORDER BY u.payee) AS weights,
               bedrock_internal.shares(1, array_agg(u.weight ORDER BY u.payee)) AS ratios
        FROM used AS u WHERE u.weight > 0 GROUP BY u.bill, u.pool),
    spread AS MATERIALIZED (
        SELECT o.n, t.payee, t.weight, t.ratio, t.cost, o.method_id
        FROM unowned AS o
        LEFT JOIN pool AS r ON r.bill = o.bill AND r.pool = o.resource
        LEFT JOIN pool AS c ON c.bill = o.bill AND c.pool = o.principal
        LEFT JOIN pool AS p ON p.bill = o.bill AND p.pool = o.product
        CROSS JOIN LATERAL unnest(coalesce(r.payees, c.payees, p.payees), coalesce(r.weights, c.weights, p.weights),
            coalesce(r.ratios, c.ratios, p.ratios),
            bedrock_internal.shares(o.cost, coalesce(r.weights, c.weights, p.weights)))
            AS t (payee, weight, ratio, cost)
        WHERE o.central IS NULL AND o.cost IS NOT NULL),
    owned AS MATERIALIZED (
        SELECT c.n, c.payee, c.cost, 1::numeric AS ratio, NULL::numeric AS weight,
               CASE WHEN o.central IS NULL THEN o.method_id END AS method_id,
               CASE WHEN o.n IS NULL THEN 'direct' WHEN o.central IS NOT NULL THEN 'central' ELSE 'unallocated'
                   END AS kind,
               CASE WHEN o.n IS NULL THEN NULL WHEN o.central IS NOT NULL THEN o.central
                    ELSE 'no usage to spread it over' END AS reason
        FROM placed AS c
        LEFT JOIN unowned AS o ON o.n = c.n
        WHERE NOT EXISTS (SELECT FROM spread AS s WHERE s.n = c.n)
        UNION ALL
        SELECT s.n, s.payee, s.cost, s.ratio, s.weight, s.method_id, 'spread', NULL FROM spread AS s),

    -- Shared: in two steps, so that each target gets its share of the whole whatever it consists of.
    target_use AS MATERIALIZED (
        SELECT c.currency, p.workload, c.payee, greatest(sum(c.cost), 0) AS cost, sum(c.tokens) AS tokens,
               sum(greatest(sum(c.cost), 0)) OVER w AS workload_cost,
               sum(coalesce(sum(c.tokens), 0)) OVER w AS workload_tokens
        FROM placed AS c
        JOIN payee AS p ON p.payee = c.payee
        WHERE c.charge_category = 'usage' AND EXISTS (SELECT FROM split)
        GROUP BY c.currency, p.workload, c.payee
        WINDOW w AS (PARTITION BY c.currency, p.workload)),
    target AS MATERIALIZED (
        SELECT s.origin, s.method, k.currency, t.name AS workload,
               CASE s.method WHEN 'proportional' THEN coalesce(u.workload_cost, 0)
                             WHEN 'tokens' THEN coalesce(u.workload_tokens, 0)
                             WHEN 'even' THEN 1 ELSE t.ratio END AS weight
        FROM split AS s
        CROSS JOIN (SELECT DISTINCT c.currency FROM charge AS c) AS k
        CROSS JOIN LATERAL (
            SELECT n.name, n.ratio FROM unnest(s.targets, s.ratios) AS n (name, ratio)
            WHERE s.targets IS NOT NULL
            UNION ALL
            SELECT DISTINCT x.workload, NULL::numeric FROM target_use AS x
            WHERE s.targets IS NULL AND x.currency IS NOT DISTINCT FROM k.currency
              AND x.workload NOT IN ('(unclaimed)', '(not allocated)')
              AND x.workload NOT IN (SELECT o.origin FROM split AS o)) AS t
        LEFT JOIN (SELECT DISTINCT x.currency, x.workload, x.workload_cost, x.workload_tokens FROM target_use AS x) AS u
            ON u.currency IS NOT DISTINCT FROM k.currency AND u.workload = t.name),
    target_set AS MATERIALIZED (
        SELECT t.origin, t.method, t.currency, array_agg(t.workload ORDER BY t.workload COLLATE "C") AS workloads,
               array_agg(t.weight ORDER BY t.workload COLLATE "C") AS weights,
               bedrock_internal.shares(1, array_agg(t.weight ORDER BY t.workload COLLATE "C")) AS ratios
        FROM target AS t WHERE t.weight > 0
        GROUP BY t.origin, t.method, t.currency),
    within AS MATERIALIZED (
        SELECT t.currency, t.workload, array_agg(t.payee ORDER BY t.payee) AS payees,
               array_agg(t.weight ORDER BY t.payee) AS weights,
               bedrock_internal.shares(1, array_agg(t.weight ORDER BY t.payee)) AS ratios
        FROM (SELECT k.currency, p.workload, p.payee,
                     CASE WHEN max(u.workload_cost) OVER w > 0 THEN coalesce(u.cost, 0)
                          WHEN max(u.workload_tokens) OVER w > 0 THEN coalesce(u.tokens, 0) ELSE 1 END AS weight
              FROM payee AS p
              CROSS JOIN (SELECT DISTINCT c.currency FROM charge AS c) AS k
              LEFT JOIN target_use AS u ON u.payee = p.payee AND u.currency IS NOT DISTINCT FROM k.currency
              WHERE EXISTS (SELECT FROM target AS x WHERE x.workload = p.workload)
              WINDOW w AS (PARTITION BY k.currency, p.workload)) AS t
        WHERE t.weight > 0
        GROUP BY t.currency, t.workload),
    to_split AS MATERIALIZED (
        SELECT o.n, o.payee, o.cost, o.ratio AS spread_ratio, p.workload AS origin, s.method, c.currency
        FROM owned AS o
        JOIN payee AS p ON p.payee = o.payee
        JOIN split AS s ON s.origin = p.workload
        JOIN placed AS c ON c.n = o.n
        WHERE o.kind IN ('direct', 'spread')),
    shared AS MATERIALIZED (
        SELECT i.n, i.payee AS from_payee, y.payee, i.origin, i.method, g.weight AS quantity,
               g.ratio * y.ratio AS ratio, i.spread_ratio * g.ratio * y.ratio AS line_ratio, y.cost
        FROM to_split AS i
        JOIN target_set AS t ON t.origin = i.origin AND t.currency IS NOT DISTINCT FROM i.currency
        CROSS JOIN LATERAL unnest(t.workloads, t.weights, t.ratios, bedrock_internal.shares(i.cost, t.weights))
            AS g (workload, weight, ratio, cost)
        JOIN within AS w ON w.workload = g.workload AND w.currency IS NOT DISTINCT FROM i.currency
        CROSS JOIN LATERAL unnest(w.payees, w.ratios, bedrock_internal.shares(g.cost, w.weights))
            AS y (payee, ratio, cost)
        WHERE i.cost IS NOT NULL),
    result AS (
        SELECT o.n, o.payee, CASE WHEN i.n IS NULL THEN o.kind ELSE 'unallocated' END AS kind,
               i.origin,
               CASE WHEN i.n IS NULL THEN o.method_id
                    ELSE 'cost_split/' || i.origin || '/' || i.method END AS method_id,
               CASE WHEN i.n IS NULL AND o.kind = 'spread' THEN 'usage cost' END AS key,
               CASE WHEN i.n IS NULL THEN o.weight END AS quantity,
               CASE WHEN i.n IS NULL AND o.kind = 'spread' THEN o.ratio END AS ratio, o.ratio AS line_ratio, o.cost,
               CASE WHEN i.n IS NOT NULL THEN 'no target of the split has ' || CASE i.method
                        WHEN 'proportional' THEN 'usage cost' WHEN 'tokens' THEN 'tokens' ELSE 'usage' END
                    ELSE o.reason END AS reason
        FROM owned AS o
        LEFT JOIN to_split AS i ON i.n = o.n AND i.payee = o.payee
        WHERE NOT EXISTS (SELECT FROM shared AS s WHERE s.n = o.n AND s.from_payee = o.payee)
        UNION ALL
        SELECT s.n, s.payee, 'shared', s.origin, 'cost_split/' || s.origin || '/' || s.method,
               CASE s.method WHEN 'proportional' THEN 'usage cost' WHEN 'tokens' THEN 'tokens'
                             WHEN 'even' THEN 'workloads' ELSE 'ratio' END,
               s.quantity, s.ratio, s.line_ratio, s.cost, NULL
        FROM shared AS s)
    SELECT c.n, c.bill_id, c.dimension_id, c.attribution_id, c.payer_account_id, c.account_id, c.currency,
           c.charge_category, c.cost_metric, p.workload, p.owner, p.element1, p.element2, p.element3, p.element4,
           p.element_path, p.customer, p.department, r.kind, r.origin, r.method_id, r.key, r.quantity,
           r.ratio, r.line_ratio, c.tokens, c.usage_amount, c.unblended_cost, c.net_amortized_cost, c.list_cost,
           r.cost,
           CASE WHEN r.reason IS NULL AND p.workload NOT LIKE '(%' AND p.owner IS NULL THEN 'no owner'
                ELSE r.reason END
    FROM result AS r
    JOIN placed AS c ON c.n = r.n
    JOIN payee AS p ON p.payee = r.payee;
END
$$;
COMMENT ON FUNCTION bedrock_internal.allocated_charges(date, text, timestamptz, timestamptz) IS
    'chargeback by billed charge: each charge of bedrock_internal.billed_charges whole, or its shares, which sum to '
    'it. ratio: share of what the policy or split divides; line_ratio: of the charge. policies_known: policies and '
    'splits as known then; infinity: now';

CREATE OR REPLACE FUNCTION bedrock_internal.cost_metric_of(metric text, period date) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    carried text[];
BEGIN
    IF cost_metric_of.metric IN ('ai', 'unblended', 'blended', 'net_unblended', 'amortized', 'net_amortized') THEN
        RETURN cost_metric_of.metric;
    ELSIF cost_metric_of.metric IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no cost metric', left(cost_metric_of.metric, 160)),
            HINT = 'Use unblended, blended, net_unblended, amortized, net_amortized or ai.';
    END IF;
    SELECT array_agg(DISTINCT b.cost_metric) INTO carried FROM bedrock.bill_total AS b
    WHERE b.billing_period = cost_metric_of.period AND NOT b.superseded AND b.bedrock_lines > 0;
    RETURN CASE WHEN cardinality(carried) = 1 THEN carried[1] ELSE 'ai' END;
END
$$;
COMMENT ON FUNCTION bedrock_internal.cost_metric_of(text, date) IS
    'a cost metric by its name; NULL: the one that ai_cost carries in the period, or ai where sources of the period '
    'carry different ones. Error 22023: no metric';

CREATE OR REPLACE FUNCTION bedrock_internal.chargeback_rows(period date, metric text,
    owners_known timestamptz DEFAULT 'infinity', policies_known timestamptz DEFAULT 'infinity')
    RETURNS TABLE (payer_account_id text, billing_period date, currency text, account_id text, workload text,
        owner text, element1 text, element2 text, element3 text, element4 text, element_path text, customer text,
        department text, charge_category text, cost_metric text, charge_kind text, origin text, method_id text,
        allocation_key text, ratio numeric, cost numeric, chargeable boolean, reason text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH claimed AS MATERIALIZED (
        SELECT k.identity, max(lower(k.valid)) AS first_day FROM bedrock.claim AS k
        WHERE upper_inf(k.recorded) GROUP BY k.identity)
    SELECT c.payer_account_id, chargeback_rows.period, c.currency, c.account_id, c.workload, c.owner, c.element1,
           c.element2, c.element3, c.element4, c.element_path, c.customer, c.department, c.charge_category,
           c.cost_metric, c.charge_kind, c.origin, c.method_id, c.allocation_key,
           CASE WHEN min(c.ratio) = max(c.ratio) THEN trim_scale(max(c.ratio)) END, trim_scale(sum(c.cost)),
           c.workload NOT LIKE '(%' AND c.owner IS NOT NULL AND c.charge_kind <> 'unallocated', u.reason
    FROM bedrock_internal.allocated_charges(
        chargeback_rows.period, chargeback_rows.metric, chargeback_rows.owners_known,
        chargeback_rows.policies_known) AS c
    LEFT JOIN bedrock.dimension AS d ON d.dimension_id = c.dimension_id
        AND c.workload = '(unclaimed)' AND c.charge_kind = 'direct'
    LEFT JOIN bedrock.attribution AS a ON a.attribution_id = c.attribution_id AND c.workload = '(unclaimed)'
    LEFT JOIN claimed AS r ON r.identity = d.resource_id
    LEFT JOIN claimed AS p ON p.identity = d.principal_key
    -- Why nobody pays; of usage that nobody owns, what there is to claim.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.reason IS NOT NULL THEN c.reason
                    WHEN c.workload <> '(unclaimed)' THEN NULL
                    WHEN d.attribution_kind = 'not_recorded' THEN 'not recorded'
                    WHEN d.dimension_id IS NOT NULL AND coalesce(d.resource_id, d.principal_key) IS NULL
                        THEN 'no identity'
                    WHEN greatest(r.first_day, p.first_day) > a.valid_from THEN 'before the claim'
                    WHEN coalesce(r.first_day, p.first_day) IS NOT NULL THEN 'after the claim'
                    ELSE 'not claimed' END AS reason) AS u
    GROUP BY c.payer_account_id, c.currency, c.account_id, c.workload, c.owner, c.element1, c.element2, c.element3,
             c.element4, c.element_path, c.customer, c.department, c.charge_category, c.cost_metric, c.charge_kind,
             c.origin, c.method_id, c.allocation_key, u.reason;
END;
COMMENT ON FUNCTION bedrock_internal.chargeback_rows(date, text, timestamptz, timestamptz) IS
    'rows of bedrock.chargeback for everybody; owners, or policies and splits, as known at a point in time '
    '(infinity: now)';

CREATE OR REPLACE FUNCTION bedrock_internal.visible_charges(caller name, period date, OUT sees_all boolean,
    OUT workloads text[], OUT accounts text[]) RETURNS record
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT bedrock_internal.sees_all(visible_charges.caller),
           ARRAY(SELECT v FROM bedrock_internal.visible_workload_in(bedrock_internal.tokens_of(visible_charges.caller),
                                                                    visible_charges.period) AS v),
           ARRAY(SELECT a
               FROM bedrock_internal.visible_account(bedrock_internal.tokens_of(visible_charges.caller)) AS a);
END;
COMMENT ON FUNCTION bedrock_internal.visible_charges(name, date) IS
    'what a role sees of the chargeback of a month: everything, or workloads that are in its scope on all their days '
    'of the month, and usage accounts';

CREATE OR REPLACE FUNCTION bedrock.chargeback(period date DEFAULT NULL, metric text DEFAULT NULL)
    RETURNS TABLE (payer_account_id text, billing_period date, currency text, account_id text, workload text,
        owner text, element1 text, element2 text, element3 text, element4 text, element_path text, customer text,
        department text, charge_category text, cost_metric text, charge_kind text, origin text, method_id text,
        allocation_key text, ratio numeric, cost numeric, chargeable boolean, reason text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    month date := bedrock_internal.month_of(coalesce(chargeback.period, bedrock.latest_period()));
    visible record;
BEGIN
    SELECT * INTO visible FROM bedrock_internal.visible_charges(bedrock_internal.calling_role(), month);
    -- Shares are of the whole bill; who asks gets those rows that are in his scope.
    RETURN QUERY
    SELECT c.* FROM bedrock_internal.chargeback_rows(month, bedrock_internal.cost_metric_of(chargeback.metric, month))
        AS c
    WHERE visible.sees_all OR c.workload = ANY (visible.workloads) OR c.account_id = ANY (visible.accounts);
END
$$;
COMMENT ON FUNCTION bedrock.chargeback(date, text) IS
    'who pays what of a billing period (any day of it; NULL: the latest), in a cost metric (NULL: that of ai_cost); '
    'by payer, period and currency the costs sum to bedrock.spend to the last digit. charge_kind: direct (the owner '
    'of the line), spread (a charge that nobody used, by bedrock.charge_policy), shared (cost of origin, by '
    'bedrock.cost_split), central (nobody''s, by policy), unallocated (to be divided, and nobody to divide it among). '
    'method_id, allocation_key, ratio: how a share was found; NULL: not a share, or ratio: several. chargeable: to a '
    'workload with an owner; reason: why not, NULL: it is. A caller sees the rows of its scope. Error 22023: no '
    'metric';

CREATE OR REPLACE FUNCTION bedrock_internal.payer_level(by text) RETURNS integer
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    level integer;
BEGIN
    IF lower(payer_level.by) IN ('workload', 'owner', 'customer', 'department') THEN
        RETURN NULL;
    END IF;
    SELECT l.level INTO level FROM bedrock.hierarchy_level AS l
    WHERE upper_inf(l.recorded) AND lower(l.level_name) = lower(payer_level.by) AND l.level <= 4;
    IF level IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is nobody who pays', left(coalesce(payer_level.by, 'NULL'), 160)),
            HINT = format('Use workload, owner, customer, department%s.',
                          (SELECT string_agg(', ' || l.level_name, '' ORDER BY l.level)
                           FROM bedrock.hierarchy_level AS l
                           WHERE upper_inf(l.recorded) AND l.level <= 4));
    END IF;
    RETURN level;
END
$$;
COMMENT ON FUNCTION bedrock_internal.payer_level(text) IS
    'level of the hierarchy that is called so; NULL: workload, owner, customer or department. Error 22023: neither';
