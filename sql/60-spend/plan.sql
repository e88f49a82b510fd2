-- What plans (budgets, estimates, forecasts) and checks share: what of the bill counts, how far it is known, and which
-- months are compared.

CREATE OR REPLACE FUNCTION bedrock_internal.counts_in_plans(charge_category text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN charge_category IN ('usage', 'commitment_fee', 'fee');
COMMENT ON FUNCTION bedrock_internal.counts_in_plans(text) IS
    'whether a line of this charge_category counts in budgets, estimates and forecasts: usage, commitments and fees '
    'do; tax, credits, refunds and discounts of their own do not';

CREATE OR REPLACE FUNCTION bedrock_internal.last_complete_day() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH entity AS (
        SELECT DISTINCT ON (f.payer_account_id, f.billing_entity) f.payer_account_id, f.billing_period,
               min(f.data_through) AS day,
               bedrock_internal.setting_value(CASE WHEN f.billing_entity = 'AWS Marketplace'
                   THEN 'data_lag_days_marketplace' ELSE 'data_lag_days_aws' END)::integer AS lag_days
        FROM bedrock.freshness AS f
        WHERE f.data_through IS NOT NULL
        GROUP BY f.payer_account_id, f.billing_entity, f.billing_period
        ORDER BY f.payer_account_id, f.billing_entity, f.billing_period DESC),
    -- The newest bill of each payer, with lines of Bedrock or without.
    newest AS (
        SELECT DISTINCT ON (b.payer_account_id) b.payer_account_id, b.billing_period, bool_and(b.is_final) AS is_final,
               min((p.refreshed_at AT TIME ZONE 'UTC')::date) AS loaded_day,
               coalesce(min(f.data_through), (b.billing_period + interval '1 month')::date - 1) AS day
        FROM bedrock.bill AS b
        JOIN bedrock.bill_period AS p ON p.source = b.source AND p.payer_account_id = b.payer_account_id
            AND p.billing_period = b.billing_period
        LEFT JOIN bedrock.freshness AS f ON f.payer_account_id = b.payer_account_id
            AND f.billing_period = b.billing_period
        WHERE NOT b.superseded
        GROUP BY b.payer_account_id, b.billing_period
        ORDER BY b.payer_account_id, b.billing_period DESC),
    -- What has no line in it yet is known as far as its lag allows: then there is none.
    reached AS (
        SELECT e.billing_period, n.billing_period AS newest_period,
               CASE WHEN n.billing_period = e.billing_period THEN e.day
                    ELSE greatest(e.day, CASE WHEN n.is_final OR n.loaded_day < n.day THEN n.day
                                              ELSE least(n.day, n.loaded_day - e.lag_days) END) END AS day
        FROM entity AS e
        JOIN newest AS n ON n.payer_account_id = e.payer_account_id)
    SELECT min(r.day)
    FROM reached AS r
    CROSS JOIN (SELECT max(a.newest_period) AS latest, max(a.day) AS furthest FROM reached AS a) AS a
    -- A payer without a bill of the new month holds up the others for a week of it; then it is one that has left.
    WHERE r.billing_period >= (a.latest - interval '1 month')::date
      AND (r.newest_period = a.latest OR a.furthest < a.latest + 7);
END;
COMMENT ON FUNCTION bedrock_internal.last_complete_day() IS
    'last day (UTC) that is complete for every payer and billing entity: each as far as its newest bill reaches '
    '(bedrock.freshness), also where a new month has lines of others alone; left out are those without a line in this '
    'month and the one before, and payers without a bill in the first week of it. NULL: none';

CREATE OR REPLACE FUNCTION bedrock_internal.months_to_check() RETURNS SETOF date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.month
    FROM (SELECT bedrock.latest_period() AS latest) AS p
    CROSS JOIN LATERAL (VALUES ((p.latest - interval '1 month')::date), (p.latest)) AS m (month)
    WHERE m.month = p.latest
       OR EXISTS (SELECT FROM bedrock.bill_period AS b
                  WHERE b.billing_period = m.month AND b.refreshed_at >= transaction_timestamp())
    ORDER BY m.month;
END;
COMMENT ON FUNCTION bedrock_internal.months_to_check() IS
    'months that checks compare at the end of a refresh or load: the latest, and before it the month before where this '
    'transaction read a bill of it, as its last days arrive with the first of the next';
