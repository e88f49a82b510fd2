-- SPDX-License-Identifier: PostgreSQL
-- The answers ./run demo prints: plain SQL over a Cost and Usage Report table as AWS delivers it.
\set QUIET on
\pset pager off
\pset border 2
\pset linestyle unicode
\pset footer off
\pset null ''
\set ECHO queries
\echo
\echo 'The table "cur" is a CUR 2.0 export as AWS writes it. Each answer below is the SQL shown above it.'
\echo
\echo '--- What went through an inference profile, September 2026 ---'
SELECT bedrock_request_path(line_item_resource_id) AS request_path, bedrock_via_profile(line_item_resource_id) AS via_profile,
       round(sum(line_item_unblended_cost), 2) AS usd
FROM cur
WHERE is_bedrock(line_item_product_code, bill_billing_entity, product ->> 'product_name')
  AND bill_billing_period_start_date = '2026-09-01Z' AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2 ORDER BY usd DESC;

\echo '--- By inference profile ---'
SELECT bedrock_profile_id(line_item_resource_id) AS profile_id, bedrock_profile_suffix(line_item_resource_id) AS suffix,
       max(bedrock_request_path(line_item_resource_id)) AS kind, round(sum(line_item_unblended_cost), 2) AS usd
FROM cur
WHERE bill_billing_period_start_date = '2026-09-01Z' AND bedrock_via_profile(line_item_resource_id)
GROUP BY 1, 2 ORDER BY usd DESC LIMIT 12;

\echo '--- By tag: the project, whichever of the five kinds of tag carries it ---'
SELECT coalesce(bedrock_tag(tags, 'project'), '(untagged)') AS project, round(sum(line_item_unblended_cost), 2) AS usd
FROM cur
WHERE is_bedrock(line_item_product_code, bill_billing_entity, product ->> 'product_name')
  AND bill_billing_period_start_date = '2026-09-01Z' AND line_item_line_item_type = 'Usage'
GROUP BY 1 ORDER BY usd DESC LIMIT 12;

\echo '--- By principal: a role and all its sessions are one line ---'
SELECT p.kind, p.name, count(DISTINCT p.session) AS sessions, round(sum(line_item_unblended_cost), 2) AS usd
FROM cur, LATERAL bedrock_principal_parts(line_item_iam_principal) p
WHERE bill_billing_period_start_date = '2026-09-01Z' AND line_item_iam_principal IS NOT NULL
GROUP BY p.kind, p.name, p.principal_key ORDER BY usd DESC LIMIT 12;

\echo '--- By model and token kind ---'
SELECT replace(coalesce(nullif(product ->> 'product_name', 'Amazon Bedrock'), u.model_token), ' (Amazon Bedrock Edition)', '') AS model,
       u.token_kind, round(sum(bedrock_tokens(line_item_usage_amount, pricing_unit, line_item_usage_type))) AS tokens,
       round(sum(line_item_unblended_cost), 2) AS usd
FROM cur, LATERAL bedrock_usage_parts(line_item_usage_type) u
WHERE is_bedrock(line_item_product_code, bill_billing_entity, product ->> 'product_name')
  AND bill_billing_period_start_date = '2026-09-01Z' AND line_item_line_item_type = 'Usage' AND u.usage_group = 'tokens'
GROUP BY 1, 2 ORDER BY usd DESC LIMIT 16;

\echo '--- Who owns it: the strongest owner signal of each line ---'
SELECT attribution_kind(line_item_resource_id, line_item_iam_principal, tags) AS attribution_kind, round(sum(line_item_unblended_cost), 2) AS usd
FROM cur
WHERE is_bedrock(line_item_product_code, bill_billing_entity, product ->> 'product_name')
  AND bill_billing_period_start_date = '2026-09-01Z' AND line_item_line_item_type = 'Usage'
GROUP BY 1 ORDER BY usd DESC;
