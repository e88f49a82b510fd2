-- What the parsers read out of a dimension.

CREATE OR REPLACE FUNCTION bedrock_internal.parser_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 3;
COMMENT ON FUNCTION bedrock_internal.parser_version() IS
    'version of the parsers and of bedrock_internal.dimension_reading; it rises when one of them reads a string '
    'differently, and refresh then parses older dimensions again';

CREATE OR REPLACE FUNCTION bedrock_internal.setting_value(name text, day date DEFAULT CURRENT_DATE) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT s.value FROM bedrock.setting AS s
    WHERE s.name = setting_value.name AND s.valid_from <= setting_value.day
      AND bedrock_internal.on_coordinator('bedrock_internal.setting_value',
          'Join the lines with bedrock.setting, or read the value on the coordinator first.')
    ORDER BY s.valid_from DESC, s.recorded_at DESC LIMIT 1;
END;
COMMENT ON FUNCTION bedrock_internal.setting_value(text, date) IS
    'value of a setting on a day (UTC); NULL: no such setting';

CREATE OR REPLACE FUNCTION bedrock_internal.setting_types()
    RETURNS TABLE (name text, takes text, pattern text, lowest numeric, highest numeric, by_month boolean, example text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT s.name,
           CASE s.type WHEN 'whole' THEN format('a whole number from %s to %s', s.lowest, s.highest)
                       WHEN 'number' THEN format('a number from %s to %s', s.lowest, s.highest)
                       WHEN 'day' THEN 'a day as 2026-03-01, or an empty text'
                       WHEN 'source' THEN 'the name of a source, or an empty text'
                       WHEN 'metric' THEN 'unblended, blended, net_unblended, amortized or net_amortized'
                       ELSE 'names with commas between them, or an empty text' END,
           CASE s.type WHEN 'whole' THEN '^[0-9]{1,12}$'
                       WHEN 'number' THEN '^[0-9]{1,12}([.][0-9]{1,12})?$'
                       WHEN 'day' THEN '^([0-9]{4}-[0-9]{2}-[0-9]{2})?$'
                       WHEN 'metric' THEN '^(unblended|blended|net_unblended|amortized|net_amortized)$' END,
           s.lowest, s.highest, s.type IN ('source', 'metric'), s.example
    FROM (VALUES
        ('ai_cost_metric', 'metric', NULL::numeric, NULL::numeric, 'net_unblended'),
        ('preferred_source', 'source', NULL, NULL, ''),
        ('data_lag_days_aws', 'whole', 0, 365, '2'),
        ('data_lag_days_marketplace', 'whole', 0, 365, '3'),
        ('stale_after_hours', 'number', 0, 8760, '48'),
        ('tags_activated_on', 'day', NULL, NULL, '2026-03-01'),
        ('cache_hit_healthy', 'number', 0, 1, '0.30'),
        ('estimate_divergence_percent', 'number', 0, 1000000, '20'),
        ('profile_limit', 'whole', 0, 1000000000, '1000'),
        ('reconciliation_tolerance_pct', 'number', 0, 100, '1'),
        ('invocation_retention_days', 'whole', 0, 36500, '90'),
        ('invocation_metadata_keys', 'names', NULL, NULL, 'user, tenant'),
        ('long_context_tokens', 'whole', 1, 1000000000, '200000'),
        ('loop_requests', 'whole', 1, 1000000000, '50'),
        ('loop_factor', 'number', 1, 1000000, '5'),
        ('task_floor', 'number', 0, 1000000000, '1'),
        ('task_quiet_days', 'whole', 1, 30, '7'),
        ('approve_own_request', 'whole', 0, 1, '1'),
        ('anomaly_floor', 'number', 0, 1000000000, '25'),
        ('anomaly_deviations', 'number', 1, 1000000, '3.5'),
        ('fiscal_year_first_month', 'whole', 1, 12, '4')) AS s (name, type, lowest, highest, example);
END;
COMMENT ON FUNCTION bedrock_internal.setting_types() IS
    'what each shipped setting takes: in words, as a regular expression (NULL: any text) and as a range of numbers '
    '(NULL: no number); by_month: it holds for whole billing periods';

CREATE OR REPLACE FUNCTION bedrock.set_setting(name text, value text, valid_from date DEFAULT '-infinity',
    note text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind record;
    fits boolean;
BEGIN
    PERFORM bedrock_internal.require_write('bedrock.set_setting', 'bedrock.setting');
    IF NOT EXISTS (SELECT FROM bedrock.setting AS s WHERE s.name = set_setting.name) THEN
        RAISE undefined_object USING MESSAGE = format('there is no setting "%s"', set_setting.name),
            HINT = 'Use a name that bedrock.setting lists.';
    END IF;
    SELECT t.* INTO kind FROM bedrock_internal.setting_types() AS t WHERE t.name = set_setting.name;
    fits := set_setting.value IS NOT NULL AND set_setting.value ~ coalesce(kind.pattern, '');
    IF fits AND kind.lowest IS NOT NULL THEN
        fits := set_setting.value::numeric BETWEEN kind.lowest AND kind.highest;
    ELSIF fits AND kind.name = 'tags_activated_on' AND set_setting.value <> '' THEN
        BEGIN
            PERFORM set_setting.value::date;
        EXCEPTION WHEN datetime_field_overflow THEN
            fits := false;
        END;
    END IF;
    IF NOT fits THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('setting "%s" cannot be %s', set_setting.name,
                             coalesce('"' || left(set_setting.value, 160) || '"', 'NULL')),
            DETAIL = format('It takes %s.', coalesce(kind.takes, 'a text')),
            HINT = format('For example: SELECT bedrock.set_setting(%L, %L).', set_setting.name,
                          coalesce(kind.example, ''));
    END IF;
    IF set_setting.name = 'preferred_source' AND set_setting.value <> ''
        AND NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = set_setting.value) THEN
        RAISE undefined_object USING MESSAGE = format('there is no source "%s"', set_setting.value),
            HINT = 'Use a name that bedrock.source lists.';
    END IF;
    -- A bill has one metric and one source: from a day of its month on is from the first.
    INSERT INTO bedrock.setting (name, valid_from, value, note, recorded_by)
    VALUES (set_setting.name,
            CASE WHEN kind.by_month THEN date_trunc('month', coalesce(set_setting.valid_from, '-infinity')::timestamp)
                 ELSE coalesce(set_setting.valid_from, '-infinity') END,
            set_setting.value, set_setting.note, bedrock_internal.calling_role());
END
$$;
COMMENT ON FUNCTION bedrock.set_setting(text, text, date, text) IS
    'sets a setting from a day (UTC) on, ai_cost_metric and preferred_source from the month of that day on (NULL: '
    'always); earlier days keep theirs, and the row it replaces stays as history. Error 42501: the caller has '
    'neither the scope manage, nor the scope load and INSERT on bedrock.setting; 42704: a name that bedrock.setting '
    'does not list, 22023: a value that the setting cannot have; DETAIL says what it takes';

CREATE OR REPLACE FUNCTION bedrock_internal.caller_rule(kind text, name text, path text, session text, email text,
    OUT class text, OUT place integer) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT r.class, CASE WHEN r.builtin THEN 1000000000 ELSE 0 END + r.priority
    FROM bedrock.class_rule AS r
    WHERE r.target = 'caller_class'
      AND CASE r.attribute WHEN 'principal_kind' THEN caller_rule.kind WHEN 'principal_name' THEN caller_rule.name
                           WHEN 'principal_path' THEN caller_rule.path WHEN 'principal_session' THEN caller_rule.session
                           WHEN 'user_email' THEN caller_rule.email END ~* r.pattern
    ORDER BY r.builtin, r.priority LIMIT 1;
END;
COMMENT ON FUNCTION bedrock_internal.caller_rule(text, text, text, text, text) IS
    'first rule of bedrock.class_rule for the class of a caller that matches these parts of its principal (NULL: not '
    'compared), without rules about tags: class, and place among all rules, of which the lowest decides; no row: '
    'none matches';

CREATE OR REPLACE FUNCTION bedrock_internal.session_rule(session text, email text, OUT class text, OUT place integer)
    RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT q.class, q.place FROM bedrock_internal.caller_rule(NULL, NULL, NULL, session_rule.session,
        session_rule.email) AS q;
END;
COMMENT ON FUNCTION bedrock_internal.session_rule(text, text) IS
    'first rule of bedrock.class_rule about sessions and e-mail addresses that matches, as '
    'bedrock_internal.caller_rule';

CREATE OR REPLACE FUNCTION bedrock_internal.rules_ask_sessions() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM bedrock.class_rule AS r WHERE r.attribute = 'principal_session');
END;
COMMENT ON FUNCTION bedrock_internal.rules_ask_sessions() IS
    'whether a rule of bedrock.class_rule is about names of sessions: without one only sessions that are e-mail '
    'addresses are compared, and few are';

-- Written once: over bedrock.dimension it is a view, over line keys that become dimensions a query.
CREATE OR REPLACE FUNCTION bedrock_internal.dimension_query(line_keys text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN $reading$
SELECT d.dimension_id::bigint AS dimension_id,
       c.category AS charge_category,
       -- The product code shows meters of AgentCore whose names do not.
       CASE WHEN u.usage_group = 'other' AND core.component <> 'other' THEN 'agentcore'
           ELSE u.usage_group END AS usage_group,
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
            WHEN u.routing = 'geo' OR coalesce(a.geo_prefix, routed.pool) IS NOT NULL
                OR p.pool NOT IN ('regional', 'global') THEN 'cross_region_geo'
            WHEN a.request_path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model')
                THEN 'same_region'
            ELSE 'unknown' END AS ai_region_type,
       coalesce(bedrock_internal.pool_of_prefix(a.geo_prefix), routed.pool,
           nullif(bedrock_internal.pool_of_prefix(p.pool), 'regional')) AS geo_prefix,
       CASE WHEN NOT i.inference THEN NULL
            WHEN u.mantle OR a.service = 'bedrock-mantle' THEN 'bedrock-mantle'
            WHEN u.model_token IS NOT NULL THEN 'bedrock-runtime' END AS endpoint,
       u.long_context, u.custom_model,
       coalesce(@extschema@.bedrock_tokens(1, d.pricing_unit, t.usage_type), 0)::bigint AS tokens_per_unit,
       coalesce(u.region, known.region, nullif(d.region_code, 'global'), a.region) AS region,
       a.resource_type,
       -- What is not known to be something else took the path of its resource id.
       CASE WHEN NOT i.inference THEN 'not_inference'
            WHEN d.resource_id IS NOT NULL THEN a.request_path
            WHEN d.resource_recorded THEN 'no_resource_id'
            ELSE 'not_recorded' END AS request_path,
       CASE WHEN d.resource_id IS NOT NULL OR d.resource_recorded THEN @extschema@.bedrock_via_profile(d.resource_id)
           END AS via_profile,
       CASE WHEN a.request_path = 'application_profile' THEN 'application'
            WHEN a.request_path = 'system_profile' THEN 'system'
            WHEN d.resource_id IS NOT NULL OR d.resource_recorded THEN 'none'
            ELSE 'not_recorded' END AS profile_kind,
       a.profile_id, a.profile_suffix,
       CASE WHEN a.request_path = 'project' THEN a.resource_id END AS project_id,
       CASE WHEN NOT i.inference THEN 'not_applicable'
            WHEN a.request_path IN ('application_profile', 'system_profile') THEN 'profile'
            WHEN a.request_path = 'project' THEN 'project'
            WHEN a.request_path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model',
                'prompt_router') THEN 'direct'
            ELSE 'unknown' END AS control_layer,
       CASE WHEN d.principal IS NOT NULL THEN w.kind WHEN d.principal_recorded THEN 'none'
           ELSE 'not_recorded' END AS principal_kind,
       w.name AS principal_name, w.principal_key,
       substring(w.name FROM '^AWSReservedSSO_(.+)_[0-9a-f]+$') AS permission_set,
       CASE WHEN tagged.place < coalesce(called.place, 2147483647) THEN tagged.class
            WHEN d.principal IS NOT NULL THEN coalesce(called.class, 'unknown')
            WHEN d.principal_recorded THEN 'none' ELSE 'not_recorded' END AS caller_class,
       CASE WHEN NOT i.inference THEN 'not_applicable' ELSE coalesce(traffic.class, 'unclassified')
           END AS traffic_class,
       CASE WHEN k.kind = 'none' AND (d.tags IS NULL OR NOT d.principal_recorded OR NOT d.resource_recorded)
           THEN 'not_recorded'
            ELSE k.kind END AS attribution_kind,
       core.component AS agentcore_component,
       CASE WHEN d.principal IS NOT NULL THEN coalesce(least(tagged.place, called.place), 2147483647)
           END::bigint AS caller_rule,
       @extschema@.bedrock_tag(d.tags, 'Owner') AS tag_owner
FROM $reading$ || line_keys || $reading$ AS d
LEFT JOIN bedrock.charge_categories AS b ON b.line_item_type = bedrock_internal.charge_key(
    d.charge_class, d.charge_type)
CROSS JOIN LATERAL (SELECT coalesce(b.charge_category, 'unknown') AS category) AS c
CROSS JOIN LATERAL (SELECT coalesce(d.usage_type, bedrock_internal.described_usage_type(d.charge_description))
    AS usage_type) AS t
LEFT JOIN LATERAL @extschema@.bedrock_usage_parts(t.usage_type) AS u ON true
LEFT JOIN LATERAL @extschema@.bedrock_arn_parts(d.resource_id) AS a ON true
LEFT JOIN LATERAL @extschema@.bedrock_principal_parts(d.principal) AS w ON true
-- Whether the line is a request to a model: by what is metered, else by a resource that only requests have; NULL:
-- neither shows it.
CROSS JOIN LATERAL (SELECT CASE WHEN c.category <> 'usage' THEN false
                                WHEN u.usage_group IN ('tokens', 'media', 'search_units') THEN true
                                WHEN u.usage_group <> 'other' OR d.product_code = 'AmazonBedrockAgentCore' THEN false
                                WHEN a.request_path IN ('application_profile', 'system_profile', 'foundation_model',
                                    'project', 'prompt_router') THEN true
                                WHEN u.usage_group = 'other' THEN false END AS inference) AS i
CROSS JOIN LATERAL (SELECT @extschema@.attribution_kind(d.resource_id, d.principal, d.tags) AS kind) AS k
CROSS JOIN LATERAL (SELECT @extschema@.bedrock_agentcore_component(d.product_code, t.usage_type) AS component) AS core
LEFT JOIN bedrock.regions AS known ON u.region IS NULL AND known.cur_prefix =
    split_part(split_part(d.usage_type, '-', 1), '_', 1)
-- The geography of a system profile whose prefix the row functions do not know.
LEFT JOIN bedrock.system_profiles AS routed ON a.request_path = 'system_profile' AND a.geo_prefix IS NULL
    AND routed.profile_id = a.profile_id
-- The model: one step for each raw string that may state it, so that a string of many dimensions is resolved once.
LEFT JOIN LATERAL (SELECT registered.pool, registered.profile_name, registered.application, registered.environment,
                          registered.workflow, found.model_id, found.basis
                   FROM @extschema@.bedrock_arn_parts(d.resource_id) AS arn
                   LEFT JOIN LATERAL (SELECT q.model_id, q.pool, q.profile_name, q.application, q.environment,
                                             q.workflow
                                      FROM bedrock.profile AS q
                                      WHERE q.profile_arn = d.resource_id AND upper_inf(q.recorded)
                                      ORDER BY lower(q.valid) DESC LIMIT 1) AS registered
                       ON arn.request_path IN ('application_profile', 'project')
                   CROSS JOIN LATERAL bedrock_internal.resolve_model(arn.model_id, registered.model_id, NULL, NULL)
                       AS found OFFSET 0) AS p ON true
LEFT JOIN LATERAL (SELECT found.model_id, found.basis FROM bedrock_internal.resolve_model(
    NULL, NULL, d.product_name, NULL) AS found OFFSET 0) AS named ON true
LEFT JOIN LATERAL (SELECT found.model_id, found.basis
                   FROM @extschema@.bedrock_usage_parts(d.usage_type) AS parts
                   CROSS JOIN LATERAL bedrock_internal.resolve_model(NULL, NULL, NULL, parts.model_token)
                       AS found OFFSET 0) AS metered ON true
LEFT JOIN LATERAL (SELECT found.model_id, found.basis
                   FROM @extschema@.bedrock_usage_parts(bedrock_internal.described_usage_type(d.charge_description))
                       AS parts
                   CROSS JOIN LATERAL bedrock_internal.resolve_model(NULL, NULL, NULL, parts.model_token) AS found
                   WHERE d.usage_type IS NULL OFFSET 0) AS described ON true
LEFT JOIN LATERAL (SELECT CASE WHEN p.basis <> 'unresolved' THEN p.model_id
                               WHEN named.basis <> 'unresolved' THEN named.model_id
                               ELSE coalesce(metered.model_id, described.model_id) END AS model_id,
                          CASE WHEN p.basis <> 'unresolved' THEN p.basis
                               WHEN named.basis <> 'unresolved' THEN named.basis
                               WHEN metered.basis <> 'unresolved' THEN metered.basis
                               ELSE coalesce(described.basis, 'unresolved') END AS basis) AS r
    ON u.usage_group IN ('tokens', 'media', 'search_units', 'provisioned_throughput', 'reserved', 'customization')
    -- Without a usage type (FOCUS, where SkuMeter is none) a line may still state its model, or be about none.
    OR u.usage_group IS NULL AND c.category = 'usage' AND r.model_id IS NOT NULL
LEFT JOIN bedrock.models AS m ON m.model_id = r.model_id
LEFT JOIN LATERAL (SELECT bedrock_internal.read_labels(d.tags, (SELECT bedrock_internal.label_rules_in_order()),
    (SELECT bedrock_internal.label_spellings())) AS labels OFFSET 0) AS l ON i.inference IS NOT FALSE
LEFT JOIN LATERAL (SELECT q.class, q.place FROM @extschema@.bedrock_principal_parts(d.principal) AS who
                   CROSS JOIN LATERAL bedrock_internal.caller_rule(who.kind, who.name, who.path, NULL, who.email)
                       AS q OFFSET 0) AS called ON true
LEFT JOIN LATERAL (SELECT q.class, CASE WHEN q.builtin THEN 1000000000 ELSE 0 END + q.priority AS place
                   FROM bedrock.class_rule AS q
                   WHERE q.target = 'caller_class' AND q.attribute = 'tag'
                       AND @extschema@.bedrock_tag(d.tags, q.tag_key) ~* q.pattern
                   ORDER BY q.builtin, q.priority LIMIT 1) AS tagged ON d.principal IS NOT NULL
LEFT JOIN LATERAL (SELECT q.class
                   FROM bedrock.class_rule AS q
                   WHERE q.target = 'traffic_class'
                     AND CASE q.attribute WHEN 'application' THEN coalesce(l.labels ->> 'application', p.application)
                                          WHEN 'workflow' THEN coalesce(l.labels ->> 'workflow', p.workflow)
                                          WHEN 'environment' THEN coalesce(l.labels ->> 'environment', p.environment)
                                          WHEN 'profile_name' THEN p.profile_name WHEN 'tier' THEN u.tier
                                          WHEN 'operation' THEN d.operation WHEN 'account_id' THEN d.account_id
                                          WHEN 'account_name' THEN d.account_name WHEN 'principal_kind' THEN w.kind
                                          WHEN 'principal_name' THEN w.name WHEN 'principal_path' THEN w.path
                                          ELSE @extschema@.bedrock_tag(d.tags, q.tag_key) END ~* q.pattern
                   ORDER BY q.builtin, q.priority LIMIT 1) AS traffic ON i.inference IS NOT FALSE
$reading$;
COMMENT ON FUNCTION bedrock_internal.dimension_query(text) IS
    'query of the view bedrock_internal.dimension_reading over other rows: line_keys is a relation or (SELECT ...) '
    'with the raw columns of bedrock.dimension and a dimension_id';
