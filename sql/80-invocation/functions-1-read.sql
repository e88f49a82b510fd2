-- Reading records of model invocation logs.

CREATE OR REPLACE FUNCTION bedrock_internal.read_invocations(files text[], label_keys text DEFAULT '', OUT file integer,
    OUT line bigint, OUT reason text, OUT is_event boolean, OUT request_key uuid, OUT key_number integer,
    OUT principal_number integer,
    OUT logged_at timestamptz, OUT request_id text, OUT key_hash uuid, OUT account_id text, OUT region text,
    OUT inference_region text, OUT operation text, OUT model text, OUT profile text,
    OUT caller text, OUT tier text, OUT labels jsonb, OUT principal text, OUT metadata jsonb, OUT error_code text,
    OUT source_address text, OUT count_basis text,
    OUT input_tokens integer, OUT output_tokens integer, OUT cache_read_tokens integer, OUT cache_write_tokens integer,
    OUT cache_write_1h_tokens integer,
    OUT input_speech_tokens integer, OUT output_speech_tokens integer, OUT images integer, OUT search_units integer,
    OUT input_audio_ms integer, OUT input_video_ms integer, OUT output_audio_ms integer, OUT output_video_ms integer,
    OUT latency_ms integer, OUT first_byte_ms integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_invocations' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION bedrock_internal.read_invocations(text[], text) IS
    'the records of model invocation logs in files of the database server, one row each: JSON lines, exports and '
    'subscriptions of CloudWatch Logs, answers of aws logs, results of Logs Insights that have @message (JSON or CSV), '
    'CloudTrail; plain or gzip. label_keys: keys of requestMetadata, one a line. file: number in files; reason: what '
    'is wrong with the line, all other columns are then NULL. Combinations and principals are numbered in the order '
    'they are met; only the first row of a number has their values (key_hash to labels; principal), and a value may '
    'get a second number. A CloudTrail event has no numbers and all values. Bodies are skipped. Needs the privileges '
    'of pg_read_server_files; an error: a relative path, a file that cannot be opened';

CREATE OR REPLACE FUNCTION bedrock_internal.parse_invocations(document bytea, label_keys text DEFAULT '',
    OUT file integer, OUT line bigint, OUT reason text, OUT is_event boolean, OUT request_key uuid,
    OUT key_number integer, OUT principal_number integer,
    OUT logged_at timestamptz, OUT request_id text, OUT key_hash uuid, OUT account_id text, OUT region text,
    OUT inference_region text, OUT operation text, OUT model text, OUT profile text,
    OUT caller text, OUT tier text, OUT labels jsonb, OUT principal text, OUT metadata jsonb, OUT error_code text,
    OUT source_address text, OUT count_basis text,
    OUT input_tokens integer, OUT output_tokens integer, OUT cache_read_tokens integer, OUT cache_write_tokens integer,
    OUT cache_write_1h_tokens integer,
    OUT input_speech_tokens integer, OUT output_speech_tokens integer, OUT images integer, OUT search_units integer,
    OUT input_audio_ms integer, OUT input_video_ms integer, OUT output_audio_ms integer, OUT output_video_ms integer,
    OUT latency_ms integer, OUT first_byte_ms integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_parse_invocations' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.parse_invocations(bytea, text) IS
    'the records of model invocation logs in bytes, not packed, as bedrock_internal.read_invocations gives them; file '
    'is NULL';
