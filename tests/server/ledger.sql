-- SPDX-License-Identifier: PostgreSQL
-- Random histories for ledger.sh. Prints what is wrong, and nothing else.
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT setseed(:seed) \g /dev/null

-- Three months of two payers in two currencies: roles with usage, and charges that nobody used. Amounts of up to ten digits
-- behind the point, so that shares are never even.
CREATE TABLE cur (
    id bigint GENERATED ALWAYS AS IDENTITY, bill_payer_account_id text, line_item_usage_account_id text, bill_billing_period_start_date timestamp, bill_billing_entity text DEFAULT 'AWS',
    bill_invoice_id text DEFAULT 'INV1', line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text, line_item_product_code text DEFAULT 'AmazonBedrock',
    product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text, line_item_usage_amount numeric, pricing_unit text DEFAULT '1K tokens', line_item_unblended_cost numeric,
    line_item_currency_code text, line_item_resource_id text, line_item_iam_principal text);
CREATE PROCEDURE deliver(month integer, amount integer) LANGUAGE sql AS $$
INSERT INTO cur (bill_payer_account_id, line_item_usage_account_id, bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_line_item_type, line_item_usage_type,
                 line_item_usage_amount, line_item_unblended_cost, line_item_currency_code, line_item_iam_principal)
SELECT p.payer, p.account, make_date(2026, month, 1), d.day, d.day + interval '1 hour', t.type, CASE WHEN t.type <> 'Tax' AND random() < 0.8 THEN 'USE1-NovaPro-' || (ARRAY['input', 'output'])[1 + floor(random() * 2)] || '-tokens' END,
       CASE WHEN t.type = 'Usage' THEN floor(random() * 1000) END,
       (CASE WHEN t.type IN ('Credit', 'EdpDiscount', 'Refund') THEN -1 ELSE 1 END) * round((random() * 100)::numeric, 2 + floor(random() * 9)::integer), p.currency,
       CASE WHEN t.type = 'Usage' OR random() < 0.3 THEN 'arn:aws:iam::' || p.account || ':role/r' || floor(random() * 8) END
FROM generate_series(1, amount) AS n
CROSS JOIN LATERAL (SELECT (ARRAY['100000000001', '200000000001'])[1 + n % 2] AS payer, (ARRAY['100000000002', '200000000002'])[1 + n % 2] AS account, CASE WHEN random() < 0.8 THEN 'USD' ELSE 'EUR' END AS currency) AS p
CROSS JOIN LATERAL (SELECT CASE WHEN random() < 0.6 THEN 'Usage' ELSE (ARRAY['Tax', 'Credit', 'EdpDiscount', 'Refund', 'Fee', 'RIFee', 'SavingsPlanNegation', 'Whatever'])[1 + floor(random() * 8)] END AS type WHERE n > 0) AS t
CROSS JOIN LATERAL (SELECT make_date(2026, month, 1) + floor(random() * 28)::integer * interval '1 day' AS day WHERE n > 0) AS d $$;
CALL deliver(1, 60); CALL deliver(2, 60); CALL deliver(3, 60);
SELECT count(*) FROM bedrock.attach('cur', 'bill', line_item => false) \g /dev/null
SELECT count(*) FROM bedrock.refresh() \g /dev/null
SELECT bedrock.set_level(1, 'Unit'), bedrock.set_element('e1', 1), bedrock.set_element('e2', 1) \g /dev/null
SELECT bedrock.set_workload('w' || n, 'owner ' || n, 'e' || 1 + n % 2, labels => jsonb_build_object('customer', 'c' || n % 3)) FROM generate_series(1, 5) AS n \g /dev/null

CREATE VIEW print_statement AS
SELECT s.statement_id, s.statement_id || ' ' || s.row_hash || E'\n' || string_agg(concat_ws('|', r.line, to_char(r.billing_period, 'YYYY-MM-DD'), r.payer_account_id, r.currency, r.account_id, r.workload, r.owner, r.element_path, r.customer,
       r.department, r.charge_category, r.cost_metric, r.charge_kind, r.origin, r.method_id, r.allocation_key, r.ratio, r.cost, r.chargeable), E'\n' ORDER BY r.line) AS page
FROM bedrock.statement AS s JOIN bedrock.statement_row AS r ON r.statement_id = s.statement_id GROUP BY s.statement_id, s.row_hash;
CREATE TABLE printed (statement_id bigint, page text);
CREATE TABLE refused (sqlstate text, message text, n integer DEFAULT 1);
CREATE TABLE done (what text, n integer DEFAULT 1);
CREATE TABLE wrong (round integer, what text);

-- A period whose statements are not its bill, by payer and currency.
CREATE FUNCTION off_balance(period date) RETURNS SETOF text LANGUAGE sql AS $$
SELECT format('%s %s %s: bill %s, statements %s', period, coalesce(b.payer, s.payer_account_id), coalesce(b.currency, s.currency), b.cost, s.cost)
FROM (SELECT bill_payer_account_id AS payer, line_item_currency_code AS currency, sum(line_item_unblended_cost) AS cost FROM cur WHERE bill_billing_period_start_date = period GROUP BY 1, 2) AS b
FULL JOIN (SELECT payer_account_id, currency, sum(cost) AS cost FROM bedrock.statement_row WHERE billing_period = period GROUP BY 1, 2) AS s ON s.payer_account_id = b.payer AND s.currency = b.currency
WHERE coalesce(b.cost, 0) <> coalesce(s.cost, 0) $$;

CREATE PROCEDURE change_something() LANGUAGE plpgsql AS $$
DECLARE
    dice double precision := random();
    day date := '2026-01-01'::date + floor(random() * 90)::integer;
    month date := make_date(2026, 1 + floor(random() * 3)::integer, 1);
    role text := 'arn:aws:iam::' || (ARRAY['100000000002', '200000000002'])[1 + floor(random() * 2)] || ':role/r' || floor(random() * 8);
    workload text := 'w' || 1 + floor(random() * 5);
    known bigint;
    known_day date;
BEGIN
    SELECT c.claim_id, lower(c.valid) + floor(random() * least(60, coalesce(upper(c.valid) - lower(c.valid), 60)))::integer INTO known, known_day
    FROM bedrock.claim AS c WHERE upper_inf(c.recorded) ORDER BY random() LIMIT 1;
    IF dice < 0.35 THEN
        PERFORM bedrock.claim_identity(role, workload, day, CASE WHEN random() < 0.5 THEN day + floor(random() * 40)::integer END, 'random');
    ELSIF dice < 0.55 AND known IS NOT NULL THEN
        PERFORM bedrock.move_claim(known, workload, known_day, 'random');
    ELSIF dice < 0.7 AND known IS NOT NULL THEN
        PERFORM bedrock.end_claim(known, known_day, 'random');
    ELSIF dice < 0.8 THEN
        PERFORM bedrock.set_workload(workload, owner => 'owner ' || floor(random() * 9), element => 'e' || 1 + floor(random() * 2), valid_from => day, reason => 'random');
    ELSIF dice < 0.85 THEN
        PERFORM bedrock.set_owner_rule('rule ' || floor(random() * 3), 'principal_name', 'r' || floor(random() * 8), workload, valid_from => day, reason => 'random');
    ELSIF dice < 0.92 THEN
        PERFORM bedrock.set_charge_policy((ARRAY['tax', 'credit', 'discount', 'refund', 'fee', 'unknown'])[1 + floor(random() * 6)], (ARRAY['follow', 'prorata', 'central', NULL])[1 + floor(random() * 4)], month,
                                          CASE WHEN random() < 0.5 THEN month END, 'random');
    ELSE
        PERFORM bedrock.set_cost_split((ARRAY['(unclaimed)', 'w1', 'w2'])[1 + floor(random() * 3)], m.method,
                                       CASE WHEN m.method = 'fixed' THEN '{"w3": 0.333, "w4": 0.667}' WHEN random() < 0.5 THEN '["w3", "w4", "w5"]' END::jsonb, month, CASE WHEN random() < 0.5 THEN month END, 'random')
        FROM (SELECT (ARRAY['proportional', 'even', 'fixed', 'tokens', NULL])[1 + floor(random() * 5)] AS method OFFSET 0) AS m;
    END IF;
    INSERT INTO done (what) VALUES ('changed');
EXCEPTION WHEN exclusion_violation OR invalid_parameter_value OR undefined_object OR no_data_found OR object_not_in_prerequisite_state THEN
    -- What overlaps or does not fit is refused, and changes nothing.
    INSERT INTO done (what) VALUES ('refused');
    INSERT INTO refused (sqlstate, message) VALUES (sqlstate, sqlerrm);
END $$;

CREATE PROCEDURE post(round integer, period date) LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
    change numeric;
    adjusted numeric;
BEGIN
    IF EXISTS (SELECT FROM bedrock.statement WHERE billing_period = period) AND random() < 0.1 THEN
        SELECT coalesce(sum(abs(adjustment)), 0), coalesce(sum(abs(by_redelivery + by_ownership + by_policy)), 0) INTO change, adjusted FROM bedrock.statement_change(period);
        IF change <> adjusted THEN
            INSERT INTO wrong VALUES (round, format('causes of %s sum to %s, not %s', period, adjusted, change));
        END IF;
    END IF;
    id := bedrock.post_statement(period, 'round ' || round);
    INSERT INTO printed SELECT statement_id, page FROM print_statement WHERE statement_id = id;
    INSERT INTO wrong SELECT round, o FROM off_balance(period) AS o;
    -- What was posted is what is: nothing is left to adjust.
    IF random() < 0.05 AND bedrock.post_statement(period) IS NOT NULL THEN
        INSERT INTO wrong VALUES (round, 'posting twice posts twice');
    END IF;
END $$;

CREATE PROCEDURE history(rounds integer) LANGUAGE plpgsql AS $$
DECLARE
    month integer;
BEGIN
    FOR round IN 1 .. rounds LOOP
        FOR n IN 1 .. CASE WHEN random() < 0.7 THEN 1 ELSE 2 END LOOP
            CALL change_something();
        END LOOP;
        month := 1 + floor(random() * 3);
        -- A bill is delivered again: lines change, go and come, also in a month that is posted.
        IF random() < 0.08 THEN
            UPDATE cur SET line_item_unblended_cost = line_item_unblended_cost * 1.1 + 0.0000000001 WHERE extract(month FROM bill_billing_period_start_date) = month AND random() < 0.1;
            DELETE FROM cur WHERE extract(month FROM bill_billing_period_start_date) = month AND random() < 0.03;
            CALL deliver(month, floor(random() * 3)::integer);
            PERFORM count(*) FROM bedrock.refresh('bill', make_date(2026, month, 1));
        END IF;
        IF random() < 0.2 THEN
            CALL post(round, make_date(2026, month, 1));
        END IF;
        COMMIT;
    END LOOP;
    FOR month IN 1 .. 3 LOOP
        CALL post(rounds + 1, make_date(2026, month, 1));
    END LOOP;
END $$;
CALL history(:rounds);

SELECT * FROM wrong;
SELECT 'a statement is not as it was posted', * FROM bedrock.verify_statement() WHERE NOT ok;
SELECT 'no page was kept of', statement_id FROM bedrock.statement AS s WHERE NOT EXISTS (SELECT FROM printed AS p WHERE p.statement_id = s.statement_id);
SELECT 'nothing was refused' WHERE NOT EXISTS (SELECT FROM refused);
SELECT 'more is refused than done' FROM done HAVING count(*) FILTER (WHERE what = 'changed') < count(*) FILTER (WHERE what = 'refused');
SELECT 'refused for an inner reason', message FROM refused WHERE message ~ 'bedrock_internal|constraint';
