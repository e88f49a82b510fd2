-- SPDX-License-Identifier: PostgreSQL
-- Who pays, over the raw lines. September is posted; then its tax is to be shared by those who used the product.
SELECT bedrock.post_statement('2026-09-01', 'test') \g /dev/null
SELECT bedrock.set_charge_policy('tax', 'prorata', '2026-09-01', '2026-09-30') \g /dev/null

-- Every line of September with its labels, whole or in shares: discounts by the usage of the same payer, account, product
-- and usage type, taxes by that of the product; what has no such usage, and the credit, stays where it is.
CREATE TABLE paid AS
WITH l AS (
    SELECT row_number() OVER () AS n, l.payer, l.account, l.product_code, nullif(l.ut, '') AS ut, l.category, l.usage, l.cost, l.net,
           coalesce(nullif(l.tags ->> 'userAttribute/department', ''), nullif(l.tags ->> 'iamPrincipal/department', ''), rd.value, td.value, '(untagged)') AS department,
           coalesce(rc.value, tc.value, '(untagged)') AS customer
    FROM line l
    LEFT JOIN registry_label rd ON rd.arn = l.rid AND rd.label = 'department' LEFT JOIN tag_label td ON td.tags = l.tags AND td.label = 'department'
    LEFT JOIN registry_label rc ON rc.arn = l.rid AND rc.label = 'customer' LEFT JOIN tag_label tc ON tc.tags = l.tags AND tc.label = 'customer'
    WHERE l.period = '2026-09-01'),
used AS (
    SELECT payer, account, product_code, k.ut, department, customer, sum(cost) AS cost, sum(sum(cost)) OVER (PARTITION BY payer, account, product_code, k.ut) AS pool
    FROM l CROSS JOIN LATERAL (VALUES (ut), (NULL)) k (ut) WHERE usage GROUP BY 1, 2, 3, 4, 5, 6)
SELECT l.n, l.category, coalesce(u.department, l.department) AS department, coalesce(u.customer, l.customer) AS customer, CASE WHEN u.cost IS NULL THEN l.cost ELSE l.cost * u.cost / u.pool END AS cost, u.cost IS NOT NULL AS spread
FROM l LEFT JOIN used u ON l.category IN ('discount', 'tax') AND u.pool > 0 AND ROW(u.payer, u.account, u.product_code, u.ut) IS NOT DISTINCT FROM ROW(l.payer, l.account, l.product_code, l.ut);
SELECT 'paid is not the bill', sum(cost) FROM paid HAVING round(sum(cost), 6) <> (SELECT round(sum(cost), 6) FROM line WHERE period = '2026-09-01');
SELECT 'nothing is spread, or all is' WHERE (SELECT count(DISTINCT spread) FROM paid WHERE category <> 'usage') <> 2 OR NOT EXISTS (SELECT FROM paid WHERE spread AND category = 'tax');
CREATE VIEW unpaid AS SELECT sum(cost) AS cost FROM paid WHERE category <> 'usage' AND NOT spread;
CREATE VIEW unpaid_before AS SELECT sum(cost) AS cost FROM line WHERE period = '2026-09-01' AND category IN ('tax', 'credit', 'unknown');

SELECT bedrock.set_business_metric('revenue', 5000 * row_number() OVER (ORDER BY customer), '2026-09-01', customer => customer, currency => 'USD')
FROM (SELECT DISTINCT customer FROM paid WHERE customer <> '(untagged)' ORDER BY 1 LIMIT 2) c \g /dev/null
SELECT bedrock.set_exchange_rate('USD', 'EUR', 0.92, '2026-09-01', '2026-09-15') \g /dev/null
CREATE VIEW fiscal AS SELECT CASE WHEN category IN ('usage', 'fee') THEN 'usage and fees' ELSE 'other charges' END AS charges, CASE WHEN by_day THEN day ELSE period END AS day, cost FROM line WHERE period = '2026-09-01';

INSERT INTO expected (question_id, args, sql, subset) VALUES
('Q060', '{}', $$SELECT '(not allocated)' AS payer_unit, cost AS direct_cost, 0 AS spread_cost, 0 AS shared_cost, cost AS total, 'USD' AS currency FROM unpaid$$, true),
('Q060', '{"by": "Department"}', $$SELECT department AS payer_unit, sum(cost) FILTER (WHERE NOT spread) AS direct_cost, coalesce(sum(cost) FILTER (WHERE spread), 0) AS spread_cost, 0 AS shared_cost, sum(cost) AS total,
    round(100 * sum(cost) / (SELECT sum(cost) FROM paid), 2) AS share_pct, 'USD' AS currency FROM paid GROUP BY 1$$, false),
('Q060', '{"by": "customer"}', $$SELECT customer AS payer_unit, sum(cost) AS total FROM paid GROUP BY 1$$, false),
('Q061', '{}', $$SELECT false AS chargeable, 'central: credit' AS reason, sum(cost) AS billed_cost, round(100 * sum(cost) / (SELECT sum(cost) FROM paid), 2) AS share_pct, 'USD' AS currency FROM paid WHERE category = 'credit'$$, true),
('Q062', '{}', $$SELECT NULL::text AS owner, '(not allocated)' AS workload, cost AS amount, 'USD' AS currency, 1 AS version FROM unpaid_before$$, true),
('Q063', '{}', $$SELECT NULL::text AS owner, '(not allocated)' AS workload, b.cost AS posted, u.cost AS restated, u.cost - b.cost AS adjustment, 0 AS by_redelivery, 0 AS by_ownership, u.cost - b.cost AS by_policy, 'policy' AS cause, 'USD' AS currency
    FROM unpaid u, unpaid_before b$$, true),
('Q065', '{}', $$SELECT 'credit' AS origin, 'central' AS method, NULL::text AS key, '(not allocated)' AS target, 1 AS ratio, sum(cost) AS allocated_cost, 'USD' AS currency FROM paid WHERE category = 'credit'$$, true),
('Q068', '{}', $$SELECT customer, cost, revenue, revenue - cost AS margin, round(100 * (revenue - cost) / revenue, 2) AS margin_pct, 'USD' AS currency
    FROM (SELECT customer, sum(cost) AS cost, CASE WHEN customer <> '(untagged)' AND dense_rank() OVER (ORDER BY customer = '(untagged)', customer) <= 2 THEN 5000 * dense_rank() OVER (ORDER BY customer = '(untagged)', customer) END AS revenue FROM paid GROUP BY 1) p$$, false),
('Q069', '{}', $$SELECT department, sum(cost) FILTER (WHERE NOT spread) AS direct_cost, coalesce(sum(cost) FILTER (WHERE spread), 0) AS allocated_cost, sum(cost) AS billed_cost, round(100 * sum(cost) / (SELECT sum(cost) FROM paid), 2) AS share_pct
    FROM paid GROUP BY 1$$, false),
('Q137', '{}', $$SELECT 'FY2026-M' || to_char(day, 'MM') AS fiscal_month, charges, sum(cost) AS billed_amount, 'USD' AS billed_currency, NULL::numeric AS rate, sum(cost) AS amount, 'USD' AS currency FROM fiscal GROUP BY 1, 2$$, false),
('Q137', '{"report_currency": "EUR"}', $$SELECT 'FY2026-M' || to_char(day, 'MM') AS fiscal_month, charges, sum(cost) AS billed_amount, CASE WHEN day <= '2026-09-15' THEN 0.92 END AS rate, sum(CASE WHEN day <= '2026-09-15' THEN 0.92 * cost END) AS amount, 'EUR' AS currency
    FROM fiscal GROUP BY 1, 2, 4$$, false),
('Q140', '{}', $$SELECT payer AS "BillingAccountId", account AS "SubAccountId", 'Credit' AS "ChargeCategory", 'USD' AS "BillingCurrency", net AS "BilledCost", '(not allocated)' AS "x_Workload", 'central' AS "x_ChargeKind", NULL::text AS "AllocatedMethodId"
    FROM line WHERE period = '2026-09-01' AND category = 'credit'$$, true);

-- All units, statements and FOCUS rows are the bill, to the last digit.
CREATE VIEW bill AS SELECT sum(cost) AS cost, sum(net) AS net FROM line WHERE period = '2026-09-01';
SELECT q.id, 'is not the bill', q.cost, b.cost FROM bill b, LATERAL (
    SELECT 'Q060' AS id, sum((a ->> 'total')::numeric) AS cost, b.cost AS bill FROM exact('Q060') a UNION ALL
    SELECT 'Q061', sum((a ->> 'billed_cost')::numeric), b.cost FROM exact('Q061') a UNION ALL
    SELECT 'Q062', sum((a ->> 'amount')::numeric), b.cost FROM exact('Q062') a UNION ALL
    SELECT 'Q065', sum((a ->> 'allocated_cost')::numeric), (SELECT sum(l.cost) FROM line l WHERE l.period = '2026-09-01' AND l.category <> 'usage') FROM exact('Q065') a UNION ALL
    SELECT 'Q140', sum((a ->> 'BilledCost')::numeric), b.net FROM exact('Q140') a) q
WHERE q.cost IS DISTINCT FROM q.bill;
SELECT 'Q063', 'does not sum to nothing', sum((a ->> 'adjustment')::numeric) FROM exact('Q063') a HAVING sum((a ->> 'adjustment')::numeric) <> 0;
-- A level that is none.
DO $$ BEGIN PERFORM bedrock.answer('Q060', '{"by": "planet"}'); INSERT INTO expected VALUES ('Q060', '{}', 'a level that is none is taken'); EXCEPTION WHEN invalid_parameter_value THEN NULL; END $$;
