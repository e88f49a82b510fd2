-- bedrock.cost_and_usage: the call GetCostAndUsage of Cost Explorer. Each answer against plain sums over the raw lines.
SET timezone = 'America/New_York';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA ce;
CREATE TABLE ce.cur (
    bill_payer_account_id text DEFAULT '100000000001', line_item_usage_account_id text DEFAULT '100000000002', bill_billing_entity text DEFAULT 'AWS', bill_invoice_id text,
    bill_billing_period_start_date timestamp, line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product jsonb DEFAULT '{"product_name": "Amazon Bedrock"}', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens', line_item_operation text DEFAULT 'InvokeModelInference',
    line_item_usage_amount numeric DEFAULT 10, pricing_unit text DEFAULT '1K tokens', line_item_unblended_cost numeric, line_item_blended_cost numeric, line_item_currency_code text DEFAULT 'USD',
    line_item_resource_id text, tags jsonb DEFAULT '{}', day date);
-- August is final, September is not. Two accounts, three tags and none, a Marketplace product, two units, a tax of each month, a credit of a day.
INSERT INTO ce.cur (bill_billing_period_start_date, bill_invoice_id, line_item_usage_account_id, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_blended_cost,
                    line_item_usage_type, pricing_unit, line_item_usage_amount, tags, product, line_item_product_code, bill_billing_entity)
SELECT date_trunc('month', d), CASE WHEN d < '2026-09-01' THEN 'I' || n % 4 END, '10000000000' || 2 + n % 2, d, d + interval '1 day', round((n * 7 + i) / 100.0, 2), round((n * 7 + i) / 101.0, 6),
       CASE WHEN i = 3 THEN 'USE1-Guardrail-ContentPolicyUnitsConsumed' ELSE 'USE1-NovaPro-' || CASE n % 2 WHEN 0 THEN 'input' ELSE 'output' END || '-tokens' END,
       CASE WHEN i = 3 THEN 'TextUnits' ELSE '1K tokens' END, n + i,
       CASE i WHEN 0 THEN '{"resourceTags/Environment": "Prod", "costCategory/Unit": "Retail"}' WHEN 1 THEN '{"resourceTags/Environment": "dev_1", "iamPrincipal/team": "ds"}'
              WHEN 2 THEN '{"resourceTags/Environment": "O''Neil \\ 100%"}' ELSE '{}' END::jsonb,
       CASE WHEN n % 4 = 0 AND i < 3 THEN '{"product_name": "Claude Sonnet 4.5 (Amazon Bedrock Edition)"}' ELSE '{"product_name": "Amazon Bedrock"}' END::jsonb,
       CASE WHEN n % 4 = 0 AND i < 3 THEN 'abcdefghijklmnopqrstuvwxy' ELSE 'AmazonBedrock' END, CASE WHEN n % 4 = 0 AND i < 3 THEN 'AWS Marketplace' ELSE 'AWS' END
FROM generate_series(timestamp '2026-08-01', '2026-09-10', '1 day') WITH ORDINALITY AS t (d, n), generate_series(0, 3) AS i;
INSERT INTO ce.cur (bill_billing_period_start_date, bill_invoice_id, line_item_usage_start_date, line_item_usage_end_date, line_item_line_item_type, line_item_usage_amount, line_item_unblended_cost, line_item_blended_cost, line_item_usage_type)
VALUES ('2026-08-01', 'I0', '2026-08-01', '2026-09-01', 'Tax', NULL, 11.11, 11.11, NULL), ('2026-09-01', NULL, '2026-09-01', '2026-10-01', 'Tax', NULL, 2.22, 2.22, NULL),
       ('2026-08-01', 'I1', '2026-08-05', '2026-08-06', 'Credit', NULL, -5, -5, 'USE1-NovaPro-input-tokens');
INSERT INTO ce.cur (bill_billing_period_start_date, bill_invoice_id, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_blended_cost, line_item_currency_code, tags)
VALUES ('2026-08-01', 'I2', '2026-08-07', '2026-08-08', 3, 3, 'EUR', '{"resourceTags/Environment": "Prod"}');
UPDATE ce.cur SET day = line_item_usage_start_date::date;
SELECT (bedrock.attach('ce.cur')).source;
SELECT sum(lines) AS lines FROM bedrock.refresh();

-- As in AWS's page of the call: cost and quantity by service and a tag, of some services, for a month.
SELECT period_start, period_end, keys, metric, amount, unit, estimated
FROM bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', 'MONTHLY', '{BlendedCost,UnblendedCost,UsageQuantity}',
    '[{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "TAG", "Key": "Environment"}]',
    '{"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Bedrock", "Amazon Nothing"]}}') WHERE metric <> 'BlendedCost';
-- The same from the lines.
SELECT product ->> 'product_name' AS service, coalesce(tags ->> 'resourceTags/Environment', '') AS environment, sum(line_item_unblended_cost) AS unblended, currency, sum(line_item_usage_amount) AS quantity, pricing_unit
FROM (SELECT *, line_item_currency_code AS currency FROM ce.cur) AS c WHERE day >= '2026-09-01' AND product ->> 'product_name' = 'Amazon Bedrock' GROUP BY GROUPING SETS ((1, 2, 4), (1, 2, 6)) ORDER BY 1, 2, 4, 6;

-- Every request: what differs from the plain sums, which is nothing.
CREATE FUNCTION pg_temp.differs(request text, plain text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    rows bigint;
    wrong bigint;
BEGIN
    EXECUTE format('CREATE TEMP TABLE have ON COMMIT DROP AS SELECT period_start, keys, metric, amount, unit, estimated FROM bedrock.cost_and_usage(%s)', request);
    EXECUTE format('CREATE TEMP TABLE want (period_start, keys, metric, amount, unit, estimated) ON COMMIT DROP AS %s', plain);
    SELECT count(*) INTO wrong FROM ((TABLE have EXCEPT ALL TABLE want) UNION ALL (TABLE want EXCEPT ALL TABLE have)) AS d;
    SELECT count(*) INTO rows FROM want;
    DROP TABLE have, want;
    RETURN CASE WHEN rows = 0 THEN -1 ELSE wrong END;
END $$;
SELECT pg_temp.differs($$'{"Start": "2026-08-01", "End": "2026-09-01"}'$$,
    $$SELECT '2026-08-01', '{}'::text[], 'UnblendedCost', sum(line_item_unblended_cost), line_item_currency_code, false FROM ce.cur WHERE day < '2026-09-01' GROUP BY line_item_currency_code$$) AS month;
-- Part of a month: the tax of the whole is not in it; the period begins and ends with the request.
SELECT pg_temp.differs($$'{"Start": "2026-08-05", "End": "2026-09-02"}', 'MONTHLY', '{BlendedCost}'$$,
    $$SELECT to_char(greatest(date_trunc('month', day), '2026-08-05'), 'YYYY-MM-DD'), '{}'::text[], 'BlendedCost', sum(line_item_blended_cost), line_item_currency_code, date_trunc('month', day) = '2026-09-01'
      FROM ce.cur WHERE day BETWEEN '2026-08-05' AND '2026-09-01' AND line_item_line_item_type <> 'Tax' GROUP BY 1, 5, 6$$) AS part;
SELECT DISTINCT period_start, period_end FROM bedrock.cost_and_usage('{"Start": "2026-08-05", "End": "2026-09-02"}') ORDER BY 1;
SELECT pg_temp.differs($$'{"Start": "2026-08-01", "End": "2026-09-11"}', 'DAILY', '{UnblendedCost}', '{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}'$$,
    $$SELECT to_char(day, 'YYYY-MM-DD'), ARRAY[line_item_usage_account_id], 'UnblendedCost', sum(line_item_unblended_cost), line_item_currency_code, day >= '2026-09-01'
      FROM ce.cur WHERE line_item_line_item_type <> 'Tax' GROUP BY 1, 2, 5, 6$$) AS daily;
SELECT pg_temp.differs($$'{"Start": "2026-08-01", "End": "2026-09-01"}', 'MONTHLY', '{UsageQuantity}', '{"Type": "DIMENSION", "Key": "USAGE_TYPE"}'$$,
    $$SELECT '2026-08-01', ARRAY[line_item_usage_type], 'UsageQuantity', sum(line_item_usage_amount), pricing_unit, false
      FROM ce.cur WHERE day < '2026-09-01' AND line_item_line_item_type = 'Usage' GROUP BY 2, 5$$) AS quantity;
SELECT pg_temp.differs($$'{"Start": "2026-08-01", "End": "2026-09-01"}', 'MONTHLY', '{NetUnblendedCost}', '[{"Type": "DIMENSION", "Key": "RECORD_TYPE"}, {"Type": "COST_CATEGORY", "Key": "Unit"}]'$$,
    $$SELECT '2026-08-01', ARRAY[line_item_line_item_type, 'Unit$' || coalesce(tags ->> 'costCategory/Unit', '')], 'NetUnblendedCost', sum(line_item_unblended_cost), line_item_currency_code, false
      FROM ce.cur WHERE day < '2026-09-01' GROUP BY 2, 5$$) AS record_type;
-- Filters: each against its WHERE.
CREATE TEMP TABLE filter (request jsonb, condition text);
INSERT INTO filter VALUES
    ('{"Dimensions": {"Key": "REGION", "Values": ["us-east-1"]}}', $$line_item_usage_type LIKE 'USE1%'$$),
    ('{"Tags": {"Key": "Environment", "Values": ["Prod"]}}', $$tags ->> 'resourceTags/Environment' = 'Prod'$$),
    ('{"Tags": {"Key": "user:Environment", "Values": ["PROD", "DEV_1"], "MatchOptions": ["CASE_INSENSITIVE"]}}', $$lower(tags ->> 'resourceTags/Environment') IN ('prod', 'dev_1')$$),
    ('{"Tags": {"Key": "Environment", "Values": ["dev_"], "MatchOptions": ["STARTS_WITH"]}}', $$tags ->> 'resourceTags/Environment' = 'dev_1'$$),
    ('{"Tags": {"Key": "Environment", "Values": ["%"], "MatchOptions": ["STARTS_WITH"]}}', $$false$$),
    ('{"Tags": {"Key": "Environment", "Values": ["100%", "x"], "MatchOptions": ["ENDS_WITH"]}}', $$tags ->> 'resourceTags/Environment' LIKE 'O%'$$),
    ('{"Tags": {"Key": "Environment", "Values": ["''NEIL \\"], "MatchOptions": ["CONTAINS", "CASE_INSENSITIVE"]}}', $$tags ->> 'resourceTags/Environment' LIKE 'O%'$$),
    ('{"Tags": {"Key": "Environment", "Values": ["O''Neil \\ 100%"]}}', $$tags ->> 'resourceTags/Environment' LIKE 'O%'$$),
    ('{"Tags": {"Key": "Environment", "MatchOptions": ["ABSENT"]}}', $$NOT tags ? 'resourceTags/Environment'$$),
    ('{"Tags": {"Key": "iamPrincipal/team", "Values": ["ds"]}}', $$tags ? 'iamPrincipal/team'$$),
    ('{"CostCategories": {"Key": "Unit", "Values": ["Retail"]}}', $$tags ? 'costCategory/Unit'$$),
    ('{"Not": {"CostCategories": {"Key": "Unit", "Values": ["Retail"]}}}', $$NOT tags ? 'costCategory/Unit'$$),
    ('{"Dimensions": {"Key": "model_family", "Values": ["Nova"]}}', $$line_item_usage_type LIKE '%NovaPro%' AND line_item_product_code = 'AmazonBedrock'$$),
    ('{"And": [{"Or": [{"Tags": {"Key": "Environment", "Values": ["Prod"]}}, {"Tags": {"Key": "Environment", "MatchOptions": ["ABSENT"]}}]},
               {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Tax", "Credit"]}}}, {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["100000000002"]}}]}',
     $$(tags ->> 'resourceTags/Environment' = 'Prod' OR NOT tags ? 'resourceTags/Environment') AND line_item_line_item_type = 'Usage' AND line_item_usage_account_id = '100000000002'$$),
    -- Data, never code.
    ('{"Tags": {"Key": "x'') OR true --", "Values": ["y"]}}', $$false$$),
    ('{"Tags": {"Key": "Environment", "Values": ["Prod'' OR true --", "%s %1$s $1"]}}', $$false$$);
SELECT f.request, a.cost IS NOT DISTINCT FROM r.cost AS same, r.lines > 0 AS is_there
FROM filter AS f
CROSS JOIN LATERAL (SELECT sum(c.amount) AS cost FROM bedrock.cost_and_usage('{"Start": "2026-08-01", "End": "2026-10-01"}', filter => f.request) AS c) AS a
CROSS JOIN LATERAL (SELECT (x.r ->> 'cost')::numeric AS cost, (x.r ->> 'lines')::int AS lines
                    FROM (SELECT (xpath('/table/row/r/text()', query_to_xml(format('SELECT json_build_object(''cost'', sum(line_item_unblended_cost), ''lines'', count(*)) AS r FROM ce.cur WHERE %s', f.condition),
                                                                             false, false, '')))[1]::text::jsonb AS r) AS x) AS r;

-- A line of the bill of September for a day of August, and a caller's class: whole months are then not those of bills. Cost Explorer goes by the day.
INSERT INTO ce.cur (bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_blended_cost, day)
VALUES ('2026-09-01', '2026-08-31', '2026-09-01', 0.0123, 0.0123, '2026-08-31');
SELECT sum(lines) AS lines FROM bedrock.refresh(force => true);
SELECT pg_temp.differs($$'{"Start": "2026-08-01", "End": "2026-10-01"}', 'MONTHLY', '{UnblendedCost}', '{"Type": "DIMENSION", "Key": "SERVICE"}'$$,
    $$SELECT to_char(date_trunc('month', day), 'YYYY-MM-DD'), ARRAY[product ->> 'product_name'], 'UnblendedCost', sum(line_item_unblended_cost), line_item_currency_code, bool_or(bill_billing_period_start_date = '2026-09-01')
      FROM ce.cur GROUP BY 1, 2, 5$$) AS late;
SELECT pg_temp.differs(format($$'{"Start": "%s", "End": "%s"}'$$, first, last), format($$SELECT '%s', '{}'::text[], 'UnblendedCost', sum(line_item_unblended_cost), line_item_currency_code, bool_or(bill_billing_period_start_date = '2026-09-01')
      FROM ce.cur WHERE day >= '%s' AND day < '%s' GROUP BY 5$$, first, first, last)) AS late_month
FROM (VALUES ('2026-08-01', '2026-09-01'), ('2026-09-01', '2026-10-01')) AS m (first, last);
DELETE FROM ce.cur WHERE line_item_unblended_cost = 0.0123;
SELECT sum(lines) AS lines FROM bedrock.refresh(force => true);
-- Attributes of the bill, the caller and the owner beside those of the line: the groups of each sum up to the whole.
SELECT a.attribute, m.granularity FROM unnest(bedrock_internal.spend_attributes()) AS a (attribute) CROSS JOIN (VALUES ('MONTHLY'), ('DAILY')) AS m (granularity)
CROSS JOIN LATERAL (
    SELECT bool_and(c.amount IS NOT DISTINCT FROM s.cost) AS same
    FROM bedrock.cost_and_usage('{"Start": "2026-08-01", "End": "2026-09-01"}', m.granularity, group_by => jsonb_build_object('Type', 'DIMENSION', 'Key', a.attribute)) AS c
    FULL JOIN (SELECT coalesce(to_jsonb(x) ->> a.attribute, '(none)') AS key, CASE m.granularity WHEN 'DAILY' THEN x.usage_date ELSE '2026-08-01' END AS at, x.currency, sum(x.unblended_cost) AS cost
               FROM bedrock.spend AS x WHERE x.billing_period = '2026-08-01' AND (m.granularity = 'MONTHLY' OR x.charge_grain <> 'period') GROUP BY 1, 2, 3) AS s
        ON ARRAY[s.key] = c.keys AND s.at = c.period_start::date AND s.currency = c.unit) AS d
WHERE NOT d.same;

-- Hours need hours.
SELECT * FROM bedrock.cost_and_usage('{"Start": "2026-08-01T00:00:00Z", "End": "2026-08-02T00:00:00Z"}', 'HOURLY');
UPDATE ce.cur SET line_item_usage_end_date = line_item_usage_start_date + interval '1 hour' WHERE line_item_line_item_type = 'Usage';
SELECT source, keep FROM bedrock_internal.attach_relation('ce.cur', keep => 'day');
SELECT sum(lines) AS lines FROM bedrock.refresh(force => true);
SELECT * FROM bedrock.cost_and_usage('{"Start": "2026-08-01T00:00:00Z", "End": "2026-08-02T00:00:00Z"}', 'HOURLY');
SELECT source, keep FROM bedrock_internal.attach_relation('ce.cur', keep => 'hour');
SELECT sum(lines) AS lines FROM bedrock.refresh();
SELECT pg_temp.differs($$'{"Start": "2026-08-07T00:00:00Z", "End": "2026-08-07T01:00:00Z"}', 'HOURLY'$$,
    $$SELECT '2026-08-07T00:00:00Z', '{}'::text[], 'UnblendedCost', sum(line_item_unblended_cost), line_item_currency_code, false FROM ce.cur WHERE day = '2026-08-07' GROUP BY 5$$) AS hourly;

-- Nothing is billed: no rows. What it does not know it says.
SELECT * FROM bedrock.cost_and_usage('{"Start": "2020-01-01", "End": "2020-02-01"}');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-09-01"}');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-31", "End": "2026-10-01"}');
SELECT bedrock.cost_and_usage('{"start": "2026-09-01"}');
SELECT bedrock.cost_and_usage(NULL);
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', 'WEEKLY');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', metrics => '{UnblendedCost,NormalizedUsageAmount}');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', metrics => '{}');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', metrics => array_fill('UnblendedCost'::text, '{2000}'));
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', group_by => '[{"Type": "DIMENSION", "Key": "AZ"}]');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', group_by => '[{"Key": "SERVICE"}]');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', group_by => '[1, 2, 3]');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', filter => '{"Dimensions": {"Key": "SERVICE", "Values": ["a"], "MatchOptions": ["LIKE"]}}');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', filter => '{"Dimensions": {"Key": "SERVICE"}}');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', filter => '{"And": []}');
SELECT bedrock.cost_and_usage('{"Start": "2026-09-01", "End": "2026-10-01"}', filter => '{}');
SELECT bedrock.detach('cur');
DROP SCHEMA ce CASCADE;
