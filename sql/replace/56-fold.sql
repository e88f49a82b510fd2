-- Lines summed by what they say.

CREATE OR REPLACE FUNCTION bedrock.fold(query text, classes boolean[], keys text[], amounts text[], reading text DEFAULT '', fed text DEFAULT '',
    keep integer DEFAULT -1, relation regclass DEFAULT 0) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_fold' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.fold(text, boolean[], text[], text[], text, text, integer, regclass) IS
    'the rows of a query summed by several sets of keys in one reading. The query gives a boolean, the class of the row, a bigint, the number of lines it stands for, then the keys, then the amounts (numeric). Each set is for the rows of one class, and says with a digit for each key whether it groups by it (0: no, 1: yes, 2: yes, and states it once) and with a digit for each amount whether it sums it. Returns, in columns the caller declares: the number of the set from 0 (integer), the number of what the keys stated once say together (integer, from 1; NULL: the set has none), whether this is the one row that states them (boolean; in the others they are NULL), the keys (NULL where the set has none), the number of lines (bigint) and the sums (NULL: no row had a value). Keys are the same where their bytes are; sums are exact. reading: where it is not empty, the rows are lines to be compacted, by one set that states all other keys, and it says with a digit for each key what it is (0: its own, 1: when usage begins, 2: when it ends, 3: the IAM principal, which it does not state: what lines differ in the session of a role alone is one statement, with the principal of one of them); the lines stay in memory for the next fold that is fed in this transaction, and what is returned are their statements, as by bedrock.read_export, numbered from 0. fed: where it is not empty, the rows are what is to be known of these statements, with their number (integer) before the keys, and what is summed are the lines: it says with a digit for each key where it comes from (0: the statement, 1: the day of each line, 2: its hour, 3: its IAM principal, where lines were read with one, else the statement; of the statement it must be as it was given, or NULL where it was empty), and each amount must be 0 or a sum of at most four amounts of the statement as it was given, added or taken away (a factor of 4, or a constant, may be taken for another amount); sums of nothing but zeros have no decimals; lines of a statement that the query does not give are left out. keep: the number of a set (-1: none) whose groups are not returned but kept, until another fold keeps one or the transaction ends, for bedrock.kept_principals, bedrock.kept_groups and bedrock.kept_facts; what is returned of it is a row for each number, with the lines and sums of all its groups, and their last day. It states keys, and has besides these at most a text (the IAM principal), a date (the day) and a timestamptz (the hour). Runs the query with the rights of the caller; where he is a superuser and relation (0: none) belongs to a role that is none, with that role''s, and in a security-restricted operation, since what is read may run what its owner wrote. It is locked before the query is looked at, and is all that stands in its FROM: an error where another one has its name by then';

CREATE OR REPLACE FUNCTION bedrock.kept_principals(numbers integer[], OUT principal_number integer, OUT iam_principal text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_kept_principals' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.kept_principals(integer[]) IS
    'the IAM principals in the groups of these numbers that bedrock.fold has kept, each once, with a number from 1 by which bedrock.kept_facts knows them. An error where nothing is kept';

CREATE OR REPLACE FUNCTION bedrock.kept_groups(numbers integer[], OUT number integer, OUT usage_date date, OUT lines bigint, OUT usage_amount numeric,
    OUT unblended_cost numeric, OUT blended_cost numeric, OUT net_unblended_cost numeric, OUT amortized_cost numeric, OUT net_amortized_cost numeric,
    OUT public_on_demand_cost numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_kept_groups' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.kept_groups(integer[]) IS 'the groups of these numbers that bedrock.fold has kept, with their day and their seven sums as they are. An error where nothing is kept';

CREATE OR REPLACE FUNCTION bedrock.kept_facts(combinations text, sessions text, OUT usage_date date, OUT bill_id integer, OUT attribution_id integer,
    OUT dimension_id integer, OUT session_id integer, OUT standby boolean, OUT lines bigint, OUT usage_amount numeric, OUT tokens numeric,
    OUT unblended_cost numeric, OUT blended_cost numeric, OUT net_unblended_cost numeric, OUT amortized_cost numeric, OUT net_amortized_cost numeric,
    OUT public_on_demand_cost numeric, OUT list_cost numeric, OUT ai_cost numeric, OUT usage_hour timestamptz) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_kept_facts' LANGUAGE C STRICT ROWS 100000;
COMMENT ON FUNCTION bedrock.kept_facts(text, text) IS
    'the facts that the groups kept by bedrock.fold are, one a group, list_cost being the public cost and standby false; groups without a day, and of numbers that combinations does not give, are none. combinations: a query that gives, for each number and stretch of days of its attribution, number, bill_id, dimension_id, tokens_per_unit (integer; 0: not metered in tokens), the metric that is ai_cost (integer: 1 unblended, 2 blended, 3 net unblended, 4 amortized, 5 net amortized), whether it is usage, whether its public cost counts, whether its net and its net amortized cost are 0 whatever the lines say, first and last day (date) and attribution_id. sessions: a query that gives number of the principal (bedrock.kept_principals) and session_id. An error where nothing is kept, or a day has no attribution. Runs the queries with the rights of the caller';

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
