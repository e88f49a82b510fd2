-- Requests to spend: asked by who runs a workload, decided once by another.

CREATE OR REPLACE FUNCTION bedrock.request_spend(workload text, amount numeric, first_day date, last_day date,
    purpose text, currency text DEFAULT 'USD') RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    number bigint;
BEGIN
    PERFORM bedrock_internal.check_text('the workload', request_spend.workload, 1024),
        bedrock_internal.check_length('the purpose', request_spend.purpose, 4096),
        bedrock_internal.check_may_change_workload(caller, request_spend.workload);
    IF coalesce(btrim(request_spend.purpose), '') = '' THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the purpose is missing',
            HINT = 'Say what the money is for.';
    ELSIF (request_spend.amount >= 0.01 AND request_spend.amount < 1e15) IS NOT TRUE THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('%s cannot be asked for',
                                   coalesce(left(request_spend.amount::text, 40)
                                            || CASE WHEN length(request_spend.amount::text) > 40 THEN '...' ELSE '' END,
                                            'NULL')),
            HINT = 'Give an amount of at least 0.01, and less than 1e15.';
    ELSIF (request_spend.currency ~ '^[A-Z]{3}$') IS NOT TRUE THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('"%s" is no currency', coalesce(left(request_spend.currency, 160), 'NULL')),
            HINT = 'Give a code of ISO 4217, as EUR.';
    ELSIF (request_spend.first_day BETWEEN '0001-01-01' AND request_spend.last_day
           AND request_spend.last_day <= '9999-12-31') IS NOT TRUE THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('the days from %s to %s cannot be asked for',
                                   coalesce(bedrock_internal.day_text(request_spend.first_day), 'NULL'),
                                   coalesce(bedrock_internal.day_text(request_spend.last_day), 'NULL')),
            HINT = 'Give a first and a last day, in this order.';
    ELSIF NOT EXISTS (SELECT FROM bedrock.workload AS w
                      WHERE w.workload = request_spend.workload AND upper_inf(w.recorded)
                        AND w.valid && daterange(request_spend.first_day, request_spend.last_day, '[]')) THEN
        RAISE no_data_found
            USING MESSAGE = format('there is no workload "%s" on these days', left(request_spend.workload, 160)),
            HINT = 'SELECT workload FROM bedrock.workloads lists them; bedrock.set_workload makes one.';
    END IF;
    number := nextval('bedrock.spend_request_request_id_seq');
    INSERT INTO bedrock.spend_request (request_id, workload, amount, currency, valid, purpose, requested_by,
                                       requested_login, state, recorded_by, recorded_login)
    VALUES (number, request_spend.workload, request_spend.amount, request_spend.currency,
            daterange(request_spend.first_day, request_spend.last_day, '[]'), request_spend.purpose, caller,
            session_user, 'requested', caller, session_user);
    RETURN number;
END
$$;
COMMENT ON FUNCTION bedrock.request_spend(text, numeric, date, date, text, text) IS
    'asks to spend an amount on a workload in these days (UTC), says what for, and returns the number of the request; '
    'bedrock.decide_request decides it. For roles that manage everything, or have the workload or an element above it '
    'in their scope. Error 22023: an amount, currency or days that cannot be; 22004: no purpose; P0002: no such '
    'workload on these days; 42501: not allowed';

CREATE OR REPLACE FUNCTION bedrock.decide_request(request_id bigint, decision text, reason text DEFAULT NULL)
    RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    manages boolean := bedrock_internal.may_manage(caller);
    known bedrock.spend_request;
    decided bedrock.spend_request;
    stamp timestamptz;
BEGIN
    PERFORM bedrock_internal.check_length('the reason', decide_request.reason, 4096);
    IF (decide_request.decision IN ('approved', 'rejected', 'withdrawn')) IS NOT TRUE THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no decision', coalesce(left(decide_request.decision, 160), 'NULL')),
            HINT = 'Decide approved, rejected or withdrawn.';
    END IF;
    SELECT r.* INTO known FROM bedrock.spend_request AS r
    WHERE r.request_id = decide_request.request_id AND upper_inf(r.recorded) FOR UPDATE;
    -- The same whether the request is another's or is none.
    IF NOT manages AND (decide_request.decision <> 'withdrawn' OR known.request_id IS NULL
                        OR NOT bedrock_internal.may_change_workload(caller, known.workload)) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%s may not decide request %s', caller, coalesce(decide_request.request_id::text, 'NULL')),
            DETAIL = 'Roles with the scope manage approve and reject; who may ask for the workload may withdraw.',
            HINT = 'SELECT * FROM bedrock.my_scope() shows what you may change.';
    ELSIF known.request_id IS NULL THEN
        RAISE no_data_found USING
            MESSAGE = format('there is no request %s', coalesce(decide_request.request_id::text, 'NULL')),
            HINT = 'SELECT * FROM bedrock.spend_request lists them.';
    ELSIF known.state <> 'requested' THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('request %s is %s already', known.request_id, known.state),
            DETAIL = format('%s decided it.', known.recorded_by),
            HINT = 'Ask again with bedrock.request_spend.';
    -- Who is a member of several roles asks as one and decides as another: who logged in counts as much as the role.
    ELSIF decide_request.decision <> 'withdrawn'
        AND ARRAY[known.requested_by, known.requested_login] && ARRAY[caller, session_user]
        AND bedrock_internal.setting_value('approve_own_request') <> '1' THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%s asked for request %s and cannot decide it',
                             CASE WHEN known.requested_by IN (caller, session_user) THEN known.requested_by
                                  ELSE known.requested_login END, known.request_id),
            DETAIL = 'Setting approve_own_request is 0.',
            HINT = 'Have somebody else decide it, who logs in as another role with the scope manage.';
    END IF;
    IF decide_request.decision = 'rejected' AND coalesce(btrim(decide_request.reason), '') = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a request is rejected with a reason',
            HINT = 'Add reason => ''why''.';
    END IF;
    stamp := greatest(clock_timestamp(), lower(known.recorded) + interval '1 microsecond');
    UPDATE bedrock.spend_request AS r
    SET recorded = tstzrange(lower(r.recorded), stamp), closed_by = caller, close_reason = decide_request.reason
    WHERE r.request_id = known.request_id AND upper_inf(r.recorded);
    decided := known;
    decided.state := decide_request.decision;
    decided.recorded := tstzrange(stamp, NULL);
    decided.recorded_by := caller;
    decided.recorded_login := session_user;
    decided.reason := decide_request.reason;
    INSERT INTO bedrock.spend_request SELECT decided.*;
    RETURN decided.state;
END
$$;
COMMENT ON FUNCTION bedrock.decide_request(bigint, text, text) IS
    'decides a request to spend, once: approved, rejected (with a reason) or withdrawn, which it returns. Roles that '
    'manage everything approve and reject, but unless setting approve_own_request is 1 not what the same role asked '
    'for, or the same login with another role set; who may ask for the workload may withdraw. Error 22023: no '
    'decision, or rejected without reason; 55000: it is decided already; 42501: not allowed; P0002: no such request';
