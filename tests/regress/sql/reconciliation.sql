-- Bill against logs: every finding once, on numbers that can be checked by hand.
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE TABLE bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '111122223333', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp DEFAULT '2026-09-01',
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage', line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text, pricing_unit text DEFAULT '1K tokens', line_item_usage_amount numeric, line_item_unblended_cost numeric,
    line_item_net_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD', line_item_resource_id text);
CREATE FUNCTION pg_temp.line(day date, usage_type text, amount numeric, cost numeric, account text DEFAULT '111122223333', currency text DEFAULT 'USD', unit text DEFAULT '1K tokens', product text DEFAULT 'Amazon Bedrock') RETURNS void LANGUAGE sql AS $$
    INSERT INTO bill (line_item_usage_account_id, line_item_usage_start_date, line_item_usage_end_date, line_item_usage_type, line_item_usage_amount, line_item_unblended_cost, line_item_currency_code, pricing_unit, product_product_name)
    VALUES (account, day, day + time '01:00', usage_type, amount, cost, currency, unit, product)$$;
CREATE FUNCTION pg_temp.logged(day date, model text, counts jsonb, account text DEFAULT '111122223333', answered integer DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    SELECT bedrock.load_invocation_text(jsonb_build_object('schemaType', 'ModelInvocationLog', 'schemaVersion', '1.0', 'timestamp', day || 'T10:00:00Z', 'accountId', account, 'region', 'us-east-1',
        'requestId', md5(day || model || counts || account), 'operation', 'Converse', 'modelId', model, 'input', counts, 'output', jsonb_build_object('outputTokenCount', answered))::text)$$;

-- The 10th: bill and logs, side by side.
SELECT pg_temp.line('2026-09-10', 'USE1-NovaMicro-input-tokens', 1000, 0.035), pg_temp.line('2026-09-10', 'USE1-NovaMicro-output-tokens', 100, 0.014);
SELECT pg_temp.logged('2026-09-10', 'amazon.nova-micro-v1:0', '{"inputTokenCount": 1000000}', answered => 99500);              -- 0.5 percent less output
SELECT pg_temp.line('2026-09-10', 'USE1-NovaLite-input-tokens', 1000, 0.06), pg_temp.line('2026-09-10', 'USE1-NovaLite-output-tokens', 100, 0.012);  -- output at half the price
SELECT pg_temp.logged('2026-09-10', 'amazon.nova-lite-v1:0', '{"inputTokenCount": 1000}', answered => 100000);                 -- input logged in thousands
SELECT pg_temp.line('2026-09-10', 'USE1-NovaPro-input-tokens', 500, 0.4);                                                      -- shadow traffic
SELECT pg_temp.line('2026-09-10', 'USE1-openai.gpt-oss-120b-mantle-input-tokens-standard', 2000, 0.3);                         -- never logged
SELECT pg_temp.line('2026-09-10', 'USE1-NovaMicro-input-tokens', 3000, 0.105, '222233334444');                                 -- an account without logs
SELECT pg_temp.line('2026-09-10', 'USE1-MP:USE1_InputTokenCount-Units', 1, 1.1, unit => 'Units', product => 'Claude Haiku 4.5 (Amazon Bedrock Edition)'),
       pg_temp.line('2026-09-10', 'USE1-MP:USE1_CacheReadInputTokenCount-Units', 2, 0.22, unit => 'Units', product => 'Claude Haiku 4.5 (Amazon Bedrock Edition)');
SELECT pg_temp.logged('2026-09-10', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', jsonb_build_object('inputTokenCount', 100000 + n)) FROM generate_series(-5, 4) n;  -- 999,995 tokens; nothing is said of the cache
-- The 9th has logs and no bill, the 11th a bill and no logs.
SELECT pg_temp.logged('2026-09-09', 'amazon.nova-micro-v1:0', '{"inputTokenCount": 7000}');
SELECT pg_temp.line('2026-09-11', 'USE1-NovaMicro-input-tokens', 1000, 0.035);
-- The 12th: parts of it, other currency, other tier.
SELECT pg_temp.line('2026-09-12', 'USE1-NovaMicro-input-tokens', 1000, 0.035), pg_temp.line('2026-09-12', 'USE1-NovaMicro-output-tokens-batch', 1000, 0.07), pg_temp.line('2026-09-12', 'USE1-NovaLite-input-tokens', 10, 0.0006, currency => 'EUR');
SELECT pg_temp.logged('2026-09-12', 'amazon.nova-micro-v1:0', '{"inputTokenCount": 400000}', answered => 1000000);
SELECT pg_temp.logged('2026-09-12', 'amazon.nova-lite-v1:0', '{"inputTokenCount": 10000}', answered => 5);
SELECT pg_temp.logged('2026-09-12', 'amazon.nova-pro-v1:0', '{"inputTokenCount": 10000}'), pg_temp.logged('2026-09-12', 'amazon.nova-pro-v1:0', '{"inputTokenCount": 20000}', '333344445555');
-- The 13th is billed in part, the 14th not logged yet.
SELECT pg_temp.line('2026-09-13', 'USE1-NovaMicro-input-tokens', 1000, 0.035), pg_temp.line('2026-09-14', 'USE1-NovaMicro-input-tokens', 1, 0.000035);
SELECT pg_temp.logged('2026-09-13', 'amazon.nova-micro-v1:0', '{"inputTokenCount": 1000000}', answered => 50000), pg_temp.logged('2026-09-13', 'example.no-model-v1:0', '{"inputTokenCount": 5}');
-- A fee has no day, and no charge without tokens is compared.
INSERT INTO bill (line_item_usage_start_date, line_item_usage_end_date, line_item_line_item_type, line_item_usage_type, line_item_usage_amount, line_item_unblended_cost)
VALUES ('2026-09-01', '2026-10-01', 'Tax', 'USE1-NovaMicro-input-tokens', 1, 5), ('2026-09-10', '2026-09-10 01:00', 'Usage', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 9, 9);
SELECT source FROM bedrock.attach('bill', line_item => false);
SELECT count(*) FROM bedrock.refresh();
-- Of 9,701,000 tokens that are billed in dollars and 10,000 in euro the logs of the account have 4,677,505: 48.2 percent, whichever the currency.
SELECT a ->> 'account' AS account, a ->> 'billed_tokens' AS billed, a ->> 'logged_pct' AS pct, a ->> 'currency' AS cur FROM bedrock.answer('Q128', '{"period": "2026-09-01"}') AS a WHERE a ->> 'account' = '111122223333' ORDER BY 4;
-- As of the 14th of September: the bill is complete through the 12th, whatever the clock of the test says.
UPDATE bedrock.period SET refreshed_at = '2026-09-14 12:00Z';
UPDATE bedrock.bill_total SET is_final = false;

SELECT to_char(day, 'DD') AS day, right(account_id, 4) AS account, model_name AS model, token_kind AS kind, state, finding, billed_tokens AS billed, logged_tokens AS logged, gap_tokens AS gap, logged_pct AS pct, mantle_tokens AS mantle, requests
FROM bedrock.reconciliation ORDER BY reconciliation.day, account_id, model_id, token_kind;
SELECT to_char(day, 'DD') AS day, right(account_id, 4) AS account, model_name AS model, token_kind AS kind, trim_scale(billed_cost) AS billed, currency, trim_scale(book_cost) AS book, trim_scale(estimated_cost) AS estimated, round(ratio, 3) AS ratio, cause, bill_through
FROM bedrock.reconciliation ORDER BY reconciliation.day, account_id, model_id, token_kind;
-- Nothing lost, nothing doubled: the sums of both sides are those of the raw rows.
SELECT r.billed = b.tokens AS billed, r.cost = b.cost AS cost, r.logged = l.tokens AS logged, r.gap = b.tokens - l.tokens AS gap
FROM (SELECT sum(billed_tokens) AS billed, sum(billed_cost) AS cost, sum(logged_tokens) AS logged, sum(gap_tokens) AS gap FROM bedrock.reconciliation) r,
     (SELECT sum(line_item_usage_amount * CASE pricing_unit WHEN 'Units' THEN 1000000 ELSE 1000 END) AS tokens, sum(line_item_unblended_cost) AS cost FROM bill WHERE line_item_line_item_type = 'Usage' AND line_item_usage_type !~ 'Guardrail') b,
     (SELECT sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) AS tokens FROM bedrock.invocation) l;
-- What the logs cost is what their days cost.
SELECT (SELECT sum(estimated_cost) FROM bedrock.reconciliation) = (SELECT sum(est_cost) FROM bedrock.request_day) AS same;
-- What is billed knows nothing of estimates.
SELECT sum(unblended_cost) = (SELECT sum(line_item_unblended_cost) FROM bill) AS same FROM bedrock.spend;
-- A wider tolerance is followed: 400,000 of a million agree within 60 percent.
BEGIN;
SELECT bedrock.set_setting('reconciliation_tolerance_pct', '60');
SELECT state, finding, cause FROM bedrock.reconciliation WHERE day = '2026-09-12' AND model_id = 'amazon.nova-micro-v1:0' AND token_kind = 'input';
ROLLBACK;
-- Two currencies in one cell are not added: cost and currency are unknown, tokens are not.
BEGIN;
SELECT pg_temp.line('2026-09-10', 'USE1-NovaPro-input-tokens', 500, 0.3, currency => 'EUR');
SELECT count(*) FROM bedrock.refresh(force => true);
SELECT billed_tokens, billed_cost, currency, ratio, cause FROM bedrock.reconciliation WHERE day = '2026-09-10' AND model_id = 'amazon.nova-pro-v1:0';
ROLLBACK;
-- Nor are dollars and a currency that the bill does not state; where it states none, the cost is known and its currency is not.
BEGIN;
SELECT pg_temp.line('2026-09-10', 'USE1-NovaPro-input-tokens', 500, 0.3, currency => NULL);
SELECT count(*) FROM bedrock.refresh(force => true);
SELECT billed_tokens, billed_cost, currency, ratio, cause FROM bedrock.reconciliation WHERE day = '2026-09-10' AND model_id = 'amazon.nova-pro-v1:0';
UPDATE bill SET line_item_currency_code = NULL WHERE line_item_usage_start_date < '2026-09-11' AND line_item_usage_start_date >= '2026-09-10';
SELECT count(*) FROM bedrock.refresh(force => true);
SELECT billed_tokens, billed_cost, currency, ratio, cause FROM bedrock.reconciliation WHERE day = '2026-09-10' AND model_id = 'amazon.nova-pro-v1:0';
ROLLBACK;
SELECT bedrock.detach(source) FROM bedrock.source;
TRUNCATE bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension, bedrock.invocation_label, bedrock.invocation_quarantine;
DROP TABLE bill;
