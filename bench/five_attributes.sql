-- SPDX-License-Identifier: PostgreSQL
-- Five attributes of a line, in four forms that give the same answer on cur_line: attribution kind, profile, model,
-- region, token kind. The kind comes twice: by resource id, caller and tags, and by the first two alone.

-- With the extension.
CREATE VIEW with_extension AS
SELECT attribution_kind(line_item_resource_id, line_item_iam_principal, tags) AS kind,
       attribution_kind(line_item_resource_id, line_item_iam_principal) AS kind_without_tags,
       bedrock_profile_id(line_item_resource_id) AS profile,
       bedrock_model_id(line_item_resource_id) AS model,
       bedrock_region(line_item_usage_type) AS region,
       bedrock_token_kind(line_item_usage_type) AS token_kind,
       line_item_unblended_cost AS cost
FROM cur_line;

-- With regular expressions, as people write it.
CREATE VIEW with_regex AS
SELECT CASE
           WHEN line_item_resource_id ~ '^arn:aws[a-z-]*:bedrock:[^:]*:[^:]*:application-inference-profile/'
               THEN 'application_profile'
           WHEN line_item_resource_id ~ '^arn:aws[a-z-]*:bedrock-mantle:[^:]*:[^:]*:project/' AND
                line_item_resource_id !~ ':project/default$' THEN 'project'
           WHEN line_item_iam_principal ~ '^arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:' THEN 'iam_principal'
           WHEN tags::text ~ '"(resourceTags|iamPrincipal|userAttribute)/[^"]+": "[^"]' THEN 'tag'
           ELSE 'none'
       END AS kind,
       CASE
           WHEN line_item_resource_id ~ '^arn:aws[a-z-]*:bedrock:[^:]*:[^:]*:application-inference-profile/'
               THEN 'application_profile'
           WHEN line_item_resource_id ~ '^arn:aws[a-z-]*:bedrock-mantle:[^:]*:[^:]*:project/' AND
                line_item_resource_id !~ ':project/default$' THEN 'project'
           WHEN line_item_iam_principal ~ '^arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:' THEN 'iam_principal'
           ELSE 'none'
       END AS kind_without_tags,
       (regexp_match(line_item_resource_id,
                     '^arn:aws[a-z-]*:bedrock:[^:]*:[^:]*:(?:application-)?inference-profile/([^/]+)'))[1] AS profile,
       (regexp_match(line_item_resource_id, '^arn:aws[a-z-]*:bedrock:[^:]*:[^:]*:' ||
                     '(?:foundation-model/|inference-profile/(?:us|eu|apac|ap|jp|au|ca|global)\.)(.+)$'))[1] AS model,
       CASE substring(line_item_usage_type FROM '^([A-Z]+[0-9]?)-')
           WHEN 'USE1' THEN 'us-east-1' WHEN 'USE2' THEN 'us-east-2' WHEN 'USW2' THEN 'us-west-2'
           WHEN 'EU' THEN 'eu-west-1' WHEN 'EUC1' THEN 'eu-central-1' WHEN 'APN1' THEN 'ap-northeast-1'
           WHEN 'APS2' THEN 'ap-southeast-2' WHEN 'CAN1' THEN 'ca-central-1' WHEN 'SAE1' THEN 'sa-east-1'
       END AS region,
       CASE
           WHEN line_item_usage_type ~* 'cache.?read' THEN 'cache_read'
           WHEN line_item_usage_type ~* 'cache.?write' THEN 'cache_write'
           WHEN line_item_usage_type ~* 'input.?token' THEN 'input'
           WHEN line_item_usage_type ~* 'output.?token' THEN 'output'
       END AS token_kind,
       line_item_unblended_cost AS cost
FROM cur_line;

-- With split_part and LIKE, as someone writes it who knows what regular expressions cost and wants the right answer on
-- any bill: by the fields of the ARN in every partition, all billing prefixes, reserved capacity told from tokens.
CREATE VIEW with_split_part AS
SELECT CASE
           WHEN split_part(line_item_resource_id, ':', 3) = 'bedrock' AND
                split_part(line_item_resource_id, ':', 6) LIKE 'application-inference-profile/%'
               THEN 'application_profile'
           WHEN split_part(line_item_resource_id, ':', 3) = 'bedrock-mantle' AND
                split_part(line_item_resource_id, ':', 6) LIKE 'project/%' AND
                split_part(line_item_resource_id, ':', 6) <> 'project/default' THEN 'project'
           WHEN split_part(line_item_iam_principal, ':', 3) IN ('iam', 'sts') THEN 'iam_principal'
           WHEN EXISTS (SELECT FROM jsonb_each_text(tags) AS t
                        WHERE t.value <> '' AND (t.key LIKE 'resourceTags/%' OR t.key LIKE 'iamPrincipal/%' OR
                                                 t.key LIKE 'userAttribute/%')) THEN 'tag'
           ELSE 'none'
       END AS kind,
       CASE
           WHEN split_part(line_item_resource_id, ':', 3) = 'bedrock' AND
                split_part(line_item_resource_id, ':', 6) LIKE 'application-inference-profile/%'
               THEN 'application_profile'
           WHEN split_part(line_item_resource_id, ':', 3) = 'bedrock-mantle' AND
                split_part(line_item_resource_id, ':', 6) LIKE 'project/%' AND
                split_part(line_item_resource_id, ':', 6) <> 'project/default' THEN 'project'
           WHEN split_part(line_item_iam_principal, ':', 3) IN ('iam', 'sts') THEN 'iam_principal'
           ELSE 'none'
       END AS kind_without_tags,
       CASE
           WHEN split_part(line_item_resource_id, ':', 3) = 'bedrock' AND
                split_part(split_part(line_item_resource_id, ':', 6), '/', 1) IN
                ('application-inference-profile', 'inference-profile') THEN split_part(line_item_resource_id, '/', 2)
       END AS profile,
       CASE
           WHEN split_part(line_item_resource_id, ':', 3) <> 'bedrock' THEN NULL
           WHEN split_part(line_item_resource_id, ':', 6) LIKE 'foundation-model/%'
               THEN split_part(line_item_resource_id, '/', 2)
           WHEN split_part(line_item_resource_id, ':', 6) LIKE 'inference-profile/%' AND
                split_part(split_part(line_item_resource_id, '/', 2), '.', 1) IN
                ('us', 'eu', 'apac', 'ap', 'jp', 'au', 'ca', 'in', 'us-gov', 'global')
               THEN substr(line_item_resource_id, strpos(line_item_resource_id, '.') + 1)
       END AS model,
       CASE split_part(line_item_usage_type, '-', 1)
           WHEN 'USE1' THEN 'us-east-1' WHEN 'USE2' THEN 'us-east-2' WHEN 'USW1' THEN 'us-west-1'
           WHEN 'USW2' THEN 'us-west-2' WHEN 'CAN1' THEN 'ca-central-1' WHEN 'CAN2' THEN 'ca-west-1'
           WHEN 'MXC1' THEN 'mx-central-1' WHEN 'AFS1' THEN 'af-south-1' WHEN 'APE1' THEN 'ap-east-1'
           WHEN 'APE2' THEN 'ap-east-2' WHEN 'APN1' THEN 'ap-northeast-1' WHEN 'APN2' THEN 'ap-northeast-2'
           WHEN 'APN3' THEN 'ap-northeast-3' WHEN 'APS3' THEN 'ap-south-1' WHEN 'APS5' THEN 'ap-south-2'
           WHEN 'APS1' THEN 'ap-southeast-1' WHEN 'APS2' THEN 'ap-southeast-2' WHEN 'APS4' THEN 'ap-southeast-3'
           WHEN 'APS6' THEN 'ap-southeast-4' WHEN 'APS7' THEN 'ap-southeast-5' WHEN 'APS8' THEN 'ap-southeast-6'
           WHEN 'APS9' THEN 'ap-southeast-7' WHEN 'EUC1' THEN 'eu-central-1' WHEN 'EUC2' THEN 'eu-central-2'
           WHEN 'EUN1' THEN 'eu-north-1' WHEN 'EUS1' THEN 'eu-south-1' WHEN 'EUS2' THEN 'eu-south-2'
           WHEN 'EU' THEN 'eu-west-1' WHEN 'EUW2' THEN 'eu-west-2' WHEN 'EUW3' THEN 'eu-west-3'
           WHEN 'ILC1' THEN 'il-central-1' WHEN 'MEC1' THEN 'me-central-1' WHEN 'MES1' THEN 'me-south-1'
           WHEN 'SAE1' THEN 'sa-east-1' WHEN 'UGW1' THEN 'us-gov-west-1' WHEN 'UGE1' THEN 'us-gov-east-1'
           WHEN 'CNN1' THEN 'cn-north-1' WHEN 'CNW1' THEN 'cn-northwest-1'
       END AS region,
       CASE
           WHEN line_item_usage_type LIKE '%eserved%' THEN NULL
           WHEN line_item_usage_type LIKE '%ache%ead%' THEN 'cache_read'
           WHEN line_item_usage_type LIKE '%ache%rite%' THEN 'cache_write'
           WHEN line_item_usage_type LIKE '%nput%oken%' THEN 'input'
           WHEN line_item_usage_type LIKE '%utput%oken%' THEN 'output'
       END AS token_kind,
       line_item_unblended_cost AS cost
FROM cur_line;

-- The least that plain SQL can do, fitted to what this very bill holds: wrong on another bill (partitions, prefixes and
-- geographies it leaves out, reserved capacity), so nothing to build on; it shows where SQL ends.
CREATE VIEW with_fitted_like AS
SELECT CASE
           WHEN line_item_resource_id LIKE 'arn:aws:bedrock:%:application-inference-profile/%'
               THEN 'application_profile'
           WHEN line_item_resource_id LIKE 'arn:aws:bedrock-mantle:%:project/%' AND
                line_item_resource_id NOT LIKE '%/default' THEN 'project'
           WHEN line_item_iam_principal LIKE 'arn:aws:iam::%' OR line_item_iam_principal LIKE 'arn:aws:sts::%'
               THEN 'iam_principal'
           WHEN tags::text LIKE '%"resourceTags/%' OR tags::text LIKE '%"iamPrincipal/%' THEN 'tag'
           ELSE 'none'
       END AS kind,
       CASE
           WHEN line_item_resource_id LIKE 'arn:aws:bedrock:%:application-inference-profile/%'
               THEN 'application_profile'
           WHEN line_item_resource_id LIKE 'arn:aws:bedrock-mantle:%:project/%' AND
                line_item_resource_id NOT LIKE '%/default' THEN 'project'
           WHEN line_item_iam_principal LIKE 'arn:aws:iam::%' OR line_item_iam_principal LIKE 'arn:aws:sts::%'
               THEN 'iam_principal'
           ELSE 'none'
       END AS kind_without_tags,
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
       line_item_unblended_cost AS cost
FROM cur_line;
