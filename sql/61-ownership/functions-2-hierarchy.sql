-- Levels, elements and workloads. A change is written first and then checked as it stands: whatever was changed,
-- parents and children, elements and workloads must fit on every day.

CREATE OR REPLACE FUNCTION bedrock_internal.days_to_change(relation regclass, key_column text, key text,
    change jsonb, valid_from date, valid_to date, first_day date, OUT days daterange, OUT ending daterange)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    what text := format('%s "%s"', replace(split_part(relation::text, '.', 2), '_', ' '), left(key, 160));
    known_from date;
    known_to date;
    differs boolean;
    -- After the last day there is no day to end on.
    last_day date := CASE WHEN bedrock_internal.day_after(valid_to) IS NOT NULL THEN valid_to END;
    from_day date := valid_from;
BEGIN
    EXECUTE format('SELECT min(lower(t.valid)), nullif(max(coalesce(upper(t.valid), %L)), %1$L),'
                   ' bool_or(to_jsonb(t) || $2 <> to_jsonb(t)) FROM %s AS t WHERE t.%I = $1 AND upper_inf(t.recorded)',
                   'infinity', relation, key_column)
    INTO known_from, known_to, differs USING key, change;
    IF known_from IS NULL THEN
        from_day := coalesce(from_day, first_day);
    ELSE
        -- What only ends begins no sooner than its end.
        from_day := coalesce(from_day, least(bedrock_internal.today(), bedrock_internal.day_after(last_day)));
    END IF;
    IF last_day < from_day AND (known_from IS NULL OR valid_from IS NOT NULL) THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('%s cannot end on %s, before %s', what, bedrock_internal.day_text(last_day),
                                   bedrock_internal.day_text(from_day)),
            HINT = 'valid_from is the first day, valid_to the last one.';
    END IF;
    IF last_day < from_day AND differs THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('%s would change after its end on %s', what, bedrock_internal.day_text(last_day)),
            HINT = 'Add the first day of the change as valid_from, or leave its values out to end it only.';
    END IF;
    IF valid_to IS NULL AND from_day >= known_to THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('%s ended on %s', what, bedrock_internal.day_text(known_to - 1)),
            HINT = 'Add valid_to => ''infinity'' to begin it again.';
    END IF;
    days := daterange(from_day, CASE WHEN valid_to IS NULL THEN known_to
                                     WHEN last_day IS NOT NULL THEN greatest(bedrock_internal.day_after(last_day),
                                                                             from_day) END);
    ending := CASE WHEN last_day IS NOT NULL AND known_from IS NOT NULL
                   THEN daterange(bedrock_internal.day_after(last_day), NULL) ELSE 'empty' END;
END
$$;
COMMENT ON FUNCTION bedrock_internal.days_to_change(regclass, text, text, jsonb, date, date, date) IS
    'days on which a change of an element, workload or rule holds (days), and days on which it is no more (ending), '
    'from the arguments of bedrock.set_workload; change: as bedrock_internal.write_history takes it; first_day: first '
    'day of what is new. Error 22023: it ends before it begins, or has ended';

CREATE OR REPLACE FUNCTION bedrock_internal.change_of(arguments jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(v.key, CASE WHEN v.value <> '""' THEN v.value ELSE 'null' END), '{}')
    FROM jsonb_each(change_of.arguments) AS v (key, value) WHERE v.value <> 'null';
END;
COMMENT ON FUNCTION bedrock_internal.change_of(jsonb) IS
    'arguments as a change: what is NULL is left out, so that it stays, and an empty text becomes NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.write_planned(relation regclass, key jsonb, days daterange,
    ending daterange, change jsonb, reason text, until_planned boolean, OUT outcome text, OUT ended boolean)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    outcome := bedrock_internal.write_history(relation, key, days, change, reason, until_planned);
    ended := bedrock_internal.write_history(relation, key, ending, NULL, reason) <> 'unchanged';
    IF ended AND outcome = 'unchanged' THEN
        outcome := 'changed';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.write_planned(regclass, jsonb, daterange, daterange, jsonb, text, boolean) IS
    'writes a change on days, and that what it is of is no more on the days of ending, both as of '
    'bedrock_internal.days_to_change: outcome as of bedrock_internal.write_history, changed where it only ended; '
    'ended: days were taken away';

-- Levels -------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock.set_level(level integer, level_name text, reason text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    stamp timestamptz;
    known text;
    other integer;
    elements text[];
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_level');
    PERFORM bedrock_internal.check_text('the name of the level', level_name, 256, true);
    PERFORM bedrock_internal.check_length('the reason', reason, 4096);
    PERFORM bedrock_internal.check_text('the level', set_level.level::text, 20);
    IF set_level.level NOT BETWEEN 1 AND 20 THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('there is no level %s', set_level.level),
            HINT = 'Levels are numbered from the top, 1 to 20.';
    END IF;
    PERFORM bedrock_internal.lock_ownership();
    SELECT greatest(clock_timestamp(), max(lower(l.recorded)) + interval '1 microsecond',
                    max(upper(l.recorded)) + interval '1 microsecond'),
           min(l.level_name) FILTER (WHERE upper_inf(l.recorded))
    INTO stamp, known
    FROM bedrock.hierarchy_level AS l WHERE l.level = set_level.level;
    IF known = set_level.level_name THEN
        RETURN;
    END IF;

    IF btrim(set_level.level_name) = '' THEN
        SELECT array_agg(DISTINCT e.element ORDER BY e.element) INTO elements
        FROM bedrock.element AS e WHERE e.level = set_level.level AND upper_inf(e.recorded);
        IF known IS NULL OR elements IS NOT NULL THEN
            RAISE dependent_objects_still_exist
                USING MESSAGE = format('level %s cannot be taken away', set_level.level),
                DETAIL = CASE WHEN known IS NULL THEN 'It has no name.'
                              ELSE 'Elements are on it: ' || array_to_string(elements[:10], ', ') || '.' END,
                HINT = CASE WHEN known IS NULL THEN 'Give a name.'
                            ELSE 'Put them on another level with bedrock.set_element first.' END;
        END IF;
    END IF;
    SELECT l.level INTO other FROM bedrock.hierarchy_level AS l
    WHERE l.level_name = set_level.level_name AND l.level <> set_level.level AND upper_inf(l.recorded);
    IF FOUND THEN
        RAISE unique_violation USING MESSAGE = format('level %s is called "%s" already', other, set_level.level_name),
            HINT = 'Give another name.';
    END IF;

    UPDATE bedrock.hierarchy_level AS l
    SET recorded = tstzrange(lower(l.recorded), stamp), closed_by = caller, close_reason = set_level.reason
    WHERE l.level = set_level.level AND upper_inf(l.recorded);
    INSERT INTO bedrock.hierarchy_level (level, level_name, recorded, recorded_by, reason)
    SELECT set_level.level, set_level.level_name, tstzrange(stamp, NULL), caller, set_level.reason
    WHERE btrim(set_level.level_name) <> '';
    -- A level has a name only; element1 to element4 follow the numbers.
END
$$;
COMMENT ON FUNCTION bedrock.set_level(integer, text, text) IS
    'names a level of the hierarchy, 1 from the top: Business Unit; an empty name takes the level away. For roles that '
    'manage everything. Error 22023: no number from 1 to 20, 23505: another level has the name, 2BP01: elements are on '
    'the level';

-- Elements -----------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock_internal.check_element(element text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong record;
BEGIN
    SELECT c.element, c.level, c.parent, p.level AS parent_level, c.valid * p.valid AS days INTO wrong
    FROM bedrock.element AS c
    JOIN bedrock.element AS p ON p.element = c.parent AND p.valid && c.valid AND upper_inf(p.recorded)
    WHERE check_element.element IN (c.element, p.element) AND upper_inf(c.recorded) AND p.level >= c.level
    ORDER BY c.element, c.valid LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('element "%s" cannot be below "%s"', left(wrong.element, 160),
                                   left(wrong.parent, 160)),
            DETAIL = format('Its level is %s, and that of "%s" is %s, %s.', wrong.level, left(wrong.parent, 160),
                            wrong.parent_level, bedrock_internal.days_text(wrong.days)),
            HINT = 'The parent is on a level with a smaller number: 1 is at the top.';
    END IF;

    SELECT c.element, c.parent, c.valid, v.days INTO wrong
    FROM bedrock.element AS c
    LEFT JOIN LATERAL (SELECT range_agg(p.valid) AS days FROM bedrock.element AS p
                       WHERE p.element = c.parent AND upper_inf(p.recorded)) AS v ON true
    WHERE check_element.element IN (c.element, c.parent) AND upper_inf(c.recorded) AND c.parent IS NOT NULL
      AND (v.days @> c.valid) IS NOT TRUE
    ORDER BY c.element, c.valid LIMIT 1;
    IF FOUND AND wrong.days IS NULL AND wrong.element = check_element.element THEN
        RAISE no_data_found USING MESSAGE = format('there is no element "%s"', left(wrong.parent, 160)),
            HINT = 'Make it first with bedrock.set_element.';
    ELSIF FOUND AND wrong.element = check_element.element THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('the parent "%s" is not valid on all days of element "%s"', left(wrong.parent, 160),
                                   left(wrong.element, 160)),
            DETAIL = format('It is valid %s; the element %s.',
                            (SELECT string_agg(bedrock_internal.days_text(r.days), ', ')
                             FROM unnest(wrong.days) AS r (days)), bedrock_internal.days_text(wrong.valid)),
            HINT = 'Give valid_from and valid_to of the element within these days.';
    ELSIF FOUND THEN
        RAISE dependent_objects_still_exist
            USING MESSAGE = format('element "%s" has elements below it', left(wrong.parent, 160)),
            DETAIL = format('Element "%s" is below it %s.', left(wrong.element, 160),
                            bedrock_internal.days_text(wrong.valid)),
            HINT = 'Put them below another element with bedrock.set_element, or end them, first.';
    END IF;

    SELECT w.workload, w.valid INTO wrong
    FROM bedrock.workload AS w
    WHERE w.element = check_element.element AND upper_inf(w.recorded)
      AND ((SELECT range_agg(e.valid) FROM bedrock.element AS e
            WHERE e.element = w.element AND upper_inf(e.recorded)) @> w.valid) IS NOT TRUE
    ORDER BY w.workload, w.valid LIMIT 1;
    IF FOUND THEN
        RAISE dependent_objects_still_exist
            USING MESSAGE = format('element "%s" has workloads', left(check_element.element, 160)),
            DETAIL = format('Workload "%s" is placed there %s.', left(wrong.workload, 160),
                            bedrock_internal.days_text(wrong.valid)),
            HINT = 'Place them elsewhere with bedrock.set_workload first.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_element(text) IS
    'checks an element as it is now known against the elements above and below it and against its workloads, on every '
    'day. Error 22023: a parent on the same or a lower level, or not valid on all days; P0002: no such parent; 2BP01: '
    'elements or workloads would be left without it';

CREATE OR REPLACE FUNCTION bedrock.set_element(element text, level integer, parent text DEFAULT NULL,
    element_name text DEFAULT NULL, valid_from date DEFAULT NULL, valid_to date DEFAULT NULL,
    reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    key text := bedrock_internal.check_text('the element', element, 1024);
    plan record;
    is_new boolean;
    change jsonb;
    circle text;
    written record;
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_element');
    PERFORM bedrock_internal.check_text('the name of the element', coalesce(element_name, ''), 1024, true);
    PERFORM bedrock_internal.lock_ownership();
    is_new := NOT EXISTS (SELECT FROM bedrock.element AS e WHERE e.element = key AND upper_inf(e.recorded));
    PERFORM bedrock_internal.check_text('the level', set_element.level::text, 20) WHERE is_new;
    IF NOT EXISTS (SELECT FROM bedrock.hierarchy_level AS l
                   WHERE l.level = set_element.level AND upper_inf(l.recorded))
        AND set_element.level IS NOT NULL THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('there is no level %s', set_element.level),
            DETAIL = coalesce((SELECT 'Levels: ' || string_agg(l.level || ' ' || l.level_name, ', ' ORDER BY l.level)
                               FROM bedrock.hierarchy_level AS l WHERE upper_inf(l.recorded)) || '.',
                              'No level is named yet.'),
            HINT = 'Name it first with bedrock.set_level.';
    END IF;
    change := bedrock_internal.change_of(jsonb_build_object('level', set_element.level, 'parent', set_element.parent,
        'element_name', CASE WHEN set_element.element_name = '' OR is_new
                             THEN coalesce(nullif(set_element.element_name, ''), key)
                             ELSE set_element.element_name END));
    SELECT d.* INTO plan
    FROM bedrock_internal.days_to_change('bedrock.element', 'element', key, change, set_element.valid_from,
                                         set_element.valid_to, '-infinity') AS d;
    IF NOT is_new THEN
        PERFORM bedrock_internal.check_change_day(caller, least(lower(plan.days), lower(plan.ending)), reason);
    END IF;

    WITH RECURSIVE above (element, days, path) AS (
        SELECT set_element.parent, plan.days, ARRAY[key, set_element.parent]
        UNION ALL
        SELECT e.parent, a.days * e.valid, a.path || e.parent
        FROM above AS a
        JOIN bedrock.element AS e ON e.element = a.element AND e.valid && a.days AND upper_inf(e.recorded)
        WHERE e.parent IS NOT NULL AND a.element <> key AND cardinality(a.path) < 24)
    SELECT array_to_string(a.path, ' < ') INTO circle FROM above AS a WHERE a.element = key LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('element "%s" would be above itself', left(key, 160)),
            DETAIL = circle || '.',
            HINT = 'Give a parent that is not below it.';
    END IF;
    SELECT w.* INTO written
    FROM bedrock_internal.write_planned('bedrock.element', jsonb_build_object('element', key), plan.days, plan.ending,
                                        change, reason, set_element.valid_to IS NULL) AS w;
    IF written.outcome = 'unchanged' THEN
        RETURN written.outcome;
    END IF;
    PERFORM bedrock_internal.check_element(key);
    PERFORM bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_elements(ARRAY[key]));
    RETURN written.outcome;
END
$$;
COMMENT ON FUNCTION bedrock.set_element(text, integer, text, text, date, date, text) IS
    'makes or changes an element of the hierarchy and returns added, changed or unchanged; the owners of lines follow '
    'at once. A NULL argument leaves a value as it is, an empty parent is none. valid_from: first day (UTC) of the '
    'change; NULL: all days for a new element, today for a change. valid_to: its last day, infinity: none; NULL: each '
    'value holds until the day from which another one is recorded already, else without end. For roles that manage '
    'everything; days before today need a reason. Error 22023: no such level, a parent that is no level above or is '
    'not valid on all days, a cycle, days in the wrong order; P0002: no such parent; 2BP01: elements or workloads '
    'would be left without it; 42501: not allowed';

-- Workloads ----------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock_internal.check_workload(workload text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong record;
BEGIN
    SELECT w.element, w.valid, v.days INTO wrong
    FROM bedrock.workload AS w
    LEFT JOIN LATERAL (SELECT range_agg(e.valid) AS days FROM bedrock.element AS e
                       WHERE e.element = w.element AND upper_inf(e.recorded)) AS v ON true
    WHERE w.workload = check_workload.workload AND upper_inf(w.recorded) AND w.element IS NOT NULL
      AND (v.days @> w.valid) IS NOT TRUE
    ORDER BY w.valid LIMIT 1;
    IF FOUND AND wrong.days IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('there is no element "%s"', left(wrong.element, 160)),
            HINT = 'bedrock.elements lists them.';
    ELSIF FOUND THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('element "%s" is not valid on all days of workload "%s"', left(wrong.element, 160),
                                   left(check_workload.workload, 160)),
            DETAIL = format('It is valid %s; the workload would be placed there %s.',
                            (SELECT string_agg(bedrock_internal.days_text(r.days), ', ')
                             FROM unnest(wrong.days) AS r (days)), bedrock_internal.days_text(wrong.valid)),
            HINT = 'Give valid_from and valid_to of the workload within these days.';
    END IF;

    SELECT c.claim_id, c.identity, c.valid INTO wrong
    FROM bedrock.claim AS c
    WHERE c.workload = check_workload.workload AND upper_inf(c.recorded)
      AND ((SELECT range_agg(w.valid) FROM bedrock.workload AS w
            WHERE w.workload = c.workload AND upper_inf(w.recorded)) @> c.valid) IS NOT TRUE
    ORDER BY c.claim_id LIMIT 1;
    IF FOUND THEN
        RAISE dependent_objects_still_exist
            USING MESSAGE = format('workload "%s" has claims', left(check_workload.workload, 160)),
            DETAIL = format('Claim %s on %s holds %s.', wrong.claim_id, wrong.identity,
                            bedrock_internal.days_text(wrong.valid)),
            HINT = 'End them with bedrock.end_claim, or give them to another workload with bedrock.move_claim, first.';
    END IF;

    SELECT s.origin, s.valid INTO wrong
    FROM bedrock.cost_split AS s
    WHERE check_workload.workload = ANY (s.targets) AND upper_inf(s.recorded)
      AND ((SELECT range_agg(w.valid) FROM bedrock.workload AS w
            WHERE w.workload = check_workload.workload AND upper_inf(w.recorded)) @> s.valid) IS NOT TRUE
    ORDER BY s.origin, s.valid LIMIT 1;
    IF FOUND THEN
        RAISE dependent_objects_still_exist
            USING MESSAGE = format('workload "%s" pays a share of the cost of another',
                                   left(check_workload.workload, 160)),
            DETAIL = format('The cost of "%s" is split over it %s.', left(wrong.origin, 160),
                            bedrock_internal.days_text(wrong.valid)),
            HINT = 'Take it out of the split with bedrock.set_cost_split first.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_workload(text) IS
    'checks a workload as it is now known against its element, its claims and splits that it pays a share of, on '
    'every day. Error P0002: no such element; 22023: it is not valid on all days; 2BP01: claims or splits would be '
    'left without it';

CREATE OR REPLACE FUNCTION bedrock.set_workload(workload text, owner text DEFAULT NULL, element text DEFAULT NULL,
    environment text DEFAULT NULL, workload_type text DEFAULT NULL, labels jsonb DEFAULT NULL,
    valid_from date DEFAULT NULL, valid_to date DEFAULT NULL, reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    manages boolean := bedrock_internal.may_manage(caller);
    key text := bedrock_internal.check_text('the workload', workload, 1024);
    plan record;
    is_new boolean;
    change jsonb;
    written record;
BEGIN
    PERFORM bedrock_internal.check_text('the owner', coalesce(owner, ''), 1024, true),
        bedrock_internal.check_text('the environment', coalesce(environment, ''), 1024, true),
        bedrock_internal.check_text('the workload type', coalesce(workload_type, ''), 1024, true);
    IF left(key, 1) = '(' THEN
        RAISE invalid_parameter_value USING MESSAGE = format('a workload cannot be called "%s"', left(key, 160)),
            DETAIL = 'Names that begin with a parenthesis are those of spend without a workload, as (unclaimed).',
            HINT = 'Give another name.';
    END IF;
    IF jsonb_typeof(labels) <> 'object'
        OR EXISTS (SELECT FROM jsonb_each(CASE jsonb_typeof(labels) WHEN 'object' THEN labels END) AS l
                   WHERE l.key <> ALL (bedrock_internal.label_names()) OR jsonb_typeof(l.value) <> 'string'
                      OR btrim(l.value #>> '{}') = '') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('these cannot be labels: %s', left(labels::text, 160)),
            HINT = 'Give an object of labels and texts, {"customer": "acme"}, with '
                || array_to_string(bedrock_internal.label_names(), ', ') || '.';
    END IF;
    PERFORM bedrock_internal.lock_ownership();
    is_new := NOT EXISTS (SELECT FROM bedrock.workload AS w WHERE w.workload = key AND upper_inf(w.recorded));
    IF NOT (is_new AND bedrock_internal.has_element(caller, set_workload.element)) THEN
        PERFORM bedrock_internal.check_may_change_workload(caller, key);
    END IF;
    -- Nobody takes lines by a name alone.
    IF is_new AND NOT manages
        AND EXISTS (SELECT FROM bedrock.owner_rule AS r WHERE r.workload IS NULL AND upper_inf(r.recorded))
        AND EXISTS (SELECT FROM bedrock_internal.rule_matches(bedrock_internal.dimensions_naming(ARRAY[key])) AS m
                    WHERE m.workload = key) THEN
        RAISE insufficient_privilege
            USING MESSAGE = format('%s may not make the workload "%s"', caller, left(key, 160)),
            DETAIL = 'An owner rule would give lines to a workload of this name.',
            HINT = 'Give another name, or ask a role with the scope manage to make it.';
    END IF;
    change := bedrock_internal.change_of(jsonb_build_object('owner', set_workload.owner,
        'element', set_workload.element, 'environment', set_workload.environment,
        'workload_type', CASE WHEN set_workload.workload_type = '' OR is_new
                              THEN coalesce(nullif(set_workload.workload_type, ''), 'AI Workload')
                              ELSE set_workload.workload_type END,
        'labels', CASE WHEN is_new THEN coalesce(set_workload.labels, '{}') ELSE set_workload.labels END));
    SELECT d.* INTO plan
    FROM bedrock_internal.days_to_change('bedrock.workload', 'workload', key, change, set_workload.valid_from,
        set_workload.valid_to, CASE WHEN manages THEN '-infinity' ELSE bedrock_internal.today() END) AS d;
    IF NOT (is_new AND manages) THEN
        PERFORM bedrock_internal.check_change_day(caller, least(lower(plan.days), lower(plan.ending)), reason);
    END IF;
    SELECT w.* INTO written
    FROM bedrock_internal.write_planned('bedrock.workload', jsonb_build_object('workload', key), plan.days, plan.ending,
                                        change, reason, set_workload.valid_to IS NULL) AS w;
    IF written.outcome = 'unchanged' THEN
        RETURN written.outcome;
    END IF;
    IF written.ended AND bedrock_internal.has_statement(key, plan.ending) THEN
        RAISE dependent_objects_still_exist
            USING MESSAGE = format('workload "%s" has posted statements', left(key, 160)),
            DETAIL = format('A statement of a month with days %s charges it, or splits its cost.',
                            bedrock_internal.days_text(plan.ending)),
            HINT = 'End it after the last posted month.';
    END IF;
    PERFORM bedrock_internal.check_workload(key);
    PERFORM bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_workloads(ARRAY[key]));
    RETURN written.outcome;
END
$$;
COMMENT ON FUNCTION bedrock.set_workload(text, text, text, text, text, jsonb, date, date, text) IS
    'makes or changes a workload and returns added, changed or unchanged; the owners of lines follow at once. A NULL '
    'argument leaves a value as it is, an empty text takes it away, labels replace all labels. valid_from: first day '
    '(UTC) of the change; NULL: all days for a new workload, today for a change. valid_to: its last day, infinity: '
    'none; NULL: each value holds until the day from which another one is recorded already, else without end. For '
    'roles that manage everything or have the workload in their scope; only the former '
    'change days before today, with a reason. Error 22023: a value that cannot be, days in the wrong order, an element '
    'that is not valid on all days; P0002: no such element; 2BP01: claims, splits or posted statements would be '
    'left without it; 42501: not allowed';

CREATE OR REPLACE FUNCTION bedrock_internal.workloads_below(elements text[])
    RETURNS TABLE (element text, workload text, days datemultirange)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE below (top, element, days) AS (
        SELECT t.element, t.element, daterange(NULL, NULL) FROM unnest(workloads_below.elements) AS t (element)
        UNION
        SELECT b.top, e.element, b.days * e.valid
        FROM below AS b
        JOIN bedrock.element AS e ON e.parent = b.element AND upper_inf(e.recorded) AND e.valid && b.days)
    SELECT b.top, w.workload, range_agg(w.valid * b.days)
    FROM below AS b
    JOIN bedrock.workload AS w ON w.element = b.element AND upper_inf(w.recorded) AND w.valid && b.days
    GROUP BY b.top, w.workload;
END;
COMMENT ON FUNCTION bedrock_internal.workloads_below(text[]) IS
    'workloads of elements of the hierarchy and of all elements below them, with the days (UTC) on which they lie '
    'there, as known now: spend of an element is that of these workloads on these days';
