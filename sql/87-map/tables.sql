-- Agreements of the AWS Migration Acceleration Program (MAP), the workloads that belong to them, and the rules that say
-- what usage counts. They have the form of bedrock.claim: valid, recorded, and rows that are written by
-- functions only, under bedrock_internal.lock_ownership(). Rules are rows, so that a change of the program is no code.

CREATE TABLE bedrock.map_agreement (
    mpe_id text NOT NULL CHECK (mpe_id ~ '^[A-Z0-9]{5,10}$'),
    agreement_name text CHECK (btrim(agreement_name) <> '' AND octet_length(agreement_name) <= 1024),
    first_month integer NOT NULL CHECK (first_month BETWEEN 1 AND 12),
    metric text NOT NULL CHECK (metric IN ('unblended', 'blended', 'net_unblended', 'amortized', 'net_amortized')),
    credit_percent numeric CHECK (credit_percent >= 0 AND credit_percent <= 100),
    accounts text[] CHECK (cardinality(accounts) > 0 AND array_position(accounts, NULL) IS NULL),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND lower(valid) <> '-infinity'),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_row_of_agreement EXCLUDE USING gist (
        int8range(hashtextextended(mpe_id, 0) >> 1, hashtextextended(mpe_id, 0) >> 1, '[]') WITH &&,
        recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.map_agreement', '');
COMMENT ON TABLE bedrock.map_agreement IS
    'agreements of the AWS Migration Acceleration Program: from when to when usage with the tag map-migrated = '
    'mig<mpe_id> counts, one row for each agreement and time of knowledge. bedrock.set_map_agreement writes it';
COMMENT ON COLUMN bedrock.map_agreement.mpe_id IS
    'Migration Program Engagement id without the prefix MPE or mig, upper case: 4P8QX2ZK1';
COMMENT ON COLUMN bedrock.map_agreement.agreement_name IS 'what people call it; NULL: not stated';
COMMENT ON COLUMN bedrock.map_agreement.first_month IS
    'month, 1 to 12, that a quarter of the agreement begins with: 1 for calendar quarters, 2 for February to April';
COMMENT ON COLUMN bedrock.map_agreement.metric IS
    'cost that the agreement counts: unblended, blended, net_unblended, amortized or net_amortized';
COMMENT ON COLUMN bedrock.map_agreement.credit_percent IS
    'credit in percent of the cost that counts, 0 to 100; NULL: not known, and no credit is calculated';
COMMENT ON COLUMN bedrock.map_agreement.accounts IS
    'payer or usage accounts whose usage it covers; NULL: all';
COMMENT ON COLUMN bedrock.map_agreement.valid IS 'days (UTC) of the agreement; without an end: none is agreed';

CREATE TABLE bedrock.map_workload (
    mpe_id text NOT NULL CHECK (mpe_id ~ '^[A-Z0-9]{5,10}$'),
    workload text NOT NULL CHECK (btrim(workload) <> '' AND octet_length(workload) <= 1024),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT once_per_day EXCLUDE USING gist (
        int8range(hashtextextended(mpe_id || ' ' || workload, 0) >> 1,
                  hashtextextended(mpe_id || ' ' || workload, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
CREATE INDEX map_workload_by_name ON bedrock.map_workload (workload);
SELECT pg_extension_config_dump('bedrock.map_workload', '');
COMMENT ON TABLE bedrock.map_workload IS
    'workloads that belong to an agreement: what they use without its tag is at risk, what others use without it is '
    'none of its business. A workload may belong to several. bedrock.set_map_workload writes it';
COMMENT ON COLUMN bedrock.map_workload.mpe_id IS 'agreement, as in bedrock.map_agreement';
COMMENT ON COLUMN bedrock.map_workload.workload IS 'name of the workload';
COMMENT ON COLUMN bedrock.map_workload.valid IS 'days (UTC) it belongs to the agreement';

CREATE TABLE bedrock.map_rule (
    subject text NOT NULL CHECK (subject IN ('method', 'product', 'model')),
    value text CHECK (value <> '' AND octet_length(value) <= 1024),
    counts boolean NOT NULL,
    source text,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    builtin boolean NOT NULL DEFAULT false,
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_map_rule_per_day EXCLUDE USING gist (
        int8range(hashtextextended(subject || ' ' || coalesce(value, ''), builtin::integer) >> 1,
                  hashtextextended(subject || ' ' || coalesce(value, ''), builtin::integer) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.map_rule', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.map_rule IS
    'which usage MAP counts, by day: methods of tagging, products, models. On each day the row with the longest value '
    'that the word of a line begins with decides, a row of the user before shipped ones; where there is none, it does '
    'not count. bedrock.set_map_rule writes it';
COMMENT ON COLUMN bedrock.map_rule.subject IS 'what is compared: method, product or model';
COMMENT ON COLUMN bedrock.map_rule.value IS
    'beginning of the word it is for; NULL: every one. method: principal, profile, project, resource (another tagged '
    'resource); product: product code as billed, AWS Marketplace, or AWS Marketplace provisioned throughput (where the '
    'line names no provisioned model of Bedrock); model: model_id, as anthropic.claude-3';
COMMENT ON COLUMN bedrock.map_rule.counts IS 'whether it counts';
COMMENT ON COLUMN bedrock.map_rule.source IS 'where it is published or agreed; NULL: not stated';
COMMENT ON COLUMN bedrock.map_rule.valid IS 'days of use (UTC) it is for';
COMMENT ON COLUMN bedrock.map_rule.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
