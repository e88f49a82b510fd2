-- bedrock.refresh on a schedule: by pg_cron where that is, else by any scheduler that can run psql.

-- The values a field of a cron expression means; NULL: it is none of the forms *, n, n-m, each with /step, in a
-- list.
CREATE OR REPLACE FUNCTION bedrock_internal.cron_field(field text, low integer, high integer, names text[] DEFAULT '{}')
    RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH part AS (
        SELECT m.m,
               coalesce(array_position(names, left(lower(m.m[2]), 3)) + low - 1,
                        CASE WHEN m.m[2] ~ E'^\\d{1,2}$' THEN m.m[2]::integer END) AS a,
               coalesce(array_position(names, left(lower(m.m[3]), 3)) + low - 1,
                        CASE WHEN m.m[3] ~ E'^\\d{1,2}$' THEN m.m[3]::integer END) AS b, m.m[4]::integer AS step
        FROM regexp_split_to_table(field, ',') AS p (text)
        LEFT JOIN LATERAL regexp_match(p.text,
                                       E'^(\\*)?(\\d{1,2}|[a-zA-Z]{3})?(?:-(\\d{1,2}|[a-zA-Z]{3}))?(?:/(\\d{1,2}))?$')
            AS m (m)
            ON true),
    span AS (
        SELECT p.m IS NOT NULL AND (p.m[1] IS NULL) <> (p.m[2] IS NULL) AND (p.m[1] IS NULL OR p.m[3] IS NULL)
                   AND (p.m[2] IS NULL) = (p.a IS NULL) AND (p.m[3] IS NULL) = (p.b IS NULL)
               AND coalesce(p.a, low) >= low AND coalesce(p.b, p.a, high) <= high AND coalesce(p.step, 1) > 0
               AND coalesce(p.a <= p.b, true) AS fits,
               coalesce(p.a, low) AS first, CASE WHEN p.m[1] IS NOT NULL OR p.step IS NOT NULL AND p.b IS NULL THEN high
                                                 ELSE coalesce(p.b, p.a) END AS last, coalesce(p.step, 1) AS step
        FROM part AS p)
    SELECT CASE WHEN bool_and(s.fits) THEN array_agg(DISTINCT v ORDER BY v) END
    FROM span AS s LEFT JOIN LATERAL generate_series(s.first, s.last, CASE WHEN s.fits THEN s.step ELSE 1 END) AS v
        ON s.fits;
END;
COMMENT ON FUNCTION bedrock_internal.cron_field(text, integer, integer, text[]) IS
    'the values of one field of a cron expression between low and high, whose names are low, low + 1, ...; NULL: not '
    'understood';

CREATE OR REPLACE FUNCTION bedrock_internal.cron_longest_gap(cron text) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH spelt AS (
        SELECT regexp_split_to_array(CASE lower(btrim(cron)) WHEN '@hourly' THEN '0 * * * *'
                                          WHEN '@daily' THEN '0 0 * * *' WHEN '@midnight' THEN '0 0 * * *'
                                          WHEN '@weekly' THEN '0 0 * * 0'
                                          WHEN '@monthly' THEN '0 0 1 * *' WHEN '@yearly' THEN '0 0 1 1 *'
                                          WHEN '@annually' THEN '0 0 1 1 *' ELSE btrim(cron) END, E'\\s+') AS f),
    parsed AS (
        SELECT s.f, bedrock_internal.cron_field(s.f[1], 0, 59) AS minutes,
               bedrock_internal.cron_field(s.f[2], 0, 23) AS hours, bedrock_internal.cron_field(s.f[3], 1, 31) AS days,
               bedrock_internal.cron_field(s.f[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}')
                   AS months,
               bedrock_internal.cron_field(s.f[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}') AS weekdays
        FROM spelt AS s WHERE cardinality(s.f) = 5),
    minute AS (SELECT h.h * 60 + m.m AS at FROM parsed AS p, unnest(p.hours) AS h (h), unnest(p.minutes) AS m (m)),
    within AS (SELECT min(m.at) AS first, max(m.at) AS last, max(m.gap) AS gap
               FROM (SELECT n.at, n.at - lag(n.at) OVER (ORDER BY n.at) AS gap FROM minute AS n) AS m),
    -- Nine years have every weekday on every day of a month, also on the 29th of February. A day of month and a weekday
    -- that are both given mean either.
    day AS (
        SELECT d.d - lag(d.d) OVER (ORDER BY d.d) AS gap
        FROM parsed AS p, LATERAL (SELECT '2024-01-01'::date + n AS d FROM generate_series(0, 3300) AS n) AS d
        CROSS JOIN LATERAL (SELECT extract(day FROM d.d) = ANY (p.days) AS on_day,
                                   extract(dow FROM d.d) = ANY (p.weekdays) OR extract(dow FROM d.d) = 0
                              AND 7 = ANY (p.weekdays) AS on_weekday) AS t
        WHERE extract(month FROM d.d) = ANY (p.months) AND p.minutes IS NOT NULL AND p.hours IS NOT NULL
          AND p.days IS NOT NULL AND p.weekdays IS NOT NULL
          AND CASE WHEN p.f[3] LIKE '*%' OR p.f[5] LIKE '*%' THEN t.on_day AND t.on_weekday
                   ELSE t.on_day OR t.on_weekday END)
    SELECT CASE WHEN cron ~* E'^\\s*[0-9]{1,6}\\s+seconds?\\s*$'
                    THEN make_interval(secs => substring(cron FROM '[0-9]+')::integer)
                ELSE
                    (SELECT justify_hours(greatest(make_interval(mins => w.gap),
                                                   make_interval(mins => max(d.gap) * 1440 - w.last + w.first)))
                     FROM within AS w, day AS d GROUP BY w.first, w.last, w.gap) END;
END;
COMMENT ON FUNCTION bedrock_internal.cron_longest_gap(text) IS
    'longest time a cron expression (minute hour day month weekday; @hourly and its kin; n seconds) leaves between two '
    'runs; NULL: not understood, or it never comes twice';

CREATE OR REPLACE FUNCTION bedrock_internal.begin_scheduled_run(every interval) RETURNS timestamptz
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run timestamptz;
BEGIN
    DELETE FROM bedrock.schedule_log AS l
    WHERE l.at < now() - interval '30 days' AND l.action NOT IN ('scheduled', 'unscheduled');
    INSERT INTO bedrock.schedule_log (action, every) VALUES ('running', begin_scheduled_run.every) RETURNING at
        INTO run;
    RETURN run;
END
$$;
COMMENT ON FUNCTION bedrock_internal.begin_scheduled_run(interval) IS
    'inserts the row of a run into bedrock.schedule_log; part of bedrock.refresh_scheduled()';

CREATE OR REPLACE FUNCTION bedrock_internal.do_scheduled_run(run timestamptz) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    outcome text := 'refreshed';
    is_first boolean := true;
    done bigint;
    left_busy bigint;
    state text;
    cause text;
    detailed text;
    hint text;
BEGIN
    -- One scheduled run at a time; the doctor, too, sees by the lock which run is active. It is one of a table, for
    -- which one needs writing on it: an advisory lock could be kept by any login.
    BEGIN
        LOCK TABLE bedrock.schedule_log IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        is_first := false;
    END;
    IF NOT is_first THEN
        outcome := 'skipped';
        cause := 'another scheduled refresh is at work';
        RAISE NOTICE USING MESSAGE = 'scheduled refresh skipped: another one is at work';
    ELSE
        BEGIN
            SELECT count(*) FILTER (WHERE r.action IN ('refreshed', 'removed')),
                   count(*) FILTER (WHERE r.action = 'busy'),
                   (array_agg(r.sqlstate) FILTER (WHERE r.action = 'failed'))[1],
                   string_agg(format('source "%s": %s', r.source, r.message), E'\n') FILTER (WHERE r.action = 'failed')
            INTO done, left_busy, state, cause
            FROM bedrock_internal.refresh_sources(NULL, NULL, false) AS r;
            -- What the other sources brought stays.
            IF state IS NOT NULL THEN
                outcome := 'failed';
            END IF;
        EXCEPTION WHEN QUERY_CANCELED OR OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, cause = MESSAGE_TEXT, detailed = PG_EXCEPTION_DETAIL,
                hint = PG_EXCEPTION_HINT;
            outcome := 'failed';
            done := NULL;
            left_busy := NULL;
            cause := concat_ws(E'\n', cause, nullif(detailed, ''), nullif(hint, ''));
        END;
    END IF;
    UPDATE bedrock.schedule_log AS l
    SET action = outcome, ended_at = clock_timestamp(), refreshed = done, busy = left_busy, sqlstate = state,
        message = cause
    WHERE l.at = run AND l.pid = pg_backend_pid();
END
$$;
COMMENT ON FUNCTION bedrock_internal.do_scheduled_run(timestamptz) IS
    'refreshes, and updates the row of the run with its outcome or the error of the whole or of some sources; part of '
    'bedrock.refresh_scheduled()';

CREATE OR REPLACE FUNCTION bedrock_internal.end_scheduled_run(run timestamptz) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    failed bedrock.schedule_log;
BEGIN
    SELECT l.* INTO failed FROM bedrock.schedule_log AS l
    WHERE l.at = run AND l.pid = pg_backend_pid() AND l.action = 'failed';
    IF FOUND THEN
        RAISE USING ERRCODE = failed.sqlstate, MESSAGE = failed.message,
            HINT = 'Look into bedrock.schedule_log, or ask bedrock.doctor().';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.end_scheduled_run(timestamptz) IS
    'raises again what a run failed with; part of bedrock.refresh_scheduled()';

-- The entry has to outlive the rollback of what failed, so this commits; a routine that commits cannot have a SET
-- clause. It calls qualified functions and uses no operator: there is nothing in it for a search_path to change.
CREATE OR REPLACE PROCEDURE bedrock.refresh_scheduled(every interval DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    run timestamptz;
BEGIN
    run := bedrock_internal.begin_scheduled_run(every);
    COMMIT;
    PERFORM bedrock_internal.do_scheduled_run(run);
    COMMIT;
    PERFORM bedrock_internal.end_scheduled_run(run);
END
$$;
COMMENT ON PROCEDURE bedrock.refresh_scheduled(interval) IS
    'bedrock.refresh() for a scheduler (pg_cron, cron, systemd): logs begin and end in bedrock.schedule_log, which '
    'bedrock.doctor() checks, and raises the error of a failed run; what other sources brought is committed before. '
    'Skips with a notice while another scheduled run is active. every: longest time between two runs, after which the '
    'doctor reports that they are missing, NULL: not checked. Commits: CALL it outside of a transaction block';

CREATE OR REPLACE FUNCTION bedrock.schedule_refresh(cron text DEFAULT '17 */4 * * *') RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET intervalstyle = postgres
AS $$
DECLARE
    gap interval := bedrock_internal.cron_longest_gap(schedule_refresh.cron);
    command text := format('CALL bedrock.refresh_scheduled(%L)', gap);
    job bigint;
BEGIN
    IF coalesce(btrim(schedule_refresh.cron), '') = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'bedrock.schedule_refresh needs a cron expression',
            HINT = 'For example ''17 */4 * * *'': at minute 17 of every fourth hour.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('extension pg_cron is not installed in database "%s"', current_database()),
            DETAIL = 'bedrock.schedule_refresh orders a job of pg_cron. Nothing was scheduled.',
            HINT = format(E'With pg_cron: shared_preload_libraries = ''pg_cron'', cron.database_name = %L, restart, '
                          'CREATE EXTENSION pg_cron, then this again.\n'
                          'With pg_cron in another database: there SELECT '
                          'cron.schedule_in_database(''bedrock.refresh'', %L, %L, %L).\n'
                          'Without it, a line of the crontab: %s psql -X -q -d %s -c "%s"',
                          current_database(), schedule_refresh.cron, command, current_database(), schedule_refresh.cron,
                          quote_ident(current_database()), command);
    END IF;
    EXECUTE format('SELECT cron.schedule(%L, %L, %L)', 'bedrock.refresh', schedule_refresh.cron, command) INTO job;
    INSERT INTO bedrock.schedule_log (action, cron, every) VALUES ('scheduled', schedule_refresh.cron, gap);
    RETURN job;
END
$$;
COMMENT ON FUNCTION bedrock.schedule_refresh(text) IS
    'schedules bedrock.refresh_scheduled() with pg_cron in this database as the calling role, replaces its earlier '
    'job, and returns the job id. cron: minute hour day month weekday in the time zone of pg_cron (default GMT), or '
    '''30 seconds'' (pg_cron 1.5 and later). An error: pg_cron is not installed here, or it rejects the expression. '
    'Best called by a role that may refresh and nothing else, as views of sources run with its rights';

CREATE OR REPLACE FUNCTION bedrock.unschedule_refresh() RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_job boolean := false;
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        EXECUTE format('SELECT coalesce(bool_or(cron.unschedule(jobid)), false) FROM cron.job WHERE jobname = %L AND '
                       'database = current_database() AND username = current_user', 'bedrock.refresh') INTO found_job;
    END IF;
    INSERT INTO bedrock.schedule_log (action) VALUES ('unscheduled');
    RETURN found_job;
END
$$;
COMMENT ON FUNCTION bedrock.unschedule_refresh() IS
    'removes the job of bedrock.schedule_refresh() of the calling role from pg_cron; true: there was one, false: none, '
    'or no pg_cron. bedrock.doctor() expects no scheduled runs until the next one; a run under way is not disturbed';
