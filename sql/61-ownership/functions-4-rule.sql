-- Rules for what no claim owns, and labels set by hand.

CREATE OR REPLACE FUNCTION bedrock.set_owner_rule(rule text, attribute text, pattern text, workload text DEFAULT NULL,
    priority integer DEFAULT NULL, tag_key text DEFAULT NULL, valid_from date DEFAULT NULL, valid_to date DEFAULT NULL,
    reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    key text := bedrock_internal.check_text('the rule', rule, 256);
    plan record;
    old bedrock.owner_rule;
    change jsonb;
    written record;
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_owner_rule');
    PERFORM bedrock_internal.lock_ownership();
    SELECT r.* INTO old FROM bedrock.owner_rule AS r
    WHERE r.rule = key AND upper_inf(r.recorded) ORDER BY r.valid DESC LIMIT 1;
    IF pattern IS NULL THEN
        IF old.rule IS NULL THEN
            RAISE no_data_found USING MESSAGE = format('there is no rule "%s"', left(key, 160)),
                HINT = 'A rule is made with a pattern: a regular expression that the value matches.';
        END IF;
        SELECT 'empty'::daterange AS days,
               daterange(coalesce(set_owner_rule.valid_from, bedrock_internal.today()), NULL) AS ending INTO plan;
        change := '{}';
    ELSE
        PERFORM bedrock_internal.check_text('the attribute', attribute, 256);
        IF attribute <> ALL (bedrock_internal.rule_attributes()) THEN
            RAISE invalid_parameter_value
                USING MESSAGE = format('a rule cannot compare "%s"', left(attribute, 160)),
                HINT = 'Use one of ' || array_to_string(bedrock_internal.rule_attributes(), ', ') || '.';
        END IF;
        IF (attribute = 'tag') <> (coalesce(set_owner_rule.tag_key, CASE WHEN old.attribute = 'tag'
                                                                         AND attribute = 'tag'
                                                                         THEN old.tag_key END) IS NOT NULL)
            OR bedrock_internal.fold_name(set_owner_rule.tag_key) = '' THEN
            RAISE invalid_parameter_value
                USING MESSAGE = CASE attribute WHEN 'tag' THEN 'the key of the tag is missing'
                                               ELSE 'tag_key is for rules about a tag' END,
                HINT = CASE attribute WHEN 'tag' THEN 'Add tag_key => ''team''.' ELSE 'Leave it out.' END;
        END IF;
        BEGIN
            PERFORM '' ~* pattern;
        EXCEPTION WHEN invalid_regular_expression THEN
            RAISE invalid_regular_expression
                USING MESSAGE = format('"%s" is no regular expression', left(pattern, 160)), DETAIL = SQLERRM || '.',
                HINT = E'Characters with a meaning of their own are escaped by a backslash: \\( for a parenthesis.';
        END;
        IF pattern ~ '^([*]{3}:)?[(][?][[:alpha:]]*b' THEN
            RAISE invalid_regular_expression
                USING MESSAGE = format('"%s" asks for basic regular expressions', left(pattern, 160)),
                DETAIL = 'Their parentheses are none, so that no name can be taken from what matches.',
                HINT = 'Leave out the b in the parentheses at the beginning.';
        END IF;
        PERFORM bedrock_internal.check_length('the pattern', pattern, 4096),
            bedrock_internal.check_text('the key of the tag', coalesce(set_owner_rule.tag_key, ''), 1024, true);
        PERFORM bedrock_internal.days_of_workload(set_owner_rule.workload) WHERE set_owner_rule.workload <> '';
        change := bedrock_internal.change_of(jsonb_build_object('attribute', attribute,
            'workload', set_owner_rule.workload,
            'priority', coalesce(set_owner_rule.priority, CASE WHEN old.rule IS NULL THEN
                (SELECT coalesce(max(r.priority), 0) + 10 FROM bedrock.owner_rule AS r
                 WHERE upper_inf(r.recorded)) END),
            'tag_key', CASE attribute WHEN 'tag' THEN set_owner_rule.tag_key ELSE '' END))
            || jsonb_build_object('pattern', pattern);
        SELECT d.* INTO plan
        FROM bedrock_internal.days_to_change('bedrock.owner_rule', 'rule', key, change, set_owner_rule.valid_from,
                                             set_owner_rule.valid_to, bedrock_internal.today()) AS d;
    END IF;
    PERFORM bedrock_internal.check_change_day(caller, least(lower(plan.days), lower(plan.ending)), reason);

    SELECT w.* INTO written
    FROM bedrock_internal.write_planned('bedrock.owner_rule', jsonb_build_object('rule', key), plan.days, plan.ending,
                                        change, reason, set_owner_rule.valid_to IS NULL) AS w;
    IF written.outcome = 'unchanged' THEN
        RETURN written.outcome;
    END IF;
    PERFORM bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_rules());
    RETURN CASE WHEN pattern IS NULL THEN 'ended' ELSE written.outcome END;
END
$$;
COMMENT ON FUNCTION bedrock.set_owner_rule(text, text, text, text, integer, text, date, date, text) IS
    'makes or changes a rule that owns what no claim owns (bedrock.owner_rule), and returns added, changed, ended or '
    'unchanged; the owners of lines follow at once. pattern: regular expression that the attribute matches, NULL ends '
    'the rule from valid_from on; workload: NULL leaves it as it is, empty or never given: the one that the value '
    'names; priority NULL: as it is, a new rule comes last. valid_from: first day (UTC) of the change, NULL: today; '
    'valid_to: as of bedrock.set_workload. For roles that manage everything; days before today need a reason. Error '
    '22023: an attribute that no rule compares, a missing tag_key, days in the wrong order; 2201B: no regular '
    'expression; P0002: no such workload or rule; 42501: not allowed';

CREATE OR REPLACE FUNCTION bedrock.set_label(identity text, label text, value text, valid_from date DEFAULT NULL,
    reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    from_day date := coalesce(valid_from, bedrock_internal.today());
    given text := bedrock_internal.check_text('the identity', btrim(identity, E' \t\r\n'), 2048);
    version_before bedrock_internal.catalogue_version;
    one record;
    change jsonb;
    piece record;
    outcome text := 'unchanged';
BEGIN
    PERFORM bedrock_internal.check_text('the name of the label', label, 256);
    IF label <> ALL (bedrock_internal.label_names()) THEN
        RAISE EXCEPTION 'unknown label "%"', left(label, 160) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Use one of ' || array_to_string(bedrock_internal.label_names(), ', ') || '.';
    END IF;
    PERFORM bedrock_internal.check_text('the label', btrim(coalesce(value, '')), 1024, true);
    -- What is registered may have labels, also the default project, which cannot be claimed.
    SELECT 'profile' AS kind, p.profile_arn AS canonical INTO one FROM bedrock.profile AS p
    WHERE p.profile_arn = given AND upper_inf(p.recorded) LIMIT 1;
    IF NOT FOUND THEN
        SELECT i.* INTO one FROM bedrock_internal.find_identity(given, caller) AS i;
    END IF;
    IF NOT bedrock_internal.may_manage(caller)
        AND NOT EXISTS (SELECT FROM bedrock.claim AS c
                        WHERE c.identity = one.canonical AND upper_inf(c.recorded)
                          AND c.valid @> bedrock_internal.today()
                          AND bedrock_internal.may_change_workload(caller, c.workload)) THEN
        RAISE insufficient_privilege
            USING MESSAGE = format('%s may not label "%s"', caller, left(one.canonical, 160)),
            HINT = 'Claim it for a workload of yours first, or ask a role with the scope manage.';
    END IF;
    PERFORM bedrock_internal.check_change_day(caller, from_day, reason);

    change := jsonb_build_object(label, CASE WHEN btrim(value) = '' THEN NULL ELSE coalesce(value, '') END);
    -- The registry before ownership, whatever is labelled, as a registration and a refresh lock them.
    version_before := bedrock_internal.begin_registration();
    IF one.kind <> 'principal' THEN
        IF NOT EXISTS (SELECT FROM bedrock.profile AS p
                       WHERE p.profile_arn = one.canonical AND upper_inf(p.recorded)) THEN
            RAISE EXCEPTION 'not a registered profile: "%"', left(one.canonical, 160)
                USING ERRCODE = 'no_data_found',
                HINT = 'Register it with bedrock.import_profiles or bedrock.register_profile first.';
        END IF;
        outcome := bedrock_internal.upsert_profile(one.canonical, '{}', change, set_label.valid_from, 'discovered',
                                                   reason);
        PERFORM bedrock_internal.apply_registry(ARRAY[one.canonical]),
            bedrock_internal.relabel_spend(ARRAY[one.canonical], version_before)
        WHERE outcome <> 'unchanged';
        RETURN outcome;
    END IF;

    PERFORM bedrock_internal.lock_ownership();
    -- Days with other labels keep them, each piece for itself.
    FOR piece IN
        WITH known AS (
            SELECT p.valid * daterange(from_day, NULL) AS days, p.labels FROM bedrock.principal_label AS p
            WHERE p.principal_key = one.canonical AND upper_inf(p.recorded) AND p.valid && daterange(from_day, NULL))
        SELECT k.days, k.labels FROM known AS k
        UNION ALL
        SELECT m.days, '{}'
        FROM unnest(datemultirange(daterange(from_day, NULL)) - coalesce((SELECT range_agg(k.days) FROM known AS k),
                                                                         '{}')) AS m (days)
        ORDER BY 1
    LOOP
        IF bedrock_internal.write_history('bedrock.principal_label',
            jsonb_build_object('principal_key', one.canonical), piece.days,
            (SELECT jsonb_build_object('labels', l.labels)
             FROM bedrock_internal.manual_labels(piece.labels, CASE WHEN btrim(value) <> '' THEN jsonb_build_object(
                 label, bedrock_internal.label_value(label, value)) ELSE change END) AS l (labels)
             WHERE l.labels <> '{}'), reason) <> 'unchanged' THEN
            outcome := 'changed';
        END IF;
    END LOOP;
    PERFORM bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_identity(one.kind, one.canonical))
    WHERE outcome <> 'unchanged';
    RETURN outcome;
END
$$;
COMMENT ON FUNCTION bedrock.set_label(text, text, text, date, text) IS
    'sets a label of a registered profile or project, or of an IAM principal, from a UTC day on (NULL: today), and '
    'returns changed or unchanged; lines and logged requests follow as with bedrock.import_profiles. The label wins '
    'over tags, also over those imported later; value NULL: back to the tags; empty: no label. identity: as '
    'bedrock.claim_identity takes it. For roles that manage everything, or that may change the workload whose claim '
    'it is; days before today are for the former, with a reason. Error 22023: no such label, or no identity that can '
    'have one; P0002: not a registered profile; 42501: not allowed';
