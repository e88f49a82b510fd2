-- SPDX-License-Identifier: PostgreSQL
-- The table cur_line: as many lines of an invented Cost and Usage Report as the psql variable "rows" says, the same
-- ones every time. Narrow columns named as in CUR 2.0; about 70 % of the lines are Bedrock's. Some 2,000 resource ids,
-- 800 usage types and 5,000 principals, few of them on most lines.
\if :{?rows}
\else
    \set rows 1000000
\endif
SET client_min_messages = warning;

-- Numbers from 0 to 1 that follow from n and a salt alone. The same for lists: an index from 0 to size - 1, where a
-- power above 1 makes the first ones frequent.
CREATE FUNCTION pg_temp.uniform(n bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, salt) & 4503599627370495) / 4503599627370496.0::float8;
CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, size int, power float8) RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN floor(size * ((hashint8extended(n, salt) & 4503599627370495) / 4503599627370496.0::float8) ^ power)::int;
-- Hexadecimal text that looks like the ids AWS gives out.
CREATE FUNCTION pg_temp.code(n bigint, size int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN left(md5(n::text), size);

CREATE TEMP TABLE region AS
SELECT ordinal - 1 AS i, * FROM unnest(
    ARRAY['USE1', 'USW2', 'EUC1', 'EU', 'APN1', 'USE2', 'APS2', 'CAN1', 'SAE1'],
    ARRAY['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-northeast-1', 'us-east-2', 'ap-southeast-2',
          'ca-central-1', 'sa-east-1'],
    ARRAY['us', 'us', 'eu', 'eu', 'apac', 'us', 'au', 'ca', 'global']) WITH ORDINALITY AS r(prefix, name, geo, ordinal);

-- Models with a product name are sold through the Marketplace: their usage types name no model.
CREATE TEMP TABLE model AS
SELECT ordinal - 1 AS i, token, id, nullif(sold_as, '') AS sold_as FROM unnest(
    ARRAY['Claude4Sonnet', 'NovaLite', 'Claude4.5Sonnet', 'NovaPro', 'Claude3.5Sonnet', 'NovaMicro',
          'Llama3-3-70B', 'Claude3Haiku', 'Mistral-Large-2407', 'Qwen3-32B', 'DeepSeek-R1', 'NovaPremier',
          'Llama4-Maverick-17B', 'GPT-OSS-120B', 'TitanEmbeddingV2-Text', 'Claude4Opus'],
    ARRAY['anthropic.claude-sonnet-4-20250514-v1:0', 'amazon.nova-lite-v1:0',
          'anthropic.claude-sonnet-4-5-20250929-v1:0', 'amazon.nova-pro-v1:0',
          'anthropic.claude-3-5-sonnet-20241022-v2:0', 'amazon.nova-micro-v1:0', 'meta.llama3-3-70b-instruct-v1:0',
          'anthropic.claude-3-haiku-20240307-v1:0', 'mistral.mistral-large-2407-v1:0', 'qwen.qwen3-32b-v1:0',
          'deepseek.r1-v1:0', 'amazon.nova-premier-v1:0', 'meta.llama4-maverick-17b-instruct-v1:0',
          'openai.gpt-oss-120b-1:0', 'amazon.titan-embed-text-v2:0', 'anthropic.claude-opus-4-20250514-v1:0'],
    ARRAY['Claude Sonnet 4 (Amazon Bedrock Edition)', '', 'Claude Sonnet 4.5 (Amazon Bedrock Edition)', '',
          'Claude 3.5 Sonnet (Amazon Bedrock Edition)', '', '', 'Claude 3 Haiku (Amazon Bedrock Edition)', '', '', '',
          '', '', '', '', 'Claude Opus 4 (Amazon Bedrock Edition)']) WITH ORDINALITY AS m(token, id, sold_as, ordinal);

-- What is metered, behind the prefix and the model; twice the same means that it is frequent.
CREATE TEMP TABLE metered AS
SELECT ordinal - 1 AS i, * FROM unnest(
    ARRAY['-input-tokens', '-output-tokens', '-input-tokens', '-output-tokens', '-cache-read-input-token-count',
          '-cache-write-input-token-count', '-input-tokens-batch', '-output-tokens-batch'],
    ARRAY['InputTokenCount', 'OutputTokenCount', 'input_tokens_global_standard', 'output_tokens_global_standard',
          'CacheReadInputTokenCount', 'CacheWriteInputTokenCount_Global', 'InputTokenCount_Batch',
          'output_tokens_batch']) WITH ORDINALITY AS k(plain, marketplace, ordinal);

CREATE TEMP TABLE account AS
SELECT i, (111122220000 + 101 * i)::text AS id
FROM generate_series(0, 11) i;

-- Resource ids of Bedrock: application profiles, system profiles, models, projects and a few of the other services.
CREATE TEMP TABLE bedrock_resource AS
SELECT n AS i, account.id AS account_id, region.prefix, model.i AS model,
       CASE
           WHEN n % 20 < 10 THEN format('arn:aws:bedrock:%s:%s:application-inference-profile/%s', region.name,
                                        account.id, pg_temp.code(n, 12))
           WHEN n % 20 < 14 THEN format('arn:aws:bedrock:%s:%s:inference-profile/%s.%s', region.name, account.id,
                                        region.geo, model.id)
           WHEN n % 20 < 18 THEN format('arn:aws:bedrock:%s::foundation-model/%s', region.name, model.id)
           WHEN n % 20 = 18 THEN format('arn:aws:bedrock-mantle:%s:%s:project/%s', region.name, account.id,
                                        CASE WHEN n % 60 = 18 THEN 'default' ELSE 'proj_' || pg_temp.code(n, 16) END)
           ELSE format('arn:aws:bedrock:%s:%s:%s/%s', region.name, account.id,
                       (ARRAY['guardrail', 'knowledge-base', 'provisioned-model'])[n / 20 % 3 + 1],
                       pg_temp.code(n, 12))
       END AS id
FROM generate_series(0, 1599) n
JOIN region ON region.i = pg_temp.pick(n, 1, 9, 1.5)
JOIN model ON model.i = pg_temp.pick(n, 2, 16, 1.2)
JOIN account ON account.i = pg_temp.pick(n, 3, 12, 1.3);

-- The other services of the bill; what tax and support name is empty.
CREATE TEMP TABLE other_resource AS
SELECT n AS i, account.id AS account_id,
       CASE n % 6
           WHEN 0 THEN 'i-0' || pg_temp.code(n, 16)
           WHEN 1 THEN 'arn:aws:lambda:' || region.name || ':' || account.id || ':function:handler-' || pg_temp.code(n, 8)
           WHEN 2 THEN 'company-data-' || pg_temp.code(n, 10)
           WHEN 3 THEN 'arn:aws:rds:' || region.name || ':' || account.id || ':db:' || pg_temp.code(n, 14)
           WHEN 4 THEN 'arn:aws:logs:' || region.name || ':' || account.id || ':log-group:/aws/' || pg_temp.code(n, 18)
           ELSE CASE WHEN n = 5 THEN '' ELSE 'vol-0' || pg_temp.code(n, 16) END
       END AS id,
       (ARRAY['AmazonEC2', 'AWSLambda', 'AmazonS3', 'AmazonRDS', 'AmazonCloudWatch', 'AmazonEC2'])[n % 6 + 1] AS product_code,
       (ARRAY['Amazon Elastic Compute Cloud', 'AWS Lambda', 'Amazon Simple Storage Service',
              'Amazon Relational Database Service', 'AmazonCloudWatch', 'Amazon Elastic Compute Cloud'])[n % 6 + 1] AS product_name,
       region.prefix || '-' ||
       (ARRAY['BoxUsage:m5.large', 'Lambda-GB-Second', 'Requests-Tier1', 'InstanceUsage:db.r6g.large',
              'DataProcessing-Bytes', 'EBS:VolumeUsage.gp3', 'DataTransfer-Out-Bytes'])[(n + n / 6 % 2) % 7 + 1] AS usage_type
FROM generate_series(0, 699) n
JOIN region ON region.i = pg_temp.pick(n, 4, 9, 1.5)
JOIN account ON account.i = pg_temp.pick(n, 5, 12, 1.3);

-- Callers: roles with sessions, people through the identity centre, users, API keys.
CREATE TEMP TABLE principal AS
SELECT n AS i,
       CASE
           WHEN n % 10 < 6 THEN format('arn:aws:sts::%s:assumed-role/svc-%s/i-0%s', account.id,
                                       pg_temp.code(n % 90, 6), pg_temp.code(n, 16))
           WHEN n % 10 < 8 THEN format('arn:aws:sts::%s:assumed-role/AWSReservedSSO_Dev_%s/person%s@example.com',
                                       account.id, pg_temp.code(n % 7, 16), n)
           WHEN n % 10 = 8 THEN format('arn:aws:iam::%s:user/BedrockAPIKey-%s', account.id, pg_temp.code(n, 8))
           ELSE format('arn:aws:iam::%s:user/automation/worker-%s', account.id, pg_temp.code(n, 8))
       END AS arn
FROM generate_series(0, 4999) n
JOIN account ON account.i = pg_temp.pick(n, 6, 12, 1.3);

CREATE TEMP TABLE tag_set AS
SELECT i, CASE
       WHEN i % 10 < 3 THEN '{}'
       WHEN i % 10 = 3 THEN jsonb_build_object('accountTag/stage', 'prod')
       WHEN i % 10 < 8 THEN jsonb_build_object('resourceTags/team', 'team-' || i % 23, 'iamPrincipal/cost-center', 'cc-' || i % 31)
       ELSE jsonb_build_object('iamPrincipal/team', 'team-' || i % 19)
       END AS tags
FROM generate_series(0, 399) i;

CREATE INDEX ON bedrock_resource (i);
CREATE INDEX ON other_resource (i);
CREATE INDEX ON principal (i);
ANALYZE region, model, metered, account, bedrock_resource, other_resource, principal, tag_set;

CREATE UNLOGGED TABLE cur_line (
    line_item_usage_account_id text,
    line_item_product_code text,
    bill_billing_entity text,
    product_name text,
    line_item_resource_id text,
    line_item_usage_type text,
    line_item_iam_principal text,
    tags jsonb,
    pricing_unit text,
    line_item_usage_amount numeric,
    line_item_unblended_cost numeric,
    line_item_usage_start_date timestamptz
) WITH (autovacuum_enabled = off);

-- A line picks its dimensions first, as one of 40,000 combinations, then an amount and an hour of four months.
SET work_mem = '256MB';
INSERT INTO cur_line
WITH combination AS MATERIALIZED (
    SELECT c, c % 10 < 7 AS bedrock, pg_temp.pick(c, 21, 1600, 1.6) AS bedrock_resource,
           pg_temp.pick(c, 22, 700, 1.6) AS other_resource, pg_temp.pick(c, 23, 5000, 1.4) AS principal,
           pg_temp.uniform(c, 24) < 0.85 AS has_principal,
           pg_temp.pick(c, 25, 400, 1) AS tag_set, pg_temp.pick(c, 26, 8, 1.3) AS metered
    FROM generate_series(0, 39999) c
), dimension AS MATERIALIZED (
    SELECT c, coalesce(b.account_id, o.account_id) AS account_id,
           CASE WHEN NOT bedrock THEN o.product_code WHEN m.sold_as IS NULL THEN 'AmazonBedrock'
                ELSE pg_temp.code(m.i, 25) END AS product_code,
           CASE WHEN m.sold_as IS NULL THEN 'AWS' ELSE 'AWS Marketplace' END AS billing_entity,
           CASE WHEN NOT bedrock THEN o.product_name ELSE coalesce(m.sold_as, 'Amazon Bedrock') END AS product_name,
           coalesce(b.id, o.id) AS resource_id,
           CASE WHEN NOT bedrock THEN o.usage_type
                WHEN b.id LIKE '%:guardrail/%' THEN b.prefix || '-Guardrail-ContentPolicyUnitsConsumed'
                WHEN b.id LIKE '%:provisioned-model/%' THEN b.prefix || '-' || m.token || '-ProvisionedThroughput-NoCommit-ModelUnits'
                WHEN m.sold_as IS NULL THEN b.prefix || '-' || m.token || k.plain
                ELSE b.prefix || '-MP:' || b.prefix || '_' || k.marketplace || '-Units' END AS usage_type,
           p.arn AS principal, t.tags,
           CASE WHEN NOT bedrock THEN 'Hrs' WHEN m.sold_as IS NULL THEN '1K tokens' ELSE 'Units' END AS unit
    FROM combination
    LEFT JOIN bedrock_resource b ON bedrock AND b.i = combination.bedrock_resource
    LEFT JOIN other_resource o ON NOT bedrock AND o.i = combination.other_resource
    LEFT JOIN model m ON m.i = b.model
    LEFT JOIN principal p ON bedrock AND has_principal AND p.i = combination.principal
    JOIN metered k ON k.i = combination.metered
    JOIN tag_set t ON t.i = combination.tag_set
)
SELECT account_id, product_code, billing_entity, product_name, resource_id, usage_type, principal, tags, unit,
       round((0.05 + 90 * pg_temp.uniform(n, 32) ^ 3)::numeric, 4),
       round((0.000004 + 0.03 * pg_temp.uniform(n, 33) ^ 4)::numeric, 10),
       timestamptz '2026-06-01Z' + interval '1 hour' * pg_temp.pick(n, 34, 2928, 1)
FROM generate_series(1, :rows) n
JOIN dimension ON c = pg_temp.pick(n, 31, 40000, 1.8)
ORDER BY n;

VACUUM (FREEZE, ANALYZE) cur_line;
