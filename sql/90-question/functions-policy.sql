-- Policies of use beside what the logs say of requests.

CREATE OR REPLACE FUNCTION bedrock_internal.requests_by_residency(month date, OUT policies text[], OUT findings text[],
    OUT application text, OUT account_id text, OUT principal_key text, OUT region text, OUT inference_region text,
    OUT pool text, OUT model text, OUT requests bigint, OUT last_seen timestamptz, OUT request_id text)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH cell AS MATERIALIZED (
        SELECT (r.logged_at AT TIME ZONE 'UTC')::date AS day, r.application, r.environment, r.account_id,
               r.principal_key, r.profile_arn, r.region,
               coalesce(r.inference_region, e.inference_region) AS inference_region, r.pool,
               coalesce(r.model_name, r.model) AS model, count(*) AS requests, max(r.logged_at) AS last_seen,
               (array_agg(r.request_id ORDER BY r.logged_at DESC, r.request_id))[1] AS request_id
        FROM bedrock.request AS r
        LEFT JOIN bedrock.invocation_event AS e ON e.request_key = r.request_key::uuid
        WHERE r.logged_at >= requests_by_residency.month::timestamp AT TIME ZONE 'UTC'
          AND r.logged_at < (requests_by_residency.month + interval '1 month') AT TIME ZONE 'UTC'
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    -- A request is of the workload that claims its profile, else its principal.
    owned AS MATERIALIZED (
        SELECT c.*, coalesce(p.workload, q.workload) AS workload
        FROM cell AS c
        LEFT JOIN bedrock.claim AS p ON p.identity = c.profile_arn AND p.identity_kind = 'resource'
            AND upper_inf(p.recorded) AND p.valid @> c.day
        LEFT JOIN bedrock.claim AS q ON q.identity = c.principal_key AND q.identity_kind = 'principal'
            AND upper_inf(q.recorded) AND q.valid @> c.day),
    placed AS MATERIALIZED (
        SELECT w.workload, w.valid, w.elements FROM bedrock_internal.workload_intervals(
            ARRAY(SELECT DISTINCT o.workload FROM owned AS o WHERE o.workload IS NOT NULL)) AS w),
    judged AS (
        SELECT o.*, b.policies, b.findings
        FROM owned AS o
        LEFT JOIN placed AS w ON w.workload = o.workload AND w.valid @> o.day
        LEFT JOIN LATERAL (
            SELECT array_agg(p.policy ORDER BY p.policy COLLATE "C") AS policies,
                   array_agg(f.finding ORDER BY p.policy COLLATE "C") AS findings
            FROM bedrock.model_policy AS p
            CROSS JOIN LATERAL (VALUES (bedrock.residency_finding(p.regions, o.region, o.inference_region, o.pool)))
                AS f (finding)
            WHERE p.regions IS NOT NULL AND upper_inf(p.recorded) AND p.valid @> o.day
              AND bedrock_internal.policy_covers(p, o.account_id, o.region, o.workload, o.environment, o.application)
              AND (p.element IS NULL OR p.element = ANY (w.elements)) AND f.finding LIKE '% outside') AS b ON true)
    SELECT j.policies, j.findings, j.application, j.account_id, j.principal_key, j.region, j.inference_region, j.pool,
           j.model, sum(j.requests)::bigint, max(j.last_seen),
           (array_agg(j.request_id ORDER BY j.last_seen DESC, j.request_id))[1]
    FROM judged AS j
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
END
$$;
COMMENT ON FUNCTION bedrock_internal.requests_by_residency(date) IS
    'logged requests of a month (its first day) by the policies about regions that they break on their day, and how '
    '(bedrock.residency_finding): a finding for each policy, in its order; NULL: they break none. '
    'request_id: of the last of them';

CREATE OR REPLACE FUNCTION bedrock_internal.model_approval(month date, OUT workload text, OUT team text,
    OUT environment text, OUT account_id text, OUT region text, OUT model_id text, OUT model text, OUT currency text,
    OUT approved boolean, OUT broken text[], OUT listed_by text[], OUT cost numeric, OUT tokens numeric)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Days of the month on which a policy begins or ends: between two of them all days are alike.
    bounds constant date[] := ARRAY(
        SELECT '-infinity'::date
        UNION
        SELECT b.day
        FROM bedrock.model_policy AS p CROSS JOIN LATERAL (VALUES (lower(p.valid)), (upper(p.valid))) AS b (day)
        WHERE upper_inf(p.recorded) AND date_trunc('month', b.day) = model_approval.month
        ORDER BY 1);
BEGIN
    RETURN QUERY
    WITH policy AS MATERIALIZED (
        SELECT p AS rule FROM bedrock.model_policy AS p
        WHERE upper_inf(p.recorded) AND coalesce(p.models, p.denied_models) IS NOT NULL
          AND p.valid && bedrock_internal.days_of_month(model_approval.month)),
    below AS MATERIALIZED (
        SELECT w.element, w.workload, w.days
        FROM bedrock_internal.workloads_below(ARRAY(SELECT DISTINCT (p.rule).element FROM policy AS p)) AS w),
    cell AS MATERIALIZED (
        SELECT s.workload, s.team, s.environment, s.application, s.account_id, s.region, s.model_id, s.model_name,
               s.model_family, s.expected_reason, s.currency, width_bucket(s.usage_date, bounds) AS stretch,
               min(s.usage_date) AS day, sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens
        FROM bedrock.spend AS s
        WHERE s.billing_period = model_approval.month AND s.charge_category = 'usage'
          AND (s.model_id IS NOT NULL OR s.request_path <> 'not_inference')
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    SELECT c.workload, c.team, c.environment, c.account_id, c.region, c.model_id, c.model_name, c.currency,
           CASE WHEN b.policies IS NOT NULL THEN false
                WHEN c.model_id IS NOT NULL AND EXISTS (
                    SELECT FROM policy AS p
                    WHERE (p.rule).valid @> c.day
                      AND bedrock_internal.policy_covers(p.rule, c.account_id, c.region, c.workload, c.environment,
                                                         c.application)
                      AND ((p.rule).element IS NULL OR EXISTS (
                          SELECT FROM below AS w
                          WHERE w.element = (p.rule).element AND w.workload = c.workload AND w.days @> c.day)))
                    THEN true END,
           b.policies,
           CASE WHEN b.policies IS NOT NULL THEN (
               SELECT array_agg((p.rule).policy ORDER BY (p.rule).policy COLLATE "C")
               FROM policy AS p
               WHERE (p.rule).valid @> c.day
                 AND bedrock_internal.model_matches((p.rule).models, c.model_id, c.model_name, c.model_family)
                 AND bedrock_internal.model_matches((p.rule).denied_models, c.model_id, c.model_name, c.model_family)
                     IS NOT TRUE) END,
           c.cost, c.tokens
    FROM cell AS c
    LEFT JOIN LATERAL (
        SELECT array_agg(f.policy ORDER BY f.policy COLLATE "C") AS policies
        FROM bedrock_internal.findings_of_reason(c.expected_reason) AS f
        WHERE f.finding IN ('model denied', 'model not allowed')) AS b ON true;
END
$$;
COMMENT ON FUNCTION bedrock_internal.model_approval(date) IS
    'usage of models in a billing period (its first day), and whether policies of bedrock.model_policy that the caller '
    'may see approve it there. approved: false: it breaks one about models; true: one about models covers it on its '
    'day, and it breaks none; NULL: none covers it, or the model is not known. broken: those it breaks; listed_by: '
    'policies in force that list the model as allowed, wherever; NULL: none, or it breaks none. cost in currency';
