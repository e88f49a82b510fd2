-- Who pays what, on a bill of some twenty lines: every figure is calculated by hand in the comment above it.
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA cb;

-- A line is an hour of input tokens, unless it says otherwise; who is the role that called.
CREATE TABLE cb.bill (
    who text, line_item_line_item_type text DEFAULT 'Usage', line_item_unblended_cost numeric, bill_payer_account_id text DEFAULT '100000000001',
    line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS', bill_invoice_id text DEFAULT 'INV1',
    bill_billing_period_start_date timestamp DEFAULT '2026-05-01', line_item_usage_start_date timestamp DEFAULT '2026-05-05 10:00', line_item_usage_end_date timestamp DEFAULT '2026-05-05 11:00',
    line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens',
    line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_net_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD', line_item_resource_id text,
    line_item_iam_principal text GENERATED ALWAYS AS ('arn:aws:iam::100000000002:role/' || who) STORED);
INSERT INTO cb.bill (who, line_item_unblended_cost, line_item_usage_type, line_item_usage_amount) VALUES
    ('search', 60, 'USE1-NovaPro-input-tokens', 10), ('chat', 30, 'USE1-NovaPro-input-tokens', 30), ('nobody', 10, 'USE1-NovaPro-input-tokens', 5), ('gateway', 40, 'USE1-NovaPro-output-tokens', 5);
-- Charges that nobody used: of a usage type, of the product, of a role that is not claimed, of nothing.
INSERT INTO cb.bill (who, line_item_line_item_type, line_item_unblended_cost, line_item_usage_type) VALUES
    (NULL, 'EdpDiscount', -10, 'USE1-NovaPro-input-tokens'), (NULL, 'PrivateRateDiscount', -7, NULL), ('nobody', 'Refund', -2, 'USE1-NovaPro-input-tokens'), (NULL, 'Refund', -1, 'USE1-NovaPro-input-tokens'),
    (NULL, 'Credit', -5, NULL), (NULL, 'Tax', 8, NULL), (NULL, 'NewThing', 3, NULL), (NULL, 'Fee', 4, 'USE1-Guardrail-ContentPolicyUnitsConsumed');
-- Another payer, and another currency.
INSERT INTO cb.bill (who, line_item_unblended_cost, line_item_usage_type, bill_payer_account_id, line_item_usage_account_id, line_item_currency_code, line_item_line_item_type) VALUES
    ('search', 20, 'USE1-NovaPro-input-tokens', '200000000001', '200000000002', 'USD', 'Usage'), ('chat', 20, 'USE1-NovaPro-input-tokens', '200000000001', '200000000002', 'USD', 'Usage'),
    ('gateway', 10, 'USE1-NovaPro-output-tokens', '200000000001', '200000000002', 'USD', 'Usage'), ('chat', 9, 'USE1-NovaPro-input-tokens', '200000000001', '200000000003', 'EUR', 'Usage'),
    (NULL, 1, NULL, '200000000001', '200000000002', 'USD', 'Tax');
SELECT bedrock.attach('cb.bill', 'bill', line_item => false) IS NOT NULL AS attached;
SELECT billing_period, action, lines, cost FROM bedrock.refresh();
SELECT bedrock.set_level(1, 'Business Unit'), bedrock.set_element('Retail', 1), bedrock.set_element('Shared', 1);
SELECT bedrock.set_workload('search', 'Ann', 'Retail', labels => '{"customer": "acme", "department": "Marketing"}'), bedrock.set_workload('chat', 'Bob', 'Retail', labels => '{"customer": "globex"}'),
       bedrock.set_workload('gateway', 'Gail', 'Shared'), bedrock.set_workload('orphan'), bedrock.set_workload('future', 'Fay', 'Retail');
SELECT count(bedrock.claim_identity('arn:aws:iam::100000000002:role/' || w, w, '2026-05-01', reason => 'test')) AS claims FROM unnest('{search,chat,gateway}'::text[]) AS w;

-- By payer and currency, a plain SUM over the raw lines beside chargeback.
CREATE VIEW cb.difference AS
SELECT coalesce(b.payer, c.payer_account_id) AS payer, coalesce(b.currency, c.currency) AS currency, b.cost AS bill, c.cost AS chargeback
FROM (SELECT bill_payer_account_id AS payer, line_item_currency_code AS currency, sum(line_item_unblended_cost) AS cost FROM cb.bill GROUP BY 1, 2) AS b
FULL JOIN (SELECT payer_account_id, currency, sum(cost) AS cost FROM bedrock.chargeback('2026-05-31') GROUP BY 1, 2) AS c ON c.payer_account_id = b.payer AND c.currency = b.currency
WHERE b.cost IS DISTINCT FROM c.cost;
CREATE VIEW cb.charged AS
SELECT right(payer_account_id, 1) || left(payer_account_id, 1) AS payer, currency AS cur, workload, charge_kind AS kind, charge_category AS category, origin, trim_scale(cost) AS cost, reason FROM bedrock.chargeback('2026-05-01');

-- 1. Policies ------------------------------------------------------------------------------------------------------------
-- Shipped ones. EDP -10 over 60, 30, 10 of its usage type: -6, -3, -1. Private rate -7 over 60, 30, 10, 40 of the product: -3, -1.5, -0.5, -2. The refund of the role nobody follows its usage, which
-- is unclaimed: -2; the one of no role goes by usage type: -0.6, -0.3, -0.1. Credit, tax and what is unknown stay; the fee is of a usage type that nobody used.
SELECT * FROM cb.charged WHERE payer = '11' ORDER BY category = 'usage' DESC, category, kind, workload;
SELECT * FROM cb.charged WHERE payer = '12' ORDER BY category, workload, cur;
SELECT * FROM cb.difference;
SELECT chargeable, reason, trim_scale(sum(cost)) AS cost FROM bedrock.chargeback('2026-05-01') WHERE currency = 'USD' GROUP BY 1, 2 ORDER BY 1 DESC, 2;
-- Shares say what they go by; the ratios of one charge sum to 1.
SELECT workload, method_id, allocation_key, ratio FROM bedrock.chargeback('2026-05-01') WHERE charge_kind = 'spread' AND charge_category = 'refund' ORDER BY workload;
-- A policy of one's own is from a billing period on, and recorded.
SELECT bedrock.set_charge_policy('tax', 'prorata', '2026-05-17', reason => 'finance'), bedrock.set_charge_policy('tax', 'prorata', '2026-05-01', reason => 'again');
SELECT workload, trim_scale(sum(cost)) AS cost FROM bedrock.chargeback('2026-05-01') WHERE charge_category = 'tax' AND payer_account_id = '200000000001' GROUP BY 1 ORDER BY 1;
SELECT bedrock.set_charge_policy('tax', 'central', '2026-05-01', '2026-05-31'), bedrock.set_charge_policy('tax', NULL, '2026-07-01'), bedrock.set_charge_policy('tax', NULL, '2027-01-01');
SELECT policy, valid, upper_inf(recorded) AS known, reason, close_reason FROM bedrock.charge_policy WHERE NOT builtin ORDER BY lower(recorded), valid;
SELECT * FROM bedrock_internal.charge_policy_of('2026-06-01') WHERE charge_category = 'tax';
SELECT bedrock.set_charge_policy('usage', 'central');
SELECT bedrock.set_charge_policy('tax', 'everybody');
SELECT bedrock.set_charge_policy('tax', 'central', '2026-06-01', '2026-05-01');
SELECT bedrock.set_charge_policy('tax', 'central', valid_to => '-infinity');
-- Infinity as no last day: no end.
BEGIN; SELECT bedrock.set_charge_policy('tax', 'central', '2026-06-01'), bedrock.set_charge_policy('tax', 'central', '2026-06-01', 'infinity'); ROLLBACK;
-- Follow: the resource that can be claimed, else the principal, else the product. A refund of -4 that names a foundation model, and the role gateway, goes where that role's usage is, which is nobody's here; one of -6 that names a profile, 3 of chat's and
-- 1 of search's usage, goes by that: -4.5 and -1.5; and one of a profile and a role that used nothing by the usage type, 60, 30, 10 of 100: -1.2, -0.6, -0.2.
BEGIN;
INSERT INTO cb.bill (who, line_item_line_item_type, line_item_unblended_cost, line_item_resource_id) VALUES
    ('gateway', 'Refund', -4, 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'), ('gateway', 'Refund', -6, 'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/shared'),
    ('nothing', 'Refund', -2, 'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/unused');
INSERT INTO cb.bill (who, line_item_unblended_cost, line_item_resource_id, line_item_usage_type) VALUES
    ('chat', 3, 'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/shared', 'USE1-NovaLite-input-tokens'), ('search', 1, 'arn:aws:bedrock:us-east-1:100000000002:application-inference-profile/shared', 'USE1-NovaLite-input-tokens'),
    ('gateway', 2, 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'USE1-NovaLite-input-tokens'), ('chat', 6, 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'USE1-NovaLite-input-tokens');
SELECT bedrock.end_claim(claim_id, '2026-04-30', 'the lines of refunds are nobody''s') FROM bedrock.claims WHERE identity ~ 'role/gateway$';
SELECT action FROM bedrock.refresh('bill');
SELECT s.workload, s.charge_type, substring(s.resource_id FROM '[^/]*$') AS resource, trim_scale(sum(s.unblended_cost)) AS cost FROM bedrock.spend AS s WHERE s.charge_category = 'refund' AND s.resource_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 3;
SELECT substring(d.resource_id FROM '[^/]*$') AS resource, c.workload, trim_scale(sum(c.cost)) AS cost FROM bedrock_internal.allocated_charges('2026-05-01', 'unblended') AS c JOIN bedrock.dimension AS d USING (dimension_id)
WHERE c.charge_category = 'refund' AND d.resource_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2;
SELECT * FROM cb.difference;
ROLLBACK;
-- Never a net metric together with discounts that are spread: net costs have them already, whatever the policy.
SELECT bedrock.set_charge_policy('discount', 'prorata');
SELECT charge_kind, workload, reason, sum(cost) AS cost FROM bedrock.chargeback('2026-05-01', 'net_unblended') WHERE charge_category = 'discount' GROUP BY 1, 2, 3;
SELECT cost_metric, trim_scale(sum(cost)) AS cost FROM bedrock.chargeback('2026-05-01', 'ai') WHERE currency = 'USD' GROUP BY 1;
SELECT count(*) FROM bedrock.chargeback('2026-05-01', 'gross');
SELECT count(*) FROM bedrock.chargeback('2020-05-01');
SELECT count(*) FROM bedrock.chargeback('5874897-12-31');
SELECT bedrock.post_statement('5874897-12-31');

-- 2. Splits of shared cost --------------------------------------------------------------------------------------------------
-- Largest remainder: 100 by thirds; 1 by 1, 1, 1 of six digits; a negative amount the same; nobody to give it to.
SELECT bedrock_internal.shares(100, '{1,1,1}') AS thirds, bedrock_internal.shares(-100, '{1,1,1}') AS negative, bedrock_internal.shares(7, '{0,3,4}') AS zero, bedrock_internal.shares(0.00000000000002, '{1,1,2}') AS tiny;
SELECT bedrock_internal.shares(1, '{0,0}') AS none, bedrock_internal.shares(1, '{}') AS nobody, bedrock_internal.shares(NULL, '{1}') AS unknown;
-- Fixed: the gateway has 40 - 2 (payer 1) and 10 (payer 2). 0.75 and 0.25: 28.5 and 9.5; 7.5 and 2.5.
SELECT bedrock.set_cost_split('gateway', 'fixed', '{"search": 0.75, "chat": 0.25}', '2026-05-01', reason => 'agreed');
SELECT payer, workload, kind, sum(cost) AS cost FROM cb.charged WHERE origin = 'gateway' OR workload = 'gateway' GROUP BY 1, 2, 3 ORDER BY 1, 2;
SELECT DISTINCT workload, method_id, allocation_key, ratio FROM bedrock.chargeback('2026-05-01') WHERE charge_kind = 'shared' ORDER BY 1;
SELECT * FROM cb.difference;
-- Even, with a workload that used nothing: a third each, 10 of payer 2 as 3.333333333333, 3.333333333333, and the last digit to the first: chat.
SELECT bedrock.set_cost_split('gateway', 'even', '["future", "chat", "search"]', '2026-05-01');
SELECT payer, workload, sum(cost) AS cost FROM cb.charged WHERE origin = 'gateway' AND payer = '12' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT workload, owner, element1, customer, trim_scale(sum(cost)) AS cost FROM bedrock.chargeback('2026-05-01') WHERE charge_kind = 'shared' AND workload = 'future' GROUP BY 1, 2, 3, 4;
SELECT * FROM cb.difference;
-- Tokens: search 10 + 10, chat 30 + 10 thousand in USD: a third and two thirds of 10 are 3.333333333333 and 6.666666666667.
SELECT bedrock.set_cost_split('gateway', 'tokens', valid_from => '2026-05-01');
SELECT workload, sum(cost) AS cost FROM cb.charged WHERE origin = 'gateway' AND payer = '12' GROUP BY 1 ORDER BY 1;
-- Proportional: usage cost 60 + 20 and 30 + 20 in USD: 8/13 and 5/13 of 10.
SELECT bedrock.set_cost_split('gateway', 'proportional', valid_from => '2026-05-01');
SELECT workload, sum(cost) AS cost FROM cb.charged WHERE origin = 'gateway' AND payer = '12' GROUP BY 1 ORDER BY 1;
-- Nobody to split it over: it stays with the gateway, and is told.
SELECT bedrock.set_cost_split('gateway', 'proportional', '["future"]', '2026-05-01');
SELECT payer, workload, kind, origin, cost, reason FROM cb.charged WHERE workload = 'gateway' ORDER BY 1, cost;
SELECT * FROM cb.difference;
-- (unclaimed) may be split, and pays no share of others.
SELECT bedrock.set_cost_split('(unclaimed)', 'even', '["search", "chat"]', '2026-05-01'), bedrock.set_cost_split('gateway', NULL);
SELECT workload, kind, category, cost FROM cb.charged WHERE origin = '(unclaimed)' OR workload = '(unclaimed)' ORDER BY 1, 3, 4;
SELECT * FROM cb.difference;
SELECT origin, method, targets, ratios, valid FROM bedrock.cost_split WHERE upper_inf(recorded);
-- What cannot be.
SELECT bedrock.set_cost_split('gateway', 'fixed', '{"search": 0.6, "chat": 0.3}');
SELECT bedrock.set_cost_split('gateway', 'fixed', '{"search": 1.6, "chat": -0.6}');
SELECT bedrock.set_cost_split('gateway', 'fixed', '["search"]');
SELECT bedrock.set_cost_split('gateway', 'even', '{"search": 1}');
SELECT bedrock.set_cost_split('gateway', 'even', '[]');
SELECT bedrock.set_cost_split('gateway', 'fairly', '["search"]');
SELECT bedrock.set_cost_split('gateway', 'even', '["nobody knows"]');
SELECT bedrock.set_cost_split('gateway', 'even', '["(unclaimed)"]');
SELECT bedrock.set_cost_split('(not allocated)', 'even', '["search"]');
SELECT bedrock.set_cost_split(NULL, 'even', '["search"]');
-- Who pays a share is there on all days of the split, and stays.
SELECT bedrock.set_workload('late', valid_from => '2026-05-15', valid_to => '2026-08-31');
SELECT bedrock.set_cost_split('gateway', 'even', '["search", "late"]', '2026-05-01');
SELECT bedrock.set_cost_split('gateway', 'even', '["search", "late"]', '2026-06-01');
SELECT bedrock.set_cost_split('gateway', 'even', '["search", "late"]', '2026-06-01', '2026-07-31', 'test');
SELECT bedrock.set_workload('late', valid_to => '2026-07-15', reason => 'test');
SELECT bedrock.set_workload('late', valid_to => '2026-07-31', reason => 'test'), bedrock.set_cost_split('gateway', NULL);
SELECT bedrock.set_cost_split('gateway', 'even', '["gateway"]');
SELECT bedrock.set_cost_split('search', 'even', '["gateway"]');
SELECT bedrock.set_cost_split('gateway', 'even', '["search"]'), bedrock.set_cost_split('future', 'even', '["gateway"]');
SELECT bedrock.set_cost_split('gateway', NULL), bedrock.set_cost_split('(unclaimed)', NULL), bedrock.set_cost_split('(unclaimed)', NULL);

-- 3. Statements --------------------------------------------------------------------------------------------------------------
SELECT bedrock.set_charge_policy('tax', NULL), bedrock.set_charge_policy('discount', NULL), bedrock.set_cost_split('gateway', 'fixed', '{"search": 0.75, "chat": 0.25}', '2026-05-01');
-- Statements and adjustments together, and a plain SUM over the raw lines.
CREATE VIEW cb.ledger AS
SELECT b.payer, b.currency, b.cost AS bill, s.cost AS statements
FROM (SELECT bill_payer_account_id AS payer, line_item_currency_code AS currency, sum(line_item_unblended_cost) AS cost FROM cb.bill GROUP BY 1, 2) AS b
FULL JOIN (SELECT payer_account_id, currency, sum(cost) AS cost FROM bedrock.statement_row GROUP BY 1, 2) AS s ON s.payer_account_id = b.payer AND s.currency = b.currency
WHERE coalesce(b.cost, 0) <> coalesce(s.cost, 0);
CREATE VIEW cb.printed AS
SELECT statement_id, string_agg(r::text, E'\n' ORDER BY line) AS page FROM bedrock.statement_row AS r GROUP BY 1;
SELECT bedrock.post_statement('2026-04-01');
SELECT bedrock.post_statement(NULL);
SELECT * FROM bedrock.statement_change('2026-05-01');
SELECT bedrock.post_statement('2026-05-20', 'first');
SELECT statement_id, billing_period, version, posted_by = current_user AS mine, reason, metric, policies, is_final, row_count, length(row_hash) AS digits FROM bedrock.statement;
SELECT payer_account_id AS payer, currency AS cur, workload, owner, element_path, customer, department, charge_category AS category, charge_kind AS kind, origin, method_id, ratio, cost, chargeable
FROM bedrock.statement_row ORDER BY line;
SELECT * FROM cb.ledger;
CREATE TABLE cb.first_page AS SELECT * FROM cb.printed;
SELECT statement_id, version, row_count, ok FROM bedrock.verify_statement();
-- Nothing has changed.
SET client_min_messages = notice;
SELECT bedrock.post_statement('2026-05-01');
SET client_min_messages = warning;
SELECT bedrock.post_statement('2026-05-01', metric => 'net_unblended');
SELECT count(*) AS rows, count(cause) AS changed, sum(adjustment) AS adjustment FROM bedrock.statement_change('2026-05-01');
-- A claim: the role nobody is search's. Usage 10, discounts -1.5, refunds -2.1 move: 6.4.
CREATE VIEW cb.change AS
SELECT payer_account_id AS payer, currency AS cur, workload, owner, posted, restated, adjustment, by_redelivery, by_ownership, by_policy, cause FROM bedrock.statement_change('2026-05-01') WHERE cause IS NOT NULL;
SET client_min_messages = notice;
SELECT bedrock.claim_identity('arn:aws:iam::100000000002:role/nobody', 'search', '2026-05-01', reason => 'found') > 0 AS claimed;
-- Of no posted day; the same again; a policy of the month, and one of another.
SELECT bedrock.claim_identity('arn:aws:iam::100000000002:role/later', 'search', '2026-06-01', reason => 'found') > 0 AS claimed;
BEGIN;
SELECT bedrock.set_charge_policy('credit', 'prorata', '2026-06-01'), bedrock.set_charge_policy('fee', NULL, '2026-05-01');
SELECT bedrock.set_charge_policy('credit', 'prorata', '2026-05-01');
SELECT bedrock.set_cost_split('gateway', NULL, valid_from => '2026-05-01', valid_to => '2026-05-31');
ROLLBACK;
SET client_min_messages = warning;
SELECT status, detail, fix FROM bedrock.doctor() WHERE "check" = 'statements_current';
SELECT workload, owner, posted, restated, adjustment, by_redelivery, by_ownership, by_policy, cause FROM cb.change;
-- And the hierarchy: chat has another owner since always. In USD 30 + 20 usage, -4.8 of discounts and refunds, 12 of the gateway; in EUR 9.
SELECT bedrock.set_workload('chat', 'Bo', valid_from => '2026-01-01', reason => 'left');
SELECT payer, cur, workload, owner, adjustment, by_redelivery, by_ownership, by_policy, cause FROM cb.change;
-- And the policy: the credit of -5 by 60 + 10, 30 and 40 of its product: -2.5, -1.071428571429, -1.428571428571, of which the gateway's part goes 3 : 1 to search and chat.
SELECT bedrock.set_charge_policy('credit', 'prorata');
SELECT payer, cur, workload, owner, adjustment, by_redelivery, by_ownership, by_policy, cause FROM cb.change;
-- And the bill is delivered again: payer 2 has a line of search more and one of chat less.
INSERT INTO cb.bill (who, line_item_unblended_cost, bill_payer_account_id, line_item_usage_account_id) VALUES ('search', 5, '200000000001', '200000000002');
DELETE FROM cb.bill WHERE who = 'chat' AND line_item_currency_code = 'EUR';
SELECT billing_period, action FROM bedrock.refresh();
SELECT payer, cur, workload, owner, posted, restated, adjustment, by_redelivery, by_ownership, by_policy, cause FROM cb.change;
SELECT bool_and(adjustment = by_redelivery + by_ownership + by_policy) AS sums, bool_and(adjustment = restated - posted) AS differs FROM bedrock.statement_change('2026-05-01');
-- The adjustment has the differences alone, and the two sum to the bill that is.
SELECT bedrock.post_statement('2026-05-01', 'quarter end');
SELECT payer_account_id AS payer, currency AS cur, workload, owner, charge_category AS category, charge_kind AS kind, method_id, ratio, cost FROM bedrock.statement_row WHERE statement_id = (SELECT max(statement_id) FROM bedrock.statement) ORDER BY line;
SELECT * FROM cb.ledger;
SELECT count(*) FROM cb.change;
SELECT count(*) AS doctor FROM bedrock.doctor() WHERE "check" = 'statements_current';
SELECT version, ok FROM bedrock.verify_statement();
SELECT count(*) AS reprinted FROM cb.first_page NATURAL JOIN cb.printed;
-- A bill that is gone: all is taken back.
BEGIN;
DELETE FROM cb.bill;
SELECT count(*) FROM bedrock.refresh(force => true);
SELECT bedrock.post_statement('2026-05-01', 'withdrawn') > 0 AS posted;
SELECT payer_account_id, currency, trim_scale(sum(cost)) AS sum FROM bedrock.statement_row GROUP BY 1, 2 ORDER BY 1, 2;
ROLLBACK;
-- A bill of another payer in FOCUS, which has no unblended cost: 7 and 2 billed. Listed as not known, never as 0.
BEGIN;
CREATE TABLE cb.focus ("BillingAccountId" text DEFAULT '300000000001', "SubAccountId" text DEFAULT '300000000002', "ChargeCategory" text DEFAULT 'Usage', "ServiceName" text DEFAULT 'Amazon Bedrock', "ProviderName" text DEFAULT 'AWS',
    "BillingCurrency" text DEFAULT 'USD', "BillingPeriodStart" timestamp DEFAULT '2026-05-01', "ChargePeriodStart" timestamp DEFAULT '2026-05-03', "ChargePeriodEnd" timestamp DEFAULT '2026-05-04', "BilledCost" numeric,
    "EffectiveCost" numeric DEFAULT 1, "PricingQuantity" numeric DEFAULT 1000, "PricingUnit" text DEFAULT '1K tokens', "ResourceId" text, "ChargeDescription" text, "SkuId" text, "SkuMeter" text DEFAULT 'USE1-NovaPro-input-tokens');
INSERT INTO cb.focus ("BilledCost", "ChargeCategory") VALUES (7, 'Usage'), (2, 'Tax');
CREATE VIEW cb.payer3 AS SELECT statement_id, cost_metric, workload, cost FROM bedrock.statement_row WHERE payer_account_id = '300000000001';
SAVEPOINT new_bill;
SELECT bedrock.attach('cb.focus', 'focus') IS NOT NULL AS attached; SELECT action, cost FROM bedrock.refresh('focus');
SELECT cost_metric, workload, cost FROM bedrock.chargeback('2026-05-01', 'unblended') WHERE payer_account_id = '300000000001' ORDER BY workload;
SELECT cost_metric, workload, cost FROM bedrock.chargeback('2026-05-01') WHERE payer_account_id = '300000000001' ORDER BY workload;
-- Each bill in its own metric: an adjustment takes it in, 9 of a payer that cb.bill does not have.
SELECT sum(adjustment) AS adjustment, sum(by_redelivery) AS by_redelivery FROM bedrock.statement_change('2026-05-01') WHERE cause IS NOT NULL;
SELECT bedrock.post_statement('2026-05-01', 'new payer') > 0 AS posted; SELECT cost_metric, workload, cost FROM cb.payer3 ORDER BY workload; SELECT * FROM cb.ledger;
-- Where the statement before was asked for in a metric that the new bill has not, nothing is left out.
ROLLBACK TO new_bill;
TRUNCATE bedrock.statement, bedrock.statement_row;
SELECT bedrock.post_statement('2026-05-01', metric => 'unblended') > 0 AS posted;
SELECT bedrock.attach('cb.focus', 'focus') IS NOT NULL AS attached; SELECT action, cost FROM bedrock.refresh('focus');
SELECT sum(adjustment) AS adjustment, sum(by_redelivery) AS by_redelivery FROM bedrock.statement_change('2026-05-01') WHERE cause IS NOT NULL;
SAVEPOINT refused;
SELECT bedrock.post_statement('2026-05-01');
ROLLBACK TO refused;
SELECT bedrock.post_statement('2026-05-01', metric => 'ai') > 0 AS posted; SELECT cost_metric, workload, cost FROM cb.payer3 ORDER BY workload;
SELECT * FROM cb.ledger;
SELECT version, metric FROM bedrock.statement ORDER BY 1;
SELECT bedrock.post_statement('2026-05-01') IS NULL AS unchanged;
ROLLBACK;
-- Whoever writes past the functions is found out, be it one digit, a row or the text; and so is who hides the version before.
BEGIN;
UPDATE bedrock.statement_row SET cost = cost + 0.01 WHERE statement_id = 1 AND line = 1;
SELECT version, ok FROM bedrock.verify_statement(); ROLLBACK;
BEGIN;
UPDATE bedrock.statement_row SET owner = 'Eve' WHERE statement_id = 1 AND workload = 'chat';
SELECT version, ok FROM bedrock.verify_statement(1); ROLLBACK;
BEGIN;
DELETE FROM bedrock.statement_row WHERE statement_id = 1 AND line = 3;
SELECT version, ok FROM bedrock.verify_statement(1); ROLLBACK;
BEGIN;
UPDATE bedrock.statement SET posted_at = posted_at - interval '1 day', row_hash = 'made up' WHERE version = 1;
SELECT version, ok FROM bedrock.verify_statement(); ROLLBACK;
-- A workload with a statement of these days is not ended.
SELECT w, bedrock_internal.has_statement(w) FROM unnest('{search,gateway,orphan}'::text[]) AS w;
SELECT bedrock_internal.has_statement('search', '[2026-06-01,)') AS later;
SELECT bedrock.set_workload('search', valid_to => '2026-05-20', reason => 'test');

-- 4. Who may -------------------------------------------------------------------------------------------------------------------
CREATE ROLE cb_product_owner; CREATE ROLE cb_cloud_engineer; CREATE ROLE cb_nobody;
GRANT USAGE ON SCHEMA bedrock TO cb_product_owner, cb_cloud_engineer, cb_nobody;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock TO cb_product_owner, cb_cloud_engineer, cb_nobody;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock TO cb_product_owner, cb_cloud_engineer, cb_nobody;
SELECT bedrock.grant_scope('cb_product_owner', 'workload', 'chat'), bedrock.grant_scope('cb_cloud_engineer', 'account', '200000000002');
CREATE PROCEDURE cb.look() LANGUAGE plpgsql AS $$
DECLARE
    seen text;
BEGIN
    FOR seen IN
        SELECT 'chargeback: ' || coalesce(string_agg(DISTINCT workload || ' of ' || account_id, ', '), 'nothing') FROM bedrock.chargeback('2026-05-01') UNION ALL
        SELECT 'statement rows: ' || coalesce(string_agg(DISTINCT workload || ' of ' || account_id, ', '), 'nothing') FROM bedrock.statement_row UNION ALL
        SELECT 'statements: ' || count(*) FROM bedrock.statement UNION ALL
        SELECT 'change: ' || coalesce(string_agg(DISTINCT workload, ', '), 'nothing') FROM bedrock.statement_change('2026-05-01') UNION ALL
        SELECT 'FOCUS: ' || coalesce(string_agg(DISTINCT "x_Workload" || ' of ' || "SubAccountId", ', '), 'nothing') FROM bedrock.focus_export('2026-05-01') UNION ALL
        SELECT 'splits: ' || count(*) FROM bedrock.cost_split LOOP
        RAISE INFO '%', seen;
    END LOOP;
END $$;
GRANT USAGE ON SCHEMA cb TO PUBLIC;
-- A change names who made it and why, whoever recorded what remains beside it, in either order of names; what is in force already is no change, and stays one row.
CREATE ROLE cb_ann; CREATE ROLE cb_zoe;
GRANT USAGE ON SCHEMA bedrock TO cb_ann, cb_zoe; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock TO cb_ann, cb_zoe;
SELECT bedrock.grant_scope('cb_ann', 'manage'), bedrock.grant_scope('cb_zoe', 'manage');
SET ROLE cb_ann; SELECT bedrock.set_charge_policy('fee', 'central', '2030-01-01', reason => 'a first');
SET ROLE cb_zoe; SELECT bedrock.set_charge_policy('fee', 'follow', '2030-07-01', '2030-12-31', 'z second'), bedrock.set_charge_policy('unknown', 'prorata', '2030-01-01', reason => 'z first');
SET ROLE cb_ann; SELECT bedrock.set_charge_policy('unknown', NULL, '2030-07-01', '2030-12-31'), bedrock.set_charge_policy('fee', 'follow', '2030-08-01', '2030-08-31', 'again');
RESET ROLE;
SELECT object, action, who, reason, jsonb_array_length(before) AS before, jsonb_array_length(after) AS after FROM bedrock.audit WHERE object_kind = 'charge policy' AND who ~ '^cb_' ORDER BY at;
SELECT charge_category, policy, valid, recorded_by, reason FROM bedrock.charge_policy WHERE upper_inf(recorded) AND recorded_by ~ '^cb_' ORDER BY charge_category, valid;
SELECT bedrock.revoke_scope('cb_ann', 'manage'), bedrock.revoke_scope('cb_zoe', 'manage');
DROP OWNED BY cb_ann, cb_zoe; DROP ROLE cb_ann; DROP ROLE cb_zoe;
SET ROLE cb_product_owner; CALL cb.look();
SET ROLE cb_cloud_engineer; CALL cb.look();
SET ROLE cb_nobody; CALL cb.look();
SELECT bedrock.post_statement('2026-05-01');
SELECT bedrock.set_charge_policy('tax', 'prorata'); SELECT bedrock.set_cost_split('search', 'even');
SELECT bedrock.set_exchange_rate('USD', 'EUR', 1, '2026-05-01'); SELECT bedrock.set_fiscal_period('P1', '2026-05-01', '2026-05-02'); SELECT bedrock.set_business_metric('tickets', 1, '2026-05-01', workload => 'chat');
UPDATE bedrock.statement_row SET cost = 0; DELETE FROM bedrock.statement;
RESET ROLE;

-- 5. FOCUS -----------------------------------------------------------------------------------------------------------------------
-- BilledCost is the net metric, in which discounts stay where they are; every amount sums to the bill.
SELECT "BillingAccountId" AS payer, "BillingCurrency" AS cur, trim_scale(sum("BilledCost")) AS billed, trim_scale(sum("EffectiveCost")) AS effective, trim_scale(sum("ContractedCost")) AS contracted, trim_scale(sum("ConsumedQuantity")) AS quantity
FROM bedrock.focus_export('2026-05-01') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT payer_account_id AS payer, currency AS cur, sum(net_unblended_cost) AS billed, sum(net_amortized_cost) AS effective, sum(unblended_cost) AS contracted, sum(usage_amount) AS quantity FROM bedrock.spend GROUP BY 1, 2 ORDER BY 1, 2;
-- An allocated charge: the gateway's 40 at payer 1; its shares say of what, by what and how much.
SELECT "ChargeCategory", "x_Workload", "x_OriginWorkload", "BilledCost", "ConsumedQuantity", "AllocatedMethodId", "AllocatedMethodDetails", "AllocatedResourceId", "AllocatedTags", "ResourceId", "x_PrincipalId", "SkuPriceDetails"
FROM bedrock.focus_export('2026-05-01') WHERE "BillingAccountId" = '100000000001' AND "x_ChargeKind" = 'shared' AND "ChargeCategory" = 'Usage' ORDER BY "x_Workload";
-- The ratios of all shares of a charge sum to 1, also where a share was divided once more; what was not divided has none.
SELECT "x_ChargeType", "AllocatedMethodId", "AllocatedResourceId", "AllocatedMethodDetails" #>> '{Elements,0,AllocatedRatio}' AS ratio FROM bedrock.focus_export('2026-05-01')
WHERE "x_ChargeType" IN ('Refund', 'Fee', 'Tax') AND "BillingAccountId" = '100000000001' ORDER BY 1, 3;
SELECT "x_ChargeType", sum(("AllocatedMethodDetails" #>> '{Elements,0,AllocatedRatio}')::numeric) AS ratios FROM bedrock.focus_export('2026-05-01') WHERE "x_ChargeType" = 'Credit' GROUP BY 1;

-- 6. Currency, fiscal calendar, zone ---------------------------------------------------------------------------------------------
-- No rate: no amount, and it is told. May has a rate of the month, the 5th one of its own.
SELECT * FROM bedrock.fiscal_spend('2026-05-01', report_currency => 'EUR');
SELECT bedrock.set_exchange_rate('USD', 'EUR', 0.9, '2026-05-01', '2026-05-31', 'ECB'), bedrock.set_exchange_rate('USD', 'EUR', 0.8, '2026-05-05', '2026-05-05', 'ECB');
SELECT from_currency, to_currency, rate, valid FROM bedrock.exchange_rate WHERE upper_inf(recorded) ORDER BY valid;
-- Usage and fees of May 5: payer 1 140 + 4, payer 2 50 + 5, by 0.8; taxes, credits and the others are lines of May 5 too.
SELECT * FROM bedrock.fiscal_spend('2026-05-01', report_currency => 'eur');
SELECT bedrock.set_exchange_rate('USD', 'USD', 1, '2026-05-01');
SELECT bedrock.set_exchange_rate('USD', 'EUR', 0, '2026-05-01');
SELECT bedrock.set_exchange_rate('USD', 'EUR', 1, NULL);
SELECT * FROM bedrock.fiscal_spend('2026-05-01', report_currency => 'euros');
SELECT * FROM bedrock.fiscal_spend('2026-05-01', zone => 'Mars/Olympus');
SELECT * FROM bedrock.fiscal_spend('2026-05-01', zone => 'Europe/Berlin');
-- Fiscal months from April on: May is the second of the year that ends in 2027. A 4-4-5 calendar is data.
SELECT bedrock.fiscal_period_of(d) FROM unnest('{2026-01-31,2026-12-31}'::date[]) AS d;
SELECT bedrock.set_setting('fiscal_year_first_month', '4');
SELECT bedrock.fiscal_period_of(d) FROM unnest('{2026-03-31,2026-04-01,2026-05-05,5874897-12-31,infinity,NULL}'::date[]) AS d;
SELECT count(bedrock.set_fiscal_period('FY27-P' || lpad(n::text, 2, '0'), '2026-03-30'::date + 7 * first, '2026-03-30'::date + 7 * (first + weeks) - 1))
FROM (SELECT n, weeks, (sum(weeks) OVER (ORDER BY n) - weeks)::integer AS first FROM unnest('{4,4,5,4,4,5,4,4,5,4,4,5}'::integer[]) WITH ORDINALITY AS w (weeks, n)) AS w;
SELECT bedrock.fiscal_period_of(d) FROM unnest('{2026-03-29,2026-03-30,2026-05-05,2027-03-28,2027-03-29}'::date[]) AS d;
SELECT fiscal_period, charges, billed_amount, billed_currency FROM bedrock.fiscal_spend('2026-05-01');
SELECT bedrock.set_fiscal_period('FY27-P01', '2026-03-30', '2026-04-27');
SELECT bedrock.set_fiscal_period('FY27-P01', '2026-03-29', '2026-04-26'), bedrock.set_fiscal_period('FY27-P12', '2027-02-22', NULL), bedrock.set_fiscal_period('FY27-P12', '2027-02-22', NULL);
SELECT fiscal_period, valid FROM bedrock.fiscal_period WHERE upper_inf(recorded) AND fiscal_period IN ('FY27-P01', 'FY27-P12');
SELECT bedrock.set_fiscal_period('', '2026-03-30', '2026-04-27');
SELECT bedrock.set_fiscal_period('P', '2026-04-27', '2026-03-30');

-- 7. Business metrics ------------------------------------------------------------------------------------------------------------
-- Tickets of search: 400 in May, of which the first ten days are told apart: 100 + 300. Revenue by customer.
SELECT bedrock.set_business_metric('tickets', 100, '2026-05-01', '2026-05-10', workload => 'search'), bedrock.set_business_metric('tickets', 300, '2026-05-11', workload => 'search');
SELECT bedrock.set_business_metric('revenue', r, '2026-05-01', customer => c, currency => 'USD') FROM (VALUES ('acme', 200), ('globex', 40)) AS v (c, r);
SELECT workload, units, cost, currency, cost_per_unit, margin FROM bedrock.unit_cost('tickets', '2026-05-01');
SELECT u.workload, u.cost_per_unit = round(sum(c.cost) / 400, 6) AS right FROM bedrock.unit_cost('tickets', '2026-05-01') AS u JOIN bedrock.chargeback('2026-05-01') AS c USING (workload, currency) WHERE u.units > 0 GROUP BY 1, u.cost_per_unit;
SELECT customer, units AS revenue, cost, currency, cost_per_unit, margin, margin_pct FROM bedrock.unit_cost('revenue', '2026-05-01');
SELECT count(*) FROM bedrock.unit_cost('documents', '2026-05-01');
-- Units stand beside the whole cost: who sees chat alone has chat's and, as all of globex is chat's, globex's; who sees one of three accounts sees the whole of nobody, and learns no units.
SELECT bedrock.set_business_metric('tickets', 50, '2026-05-01', workload => 'chat');
SET ROLE cb_product_owner;
SELECT workload, units, sum(cost) OVER () = (SELECT sum(cost) FROM bedrock.chargeback('2026-05-01')) AS whole, currency FROM bedrock.unit_cost('tickets', '2026-05-01');
SELECT customer, units AS revenue, currency FROM bedrock.unit_cost('revenue', '2026-05-01');
SET ROLE cb_cloud_engineer;
SELECT DISTINCT workload FROM bedrock.chargeback('2026-05-01') ORDER BY 1;
SELECT workload, units, cost, currency FROM bedrock.unit_cost('tickets', '2026-05-01');
SELECT customer, units, cost, currency FROM bedrock.unit_cost('revenue', '2026-05-01');
RESET ROLE;
SELECT bedrock.set_business_metric('tickets', NULL, '2026-05-01', workload => 'chat');
SELECT bedrock.set_business_metric('tickets', 120, '2026-05-01', '2026-05-10', workload => 'search'), bedrock.set_business_metric('tickets', NULL, '2026-05-11', workload => 'search');
SELECT workload, units, cost_per_unit FROM bedrock.unit_cost('tickets', '2026-05-01') WHERE units IS NOT NULL;
-- A total of days is never cut: 10 of May 1 to 10 and 20 of May 11 to 31 stay 30; a total of all of them takes their place.
SELECT bedrock.set_business_metric('documents', 10, '2026-05-01', '2026-05-10', workload => 'chat'), bedrock.set_business_metric('documents', 20, '2026-05-11', workload => 'chat');
SELECT bedrock.set_business_metric('documents', 5, '2026-05-05', '2026-05-15', workload => 'chat');
SELECT bedrock.set_business_metric('documents', NULL, '2026-05-05', '2026-05-10', workload => 'chat');
SELECT sum(value) AS documents FROM bedrock.business_metric WHERE metric = 'documents' AND upper_inf(recorded);
SELECT bedrock.set_business_metric('documents', 40, '2026-05-01', workload => 'chat'), bedrock.set_business_metric('documents', 40, '2026-05-01', workload => 'chat');
SELECT value, valid FROM bedrock.business_metric WHERE metric = 'documents' AND upper_inf(recorded);
SELECT bedrock.set_business_metric('documents', NULL, '2026-05-01', workload => 'chat');
SELECT bedrock.set_business_metric('', 1, '2026-05-01', workload => 'search');
SELECT bedrock.set_business_metric('tickets', 1, '2026-05-01');
SELECT bedrock.set_business_metric('tickets', 1, '2026-05-01', workload => 'search', customer => 'acme');
SELECT bedrock.set_business_metric('tickets', 1, '2026-05-01', '2026-06-01', workload => 'search');
SELECT bedrock.set_business_metric('tickets', 1, NULL, workload => 'search');
SELECT bedrock.set_business_metric('tickets', 1, '5874897-12-31', workload => 'search');
SELECT bedrock.set_business_metric('tickets', 'NaN', '2026-05-01', workload => 'search');
SELECT bedrock.set_business_metric('tickets', 1, '2026-05-01', workload => 'no such');
SELECT object_kind, object, action, count(*) FROM bedrock.audit WHERE object_kind IN ('charge policy', 'cost split', 'exchange rate', 'business metric', 'statement') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

DROP OWNED BY cb_product_owner, cb_cloud_engineer, cb_nobody;
DROP ROLE cb_product_owner; DROP ROLE cb_cloud_engineer; DROP ROLE cb_nobody;
SELECT bedrock.revoke_scope('cb_product_owner', 'workload', 'chat') AND bedrock.revoke_scope('cb_cloud_engineer', 'account', '200000000002') AS revoked;
SELECT bedrock.detach('bill') IS NOT NULL AS detached;
DELETE FROM bedrock.setting WHERE name = 'fiscal_year_first_month' AND NOT builtin;
DELETE FROM bedrock.charge_policy WHERE NOT builtin;
TRUNCATE bedrock.statement, bedrock.statement_row, bedrock.cost_split, bedrock.exchange_rate, bedrock.fiscal_period, bedrock.business_metric, bedrock.claim, bedrock.workload, bedrock.element, bedrock.hierarchy_level;
DROP SCHEMA cb CASCADE;
