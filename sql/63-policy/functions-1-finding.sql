-- Whether usage satisfies a policy. Expressions that the planner can put in place of a call.

CREATE OR REPLACE FUNCTION bedrock.residency_finding(regions text[], region text, inference_region text, pool text)
    RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- A pool is allowed where all regions it may choose are: the policy names its geography as a whole.
    RETURN CASE WHEN regions IS NULL THEN NULL
                WHEN NOT region LIKE ANY (regions) THEN 'called outside'
                WHEN NOT inference_region LIKE ANY (regions) THEN 'answered outside'
                WHEN inference_region IS NULL AND pool <> 'regional'
                    AND NOT (pool || '-') LIKE ANY (regions) THEN 'may be answered outside'
                WHEN region IS NULL OR inference_region IS NULL AND pool IS NULL THEN 'region not known' END;
COMMENT ON FUNCTION bedrock.residency_finding(text[], text, text, text) IS
    'how a request or usage breaks a residency policy that allows these regions: called outside, answered outside, or '
    'may be answered outside (its pool is wider than the policy, and the region of the answer is not known); or region '
    'not known, so that nobody can tell; NULL: not at all, or regions is NULL. region: called, NULL: not known; '
    'inference_region: answered, NULL: not stated; pool: a geography, global or regional, NULL: not known';

CREATE OR REPLACE FUNCTION bedrock_internal.model_matches(patterns text[], model_id text, model_name text,
    model_family text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN model_id ILIKE ANY (patterns) OR model_name ILIKE ANY (patterns) OR model_family ILIKE ANY (patterns);
COMMENT ON FUNCTION bedrock_internal.model_matches(text[], text, text, text) IS
    'whether id, name or family of a model fit one of these patterns, as bedrock.model_policy.models has them';

CREATE OR REPLACE FUNCTION bedrock_internal.policy_covers(rule bedrock.model_policy, account_id text, region text,
    workload text, environment text, application text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- What nobody owns is of no workload, and what has no label is of no environment: that is known.
    RETURN ((rule).account_id IS NULL OR (rule).account_id = account_id)
       AND ((rule).region IS NULL OR region LIKE (rule).region)
       AND ((rule).workload IS NULL OR (rule).workload IS NOT DISTINCT FROM workload)
       AND ((rule).environment IS NULL OR (rule).environment IS NOT DISTINCT FROM environment)
       AND ((rule).application IS NULL OR (rule).application IS NOT DISTINCT FROM application);
COMMENT ON FUNCTION bedrock_internal.policy_covers(bedrock.model_policy, text, text, text, text, text) IS
    'whether a policy covers usage of this account, region, workload, environment and application, on whatever day; '
    'NULL: its account or region is not known. The element of a policy is for the caller to compare';

CREATE OR REPLACE FUNCTION bedrock_internal.policy_findings(rule bedrock.model_policy, model_id text, model_name text,
    model_family text, operation text, pricing_model text, request_path text, region text, pool text,
    is_inference boolean) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_remove(ARRAY[
        CASE WHEN (rule).models IS NULL AND (rule).denied_models IS NULL THEN NULL
             WHEN model_id IS NULL THEN 'model not known'
             WHEN bedrock_internal.model_matches((rule).denied_models, model_id, model_name, model_family)
                 THEN 'model denied'
             WHEN NOT bedrock_internal.model_matches((rule).models, model_id, coalesce(model_name, ''),
                                                     coalesce(model_family, '')) THEN 'model not allowed' END,
        CASE pricing_model LIKE ANY ((rule).operations) OR operation LIKE ANY ((rule).operations)
             WHEN true THEN NULL
             WHEN false THEN 'operation not allowed'
             ELSE CASE WHEN (rule).operations IS NOT NULL THEN 'operation not known' END END,
        CASE WHEN is_inference AND request_path <> ALL ((rule).request_paths)
             THEN CASE WHEN request_path IN ('no_resource_id', 'not_recorded') THEN 'path not known'
                       ELSE 'path not allowed' END END,
        CASE WHEN is_inference THEN bedrock.residency_finding((rule).regions, region, NULL, pool) END], NULL);
COMMENT ON FUNCTION bedrock_internal.policy_findings(bedrock.model_policy, text, text, text, text, text, text, text,
    text, boolean) IS
    'how usage that a policy covers breaks it, or what is not known to tell it (... not known), in the words of '
    'bedrock.spend.expected_reason; {}: it satisfies the policy. Path and regions are asked of requests only '
    '(is_inference); pool: as bedrock.residency_finding takes it';

CREATE OR REPLACE FUNCTION bedrock_internal.findings_of_reason(expected_reason text, OUT policy text, OUT finding text)
    RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.part[1], m.part[2]
    FROM regexp_matches(findings_of_reason.expected_reason,
        '(.+?): ((?:model|operation|path) not (?:allowed|known)|(?:region|coverage) not known|model denied|'
        '(?:called|may be answered) outside)(?:, |$)', 'g') AS m (part);
END;
COMMENT ON FUNCTION bedrock_internal.findings_of_reason(text) IS
    'the policies and findings that bedrock.spend.expected_reason names; no row for NULL';
