-- Values no bill should have. Ids and principals longer than an ARN can be (2,048 bytes): a delivery that has them is taken, they are kept and listed.
-- A row of a btree has 2,704 bytes: what is put together of hashes does not become shorter when it is packed.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
BEGIN;
CREATE FUNCTION pg_temp.long(bytes integer) RETURNS text LANGUAGE sql AS $$ SELECT left(string_agg(md5(n::text), ''), bytes) FROM generate_series(1, 400) AS g (n) $$;
CREATE SCHEMA long;
CREATE TABLE long.cur (line_item_usage_account_id text DEFAULT '111122223333', bill_payer_account_id text DEFAULT '999900001111', bill_billing_period_start_date timestamp DEFAULT '2026-08-01',
    line_item_usage_start_date timestamp DEFAULT '2026-08-02', line_item_usage_end_date timestamp DEFAULT '2026-08-02 01:00', line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', bill_billing_entity text DEFAULT 'AWS', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}',
    line_item_usage_type text DEFAULT 'USE1-NovaLite-input-tokens', line_item_usage_amount numeric DEFAULT 1, pricing_unit text DEFAULT '1K tokens',
    line_item_unblended_cost numeric, line_item_currency_code text DEFAULT 'USD', line_item_resource_id text, line_item_iam_principal text, tags jsonb);
INSERT INTO long.cur (line_item_unblended_cost, line_item_resource_id, line_item_iam_principal) VALUES
    (1, 'arn:aws:bedrock:us-east-1::foundation-model/' || pg_temp.long(2048 - 44), 'arn:aws:sts::111122223333:assumed-role/R/' || pg_temp.long(64)),
    (2, 'arn:aws:bedrock:us-east-1::foundation-model/' || pg_temp.long(2049 - 44), NULL),
    (4, pg_temp.long(12000), 'arn:aws:sts::111122223333:assumed-role/R/' || pg_temp.long(12000)),
    (8, pg_temp.long(12000), 'arn:aws:sts::111122223333:assumed-role/R/' || pg_temp.long(11999)),
    (16, NULL, pg_temp.long(3000));
-- A guardrail's line with such an id has no tokens and is listed all the same.
INSERT INTO long.cur (line_item_unblended_cost, line_item_resource_id, line_item_usage_type) VALUES (32, pg_temp.long(2049), 'USE1-Guardrail-ContentPolicyUnitsConsumed');
SELECT source FROM bedrock.attach('long.cur', name => 'long', line_item => false);
SELECT action, lines, cost FROM bedrock.refresh();
SELECT s.unblended_cost, octet_length(s.resource_id) AS resource, s.resource_id IS NOT DISTINCT FROM c.line_item_resource_id AS kept,
       octet_length(d.principal) AS principal, octet_length(s.iam_principal) AS iam_principal
FROM bedrock.spend AS s JOIN bedrock.dimension AS d USING (dimension_id) JOIN long.cur AS c ON c.line_item_unblended_cost = s.unblended_cost ORDER BY 1;
SELECT kind, octet_length(value) AS bytes, lines, cost, suggestion FROM bedrock.unrecognized WHERE octet_length(value) > 2048 ORDER BY kind, cost;
SELECT action FROM bedrock.refresh(force => true);
-- Requests of a log have principals, too; a reason is kept for a file however long its path is.
SELECT records, quarantined FROM bedrock.load_invocation_text(jsonb_build_object('requestId', 'r', 'modelId', 'amazon.nova-lite-v1:0', 'timestamp', '2026-08-02T00:00:00Z',
    'identity', jsonb_build_object('arn', 'arn:aws:sts::111122223333:assumed-role/R/' || pg_temp.long(2000)))::text || E'\nnothing', pg_temp.long(4000));
SELECT octet_length(iam_principal) FROM bedrock.request;
SELECT octet_length(file) AS path, reason FROM bedrock.invocation_quarantine;
ROLLBACK;

-- What fills up a "character" is no part of its value: an empty ARN is no reservation, for the facts as for what they are held against. By hand: a fee
-- of a reservation is amortized by its usage, so that 2 of the 3 are left.
BEGIN;
CREATE TABLE padded (line_item_usage_account_id character(14) DEFAULT '111122223333', bill_payer_account_id character(14) DEFAULT '999900001111', bill_billing_period_start_date timestamp DEFAULT '2026-08-01',
    line_item_usage_start_date timestamp DEFAULT '2026-08-02', line_item_usage_end_date timestamp DEFAULT '2026-08-02 01:00', line_item_line_item_type character(20) DEFAULT 'Fee',
    line_item_product_code character(20) DEFAULT 'AmazonBedrock', bill_billing_entity character(20) DEFAULT 'AWS', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}',
    line_item_usage_type character(40) DEFAULT 'USE1-NovaLite-input-tokens', line_item_unblended_cost numeric, line_item_currency_code character(4) DEFAULT 'USD',
    reservation_reservation_a_r_n character(60));
INSERT INTO padded (line_item_unblended_cost, reservation_reservation_a_r_n) VALUES (1, 'arn:aws:ec2:us-east-1:111122223333:reserved-instances/r'), (2, '');
SELECT source FROM bedrock.attach('padded', name => 'padded', line_item => false, force => true);
SELECT action, lines, cost FROM bedrock.refresh('padded');
SELECT account_id, sum(unblended_cost) AS unblended, sum(amortized_cost) AS amortized, sum(net_amortized_cost) AS net_amortized FROM bedrock.spend GROUP BY 1;
ROLLBACK;

-- Amounts that no sum can have: the column is named, whatever its type; nothing is changed, and other sources are read.
CREATE SCHEMA odd;
CREATE TABLE odd.cur (line_item_usage_account_id text DEFAULT '111122223333', bill_payer_account_id text DEFAULT '999900001111', bill_billing_period_start_date timestamp DEFAULT '2026-08-01',
    line_item_usage_start_date timestamp DEFAULT '2026-08-02', line_item_usage_end_date timestamp DEFAULT '2026-08-02 01:00', line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', bill_billing_entity text DEFAULT 'AWS', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}',
    line_item_usage_type text DEFAULT 'USE1-NovaLite-input-tokens', line_item_usage_amount text DEFAULT '1', pricing_unit text DEFAULT '1K tokens',
    line_item_unblended_cost numeric, line_item_net_unblended_cost double precision, line_item_currency_code text DEFAULT 'USD', tags jsonb);
INSERT INTO odd.cur (line_item_unblended_cost) VALUES (1), (2);
SELECT source FROM bedrock.attach('odd.cur', name => 'odd', line_item => false);
SELECT action, lines, cost FROM bedrock.refresh('odd');
BEGIN; UPDATE odd.cur SET line_item_unblended_cost = 'NaN' WHERE line_item_unblended_cost = 1; SELECT action FROM bedrock.refresh('odd'); ROLLBACK;
BEGIN; UPDATE odd.cur SET line_item_unblended_cost = '-Infinity' WHERE line_item_unblended_cost = 1; SELECT action FROM bedrock.refresh('odd'); ROLLBACK;
BEGIN; UPDATE odd.cur SET line_item_net_unblended_cost = 'Infinity' WHERE line_item_unblended_cost = 1; SELECT action FROM bedrock.refresh('odd'); ROLLBACK;
BEGIN; UPDATE odd.cur SET line_item_usage_amount = 'NaN' WHERE line_item_unblended_cost = 1; SELECT action FROM bedrock.refresh('odd'); ROLLBACK;
-- NaN in a column of floating point is a value that is missing, as tools that write such columns mean it.
BEGIN; UPDATE odd.cur SET line_item_net_unblended_cost = 'NaN' WHERE line_item_unblended_cost = 1; SELECT action, cost FROM bedrock.refresh('odd'); ROLLBACK;
-- A source that was never read, beside a good one.
CREATE TABLE odd.other (LIKE odd.cur INCLUDING DEFAULTS);
INSERT INTO odd.other (line_item_unblended_cost, bill_payer_account_id) VALUES ('NaN', '2');
SELECT source FROM bedrock.attach('odd.other', name => 'other', line_item => false);
SELECT source, action, cost, message FROM bedrock.refresh(force => true) ORDER BY 1;
SELECT source, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1;
SELECT bedrock.detach('other');
SELECT bedrock.detach('odd');
DROP SCHEMA odd CASCADE;

-- A pattern that is none, as the argument of a question.
BEGIN;
SELECT bedrock.register_profile('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k1c3lwu20lem', 'Chat (test)', 'amazon.nova-lite-v1:0');
SELECT count(*) AS good FROM bedrock.answer('Q124', '{"pattern": "[(]"}') AS a WHERE a ->> 'name' = 'Chat (test)';
SELECT count(*) AS bad FROM bedrock.answer('Q124', '{"pattern": "^[a-z]+$"}') AS a WHERE a ->> 'name' = 'Chat (test)';
SELECT bedrock.answer('Q124', '{"pattern": "("}');
ROLLBACK;
