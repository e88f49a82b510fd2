-- What is looked at when new lines are there. Each check is a function of its own topic.

CREATE OR REPLACE FUNCTION bedrock_internal.run_checks() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
END
$$;
COMMENT ON FUNCTION bedrock_internal.run_checks() IS
    'compares what has been billed with what was planned, as the owner of the extension, who sees all of it: at the '
    'end of a refresh or load';
