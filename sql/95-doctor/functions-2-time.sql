-- The doctor: how fresh and how final the data is.

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_time()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH source AS (
        SELECT s.source, s.relation, max(p.refreshed_at) AS refreshed_at, sum(p.lines) AS lines,
               sum(p.bedrock_lines) AS bedrock_lines, coalesce(bool_or(NOT p.is_final), false) AS open
        FROM bedrock.source AS s LEFT JOIN bedrock.period AS p ON p.source = s.source GROUP BY s.source),
    age AS (
        SELECT b.source, max(b.last_usage_date) AS day,
               extract(epoch FROM now() - ((max(b.last_usage_date) + 1)::timestamp AT TIME ZONE 'UTC')) / 3600 AS hours
        FROM bedrock.bill_total AS b WHERE b.last_usage_date IS NOT NULL
        GROUP BY 1)
    SELECT 'cur_landed', CASE WHEN a.hours > bedrock_internal.setting_value('stale_after_hours')::numeric THEN 'warning'
                              ELSE 'ok' END,
           format('%s: the last day with Bedrock usage is %s, %s', a.source, a.day,
                  CASE WHEN a.hours < 0 THEN 'today' ELSE round(a.hours) || ' hours ago' END),
           CASE WHEN a.hours > bedrock_internal.setting_value('stale_after_hours')::numeric THEN
               format('An export lands within 24 hours; after %s it is late. Look at its delivery (Billing and Cost '
                      'Management > Data Exports > the export > status, and the S3 bucket), load what is there (./run '
                      'load FILE..., or the job that fills the table), then SELECT * FROM bedrock.refresh()',
                      bedrock_internal.setting_value('stale_after_hours')) END
    FROM age AS a
    UNION ALL
    SELECT 'cur_landed', 'warning', format('%s: no line of its %s is Bedrock''s', s.source, s.lines),
           'Check that the export covers the accounts that call Bedrock (payer account, or the member account''s own '
           'export) and that no filter on service or product code comes before it'
    FROM source AS s WHERE s.lines > 0 AND s.bedrock_lines = 0
    UNION ALL
    SELECT 'rollup_fresh', CASE WHEN s.late THEN 'warning' ELSE 'ok' END,
           CASE WHEN s.refreshed_at IS NULL
                    THEN format('%s: never refreshed, bedrock.spend has nothing of it', s.source)
                ELSE format('%s: a refresh last brought something %s hours ago%s', s.source,
                            round(extract(epoch FROM now() - s.refreshed_at) / 3600),
                            CASE WHEN s.late THEN ', though a month is open' END) END,
           CASE WHEN s.late
                    THEN 'SELECT * FROM bedrock.refresh(), best on a schedule (SELECT bedrock.schedule_refresh()): an '
                         'open month changes every day, and a refresh reads only what changed' END
    FROM (SELECT q.*, q.refreshed_at IS NULL OR q.open
            AND now() - q.refreshed_at > bedrock_internal.setting_value('stale_after_hours')::numeric
          * interval '1 hour' AS late FROM source AS q) AS s
    WHERE s.relation IS NOT NULL
    UNION ALL
    SELECT 'finality', CASE WHEN f.late THEN 'warning' WHEN f.open THEN 'info' ELSE 'ok' END,
           CASE WHEN f.open
                    THEN format('%s: %s of %s is not final%s', f.source, to_char(f.billing_period, 'YYYY-MM'), f.entity,
                                CASE WHEN f.late
                                                 THEN '; it ended more than 15 days ago and has lines without invoice'
                                     ELSE '; its figures still change' END)
                ELSE format('%s: %s of %s is final (%s)', f.source, to_char(f.billing_period, 'YYYY-MM'), f.entity,
                            f.basis) END,
           CASE WHEN f.late
                    THEN 'Load the closed month again: AWS writes it anew with invoice ids after invoicing. Lines that '
                         'are never invoiced (free, credits only) keep it open: then nothing is to be done' END
    FROM (SELECT b.source, b.billing_period, coalesce(b.billing_entity, '(no billing entity)') AS entity,
                 NOT bool_and(b.is_final) AS open, min(b.is_final_basis) AS basis,
                 NOT bool_and(b.is_final)
                     AND b.billing_period + interval '1 month 15 days' <= now() AT TIME ZONE 'UTC' AS late
          FROM bedrock.bill_total AS b GROUP BY 1, 2, 3) AS f
    UNION ALL
    SELECT 'restated', 'info',
           format('%s: %s changed after it was final, last on %s', p.source, to_char(p.billing_period, 'YYYY-MM'),
                  (p.restated_at AT TIME ZONE 'UTC')::date),
           'AWS does change closed months (late exports, refunds, tags). The difference: SELECT * FROM '
           'bedrock.load_log WHERE action = ''restated'''
    FROM bedrock.period AS p WHERE p.restated_at IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock_internal.doctor_time() IS 'checks of freshness and finality; part of bedrock.doctor()';
