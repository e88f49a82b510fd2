-- Alerts: what is looked at when new lines are there, how an alert is recorded and sent, and what becomes of it.

CREATE OR REPLACE FUNCTION bedrock_internal.short_subject(subject text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length(subject) <= 2048 THEN subject
                ELSE left(subject, 400) || '... ' || md5(subject) END;
COMMENT ON FUNCTION bedrock_internal.short_subject(text) IS
    'the subject of an alert or a task, cut where an index could not take it: still another one for each text';

CREATE OR REPLACE FUNCTION bedrock_internal.raise_alert(kind text, subject text, attribute text, tag_key text,
    value text, days daterange, basis text, threshold numeric, currency text, amount numeric, planned numeric,
    since date, detail jsonb DEFAULT '{}') RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    raised bedrock.alert;
    muted bigint;
    name text := bedrock_internal.short_subject(raise_alert.subject);
BEGIN
    -- Else a number would be taken each time.
    IF EXISTS (SELECT FROM bedrock.alert AS a
               WHERE a.kind = raise_alert.kind AND a.subject = name AND a.days = raise_alert.days
                 AND a.basis = raise_alert.basis AND a.threshold IS NOT DISTINCT FROM raise_alert.threshold
                 AND a.currency IS NOT DISTINCT FROM raise_alert.currency
                 AND a.planned IS NOT DISTINCT FROM raise_alert.planned) THEN
        RETURN false;
    END IF;
    INSERT INTO bedrock.alert AS a (kind, subject, attribute, tag_key, value, days, basis, threshold, currency, amount,
                                    planned, since, detail)
    VALUES (raise_alert.kind, name, raise_alert.attribute, raise_alert.tag_key, raise_alert.value, raise_alert.days,
            raise_alert.basis, raise_alert.threshold, raise_alert.currency, raise_alert.amount, raise_alert.planned,
            raise_alert.since, raise_alert.detail)
    ON CONFLICT ON CONSTRAINT raised_once DO NOTHING
    RETURNING a.* INTO raised;
    IF raised.alert_id IS NULL THEN
        RETURN false;
    END IF;
    -- Recorded all the same, so that nothing is lost while it is muted.
    SELECT a.alert_id INTO muted
    FROM bedrock.alert AS a
    JOIN bedrock.alert_state AS s ON s.alert_id = a.alert_id AND upper_inf(s.recorded) AND s.state = 'muted'
    WHERE a.kind = raise_alert.kind AND a.subject = name
    ORDER BY a.alert_id LIMIT 1
    -- bedrock.set_alert that opens it waits, or was first.
    FOR SHARE OF s;
    IF muted IS NOT NULL THEN
        INSERT INTO bedrock.alert_state (alert_id, state, reason)
        VALUES (raised.alert_id, 'muted', format('as alert %s', muted));
        RETURN true;
    END IF;
    -- Every role of the database may listen, whatever it may see: no name and no amount is sent. Who may see the alert
    -- reads it by its number.
    PERFORM pg_notify('bedrock_cost', jsonb_build_object('alert_id', raised.alert_id, 'kind', raised.kind,
        'basis', raised.basis, 'threshold', CASE WHEN length(raised.threshold::text) <= 60 THEN raised.threshold END,
        'first_day', lower(raised.days), 'last_day', upper(raised.days) - 1, 'since', raised.since)::text);
    RETURN true;
END
$$;
COMMENT ON FUNCTION bedrock_internal.raise_alert(text, text, text, text, text, daterange, text, numeric, text, numeric,
    numeric, date, jsonb) IS
    'records an alert once for kind, subject, days, basis, threshold, currency and planned, and sends it with NOTIFY '
    'bedrock_cost at commit: JSON of alert_id, kind, basis, threshold, first_day, last_day and since, less than 8000 '
    'bytes. While an alert of the same kind and subject is muted, a new one is muted too, and is not sent. Returns '
    'whether it is new';

-- A check is a function without arguments; what fails in it is undone, and neither fails a refresh nor other checks. A
-- timeout or a cancel ends the checks that are left with it: what was loaded is worth more than they are.
CREATE OR REPLACE FUNCTION bedrock_internal.run_check(name text) RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE format('SELECT bedrock_internal.%I()', run_check.name);
    RETURN true;
EXCEPTION WHEN query_canceled OR OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RAISE WARNING USING MESSAGE = format('%s failed: %s', run_check.name, SQLERRM),
        DETAIL = concat_ws(' ', format('SQLSTATE %s.', SQLSTATE), nullif(detail, '')),
        HINT = 'What was loaded is there; the next refresh or load that brings lines checks again.';
    RETURN SQLSTATE <> '57014';
END
$$;
COMMENT ON FUNCTION bedrock_internal.run_check(text) IS
    'runs one check; where it fails, it leaves nothing and gives a warning with its name and error. Returns whether '
    'others may follow: false where it was cancelled or ran into statement_timeout';

CREATE OR REPLACE FUNCTION bedrock_internal.run_checks(what_changed text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    name text;
BEGIN
    -- In the order in which they run.
    FOREACH name IN ARRAY CASE run_checks.what_changed
        WHEN 'bill' THEN '{check_estimates,check_policies,check_anomalies,check_anomalies_of_logs}'
        WHEN 'owners' THEN '{check_budgets,refresh_tasks,check_map}'
        WHEN 'logs' THEN '{check_anomalies_of_logs,refresh_tasks}' END::text[]
    LOOP
        IF NOT bedrock_internal.run_check(name) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;
COMMENT ON FUNCTION bedrock_internal.run_checks(text) IS
    'compares what has been billed with what was planned, as the owner of the extension, who sees all of it, and '
    'returns whether all ran. what_changed: bill, at the end of a refresh or load that brought lines; owners, after '
    'it, budgets, tasks and what reads these, under bedrock_internal.lock_ownership(); logs, after a load of logs, '
    'what reads these';

CREATE OR REPLACE FUNCTION bedrock_internal.may_plan(caller name, attribute text, value text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT bedrock_internal.may_manage(may_plan.caller)
        OR CASE may_plan.attribute
               WHEN 'workload' THEN bedrock_internal.may_change_workload(may_plan.caller, may_plan.value)
               WHEN 'element' THEN bedrock_internal.has_element(may_plan.caller, may_plan.value)
               ELSE false END;
END;
COMMENT ON FUNCTION bedrock_internal.may_plan(name, text, text) IS
    'whether a role may set a budget on what has this value of an attribute, and answer alerts about it: it manages '
    'everything, or it is about a workload that it may change or an element in its scope';

CREATE OR REPLACE FUNCTION bedrock.set_alert(alert_id bigint, state text DEFAULT NULL, assignee text DEFAULT NULL,
    reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    subject bedrock.alert;
    known bedrock.alert_state;
    stamp timestamptz;
    new_state text;
    new_assignee text;
BEGIN
    PERFORM bedrock_internal.check_text('the assignee', coalesce(set_alert.assignee, ''), 1024, true),
        bedrock_internal.check_length('the reason', set_alert.reason, 4096);
    IF set_alert.state NOT IN ('open', 'acknowledged', 'resolved', 'muted') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no state of an alert', left(set_alert.state, 160)),
            HINT = 'Use open, acknowledged, resolved or muted; NULL leaves it as it is.';
    END IF;
    -- One at a time for each alert.
    SELECT a.* INTO subject FROM bedrock.alert AS a WHERE a.alert_id = set_alert.alert_id FOR UPDATE;
    -- The same whether the alert is another's or is none.
    IF NOT bedrock_internal.may_plan(caller, coalesce(subject.attribute, ''), coalesce(subject.value, '')) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%s may not change alert %s', caller, coalesce(set_alert.alert_id::text, 'NULL')),
            HINT = 'SELECT * FROM bedrock.alerts lists alerts, bedrock.my_scope() what you may change.';
    ELSIF subject.alert_id IS NULL THEN
        RAISE no_data_found USING
            MESSAGE = format('there is no alert %s', coalesce(set_alert.alert_id::text, 'NULL')),
            HINT = 'SELECT * FROM bedrock.alerts lists them.';
    END IF;
    SELECT s.* INTO known FROM bedrock.alert_state AS s
    WHERE s.alert_id = set_alert.alert_id AND upper_inf(s.recorded);
    new_state := coalesce(set_alert.state, known.state, 'open');
    new_assignee := CASE WHEN set_alert.assignee IS NULL THEN known.assignee ELSE nullif(set_alert.assignee, '') END;
    IF new_state = coalesce(known.state, 'open') AND new_assignee IS NOT DISTINCT FROM known.assignee
        AND (set_alert.reason IS NULL OR set_alert.reason = known.reason) THEN
        RETURN 'unchanged';
    END IF;
    stamp := greatest(clock_timestamp(), lower(known.recorded) + interval '1 microsecond');
    UPDATE bedrock.alert_state AS s
    SET recorded = tstzrange(lower(s.recorded), stamp), closed_by = caller, close_reason = set_alert.reason
    WHERE s.alert_id = set_alert.alert_id AND upper_inf(s.recorded);
    INSERT INTO bedrock.alert_state (alert_id, state, assignee, recorded, recorded_by, reason)
    VALUES (set_alert.alert_id, new_state, new_assignee, tstzrange(stamp, NULL), caller, set_alert.reason);
    -- Those that were muted because this one was: else they would keep muting others.
    IF known.state = 'muted' AND new_state <> 'muted' THEN
        PERFORM bedrock.set_alert(f.alert_id, new_state, reason => f.reason)
        FROM (SELECT a.alert_id, s.reason
              FROM bedrock.alert AS a
              JOIN bedrock.alert_state AS s ON s.alert_id = a.alert_id AND upper_inf(s.recorded)
              WHERE a.kind = subject.kind AND a.subject = subject.subject AND s.state = 'muted'
                AND s.reason = format('as alert %s', subject.alert_id)
                AND bedrock_internal.may_plan(caller, a.attribute, a.value)
              ORDER BY a.alert_id) AS f;
    END IF;
    RETURN 'changed';
EXCEPTION WHEN exclusion_violation THEN
    -- An alert without a state has no row that a transaction with an older snapshot could find changed.
    RAISE serialization_failure USING
        MESSAGE = format('alert %s has changed since this transaction began', set_alert.alert_id),
        HINT = 'Retry the whole transaction.';
END
$$;
COMMENT ON FUNCTION bedrock.set_alert(bigint, text, text, text) IS
    'says who has an alert and what became of it, and returns changed or unchanged. state: open, acknowledged, '
    'resolved or muted (later alerts of the same kind and subject are recorded as muted, and are not sent, as long as '
    'one of them is; what was muted with an alert leaves that state with it); assignee: a person or a group, an empty '
    'text is nobody; NULL leaves either as it is; reason: a note that is kept with the change. For roles that manage '
    'everything, or have the workload or element that the alert is about in their scope. Error 22023: no such state; '
    '42501: not allowed; P0002: no such alert';
