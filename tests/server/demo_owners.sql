-- SPDX-License-Identifier: PostgreSQL
-- The stories of the owners, told by tests/bill/README.md, against plain sums over the raw rows: lists what differs.
CREATE TEMP VIEW usage AS
SELECT (bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS period, (line_item_usage_start_date AT TIME ZONE 'UTC')::date AS day, line_item_unblended_cost AS cost, line_item_iam_principal AS principal,
       line_item_resource_id AS resource, tags
FROM cur WHERE line_item_line_item_type = 'Usage' AND is_bedrock(line_item_product_code, bill_billing_entity, product ->> 'product_name');
CREATE TEMP VIEW owned AS
SELECT s.billing_period AS period, s.usage_date AS day, s.workload, s.owner, s.element_path, s.attribution_rule, s.principal_key, s.resource_id, s.engineer, s.unblended_cost AS cost
FROM bedrock.spend AS s WHERE s.charge_category = 'usage' AND s.bedrock_basis <> 'probable';
CREATE TEMP TABLE story AS
-- The month: two products, three roles that nobody claimed, 42,000 dollars.
SELECT 'HR Portal in September' AS name, 14200.00 AS value, (SELECT sum(cost) FROM owned WHERE workload = 'hr-portal' AND period = '2026-09-01') AS found
UNION ALL SELECT 'Customer Insights in September', 9400.00, (SELECT sum(cost) FROM owned WHERE workload = 'customer-insights' AND period = '2026-09-01')
UNION ALL SELECT 'unclaimed in September', 3800.00, (SELECT sum(cost) FROM owned WHERE workload = '(unclaimed)' AND period = '2026-09-01')
UNION ALL SELECT 'roles that are unclaimed', 3, (SELECT count(DISTINCT principal_key) FROM owned WHERE workload = '(unclaimed)' AND period = '2026-09-01')
UNION ALL SELECT 'all of September', 42000.00, (SELECT sum(cost) FROM owned WHERE period = '2026-09-01')
-- The role of all engineers is claimed for the pilot; what goes through a profile is its owner's, so nothing is counted twice.
UNION ALL SELECT 'one role, claimed: through profiles of others', (SELECT sum(cost) FROM usage WHERE period = '2026-09-01' AND principal LIKE '%AWSReservedSSO_BedrockDeveloper%' AND resource LIKE '%:application-inference-profile/%'),
                 (SELECT sum(cost) FROM owned WHERE period = '2026-09-01' AND principal_key LIKE '%AWSReservedSSO_BedrockDeveloper%' AND attribution_rule = 'claim:resource')
UNION ALL SELECT 'one role, claimed: its own', (SELECT sum(cost) FROM usage WHERE period = '2026-09-01' AND principal LIKE '%AWSReservedSSO_BedrockDeveloper%' AND resource IS DISTINCT FROM '' AND coalesce(resource, '') NOT LIKE '%:application-inference-profile/%'),
                 (SELECT sum(cost) FROM owned WHERE period = '2026-09-01' AND workload = 'coding-pilot')
-- Claimed as arn:aws:iam::444455556666:role/DocFlowRole, billed as sessions of it.
UNION ALL SELECT 'all sessions of DocFlowRole', (SELECT sum(cost) FROM usage WHERE principal LIKE 'arn:aws:sts::444455556666:assumed-role/DocFlowRole/%'), (SELECT sum(cost) FROM owned WHERE workload = 'docflow' AND attribution_rule = 'claim:principal')
UNION ALL SELECT 'sessions of DocFlowRole', 3, (SELECT count(DISTINCT principal) FROM usage WHERE principal LIKE 'arn:aws:sts::444455556666:assumed-role/DocFlowRole/%')
-- Claimed from 15 August on: what was before stays unclaimed.
UNION ALL SELECT 'policy search before its claim', (SELECT sum(cost) FROM usage WHERE principal LIKE '%/policy-search-prod-ecs-task-role/%' AND day BETWEEN '2026-08-01' AND '2026-08-14'),
                 (SELECT sum(cost) FROM owned WHERE principal_key LIKE '%/policy-search-prod-ecs-task-role' AND workload = '(unclaimed)' AND period = '2026-08-01')
UNION ALL SELECT 'policy search on the day of its claim', 0, (SELECT count(*) FROM owned WHERE principal_key LIKE '%/policy-search-prod-ecs-task-role' AND day >= '2026-08-15' AND workload <> 'policy-search')
-- Another department's portfolio from September on, on those days alone.
UNION ALL SELECT 'DocFlow in Insurance until August', 0, (SELECT count(*) FROM owned WHERE workload = 'docflow' AND (element_path LIKE '%/ Insurance') <> (day < '2026-09-01'))
-- 600 dollars a day, over engineers.
UNION ALL SELECT 'coding assistant on ' || day, 600.00, sum(cost) FROM owned WHERE workload = 'coding-assistant' GROUP BY day
UNION ALL SELECT 'days of the coding assistant', 18, count(DISTINCT day) FROM owned WHERE workload = 'coding-assistant'
UNION ALL SELECT 'lines of it without an engineer', 0, count(*) FROM owned WHERE workload = 'coding-assistant' AND engineer = '(untagged)';
SELECT name, value, found FROM story WHERE value IS DISTINCT FROM found;
-- Every cent once: by day, owned and unclaimed are the bill.
SELECT day, sum(b), sum(o) FROM (SELECT day, cost AS b, 0 AS o FROM usage UNION ALL SELECT day, 0, cost FROM owned) x GROUP BY 1 HAVING sum(b) <> sum(o);
