-- The planner puts the expression in place of the call, so that a join by it stays a hash join: nothing may be SET
-- here.
CREATE OR REPLACE FUNCTION bedrock_internal.charge_key(charge_class text, line_item_type text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN charge_class = 'Correction' THEN 'Correction' ELSE line_item_type END;
COMMENT ON FUNCTION bedrock_internal.charge_key(text, text) IS
    'line_item_type by which bedrock.charge_categories has a charge: the FOCUS charge class Correction, else its '
    'line type';

CREATE OR REPLACE FUNCTION bedrock_internal.charge_grain(usage_start timestamptz, usage_end timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- Of what is endless no length can be taken.
    RETURN CASE WHEN NOT (isfinite(usage_start) AND isfinite(usage_end)) THEN 'period'
                WHEN usage_end - usage_start <= interval '1 hour' THEN 'hour'
                WHEN usage_end - usage_start <= interval '1 day' THEN 'day'
                ELSE 'period' END;
COMMENT ON FUNCTION bedrock_internal.charge_grain(timestamptz, timestamptz) IS
    'length of a line: hour, day, or period (longer than a day, endless, or not stated), which is never placed by '
    'day';

CREATE OR REPLACE FUNCTION bedrock_internal.provider_is_aws(provider text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(provider, '') = '' OR provider ILIKE 'AWS%' OR provider ILIKE 'Amazon%';
COMMENT ON FUNCTION bedrock_internal.provider_is_aws(text) IS
    'whether a provider (bedrock_internal.focus_provider) is AWS; true where none is stated, as in every format but '
    'FOCUS';

CREATE OR REPLACE FUNCTION bedrock_internal.focus_provider(provider text, service_provider text, host_provider text,
    invoice_issuer text,
    service_code text, service_name text, resource_id text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN provider <> '' THEN provider
                -- What AWS invoices is on AWS's bill, whoever sells it there.
                WHEN service_provider ILIKE ANY (ARRAY['AWS%', 'Amazon%'])
                    OR invoice_issuer ILIKE ANY (ARRAY['AWS%', 'Amazon%']) THEN 'AWS'
                -- A name that AWS alone sells under, whoever made the model.
                WHEN service_name LIKE '%(Amazon Bedrock Edition)%' THEN 'AWS'
                WHEN service_provider <> '' THEN service_provider
                WHEN service_code <> '' OR resource_id LIKE 'arn:aws%'
                    OR service_name LIKE ANY (ARRAY['Amazon %', 'AWS %']) THEN 'AWS'
                WHEN invoice_issuer <> '' THEN invoice_issuer
                WHEN host_provider <> '' AND host_provider NOT ILIKE ALL (ARRAY['AWS%', 'Amazon%']) THEN host_provider
                ELSE '(not stated)' END;
COMMENT ON FUNCTION bedrock_internal.focus_provider(text, text, text, text, text, text, text) IS
    'provider whose bill a FOCUS line is on: ProviderName (FOCUS 1.0 to 1.3); else AWS where ServiceProviderName or '
    'InvoiceIssuerName is AWS or the service is an (Amazon Bedrock Edition); else ServiceProviderName; else AWS by '
    'x_ServiceCode, an ARN or the name of the service; else the issuer, else a host that is not AWS; (not stated): '
    'none of them. Software that is only hosted on AWS is of its seller';

CREATE OR REPLACE FUNCTION bedrock_internal.focus_service_code(service_code text, service_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN coalesce(service_code, '') = '' AND @extschema@.is_bedrock(
        replace(service_name, ' ', ''), NULL, NULL)
                THEN replace(service_name, ' ', '') ELSE service_code END;
COMMENT ON FUNCTION bedrock_internal.focus_service_code(text, text) IS
    'service code of a FOCUS line: x_ServiceCode, else the one of a Bedrock service of that name (Amazon Bedrock, '
    'Amazon Bedrock AgentCore), for files of other makers, which lack x_ServiceCode';

CREATE OR REPLACE FUNCTION bedrock_internal.described_usage_type(description text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN description LIKE '%|%|_%'
                -- A usage type writes the life of a cache entry as 1h; a number by itself ends what a parser reads.
                THEN 'MP:' || replace(regexp_replace(regexp_replace(lower(split_part(description, '|', 3)),
                    E'\\m(?:(1)[ -]?(h)(?:ou)?rs?|(5|30)[ -]?(m)in(?:ute)?s?)\\M', E'\\1\\2\\3\\4'), '[^a-z0-9]+', '_',
                        'g'), 'response_', 'output_') || '-Units' END;
COMMENT ON FUNCTION bedrock_internal.described_usage_type(text) IS
    'usage type made of the third part of the description of a Marketplace line (AWS Marketplace software '
    'usage|us-west-2|Million Input Tokens), which bedrock_usage_parts and bedrock_tokens can read: '
    'MP:million_input_tokens-Units. For FOCUS lines whose SkuMeter is not a usage type; NULL: another description';

CREATE OR REPLACE FUNCTION bedrock_internal.focus_usage_type(sku_meter text, description text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN @extschema@.bedrock_usage_group(sku_meter) <> 'other' THEN sku_meter
                -- An unknown meter is a usage type by its region prefix, where the description states no more.
                WHEN @extschema@.bedrock_region(sku_meter) IS NOT NULL
                    AND @extschema@.bedrock_usage_group(bedrock_internal.described_usage_type(description)) IS NULL
                THEN sku_meter END;
COMMENT ON FUNCTION bedrock_internal.focus_usage_type(text, text) IS
    'usage type in SkuMeter (FOCUS 1.2 and later): one that bedrock_usage_group recognizes, or that begins with the '
    'prefix of a region; NULL: SkuMeter is something else, and bedrock_internal.described_usage_type may read the '
    'description';

-- The columns of bedrock.line_item. The expressions are over l (the fields of all sources, empty text made NULL, tags
-- merged) and category (bedrock.charge_categories). A column that a query leaves out costs nothing.

CREATE OR REPLACE FUNCTION bedrock_internal.line_item_column(
    OUT ordinal integer, OUT name text, OUT type text, OUT expression text, OUT description text) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT * FROM (VALUES
        (1, 'source', 'text', 'l.source', 'name of the source, bedrock.source'),
        (2, 'payer_account_id', 'text', 'l.payer_account_id', 'payer (management) account that gets the bill'),
        (3, 'account_id', 'text', 'l.account_id', 'account that used the service'),
        (4, 'account_name', 'text', 'l.account_name', 'name of that account; NULL where the format has none'),
        (5, 'billing_period', 'date', 'date_trunc(''month'', l.billing_period_start AT TIME ZONE ''UTC'')::date',
            'first day of the month of the bill, from the line''s billing period and not from its usage date'),
        (6, 'usage_start', 'timestamptz', 'l.usage_start', 'start of what the line covers'),
        (7, 'usage_end', 'timestamptz', 'l.usage_end', 'end of what the line covers'),
        (8, 'usage_date', 'date', '(l.usage_start AT TIME ZONE ''UTC'')::date',
            'UTC day of usage_start; not the day of the usage where charge_grain is period'),
        (9, 'charge_grain', 'text', 'bedrock_internal.charge_grain(l.usage_start, l.usage_end)',
            'how long the line covers: hour, day, or period (longer: tax, credits, fees, every line of a MONTHLY '
            'export)'),
        (10, 'billing_entity', 'text', 'l.billing_entity', 'AWS or AWS Marketplace; for FOCUS by service code, '
            'service name and description'),
        (11, 'legal_entity', 'text', 'l.legal_entity', 'seller of record; NULL for FOCUS'),
        (12, 'invoicing_entity', 'text', 'l.invoicing_entity', 'AWS entity that issues the invoice'),
        (13, 'invoice_id', 'text', 'l.invoice_id', 'invoice; NULL until the month is invoiced, and for FOCUS 1.0'),
        (14, 'charge_type', 'text', 'l.line_item_type', 'line type as the bill has it (Usage, Tax, SavingsPlanNegation '
            '...; FOCUS: Usage, Purchase, Tax, Credit, Adjustment)'),
        (15, 'charge_category', 'text', 'coalesce(category.charge_category, ''unknown'')',
            'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, or unknown: '
            'bedrock.charge_category_map'),
        (16, 'charge_description', 'text', 'l.line_item_description', 'description of the line'),
        (17, 'product_code', 'text', 'l.product_code', 'product code; an opaque id on Marketplace lines of CUR; FOCUS: '
            'service code, as the service name has it where the file has none, empty or opaque on Marketplace lines'),
        (18, 'product_name', 'text', 'l.product_name', 'product name; on Marketplace lines it names the model'),
        (19, 'sku', 'text', 'l.sku', 'SKU'),
        (20, 'usage_type', 'text', 'l.usage_type', 'usage type; FOCUS 1.2 and later: SkuMeter where that is one, '
            'else NULL'),
        (21, 'operation', 'text', 'l.operation', 'operation (InvokeModelInference; Usage before 2026)'),
        (22, 'usage_amount', 'numeric', 'CASE WHEN category.charge_category = ''usage'' THEN l.usage_amount END',
            'amount in pricing_unit; NULL unless charge_category is usage: discounts, credits and refunds repeat the '
            'amount'),
        (23, 'pricing_unit', 'text', 'l.pricing_unit', 'unit of usage_amount as the bill has it'),
        (24, 'tokens', 'numeric', 'CASE WHEN category.charge_category = ''usage'' AND l.is_bedrock THEN '
            '@extschema@.bedrock_tokens(l.usage_amount, l.pricing_unit, l.metered) END',
            'tokens of a Bedrock usage line; NULL where it is not metered in tokens'),
        (25, 'resource_id', 'text', 'l.resource_id', 'resource'),
        (26, 'request_path', 'text', 'CASE WHEN l.resource_recorded THEN '
            '@extschema@.bedrock_request_path(l.resource_id) ELSE ''not_recorded'' END',
            'how the request reached the model: bedrock_request_path(resource_id); not_recorded: the source has no '
            'resource ids'),
        (27, 'via_profile', 'boolean', 'CASE WHEN l.resource_recorded THEN '
            '@extschema@.bedrock_via_profile(l.resource_id) END', 'whether through an inference profile, application '
            'or system; NULL: the source has no resource ids'),
        (28, 'profile_id', 'text', '@extschema@.bedrock_profile_id(l.resource_id)',
            'inference profile; NULL where the resource is none'),
        (29, 'profile_suffix', 'text', '@extschema@.bedrock_profile_suffix(l.resource_id)',
            'suffix after the profile id'),
        (30, 'geo_prefix', 'text', '@extschema@.bedrock_geo_prefix(l.resource_id)', 'geography of a system profile'),
        (31, 'model_id', 'text', '@extschema@.bedrock_model_id(l.resource_id)',
            'model the resource id itself states; NULL where it does not: bedrock.spend also asks registry, product '
            'name and usage type'),
        (32, 'usage_group', 'text', 'CASE WHEN l.is_bedrock THEN @extschema@.bedrock_usage_group(l.metered) END',
            'what is metered: tokens, media, guardrail ...; NULL outside Bedrock'),
        (33, 'token_kind', 'text', 'CASE WHEN l.is_bedrock THEN @extschema@.bedrock_token_kind(l.metered) END',
            'input, output, cache_read, cache_write; NULL where not metered in tokens'),
        (34, 'cache_ttl', 'text', 'CASE WHEN l.is_bedrock THEN '
            '(@extschema@.bedrock_usage_parts(l.metered)).cache_ttl END',
            'duration of a cache write where stated: 5m, 30m, 1h'),
        (35, 'tier', 'text', 'CASE WHEN l.is_bedrock THEN @extschema@.bedrock_tier(l.metered) END',
            'service tier of a token line: standard, batch, flex, priority, latency_optimized'),
        (36, 'routing', 'text', 'CASE WHEN l.is_bedrock THEN @extschema@.bedrock_routing(l.metered) END',
            'regional, geo or global price'),
        (37, 'long_context', 'boolean', 'CASE WHEN l.is_bedrock THEN '
            '(@extschema@.bedrock_usage_parts(l.metered)).long_context END',
            'whether the long-context price; NULL where not metered in tokens'),
        (38, 'iam_principal', 'text', 'l.iam_principal', 'ARN of the caller; NULL: none on the line, or not recorded '
            '(see principal_kind)'),
        (39, 'principal_kind', 'text', 'CASE WHEN l.principal_recorded THEN '
            'coalesce(@extschema@.bedrock_principal_kind(l.iam_principal), ''none'') ELSE ''not_recorded'' END',
            'kind of the caller: bedrock_principal_kind(iam_principal); none: no caller on the line; not_recorded: the '
            'source has no column for it'),
        (40, 'principal_name', 'text', '@extschema@.bedrock_principal_name(l.iam_principal)',
            'name of the role or user'),
        (41, 'principal_session', 'text', '@extschema@.bedrock_principal_session(l.iam_principal)',
            'session name of an assumed role'),
        (42, 'principal_key', 'text', '@extschema@.bedrock_principal_key(l.iam_principal)',
            'one durable key for a role and all its sessions'),
        (43, 'user_email', 'text', '(@extschema@.bedrock_principal_parts(l.iam_principal)).email',
            'e-mail address in the caller''s session or name'),
        (44, 'user_identifier', 'text', 'l.user_identifier', 'IAM Identity Center user, where the bill has one'),
        (45, 'region', 'text', 'coalesce(l.region_code, CASE WHEN l.is_bedrock THEN '
            '@extschema@.bedrock_region(l.usage_type) END)', 'region of the billing: as the bill states it, else by '
            'the usage type'),
        (46, 'tags', 'jsonb', 'l.tags', 'all tags with their original keys, empty values left out; {}: none on the '
            'line; NULL: the source has no tag column'),
        (47, 'attribution_kind', 'text', 'CASE WHEN l.resource_recorded OR l.principal_recorded OR l.tags IS NOT NULL '
            'THEN @extschema@.attribution_kind(l.resource_id, l.iam_principal, CASE WHEN '
            '@extschema@.attribution_kind(l.resource_id, l.iam_principal) = ''none'' THEN l.tags END) '
            'ELSE ''not_recorded'' END', 'strongest owner signal on the line: application_profile, project, '
            'iam_principal, tag, none; not_recorded: the source has no column for any'),
        (48, 'is_bedrock', 'boolean', 'l.is_bedrock', 'whether the line is Bedrock''s by product, or by a resource of '
            'a Bedrock service; bedrock.spend also knows codes that other lines prove'),
        (49, 'unblended_cost', 'numeric', 'l.unblended_cost', 'cost as billed; NULL for FOCUS'),
        (50, 'blended_cost', 'numeric', 'l.blended_cost', 'blended cost as billed; NULL for FOCUS'),
        (51, 'net_unblended_cost', 'numeric', 'l.net_unblended_cost', 'cost after discounts as the line has it (FOCUS: '
            'BilledCost); NULL where the bill leaves it empty: a period''s net metric is bedrock.spend''s'),
        (52, 'public_on_demand_cost', 'numeric', 'CASE WHEN category.charge_category = ''usage'' AND '
            'l.public_on_demand_cost = 0 AND coalesce(l.unblended_cost, l.net_unblended_cost) <> 0 THEN NULL ELSE '
            'l.public_on_demand_cost END', 'cost at public prices (FOCUS: ListCost); NULL where the bill gives none, '
            'or 0 on a usage line with cost (Marketplace)'),
        (53, 'currency', 'text', 'l.currency', 'currency of every amount of the line; never sum over it')
    ) AS v (ordinal, name, type, expression, description)
    ORDER BY 1;
END;
COMMENT ON FUNCTION bedrock_internal.line_item_column() IS
    'columns of bedrock.line_item: name, type, the SQL that makes them of the fields of a source, and their COMMENT';

-- The columns of bedrock.cur2, and what a column of another format is called there.

CREATE OR REPLACE FUNCTION bedrock_internal.cur2_column(OUT ordinal integer, OUT name text, OUT type text)
    RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT c.ordinal::integer, split_part(c.word, ':', 1)::name::text,
           CASE split_part(c.word, ':', 2) WHEN 'n' THEN 'numeric' WHEN 't' THEN 'timestamptz' WHEN 'm' THEN 'jsonb'
               ELSE 'text' END
    FROM string_to_table(
        'bill_bill_type bill_billing_entity bill_billing_period_end_date:t bill_billing_period_start_date:t '
        'bill_invoice_id bill_invoicing_entity bill_payer_account_id bill_payer_account_name '
        'capacity_reservation_capacity_reservation_arn capacity_reservation_capacity_reservation_status '
        'capacity_reservation_capacity_reservation_type cost_category:m discount:m discount_bundled_discount:n '
        'discount_total_discount:n identity_line_item_id identity_time_interval line_item_availability_zone '
        'line_item_blended_cost:n line_item_blended_rate line_item_currency_code line_item_iam_principal '
        'line_item_legal_entity line_item_line_item_description line_item_line_item_type '
        'line_item_net_unblended_cost:n line_item_net_unblended_rate line_item_normalization_factor:n '
        'line_item_normalized_usage_amount:n line_item_operation line_item_product_code line_item_resource_id '
        'line_item_tax_type line_item_unblended_cost:n line_item_unblended_rate line_item_usage_account_id '
        'line_item_usage_account_name line_item_usage_amount:n line_item_usage_end_date:t '
        'line_item_usage_start_date:t line_item_usage_type line_item_user_identifier pricing_currency '
        'pricing_lease_contract_length pricing_offering_class pricing_public_on_demand_cost:n '
        'pricing_public_on_demand_rate pricing_purchase_option pricing_rate_code pricing_rate_id pricing_term '
        'pricing_unit product:m product_comment product_fee_code product_fee_description product_from_location '
        'product_from_location_type product_from_region_code product_instance_family product_instance_type '
        'product_instancesku product_location product_location_type product_operation product_pricing_unit '
        'product_product_family product_region_code product_servicecode product_sku product_to_location '
        'product_to_location_type product_to_region_code product_usagetype '
        'reservation_amortized_upfront_cost_for_usage:n reservation_amortized_upfront_fee_for_billing_period:n '
        'reservation_availability_zone reservation_effective_cost:n reservation_end_time '
        'reservation_modification_status reservation_net_amortized_upfront_cost_for_usage:n '
        'reservation_net_amortized_upfront_fee_for_billing_period:n reservation_net_effective_cost:n '
        'reservation_net_recurring_fee_for_usage:n '
        'reservation_net_unused_amortized_upfront_fee_for_billing_period:n reservation_net_unused_recurring_fee:n '
        'reservation_net_upfront_value:n reservation_normalized_units_per_reservation '
        'reservation_number_of_reservations reservation_recurring_fee_for_usage:n reservation_reservation_a_r_n '
        'reservation_start_time reservation_subscription_id reservation_total_reserved_normalized_units '
        'reservation_total_reserved_units reservation_units_per_reservation '
        'reservation_unused_amortized_upfront_fee_for_billing_period:n '
        'reservation_unused_normalized_unit_quantity:n reservation_unused_quantity:n '
        'reservation_unused_recurring_fee:n reservation_upfront_value:n resource_tags:m '
        'savings_plan_amortized_upfront_commitment_for_billing_period:n savings_plan_end_time '
        'savings_plan_instance_type_family savings_plan_net_amortized_upfront_commitment_for_billing_period:n '
        'savings_plan_net_recurring_commitment_for_billing_period:n savings_plan_net_savings_plan_effective_cost:n '
        'savings_plan_offering_type savings_plan_payment_option savings_plan_purchase_term '
        'savings_plan_recurring_commitment_for_billing_period:n savings_plan_region '
        'savings_plan_savings_plan_a_r_n savings_plan_savings_plan_effective_cost:n '
        'savings_plan_savings_plan_rate:n savings_plan_start_time savings_plan_total_commitment_to_date:n '
        'savings_plan_used_commitment:n split_line_item_actual_usage:n split_line_item_net_split_cost:n '
        'split_line_item_net_unused_cost:n split_line_item_parent_resource_id '
        'split_line_item_public_on_demand_split_cost:n split_line_item_public_on_demand_unused_cost:n '
        'split_line_item_reserved_usage:n split_line_item_split_cost:n split_line_item_split_usage:n '
        'split_line_item_split_usage_ratio:n split_line_item_unused_cost:n tags:m billing_period', ' ')
        WITH ORDINALITY AS c (word, ordinal);
END;
COMMENT ON FUNCTION bedrock_internal.cur2_column() IS
    'columns of CUR 2.0 in the order of bedrock.cur2, with the type each has there';

CREATE OR REPLACE FUNCTION bedrock_internal.known_column(format text) RETURNS SETOF text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT c.name FROM bedrock_internal.cur2_column() AS c WHERE known_column.format <> 'focus'
    UNION ALL
    SELECT c.name FROM string_to_table(
        -- 1.0 and 1.2 with AWS's own, 1.3, 1.4. What has a field of bedrock_internal.source_field() is known by that.
        'AvailabilityZone BillingAccountName BillingAccountType BillingPeriodEnd CapacityReservationId '
        'CapacityReservationStatus ChargeFrequency '
        'CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName CommitmentDiscountQuantity '
        'CommitmentDiscountStatus '
        'CommitmentDiscountType CommitmentDiscountUnit ConsumedQuantity ConsumedUnit ContractedCost '
        'ContractedUnitPrice InvoiceIssuerId ListUnitPrice '
        'PricingCurrency PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice '
        'PublisherName RegionName '
        'ResourceName ResourceType ServiceCategory ServiceSubcategory SkuPriceDetails SkuPriceId SubAccountType '
        'x_Discounts x_UsageType SkuMeter '
        'AllocatedMethodDetails AllocatedMethodId AllocatedResourceId AllocatedResourceName AllocatedTags '
        'ContractApplied '
        'CommitmentProgramEligibilityDetails InvoiceDetailId', ' ') AS c (name)
    WHERE known_column.format = 'focus';
END;
COMMENT ON FUNCTION bedrock_internal.known_column(text) IS
    'columns that a format has and that no field of bedrock_internal.source_field() is read from; tag columns are not '
    'among them. Legacy reports have those of CUR 2.0, spelt otherwise (bedrock_internal.folded_column_name)';

CREATE OR REPLACE FUNCTION bedrock_internal.cur2_name(column_name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ltrim(lower(regexp_replace(regexp_replace(column_name, '([A-Z])', E'_\\1', 'g'), '[^A-Za-z0-9]+', '_', 'g')),
        '_')::name::text;
COMMENT ON FUNCTION bedrock_internal.cur2_name(text) IS
    'name of a column of the legacy report in Athena and CUR 2.0: lineItem/UsageAccountId is '
    'line_item_usage_account_id, reservation/ReservationARN is reservation_reservation_a_r_n; cut to 63 bytes';

-- One source's part of each view.

CREATE OR REPLACE FUNCTION bedrock_internal.line_item_part(source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bedrock_internal.source_relation(line_item_part.source);
    fields text;
    resource boolean;
    principal boolean;
    tagged boolean := EXISTS (SELECT FROM bedrock_internal.tag_column(relation));
BEGIN
    SELECT string_agg(CASE f.type WHEN 'text' THEN format('nullif(f.%1$I, '''')::text AS %1$I', f.field)
        ELSE format('f.%1$I::%2$s AS %1$I', f.field, f.type) END,
                      ', ' ORDER BY f.ordinal),
           bool_or(f.column_name IS NOT NULL) FILTER (WHERE f.field = 'resource_id'),
           bool_or(f.column_name IS NOT NULL) FILTER (WHERE f.field = 'iam_principal')
    INTO fields, resource, principal
    FROM bedrock_internal.source_layout(line_item_part.source) WITH ORDINALITY
        AS f (field, type, column_name, expression, ordinal);

    RETURN format('SELECT %L::text AS source, %L::boolean AS resource_recorded, %L::boolean AS principal_recorded, %s '
        'AS tags, %s FROM (%s) AS f',
                  line_item_part.source, resource, principal,
                  CASE WHEN tagged THEN bedrock_internal.source_tags(line_item_part.source) ELSE 'NULL::jsonb' END,
                  fields, bedrock_internal.source_select(line_item_part.source));
END
$$;
COMMENT ON FUNCTION bedrock_internal.line_item_part(text) IS 'branch of the view bedrock.line_item for one source';

CREATE OR REPLACE FUNCTION bedrock_internal.cur2_part(source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    relation regclass := bedrock_internal.source_relation(cur2_part.source);
    columns text;
    provider text;
BEGIN
    SELECT f.expression INTO STRICT provider FROM bedrock_internal.source_layout(cur2_part.source) AS f
        WHERE f.field = 'provider';

    WITH layout AS (
        SELECT w.name::name::text AS name, f.type, f.column_name, f.expression
        FROM bedrock_internal.source_layout(cur2_part.source) AS f
        JOIN bedrock_internal.source_field() AS s ON s.format = 'cur2' AND s.field = f.field
        CROSS JOIN LATERAL unnest(s.candidates) AS w (name)
        WHERE f.expression NOT LIKE 'NULL::%'
    ), product AS (
        SELECT coalesce('nullif(jsonb_strip_nulls(jsonb_build_object('
                        || string_agg(format('%L, nullif(%s, '''')', replace(y.name, 'product->', ''), y.expression),
                            ', ' ORDER BY y.name)
                        || ')), ''{}'')', 'NULL') AS expression
        FROM layout AS y
        WHERE y.name LIKE 'product->%'
    )
    SELECT string_agg(format(
               '%s::%s AS %I',
               CASE c.name
                   WHEN 'billing_period' THEN
                       coalesce('to_char(' || (SELECT y.expression FROM layout AS y
                           WHERE y.name = 'bill_billing_period_start_date') || ' AT TIME ZONE ''UTC'', ''YYYY-MM'')',
                           'NULL')
                   WHEN 'tags' THEN coalesce(own.expression, bedrock_internal.tags_expression(relation, false, NULL))
                   WHEN 'resource_tags' THEN coalesce(own.expression, bedrock_internal.tags_expression(
                       relation, false, '{resource_tag}'))
                   WHEN 'cost_category' THEN coalesce(own.expression, bedrock_internal.tags_expression(
                       relation, false, '{cost_category,cost_category_map}'))
                   WHEN 'product' THEN coalesce(own.expression, product.expression)
                   ELSE coalesce(CASE c.type WHEN 'text' THEN 'nullif(' || coalesce(own.expression, y.expression)
                       || ', '''')'
                                             ELSE coalesce(own.expression, y.expression) END, 'NULL') END,
               c.type, c.name), ', ' ORDER BY c.ordinal) INTO columns
    FROM (SELECT w.ordinal, w.name, w.type FROM bedrock_internal.cur2_column() AS w) AS c
    CROSS JOIN product
    LEFT JOIN layout AS y ON y.name = c.name
    LEFT JOIN LATERAL (
        SELECT coalesce(bedrock_internal.read_expression(c.type, NULL, r.ref, r.type, NULL),
                        CASE c.type WHEN 'text' THEN format('l.%I::text', r.name) END) AS expression
        FROM bedrock_internal.relation_column(relation) AS r
        WHERE y.name IS NULL AND bedrock_internal.cur2_name(r.name) = c.name
        ORDER BY r.name <> c.name, r.ordinal LIMIT 1) AS own ON true;
    RETURN format('SELECT %s, %L::text AS source FROM %s AS l WHERE bedrock_internal.provider_is_aws(%s)', columns,
        cur2_part.source, relation, provider);
END
$$;
COMMENT ON FUNCTION bedrock_internal.cur2_part(text) IS 'branch of the view bedrock.cur2 for one source';

-- A string: a parsed body would depend on columns of pg_locks, a view that is the server's.
CREATE OR REPLACE FUNCTION bedrock_internal.holds_lock(relation regclass, VARIADIC modes text[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_locks AS l
                   WHERE l.pid = pg_backend_pid() AND l.granted AND l.locktype = 'relation'
                       AND l.relation = holds_lock.relation
                     AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
                     AND l.mode = ANY (modes));
$$;
COMMENT ON FUNCTION bedrock_internal.holds_lock(regclass, text[]) IS
    'whether this transaction holds a lock on the relation in one of these modes (as in pg_locks), which shows that '
    'the role may change the relation';

-- Runs with the rights of the extension's owner, who owns the views; they show a caller only what the caller may read.
-- It can be granted together with everything else: who holds the lock may change the registry, and that alone changes
-- the views.

CREATE OR REPLACE FUNCTION bedrock_internal.replace_views() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry record;
    view_name text;
    line_items text[] := ARRAY[]::text[];
    cur2 text[] := ARRAY[]::text[];
    shown boolean;
    statement text;
BEGIN
    IF NOT bedrock_internal.holds_lock('bedrock.source', 'ShareRowExclusiveLock', 'ExclusiveLock',
        'AccessExclusiveLock') THEN
        RAISE insufficient_privilege USING
            MESSAGE = 'bedrock_internal.replace_views is called with bedrock.source locked',
            DETAIL = 'Only who may change bedrock.source can lock it, and only he may have the views built.',
            HINT = 'Call bedrock.rebuild_views(), which locks it with your rights.';
    END IF;

    FOR entry IN
        SELECT s.source FROM bedrock.source AS s
        WHERE s.line_item AND to_regclass(s.relation) IS NOT NULL
        ORDER BY s.rank
    LOOP
        BEGIN
            line_items := line_items || bedrock_internal.line_item_part(entry.source);
            cur2 := cur2 || bedrock_internal.cur2_part(entry.source);
        EXCEPTION WHEN undefined_column OR datatype_mismatch OR object_not_in_prerequisite_state THEN
            line_items := line_items[1:cardinality(cur2)];
            RAISE WARNING USING MESSAGE = format('source "%s" is left out of bedrock.line_item and bedrock.cur2: %s',
                entry.source, sqlerrm);
        END;
    END LOOP;

    shown := cardinality(cur2) > 0;
    IF NOT shown THEN
        BEGIN
            FOREACH view_name IN ARRAY ARRAY['line_item', 'cur2'] LOOP
                IF to_regclass('bedrock.' || view_name) IS NOT NULL THEN
                    EXECUTE format('DROP VIEW bedrock.%I', view_name);
                END IF;
            END LOOP;
            RETURN 0;
        EXCEPTION WHEN dependent_objects_still_exist THEN
            -- A view of the user depends on one of them: both stay, without rows.
            NULL;
        END;
    END IF;

    SELECT format('CREATE OR REPLACE VIEW bedrock.line_item WITH (security_invoker) AS SELECT %s FROM (%s) AS l '
                  'LEFT JOIN bedrock.charge_categories AS category ON category.line_item_type = '
                  'bedrock_internal.charge_key(l.charge_class, l.line_item_type)',
                  string_agg(CASE WHEN shown THEN format('(%s)::%s AS %I', c.expression, c.type, c.name)
                      ELSE format('NULL::%s AS %I', c.type, c.name) END, ', ' ORDER BY c.ordinal),
                  CASE WHEN shown THEN
                      'SELECT u.*, coalesce(u.usage_type, CASE WHEN u.billing_entity = ''AWS Marketplace'' THEN '
                      'bedrock_internal.described_usage_type(u.line_item_description) END) AS metered, '
                      '@extschema@.is_bedrock(u.product_code, u.billing_entity, u.product_name) OR '
                      '@extschema@.try_bedrock_arn(u.resource_id) IS NOT NULL AS is_bedrock '
                      'FROM (' || array_to_string(line_items, ' UNION ALL ')
                      || ') AS u WHERE bedrock_internal.provider_is_aws(u.provider)'
                  ELSE 'SELECT NULL::text AS charge_class, NULL::text AS line_item_type WHERE false' END)
    INTO STRICT statement
    FROM bedrock_internal.line_item_column() AS c;
    EXECUTE statement;

    SELECT format('CREATE OR REPLACE VIEW bedrock.cur2 WITH (security_invoker) AS %s',
                  CASE WHEN shown THEN array_to_string(cur2, ' UNION ALL ')
                  ELSE 'SELECT ' || string_agg(format('NULL::%s AS %I', c.type, c.name), ', ' ORDER BY c.ordinal)
                      || ', NULL::text AS source WHERE false' END)
    INTO STRICT statement
    FROM bedrock_internal.cur2_column() AS c;
    EXECUTE statement;

    SELECT string_agg(format('COMMENT ON COLUMN bedrock.line_item.%I IS %L', c.name, c.description), '; ') INTO STRICT
        statement
    FROM bedrock_internal.line_item_column() AS c;
    EXECUTE statement;
    SELECT string_agg(format('COMMENT ON COLUMN bedrock.cur2.%I IS %L', c.name,
                             CASE c.name WHEN 'billing_period' THEN 'month of the bill as 2026-03, as in the folders '
                                 'of an export'
                             ELSE 'CUR 2.0 column of this name (' || c.type
                                 || '); NULL where it is empty or the source has none' END), '; ') INTO STRICT statement
    FROM bedrock_internal.cur2_column() AS c;
    EXECUTE statement;
    COMMENT ON COLUMN bedrock.cur2.source IS 'name of the source, bedrock.source; no column of CUR 2.0';
    COMMENT ON VIEW bedrock.line_item IS
        'the lines of every attached source at their own grain and in one shape, Bedrock or not; empty text is NULL. '
        'Lines of two sources with the same bill are here twice, while bedrock.spend counts each cent once. Directly '
        'loaded sources, and sources attached with line_item => false, are not in it. Built by bedrock.attach, not a '
        'member of the extension';
    COMMENT ON VIEW bedrock.cur2 IS
        'the lines of every attached source under the column names of CUR 2.0, whatever their format, so that '
        'published queries run as they are; empty text is NULL, and the column source is last. Lines of two sources '
        'with the same bill are here twice. Built by bedrock.attach, not a member of the extension';
    RETURN cardinality(cur2);
END
$$;
COMMENT ON FUNCTION bedrock_internal.replace_views() IS
    'creates bedrock.line_item and bedrock.cur2 for bedrock.rebuild_views(), with the rights of the owner of the '
    'extension; an error without the lock on bedrock.source that only roles get who may change it';

CREATE OR REPLACE FUNCTION bedrock.rebuild_views() RETURNS integer
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE bedrock.source IN SHARE ROW EXCLUSIVE MODE;
    RETURN bedrock_internal.replace_views();
END
$$;
COMMENT ON FUNCTION bedrock.rebuild_views() IS
    'creates bedrock.line_item and bedrock.cur2 anew from the attached relations that exist, and returns their '
    'number; without any the views are dropped, or emptied where other objects depend on them. A source that cannot '
    'be read is left out with a warning. Needs UPDATE, DELETE or TRUNCATE on bedrock.source; never call it from an '
    'extension script, which would make the views its members';
