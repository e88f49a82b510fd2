-- Who is granted schema bedrock uses the API, with nothing granted of bedrock_internal: functions of the API run with
-- the rights of who calls them and call helpers there, which everybody may therefore execute where they run with the
-- caller's rights and change nothing. Whatever else is not immutable is granted to nobody. Said once of each function:
-- what was granted or revoked since stays as it is. That it was said is in pg_init_privs; its privileges do not tell,
-- for under ALTER DEFAULT PRIVILEGES a function is made with some.
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN
        SELECT p.oid::regprocedure FROM pg_proc AS p
        WHERE (p.pronamespace = 'bedrock'::regnamespace AND p.provolatile <> 'i'
               OR p.pronamespace = 'bedrock_internal'::regnamespace AND (p.provolatile = 'v' OR p.prosecdef))
          AND NOT EXISTS (SELECT FROM pg_init_privs AS i WHERE i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid)
    LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', routine);
    END LOOP;
END
$$;
