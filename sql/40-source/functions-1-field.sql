-- The fields of a bill and the columns that carry them, by format. Field order is the column order of every statement
-- that reads a source. A candidate is a column name, or a key of a map column as column->key; the first that exists is
-- taken, case counting only where two columns differ in nothing else.

CREATE OR REPLACE FUNCTION bedrock_internal.source_field(
    OUT format text, OUT field text, OUT candidates text[], OUT type text, OUT essential boolean, OUT fix text)
        RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT named.format, v.field, named.candidates, v.type, coalesce(v.essential LIKE '%' || left(named.format, 1)
        || '%', false),
           coalesce(
               CASE v.fix
               WHEN 'names' THEN
                   CASE named.format WHEN 'cur2' THEN 'select the column in the export: Billing and Cost Management > '
                       'Data Exports > the export > Edit > columns'
                   WHEN 'legacy' THEN 'legacy reports do not have it: make a CUR 2.0 export (Billing and Cost '
                       'Management > Data Exports)' END
               WHEN 'resources' THEN
                   CASE named.format WHEN 'cur2' THEN 'include resource IDs in the export: Data Exports > the export > '
                       'Edit > Include resource IDs (API: INCLUDE_RESOURCES = TRUE)'
                   WHEN 'legacy' THEN 'include resource IDs in the report: Cost and Usage Reports > the report > '
                       'Include resource IDs (API: AdditionalSchemaElements RESOURCES)' END
               WHEN 'principal' THEN
                   CASE named.format WHEN 'cur2' THEN 'include the caller identity: Data Exports > the export > Edit > '
                       'Include caller identity (IAM principal) allocation data (API: INCLUDE_IAM_PRINCIPAL_DATA = '
                       'TRUE). It fills from that day on; an export that offers no such edit is made anew. Commercial '
                       'regions only'
                   ELSE 'the format has no IAM principal: make a CUR 2.0 export with caller identity (API: '
                       'INCLUDE_IAM_PRINCIPAL_DATA = TRUE) and attach that' END
               WHEN 'net' THEN
                   CASE named.format WHEN 'cur2' THEN 'select the column in the export (Data Exports > the export > '
                       'Edit > columns); it is filled only in periods with a discount'
                   WHEN 'legacy' THEN 'AWS adds the column by itself to a report of an account with discounts; nothing '
                       'to do for an account without' END
               END,
               CASE WHEN cardinality(named.candidates) = 0 OR v.fix = 'none' THEN NULL
               WHEN named.format = 'cur2' THEN 'select the column in the export: Billing and Cost Management > Data '
                   'Exports > the export > Edit > columns'
               WHEN named.format = 'legacy' THEN 'every legacy report has the column: load it as AWS wrote it'
               WHEN v.field = 'usage_type' THEN 'the usage type is SkuMeter in FOCUS 1.2 and later, x_UsageType in '
                   '1.0: select the column in the export (Data Exports > the export > Edit > columns)'
               WHEN v.field = 'invoice_id' THEN 'FOCUS 1.0 has no invoice id: make a FOCUS 1.2 export'
               WHEN v.field = 'product_code' THEN 'x_ServiceCode is AWS''s own column, in exports named FOCUS with AWS '
                   'columns; without it the service name and the resource id decide'
               ELSE 'select the column in the FOCUS export: Billing and Cost Management > Data Exports > the export > '
                   'Edit > columns' END)
    FROM (VALUES
        -- field, type, essential in (c)ur2, (l)egacy, (f)ocus, fix, columns of CUR 2.0, legacy, FOCUS
        ('payer_account_id', 'text', 'clf', NULL, '{bill_payer_account_id}'::text[],
            '{bill/PayerAccountId,bill_payer_account_id}'::text[], '{BillingAccountId}'::text[]),
        ('account_id', 'text', 'clf', NULL, '{line_item_usage_account_id}',
            '{lineItem/UsageAccountId,line_item_usage_account_id}', '{SubAccountId}'),
        ('account_name', 'text', '', 'names', '{line_item_usage_account_name}',
            '{lineItem/UsageAccountName,line_item_usage_account_name}', '{SubAccountName}'),
        ('billing_entity', 'text', 'cl', NULL, '{bill_billing_entity}', '{bill/BillingEntity,bill_billing_entity}',
            '{}'),
        ('legal_entity', 'text', '', NULL, '{line_item_legal_entity}', '{lineItem/LegalEntity,line_item_legal_entity}',
            '{}'),
        ('invoicing_entity', 'text', '', NULL, '{bill_invoicing_entity}',
            '{bill/InvoicingEntity,bill_invoicing_entity}', '{InvoiceIssuerName}'),
        ('invoice_id', 'text', '', NULL, '{bill_invoice_id}', '{bill/InvoiceId,bill_invoice_id}', '{InvoiceId}'),
        ('line_item_type', 'text', 'clf', NULL, '{line_item_line_item_type}',
            '{lineItem/LineItemType,line_item_line_item_type}', '{ChargeCategory}'),
        ('charge_class', 'text', '', NULL, '{}', '{}', '{ChargeClass}'),
        ('line_item_description', 'text', '', NULL, '{line_item_line_item_description}',
            '{lineItem/LineItemDescription,line_item_line_item_description}', '{ChargeDescription}'),
        ('product_code', 'text', 'cl', NULL, '{line_item_product_code}',
            '{lineItem/ProductCode,line_item_product_code}', '{x_ServiceCode}'),
        ('product_name', 'text', 'clf', NULL, '{product_product_name,product->product_name}',
            '{product/ProductName,product_product_name}', '{ServiceName}'),
        -- FOCUS 1.4 has no ProviderName any more: bedrock_internal.focus_provider.
        ('provider', 'text', '', 'none', '{}', '{}', '{ProviderName}'),
        ('service_provider', 'text', '', 'none', '{}', '{}', '{ServiceProviderName}'),
        ('host_provider', 'text', '', 'none', '{}', '{}', '{HostProviderName}'),
        ('sku', 'text', '', NULL, '{product_sku}', '{product/sku,product_sku}', '{SkuId}'),
        ('usage_type', 'text', 'cl', NULL, '{line_item_usage_type}', '{lineItem/UsageType,line_item_usage_type}',
            '{x_UsageType,SkuMeter}'),
        ('sku_meter', 'text', '', 'none', '{}', '{}', '{SkuMeter}'),
        ('operation', 'text', '', NULL, '{line_item_operation}', '{lineItem/Operation,line_item_operation}',
            '{x_Operation}'),
        ('pricing_unit', 'text', '', NULL, '{pricing_unit}', '{pricing/unit,pricing_unit}', '{PricingUnit}'),
        ('pricing_term', 'text', '', NULL, '{pricing_term}', '{pricing/term,pricing_term}', '{PricingCategory}'),
        ('resource_id', 'text', '', 'resources', '{line_item_resource_id}',
            '{lineItem/ResourceId,line_item_resource_id}', '{ResourceId}'),
        ('iam_principal', 'text', '', 'principal', '{line_item_iam_principal}', '{}', '{}'),
        ('user_identifier', 'text', '', NULL, '{line_item_user_identifier}', '{}', '{}'),
        ('region_code', 'text', '', NULL, '{product_region_code,product->region,product_region}',
            '{product/regionCode,product/region,product_region_code,product_region}', '{RegionId}'),
        ('currency', 'text', 'clf', NULL, '{line_item_currency_code}',
            '{lineItem/CurrencyCode,line_item_currency_code}', '{BillingCurrency}'),
        ('reservation_arn', 'text', '', NULL, '{reservation_reservation_a_r_n}',
            '{reservation/ReservationARN,reservation_reservation_a_r_n}', '{}'),
        ('billing_period_start', 'timestamptz', 'clf', NULL, '{bill_billing_period_start_date}',
            '{bill/BillingPeriodStartDate,bill_billing_period_start_date}', '{BillingPeriodStart}'),
        ('usage_start', 'timestamptz', 'clf', NULL, '{line_item_usage_start_date}',
            '{lineItem/UsageStartDate,line_item_usage_start_date}', '{ChargePeriodStart}'),
        ('usage_end', 'timestamptz', 'clf', NULL, '{line_item_usage_end_date}',
            '{lineItem/UsageEndDate,line_item_usage_end_date}', '{ChargePeriodEnd}'),
        ('usage_amount', 'numeric', '', NULL, '{line_item_usage_amount}',
            '{lineItem/UsageAmount,line_item_usage_amount}', '{PricingQuantity}'),
        ('unblended_cost', 'numeric', 'cl', NULL, '{line_item_unblended_cost}',
            '{lineItem/UnblendedCost,line_item_unblended_cost}', '{}'),
        ('blended_cost', 'numeric', '', NULL, '{line_item_blended_cost}',
            '{lineItem/BlendedCost,line_item_blended_cost}', '{}'),
        ('net_unblended_cost', 'numeric', 'f', 'net', '{line_item_net_unblended_cost}',
            '{lineItem/NetUnblendedCost,line_item_net_unblended_cost}', '{BilledCost}'),
        ('net_amortized_cost', 'numeric', 'f', NULL, '{}', '{}', '{EffectiveCost}'),
        ('public_on_demand_cost', 'numeric', '', NULL, '{pricing_public_on_demand_cost}',
            '{pricing/publicOnDemandCost,pricing_public_on_demand_cost}', '{ListCost}'),
        ('savings_plan_effective_cost', 'numeric', '', NULL, '{savings_plan_savings_plan_effective_cost}',
            '{savingsPlan/SavingsPlanEffectiveCost,savings_plan_savings_plan_effective_cost}', '{}'),
        ('savings_plan_total_commitment', 'numeric', '', NULL, '{savings_plan_total_commitment_to_date}',
            '{savingsPlan/TotalCommitmentToDate,savings_plan_total_commitment_to_date}', '{}'),
        ('savings_plan_used_commitment', 'numeric', '', NULL, '{savings_plan_used_commitment}',
            '{savingsPlan/UsedCommitment,savings_plan_used_commitment}', '{}'),
        ('savings_plan_amortized_upfront_commitment', 'numeric', '', NULL,
            '{savings_plan_amortized_upfront_commitment_for_billing_period}',
            '{savingsPlan/AmortizedUpfrontCommitmentForBillingPeriod,'
            'savings_plan_amortized_upfront_commitment_for_billing_period}', '{}'),
        ('savings_plan_recurring_commitment', 'numeric', '', NULL,
            '{savings_plan_recurring_commitment_for_billing_period}',
            '{savingsPlan/RecurringCommitmentForBillingPeriod,savings_plan_recurring_commitment_for_billing_period}',
            '{}'),
        ('net_savings_plan_effective_cost', 'numeric', '', 'net', '{savings_plan_net_savings_plan_effective_cost}',
            '{savingsPlan/NetSavingsPlanEffectiveCost,savings_plan_net_savings_plan_effective_cost}', '{}'),
        ('savings_plan_net_amortized_upfront_commitment', 'numeric', '', 'net',
            '{savings_plan_net_amortized_upfront_commitment_for_billing_period}',
            '{savingsPlan/NetAmortizedUpfrontCommitmentForBillingPeriod,'
            'savings_plan_net_amortized_upfront_commitment_for_billing_period}', '{}'),
        ('savings_plan_net_recurring_commitment', 'numeric', '', 'net',
            '{savings_plan_net_recurring_commitment_for_billing_period}',
            '{savingsPlan/NetRecurringCommitmentForBillingPeriod,'
            'savings_plan_net_recurring_commitment_for_billing_period}', '{}'),
        ('reservation_effective_cost', 'numeric', '', NULL, '{reservation_effective_cost}',
            '{reservation/EffectiveCost,reservation_effective_cost}', '{}'),
        ('reservation_unused_amortized_upfront_fee', 'numeric', '', NULL,
            '{reservation_unused_amortized_upfront_fee_for_billing_period}',
            '{reservation/UnusedAmortizedUpfrontFeeForBillingPeriod,'
            'reservation_unused_amortized_upfront_fee_for_billing_period}', '{}'),
        ('reservation_unused_recurring_fee', 'numeric', '', NULL, '{reservation_unused_recurring_fee}',
            '{reservation/UnusedRecurringFee,reservation_unused_recurring_fee}', '{}'),
        ('reservation_net_effective_cost', 'numeric', '', 'net', '{reservation_net_effective_cost}',
            '{reservation/NetEffectiveCost,reservation_net_effective_cost}', '{}'),
        ('reservation_net_unused_amortized_upfront_fee', 'numeric', '', 'net',
            '{reservation_net_unused_amortized_upfront_fee_for_billing_period}',
            '{reservation/NetUnusedAmortizedUpfrontFeeForBillingPeriod,'
            'reservation_net_unused_amortized_upfront_fee_for_billing_period}', '{}'),
        ('reservation_net_unused_recurring_fee', 'numeric', '', 'net', '{reservation_net_unused_recurring_fee}',
            '{reservation/NetUnusedRecurringFee,reservation_net_unused_recurring_fee}', '{}')
    ) AS v (field, type, essential, fix, cur2, legacy, focus)
    CROSS JOIN LATERAL (VALUES ('cur2', v.cur2), ('legacy', v.legacy), ('focus', v.focus))
        AS named (format, candidates);
END;
COMMENT ON FUNCTION bedrock_internal.source_field() IS
    'columns that carry each field of a bill, by format (cur2, legacy, focus) and in order of preference: candidates '
    '(column->key: a key of a map column; empty: the format has none), type, essential (refused without it, unless '
    'forced), fix (what to switch on when it is absent; NULL: nothing)';
