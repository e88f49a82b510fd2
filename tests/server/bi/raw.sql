-- SPDX-License-Identifier: PostgreSQL
-- What the surfaces of a BI tool are held against: table "raw", the Bedrock lines of the raw table "cur" by LIKE, split_part
-- and CASE, without a function or view of the extension. Before that, the bill gets what a form may stumble over: a second
-- currency, lines that state no account, a team with an apostrophe and double quotes. Their usage is the HR portal's.
CREATE TABLE hr AS SELECT profile_arn AS arn, profile_name AS name FROM bedrock.profiles WHERE profile_name LIKE 'hr-portal-%';
INSERT INTO cur
SELECT (jsonb_populate_record(c, v.change)).*
FROM cur AS c, (VALUES ('{"line_item_currency_code": "EUR", "identity_line_item_id": "in euros"}'::jsonb),
                       ('{"line_item_usage_account_id": null, "identity_line_item_id": "of no account"}')) AS v (change)
WHERE line_item_resource_id IN (SELECT arn FROM hr) AND line_item_line_item_type = 'Usage'
  AND line_item_usage_start_date >= '2026-09-03Z' AND line_item_usage_start_date < '2026-09-04Z';
\set odd_team '\'d\'\'Arcy & "Sons"\''
SELECT FROM bedrock.set_label((SELECT arn FROM hr WHERE name = 'hr-portal-prod-haiku'), 'team', :odd_team, '2026-09-10', 'a test');
SELECT FROM bedrock.refresh();
CREATE TABLE raw AS
SELECT l.*, usage AND NOT other AS inference,
       CASE WHEN usage AND NOT (other OR picture) AND ut ~* 'input|output|cache'
            THEN amount * CASE WHEN unit = '1K tokens' THEN 1000 ELSE 1000000 END END AS tokens
FROM (SELECT (bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS month, bill_billing_entity AS entity,
             (line_item_usage_start_date AT TIME ZONE 'UTC')::date AS day,
             line_item_usage_end_date - line_item_usage_start_date <= interval '1 day' AS by_day,
             line_item_line_item_type = 'Usage' AS usage,
             CASE line_item_line_item_type WHEN 'EdpDiscount' THEN 'discount' WHEN 'PrivateRateDiscount' THEN 'discount'
                  ELSE lower(line_item_line_item_type) END AS category,
             line_item_usage_account_id AS account, nullif(line_item_resource_id, '') AS rid, line_item_usage_type AS ut,
             product ->> 'product_name' AS product, line_item_currency_code AS currency, line_item_unblended_cost AS cost,
             line_item_usage_amount AS amount, pricing_unit AS unit,
             line_item_resource_id IN (SELECT arn FROM hr) AS hr,
             line_item_resource_id = (SELECT arn FROM hr WHERE name = 'hr-portal-prod-haiku')
                 AND line_item_usage_start_date >= '2026-09-10Z' AS odd_team,
             line_item_usage_type ~* ('Guardrail|Runtime:|CustomModelImport|Customization|DataAutomation|grounding|'
                                      'ProvisionedThroughput|reserved|WebSearch|quantum') AS other,
             line_item_usage_type ~* 'T2I|created_image|search_?units' AS picture
      FROM cur
      WHERE line_item_product_code ILIKE '%bedrock%' OR product ->> 'product_name' ILIKE '%bedrock%'
         OR line_item_resource_id LIKE 'arn:aws:bedrock%') AS l;
ANALYZE raw;
