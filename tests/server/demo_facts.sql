-- SPDX-License-Identifier: PostgreSQL
-- What the generator says it wrote (fact) against what the row functions find in the raw table (cur): lists what differs.
CREATE TEMP TABLE line AS
SELECT to_char(bill_billing_period_start_date AT TIME ZONE 'UTC', 'YYYY-MM') AS period, line_item_line_item_type = 'Usage' AS usage,
       is_bedrock(line_item_product_code, bill_billing_entity, product ->> 'product_name') AS bedrock, c.*
FROM cur c;
CREATE TEMP TABLE found AS
SELECT 'lines.' || period AS name, count(*)::numeric AS value FROM line GROUP BY period
UNION ALL
SELECT 'total_unblended.' || period, sum(line_item_unblended_cost) FROM line GROUP BY period
UNION ALL
SELECT 'bedrock_usage.' || period, sum(line_item_unblended_cost) FROM line WHERE bedrock AND usage GROUP BY period
UNION ALL
SELECT 'bedrock_usage_lines.' || period, count(*) FROM line WHERE bedrock AND usage GROUP BY period
UNION ALL
SELECT 'bedrock_usage_lines_with_principal.' || period, count(line_item_iam_principal) FROM line WHERE bedrock AND usage GROUP BY period
UNION ALL
SELECT 'bedrock_marketplace_usage.' || period, sum(line_item_unblended_cost) FROM line WHERE bedrock AND usage AND bill_billing_entity = 'AWS Marketplace' GROUP BY period
UNION ALL
SELECT 'bedrock_path.' || CASE WHEN line_item_resource_id IS NULL THEN 'no_resource_id' ELSE bedrock_request_path(line_item_resource_id) END || '.' || period,
       sum(line_item_unblended_cost)
FROM line WHERE bedrock AND usage GROUP BY period, CASE WHEN line_item_resource_id IS NULL THEN 'no_resource_id' ELSE bedrock_request_path(line_item_resource_id) END
UNION ALL
SELECT 'tokens.' || CASE u.token_kind WHEN 'cache_write' THEN 'cache_write_' || coalesce(u.cache_ttl, '5m') ELSE u.token_kind END || '.' || period,
       sum(bedrock_tokens(line_item_usage_amount, pricing_unit, line_item_usage_type))
FROM line, LATERAL bedrock_usage_parts(line_item_usage_type) u WHERE bedrock AND usage AND u.token_kind IS NOT NULL
GROUP BY period, CASE u.token_kind WHEN 'cache_write' THEN 'cache_write_' || coalesce(u.cache_ttl, '5m') ELSE u.token_kind END;

SELECT fact.name, fact.value, found.value FROM fact JOIN found USING (name) WHERE fact.value::numeric <> found.value ORDER BY 1;
SELECT 'compared', 'over 70', count(*) FROM fact JOIN found USING (name) HAVING count(*) < 70;

-- The fixed numbers of September.
CREATE TEMP TABLE fixed AS
SELECT 'hr-portal' AS name, 14200.00 AS value, sum(line_item_unblended_cost) AS found FROM line WHERE bedrock AND usage AND period = '2026-09' AND bedrock_tag(tags, 'project') = 'hr-portal'
UNION ALL
SELECT 'customer-insights', 9400.00, sum(line_item_unblended_cost) FROM line WHERE bedrock AND usage AND period = '2026-09' AND bedrock_tag(tags, 'project') = 'customer-insights'
UNION ALL
SELECT 'all of Bedrock', 42000.00, sum(line_item_unblended_cost) FROM line WHERE bedrock AND usage AND period = '2026-09'
UNION ALL
SELECT 'coding team on ' || day, 600.00, cost FROM (
    SELECT (line_item_usage_start_date AT TIME ZONE 'UTC')::date AS day, sum(line_item_unblended_cost) AS cost
    FROM line WHERE bedrock AND usage AND period = '2026-09' AND bedrock_tag(tags, 'team') = 'coding' GROUP BY 1) per_day
UNION ALL
SELECT 'MAP qualifying in the quarter', 34200.00, sum(line_item_unblended_cost) FROM line WHERE bedrock AND usage AND period >= '2026-07' AND bedrock_tag(tags, 'map-migrated') IS NOT NULL
UNION ALL
SELECT 'the loop of the last night', 40.00, max(cost) FROM (
    SELECT sum(line_item_unblended_cost) AS cost FROM line WHERE bedrock AND usage AND line_item_usage_start_date = '2026-09-30 02:00Z'
    GROUP BY bedrock_principal_key(line_item_iam_principal)) per_caller
UNION ALL
SELECT 'three lines of AWS''s example', 0.481, sum(line_item_unblended_cost) FROM line
WHERE line_item_usage_type LIKE 'USE1-Claude4.6%' AND (line_item_iam_principal LIKE '%user/alice' OR line_item_iam_principal LIKE '%AppRole/session-123')
UNION ALL
SELECT 'cache hit rate of the HR Portal', 0.18, sum(t) FILTER (WHERE kind = 'cache_read') / sum(t) FROM (
    SELECT bedrock_token_kind(line_item_usage_type) AS kind, bedrock_tokens(line_item_usage_amount, pricing_unit, line_item_usage_type) AS t
    FROM line WHERE bedrock AND usage AND period = '2026-09' AND bedrock_tag(tags, 'project') = 'hr-portal') x WHERE kind <> 'output';
SELECT name, value, found FROM fixed WHERE value IS DISTINCT FROM found;
SELECT 'days of the coding team', '18', count(*) FROM fixed WHERE name LIKE 'coding team%' HAVING count(*) <> 18;
