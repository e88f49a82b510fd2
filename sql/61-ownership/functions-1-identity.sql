-- What can be claimed, and who may claim for whom.

CREATE OR REPLACE FUNCTION bedrock_internal.check_length(what text, value text, bytes integer) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF octet_length(value) > bytes THEN
        RAISE string_data_right_truncation USING MESSAGE = format('%s is too long: "%s..."', what, left(value, 60)),
            DETAIL = format('It has %s bytes, of at most %s.', octet_length(value), bytes),
            HINT = format('Give a shorter %s.', split_part(what, ' ', -1));
    END IF;
    RETURN value;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_length(text, text, integer) IS
    'the value; error 22001 where it has more bytes';

CREATE OR REPLACE FUNCTION bedrock_internal.check_text(what text, value text, bytes integer,
    empty boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Two names that look alike are told apart by nobody. Of other encodings than UTF-8, what ASCII has.
    not_shown text := CASE WHEN getdatabaseencoding() = 'UTF8'
        THEN E'[\\u0001-\\u001F\\u007F-\\u00A0\\u00AD\\u034F\\u061C\\u115F\\u1160\\u1680\\u17B4\\u17B5\\u180B-\\u180F'
             '\\u2000-\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u2800\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFFB'
             '\\U000E0000-\\U000E0FFF]'
        ELSE E'[\\x01-\\x1F\\x7F]' END;
    found text;
BEGIN
    IF value IS NULL OR NOT empty AND btrim(value, E' \t\r\n') = '' THEN
        RAISE null_value_not_allowed USING MESSAGE = format('%s is missing', what),
            HINT = format('Give %s.', what);
    END IF;
    PERFORM bedrock_internal.check_length(what, value, bytes);
    found := substring(value FROM not_shown);
    IF found IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s has a character that is not shown: "%s"', what,
                             left(regexp_replace(value, not_shown, '?', 'g'), 160)),
            DETAIL = format('It is U+%s, character %s.', upper(lpad(to_hex(ascii(found)), 4, '0')),
                            strpos(value, found)),
            HINT = 'Leave it out; blanks are spaces.';
    ELSIF value <> btrim(value) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s begins or ends with a blank: "%s"', what, left(value, 160)),
            HINT = 'Leave the blank out.';
    END IF;
    RETURN value;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_text(text, text, integer, boolean) IS
    'the value; error 22004 where it is NULL or blank (empty: may be empty), 22001 where it has more bytes, 22023 '
    'where a character is not shown, as a line break or a zero-width space, or a blank is at an end';

CREATE OR REPLACE FUNCTION bedrock_internal.check_entry(entry jsonb, days daterange, reason text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    told record;
BEGIN
    FOR told IN
        SELECT 'the ' || replace(v.key, '_', ' ') AS what, v.value #>> '{}' AS value,
               CASE WHEN v.key IN ('identity', 'principal_key') THEN 2048
                    WHEN v.key IN ('rule', 'metric', 'fiscal_period') THEN 256 ELSE 1024 END AS bytes
        FROM jsonb_each(check_entry.entry) AS v WHERE jsonb_typeof(v.value) = 'string' AND v.key <> 'pattern'
        UNION ALL
        SELECT 'the label ' || l.key, l.value, 1024
        FROM jsonb_each_text(CASE jsonb_typeof(check_entry.entry -> 'labels')
                                 WHEN 'object' THEN check_entry.entry -> 'labels' END) AS l
        WHERE l.value IS NOT NULL
        ORDER BY 1
    LOOP
        PERFORM bedrock_internal.check_text(told.what, told.value, told.bytes, told.what LIKE 'the label %');
    END LOOP;
    PERFORM bedrock_internal.check_length('the reason', check_entry.reason, 4096);
    IF isfinite(lower(days)) AND lower(days) NOT BETWEEN '0001-01-01' AND '9999-12-31' OR lower(days) = 'infinity' THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('the first day cannot be %s', bedrock_internal.day_text(lower(days))),
            HINT = 'Give a day of the years 1 to 9999, or -infinity for all days.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_entry(jsonb, daterange, text) IS
    'checks what every function that records something is given: texts by bedrock_internal.check_text, those of '
    'labels too, the length of the reason, and the first day. Errors 22004, 22001, 22023';

-- Rights -------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock_internal.elements_above(element text, day date) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE above (element, parent) AS (
        SELECT e.element, e.parent FROM bedrock.element AS e
        WHERE e.element = elements_above.element AND upper_inf(e.recorded) AND e.valid @> elements_above.day
        UNION
        SELECT e.element, e.parent FROM above AS a JOIN bedrock.element AS e ON e.element = a.parent
        WHERE upper_inf(e.recorded) AND e.valid @> elements_above.day)
    SELECT a.element FROM above AS a;
END;
COMMENT ON FUNCTION bedrock_internal.elements_above(text, date) IS
    'an element and all elements above it on a day, as known now; none: it is not valid then';

CREATE OR REPLACE FUNCTION bedrock_internal.has_element(caller name, element text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM bedrock_internal.scope_of(has_element.caller) AS s
                   JOIN bedrock_internal.elements_above(has_element.element, bedrock_internal.today()) AS a (element)
                       ON s.scope_kind = 'element' AND s.value = a.element);
END;
COMMENT ON FUNCTION bedrock_internal.has_element(name, text) IS
    'whether a role has the scope of an element or of one above it today';

CREATE OR REPLACE FUNCTION bedrock_internal.may_change_workload(caller name, workload text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT bedrock_internal.may_manage(may_change_workload.caller)
        OR EXISTS (SELECT FROM bedrock_internal.scope_of(may_change_workload.caller) AS s
                   WHERE s.scope_kind = 'workload' AND s.value = may_change_workload.workload)
        OR EXISTS (SELECT FROM bedrock.workload AS w
                   WHERE w.workload = may_change_workload.workload AND upper_inf(w.recorded)
                     AND w.valid @> bedrock_internal.today()
                     AND bedrock_internal.has_element(may_change_workload.caller, w.element));
END;
COMMENT ON FUNCTION bedrock_internal.may_change_workload(name, text) IS
    'whether a role may change a workload and claim for it: it manages everything, or has the scope of the workload or '
    'of an element that the workload is placed below today';

CREATE OR REPLACE FUNCTION bedrock_internal.may_see_workload(caller name, workload text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT bedrock_internal.sees_all(may_see_workload.caller)
        OR bedrock_internal.may_change_workload(may_see_workload.caller, may_see_workload.workload);
END;
COMMENT ON FUNCTION bedrock_internal.may_see_workload(name, text) IS
    'whether an error may name a workload to a role: it sees everything, or may change the workload';

CREATE OR REPLACE FUNCTION bedrock_internal.check_may_change_workload(caller name, workload text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The same whether the workload is another's or is none.
    IF NOT bedrock_internal.may_change_workload(caller, workload) THEN
        RAISE insufficient_privilege
            USING MESSAGE = format('%s may not change the workload "%s"', caller, left(workload, 160)),
            HINT = 'SELECT * FROM bedrock.my_scope() shows what you may change.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_may_change_workload(name, text) IS
    'error 42501: the role may not change the workload; the same where there is no such workload';

CREATE OR REPLACE FUNCTION bedrock_internal.notice_posted(days daterange) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    months text[];
BEGIN
    SELECT array_agg(DISTINCT to_char(s.billing_period, 'YYYY-MM')) INTO months FROM bedrock.statement AS s
    WHERE bedrock_internal.days_of_month(s.billing_period) && days;
    IF months IS NOT NULL THEN
        RAISE NOTICE USING MESSAGE = format('the change is about days of posted statements: %s',
                array_to_string(months[:12], ', ') || CASE WHEN cardinality(months) > 12 THEN ', ...' ELSE '' END),
            DETAIL = 'They stay as they are; what differs is posted as an adjustment.',
            HINT = 'bedrock.statement_change shows what differs, bedrock.post_statement posts it.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.notice_posted(daterange) IS
    'tells with a notice which months that a change is about have posted statements';

CREATE OR REPLACE FUNCTION bedrock_internal.check_change_day(caller name, first_day date, reason text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.check_length('the reason', reason, 4096);
    IF (first_day < bedrock_internal.today()) IS NOT TRUE THEN
        PERFORM bedrock_internal.notice_posted(daterange(first_day, NULL)) WHERE first_day IS NOT NULL;
        RETURN;
    END IF;
    IF NOT bedrock_internal.may_manage(caller) THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s may change ownership from today on only', caller),
            DETAIL = format('The change is about days %s; today is %s (UTC).',
                            bedrock_internal.days_text(daterange(first_day, NULL)),
                            bedrock_internal.day_text(bedrock_internal.today())),
            HINT = 'Leave the day out, or ask a role with the scope manage.';
    END IF;
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a change of days before today needs a reason',
            DETAIL = format('The change is about days %s; today is %s (UTC).',
                            bedrock_internal.days_text(daterange(first_day, NULL)),
                            bedrock_internal.day_text(bedrock_internal.today())),
            HINT = 'Add reason => ''why'', or leave the day out.';
    END IF;
    PERFORM bedrock_internal.notice_posted(daterange(first_day, NULL));
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_change_day(name, date, text) IS
    'checks the first day of a change: before today (UTC) it is for a role that manages everything (error 42501), with '
    'a reason (22023); a notice tells of posted statements';

-- Identities ---------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock_internal.why_no_identity(identity text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part record;
BEGIN
    SELECT p.* INTO part FROM @extschema@.bedrock_arn_parts(identity) AS p;
    RETURN CASE
        WHEN part.request_path = 'system_profile' THEN
            'It is a system-defined inference profile: it routes for everybody who calls it, and owns nothing. Claim '
            'the application inference profile, the project or the role that calls it.'
        WHEN part.request_path = 'foundation_model' THEN
            'It is a foundation model: everybody may call it, so it owns nothing. Claim the application inference '
            'profile, the project or the role that calls it.'
        WHEN part.request_path = 'project' AND part.resource_id = 'default' OR identity = 'default' THEN
            'Calls that name no project land in the default project. Claim the roles that call it, or give the '
            'application a project of its own.'
        WHEN part.valid AND (part.account_id !~ '^[0-9]{12}$') IS NOT FALSE
            OR part.resource_type IN ('guardrail-profile', 'data-automation-profile', 'default-prompt-router') THEN
            'It is a resource of AWS, which everybody may use. Claim a resource of your account, or the role that '
            'calls it.'
        END;
END
$$;
COMMENT ON FUNCTION bedrock_internal.why_no_identity(text) IS
    'why an ARN or id can own nothing, and what to claim instead; NULL: it can, or it is none of Bedrock';

CREATE OR REPLACE FUNCTION bedrock_internal.find_identity(identity text, caller name, OUT kind text, OUT canonical text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    given text := bedrock_internal.check_text('the identity', btrim(identity, E' \t\r\n'), 2048);
    owns_nothing text := bedrock_internal.why_no_identity(given);
    part record;
    hits text[];
BEGIN
    IF owns_nothing IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" cannot be claimed', left(given, 160)),
            HINT = owns_nothing;
    END IF;

    IF given ~* '^arn:' THEN
        SELECT p.* INTO part FROM @extschema@.bedrock_arn_parts(given) AS p;
        IF part.valid THEN
            kind := CASE part.request_path WHEN 'project' THEN 'project' ELSE 'resource' END;
            canonical := given;
            RETURN;
        END IF;
        kind := 'principal';
        canonical := @extschema@.bedrock_principal_key(given);
        IF canonical IS NULL THEN
            RAISE invalid_parameter_value USING MESSAGE = format('"%s" cannot be claimed', left(given, 160)),
                DETAIL = CASE WHEN split_part(given, ':', 3) ~ '^bedrock' THEN 'It is no well-formed ARN.'
                              WHEN split_part(given, ':', 3) IN ('iam', 'sts')
                              THEN 'It is no ARN of a role, a session of a role, or a user.'
                              ELSE 'It is no ARN of Bedrock, of a role or of a user.' END,
                HINT = 'Give the ARN of an IAM role or user, or that of a Bedrock resource as line_item_resource_id '
                    'has it.';
        END IF;
        RETURN;
    END IF;

    -- A name, as lines and registry in sight of the caller have it. Who knows the ARN need not search.
    WITH hit AS (
        SELECT 'principal' AS kind, d.principal_key AS canonical, NULL AS account_id FROM bedrock.dimension AS d
        WHERE d.principal_name = given AND d.principal_key IS NOT NULL
        UNION
        SELECT 'resource', d.resource_id, NULL FROM bedrock.dimension AS d
        WHERE d.request_path = 'application_profile' AND given IN (d.profile_id, d.profile_suffix)
        UNION
        SELECT 'project', d.resource_id, NULL FROM bedrock.dimension AS d WHERE d.project_id = given
        UNION
        SELECT CASE p.profile_kind WHEN 'project' THEN 'project' ELSE 'resource' END, p.profile_arn, p.account_id
        FROM bedrock.profile AS p WHERE upper_inf(p.recorded) AND given IN (p.profile_id, p.profile_name))
    SELECT array_agg(DISTINCT h.kind || ' ' || h.canonical COLLATE "C"), min(h.kind),
        min(h.canonical)
    INTO hits, kind, canonical
    FROM hit AS h
    WHERE bedrock_internal.why_no_identity(h.canonical) IS NULL
      AND (bedrock_internal.sees_all(find_identity.caller)
           OR h.canonical IN (SELECT v
               FROM bedrock_internal.visible_identity(bedrock_internal.tokens_of(find_identity.caller)) AS v)
           OR h.account_id IN (SELECT v
               FROM bedrock_internal.visible_account(bedrock_internal.tokens_of(find_identity.caller)) AS v));
    IF hits IS NULL THEN
        RAISE no_data_found USING
            MESSAGE = format('neither the bill nor the registry has "%s"%s', left(given, 160),
                             CASE WHEN NOT bedrock_internal.sees_all(find_identity.caller) THEN ' in your scope' END),
            HINT = 'Give the ARN: an ARN may be claimed before it is seen in the bill. A bill has no names of '
                   'profiles: bedrock.import_profiles brings them.';
    ELSIF cardinality(hits) > 1 THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('"%s" is the name of %s identities', left(given, 160), cardinality(hits)),
            DETAIL = array_to_string(hits[:20], E'\n') || CASE WHEN cardinality(hits) > 20 THEN E'\n...' ELSE '' END,
            HINT = 'Give the ARN of one of them.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.find_identity(text, name) IS
    'kind (resource, project, principal) and canonical form of an identity, given as any form of its ARN or as a name '
    'that bill or registry have once. Error 22023: it can own nothing, or several have the name; P0002: none has';

CREATE OR REPLACE FUNCTION bedrock_internal.resource_kind(resource_id text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT CASE p.request_path WHEN 'project' THEN 'project' ELSE 'resource' END
            FROM @extschema@.bedrock_arn_parts(resource_kind.resource_id) AS p
            WHERE p.valid AND bedrock_internal.why_no_identity(resource_kind.resource_id) IS NULL);
END
$$;
COMMENT ON FUNCTION bedrock_internal.resource_kind(text) IS
    'resource or project where a resource id can be claimed; NULL: it cannot';
