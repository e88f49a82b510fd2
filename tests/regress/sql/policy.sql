-- Policies of use: which models, operations, paths and regions are allowed, to whom, on which days; what is expected; and
-- the texts that AWS takes.
\set ECHO none
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE SCHEMA pol;
-- April 2026, each day, in USD. Role app: 1 Nova Lite and 2 Nova Pro in us-east-1 directly, 4 Nova Pro through the profile chat, 8
-- Nova Lite through eu. in eu-central-1, 16 Nova Micro whose line has no resource id, 32 a provisioned model that nobody knows, 64 Nova Lite as a
-- batch. Nobody's role: 128 Nova Pro. Each month a tax of 256.
CREATE TABLE pol.cur AS
SELECT '100000000001'::text AS bill_payer_account_id, l.account AS line_item_usage_account_id, timestamptz '2026-04-01Z' AS bill_billing_period_start_date,
       day AS line_item_usage_start_date, day + CASE WHEN type = 'Usage' THEN interval '1 hour' ELSE interval '1 month' END AS line_item_usage_end_date,
       l.type AS line_item_line_item_type, 'AmazonBedrock'::text AS line_item_product_code, 'AWS'::text AS bill_billing_entity, 'Amazon Bedrock'::text AS product_product_name,
       l.usage_type AS line_item_usage_type, 'InvokeModelInference'::text AS line_item_operation, l.region AS product_region_code, l.cost::numeric AS line_item_unblended_cost,
       'USD'::text AS line_item_currency_code, l.principal AS line_item_iam_principal, l.resource AS line_item_resource_id, '{}'::jsonb AS tags
FROM (SELECT d.day, l.* FROM generate_series(timestamptz '2026-04-01Z', '2026-04-30Z', '1 day') AS d (day), LATERAL
      (VALUES ('Usage', 1, '111122223333', 'us-east-1', 'USE1-NovaLite-input-tokens', 'arn:aws:sts::111122223333:assumed-role/app/1', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'),
              ('Usage', 2, '111122223333', 'us-east-1', 'USE1-NovaPro-input-tokens', 'arn:aws:sts::111122223333:assumed-role/app/1', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'),
              ('Usage', 4, '111122223333', 'us-east-1', 'USE1-NovaPro-input-tokens', 'arn:aws:sts::111122223333:assumed-role/app/1', 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/chat00000001'),
              ('Usage', 8, '111122223333', 'eu-central-1', 'EUC1-NovaLite-input-tokens', 'arn:aws:sts::111122223333:assumed-role/app/1', 'arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.amazon.nova-lite-v1:0'),
              ('Usage', 16, '111122223333', 'us-east-1', 'USE1-NovaMicro-input-tokens', 'arn:aws:sts::111122223333:assumed-role/app/1', NULL),
              ('Usage', 32, '111122223333', 'us-east-1', 'USE1-Zephyr9-input-tokens', 'arn:aws:sts::111122223333:assumed-role/app/1', 'arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefghijkl'),
              ('Usage', 64, '111122223333', 'us-east-1', 'USE1-NovaLite-input-tokens-batch', 'arn:aws:sts::111122223333:assumed-role/app/1', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'),
              ('Usage', 128, '444455556666', 'us-east-1', 'USE1-NovaPro-input-tokens', 'arn:aws:sts::444455556666:assumed-role/other/1', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'))
          AS l (type, cost, account, region, usage_type, principal, resource)
      UNION ALL
      VALUES (timestamptz '2026-04-01Z', 'Tax', 256, '111122223333', 'us-east-1', '', NULL, NULL)) AS l;
SELECT source FROM bedrock.attach('pol.cur', line_item => false) \gset
SELECT count(*) AS periods FROM bedrock.refresh('cur') \gset
-- Claims of other tests were truncated, which leaves what followed from them.
SELECT bedrock_internal.write_all_attribution() AS left_over \gset
SET client_min_messages = notice;
SELECT bedrock.set_level(1, 'Unit'), bedrock.set_element('Corp', 1), bedrock.set_level(2, 'Team'), bedrock.set_element('Apps', 2, 'Corp') \gset
SELECT bedrock.set_workload('lookup', element => 'Apps', environment => 'dev'), bedrock.claim_identity('arn:aws:iam::111122223333:role/app', 'lookup', '2026-04-01', reason => 'test') \gset
-- What is expected, its cost, and on how many days. All intervals are what they would be anew.
CREATE VIEW pol.state AS
SELECT sum(ai_cost) AS cost, count(DISTINCT usage_date) AS days, min(usage_date) AS first_day, max(usage_date) AS last_day, expected, expected_reason
FROM bedrock.spend WHERE charge_category = 'usage' GROUP BY expected, expected_reason;
CREATE FUNCTION pol.same() RETURNS TABLE (conserved boolean, as_anew boolean) LANGUAGE sql AS $$
SELECT (SELECT sum(ai_cost) FROM bedrock.spend) = (SELECT sum(line_item_unblended_cost) FROM pol.cur) AND (SELECT sum(ai_cost) FROM bedrock.spend_monthly) = (SELECT sum(line_item_unblended_cost) FROM pol.cur),
       bedrock_internal.write_all_attribution() = 0 $$;
\set ECHO all

-- Without a policy: what has an owner is expected, of the rest nothing is known; a tax is neither.
SELECT * FROM pol.state ORDER BY expected, expected_reason;
SELECT DISTINCT expected FROM bedrock.spend WHERE charge_category <> 'usage';

-- Models: from the 11th on. Two lines of an owner and one of nobody break it, and of one line nobody can tell.
SELECT bedrock.set_model_policy('small', models => '{"Nova Lite",%micro%}', valid_from => '2026-04-11', reason => 'test');
SELECT * FROM pol.state ORDER BY expected, expected_reason, first_day;
SELECT * FROM pol.same();
-- Said once more, it changes nothing; limited to an environment, it leaves nobody's line alone; denied is denied, by family too.
SELECT bedrock.set_model_policy('small', models => '{"Nova Lite",%micro%}', valid_from => '2026-04-11', reason => 'test');
SELECT bedrock.set_model_policy('small', models => '{"Nova Lite",%micro%}', environment => 'DEV', valid_from => '2026-04-11', reason => 'test');
SELECT bedrock.set_model_policy('no lite', models => '{nova}', denied_models => '{amazon.NOVA-lite%}', account_id => '111122223333', valid_from => '2026-04-21', valid_to => '2026-04-25', reason => 'test');
SELECT * FROM pol.state ORDER BY expected, expected_reason, first_day;
SELECT * FROM pol.same();
-- Ended, all is as it was, and a dimension has one interval again.
SELECT bedrock.set_model_policy(p, valid_from => '2026-04-01', reason => 'test') FROM unnest('{small,no lite}'::text[]) AS p;
SELECT * FROM pol.state ORDER BY expected, expected_reason, first_day;
SELECT count(*) = count(DISTINCT dimension_id) AS one_each FROM bedrock.attribution WHERE valid_from <> '-infinity' AND attribution_rule <> 'unclaimed';
SELECT action, before IS NULL AS new, after IS NULL AS gone FROM bedrock.audit WHERE object_kind = 'model policy' AND object = 'no lite' ORDER BY at;

-- What may be done, and how a model is reached; nobody can tell the path of a line without a resource id.
SELECT bedrock.set_model_policy('no batch', operations => '{on_demand}', element => 'Corp', valid_from => '2026-04-01', reason => 'test');
SELECT bedrock.set_model_policy('by profile', request_paths => '{application_profile,system_profile}', workload => 'lookup', valid_from => '2026-04-01', reason => 'test');
SELECT * FROM pol.state ORDER BY expected, expected_reason, first_day;
SELECT * FROM pol.same();
-- The operation is as good as the pricing model; and a workload that moves away from an element leaves its policy, by the day.
SELECT bedrock.set_model_policy('no batch', operations => '{InvokeModel%}', element => 'Corp', valid_from => '2026-04-01', reason => 'test');
SELECT sum(ai_cost) FROM bedrock.spend WHERE expected_reason LIKE '%no batch%';
SELECT bedrock.set_model_policy('no batch', operations => '{on_demand}', element => 'Apps', valid_from => '2026-04-01', reason => 'test'), bedrock.set_element('Labs', 1),
       bedrock.set_workload('lookup', element => 'Labs', valid_from => '2026-04-29', reason => 'test');
SELECT min(usage_date), max(usage_date) FROM bedrock.spend WHERE expected_reason LIKE '%no batch%';
SELECT bedrock.set_workload('lookup', element => 'Apps', valid_from => '2026-04-29', reason => 'test') \gset
SELECT bedrock.set_model_policy(p, valid_from => '2026-04-01', reason => 'test') FROM unnest('{no batch,by profile}'::text[]) AS p;

-- Regions: what is called in Europe is answered there, for eu. is Europe's; all else is called outside.
SELECT bedrock.set_model_policy('Europe', regions => '{eu-%}', application => '(untagged)', valid_from => '2026-04-30', reason => 'test');
SELECT * FROM pol.state ORDER BY expected, expected_reason, first_day;
-- Nobody knows which regions answer a profile that is not registered (4), or a line without a resource id (16): that is no permission. In
-- America are 1, 2, 64 and the provisioned 32, and of those nobody owns 128.
SELECT bedrock.set_model_policy('Europe', application => '(untagged)', regions => '{us-%}', valid_from => '2026-04-30', reason => 'test');
SELECT * FROM pol.state WHERE last_day = '2026-04-30' ORDER BY expected, expected_reason, first_day;
SELECT r.region, r.pool, r.inference_region, bedrock.residency_finding('{us-%}', r.region, r.inference_region, r.pool)
FROM (VALUES ('us-east-1', 'regional', NULL), ('us-east-1', 'us', NULL), ('us-east-1', NULL, NULL), (NULL, 'us', NULL), (NULL, 'eu', NULL), ('us-east-1', NULL, 'us-west-2'), (NULL, NULL, 'eu-west-1'),
             ('eu-west-1', NULL, NULL)) AS r (region, pool, inference_region);
-- Whether a policy of a region or account covers a line that states none cannot be told; of another account it does not.
SELECT bedrock_internal.policy_covers(p, NULL, NULL, 'a', NULL, NULL) AS unknown, bedrock_internal.policy_covers(p, '1', NULL, 'a', NULL, NULL) AS region_unknown,
       bedrock_internal.policy_covers(p, '2', NULL, 'a', NULL, NULL) AS other_account, bedrock_internal.policy_covers(p, NULL, NULL, 'b', NULL, NULL) AS other_workload,
       bedrock_internal.policy_covers(p, '1', 'eu-west-1', NULL, NULL, NULL) AS nobodys, bedrock_internal.policy_covers(p, '1', 'eu-west-1', 'a', NULL, NULL) AS covered
FROM (SELECT (jsonb_populate_record(NULL::bedrock.model_policy, '{"workload": "a", "account_id": "1", "region": "eu-%"}')).*) AS p;
-- The older way to say it is a policy on all days, and replaces the one of its name.
SELECT bedrock.set_residency_policy('Europe', '{eu-%}', account_id => '444455556666', note => 'contract');
SELECT policy, account_id, application, regions, note, valid FROM bedrock.model_policy WHERE upper_inf(recorded);
SELECT * FROM pol.state ORDER BY expected, expected_reason, first_day;
-- What was known before is still told; a policy of today judges nothing that was.
SELECT expected_reason, sum(ai_cost) FROM bedrock.spend_as_of('2026-04-01', (SELECT max(upper(recorded)) - interval '1 microsecond' FROM bedrock.model_policy WHERE policy = 'Europe')) WHERE expected = false GROUP BY 1;
SELECT count(*) FROM bedrock.spend_as_of('2026-04-01', '2020-01-01') WHERE expected;
SELECT bedrock.set_model_policy('today', models => '{none-of-these}');
-- It does not take away what else a policy says; and a list has one dimension.
SELECT bedrock.set_residency_policy('today', '{eu-%}');
SELECT bedrock.set_model_policy('pairs', models => '{{a,b},{c,d}}');
SELECT bedrock.set_residency_policy('pairs', '{{a,b},{c,d}}');
SELECT count(*) FROM bedrock.spend WHERE expected_reason LIKE '%today%';
SELECT bedrock.set_model_policy('today'), bedrock.set_model_policy('Europe', valid_from => '-infinity', reason => 'test');
SELECT * FROM pol.same();

-- A change works on those lines that break the policy, before it or after it, on whatever day.
BEGIN;
SELECT bedrock.set_model_policy('few', models => '{Nova%}', denied_models => '{"Nova Micro"}', valid_from => '2026-04-11', reason => 'test');
SELECT DISTINCT d.model_name FROM bedrock.attribution AS a JOIN bedrock.dimension AS d USING (dimension_id) JOIN bedrock.fact AS f USING (dimension_id) WHERE a.xmin::text = pg_current_xact_id()::text ORDER BY 1;
ROLLBACK;

-- What cannot be said.
SELECT bedrock.set_model_policy('x', request_paths => '{by_pigeon}');
SELECT bedrock.set_model_policy('x', models => '{}');
SELECT bedrock.set_model_policy('x', models => ARRAY['a', NULL]);
SELECT bedrock.set_model_policy('x', models => ARRAY[E'a\\']);
SELECT bedrock.set_model_policy('x');
SELECT bedrock.set_model_policy(' ', models => '{Nova}');
SELECT bedrock.set_model_policy('x', models => '{Nova}', workload => 'nothing');
SELECT bedrock.set_model_policy('x', models => '{Nova}', element => 'nothing');
SELECT bedrock.set_model_policy('x', models => '{Nova}', valid_from => '2026-04-01');
SELECT bedrock.set_model_policy('x', models => '{Nova}', valid_from => '2030-04-02', valid_to => '2030-04-01');
SELECT count(*) FROM bedrock.model_policy WHERE policy = 'x';

-- The reasons of a line, taken apart.
SELECT * FROM bedrock_internal.findings_of_reason('a: b: model denied, c, d: path not known, e: may be answered outside, f: region not known, g: coverage not known');

-- Who sees what: policies that name nobody, and those that bind one's lines. Only FinOps sets them.
\set ECHO none
SELECT bedrock.set_model_policy(p.policy, models => '{Nova%}', workload => p.workload, element => p.element, account_id => p.account)
FROM (VALUES ('all', NULL, NULL, NULL), ('mine', 'lookup', NULL, NULL), ('above', NULL, 'Corp', NULL), ('beside', NULL, 'Labs', NULL), ('account', NULL, NULL, '111122223333'), ('other', NULL, NULL, '999999990000'),
             ('mine there', 'lookup', NULL, '999999990000')) AS p (policy, workload, element, account) \g /dev/null
CREATE ROLE regress_policy_owner;
CREATE ROLE regress_policy_nobody;
GRANT USAGE ON SCHEMA bedrock TO regress_policy_owner, regress_policy_nobody;
GRANT SELECT ON bedrock.model_policy TO regress_policy_owner, regress_policy_nobody;
GRANT EXECUTE ON FUNCTION bedrock.set_model_policy, bedrock.set_residency_policy TO regress_policy_owner;
SELECT bedrock.grant_scope('regress_policy_owner', 'workload', value => 'lookup') \gset
\set ECHO all
SET ROLE regress_policy_owner;
SELECT string_agg(policy, ', ' ORDER BY policy) FROM bedrock.model_policy WHERE upper_inf(recorded);
SELECT bedrock.set_model_policy('y', models => '{Nova}');
SELECT bedrock.set_residency_policy('y', '{eu-%}');
SET ROLE regress_policy_nobody;
SELECT string_agg(policy, ', ' ORDER BY policy) FROM bedrock.model_policy WHERE upper_inf(recorded);
RESET ROLE;
SELECT DISTINCT bedrock.set_model_policy(policy) FROM bedrock.model_policy WHERE upper_inf(recorded) AND valid @> bedrock_internal.today();

-- The doctor lists models that are billed and that no policy allows, where there are policies about models.
SELECT count(*) FROM bedrock.doctor() WHERE "check" = 'model_access';
SELECT bedrock.set_model_policy('approved', models => '{"Nova Lite","Nova Micro"}', valid_from => '2026-04-01', reason => 'test');
SELECT status, detail FROM bedrock.doctor() WHERE "check" = 'model_access';
-- And an alert tells of it, once a month and workload.
SELECT bedrock_internal.check_policies(), bedrock_internal.check_policies();
SELECT subject, attribute, value, days, basis, currency, amount, since, detail FROM bedrock.alert WHERE kind = 'policy' ORDER BY subject;
SELECT bedrock.set_model_policy('approved', models => '{Nova%}', valid_from => '2026-04-01', reason => 'test');
SELECT count(*) FROM bedrock.doctor() WHERE "check" = 'model_access';
SELECT bedrock.set_model_policy('approved', valid_from => '2026-04-01', reason => 'test');

-- Texts for AWS. The profile chat copies us.nova-pro: a call of it is one of the model in all regions that may answer.
\set ECHO none
SELECT bedrock.import_profiles(jsonb_build_object('inferenceProfileSummaries', jsonb_build_array(
    jsonb_build_object('inferenceProfileName', 'chat', 'inferenceProfileArn', 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/chat00000001', 'inferenceProfileId', 'chat00000001', 'type', 'APPLICATION', 'status', 'ACTIVE',
        'models', jsonb_build_array(jsonb_build_object('modelArn', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'), jsonb_build_object('modelArn', 'arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0'), jsonb_build_object('modelArn', 'arn:aws:bedrock:us-east-2::foundation-model/amazon.nova-pro-v1:0'))),
    jsonb_build_object('inferenceProfileName', 'gov', 'inferenceProfileArn', 'arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:application-inference-profile/gov000000001', 'inferenceProfileId', 'gov000000001', 'type', 'APPLICATION', 'status', 'ACTIVE',
        'models', jsonb_build_array(jsonb_build_object('modelArn', 'arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-lite-v1:0'))),
    jsonb_build_object('inferenceProfileName', 'wide', 'inferenceProfileArn', 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/wide00000001', 'inferenceProfileId', 'wide00000001', 'type', 'APPLICATION', 'status', 'ACTIVE',
        'models', jsonb_build_array(jsonb_build_object('modelArn', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-lite-v1:0'), jsonb_build_object('modelArn', 'arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0')))))) \g /dev/null
SELECT bedrock.set_workload('gov'), bedrock.set_workload('web'), bedrock.claim_identity('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/chat00000001', 'lookup', '2026-04-01', reason => 'test'), bedrock.claim_identity('gov', 'gov', '2026-04-01', reason => 'test'),
       bedrock.claim_identity('wide', 'web', '2026-04-01', reason => 'test') \gset
\set ECHO all
SELECT jsonb_pretty(document::jsonb) AS deny, characters = length(document) AS counted, left_out FROM bedrock.policy_json('lookup', as_of => '2026-04-30');
SELECT jsonb_pretty(document::jsonb) AS allow FROM bedrock.policy_json('lookup', 'allow', as_of => '2026-04-30');
-- As a service control policy it holds for the role that the workload claims, whatever its path, and for nobody else.
SELECT jsonb_pretty(document::jsonb) AS scp FROM bedrock.policy_json('lookup', form => 'scp', as_of => '2026-04-30');
-- Another partition; one that answers everywhere; a profile alone.
SELECT document FROM bedrock.policy_json('gov', 'allow', as_of => '2026-04-30');
SELECT document FROM bedrock.policy_json(profile => 'wide', effect => 'allow', as_of => '2026-04-30');
-- What policies of use do not allow is left out, and said; where nothing is left, all is denied.
SELECT bedrock.set_model_policy('approved', models => '{"Nova 2%"}', valid_from => '2026-04-01', reason => 'test');
SELECT document, left_out FROM bedrock.policy_json('lookup', as_of => '2026-04-30');
SELECT * FROM bedrock.policy_json('lookup', 'allow', as_of => '2026-04-30');
SELECT bedrock.set_model_policy('approved', valid_from => '2026-04-01', reason => 'test');
-- A profile asked for alone is one of the workload that claims it, with the policies of that; and what cannot be told is not allowed.
SELECT bedrock.set_model_policy('lookup without Pro', denied_models => '{"Nova Pro"}', workload => 'lookup', valid_from => '2026-04-01', reason => 'test');
SELECT document FROM bedrock.policy_json(profile => 'chat', effect => 'allow', as_of => '2026-04-30');
SELECT bedrock.set_model_policy('lookup without Pro', valid_from => '2026-04-01', reason => 'test');
BEGIN;
UPDATE bedrock.profile SET pool = NULL WHERE profile_name = 'chat';
SELECT bedrock.set_model_policy('here', regions => '{us-%}', workload => 'lookup', valid_from => '2026-04-01', reason => 'test');
SELECT document FROM bedrock.policy_json('lookup', 'allow', as_of => '2026-04-30');
ROLLBACK;
-- Sizes: forty profiles are too many for one text. What is allowed comes in parts, none of them longer than AWS takes, with each profile once.
\set ECHO none
SELECT bedrock.import_profiles(jsonb_build_object('inferenceProfileSummaries', (SELECT jsonb_agg(
    jsonb_build_object('inferenceProfileName', 'many-' || n, 'inferenceProfileArn', 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/many00000' || 100 + n, 'inferenceProfileId', 'many00000' || 100 + n, 'type', 'APPLICATION', 'status', 'ACTIVE',
        'models', jsonb_build_array(jsonb_build_object('modelArn', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0')))) FROM generate_series(1, 40) AS n))) \g /dev/null
SELECT bedrock.set_workload('many') \gset
SELECT bedrock.claim_identity('many-' || n, 'many', '2026-04-01', reason => 'test') FROM generate_series(1, 40) AS n \g /dev/null
\set ECHO all
SELECT part, characters <= 6144 AS fits, document::jsonb #>> '{Statement,0,Sid}' AS sid FROM bedrock.policy_json('many', 'allow', as_of => '2026-04-30');
SELECT count(*), count(DISTINCT r) FROM bedrock.policy_json('many', 'allow', as_of => '2026-04-30') AS p, jsonb_array_elements_text(p.document::jsonb #> '{Statement,0,Resource}') AS r;
SELECT * FROM bedrock.policy_json('many', as_of => '2026-04-30');
-- What cannot be asked.
SELECT * FROM bedrock.policy_json();
SELECT * FROM bedrock.policy_json('lookup', 'permit');
SELECT * FROM bedrock.policy_json('lookup', 'allow', 'scp');
SELECT * FROM bedrock.policy_json(profile => 'chat', form => 'scp');
SELECT * FROM bedrock.policy_json('web', form => 'scp', as_of => '2026-04-30');
SELECT * FROM bedrock.policy_json('nothing');
SELECT * FROM bedrock.policy_json('lookup', as_of => '2020-01-01');

\set ECHO none
DROP OWNED BY regress_policy_owner, regress_policy_nobody;
SELECT bedrock.revoke_scope('regress_policy_owner', 'workload', 'lookup') \gset
DROP ROLE regress_policy_owner, regress_policy_nobody;
SELECT bedrock.detach('cur') \gset
TRUNCATE bedrock.claim, bedrock.workload, bedrock.element, bedrock.hierarchy_level, bedrock.model_policy, bedrock.alert, bedrock.alert_state, bedrock.task, bedrock.profile;
DELETE FROM bedrock.owner WHERE owner_id > 1;
DROP SCHEMA pol CASCADE;
