-- SPDX-License-Identifier: PostgreSQL
-- What must be done at Acme and who does it, requests to spend, and what two products are worth. As of 30 September 2026.
SELECT bedrock_internal.refresh_tasks();
-- The three roles that nobody claimed: one is being looked at, one is left alone.
SELECT bedrock.set_task(t.task_id, a.state, a.assignee, a.reason)
FROM (VALUES ('%/prod-report-generator-role', 'in progress', 'oscar.lindqvist@acme.example', NULL),
             ('%/legacy-summarizer-task-role', 'dismissed', NULL, 'switched off with October')) AS a (identity, state, assignee, reason)
JOIN bedrock.task AS t ON t.kind = 'claim' AND t.subject LIKE a.identity AND upper_inf(t.recorded);

-- One role asks and decides here.
SELECT bedrock.set_setting('approve_own_request', '1');
SELECT bedrock.decide_request(bedrock.request_spend('hr-portal', 14000, '2026-09-01', '2026-09-30', 'the portal in September'), 'approved', 'as planned');
SELECT bedrock.decide_request(bedrock.request_spend('customer-insights', 20000, '2026-09-15', '2026-09-30', 'all customers on Opus'), 'rejected', 'Sonnet does it');
SELECT bedrock.request_spend('chatbot', 500, '2026-10-01', '2026-12-31', 'a trial with customers');

SELECT bedrock.set_business_metric('value', v.value, '2026-09-01', '2026-09-30', workload => v.workload, currency => v.currency)
FROM (VALUES ('hr-portal', 35500, 'USD'), ('customer-insights', 4700, 'USD'), ('chatbot', 1000, 'EUR')) AS v (workload, value, currency);
