-- Logs first, registry later: requests that are loaded say in the end what they say where the registry was there first.
\pset null '(null)'
\set SHOW_CONTEXT never
SET datestyle = ISO; SET timezone = 'UTC';
BEGIN;
\set chat 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem'
\set long 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/06vsfs68yb4g'
CREATE FUNCTION pg_temp.logged(id text, at text, model text, tokens integer, cached integer DEFAULT 0) RETURNS text LANGUAGE sql AS
$$ SELECT jsonb_build_object('schemaType', 'ModelInvocationLog', 'timestamp', at, 'accountId', '111122223333', 'region', 'us-east-1', 'requestId', id,
       'operation', 'Converse', 'modelId', model, 'requestMetadata', jsonb_build_object('squad', 'night'),
       'input', jsonb_build_object('inputTokenCount', tokens, 'cacheReadInputTokenCount', cached), 'output', jsonb_build_object('outputTokenCount', 10))::text $$;
CREATE TEMP TABLE said AS SELECT string_agg(pg_temp.logged(l.id, l.at, l.model, l.tokens, l.cached), E'\n') AS document FROM (VALUES
    ('c-1', '2026-10-01T10:00:00Z', :'chat', 100, 0), ('c-2', '2026-10-05T10:00:00Z', :'chat', 100, 0),
    -- GPT-5.6 Sol is priced as long context above 272,000 input tokens; above 200,000 is long where the model is not known.
    ('l-1', '2026-10-01T10:00:00Z', :'long', 200000, 1), ('l-2', '2026-10-01T11:00:00Z', :'long', 272000, 0), ('l-3', '2026-10-01T12:00:00Z', :'long', 272001, 0),
    ('l-4', '2026-10-01T13:00:00Z', :'long', 7, 0), ('l-5', '2026-10-02T13:00:00Z', :'long', 200000, 0),
    ('n-1', '2026-10-01T10:00:00Z', 'amazon.nova-lite-v1:0', 200001, 0)) AS l (id, at, model, tokens, cached);

CREATE FUNCTION pg_temp.registry() RETURNS text LANGUAGE plpgsql AS
$$ BEGIN
    PERFORM bedrock.register_profile('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/06vsfs68yb4g', 'long reader', 'openai.gpt-5.6-sol', '{"Team": "readers"}');
    PERFORM bedrock.import_profiles('{"inferenceProfileSummaries": [{"inferenceProfileName": "chat", "status": "ACTIVE", "type": "APPLICATION",
        "inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem",
        "models": [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"}, {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6"}]}]}');
    PERFORM bedrock.import_profiles('{"tags": [{"key": "application", "value": "chat"}]}', resource_arn => 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem');
    PERFORM bedrock.set_label('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem', 'team', 'search', valid_from => '2026-10-03', reason => 'test');
    RETURN 'registered';
END $$;
CREATE FUNCTION pg_temp.requests() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(r::text, E'\n' ORDER BY r.request_id) FROM bedrock.request AS r $$;
CREATE FUNCTION pg_temp.days() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(r::text, E'\n' ORDER BY r::text) FROM bedrock.request_day AS r $$;

SAVEPOINT nothing_loaded;
SELECT pg_temp.registry();
SELECT loaded FROM bedrock.load_invocation_text((SELECT document FROM said));
SELECT request_id, profile_name, model_id, pool, application, team, long_context FROM bedrock.request ORDER BY request_id;
SELECT pg_temp.requests() AS requests, pg_temp.days() AS days \gset
ROLLBACK TO nothing_loaded;

SELECT loaded FROM bedrock.load_invocation_text((SELECT document FROM said));
SELECT request_id, profile_name, model_id, application, team, long_context FROM bedrock.request ORDER BY request_id;
SELECT pg_temp.registry();
SELECT pg_temp.requests() = :'requests' AS same_requests, pg_temp.days() = :'days' AS same_days;
-- A load reads nothing into them that was not there.
SELECT loaded, repeated, differing FROM bedrock.load_invocation_text((SELECT document FROM said));
SELECT pg_temp.requests() = :'requests' AS same_requests, pg_temp.days() = :'days' AS same_days;

-- A label set is there at once; label rules are for the registry to apply, and for requestMetadata to be refreshed.
SELECT bedrock.set_label(:'chat', 'team', 'find', valid_from => '2026-10-05', reason => 'test');
SELECT request_id, team FROM bedrock.request WHERE request_id ~ '^c' ORDER BY 1;
INSERT INTO bedrock.label_rule (label, tag_key, priority) VALUES ('department', 'team', 1), ('workflow', 'application', 1);
UPDATE bedrock.invocation_dimension SET metadata = '{"application": "nightly"}' WHERE model = 'amazon.nova-lite-v1:0';
SELECT bedrock.relabel_profiles('-infinity');
SELECT request_id, department, workflow FROM bedrock.request WHERE request_id IN ('l-1', 'c-1', 'n-1') ORDER BY 1;
SELECT count(*) AS rows FROM bedrock.refresh();
SELECT request_id, department, workflow FROM bedrock.request WHERE request_id IN ('l-1', 'c-1', 'n-1') ORDER BY 1;

-- The price book is followed at the next refresh, also in what the days add up to; a dry run changes nothing.
SELECT bedrock.set_price('amazon.nova-lite-v1:0', 'input', 9, long_context_above => 250000, valid_from => NULL);
SELECT count(*) AS rows FROM bedrock.refresh();
SELECT r.request_id, r.long_context, d.long_context, d.input_tokens FROM bedrock.request AS r JOIN bedrock.request_day AS d USING (model_id) WHERE r.request_id = 'n-1';
SELECT action FROM bedrock.import_profiles(jsonb_build_object('inferenceProfileArn', :'chat', 'inferenceProfileName', 'other name', 'type', 'APPLICATION',
    'models', '[{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"}]'::jsonb), valid_from => '-infinity', dry_run => true);
SELECT DISTINCT profile_name FROM bedrock.request WHERE request_id ~ '^c';

-- Who may write the registry and not the logs registers all the same; requests follow at the next refresh.
CREATE ROLE regress_registrar;
GRANT USAGE ON SCHEMA bedrock, bedrock_internal TO regress_registrar;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock, bedrock_internal TO regress_registrar;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock, bedrock_internal TO regress_registrar;
GRANT INSERT, UPDATE ON bedrock.profile TO regress_registrar;
SELECT bedrock.grant_scope('regress_registrar', 'load');
SET LOCAL ROLE regress_registrar;
SELECT action FROM bedrock.import_profiles('{"tags": [{"key": "workflow", "value": "registrar"}]}', '2026-10-05', :'chat');
RESET ROLE;
SELECT request_id, workflow FROM bedrock.request WHERE request_id ~ '^c' ORDER BY 1;
SELECT count(*) AS rows FROM bedrock.refresh();
SELECT request_id, workflow FROM bedrock.request WHERE request_id ~ '^c' ORDER BY 1;

-- Sums of days whose requests are forgotten stay as they were judged; later days follow.
SELECT bedrock.purge_invocations((now() AT TIME ZONE 'UTC')::date - '2026-10-02'::date) AS forgotten;
SELECT bedrock.set_price('openai.gpt-5.6-sol', 'input', 9, long_context_above => 1000, valid_from => NULL);
SELECT count(*) AS rows FROM bedrock.refresh();
SELECT day, long_context, requests, input_tokens FROM bedrock.request_day WHERE profile_name = 'long reader' ORDER BY 1, 2;
ROLLBACK;
