-- SPDX-License-Identifier: PostgreSQL
-- What the answers are held against: table "line", the Bedrock lines of the raw table "cur" with every dimension read out
-- of the raw strings once more, by LIKE, split_part and CASE; no function and no view of the extension. The registry is
-- read from the same documents (table "doc": file, body) that bedrock.import_profiles got.

-- The rows of a question before its money is rounded.
CREATE FUNCTION exact(id text) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE (SELECT format(E'SELECT to_jsonb(q) FROM (%s\n) q', q.sql) FROM bedrock.question q WHERE q.question_id = exact.id AND q.builtin);
END
$$;

CREATE TABLE registry AS
SELECT p ->> 'inferenceProfileArn' AS arn, p ->> 'inferenceProfileName' AS name, 'application' AS kind, split_part(p ->> 'inferenceProfileArn', ':', 5) AS account,
       split_part(p ->> 'inferenceProfileArn', ':', 4) AS region, split_part(p -> 'models' -> 0 ->> 'modelArn', 'foundation-model/', 2) AS model_id,
       CASE WHEN (p -> 'models')::text LIKE '%arn:aws:bedrock:::%' THEN 'global' WHEN jsonb_array_length(p -> 'models') = 1 THEN 'regional'
            WHEN split_part(p ->> 'inferenceProfileArn', ':', 4) = 'ap-northeast-1' THEN 'jp' ELSE split_part(split_part(p ->> 'inferenceProfileArn', ':', 4), '-', 1) END AS pool
FROM doc, LATERAL jsonb_array_elements(body -> 'inferenceProfileSummaries') p WHERE p ->> 'type' = 'APPLICATION'
UNION ALL
SELECT r ->> 'Identifier', (r ->> 'Properties')::jsonb ->> 'Name', 'project', split_part(r ->> 'Identifier', ':', 5), split_part(r ->> 'Identifier', ':', 4), NULL, NULL
FROM doc, LATERAL jsonb_array_elements(body -> 'ResourceDescriptions') r;
CREATE TABLE registry_tag AS
SELECT DISTINCT r ->> 'ResourceARN' AS arn, t ->> 'Key' AS key, t ->> 'Value' AS value
FROM doc, LATERAL jsonb_array_elements(body -> 'ResourceTagMappingList') r, LATERAL jsonb_array_elements(r -> 'Tags') t;

-- Labels: of the registry, else of the tags; by key, then by source of the tag, then the exact key.
CREATE TABLE label_key (label text, key text, place int);
INSERT INTO label_key VALUES ('application', 'application', 1), ('project', 'project', 1), ('team', 'team', 1), ('team', 'team-name', 2), ('environment', 'environment', 1),
    ('environment', 'env', 2), ('cost_center', 'cost-center', 1), ('department', 'department', 1), ('customer', 'customer', 1), ('workflow', 'workflow', 1), ('engineer', 'engineer', 1);
CREATE TABLE tag AS
SELECT tags, split_part(t.key, '/', 1) AS source, substr(t.key, strpos(t.key, '/') + 1) AS name, t.key, t.value,
       lower(replace(replace(substr(t.key, strpos(t.key, '/') + 1), '-', ''), '_', '')) AS fold,
       array_position(ARRAY['resourceTags', 'iamPrincipal', 'userAttribute', 'accountTag', 'costCategory'], split_part(t.key, '/', 1)) AS source_place
FROM (SELECT DISTINCT tags FROM cur WHERE tags <> '{}') c, LATERAL jsonb_each_text(tags) t WHERE t.value <> '';
CREATE TABLE tag_label AS
SELECT DISTINCT ON (tags, label) tags, label, CASE WHEN label = 'environment' AND value = 'production' THEN 'prod' ELSE value END AS value
FROM tag JOIN label_key k ON replace(k.key, '-', '') = fold
ORDER BY tags, label, k.place, source_place, name <> k.key, name COLLATE "C";
CREATE TABLE registry_label AS
SELECT DISTINCT ON (arn, label) arn, label, CASE WHEN label = 'environment' AND value = 'production' THEN 'prod' ELSE value END AS value
FROM registry_tag t JOIN label_key k ON replace(k.key, '-', '') = lower(replace(replace(t.key, '-', ''), '_', ''))
ORDER BY arn, label, k.place, t.key <> k.key, t.key COLLATE "C";
CREATE INDEX ON tag_label (tags, label);

CREATE TABLE model_pattern (pattern text, name text, family text, provider text);
INSERT INTO model_pattern VALUES
    ('^Claude 3.5 Haiku', 'Claude Haiku 3.5', 'Haiku', 'Anthropic'), ('^Claude Haiku 4.5', 'Claude Haiku 4.5', 'Haiku', 'Anthropic'),
    ('^Claude Opus 4.1', 'Claude Opus 4.1', 'Opus', 'Anthropic'), ('^Claude Opus 4.6|Claude4.6Opus', 'Claude Opus 4.6', 'Opus', 'Anthropic'),
    ('^Claude Opus 4.7', 'Claude Opus 4.7', 'Opus', 'Anthropic'), ('^Claude 3.5 Sonnet \(', 'Claude Sonnet 3.5', 'Sonnet', 'Anthropic'),
    ('^Claude 3.5 Sonnet v2', 'Claude Sonnet 3.5 v2', 'Sonnet', 'Anthropic'), ('^Claude Sonnet 4.5|Claude4.5Sonnet', 'Claude Sonnet 4.5', 'Sonnet', 'Anthropic'),
    ('^Claude Sonnet 4.6|Claude4.6Sonnet', 'Claude Sonnet 4.6', 'Sonnet', 'Anthropic'), ('^Cohere Embed 4', 'Cohere Embed 4', 'Embed', 'Cohere'),
    ('^Cohere Embed Model 3', 'Cohere Embed English 3', 'Embed', 'Cohere'), ('^Cohere Rerank', 'Cohere Rerank 3.5', 'Rerank', 'Cohere'),
    ('^Stable Image Core', 'Stable Image Core v1.1', 'Stable Image', 'Stability AI'), ('AmazonRerank-v1', 'Amazon Rerank 1.0', 'Rerank', 'Amazon'),
    ('grok-4.3', 'Grok 4.3', 'Grok', 'xAI'), ('Llama3-1-70B', 'Llama 3.1 70B Instruct', 'Llama', 'Meta'), ('Llama3-3-70B', 'Llama 3.3 70B Instruct', 'Llama', 'Meta'),
    ('Ministral-3-8b', 'Ministral 3 8B', 'Ministral', 'Mistral AI'), ('Mistral-Large-3', 'Mistral Large 3', 'Mistral', 'Mistral AI'),
    ('-Nova2.0Lite-', 'Nova 2 Lite', 'Nova', 'Amazon'), ('-NovaCanvas-', 'Nova Canvas', 'Nova', 'Amazon'), ('-NovaLite-', 'Nova Lite', 'Nova', 'Amazon'),
    ('-NovaMicro-', 'Nova Micro', 'Nova', 'Amazon'), ('-NovaPro-', 'Nova Pro', 'Nova', 'Amazon'), ('-NovaSonic-', 'Nova Sonic', 'Nova', 'Amazon'),
    ('[Qq]wen3-32[Bb]', 'Qwen3 32B', 'Qwen', 'Qwen'), ('qwen3-coder-480b', 'Qwen3 Coder 480B A35B Instruct', 'Qwen', 'Qwen'),
    ('TitanEmbeddingV2', 'Titan Text Embeddings V2', 'Titan', 'Amazon'), ('gpt-oss-120b', 'gpt-oss-120b', 'GPT-OSS', 'OpenAI');

-- Every distinct string once.
CREATE TABLE meter AS
SELECT m.*, (m.usage_group IN ('tokens', 'media', 'search_units')) AS inference, p.name AS model, p.family, p.provider,
       CASE WHEN m.usage_group <> 'tokens' THEN NULL WHEN m.ut ~* 'cache-?_?read' THEN 'cache_read' WHEN m.ut ~* 'cache-?_?write' THEN 'cache_write'
            WHEN m.ut ~* 'output' THEN 'output' WHEN m.ut ~* 'input' THEN 'input' END AS kind,
       CASE WHEN m.usage_group IN ('provisioned_throughput', 'reserved', 'customization', 'custom_model_import') THEN replace(m.usage_group, 'provisioned_throughput', 'provisioned')
            WHEN m.ut ~* '[-_]batch' THEN 'batch' WHEN m.ut ~ '-flex' THEN 'flex' WHEN m.ut ~ '-priority' THEN 'priority' WHEN m.ut ~* 'latency-?optimized' THEN 'latency_optimized'
            ELSE 'on_demand' END AS pricing_model
FROM (SELECT DISTINCT line_item_usage_type AS ut, product ->> 'product_name' AS product_name,
             CASE WHEN line_item_usage_type LIKE '%Guardrail%' THEN 'guardrail' WHEN line_item_usage_type LIKE '%Runtime:%' THEN 'agentcore'
                  WHEN line_item_usage_type LIKE '%CustomModelImport%' THEN 'custom_model_import' WHEN line_item_usage_type LIKE '%Customization%' THEN 'customization'
                  WHEN line_item_usage_type LIKE '%DataAutomation%' THEN 'data_automation' WHEN line_item_usage_type LIKE '%grounding%' THEN 'grounding'
                  WHEN line_item_usage_type LIKE '%ProvisionedThroughput%' THEN 'provisioned_throughput' WHEN line_item_usage_type ILIKE '%reserved%' THEN 'reserved'
                  WHEN line_item_usage_type LIKE '%T2I%' OR line_item_usage_type LIKE '%created_image%' THEN 'media' WHEN line_item_usage_type ILIKE '%search_units%'
                  OR line_item_usage_type LIKE '%searchunits%' THEN 'search_units' WHEN line_item_usage_type LIKE '%WebSearch%' OR line_item_usage_type LIKE '%quantum%' THEN 'other'
                  ELSE 'tokens' END AS usage_group
      FROM cur WHERE line_item_line_item_type = 'Usage' AND (line_item_product_code ILIKE '%bedrock%' OR product ->> 'product_name' ILIKE '%bedrock%')) m
LEFT JOIN model_pattern p ON CASE WHEN m.product_name LIKE '%Edition)' THEN m.product_name ELSE m.ut END ~ p.pattern
    AND m.usage_group NOT IN ('guardrail', 'agentcore', 'custom_model_import', 'data_automation', 'grounding', 'other');
-- Two patterns on one meter would double its lines below.
SELECT 'two models on one meter', ut, product_name FROM meter GROUP BY 2, 3 HAVING count(*) > 1;

CREATE TABLE resource AS
SELECT rid, CASE WHEN rid LIKE '%:application-inference-profile/%' THEN 'application_profile'
                 WHEN rid LIKE '%:inference-profile/%' THEN CASE WHEN tail LIKE '%/%' OR tail !~ '^(us-gov|us|eu|apac|jp|au|ca|in|global)[.]' THEN 'application_profile' ELSE 'system_profile' END
                 WHEN rid LIKE '%:foundation-model/%' THEN 'foundation_model' WHEN rid LIKE '%:provisioned-model/%' THEN 'provisioned_model'
                 WHEN rid LIKE '%:custom-model/%' THEN 'custom_model' WHEN rid LIKE '%:imported-model/%' THEN 'imported_model'
                 WHEN rid LIKE 'arn:aws:bedrock-mantle:%:project/%' THEN 'project' ELSE 'other' END AS path,
       tail, CASE WHEN tail ~ '^(us-gov|us|eu|apac|jp|au|ca|in|global)[.]' THEN split_part(tail, '.', 1) END AS prefix, split_part(split_part(rid, ':', 6), '/', 1) AS type
FROM (SELECT DISTINCT line_item_resource_id AS rid, substr(line_item_resource_id, strpos(line_item_resource_id, '/') + 1) AS tail
      FROM cur WHERE line_item_resource_id LIKE 'arn:aws:bedrock%') r;

CREATE TABLE caller AS
SELECT arn, CASE WHEN arn LIKE '%:user/BedrockAPIKey-%' THEN 'api_key' WHEN arn LIKE '%:user/%' THEN 'iam_user' WHEN arn LIKE '%:federated-user/%' THEN 'federated_user'
                 WHEN arn LIKE '%:assumed-role/AWSReservedSSO\_%' THEN 'sso'
                 WHEN arn LIKE '%/AWSServiceRoleFor%' THEN 'service' WHEN arn LIKE '%:assumed-role/%' THEN 'assumed_role' END AS kind,
       CASE WHEN arn LIKE '%:role/%' THEN regexp_replace(arn, '.*/', '') ELSE split_part(arn, '/', 2) END AS name,
       CASE WHEN arn LIKE '%:assumed-role/%' THEN split_part(arn, '/', 3) END AS session,
       CASE WHEN arn LIKE '%:assumed-role/%' THEN 'arn:aws:iam::' || split_part(arn, ':', 5) || ':role/' || split_part(arn, '/', 2) WHEN arn LIKE '%:role/%' THEN regexp_replace(arn, ':role/.*/', ':role/') ELSE arn END AS key
FROM (SELECT DISTINCT line_item_iam_principal AS arn FROM cur WHERE line_item_iam_principal <> '') c;

CREATE TABLE line AS
SELECT c.*, m.usage_group, m.inference, m.model, m.family, m.provider, m.pricing_model, CASE WHEN usage THEN m.kind END AS kind,
       CASE WHEN usage AND m.kind IS NOT NULL THEN amount * CASE WHEN unit = '1K tokens' THEN 1000 ELSE 1000000 END END AS tokens,
       CASE WHEN NOT coalesce(usage AND inference, false) THEN 'not_inference' WHEN rid IS NULL THEN 'no_resource_id' ELSE r.path END AS path, r.type AS resource_type,
       r.prefix, g.name AS registered_name, g.pool, g.model_id AS registered_model,
       w.kind AS principal_kind, w.name AS principal_name, w.session, w.key AS principal_key, CASE WHEN w.session LIKE '%@%' THEN w.session END AS email,
       coalesce(rl.project, tl.project, '(untagged)') AS project, coalesce(rl.application, tl.application, '(untagged)') AS application, coalesce(rl.team, tl.team, '(untagged)') AS team,
       coalesce(rl.environment, tl.environment, '(untagged)') AS environment, coalesce(rl.cost_center, tl.cost_center, '(untagged)') AS cost_center,
       coalesce(rl.workflow, tl.workflow, '(untagged)') AS workflow, coalesce(rl.engineer, tl.engineer, '(untagged)') AS engineer,
       coalesce(tl.workflow, rl.workflow) AS traffic_workflow, coalesce(tl.application, rl.application) AS traffic_application, coalesce(tl.environment, rl.environment) AS traffic_environment
FROM (SELECT (bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS period, (line_item_usage_start_date AT TIME ZONE 'UTC')::date AS day,
             line_item_usage_end_date - line_item_usage_start_date <= interval '1 day' AS by_day, line_item_line_item_type = 'Usage' AS usage,
             CASE line_item_line_item_type WHEN 'EdpDiscount' THEN 'discount' WHEN 'PrivateRateDiscount' THEN 'discount' ELSE lower(line_item_line_item_type) END AS category,
             bill_payer_account_id AS payer, line_item_usage_account_id AS account, line_item_legal_entity AS legal, bill_billing_entity AS entity,
             line_item_product_code AS product_code, line_item_usage_type AS ut, product ->> 'product_name' AS product_name, product_region_code AS region, nullif(line_item_resource_id, '') AS rid,
             nullif(line_item_iam_principal, '') AS principal, tags, line_item_currency_code AS currency, line_item_unblended_cost AS cost,
             CASE WHEN count(line_item_net_unblended_cost) OVER (PARTITION BY bill_billing_period_start_date) = 0 THEN line_item_unblended_cost
                  WHEN line_item_line_item_type LIKE '%Discount' THEN coalesce(line_item_net_unblended_cost, 0)
                  ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost) END AS net,
             CASE WHEN NOT (line_item_line_item_type = 'Usage' AND pricing_public_on_demand_cost = 0 AND line_item_unblended_cost <> 0) THEN pricing_public_on_demand_cost END AS list,
             line_item_usage_amount AS amount, pricing_unit AS unit,
             line_item_product_code ILIKE '%bedrock%' OR product ->> 'product_name' ILIKE '%bedrock%' OR coalesce(line_item_resource_id LIKE 'arn:aws:bedrock%', false) AS bedrock
      FROM cur) c
LEFT JOIN meter m USING (ut, product_name)
LEFT JOIN resource r USING (rid)
LEFT JOIN registry g ON g.arn = c.rid
LEFT JOIN caller w ON w.arn = c.principal
LEFT JOIN (SELECT arn, max(value) FILTER (WHERE label = 'project') AS project, max(value) FILTER (WHERE label = 'application') AS application, max(value) FILTER (WHERE label = 'team') AS team,
                  max(value) FILTER (WHERE label = 'environment') AS environment, max(value) FILTER (WHERE label = 'cost_center') AS cost_center,
                  max(value) FILTER (WHERE label = 'workflow') AS workflow, max(value) FILTER (WHERE label = 'engineer') AS engineer FROM registry_label GROUP BY arn) rl ON rl.arn = c.rid
LEFT JOIN (SELECT tags, max(value) FILTER (WHERE label = 'project') AS project, max(value) FILTER (WHERE label = 'application') AS application, max(value) FILTER (WHERE label = 'team') AS team,
                  max(value) FILTER (WHERE label = 'environment') AS environment, max(value) FILTER (WHERE label = 'cost_center') AS cost_center,
                  max(value) FILTER (WHERE label = 'workflow') AS workflow, max(value) FILTER (WHERE label = 'engineer') AS engineer FROM tag_label GROUP BY tags) tl ON tl.tags = c.tags
WHERE c.bedrock;

ALTER TABLE line ADD COLUMN traffic text, ADD COLUMN region_type text, ADD COLUMN geo text;
UPDATE line SET
    traffic = CASE WHEN path = 'not_inference' THEN 'not_applicable' WHEN traffic_workflow LIKE '%coding%' OR traffic_application LIKE '%coding%' THEN 'coding_assistant'
                   WHEN ut ~* '[-_]batch' THEN 'batch' WHEN traffic_environment = 'prod' THEN 'production' WHEN traffic_environment IN ('dev', 'staging') THEN 'test' ELSE 'unclassified' END,
    geo = coalesce(prefix, nullif(pool, 'regional')),
    region_type = CASE WHEN path = 'not_inference' THEN 'not_applicable' WHEN ut ILIKE '%global%' OR prefix = 'global' OR pool = 'global' THEN 'cross_region_global'
                       WHEN prefix IS NOT NULL OR pool <> 'regional' THEN 'cross_region_geo'
                       WHEN path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model') THEN 'same_region' ELSE 'unknown' END;
-- Who owns a line, by tests/bill/ownership.sql: claims on resources, then projects, then principals, each from its day on; then the rules in their order. Other charges are owned where they name somebody.
ALTER TABLE line ADD COLUMN workload text, ADD COLUMN rule text, ADD COLUMN owner text, ADD COLUMN business_unit text, ADD COLUMN department_element text, ADD COLUMN portfolio text;
UPDATE line SET (workload, rule) = (
    SELECT coalesce(split_part(o.won, '|', 1), CASE WHEN usage THEN '(unclaimed)' ELSE '(not allocated)' END), coalesce(split_part(o.won, '|', 2), CASE WHEN usage THEN 'unclaimed' ELSE 'charge:' || category END)
    FROM (SELECT CASE
        WHEN NOT usage AND rid IS NULL AND principal IS NULL THEN NULL
        WHEN registered_name LIKE 'hr-portal-%' THEN 'hr-portal|claim:resource' WHEN registered_name LIKE 'ci-%' THEN 'customer-insights|claim:resource' WHEN registered_name LIKE 'coding-%' THEN 'coding-assistant|claim:resource'
        WHEN registered_name LIKE 'archive-%' AND day <= '2026-08-31' THEN 'archive-digitisation|claim:resource' WHEN rid LIKE '%:guardrail/%' THEN 'platform|claim:resource'
        WHEN registered_name IN ('protein-notes', 'lab-agents') THEN 'research-lab|claim:project'
        WHEN principal LIKE '%:333344445555:%/AWSReservedSSO\_BedrockDeveloper\_%' THEN 'coding-pilot|claim:principal' WHEN principal LIKE '%/DocFlowRole/%' THEN 'docflow|claim:principal' WHEN principal LIKE '%/AppRole/%' THEN 'chatbot|claim:principal'
        WHEN principal LIKE '%/llm-gateway-role/%' THEN 'llm-gateway|claim:principal' WHEN principal LIKE '%/ticket-triage-worker-role/%' THEN 'ticket-triage|claim:principal' WHEN principal LIKE '%/marketing-studio-role/%' THEN 'marketing-studio|claim:principal'
        WHEN principal LIKE '%/voice-concierge-task-role/%' THEN 'voice-concierge|claim:principal' WHEN principal LIKE '%KnowledgeBase\_wiki/%' THEN 'knowledge-platform|claim:principal' WHEN principal LIKE '%Agents\_helpdesk/%' THEN 'helpdesk-agent|claim:principal'
        WHEN principal LIKE '%/invoice-intake-role/%' THEN 'invoice-intake|claim:principal' WHEN principal LIKE '%/policy-search-prod-ecs-task-role/%' AND day >= '2026-08-15' THEN 'policy-search|claim:principal'
        WHEN principal LIKE '%/data-enrichment-lambda-role/%' THEN CASE WHEN day >= '2026-09-01' THEN 'data-enrichment|claim:principal' ELSE 'platform|claim:principal' END
        WHEN lower(project) IN ('hr-portal', 'customer-insights', 'coding-assistant', 'coding-pilot', 'llm-gateway', 'data-enrichment', 'knowledge-platform', 'platform', 'ticket-triage', 'chatbot', 'voice-concierge', 'helpdesk-agent',
                                'marketing-studio', 'claims-intake', 'policy-search', 'archive-digitisation', 'fleet-assistant', 'docflow', 'invoice-intake', 'research-lab') THEN lower(project) || '|rule:project is the workload'
        WHEN team = 'fleet' THEN 'fleet-assistant|rule:fleet team' WHEN team = 'search-platform' THEN 'knowledge-platform|rule:search platform'
        WHEN tags ->> 'userAttribute/department' = 'Research' OR tags ->> 'iamPrincipal/department' = 'Research' THEN 'research-lab|rule:research'
        WHEN rid ~ ':333344445555:(custom-model|model-customization-job|project)/' THEN 'research-lab|rule:research models' WHEN principal LIKE '%:federated-user/kenji' THEN 'research-lab|rule:research guests'
        WHEN account = '123456789012' THEN 'chatbot|rule:sandbox' WHEN principal LIKE '%AWSReservedSSO\_AdministratorAccess\_%' THEN 'platform|rule:administrators' WHEN account = '555566667777' THEN 'platform|rule:shared services' END AS won) o);
-- Its owner and place that day: DocFlow changed departments' portfolios with September.
CREATE TABLE place (workload text PRIMARY KEY, owner text, unit text, department text, portfolio text, product text);
INSERT INTO place
SELECT w, o || '@acme.example', u, d, p, CASE w WHEN 'hr-portal' THEN 'HR Portal' WHEN 'customer-insights' THEN 'Customer Insights' END
FROM (VALUES ('hr-portal', 'priya.natarajan', 'Digital', 'Support', 'Employee Services'), ('customer-insights', 'marco.weiss', 'Digital', 'Marketing', 'Growth'), ('marketing-studio', 'marco.weiss', 'Digital', 'Marketing', 'Growth'),
             ('coding-assistant', 'ruth.adeyemi', 'Enterprise', 'Engineering', 'Developer Productivity'), ('coding-pilot', 'ruth.adeyemi', 'Enterprise', 'Engineering', 'Developer Productivity'),
             ('llm-gateway', 'oscar.lindqvist', 'Enterprise', 'Engineering', 'Platform Services'), ('data-enrichment', 'oscar.lindqvist', 'Enterprise', 'Engineering', 'Platform Services'),
             ('knowledge-platform', 'oscar.lindqvist', 'Enterprise', 'Engineering', 'Platform Services'), ('platform', 'oscar.lindqvist', 'Enterprise', 'Engineering', 'Platform Services'),
             ('ticket-triage', 'lena.fischer', 'Digital', 'Support', 'Service Desk'), ('chatbot', 'lena.fischer', 'Digital', 'Support', 'Service Desk'), ('voice-concierge', 'lena.fischer', 'Digital', 'Support', 'Service Desk'),
             ('helpdesk-agent', 'lena.fischer', 'Digital', 'Support', 'Service Desk'), ('claims-intake', 'yusuf.demir', 'Enterprise', 'Operations', 'Insurance'), ('policy-search', 'yusuf.demir', 'Enterprise', 'Operations', 'Insurance'),
             ('archive-digitisation', 'yusuf.demir', 'Enterprise', 'Operations', 'Insurance'), ('fleet-assistant', 'yusuf.demir', 'Enterprise', 'Operations', 'Insurance'), ('docflow', 'sarah.cole', 'Enterprise', 'Operations', 'Back Office'),
             ('invoice-intake', 'sarah.cole', 'Enterprise', 'Operations', 'Back Office'), ('research-lab', 'ines.moreau', 'Enterprise', 'Research', 'Lab')) p (w, o, u, d, p);
UPDATE line l SET owner = p.owner, business_unit = p.unit, department_element = p.department, portfolio = CASE WHEN p.workload = 'docflow' AND day < '2026-09-01' THEN 'Insurance' ELSE p.portfolio END
FROM place p WHERE p.workload = l.workload;
CREATE INDEX ON line (rid);
CREATE INDEX ON line (principal_key);
ANALYZE line;
-- One lower bound on the whole: nothing doubled, nothing lost.
SELECT 'lines of line', count(*), 'of cur', (SELECT count(*) FROM cur WHERE line_item_product_code ILIKE '%bedrock%' OR product ->> 'product_name' ILIKE '%bedrock%') FROM line
HAVING count(*) <> (SELECT count(*) FROM cur WHERE line_item_product_code ILIKE '%bedrock%' OR product ->> 'product_name' ILIKE '%bedrock%');

-- The fixed numbers of the month: who owns how much of it, and what nobody does.
SELECT 'owned in September', * FROM (VALUES ('hr-portal', 14200.00), ('customer-insights', 9400.00), ('(unclaimed)', 3800.00), ('coding-assistant', 18 * 600.00), ('docflow', 800.00)) f (workload, cost)
WHERE cost <> (SELECT sum(l.cost) FROM line l WHERE l.workload = f.workload AND usage AND period = '2026-09-01');
CREATE VIEW september AS SELECT * FROM line WHERE usage AND period = '2026-09-01';
-- What budgets and estimates count.
CREATE VIEW counted AS SELECT * FROM line WHERE category IN ('usage', 'fee') AND period = '2026-09-01';
CREATE VIEW august AS SELECT * FROM line WHERE usage AND period = '2026-08-01';
-- The last complete day, by the clock of the load: what the raw table has, less the lag; a bill from the future is complete.
CREATE TABLE reach AS
SELECT entity, CASE WHEN loaded < last THEN last ELSE least(last, loaded - CASE entity WHEN 'AWS' THEN 2 ELSE 3 END) END AS through
FROM (SELECT DISTINCT entity, (SELECT max(day) FROM line WHERE usage) AS last, (now() AT TIME ZONE 'UTC')::date AS loaded FROM line WHERE usage) e;

-- subset: the rows expected must be among those of the answer. answer_sql: read instead of the answer's rows, $ANSWER stands for them.
CREATE TABLE expected (question_id text, args jsonb NOT NULL DEFAULT '{}', sql text, subset boolean NOT NULL DEFAULT false);
