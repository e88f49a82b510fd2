-- The doctor: scheduled refreshes.

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_schedule()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ordered bedrock.schedule_log;
    run bedrock.schedule_log;
    last_at timestamptz;
    gap interval;
    alive boolean;
    jobs bigint;
    active bigint;
BEGIN
    SELECT l.* INTO ordered FROM bedrock.schedule_log AS l WHERE l.action IN ('scheduled', 'unscheduled')
    ORDER BY l.at DESC LIMIT 1;
    -- A run that was skipped only shows that another one was active.
    SELECT l.* INTO run FROM bedrock.schedule_log AS l WHERE l.action IN ('running', 'refreshed', 'failed')
    ORDER BY l.at DESC LIMIT 1;
    IF run.at IS NULL AND ordered.action IS DISTINCT FROM 'scheduled' OR ordered.action = 'unscheduled'
        AND ordered.at >= coalesce(run.at, ordered.at) THEN
        RETURN;
    END IF;
    alive := run.action = 'running' AND EXISTS (
        SELECT FROM pg_locks AS k
        WHERE k.locktype = 'relation' AND k.relation = 'bedrock.schedule_log'::regclass
          AND k.mode = 'ShareUpdateExclusiveLock' AND k.granted AND k.pid = run.pid
          AND k.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()));
    gap := CASE WHEN ordered.action = 'scheduled' AND ordered.at >= coalesce(run.at, ordered.at) THEN ordered.every
                ELSE coalesce(run.every, ordered.every) END;
    last_at := greatest(run.at, CASE WHEN ordered.action = 'scheduled' THEN ordered.at END);

    RETURN QUERY
    SELECT 'scheduled_refresh', 'error',
           format('the last scheduled refresh, %s UTC by %s, failed: %s',
                  to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), run."by", run.message),
           CASE WHEN run.refreshed IS NULL THEN 'Nothing was changed by it, bedrock.spend is as it was before.'
                ELSE 'The other sources are up to date, those named are as they were before.' END
                    || ' Mend the cause, then try: CALL bedrock.refresh_scheduled(); earlier runs: SELECT * FROM '
                       'bedrock.schedule_log ORDER BY at DESC'
    WHERE run.action = 'failed'
    UNION ALL
    SELECT 'scheduled_refresh', 'error',
           format('the last scheduled refresh, %s UTC by %s, was cut off: its session is gone and it never ended',
                  to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), run."by"),
           'Nothing was changed by it. The server log shows why (a restart, a terminated session, no memory); then '
           'try: CALL bedrock.refresh_scheduled()'
    -- Between its entry and its lock a run holds nothing for a moment.
    WHERE run.action = 'running' AND NOT alive AND run.at < now() - interval '1 minute'
    UNION ALL
    SELECT 'scheduled_refresh', 'ok',
           CASE WHEN run.action = 'running'
                    THEN format('a scheduled refresh is at work since %s UTC',
                                to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))
                ELSE format('the last scheduled refresh, %s UTC by %s, read %s periods',
                            to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
                            run."by", run.refreshed) END, NULL
    WHERE run.action = 'refreshed' OR alive OR run.action = 'running' AND run.at >= now() - interval '1 minute'
    UNION ALL
    SELECT 'scheduled_refresh', 'error',
           format('scheduled refreshes stay away: the schedule leaves at most %s between two, the last %s was %s UTC',
                  gap, CASE WHEN last_at = run.at THEN 'run' ELSE 'order' END,
                  to_char(last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')),
           'Is the scheduler running? pg_cron: SELECT * FROM cron.job_run_details ORDER BY start_time DESC, and '
           'pg_cron in shared_preload_libraries; cron or systemd: its log. Not wanted any more: SELECT '
           'bedrock.unschedule_refresh()'
    WHERE last_at < now() - 2 * gap AND NOT coalesce(alive, false)
    UNION ALL
    SELECT 'scheduled_refresh', 'info', format('scheduled refreshes run as superuser %s', run."by"),
           'A refresh runs the views it reads with the rights of its role: schedule it as a role that may refresh and '
           'nothing more'
    WHERE EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = run."by" AND r.rolsuper);

    -- pg_cron shows a role its own jobs only.
    IF ordered.action = 'scheduled'
        AND (ordered."by" = current_user
             OR EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = current_user AND r.rolsuper)) THEN
        IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
            EXECUTE format('SELECT count(*), count(*) FILTER (WHERE active) FROM cron.job WHERE jobname = %L AND '
                           'database = current_database()', 'bedrock.refresh') INTO jobs, active;
        END IF;
        RETURN QUERY
        SELECT 'scheduled_refresh', 'error', CASE WHEN jobs > 0 THEN 'pg_cron''s job bedrock.refresh is disabled'
                                                  ELSE format('pg_cron has no job bedrock.refresh any more%s',
                                                              CASE WHEN jobs IS NULL
                                                                       THEN ': it is not installed in this database'
                                                                   ELSE '' END) END,
               format('SELECT bedrock.schedule_refresh(%L); not wanted any more: SELECT bedrock.unschedule_refresh()',
                      ordered.cron)
        WHERE coalesce(active, 0) = 0;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.doctor_schedule() IS
    'checks of scheduled refreshes: the last run failed or was cut off, runs stay away for twice their interval, '
    'pg_cron''s job is gone or disabled; nothing where none was ever ordered or run; part of bedrock.doctor()';
