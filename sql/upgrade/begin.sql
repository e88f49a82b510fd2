-- The beginning of every update. What an update makes anew must not hold on to what is there: a function of
-- bedrock_internal that was renamed or gives another type, a column that a step takes away. So the views and parsed
-- functions of the extension are emptied first: name, columns, arguments, privileges and what users built on them stay,
-- what they read goes. Then all functions of bedrock_internal are dropped that no table and no object of a user needs.
--
-- Whatever the update makes gets its COMMENT; so the comments are taken off here, and end.sql drops what has none.
--
-- Functions that the extension's tables and types use (in a CHECK, an index, a trigger, an operator) are made by
-- tables.sql once and stay as they are: only a step changes them.

-- Every refresh and load reads the registry first: one that is at work ends by the rules it began with.
LOCK TABLE bedrock.source IN ACCESS EXCLUSIVE MODE;

-- Who was granted what, for end.sql: what is dropped and made anew has no grants.
CREATE TEMPORARY TABLE bedrock_cost_before AS
SELECT m.* FROM (
    SELECT p.oid, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind, p.pronamespace AS namespace,
           p.proname AS name, p.proowner AS owner, p.proacl AS acl
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
    JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
    UNION ALL
    SELECT c.oid, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.relnamespace, c.relname, c.relowner,
           c.relacl
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relkind IN ('r', 'p', 'v', 'S')
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e') AS m
WHERE m.namespace IN ('bedrock'::regnamespace, 'bedrock_internal'::regnamespace);

-- The views over attached sources call functions of ours too. They are members until end.sql, and so are emptied.
DO $$
DECLARE
    built regclass;
BEGIN
    FOREACH built IN ARRAY ARRAY[to_regclass('bedrock.line_item'), to_regclass('bedrock.cur2')] LOOP
        IF built IS NOT NULL THEN
            EXECUTE format('ALTER EXTENSION bedrock_cost ADD VIEW %s', built);
        END IF;
    END LOOP;
END
$$;

DO $$
DECLARE
    target record;
    unneeded text;
BEGIN
    FOR target IN
        WITH RECURSIVE member AS MATERIALIZED (
            SELECT d.classid, d.objid
            FROM pg_depend AS d
            JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
            WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'),
        -- Tables, types, operators and their parts: constraints, indexes, triggers, policies, defaults.
        lasting (classid, objid) AS (
            SELECT m.classid, m.objid
            FROM member AS m
            LEFT JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
            WHERE m.classid <> 'pg_proc'::regclass AND c.relkind IS DISTINCT FROM 'v'
            UNION
            SELECT d.classid, d.objid
            FROM lasting AS l
            JOIN pg_depend AS d ON d.refclassid = l.classid AND d.refobjid = l.objid AND d.deptype IN ('a', 'i')),
        lasting_function (oid) AS (
            SELECT d.refobjid
            FROM lasting AS l
            JOIN pg_depend AS d ON d.classid = l.classid AND d.objid = l.objid AND d.refclassid = 'pg_proc'::regclass
            UNION
            SELECT d.refobjid
            FROM lasting_function AS l
            JOIN pg_depend AS d
                ON d.classid = 'pg_proc'::regclass AND d.objid = l.oid AND d.refclassid = 'pg_proc'::regclass)
        SELECT format('COMMENT ON ROUTINE %s IS NULL', p.oid::regprocedure) AS uncomment,
               replace(pg_get_functiondef(p.oid), pg_get_function_sqlbody(p.oid), 'AS ''''') AS emptied
        FROM member AS m
        JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid AND p.prokind <> 'a'
        WHERE p.oid NOT IN (SELECT l.oid FROM lasting_function AS l)
        UNION ALL
        SELECT format('COMMENT ON ROUTINE %s IS NULL', p.oid::regprocedure), NULL
        FROM member AS m
        JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid AND p.prokind = 'a'
        UNION ALL
        SELECT format('COMMENT ON VIEW %s IS NULL', c.oid::regclass),
               format('CREATE OR REPLACE VIEW %s AS SELECT %s', c.oid::regclass, string_agg(
                   format('NULL::%s%s AS %I', format_type(a.atttypid, a.atttypmod),
                          CASE WHEN a.attcollation <> t.typcollation
                               THEN ' COLLATE ' || a.attcollation::regcollation END,
                          a.attname), ', ' ORDER BY a.attnum))
        FROM member AS m
        JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind = 'v'
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        JOIN pg_type AS t ON t.oid = a.atttypid
        -- A view that a function of policies reads stays as it is.
        WHERE NOT EXISTS (SELECT FROM pg_depend AS u
                          WHERE u.classid = 'pg_proc'::regclass AND u.objid IN (SELECT l.oid FROM lasting_function AS l)
                            AND u.refclassid = 'pg_class'::regclass AND u.refobjid = c.oid)
        GROUP BY c.oid
    LOOP
        EXECUTE target.uncomment;
        IF target.emptied IS NOT NULL THEN
            EXECUTE target.emptied;
        END IF;
    END LOOP;

    WITH RECURSIVE inside AS (
        SELECT p.oid
        FROM pg_proc AS p
        JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension AS e
            ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid AND e.extname = 'bedrock_cost'
        WHERE p.pronamespace = 'bedrock_internal'::regnamespace),
    needed (oid) AS (
        SELECT i.oid
        FROM inside AS i
        JOIN pg_depend AS d ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = i.oid
        WHERE d.classid <> 'pg_proc'::regclass OR d.objid NOT IN (SELECT o.oid FROM inside AS o)
        UNION
        SELECT i.oid
        FROM needed AS n
        JOIN pg_depend AS d
            ON d.classid = 'pg_proc'::regclass AND d.objid = n.oid AND d.refclassid = 'pg_proc'::regclass
        JOIN inside AS i ON i.oid = d.refobjid)
    SELECT string_agg(i.oid::regprocedure::text, ', ') INTO unneeded
    FROM inside AS i
    WHERE i.oid NOT IN (SELECT n.oid FROM needed AS n);
    -- One statement: they call each other.
    IF unneeded IS NOT NULL THEN
        EXECUTE 'DROP ROUTINE ' || unneeded;
    END IF;
END
$$;
