-- SPDX-License-Identifier: PostgreSQL
-- Questions B over the raw lines and the documents of the registry.
INSERT INTO expected (question_id, args, sql) VALUES
('Q023', '{}', $$SELECT period AS month, path, sum(cost) AS billed_cost, round(100 * sum(cost) / sum(sum(cost)) OVER (PARTITION BY period), 2) AS share_pct, sum(tokens) AS tokens, count(DISTINCT principal_key) AS principals
    FROM line WHERE usage AND period >= '2026-07-01' AND path <> 'not_inference' GROUP BY 1, 2$$),
('Q023', '{"period": "2026-06-01", "months": 1}', $$SELECT period AS month, path, sum(cost) AS billed_cost, 0 AS principals FROM line WHERE usage AND period = '2026-06-01' AND path <> 'not_inference' GROUP BY 1, 2$$),
('Q024', '{}', $$SELECT * FROM (SELECT principal_key AS principal, account, region, model, sum(cost) FILTER (WHERE period = '2026-09-01') AS billed_cost, min(day) AS first_seen, max(day) AS last_seen
    FROM line WHERE usage AND path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model') GROUP BY 1, 2, 3, 4) x WHERE billed_cost IS NOT NULL$$),
('Q025', '{}', $$SELECT coalesce(registered_name, split_part(rid, '/', 2)) AS profile_name, split_part(path, '_', 1) AS profile_kind, model, sum(cost) AS billed_cost, sum(tokens) AS tokens
    FROM september WHERE path IN ('application_profile', 'system_profile') GROUP BY 1, 2, 3$$),
('Q026', '{}', $$SELECT k.dimension, k.value, sum(cost) AS billed_cost FROM september, LATERAL (VALUES ('application', application), ('environment', environment), ('workflow', workflow), ('engineer', engineer)) k (dimension, value)
    WHERE path IN ('application_profile', 'system_profile') GROUP BY 1, 2$$),
('Q027', '{}', $$SELECT engineer, day, sum(cost) AS cost, (SELECT nullif(count(*), 0) FROM logged_september l JOIN registry_label e ON e.arn = l.rid AND e.label = 'engineer' JOIN registry_label w ON w.arn = l.rid AND w.label = 'workflow'
    WHERE e.value = s.engineer AND w.value = 'coding-assistant' AND l.day = s.day) AS requests,
    round(100 * (SELECT coalesce(sum(coalesce(input, 0) + coalesce(output, 0)), 0) FROM logged_september l JOIN registry_label e ON e.arn = l.rid AND e.label = 'engineer' JOIN registry_label w ON w.arn = l.rid AND w.label = 'workflow'
        WHERE e.value = s.engineer AND w.value = 'coding-assistant' AND l.day = s.day) / nullif(sum(tokens) FILTER (WHERE kind IN ('input', 'output')), 0), 1) AS logged_pct, 20 AS seat_price, sum(sum(cost)) OVER (PARTITION BY engineer) < 20 AS below_seat_price FROM september s WHERE workflow = 'coding-assistant' GROUP BY 1, 2$$),
('Q027', '{"seat_price": 1200.5}', $$SELECT engineer, day, engineer NOT IN ('maya.chen', 'liam.okafor', 'sofia.rossi', 'noah.berg') AS below_seat_price, 1200.5 AS seat_price FROM september WHERE workflow = 'coding-assistant' GROUP BY 1, 2$$),
('Q029', '{}', $$SELECT day, rid AS profile_arn, coalesce(registered_name, split_part(rid, '/', 2)) AS profile_name, (SELECT nullif(count(*), 0) FROM logged_september l WHERE l.day = s.day AND l.account = split_part(s.rid, ':', 5) AND l.region = split_part(s.rid, ':', 4)
        AND split_part(l.rid, 'inference-profile/', CASE WHEN l.rid LIKE 'arn:%' THEN 2 ELSE 1 END) = split_part(s.rid, 'inference-profile/', 2)) AS requests, sum(tokens) FILTER (WHERE kind = 'input') AS input, sum(tokens) FILTER (WHERE kind = 'output') AS output,
    sum(tokens) FILTER (WHERE kind = 'cache_read') AS cache_read, sum(tokens) FILTER (WHERE kind = 'cache_write') AS cache_write, sum(cost) AS billed_cost,
    round(100 * (SELECT coalesce(sum(coalesce(l.input, 0) + coalesce(l.output, 0)), 0) FROM logged_september l WHERE l.day = s.day AND l.account = split_part(s.rid, ':', 5) AND l.region = split_part(s.rid, ':', 4)
        AND split_part(l.rid, 'inference-profile/', CASE WHEN l.rid LIKE 'arn:%' THEN 2 ELSE 1 END) = split_part(s.rid, 'inference-profile/', 2)) / nullif(sum(tokens) FILTER (WHERE kind IN ('input', 'output')), 0), 1) AS logged_pct
    FROM september s WHERE path IN ('application_profile', 'system_profile') GROUP BY 1, 2, 3$$),
('Q030', '{}', $$SELECT arn AS profile, name AS profile_name, last AS last_seen, (SELECT min(through) FROM reach) - last AS idle_days
    FROM (SELECT arn, name, (SELECT max(day) FROM line WHERE usage AND rid = arn) AS last FROM registry WHERE kind = 'application') x WHERE last IS NULL OR (SELECT min(through) FROM reach) - last >= 30$$),
('Q031', '{}', $$SELECT arn AS profile, named AS in_logs, billed AS in_cur, CASE WHEN known THEN tagged END AS tagged, CASE WHEN billed AND known AND tagged THEN active END AS tags_active, greatest((SELECT max(day) FROM line l WHERE l.usage AND l.rid = x.arn), (SELECT max(day) FROM logged l WHERE l.rid = x.arn)) AS last_seen,
    (SELECT EXISTS (SELECT FROM bedrock.prices b WHERE b.model_id = r.model_id AND b.region IN (r.region, '*') AND b.routing IN (CASE r.pool WHEN 'global' THEN 'global' ELSE 'regional' END, '*')
        AND b.tier = 'standard' AND NOT b.doubtful AND b.long_context_above IS NULL AND (now() AT TIME ZONE 'UTC')::date BETWEEN coalesce(b.valid_from, '-infinity') AND coalesce(b.valid_to, 'infinity'))
     FROM registry r WHERE r.arn = x.arn AND r.model_id <> '') AS priced
    FROM (SELECT p.arn, EXISTS (SELECT FROM logged l WHERE l.rid = p.arn) AS named, EXISTS (SELECT FROM line WHERE usage AND rid = p.arn AND path <> 'not_inference') AS billed, EXISTS (SELECT FROM registry r WHERE r.arn = p.arn) AS known,
                 EXISTS (SELECT FROM registry_tag t WHERE t.arn = p.arn) AS tagged,
                 EXISTS (SELECT FROM registry_tag t, line l WHERE t.arn = p.arn AND l.rid = p.arn AND l.tags ? ('resourceTags/' || t.key)) AS active
          FROM (SELECT arn FROM registry WHERE kind = 'application' UNION SELECT rid FROM line WHERE path = 'application_profile') p) x$$),
('Q031', '{"profile": "hr-portal-canary"}', $$SELECT arn AS profile, false AS in_cur, true AS tagged FROM registry WHERE name = 'hr-portal-canary'$$),
('Q032', '{}', $$SELECT d.*, (SELECT min(arn) FROM registry r WHERE r.kind = 'application' AND r.account = d.account AND r.region = d.region AND r.model_id = split_part(d.source, 'foundation-model/', 2)) AS suggested_profile
    FROM (SELECT workload, principal_key AS caller, account, region, sum(cost) AS cost, min(rid) FILTER (WHERE path = 'foundation_model') AS source FROM september
          WHERE path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model') GROUP BY 1, 2, 3, 4, model) d$$),
('Q033', '{}', $$SELECT account, region, count(*) AS profiles, 1000 AS "limit", 1000 - count(*) AS headroom, round(count(*) / 10.0, 2) AS used_pct, 'setting' AS limit_source
    FROM (SELECT arn, account, region FROM registry WHERE kind = 'application' UNION SELECT rid, split_part(rid, ':', 5), split_part(rid, ':', 4) FROM line WHERE path = 'application_profile') x GROUP BY 1, 2$$),
('Q034', '{}', $$SELECT rid AS arn, concat_ws(' and ', 'model', CASE WHEN bool_and(project = '(untagged)' AND application = '(untagged)') THEN 'application' END) AS missing, sum(cost) AS cost, min(day) AS first_seen
    FROM line WHERE usage AND path = 'application_profile' AND registered_name IS NULL GROUP BY 1$$),
('Q035', '{}', $$SELECT split_part(rid, '/', 2) AS project_id, registered_name AS project_name, string_agg(DISTINCT model, ', ' ORDER BY model) AS models, sum(cost) AS billed_cost FROM september WHERE path = 'project' GROUP BY 1, 2$$);
-- Bill and logs against two policies that never meet on a line, and where none speaks against the pools of the region.
CREATE FUNCTION bound_by(application text, workload text, region text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN $1 = 'hr-portal' THEN 'hr in europe' WHEN $2 = 'customer-insights' AND $3 LIKE 'eu-%' THEN 'insights in Europe' END $$;
CREATE FUNCTION outside(policy text, region text, inference_region text, pool text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN $1 IS NOT NULL AND $2 NOT LIKE 'eu-%' THEN 'called outside' WHEN $1 IS NOT NULL AND $3 NOT LIKE 'eu-%' THEN 'answered outside'
                WHEN $1 IS NOT NULL AND $3 IS NULL AND $4 NOT IN ('regional', 'eu') THEN 'may be answered outside'
                WHEN $2 LIKE 'eu-%' AND $4 NOT IN ('regional', 'eu') THEN 'left its pool' END $$;
CREATE TABLE left_bill AS
SELECT *, CASE WHEN finding <> 'left its pool' THEN bound END AS policy
FROM (SELECT workload, bound_by(application, workload, region) AS bound, principal_key AS caller, model, region, cost, p.pool, outside(bound_by(application, workload, region), region, NULL, p.pool) AS finding
      FROM september, LATERAL (SELECT CASE region_type WHEN 'cross_region_global' THEN 'global' WHEN 'same_region' THEN 'regional' ELSE geo END) p (pool) WHERE path <> 'not_inference') y WHERE finding IS NOT NULL;
CREATE TABLE left_log AS
SELECT *, CASE WHEN finding <> 'left its pool' THEN bound END AS policy
FROM (SELECT principal_key AS caller, model, region, pool, bound, outside(bound, region, inference_region, pool) AS finding FROM logged_september,
          LATERAL (SELECT bound_by(application, CASE WHEN rid IN (SELECT arn FROM registry WHERE name LIKE 'ci-%') THEN 'customer-insights' END, region)) b (bound)) y WHERE finding IS NOT NULL;
INSERT INTO expected (question_id, args, sql) VALUES
('Q036', '{}', $$SELECT workload, caller, policy, finding, pool, region, model, cost, requests
    FROM (SELECT coalesce(caller, '-') AS caller_key, caller, coalesce(policy, '-') AS policy_key, policy, finding, pool, region, model, sum(cost) AS cost, sum(n) AS requests
               , string_agg(DISTINCT workload, ' and ') AS workload
          FROM (SELECT workload, caller, policy, finding, pool, region, model, cost, NULL::bigint AS n FROM left_bill UNION ALL SELECT NULL, caller, policy, finding, pool, region, model, NULL, 1 FROM left_log) u
          GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) g$$);
-- What Q152 lists of the logs is in Q036, request for request.
SELECT 'Q036', 'requests of Q152 that are not in it', x.n, y.n FROM (SELECT sum((a ->> 'requests')::bigint) AS n FROM bedrock.answer('Q152') a) x,
    (SELECT sum((a ->> 'requests')::bigint) AS n FROM bedrock.answer('Q036') a WHERE a ->> 'policy' IS NOT NULL) y WHERE x.n IS DISTINCT FROM y.n;
-- The bill alone: every cent of hr-portal's inference that was called outside Europe, or whose pool is wider.
SELECT 'Q036', 'cost of the policy', x.cost, y.cost FROM (SELECT sum((a ->> 'cost')::numeric) AS cost FROM exact('Q036') a WHERE a ->> 'policy' = 'hr in europe') x,
    (SELECT sum(cost) AS cost FROM september WHERE application = 'hr-portal' AND path <> 'not_inference' AND (region NOT LIKE 'eu-%' OR geo NOT IN ('eu'))) y WHERE x.cost IS DISTINCT FROM y.cost;
-- Commands of Q032: a name AWS takes, cut at its end, and tags of the usage.
SELECT 'Q032', 'name or tags', a ->> 'cli' FROM bedrock.answer('Q032') a, LATERAL (SELECT substring(a ->> 'cli' FROM '--inference-profile-name (\S+) '), substring(a ->> 'cli' FROM '--tags ''(.*)''$')::jsonb) c (name, tags),
    LATERAL (SELECT substring(a ->> 'caller' FROM '[^/]+$'), a ->> 'model_id') r (caller, model)
WHERE a ->> 'cli' IS NOT NULL AND (name !~ '^([0-9a-zA-Z:.][ _-]?)+$' OR length(name) > 64 OR tags IS NULL AND caller !~ 'AWS|Amazon|BedrockAPIKey'
    OR NOT EXISTS (SELECT FROM jsonb_array_elements(tags) t WHERE t ->> 'key' IN ('application', 'project', 'team')) AND caller !~ 'AWS|Amazon|user|kenji|alice|bob|BedrockAPIKey'
    OR EXISTS (SELECT FROM jsonb_array_elements(tags) t WHERE t ->> 'key' NOT IN ('application', 'project', 'team', 'environment', 'cost-center', 'customer', 'workload') OR coalesce(t ->> 'value', '') IN ('', '(untagged)', '(unclaimed)')));
-- The environment is the tag of its account, acme-prod.
SELECT 'Q032', 'a command of the report generator', a ->> 'cli' FROM bedrock.answer('Q032') a WHERE a ->> 'caller' LIKE '%/prod-report-generator-role'
    AND a ->> 'cli' <> 'aws bedrock create-inference-profile --region us-east-1 --inference-profile-name prod-report-generator-role-anthropic-claude-3-5-sonnet-20240620 --model-source copyFrom=''arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0'' --tags ''[{"key": "application", "value": "report-generator"}, {"key": "environment", "value": "prod"}]''';
UPDATE expected SET sql = replace(sql, 'd.*, (SELECT min(arn)', 'd.workload, d.caller, d.account, d.region, d.cost, (SELECT min(arn)') WHERE question_id = 'Q032';
