-- The distinct raw values of the bill as parsers, catalogues and rules read them.

DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW bedrock_internal.dimension_reading WITH (security_invoker) AS '
        || bedrock_internal.dimension_query('bedrock.dimension');
END
$$;
COMMENT ON VIEW bedrock_internal.dimension_reading IS
    'what today''s parsers and catalogues read out of the raw columns of each dimension; refresh keeps it in '
    'bedrock.dimension. Column by column it means what bedrock.spend says';
COMMENT ON COLUMN bedrock_internal.dimension_reading.dimension_id IS 'row of bedrock.dimension with all raw strings';
COMMENT ON COLUMN bedrock_internal.dimension_reading.charge_category IS
    'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock_internal.dimension_reading.usage_group IS
    'what is metered: tokens, media, search_units, provisioned_throughput, reserved, custom_model_import, '
    'customization, guardrail, knowledge_base, agent, flow, evaluation, prompt, data_automation, agentcore, grounding, '
    'other; NULL: no usage type, or an unreadable one';
COMMENT ON COLUMN bedrock_internal.dimension_reading.pricing_model IS
    'on_demand, batch, flex, priority, latency_optimized, provisioned, reserved, customization, custom_model_import; '
    'NULL: no usage';
COMMENT ON COLUMN bedrock_internal.dimension_reading.provider IS
    'who made the model; NULL: no model, or one the catalogue does not know';
COMMENT ON COLUMN bedrock_internal.dimension_reading.model_id IS
    'foundation model: of the resource id, else the registry, else the product name, else the usage type; NULL: the '
    'line is about no model, or none of them tells it (listed in bedrock.unrecognized)';
COMMENT ON COLUMN bedrock_internal.dimension_reading.model_name IS
    'name of the model in the catalogue, else its id; NULL: model_id is NULL';
COMMENT ON COLUMN bedrock_internal.dimension_reading.model_family IS
    'what versions roll up to: Opus, Sonnet, Haiku, Nova; NULL: not known';
COMMENT ON COLUMN bedrock_internal.dimension_reading.model_basis IS
    'where model_id was read: resource_id, registry, product_name, usage_type, unresolved; NULL: the line is about '
    'no model';
COMMENT ON COLUMN bedrock_internal.dimension_reading.token_kind IS
    'input, output, cache_read, cache_write; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock_internal.dimension_reading.modality IS
    'text, image, speech, audio, video where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock_internal.dimension_reading.cache_ttl IS
    '5m, 30m, 1h where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock_internal.dimension_reading.tier IS
    'standard, batch, flex, priority, latency_optimized; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock_internal.dimension_reading.routing IS
    'global, geo or regional, as priced; NULL: neither tokens nor reserved capacity';
COMMENT ON COLUMN bedrock_internal.dimension_reading.ai_region_type IS
    'where the answer may have been computed: cross_region_global, cross_region_geo, same_region, unknown, '
    'not_applicable (no inference)';
COMMENT ON COLUMN bedrock_internal.dimension_reading.geo_prefix IS
    'geography of the profile: us, eu, apac, jp, au, ca, in, us-gov, global, or what bedrock.system_profile says; '
    'NULL: no profile, or one whose geography is not known (listed in bedrock.unrecognized)';
COMMENT ON COLUMN bedrock_internal.dimension_reading.endpoint IS
    'bedrock-runtime or bedrock-mantle where the line tells it; NULL: it does not';
COMMENT ON COLUMN bedrock_internal.dimension_reading.long_context IS
    'whether the long-context rate applies; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock_internal.dimension_reading.custom_model IS
    'whether a fine-tuned model is stated; NULL: no usage type';
COMMENT ON COLUMN bedrock_internal.dimension_reading.tokens_per_unit IS
    'tokens of one unit of usage_amount; 0: not metered in tokens';
COMMENT ON COLUMN bedrock_internal.dimension_reading.region IS
    'AWS region that was called and billed: of the usage types prefix, else of the product columns, else of the '
    'resource id; NULL: none states it. Where the answer was computed is another matter: ai_region_type';
COMMENT ON COLUMN bedrock_internal.dimension_reading.resource_type IS
    'type of the Bedrock resource; NULL: no Bedrock resource';
COMMENT ON COLUMN bedrock_internal.dimension_reading.request_path IS
    'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, '
    'custom_model, imported_model, prompt_router, project, other, none (a resource id that is no Bedrock ARN), '
    'not_inference (known to be no request: not usage, or metered as something else), no_resource_id (source and '
    'period record ids, this line has none), not_recorded';
COMMENT ON COLUMN bedrock_internal.dimension_reading.via_profile IS
    'whether the request went through an inference profile; NULL: resource ids are not recorded';
COMMENT ON COLUMN bedrock_internal.dimension_reading.profile_kind IS 'application, system, none, not_recorded';
COMMENT ON COLUMN bedrock_internal.dimension_reading.profile_id IS 'id of the profile; NULL: none';
COMMENT ON COLUMN bedrock_internal.dimension_reading.profile_suffix IS
    'what stands behind the profile id; NULL: nothing';
COMMENT ON COLUMN bedrock_internal.dimension_reading.project_id IS 'id of the bedrock-mantle project; NULL: none';
COMMENT ON COLUMN bedrock_internal.dimension_reading.control_layer IS
    'profile, project, direct, unknown (no resource id), not_applicable (no inference)';
COMMENT ON COLUMN bedrock_internal.dimension_reading.principal_kind IS
    'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none, not_recorded';
COMMENT ON COLUMN bedrock_internal.dimension_reading.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock_internal.dimension_reading.principal_key IS
    'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock_internal.dimension_reading.permission_set IS
    'permission set of an SSO role; NULL: no SSO role';
COMMENT ON COLUMN bedrock_internal.dimension_reading.caller_class IS
    'human, machine, api_key, unknown, none, not_recorded, by the rules of bedrock.class_rule that look at no session';
COMMENT ON COLUMN bedrock_internal.dimension_reading.traffic_class IS
    'coding_assistant, batch, production, test, unclassified, not_applicable (no inference), or a word of your own, by '
    'the rules of bedrock.class_rule';
COMMENT ON COLUMN bedrock_internal.dimension_reading.agentcore_component IS
    'component of Amazon Bedrock AgentCore: runtime, memory, gateway, browser, code_interpreter, web_search, identity, '
    'policy, evaluation, knowledge_base, data_transfer, other; NULL: no line of AgentCore';
COMMENT ON COLUMN bedrock_internal.dimension_reading.caller_rule IS
    'place of the rule that decided caller_class, as bedrock_internal.caller_rule tells it; NULL: no caller on '
    'the line';
COMMENT ON COLUMN bedrock_internal.dimension_reading.attribution_kind IS
    'strongest owner signal on the line: application_profile, project, iam_principal, tag, none, not_recorded (none '
    'found, and not all of them are recorded)';
