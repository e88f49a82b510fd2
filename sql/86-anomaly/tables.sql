-- What is muted, and what people said of what was found.
CREATE TABLE bedrock.anomaly_feedback (
    attribute text NOT NULL,
    tag_key text CHECK (bedrock_internal.fold_name(tag_key) <> ''),
    value text NOT NULL CHECK (value <> '' AND octet_length(value) <= 2048),
    kind text CHECK (kind <> ''),
    feedback text NOT NULL CHECK (feedback IN ('muted', 'expected', 'useful', 'false')),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT tag_has_a_key CHECK ((attribute = 'tag') = (tag_key IS NOT NULL)),
    CONSTRAINT one_feedback_per_day EXCLUDE USING gist (
        int8range(hashtextextended(value, 0) >> 1, hashtextextended(value, 0) >> 1, '[]') WITH &&,
        int8range(hashtextextended(attribute || '/' || coalesce(bedrock_internal.fold_name(tag_key), '') || '/'
                                   || coalesce(kind, ''), 0) >> 1,
                  hashtextextended(attribute || '/' || coalesce(bedrock_internal.fold_name(tag_key), '') || '/'
                                   || coalesce(kind, ''), 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.anomaly_feedback', '');
COMMENT ON TABLE bedrock.anomaly_feedback IS
    'what people said of anomalies: that a series is muted for some days, or that what was found on a day is expected, '
    'useful or false. One row for each series, kind, validity interval and time of knowledge; '
    'bedrock.set_anomaly_feedback writes it';
COMMENT ON COLUMN bedrock.anomaly_feedback.attribute IS
    'what the series is a value of: workload, principal_key, model_name or another column of bedrock.spend; tag: the '
    'tag tag_key; all';
COMMENT ON COLUMN bedrock.anomaly_feedback.tag_key IS 'tag, as in bedrock_tag(tags, key); NULL: attribute is no tag';
COMMENT ON COLUMN bedrock.anomaly_feedback.value IS 'the series: the workload, the principal';
COMMENT ON COLUMN bedrock.anomaly_feedback.kind IS 'kind of bedrock.anomalies it is about; NULL: all kinds';
COMMENT ON COLUMN bedrock.anomaly_feedback.feedback IS
    'muted: not to be alerted on these days, whatever is found; expected: it was known to come; useful: it was worth '
    'the alert; false: it was nothing. All but useful are counted and not alerted';
COMMENT ON COLUMN bedrock.anomaly_feedback.valid IS 'days (UTC) of what was found that it is about';
