CREATE TABLE bedrock.load_log (
    load_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    by name NOT NULL DEFAULT session_user,
    source text NOT NULL,
    file text,
    files jsonb,
    format text,
    payer_account_id text,
    billing_period date,
    action text NOT NULL,
    lines bigint,
    bedrock_lines bigint,
    cost numeric,
    cost_before numeric,
    unrecognized bigint,
    seconds numeric,
    sqlstate text,
    message text
);
SELECT pg_extension_config_dump('bedrock.load_log', '');
COMMENT ON TABLE bedrock.load_log IS 'log of every refresh and load, the newest last';
COMMENT ON COLUMN bedrock.load_log.load_id IS 'internal key';
COMMENT ON COLUMN bedrock.load_log.at IS 'when it ended';
COMMENT ON COLUMN bedrock.load_log.by IS 'login role that ran it';
COMMENT ON COLUMN bedrock.load_log.source IS 'name of the source';
COMMENT ON COLUMN bedrock.load_log.file IS 'manifest, directory or file it was read from; NULL: an attached relation';
COMMENT ON COLUMN bedrock.load_log.files IS
    'files that were read, an object each: file, bytes, modified, checksum (XXH3, 128 bits, of the file as stored), '
    'lines; NULL: an attached relation';
COMMENT ON COLUMN bedrock.load_log.format IS 'cur2, legacy or focus';
COMMENT ON COLUMN bedrock.load_log.payer_account_id IS 'payer account; NULL: failed, or unchanged';
COMMENT ON COLUMN bedrock.load_log.billing_period IS 'billing period; NULL: failed, or unchanged';
COMMENT ON COLUMN bedrock.load_log.action IS
    'loaded, replaced, restated (a final period changed) or removed; failed (the source could not be refreshed: '
    'nothing of it was changed); unchanged (after a failure: it can be read again, and nothing has changed)';
COMMENT ON COLUMN bedrock.load_log.lines IS 'lines read';
COMMENT ON COLUMN bedrock.load_log.bedrock_lines IS 'lines of Bedrock among them';
COMMENT ON COLUMN bedrock.load_log.cost IS 'unblended cost of all lines (FOCUS: net)';
COMMENT ON COLUMN bedrock.load_log.cost_before IS 'the same before the replacement; NULL: the period was new';
COMMENT ON COLUMN bedrock.load_log.unrecognized IS
    'dimensions of the period with something that bedrock.unrecognized lists';
COMMENT ON COLUMN bedrock.load_log.seconds IS 'how long it took';
COMMENT ON COLUMN bedrock.load_log.sqlstate IS 'failed: the code of the error; otherwise NULL';
COMMENT ON COLUMN bedrock.load_log.message IS 'failed: the error with its detail and hint; otherwise NULL';

SELECT pg_extension_config_dump('bedrock.load_log_load_id_seq', '');
