-- What of the usage counts towards the credits of an agreement, and what does not and why. The tags of a line are part
-- of its dimension: they are read once for each, and usage is only divided by the days on which something changes.

CREATE OR REPLACE FUNCTION bedrock_internal.map_rule_days(subject text, words text[])
    RETURNS TABLE (word text, days datemultirange)
    LANGUAGE sql STABLE PARALLEL SAFE
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
        -- what has a day of its own.
        SELECT bedrock_internal.month_of(min(w.first_day)),
               least(max(w.last_day), through), bool_or(w.accounts IS NOT NULL),
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
        WITH agreement AS MATERIALIZED (
            SELECT w.mpe_id, 'mig' || w.mpe_id AS value, w.starts, w.ends, w.accounts, w.first_day, w.last_day
            FROM bedrock_internal.map_window(in_metric, mpe_ids, day, map_usage.since) AS w),
        -- Usage counts in the month that it is billed in.
        month_cell AS MATERIALIZED (
            SELECT f.dimension_id, f.attribution_id, CASE WHEN by_bill THEN f.bill_id END AS bill_id,
                   f.billing_period = ANY (parted) AS is_parted, min(f.billing_period) AS day,
                   width_bucket(f.billing_period, common) AS part, sum(f.lines) AS lines,
                   sum(bedrock_internal.cost_in(in_metric, f.unblended_cost, f.blended_cost, f.net_unblended_cost,
                                                f.amortized_cost, f.net_amortized_cost)) AS cost
            FROM bedrock.fact_month AS f
            WHERE NOT f.superseded AND f.billing_period BETWEEN first_month AND last_month
            GROUP BY 1, 2, 3, 4, 6),
        in_window AS MATERIALIZED (
            SELECT DISTINCT c.dimension_id FROM month_cell AS c),
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
                   d.tags ->> 'user_map_migrated' AS folded_tag, d.principal_recorded
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
        before AS MATERIALIZED (
            SELECT f.dimension_id, min(f.billing_period) AS month
            FROM bedrock.fact_month AS f
            WHERE NOT f.superseded AND f.billing_period < (SELECT max(a.starts) FROM agreement AS a)
            GROUP BY 1),
        first_month AS (
            SELECT l.principal_key, min(b.month) AS month
            FROM before AS b
            JOIN line AS l ON l.dimension_id = b.dimension_id
            WHERE l.principal_key IS NOT NULL
            GROUP BY 1),
        first_day AS (
            SELECT l.principal_key, f.billing_period, min(f.usage_date) AS day
            FROM (SELECT f.dimension_id, f.billing_period, min(f.usage_date) AS usage_date
                  FROM bedrock.fact AS f
                  WHERE NOT f.superseded AND f.billing_period IN (
                      SELECT bedrock_internal.month_of(a.starts) FROM agreement AS a
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
                AND d.billing_period = bedrock_internal.month_of(a.starts)
            WHERE m.month < bedrock_internal.month_of(a.starts) OR d.day < a.starts),
        -- Whether the bills say who called before the agreement, so that a caller can be new.
        caller_known AS MATERIALIZED (
            SELECT a.mpe_id, b.month < a.starts IS TRUE AS known
            FROM agreement AS a
            CROSS JOIN (SELECT min(b.month) AS month FROM before AS b
                        JOIN line AS l ON l.dimension_id = b.dimension_id AND l.principal_recorded) AS b),
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
            SELECT t.mpe_id, t.dimension_id, t.account_id, t.found, t.folded, t.method, t.tag, t.currency,
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
        -- Of these each day is looked at: an identity has the tag on other days, or the registry has it.
        own_day AS MATERIALIZED (
            SELECT DISTINCT j.dimension_id FROM judged AS j
            WHERE j.found IN ('none', 'wrong') AND coalesce(j.tagged_from, j.tagged_to) IS NOT NULL
               OR j.found = 'none' AND j.registered_days IS NOT NULL),
        change AS MATERIALIZED (
            SELECT coalesce(array_agg(DISTINCT c.day ORDER BY c.day), '{}') AS days
            FROM (SELECT unnest(common)
                  UNION ALL SELECT unnest(ARRAY[t.first_day, t.last_day + 1]) FROM tag_day AS t
                  UNION ALL
                  SELECT unnest(ARRAY[lower(r.days), upper(r.days), lower(r.days) + 2, upper(r.days) + 2])
                  FROM (SELECT unnest(g.days) FROM registered AS g) AS r (days)) AS c (day)
            WHERE isfinite(c.day)),
        used AS MATERIALIZED (
            SELECT c.dimension_id, c.attribution_id, c.bill_id, c.day, c.part, NULL::date AS first_seen,
                   NULL::date AS last_seen, c.lines, c.cost
            FROM month_cell AS c
            WHERE NOT c.is_parted AND c.dimension_id NOT IN (SELECT o.dimension_id FROM own_day AS o)
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
        verdict AS (
            SELECT j.mpe_id, a.first_day, a.last_day, o.workload AS owned_by, j.claimed_by, j.identity_kind, j.identity,
                   j.request_path, j.method, j.tag, j.role_counts, j.currency, u.dimension_id, u.attribution_id, u.part,
                   u.first_seen, u.last_seen, u.lines, u.cost, j.tagged_from,
                   o.workload = '(unclaimed)' AND (c.days @> u.day) IS TRUE AS by_claim,
                   CASE WHEN u.day < a.starts THEN 'not_eligible: before the start'
                        WHEN u.day > a.ends THEN CASE j.found WHEN 'own' THEN 'not_eligible: tagged after the end'
                                                              ELSE 'not_eligible: after the end' END
                        WHEN (j.product_days @> u.day) IS NOT TRUE THEN 'not_eligible: product'
                        WHEN j.has_model AND (j.model_days @> u.day) IS NOT TRUE THEN 'not_eligible: model'
                        WHEN j.found = 'own' THEN
                            CASE WHEN (j.method_days @> u.day) IS NOT TRUE THEN
                                     CASE WHEN j.method_days && daterange(u.day, NULL)
                                              THEN 'lost: tags of this kind did not count yet'
                                          ELSE 'at_risk: tags of this kind do not count' END
                                 WHEN j.method = 'principal' AND j.is_early
                                     THEN 'not_eligible: principal in use before the start'
                                 WHEN j.folded THEN 'qualifying_unverified: the source folds tag keys'
                                 WHEN j.is_unsure
                                     THEN 'qualifying_unverified: no caller is recorded before the start'
                                 ELSE 'qualifying' END
                        WHEN j.found = 'other' THEN 'not_eligible: other agreement'
                        WHEN u.day < j.tagged_from THEN 'lost: tagged later'
                        WHEN j.found = 'none' AND j.registered_days @> u.day THEN
                            CASE WHEN j.registered_days @> (u.day - 2) THEN 'pending: not active in the bill'
                                 ELSE 'pending: tagged less than 48 hours ago' END
                        WHEN u.day > j.tagged_to THEN
                            CASE j.found WHEN 'none' THEN 'stale: tag removed' ELSE 'stale: value changed' END
                        WHEN (c.days @> u.day OR m.days @> u.day) IS NOT TRUE
                            THEN 'not_eligible: not of the agreement'
                        WHEN j.found = 'wrong' THEN 'at_risk: wrong value'
                        ELSE (SELECT CASE WHEN d.tags IS NULL THEN 'at_risk: tags are not recorded'
                                          WHEN d.tags::text ~* 'migrated' AND EXISTS (
                                              SELECT FROM jsonb_object_keys(d.tags) AS x (key)
                                              WHERE bedrock_internal.fold_name(bedrock_internal.tag_name(x.key))
                                                  = 'mapmigrated') THEN 'at_risk: wrong key'
                                          ELSE 'at_risk: untagged' END
                              FROM bedrock.dimension AS d WHERE d.dimension_id = j.dimension_id) END AS verdict
            FROM used AS u
            JOIN judged AS j ON j.dimension_id = u.dimension_id
            JOIN agreement AS a ON a.mpe_id = j.mpe_id AND u.day BETWEEN a.first_day AND a.last_day
            JOIN owned AS o ON o.attribution_id = u.attribution_id
            LEFT JOIN bedrock.bill AS b ON b.bill_id = u.bill_id
            LEFT JOIN member AS m ON m.mpe_id = j.mpe_id AND m.workload = o.workload
            LEFT JOIN member AS c ON c.mpe_id = j.mpe_id AND c.workload = j.claimed_by AND o.workload = '(unclaimed)'
            WHERE (a.accounts IS NULL OR j.account_id = ANY (a.accounts) OR b.payer_account_id = ANY (a.accounts))
              AND (sees OR u.attribution_id IN (
                       SELECT v FROM bedrock_internal.visible_attribution(tokens) AS v))),
        -- When it was used is told where something can be done, or could have been.
        stated AS MATERIALIZED (
            SELECT v.*, s.state, s.state IN ('at_risk', 'pending', 'stale', 'lost')
                       OR v.verdict = 'not_eligible: tagged after the end' AS is_told
            FROM verdict AS v
            CROSS JOIN LATERAL (SELECT split_part(v.verdict, ': ', 1)) AS s (state)),
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
               s.identity_kind, s.identity, s.request_path, s.state, s.method,
               nullif(split_part(s.verdict, ': ', 2), ''), s.tag, s.role_counts, s.currency, sum(s.lines)::bigint,
               sum(s.cost), min(coalesce(s.first_seen, d.first_seen)) FILTER (WHERE s.is_told),
               max(coalesce(s.last_seen, d.last_seen)) FILTER (WHERE s.is_told),
               CASE s.verdict WHEN 'lost: tagged later' THEN s.tagged_from END
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
