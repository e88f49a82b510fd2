-- The end of every update.

-- The views over attached sources call functions of ours and are no members: a script may replace them only while they
-- are. What does not come about leaves them as they were, for bedrock.rebuild_views() to say why.
DO $$
DECLARE
    views regclass[] := ARRAY[to_regclass('bedrock.line_item'), to_regclass('bedrock.cur2')];
    built regclass;
BEGIN
    IF num_nulls(VARIADIC views) > 0 THEN
        RETURN;
    END IF;
    FOREACH built IN ARRAY views LOOP
        EXECUTE format('ALTER EXTENSION bedrock_cost ADD VIEW %s', built);
    END LOOP;
    PERFORM bedrock.rebuild_views();
    FOR built IN SELECT c.oid FROM pg_class AS c WHERE c.oid = ANY (views) LOOP
        EXECUTE format('ALTER EXTENSION bedrock_cost DROP VIEW %s', built);
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING USING
        MESSAGE = format('bedrock.line_item and bedrock.cur2 are as they were before the update: %s', sqlerrm),
        HINT = 'SELECT bedrock.rebuild_views()';
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
