-- Scheduled refreshes: what was ordered, and what became of every run. Runs are recorded whoever starts them: pg_cron,
-- cron or systemd.

CREATE TABLE bedrock.schedule_log (
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    pid integer NOT NULL DEFAULT pg_backend_pid(),
    by name NOT NULL DEFAULT current_user,
    action text NOT NULL CHECK (action IN ('scheduled', 'unscheduled', 'running', 'refreshed', 'failed', 'skipped')),
    cron text,
    every interval,
    ended_at timestamptz,
    refreshed bigint,
    busy bigint,
    sqlstate text,
    message text,
    PRIMARY KEY (at, pid)
);
SELECT pg_extension_config_dump('bedrock.schedule_log', '');
COMMENT ON TABLE bedrock.schedule_log IS
    'scheduled refreshes: one row for each call of bedrock.schedule_refresh and bedrock.unschedule_refresh, and one '
    'for each run of bedrock.refresh_scheduled of the last 30 days, failed ones included';
COMMENT ON COLUMN bedrock.schedule_log.at IS 'time of the call; of a run, its begin';
COMMENT ON COLUMN bedrock.schedule_log.pid IS 'server process';
COMMENT ON COLUMN bedrock.schedule_log.by IS 'role whose rights were used';
COMMENT ON COLUMN bedrock.schedule_log.action IS
    'scheduled, unscheduled; of a run: refreshed (succeeded, also without a change), failed (refreshed is NULL: '
    'nothing was changed; else only the sources in message were left as they were), skipped (another scheduled run was '
    'active), running (not ended; interrupted where its process holds no lock any more)';
COMMENT ON COLUMN bedrock.schedule_log.cron IS 'scheduled: the cron expression; otherwise NULL';
COMMENT ON COLUMN bedrock.schedule_log.every IS
    'longest time between two runs; NULL: not known, and the doctor does not report missing runs';
COMMENT ON COLUMN bedrock.schedule_log.ended_at IS 'end of the run; NULL: not ended, or no run';
COMMENT ON COLUMN bedrock.schedule_log.refreshed IS
    'periods of sources that the run read again (actions refreshed and removed of bedrock.refresh); NULL: it completed '
    'nothing';
COMMENT ON COLUMN bedrock.schedule_log.busy IS 'periods left to another session; NULL as refreshed';
COMMENT ON COLUMN bedrock.schedule_log.sqlstate IS 'failed: the code of the error';
COMMENT ON COLUMN bedrock.schedule_log.message IS 'failed: the error with its detail and hint; skipped: why';
