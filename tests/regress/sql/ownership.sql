-- Who owns each cent: claims, owner rules and the hierarchy, day by day.
\set ECHO none
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE SCHEMA own;
-- March and April 2026, each day, in USD: 1 by role app on a foundation model, 2 by app through the profile chat, 4 by app in a
-- project, 8 by role etl, 16 that names nobody. Each month: a credit of -32 on the profile, a tax of 64 that names nobody.
CREATE TABLE own.cur AS
SELECT '100000000001'::text AS bill_payer_account_id, '111122223333'::text AS line_item_usage_account_id,
       date_trunc('month', day AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS bill_billing_period_start_date,
       day AS line_item_usage_start_date, day + CASE WHEN type = 'Usage' THEN interval '1 hour' ELSE interval '1 month' END AS line_item_usage_end_date,
       type AS line_item_line_item_type, 'AmazonBedrock'::text AS line_item_product_code, 'AWS'::text AS bill_billing_entity, 'Amazon Bedrock'::text AS product_product_name,
       'USE1-NovaLite-input-tokens'::text AS line_item_usage_type, cost::numeric AS line_item_unblended_cost, 'USD'::text AS line_item_currency_code,
       principal AS line_item_iam_principal, resource AS line_item_resource_id, tags::jsonb AS tags
FROM (SELECT d.day, l.* FROM generate_series(timestamptz '2026-03-01Z', '2026-04-30Z', '1 day') AS d (day), LATERAL
      (VALUES ('Usage', 1, 'arn:aws:sts::111122223333:assumed-role/app/task-' || extract(day FROM d.day), 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', '{}'),
              ('Usage', 2, 'arn:aws:sts::111122223333:assumed-role/app/task-1', 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/chat00000001', '{"resourceTags/user:team": "Blue"}'),
              ('Usage', 4, 'arn:aws:sts::111122223333:assumed-role/app/task-2', 'arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj00000001', '{}'),
              ('Usage', 8, 'arn:aws:sts::111122223333:assumed-role/etl/nightly', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', '{"iamPrincipal/team": "Red"}'),
              ('Usage', 16, NULL, NULL, '{}')) AS l (type, cost, principal, resource, tags)
      UNION ALL
      SELECT m, l.* FROM unnest('{2026-03-01Z,2026-04-01Z}'::timestamptz[]) AS m,
      (VALUES ('Credit', -32, NULL, 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/chat00000001', '{}'), ('Tax', 64, NULL, NULL, '{}'))
          AS l (type, cost, principal, resource, tags)) AS n;
SELECT source FROM bedrock.attach('own.cur', line_item => false) \gset
SELECT count(*) AS periods FROM bedrock.refresh('cur') \gset
-- What the owners pay, and that all of them pay the bill: 31 * (1 + 2 + 4 + 8 + 16) = 961 and -32 + 64 in March, 930 and 32 in April.
CREATE VIEW own.pays AS
SELECT to_char(billing_period, 'YYYY-MM') AS month, attribution_rule, workload, min(usage_date) AS first_day, max(usage_date) AS last_day, sum(ai_cost) AS cost
FROM bedrock.spend GROUP BY 1, 2, 3;
CREATE VIEW own.is_billed AS
SELECT s.billing_period, s.cost = b.cost AND m.cost = b.cost AS conserved
FROM (SELECT billing_period, sum(ai_cost) AS cost FROM bedrock.spend GROUP BY 1) AS s
JOIN (SELECT billing_period, sum(ai_cost) AS cost FROM bedrock.spend_monthly GROUP BY 1) AS m USING (billing_period)
JOIN (SELECT (bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS billing_period, sum(line_item_unblended_cost) AS cost FROM own.cur GROUP BY 1) AS b USING (billing_period);
\set ECHO all

-- Nobody has claimed anything: usage is unclaimed, other charges are not allocated.
SELECT * FROM own.pays ORDER BY 1, 2, 3;

SELECT bedrock.set_workload(w, owner => o) FROM (VALUES ('HR Portal', 'ann'), ('Search', 'bob'), ('Insights', 'cyd')) AS v (w, o);

-- A role, claimed by its iam::role ARN with a path in the middle of a month: all sessions of it, from that day on.
-- 10 to 31 March: 22 days of 1 + 2 + 4 = 154; before: 9 days of 7; etl and nobody: 31 days of 24.
SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/service/app', 'HR Portal', '2026-03-10', reason => 'test') AS role_claim \gset
SELECT workload, attribution_rule, claim_id = :role_claim AS of_claim, evidence_trust, expected, sum(ai_cost) AS cost
FROM bedrock.spend WHERE billing_period = '2026-03-01' GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2;
SELECT sum(ai_cost) = 154 AS month_too FROM bedrock.spend_monthly WHERE billing_period = '2026-03-01' AND workload = 'HR Portal';

-- Role and profile both claimed: the profile wins, from its day on. Search: 12 days of 2 in March, 30 in April; the credit on the
-- profile covers a month, so that it follows from April on.
SELECT bedrock.claim_identity('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/chat00000001', 'Search', '2026-03-20', reason => 'test') AS profile_claim \gset
SELECT * FROM own.pays WHERE workload = 'Search' OR attribution_rule LIKE 'charge:%' ORDER BY 1, 2, 3;
-- Project before principal: 30 days of 4 in April.
SELECT bedrock.claim_identity('proj00000001', 'Insights', '2026-04-01', reason => 'test') AS project_claim \gset
SELECT * FROM own.pays WHERE month = '2026-04' ORDER BY 2, 3;
SELECT * FROM own.is_billed ORDER BY 1;

-- Why is this not on my workload: before its claim, another claim comes first, and after its end.
SELECT bedrock.end_claim(:role_claim, '2026-04-20', reason => 'test');
SELECT w.valid_from, w.valid_to, w.owner, w.reason, d.resource_id IS NULL OR d.resource_id LIKE '%foundation%' AS direct, d.project_id
FROM bedrock_internal.why_not_owned('HR Portal') AS w JOIN bedrock.dimension AS d ON d.dimension_id = w.dimension_id
WHERE w.reason <> 'not_claimed' AND w.dimension_id IN (SELECT f.dimension_id FROM bedrock.fact AS f) ORDER BY d.request_path, 1;
SELECT DISTINCT w.reason, w.owner, d.principal_name, d.charge_category FROM bedrock_internal.why_not_owned('HR Portal') AS w JOIN bedrock.dimension AS d ON d.dimension_id = w.dimension_id
WHERE w.reason = 'not_claimed' AND w.dimension_id IN (SELECT f.dimension_id FROM bedrock.fact AS f) ORDER BY 2, 3, 4;
SELECT dimension_id AS chat FROM bedrock.spend WHERE profile_id = 'chat00000001' AND charge_category = 'usage' LIMIT 1 \gset
SELECT dimension_id AS credit FROM bedrock.spend WHERE charge_category = 'credit' LIMIT 1 \gset
SELECT step, result, regexp_replace(detail, 'claim \d+', 'claim N', 'g') AS detail
FROM bedrock.explain(:chat, '2026-03-25') WHERE step NOT IN ('price', 'source');
SELECT step, result, regexp_replace(regexp_replace(detail, 'claim \d+', 'claim N', 'g'), 'read .*', 'read') AS detail FROM bedrock.explain(:chat, '2026-03-05') WHERE step IN ('claim', 'owner', 'source');
SELECT step, result, regexp_replace(detail, 'claim \d+', 'claim N', 'g') AS detail FROM bedrock.explain(:credit, '2026-03-01') WHERE step IN ('line', 'claim', 'owner');
SELECT step, result FROM bedrock.explain(:chat, '2026-04-25') WHERE step = 'claim';
SELECT * FROM bedrock.explain(0);

-- What if: in a transaction, and rolled back. The profile is given to Insights from 1 April: 30 days of 2 and the credit of April.
BEGIN;
SELECT bedrock.move_claim(:profile_claim, 'Insights', '2026-04-01', reason => 'what if') AS moved \gset
SELECT * FROM bedrock.compare_attribution('2026-04-01');
SELECT * FROM bedrock.compare_attribution('2026-03-01') WHERE delta <> 0;
SELECT sum(ai_cost) FROM bedrock.spend WHERE workload = 'Insights';
ROLLBACK;
SELECT sum(ai_cost) FROM bedrock.spend WHERE workload = 'Insights';
SELECT count(*) FROM bedrock.compare_attribution() WHERE delta <> 0;

-- As known then: before the profile was moved, and as it is now.
SELECT clock_timestamp() AS known \gset
SELECT bedrock.move_claim(:profile_claim, 'Insights', '2026-04-01', reason => 'reorganisation') > :profile_claim AS another_claim;
SELECT s.workload, sum(s.ai_cost) FROM bedrock.spend_as_of('2026-04-01', :'known') AS s WHERE s.profile_id = 'chat00000001' GROUP BY 1;
SELECT s.workload, sum(s.ai_cost) FROM bedrock.spend AS s WHERE s.profile_id = 'chat00000001' AND s.billing_period = '2026-04-01' GROUP BY 1;
-- Now is what bedrock.spend has, row by row.
SELECT count(*) AS differing FROM ((SELECT to_jsonb(s) FROM bedrock.spend_as_of('2026-04-01', 'infinity') AS s EXCEPT ALL SELECT to_jsonb(s) FROM bedrock.spend AS s WHERE billing_period = '2026-04-01')
    UNION ALL (SELECT to_jsonb(s) FROM bedrock.spend AS s WHERE billing_period = '2026-04-01' EXCEPT ALL SELECT to_jsonb(s) FROM bedrock.spend_as_of('2026-04-01', 'infinity') AS s)) AS d;
-- Before everything, all of it was unclaimed or not allocated.
SELECT s.workload, s.attribution_rule, sum(s.ai_cost) FROM bedrock.spend_as_of('2026-03-01', '2000-01-01') AS s GROUP BY 1, 2 ORDER BY 1, 2;

SELECT * FROM bedrock.spend_as_of(NULL, now());
SELECT * FROM bedrock.spend_as_of('2026-03-01', NULL);
SELECT * FROM bedrock.compare_attribution(known => NULL);

-- The hierarchy: four levels, of which the second is skipped; the department moves on 15 April.
SELECT bedrock.set_level(l, n) FROM (VALUES (1, 'Business Unit'), (2, 'Portfolio'), (3, 'Department'), (5, 'Team')) AS v (l, n);
SELECT bedrock.set_element(e, l, p, n) FROM (VALUES ('people', 1, NULL, 'People'), ('ops', 1, NULL, 'Operations'), ('hr', 3, 'people', 'HR'), ('hr-web', 5, 'hr', 'HR Web')) AS v (e, l, p, n);
SELECT bedrock.set_workload('HR Portal', element => 'hr-web', valid_from => '-infinity', reason => 'test');
SELECT bedrock.set_element('hr', 3, 'ops', valid_from => '2026-04-15', reason => 'test');
SELECT element1, element2, element3, element4, element_path, owner, min(usage_date), max(usage_date), sum(ai_cost) FROM bedrock.spend WHERE workload = 'HR Portal' GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 7;
-- 15 to 20 April (the end of the claim): 6 days of 1 on the model; the profile and the project are of others.
SELECT element1, sum(ai_cost) FROM bedrock.spend_monthly WHERE workload = 'HR Portal' AND billing_period = '2026-04-01' GROUP BY 1 ORDER BY 1;
SELECT element_path FROM bedrock.spend_as_of('2026-04-01', :'known') WHERE workload = 'HR Portal' GROUP BY 1;

-- What covers a month has the place of its first day, usage that of its own.
SELECT bedrock.set_workload('Insights', element => 'people', valid_from => '2026-04-15', reason => 'test');
SELECT charge_category, element_path, min(usage_date), max(usage_date), sum(ai_cost) FROM bedrock.spend WHERE workload = 'Insights' AND profile_id = 'chat00000001' GROUP BY 1, 2 ORDER BY 1, 3;

-- Rules own what no claim owns, the lowest priority first; a captured name owns where a workload has it. etl: 8 a day.
SELECT bedrock.set_workload('etl', valid_from => '2026-04-11', reason => 'test');
SELECT bedrock.set_owner_rule('by role', 'principal_name', '^(etl|app)$', priority => 10, valid_from => '-infinity', reason => 'test');
SELECT bedrock.set_owner_rule('red team', 'team', '^red$', 'Search', priority => 20, valid_from => '-infinity', reason => 'test');
SELECT bedrock.set_owner_rule('account', 'account_id', '.', 'Insights', priority => 30, valid_from => '2026-04-01', valid_to => '2026-04-30', reason => 'test');
SELECT attribution_rule, workload, evidence_trust, min(usage_date), max(usage_date), sum(ai_cost) FROM bedrock.spend WHERE principal_name = 'etl' GROUP BY 1, 2, 3 ORDER BY 4;
-- What names nobody is of the account in April; a tax that names nobody follows no rule.
SELECT attribution_rule, workload, charge_category, sum(ai_cost) FROM bedrock.spend WHERE resource_id IS NULL AND principal_name IS NULL GROUP BY 1, 2, 3 ORDER BY 3, 1;
-- The role after its claim: no workload is called app, it has no team; the account's.
SELECT step, result, detail FROM bedrock.explain((SELECT min(dimension_id) FROM bedrock.spend WHERE principal_name = 'app' AND request_path = 'foundation_model'), '2026-04-25') WHERE step = 'rule';
SELECT * FROM own.is_billed ORDER BY 1;
-- What names a model alone names nobody: a credit on it follows no rule.
BEGIN;
INSERT INTO own.cur SELECT (jsonb_populate_record(c, '{"line_item_resource_id": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "line_item_unblended_cost": -3}')).* FROM own.cur AS c
WHERE c.line_item_line_item_type = 'Credit' AND c.bill_billing_period_start_date = '2026-04-01Z';
SELECT action FROM bedrock.refresh('cur');
SELECT workload, attribution_rule FROM bedrock.spend WHERE ai_cost = -3;
ROLLBACK;
-- A pattern in the extended form, with a comment: the name is what its parentheses have. One day of what no claim owns: 1 + 8 + 16. What
-- sessions of one role differ in owns nothing.
SELECT bedrock.set_workload('1111', valid_from => '-infinity', reason => 'test');
SELECT bedrock.set_owner_rule('extended', 'account_id', '(?x)^(1111)22223333$ # the account', priority => 1, valid_from => '2026-04-30', reason => 'test');
SELECT workload, sum(ai_cost) FROM bedrock.spend WHERE attribution_rule = 'rule:extended' GROUP BY 1;
SELECT bedrock.set_owner_rule('extended', 'account_id', NULL, valid_from => '2026-04-30', reason => 'test');
SELECT bedrock.set_owner_rule('basic', 'account_id', '(?b)\(1111\)');
SELECT bedrock.set_owner_rule('humans', 'caller_class', 'human');
-- Nobody takes lines by a name: who may place workloads makes none of a name that a rule finds in a line.
BEGIN;
CREATE ROLE regress_people;
GRANT USAGE ON SCHEMA bedrock TO regress_people;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bedrock TO regress_people;
SELECT bedrock.grant_scope('regress_people', 'element', 'people');
SET LOCAL ROLE regress_people;
SELECT bedrock.set_workload('apple', element => 'people');
SELECT bedrock.set_workload('app', element => 'people');
ROLLBACK;
-- A rule ends: its days go on to the next.
SELECT bedrock.set_owner_rule('red team', 'team', NULL, valid_from => '2026-03-16', reason => 'test');
SELECT attribution_rule, workload, min(usage_date), max(usage_date), sum(ai_cost) FROM bedrock.spend WHERE principal_name = 'etl' GROUP BY 1, 2 ORDER BY 3;

-- Who sees a part is told the owners that everybody is told. etl: 20 days of 8 by a rule that names no workload. Search had the
-- profile in April, 30 days of 2 and the credit of 32, until that was moved to Insights: 30 days of 4 in the project are its own.
BEGIN;
CREATE ROLE regress_etl; CREATE ROLE regress_search; CREATE ROLE regress_insights;
GRANT USAGE ON SCHEMA bedrock TO regress_etl, regress_search, regress_insights;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock TO regress_etl, regress_search, regress_insights;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bedrock TO regress_etl, regress_search, regress_insights;
SELECT bedrock.grant_scope('regress_etl', 'workload', 'etl'), bedrock.grant_scope('regress_search', 'workload', 'Search'), bedrock.grant_scope('regress_insights', 'workload', 'Insights');
SELECT min(dimension_id) AS etl FROM bedrock.spend WHERE principal_name = 'etl' \gset
SET LOCAL ROLE regress_etl;
SELECT workload, attribution_rule, sum(ai_cost) FROM bedrock.spend_as_of('2026-04-01', 'infinity') GROUP BY 1, 2;
SELECT * FROM bedrock.compare_attribution('2026-04-01');
-- What would own it next is of another.
SELECT step, result, detail FROM bedrock.explain(:etl, '2026-04-25') WHERE step IN ('claim', 'rule', 'owner');
SELECT * FROM bedrock_internal.ownership_steps(:chat, '2026-04-25');
SET LOCAL ROLE regress_search;
SELECT workload, profile_id, sum(ai_cost) FROM bedrock.spend_as_of('2026-04-01', :'known') GROUP BY 1, 2;
SELECT count(*) AS now FROM bedrock.spend_as_of('2026-04-01', 'infinity');
SELECT * FROM bedrock.compare_attribution('2026-04-01', :'known');
SET LOCAL ROLE regress_insights;
SELECT workload, coalesce(profile_id, project_id) AS resource, sum(ai_cost) FROM bedrock.spend_as_of('2026-04-01', :'known') GROUP BY 1, 2;
SELECT (SELECT sum(ai_cost) FROM bedrock.spend_as_of('2026-04-01', 'infinity')) = (SELECT sum(ai_cost) FROM bedrock.spend WHERE billing_period = '2026-04-01') AS as_in_spend;
ROLLBACK;

-- Labels: environment of the workload before registry and tags; the others registry, then workload, then tag.
SELECT bedrock.set_label('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/chat00000001', 'customer', 'registry', '-infinity', 'test');
SELECT bedrock.set_label('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/chat00000001', 'environment', 'dev', '-infinity', 'test');
SELECT bedrock.set_workload('Search', environment => 'production', labels => '{"customer": "of workload", "workflow": "w", "team": "Green"}', valid_from => '-infinity', reason => 'test');
SELECT workload, environment, customer, workflow, team, min(usage_date), max(usage_date) FROM bedrock.spend WHERE profile_id = 'chat00000001' AND charge_category = 'usage' AND billing_period = '2026-03-01' GROUP BY 1, 2, 3, 4, 5 ORDER BY 6;

-- The department of a principal, set by hand, goes before all tags.
SELECT bedrock.set_label('arn:aws:iam::111122223333:role/etl', 'department', 'Research', '2026-04-01', 'test');
SELECT department, min(usage_date), max(usage_date) FROM bedrock.spend WHERE principal_name = 'etl' GROUP BY 1 ORDER BY 2;

-- An interval keeps its row as long as its first day stays; facts move only where days change hands.
CREATE TABLE own.before AS SELECT attribution_id, dimension_id, valid_from FROM bedrock.attribution WHERE dimension_id IN (SELECT dimension_id FROM bedrock.fact);
SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/etl', 'HR Portal', '2026-04-21', reason => 'test') > 0 AS claimed;
SELECT count(*) AS kept, count(*) FILTER (WHERE a.attribution_id <> b.attribution_id) AS renumbered FROM own.before AS b JOIN bedrock.attribution AS a USING (dimension_id, valid_from);
SELECT valid_from, valid_to, attribution_rule FROM bedrock.attribution WHERE dimension_id IN (SELECT dimension_id FROM bedrock.spend WHERE principal_name = 'etl') ORDER BY 1;
-- Intervals of every dimension cover all days, each once.
CREATE VIEW own.interval AS SELECT attribution_id, dimension_id, daterange(valid_from, CASE WHEN isfinite(valid_to) THEN valid_to + 1 END) AS days FROM bedrock.attribution;
SELECT count(*) AS not_covered FROM (SELECT range_agg(days) AS days FROM own.interval GROUP BY dimension_id) AS i WHERE days <> '{[-infinity,)}';
SELECT count(*) AS twice FROM own.interval AS a JOIN own.interval AS b ON b.dimension_id = a.dimension_id AND b.attribution_id > a.attribution_id AND b.days && a.days;
SELECT * FROM own.is_billed ORDER BY 1;

-- A delivery after it is owned as all else: a day of a role that was claimed before it was ever seen.
SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/new', 'Search', '2026-04-01', reason => 'test') > 0 AS pending;
INSERT INTO own.cur SELECT (jsonb_populate_record(c, '{"line_item_iam_principal": "arn:aws:sts::111122223333:assumed-role/new/x", "line_item_unblended_cost": 100}')).* FROM own.cur AS c
WHERE c.line_item_unblended_cost = 16 AND c.line_item_usage_start_date IN ('2026-03-31Z', '2026-04-30Z');
SELECT action FROM bedrock.refresh('cur');
SELECT workload, attribution_rule, usage_date FROM bedrock.spend WHERE principal_name = 'new' ORDER BY 3;
SELECT * FROM own.is_billed ORDER BY 1;
-- What a change had to leave to another session, the doctor tells, and the next refresh does, with nothing to read.
SELECT count(*) FROM bedrock.doctor() WHERE "check" = 'ownership_fresh';
INSERT INTO bedrock_internal.state (kind) VALUES ('ownership');
UPDATE bedrock.claim SET workload = 'Insights' WHERE identity LIKE '%role/new' AND upper_inf(recorded);
SELECT status, fix FROM bedrock.doctor() WHERE "check" = 'ownership_fresh';
SELECT action FROM bedrock.refresh('cur');
SELECT workload, attribution_rule, usage_date FROM bedrock.spend WHERE principal_name = 'new' ORDER BY 3;
SELECT count(*) FROM bedrock.doctor() WHERE "check" = 'ownership_fresh';

-- A transaction that sees what was there when it began may miss lines: the next refresh looks at all of them again.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/later', 'Search', '2026-04-01', reason => 'test') > 0 AS claimed;
COMMIT;
SELECT status FROM bedrock.doctor() WHERE "check" = 'ownership_fresh';
SELECT action FROM bedrock.refresh('cur');
SELECT count(*) FROM bedrock.doctor() WHERE "check" = 'ownership_fresh';

-- Expected: what has an owner and breaks no policy; what breaks one is not, be it owned or not; other charges break none.
SELECT charge_category, workload = '(unclaimed)' AS unclaimed, expected, expected_reason, count(*) > 0 FROM bedrock.spend GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3;
SELECT bedrock.set_residency_policy('eu', '{eu-%}', account_id => '111122223333'), bedrock.set_residency_policy('us', '{us-%}'), bedrock.set_residency_policy('other', '{eu-%}', 'another');
SELECT charge_category, expected, expected_reason, count(*) > 0 FROM bedrock.spend GROUP BY 1, 2, 3 ORDER BY 1, 2;
SELECT bedrock.set_model_policy(p, valid_from => '-infinity', reason => 'test') FROM unnest('{eu,us,other}'::text[]) AS p;
SELECT count(*) FILTER (WHERE NOT expected) AS unexpected, count(*) FILTER (WHERE expected AND workload LIKE '(%') AS of_nobody FROM bedrock.spend;

-- A claim is written as the owner of the extension, a refresh as its caller: both in one transaction.
CREATE ROLE regress_owner;
GRANT USAGE ON SCHEMA bedrock, bedrock_internal, own TO regress_owner;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bedrock, bedrock_internal TO regress_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bedrock, bedrock_internal, own TO regress_owner;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA bedrock TO regress_owner;
SELECT bedrock.grant_scope('regress_owner', s) FROM unnest('{load,manage,all}'::text[]) AS s;
BEGIN;
SET LOCAL ROLE regress_owner;
SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/app', 'etl', '2026-04-25', reason => 'test') > 0 AS claimed;
UPDATE own.cur SET line_item_iam_principal = 'arn:aws:sts::111122223333:assumed-role/app/task-new', line_item_usage_type = 'USE1-NovaPro-input-tokens' WHERE line_item_unblended_cost = 1;
SELECT action FROM bedrock.refresh('cur');
SELECT workload, sum(ai_cost) FROM bedrock.spend WHERE usage_type = 'USE1-NovaPro-input-tokens' AND usage_date >= '2026-04-21' GROUP BY 1 ORDER BY 1;
ROLLBACK;
DROP OWNED BY regress_owner;
SELECT bedrock.revoke_scope('regress_owner', s) FROM unnest('{load,manage,all}'::text[]) AS s;
DROP ROLE regress_owner;

-- Without claims and rules, all is as it was at first: a superuser alone can do that.
TRUNCATE bedrock.claim, bedrock.owner_rule, bedrock.workload, bedrock.element, bedrock.hierarchy_level, bedrock.principal_label;
SELECT bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_rules()) > 0 AS refreshed;
SELECT attribution_rule, workload, sum(ai_cost) FROM bedrock.spend GROUP BY 1, 2 ORDER BY 1;

\set ECHO none
SELECT bedrock.detach('cur') \gset
DELETE FROM bedrock.owner WHERE owner_id > 1;
DROP SCHEMA own CASCADE;
