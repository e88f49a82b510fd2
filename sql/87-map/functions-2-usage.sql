-- What of the usage counts towards the credits of an agreement, and what does not and why. The tags of a line are part
-- of its dimension: they are read once for each, and usage is only divided by the days on which something changes.

CREATE OR REPLACE FUNCTION bedrock_internal.map_rule_days(subject text, words text[])
    RETURNS TABLE (word text, days datemultirange)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH matching AS (
        SELECT w.word, r.counts, datemultirange(r.valid) AS days,
               row_number() OVER (PARTITION BY w.word ORDER BY r.builtin, length(r.value) DESC, r.valid DESC) AS place
        FROM unnest(map_rule_days.words) AS w (word)
        JOIN bedrock.map_rule AS r ON r.subject = map_rule_days.subject AND starts_with(w.word, r.value))
    SELECT m.word, range_agg(m.days - coalesce(b.days, '{}'))
    FROM matching AS m
    LEFT JOIN LATERAL (SELECT range_agg(o.days) AS days FROM matching AS o
                       WHERE o.word = m.word AND o.place < m.place) AS b ON true
    WHERE m.counts
    GROUP BY m.word;
END;
COMMENT ON FUNCTION bedrock_internal.map_rule_days(text, text[]) IS
    'days (UTC) on which words of a subject count, by bedrock.map_rule; a word that never counts has no row';

CREATE OR REPLACE FUNCTION bedrock_internal.map_window(metric text, day date, through date)
    RETURNS TABLE (mpe_id text, starts date, ends date, accounts text[], first_day date, last_day date)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT a.mpe_id, lower(a.valid), coalesce(upper(a.valid) - 1, 'infinity'), a.accounts, w.first_day, w.last_day
    FROM bedrock.map_agreement AS a
    CROSS JOIN LATERAL (SELECT bedrock_internal.map_quarter(map_window.day, a.first_month)) AS q (first_day)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN map_window.through IS NULL THEN q.first_day ELSE lower(a.valid) END,
               coalesce(map_window.through, (q.first_day + interval '3 months')::date - 1)) AS w (first_day, last_day)
    WHERE upper_inf(a.recorded) AND a.metric = map_window.metric AND w.last_day >= lower(a.valid);
END;
COMMENT ON FUNCTION bedrock_internal.map_window(text, date, date) IS
    'agreements of a metric with the days that are looked at: the quarter of day, or with through from the first day '
    'of each on; those that begin later are left out';

-- Planned anew each time: the quarter decides which partitions are read.
CREATE OR REPLACE FUNCTION bedrock_internal.map_usage(quarter date DEFAULT NULL, as_of date DEFAULT NULL,
    whole boolean DEFAULT false)
    RETURNS TABLE (mpe_id text, first_day date, last_day date, workload text, identity_kind text, identity text,
        request_path text, state text, method text, reason text, tag_value text, role_counts boolean, currency text,
        lines bigint, cost numeric, first_seen date, last_seen date)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    -- The latest month that is billed says which quarter it is.
    day date := coalesce(map_usage.quarter, map_usage.as_of, bedrock.latest_period());
    through date := coalesce(map_usage.as_of, 'infinity');
    since date;
    until date;
    by_bill boolean;
    in_metric text;
BEGIN
    IF NOT isfinite(day) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('%s is in no quarter', day),
            HINT = 'Give a day of the quarter.';
    END IF;
    -- Agreements that count one cost are one pass.
    FOR in_metric IN SELECT DISTINCT a.metric FROM bedrock.map_agreement AS a WHERE upper_inf(a.recorded) LOOP
        SELECT min(w.first_day), max(w.last_day), bool_or(w.accounts IS NOT NULL) INTO since, until, by_bill
        FROM bedrock_internal.map_window(in_metric, day, CASE WHEN map_usage.whole THEN through END) AS w;
        CONTINUE WHEN since IS NULL;

        RETURN QUERY
        WITH agreement AS MATERIALIZED (
            SELECT w.mpe_id, 'mig' || w.mpe_id AS value, w.starts, w.ends, w.accounts, w.first_day, w.last_day
            FROM bedrock_internal.map_window(in_metric, day, CASE WHEN map_usage.whole THEN through END) AS w),
        -- What was used in these days; it is read by the day below.
        in_window AS MATERIALIZED (
            SELECT DISTINCT f.dimension_id
            FROM bedrock.fact_month AS f
            WHERE NOT f.superseded AND f.billing_period >= date_trunc('month', since::timestamp)::date),
        -- A key must be written exactly; where the source itself folds keys, nobody knows how it was written.
        line AS MATERIALIZED (
            SELECT d.dimension_id, d.account_id, d.currency, d.resource_id, d.principal_key, d.request_path, d.model_id,
                   CASE WHEN d.billing_entity <> 'AWS Marketplace' OR d.billing_entity IS NULL
                            THEN coalesce(d.product_code,
                                          CASE WHEN d.bedrock_basis <> 'probable' THEN 'AmazonBedrock' END)
                        WHEN d.usage_group = 'provisioned_throughput' AND d.request_path <> 'provisioned_model'
                            THEN 'AWS Marketplace provisioned throughput'
                        ELSE 'AWS Marketplace' END AS product,
                   coalesce(d.tags ->> 'resourceTags/map-migrated', d.tags ->> 'user:map-migrated',
                            d.tags ->> 'resourceTags/user:map-migrated', d.tags ->> 'map-migrated') AS resource_tag,
                   coalesce(d.tags ->> 'iamPrincipal/map-migrated', d.tags ->> 'user:iamPrincipal/map-migrated',
                            d.tags ->> 'resourceTags/iamPrincipal/map-migrated',
                            d.tags ->> 'resourceTags/user:iamPrincipal/map-migrated') AS principal_tag,
                   d.tags ->> 'user_map_migrated' AS folded_tag, d.tags
            FROM bedrock.dimension AS d
            WHERE d.charge_category = 'usage'),
        product AS (
            SELECT r.word, r.days
            FROM bedrock_internal.map_rule_days('product', ARRAY(SELECT DISTINCT l.product FROM line AS l)) AS r),
        model AS (
            SELECT r.word, r.days
            FROM bedrock_internal.map_rule_days('model', ARRAY(SELECT DISTINCT l.model_id FROM line AS l)) AS r),
        method AS (
            SELECT r.word, r.days
            FROM bedrock_internal.map_rule_days('method', '{principal,profile,project,resource}') AS r),
        registered AS (
            SELECT p.profile_arn, p.tags ->> 'map-migrated' AS value, range_agg(p.valid) AS days
            FROM bedrock.profile AS p
            WHERE upper_inf(p.recorded) AND p.tags ? 'map-migrated'
            GROUP BY 1, 2),
        tagged AS MATERIALIZED (
            SELECT a.mpe_id, a.starts, l.*,
                   coalesce(l.resource_tag, l.folded_tag, l.principal_tag) AS tag,
                   CASE WHEN coalesce(l.resource_tag, l.folded_tag) IS NOT NULL
                            THEN CASE l.request_path WHEN 'application_profile' THEN 'profile'
                                                     WHEN 'project' THEN 'project' ELSE 'resource' END
                        WHEN l.principal_tag IS NOT NULL THEN 'principal' END AS method,
                   l.resource_tag IS NULL AND l.folded_tag IS NOT NULL AS folded,
                   CASE WHEN coalesce(l.resource_tag, l.folded_tag, l.principal_tag) IS NULL THEN 'none'
                        WHEN coalesce(l.resource_tag, l.folded_tag, l.principal_tag) = a.value THEN 'own'
                        WHEN EXISTS (SELECT FROM bedrock.map_agreement AS o
                                     WHERE upper_inf(o.recorded) AND 'mig' || o.mpe_id = coalesce(
                                         l.resource_tag, l.folded_tag, l.principal_tag)) THEN 'other'
                        ELSE 'wrong' END AS found
            FROM agreement AS a
            CROSS JOIN line AS l),
        -- When a caller was first there: the month, and the day of those months in which an agreement begins.
        first_month AS (
            SELECT l.principal_key, min(f.billing_period) AS month
            FROM (SELECT f.dimension_id, min(f.billing_period) AS billing_period
                  FROM bedrock.fact_month AS f
                  WHERE NOT f.superseded AND f.billing_period < (SELECT max(a.starts) FROM agreement AS a)
                  GROUP BY 1) AS f
            JOIN line AS l ON l.dimension_id = f.dimension_id
            WHERE l.principal_key IS NOT NULL
            GROUP BY 1),
        first_day AS (
            SELECT l.principal_key, f.billing_period, min(f.usage_date) AS day
            FROM (SELECT f.dimension_id, f.billing_period, min(f.usage_date) AS usage_date
                  FROM bedrock.fact AS f
                  WHERE NOT f.superseded AND f.billing_period IN (
                      SELECT date_trunc('month', a.starts::timestamp)::date FROM agreement AS a
                      WHERE extract(day FROM a.starts) > 1)
                  GROUP BY 1, 2) AS f
            JOIN line AS l ON l.dimension_id = f.dimension_id
            WHERE l.principal_key IS NOT NULL
            GROUP BY 1, 2),
        early AS MATERIALIZED (
            SELECT a.mpe_id, m.principal_key
            FROM agreement AS a
            CROSS JOIN first_month AS m
            LEFT JOIN first_day AS d ON d.principal_key = m.principal_key
                AND d.billing_period = date_trunc('month', a.starts::timestamp)::date
            WHERE m.month < date_trunc('month', a.starts::timestamp)::date OR d.day < a.starts),
        -- Whether the bills say who called before the agreement, so that a caller can be new.
        caller_known AS MATERIALIZED (
            SELECT a.mpe_id, EXISTS (
                       SELECT FROM bedrock.fact_month AS f
                       JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id AND d.principal_recorded
                       WHERE f.billing_period < a.starts AND NOT f.superseded) AS known
            FROM agreement AS a),
        -- When an identity had the tag, where it also has lines without.
        carrier AS MATERIALIZED (
            SELECT t.mpe_id, t.dimension_id,
                   CASE t.method WHEN 'principal' THEN t.principal_key ELSE t.resource_id END AS identity
            FROM tagged AS t
            WHERE t.found = 'own' AND NOT (t.method = 'principal' AND EXISTS (
                SELECT FROM early AS e WHERE e.mpe_id = t.mpe_id AND e.principal_key = t.principal_key))),
        bare AS MATERIALIZED (
            SELECT DISTINCT t.mpe_id, i.identity
            FROM tagged AS t
            JOIN in_window AS w ON w.dimension_id = t.dimension_id
            CROSS JOIN LATERAL (VALUES (t.resource_id), (t.principal_key)) AS i (identity)
            WHERE t.found <> 'own' AND i.identity IS NOT NULL),
        tag_day AS MATERIALIZED (
            SELECT c.mpe_id, c.identity, min(f.usage_date) AS first_day, max(f.usage_date) AS last_day
            FROM carrier AS c
            JOIN bedrock.fact AS f ON f.dimension_id = c.dimension_id
            WHERE NOT f.superseded AND f.usage_date <= through
              AND (c.mpe_id, c.identity) IN (SELECT b.mpe_id, b.identity FROM bare AS b)
            GROUP BY 1, 2),
        member AS MATERIALIZED (
            SELECT m.mpe_id, m.workload, range_agg(m.valid) AS days
            FROM bedrock.map_workload AS m WHERE upper_inf(m.recorded) GROUP BY 1, 2),
        -- What nobody owned yet is of the workload that claimed it later: the tag was missing all the same.
        claimed AS MATERIALIZED (
            SELECT DISTINCT ON (m.mpe_id, c.identity) m.mpe_id, c.identity, c.workload
            FROM bedrock.claim AS c
            JOIN member AS m ON m.workload = c.workload
            WHERE upper_inf(c.recorded)
            ORDER BY m.mpe_id, c.identity, c.valid, c.workload),
        judged AS MATERIALIZED (
            SELECT t.mpe_id, t.dimension_id, t.account_id, t.found, t.folded, t.method, t.tag, t.tags, t.currency,
                   t.request_path, k.identity_kind,
                   CASE k.identity_kind WHEN 'principal' THEN t.principal_key ELSE t.resource_id END AS identity,
                   p.days AS product_days, m.days AS model_days, t.model_id IS NOT NULL AS has_model,
                   h.days AS method_days, e.principal_key IS NOT NULL AS is_early,
                   t.principal_key IS NOT NULL AND e.principal_key IS NULL AS role_counts,
                   t.method = 'principal' AND NOT w.known AS is_unsure,
                   greatest(r.first_day, i.first_day) AS tagged_from, least(r.last_day, i.last_day) AS tagged_to,
                   g.days AS registered_days, coalesce(cr.workload, cp.workload) AS claimed_by
            FROM tagged AS t
            JOIN in_window AS n ON n.dimension_id = t.dimension_id
            JOIN agreement AS a ON a.mpe_id = t.mpe_id
            JOIN caller_known AS w ON w.mpe_id = t.mpe_id
            CROSS JOIN LATERAL (
                SELECT CASE WHEN t.request_path = 'project' THEN 'project'
                            WHEN t.method IN ('profile', 'resource') OR t.request_path IN
                                ('application_profile', 'provisioned_model', 'custom_model', 'imported_model')
                                THEN 'resource'
                            WHEN t.principal_key IS NOT NULL THEN 'principal' END) AS k (identity_kind)
            LEFT JOIN product AS p ON p.word = t.product
            LEFT JOIN model AS m ON m.word = t.model_id
            LEFT JOIN method AS h ON h.word = t.method
            LEFT JOIN early AS e ON e.mpe_id = t.mpe_id AND e.principal_key = t.principal_key
            LEFT JOIN tag_day AS r ON r.mpe_id = t.mpe_id AND r.identity = t.resource_id
            LEFT JOIN tag_day AS i ON i.mpe_id = t.mpe_id AND i.identity = t.principal_key
            LEFT JOIN registered AS g ON g.profile_arn = t.resource_id AND g.value = a.value
            LEFT JOIN claimed AS cr ON cr.mpe_id = t.mpe_id AND cr.identity = t.resource_id
            LEFT JOIN claimed AS cp ON cp.mpe_id = t.mpe_id AND cp.identity = t.principal_key),
        -- Days on which any state can change; between them usage of a dimension is one row.
        change AS MATERIALIZED (
            SELECT coalesce(array_agg(DISTINCT c.day ORDER BY c.day), '{}') AS days
            FROM (SELECT unnest(ARRAY[a.first_day, a.last_day + 1, a.starts, a.ends + 1]) FROM agreement AS a
                  UNION ALL SELECT unnest(ARRAY[t.first_day, t.last_day + 1]) FROM tag_day AS t
                  UNION ALL
                  SELECT unnest(ARRAY[lower(r.days), upper(r.days), lower(r.days) + 2, upper(r.days) + 2])
                  FROM (SELECT unnest(p.days) FROM product AS p UNION ALL SELECT unnest(m.days) FROM model AS m
                        UNION ALL SELECT unnest(m.days) FROM method AS m
                        UNION ALL SELECT unnest(g.days) FROM registered AS g
                        UNION ALL SELECT unnest(m.days) FROM member AS m) AS r (days)) AS c (day)
            WHERE c.day > since AND c.day <= until),
        used AS MATERIALIZED (
            SELECT f.dimension_id, f.attribution_id, CASE WHEN by_bill THEN f.bill_id END AS bill_id,
                   min(f.usage_date) AS first_seen, max(f.usage_date) AS last_seen, sum(f.lines) AS lines,
                   sum(bedrock_internal.cost_in(in_metric, f.unblended_cost, f.blended_cost, f.net_unblended_cost,
                                                f.amortized_cost, f.net_amortized_cost)) AS cost
            FROM bedrock.fact AS f
            WHERE NOT f.superseded AND f.usage_date BETWEEN since AND least(until, through)
              AND f.billing_period >= date_trunc('month', since::timestamp)::date
            GROUP BY 1, 2, 3, width_bucket(f.usage_date, (SELECT c.days FROM change AS c))),
        stated AS (
            SELECT j.mpe_id, a.first_day, a.last_day, o.workload AS owned_by, j.claimed_by, j.identity_kind, j.identity,
                   j.request_path, j.method, j.tag, j.role_counts, j.currency, u.first_seen, u.last_seen, u.lines,
                   u.cost,
                   o.workload = '(unclaimed)' AND (c.days @> u.first_seen) IS TRUE AS by_claim,
                   CASE WHEN u.first_seen < a.starts THEN 'not_eligible: before the start'
                        WHEN u.first_seen > a.ends THEN CASE j.found WHEN 'own' THEN 'stale: the agreement is over'
                                                                     ELSE 'not_eligible: after the end' END
                        WHEN (j.product_days @> u.first_seen) IS NOT TRUE THEN 'not_eligible: product'
                        WHEN j.has_model AND (j.model_days @> u.first_seen) IS NOT TRUE THEN 'not_eligible: model'
                        WHEN j.found = 'own' THEN
                            CASE WHEN (j.method_days @> u.first_seen) IS NOT TRUE
                                     THEN 'at_risk: tags of this kind do not count on the day'
                                 WHEN j.method = 'principal' AND j.is_early
                                     THEN 'not_eligible: principal in use before the start'
                                 WHEN j.folded THEN 'qualifying_unverified: the source folds tag keys'
                                 WHEN j.is_unsure
                                     THEN 'qualifying_unverified: no caller is recorded before the start'
                                 ELSE 'qualifying' END
                        WHEN j.found = 'other' THEN 'not_eligible: other agreement'
                        WHEN u.first_seen < j.tagged_from THEN 'at_risk: tagged later'
                        WHEN j.found = 'none' AND j.registered_days @> u.first_seen THEN
                            CASE WHEN j.registered_days @> (u.first_seen - 2) THEN 'pending: not active in the bill'
                                 ELSE 'pending: tagged less than 48 hours ago' END
                        WHEN u.first_seen > j.tagged_to THEN
                            CASE j.found WHEN 'none' THEN 'stale: tag removed' ELSE 'stale: value changed' END
                        WHEN (c.days @> u.first_seen OR m.days @> u.first_seen) IS NOT TRUE
                            THEN 'not_eligible: not of the agreement'
                        WHEN j.found = 'wrong' THEN 'at_risk: wrong value'
                        WHEN j.tags IS NULL THEN 'at_risk: tags are not recorded'
                        WHEN j.tags::text ~* 'migrated' AND EXISTS (
                            SELECT FROM jsonb_object_keys(j.tags) AS x (key)
                            WHERE bedrock_internal.fold_name(bedrock_internal.tag_name(x.key)) = 'mapmigrated')
                            THEN 'at_risk: wrong key'
                        ELSE 'at_risk: untagged' END AS verdict
            FROM used AS u
            JOIN judged AS j ON j.dimension_id = u.dimension_id
            JOIN agreement AS a ON a.mpe_id = j.mpe_id AND u.first_seen BETWEEN a.first_day AND a.last_day
            JOIN bedrock.attribution AS t ON t.attribution_id = u.attribution_id
            JOIN bedrock.owner AS o ON o.owner_id = t.owner_id
            LEFT JOIN bedrock.bill AS b ON b.bill_id = u.bill_id
            LEFT JOIN member AS m ON m.mpe_id = j.mpe_id AND m.workload = o.workload
            LEFT JOIN member AS c ON c.mpe_id = j.mpe_id AND c.workload = j.claimed_by AND o.workload = '(unclaimed)'
            WHERE a.accounts IS NULL OR j.account_id = ANY (a.accounts) OR b.payer_account_id = ANY (a.accounts))
        SELECT s.mpe_id, s.first_day, s.last_day, CASE WHEN s.by_claim THEN s.claimed_by ELSE s.owned_by END,
               s.identity_kind, s.identity, s.request_path, split_part(s.verdict, ': ', 1), s.method,
               nullif(split_part(s.verdict, ': ', 2), ''), s.tag, s.role_counts, s.currency, sum(s.lines)::bigint,
               sum(s.cost), min(s.first_seen), max(s.last_seen)
        FROM stated AS s
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.map_usage(date, date, boolean) IS
    'usage with its state for each agreement of bedrock.map_agreement: bedrock.map_status by the identity that has or '
    'lacks the tag (resource, project or principal; NULL: the line names none). whole: from the first day of each '
    'agreement on instead of a quarter. tag_value: as billed, NULL: none; role_counts: whether its caller was not in '
    'use before the agreement, as far as the bills tell; first_seen, last_seen: days with usage';

CREATE OR REPLACE FUNCTION bedrock.map_status(quarter date DEFAULT NULL, as_of date DEFAULT NULL)
    RETURNS TABLE (mpe_id text, agreement_name text, first_day date, last_day date, workload text, state text,
        method text, reason text, lines bigint, cost numeric, currency text, first_seen date, last_seen date)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT u.mpe_id, a.agreement_name, u.first_day, u.last_day, u.workload, u.state,
           CASE WHEN u.state LIKE 'qualifying%' THEN u.method END, u.reason, sum(u.lines)::bigint, sum(u.cost),
           u.currency, min(u.first_seen), max(u.last_seen)
    FROM bedrock_internal.map_usage(map_status.quarter, map_status.as_of) AS u
    LEFT JOIN bedrock.map_agreement AS a ON a.mpe_id = u.mpe_id AND upper_inf(a.recorded)
    GROUP BY u.mpe_id, a.agreement_name, u.first_day, u.last_day, u.workload, u.state,
             CASE WHEN u.state LIKE 'qualifying%' THEN u.method END, u.reason, u.currency
    ORDER BY u.mpe_id, u.currency, u.state, sum(u.cost) DESC, u.workload, u.reason;
END;
COMMENT ON FUNCTION bedrock.map_status(date, date) IS
    'usage of a quarter for each agreement of the Migration Acceleration Program, by workload, state, method and '
    'reason; over all states of an agreement it sums to all usage of its accounts in the quarter. quarter: any of its '
    'days, NULL: of as_of, else of the latest billing period; as_of: last day that counts, NULL: all. state: '
    'qualifying, qualifying_unverified, pending, stale, at_risk, not_eligible. Error 22023: no finite day';
