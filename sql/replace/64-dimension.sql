-- What the parsers read out of a dimension, and which labels and owner it has from when to when.

CREATE OR REPLACE FUNCTION bedrock.parser_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 2;
COMMENT ON FUNCTION bedrock.parser_version() IS
    'version of the parsers and of bedrock.dimension_reading; it rises when one of them reads a string differently, and refresh then reads older dimensions again';

CREATE OR REPLACE FUNCTION bedrock.setting_value(name text, day date DEFAULT CURRENT_DATE) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT s.value FROM bedrock.setting AS s
    WHERE s.name = setting_value.name AND s.valid_from <= setting_value.day
      AND bedrock.on_coordinator('bedrock.setting_value', 'Join the lines with bedrock.setting, or read the value on the coordinator first.')
    ORDER BY s.valid_from DESC, s.recorded_at DESC LIMIT 1;
END;
COMMENT ON FUNCTION bedrock.setting_value(text, date) IS 'value of a setting on a day (UTC); NULL: no such setting';

CREATE OR REPLACE FUNCTION bedrock.set_setting(name text, value text, valid_from date DEFAULT '-infinity', note text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bedrock.setting AS s WHERE s.name = set_setting.name) THEN
        RAISE undefined_object USING MESSAGE = format('there is no setting "%s"', set_setting.name),
            HINT = 'Settings are listed in bedrock.setting.';
    END IF;
    IF set_setting.name = 'ai_cost_metric' AND set_setting.value NOT IN ('unblended', 'blended', 'net_unblended', 'amortized', 'net_amortized') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" is no cost metric', set_setting.value),
            HINT = 'unblended, blended, net_unblended, amortized or net_amortized';
    END IF;
    IF set_setting.name = 'preferred_source' AND NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = set_setting.value) THEN
        RAISE undefined_object USING MESSAGE = format('there is no source "%s"', set_setting.value);
    END IF;
    INSERT INTO bedrock.setting (name, valid_from, value, note)
    VALUES (set_setting.name, set_setting.valid_from, set_setting.value, set_setting.note);
END
$$;
COMMENT ON FUNCTION bedrock.set_setting(text, text, date, text) IS
    'sets a setting from a day (UTC) on; earlier days keep theirs, and the row it replaces stays as history; an error for a name that bedrock.setting does not list and for a value it cannot have';

DELETE FROM bedrock.setting WHERE builtin;
INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('ai_cost_metric', '-infinity', 'unblended', 'the metric bedrock.spend.ai_cost carries: unblended, blended, net_unblended, amortized, net_amortized; FOCUS has only the net ones', true, '-infinity'),
    ('preferred_source', '-infinity', '', 'source that feeds bedrock.spend where two have an account and period (bedrock.prefer_source); empty: the one attached first', true, '-infinity'),
    ('data_lag_days_aws', '-infinity', '2', 'days until lines billed by AWS are complete', true, '-infinity'),
    ('data_lag_days_marketplace', '-infinity', '3', 'days until lines billed by AWS Marketplace are complete', true, '-infinity'),
    ('stale_after_hours', '-infinity', '48', 'hours without new lines after which the doctor warns', true, '-infinity'),
    ('tags_activated_on', '-infinity', '', 'UTC day on which cost allocation tags were last activated in AWS, 2026-03-01; they appear 24 to 48 hours later, and until then the doctor waits; empty: long ago', true, '-infinity'),
    ('cache_hit_healthy', '-infinity', '0.30', 'cache hit rate above which the catalogue calls a workload healthy; a choice of this extension', true, '-infinity'),
    ('profile_limit', '-infinity', '1000', 'application inference profiles an account may have in a region', true, '-infinity');

CREATE OR REPLACE FUNCTION bedrock.caller_rule(kind text, name text, path text, session text, email text, OUT class text, OUT place integer) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT r.class, CASE WHEN r.builtin THEN 1000000000 ELSE 0 END + r.priority
    FROM bedrock.class_rule AS r
    WHERE r.target = 'caller_class'
      AND CASE r.attribute WHEN 'principal_kind' THEN caller_rule.kind WHEN 'principal_name' THEN caller_rule.name WHEN 'principal_path' THEN caller_rule.path
                           WHEN 'principal_session' THEN caller_rule.session WHEN 'user_email' THEN caller_rule.email END ~* r.pattern
    ORDER BY r.builtin, r.priority LIMIT 1;
END;
COMMENT ON FUNCTION bedrock.caller_rule(text, text, text, text, text) IS
    'the first rule of bedrock.class_rule that says what a caller is by these parts of its principal (NULL: not looked at), tags aside: the class, and the place of the rule among all, by which the rules of a session and of the rest are compared, the lower one deciding; no row: none says anything';

CREATE OR REPLACE FUNCTION bedrock.session_rule(session text, email text, OUT class text, OUT place integer) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT q.class, q.place FROM bedrock.caller_rule(NULL, NULL, NULL, session_rule.session, session_rule.email) AS q;
END;
COMMENT ON FUNCTION bedrock.session_rule(text, text) IS 'the first rule of bedrock.class_rule about sessions and e-mail addresses that says what a caller is, as bedrock.caller_rule tells it';

CREATE OR REPLACE FUNCTION bedrock.rules_ask_sessions() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM bedrock.class_rule AS r WHERE r.attribute = 'principal_session');
END;
COMMENT ON FUNCTION bedrock.rules_ask_sessions() IS 'whether a rule of bedrock.class_rule looks at the names of sessions; without one a session that is no e-mail address need not be looked at, and most are none';

-- Written once: over dimensions as they are kept it is a view, over lines that are to become dimensions a query.
CREATE OR REPLACE FUNCTION bedrock.reading_of(combinations text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN $reading$
SELECT d.dimension_id::bigint AS dimension_id,
       c.category AS charge_category,
       -- The product code tells meters of AgentCore whose names do not.
       CASE WHEN u.usage_group = 'other' AND core.component <> 'other' THEN 'agentcore' ELSE u.usage_group END AS usage_group,
       CASE WHEN c.category <> 'usage' THEN NULL
            WHEN u.usage_group = 'provisioned_throughput' THEN 'provisioned'
            WHEN u.usage_group IN ('reserved', 'customization', 'custom_model_import') THEN u.usage_group
            WHEN u.tier IN ('batch', 'flex', 'priority', 'latency_optimized') THEN u.tier
            ELSE 'on_demand' END AS pricing_model,
       m.provider,
       r.model_id,
       coalesce(m.model_name, r.model_id) AS model_name,
       m.model_family,
       r.basis AS model_basis,
       u.token_kind, u.modality, u.cache_ttl, u.tier, u.routing,
       CASE WHEN NOT i.inference THEN 'not_applicable'
            WHEN u.routing = 'global' OR a.geo_prefix = 'global' OR p.pool = 'global' THEN 'cross_region_global'
            WHEN routed.pool = 'global' THEN 'cross_region_global'
            WHEN u.routing = 'geo' OR coalesce(a.geo_prefix, routed.pool) IS NOT NULL OR p.pool NOT IN ('regional', 'global') THEN 'cross_region_geo'
            WHEN a.request_path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model') THEN 'same_region'
            ELSE 'unknown' END AS ai_region_type,
       coalesce(bedrock.pool_of_prefix(a.geo_prefix), routed.pool, nullif(bedrock.pool_of_prefix(p.pool), 'regional')) AS geo_prefix,
       CASE WHEN NOT i.inference THEN NULL
            WHEN u.mantle OR a.service = 'bedrock-mantle' THEN 'bedrock-mantle'
            WHEN u.model_token IS NOT NULL THEN 'bedrock-runtime' END AS endpoint,
       u.long_context, u.custom_model,
       coalesce(@extschema@.bedrock_tokens(1, d.pricing_unit, t.usage_type), 0)::bigint AS tokens_per_unit,
       coalesce(u.region, known.region, nullif(d.region_code, 'global'), a.region) AS region,
       a.resource_type,
       -- What is not known to be something else went the way its resource id says.
       CASE WHEN NOT i.inference THEN 'not_inference'
            WHEN d.resource_id IS NOT NULL THEN a.request_path
            WHEN d.resource_recorded THEN 'no_resource_id'
            ELSE 'not_recorded' END AS request_path,
       CASE WHEN d.resource_id IS NOT NULL OR d.resource_recorded THEN @extschema@.bedrock_via_profile(d.resource_id) END AS via_profile,
       CASE WHEN a.request_path = 'application_profile' THEN 'application'
            WHEN a.request_path = 'system_profile' THEN 'system'
            WHEN d.resource_id IS NOT NULL OR d.resource_recorded THEN 'none'
            ELSE 'not_recorded' END AS profile_kind,
       a.profile_id, a.profile_suffix,
       CASE WHEN a.request_path = 'project' THEN a.resource_id END AS project_id,
       CASE WHEN NOT i.inference THEN 'not_applicable'
            WHEN a.request_path IN ('application_profile', 'system_profile') THEN 'profile'
            WHEN a.request_path = 'project' THEN 'project'
            WHEN a.request_path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model', 'prompt_router') THEN 'direct'
            ELSE 'unknown' END AS control_layer,
       CASE WHEN d.principal IS NOT NULL THEN w.kind WHEN d.principal_recorded THEN 'none' ELSE 'not_recorded' END AS principal_kind,
       w.name AS principal_name, w.principal_key,
       substring(w.name FROM '^AWSReservedSSO_(.+)_[0-9a-f]+$') AS permission_set,
       CASE WHEN tagged.place < coalesce(called.place, 2147483647) THEN tagged.class
            WHEN d.principal IS NOT NULL THEN coalesce(called.class, 'unknown')
            WHEN d.principal_recorded THEN 'none' ELSE 'not_recorded' END AS caller_class,
       CASE WHEN NOT i.inference THEN 'not_applicable' ELSE coalesce(traffic.class, 'unclassified') END AS traffic_class,
       CASE WHEN k.kind = 'none' AND (d.tags IS NULL OR NOT d.principal_recorded OR NOT d.resource_recorded) THEN 'not_recorded'
            ELSE k.kind END AS attribution_kind,
       core.component AS agentcore_component,
       CASE WHEN d.principal IS NOT NULL THEN coalesce(least(tagged.place, called.place), 2147483647) END::bigint AS caller_rule
FROM $reading$ || combinations || $reading$ AS d
LEFT JOIN bedrock.charge_categories AS b ON b.line_item_type = bedrock.charge_key(d.charge_class, d.charge_type)
CROSS JOIN LATERAL (SELECT coalesce(b.charge_category, 'unknown') AS category) AS c
CROSS JOIN LATERAL (SELECT coalesce(d.usage_type, bedrock.described_usage_type(d.charge_description)) AS usage_type) AS t
LEFT JOIN LATERAL @extschema@.bedrock_usage_parts(t.usage_type) AS u ON true
LEFT JOIN LATERAL @extschema@.bedrock_arn_parts(d.resource_id) AS a ON true
LEFT JOIN LATERAL @extschema@.bedrock_principal_parts(d.principal) AS w ON true
-- Whether the line is a request to a model: by what is metered, else by a resource that only requests have; NULL: nothing tells.
CROSS JOIN LATERAL (SELECT CASE WHEN c.category <> 'usage' THEN false
                                WHEN u.usage_group IN ('tokens', 'media', 'search_units') THEN true
                                WHEN u.usage_group <> 'other' OR d.product_code = 'AmazonBedrockAgentCore' THEN false
                                WHEN a.request_path IN ('application_profile', 'system_profile', 'foundation_model', 'project', 'prompt_router') THEN true
                                WHEN u.usage_group = 'other' THEN false END AS inference) AS i
CROSS JOIN LATERAL (SELECT @extschema@.attribution_kind(d.resource_id, d.principal, d.tags) AS kind) AS k
CROSS JOIN LATERAL (SELECT @extschema@.bedrock_agentcore_component(d.product_code, t.usage_type) AS component) AS core
LEFT JOIN bedrock.regions AS known ON u.region IS NULL AND known.cur_prefix = split_part(split_part(d.usage_type, '-', 1), '_', 1)
-- The geography of a system profile whose prefix the row functions do not know.
LEFT JOIN bedrock.system_profiles AS routed ON a.request_path = 'system_profile' AND a.geo_prefix IS NULL AND routed.profile_id = a.profile_id
-- The model: one step for each raw string that may tell it, so that a string which stands in many dimensions is resolved once.
LEFT JOIN LATERAL (SELECT registered.pool, registered.profile_name, registered.application, registered.environment, registered.workflow, said.model_id, said.basis
                   FROM @extschema@.bedrock_arn_parts(d.resource_id) AS arn
                   LEFT JOIN LATERAL (SELECT q.model_id, q.pool, q.profile_name, q.application, q.environment, q.workflow FROM bedrock.profile AS q
                                      WHERE q.profile_arn = d.resource_id AND upper_inf(q.recorded)
                                      ORDER BY lower(q.valid) DESC LIMIT 1) AS registered ON arn.request_path IN ('application_profile', 'project')
                   CROSS JOIN LATERAL bedrock.resolve_model(arn.model_id, registered.model_id, NULL, NULL) AS said OFFSET 0) AS p ON true
LEFT JOIN LATERAL (SELECT said.model_id, said.basis FROM bedrock.resolve_model(NULL, NULL, d.product_name, NULL) AS said OFFSET 0) AS named ON true
LEFT JOIN LATERAL (SELECT said.model_id, said.basis
                   FROM @extschema@.bedrock_usage_parts(d.usage_type) AS parts
                   CROSS JOIN LATERAL bedrock.resolve_model(NULL, NULL, NULL, parts.model_token) AS said OFFSET 0) AS metered ON true
LEFT JOIN LATERAL (SELECT said.model_id, said.basis
                   FROM @extschema@.bedrock_usage_parts(bedrock.described_usage_type(d.charge_description)) AS parts
                   CROSS JOIN LATERAL bedrock.resolve_model(NULL, NULL, NULL, parts.model_token) AS said
                   WHERE d.usage_type IS NULL OFFSET 0) AS described ON true
LEFT JOIN LATERAL (SELECT CASE WHEN p.basis <> 'unresolved' THEN p.model_id WHEN named.basis <> 'unresolved' THEN named.model_id ELSE coalesce(metered.model_id, described.model_id) END AS model_id,
                          CASE WHEN p.basis <> 'unresolved' THEN p.basis WHEN named.basis <> 'unresolved' THEN named.basis WHEN metered.basis <> 'unresolved' THEN metered.basis ELSE coalesce(described.basis, 'unresolved') END AS basis) AS r
    ON u.usage_group IN ('tokens', 'media', 'search_units', 'provisioned_throughput', 'reserved', 'customization')
    -- Without a usage type (FOCUS, where SkuMeter is none) a line may still say its model, or be about none.
    OR u.usage_group IS NULL AND c.category = 'usage' AND r.model_id IS NOT NULL
LEFT JOIN bedrock.models AS m ON m.model_id = r.model_id
LEFT JOIN LATERAL (SELECT bedrock.read_labels(d.tags, (SELECT bedrock.label_rules_in_order()), (SELECT bedrock.label_spellings())) AS labels OFFSET 0) AS l ON i.inference IS NOT FALSE
LEFT JOIN LATERAL (SELECT q.class, q.place FROM @extschema@.bedrock_principal_parts(d.principal) AS who
                   CROSS JOIN LATERAL bedrock.caller_rule(who.kind, who.name, who.path, NULL, who.email) AS q OFFSET 0) AS called ON true
LEFT JOIN LATERAL (SELECT q.class, CASE WHEN q.builtin THEN 1000000000 ELSE 0 END + q.priority AS place
                   FROM bedrock.class_rule AS q
                   WHERE q.target = 'caller_class' AND q.attribute = 'tag' AND @extschema@.bedrock_tag(d.tags, q.tag_key) ~* q.pattern
                   ORDER BY q.builtin, q.priority LIMIT 1) AS tagged ON d.principal IS NOT NULL
LEFT JOIN LATERAL (SELECT q.class
                   FROM bedrock.class_rule AS q
                   WHERE q.target = 'traffic_class'
                     AND CASE q.attribute WHEN 'application' THEN coalesce(l.labels ->> 'application', p.application)
                                          WHEN 'workflow' THEN coalesce(l.labels ->> 'workflow', p.workflow)
                                          WHEN 'environment' THEN coalesce(l.labels ->> 'environment', p.environment)
                                          WHEN 'profile_name' THEN p.profile_name WHEN 'tier' THEN u.tier WHEN 'operation' THEN d.operation
                                          WHEN 'account_id' THEN d.account_id WHEN 'account_name' THEN d.account_name
                                          WHEN 'principal_kind' THEN w.kind WHEN 'principal_name' THEN w.name WHEN 'principal_path' THEN w.path
                                          ELSE @extschema@.bedrock_tag(d.tags, q.tag_key) END ~* q.pattern
                   ORDER BY q.builtin, q.priority LIMIT 1) AS traffic ON i.inference IS NOT FALSE
$reading$;
COMMENT ON FUNCTION bedrock.reading_of(text) IS
    'the query of bedrock.dimension_reading over other rows than those of bedrock.dimension: over a relation or (SELECT ..) that has its raw columns and a dimension_id';

DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW bedrock.dimension_reading WITH (security_invoker) AS ' || bedrock.reading_of('bedrock.dimension');
END
$$;
COMMENT ON VIEW bedrock.dimension_reading IS
    'what today''s parsers and catalogues read out of the raw columns of each dimension; refresh keeps it in bedrock.dimension. Column by column it means what bedrock.spend says';
COMMENT ON COLUMN bedrock.dimension_reading.dimension_id IS 'row of bedrock.dimension with all raw strings';
COMMENT ON COLUMN bedrock.dimension_reading.charge_category IS 'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock.dimension_reading.usage_group IS 'what is metered: tokens, media, search_units, provisioned_throughput, reserved, custom_model_import, customization, guardrail, knowledge_base, agent, flow, evaluation, prompt, data_automation, agentcore, grounding, other; NULL: no usage type, or an unreadable one';
COMMENT ON COLUMN bedrock.dimension_reading.pricing_model IS 'on_demand, batch, flex, priority, latency_optimized, provisioned, reserved, customization, custom_model_import; NULL: no usage';
COMMENT ON COLUMN bedrock.dimension_reading.provider IS 'who made the model; NULL: no model, or one the catalogue does not know';
COMMENT ON COLUMN bedrock.dimension_reading.model_id IS 'foundation model: of the resource id, else the registry, else the product name, else the usage type; NULL: the line is about no model, or none of them tells it (listed in bedrock.unrecognized)';
COMMENT ON COLUMN bedrock.dimension_reading.model_name IS 'name of the model in the catalogue, else its id; NULL: model_id is NULL';
COMMENT ON COLUMN bedrock.dimension_reading.model_family IS 'what versions roll up to: Opus, Sonnet, Haiku, Nova; NULL: not known';
COMMENT ON COLUMN bedrock.dimension_reading.model_basis IS 'where model_id was read: resource_id, registry, product_name, usage_type, unresolved; NULL: the line is about no model';
COMMENT ON COLUMN bedrock.dimension_reading.token_kind IS 'input, output, cache_read, cache_write; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.dimension_reading.modality IS 'text, image, speech, audio, video where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.dimension_reading.cache_ttl IS '5m, 30m, 1h where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.dimension_reading.tier IS 'standard, batch, flex, priority, latency_optimized; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.dimension_reading.routing IS 'global, geo or regional, as priced; NULL: neither tokens nor reserved capacity';
COMMENT ON COLUMN bedrock.dimension_reading.ai_region_type IS 'where the answer may have been computed: cross_region_global, cross_region_geo, same_region, unknown, not_applicable (no inference)';
COMMENT ON COLUMN bedrock.dimension_reading.geo_prefix IS 'geography of the profile: us, eu, apac, jp, au, ca, in, us-gov, global, or what bedrock.system_profile says; NULL: no profile, or one whose geography is not known (listed in bedrock.unrecognized)';
COMMENT ON COLUMN bedrock.dimension_reading.endpoint IS 'bedrock-runtime or bedrock-mantle where the line tells it; NULL: it does not';
COMMENT ON COLUMN bedrock.dimension_reading.long_context IS 'whether the long-context rate applies; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.dimension_reading.custom_model IS 'whether a fine-tuned model is stated; NULL: no usage type';
COMMENT ON COLUMN bedrock.dimension_reading.tokens_per_unit IS 'tokens of one unit of usage_amount; 0: not metered in tokens';
COMMENT ON COLUMN bedrock.dimension_reading.region IS 'AWS region that was called and billed: of the usage types prefix, else of the product columns, else of the resource id; NULL: none states it. Where the answer was computed is another matter: ai_region_type';
COMMENT ON COLUMN bedrock.dimension_reading.resource_type IS 'type of the Bedrock resource; NULL: no Bedrock resource';
COMMENT ON COLUMN bedrock.dimension_reading.request_path IS 'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, custom_model, imported_model, prompt_router, project, other, none (a resource id that is no Bedrock ARN), not_inference (known to be no request: not usage, or metered as something else), no_resource_id (source and period record ids, this line has none), not_recorded';
COMMENT ON COLUMN bedrock.dimension_reading.via_profile IS 'whether the request went through an inference profile; NULL: resource ids are not recorded';
COMMENT ON COLUMN bedrock.dimension_reading.profile_kind IS 'application, system, none, not_recorded';
COMMENT ON COLUMN bedrock.dimension_reading.profile_id IS 'id of the profile; NULL: none';
COMMENT ON COLUMN bedrock.dimension_reading.profile_suffix IS 'what stands behind the profile id; NULL: nothing';
COMMENT ON COLUMN bedrock.dimension_reading.project_id IS 'id of the bedrock-mantle project; NULL: none';
COMMENT ON COLUMN bedrock.dimension_reading.control_layer IS 'profile, project, direct, unknown (no resource id), not_applicable (no inference)';
COMMENT ON COLUMN bedrock.dimension_reading.principal_kind IS 'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none, not_recorded';
COMMENT ON COLUMN bedrock.dimension_reading.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock.dimension_reading.principal_key IS 'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock.dimension_reading.permission_set IS 'permission set of an SSO role; NULL: no SSO role';
COMMENT ON COLUMN bedrock.dimension_reading.caller_class IS 'human, machine, api_key, unknown, none, not_recorded, by the rules of bedrock.class_rule that look at no session';
COMMENT ON COLUMN bedrock.dimension_reading.traffic_class IS 'coding_assistant, batch, production, test, unclassified, not_applicable (no inference), or a word of your own, by the rules of bedrock.class_rule';
COMMENT ON COLUMN bedrock.dimension_reading.agentcore_component IS 'component of Amazon Bedrock AgentCore: runtime, memory, gateway, browser, code_interpreter, web_search, identity, policy, evaluation, knowledge_base, data_transfer, other; NULL: no line of AgentCore';
COMMENT ON COLUMN bedrock.dimension_reading.caller_rule IS 'place of the rule that decided caller_class, as bedrock.caller_rule tells it; NULL: no caller on the line';
COMMENT ON COLUMN bedrock.dimension_reading.attribution_kind IS 'strongest owner signal on the line: application_profile, project, iam_principal, tag, none, not_recorded (none found, and not all of them are recorded)';

