-- Nothing in the private schema is granted to everybody but what knows only its arguments: the owner of a relation runs these
-- functions where a superuser reads it, without a right on the schema. on_coordinator is called by functions that are granted.
-- Said once of each function: what was granted or revoked since stays as it is. That it was said is in pg_init_privs; its
-- privileges do not tell, for under ALTER DEFAULT PRIVILEGES a function is made with some.
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN
        SELECT p.oid::regprocedure FROM pg_proc AS p
        WHERE p.pronamespace IN ('bedrock'::regnamespace, 'bedrock_internal'::regnamespace) AND p.provolatile <> 'i' AND p.proname <> 'on_coordinator'
          AND NOT EXISTS (SELECT FROM pg_init_privs AS i WHERE i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid)
    LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', routine);
    END LOOP;
END
$$;
