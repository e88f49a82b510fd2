-- Alerts of usage that breaks a policy.

CREATE OR REPLACE FUNCTION bedrock_internal.check_policies() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    months constant date[] := ARRAY(SELECT bedrock_internal.months_to_check());
BEGIN
    PERFORM bedrock_internal.raise_alert('policy', b.policy || ' by ' || b.workload, 'workload', NULL, b.workload,
        bedrock_internal.days_of_month(b.month), 'actual', NULL, b.currency, b.cost, NULL, b.since,
        jsonb_build_object('policy', b.policy, 'findings', b.findings))
    FROM (SELECT s.month, f.policy, s.workload, s.currency, sum(s.cost) AS cost, min(s.since) AS since,
                 jsonb_agg(DISTINCT f.finding) AS findings
          FROM (SELECT l.billing_period AS month, l.workload, l.expected_reason, l.currency, sum(l.ai_cost) AS cost,
                       min(l.usage_date) AS since
                FROM bedrock.spend AS l
                WHERE l.billing_period = ANY (months) AND NOT l.expected
                GROUP BY 1, 2, 3, 4) AS s
          CROSS JOIN LATERAL bedrock_internal.findings_of_reason(s.expected_reason) AS f
          WHERE f.finding NOT LIKE '% not known'
          GROUP BY 1, 2, 3, 4) AS b
    ORDER BY b.month, b.policy, b.workload, b.currency;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_policies() IS
    'records an alert (kind policy) for each policy and workload whose usage of a month to check breaks it, '
    'once a month; amount: what that has cost so far, since: its first day in the month';
