-- Policies of use are set, and the lines that they can touch follow.

CREATE OR REPLACE FUNCTION bedrock_internal.dimensions_of_policies(rules bedrock.model_policy[]) RETURNS integer[]
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH rule AS MATERIALIZED (SELECT p AS rule FROM unnest(dimensions_of_policies.rules) AS p),
    below AS MATERIALIZED (
        SELECT w.element, w.workload
        FROM bedrock_internal.workloads_below(ARRAY(SELECT DISTINCT (r.rule).element FROM rule AS r)) AS w),
    line AS MATERIALIZED (
        SELECT r.rule, d.dimension_id, d.account_id, d.region
        FROM rule AS r
        JOIN bedrock.dimension AS d ON d.charge_category = 'usage'
        CROSS JOIN LATERAL (VALUES (bedrock_internal.pool_of(d.ai_region_type, d.geo_prefix),
                                    d.request_path <> 'not_inference')) AS l (pool, is_inference)
        WHERE (l.is_inference OR d.model_id IS NOT NULL)
          AND bedrock_internal.policy_findings(r.rule, d.model_id, d.model_name, d.model_family, d.operation,
              d.pricing_model, d.request_path, d.region, l.pool, l.is_inference) <> '{}')
    SELECT coalesce(array_agg(DISTINCT l.dimension_id), '{}')
    FROM line AS l
    JOIN bedrock.attribution AS a ON a.dimension_id = l.dimension_id
    JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
    WHERE bedrock_internal.policy_covers(l.rule, l.account_id, l.region, o.workload, a.environment, a.application)
          IS NOT FALSE
      AND ((l.rule).element IS NULL
           OR EXISTS (SELECT FROM below AS b WHERE b.element = (l.rule).element AND b.workload = o.workload));
END;
COMMENT ON FUNCTION bedrock_internal.dimensions_of_policies(bedrock.model_policy[]) IS
    'dimensions that a change of these policies touches: those that one of them covers on any day and that break it, '
    'or of which it cannot be told';

CREATE OR REPLACE FUNCTION bedrock_internal.write_policy(policy text, days daterange, change jsonb, reason text)
    RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key constant text := write_policy.policy;
    before bedrock.model_policy[];
    after bedrock.model_policy[];
    outcome text;
BEGIN
    SELECT array_agg(p) INTO before FROM bedrock.model_policy AS p WHERE p.policy = key AND upper_inf(p.recorded);
    outcome := bedrock_internal.write_history('bedrock.model_policy', jsonb_build_object('policy', key), days, change,
                                              reason);
    IF outcome <> 'unchanged' THEN
        SELECT array_agg(p) INTO after FROM bedrock.model_policy AS p WHERE p.policy = key AND upper_inf(p.recorded);
        PERFORM bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_policies(before || after));
    END IF;
    RETURN outcome;
END
$$;
COMMENT ON FUNCTION bedrock_internal.write_policy(text, daterange, jsonb, text) IS
    'writes a change of a policy on these days (NULL: it is none there) and lets the lines follow that it can touch; '
    'added, changed, ended or unchanged. The caller holds bedrock_internal.lock_ownership()';

CREATE OR REPLACE FUNCTION bedrock_internal.check_patterns(what text, patterns text[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- In this order: array_position() takes no list of lists.
    IF (CASE WHEN array_ndims(check_patterns.patterns) > 1 THEN true
             ELSE check_patterns.patterns = '{}' OR array_position(check_patterns.patterns, NULL) IS NOT NULL
                 OR '' = ANY (check_patterns.patterns) END) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('%s are given by no list of words', check_patterns.what),
            DETAIL = format('The list is %s.', left(check_patterns.patterns::text, 160)),
            HINT = 'Give an array of words or patterns with %, ARRAY[''Haiku'', ''amazon.nova-%'']; NULL restricts '
                   'nothing.';
    ELSIF octet_length(check_patterns.patterns::text) > 65536 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('%s are a list that is too long', check_patterns.what),
            DETAIL = format('It has %s bytes; 65536 are the limit.', octet_length(check_patterns.patterns::text)),
            HINT = 'Use patterns with %, or several policies.';
    ELSIF EXISTS (SELECT FROM unnest(check_patterns.patterns) AS p
                  WHERE right(replace(p, repeat(chr(92), 2), ''), 1) = chr(92)) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('%s have a pattern that ends in a backslash',
                                                             check_patterns.what),
            HINT = 'Write two of them for one that is meant.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_patterns(text, text[]) IS
    'raises error 22023 where an array cannot be patterns of a policy; NULL can. what: plural, begins the message';

CREATE OR REPLACE FUNCTION bedrock.set_model_policy(policy text, models text[] DEFAULT NULL,
    denied_models text[] DEFAULT NULL, operations text[] DEFAULT NULL, request_paths text[] DEFAULT NULL,
    regions text[] DEFAULT NULL, workload text DEFAULT NULL, element text DEFAULT NULL, environment text DEFAULT NULL,
    application text DEFAULT NULL, account_id text DEFAULT NULL, region text DEFAULT NULL, valid_from date DEFAULT NULL,
    valid_to date DEFAULT NULL, note text DEFAULT NULL, reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    key text := bedrock_internal.check_text('the policy', set_model_policy.policy, 256);
    days daterange := bedrock_internal.days_of(coalesce(set_model_policy.valid_from, bedrock_internal.today()),
                                               set_model_policy.valid_to);
    paths constant text[] := ARRAY['application_profile', 'system_profile', 'foundation_model', 'provisioned_model',
                                   'custom_model', 'imported_model', 'prompt_router', 'project', 'other', 'none'];
    change jsonb;
    wrong text;
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_model_policy');
    PERFORM bedrock_internal.check_text(w.what, coalesce(w.value, '-'), 1024)
    FROM (VALUES ('the workload', set_model_policy.workload), ('the element', set_model_policy.element),
                 ('the environment', set_model_policy.environment), ('the application', set_model_policy.application),
                 ('the account', set_model_policy.account_id), ('the region', set_model_policy.region))
        AS w (what, value);
    PERFORM bedrock_internal.check_length('the note', set_model_policy.note, 4096),
        bedrock_internal.check_patterns('models', set_model_policy.models),
        bedrock_internal.check_patterns('denied models', set_model_policy.denied_models),
        bedrock_internal.check_patterns('operations', set_model_policy.operations),
        bedrock_internal.check_patterns('request paths', set_model_policy.request_paths),
        bedrock_internal.check_patterns('regions', set_model_policy.regions),
        bedrock_internal.check_patterns('regions', ARRAY[coalesce(set_model_policy.region, '%')]);
    PERFORM bedrock_internal.check_change_day(caller, lower(days), set_model_policy.reason);
    SELECT p INTO wrong FROM unnest(set_model_policy.request_paths) AS p WHERE p <> ALL (paths) LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" is no request path', left(wrong, 160)),
            HINT = 'Use values of bedrock.spend.request_path: ' || array_to_string(paths, ', ') || '.';
    END IF;
    PERFORM bedrock_internal.lock_ownership();
    IF coalesce(models, denied_models, operations, request_paths, regions) IS NULL THEN
        IF NOT EXISTS (SELECT FROM bedrock.model_policy AS p WHERE p.policy = key AND upper_inf(p.recorded)) THEN
            RAISE no_data_found USING MESSAGE = format('there is no policy "%s"', left(key, 160)),
                HINT = 'A policy is made with what it allows: models, denied_models, operations, request_paths or '
                       'regions.';
        END IF;
        RETURN bedrock_internal.write_policy(key, days, NULL, set_model_policy.reason);
    END IF;
    IF set_model_policy.workload IS NOT NULL THEN
        PERFORM bedrock_internal.days_of_workload(set_model_policy.workload);
    END IF;
    IF set_model_policy.element IS NOT NULL AND NOT EXISTS (
        SELECT FROM bedrock.element AS e WHERE e.element = set_model_policy.element AND upper_inf(e.recorded)) THEN
        RAISE no_data_found USING MESSAGE = format('there is no element "%s"', left(set_model_policy.element, 160)),
            HINT = 'bedrock.elements lists them.';
    END IF;
    -- What matches nothing that is known is allowed: a model may be approved before the catalogue has it.
    FOR wrong IN
        SELECT p FROM unnest(set_model_policy.models || set_model_policy.denied_models) AS p
        WHERE NOT EXISTS (SELECT FROM bedrock.model AS m WHERE bedrock_internal.model_matches(
            ARRAY[p], m.model_id, m.model_name, m.model_family))
    LOOP
        RAISE NOTICE 'no model of the catalogue fits "%"', left(wrong, 160)
            USING HINT = 'Patterns are compared with id, name and family of models: see bedrock.models.';
    END LOOP;
    change := jsonb_build_object('workload', set_model_policy.workload, 'element', set_model_policy.element,
        'environment', bedrock_internal.label_value('environment', set_model_policy.environment),
        'application', bedrock_internal.label_value('application', set_model_policy.application),
        'account_id', set_model_policy.account_id, 'region', set_model_policy.region, 'models', set_model_policy.models,
        'denied_models', set_model_policy.denied_models, 'operations', set_model_policy.operations,
        'request_paths', set_model_policy.request_paths, 'regions', set_model_policy.regions,
        'note', set_model_policy.note);
    RETURN bedrock_internal.write_policy(key, days, change, set_model_policy.reason);
END
$$;
COMMENT ON FUNCTION bedrock.set_model_policy(text, text[], text[], text[], text[], text[], text, text, text, text, text,
    text, date, date, text, text) IS
    'sets a policy of use (bedrock.model_policy) and returns added, changed, ended or unchanged; '
    'bedrock.spend.expected follows at once. What it covers (workload to region) and what it allows (models to '
    'regions) are stated as a whole; NULL restricts nothing, and nothing allowed at all ends the policy. valid_from: '
    'first day (UTC), NULL: today; valid_to: last one, NULL: no end. For roles that manage everything; days before '
    'today need a reason. Error 22023: words that cannot be, days in the wrong order; P0002: no such policy, workload '
    'or element; 42501: not allowed';

CREATE OR REPLACE FUNCTION bedrock.set_residency_policy(policy text, regions text[], application text DEFAULT NULL,
    account_id text DEFAULT NULL, note text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key text := bedrock_internal.check_text('the policy', set_residency_policy.policy, 256);
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_residency_policy');
    IF coalesce(cardinality(regions), 0) = 0 THEN
        RAISE EXCEPTION 'policy "%" allows no region', policy
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give patterns with %: ARRAY[''eu-%''].';
    END IF;
    PERFORM bedrock_internal.check_patterns('regions', regions),
        bedrock_internal.check_text('the application', coalesce(application, '-'), 1024),
        bedrock_internal.check_text('the account', coalesce(account_id, '-'), 1024),
        bedrock_internal.check_length('the note', note, 4096);
    PERFORM bedrock_internal.lock_ownership();
    IF EXISTS (SELECT FROM bedrock.model_policy AS p
               WHERE p.policy = key AND upper_inf(p.recorded)
                 AND num_nonnulls(p.workload, p.element, p.environment, p.region, p.models, p.denied_models,
                                  p.operations, p.request_paths) > 0) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('policy "%s" says more than regions', left(key, 160)),
            HINT = 'Change it with bedrock.set_model_policy, or give another name.';
    END IF;
    PERFORM bedrock_internal.write_policy(key, '[-infinity,)',
        jsonb_build_object('workload', NULL, 'element', NULL, 'environment', NULL, 'application',
            set_residency_policy.application, 'account_id', set_residency_policy.account_id, 'region', NULL,
            'models', NULL, 'denied_models', NULL, 'operations', NULL, 'request_paths', NULL,
            'regions', set_residency_policy.regions, 'note', set_residency_policy.note), set_residency_policy.note);
END
$$;
COMMENT ON FUNCTION bedrock.set_residency_policy(text, text[], text, text, text) IS
    'sets, on all days, where requests of an application, of an account or (both NULL) of all may be called and '
    'answered: regions as patterns with %; replaces the policy of this name. bedrock.spend.expected follows at once. '
    'With days, and what else a policy may say: bedrock.set_model_policy. For roles that manage everything. Error '
    '22023: no region, or a policy of this name that says more; 42501: not allowed';
