-- SPDX-License-Identifier: PostgreSQL
-- Data of every kind that a user has, entered as 0.2.0 lets it be entered; later versions take these calls too.
-- Variables: bill, a folder with a Data Export that the server may read.
SET datestyle = 'ISO';
SET timezone = 'UTC';

-- Rules and settings, before the bill is read by them.
INSERT INTO bedrock.label_rule (label, tag_key, priority) VALUES ('team', 'Owner', 50), ('department', 'dep', 1);
INSERT INTO bedrock.label_value_rule (label, value, canonical) VALUES ('team', 'srch', 'search');
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class, note)
VALUES ('caller_class', 1, 'principal_name', '^Chat', 'human', 'the chat is used by people');
INSERT INTO bedrock.name_rule (priority, pattern, application) VALUES (6, '^legacy-', 'legacy');
INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES ('NewThing', 'adjustment');
INSERT INTO bedrock.region (region, cur_prefix, name) VALUES ('xx-moon-1', 'XM1', 'Moon');
INSERT INTO bedrock.model (model_id, provider, model_family, model_name)
VALUES ('mine.own-model', 'Mine', 'Own', 'Own 1');
INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES ('model_id', 'mine.nickname', 'mine.own-model');
INSERT INTO bedrock.system_profile (profile_id, model_id, pool, geo_prefix, source)
VALUES ('us.mine.own-model', 'mine.own-model', 'us', 'us', 'me');
INSERT INTO bedrock.system_profile_region (profile_id, source_region, destination_regions, source)
VALUES ('us.mine.own-model', 'us-east-1', '{us-east-1,us-west-2}', 'me');
INSERT INTO bedrock.meter_price (meter, usage_type, usd, units, unit)
VALUES ('guardrail_content', 'Guardrail-ContentPolicyUnitsConsumed', 0.1, 1000, 'text unit');
INSERT INTO bedrock.question (question_id, question, sql)
VALUES ('mine', 'Does my team cost something?', 'SELECT count(*) > 0 AS yes FROM bedrock.spend WHERE team = ''search''');
SELECT bedrock.set_setting('stale_after_hours', '72', note => 'our export is slow');
SELECT bedrock.set_price('amazon.nova-pro-v1:0', 'input', 0.7, valid_from => '2026-01-01', note => 'contract 7');
SELECT bedrock.set_discount(10, provider => 'Anthropic', valid_from => '2026-01-01');
SELECT bedrock.set_residency_policy('eu', '{eu-%}', account_id => '111122223333', note => 'contract 8');
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/06vsfs68yb4g',
                                'search', 'amazon.nova-pro-v1:0', '{"Owner": "srch"}');
-- A function that has another name since 0.3.0, and asks for a reason.
SELECT to_regproc('bedrock.set_label') IS NOT NULL AS owned \gset
\if :owned
SELECT bedrock.set_label('arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/06vsfs68yb4g',
                         'cost_center', '42', valid_from => '2026-09-10', reason => 'contract 9');
\else
SELECT bedrock.set_profile_label('arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/06vsfs68yb4g',
                                 'cost_center', '42', valid_from => '2026-09-10');
\endif

-- A bill in a table, and one in files.
CREATE SCHEMA mine;
CREATE TABLE mine.cur AS
SELECT '100000000001'::text AS bill_payer_account_id, b.period AS bill_billing_period_start_date,
       'AWS'::text AS bill_billing_entity, '222222222222'::text AS line_item_usage_account_id,
       CASE n % 10 WHEN 9 THEN 'NewThing' ELSE 'Usage' END AS line_item_line_item_type,
       'AmazonBedrock'::text AS line_item_product_code, 'Amazon Bedrock'::text AS product_product_name,
       'USE1-NovaPro-input-tokens'::text AS line_item_usage_type,
       b.period + n * interval '1 hour' AS line_item_usage_start_date,
       b.period + (n + 1) * interval '1 hour' AS line_item_usage_end_date, n * 1.5 AS line_item_usage_amount,
       n / 1000.0 AS line_item_unblended_cost, 'USD'::text AS line_item_currency_code,
       'arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/06vsfs68yb4g'::text
           AS line_item_resource_id,
       'arn:aws:sts::222222222222:assumed-role/ChatRole/s' || n % 7 AS line_item_iam_principal,
       jsonb_build_object('iamPrincipal/Owner', CASE n % 3 WHEN 0 THEN 'srch' ELSE 'ops' END) AS tags
FROM (VALUES (timestamp '2026-08-01'), ('2026-09-01')) AS b (period), generate_series(1, 300) AS n;
SELECT source FROM bedrock.attach('mine.cur', 'own', keep => 'hour');
SELECT source, billing_period, action FROM bedrock.refresh();
SELECT source, billing_period, action FROM bedrock.load_cur(:'bill', 'export');

-- Logs, metrics, quotas, a price list, and a schedule that is kept without pg_cron by its log alone.
SELECT loaded, quarantined FROM bedrock.load_invocation_text((
    SELECT string_agg(CASE WHEN n = 40 THEN '{"broken":' ELSE json_build_object(
        'requestId', 'r-' || n, 'modelId', 'amazon.nova-pro-v1:0', 'accountId', '222222222222', 'region', 'us-east-1',
        'timestamp', to_char(timestamp '2026-09-10' + n * interval '7 hours', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'identity', json_build_object('arn', 'arn:aws:sts::222222222222:assumed-role/ChatRole/s' || n % 7),
        'requestMetadata', json_build_object('Owner', 'srch'), 'input', json_build_object('inputTokenCount', 100 * n),
        'output', json_build_object('outputTokenCount', n))::text END, E'\n')
    FROM generate_series(1, 40) AS n), 'september');
SELECT events FROM bedrock.load_invocation_text(translate('{"Records": [{
    "eventSource": "bedrock.amazonaws.com", "eventName": "Converse", "eventTime": "2026-09-13T00:00:00Z",
    "awsRegion": "us-east-1", "recipientAccountId": "222222222222", "requestID": "r-10",
    "sourceIPAddress": "203.0.113.7", "requestParameters": {"modelId": "amazon.nova-pro-v1:0"},
    "additionalEventData": {"inferenceRegion": "us-west-2"}}]}', E'\n', ''), 'trail');
SELECT bedrock.load_cloudwatch_metrics('{"MetricDataResults": [{"Id": "a",
    "Label": "InvocationLatency amazon.nova-pro-v1:0 p95", "Timestamps": ["2026-09-30T02:00:00Z"], "Values": [864]}]}');
SELECT bedrock.load_quotas('{"Quotas": [{
    "ServiceCode": "bedrock", "QuotaCode": "L-1", "Value": 400000, "Adjustable": true,
    "QuotaArn": "arn:aws:servicequotas:us-east-1:222222222222:bedrock/L-1",
    "QuotaName": "On-demand model inference requests per minute for Nova Pro"}]}');
\getenv source SOURCE_DIR
\set file :source '/tests/corpus/price_list.json'
\set list `cat :'file'`
SELECT action FROM bedrock.load_price_list_text(:'list', 'price_list.json') GROUP BY 1;
SELECT count(*) FROM bedrock.observe_unit_prices();
SELECT bedrock.purge_invocations(36500);
CALL bedrock.refresh_scheduled();

-- What is built on it: views, a table and functions of the user, and a role that reads.
CREATE VIEW mine.by_team AS SELECT team, billing_period, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1, 2;
CREATE VIEW mine.everything AS SELECT s.* FROM bedrock.spend AS s;
CREATE MATERIALIZED VIEW mine.months AS SELECT * FROM bedrock.spend_monthly;
CREATE VIEW mine.lines AS
    SELECT bedrock_tag(tags, 'Owner') AS owner, sum(unblended_cost) AS cost FROM bedrock.line_item GROUP BY 1;
CREATE TABLE mine.arns (arn bedrock_arn PRIMARY KEY, profile text GENERATED ALWAYS AS (bedrock_profile_id(arn)) STORED);
INSERT INTO mine.arns VALUES ('arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/06vsfs68yb4g');
CREATE INDEX ON mine.cur (attribution_kind(line_item_resource_id, line_item_iam_principal, tags));
CREATE FUNCTION mine.estimate(tokens numeric) RETURNS numeric LANGUAGE sql STABLE
    RETURN estimated_cost('amazon.nova-pro-v1:0', input_tokens => tokens);
CREATE FUNCTION mine.prices() RETURNS bigint LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT count(*) FROM bedrock.price_of('amazon.nova-pro-v1:0', 'us-east-1');
END;
CREATE ROLE upgrade_reader;
GRANT USAGE ON SCHEMA bedrock, mine TO upgrade_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock, mine TO upgrade_reader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock, mine TO upgrade_reader;
REVOKE EXECUTE ON FUNCTION bedrock.set_price FROM upgrade_reader;
REVOKE EXECUTE ON FUNCTION bedrock.utc_timestamp(text) FROM PUBLIC;
-- Who may see what, and who owns what, came with 0.3.0.
\if :owned
SELECT bedrock.grant_scope('upgrade_reader', 'all');
SELECT bedrock.set_level(1, 'Business unit'), bedrock.set_level(2, 'Department');
SELECT bedrock.set_element('retail', 1), bedrock.set_element('shop', 2, 'retail');
SELECT bedrock.set_workload('search', element => 'shop', environment => 'prod');
SELECT bedrock.claim_identity(
    'arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/06vsfs68yb4g', 'search', '2026-09-05',
    reason => 'contract 9');
SELECT bedrock.set_owner_rule('ops', 'team', '^ops$', 'search');
SELECT bedrock.set_label('arn:aws:iam::222222222222:role/ChatRole', 'engineer', 'anna');
SELECT bedrock.set_charge_policy('tax', 'central');
SELECT bedrock.set_cost_split('(unclaimed)', 'even');
SELECT bedrock.set_exchange_rate('USD', 'EUR', 0.9, valid_from => '2026-01-01');
SELECT bedrock.set_fiscal_period('FY26 P9', '2026-09-01', '2026-09-30');
SELECT bedrock.set_business_metric('tickets', 100, '2026-09-01', '2026-09-30', workload => 'search');
SELECT bedrock.set_estimate('search', '2026-09-01', cost => 100, reason => 'as planned');
SELECT bedrock.set_budget('search', 1, 'workload', 'search');
SELECT bedrock.set_alert(min(alert_id), 'acknowledged', 'Ann') FROM bedrock.alerts WHERE kind = 'budget';
SELECT bedrock.request_spend('search', 10, '2026-09-01', '2026-09-30', 'a trial');
SELECT bedrock.set_map_agreement('12345', '2026-07-01', accounts => '{222222222222}'), bedrock.set_map_workload('12345', 'search');
SELECT bedrock.set_map_rule('model', 'amazon.', false);
SELECT bedrock.set_anomaly_feedback('search', 'muted', '2026-10-01', '2026-10-31', reason => 'a new model');
SELECT bedrock.post_statement('2026-09-01') IS NOT NULL AS posted;
INSERT INTO bedrock.required_tag (tag_key) VALUES ('Owner');
INSERT INTO bedrock.naming_rule (object, pattern) VALUES ('role', '^[A-Z]');
\endif
-- And one that attaches, refreshes and loads, as docs/security.md has it.
CREATE ROLE upgrade_loader;
GRANT USAGE ON SCHEMA bedrock, bedrock_internal, mine TO upgrade_loader;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA bedrock, bedrock_internal TO upgrade_loader;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA bedrock, bedrock_internal TO upgrade_loader;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bedrock, bedrock_internal TO upgrade_loader;
GRANT SELECT ON mine.cur TO upgrade_loader;
\if :owned
SELECT bedrock.grant_scope('upgrade_loader', 'load');
\endif
