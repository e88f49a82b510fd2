-- Nothing in the private schema is granted to everybody; only the row functions are.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA bedrock FROM PUBLIC;
