-- List costs that the book gave follow it: lines whose bill states no public cost, and no others.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
BEGIN;
TRUNCATE bedrock.fact, bedrock.fact_month, bedrock.bill_total, bedrock.attribution, bedrock.dimension, bedrock.period, bedrock.source;
DELETE FROM bedrock_internal.state WHERE kind = 'list_cost';
CREATE SCHEMA listed;
CREATE TABLE listed.bill (
    bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS Marketplace', bill_invoice_id text DEFAULT 'I1',
    bill_billing_period_start_date timestamp DEFAULT '2026-03-01', line_item_usage_start_date timestamp DEFAULT '2026-03-05 10:00', line_item_usage_end_date timestamp DEFAULT '2026-03-05 11:00',
    line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'abcdefghijklmnopqrstuvwxyz', product jsonb DEFAULT '{"product_name": "Claude Haiku 4.5 (Amazon Bedrock Edition)"}',
    line_item_usage_type text DEFAULT 'USE1-MP:USE1_InputTokenCount-Units', line_item_usage_amount numeric DEFAULT 2, pricing_unit text DEFAULT '1M tokens', line_item_unblended_cost numeric DEFAULT 1,
    line_item_currency_code text DEFAULT 'USD', pricing_public_on_demand_cost numeric);
INSERT INTO listed.bill (line_item_usage_start_date, line_item_usage_end_date, line_item_usage_type, line_item_currency_code, line_item_line_item_type, pricing_public_on_demand_cost) VALUES
    ('2026-03-05 10:00', '2026-03-05 11:00', 'USE1-MP:USE1_InputTokenCount-Units', 'USD', 'Usage', 0), ('2026-03-06 10:00', '2026-03-06 11:00', 'USE1-MP:USE1_InputTokenCount-Units', 'USD', 'Usage', 0),
    ('2026-03-06 10:00', '2026-03-06 11:00', 'USE1-MP:USE1_OutputTokenCount-Units', 'USD', 'Usage', 0), ('2026-03-06 10:00', '2026-03-06 11:00', 'USE1-MP:USE1_InputTokenCount-Units', 'EUR', 'Usage', 0),
    ('2026-03-06 10:00', '2026-03-06 11:00', 'USE1-MP:USE1_InputTokenCount-Units', 'USD', 'Credit', NULL);
INSERT INTO listed.bill (line_item_product_code, bill_billing_entity, product, line_item_usage_type, pricing_unit, pricing_public_on_demand_cost)
VALUES ('AmazonBedrock', 'AWS', '{"product_name": "Amazon Bedrock"}', 'USE1-NovaPro-input-tokens', '1K tokens', 7);
-- What is metered without a model has list prices, too: 2,500 text units at 0.15 a thousand, 10 vCPU hours at 0.0895; not in a unit that is no unit of the price.
INSERT INTO listed.bill (line_item_usage_start_date, line_item_usage_end_date, line_item_product_code, bill_billing_entity, product, line_item_usage_type, line_item_usage_amount, pricing_unit) VALUES
    ('2026-03-07 10:00', '2026-03-07 11:00', 'AmazonBedrock', 'AWS', '{"product_name": "Amazon Bedrock"}', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 2500, 'TextUnit'),
    ('2026-03-08 10:00', '2026-03-08 11:00', 'AmazonBedrockAgentCore', 'AWS', '{"product_name": "Amazon Bedrock AgentCore"}', 'EUC1-Runtime:Consumption-based:vCPU', 10, 'vCPU-Hours'),
    ('2026-03-09 10:00', '2026-03-09 11:00', 'AmazonBedrock', 'AWS', '{"product_name": "Amazon Bedrock"}', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 2500, '1K TextUnit'),
    ('2026-03-10 10:00', '2026-03-10 11:00', 'AmazonBedrock', 'AWS', '{"product_name": "Amazon Bedrock"}', 'USE1-Guardrail-NewPolicyUnitsConsumed', 2500, 'TextUnit');
SELECT source FROM bedrock.attach('listed.bill', line_item => false);
SELECT action FROM bedrock.refresh();
CREATE VIEW listed.cost AS
SELECT usage_date, token_kind, currency, charge_category, list_cost, list_cost_basis FROM bedrock.spend ORDER BY 1, 2, 3, 4, 5;
CREATE FUNCTION listed.months_that_differ() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM (SELECT bill_id, attribution_id, dimension_id, session_id, superseded, sum(lines), sum(list_cost), sum(unblended_cost) FROM bedrock.fact GROUP BY 1, 2, 3, 4, 5
                          EXCEPT ALL SELECT bill_id, attribution_id, dimension_id, session_id, superseded, lines, list_cost, unblended_cost FROM bedrock.fact_month) AS d $$;
SELECT * FROM listed.cost;
SELECT bedrock.refresh_list_cost() AS as_they_are;
SELECT count(*) AS doctor FROM bedrock.doctor() WHERE "check" = 'list_cost_fresh';

-- A price and a discount of the user change no list cost.
SELECT bedrock.set_price('anthropic.claude-haiku-4-5-20251001-v1:0', 'input', 0.5, valid_from => NULL), bedrock.set_discount(10, provider => 'Anthropic', valid_from => '2026-01-01');
SELECT count(*) AS doctor FROM bedrock.doctor() WHERE "check" = 'list_cost_fresh';
SELECT bedrock.refresh_list_cost() AS users_price;

-- A public price does: the doctor says so, the facts of that token kind follow, their months too, and then there is nothing left to do.
UPDATE bedrock.price SET usd = usd * 2 WHERE model_id = 'anthropic.claude-haiku-4-5-20251001-v1:0' AND token_kind = 'input' AND origin = 'shipped';
SELECT status, fix FROM bedrock.doctor() WHERE "check" = 'list_cost_fresh';
SELECT bedrock.refresh_list_cost() AS doubled;
SELECT bedrock.refresh_list_cost() AS again;
SELECT count(*) AS doctor FROM bedrock.doctor() WHERE "check" = 'list_cost_fresh';
SELECT * FROM listed.cost;
SELECT listed.months_that_differ();

-- So does a public price of a meter; one of the user changes none.
INSERT INTO bedrock.meter_price (meter, usage_type, usd, units, unit) VALUES ('guardrail_content', 'Guardrail-ContentPolicyUnitsConsumed', 0.1, 1000, 'text unit');
SELECT count(*) AS doctor FROM bedrock.doctor() WHERE "check" = 'list_cost_fresh';
SELECT bedrock.refresh_list_cost() AS users_meter;
UPDATE bedrock.meter_price SET usd = 0.2 WHERE meter = 'guardrail_content' AND builtin;
SELECT count(*) AS doctor FROM bedrock.doctor() WHERE "check" = 'list_cost_fresh';
SELECT bedrock.refresh_list_cost() AS meter;
SELECT * FROM listed.cost WHERE usage_date > '2026-03-06';
SELECT listed.months_that_differ();

-- A price that goes leaves nothing in its place; one of a price list is public, too.
DELETE FROM bedrock.price WHERE model_id = 'anthropic.claude-haiku-4-5-20251001-v1:0' AND token_kind = 'output' AND origin = 'shipped';
SELECT bedrock.refresh_list_cost() AS gone;
INSERT INTO bedrock.price (model_id, region, routing, token_kind, usd, valid, origin) VALUES ('anthropic.claude-haiku-4-5-20251001-v1:0', 'us-east-1', 'regional', 'output', 40, '[2026-03-06,2026-03-07)', 'price_list');
SELECT bedrock.refresh_list_cost() AS listed;
SELECT * FROM listed.cost WHERE list_cost_basis = 'book';
SELECT listed.months_that_differ();

-- What was written by hand is mended by force alone; a refresh that reads all again finds the same.
UPDATE bedrock.fact SET list_cost = 1 WHERE list_cost = 4.4;
SELECT bedrock.refresh_list_cost() AS unchanged_book;
SELECT bedrock.refresh_list_cost(force => true) AS forced;
CREATE TEMP TABLE before AS SELECT * FROM listed.cost;
SELECT action FROM bedrock.refresh(force => true);
SELECT count(*) AS differing FROM ((SELECT * FROM before EXCEPT ALL SELECT * FROM listed.cost) UNION ALL (SELECT * FROM listed.cost EXCEPT ALL SELECT * FROM before)) AS d;
SELECT bedrock.refresh_list_cost(force => true) AS after_refresh;

-- A price of a meter that holds for some days is for those: 2,500 units at 0.4 a thousand are 1 on the 7th; on the days
-- beside it they are 0.5, at 0.2 as it was set above. What it costs is asked once for a usage type, a region and a stretch of
-- days, not for every fact: there are 400, of as many accounts, and the book is asked less often than that.
INSERT INTO bedrock.meter_price (meter, region, usage_type, usd, units, unit, valid, builtin)
VALUES ('guardrail_content', 'us-east-1', 'Guardrail-ContentPolicyUnitsConsumed', 0.4, 1000, 'text unit', '[2026-03-07,2026-03-08)', true);
INSERT INTO listed.bill (line_item_usage_account_id, line_item_usage_start_date, line_item_usage_end_date, line_item_product_code, bill_billing_entity, product, line_item_usage_type, line_item_usage_amount, pricing_unit)
SELECT 200000000000 + i, d, d + interval '1 hour', 'AmazonBedrock', 'AWS', '{"product_name": "Amazon Bedrock"}', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 2500, 'TextUnit'
FROM generate_series(1, 100) AS i, generate_series(timestamp '2026-03-06', '2026-03-09', interval '1 day') AS d;
SET track_functions = 'all';
SELECT action FROM bedrock.refresh();
SELECT bedrock.refresh_list_cost(force => true) AS after_refresh;
SELECT funcname, calls < 400 AS asked_less FROM pg_stat_xact_user_functions WHERE funcname = 'meter_cost';
RESET track_functions;
SELECT usage_date, count(*) AS facts, min(list_cost) AS least, max(list_cost) AS most FROM bedrock.spend WHERE account_id > '2' GROUP BY 1 ORDER BY 1;
ROLLBACK;
