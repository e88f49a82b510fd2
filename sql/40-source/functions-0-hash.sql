-- The identity of a dimension.

CREATE OR REPLACE FUNCTION bedrock_internal.key_hash(VARIADIC strings text[]) RETURNS uuid
    AS 'MODULE_PATHNAME', 'bedrock_combination_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.key_hash(text[]) IS
    '128-bit hash (XXH3, canonical byte order) of the strings, each behind its length; NULL strings are told apart '
    'from empty ones; the same in every version, since bedrock.dimension stores it';

-- What rows say, in one number.

CREATE OR REPLACE FUNCTION bedrock_internal.row_hash(VARIADIC row_values "any") RETURNS bigint
    AS 'MODULE_PATHNAME', 'bedrock_row_hash' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.row_hash("any") IS
    '64-bit hash (XXH3) of a row of values by their bytes: NULL is told from empty text, 1.0 from 1.00. The sum of it '
    'over many rows tells whether one of them changed. Values: any type that is passed by value or of variable length; '
    'others are an error';

-- Working with a bill's lines by number instead of by all they say.

CREATE OR REPLACE FUNCTION bedrock_internal.row_number_of(VARIADIC row_values "any") RETURNS integer
    AS 'MODULE_PATHNAME', 'bedrock_row_number_of' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION bedrock_internal.row_number_of("any") IS
    'number of the row of values among those that this call of the statement has met, from 1 in the order of their '
    'first rows; equal rows (bytewise, NULL like NULL) get the same number. It holds for one run of one statement. '
    'Values: any type that is passed by value or of variable length. Errors: a type of fixed length passed by '
    'reference, out of memory';
