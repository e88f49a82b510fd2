-- What people say of anomalies.

CREATE OR REPLACE FUNCTION bedrock_internal.anomaly_kinds() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['spike', 'drop', 'new', 'new caller', 'new model', 'new region', 'cache not read', 'runaway loop',
                 'caller signals'];
COMMENT ON FUNCTION bedrock_internal.anomaly_kinds() IS
    'kinds of anomalies: those of bedrock.anomalies, and those of the invocation logs (of principal_key)';

CREATE OR REPLACE FUNCTION bedrock.set_anomaly_feedback(value text, feedback text, first_day date DEFAULT NULL,
    last_day date DEFAULT NULL, kind text DEFAULT NULL, attribute text DEFAULT 'workload', tag_key text DEFAULT NULL,
    reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    spelled text;
    from_day date := coalesce(set_anomaly_feedback.first_day, bedrock_internal.today());
    to_day date := coalesce(set_anomaly_feedback.last_day,
                            CASE WHEN set_anomaly_feedback.feedback IS DISTINCT FROM 'muted' THEN from_day END);
BEGIN
    PERFORM bedrock_internal.check_text('the series', set_anomaly_feedback.value, 2048),
        bedrock_internal.spend_attribute(set_anomaly_feedback.attribute, set_anomaly_feedback.tag_key),
        bedrock_internal.check_length('the reason', set_anomaly_feedback.reason, 4096);
    IF NOT bedrock_internal.may_plan(caller, set_anomaly_feedback.attribute, set_anomaly_feedback.value) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%s may not judge anomalies of %s "%s"', caller, set_anomaly_feedback.attribute,
                             left(set_anomaly_feedback.value, 160)),
            HINT = 'SELECT * FROM bedrock.my_scope() shows what you may change.';
    END IF;
    IF set_anomaly_feedback.feedback NOT IN ('muted', 'expected', 'useful', 'false') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no feedback', left(set_anomaly_feedback.feedback, 160)),
            HINT = 'Use muted, expected, useful or false; NULL takes it back.';
    ELSIF set_anomaly_feedback.kind <> ALL (bedrock_internal.anomaly_kinds()) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no kind of anomaly', left(set_anomaly_feedback.kind, 160)),
            HINT = format('Kinds are %s; NULL: all.', array_to_string(bedrock_internal.anomaly_kinds(), ', '));
    ELSIF set_anomaly_feedback.attribute <> 'tag' AND set_anomaly_feedback.tag_key IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'tag_key is for the attribute tag', HINT = 'Leave it out.';
    ELSIF NOT isfinite(from_day) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the first day cannot be %s', from_day),
            HINT = 'Give a day; NULL: today.';
    -- The other words are about what was found, so about days that are over.
    ELSIF set_anomaly_feedback.feedback = 'muted' AND from_day < bedrock_internal.today()
        AND coalesce(btrim(set_anomaly_feedback.reason), '') = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'to mute days before today needs a reason',
            DETAIL = format('The first day is %s; today is %s (UTC).', bedrock_internal.day_text(from_day),
                            bedrock_internal.day_text(bedrock_internal.today())),
            HINT = 'Add reason => ''why'', or leave the first day out.';
    END IF;
    PERFORM bedrock_internal.lock_ownership(to_change => false);
    -- Spellings of a tag are one tag.
    SELECT f.tag_key INTO spelled FROM bedrock.anomaly_feedback AS f
    WHERE f.attribute = 'tag' AND f.value = set_anomaly_feedback.value
      AND bedrock_internal.fold_name(f.tag_key) = bedrock_internal.fold_name(set_anomaly_feedback.tag_key) LIMIT 1;
    RETURN bedrock_internal.write_history('bedrock.anomaly_feedback',
        jsonb_build_object('attribute', set_anomaly_feedback.attribute,
                           'tag_key', coalesce(spelled, set_anomaly_feedback.tag_key),
                           'value', set_anomaly_feedback.value, 'kind', set_anomaly_feedback.kind),
        bedrock_internal.days_of(from_day, to_day),
        CASE WHEN set_anomaly_feedback.feedback IS NOT NULL
             THEN jsonb_build_object('feedback', set_anomaly_feedback.feedback) END,
        set_anomaly_feedback.reason);
END
$$;
COMMENT ON FUNCTION bedrock.set_anomaly_feedback(text, text, date, date, text, text, text, text) IS
    'mutes a series from first_day to last_day (feedback muted), or says of what was found on these days that it is '
    'expected, useful or false; NULL takes it back. Returns added, changed, ended or unchanged. value: the workload, '
    'or a value of another attribute of bedrock.spend (tag with tag_key); first_day NULL: today; last_day NULL: no '
    'end of muted, else first_day; kind NULL: all kinds of bedrock.anomalies. For roles that manage everything, or '
    'may change the workload. Error 22023: no such feedback, kind or attribute, days in the wrong order, or days '
    'before today muted without a reason; 22004: no value; 42501: not allowed';

CREATE OR REPLACE FUNCTION bedrock_internal.is_muted(attribute text, value text, kind text, day date) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce((SELECT f.feedback <> 'useful' FROM bedrock.anomaly_feedback AS f
                     WHERE f.attribute = is_muted.attribute AND f.value = is_muted.value
                       AND (f.kind IS NULL OR f.kind = is_muted.kind) AND f.valid @> is_muted.day
                       AND upper_inf(f.recorded)
                     ORDER BY f.kind NULLS LAST LIMIT 1), false);
END;
COMMENT ON FUNCTION bedrock_internal.is_muted(text, text, text, date) IS
    'whether what is found of a series on a day is not alerted: muted, expected or false. A word about the kind counts '
    'before one about all kinds';
