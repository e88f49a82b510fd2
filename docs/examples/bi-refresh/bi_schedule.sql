-- SPDX-License-Identifier: PostgreSQL
-- The job of pg_cron that calls bi.refresh (bi_views.sql), and a view that has a row for each thing that is wrong with
-- it. Run it as a superuser in the database of pg_cron:
--     psql -v ON_ERROR_STOP=1 -f bi_schedule.sql
--     psql -v ON_ERROR_STOP=1 -v schedule='30 5 * * *' -v every='1 day' -f bi_schedule.sql     for another time
-- every: the longest time that the schedule leaves between two runs. Where none ended well for twice as long, the view
-- here and bedrock.doctor() report it. It may be run again; the job is then changed.
\if :{?schedule} \else \set schedule '17 */4 * * *' \set every '4 hours' \endif
\if :{?every} \else \warn 'bi_schedule.sql: say -v every=..., the longest time between two runs of this schedule' \endif
BEGIN;
GRANT USAGE ON SCHEMA cron TO bi_owner;
SET LOCAL ROLE bi_owner;
SELECT cron.schedule('bi.refresh', :'schedule', format('CALL bi.refresh(%L)', :'every'::interval)) AS job;
RESET ROLE;

-- Owned by the superuser: pg_cron shows each role its own jobs only. No row: all is well.
CREATE OR REPLACE VIEW bi.job_problem AS
WITH job AS (
    SELECT j.jobid, j.active FROM cron.job AS j WHERE j.jobname = 'bi.refresh' AND j.username = 'bi_owner'),
run AS (
    SELECT r.status, r.return_message, r.end_time
    FROM cron.job_run_details AS r JOIN job AS j USING (jobid)
    WHERE r.status IN ('succeeded', 'failed')
    ORDER BY r.start_time DESC LIMIT 1)
SELECT 'pg_cron has no job bi.refresh' AS problem, NULL::timestamptz AS since, NULL::text AS message
WHERE  NOT EXISTS (SELECT FROM job)
UNION ALL
SELECT 'the job bi.refresh is not active', NULL, NULL FROM job AS j WHERE NOT j.active
UNION ALL
SELECT 'the last run failed', r.end_time, r.return_message FROM run AS r WHERE r.status = 'failed'
UNION ALL
SELECT format('no run ended well for %s', 2 * :'every'::interval), r.at, NULL
FROM bi.refreshed AS r WHERE r.at < now() - 2 * :'every'::interval;
COMMENT ON VIEW bi.job_problem IS
    'what is wrong with the job that refreshes schema bi; no row: nothing. A failed run leaves what was there';
GRANT USAGE ON SCHEMA bi TO bedrock_loader;
GRANT SELECT ON bi.job_problem TO bedrock_loader, bedrock_finops;
COMMIT;
