-- Invocation logs: what is loaded, what is not, what stays when requests are forgotten.
\pset null '(null)'
\set SHOW_CONTEXT never
SET datestyle = ISO; SET timezone = 'UTC';
BEGIN;
-- A request as Bedrock logs it; body: what the answer said.
CREATE FUNCTION pg_temp.logged(id text, at text, model text, counts text, more text DEFAULT '', body text DEFAULT '{}') RETURNS text LANGUAGE sql AS
$$ SELECT format('{"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"%s","accountId":"111122223333","region":"eu-central-1","requestId":"%s","operation":"Converse","modelId":"%s"%s,'
                 '"input":{"inputBodyJson":{"secret":"prompt words"}%s},"output":{"outputBodyJson":%s}}', at, id, model, more, counts, body) $$;
SELECT bedrock.import_profiles('{"inferenceProfileSummaries": [{"inferenceProfileName": "chat", "status": "ACTIVE", "type": "APPLICATION",
    "inferenceProfileArn": "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/k1c3lwu20lem",
    "models": [{"modelArn": "arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-sonnet-4-6"}, {"modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-sonnet-4-6"}]}]}') IS NOT NULL AS imported;
SELECT bedrock.import_profiles('{"tags": [{"key": "application", "value": "chat"}]}', resource_arn => 'arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/k1c3lwu20lem') IS NOT NULL AS tagged;

CREATE TEMP TABLE said AS SELECT string_agg(line, E'\n') AS document FROM (VALUES
    (pg_temp.logged('r-1', '2026-09-30T01:59:59.5Z', 'arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/k1c3lwu20lem', ',"inputTokenCount":100,"cacheReadInputTokenCount":40,"cacheWriteInputTokenCount":10',
        ',"identity":{"arn":"arn:aws:sts::111122223333:assumed-role/ChatRole/i-01"},"requestMetadata":{"application":"not chat","Team":"search","trace":"1"}', '{"usage":{"outputTokens":7,"cacheDetails":[{"ttl":"1h","inputTokens":4}]},"metrics":{"latencyMs":900}}')),
    (pg_temp.logged('r-2', '2026-09-30T02:00:00Z', 'arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/k1c3lwu20lem', ',"inputTokenCount":1',
        ',"identity":{"arn":"arn:aws:sts::111122223333:assumed-role/ChatRole/i-02"},"requestMetadata":{"application":"not chat","Team":"search","trace":"2"}', '{"usage":{"outputTokens":3},"metrics":{"latencyMs":100}}')),
    ('{"broken":'),
    (pg_temp.logged('r-3', '2026-10-01T00:00:00+02:00', 'us.anthropic.claude-opus-4-7', '', ',"errorCode":"ThrottlingException","inferenceRegion":"us-east-2"')),
    (pg_temp.logged('r-4', '2026-10-01T00:00:00Z', 'amazon.nova-lite-v1:0', ',"inputTokenCount":199000,"cacheReadInputTokenCount":1001', ',"requestMetadata":{"team":"ops"}')),
    (pg_temp.logged('r-5', '<timestamp>', 'amazon.nova-lite-v1:0', '')),
    (pg_temp.logged('', '2026-10-01T00:00:00Z', 'amazon.nova-lite-v1:0', ''))) AS l (line);
SELECT * FROM bedrock.load_invocation_text((SELECT document FROM said), 'first');
SELECT request_id, logged_at, model_id, request_path, profile_name, pool, region, inference_region, principal_key, principal_session, application, team,
       input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, latency_ms, long_context, count_basis, error_code
FROM bedrock.request ORDER BY request_id \gx
SELECT day, model_id, application, team, principal_session, requests, failed_requests, input_tokens, output_tokens, cache_read_tokens, cache_known_input_tokens, latency_requests, latency_ms, long_context
FROM bedrock.request_day ORDER BY day, model_id, principal_session;
SELECT metadata FROM bedrock.invocation WHERE request_id = 'r-1';
SELECT file, line, reason FROM bedrock.invocation_quarantine ORDER BY file, line;
-- No prompt and no answer is anywhere.
SELECT c.relname AS stores_a_prompt FROM pg_class c, LATERAL (SELECT count(*) FROM query_to_xml(format('SELECT * FROM bedrock.%I t WHERE t::text ~ ''prompt words''', c.relname), true, true, '') x WHERE x::text ~ 'prompt words') h (hits)
WHERE c.relnamespace = 'bedrock'::regnamespace AND c.relname ~ '^invocation' AND c.relkind = 'r' AND h.hits > 0;

-- Loaded again, in another wrapping, nothing changes; a line that differs is told.
CREATE TEMP TABLE before AS SELECT * FROM bedrock.invocation_day;
SELECT * FROM bedrock.load_invocation_text((SELECT document FROM said), 'first');
SELECT * FROM bedrock.load_invocation_text((SELECT jsonb_build_object('messageType', 'DATA_MESSAGE', 'owner', '111122223333', 'logEvents', jsonb_agg(jsonb_build_object('timestamp', 1790733600000, 'message', line)))::text
                                            FROM regexp_split_to_table((SELECT document FROM said), '\n') AS line WHERE line ~ 'r-[1-4]'), 'subscription');
SELECT * FROM bedrock.load_invocation_text(pg_temp.logged('r-4', '2026-10-01T00:00:00Z', 'amazon.nova-lite-v1:0', ',"inputTokenCount":5'), 'other');
SELECT count(*) AS changed FROM (TABLE bedrock.invocation_day EXCEPT TABLE before) d;
SELECT file, line, reason FROM bedrock.invocation_quarantine ORDER BY file, line;
-- Twice in one load is once.
SELECT * FROM bedrock.load_invocation_text(repeat(pg_temp.logged('r-6', '2026-10-01T00:00:00Z', 'amazon.nova-lite-v1:0', ',"inputTokenCount":5') || E'\n', 3), 'thrice');
SELECT sum(requests) AS requests, sum(input_tokens) AS input_tokens FROM bedrock.request_day;

-- A sum by day is the sum of its requests, whatever the order of loads.
SELECT count(*) AS differ FROM (
    SELECT (logged_at AT TIME ZONE 'UTC')::date AS day, dimension_id, session_id, long_context, count(*) AS requests, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(latency_ms) AS latency_ms
    FROM bedrock.invocation GROUP BY 1, 2, 3, 4
    EXCEPT SELECT day, dimension_id, session_id, long_context, requests, input_tokens, output_tokens, latency_ms FROM bedrock.invocation_day) d;

-- CloudTrail knows the region of the answer where the log does not.
SELECT events, records FROM bedrock.load_invocation_text('{"Records":[{"eventSource":"bedrock.amazonaws.com","eventName":"Converse","eventTime":"2026-10-01T00:00:00Z","awsRegion":"eu-central-1","recipientAccountId":"111122223333","requestID":"r-4","sourceIPAddress":"203.0.113.7","requestParameters":{"modelId":"amazon.nova-lite-v1:0"},"additionalEventData":{"inferenceRegion":"eu-west-3"}}]}', 'trail');
SELECT i.request_id, e.inference_region, e.source_address FROM bedrock.invocation i JOIN bedrock.invocation_event e USING (request_key);

-- Long context begins where the price book says for the model, else by the setting; a book that changes is followed.
SELECT loaded FROM bedrock.load_invocation_text(
    pg_temp.logged('l-1', '2026-10-02T00:00:00Z', 'anthropic.claude-haiku-5-5', ',"inputTokenCount":100000') || E'\n' ||
    pg_temp.logged('l-2', '2026-10-02T00:00:00Z', 'anthropic.claude-haiku-5-5', ',"inputTokenCount":99000,"cacheReadInputTokenCount":1001') || E'\n' ||
    pg_temp.logged('l-3', '2026-10-02T00:00:00Z', 'openai.gpt-5.6-sol', ',"inputTokenCount":272000', ',"region":"us-east-1"') || E'\n' ||
    pg_temp.logged('l-4', '2026-10-02T00:00:00Z', 'openai.gpt-5.6-sol', ',"inputTokenCount":272001', ',"region":"us-east-1"') || E'\n' ||
    pg_temp.logged('l-5', '2026-10-02T00:00:00Z', 'amazon.nova-lite-v1:0', ',"inputTokenCount":200001'), 'long');
SELECT r.request_id, r.long_context, d.long_context_above FROM bedrock.request r JOIN bedrock.invocation i USING (request_id) JOIN bedrock.invocation_dimension d USING (dimension_id)
WHERE request_id ~ '^l-' ORDER BY 1;
SELECT r.model_id, r.long_context, r.est_cost = q.est_cost AS as_single_requests, r.est_cost > 0 AS priced
FROM bedrock.request_day r JOIN (SELECT model_id, long_context, sum(est_cost) AS est_cost FROM bedrock.request WHERE request_id ~ '^l-' GROUP BY 1, 2) q USING (model_id, long_context)
WHERE r.day = '2026-10-02' AND r.model_id ~ 'haiku' ORDER BY 1, 2;
SELECT bedrock.set_price('amazon.nova-lite-v1:0', 'input', 9, long_context_above => 50000, valid_from => NULL);
SELECT loaded FROM bedrock.load_invocation_text(pg_temp.logged('l-6', '2026-10-02T00:00:00Z', 'amazon.nova-lite-v1:0', ',"inputTokenCount":50001'), 'long');
SELECT long_context, est_cost FROM bedrock.request WHERE request_id = 'l-6';

-- Labels are those of the day.
SELECT bedrock.set_label('arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/k1c3lwu20lem', 'team', 'before', valid_from => '-infinity', reason => 'test');
SELECT bedrock.set_label('arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/k1c3lwu20lem', 'team', 'after', valid_from => '2026-10-02', reason => 'test');
SELECT loaded FROM bedrock.load_invocation_text(
    pg_temp.logged('d-1', '2026-10-01T23:59:59Z', 'arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/k1c3lwu20lem', ',"inputTokenCount":1') || E'\n' ||
    pg_temp.logged('d-2', '2026-10-02T00:00:00Z', 'arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/k1c3lwu20lem', ',"inputTokenCount":1'), 'days');
SELECT request_id, profile_name, team FROM bedrock.request WHERE request_id ~ '^d-' ORDER BY 1;
SELECT day, team, sum(requests) AS requests FROM bedrock.request_day WHERE profile_name = 'chat' AND day >= '2026-10-01' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) AS not_tiled FROM bedrock.invocation_dimension d
WHERE (SELECT range_agg(daterange(valid_from, valid_to, '[]')) FROM bedrock.invocation_label l WHERE l.dimension_id = d.dimension_id) IS DISTINCT FROM datemultirange(daterange('-infinity', 'infinity', '[]'));

-- Speech costs more than text: without knowing which it is there is no price.
SELECT loaded FROM bedrock.load_invocation_text(
    pg_temp.logged('s-1', '2026-10-03T00:00:00Z', 'amazon.nova-sonic-v1:0', ',"inputTokenCount":100000', ',"region":"us-east-1"', '[{"event":{"usageEvent":{"details":{"total":{"input":{"speechTokens":40000,"textTokens":60000},"output":{"speechTokens":10000,"textTokens":0}}},"totalInputTokens":100000,"totalOutputTokens":10000}}}]'), 'speech');
SELECT input_tokens, input_speech_tokens, output_tokens, output_speech_tokens, est_cost, 0.06 * 0.06 + 0.04 * 3.4 + 0.01 * 13.6 AS by_hand FROM bedrock.request WHERE request_id = 's-1';
SELECT input_speech_tokens, output_speech_tokens, speech_known_tokens, est_cost FROM bedrock.request_day WHERE day = '2026-10-03';
SELECT bedrock.set_discount(10, model => 'amazon.nova-sonic-v1:0', valid_from => '2026-10-03');
SELECT est_cost, 0.9 * (0.06 * 0.06 + 0.04 * 3.4 + 0.01 * 13.6) AS by_hand FROM bedrock.request WHERE request_id = 's-1';
SELECT loaded FROM bedrock.load_invocation_text(
    pg_temp.logged('s-2', '2026-10-03T00:00:00Z', 'amazon.nova-sonic-v1:0', ',"inputTokenCount":10', ',"region":"us-east-1"') || E'\n' ||
    -- Parts that do not make up the whole tell nothing.
    pg_temp.logged('s-3', '2026-10-03T00:00:00Z', 'amazon.nova-sonic-v1:0', ',"inputTokenCount":10', ',"region":"us-east-1"', '{"usageEvent":{"details":{"total":{"input":{"speechTokens":4,"textTokens":5}}}}}'), 'speech');
SELECT request_id, input_speech_tokens, est_cost FROM bedrock.request WHERE request_id ~ '^s-' ORDER BY 1;
SELECT requests, input_tokens, speech_known_tokens, est_cost FROM bedrock.request_day WHERE day = '2026-10-03';
-- The views ask the book itself: the account of a price (bedrock.price_of) takes many times as long, and is not for rows.
SET track_functions = 'all';
SELECT count(est_cost) AS estimated FROM bedrock.request WHERE request_id = 's-1';
SELECT funcname, calls > 0 AS called FROM pg_stat_xact_user_functions WHERE funcname IN ('speech_cost', 'price_of');
RESET track_functions;
SELECT token_kind, logged_tokens, estimated_cost FROM bedrock.reconciliation WHERE day = '2026-10-03' ORDER BY 1;

-- Told twice in one load, and not the same.
SELECT records, loaded, repeated, differing FROM bedrock.load_invocation_text(
    pg_temp.logged('t-1', '2026-10-04T00:00:00Z', 'amazon.nova-lite-v1:0', ',"inputTokenCount":5') || E'\n' || pg_temp.logged('t-2', '2026-10-04T00:00:00Z', 'amazon.nova-lite-v1:0', ',"inputTokenCount":5') || E'\n' ||
    pg_temp.logged('t-1', '2026-10-04T00:00:00Z', 'amazon.nova-lite-v1:0', ',"inputTokenCount":6') || E'\n' || pg_temp.logged('t-1', '2026-10-04T00:00:00Z', 'amazon.nova-lite-v1:0', ',"inputTokenCount":5'), 'twice');
SELECT line, reason FROM bedrock.invocation_quarantine WHERE file = 'twice';
SELECT sum(requests) AS requests, sum(input_tokens) AS input_tokens FROM bedrock.request_day WHERE day = '2026-10-04';

-- A rule that changes is followed by the next load.
UPDATE bedrock.profile SET application = 'chat 2' WHERE application = 'chat';
SELECT bedrock_internal.read_invocation_dimensions() AS changed;
SELECT DISTINCT application FROM bedrock.request ORDER BY 1;

-- Requests are forgotten, sums are not, and what was forgotten is not counted again.
SELECT bedrock.purge_invocations((now() AT TIME ZONE 'UTC')::date - '2026-10-01'::date) AS forgotten;
SELECT request_id FROM bedrock.request ORDER BY 1;
SELECT sum(requests) AS requests, sum(input_tokens) AS input_tokens FROM bedrock.request_day;
SELECT loaded, repeated, expired FROM bedrock.load_invocation_text((SELECT document FROM said), 'first');
SELECT sum(requests) AS requests FROM bedrock.request_day;
SELECT bedrock.purge_invocations(100000) AS forgotten, bedrock_internal.invocation_horizon() AS horizon;
ROLLBACK;

SELECT bedrock.purge_invocations(-1);
SELECT * FROM bedrock.load_invocations('relative/path');
SELECT * FROM bedrock_internal.read_invocations('{/nowhere/at/all}');
CREATE ROLE no_reader;
GRANT USAGE ON SCHEMA bedrock TO no_reader;
GRANT EXECUTE ON FUNCTION bedrock_internal.read_invocations TO no_reader;
SET ROLE no_reader;
SELECT * FROM bedrock_internal.read_invocations('{/etc/hostname}');
RESET ROLE;
REVOKE ALL ON FUNCTION bedrock_internal.read_invocations FROM no_reader;
REVOKE ALL ON SCHEMA bedrock FROM no_reader;
DROP ROLE no_reader;

-- Metrics: told by the queries, or by labels.
BEGIN;
SELECT bedrock.load_cloudwatch_metrics('{"MetricDataResults": [{"Id": "a", "Label": "x", "Timestamps": ["2026-09-30T02:00:00Z", "2026-09-30T02:01:00Z"], "Values": [12, 3.5]}, {"Id": "b", "Label": "y", "Timestamps": [], "Values": []}]}',
    '{"MetricDataQueries": [{"Id": "a", "MetricStat": {"Metric": {"Namespace": "AWS/Bedrock", "MetricName": "Invocations", "Dimensions": [{"Name": "ModelId", "Value": "amazon.nova-lite-v1:0"}]}, "Period": 60, "Stat": "Sum"}},
        {"Id": "b", "MetricStat": {"Metric": {"Namespace": "AWS/Bedrock", "MetricName": "InvocationThrottles"}, "Period": 60, "Stat": "Sum"}}]}', '111122223333', 'eu-central-1');
SELECT bedrock.load_cloudwatch_metrics('{"MetricDataResults": [{"Id": "a", "Label": "InvocationLatency eu.anthropic.claude-sonnet-4-6 p95", "Timestamps": ["2026-09-30T02:00:00Z"], "Values": [864]}]}');
SELECT bedrock.load_cloudwatch_metrics('{"MetricDataResults": [{"Id": "a", "Label": "InvocationLatency eu.anthropic.claude-sonnet-4-6 p95", "Timestamps": ["2026-09-30T02:00:00Z"], "Values": [865]}]}');
TABLE bedrock.cloudwatch_metric ORDER BY metric, measured_at;
SELECT bedrock.load_quotas('{"Quotas": [
    {"ServiceCode": "bedrock", "QuotaArn": "arn:aws:servicequotas:eu-central-1:111122223333:bedrock/L-1", "QuotaCode": "L-1", "QuotaName": "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6 V1", "Value": 400000.0, "Unit": "None", "Adjustable": true},
    {"ServiceCode": "bedrock", "QuotaArn": "arn:aws:servicequotas:eu-central-1:111122223333:bedrock/L-2", "QuotaCode": "L-2", "QuotaName": "On-demand model inference requests per minute for Nova Lite", "Value": 100.0, "Unit": "None", "Adjustable": false},
    {"ServiceCode": "bedrock", "QuotaArn": "arn:aws:servicequotas:eu-central-1:111122223333:bedrock/L-3", "QuotaCode": "L-3", "QuotaName": "Custom models per account", "Value": 5}]}');
SELECT account_id, region, quota_code, value, adjustable, kind, scope, model_id FROM bedrock.service_quota ORDER BY quota_code;
ROLLBACK;
SELECT bedrock.load_cloudwatch_metrics('{"MetricDataResults": [{"Id": "a", "Label": "whatever", "Timestamps": [], "Values": []}]}');
SELECT bedrock.load_cloudwatch_metrics('{}');
SELECT bedrock.load_quotas('[]');
SELECT bedrock.set_residency_policy('none', '{}');
