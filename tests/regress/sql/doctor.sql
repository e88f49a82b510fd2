-- The doctor and the list of what is not understood: each state of each check, and what to do about it.
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\pset format unaligned
-- All of it in a transaction that is taken back: the doctor sees nothing of other tests.
BEGIN;
TRUNCATE bedrock.fact, bedrock.fact_month, bedrock.bill_total, bedrock.attribution, bedrock.dimension, bedrock.profile, bedrock.period, bedrock.source,
    bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension;
CREATE SCHEMA doc;
-- Ages depend on the clock.
CREATE FUNCTION doc.ask(VARIADIC checks text[] DEFAULT '{%}') RETURNS TABLE ("check" text, status text, detail text, fix text) LANGUAGE sql AS $$
    SELECT "check", status, regexp_replace(detail, '-?[0-9]+ hours ago', 'some hours ago'), fix FROM bedrock.doctor() WHERE "check" LIKE ANY (checks) $$;

-- Nothing yet: what to do first.
SELECT * FROM bedrock.doctor();
SELECT * FROM bedrock.unrecognized;

CREATE TABLE doc.shape (
    bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS', bill_invoice_id text DEFAULT 'I1',
    bill_billing_period_start_date timestamp DEFAULT '2025-03-01', line_item_usage_start_date timestamp DEFAULT '2025-03-05 10:00', line_item_usage_end_date timestamp DEFAULT '2025-03-05 11:00',
    line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}',
    line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens', line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_unblended_cost numeric DEFAULT 1,
    line_item_currency_code text DEFAULT 'USD');

-- The least a bill can be: attached, then refreshed.
CREATE TABLE doc.bare (LIKE doc.shape INCLUDING DEFAULTS);
INSERT INTO doc.bare DEFAULT VALUES;
SELECT source FROM bedrock.attach('doc.bare');
SELECT * FROM doc.ask('rollup%', 'cur%', 'source%');
SELECT action FROM bedrock.refresh();
SELECT * FROM doc.ask();
SELECT bool_and(status >= earlier) AS errors_first FROM (SELECT status, lag(status, 1, '0') OVER () AS earlier FROM (SELECT array_position(ARRAY['error', 'warning', 'info', 'ok'], status)::text AS status FROM bedrock.doctor()) AS s) AS o;
SELECT bedrock.detach('bare');

-- The caller: column absent, there and empty, filled; empty before it was switched on; another partition.
CREATE TABLE doc.caller (LIKE doc.shape INCLUDING DEFAULTS);
ALTER TABLE doc.caller ADD line_item_iam_principal text, ADD line_item_resource_id text;
INSERT INTO doc.caller (bill_billing_period_start_date, line_item_usage_type) VALUES ('2025-02-01', 'USE1-NovaPro-input-tokens'), ('2025-03-01', 'USE1-NovaPro-input-tokens'), ('2025-03-01', 'USE1-Guardrail-ContentPolicyUnitsConsumed'),
    ('2025-03-01', 'USE1-NovaPro-output-tokens'), ('2025-04-01', 'USE1-Guardrail-ContentPolicyUnitsConsumed');
SELECT source FROM bedrock.attach('doc.caller', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT "check", status, detail, left(fix, 80) AS fix FROM doc.ask('%principal%', 'resource_ids');
UPDATE doc.caller SET line_item_iam_principal = 'arn:aws:iam::100000000002:user/u', line_item_resource_id = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'
WHERE bill_billing_period_start_date = '2025-03-01' AND line_item_usage_type = 'USE1-NovaPro-input-tokens';
SELECT count(*) FROM bedrock.refresh();
SELECT "check", status, detail, left(fix, 80) AS fix FROM doc.ask('%principal%', 'resource_ids');
-- Whoever stops filling it is told in the month it stops.
INSERT INTO doc.caller (bill_billing_period_start_date) VALUES ('2025-05-01');
SELECT count(*) FROM bedrock.refresh();
SELECT "check", status, detail, fix FROM doc.ask('iam_principal_populated') WHERE status = 'warning';
SELECT bedrock.detach('caller');
-- GovCloud has none to switch on, by the ARN or by the region; a bill of both partitions is asked for the commercial lines.
CREATE TABLE doc.gov (LIKE doc.shape INCLUDING DEFAULTS);
ALTER TABLE doc.gov ADD line_item_iam_principal text, ADD line_item_resource_id text;
INSERT INTO doc.gov (line_item_usage_type, line_item_resource_id) VALUES ('UGW1-NovaPro-input-tokens', 'arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0'), ('UGW1-NovaPro-output-tokens', '');
SELECT source FROM bedrock.attach('doc.gov', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT "check", status, detail, fix FROM doc.ask('%principal%');
ALTER TABLE doc.gov DROP line_item_iam_principal;
SELECT source FROM bedrock.attach('doc.gov', line_item => false);
SELECT "check", status, detail, fix FROM doc.ask('%principal%');
INSERT INTO doc.gov DEFAULT VALUES;
SELECT count(*) FROM bedrock.refresh();
SELECT "check", status, detail FROM doc.ask('%principal%');
SELECT bedrock.detach('gov');

-- Tags: which keys, by source; none at all; two spellings.
CREATE TABLE doc.tags (LIKE doc.shape INCLUDING DEFAULTS);
ALTER TABLE doc.tags ADD tags jsonb, ADD line_item_iam_principal text DEFAULT 'arn:aws:iam::100000000002:user/u', ADD line_item_resource_id text;
INSERT INTO doc.tags (tags) VALUES (NULL), ('{}');
SELECT source FROM bedrock.attach('doc.tags', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT * FROM doc.ask('tag%', 'iam_principal_tags');
INSERT INTO doc.tags (tags) VALUES ('{"resourceTags/team": "a", "resourceTags/Team": "b", "accountTag/unit": "x", "user_old": "1", "aws_created_by": "y", "plain": "z"}'), ('{"resourceTags/team": "a", "resourceTags/Team": "a"}');
INSERT INTO doc.tags (tags, line_item_unblended_cost) VALUES ('{"iamPrincipal/team": "a", "costCategory/OU": "o", "resourceTags/cost-center": "1", "user_cost_center": "2"}', 4);
SELECT count(*) FROM bedrock.refresh();
SELECT * FROM doc.ask('tag%', 'iam_principal_tags');
-- Keys of the registry that no bill has: not activated, or too early to know (24 to 48 hours).
INSERT INTO doc.tags (line_item_resource_id) VALUES ('arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/taggedprof01');
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/taggedprof01', 'tagged', 'amazon.nova-pro-v1:0', '{"CostCenter": "1", "customer": "c", "aws:made": "x"}');
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/neverused001', 'idle', 'amazon.nova-pro-v1:0', '{"owner": "1"}');
SELECT count(*) FROM bedrock.refresh();
SELECT "check", status, detail, regexp_replace(fix, '2[0-9]{3}-[0-9]{2}-[0-9]{2}', 'today') AS fix FROM doc.ask('tags_activated', 'profiles_unused');
SELECT bedrock.set_setting('tags_activated_on', (now() AT TIME ZONE 'UTC' - interval '1 day')::date::text);
SELECT status, regexp_replace(detail, '2[0-9]{3}-[0-9]{2}-[0-9]{2}', 'yesterday') AS detail, fix FROM doc.ask('tags_activated');
SELECT bedrock.set_setting('tags_activated_on', (now() AT TIME ZONE 'UTC' - interval '3 days')::date::text);
SELECT status FROM doc.ask('tags_activated');
SELECT bedrock.detach('tags');

-- Marketplace: warned of a period without; freshness on either side of the limit; what is final.
CREATE TABLE doc.time (LIKE doc.shape INCLUDING DEFAULTS);
INSERT INTO doc.time (bill_billing_entity, bill_billing_period_start_date, product, bill_invoice_id) VALUES ('AWS', '2025-02-01', NULL, 'I'), ('AWS', '2025-03-01', NULL, ''), ('AWS Marketplace', '2025-03-01', '{"product_name": "Claude Sonnet 4.6 (Amazon Bedrock Edition)"}', 'I');
INSERT INTO doc.time (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, bill_invoice_id)
SELECT date_trunc('month', now() AT TIME ZONE 'UTC'), d, d + interval '1 hour', '' FROM date_trunc('day', now() AT TIME ZONE 'UTC' - interval '3 days') AS d;
SELECT source FROM bedrock.attach('doc.time', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT "check", status, regexp_replace(detail, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'), 'this month', 'g') AS detail, fix FROM doc.ask('marketplace', 'finality');
SELECT status FROM doc.ask('cur_landed');
SELECT bedrock.set_setting('stale_after_hours', '73');
SELECT status, fix FROM doc.ask('cur_landed');
-- An open month that no refresh touched for long: the schedule stands still.
SELECT status, detail FROM doc.ask('rollup_fresh');
UPDATE bedrock.period SET refreshed_at = now() - interval '74 hours';
SELECT status, detail, fix FROM doc.ask('rollup_fresh');
UPDATE bedrock.period SET is_final = true;
SELECT status, detail FROM doc.ask('rollup_fresh');
-- A final month that changed.
UPDATE doc.time SET line_item_unblended_cost = 2 WHERE bill_billing_period_start_date = '2025-02-01';
SELECT action FROM bedrock.refresh('time', '2025-02-01');
SELECT status, regexp_replace(detail, 'on 2[0-9-]+', 'today') AS detail, fix FROM doc.ask('restated');
SELECT bedrock.detach('time');

-- Net and discounts, line types, currencies, lines without a day.
CREATE TABLE doc.money (LIKE doc.shape INCLUDING DEFAULTS);
ALTER TABLE doc.money ADD line_item_net_unblended_cost numeric;
INSERT INTO doc.money (bill_billing_period_start_date, line_item_line_item_type, line_item_unblended_cost, line_item_net_unblended_cost, line_item_currency_code) VALUES
    ('2025-01-01', 'Usage', 100, NULL, 'USD'), ('2025-01-01', 'EdpDiscount', -10, NULL, 'USD'),
    ('2025-02-01', 'Usage', 100, 90, 'USD'), ('2025-02-01', 'EdpDiscount', -10, NULL, 'USD'),
    ('2025-03-01', 'Usage', 100, 80, 'USD'), ('2025-03-01', 'EdpDiscount', -10, NULL, 'USD'), ('2025-04-01', 'Usage', 5, NULL, 'EUR'), ('2025-04-01', 'Novelty', 3, NULL, 'EUR');
INSERT INTO doc.money (line_item_product_code, product, line_item_line_item_type, bill_billing_period_start_date) VALUES ('AmazonEC2', NULL, 'Curiosity', '2025-04-01');
INSERT INTO doc.money (line_item_line_item_type, bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost) VALUES ('Tax', '2025-04-01', '2025-04-01', '2025-05-01', 19), ('Usage', '2025-04-01', '2025-04-01', '2025-05-01', 30);
SELECT source FROM bedrock.attach('doc.money', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT * FROM doc.ask('net_cost', 'charge_types', 'currencies', 'grain_period', 'monthly_export', 'unrecognized');
SELECT bedrock.detach('money');
-- No Bedrock at all.
CREATE TABLE doc.none (LIKE doc.shape INCLUDING DEFAULTS);
INSERT INTO doc.none (line_item_product_code, product) VALUES ('AmazonEC2', NULL);
SELECT source FROM bedrock.attach('doc.none', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT * FROM doc.ask('cur_landed', 'marketplace', 'integrity', 'tags', 'invocation_logging');
SELECT bedrock.detach('none');

-- Logs: none at all is to know; an account without any where others have them, and days without any between days with logs, are to be
-- looked at. What is never logged (bedrock-mantle) and days and months without usage or logs are no gap.
CREATE TABLE doc.logged (LIKE doc.shape INCLUDING DEFAULTS);
INSERT INTO doc.logged (line_item_usage_account_id, line_item_usage_start_date, line_item_usage_end_date, line_item_usage_type)
SELECT a.account, day, day + interval '1 hour', a.type
FROM (VALUES ('100000000002', 'USE1-NovaPro-input-tokens', '{1,2,3,4,5,8,9}'), ('100000000003', 'USE1-NovaPro-output-tokens', '{1,2}'), ('100000000004', 'USE1-qwen.qwen3-32b-mantle-input-tokens-flex', '{1,2,3}'),
             ('100000000002', 'EUW2-NovaPro-input-tokens', '{1,2,3}')) AS a (account, type, days),
     unnest(a.days::integer[]) AS n, LATERAL (SELECT '2025-03-01 10:00'::timestamp + (n - 1) * interval '1 day' AS day) AS d;
INSERT INTO doc.logged (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date) VALUES ('2025-02-01', '2025-02-05 10:00', '2025-02-05 11:00');
SELECT source FROM bedrock.attach('doc.logged', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT "check", status, detail, left(fix, 80) AS fix FROM doc.ask('invocation%');
SELECT l.loaded FROM bedrock.load_invocation_text((
    SELECT string_agg(format('{"requestId":"doctor-%s-%s","accountId":"100000000002","region":"%s","modelId":"amazon.nova-pro-v1:0","timestamp":"2025-03-%sT10:30:00Z","input":{"inputTokenCount":7}}',
                             r.region, n, r.region, lpad(n::text, 2, '0')), E'\n')
    FROM (VALUES ('us-east-1', '{1,2,4,8}'), ('eu-west-2', '{3}')) AS r (region, days), unnest(r.days::integer[]) AS n)) AS l;
SELECT * FROM doc.ask('invocation%');
-- With logs of the days between and of the other account nothing is left to say.
SELECT l.loaded FROM bedrock.load_invocation_text((
    SELECT string_agg(format('{"requestId":"doctor-%s-%s","accountId":"%s","region":"us-east-1","modelId":"amazon.nova-pro-v1:0","timestamp":"2025-03-0%sT11:30:00Z","input":{"inputTokenCount":7}}', r.account, n, r.account, n), E'\n')
    FROM (VALUES ('100000000002', '{3,5}'), ('100000000003', '{2}')) AS r (account, days), unnest(r.days::integer[]) AS n)) AS l;
SELECT * FROM doc.ask('invocation%');
SELECT bedrock.detach('logged');
TRUNCATE bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension;

-- FOCUS says what it lacks.
CREATE TABLE doc.focus ("BillingAccountId" text, "SubAccountId" text, "BillingPeriodStart" timestamptz, "ChargePeriodStart" timestamptz, "ChargePeriodEnd" timestamptz, "ChargeCategory" text, "x_ServiceCode" text, "ServiceName" text,
    "BillingCurrency" text, "BilledCost" numeric, "EffectiveCost" numeric, "ListCost" numeric, "InvoiceId" text, "ChargeDescription" text, "ProviderName" text);
INSERT INTO doc.focus VALUES ('1', '2', '2025-03-01Z', '2025-03-05Z', '2025-03-06Z', 'Usage', 'AmazonBedrock', 'Amazon Bedrock', 'USD', 1, 1, 1, 'I', 'x', 'AWS'), ('1', '2', '2025-03-01Z', '2025-03-05Z', '2025-03-06Z', 'Usage', 'ACE', 'Virtual Machines', 'USD', 1, 1, 1, 'I', 'x', 'Microsoft');
SELECT format, format_version FROM bedrock.attach('doc.focus', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT * FROM doc.ask('%columns', 'principal%', 'resource%', 'other_providers', 'unrecognized');
SELECT bedrock.detach('focus');
-- Essential columns that a forced attachment lacks.
CREATE TABLE doc.forced (LIKE doc.shape INCLUDING DEFAULTS);
ALTER TABLE doc.forced DROP bill_billing_entity, DROP product;
SELECT forced FROM bedrock_internal.attach_relation('doc.forced', line_item => false, force => true);
SELECT * FROM doc.ask('essential%');
SELECT bedrock.detach('forced');

-- Relations come and go; the doctor does not stumble.
CREATE TABLE doc.gone (LIKE doc.shape INCLUDING DEFAULTS);
CREATE TABLE doc.drift (LIKE doc.shape INCLUDING DEFAULTS);
CREATE TABLE doc.good (LIKE doc.shape INCLUDING DEFAULTS);
CREATE TABLE doc.lost (LIKE doc.shape INCLUDING DEFAULTS);
SELECT a.source FROM (VALUES ('doc.gone'::regclass), ('doc.drift'), ('doc.lost')) AS r (relation), LATERAL bedrock.attach(r.relation, line_item => false) AS a;
SELECT source FROM bedrock.attach('doc.good');
ALTER TABLE doc.drift ALTER line_item_unblended_cost DROP DEFAULT, ALTER line_item_unblended_cost TYPE boolean USING true;
ALTER TABLE doc.lost DROP line_item_currency_code;
DROP TABLE doc.gone;
ALTER TABLE doc.shape ADD line_item_resource_id text;
SELECT * FROM doc.ask('sources', 'source_readable', 'line_item_view');
-- A view that went with a dropped table is built again.
DROP VIEW bedrock.line_item, bedrock.cur2;
SELECT * FROM doc.ask('line_item_view');
SELECT count(*) FROM bedrock.line_item;
SELECT count(*) FROM doc.ask('line_item_view');
-- Types that can still be read, and columns that came.
ALTER TABLE doc.drift ALTER line_item_unblended_cost TYPE double precision USING 1, ADD line_item_resource_id varchar(300);
SELECT * FROM doc.ask('source_readable', 'column_types', 'new_columns') WHERE detail LIKE 'drift%';
-- A caller without rights on a source, or on the extension, is told so.
CREATE ROLE doctor_reader;
GRANT USAGE ON SCHEMA bedrock, doc TO doctor_reader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock TO doctor_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock TO doctor_reader;
-- Nor does a part of what is loaded tell anything about all of it.
SET ROLE doctor_reader;
SELECT "check", status, detail, fix FROM bedrock.doctor();
RESET ROLE;
ALTER ROLE doctor_reader LOGIN;
SELECT "check", status, detail, fix FROM bedrock.doctor() WHERE "check" = 'scope';
SELECT bedrock.grant_scope('doctor_reader', 'all');
SELECT "check", status, detail, fix FROM bedrock.doctor() WHERE "check" = 'scope';
SET ROLE doctor_reader;
SELECT "check", status, detail, fix FROM bedrock.doctor() WHERE detail LIKE 'good%' AND "check" = 'source_readable';
RESET ROLE;
REVOKE SELECT ON bedrock.fact, bedrock.period FROM doctor_reader;
SET ROLE doctor_reader;
SELECT "check", status, detail, fix FROM bedrock.doctor() WHERE "check" = 'doctor';
RESET ROLE;
SELECT bedrock.detach(source) FROM bedrock.source ORDER BY rank;

-- Tables that do not agree with each other: somebody wrote to them.
CREATE TABLE doc.whole (LIKE doc.shape INCLUDING DEFAULTS);
INSERT INTO doc.whole (line_item_unblended_cost) VALUES (1), (2);
INSERT INTO doc.whole (line_item_line_item_type) VALUES ('Tax');
SELECT source FROM bedrock.attach('doc.whole', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT status, detail FROM doc.ask('integrity');
SAVEPOINT whole;
DELETE FROM bedrock.dimension WHERE charge_type = 'Tax';
SELECT * FROM doc.ask('integrity');
ROLLBACK TO whole;
UPDATE bedrock.fact SET unblended_cost = unblended_cost + 0.000000000001;
SELECT status, detail FROM doc.ask('integrity');
ROLLBACK TO whole;
DELETE FROM bedrock.fact_month;
SELECT status, detail FROM doc.ask('integrity');
ROLLBACK TO whole;
UPDATE bedrock.fact SET superseded = true, session_id = -1;
DELETE FROM bedrock.bill_total WHERE charge_category = 'tax';
SELECT status, detail FROM doc.ask('integrity');
-- A refresh by force mends what belongs to a bill, the statement of the fix the rest.
DELETE FROM bedrock.fact AS f WHERE NOT EXISTS (SELECT FROM bedrock.bill_total AS b WHERE b.bill_id = f.bill_id);
DELETE FROM bedrock.fact_month AS f WHERE NOT EXISTS (SELECT FROM bedrock.bill_total AS b WHERE b.bill_id = f.bill_id);
SELECT action FROM bedrock.refresh(force => true);
SELECT status, detail FROM doc.ask('integrity');
RELEASE whole;
SELECT bedrock.detach('whole');

-- What is not understood: every kind, with the cost at stake, and nothing that is.
CREATE TABLE doc.odd (LIKE doc.shape INCLUDING DEFAULTS);
ALTER TABLE doc.odd ADD tags text, ADD line_item_iam_principal text;
INSERT INTO doc.odd (line_item_unblended_cost, line_item_usage_type, pricing_unit, line_item_resource_id, line_item_iam_principal, tags, line_item_product_code, product, bill_billing_entity, bill_billing_period_start_date, line_item_line_item_type) VALUES
    (1, 'USE1-NovaPro-input-tokens', '1K tokens', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (2, 'USE1-Zephyr9-quantum-units', 'units', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-01-01', 'Usage'),
    (4, 'USE1-Zephyr9-quantum-units', 'units', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (8, 'USE1-NovaPro-input-tokens', '1B tokens', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (16, 'USE1-Unheard-input-tokens', '1K tokens', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (32, 'USE1-MP:USE1_InputTokenCount-Units', 'Units', '', '', '', 'hash', '{"product_name": "Unheard 3 (Amazon Bedrock Edition)"}', 'AWS Marketplace', '2025-03-01', 'Usage'),
    (64, 'USE1-NovaPro-input-tokens', '1K tokens', 'arn:aws:bedrock:us-east-1::foundation-model/acme.new-model-v1:0', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (128, 'XYZ9-NovaPro-input-tokens', '1K tokens', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (256, 'USE1-NovaPro-input-tokens', '1K tokens', '', '', '{broken', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (512, 'USE1-NovaPro-input-tokens', '1K tokens', 'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/unregistered', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (1024, 'USE1-NovaPro-input-tokens', '1K tokens', 'arn:aws:bedrock-mantle:us-east-1:100000000002:project/proj_unregistered', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (2048, 'USE1-NovaPro-input-tokens', '1K tokens', 'my-model', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (4096, 'USE1-NovaPro-input-tokens', '1K tokens', '', 'somebody', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    (8192, 'USE1-NovaPro-input-tokens', '1K tokens', '', '', '', 'AmazonBedrockX', NULL, 'AWS', '2025-03-01', 'Usage'),
    (16384, 'USE1-NovaPro-input-tokens', '1K tokens', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Novelty'),
    (32768, '', '', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Usage'),
    -- Other charges of the same things are no new finding.
    (-1, 'USE1-Zephyr9-quantum-units', 'units', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'EdpDiscount'),
    (-1, '', '', '', '', '', 'AmazonBedrock', NULL, 'AWS', '2025-03-01', 'Tax');
SELECT source FROM bedrock.attach('doc.odd', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT kind, value, lines, cost, currency, first_period, last_period FROM bedrock.unrecognized ORDER BY kind, value;
SELECT kind, suggestion FROM bedrock.unrecognized ORDER BY kind, value;
SELECT * FROM doc.ask('unrecognized');
-- What is superseded is not at stake twice.
CREATE TABLE doc.twice AS TABLE doc.odd;
SELECT source FROM bedrock.attach('doc.twice', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT lines, cost FROM bedrock.unrecognized WHERE kind = 'usage_type';
SELECT status, detail FROM doc.ask('overlap');
ROLLBACK;
