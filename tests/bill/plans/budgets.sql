-- SPDX-License-Identifier: PostgreSQL
-- What Acme may spend. HR Portal is over in September, by the usage of its last days; a first project has the default,
-- 100 dollars; the others are within, or warned.
\set because '\'the budgets of the third quarter\''
SELECT bedrock.set_budget(b.budget, b.amount, b.attribute, b.value, span => b.span, reason => :because)
FROM (VALUES ('hr-portal-Bedrock-Monthly-Budget', 14000, 'workload', 'hr-portal', 'month'),
             ('customer-insights-Bedrock-Monthly-Budget', 12000, 'workload', 'customer-insights', 'month'),
             ('Insurance', 9000, 'element', 'Insurance', 'month'),
             ('Operations this year', 100000, 'element', 'Operations', 'year'),
             ('Unclaimed', 2000, 'workload', '(unclaimed)', 'month'),
             ('All of Bedrock', 45000, 'all', NULL, 'month'),
             ('All of Bedrock in the quarter', 200000, 'all', NULL, 'quarter')) AS b (budget, amount, attribute, value, span);
SELECT bedrock.set_budget(value => 'chatbot', reason => :because);
SELECT bedrock.set_budget('coding assistants, a week', 5000, 'workload', 'coding-assistant', rolling_days => 7,
                          thresholds => '{80,100}', reason => :because);
