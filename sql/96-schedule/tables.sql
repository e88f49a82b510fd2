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
    'scheduled refreshes: a row each time one is ordered or called off (bedrock.schedule_refresh, '
    'bedrock.unschedule_refresh), and a row a run (bedrock.refresh_scheduled). A run keeps its row when it fails. Runs '
    'of the last 30 days';
COMMENT ON COLUMN bedrock.schedule_log.at IS 'when it was ordered or called off; for a run, when it began';
COMMENT ON COLUMN bedrock.schedule_log.pid IS 'server process of it';
COMMENT ON COLUMN bedrock.schedule_log.by IS 'role whose rights it had';
COMMENT ON COLUMN bedrock.schedule_log.action IS
    'scheduled, unscheduled; a run: refreshed (it ended well, also when nothing had changed), failed (where refreshed '
    'is NULL it changed nothing; else only the sources that message names were left as they were), skipped (another '
    'scheduled run was at work), running (it has not ended; where its process holds no lock any more, it was cut off)';
COMMENT ON COLUMN bedrock.schedule_log.cron IS 'scheduled: the cron expression; otherwise NULL';
COMMENT ON COLUMN bedrock.schedule_log.every IS
    'longest time the schedule leaves between two runs; NULL: not known, then the doctor cannot say that runs '
    'stay away';
COMMENT ON COLUMN bedrock.schedule_log.ended_at IS 'when the run ended; NULL: it has not, or this is no run';
COMMENT ON COLUMN bedrock.schedule_log.refreshed IS
    'periods of sources the run read again (actions refreshed and removed of bedrock.refresh); NULL: it brought '
    'nothing to an end';
COMMENT ON COLUMN bedrock.schedule_log.busy IS 'periods it left to another session; NULL as refreshed';
COMMENT ON COLUMN bedrock.schedule_log.sqlstate IS 'failed: the code of the error';
COMMENT ON COLUMN bedrock.schedule_log.message IS 'failed: the error with its detail and hint; skipped: why';
