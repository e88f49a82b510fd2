-- Model invocation logs: one row a request (invocation), sums by day that outlive them (invocation_day), each distinct
-- combination of what requests have in common, parsed once (invocation_dimension), and its labels in time
-- (invocation_label). Prompts and answers are stored nowhere.
--
-- Requests carry no foreign keys, as facts do not: bedrock.load_invocations writes both sides in one transaction.

CREATE TABLE bedrock.invocation_dimension (
    dimension_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_hash uuid NOT NULL UNIQUE,
    account_id text,
    region text,
    inference_region text,
    operation text,
    model text NOT NULL,
    profile text,
    caller text,
    tier text,
    metadata jsonb,
    model_id text,
    model_name text,
    model_family text,
    provider text,
    request_path text,
    profile_arn text,
    pool text,
    principal_kind text,
    principal_name text,
    principal_key text,
    caller_class text,
    long_context_above bigint,
    other_modality boolean NOT NULL DEFAULT false,
    caller_rule integer
);
SELECT pg_extension_config_dump('bedrock.invocation_dimension', '');
COMMENT ON TABLE bedrock.invocation_dimension IS
    'one row for each distinct combination in the records of invocation logs, without counts, times, sessions and '
    'errors: the raw strings as logged, and what parsers, registry and price book make of them';
COMMENT ON COLUMN bedrock.invocation_dimension.dimension_id IS 'internal key, stable while the row exists';
COMMENT ON COLUMN bedrock.invocation_dimension.key_hash IS
    '128-bit hash of the raw columns, which identifies the row';
COMMENT ON COLUMN bedrock.invocation_dimension.account_id IS
    'raw: account that called; NULL: stated by neither the record nor its path';
COMMENT ON COLUMN bedrock.invocation_dimension.region IS
    'raw: region that was called and is billed; NULL: stated by neither the record nor its path';
COMMENT ON COLUMN bedrock.invocation_dimension.inference_region IS
    'raw: region the answer was computed in; NULL: not stated, as where it is the region called';
COMMENT ON COLUMN bedrock.invocation_dimension.operation IS
    'raw: Converse, ConverseStream, InvokeModel, InvokeModelWithResponseStream, Responses, ChatCompletions; NULL: not '
    'stated';
COMMENT ON COLUMN bedrock.invocation_dimension.model IS 'raw: modelId, an id or ARN of a model or profile';
COMMENT ON COLUMN bedrock.invocation_dimension.profile IS
    'raw: ARN of the inference profile where the record has it in addition to the model; NULL: it has not';
COMMENT ON COLUMN bedrock.invocation_dimension.caller IS
    'raw: identity.arn without the session of an assumed role; NULL: not stated';
COMMENT ON COLUMN bedrock.invocation_dimension.tier IS
    'standard, batch, flex, priority, latency_optimized as the answer states it; NULL: it does not';
COMMENT ON COLUMN bedrock.invocation_dimension.metadata IS
    'raw: the pairs of requestMetadata that feed labels (bedrock.label_rule) or are named by setting '
    'invocation_metadata_keys; NULL: none';
COMMENT ON COLUMN bedrock.invocation_dimension.model_id IS
    'foundation model: of the id or ARN, else of the registry; NULL: not known';
COMMENT ON COLUMN bedrock.invocation_dimension.model_name IS 'name of the model, else its id; NULL: model_id is NULL';
COMMENT ON COLUMN bedrock.invocation_dimension.model_family IS 'what versions roll up to; NULL: not known';
COMMENT ON COLUMN bedrock.invocation_dimension.provider IS 'who made the model; NULL: not known';
COMMENT ON COLUMN bedrock.invocation_dimension.request_path IS
    'application_profile, system_profile, foundation_model, provisioned_model, custom_model, imported_model, '
    'prompt_router, other, none';
COMMENT ON COLUMN bedrock.invocation_dimension.profile_arn IS
    'what was called where it is an inference profile: its ARN, or the id of a system profile; NULL: no profile';
COMMENT ON COLUMN bedrock.invocation_dimension.pool IS
    'regions that may answer: geography of the profile (us, eu, apac, ...), global, or regional; NULL: not known';
COMMENT ON COLUMN bedrock.invocation_dimension.principal_kind IS
    'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none';
COMMENT ON COLUMN bedrock.invocation_dimension.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock.invocation_dimension.principal_key IS 'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock.invocation_dimension.caller_class IS
    'human, machine, api_key, unknown, none, by the rules of bedrock.class_rule that look at no session';
COMMENT ON COLUMN bedrock.invocation_dimension.long_context_above IS
    'input and cached tokens of one request above which the price book has a long-context price for the model; NULL: '
    'it has none';
COMMENT ON COLUMN bedrock.invocation_dimension.other_modality IS
    'whether the price book has prices of their own for tokens of the model that are not text: speech';
COMMENT ON COLUMN bedrock.invocation_dimension.caller_rule IS
    'place of the rule that decided caller_class; a rule of the session that comes before it decides instead. NULL: no '
    'caller';
SELECT pg_extension_config_dump('bedrock.invocation_dimension_dimension_id_seq', '');

CREATE TABLE bedrock.invocation_label (
    dimension_id integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    profile_name text,
    application text NOT NULL,
    project text NOT NULL,
    team text NOT NULL,
    customer text NOT NULL,
    environment text NOT NULL,
    workflow text NOT NULL,
    engineer text NOT NULL,
    cost_center text NOT NULL,
    department text NOT NULL,
    PRIMARY KEY (dimension_id, valid_from),
    CHECK (valid_from <= valid_to)
);
SELECT pg_extension_config_dump('bedrock.invocation_label', '');
COMMENT ON TABLE bedrock.invocation_label IS
    'labels of a row of bedrock.invocation_dimension, one row for each validity interval in which they do not change; '
    'the intervals of a dimension cover all days. A label of the registry wins over one of requestMetadata, which any '
    'caller may set';
COMMENT ON COLUMN bedrock.invocation_label.dimension_id IS 'row of bedrock.invocation_dimension';
COMMENT ON COLUMN bedrock.invocation_label.valid_from IS 'first day (UTC); -infinity: from the beginning';
COMMENT ON COLUMN bedrock.invocation_label.valid_to IS 'last day (UTC); infinity: no end';
COMMENT ON COLUMN bedrock.invocation_label.profile_name IS 'name of the profile in the registry; NULL: none known';
COMMENT ON COLUMN bedrock.invocation_label.application IS
    'label of the registered profile, else of requestMetadata; (untagged): neither. The same for the next ones';
COMMENT ON COLUMN bedrock.invocation_label.project IS 'project; (untagged): no label';
COMMENT ON COLUMN bedrock.invocation_label.team IS 'team; (untagged): no label';
COMMENT ON COLUMN bedrock.invocation_label.customer IS 'customer or tenant; (untagged): no label';
COMMENT ON COLUMN bedrock.invocation_label.environment IS 'environment; (untagged): no label';
COMMENT ON COLUMN bedrock.invocation_label.workflow IS 'workflow; (untagged): no label';
COMMENT ON COLUMN bedrock.invocation_label.engineer IS 'engineer; (untagged): no label';
COMMENT ON COLUMN bedrock.invocation_label.cost_center IS 'cost center; (untagged): no label';
COMMENT ON COLUMN bedrock.invocation_label.department IS 'department; (untagged): no label';

CREATE TABLE bedrock.invocation (
    request_key uuid PRIMARY KEY,
    logged_at timestamptz NOT NULL,
    dimension_id integer NOT NULL,
    session_id integer NOT NULL,
    input_tokens integer,
    output_tokens integer,
    cache_read_tokens integer,
    cache_write_tokens integer,
    cache_write_1h_tokens integer,
    input_speech_tokens integer,
    output_speech_tokens integer,
    images integer,
    search_units integer,
    input_audio_ms integer,
    input_video_ms integer,
    output_audio_ms integer,
    output_video_ms integer,
    latency_ms integer,
    first_byte_ms integer,
    long_context boolean NOT NULL,
    request_id text NOT NULL,
    count_basis text,
    error_code text,
    metadata jsonb
);
SELECT pg_extension_config_dump('bedrock.invocation', '');
COMMENT ON TABLE bedrock.invocation IS
    'requests of the model invocation logs, one row for each, kept as long as setting invocation_retention_days; '
    'bedrock.invocation_day stays. Prompts and answers are not stored';
COMMENT ON COLUMN bedrock.invocation.request_key IS
    '128-bit hash of request id, account and region, the identity of the request';
COMMENT ON COLUMN bedrock.invocation.logged_at IS 'time of the record';
COMMENT ON COLUMN bedrock.invocation.dimension_id IS 'row of bedrock.invocation_dimension';
COMMENT ON COLUMN bedrock.invocation.session_id IS 'row of bedrock.session; 0: no principal';
COMMENT ON COLUMN bedrock.invocation.input_tokens IS 'input tokens that came from no cache; NULL: not counted';
COMMENT ON COLUMN bedrock.invocation.output_tokens IS 'output tokens; NULL: not counted';
COMMENT ON COLUMN bedrock.invocation.cache_read_tokens IS
    'tokens read from the prompt cache; NULL: not known, which is not 0';
COMMENT ON COLUMN bedrock.invocation.cache_write_tokens IS
    'tokens written to the prompt cache; NULL: not known, which is not 0';
COMMENT ON COLUMN bedrock.invocation.cache_write_1h_tokens IS 'those of them kept for an hour; NULL: not known';
COMMENT ON COLUMN bedrock.invocation.input_speech_tokens IS
    'those of the input tokens that are speech; NULL: the answer does not separate them from text';
COMMENT ON COLUMN bedrock.invocation.output_speech_tokens IS
    'those of the output tokens that are speech; NULL: the answer does not separate them from text';
COMMENT ON COLUMN bedrock.invocation.images IS 'images made; NULL: not counted';
COMMENT ON COLUMN bedrock.invocation.search_units IS 'search units; NULL: not counted';
COMMENT ON COLUMN bedrock.invocation.input_audio_ms IS 'audio taken in, in milliseconds; NULL: not counted';
COMMENT ON COLUMN bedrock.invocation.input_video_ms IS 'video taken in, in milliseconds; NULL: not counted';
COMMENT ON COLUMN bedrock.invocation.output_audio_ms IS 'audio made, in milliseconds; NULL: not counted';
COMMENT ON COLUMN bedrock.invocation.output_video_ms IS 'video made, in milliseconds; NULL: not counted';
COMMENT ON COLUMN bedrock.invocation.latency_ms IS
    'milliseconds to the end of the answer, as stated by the answer or its stream; NULL: not stated, which is usual';
COMMENT ON COLUMN bedrock.invocation.first_byte_ms IS 'milliseconds to the first byte; NULL: not stated';
COMMENT ON COLUMN bedrock.invocation.long_context IS
    'whether input and cached tokens of the request exceed bedrock.invocation_dimension.long_context_above, or setting '
    'long_context_tokens where the model has no long-context price. Classified again when registry or price book '
    'change that number, as long as the request is kept';
COMMENT ON COLUMN bedrock.invocation.request_id IS 'id of the request';
COMMENT ON COLUMN bedrock.invocation.count_basis IS
    'log: counts are in the record; body: only in the usage of the answer; NULL: nowhere, as of a call that failed';
COMMENT ON COLUMN bedrock.invocation.error_code IS 'error; NULL: none stated';
COMMENT ON COLUMN bedrock.invocation.metadata IS 'requestMetadata, all pairs; NULL: none';
CREATE INDEX invocation_time ON bedrock.invocation
    USING brin (logged_at) WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE bedrock.invocation_day (
    day date NOT NULL,
    dimension_id integer NOT NULL,
    session_id integer NOT NULL,
    long_context boolean NOT NULL,
    requests bigint NOT NULL,
    failed_requests bigint NOT NULL,
    input_tokens bigint,
    output_tokens bigint,
    cache_read_tokens bigint,
    cache_write_tokens bigint,
    cache_write_1h_tokens bigint,
    input_speech_tokens bigint,
    output_speech_tokens bigint,
    images bigint,
    search_units bigint,
    input_audio_ms bigint,
    input_video_ms bigint,
    output_audio_ms bigint,
    output_video_ms bigint,
    cache_known_input_tokens bigint,
    speech_known_tokens bigint,
    latency_requests bigint NOT NULL,
    latency_ms bigint,
    PRIMARY KEY (day, dimension_id, session_id, long_context)
);
SELECT pg_extension_config_dump('bedrock.invocation_day', '');
COMMENT ON TABLE bedrock.invocation_day IS
    'requests of the model invocation logs summed by day, which stays when single requests are purged. Each request '
    'loaded is in exactly one row';
COMMENT ON COLUMN bedrock.invocation_day.day IS 'day of the records (UTC)';
COMMENT ON COLUMN bedrock.invocation_day.dimension_id IS 'row of bedrock.invocation_dimension';
COMMENT ON COLUMN bedrock.invocation_day.session_id IS 'row of bedrock.session; 0: no principal';
COMMENT ON COLUMN bedrock.invocation_day.long_context IS 'whether each request alone is long context';
COMMENT ON COLUMN bedrock.invocation_day.requests IS 'requests, failed ones among them';
COMMENT ON COLUMN bedrock.invocation_day.failed_requests IS 'those that state an error or count nothing';
COMMENT ON COLUMN bedrock.invocation_day.input_tokens IS
    'input tokens that came from no cache; NULL: counted on no request';
COMMENT ON COLUMN bedrock.invocation_day.output_tokens IS 'output tokens; NULL: counted on no request';
COMMENT ON COLUMN bedrock.invocation_day.cache_read_tokens IS
    'tokens read from the prompt cache; NULL: known of no request';
COMMENT ON COLUMN bedrock.invocation_day.cache_write_tokens IS
    'tokens written to the prompt cache; NULL: known of no request';
COMMENT ON COLUMN bedrock.invocation_day.cache_write_1h_tokens IS
    'those of them kept for an hour; NULL: known of no request';
COMMENT ON COLUMN bedrock.invocation_day.input_speech_tokens IS
    'input tokens that are speech; NULL: stated by no request';
COMMENT ON COLUMN bedrock.invocation_day.output_speech_tokens IS
    'output tokens that are speech; NULL: stated by no request';
COMMENT ON COLUMN bedrock.invocation_day.images IS 'images made; NULL: counted on no request';
COMMENT ON COLUMN bedrock.invocation_day.search_units IS 'search units; NULL: counted on no request';
COMMENT ON COLUMN bedrock.invocation_day.input_audio_ms IS
    'audio taken in, in milliseconds; NULL: counted on no request';
COMMENT ON COLUMN bedrock.invocation_day.input_video_ms IS
    'video taken in, in milliseconds; NULL: counted on no request';
COMMENT ON COLUMN bedrock.invocation_day.output_audio_ms IS 'audio made, in milliseconds; NULL: counted on no request';
COMMENT ON COLUMN bedrock.invocation_day.output_video_ms IS 'video made, in milliseconds; NULL: counted on no request';
COMMENT ON COLUMN bedrock.invocation_day.cache_known_input_tokens IS
    'input tokens of the requests whose cache tokens are known: what a cache hit rate is over; NULL: known of no '
    'request';
COMMENT ON COLUMN bedrock.invocation_day.speech_known_tokens IS
    'input and output tokens that are known to be speech or text; NULL: none';
COMMENT ON COLUMN bedrock.invocation_day.latency_requests IS 'requests that state their latency';
COMMENT ON COLUMN bedrock.invocation_day.latency_ms IS 'sum of it; NULL: stated by none';

CREATE TABLE bedrock.invocation_event (
    request_key uuid PRIMARY KEY,
    request_id text NOT NULL,
    logged_at timestamptz NOT NULL,
    region text,
    inference_region text,
    principal text,
    source_address text,
    error_code text
);
SELECT pg_extension_config_dump('bedrock.invocation_event', '');
COMMENT ON TABLE bedrock.invocation_event IS
    'CloudTrail events of requests to models, joined to bedrock.invocation by request_key';
COMMENT ON COLUMN bedrock.invocation_event.request_key IS '128-bit hash of request id, account and region';
COMMENT ON COLUMN bedrock.invocation_event.request_id IS 'id of the request';
COMMENT ON COLUMN bedrock.invocation_event.logged_at IS 'time of the event';
COMMENT ON COLUMN bedrock.invocation_event.region IS 'region that was called; NULL: not stated';
COMMENT ON COLUMN bedrock.invocation_event.inference_region IS 'region the answer was computed in; NULL: not stated';
COMMENT ON COLUMN bedrock.invocation_event.principal IS 'who called; NULL: not stated';
COMMENT ON COLUMN bedrock.invocation_event.source_address IS
    'address or AWS service the call came from; NULL: not stated';
COMMENT ON COLUMN bedrock.invocation_event.error_code IS 'error; NULL: none';

CREATE TABLE bedrock.invocation_quarantine (
    file text NOT NULL,
    line bigint NOT NULL,
    reason text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now()
);
SELECT pg_extension_config_dump('bedrock.invocation_quarantine', '');
COMMENT ON TABLE bedrock.invocation_quarantine IS
    'lines of invocation logs that could not be loaded; another load of the file replaces its rows. The line itself is '
    'not kept: it may hold a prompt';
COMMENT ON COLUMN bedrock.invocation_quarantine.file IS 'path on the database server, or the name of the load';
COMMENT ON COLUMN bedrock.invocation_quarantine.line IS 'line of the file, from 1';
COMMENT ON COLUMN bedrock.invocation_quarantine.reason IS 'what is wrong';
COMMENT ON COLUMN bedrock.invocation_quarantine.loaded_at IS 'when it was met';
-- By its hash: a path may be longer than a row of a btree.
CREATE INDEX invocation_quarantine_file ON bedrock.invocation_quarantine USING hash (file);

CREATE TABLE bedrock.cloudwatch_metric (
    account_id text NOT NULL,
    region text NOT NULL,
    model text NOT NULL,
    metric text NOT NULL,
    statistic text NOT NULL,
    period_seconds integer NOT NULL,
    measured_at timestamptz NOT NULL,
    value numeric NOT NULL,
    PRIMARY KEY (metric, model, account_id, region, statistic, period_seconds, measured_at)
);
SELECT pg_extension_config_dump('bedrock.cloudwatch_metric', '');
COMMENT ON TABLE bedrock.cloudwatch_metric IS
    'values of CloudWatch metrics of namespace AWS/Bedrock, one row for each metric, statistic, model or profile, and '
    'time';
COMMENT ON COLUMN bedrock.cloudwatch_metric.account_id IS 'account; empty: not stated';
COMMENT ON COLUMN bedrock.cloudwatch_metric.region IS 'region; empty: not stated';
COMMENT ON COLUMN bedrock.cloudwatch_metric.model IS
    'dimension ModelId: id or ARN of a model or profile; empty: all models';
COMMENT ON COLUMN bedrock.cloudwatch_metric.metric IS
    'Invocations, InvocationLatency, TimeToFirstToken, InputTokenCount, OutputTokenCount, CacheReadInputTokenCount, '
    'CacheWriteInputTokenCount, InvocationThrottles, InvocationClientErrors, InvocationServerErrors';
COMMENT ON COLUMN bedrock.cloudwatch_metric.statistic IS
    'Sum, Average, Maximum, SampleCount, p50, p95 as asked; empty: not stated';
COMMENT ON COLUMN bedrock.cloudwatch_metric.period_seconds IS 'length the value is for; 0: not stated';
COMMENT ON COLUMN bedrock.cloudwatch_metric.measured_at IS 'begin of that length';
COMMENT ON COLUMN bedrock.cloudwatch_metric.value IS
    'the value, in the unit of the metric: counts, tokens, milliseconds';

CREATE TABLE bedrock.service_quota (
    account_id text NOT NULL,
    region text NOT NULL,
    quota_code text NOT NULL,
    quota_name text NOT NULL,
    value numeric NOT NULL,
    unit text,
    adjustable boolean,
    kind text,
    scope text,
    model_id text,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (quota_code, account_id, region)
);
SELECT pg_extension_config_dump('bedrock.service_quota', '');
COMMENT ON TABLE bedrock.service_quota IS
    'quotas of Bedrock as Service Quotas lists them; the latest list of an account and region holds';
COMMENT ON COLUMN bedrock.service_quota.account_id IS 'account; empty: not stated';
COMMENT ON COLUMN bedrock.service_quota.region IS 'region; empty: not stated';
COMMENT ON COLUMN bedrock.service_quota.quota_code IS 'code: L-...';
COMMENT ON COLUMN bedrock.service_quota.quota_name IS 'name: On-demand model inference tokens per minute for ...';
COMMENT ON COLUMN bedrock.service_quota.value IS 'the quota';
COMMENT ON COLUMN bedrock.service_quota.unit IS 'unit; NULL or None: a count';
COMMENT ON COLUMN bedrock.service_quota.adjustable IS 'whether it can be raised; NULL: not stated';
COMMENT ON COLUMN bedrock.service_quota.kind IS
    'tokens_per_minute, requests_per_minute, tokens_per_day, or NULL: another kind';
COMMENT ON COLUMN bedrock.service_quota.scope IS
    'on_demand, cross_region, global: what calls it limits; NULL: another kind';
COMMENT ON COLUMN bedrock.service_quota.model_id IS
    'model that the name contains; NULL: none, or one that is not in the catalogue';
COMMENT ON COLUMN bedrock.service_quota.loaded_at IS 'when it was loaded';
