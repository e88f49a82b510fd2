-- SPDX-License-Identifier: PostgreSQL
-- The five attributes of five_attributes.sql in DuckDB, over the relation line: with regular expressions as people write
-- it, and in the best form found: first grouped by the columns as they are, which parses each combination once, then
-- taken apart with split_part and LIKE.
CREATE OR REPLACE VIEW line_regex AS
SELECT CASE
           WHEN regexp_matches(line_item_resource_id, '^arn:aws[a-z-]*:bedrock:[^:]*:[^:]*:application-inference-profile/')
               THEN 'application_profile'
           WHEN regexp_matches(line_item_resource_id, '^arn:aws[a-z-]*:bedrock-mantle:[^:]*:[^:]*:project/') AND
                NOT regexp_matches(line_item_resource_id, ':project/default$') THEN 'project'
           WHEN regexp_matches(line_item_iam_principal, '^arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:') THEN 'iam_principal'
           WHEN regexp_matches(tags, '"(resourceTags|iamPrincipal|userAttribute)/[^"]+": ?"[^"]') THEN 'tag'
           ELSE 'none'
       END AS kind,
       nullif(regexp_extract(line_item_resource_id,
                             '^arn:aws[a-z-]*:bedrock:[^:]*:[^:]*:(?:application-)?inference-profile/([^/]+)', 1), '') AS profile,
       nullif(regexp_extract(line_item_resource_id, '^arn:aws[a-z-]*:bedrock:[^:]*:[^:]*:' ||
                             '(?:foundation-model/|inference-profile/(?:us|eu|apac|ap|jp|au|ca|global)\.)(.+)$', 1), '') AS model,
       CASE regexp_extract(line_item_usage_type, '^([A-Z]+[0-9]?)-', 1)
           WHEN 'USE1' THEN 'us-east-1' WHEN 'USE2' THEN 'us-east-2' WHEN 'USW2' THEN 'us-west-2'
           WHEN 'EU' THEN 'eu-west-1' WHEN 'EUC1' THEN 'eu-central-1' WHEN 'APN1' THEN 'ap-northeast-1'
           WHEN 'APS2' THEN 'ap-southeast-2' WHEN 'CAN1' THEN 'ca-central-1' WHEN 'SAE1' THEN 'sa-east-1'
       END AS region,
       CASE
           WHEN regexp_matches(line_item_usage_type, 'cache.?read', 'i') THEN 'cache_read'
           WHEN regexp_matches(line_item_usage_type, 'cache.?write', 'i') THEN 'cache_write'
           WHEN regexp_matches(line_item_usage_type, 'input.?token', 'i') THEN 'input'
           WHEN regexp_matches(line_item_usage_type, 'output.?token', 'i') THEN 'output'
       END AS token_kind,
       line_item_unblended_cost AS cost
FROM line;

CREATE OR REPLACE VIEW line_two_level AS
SELECT CASE
           WHEN line_item_resource_id LIKE 'arn:aws:bedrock:%:application-inference-profile/%' THEN 'application_profile'
           WHEN line_item_resource_id LIKE 'arn:aws:bedrock-mantle:%:project/%' AND
                line_item_resource_id NOT LIKE '%/default' THEN 'project'
           WHEN line_item_iam_principal LIKE 'arn:aws:iam::%' OR line_item_iam_principal LIKE 'arn:aws:sts::%'
               THEN 'iam_principal'
           WHEN tags LIKE '%"resourceTags/%' OR tags LIKE '%"iamPrincipal/%' OR tags LIKE '%"userAttribute/%' THEN 'tag'
           ELSE 'none'
       END AS kind,
       CASE WHEN line_item_resource_id LIKE 'arn:aws:bedrock:%inference-profile/%'
           THEN split_part(line_item_resource_id, '/', 2) END AS profile,
       CASE
           WHEN line_item_resource_id LIKE 'arn:aws:bedrock:%:foundation-model/%'
               THEN split_part(line_item_resource_id, '/', 2)
           WHEN line_item_resource_id LIKE 'arn:aws:bedrock:%:inference-profile/%'
               THEN substr(line_item_resource_id, strpos(line_item_resource_id, '.') + 1)
       END AS model,
       CASE split_part(line_item_usage_type, '-', 1)
           WHEN 'USE1' THEN 'us-east-1' WHEN 'USE2' THEN 'us-east-2' WHEN 'USW2' THEN 'us-west-2'
           WHEN 'EU' THEN 'eu-west-1' WHEN 'EUC1' THEN 'eu-central-1' WHEN 'APN1' THEN 'ap-northeast-1'
           WHEN 'APS2' THEN 'ap-southeast-2' WHEN 'CAN1' THEN 'ca-central-1' WHEN 'SAE1' THEN 'sa-east-1'
       END AS region,
       CASE
           WHEN line_item_usage_type LIKE '%ache%ead%' THEN 'cache_read'
           WHEN line_item_usage_type LIKE '%ache%rite%' THEN 'cache_write'
           WHEN line_item_usage_type LIKE '%nput%oken%' THEN 'input'
           WHEN line_item_usage_type LIKE '%utput%oken%' THEN 'output'
       END AS token_kind,
       cost
FROM (SELECT line_item_resource_id, line_item_usage_type, line_item_iam_principal, tags, sum(line_item_unblended_cost) AS cost
      FROM line GROUP BY ALL);
