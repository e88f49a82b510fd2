-- What a stranger's CUR table answers: one row of each kind, read by the row functions.

-- Resource ids.
SELECT r.resource_id, p.request_path, p.profile_id, p.profile_suffix, p.geo_prefix, p.model_id
FROM (VALUES
    (1, 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.meta.llama3-1-70b-instruct-v1:0/internal-genai-app-production-v2'),
    (2, 'arn:aws:bedrock:us-east-1:736008242383:application-inference-profile/finopscenter-demo-app-profile'),
    (3, 'arn:aws:bedrock:us-west-2:111122223333:inference-profile/global.openai.gpt-5.6-terra'),
    (4, 'arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0'),
    (5, 'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123'),
    (6, 'arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_1'),
    (7, 'arn:aws:bedrock:us-east-1:123456789012:guardrail/h7t5aokrpe1n'),
    (8, 'usual.model-v1'),
    (9, 'i-0abc'),
    (10, '')) r(n, resource_id), LATERAL bedrock_arn_parts(r.resource_id) p ORDER BY n;

-- Usage types: first party, mantle, marketplace, and lines that are no tokens.
SELECT u.usage_type, p.region, p.model_token, p.usage_group, p.token_kind, p.cache_ttl, p.tier, p.routing, p.long_context
FROM (VALUES
    (1, 'USE1-NovaMicro-input-tokens'),
    (2, 'EU-NovaLite-cache-read-input-token-count'),
    (3, 'APN2-Nova2.0Omni-text-output-tokens-flex-cross-region-global'),
    (4, 'USE1-openai.gpt-5.6-luna-mantle-cache-write-tokens-5m-long-ctx-flex'),
    (5, 'USW2-MP:USW2_CacheWrite1hInputTokenCount_Global-Units'),
    (6, 'USE1-MP:USE1_MillionBatchOutputTokens-Units'),
    (7, 'USE1-Guardrail-ContentPolicyUnitsConsumed'),
    (8, 'USE1-TitanText-Premier-ProvisionedThroughput-Custom-NoCommit-ModelUnits'),
    (9, 'BoxUsage:t3.micro')) u(n, usage_type), LATERAL bedrock_usage_parts(u.usage_type) p ORDER BY n;

-- Principals: a role and all its sessions share one key.
SELECT c.principal, p.kind, p.name, p.session, p.email, p.principal_key
FROM (VALUES
    (1, 'arn:aws:iam::736008242383:role/app/finopscenter-demo-app-bedrock-role'),
    (2, 'arn:aws:sts::736008242383:assumed-role/finopscenter-demo-app-bedrock-role/i-0abc'),
    (3, 'arn:aws:iam::123456789012:user/BedrockAPIKey-234s'),
    (4, 'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Dev_abc123/user@test.com'),
    (5, 'arn:aws:iam::111111111111:root'),
    (6, 'nobody')) c(n, principal), LATERAL bedrock_principal_parts(c.principal) p ORDER BY n;

-- The strongest owner signal: application profile, project, principal, tag, none.
SELECT attribution_kind(resource_id, principal, tags::jsonb), note
FROM (VALUES
    (1, 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p', 'arn:aws:iam::123456789012:user/a', '{"user_team":"x"}', 'a profile outranks the rest'),
    (2, 'arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_1', 'arn:aws:iam::123456789012:user/a', NULL, 'a project outranks its caller'),
    (3, 'arn:aws:bedrock-mantle:us-east-1:123456789012:project/default', 'arn:aws:iam::123456789012:user/a', NULL, 'the default project names nobody'),
    (4, 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0', NULL, NULL, 'a system profile only routes'),
    (5, 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', '', '{"iamPrincipal/team":"ds"}', 'a tag of the principal'),
    (6, NULL, NULL, '{"aws_created_by":"x", "accountTag/team":"y", "costCategory/c":"z", "user_team":""}', 'none of these names an owner'),
    (7, NULL, NULL, NULL, 'nothing is recorded')) v(n, resource_id, principal, tags, note) ORDER BY n;

-- Bedrock lines: four product codes, and marketplace products by name.
SELECT is_bedrock(code, entity, name), code, entity, name
FROM (VALUES
    (1, 'AmazonBedrock', 'AWS', 'Amazon Bedrock'),
    (2, 'AmazonBedrockFoundationModels', NULL, NULL),
    (3, '4a524th30q694o538qndh9ucht', 'AWS Marketplace', 'Claude 3.5 Sonnet (Amazon Bedrock Edition)'),
    (4, '4a524th30q694o538qndh9ucht', 'AWS', 'Claude 3.5 Sonnet (Amazon Bedrock Edition)'),
    (5, 'AmazonEC2', 'AWS', 'Amazon Elastic Compute Cloud'),
    (6, NULL, NULL, NULL)) v(n, code, entity, name) ORDER BY n;

-- Tokens: thousands, millions, or no tokens at all. Never a guess, never an overflow.
SELECT bedrock_tokens(amount, unit, usage_type) AS tokens, amount, unit, usage_type
FROM (VALUES
    (1, 17.33, '1K tokens', 'USE1-NovaMicro-input-tokens'),
    (2, 17.33, '1k Tokens', 'USE1-NovaMicro-input-tokens'),
    (3, 0.02645, 'Units', 'USW2-MP:USW2_InputTokenCount-Units'),
    (4, 0.02645, '1M tokens', 'USW2-MP:USW2_InputTokenCount-Units'),
    (5, 3, 'Units', 'USE1-MP:USE1_ProvisionedThroughput_NoCommit_ModelUnits_Usage-Units'),
    (6, 3, '1B tokens', 'USE1-NovaMicro-input-tokens'),
    (7, 3, NULL, 'USE1-NovaMicro-input-tokens'),
    (8, 3, '1K TPM Hour', 'USE1-Claude4.5Sonnet-reserved-1-month-input-tokens-per-minute-cross-region-geo'),
    (9, 'NaN'::numeric, '1K tokens', 'USE1-NovaMicro-input-tokens')) v(n, amount, unit, usage_type) ORDER BY n;
SELECT bedrock_tokens(('1e' || 131071)::numeric, '1M tokens', 'USE1-NovaMicro-input-tokens') IS NULL AS overflow_is_null;

-- The three lines of AWS's own example.
SELECT b.region, b.model_token, b.token_kind, p.kind, p.name, p.session, bedrock_tag(tags, 'team') AS team, bedrock_tag(tags, 'project') AS project, cost
FROM (VALUES
    (1, 'arn:aws:iam::123456789012:user/alice', 'USE1-Claude4.6Sonnet-input-tokens', 0.069, '{"iamPrincipal/team":"ds"}'::jsonb),
    (2, 'arn:aws:iam::123456789012:user/alice', 'USE1-Claude4.6Sonnet-output-tokens', 0.214, '{"iamPrincipal/team":"ds"}'),
    (3, 'arn:aws:sts::123456789012:assumed-role/AppRole/session-123', 'USE1-Claude4.6Opus-input-tokens', 0.198, '{"iamPrincipal/project":"chatbot"}')
    ) v(n, principal, usage_type, cost, tags), LATERAL bedrock_usage_parts(usage_type) b, LATERAL bedrock_principal_parts(principal) p ORDER BY n;

-- Single parts agree with the rows of parts, an index on one is used, and a parallel plan may call them.
CREATE TEMP TABLE line AS
SELECT 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p' || n % 500 AS resource_id, n AS id FROM generate_series(1, 20000) n;
CREATE INDEX ON line (bedrock_profile_id(resource_id));
ANALYZE line;
EXPLAIN (COSTS OFF) SELECT count(*) FROM line WHERE bedrock_profile_id(resource_id) = 'p77';
SELECT count(*) FROM line WHERE bedrock_profile_id(resource_id) = 'p77';
