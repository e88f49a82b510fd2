-- Which models may be used, where, how and by whom: rules with validity, of the form of sql/61-ownership/tables.sql. A
-- line must satisfy every policy that covers it; one that does not is not expected.

CREATE TABLE bedrock.model_policy (
    policy text NOT NULL CHECK (btrim(policy) <> '' AND octet_length(policy) <= 256),
    workload text CHECK (workload <> ''),
    element text CHECK (element <> ''),
    environment text CHECK (environment <> ''),
    application text CHECK (application <> ''),
    account_id text CHECK (account_id <> ''),
    region text CHECK (region <> ''),
    models text[] CHECK (models <> '{}'),
    denied_models text[] CHECK (denied_models <> '{}'),
    operations text[] CHECK (operations <> '{}'),
    request_paths text[] CHECK (request_paths <> '{}'),
    regions text[] CHECK (regions <> '{}'),
    note text,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT demands_something CHECK (
        coalesce(models, denied_models, operations, request_paths, regions) IS NOT NULL),
    CONSTRAINT one_model_policy_per_day EXCLUDE USING gist (
        int8range(hashtextextended(policy, 0) >> 1, hashtextextended(policy, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.model_policy', '');
COMMENT ON TABLE bedrock.model_policy IS
    'policies of use: which models, operations, request paths and regions are allowed to the usage that they cover, '
    'one row for each policy, validity interval and time of knowledge. Usage must satisfy every policy that covers it '
    'on its day, or bedrock.spend.expected is false. bedrock.set_model_policy writes it';
COMMENT ON COLUMN bedrock.model_policy.policy IS 'name of the policy';
COMMENT ON COLUMN bedrock.model_policy.workload IS 'workload whose usage it covers; NULL: every one';
COMMENT ON COLUMN bedrock.model_policy.element IS
    'element of the hierarchy: it covers usage of workloads placed at it or below, by the day; NULL: every one';
COMMENT ON COLUMN bedrock.model_policy.environment IS 'environment it covers, as in bedrock.spend; NULL: every one';
COMMENT ON COLUMN bedrock.model_policy.application IS 'application it covers, as in bedrock.spend; NULL: every one';
COMMENT ON COLUMN bedrock.model_policy.account_id IS 'usage account it covers; NULL: every one';
COMMENT ON COLUMN bedrock.model_policy.region IS
    'regions it covers, those that are called, as a pattern with %; NULL: every one';
COMMENT ON COLUMN bedrock.model_policy.models IS
    'models that are allowed, as patterns with % of their id, name or family, case does not count: '
    '{anthropic.claude-haiku%,Nova Micro,Sonnet}; NULL: every one';
COMMENT ON COLUMN bedrock.model_policy.denied_models IS
    'models that are not allowed, be they in models or not, as patterns of the same form; NULL: none';
COMMENT ON COLUMN bedrock.model_policy.operations IS
    'what may be done, as patterns with % of the operation or the pricing_model in bedrock.spend: {on_demand}, '
    '{InvokeModel%}; one that fits is enough. NULL: everything';
COMMENT ON COLUMN bedrock.model_policy.request_paths IS
    'how requests may reach a model, as bedrock.spend.request_path: {application_profile}; NULL: in every way';
COMMENT ON COLUMN bedrock.model_policy.regions IS
    'regions that may be called and may answer, as patterns with %: {eu-%}; NULL: every one';
COMMENT ON COLUMN bedrock.model_policy.note IS 'what it is for, as given; NULL: not stated';
COMMENT ON COLUMN bedrock.model_policy.valid IS 'days (UTC) on which it is in force';
