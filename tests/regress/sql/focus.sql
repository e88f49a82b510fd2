-- FOCUS from 1.0 to 1.4: where the usage type is, whose line it is, which way a request went, and files without AWS's own columns.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\pset format unaligned
\pset null -
CREATE SCHEMA f;
CREATE TABLE f.shape ("BillingAccountId" text DEFAULT '100000000001', "SubAccountId" text DEFAULT '200000000011', "ChargeCategory" text DEFAULT 'Usage', "ServiceName" text DEFAULT 'Amazon Bedrock',
    "BillingCurrency" text DEFAULT 'USD', "BillingPeriodStart" timestamp DEFAULT '2026-05-01', "ChargePeriodStart" timestamp DEFAULT '2026-05-03', "ChargePeriodEnd" timestamp DEFAULT '2026-05-04',
    "BilledCost" numeric DEFAULT 1, "EffectiveCost" numeric DEFAULT 1, "PricingQuantity" numeric DEFAULT 1000, "PricingUnit" text DEFAULT '1K tokens', "ResourceId" text, "ChargeDescription" text,
    "SkuId" text);
CREATE FUNCTION f.take(relation regclass) RETURNS TABLE (action text, lines bigint, cost numeric) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bedrock.attach(relation, 'f');
    RETURN QUERY SELECT r.action, r.lines, r.cost FROM bedrock.refresh('f') AS r;
END $$;
CREATE FUNCTION f.told(VARIADIC checks text[]) RETURNS TABLE (finding text, status text, detail text, fix text) LANGUAGE sql AS $$
    SELECT * FROM bedrock_internal.doctor_findings() AS d WHERE d.finding = ANY (checks) AND d.detail LIKE 'f:%' ORDER BY 1, 3 $$;

-- 1. The usage type: x_UsageType of 1.0, else SkuMeter where it is one, else what the description says ---------------------------
CREATE TABLE f.meter (LIKE f.shape INCLUDING DEFAULTS, "ProviderName" text DEFAULT 'AWS', "x_ServiceCode" text DEFAULT 'AmazonBedrock', "SkuMeter" text, "InvoiceId" text);
INSERT INTO f.meter ("SkuId", "SkuMeter", "ResourceId", "x_ServiceCode", "ServiceName", "ChargeDescription", "PricingUnit") VALUES
    ('1', 'USE1-NovaLite-input-tokens', 'arn:aws:bedrock:us-east-1:200000000011:application-inference-profile/06vsfs68yb4g', 'AmazonBedrock', 'Amazon Bedrock', NULL, '1K tokens'),
    ('2', 'USE1-MP:USE1_OutputTokenCount-Units', NULL, '', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'AWS Marketplace software usage|us-east-1|Million Input Tokens', 'Units'),
    ('3 a name of a meter is no usage type', 'Output tokens', NULL, '', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'AWS Marketplace software usage|us-west-2|Million Response Tokens', 'Units'),
    ('4 the description says more', 'USE1-Whatever', NULL, '', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'AWS Marketplace software usage|us-west-2|Million Input Tokens', 'Units'),
    ('5 a meter that nobody knows', 'USE1-Whatever', NULL, 'AmazonBedrock', 'Amazon Bedrock', NULL, 'Units'),
    ('6 nothing', '', NULL, 'AmazonBedrock', 'Amazon Bedrock', 'Something', 'Units'),
    -- Marketplace has its product's id where the service code is, in some files.
    ('7', 'USE1-MP:USE1_InputTokenCount-Units', NULL, 'a1b2c3d4e5f6g7h8i9j0k1l2m', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', NULL, 'Units');
SELECT format, format_version FROM bedrock.attach('f.meter', 'f');
SELECT action, lines, cost FROM bedrock.refresh('f');
SELECT sku, usage_type, usage_group, model_id, token_kind, tier, tokens, request_path, billing_entity, bedrock_basis FROM bedrock.spend ORDER BY sku;
SELECT sku, usage_type, usage_group, token_kind, tokens, billing_entity FROM bedrock.line_item ORDER BY sku;
-- Both columns, as where files of 1.0 and 1.2 are kept in one table: the older one where it says something.
ALTER TABLE f.meter ADD "x_UsageType" text;
UPDATE f.meter SET "x_UsageType" = CASE WHEN "SkuId" = '1' THEN '' ELSE 'USE1-NovaPro-output-tokens' END;
SELECT * FROM f.take('f.meter');
SELECT left(sku, 1) AS sku, usage_type FROM bedrock.spend ORDER BY 1;
-- Cost categories: a column of its own in 1.0, among the tags since.
ALTER TABLE f.meter ADD "Tags" text, ADD "x_CostCategories" text;
UPDATE f.meter SET "Tags" = CASE "SkuId" WHEN '1' THEN '{"team": "blue", "costCategory/Unit": "retail"}' ELSE '{"team": "blue"}' END, "x_CostCategories" = CASE WHEN "SkuId" <> '1' THEN '{"Unit": "retail"}' END;
SELECT * FROM f.take('f.meter');
SELECT tags, count(*) FROM bedrock.spend GROUP BY 1;
SELECT bedrock.detach('f');

-- Totals of tokens say how much of the cost they are of: of 9 that may be metered in tokens, what 3 paid for is known.
CREATE TABLE f.part (LIKE f.shape INCLUDING DEFAULTS, "ProviderName" text DEFAULT 'AWS', "SkuMeter" text);
INSERT INTO f.part ("BilledCost", "SkuMeter", "ResourceId") VALUES (3, 'USE1-NovaPro-input-tokens', 'arn:aws:bedrock:us-east-1:200000000011:application-inference-profile/06vsfs68yb4g'),
    (5, NULL, 'arn:aws:bedrock:us-east-1:200000000011:application-inference-profile/06vsfs68yb4g'), (1, NULL, NULL), (100, 'USE1-Guardrail-ContentPolicyUnitsConsumed', NULL);
SELECT * FROM f.take('f.part');
SELECT q, a ->> 'tokens' AS tokens, a ->> 'tokens_known_pct' AS tokens_known_pct, coalesce(a ->> 'path', a ->> 'model_name') AS of
FROM unnest('{Q001,Q009,Q018,Q020,Q023,Q025}'::text[]) AS q, bedrock.answer(q) AS a ORDER BY 1, 4;
SELECT * FROM f.told('tokens_known');
SELECT bedrock.detach('f');

-- 2. The way of a request: a resource id proves it, and only what is known to be something else is no inference --------------------
CREATE TABLE f.path (LIKE f.shape INCLUDING DEFAULTS, "ProviderName" text DEFAULT 'AWS', "x_ServiceCode" text DEFAULT 'AmazonBedrock', "SkuMeter" text);
INSERT INTO f.path ("SkuId", "ResourceId", "SkuMeter") VALUES
    ('1 profile', 'arn:aws:bedrock:us-east-1:200000000011:application-inference-profile/06vsfs68yb4g', NULL),
    ('2 system profile', 'arn:aws:bedrock:us-east-1:200000000011:inference-profile/us.amazon.nova-pro-v1:0', NULL),
    ('3 model', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', NULL),
    ('4 project', 'arn:aws:bedrock-mantle:us-east-1:200000000011:project/proj_1', NULL),
    ('5 no resource', NULL, NULL),
    ('6 guardrail by its meter', 'arn:aws:bedrock:us-east-1:200000000011:guardrail/g', 'USE1-Guardrail-ContentPolicyUnitsConsumed'),
    ('7 guardrail by its resource', 'arn:aws:bedrock:us-east-1:200000000011:guardrail/g', NULL),
    ('8 unknown meter of a model', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'USE1-Whatever'),
    ('9 unknown meter', NULL, 'USE1-Whatever');
INSERT INTO f.path ("SkuId", "ChargeCategory", "ResourceId") VALUES ('tax', 'Tax', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0');
INSERT INTO f.path ("SkuId", "x_ServiceCode", "ServiceName") VALUES ('agent', 'AmazonBedrockAgentCore', 'Amazon Bedrock AgentCore');
SELECT * FROM f.take('f.path');
SELECT sku, request_path, via_profile, control_layer, usage_group FROM bedrock.spend ORDER BY sku;
SELECT bedrock.detach('f');

-- 3. Whose line it is ------------------------------------------------------------------------------------------------------------
-- The columns there are decide; each line is worth another power of two, so that a sum tells which are in it.
CREATE TABLE f.whose (LIKE f.shape INCLUDING DEFAULTS, "ProviderName" text, "ServiceProviderName" text, "HostProviderName" text, "InvoiceIssuerName" text, "x_ServiceCode" text);
INSERT INTO f.whose ("BilledCost", "ProviderName", "ServiceProviderName", "HostProviderName", "InvoiceIssuerName", "ServiceName", "x_ServiceCode", "ResourceId") VALUES
    (1, 'AWS', NULL, NULL, NULL, 'Amazon Bedrock', 'AmazonBedrock', NULL),
    (2, NULL, 'AWS', 'AWS', 'Amazon Web Services, Inc.', 'Amazon Bedrock', 'AmazonBedrock', NULL),
    (4, '', 'Amazon Web Services', NULL, 'Reseller GmbH', 'Amazon EC2', NULL, NULL),
    (8, '', 'Anthropic', 'AWS', 'Amazon Web Services EMEA SARL', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', '', NULL),
    (16, NULL, NULL, NULL, NULL, 'Amazon EC2', NULL, NULL),
    (32, NULL, NULL, NULL, NULL, 'Something', NULL, 'arn:aws:s3:::bucket'),
    (64, NULL, NULL, NULL, NULL, 'Something', 'AmazonS3', NULL),
    -- FOCUS 1.4 of a file that states no issuer: the maker of the model is the provider, and AWS sells it.
    (128, '', 'Anthropic', 'AWS', '', 'Claude Opus 4.8 (Amazon Bedrock Edition)', '', NULL),
    (1000, 'Microsoft', NULL, NULL, NULL, 'Virtual Machines', NULL, NULL),
    (2000, '', 'Microsoft', 'Microsoft', 'Microsoft', 'Virtual Machines', NULL, NULL),
    (4000, NULL, 'Snowflake', 'AWS', 'Snowflake', 'Warehouse', NULL, NULL),
    (8000, NULL, NULL, 'Google Cloud', NULL, 'BigQuery', NULL, NULL),
    (16000, NULL, NULL, NULL, NULL, 'Something', NULL, NULL);
SELECT format_version, missing FROM bedrock.attach('f.whose', 'f') AS a;
SELECT action, lines, cost FROM bedrock.refresh('f');
SELECT sum(net_unblended_cost) AS bill FROM bedrock.bill_total;
SELECT sum(net_unblended_cost) AS spend FROM bedrock.spend;
SELECT sum(net_unblended_cost) AS line_item FROM bedrock.line_item;
SELECT sum(line_item_net_unblended_cost) AS cur2 FROM bedrock.cur2;
SELECT * FROM f.told('other_providers', 'provider_not_stated');
-- It is told as the last refresh that read lines found it: another line of Microsoft, 1000, is no reason to read.
INSERT INTO f.whose SELECT * FROM f.whose WHERE "ProviderName" = 'Microsoft';
SELECT action FROM bedrock.refresh('f');
SELECT detail ~ 'Microsoft 2, 3000' AS as_read FROM f.told('other_providers');
SELECT action FROM bedrock.refresh('f', force => true);
SELECT detail ~ 'Microsoft 3, 4000' AS as_read_again FROM f.told('other_providers');
SELECT bedrock.detach('f');
-- No column names a provider, as where 1.4 dropped ProviderName and nobody selected the others.
ALTER TABLE f.whose DROP "ProviderName", DROP "ServiceProviderName", DROP "HostProviderName", DROP "InvoiceIssuerName";
SELECT * FROM f.take('f.whose');
SELECT * FROM f.told('other_providers', 'provider_not_stated');
SELECT bedrock.detach('f');

-- 4. Files of other makers: no column begins with x_, and no force is needed ------------------------------------------------------
CREATE TABLE f.bare (LIKE f.shape INCLUDING DEFAULTS, "ServiceProviderName" text DEFAULT 'AWS', "HostProviderName" text, "AllocatedMethodId" text, "ContractApplied" text);
INSERT INTO f.bare ("SkuId", "ServiceName", "ResourceId", "ChargeCategory") VALUES ('1 by name', 'Amazon Bedrock', NULL, 'Usage'), ('2 by name', 'Amazon Bedrock AgentCore', NULL, 'Usage'),
    ('3 by resource', 'Generative AI', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'Usage'), ('4 by edition', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', NULL, 'Usage'),
    ('5 tax', 'Amazon Bedrock', NULL, 'Tax'), ('6 another', 'Amazon EC2', NULL, 'Usage'), ('7 perhaps', 'Bedrock stuff', NULL, 'Usage');
SELECT format, format_version FROM bedrock.attach('f.bare', 'f');
SELECT forced, missing -> 'product_code' AS product_code FROM bedrock.source WHERE source = 'f';
SELECT action, lines FROM bedrock.refresh('f');
SELECT sku, product_code, product_name, bedrock_basis, charge_category, request_path FROM bedrock.spend ORDER BY 1;
SELECT sku, product_code, is_bedrock FROM bedrock.line_item ORDER BY 1;
SELECT product_sku, line_item_product_code, bill_billing_entity FROM bedrock.cur2 ORDER BY 1;
SELECT bedrock.detach('f');
-- The names of a column in lower case and with underscores between the words.
CREATE VIEW f.snake AS SELECT "BillingAccountId" AS billing_account_id, "SubAccountId" AS sub_account_id, "ChargeCategory" AS charge_category, "ServiceName" AS service_name, "BillingCurrency" AS billing_currency,
    "BillingPeriodStart" AS billing_period_start, "ChargePeriodStart" AS charge_period_start, "ChargePeriodEnd" AS charge_period_end, "BilledCost" AS billed_cost, "EffectiveCost" AS effective_cost,
    "PricingQuantity" AS pricing_quantity, "PricingUnit" AS pricing_unit, "ResourceId" AS resource_id, "SkuId" AS sku_id, "SkuMeter" AS sku_meter, "x_ServiceCode" AS x_service_code, "ProviderName" AS provider_name,
    '{"Unit": "retail"}'::text AS x_cost_categories
FROM f.path;
SELECT format, format_version FROM bedrock.attach('f.snake', 'f');
SELECT action, lines, cost FROM bedrock.refresh('f');
SELECT sku, request_path, tags FROM bedrock.spend ORDER BY sku LIMIT 4;
SELECT bedrock.detach('f');
DROP SCHEMA f CASCADE;
