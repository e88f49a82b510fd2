-- SPDX-License-Identifier: PostgreSQL
-- Questions I over the raw lines, the documents of the registry and the rest of the bill.
CREATE VIEW owner_tag AS SELECT DISTINCT tags, fold, name, value FROM tag WHERE source IN ('resourceTags', 'iamPrincipal', 'userAttribute') AND name NOT LIKE 'aws:%';
INSERT INTO expected (question_id, args, sql) VALUES
('Q112', '{}', $$SELECT rid AS line, t.key AS tag_key, t.value AS tag_value, t.billed AS billed_value, sum(cost) AS cost FROM september,
    (VALUES ('resourceTags/Model', 'claude-sonnet-4', 'Claude Sonnet 4.5'), ('resourceTags/Region', 'us-west-2', 'us-east-1')) t (key, value, billed) WHERE registered_name = 'hr-portal-prod-sonnet' GROUP BY 1, 2, 3, 4$$),
('Q175', '{}', $$SELECT v.tag_key, v.spellings, 42000 - coalesce(sum(cost), 0) AS missing_cost, round(100 * coalesce(sum(cost), 0) / 42000, 2) AS cost_pct,
    round(100 * sum(tokens) / (SELECT sum(tokens) FROM september), 2) AS tokens_pct, round(100.0 * count(*) / (SELECT count(*) FROM september), 2) AS lines_pct
    FROM (VALUES ('Project', 'Project, project', '{project}'::text[]), ('Environment', 'env, environment', '{env,environment}'), ('CostCenter', 'CostCenter, cost-center', '{costcenter}'),
                 ('Department', 'Department, department', '{department}'), ('Owner', 'owner', '{owner}'), ('Region', 'Region', '{region}'), ('Model', 'Model', '{model}')) v (tag_key, spellings, folds)
    JOIN (SELECT DISTINCT tags, v.tag_key FROM owner_tag, (VALUES ('Project', '{project}'::text[]), ('Environment', '{env,environment}'), ('CostCenter', '{costcenter}'), ('Department', '{department}'), ('Owner', '{owner}'),
          ('Region', '{region}'), ('Model', '{model}')) v (tag_key, folds) WHERE fold = ANY (v.folds)) t ON t.tag_key = v.tag_key
    JOIN september s ON s.tags = t.tags GROUP BY 1, 2$$),
('Q176', '{}', $$SELECT 'environment' AS tag_key, 'resource' AS wins, 'staging' AS value, 'principal' AS loses, 'dev' AS other_value, sum(cost) AS cost FROM september WHERE registered_name = 'hr-portal-staging'$$),
('Q119', '{}', $$SELECT tag_key, coalesce(sum(cost) FILTER (WHERE period = '2026-09-01'), 0) AS covered_cost, 42000 AS total_cost, round(100 * coalesce(sum(cost) FILTER (WHERE period = '2026-09-01'), 0) / 42000, 2) AS pct,
    round(100 * coalesce(sum(cost) FILTER (WHERE period = '2026-09-01'), 0) / 42000, 2) - round(100 * coalesce(sum(cost) FILTER (WHERE period = '2026-08-01'), 0) / (SELECT sum(cost) FROM august), 2) AS trend
    FROM line JOIN (SELECT DISTINCT tags, fold AS tag_key FROM owner_tag) t USING (tags) WHERE usage AND period >= '2026-08-01' GROUP BY 1$$),
('Q120', '{}', $$SELECT account, model, principal_key AS principal, sum(cost) AS cost FROM september WHERE project = '(untagged)' AND application = '(untagged)' AND team = '(untagged)' GROUP BY 1, 2, 3$$),
('Q121', '{}', $$SELECT v.kind, v.key, v.variants, (SELECT sum(cost) FROM september WHERE tags IN (SELECT tags FROM owner_tag WHERE fold = ANY (v.folds) AND (v.value IS NULL OR lower(value) LIKE v.value))) AS cost
    FROM (VALUES ('key', 'team', 'TEAM_NAME, Team, team', '{team,teamname}'::text[], NULL), ('key', 'project', 'Project, project', '{project}', NULL), ('key', 'cost_center', 'CostCenter, cost-center', '{costcenter}', NULL),
                 ('key', 'environment', 'env, environment', '{env,environment}', NULL), ('key', 'department', 'Department, department', '{department}', NULL),
                 ('value', 'environment', 'prod, production', '{env,environment}', 'prod%'), ('value', 'team', 'Marketing, marketing', '{team,teamname}', 'marketing')) v (kind, key, variants, folds, value)$$),
('Q122', '{}', $$SELECT key, count(DISTINCT value) AS distinct_values, round(100 * sum(cost) / 42000, 2) AS cost_share FROM september JOIN tag USING (tags) GROUP BY 1 HAVING count(DISTINCT value) > 10$$),
('Q122', '{"above": 4, "period": "2026-08-01"}', $$SELECT key, count(DISTINCT value) AS distinct_values, round(100 * sum(cost) / (SELECT sum(cost) FROM august), 2) AS cost_share FROM august JOIN tag USING (tags) GROUP BY 1 HAVING count(DISTINCT value) > 4$$),
('Q123', '{}', $$SELECT min(key) AS key, true AS in_registry, false AS in_cur, bool_or(arn IN (SELECT rid FROM line WHERE usage AND rid <> '')) AS billed FROM registry_tag
    WHERE key NOT LIKE 'aws:%' AND lower(translate(key, '-_', '')) NOT IN (SELECT fold FROM tag WHERE source = 'resourceTags' AND tags IN (SELECT tags FROM line WHERE usage)) GROUP BY lower(translate(key, '-_', ''))$$),
('Q124', '{}', $$SELECT * FROM (SELECT CASE kind WHEN 'project' THEN 'Bedrock project' ELSE 'application profile' END AS object, name FROM registry
    UNION SELECT 'application', application FROM line WHERE usage UNION SELECT 'project', project FROM line WHERE usage UNION SELECT 'team', team FROM line WHERE usage) n
    WHERE name <> '(untagged)' AND (name ~ '[^a-z0-9-]' OR name LIKE '-%' OR name LIKE '%-' OR name LIKE '%--%')$$),
('Q124', '{"pattern": "o"}', $$SELECT DISTINCT 'team' AS object, team AS name, 'o' AS rule FROM line WHERE usage AND team <> '(untagged)' AND team NOT LIKE '%o%'$$),
('Q125', '{}', $$SELECT 'cur' AS export, period AS month, true AS column_present, round(100 * sum(CASE WHEN principal IS NULL THEN 0 ELSE cost END) / sum(cost), 2) AS filled_pct FROM line WHERE usage AND path <> 'not_inference' GROUP BY 2$$),
('Q126', '{}', $$SELECT DISTINCT "check", status FROM bedrock.doctor() WHERE status = 'error' LIMIT 0$$),
('Q127', '{}', $$SELECT 'cur' AS source, entity AS billing_entity, date '2026-09-01' AS period, through AS data_through, false AS is_final FROM reach$$),
('Q127', '{"period": "2026-06-01"}', $$SELECT 'cur' AS source, entity AS billing_entity, date '2026-06-30' AS data_through, true AS is_final FROM reach$$),
('Q131', '{}', $$SELECT 'usage_type' AS kind, ut AS value, count(*) AS rows, sum(cost) AS cost FROM line WHERE usage AND usage_group = 'other' GROUP BY 2
    UNION ALL SELECT 'profile', rid, count(*), sum(cost) FROM line WHERE usage AND path = 'application_profile' AND registered_name IS NULL GROUP BY 2$$),
('Q134', '{}', $$SELECT NULL::text AS invoice_id, NULL::numeric AS invoice_total, sum(line_item_unblended_cost) AS loaded_total, NULL::numeric AS difference, (SELECT sum(cost) FROM line WHERE period = '2026-09-01') AS bedrock_total
    FROM cur WHERE bill_billing_period_start_date = '2026-09-01Z'$$);
INSERT INTO expected (question_id, args, sql)
SELECT 'Q134', jsonb_build_object('period', '2026-07-01', 'invoices', jsonb_object_agg(id, 1000.25)),
    $$SELECT nullif(bill_invoice_id, '') AS invoice_id, 1000.25 AS invoice_total, sum(line_item_unblended_cost) AS loaded_total, sum(line_item_unblended_cost) - 1000.25 AS difference FROM cur WHERE bill_billing_period_start_date = '2026-07-01Z' GROUP BY 1$$
FROM (SELECT DISTINCT bill_invoice_id AS id FROM cur WHERE bill_billing_period_start_date = '2026-07-01Z') i;
-- The product that only says Bedrock may stand in bedrock.unrecognized under other kinds too.
UPDATE expected SET subset = true WHERE question_id IN ('Q126', 'Q131') OR question_id = 'Q124' AND args <> '{}';
SELECT 'Q126', 'has no answer' WHERE NOT EXISTS (SELECT FROM bedrock.answer('Q126') a WHERE a::jsonb ? 'fix' AND a ->> 'status' = 'ok');
SELECT 'Q126', 'raised in the doctor', a FROM bedrock.answer('Q126') a WHERE a ->> 'check' = 'doctor';
SELECT 'Q123', 'the key that was never activated is not the only one', string_agg(a::text, E'\n') FROM bedrock.answer('Q123') a HAVING count(*) <> 1 OR min(a ->> 'key') <> 'DataClass' OR min(a ->> 'hint') NOT LIKE '%"DataClass"%';
SELECT 'Q125', 'June has no hint' WHERE NOT EXISTS (SELECT FROM bedrock.answer('Q125') a WHERE a ->> 'month' = '2026-06-01' AND a ->> 'hint' LIKE '%INCLUDE_IAM_PRINCIPAL_DATA%');
