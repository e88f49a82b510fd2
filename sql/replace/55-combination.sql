-- The identity of a dimension.

CREATE OR REPLACE FUNCTION bedrock.combination_hash(VARIADIC strings text[]) RETURNS uuid
    AS 'MODULE_PATHNAME', 'bedrock_combination_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.combination_hash(text[]) IS
    '128-bit hash (XXH3, canonical byte order) of the strings, each behind its length; NULL strings are told apart from empty ones; the same in every version, since bedrock.dimension stores it';

