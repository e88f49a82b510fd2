-- What crossed a line that somebody drew, recorded once and sent with NOTIFY: budgets, estimates, anomalies. An alert
-- is an event and stays what it was; who has it and what became of it is history of its own.

CREATE SEQUENCE bedrock.alert_alert_id_seq;
SELECT pg_extension_config_dump('bedrock.alert_alert_id_seq', '');
CREATE TABLE bedrock.alert (
    alert_id bigint NOT NULL DEFAULT nextval('bedrock.alert_alert_id_seq') PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('budget', 'estimate', 'anomaly', 'policy', 'map')),
    subject text NOT NULL CHECK (subject <> '' AND octet_length(subject) <= 2048),
    attribute text NOT NULL,
    tag_key text,
    value text NOT NULL,
    days daterange NOT NULL CHECK (NOT isempty(days)),
    basis text NOT NULL CHECK (basis <> '' AND octet_length(basis) <= 64),
    threshold numeric,
    currency text CHECK (octet_length(currency) <= 64),
    amount numeric,
    planned numeric,
    since date,
    detail jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object'),
    raised_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT raised_once UNIQUE NULLS NOT DISTINCT (kind, subject, days, basis, threshold, currency, planned)
);
SELECT pg_extension_config_dump('bedrock.alert', '');
COMMENT ON TABLE bedrock.alert IS
    'alerts: what crossed a threshold of a budget, an estimate or a policy, or is out of the ordinary, recorded once '
    'for kind, subject, days, basis, threshold, currency and planned at the end of a refresh or load, and sent with '
    'NOTIFY bedrock_cost. A row is never changed or withdrawn; bedrock.alerts has it with its state';
COMMENT ON COLUMN bedrock.alert.alert_id IS 'number of the alert';
COMMENT ON COLUMN bedrock.alert.kind IS 'what it is about: budget, estimate, anomaly, policy or map';
COMMENT ON COLUMN bedrock.alert.subject IS
    'what raised it: the name of the budget, the workload estimated, the series';
COMMENT ON COLUMN bedrock.alert.attribute IS
    'what spend it is about: a column of bedrock.spend, tag, all, or element (an element of the hierarchy with '
    'everything below it)';
COMMENT ON COLUMN bedrock.alert.tag_key IS 'tag where attribute is tag, as in bedrock_tag(tags, key); else NULL';
COMMENT ON COLUMN bedrock.alert.value IS 'value of attribute: the workload; (all) where attribute is all';
COMMENT ON COLUMN bedrock.alert.days IS 'days (UTC) it is about: the month of a budget';
COMMENT ON COLUMN bedrock.alert.basis IS 'what crossed: actual, forecast, or a measure of the kind';
COMMENT ON COLUMN bedrock.alert.threshold IS
    'what was crossed: percent of planned; of kind map the power of ten that amount reached; NULL: the '
    'kind has none';
COMMENT ON COLUMN bedrock.alert.currency IS 'currency of amount and planned; NULL: the bill states none, or no money';
COMMENT ON COLUMN bedrock.alert.amount IS 'what was found when it was raised; NULL: nothing to be counted';
COMMENT ON COLUMN bedrock.alert.planned IS 'what it was compared with then; NULL: nothing';
COMMENT ON COLUMN bedrock.alert.since IS
    'day (UTC) on which it began: whose usage crossed the threshold; NULL: not known';
COMMENT ON COLUMN bedrock.alert.detail IS 'what else is known, by kind; {}: nothing';
COMMENT ON COLUMN bedrock.alert.raised_at IS 'when it was recorded';

CREATE TABLE bedrock.alert_state (
    alert_id bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved', 'muted')),
    assignee text CHECK (btrim(assignee) <> '' AND octet_length(assignee) <= 1024),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_state_of_alert EXCLUDE USING gist (int8range(alert_id, alert_id, '[]') WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.alert_state', '');
COMMENT ON TABLE bedrock.alert_state IS
    'who has an alert and what became of it, one row for each time of knowledge; an alert without a row is open. '
    'bedrock.set_alert writes it';
COMMENT ON COLUMN bedrock.alert_state.alert_id IS 'the alert';
COMMENT ON COLUMN bedrock.alert_state.state IS
    'open, acknowledged, resolved or muted: as long as it is, later alerts of its kind and subject are muted and not '
    'sent';
COMMENT ON COLUMN bedrock.alert_state.assignee IS 'who has it: a person or a group; NULL: nobody';
