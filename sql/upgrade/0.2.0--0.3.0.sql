-- From 0.2.0: what its tables have more. The tables of ownership, chargeback and access follow (sql/CMakeLists.txt), then
-- scope-of-grants.sql.

ALTER TABLE bedrock_internal.state DROP CONSTRAINT state_kind_check,
    ADD CONSTRAINT state_kind_check CHECK (kind IN ('dimensions', 'invocation_dimensions', 'invocation_retention',
        'list_cost', 'ownership'));
COMMENT ON COLUMN bedrock_internal.state.kind IS
    'dimensions: version of catalogues and registry of bedrock.dimension; invocation_dimensions: the same of '
    'bedrock.invocation_dimension; list_cost: price book of bedrock.fact.list_cost; invocation_retention: first day '
    'with single requests; ownership: a change of ownership was left to the next refresh';
