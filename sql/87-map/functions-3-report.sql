-- What follows from the states: what must be done, which credits arrived and who earned them, and alerts.

CREATE OR REPLACE FUNCTION bedrock_internal.map_tasks(quarter date DEFAULT NULL, as_of date DEFAULT NULL,
    since date DEFAULT NULL)
    RETURNS TABLE (kind text, subject text, workload text, mpe_id text, currency text, cost numeric, first_day date,
        last_day date, reason text, identities text[], action text, script_kind text, script_arguments jsonb)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH task AS (
        SELECT u.*,
               CASE WHEN u.reason IN ('not active in the bill', 'tags are not recorded') THEN 'map_activate_tag'
                    WHEN u.reason = 'tagged less than 48 hours ago' THEN 'map_wait'
                    WHEN u.reason IN ('wrong value', 'wrong key', 'value changed') THEN 'map_fix_tag'
                    WHEN u.reason = 'tags of this kind do not count' THEN 'map_create_profile'
                    WHEN u.identity_kind IN ('project', 'resource') THEN 'map_tag_resource'
                    WHEN u.role_counts THEN 'map_tag_role'
                    ELSE 'map_create_profile' END AS kind,
               u.identity_kind = 'principal' AS is_principal
        FROM bedrock_internal.map_usage(map_tasks.quarter, map_tasks.as_of, map_tasks.since) AS u
        WHERE u.state IN ('at_risk', 'pending', 'stale')),
    work AS (
        SELECT t.kind, t.workload, t.mpe_id, t.currency, sum(t.cost) AS cost, min(t.first_seen) AS first_day,
               max(t.last_seen) AS last_day, string_agg(DISTINCT t.reason, ', ') AS reason,
               array_agg(DISTINCT t.identity) FILTER (WHERE t.identity IS NOT NULL) AS identities,
               bool_and(t.is_principal) AS principals, bool_or(t.is_principal) AS has_principal,
               -- A script is for one account, and resources are in one region.
               CASE WHEN count(DISTINCT split_part(t.identity, ':', 5)) = 1
                    THEN min(split_part(t.identity, ':', 5)) END AS account_id,
               CASE WHEN count(DISTINCT split_part(t.identity, ':', 4)) = 1
                    THEN min(split_part(t.identity, ':', 4)) END AS region
        FROM task AS t
        GROUP BY t.kind, t.workload, t.mpe_id, t.currency),
    scripted AS (
        SELECT w.*, 'mig' || w.mpe_id AS value,
               CASE WHEN w.kind = 'map_activate_tag' THEN 'activate_tags'
                    WHEN w.kind IN ('map_wait', 'map_create_profile') OR w.account_id IS NULL OR w.region IS NULL
                        THEN NULL
                    WHEN w.principals THEN 'tag_role'
                    WHEN NOT w.has_principal THEN 'tag_resource' END AS script_kind
        FROM work AS w)
    SELECT w.kind, w.workload || ' of ' || w.mpe_id, w.workload, w.mpe_id, w.currency, w.cost, w.first_day, w.last_day,
           w.reason, w.identities,
           CASE w.kind
               WHEN 'map_tag_resource' THEN format('tag the profile or resource with map-migrated = %s', w.value)
               WHEN 'map_tag_role' THEN format('tag the role or user with map-migrated = %s, or create a profile with '
                                               'this tag and call it', w.value)
               WHEN 'map_create_profile' THEN format('create a profile with the tag map-migrated = %s, and call it',
                                                     w.value)
               WHEN 'map_fix_tag' THEN format('write the tag exactly so: map-migrated = %s', w.value)
               WHEN 'map_activate_tag' THEN 'activate map-migrated as cost allocation tag, and export tags'
               ELSE 'wait: a tag is in the bill after 24 to 48 hours' END,
           w.script_kind,
           CASE w.script_kind
               WHEN 'activate_tags' THEN jsonb_build_object('tag_keys', jsonb_build_array('map-migrated'))
               WHEN 'tag_role' THEN jsonb_build_object('account_id', w.account_id, 'principals', w.identities,
                                                       'tags', jsonb_build_object('map-migrated', w.value))
               WHEN 'tag_resource' THEN jsonb_build_object('account_id', w.account_id, 'region', w.region,
                                                           'resources', w.identities,
                                                           'tags', jsonb_build_object('map-migrated', w.value)) END
    FROM scripted AS w
    ORDER BY w.currency, w.cost DESC, w.workload, w.kind, w.mpe_id;
END;
COMMENT ON FUNCTION bedrock_internal.map_tasks(date, date, date) IS
    'what must be done so that usage counts for MAP, one row for each kind, workload, agreement and currency; '
    'arguments as of bedrock_internal.map_usage. kind: map_tag_resource, map_tag_role, map_create_profile (the caller '
    'was in use before the agreement, the lines name none, or what is tagged is of a kind that does not count), '
    'map_fix_tag, map_activate_tag, map_wait; cost: usage at stake; identities NULL: the lines name none; script_kind, '
    'script_arguments: as of bedrock.setup_script, NULL: none fits';

CREATE OR REPLACE FUNCTION bedrock_internal.map_credits(quarter date DEFAULT NULL, quarters_later integer DEFAULT 0)
    RETURNS TABLE (billing_period date, credit text, mpe_id text, earned_from date, earned_to date, workload text,
        qualifying_cost numeric, amount numeric, currency text, reason text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH asked AS (
        SELECT coalesce(bedrock_internal.day_of_quarter(map_credits.quarter), bedrock.latest_period()) AS day),
    agreement AS (
        SELECT a.mpe_id, a.valid, lower(q.days) AS first_day, upper(q.days) AS next_day
        FROM asked AS d
        CROSS JOIN bedrock.map_agreement AS a
        CROSS JOIN LATERAL (SELECT bedrock_internal.span_of('quarter', NULL, d.day, a.first_month)) AS q (days)
        WHERE upper_inf(a.recorded)),
    -- Those that one of the quarter in which a credit is earned can be of.
    running AS (
        SELECT a.mpe_id FROM agreement AS a
        WHERE a.valid && daterange((a.first_day - make_interval(months => 3 * map_credits.quarters_later))::date,
                                   a.next_day)),
    -- By the id it names; without one, by the only agreement that runs.
    credit AS (
        SELECT s.billing_period, s.charge_description, s.currency, sum(s.ai_cost) AS amount
        FROM bedrock.spend_monthly AS s
        CROSS JOIN asked AS d
        WHERE s.charge_category = 'credit'
          AND s.billing_period BETWEEN (d.day - interval '3 months')::date AND (d.day + interval '3 months')::date
          AND (s.charge_description ~ '(^|[^[:alpha:]])MAP([^[:alpha:]]|$)'
               OR s.charge_description ~* 'migration acceleration program'
               OR EXISTS (SELECT FROM agreement AS a WHERE strpos(upper(s.charge_description), a.mpe_id) > 0))
        GROUP BY 1, 2, 3),
    placed AS (
        SELECT c.billing_period, c.charge_description, c.currency, c.amount, n.named, n.mpe_id,
               (SELECT count(*) FROM running) AS agreements
        FROM credit AS c
        CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT FROM regexp_matches(c.charge_description, 'MPE[-_ ]?[A-Z0-9]{5,10}')) AS named,
                   coalesce((SELECT a.mpe_id FROM agreement AS a
                             WHERE strpos(upper(c.charge_description), a.mpe_id) > 0
                             ORDER BY length(a.mpe_id) DESC, a.mpe_id LIMIT 1),
                            CASE WHEN c.charge_description !~ 'MPE[-_ ]?[A-Z0-9]{5,10}'
                                 THEN (SELECT min(a.mpe_id) FROM running AS a HAVING count(*) = 1) END) AS mpe_id)
            AS n
        LEFT JOIN agreement AS a ON a.mpe_id = n.mpe_id
        CROSS JOIN asked AS d
        -- Of the quarter of its agreement; a credit without one, of the calendar quarter.
        WHERE c.billing_period >= coalesce(a.first_day, date_trunc('quarter', d.day::timestamp)::date)
          AND c.billing_period < coalesce(a.next_day,
                                          (date_trunc('quarter', d.day::timestamp) + interval '3 months')::date)),
    earned AS (
        SELECT u.mpe_id, u.first_day, u.last_day, u.workload, u.currency, sum(u.cost) AS cost
        FROM asked AS d
        CROSS JOIN LATERAL bedrock_internal.map_usage(
            (d.day - make_interval(months => 3 * map_credits.quarters_later))::date) AS u
        WHERE u.state LIKE 'qualifying%' AND EXISTS (SELECT FROM placed AS p WHERE p.mpe_id IS NOT NULL)
        GROUP BY 1, 2, 3, 4, 5
        HAVING sum(u.cost) > 0),
    earner AS (
        SELECT e.mpe_id, e.currency, e.first_day, e.last_day,
               array_agg(e.workload ORDER BY e.workload COLLATE "C") AS workloads,
               array_agg(e.cost ORDER BY e.workload COLLATE "C") AS costs
        FROM earned AS e
        GROUP BY 1, 2, 3, 4)
    SELECT p.billing_period, p.charge_description, p.mpe_id, e.first_day, e.last_day, w.workload, w.cost,
           coalesce(w.amount, p.amount), p.currency,
           CASE WHEN e.mpe_id IS NOT NULL THEN NULL
                WHEN p.mpe_id IS NOT NULL THEN 'no usage in this currency counted in the quarter'
                WHEN p.named OR p.agreements = 0 THEN 'no such agreement is recorded'
                ELSE 'names no agreement, and there are several' END
    FROM placed AS p
    LEFT JOIN earner AS e ON e.mpe_id = p.mpe_id AND e.currency IS NOT DISTINCT FROM p.currency
    LEFT JOIN LATERAL ROWS FROM (unnest(e.workloads), unnest(e.costs),
                                 unnest(bedrock_internal.shares(p.amount, e.costs)))
        AS w (workload, cost, amount) ON true
    ORDER BY p.billing_period, p.charge_description, p.currency, w.amount, w.workload;
END;
COMMENT ON FUNCTION bedrock_internal.map_credits(date, integer) IS
    'credits of MAP on the bills of a quarter (NULL: of the latest billing period), each divided over the workloads '
    'whose usage counted, in proportion to its cost and exact to the last digit. quarters_later: how many quarters '
    'after the usage its credit comes. A credit is of MAP where its description says MAP or an MPE id; amount: in the '
    'metric of ai_cost, negative; workload NULL: nobody earned it, and reason says why';

-- What must be done is in the queue, and nothing is computed again: an alert is a task that has become dear.
CREATE OR REPLACE FUNCTION bedrock_internal.check_map() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.raise_alert('map', t.subject, 'workload', NULL, coalesce(t.workload, '(unclaimed)'),
        bedrock_internal.span_of('quarter', NULL, t.last_seen, a.first_month), t.kind,
        trim_scale(power(10::numeric, floor(log(c.amount)))), nullif(c.currency, ''), c.amount, NULL, t.since,
        jsonb_build_object('mpe_id', a.mpe_id, 'task_id', t.task_id, 'action', t.action))
    FROM bedrock.task AS t
    JOIN bedrock.map_agreement AS a ON t.subject = coalesce(t.workload, '(unclaimed)') || ' of ' || a.mpe_id
        AND upper_inf(a.recorded)
    CROSS JOIN LATERAL (SELECT s.key AS currency, s.value::numeric AS amount
                        FROM jsonb_each_text(t.at_stake) AS s) AS c
    WHERE starts_with(t.kind, 'map_') AND upper_inf(t.recorded) AND t.state NOT IN ('done', 'dismissed')
      AND c.amount >= bedrock_internal.setting_value('task_floor')::numeric AND c.amount > 0
    ORDER BY t.kind, t.subject, c.currency;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_map() IS
    'raises an alert of kind map for a task of MAP credits that has setting task_floor or more at stake, in each '
    'quarter of its agreement once for every power of ten that this reaches. basis: kind of the task; threshold: the '
    'power of ten; amount: what was at stake then';
