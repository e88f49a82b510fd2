-- Attributed spend as rows of FOCUS, with the columns of allocation that FOCUS has since 1.3.

CREATE OR REPLACE FUNCTION bedrock.focus_export(period date DEFAULT NULL)
    RETURNS TABLE (
        "AllocatedMethodDetails" jsonb, "AllocatedMethodId" text, "AllocatedResourceId" text,
        "AllocatedResourceName" text, "AllocatedTags" jsonb, "AvailabilityZone" text, "BilledCost" numeric,
        "BillingAccountId" text, "BillingAccountName" text, "BillingAccountType" text, "BillingCurrency" text,
        "BillingPeriodEnd" text, "BillingPeriodStart" text, "CapacityReservationId" text,
        "CapacityReservationStatus" text, "ChargeCategory" text, "ChargeClass" text, "ChargeDescription" text,
        "ChargeFrequency" text, "ChargePeriodEnd" text, "ChargePeriodStart" text,
        "CommitmentDiscountCategory" text, "CommitmentDiscountId" text, "CommitmentDiscountName" text,
        "CommitmentDiscountQuantity" numeric, "CommitmentDiscountStatus" text, "CommitmentDiscountType" text,
        "CommitmentDiscountUnit" text, "ConsumedQuantity" numeric, "ConsumedUnit" text, "ContractedCost" numeric,
        "ContractedUnitPrice" numeric, "EffectiveCost" numeric, "HostProviderName" text, "InvoiceId" text,
        "InvoiceIssuerName" text, "ListCost" numeric, "ListUnitPrice" numeric, "PricingCategory" text,
        "PricingCurrency" text, "PricingCurrencyContractedUnitPrice" numeric,
        "PricingCurrencyEffectiveCost" numeric, "PricingCurrencyListUnitPrice" numeric, "PricingQuantity" numeric,
        "PricingUnit" text, "ProviderName" text, "PublisherName" text, "RegionId" text, "RegionName" text,
        "ResourceId" text, "ResourceName" text, "ResourceType" text, "ServiceCategory" text, "ServiceName" text,
        "ServiceProviderName" text, "ServiceSubcategory" text, "SkuId" text, "SkuMeter" text,
        "SkuPriceDetails" jsonb, "SkuPriceId" text, "SubAccountId" text, "SubAccountName" text,
        "SubAccountType" text, "Tags" jsonb, "x_Workload" text, "x_Owner" text, "x_ElementPath" text,
        "x_Customer" text, "x_Department" text, "x_ChargeKind" text, "x_OriginWorkload" text, "x_PrincipalId" text,
        "x_ChargeType" text, "x_Operation" text, "x_ServiceCode" text, "x_Tokens" numeric, "x_ListCostBasis" text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_nestloop = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    month date := bedrock_internal.month_of(coalesce(focus_export.period, bedrock.latest_period()));
    visible record;
BEGIN
    SELECT * INTO visible FROM bedrock_internal.visible_charges(bedrock_internal.calling_role(), month);
    -- BilledCost is divided by chargeback; the other amounts of a charge are divided as that is, and sum to it as well.
    RETURN QUERY
    WITH part AS MATERIALIZED (
        SELECT row_number() OVER (PARTITION BY c.charge ORDER BY c.workload COLLATE "C", c.charge_kind, c.line_ratio,
                                  c.cost, c.customer COLLATE "C", c.department COLLATE "C") AS place,
               count(*) OVER (PARTITION BY c.charge) AS parts, c.*
        FROM bedrock_internal.allocated_charges(month, 'net_unblended') AS c),
    whole AS MATERIALIZED (
        SELECT w.charge, u.place, u.unblended_cost, u.net_amortized_cost, u.list_cost, u.usage_amount, u.tokens
        FROM (SELECT p.charge, p.unblended_cost, p.net_amortized_cost, p.list_cost, p.usage_amount, p.tokens,
                     array_agg(p.line_ratio ORDER BY p.place) AS ratios
              FROM part AS p WHERE p.parts > 1
              GROUP BY p.charge, p.unblended_cost, p.net_amortized_cost, p.list_cost, p.usage_amount, p.tokens) AS w
        CROSS JOIN LATERAL unnest(
            bedrock_internal.shares(w.unblended_cost, w.ratios),
            bedrock_internal.shares(w.net_amortized_cost, w.ratios),
            bedrock_internal.shares(w.list_cost, w.ratios), bedrock_internal.shares(w.usage_amount, w.ratios),
            bedrock_internal.shares(w.tokens, w.ratios)) WITH ORDINALITY
            AS u (unblended_cost, net_amortized_cost, list_cost, usage_amount, tokens, place)),
    divided AS (
        SELECT p.bill_id, p.dimension_id, p.attribution_id, p.payer_account_id, p.account_id, p.currency,
               p.charge_category, p.workload, p.owner, p.element_path, p.customer, p.department, p.charge_kind,
               p.origin, p.method_id, p.allocation_key, p.key_quantity, p.line_ratio, p.cost,
               CASE WHEN p.parts = 1 THEN p.unblended_cost ELSE w.unblended_cost END AS unblended_cost,
               CASE WHEN p.parts = 1 THEN p.net_amortized_cost ELSE w.net_amortized_cost END
                   AS net_amortized_cost,
               CASE WHEN p.parts = 1 THEN p.list_cost ELSE w.list_cost END AS list_cost,
               CASE WHEN p.parts = 1 THEN p.usage_amount ELSE w.usage_amount END AS usage_amount,
               CASE WHEN p.parts = 1 THEN p.tokens ELSE w.tokens END AS tokens
        FROM part AS p LEFT JOIN whole AS w ON w.charge = p.charge AND w.place = p.place)
    SELECT CASE WHEN p.method_id IS NOT NULL THEN jsonb_build_object('Elements', jsonb_build_array(
               jsonb_strip_nulls(jsonb_build_object('AllocatedRatio', trim_scale(p.line_ratio),
                   'UsageUnit', p.allocation_key, 'UsageQuantity', trim_scale(p.key_quantity))))) END,
           p.method_id,
           CASE WHEN p.charge_kind IN ('spread', 'shared') THEN p.workload END,
           CASE WHEN p.charge_kind IN ('spread', 'shared') THEN p.workload END,
           CASE WHEN p.charge_kind IN ('spread', 'shared') THEN jsonb_strip_nulls(jsonb_build_object(
               'workload', p.workload, 'owner', p.owner, 'element_path', p.element_path,
               'customer', nullif(p.customer, '(untagged)'), 'department', nullif(p.department, '(untagged)'))) END,
           NULL,
           p.cost,
           p.payer_account_id,
           NULL,
           'Account',
           p.currency,
           m.period_end,
           m.period_start,
           NULL,
           NULL,
           CASE p.charge_category WHEN 'usage' THEN 'Usage' WHEN 'tax' THEN 'Tax' WHEN 'credit' THEN 'Credit'
               WHEN 'fee' THEN 'Purchase' WHEN 'commitment_fee' THEN 'Purchase' ELSE 'Adjustment' END,
           CASE WHEN d.charge_class = 'Correction' THEN 'Correction' END,
           d.charge_description,
           CASE p.charge_category WHEN 'usage' THEN 'Usage-Based' WHEN 'commitment_fee' THEN 'Recurring'
               ELSE 'One-Time' END,
           m.period_end,
           m.period_start,
           NULL,
           NULL,
           NULL,
           NULL::numeric,
           NULL,
           NULL,
           NULL,
           p.usage_amount,
           CASE WHEN p.usage_amount IS NOT NULL THEN d.pricing_unit END,
           coalesce(p.unblended_cost, p.cost),
           NULL::numeric,
           p.net_amortized_cost,
           'AWS',
           b.invoice_id,
           coalesce(b.invoicing_entity, b.legal_entity, 'AWS'),
           coalesce(p.list_cost, p.unblended_cost, p.cost),
           NULL::numeric,
           CASE WHEN p.charge_category = 'usage' THEN CASE d.pricing_model WHEN 'reserved' THEN 'Committed'
               WHEN 'provisioned' THEN 'Other' ELSE 'Standard' END END,
           NULL,
           NULL::numeric,
           NULL::numeric,
           NULL::numeric,
           p.usage_amount,
           CASE WHEN p.usage_amount IS NOT NULL THEN d.pricing_unit END,
           'AWS',
           coalesce(b.legal_entity, 'AWS'),
           d.region,
           NULL,
           d.resource_id,
           i.profile_name,
           d.resource_type,
           'AI and Machine Learning',
           coalesce(nullif(d.product_name, ''), 'Amazon Bedrock'),
           'AWS',
           'Generative AI',
           d.sku,
           d.usage_type,
           CASE WHEN d.model_id IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object('ModelId', d.model_id,
               'ModelFamily', d.model_family, 'ModelDeveloper', d.provider,
               'ModelVersion', substring(d.model_id, '(v[0-9]+(?::[0-9]+)?)$'), 'x_TokenKind', d.token_kind,
               'x_Tier', d.tier)) END,
           NULL,
           p.account_id,
           d.account_name,
           CASE WHEN p.account_id IS NOT NULL THEN 'Account' END,
           d.tags,
           p.workload,
           p.owner,
           p.element_path,
           p.customer,
           p.department,
           p.charge_kind,
           p.origin,
           d.principal_key,
           d.charge_type,
           d.operation,
           d.product_code,
           p.tokens,
           CASE WHEN p.list_cost IS NULL THEN 'none' WHEN d.list_known THEN 'bill' ELSE 'book' END
    FROM divided AS p
    JOIN bedrock.dimension AS d ON d.dimension_id = p.dimension_id
    JOIN bedrock.bill_total AS b ON b.bill_id = p.bill_id
    JOIN bedrock.attribution AS i ON i.attribution_id = p.attribution_id
    -- As ISO 8601 writes them, which FOCUS asks for, whatever the settings of a session.
    CROSS JOIN (SELECT to_char(month, 'YYYY-MM-DD') || 'T00:00:00Z' AS period_start,
                       to_char(month + interval '1 month', 'YYYY-MM-DD') || 'T00:00:00Z' AS period_end) AS m
    WHERE visible.sees_all OR p.workload = ANY (visible.workloads) OR p.account_id = ANY (visible.accounts);
END
$$;
COMMENT ON FUNCTION bedrock.focus_export(date) IS
    'attributed spend of a billing period (any day of it; NULL: the latest) as rows of FOCUS 1.3, a month each, with '
    'the columns of 1.2 as well; columns of our own begin with x_. BilledCost is net_unblended_cost, divided by '
    'bedrock.chargeback in that metric, EffectiveCost net_amortized_cost; ListCost is ContractedCost where '
    'x_ListCostBasis is none. Allocated columns are NULL on what is not allocated, AllocatedResourceId, the workload, '
    'also on what could not be. FOCUS columns that the bill does not state are NULL. A caller sees the rows of its '
    'scope';
