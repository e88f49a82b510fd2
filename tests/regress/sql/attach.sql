-- Attaching: what is told, what a relation that is no bill looks like, and which essential column may be left out by force.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\pset format unaligned
\pset null -
CREATE SCHEMA a;
CREATE TABLE a.whole (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '2', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp DEFAULT '2025-03-01',
    line_item_usage_start_date timestamp DEFAULT '2025-03-05 10:00', line_item_usage_end_date timestamp DEFAULT '2025-03-05 11:00', line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens',
    line_item_unblended_cost numeric DEFAULT 4, line_item_currency_code text DEFAULT 'USD', line_item_blended_cost numeric DEFAULT 3, line_item_net_unblended_cost numeric,
    line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_resource_id text);

-- 1. What is told: a line, whatever is missing ------------------------------------------------------------------------------------
SELECT * FROM bedrock.attach('a.whole');
SELECT length(a::text) < 600 AS short FROM bedrock.attach('a.whole') AS a;
-- Columns that the format does not have are listed, those it has are not.
ALTER TABLE a.whole ADD my_own_column text, ADD bill_bill_type text, ADD "Another" integer;
SELECT source FROM bedrock.attach('a.whole');
SELECT status, detail, fix FROM bedrock.doctor() WHERE "check" = 'unknown_columns';
SELECT bedrock.detach('whole');
ALTER TABLE a.whole DROP my_own_column, DROP bill_bill_type, DROP "Another";

-- 2. What is no bill ------------------------------------------------------------------------------------------------------------
DO $$
DECLARE
    told text;
    message text;
    definition text;
BEGIN
    FOREACH definition IN ARRAY ARRAY['"bill_payer_account_id;line_item_usage_account_id;line_item_usage_type" text', E'"a\tb" text', '"a|b|c" text', 'one text', 'a int, b int, c int, d int, e int, f int, g int',
        'bill_payer_account_id text, line_item_usage_account_id text, line_item_product_code text', '"BillingAccountId" text, "ServiceName" text, "BilledCost" numeric, x int'] LOOP
        EXECUTE format('CREATE TABLE a.no (%s)', definition);
        BEGIN
            PERFORM bedrock.attach('a.no');
        EXCEPTION WHEN invalid_table_definition THEN
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, told = PG_EXCEPTION_DETAIL;
            RAISE WARNING '%: %', message, told;
        END;
        DROP TABLE a.no;
    END LOOP;
END $$;
-- Names of CUR with and without their underscores and slashes are the same names.
CREATE VIEW a.folded AS SELECT bill_payer_account_id AS "billPayerAccountId", line_item_usage_account_id AS "lineItemUsageAccountId", bill_billing_entity AS "BillBillingEntity", bill_billing_period_start_date AS "billBillingPeriodStartDate",
    line_item_usage_start_date AS "lineItem_UsageStartDate", line_item_usage_end_date AS "lineItem_UsageEndDate", line_item_line_item_type AS "lineItem_LineItemType", line_item_product_code AS "lineItem_ProductCode",
    product_product_name AS "product_ProductName", line_item_usage_type AS "lineItem_UsageType", line_item_unblended_cost AS "lineItem_UnblendedCost", line_item_currency_code AS "lineItem_CurrencyCode" FROM a.whole;
INSERT INTO a.whole DEFAULT VALUES;
SELECT source FROM bedrock.attach('a.folded');
SELECT action, lines, cost FROM bedrock.refresh('folded');
SELECT usage_type, model_name, unblended_cost FROM bedrock.spend;
SELECT bedrock.detach('folded');

-- 3. Each essential column left out in turn -----------------------------------------------------------------------------------------
-- Two lines in March, of which one is billed in April, and a discount of the second in its net cost: 4 and 8 - 1.
INSERT INTO a.whole (bill_billing_period_start_date, line_item_unblended_cost, line_item_blended_cost, line_item_net_unblended_cost) VALUES ('2025-04-01', 8, 6, 7);
CREATE PROCEDURE a.without(essential text) LANGUAGE plpgsql AS $$
DECLARE
    told text;
    message text;
    row record;
BEGIN
    EXECUTE format('CREATE VIEW a.narrow AS SELECT %s FROM a.whole', (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = 'a.whole'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> ALL (string_to_array(essential, ' '))));
    BEGIN
        PERFORM bedrock.attach('a.narrow');
        RAISE WARNING '% is not essential', essential;
        PERFORM bedrock.detach('narrow');
    EXCEPTION WHEN invalid_table_definition THEN
        NULL;
    END;
    BEGIN
        PERFORM bedrock.attach('a.narrow', force => true);
        FOR row IN SELECT r.billing_period, r.action, r.lines, r.cost FROM bedrock.refresh('narrow') AS r LOOP
            RAISE WARNING 'without %: % %, % lines, %', essential, row.billing_period, row.action, row.lines, row.cost;
        END LOOP;
        FOR row IN SELECT s.billing_period, s.cost_metric, s.charge_category, s.account_id, s.model_name, s.bedrock_basis, sum(s.unblended_cost) AS unblended, sum(s.ai_cost) AS ai, sum(s.tokens) AS tokens
                   FROM bedrock.spend AS s GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1 LOOP
            RAISE WARNING '    spend: %', row;
        END LOOP;
        -- Another line makes its period anew and no other.
        INSERT INTO a.whole (line_item_usage_start_date, line_item_usage_end_date) VALUES ('2025-03-07 10:00', '2025-03-07 11:00');
        SELECT string_agg(format('%s %s %s', r.billing_period, r.action, r.lines), ', ' ORDER BY r.billing_period) AS told INTO row FROM bedrock.refresh('narrow') AS r;
        RAISE WARNING '    again: %; line_item has % lines', row.told, (SELECT count(*) FROM bedrock.line_item);
        FOR row IN SELECT d.status, d.detail FROM bedrock_internal.doctor_sources() AS d WHERE d.finding = 'essential_columns' LOOP
            RAISE WARNING '    doctor: %: %', row.status, row.detail;
        END LOOP;
        RAISE EXCEPTION USING ERRCODE = 'BC009';
    EXCEPTION WHEN invalid_table_definition THEN
        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, told = PG_EXCEPTION_HINT;
        RAISE WARNING 'without %: refused: %. %', essential, message, told;
    WHEN SQLSTATE 'BC009' THEN
        NULL;
    END;
    DROP VIEW a.narrow;
END $$;
CALL a.without('bill_payer_account_id');
CALL a.without('line_item_usage_account_id');
CALL a.without('bill_billing_entity');
CALL a.without('bill_billing_period_start_date');
CALL a.without('line_item_usage_start_date');
CALL a.without('line_item_usage_end_date');
CALL a.without('line_item_line_item_type');
CALL a.without('line_item_product_code');
CALL a.without('product_product_name');
CALL a.without('line_item_usage_type');
CALL a.without('line_item_currency_code');
CALL a.without('line_item_unblended_cost');
CALL a.without('line_item_unblended_cost line_item_net_unblended_cost');
CALL a.without('line_item_unblended_cost line_item_blended_cost');
CALL a.without('line_item_unblended_cost line_item_net_unblended_cost line_item_blended_cost');
CALL a.without('line_item_unblended_cost bill_billing_period_start_date line_item_currency_code');
DROP TABLE a.whole CASCADE;
-- FOCUS.
CREATE TABLE a.whole ("BillingAccountId" text DEFAULT '1', "SubAccountId" text DEFAULT '2', "ChargeCategory" text DEFAULT 'Usage', "ServiceName" text DEFAULT 'Amazon Bedrock', "BillingCurrency" text DEFAULT 'USD',
    "BillingPeriodStart" timestamp DEFAULT '2025-03-01', line_item_usage_start_date timestamp DEFAULT '2025-03-05', line_item_usage_end_date timestamp DEFAULT '2025-03-06',
    "BilledCost" numeric DEFAULT 4, "EffectiveCost" numeric DEFAULT 3, "ProviderName" text DEFAULT 'AWS', "SkuMeter" text DEFAULT 'USE1-NovaPro-input-tokens', "PricingQuantity" numeric DEFAULT 10, "PricingUnit" text DEFAULT '1K tokens');
ALTER TABLE a.whole RENAME line_item_usage_start_date TO "ChargePeriodStart";
ALTER TABLE a.whole RENAME line_item_usage_end_date TO "ChargePeriodEnd";
INSERT INTO a.whole DEFAULT VALUES;
INSERT INTO a.whole ("BillingPeriodStart") VALUES ('2025-04-01');
CREATE PROCEDURE a.without_focus(essential text) LANGUAGE plpgsql AS $$
DECLARE
    message text;
    row record;
BEGIN
    EXECUTE format('CREATE VIEW a.narrow AS SELECT %s FROM a.whole', (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = 'a.whole'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> essential));
    BEGIN
        PERFORM bedrock.attach('a.narrow', force => true);
        FOR row IN SELECT r.billing_period, r.action, r.lines, r.cost FROM bedrock.refresh('narrow') AS r LOOP
            RAISE WARNING 'without %: % %, % lines, %', essential, row.billing_period, row.action, row.lines, row.cost;
        END LOOP;
        SELECT s.cost_metric, sum(s.net_unblended_cost) AS net, sum(s.net_amortized_cost) AS net_amortized, sum(s.ai_cost) AS ai INTO row FROM bedrock.spend AS s GROUP BY 1;
        RAISE WARNING '    spend: %', row;
        RAISE EXCEPTION USING ERRCODE = 'BC009';
    EXCEPTION WHEN invalid_table_definition THEN
        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
        RAISE WARNING 'without %: refused: %', essential, message;
    WHEN SQLSTATE 'BC009' THEN
        NULL;
    END;
    DROP VIEW a.narrow;
END $$;
DO $$
DECLARE essential text;
BEGIN
    FOR essential IN SELECT candidates[1] FROM bedrock_internal.source_field() AS f WHERE f.format = 'focus' AND f.essential LOOP
        CALL a.without_focus(essential);
    END LOOP;
END $$;

-- 4. Nothing to read is said ------------------------------------------------------------------------------------------------------
CREATE TABLE a.azure (LIKE a.whole INCLUDING DEFAULTS);
SELECT source FROM bedrock.attach('a.azure');
SELECT source, billing_period, action, lines, message FROM bedrock.refresh();
INSERT INTO a.azure ("ProviderName", "ServiceName") VALUES ('Microsoft', 'Virtual Machines'), ('Microsoft', 'Storage'), ('Google Cloud', 'BigQuery');
SELECT source FROM bedrock.attach('a.azure');
SELECT source, billing_period, action, lines, message FROM bedrock.refresh();
INSERT INTO a.azure DEFAULT VALUES;
SELECT source, billing_period, action, lines, message FROM bedrock.refresh();
SELECT source, billing_period, action, lines, message FROM bedrock.refresh(period => '2025-01-01');
-- A command that takes longer than three seconds says how far it is.
INSERT INTO a.azure DEFAULT VALUES;
SET client_min_messages = notice;
DO $$BEGIN PERFORM pg_sleep(3.1); PERFORM FROM bedrock.refresh(); END$$;
SET client_min_messages = warning;
SELECT bedrock.detach('azure');

-- 5. A label set by hand is in spend at once ----------------------------------------------------------------------------------------
CREATE TABLE a.labelled (LIKE a.whole INCLUDING DEFAULTS, "ResourceId" text DEFAULT 'arn:aws:bedrock:us-east-1:200000000011:application-inference-profile/06vsfs68yb4g');
INSERT INTO a.labelled ("ChargePeriodStart", "ChargePeriodEnd") VALUES ('2025-03-05', '2025-03-06'), ('2025-03-20', '2025-03-21');
SELECT source FROM bedrock.attach('a.labelled');
SELECT action FROM bedrock.refresh();
\set profile arn:aws:bedrock:us-east-1:200000000011:application-inference-profile/06vsfs68yb4g
SELECT bedrock.set_label(:'profile', 'team', 'blue', '2025-03-10', reason => 'test');
SELECT team, usage_date, net_unblended_cost FROM bedrock.spend ORDER BY 2;
SELECT team, net_unblended_cost FROM bedrock.spend_monthly ORDER BY 1;
SELECT count(*) FROM bedrock.doctor() WHERE "check" = 'catalogue_fresh';
SELECT bedrock.register_profile(:'profile', 'search', 'amazon.nova-pro-v1:0', '{"application": "finder"}');
SELECT DISTINCT profile_name, application, team FROM bedrock.spend ORDER BY 3;
SELECT * FROM bedrock.import_profiles(jsonb_build_object('ResourceTagMappingList', jsonb_build_array(jsonb_build_object('ResourceARN', :'profile', 'Tags', jsonb_build_array(jsonb_build_object('Key', 'customer', 'Value', 'globex'))))), '2025-03-01');
SELECT DISTINCT customer FROM bedrock.spend;
SELECT status FROM bedrock.doctor() WHERE "check" IN ('integrity', 'catalogue_fresh');
SELECT bedrock.detach('labelled');
DELETE FROM bedrock.profile WHERE profile_arn = :'profile';
DROP SCHEMA a CASCADE;
