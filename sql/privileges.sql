-- Who is granted schema bedrock uses the API, with nothing granted of bedrock_internal: functions of the API run with
-- the rights of who calls them and call helpers there, which everybody may therefore execute where they run with the
-- caller's rights and change nothing. What lies outside of both schemas is everybody's, and so are functions of the API
-- that know only their arguments. All others are granted to nobody. It is said of each function, for under ALTER DEFAULT
-- PRIVILEGES one is made with other privileges; and said once: what was granted or revoked since stays as it is. That
-- it was said is in pg_init_privs.
DO $$
DECLARE
    routine record;
BEGIN
    FOR routine IN
        SELECT p.oid::regprocedure AS signature,
               CASE p.pronamespace WHEN 'bedrock'::regnamespace THEN p.provolatile = 'i'
                                   WHEN 'bedrock_internal'::regnamespace THEN p.provolatile <> 'v' AND NOT p.prosecdef
                                   ELSE true END AS everybodys
        FROM pg_extension AS e
        JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
        JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
        WHERE e.extname = 'bedrock_cost'
          AND NOT EXISTS (SELECT FROM pg_init_privs AS i WHERE i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid)
    LOOP
        EXECUTE format(CASE WHEN routine.everybodys THEN 'GRANT EXECUTE ON ROUTINE %s TO PUBLIC'
                            ELSE 'REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC' END, routine.signature);
    END LOOP;
END
$$;
