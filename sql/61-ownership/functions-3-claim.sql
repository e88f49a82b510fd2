-- Claims: a workload owns what an identity spends.

CREATE OR REPLACE FUNCTION bedrock_internal.days_of_workload(workload text) RETURNS datemultirange
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known datemultirange;
BEGIN
    SELECT range_agg(w.valid) INTO known FROM bedrock.workload AS w
    WHERE w.workload = days_of_workload.workload AND upper_inf(w.recorded);
    IF known IS NULL THEN
        RAISE no_data_found
            USING MESSAGE = format('there is no workload "%s"', left(days_of_workload.workload, 160)),
            HINT = 'bedrock.workloads lists them; bedrock.set_workload makes one.';
    END IF;
    RETURN known;
END
$$;
COMMENT ON FUNCTION bedrock_internal.days_of_workload(text) IS
    'days on which a workload is one, as known now. Error P0002: there is none of the name';

CREATE OR REPLACE FUNCTION bedrock_internal.check_workload_days(workload text, days daterange,
    what text DEFAULT 'claim') RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known constant datemultirange := bedrock_internal.days_of_workload(check_workload_days.workload);
BEGIN
    IF NOT known @> days THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('workload "%s" is not valid on all days of the %s',
                                   left(check_workload_days.workload, 160), what),
            DETAIL = format('It is valid %s; the %s is to hold %s.',
                            (SELECT string_agg(bedrock_internal.days_text(k.days), ', ')
                             FROM unnest(known) AS k (days)), what,
                            bedrock_internal.days_text(check_workload_days.days)),
            HINT = 'Give days within these, or change the workload with bedrock.set_workload.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_workload_days(text, daterange, text) IS
    'checks that a workload is valid on these days, those of what. Error P0002: there is none of the name, 22023: it '
    'is not';

CREATE OR REPLACE FUNCTION bedrock_internal.known_claim(claim_id bigint, caller name) RETURNS bedrock.claim
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    claim bedrock.claim;
BEGIN
    PERFORM bedrock_internal.check_text('the number of the claim', known_claim.claim_id::text, 20);
    SELECT c.* INTO claim FROM bedrock.claim AS c
    WHERE c.claim_id = known_claim.claim_id AND upper_inf(c.recorded);
    IF NOT FOUND OR NOT bedrock_internal.may_change_workload(caller, claim.workload) THEN
        RAISE no_data_found
            USING MESSAGE = format('there is no claim %s that %s may change', known_claim.claim_id, caller),
            HINT = 'bedrock.claims lists those you see; one that is superseded is no more.';
    END IF;
    RETURN claim;
END
$$;
COMMENT ON FUNCTION bedrock_internal.known_claim(bigint, name) IS
    'the claim as now known. Error P0002: there is none, or the role may not change it: it is not told which';

CREATE OR REPLACE FUNCTION bedrock.claim_identity(identity text, workload text, valid_from date DEFAULT NULL,
    valid_to date DEFAULT NULL, reason text DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    today date := bedrock_internal.today();
    from_day date := coalesce(valid_from, today);
    last_day date := nullif(valid_to, 'infinity');
    days daterange;
    one record;
    other bedrock.claim;
    ruled record;
    new_id bigint;
    bill_end date;
BEGIN
    PERFORM bedrock_internal.check_text('the workload', workload, 1024);
    IF last_day < from_day OR last_day = '-infinity' THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('a claim cannot end on %s, before it begins on %s',
                                   bedrock_internal.day_text(last_day),
                                   bedrock_internal.day_text(from_day)),
            HINT = 'valid_from is the first day of the claim, valid_to the last one.';
    ELSIF from_day > today THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('a claim cannot begin in the future: %s', bedrock_internal.day_text(from_day)),
            DETAIL = format('Today is %s (UTC).', bedrock_internal.day_text(today)),
            HINT = 'Claim from today on, or come back on that day.';
    END IF;
    days := daterange(from_day, bedrock_internal.day_after(last_day));

    PERFORM bedrock_internal.lock_ownership();
    PERFORM bedrock_internal.check_may_change_workload(caller, claim_identity.workload),
        bedrock_internal.check_workload_days(claim_identity.workload, days),
        bedrock_internal.check_change_day(caller, from_day, reason);
    SELECT i.* INTO one FROM bedrock_internal.find_identity(claim_identity.identity, caller) AS i;

    SELECT c.* INTO other FROM bedrock.claim AS c
    WHERE c.identity = one.canonical AND upper_inf(c.recorded) AND c.valid && days
    ORDER BY c.valid LIMIT 1;
    IF FOUND THEN
        RAISE exclusion_violation
            USING MESSAGE = CASE WHEN bedrock_internal.may_see_workload(caller, other.workload)
                THEN format('"%s" has a claim on it already: claim %s of "%s"', left(one.canonical, 160),
                            other.claim_id, left(other.workload, 160))
                ELSE format('another workload has claimed "%s" already', left(one.canonical, 160)) END,
            DETAIL = CASE WHEN bedrock_internal.may_see_workload(caller, other.workload)
                THEN format('That claim holds %s; the one', bedrock_internal.days_text(other.valid))
                ELSE 'The claim' END
                || format(' of "%s" would hold %s.', left(claim_identity.workload, 160),
                          bedrock_internal.days_text(days)),
            HINT = CASE
                WHEN other.workload = claim_identity.workload AND other.valid @> days
                THEN 'Keep it: it holds on all of these days.'
                WHEN other.workload = claim_identity.workload AND from_day < lower(other.valid)
                THEN format('To date it back, claim the days before it: valid_to => %L.', lower(other.valid) - 1)
                WHEN other.workload = claim_identity.workload
                THEN format('Claim the days after it: valid_from => %L.', upper(other.valid))
                WHEN bedrock_internal.may_change_workload(caller, other.workload)
                THEN format('End it with bedrock.end_claim(%s, ...), or give it to the workload with '
                            'bedrock.move_claim(%s, ...).', other.claim_id, other.claim_id)
                ELSE 'Ask a role with the scope manage to move it.' END;
    END IF;
    -- A claim goes before every rule: it would take what a rule gives to another.
    SELECT o.workload, o.valid INTO ruled
    FROM bedrock_internal.owner_intervals(ARRAY(SELECT unnest(bedrock_internal.dimensions_of_identity(
             one.kind, one.canonical)) WHERE NOT bedrock_internal.may_manage(caller))) AS o
    WHERE o.attribution_rule LIKE 'rule:%' AND o.valid && days
      AND NOT bedrock_internal.may_change_workload(caller, o.workload)
    ORDER BY o.valid, o.workload COLLATE "C" LIMIT 1;
    IF FOUND THEN
        RAISE exclusion_violation
            USING MESSAGE = format('another workload owns "%s" already', left(one.canonical, 160)),
            DETAIL = format('An owner rule gives it lines %s.', bedrock_internal.days_text(ruled.valid)),
            HINT = 'Ask a role with the scope manage to claim it for your workload.';
    END IF;

    new_id := nextval('bedrock.claim_claim_id_seq');
    PERFORM bedrock_internal.write_history('bedrock.claim', jsonb_build_object('identity', one.canonical), days,
        jsonb_build_object('claim_id', new_id, 'identity_kind', one.kind, 'workload', claim_identity.workload),
        reason);
    PERFORM bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_identity(one.kind, one.canonical));
    SELECT max(t.last_usage_date) INTO bill_end FROM bedrock.bill_total AS t WHERE NOT t.superseded;
    IF bill_end < from_day THEN
        RAISE NOTICE USING
            MESSAGE = format('the claim holds from %s on, and the bill ends on %s: it owns nothing yet',
                             bedrock_internal.day_text(from_day), bedrock_internal.day_text(bill_end)),
            HINT = CASE WHEN bedrock_internal.may_manage(caller)
                THEN format('To own days that are billed too, claim the days before: valid_from => FIRST_DAY, '
                            'valid_to => %L, reason => ''why''.', from_day - 1)
                ELSE 'A role with the scope manage can claim the days before for the workload.' END;
    END IF;
    RETURN new_id;
END
$$;
COMMENT ON FUNCTION bedrock.claim_identity(text, text, date, date, text) IS
    'claims an identity for a workload, which owns what it spends from valid_from (NULL: today UTC) to valid_to (NULL: '
    'open), and returns the number of the claim; the owners of lines follow at once. identity: any form of the ARN of '
    'an IAM role or user (all sessions of a role are claimed with it), of an application inference profile, a project '
    'or another Bedrock resource that can be tagged, or a name that bill or registry have once; an ARN may be claimed '
    'before it is seen in a bill. A NOTICE says where the bill ends before the claim begins. Days '
    'before today are for roles that manage everything, with a reason, and so is what an owner rule gives to a '
    'workload out of the scope of the caller. Error 23P01: another claim, or such a '
    'rule, holds on one of these days; 22023: an identity that can own nothing, a name of several, days in the '
    'wrong order or in the future; P0002: no such workload or name; 42501: not allowed';

CREATE OR REPLACE FUNCTION bedrock.end_claim(claim_id bigint, last_day date, reason text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    claim bedrock.claim;
    -- The last day there is has none after it.
    next_day date := coalesce(bedrock_internal.day_after(last_day), 'infinity');
BEGIN
    IF last_day IS NULL OR NOT isfinite(last_day) THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the last day of the claim is missing',
            HINT = 'Give the last day (UTC) whose spend the claim owns.';
    END IF;
    PERFORM bedrock_internal.lock_ownership();
    claim := bedrock_internal.known_claim(end_claim.claim_id, caller);
    IF coalesce(upper(claim.valid), 'infinity') <= next_day THEN
        IF coalesce(upper(claim.valid), 'infinity') = next_day THEN
            RETURN;
        END IF;
        RAISE invalid_parameter_value
            USING MESSAGE = format('claim %s of "%s" ends on %s already', end_claim.claim_id, left(claim.workload, 160),
                                   bedrock_internal.day_text(upper(claim.valid) - 1)),
            HINT = 'Claim the identity again for the days after it.';
    END IF;
    PERFORM bedrock_internal.check_change_day(caller, greatest(next_day, lower(claim.valid)), reason);
    PERFORM bedrock_internal.write_history('bedrock.claim', jsonb_build_object('identity', claim.identity),
        daterange(next_day, NULL) * claim.valid, NULL, reason);
    PERFORM bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_identity(claim.identity_kind,
        claim.identity));
END
$$;
COMMENT ON FUNCTION bedrock.end_claim(bigint, date, text) IS
    'ends a claim: last_day is the last day (UTC) whose spend it owns, and a day before its first one takes it back '
    'altogether (superseded). The owners of lines follow at once. An end before yesterday is for roles that manage '
    'everything, with a reason. Error P0002: no claim that the caller may change; 22023: it ends sooner already';

CREATE OR REPLACE FUNCTION bedrock.move_claim(claim_id bigint, workload text, valid_from date DEFAULT NULL,
    reason text DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    today date := bedrock_internal.today();
    claim bedrock.claim;
    from_day date := coalesce(valid_from, today);
    days daterange;
    new_id bigint;
BEGIN
    PERFORM bedrock_internal.check_text('the workload', workload, 1024);
    IF from_day > today THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('a claim cannot begin in the future: %s', bedrock_internal.day_text(from_day)),
            DETAIL = format('Today is %s (UTC).', bedrock_internal.day_text(today)),
            HINT = 'Move it from today on, or come back on that day.';
    END IF;
    PERFORM bedrock_internal.lock_ownership();
    claim := bedrock_internal.known_claim(move_claim.claim_id, caller);
    PERFORM bedrock_internal.check_may_change_workload(caller, move_claim.workload);
    IF NOT claim.valid @> from_day THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('claim %s of "%s" does not hold on %s', move_claim.claim_id,
                                   left(claim.workload, 160), bedrock_internal.day_text(from_day)),
            DETAIL = format('It holds %s.', bedrock_internal.days_text(claim.valid)),
            HINT = 'Give one of these days as valid_from, or claim the identity for the other days.';
    END IF;
    IF claim.workload = move_claim.workload THEN
        RETURN claim.claim_id;
    END IF;
    days := claim.valid * daterange(from_day, NULL);
    PERFORM bedrock_internal.check_workload_days(move_claim.workload, days),
        bedrock_internal.check_change_day(caller, from_day, reason);
    new_id := nextval('bedrock.claim_claim_id_seq');
    PERFORM bedrock_internal.write_history('bedrock.claim', jsonb_build_object('identity', claim.identity), days,
        jsonb_build_object('claim_id', new_id, 'workload', move_claim.workload), reason);
    PERFORM bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_identity(claim.identity_kind,
        claim.identity));
    RETURN new_id;
END
$$;
COMMENT ON FUNCTION bedrock.move_claim(bigint, text, date, text) IS
    'gives a claim to another workload from valid_from on (NULL: today UTC), which then has a claim with the number '
    'returned; days before stay as they are. The owners of lines follow at once. Both workloads must be in the scope '
    'of the caller; days before today are for roles that manage everything, with a reason. Error P0002: no claim that '
    'the caller may change, or no such workload; 22023: the claim does not hold on that day, or it is in the future';

CREATE OR REPLACE FUNCTION bedrock.check_identity(name_or_arn text)
    RETURNS TABLE (identity text, identity_kind text, found boolean, first_seen date, last_seen date, cost numeric,
                   currency text, claim_id bigint, workload text, hint text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    one record;
    dimensions integer[];
    claim bedrock.claim;
    sees boolean;
    manages constant boolean := bedrock_internal.may_manage(caller);
    -- Who may claim sees what there is to claim; others, of what nobody owns, what they see in bedrock.spend.
    claims constant boolean := EXISTS (SELECT FROM bedrock_internal.scope_of(caller) AS s
                                       WHERE s.scope_kind IN ('workload', 'element'));
BEGIN
    IF NOT bedrock_internal.sees_all(caller) AND NOT EXISTS (SELECT FROM bedrock_internal.scope_of(caller)) THEN
        RAISE insufficient_privilege USING MESSAGE = format('role "%s" has no scope', caller),
            DETAIL = 'Who sees no line learns nothing of an identity.',
            HINT = 'Ask a role with the scope manage to call bedrock.grant_scope.';
    END IF;
    SELECT i.* INTO one FROM bedrock_internal.find_identity(name_or_arn, caller) AS i;
    dimensions := bedrock_internal.dimensions_of_identity(one.kind, one.canonical);
    SELECT c.* INTO claim FROM bedrock.claim AS c
    WHERE c.identity = one.canonical AND upper_inf(c.recorded)
      AND NOT c.valid << daterange(bedrock_internal.today(), NULL)
    ORDER BY c.valid LIMIT 1;
    sees := claim.claim_id IS NULL OR bedrock_internal.may_see_workload(caller, claim.workload);
    RETURN QUERY
    SELECT one.canonical, one.kind, s.currency IS NOT NULL OR s.lines IS NOT NULL, s.first_day, s.last_day, s.cost,
           s.currency, CASE WHEN sees THEN claim.claim_id END, CASE WHEN sees THEN claim.workload END,
           CASE WHEN NOT sees THEN 'Another workload has claimed it. Ask a role with the scope manage to move it.'
                WHEN claim.claim_id IS NOT NULL THEN 'It is claimed.'
                WHEN s.lines IS NULL THEN 'The bill has no line with it yet. Make a call with it, and wait until AWS '
                    'has delivered the bill again, up to 24 hours'
                    || CASE WHEN claims OR manages THEN '; you can claim it already: the claim is pending.' ELSE '.' END
                WHEN NOT (claims OR manages) THEN 'Nobody has claimed it. Claiming needs the scope of a workload or '
                    'element, or manage: ask a role that has one of these.'
                ELSE 'Claim it: SELECT bedrock.claim_identity(' || quote_literal(one.canonical)
                    || ', ''your workload'').' END
    FROM (SELECT) AS always
    LEFT JOIN LATERAL (
        -- What the caller may not see is not counted.
        SELECT d.currency, min(f.usage_date) AS first_day, max(f.usage_date) AS last_day, sum(f.ai_cost) AS cost,
               sum(f.lines) AS lines
        FROM bedrock.fact AS f
        JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
        JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
        JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
        WHERE f.dimension_id = ANY (dimensions) AND NOT f.superseded
          AND (o.owner_id IN (0, 1) AND claims OR bedrock_internal.may_see_workload(caller, o.workload)
               OR f.attribution_id IN (SELECT v
                   FROM bedrock_internal.visible_attribution(bedrock_internal.tokens_of(caller)) AS v))
        GROUP BY d.currency) AS s ON true
    ORDER BY s.currency;
END
$$;
COMMENT ON FUNCTION bedrock.check_identity(text) IS
    'whether an identity can be claimed: its canonical form and kind, whether the bill has it, first and last day and '
    'cost of its lines (a row a currency; those of workloads that the caller may not see are not counted), the claim '
    'that holds today or later, and what to do next. Takes and refuses what bedrock.claim_identity does: 22023, P0002. '
    'Error 42501: the caller has no scope';
