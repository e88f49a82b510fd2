-- The queue: what is found becomes a task, and what the data shows no longer is done.

CREATE OR REPLACE FUNCTION bedrock_internal.refresh_tasks(as_of date DEFAULT NULL) RETURNS integer
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET enable_nestloop = off
    SET jit = off
AS $$
DECLARE
    caller constant name := bedrock_internal.calling_role();
    through constant date := coalesce(refresh_tasks.as_of, bedrock_internal.last_complete_day(),
                                      bedrock.latest_period());
    lowest constant numeric := bedrock_internal.setting_value('task_floor')::numeric;
    last_quiet constant date := through - bedrock_internal.setting_value('task_quiet_days')::integer;
    stamp timestamptz;
    found_tasks bedrock.task[];
    changed bedrock.task[];
BEGIN
    -- Another refresh is at it, or somebody sets a state: the next one looks again.
    BEGIN
        LOCK TABLE bedrock.task IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN 0;
    END;
    SELECT array_agg(jsonb_populate_record(NULL::bedrock.task, to_jsonb(g))) INTO found_tasks
    -- What is of several workloads, accounts or days is one task; each currency is summed for itself.
    FROM (SELECT c.kind, c.subject,
                 CASE WHEN min(c.workload) = max(c.other_workload) THEN min(c.workload) END AS workload,
                 CASE WHEN bool_and(c.has_account) AND min(c.account_id) = max(c.other_account)
                          THEN min(c.account_id) END AS account_id,
                 jsonb_object_agg(c.currency, c.cost) AS at_stake, min(c.first_day) AS since,
                 max(c.last_day) AS last_seen, min(c.action) AS action, min(c.script_kind) AS script_kind,
                 (array_agg(c.script_arguments) FILTER (WHERE c.script_arguments IS NOT NULL))[1] AS script_arguments
          FROM (SELECT f.kind, f.subject, coalesce(f.currency, '') AS currency,
                       min(f.workload) AS workload, max(f.workload) AS other_workload,
                       min(f.account_id) AS account_id, max(f.account_id) AS other_account,
                       bool_and(f.account_id IS NOT NULL) AS has_account,
                       sum(f.cost) AS cost, min(f.first_day) AS first_day, max(f.last_day) AS last_day,
                       min(f.action) FILTER (WHERE f.place = 1) AS action,
                       min(f.script_kind) FILTER (WHERE f.place = 1) AS script_kind,
                       (array_agg(f.script_arguments) FILTER (WHERE f.place = 1))[1] AS script_arguments
                FROM (SELECT t.kind, s.subject, t.currency, t.workload, t.account_id, t.cost, t.first_day, t.last_day,
                             t.action, t.script_kind, t.script_arguments,
                             row_number() OVER (PARTITION BY t.kind, s.subject
                                                ORDER BY t.last_day DESC, length(t.action) DESC, t.action) AS place
                      FROM bedrock_internal.task_findings(through) AS t
                      CROSS JOIN LATERAL (SELECT bedrock_internal.short_subject(t.subject)) AS s (subject)) AS f
                GROUP BY f.kind, f.subject, coalesce(f.currency, '')) AS c
          GROUP BY c.kind, c.subject) AS g;

    -- What is known is kept up to date in its place: amounts and days are no decision of anybody.
    UPDATE bedrock.task AS t
    SET at_stake = f.at_stake, last_seen = greatest(t.last_seen, f.last_seen), workload = f.workload,
        account_id = f.account_id, action = f.action, script_kind = f.script_kind,
        script_arguments = f.script_arguments
    FROM unnest(found_tasks) AS f
    WHERE t.kind = f.kind AND t.subject = f.subject AND upper_inf(t.recorded) AND t.state NOT IN ('done', 'dismissed')
      AND (t.at_stake, t.last_seen, t.workload, t.account_id, t.action, t.script_kind, t.script_arguments)
          IS DISTINCT FROM (f.at_stake, greatest(t.last_seen, f.last_seen), f.workload, f.account_id, f.action,
                            f.script_kind, f.script_arguments);

    -- What states no cost is not known to be small.
    WITH shown AS (
        SELECT f.kind, f.subject, f.workload, f.account_id, f.at_stake, f.since, f.last_seen, f.action, f.script_kind,
               f.script_arguments, coalesce(m.most >= lowest, true) AS is_worth, f.last_seen > last_quiet AS is_recent
        FROM unnest(found_tasks) AS f
        CROSS JOIN LATERAL (SELECT max(v.value::numeric) FROM jsonb_each_text(f.at_stake) AS v) AS m (most))
    SELECT array_agg(jsonb_populate_record(NULL::bedrock.task, to_jsonb(c))) INTO changed
    FROM (
        SELECT nextval('bedrock.task_task_id_seq') AS task_id, s.kind, s.subject, s.workload, s.account_id, s.at_stake,
               s.since, s.last_seen, s.action, s.script_kind, s.script_arguments, 'open' AS state,
               NULL::text AS assignee, NULL::text AS evidence
        FROM shown AS s
        WHERE s.is_worth AND s.is_recent
          AND NOT EXISTS (SELECT FROM bedrock.task AS t
                          WHERE t.kind = s.kind AND t.subject = s.subject AND upper_inf(t.recorded))
        UNION ALL
        SELECT t.task_id, t.kind, t.subject, s.workload, s.account_id, s.at_stake, s.since, s.last_seen, s.action,
               s.script_kind, s.script_arguments, 'reopened', t.assignee,
               CASE t.state WHEN 'dismissed' THEN 'it costs more than twice of what it did when it was dismissed'
                            ELSE format('the data shows it again, last on %s', s.last_seen) END
        FROM shown AS s
        JOIN bedrock.task AS t ON t.kind = s.kind AND t.subject = s.subject AND upper_inf(t.recorded)
        WHERE s.is_worth AND s.is_recent
          AND CASE t.state
                  -- The bill lags: of what somebody calls done, only later days tell.
                  WHEN 'done' THEN t.evidence IS NOT NULL
                      OR s.last_seen > greatest(t.last_seen, (lower(t.recorded) AT TIME ZONE 'UTC')::date)
                  WHEN 'dismissed' THEN EXISTS (
                      SELECT FROM jsonb_each_text(s.at_stake) AS v
                      WHERE v.value::numeric > 2 * coalesce((t.at_stake ->> v.key)::numeric, 0)
                        AND v.value::numeric >= lowest)
                  ELSE false END
        UNION ALL
        SELECT t.task_id, t.kind, t.subject, t.workload, t.account_id, t.at_stake, t.since, t.last_seen, t.action,
               t.script_kind, t.script_arguments, 'done', t.assignee,
               coalesce((SELECT format('claimed by %s, %s', c.workload, bedrock_internal.days_text(c.valid))
                         FROM bedrock.claim AS c
                         WHERE t.kind = 'claim' AND c.identity = t.subject AND upper_inf(c.recorded)
                           AND c.valid && daterange(through, NULL)
                         ORDER BY c.valid LIMIT 1),
                        CASE WHEN s.kind IS NULL THEN 'the data does not show it any more'
                             WHEN NOT s.is_recent THEN format('not seen since %s; the data goes to %s', s.last_seen,
                                                              through)
                             ELSE format('it costs less than %s', lowest) END)
        FROM bedrock.task AS t
        LEFT JOIN shown AS s ON s.kind = t.kind AND s.subject = t.subject
        WHERE upper_inf(t.recorded) AND t.state NOT IN ('done', 'dismissed')
          AND (s.is_worth AND s.is_recent) IS NOT TRUE) AS c;

    SELECT greatest(clock_timestamp(), max(lower(t.recorded)) + interval '1 microsecond') INTO stamp
    FROM bedrock.task AS t;
    UPDATE bedrock.task AS t
    SET recorded = tstzrange(lower(t.recorded), stamp), closed_by = caller, close_reason = c.evidence
    FROM unnest(changed) AS c
    WHERE t.task_id = c.task_id AND upper_inf(t.recorded);
    INSERT INTO bedrock.task (task_id, kind, subject, workload, account_id, at_stake, since, last_seen, action,
                              script_kind, script_arguments, state, assignee, evidence, recorded, recorded_by)
    SELECT c.task_id, c.kind, c.subject, c.workload, c.account_id, c.at_stake, c.since, c.last_seen, c.action,
           c.script_kind, c.script_arguments, c.state, c.assignee, c.evidence, tstzrange(stamp, NULL), caller
    FROM unnest(changed) AS c;
    RETURN coalesce(cardinality(changed), 0);
END
$$;
COMMENT ON FUNCTION bedrock_internal.refresh_tasks(date) IS
    'makes a task of what is found and costs at least setting task_floor, closes those that the data shows no longer '
    '(for setting task_quiet_days, or because they are claimed or solved) and reopens those it shows again; returns '
    'how many. What somebody called done is reopened by days after that; what was dismissed, where it costs more than '
    'twice as much. as_of: last day that counts, NULL: the last complete one. 0 where another session is at it';

CREATE OR REPLACE FUNCTION bedrock.set_task(task_id bigint, state text DEFAULT NULL, assignee text DEFAULT NULL,
    reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    known bedrock.task;
    changed bedrock.task;
    stamp timestamptz;
BEGIN
    PERFORM bedrock_internal.check_text('the assignee', coalesce(set_task.assignee, ''), 1024, true),
        bedrock_internal.check_length('the reason', set_task.reason, 4096);
    IF set_task.state NOT IN ('open', 'in progress', 'done', 'dismissed') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no state to set', left(set_task.state, 160)),
            HINT = 'Use open, in progress, done or dismissed; NULL leaves it as it is. Only the data reopens a task.';
    END IF;
    SELECT t.* INTO known FROM bedrock.task AS t
    WHERE t.task_id = set_task.task_id AND upper_inf(t.recorded) FOR UPDATE;
    -- The same whether the task is another's or is none.
    IF NOT bedrock_internal.may_manage(caller)
        AND (known.workload IS NULL OR NOT bedrock_internal.may_change_workload(caller, known.workload))
        AND NOT EXISTS (SELECT FROM bedrock_internal.scope_of(caller) AS s
                        WHERE s.scope_kind = 'account' AND s.value = known.account_id) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%s may not change task %s', caller, coalesce(set_task.task_id::text, 'NULL')),
            HINT = 'SELECT * FROM bedrock.task lists tasks, bedrock.my_scope() what you may change.';
    ELSIF known.task_id IS NULL THEN
        RAISE no_data_found USING
            MESSAGE = format('there is no task %s', coalesce(set_task.task_id::text, 'NULL')),
            HINT = 'SELECT * FROM bedrock.task lists them.';
    END IF;
    IF set_task.state = 'dismissed' AND coalesce(btrim(set_task.reason), '') = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a task is dismissed with a reason',
            HINT = 'Add reason => ''why''.';
    END IF;
    changed := known;
    changed.state := coalesce(set_task.state, known.state);
    changed.assignee := CASE WHEN set_task.assignee IS NULL THEN known.assignee
                             ELSE nullif(set_task.assignee, '') END;
    IF changed.state = known.state AND changed.assignee IS NOT DISTINCT FROM known.assignee
        AND (set_task.reason IS NULL OR set_task.reason = known.reason) THEN
        RETURN 'unchanged';
    END IF;
    stamp := greatest(clock_timestamp(), lower(known.recorded) + interval '1 microsecond');
    UPDATE bedrock.task AS t
    SET recorded = tstzrange(lower(t.recorded), stamp), closed_by = caller, close_reason = set_task.reason
    WHERE t.task_id = set_task.task_id AND upper_inf(t.recorded);
    IF changed.state <> known.state THEN
        changed.evidence := NULL;
    END IF;
    changed.recorded := tstzrange(stamp, NULL);
    changed.recorded_by := caller;
    changed.reason := set_task.reason;
    INSERT INTO bedrock.task SELECT changed.*;
    RETURN 'changed';
END
$$;
COMMENT ON FUNCTION bedrock.set_task(bigint, text, text, text) IS
    'says who has a task and what became of it, and returns changed or unchanged. state: open, in progress, done or '
    'dismissed, which needs a reason; assignee: a person or a group, an empty text is nobody; NULL leaves either as it '
    'is. For roles that manage everything, or have the workload or usage account of the task in their scope. Error '
    '22023: no such state, or dismissed without reason; 42501: not allowed; P0002: no such task';
