-- The private schema, and the type bedrock_arn: a checked ARN, stored and ordered as its own bytes.
-- Comparison, hash and output are the server's: a value is exactly the text it was made from.

CREATE SCHEMA bedrock;
COMMENT ON SCHEMA bedrock IS 'tables, views and maintenance functions of the extension bedrock_cost; its type and row functions live in the extension''s own schema';

CREATE TYPE bedrock_arn;

CREATE FUNCTION bedrock_arn_in(cstring) RETURNS bedrock_arn
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_arn_in(cstring) IS 'input of bedrock_arn; 22P02 with the broken rule as DETAIL';

CREATE FUNCTION bedrock_arn_out(bedrock_arn) RETURNS cstring
    AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_arn_out(bedrock_arn) IS 'output of bedrock_arn: the ARN byte for byte';

CREATE FUNCTION bedrock_arn_recv(internal) RETURNS bedrock_arn
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_arn_recv(internal) IS 'binary input of bedrock_arn (the ARN''s text); 22P02 with the broken rule as DETAIL';

CREATE FUNCTION bedrock_arn_send(bedrock_arn) RETURNS bytea
    AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_arn_send(bedrock_arn) IS 'binary output of bedrock_arn: the ARN''s text';

-- MAIN keeps ARNs in the row: a CUR table has over a hundred columns and would push them into TOAST.
CREATE TYPE bedrock_arn (
    INPUT = bedrock_arn_in, OUTPUT = bedrock_arn_out, RECEIVE = bedrock_arn_recv, SEND = bedrock_arn_send,
    LIKE = pg_catalog.text, STORAGE = main, CATEGORY = 'U'
);
COMMENT ON TYPE bedrock_arn IS 'well-formed ARN of an Amazon Bedrock resource (services bedrock, bedrock-mantle, bedrock-agentcore, bedrock-websearch), kept byte for byte, at most 2,048 bytes; compared and sorted bytewise; bad input is error 22P02 with the broken rule as DETAIL, try_bedrock_arn(text) gives NULL instead';

CREATE FUNCTION bedrock_arn_from_text(text) RETURNS bedrock_arn
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_arn_from_text(text) IS 'cast of text to bedrock_arn; 22P02 with the broken rule as DETAIL';

CREATE CAST (text AS bedrock_arn) WITH FUNCTION bedrock_arn_from_text(text);
COMMENT ON CAST (text AS bedrock_arn) IS 'checks that the text is a well-formed Bedrock ARN';
CREATE CAST (bedrock_arn AS text) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (bedrock_arn AS text) IS 'the ARN as text';

CREATE FUNCTION bedrock_arn_eq(bedrock_arn, bedrock_arn) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_arn_eq(bedrock_arn, bedrock_arn) IS 'implementation of operator =';
CREATE FUNCTION bedrock_arn_ne(bedrock_arn, bedrock_arn) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_arn_ne(bedrock_arn, bedrock_arn) IS 'implementation of operator <>';
CREATE FUNCTION bedrock_arn_lt(bedrock_arn, bedrock_arn) RETURNS boolean
    AS 'bytealt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_arn_lt(bedrock_arn, bedrock_arn) IS 'implementation of operator <';
CREATE FUNCTION bedrock_arn_le(bedrock_arn, bedrock_arn) RETURNS boolean
    AS 'byteale' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_arn_le(bedrock_arn, bedrock_arn) IS 'implementation of operator <=';
CREATE FUNCTION bedrock_arn_gt(bedrock_arn, bedrock_arn) RETURNS boolean
    AS 'byteagt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_arn_gt(bedrock_arn, bedrock_arn) IS 'implementation of operator >';
CREATE FUNCTION bedrock_arn_ge(bedrock_arn, bedrock_arn) RETURNS boolean
    AS 'byteage' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_arn_ge(bedrock_arn, bedrock_arn) IS 'implementation of operator >=';
CREATE FUNCTION bedrock_arn_cmp(bedrock_arn, bedrock_arn) RETURNS integer
    AS 'byteacmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_arn_cmp(bedrock_arn, bedrock_arn) IS 'btree comparison of two ARNs, bytewise: negative, 0 or positive';
CREATE FUNCTION bedrock_arn_sortsupport(internal) RETURNS void
    AS 'bytea_sortsupport' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_arn_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION bedrock_arn_hash(bedrock_arn) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_arn_hash(bedrock_arn) IS 'hash of the ARN''s bytes';
CREATE FUNCTION bedrock_arn_hash_extended(bedrock_arn, bigint) RETURNS bigint
    AS 'hashvarlenaextended' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_arn_hash_extended(bedrock_arn, bigint) IS '64-bit hash of the ARN''s bytes with a seed';

CREATE OPERATOR = (LEFTARG = bedrock_arn, RIGHTARG = bedrock_arn, FUNCTION = bedrock_arn_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR = (bedrock_arn, bedrock_arn) IS 'equal byte for byte';
CREATE OPERATOR <> (LEFTARG = bedrock_arn, RIGHTARG = bedrock_arn, FUNCTION = bedrock_arn_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR <> (bedrock_arn, bedrock_arn) IS 'not equal';
CREATE OPERATOR < (LEFTARG = bedrock_arn, RIGHTARG = bedrock_arn, FUNCTION = bedrock_arn_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR < (bedrock_arn, bedrock_arn) IS 'before, bytewise';
CREATE OPERATOR <= (LEFTARG = bedrock_arn, RIGHTARG = bedrock_arn, FUNCTION = bedrock_arn_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR <= (bedrock_arn, bedrock_arn) IS 'before or equal, bytewise';
CREATE OPERATOR > (LEFTARG = bedrock_arn, RIGHTARG = bedrock_arn, FUNCTION = bedrock_arn_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR > (bedrock_arn, bedrock_arn) IS 'after, bytewise';
CREATE OPERATOR >= (LEFTARG = bedrock_arn, RIGHTARG = bedrock_arn, FUNCTION = bedrock_arn_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR >= (bedrock_arn, bedrock_arn) IS 'after or equal, bytewise';

CREATE OPERATOR CLASS bedrock_arn_ops DEFAULT FOR TYPE bedrock_arn USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 bedrock_arn_cmp(bedrock_arn, bedrock_arn),
    FUNCTION 2 bedrock_arn_sortsupport(internal),
    FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS bedrock_arn_ops USING btree IS 'bytewise order of ARNs';
COMMENT ON OPERATOR FAMILY bedrock_arn_ops USING btree IS 'bytewise order of ARNs';
CREATE OPERATOR CLASS bedrock_arn_ops DEFAULT FOR TYPE bedrock_arn USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 bedrock_arn_hash(bedrock_arn),
    FUNCTION 2 bedrock_arn_hash_extended(bedrock_arn, bigint);
COMMENT ON OPERATOR CLASS bedrock_arn_ops USING hash IS 'hash of ARNs';
COMMENT ON OPERATOR FAMILY bedrock_arn_ops USING hash IS 'hash of ARNs';

