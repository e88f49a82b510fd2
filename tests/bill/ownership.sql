-- SPDX-License-Identifier: PostgreSQL
-- Who owns what at Acme, given as its people give it: levels and elements of the hierarchy, workloads, claims, and rules
-- for what nobody claimed. For a database whose registry has the profiles. README.md says which story each line is for.
\set because '\'the owners of Acme, agreed in October\''
SELECT bedrock.set_level(l.level, l.name, :because)
FROM (VALUES (1, 'Business Unit'), (2, 'Department'), (3, 'Portfolio'), (4, 'Product')) AS l (level, name);

SELECT bedrock.set_element(e.name, e.level, e.parent, reason => :because)
FROM (VALUES (1, 'Digital', NULL), (1, 'Enterprise', NULL),
             (2, 'Marketing', 'Digital'), (2, 'Support', 'Digital'),
             (2, 'Engineering', 'Enterprise'), (2, 'Operations', 'Enterprise'), (2, 'Research', 'Enterprise'),
             (3, 'Growth', 'Marketing'), (3, 'Employee Services', 'Support'), (3, 'Service Desk', 'Support'),
             (3, 'Developer Productivity', 'Engineering'), (3, 'Platform Services', 'Engineering'),
             (3, 'Insurance', 'Operations'), (3, 'Back Office', 'Operations'), (3, 'Lab', 'Research'),
             (4, 'HR Portal', 'Employee Services'), (4, 'Customer Insights', 'Growth')) AS e (level, name, parent)
ORDER BY e.level;

SELECT bedrock.set_workload(w.workload, w.owner || '@acme.example', w.element, w.environment, reason => :because)
FROM (VALUES ('hr-portal', 'priya.natarajan', 'HR Portal', NULL),
             ('customer-insights', 'marco.weiss', 'Customer Insights', NULL),
             ('coding-assistant', 'ruth.adeyemi', 'Developer Productivity', NULL),
             ('coding-pilot', 'ruth.adeyemi', 'Developer Productivity', NULL),
             ('llm-gateway', 'oscar.lindqvist', 'Platform Services', NULL),
             ('data-enrichment', 'oscar.lindqvist', 'Platform Services', NULL),
             ('knowledge-platform', 'oscar.lindqvist', 'Platform Services', NULL),
             ('platform', 'oscar.lindqvist', 'Platform Services', NULL),
             ('ticket-triage', 'lena.fischer', 'Service Desk', NULL),
             ('chatbot', 'lena.fischer', 'Service Desk', NULL),
             ('voice-concierge', 'lena.fischer', 'Service Desk', NULL),
             ('helpdesk-agent', 'lena.fischer', 'Service Desk', NULL),
             ('marketing-studio', 'marco.weiss', 'Growth', NULL),
             ('claims-intake', 'yusuf.demir', 'Insurance', NULL),
             ('policy-search', 'yusuf.demir', 'Insurance', NULL),
             ('archive-digitisation', 'yusuf.demir', 'Insurance', NULL),
             ('fleet-assistant', 'yusuf.demir', 'Insurance', NULL),
             ('docflow', 'sarah.cole', 'Insurance', NULL),
             ('invoice-intake', 'sarah.cole', 'Back Office', NULL),
             ('research-lab', 'ines.moreau', 'Lab', NULL)) AS w (workload, owner, element, environment);
-- A reorganisation: what DocFlow spends from September on is Back Office's.
SELECT bedrock.set_workload('docflow', element => 'Back Office', valid_from => '2026-09-01', reason => :because);

-- Profiles by name, a role by its ARN: any session of it is claimed.
SELECT bedrock.claim_identity(c.identity, c.workload, '2026-06-01', reason => :because)
FROM (VALUES ('hr-portal', 'hr-portal-prod-sonnet'), ('hr-portal', 'hr-portal-prod-eu'), ('hr-portal', 'hr-portal-prod-haiku'),
             ('hr-portal', 'hr-portal-prod-jp'), ('hr-portal', 'hr-portal-staging'), ('hr-portal', 'hr-portal-dev'),
             ('customer-insights', 'ci-globex'), ('customer-insights', 'ci-initech'), ('customer-insights', 'ci-umbrella'),
             ('customer-insights', 'ci-umbrella-overflow'), ('customer-insights', 'ci-core-opus'),
             ('customer-insights', 'ci-core-opus-eu'), ('customer-insights', 'ci-classify'), ('customer-insights', 'ci-batch'),
             ('customer-insights', 'ci-embed'),
             ('coding-assistant', 'coding-aisha.khan'), ('coding-assistant', 'coding-diego.santos'),
             ('coding-assistant', 'coding-emma.novak'), ('coding-assistant', 'coding-hana.kim'),
             ('coding-assistant', 'coding-liam.okafor'), ('coding-assistant', 'coding-maya.chen'),
             ('coding-assistant', 'coding-noah.berg'), ('coding-assistant', 'coding-sofia.rossi'),
             ('research-lab', 'protein-notes'), ('research-lab', 'lab-agents'),
             ('coding-pilot', 'arn:aws:iam::333344445555:role/AWSReservedSSO_BedrockDeveloper_ae7ab051393babb3'),
             ('docflow', 'arn:aws:iam::444455556666:role/DocFlowRole'),
             ('chatbot', 'arn:aws:sts::123456789012:assumed-role/AppRole/session-123'),
             ('llm-gateway', 'llm-gateway-role'), ('ticket-triage', 'ticket-triage-worker-role'),
             ('marketing-studio', 'marketing-studio-role'), ('voice-concierge', 'voice-concierge-task-role'),
             ('knowledge-platform', 'AmazonBedrockExecutionRoleForKnowledgeBase_wiki'),
             ('helpdesk-agent', 'AmazonBedrockExecutionRoleForAgents_helpdesk'),
             ('invoice-intake', 'invoice-intake-role'),
             ('platform', 'arn:aws:bedrock:us-east-1:111122223333:guardrail/6qr44b63ah6b'),
             ('platform', 'arn:aws:bedrock:eu-central-1:111122223333:guardrail/tg59dmcj4phb'),
             ('platform', 'data-enrichment-lambda-role')) AS c (workload, identity);
-- Claimed from the middle of August on: what it spent before stays unclaimed.
SELECT bedrock.claim_identity('policy-search-prod-ecs-task-role', 'policy-search', '2026-08-15', reason => :because);
-- The archive is done; its claims end with August.
SELECT bedrock.claim_identity(p.name, 'archive-digitisation', '2026-06-01', '2026-08-31', :because)
FROM (SELECT DISTINCT p.profile_name AS name FROM bedrock.profiles AS p WHERE p.profile_name LIKE 'archive-%') AS p;
-- Given away: its claim was the platform's until August.
SELECT bedrock.move_claim(c.claim_id, 'data-enrichment', '2026-09-01', :because)
FROM bedrock.claims AS c WHERE c.identity LIKE '%:role/data-enrichment-lambda-role';
-- Claimed before its first call.
SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/policy-search-v2-task-role', 'policy-search', reason => :because);

-- What no claim owns: first the project or application that is called like a workload, then teams, people and accounts.
SELECT bedrock.set_owner_rule(r.rule, r.attribute, r.pattern, r.workload, r.priority, valid_from => '2026-06-01', reason => :because)
FROM (VALUES (10, 'project is the workload', 'project', '.', NULL),
             (20, 'fleet team', 'team', '^fleet$', 'fleet-assistant'),
             (30, 'search platform', 'team', '^search-platform$', 'knowledge-platform'),
             (40, 'research', 'department', '^research$', 'research-lab'),
             (50, 'research models', 'resource_id', ':333344445555:(custom-model|model-customization-job|project)/', 'research-lab'),
             (60, 'research guests', 'principal_key', ':federated-user/kenji$', 'research-lab'),
             (70, 'sandbox', 'account_id', '^123456789012$', 'chatbot'),
             (80, 'administrators', 'permission_set', '^AdministratorAccess$', 'platform'),
             (90, 'shared services', 'account_id', '^555566667777$', 'platform')) AS r (priority, rule, attribute, pattern, workload);
