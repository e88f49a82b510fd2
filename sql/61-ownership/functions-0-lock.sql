-- Who writes ownership, and one at a time. Runs with the rights of the extension's owner: a refresh takes the lock too,
-- and has no right to write claims.

CREATE OR REPLACE FUNCTION bedrock_internal.lock_ownership() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- One lock for every change of ownership, taken before anything is read: two changes at a time would deadlock on
    -- the constraints, and the order of what is recorded would not be the order of commits.
    LOCK TABLE bedrock.claim IN SHARE ROW EXCLUSIVE MODE;
END
$$;
COMMENT ON FUNCTION bedrock_internal.lock_ownership() IS
    'lets one session at a time change claims, hierarchy, workloads, owner rules and labels of principals, or post a '
    'statement, until its transaction ends';
