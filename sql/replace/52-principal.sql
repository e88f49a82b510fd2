-- Row functions over line_item_iam_principal.

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_parts(principal text,
    OUT kind text, OUT partition text, OUT account_id text, OUT name text, OUT path text, OUT session text,
    OUT email text, OUT principal_key text) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_parts(text) IS
    'every part of an IAM or STS ARN: kind, partition, account_id, name of the role or user without its path, path, session of an assumed role, email where session or name is an e-mail address, principal_key; NULL = the string does not state it. Use LATERAL: (bedrock_principal_parts(x)).* would call it once for each column. Source: line_item_iam_principal, or identity.arn of an invocation log';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_kind(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_kind(text) IS
    'iam_user, api_key (a user named BedrockAPIKey-...), role, assumed_role, sso (AWSReservedSSO_...), federated_user, root, service (service-linked role), unknown (anything else, also empty text). Source: line_item_iam_principal';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_name(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_name(text) IS
    'name of the role or user without path and session; NULL for root and for text that is no principal. Source: line_item_iam_principal';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_session(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_session(text) IS
    'session name of an assumed role; NULL where there is none. Source: line_item_iam_principal';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_key(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_key(text) IS
    'one durable key for an identity: path and session dropped, so that a role and all its sessions share arn:<partition>:iam::<account>:role/<name>; NULL for text that is no principal. Source: line_item_iam_principal';


CREATE OR REPLACE FUNCTION bedrock.principal_without_session(principal text) RETURNS text
    AS 'MODULE_PATHNAME', 'bedrock_principal_without_session' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock.principal_without_session(text) IS
    'the IAM principal without the session of an assumed role (and the slash before it); text without one, or that is no principal, as it came. Source: line_item_iam_principal';
