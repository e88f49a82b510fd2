-- The hash of a line key, which identifies its dimension.

CREATE OR REPLACE FUNCTION bedrock_internal.key_hash(VARIADIC strings text[]) RETURNS uuid
    AS 'MODULE_PATHNAME', 'bedrock_combination_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.key_hash(text[]) IS
    '128-bit hash (XXH3, canonical byte order) of the strings, each with its length; a NULL differs from an empty '
    'string. It is the same in every version, since bedrock.dimension stores it';

-- The content of rows in one number.

CREATE OR REPLACE FUNCTION bedrock_internal.row_hash(VARIADIC row_values "any") RETURNS bigint
    AS 'MODULE_PATHNAME', 'bedrock_row_hash' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.row_hash("any") IS
    '64-bit hash (XXH3) of the bytes of a row of values: NULL differs from empty text, 1.0 from 1.00; the sum over '
    'many rows changes when one of them does. Values: types that are passed by value or of variable length; others '
    'are an error';

-- Lines of a bill by number instead of by all their values.

CREATE OR REPLACE FUNCTION bedrock_internal.row_number_of(VARIADIC row_values "any") RETURNS integer
    AS 'MODULE_PATHNAME', 'bedrock_row_number_of' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION bedrock_internal.row_number_of("any") IS
    'number of a row of values among those of this call in one run of the statement, from 1 in the order of their '
    'first rows; equal rows (bytewise, NULL like NULL) have the same number. Errors: a type of fixed length passed '
    'by reference, more memory than the setting bedrock.load_memory';
