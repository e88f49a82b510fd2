-- Who writes ownership, and one at a time. Runs with the rights of the extension's owner: a refresh takes the lock too,
-- and has no right to write claims.

CREATE OR REPLACE FUNCTION bedrock_internal.lock_ownership(to_change boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- One lock for every change of ownership, taken before anything is read: two changes at a time would deadlock on
    -- the constraints, and the order of what is recorded would not be the order of commits.
    LOCK TABLE bedrock.claim IN SHARE ROW EXCLUSIVE MODE;
    IF lock_ownership.to_change THEN
        UPDATE bedrock_internal.ownership_change AS c SET changes = c.changes + 1;
    END IF;
EXCEPTION WHEN serialization_failure THEN
    RAISE serialization_failure USING MESSAGE = 'ownership was changed since this transaction began',
        DETAIL = format('It runs at the isolation level %s, and sees what was there before.',
                        current_setting('transaction_isolation')),
        HINT = 'Retry the whole transaction.';
END
$$;
COMMENT ON FUNCTION bedrock_internal.lock_ownership(boolean) IS
    'lets one session at a time change claims, hierarchy, workloads, owner rules and labels of principals, or post a '
    'statement, until its transaction ends; to_change false: waits for those who do, and keeps others from it. Error '
    '40001: the snapshot of the transaction is older than the last change';
