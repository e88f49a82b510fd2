-- What follows from the states: what must be done, which credits arrived and who earned them, and alerts.

CREATE OR REPLACE FUNCTION bedrock_internal.map_tasks(quarter date DEFAULT NULL, as_of date DEFAULT NULL)
    RETURNS TABLE (kind text, workload text, subject text, cost numeric, currency text, detail jsonb)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH task AS (
        SELECT u.*,
               CASE WHEN u.reason IN ('not active in the bill', 'tags are not recorded') THEN 'activate_tag'
                    WHEN u.reason = 'tagged less than 48 hours ago' THEN 'wait'
                    WHEN u.reason IN ('wrong value', 'wrong key', 'value changed') THEN 'fix_tag'
                    WHEN u.identity_kind = 'project' THEN 'tag_project'
                    WHEN u.identity_kind = 'resource' THEN 'tag_profile'
                    WHEN u.role_counts THEN 'tag_role'
                    ELSE 'create_profile' END AS kind
        FROM bedrock_internal.map_usage(map_tasks.quarter, map_tasks.as_of) AS u
        -- What is too late, or over, nobody can mend.
        WHERE u.state IN ('at_risk', 'pending', 'stale')
          AND u.reason NOT IN ('tagged later', 'the agreement is over', 'tags of this kind do not count on the day'))
    SELECT t.kind, t.workload, t.mpe_id, sum(t.cost), t.currency,
           jsonb_build_object('mpe_id', t.mpe_id, 'tag_key', 'map-migrated', 'tag_value', 'mig' || t.mpe_id,
                              'state', min(t.state), 'reason', string_agg(DISTINCT t.reason, ', '),
                              'identities', coalesce(jsonb_agg(DISTINCT t.identity)
                                                     FILTER (WHERE t.identity IS NOT NULL), '[]'),
                              'values', coalesce(jsonb_agg(DISTINCT t.tag_value)
                                                 FILTER (WHERE t.tag_value IS NOT NULL), '[]'),
                              'since', min(t.first_seen), 'through', max(t.last_seen))
    FROM task AS t
    GROUP BY t.kind, t.workload, t.mpe_id, t.currency
    ORDER BY t.currency, sum(t.cost) DESC, t.workload, t.kind, t.mpe_id;
END;
COMMENT ON FUNCTION bedrock_internal.map_tasks(date, date) IS
    'what must be done so that usage counts for MAP, one row for each kind, workload, agreement (subject) and '
    'currency; arguments as of bedrock.map_status. kind: tag_profile (or another resource), tag_project, tag_role, '
    'create_profile (the caller was in use before the agreement, or there is none), fix_tag, activate_tag, wait; cost: '
    'usage of the quarter at stake; detail: tag_key and tag_value to set, identities, values that are there, reason';

CREATE OR REPLACE FUNCTION bedrock_internal.map_credits(quarter date DEFAULT NULL, quarters_later integer DEFAULT 0)
    RETURNS TABLE (billing_period date, credit text, mpe_id text, earned_from date, earned_to date, workload text,
        qualifying_cost numeric, amount numeric, currency text, reason text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH asked AS (
        SELECT coalesce(map_credits.quarter, bedrock.latest_period()) AS day),
    agreement AS (
        SELECT a.mpe_id, q.first_day, (q.first_day + interval '3 months')::date AS next_day
        FROM asked AS d
        CROSS JOIN bedrock.map_agreement AS a
        CROSS JOIN LATERAL bedrock_internal.map_quarter(d.day, a.first_month) AS q (first_day)
        WHERE upper_inf(a.recorded)),
    -- By the id it names; without one, by the only agreement there is.
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
               (SELECT count(*) FROM agreement) AS agreements
        FROM credit AS c
        CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT FROM regexp_matches(c.charge_description, 'MPE[-_ ]?[A-Z0-9]{5,10}')) AS named,
                   coalesce((SELECT a.mpe_id FROM agreement AS a
                             WHERE strpos(upper(c.charge_description), a.mpe_id) > 0
                             ORDER BY length(a.mpe_id) DESC, a.mpe_id LIMIT 1),
                            CASE WHEN c.charge_description !~ 'MPE[-_ ]?[A-Z0-9]{5,10}'
                                 THEN (SELECT min(a.mpe_id) FROM agreement AS a HAVING count(*) = 1) END) AS mpe_id)
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

CREATE OR REPLACE FUNCTION bedrock_internal.check_map() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bedrock.map_agreement AS a WHERE upper_inf(a.recorded)) THEN
        RETURN;
    END IF;
    PERFORM bedrock_internal.raise_alert('map', u.workload || ' of ' || u.mpe_id, 'workload', NULL, u.workload,
        daterange(u.first_day, u.last_day, '[]'), u.state, NULL, u.currency, sum(u.cost), NULL, min(u.first_seen),
        jsonb_build_object('mpe_id', u.mpe_id, 'reason', string_agg(DISTINCT u.reason, ', ')))
    FROM bedrock_internal.map_usage() AS u
    -- What was mended since is no news.
    WHERE u.state IN ('at_risk', 'stale') AND u.reason <> 'tagged later'
    GROUP BY u.workload, u.mpe_id, u.first_day, u.last_day, u.state, u.currency;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_map() IS
    'raises an alert of kind map, once in each quarter, for a workload with usage at risk or stale in the quarter of '
    'the latest billing period; basis: at_risk or stale';
