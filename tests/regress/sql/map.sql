-- Credits of the Migration Acceleration Program, on a bill in which each line is a case: every state is reasoned from the
-- rule in the comment beside it.
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA mp;

-- 1. No agreement, no bill -------------------------------------------------------------------------------------------
SELECT count(*) AS rows FROM bedrock.map_status();
SELECT count(*) AS rows FROM bedrock.map_status('2026-07-01', '2026-07-31');
SELECT bedrock.map_status('infinity');
SELECT bedrock.map_status('5874897-12-31');
SELECT bedrock.map_status('2026-07-01', '5874897-12-31');
SELECT bedrock.answer('Q118', '{"quarter": "5874897-12-31"}');
SELECT count(*) AS tasks FROM bedrock_internal.map_tasks();
SELECT count(*) AS credits FROM bedrock_internal.map_credits();
SELECT bedrock_internal.check_map();
-- Quarters that begin with February end with April; a day of January is of the one from November.
SELECT d AS day, lower(bedrock_internal.span_of('quarter', NULL, d, 1)) AS calendar, lower(bedrock_internal.span_of('quarter', NULL, d, 2)) AS from_february, lower(bedrock_internal.span_of('quarter', NULL, d, 12)) AS from_december
FROM unnest('{2026-01-31,2026-02-01,2026-07-01,2026-09-30,2026-12-31}'::date[]) AS d;
-- What is agreed is checked.
SELECT bedrock.set_map_agreement('mig12345', '2026-07-10');
SELECT bedrock.set_map_agreement('12345', '2026-07-10', '2026-07-09');
SELECT bedrock.set_map_agreement('12345', '-infinity');
SELECT bedrock.set_map_agreement('12345', '2026-07-10', first_month => 13);
SELECT bedrock.set_map_agreement('12345', '2026-07-10', metric => 'list');
SELECT bedrock.set_map_agreement('12345', '2026-07-10', credit_percent => 101);
SELECT bedrock.set_map_agreement('12345', '2026-07-10', accounts => '{prod}');
SELECT bedrock.set_map_workload('12345', 'shop');
SELECT bedrock.set_map_agreement('12345', '2026-07-10', '2026-09-20', 'Shop', 25), bedrock.set_map_agreement('12345', '2026-07-10', '2026-09-20', 'Shop', 25);
SELECT bedrock.set_map_workload('12345', 'shop');
-- An agreement and no line yet.
SELECT count(*) AS rows FROM bedrock.map_status();
-- Changed as a whole, it is one row; taken away, it is none; both are history.
SELECT bedrock.set_map_agreement('12345', '2026-07-01', '2027-06-30', 'Shop', 25, reason => 'longer');
SELECT mpe_id, agreement_name, valid, credit_percent FROM bedrock.map_agreement WHERE upper_inf(recorded);
SELECT bedrock.set_map_agreement('12345', NULL, reason => 'a mistake'), bedrock.set_map_agreement('12345', NULL);
SELECT count(*) AS known FROM bedrock.map_agreement WHERE upper_inf(recorded);
SELECT object, action, reason FROM bedrock.audit WHERE object_kind = 'MAP agreement' ORDER BY at;

-- 2. States ----------------------------------------------------------------------------------------------------------
-- Agreement 12345 is from 10 July to 20 September 2026, that is from within a quarter to within it; ABCDE12345 from 1 August on. A line is a day of a model of Amazon for 1 or more.
CREATE TABLE mp.bill (
    what text, line_item_unblended_cost numeric DEFAULT 1, usage_day date DEFAULT '2026-07-20', tags jsonb DEFAULT '{}', line_item_resource_id text, line_item_iam_principal text,
    line_item_usage_account_id text DEFAULT '100000000002', line_item_product_code text DEFAULT 'AmazonBedrock', bill_billing_entity text DEFAULT 'AWS',
    product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens', line_item_currency_code text DEFAULT 'USD',
    line_item_line_item_type text DEFAULT 'Usage', line_item_line_item_description text, bill_payer_account_id text DEFAULT '100000000001', line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens',
    bill_billing_period_start_date timestamp GENERATED ALWAYS AS (make_date(extract(year FROM usage_day)::int, extract(month FROM usage_day)::int, 1)) STORED,
    line_item_usage_start_date timestamp GENERATED ALWAYS AS (usage_day + time '10:00') STORED, line_item_usage_end_date timestamp GENERATED ALWAYS AS (usage_day + time '11:00') STORED);
CREATE FUNCTION mp.profile(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/' || name$$;
CREATE FUNCTION mp.role(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'arn:aws:sts::100000000002:assumed-role/' || name || '/session'$$;
INSERT INTO mp.bill (what, line_item_unblended_cost, usage_day, tags, line_item_resource_id, line_item_iam_principal) VALUES
-- Three ways that count, each from the day on that its rule says.
    ('profile', 100, '2026-07-10', '{"resourceTags/map-migrated": "mig12345"}', mp.profile('good'), NULL),
    ('profile', 100, '2026-09-20', '{"resourceTags/map-migrated": "mig12345"}', mp.profile('good'), NULL),
    ('project', 7, '2026-07-20', '{"resourceTags/map-migrated": "mig12345"}', 'arn:aws:bedrock-mantle:us-east-1:100000000002:project/proj_1', NULL),
    ('principal', 10, '2026-07-20', '{"iamPrincipal/map-migrated": "mig12345"}', NULL, mp.role('fresh')),
-- Legacy columns keep the key exactly; where the source folds it, nobody can verify it.
    ('legacy key', 4, '2026-07-20', '{"user:map-migrated": "mig12345"}', mp.profile('legacy'), NULL),
    ('folded key', 5, '2026-07-20', '{"user_map_migrated": "mig12345"}', mp.profile('folded'), NULL),
-- Days before and after the agreement; a tag after its end is stale.
    ('before', 3, '2026-07-09', '{"resourceTags/map-migrated": "mig12345"}', mp.profile('good'), NULL),
    ('over', 6, '2026-09-21', '{"resourceTags/map-migrated": "mig12345"}', mp.profile('good'), NULL),
    ('after', 2, '2026-09-21', '{}', mp.profile('plain'), NULL),
-- A caller that was there before the agreement does not count, by whatever tag of its own; the tag of the resource goes before it.
    ('old role before', 1, '2026-06-15', '{}', NULL, mp.role('old')),
    ('old role', 8, '2026-07-20', '{"iamPrincipal/map-migrated": "mig12345"}', NULL, mp.role('old')),
    ('old role, tagged profile', 9, '2026-07-20', '{"iamPrincipal/map-migrated": "mig12345", "resourceTags/map-migrated": "mig12345"}', mp.profile('both'), mp.role('old')),
    ('two values', 11, '2026-07-20', '{"iamPrincipal/map-migrated": "mig12345", "resourceTags/map-migrated": "mig99999"}', mp.profile('wrong'), mp.role('fresh')),
-- Values that are not mig12345, and a key that is not map-migrated.
    ('upper case', 12, '2026-07-20', '{"resourceTags/map-migrated": "MIG12345"}', mp.profile('upper'), NULL),
    ('blank', 13, '2026-07-20', '{"resourceTags/map-migrated": " mig12345"}', mp.profile('blank'), NULL),
    ('letters', 14, '2026-07-20', '{"resourceTags/map-migrated": "migABC"}', mp.profile('letters'), NULL),
    ('key', 15, '2026-07-20', '{"resourceTags/Map_Migrated": "mig12345"}', mp.profile('key'), NULL),
    ('not of shop', 16, '2026-07-20', '{"resourceTags/map-migrated": "migABC"}', mp.profile('other-value'), NULL),
-- Of the other agreement.
    ('other agreement', 17, '2026-08-05', '{"resourceTags/map-migrated": "migABCDE12345"}', mp.profile('other-mpe'), NULL),
-- Without a tag: of the workload, of it by its later claim, of nobody; no identity at all.
    ('untagged', 18, '2026-07-20', '{}', mp.profile('plain'), NULL),
    ('claimed later', 19, '2026-07-20', '{}', NULL, mp.role('later')),
    ('claimed', 21, '2026-08-20', '{}', NULL, mp.role('later')),
    ('nobody', 22, '2026-07-20', '{}', NULL, mp.role('stranger')),
    ('no identity', 23, '2026-07-20', '{}', NULL, NULL),
-- Tagged on 1 August, 22 days after the first usage that would have counted; what was before the agreement is not late.
    ('late', 24, '2026-07-09', '{}', mp.profile('late'), NULL), ('late', 25, '2026-07-10', '{}', mp.profile('late'), NULL), ('late', 26, '2026-07-31', '{}', mp.profile('late'), NULL),
    ('late', 27, '2026-08-01', '{"resourceTags/map-migrated": "mig12345"}', mp.profile('late'), NULL),
-- The tag was taken away after 15 August; a day without between two with it is no removal.
    ('stale', 28, '2026-08-15', '{"resourceTags/map-migrated": "mig12345"}', mp.profile('stale'), NULL), ('stale', 29, '2026-08-16', '{}', mp.profile('stale'), NULL), ('stale', 31, '2026-09-01', '{}', mp.profile('stale'), NULL),
    ('value changed', 32, '2026-08-15', '{"iamPrincipal/map-migrated": "mig12345"}', NULL, mp.role('moved')), ('value changed', 33, '2026-08-16', '{"iamPrincipal/map-migrated": "mig54321"}', NULL, mp.role('moved')),
    ('gap', 34, '2026-08-01', '{"resourceTags/map-migrated": "mig12345"}', mp.profile('gap'), NULL), ('gap', 35, '2026-08-02', '{}', mp.profile('gap'), NULL), ('gap', 36, '2026-08-03', '{"resourceTags/map-migrated": "mig12345"}', mp.profile('gap'), NULL),
-- The registry has the tag since 1 August, the bill has not: for two days nobody can tell, then it is not activated.
    ('pending', 37, '2026-07-31', '{}', mp.profile('pending'), NULL), ('pending', 38, '2026-08-02', '{}', mp.profile('pending'), NULL), ('pending', 39, '2026-08-03', '{}', mp.profile('pending'), NULL),
-- A refund of usage that is billed as negative usage counts as what it is.
    ('negative', -20, '2026-08-10', '{"resourceTags/map-migrated": "mig12345"}', mp.profile('good'), NULL);
-- Another currency, an account of another payer, products.
INSERT INTO mp.bill (what, line_item_unblended_cost, tags, line_item_resource_id, line_item_currency_code) VALUES ('euro', 41, '{"resourceTags/map-migrated": "mig12345"}', mp.profile('good'), 'EUR');
INSERT INTO mp.bill (what, line_item_unblended_cost, tags, line_item_resource_id, bill_payer_account_id, line_item_usage_account_id) VALUES
    ('account', 42, '{"resourceTags/map-migrated": "mig12345"}', mp.profile('elsewhere'), '200000000001', '200000000002');
INSERT INTO mp.bill (what, line_item_unblended_cost, tags, line_item_product_code, bill_billing_entity, product, line_item_usage_type, line_item_resource_id, usage_day) VALUES
    ('marketplace', 43, '{"resourceTags/map-migrated": "mig12345"}', 'abcdefgh', 'AWS Marketplace', '{"product_name": "Claude Sonnet 4.5 (Amazon Bedrock Edition)"}', 'USE1-MP:USE1_InputTokenCount-Units', mp.profile('claude'), '2026-07-20'),
    ('units', 44, '{"resourceTags/map-migrated": "mig12345"}', 'abcdefgh', 'AWS Marketplace', '{"product_name": "Claude Sonnet 4.5 (Amazon Bedrock Edition)"}', 'USE1-MP:USE1_ProvisionedThroughput_ModelUnits', NULL, '2026-07-20'),
    ('agentcore', 45, '{"resourceTags/map-migrated": "mig12345"}', 'AmazonBedrockAgentCore', 'AWS', '{"product_name": "Amazon Bedrock AgentCore"}', 'USE1-AgentCore-Runtime-vCPU-Hours', 'arn:aws:bedrock-agentcore:us-east-1:100000000002:runtime/r1', '2026-07-20');
-- No usage: nothing of it counts.
INSERT INTO mp.bill (what, line_item_unblended_cost, line_item_line_item_type, line_item_line_item_description, usage_day, line_item_currency_code, line_item_usage_type) VALUES
    ('credit', -10, 'Credit', 'AWS_MAP2.0_MPE12345_Credit', '2026-08-01', 'USD', NULL), ('credit', -1, 'Credit', 'AWS_MAP2.0_MPE12345_Credit', '2026-08-01', 'GBP', NULL),
    ('credit', -2, 'Credit', 'AWS MAP credit', '2026-09-01', 'USD', NULL), ('credit', -3, 'Credit', 'MPE77777 MAP credit', '2026-09-01', 'USD', NULL), ('credit', -4, 'Credit', 'MAPLE promotional credit', '2026-09-01', 'USD', NULL);
SELECT bedrock.attach('mp.bill', 'bill', line_item => false) IS NOT NULL AS attached;
SELECT billing_period, action, lines FROM bedrock.refresh();
SELECT bedrock.set_workload('shop'), bedrock.set_workload('store'), bedrock.set_workload('lab');
-- All profiles are of shop, but those of store and that of nobody.
SELECT count(bedrock.claim_identity(mp.profile(p), CASE WHEN p IN ('good', 'other-mpe', 'claude') THEN 'store' ELSE 'shop' END, '2026-06-01', reason => 'test')) AS claims
FROM unnest('{good,legacy,folded,plain,both,wrong,upper,blank,letters,key,other-mpe,late,stale,gap,pending,claude}'::text[]) AS p;
SELECT bedrock.claim_identity('arn:aws:iam::100000000002:role/later', 'shop', '2026-08-01', reason => 'test') IS NOT NULL AS claimed;
SELECT bedrock.register_profile(mp.profile('pending'), 'pending', tags => '{"map-migrated": "mig12345"}', valid_from => '2026-08-01') IS NOT NULL AS registered;
SELECT bedrock.set_map_agreement('12345', '2026-07-10', '2026-09-20', 'Shop', 25, accounts => '{100000000001}', reason => 'signed'), bedrock.set_map_agreement('ABCDE12345', '2026-08-01', agreement_name => 'Lab', first_month => 2);
SELECT bedrock.set_map_workload('12345', 'shop'), bedrock.set_map_workload('ABCDE12345', 'lab');
-- Of the third quarter. What of each case is in which state is said above it.
CREATE VIEW mp.state AS
SELECT mpe_id, workload, coalesce(regexp_replace(identity, '^.*[/:]', ''), '(none)') AS identity, state, method, reason, tag_value, trim_scale(cost) AS cost, currency AS cur, first_seen
FROM bedrock_internal.map_usage('2026-08-15');
SELECT workload, identity, state, method, reason, cost, cur FROM mp.state WHERE mpe_id = '12345' AND state LIKE 'qualifying%' ORDER BY state, cur, identity COLLATE "C", cost;
SELECT workload, identity, state, reason, tag_value, cost, first_seen FROM mp.state WHERE mpe_id = '12345' AND state IN ('at_risk', 'pending', 'stale', 'lost') ORDER BY state, reason, identity COLLATE "C", first_seen;
SELECT workload, identity, reason, cost, first_seen FROM mp.state WHERE mpe_id = '12345' AND state = 'not_eligible' ORDER BY reason, identity COLLATE "C", cost;
-- Over all states of an agreement it is the whole usage of its accounts in its quarter, by currency: a plain sum over the lines.
SELECT s.mpe_id, s.currency, trim_scale(s.cost) AS cost, s.lines, s.cost = b.cost AND s.lines = b.lines AS whole
FROM (SELECT mpe_id, currency, first_day, last_day, sum(cost) AS cost, sum(lines) AS lines FROM bedrock.map_status('2026-08-15') GROUP BY 1, 2, 3, 4) AS s
CROSS JOIN LATERAL (SELECT sum(b.line_item_unblended_cost) AS cost, count(*) AS lines FROM mp.bill AS b WHERE b.line_item_line_item_type = 'Usage' AND b.usage_day BETWEEN s.first_day AND s.last_day
                    AND b.line_item_currency_code = s.currency AND (s.mpe_id <> '12345' OR b.bill_payer_account_id = '100000000001')) AS b ORDER BY 1, 2;
-- The other one has quarters from August on, all accounts, and a tag that nobody of its own workloads has.
SELECT DISTINCT first_day, last_day FROM bedrock.map_status('2026-08-15') WHERE mpe_id = 'ABCDE12345';
SELECT state, reason, trim_scale(sum(cost)) AS cost FROM bedrock.map_status('2026-08-15') WHERE mpe_id = 'ABCDE12345' GROUP BY 1, 2 ORDER BY 1, 2;
-- A quarter before the agreement began is not looked at; one without usage has no rows.
SELECT count(*) AS before, (SELECT count(*) FROM bedrock.map_status('2026-12-31')) AS without_usage FROM bedrock.map_status('2026-06-30');
-- After its end nothing can be at risk or stale, also what still has the tag: the 460 that counted, and 3 + 6 + 8 + 44 that did not. The quarters that follow are not looked at; it needs no task and asks for no credit.
BEGIN;
SELECT bedrock.set_map_agreement('12345', '2026-06-01', '2026-07-01', credit_percent => 25, accounts => '{100000000001}');
SELECT state, reason, trim_scale(sum(cost)) AS cost, currency AS cur FROM bedrock.map_status('2026-08-15') WHERE mpe_id = '12345' GROUP BY 1, 2, 4 ORDER BY 4, 1, 2;
SELECT a ->> 'workloads_to_fix' AS to_fix, a ->> 'credit' AS credit, a ->> 'credit_at_risk' AS at_risk, a ->> 'currency' AS cur FROM bedrock.answer('Q113', '{"quarter": "2026-08-15"}') AS a WHERE a ->> 'mpe_id' = '12345';
SELECT count(*) FILTER (WHERE mpe_id = '12345') AS tasks FROM bedrock_internal.map_tasks('2026-08-15');
SELECT bedrock.set_map_agreement('12345', '2026-06-01', '2026-06-30', accounts => '{100000000001}');
SELECT count(*) AS after FROM bedrock.map_status('2026-08-15') WHERE mpe_id = '12345';
ROLLBACK;
-- As of a day: what was known then. On 15 August the tag of "stale" was there; on 31 July that of "late" was not.
SELECT identity, state, reason, cost FROM (SELECT regexp_replace(u.identity, '^.*/', '') AS identity, u.state, u.reason, trim_scale(u.cost) AS cost FROM bedrock_internal.map_usage('2026-08-15', '2026-08-15') AS u WHERE u.mpe_id = '12345') AS s
WHERE identity = 'stale';
SELECT u.state, u.reason, trim_scale(u.cost) AS cost FROM bedrock_internal.map_usage('2026-08-15', '2026-07-31') AS u WHERE u.mpe_id = '12345' AND u.identity LIKE '%/late' ORDER BY 1;
-- One is asked about for the quarter of as_of, or of the latest billing period.
SELECT DISTINCT first_day FROM bedrock.map_status(as_of => '2026-07-31') WHERE mpe_id = '12345';
SELECT DISTINCT first_day FROM bedrock.map_status() WHERE mpe_id = '12345';

-- 3. Rules are rows --------------------------------------------------------------------------------------------------
SELECT subject, value, counts, valid, source LIKE 'AWS MAP 2.0 Tagging Guide, %' AS published FROM bedrock.map_rule WHERE builtin ORDER BY 1, 2, 4;
-- A row of the user goes before what is shipped, the longest beginning first, on its days alone; 9 August is with the longer one of two.
SELECT word, days FROM bedrock_internal.map_rule_days('model', '{anthropic.claude-3-haiku,amazon.nova-pro-v1:0}') ORDER BY 1;
BEGIN;
SELECT bedrock.set_map_rule('model', 'amazon.', false, '2026-08-01', '2026-08-31'), bedrock.set_map_rule('model', 'amazon.nova-pro', true, '2026-08-09', '2026-08-09'), bedrock.set_map_rule('method', 'principal', false);
SELECT word, days FROM bedrock_internal.map_rule_days('model', '{anthropic.claude-3-haiku,amazon.nova-pro-v1:0}') ORDER BY 1;
-- What was used in August is of no model that counts, for nothing was on the 9th; the tag of a principal counts no more.
SELECT workload, identity, state, reason, cost FROM mp.state WHERE mpe_id = '12345' AND (reason = 'model' OR reason LIKE 'tags of this kind%') ORDER BY 4, 2, 5;
-- What is tagged in a way that does not count can be tagged in another; once it counts, what was before is lost.
SELECT kind, subject, trim_scale(cost) AS cost FROM bedrock_internal.map_tasks('2026-08-15') WHERE reason LIKE 'tags of this kind%';
SELECT bedrock.set_map_rule('method', 'principal', NULL, '2026-08-01', reason => 'as AWS has it again');
SELECT workload, identity, state, reason, cost FROM mp.state WHERE mpe_id = '12345' AND reason LIKE 'tags of this kind%' ORDER BY 2;
-- A rule for every word; the change, its days and reason are kept. Nobody records one of no subject, or for an empty word.
SELECT bedrock.set_map_rule('model', NULL, false, source => 'agreement, annex 2', reason => 'no models at all'), bedrock.set_map_rule('model', NULL, false, source => 'agreement, annex 2');
SELECT word, days FROM bedrock_internal.map_rule_days('model', '{anthropic.claude-3-haiku,amazon.nova-pro-v1:0}') ORDER BY 1;
SELECT object, action, before, after, reason FROM bedrock.audit WHERE object_kind = 'MAP rule' ORDER BY at, object;
ROLLBACK;
SELECT bedrock.set_map_rule('tag', 'x', true);
SELECT bedrock.set_map_rule('model', '', true);
SELECT bedrock.set_map_rule('model', 'x', true, '2026-08-02', '2026-08-01');
-- AgentCore and principals count from 8 June 2026 on, Bedrock from 16 December 2024 on.
SELECT word, days FROM bedrock_internal.map_rule_days('product', '{AmazonBedrock,AmazonBedrockAgentCore,AWS Marketplace,AWS Marketplace provisioned throughput,AmazonEC2}') ORDER BY 1;
-- Before the agreement of 1 June no bill says who called, so nobody knows whether a role is new.
BEGIN;
SELECT bedrock.set_map_agreement('12345', '2026-06-01', '2026-09-20');
SELECT identity, state, reason, cost FROM mp.state WHERE mpe_id = '12345' AND method = 'principal' AND state <> 'at_risk' ORDER BY identity, cost;
ROLLBACK;

-- 4. What follows ----------------------------------------------------------------------------------------------------
-- 9 + 43 + 10 + 70 + 180 + 27 + 4 + 32 + 7 + 45 + 28 + 5 = 460 USD count, and 41 EUR; the credit is 25 percent.
SELECT a ->> 'mpe_id' AS mpe_id, a ->> 'qualifying' AS qualifying, a ->> 'unverified' AS unverified, a ->> 'pending' AS pending, a ->> 'stale' AS stale, a ->> 'at_risk' AS at_risk, a ->> 'lost' AS lost, a ->> 'not_eligible' AS not_eligible,
       a ->> 'workloads_to_fix' AS to_fix, a ->> 'credit' AS credit, a ->> 'credit_at_risk' AS credit_at_risk, a ->> 'currency' AS cur FROM bedrock.answer('Q113', '{"quarter": "2026-08-15"}') AS a;
-- What is too late, or over, is no task. The role "later" is new and can be tagged.
SELECT kind, subject, trim_scale(cost) AS cost, currency AS cur, first_day, last_day, reason, ARRAY(SELECT regexp_replace(i, '^.*/', '') FROM unnest(identities) AS i) AS identities, script_kind FROM bedrock_internal.map_tasks('2026-08-15');
-- Its script has what it is to set, in one account and region.
SELECT script_arguments FROM bedrock_internal.map_tasks('2026-08-15') WHERE kind IN ('map_tag_role', 'map_activate_tag');
SELECT a ->> 'workload' AS workload, a ->> 'spend_at_risk' AS spend_at_risk, a ->> 'credit_at_risk' AS credit, a ->> 'task' AS task, a ->> 'status' AS status FROM bedrock.answer('Q114', '{"quarter": "2026-08-15"}') AS a;
SELECT a ->> 'method' AS method, a ->> 'state' AS state, a ->> 'workloads' AS workloads, a ->> 'billed_cost' AS cost, a ->> 'share_pct' AS share_pct, a ->> 'currency' AS cur FROM bedrock.answer('Q115', '{"quarter": "2026-08-15"}') AS a;
-- 29 + 31 and 33 since 16 August, 6 after the end; 25 percent of what was lost.
SELECT a ->> 'mpe_id' AS mpe_id, regexp_replace(a ->> 'arn', '^.*/', '') AS arn, a ->> 'state' AS state, a ->> 'since' AS since, a ->> 'cost_since' AS cost, a ->> 'credit_lost' AS credit_lost FROM bedrock.answer('Q116') AS a;
-- 25 + 26 over 22 days from 10 July to 1 August.
SELECT regexp_replace(a ->> 'arn', '^.*/', '') AS arn, a ->> 'used_since' AS used_since, a ->> 'tagged_since' AS tagged_since, a ->> 'days_late' AS days_late, a ->> 'cost' AS cost, a ->> 'credit_lost' AS credit_lost FROM bedrock.answer('Q117') AS a;
-- A credit of 10 over what counted in USD: store 43 + 180 = 223, shop 9 + 70 + 27 + 4 + 28 + 5 = 143, nobody 10 + 32 + 7 + 45 = 94, together 460. What names no agreement is of none, as there are two; nothing in GBP counted.
SELECT billing_period, credit, mpe_id, workload, trim_scale(qualifying_cost) AS counted, trim_scale(amount) AS amount, currency AS cur, reason FROM bedrock_internal.map_credits('2026-08-15');
SELECT trim_scale(sum(amount)) AS exact FROM bedrock_internal.map_credits('2026-08-15') WHERE currency = 'USD' AND mpe_id = '12345';
-- With one agreement that runs a credit that names none is its, be there others that are over.
BEGIN;
SELECT bedrock.set_map_agreement('ABCDE12345', '2025-08-01', '2026-04-30', first_month => 2);
SELECT credit, mpe_id, trim_scale(sum(amount)) AS amount FROM bedrock_internal.map_credits('2026-08-15') WHERE credit = 'AWS MAP credit' GROUP BY 1, 2;
SELECT bedrock.set_map_agreement('ABCDE12345', NULL);
SELECT credit, mpe_id, trim_scale(sum(amount)) AS amount, count(workload) AS workloads FROM bedrock_internal.map_credits('2026-08-15') WHERE currency = 'USD' GROUP BY 1, 2 ORDER BY 1;
-- The credit of the quarter before.
SELECT credit, currency AS cur, workload, reason FROM bedrock_internal.map_credits('2026-08-15', 1) WHERE mpe_id IS NOT NULL;
ROLLBACK;
-- Two agreements with one workload: each has it at risk.
BEGIN;
SELECT bedrock.set_map_workload('ABCDE12345', 'shop');
SELECT mpe_id, identity, state, reason, cost FROM mp.state WHERE workload = 'shop' AND identity = 'later' ORDER BY 1;
SELECT bedrock.set_map_workload('ABCDE12345', 'shop', '2026-08-20', '2026-08-20', included => false), bedrock.set_map_workload('ABCDE12345', 'shop', '2026-09-01', included => false);
SELECT mpe_id, identity, state, reason, cost FROM mp.state WHERE workload = 'shop' AND identity = 'later' ORDER BY 1;
ROLLBACK;
-- The metric of the agreement is the one that is summed: this bill has no net columns, so that net is what was billed; it has no blended cost at all.
BEGIN;
SELECT bedrock.set_map_agreement('12345', '2026-07-10', '2026-09-20', metric => 'net_unblended', accounts => '{100000000001}'), bedrock.set_map_agreement('ABCDE12345', '2026-08-01', metric => 'blended');
SELECT mpe_id, trim_scale(sum(cost)) AS cost, sum(lines) AS lines, currency AS cur FROM bedrock.map_status('2026-08-15') WHERE state LIKE 'qualifying%' OR mpe_id = 'ABCDE12345' GROUP BY 1, 4 ORDER BY 1, 4;
ROLLBACK;

-- 5. Who sees and changes it -----------------------------------------------------------------------------------------
CREATE ROLE map_shop; CREATE ROLE map_store;
GRANT USAGE ON SCHEMA bedrock TO map_shop, map_store;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock TO map_shop, map_store;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bedrock TO map_shop, map_store;
SELECT bedrock.grant_scope('map_shop', 'workload', 'shop'), bedrock.grant_scope('map_store', 'workload', 'store');
-- The agreement is of those whose workloads belong to it, and each sees what is of his workload.
SET ROLE map_shop;
SELECT mpe_id, agreement_name FROM bedrock.map_agreement WHERE upper_inf(recorded);
SELECT workload, state, trim_scale(sum(cost)) AS cost FROM bedrock.map_status('2026-08-15') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT bedrock.set_map_agreement('12345', '2026-07-10');
SELECT bedrock.set_map_workload('12345', 'shop', included => false);
SELECT bedrock.set_map_rule('model', 'meta.', false);
RESET ROLE;
-- What the bill says of a role does not depend on who looks: the one that was in use before the start, for somebody else, is not new for its owner.
BEGIN;
SELECT bedrock.claim_identity('arn:aws:iam::100000000002:role/old', 'shop', '2026-07-01', reason => 'test') IS NOT NULL AS claimed;
SET LOCAL ROLE map_shop;
SELECT workload, state, reason, trim_scale(cost) AS cost FROM bedrock.map_status('2026-08-15') WHERE reason LIKE 'principal%';
ROLLBACK;
-- Rules are for everybody to read, and written by the function alone.
GRANT INSERT, DELETE ON bedrock.map_rule TO map_shop;
BEGIN;
SET LOCAL ROLE map_shop;
DELETE FROM bedrock.map_rule;
SELECT count(*) > 0 AS shipped, count(*) FILTER (WHERE NOT builtin) AS own FROM bedrock.map_rule;
INSERT INTO bedrock.map_rule (subject, value, counts, valid) VALUES ('model', 'meta.', false, '[-infinity,)');
ROLLBACK;
SET ROLE map_store;
SELECT count(*) AS agreements FROM bedrock.map_agreement;
SELECT count(*) AS workloads FROM bedrock.map_workload;
SELECT count(*) AS rows FROM bedrock.map_status('2026-08-15');
RESET ROLE;

-- 6. A task closes when the tag appears ------------------------------------------------------------------------------
SELECT bedrock.set_map_agreement('12345', '2026-07-10', '2026-12-31', 'Shop', 25, accounts => '{100000000001}', reason => 'longer');
INSERT INTO mp.bill (what, line_item_unblended_cost, usage_day, line_item_iam_principal) VALUES ('yesterday', 5, '2026-09-29', mp.role('later'));
SELECT billing_period, action FROM bedrock.refresh('bill') WHERE billing_period = '2026-09-01';
SELECT kind, subject, workload, at_stake, state, script_kind, action FROM bedrock.task WHERE kind LIKE 'map%' AND upper_inf(recorded) ORDER BY subject, kind;
-- An alert tells of a task with 10 at stake, again with 100, and not for what is a little more.
SELECT subject, days, basis, threshold, trim_scale(amount) AS amount, currency AS cur, detail ->> 'action' AS action FROM bedrock.alert WHERE kind = 'map' ORDER BY alert_id;
INSERT INTO mp.bill (what, line_item_unblended_cost, usage_day, line_item_iam_principal) VALUES ('more', 5, '2026-09-29', mp.role('later'));
SELECT billing_period, action FROM bedrock.refresh('bill') WHERE billing_period = '2026-09-01';
INSERT INTO mp.bill (what, line_item_unblended_cost, usage_day, line_item_iam_principal) VALUES ('much', 60, '2026-09-29', mp.role('later'));
SELECT billing_period, action FROM bedrock.refresh('bill') WHERE billing_period = '2026-09-01';
SELECT subject, days, basis, threshold, trim_scale(amount) AS amount, since FROM bedrock.alert WHERE kind = 'map' ORDER BY alert_id;
-- A new quarter closes no task of the one before: what was used in the week before still tells of it, here 70 of the 110; on 6 October nobody has seen it for a week.
SELECT through, f.kind, f.subject, trim_scale(f.cost) AS cost, f.last_day
FROM unnest('{2026-09-30,2026-10-01,2026-10-05,2026-10-06}'::date[]) AS through LEFT JOIN LATERAL (SELECT * FROM bedrock_internal.task_findings(through) AS f WHERE f.kind LIKE 'map%' AND f.last_day > through - 7) AS f ON true;
-- The next delivery has the tag of the role "later": what it used before is lost, and no task any more.
INSERT INTO mp.bill (what, usage_day, tags, line_item_iam_principal) VALUES ('tagged', '2026-09-30', '{"iamPrincipal/map-migrated": "mig12345"}', mp.role('later'));
SELECT billing_period, action FROM bedrock.refresh('bill') WHERE billing_period = '2026-09-01';
SELECT kind, subject, state FROM bedrock.task WHERE kind LIKE 'map%' AND upper_inf(recorded) ORDER BY subject, kind;
SELECT identity, state, reason, cost FROM mp.state WHERE mpe_id = '12345' AND identity = 'later' ORDER BY 2;
SELECT object_kind, object, action, reason FROM bedrock.audit WHERE object_kind LIKE 'MAP%' ORDER BY at, object;

DROP OWNED BY map_shop, map_store;
DROP ROLE map_shop; DROP ROLE map_store;
SELECT bedrock.revoke_scope('map_shop', 'workload', 'shop') AND bedrock.revoke_scope('map_store', 'workload', 'store') AS revoked;
SELECT bedrock.detach('bill') IS NOT NULL AS detached;
TRUNCATE bedrock.map_agreement, bedrock.map_workload, bedrock.alert, bedrock.task, bedrock.claim, bedrock.workload, bedrock.profile;
DROP SCHEMA mp CASCADE;
