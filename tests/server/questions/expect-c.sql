-- SPDX-License-Identifier: PostgreSQL
-- Questions C over the raw lines.
INSERT INTO expected (question_id, args, sql) VALUES
('Q037', '{}', $$SELECT principal, coalesce(principal_kind, 'none') AS kind, principal_name AS role, session, sum(cost) AS billed_cost, count(*) AS rows FROM september GROUP BY 1, 2, 3, 4$$),
('Q037', '{"period": "2026-06-30"}', $$SELECT NULL::text AS principal, 'not_recorded' AS kind, sum(cost) AS billed_cost, count(*) AS rows FROM line WHERE usage AND period = '2026-06-01'$$),
('Q040', '{}', $$SELECT * FROM (SELECT coalesce(email, principal) AS principal, principal_kind AS kind, path, model, sum(cost) FILTER (WHERE period = '2026-09-01') AS cost, max(day) AS last_seen FROM line
    WHERE usage AND (email IS NOT NULL OR principal_kind IN ('sso', 'federated_user') OR principal_kind = 'iam_user' AND principal_key NOT LIKE '%user/search-indexer') AND path NOT IN ('application_profile', 'project', 'not_inference') GROUP BY 1, 2, 3, 4) x WHERE cost IS NOT NULL$$),
('Q041', '{}', $$SELECT *, round(100 * increase / sum(increase) OVER (), 2) AS share_of_increase_pct FROM (
    SELECT coalesce(email, principal_key, '(none)') AS principal, CASE WHEN (email IS NOT NULL OR principal_kind IN ('sso', 'federated_user') OR principal_kind = 'iam_user' AND principal_key NOT LIKE '%user/search-indexer') THEN 'human' WHEN principal_kind = 'api_key' THEN 'api_key' WHEN principal IS NULL THEN 'none' ELSE 'machine' END AS human_or_machine,
           application, sum(CASE WHEN period = '2026-09-01' THEN cost ELSE -cost END) AS increase FROM line WHERE usage AND period >= '2026-08-01' GROUP BY 1, 2, 3) x WHERE increase > 0$$),
('Q042', '{}', $$SELECT traffic AS traffic_class, sum(cost) AS billed_cost, round(100 * sum(cost) / (SELECT sum(cost) FROM september WHERE path <> 'not_inference'), 2) AS share_pct FROM september WHERE path <> 'not_inference' GROUP BY 1$$),
('Q043', '{}', $$SELECT k.key AS tag_key, coalesce(tags ->> ('iamPrincipal/' || k.key), '(untagged)') AS tag_value, sum(cost) AS billed_cost FROM september, (VALUES ('team'), ('project'), ('cost-center'), ('department'), ('environment')) k (key)
    WHERE EXISTS (SELECT FROM september WHERE tags ? ('iamPrincipal/' || k.key)) GROUP BY 1, 2$$),
('Q044', '{}', $$SELECT team, model, sum(cost) AS billed_cost, sum(tokens) AS tokens FROM september WHERE model LIKE 'Claude Sonnet%' GROUP BY 1, 2$$),
('Q044', '{"team": "CODING", "model": "opus"}', $$SELECT 'coding' AS team, model, sum(cost) AS billed_cost FROM september WHERE team = 'coding' AND model LIKE 'Claude Opus%' GROUP BY 2$$),
('Q045', '{}', $$SELECT role, reasons, sessions, profiles, workloads, cost FROM shared_role$$),
('Q047', '{}', $$SELECT split_part(principal, '/', 2) AS api_key_user, 'oscar.lindqvist@acme.example' AS owner, sum(cost) FILTER (WHERE period = '2026-09-01') AS cost, max(day) AS last_used FROM line WHERE usage AND principal LIKE '%:user/BedrockAPIKey-%' GROUP BY 1$$),
('Q048', '{}', $$SELECT principal_name AS role, split_part(principal, ':', 5) AS account, coalesce(session, '(none)') AS session, sum(cost) AS billed_cost
    FROM september WHERE principal_kind IN ('assumed_role', 'sso', 'service') GROUP BY 1, 2, 3$$),
('Q048', '{"role": "llm-gateway-role"}', $$SELECT session, sum(cost) AS billed_cost FROM september WHERE principal LIKE '%assumed-role/llm-gateway-role/%' GROUP BY 1$$),
('Q048', '{"sessions": false}', $$SELECT principal_name AS role, split_part(principal, ':', 5) AS account, '(all)' AS session, sum(cost) AS billed_cost
    FROM september WHERE principal_kind IN ('assumed_role', 'sso', 'service') GROUP BY 1, 2$$),
('Q049', '{}', $$SELECT principal, split_part(split_part(principal, 'AWSReservedSSO_', 2), '_', 1) AS permission_set, model, sum(cost) AS cost FROM september WHERE principal LIKE '%AWSReservedSSO%' GROUP BY 1, 2, 3$$),
('Q050', '{"days": 91}', $$SELECT principal_key AS principal, first AS first_seen, model, sum(cost) AS cost FROM line
    JOIN (SELECT principal_key, min(day) AS first FROM line WHERE usage AND principal_key IS NOT NULL GROUP BY 1) f USING (principal_key) WHERE usage AND first > (SELECT min(through) FROM reach) - 91 GROUP BY 1, 2, 3$$),
('Q051', '{}', $$SELECT 'department' AS user_attribute, coalesce(tags ->> 'userAttribute/department', '(untagged)') AS value, sum(cost) AS billed_cost FROM september GROUP BY 2$$);
-- Nobody is new in the last week of the demo.
INSERT INTO expected VALUES ('Q050', '{}', $$SELECT principal_key AS principal, model FROM line WHERE usage GROUP BY 1, 2 HAVING min(day) > '2026-09-23' AND principal_key NOT IN (SELECT principal_key FROM line WHERE usage AND principal_key IS NOT NULL AND day <= '2026-09-23')$$, true);
SELECT 'Q050', 'a new caller that is none', a FROM bedrock.answer('Q050', '{"days": 7}') a WHERE (SELECT min(day) FROM line WHERE usage AND principal_key = a ->> 'principal') <= '2026-09-20';
