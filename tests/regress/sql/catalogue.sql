-- The catalogues: what is shipped, whose row wins, and how the model of a line is found.
\pset null '(null)'

-- Shipped rows, each with its source.
SELECT 'region' AS catalogue, count(*) AS shipped, count(*) FILTER (WHERE source IS NULL) AS without_source FROM bedrock.region WHERE builtin
UNION ALL SELECT 'model', count(*), count(*) FILTER (WHERE source IS NULL) FROM bedrock.model WHERE builtin
UNION ALL SELECT 'system_profile', count(*), count(*) FILTER (WHERE source IS NULL) FROM bedrock.system_profile WHERE builtin
UNION ALL SELECT 'system_profile_region', count(*), count(*) FILTER (WHERE source IS NULL) FROM bedrock.system_profile_region WHERE builtin
UNION ALL SELECT 'model_alias: ' || kind, count(*), count(*) FILTER (WHERE source IS NULL) FROM bedrock.model_alias WHERE builtin GROUP BY kind
ORDER BY 1;

-- The prefixes of the catalogue are those the row function knows; one region has none yet.
SELECT region, cur_prefix, bedrock_region(cur_prefix || '-NovaLite-input-tokens') AS row_function FROM bedrock.regions
WHERE bedrock_region(cur_prefix || '-NovaLite-input-tokens') IS DISTINCT FROM region ORDER BY 1;
SELECT region, cur_prefix, partition, geo_pools FROM bedrock.regions WHERE region IN ('eu-west-1', 'ap-south-1', 'ca-west-1', 'us-gov-west-1') ORDER BY 1;

-- A system profile's id says its geography and model as the row functions read them, and its models and regions exist.
SELECT profile_id FROM bedrock.system_profiles
WHERE bedrock_geo_prefix(profile_id) IS DISTINCT FROM geo_prefix OR bedrock_model_id(profile_id) IS DISTINCT FROM model_id ORDER BY 1;
SELECT DISTINCT p.model_id AS unknown_model FROM bedrock.system_profiles p LEFT JOIN bedrock.models m USING (model_id) WHERE m.model_id IS NULL ORDER BY 1;
SELECT DISTINCT region AS unknown_region FROM bedrock.system_profile_regions, unnest(ARRAY[source_region, destination_region]) region
WHERE region <> '*' AND region NOT IN (SELECT region FROM bedrock.regions) ORDER BY 1;
SELECT pool, count(*) AS profiles FROM bedrock.system_profiles GROUP BY pool ORDER BY pool;
SELECT source_region, string_agg(destination_region, ' ' ORDER BY destination_region) AS destinations FROM bedrock.system_profile_regions
WHERE profile_id = 'us.amazon.nova-lite-v1:0' GROUP BY source_region ORDER BY source_region;

-- Versions roll up to a family.
SELECT model_family, string_agg(model_name, ', ' ORDER BY model_name COLLATE "C") AS models FROM bedrock.models
WHERE model_family IN ('Opus', 'Sonnet', 'Haiku', 'Nova') AND mantle_alias_of IS NULL GROUP BY model_family ORDER BY model_family;

-- The fold: case and punctuation do not count. The key of a model's name lets the version stand anywhere.
SELECT name, bedrock_internal.fold_name(name) AS fold, bedrock_internal.model_name_key(name) AS key FROM unnest(ARRAY[
    'CostCenter', 'cost_center', 'Claude4.6Sonnet', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'Claude 3.5 Sonnet', 'Claude 3.5 Sonnet v2',
    'Nova2.0Lite', 'Nova 2 Lite', 'Llama3-1-405B', 'Llama 3.1 405B Instruct', 'Command R', 'Command R+', 'Gemma-3-4B-IT', '4.6', '', '顧客-A']) WITH ORDINALITY AS u (name, n) ORDER BY n;
-- Of every ASCII character, alone and beside others, the fold keeps what the rule in regular expressions keeps.
SELECT count(*) AS texts, count(*) FILTER (WHERE bedrock_internal.fold_name(t.name) IS DISTINCT FROM regexp_replace(lower(t.name COLLATE "C"), '[\x01-\x2f\x3a-\x60\x7b-\x7f]+', '', 'g')) AS different
FROM generate_series(1, 127) AS c (code), LATERAL (VALUES (chr(c.code)), (chr(c.code) || 'Ä顧' || chr(128 - c.code)), ('Aa' || chr(c.code) || '9-é')) AS t (name);
SELECT id, bedrock_internal.model_id_key(id) AS key FROM unnest(ARRAY[
    'amazon.nova-micro-v1:0', 'amazon.nova-micro-v1:0:24k', 'ZAI.GLM-4.7', 'anthropic.claude-opus-4-7-v1', 'anthropic.claude-v2:1:18k', 'amazon.titan-embed-text-v2:0']) WITH ORDINALITY AS u (id, n) ORDER BY n;

-- A model id as it is written, and the id under which the catalogue knows it; NULL where it does not.
SELECT id, bedrock_internal.canonical_model_id(id) FROM unnest(ARRAY[
    'anthropic.claude-sonnet-4-6',            -- its own
    'qwen.qwen3-32b', 'openai.gpt-oss-120b',  -- bedrock-mantle
    'openai.gpt-5.4-2026-03-05',              -- snapshot
    'amazon.nova-micro-v1:0:24k',             -- context variant
    'anthropic.claude-v1:2:100k',             -- a context variant that is a model of the catalogue
    'amazon.titan-text-express-v1:0',         -- :0 too many
    'anthropic.claude-opus-4-7-v1',           -- -v1 too many
    'amazon.nova-pro-v2:0',                   -- another version is another model
    'stability.stable-diffusion-xl-v1', '']) WITH ORDINALITY AS u (id, n) ORDER BY n;

-- Names of usage types. Every one is the right model or none.
SELECT token, r.model_id, r.basis FROM unnest(ARRAY[
    'Claude2.1', 'Claude3Haiku', 'Claude4.5Haiku', 'Claude4.5Sonnet', 'Claude4.6Opus', 'Claude4.6Sonnet', 'Claude4Opus', 'Claude4Sonnet',
    'DeepSeek-R1', 'DeepSeek-V3.1', 'GPT-OSS-Safeguard-20B', 'Gemma-3-12B-IT', 'Gemma-3-4B-IT', 'KimiK2.5', 'Llama3-1-405B', 'Llama3-1-70B',
    'Llama3-3-70B', 'Llama3-8B', 'Llama4-Maverick-17B', 'Ministral-3-14b-Instruct', 'Ministral-3-8b-Instruct', 'Mistral-Large-3-675b-Instruct',
    'Mistral7B', 'MistralLarge', 'Mixtral8x7B', 'Nemotron-Nano-12B-V2-VL-BF16', 'Nemotron-Nano-9B-V2', 'Nova2.0Lite', 'Nova2.0Omni', 'Nova2.0Pro',
    'NovaCanvas', 'NovaLite', 'NovaMicro', 'NovaMultiModalEmbeddings', 'NovaPremier', 'NovaPro', 'NovaSonic', 'NovaSonic2.0', 'Qwen3-32B', 'Qwen3Coder-30B-A3B',
    'TitanEmbeddingV2-Text', 'TitanEmbeddingsG1-Image', 'TitanEmbeddingsG1-Text', 'TitanImageGeneratorG1', 'TitanImageGeneratorV2', 'TitanText-Premier',
    'ZAI.GLM-4.7', 'anthropic.claude-opus-5', 'deepseek.v3.2', 'gpt-oss-120b', 'minimax.minimax-m2', 'minimax.minimax-m2.5', 'mistral.magistral-small-2509',
    'openai.gpt-5.6-luna', 'openai.gpt-oss-120b', 'qwen.qwen3-32b', 'xai.grok-4.3', 'zai.glm5',
    'Llama', 'NovaReel', 'Claude', 'Titan', 'cohere.rerank-english-v3', 'Guardrail']) WITH ORDINALITY AS u (token, n),
LATERAL bedrock_internal.resolve_model(NULL, NULL, NULL, token) r ORDER BY n;

-- Names of products.
SELECT product, r.model_id, r.basis FROM unnest(ARRAY[
    'Claude 3 Opus (Amazon Bedrock Edition)', 'Claude 3.5 Haiku (Amazon Bedrock Edition)', 'Claude 3.5 Sonnet (Amazon Bedrock Edition)', 'Claude 3.5 Sonnet v2 (Amazon Bedrock Edition)',
    'Claude 3.7 Sonnet (Amazon Bedrock Edition)', 'Claude Haiku 4.5 (Amazon Bedrock Edition)', 'Claude Opus 4 (Amazon Bedrock Edition)', 'Claude Opus 4.1 (Amazon Bedrock Edition)',
    'Claude Opus 4.7 (Amazon Bedrock Edition)', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'claude sonnet 4.6', 'Claude Instant (Amazon Bedrock Edition)',
    'Cohere Command R (Amazon Bedrock Edition)', 'Cohere Command R+ (Amazon Bedrock Edition)', 'Cohere Embed 3 Model - English (Amazon Bedrock Edition)',
    'Cohere Embed 4 Model (Amazon Bedrock Edition)', 'Cohere Generate Model - Command (Amazon Bedrock Edition)', 'Jamba-Instruct (Amazon Bedrock Edition)',
    'Meta Llama 2 Chat 70B (Amazon Bedrock Edition)', 'OpenAI GPT-6 Astra (Amazon Bedrock Edition)', 'Palmyra X5 (Amazon Bedrock Edition)',
    'Claude (Amazon Bedrock Edition)', 'Claude Opus 9 (Amazon Bedrock Edition)', 'Amazon Bedrock', 'Amazon Bedrock Service', 'AmazonEC2']) WITH ORDINALITY AS u (product, n),
LATERAL bedrock_internal.resolve_model(NULL, NULL, product, NULL) r ORDER BY n;

-- The order of evidence: resource id, registry, product name, usage type. What the bill states is kept.
SELECT c.*, r.* FROM (VALUES
    (1, 'anthropic.claude-opus-4-7', 'amazon.nova-lite-v1:0', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'NovaPro'),
    (2, 'amazon.nova-micro-v1:0:24k', NULL, NULL, NULL),
    (3, 'acme.model-of-tomorrow', NULL, 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', NULL),
    (4, '', 'amazon.nova-lite-v1:0', 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'NovaPro'),
    (5, NULL, NULL, 'Claude Sonnet 4.6 (Amazon Bedrock Edition)', 'NovaPro'),
    (6, NULL, NULL, 'Amazon Bedrock', 'NovaPro'),
    (7, NULL, NULL, NULL, NULL)) AS c (n, resource, registry, product, token),
LATERAL bedrock_internal.resolve_model(c.resource, c.registry, c.product, c.token) r ORDER BY c.n;

-- No name of the catalogue belongs to two models, save the one that is meant to.
SELECT key, array_agg(DISTINCT bedrock_internal.canonical_model_id(model_id) ORDER BY bedrock_internal.canonical_model_id(model_id)) AS models
FROM (SELECT bedrock_internal.model_name_key(alias) AS key, model_id FROM bedrock.model_alias WHERE kind <> 'model_id'
      UNION ALL SELECT bedrock_internal.model_name_key(model_name), model_id FROM bedrock.models) n
GROUP BY key HAVING count(DISTINCT bedrock_internal.canonical_model_id(model_id)) > 1 ORDER BY key;

-- A row of the user wins over the shipped one; a new model resolves by id and name without an alias.
BEGIN;
INSERT INTO bedrock.model (model_id, provider, model_family, model_name)
VALUES ('acme.orator-v1:0', 'Acme', 'Orator', 'Orator 2'), ('amazon.nova-lite-v1:0', 'Amazon', 'House', 'House Lite');
SELECT model_id, model_family, model_name, builtin FROM bedrock.models WHERE model_id IN ('acme.orator-v1:0', 'amazon.nova-lite-v1:0') ORDER BY 1;
SELECT (bedrock_internal.resolve_model(NULL, NULL, NULL, 'Orator2')).model_id, bedrock_internal.canonical_model_id('acme.orator-v1:0:8k');
SELECT (bedrock_internal.resolve_model(NULL, NULL, NULL, 'NovaLite')).*;
INSERT INTO bedrock.region (region, cur_prefix) VALUES ('eu-west-1', 'EUX'), ('xx-moon-1', 'XM1');
SELECT region, cur_prefix, builtin FROM bedrock.regions WHERE region IN ('eu-west-1', 'xx-moon-1') ORDER BY 1;
-- The user may settle what the catalogue leaves open, and overrule it.
INSERT INTO bedrock.model_alias (kind, alias, model_id)
VALUES ('product_name', 'Claude', 'anthropic.claude-v2:1'), ('usage_type_token', 'novapro', 'acme.orator-v1:0'), ('model_id', 'anthropic.claude-opus-5', 'acme.orator-v1:0');
SELECT (bedrock_internal.resolve_model(NULL, NULL, 'Claude (Amazon Bedrock Edition)', NULL)).*;
SELECT (bedrock_internal.resolve_model(NULL, NULL, NULL, 'NovaPro')).*;
SELECT (bedrock_internal.resolve_model('anthropic.claude-opus-5', NULL, NULL, NULL)).*;
-- Two rows of the user contradict each other: the name is nobody's.
INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES ('usage_type_token', 'NovaPro', 'amazon.nova-pro-v1:0');
SELECT (bedrock_internal.resolve_model(NULL, NULL, NULL, 'NovaPro')).*;
ROLLBACK;
