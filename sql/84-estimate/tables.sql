-- What a workload is expected to use in a month, in tokens or money: set by those who run it, compared with the bill.
-- One form with the tables of sql/61-ownership: `valid` is the month, `recorded` when it was known.

CREATE TABLE bedrock.estimate (
    workload text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    cost numeric CHECK (cost BETWEEN 0 AND 1e15),
    input_tokens numeric CHECK (input_tokens BETWEEN 0 AND 1e15),
    output_tokens numeric CHECK (output_tokens BETWEEN 0 AND 1e15),
    cache_read_tokens numeric CHECK (cache_read_tokens BETWEEN 0 AND 1e15),
    cache_write_tokens numeric CHECK (cache_write_tokens BETWEEN 0 AND 1e15),
    valid daterange NOT NULL,
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT something_is_stated CHECK (
        num_nonnulls(cost, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens) > 0),
    CONSTRAINT one_calendar_month CHECK (
        extract(day FROM lower(valid)) = 1 AND upper(valid) = (lower(valid) + interval '1 month')::date),
    CONSTRAINT one_estimate_per_month EXCLUDE USING gist (
        int8range(hashtextextended(workload, 0) >> 1, hashtextextended(workload, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
CREATE INDEX estimate_by_workload ON bedrock.estimate (workload);
SELECT pg_extension_config_dump('bedrock.estimate', '');
COMMENT ON TABLE bedrock.estimate IS
    'estimates: what a workload is expected to use in a month, as those who run it state it, one row for each '
    'workload, month and time of knowledge. bedrock.set_estimate writes it; bedrock.estimate_check derives what is not '
    'stated, and compares all of it with the bill';
COMMENT ON COLUMN bedrock.estimate.workload IS 'the workload';
COMMENT ON COLUMN bedrock.estimate.currency IS 'currency of cost, and of the lines it is compared with';
COMMENT ON COLUMN bedrock.estimate.cost IS
    'cost of usage, commitments and fees in the month, without tax, credits and discounts; NULL: not stated';
COMMENT ON COLUMN bedrock.estimate.input_tokens IS 'input tokens that are not read from the cache; NULL: not stated';
COMMENT ON COLUMN bedrock.estimate.output_tokens IS 'output tokens; NULL: not stated';
COMMENT ON COLUMN bedrock.estimate.cache_read_tokens IS 'tokens read from the cache; NULL: not stated';
COMMENT ON COLUMN bedrock.estimate.cache_write_tokens IS 'tokens written to the cache; NULL: not stated';
COMMENT ON COLUMN bedrock.estimate.valid IS 'the calendar month (UTC days)';
COMMENT ON COLUMN bedrock.estimate.recorded IS 'when the row was known; without an end: it still is';
COMMENT ON COLUMN bedrock.estimate.recorded_by IS 'role that recorded it';
COMMENT ON COLUMN bedrock.estimate.reason IS 'why, as given; NULL: not stated';
COMMENT ON COLUMN bedrock.estimate.closed_by IS 'role whose change closed recorded; NULL: still known';
COMMENT ON COLUMN bedrock.estimate.close_reason IS 'why it did, as given; NULL: not stated, or still known';
