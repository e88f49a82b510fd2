-- JSON that may be broken: the map columns of an export as text.

CREATE OR REPLACE FUNCTION bedrock.try_jsonb(value text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'bedrock_try_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock.try_jsonb(text) IS
    'the text as jsonb, or NULL where it is no JSON; never an error. Also NULL: nesting deeper than 32, a number of more than 300 characters, more than 16 MB';

