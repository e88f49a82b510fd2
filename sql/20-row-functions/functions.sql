-- Row functions over line_item_resource_id. Each takes the raw text column, or a bedrock_arn: the bytes are the same.

CREATE OR REPLACE FUNCTION @extschema@.try_bedrock_arn(text_value text) RETURNS @extschema@.bedrock_arn
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.try_bedrock_arn(text) IS
    'the text as bedrock_arn; NULL: not a well-formed ARN of a Bedrock resource. Never an error';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_arn_parts(resource_id text,
    OUT valid boolean, OUT partition text, OUT service text, OUT region text, OUT account_id text,
    OUT resource_type text, OUT resource_id text, OUT request_path text, OUT profile_id text,
    OUT profile_suffix text, OUT geo_prefix text, OUT model_id text) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_parts(text) IS
    'all parts of a Bedrock resource id: valid (a well-formed ARN of a Bedrock service), the fields of the ARN, '
    'resource_type and resource_id (before and after its first / or :), request_path, profile_id, profile_suffix, '
    'geo_prefix, model_id; a part that is not stated is NULL. A bare model or system profile id counts as its path; '
    'use LATERAL, as (f(x)).* calls the function once for each column. Source: line_item_resource_id, or modelId of '
    'an invocation log';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_arn_parts(resource_id @extschema@.bedrock_arn,
    OUT valid boolean, OUT partition text, OUT service text, OUT region text, OUT account_id text,
    OUT resource_type text, OUT resource_id text, OUT request_path text, OUT profile_id text,
    OUT profile_suffix text, OUT geo_prefix text, OUT model_id text) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_arn_parts(@extschema@.bedrock_arn) IS
    'all parts of a Bedrock resource id: valid (a well-formed ARN of a Bedrock service), the fields of the ARN, '
    'resource_type and resource_id (before and after its first / or :), request_path, profile_id, profile_suffix, '
    'geo_prefix, model_id; a part that is not stated is NULL. A bare model or system profile id counts as its path; '
    'use LATERAL, as (f(x)).* calls the function once for each column. Source: line_item_resource_id, or modelId of '
    'an invocation log';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_request_path(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_request_path(text) IS
    'path on which the request reached the model: application_profile, system_profile, foundation_model, '
    'provisioned_model, custom_model, imported_model, prompt_router, project, other (another Bedrock resource), none '
    '(no Bedrock resource, NULL or empty). Never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_request_path(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_request_path(@extschema@.bedrock_arn) IS
    'path on which the request reached the model: application_profile, system_profile, foundation_model, '
    'provisioned_model, custom_model, imported_model, prompt_router, project, other (another Bedrock resource), none '
    '(no Bedrock resource, NULL or empty). Never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_via_profile(resource_id text) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_via_profile(text) IS
    'whether the request went through an inference profile, application or system. Never NULL, never an error. '
    'Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_via_profile(resource_id @extschema@.bedrock_arn) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_via_profile(@extschema@.bedrock_arn) IS
    'whether the request went through an inference profile, application or system. Never NULL, never an error. '
    'Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_profile_id(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_profile_id(text) IS
    'id of the application or system inference profile, as written; NULL: the resource is not a profile. Source: '
    'line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_profile_id(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_profile_id(@extschema@.bedrock_arn) IS
    'id of the application or system inference profile, as written; NULL: the resource is not a profile. Source: '
    'line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_profile_suffix(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_profile_suffix(text) IS
    'suffix after the profile id (inference-profile/<id>/<suffix>); NULL: there is none. Source: '
    'line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_profile_suffix(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_profile_suffix(@extschema@.bedrock_arn) IS
    'suffix after the profile id (inference-profile/<id>/<suffix>); NULL: there is none. Source: '
    'line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_geo_prefix(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_geo_prefix(text) IS
    'geography of a system inference profile id (us, eu, apac, ap, jp, au, ca, in, us-gov, global); NULL: the id has '
    'none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_geo_prefix(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_geo_prefix(@extschema@.bedrock_arn) IS
    'geography of a system inference profile id (us, eu, apac, ap, jp, au, ca, in, us-gov, global); NULL: the id has '
    'none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_model_id(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_model_id(text) IS
    'id of the foundation model that the resource id states, without its geography prefix; NULL: it states none, as '
    'with an application profile, whose model the registry has. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_model_id(resource_id @extschema@.bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_model_id(@extschema@.bedrock_arn) IS
    'id of the foundation model that the resource id states, without its geography prefix; NULL: it states none, as '
    'with an application profile, whose model the registry has. Source: line_item_resource_id';

-- Row functions over line_item_usage_type.

CREATE OR REPLACE FUNCTION @extschema@.bedrock_usage_parts(usage_type text,
    OUT region text, OUT marketplace boolean, OUT mantle boolean, OUT model_token text, OUT usage_group text,
    OUT token_kind text, OUT modality text, OUT cache_ttl text, OUT tier text, OUT routing text,
    OUT long_context boolean, OUT custom_model boolean) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_usage_parts(text) IS
    'all parts of a Bedrock usage type: region of the billing prefix, marketplace (MP: form), mantle (bedrock-mantle '
    'form), model_token (names the model; NULL in a marketplace form), usage_group, token_kind, modality, cache_ttl, '
    'tier, routing, long_context, custom_model; a part that is not stated is NULL. Use LATERAL, as (f(x)).* calls '
    'the function once for each column. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_usage_group(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_usage_group(text) IS
    'what is metered: tokens, media, search_units, provisioned_throughput, reserved, custom_model_import, '
    'customization, guardrail, knowledge_base, agent, flow, evaluation, prompt, data_automation, agentcore, '
    'grounding, other; NULL: the text is empty or unreadable. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_token_kind(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_token_kind(text) IS
    'input, output, cache_read or cache_write; NULL: not metered in tokens. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_tier(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_tier(text) IS
    'service tier: standard, batch, flex, priority, latency_optimized; standard where no other is stated. NULL: not '
    'metered in tokens. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_routing(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_routing(text) IS
    'routing that is priced: global or geo (cross-region), else regional; NULL: neither tokens nor reserved '
    'capacity. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_region(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_region(text) IS
    'AWS region of the billing prefix (USE1 is us-east-1, EU is eu-west-1), which is the region that was called; '
    'NULL: no known prefix. Source: line_item_usage_type';

-- Row functions over line_item_iam_principal.

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_parts(principal text,
    OUT kind text, OUT partition text, OUT account_id text, OUT name text, OUT path text, OUT session text,
    OUT email text, OUT principal_key text) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_parts(text) IS
    'all parts of an IAM or STS ARN: kind, partition, account_id, name of the role or user without its path, path, '
    'session of an assumed role, email (session or name that is an e-mail address), principal_key; a part that is '
    'not stated is NULL. Use LATERAL, as (f(x)).* calls the function once for each column. Source: '
    'line_item_iam_principal, or identity.arn of an invocation log';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_kind(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_kind(text) IS
    'kind of the caller: iam_user, api_key (a user named BedrockAPIKey-...), role, assumed_role, sso '
    '(AWSReservedSSO_...), federated_user, root, service (service-linked role), unknown (anything else, also empty '
    'text); NULL for NULL. Source: line_item_iam_principal';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_name(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_name(text) IS
    'name of the role or user, without path and session; NULL: root, or text that is not a principal. Source: '
    'line_item_iam_principal';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_session(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_session(text) IS
    'session name of an assumed role; NULL: there is none. Source: line_item_iam_principal';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_principal_key(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_principal_key(text) IS
    'durable key of an identity, without path and session: a role and all its sessions have '
    'arn:<partition>:iam::<account>:role/<name>. NULL: text that is not a principal. Source: line_item_iam_principal';

CREATE OR REPLACE FUNCTION bedrock_internal.principal_without_session(principal text) RETURNS text
    AS 'MODULE_PATHNAME', 'bedrock_principal_without_session' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_internal.principal_without_session(text) IS
    'the IAM principal without the session of an assumed role and the slash before it; text without a session is '
    'returned unchanged. Source: line_item_iam_principal';

-- Row functions over several columns of a line.

CREATE OR REPLACE FUNCTION @extschema@.is_bedrock(product_code text, billing_entity text, product_name text)
    RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.is_bedrock(text, text, text) IS
    'whether a line is of Amazon Bedrock: product code AmazonBedrock, AmazonBedrockService, '
    'AmazonBedrockFoundationModels or AmazonBedrockAgentCore, or billing entity AWS Marketplace and a product name '
    'with Bedrock in it. Never NULL. Source: line_item_product_code, bill_billing_entity, product name';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_agentcore_component(product_code text, usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_agentcore_component(text, text) IS
    'component of Amazon Bedrock AgentCore: runtime, memory, gateway, browser, code_interpreter, web_search, '
    'identity, policy, evaluation, knowledge_base, data_transfer, other (a meter of none of these); NULL: neither '
    'product code nor usage type is of AgentCore. Source: line_item_product_code, line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_tokens(usage_amount numeric, pricing_unit text, usage_type text)
    RETURNS numeric
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_tokens(numeric, text, text) IS
    'tokens of a line: usage_amount times 1,000 (unit 1K tokens) or 1,000,000 (1M tokens, and Units of a usage type '
    'of tokens). NULL: not metered in tokens, an unknown unit, or an argument is NULL. Source: '
    'line_item_usage_amount, pricing_unit, line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.attribution_kind(resource_id text, iam_principal text DEFAULT NULL,
    tags jsonb DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribution_kind(text, text, jsonb) IS
    'strongest signal of an owner on the line: application_profile, else project, iam_principal, tag, none; a system '
    'profile and the default project are no owner. A tag counts where it is a user-defined resource, IAM principal '
    'or user attribute tag with a value. Never NULL. Source: line_item_resource_id, line_item_iam_principal, tags';

CREATE OR REPLACE FUNCTION @extschema@.attribution_kind(resource_id @extschema@.bedrock_arn,
    iam_principal text DEFAULT NULL, tags jsonb DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.attribution_kind(@extschema@.bedrock_arn, text, jsonb) IS
    'strongest signal of an owner on the line: application_profile, else project, iam_principal, tag, none; a system '
    'profile and the default project are no owner. A tag counts where it is a user-defined resource, IAM principal '
    'or user attribute tag with a value. Never NULL. Source: line_item_resource_id, line_item_iam_principal, tags';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_tag(tags jsonb, key text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.bedrock_tag(jsonb, text) IS
    'value of a tag, from the first source that has one: resource, IAM principal, user attribute, account, cost '
    'category, AWS-generated tag; NULL: none has. An exact key goes before keys that differ in case and punctuation '
    'only, of which the bytewise smallest is taken; a key with a prefix (iamPrincipal/team) reads that source alone. '
    'Source: tags or resource_tags as jsonb';

-- Tables that users change are on the coordinator of a distributed engine alone.

CREATE OR REPLACE FUNCTION bedrock_internal.on_coordinator(function_name text, instead text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'bedrock_on_coordinator' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.on_coordinator(text, text) IS
    'true; on a worker of Citus, which lacks the tables that users change, error 0A000 with the name of the function '
    'and what to do instead';

-- JSON that may be broken: the map columns of an export as text.

CREATE OR REPLACE FUNCTION bedrock.try_jsonb(value text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'bedrock_try_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock.try_jsonb(text) IS
    'the text as jsonb; NULL: not JSON, nested deeper than 32, a number of more than 300 characters, or more than 16 '
    'MB. Never an error';
