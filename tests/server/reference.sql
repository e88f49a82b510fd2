-- SPDX-License-Identifier: PostgreSQL
-- docs/reference.md, written from the COMMENTs of the extension's members.
\pset tuples_only on
\pset format unaligned
WITH member AS (
    SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
), entry AS (
    -- Types.
    SELECT 1 AS chapter, 'Types' AS title, format_type(t.oid, NULL) AS name, 0 AS line,
           format(E'### %s\n\n%s\n', format_type(t.oid, NULL), obj_description(t.oid, 'pg_type')) AS body
    FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid AND t.typtype = 'b' AND t.typcategory <> 'A'
    UNION ALL
    -- Functions a user calls: not the machinery of types and operators, not the twins for bedrock_arn.
    SELECT CASE WHEN n.nspname = 'bedrock' THEN 3 ELSE 2 END, CASE WHEN n.nspname = 'bedrock' THEN 'Functions of schema bedrock' ELSE 'Row functions' END,
           p.proname, 0,
           format(E'### %s\n\n```\n%s(%s)%s\n```\n\n%s\n',
                  CASE WHEN n.nspname = 'bedrock' THEN 'bedrock.' ELSE '' END || p.proname,
                  CASE WHEN n.nspname = 'bedrock' THEN 'bedrock.' ELSE '' END || p.proname,
                  pg_get_function_arguments(p.oid), ' → ' || pg_get_function_result(p.oid),
                  obj_description(p.oid, 'pg_proc'))
    FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.proname !~ '^bedrock_arn_(in|out|recv|send|eq|ne|lt|le|gt|ge|cmp|sortsupport|hash|hash_extended|from_text)$'
      AND pg_get_function_identity_arguments(p.oid) !~ 'resource_id bedrock_arn'
    UNION ALL
    -- Views and tables with their columns; what the extension keeps for itself is not for readers.
    SELECT CASE c.relkind WHEN 'v' THEN 4 ELSE 5 END, CASE c.relkind WHEN 'v' THEN 'Views' ELSE 'Tables' END, c.relname, 0,
           format(E'### bedrock.%s\n\n%s\n\n| column | type | meaning |\n| --- | --- | --- |\n%s\n', c.relname, obj_description(c.oid, 'pg_class'),
                  (SELECT string_agg(format('| %s | %s | %s |', a.attname, format_type(a.atttypid, a.atttypmod), replace(col_description(c.oid, a.attnum), '|', '\|')), E'\n' ORDER BY a.attnum)
                   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
    FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'v', 'p')
      AND c.relnamespace <> 'bedrock_internal'::regnamespace
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY chapter ORDER BY name COLLATE "C", body COLLATE "C") AS n FROM entry
)
SELECT CASE WHEN n = 1 THEN format(E'## %s\n\n', title) ELSE '' END || body FROM numbered ORDER BY chapter, n;
