-- SPDX-License-Identifier: PostgreSQL
-- Every member of the extension with what makes it what it is: definition, labels, privileges, comment.
WITH member AS (
    SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
)
SELECT line FROM (
    SELECT 'member ' || pg_describe_object(classid, objid, 0) || ' | ' || coalesce(obj_description(objid, classid::regclass::name), '-') AS line FROM member
    UNION ALL
    SELECT 'function ' || p.oid::regprocedure || ' | ' || md5(replace(pg_get_functiondef(p.oid), '"public".', 'public.')) || ' | ' || coalesce(p.proacl::text, '-')
    FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid WHERE p.prokind <> 'a'
    UNION ALL
    SELECT 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' | ' || coalesce(c.relacl::text, '-') || ' | ' || c.relrowsecurity || ' | ' || coalesce(md5(pg_get_viewdef(c.oid)), '-')
    FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid WHERE c.relkind IN ('r', 'v', 'p')
    UNION ALL
    SELECT 'column ' || c.oid::regclass || '.' || a.attname || ' ' || rank() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' | '
        || coalesce(col_description(c.oid, a.attnum), '-') || ' | ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '-')
    FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'v', 'p')
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    UNION ALL
    SELECT 'schema ' || n.nspname || ' | ' || coalesce(n.nspacl::text, '-')
    FROM member m JOIN pg_namespace n ON m.classid = 'pg_namespace'::regclass AND n.oid = m.objid
    UNION ALL
    SELECT 'options ' || c.oid::regclass || ' | ' || c.reloptions::text
    FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid WHERE c.reloptions IS NOT NULL
    UNION ALL
    SELECT 'attribute ' || t.oid::regtype || '.' || a.attname || ' ' || rank() OVER (PARTITION BY t.oid ORDER BY a.attnum) || ' ' || format_type(a.atttypid, a.atttypmod)
    FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
    JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 'trigger ' || pg_get_triggerdef(g.oid)
    FROM member m JOIN pg_trigger g ON m.classid = 'pg_class'::regclass AND g.tgrelid = m.objid AND NOT g.tgisinternal
    UNION ALL
    SELECT 'dumped ' || t.oid::regclass || ' | ' || t.condition
    FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS t (oid, condition) WHERE e.extname = 'bedrock_cost'
    UNION ALL
    SELECT 'constraint ' || c.oid::regclass || '.' || k.conname || ' | ' || pg_get_constraintdef(k.oid)
    FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid JOIN pg_constraint k ON k.conrelid = c.oid
    UNION ALL
    SELECT 'policy ' || c.oid::regclass || '.' || k.polname || ' ' || k.polcmd::text || ' ' || k.polroles::text || ' | '
        || coalesce(pg_get_expr(k.polqual, k.polrelid), '-') || ' | ' || coalesce(pg_get_expr(k.polwithcheck, k.polrelid), '-')
    FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid JOIN pg_policy k ON k.polrelid = c.oid
    UNION ALL
    SELECT 'rule ' || pg_get_ruledef(k.oid)
    FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid JOIN pg_rewrite k ON k.ev_class = c.oid AND k.rulename <> '_RETURN'
    UNION ALL
    SELECT 'index ' || i.indexrelid::regclass || ' | ' || pg_get_indexdef(i.indexrelid)
    FROM member m JOIN pg_index i ON m.classid = 'pg_class'::regclass AND i.indrelid = m.objid
) AS snapshot ORDER BY line COLLATE "C";
