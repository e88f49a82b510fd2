-- Prices of the bill: observed, compared with the book, used for estimates, their changes.
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE TABLE bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '2', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp,
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text, pricing_unit text DEFAULT '1K tokens', line_item_usage_amount numeric, line_item_unblended_cost numeric,
    line_item_net_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD', line_item_resource_id text);
CREATE FUNCTION pg_temp.line(month date, usage_type text, amount numeric, cost numeric, net numeric DEFAULT NULL, unit text DEFAULT '1K tokens', currency text DEFAULT 'USD', product text DEFAULT 'Amazon Bedrock') RETURNS void LANGUAGE sql AS $$
    INSERT INTO bill (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_usage_type, line_item_usage_amount, line_item_unblended_cost, line_item_net_unblended_cost, pricing_unit, line_item_currency_code, product_product_name)
    VALUES (month, month + 4, month + 4 + time '01:00', usage_type, amount, cost, net, unit, currency, product)$$;
SELECT pg_temp.line('2026-10-01', 'USE1-NovaMicro-input-tokens', 1000, 0.035);              -- as in the book
SELECT pg_temp.line('2026-10-01', 'USE1-NovaMicro-output-tokens', 2000, 0.28), pg_temp.line('2026-10-01', 'USE1-NovaMicro-output-tokens', 1000, 0.07);  -- 0.35 for 3 million, the book says 0.14
SELECT pg_temp.line('2026-10-01', 'USE1-NovaLite-input-tokens', 10, 0.6);                   -- 1,000 times the book
SELECT pg_temp.line('2026-10-01', 'USE1-NovaPro-input-tokens-custom-model', 100, 0.2);      -- a fine-tuned model is not in the book
SELECT pg_temp.line('2026-10-01', 'USE1-MP:USE1_CacheWriteInputTokenCount-Units', 2, 2.75, unit => 'Units', product => 'Claude Haiku 4.5 (Amazon Bedrock Edition)');  -- the default write
SELECT pg_temp.line('2026-10-01', 'USE1-NovaPro-output-tokens', 100, 0.3, currency => 'EUR');
SELECT pg_temp.line('2026-10-01', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 100, 0.3, unit => 'TextUnit');
SELECT pg_temp.line('2026-11-01', 'USE1-NovaMicro-input-tokens', 2000, 0.084), pg_temp.line('2026-11-01', 'USE1-NovaMicro-output-tokens', 10, 0);
SELECT source FROM bedrock.attach('bill', line_item => false);
SELECT count(*) FROM bedrock.refresh();
-- Nothing is observed yet.
SELECT estimated_cost('amazon.nova-micro-v1:0', 1000, region => 'us-east-1', basis => 'effective', at => '2026-10-10') AS nothing_observed;
SELECT * FROM bedrock.observe_unit_prices();
SELECT billing_period, currency, model_id, token_kind, cache_ttl, tokens, list_cost, net_cost, billed_usd, book_usd, diff_pct, finding, origin FROM bedrock.price_check ORDER BY 1, 3, 4, 2;
-- Estimates at the bill's prices: those of the month, else of the latest one before; never the book's.
SELECT d::date AS day, estimated_cost('amazon.nova-micro-v1:0', 1000, 0, region => 'us-east-1', basis => 'effective', at => d) AS input, estimated_cost('amazon.nova-micro-v1:0', 0, 3000, region => 'us-east-1', basis => 'effective', at => d) AS output,
       estimated_cost('amazon.nova-micro-v1:0', 1000, 0, region => 'us-east-1', at => d) AS book, estimated_cost('amazon.nova-micro-v1:0', 1000, region => 'us-west-2', basis => 'effective', at => d) AS elsewhere,
       estimated_cost('us.anthropic.claude-haiku-4-5-20251001-v1:0', cache_write_tokens => 1000, region => 'us-east-1', basis => 'effective', at => d) AS cache_write,
       estimated_cost('amazon.nova-pro-v1:0', 1, region => 'us-east-1', basis => 'effective', at => d) AS custom_only
FROM unnest(ARRAY['2026-09-30', '2026-10-01', '2026-10-31', '2026-11-01', '2027-01-01']::timestamptz[]) d;
SELECT token_kind, usd, origin, as_of, reason FROM bedrock.price_of('amazon.nova-micro-v1:0', 'us-east-1', at => '2026-10-10', basis => 'effective');
-- What changed from month to month, and what that cost: 2 million at 0.042 instead of 0.035; output became free.
SELECT model_id, token_kind, from_price, to_price, billing_period, change_pct, effect, previous_discount_pct, discount_pct FROM bedrock.price_change ORDER BY 2;
-- Learnt anew, the later month only; the net column decides where the bill has one.
UPDATE bill SET line_item_net_unblended_cost = line_item_unblended_cost * 0.9 WHERE bill_billing_period_start_date = '2026-11-01';
SELECT count(*) FROM bedrock.refresh(force => true);
SELECT * FROM bedrock.observe_unit_prices('2026-11-20');
SELECT estimated_cost('amazon.nova-micro-v1:0', 1000, region => 'us-east-1', basis => 'effective', at => '2026-11-10') AS net, estimated_cost('amazon.nova-micro-v1:0', 1000, region => 'us-east-1', basis => 'effective', at => '2026-10-10') AS untouched;
-- Net columns that begin with a month change no price: the discount of 10 percent stands beside the change there was.
SELECT model_id, token_kind, from_price, to_price, change_pct, effect, previous_discount_pct, discount_pct FROM bedrock.price_change ORDER BY 2;
SELECT billing_period, token_kind, tokens, list_cost, net_cost, billed_usd, discount_pct, finding FROM bedrock.price_check WHERE model_id = 'amazon.nova-micro-v1:0' AND token_kind = 'input' ORDER BY 1;
SELECT bedrock.detach(source) FROM bedrock.source;
DELETE FROM bedrock.effective_price;

-- A region that nothing names yet has no price of the book, whatever the price of every region is, until the bill has told one.
TRUNCATE bill;
SELECT pg_temp.line('2026-11-01', 'XXN1-TitanText-Lite-input-tokens', 1000000, 300), pg_temp.line('2026-11-01', 'XXN1-CohereCommand-input-tokens', 1000, 1.5);
UPDATE bill SET line_item_resource_id = 'arn:aws:bedrock:xx-new-1:111122223333:application-inference-profile/p1';
SELECT source FROM bedrock.attach('bill', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT region, model_id, billed_usd, book_usd, finding, estimated_cost(model_id, 1000000, region => region, at => billing_period) AS estimated FROM bedrock.price_check ORDER BY 2;
-- A model unit of the book for the 720 hours of November.
SELECT kind, option, region, unit_cost FROM bedrock.savings_opportunity('2026-11-01') WHERE kind = 'provisioned' ORDER BY 2;
SELECT prices FROM bedrock.observe_unit_prices();
SELECT region, model_id, billed_usd, book_usd, finding, estimated_cost(model_id, 1000000, region => region, at => billing_period) AS estimated FROM bedrock.price_check ORDER BY 2;
SELECT kind, option, region, unit_cost FROM bedrock.savings_opportunity('2026-11-01') WHERE kind = 'provisioned' ORDER BY 2;
SELECT bedrock.detach(source) FROM bedrock.source;
DELETE FROM bedrock.effective_price;
DROP TABLE bill;
