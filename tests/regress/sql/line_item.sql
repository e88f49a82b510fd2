-- bedrock.line_item and bedrock.cur2: the same twenty lines as CUR 2.0, legacy CUR and FOCUS, in every shape they come in.
SET client_min_messages = warning;
SET timezone = 'Asia/Tokyo';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
CREATE SCHEMA bill;

-- CUR 2.0 with map columns, as a Parquet export gives it.
CREATE TABLE bill.cur2 (
    n int, bill_payer_account_id text, line_item_usage_account_id text, line_item_usage_account_name text, bill_billing_entity text,
    line_item_legal_entity text, bill_invoicing_entity text, bill_invoice_id text, bill_billing_period_start_date timestamp,
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text, line_item_line_item_description text,
    line_item_product_code text, product jsonb, product_sku text, line_item_usage_type text, line_item_operation text, pricing_unit text,
    pricing_term text, line_item_resource_id text, line_item_iam_principal text, product_region_code text, line_item_currency_code text,
    line_item_usage_amount double precision, line_item_unblended_cost double precision, line_item_blended_cost double precision,
    line_item_net_unblended_cost double precision, pricing_public_on_demand_cost double precision, resource_tags jsonb, cost_category jsonb, tags jsonb);
INSERT INTO bill.cur2
SELECT v.n, '000000000111', v.account, CASE v.account WHEN '000000000222' THEN 'research' WHEN '333333333333' THEN 'shop' END,
       CASE WHEN v.code ~ '^[0-9a-z]{26}$' THEN 'AWS Marketplace' ELSE 'AWS' END,
       CASE WHEN v.code ~ '^[0-9a-z]{26}$' THEN 'Anthropic' ELSE 'Amazon Web Services, Inc.' END, 'Amazon Web Services, Inc.', CASE WHEN v.n < 18 THEN '2000001' ELSE '' END,
       '2026-03-01', v.started::timestamp, v.started::timestamp + v.long::interval, v.type, v.description, v.code,
       jsonb_build_object('product_name', v.product, 'region', v.region), 'SKU' || v.n, v.usage_type, v.operation, v.unit, 'OnDemand',
       v.resource, v.principal, v.region, 'USD', v.amount, v.cost, v.cost, v.cost * 0.9, v.public, v.resource_tags::jsonb, v.category::jsonb, v.tags::jsonb
FROM (VALUES
    (1, '000000000222', '2026-03-01 00:00', '1 hour', 'Usage', '$0.0008 per 1K input tokens', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-NovaPro-input-tokens', 'InvokeModelInference', '1K tokens', 'arn:aws:bedrock:us-east-1:000000000222:application-inference-profile/06vsfs68yb4g', 'arn:aws:sts::000000000222:assumed-role/Chat/ann@acme.org', 1234.5678, 0.98765424, 0.98765424, '{"user_team":"chat","user_cost_center":"42"}', '{}', '{"user_team":"chat","iamPrincipal/team":"ops"}'),
    (2, '000000000222', '2026-03-01 00:00', '1 hour', 'Usage', '$0.0032 per 1K output tokens', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-NovaPro-output-tokens', 'InvokeModelInference', '1K tokens', 'arn:aws:bedrock:us-east-1:000000000222:application-inference-profile/06vsfs68yb4g', 'arn:aws:sts::000000000222:assumed-role/Chat/bob', 0.1, 0.1, 0.1, '{"user_team":"chat","user_cost_center":"42"}', '{}', '{}'),
    (3, '000000000222', '2026-03-01 23:00', '1 hour', 'Usage', 'AWS Marketplace software usage|us-west-2|Million Input Tokens', '4a524th30q694o538qndh9ucht', 'Claude 3.5 Sonnet (Amazon Bedrock Edition)', 'us-west-2', 'USW2-MP:USW2_InputTokenCount-Units', 'Usage', 'Units', 'arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0', '', 0.02645, 0.07935, 0, '{}', '{"cost_center":"rd"}', '{}'),
    (4, '000000000222', '2026-03-01 23:00', '1 hour', 'Usage', 'AWS Marketplace software usage|us-west-2|Million Response Tokens', '4a524th30q694o538qndh9ucht', 'Claude 3.5 Sonnet (Amazon Bedrock Edition)', 'us-west-2', 'USW2-MP:USW2_OutputTokenCount-Units', 'Usage', 'Units', 'arn:aws:bedrock:us-west-2:000000000222:inference-profile/us.anthropic.claude-3-5-sonnet-20240620-v1:0', 'arn:aws:iam::000000000222:user/carl@acme.org', 0.3, 4.5, 0, '{"user_team":""}', '{}', '{"userAttribute/department":"sales"}'),
    (5, '333333333333', '2026-03-02 10:00', '1 hour', 'Usage', 'cache read', 'AmazonBedrock', 'Amazon Bedrock', 'eu-west-1', 'EU-NovaLite-cache-read-input-token-count', 'InvokeModelInference', '1K tokens', '', '', 5, 0.001, 0.001, '{}', '{}', '{}'),
    (6, '333333333333', '2026-03-02 10:00', '1 hour', 'Usage', 'cache write', 'AmazonBedrockFoundationModels', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'us-east-1', 'USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units', 'InvokeModelInference', '1M tokens', 'arn:aws:bedrock:us-east-1:333333333333:inference-profile/global.anthropic.claude-sonnet-4-6', 'arn:aws:iam::333333333333:user/BedrockAPIKey-ab12', 0.001, 0.006, 0, '{}', '{}', '{"iamPrincipal/cost-center":"7"}'),
    (7, '333333333333', '2026-03-02 10:00', '1 hour', 'Usage', 'guardrail', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 'ApplyGuardrail', 'TextUnit', 'arn:aws:bedrock:us-east-1:333333333333:guardrail/abc123def456', '', 100, 0.015, 0.015, '{"aws_created_by":"root"}', '{}', '{}'),
    (8, '333333333333', '2026-03-03 00:00', '1 day', 'Usage', 'batch', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-NovaMicro-input-tokens-batch', 'InvokeModelInference', '1K tokens', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0', '', 17, 0.0003, 0.0003, '{}', '{}', '{"team":"a","user:Team":"b"}'),
    (9, '333333333333', '2026-03-03 00:00', '1 hour', 'Usage', 'EC2', 'AmazonEC2', 'Amazon Elastic Compute Cloud', 'us-east-1', 'BoxUsage:t3.micro', 'RunInstances', 'Hrs', 'i-0123456789', '', 1, 0.0104, 0.0104, '{"user_team":"web"}', '{}', '{}'),
    (10, '333333333333', '2026-03-03 00:00', '1 hour', 'Usage', 'AWS Marketplace hourly software usage|us-east-1|t3.micro', 'b7x9l2m4n6p8q0r1s3t5u7v9w1', 'Some Firewall', 'us-east-1', 'USE1-MP:USE1_SoftwareHours-Units', 'Usage', 'Units', '', '', 1, 2, 0, '{}', '{}', '{}'),
    (11, '333333333333', '2026-03-03 00:00', '1 hour', 'EdpDiscount', 'discount', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-NovaPro-input-tokens', 'InvokeModelInference', '1K tokens', '', '', 1234.5678, -0.0987, 0, '{}', '{}', '{}'),
    (12, '000000000111', '2026-03-01 00:00', '31 days', 'Tax', 'Tax for product code AmazonBedrock', 'AmazonBedrock', 'Amazon Bedrock', '', '', '', '', '', '', 1, 1.25, 0, '{}', '{}', '{}'),
    (13, '000000000111', '2026-03-01 00:00', '31 days', 'Credit', 'Promotion', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-NovaPro-input-tokens', 'InvokeModelInference', '1K tokens', '', '', 1234.5678, -1, 0, '{}', '{}', '{}'),
    (14, '000000000111', '2026-03-15 00:00', '1 hour', 'Refund', 'Refund', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-NovaPro-input-tokens', 'InvokeModelInference', '1K tokens', '', '', 3, -0.5, 0, '{}', '{}', '{}'),
    (15, '333333333333', '2026-03-01 00:00', '31 days', 'Fee', 'Sign up charge', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-NovaPro-ProvisionedThroughput-1month-ModelUnits', 'ProvisionedThroughput', 'hour', 'arn:aws:bedrock:us-east-1:333333333333:provisioned-model/qwerty123456', '', 1, 100, 0, '{}', '{}', '{}'),
    (16, '333333333333', '2026-03-04 00:00', '1 hour', 'SavingsPlanNegation', 'sp', 'AmazonEC2', 'Amazon Elastic Compute Cloud', 'us-east-1', 'BoxUsage:t3.micro', 'RunInstances', 'Hrs', '', '', 1, -0.0104, 0, '{}', '{}', '{}'),
    (17, '333333333333', '2026-03-04 00:00', '1 hour', 'NewThing', 'a line type nobody knows', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-NovaPro-input-tokens', 'InvokeModelInference', '1K tokens', '', '', 1, 0.5, 0, '{}', '{}', '{}'),
    (18, '333333333333', '2026-03-31 23:00', '1 hour', 'Usage', 'long context, mantle', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-openai.gpt-5.6-luna-mantle-cache-write-tokens-5m-long-ctx-flex', 'InvokeModelInference', '1M tokens', 'arn:aws:bedrock-mantle:us-east-1:333333333333:project/proj_a1b2', 'arn:aws:sts::333333333333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/dora@acme.org', 0.000001, 0.00000125, 0.00000125, '{"user_project":"p"}', '{}', '{}'),
    (19, '333333333333', '2026-03-31 23:00', '1 hour', 'Usage', 'a resource of Bedrock under another code', 'SomethingNew', 'Something New', 'us-east-1', 'USE1-New', 'New', 'Units', 'arn:aws:bedrock:us-east-1:333333333333:agent/AGENT12345', '', 1, 0.25, 0, '{}', '{}', '{}'),
    (20, '333333333333', '2026-03-31 23:00', '1 hour', 'Usage', 'exact to the last digit', 'AmazonBedrock', 'Amazon Bedrock', 'us-east-1', 'USE1-NovaPro-input-tokens', 'InvokeModelInference', '1K tokens', '', '', 0.30000000000000004, 1e-12, 1e-12, '{}', '{}', '{}')
) AS v (n, account, started, long, type, description, code, product, region, usage_type, operation, unit, resource, principal, amount, cost, public, resource_tags, category, tags);

-- The same as text throughout, maps as JSON text, as a CSV loaded without types.
DO $$
BEGIN
    EXECUTE 'CREATE TABLE bill.cur2_text AS SELECT ' || (SELECT string_agg(
        CASE WHEN data_type LIKE 'timestamp%' THEN format('to_char(%1$I, ''YYYY-MM-DD"T"HH24:MI:SS"Z"'') AS %1$I', column_name)
             ELSE format('coalesce(%1$I::text, '''') AS %1$I', column_name) END, ', ' ORDER BY ordinal_position)
        FROM information_schema.columns WHERE table_schema = 'bill' AND table_name = 'cur2') || ' FROM bill.cur2';
END $$;

-- Flattened: one column a product attribute and a tag, varchar, a domain, dates with zone, json.
CREATE DOMAIN bill.money AS numeric;
CREATE TABLE bill.cur2_flat AS
SELECT n, bill_payer_account_id::varchar(12), line_item_usage_account_id::bigint, line_item_usage_account_name::varchar, bill_billing_entity, line_item_legal_entity,
       bill_invoicing_entity, bill_invoice_id, bill_billing_period_start_date::date, line_item_usage_start_date AT TIME ZONE 'UTC' AS line_item_usage_start_date,
       line_item_usage_end_date::text AS line_item_usage_end_date, line_item_line_item_type, line_item_line_item_description, line_item_product_code,
       product ->> 'product_name' AS product_product_name, product ->> 'region' AS product_region, product_sku, line_item_usage_type, line_item_operation,
       pricing_unit, line_item_resource_id, line_item_iam_principal, line_item_currency_code, line_item_usage_amount::text::bill.money AS line_item_usage_amount,
       line_item_unblended_cost::text::bill.money AS line_item_unblended_cost, line_item_blended_cost, line_item_net_unblended_cost, pricing_public_on_demand_cost,
       resource_tags ->> 'user_team' AS resource_tags_user_team, resource_tags ->> 'user_cost_center' AS resource_tags_user_cost_center,
       resource_tags ->> 'user_project' AS resource_tags_user_project, resource_tags ->> 'aws_created_by' AS resource_tags_aws_created_by,
       cost_category ->> 'cost_center' AS cost_category_cost_center, tags::json AS tags
FROM bill.cur2;

-- Legacy CUR under its CSV names, all text, and under Athena's.
CREATE TABLE bill.legacy_csv AS
SELECT n, bill_payer_account_id AS "bill/PayerAccountId", line_item_usage_account_id AS "lineItem/UsageAccountId", bill_billing_entity AS "bill/BillingEntity",
       line_item_legal_entity AS "lineItem/LegalEntity", bill_invoicing_entity AS "bill/InvoicingEntity", bill_invoice_id AS "bill/InvoiceId",
       bill_billing_period_start_date AS "bill/BillingPeriodStartDate", line_item_usage_start_date AS "lineItem/UsageStartDate",
       line_item_usage_end_date AS "lineItem/UsageEndDate", line_item_line_item_type AS "lineItem/LineItemType",
       line_item_line_item_description AS "lineItem/LineItemDescription", line_item_product_code AS "lineItem/ProductCode",
       product::jsonb ->> 'product_name' AS "product/ProductName", product::jsonb ->> 'region' AS "product/region", product_sku AS "product/sku",
       line_item_usage_type AS "lineItem/UsageType", line_item_operation AS "lineItem/Operation", pricing_unit AS "pricing/unit", pricing_term AS "pricing/term",
       line_item_resource_id AS "lineItem/ResourceId", line_item_currency_code AS "lineItem/CurrencyCode", line_item_usage_amount AS "lineItem/UsageAmount",
       line_item_unblended_cost AS "lineItem/UnblendedCost", line_item_blended_cost AS "lineItem/BlendedCost", line_item_net_unblended_cost AS "lineItem/NetUnblendedCost",
       pricing_public_on_demand_cost AS "pricing/publicOnDemandCost", resource_tags::jsonb ->> 'user_team' AS "resourceTags/user:Team",
       resource_tags::jsonb ->> 'user_cost_center' AS "resourceTags/user:CostCenter", resource_tags::jsonb ->> 'user_project' AS "resourceTags/user:project",
       resource_tags::jsonb ->> 'aws_created_by' AS "resourceTags/aws:createdBy", cost_category::jsonb ->> 'cost_center' AS "costCategory/CostCenter"
FROM bill.cur2_text;
CREATE TABLE bill.legacy_athena AS
SELECT n, "bill/PayerAccountId" AS bill_payer_account_id, "lineItem/UsageAccountId" AS line_item_usage_account_id, "bill/BillingEntity" AS bill_billing_entity,
       "lineItem/LegalEntity" AS line_item_legal_entity, "bill/InvoicingEntity" AS bill_invoicing_entity, "bill/InvoiceId" AS bill_invoice_id,
       "bill/BillingPeriodStartDate"::timestamp AS bill_billing_period_start_date, "lineItem/UsageStartDate"::timestamp AS line_item_usage_start_date,
       "lineItem/UsageEndDate"::timestamp AS line_item_usage_end_date, "lineItem/LineItemType" AS line_item_line_item_type,
       "lineItem/LineItemDescription" AS line_item_line_item_description, "lineItem/ProductCode" AS line_item_product_code,
       "product/ProductName" AS product_product_name, "product/region" AS product_region, "product/sku" AS product_sku,
       "lineItem/UsageType" AS line_item_usage_type, "lineItem/Operation" AS line_item_operation, "pricing/unit" AS pricing_unit,
       "lineItem/ResourceId" AS line_item_resource_id, "lineItem/CurrencyCode" AS line_item_currency_code,
       nullif("lineItem/UsageAmount", '')::double precision AS line_item_usage_amount, nullif("lineItem/UnblendedCost", '')::double precision AS line_item_unblended_cost,
       nullif("lineItem/BlendedCost", '')::double precision AS line_item_blended_cost, nullif("lineItem/NetUnblendedCost", '')::double precision AS line_item_net_unblended_cost,
       nullif("pricing/publicOnDemandCost", '')::double precision AS pricing_public_on_demand_cost,
       "resourceTags/user:Team" AS resource_tags_user_team, "resourceTags/user:CostCenter" AS resource_tags_user_cost_center, "resourceTags/user:project" AS resource_tags_user_project,
       "resourceTags/aws:createdBy" AS resource_tags_aws_created_by, "costCategory/CostCenter" AS cost_category_cost_center
FROM bill.legacy_csv;

-- FOCUS: names, categories and services of its own, no service code on Marketplace rows, net cost only.
CREATE TABLE bill.focus_1_0 AS
SELECT n, bill_payer_account_id AS "BillingAccountId", line_item_usage_account_id AS "SubAccountId", line_item_usage_account_name AS "SubAccountName",
       bill_invoicing_entity AS "InvoiceIssuerName", 'AWS' AS "ProviderName", line_item_legal_entity AS "PublisherName",
       bill_billing_period_start_date AT TIME ZONE 'UTC' AS "BillingPeriodStart", line_item_usage_start_date AT TIME ZONE 'UTC' AS "ChargePeriodStart",
       line_item_usage_end_date AT TIME ZONE 'UTC' AS "ChargePeriodEnd",
       CASE line_item_line_item_type WHEN 'Fee' THEN 'Purchase' WHEN 'Refund' THEN 'Usage' WHEN 'EdpDiscount' THEN 'Adjustment' WHEN 'SavingsPlanNegation' THEN 'Adjustment'
            WHEN 'NewThing' THEN 'New' ELSE line_item_line_item_type END AS "ChargeCategory",
       CASE line_item_line_item_type WHEN 'Refund' THEN 'Correction' END AS "ChargeClass", line_item_line_item_description AS "ChargeDescription",
       CASE WHEN bill_billing_entity = 'AWS' THEN line_item_product_code END AS "x_ServiceCode", product ->> 'product_name' AS "ServiceName", product_sku AS "SkuId",
       line_item_usage_type AS "x_UsageType", line_item_operation AS "x_Operation", pricing_unit AS "PricingUnit", line_item_usage_amount::text::numeric AS "PricingQuantity",
       line_item_resource_id AS "ResourceId", product_region_code AS "RegionId", line_item_currency_code AS "BillingCurrency",
       line_item_net_unblended_cost AS "BilledCost", line_item_net_unblended_cost AS "EffectiveCost", pricing_public_on_demand_cost AS "ListCost",
       (resource_tags || tags)::text AS "Tags", cost_category::text AS "x_CostCategories"
FROM bill.cur2;
INSERT INTO bill.focus_1_0 ("ProviderName", "ServiceName", "BilledCost", "ChargeCategory") VALUES ('Microsoft', 'Virtual Machines', 5, 'Usage');
CREATE VIEW bill.focus_1_2 AS
SELECT "BillingAccountId", "SubAccountId", "SubAccountName", "InvoiceIssuerName", "ProviderName", "PublisherName", "BillingPeriodStart", "ChargePeriodStart", "ChargePeriodEnd",
       "ChargeCategory", "ChargeClass",
       CASE WHEN n = 4 THEN "ServiceName" || '|us-west-2|Million Response Tokens' ELSE "ChargeDescription" END AS "ChargeDescription",
       "x_ServiceCode", CASE WHEN n = 4 THEN 'AWS Marketplace' ELSE "ServiceName" END AS "ServiceName",
       "SkuId", "x_Operation", "PricingUnit",
       "PricingQuantity", "ResourceId", "RegionId", "BillingCurrency", "BilledCost", "EffectiveCost", "ListCost", "Tags", '2000001' AS "InvoiceId"
FROM bill.focus_1_0;

-- No view before the first source.
SELECT * FROM bedrock.line_item;

SELECT s.source, s.format, s.format_version, s.period_column, s.rank, s.forced FROM (VALUES
    ('bill.cur2'::regclass), ('bill.cur2_text'), ('bill.cur2_flat'), ('bill.legacy_csv'), ('bill.legacy_athena'), ('bill.focus_1_0'), ('bill.focus_1_2')) AS v (relation),
    LATERAL bedrock_internal.attach_relation(v.relation) AS s ORDER BY s.rank;

-- The lines, once in full.
\pset null -
SELECT sku, payer_account_id, account_id, account_name, billing_period, usage_start, usage_end, usage_date, charge_grain, billing_entity, legal_entity, invoicing_entity, invoice_id
FROM bedrock.line_item WHERE source = 'cur2' ORDER BY substr(sku, 4)::int;
SELECT sku, charge_type, charge_category, product_code, product_name, usage_type, operation, usage_amount, pricing_unit, tokens, is_bedrock
FROM bedrock.line_item WHERE source = 'cur2' ORDER BY substr(sku, 4)::int;
SELECT sku, request_path, via_profile, profile_id, profile_suffix, geo_prefix, model_id, usage_group, token_kind, cache_ttl, tier, routing, long_context
FROM bedrock.line_item WHERE source = 'cur2' ORDER BY substr(sku, 4)::int;
SELECT sku, principal_kind, principal_name, principal_session, principal_key, user_email, region, tags, attribution_kind
FROM bedrock.line_item WHERE source = 'cur2' ORDER BY substr(sku, 4)::int;
SELECT sku, unblended_cost, blended_cost, net_unblended_cost, public_on_demand_cost, currency FROM bedrock.line_item WHERE source = 'cur2' ORDER BY substr(sku, 4)::int;

-- Every other shape: in which columns it differs from CUR 2.0, and how.
CREATE VIEW bill.differs AS
SELECT o.source, o.sku, c.key AS column_name, c.value AS cur2, n.value AS other
FROM (SELECT sku, to_jsonb(l) AS line FROM bedrock.line_item AS l WHERE source = 'cur2') AS a
JOIN (SELECT source, sku, to_jsonb(l) AS line FROM bedrock.line_item AS l WHERE source <> 'cur2') AS o USING (sku)
CROSS JOIN LATERAL jsonb_each(a.line) AS c
CROSS JOIN LATERAL (SELECT o.line -> c.key AS value) AS n
WHERE c.key <> 'source' AND n.value IS DISTINCT FROM c.value;
SELECT source, count(*) AS lines, count(DISTINCT sku) AS skus, sum(unblended_cost), sum(net_unblended_cost), count(*) FILTER (WHERE is_bedrock) AS bedrock FROM bedrock.line_item GROUP BY source ORDER BY source;
SELECT source, column_name, count(*) AS lines, min(cur2::text) AS cur2, min(other::text) AS other FROM bill.differs WHERE source LIKE 'cur2%' GROUP BY source, column_name ORDER BY 1, 2;
SELECT source, column_name, count(*) AS lines, min(cur2::text) AS cur2, min(other::text) AS other FROM bill.differs WHERE source LIKE 'legacy%' GROUP BY source, column_name ORDER BY 1, 2;
SELECT source, column_name, count(*) AS lines, min(cur2::text) AS cur2, min(other::text) AS other FROM bill.differs WHERE source LIKE 'focus%' GROUP BY source, column_name ORDER BY 1, 2;

-- One logical tag has one answer whatever the shape.
SELECT sku, bedrock_tag(tags, 'cost-center') AS cost_center, bedrock_tag(tags, 'team') AS team, bedrock_tag(tags, 'costCategory/CostCenter') AS category, array_agg(source ORDER BY source) AS sources
FROM bedrock.line_item WHERE sku IN ('SKU1', 'SKU2', 'SKU3') GROUP BY 1, 2, 3, 4 ORDER BY 1, 5;

-- The published check runs as it is, over the names of CUR 2.0, and misses what AWS Marketplace bills.
SELECT bedrock.detach(source) FROM bedrock.source WHERE source NOT IN ('cur2', 'legacy_csv', 'focus_1_0') ORDER BY rank;
BEGIN;
UPDATE bedrock.source SET line_item = false WHERE source <> 'cur2';
SELECT bedrock.rebuild_views();
SELECT line_item_iam_principal, COUNT(*) AS invocations, SUM(line_item_unblended_cost) AS total_cost
FROM bedrock.cur2
WHERE line_item_product_code = 'AmazonBedrock' AND line_item_iam_principal IS NOT NULL
GROUP BY 1 LIMIT 20;
SELECT is_bedrock AND product_code IS DISTINCT FROM 'AmazonBedrock' AS missed, count(*), sum(unblended_cost) FROM bedrock.line_item WHERE iam_principal IS NOT NULL GROUP BY 1 ORDER BY 1;
ROLLBACK;
SELECT source, bill_payer_account_id, line_item_usage_start_date, line_item_line_item_type, product['product_name'], product['region'], resource_tags, cost_category, tags,
       line_item_unblended_cost, line_item_net_unblended_cost, billing_period, bill_billing_entity
FROM bedrock.cur2 WHERE product_sku IN ('SKU1', 'SKU3') ORDER BY source, product_sku;

SELECT source, count(*), count(line_item_unblended_cost), sum(line_item_net_unblended_cost) FROM bedrock.cur2 GROUP BY 1 ORDER BY 1;

-- Columns have the contract's types, and each a comment.
SELECT c.oid::regclass AS view, format_type(a.atttypid, a.atttypmod) AS type, count(*) AS columns, count(col_description(c.oid, a.attnum)) AS with_comment, obj_description(c.oid) IS NOT NULL AS commented, c.reloptions
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'bedrock'::regnamespace AND c.relname IN ('line_item', 'cur2') GROUP BY c.oid, 2, c.reloptions ORDER BY 1, 2;
SELECT string_agg(a.attname, ',' ORDER BY a.attnum) = (SELECT string_agg(name, ',' ORDER BY ordinal) FROM bedrock_internal.line_item_column()) AS in_order FROM pg_attribute AS a WHERE a.attrelid = 'bedrock.line_item'::regclass AND a.attnum > 0;

-- A column that is not asked for costs nothing: no parser, no join.
CREATE FUNCTION bill.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF, VERBOSE) ' || query; END $$;
SELECT count(*) FILTER (WHERE p ~ 'Scan') AS scans, count(*) FILTER (WHERE p ~ 'Join|Nested') AS joins, count(*) FILTER (WHERE p ~ 'bedrock|merge_tags') AS calls
FROM bill.plan('SELECT usage_date, sum(unblended_cost) FROM bedrock.line_item WHERE source = ''cur2'' GROUP BY 1') AS p;
SELECT count(*) FILTER (WHERE p ~ 'Scan on bill') AS scans, count(*) FILTER (WHERE p ~ 'merge_tags') AS merges
FROM bill.plan('SELECT charge_category, sum(tokens) FROM bedrock.line_item GROUP BY 1') AS p;

-- A category of the user's own; the map decides in view and function alike.
INSERT INTO bedrock.charge_category_map VALUES ('NewThing', 'adjustment'), ('Tax', 'fee');
SELECT DISTINCT charge_type, charge_category, charge_category = bedrock_internal.charge_category(charge_type) AS same FROM bedrock.line_item WHERE source = 'cur2' ORDER BY 1;
SELECT t, c, f, bedrock_internal.charge_category(t, c, f) FROM (VALUES ('Usage', 'Correction', 'focus'), ('Usage', 'Correction', 'cur2'), ('Purchase', NULL, 'focus'), ('', NULL, NULL), (NULL, NULL, NULL)) AS v (t, c, f);
-- What picks the row of the map is one rule, and no call is left of it.
SELECT c, t, bedrock_internal.charge_key(c, t) FROM (VALUES ('Correction', 'Usage'), ('Correction', NULL), ('correction', 'Usage'), ('', 'Tax'), (NULL, 'Tax'), (NULL, NULL)) AS v (c, t);
SELECT count(*) FILTER (WHERE p ~ 'Correction') > 0 AS inlined, count(*) FILTER (WHERE p ~ 'charge_key') AS calls FROM bill.plan('SELECT charge_category FROM bedrock_internal.dimension_reading') AS p;
DELETE FROM bedrock.charge_category_map WHERE NOT builtin;
INSERT INTO bedrock.charge_category_map VALUES ('NewThing', 'mine');

-- The parts.
SELECT s, e, bedrock_internal.charge_grain(s, e) FROM (VALUES ('2026-03-01'::timestamptz, '2026-03-01 01:00'::timestamptz), ('2026-03-01', '2026-03-01'), ('2026-03-01', '2026-03-02'), ('2026-03-01', '2026-03-02 01:00'), (NULL, '2026-03-02')) AS v (s, e);
SELECT d, bedrock_internal.described_usage_type(d), bedrock_token_kind(bedrock_internal.described_usage_type(d)) FROM unnest(ARRAY[
    'AWS Marketplace software usage|us-west-2|Million Input Tokens', 'AWS Marketplace software usage|us-east-1|Million Response Tokens Global', 'AWS Marketplace software usage|us-east-1|Cache Read Tokens - Standard, Global',
    'AWS Marketplace software usage|us-east-1|', 'AWS Marketplace software usage', '$0.01 per 1K tokens', '']) AS d;
SELECT d, u.token_kind, u.cache_ttl, u.tier, u.routing, u.long_context, bedrock_tokens(2, 'Units', t) AS tokens
FROM unnest(ARRAY['Million 1 Hour Cache Write Input Tokens Global', '1 Hour Cache Write Tokens - Standard, Global', 'Million 1-hour Cache Write Input Tokens', 'Million Cache Write Input Tokens (1 hr) Long Context',
    'Million 5 Minute Cache Write Input Tokens', 'Cache Write Tokens, 5 mins', 'Cache Write Tokens 30 Minutes', 'Million Cache Write Input Tokens 1h', 'Million Cache Write Input Tokens', 'Million 11 Hour Cache Write Input Tokens', 'Million 1 Hour']) WITH ORDINALITY AS v (d, n),
LATERAL bedrock_internal.described_usage_type('AWS Marketplace software usage|us-east-1|' || d) AS t, LATERAL bedrock_usage_parts(t) AS u ORDER BY n;
SELECT p, bedrock_internal.provider_is_aws(p) FROM unnest(ARRAY['AWS', 'Amazon Web Services', 'Microsoft', '', NULL]) AS p;
SELECT c, bedrock_internal.cur2_name(c) FROM unnest(ARRAY['lineItem/UsageAccountId', 'reservation/ReservationARN', 'savingsPlan/SavingsPlanARN', 'pricing/publicOnDemandCost', 'resourceTags/user:CostCenter', 'costCategory/Charge type', 'line_item_usage_type']) AS c;

-- A column of an enum or of a domain reads as its text.
CREATE TYPE bill.entity AS ENUM ('AWS', 'AWS Marketplace');
CREATE DOMAIN bill.currency AS varchar(3);
CREATE TABLE bill.coded AS SELECT * FROM bill.cur2;
ALTER TABLE bill.coded ALTER bill_billing_entity TYPE bill.entity USING bill_billing_entity::bill.entity,
    ALTER line_item_currency_code TYPE bill.currency;
SELECT source FROM bedrock.attach('bill.coded', name => 'coded');
SELECT billing_entity, currency, count(*), sum(unblended_cost) = (SELECT sum(c.line_item_unblended_cost::text::numeric) FROM bill.cur2 AS c WHERE c.bill_billing_entity = l.billing_entity) AS same
FROM bedrock.line_item AS l WHERE source = 'coded' GROUP BY 1, 2 ORDER BY 1;
SELECT bedrock.detach('coded');

-- Domains, also over a domain or an enum, are read as what stands at their bottom, for every use of a column: amount, time,
-- principal, tags, partition key. Two lines of 5 are 10; of FOCUS only those of AWS.
SET timezone = 'UTC';
CREATE DOMAIN bill.amount AS numeric(20, 6);
CREATE DOMAIN bill.paid AS bill.amount CHECK (value >= 0);
CREATE DOMAIN bill.at AS timestamptz;
CREATE DOMAIN bill.begun AS bill.at;
CREATE DOMAIN bill.day AS timestamp(0);
CREATE DOMAIN bill.said AS text;
CREATE DOMAIN bill.account AS char(12);
CREATE DOMAIN bill.map AS jsonb;
CREATE TYPE bill.charge AS ENUM ('Usage', 'Tax');
CREATE DOMAIN bill.charge_of AS bill.charge;
CREATE TYPE bill.month AS ENUM ('2026-03', '2026-04');
CREATE TABLE bill.domains (bill_payer_account_id bill.account, bill_billing_period_start_date bill.begun, bill_billing_entity bill.entity, line_item_usage_account_id bill.account,
    line_item_line_item_type bill.charge_of, line_item_product_code bill.said, line_item_usage_type bill.said, line_item_usage_start_date bill.at, line_item_usage_end_date bill.day,
    line_item_usage_amount bill.amount, pricing_unit bill.said, line_item_unblended_cost bill.paid, line_item_currency_code bill.currency, line_item_iam_principal bill.said,
    product bill.map, resource_tags bill.map, tags bill.map, billing_period bill.month) PARTITION BY LIST (billing_period);
CREATE TABLE bill.domains_03 PARTITION OF bill.domains FOR VALUES IN ('2026-03');
CREATE TABLE bill.domains_04 PARTITION OF bill.domains FOR VALUES IN ('2026-04');
INSERT INTO bill.domains VALUES ('100000000001', '2026-03-01', 'AWS', '100000000001', 'Usage', 'AmazonBedrock', 'USE1-NovaLite-input-tokens', '2026-03-02', '2026-03-02 01:00', 1000, '1K tokens', 5, 'USD',
    'arn:aws:iam::100000000001:user/a', '{"product_name": "Amazon Bedrock"}', '{"user_team": "x"}', '{"iamPrincipal/a": "b"}', '2026-03');
SELECT source, period_column FROM bedrock_internal.attach_relation('bill.domains');
SELECT billing_period, action, lines, cost FROM bedrock.refresh('domains');
INSERT INTO bill.domains SELECT * FROM bill.domains;
SELECT billing_period, action, lines, cost FROM bedrock.refresh('domains');
SELECT payer_account_id, charge_type, billing_entity, iam_principal, tokens, sum(unblended_cost) AS cost, sum(lines) AS lines FROM bedrock.spend WHERE source = 'domains' GROUP BY 1, 2, 3, 4, 5;
-- With another key the start alone finds the lines: three are 15.
WITH one AS (SELECT d FROM bill.domains AS d LIMIT 1) INSERT INTO bill.domains_04 SELECT (jsonb_populate_record(d, '{"billing_period": "2026-04"}')).* FROM one;
SELECT billing_period, action, lines, cost FROM bedrock.refresh('domains');
SELECT account_id, usage_end, charge_grain, usage_amount, unblended_cost, tags, count(*) FROM bedrock.line_item WHERE source = 'domains' GROUP BY 1, 2, 3, 4, 5, 6;
SELECT line_item_line_item_type, line_item_unblended_cost, line_item_usage_start_date, tags, resource_tags, count(*) FROM bedrock.cur2 WHERE source = 'domains' GROUP BY 1, 2, 3, 4, 5;
SELECT bedrock.detach('domains');
CREATE TYPE bill.provider AS ENUM ('AWS', 'Microsoft');
CREATE TYPE bill.service AS ENUM ('AmazonBedrock', 'Amazon Bedrock');
CREATE TABLE bill.focus_domains ("BillingAccountId" bill.account, "SubAccountId" text, "BillingPeriodStart" bill.begun, "ChargePeriodStart" bill.at, "ChargePeriodEnd" bill.at, "ChargeCategory" bill.charge,
    "ProviderName" bill.provider, "x_ServiceCode" bill.service, "ServiceName" bill.service, "BilledCost" bill.paid, "EffectiveCost" bill.amount, "ListCost" bill.amount, "ContractedCost" bill.amount,
    "BillingCurrency" bill.currency, "x_UsageType" bill.said, "ConsumedQuantity" bill.amount, "ConsumedUnit" text, "ChargeDescription" bill.said, "Tags" bill.map, "ResourceId" bill.said);
INSERT INTO bill.focus_domains VALUES
    ('100000000001', '100000000001', '2026-03-01', '2026-03-02', '2026-03-02 01:00', 'Usage', 'AWS', 'AmazonBedrock', 'Amazon Bedrock', 5, 5, 5, 5, 'USD', 'USE1-NovaLite-input-tokens', 1000, '1K tokens', 'd', '{"team": "x"}', ''),
    ('100000000001', '100000000001', '2026-03-01', '2026-03-02', '2026-03-02 01:00', 'Usage', 'Microsoft', NULL, NULL, 7, 7, 7, 7, 'USD', 'x', 1000, '1K tokens', 'd', '{}', '');
SELECT source FROM bedrock.attach('bill.focus_domains');
SELECT billing_period, action, lines, cost FROM bedrock.refresh('focus_domains');
INSERT INTO bill.focus_domains SELECT * FROM bill.focus_domains;
SELECT billing_period, action, lines, cost FROM bedrock.refresh('focus_domains');
SELECT product_code, product_name, tags, sum(net_unblended_cost) AS cost FROM bedrock.line_item WHERE source = 'focus_domains' GROUP BY 1, 2, 3;
SELECT bedrock.detach('focus_domains');

-- The last source takes the views with it; an object of the user's keeps them, empty.
CREATE VIEW bill.mine AS SELECT source, tags FROM bedrock.line_item;
SELECT bedrock.detach(source) FROM bedrock.source ORDER BY rank;
SELECT count(*) FROM bill.mine;
DROP VIEW bill.mine, bill.differs;
SELECT bedrock.rebuild_views();
SELECT to_regclass('bedrock.line_item'), to_regclass('bedrock.cur2');
SET client_min_messages = error;
DROP SCHEMA bill CASCADE;
