-- The billing rules, each on a bill of a dozen lines: what every number of bedrock.spend means.
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA bill;

-- A line is one hour of input tokens, unless it says otherwise; note tells the lines apart.
CREATE TABLE bill.shape (
    line_item_line_item_description text, line_item_line_item_type text DEFAULT 'Usage', line_item_unblended_cost numeric,
    bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS',
    bill_invoice_id text DEFAULT 'INV1', bill_billing_period_start_date timestamp DEFAULT '2025-03-01', line_item_usage_start_date timestamp DEFAULT '2025-03-05 10:00',
    line_item_usage_end_date timestamp DEFAULT '2025-03-05 11:00', line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}',
    line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens', line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_blended_cost numeric,
    line_item_net_unblended_cost numeric, pricing_public_on_demand_cost numeric, line_item_currency_code text DEFAULT 'USD', line_item_resource_id text, line_item_iam_principal text,
    tags jsonb, resource_tags jsonb, reservation_reservation_a_r_n text, reservation_effective_cost numeric, reservation_unused_amortized_upfront_fee_for_billing_period numeric,
    reservation_unused_recurring_fee numeric, reservation_net_effective_cost numeric, reservation_net_unused_amortized_upfront_fee_for_billing_period numeric,
    reservation_net_unused_recurring_fee numeric, savings_plan_savings_plan_effective_cost numeric, savings_plan_total_commitment_to_date numeric, savings_plan_used_commitment numeric,
    savings_plan_net_savings_plan_effective_cost numeric);
CREATE FUNCTION bill.take(relation regclass) RETURNS TABLE (period text, action text, lines bigint, cost numeric) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bedrock.attach(relation, line_item => false);
    RETURN QUERY SELECT to_char(r.billing_period, 'YYYY-MM'), r.action, r.lines, r.cost FROM bedrock.refresh() AS r;
END $$;
CREATE PROCEDURE bill.drop() LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
    FOR name IN SELECT s.relation FROM bedrock.source AS s ORDER BY s.rank LOOP
        PERFORM bedrock.detach(s.source) FROM bedrock.source AS s WHERE s.relation = name;
        EXECUTE format('DROP TABLE %s', name);
    END LOOP;
END $$;
CREATE VIEW bill.spend AS SELECT s.*, s.charge_description AS note FROM bedrock.spend AS s;

-- 1. Charge categories -------------------------------------------------------------------------------------------------
-- A closed set; a line type without a row in the map is unknown, is kept and listed.
CREATE TABLE bill.categories (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.categories (line_item_line_item_type, line_item_unblended_cost)
SELECT t, n FROM unnest(ARRAY['Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation', 'RIFee', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee', 'Fee',
    'Tax', 'Credit', 'Refund', 'EdpDiscount', 'PrivateRateDiscount', 'SppDiscount', 'BundledDiscount', 'RiVolumeDiscount', 'Discount', 'NewThing', 'usage']) WITH ORDINALITY AS u (t, n);
SELECT * FROM bill.take('bill.categories');
SELECT charge_category, string_agg(charge_type, ' ' ORDER BY charge_type) AS charge_types, sum(lines) AS lines, sum(unblended_cost) AS cost FROM bill.spend GROUP BY 1 ORDER BY 1;
SELECT kind, value, lines, cost, currency, first_period, last_period, suggestion FROM bedrock.unrecognized WHERE kind = 'charge_type' ORDER BY value;
-- 2. Tokens and amounts are usage's alone: other charges repeat the amount.
SELECT charge_category, sum(usage_amount) AS usage_amount, sum(tokens) AS tokens, sum(lines) AS lines FROM bill.spend GROUP BY 1 ORDER BY 1;
-- A row of the user in the map wins, and the next refresh makes dimensions, facts and bill totals by it.
INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES ('NewThing', 'fee');
SELECT * FROM bill.take('bill.categories');
SELECT charge_category FROM bill.spend WHERE charge_type = 'NewThing';
SELECT b.charge_category, d.charge_category, a.attribution_rule FROM bedrock.fact AS f JOIN bedrock.bill_total AS b USING (bill_id) JOIN bedrock.dimension AS d USING (dimension_id)
JOIN bedrock.attribution AS a USING (attribution_id) WHERE d.charge_type = 'NewThing';
DELETE FROM bedrock.charge_category_map WHERE NOT builtin;
CALL bill.drop();

-- 1. Net cost ----------------------------------------------------------------------------------------------------------
-- Decided a source, payer and period, never a row. January: filled nowhere, so net is unblended on every row, discounts too.
-- February, payer 1: filled somewhere, so a discount row counts its net or 0, another row its net or unblended. Payer 2: nowhere.
CREATE TABLE bill.net (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.net (bill_payer_account_id, bill_billing_period_start_date, line_item_line_item_description, line_item_line_item_type, line_item_unblended_cost, line_item_net_unblended_cost) VALUES
    ('1', '2025-01-01', 'usage', 'Usage', 100, NULL), ('1', '2025-01-01', 'discount', 'EdpDiscount', -10, NULL),
    ('1', '2025-02-01', 'usage net', 'Usage', 100, 80), ('1', '2025-02-01', 'usage without net', 'Usage', 7, NULL), ('1', '2025-02-01', 'usage net 0', 'Usage', 3, 0),
    ('1', '2025-02-01', 'discount', 'EdpDiscount', -13, NULL), ('1', '2025-02-01', 'discount with net', 'PrivateRateDiscount', -10, -1), ('1', '2025-02-01', 'tax', 'Tax', 19, NULL),
    ('2', '2025-02-01', 'usage', 'Usage', 100, NULL), ('2', '2025-02-01', 'discount', 'EdpDiscount', -10, NULL);
SELECT * FROM bill.take('bill.net');
SELECT payer_account_id AS payer, billing_period, note, unblended_cost, net_unblended_cost, net_amortized_cost FROM bill.spend ORDER BY 1, 2, 3;
SELECT payer_account_id AS payer, billing_period, net_filled, unblended_cost, net_unblended_cost FROM bedrock.period ORDER BY 1, 2;
-- One filled value later changes what every row of its payer and period means, and nothing else.
UPDATE bill.net SET line_item_net_unblended_cost = 100 WHERE bill_payer_account_id = '1' AND bill_billing_period_start_date = '2025-01-01' AND line_item_line_item_type = 'Usage';
SELECT period, action FROM bill.take('bill.net');
SELECT payer_account_id AS payer, billing_period, sum(net_unblended_cost) AS net FROM bill.spend GROUP BY 1, 2 ORDER BY 1, 2;
CALL bill.drop();

-- 1. Amortized cost, by line type ----------------------------------------------------------------------------------------
CREATE TABLE bill.amortized (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.amortized (line_item_line_item_description, line_item_line_item_type, line_item_unblended_cost, savings_plan_savings_plan_effective_cost, savings_plan_total_commitment_to_date,
    savings_plan_used_commitment, reservation_effective_cost, reservation_unused_amortized_upfront_fee_for_billing_period, reservation_unused_recurring_fee, reservation_reservation_a_r_n) VALUES
    ('a usage', 'Usage', 1000, 11, 12, 13, 14, 15, 16, ''),
    ('b covered', 'SavingsPlanCoveredUsage', 1000, 700, NULL, NULL, NULL, NULL, NULL, ''),
    ('c negation', 'SavingsPlanNegation', -1000, NULL, NULL, NULL, NULL, NULL, NULL, ''),
    ('d recurring', 'SavingsPlanRecurringFee', 750, NULL, 750, 700, NULL, NULL, NULL, ''),
    ('e upfront', 'SavingsPlanUpfrontFee', 9000, NULL, NULL, NULL, NULL, NULL, NULL, ''),
    ('f discounted', 'DiscountedUsage', 0, NULL, NULL, NULL, 40, NULL, NULL, 'arn:aws:bedrock:us-east-1:100000000002:reservation/r'),
    ('g ri fee', 'RIFee', 60, NULL, NULL, NULL, NULL, 5, 20, 'arn:aws:bedrock:us-east-1:100000000002:reservation/r'),
    ('h ri fee, one part', 'RIFee', 60, NULL, NULL, NULL, NULL, NULL, 20, 'arn:aws:bedrock:us-east-1:100000000002:reservation/r'),
    ('i fee of a reservation', 'Fee', 500, NULL, NULL, NULL, NULL, NULL, NULL, 'arn:aws:bedrock:us-east-1:100000000002:reservation/r'),
    ('j fee', 'Fee', 8, NULL, NULL, NULL, NULL, NULL, NULL, ''),
    ('k tax', 'Tax', 9, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT * FROM bill.take('bill.amortized');
SELECT note, unblended_cost, amortized_cost, net_amortized_cost FROM bill.spend ORDER BY note;
-- With net columns, the net ones take their place; other rows follow net_unblended_cost.
UPDATE bill.amortized SET line_item_net_unblended_cost = 0.9 * line_item_unblended_cost, savings_plan_net_savings_plan_effective_cost = 0.9 * savings_plan_savings_plan_effective_cost,
    reservation_net_effective_cost = 0.9 * reservation_effective_cost, reservation_net_unused_amortized_upfront_fee_for_billing_period = 0.9 * reservation_unused_amortized_upfront_fee_for_billing_period,
    reservation_net_unused_recurring_fee = 0.9 * reservation_unused_recurring_fee;
SELECT period, action FROM bill.take('bill.amortized');
SELECT note, net_unblended_cost, amortized_cost, net_amortized_cost FROM bill.spend ORDER BY note;
CALL bill.drop();

-- 1. Public cost -------------------------------------------------------------------------------------------------------
-- Unknown where the bill gives 0 or nothing on usage with cost (Marketplace); free is 0. The list has the book's price then.
CREATE TABLE bill.list (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.list (line_item_line_item_description, line_item_line_item_type, line_item_unblended_cost, pricing_public_on_demand_cost) VALUES
    ('a stated', 'Usage', 8, 10), ('b zero on usage with cost', 'Usage', 8, 0), ('c nothing', 'Usage', 8, NULL), ('d free', 'Usage', 0, 0), ('e tax', 'Tax', 2, 0), ('f stated, free', 'Usage', 0, 5);
INSERT INTO bill.list (line_item_line_item_description, line_item_line_item_type, line_item_unblended_cost, line_item_usage_type) VALUES ('g not in the book', 'Usage', 8, 'USE1-Unheard9-input-tokens');
SELECT * FROM bill.take('bill.list');
SELECT note, unblended_cost, public_on_demand_cost, list_cost, list_cost_basis FROM bill.spend ORDER BY note;
-- A discount is over the rows that have it, with the share covered.
SELECT sum(list_cost) AS list, sum(unblended_cost) FILTER (WHERE list_cost IS NOT NULL) AS cost, round(sum(unblended_cost) FILTER (WHERE list_cost IS NOT NULL) / sum(unblended_cost), 4) AS covered
FROM bill.spend WHERE charge_category = 'usage';
CALL bill.drop();

-- 1. FOCUS, and the metric ai_cost carries --------------------------------------------------------------------------------
CREATE TABLE bill.focus (
    "ChargeDescription" text, "ChargeCategory" text, "ChargeClass" text, "BilledCost" numeric, "EffectiveCost" numeric, "ListCost" numeric, "PricingQuantity" numeric DEFAULT 10,
    "PricingUnit" text DEFAULT '1K tokens', "x_ServiceCode" text DEFAULT 'AmazonBedrock', "ServiceName" text DEFAULT 'Amazon Bedrock', "x_UsageType" text DEFAULT 'USE1-NovaPro-input-tokens',
    "ProviderName" text DEFAULT 'AWS', "BillingAccountId" text DEFAULT '1', "SubAccountId" text DEFAULT '2', "BillingPeriodStart" timestamptz DEFAULT '2025-03-01Z',
    "ChargePeriodStart" timestamptz DEFAULT '2025-03-05 10:00Z', "ChargePeriodEnd" timestamptz DEFAULT '2025-03-05 11:00Z', "BillingCurrency" text DEFAULT 'USD', "ResourceId" text);
INSERT INTO bill.focus ("ChargeDescription", "ChargeCategory", "ChargeClass", "BilledCost", "EffectiveCost", "ListCost") VALUES
    ('a usage', 'Usage', NULL, 8, 7, 10), ('b purchase', 'Purchase', NULL, 100, 0, 100), ('c tax', 'Tax', '', 2, 2, 2), ('d credit', 'Credit', NULL, -1, -1, 0), ('e adjustment', 'Adjustment', NULL, -3, -3, 0),
    ('f corrected usage', 'Usage', 'Correction', -4, -4, -4), ('g zero list on usage', 'Usage', NULL, 8, 7, 0);
-- Marketplace lines have no service code; the name says Bedrock in the product or in the description. In 1.2 the token kind is its third part.
INSERT INTO bill.focus ("ChargeDescription", "ChargeCategory", "BilledCost", "EffectiveCost", "x_ServiceCode", "ServiceName", "x_UsageType", "PricingQuantity", "PricingUnit") VALUES
    ('AWS Marketplace software usage|us-west-2|Million Input Tokens', 'Usage', 3, 3, '', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', NULL, 1, 'Units'),
    ('Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'Usage', 5, 5, NULL, 'AWS Marketplace', NULL, 1, 'Units'),
    ('i other service', 'Usage', 40, 40, 'AmazonEC2', 'Amazon EC2', 'BoxUsage', 1, 'Hrs');
-- Rows of other providers are skipped.
INSERT INTO bill.focus ("ChargeDescription", "ChargeCategory", "BilledCost", "EffectiveCost", "ProviderName") VALUES ('j other provider', 'Usage', 1000, 1000, 'Microsoft');
SELECT * FROM bill.take('bill.focus');
SELECT left(note, 50) AS note, charge_category, billing_entity, unblended_cost AS unblended, amortized_cost AS amortized, net_unblended_cost AS net, net_amortized_cost AS net_amortized,
       public_on_demand_cost AS list, ai_cost, cost_metric, token_kind, tokens, model_id
FROM bill.spend ORDER BY note;
SELECT sum(lines) AS lines, sum(net_unblended_cost) AS net, sum(bedrock_lines) AS bedrock_lines, sum(bedrock_net_unblended_cost) AS bedrock_net FROM bedrock.bill_total;
SELECT kind, value, lines, cost FROM bedrock.unrecognized WHERE kind <> 'product' ORDER BY 1, 2;
SELECT detail FROM bedrock.doctor() WHERE "check" = 'other_providers';
-- Lines of other providers are no change.
SELECT action FROM bedrock.refresh();
-- The metric is a dated row: months before its day keep theirs, and the row it replaces stays.
CREATE TABLE bill.metric (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.metric (bill_payer_account_id, line_item_usage_account_id, bill_billing_period_start_date, line_item_unblended_cost, line_item_blended_cost, line_item_net_unblended_cost) VALUES
    ('9', '9', '2025-01-01', 10, 9, 8), ('9', '9', '2025-02-01', 10, 9, 8), ('9', '9', '2025-03-01', 10, 9, 8);
BEGIN;
SELECT bedrock.set_setting('ai_cost_metric', 'net_unblended', '2025-02-01');
SELECT bedrock.set_setting('ai_cost_metric', 'blended', '2025-03-01', 'as agreed');
SELECT source FROM bedrock.attach('bill.metric', line_item => false);
SELECT source, billing_period, action FROM bedrock.refresh(force => true);
SELECT source, billing_period, cost_metric, sum(ai_cost) AS ai_cost FROM bill.spend GROUP BY 1, 2, 3 ORDER BY 1, 2;
SELECT valid_from, value, note, recorded_by = session_user AS by_me FROM bedrock.setting WHERE name = 'ai_cost_metric' AND NOT builtin ORDER BY 1;
SELECT bedrock.set_setting('ai_cost_metric', 'net_unblended_cost');
ROLLBACK;
-- A bill has one metric: from a day of its month on is from the first.
BEGIN;
SELECT bedrock.set_setting('ai_cost_metric', 'blended', '2025-02-15');
SELECT source FROM bedrock.attach('bill.metric', line_item => false);
SELECT source, billing_period, action FROM bedrock.refresh();
SELECT billing_period, cost_metric, sum(ai_cost) AS ai_cost FROM bill.spend GROUP BY 1, 2 ORDER BY 1;
ROLLBACK;
-- A setting takes what it can be used as, and an error says what: each shipped setting and value has a type.
SELECT coalesce(s.name, t.name) AS name, s.value, t.takes FROM bedrock.setting AS s FULL JOIN bedrock_internal.setting_types() AS t USING (name)
WHERE s.builtin IS NOT TRUE OR t.name IS NULL;
BEGIN;
SELECT count(bedrock.set_setting(name, value)) = count(*) AS shipped_fit FROM bedrock.setting WHERE builtin;
SELECT count(bedrock.set_setting(name, example)) = count(*) AS examples_fit FROM bedrock_internal.setting_types();
SELECT count(bedrock.set_setting(t.name, v.value::text)) = 2 * count(DISTINCT t.name) AS ends_fit FROM bedrock_internal.setting_types() AS t, unnest(ARRAY[t.lowest, t.highest]) AS v (value) WHERE t.lowest IS NOT NULL;
ROLLBACK;
CREATE FUNCTION bill.refused(name text, value text) RETURNS TABLE (said text) LANGUAGE plpgsql AS $$
DECLARE
    detail text; hint text;
BEGIN
    PERFORM bedrock.set_setting(name, value);
    RETURN QUERY SELECT 'taken';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN QUERY VALUES (SQLSTATE || ' ' || SQLERRM), (detail), (hint);
END $$;
SELECT * FROM bill.refused('data_lag_days_aws', 'abc');
SELECT * FROM bill.refused('data_lag_days_marketplace', '-5');
SELECT * FROM bill.refused('invocation_metadata_keys', NULL);
SELECT * FROM bill.refused('tags_activated_on', '2026-02-30');
SELECT * FROM bill.refused('cache_hit_healthy', '30');
-- NULL is refused by all, and by those with a range what is beside it, and what is no number.
SELECT t.name, v.value, r.said FROM bedrock_internal.setting_types() AS t, unnest(ARRAY[NULL, (t.lowest - 1)::text, (t.highest + 1)::text, 'NaN', '']) AS v (value),
    LATERAL (SELECT said FROM bill.refused(t.name, v.value) LIMIT 1) AS r
WHERE (t.lowest IS NOT NULL OR v.value IS NULL) AND r.said NOT LIKE '22023 setting "' || t.name || '" cannot be %';
DROP FUNCTION bill.refused;
CALL bill.drop();
DROP TABLE bill.metric;

-- 1. Never over currencies -----------------------------------------------------------------------------------------------
CREATE TABLE bill.currency (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.currency (line_item_line_item_description, line_item_unblended_cost, line_item_currency_code) VALUES ('one', 10, 'USD'), ('two', 20, 'EUR'), ('two', 5, 'USD');
SELECT * FROM bill.take('bill.currency');
SELECT note, currency, sum(unblended_cost) AS cost, count(DISTINCT dimension_id) AS dimensions FROM bill.spend GROUP BY 1, 2 ORDER BY 1, 2;
SELECT currency, sum(unblended_cost) AS cost FROM bedrock.bill_total GROUP BY 1 ORDER BY 1;
CALL bill.drop();

-- 2. Quantities ----------------------------------------------------------------------------------------------------------
-- Exponents and 17 digits are read exactly, from text and from floating point; nothing is rounded; a negative total stays.
CREATE TABLE bill.digits (LIKE bill.shape INCLUDING DEFAULTS);
ALTER TABLE bill.digits ALTER line_item_unblended_cost TYPE text, ALTER line_item_usage_amount TYPE double precision, ALTER line_item_blended_cost TYPE double precision,
    ALTER bill_billing_period_start_date TYPE text;
ALTER TABLE bill.digits ALTER bill_billing_period_start_date SET DEFAULT '2025-03-01T00:00:00.000Z';
INSERT INTO bill.digits (line_item_line_item_description, line_item_line_item_type, line_item_unblended_cost, line_item_usage_amount, line_item_blended_cost) VALUES
    ('a exponent', 'Usage', '6.9E-5', 1e-7, 6.9e-5), ('b 17 digits', 'Usage', '0.12345678901234567', 0.30000000000000004, 0.1), ('c finer than 1e-12', 'Usage', '0.0000000000000001', 123456789012345.67, NULL),
    ('d large', 'Usage', '1E+3', 20.909, 1e3), ('e credit', 'Credit', '-2E3', 5, -2e3), ('f empty', 'Usage', '', NULL, NULL);
SELECT * FROM bill.take('bill.digits');
SELECT note, unblended_cost, blended_cost, usage_amount, tokens FROM bill.spend ORDER BY note;
SELECT sum(unblended_cost) AS total, (SELECT sum(nullif(line_item_unblended_cost, '')::numeric) FROM bill.digits) = sum(unblended_cost) AS exact FROM bill.spend;
-- A float keeps its 17 digits whatever the session asks for in its output.
SET extra_float_digits = 0;
SELECT action FROM bedrock.refresh(force => true);
RESET extra_float_digits;
SELECT usage_amount FROM bill.spend WHERE note LIKE 'b%';
-- What is no number stops the load and changes nothing.
UPDATE bill.digits SET line_item_unblended_cost = '12,50' WHERE line_item_line_item_description = 'd large';
SELECT action FROM bedrock.refresh();
ALTER TABLE bill.digits ALTER line_item_usage_end_date TYPE text;
UPDATE bill.digits SET line_item_unblended_cost = '12.50', line_item_usage_end_date = '05.03.2025' WHERE line_item_line_item_description = 'd large';
SELECT action FROM bedrock.refresh();
SELECT sum(unblended_cost) AS total FROM bill.spend;
CALL bill.drop();

-- Lines of one meter: Units of a token meter are millions, of another dimension nothing; an unknown unit of tokens is never guessed.
CREATE TABLE bill.unit (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.unit (line_item_line_item_description, line_item_usage_type, pricing_unit, line_item_unblended_cost) VALUES
    ('a', 'USE1-NovaPro-input-tokens', '1K tokens', 1), ('b', 'USE1-NovaPro-input-tokens', '1k Tokens', 1), ('c', 'USE1-MP:USE1_InputTokenCount-Units', 'Units', 1), ('d', 'USE1-NovaPro-output-tokens', '1M tokens', 1),
    ('e', 'USE1-NovaPro-output-tokens', '1B tokens', 1), ('f', 'USE1-NovaPro-output-tokens', '', 1), ('g', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 'Units', 1);
SELECT lines FROM bill.take('bill.unit');
SELECT note, usage_group, token_kind, pricing_unit, usage_amount, tokens FROM bill.spend ORDER BY note;
SELECT kind, value, lines, cost FROM bedrock.unrecognized WHERE kind = 'unit' ORDER BY value;
CALL bill.drop();

-- 3. Time ------------------------------------------------------------------------------------------------------------------
-- The period is the bill's, not the usage's; days are UTC whatever the session's zone; a timestamp without zone is UTC.
CREATE TABLE bill.time (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.time (line_item_line_item_description, line_item_line_item_type, line_item_unblended_cost, line_item_usage_start_date, line_item_usage_end_date) VALUES
    ('a late usage of February', 'Usage', 1, '2025-02-28 23:00', '2025-03-01 00:00'), ('b first hour', 'Usage', 1, '2025-03-01 00:00', '2025-03-01 01:00'), ('c a day', 'Usage', 1, '2025-03-02', '2025-03-03'),
    ('d more than a day', 'Usage', 1, '2025-03-02', '2025-03-03 00:00:01'), ('e the month', 'Tax', 1, '2025-03-01', '2025-04-01'), ('f no end', 'Fee', 1, '2025-03-07', NULL), ('g at once', 'Credit', 1, '2025-03-31 23:59:59', '2025-03-31 23:59:59'),
    -- Clocks of the session move on 9 March; those of the bill do not.
    ('h a day without an hour', 'Usage', 1, '2025-03-09', '2025-03-10'), ('i that night', 'Usage', 1, '2025-03-09 07:00', '2025-03-09 08:00');
SELECT * FROM bill.take('bill.time');
SELECT note, billing_period, usage_date, charge_grain FROM bill.spend ORDER BY note;
SELECT DISTINCT billing_period FROM bedrock.spend_monthly;
-- A MONTHLY export is refused, unless it is accepted as one without days.
DELETE FROM bill.time WHERE line_item_line_item_description <> 'e the month';
UPDATE bill.time SET line_item_line_item_type = 'Usage';
SELECT bedrock.attach('bill.time');
CALL bill.drop();

-- Final is a payer, period and billing entity: the period ended and every row, Bedrock's or not, has an invoice.
CREATE TABLE bill.final (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.final (line_item_line_item_description, bill_billing_entity, bill_invoice_id, line_item_unblended_cost, line_item_product_code, product) VALUES
    ('a', 'AWS', 'I1', 1, 'AmazonBedrock', '{"product_name": "Amazon Bedrock"}'), ('b', 'AWS', '', 1, 'AmazonEC2', '{"product_name": "Amazon EC2"}'),
    ('c', 'AWS Marketplace', 'I2', 1, 'abc', '{"product_name": "Claude Sonnet 4.6 (Amazon Bedrock Edition)"}');
INSERT INTO bill.final (line_item_line_item_description, line_item_unblended_cost, bill_billing_period_start_date) VALUES ('d this month', 1, date_trunc('month', now() AT TIME ZONE 'UTC'));
SELECT lines FROM bill.take('bill.final');
SELECT note, is_final, b.is_final_basis FROM bill.spend JOIN bedrock.dimension AS d USING (dimension_id) JOIN bedrock.fact AS f USING (dimension_id) JOIN bedrock.bill_total AS b USING (bill_id, is_final) ORDER BY note;
UPDATE bill.final SET bill_invoice_id = 'I1' WHERE bill_invoice_id = '';
SELECT action FROM bedrock.refresh();
SELECT note, is_final FROM bill.spend ORDER BY note;
SELECT count(*) AS periods, count(*) FILTER (WHERE is_final) AS final, count(restated_at) AS restated FROM bedrock.period;
-- A change after that is a restatement, with its difference.
UPDATE bill.final SET line_item_unblended_cost = 0.25 WHERE line_item_line_item_description = 'a';
SELECT action FROM bedrock.refresh();
SELECT billing_period FROM bedrock.period WHERE restated_at IS NOT NULL;
SELECT action, lines, cost - cost_before AS difference FROM bedrock.load_log WHERE source = 'final' AND action = 'restated';
CALL bill.drop();
-- Without invoice ids, age decides: 15 days after the end.
CREATE TABLE bill.age (LIKE bill.shape INCLUDING DEFAULTS);
ALTER TABLE bill.age DROP bill_invoice_id;
INSERT INTO bill.age (line_item_unblended_cost, bill_billing_period_start_date) SELECT 1, date_trunc('month', now() AT TIME ZONE 'UTC') - n * interval '1 month' FROM generate_series(0, 3) AS n;
SELECT count(*) FROM bill.take('bill.age');
SELECT is_final_basis, is_final = (billing_period + interval '1 month 15 days' <= now() AT TIME ZONE 'UTC') AS right, count(*) FROM bedrock.bill_total GROUP BY 1, 2;
SELECT bool_or(is_final) AS some, bool_and(is_final) AS all_of_them FROM bedrock.bill_total;
CALL bill.drop();

-- 4. Which rows are Bedrock ------------------------------------------------------------------------------------------------
CREATE TABLE bill.detect (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.detect (line_item_line_item_description, line_item_line_item_type, bill_payer_account_id, bill_billing_entity, line_item_product_code, product, line_item_resource_id, line_item_usage_type, line_item_unblended_cost) VALUES
    ('a first party', 'Usage', '1', 'AWS', 'AmazonBedrock', NULL, '', 'USE1-NovaPro-input-tokens', 1),
    ('b service', 'Usage', '1', 'AWS', 'AmazonBedrockService', NULL, '', 'USE1-NovaPro-input-tokens', 1),
    ('c models', 'Usage', '1', 'AWS', 'AmazonBedrockFoundationModels', NULL, '', 'USE1-NovaPro-input-tokens', 1),
    ('d agentcore', 'Usage', '1', 'AWS', 'AmazonBedrockAgentCore', NULL, '', 'USE1-Runtime:Consumption-based:vCPU', 1),
    ('e marketplace', 'Usage', '1', 'AWS Marketplace', 'hash1', '{"product_name": "Claude Sonnet 4.6 (Amazon Bedrock Edition)"}', '', 'USE1-MP:USE1_InputTokenCount-Units', 1),
    ('f tax of that code', 'Tax', '1', 'AWS Marketplace', 'hash1', NULL, '', '', 1),
    ('g the code of another payer', 'Tax', '2', 'AWS Marketplace', 'hash1', NULL, '', '', 1),
    ('h marketplace by resource', 'Usage', '1', 'AWS Marketplace', 'hash2', '{"product_name": "Palmyra"}', 'arn:aws:bedrock:us-east-1::foundation-model/writer.palmyra-x5-v1:0', 'USE1-MP:USE1_InputTokenCount-Units', 1),
    ('i tax of that code', 'Tax', '1', 'AWS Marketplace', 'hash2', NULL, '', '', 1),
    ('j other service on a Bedrock resource', 'Usage', '1', 'AWS', 'AmazonCloudWatch', '{"product_name": "AmazonCloudWatch"}', 'arn:aws:bedrock:us-east-1:100000000002:guardrail/g1', 'USE1-X', 1),
    ('k the same service elsewhere', 'Usage', '1', 'AWS', 'AmazonCloudWatch', '{"product_name": "AmazonCloudWatch"}', '', 'USE1-X', 1),
    ('l probable by code', 'Usage', '1', 'AWS', 'AmazonBedrockWebSearch', '{"product_name": "Web Search"}', '', 'USE1-WebSearch-Queries', 1),
    ('m probable by name', 'Usage', '1', 'AWS', 'Quarry', '{"product_name": "Bedrock Quarry"}', '', '', 1),
    ('n other service', 'Usage', '1', 'AWS', 'AmazonEC2', '{"product_name": "Amazon EC2"}', 'i-0abc', 'BoxUsage', 1),
    ('o other marketplace product', 'Usage', '1', 'AWS Marketplace', 'hash3', '{"product_name": "Firewall"}', '', 'USE1-MP:Hours', 1),
    ('p name of other goods', 'Usage', '1', 'AWS Marketplace', 'hash4', '{"product_name": "Monitoring for Amazon Bedrock by Somebody"}', '', 'USE1-MP:Hours', 1);
SELECT * FROM bill.take('bill.detect');
SELECT note, bedrock_basis FROM bill.spend ORDER BY note;
SELECT bedrock_basis, sum(lines) AS lines, sum(unblended_cost) AS cost FROM bedrock.spend_monthly GROUP BY 1 ORDER BY 1;
SELECT payer_account_id, product_code, product_name, proof FROM bedrock.product WHERE product_code LIKE 'hash%' ORDER BY 1, 2;
SELECT payer_account_id, sum(lines) AS lines, sum(bedrock_lines) AS bedrock_lines, sum(unblended_cost) AS cost, sum(bedrock_unblended_cost) AS bedrock_cost FROM bedrock.bill_total GROUP BY 1 ORDER BY 1;
SELECT kind, value, lines, cost, suggestion FROM bedrock.unrecognized WHERE kind = 'product' ORDER BY value COLLATE "C";
-- The table of proofs is open: a row of the user counts for one payer, or for every.
INSERT INTO bedrock.product (payer_account_id, product_code, proof) VALUES ('*', 'Quarry', 'user'), ('2', 'hash1', 'user');
SELECT count(*) FROM bedrock.refresh(force => true);
SELECT note, bedrock_basis FROM bill.spend WHERE note ~ '^[gm]' ORDER BY note;
-- A proof stays when the line that gave it is gone.
DELETE FROM bill.detect WHERE line_item_line_item_description ~ '^[eh]';
SELECT count(*) FROM bedrock.refresh();
SELECT note, bedrock_basis FROM bill.spend WHERE note ~ '^[fi]' ORDER BY note;
DELETE FROM bedrock.product WHERE product_code LIKE 'hash%' OR product_code = 'Quarry';
CALL bill.drop();

-- Conservation: bill totals and facts hold every line, day by day, line type by line type.
CREATE TABLE bill.conserve (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.conserve (line_item_line_item_type, line_item_usage_type, line_item_usage_start_date, line_item_usage_end_date, bill_billing_period_start_date, line_item_product_code, product, line_item_unblended_cost, line_item_usage_amount, line_item_iam_principal)
SELECT (ARRAY['Usage', 'Tax', 'Credit', 'Weird', ''])[1 + n % 5], (ARRAY['USE1-NovaPro-input-tokens', '', NULL, 'x'])[1 + n % 4], timestamp '2025-01-01' + n * interval '7 hours', timestamp '2025-01-01' + n * interval '7 hours' + n % 3 * interval '20 hours',
       date_trunc('month', timestamp '2025-01-01' + n * interval '7 hours'), (ARRAY['AmazonBedrock', 'AmazonEC2', 'AmazonBedrockX'])[1 + n % 3], '{"product_name": ""}', (n % 17 - 8) / 7.0, n / 3.0,
       'arn:aws:sts::100000000002:assumed-role/R/s' || n % 50
FROM generate_series(1, 600) AS n;
SELECT * FROM bill.take('bill.conserve');
WITH raw AS (SELECT date_trunc('month', bill_billing_period_start_date)::date AS period, line_item_usage_start_date::date AS day, nullif(line_item_line_item_type, '') AS type, nullif(line_item_usage_type, '') AS usage_type,
                    count(*) AS lines, sum(line_item_unblended_cost) AS cost FROM bill.conserve WHERE line_item_product_code LIKE 'AmazonBedrock%' GROUP BY 1, 2, 3, 4),
held AS (SELECT billing_period, usage_date, charge_type, usage_type, sum(lines), sum(unblended_cost) FROM bedrock.spend GROUP BY 1, 2, 3, 4)
SELECT (SELECT count(*) FROM raw) AS cells, (SELECT count(*) FROM (TABLE raw EXCEPT TABLE held) AS x) AS lost, (SELECT count(*) FROM (TABLE held EXCEPT TABLE raw) AS x) AS invented;
SELECT sum(lines) = (SELECT count(*) FROM bill.conserve) AS lines, sum(unblended_cost) = (SELECT sum(line_item_unblended_cost) FROM bill.conserve) AS cost FROM bedrock.bill_total;
SELECT s.lines = m.lines AS lines, s.cost = m.cost AS cost, s.amount = m.amount AS amount
FROM (SELECT sum(lines) AS lines, sum(unblended_cost) AS cost, sum(usage_amount) AS amount FROM bedrock.spend) AS s, (SELECT sum(lines) AS lines, sum(unblended_cost) AS cost, sum(usage_amount) AS amount FROM bedrock.spend_monthly) AS m;
CALL bill.drop();

-- 5. Absence is said, and said right -----------------------------------------------------------------------------------------
-- January records nothing of resources, callers and tags. March does, on one line each.
CREATE TABLE bill.absent (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.absent (bill_billing_period_start_date, line_item_line_item_description, line_item_usage_type, line_item_unblended_cost, line_item_resource_id, line_item_iam_principal, tags) VALUES
    ('2025-01-01', 'a inference', 'USE1-NovaPro-input-tokens', 1, '', '', '{}'), ('2025-01-01', 'b guardrail', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 1, NULL, NULL, NULL),
    ('2025-03-01', 'a inference', 'USE1-NovaPro-input-tokens', 1, '', '', '{}'), ('2025-03-01', 'b guardrail', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 1, '', '', NULL),
    ('2025-03-01', 'c model', 'USE1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', '', NULL),
    ('2025-03-01', 'd no Bedrock resource', 'USE1-NovaPro-input-tokens', 1, 'my-model', '', NULL),
    ('2025-03-01', 'e profile', 'USE1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/06vsfs68yb4g', 'arn:aws:iam::100000000002:user/u', '{"resourceTags/team": "a"}'),
    ('2025-03-01', 'f system profile', 'USE1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:us-east-1:100000000002:inference-profile/us.amazon.nova-pro-v1:0', NULL, NULL),
    ('2025-03-01', 'g guardrail with resource', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 1, 'arn:aws:bedrock:us-east-1:100000000002:guardrail/g1', NULL, NULL);
SELECT * FROM bill.take('bill.absent');
SELECT to_char(billing_period, 'MM') AS month, note, request_path, via_profile, profile_kind, principal_kind, caller_class, attribution_kind, tags, control_layer FROM bill.spend ORDER BY 1, 2;
SELECT billing_period, resource_recorded, principal_recorded, tags_recorded FROM bedrock.period ORDER BY 1;
CALL bill.drop();

-- Where the answer may have been computed: stated in the usage type, else the profile's geography, else the registry's source profile.
CREATE TABLE bill.region (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.region (line_item_line_item_description, line_item_usage_type, line_item_unblended_cost, line_item_resource_id) VALUES
    ('a usage type, global', 'USE1-Nova2.0Pro-input-tokens-cross-region-global', 1, 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-pro-v1:0'),
    ('b system profile', 'USE1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:us-east-1:100000000002:inference-profile/us.amazon.nova-pro-v1:0'),
    ('c global profile', 'USE1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:us-east-1:100000000002:inference-profile/global.amazon.nova-pro-v1:0'),
    ('d application profile of a pool', 'EUC1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:eu-central-1:100000000002:application-inference-profile/poolpoolpool'),
    ('e application profile of one region', 'EUC1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:eu-central-1:100000000002:application-inference-profile/regionregion'),
    ('f application profile, unknown', 'EUC1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:eu-central-1:100000000002:application-inference-profile/unknownunknow'),
    ('g foundation model', 'USE1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'),
    ('h provisioned model', 'USE1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:us-east-1:100000000002:provisioned-model/abcdefghijkl'),
    ('i imported model', 'USE1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:us-east-1:100000000002:imported-model/abcdefghijkl'),
    ('j no resource id', 'USE1-NovaPro-input-tokens', 1, ''),
    ('k prompt router', 'USE1-NovaPro-input-tokens', 1, 'arn:aws:bedrock:us-east-1:100000000002:default-prompt-router/x:1'),
    ('l no inference', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 1, 'arn:aws:bedrock:us-east-1:100000000002:guardrail/g1');
SELECT bedrock.register_profile('arn:aws:bedrock:eu-central-1:100000000002:application-inference-profile/poolpoolpool', 'pool', 'arn:aws:bedrock:eu-central-1:100000000002:inference-profile/eu.amazon.nova-pro-v1:0');
SELECT bedrock.register_profile('arn:aws:bedrock:eu-central-1:100000000002:application-inference-profile/regionregion', 'region', 'arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-pro-v1:0');
SELECT lines FROM bill.take('bill.region');
SELECT note, ai_region_type, geo_prefix, region, request_path, model_id FROM bill.spend ORDER BY note;
CALL bill.drop();

-- 6. One euro once -----------------------------------------------------------------------------------------------------------
-- A payer's export and a member's of one account: the first stays, the other is superseded, account by account and month by month.
CREATE TABLE bill.payer (LIKE bill.shape INCLUDING DEFAULTS);
CREATE TABLE bill.member (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.payer (line_item_usage_account_id, bill_billing_period_start_date, line_item_unblended_cost) VALUES ('2', '2025-02-01', 10), ('2', '2025-03-01', 11), ('3', '2025-03-01', 100), ('4', '2025-03-01', 1);
INSERT INTO bill.member (bill_payer_account_id, line_item_usage_account_id, bill_billing_period_start_date, line_item_unblended_cost) VALUES ('2', '2', '2025-03-01', 11.5), ('2', '2', '2025-04-01', 12), ('2', '5', '2025-03-01', 7);
SELECT * FROM bill.take('bill.payer');
SELECT * FROM bill.take('bill.member');
CREATE VIEW bill.sides AS SELECT account_id, billing_period, source, unblended_cost, superseded FROM bedrock.bill_total ORDER BY 1, 2, 3;
SELECT * FROM bill.sides;
SELECT source, account_id, billing_period, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1, 2, 3 ORDER BY 2, 3;
SELECT detail, fix FROM bedrock.doctor() WHERE "check" = 'overlap';
-- The other counts from a month on; both views follow; nothing is read.
SELECT bedrock.prefer_source('member', '2025-03-01');
SELECT source, account_id, billing_period, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1, 2, 3 ORDER BY 2, 3;
SELECT sum(unblended_cost) AS daily, (SELECT sum(unblended_cost) FROM bedrock.spend_monthly) AS monthly FROM bedrock.spend;
SELECT bedrock.prefer_source('nobody');
-- A day inside of a month is its month. What is taken back is taken back in later months too; not in earlier ones.
BEGIN;
SELECT bedrock.prefer_source('payer', '2025-03-01'), bedrock.prefer_source('member', '2025-03-15');
SELECT * FROM bill.sides;
SELECT bedrock.prefer_source(NULL, '2025-04-20');
SELECT bedrock.prefer_source(NULL);
SELECT * FROM bill.sides;
ROLLBACK;
-- The superseded takes over where the other leaves.
SELECT bedrock.prefer_source('payer', '2025-03-01');
DELETE FROM bill.payer WHERE line_item_usage_account_id = '2' AND bill_billing_period_start_date = '2025-03-01';
SELECT source, billing_period, action FROM bedrock.refresh();
SELECT * FROM bill.sides;
SELECT bedrock.detach('payer');
SELECT * FROM bill.sides;
DROP VIEW bill.sides;
DROP TABLE bill.payer;
CALL bill.drop();
DELETE FROM bedrock.setting WHERE NOT builtin;

-- A month is replaced as a whole: it may go down, rows vanish, and what stands beside it is not touched.
CREATE TABLE bill.replace (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.replace (bill_billing_period_start_date, line_item_line_item_description, line_item_unblended_cost) VALUES ('2025-01-01', 'a', 1), ('2025-02-01', 'a', 10), ('2025-02-01', 'b', 20), ('2025-02-01', 'c', 30);
SELECT * FROM bill.take('bill.replace');
CREATE TEMP TABLE untouched AS SELECT f.ctid AS place, f.xmin::text AS writer FROM bedrock.fact AS f JOIN bedrock.bill_total AS b USING (bill_id) WHERE b.billing_period = '2025-01-01';
DELETE FROM bill.replace WHERE bill_billing_period_start_date = '2025-02-01' AND line_item_line_item_description <> 'a';
UPDATE bill.replace SET line_item_unblended_cost = 9 WHERE bill_billing_period_start_date = '2025-02-01';
SELECT period, action, lines, cost FROM (SELECT to_char(billing_period, 'YYYY-MM') AS period, action, lines, cost FROM bedrock.refresh()) AS r;
SELECT billing_period, note, unblended_cost FROM bill.spend ORDER BY 1, 2;
SELECT count(*) AS untouched FROM bedrock.fact AS f JOIN untouched AS u ON u.place = f.ctid AND u.writer = f.xmin::text;
SELECT billing_period, action, lines, cost, cost_before FROM bedrock.load_log WHERE source = 'replace' ORDER BY load_id;
CALL bill.drop();

-- 7. Charges nobody used -----------------------------------------------------------------------------------------------------
CREATE TABLE bill.charges (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.charges (line_item_line_item_type, line_item_unblended_cost) VALUES ('Usage', 10), ('Tax', 2), ('Credit', -1), ('EdpDiscount', -0.5), ('RIFee', 3), ('Refund', -4), ('SavingsPlanNegation', -6), ('Odd', 1);
SELECT lines FROM bill.take('bill.charges');
SELECT workload, attribution_rule, charge_type, sum(unblended_cost) AS cost, bool_and(owner IS NULL AND claim_id IS NULL AND element1 IS NULL AND expected IS NULL AND evidence_trust IS NULL) AS nobody FROM bill.spend GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
CALL bill.drop();

-- 8. Tags --------------------------------------------------------------------------------------------------------------------
-- Keys fold (CostCenter, cost-center and user_cost_center are one) and are kept as written. A tag in both maps stands once.
CREATE TABLE bill.tags (LIKE bill.shape INCLUDING DEFAULTS);
INSERT INTO bill.tags (line_item_line_item_description, line_item_unblended_cost, tags, resource_tags) VALUES
    ('a folded', 1, NULL, '{"user_cost_center": "42", "user_team": "red"}'),
    ('b as written', 1, '{"resourceTags/CostCenter": "42", "resourceTags/Team": "red"}', NULL),
    ('c in both', 1, '{"resourceTags/CostCenter": "42"}', '{"user_cost_center": "42"}'),
    ('d resource before principal', 1, '{"iamPrincipal/team": "caller", "resourceTags/TEAM": "red", "userAttribute/team": "user", "accountTag/team": "account", "costCategory/team": "category"}', NULL),
    ('e principal before attribute', 1, '{"iamPrincipal/team": "caller", "userAttribute/team": "user", "accountTag/team": "account"}', NULL),
    ('f attribute before account', 1, '{"userAttribute/team": "user", "accountTag/team": "account", "costCategory/team": "category"}', NULL),
    ('g account before category', 1, '{"accountTag/team": "account", "costCategory/team": "category"}', NULL),
    ('h exact key first', 1, '{"resourceTags/team": "exact", "resourceTags/Team": "other", "resourceTags/TEAM": "third"}', NULL),
    ('i bytewise smallest', 1, '{"resourceTags/tEam": "third", "resourceTags/TEAM": "first", "resourceTags/Team": "second"}', NULL),
    ('j empty value', 1, '{"resourceTags/team": "", "iamPrincipal/team": "caller"}', NULL),
    ('k no tag', 1, '{}', NULL),
    ('l spelling of a value', 1, '{"resourceTags/Environment": "Production"}', NULL),
    ('m department: attribute first', 1, '{"resourceTags/department": "resource", "iamPrincipal/department": "caller", "userAttribute/department": "user"}', NULL);
SELECT lines FROM bill.take('bill.tags');
SELECT note, team, cost_center, environment, department, attribution_kind, tags FROM bill.spend ORDER BY note;
SELECT status, detail FROM bedrock.doctor() WHERE "check" = 'tag_conflicts';
SELECT attribution_kind, count(*) FROM bill.spend GROUP BY 1 ORDER BY 1;
CALL bill.drop();
-- A map that does not parse is no tag, is kept as it came and listed; what the other map says still counts.
CREATE TABLE bill.raw (LIKE bill.shape INCLUDING DEFAULTS);
ALTER TABLE bill.raw ALTER tags TYPE text;
INSERT INTO bill.raw (line_item_line_item_description, line_item_unblended_cost, tags, resource_tags) VALUES
    ('a good', 1, '{"resourceTags/team": "red"}', NULL), ('b broken', 2, E'{\u201cteam\u201d: {{', NULL), ('c broken beside good', 4, '{x', '{"user_team": "blue"}'), ('d list', 8, '["team"]', NULL), ('e NULL as a word', 16, 'NULL', NULL), ('f empty', 32, '', NULL);
SELECT lines FROM bill.take('bill.raw');
SELECT note, s.tags, d.tags_raw, team FROM bill.spend AS s JOIN bedrock.dimension AS d USING (dimension_id) ORDER BY note;
SELECT kind, value, lines, cost FROM bedrock.unrecognized WHERE kind = 'tag_map' ORDER BY value COLLATE "C";
CALL bill.drop();

DROP SCHEMA bill CASCADE;
SELECT count(*) AS facts FROM bedrock.fact;
