CREATE TYPE @extschema@.bedrock_arn;

CREATE FUNCTION @extschema@.bedrock_arn_in(cstring) RETURNS @extschema@.bedrock_arn
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_arn_in(cstring) IS 'input of bedrock_arn; 22P02 with the broken rule as DETAIL';

CREATE FUNCTION @extschema@.bedrock_arn_out(@extschema@.bedrock_arn) RETURNS cstring
    AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_arn_out(@extschema@.bedrock_arn) IS
    'output of bedrock_arn: the ARN byte for byte';

CREATE FUNCTION @extschema@.bedrock_arn_recv(internal) RETURNS @extschema@.bedrock_arn
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_arn_recv(internal) IS
    'binary input of bedrock_arn (the ARN''s text); 22P02 with the broken rule as DETAIL';

CREATE FUNCTION @extschema@.bedrock_arn_send(@extschema@.bedrock_arn) RETURNS bytea
    AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_arn_send(@extschema@.bedrock_arn) IS
    'binary output of bedrock_arn: the ARN''s text';

-- MAIN keeps ARNs in the row: a CUR table has over a hundred columns and would push them into TOAST.
CREATE TYPE @extschema@.bedrock_arn (
    INPUT = @extschema@.bedrock_arn_in, OUTPUT = @extschema@.bedrock_arn_out, RECEIVE = @extschema@.bedrock_arn_recv,
        SEND = @extschema@.bedrock_arn_send,
    LIKE = pg_catalog.text, STORAGE = main, CATEGORY = 'U'
);
COMMENT ON TYPE @extschema@.bedrock_arn IS
    'well-formed ARN of an Amazon Bedrock resource (services bedrock, bedrock-mantle, bedrock-agentcore, '
    'bedrock-websearch), kept byte for byte, at most 2,048 bytes; compared and sorted bytewise; bad input is error '
    '22P02 with the broken rule as DETAIL, try_bedrock_arn(text) gives NULL instead';
-- As types are everybody's; under ALTER DEFAULT PRIVILEGES it is to be said.
GRANT USAGE ON TYPE @extschema@.bedrock_arn TO PUBLIC;

CREATE FUNCTION @extschema@.bedrock_arn_from_text(text) RETURNS @extschema@.bedrock_arn
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_arn_from_text(text) IS
    'cast of text to bedrock_arn; 22P02 with the broken rule as DETAIL';

CREATE CAST (text AS @extschema@.bedrock_arn) WITH FUNCTION @extschema@.bedrock_arn_from_text(text);
COMMENT ON CAST (text AS @extschema@.bedrock_arn) IS 'checks that the text is a well-formed Bedrock ARN';

CREATE CAST (@extschema@.bedrock_arn AS text) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (@extschema@.bedrock_arn AS text) IS 'the ARN as text';

CREATE FUNCTION @extschema@.bedrock_arn_eq(@extschema@.bedrock_arn, @extschema@.bedrock_arn) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_eq(@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS
    'implementation of operator =';

CREATE FUNCTION @extschema@.bedrock_arn_ne(@extschema@.bedrock_arn, @extschema@.bedrock_arn) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_ne(@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS
    'implementation of operator <>';

CREATE FUNCTION @extschema@.bedrock_arn_lt(@extschema@.bedrock_arn, @extschema@.bedrock_arn) RETURNS boolean
    AS 'bytealt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_lt(@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS
    'implementation of operator <';

CREATE FUNCTION @extschema@.bedrock_arn_le(@extschema@.bedrock_arn, @extschema@.bedrock_arn) RETURNS boolean
    AS 'byteale' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_le(@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS
    'implementation of operator <=';

CREATE FUNCTION @extschema@.bedrock_arn_gt(@extschema@.bedrock_arn, @extschema@.bedrock_arn) RETURNS boolean
    AS 'byteagt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_gt(@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS
    'implementation of operator >';

CREATE FUNCTION @extschema@.bedrock_arn_ge(@extschema@.bedrock_arn, @extschema@.bedrock_arn) RETURNS boolean
    AS 'byteage' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_ge(@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS
    'implementation of operator >=';

CREATE FUNCTION @extschema@.bedrock_arn_cmp(@extschema@.bedrock_arn, @extschema@.bedrock_arn) RETURNS integer
    AS 'byteacmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_cmp(@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS
    'btree comparison of two ARNs, bytewise: negative, 0 or positive';

CREATE FUNCTION @extschema@.bedrock_arn_sortsupport(internal) RETURNS void
    AS 'bytea_sortsupport' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_arn_sortsupport(internal) IS 'btree sort support';

CREATE FUNCTION @extschema@.bedrock_arn_hash(@extschema@.bedrock_arn) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_arn_hash(@extschema@.bedrock_arn) IS 'hash of the ARN''s bytes';

CREATE FUNCTION @extschema@.bedrock_arn_hash_extended(@extschema@.bedrock_arn, bigint) RETURNS bigint
    AS 'hashvarlenaextended' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_arn_hash_extended(@extschema@.bedrock_arn, bigint) IS
    '64-bit hash of the ARN''s bytes with a seed';

CREATE OPERATOR @extschema@.= (LEFTARG = @extschema@.bedrock_arn, RIGHTARG = @extschema@.bedrock_arn,
    FUNCTION = @extschema@.bedrock_arn_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel,
        HASHES, MERGES);
COMMENT ON OPERATOR @extschema@.= (@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS 'equal byte for byte';

CREATE OPERATOR @extschema@.<> (LEFTARG = @extschema@.bedrock_arn, RIGHTARG = @extschema@.bedrock_arn,
    FUNCTION = @extschema@.bedrock_arn_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS 'not equal';

CREATE OPERATOR @extschema@.< (LEFTARG = @extschema@.bedrock_arn, RIGHTARG = @extschema@.bedrock_arn,
    FUNCTION = @extschema@.bedrock_arn_lt,
    COMMUTATOR = OPERATOR(@extschema@.>), NEGATOR = OPERATOR(@extschema@.>=), RESTRICT = scalarltsel,
        JOIN = scalarltjoinsel);
COMMENT ON OPERATOR @extschema@.< (@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS 'before, bytewise';

CREATE OPERATOR @extschema@.<= (LEFTARG = @extschema@.bedrock_arn, RIGHTARG = @extschema@.bedrock_arn,
    FUNCTION = @extschema@.bedrock_arn_le,
    COMMUTATOR = OPERATOR(@extschema@.>=), NEGATOR = OPERATOR(@extschema@.>), RESTRICT = scalarlesel,
        JOIN = scalarlejoinsel);
COMMENT ON OPERATOR @extschema@.<= (@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS 'before or equal, bytewise';

CREATE OPERATOR @extschema@.> (LEFTARG = @extschema@.bedrock_arn, RIGHTARG = @extschema@.bedrock_arn,
    FUNCTION = @extschema@.bedrock_arn_gt,
    COMMUTATOR = OPERATOR(@extschema@.<), NEGATOR = OPERATOR(@extschema@.<=), RESTRICT = scalargtsel,
        JOIN = scalargtjoinsel);
COMMENT ON OPERATOR @extschema@.> (@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS 'after, bytewise';

CREATE OPERATOR @extschema@.>= (LEFTARG = @extschema@.bedrock_arn, RIGHTARG = @extschema@.bedrock_arn,
    FUNCTION = @extschema@.bedrock_arn_ge,
    COMMUTATOR = OPERATOR(@extschema@.<=), NEGATOR = OPERATOR(@extschema@.<), RESTRICT = scalargesel,
        JOIN = scalargejoinsel);
COMMENT ON OPERATOR @extschema@.>= (@extschema@.bedrock_arn, @extschema@.bedrock_arn) IS 'after or equal, bytewise';

CREATE OPERATOR CLASS @extschema@.bedrock_arn_ops DEFAULT FOR TYPE @extschema@.bedrock_arn USING btree AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=, OPERATOR 4 @extschema@.>=,
        OPERATOR 5 @extschema@.>,
    FUNCTION 1 @extschema@.bedrock_arn_cmp(@extschema@.bedrock_arn, @extschema@.bedrock_arn),
    FUNCTION 2 @extschema@.bedrock_arn_sortsupport(internal),
    FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS @extschema@.bedrock_arn_ops USING btree IS 'bytewise order of ARNs';
COMMENT ON OPERATOR FAMILY @extschema@.bedrock_arn_ops USING btree IS 'bytewise order of ARNs';

CREATE OPERATOR CLASS @extschema@.bedrock_arn_ops DEFAULT FOR TYPE @extschema@.bedrock_arn USING hash AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.bedrock_arn_hash(@extschema@.bedrock_arn),
    FUNCTION 2 @extschema@.bedrock_arn_hash_extended(@extschema@.bedrock_arn, bigint);
COMMENT ON OPERATOR CLASS @extschema@.bedrock_arn_ops USING hash IS 'hash of ARNs';
COMMENT ON OPERATOR FAMILY @extschema@.bedrock_arn_ops USING hash IS 'hash of ARNs';

