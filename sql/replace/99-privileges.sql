-- Nothing in the private schema is granted to everybody; only the row functions are.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA bedrock FROM PUBLIC;
-- The functions of a line in the statements that read a source: who owns it runs them where a superuser refreshes.
GRANT EXECUTE ON FUNCTION bedrock.utc_timestamp(text), bedrock.cut_usage_start(timestamptz, boolean), bedrock.cut_usage_end(timestamptz, timestamptz, boolean),
    bedrock.row_region(tid), bedrock.row_hash("any"), bedrock.try_jsonb(text), bedrock.provider_is_aws(text) TO PUBLIC;
