-- From 0.2.0: what its tables have more. The tables of topics that are new follow (sql/CMakeLists.txt), then
-- scope-of-grants.sql.

ALTER TABLE bedrock_internal.state DROP CONSTRAINT state_kind_check,
    ADD CONSTRAINT state_kind_check CHECK (kind IN ('dimensions', 'invocation_dimensions', 'invocation_retention',
        'list_cost', 'ownership', 'anomalies_of_logs'));
ALTER TABLE bedrock.label_value_rule
    ADD COLUMN is_pattern boolean NOT NULL DEFAULT false CHECK (NOT is_pattern OR ('' ~* value) IS NOT NULL);
ALTER TABLE bedrock.profile ADD COLUMN reason text;
ALTER TABLE bedrock.dimension ADD COLUMN tag_owner text;
ALTER TABLE bedrock.price ADD COLUMN closed_by name, ADD COLUMN close_reason text;
ALTER TABLE bedrock.price_discount ADD COLUMN closed_by name, ADD COLUMN close_reason text;

-- What is said of them.
COMMENT ON COLUMN bedrock.setting.recorded_by IS 'role that wrote the row';
COMMENT ON COLUMN bedrock_internal.state.kind IS
    'dimensions: version of catalogues and registry of bedrock.dimension; invocation_dimensions: the same of '
    'bedrock.invocation_dimension; list_cost: price book of bedrock.fact.list_cost; invocation_retention: first day '
    'with single requests; ownership: a change of ownership was left to the next refresh; anomalies, '
    'anomalies_of_logs: last day of the bill, of the logs, whose anomalies were recorded';
COMMENT ON COLUMN bedrock_internal.state.first_day IS
    'invocation_retention: first day (UTC) whose single requests were never purged; anomalies, anomalies_of_logs: last '
    'day (UTC) whose anomalies were recorded; NULL: another kind';
COMMENT ON TABLE bedrock.label_value_rule IS
    'spellings of a label value: production is prod; a value without a rule is kept as it is. A row of the user wins '
    'over the shipped row of the label and value, a value over patterns; case does not count, nor punctuation of a '
    'value';
COMMENT ON COLUMN bedrock.label_value_rule.value IS 'value as found in a tag, or a pattern of such values';
COMMENT ON COLUMN bedrock.label_value_rule.is_pattern IS
    'true: value is a POSIX regular expression, ^prod(uction)?([-_].*)?$; of several that match the first one in the '
    'order of bytes decides. Error 2201B: not a regular expression';
COMMENT ON COLUMN bedrock.price.closed_by IS
    'role whose change closed recorded; NULL: still held, or a price list or offer replaced it';
COMMENT ON COLUMN bedrock.price.close_reason IS 'why it did, the note of the change; NULL: not stated, or still held';
COMMENT ON COLUMN bedrock.price_discount.closed_by IS 'role whose change closed recorded; NULL: still held';
COMMENT ON COLUMN bedrock.price_discount.close_reason IS
    'why it did, the note of the change; NULL: not stated, or still held';
COMMENT ON COLUMN bedrock.dimension.tag_owner IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.profile.reason IS 'why it was recorded, as given to bedrock.set_label; NULL: not stated';
COMMENT ON TABLE bedrock.owner IS
    'workloads with owner and place in the hierarchy, one row for each that they had on any day. Row 0 is '
    '(unclaimed): usage that no claim or rule owns; row 1 is (not allocated): such charges that are no usage';
COMMENT ON COLUMN bedrock.attribution.attribution_rule IS
    'what decided the owner: claim:resource, claim:project, claim:principal, rule:<name>, unclaimed, '
    'charge:<category>';
COMMENT ON COLUMN bedrock.attribution.expected IS
    'false: usage that breaks a policy of bedrock.model_policy that is in force on its day; true: owned and breaks '
    'none; NULL: no owner and breaks none, or it cannot be told';
COMMENT ON COLUMN bedrock.attribution.expected_reason IS
    'the policies it breaks, and how: policy: model not allowed, model denied, operation not allowed, path not '
    'allowed, called outside, may be answered outside; or what is not known of it: model not known, operation not '
    'known, path not known, region not known, coverage not known (of an account or region that the line does not '
    'state); several separated by ", ". NULL: none';
COMMENT ON COLUMN bedrock.attribution.team IS 'team; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.application IS 'application; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.project IS 'project; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.environment IS 'environment; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.cost_center IS 'cost center; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.department IS 'department; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.customer IS 'customer; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.workflow IS 'workflow; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.engineer IS 'engineer; (untagged): set by none';
