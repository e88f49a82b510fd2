-- What of the usage counts towards the credits of an agreement, and what does not and why. The tags of a line are part
-- of its dimension: they are read once for each, and usage is only divided by the days on which something changes.

CREATE OR REPLACE FUNCTION bedrock_internal.map_rule_days(subject text, words text[])
    RETURNS TABLE (word text, days datemultirange)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
    WITH matching AS (
        SELECT w.word, r.counts, datemultirange(r.valid) AS days,
               row_number() OVER (PARTITION BY w.word
                                  ORDER BY r.builtin, length(coalesce(r.value, '')) DESC, r.valid DESC) AS place
        FROM unnest(map_rule_days.words) AS w (word)
        JOIN bedrock.map_rule AS r ON r.subject = map_rule_days.subject AND upper_inf(r.recorded)
            AND starts_with(w.word, coalesce(r.value, '')))
    SELECT m.word, range_agg(m.days - coalesce(b.days, '{}'))
    FROM matching AS m
    LEFT JOIN LATERAL (SELECT range_agg(o.days) AS days FROM matching AS o
                       WHERE o.word = m.word AND o.place < m.place) AS b ON true
    WHERE m.counts
    GROUP BY m.word;
END;
COMMENT ON FUNCTION bedrock_internal.map_rule_days(text, text[]) IS
    'days (UTC) on which words of a subject count, by bedrock.map_rule; a word that never counts has no row';

CREATE OR REPLACE FUNCTION bedrock_internal.day_of_quarter(day date) RETURNS date
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF day_of_quarter.day NOT BETWEEN '0001-01-01' AND '9999-12-31' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s is in no quarter', bedrock_internal.day_text(day_of_quarter.day)),
            HINT = 'Give a day of the years 1 to 9999.';
    END IF;
    RETURN day_of_quarter.day;
END
$$;
COMMENT ON FUNCTION bedrock_internal.day_of_quarter(date) IS
    'the day, or NULL. Error 22023: it is none of the years 1 to 9999';

CREATE OR REPLACE FUNCTION bedrock_internal.map_window(metric text, mpe_ids text[], day date, since date)
    RETURNS TABLE (mpe_id text, starts date, ends date, accounts text[], first_day date, last_day date)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT a.mpe_id, lower(a.valid), coalesce(upper(a.valid) - 1, 'infinity'), a.accounts, w.first_day, w.last_day
    FROM bedrock.map_agreement AS a
    CROSS JOIN LATERAL (SELECT bedrock_internal.span_of('quarter', NULL, map_window.day, a.first_month)) AS q (days)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN map_window.since < lower(q.days)
                        THEN least(lower(q.days), greatest(map_window.since, lower(a.valid)))
                    ELSE lower(q.days) END, upper(q.days) - 1) AS w (first_day, last_day)
    WHERE upper_inf(a.recorded) AND a.metric = map_window.metric AND a.mpe_id = ANY (map_window.mpe_ids)
      AND a.valid && daterange(w.first_day, w.last_day, '[]');
END;
COMMENT ON FUNCTION bedrock_internal.map_window(text, text[], date, date) IS
    'agreements of a metric with the days that are looked at: the quarter of day, and what lies before it from since '
    'on (NULL: nothing); those that begin later or ended earlier are left out';

-- A key must be written exactly; where the source itself folds keys, nobody knows how it was written.
CREATE OR REPLACE FUNCTION bedrock_internal.map_line()
    RETURNS TABLE (dimension_id integer, account_id text, currency text, resource_id text, principal_key text,
        request_path text, model_id text, product text, tag text, method text, is_folded boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT d.dimension_id, d.account_id, d.currency, d.resource_id, d.principal_key, d.request_path, d.model_id,
           CASE WHEN d.billing_entity <> 'AWS Marketplace' OR d.billing_entity IS NULL
                    THEN coalesce(d.product_code, CASE WHEN d.bedrock_basis <> 'probable' THEN 'AmazonBedrock' END)
                WHEN d.usage_group = 'provisioned_throughput' AND d.request_path <> 'provisioned_model'
                    THEN 'AWS Marketplace provisioned throughput'
                ELSE 'AWS Marketplace' END,
           coalesce(t.resource, t.folded, t.principal),
           CASE WHEN coalesce(t.resource, t.folded) IS NOT NULL
                    THEN CASE d.request_path WHEN 'application_profile' THEN 'profile' WHEN 'project' THEN 'project'
                                             ELSE 'resource' END
                WHEN t.principal IS NOT NULL THEN 'principal' END,
           t.resource IS NULL AND t.folded IS NOT NULL
    FROM bedrock.dimension AS d
    CROSS JOIN LATERAL (
        SELECT coalesce(d.tags ->> 'resourceTags/map-migrated', d.tags ->> 'user:map-migrated',
                        d.tags ->> 'resourceTags/user:map-migrated', d.tags ->> 'map-migrated') AS resource,
               d.tags ->> 'user_map_migrated' AS folded,
               coalesce(d.tags ->> 'iamPrincipal/map-migrated', d.tags ->> 'user:iamPrincipal/map-migrated',
                        d.tags ->> 'resourceTags/iamPrincipal/map-migrated',
                        d.tags ->> 'resourceTags/user:iamPrincipal/map-migrated') AS principal
        OFFSET 0) AS t
    WHERE d.charge_category = 'usage';
END;
COMMENT ON FUNCTION bedrock_internal.map_line() IS
    'what bedrock.dimension says of usage about MAP: product is the word of bedrock.map_rule; tag is the value of '
    'map-migrated (NULL: none), that of the resource before that of the principal; method says whose it is; is_folded: '
    'the source folds tag keys';

CREATE OR REPLACE FUNCTION bedrock_internal.map_early_callers(starts date[])
    RETURNS TABLE (starts date, principal_key text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT s.starts, c.principal_key
    FROM unnest(map_early_callers.starts) AS s (starts)
    JOIN (SELECT d.principal_key, min(f.first_month) AS first_month
          FROM (SELECT f.dimension_id, min(f.billing_period) AS first_month
                FROM bedrock.fact_month AS f
                WHERE NOT f.superseded
                  AND f.billing_period < (SELECT max(m) FROM unnest(map_early_callers.starts) AS m)
                GROUP BY 1) AS f
          JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
          WHERE d.charge_category = 'usage' AND d.principal_key IS NOT NULL
          GROUP BY 1) AS c ON c.first_month < bedrock_internal.month_of(s.starts)
    UNION
    -- Of a month that an agreement begins in the middle of, the days before.
    SELECT s.starts, d.principal_key
    FROM unnest(map_early_callers.starts) AS s (starts)
    JOIN (SELECT f.dimension_id, f.billing_period, min(f.usage_date) AS first_day
          FROM bedrock.fact AS f
          WHERE NOT f.superseded
            AND f.billing_period = ANY (ARRAY(SELECT bedrock_internal.month_of(m)
                                              FROM unnest(map_early_callers.starts) AS m
                                              WHERE extract(day FROM m) > 1))
            AND f.usage_date < (SELECT max(m) FROM unnest(map_early_callers.starts) AS m)
          GROUP BY 1, 2) AS f
        ON f.billing_period = bedrock_internal.month_of(s.starts) AND f.first_day < s.starts
    JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
    WHERE d.charge_category = 'usage' AND d.principal_key IS NOT NULL AND extract(day FROM s.starts) > 1;
END;
COMMENT ON FUNCTION bedrock_internal.map_early_callers(date[]) IS
    'roles and users (bedrock.spend.principal_key) with usage before each of these days';

CREATE OR REPLACE FUNCTION bedrock_internal.map_callers_recorded(before date) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN EXISTS (
        SELECT FROM bedrock.fact_month AS f
        JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
        WHERE NOT f.superseded AND f.billing_period < map_callers_recorded.before
          AND d.charge_category = 'usage' AND d.principal_recorded);
COMMENT ON FUNCTION bedrock_internal.map_callers_recorded(date) IS
    'whether bills of months that begin before this day say who called, so that a caller can be new from then on';

-- Every line of the months with each agreement, and all that its state follows from but the day. Planned by itself: how
-- many there are is estimated too high within another statement, which would sort where it can hash.
CREATE OR REPLACE FUNCTION bedrock_internal.map_agreement_line(metric text, mpe_ids text[], day date, since date,
    first_month date, last_month date, through date)
    RETURNS TABLE (mpe_id text, starts date, ends date, accounts text[], first_day date, last_day date,
        dimension_id integer, account_id text, currency text, request_path text, identity_kind text, identity text,
        tag text, found text, method text, state_if_counted text, product_days datemultirange,
        model_days datemultirange, method_days datemultirange, tagged_from date, tagged_to date,
        registered_days datemultirange, role_counts boolean, claimed_by text)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH agreement AS MATERIALIZED (
        SELECT w.*, 'mig' || w.mpe_id AS value, bedrock_internal.map_callers_recorded(w.starts) AS callers_recorded
        FROM bedrock_internal.map_window(map_agreement_line.metric, map_agreement_line.mpe_ids,
                                         map_agreement_line.day, map_agreement_line.since) AS w),
    early AS MATERIALIZED (
        SELECT a.mpe_id, e.principal_key
        FROM bedrock_internal.map_early_callers(ARRAY(SELECT a.starts FROM agreement AS a)) AS e
        JOIN agreement AS a ON a.starts = e.starts),
    -- found: whether the tag has the value of this agreement (own), of another one, or of none.
    line AS MATERIALIZED (
        SELECT a.mpe_id, l.*, l.method = 'principal' AND e.principal_key IS NOT NULL AS is_of_early_caller,
               l.principal_key IS NOT NULL AND e.principal_key IS NULL AS role_counts,
               CASE WHEN l.tag IS NULL THEN 'none' WHEN l.tag = a.value THEN 'own'
                    WHEN EXISTS (SELECT FROM bedrock.map_agreement AS o
                                 WHERE upper_inf(o.recorded) AND 'mig' || o.mpe_id = l.tag) THEN 'other'
                    ELSE 'wrong' END AS found
        FROM agreement AS a
        CROSS JOIN bedrock_internal.map_line() AS l
        LEFT JOIN early AS e ON e.mpe_id = a.mpe_id AND e.principal_key = l.principal_key),
    used AS MATERIALIZED (
        SELECT DISTINCT f.dimension_id FROM bedrock.fact_month AS f
        WHERE NOT f.superseded
          AND f.billing_period BETWEEN map_agreement_line.first_month AND map_agreement_line.last_month),
    -- When an identity had the tag, where it also has lines without.
    bare AS MATERIALIZED (
        SELECT DISTINCT l.mpe_id, i.identity
        FROM line AS l
        JOIN used AS u ON u.dimension_id = l.dimension_id
        CROSS JOIN LATERAL (VALUES (l.resource_id), (l.principal_key)) AS i (identity)
        WHERE l.found <> 'own' AND i.identity IS NOT NULL),
    tagged AS MATERIALIZED (
        SELECT c.mpe_id, c.identity, min(f.usage_date) AS first_day, max(f.usage_date) AS last_day
        FROM (SELECT l.mpe_id, l.dimension_id,
                     CASE l.method WHEN 'principal' THEN l.principal_key ELSE l.resource_id END AS identity
              FROM line AS l WHERE l.found = 'own' AND NOT l.is_of_early_caller) AS c
        JOIN bedrock.fact AS f ON f.dimension_id = c.dimension_id
        WHERE NOT f.superseded AND f.usage_date <= map_agreement_line.through
          AND (c.mpe_id, c.identity) IN (SELECT b.mpe_id, b.identity FROM bare AS b)
        GROUP BY 1, 2),
    registered AS (
        SELECT p.profile_arn, p.tags ->> 'map-migrated' AS value, range_agg(p.valid) AS days
        FROM bedrock.profile AS p
        WHERE upper_inf(p.recorded) AND p.tags ? 'map-migrated'
        GROUP BY 1, 2),
    -- What nobody owned yet is of the workload that claimed it later: the tag was missing all the same.
    claimed AS MATERIALIZED (
        SELECT DISTINCT ON (m.mpe_id, c.identity) m.mpe_id, c.identity, c.workload
        FROM bedrock.claim AS c
        JOIN bedrock.map_workload AS m ON m.workload = c.workload AND upper_inf(m.recorded)
        WHERE upper_inf(c.recorded)
        ORDER BY m.mpe_id, c.identity, c.valid, c.workload)
    SELECT l.mpe_id, a.starts, a.ends, a.accounts, a.first_day, a.last_day, l.dimension_id, l.account_id, l.currency,
           l.request_path, k.identity_kind,
           CASE k.identity_kind WHEN 'principal' THEN l.principal_key ELSE l.resource_id END,
           l.tag, l.found, l.method,
           CASE WHEN l.is_of_early_caller THEN 'not_eligible: principal in use before the start'
                WHEN l.is_folded THEN 'qualifying_unverified: the source folds tag keys'
                WHEN l.method = 'principal' AND NOT a.callers_recorded
                    THEN 'qualifying_unverified: no caller is recorded before the start'
                ELSE 'qualifying' END,
           product.days, CASE WHEN l.model_id IS NULL THEN '{(,)}' ELSE model.days END, method.days,
           greatest(tr.first_day, tp.first_day), least(tr.last_day, tp.last_day), r.days, l.role_counts,
           coalesce(cr.workload, cp.workload)
    FROM line AS l
    JOIN used AS u ON u.dimension_id = l.dimension_id
    JOIN agreement AS a ON a.mpe_id = l.mpe_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN l.request_path = 'project' THEN 'project'
                    WHEN l.method IN ('profile', 'resource') OR l.request_path IN
                        ('application_profile', 'provisioned_model', 'custom_model', 'imported_model') THEN 'resource'
                    WHEN l.principal_key IS NOT NULL THEN 'principal' END) AS k (identity_kind)
    LEFT JOIN bedrock_internal.map_rule_days('product', ARRAY(SELECT DISTINCT l.product FROM line AS l)) AS product
        ON product.word = l.product
    LEFT JOIN bedrock_internal.map_rule_days('model', ARRAY(SELECT DISTINCT l.model_id FROM line AS l)) AS model
        ON model.word = l.model_id
    LEFT JOIN bedrock_internal.map_rule_days('method', '{principal,profile,project,resource}') AS method
        ON method.word = l.method
    LEFT JOIN tagged AS tr ON tr.mpe_id = l.mpe_id AND tr.identity = l.resource_id
    LEFT JOIN tagged AS tp ON tp.mpe_id = l.mpe_id AND tp.identity = l.principal_key
    LEFT JOIN registered AS r ON r.profile_arn = l.resource_id AND r.value = a.value
    LEFT JOIN claimed AS cr ON cr.mpe_id = l.mpe_id AND cr.identity = l.resource_id
    LEFT JOIN claimed AS cp ON cp.mpe_id = l.mpe_id AND cp.identity = l.principal_key;
END;
COMMENT ON FUNCTION bedrock_internal.map_agreement_line(text, text[], date, date, date, date, date) IS
    'lines of usage billed in these months, with each agreement of bedrock_internal.map_window and what '
    'bedrock_internal.map_state judges by. found: tag is that of the agreement (own), of another one (other), another '
    'value (wrong) or none; state_if_counted: what usage with the own tag is on days on which product, model and '
    'method count; tagged_from, tagged_to: first and last day, up to through, on which its identity had the tag; '
    'registered_days: days on which the registry of profiles has it; claimed_by: workload of the agreement that claims '
    'the identity on any day';

CREATE OR REPLACE FUNCTION bedrock_internal.map_untagged(dimension_id integer) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN d.tags IS NULL THEN 'at_risk: tags are not recorded'
                WHEN d.tags::text ~* 'migrated' AND EXISTS (
                    SELECT FROM jsonb_object_keys(d.tags) AS k (key)
                    WHERE bedrock_internal.fold_name(bedrock_internal.tag_name(k.key)) = 'mapmigrated')
                    THEN 'at_risk: wrong key'
                ELSE 'at_risk: untagged' END
    FROM bedrock.dimension AS d WHERE d.dimension_id = map_untagged.dimension_id;
END;
COMMENT ON FUNCTION bedrock_internal.map_untagged(integer) IS
    'state and reason of a line at risk without the tag: the bill has no tags, its key is written in another way, or '
    'it has none';

CREATE OR REPLACE FUNCTION bedrock_internal.map_state(day date, starts date, ends date, found text,
    state_if_counted text, product_days datemultirange, model_days datemultirange, method_days datemultirange,
    tagged_from date, tagged_to date, registered_days datemultirange, of_agreement boolean,
    dimension_id integer) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN day < starts THEN 'not_eligible: before the start'
                WHEN day > ends AND found = 'own' THEN 'not_eligible: tagged after the end'
                WHEN day > ends THEN 'not_eligible: after the end'
                WHEN (product_days @> day) IS NOT TRUE THEN 'not_eligible: product'
                WHEN (model_days @> day) IS NOT TRUE THEN 'not_eligible: model'
                WHEN found = 'own' AND method_days @> day THEN state_if_counted
                WHEN found = 'own' AND method_days && daterange(day, NULL)
                    THEN 'lost: tags of this kind did not count yet'
                WHEN found = 'own' THEN 'at_risk: tags of this kind do not count'
                WHEN found = 'other' THEN 'not_eligible: other agreement'
                WHEN day < tagged_from THEN 'lost: tagged later'
                WHEN found = 'none' AND registered_days @> day AND registered_days @> (day - 2)
                    THEN 'pending: not active in the bill'
                WHEN found = 'none' AND registered_days @> day THEN 'pending: tagged less than 48 hours ago'
                WHEN day > tagged_to AND found = 'none' THEN 'stale: tag removed'
                WHEN day > tagged_to THEN 'stale: value changed'
                WHEN of_agreement IS NOT TRUE THEN 'not_eligible: not of the agreement'
                WHEN found = 'wrong' THEN 'at_risk: wrong value'
                ELSE bedrock_internal.map_untagged(dimension_id) END;
COMMENT ON FUNCTION bedrock_internal.map_state(date, date, date, text, text, datemultirange, datemultirange,
    datemultirange, date, date, datemultirange, boolean, integer) IS
    'state and reason of usage of a day, with a colon between them, by what bedrock_internal.map_agreement_line has of '
    'its line; of_agreement: whether its workload is one of the agreement on that day';

-- Planned anew each time: the quarter decides which partitions are read. It runs as its owner, as what is of a role is
-- judged by what others used, and shows those who call it the usage that row security shows them.
CREATE OR REPLACE FUNCTION bedrock_internal.map_usage(quarter date DEFAULT NULL, as_of date DEFAULT NULL,
    since date DEFAULT NULL)
    RETURNS TABLE (mpe_id text, first_day date, last_day date, workload text, identity_kind text, identity text,
        request_path text, state text, method text, reason text, tag_value text, role_counts boolean, currency text,
        lines bigint, cost numeric, first_seen date, last_seen date, tagged_since date)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    caller name := bedrock_internal.calling_role();
    sees boolean := bedrock_internal.sees_all(caller);
    tokens uuid[] := CASE WHEN NOT sees THEN bedrock_internal.tokens_of(caller) END;
    -- The latest month that is billed says which quarter it is.
    through date := coalesce(bedrock_internal.day_of_quarter(map_usage.as_of), 'infinity');
    day date := coalesce(bedrock_internal.day_of_quarter(map_usage.quarter), map_usage.as_of,
                         bedrock.latest_period());
    mpe_ids text[];
    first_month date;
    last_month date;
    common date[];
    parted date[];
    by_bill boolean;
    in_metric text;
BEGIN
    mpe_ids := ARRAY(SELECT a.mpe_id FROM bedrock.map_agreement AS a
                     WHERE upper_inf(a.recorded)
                       AND (sees OR a.mpe_id IN (SELECT v FROM bedrock_internal.visible_map_agreement(tokens) AS v)));
    -- Agreements that count one cost are one pass.
    FOR in_metric IN SELECT DISTINCT a.metric FROM bedrock.map_agreement AS a
                     WHERE upper_inf(a.recorded) AND a.mpe_id = ANY (mpe_ids) LOOP
        -- Days on which the state of any usage can change. A month without one is read from the monthly sums, but for
        -- lines that change on days of their own.
        SELECT bedrock_internal.month_of(min(w.first_day)), least(max(w.last_day), through),
               bool_or(w.accounts IS NOT NULL),
               coalesce(array_agg(DISTINCT c.day ORDER BY c.day) FILTER (WHERE isfinite(c.day)), '{}'),
               coalesce(array_agg(DISTINCT bedrock_internal.month_of(c.day)) FILTER (
                            WHERE isfinite(c.day) AND extract(day FROM c.day) > 1), '{}')
        INTO first_month, last_month, by_bill, common, parted
        FROM bedrock_internal.map_window(in_metric, mpe_ids, day, map_usage.since) AS w
        CROSS JOIN LATERAL (
            SELECT unnest(ARRAY[w.first_day, w.last_day + 1, w.starts, w.ends + 1, through + 1])
            UNION ALL SELECT unnest(ARRAY[lower(r.valid), upper(r.valid)])
            FROM bedrock.map_rule AS r WHERE upper_inf(r.recorded)
            UNION ALL SELECT unnest(ARRAY[lower(m.valid), upper(m.valid)])
            FROM bedrock.map_workload AS m WHERE upper_inf(m.recorded) AND m.mpe_id = w.mpe_id) AS c (day);
        CONTINUE WHEN first_month IS NULL;

        RETURN QUERY
        WITH line AS MATERIALIZED (
            SELECT c.* FROM bedrock_internal.map_agreement_line(in_metric, mpe_ids, day, map_usage.since,
                                                                first_month, last_month, through) AS c),
        own_day AS MATERIALIZED (
            SELECT DISTINCT l.dimension_id FROM line AS l
            WHERE l.found IN ('none', 'wrong') AND coalesce(l.tagged_from, l.tagged_to) IS NOT NULL
               OR l.found = 'none' AND l.registered_days IS NOT NULL),
        change AS MATERIALIZED (
            SELECT coalesce(array_agg(DISTINCT c.day ORDER BY c.day), '{}') AS days
            FROM (SELECT unnest(common)
                  UNION ALL SELECT unnest(ARRAY[l.tagged_from, l.tagged_to + 1]) FROM line AS l
                  UNION ALL
                  SELECT unnest(ARRAY[lower(r.days), upper(r.days), lower(r.days) + 2, upper(r.days) + 2])
                  FROM (SELECT unnest(l.registered_days) FROM line AS l) AS r (days)) AS c (day)
            WHERE isfinite(c.day)),
        -- Usage counts in the month that it is billed in. All days of a part have one state.
        used AS MATERIALIZED (
            SELECT f.dimension_id, f.attribution_id, CASE WHEN by_bill THEN f.bill_id END AS bill_id,
                   min(f.billing_period) AS day, width_bucket(f.billing_period, common) AS part,
                   NULL::date AS first_seen, NULL::date AS last_seen, sum(f.lines) AS lines,
                   sum(bedrock_internal.cost_in(in_metric, f.unblended_cost, f.blended_cost, f.net_unblended_cost,
                                                f.amortized_cost, f.net_amortized_cost)) AS cost
            FROM bedrock.fact_month AS f
            WHERE NOT f.superseded AND f.billing_period BETWEEN first_month AND last_month
              AND f.billing_period <> ALL (parted)
              AND f.dimension_id NOT IN (SELECT o.dimension_id FROM own_day AS o)
            GROUP BY 1, 2, 3, 5
            UNION ALL
            SELECT f.dimension_id, f.attribution_id, CASE WHEN by_bill THEN f.bill_id END, min(b.day), -1, min(b.day),
                   max(b.day), sum(f.lines),
                   sum(bedrock_internal.cost_in(in_metric, f.unblended_cost, f.blended_cost, f.net_unblended_cost,
                                                f.amortized_cost, f.net_amortized_cost))
            FROM (SELECT f.* FROM bedrock.fact AS f WHERE f.billing_period = ANY (parted)
                  UNION ALL
                  SELECT f.* FROM bedrock.fact AS f
                  WHERE f.billing_period <> ALL (parted)
                    AND f.dimension_id IN (SELECT o.dimension_id FROM own_day AS o)) AS f
            CROSS JOIN LATERAL (
                SELECT least(greatest(f.usage_date, f.billing_period),
                             (f.billing_period + interval '1 month')::date - 1)) AS b (day)
            WHERE NOT f.superseded AND f.billing_period BETWEEN first_month AND last_month AND b.day <= through
            GROUP BY 1, 2, 3, width_bucket(b.day, (SELECT c.days FROM change AS c))),
        -- How many are used is not known to the planner, which would look up each.
        owned AS MATERIALIZED (
            SELECT t.attribution_id, o.workload
            FROM bedrock.attribution AS t JOIN bedrock.owner AS o ON o.owner_id = t.owner_id),
        member AS MATERIALIZED (
            SELECT m.mpe_id, m.workload, range_agg(m.valid) AS days
            FROM bedrock.map_workload AS m WHERE upper_inf(m.recorded) GROUP BY 1, 2),
        -- Judged once for each row: OFFSET 0.
        judged AS (
            SELECT l.mpe_id, l.first_day, l.last_day, l.identity_kind, l.identity, l.request_path, l.method, l.tag,
                   l.role_counts, l.currency, l.claimed_by, l.tagged_from, o.workload AS owned_by, u.dimension_id,
                   u.attribution_id, u.part, u.first_seen, u.last_seen, u.lines, u.cost,
                   (c.days @> u.day) IS TRUE AS by_claim,
                   bedrock_internal.map_state(u.day, l.starts, l.ends, l.found, l.state_if_counted, l.product_days,
                       l.model_days, l.method_days, l.tagged_from, l.tagged_to, l.registered_days,
                       c.days @> u.day OR m.days @> u.day, l.dimension_id) AS verdict
            FROM used AS u
            JOIN line AS l ON l.dimension_id = u.dimension_id AND u.day BETWEEN l.first_day AND l.last_day
            JOIN owned AS o ON o.attribution_id = u.attribution_id
            LEFT JOIN bedrock.bill AS b ON b.bill_id = u.bill_id
            LEFT JOIN member AS m ON m.mpe_id = l.mpe_id AND m.workload = o.workload
            LEFT JOIN member AS c ON c.mpe_id = l.mpe_id AND c.workload = l.claimed_by AND o.workload = '(unclaimed)'
            WHERE (l.accounts IS NULL OR l.account_id = ANY (l.accounts) OR b.payer_account_id = ANY (l.accounts))
              AND (sees OR u.attribution_id IN (
                       SELECT v FROM bedrock_internal.visible_attribution(tokens) AS v))
            OFFSET 0),
        -- When it was used is told where something can be done, or could have been.
        stated AS MATERIALIZED (
            SELECT j.*, split_part(j.verdict, ': ', 1) AS state, nullif(split_part(j.verdict, ': ', 2), '') AS reason,
                   split_part(j.verdict, ': ', 1) IN ('at_risk', 'pending', 'stale', 'lost')
                       OR j.verdict = 'not_eligible: tagged after the end' AS is_told
            FROM judged AS j),
        seen AS (
            SELECT f.dimension_id, f.attribution_id, width_bucket(f.billing_period, common) AS part,
                   min(f.usage_date) AS first_seen, max(f.usage_date) AS last_seen
            FROM bedrock.fact AS f
            WHERE NOT f.superseded AND f.billing_period BETWEEN first_month AND last_month
              AND f.billing_period <> ALL (parted)
              AND f.dimension_id IN (
                  SELECT s.dimension_id FROM stated AS s WHERE s.is_told AND s.first_seen IS NULL)
            GROUP BY 1, 2, 3)
        SELECT s.mpe_id, s.first_day, s.last_day,
               CASE WHEN s.by_claim AND (sees OR s.claimed_by IN (
                             SELECT v FROM bedrock_internal.visible_workload_name(tokens) AS v))
                        THEN s.claimed_by ELSE s.owned_by END,
               s.identity_kind, s.identity, s.request_path, s.state, s.method, s.reason, s.tag, s.role_counts,
               s.currency, sum(s.lines)::bigint, sum(s.cost),
               min(coalesce(s.first_seen, d.first_seen)) FILTER (WHERE s.is_told),
               max(coalesce(s.last_seen, d.last_seen)) FILTER (WHERE s.is_told),
               CASE s.reason WHEN 'tagged later' THEN s.tagged_from END
        FROM stated AS s
        LEFT JOIN seen AS d ON d.dimension_id = s.dimension_id AND d.attribution_id = s.attribution_id
            AND d.part = s.part
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 18;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.map_usage(date, date, date) IS
    'usage with its state for each agreement of bedrock.map_agreement: bedrock.map_status by the identity that has or '
    'lacks the tag (resource, project or principal; NULL: the line names none). since: looks back beyond the quarter '
    'to this day, at most to the first of each agreement. tag_value: as billed, NULL: none; role_counts: whether its '
    'caller was not in use before the agreement, as far as the bills tell; first_seen, last_seen: days with usage, '
    'NULL: it counts, or nothing can be done; tagged_since: of what was tagged later, first day with the tag, else '
    'NULL';

CREATE OR REPLACE FUNCTION bedrock.map_status(quarter date DEFAULT NULL, as_of date DEFAULT NULL)
    RETURNS TABLE (mpe_id text, agreement_name text, first_day date, last_day date, workload text, state text,
        method text, reason text, lines bigint, cost numeric, currency text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT u.mpe_id, a.agreement_name, u.first_day, u.last_day, u.workload, u.state,
           CASE WHEN u.state LIKE 'qualifying%' THEN u.method END, u.reason, sum(u.lines)::bigint, sum(u.cost),
           u.currency
    FROM bedrock_internal.map_usage(map_status.quarter, map_status.as_of) AS u
    LEFT JOIN bedrock.map_agreement AS a ON a.mpe_id = u.mpe_id AND upper_inf(a.recorded)
    GROUP BY u.mpe_id, a.agreement_name, u.first_day, u.last_day, u.workload, u.state,
             CASE WHEN u.state LIKE 'qualifying%' THEN u.method END, u.reason, u.currency
    ORDER BY u.mpe_id, u.currency, u.state, sum(u.cost) DESC, u.workload, u.reason;
END;
COMMENT ON FUNCTION bedrock.map_status(date, date) IS
    'usage of a quarter for each agreement of the Migration Acceleration Program, by workload, state, method and '
    'reason; over all states of an agreement it sums to all usage of its accounts in the quarter. quarter: any of its '
    'days, NULL: of as_of, else of the latest billing period; as_of: last day of usage that counts, NULL: all. state: '
    'qualifying, qualifying_unverified, pending, stale, at_risk, lost, not_eligible. Error 22023: no day of the years '
    '1 to 9999';
