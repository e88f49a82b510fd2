-- The registry of profiles: what documents say, from which day, and what was known when.
\pset null '(null)'
\set SHOW_CONTEXT never
SET datestyle = ISO;
\set chat 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem'
\set docs 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/x7d0docflow0'
BEGIN;

-- aws bedrock list-inference-profiles. What the first document says holds for all days; model and routing follow from the models.
SELECT * FROM bedrock.import_profiles('{"inferenceProfileSummaries": [
    {"inferenceProfileName": "chat", "description": "the chat", "createdAt": "2026-03-13T17:49:14.882005Z", "status": "ACTIVE", "type": "APPLICATION",
     "inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem", "inferenceProfileId": "k1c3lwu20lem",
     "models": [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"}, {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0"}]},
    {"inferenceProfileName": "one region", "status": "ACTIVE", "type": "APPLICATION", "inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/onereg",
     "models": [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"}]},
    {"inferenceProfileName": "everywhere", "status": "ACTIVE", "type": "APPLICATION", "inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/global",
     "models": [{"modelArn": "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-6"}, {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"}]}]}');
SELECT profile_id, profile_kind, profile_name, account_id, region, model_id, pool, status, created_at AT TIME ZONE 'UTC' AS created_at, tags, origin
FROM bedrock.profiles ORDER BY 1;
SELECT valid, upper_inf(recorded) AS known_now, recorded_by = session_user AS by_me FROM bedrock.profile WHERE profile_arn = :'chat';

-- aws bedrock list-tags-for-resource does not repeat the ARN. Tags told for the first time hold for all days as well.
SELECT * FROM bedrock.import_profiles('{"tags": [{"key": "App", "value": "community-bank"}, {"key": "Team", "value": "cto"}, {"key": "Environment", "value": "Production"}]}', resource_arn => :'chat');
SELECT application, team, environment, project, tags FROM bedrock.profile_as_of(:'chat', '2026-01-01');

-- The same again changes nothing; a list without tags leaves tags alone.
CREATE TEMP TABLE before AS SELECT * FROM bedrock.profile;
SELECT * FROM bedrock.import_profiles('{"tags": [{"key": "App", "value": "community-bank"}, {"key": "Team", "value": "cto"}, {"key": "Environment", "value": "Production"}]}', resource_arn => :'chat');
SELECT * FROM bedrock.import_profiles('{"inferenceProfileSummaries": [{"inferenceProfileName": "chat", "status": "ACTIVE",
    "inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem"}]}');
SELECT count(*) AS changed_rows FROM (TABLE bedrock.profile EXCEPT TABLE before) d;

-- aws resourcegroupstaggingapi get-resources, in its own spelling. A change holds from a day on; what was known is kept.
SELECT * FROM bedrock.import_profiles('{"PaginationToken": "", "ResourceTagMappingList": [
    {"ResourceARN": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem", "Tags": [{"Key": "App", "Value": "retail-bank"}]},
    {"ResourceARN": "arn:aws:s3:::bucket", "Tags": []}]}', '2026-06-01');
SELECT valid, application, team, upper_inf(recorded) AS known_now FROM bedrock.profile WHERE profile_arn = :'chat' ORDER BY lower(recorded), valid;
SELECT (bedrock.profile_as_of(:'chat', day)).application, day FROM unnest(ARRAY['2026-05-31', '2026-06-01']::date[]) day ORDER BY day;
-- As it was known before that import.
SELECT (bedrock.profile_as_of(:'chat', '2026-06-01', lower(recorded) - interval '1 microsecond')).application
FROM bedrock.profile WHERE profile_arn = :'chat' AND valid = '[2026-06-01,)';

-- An empty list of tags removes them.
SELECT * FROM bedrock.import_profiles('{"ResourceTagMappingList": [{"ResourceARN": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem", "Tags": []}]}', '2026-07-01');
SELECT valid, application, tags FROM bedrock.profile WHERE profile_arn = :'chat' AND upper_inf(recorded) ORDER BY valid;

-- A label set by hand holds from its day on, the days before keep theirs, and it wins over tags that come later.
SELECT bedrock.set_label(:'chat', 'application', 'teller', '2026-06-15', reason => 'test'), bedrock.set_label(:'chat', 'environment', 'development', '2026-06-15', reason => 'test');
SELECT * FROM bedrock.import_profiles('{"tags": [{"key": "app", "value": "branch"}, {"key": "engineer", "value": "Ana"}]}', '2026-08-01', :'chat');
SELECT valid, application, environment, engineer, labels FROM bedrock.profile WHERE profile_arn = :'chat' AND upper_inf(recorded) ORDER BY valid;
-- NULL gives the word back to the tags, empty text means no label at all.
SELECT bedrock.set_label(:'chat', 'application', NULL, '2026-09-01', reason => 'test'), bedrock.set_label(:'chat', 'engineer', '', '2026-09-01', reason => 'test'),
       bedrock.set_label(:'chat', 'engineer', '', '2026-09-01', reason => 'test') AS again;
SELECT valid, application, environment, engineer, labels FROM bedrock.profile WHERE profile_arn = :'chat' AND valid @> date '2026-09-01' AND upper_inf(recorded);
-- A day before everything that is registered.
SELECT bedrock.register_profile(:'docs', 'docs', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', '{"tenant": "Acme"}', '2026-03-01');
SELECT bedrock.set_label(:'docs', 'workflow', 'filing', '2026-02-01', reason => 'test');
SELECT valid, profile_name, model_id, pool, source_arn, customer, workflow, origin FROM bedrock.profile WHERE profile_arn = :'docs' AND upper_inf(recorded) ORDER BY valid;

-- No day of a profile is spoken for twice.
SELECT a.profile_id, a.valid, b.valid FROM bedrock.profile a JOIN bedrock.profile b USING (profile_arn)
WHERE a.valid && b.valid AND a.recorded && b.recorded AND a.ctid < b.ctid;
SAVEPOINT s;
\set VERBOSITY sqlstate
INSERT INTO bedrock.profile (profile_arn, valid, origin, profile_kind, profile_id) VALUES (:'chat', '[2026-06-20,2026-06-21)', 'manual', 'application', 'k1c3lwu20lem');
\set VERBOSITY default
ROLLBACK TO s;

-- A profile seen in data is registered without anything known of it, and completed by the first import.
SELECT bedrock.discover_profiles(ARRAY['arn:aws:bedrock:us-east-2:111122223333:application-inference-profile/seen1', 'arn:aws:bedrock:us-east-2:111122223333:application-inference-profile/seen1',
    :'chat', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_a', NULL, 'nonsense']);
SELECT * FROM bedrock.unresolved_profile ORDER BY 1;
SELECT * FROM bedrock.import_profiles('{"inferenceProfileArn": "arn:aws:bedrock:us-east-2:111122223333:application-inference-profile/seen1", "inferenceProfileName": "found", "status": "ACTIVE",
    "models": [{"modelArn": "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-opus-4-7"}]}');
SELECT valid, origin, profile_name, model_id, pool FROM bedrock.profile WHERE profile_id = 'seen1' AND upper_inf(recorded) ORDER BY valid;
SELECT count(*) AS unresolved FROM bedrock.unresolved_profile;

-- bedrock-mantle projects: cloudcontrol writes the record as JSON in a text; the project API has a plain list.
SELECT * FROM bedrock.import_profiles('{"TypeName": "AWS::BedrockMantle::Project", "ResourceDescriptions": [
    {"Identifier": "arn:aws:bedrock-mantle:us-east-1:111122223333:project/default", "Properties": "{\"Id\":\"default\",\"Arn\":\"arn:aws:bedrock-mantle:us-east-1:111122223333:project/default\"}"},
    {"Identifier": "arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_a", "Properties": "{\"Id\":\"proj_a\",\"Name\":\"agents\",\"Tags\":[{\"Key\":\"CostCenter\",\"Value\":\"42\"}]}"}]}');
SELECT * FROM bedrock.import_profiles('{"object": "list", "data": [{"id": "proj_b", "object": "project", "name": "search", "arn": "arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_b", "tags": {"Project": "Search"}}]}');
SELECT profile_kind, profile_id, profile_name, cost_center, project, model_id, origin FROM bedrock.profiles WHERE profile_kind = 'project' ORDER BY 2;

-- Terraform: the state, and `terraform show -json` with its nested modules. The source tells the routing.
SELECT * FROM bedrock.import_profiles('{"version": 4, "terraform_version": "1.9.0", "resources": [
    {"mode": "managed", "type": "aws_s3_bucket", "instances": [{"attributes": {"arn": "arn:aws:s3:::bucket"}}]},
    {"mode": "managed", "type": "aws_bedrock_inference_profile", "name": "tf", "instances": [{"attributes": {"arn": "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/tf1",
      "name": "tf", "status": "ACTIVE", "created_at": "2026-04-01T00:00:00Z", "tags": {"workflow": "claims"}, "tags_all": {"workflow": "claims", "Stage": "stg"},
      "model_source": [{"copy_from": "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-6"}],
      "models": [{"model_arn": "arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-sonnet-4-6"}, {"model_arn": "arn:aws:bedrock:eu-north-1::foundation-model/anthropic.claude-sonnet-4-6"}]}}]}]}');
SELECT * FROM bedrock.import_profiles('{"format_version": "1.0", "values": {"root_module": {"child_modules": [{"resources": [{"type": "aws_bedrock_inference_profile", "values":
    {"arn": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/tf2", "name": "module", "tags": null, "model_source": [{"copy_from": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"}]}}]}]}}}');
SELECT profile_id, profile_name, model_id, pool, workflow, environment, tags FROM bedrock.profiles WHERE profile_id LIKE 'tf_' ORDER BY 1;

-- Several pages and documents at once are one statement about each profile.
SELECT * FROM bedrock.import_profiles('[
    {"inferenceProfileSummaries": [{"inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/two", "inferenceProfileName": "two"}]},
    {"ResourceTagMappingList": [{"ResourceARN": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/two", "Tags": [{"Key": "use_case", "Value": "triage"}]}]}]');
SELECT profile_name, use_case FROM bedrock.profiles WHERE profile_id = 'two';

-- An application profile billed as <system profile>/<name> says its model and its name itself.
SELECT bedrock.discover_profiles(ARRAY['arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.meta.llama3-1-70b-instruct-v1:0/genai-app-v2']);
SELECT profile_name, model_id, pool FROM bedrock.profiles WHERE profile_arn LIKE '%genai-app-v2';

-- System-defined profiles complete the catalogue; a shipped one stays as shipped.
SELECT * FROM bedrock.import_profiles('{"inferenceProfileSummaries": [
    {"type": "SYSTEM_DEFINED", "inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-next-v1:0", "models": [
        {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-next-v1:0"}, {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-next-v1:0"}]},
    {"type": "SYSTEM_DEFINED", "inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0", "models": [
        {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0"}]}]}');
SELECT p.profile_id, p.model_id, p.pool, p.builtin, string_agg(r.destination_region, ' ' ORDER BY r.destination_region) AS destinations
FROM bedrock.system_profiles p JOIN bedrock.system_profile_regions r USING (profile_id)
WHERE p.profile_id IN ('us.anthropic.claude-next-v1:0', 'us.amazon.nova-lite-v1:0') AND r.source_region = 'us-east-1' GROUP BY 1, 2, 3, 4 ORDER BY 1;

-- A dry run tells and changes nothing.
SELECT * FROM bedrock.import_profiles('{"inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/dry"}', dry_run => true);
SELECT count(*) AS registered FROM bedrock.profile WHERE profile_id = 'dry';

-- Rules of labels: a user's key, a shipped key switched off, a value of one's own. They reach registered profiles when asked to.
SELECT bedrock_internal.tag_labels('{"app": "a", "application": "b", "Client": "c", "DEPT": "d", "Cost Center": "7", "env": "PRD", "Owner": "o", "team": " "}');
INSERT INTO bedrock.label_rule (label, tag_key, priority) VALUES ('team', 'Owner', 50), ('application', 'Application', NULL), ('environment', 'env', 5);
INSERT INTO bedrock.label_value_rule (label, value, canonical) VALUES ('environment', 'PRD', 'live'), ('environment', 'stg', NULL);
SELECT bedrock_internal.tag_labels('{"app": "a", "application": "b", "env": "prd", "environment": "dev", "owner": "o"}'), bedrock_internal.tag_labels('{"stage": "stg"}'), bedrock_internal.tag_labels(NULL);
SELECT bedrock.relabel_profiles('2026-10-01'), bedrock.relabel_profiles('2026-10-01') AS again;
SELECT valid, environment FROM bedrock.profile WHERE profile_id = 'tf1' AND upper_inf(recorded) ORDER BY valid;

-- Errors say what was looked for.
SAVEPOINT s;
SELECT * FROM bedrock.import_profiles('{"Regions": [], "modelSummaries": []}');
ROLLBACK TO s;
SELECT * FROM bedrock.import_profiles('"text"');
ROLLBACK TO s;
SELECT * FROM bedrock.import_profiles('{"tags": []}');
ROLLBACK TO s;
SELECT * FROM bedrock.import_profiles('{"data": [{"id": "proj_b", "name": "search"}]}');
ROLLBACK TO s;
SELECT bedrock.set_label(:'chat', 'colour', 'blue');
ROLLBACK TO s;
SELECT bedrock.set_label('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/nobody', 'team', 'x');
ROLLBACK TO s;
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0');
ROLLBACK TO s;
SELECT bedrock.register_profile(:'chat', source => 'not a model');
ROLLBACK TO s;
ROLLBACK;
