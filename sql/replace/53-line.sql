-- Row functions over several columns of a line.

CREATE OR REPLACE FUNCTION @extschema@.is_bedrock(product_code text, billing_entity text, product_name text) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.is_bedrock(text, text, text) IS
    'whether the line is Amazon Bedrock''s: product code AmazonBedrock, AmazonBedrockService, AmazonBedrockFoundationModels or AmazonBedrockAgentCore, or billing entity AWS Marketplace with a product name that says Bedrock; never NULL. Source: line_item_product_code, bill_billing_entity, product name';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_agentcore_component(product_code text, usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_agentcore_component(text, text) IS
    'component of Amazon Bedrock AgentCore the line is of: runtime, memory, gateway, browser, code_interpreter, web_search, identity, policy, evaluation, knowledge_base, data_transfer, other (a meter whose name says none of these); NULL where neither product code nor usage type is AgentCore''s. Source: line_item_product_code, line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_tokens(usage_amount numeric, pricing_unit text, usage_type text) RETURNS numeric
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_tokens(numeric, text, text) IS
    'tokens of the line: usage_amount x 1,000 (1K tokens) or x 1,000,000 (1M tokens, and Units on a token usage type); NULL where the line is not metered in tokens, the unit is unknown or an argument is NULL. Source: line_item_usage_amount, pricing_unit, line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.attribution_kind(resource_id text, iam_principal text DEFAULT NULL, tags jsonb DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribution_kind(text, text, jsonb) IS
    'the strongest owner signal of the line: application_profile > project > iam_principal > tag > none; a system profile and the default project name no owner; a tag counts when it is a user-defined resource, IAM principal or user attribute tag with a value; never NULL. Source: line_item_resource_id, line_item_iam_principal, tags';

CREATE OR REPLACE FUNCTION @extschema@.attribution_kind(resource_id @extschema@.bedrock_arn, iam_principal text DEFAULT NULL, tags jsonb DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribution_kind(@extschema@.bedrock_arn, text, jsonb) IS
    'the strongest owner signal of the line: application_profile > project > iam_principal > tag > none; a system profile and the default project name no owner; a tag counts when it is a user-defined resource, IAM principal or user attribute tag with a value; never NULL. Source: line_item_resource_id, line_item_iam_principal, tags';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_tag(tags jsonb, key text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_tag(jsonb, text) IS
    'value of a tag, whichever source carries it: resource tag, then IAM principal, user attribute, account, cost category, AWS-generated tag; within a source the exact key, else keys equal but for case and punctuation, the bytewise smallest winning; a key with a source prefix (iamPrincipal/team) asks for that source alone; NULL where no source has a value. Source: tags or resource_tags as jsonb';

-- What a user enters is on the coordinator of a distributed engine alone.

CREATE OR REPLACE FUNCTION bedrock.on_coordinator(function_name text, instead text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'bedrock_on_coordinator' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.on_coordinator(text, text) IS
    'true; on a worker of Citus, where tables that users change are not those of the coordinator, error 0A000 that names the function and says what to do instead';
