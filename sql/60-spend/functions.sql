CREATE OR REPLACE FUNCTION bedrock_internal.may_have_tokens(tokens numeric, usage_group text, request_path text)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN tokens IS NOT NULL OR coalesce(usage_group, 'tokens') = 'tokens'
        AND request_path IS DISTINCT FROM 'not_inference';
COMMENT ON FUNCTION bedrock_internal.may_have_tokens(numeric, text, text) IS
    'whether a line of bedrock.spend is metered in tokens, or may be, as its unit is not stated: then its tokens are '
    'not known, and a total without them is too small. Arguments: columns of bedrock.spend';

CREATE OR REPLACE FUNCTION bedrock_internal.known_pct(known numeric, whole numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN round(100 * coalesce(known, 0) / nullif(whole, 0), 2);
COMMENT ON FUNCTION bedrock_internal.known_pct(numeric, numeric) IS
    'tokens_known_pct of the questions and of bedrock.doctor(): percent that the cost with known tokens is of the cost '
    'of what may have tokens (bedrock_internal.may_have_tokens), with two digits. known NULL: nothing is known, 0 '
    'percent. NULL: nothing may have tokens, or its cost is 0';

CREATE OR REPLACE FUNCTION bedrock_internal.cost_in(metric text, unblended numeric, blended numeric,
    net_unblended numeric, amortized numeric, net_amortized numeric, otherwise numeric DEFAULT NULL) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE metric WHEN 'unblended' THEN unblended WHEN 'blended' THEN blended
                       WHEN 'net_unblended' THEN net_unblended WHEN 'amortized' THEN amortized
                       WHEN 'net_amortized' THEN net_amortized ELSE otherwise END;
COMMENT ON FUNCTION bedrock_internal.cost_in(text, numeric, numeric, numeric, numeric, numeric, numeric) IS
    'the one of these costs that a metric names; otherwise: of another metric';

CREATE OR REPLACE FUNCTION bedrock_internal.spend_attributes() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['payer_account_id', 'account_id', 'account_name', 'region', 'billing_entity', 'legal_entity',
                 'invoicing_entity', 'charge_type', 'product_code', 'product_name', 'usage_type', 'operation',
                 'usage_group', 'pricing_model', 'provider', 'model_id', 'model_name', 'model_family', 'token_kind',
                 'tier', 'routing', 'ai_region_type', 'resource_id', 'request_path', 'profile_kind', 'profile_id',
                 'profile_name', 'project_id', 'project_name', 'control_layer', 'principal_key', 'principal_name',
                 'principal_kind', 'user_email', 'caller_class', 'traffic_class', 'team', 'application', 'project',
                 'environment', 'cost_center', 'department', 'customer', 'workflow', 'engineer', 'workload', 'owner',
                 'tag_owner', 'element1', 'element2', 'element3', 'element4', 'element_path'];
COMMENT ON FUNCTION bedrock_internal.spend_attributes() IS
    'columns of bedrock.spend by which it can be cut where a function or a table names an attribute';

CREATE OR REPLACE FUNCTION bedrock_internal.spend_attribute(attribute text, tag_key text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF attribute = 'all' THEN
        RETURN quote_literal('(all)');
    ELSIF attribute = 'tag' AND bedrock_internal.fold_name(tag_key) <> '' THEN
        RETURN format('coalesce(@extschema@.bedrock_tag(s.tags, %L), %L)', tag_key, '(untagged)');
    ELSIF attribute = ANY (bedrock_internal.spend_attributes()) THEN
        RETURN format('coalesce(s.%I, %L)', attribute, '(none)');
    END IF;
    RAISE invalid_parameter_value USING
        MESSAGE = CASE WHEN attribute = 'tag' THEN 'the tag has no key'
                       ELSE format('spend cannot be cut by "%s"', coalesce(left(attribute, 160), 'NULL')) END,
        HINT = 'Attributes are all, tag (with its key), and '
               || array_to_string(bedrock_internal.spend_attributes(), ', ') || '.';
END
$$;
COMMENT ON FUNCTION bedrock_internal.spend_attribute(text, text) IS
    'SQL expression of the value of an attribute of a row s of bedrock.spend, for dynamic statements: all, tag (with '
    'tag_key), or a column of bedrock_internal.spend_attributes(). Without a value: (untagged), (none). Error 22023: '
    'another attribute';

CREATE OR REPLACE FUNCTION bedrock_internal.application_of_name(name text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT nullif(replace(r.application, E'\\1',
                              coalesce((regexp_match(application_of_name.name, r.pattern, 'i'))[1], '')), '')
        FROM bedrock.name_rule AS r
        WHERE application_of_name.name ~* r.pattern
        ORDER BY r.builtin, r.priority
        LIMIT 1);
END
$$;
COMMENT ON FUNCTION bedrock_internal.application_of_name(text) IS
    'application that the name of an inference profile or an IAM role suggests, by the first rule of bedrock.name_rule '
    'that matches; shipped: the name without words for environment, geography, platform and kind around it (prod-, '
    '-eu, -lambda, -worker-role), ticket-triage of ticket-triage-worker-role. It is shown where no label is set, and '
    'never owns cost. NULL: a name given by AWS, or no rule matches';
