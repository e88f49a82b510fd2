-- Nothing in the private schema is granted to everybody; only the row functions are, and of those here the ones in the
-- statements that read a source, for who owns it runs them where a superuser refreshes, and on_coordinator, which others call.
-- Said once of each function: what was
-- granted or revoked since stays as it is.
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN
        SELECT p.oid::regprocedure FROM pg_proc AS p
        WHERE p.pronamespace = 'bedrock'::regnamespace AND p.proacl IS NULL
          AND p.proname <> ALL ('{utc_timestamp,cut_usage_start,cut_usage_end,row_region,row_hash,try_jsonb,provider_is_aws,on_coordinator}')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', routine);
    END LOOP;
END
$$;
