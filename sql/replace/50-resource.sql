-- Row functions over line_item_resource_id. Each takes the raw text column, or a bedrock_arn: the bytes are the same.

CREATE OR REPLACE FUNCTION @extschema@.try_bedrock_arn(text_value text) RETURNS @extschema@.bedrock_arn
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.try_bedrock_arn(text) IS
    'the text as bedrock_arn, or NULL where it is no well-formed ARN of a Bedrock resource; never an error';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_arn_parts(resource_id text,
    OUT valid boolean, OUT partition text, OUT service text, OUT region text, OUT account_id text,
    OUT resource_type text, OUT resource_id text, OUT request_path text, OUT profile_id text,
    OUT profile_suffix text, OUT geo_prefix text, OUT model_id text) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_parts(text) IS
    'every part of a Bedrock resource id: valid (a well-formed ARN of a Bedrock service), the ARN''s fields as written, resource_type and resource_id (here what stands before and behind the first / or :), request_path, profile_id and profile_suffix of an inference profile, geo_prefix of a system profile, model_id where the string itself tells it; NULL part = the string does not state it; a bare model or system profile id counts as its path. Use LATERAL: (bedrock_arn_parts(x)).* would call it once for each column. Source: line_item_resource_id, or modelId of an invocation log';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_arn_parts(resource_id @extschema@.bedrock_arn,
    OUT valid boolean, OUT partition text, OUT service text, OUT region text, OUT account_id text,
    OUT resource_type text, OUT resource_id text, OUT request_path text, OUT profile_id text,
    OUT profile_suffix text, OUT geo_prefix text, OUT model_id text) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_parts(@extschema@.bedrock_arn) IS
    'every part of a Bedrock resource id: valid (a well-formed ARN of a Bedrock service), the ARN''s fields as written, resource_type and resource_id (here what stands before and behind the first / or :), request_path, profile_id and profile_suffix of an inference profile, geo_prefix of a system profile, model_id where the string itself tells it; NULL part = the string does not state it; a bare model or system profile id counts as its path. Use LATERAL: (bedrock_arn_parts(x)).* would call it once for each column. Source: line_item_resource_id, or modelId of an invocation log';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_request_path(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_request_path(text) IS
    'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, custom_model, imported_model, prompt_router, project, other (another Bedrock resource), none (no Bedrock resource, also NULL or empty); never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_request_path(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_request_path(@extschema@.bedrock_arn) IS
    'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, custom_model, imported_model, prompt_router, project, other (another Bedrock resource), none (no Bedrock resource, also NULL or empty); never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_via_profile(resource_id text) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_via_profile(text) IS
    'whether the request went through an inference profile, application or system; never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_via_profile(resource_id @extschema@.bedrock_arn) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_via_profile(@extschema@.bedrock_arn) IS
    'whether the request went through an inference profile, application or system; never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_profile_id(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_profile_id(text) IS
    'id of the application or system inference profile, as written; NULL where the resource is none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_profile_id(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_profile_id(@extschema@.bedrock_arn) IS
    'id of the application or system inference profile, as written; NULL where the resource is none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_profile_suffix(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_profile_suffix(text) IS
    'what stands behind the profile id (inference-profile/<id>/<suffix>); NULL where there is none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_profile_suffix(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_profile_suffix(@extschema@.bedrock_arn) IS
    'what stands behind the profile id (inference-profile/<id>/<suffix>); NULL where there is none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_geo_prefix(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_geo_prefix(text) IS
    'geography of a system inference profile id (us, eu, apac, ap, jp, au, ca, in, us-gov, global); NULL where the id has none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_geo_prefix(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_geo_prefix(@extschema@.bedrock_arn) IS
    'geography of a system inference profile id (us, eu, apac, ap, jp, au, ca, in, us-gov, global); NULL where the id has none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_model_id(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_model_id(text) IS
    'id of the foundation model where the string itself tells it, geography prefix removed; NULL for an application profile: its model is known to AWS, not to the string. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_model_id(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_model_id(@extschema@.bedrock_arn) IS
    'id of the foundation model where the string itself tells it, geography prefix removed; NULL for an application profile: its model is known to AWS, not to the string. Source: line_item_resource_id';

