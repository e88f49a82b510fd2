-- Lines summed by what they say.

CREATE OR REPLACE FUNCTION bedrock.fold(query text, classes boolean[], keys text[], amounts text[], recurring text DEFAULT '', by_sign boolean DEFAULT false) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_fold' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.fold(text, boolean[], text[], text[], text, boolean) IS
    'the rows of a query summed by several sets of keys in one reading. The query gives a boolean, the class of the row, a bigint, the number of lines it stands for, then the keys, then the amounts (numeric). Each set is for the rows of one class, and says with a digit for each key whether it groups by it (0: no, 1: yes, 2: yes, and states it once) and with a digit for each amount whether it sums it. Where recurring is not empty it has a 1 for each key that recurs, and the query gives an integer and a boolean before the keys: the number of what the row says in these keys, and whether it says it; rows behind it with the same number take class and these keys from there, whatever they have themselves. by_sign: rows of which an amount differs in sign, or in being there, are never summed together. Returns, in columns the caller declares: the number of the set from 0 (integer), the number of what the keys stated once say together (integer, from 1; NULL: the set has none), whether this is the one row that states them (boolean; in the others they are NULL), the keys (NULL where the set has none), the number of lines (bigint) and the sums (NULL: no row had a value). Keys are the same where their bytes are; sums are exact. Runs the query with the rights of the caller';

CREATE OR REPLACE FUNCTION bedrock.cut_usage_start(usage_start timestamptz, hourly boolean) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'bedrock_cut_usage_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.cut_usage_start(timestamptz, boolean) IS 'beginning of the day (hourly: the hour) in UTC in which usage begins; NULL for NULL';

CREATE OR REPLACE FUNCTION bedrock.cut_usage_end(usage_start timestamptz, usage_end timestamptz, hourly boolean) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'bedrock_cut_usage_end' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.cut_usage_end(timestamptz, timestamptz, boolean) IS
    'end of usage that keeps how long a line covers and forgets the rest: one hour after bedrock.cut_usage_start where that is at most an hour, 24 hours after it where it is at most that, else usage_end itself, as where usage_start is NULL; NULL where usage_end is';

CREATE OR REPLACE FUNCTION bedrock.row_region(row_place tid) RETURNS bigint
    AS 'MODULE_PATHNAME', 'bedrock_row_region' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.row_region(tid) IS 'number of the region of a relation in which a row lies: 1,024 blocks each, from 0';

CREATE OR REPLACE FUNCTION bedrock.region_begin(region bigint) RETURNS tid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- There are no more blocks than 2^32 - 2.
    RETURN format('(%s,0)', least(region * 1024, 4294967294))::tid;
COMMENT ON FUNCTION bedrock.region_begin(bigint) IS 'place before the first row of a region of bedrock.row_region()';
