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
    'billing periods of sources, one row for each source, payer and period: the unit that is read, replaced and '
    'locked';
COMMENT ON COLUMN bedrock.period.source IS 'name of the source, bedrock.source';
COMMENT ON COLUMN bedrock.period.payer_account_id IS 'payer account; empty: the source states none';
COMMENT ON COLUMN bedrock.period.billing_period IS 'month of the bill, as its first day';
COMMENT ON COLUMN bedrock.period.lines IS 'lines of the source in this period, of Bedrock or not; NULL: never read';
COMMENT ON COLUMN bedrock.period.bedrock_lines IS 'lines of Bedrock among them; NULL: never read';
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
    'mark of the relation and the way it was read last; with another mark, as after a restore, it is read again. '
    'NULL: never read, or loaded from files';
COMMENT ON COLUMN bedrock.period.read_snapshot IS
    'transactions whose rows the last refresh saw for certain; under the same reading_mark all other rows are new. '
    'NULL: never read, or loaded from files';
COMMENT ON COLUMN bedrock.period.content_sum IS
    'sum of the hashes of its lines, which shows changes where rows have no version (views, foreign tables); NULL: '
    'they have, or never read';
COMMENT ON COLUMN bedrock.period.rules_version IS
    'version of the rules by which its facts were made; with another version it is read again. NULL: never read';
COMMENT ON COLUMN bedrock.period.delivered_at IS
    'when AWS delivered the files it was loaded from, by their manifest or the files themselves; NULL: an attached '
    'relation';
COMMENT ON COLUMN bedrock.period.keep IS
    'grain of its facts, day or hour; NULL: an attached relation (bedrock.source.keep)';
COMMENT ON COLUMN bedrock.period.files IS
    'the files it was loaded from, as in bedrock.load_log.files; NULL: an attached relation';
COMMENT ON COLUMN bedrock.period.left_out IS
    'FOCUS: lines of other providers in the whole delivery or relation, which are not read, as an array of objects '
    'with provider, currency, lines and cost (NULL: loaded from files); empty: none. NULL: not FOCUS, or never read';
COMMENT ON COLUMN bedrock.period.refreshed_at IS 'when it was read last; NULL: never';
COMMENT ON COLUMN bedrock.period.restated_at IS 'when a final period changed last; NULL: never';
