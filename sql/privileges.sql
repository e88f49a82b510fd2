-- A role that is granted schema bedrock uses the API, with nothing granted of bedrock_internal: functions of the API
-- run with the rights of their caller and call helpers there, so that everybody may execute those that run with the
-- caller's rights and change nothing. Everybody may also execute what is outside of both schemas, and functions of the
-- API that depend on their arguments alone, what policies call: those who read a table with policies call it, and what
-- asks itself who calls and runs as its owner: bedrock.explain gives reasons that lie outside of a scope, the doctor
-- compares statements with what would be posted now, MAP judges usage by what others used. Nobody is granted any other.
-- Each function gets its privileges explicitly, since ALTER DEFAULT PRIVILEGES may have given it others, and once
-- (pg_init_privs has them then): what was granted or revoked since stays as it is.
DO $$
DECLARE
    routine record;
BEGIN
    FOR routine IN
        SELECT p.oid::regprocedure AS signature,
               CASE p.pronamespace WHEN 'bedrock'::regnamespace THEN p.provolatile = 'i'
                                   WHEN 'bedrock_internal'::regnamespace THEN p.provolatile <> 'v' AND NOT p.prosecdef
                                       OR p.proname IN ('ownership_steps', 'doctor_statements', 'map_usage')
                                       OR EXISTS (SELECT FROM pg_depend AS u
                                                  WHERE u.classid = 'pg_policy'::regclass
                                                    AND u.refclassid = 'pg_proc'::regclass AND u.refobjid = p.oid)
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
