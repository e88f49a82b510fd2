-- Policies as AWS takes them. A database cannot block a call: these are texts for IAM and AWS Organizations.

CREATE OR REPLACE FUNCTION bedrock_internal.policy_profiles(workload text, profile text, as_of date,
    OUT profile_arn text, OUT profile_name text, OUT resources text[], OUT broken text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH registered AS MATERIALIZED (
        SELECT p.*, coalesce(policy_profiles.workload, c.workload) AS workload
        FROM bedrock.profile AS p
        LEFT JOIN bedrock.claim AS c ON c.identity = p.profile_arn AND c.identity_kind = 'resource'
            AND upper_inf(c.recorded) AND c.valid @> policy_profiles.as_of
        WHERE upper_inf(p.recorded) AND p.valid @> policy_profiles.as_of AND p.profile_kind = 'application'
          AND (policy_profiles.profile IS NULL OR policy_profiles.profile IN (p.profile_arn, p.profile_id,
                                                                               p.profile_name))
          AND (policy_profiles.workload IS NULL OR c.workload = policy_profiles.workload)),
    model AS MATERIALIZED (
        SELECT DISTINCT ON (m.model_id) m.model_id, m.model_name, m.model_family
        FROM bedrock.model AS m ORDER BY m.model_id, m.builtin),
    placed AS (
        SELECT w.workload, w.environment, w.elements
        FROM bedrock_internal.workload_intervals(ARRAY(SELECT DISTINCT r.workload FROM registered AS r)) AS w
        WHERE w.valid @> policy_profiles.as_of)
    SELECT r.profile_arn, r.profile_name,
           -- A call of a profile is also one of its model, in each region that may answer. What routes everywhere names
           -- no region, and where the regions are not known, any may be meant.
           (SELECT array_agg(DISTINCT format('arn:%s:bedrock:%s::foundation-model/%s',
                                             split_part(r.profile_arn, ':', 2), replace(d.region, '*', ''), r.model_id))
            FROM (SELECT r.region
                  UNION ALL
                  SELECT CASE WHEN r.pool = 'global' THEN '*' ELSE coalesce(s.destination_region, '?') END
                  FROM (VALUES (true)) AS v (one)
                  LEFT JOIN (bedrock.system_profile_regions AS s
                             JOIN bedrock.system_profiles AS y ON y.profile_id = s.profile_id)
                      ON y.model_id = r.model_id AND y.pool = r.pool AND s.source_region = r.region
                  WHERE r.pool <> 'regional') AS d (region)),
           CASE WHEN r.model_id IS NULL THEN 'model not known' ELSE (
               SELECT string_agg(p.policy || ': ' || f.finding, ', ' ORDER BY p.policy COLLATE "C", f.finding)
               FROM bedrock.model_policy AS p
               CROSS JOIN LATERAL unnest(bedrock_internal.policy_findings(p, r.model_id, m.model_name, m.model_family,
                   'InvokeModelInference', 'on_demand', 'application_profile', r.region, r.pool, true)) AS f (finding)
               WHERE upper_inf(p.recorded) AND p.valid @> policy_profiles.as_of
                 AND bedrock_internal.policy_covers(p, r.account_id, r.region, r.workload,
                     coalesce(w.environment, r.environment), r.application) IS NOT FALSE
                 AND (p.element IS NULL OR p.element = ANY (w.elements))) END
    FROM registered AS r
    LEFT JOIN model AS m ON m.model_id = r.model_id
    LEFT JOIN placed AS w ON w.workload = r.workload;
END
$$;
COMMENT ON FUNCTION bedrock_internal.policy_profiles(text, text, date) IS
    'application inference profiles that a workload claims on a day (NULL: all), by ARN, id or name (NULL: all), with '
    'the foundation models that a call of each reaches, by ARN; ? as region: not known. broken: policies in force that '
    'do not allow the profile''s calls, of the workload that claims it, or of which that cannot be told; NULL: none';

CREATE OR REPLACE FUNCTION bedrock_internal.policy_document(effect text, profiles text[], models text[],
    projects text[], principals text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    WITH word AS (
        SELECT '["bedrock:InvokeModel","bedrock:InvokeModelWithResponseStream"]'::jsonb AS invoke,
               CASE WHEN cardinality(policy_document.principals) > 0
                    THEN jsonb_build_object('ArnLike',
                                            jsonb_build_object('aws:PrincipalArn', policy_document.principals))
                    ELSE '{}' END AS of_principals),
    statement AS (
        SELECT 1 AS place, jsonb_build_object('Sid', 'InvokeProfiles', 'Effect', 'Allow', 'Action', w.invoke,
                                              'Resource', policy_document.profiles) AS body
        FROM word AS w
        WHERE policy_document.effect = 'Allow' AND cardinality(policy_document.profiles) > 0
        UNION ALL
        SELECT 2, jsonb_build_object('Sid', 'InvokeModelsThroughProfiles', 'Effect', 'Allow', 'Action', w.invoke,
                   'Resource', policy_document.models, 'Condition', jsonb_build_object('ArnLike',
                       jsonb_build_object('bedrock:InferenceProfileArn', policy_document.profiles)))
        FROM word AS w
        WHERE policy_document.effect = 'Allow' AND cardinality(policy_document.profiles) > 0
        UNION ALL
        SELECT 3, jsonb_build_object('Sid', 'InvokeProjects', 'Effect', 'Allow', 'Action',
                                     'bedrock-mantle:CreateInference', 'Resource', policy_document.projects)
        WHERE policy_document.effect = 'Allow' AND cardinality(policy_document.projects) > 0
        UNION ALL
        SELECT 4, jsonb_build_object('Sid', 'DenyOtherModels', 'Effect', 'Deny', 'Action', w.invoke)
                  || CASE WHEN cardinality(policy_document.profiles) > 0
                          THEN jsonb_build_object('NotResource', policy_document.profiles || policy_document.models)
                          ELSE jsonb_build_object('Resource', '*') END
                  || CASE w.of_principals WHEN '{}' THEN '{}'
                          ELSE jsonb_build_object('Condition', w.of_principals) END
        FROM word AS w
        WHERE policy_document.effect = 'Deny'
        UNION ALL
        -- A negated condition holds where the key is absent: so are calls that name no profile.
        SELECT 5, jsonb_build_object('Sid', 'DenyModelsPastProfiles', 'Effect', 'Deny', 'Action', w.invoke,
                   'Resource', policy_document.models, 'Condition', w.of_principals
                       || jsonb_build_object('ArnNotLike',
                           jsonb_build_object('bedrock:InferenceProfileArn', policy_document.profiles)))
        FROM word AS w
        WHERE policy_document.effect = 'Deny' AND cardinality(policy_document.profiles) > 0
        UNION ALL
        SELECT 6, jsonb_build_object('Sid', 'DenyOtherProjects', 'Effect', 'Deny', 'Action',
                                     'bedrock-mantle:CreateInference')
                  || CASE WHEN cardinality(policy_document.projects) > 0
                          THEN jsonb_build_object('NotResource', policy_document.projects)
                          ELSE jsonb_build_object('Resource', '*') END
                  || CASE w.of_principals WHEN '{}' THEN '{}'
                          ELSE jsonb_build_object('Condition', w.of_principals) END
        FROM word AS w
        WHERE policy_document.effect = 'Deny')
    -- No word in it has a blank: so what is between words goes, as all that an SCP has is counted.
    SELECT replace(replace(jsonb_build_object('Version', '2012-10-17',
               'Statement', jsonb_agg(s.body ORDER BY s.place))::text, ': ', ':'), ', ', ',')
    FROM statement AS s;
END;
COMMENT ON FUNCTION bedrock_internal.policy_document(text, text[], text[], text[], text[]) IS
    'a policy document for AWS without blanks: Allow or Deny of calls but those of these profiles, of their models '
    'through them, and of bedrock-mantle projects; principals: only for these, as patterns of aws:PrincipalArn';

CREATE OR REPLACE FUNCTION bedrock.policy_json(workload text DEFAULT NULL, effect text DEFAULT 'deny',
    form text DEFAULT 'identity', profile text DEFAULT NULL, as_of date DEFAULT NULL)
    RETURNS TABLE (part integer, document text, characters integer, left_out text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    day constant date := coalesce(policy_json.as_of, bedrock_internal.today());
    maximum constant integer := CASE policy_json.form WHEN 'scp' THEN 5120 ELSE 6144 END;
    what constant text := coalesce('workload "' || left(policy_json.workload, 160) || '"',
                                   'profile "' || left(policy_json.profile, 160) || '"');
    -- What stands in an ARN here: no blank, quote or wildcard.
    arn constant text := '^arn:aws[a-z-]*:(bedrock|bedrock-mantle|iam):[a-z0-9-]*:[0-9]{12}:[[:alnum:]_+=,.@:/-]+$';
    known record;
    principals text[];
    projects text[];
    wrong text;
    profiles text[] := ARRAY[]::text[];
    models text[] := ARRAY[]::text[];
    next_models text[];
    made text;
    longer text;
    one record;
BEGIN
    IF policy_json.workload IS NULL AND policy_json.profile IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'neither a workload nor a profile is named',
            HINT = 'Give the name of a workload, or ARN, id or name of an inference profile.';
    ELSIF policy_json.effect NOT IN ('allow', 'deny') OR policy_json.effect IS NULL
        OR policy_json.form NOT IN ('identity', 'scp') OR policy_json.form IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('there is no policy "%s" of the form "%s"', left(policy_json.effect, 80),
                             left(policy_json.form, 80)),
            HINT = 'effect is allow or deny, form is identity or scp.';
    ELSIF policy_json.form = 'scp' AND (policy_json.effect = 'allow' OR policy_json.workload IS NULL) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = CASE policy_json.effect WHEN 'allow' THEN 'a service control policy allows nothing by itself'
                           ELSE 'a service control policy is made for a workload' END,
            DETAIL = CASE policy_json.effect WHEN 'allow' THEN 'It limits what policies of an account may allow.'
                          ELSE 'It holds for whole accounts, and is limited to the roles that a workload claims.' END,
            HINT = 'Leave out form, or give deny and a workload.';
    END IF;
    PERFORM bedrock_internal.days_of_workload(policy_json.workload) WHERE policy_json.workload IS NOT NULL;

    -- A role by its name, as claims have it, may have a path.
    SELECT coalesce(array_agg(DISTINCT v.pattern ORDER BY v.pattern), '{}') INTO principals
    FROM bedrock.claim AS c
    CROSS JOIN LATERAL (VALUES (c.identity), (replace(c.identity, ':role/', ':role/*/'))) AS v (pattern)
    WHERE policy_json.form = 'scp' AND c.workload = policy_json.workload AND c.identity_kind = 'principal'
      AND upper_inf(c.recorded) AND c.valid @> day;
    SELECT coalesce(array_agg(DISTINCT c.identity ORDER BY c.identity), '{}') INTO projects
    FROM bedrock.claim AS c
    WHERE policy_json.profile IS NULL AND c.workload = policy_json.workload AND c.identity_kind = 'project'
      AND upper_inf(c.recorded) AND c.valid @> day;
    IF policy_json.form = 'scp' AND principals = '{}' THEN
        RAISE no_data_found USING MESSAGE = format('%s claims no role', what),
            DETAIL = 'A service control policy without one would hold for everybody in the account.',
            HINT = 'Claim the role of the workload with bedrock.claim_identity, or leave out form.';
    END IF;
    SELECT count(*) AS profiles, string_agg(coalesce(p.profile_name, p.profile_arn) || ' (' || p.broken || ')', ', '
                                            ORDER BY p.profile_arn) FILTER (WHERE p.broken IS NOT NULL) AS left_out
    INTO known FROM bedrock_internal.policy_profiles(policy_json.workload, policy_json.profile, day) AS p;
    IF known.profiles = 0 AND projects = '{}' THEN
        RAISE no_data_found USING
            MESSAGE = CASE WHEN policy_json.profile IS NULL
                           THEN format('%s claims no application inference profile and no project', what)
                           ELSE format('there is no registered application inference profile "%s"%s',
                                       left(policy_json.profile, 160),
                                       CASE WHEN policy_json.workload IS NOT NULL THEN ' that it claims' END) END,
            HINT = 'Make a profile for it, register and claim it: bedrock.register_profile, bedrock.claim_identity.';
    END IF;
    part := 0;
    left_out := known.left_out;

    SELECT w.arn INTO wrong
    FROM (SELECT replace(p, ':role/*/', ':role/') AS arn, arn AS form FROM unnest(principals || projects) AS p
          UNION ALL
          SELECT p.profile_arn, arn
          FROM bedrock_internal.policy_profiles(policy_json.workload, policy_json.profile, day) AS p
          UNION ALL
          SELECT m, '^arn:aws[a-z-]*:bedrock:[a-z0-9?-]*::foundation-model/[[:alnum:]._:-]+$'
          FROM bedrock_internal.policy_profiles(policy_json.workload, policy_json.profile, day) AS p
          CROSS JOIN LATERAL unnest(p.resources) AS m
          WHERE p.broken IS NULL) AS w (arn, form)
    WHERE w.arn !~ w.form LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" cannot stand in a policy', left(wrong, 160)),
            DETAIL = 'It is no ARN of an account, or has characters that no ARN has.',
            HINT = 'Correct the claim or the registered profile.';
    END IF;

    FOR one IN
        SELECT p.profile_arn,
               ARRAY(SELECT replace(m, ':?:', ':*:') FROM unnest(p.resources) AS m ORDER BY 1) AS resources
        FROM bedrock_internal.policy_profiles(policy_json.workload, policy_json.profile, day) AS p
        WHERE p.broken IS NULL ORDER BY p.profile_arn
    LOOP
        next_models := ARRAY(SELECT DISTINCT m FROM unnest(models || one.resources) AS m ORDER BY m);
        longer := bedrock_internal.policy_document(initcap(policy_json.effect), profiles || one.profile_arn,
                                                   next_models, projects, principals);
        -- Allowed is what one of several policies allows; what one of them denies, none allows: that must be one.
        IF length(longer) > maximum AND policy_json.effect = 'allow' AND length(made) <= maximum THEN
            part := part + 1;
            document := made;
            characters := length(made);
            RETURN NEXT;
            profiles := '{}';
            projects := '{}';
            next_models := one.resources;
            longer := bedrock_internal.policy_document('Allow', ARRAY[one.profile_arn], next_models, '{}', '{}');
        END IF;
        profiles := profiles || one.profile_arn;
        models := next_models;
        made := longer;
    END LOOP;
    IF made IS NULL AND (policy_json.effect = 'deny' OR projects <> '{}') THEN
        made := bedrock_internal.policy_document(initcap(policy_json.effect), '{}', '{}', projects, principals);
    END IF;
    IF made IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('policies allow %s nothing', what),
            DETAIL = format('Profiles and what they break: %s.', left(known.left_out, 1000)),
            HINT = 'Change the policy with bedrock.set_model_policy, or the profile.';
    ELSIF length(made) > maximum THEN
        RAISE program_limit_exceeded USING MESSAGE = format('the policy for %s would be too long', what),
            DETAIL = format('It would have %s characters; AWS takes %s.', length(made), maximum),
            HINT = 'Make one for each profile, for a role of its own: profile => ''...''.';
    END IF;
    part := part + 1;
    document := made;
    characters := length(made);
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION bedrock.policy_json(text, text, text, text, date) IS
    'text of an AWS policy (JSON without blanks) by which the roles of a workload call its inference profiles and the '
    'models behind them only: effect deny (invoking all else is denied; batch jobs are no such calls) or allow; form '
    'identity (for IAM, 6144 characters) or scp (deny only, for the roles that the workload claims, 5120). profile: of '
    'this one alone, by ARN, id or name; as_of: claims and policies of this day (UTC), NULL: today. An allow '
    'policy that is longer comes in parts, all of which are needed. left_out: profiles that a policy of '
    'bedrock.model_policy does not allow, and how; NULL: none. '
    'Error P0002: nothing to allow; 54000: too long; 22023: no such form, or text that no ARN can have; 22004: neither '
    'workload nor profile';
