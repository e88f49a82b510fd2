-- Who owns what: levels, elements, workloads, claims, rules and labels; each bad input is an error that changes nothing.
\set ECHO none
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO';
BEGIN;
ALTER SEQUENCE bedrock.claim_claim_id_seq RESTART;
CREATE TABLE cur (bill_payer_account_id text DEFAULT '111122223333', line_item_usage_account_id text DEFAULT '111122223333',
    bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp DEFAULT '2026-03-01', line_item_usage_start_date timestamp,
    line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text DEFAULT 'USE1-NovaLite-input-tokens', line_item_currency_code text DEFAULT 'USD',
    line_item_resource_id text, line_item_iam_principal text, line_item_unblended_cost numeric);
-- The profile hrportalprf1 is called by the role hr-portal-role, which calls a model directly as well, in two sessions; every cost tells its line.
INSERT INTO cur (line_item_usage_account_id, line_item_usage_start_date, line_item_usage_end_date, line_item_resource_id, line_item_iam_principal, line_item_unblended_cost)
SELECT split_part(coalesce(p, r), ':', 5), d, d + interval '1 hour', r, p, c
FROM (VALUES
    (timestamp '2026-03-02', 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/hrportalprf1', 'arn:aws:sts::111122223333:assumed-role/hr-portal-role/s1', 1),
    ('2026-03-03', 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/hrportalprf1', 'arn:aws:sts::111122223333:assumed-role/hr-portal-role/s1', 2),
    ('2026-03-04', 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/hrportalprf1', 'arn:aws:sts::111122223333:assumed-role/hr-portal-role/s2', 4),
    ('2026-03-02', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'arn:aws:sts::111122223333:assumed-role/hr-portal-role/s1', 10),
    ('2026-03-03', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'arn:aws:sts::111122223333:assumed-role/hr-portal-role/s2', 20),
    ('2026-03-04', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'arn:aws:sts::111122223333:assumed-role/hr-portal-role/s1', 40),
    ('2026-03-03', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'arn:aws:iam::111122223333:user/team/customer-insights-batch', 100),
    ('2026-03-03', 'arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_search', 'arn:aws:iam::111122223333:user/bob', 200),
    ('2026-03-03', 'arn:aws:bedrock:us-east-1:111122223333:guardrail/gr1', NULL, 400),
    ('2026-03-05', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'arn:aws:sts::111122223333:assumed-role/shared/x', 1000),
    ('2026-03-05', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'arn:aws:sts::444455556666:assumed-role/shared/x', 2000),
    ('2026-03-05', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'arn:aws:sts::444455556666:assumed-role/known/x', 4000)) AS v (d, r, p, c);
SELECT source FROM bedrock.attach('cur', line_item => false) \g /dev/null
SELECT action FROM bedrock.refresh('cur') \g /dev/null
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/hrportalprf1', 'hr-portal') \g /dev/null
-- The statement's value, or its error: code, message, detail, hint. Days that depend on today are named.
CREATE FUNCTION pg_temp.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text; message text; detail text; hint text;
BEGIN
    EXECUTE statement INTO answer;
    RETURN coalesce(answer, '(null)');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    answer := concat_ws(E'\n', SQLSTATE || ' ' || message, nullif(detail, ''), nullif('HINT ' || hint, 'HINT '));
    RETURN replace(replace(replace(answer, bedrock_internal.today()::text, 'TODAY'), (bedrock_internal.today() - 1)::text, 'YESTERDAY'), (bedrock_internal.today() + 1)::text, 'TOMORROW');
END$$;
CREATE VIEW pg_temp.mine AS SELECT claim_id, identity_kind, substring(identity FROM '[^/:]*$') AS identity, workload, status, valid_from, valid_to, first_seen, last_seen, cost_since, reason FROM bedrock.claims;
CREATE FUNCTION pg_temp.owners() RETURNS TABLE (workload text, cost numeric) LANGUAGE sql AS $$SELECT s.workload, sum(s.unblended_cost) FROM bedrock.spend AS s WHERE s.source = 'cur' GROUP BY 1 ORDER BY 1$$;
\pset format unaligned
\pset fieldsep ' | '
\pset null '-'
\set ECHO all

-- The hierarchy: both orders of levels. Nothing is recorded in days, so every element is one on all days.
SELECT bedrock.set_level(1, 'Business Unit'), bedrock.set_level(2, 'Department'), bedrock.set_level(3, 'Portfolio'), bedrock.set_level(4, 'Product');
SELECT bedrock.set_element('Retail', 1), bedrock.set_element('Retail IT', 2, 'Retail'), bedrock.set_element('Digital', 3, 'Retail IT'), bedrock.set_element('Shop', 4, 'Digital', 'The Shop');
SELECT element, level, level_name, element_name, element_path, first_day, last_day FROM bedrock.elements ORDER BY level;
SAVEPOINT order_a;
SELECT bedrock.set_level(2, 'Portfolio 2'), bedrock.set_level(3, 'Department'), bedrock.set_level(2, 'Portfolio'), bedrock.set_level(4, 'Workload');
SELECT bedrock.set_element('Enterprise', 1), bedrock.set_element('Enterprise_Operations', 2, 'Enterprise'), bedrock.set_element('Enterprise_Operations_Technology', 3, 'Enterprise_Operations'),
       bedrock.set_element('FinOpsCenter_DemoApp', 4, 'Enterprise_Operations_Technology');
SELECT bedrock.set_workload('FinOpsCenter_DemoApp', element => 'FinOpsCenter_DemoApp');
SELECT bedrock.claim_identity('hr-portal-role', 'FinOpsCenter_DemoApp', '2026-03-01', reason => 'test');
SELECT DISTINCT element1, element2, element3, element4, workload FROM bedrock.spend WHERE source = 'cur' AND claim_id IS NOT NULL;
ROLLBACK TO order_a;
ALTER SEQUENCE bedrock.claim_claim_id_seq RESTART;
-- What is said twice changes nothing; a change holds from today on, or from the day given.
SELECT bedrock.set_element('Shop', 4) AS again, bedrock.set_element('Shop', NULL, element_name => 'Web Shop', valid_from => '2026-03-03', reason => 'renamed') AS renamed;
SELECT element, element_name, valid, reason FROM bedrock.element WHERE element = 'Shop' AND upper_inf(recorded) ORDER BY valid;

-- Bad levels and elements.
SELECT pg_temp.try($$SELECT bedrock.set_level(0, 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_level(NULL, 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_level(5, NULL)$$);
SELECT pg_temp.try($$SELECT bedrock.set_level(5, 'Product')$$);
SELECT pg_temp.try($$SELECT bedrock.set_level(4, '')$$);
SELECT pg_temp.try($$SELECT bedrock.set_element(NULL, 1)$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('  ', 1)$$);
SELECT pg_temp.try($$SELECT bedrock.set_element(repeat('x', 2000), 1)$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('new', NULL)$$);
-- Names that look alike: blanks at an end, characters that are not shown. Quotes, signs and other scripts are what they are.
SELECT pg_temp.try(format('SELECT bedrock.set_element(%L, 4)', n)) FROM unnest(ARRAY['new ', ' new', E'ne\nw', E'ne\u200bw', E'ne\u00a0w', E'\u202enew']) AS n;
SELECT pg_temp.try($$SELECT bedrock.set_element('new', 4, element_name => ' ')$$);
SELECT pg_temp.try($$SELECT bedrock.set_level(6, 'Team ')$$);
SAVEPOINT shown;
SELECT bedrock.set_element('Ä''"\ 部門 %s', 4) AS others;
ROLLBACK TO shown;
SELECT pg_temp.try($$SELECT bedrock.set_element('new', 7)$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('new', 4, 'nowhere')$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('new', 3, 'Digital')$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('new', 2, 'Digital')$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('Retail', 1, 'Shop')$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('Retail', 1, 'Retail')$$);
-- A parent that moves to a level of its children.
SELECT pg_temp.try($$SELECT bedrock.set_element('Digital', 4)$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('new', 4, 'Digital', valid_from => '2026-05-01', valid_to => '2026-04-01')$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('Retail', NULL, valid_to => bedrock_internal.today())$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('Shop', NULL, element_name => 'x', valid_from => '2026-03-01')$$);
SELECT bedrock.set_element('Brief', 4, 'Digital', valid_from => '2026-03-01', valid_to => '2026-03-31');
SELECT pg_temp.try($$SELECT bedrock.set_element('Brief', NULL, element_name => 'x')$$);
SELECT bedrock.set_level(5, 'Team');
SELECT pg_temp.try($$SELECT bedrock.set_element('Team 1', 5, 'Brief')$$);
SELECT bedrock.set_element('Team 1', 5, 'Brief', valid_from => '2026-03-01', valid_to => '2026-03-31');
SELECT pg_temp.try($$SELECT bedrock.set_element('Brief', NULL, valid_to => '2026-03-15', reason => 'test')$$);
SELECT bedrock.set_element('Team 1', NULL, valid_to => '2026-03-10', reason => 'test'), bedrock.set_element('Brief', NULL, valid_to => '2026-03-15', reason => 'test');
SELECT element, valid FROM bedrock.element WHERE element IN ('Brief', 'Team 1') AND upper_inf(recorded) ORDER BY 1;

-- Workloads: NULL leaves a value, an empty text takes it away; names are what they are.
SELECT bedrock.set_workload('HR Portal', 'Ann', 'Shop', 'prod', labels => '{"customer": "acme"}'), bedrock.set_workload('O''Hara "x" & \ %s', 'Bob'), bedrock.set_workload('Customer Insights', 'Ann');
SELECT bedrock.set_workload('HR Portal', 'Ann') AS again, bedrock.set_workload('HR Portal', '', environment => 'dev', labels => '{}', valid_from => '2026-04-01', reason => 'Ann left') AS changed;
SELECT workload, owner, workload_type, environment, element, labels, valid FROM bedrock.workload WHERE upper_inf(recorded) ORDER BY workload, valid;
SELECT workload, owner, element_path, first_day, last_day FROM bedrock.workloads ORDER BY 1;
SELECT pg_temp.try($$SELECT bedrock.set_workload(NULL)$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('(unclaimed)')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload(repeat('w', 1025))$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', repeat('o', 1025))$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', element => 'nowhere')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', element => 'Brief')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', labels => '["acme"]')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', labels => '{"colour": "blue"}')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', valid_from => '2026-05-01', valid_to => '2026-04-01')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('HR Portal', 'Eve', valid_from => '2026-03-01')$$);
-- An element with a workload.
SELECT pg_temp.try($$SELECT bedrock.set_element('Shop', NULL, valid_to => '2026-12-31', reason => 'test')$$);
SELECT bedrock.set_workload('Old', valid_to => '2026-03-31');
SELECT pg_temp.try($$SELECT bedrock.set_workload('Old', 'Ann')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('HR Portal', 'Eve', valid_to => '2026-03-15', reason => 'test')$$);
SELECT bedrock.set_workload('Old', 'Ann', valid_to => 'infinity') AS begun_again;

-- Labels, reasons and days have limits; each is named.
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', labels => jsonb_build_object('customer', repeat('x', 1025)))$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', labels => '{"customer": "ac\u200bme"}')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload(' (unclaimed)')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', reason => repeat('x', 5000))$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', valid_from => 'infinity')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', valid_from => '4713-01-01 BC')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('new', valid_to => '-infinity')$$);
SELECT pg_temp.try(format('SELECT bedrock.%s', f)) FROM unnest(ARRAY[$$set_workload('new', valid_to => '5874897-12-31')$$, $$set_element('new', 1, valid_to => '5874897-12-31')$$, $$set_owner_rule('new', 'team', 'x', valid_to => '294276-12-31')$$,
    $$claim_identity('proj_search', 'HR Portal', valid_to => '5874897-12-31')$$, $$set_exchange_rate('USD', 'EUR', 1, '2026-03-01', '10000-01-01')$$, $$set_exchange_rate('USD', 'EUR', 1, 'infinity')$$,
    $$set_charge_policy('tax', 'central', '-infinity', '-infinity')$$, $$set_fiscal_period(repeat('p', 300), '2026-03-01', '2026-03-31')$$]) AS f;
-- A change without a last day holds until another value was planned, each value for itself; with one it holds on all its days.
SAVEPOINT planned;
SELECT bedrock.set_workload('Planned', 'Ann') AS new, bedrock.set_workload('Planned', 'Bob', valid_from => '2026-03-20', reason => 'Bob starts') AS planned,
       bedrock.set_workload('Planned', 'Cid', environment => 'prod', valid_from => '2026-03-10', reason => 'Cid helps out') AS before_it;
SELECT owner, environment, valid FROM bedrock.workload WHERE workload = 'Planned' AND upper_inf(recorded) ORDER BY valid;
SELECT bedrock.set_workload('Planned', 'Dan', valid_from => '2026-03-15', valid_to => 'infinity', reason => 'Bob left') AS all_days;
SELECT owner, environment, valid FROM bedrock.workload WHERE workload = 'Planned' AND upper_inf(recorded) ORDER BY valid;
SELECT bedrock.set_element('Plan', 4, 'Digital') AS new, bedrock.set_element('Plan', NULL, element_name => 'Second', valid_from => '2026-03-20', reason => 'planned') AS planned,
       bedrock.set_element('Plan', NULL, element_name => 'First', valid_from => '2026-03-10', reason => 'before it') AS before_it;
SELECT element_name, valid FROM bedrock.element WHERE element = 'Plan' AND upper_inf(recorded) ORDER BY valid;
-- It does not revive what has ended and begins again later.
SELECT bedrock.set_workload('Twice', 'Ann', valid_to => '2026-03-05') AS ended, bedrock.set_workload('Twice', valid_from => '2026-03-20', valid_to => 'infinity', reason => 'again') AS again,
       bedrock.set_workload('Twice', environment => 'dev', valid_from => '2026-03-03', reason => 'test') AS changed;
SELECT owner, environment, valid FROM bedrock.workload WHERE workload = 'Twice' AND upper_inf(recorded) ORDER BY valid;
ROLLBACK TO planned;

-- An identity, in every form.
SELECT i.form, c.identity, c.identity_kind, c.found, c.first_seen, c.last_seen, c.cost, c.claim_id, c.hint
FROM (VALUES (1, 'arn:aws:iam::111122223333:role/hr-portal-role'), (2, 'arn:aws:iam::111122223333:role/service-role/hr-portal-role'), (3, 'arn:aws:sts::111122223333:assumed-role/hr-portal-role/anyone@acme.com'),
             (4, E' hr-portal-role\n'), (5, 'customer-insights-batch'), (6, 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/hrportalprf1'), (7, 'hrportalprf1'), (8, 'hr-portal'),
             (9, 'arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_search'), (10, 'proj_search'), (11, 'arn:aws:bedrock:us-east-1:111122223333:guardrail/gr1'),
             (12, 'arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0/billing-app'), (13, 'arn:aws:bedrock:eu-west-1:111122223333:provisioned-model/pm1'),
             (14, 'arn:aws:bedrock:eu-west-1:111122223333:custom-model/amazon.nova-lite-v1:0/cm1'), (15, 'arn:aws:bedrock:eu-west-1:111122223333:imported-model/im1'), (16, 'arn:aws:bedrock:eu-west-1:111122223333:agent/AGENT1'),
             (17, 'arn:aws:bedrock:eu-west-1:111122223333:knowledge-base/KB1'), (18, 'arn:aws:bedrock:eu-west-1:111122223333:flow/FLOW1'), (19, 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/r-1'),
             (20, 'arn:aws:iam::111122223333:root'), (21, 'arn:aws:sts::111122223333:federated-user/eve')) AS i (form, identity)
CROSS JOIN LATERAL bedrock.check_identity(i.identity) AS c ORDER BY i.form;
-- What can own nothing, and what is nothing.
SELECT pg_temp.try(format('SELECT bedrock.claim_identity(%L, ''HR Portal'')', i))
FROM unnest(ARRAY['arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0', 'us.amazon.nova-lite-v1:0', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
                  'amazon.nova-lite-v1:0', 'arn:aws:bedrock-mantle:us-east-1:111122223333:project/default', 'default', 'arn:aws:bedrock:us-east-1:111122223333:guardrail-profile/us.guardrail.v1:0',
                  'arn:aws:bedrock-agentcore:us-east-1:aws:browser/aws.browser.v1', 'arn:aws:s3:::bucket', 'arn:aws:iam::111122223333:policy/p', 'arn:aws:bedrock:us-east-1:${Account}:agent/a', 'arn:',
                  'nobody', 'shared', '', '  ', NULL, repeat('x', 3000)]) WITH ORDINALITY AS v (i, n) ORDER BY n;

-- A claim owns from its first day on, all sessions of a role; what is never seen is pending.
SELECT bedrock.claim_identity('arn:aws:sts::111122223333:assumed-role/hr-portal-role/s1', 'HR Portal', '2026-03-03', reason => 'new owner') AS role;
SELECT bedrock.claim_identity('hr-portal', 'Customer Insights', '2026-03-01', '2026-03-03', reason => 'pilot') AS profile;
SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/not-yet', 'O''Hara "x" & \ %s') AS never_seen;
-- Profile on 2 and 3 March: 1 + 2. Role from 3 March on: 20 + 40, and the profile's line of 4 March, 4. Before: 10. All: 7777.
SELECT * FROM pg_temp.owners();
SELECT * FROM pg_temp.mine WHERE valid_from < bedrock_internal.today() ORDER BY claim_id;
SELECT claim_id, identity, workload, status, valid_from = bedrock_internal.today() AS from_today, valid_to, first_seen, cost_since FROM pg_temp.mine WHERE claim_id = 3;
SELECT found, claim_id, workload, hint FROM bedrock.check_identity('hr-portal-role');

-- Overlaps, reversed days, days to come; both claims are named.
SELECT pg_temp.try($$SELECT bedrock.claim_identity('hr-portal-role', 'Customer Insights')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('hr-portal-role', 'HR Portal')$$);
-- The same workload: days before, and days after.
SELECT pg_temp.try($$SELECT bedrock.claim_identity('hr-portal-role', 'HR Portal', '2026-03-01', reason => 'test')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('hr-portal', 'Customer Insights', '2026-03-02', reason => 'test')$$);
-- A claim that begins behind the bill says so, and how to have it earlier.
SAVEPOINT behind;
SET LOCAL client_min_messages = notice;
SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/behind', 'HR Portal', '2026-04-02', reason => 'test') IS NOT NULL AS claimed;
SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/behind', 'HR Portal', '2026-03-01', reason => 'test', valid_to => '2026-04-01') IS NOT NULL AS dated_back;
ROLLBACK TO SAVEPOINT behind;
SELECT setval('bedrock.claim_claim_id_seq', 3) AS last_claim;
SELECT pg_temp.try($$SELECT bedrock.claim_identity('hr-portal', 'HR Portal', '2026-03-03', reason => 'test')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('proj_search', 'HR Portal', '2026-03-10', '2026-03-09', 'test')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('proj_search', 'HR Portal', bedrock_internal.today() + 1)$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('proj_search', 'HR Portal', 'infinity')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('proj_search', 'HR Portal', '2026-03-01')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('proj_search', 'HR Portal', '2026-03-01', reason => '  ')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('proj_search', 'HR Portal', reason => repeat('r', 5000))$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('proj_search', NULL)$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('proj_search', 'hr portal')$$);
SELECT bedrock.set_workload('Short', valid_from => '2026-03-01', valid_to => '2026-03-31');
SELECT pg_temp.try($$SELECT bedrock.claim_identity('proj_search', 'Short', '2026-03-01', reason => 'test')$$);
-- The next day is free, and so are all days but those claimed.
SELECT bedrock.claim_identity('hr-portal', 'HR Portal', '2026-03-04', '2026-03-04', 'test') AS next_day, bedrock.claim_identity('proj_search', 'Short', '2026-03-01', '2026-03-31', 'test') AS within;
-- A workload with claims.
SELECT pg_temp.try($$SELECT bedrock.set_workload('Short', valid_to => '2026-03-15', reason => 'test')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('HR Portal', valid_to => bedrock_internal.today())$$);

-- End and move: a claim that is shortened keeps its number, what moves gets one.
SELECT pg_temp.try($$SELECT bedrock.end_claim(1, NULL)$$);
SELECT pg_temp.try($$SELECT bedrock.end_claim(1, 'infinity')$$);
SELECT pg_temp.try($$SELECT bedrock.end_claim(99, '2026-03-03')$$);
SELECT pg_temp.try($$SELECT bedrock.end_claim(NULL, '2026-03-03')$$);
SELECT pg_temp.try($$SELECT bedrock.end_claim(2, '2026-03-10')$$);
SELECT pg_temp.try($$SELECT bedrock.end_claim(1, '2026-03-03')$$);
SELECT pg_temp.try($$SELECT bedrock.move_claim(1, 'Customer Insights', bedrock_internal.today() + 1)$$);
SELECT pg_temp.try($$SELECT bedrock.move_claim(1, 'Customer Insights', '2026-03-01', 'test')$$);
SELECT pg_temp.try($$SELECT bedrock.move_claim(1, 'Customer Insights', '2026-03-04')$$);
SELECT pg_temp.try($$SELECT bedrock.move_claim(1, 'nothing')$$);
SELECT pg_temp.try($$SELECT bedrock.move_claim(1, NULL)$$);
SELECT pg_temp.try($$SELECT bedrock.move_claim(99, 'HR Portal')$$);
SELECT pg_temp.try($$SELECT bedrock.move_claim(1, 'Short')$$);
SELECT bedrock.move_claim(1, 'HR Portal') AS stays, bedrock.move_claim(1, 'Customer Insights', '2026-03-04', 'handed over') AS moves;
SELECT bedrock.end_claim(4, '2026-03-03', 'never meant'), bedrock.end_claim(2, '2026-03-02', 'pilot ended'), bedrock.end_claim(2, '2026-03-02') AS again;
-- Profile on 2 March: 1; role to 3 March: 20, and the profile's line of 3 March, 2; from 4 March on 40 + 4.
SELECT * FROM pg_temp.owners();
SELECT * FROM pg_temp.mine WHERE claim_id <> 3 ORDER BY claim_id;
SELECT claim_id, workload, valid, upper_inf(recorded) AS known, reason, close_reason FROM bedrock.claim WHERE claim_id <> 3 ORDER BY claim_id, lower(recorded);
-- The last line of defence, where somebody writes past the functions: two claims, two parents of a day.
SELECT pg_temp.try($$INSERT INTO bedrock.claim (claim_id, identity_kind, identity, workload, valid) SELECT 1000, identity_kind, identity, 'x', valid FROM bedrock.claim WHERE claim_id = 3 RETURNING claim_id$$) ~ '^23P01 conflicting key' AS refused;
SELECT pg_temp.try($$INSERT INTO bedrock.element (element, level, element_name, parent, valid) VALUES ('Shop', 4, 'Shop', 'Retail', '[2026-03-01,2026-03-02)') RETURNING element$$) ~ '^23P01 conflicting key' AS refused;

-- Rules.
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', 'colour', 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', NULL, 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', 'team', '(')$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', 'tag', 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', 'team', 'x', tag_key => 'team')$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', 'team', 'x', 'nothing')$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', 'team', NULL)$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('', 'team', 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', 'team', 'x', valid_from => '2026-03-01')$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', 'team', 'x', valid_from => '2026-03-02', valid_to => '2026-03-01', reason => 'test')$$);
SELECT bedrock.set_owner_rule('shared roles', 'principal_name', '^shared$', 'Old', valid_from => '2026-03-01', reason => 'test') AS first, bedrock.set_owner_rule('by name', 'principal_name', '^(customer-insights)-', valid_from => '-infinity', reason => 'test') AS second;
SELECT rule, priority, attribute, tag_key, pattern, workload, valid FROM bedrock.owner_rule WHERE upper_inf(recorded) ORDER BY priority;
SELECT workload, cost FROM pg_temp.owners() WHERE workload = 'Old';
SELECT bedrock.set_owner_rule('shared roles', 'principal_name', '^shared$') AS again, bedrock.set_owner_rule('shared roles', NULL, NULL) AS ended, bedrock.set_owner_rule('shared roles', NULL, NULL) AS again_ended;
SELECT upper(valid) = bedrock_internal.today() AS until_today, close_reason FROM bedrock.owner_rule WHERE rule = 'shared roles' AND upper_inf(recorded);

-- Labels of principals: each stretch of days keeps what is not changed. Empty text: no label; NULL: back to the tags.
SELECT bedrock.set_label('hr-portal-role', 'department', 'HR', '2026-03-01', 'test') AS department, bedrock.set_label('hr-portal-role', 'team', 'portal', '2026-03-03', 'test') AS team,
       bedrock.set_label('hr-portal-role', 'department', 'People', '2026-03-04', 'test') AS changed, bedrock.set_label('hr-portal-role', 'department', 'People', '2026-03-04', 'test') AS again;
SELECT valid, labels FROM bedrock.principal_label WHERE upper_inf(recorded) ORDER BY valid;
SELECT usage_date, department, team, sum(unblended_cost) AS cost FROM bedrock.spend WHERE source = 'cur' AND principal_name = 'hr-portal-role' GROUP BY 1, 2, 3 ORDER BY 1;
SELECT bedrock.set_label('hr-portal-role', 'department', NULL, '2026-03-01', 'test'), bedrock.set_label('hr-portal-role', 'team', '', '2026-03-04', 'test');
SELECT valid, labels FROM bedrock.principal_label WHERE upper_inf(recorded) ORDER BY valid;
SELECT pg_temp.try($$SELECT bedrock.set_label('hr-portal-role', 'colour', 'blue')$$);
SELECT pg_temp.try($$SELECT bedrock.set_label('hr-portal-role', NULL, 'blue')$$);
SELECT pg_temp.try($$SELECT bedrock.set_label('nobody', 'team', 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_label('arn:aws:bedrock:us-east-1:111122223333:guardrail/gr1', 'team', 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_label('hr-portal-role', 'team', 'x', '2026-03-01')$$);
SELECT pg_temp.try($$SELECT bedrock.set_label('hr-portal-role', 'team', repeat('x', 1025))$$);

-- Who may: a role sees and changes what is in its scope, from today on, and learns nothing of the rest.
\set ECHO none
CREATE ROLE regress_owner; CREATE ROLE regress_manager; CREATE ROLE regress_finops;
GRANT USAGE ON SCHEMA bedrock TO regress_owner, regress_manager, regress_finops;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock TO regress_owner, regress_manager, regress_finops;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock TO regress_owner, regress_manager, regress_finops;
GRANT EXECUTE ON FUNCTION pg_temp.try(text) TO PUBLIC;
SELECT bedrock.grant_scope('regress_owner', 'workload', 'Customer Insights'), bedrock.grant_scope('regress_manager', 'element', 'Retail'), bedrock.grant_scope('regress_finops', 'manage') \g /dev/null
\set ECHO all
-- What a rule gives to another workload is not taken by a claim: the lines of bob, also those in a project.
SAVEPOINT ruled;
SELECT bedrock.set_owner_rule('people', 'principal_name', '^(bob)$', 'HR Portal');
SET ROLE regress_owner;
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:user/bob', 'Customer Insights')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_search', 'Customer Insights')$$);
SET ROLE regress_manager;
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:user/bob', 'HR Portal') > 0$$);
SET ROLE regress_finops;
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_search', 'Customer Insights') > 0$$);
ROLLBACK TO ruled;
-- Days that are over count no more.
SELECT bedrock.set_owner_rule('people', 'principal_name', '^(bob)$', 'HR Portal', valid_from => '2026-03-01', valid_to => bedrock_internal.today() - 1, reason => 'test');
SET ROLE regress_owner;
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:user/bob', 'Customer Insights') > 0$$);
ROLLBACK TO ruled;
SELECT claim_id, workload, valid FROM bedrock.claim WHERE upper_inf(recorded) AND claim_id IN (1, 6) ORDER BY 1;
SET ROLE regress_owner;
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/batch', 'Customer Insights') > 0$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/other', 'HR Portal')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/other', 'no such workload')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/other', 'Customer Insights', bedrock_internal.today() - 1, reason => 'mine')$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/not-yet', 'Customer Insights')$$);
SELECT pg_temp.try($$SELECT bedrock.end_claim(3, bedrock_internal.today())$$);
SELECT pg_temp.try($$SELECT bedrock.move_claim(3, 'Customer Insights')$$);
SELECT pg_temp.try($$SELECT bedrock.move_claim(6, 'HR Portal')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('Customer Insights', 'Cleo')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('HR Portal', 'Cleo')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('mine too')$$);
SELECT pg_temp.try($$SELECT bedrock.set_element('Shop', NULL, element_name => 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_level(1, 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_owner_rule('r', 'team', 'x')$$);
SELECT pg_temp.try($$SELECT bedrock.set_label('arn:aws:iam::111122223333:role/not-yet', 'team', 'x')$$);
-- Their own: a label of what they claimed. Of another's claim only that it is one.
SELECT pg_temp.try($$SELECT bedrock.set_label('arn:aws:iam::111122223333:role/batch', 'team', 'x')$$);
SELECT identity, found, cost, claim_id, workload, hint FROM bedrock.check_identity('arn:aws:iam::111122223333:role/not-yet');
SELECT identity, found, cost, claim_id, workload FROM bedrock.check_identity('arn:aws:iam::111122223333:role/hr-portal-role');
SELECT DISTINCT workload FROM bedrock.claims ORDER BY 1;
SELECT DISTINCT object_kind, who FROM bedrock.audit WHERE object_kind IN ('claim', 'workload', 'element', 'rule') AND who = current_user ORDER BY 1;
SET ROLE regress_manager;
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/portal-2', 'HR Portal') > 0$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/portal-3', 'Customer Insights')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('Shop Search', element => 'Shop')$$);
SELECT pg_temp.try($$SELECT bedrock.set_workload('Elsewhere')$$);
SELECT first_day = bedrock_internal.today() AS from_today FROM bedrock.workloads WHERE workload = 'Shop Search';
SET ROLE regress_finops;
-- Who manages everything rewrites nothing that is recorded.
SELECT pg_temp.try($$UPDATE bedrock.claim SET recorded_by = 'nobody'$$), pg_temp.try($$DELETE FROM bedrock.workload$$);
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/other', 'HR Portal', '2026-01-01', reason => 'audit of March') > 0$$);
RESET ROLE;
SELECT object, action, who, before, replace(after::text, bedrock_internal.today()::text, 'TODAY') AS after, reason FROM bedrock.audit WHERE who IN ('regress_finops', 'regress_manager') AND object_kind = 'workload' OR object ~ 'role/other$' ORDER BY at;

-- Audit: who changed what, before and after.
SELECT object_kind, substring(object FROM '[^/]*$') AS object, action, before, after, reason FROM bedrock.audit
WHERE object_kind IN ('claim', 'rule', 'level', 'principal label') AND who = session_user AND object !~ 'not-yet|^shared roles' ORDER BY at, object;
SELECT bedrock.set_price('amazon.nova-lite-v1:0', 'input', 0.05, valid_from => '2026-01-01', note => 'contract'), bedrock.set_price('amazon.nova-lite-v1:0', 'input', 0.04, valid_from => '2026-06-01');
SELECT bedrock.set_discount(10, provider => 'Amazon', valid_from => '2026-01-01', note => 'deal'), bedrock.set_discount(NULL, provider => 'Amazon', valid_from => '2026-01-01', note => 'deal is off');
SELECT bedrock.set_setting('stale_after_hours', '72', note => 'slow export');
SELECT object_kind, object, action, who = session_user AS mine, before #>> '{0,usd}' AS usd, after #>> '{0,usd}' AS new_usd, after #>> '{0,value}' AS value, before IS NOT NULL AS had, reason FROM bedrock.audit
WHERE object_kind IN ('price', 'discount', 'setting') AND at >= now() ORDER BY at;
SELECT action, after #>> '{0,labels}' AS labels, reason FROM bedrock.audit WHERE object_kind = 'profile' AND object ~ 'hrportalprf1$' ORDER BY at;

-- Suggestions: what nobody owns in the latest month, each line once; a name, a label or an account must say it.
SELECT bedrock.set_owner_rule('by name', NULL, NULL, valid_from => '-infinity', reason => 'test'), bedrock.set_owner_rule('shared roles', NULL, NULL, valid_from => '-infinity', reason => 'test');
SELECT bedrock.claim_identity('known', 'Old', '2026-03-01', '2026-03-31', 'test') > 0 AS known, bedrock.set_workload('Shared Services') AS too_little_in_common, bedrock.set_workload('Customer Care') AS less_in_common;
SELECT identity_kind, substring(identity FROM '[^:]*$') AS identity, name, account_id, cost, first_seen, suggested_workload, suggested_by, similarity, evidence FROM bedrock.claim_suggestion ORDER BY cost;
SELECT (SELECT sum(cost) FROM bedrock.claim_suggestion) AS suggested, cost AS unclaimed FROM pg_temp.owners() WHERE workload = '(unclaimed)';
-- Days are days whatever DateStyle is: 3 February, cut on 5 March.
SET LOCAL datestyle = 'SQL, DMY';
SELECT bedrock.claim_identity('arn:aws:bedrock:us-east-1:111122223333:guardrail/gr1', 'Customer Care', '03/02/2026', '12/03/2026', 'test') AS id \gset
SELECT bedrock.end_claim(:id, '05/03/2026', 'test'), pg_temp.try(format($$SELECT bedrock.end_claim(%s, '06/03/2026', 'test')$$, :id)) ~ 'ends on 2026-03-05 already' AS says_so, bedrock.set_workload('Customer Care', 'Zoe', valid_from => '04/02/2026', reason => 'test');
SET LOCAL datestyle = 'ISO, YMD';
SELECT workload, valid FROM bedrock.claim WHERE claim_id = :id AND upper_inf(recorded);
SELECT owner, valid FROM bedrock.workload WHERE workload = 'Customer Care' AND upper_inf(recorded) ORDER BY valid;
-- A label is said by somebody; two that fit equally well are no suggestion.
SELECT bedrock.set_label('arn:aws:iam::111122223333:role/shared', 'application', 'OLD', '2026-03-01', 'test'), bedrock.set_workload('hr-portal');
SELECT substring(identity FROM '[^:]*$') AS identity, cost, suggested_workload, suggested_by, similarity, evidence FROM bedrock.claim_suggestion WHERE name ~ 'shared|portal' ORDER BY cost;
SELECT n, array_agg(r ORDER BY r) FROM unnest('{HrPortal_prod,research-agent,"",FinOpsCenter_DemoApp}'::text[]) AS n LEFT JOIN LATERAL bedrock_internal.name_runs(n) AS r ON true GROUP BY n ORDER BY n;
-- Infinity is no end; before all days there is nothing, and after the years there are no days.
SELECT bedrock.set_workload('Long', valid_to => 'infinity'), bedrock.claim_identity('arn:aws:iam::111122223333:role/long', 'Long', valid_to => 'infinity') - currval('bedrock.claim_claim_id_seq') AS claim;
SELECT upper_inf(w.valid) AS open, upper_inf(c.valid) AS open_claim FROM bedrock.workload AS w, bedrock.claim AS c WHERE w.workload = 'Long' AND c.workload = 'Long';
SELECT pg_temp.try(format('SELECT bedrock.end_claim(%s, ''5874897-12-31'')', currval('bedrock.claim_claim_id_seq')));
SELECT pg_temp.try($$SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/none', 'Long', '-infinity', '-infinity', 'test')$$);
ROLLBACK;
