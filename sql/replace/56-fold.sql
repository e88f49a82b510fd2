-- Lines summed by what they say.

CREATE OR REPLACE FUNCTION bedrock.fold(query text, keys integer, classes boolean[], key_sets bigint[], amount_sets bigint[]) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_fold' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.fold(text, integer, boolean[], bigint[], bigint[]) IS
    'the rows of a query summed by several sets of keys in one reading. The query gives a boolean, the class of the row, then as many keys as stated, then amounts (numeric). Each set is for the rows of one class and says by its bits, the lowest for the first column, which keys it groups by and which amounts it sums. Returns, in columns the caller declares: the number of the set from 0 (integer), the keys (NULL where the set has none), the number of rows (bigint) and the sums (NULL: no row had a value). Keys are the same where their bytes are; sums are exact. Runs the query with the rights of the caller';
