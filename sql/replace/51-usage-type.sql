-- Row functions over line_item_usage_type.

CREATE OR REPLACE FUNCTION @extschema@.bedrock_usage_parts(usage_type text,
    OUT region text, OUT marketplace boolean, OUT mantle boolean, OUT model_token text, OUT usage_group text,
    OUT token_kind text, OUT modality text, OUT cache_ttl text, OUT tier text, OUT routing text,
    OUT long_context boolean, OUT custom_model boolean) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_usage_parts(text) IS
    'every part of a Bedrock usage type: region of the billing prefix, marketplace (MP: form), mantle (bedrock-mantle form), model_token (the part that names the model, NULL in every marketplace form), usage_group, token_kind, modality, cache_ttl, tier, routing, long_context, custom_model; NULL = the string does not state it. Use LATERAL: (bedrock_usage_parts(x)).* would call it once for each column. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_usage_group(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_usage_group(text) IS
    'what is metered: tokens, media, search_units, provisioned_throughput, reserved, custom_model_import, customization, guardrail, knowledge_base, agent, flow, evaluation, prompt, data_automation, agentcore, grounding, other; NULL for empty or unreadable text. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_token_kind(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_token_kind(text) IS
    'input, output, cache_read or cache_write; NULL where the row is not metered in tokens. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_tier(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_tier(text) IS
    'service tier of a token row: standard, batch, flex, priority, latency_optimized (standard where nothing else is stated); NULL where the row is not metered in tokens. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_routing(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_routing(text) IS
    'global or geo where the usage type states a cross-region price, else regional; NULL outside tokens and reserved capacity. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION @extschema@.bedrock_region(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.bedrock_region(text) IS
    'AWS region of the billing prefix (USE1 = us-east-1, EU = eu-west-1): the region that was called; NULL where the string has no known prefix. Source: line_item_usage_type';

