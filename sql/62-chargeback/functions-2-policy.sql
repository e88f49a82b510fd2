-- Policies of charges, and splits of shared cost.

CREATE OR REPLACE FUNCTION bedrock.set_charge_policy(charge_category text, policy text, valid_from date DEFAULT NULL,
    valid_to date DEFAULT NULL, reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    days daterange := bedrock_internal.days_of(bedrock_internal.month_of(set_charge_policy.valid_from),
                                               set_charge_policy.valid_to);
    outcome text;
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_charge_policy');
    PERFORM bedrock_internal.check_text('the charge category', set_charge_policy.charge_category, 256);
    PERFORM bedrock_internal.lock_ownership();
    IF NOT EXISTS (SELECT FROM bedrock.charge_policy AS p
                   WHERE p.builtin AND p.charge_category = set_charge_policy.charge_category) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('no charge policy is set for "%s"', left(set_charge_policy.charge_category, 160)),
            DETAIL = 'Usage is charged to its owner; policies are for what nobody used.',
            HINT = format('Use one of: %s.', (SELECT string_agg(p.charge_category, ', ' ORDER BY p.charge_category)
                                              FROM bedrock.charge_policy AS p WHERE p.builtin));
    END IF;
    IF set_charge_policy.policy NOT IN ('follow', 'prorata', 'central') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no charge policy', left(set_charge_policy.policy, 160)),
            HINT = 'Use follow, prorata or central; NULL goes back to the shipped policy.';
    END IF;
    outcome := bedrock_internal.write_history('bedrock.charge_policy',
        jsonb_build_object('charge_category', set_charge_policy.charge_category, 'builtin', false), days,
        CASE WHEN set_charge_policy.policy IS NOT NULL THEN jsonb_build_object('policy', set_charge_policy.policy) END,
        set_charge_policy.reason);
    PERFORM bedrock_internal.notice_posted(days) WHERE outcome <> 'unchanged';
    RETURN outcome;
END
$$;
COMMENT ON FUNCTION bedrock.set_charge_policy(text, text, date, date, text) IS
    'sets who pays charges of a category that nobody used: follow, prorata or central (bedrock.charge_policy); NULL: '
    'the shipped policy again. valid_from, valid_to: billing periods, by any of their days; NULL: all, without end. '
    'Returns added, changed, ended or unchanged. Errors: 42501 without the scope manage; 22023 no such category or '
    'policy';

CREATE OR REPLACE FUNCTION bedrock.set_cost_split(origin text, method text, targets jsonb DEFAULT NULL,
    valid_from date DEFAULT NULL, valid_to date DEFAULT NULL, reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    days daterange := bedrock_internal.days_of(bedrock_internal.month_of(set_cost_split.valid_from),
                                               set_cost_split.valid_to);
    names text[];
    ratios numeric[];
    found text;
    outcome text;
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_cost_split');
    PERFORM bedrock_internal.check_text('the origin', set_cost_split.origin, 1024);
    PERFORM bedrock_internal.lock_ownership();
    IF set_cost_split.method IS NULL THEN
        outcome := bedrock_internal.write_history('bedrock.cost_split',
            jsonb_build_object('origin', set_cost_split.origin), days, NULL, set_cost_split.reason);
        PERFORM bedrock_internal.notice_posted(days) WHERE outcome <> 'unchanged';
        RETURN outcome;
    END IF;
    IF set_cost_split.method NOT IN ('proportional', 'even', 'fixed', 'tokens') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no method of a cost split', left(set_cost_split.method, 160)),
            HINT = 'Use proportional, even, fixed or tokens; NULL ends the split.';
    END IF;
    IF set_cost_split.method = 'fixed' THEN
        IF jsonb_typeof(set_cost_split.targets) IS DISTINCT FROM 'object' OR EXISTS (
            SELECT FROM jsonb_each(set_cost_split.targets) AS t
            WHERE jsonb_typeof(t.value) <> 'number' OR (t.value)::numeric < 0) THEN
            RAISE invalid_parameter_value USING MESSAGE = 'a fixed split needs a ratio for each target',
                HINT = 'Give targets as an object: {"search": 0.6, "chat": 0.4}.';
        END IF;
        SELECT array_agg(t.key ORDER BY t.key COLLATE "C"), array_agg((t.value)::numeric ORDER BY t.key COLLATE "C")
        INTO names, ratios FROM jsonb_each(set_cost_split.targets) AS t;
        IF (SELECT sum(r) FROM unnest(ratios) AS r) IS DISTINCT FROM 1 THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('the ratios of the split of "%s" do not sum to 1', left(set_cost_split.origin, 160)),
                DETAIL = format('They sum to %s.', coalesce((SELECT sum(r) FROM unnest(ratios) AS r), 0)),
                HINT = 'Give each target its share of the whole; one that is a third may be 0.3333, another 0.3334.';
        END IF;
    ELSIF set_cost_split.targets IS NOT NULL THEN
        IF jsonb_typeof(set_cost_split.targets) <> 'array' OR EXISTS (
            SELECT FROM jsonb_array_elements(set_cost_split.targets) AS t WHERE jsonb_typeof(t) <> 'string')
            OR set_cost_split.targets = '[]' THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('targets of a split that is %s are names of workloads', set_cost_split.method),
                HINT = 'Give targets as an array, ["search", "chat"], or leave them out for all workloads with usage.';
        END IF;
        SELECT array_agg(DISTINCT t COLLATE "C") INTO names
        FROM jsonb_array_elements_text(set_cost_split.targets) AS t;
    END IF;

    -- A workload whose cost is split need be there on some of the days; one that pays, on all.
    IF set_cost_split.origin IS DISTINCT FROM '(unclaimed)' AND NOT EXISTS (
        SELECT FROM bedrock.workload AS w
        WHERE w.workload = set_cost_split.origin AND upper_inf(w.recorded) AND w.valid && days) THEN
        RAISE no_data_found USING
            MESSAGE = format('there is no workload "%s"', left(coalesce(set_cost_split.origin, 'NULL'), 160)),
            HINT = 'bedrock.workloads lists them; (unclaimed) may be an origin too.';
    END IF;
    PERFORM bedrock_internal.check_workload_days(n, days, 'split') FROM unnest(names) AS n;
    -- What is split is never split again: a chain would have an order, and a circle no end.
    SELECT n INTO found FROM unnest(names) AS n
    WHERE n = set_cost_split.origin OR EXISTS (
        SELECT FROM bedrock.cost_split AS s WHERE s.origin = n AND upper_inf(s.recorded) AND s.valid && days) LIMIT 1;
    IF found IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" cannot pay a share, as its own cost is split', left(found, 160)),
            DETAIL = 'A target of a split pays; it cannot pass its share on.',
            HINT = 'Name the workloads that pay in the end.';
    END IF;
    SELECT s.origin INTO found FROM bedrock.cost_split AS s
    WHERE set_cost_split.origin = ANY (s.targets) AND upper_inf(s.recorded) AND s.valid && days LIMIT 1;
    IF found IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" pays a share of "%s" and cannot be split itself', left(set_cost_split.origin, 160),
                             left(found, 160)),
            DETAIL = 'A target of a split pays; it cannot pass its share on.',
            HINT = 'Take it out of that split first, with bedrock.set_cost_split.';
    END IF;
    outcome := bedrock_internal.write_history('bedrock.cost_split',
        jsonb_build_object('origin', set_cost_split.origin), days,
        jsonb_build_object('method', set_cost_split.method, 'targets', names, 'ratios', ratios),
        set_cost_split.reason);
    PERFORM bedrock_internal.notice_posted(days) WHERE outcome <> 'unchanged';
    RETURN outcome;
END
$$;
COMMENT ON FUNCTION bedrock.set_cost_split(text, text, jsonb, date, date, text) IS
    'splits the cost of a workload that works for others, or of (unclaimed), over workloads: proportional, tokens or '
    'even, with targets as an array of names (NULL: all with usage), or fixed, with targets as an object of ratios '
    'that sum to 1; method NULL ends it. valid_from, valid_to: billing periods, by any of their days; NULL: all, '
    'without end. Returns added, changed, ended or unchanged. Errors: 42501 without the scope manage; 22023 ratios or '
    'targets do not fit, a target is split itself or is not valid on all days; P0002 no such workload';
