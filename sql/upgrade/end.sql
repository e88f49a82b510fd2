-- The end of every update.

-- The views over attached sources, which begin.sql made members and emptied: of the sources that this version can read,
-- with what users built on them. An error here leaves everything as it was.
DO $$
DECLARE
    views regclass[] := ARRAY[to_regclass('bedrock.line_item'), to_regclass('bedrock.cur2')];
    built regclass;
BEGIN
    IF num_nonnulls(VARIADIC views) > 0 THEN
        PERFORM bedrock.rebuild_views();
    END IF;
    FOR built IN SELECT c.oid FROM pg_class AS c WHERE c.oid = ANY (views) LOOP
        EXECUTE format('ALTER EXTENSION bedrock_cost DROP VIEW %s', built);
    END LOOP;
END
$$;

-- What this version has made nothing of is dropped (see begin.sql). Where an object of a user depends on it, DROP
-- refuses and names the object, and the update leaves everything as it was.
DO $$
DECLARE
    routines text;
    views text;
BEGIN
    SELECT string_agg(p.oid::regprocedure::text, ', ' ORDER BY p.oid),
           string_agg(c.oid::regclass::text, ', ' ORDER BY c.oid)
    INTO routines, views
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
    LEFT JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
    LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relkind = 'v'
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
      AND obj_description(d.objid, d.classid::regclass::name) IS NULL;
    IF routines IS NOT NULL THEN
        EXECUTE 'DROP ROUTINE ' || routines;
    END IF;
    IF views IS NOT NULL THEN
        EXECUTE 'DROP VIEW ' || views;
    END IF;
END
$$;

-- What was granted. What was made anew has what its namesakes had; what has a new name, what all of its kind in its
-- schema had. Tables that functions alone write (sql/97-access/tables.sql) are apart: nobody is granted writing on
-- them, and who has no right on them may have it on all others. What PUBLIC may do is for privileges.sql to say.
DO $$
DECLARE
    target record;
    given oid[] := ARRAY[]::oid[];
    closed oid[] := ARRAY(SELECT c.oid FROM pg_class AS c
                          WHERE c.relrowsecurity AND NOT EXISTS (
                              SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polcmd = '*'));
    initial pg_init_privs[] := ARRAY(SELECT i FROM pg_init_privs AS i
                                     WHERE i.classoid IN ('pg_proc'::regclass, 'pg_class'::regclass));
BEGIN
    FOR target IN
        WITH fresh AS (
            SELECT p.oid, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind,
                   p.pronamespace AS namespace, p.proname AS name, p.oid::regprocedure::text AS object
            FROM pg_depend AS d
            JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
            JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
            WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
            UNION ALL
            SELECT c.oid, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.relnamespace, c.relname,
                   c.oid::regclass::text
            FROM pg_depend AS d
            JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
            JOIN pg_class AS c
                ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relkind IN ('r', 'p', 'v', 'S')
            WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'),
        granted AS (
            SELECT b.oid, b.kind, b.namespace, b.name, x.grantee, x.privilege_type, bool_or(x.is_grantable) AS grantable
            FROM pg_temp.bedrock_cost_before AS b
            CROSS JOIN LATERAL aclexplode(b.acl) AS x
            WHERE x.grantee NOT IN (0, b.owner)
            GROUP BY b.oid, b.kind, b.namespace, b.name, x.grantee, x.privilege_type),
        on_all AS (
            SELECT g.kind, g.namespace, g.grantee, g.privilege_type, bool_and(g.grantable) AS grantable
            FROM granted AS g
            WHERE g.kind <> 'TABLE' OR g.oid <> ALL (closed)
            GROUP BY g.kind, g.namespace, g.grantee, g.privilege_type
            HAVING count(*) = (SELECT count(*) FROM pg_temp.bedrock_cost_before AS b
                               WHERE b.kind = g.kind AND b.namespace = g.namespace
                                 AND (b.kind <> 'TABLE' OR b.oid <> ALL (closed)))),
        due AS (
            SELECT f.oid, f.kind, f.object, g.grantee, g.privilege_type, g.grantable
            FROM fresh AS f
            JOIN granted AS g ON g.kind = f.kind AND g.namespace = f.namespace AND g.name = f.name
            UNION ALL
            SELECT f.oid, f.kind, f.object, a.grantee, a.privilege_type, a.grantable
            FROM fresh AS f
            JOIN on_all AS a ON a.kind = f.kind AND a.namespace = f.namespace
            WHERE NOT EXISTS (SELECT FROM pg_temp.bedrock_cost_before AS b
                              WHERE b.kind = f.kind AND b.namespace = f.namespace AND b.name = f.name)
              AND (a.privilege_type = 'SELECT' OR f.kind <> 'TABLE' OR f.oid <> ALL (closed)))
        SELECT format('GRANT %s ON %s %s TO %s%s', u.privilege_type, u.kind,
                      string_agg(DISTINCT u.object, ', '), u.grantee::regrole,
                      CASE WHEN u.grantable THEN ' WITH GRANT OPTION' END) AS statement,
               array_agg(u.oid) AS objects
        FROM due AS u
        WHERE u.oid NOT IN (SELECT b.oid FROM pg_temp.bedrock_cost_before AS b)
        GROUP BY u.kind, u.grantee, u.privilege_type, u.grantable
    LOOP
        EXECUTE target.statement;
        given := given || target.objects;
    END LOOP;

    -- A script's grants count as the extension's own, which a dump leaves out. These are the user's.
    DELETE FROM pg_init_privs AS i
    WHERE i.classoid IN ('pg_proc'::regclass, 'pg_class'::regclass) AND i.objoid = ANY (given);
    INSERT INTO pg_init_privs (objoid, classoid, objsubid, privtype, initprivs)
    SELECT i.objoid, i.classoid, i.objsubid, i.privtype, i.initprivs
    FROM unnest(initial) AS i WHERE i.objoid = ANY (given);
    -- PostgreSQL 17 and later note the roles that are named there.
    DELETE FROM pg_shdepend AS s
    WHERE s.dbid = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
      AND s.classid IN ('pg_proc'::regclass, 'pg_class'::regclass) AND s.objid = ANY (given) AND s.deptype = 'i'
      AND s.refclassid = 'pg_authid'::regclass
      AND NOT EXISTS (SELECT FROM pg_init_privs AS i, aclexplode(i.initprivs) AS x
                      WHERE i.classoid = s.classid AND i.objoid = s.objid AND i.objsubid = s.objsubid
                        AND x.grantee = s.refobjid);
END
$$;
DROP TABLE pg_temp.bedrock_cost_before;
