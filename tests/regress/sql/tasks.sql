-- What must be done, and requests to spend, on a bill of a dozen lines: every figure is calculated by hand in the comment above it.
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA tk;

-- 1. Nothing is loaded ---------------------------------------------------------------------------------------------------
SELECT bedrock_internal.refresh_tasks() AS changed, (SELECT count(*) FROM bedrock.task) AS tasks;

-- A line is an hour of input tokens of a role, in us-east-1, called directly.
CREATE TABLE tk.bill (
    who text, line_item_usage_start_date timestamp, line_item_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD',
    line_item_resource_id text DEFAULT 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', tags jsonb DEFAULT '{}',
    line_item_usage_account_id text DEFAULT '100000000002', bill_payer_account_id text DEFAULT '100000000001', bill_billing_entity text DEFAULT 'AWS', bill_invoice_id text,
    bill_billing_period_start_date timestamp GENERATED ALWAYS AS (date_trunc('month', line_item_usage_start_date)) STORED,
    line_item_usage_end_date timestamp GENERATED ALWAYS AS (line_item_usage_start_date + interval '1 hour') STORED, line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens',
    line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens',
    line_item_iam_principal text GENERATED ALWAYS AS ('arn:aws:iam::100000000002:role/' || who) STORED);
\set profile '\'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/prof1234abcd\''
-- chat calls directly, 40 dollars and 9 euro; nobody costs 5; penny 50 cents; old was last seen on 20 April.
INSERT INTO tk.bill (who, line_item_usage_start_date, line_item_unblended_cost, line_item_currency_code) VALUES
    ('chat', '2026-04-20 10:00', 10, 'USD'), ('chat', '2026-05-05 10:00', 30, 'USD'), ('chat', '2026-05-05 10:00', 9, 'EUR'), ('nobody', '2026-05-04 10:00', 5, 'USD'),
    ('penny', '2026-05-05 10:00', 0.5, 'USD'), ('old', '2026-04-20 10:00', 70, 'USD'), ('chat', '2026-03-01 10:00', 1000, 'USD');
-- search calls a profile that carries all required tags but one.
SELECT string_agg(tag_key, ', ' ORDER BY tag_key COLLATE "C") AS required FROM bedrock_internal.required_tags();
INSERT INTO bedrock.required_tag (tag_key, required) SELECT tag_key, false FROM bedrock_internal.required_tags() WHERE tag_key <> 'Project';
INSERT INTO bedrock.required_tag (tag_key) VALUES ('team');
INSERT INTO tk.bill (who, line_item_usage_start_date, line_item_unblended_cost, line_item_resource_id, tags) VALUES ('search', '2026-05-05 10:00', 20, :profile, '{"resourceTags/Team": "find"}');
SELECT bedrock.attach('tk.bill', 'bill', line_item => false) IS NOT NULL AS attached;
-- A refresh makes tasks; data goes to the fifth, and 30 days begin on 6 April.
SELECT count(*) FROM bedrock.refresh();
SELECT bedrock.data_through();
CREATE VIEW tk.now AS
SELECT kind, regexp_replace(subject, 'arn:[^ ]*/', '') AS subject, workload, right(account_id, 1) AS acc, at_stake, since, last_seen, state, assignee, evidence, reason
FROM bedrock.task WHERE upper_inf(recorded);
SELECT * FROM tk.now ORDER BY kind COLLATE "C", subject COLLATE "C";
-- Nothing changed: no row is written, in place or else.
SELECT bedrock_internal.refresh_tasks() AS changed, count(*) AS rows, count(DISTINCT xmin::text) AS writers FROM bedrock.task;

-- 2. What somebody says of a task ----------------------------------------------------------------------------------------
CREATE FUNCTION tk.id(kind text, subject text) RETURNS bigint LANGUAGE sql STABLE AS $$SELECT task_id FROM bedrock.task AS t WHERE t.kind = $1 AND t.subject ~ $2 AND upper_inf(recorded)$$;
SELECT bedrock.set_task(tk.id('claim', 'chat'), 'in progress', 'ann'), bedrock.set_task(tk.id('claim', 'chat'), 'in progress', 'ann') AS again, bedrock.set_task(tk.id('claim', 'chat'), assignee => 'bob', reason => 'Ann is away') AS given;
SELECT bedrock.set_task(tk.id('claim', 'nobody'), 'dismissed');
SELECT bedrock.set_task(tk.id('claim', 'nobody'), 'dismissed', reason => 'a trial of a week');
SELECT bedrock.set_task(tk.id('tag', 'chat'), 'done', reason => 'tagged');
SELECT bedrock.set_task(tk.id('tag', 'chat'), 'reopened');
SELECT bedrock.set_task(4711, 'done');
-- What is done by hand stays done on days before that: the bill lags.
SELECT bedrock_internal.refresh_tasks() AS changed;
SELECT state, assignee, upper_inf(recorded) AS known, recorded_by = session_user AS mine, reason, close_reason FROM bedrock.task WHERE task_id = tk.id('claim', 'chat') ORDER BY lower(recorded);
SELECT object_kind, before -> 0 ->> 'state' AS before, after -> 0 ->> 'state' AS after, after -> 0 ->> 'assignee' AS assignee, reason FROM bedrock.audit WHERE object_kind = 'task' AND object = tk.id('claim', 'chat')::text AND before IS NOT NULL ORDER BY at;

-- 3. What the data says --------------------------------------------------------------------------------------------------
-- Claimed from today on, which leaves what was spent before: done at once, with who has it. The other tasks now know the workload only where it owns spend: none yet.
SELECT bedrock.set_workload('chat', 'Cleo'), bedrock.claim_identity('arn:aws:iam::100000000002:role/chat', 'chat') > 0 AS claimed;
SELECT bedrock_internal.refresh_tasks() AS changed;
SELECT kind, subject, state, assignee, regexp_replace(evidence, '[0-9]{4}-[0-9-]+', 'DAY') AS evidence, upper_inf(recorded) AS known FROM bedrock.task WHERE kind = 'claim' AND subject ~ 'chat' AND state = 'done';
-- The claim is taken back: it comes back.
SELECT bedrock.end_claim(claim_id, '2026-05-04', 'a mistake') FROM bedrock.claims WHERE identity ~ 'chat';
SELECT bedrock_internal.refresh_tasks() AS changed;
SELECT state, assignee, evidence FROM tk.now WHERE kind = 'claim' AND subject = 'chat';
-- Eleven dollars more make 16, more than twice the 5 that were dismissed; 5 more make 10 and do not. penny now costs 1.00.
BEGIN;
INSERT INTO tk.bill (who, line_item_usage_start_date, line_item_unblended_cost) VALUES ('nobody', '2026-05-06 10:00', 5), ('penny', '2026-05-06 10:00', 0.5);
SELECT count(*) FROM bedrock.refresh();
SELECT kind, subject, at_stake, state, reason FROM tk.now WHERE subject IN ('nobody', 'penny') ORDER BY kind, subject;
INSERT INTO tk.bill (who, line_item_usage_start_date, line_item_unblended_cost) VALUES ('nobody', '2026-05-07 10:00', 6);
SELECT count(*) FROM bedrock.refresh();
SELECT kind, at_stake, state, evidence FROM tk.now WHERE subject = 'nobody' AND kind = 'claim';
ROLLBACK;
-- Seven days without it, by the data and not by the clock: on the twelfth chat was last seen seven days ago, on the eleventh six.
SELECT bedrock_internal.refresh_tasks('2026-05-11') AS eleventh, bedrock_internal.refresh_tasks('2026-05-12') > 0 AS twelfth;
SELECT kind, state, evidence FROM tk.now WHERE subject = 'chat' ORDER BY kind;
-- The profile is imported with its model, and the sixth comes with another day of chat: by hand done on a later day than that, so it stays done.
SELECT count(*) FROM bedrock.import_profiles('{"inferenceProfileSummaries": [{"inferenceProfileArn": "arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/prof1234abcd", "inferenceProfileName": "search", "type": "APPLICATION", "models": [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"}]}]}');
INSERT INTO tk.bill (who, line_item_usage_start_date, line_item_unblended_cost) VALUES ('chat', '2026-05-13 10:00', 3);
SELECT count(*) FROM bedrock.refresh();
SELECT kind, subject, at_stake, state, evidence FROM tk.now ORDER BY kind COLLATE "C", subject COLLATE "C";
-- Called done today, and seen on a day after that.
INSERT INTO tk.bill (who, line_item_usage_start_date, line_item_unblended_cost) VALUES ('chat', now()::date + 40 + interval '10 hours', 3);
SELECT count(*) FROM bedrock.refresh();
SELECT state, at_stake, last_seen > now() AS later, evidence = format('the data shows it again, last on %s', last_seen) AS told FROM tk.now WHERE kind = 'tag' AND subject = 'chat';
-- The source goes, and with it at once what it showed; what was dismissed stays.
SELECT bedrock.detach('bill');
SELECT bedrock_internal.refresh_tasks() AS again;
SELECT state, evidence, count(*) FROM tk.now GROUP BY 1, 2 ORDER BY 1, 2;

-- 4. Requests to spend ---------------------------------------------------------------------------------------------------
CREATE ROLE tk_finops; CREATE ROLE tk_other; CREATE ROLE tk_owner; CREATE ROLE tk_engineer; CREATE ROLE tk_both; CREATE ROLE tk_loader;
SELECT count(*) >= 0 AS roles FROM bedrock.create_roles();
GRANT bedrock_finops TO tk_finops; GRANT bedrock_finops TO tk_other; GRANT bedrock_loader TO tk_loader; GRANT tk_owner, tk_other TO tk_both; GRANT bedrock_product_owner TO tk_owner; GRANT bedrock_cloud_engineer TO tk_engineer;
GRANT USAGE ON SCHEMA tk TO PUBLIC; GRANT SELECT ON tk.now TO PUBLIC;
SELECT bedrock.set_workload('other'), bedrock.grant_scope('tk_owner', 'workload', 'chat'), bedrock.grant_scope('tk_engineer', 'account', '100000000002');
SET SESSION AUTHORIZATION tk_owner;
SELECT bedrock.request_spend('chat', 250.50, '2026-06-01', '2026-06-30', 'a trial of agents') AS request;
SELECT bedrock.request_spend('other', 1, '2026-06-01', '2026-06-30', 'not mine');
SELECT bedrock.request_spend('chat', 0, '2026-06-01', '2026-06-30', 'nothing');
SELECT bedrock.request_spend('chat', 9 * 10::numeric ^ 131071, '2026-06-01', '2026-06-30', 'all there is');
SELECT bedrock.request_spend('chat', 1, '2026-06-30', '2026-06-01', 'backwards');
SELECT bedrock.request_spend('chat', 1, '2026-06-01', '2026-06-30', ' ');
SELECT bedrock.request_spend('chat', 1, '2026-06-01', '2026-06-30', 'dollars', 'dollars');
SELECT bedrock.decide_request(1, 'approved');
SET SESSION AUTHORIZATION tk_finops;
SELECT bedrock.decide_request(1, 'agreed');
SELECT bedrock.decide_request(1, 'rejected');
SELECT bedrock.decide_request(1, 'approved', 'within the plan') AS decided;
SELECT bedrock.decide_request(1, 'rejected', 'after all');
SELECT bedrock.decide_request(2, 'approved');
-- Not one's own, unless the setting says so.
SELECT bedrock.request_spend('other', 10, '2026-06-01', '2026-06-30', 'more', 'EUR') AS request;
SELECT bedrock.decide_request(2, 'approved');
SET SESSION AUTHORIZATION tk_other;
SELECT bedrock.decide_request(2, 'rejected', 'no money') AS decided;
-- Who is a member of two roles does not decide with one what he asked for with the other, whichever he logs in as.
SET SESSION AUTHORIZATION tk_both;
SET ROLE tk_owner;
SELECT bedrock.request_spend('chat', 5, '2026-06-01', '2026-06-30', 'as the owner') AS request;
SET ROLE tk_other;
SELECT bedrock.decide_request(3, 'approved');
RESET ROLE;
SELECT bedrock.decide_request(3, 'rejected', 'nor so');
SET SESSION AUTHORIZATION tk_finops;
SELECT bedrock.decide_request(3, 'rejected', 'another may') AS decided;
SET SESSION AUTHORIZATION tk_other;
SELECT bedrock.set_setting('approve_own_request', '1');
SELECT bedrock.decide_request(bedrock.request_spend('other', 20, '2026-06-01', '2026-06-30', 'less'), 'approved') AS own;
SELECT bedrock.decide_request(bedrock.request_spend('other', 30, '2026-06-01', '2026-06-30', 'never mind'), 'withdrawn') AS withdrawn;
RESET SESSION AUTHORIZATION;
SELECT request_id, workload, amount, currency, requested_by, requested_login, state, recorded_by, recorded_login, reason, upper_inf(recorded) AS known FROM bedrock.spend_request ORDER BY request_id, lower(recorded);
-- What a decision says cannot be closed, even by the owner of the table.
\set VERBOSITY terse
UPDATE bedrock.spend_request SET recorded = tstzrange(lower(recorded), now() + interval '1 day') WHERE state = 'approved' AND request_id = 1;

\set VERBOSITY default

-- 5. Who sees what -------------------------------------------------------------------------------------------------------
SELECT bedrock.attach('tk.bill', 'bill', line_item => false) IS NOT NULL AS attached;
DELETE FROM tk.bill WHERE line_item_usage_start_date > now();
INSERT INTO tk.bill (who, line_item_usage_start_date, line_item_unblended_cost, line_item_usage_account_id) VALUES ('far', '2026-05-13 10:00', 3, '100000000003');
SELECT bedrock.claim_identity('arn:aws:iam::100000000002:role/chat', 'chat', '2026-05-05', reason => 'test') > 0 AS claimed;
SELECT count(*) FROM bedrock.refresh();
-- Of the spend of chat the 10 dollars of April are nobody's and the rest its own: the task is chat's. That of a region is of several.
SELECT workload, acc, count(*) AS tasks, string_agg(kind, ', ' ORDER BY kind) AS kinds FROM tk.now WHERE state NOT IN ('done', 'dismissed') GROUP BY 1, 2 ORDER BY 1, 2;
SET ROLE tk_engineer;
SELECT DISTINCT account_id FROM bedrock.task;
SELECT count(*) AS requests FROM bedrock.spend_request;
SELECT bedrock.set_task(min(task_id), assignee => 'me') FROM bedrock.task WHERE upper_inf(recorded);
SET ROLE tk_owner;
SELECT DISTINCT workload, kind FROM bedrock.task ORDER BY 2;
-- Who loads has tasks looked for at the end of a load, and cannot say as of when.
SET ROLE tk_loader;
SELECT bedrock_internal.refresh_tasks('2020-01-01');
SET ROLE tk_owner;
SELECT DISTINCT workload FROM bedrock.spend_request;
SELECT bedrock.set_task(4711, 'done');
RESET ROLE;

-- 6. Reports -------------------------------------------------------------------------------------------------------------
-- The mean of what is known: (1 + 0 + 0.5) / 3; parts beyond 0 and 1 count as these: (1 + 0) / 2; nothing known.
SELECT bedrock_internal.report_score(1, 0, NULL, 0.5) AS half, bedrock_internal.report_score(1.7, -3) AS bounded, bedrock_internal.report_score(NULL, NULL) AS unknown;
SELECT s AS score, bedrock_internal.report_grade(s) AS grade FROM unnest(ARRAY[100, 90, 89.9, 80, 70, 69.9, 60, 59.9, 0, NULL]) AS s;
-- chat owns all of its spend by a claim, tags nothing, caches nothing: the mean of 1, 0 and, of no policy that is broken, 1; what is not known does not count.
SELECT a ->> 'workload' AS workload, a ->> 'currency' AS cur, a ->> 'cost' AS cost, a ->> 'attribution_pct' AS attribution, a ->> 'cache_rate' AS cache, a ->> 'tag_pct' AS tags, a ->> 'model_ok' AS model_ok, a ->> 'score' AS score, a ->> 'grade' AS grade
FROM bedrock.answer('Q070', '{"period": "2026-05-01"}') AS a;
-- A workload without spend has steps, but neither a card nor an account.
SELECT a ->> 'step' AS step, a ->> 'title' AS title, a ->> 'status' AS status, a ->> 'fix' AS fix FROM bedrock.answer('Q148', '{"workload": "other", "period": "2026-05-01"}') AS a;
SELECT a ->> 'step' AS step, a ->> 'status' AS status, a ->> 'evidence' AS evidence FROM bedrock.answer('Q148', '{"workload": "chat", "period": "2026-05-01"}') AS a WHERE a ->> 'step' NOT IN ('6');
-- No logs: stage 1, whatever else there is. Nothing at all: stage 1 too.
SELECT a ->> 'account' AS account, a ->> 'stage' AS stage, a ->> 'evidence' AS evidence, a ->> 'next_step' IS NOT NULL AS next FROM bedrock.answer('Q149', '{"period": "2026-05-01"}') AS a;
SELECT a ->> 'account' AS account, a ->> 'stage' AS stage, a ->> 'evidence' AS evidence, a ->> 'next_step' IS NOT NULL AS next FROM bedrock.answer('Q149', '{"period": "2020-05-01"}') AS a;
-- 66 dollars for the 33 of chat in May: 2 for each. 100 euro of other, which spent nothing, stay alone; in another currency than the cost there is no ratio.
SELECT bedrock.set_business_metric('value', 66, '2026-05-01', '2026-05-31', workload => 'chat', currency => 'USD') AS chat, bedrock.set_business_metric('value', 100, '2026-05-01', '2026-05-31', workload => 'other', currency => 'EUR') AS other;
SELECT a ->> 'workload' AS workload, a ->> 'currency' AS cur, a ->> 'cost' AS cost, a ->> 'declared_value' AS value, a ->> 'value_per_dollar' AS per, a ->> 'roi_pct' AS roi FROM bedrock.answer('Q083', '{"period": "2026-05-01"}') AS a ORDER BY 2, 1;
-- A budget of 33 is kept in May and one of 32 is not, also when it is over and June has a bill of its own.
BEGIN;
SELECT bedrock.set_budget('May', 33, 'workload', 'chat', currency => 'USD', valid_from => '2026-05-01', valid_to => '2026-05-31', reason => 'test');
INSERT INTO tk.bill (who, line_item_usage_start_date, line_item_unblended_cost) VALUES ('chat', '2026-06-01 10:00', 100);
SELECT count(*) FROM bedrock.refresh();
SELECT a ->> 'currency' AS cur, a ->> 'on_budget' AS on_budget FROM bedrock.answer('Q070', '{"period": "2026-05-01"}') AS a ORDER BY 1;
SELECT bedrock.set_budget('May', 32, valid_from => '2026-05-01', valid_to => '2026-05-31', reason => 'test');
SELECT a ->> 'currency' AS cur, a ->> 'on_budget' AS on_budget FROM bedrock.answer('Q070', '{"period": "2026-05-01"}') AS a ORDER BY 1;
ROLLBACK;
-- A profile of one day, gone for seven; that of search has 5 April and 5 May.
INSERT INTO tk.bill (who, line_item_usage_start_date, line_item_unblended_cost, line_item_resource_id) VALUES
    ('chat', '2026-05-06 10:00', 1, replace(:profile, 'prof1234abcd', 'gone1234abcd')),
    ('search', '2026-04-05 10:00', 1, :profile);
SELECT count(*) FROM bedrock.refresh();
SELECT right(a ->> 'profile', 12) AS profile, a ->> 'first_seen' AS first_seen, a ->> 'last_seen' AS last_seen, a ->> 'days' AS days, a ->> 'cost' AS cost FROM bedrock.answer('Q182') AS a;
SELECT right(a ->> 'profile', 12) AS profile, a ->> 'days' AS days FROM bedrock.answer('Q182', '{"days": 32}') AS a ORDER BY 1;
-- chat went through a profile on 6 May: 30 dollars and 9 euro before, as its own since the fifth; from then on 4, of which 1 through it.
SELECT a ->> 'workload' AS workload, a ->> 'cut_over' AS cut_over, a ->> 'before' AS before, a ->> 'after' AS after, a ->> 'after_profile' AS via, a ->> 'profile_pct' AS pct, a ->> 'currency' AS cur FROM bedrock.answer('Q181') AS a ORDER BY 1, 7;

SELECT bedrock.detach('bill') IS NOT NULL AS detached;
SELECT bedrock.revoke_scope('tk_owner', 'workload', 'chat') AND bedrock.revoke_scope('tk_engineer', 'account', '100000000002') AS revoked;
DROP VIEW tk.now;
DROP OWNED BY tk_owner, tk_engineer, tk_finops, tk_other, tk_loader, tk_both;
DROP ROLE tk_owner; DROP ROLE tk_engineer; DROP ROLE tk_finops; DROP ROLE tk_other; DROP ROLE tk_loader; DROP ROLE tk_both;
DELETE FROM bedrock.setting WHERE name = 'approve_own_request' AND NOT builtin;
DELETE FROM bedrock.required_tag WHERE NOT builtin;
DELETE FROM bedrock.profile WHERE profile_arn = :profile;
TRUNCATE bedrock.task, bedrock.spend_request, bedrock.business_metric, bedrock.claim, bedrock.workload;
DROP SCHEMA tk CASCADE;
