CREATE TABLE bedrock.period (
    source text NOT NULL,
    payer_account_id text NOT NULL,
    billing_period date NOT NULL,
    lines bigint,
    bedrock_lines bigint,
    unblended_cost numeric,
    net_unblended_cost numeric,
    net_filled boolean,
    resource_recorded boolean,
    principal_recorded boolean,
    tags_recorded boolean,
    is_final boolean NOT NULL DEFAULT false,
    reading_mark text,
    read_snapshot pg_snapshot,
    content_sum numeric,
    rules_version text,
    delivered_at timestamptz,
    keep text,
    files jsonb,
    left_out jsonb,
    refreshed_at timestamptz,
    restated_at timestamptz,
    PRIMARY KEY (source, payer_account_id, billing_period)
);
SELECT pg_extension_config_dump('bedrock.period', '');
COMMENT ON TABLE bedrock.period IS
    'one row a source, payer and billing period: the unit that is read, replaced and locked';
COMMENT ON COLUMN bedrock.period.source IS 'name of the source, bedrock.source';
COMMENT ON COLUMN bedrock.period.payer_account_id IS 'payer account; empty where the source names none';
COMMENT ON COLUMN bedrock.period.billing_period IS 'first day of the month the bill is for';
COMMENT ON COLUMN bedrock.period.lines IS 'lines of the source in this period, Bedrock or not; NULL: never read';
COMMENT ON COLUMN bedrock.period.bedrock_lines IS 'lines that are Bedrock''s; NULL: never read';
COMMENT ON COLUMN bedrock.period.unblended_cost IS
    'sum over all lines; NULL: never read, or the source has no unblended cost (FOCUS)';
COMMENT ON COLUMN bedrock.period.net_unblended_cost IS
    'sum over all lines, by the rule of bedrock.spend.net_unblended_cost; NULL: never read';
COMMENT ON COLUMN bedrock.period.net_filled IS
    'whether the net column has a value anywhere in the period; NULL: never read';
COMMENT ON COLUMN bedrock.period.resource_recorded IS
    'whether any line of the period has a resource id; NULL: never read';
COMMENT ON COLUMN bedrock.period.principal_recorded IS
    'whether any line of the period has an IAM principal; NULL: never read';
COMMENT ON COLUMN bedrock.period.tags_recorded IS 'whether any line of the period has a tag; NULL: never read';
COMMENT ON COLUMN bedrock.period.is_final IS 'whether every billing entity of the period is final';
COMMENT ON COLUMN bedrock.period.reading_mark IS
    'of what and how it was read last (bedrock_internal.reading_mark): another mark, as after a restore, and it is '
    'read again; NULL: never read, or loaded from files';
COMMENT ON COLUMN bedrock.period.read_snapshot IS
    'the transactions whose rows the last refresh was sure to see; under the same reading_mark the rows of all others '
    'are new; NULL: never read, or loaded from files';
COMMENT ON COLUMN bedrock.period.content_sum IS
    'sum of the hashes of its lines, by which a change is known where rows tell no age '
    '(bedrock_internal.rows_tell_age); NULL: they do, or never read';
COMMENT ON COLUMN bedrock.period.rules_version IS
    'bedrock_internal.rules_version() by which its facts were made; by another one they are made anew; NULL: '
    'never read';
COMMENT ON COLUMN bedrock.period.delivered_at IS
    'when AWS delivered the files it was loaded from, as their manifest or the files themselves tell; NULL: an '
    'attached table';
COMMENT ON COLUMN bedrock.period.keep IS
    'grain its facts were loaded at, day or hour; NULL: an attached table (bedrock.source.keep)';
COMMENT ON COLUMN bedrock.period.files IS
    'the files it was loaded from, as in bedrock.load_log.files; NULL: an attached table';
COMMENT ON COLUMN bedrock.period.left_out IS
    'FOCUS: lines of other providers that were not read, of all the delivery or table and not of this period alone, as '
    'an array of the rows of bedrock_internal.lines_left_out; empty: there were none; NULL: not FOCUS, or never read';
COMMENT ON COLUMN bedrock.period.refreshed_at IS 'when it was read last; NULL: never';
COMMENT ON COLUMN bedrock.period.restated_at IS 'when a final period changed last; NULL: never';
