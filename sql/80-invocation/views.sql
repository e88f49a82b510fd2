-- Logged requests, alone and by day.

CREATE OR REPLACE VIEW bedrock.request WITH (security_invoker) AS
SELECT i.logged_at, i.request_id, d.account_id, d.region, d.inference_region, d.operation, d.model, d.model_id,
       d.model_name, d.model_family, d.provider,
       d.tier, d.request_path, d.profile_arn, l.profile_name, d.pool, s.iam_principal, s.principal_session,
       s.user_email, d.principal_kind,
       d.principal_name, d.principal_key,
       CASE WHEN s.caller_rule < d.caller_rule THEN s.caller_class ELSE d.caller_class END AS caller_class,
       l.application, l.project, l.team, l.customer, l.environment, l.workflow, l.engineer,
       l.cost_center, l.department, i.input_tokens::bigint AS input_tokens, i.output_tokens::bigint AS output_tokens,
       i.cache_read_tokens::bigint AS cache_read_tokens, i.cache_write_tokens::bigint AS cache_write_tokens,
       i.cache_write_1h_tokens::bigint AS cache_write_1h_tokens, i.input_speech_tokens::bigint AS input_speech_tokens,
       i.output_speech_tokens::bigint AS output_speech_tokens, i.images::bigint AS images,
       i.search_units::bigint AS search_units,
       i.input_audio_ms::bigint AS input_audio_ms, i.input_video_ms::bigint AS input_video_ms,
       i.output_audio_ms::bigint AS output_audio_ms,
       i.output_video_ms::bigint AS output_video_ms, i.latency_ms::bigint AS latency_ms,
       i.first_byte_ms::bigint AS first_byte_ms, i.long_context,
       i.count_basis, i.error_code, i.request_key::text AS request_key,
       CASE WHEN NOT d.other_modality THEN
           @extschema@.estimated_cost(coalesce(d.model_id, d.profile, d.model), i.input_tokens, i.output_tokens,
                                      i.cache_read_tokens,
               i.cache_write_tokens - coalesce(i.cache_write_1h_tokens, 0), i.cache_write_1h_tokens, d.region,
               CASE WHEN d.pool = 'global' THEN 'global' ELSE 'regional' END, coalesce(d.tier, 'standard'), i.logged_at,
               h.long_context)
       -- Speech and text have prices of their own: nothing is known of tokens that may be either.
            WHEN (i.input_speech_tokens IS NOT NULL OR coalesce(i.input_tokens, 0) = 0)
           AND (i.output_speech_tokens IS NOT NULL OR coalesce(i.output_tokens, 0) = 0) THEN
           @extschema@.estimated_cost(coalesce(d.model_id, d.profile, d.model),
                                      i.input_tokens - coalesce(i.input_speech_tokens, 0),
               i.output_tokens - coalesce(i.output_speech_tokens, 0), i.cache_read_tokens,
               i.cache_write_tokens - coalesce(i.cache_write_1h_tokens, 0), i.cache_write_1h_tokens, d.region,
               CASE WHEN d.pool = 'global' THEN 'global' ELSE 'regional' END, coalesce(d.tier, 'standard'), i.logged_at,
               h.long_context)
           + bedrock_internal.speech_cost(coalesce(d.model_id, d.profile, d.model), i.input_speech_tokens,
                                          i.output_speech_tokens, d.region,
               CASE WHEN d.pool = 'global' THEN 'global' ELSE 'regional' END, coalesce(d.tier, 'standard'),
               i.logged_at) END AS est_cost
FROM bedrock.invocation AS i
JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id
JOIN bedrock.invocation_label AS l ON l.dimension_id = i.dimension_id
    AND (i.logged_at AT TIME ZONE 'UTC')::date BETWEEN l.valid_from AND l.valid_to
LEFT JOIN bedrock.session AS s ON s.session_id = i.session_id
-- This is one request, however large: the threshold of its price decides, and no context window.
CROSS JOIN LATERAL (
    SELECT coalesce(coalesce(i.input_tokens, 0)::bigint + coalesce(i.cache_read_tokens, 0)
                    + coalesce(i.cache_write_tokens, 0)
                    > d.long_context_above, false)) AS h (long_context);
COMMENT ON VIEW bedrock.request IS
    'single requests of the model invocation logs with all that is known of them, as long as they are kept. Compare '
    'them with the bill, never add them to it';
SELECT bedrock_internal.copy_comments('bedrock.invocation', 'bedrock.request');
COMMENT ON COLUMN bedrock.request.account_id IS 'account that called; NULL: not stated';
COMMENT ON COLUMN bedrock.request.region IS 'region that was called; NULL: not stated';
COMMENT ON COLUMN bedrock.request.inference_region IS 'region that answered; NULL: not stated';
COMMENT ON COLUMN bedrock.request.operation IS 'Converse, InvokeModel, ...; NULL: not stated';
COMMENT ON COLUMN bedrock.request.model IS 'modelId as logged';
COMMENT ON COLUMN bedrock.request.model_id IS 'foundation model; NULL: not resolved';
COMMENT ON COLUMN bedrock.request.model_name IS 'name of the model, else its id';
COMMENT ON COLUMN bedrock.request.model_family IS 'what versions roll up to; NULL: not known';
COMMENT ON COLUMN bedrock.request.provider IS 'who made the model; NULL: not known';
COMMENT ON COLUMN bedrock.request.tier IS 'as the answer states it; NULL: it does not';
COMMENT ON COLUMN bedrock.request.request_path IS
    'how the model was reached: application_profile, system_profile, foundation_model, ...';
COMMENT ON COLUMN bedrock.request.profile_arn IS
    'profile that was called: its ARN, or the id of a system profile; NULL: none';
COMMENT ON COLUMN bedrock.request.profile_name IS 'its name in the registry on that day; NULL: none known';
COMMENT ON COLUMN bedrock.request.pool IS 'regions that may answer: a geography, global or regional; NULL: not known';
COMMENT ON COLUMN bedrock.request.iam_principal IS 'who called, with its session; NULL: not stated';
COMMENT ON COLUMN bedrock.request.principal_session IS 'session of an assumed role; NULL: none';
COMMENT ON COLUMN bedrock.request.user_email IS 'session or name where it is an e-mail address; NULL: none';
COMMENT ON COLUMN bedrock.request.principal_kind IS
    'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none';
COMMENT ON COLUMN bedrock.request.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock.request.principal_key IS 'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock.request.caller_class IS 'human, machine, api_key, unknown, none';
COMMENT ON COLUMN bedrock.request.application IS
    'application of the registry on that day, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.project IS 'project of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.team IS 'team of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.customer IS 'customer of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.environment IS
    'environment of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.workflow IS 'workflow of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.engineer IS 'engineer of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.cost_center IS
    'cost center of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.department IS
    'department of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.est_cost IS
    'estimate by the price book, in US dollars; NULL: not known, which is not 0, as for a model with other prices for '
    'speech than for text where the log does not separate them';

CREATE OR REPLACE VIEW bedrock.request_day WITH (security_invoker) AS
SELECT i.day, d.account_id, d.region, d.inference_region, d.operation, d.model, d.model_id, d.model_name,
       d.model_family, d.provider, d.tier,
       d.request_path, d.profile_arn, l.profile_name, d.pool, s.iam_principal, s.principal_session, s.user_email,
       d.principal_kind, d.principal_name,
       d.principal_key,
       CASE WHEN s.caller_rule < d.caller_rule THEN s.caller_class ELSE d.caller_class END AS caller_class,
       l.application, l.project, l.team, l.customer, l.environment, l.workflow, l.engineer, l.cost_center,
       l.department, i.long_context, i.requests, i.failed_requests, i.input_tokens, i.output_tokens,
       i.cache_read_tokens, i.cache_write_tokens,
       i.cache_write_1h_tokens, i.input_speech_tokens, i.output_speech_tokens, i.images, i.search_units,
       i.input_audio_ms, i.input_video_ms,
       i.output_audio_ms, i.output_video_ms, i.cache_known_input_tokens, i.speech_known_tokens, i.latency_requests,
       i.latency_ms,
       -- A model without a price of its own for long context has one for all.
       CASE WHEN NOT d.other_modality THEN
           @extschema@.estimated_cost(coalesce(d.model_id, d.profile, d.model), i.input_tokens, i.output_tokens,
                                      i.cache_read_tokens,
               i.cache_write_tokens - coalesce(i.cache_write_1h_tokens, 0), i.cache_write_1h_tokens, d.region,
               CASE WHEN d.pool = 'global' THEN 'global' ELSE 'regional' END, coalesce(d.tier, 'standard'),
               i.day::timestamp AT TIME ZONE 'UTC', i.long_context AND d.long_context_above IS NOT NULL)
       -- Speech and text have prices of their own: nothing is known of tokens that may be either.
            WHEN coalesce(i.input_tokens, 0) + coalesce(i.output_tokens, 0) = coalesce(i.speech_known_tokens, 0) THEN
           @extschema@.estimated_cost(coalesce(d.model_id, d.profile, d.model),
                                      i.input_tokens - coalesce(i.input_speech_tokens, 0),
               i.output_tokens - coalesce(i.output_speech_tokens, 0), i.cache_read_tokens,
               i.cache_write_tokens - coalesce(i.cache_write_1h_tokens, 0), i.cache_write_1h_tokens, d.region,
               CASE WHEN d.pool = 'global' THEN 'global' ELSE 'regional' END, coalesce(d.tier, 'standard'),
               i.day::timestamp AT TIME ZONE 'UTC', i.long_context AND d.long_context_above IS NOT NULL)
           + bedrock_internal.speech_cost(coalesce(d.model_id, d.profile, d.model), i.input_speech_tokens,
                                          i.output_speech_tokens, d.region,
               CASE WHEN d.pool = 'global' THEN 'global' ELSE 'regional' END, coalesce(d.tier, 'standard'),
               i.day::timestamp AT TIME ZONE 'UTC') END AS est_cost
FROM bedrock.invocation_day AS i
JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id
JOIN bedrock.invocation_label AS l ON l.dimension_id = i.dimension_id AND i.day BETWEEN l.valid_from AND l.valid_to
LEFT JOIN bedrock.session AS s ON s.session_id = i.session_id;
COMMENT ON VIEW bedrock.request_day IS
    'requests of the model invocation logs summed by day, which stay when single requests are purged. Compare them '
    'with the bill, never add them to it';
SELECT bedrock_internal.copy_comments('bedrock.request', 'bedrock.request_day');
SELECT bedrock_internal.copy_comments('bedrock.invocation_day', 'bedrock.request_day');
