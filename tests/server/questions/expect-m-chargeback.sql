-- SPDX-License-Identifier: PostgreSQL
-- Who pays, over the raw lines. September is posted; then its tax is to be shared by those who used the product, and the
-- platform's cost, guardrails among it, by two workloads.
SELECT bedrock.post_statement('2026-09-01', 'test') \g /dev/null
SELECT bedrock.set_charge_policy('tax', 'prorata', '2026-09-01', '2026-09-30') \g /dev/null
SELECT bedrock.set_cost_split('platform', 'fixed', '{"hr-portal": 0.75, "customer-insights": 0.25}', '2026-09-01', '2026-09-30') \g /dev/null

-- Every line of September with its owner and labels.
CREATE TABLE own AS
SELECT row_number() OVER () AS n, l.payer, l.account, l.product_code, nullif(l.ut, '') AS ut, l.category, l.usage, l.cost, l.workload, l.owner, l.business_unit AS unit,
       coalesce(nullif(l.tags ->> 'userAttribute/department', ''), nullif(l.tags ->> 'iamPrincipal/department', ''), rd.value, td.value, '(untagged)') AS department,
       coalesce(rc.value, tc.value, '(untagged)') AS customer
FROM line l
LEFT JOIN registry_label rd ON rd.arn = l.rid AND rd.label = 'department' LEFT JOIN tag_label td ON td.tags = l.tags AND td.label = 'department'
LEFT JOIN registry_label rc ON rc.arn = l.rid AND rc.label = 'customer' LEFT JOIN tag_label tc ON tc.tags = l.tags AND tc.label = 'customer'
WHERE l.period = '2026-09-01';
-- Whole or in shares: what nobody owns of these categories by the usage of the same payer, account, product and usage type
-- (taxes have none: of the product); what has no such usage, and the credit, stays where it is.
CREATE FUNCTION spread(categories text[]) RETURNS TABLE (category text, workload text, owner text, unit text, department text, customer text, cost numeric, kind text) LANGUAGE sql AS $$
WITH used AS (
    SELECT payer, account, product_code, k.ut, workload, owner, unit, department, customer, sum(cost) AS cost, sum(sum(cost)) OVER (PARTITION BY payer, account, product_code, k.ut) AS pool
    FROM own CROSS JOIN LATERAL (VALUES (ut), (NULL)) k (ut) WHERE usage GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9)
SELECT l.category, coalesce(u.workload, l.workload), CASE WHEN u.cost IS NULL THEN l.owner ELSE u.owner END, CASE WHEN u.cost IS NULL THEN l.unit ELSE u.unit END, coalesce(u.department, l.department),
       coalesce(u.customer, l.customer), CASE WHEN u.cost IS NULL THEN l.cost ELSE l.cost * u.cost / u.pool END,
       CASE WHEN u.cost IS NOT NULL THEN 'spread' WHEN l.workload <> '(not allocated)' THEN 'direct' WHEN l.category = ANY (categories) THEN 'unallocated' ELSE 'central' END
FROM own l LEFT JOIN used u ON l.category = ANY (categories) AND l.workload = '(not allocated)' AND u.pool > 0 AND ROW(u.payer, u.account, u.product_code, u.ut) IS NOT DISTINCT FROM ROW(l.payer, l.account, l.product_code, l.ut) $$;
CREATE TABLE posted AS SELECT * FROM spread('{discount}');
CREATE TABLE paid AS
WITH s AS (SELECT * FROM spread('{discount,tax}')),
within AS (SELECT t.workload, t.ratio, o.owner, o.unit, o.department, o.customer, sum(o.cost) / sum(sum(o.cost)) OVER (PARTITION BY t.workload) AS part
           FROM (VALUES ('hr-portal', 0.75), ('customer-insights', 0.25)) t (workload, ratio) JOIN own o ON o.workload = t.workload AND o.usage GROUP BY 1, 2, 3, 4, 5, 6)
SELECT s.*, NULL::text AS origin FROM s WHERE workload <> 'platform'
UNION ALL SELECT s.category, w.workload, w.owner, w.unit, w.department, w.customer, s.cost * w.ratio * w.part, 'shared', 'platform' FROM s, within w WHERE s.workload = 'platform';
SELECT 'paid is not the bill', sum(cost) FROM paid HAVING round(sum(cost), 6) <> (SELECT round(sum(cost), 6) FROM line WHERE period = '2026-09-01');
SELECT 'a kind of charge that is not there', k FROM unnest('{direct,spread,shared,central}'::text[]) k WHERE k NOT IN (SELECT kind FROM paid);

SELECT bedrock.set_business_metric('revenue', 5000 * row_number() OVER (ORDER BY customer), '2026-09-01', customer => customer, currency => 'USD')
FROM (SELECT DISTINCT customer FROM paid WHERE customer <> '(untagged)' ORDER BY 1 LIMIT 2) c \g /dev/null
SELECT bedrock.set_business_metric('tickets', 700, '2026-09-01', '2026-09-10', workload => 'hr-portal'), bedrock.set_business_metric('tickets', 900, '2026-09-11', workload => 'hr-portal'),
       bedrock.set_business_metric('documents', 250, '2026-09-01', customer => (SELECT min(customer) FROM paid WHERE customer <> '(untagged)')) \g /dev/null
SELECT bedrock.set_exchange_rate('USD', 'EUR', 0.92, '2026-09-01', '2026-09-15') \g /dev/null
CREATE VIEW fiscal AS SELECT CASE WHEN category IN ('usage', 'fee') THEN 'usage and fees' ELSE 'other charges' END AS charges, CASE WHEN by_day THEN day ELSE period END AS day, cost FROM line WHERE period = '2026-09-01';

INSERT INTO expected (question_id, args, sql, subset) VALUES
('Q060', '{}', $$SELECT workload AS payer_unit, coalesce(sum(cost) FILTER (WHERE kind NOT IN ('spread', 'shared')), 0) AS direct_cost, coalesce(sum(cost) FILTER (WHERE kind = 'spread'), 0) AS spread_cost,
    coalesce(sum(cost) FILTER (WHERE kind = 'shared'), 0) AS shared_cost, sum(cost) AS total, round(100 * sum(cost) / (SELECT sum(cost) FROM paid), 2) AS share_pct, 'USD' AS currency FROM paid GROUP BY 1$$, false),
('Q060', '{"by": "Business Unit"}', $$SELECT coalesce(unit, workload) AS payer_unit, sum(cost) AS total FROM paid GROUP BY 1$$, false),
('Q060', '{"by": "OWNER"}', $$SELECT coalesce(owner, workload) AS payer_unit, coalesce(sum(cost) FILTER (WHERE kind = 'shared'), 0) AS shared_cost, sum(cost) AS total FROM paid GROUP BY 1$$, false),
('Q060', '{"by": "customer"}', $$SELECT customer AS payer_unit, sum(cost) AS total FROM paid GROUP BY 1$$, false),
('Q061', '{}', $$SELECT owner IS NOT NULL AS chargeable, CASE WHEN owner IS NOT NULL THEN NULL WHEN workload = '(unclaimed)' THEN 'not claimed' WHEN kind = 'central' THEN 'central: ' || category ELSE 'no usage to spread it over' END AS reason,
    sum(cost) AS billed_cost, round(100 * sum(cost) / (SELECT sum(cost) FROM paid), 2) AS share_pct, 'USD' AS currency FROM paid GROUP BY 1, 2$$, false),
('Q062', '{}', $$SELECT owner, workload, sum(cost) AS amount, 'USD' AS currency, 1 AS version, 1 AS statement_id FROM posted GROUP BY 1, 2$$, false),
('Q063', '{}', $$SELECT coalesce(a.owner, b.owner) AS owner, coalesce(a.workload, b.workload) AS workload, coalesce(b.cost, 0) AS posted, coalesce(a.cost, 0) AS restated, coalesce(a.cost, 0) - coalesce(b.cost, 0) AS adjustment,
    0 AS by_redelivery, 0 AS by_ownership, coalesce(a.cost, 0) - coalesce(b.cost, 0) AS by_policy, 'policy' AS cause, 'USD' AS currency
    FROM (SELECT workload, owner, sum(cost) AS cost FROM paid GROUP BY 1, 2) a FULL JOIN (SELECT workload, owner, sum(cost) AS cost FROM posted GROUP BY 1, 2) b USING (workload)
    WHERE abs(coalesce(a.cost, 0) - coalesce(b.cost, 0)) > 0.000001$$, false),
('Q065', '{}', $$SELECT origin, method, key, target, round(cost / sum(cost) OVER (PARTITION BY origin, method), 6) AS ratio, cost AS allocated_cost, 'USD' AS currency
    FROM (SELECT coalesce(origin, category) AS origin, CASE kind WHEN 'shared' THEN 'fixed' WHEN 'central' THEN 'central' ELSE 'prorata' END AS method, CASE kind WHEN 'shared' THEN 'ratio' WHEN 'spread' THEN 'usage cost' END AS key,
                 workload AS target, sum(cost) AS cost FROM paid WHERE kind <> 'direct' GROUP BY 1, 2, 3, 4) x$$, false),
('Q068', '{}', $$SELECT customer, cost, revenue, revenue - cost AS margin, round(100 * (revenue - cost) / revenue, 2) AS margin_pct, 'USD' AS currency
    FROM (SELECT customer, sum(cost) AS cost, CASE WHEN customer <> '(untagged)' AND dense_rank() OVER (ORDER BY customer = '(untagged)', customer) <= 2 THEN 5000 * dense_rank() OVER (ORDER BY customer = '(untagged)', customer) END AS revenue FROM paid GROUP BY 1) p$$, false),
('Q069', '{}', $$SELECT department, coalesce(sum(cost) FILTER (WHERE kind NOT IN ('spread', 'shared')), 0) AS direct_cost, coalesce(sum(cost) FILTER (WHERE kind IN ('spread', 'shared')), 0) AS allocated_cost, sum(cost) AS billed_cost,
    round(100 * sum(cost) / (SELECT sum(cost) FROM paid), 2) AS share_pct FROM paid GROUP BY 1$$, false),
('Q082', '{}', $$SELECT 'tickets' AS metric, 'hr-portal' AS workload, NULL::text AS customer, 1600 AS units, sum(cost) AS cost, round(sum(cost) / 1600, 6) AS cost_per_unit, 'USD' AS currency FROM paid WHERE workload = 'hr-portal'$$, false),
('Q082', '{"metric": "documents"}', $$SELECT customer, 250 AS units, sum(cost) AS cost, round(sum(cost) / 250, 6) AS cost_per_unit FROM paid WHERE customer = (SELECT min(customer) FROM paid WHERE customer <> '(untagged)') GROUP BY 1$$, false),
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
    SELECT 'Q140', sum((a ->> 'BilledCost')::numeric), b.net FROM exact('Q140') a) q
WHERE q.cost IS DISTINCT FROM q.bill;
SELECT 'Q063', 'does not sum to nothing', sum((a ->> 'adjustment')::numeric) FROM exact('Q063') a HAVING sum((a ->> 'adjustment')::numeric) <> 0;
-- A level that is none.
DO $$ BEGIN PERFORM bedrock.answer('Q060', '{"by": "planet"}'); INSERT INTO expected VALUES ('Q060', '{}', 'a level that is none is taken'); EXCEPTION WHEN invalid_parameter_value THEN NULL; END $$;
