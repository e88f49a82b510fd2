-- SPDX-License-Identifier: PostgreSQL
-- docs/reference.md, written from the COMMENTs of the extension's members: the API by topic, a list of contents first.
-- reference.sh fills created_in: which folder of sql/ makes an object.
\pset tuples_only on
\pset format unaligned
WITH topic (topic, title) AS (VALUES
    ('00-install', 'Settings'),
    ('10-arn', 'The type bedrock_arn'),
    ('20-row-functions', 'Row functions'),
    ('30-catalogue', 'Models, regions and system profiles'),
    ('31-registry', 'Your profiles, projects and labels'),
    ('32-tag', 'Rules for tags and names'),
    ('40-source', 'Sources of bills'),
    ('50-load', 'Loading files'),
    ('51-refresh', 'Refreshing'),
    ('60-spend', 'Spend'),
    ('61-ownership', 'Who owns what'),
    ('62-chargeback', 'Chargeback'),
    ('63-policy', 'Policies of use'),
    ('70-price', 'Prices and estimates'),
    ('80-invocation', 'Model invocation logs'),
    ('81-reconciliation', 'Reconciliation'),
    ('82-forecast', 'Forecasts'),
    ('83-alert', 'Alerts'),
    ('84-estimate', 'Estimates of workloads'),
    ('85-budget', 'Budgets'),
    ('86-anomaly', 'Anomalies'),
    ('87-map', 'MAP credits'),
    ('88-task', 'Tasks and requests to spend'),
    ('89-setup', 'Setup scripts'),
    ('90-question', 'Questions'),
    ('95-doctor', 'The doctor'),
    ('96-schedule', 'Schedules'),
    ('97-access', 'Who sees what')
), member AS (
    SELECT d.classid, d.objid
    FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
), entry AS (
    SELECT 1 AS part, NULL::text AS label, 'TYPE' AS kind, format_type(t.oid, NULL) AS name,
           t.typnamespace AS namespace, t.typname AS object,
           format(E'\n%s\n', obj_description(t.oid, 'pg_type')) AS body
    FROM member AS m JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
    WHERE t.typtype = 'b' AND t.typcategory <> 'A'
    UNION ALL
    -- Functions that users call: not the machinery of the type, nor twins of row functions for bedrock_arn. Functions
    -- of one name are one entry.
    SELECT 2, 'Functions', 'FUNCTION', CASE WHEN n.nspname = 'bedrock' THEN 'bedrock.' ELSE '' END || p.proname,
           n.oid, p.proname,
           string_agg(format(E'\n```text\n%s(%s)%s\n```\n\n%s\n',
                             CASE WHEN n.nspname = 'bedrock' THEN 'bedrock.' ELSE '' END || p.proname,
                             pg_get_function_arguments(p.oid),
                             CASE p.prokind WHEN 'p' THEN '' ELSE ' → ' || pg_get_function_result(p.oid) END,
                             obj_description(p.oid, 'pg_proc')),
                      '' ORDER BY pg_get_function_arguments(p.oid) COLLATE "C")
    FROM member AS m
    JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname <> 'bedrock_internal'
      AND p.proname !~ '^bedrock_arn_(in|out|recv|send|eq|ne|lt|le|gt|ge|cmp|sortsupport|hash|hash_extended|from_text)$'
      AND pg_get_function_identity_arguments(p.oid) !~ 'resource_id bedrock_arn'
    GROUP BY n.nspname, n.oid, p.proname
    UNION ALL
    SELECT CASE c.relkind WHEN 'v' THEN 3 ELSE 4 END, CASE c.relkind WHEN 'v' THEN 'Views' ELSE 'Tables' END,
           CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, 'bedrock.' || c.relname, c.relnamespace, c.relname,
           format(E'\n%s\n\n| column | type | meaning |\n| --- | --- | --- |\n%s\n', obj_description(c.oid, 'pg_class'),
                  (SELECT string_agg(format('| %s | %s | %s |', a.attname, format_type(a.atttypid, a.atttypmod),
                                            replace(col_description(c.oid, a.attnum), '|', '\|')),
                                     E'\n' ORDER BY a.attnum)
                   FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
    FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
    WHERE c.relkind IN ('r', 'v', 'p') AND c.relnamespace = 'bedrock'::regnamespace
), placed AS (
    -- What no folder makes, or a folder without a title, stands in a chapter that says so.
    SELECT e.*, coalesce(f.topic, '99') AS topic, coalesce(t.title, 'Of no topic') AS title,
           -- As GitHub makes the anchor of a heading.
           format('[%s](#%s)', e.object, replace(e.name, '.', '')) AS link
    FROM entry AS e
    LEFT JOIN (SELECT c.kind, c.name, min(c.topic) AS topic FROM created_in AS c GROUP BY c.kind, c.name) AS f
        ON f.kind = e.kind
       AND f.name = CASE WHEN e.namespace = 'bedrock'::regnamespace THEN 'bedrock.' ELSE '' END || e.object
    LEFT JOIN topic AS t ON t.topic = f.topic
), line AS (
    SELECT 0 AS chapter, p.topic, 0 AS part, '' AS name,
           format('- [%s](#%s)', p.title, replace(translate(lower(p.title), ',', ''), ' ', '-')) AS text
    FROM placed AS p GROUP BY p.topic, p.title
    UNION ALL
    SELECT 0, p.topic, p.part, '', '  - ' || p.label || ': ' || string_agg(p.link, ', ' ORDER BY p.name COLLATE "C")
    FROM placed AS p WHERE p.label IS NOT NULL GROUP BY p.topic, p.part, p.label
    UNION ALL
    SELECT 1, p.topic, 0, '', format(E'\n## %s', p.title) FROM placed AS p GROUP BY p.topic, p.title
    UNION ALL
    SELECT 1, p.topic, p.part, p.name, format(E'\n### %s\n%s', p.name, rtrim(p.body, E'\n')) FROM placed AS p
)
SELECT text FROM line ORDER BY chapter, topic COLLATE "C", part, name COLLATE "C";
