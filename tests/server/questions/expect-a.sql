-- SPDX-License-Identifier: PostgreSQL
-- Questions A over the raw lines.
-- Net amounts are known where the month has any in its column.
CREATE TABLE net_month AS SELECT (bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS period, count(line_item_net_unblended_cost) > 0 AS known FROM cur GROUP BY 1;
-- Who shares a role: what Q045 says of it, and what Q008 keeps apart.
CREATE TABLE shared_role AS
SELECT * FROM (
    SELECT principal_key AS role, concat_ws(', ', CASE WHEN count(DISTINCT workload) FILTER (WHERE rule LIKE 'claim:%') > 1 THEN 'several workloads' END, CASE WHEN count(DISTINCT application) FILTER (WHERE application <> '(untagged)') > 1 THEN 'several applications' END,
               CASE WHEN count(DISTINCT project) FILTER (WHERE project <> '(untagged)') > 1 THEN 'several projects' END,
               CASE WHEN count(DISTINCT team) FILTER (WHERE team <> '(untagged)') > 1 THEN 'several teams' END,
               CASE WHEN count(DISTINCT CASE WHEN application <> '(untagged)' THEN application WHEN project <> '(untagged)' THEN project ELSE rid END) FILTER (WHERE path = 'application_profile') > 1 THEN 'several profiles' END,
               CASE WHEN count(DISTINCT email) > 1 THEN 'several people' END,
               CASE WHEN (SELECT count(*) FROM (SELECT session FROM september n WHERE n.principal_key = s.principal_key AND email IS NULL AND session NOT LIKE 'i-0%' GROUP BY session HAVING count(DISTINCT day) >= 5) x) > 1
                    THEN 'several steady sessions' END,
               CASE WHEN min(principal_name) LIKE '%AdministratorAccess%' THEN 'broad permissions by name' WHEN min(principal_kind) = 'sso' THEN 'permission set' END) AS reasons, count(DISTINCT session) AS sessions, count(DISTINCT CASE WHEN path LIKE '%profile' THEN split_part(rid, 'profile/', 2) END) AS profiles, count(DISTINCT workload) FILTER (WHERE rule LIKE 'claim:%') AS workloads, sum(cost) AS cost
    FROM september s WHERE principal_kind IN ('assumed_role', 'sso', 'service') GROUP BY principal_key) r
WHERE reasons <> '';
CREATE TABLE unowned AS
SELECT CASE WHEN workload <> '(unclaimed)' THEN workload ELSE coalesce(nullif(project, '(untagged)'), application) END AS product, principal_key, cost,
       CASE WHEN workload <> '(unclaimed)' OR project || application || team <> '(untagged)(untagged)(untagged)' THEN NULL WHEN principal_kind IN ('sso', 'federated_user') OR email <> '' OR principal_kind = 'iam_user' AND principal_key NOT LIKE '%user/search-indexer' THEN 'people' WHEN principal_kind = 'api_key' THEN 'key'
            WHEN principal_kind = 'service' OR principal_name LIKE 'AmazonBedrock%' THEN 'service' WHEN principal_key IN (SELECT role FROM shared_role) THEN 'shared'
            WHEN principal_key IS NULL OR principal_key IN (SELECT principal_key FROM september WHERE (workload <> '(unclaimed)' OR project || application || team <> '(untagged)(untagged)(untagged)') AND principal_key <> '') THEN 'other' ELSE 'role' END AS part
FROM september;
-- The seed's numbers: three roles nobody claimed, 3,800 dollars.
SELECT 'Q008', 'unclaimed roles', sum((a ->> 'unclaimed_roles')::int), sum((a ->> 'unattributed_cost')::numeric) FROM bedrock.answer('Q008') a
HAVING sum((a ->> 'unclaimed_roles')::int) <> 3 OR sum((a ->> 'unattributed_cost')::numeric) <> 3800;
SELECT 'Q001', 'no reason, or one too many', a FROM bedrock.answer('Q001', '{"period": "2026-07-01"}') a WHERE a ->> 'net_reason' IS NULL
UNION ALL SELECT 'Q001', 'no reason, or one too many', a FROM bedrock.answer('Q001') a WHERE a ->> 'net_reason' IS NOT NULL;

INSERT INTO expected (question_id, args, sql) VALUES
('Q001', '{}', $$SELECT date '2026-09-01' AS period, 42000.00 AS billed_cost, sum(net) FILTER (WHERE usage) AS net_cost, sum(cost) FILTER (WHERE NOT usage) AS other_charges,
    sum(tokens) AS tokens, (SELECT min(through) FROM reach) AS data_through, false AS is_estimate, 'USD' AS currency FROM line WHERE period = '2026-09-01'$$),
('Q001', '{"period": "2026-07-15"}', $$SELECT period, sum(cost) FILTER (WHERE usage) AS billed_cost, NULL::numeric AS net_cost, sum(cost) FILTER (WHERE NOT usage) AS other_charges, date '2026-07-31' AS data_through FROM line WHERE period = '2026-07-01' GROUP BY 1$$),
('Q002', '{}', $$SELECT 'all' AS scope, sum(cost) AS billed_cost, NULL::numeric AS share_of_parent_pct FROM september
    UNION ALL SELECT 'payer ' || payer, sum(cost), 100.00 FROM september GROUP BY payer
    UNION ALL SELECT 'account ' || account, sum(cost), round(100 * sum(cost) / 42000, 2) FROM september GROUP BY account$$),
('Q003', '{}', $$SELECT owner, workload, spender, sum(cost) AS billed_cost, round(100 * sum(cost) / 42000, 2) AS share_pct, rank() OVER (ORDER BY sum(cost) DESC) AS rank
    FROM (SELECT cost, owner, workload, CASE WHEN path = 'application_profile' THEN coalesce(registered_name, split_part(rid, '/', 2)) WHEN path = 'project' AND rid NOT LIKE '%/default' THEN coalesce(registered_name, split_part(rid, '/', 2))
                 WHEN principal IS NOT NULL THEN principal_name ELSE '(none)' END AS spender,
                 CASE WHEN path = 'application_profile' THEN 1 WHEN path = 'project' AND rid NOT LIKE '%/default' THEN 2 WHEN principal IS NOT NULL THEN 3
                      WHEN EXISTS (SELECT FROM jsonb_each_text(tags) t WHERE t.key ~ '^(resourceTags|iamPrincipal|userAttribute)/' AND t.key !~ '/aws:' AND t.value <> '') THEN 4 ELSE 5 END AS kind FROM september) s GROUP BY owner, workload, spender, kind$$),
('Q004', '{}', $$SELECT kind AS driver_kind, coalesce(driver, '(none)') AS driver, sum(cost) FILTER (WHERE now) AS cost, sum(CASE WHEN now THEN cost ELSE -cost END) AS change,
        CASE WHEN bool_and(now) THEN 'new' END AS effect
    FROM (SELECT k.kind, k.driver, cost, period = '2026-09-01' AS now FROM line, LATERAL (VALUES ('application', application), ('model', model), ('account', account), ('principal', principal_key)) k (kind, driver)
          WHERE usage AND period >= '2026-08-01') d GROUP BY 1, 2 HAVING bool_and(now)$$),
('Q005', '{}', $$SELECT line, coalesce(sum(cost) FILTER (WHERE now), 0) AS value, coalesce(sum(cost) FILTER (WHERE now), 0) - coalesce(sum(cost) FILTER (WHERE NOT now), 0) AS change_vs_last_month
    FROM (SELECT k.line, cost, period = '2026-09-01' AS now FROM line, LATERAL (VALUES ('total'), ('application: ' || application), ('model: ' || coalesce(model, '(none)')), ('region: ' || region)) k (line)
          WHERE usage AND period >= '2026-08-01') d GROUP BY 1$$),
('Q006', '{"workload": "HR-Portal"}', $$SELECT application, workload, sum(cost) AS billed_cost FROM september WHERE workload = 'hr-portal' GROUP BY 1, 2$$),
('Q006', '{}', $$SELECT application, workload, sum(cost) AS billed_cost, round(100 * sum(cost) / 42000, 2) AS share_pct,
    round(100 * coalesce(sum(cost) FILTER (WHERE path IN ('application_profile', 'system_profile')), 0) / sum(cost) FILTER (WHERE path <> 'not_inference'), 2) AS via_profile_pct FROM september GROUP BY 1, 2$$),
('Q007', '{}', $$SELECT rank() OVER (ORDER BY s.cost DESC) AS rank, s.workload, CASE WHEN s.workload = '(unclaimed)' THEN s.application END AS application, s.owner, s.cost AS billed_cost, round(100 * s.cost / 42000, 2) AS share_pct, round(100 * (s.cost / a.cost - 1), 2) AS change_pct
    FROM (SELECT workload, owner, CASE WHEN workload = '(unclaimed)' THEN application ELSE '-' END AS application, sum(cost) AS cost FROM september GROUP BY 1, 2, 3) s
    LEFT JOIN (SELECT workload, CASE WHEN workload = '(unclaimed)' THEN application ELSE '-' END AS application, sum(cost) AS cost FROM august GROUP BY 1, 2) a USING (workload, application)$$),
('Q008', '{}', $$SELECT rank() OVER (ORDER BY sum(cost) DESC) AS rank, product, sum(cost) AS billed_cost, count(DISTINCT principal_key) FILTER (WHERE part = 'role') AS unclaimed_roles,
    coalesce(sum(cost) FILTER (WHERE part = 'role'), 0) AS unattributed_cost, coalesce(sum(cost) FILTER (WHERE part = 'people'), 0) AS unattributed_people_cost,
    coalesce(sum(cost) FILTER (WHERE part = 'key'), 0) AS unattributed_api_key_cost, coalesce(sum(cost) FILTER (WHERE part = 'service'), 0) AS unattributed_service_cost,
    coalesce(sum(cost) FILTER (WHERE part = 'shared'), 0) AS unattributed_shared_cost, coalesce(sum(cost) FILTER (WHERE part = 'other'), 0) AS unattributed_other_cost FROM unowned GROUP BY 2$$),
('Q009', '{}', $$SELECT family AS model_family, model AS model_name, provider, sum(cost) AS billed_cost, sum(tokens) AS tokens,
    sum(cost) FILTER (WHERE tokens IS NOT NULL) * 1000000 / nullif(sum(tokens), 0) AS cost_per_million FROM september GROUP BY 1, 2, 3$$),
('Q010', '{}', $$SELECT region, region_type AS ai_region_type, sum(cost) AS billed_cost, round(100 * sum(cost) / 42000, 2) AS share_pct FROM september GROUP BY 1, 2$$),
('Q011', '{}', $$SELECT project, coalesce(sum(cost) FILTER (WHERE now), 0) AS billed_cost, sum(CASE WHEN now THEN cost ELSE -cost END) AS change,
    round(100 * sum(CASE WHEN now THEN cost ELSE -cost END) / (42000 - (SELECT sum(cost) FROM august)), 2) AS share_of_change_pct
    FROM (SELECT *, period = '2026-09-01' AS now FROM line WHERE usage AND period >= '2026-08-01') x GROUP BY 1$$),
('Q012', '{}', $$SELECT environment, sum(cost) AS billed_cost, round(100 * sum(cost) / 42000, 2) AS share_pct, rank() OVER (ORDER BY sum(cost) DESC) AS rank FROM september GROUP BY 1$$),
('Q013', '{}', $$SELECT team, cost_center, sum(cost) AS billed_cost, coalesce(sum(cost) FILTER (WHERE usage), 0) AS usage_cost, round(100 * coalesce(sum(cost) FILTER (WHERE usage), 0) / 42000, 2) AS share_pct
    FROM line WHERE period = '2026-09-01' GROUP BY 1, 2$$),
('Q014', '{}', $$SELECT application AS app, family AS model_family, round(100 * (SELECT coalesce(sum(coalesce(input, 0) + coalesce(output, 0)), 0) FROM logged_september l WHERE l.application = s.application
        AND l.model IN (SELECT name FROM model_pattern p WHERE p.family = s.family AND p.name LIKE 'Claude%')) / nullif(sum(tokens) FILTER (WHERE kind IN ('input', 'output')), 0), 1) AS logged_pct,
    (SELECT nullif(count(*), 0) FROM logged_september l WHERE l.application = s.application AND l.model IN (SELECT name FROM model_pattern p WHERE p.family = s.family AND p.name LIKE 'Claude%')) AS requests,
    sum(tokens) AS tokens, sum(cost) AS cost, rank() OVER (ORDER BY sum(tokens) DESC NULLS LAST) AS rank FROM september s WHERE model LIKE 'Claude%' GROUP BY 1, 2$$),
('Q014', '{"model": "haiku", "period": "2026-06-01"}', $$SELECT application AS app, sum(tokens) AS tokens, NULL::bigint AS requests FROM line WHERE usage AND period = '2026-06-01' AND family = 'Haiku' GROUP BY 1$$),
('Q014', '{"model": "sonnet 4.6", "period": "2026-08-01"}', $$SELECT application AS app, (SELECT nullif(count(*), 0) FROM logged l WHERE l.day < '2026-09-01' AND l.application = august.application AND l.model = 'Claude Sonnet 4.6') AS requests, sum(tokens) AS tokens, sum(cost) AS cost FROM august WHERE model = 'Claude Sonnet 4.6' GROUP BY 1$$),
('Q015', '{}', $$SELECT account, region, coalesce(email, principal_name) AS "user", application, model, sum(cost) AS cost, sum(tokens) AS tokens FROM september GROUP BY 1, 2, 3, 4, 5$$),
('Q016', '{}', $$SELECT payer, account, legal AS legal_entity, entity AS billing_entity, sum(cost) AS billed_cost, coalesce(sum(cost) FILTER (WHERE usage), 0) AS usage_cost FROM line WHERE period = '2026-09-01' GROUP BY 1, 2, 3, 4$$),
('Q017', '{}', $$SELECT usage_group, sum(cost) AS billed_cost, sum(amount) AS quantity, unit, round(100 * sum(cost) / 42000, 2) AS share_pct FROM september GROUP BY 1, 4$$),
('Q018', '{}', $$SELECT pricing_model, sum(cost) AS billed_cost, sum(tokens) AS tokens, sum(cost) FILTER (WHERE tokens IS NOT NULL) * 1000000 / nullif(sum(tokens), 0) AS cost_per_million FROM september GROUP BY 1$$),
('Q018', '{"period": "2026-07-01"}', $$SELECT pricing_model, sum(cost) AS billed_cost, sum(tokens) AS tokens FROM line WHERE usage AND period = '2026-07-01' GROUP BY 1$$),
('Q019', '{}', $$SELECT s.* FROM (SELECT resource_type AS resource_kind, rid AS resource, sum(cost) FILTER (WHERE period = '2026-09-01') AS billed_cost, min(day) AS first_seen, max(day) AS last_seen
    FROM (SELECT l.*, CASE WHEN path IN ('application_profile', 'system_profile', 'project') THEN coalesce(registered_name, rid) ELSE model END AS shown FROM line l WHERE usage AND rid IS NOT NULL) l
    GROUP BY 1, 2, shown HAVING count(*) FILTER (WHERE period = '2026-09-01') > 0) s ORDER BY billed_cost DESC LIMIT 20$$),
('Q019', '{"top": 3}', $$SELECT rid AS resource, sum(cost) AS billed_cost FROM september WHERE path LIKE '%profile' GROUP BY 1 ORDER BY 2 DESC LIMIT 3$$),
('Q020', '{}', $$SELECT period AS month, model, sum(cost) AS billed_cost, sum(tokens) AS tokens FROM line WHERE usage GROUP BY 1, 2$$),
('Q020', '{"months": 1}', $$SELECT period AS month, model, sum(cost) AS billed_cost FROM september GROUP BY 1, 2$$),
('Q021', '{}', $$SELECT period AS month, (SELECT sum(cost) FROM line l WHERE l.period = c.period) AS ai_cost, total_cost, round(100 * (SELECT sum(cost) FROM line l WHERE l.period = c.period) / total_cost, 2) AS pct
    FROM (SELECT (bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS period, sum(line_item_unblended_cost) AS total_cost FROM cur GROUP BY 1) c$$),
('Q022', '{}', $$SELECT s.resource, s.usage_group, s.cost_shape, s.monthly_cost, (SELECT max(day) FROM line l WHERE l.rid = s.resource AND l.path <> 'not_inference') AS last_used
    FROM (SELECT coalesce(rid, ut) AS resource, usage_group, CASE WHEN ut LIKE '%Training%' THEN 'one_off' ELSE 'standing' END AS cost_shape, sum(cost) AS monthly_cost
          FROM september WHERE usage_group IN ('provisioned_throughput', 'reserved', 'customization') GROUP BY 1, 2, 3) s$$),
('Q022', '{"period": "2026-07-01"}', $$SELECT coalesce(rid, ut) AS resource, sum(cost) AS monthly_cost FROM line WHERE usage AND period = '2026-07-01' AND usage_group IN ('provisioned_throughput', 'reserved', 'customization')
    GROUP BY 1, ut ~ 'Training'$$);
UPDATE expected SET subset = true WHERE question_id = 'Q004';
-- Price, volume and mix of each driver: the same definition, cell by cell, from the raw lines.
INSERT INTO expected (question_id, args, sql) VALUES
('Q004', '{"period": "2026-09-01"}', $$WITH cell AS (
    SELECT k.kind, coalesce(k.driver, '(none)') AS driver, model, ut, unit, coalesce(sum(cost) FILTER (WHERE now), 0) AS c1, coalesce(sum(cost) FILTER (WHERE NOT now), 0) AS c0,
           coalesce(sum(tokens) FILTER (WHERE now), 0) AS t1, coalesce(sum(tokens) FILTER (WHERE NOT now), 0) AS t0
    FROM (SELECT *, period = '2026-09-01' AS now FROM line WHERE usage AND period >= '2026-08-01') l,
         LATERAL (VALUES ('application', application), ('model', model), ('account', account), ('principal', principal_key)) k (kind, driver) GROUP BY 1, 2, 3, 4, 5),
    driver AS (SELECT kind, driver, sum(c1) AS c1, sum(c1 - c0) AS change, coalesce(sum((c1 / nullif(t1, 0) - c0 / nullif(t0, 0)) * t1), 0) AS price,
                      coalesce(sum(c0) FILTER (WHERE t0 > 0) * (sum(t1) / nullif(sum(t0), 0) - 1), 0) AS volume, sum(c0) AS c0 FROM cell GROUP BY 1, 2)
    SELECT kind AS driver_kind, driver, c1 AS cost, change,
           CASE WHEN change = 0 THEN NULL WHEN c0 = 0 THEN 'new' WHEN c1 = 0 THEN 'ended' ELSE (SELECT e FROM (VALUES ('price', 1, abs(price)), ('volume', 2, abs(volume)), ('mix', 3, abs(change - price - volume))) v (e, n, size) ORDER BY size DESC, n LIMIT 1) END AS effect,
           round(100 * change / (42000 - (SELECT sum(cost) FROM august)), 2) AS share_of_change_pct, 'USD' AS currency FROM driver$$);
