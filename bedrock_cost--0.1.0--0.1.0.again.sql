-- SPDX-License-Identifier: PostgreSQL
\echo Use "CREATE EXTENSION bedrock_cost" (or ALTER EXTENSION bedrock_cost UPDATE) to load this file. \quit

-- Shipped regions, models and their other names: facts with source and date. Replaced whole at every install and update;
-- rows of your own (builtin = false) stay and win.

DELETE FROM bedrock.region WHERE builtin;
INSERT INTO bedrock.region (region, cur_prefix, name, partition, geo_pools, builtin, source, as_of)
SELECT v.region, v.cur_prefix, v.name, v.partition, string_to_array(v.geo_pools, ' '), true,
       CASE v.seen WHEN 'list' THEN 'AWS price list' ELSE 'AWS region billing codes, two independent tables' END,
       CASE WHEN v.partition <> 'aws-cn' THEN date '2026-10-08' END
FROM (VALUES
    -- region, prefix in usage types, name, partition, pools of system profiles that call from it, seen in
    ('us-east-1', 'USE1', 'US East (N. Virginia)', 'aws', 'us', 'list'),
    ('us-east-2', 'USE2', 'US East (Ohio)', 'aws', 'us', 'codes'),
    ('us-west-1', 'USW1', 'US West (N. California)', 'aws', 'us', 'list'),
    ('us-west-2', 'USW2', 'US West (Oregon)', 'aws', 'us', 'list'),
    ('ca-central-1', 'CAN1', 'Canada (Central)', 'aws', 'ca us', 'codes'),
    ('ca-west-1', 'CAN2', 'Canada West (Calgary)', 'aws', 'ca us', 'codes'),
    ('mx-central-1', 'MXC1', 'Mexico (Central)', 'aws', '', 'codes'),
    ('af-south-1', 'AFS1', 'Africa (Cape Town)', 'aws', '', 'codes'),
    ('ap-east-1', 'APE1', 'Asia Pacific (Hong Kong)', 'aws', '', 'codes'),
    ('ap-east-2', 'APE2', 'Asia Pacific (Taipei)', 'aws', 'apac', 'list'),
    ('ap-northeast-1', 'APN1', 'Asia Pacific (Tokyo)', 'aws', 'apac jp', 'list'),
    ('ap-northeast-2', 'APN2', 'Asia Pacific (Seoul)', 'aws', 'apac', 'list'),
    ('ap-northeast-3', 'APN3', 'Asia Pacific (Osaka)', 'aws', 'apac jp', 'list'),
    ('ap-south-1', 'APS3', 'Asia Pacific (Mumbai)', 'aws', 'apac in', 'list'),
    ('ap-south-2', 'APS5', 'Asia Pacific (Hyderabad)', 'aws', 'apac in', 'codes'),
    ('ap-southeast-1', 'APS1', 'Asia Pacific (Singapore)', 'aws', 'apac', 'codes'),
    ('ap-southeast-2', 'APS2', 'Asia Pacific (Sydney)', 'aws', 'apac au', 'codes'),
    ('ap-southeast-3', 'APS4', 'Asia Pacific (Jakarta)', 'aws', 'apac', 'codes'),
    ('ap-southeast-4', 'APS6', 'Asia Pacific (Melbourne)', 'aws', 'apac au', 'list'),
    ('ap-southeast-5', 'APS7', 'Asia Pacific (Malaysia)', 'aws', 'apac', 'codes'),
    ('ap-southeast-6', 'APS8', 'Asia Pacific (New Zealand)', 'aws', 'au', 'codes'),
    ('ap-southeast-7', 'APS9', 'Asia Pacific (Thailand)', 'aws', 'apac', 'codes'),
    ('eu-central-1', 'EUC1', 'Europe (Frankfurt)', 'aws', 'eu', 'codes'),
    ('eu-central-2', 'EUC2', 'Europe (Zurich)', 'aws', 'eu', 'list'),
    ('eu-north-1', 'EUN1', 'Europe (Stockholm)', 'aws', 'eu', 'list'),
    ('eu-south-1', 'EUS1', 'Europe (Milan)', 'aws', 'eu', 'list'),
    ('eu-south-2', 'EUS2', 'Europe (Spain)', 'aws', 'eu', 'codes'),
    ('eu-west-1', 'EU', 'Europe (Ireland)', 'aws', 'eu', 'list'),
    ('eu-west-2', 'EUW2', 'Europe (London)', 'aws', 'eu', 'codes'),
    ('eu-west-3', 'EUW3', 'Europe (Paris)', 'aws', 'eu', 'list'),
    ('il-central-1', 'ILC1', 'Israel (Tel Aviv)', 'aws', 'eu', 'codes'),
    ('me-central-1', 'MEC1', 'Middle East (UAE)', 'aws', '', 'codes'),
    ('me-south-1', 'MES1', 'Middle East (Bahrain)', 'aws', '', 'codes'),
    ('sa-east-1', 'SAE1', 'South America (Sao Paulo)', 'aws', '', 'list'),
    ('us-gov-west-1', 'UGW1', 'AWS GovCloud (US-West)', 'aws-us-gov', '', 'codes'),
    ('us-gov-east-1', 'UGE1', 'AWS GovCloud (US-East)', 'aws-us-gov', '', 'codes'),
    ('cn-north-1', 'CNN1', 'China (Beijing)', 'aws-cn', '', 'codes'),
    ('cn-northwest-1', 'CNW1', 'China (Ningxia)', 'aws-cn', '', 'codes')
) AS v (region, cur_prefix, name, partition, geo_pools, seen);

DELETE FROM bedrock.model WHERE builtin;
INSERT INTO bedrock.model (model_id, provider, model_family, model_name, input_modalities, output_modalities,
                           context_window, release_date, lifecycle, mantle_alias_of, builtin, source, as_of)
SELECT v.model_id, v.provider, v.model_family, v.model_name, string_to_array(v.input, ' '), string_to_array(v.output, ' '),
       v.context_window, v.release_date::date, v.lifecycle, v.mantle_alias_of, true, s.source, s.as_of
FROM (VALUES
    -- id, provider, family, name, input and output modalities, context window, release date, lifecycle, source, alias of
    ('ai21.j2-mid-v1', 'AI21 Labs', 'Jurassic', 'Jurassic 2 Mid', NULL, NULL, 8191, NULL, NULL, 'l', NULL),
    ('ai21.j2-ultra-v1', 'AI21 Labs', 'Jurassic', 'Jurassic 2 Ultra', NULL, NULL, 8191, NULL, NULL, 'l', NULL),
    ('ai21.jamba-1-5-large-v1:0', 'AI21 Labs', 'Jamba', 'Jamba 1.5 Large', 'text', 'text', 256000, NULL, 'LEGACY', 'b', NULL),
    ('ai21.jamba-1-5-mini-v1:0', 'AI21 Labs', 'Jamba', 'Jamba 1.5 Mini', 'text', 'text', 256000, NULL, 'LEGACY', 'b', NULL),
    ('ai21.jamba-instruct-v1:0', 'AI21 Labs', 'Jamba', 'Jamba Instruct', NULL, NULL, 70000, NULL, NULL, 'l', NULL),
    ('amazon.nova-2-5-sonic', 'Amazon', 'Nova', 'Nova 2.5 Sonic', NULL, NULL, NULL, NULL, NULL, 'l', NULL),
    ('amazon.nova-2-lite-v1:0', 'Amazon', 'Nova', 'Nova 2 Lite', 'image text video', 'text', 1000000, '2024-12-01', 'ACTIVE', 'b', NULL),
    ('amazon.nova-2-multimodal-embeddings-v1:0', 'Amazon', 'Nova', 'Nova 2 Multimodal Embeddings', 'audio image text video', 'embedding', 8172, NULL, 'ACTIVE', 'a', NULL),
    ('amazon.nova-2-omni-v1:0', 'Amazon', 'Nova', 'Nova 2 Omni', NULL, NULL, NULL, NULL, NULL, 'i', NULL),
    ('amazon.nova-2-pro-preview-20251202-v1:0', 'Amazon', 'Nova', 'Nova 2 Pro (Preview)', NULL, NULL, 1000000, NULL, NULL, 'l', NULL),
    ('amazon.nova-2-sonic-v1:0', 'Amazon', 'Nova', 'Nova 2 Sonic', 'speech', 'speech text', NULL, NULL, 'ACTIVE', 'b', NULL),
    ('amazon.nova-canvas-v1:0', 'Amazon', 'Nova', 'Nova Canvas', 'image text', 'image', 2600, NULL, 'LEGACY', 'a', NULL),
    ('amazon.nova-lite-v1:0', 'Amazon', 'Nova', 'Nova Lite', 'image text video', 'text', 300000, '2024-12-03', 'ACTIVE', 'b', NULL),
    ('amazon.nova-micro-v1:0', 'Amazon', 'Nova', 'Nova Micro', 'text', 'text', 128000, '2024-12-03', 'ACTIVE', 'b', NULL),
    ('amazon.nova-premier-v1:0', 'Amazon', 'Nova', 'Nova Premier', 'image text video', 'text', 1000000, NULL, 'LEGACY', 'b', NULL),
    ('amazon.nova-pro-v1:0', 'Amazon', 'Nova', 'Nova Pro', 'image text video', 'text', 300000, '2024-12-03', 'ACTIVE', 'b', NULL),
    ('amazon.nova-reel-v1:0', 'Amazon', 'Nova', 'Nova Reel v1.0', 'image text', 'video', NULL, NULL, 'LEGACY', 'a', NULL),
    ('amazon.nova-reel-v1:1', 'Amazon', 'Nova', 'Nova Reel v1.1', 'image text', 'video', NULL, NULL, 'LEGACY', 'a', NULL),
    ('amazon.nova-sonic-v1:0', 'Amazon', 'Nova', 'Nova Sonic', 'speech', 'speech text', NULL, NULL, 'LEGACY', 'b', NULL),
    ('amazon.rerank-v1:0', 'Amazon', 'Rerank', 'Amazon Rerank 1.0', 'text', 'text', 32000, NULL, 'ACTIVE', 'a', NULL),
    ('amazon.titan-embed-g1-text-02', 'Amazon', 'Titan', 'Titan Embeddings G1 Text 02', 'text', 'embedding', 8192, NULL, 'ACTIVE', 'a', NULL),
    ('amazon.titan-embed-image-v1', 'Amazon', 'Titan', 'Titan Multimodal Embeddings G1', 'image text', 'embedding', 128, NULL, 'ACTIVE', 'a', NULL),
    ('amazon.titan-embed-text-v1', 'Amazon', 'Titan', 'Titan Embeddings G1 Text', 'text', 'embedding', 8192, NULL, 'ACTIVE', 'a', NULL),
    ('amazon.titan-embed-text-v2:0', 'Amazon', 'Titan', 'Titan Text Embeddings V2', 'text', 'embedding', 8192, NULL, 'ACTIVE', 'a', NULL),
    ('amazon.titan-image-generator-v1', 'Amazon', 'Titan', 'Titan Image Generator G1', NULL, NULL, NULL, NULL, NULL, 'p', NULL),
    ('amazon.titan-image-generator-v2', 'Amazon', 'Titan', 'Titan Image Generator G1 v2', NULL, NULL, NULL, NULL, NULL, 'p', 'amazon.titan-image-generator-v2:0'),
    ('amazon.titan-image-generator-v2:0', 'Amazon', 'Titan', 'Titan Image Generator G1 v2', NULL, NULL, NULL, NULL, NULL, 'p', NULL),
    ('amazon.titan-text-express-v1', 'Amazon', 'Titan', 'Titan Text Express', NULL, NULL, 42000, NULL, NULL, 'p', NULL),
    ('amazon.titan-text-lite-v1', 'Amazon', 'Titan', 'Titan Text Lite', NULL, NULL, 42000, NULL, NULL, 'p', NULL),
    ('amazon.titan-text-premier-v1:0', 'Amazon', 'Titan', 'Titan Text Premier', NULL, NULL, 42000, NULL, NULL, 'p', NULL),
    ('anthropic.claude-3-5-haiku-20241022-v1:0', 'Anthropic', 'Haiku', 'Claude Haiku 3.5', NULL, NULL, 200000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-3-5-sonnet-20240620-v1:0', 'Anthropic', 'Sonnet', 'Claude Sonnet 3.5', 'image text', 'text', 1000000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-3-5-sonnet-20241022-v2:0', 'Anthropic', 'Sonnet', 'Claude Sonnet 3.5 v2', 'image text', 'text', 1000000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-3-7-sonnet-20240620-v1:0', 'Anthropic', 'Sonnet', 'Claude Sonnet 3.7 (20240620)', NULL, NULL, 200000, NULL, NULL, 'p', NULL),
    ('anthropic.claude-3-7-sonnet-20250219-v1:0', 'Anthropic', 'Sonnet', 'Claude Sonnet 3.7', 'image text', 'text', 200000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-3-haiku-20240307-v1:0', 'Anthropic', 'Haiku', 'Claude Haiku 3', 'image text', 'text', 200000, NULL, 'LEGACY', 'b', NULL),
    ('anthropic.claude-3-opus-20240229-v1:0', 'Anthropic', 'Opus', 'Claude Opus 3', NULL, NULL, 200000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-3-sonnet-20240229-v1:0', 'Anthropic', 'Sonnet', 'Claude Sonnet 3', 'image text', 'text', 200000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-fable-5', 'Anthropic', 'Fable', 'Claude Fable 5', 'image text', 'text', 1000000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-fable-5-1', 'Anthropic', 'Fable', 'Claude Fable 5.1', NULL, NULL, 1000000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-haiku-4-5', 'Anthropic', 'Haiku', 'Claude Haiku 4.5', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'anthropic.claude-haiku-4-5-20251001-v1:0'),
    ('anthropic.claude-haiku-4-5-20251001-v1:0', 'Anthropic', 'Haiku', 'Claude Haiku 4.5', 'image text', 'text', 200000, '2025-10-15', 'ACTIVE', 'b', NULL),
    ('anthropic.claude-haiku-5-5', 'Anthropic', 'Haiku', 'Claude Haiku 5.5', NULL, NULL, 1000000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-instant-v1', 'Anthropic', 'Claude Instant', 'Claude Instant', NULL, NULL, 100000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-instant-v1:2:100k', 'Anthropic', 'Claude Instant', 'Claude Instant (100K)', NULL, NULL, NULL, NULL, NULL, 'i', NULL),
    ('anthropic.claude-mythos-5', 'Anthropic', 'Mythos', 'Claude Mythos 5', NULL, NULL, NULL, NULL, NULL, 'i', NULL),
    ('anthropic.claude-mythos-5-1', 'Anthropic', 'Mythos', 'Claude Mythos 5.1', NULL, NULL, NULL, NULL, NULL, 'i', NULL),
    ('anthropic.claude-mythos-preview', 'Anthropic', 'Mythos', 'Claude Mythos Preview', NULL, NULL, 1000000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-opus-4-1-20250805-v1:0', 'Anthropic', 'Opus', 'Claude Opus 4.1', 'image text', 'text', 200000, NULL, 'LEGACY', 'b', NULL),
    ('anthropic.claude-opus-4-20250514-v1:0', 'Anthropic', 'Opus', 'Claude Opus 4', NULL, NULL, 200000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-opus-4-5-20251101-v1:0', 'Anthropic', 'Opus', 'Claude Opus 4.5', 'image text', 'text', 200000, '2025-11-24', 'ACTIVE', 'b', NULL),
    ('anthropic.claude-opus-4-6-v1', 'Anthropic', 'Opus', 'Claude Opus 4.6', 'image text', 'text', 1000000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-opus-4-7', 'Anthropic', 'Opus', 'Claude Opus 4.7', 'image text', 'text', 1000000, '2026-04-16', 'ACTIVE', 'b', NULL),
    ('anthropic.claude-opus-4-8', 'Anthropic', 'Opus', 'Claude Opus 4.8', 'image text', 'text', 1000000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-opus-5', 'Anthropic', 'Opus', 'Claude Opus 5', 'image text', 'text', 1000000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-opus-5-5', 'Anthropic', 'Opus', 'Claude Opus 5.5', NULL, NULL, 1000000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-sonnet-4-20250514-v1:0', 'Anthropic', 'Sonnet', 'Claude Sonnet 4', 'image text', 'text', 1000000, NULL, 'LEGACY', 'b', NULL),
    ('anthropic.claude-sonnet-4-5-20250929-v1:0', 'Anthropic', 'Sonnet', 'Claude Sonnet 4.5', 'image text', 'text', 200000, '2025-09-29', 'ACTIVE', 'b', NULL),
    ('anthropic.claude-sonnet-4-6', 'Anthropic', 'Sonnet', 'Claude Sonnet 4.6', 'image text', 'text', 1000000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-sonnet-5', 'Anthropic', 'Sonnet', 'Claude Sonnet 5', 'image text', 'text', 1000000, NULL, 'ACTIVE', 'b', NULL),
    ('anthropic.claude-sonnet-5-5', 'Anthropic', 'Sonnet', 'Claude Sonnet 5.5', NULL, NULL, 1000000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-v1', 'Anthropic', 'Claude', 'Claude v1', NULL, NULL, 100000, NULL, NULL, 'l', NULL),
    ('anthropic.claude-v1:2:100k', 'Anthropic', 'Claude', 'Claude (100K)', NULL, NULL, NULL, NULL, NULL, 'i', NULL),
    ('anthropic.claude-v2', 'Anthropic', 'Claude', 'Claude 2.0', NULL, NULL, NULL, NULL, NULL, 'l', NULL),
    ('anthropic.claude-v2:1', 'Anthropic', 'Claude', 'Claude 2.1', NULL, NULL, 100000, NULL, NULL, 'l', NULL),
    ('cohere.command-light-text-v14', 'Cohere', 'Command', 'Cohere Command Light', NULL, NULL, 4096, NULL, NULL, 'l', NULL),
    ('cohere.command-r-plus-v1:0', 'Cohere', 'Command', 'Command R+', NULL, NULL, 128000, NULL, NULL, 'l', NULL),
    ('cohere.command-r-v1:0', 'Cohere', 'Command', 'Command R', NULL, NULL, 128000, NULL, NULL, 'l', NULL),
    ('cohere.command-text-v14', 'Cohere', 'Command', 'Cohere Command', NULL, NULL, 4096, NULL, NULL, 'l', NULL),
    ('cohere.embed-english-v3', 'Cohere', 'Embed', 'Cohere Embed English 3', 'text', 'embedding', 512, NULL, 'ACTIVE', 'b', NULL),
    ('cohere.embed-multilingual-v3', 'Cohere', 'Embed', 'Cohere Embed Multilingual 3', 'text', 'embedding', 512, NULL, 'ACTIVE', 'b', NULL),
    ('cohere.embed-v4:0', 'Cohere', 'Embed', 'Cohere Embed 4', 'image text', 'embedding', 128000, NULL, 'ACTIVE', 'b', NULL),
    ('cohere.rerank-v3-5:0', 'Cohere', 'Rerank', 'Cohere Rerank 3.5', 'text', 'text', 32000, NULL, 'ACTIVE', 'a', NULL),
    ('deepseek.r1-v1:0', 'DeepSeek', 'DeepSeek', 'DeepSeek-R1', 'text', 'text', 128000, '2025-01-20', 'ACTIVE', 'b', NULL),
    ('deepseek.v3-v1:0', 'DeepSeek', 'DeepSeek', 'DeepSeek-V3.1', 'text', 'text', 163840, '2025-09-18', 'ACTIVE', 'b', NULL),
    ('deepseek.v3.1', 'DeepSeek', 'DeepSeek', 'DeepSeek-V3.1', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'deepseek.v3-v1:0'),
    ('deepseek.v3.2', 'DeepSeek', 'DeepSeek', 'DeepSeek-V3.2', 'text', 'text', 163840, '2026-02-06', 'ACTIVE', 'b', NULL),
    ('google.gemma-3-12b-it', 'Google', 'Gemma', 'Gemma 3 12B IT', 'image text', 'text', 128000, '2024-12-01', 'ACTIVE', 'b', NULL),
    ('google.gemma-3-27b-it', 'Google', 'Gemma', 'Gemma 3 27B IT', 'image text', 'text', 128000, '2025-07-27', 'ACTIVE', 'b', NULL),
    ('google.gemma-3-4b-it', 'Google', 'Gemma', 'Gemma 3 4B IT', 'image text', 'text', 128000, '2024-12-01', 'ACTIVE', 'b', NULL),
    ('google.gemma-4-26b-a4b', 'Google', 'Gemma', 'Gemma 4 26B A4B IT', 'text', 'text', 256000, NULL, 'ACTIVE', 'b', NULL),
    ('google.gemma-4-31b', 'Google', 'Gemma', 'Gemma 4 31B IT', 'text', 'text', 256000, NULL, 'ACTIVE', 'b', NULL),
    ('google.gemma-4-e2b', 'Google', 'Gemma', 'Gemma 4 E2B IT', 'text', 'text', 128000, NULL, 'ACTIVE', 'b', NULL),
    ('luma.ray-v2:0', 'Luma AI', 'Ray', 'Ray v2', 'text', 'video', NULL, NULL, 'ACTIVE', 'a', NULL),
    ('meta.llama2-13b-chat-v1', 'Meta', 'Llama', 'Llama 2 Chat 13B', NULL, NULL, 4096, NULL, NULL, 'l', NULL),
    ('meta.llama2-70b-chat-v1', 'Meta', 'Llama', 'Llama 2 Chat 70B', NULL, NULL, 4096, NULL, NULL, 'l', NULL),
    ('meta.llama3-1-405b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3.1 405B Instruct', NULL, NULL, 128000, NULL, NULL, 'l', NULL),
    ('meta.llama3-1-70b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3.1 70B Instruct', 'text', 'text', 128000, '2024-07-23', 'ACTIVE', 'b', NULL),
    ('meta.llama3-1-8b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3.1 8B Instruct', 'text', 'text', 128000, '2024-07-23', 'ACTIVE', 'b', NULL),
    ('meta.llama3-2-11b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3.2 11B Instruct', NULL, NULL, 128000, NULL, NULL, 'l', NULL),
    ('meta.llama3-2-1b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3.2 1B Instruct', NULL, NULL, 128000, NULL, NULL, 'l', NULL),
    ('meta.llama3-2-3b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3.2 3B Instruct', NULL, NULL, 128000, NULL, NULL, 'l', NULL),
    ('meta.llama3-2-90b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3.2 90B Instruct', NULL, NULL, 128000, NULL, NULL, 'l', NULL),
    ('meta.llama3-3-70b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3.3 70B Instruct', 'text', 'text', 128000, '2024-12-06', 'ACTIVE', 'b', NULL),
    ('meta.llama3-70b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3 70B Instruct', 'text', 'text', 8192, NULL, 'ACTIVE', 'b', NULL),
    ('meta.llama3-8b-instruct-v1:0', 'Meta', 'Llama', 'Llama 3 8B Instruct', 'text', 'text', 8192, NULL, 'ACTIVE', 'b', NULL),
    ('meta.llama4-maverick-17b-instruct-v1:0', 'Meta', 'Llama', 'Llama 4 Maverick 17B Instruct', 'image text', 'text', 128000, '2025-04-05', 'ACTIVE', 'b', NULL),
    ('meta.llama4-scout-17b-instruct-v1:0', 'Meta', 'Llama', 'Llama 4 Scout 17B Instruct', 'image text', 'text', 128000, '2025-04-05', 'ACTIVE', 'b', NULL),
    ('minimax.minimax-m2', 'MiniMax', 'MiniMax', 'MiniMax M2', 'text', 'text', 128000, '2025-10-27', 'ACTIVE', 'b', NULL),
    ('minimax.minimax-m2.1', 'MiniMax', 'MiniMax', 'MiniMax M2.1', 'text', 'text', 196000, '2025-12-23', 'ACTIVE', 'b', NULL),
    ('minimax.minimax-m2.5', 'MiniMax', 'MiniMax', 'MiniMax M2.5', 'text', 'text', 1000000, '2026-03-18', 'ACTIVE', 'b', NULL),
    ('mistral.devstral-2-123b', 'Mistral AI', 'Devstral', 'Devstral 2 123B', 'text', 'text', 256000, '2026-02-17', 'ACTIVE', 'b', NULL),
    ('mistral.magistral-small-2509', 'Mistral AI', 'Magistral', 'Magistral Small 1.2', 'image text', 'text', 128000, '2025-12-02', 'ACTIVE', 'b', NULL),
    ('mistral.ministral-3-14b-instruct', 'Mistral AI', 'Ministral', 'Ministral 3 14B', 'image text', 'text', 128000, '2024-12-01', 'ACTIVE', 'b', NULL),
    ('mistral.ministral-3-3b-instruct', 'Mistral AI', 'Ministral', 'Ministral 3 3B', 'image text', 'text', 128000, '2025-12-02', 'ACTIVE', 'b', NULL),
    ('mistral.ministral-3-8b-instruct', 'Mistral AI', 'Ministral', 'Ministral 3 8B', 'image text', 'text', 128000, '2024-12-01', 'ACTIVE', 'b', NULL),
    ('mistral.mistral-7b-instruct-v0:2', 'Mistral AI', 'Mistral', 'Mistral 7B Instruct', 'text', 'text', 32000, NULL, 'ACTIVE', 'b', NULL),
    ('mistral.mistral-large-2402-v1:0', 'Mistral AI', 'Mistral', 'Mistral Large (24.02)', 'text', 'text', 32000, NULL, 'ACTIVE', 'b', NULL),
    ('mistral.mistral-large-2407-v1:0', 'Mistral AI', 'Mistral', 'Mistral Large (24.07)', 'text', 'text', 128000, NULL, 'ACTIVE', 'b', NULL),
    ('mistral.mistral-large-3-675b-instruct', 'Mistral AI', 'Mistral', 'Mistral Large 3', 'image text', 'text', 128000, '2025-12-02', 'ACTIVE', 'b', NULL),
    ('mistral.mistral-small-2402-v1:0', 'Mistral AI', 'Mistral', 'Mistral Small (24.02)', 'text', 'text', 32000, NULL, 'ACTIVE', 'b', NULL),
    ('mistral.mixtral-8x7b-instruct-v0:1', 'Mistral AI', 'Mixtral', 'Mixtral 8x7B Instruct', 'text', 'text', 32000, NULL, 'ACTIVE', 'b', NULL),
    ('mistral.pixtral-large-2502-v1:0', 'Mistral AI', 'Pixtral', 'Pixtral Large (25.02)', 'image text', 'text', 128000, '2025-04-08', 'ACTIVE', 'b', NULL),
    ('mistral.voxtral-mini-3b-2507', 'Mistral AI', 'Voxtral', 'Voxtral Mini 3B 2507', 'speech text', 'text', 128000, '2024-12-01', 'ACTIVE', 'b', NULL),
    ('mistral.voxtral-small-24b-2507', 'Mistral AI', 'Voxtral', 'Voxtral Small 24B 2507', 'speech text', 'text', 128000, '2025-07-01', 'ACTIVE', 'b', NULL),
    ('moonshot.kimi-k2-thinking', 'Moonshot AI', 'Kimi', 'Kimi K2 Thinking', 'text', 'text', 128000, '2025-12-02', 'ACTIVE', 'b', NULL),
    ('moonshotai.kimi-k2-thinking', 'Moonshot AI', 'Kimi', 'Kimi K2 Thinking', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'moonshot.kimi-k2-thinking'),
    ('moonshotai.kimi-k2.5', 'Moonshot AI', 'Kimi', 'Kimi K2.5', 'image text', 'text', 262144, '2026-02-06', 'ACTIVE', 'b', NULL),
    ('moonshotai.kimi-k3', 'Moonshot AI', 'Kimi', 'Kimi K3', NULL, NULL, 1048576, NULL, NULL, 'i', NULL),
    ('nvidia.nemotron-nano-12b-v2', 'NVIDIA', 'Nemotron', 'Nemotron Nano 12B v2 VL BF16', 'image text', 'text', 128000, '2024-12-01', 'ACTIVE', 'b', NULL),
    ('nvidia.nemotron-nano-3-30b', 'NVIDIA', 'Nemotron', 'Nemotron Nano 3 30B', 'text', 'text', 262144, '2025-12-23', 'ACTIVE', 'b', NULL),
    ('nvidia.nemotron-nano-9b-v2', 'NVIDIA', 'Nemotron', 'Nemotron Nano 9B v2', 'text', 'text', 128000, '2024-12-01', 'ACTIVE', 'b', NULL),
    ('nvidia.nemotron-super-3-120b', 'NVIDIA', 'Nemotron', 'Nemotron 3 Super 120B A12B', 'text', 'text', 256000, '2026-03-11', 'ACTIVE', 'b', NULL),
    ('openai.gpt-5.4', 'OpenAI', 'GPT', 'GPT-5.4', 'text', 'text', 272000, NULL, 'ACTIVE', 'b', NULL),
    ('openai.gpt-5.4-2026-03-05', 'OpenAI', 'GPT', 'GPT-5.4 (2026-03-05)', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'openai.gpt-5.4'),
    ('openai.gpt-5.5', 'OpenAI', 'GPT', 'GPT-5.5', 'text', 'text', 272000, NULL, 'ACTIVE', 'a', NULL),
    ('openai.gpt-5.5-2026-04-23', 'OpenAI', 'GPT', 'GPT-5.5 (2026-04-23)', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'openai.gpt-5.5'),
    ('openai.gpt-5.6-luna', 'OpenAI', 'GPT', 'GPT-5.6 Luna', 'image text', 'text', 272000, '2026-07-13', 'ACTIVE', 'b', NULL),
    ('openai.gpt-5.6-sol', 'OpenAI', 'GPT', 'GPT-5.6 Sol', 'image text', 'text', 272000, '2026-07-13', 'ACTIVE', 'a', NULL),
    ('openai.gpt-5.6-terra', 'OpenAI', 'GPT', 'GPT-5.6 Terra', 'image text', 'text', 272000, '2026-07-13', 'ACTIVE', 'b', NULL),
    ('openai.gpt-6-astra', 'OpenAI', 'GPT', 'GPT-6 Astra', NULL, NULL, 1050000, NULL, NULL, 'l', NULL),
    ('openai.gpt-6-sol', 'OpenAI', 'GPT', 'GPT-6 Sol', NULL, NULL, 1050000, '2026-09-22', 'ACTIVE', 'p', NULL),
    ('openai.gpt-6.1-sol', 'OpenAI', 'GPT', 'GPT-6.1 Sol', NULL, NULL, 1000000, '2026-09-29', 'ACTIVE', 'p', NULL),
    ('openai.gpt-oss-120b', 'OpenAI', 'GPT-OSS', 'gpt-oss-120b', 'text', 'text', 131072, '2025-08-05', 'ACTIVE', 'a', 'openai.gpt-oss-120b-1:0'),
    ('openai.gpt-oss-120b-1:0', 'OpenAI', 'GPT-OSS', 'gpt-oss-120b', 'text', 'text', 128000, '2025-08-05', 'ACTIVE', 'b', NULL),
    ('openai.gpt-oss-20b', 'OpenAI', 'GPT-OSS', 'gpt-oss-20b', 'text', 'text', 131072, '2025-08-05', 'ACTIVE', 'a', 'openai.gpt-oss-20b-1:0'),
    ('openai.gpt-oss-20b-1:0', 'OpenAI', 'GPT-OSS', 'gpt-oss-20b', 'text', 'text', 128000, '2025-08-05', 'ACTIVE', 'b', NULL),
    ('openai.gpt-oss-safeguard-120b', 'OpenAI', 'GPT-OSS', 'gpt-oss-safeguard-120b', 'text', 'text', 128000, '2025-10-29', 'ACTIVE', 'b', NULL),
    ('openai.gpt-oss-safeguard-20b', 'OpenAI', 'GPT-OSS', 'gpt-oss-safeguard-20b', 'text', 'text', 128000, '2025-10-29', 'ACTIVE', 'b', NULL),
    ('qwen.qwen3-235b-a22b-2507', 'Qwen', 'Qwen', 'Qwen3 235B A22B 2507', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'qwen.qwen3-235b-a22b-2507-v1:0'),
    ('qwen.qwen3-235b-a22b-2507-v1:0', 'Qwen', 'Qwen', 'Qwen3 235B A22B 2507', 'text', 'text', 262144, '2025-09-18', 'ACTIVE', 'b', NULL),
    ('qwen.qwen3-32b', 'Qwen', 'Qwen', 'Qwen3 32B', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'qwen.qwen3-32b-v1:0'),
    ('qwen.qwen3-32b-v1:0', 'Qwen', 'Qwen', 'Qwen3 32B', 'text', 'text', 131072, '2025-09-18', 'ACTIVE', 'b', NULL),
    ('qwen.qwen3-coder-30b-a3b-instruct', 'Qwen', 'Qwen', 'Qwen3 Coder 30B A3B Instruct', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'qwen.qwen3-coder-30b-a3b-v1:0'),
    ('qwen.qwen3-coder-30b-a3b-v1:0', 'Qwen', 'Qwen', 'Qwen3 Coder 30B A3B Instruct', 'text', 'text', 262144, '2025-09-18', 'ACTIVE', 'b', NULL),
    ('qwen.qwen3-coder-480b-a35b-instruct', 'Qwen', 'Qwen', 'Qwen3 Coder 480B A35B Instruct', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'qwen.qwen3-coder-480b-a35b-v1:0'),
    ('qwen.qwen3-coder-480b-a35b-v1:0', 'Qwen', 'Qwen', 'Qwen3 Coder 480B A35B Instruct', 'text', 'text', 262000, '2025-09-18', 'ACTIVE', 'b', NULL),
    ('qwen.qwen3-coder-next', 'Qwen', 'Qwen', 'Qwen3 Coder Next', 'text', 'text', 262144, '2026-02-06', 'ACTIVE', 'b', NULL),
    ('qwen.qwen3-next-80b-a3b', 'Qwen', 'Qwen', 'Qwen3 Next 80B A3B Instruct', 'text', 'text', 128000, '2025-09-18', 'ACTIVE', 'b', NULL),
    ('qwen.qwen3-next-80b-a3b-instruct', 'Qwen', 'Qwen', 'Qwen3 Next 80B A3B Instruct', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', 'qwen.qwen3-next-80b-a3b'),
    ('qwen.qwen3-vl-235b-a22b', 'Qwen', 'Qwen', 'Qwen3 VL 235B A22B Instruct', 'image text', 'text', 128000, '2025-10-04', 'ACTIVE', 'b', NULL),
    ('qwen.qwen3-vl-235b-a22b-instruct', 'Qwen', 'Qwen', 'Qwen3 VL 235B A22B Instruct', 'image text video', 'text', NULL, NULL, 'ACTIVE', 'a', 'qwen.qwen3-vl-235b-a22b'),
    ('stability.sd3-5-large-v1:0', 'Stability AI', 'Stable Diffusion', 'Stable Diffusion 3.5 Large', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.sd3-large-v1:0', 'Stability AI', 'Stable Diffusion', 'Stable Diffusion 3 Large', NULL, NULL, 77, NULL, NULL, 'p', NULL),
    ('stability.stable-conservative-upscale-v1:0', 'Stability AI', 'Stable Image', 'Stable Conservative Upscale', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-creative-upscale-v1:0', 'Stability AI', 'Stable Image', 'Stable Creative Upscale', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-fast-upscale-v1:0', 'Stability AI', 'Stable Image', 'Stable Fast Upscale', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-control-sketch-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Control Sketch', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-control-structure-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Control Structure', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-core-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Core v1.0', NULL, NULL, 77, NULL, NULL, 'p', NULL),
    ('stability.stable-image-core-v1:1', 'Stability AI', 'Stable Image', 'Stable Image Core v1.1', 'text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-erase-object-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Erase Object', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-inpaint-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Inpaint', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-remove-background-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Remove Background', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-search-recolor-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Search Recolor', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-search-replace-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Search Replace', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-style-guide-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Style Guide', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-image-ultra-v1:0', 'Stability AI', 'Stable Image', 'Stable Image Ultra v1.0', NULL, NULL, 77, NULL, NULL, 'p', NULL),
    ('stability.stable-image-ultra-v1:1', 'Stability AI', 'Stable Image', 'Stable Image Ultra v1.1', 'text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-outpaint-v1:0', 'Stability AI', 'Stable Image', 'Stable Outpaint', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('stability.stable-style-transfer-v1:0', 'Stability AI', 'Stable Image', 'Stable Style Transfer', 'image text', 'image', 77, NULL, 'ACTIVE', 'a', NULL),
    ('twelvelabs.marengo-embed-2-7-v1:0', 'TwelveLabs', 'Marengo', 'Marengo Embed 2.7', 'image speech text video', 'embedding', 77, NULL, 'LEGACY', 'a', NULL),
    ('twelvelabs.marengo-embed-3-0-v1:0', 'TwelveLabs', 'Marengo', 'Marengo Embed 3.0', 'image speech text video', 'embedding', NULL, NULL, 'ACTIVE', 'a', NULL),
    ('twelvelabs.pegasus-1-2-v1:0', 'TwelveLabs', 'Pegasus', 'Pegasus 1.2', 'text video', 'text', NULL, NULL, 'ACTIVE', 'b', NULL),
    ('writer.palmyra-vision-7b', 'Writer', 'Palmyra', 'Palmyra Vision 7B', 'image text video', 'text', NULL, NULL, 'ACTIVE', 'b', NULL),
    ('writer.palmyra-x4-v1:0', 'Writer', 'Palmyra', 'Palmyra X4', 'text', 'text', 128000, '2025-04-28', 'ACTIVE', 'b', NULL),
    ('writer.palmyra-x5-v1:0', 'Writer', 'Palmyra', 'Palmyra X5', 'text', 'text', 1000000, '2025-04-28', 'ACTIVE', 'b', NULL),
    ('xai.grok-4.3', 'xAI', 'Grok', 'Grok 4.3', 'text', 'text', 131072, NULL, 'ACTIVE', 'b', NULL),
    ('xai.grok-4.6', 'xAI', 'Grok', 'Grok 4.6', 'image text', 'text', 500000, NULL, 'ACTIVE', 'b', NULL),
    ('xai.grok-4.7', 'xAI', 'Grok', 'Grok 4.7', NULL, NULL, 500000, NULL, NULL, 'i', NULL),
    ('zai.glm-4.6', 'Z AI', 'GLM', 'GLM 4.6', 'text', 'text', NULL, NULL, 'ACTIVE', 'a', NULL),
    ('zai.glm-4.7', 'Z AI', 'GLM', 'GLM-4.7', 'text', 'text', 200000, '2025-12-22', 'ACTIVE', 'b', NULL),
    ('zai.glm-4.7-flash', 'Z AI', 'GLM', 'GLM-4.7-Flash', 'text', 'text', 200000, '2026-01-19', 'ACTIVE', 'b', NULL),
    ('zai.glm-5', 'Z AI', 'GLM', 'GLM-5', 'text', 'text', 200000, '2026-03-18', 'ACTIVE', 'b', NULL),
    ('zai.glm-5.3', 'Z AI', 'GLM', 'GLM 5.3', NULL, NULL, 1000000, NULL, NULL, 'i', NULL)
) AS v (model_id, provider, model_family, model_name, input, output, context_window, release_date, lifecycle, source,
        mantle_alias_of)
JOIN (VALUES
    ('a', 'Bedrock API listing', date '2026-08-21'),
    ('b', 'Bedrock API listing, AWS price list', date '2026-08-21'),
    ('l', 'AWS price list', date '2026-10-08'),
    ('i', 'AWS price list; the id is inferred from the name', date '2026-10-08'),
    ('p', 'AWS pricing page', date '2026-07-24')
) AS s (code, source, as_of) ON s.code = v.source;

DELETE FROM bedrock.model_alias WHERE builtin;
INSERT INTO bedrock.model_alias (kind, alias, model_id, builtin, source, as_of)
SELECT 'usage_type_token', v.alias, v.model_id, true, v.source, date '2026-10-08'
FROM (VALUES
    -- what names the model in a usage type, model id
    ('Nova2.0Lite', 'amazon.nova-2-lite-v1:0', 'AWS user guide, price list'),
    ('Nova2.0Pro', 'amazon.nova-2-pro-preview-20251202-v1:0', 'AWS price list'),
    ('NovaLite', 'amazon.nova-lite-v1:0', 'AWS user guide, price list'),
    ('NovaMicro', 'amazon.nova-micro-v1:0', 'AWS user guide, price list'),
    ('NovaPro', 'amazon.nova-pro-v1:0', 'AWS user guide, price list'),
    ('TitanEmbeddingsG1-Text', 'amazon.titan-embed-text-v1', 'AWS user guide, price list'),
    ('Claude3Haiku', 'anthropic.claude-3-haiku-20240307-v1:0', 'AWS user guide, price list'),
    ('Claude3Sonnet', 'anthropic.claude-3-sonnet-20240229-v1:0', 'AWS user guide, price list'),
    ('Claude4.5Haiku', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'usage type seen in public'),
    ('Claude4Opus', 'anthropic.claude-opus-4-20250514-v1:0', 'usage type seen in public'),
    ('Claude4.6Opus', 'anthropic.claude-opus-4-6-v1', 'AWS blog'),
    ('Claude4Sonnet', 'anthropic.claude-sonnet-4-20250514-v1:0', 'AWS user guide, price list'),
    ('Claude4.5Sonnet', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'AWS user guide, price list'),
    ('Claude4.6Sonnet', 'anthropic.claude-sonnet-4-6', 'AWS user guide, price list'),
    ('Claude2.0', 'anthropic.claude-v2', 'AWS user guide, price list'),
    ('Claude2.1', 'anthropic.claude-v2:1', 'AWS user guide, price list'),
    ('Llama3-1-70B', 'meta.llama3-1-70b-instruct-v1:0', 'usage type seen in public'),
    ('KimiK2.5', 'moonshotai.kimi-k2.5', 'usage type seen in public'),
    ('Nemotron-Nano-12B-V2-VL-BF16', 'nvidia.nemotron-nano-12b-v2', 'AWS user guide, price list'),
    ('gpt-oss-120b', 'openai.gpt-oss-120b-1:0', 'AWS user guide, price list'),
    ('AmazonRerank-v1', 'amazon.rerank-v1:0', 'AWS price list'),
    ('Magistral-Small-2509', 'mistral.magistral-small-2509', 'AWS price list'),
    ('Mistral-Large-3-675b-Instruct', 'mistral.mistral-large-3-675b-instruct', 'AWS price list'),
    ('MistralLarge', 'mistral.mistral-large-2402-v1:0', 'AWS price list'),
    ('MistralLarge2407', 'mistral.mistral-large-2407-v1:0', 'AWS price list'),
    ('MistralSmall', 'mistral.mistral-small-2402-v1:0', 'AWS price list'),
    ('NovaMultiModalEmbeddings', 'amazon.nova-2-multimodal-embeddings-v1:0', 'AWS price list'),
    ('PixtralLarge2502', 'mistral.pixtral-large-2502-v1:0', 'AWS price list'),
    ('TitanEmbeddingV2-Text', 'amazon.titan-embed-text-v2:0', 'AWS price list'),
    ('TitanEmbeddingsG1-Image', 'amazon.titan-embed-image-v1', 'AWS price list'),
    ('TitanImageGeneratorV2', 'amazon.titan-image-generator-v2:0', 'AWS price list'),
    ('TitanText-Express', 'amazon.titan-text-express-v1', 'AWS price list'),
    ('TitanText-Lite', 'amazon.titan-text-lite-v1', 'AWS price list'),
    ('TitanTextG1-Express', 'amazon.titan-text-express-v1', 'AWS price list'),
    ('TitanTextG1-Lite', 'amazon.titan-text-lite-v1', 'AWS price list'),
    ('Voxtral-Mini-24B-2507', 'mistral.voxtral-small-24b-2507', 'AWS price list'),
    ('zai.glm5', 'zai.glm-5', 'AWS price list')
) AS v (alias, model_id, source);

-- AWS Marketplace names its products "<model> (Amazon Bedrock Edition)", some with the provider in front.
-- Such names are not AWS's word for every model; a name nobody bills harms nothing.
INSERT INTO bedrock.model_alias (kind, alias, model_id, builtin, source, as_of)
SELECT 'product_name', n.name || ' (Amazon Bedrock Edition)', m.model_id, true, 'model name', m.as_of
FROM bedrock.model AS m
CROSS JOIN LATERAL (
    SELECT m.model_name
    UNION
    SELECT CASE WHEN starts_with(lower(m.model_name), lower(m.provider))
                THEN ltrim(substr(m.model_name, length(m.provider) + 1))
                ELSE m.provider || ' ' || m.model_name END
) AS n (name)
WHERE m.builtin AND m.mantle_alias_of IS NULL AND n.name ~ '[A-Za-z]';

-- Product names that say it otherwise. "Claude" alone was the product of versions 1, 2 and 2.1: it names no one model.
INSERT INTO bedrock.model_alias (kind, alias, model_id, builtin, source, as_of) VALUES
    ('product_name', 'Cohere Generate Model - Command (Amazon Bedrock Edition)', 'cohere.command-text-v14', true, 'AWS price list', date '2026-10-08'),
    ('product_name', 'Cohere Generate Model - Command-Light (Amazon Bedrock Edition)', 'cohere.command-light-text-v14', true, 'AWS price list', date '2026-10-08'),
    ('product_name', 'Claude (Amazon Bedrock Edition)', 'anthropic.claude-v1', true, 'AWS price list', date '2026-10-08'),
    ('product_name', 'Claude (Amazon Bedrock Edition)', 'anthropic.claude-v2', true, 'AWS price list', date '2026-10-08'),
    ('product_name', 'Claude (Amazon Bedrock Edition)', 'anthropic.claude-v2:1', true, 'AWS price list', date '2026-10-08');

-- Other ids of one model: the bedrock-mantle endpoint and snapshots have ids of their own.
INSERT INTO bedrock.model_alias (kind, alias, model_id, builtin, source, as_of)
SELECT 'model_id', m.model_id, m.mantle_alias_of, true, m.source, m.as_of
FROM bedrock.model AS m
WHERE m.builtin AND m.mantle_alias_of IS NOT NULL;
-- Shipped rules of labels: which tag keys feed them, and which values are one. Replaced whole at every install and update;
-- rows of your own (builtin = false) stay and win.

DELETE FROM bedrock.label_rule WHERE builtin;
INSERT INTO bedrock.label_rule (label, tag_key, priority, builtin)
SELECT v.label, v.tag_key, v.priority, true
FROM (VALUES
    -- label, tag key, tried in this order
    ('application', 'application', 10),
    ('application', 'app', 20),
    ('application', 'application-name', 30),
    ('application', 'app-name', 40),
    ('project', 'project', 10),
    ('project', 'project-name', 20),
    ('team', 'team', 10),
    ('team', 'team-name', 20),
    ('customer', 'customer', 10),
    ('customer', 'customer-name', 20),
    ('customer', 'tenant', 30),
    ('customer', 'tenant-id', 40),
    ('customer', 'client', 50),
    ('environment', 'environment', 10),
    ('environment', 'env', 20),
    ('environment', 'stage', 30),
    ('workflow', 'workflow', 10),
    ('engineer', 'engineer', 10),
    ('engineer', 'developer', 20),
    ('use_case', 'use-case', 10),
    ('cost_center', 'cost-center', 10),
    ('cost_center', 'cost-centre', 20),
    ('department', 'department', 10),
    ('department', 'dept', 20)
) AS v (label, tag_key, priority);

DELETE FROM bedrock.label_value_rule WHERE builtin;
INSERT INTO bedrock.label_value_rule (label, value, canonical, builtin)
SELECT 'environment', v.value, v.canonical, true
FROM (VALUES
    ('prod', 'prod'), ('production', 'prod'), ('prd', 'prod'), ('live', 'prod'),
    ('staging', 'staging'), ('stage', 'staging'), ('stg', 'staging'),
    ('test', 'test'), ('testing', 'test'),
    ('dev', 'dev'), ('development', 'dev')
) AS v (value, canonical);

-- Shipped system-defined inference profiles: which ids exist and which regions they call. Replaced whole at every install and
-- update; rows of your own (builtin = false) stay and win.

DELETE FROM bedrock.system_profile WHERE builtin;
INSERT INTO bedrock.system_profile (profile_id, model_id, pool, geo_prefix, builtin, source, as_of)
SELECT v.pool || '.' || v.model_id, v.model_id, v.pool, v.pool, true, s.source, s.as_of
FROM (VALUES
    -- pool (the prefix of the id), model id, source
    ('apac', 'amazon.nova-2-lite-v1:0', 'l'),
    ('apac', 'amazon.nova-2-pro-preview-20251202-v1:0', 'l'),
    ('apac', 'amazon.nova-lite-v1:0', 'a'),
    ('apac', 'amazon.nova-micro-v1:0', 'a'),
    ('apac', 'amazon.nova-pro-v1:0', 'a'),
    ('apac', 'anthropic.claude-3-5-sonnet-20240620-v1:0', 'a'),
    ('apac', 'anthropic.claude-3-5-sonnet-20241022-v2:0', 'a'),
    ('apac', 'anthropic.claude-3-7-sonnet-20250219-v1:0', 'a'),
    ('apac', 'anthropic.claude-3-haiku-20240307-v1:0', 'l'),
    ('apac', 'anthropic.claude-3-sonnet-20240229-v1:0', 'a'),
    ('apac', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'l'),
    ('apac', 'anthropic.claude-sonnet-4-20250514-v1:0', 'a'),
    ('apac', 'twelvelabs.marengo-embed-2-7-v1:0', 'a'),
    ('apac', 'twelvelabs.pegasus-1-2-v1:0', 'a'),
    ('au', 'anthropic.claude-fable-5', 't'),
    ('au', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'a'),
    ('au', 'anthropic.claude-haiku-5-5', 't'),
    ('au', 'anthropic.claude-opus-4-6-v1', 'a'),
    ('au', 'anthropic.claude-opus-4-7', 'a'),
    ('au', 'anthropic.claude-opus-4-8', 'a'),
    ('au', 'anthropic.claude-opus-5', 'a'),
    ('au', 'anthropic.claude-opus-5-5', 'o'),
    ('au', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'a'),
    ('au', 'anthropic.claude-sonnet-4-6', 'a'),
    ('au', 'anthropic.claude-sonnet-5', 'a'),
    ('au', 'anthropic.claude-sonnet-5-5', 't'),
    ('ca', 'amazon.nova-lite-v1:0', 'a'),
    ('eu', 'amazon.nova-2-lite-v1:0', 'a'),
    ('eu', 'amazon.nova-2-pro-preview-20251202-v1:0', 'l'),
    ('eu', 'amazon.nova-lite-v1:0', 'a'),
    ('eu', 'amazon.nova-micro-v1:0', 'a'),
    ('eu', 'amazon.nova-pro-v1:0', 'a'),
    ('eu', 'anthropic.claude-3-5-haiku-20241022-v1:0', 'o'),
    ('eu', 'anthropic.claude-3-5-sonnet-20240620-v1:0', 'o'),
    ('eu', 'anthropic.claude-3-5-sonnet-20241022-v2:0', 'o'),
    ('eu', 'anthropic.claude-3-7-sonnet-20250219-v1:0', 'o'),
    ('eu', 'anthropic.claude-3-haiku-20240307-v1:0', 'a'),
    ('eu', 'anthropic.claude-3-opus-20240229-v1:0', 'o'),
    ('eu', 'anthropic.claude-3-sonnet-20240229-v1:0', 'o'),
    ('eu', 'anthropic.claude-fable-5', 'o'),
    ('eu', 'anthropic.claude-fable-5-1', 'o'),
    ('eu', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'a'),
    ('eu', 'anthropic.claude-opus-4-1-20250805-v1:0', 'o'),
    ('eu', 'anthropic.claude-opus-4-20250514-v1:0', 'o'),
    ('eu', 'anthropic.claude-opus-4-5-20251101-v1:0', 'a'),
    ('eu', 'anthropic.claude-opus-4-6-v1', 'a'),
    ('eu', 'anthropic.claude-opus-4-7', 'a'),
    ('eu', 'anthropic.claude-opus-4-8', 'a'),
    ('eu', 'anthropic.claude-opus-5', 'a'),
    ('eu', 'anthropic.claude-opus-5-5', 'o'),
    ('eu', 'anthropic.claude-sonnet-4-20250514-v1:0', 'a'),
    ('eu', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'a'),
    ('eu', 'anthropic.claude-sonnet-4-6', 'a'),
    ('eu', 'anthropic.claude-sonnet-5', 'a'),
    ('eu', 'cohere.embed-v4:0', 'a'),
    ('eu', 'deepseek.v3.2', 'l'),
    ('eu', 'meta.llama3-2-1b-instruct-v1:0', 'l'),
    ('eu', 'meta.llama3-2-3b-instruct-v1:0', 'l'),
    ('eu', 'mistral.pixtral-large-2502-v1:0', 'a'),
    ('eu', 'twelvelabs.marengo-embed-2-7-v1:0', 'a'),
    ('eu', 'twelvelabs.marengo-embed-3-0-v1:0', 'a'),
    ('eu', 'twelvelabs.pegasus-1-2-v1:0', 'a'),
    ('global', 'amazon.nova-2-lite-v1:0', 'a'),
    ('global', 'anthropic.claude-fable-5', 'a'),
    ('global', 'anthropic.claude-fable-5-1', 'o'),
    ('global', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'a'),
    ('global', 'anthropic.claude-opus-4-5-20251101-v1:0', 'a'),
    ('global', 'anthropic.claude-opus-4-6-v1', 'a'),
    ('global', 'anthropic.claude-opus-4-7', 'a'),
    ('global', 'anthropic.claude-opus-4-8', 'a'),
    ('global', 'anthropic.claude-opus-5', 'a'),
    ('global', 'anthropic.claude-opus-5-5', 'o'),
    ('global', 'anthropic.claude-sonnet-4-20250514-v1:0', 'a'),
    ('global', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'a'),
    ('global', 'anthropic.claude-sonnet-4-6', 'a'),
    ('global', 'anthropic.claude-sonnet-5', 'a'),
    ('global', 'cohere.embed-v4:0', 'a'),
    ('global', 'openai.gpt-5.6-luna', 'a'),
    ('global', 'openai.gpt-5.6-sol', 'a'),
    ('global', 'openai.gpt-5.6-terra', 'a'),
    ('global', 'openai.gpt-6-astra', 'o'),
    ('global', 'openai.gpt-6-sol', 'c'),
    ('global', 'openai.gpt-6.1-sol', 'c'),
    ('global', 'twelvelabs.pegasus-1-2-v1:0', 'a'),
    ('global', 'xai.grok-4.6', 'a'),
    ('in', 'openai.gpt-5.6-luna', 'a'),
    ('in', 'openai.gpt-5.6-terra', 'a'),
    ('jp', 'amazon.nova-2-lite-v1:0', 'a'),
    ('jp', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'a'),
    ('jp', 'anthropic.claude-opus-4-7', 'a'),
    ('jp', 'anthropic.claude-opus-4-8', 'a'),
    ('jp', 'anthropic.claude-opus-5', 'l'),
    ('jp', 'anthropic.claude-opus-5-5', 'o'),
    ('jp', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'a'),
    ('jp', 'anthropic.claude-sonnet-4-6', 'a'),
    ('jp', 'anthropic.claude-sonnet-5', 'o'),
    ('us-gov', 'anthropic.claude-fable-5', 'o'),
    ('us-gov', 'anthropic.claude-fable-5-1', 'o'),
    ('us-gov', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'o'),
    ('us-gov', 'anthropic.claude-opus-4-1-20250805-v1:0', 'o'),
    ('us-gov', 'anthropic.claude-opus-4-5-20251101-v1:0', 'o'),
    ('us-gov', 'anthropic.claude-opus-4-6-v1', 'o'),
    ('us-gov', 'anthropic.claude-opus-4-7', 'o'),
    ('us-gov', 'anthropic.claude-opus-4-8', 'o'),
    ('us-gov', 'anthropic.claude-opus-5', 'o'),
    ('us-gov', 'anthropic.claude-opus-5-5', 'o'),
    ('us-gov', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'o'),
    ('us-gov', 'anthropic.claude-sonnet-4-6', 'o'),
    ('us-gov', 'anthropic.claude-sonnet-5', 'o'),
    ('us-gov', 'openai.gpt-oss-120b-1:0', 'o'),
    ('us-gov', 'openai.gpt-oss-20b-1:0', 'o'),
    ('us', 'amazon.nova-2-lite-v1:0', 'a'),
    ('us', 'amazon.nova-2-pro-preview-20251202-v1:0', 'l'),
    ('us', 'amazon.nova-canvas-v1:0', 'l'),
    ('us', 'amazon.nova-lite-v1:0', 'a'),
    ('us', 'amazon.nova-micro-v1:0', 'a'),
    ('us', 'amazon.nova-premier-v1:0', 'a'),
    ('us', 'amazon.nova-pro-v1:0', 'a'),
    ('us', 'anthropic.claude-3-5-haiku-20241022-v1:0', 'l'),
    ('us', 'anthropic.claude-3-5-sonnet-20240620-v1:0', 'l'),
    ('us', 'anthropic.claude-3-5-sonnet-20241022-v2:0', 'l'),
    ('us', 'anthropic.claude-3-7-sonnet-20250219-v1:0', 'o'),
    ('us', 'anthropic.claude-3-haiku-20240307-v1:0', 'a'),
    ('us', 'anthropic.claude-3-opus-20240229-v1:0', 'l'),
    ('us', 'anthropic.claude-3-sonnet-20240229-v1:0', 'l'),
    ('us', 'anthropic.claude-fable-5', 'a'),
    ('us', 'anthropic.claude-fable-5-1', 'o'),
    ('us', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'a'),
    ('us', 'anthropic.claude-opus-4-1-20250805-v1:0', 'a'),
    ('us', 'anthropic.claude-opus-4-20250514-v1:0', 'o'),
    ('us', 'anthropic.claude-opus-4-5-20251101-v1:0', 'a'),
    ('us', 'anthropic.claude-opus-4-6-v1', 'a'),
    ('us', 'anthropic.claude-opus-4-7', 'a'),
    ('us', 'anthropic.claude-opus-4-8', 'a'),
    ('us', 'anthropic.claude-opus-5', 'a'),
    ('us', 'anthropic.claude-opus-5-5', 'o'),
    ('us', 'anthropic.claude-sonnet-4-20250514-v1:0', 'a'),
    ('us', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'a'),
    ('us', 'anthropic.claude-sonnet-4-6', 'a'),
    ('us', 'anthropic.claude-sonnet-5', 'a'),
    ('us', 'cohere.embed-v4:0', 'a'),
    ('us', 'deepseek.r1-v1:0', 'a'),
    ('us', 'deepseek.v3.2', 'l'),
    ('us', 'meta.llama3-1-405b-instruct-v1:0', 'l'),
    ('us', 'meta.llama3-1-70b-instruct-v1:0', 'a'),
    ('us', 'meta.llama3-1-8b-instruct-v1:0', 'a'),
    ('us', 'meta.llama3-2-11b-instruct-v1:0', 'o'),
    ('us', 'meta.llama3-2-1b-instruct-v1:0', 'o'),
    ('us', 'meta.llama3-2-3b-instruct-v1:0', 'o'),
    ('us', 'meta.llama3-2-90b-instruct-v1:0', 'o'),
    ('us', 'meta.llama3-3-70b-instruct-v1:0', 'a'),
    ('us', 'meta.llama4-maverick-17b-instruct-v1:0', 'a'),
    ('us', 'meta.llama4-scout-17b-instruct-v1:0', 'a'),
    ('us', 'mistral.pixtral-large-2502-v1:0', 'a'),
    ('us', 'openai.gpt-5.6-luna', 'a'),
    ('us', 'openai.gpt-5.6-sol', 'a'),
    ('us', 'openai.gpt-5.6-terra', 'a'),
    ('us', 'openai.gpt-6-astra', 'o'),
    ('us', 'openai.gpt-6-sol', 'c'),
    ('us', 'openai.gpt-6.1-sol', 'c'),
    ('us', 'stability.stable-conservative-upscale-v1:0', 'a'),
    ('us', 'stability.stable-creative-upscale-v1:0', 'a'),
    ('us', 'stability.stable-fast-upscale-v1:0', 'a'),
    ('us', 'stability.stable-image-control-sketch-v1:0', 'a'),
    ('us', 'stability.stable-image-control-structure-v1:0', 'a'),
    ('us', 'stability.stable-image-erase-object-v1:0', 'a'),
    ('us', 'stability.stable-image-inpaint-v1:0', 'a'),
    ('us', 'stability.stable-image-remove-background-v1:0', 'a'),
    ('us', 'stability.stable-image-search-recolor-v1:0', 'a'),
    ('us', 'stability.stable-image-search-replace-v1:0', 'a'),
    ('us', 'stability.stable-image-style-guide-v1:0', 'a'),
    ('us', 'stability.stable-outpaint-v1:0', 'a'),
    ('us', 'stability.stable-style-transfer-v1:0', 'a'),
    ('us', 'twelvelabs.marengo-embed-2-7-v1:0', 'a'),
    ('us', 'twelvelabs.marengo-embed-3-0-v1:0', 'a'),
    ('us', 'twelvelabs.pegasus-1-2-v1:0', 'a'),
    ('us', 'writer.palmyra-x4-v1:0', 'a'),
    ('us', 'writer.palmyra-x5-v1:0', 'a'),
    ('us', 'xai.grok-4.6', 'a')
) AS v (pool, model_id, source)
JOIN (VALUES
    ('a', 'Bedrock API listing', date '2026-08-21'),
    ('c', 'AWS model card', date '2026-10-08'),
    ('l', 'litellm price file, id only', date '2026-08-12'),
    ('o', 'pi-catalog 18.2.11, id only', date '2026-09-23'),
    ('t', 'truefoundry model list, id only', NULL)
) AS s (code, source, as_of) ON s.code = v.source;

DELETE FROM bedrock.system_profile_region WHERE builtin;
INSERT INTO bedrock.system_profile_region (profile_id, source_region, destination_regions, builtin, source, as_of)
SELECT v.profile_id, r.region, string_to_array(v.destinations, ' '), true, s.source, s.as_of
FROM (VALUES
    -- profile id, source, regions it may be called from, regions it may send the call to
    ('apac.amazon.nova-lite-v1:0', 'a', 'ap-east-2', 'ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4'),
    ('apac.amazon.nova-lite-v1:0', 'a', 'ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2'),
    ('apac.amazon.nova-lite-v1:0', 'a', 'ap-southeast-3', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4'),
    ('apac.amazon.nova-lite-v1:0', 'a', 'ap-southeast-4', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-4'),
    ('apac.amazon.nova-lite-v1:0', 'a', 'ap-southeast-5', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5'),
    ('apac.amazon.nova-lite-v1:0', 'a', 'ap-southeast-7', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-7'),
    ('apac.amazon.nova-micro-v1:0', 'a', 'ap-east-2', 'ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4'),
    ('apac.amazon.nova-micro-v1:0', 'a', 'ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2'),
    ('apac.amazon.nova-micro-v1:0', 'a', 'ap-southeast-3', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4'),
    ('apac.amazon.nova-micro-v1:0', 'a', 'ap-southeast-5', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5'),
    ('apac.amazon.nova-micro-v1:0', 'a', 'ap-southeast-7', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-7'),
    ('apac.amazon.nova-pro-v1:0', 'a', 'ap-east-2', 'ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4'),
    ('apac.amazon.nova-pro-v1:0', 'a', 'ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2'),
    ('apac.amazon.nova-pro-v1:0', 'a', 'ap-southeast-3', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4'),
    ('apac.amazon.nova-pro-v1:0', 'a', 'ap-southeast-4', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-4'),
    ('apac.amazon.nova-pro-v1:0', 'a', 'ap-southeast-5', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5'),
    ('apac.amazon.nova-pro-v1:0', 'a', 'ap-southeast-7', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-7'),
    ('apac.anthropic.claude-3-5-sonnet-20240620-v1:0', 'a', 'ap-south-1', 'ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2'),
    ('apac.anthropic.claude-3-5-sonnet-20241022-v2:0', 'a', 'ap-northeast-2 ap-south-1 ap-southeast-1', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2'),
    ('apac.anthropic.claude-3-7-sonnet-20250219-v1:0', 'a', 'ap-south-1', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2'),
    ('apac.anthropic.claude-3-sonnet-20240229-v1:0', 'a', 'ap-southeast-1', 'ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2'),
    ('apac.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'ap-east-2', 'ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4'),
    ('apac.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-4', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-4'),
    ('apac.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'ap-southeast-3', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4'),
    ('apac.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'ap-southeast-5', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5'),
    ('apac.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'ap-southeast-7', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-7'),
    ('apac.twelvelabs.marengo-embed-2-7-v1:0', 'a', 'ap-northeast-2', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4'),
    ('apac.twelvelabs.pegasus-1-2-v1:0', 'a', 'ap-northeast-2', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-4'),
    ('au.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'ap-southeast-2 ap-southeast-4', 'ap-southeast-2 ap-southeast-4'),
    ('au.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'ap-southeast-6', 'ap-southeast-2 ap-southeast-4 ap-southeast-6'),
    ('au.anthropic.claude-opus-4-6-v1', 'a', 'ap-southeast-2 ap-southeast-4', 'ap-southeast-2 ap-southeast-4'),
    ('au.anthropic.claude-opus-4-6-v1', 'a', 'ap-southeast-6', 'ap-southeast-2 ap-southeast-4 ap-southeast-6'),
    ('au.anthropic.claude-opus-4-7', 'a', 'ap-southeast-2 ap-southeast-4', 'ap-southeast-2 ap-southeast-4'),
    ('au.anthropic.claude-opus-4-8', 'a', 'ap-southeast-2 ap-southeast-4', 'ap-southeast-2 ap-southeast-4'),
    ('au.anthropic.claude-opus-5', 'a', 'ap-southeast-2 ap-southeast-4', 'ap-southeast-2 ap-southeast-4'),
    ('au.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'ap-southeast-2 ap-southeast-4', 'ap-southeast-2 ap-southeast-4'),
    ('au.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'ap-southeast-6', 'ap-southeast-2 ap-southeast-4 ap-southeast-6'),
    ('au.anthropic.claude-sonnet-4-6', 'a', 'ap-southeast-2 ap-southeast-4', 'ap-southeast-2 ap-southeast-4'),
    ('au.anthropic.claude-sonnet-4-6', 'a', 'ap-southeast-6', 'ap-southeast-2 ap-southeast-4 ap-southeast-6'),
    ('au.anthropic.claude-sonnet-5', 'a', 'ap-southeast-2 ap-southeast-4', 'ap-southeast-2 ap-southeast-4'),
    ('ca.amazon.nova-lite-v1:0', 'a', 'ca-central-1 ca-west-1', 'ca-central-1 ca-west-1'),
    ('eu.amazon.nova-2-lite-v1:0', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-lite-v1:0', 'a', 'eu-central-1 eu-north-1 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-lite-v1:0', 'a', 'eu-south-1', 'eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-lite-v1:0', 'a', 'eu-south-2', 'eu-central-1 eu-north-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-lite-v1:0', 'a', 'il-central-1', 'eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-3 il-central-1'),
    ('eu.amazon.nova-micro-v1:0', 'a', 'eu-central-1 eu-north-1 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-micro-v1:0', 'a', 'eu-south-1', 'eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-micro-v1:0', 'a', 'eu-south-2', 'eu-central-1 eu-north-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-micro-v1:0', 'a', 'il-central-1', 'eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-3 il-central-1'),
    ('eu.amazon.nova-pro-v1:0', 'a', 'eu-central-1 eu-north-1 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-pro-v1:0', 'a', 'eu-south-1', 'eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-pro-v1:0', 'a', 'eu-south-2', 'eu-central-1 eu-north-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.amazon.nova-pro-v1:0', 'a', 'il-central-1', 'eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-3 il-central-1'),
    ('eu.anthropic.claude-3-haiku-20240307-v1:0', 'a', 'eu-central-1', 'eu-central-1 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.anthropic.claude-opus-4-5-20251101-v1:0', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-4-5-20251101-v1:0', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-4-5-20251101-v1:0', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.anthropic.claude-opus-4-6-v1', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-4-6-v1', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-4-6-v1', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.anthropic.claude-opus-4-7', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-4-7', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-4-7', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.anthropic.claude-opus-4-8', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-4-8', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-4-8', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.anthropic.claude-opus-5', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-5', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-opus-5', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'il-central-1', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3 il-central-1'),
    ('eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.anthropic.claude-sonnet-4-6', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-sonnet-4-6', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-sonnet-4-6', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.anthropic.claude-sonnet-5', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-sonnet-5', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.anthropic.claude-sonnet-5', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.cohere.embed-v4:0', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.cohere.embed-v4:0', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.cohere.embed-v4:0', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('eu.mistral.pixtral-large-2502-v1:0', 'a', 'eu-central-1 eu-north-1 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-west-1 eu-west-3'),
    ('eu.twelvelabs.marengo-embed-2-7-v1:0', 'a', 'eu-west-1', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.twelvelabs.marengo-embed-3-0-v1:0', 'a', 'eu-west-1', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.twelvelabs.pegasus-1-2-v1:0', 'a', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.twelvelabs.pegasus-1-2-v1:0', 'a', 'eu-central-2', 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3'),
    ('eu.twelvelabs.pegasus-1-2-v1:0', 'a', 'eu-west-2', 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'),
    ('global.amazon.nova-2-lite-v1:0', 'a', 'ap-east-2 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-fable-5', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-opus-4-5-20251101-v1:0', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-opus-4-6-v1', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-opus-4-7', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-opus-4-8', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-opus-5', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'ap-northeast-1 eu-west-1 us-east-1 us-east-2 us-west-2', '*'),
    ('global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-sonnet-4-6', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.anthropic.claude-sonnet-5', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.cohere.embed-v4:0', 'a', 'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ca-central-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.openai.gpt-5.6-luna', 'a', 'ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.openai.gpt-5.6-sol', 'a', 'ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.openai.gpt-5.6-terra', 'a', 'ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.openai.gpt-6-sol', 'c', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.twelvelabs.pegasus-1-2-v1:0', 'a', 'af-south-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('global.xai.grok-4.6', 'a', 'ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2', '*'),
    ('in.openai.gpt-5.6-luna', 'a', 'ap-south-1 ap-south-2', 'ap-south-1 ap-south-2'),
    ('in.openai.gpt-5.6-terra', 'a', 'ap-south-1 ap-south-2', 'ap-south-1 ap-south-2'),
    ('jp.amazon.nova-2-lite-v1:0', 'a', 'ap-northeast-1', 'ap-northeast-1 ap-northeast-3'),
    ('jp.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'ap-northeast-1 ap-northeast-3', 'ap-northeast-1 ap-northeast-3'),
    ('jp.anthropic.claude-opus-4-7', 'a', 'ap-northeast-1 ap-northeast-3', 'ap-northeast-1 ap-northeast-3'),
    ('jp.anthropic.claude-opus-4-8', 'a', 'ap-northeast-1 ap-northeast-3', 'ap-northeast-1 ap-northeast-3'),
    ('jp.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'ap-northeast-1 ap-northeast-3', 'ap-northeast-1 ap-northeast-3'),
    ('jp.anthropic.claude-sonnet-4-6', 'a', 'ap-northeast-1 ap-northeast-3', 'ap-northeast-1 ap-northeast-3'),
    ('us.amazon.nova-2-lite-v1:0', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.amazon.nova-2-lite-v1:0', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.amazon.nova-2-lite-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.amazon.nova-2-lite-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.amazon.nova-lite-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.amazon.nova-lite-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.amazon.nova-micro-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.amazon.nova-premier-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.amazon.nova-pro-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.amazon.nova-pro-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-3-haiku-20240307-v1:0', 'a', 'us-east-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-fable-5', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-fable-5', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-fable-5', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-fable-5', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-haiku-4-5-20251001-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-opus-4-1-20250805-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-5-20251101-v1:0', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-5-20251101-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-5-20251101-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-opus-4-6-v1', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-6-v1', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-6-v1', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-6-v1', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-opus-4-7', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-7', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-7', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-7', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-opus-4-8', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-8', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-8', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-4-8', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-opus-5', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-5', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-5', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-opus-5', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-sonnet-4-20250514-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-sonnet-4-6', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-sonnet-4-6', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-sonnet-4-6', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-sonnet-4-6', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.anthropic.claude-sonnet-5', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-sonnet-5', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-sonnet-5', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.anthropic.claude-sonnet-5', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.cohere.embed-v4:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.cohere.embed-v4:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.deepseek.r1-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.meta.llama3-1-70b-instruct-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.meta.llama3-1-8b-instruct-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.meta.llama3-3-70b-instruct-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.meta.llama4-maverick-17b-instruct-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.meta.llama4-maverick-17b-instruct-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.meta.llama4-scout-17b-instruct-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.meta.llama4-scout-17b-instruct-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.mistral.pixtral-large-2502-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-luna', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-luna', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-luna', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-luna', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.openai.gpt-5.6-sol', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-sol', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-sol', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-sol', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.openai.gpt-5.6-terra', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-terra', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-terra', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-5.6-terra', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.openai.gpt-6-sol', 'c', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-6-sol', 'c', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-6-sol', 'c', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-6-sol', 'c', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.openai.gpt-6.1-sol', 'c', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-6.1-sol', 'c', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-6.1-sol', 'c', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.openai.gpt-6.1-sol', 'c', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.stability.stable-conservative-upscale-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-creative-upscale-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-fast-upscale-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-image-control-sketch-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-image-control-structure-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-image-erase-object-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-image-inpaint-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-image-remove-background-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-image-search-recolor-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-image-search-replace-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-image-style-guide-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-outpaint-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.stability.stable-style-transfer-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.twelvelabs.marengo-embed-2-7-v1:0', 'a', 'us-east-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.twelvelabs.marengo-embed-3-0-v1:0', 'a', 'us-east-1', 'us-east-1 us-east-2 us-west-2'),
    ('us.twelvelabs.pegasus-1-2-v1:0', 'a', 'us-east-1 us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.twelvelabs.pegasus-1-2-v1:0', 'a', 'us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.writer.palmyra-x4-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.writer.palmyra-x4-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.writer.palmyra-x5-v1:0', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.writer.palmyra-x5-v1:0', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2'),
    ('us.xai.grok-4.6', 'a', 'ca-central-1', 'ca-central-1 us-east-1 us-east-2 us-west-2'),
    ('us.xai.grok-4.6', 'a', 'ca-west-1', 'ca-west-1 us-east-1 us-east-2 us-west-2'),
    ('us.xai.grok-4.6', 'a', 'us-east-1 us-east-2 us-west-2', 'us-east-1 us-east-2 us-west-2'),
    ('us.xai.grok-4.6', 'a', 'us-west-1', 'us-east-1 us-east-2 us-west-1 us-west-2')
) AS v (profile_id, source, regions, destinations)
JOIN (VALUES
    ('a', 'Bedrock API listing', date '2026-08-21'),
    ('c', 'AWS model card', date '2026-10-08')
) AS s (code, source, as_of) ON s.code = v.source
CROSS JOIN LATERAL unnest(string_to_array(v.regions, ' ')) AS r (region);
-- Row functions over line_item_resource_id. Each takes the raw text column, or a bedrock_arn: the bytes are the same.

CREATE OR REPLACE FUNCTION try_bedrock_arn(text_value text) RETURNS bedrock_arn
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION try_bedrock_arn(text) IS
    'the text as bedrock_arn, or NULL where it is no well-formed ARN of a Bedrock resource; never an error';

CREATE OR REPLACE FUNCTION bedrock_arn_parts(resource_id text,
    OUT valid boolean, OUT partition text, OUT service text, OUT region text, OUT account_id text,
    OUT resource_type text, OUT resource_id text, OUT request_path text, OUT profile_id text,
    OUT profile_suffix text, OUT geo_prefix text, OUT model_id text) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_arn_parts(text) IS
    'every part of a Bedrock resource id: valid (a well-formed ARN of a Bedrock service), the ARN''s fields as written, resource_type and resource_id (here what stands before and behind the first / or :), request_path, profile_id and profile_suffix of an inference profile, geo_prefix of a system profile, model_id where the string itself tells it; NULL part = the string does not state it; a bare model or system profile id counts as its path. Use LATERAL: (bedrock_arn_parts(x)).* would call it once for each column. Source: line_item_resource_id, or modelId of an invocation log';

CREATE OR REPLACE FUNCTION bedrock_arn_parts(resource_id bedrock_arn,
    OUT valid boolean, OUT partition text, OUT service text, OUT region text, OUT account_id text,
    OUT resource_type text, OUT resource_id text, OUT request_path text, OUT profile_id text,
    OUT profile_suffix text, OUT geo_prefix text, OUT model_id text) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_arn_parts(bedrock_arn) IS
    'every part of a Bedrock resource id: valid (a well-formed ARN of a Bedrock service), the ARN''s fields as written, resource_type and resource_id (here what stands before and behind the first / or :), request_path, profile_id and profile_suffix of an inference profile, geo_prefix of a system profile, model_id where the string itself tells it; NULL part = the string does not state it; a bare model or system profile id counts as its path. Use LATERAL: (bedrock_arn_parts(x)).* would call it once for each column. Source: line_item_resource_id, or modelId of an invocation log';

CREATE OR REPLACE FUNCTION bedrock_request_path(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_request_path(text) IS
    'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, custom_model, imported_model, prompt_router, project, other (another Bedrock resource), none (no Bedrock resource, also NULL or empty); never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_request_path(resource_id bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_request_path(bedrock_arn) IS
    'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, custom_model, imported_model, prompt_router, project, other (another Bedrock resource), none (no Bedrock resource, also NULL or empty); never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_via_profile(resource_id text) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_via_profile(text) IS
    'whether the request went through an inference profile, application or system; never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_via_profile(resource_id bedrock_arn) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_via_profile(bedrock_arn) IS
    'whether the request went through an inference profile, application or system; never NULL, never an error. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_profile_id(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_profile_id(text) IS
    'id of the application or system inference profile, as written; NULL where the resource is none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_profile_id(resource_id bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_profile_id(bedrock_arn) IS
    'id of the application or system inference profile, as written; NULL where the resource is none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_profile_suffix(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_profile_suffix(text) IS
    'what stands behind the profile id (inference-profile/<id>/<suffix>); NULL where there is none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_profile_suffix(resource_id bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_profile_suffix(bedrock_arn) IS
    'what stands behind the profile id (inference-profile/<id>/<suffix>); NULL where there is none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_geo_prefix(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_geo_prefix(text) IS
    'geography of a system inference profile id (us, eu, apac, ap, jp, au, ca, in, us-gov, global); NULL where the id has none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_geo_prefix(resource_id bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_geo_prefix(bedrock_arn) IS
    'geography of a system inference profile id (us, eu, apac, ap, jp, au, ca, in, us-gov, global); NULL where the id has none. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_model_id(resource_id text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_model_id(text) IS
    'id of the foundation model where the string itself tells it, geography prefix removed; NULL for an application profile: its model is known to AWS, not to the string. Source: line_item_resource_id';

CREATE OR REPLACE FUNCTION bedrock_model_id(resource_id bedrock_arn) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_model_id(bedrock_arn) IS
    'id of the foundation model where the string itself tells it, geography prefix removed; NULL for an application profile: its model is known to AWS, not to the string. Source: line_item_resource_id';

-- Row functions over line_item_usage_type.

CREATE OR REPLACE FUNCTION bedrock_usage_parts(usage_type text,
    OUT region text, OUT marketplace boolean, OUT mantle boolean, OUT model_token text, OUT usage_group text,
    OUT token_kind text, OUT modality text, OUT cache_ttl text, OUT tier text, OUT routing text,
    OUT long_context boolean, OUT custom_model boolean) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_usage_parts(text) IS
    'every part of a Bedrock usage type: region of the billing prefix, marketplace (MP: form), mantle (bedrock-mantle form), model_token (the part that names the model, NULL in every marketplace form), usage_group, token_kind, modality, cache_ttl, tier, routing, long_context, custom_model; NULL = the string does not state it. Use LATERAL: (bedrock_usage_parts(x)).* would call it once for each column. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION bedrock_usage_group(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_usage_group(text) IS
    'what is metered: tokens, media, search_units, provisioned_throughput, reserved, custom_model_import, customization, guardrail, knowledge_base, agent, flow, evaluation, prompt, data_automation, agentcore, grounding, other; NULL for empty or unreadable text. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION bedrock_token_kind(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_token_kind(text) IS
    'input, output, cache_read or cache_write; NULL where the row is not metered in tokens. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION bedrock_tier(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_tier(text) IS
    'service tier of a token row: standard, batch, flex, priority, latency_optimized (standard where nothing else is stated); NULL where the row is not metered in tokens. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION bedrock_routing(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_routing(text) IS
    'global or geo where the usage type states a cross-region price, else regional; NULL outside tokens and reserved capacity. Source: line_item_usage_type';

CREATE OR REPLACE FUNCTION bedrock_region(usage_type text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_region(text) IS
    'AWS region of the billing prefix (USE1 = us-east-1, EU = eu-west-1): the region that was called; NULL where the string has no known prefix. Source: line_item_usage_type';

-- Row functions over line_item_iam_principal.

CREATE OR REPLACE FUNCTION bedrock_principal_parts(principal text,
    OUT kind text, OUT partition text, OUT account_id text, OUT name text, OUT path text, OUT session text,
    OUT email text, OUT principal_key text) RETURNS record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_principal_parts(text) IS
    'every part of an IAM or STS ARN: kind, partition, account_id, name of the role or user without its path, path, session of an assumed role, email where session or name is an e-mail address, principal_key; NULL = the string does not state it. Use LATERAL: (bedrock_principal_parts(x)).* would call it once for each column. Source: line_item_iam_principal, or identity.arn of an invocation log';

CREATE OR REPLACE FUNCTION bedrock_principal_kind(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_principal_kind(text) IS
    'iam_user, api_key (a user named BedrockAPIKey-...), role, assumed_role, sso (AWSReservedSSO_...), federated_user, root, service (service-linked role), unknown (anything else, also empty text). Source: line_item_iam_principal';

CREATE OR REPLACE FUNCTION bedrock_principal_name(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_principal_name(text) IS
    'name of the role or user without path and session; NULL for root and for text that is no principal. Source: line_item_iam_principal';

CREATE OR REPLACE FUNCTION bedrock_principal_session(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_principal_session(text) IS
    'session name of an assumed role; NULL where there is none. Source: line_item_iam_principal';

CREATE OR REPLACE FUNCTION bedrock_principal_key(principal text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_principal_key(text) IS
    'one durable key for an identity: path and session dropped, so that a role and all its sessions share arn:<partition>:iam::<account>:role/<name>; NULL for text that is no principal. Source: line_item_iam_principal';


CREATE OR REPLACE FUNCTION bedrock.principal_without_session(principal text) RETURNS text
    AS 'MODULE_PATHNAME', 'bedrock_principal_without_session' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock.principal_without_session(text) IS
    'the IAM principal without the session of an assumed role (and the slash before it); text without one, or that is no principal, as it came. Source: line_item_iam_principal';
-- Row functions over several columns of a line.

CREATE OR REPLACE FUNCTION is_bedrock(product_code text, billing_entity text, product_name text) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION is_bedrock(text, text, text) IS
    'whether the line is Amazon Bedrock''s: product code AmazonBedrock, AmazonBedrockService, AmazonBedrockFoundationModels or AmazonBedrockAgentCore, or billing entity AWS Marketplace with a product name that says Bedrock; never NULL. Source: line_item_product_code, bill_billing_entity, product name';

CREATE OR REPLACE FUNCTION bedrock_tokens(usage_amount numeric, pricing_unit text, usage_type text) RETURNS numeric
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_tokens(numeric, text, text) IS
    'tokens of the line: usage_amount x 1,000 (1K tokens) or x 1,000,000 (1M tokens, and Units on a token usage type); NULL where the line is not metered in tokens, the unit is unknown or an argument is NULL. Source: line_item_usage_amount, pricing_unit, line_item_usage_type';

CREATE OR REPLACE FUNCTION attribution_kind(resource_id text, iam_principal text DEFAULT NULL, tags jsonb DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION attribution_kind(text, text, jsonb) IS
    'the strongest owner signal of the line: application_profile > project > iam_principal > tag > none; a system profile and the default project name no owner; a tag counts when it is a user-defined resource, IAM principal or user attribute tag with a value; never NULL. Source: line_item_resource_id, line_item_iam_principal, tags';

CREATE OR REPLACE FUNCTION attribution_kind(resource_id bedrock_arn, iam_principal text DEFAULT NULL, tags jsonb DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION attribution_kind(bedrock_arn, text, jsonb) IS
    'the strongest owner signal of the line: application_profile > project > iam_principal > tag > none; a system profile and the default project name no owner; a tag counts when it is a user-defined resource, IAM principal or user attribute tag with a value; never NULL. Source: line_item_resource_id, line_item_iam_principal, tags';

CREATE OR REPLACE FUNCTION bedrock_tag(tags jsonb, key text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_tag(jsonb, text) IS
    'value of a tag, whichever source carries it: resource tag, then IAM principal, user attribute, account, cost category, AWS-generated tag; within a source the exact key, else keys equal but for case and punctuation, the bytewise smallest winning; a key with a source prefix (iamPrincipal/team) asks for that source alone; NULL where no source has a value. Source: tags or resource_tags as jsonb';

-- JSON that may be broken: the map columns of an export as text.

CREATE OR REPLACE FUNCTION bedrock.try_jsonb(value text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'bedrock_try_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock.try_jsonb(text) IS
    'the text as jsonb, or NULL where it is no JSON; never an error. Also NULL: nesting deeper than 32, a number of more than 300 characters, more than 16 MB';

-- The identity of a dimension.

CREATE OR REPLACE FUNCTION bedrock.combination_hash(VARIADIC strings text[]) RETURNS uuid
    AS 'MODULE_PATHNAME', 'bedrock_combination_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.combination_hash(text[]) IS
    '128-bit hash (XXH3, canonical byte order) of the strings, each behind its length; NULL strings are told apart from empty ones; the same in every version, since bedrock.dimension stores it';


-- Working with a bill's lines by number instead of by all they say.

CREATE OR REPLACE FUNCTION bedrock.row_number_of(VARIADIC row_values "any") RETURNS integer
    AS 'MODULE_PATHNAME', 'bedrock_row_number_of' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION bedrock.row_number_of("any") IS
    'number of the row of values among those that this call of the statement has met, from 1 in the order of their first rows; equal rows (bytewise, NULL like NULL) get the same number. It holds for one run of one statement. Values: any type that is passed by value or of variable length. Errors: a type of fixed length passed by reference, out of memory';
-- Lines summed by what they say.

CREATE OR REPLACE FUNCTION bedrock.fold(query text, keys integer, classes boolean[], key_sets bigint[], amount_sets bigint[]) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_fold' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.fold(text, integer, boolean[], bigint[], bigint[]) IS
    'the rows of a query summed by several sets of keys in one reading. The query gives a boolean, the class of the row, then as many keys as stated, then amounts (numeric). Each set is for the rows of one class and says by its bits, the lowest for the first column, which keys it groups by and which amounts it sums. Returns, in columns the caller declares: the number of the set from 0 (integer), the keys (NULL where the set has none), the number of rows (bigint) and the sums (NULL: no row had a value). Keys are the same where their bytes are; sums are exact. Runs the query with the rights of the caller';
-- Files of the database server, for roles that may read them.

CREATE OR REPLACE FUNCTION bedrock.server_files(path text, OUT file text, OUT bytes bigint, OUT modified timestamptz) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_server_files' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION bedrock.server_files(text) IS
    'the files of the database server under an absolute path, sorted by their bytes: path is a file, a directory (with all below it) or a pattern with *, ? and [..] in any of its parts; a name that exists is taken literally. Columns: file (absolute path), bytes, modified. Hidden files and *.tmp are left out; what a symbolic link points to is listed once. An error: a relative path, a path that is not there, a pattern without a match, a directory that may not be read, a link that points nowhere. Needs the privileges of pg_read_server_files, as COPY FROM a file does. An empty directory gives no row; NULL gives none';

CREATE OR REPLACE FUNCTION bedrock.server_file_text(path text) RETURNS text
    AS 'MODULE_PATHNAME', 'bedrock_server_file_text' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION bedrock.server_file_text(text) IS
    'the UTF-8 text of a file of the database server, without its byte order mark, in the encoding of the database. An error: a relative path, a file that is not there or may not be read, a directory, more than 64 MB, a byte of value zero, no UTF-8. Needs the privileges of pg_read_server_files; NULL for NULL';
-- Exports read from the server's files.

CREATE OR REPLACE FUNCTION bedrock.server_file_header(file text) RETURNS text[]
    AS 'MODULE_PATHNAME', 'bedrock_server_file_header' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.server_file_header(text) IS
    'column names of a CSV export (.csv, .csv.gz) on the server, as written; needs pg_read_server_files; an error for a file that is none';

CREATE OR REPLACE FUNCTION bedrock.read_export(files text[], names text[], uses text[], hourly boolean, workers integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_export' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.read_export(text[], text[], text[], boolean, integer) IS
    'lines of CSV exports on the server, compacted: lines that agree in every key, in day (hourly: hour) of usage, and in sign and absence of every amount are one row with their number and exact sums. names: the header, which every file must have; uses: of each column, one of skip, key, usage_start, usage_end, amount. Returns, in columns the caller declares: file (integer, NULL on lines; else the row says what the file of this number held before compaction: lines and the sum of each amount, 0 for none), checksum (text: XXH3 of the file), bedrock_lines (bigint), then the columns that are not skipped, in order: text, timestamptz or numeric. Reads up to workers files at once (0: as many as the machine has cores). Needs pg_read_server_files. Errors name file, line, column and value';
-- Reading the catalogues: the row that wins, and the model a line of the bill is about.

CREATE OR REPLACE VIEW bedrock.regions WITH (security_invoker) AS
    SELECT DISTINCT ON (region) region, cur_prefix, name, partition, array_to_string(geo_pools, ', ') AS geo_pools,
           builtin, source, as_of
    FROM bedrock.region
    ORDER BY region, builtin;
COMMENT ON VIEW bedrock.regions IS 'AWS regions that bill for Bedrock, one row a region: the user''s row of bedrock.region where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.regions.region IS 'region code, us-east-1';
COMMENT ON COLUMN bedrock.regions.cur_prefix IS 'what a usage type of the region begins with: USE1; NULL: not known';
COMMENT ON COLUMN bedrock.regions.name IS 'name as AWS prints it; NULL: not known';
COMMENT ON COLUMN bedrock.regions.partition IS 'partition of ARNs: aws, aws-us-gov, aws-cn';
COMMENT ON COLUMN bedrock.regions.geo_pools IS 'geographies whose system profiles may be called from the region, parted by ", "; empty: none known';
COMMENT ON COLUMN bedrock.regions.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.regions.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.regions.as_of IS 'day the source saw it; NULL: not stated';

CREATE OR REPLACE VIEW bedrock.models WITH (security_invoker) AS
    SELECT DISTINCT ON (model_id) model_id, provider, model_family, model_name,
           array_to_string(input_modalities, ', ') AS input_modalities,
           array_to_string(output_modalities, ', ') AS output_modalities,
           context_window::bigint AS context_window, release_date, lifecycle, mantle_alias_of, builtin, source, as_of
    FROM bedrock.model
    ORDER BY model_id, builtin;
COMMENT ON VIEW bedrock.models IS 'foundation models, one row a model id: the user''s row of bedrock.model where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.models.model_id IS 'model id as Bedrock writes it, without geography prefix';
COMMENT ON COLUMN bedrock.models.provider IS 'who made it';
COMMENT ON COLUMN bedrock.models.model_family IS 'what versions roll up to: Opus, Sonnet, Haiku, Nova, Llama';
COMMENT ON COLUMN bedrock.models.model_name IS 'name to show';
COMMENT ON COLUMN bedrock.models.input_modalities IS 'what it reads: text, image, audio, speech, video, parted by ", "; NULL: not known';
COMMENT ON COLUMN bedrock.models.output_modalities IS 'what it writes: text, image, speech, video, embedding, parted by ", "; NULL: not known';
COMMENT ON COLUMN bedrock.models.context_window IS 'largest input of one request in tokens; NULL: not known';
COMMENT ON COLUMN bedrock.models.release_date IS 'day of release; NULL: not known';
COMMENT ON COLUMN bedrock.models.lifecycle IS 'ACTIVE or LEGACY on the day of as_of; NULL: not known';
COMMENT ON COLUMN bedrock.models.mantle_alias_of IS 'the model this id is another id of; NULL: the id is the model''s own';
COMMENT ON COLUMN bedrock.models.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.models.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.models.as_of IS 'day the source saw it; NULL: not stated';

CREATE OR REPLACE VIEW bedrock.system_profiles WITH (security_invoker) AS
    SELECT DISTINCT ON (profile_id) profile_id, model_id, pool, geo_prefix, builtin, source, as_of
    FROM bedrock.system_profile
    ORDER BY profile_id, builtin;
COMMENT ON VIEW bedrock.system_profiles IS 'system-defined inference profiles, one row a profile: the user''s row of bedrock.system_profile where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.system_profiles.profile_id IS 'id, us.anthropic.claude-sonnet-4-6';
COMMENT ON COLUMN bedrock.system_profiles.model_id IS 'the model it serves';
COMMENT ON COLUMN bedrock.system_profiles.pool IS 'geography whose regions it may use, or global';
COMMENT ON COLUMN bedrock.system_profiles.geo_prefix IS 'what the id begins with, before the first dot';
COMMENT ON COLUMN bedrock.system_profiles.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.system_profiles.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.system_profiles.as_of IS 'day the source saw it; NULL: not stated';

CREATE OR REPLACE VIEW bedrock.system_profile_regions WITH (security_invoker) AS
    SELECT winner.profile_id, winner.source_region, d.destination_region, winner.builtin, winner.source, winner.as_of
    FROM (SELECT DISTINCT ON (profile_id, source_region) *
          FROM bedrock.system_profile_region
          ORDER BY profile_id, source_region, builtin) AS winner
    CROSS JOIN LATERAL unnest(winner.destination_regions) AS d (destination_region);
COMMENT ON VIEW bedrock.system_profile_regions IS
    'where a system-defined profile may send a call, one row a profile, source region and destination: the user''s row of bedrock.system_profile_region where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.system_profile_regions.profile_id IS 'id of the system-defined profile';
COMMENT ON COLUMN bedrock.system_profile_regions.source_region IS 'region that is called and billed';
COMMENT ON COLUMN bedrock.system_profile_regions.destination_region IS 'region that may compute the answer; *: any commercial region';
COMMENT ON COLUMN bedrock.system_profile_regions.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.system_profile_regions.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.system_profile_regions.as_of IS 'day the source saw it; NULL: not stated';

CREATE OR REPLACE FUNCTION bedrock.canonical_model_id(model_id text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer text;
BEGIN
    -- An id that is written in the catalogue decides by itself, whatever else its key would meet.
    SELECT a.model_id INTO answer
    FROM bedrock.model_alias AS a
    WHERE a.kind = 'model_id' AND a.alias = canonical_model_id.model_id
    ORDER BY a.builtin, a.model_id LIMIT 1;
    IF FOUND THEN
        RETURN answer;
    END IF;

    SELECT m.model_id INTO answer FROM bedrock.model AS m WHERE m.model_id = canonical_model_id.model_id LIMIT 1;
    IF FOUND THEN
        RETURN answer;
    END IF;

    SELECT min(found.model_id) INTO answer
    FROM (SELECT coalesce(a.model_id, m.model_id) AS model_id
          FROM bedrock.model AS m
          LEFT JOIN bedrock.model_alias AS a ON a.kind = 'model_id' AND a.alias = m.model_id
          WHERE bedrock.model_id_key(m.model_id) = bedrock.model_id_key(canonical_model_id.model_id)
          UNION ALL
          SELECT a.model_id
          FROM bedrock.model_alias AS a
          WHERE a.kind = 'model_id'
            AND bedrock.model_id_key(a.alias) = bedrock.model_id_key(canonical_model_id.model_id)) AS found
    HAVING count(DISTINCT found.model_id) = 1;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION bedrock.canonical_model_id(text) IS
    'the id under which the catalogue knows a model id: itself, the model it is another id of (bedrock-mantle, snapshot), or the base model of a context variant (:24k) or of an id with or without -v1 and :0. NULL where the catalogue knows none, or more than one. Takes no geography prefix: bedrock_model_id() removes it';

CREATE OR REPLACE FUNCTION bedrock.model_by_name(name text, kind text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key text := bedrock.model_name_key(name);
    answer text;
BEGIN
    -- What the user says of a name is the answer, even where it names two models: then there is none.
    SELECT CASE WHEN count(DISTINCT a.model_id) = 1 THEN min(a.model_id) END INTO answer
    FROM bedrock.model_alias AS a
    WHERE bedrock.model_name_key(a.alias) = key AND a.kind = model_by_name.kind AND NOT a.builtin
    HAVING count(*) > 0;
    IF FOUND THEN
        RETURN answer;
    END IF;

    SELECT min(found.model_id) INTO answer
    FROM (SELECT coalesce(c.model_id, n.model_id) AS model_id
          FROM (SELECT a.model_id
                FROM bedrock.model_alias AS a
                WHERE bedrock.model_name_key(a.alias) = key AND a.kind = model_by_name.kind
                UNION ALL
                SELECT m.model_id FROM bedrock.model AS m WHERE bedrock.model_name_key(m.model_name) = key) AS n
          LEFT JOIN bedrock.model_alias AS c ON c.kind = 'model_id' AND c.alias = n.model_id) AS found
    HAVING count(DISTINCT found.model_id) = 1;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION bedrock.model_by_name(text, text) IS
    'the one model that a name of a kind (usage_type_token or product_name) stands for: a user''s alias, else aliases and model names, compared by bedrock.model_name_key; NULL where no model has the name, or more than one';

CREATE OR REPLACE FUNCTION bedrock.resolve_model(resource_model_id text, registry_model_id text, product_name text,
    model_token text, OUT model_id text, OUT basis text) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF resource_model_id <> '' THEN
        basis := 'resource_id';
        model_id := coalesce(bedrock.canonical_model_id(resource_model_id), resource_model_id);
        RETURN;
    END IF;

    IF registry_model_id <> '' THEN
        basis := 'registry';
        model_id := coalesce(bedrock.canonical_model_id(registry_model_id), registry_model_id);
        RETURN;
    END IF;

    basis := 'product_name';
    model_id := bedrock.model_by_name(product_name, 'product_name');
    IF model_id IS NOT NULL THEN
        RETURN;
    END IF;

    basis := 'usage_type';
    model_id := coalesce(bedrock.model_by_name(model_token, 'usage_type_token'),
                         bedrock.canonical_model_id(lower(model_token)));
    IF model_id IS NOT NULL THEN
        RETURN;
    END IF;

    basis := 'unresolved';
END
$$;
COMMENT ON FUNCTION bedrock.resolve_model(text, text, text, text) IS
    'the model of a line, and what says so: resource_id (the model id in the resource''s ARN), else registry (source model of the application profile), else product_name, else usage_type (the model part of the usage type); basis unresolved with model_id NULL where none of them fits exactly one model. An id the bill or the registry states is kept even when the catalogue does not know it. Never an error. Use LATERAL. Arguments: bedrock_model_id(resource), bedrock.profile.model_id, product name of the line, model_token of bedrock_usage_parts; each may be NULL or empty';

-- The registry of profiles: labels, writing what documents say, asking what held on a day.
-- What the first document says of a profile holds for all its days, as a profile has no spend before it exists; what a later
-- document changes holds from a day on, and the days before keep what they had.

-- Labels ---------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock.label_value(label text, value text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce((SELECT r.canonical
                         FROM bedrock.label_value_rule AS r
                         WHERE r.label = label_value.label
                           AND bedrock.fold_name(r.value) = bedrock.fold_name(label_value.value)
                         ORDER BY r.builtin, r.value COLLATE "C"
                         LIMIT 1), nullif(btrim(label_value.value), '')));
END
$$;
COMMENT ON FUNCTION bedrock.label_value(text, text) IS
    'the value of a label as it is shown: its canonical spelling by bedrock.label_value_rule, else the value without blanks at its ends; NULL for NULL and blank text';

CREATE OR REPLACE FUNCTION bedrock.label_rules_in_order() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT array_agg(v.word ORDER BY rule.label, rule.priority, rule.tag_key COLLATE "C", v.place)
    FROM (SELECT DISTINCT ON (r.label, bedrock.fold_name(r.tag_key)) r.label, r.tag_key, r.priority
          FROM bedrock.label_rule AS r
          ORDER BY r.label, bedrock.fold_name(r.tag_key), r.builtin, r.tag_key COLLATE "C") AS rule
    CROSS JOIN LATERAL (VALUES (1, rule.label), (2, rule.tag_key)) AS v (place, word)
    WHERE rule.priority IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock.label_rules_in_order() IS 'the rules of bedrock.label_rule as bedrock.read_labels takes them: label, tag key, and so on, in the order they are tried; NULL: none';

CREATE OR REPLACE FUNCTION bedrock.label_spellings() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT array_agg(v.word ORDER BY r.label, r.builtin, r.value COLLATE "C", v.place)
    FROM bedrock.label_value_rule AS r
    CROSS JOIN LATERAL (VALUES (1, r.label), (2, r.value), (3, coalesce(r.canonical, ''))) AS v (place, word);
END;
COMMENT ON FUNCTION bedrock.label_spellings() IS 'bedrock.label_value_rule as bedrock.read_labels takes it: label, value, canonical value (empty: the value stays as it is), and so on, a row of the user before a shipped one; NULL: none';

CREATE OR REPLACE FUNCTION bedrock.read_labels(tags jsonb, rules text[], spellings text[]) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'bedrock_read_labels' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.read_labels(jsonb, text[], text[]) IS
    'the labels that tags give by rules (bedrock.label_rules_in_order) and spellings (bedrock.label_spellings), as an object of label and value; a statement over many tags asks for both once. A label no tag feeds is left out; {} for NULL';

CREATE OR REPLACE FUNCTION bedrock.tag_labels(tags jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN bedrock.read_labels(tags, bedrock.label_rules_in_order(), bedrock.label_spellings());
COMMENT ON FUNCTION bedrock.tag_labels(jsonb) IS
    'the labels that tags give by bedrock.label_rule and bedrock.label_value_rule, as an object of label and value; a label no tag feeds is left out; {} for NULL. Takes tags of the registry and of bills alike: bedrock_tag() tells the sources apart';

CREATE OR REPLACE FUNCTION bedrock.labelled_profile(profile bedrock.profile) RETURNS bedrock.profile
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    chosen jsonb := bedrock.tag_labels(profile.tags) || profile.labels;
BEGIN
    RETURN jsonb_populate_record(profile, (SELECT jsonb_object_agg(n.label, bedrock.label_value(n.label, chosen ->> n.label))
                                           FROM unnest(bedrock.label_names()) AS n (label)));
END
$$;
COMMENT ON FUNCTION bedrock.labelled_profile(bedrock.profile) IS
    'the row with its label columns filled anew from its tags and from the labels set by hand; nothing is written';

CREATE OR REPLACE FUNCTION bedrock.hand_labels(labels jsonb, change jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(l.key, l.value), '{}')
        FROM jsonb_each(hand_labels.labels || coalesce(hand_labels.change, '{}')) AS l (key, value)
        WHERE l.value <> '""');
END
$$;
COMMENT ON FUNCTION bedrock.hand_labels(jsonb, jsonb) IS
    'labels set by hand after a change: the members of change replace those of labels, an empty text takes the label out, so that the tags speak again';

-- Writing --------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock.put_profile(profile_arn text, facts jsonb, hand_labels jsonb, valid_from date, origin text)
    RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part record;
    from_day date := coalesce(valid_from, (now() AT TIME ZONE 'UTC')::date);
    stamp timestamptz;
    old bedrock.profile;
    piece bedrock.profile;
    pieces bedrock.profile[];
    earlier boolean;
    action text := 'unchanged';
BEGIN
    SELECT p.* INTO part FROM @extschema@.bedrock_arn_parts(put_profile.profile_arn) AS p;
    IF part.valid IS NOT TRUE OR part.request_path NOT IN ('application_profile', 'project') THEN
        RAISE EXCEPTION 'not the ARN of an application inference profile or a project: "%"', left(put_profile.profile_arn, 160)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- One writer at a time: recorded order is commit order. Readers are not held up.
    LOCK TABLE bedrock.profile IN SHARE ROW EXCLUSIVE MODE;
    SELECT greatest(clock_timestamp(), max(lower(p.recorded)) + interval '1 microsecond') INTO stamp
    FROM bedrock.profile AS p
    WHERE p.profile_arn = put_profile.profile_arn;

    SELECT p.* INTO old
    FROM bedrock.profile AS p
    WHERE p.profile_arn = put_profile.profile_arn AND upper_inf(p.recorded)
    ORDER BY p.valid LIMIT 1;

    IF old.profile_arn IS NULL OR from_day < lower(old.valid) THEN
        -- Days of which nothing was registered yet.
        piece := old;
        piece.profile_arn := put_profile.profile_arn;
        piece.valid := CASE WHEN old.profile_arn IS NULL THEN daterange(coalesce(valid_from, '-infinity'), NULL)
                            ELSE daterange(from_day, lower(old.valid)) END;
        piece.recorded := tstzrange(stamp, NULL);
        piece.recorded_by := session_user;
        piece.origin := coalesce(old.origin, put_profile.origin);
        piece.profile_kind := CASE part.request_path WHEN 'project' THEN 'project' ELSE 'application' END;
        piece.profile_id := coalesce(part.profile_id, part.resource_id);
        piece.account_id := part.account_id;
        piece.region := part.region;
        piece.tags := NULL;
        piece := jsonb_populate_record(piece, jsonb_strip_nulls(jsonb_build_object(
            'profile_name', coalesce(piece.profile_name, part.profile_suffix), 'model_id', coalesce(piece.model_id, part.model_id),
            'pool', coalesce(piece.pool, part.geo_prefix))) || facts);
        piece.labels := bedrock.hand_labels('{}', hand_labels);
        pieces := ARRAY[bedrock.labelled_profile(piece)];
        action := CASE WHEN old.profile_arn IS NULL THEN 'added' ELSE 'changed' END;
    END IF;

    FOR old IN
        SELECT p.*
        FROM bedrock.profile AS p
        WHERE p.profile_arn = put_profile.profile_arn AND upper_inf(p.recorded)
        ORDER BY p.valid
    LOOP
        DECLARE
            before bedrock.profile := old;
            after bedrock.profile := old;
        BEGIN
            -- The first knowledge of a fact holds for every day; tags join in unless a day was given.
            earlier := valid_from IS NULL AND old.tags IS NULL AND facts ? 'tags';
            before := jsonb_populate_record(before, facts - ARRAY(
                SELECT k.key FROM jsonb_object_keys(jsonb_strip_nulls(to_jsonb(old))) AS k (key)
                UNION ALL
                SELECT 'tags' WHERE NOT earlier));
            IF earlier THEN
                before := bedrock.labelled_profile(before);
            END IF;
            IF old.origin = 'discovered' THEN
                before.origin := put_profile.origin;
                after.origin := put_profile.origin;
            END IF;

            after := jsonb_populate_record(after, facts);
            after.labels := bedrock.hand_labels(after.labels, hand_labels);
            after := bedrock.labelled_profile(after);

            IF lower(old.valid) >= from_day OR before IS NOT DISTINCT FROM after THEN
                CONTINUE WHEN after IS NOT DISTINCT FROM old;
                pieces := pieces || after;
            ELSIF (after IS NOT DISTINCT FROM old AND before IS NOT DISTINCT FROM old) OR upper(old.valid) <= from_day THEN
                CONTINUE WHEN before IS NOT DISTINCT FROM old;
                pieces := pieces || before;
            ELSE
                before.valid := daterange(lower(old.valid), from_day);
                after.valid := daterange(from_day, upper(old.valid));
                pieces := pieces || before || after;
            END IF;
        END;

        UPDATE bedrock.profile AS p SET recorded = tstzrange(lower(p.recorded), stamp)
        WHERE p.profile_arn = old.profile_arn AND p.valid = old.valid AND upper_inf(p.recorded);
        action := 'changed';
    END LOOP;

    FOREACH piece IN ARRAY coalesce(pieces, '{}') LOOP
        piece.recorded := tstzrange(stamp, NULL);
        piece.recorded_by := session_user;
        INSERT INTO bedrock.profile SELECT piece.*;
    END LOOP;
    RETURN action;
END
$$;
COMMENT ON FUNCTION bedrock.put_profile(text, jsonb, jsonb, date, text) IS
    'writes what is known of one profile, and tells added, changed or unchanged: facts by column name (a missing one says nothing), labels set by hand (empty text: back to the tags; null: no label), the day changes hold from (NULL: a new profile from the beginning, a change from today UTC), origin of a new row. The part all writers of the registry share; error 22023 where the ARN is no application profile and no project';

CREATE OR REPLACE FUNCTION bedrock.put_system_profile(profile jsonb) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part record;
    today date := (now() AT TIME ZONE 'UTC')::date;
    destinations text[];
    action text := 'unchanged';
BEGIN
    SELECT p.* INTO part FROM @extschema@.bedrock_arn_parts(profile ->> 'profile_arn') AS p;

    -- What is shipped stays as shipped; only what it lacks becomes a row of the user.
    INSERT INTO bedrock.system_profile (profile_id, model_id, pool, geo_prefix, source, as_of)
    SELECT part.profile_id, part.model_id, part.geo_prefix, part.geo_prefix, 'bedrock.import_profiles', today
    WHERE NOT EXISTS (SELECT FROM bedrock.system_profile AS p WHERE p.profile_id = part.profile_id)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        action := 'added';
    END IF;

    SELECT CASE WHEN bool_or(region = '') THEN '{*}' ELSE array_agg(region ORDER BY region COLLATE "C") END INTO destinations
    FROM (SELECT DISTINCT coalesce(p.region, '') AS region
          FROM jsonb_array_elements_text(profile -> 'models') AS m (arn)
          CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(m.arn) AS p
          WHERE p.valid) AS d;
    INSERT INTO bedrock.system_profile_region AS r (profile_id, source_region, destination_regions, source, as_of)
    SELECT part.profile_id, part.region, destinations, 'bedrock.import_profiles', today
    WHERE part.region IS NOT NULL AND destinations IS NOT NULL
      AND NOT EXISTS (SELECT FROM bedrock.system_profile_region AS b
                      WHERE b.profile_id = part.profile_id AND b.source_region = part.region AND b.builtin)
    ON CONFLICT (profile_id, source_region, builtin) DO UPDATE
        SET destination_regions = excluded.destination_regions, source = excluded.source, as_of = excluded.as_of
        WHERE r.destination_regions <> excluded.destination_regions;
    IF FOUND AND action = 'unchanged' THEN
        action := 'changed';
    END IF;
    RETURN action;
END
$$;
COMMENT ON FUNCTION bedrock.put_system_profile(jsonb) IS
    'completes the catalogue of system-defined profiles by one that a document lists (see bedrock.json_profile), and tells added, changed or unchanged; shipped rows are not overruled';

CREATE OR REPLACE FUNCTION bedrock.import_profiles(document jsonb, valid_from date DEFAULT NULL, resource_arn text DEFAULT NULL,
    dry_run boolean DEFAULT false) RETURNS TABLE (profile_arn text, action text)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found record;
    facts jsonb;
    arns text[] := ARRAY[]::text[];
    actions text[] := ARRAY[]::text[];
BEGIN
    BEGIN
        FOR found IN
            -- What several pages and documents say of one profile is one statement.
            SELECT r.profile ->> 'profile_arn' AS arn, min(r.place) AS place,
                   jsonb_object_agg(f.key, f.value ORDER BY r.place) FILTER (WHERE f.key IS NOT NULL) AS profile
            FROM bedrock.read_profiles(import_profiles.document, import_profiles.resource_arn) WITH ORDINALITY AS r (profile, place)
            LEFT JOIN LATERAL jsonb_each(r.profile) AS f (key, value) ON true
            GROUP BY 1
            ORDER BY 2
        LOOP
            IF found.arn IS NULL THEN
                RAISE EXCEPTION 'record % of the document has no ARN: %', found.place, left(found.profile::text, 160)
                    USING ERRCODE = 'invalid_parameter_value',
                    HINT = 'The registry knows profiles and projects by the ARN that bills carry: add a member "arn" to the record.';
            END IF;
            arns := arns || found.arn;
            CASE @extschema@.bedrock_request_path(found.arn)
                WHEN 'application_profile', 'project' THEN
                    facts := bedrock.profile_facts(found.profile);
                    actions := actions || bedrock.put_profile(found.arn, facts, NULL, import_profiles.valid_from, 'import');
                WHEN 'system_profile' THEN
                    actions := actions || bedrock.put_system_profile(found.profile);
                ELSE
                    actions := actions || text 'ignored';
            END CASE;
        END LOOP;
        IF dry_run THEN
            RAISE EXCEPTION USING ERRCODE = 'BC001', MESSAGE = 'dry run';
        END IF;
    EXCEPTION WHEN SQLSTATE 'BC001' THEN
        NULL;
    END;
    RETURN QUERY SELECT d.arn, d.done FROM unnest(arns, actions) AS d (arn, done);
END
$$;
COMMENT ON FUNCTION bedrock.import_profiles(jsonb, date, text, boolean) IS
    'brings the registry up to date from the JSON of aws bedrock list-inference-profiles, get-inference-profile, list-tags-for-resource (with resource_arn), aws resourcegroupstaggingapi get-resources, aws cloudcontrol list-resources, a list of bedrock-mantle projects, or a Terraform state; an array of such documents is taken together. One row a resource: added, changed, unchanged, or ignored (no inference profile, no project). The same document again changes nothing. A document that has no tags leaves tags as they are; an empty list of tags removes them; a profile that is not in the document stays. valid_from: first UTC day on which it holds; NULL: a new profile from the beginning, a change from today on. System-defined profiles complete bedrock.system_profile. dry_run: tells and changes nothing. Error 22023 where the document has none of these shapes, or a record has no ARN';

CREATE OR REPLACE FUNCTION bedrock.register_profile(profile_arn text, profile_name text DEFAULT NULL, source text DEFAULT NULL,
    tags jsonb DEFAULT NULL, valid_from date DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF source <> '' AND @extschema@.bedrock_model_id(source) IS NULL THEN
        RAISE EXCEPTION 'no foundation model or system-defined profile: "%"', left(source, 160)
            USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give a model id, the id of a system-defined profile, or the ARN of either.';
    END IF;
    RETURN bedrock.put_profile(register_profile.profile_arn, bedrock.profile_facts(jsonb_strip_nulls(jsonb_build_object(
        'profile_name', nullif(register_profile.profile_name, ''), 'source_arn', nullif(source, ''),
        'tags', bedrock.json_tags(register_profile.tags)))), NULL, register_profile.valid_from, 'manual');
END
$$;
COMMENT ON FUNCTION bedrock.register_profile(text, text, text, jsonb, date) IS
    'registers by hand what no export tells, and tells added, changed or unchanged: name, source (model id, id of a system-defined profile, or ARN of either: what the profile was copied from) and tags (an object); a NULL says nothing. valid_from as in bedrock.import_profiles. Error 22023 for an ARN that is no application profile or project, and for a source that names no model';

CREATE OR REPLACE FUNCTION bedrock.discover_profiles(profile_arns text[], valid_from date DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    arn text;
    added bigint := 0;
BEGIN
    FOR arn IN
        SELECT DISTINCT seen.arn
        FROM unnest(profile_arns) AS seen (arn)
        WHERE @extschema@.bedrock_request_path(seen.arn) IN ('application_profile', 'project')
          AND (@extschema@.bedrock_arn_parts(seen.arn)).valid
          AND NOT EXISTS (SELECT FROM bedrock.profile AS p WHERE p.profile_arn = seen.arn AND upper_inf(p.recorded))
        ORDER BY seen.arn
    LOOP
        -- Another session may have been first: then there is nothing to add.
        IF bedrock.put_profile(arn, '{}', NULL, discover_profiles.valid_from, 'discovered') = 'added' THEN
            added := added + 1;
        END IF;
    END LOOP;
    RETURN added;
END
$$;
COMMENT ON FUNCTION bedrock.discover_profiles(text[], date) IS
    'registers application profiles and projects that were seen in data and are not registered, with origin discovered, and returns how many; other ARNs, NULL and registered ones are passed over. valid_from: first day they are registered for; NULL: all days. A later import completes them';

CREATE OR REPLACE FUNCTION bedrock.set_profile_label(profile_arn text, label text, value text, valid_from date DEFAULT NULL)
    RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF label IS NULL OR label <> ALL (bedrock.label_names()) THEN
        RAISE EXCEPTION 'unknown label "%"', left(label, 160) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Labels are ' || array_to_string(bedrock.label_names(), ', ') || '.';
    END IF;
    IF NOT EXISTS (SELECT FROM bedrock.profile AS p
                   WHERE p.profile_arn = set_profile_label.profile_arn AND upper_inf(p.recorded)) THEN
        RAISE EXCEPTION 'not a registered profile: "%"', left(set_profile_label.profile_arn, 160) USING ERRCODE = 'no_data_found',
            HINT = 'bedrock.import_profiles registers profiles from an export, bedrock.register_profile one by hand.';
    END IF;
    RETURN bedrock.put_profile(set_profile_label.profile_arn, '{}',
                               jsonb_build_object(label, CASE WHEN btrim(value) = '' THEN NULL ELSE coalesce(value, '') END),
                               set_profile_label.valid_from, 'discovered');
END
$$;
COMMENT ON FUNCTION bedrock.set_profile_label(text, text, text, date) IS
    'labels a registered profile by hand from a UTC day on (NULL: today), and tells changed or unchanged; the days before keep their label. A label set by hand wins over tags, also over tags imported later. value NULL: back to what the tags say; empty: no label. Error 22023 for a label that does not exist, P0002 for a profile that is not registered';

CREATE OR REPLACE FUNCTION bedrock.relabel_profiles(valid_from date DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    arn text;
    from_day date := coalesce(valid_from, (now() AT TIME ZONE 'UTC')::date);
    changed bigint := 0;
BEGIN
    FOR arn IN
        SELECT DISTINCT p.profile_arn
        FROM bedrock.profile AS p
        WHERE upper_inf(p.recorded) AND NOT p.valid << daterange(from_day, NULL)
          AND p IS DISTINCT FROM bedrock.labelled_profile(p)
        ORDER BY p.profile_arn
    LOOP
        -- A profile registered for later days only is relabelled in these.
        IF bedrock.put_profile(arn, '{}', NULL,
               (SELECT greatest(from_day, min(lower(p.valid))) FROM bedrock.profile AS p
                WHERE p.profile_arn = arn AND upper_inf(p.recorded)), 'discovered') = 'changed' THEN
            changed := changed + 1;
        END IF;
    END LOOP;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION bedrock.relabel_profiles(date) IS
    'applies bedrock.label_rule and bedrock.label_value_rule as they are now to registered profiles, from a UTC day on (NULL: today; -infinity: all days), and returns how many changed';

-- Asking ---------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock.profile_as_of(profile_arn text, day date, known timestamptz DEFAULT 'infinity')
    RETURNS SETOF bedrock.profile
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
    BEGIN ATOMIC
        SELECT p.*
        FROM bedrock.profile AS p
        WHERE p.profile_arn = profile_as_of.profile_arn AND p.valid @> profile_as_of.day
          AND p.recorded @> profile_as_of.known;
    END;
COMMENT ON FUNCTION bedrock.profile_as_of(text, date, timestamptz) IS
    'what the registry says of a profile on a UTC day, by the knowledge of a point in time (by default of now); no row where it says nothing';

CREATE OR REPLACE VIEW bedrock.profiles WITH (security_invoker) AS
    SELECT p.profile_arn, nullif(lower(p.valid), '-infinity') AS first_day, upper(p.valid) - 1 AS last_day,
           lower(p.recorded) AS recorded_at, p.recorded_by::text AS recorded_by, p.origin, p.profile_kind, p.profile_id,
           p.profile_name, p.account_id, p.region, p.model_id, p.source_arn, p.pool, p.status, p.description, p.created_at,
           p.tags, p.labels, p.application, p.project, p.team, p.customer, p.environment, p.workflow, p.engineer, p.use_case,
           p.cost_center, p.department
    FROM bedrock.profile AS p
    WHERE upper_inf(p.recorded) AND p.valid @> (now() AT TIME ZONE 'UTC')::date;
COMMENT ON VIEW bedrock.profiles IS
    'application inference profiles and bedrock-mantle projects as the registry knows them today (UTC), one row each; history: bedrock.profile';
COMMENT ON COLUMN bedrock.profiles.profile_arn IS 'ARN of the profile or project';
COMMENT ON COLUMN bedrock.profiles.first_day IS 'first UTC day of the stretch the row speaks about; NULL: no beginning';
COMMENT ON COLUMN bedrock.profiles.last_day IS 'last UTC day of that stretch; NULL: open';
COMMENT ON COLUMN bedrock.profiles.recorded_at IS 'when the row was recorded';
COMMENT ON COLUMN bedrock.profiles.recorded_by IS 'role that recorded it';
COMMENT ON COLUMN bedrock.profiles.origin IS 'import, discovered or manual';
COMMENT ON COLUMN bedrock.profiles.profile_kind IS 'application (inference profile) or project (bedrock-mantle)';
COMMENT ON COLUMN bedrock.profiles.profile_id IS 'id in the ARN';
COMMENT ON COLUMN bedrock.profiles.profile_name IS 'name; NULL: not known';
COMMENT ON COLUMN bedrock.profiles.account_id IS 'account of the ARN; NULL: the ARN has none';
COMMENT ON COLUMN bedrock.profiles.region IS 'region of the ARN; NULL: the ARN has none';
COMMENT ON COLUMN bedrock.profiles.model_id IS 'model it was copied from, as stated; NULL: not known, or a project';
COMMENT ON COLUMN bedrock.profiles.source_arn IS 'what it was copied from, as stated; NULL: not told';
COMMENT ON COLUMN bedrock.profiles.pool IS 'routing inherited from the source: us, eu, apac, ..., global, or regional; NULL: not known';
COMMENT ON COLUMN bedrock.profiles.status IS 'as AWS states it; NULL: not told';
COMMENT ON COLUMN bedrock.profiles.description IS 'as its maker wrote it; NULL: none or not told';
COMMENT ON COLUMN bedrock.profiles.created_at IS 'when AWS made it; NULL: not told';
COMMENT ON COLUMN bedrock.profiles.tags IS 'its tags; {}: it has none; NULL: never told';
COMMENT ON COLUMN bedrock.profiles.labels IS 'labels set by hand; a null: no label whatever the tags say';
COMMENT ON COLUMN bedrock.profiles.application IS 'application; NULL: no label';
COMMENT ON COLUMN bedrock.profiles.project IS 'project (of the business); NULL: no label';
COMMENT ON COLUMN bedrock.profiles.team IS 'team; NULL: no label';
COMMENT ON COLUMN bedrock.profiles.customer IS 'customer or tenant; NULL: no label';
COMMENT ON COLUMN bedrock.profiles.environment IS 'environment; NULL: no label';
COMMENT ON COLUMN bedrock.profiles.workflow IS 'workflow; NULL: no label';
COMMENT ON COLUMN bedrock.profiles.engineer IS 'engineer it was made for; NULL: no label';
COMMENT ON COLUMN bedrock.profiles.use_case IS 'use case; NULL: no label';
COMMENT ON COLUMN bedrock.profiles.cost_center IS 'cost center; NULL: no label';
COMMENT ON COLUMN bedrock.profiles.department IS 'department; NULL: no label';

CREATE OR REPLACE VIEW bedrock.unresolved_profile WITH (security_invoker) AS
    SELECT p.profile_arn, p.account_id, p.region, p.profile_name, p.origin
    FROM bedrock.profiles AS p
    WHERE p.profile_kind = 'application' AND p.model_id IS NULL;
COMMENT ON VIEW bedrock.unresolved_profile IS
    'application profiles whose model the registry does not know: their lines get a model only from product name or usage type, and cost nothing can be estimated for them; bedrock.import_profiles or register_profile resolves them';
COMMENT ON COLUMN bedrock.unresolved_profile.profile_arn IS 'ARN of the profile';
COMMENT ON COLUMN bedrock.unresolved_profile.account_id IS 'account of the ARN; NULL: the ARN has none';
COMMENT ON COLUMN bedrock.unresolved_profile.region IS 'region of the ARN; NULL: the ARN has none';
COMMENT ON COLUMN bedrock.unresolved_profile.profile_name IS 'name; NULL: not known';
COMMENT ON COLUMN bedrock.unresolved_profile.origin IS 'discovered: seen in billing data and nowhere else; import, manual: registered without a model';

-- Reading the documents that describe profiles: answers of the AWS CLI, lists of projects, Terraform states. Nothing is
-- written here; what a document says comes out under the column names of bedrock.profile.

CREATE OR REPLACE FUNCTION bedrock.json_field(object jsonb, VARIADIC names text[]) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT f.value
        FROM jsonb_each(CASE jsonb_typeof(json_field.object) WHEN 'object' THEN json_field.object END) AS f (key, value)
        JOIN unnest(json_field.names) WITH ORDINALITY AS n (name, place) ON bedrock.fold_name(f.key) = bedrock.fold_name(n.name)
        WHERE f.value <> 'null'
        ORDER BY n.place, f.key COLLATE "C"
        LIMIT 1);
END
$$;
COMMENT ON FUNCTION bedrock.json_field(jsonb, text[]) IS
    'the first of the named members that an object has, whatever the case and punctuation of its key (modelArn, ModelArn, model_arn); NULL where it has none, where its value is null, and where the value is no object';

CREATE OR REPLACE FUNCTION bedrock.json_items(value jsonb) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT i.item
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(json_items.value) = 'array' THEN json_items.value
                                       WHEN json_items.value <> 'null' THEN jsonb_build_array(json_items.value) END) AS i (item);
    END;
COMMENT ON FUNCTION bedrock.json_items(jsonb) IS 'the elements of an array; any other value is its own single item; none for null';

CREATE OR REPLACE FUNCTION bedrock.json_tags(value jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT CASE jsonb_typeof(json_tags.value)
            WHEN 'array' THEN
                (SELECT coalesce(jsonb_object_agg(bedrock.json_field(t.item, 'key') #>> '{}',
                                                  coalesce(bedrock.json_field(t.item, 'value') #>> '{}', '')), '{}')
                 FROM jsonb_array_elements(json_tags.value) AS t (item)
                 WHERE bedrock.json_field(t.item, 'key') IS NOT NULL)
            WHEN 'object' THEN
                (SELECT coalesce(jsonb_object_agg(t.key, coalesce(t.value, '')), '{}')
                 FROM jsonb_each_text(json_tags.value) AS t (key, value)) END);
END
$$;
COMMENT ON FUNCTION bedrock.json_tags(jsonb) IS
    'tags as one object: from a list of key and value (any case), or from an object; {} for an empty list; NULL for null and anything else';

-- A subtransaction catches what is no time: such a function cannot run in parallel.
CREATE OR REPLACE FUNCTION bedrock.json_time(value jsonb) RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
BEGIN
    IF jsonb_typeof(value) = 'number' THEN
        RETURN to_timestamp((value #>> '{}')::double precision);
    END IF;
    RETURN (value #>> '{}')::timestamptz;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION bedrock.json_time(jsonb) IS
    'a point in time as AWS tools write it: ISO 8601 text (UTC where no zone is given) or seconds since 1970; NULL for anything else, never an error';

CREATE OR REPLACE FUNCTION bedrock.json_profile(object jsonb, known_arn text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT jsonb_strip_nulls(jsonb_build_object(
            'profile_arn', coalesce(bedrock.json_field(o.object, 'inferenceProfileArn', 'resourceArn', 'arn'),
                                    to_jsonb(json_profile.known_arn)),
            'profile_name', bedrock.json_field(o.object, 'inferenceProfileName', 'name'),
            'description', bedrock.json_field(o.object, 'description'),
            'status', bedrock.json_field(o.object, 'status'),
            'created_at', bedrock.json_time(bedrock.json_field(o.object, 'createdAt')),
            'source_arn', coalesce(bedrock.json_field(o.object, 'copyFrom'),
                                   (SELECT bedrock.json_field(s.item, 'copyFrom')
                                    FROM bedrock.json_items(bedrock.json_field(o.object, 'modelSource')) AS s (item)
                                    LIMIT 1)),
            'models', (SELECT jsonb_agg(DISTINCT bedrock.json_field(m.item, 'modelArn'))
                       FROM bedrock.json_items(bedrock.json_field(o.object, 'models')) AS m (item)
                       WHERE bedrock.json_field(m.item, 'modelArn') IS NOT NULL),
            'tags', bedrock.json_tags(bedrock.json_field(o.object, 'tagsAll', 'tags'))))
        FROM (SELECT json_profile.object) AS o (object));
END
$$;
COMMENT ON FUNCTION bedrock.json_profile(jsonb, text) IS
    'what one record of an AWS or Terraform document says of a profile, under the column names of bedrock.profile, and models, the ARNs of the models it may call; what the record does not say is left out';

CREATE OR REPLACE FUNCTION bedrock.read_profiles(document jsonb, resource_arn text DEFAULT NULL) RETURNS SETOF jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    list jsonb;
BEGIN
    IF jsonb_typeof(document) = 'array' THEN
        RETURN QUERY SELECT r.profile
                     FROM jsonb_array_elements(document) AS page (document)
                     CROSS JOIN LATERAL bedrock.read_profiles(page.document, resource_arn) AS r (profile);
        RETURN;
    END IF;

    -- aws bedrock list-inference-profiles; aws resourcegroupstaggingapi get-resources; lists of projects
    list := bedrock.json_field(document, 'inferenceProfileSummaries', 'ResourceTagMappingList', 'projects', 'data');
    IF jsonb_typeof(list) = 'array' THEN
        RETURN QUERY SELECT bedrock.json_profile(i.item) FROM jsonb_array_elements(list) AS i (item);
        RETURN;
    END IF;

    -- aws cloudcontrol list-resources and get-resource: the record is JSON written into a text
    list := bedrock.json_field(document, 'ResourceDescriptions', 'ResourceDescription');
    IF list IS NOT NULL THEN
        RETURN QUERY SELECT bedrock.json_profile(coalesce(bedrock.try_jsonb(bedrock.json_field(i.item, 'Properties') #>> '{}'), '{}'),
                                                 bedrock.json_field(i.item, 'Identifier') #>> '{}')
                     FROM bedrock.json_items(list) AS i (item);
        RETURN;
    END IF;

    -- Terraform: the state (resources, instances, attributes) and `terraform show -json` (values, root module, values)
    IF jsonb_typeof(document -> 'resources') = 'array' OR jsonb_typeof(document #> '{values,root_module}') = 'object' THEN
        RETURN QUERY SELECT bedrock.json_profile(state.attributes)
                     FROM jsonb_path_query(document, 'strict $.** ? (@.type == "aws_bedrock_inference_profile")', '{}', true) AS r (resource)
                     CROSS JOIN LATERAL (
                         SELECT i.item -> 'attributes'
                         FROM jsonb_array_elements(CASE jsonb_typeof(r.resource -> 'instances') WHEN 'array' THEN r.resource -> 'instances' END) AS i (item)
                         UNION ALL
                         SELECT r.resource -> 'values') AS state (attributes)
                     WHERE jsonb_typeof(state.attributes) = 'object';
        RETURN;
    END IF;

    -- aws bedrock get-inference-profile, create-inference-profile; one project; one mapping of tags
    IF bedrock.json_field(document, 'inferenceProfileArn', 'resourceArn', 'arn') IS NOT NULL THEN
        RETURN NEXT bedrock.json_profile(document);
        RETURN;
    END IF;

    -- aws bedrock list-tags-for-resource does not repeat whose tags they are
    IF bedrock.json_field(document, 'tags') IS NOT NULL THEN
        IF resource_arn IS NULL THEN
            RAISE EXCEPTION 'the document has tags but no ARN' USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'aws bedrock list-tags-for-resource does not repeat the ARN it was asked for.',
                HINT = 'Give it: bedrock.import_profiles(document, resource_arn => ''arn:aws:bedrock:...'').';
        END IF;
        RETURN NEXT bedrock.json_profile(document, resource_arn);
        RETURN;
    END IF;

    RAISE EXCEPTION 'the document describes no inference profiles: %',
            coalesce('it has ' || (SELECT string_agg(quote_ident(k.key), ', ' ORDER BY k.key COLLATE "C")
                                   FROM (SELECT j.key FROM jsonb_object_keys(CASE jsonb_typeof(document) WHEN 'object' THEN document END) AS j (key)
                                         ORDER BY j.key COLLATE "C" LIMIT 8) AS k),
                     'it is ' || CASE WHEN document = '{}' THEN 'an empty object' ELSE coalesce('a JSON ' || jsonb_typeof(document), 'NULL') END)
        USING ERRCODE = 'invalid_parameter_value',
        DETAIL = 'Looked for inferenceProfileSummaries or inferenceProfileArn (aws bedrock list-inference-profiles, get-inference-profile), tags (list-tags-for-resource), ResourceTagMappingList (resourcegroupstaggingapi get-resources), ResourceDescriptions (cloudcontrol list-resources), projects or data (lists of projects), resources (Terraform state); an array of such documents is read one by one.';
END
$$;
COMMENT ON FUNCTION bedrock.read_profiles(jsonb, text) IS
    'the profiles a document describes, one object each (see bedrock.json_profile); the kind of document is told by its shape, key case does not count. resource_arn: whose tags a list-tags-for-resource answer holds. Error 22023 where the shape is none of the known, naming what was looked for';

CREATE OR REPLACE FUNCTION bedrock.pool_of_models(model_arns text[], source_region text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        WITH model AS (
            SELECT DISTINCT part.model_id, coalesce(part.region, '') AS region
            FROM unnest(pool_of_models.model_arns) AS a (arn)
            CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(a.arn) AS part
            WHERE part.valid
        ), routed AS (
            -- system-defined profiles of that model that may send a call from here to all these regions
            SELECT DISTINCT p.pool
            FROM bedrock.system_profiles AS p
            WHERE p.pool <> 'global' AND p.model_id IN (SELECT m.model_id FROM model AS m)
              AND NOT EXISTS (SELECT FROM model AS m
                              WHERE NOT EXISTS (SELECT FROM bedrock.system_profile_regions AS r
                                                WHERE r.profile_id = p.profile_id AND r.source_region = pool_of_models.source_region
                                                  AND r.destination_region = m.region))
        ), shared AS (
            -- geographies all these regions belong to
            SELECT pool.name
            FROM model AS m
            JOIN bedrock.region AS r ON r.region = m.region
            CROSS JOIN LATERAL unnest(r.geo_pools) AS pool (name)
            GROUP BY pool.name
            HAVING count(DISTINCT m.region) = (SELECT count(DISTINCT region) FROM model)
        )
        SELECT CASE
            WHEN count(*) = 0 THEN NULL
            WHEN bool_or(m.region = '') THEN 'global'
            WHEN count(DISTINCT m.region) = 1 THEN 'regional'
            WHEN (SELECT count(*) FROM routed) = 1 THEN (SELECT pool FROM routed)
            WHEN (SELECT count(*) FROM shared) = 1 THEN (SELECT name FROM shared) END
        FROM model AS m);
END
$$;
COMMENT ON FUNCTION bedrock.pool_of_models(text[], text) IS
    'routing of a profile told from the models it may call: global (a model ARN without region), regional (one region), the geography of the one system-defined profile that fits, or the one geography all regions share; NULL where that leaves more than one, or no model is given';

CREATE OR REPLACE FUNCTION bedrock.profile_facts(profile jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT profile_facts.profile - ARRAY['profile_arn', 'models'] || jsonb_strip_nulls(jsonb_build_object(
            'model_id', coalesce(s.model_id, m.model_id),
            'pool', coalesce(s.geo_prefix, CASE WHEN s.request_path = 'foundation_model' THEN 'regional' END,
                             bedrock.pool_of_models(m.arns, split_part(profile_facts.profile ->> 'profile_arn', ':', 4)))))
        FROM (SELECT array_agg(a.arn) AS arns,
                     CASE WHEN count(DISTINCT @extschema@.bedrock_model_id(a.arn)) = 1 THEN min(@extschema@.bedrock_model_id(a.arn)) END AS model_id
              FROM jsonb_array_elements_text(profile_facts.profile -> 'models') AS a (arn)) AS m
        LEFT JOIN LATERAL @extschema@.bedrock_arn_parts(profile_facts.profile ->> 'source_arn') AS s ON true);
END
$$;
COMMENT ON FUNCTION bedrock.profile_facts(jsonb) IS
    'columns of bedrock.profile that follow from one record (see bedrock.json_profile): its own members, and model_id and pool from what the profile was copied from, else from the models it may call; what does not follow is left out';

-- Sources: which columns of a relation carry what, the statements that read it, attach and detach.
-- A statement is built from the registry and from the columns found that day; names go through %I, values through %L.

-- Reading text columns of a bill.

CREATE OR REPLACE FUNCTION bedrock.utc_timestamp(value text) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN value LIKE '%Z' THEN value::timestamp AT TIME ZONE 'UTC'
                WHEN value = '' THEN NULL
                WHEN substr(value, 12) ~ '[-+]' THEN value::timestamptz
                ELSE value::timestamp AT TIME ZONE 'UTC' END;
COMMENT ON FUNCTION bedrock.utc_timestamp(text) IS
    'ISO 8601 text as a timestamp: 2026-03-01T00:00:00Z, or with an offset; without a zone it is UTC whatever the session''s time zone; NULL for empty text; other text is an error';

CREATE OR REPLACE FUNCTION bedrock.tag_identity(key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN key ~ '^(resourceTags/)?aws[:_]' THEN 'aws/' || bedrock.fold_name(substring(key FROM '^(?:resourceTags/)?aws[:_](.*)$'))
                WHEN key ~ '^(iamPrincipal|userAttribute|accountTag|costCategory)/'
                THEN split_part(key, '/', 1) || '/' || bedrock.fold_name(substr(key, strpos(key, '/') + 1))
                ELSE 'resource/' || bedrock.fold_name(regexp_replace(key, '^(resourceTags/user:|resourceTags/|user:|user_)', '')) END;
COMMENT ON FUNCTION bedrock.tag_identity(text) IS
    'source of a tag key and its folded name: user_cost_center, user:CostCenter and resourceTags/user:CostCenter are one; iamPrincipal/cost-center is another';

CREATE OR REPLACE FUNCTION bedrock.merge_tags(VARIADIC maps jsonb[]) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'bedrock_merge_tags' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.merge_tags(jsonb[]) IS
    'one map of several: keys as written, empty values left out. A tag that an earlier map has with the same value, under whichever spelling of its key, is not repeated; of two values of one key the earlier map''s stays. Anything but an object counts as empty; never NULL';

CREATE OR REPLACE FUNCTION bedrock.category_tags(map jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_object_agg(CASE WHEN e.key LIKE 'costCategory/%' THEN e.key ELSE 'costCategory/' || e.key END, e.value)
    FROM jsonb_each(CASE WHEN jsonb_typeof(category_tags.map) = 'object' THEN category_tags.map ELSE '{}' END) AS e (key, value);
END;
COMMENT ON FUNCTION bedrock.category_tags(jsonb) IS
    'a map of cost categories with the prefix costCategory/ on each key, so that none is taken for a resource tag; NULL for an empty map and for anything but an object';

CREATE OR REPLACE FUNCTION bedrock.unreadable_tags(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN value NOT IN ('', 'NULL') AND coalesce(jsonb_typeof(bedrock.try_jsonb(value)), '') NOT IN ('object', 'null')
                THEN value END;
COMMENT ON FUNCTION bedrock.unreadable_tags(text) IS
    'the text of a map column where it is no JSON object; NULL where it is one, or empty';

-- Which columns of a relation carry what.

CREATE OR REPLACE FUNCTION bedrock.relation_column(relation regclass,
    OUT ordinal integer, OUT name text, OUT type regtype, OUT declared text) RETURNS SETOF record
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT a.attnum::integer, a.attname::text,
           CASE t.typtype WHEN 'd' THEN t.typbasetype WHEN 'e' THEN 'text'::regtype ELSE t.oid END::regtype,
           format_type(a.atttypid, NULL)
    FROM pg_attribute AS a
    JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = relation_column.relation AND a.attnum > 0 AND NOT a.attisdropped;
END;
COMMENT ON FUNCTION bedrock.relation_column(regclass) IS
    'columns of a relation: type is what they are read as (a domain''s base type, text for an enum), declared what they were declared with';

-- A name is cut to 63 bytes as the server cuts it: one column of CUR 2.0 has 64.
CREATE OR REPLACE FUNCTION bedrock.field_column(relation regclass, format text,
    OUT ordinal integer, OUT field text, OUT type text, OUT essential boolean, OUT candidates text[], OUT fix text,
    OUT column_name text, OUT column_type regtype, OUT declared text, OUT map_key text) RETURNS SETOF record
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.ordinal::integer, f.field, f.type, f.essential, f.candidates, f.fix, c.name, c.type, c.declared, c.map_key
    FROM bedrock.source_field() WITH ORDINALITY AS f (format, field, candidates, type, essential, fix, ordinal)
    LEFT JOIN LATERAL (
        SELECT r.name, r.type, r.declared, nullif(split_part(wanted.candidate, '->', 2), '') AS map_key
        FROM unnest(f.candidates) WITH ORDINALITY AS wanted (candidate, preference)
        JOIN bedrock.relation_column(field_column.relation) AS r
            ON lower(r.name) = lower(split_part(wanted.candidate, '->', 1)::name::text)
        ORDER BY wanted.preference, r.name <> split_part(wanted.candidate, '->', 1)::name::text, r.ordinal
        LIMIT 1) AS c ON true
    WHERE f.format = field_column.format;
END;
COMMENT ON FUNCTION bedrock.field_column(regclass, text) IS
    'each field of a format with the column of the relation that carries it; column_name NULL: the relation has none. map_key: the field is this key of a map column';

CREATE OR REPLACE FUNCTION bedrock.tag_column(relation regclass,
    OUT ordinal integer, OUT name text, OUT type regtype, OUT carries text, OUT key text) RETURNS SETOF record
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT row_number() OVER (ORDER BY k.carries NOT LIKE '%\_map', array_position('{tags_map,resource_tags_map}', k.carries), k.carries, r.ordinal)::integer,
           r.name, r.type, k.carries, k.key
    FROM bedrock.relation_column(tag_column.relation) AS r
    CROSS JOIN LATERAL (
        SELECT CASE WHEN lower(r.name) = 'tags' THEN 'tags_map'
                    WHEN lower(r.name) IN ('resource_tags', 'resourcetags') THEN 'resource_tags_map'
                    WHEN lower(r.name) IN ('cost_category', 'costcategory', 'x_costcategories') THEN 'cost_category_map'
                    WHEN r.name ~* '^resource_?tags/.|^resource_tags_.' THEN 'resource_tag'
                    WHEN r.name ~* '^cost_?category/.|^cost_category_.' THEN 'cost_category'
                    WHEN r.name ~* '^(iamPrincipal|userAttribute|accountTag)/.' THEN 'other_tag' END AS carries,
               CASE WHEN r.name ~* '^resource_?tags[/_].' THEN regexp_replace(r.name, '^resource_?tags[/_]', '', 'i')
                    WHEN r.name ~* '^cost_?category[/_].' THEN 'costCategory/' || regexp_replace(r.name, '^cost_?category[/_]', '', 'i')
                    WHEN r.name ~ '/' THEN r.name END AS key) AS k
    WHERE k.carries IS NOT NULL
      AND (k.carries NOT LIKE '%\_map' OR r.type IN ('jsonb', 'json', 'text', 'varchar', 'bpchar'));
END;
COMMENT ON FUNCTION bedrock.tag_column(regclass) IS
    'columns of a relation that carry tags, as tag_1, tag_2, ... of the statement that reads it: maps (tags_map, resource_tags_map, cost_category_map) and columns of one tag (resource_tag, cost_category, other_tag) with the key they stand for';

-- How a column is read.

CREATE OR REPLACE FUNCTION bedrock.read_expression(wanted text, field text, column_ref text, column_type regtype, map_key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN column_ref IS NULL THEN 'NULL::' || wanted
        WHEN map_key IS NOT NULL THEN
            CASE WHEN column_type IN ('json', 'jsonb') THEN format('(%s ->> %L)', column_ref, map_key)
                 WHEN column_type IN ('text', 'varchar', 'bpchar') THEN format('(bedrock.try_jsonb(%s::text) ->> %L)', column_ref, map_key) END
        WHEN wanted = 'text' THEN
            CASE WHEN column_type = 'text'::regtype THEN column_ref
                 WHEN column_type IN ('varchar', 'bpchar', 'name', 'uuid', 'boolean') THEN column_ref || '::text'
                 -- An account number read as a number has lost its leading zeros.
                 WHEN column_type IN ('smallint', 'integer', 'bigint', 'numeric') AND field IN ('account_id', 'payer_account_id')
                 THEN format('lpad(%s::text, 12, ''0'')', column_ref)
                 WHEN column_type IN ('smallint', 'integer', 'bigint', 'numeric') THEN column_ref || '::text' END
        WHEN wanted = 'numeric' THEN
            CASE WHEN column_type = 'numeric'::regtype THEN column_ref
                 WHEN column_type IN ('smallint', 'integer', 'bigint') THEN column_ref || '::numeric'
                 -- By the shortest text that reads back the same; a direct cast keeps 15 digits.
                 WHEN column_type IN ('real', 'double precision') THEN format('nullif(%s, ''NaN'')::text::numeric', column_ref)
                 WHEN column_type IN ('text', 'varchar', 'bpchar') THEN format('nullif(%s::text, '''')::numeric', column_ref) END
        WHEN wanted = 'timestamptz' THEN
            CASE WHEN column_type = 'timestamptz'::regtype THEN column_ref
                 WHEN column_type = 'timestamp'::regtype THEN format('(%s AT TIME ZONE ''UTC'')', column_ref)
                 WHEN column_type = 'date'::regtype THEN format('(%s::timestamp AT TIME ZONE ''UTC'')', column_ref)
                 WHEN column_type IN ('text', 'varchar', 'bpchar') THEN format('bedrock.utc_timestamp(%s::text)', column_ref) END
        WHEN wanted = 'jsonb' THEN
            CASE WHEN column_type = 'jsonb'::regtype THEN column_ref
                 WHEN column_type = 'json'::regtype THEN column_ref || '::jsonb'
                 WHEN column_type IN ('text', 'varchar', 'bpchar') THEN format('bedrock.try_jsonb(%s::text)', column_ref) END
    END;
COMMENT ON FUNCTION bedrock.read_expression(text, text, text, regtype, text) IS
    'SQL that reads a column as text, numeric, timestamptz or jsonb: timestamps without zone are UTC, floating point goes by its shortest text, empty text is no number and no time. A column of the wanted type is read as it is, empty text included. NULL where the type cannot be read so';

CREATE OR REPLACE FUNCTION bedrock.tags_expression(relation regclass, numbered boolean, carried text[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce('bedrock.merge_tags(' || nullif(concat_ws(', ',
               string_agg(format(CASE WHEN t.carries = 'cost_category_map' AND tags_expression.carried IS NULL THEN 'bedrock.category_tags(%s)' ELSE '%s' END,
                                 CASE WHEN t.type = 'jsonb'::regtype THEN t.ref ELSE format('bedrock.try_jsonb(%s::text)', t.ref) END),
                          ', ' ORDER BY t.ordinal) FILTER (WHERE t.key IS NULL),
               'jsonb_object(ARRAY[' || string_agg(quote_literal(CASE WHEN tags_expression.carried IS NULL THEN t.key ELSE regexp_replace(t.key, '^costCategory/', '') END), ', ' ORDER BY t.ordinal) FILTER (WHERE t.key IS NOT NULL)
                   || '], ARRAY[' || string_agg(t.ref || '::text', ', ' ORDER BY t.ordinal) FILTER (WHERE t.key IS NOT NULL)
                   || '])'), '') || ')', '''{}''::jsonb')
    FROM (SELECT c.ordinal, c.type, c.carries, c.key,
                 CASE WHEN tags_expression.numbered THEN 'tag_' || c.ordinal ELSE format('l.%I', c.name) END AS ref
          FROM bedrock.tag_column(tags_expression.relation) AS c
          WHERE c.carries = ANY (tags_expression.carried) OR tags_expression.carried IS NULL) AS t;
END;
COMMENT ON FUNCTION bedrock.tags_expression(regclass, boolean, text[]) IS
    'SQL that merges the tag columns of a relation: over tag_1, tag_2, ... when numbered, else over the columns of alias l; carried: only columns that carry one of these, keys without the prefix of a cost category (NULL: all, with it)';

-- A source in the registry.

CREATE OR REPLACE FUNCTION bedrock.source_relation(source text) RETURNS regclass
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry bedrock.source;
    found_relation regclass;
BEGIN
    SELECT * INTO entry FROM bedrock.source AS s WHERE s.source = source_relation.source;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('there is no source "%s"', source_relation.source),
            HINT = 'Sources are listed in bedrock.source; bedrock.attach makes one.';
    END IF;

    -- What was loaded directly is read from the lines of the load under way, and at no other time.
    IF entry.relation IS NULL THEN
        found_relation := to_regclass('pg_temp.bedrock_export');
        IF found_relation IS NULL THEN
            RAISE wrong_object_type USING MESSAGE = format('source "%s" was loaded directly and has no relation to read', entry.source);
        END IF;
        RETURN found_relation;
    END IF;

    found_relation := to_regclass(entry.relation);
    IF found_relation IS NULL THEN
        RAISE undefined_table USING MESSAGE = format('relation %s of source "%s" does not exist', entry.relation, entry.source),
            HINT = format('Make it again, attach another relation under the same name, or detach it: SELECT bedrock.detach(%L).', entry.source);
    END IF;

    RETURN found_relation;
END
$$;
COMMENT ON FUNCTION bedrock.source_relation(text) IS 'the relation of a source, looked up by its name; an error where there is none';

CREATE OR REPLACE FUNCTION bedrock.source_layout(source text,
    OUT field text, OUT type text, OUT column_name text, OUT expression text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bedrock.source_relation(source_layout.source);
    entry bedrock.source;
    lost record;
BEGIN
    SELECT * INTO STRICT entry FROM bedrock.source AS s WHERE s.source = source_layout.source;

    -- A column that was there at the attachment is not read as absent.
    SELECT m.key AS field, was.column_name, f.column_name AS now, f.declared, m.value ->> 'type' AS old_type, f.type AS wanted INTO lost
    FROM jsonb_each(entry.mapping) AS m
    CROSS JOIN LATERAL (SELECT m.value #>> '{columns,0}' AS column_name) AS was
    JOIN bedrock.field_column(relation, entry.format) AS f ON f.field = m.key
    WHERE f.column_name IS NULL
       OR bedrock.read_expression(f.type, f.field, 'x', f.column_type, f.map_key) IS NULL
    ORDER BY f.ordinal LIMIT 1;
    IF FOUND AND lost.now IS NULL THEN
        RAISE undefined_column USING
            MESSAGE = format('column "%s" of %s is gone; source "%s" reads its %s from it', lost.column_name, entry.relation, entry.source, lost.field),
            DETAIL = format('It was %s when the source was attached.', lost.old_type),
            HINT = 'Bring the column back, or attach the relation again without it.';
    ELSIF FOUND THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('column "%s" of %s is %s and cannot be read as %s', lost.now, entry.relation, lost.declared, lost.wanted),
            DETAIL = format('It was %s when source "%s" was attached.', lost.old_type, entry.source),
            HINT = 'Give the column its old type again, or attach a view that casts it.';
    END IF;

    RETURN QUERY
    WITH plain AS (
        SELECT f.ordinal, f.field, f.type, f.column_name,
               bedrock.read_expression(f.type, f.field, 'l.' || quote_ident(f.column_name), f.column_type, f.map_key) AS expression
        FROM bedrock.field_column(relation, entry.format) AS f)
    SELECT p.field, p.type, p.column_name,
           CASE WHEN entry.format <> 'focus' THEN p.expression
                -- FOCUS has no billing entity: a Marketplace row is one without a service code that says so itself.
                WHEN p.field = 'billing_entity' THEN format(
                    'CASE WHEN coalesce(%1$s, '''') = '''' AND (%2$s LIKE ''%%Bedrock Edition%%'' OR %2$s LIKE ''%%Marketplace%%'''
                    ' OR %3$s LIKE ''%%Bedrock Edition%%'' OR %3$s LIKE ''%%Marketplace%%'') THEN ''AWS Marketplace'' ELSE ''AWS'' END',
                    o.product_code, o.product_name, o.description)
                WHEN p.field = 'product_name' THEN format(
                    'CASE WHEN coalesce(%1$s, '''') = '''' AND %3$s LIKE ''%%(Amazon Bedrock Edition)%%'' AND coalesce(%2$s, '''') NOT LIKE ''%%(Amazon Bedrock Edition)%%'''
                    ' THEN btrim(substring(%3$s FROM ''([^|]*[(]Amazon Bedrock Edition[)])'')) ELSE %2$s END',
                    o.product_code, o.product_name, o.description)
                ELSE p.expression END
    FROM plain AS p
    CROSS JOIN (SELECT max(q.expression) FILTER (WHERE q.field = 'product_code') AS product_code,
                       max(q.expression) FILTER (WHERE q.field = 'product_name') AS product_name,
                       max(q.expression) FILTER (WHERE q.field = 'line_item_description') AS description FROM plain AS q) AS o
    ORDER BY p.ordinal;
END
$$;
COMMENT ON FUNCTION bedrock.source_layout(text) IS
    'each field of a source with the SQL that reads it from the relation''s alias l, and the column it stands in (NULL: none, the expression is then a typed NULL). Columns and types are those of today; a column that is gone since the attachment, or has a type that cannot be read, is an error';

CREATE OR REPLACE FUNCTION bedrock.source_select(source text, counted boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bedrock.source_relation(source_select.source);
    fields text;
    tags text;
BEGIN
    SELECT string_agg(format('%s AS %I', f.expression, f.field), ', ' ORDER BY f.ordinal) INTO fields
    FROM bedrock.source_layout(source_select.source) WITH ORDINALITY AS f (field, type, column_name, expression, ordinal);

    SELECT string_agg(format(', l.%I%s AS tag_%s', t.name, CASE WHEN t.type NOT IN ('jsonb', 'text') THEN '::text' END, t.ordinal), ''
                      ORDER BY t.ordinal) INTO tags
    FROM bedrock.tag_column(relation) AS t;

    RETURN format('SELECT %s%s%s FROM %s AS l', fields, tags,
                  CASE WHEN counted THEN CASE WHEN (SELECT s.relation IS NULL FROM bedrock.source AS s WHERE s.source = source_select.source)
                                              THEN ', l.bedrock_lines AS lines' ELSE ', 1::bigint AS lines' END END, relation);
END
$$;
COMMENT ON FUNCTION bedrock.source_select(text, boolean) IS
    'the SELECT that reads a source at its own grain: every field of bedrock.source_field() in that order and under that name, then the raw tag columns as tag_1, tag_2, ... (text or jsonb), and when counted the number of lines a row stands for, as lines. Empty text is left as it is. Add WHERE with bedrock.source_period_predicate; the relation''s alias is l';

CREATE OR REPLACE FUNCTION bedrock.source_tags(source text) RETURNS text
    LANGUAGE sql STABLE
    RETURN bedrock.tags_expression(bedrock.source_relation(source), true, NULL);
COMMENT ON FUNCTION bedrock.source_tags(text) IS
    'SQL over tag_1, tag_2, ... of bedrock.source_select that gives all tags of a line as one jsonb map, {} where it has none; meant for after grouping. A map that does not parse counts as empty: bedrock.source_tags_raw';

CREATE OR REPLACE FUNCTION bedrock.source_tags_raw(source text) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce('coalesce(' || string_agg(
               CASE WHEN t.type = 'jsonb'::regtype
                    THEN format('CASE WHEN jsonb_typeof(tag_%1$s) NOT IN (''object'', ''null'') THEN tag_%1$s::text END', t.ordinal)
                    ELSE format('bedrock.unreadable_tags(tag_%s)', t.ordinal) END, ', ' ORDER BY t.ordinal) || ')', 'NULL::text')
    FROM bedrock.tag_column(bedrock.source_relation(source_tags_raw.source)) AS t
    WHERE t.key IS NULL;
END;
COMMENT ON FUNCTION bedrock.source_tags_raw(text) IS
    'SQL over tag_1, tag_2, ... of bedrock.source_select that gives the text of the first map column that is no JSON object, NULL where all are';

CREATE OR REPLACE FUNCTION bedrock.period_condition(column_ref text, column_type regtype, billing_period date) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN column_type IN ('timestamptz', 'timestamp', 'date', 'text', 'varchar', 'bpchar') THEN
               format('%1$s >= %2$L%4$s AND %1$s < %3$L%4$s', column_ref,
                      CASE WHEN column_type IN ('text', 'varchar', 'bpchar') THEN to_char(m.first, 'YYYY-MM')
                           ELSE to_char(m.first, CASE column_type WHEN 'date'::regtype THEN 'YYYY-MM-DD' WHEN 'timestamp'::regtype THEN 'YYYY-MM-DD 00:00:00' ELSE 'YYYY-MM-DD 00:00:00+00' END) END,
                      CASE WHEN column_type IN ('text', 'varchar', 'bpchar') THEN to_char(m.next, 'YYYY-MM')
                           ELSE to_char(m.next, CASE column_type WHEN 'date'::regtype THEN 'YYYY-MM-DD' WHEN 'timestamp'::regtype THEN 'YYYY-MM-DD 00:00:00' ELSE 'YYYY-MM-DD 00:00:00+00' END) END,
                      CASE column_type WHEN 'date'::regtype THEN '::date' WHEN 'timestamp'::regtype THEN '::timestamp' WHEN 'timestamptz'::regtype THEN '::timestamptz' ELSE '' END)
           END
    FROM (SELECT date_trunc('month', billing_period::timestamp) AS first,
                 date_trunc('month', billing_period::timestamp) + interval '1 month' AS next) AS m;
END;
COMMENT ON FUNCTION bedrock.period_condition(text, regtype, date) IS
    'SQL that holds for the values of one month in a column, in the column''s own type and with nothing around the column; ISO text by its order; NULL for a type that has no months';

CREATE OR REPLACE FUNCTION bedrock.source_period_predicate(source text, billing_period date) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bedrock.source_relation(source_period_predicate.source);
    start_column text;
    key_column text;
    condition text;
    key_condition text;
BEGIN
    SELECT l.column_name INTO start_column
    FROM bedrock.source_layout(source_period_predicate.source) AS l WHERE l.field = 'billing_period_start';
    IF start_column IS NULL THEN
        RAISE undefined_column USING
            MESSAGE = format('source "%s" has no billing period', source_period_predicate.source),
            HINT = 'bill_billing_period_start_date (CUR), bill/BillingPeriodStartDate (legacy) or BillingPeriodStart (FOCUS) states it; a period is never guessed from the usage date.';
    END IF;

    SELECT bedrock.period_condition(format('l.%I', c.name), c.type, source_period_predicate.billing_period) INTO STRICT condition
    FROM bedrock.relation_column(relation) AS c WHERE c.name = start_column;

    -- The partition key beside it: it prunes, the billing period's start decides.
    SELECT s.period_column INTO STRICT key_column FROM bedrock.source AS s WHERE s.source = source_period_predicate.source;
    IF key_column IS DISTINCT FROM start_column THEN
        SELECT CASE WHEN c.type IN ('text', 'varchar', 'bpchar')
                    THEN format('l.%I IN (%L, %L)', c.name, to_char(source_period_predicate.billing_period, 'YYYY-MM'),
                                to_char(source_period_predicate.billing_period, 'YYYY-MM-01'))
                    ELSE bedrock.period_condition(format('l.%I', c.name), c.type, source_period_predicate.billing_period) END
        INTO key_condition
        FROM bedrock.relation_column(relation) AS c WHERE c.name = key_column;
    END IF;

    RETURN concat_ws(' AND ', key_condition, condition);
END
$$;
COMMENT ON FUNCTION bedrock.source_period_predicate(text, date) IS
    'SQL condition on alias l that holds for the lines of one billing period of a source: on the column that states the period, in its own type, so that partitions are pruned and remote servers can answer it; any day of the month will do';

-- attach, detach.

CREATE OR REPLACE FUNCTION bedrock.source_format(relation regclass, OUT format text, OUT format_version text) RETURNS record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text[] := ARRAY(SELECT lower(c.name) FROM bedrock.relation_column(source_format.relation) AS c);
BEGIN
    SELECT f.format INTO source_format.format
    FROM (VALUES ('cur2'), ('legacy'), ('focus')) AS f (format)
    CROSS JOIN LATERAL (SELECT count(*) AS columns FROM bedrock.field_column(source_format.relation, f.format) AS c
                        WHERE c.essential AND c.column_name IS NOT NULL) AS found
    WHERE found.columns >= 4
    ORDER BY found.columns DESC, f.format LIMIT 1;

    IF source_format.format = 'focus' THEN
        format_version := CASE WHEN columns && ARRAY['invoiceid', 'billingaccounttype', 'subaccounttype', 'skumeter', 'skupricedetails', 'pricingcurrency',
                                                     'servicesubcategory'] THEN '1.2' ELSE '1.0' END;
    ELSIF source_format.format IS NOT NULL THEN
        -- Athena's names of the legacy report are those of CUR 2.0; these columns only CUR 2.0 has.
        IF EXISTS (SELECT FROM unnest(columns) AS c (name) WHERE c.name LIKE 'lineitem/%') THEN
            source_format.format := 'legacy';
            format_version := 'csv';
        ELSIF columns && ARRAY['product', 'tags', 'resource_tags', 'cost_category', 'discount', 'line_item_iam_principal',
                               'line_item_user_identifier', 'bill_payer_account_name', 'line_item_usage_account_name'] THEN
            source_format.format := 'cur2';
            format_version := '2.0';
        ELSE
            source_format.format := 'legacy';
            format_version := 'athena';
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.source_format(regclass) IS
    'the format of a relation by its columns: cur2 2.0, legacy csv or athena, focus 1.0 or 1.2; NULL where it has the essential columns of none';

CREATE OR REPLACE FUNCTION bedrock.source_entry(relation regclass, called text, force boolean) RETURNS bedrock.source
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry bedrock.source;
    absent record;
BEGIN
    SELECT f.format, f.format_version INTO entry.format, entry.format_version FROM bedrock.source_format(source_entry.relation) AS f;
    IF entry.format IS NULL THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s is no Cost and Usage Report', called),
            DETAIL = (SELECT 'Essential columns it has and has not: ' || string_agg(format('%s: %s of %s, missing %s', g.format, g.found, g.essential, g.missing), '; ' ORDER BY g.ordinal)
                      FROM (SELECT f.format, f.ordinal, count(c.column_name) AS found, count(*) AS essential,
                                   string_agg(array_to_string(c.candidates, ' or '), ', ' ORDER BY c.ordinal) FILTER (WHERE c.column_name IS NULL) AS missing
                            FROM (VALUES ('cur2', 1), ('legacy', 2), ('focus', 3)) AS f (format, ordinal)
                            CROSS JOIN LATERAL bedrock.field_column(source_entry.relation, f.format) AS c
                            WHERE c.essential
                            GROUP BY f.format, f.ordinal) AS g) || '.',
            HINT = 'What is read has the columns of a CUR 2.0 or FOCUS export (Billing and Cost Management > Data Exports) or of a legacy Cost and Usage Report, under the names AWS gives them.';
    END IF;

    -- Essential columns, and what their absence means for the numbers.
    SELECT string_agg(c.field || ' (' || array_to_string(c.candidates, ' or ') || ')', ', ' ORDER BY c.ordinal) AS fields,
           string_agg(DISTINCT c.fix, '; ') AS fixes INTO absent
    FROM bedrock.field_column(source_entry.relation, entry.format) AS c
    WHERE c.essential AND c.column_name IS NULL;
    entry.forced := absent.fields IS NOT NULL;
    IF entry.forced AND NOT source_entry.force THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s lacks essential columns', called),
            DETAIL = format('It has the columns of %s, but none for: %s.', entry.format || ' ' || entry.format_version, absent.fields),
            HINT = format('To have them: %s. force => true takes it all the same; numbers that need these columns will then be missing or wrong.', absent.fixes);
    END IF;

    SELECT c.column_name, c.declared, c.type INTO absent
    FROM bedrock.field_column(source_entry.relation, entry.format) AS c
    WHERE c.column_name IS NOT NULL AND bedrock.read_expression(c.type, c.field, 'x', c.column_type, c.map_key) IS NULL
    ORDER BY c.ordinal LIMIT 1;
    IF FOUND THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('column "%s" of %s is %s and cannot be read as %s', absent.column_name, called, absent.declared, absent.type),
            HINT = 'Attach a view that casts it.';
    END IF;

    SELECT coalesce(jsonb_object_agg(c.field, jsonb_build_object('columns', jsonb_build_array(c.column_name), 'type', c.declared))
                        FILTER (WHERE c.column_name IS NOT NULL), '{}'),
           coalesce(jsonb_object_agg(c.field, jsonb_build_object('columns', c.candidates, 'essential', c.essential, 'fix', c.fix))
                        FILTER (WHERE c.column_name IS NULL AND c.fix IS NOT NULL), '{}'),
           max(c.column_name) FILTER (WHERE c.field = 'billing_period_start')
    INTO entry.mapping, entry.missing, entry.period_column
    FROM bedrock.field_column(source_entry.relation, entry.format) AS c;

    IF EXISTS (SELECT FROM bedrock.tag_column(source_entry.relation)) THEN
        entry.mapping := entry.mapping || (SELECT jsonb_build_object('tags', jsonb_build_object('columns', jsonb_agg(t.name ORDER BY t.ordinal),
                                                                                                'type', string_agg(DISTINCT t.type::text, ', ')))
                                           FROM bedrock.tag_column(source_entry.relation) AS t);
    ELSE
        entry.missing := entry.missing || jsonb_build_object('tags', jsonb_build_object(
            'columns', CASE entry.format WHEN 'cur2' THEN '["tags", "resource_tags"]'::jsonb WHEN 'legacy' THEN '["resourceTags/...", "resource_tags_..."]' ELSE '["Tags"]' END,
            'essential', false,
            'fix', 'activate cost allocation tags (Billing and Cost Management > Cost allocation tags)'
                   || CASE entry.format WHEN 'cur2' THEN ' and select the column tags in the export (Data Exports > the export > Edit > columns)' ELSE '' END));
    END IF;
    RETURN entry;
END
$$;
COMMENT ON FUNCTION bedrock.source_entry(regclass, text, boolean) IS
    'what bedrock.source says of a relation by its columns: format, mapping, period column, what is missing; an error, under the name it is called by, for a relation that is no bill or lacks essential columns (force: has it all the same)';

CREATE OR REPLACE FUNCTION bedrock.check_grain(source text, relation regclass, called text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    usage_lines bigint;
    shorter_lines bigint;
BEGIN
    EXECUTE format(
        'SELECT count(*) FILTER (WHERE t.line_item_type = ''Usage'') AS usage,'
        '       count(*) FILTER (WHERE t.line_item_type = ''Usage'' AND t.usage_end - t.usage_start < interval ''27 days'') AS shorter'
        '  FROM (SELECT %s FROM %s AS l LIMIT 10000) AS t',
        (SELECT string_agg(format('%s AS %I', f.expression, f.field), ', ')
         FROM bedrock.source_layout(check_grain.source) AS f WHERE f.field IN ('line_item_type', 'usage_start', 'usage_end')), relation)
    INTO usage_lines, shorter_lines;
    IF usage_lines > 0 AND shorter_lines = 0 THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s is an export of MONTHLY granularity', called),
            DETAIL = format('Each of the first %s lines of usage covers a whole month: nothing can be placed by day.', usage_lines),
            HINT = 'Make the export with HOURLY or DAILY granularity (API: TIME_GRANULARITY), or accept months only: allow_monthly => true.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.check_grain(text, regclass, text) IS 'an error where the first lines of usage all cover a month';

CREATE OR REPLACE FUNCTION bedrock.attach(relation regclass, name text DEFAULT NULL, line_item boolean DEFAULT true,
    force boolean DEFAULT false, allow_monthly boolean DEFAULT false, keep text DEFAULT NULL) RETURNS bedrock.source
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry bedrock.source;
    existing bedrock.source;
    class pg_class;
    start_column text;
    key_column record;
    lines_elsewhere bigint;
BEGIN
    SELECT * INTO class FROM pg_class AS c WHERE c.oid = attach.relation;
    IF NOT FOUND THEN
        RAISE undefined_table USING MESSAGE = 'there is no such relation to attach';
    END IF;

    IF class.relkind NOT IN ('r', 'p', 'v', 'm', 'f') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is no table, view or foreign table', attach.relation);
    END IF;

    IF class.relnamespace = 'bedrock'::regnamespace OR class.relpersistence = 't' THEN
        RAISE invalid_table_definition USING
            MESSAGE = format('%s cannot be attached: it is %s', attach.relation,
                             CASE WHEN class.relpersistence = 't' THEN 'a temporary table' ELSE 'an object of the extension' END);
    END IF;

    IF NOT has_table_privilege(attach.relation, 'SELECT') AND NOT has_any_column_privilege(attach.relation, 'SELECT') THEN
        RAISE insufficient_privilege USING MESSAGE = format('permission denied for relation %s', attach.relation);
    END IF;

    IF attach.keep NOT IN ('day', 'hour') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('facts cannot be kept by "%s"', attach.keep), HINT = 'keep is day or hour.';
    END IF;

    entry := bedrock.source_entry(attach.relation, attach.relation::text, attach.force);
    start_column := entry.period_column;

    LOCK TABLE bedrock.source IN SHARE ROW EXCLUSIVE MODE;

    entry.relation := format('%I.%I', class.relnamespace::regnamespace::name, class.relname);
    SELECT * INTO existing FROM bedrock.source AS s WHERE s.relation = entry.relation;
    entry.source := coalesce(nullif(attach.name, ''), existing.source, class.relname::text);
    IF existing.source <> entry.source THEN
        RAISE duplicate_object USING
            MESSAGE = format('%s is attached already, as source "%s"', attach.relation, existing.source),
            HINT = format('One relation is one source. To rename it, detach it first: SELECT bedrock.detach(%L).', existing.source);
    END IF;

    -- A name whose relation is gone may be given to another.
    SELECT * INTO existing FROM bedrock.source AS s WHERE s.source = entry.source;
    IF existing.relation IS DISTINCT FROM entry.relation AND existing.source IS NOT NULL
       AND (existing.relation IS NULL OR to_regclass(existing.relation) IS NOT NULL) THEN
        RAISE duplicate_object USING
            MESSAGE = format('source "%s" exists already: %s', entry.source, coalesce(existing.relation, 'loaded directly')),
            HINT = 'Give another name: bedrock.attach(relation, name => ...).';
    END IF;

    INSERT INTO bedrock.source AS s (source, relation, format, format_version, mapping, period_column, rank, line_item, allow_monthly, forced, keep, missing)
    VALUES (entry.source, entry.relation, entry.format, entry.format_version, entry.mapping, start_column,
            (SELECT coalesce(max(r.rank), 0) + 1 FROM bedrock.source AS r),
            attach.line_item, attach.allow_monthly, entry.forced, coalesce(attach.keep, 'day'), entry.missing)
    ON CONFLICT (source) DO UPDATE
        SET relation = excluded.relation, format = excluded.format, format_version = excluded.format_version, mapping = excluded.mapping,
            period_column = excluded.period_column, line_item = excluded.line_item, allow_monthly = excluded.allow_monthly,
            forced = excluded.forced, keep = coalesce(attach.keep, s.keep), missing = excluded.missing
    RETURNING * INTO entry;

    IF NOT attach.allow_monthly THEN
        PERFORM bedrock.check_grain(entry.source, attach.relation, attach.relation::text);
    END IF;

    -- Whether a partition key states the billing period, by the first lines.
    SELECT c.name, c.type INTO key_column
    FROM pg_partitioned_table AS p
    JOIN bedrock.relation_column(attach.relation) AS c ON c.ordinal = p.partattrs[0]
    WHERE p.partrelid = attach.relation AND lower(c.name) = 'billing_period' AND c.name <> start_column
      AND c.type IN ('text', 'varchar', 'bpchar', 'date', 'timestamp', 'timestamptz');
    IF key_column.name IS NOT NULL THEN
        EXECUTE format(
            'SELECT count(*) FROM (SELECT %s AS start, %s AS key_month FROM %s AS l LIMIT 10000) AS t'
            ' WHERE t.key_month IS DISTINCT FROM to_char(t.start AT TIME ZONE ''UTC'', ''YYYY-MM'')',
            (SELECT f.expression FROM bedrock.source_layout(entry.source) AS f WHERE f.field = 'billing_period_start'),
            CASE WHEN key_column.type IN ('date', 'timestamp') THEN format('to_char(l.%I, ''YYYY-MM'')', key_column.name)
                 WHEN key_column.type = 'timestamptz'::regtype THEN format('to_char(l.%I AT TIME ZONE ''UTC'', ''YYYY-MM'')', key_column.name)
                 ELSE format('CASE WHEN l.%1$I ~ ''^[0-9]{4}-[0-9]{2}(-01)?$'' THEN left(l.%1$I, 7) END', key_column.name) END,
            attach.relation)
        INTO lines_elsewhere;
    END IF;

    IF key_column.name IS NOT NULL AND lines_elsewhere = 0 THEN
        UPDATE bedrock.source AS s SET period_column = key_column.name WHERE s.source = entry.source RETURNING * INTO entry;
    END IF;

    PERFORM bedrock.rebuild_views();
    RETURN entry;
END
$$;
COMMENT ON FUNCTION bedrock.attach(regclass, text, boolean, boolean, boolean, text) IS
    'makes a table, view or foreign table with the columns of CUR 2.0, legacy CUR or AWS FOCUS a source of bills, and gives its row of bedrock.source; missing there says which fields it lacks and what to switch on. Attaching the same relation again reads its columns anew. name: default the relation''s own. line_item => false: kept out of bedrock.line_item and bedrock.cur2, so that the relation can be dropped and made again. force: although essential columns are missing. allow_monthly: although its usage has no day. keep: the grain of its facts, day or hour (usage_hour of bedrock.spend; NULL: as it was, at first day). Reads with the rights of the caller; bedrock.refresh then fills bedrock.spend';

CREATE OR REPLACE FUNCTION bedrock.detach(name text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE bedrock.source IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = detach.name) THEN
        RAISE undefined_object USING
            MESSAGE = format('there is no source "%s"', detach.name),
            HINT = (SELECT coalesce('Sources: ' || string_agg(s.source, ', ' ORDER BY s.rank) || '.', 'No source is attached.') FROM bedrock.source AS s);
    END IF;

    PERFORM bedrock.forget_source(detach.name);
    DELETE FROM bedrock.source AS s WHERE s.source = detach.name;
    PERFORM bedrock.rebuild_views();
END
$$;
COMMENT ON FUNCTION bedrock.detach(text) IS
    'takes a source out of the registry, the views and bedrock.spend; its relation stays as it is';
-- The fields of a bill and the columns that carry them, by format. Field order is the column order of every statement that
-- reads a source. A candidate is a column name, or a key of a map column as column->key; the first that exists is taken,
-- case counting only where two columns differ in nothing else.

CREATE OR REPLACE FUNCTION bedrock.source_field(
    OUT format text, OUT field text, OUT candidates text[], OUT type text, OUT essential boolean, OUT fix text) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT named.format, v.field, named.candidates, v.type, coalesce(v.essential LIKE '%' || left(named.format, 1) || '%', false),
           coalesce(
               CASE v.fix
               WHEN 'names' THEN
                   CASE named.format WHEN 'cur2' THEN 'select the column in the export: Billing and Cost Management > Data Exports > the export > Edit > columns'
                   WHEN 'legacy' THEN 'legacy reports do not have it: make a CUR 2.0 export (Billing and Cost Management > Data Exports)' END
               WHEN 'resources' THEN
                   CASE named.format WHEN 'cur2' THEN 'include resource IDs in the export: Data Exports > the export > Edit > Include resource IDs (API: INCLUDE_RESOURCES = TRUE)'
                   WHEN 'legacy' THEN 'include resource IDs in the report: Cost and Usage Reports > the report > Include resource IDs (API: AdditionalSchemaElements RESOURCES)' END
               WHEN 'principal' THEN
                   CASE named.format WHEN 'cur2' THEN 'include the caller identity: Data Exports > the export > Edit > Include caller identity (IAM principal) allocation data (API: INCLUDE_IAM_PRINCIPAL_DATA = TRUE). It fills from that day on; an export that offers no such edit is made anew. Commercial regions only'
                   ELSE 'the format has no IAM principal: make a CUR 2.0 export with caller identity (API: INCLUDE_IAM_PRINCIPAL_DATA = TRUE) and attach that' END
               WHEN 'net' THEN
                   CASE named.format WHEN 'cur2' THEN 'select the column in the export (Data Exports > the export > Edit > columns); it is filled only in periods with a discount'
                   WHEN 'legacy' THEN 'AWS adds the column by itself to a report of an account with discounts; nothing to do for an account without' END
               END,
               CASE WHEN cardinality(named.candidates) = 0 THEN NULL
               WHEN named.format = 'cur2' THEN 'select the column in the export: Billing and Cost Management > Data Exports > the export > Edit > columns'
               WHEN named.format = 'legacy' THEN 'every legacy report has the column: load it as AWS wrote it'
               WHEN v.field = 'usage_type' THEN 'FOCUS 1.2 has no usage type: make a FOCUS 1.0 export, or better a CUR 2.0 one'
               WHEN v.field = 'invoice_id' THEN 'FOCUS 1.0 has no invoice id: make a FOCUS 1.2 export'
               ELSE 'select the column in the FOCUS export: Billing and Cost Management > Data Exports > the export > Edit > columns' END)
    FROM (VALUES
        -- field, type, essential in (c)ur2, (l)egacy, (f)ocus, fix, columns of CUR 2.0, legacy, FOCUS
        ('payer_account_id', 'text', 'clf', NULL, '{bill_payer_account_id}'::text[], '{bill/PayerAccountId,bill_payer_account_id}'::text[], '{BillingAccountId}'::text[]),
        ('account_id', 'text', 'clf', NULL, '{line_item_usage_account_id}', '{lineItem/UsageAccountId,line_item_usage_account_id}', '{SubAccountId}'),
        ('account_name', 'text', '', 'names', '{line_item_usage_account_name}', '{lineItem/UsageAccountName,line_item_usage_account_name}', '{SubAccountName}'),
        ('billing_entity', 'text', 'cl', NULL, '{bill_billing_entity}', '{bill/BillingEntity,bill_billing_entity}', '{}'),
        ('legal_entity', 'text', '', NULL, '{line_item_legal_entity}', '{lineItem/LegalEntity,line_item_legal_entity}', '{}'),
        ('invoicing_entity', 'text', '', NULL, '{bill_invoicing_entity}', '{bill/InvoicingEntity,bill_invoicing_entity}', '{InvoiceIssuerName}'),
        ('invoice_id', 'text', '', NULL, '{bill_invoice_id}', '{bill/InvoiceId,bill_invoice_id}', '{InvoiceId}'),
        ('line_item_type', 'text', 'clf', NULL, '{line_item_line_item_type}', '{lineItem/LineItemType,line_item_line_item_type}', '{ChargeCategory}'),
        ('charge_class', 'text', '', NULL, '{}', '{}', '{ChargeClass}'),
        ('line_item_description', 'text', '', NULL, '{line_item_line_item_description}', '{lineItem/LineItemDescription,line_item_line_item_description}', '{ChargeDescription}'),
        ('product_code', 'text', 'clf', NULL, '{line_item_product_code}', '{lineItem/ProductCode,line_item_product_code}', '{x_ServiceCode}'),
        ('product_name', 'text', 'clf', NULL, '{product_product_name,product->product_name}', '{product/ProductName,product_product_name}', '{ServiceName}'),
        ('provider', 'text', '', NULL, '{}', '{}', '{ProviderName}'),
        ('publisher', 'text', '', NULL, '{}', '{}', '{PublisherName}'),
        ('sku', 'text', '', NULL, '{product_sku}', '{product/sku,product_sku}', '{SkuId}'),
        ('usage_type', 'text', 'cl', NULL, '{line_item_usage_type}', '{lineItem/UsageType,line_item_usage_type}', '{x_UsageType}'),
        ('operation', 'text', '', NULL, '{line_item_operation}', '{lineItem/Operation,line_item_operation}', '{x_Operation}'),
        ('pricing_unit', 'text', '', NULL, '{pricing_unit}', '{pricing/unit,pricing_unit}', '{PricingUnit}'),
        ('pricing_term', 'text', '', NULL, '{pricing_term}', '{pricing/term,pricing_term}', '{PricingCategory}'),
        ('resource_id', 'text', '', 'resources', '{line_item_resource_id}', '{lineItem/ResourceId,line_item_resource_id}', '{ResourceId}'),
        ('iam_principal', 'text', '', 'principal', '{line_item_iam_principal}', '{}', '{}'),
        ('user_identifier', 'text', '', NULL, '{line_item_user_identifier}', '{}', '{}'),
        ('region_code', 'text', '', NULL, '{product_region_code,product->region,product_region}', '{product/regionCode,product/region,product_region_code,product_region}', '{RegionId}'),
        ('currency', 'text', 'clf', NULL, '{line_item_currency_code}', '{lineItem/CurrencyCode,line_item_currency_code}', '{BillingCurrency}'),
        ('reservation_arn', 'text', '', NULL, '{reservation_reservation_a_r_n}', '{reservation/ReservationARN,reservation_reservation_a_r_n}', '{}'),
        ('billing_period_start', 'timestamptz', 'clf', NULL, '{bill_billing_period_start_date}', '{bill/BillingPeriodStartDate,bill_billing_period_start_date}', '{BillingPeriodStart}'),
        ('usage_start', 'timestamptz', 'clf', NULL, '{line_item_usage_start_date}', '{lineItem/UsageStartDate,line_item_usage_start_date}', '{ChargePeriodStart}'),
        ('usage_end', 'timestamptz', 'clf', NULL, '{line_item_usage_end_date}', '{lineItem/UsageEndDate,line_item_usage_end_date}', '{ChargePeriodEnd}'),
        ('usage_amount', 'numeric', '', NULL, '{line_item_usage_amount}', '{lineItem/UsageAmount,line_item_usage_amount}', '{PricingQuantity}'),
        ('unblended_cost', 'numeric', 'cl', NULL, '{line_item_unblended_cost}', '{lineItem/UnblendedCost,line_item_unblended_cost}', '{}'),
        ('blended_cost', 'numeric', '', NULL, '{line_item_blended_cost}', '{lineItem/BlendedCost,line_item_blended_cost}', '{}'),
        ('net_unblended_cost', 'numeric', 'f', 'net', '{line_item_net_unblended_cost}', '{lineItem/NetUnblendedCost,line_item_net_unblended_cost}', '{BilledCost}'),
        ('net_amortized_cost', 'numeric', 'f', NULL, '{}', '{}', '{EffectiveCost}'),
        ('public_on_demand_cost', 'numeric', '', NULL, '{pricing_public_on_demand_cost}', '{pricing/publicOnDemandCost,pricing_public_on_demand_cost}', '{ListCost}'),
        ('savings_plan_effective_cost', 'numeric', '', NULL, '{savings_plan_savings_plan_effective_cost}', '{savingsPlan/SavingsPlanEffectiveCost,savings_plan_savings_plan_effective_cost}', '{}'),
        ('savings_plan_total_commitment', 'numeric', '', NULL, '{savings_plan_total_commitment_to_date}', '{savingsPlan/TotalCommitmentToDate,savings_plan_total_commitment_to_date}', '{}'),
        ('savings_plan_used_commitment', 'numeric', '', NULL, '{savings_plan_used_commitment}', '{savingsPlan/UsedCommitment,savings_plan_used_commitment}', '{}'),
        ('savings_plan_amortized_upfront_commitment', 'numeric', '', NULL, '{savings_plan_amortized_upfront_commitment_for_billing_period}', '{savingsPlan/AmortizedUpfrontCommitmentForBillingPeriod,savings_plan_amortized_upfront_commitment_for_billing_period}', '{}'),
        ('savings_plan_recurring_commitment', 'numeric', '', NULL, '{savings_plan_recurring_commitment_for_billing_period}', '{savingsPlan/RecurringCommitmentForBillingPeriod,savings_plan_recurring_commitment_for_billing_period}', '{}'),
        ('net_savings_plan_effective_cost', 'numeric', '', 'net', '{savings_plan_net_savings_plan_effective_cost}', '{savingsPlan/NetSavingsPlanEffectiveCost,savings_plan_net_savings_plan_effective_cost}', '{}'),
        ('savings_plan_net_amortized_upfront_commitment', 'numeric', '', 'net', '{savings_plan_net_amortized_upfront_commitment_for_billing_period}', '{savingsPlan/NetAmortizedUpfrontCommitmentForBillingPeriod,savings_plan_net_amortized_upfront_commitment_for_billing_period}', '{}'),
        ('savings_plan_net_recurring_commitment', 'numeric', '', 'net', '{savings_plan_net_recurring_commitment_for_billing_period}', '{savingsPlan/NetRecurringCommitmentForBillingPeriod,savings_plan_net_recurring_commitment_for_billing_period}', '{}'),
        ('reservation_effective_cost', 'numeric', '', NULL, '{reservation_effective_cost}', '{reservation/EffectiveCost,reservation_effective_cost}', '{}'),
        ('reservation_unused_amortized_upfront_fee', 'numeric', '', NULL, '{reservation_unused_amortized_upfront_fee_for_billing_period}', '{reservation/UnusedAmortizedUpfrontFeeForBillingPeriod,reservation_unused_amortized_upfront_fee_for_billing_period}', '{}'),
        ('reservation_unused_recurring_fee', 'numeric', '', NULL, '{reservation_unused_recurring_fee}', '{reservation/UnusedRecurringFee,reservation_unused_recurring_fee}', '{}'),
        ('reservation_net_effective_cost', 'numeric', '', 'net', '{reservation_net_effective_cost}', '{reservation/NetEffectiveCost,reservation_net_effective_cost}', '{}'),
        ('reservation_net_unused_amortized_upfront_fee', 'numeric', '', 'net', '{reservation_net_unused_amortized_upfront_fee_for_billing_period}', '{reservation/NetUnusedAmortizedUpfrontFeeForBillingPeriod,reservation_net_unused_amortized_upfront_fee_for_billing_period}', '{}'),
        ('reservation_net_unused_recurring_fee', 'numeric', '', 'net', '{reservation_net_unused_recurring_fee}', '{reservation/NetUnusedRecurringFee,reservation_net_unused_recurring_fee}', '{}')
    ) AS v (field, type, essential, fix, cur2, legacy, focus)
    CROSS JOIN LATERAL (VALUES ('cur2', v.cur2), ('legacy', v.legacy), ('focus', v.focus)) AS named (format, candidates);
END;
COMMENT ON FUNCTION bedrock.source_field() IS
    'which columns of each format (cur2, legacy, focus) carry each field of a bill, in order of preference: candidates (column->key: a key of a map column; empty: the format has none), type the field is read as, essential (a source without it is refused unless forced), fix (what to switch on when the column is missing; NULL: nothing)';
-- The views over attached sources: bedrock.line_item, one shape for all, and bedrock.cur2, the names of CUR 2.0.
-- They are built when a source is attached and are no members of the extension: DROP TABLE .. CASCADE of a source takes
-- the views alone, and a dump holds them as they are. So nothing in the install script may call bedrock.rebuild_views.

DELETE FROM bedrock.charge_category_map WHERE builtin;
INSERT INTO bedrock.charge_category_map (line_item_type, charge_category, builtin) VALUES
    ('Usage', 'usage', true), ('DiscountedUsage', 'usage', true), ('SavingsPlanCoveredUsage', 'usage', true),
    ('SavingsPlanNegation', 'commitment_offset', true),
    ('RIFee', 'commitment_fee', true), ('SavingsPlanRecurringFee', 'commitment_fee', true), ('SavingsPlanUpfrontFee', 'commitment_fee', true),
    ('Fee', 'fee', true), ('Tax', 'tax', true), ('Credit', 'credit', true), ('Refund', 'refund', true),
    ('EdpDiscount', 'discount', true), ('PrivateRateDiscount', 'discount', true), ('SppDiscount', 'discount', true),
    ('BundledDiscount', 'discount', true), ('RiVolumeDiscount', 'discount', true), ('Discount', 'discount', true),
    -- FOCUS; Correction is a charge class and stands over the category.
    ('Purchase', 'fee', true), ('Adjustment', 'adjustment', true), ('Correction', 'adjustment', true);

CREATE OR REPLACE VIEW bedrock.charge_categories WITH (security_invoker) AS
    SELECT DISTINCT ON (line_item_type) line_item_type, charge_category, builtin
    FROM bedrock.charge_category_map
    ORDER BY line_item_type, builtin;
COMMENT ON VIEW bedrock.charge_categories IS
    'category of each line type, one row a type: the user''s row of bedrock.charge_category_map where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.charge_categories.line_item_type IS 'line type of CUR, or charge category of FOCUS; Correction: the FOCUS charge class';
COMMENT ON COLUMN bedrock.charge_categories.charge_category IS 'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock.charge_categories.builtin IS 'whether the row is shipped';

-- The planner puts the expression in place of the call, so that a join by it stays a hash join: nothing may be SET here.
CREATE OR REPLACE FUNCTION bedrock.charge_key(charge_class text, line_item_type text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN charge_class = 'Correction' THEN 'Correction' ELSE line_item_type END;
COMMENT ON FUNCTION bedrock.charge_key(text, text) IS
    'line_item_type of the row of bedrock.charge_categories that a charge falls under: the FOCUS charge class Correction, else its line type';

CREATE OR REPLACE FUNCTION bedrock.charge_category(line_item_type text, charge_class text DEFAULT NULL, format text DEFAULT NULL) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce((SELECT c.charge_category FROM bedrock.charge_categories AS c
                     WHERE c.line_item_type = bedrock.charge_key(
                         CASE WHEN coalesce(charge_category.format, 'focus') = 'focus' THEN charge_category.charge_class END, charge_category.line_item_type)), 'unknown');
END;
COMMENT ON FUNCTION bedrock.charge_category(text, text, text) IS
    'category of a charge by bedrock.charge_categories: line type of CUR, or charge category and class of FOCUS; unknown where the map has no row, never NULL';

CREATE OR REPLACE FUNCTION bedrock.charge_grain(usage_start timestamptz, usage_end timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN usage_end - usage_start <= interval '1 hour' THEN 'hour'
                WHEN usage_end - usage_start <= interval '1 day' THEN 'day'
                ELSE 'period' END;
COMMENT ON FUNCTION bedrock.charge_grain(timestamptz, timestamptz) IS
    'how long a line covers: hour, day, or period (longer than a day, or not stated): a line of grain period is never placed by day';

CREATE OR REPLACE FUNCTION bedrock.provider_is_aws(provider text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(provider, '') = '' OR provider ILIKE 'AWS%' OR provider ILIKE 'Amazon%';
COMMENT ON FUNCTION bedrock.provider_is_aws(text) IS
    'whether a line of a FOCUS file is of AWS by its ProviderName; true where none is stated: every other format is AWS''s own';

CREATE OR REPLACE FUNCTION bedrock.described_usage_type(description text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN description LIKE '%|%|_%'
                -- A usage type writes the life of a cache entry as 1h; a number by itself ends what a parser reads.
                THEN 'MP:' || replace(regexp_replace(regexp_replace(lower(split_part(description, '|', 3)),
                    '\m(?:(1)[ -]?(h)(?:ou)?rs?|(5|30)[ -]?(m)in(?:ute)?s?)\M', '\1\2\3\4'), '[^a-z0-9]+', '_', 'g'), 'response_', 'output_') || '-Units' END;
COMMENT ON FUNCTION bedrock.described_usage_type(text) IS
    'what the description of a Marketplace line says in its third part (AWS Marketplace software usage|us-west-2|Million Input Tokens), written so that bedrock_usage_parts and bedrock_tokens read it: MP:million_input_tokens-Units, 1 Hour as 1h. For FOCUS 1.2, which has no usage type; no usage type of the bill itself, NULL for any other description';

-- The shape of bedrock.line_item. The expressions stand over l (the fields of all sources, empty text made NULL, tags
-- merged) and category (bedrock.charge_categories). A column that a query leaves out costs nothing.

CREATE OR REPLACE FUNCTION bedrock.line_item_column(
    OUT ordinal integer, OUT name text, OUT type text, OUT expression text, OUT description text) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT * FROM (VALUES
        (1, 'source', 'text', 'l.source', 'name of the source, bedrock.source'),
        (2, 'payer_account_id', 'text', 'l.payer_account_id', 'payer (management) account that gets the bill'),
        (3, 'account_id', 'text', 'l.account_id', 'account that used the service'),
        (4, 'account_name', 'text', 'l.account_name', 'name of that account; NULL where the format has none'),
        (5, 'billing_period', 'date', 'date_trunc(''month'', l.billing_period_start AT TIME ZONE ''UTC'')::date', 'first day of the month of the bill, from the line''s billing period and not from its usage date'),
        (6, 'usage_start', 'timestamptz', 'l.usage_start', 'start of what the line covers'),
        (7, 'usage_end', 'timestamptz', 'l.usage_end', 'end of what the line covers'),
        (8, 'usage_date', 'date', '(l.usage_start AT TIME ZONE ''UTC'')::date', 'UTC day of usage_start; says nothing about a line of charge_grain period'),
        (9, 'charge_grain', 'text', 'bedrock.charge_grain(l.usage_start, l.usage_end)', 'how long the line covers: hour, day, or period (longer: tax, credits, fees, every line of a MONTHLY export)'),
        (10, 'billing_entity', 'text', 'l.billing_entity', 'AWS or AWS Marketplace; for FOCUS told from service code, service name and description'),
        (11, 'legal_entity', 'text', 'l.legal_entity', 'seller of record; NULL for FOCUS'),
        (12, 'invoicing_entity', 'text', 'l.invoicing_entity', 'AWS entity that issues the invoice'),
        (13, 'invoice_id', 'text', 'l.invoice_id', 'invoice; NULL until the month is invoiced, and for FOCUS 1.0'),
        (14, 'charge_type', 'text', 'l.line_item_type', 'line type as the bill has it (Usage, Tax, SavingsPlanNegation ...; FOCUS: Usage, Purchase, Tax, Credit, Adjustment)'),
        (15, 'charge_category', 'text', 'coalesce(category.charge_category, ''unknown'')', 'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, or unknown: bedrock.charge_category_map'),
        (16, 'charge_description', 'text', 'l.line_item_description', 'description of the line'),
        (17, 'product_code', 'text', 'l.product_code', 'product code; an opaque id on Marketplace lines of CUR; FOCUS: service code, empty there'),
        (18, 'product_name', 'text', 'l.product_name', 'product name; on Marketplace lines it names the model'),
        (19, 'sku', 'text', 'l.sku', 'SKU'),
        (20, 'usage_type', 'text', 'l.usage_type', 'usage type; NULL for FOCUS 1.2'),
        (21, 'operation', 'text', 'l.operation', 'operation (InvokeModelInference; Usage before 2026)'),
        (22, 'usage_amount', 'numeric', 'CASE WHEN category.charge_category = ''usage'' THEN l.usage_amount END', 'amount in pricing_unit; NULL unless charge_category is usage: discounts, credits and refunds repeat the amount'),
        (23, 'pricing_unit', 'text', 'l.pricing_unit', 'unit of usage_amount as the bill has it'),
        (24, 'tokens', 'numeric', 'CASE WHEN category.charge_category = ''usage'' AND l.is_bedrock THEN @extschema@.bedrock_tokens(l.usage_amount, l.pricing_unit, l.metered) END', 'tokens of a Bedrock usage line; NULL where it is not metered in tokens'),
        (25, 'resource_id', 'text', 'l.resource_id', 'resource'),
        (26, 'request_path', 'text', 'CASE WHEN l.resource_recorded THEN @extschema@.bedrock_request_path(l.resource_id) ELSE ''not_recorded'' END', 'how the request reached the model: bedrock_request_path(resource_id); not_recorded: the source has no resource ids'),
        (27, 'via_profile', 'boolean', 'CASE WHEN l.resource_recorded THEN @extschema@.bedrock_via_profile(l.resource_id) END', 'whether through an inference profile, application or system; NULL: the source has no resource ids'),
        (28, 'profile_id', 'text', '@extschema@.bedrock_profile_id(l.resource_id)', 'inference profile; NULL where the resource is none'),
        (29, 'profile_suffix', 'text', '@extschema@.bedrock_profile_suffix(l.resource_id)', 'what stands behind the profile id'),
        (30, 'geo_prefix', 'text', '@extschema@.bedrock_geo_prefix(l.resource_id)', 'geography of a system profile'),
        (31, 'model_id', 'text', '@extschema@.bedrock_model_id(l.resource_id)', 'model the resource id itself states; NULL where it does not: bedrock.spend also asks registry, product name and usage type'),
        (32, 'usage_group', 'text', 'CASE WHEN l.is_bedrock THEN @extschema@.bedrock_usage_group(l.metered) END', 'what is metered: tokens, media, guardrail ...; NULL outside Bedrock'),
        (33, 'token_kind', 'text', 'CASE WHEN l.is_bedrock THEN @extschema@.bedrock_token_kind(l.metered) END', 'input, output, cache_read, cache_write; NULL where not metered in tokens'),
        (34, 'cache_ttl', 'text', 'CASE WHEN l.is_bedrock THEN (@extschema@.bedrock_usage_parts(l.metered)).cache_ttl END', 'duration of a cache write where stated: 5m, 30m, 1h'),
        (35, 'tier', 'text', 'CASE WHEN l.is_bedrock THEN @extschema@.bedrock_tier(l.metered) END', 'service tier of a token line: standard, batch, flex, priority, latency_optimized'),
        (36, 'routing', 'text', 'CASE WHEN l.is_bedrock THEN @extschema@.bedrock_routing(l.metered) END', 'regional, geo or global price'),
        (37, 'long_context', 'boolean', 'CASE WHEN l.is_bedrock THEN (@extschema@.bedrock_usage_parts(l.metered)).long_context END', 'whether the long-context price; NULL where not metered in tokens'),
        (38, 'iam_principal', 'text', 'l.iam_principal', 'ARN of the caller; NULL: none on the line, or not recorded (principal_kind tells)'),
        (39, 'principal_kind', 'text', 'CASE WHEN l.principal_recorded THEN coalesce(@extschema@.bedrock_principal_kind(l.iam_principal), ''none'') ELSE ''not_recorded'' END', 'kind of the caller: bedrock_principal_kind(iam_principal); none: no caller on the line; not_recorded: the source has no column for it'),
        (40, 'principal_name', 'text', '@extschema@.bedrock_principal_name(l.iam_principal)', 'name of the role or user'),
        (41, 'principal_session', 'text', '@extschema@.bedrock_principal_session(l.iam_principal)', 'session name of an assumed role'),
        (42, 'principal_key', 'text', '@extschema@.bedrock_principal_key(l.iam_principal)', 'one durable key for a role and all its sessions'),
        (43, 'user_email', 'text', '(@extschema@.bedrock_principal_parts(l.iam_principal)).email', 'e-mail address in the caller''s session or name'),
        (44, 'user_identifier', 'text', 'l.user_identifier', 'IAM Identity Center user, where the bill has one'),
        (45, 'region', 'text', 'coalesce(l.region_code, CASE WHEN l.is_bedrock THEN @extschema@.bedrock_region(l.usage_type) END)', 'region of the billing: as the bill states it, else by the usage type'),
        (46, 'tags', 'jsonb', 'l.tags', 'all tags with their original keys, empty values left out; {}: none on the line; NULL: the source has no tag column'),
        (47, 'attribution_kind', 'text', 'CASE WHEN l.resource_recorded OR l.principal_recorded OR l.tags IS NOT NULL THEN @extschema@.attribution_kind(l.resource_id, l.iam_principal, CASE WHEN @extschema@.attribution_kind(l.resource_id, l.iam_principal) = ''none'' THEN l.tags END) ELSE ''not_recorded'' END', 'strongest owner signal on the line: application_profile, project, iam_principal, tag, none; not_recorded: the source has no column for any'),
        (48, 'is_bedrock', 'boolean', 'l.is_bedrock', 'whether the line is Bedrock''s by product, or by a resource of a Bedrock service; bedrock.spend also knows codes that other lines prove'),
        (49, 'unblended_cost', 'numeric', 'l.unblended_cost', 'cost as billed; NULL for FOCUS'),
        (50, 'blended_cost', 'numeric', 'l.blended_cost', 'blended cost as billed; NULL for FOCUS'),
        (51, 'net_unblended_cost', 'numeric', 'l.net_unblended_cost', 'cost after discounts as the line has it (FOCUS: BilledCost); NULL where the bill leaves it empty: a period''s net metric is bedrock.spend''s'),
        (52, 'public_on_demand_cost', 'numeric', 'CASE WHEN category.charge_category = ''usage'' AND l.public_on_demand_cost = 0 AND coalesce(l.unblended_cost, l.net_unblended_cost) <> 0 THEN NULL ELSE l.public_on_demand_cost END', 'cost at public prices (FOCUS: ListCost); NULL where the bill gives none, or 0 on a usage line with cost (Marketplace)'),
        (53, 'currency', 'text', 'l.currency', 'currency of every amount of the line; never sum over it')
    ) AS v (ordinal, name, type, expression, description)
    ORDER BY 1;
END;
COMMENT ON FUNCTION bedrock.line_item_column() IS
    'columns of bedrock.line_item: name, type, the SQL that makes them of a source''s fields, and what they mean';

-- The columns of bedrock.cur2, and what a column of another format is called there.

CREATE OR REPLACE FUNCTION bedrock.cur2_column(OUT ordinal integer, OUT name text, OUT type text) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT c.ordinal::integer, split_part(c.word, ':', 1)::name::text,
           CASE split_part(c.word, ':', 2) WHEN 'n' THEN 'numeric' WHEN 't' THEN 'timestamptz' WHEN 'm' THEN 'jsonb' ELSE 'text' END
    FROM string_to_table(
        'bill_bill_type bill_billing_entity bill_billing_period_end_date:t bill_billing_period_start_date:t '
        'bill_invoice_id bill_invoicing_entity bill_payer_account_id bill_payer_account_name '
        'capacity_reservation_capacity_reservation_arn capacity_reservation_capacity_reservation_status '
        'capacity_reservation_capacity_reservation_type cost_category:m discount:m discount_bundled_discount:n '
        'discount_total_discount:n identity_line_item_id identity_time_interval line_item_availability_zone '
        'line_item_blended_cost:n line_item_blended_rate line_item_currency_code line_item_iam_principal '
        'line_item_legal_entity line_item_line_item_description line_item_line_item_type '
        'line_item_net_unblended_cost:n line_item_net_unblended_rate line_item_normalization_factor:n '
        'line_item_normalized_usage_amount:n line_item_operation line_item_product_code line_item_resource_id '
        'line_item_tax_type line_item_unblended_cost:n line_item_unblended_rate line_item_usage_account_id '
        'line_item_usage_account_name line_item_usage_amount:n line_item_usage_end_date:t '
        'line_item_usage_start_date:t line_item_usage_type line_item_user_identifier pricing_currency '
        'pricing_lease_contract_length pricing_offering_class pricing_public_on_demand_cost:n '
        'pricing_public_on_demand_rate pricing_purchase_option pricing_rate_code pricing_rate_id pricing_term '
        'pricing_unit product:m product_comment product_fee_code product_fee_description product_from_location '
        'product_from_location_type product_from_region_code product_instance_family product_instance_type '
        'product_instancesku product_location product_location_type product_operation product_pricing_unit '
        'product_product_family product_region_code product_servicecode product_sku product_to_location '
        'product_to_location_type product_to_region_code product_usagetype '
        'reservation_amortized_upfront_cost_for_usage:n reservation_amortized_upfront_fee_for_billing_period:n '
        'reservation_availability_zone reservation_effective_cost:n reservation_end_time '
        'reservation_modification_status reservation_net_amortized_upfront_cost_for_usage:n '
        'reservation_net_amortized_upfront_fee_for_billing_period:n reservation_net_effective_cost:n '
        'reservation_net_recurring_fee_for_usage:n '
        'reservation_net_unused_amortized_upfront_fee_for_billing_period:n reservation_net_unused_recurring_fee:n '
        'reservation_net_upfront_value:n reservation_normalized_units_per_reservation '
        'reservation_number_of_reservations reservation_recurring_fee_for_usage:n reservation_reservation_a_r_n '
        'reservation_start_time reservation_subscription_id reservation_total_reserved_normalized_units '
        'reservation_total_reserved_units reservation_units_per_reservation '
        'reservation_unused_amortized_upfront_fee_for_billing_period:n '
        'reservation_unused_normalized_unit_quantity:n reservation_unused_quantity:n '
        'reservation_unused_recurring_fee:n reservation_upfront_value:n resource_tags:m '
        'savings_plan_amortized_upfront_commitment_for_billing_period:n savings_plan_end_time '
        'savings_plan_instance_type_family savings_plan_net_amortized_upfront_commitment_for_billing_period:n '
        'savings_plan_net_recurring_commitment_for_billing_period:n savings_plan_net_savings_plan_effective_cost:n '
        'savings_plan_offering_type savings_plan_payment_option savings_plan_purchase_term '
        'savings_plan_recurring_commitment_for_billing_period:n savings_plan_region '
        'savings_plan_savings_plan_a_r_n savings_plan_savings_plan_effective_cost:n '
        'savings_plan_savings_plan_rate:n savings_plan_start_time savings_plan_total_commitment_to_date:n '
        'savings_plan_used_commitment:n split_line_item_actual_usage:n split_line_item_net_split_cost:n '
        'split_line_item_net_unused_cost:n split_line_item_parent_resource_id '
        'split_line_item_public_on_demand_split_cost:n split_line_item_public_on_demand_unused_cost:n '
        'split_line_item_reserved_usage:n split_line_item_split_cost:n split_line_item_split_usage:n '
        'split_line_item_split_usage_ratio:n split_line_item_unused_cost:n tags:m billing_period', ' ') WITH ORDINALITY AS c (word, ordinal);
END;
COMMENT ON FUNCTION bedrock.cur2_column() IS 'columns of CUR 2.0 in the order of bedrock.cur2, with the type each has there';

CREATE OR REPLACE FUNCTION bedrock.cur2_name(column_name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ltrim(lower(regexp_replace(regexp_replace(column_name, '([A-Z])', '_\1', 'g'), '[^A-Za-z0-9]+', '_', 'g')), '_')::name::text;
COMMENT ON FUNCTION bedrock.cur2_name(text) IS
    'the name Athena and CUR 2.0 give a column of the legacy report: lineItem/UsageAccountId becomes line_item_usage_account_id, reservation/ReservationARN reservation_reservation_a_r_n; cut to 63 bytes like every name';

-- One source's part of each view.

CREATE OR REPLACE FUNCTION bedrock.line_item_part(source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bedrock.source_relation(line_item_part.source);
    fields text;
    resource boolean;
    principal boolean;
    tagged boolean := EXISTS (SELECT FROM bedrock.tag_column(relation));
BEGIN
    SELECT string_agg(CASE f.type WHEN 'text' THEN format('nullif(f.%1$I, '''')::text AS %1$I', f.field) ELSE format('f.%1$I::%2$s AS %1$I', f.field, f.type) END,
                      ', ' ORDER BY f.ordinal),
           bool_or(f.column_name IS NOT NULL) FILTER (WHERE f.field = 'resource_id'),
           bool_or(f.column_name IS NOT NULL) FILTER (WHERE f.field = 'iam_principal')
    INTO fields, resource, principal
    FROM bedrock.source_layout(line_item_part.source) WITH ORDINALITY AS f (field, type, column_name, expression, ordinal);

    RETURN format('SELECT %L::text AS source, %L::boolean AS resource_recorded, %L::boolean AS principal_recorded, %s AS tags, %s FROM (%s) AS f',
                  line_item_part.source, resource, principal,
                  CASE WHEN tagged THEN bedrock.source_tags(line_item_part.source) ELSE 'NULL::jsonb' END,
                  fields, bedrock.source_select(line_item_part.source));
END
$$;
COMMENT ON FUNCTION bedrock.line_item_part(text) IS 'one source''s branch of the view bedrock.line_item';

CREATE OR REPLACE FUNCTION bedrock.cur2_part(source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bedrock.source_relation(cur2_part.source);
    columns text;
    provider text;
BEGIN
    SELECT f.expression INTO STRICT provider FROM bedrock.source_layout(cur2_part.source) AS f WHERE f.field = 'provider';

    WITH layout AS (
        SELECT w.name::name::text AS name, f.type, f.column_name, f.expression
        FROM bedrock.source_layout(cur2_part.source) AS f
        JOIN bedrock.source_field() AS s ON s.format = 'cur2' AND s.field = f.field
        CROSS JOIN LATERAL unnest(s.candidates) AS w (name)
        WHERE f.column_name IS NOT NULL OR f.field = 'billing_entity'
    ), product AS (
        SELECT coalesce('nullif(jsonb_strip_nulls(jsonb_build_object('
                        || string_agg(format('%L, nullif(%s, '''')', replace(y.name, 'product->', ''), y.expression), ', ' ORDER BY y.name)
                        || ')), ''{}'')', 'NULL') AS expression
        FROM layout AS y
        WHERE y.name LIKE 'product->%'
    )
    SELECT string_agg(format(
               '%s::%s AS %I',
               CASE c.name
                   WHEN 'billing_period' THEN
                       coalesce('to_char(' || (SELECT y.expression FROM layout AS y WHERE y.name = 'bill_billing_period_start_date') || ' AT TIME ZONE ''UTC'', ''YYYY-MM'')', 'NULL')
                   WHEN 'tags' THEN coalesce(own.expression, bedrock.tags_expression(relation, false, NULL))
                   WHEN 'resource_tags' THEN coalesce(own.expression, bedrock.tags_expression(relation, false, '{resource_tag}'))
                   WHEN 'cost_category' THEN coalesce(own.expression, bedrock.tags_expression(relation, false, '{cost_category,cost_category_map}'))
                   WHEN 'product' THEN coalesce(own.expression, product.expression)
                   ELSE coalesce(CASE c.type WHEN 'text' THEN 'nullif(' || coalesce(own.expression, y.expression) || ', '''')'
                                             ELSE coalesce(own.expression, y.expression) END, 'NULL') END,
               c.type, c.name), ', ' ORDER BY c.ordinal) INTO columns
    FROM (SELECT w.ordinal, w.name, w.type FROM bedrock.cur2_column() AS w) AS c
    CROSS JOIN product
    LEFT JOIN layout AS y ON y.name = c.name
    LEFT JOIN LATERAL (
        SELECT coalesce(bedrock.read_expression(c.type, NULL, format('l.%I', r.name), r.type, NULL),
                        CASE c.type WHEN 'text' THEN format('l.%I::text', r.name) END) AS expression
        FROM bedrock.relation_column(relation) AS r
        WHERE y.name IS NULL AND bedrock.cur2_name(r.name) = c.name
        ORDER BY r.name <> c.name, r.ordinal LIMIT 1) AS own ON true;
    RETURN format('SELECT %s, %L::text AS source FROM %s AS l WHERE bedrock.provider_is_aws(%s)', columns, cur2_part.source, relation, provider);
END
$$;
COMMENT ON FUNCTION bedrock.cur2_part(text) IS 'one source''s branch of the view bedrock.cur2';

-- Runs with the rights of the extension's owner, who owns the views; they show a caller only what the caller may read.

CREATE OR REPLACE FUNCTION bedrock.rebuild_views() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry record;
    view_name text;
    line_items text[] := ARRAY[]::text[];
    cur2 text[] := ARRAY[]::text[];
    shown boolean;
    statement text;
BEGIN
    LOCK TABLE bedrock.source IN SHARE ROW EXCLUSIVE MODE;

    FOR entry IN
        SELECT s.source FROM bedrock.source AS s
        WHERE s.line_item AND to_regclass(s.relation) IS NOT NULL
        ORDER BY s.rank
    LOOP
        BEGIN
            line_items := line_items || bedrock.line_item_part(entry.source);
            cur2 := cur2 || bedrock.cur2_part(entry.source);
        EXCEPTION WHEN undefined_column OR datatype_mismatch THEN
            line_items := line_items[1:cardinality(cur2)];
            RAISE WARNING USING MESSAGE = format('source "%s" is left out of bedrock.line_item and bedrock.cur2: %s', entry.source, sqlerrm);
        END;
    END LOOP;

    shown := cardinality(cur2) > 0;
    IF NOT shown THEN
        BEGIN
            FOREACH view_name IN ARRAY ARRAY['line_item', 'cur2'] LOOP
                IF to_regclass('bedrock.' || view_name) IS NOT NULL THEN
                    EXECUTE format('DROP VIEW bedrock.%I', view_name);
                END IF;
            END LOOP;
            RETURN 0;
        EXCEPTION WHEN dependent_objects_still_exist THEN
            -- A view of the user's stands on one of them: both stay, without rows.
            NULL;
        END;
    END IF;

    SELECT format('CREATE OR REPLACE VIEW bedrock.line_item WITH (security_invoker) AS SELECT %s FROM (%s) AS l '
                  'LEFT JOIN bedrock.charge_categories AS category ON category.line_item_type = bedrock.charge_key(l.charge_class, l.line_item_type)',
                  string_agg(CASE WHEN shown THEN format('(%s)::%s AS %I', c.expression, c.type, c.name) ELSE format('NULL::%s AS %I', c.type, c.name) END, ', ' ORDER BY c.ordinal),
                  CASE WHEN shown THEN
                      'SELECT u.*, coalesce(u.usage_type, CASE WHEN u.billing_entity = ''AWS Marketplace'' THEN bedrock.described_usage_type(u.line_item_description) END) AS metered, '
                      '@extschema@.is_bedrock(u.product_code, u.billing_entity, u.product_name) OR @extschema@.try_bedrock_arn(u.resource_id) IS NOT NULL AS is_bedrock '
                      'FROM (' || array_to_string(line_items, ' UNION ALL ') || ') AS u WHERE bedrock.provider_is_aws(u.provider)'
                  ELSE 'SELECT NULL::text AS charge_class, NULL::text AS line_item_type WHERE false' END)
    INTO STRICT statement
    FROM bedrock.line_item_column() AS c;
    EXECUTE statement;

    SELECT format('CREATE OR REPLACE VIEW bedrock.cur2 WITH (security_invoker) AS %s',
                  CASE WHEN shown THEN array_to_string(cur2, ' UNION ALL ')
                  ELSE 'SELECT ' || string_agg(format('NULL::%s AS %I', c.type, c.name), ', ' ORDER BY c.ordinal) || ', NULL::text AS source WHERE false' END)
    INTO STRICT statement
    FROM bedrock.cur2_column() AS c;
    EXECUTE statement;

    SELECT string_agg(format('COMMENT ON COLUMN bedrock.line_item.%I IS %L', c.name, c.description), '; ') INTO STRICT statement
    FROM bedrock.line_item_column() AS c;
    EXECUTE statement;
    SELECT string_agg(format('COMMENT ON COLUMN bedrock.cur2.%I IS %L', c.name,
                             CASE c.name WHEN 'billing_period' THEN 'month of the bill as 2026-03, as in the folders of an export'
                             ELSE 'CUR 2.0 column of this name (' || c.type || '); NULL where it is empty or the source has none' END), '; ') INTO STRICT statement
    FROM bedrock.cur2_column() AS c;
    EXECUTE statement;
    COMMENT ON COLUMN bedrock.cur2.source IS 'name of the source, bedrock.source; no column of CUR 2.0';
    COMMENT ON VIEW bedrock.line_item IS
        'the lines of every attached source at their own grain and in one shape, Bedrock or not; empty text is NULL. Lines of two sources that carry the same bill stand here twice: bedrock.spend counts each cent once. Directly loaded sources, and sources attached with line_item => false, are not in it. Built by bedrock.attach, no part of the extension';
    COMMENT ON VIEW bedrock.cur2 IS
        'the lines of every attached source under the column names of CUR 2.0, whatever their format, so that published queries run as they are; empty text is NULL; the column source stands last. Two sources with the same bill stand here twice. Built by bedrock.attach, no part of the extension';
    RETURN cardinality(cur2);
END
$$;
COMMENT ON FUNCTION bedrock.rebuild_views() IS
    'builds bedrock.line_item and bedrock.cur2 of the sources whose relation exists, and gives their number; without any the views are dropped, or emptied where other objects stand on them. A source that cannot be read is left out with a warning. Never call it from an extension script: the views would become members';
-- What the parsers read out of a dimension, and which labels and owner it has from when to when.

CREATE OR REPLACE FUNCTION bedrock.parser_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1;
COMMENT ON FUNCTION bedrock.parser_version() IS
    'version of the parsers and of bedrock.dimension_reading; it rises when one of them reads a string differently, and refresh then reads older dimensions again';

CREATE OR REPLACE FUNCTION bedrock.setting_value(name text, day date DEFAULT CURRENT_DATE) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT s.value FROM bedrock.setting AS s
    WHERE s.name = setting_value.name AND s.valid_from <= setting_value.day
    ORDER BY s.valid_from DESC, s.recorded_at DESC LIMIT 1;
END;
COMMENT ON FUNCTION bedrock.setting_value(text, date) IS 'value of a setting on a day (UTC); NULL: no such setting';

CREATE OR REPLACE FUNCTION bedrock.set_setting(name text, value text, valid_from date DEFAULT '-infinity', note text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bedrock.setting AS s WHERE s.name = set_setting.name) THEN
        RAISE undefined_object USING MESSAGE = format('there is no setting "%s"', set_setting.name),
            HINT = 'Settings are listed in bedrock.setting.';
    END IF;
    IF set_setting.name = 'ai_cost_metric' AND set_setting.value NOT IN ('unblended', 'blended', 'net_unblended', 'amortized', 'net_amortized') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" is no cost metric', set_setting.value),
            HINT = 'unblended, blended, net_unblended, amortized or net_amortized';
    END IF;
    IF set_setting.name = 'preferred_source' AND NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = set_setting.value) THEN
        RAISE undefined_object USING MESSAGE = format('there is no source "%s"', set_setting.value);
    END IF;
    INSERT INTO bedrock.setting (name, valid_from, value, note)
    VALUES (set_setting.name, set_setting.valid_from, set_setting.value, set_setting.note);
END
$$;
COMMENT ON FUNCTION bedrock.set_setting(text, text, date, text) IS
    'sets a setting from a day (UTC) on; earlier days keep theirs, and the row it replaces stays as history; an error for a name that bedrock.setting does not list and for a value it cannot have';

DELETE FROM bedrock.setting WHERE builtin AND name NOT LIKE 'state.%';
INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('ai_cost_metric', '-infinity', 'unblended', 'the metric bedrock.spend.ai_cost carries: unblended, blended, net_unblended, amortized, net_amortized; FOCUS has only the net ones', true, '-infinity'),
    ('preferred_source', '-infinity', '', 'source that feeds bedrock.spend where two have an account and period (bedrock.prefer_source); empty: the one attached first', true, '-infinity'),
    ('data_lag_days_aws', '-infinity', '2', 'days until lines billed by AWS are complete', true, '-infinity'),
    ('data_lag_days_marketplace', '-infinity', '3', 'days until lines billed by AWS Marketplace are complete', true, '-infinity'),
    ('stale_after_hours', '-infinity', '48', 'hours without new lines after which the doctor warns', true, '-infinity'),
    ('tags_activated_on', '-infinity', '', 'UTC day on which cost allocation tags were last activated in AWS, 2026-03-01; they appear 24 to 48 hours later, and until then the doctor waits; empty: long ago', true, '-infinity'),
    ('cache_hit_healthy', '-infinity', '0.30', 'cache hit rate above which the catalogue calls a workload healthy; a choice of this extension', true, '-infinity'),
    ('profile_limit', '-infinity', '1000', 'application inference profiles an account may have in a region', true, '-infinity');

CREATE OR REPLACE VIEW bedrock.dimension_reading WITH (security_invoker) AS
SELECT d.dimension_id::bigint AS dimension_id,
       c.category AS charge_category,
       u.usage_group,
       CASE WHEN c.category <> 'usage' THEN NULL
            WHEN u.usage_group = 'provisioned_throughput' THEN 'provisioned'
            WHEN u.usage_group IN ('reserved', 'customization', 'custom_model_import') THEN u.usage_group
            WHEN u.tier IN ('batch', 'flex', 'priority', 'latency_optimized') THEN u.tier
            ELSE 'on_demand' END AS pricing_model,
       m.provider,
       r.model_id,
       coalesce(m.model_name, r.model_id) AS model_name,
       m.model_family,
       r.basis AS model_basis,
       u.token_kind, u.modality, u.cache_ttl, u.tier, u.routing,
       CASE WHEN NOT i.inference THEN 'not_applicable'
            WHEN u.routing = 'global' OR a.geo_prefix = 'global' OR p.pool = 'global' THEN 'cross_region_global'
            WHEN u.routing = 'geo' OR a.geo_prefix IS NOT NULL OR p.pool NOT IN ('regional', 'global') THEN 'cross_region_geo'
            WHEN a.request_path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model') THEN 'same_region'
            ELSE 'unknown' END AS ai_region_type,
       coalesce(a.geo_prefix, nullif(p.pool, 'regional')) AS geo_prefix,
       CASE WHEN NOT i.inference THEN NULL
            WHEN u.mantle OR a.service = 'bedrock-mantle' THEN 'bedrock-mantle'
            WHEN u.model_token IS NOT NULL THEN 'bedrock-runtime' END AS endpoint,
       u.long_context, u.custom_model,
       coalesce(bedrock_tokens(1, d.pricing_unit, t.usage_type), 0)::bigint AS tokens_per_unit,
       coalesce(u.region, known.region, nullif(d.region_code, 'global'), a.region) AS region,
       a.resource_type,
       CASE WHEN NOT i.inference THEN 'not_inference'
            WHEN d.resource_id IS NOT NULL THEN a.request_path
            WHEN d.resource_recorded THEN 'no_resource_id'
            ELSE 'not_recorded' END AS request_path,
       CASE WHEN d.resource_id IS NOT NULL OR d.resource_recorded THEN bedrock_via_profile(d.resource_id) END AS via_profile,
       CASE WHEN a.request_path = 'application_profile' THEN 'application'
            WHEN a.request_path = 'system_profile' THEN 'system'
            WHEN d.resource_id IS NOT NULL OR d.resource_recorded THEN 'none'
            ELSE 'not_recorded' END AS profile_kind,
       a.profile_id, a.profile_suffix,
       CASE WHEN a.request_path = 'project' THEN a.resource_id END AS project_id,
       CASE WHEN NOT i.inference THEN 'not_applicable'
            WHEN a.request_path IN ('application_profile', 'system_profile') THEN 'profile'
            WHEN a.request_path = 'project' THEN 'project'
            WHEN a.request_path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model', 'prompt_router') THEN 'direct'
            ELSE 'unknown' END AS control_layer,
       CASE WHEN d.principal IS NOT NULL THEN w.kind WHEN d.principal_recorded THEN 'none' ELSE 'not_recorded' END AS principal_kind,
       w.name AS principal_name, w.principal_key,
       substring(w.name FROM '^AWSReservedSSO_(.+)_[0-9a-f]+$') AS permission_set,
       CASE WHEN w.kind IN ('iam_user', 'sso', 'federated_user', 'root') THEN 'human'
            WHEN w.kind IN ('role', 'assumed_role', 'service') THEN 'machine'
            WHEN w.kind = 'api_key' THEN 'api_key'
            WHEN d.principal IS NOT NULL THEN 'unknown'
            WHEN d.principal_recorded THEN 'none' ELSE 'not_recorded' END AS caller_class,
       CASE WHEN NOT i.inference THEN 'not_applicable'
            WHEN coalesce(l.labels ->> 'workflow', p.workflow) ILIKE '%coding%' OR coalesce(l.labels ->> 'application', p.application) ILIKE '%coding%' THEN 'coding_assistant'
            WHEN u.tier = 'batch' THEN 'batch'
            WHEN coalesce(l.labels ->> 'environment', p.environment) = 'prod' THEN 'production'
            WHEN coalesce(l.labels ->> 'environment', p.environment) IN ('dev', 'test', 'staging') THEN 'test'
            ELSE 'unclassified' END AS traffic_class,
       CASE WHEN k.kind = 'none' AND (d.tags IS NULL OR NOT d.principal_recorded OR NOT d.resource_recorded) THEN 'not_recorded'
            ELSE k.kind END AS attribution_kind
FROM bedrock.dimension AS d
LEFT JOIN bedrock.charge_categories AS b ON b.line_item_type = bedrock.charge_key(d.charge_class, d.charge_type)
CROSS JOIN LATERAL (SELECT coalesce(b.charge_category, 'unknown') AS category) AS c
CROSS JOIN LATERAL (SELECT coalesce(d.usage_type, bedrock.described_usage_type(d.charge_description)) AS usage_type) AS t
LEFT JOIN LATERAL bedrock_usage_parts(t.usage_type) AS u ON true
LEFT JOIN LATERAL bedrock_arn_parts(d.resource_id) AS a ON true
LEFT JOIN LATERAL bedrock_principal_parts(d.principal) AS w ON true
CROSS JOIN LATERAL (SELECT c.category = 'usage' AND coalesce(u.usage_group IN ('tokens', 'media', 'search_units'), false) AS inference) AS i
CROSS JOIN LATERAL (SELECT attribution_kind(d.resource_id, d.principal, d.tags) AS kind) AS k
LEFT JOIN bedrock.regions AS known ON u.region IS NULL AND known.cur_prefix = split_part(d.usage_type, '-', 1)
-- The model: one step for each raw string that may tell it, so that a string which stands in many dimensions is resolved once.
LEFT JOIN LATERAL (SELECT registered.pool, registered.application, registered.environment, registered.workflow, said.model_id, said.basis
                   FROM bedrock_arn_parts(d.resource_id) AS arn
                   LEFT JOIN LATERAL (SELECT q.model_id, q.pool, q.application, q.environment, q.workflow FROM bedrock.profile AS q
                                      WHERE q.profile_arn = d.resource_id AND upper_inf(q.recorded)
                                      ORDER BY lower(q.valid) DESC LIMIT 1) AS registered ON arn.request_path IN ('application_profile', 'project')
                   CROSS JOIN LATERAL bedrock.resolve_model(arn.model_id, registered.model_id, NULL, NULL) AS said OFFSET 0) AS p ON true
LEFT JOIN LATERAL (SELECT said.model_id, said.basis FROM bedrock.resolve_model(NULL, NULL, d.product_name, NULL) AS said OFFSET 0) AS named ON true
LEFT JOIN LATERAL (SELECT said.model_id, said.basis
                   FROM bedrock_usage_parts(d.usage_type) AS parts
                   CROSS JOIN LATERAL bedrock.resolve_model(NULL, NULL, NULL, parts.model_token) AS said OFFSET 0) AS metered ON true
LEFT JOIN LATERAL (SELECT said.model_id, said.basis
                   FROM bedrock_usage_parts(bedrock.described_usage_type(d.charge_description)) AS parts
                   CROSS JOIN LATERAL bedrock.resolve_model(NULL, NULL, NULL, parts.model_token) AS said
                   WHERE d.usage_type IS NULL OFFSET 0) AS described ON true
LEFT JOIN LATERAL (SELECT CASE WHEN p.basis <> 'unresolved' THEN p.model_id WHEN named.basis <> 'unresolved' THEN named.model_id ELSE coalesce(metered.model_id, described.model_id) END AS model_id,
                          CASE WHEN p.basis <> 'unresolved' THEN p.basis WHEN named.basis <> 'unresolved' THEN named.basis WHEN metered.basis <> 'unresolved' THEN metered.basis ELSE coalesce(described.basis, 'unresolved') END AS basis) AS r
    ON u.usage_group IN ('tokens', 'media', 'search_units', 'provisioned_throughput', 'reserved', 'customization')
    -- Without a usage type (FOCUS 1.2) a line may still say its model, or be about none.
    OR u.usage_group IS NULL AND c.category = 'usage' AND r.model_id IS NOT NULL
LEFT JOIN bedrock.models AS m ON m.model_id = r.model_id
LEFT JOIN LATERAL (SELECT bedrock.read_labels(d.tags, (SELECT bedrock.label_rules_in_order()), (SELECT bedrock.label_spellings())) AS labels OFFSET 0) AS l ON i.inference;
COMMENT ON VIEW bedrock.dimension_reading IS
    'what today''s parsers and catalogues read out of the raw columns of each dimension; refresh keeps it in bedrock.dimension. Column by column it means what bedrock.spend says';
COMMENT ON COLUMN bedrock.dimension_reading.dimension_id IS 'row of bedrock.dimension with all raw strings';
COMMENT ON COLUMN bedrock.dimension_reading.charge_category IS 'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock.dimension_reading.usage_group IS 'what is metered: tokens, media, search_units, provisioned_throughput, reserved, custom_model_import, customization, guardrail, knowledge_base, agent, flow, evaluation, prompt, data_automation, agentcore, grounding, other; NULL: no usage type, or an unreadable one';
COMMENT ON COLUMN bedrock.dimension_reading.pricing_model IS 'on_demand, batch, flex, priority, latency_optimized, provisioned, reserved, customization, custom_model_import; NULL: no usage';
COMMENT ON COLUMN bedrock.dimension_reading.provider IS 'who made the model; NULL: no model, or one the catalogue does not know';
COMMENT ON COLUMN bedrock.dimension_reading.model_id IS 'foundation model: of the resource id, else the registry, else the product name, else the usage type; NULL: the line is about no model, or none of them tells it (listed in bedrock.unrecognized)';
COMMENT ON COLUMN bedrock.dimension_reading.model_name IS 'name of the model in the catalogue, else its id; NULL: model_id is NULL';
COMMENT ON COLUMN bedrock.dimension_reading.model_family IS 'what versions roll up to: Opus, Sonnet, Haiku, Nova; NULL: not known';
COMMENT ON COLUMN bedrock.dimension_reading.model_basis IS 'where model_id was read: resource_id, registry, product_name, usage_type, unresolved; NULL: the line is about no model';
COMMENT ON COLUMN bedrock.dimension_reading.token_kind IS 'input, output, cache_read, cache_write; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.dimension_reading.modality IS 'text, image, speech, audio, video where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.dimension_reading.cache_ttl IS '5m, 30m, 1h where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.dimension_reading.tier IS 'standard, batch, flex, priority, latency_optimized; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.dimension_reading.routing IS 'global, geo or regional, as priced; NULL: neither tokens nor reserved capacity';
COMMENT ON COLUMN bedrock.dimension_reading.ai_region_type IS 'where the answer may have been computed: cross_region_global, cross_region_geo, same_region, unknown, not_applicable (no inference)';
COMMENT ON COLUMN bedrock.dimension_reading.geo_prefix IS 'geography of the profile: us, eu, apac, jp, au, ca, in, us-gov, global; NULL: none known';
COMMENT ON COLUMN bedrock.dimension_reading.endpoint IS 'bedrock-runtime or bedrock-mantle where the line tells it; NULL: it does not';
COMMENT ON COLUMN bedrock.dimension_reading.long_context IS 'whether the long-context rate applies; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.dimension_reading.custom_model IS 'whether a fine-tuned model is stated; NULL: no usage type';
COMMENT ON COLUMN bedrock.dimension_reading.tokens_per_unit IS 'tokens of one unit of usage_amount; 0: not metered in tokens';
COMMENT ON COLUMN bedrock.dimension_reading.region IS 'AWS region that was called and billed: of the usage types prefix, else of the product columns, else of the resource id; NULL: none states it. Where the answer was computed is another matter: ai_region_type';
COMMENT ON COLUMN bedrock.dimension_reading.resource_type IS 'type of the Bedrock resource; NULL: no Bedrock resource';
COMMENT ON COLUMN bedrock.dimension_reading.request_path IS 'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, custom_model, imported_model, prompt_router, project, other, none (a resource id that is no Bedrock ARN), not_inference (any line but inference usage), no_resource_id (source and period record ids, this line has none), not_recorded';
COMMENT ON COLUMN bedrock.dimension_reading.via_profile IS 'whether the request went through an inference profile; NULL: resource ids are not recorded';
COMMENT ON COLUMN bedrock.dimension_reading.profile_kind IS 'application, system, none, not_recorded';
COMMENT ON COLUMN bedrock.dimension_reading.profile_id IS 'id of the profile; NULL: none';
COMMENT ON COLUMN bedrock.dimension_reading.profile_suffix IS 'what stands behind the profile id; NULL: nothing';
COMMENT ON COLUMN bedrock.dimension_reading.project_id IS 'id of the bedrock-mantle project; NULL: none';
COMMENT ON COLUMN bedrock.dimension_reading.control_layer IS 'profile, project, direct, unknown (no resource id), not_applicable (no inference)';
COMMENT ON COLUMN bedrock.dimension_reading.principal_kind IS 'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none, not_recorded';
COMMENT ON COLUMN bedrock.dimension_reading.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock.dimension_reading.principal_key IS 'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock.dimension_reading.permission_set IS 'permission set of an SSO role; NULL: no SSO role';
COMMENT ON COLUMN bedrock.dimension_reading.caller_class IS 'human, machine, api_key, unknown, none, not_recorded';
COMMENT ON COLUMN bedrock.dimension_reading.traffic_class IS 'coding_assistant, batch, production, test, unclassified, not_applicable, by tier and tags, else the latest registry labels of the profile';
COMMENT ON COLUMN bedrock.dimension_reading.attribution_kind IS 'strongest owner signal on the line: application_profile, project, iam_principal, tag, none, not_recorded (none found, and not all of them are recorded)';

-- Labels and owners in time: segments of days, and the facts that point at them.

CREATE OR REPLACE FUNCTION bedrock.segments(dimension_ids integer[], known timestamptz DEFAULT 'infinity',
    OUT dimension_id integer, OUT valid_from date, OUT valid_to date, OUT owner_id integer, OUT attribution_rule text,
    OUT profile_name text, OUT project_name text, OUT team text, OUT application text, OUT project text,
    OUT environment text, OUT cost_center text, OUT department text, OUT customer text, OUT workflow text,
    OUT engineer text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH combination AS MATERIALIZED (
        SELECT d.dimension_id AS id, d.charge_category, d.request_path, d.profile_kind, d.profile_id, d.project_id, d.resource_id, d.tags
        FROM bedrock.dimension AS d
        WHERE d.dimension_id = ANY (segments.dimension_ids)),
    label AS MATERIALIZED (
        SELECT coalesce(t.tags, 'null') AS tags, bedrock.read_labels(t.tags, (SELECT bedrock.label_rules_in_order()), (SELECT bedrock.label_spellings())) AS of_tags,
               coalesce(nullif(@extschema@.bedrock_tag(t.tags, 'userAttribute/department'), ''),
                        nullif(@extschema@.bedrock_tag(t.tags, 'iamPrincipal/department'), '')) AS caller_department
        FROM (SELECT DISTINCT c.tags FROM combination AS c) AS t),
    registered AS MATERIALIZED (
        SELECT c.id, p.valid, p.profile_name, p.labels, p.team, p.application, p.project, p.environment, p.cost_center,
               p.department, p.customer, p.workflow, p.engineer
        FROM combination AS c
        JOIN bedrock.profile AS p ON p.profile_arn = c.resource_id
        WHERE CASE WHEN segments.known = 'infinity' THEN upper_inf(p.recorded) ELSE p.recorded @> segments.known END),
    -- A segment begins at the beginning of all days and wherever the registry begins or ceases to say something. For most it
    -- says the same of all days.
    beginning AS MATERIALIZED (
        SELECT r.id, lower(r.valid) AS day FROM registered AS r WHERE lower(r.valid) <> '-infinity'
        UNION
        SELECT r.id, upper(r.valid) FROM registered AS r WHERE upper(r.valid) IS NOT NULL AND upper(r.valid) <> 'infinity'),
    stretch AS (
        SELECT c.id, '-infinity'::date AS day, coalesce(f.day - 1, 'infinity'::date) AS last_day
        FROM combination AS c LEFT JOIN (SELECT b.id, min(b.day) AS day FROM beginning AS b GROUP BY b.id) AS f ON f.id = c.id
        UNION ALL
        SELECT b.id, b.day, coalesce(lead(b.day) OVER (PARTITION BY b.id ORDER BY b.day) - 1, 'infinity'::date) FROM beginning AS b)
    SELECT s.id, s.day, s.last_day,
           CASE WHEN c.charge_category = 'usage' THEN 0 ELSE 1 END,
           CASE WHEN c.charge_category = 'usage' THEN 'unclaimed' ELSE 'charge:' || c.charge_category END,
           CASE WHEN c.profile_kind IN ('application', 'system') THEN coalesce(r.profile_name, c.profile_id) END,
           CASE WHEN c.project_id IS NOT NULL THEN coalesce(r.profile_name, c.project_id) END,
           coalesce(r.team, l.of_tags ->> 'team', '(untagged)'),
           coalesce(r.application, l.of_tags ->> 'application', '(untagged)'),
           coalesce(r.project, l.of_tags ->> 'project', '(untagged)'),
           coalesce(r.environment, l.of_tags ->> 'environment', '(untagged)'),
           coalesce(r.cost_center, l.of_tags ->> 'cost_center', '(untagged)'),
           coalesce(bedrock.label_value('department', l.caller_department), r.department, l.of_tags ->> 'department', '(untagged)'),
           coalesce(r.customer, l.of_tags ->> 'customer', '(untagged)'),
           coalesce(r.workflow, l.of_tags ->> 'workflow', '(untagged)'),
           coalesce(r.engineer, l.of_tags ->> 'engineer', '(untagged)')
    FROM stretch AS s
    JOIN combination AS c ON c.id = s.id
    LEFT JOIN label AS l ON l.tags = coalesce(c.tags, 'null')
    LEFT JOIN registered AS r ON r.id = s.id AND r.valid @> s.day;
END
$$;
COMMENT ON FUNCTION bedrock.segments(integer[], timestamptz) IS
    'for each of the dimensions its stretches of days with one owner and one set of labels, by the knowledge of a point in time (infinity: of now); the stretches of a dimension tile all days without gap or overlap';

CREATE OR REPLACE FUNCTION bedrock.add_attribution(dimension_ids integer[]) RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO bedrock.attribution (dimension_id, valid_from, valid_to, owner_id, attribution_rule, profile_name, project_name, team,
        application, project, environment, cost_center, department, customer, workflow, engineer)
    SELECT s.dimension_id, s.valid_from, s.valid_to, s.owner_id, s.attribution_rule, s.profile_name, s.project_name, s.team,
           s.application, s.project, s.environment, s.cost_center, s.department, s.customer, s.workflow, s.engineer
    FROM bedrock.segments(add_attribution.dimension_ids) AS s;
END;
COMMENT ON FUNCTION bedrock.add_attribution(integer[]) IS 'enters the segments of dimensions that have none yet: new ones';

CREATE OR REPLACE FUNCTION bedrock.rebuild_attribution(dimension_ids integer[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed integer[];
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_segment;
    CREATE TEMP TABLE bedrock_segment ON COMMIT DROP AS SELECT * FROM bedrock.segments(rebuild_attribution.dimension_ids);

    WITH kept AS (
        SELECT a.dimension_id, a.valid_from, a.valid_to, a.owner_id, a.attribution_rule, a.profile_name, a.project_name, a.team,
               a.application, a.project, a.environment, a.cost_center, a.department, a.customer, a.workflow, a.engineer
        FROM bedrock.attribution AS a WHERE a.dimension_id = ANY (rebuild_attribution.dimension_ids))
    SELECT array_agg(DISTINCT differing.dimension_id) INTO changed
    FROM ((SELECT * FROM bedrock_segment EXCEPT SELECT * FROM kept) UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM bedrock_segment)) AS differing;
    IF changed IS NULL THEN
        RETURN 0;
    END IF;

    DELETE FROM bedrock.attribution AS a WHERE a.dimension_id = ANY (changed);
    INSERT INTO bedrock.attribution (dimension_id, valid_from, valid_to, owner_id, attribution_rule, profile_name, project_name, team,
        application, project, environment, cost_center, department, customer, workflow, engineer)
    SELECT s.dimension_id, s.valid_from, s.valid_to, s.owner_id, s.attribution_rule, s.profile_name, s.project_name, s.team,
           s.application, s.project, s.environment, s.cost_center, s.department, s.customer, s.workflow, s.engineer
    FROM bedrock_segment AS s WHERE s.dimension_id = ANY (changed);

    -- Only facts of these dimensions move; nothing is read from a source.
    UPDATE bedrock.fact AS f SET attribution_id = a.attribution_id
    FROM bedrock.attribution AS a
    WHERE f.dimension_id = ANY (changed) AND a.dimension_id = f.dimension_id AND f.usage_date BETWEEN a.valid_from AND a.valid_to;
    IF FOUND THEN
        DELETE FROM bedrock.fact_month AS m WHERE m.dimension_id = ANY (changed);
        INSERT INTO bedrock.fact_month
        SELECT * FROM bedrock.month_of_facts(NULL, changed);
    END IF;
    RETURN cardinality(changed);
END
$$;
COMMENT ON FUNCTION bedrock.rebuild_attribution(integer[]) IS
    'brings the segments of these dimensions and the facts that point at them up to date with registry and tags, and returns how many dimensions changed';

CREATE OR REPLACE FUNCTION bedrock.month_of_facts(bill_ids integer[], dimension_ids integer[]) RETURNS SETOF bedrock.fact_month
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT f.bill_id, f.attribution_id, f.dimension_id, f.session_id, f.standby, f.lines, f.usage_amount, f.tokens, f.unblended_cost,
           f.blended_cost, f.net_unblended_cost, f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost, f.list_cost, f.ai_cost
    FROM bedrock.fold(
        'SELECT true, lines, bill_id, attribution_id, dimension_id, session_id, standby, usage_amount, tokens, unblended_cost, blended_cost,'
        ' net_unblended_cost, amortized_cost, net_amortized_cost, public_on_demand_cost, list_cost, ai_cost FROM bedrock.fact WHERE true'
        || CASE WHEN month_of_facts.bill_ids IS NULL THEN '' ELSE format(' AND bill_id = ANY (%L::integer[])', month_of_facts.bill_ids) END
        || CASE WHEN month_of_facts.dimension_ids IS NULL THEN '' ELSE format(' AND dimension_id = ANY (%L::integer[])', month_of_facts.dimension_ids) END, 5, '{t}', '{31}', '{1023}')
        AS f (set_number integer, bill_id integer, attribution_id integer, dimension_id integer, session_id integer, standby boolean, lines bigint,
              usage_amount numeric, tokens numeric, unblended_cost numeric, blended_cost numeric, net_unblended_cost numeric,
              amortized_cost numeric, net_amortized_cost numeric, public_on_demand_cost numeric, list_cost numeric, ai_cost numeric);
END
$$;
COMMENT ON FUNCTION bedrock.month_of_facts(integer[], integer[]) IS
    'bedrock.fact summed over the days, of these bills and these dimensions (NULL: of all)';

CREATE OR REPLACE FUNCTION bedrock.read_dimensions(dimension_ids integer[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    updated bigint;
BEGIN
    UPDATE bedrock.dimension AS d
    SET parser = bedrock.parser_version(), charge_category = r.charge_category, usage_group = r.usage_group, pricing_model = r.pricing_model,
        provider = r.provider, model_id = r.model_id, model_name = r.model_name, model_family = r.model_family, model_basis = r.model_basis,
        token_kind = r.token_kind, modality = r.modality, cache_ttl = r.cache_ttl, tier = r.tier, routing = r.routing,
        ai_region_type = r.ai_region_type, geo_prefix = r.geo_prefix, endpoint = r.endpoint, long_context = r.long_context,
        custom_model = r.custom_model, tokens_per_unit = r.tokens_per_unit::integer, region = r.region, resource_type = r.resource_type,
        request_path = r.request_path, via_profile = r.via_profile, profile_kind = r.profile_kind, profile_id = r.profile_id,
        profile_suffix = r.profile_suffix, project_id = r.project_id, control_layer = r.control_layer, principal_kind = r.principal_kind,
        principal_name = r.principal_name, principal_key = r.principal_key, permission_set = r.permission_set,
        caller_class = r.caller_class, traffic_class = r.traffic_class, attribution_kind = r.attribution_kind
    FROM bedrock.dimension_reading AS r
    WHERE r.dimension_id = d.dimension_id AND d.dimension_id = ANY (read_dimensions.dimension_ids)
      AND (d.parser IS DISTINCT FROM bedrock.parser_version()
           OR ROW(d.charge_category, d.provider, d.model_id, d.model_name, d.model_family, d.model_basis, d.ai_region_type, d.geo_prefix, d.region, d.traffic_class)
              IS DISTINCT FROM ROW(r.charge_category, r.provider, r.model_id, r.model_name, r.model_family, r.model_basis, r.ai_region_type, r.geo_prefix, r.region, r.traffic_class));
    GET DIAGNOSTICS updated = ROW_COUNT;
    RETURN updated;
END
$$;
COMMENT ON FUNCTION bedrock.read_dimensions(integer[]) IS
    'parses these dimensions where today''s parsers or catalogues read them differently, and returns how many that were';

CREATE OR REPLACE FUNCTION bedrock.reading_of(combinations text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reading constant text := pg_get_viewdef('bedrock.dimension_reading'::regclass);
BEGIN
    IF regexp_count(reading, '\mbedrock\.dimension d\M') <> 1 THEN
        RAISE internal_error USING MESSAGE = 'bedrock.dimension_reading does not read bedrock.dimension once';
    END IF;
    RETURN rtrim(replace(reading, 'bedrock.dimension d', reading_of.combinations || ' d'), ';');
END
$$;
COMMENT ON FUNCTION bedrock.reading_of(text) IS
    'the query of bedrock.dimension_reading over other rows than those of bedrock.dimension: over a relation or (SELECT ..) that has its raw columns and a dimension_id';

CREATE OR REPLACE FUNCTION bedrock.enter_dimensions() RETURNS integer[]
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    raw text;
    parsed text;
    entered integer[];
BEGIN
    SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FILTER (WHERE r.attname IS NULL), string_agg(a.attname, ', ' ORDER BY a.attnum) FILTER (WHERE r.attname IS NOT NULL)
    INTO raw, parsed
    FROM pg_attribute AS a
    LEFT JOIN pg_attribute AS r ON r.attrelid = 'bedrock.dimension_reading'::regclass AND r.attname = a.attname AND r.attnum > 0
    WHERE a.attrelid = 'bedrock.dimension'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT IN ('dimension_id', 'parser');

    -- Parsed before they are written: a row that is written twice costs twice.
    EXECUTE format($statement$
        WITH entered AS (
            INSERT INTO bedrock.dimension (%1$s, parser, %2$s)
            SELECT %3$s, bedrock.parser_version(), %4$s
            FROM bedrock_combination AS c
            JOIN (%5$s) AS r ON r.dimension_id = c.number
            ORDER BY c.combination
            ON CONFLICT (combination) DO NOTHING
            RETURNING dimension_id)
        SELECT coalesce(array_agg(e.dimension_id), '{}') FROM entered AS e$statement$,
        raw, parsed, 'c.' || replace(raw, ', ', ', c.'), 'r.' || replace(parsed, ', ', ', r.'),
        bedrock.reading_of('(SELECT n.number AS dimension_id, k.* FROM pg_temp.bedrock_new AS n JOIN pg_temp.bedrock_combination AS k ON k.number = n.number)'))
    INTO entered;
    RETURN entered;
END
$$;
COMMENT ON FUNCTION bedrock.enter_dimensions() IS
    'enters the combinations that bedrock_new lists into bedrock.dimension, parsed, and returns the ids of those that no other session has entered meanwhile';

CREATE OR REPLACE FUNCTION bedrock.catalogue_version() RETURNS text
    LANGUAGE sql STABLE SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
BEGIN ATOMIC
    SELECT md5(concat_ws('/', bedrock.parser_version(),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.label_rule AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.label_value_rule AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.charge_category_map AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.model AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.model_alias AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.region AS r)))
        || (SELECT format('/%s/%s/%s', count(*), max(lower(p.recorded)), max(upper(p.recorded))) FROM bedrock.profile AS p);
END;
COMMENT ON FUNCTION bedrock.catalogue_version() IS
    'changes when the parsers, the label rules or a catalogue change (before the first /) or the registry (behind it, first its number of rows): refresh then reads all dimensions again';

CREATE OR REPLACE FUNCTION bedrock.keep_catalogue_version(version text) RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    DELETE FROM bedrock.setting AS s WHERE s.name = 'state.catalogue_version';
    INSERT INTO bedrock.setting (name, valid_from, value, note, builtin)
    VALUES ('state.catalogue_version', '-infinity', keep_catalogue_version.version, 'catalogues by which all dimensions were read last', false);
END;
COMMENT ON FUNCTION bedrock.keep_catalogue_version(text) IS 'notes by which catalogues all dimensions were read';

CREATE OR REPLACE FUNCTION bedrock.refresh_dimensions() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    version text := bedrock.catalogue_version();
    everything integer[];
    updated bigint := 0;
BEGIN
    IF EXISTS (SELECT FROM bedrock.setting AS s WHERE s.name = 'state.catalogue_version' AND s.value = version) THEN
        RETURN 0;
    END IF;
    SELECT coalesce(array_agg(d.dimension_id), '{}') INTO everything FROM bedrock.dimension AS d;
    updated := bedrock.read_dimensions(everything) + bedrock.rebuild_attribution(everything);
    PERFORM bedrock.keep_catalogue_version(version);
    RETURN updated;
END
$$;
COMMENT ON FUNCTION bedrock.refresh_dimensions() IS
    'reads all dimensions again where parsers, registry, label rules or catalogues have changed since the last time; no source is read. Returns how many dimensions changed';

-- Refresh, first part: what a source holds, read once, as temporary tables of groups and of lines.

CREATE OR REPLACE FUNCTION bedrock.stage_statement(source text, periods date[]) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry bedrock.source;
    present text[];
    line text;
    tag_columns text;
    tag_join text;
    any_tag text;
    candidate text;
    frame_columns text[] := '{payer_account_id,account_id,account_name,billing_entity,legal_entity,invoicing_entity,invoice_id,line_item_type,charge_class,currency,reservation_arn,billing_period_start}'::text[];
    detail_columns text[] := '{line_item_description,product_code,product_name,sku,usage_type,operation,pricing_unit,pricing_term,resource_id,iam_principal,user_identifier,region_code}'::text[];
    amounts text[] := '{usage_amount,unblended_cost,blended_cost,net_unblended_cost,net_amortized_cost,public_on_demand_cost,savings_plan_effective_cost,savings_plan_total_commitment,savings_plan_used_commitment,net_savings_plan_effective_cost,reservation_effective_cost,reservation_unused_amortized_upfront_fee,reservation_unused_recurring_fee,reservation_net_effective_cost,reservation_net_unused_amortized_upfront_fee,reservation_net_unused_recurring_fee}'::text[];
    controlled text[] := '{usage_amount,unblended_cost,blended_cost,net_unblended_cost,net_amortized_cost,public_on_demand_cost}'::text[];
    cost text;
    amortized text;
    keys text[];
    key_values text[];
    key_types text[];
    sums text[];
    key_sets bigint[];
    amount_sets bigint[];
BEGIN
    SELECT * INTO STRICT entry FROM bedrock.source AS s WHERE s.source = stage_statement.source;
    SELECT array_agg(f.field) INTO present FROM bedrock.source_layout(entry.source) AS f WHERE f.expression NOT LIKE 'NULL::%';
    line := '(' || bedrock.source_select(entry.source, true)
        || coalesce((SELECT ' WHERE ' || string_agg('(' || bedrock.source_period_predicate(entry.source, p) || ')', ' OR ') FROM unnest(stage_statement.periods) AS p), '')
        || ' OFFSET 0) AS l';
    SELECT coalesce(string_agg(', tag_' || t.ordinal, '' ORDER BY t.ordinal), ''),
           coalesce(string_agg(format('m.tag_%1$s = g.tag_%1$s', t.ordinal), ' AND ' ORDER BY t.ordinal), 'true'),
           coalesce(string_agg(CASE WHEN t.type = 'jsonb'::regtype THEN format('tag_%s <> ''{}''', t.ordinal) ELSE format('tag_%s NOT IN ('''', ''{}'', ''NULL'')', t.ordinal) END, ' OR '), 'false')
    INTO tag_columns, tag_join, any_tag FROM bedrock.tag_column(bedrock.source_relation(entry.source)) AS t;

    -- Lines that may be Bedrock's are kept in detail; what they are is decided on the groups, by proofs of other lines too.
    candidate := '(@extschema@.is_bedrock(product_code, billing_entity, product_name) OR coalesce(billing_entity = ''AWS Marketplace'', false)'
        ' OR coalesce(product_code LIKE ''AmazonBedrock%'', false) OR coalesce(product_name LIKE ''%edrock%'', false)'
        ' OR @extschema@.try_bedrock_arn(resource_id) IS NOT NULL OR coalesce(product_code = ANY ($1), false)'
        || CASE WHEN entry.format = 'focus' THEN ' OR coalesce(line_item_description LIKE ''%(Amazon Bedrock Edition)%'', false)' ELSE '' END || ')';
    candidate := replace(candidate, '$1', quote_literal((SELECT coalesce(array_agg(DISTINCT p.product_code), '{}') FROM bedrock.product AS p)) || '::text[]');
    -- Each line is judged once: OFFSET 0 keeps the planner from copying the expression upwards.
    line := '(SELECT *, ' || candidate || ' AS kept FROM ' || line
        || CASE WHEN entry.format = 'focus' THEN ' WHERE bedrock.provider_is_aws(provider)' ELSE '' END || ' OFFSET 0) AS l';

    -- One line type a group: each takes the column that its rule names.
    SELECT 'CASE WHEN line_item_type = ''Usage'' THEN unblended_cost' || string_agg(format(' WHEN line_item_type = %L THEN %s', r.line_type,
               CASE WHEN r.needs && present THEN r.value ELSE r.otherwise END), '') || ' ELSE unblended_cost END' INTO amortized
    FROM (VALUES ('SavingsPlanCoveredUsage', 'savings_plan_effective_cost', '{savings_plan_effective_cost}'::text[], 'NULL'),
                 ('SavingsPlanRecurringFee', 'savings_plan_total_commitment - savings_plan_used_commitment', '{savings_plan_total_commitment,savings_plan_used_commitment}', 'NULL'),
                 ('SavingsPlanNegation', '0', '{}', '0'), ('SavingsPlanUpfrontFee', '0', '{}', '0'),
                 ('DiscountedUsage', 'reservation_effective_cost', '{reservation_effective_cost}', 'NULL'),
                 ('RIFee', 'coalesce(reservation_unused_amortized_upfront_fee, 0) + coalesce(reservation_unused_recurring_fee, 0)',
                  '{reservation_unused_amortized_upfront_fee,reservation_unused_recurring_fee}', '0'),
                 ('Fee', 'CASE WHEN reservation_arn <> '''' THEN 0 ELSE unblended_cost END', '{reservation_arn}', 'unblended_cost'))
         AS r (line_type, value, needs, otherwise);
    SELECT 'coalesce(' || string_agg(c, ', ' ORDER BY c DESC) || ', 0)' INTO cost
    FROM unnest('{unblended_cost,net_unblended_cost}'::text[]) AS c WHERE c = ANY (present);

    -- What lines are grouped by and what is summed; a column that the source lacks is neither. Whether the net column is
    -- filled is a key, so that the sums need not tell lines apart. Two groupings of the same rows: detail (lines that are
    -- kept) and rest make the facts and the frame, control and remainder are what these are held against.
    WITH key AS (
        SELECT k.*, row_number() OVER () - 1 AS place
        FROM (SELECT c AS name, c AS value, CASE c WHEN 'billing_period_start' THEN 'timestamptz' ELSE 'text' END AS type,
                     CASE WHEN c IN ('payer_account_id', 'line_item_type', 'charge_class', 'billing_period_start') THEN 15 ELSE 3 END AS sets
              FROM unnest(frame_columns) AS c WHERE c = ANY (present)
              UNION ALL
              SELECT c, c, 'text', CASE c WHEN 'usage_type' THEN 5 ELSE 1 END FROM unnest(detail_columns) AS c WHERE c = ANY (present)
              UNION ALL
              SELECT v.name, v.value, v.type, v.sets
              FROM (VALUES ('usage_date', 'usage_start::date', 'date', 5),
                           ('usage_hour', CASE entry.keep WHEN 'hour' THEN 'date_trunc(''hour'', usage_start)' ELSE 'NULL::timestamptz' END, 'timestamptz', 1),
                           ('charge_grain', 'CASE WHEN usage_end <= usage_start + interval ''1 hour'' THEN ''hour'' WHEN usage_end <= usage_start + interval ''24 hours'' THEN ''day'' ELSE ''period'' END', 'text', 1),
                           -- A public price of nothing is none where usage cost something.
                           ('list_known', CASE WHEN 'public_on_demand_cost' = ANY (present) THEN 'coalesce(public_on_demand_cost, 0) <> 0 OR ' ELSE '' END
                                || cost || format(' = 0 OR coalesce(bedrock.charge_key(charge_class, line_item_type), '''') <> ALL (%L::text[])',
                                                  (SELECT array_agg(c.line_item_type) FROM bedrock.charge_categories AS c WHERE c.charge_category = 'usage')), 'boolean', 1),
                           ('has_resource', CASE WHEN 'resource_id' = ANY (present) THEN 'resource_id <> ''''' ELSE 'false' END, 'boolean', 2),
                           ('has_tags', any_tag, 'boolean', 2),
                           ('net_given', CASE WHEN 'net_unblended_cost' = ANY (present) THEN 'net_unblended_cost IS NOT NULL' ELSE 'false' END, 'boolean', 15))
                   AS v (name, value, type, sets)
              UNION ALL
              -- SQL NULL, JSON null and empty text all say that there are no tags.
              SELECT 'tag_' || t.ordinal, format('coalesce(tag_%s, %s)', t.ordinal, CASE WHEN t.type = 'jsonb'::regtype THEN '''null''::jsonb' ELSE '''''' END),
                     CASE WHEN t.type = 'jsonb'::regtype THEN 'jsonb' ELSE 'text' END, 1
              FROM bedrock.tag_column(bedrock.source_relation(entry.source)) AS t) AS k)
    SELECT array_agg(k.name ORDER BY k.place), array_agg(k.value ORDER BY k.place), array_agg(k.type ORDER BY k.place),
           ARRAY[sum(1::bigint << k.place::integer) FILTER (WHERE k.sets & 1 <> 0), sum(1::bigint << k.place::integer) FILTER (WHERE k.sets & 2 <> 0),
                 sum(1::bigint << k.place::integer) FILTER (WHERE k.sets & 4 <> 0), sum(1::bigint << k.place::integer) FILTER (WHERE k.sets & 8 <> 0)]::bigint[]
    INTO keys, key_values, key_types, key_sets FROM key AS k;
    -- The amortized amount stands behind the others and is summed for control only.
    SELECT m.names, ARRAY[m.summed, m.summed, m.held_against, m.held_against] INTO sums, amount_sets
    FROM (SELECT array_agg(a.name ORDER BY a.place) AS names, sum(1::bigint << a.place::integer)::bigint AS summed,
                 (sum(1::bigint << a.place::integer) FILTER (WHERE a.name = ANY (controlled)) + (1::bigint << count(*)::integer))::bigint AS held_against
          FROM (SELECT a AS name, row_number() OVER () - 1 AS place FROM unnest(amounts) AS a WHERE a = ANY (present)) AS a) AS m;

    RETURN format($statement$
CREATE TEMP TABLE bedrock_stage ON COMMIT DROP AS
WITH grouped AS MATERIALIZED (
    SELECT * FROM bedrock.fold(%1$L, %2$s, '{t,f,t,f}', %3$L, %4$L) AS f (set_number integer, %5$s, lines bigint, %6$s, amortized numeric)),
-- Maps are merged once for each distinct set of tag columns.
merged AS MATERIALIZED (
    SELECT %7$s AS tags, %8$s AS tags_raw%9$s FROM (SELECT DISTINCT set_number%9$s FROM grouped WHERE set_number = 0) AS t)
SELECT CASE g.set_number WHEN 0 THEN 'detail' WHEN 1 THEN 'rest' WHEN 2 THEN 'control' ELSE 'remainder' END AS reading,
       %10$s, g.usage_date, g.usage_hour, g.charge_grain, g.list_known, m.tags, m.tags_raw,
       CASE WHEN g.has_resource THEN g.lines END AS resource_lines, CASE WHEN g.has_tags THEN g.lines END AS tagged_lines, g.lines,
       CASE WHEN g.net_given THEN g.lines ELSE 0 END AS net_lines, %11$s,
       CASE WHEN g.net_given THEN %12$s ELSE %13$s END AS net_or_unblended, g.amortized AS control_amortized
FROM grouped AS g LEFT JOIN merged AS m ON g.set_number = 0 AND %14$s$statement$,
        format('SELECT kept, lines, %s, %s, (%s)::numeric FROM %s', array_to_string(key_values, ', '), array_to_string(sums, ', '), amortized, line),
        cardinality(keys), key_sets, amount_sets,
        (SELECT string_agg(k.name || ' ' || k.type, ', ') FROM unnest(keys, key_types) AS k (name, type)),
        (SELECT string_agg(a || ' numeric', ', ') FROM unnest(sums) AS a),
        bedrock.source_tags(entry.source), bedrock.source_tags_raw(entry.source), tag_columns,
        (SELECT string_agg(CASE WHEN c = ANY (keys) THEN 'g.' ELSE 'NULL::text AS ' END || c, ', ') FROM unnest(frame_columns || detail_columns) AS c),
        (SELECT string_agg(CASE WHEN a = ANY (sums) THEN 'g.' ELSE 'NULL::numeric AS ' END || a, ', ') FROM unnest(amounts) AS a),
        CASE WHEN 'net_unblended_cost' = ANY (sums) THEN 'g.net_unblended_cost' ELSE 'NULL::numeric' END,
        CASE WHEN 'unblended_cost' = ANY (sums) THEN 'g.unblended_cost' ELSE 'NULL::numeric' END, tag_join);
END
$$;
COMMENT ON FUNCTION bedrock.stage_statement(text, date[]) IS
    'the statement that reads a source for refresh (periods NULL: all of it): lines grouped in detail, all others by the frame, and the control sums, as a temporary table bedrock_stage';

-- A source that was never analyzed looks small to the planner, which would then sort it: wide rows are grouped by hash.
CREATE OR REPLACE FUNCTION bedrock.stage_source(source text, periods date[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_sort = off SET jit = off SET timezone = 'UTC'
    SET client_min_messages = warning SET extra_float_digits = 1
AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_stage;
    -- The statement is built from the columns of now: they must not change before it runs.
    EXECUTE format('SELECT FROM %s LIMIT 0', bedrock.source_relation(stage_source.source));
    EXECUTE bedrock.stage_statement(stage_source.source, stage_source.periods);
    ANALYZE bedrock_stage (reading);
END
$$;
COMMENT ON FUNCTION bedrock.stage_source(text, date[]) IS 'reads periods of a source (NULL: all) into the temporary table bedrock_stage';

-- Tables that live for one transaction need the statistics that choose a plan and no finer ones: a small sample will do.
-- Wide rows are joined by hash, whatever their number.
CREATE OR REPLACE FUNCTION bedrock.stage_lines(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_mergejoin = off SET jit = off
    SET default_statistics_target = 10
AS $$
BEGIN
    -- What a line says but its day, its session and its amounts is its combination: hundreds of bytes that recur from day to
    -- day. They are compared once, here, and looked at once for all lines; the lines keep a number.
    DROP TABLE IF EXISTS pg_temp.bedrock_numbered;
    CREATE TEMP TABLE bedrock_numbered ON COMMIT DROP AS
    SELECT s.ctid AS place,
           bedrock.row_number_of(s.reading, s.payer_account_id, s.account_id, s.account_name, s.billing_entity, s.legal_entity,
               s.invoicing_entity, s.invoice_id, s.line_item_type, s.charge_class, s.currency, s.reservation_arn, s.billing_period_start,
               s.line_item_description, s.product_code, s.product_name, s.sku, s.usage_type, s.operation, s.pricing_unit, s.pricing_term,
               s.resource_id, bedrock.principal_without_session(s.iam_principal), s.user_identifier, s.region_code, s.charge_grain,
               s.list_known, s.tags, s.tags_raw, s.resource_lines > 0, s.tagged_lines > 0, s.net_lines > 0) AS number,
           CASE WHEN s.iam_principal <> '' THEN bedrock.row_number_of(s.iam_principal) END AS principal_number,
           s.usage_date, s.usage_hour, s.lines, s.usage_amount, s.unblended_cost, s.blended_cost, s.net_unblended_cost, s.net_or_unblended, s.net_amortized_cost,
           s.public_on_demand_cost, s.savings_plan_effective_cost, s.savings_plan_total_commitment, s.savings_plan_used_commitment,
           s.net_savings_plan_effective_cost, s.reservation_effective_cost, s.reservation_unused_amortized_upfront_fee,
           s.reservation_unused_recurring_fee, s.reservation_net_effective_cost, s.reservation_net_unused_amortized_upfront_fee,
           s.reservation_net_unused_recurring_fee
    FROM bedrock_stage AS s WHERE s.reading IN ('detail', 'rest');

    -- Each combination as its first line states it.
    DROP TABLE IF EXISTS pg_temp.bedrock_first;
    CREATE TEMP TABLE bedrock_first ON COMMIT DROP AS
    SELECT n.number, min(n.place) AS place FROM bedrock_numbered AS n GROUP BY n.number;
    ANALYZE bedrock_first;

    DROP TABLE IF EXISTS pg_temp.bedrock_stated;
    CREATE TEMP TABLE bedrock_stated ON COMMIT DROP AS
    SELECT f.number, s.reading, coalesce(s.payer_account_id, '') AS payer,
           date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date AS period,
           nullif(s.account_id, '') AS account_id, nullif(s.account_name, '') AS account_name,
           nullif(s.billing_entity, '') AS billing_entity, nullif(s.legal_entity, '') AS legal_entity,
           nullif(s.invoicing_entity, '') AS invoicing_entity, nullif(s.invoice_id, '') AS invoice_id,
           nullif(s.line_item_type, '') AS charge_type, nullif(s.charge_class, '') AS charge_class,
           nullif(s.line_item_description, '') AS charge_description, nullif(s.product_code, '') AS product_code,
           nullif(s.product_name, '') AS product_name, nullif(s.sku, '') AS sku, nullif(s.usage_type, '') AS usage_type,
           nullif(s.operation, '') AS operation, nullif(s.pricing_unit, '') AS pricing_unit, nullif(s.pricing_term, '') AS pricing_term,
           nullif(s.resource_id, '') AS resource_id,
           bedrock.principal_without_session(nullif(s.iam_principal, '')) AS principal,
           nullif(s.user_identifier, '') AS user_identifier, nullif(s.region_code, '') AS region_code, nullif(s.currency, '') AS currency,
           s.reservation_arn <> '' AS reserved, s.charge_grain, s.list_known, s.tags, s.tags_raw,
           s.resource_lines > 0 AS has_resource, s.tagged_lines > 0 AS has_tags, s.net_lines > 0 AS net_given,
           coalesce(c.charge_category, 'unknown') AS charge_category
    FROM bedrock_first AS f
    JOIN bedrock_stage AS s ON s.ctid = f.place
    LEFT JOIN bedrock.charge_categories AS c ON c.line_item_type = bedrock.charge_key(s.charge_class, s.line_item_type);

    -- A product code that a line proves to be Bedrock's proves the payer's other lines with it. A resource id proves only a
    -- Marketplace code: any AWS service may name a Bedrock resource.
    INSERT INTO bedrock.product (payer_account_id, product_code, product_name, proof)
    SELECT s.payer, s.product_code, max(s.product_name),
           CASE WHEN bool_or(coalesce(s.product_name LIKE '%(Amazon Bedrock Edition)', false)) THEN 'product_name' ELSE 'resource_id' END
    FROM bedrock_stated AS s
    WHERE s.reading = 'detail' AND s.product_code <> '' AND s.billing_entity = 'AWS Marketplace'
      AND (s.product_name LIKE '%(Amazon Bedrock Edition)' OR @extschema@.try_bedrock_arn(s.resource_id) IS NOT NULL)
    GROUP BY 1, 2
    ON CONFLICT DO NOTHING;

    DROP TABLE IF EXISTS pg_temp.bedrock_combination;
    CREATE TEMP TABLE bedrock_combination ON COMMIT DROP AS
    WITH flag AS MATERIALIZED (
        SELECT s.payer, s.period, coalesce(bool_or(s.has_resource OR s.resource_id IS NOT NULL), false) AS resource_recorded,
               bool_or(s.principal IS NOT NULL) AS principal_recorded,
               bool_or(s.has_tags OR s.tags <> '{}' OR s.tags_raw IS NOT NULL) AS tags_recorded, bool_or(s.net_given) AS net_filled
        FROM bedrock_stated AS s GROUP BY 1, 2),
    read AS (
        SELECT s.number, s.reading, s.payer, s.period, s.account_id, s.account_name, s.billing_entity, s.legal_entity,
               s.invoicing_entity, s.invoice_id, s.charge_type, s.charge_class, s.charge_description, s.product_code, s.product_name, s.sku,
               s.usage_type, s.operation, s.pricing_unit, s.pricing_term, s.currency, s.resource_id, s.principal, s.user_identifier,
               s.region_code, s.reserved, s.charge_grain, s.list_known,
               -- A map that could not be read says nothing, not even that there are no tags.
               CASE WHEN s.tags <> '{}' OR f.tags_recorded AND s.tags_raw IS NULL THEN s.tags END AS tags, s.tags_raw,
               -- What a line states is recorded, whatever the rest of its period does.
               f.resource_recorded OR s.resource_id IS NOT NULL AS resource_recorded,
               f.principal_recorded OR s.principal IS NOT NULL AS principal_recorded,
               f.resource_recorded AS period_resource, f.principal_recorded AS period_principal, f.net_filled, s.charge_category, s.net_given,
               CASE WHEN s.reading = 'rest' THEN NULL
                    WHEN @extschema@.is_bedrock(s.product_code, s.billing_entity, s.product_name) THEN 'product'
                    WHEN e.format = 'focus' AND s.charge_description LIKE '%(Amazon Bedrock Edition)%' THEN 'product'
                    WHEN @extschema@.try_bedrock_arn(s.resource_id) IS NOT NULL THEN 'resource'
                    WHEN EXISTS (SELECT FROM bedrock.product AS p WHERE p.product_code = s.product_code AND p.payer_account_id IN (s.payer, '*')) THEN 'proved'
                    WHEN s.product_code ILIKE '%bedrock%' OR s.product_name ILIKE '%bedrock%' THEN 'probable' END AS bedrock_basis
        FROM bedrock_stated AS s
        JOIN flag AS f ON f.payer = s.payer AND f.period = s.period
        CROSS JOIN bedrock.source AS e
        WHERE e.source = stage_lines.source)
    SELECT r.*, r.tags IS NOT NULL AS period_tags,
           CASE WHEN r.bedrock_basis IS NOT NULL THEN bedrock.combination_hash(
               r.account_id, r.account_name, r.billing_entity, r.legal_entity, r.charge_type, r.charge_class, r.charge_description, r.product_code,
               r.product_name, r.sku, r.usage_type, r.operation, r.pricing_unit, r.pricing_term, r.currency, r.resource_id, r.principal,
               r.user_identifier, r.region_code, r.tags::text, r.tags_raw, r.charge_grain, r.list_known::text, r.resource_recorded::text,
               r.principal_recorded::text, r.bedrock_basis) END AS combination,
           bedrock.row_number_of(r.payer, r.account_id, r.period, r.billing_entity, r.legal_entity, r.invoicing_entity, r.invoice_id,
                                 r.charge_category, r.currency) AS bill
    FROM read AS r;
    ANALYZE bedrock_combination (number, combination, bill, bedrock_basis, resource_id, product_name, usage_type, tags);

    DROP TABLE IF EXISTS pg_temp.bedrock_line;
    CREATE TEMP TABLE bedrock_line ON COMMIT DROP AS
    SELECT n.place, n.number, CASE WHEN c.bedrock_basis IS NOT NULL THEN n.principal_number END AS principal_number, n.usage_date, n.usage_hour, n.lines,
           CASE WHEN c.charge_category = 'usage' THEN n.usage_amount END AS usage_amount,
           n.unblended_cost, n.blended_cost, m.net_cost AS net_unblended_cost, a.amortized AS amortized_cost,
           CASE WHEN e.focus THEN n.net_amortized_cost
                WHEN c.charge_type = 'SavingsPlanCoveredUsage' THEN coalesce(n.net_savings_plan_effective_cost, a.amortized)
                WHEN c.charge_type = 'DiscountedUsage' THEN coalesce(n.reservation_net_effective_cost, a.amortized)
                WHEN c.charge_type = 'RIFee' AND (n.reservation_net_unused_amortized_upfront_fee IS NOT NULL OR n.reservation_net_unused_recurring_fee IS NOT NULL)
                THEN coalesce(n.reservation_net_unused_amortized_upfront_fee, 0) + coalesce(n.reservation_net_unused_recurring_fee, 0)
                WHEN c.charge_type IN ('SavingsPlanRecurringFee', 'SavingsPlanNegation', 'SavingsPlanUpfrontFee', 'RIFee') OR c.charge_type = 'Fee' AND a.amortized = 0 THEN a.amortized
                ELSE m.net_cost END AS net_amortized_cost,
           CASE WHEN c.list_known THEN n.public_on_demand_cost END AS public_on_demand_cost
    FROM bedrock_numbered AS n
    JOIN bedrock_combination AS c ON c.number = n.number
    CROSS JOIN (SELECT s.format = 'focus' AS focus FROM bedrock.source AS s WHERE s.source = stage_lines.source) AS e
    CROSS JOIN LATERAL (
        SELECT CASE WHEN e.focus THEN n.net_unblended_cost
                    WHEN NOT c.net_filled THEN n.unblended_cost
                    WHEN c.charge_category = 'discount' THEN coalesce(n.net_unblended_cost, 0)
                    ELSE n.net_or_unblended END AS net_cost) AS m
    CROSS JOIN LATERAL (
        SELECT CASE WHEN e.focus THEN NULL
                    WHEN c.charge_type = 'SavingsPlanCoveredUsage' THEN n.savings_plan_effective_cost
                    WHEN c.charge_type = 'SavingsPlanRecurringFee' THEN n.savings_plan_total_commitment - n.savings_plan_used_commitment
                    WHEN c.charge_type IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee') THEN 0
                    WHEN c.charge_type = 'DiscountedUsage' THEN n.reservation_effective_cost
                    WHEN c.charge_type = 'RIFee' THEN coalesce(n.reservation_unused_amortized_upfront_fee, 0) + coalesce(n.reservation_unused_recurring_fee, 0)
                    WHEN c.charge_type = 'Fee' AND c.reserved THEN 0
                    ELSE n.unblended_cost END AS amortized) AS a;
    TRUNCATE pg_temp.bedrock_numbered, pg_temp.bedrock_first, pg_temp.bedrock_stated;

    DROP TABLE IF EXISTS pg_temp.bedrock_principal;
    CREATE TEMP TABLE bedrock_principal ON COMMIT DROP AS
    SELECT f.principal_number, s.iam_principal
    FROM (SELECT l.principal_number, min(l.place) AS place FROM bedrock_line AS l WHERE l.principal_number IS NOT NULL GROUP BY 1) AS f
    JOIN bedrock_stage AS s ON s.ctid = f.place;
    ANALYZE bedrock_principal;
    ANALYZE bedrock_line (number, principal_number);

    -- Lines of one day (or hour), session, bill and dimension are one fact: combinations may differ in what no dimension tells apart, and
    -- tags that two columns name alike may leave two lines of a combination. They are rare.
    DROP TABLE IF EXISTS pg_temp.bedrock_summed;
    CREATE TEMP TABLE bedrock_summed ON COMMIT DROP AS
    SELECT c.number FROM bedrock_combination AS c
    JOIN (SELECT b.combination, b.bill FROM bedrock_combination AS b WHERE b.combination IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1) AS alike
        ON alike.combination = c.combination AND alike.bill = c.bill
    UNION
    SELECT l.number FROM bedrock_line AS l GROUP BY l.number, l.usage_date, l.usage_hour, l.principal_number HAVING count(*) > 1;
END
$$;
COMMENT ON FUNCTION bedrock.stage_lines(text) IS
    'turns the groups that bedrock.stage_statement read into temporary tables: bedrock_combination, what lines say but for day, session and amounts, with the reason it counts as Bedrock and the keys of dimension and frame; bedrock_principal, the IAM principals; bedrock_line, the lines with their metrics and the numbers of both; bedrock_summed, the combinations of which several lines may be one fact';
-- Refresh, second part: combinations, frame and facts written, taken away and settled between sources, and the check that
-- nothing was lost.

CREATE OR REPLACE FUNCTION bedrock.bills_of(source text, OUT bill_id integer, OUT payer text, OUT period date, OUT lines bigint, OUT bedrock_lines bigint,
    OUT unblended_cost numeric, OUT net_unblended_cost numeric, OUT is_final boolean) RETURNS SETOF record
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT b.bill_id, b.payer_account_id, b.billing_period, b.lines, b.bedrock_lines, b.unblended_cost, b.net_unblended_cost, b.is_final
    FROM bedrock.bill_total AS b WHERE b.source = bills_of.source;
END;
COMMENT ON FUNCTION bedrock.bills_of(text) IS 'rows of the frame that a source brought';

CREATE OR REPLACE FUNCTION bedrock.settle_sources() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    moved integer[];
BEGIN
    -- One session settles at a time, so that the last one sees what all of them wrote.
    LOCK TABLE bedrock.bill_total IN SHARE UPDATE EXCLUSIVE MODE;

    -- One usage account and billing period is fed by one source: the preferred one, else the one attached first.
    WITH feeding AS (
        SELECT DISTINCT coalesce(b.account_id, '') AS account_id, b.billing_period, b.source FROM bedrock.bill_total AS b),
    winner AS (
        SELECT DISTINCT ON (f.account_id, f.billing_period) f.account_id, f.billing_period, f.source
        FROM feeding AS f
        LEFT JOIN bedrock.source AS s ON s.source = f.source
        ORDER BY f.account_id, f.billing_period,
                 f.source <> coalesce(bedrock.setting_value('preferred_source', f.billing_period), ''), s.rank NULLS LAST, f.source),
    settled AS (
        UPDATE bedrock.bill_total AS b SET standby = (b.source <> w.source)
        FROM winner AS w
        WHERE w.account_id = coalesce(b.account_id, '') AND w.billing_period = b.billing_period AND b.standby <> (b.source <> w.source)
        RETURNING b.bill_id)
    SELECT array_agg(s.bill_id) INTO moved FROM settled AS s;
    IF moved IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE bedrock.fact AS f SET standby = b.standby FROM bedrock.bill_total AS b WHERE b.bill_id = f.bill_id AND f.bill_id = ANY (moved);
    UPDATE bedrock.fact_month AS f SET standby = b.standby FROM bedrock.bill_total AS b WHERE b.bill_id = f.bill_id AND f.bill_id = ANY (moved);
    RETURN cardinality(moved);
END
$$;
COMMENT ON FUNCTION bedrock.settle_sources() IS
    'decides for each usage account and billing period which source feeds bedrock.spend; the others are standby. Returns how many rows of bedrock.bill_total changed sides';

CREATE OR REPLACE FUNCTION bedrock.prefer_source(name text, from_period date DEFAULT '-infinity') RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock.set_setting('preferred_source', prefer_source.name, prefer_source.from_period, 'bedrock.prefer_source');
    RETURN bedrock.settle_sources();
END
$$;
COMMENT ON FUNCTION bedrock.prefer_source(text, date) IS
    'from this billing period on the named source feeds bedrock.spend wherever it has an account and period; returns how many rows of bedrock.bill_total changed sides; an error for an unknown source';

CREATE OR REPLACE FUNCTION bedrock.forget_bills(bills integer[]) RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    DELETE FROM bedrock.fact AS f WHERE f.bill_id = ANY (bills);
    DELETE FROM bedrock.fact_month AS f WHERE f.bill_id = ANY (bills);
    DELETE FROM bedrock.bill_total AS b WHERE b.bill_id = ANY (bills);
END;
COMMENT ON FUNCTION bedrock.forget_bills(integer[]) IS 'takes rows of the frame out of bedrock.bill_total, with their facts; refresh puts them back';

CREATE OR REPLACE FUNCTION bedrock.forget_source(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A refresh under way writes what would stay behind: it ends first, and the next one waits.
    LOCK TABLE bedrock.period IN SHARE ROW EXCLUSIVE MODE;
    PERFORM bedrock.forget_bills((SELECT array_agg(b.bill_id) FROM bedrock.bill_total AS b WHERE b.source = forget_source.source));
    DELETE FROM bedrock.period AS p WHERE p.source = forget_source.source;
    PERFORM bedrock.settle_sources();
END
$$;
COMMENT ON FUNCTION bedrock.forget_source(text) IS 'takes everything a source brought out of facts and frame; dimensions stay';

-- ANALYZE holds its lock until the transaction ends, and two refreshes may wait for each other's combinations: neither
-- waits for statistics that the other one is taking. They hold until autovacuum takes finer ones: a sample that tells the
-- planner how tables and columns compare is enough, and amounts and tags are not what rows are found by.
CREATE OR REPLACE FUNCTION bedrock.take_statistics(relations regclass[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = error SET default_statistics_target = 25
AS $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('ANALYZE (SKIP_LOCKED) %s (%s)', r.relation,
                      (SELECT string_agg(quote_ident(a.attname), ', ') FROM pg_attribute AS a
                       WHERE a.attrelid = r.relation AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid NOT IN ('numeric'::regtype, 'jsonb'::regtype)))
        FROM unnest(take_statistics.relations) WITH ORDINALITY AS r (relation, place)
        JOIN pg_class AS c ON c.oid = r.relation
        -- A table that is as large as it was when it was looked at last is as it was.
        WHERE c.reltuples < 0 OR abs(pg_relation_size(r.relation) / current_setting('block_size')::numeric - c.relpages) > c.relpages / 10.0
        ORDER BY r.place
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock.take_statistics(regclass[]) IS
    'tells the planner how large these tables are now, where they have grown or shrunk by a tenth; a table that another session is at is left to it';

CREATE OR REPLACE FUNCTION bedrock.add_dimensions() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    added integer[];
    clash record;
    version text;
    rows_before text;
    discovered bigint;
    known boolean;
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_new;
    CREATE TEMP TABLE bedrock_new ON COMMIT DROP AS
    SELECT min(c.number) AS number
    FROM bedrock_combination AS c
    WHERE c.combination IS NOT NULL AND NOT EXISTS (SELECT FROM bedrock.dimension AS d WHERE d.combination = c.combination)
    GROUP BY c.combination;
    IF EXISTS (SELECT FROM bedrock_new) THEN
        ANALYZE bedrock_new;
        version := bedrock.catalogue_version();
        known := EXISTS (SELECT FROM bedrock.setting AS s WHERE s.name = 'state.catalogue_version' AND s.value = version);
        -- Profiles and projects that the registry does not know are entered as discovered, before they are read.
        discovered := bedrock.discover_profiles((SELECT array_agg(DISTINCT c.resource_id) FROM bedrock_combination AS c
                                                 JOIN bedrock_new AS n ON n.number = c.number WHERE c.resource_id IS NOT NULL));
        added := bedrock.enter_dimensions();
    END IF;

    -- What was just entered is not compared with itself.
    SELECT c.combination, c.resource_id AS one, d.resource_id AS other INTO clash
    FROM bedrock_combination AS c JOIN bedrock.dimension AS d ON d.combination = c.combination
    WHERE NOT (d.dimension_id = ANY (coalesce(added, '{}')) AND EXISTS (SELECT FROM bedrock_new AS n WHERE n.number = c.number))
      AND ROW(c.account_id, c.account_name, c.billing_entity, c.legal_entity, c.charge_type, c.charge_class, c.charge_description, c.product_code,
              c.product_name, c.sku, c.usage_type, c.operation, c.pricing_unit, c.pricing_term, c.currency, c.resource_id, c.principal,
              c.user_identifier, c.region_code, c.tags, c.tags_raw, c.charge_grain, c.list_known, c.resource_recorded, c.principal_recorded, c.bedrock_basis)
          IS DISTINCT FROM
          ROW(d.account_id, d.account_name, d.billing_entity, d.legal_entity, d.charge_type, d.charge_class, d.charge_description, d.product_code,
              d.product_name, d.sku, d.usage_type, d.operation, d.pricing_unit, d.pricing_term, d.currency, d.resource_id, d.principal,
              d.user_identifier, d.region_code, d.tags, d.tags_raw, d.charge_grain, d.list_known, d.resource_recorded, d.principal_recorded, d.bedrock_basis)
    LIMIT 1;
    IF FOUND THEN
        RAISE unique_violation USING MESSAGE = format('two different combinations have the hash %s', clash.combination),
            DETAIL = format('Resource ids %s and %s.', clash.one, clash.other);
    END IF;

    INSERT INTO bedrock.session (iam_principal, principal_session, user_email)
    SELECT p.iam_principal, w.session, w.email
    FROM bedrock_principal AS p
    CROSS JOIN LATERAL @extschema@.bedrock_principal_parts(p.iam_principal) AS w
    WHERE NOT EXISTS (SELECT FROM bedrock.session AS s WHERE s.iam_principal = p.iam_principal)
    ORDER BY p.iam_principal
    ON CONFLICT (iam_principal) DO NOTHING;

    IF coalesce(cardinality(added), 0) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM bedrock.add_attribution(added);
    PERFORM bedrock.take_statistics('{bedrock.dimension,bedrock.session,bedrock.attribution}');

    -- What was discovered is about new dimensions only: the others need not be read again for it. A registry that grew by more
    -- was written to by someone else.
    IF known OR (SELECT count(*) FROM bedrock.dimension) = cardinality(added) THEN
        rows_before := split_part(version, '/', 2);
        version := split_part(version, '/', 1) || substr(bedrock.catalogue_version(), strpos(version, '/'));
        IF split_part(version, '/', 2)::bigint = rows_before::bigint + discovered THEN
            PERFORM bedrock.keep_catalogue_version(version);
        END IF;
    END IF;
    RETURN cardinality(added);
END
$$;
COMMENT ON FUNCTION bedrock.add_dimensions() IS
    'enters the combinations, principals and profiles that bedrock.stage_lines left and that are new, parsed, and returns how many combinations were';

CREATE OR REPLACE FUNCTION bedrock.replace_facts(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock.forget_bills((
        SELECT array_agg(b.bill_id) FROM bedrock.bill_total AS b
        JOIN bedrock_change AS c ON c.payer_account_id = b.payer_account_id AND c.billing_period = b.billing_period
        WHERE b.source = replace_facts.source));

    DROP TABLE IF EXISTS pg_temp.bedrock_bill;
    CREATE TEMP TABLE bedrock_bill ON COMMIT DROP AS
    WITH billed AS MATERIALIZED (
        SELECT n.bill, c.payer, c.account_id, c.period, c.billing_entity, c.legal_entity, c.invoicing_entity, c.invoice_id, c.charge_category, c.currency,
               n.lines, n.unblended_cost, n.blended_cost, n.net_unblended_cost, n.amortized_cost, n.net_amortized_cost, n.public_on_demand_cost,
               n.bedrock_lines, n.bedrock_unblended_cost, n.bedrock_net_unblended_cost
        FROM (SELECT c.bill, min(c.number) AS number,
                     sum(l.lines)::bigint AS lines, sum(l.unblended_cost) AS unblended_cost, sum(l.blended_cost) AS blended_cost,
                     sum(l.net_unblended_cost) AS net_unblended_cost, sum(l.amortized_cost) AS amortized_cost, sum(l.net_amortized_cost) AS net_amortized_cost,
                     sum(l.public_on_demand_cost) AS public_on_demand_cost,
                     coalesce(sum(l.lines) FILTER (WHERE c.bedrock_basis IS NOT NULL), 0)::bigint AS bedrock_lines,
                     sum(l.unblended_cost) FILTER (WHERE c.bedrock_basis IS NOT NULL) AS bedrock_unblended_cost,
                     sum(l.net_unblended_cost) FILTER (WHERE c.bedrock_basis IS NOT NULL) AS bedrock_net_unblended_cost
              FROM bedrock_line AS l
              JOIN bedrock_combination AS c ON c.number = l.number
              GROUP BY c.bill) AS n
        JOIN bedrock_combination AS c ON c.number = n.number),
    final AS MATERIALIZED (
        -- Final is a payer, period and entity of which every line is invoiced; without invoice ids, age decides.
        SELECT l.payer, l.period, l.billing_entity,
               CASE WHEN NOT e.focus THEN w.metric WHEN w.metric IN ('amortized', 'net_amortized') THEN 'net_amortized' ELSE 'net_unblended' END AS cost_metric,
               CASE WHEN e.invoices THEN 'invoice' ELSE 'age' END AS basis,
               CASE WHEN e.invoices
                    THEN bool_and(l.invoice_id IS NOT NULL) AND l.period + interval '1 month' <= now() AT TIME ZONE 'UTC'
                    ELSE l.period + interval '1 month 15 days' <= now() AT TIME ZONE 'UTC' END AS is_final
        FROM billed AS l
        CROSS JOIN (SELECT s.mapping ? 'invoice_id' AS invoices, s.format = 'focus' AS focus FROM bedrock.source AS s WHERE s.source = replace_facts.source) AS e
        JOIN (SELECT c.period, bedrock.setting_value('ai_cost_metric', c.period) AS metric
              FROM (SELECT DISTINCT c.billing_period AS period FROM bedrock_change AS c) AS c) AS w ON w.period = l.period
        GROUP BY l.payer, l.period, l.billing_entity, e.invoices, e.focus, w.metric)
    SELECT l.bill, nextval('bedrock.bill_total_bill_id_seq')::integer AS bill_id, l.payer, l.account_id, l.period, l.billing_entity,
           l.legal_entity, l.invoicing_entity, l.invoice_id, l.charge_category, l.currency, f.cost_metric, f.is_final, f.basis, l.lines,
           l.unblended_cost, l.blended_cost, l.net_unblended_cost, l.amortized_cost, l.net_amortized_cost, l.public_on_demand_cost,
           l.bedrock_lines, l.bedrock_unblended_cost, l.bedrock_net_unblended_cost
    FROM billed AS l
    JOIN final AS f ON f.payer = l.payer AND f.period = l.period AND f.billing_entity IS NOT DISTINCT FROM l.billing_entity;
    ANALYZE bedrock_bill (bill, bill_id);

    INSERT INTO bedrock.bill_total (bill_id, source, payer_account_id, account_id, billing_period, billing_entity, legal_entity, invoicing_entity,
        invoice_id, charge_category, currency, cost_metric, is_final, is_final_basis, lines, unblended_cost, blended_cost, net_unblended_cost,
        amortized_cost, net_amortized_cost, public_on_demand_cost, bedrock_lines, bedrock_unblended_cost, bedrock_net_unblended_cost)
    OVERRIDING SYSTEM VALUE
    SELECT b.bill_id, replace_facts.source, b.payer, b.account_id, b.period, b.billing_entity, b.legal_entity, b.invoicing_entity, b.invoice_id,
           b.charge_category, b.currency, b.cost_metric, b.is_final, b.basis, b.lines, b.unblended_cost, b.blended_cost, b.net_unblended_cost,
           b.amortized_cost, b.net_amortized_cost, b.public_on_demand_cost, b.bedrock_lines, b.bedrock_unblended_cost, b.bedrock_net_unblended_cost
    FROM bedrock_bill AS b;

    INSERT INTO bedrock.fact (usage_date, usage_hour, bill_id, attribution_id, dimension_id, session_id, standby, lines, usage_amount, tokens, unblended_cost,
        blended_cost, net_unblended_cost, amortized_cost, net_amortized_cost, public_on_demand_cost, list_cost, ai_cost)
    WITH entered AS NOT MATERIALIZED (
        SELECT l.usage_date, l.usage_hour, b.bill_id, b.cost_metric, d.dimension_id, d.tokens_per_unit, coalesce(w.session_id, 0) AS session_id, m.number IS NOT NULL AS summed, l.lines,
               l.usage_amount, l.unblended_cost, l.blended_cost, l.net_unblended_cost, l.amortized_cost, l.net_amortized_cost, l.public_on_demand_cost
        FROM bedrock_line AS l
        JOIN bedrock_combination AS c ON c.number = l.number
        JOIN bedrock_bill AS b ON b.bill = c.bill
        JOIN bedrock.dimension AS d ON d.combination = c.combination
        LEFT JOIN bedrock_summed AS m ON m.number = c.number
        LEFT JOIN (bedrock_principal AS p JOIN bedrock.session AS w ON w.iam_principal = p.iam_principal) ON p.principal_number = l.principal_number)
    SELECT s.usage_date, s.usage_hour, s.bill_id, a.attribution_id, s.dimension_id, s.session_id, false, s.lines, s.usage_amount,
           s.usage_amount * nullif(s.tokens_per_unit, 0), s.unblended_cost, s.blended_cost, s.net_unblended_cost, s.amortized_cost,
           s.net_amortized_cost, s.public_on_demand_cost, s.public_on_demand_cost,
           CASE s.cost_metric WHEN 'unblended' THEN s.unblended_cost WHEN 'blended' THEN s.blended_cost WHEN 'net_unblended' THEN s.net_unblended_cost
                              WHEN 'amortized' THEN s.amortized_cost ELSE s.net_amortized_cost END
    FROM (SELECT e.usage_date, e.usage_hour, e.bill_id, e.cost_metric, e.dimension_id, e.tokens_per_unit, e.session_id, e.lines, e.usage_amount, e.unblended_cost,
                 e.blended_cost, e.net_unblended_cost, e.amortized_cost, e.net_amortized_cost, e.public_on_demand_cost
          FROM entered AS e WHERE NOT e.summed
          UNION ALL
          SELECT e.usage_date, e.usage_hour, e.bill_id, e.cost_metric, e.dimension_id, e.tokens_per_unit, e.session_id, sum(e.lines)::bigint, sum(e.usage_amount),
                 sum(e.unblended_cost), sum(e.blended_cost), sum(e.net_unblended_cost), sum(e.amortized_cost), sum(e.net_amortized_cost), sum(e.public_on_demand_cost)
          FROM entered AS e WHERE e.summed
          GROUP BY e.usage_date, e.usage_hour, e.bill_id, e.cost_metric, e.dimension_id, e.tokens_per_unit, e.session_id) AS s
    JOIN bedrock.attribution AS a ON a.dimension_id = s.dimension_id AND s.usage_date BETWEEN a.valid_from AND a.valid_to;

    INSERT INTO bedrock.fact_month
    SELECT * FROM bedrock.month_of_facts((SELECT array_agg(b.bill_id) FROM bedrock_bill AS b), NULL);
END
$$;
COMMENT ON FUNCTION bedrock.replace_facts(text) IS
    'writes frame and facts of the bills in bedrock_change anew from what bedrock.stage_lines left; readers see the old rows until the transaction ends';

CREATE OR REPLACE FUNCTION bedrock.check_conservation(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    broken record;
    payer text;
    period date;
    day date;
    charge_type text;
    usage_type text;
    of_source text;
    of_facts text;
    -- What the source's own rows say, and with the opposite sign what the tables hold now, with the candidates that turned out
    -- not to be Bedrock's.
    entries constant text := $entries$
        SELECT true AS of_source, coalesce(s.payer_account_id, '') AS payer, date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date AS period,
               s.usage_date AS day, nullif(s.line_item_type, '') AS charge_type, nullif(s.usage_type, '') AS usage_type, s.lines,
               CASE WHEN c.charge_category = 'usage' THEN s.usage_amount END AS usage_amount, s.unblended_cost AS unblended, s.blended_cost AS blended,
               CASE WHEN e.format = 'focus' THEN s.net_unblended_cost
                    WHEN NOT p.net_filled THEN s.unblended_cost
                    WHEN c.charge_category = 'discount' THEN coalesce(s.net_unblended_cost, 0)
                    ELSE s.net_or_unblended END AS net,
               CASE WHEN e.format = 'focus' THEN s.net_amortized_cost ELSE s.control_amortized END AS amortized,
               s.public_on_demand_cost AS public_cost
        FROM bedrock_stage AS s
        CROSS JOIN bedrock.source AS e
        LEFT JOIN bedrock.charge_categories AS c ON c.line_item_type = bedrock.charge_key(s.charge_class, s.line_item_type)
        JOIN (SELECT l.payer, l.period, bool_or(l.net_filled) AS net_filled FROM bedrock_combination AS l GROUP BY 1, 2) AS p
            ON p.payer = coalesce(s.payer_account_id, '') AND p.period = date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date
        WHERE s.reading = 'control' AND e.source = $1
        UNION ALL
        SELECT false, b.payer, b.period, f.usage_date, d.charge_type, d.usage_type, -f.lines, -f.usage_amount, -f.unblended_cost, -f.blended_cost,
               -f.net_unblended_cost, -coalesce(f.amortized_cost, f.net_amortized_cost), -f.public_on_demand_cost
        FROM bedrock.fact AS f JOIN bedrock_bill AS b ON b.bill_id = f.bill_id JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
        UNION ALL
        SELECT false, c.payer, c.period, l.usage_date, c.charge_type, c.usage_type, -l.lines, -l.usage_amount, -l.unblended_cost, -l.blended_cost,
               -l.net_unblended_cost, -coalesce(l.amortized_cost, l.net_amortized_cost), -l.public_on_demand_cost
        FROM bedrock_line AS l JOIN bedrock_combination AS c ON c.number = l.number
        WHERE c.bedrock_basis IS NULL AND l.usage_date IS NOT NULL$entries$;
BEGIN
    -- By payer, period, day, line type and usage type both together are nothing.
    EXECUTE format($statement$
        SELECT r.payer, r.period, r.day, r.charge_type, r.usage_type FROM (%s) AS r
        GROUP BY r.payer, r.period, r.day, r.charge_type, r.usage_type
        HAVING sum(r.lines) <> 0 OR sum(r.usage_amount) <> 0 OR sum(r.unblended) <> 0 OR sum(r.blended) <> 0 OR sum(r.net) <> 0
            OR sum(r.amortized) <> 0 OR sum(r.public_cost) <> 0
        ORDER BY r.period, r.day, r.charge_type, r.usage_type, r.payer LIMIT 1$statement$, entries)
    INTO payer, period, day, charge_type, usage_type USING check_conservation.source;
    IF payer IS NOT NULL THEN
        EXECUTE format($statement$
            SELECT max(q.said) FILTER (WHERE q.of_source) AS of_source, max(q.said) FILTER (WHERE NOT q.of_source) AS of_facts
            FROM (SELECT r.of_source, format('%%s lines, amount %%s, unblended %%s, blended %%s, net %%s, amortized %%s, list %%s', s.sign * sum(r.lines),
                         coalesce(s.sign * sum(r.usage_amount), 0), coalesce(s.sign * sum(r.unblended), 0), coalesce(s.sign * sum(r.blended), 0),
                         coalesce(s.sign * sum(r.net), 0), coalesce(s.sign * sum(r.amortized), 0), coalesce(s.sign * sum(r.public_cost), 0)) AS said
                  FROM (%s) AS r CROSS JOIN LATERAL (SELECT CASE WHEN r.of_source THEN 1 ELSE -1 END AS sign) AS s
                  WHERE r.payer = $2 AND r.period = $3 AND r.day IS NOT DISTINCT FROM $4 AND r.charge_type IS NOT DISTINCT FROM $5
                    AND r.usage_type IS NOT DISTINCT FROM $6
                  GROUP BY r.of_source, s.sign) AS q$statement$, entries)
        INTO of_source, of_facts USING check_conservation.source, payer, period, day, charge_type, usage_type;
        RAISE data_corrupted USING
            MESSAGE = format('conservation is broken in source "%s", period %s, day %s, line type %s, usage type %s',
                             check_conservation.source, to_char(period, 'YYYY-MM'), day, charge_type, usage_type),
            DETAIL = format('Source: %s. Facts: %s.', coalesce(of_source, 'no lines'), coalesce(of_facts, 'no lines')),
            HINT = 'Nothing was changed. A row of the source may lack a usage date, or lie in no category; otherwise this is a bug.';
    END IF;

    -- And everything, Bedrock or not, against the frame.
    SELECT t.payer, t.period, t.lines AS source_lines, b.lines AS frame_lines, t.cost AS source_cost, b.cost AS frame_cost INTO broken
    FROM (SELECT coalesce(s.payer_account_id, '') AS payer, date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date AS period, sum(s.lines) AS lines,
                 coalesce(sum(CASE WHEN e.format = 'focus' THEN s.net_unblended_cost ELSE s.unblended_cost END), 0) AS cost
          FROM bedrock_stage AS s CROSS JOIN bedrock.source AS e WHERE s.reading IN ('control', 'remainder') AND e.source = check_conservation.source GROUP BY 1, 2) AS t
    FULL JOIN (SELECT q.payer_account_id AS payer, q.billing_period AS period, sum(q.lines) AS lines, coalesce(sum(coalesce(q.unblended_cost, q.net_unblended_cost)), 0) AS cost
               FROM bedrock.bill_total AS q JOIN bedrock_bill AS n ON n.bill_id = q.bill_id GROUP BY 1, 2) AS b USING (payer, period)
    WHERE ROW(t.lines, t.cost) IS DISTINCT FROM ROW(b.lines, b.cost)
    LIMIT 1;
    IF FOUND THEN
        RAISE data_corrupted USING
            MESSAGE = format('conservation is broken in source "%s", period %s: the bill as a whole', check_conservation.source, to_char(broken.period, 'YYYY-MM')),
            DETAIL = format('Source: %s lines, %s. Frame: %s lines, %s.', broken.source_lines, broken.source_cost, broken.frame_lines, broken.frame_cost),
            HINT = 'Nothing was changed.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.check_conservation(text) IS
    'compares what a source adds up to with what frame and facts hold, for every metric, to the last digit; an error with period, day, usage type and both sums where they differ';
-- Refresh: dimension and facts brought up to date with what a source holds now, one transaction, exact to the last digit.

CREATE OR REPLACE FUNCTION bedrock.rules_version() RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT md5(concat_ws('/',
        (SELECT string_agg(concat_ws(' ', c.line_item_type, c.charge_category), ',' ORDER BY c.line_item_type) FROM bedrock.charge_categories AS c),
        (SELECT string_agg(concat_ws(' ', p.payer_account_id, p.product_code), ',' ORDER BY p.payer_account_id, p.product_code) FROM bedrock.product AS p),
        (SELECT string_agg(concat_ws(' ', s.valid_from, s.value), ',' ORDER BY s.valid_from, s.recorded_at) FROM bedrock.setting AS s WHERE s.name = 'ai_cost_metric')));
END;
COMMENT ON FUNCTION bedrock.rules_version() IS
    'changes when the charge categories, the proved products or the cost metric change, by which facts and frame are made: refresh then reads also periods whose lines did not change';

CREATE OR REPLACE FUNCTION bedrock.period_flags(staged boolean, OUT payer text, OUT period date, OUT net_filled boolean,
    OUT resource_recorded boolean, OUT principal_recorded boolean, OUT tags_recorded boolean) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF staged THEN
        RETURN QUERY
        SELECT c.payer, c.period, bool_or(c.net_filled), bool_or(c.period_resource), bool_or(c.period_principal), bool_or(c.period_tags)
        FROM bedrock_combination AS c GROUP BY 1, 2;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.period_flags(boolean) IS 'what the lines staged in bedrock_combination record, by payer and period; no row where nothing is staged';

CREATE OR REPLACE FUNCTION bedrock.reading_mark(source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN format('%s/%s/%s/%s', (SELECT c.system_identifier FROM pg_control_system() AS c), current_database(), bedrock.source_relation(reading_mark.source)::oid,
                  md5(bedrock.source_select(reading_mark.source) || (SELECT s.keep FROM bedrock.source AS s WHERE s.source = reading_mark.source)));
END
$$;
COMMENT ON FUNCTION bedrock.reading_mark(text) IS
    'stays the same for as long as row versions of an attached relation can be compared with a snapshot taken earlier, and the same columns are read at the same grain';

CREATE OR REPLACE FUNCTION bedrock.reading_snapshot(mark text) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- What this transaction wrote itself may be rolled back to a savepoint: it counts as not finished.
    SELECT jsonb_build_object('mark', mark, 'snapshot',
        CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text
             ELSE least(pg_snapshot_xmin(pg_current_snapshot())::text::numeric, pg_current_xact_id_if_assigned()::text::numeric) || ':'
                  || least(pg_snapshot_xmin(pg_current_snapshot())::text::numeric, pg_current_xact_id_if_assigned()::text::numeric) || ':' END)::text;
END;
COMMENT ON FUNCTION bedrock.reading_snapshot(text) IS 'the signature to keep of a reading that is made now or later in this transaction: its mark, and the transactions whose rows it is sure to see';

CREATE OR REPLACE FUNCTION bedrock.staged_periods(source text, signature text,
    OUT payer_account_id text, OUT billing_period date, OUT lines bigint, OUT cost numeric, OUT fresh boolean, OUT snapshot text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT coalesce(s.payer_account_id, ''), date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date, sum(s.lines)::bigint,
           sum(CASE e.format WHEN 'focus' THEN s.net_unblended_cost ELSE s.unblended_cost END), true, staged_periods.signature
    FROM bedrock_stage AS s CROSS JOIN bedrock.source AS e
    WHERE s.reading IN ('control', 'remainder') AND e.source = staged_periods.source
    GROUP BY 1, 2;
END
$$;
COMMENT ON FUNCTION bedrock.staged_periods(text, text) IS 'as bedrock.probe_source, of a source that was read as a whole into bedrock_stage';

CREATE OR REPLACE FUNCTION bedrock.probe_source(source text, period date DEFAULT NULL,
    OUT payer_account_id text, OUT billing_period date, OUT lines bigint, OUT cost numeric, OUT fresh boolean, OUT snapshot text) RETURNS SETOF record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET extra_float_digits = 1 SET timezone = 'UTC'
AS $$
DECLARE
    relation regclass := bedrock.source_relation(probe_source.source);
    payer text;
    start_of_period text;
    cost_column text;
    conditions text;
    since text;
    now_at pg_snapshot := pg_current_snapshot();
    fresh_rows text := 'NULL::boolean';
    mark text;
BEGIN
    SELECT max(l.expression) FILTER (WHERE l.field = 'payer_account_id'), max(l.expression) FILTER (WHERE l.field = 'billing_period_start'),
           max(l.expression) FILTER (WHERE l.field = CASE s.format WHEN 'focus' THEN 'net_unblended_cost' ELSE 'unblended_cost' END),
           -- Lines of other providers are never read, so they are no change.
           concat_ws(' AND ', max(format('bedrock.provider_is_aws(%s)', l.expression)) FILTER (WHERE l.field = 'provider' AND s.format = 'focus'),
                     CASE WHEN probe_source.period IS NOT NULL THEN bedrock.source_period_predicate(probe_source.source, probe_source.period) END)
    INTO payer, start_of_period, cost_column, conditions
    FROM bedrock.source_layout(probe_source.source) AS l, bedrock.source AS s WHERE s.source = probe_source.source;

    mark := bedrock.reading_mark(probe_source.source);
    IF (SELECT c.relkind IN ('r', 'p', 'm') FROM pg_class AS c WHERE c.oid = relation) THEN
        SELECT min(p.signature::jsonb ->> 'snapshot') INTO since
        FROM (SELECT q.signature FROM bedrock.period AS q
              WHERE q.source = probe_source.source AND (probe_source.period IS NULL OR q.billing_period = probe_source.period)
              ORDER BY (pg_snapshot_xmax((q.signature::jsonb ->> 'snapshot')::pg_snapshot)::text)::numeric NULLS FIRST LIMIT 1) AS p
        WHERE p.signature::jsonb ->> 'mark' = mark;
        IF since IS NULL THEN
            fresh_rows := 'true';
        ELSE
            -- A row version is new where its transaction was not finished in that snapshot; transaction ids of a row have 32 bits.
            fresh_rows := format(
                '(CASE WHEN l.xmin::text::bigint < 3 THEN false ELSE'
                ' (CASE WHEN l.xmin::text::bigint <= %1$s THEN %2$s ELSE %2$s - 4294967296 END + l.xmin::text::bigint) >= %3$s'
                ' OR (CASE WHEN l.xmin::text::bigint <= %1$s THEN %2$s ELSE %2$s - 4294967296 END + l.xmin::text::bigint) = ANY (%4$L::bigint[]) END)',
                pg_snapshot_xmax(now_at)::text::numeric % 4294967296, div(pg_snapshot_xmax(now_at)::text::numeric, 4294967296) * 4294967296,
                pg_snapshot_xmax(since::pg_snapshot), (SELECT coalesce(array_agg(x::text), '{}') FROM pg_snapshot_xip(since::pg_snapshot) AS x));
        END IF;
    END IF;

    RETURN QUERY EXECUTE format(
        'SELECT coalesce(payer, ''''), date_trunc(''month'', start_of_period AT TIME ZONE ''UTC'')::date, sum(lines)::bigint, sum(cost), bool_or(%4$s),'
        ' (SELECT bedrock.reading_snapshot(%5$L))'
        ' FROM (SELECT %1$s AS payer, %2$s AS start_of_period, %8$s AS xmin, %9$s AS lines, sum(%3$s) AS cost FROM %6$s AS l%7$s GROUP BY 1, 2, 3) AS l'
        ' GROUP BY 1, 2',
        payer, start_of_period, cost_column, fresh_rows, mark, relation,
        CASE WHEN conditions = '' THEN '' ELSE ' WHERE ' || conditions END,
        CASE WHEN since IS NULL THEN 'NULL::xid' ELSE 'l.xmin' END,
        CASE WHEN (SELECT s.relation IS NULL FROM bedrock.source AS s WHERE s.source = probe_source.source) THEN 'sum(l.bedrock_lines)' ELSE 'count(*)' END);
END
$$;
COMMENT ON FUNCTION bedrock.probe_source(text, date) IS
    'periods of an attached source with lines and cost (billing_period NULL: lines that state none), whether rows were written since the last refresh (fresh; NULL: the relation cannot tell, a view or foreign table) and the signature to compare with next time';

CREATE OR REPLACE FUNCTION bedrock.refresh_source(entry bedrock.source, wanted_period date, forced boolean, said jsonb DEFAULT '{}')
    RETURNS TABLE (source text, payer_account_id text, billing_period date, action text, lines bigint, cost numeric, seconds numeric)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
#variable_conflict use_column
DECLARE
    probe record;
    locked bigint;
    began timestamptz := clock_timestamp();
    rules_before text := bedrock.rules_version();
    loaded boolean := entry.relation IS NULL;
    -- What was never read has no period to be left out: it is read at once, without looking what is in it first.
    whole boolean := loaded OR wanted_period IS NULL AND NOT EXISTS (SELECT FROM bedrock.period AS p WHERE p.source = entry.source);
    signature text;
    changed date[] := '{}'::date[];
    busy date[] := '{}'::date[];
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_probe, pg_temp.bedrock_change;
    IF whole THEN
        signature := bedrock.reading_snapshot(bedrock.reading_mark(entry.source));
        PERFORM bedrock.stage_source(entry.source, NULL);
        CREATE TEMP TABLE bedrock_probe ON COMMIT DROP AS
        SELECT p.* FROM bedrock.staged_periods(entry.source, signature) AS p;
    ELSE
        CREATE TEMP TABLE bedrock_probe ON COMMIT DROP AS
        SELECT p.* FROM bedrock.probe_source(entry.source, date_trunc('month', wanted_period)::date) AS p;
    END IF;

    -- A line belongs to the bill its billing period names; what names none would be in no bill.
    SELECT sum(p.lines) AS lines, sum(p.cost) AS cost INTO probe FROM bedrock_probe AS p WHERE p.billing_period IS NULL;
    IF probe.lines IS NOT NULL THEN
        RAISE not_null_violation USING
            MESSAGE = format('%s lines of source "%s" have no billing period', probe.lines, entry.source),
            DETAIL = format('They cost %s. Column %s of %s is NULL or empty there.', coalesce(probe.cost, 0),
                            (SELECT quote_ident(l.column_name) FROM bedrock.source_layout(entry.source) AS l WHERE l.field = 'billing_period_start'),
                            coalesce(entry.relation, 'the export')),
            HINT = CASE WHEN loaded THEN 'Nothing was changed. An export as AWS writes it states the billing period in every line.'
                        ELSE 'Nothing was changed. Correct or delete these lines, or attach a view that leaves them out.' END;
    END IF;

    -- A row that is there is not entered again: that would wait for whoever works on it.
    INSERT INTO bedrock.period (source, payer_account_id, billing_period)
    SELECT entry.source, p.payer_account_id, p.billing_period FROM bedrock_probe AS p
    WHERE NOT EXISTS (SELECT FROM bedrock.period AS q WHERE q.source = entry.source AND q.payer_account_id = p.payer_account_id AND q.billing_period = p.billing_period)
    ORDER BY 2, 3
    ON CONFLICT DO NOTHING;

    -- Entering waits for a detachment under way: then there is nothing left to refresh.
    IF NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = entry.source) THEN
        DELETE FROM bedrock.period AS p WHERE p.source = entry.source;
        RETURN;
    END IF;

    IF loaded THEN
        -- A load replaces what it brings, payer by payer, and waits for another load of the same.
        PERFORM FROM bedrock.period AS p
        WHERE p.source = entry.source
          AND EXISTS (SELECT FROM bedrock_probe AS n WHERE n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period)
        ORDER BY p.payer_account_id, p.billing_period FOR UPDATE;
        changed := ARRAY(SELECT DISTINCT n.billing_period FROM bedrock_probe AS n);
    ELSE
        -- A period that another refresh is at work on is left to it.
        FOR probe IN SELECT p.billing_period, count(*) AS payers FROM bedrock.period AS p
                     WHERE p.source = entry.source AND (wanted_period IS NULL OR p.billing_period = date_trunc('month', wanted_period)::date)
                     GROUP BY p.billing_period ORDER BY p.billing_period LOOP
            SELECT count(*) INTO locked FROM (
                SELECT FROM bedrock.period AS p WHERE p.source = entry.source AND p.billing_period = probe.billing_period
                FOR UPDATE SKIP LOCKED) AS l;
            IF locked < probe.payers THEN
                busy := busy || probe.billing_period;
            ELSIF forced OR EXISTS (
                SELECT FROM bedrock.period AS p LEFT JOIN bedrock_probe AS n ON n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period
                WHERE p.source = entry.source AND p.billing_period = probe.billing_period
                  AND (p.lines IS NULL OR n.payer_account_id IS NULL OR n.lines <> p.lines
                       OR p.signature::jsonb ->> 'rules' IS DISTINCT FROM rules_before
                       OR n.cost IS DISTINCT FROM (p.signature::jsonb ->> 'cost')::numeric OR coalesce(n.fresh, NOT p.is_final))) THEN
                changed := changed || probe.billing_period;
            END IF;
        END LOOP;
    END IF;

    -- The bills to be replaced. Of an attached relation every payer of a period that changed, also one that is gone from it.
    CREATE TEMP TABLE bedrock_change ON COMMIT DROP AS
    SELECT p.payer_account_id, p.billing_period FROM bedrock.period AS p
    WHERE p.source = entry.source AND p.billing_period = ANY (changed)
      AND (NOT loaded OR EXISTS (SELECT FROM bedrock_probe AS n WHERE n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period));

    IF cardinality(changed) > 0 THEN
        -- Who waited here for another first reading reads again, as that may have seen more.
        IF NOT whole OR NOT loaded AND EXISTS (SELECT FROM bedrock.period AS p WHERE p.source = entry.source AND p.lines IS NOT NULL) THEN
            PERFORM bedrock.stage_source(entry.source, changed);
        END IF;
        PERFORM bedrock.stage_lines(entry.source);
        PERFORM bedrock.add_dimensions();
        PERFORM bedrock.replace_facts(entry.source);
        PERFORM bedrock.check_conservation(entry.source);
    END IF;

    INSERT INTO bedrock.load_log (source, file, files, format, payer_account_id, billing_period, action, lines, bedrock_lines, cost, cost_before, unrecognized, seconds)
    SELECT entry.source, said ->> 'file', said -> 'files', entry.format, p.payer_account_id, p.billing_period,
           CASE WHEN t.lines IS NULL THEN 'removed' WHEN p.lines IS NULL THEN 'loaded'
                WHEN p.is_final AND ROW(p.lines, p.bedrock_lines, coalesce(p.unblended_cost, p.net_unblended_cost))
                     IS DISTINCT FROM ROW(t.lines, t.bedrock_lines, t.cost) THEN 'restated' ELSE 'replaced' END,
           coalesce(t.lines, 0), coalesce(t.bedrock_lines, 0), t.cost, coalesce(p.unblended_cost, p.net_unblended_cost), u.dimensions,
           round(extract(epoch FROM clock_timestamp() - coalesce((said ->> 'began')::timestamptz, began)), 3)
    FROM bedrock.period AS p
    JOIN bedrock_change AS x ON x.payer_account_id = p.payer_account_id AND x.billing_period = p.billing_period
    LEFT JOIN (SELECT b.payer, b.period, sum(b.lines)::bigint AS lines, sum(b.bedrock_lines)::bigint AS bedrock_lines,
                      sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS cost
               FROM bedrock.bills_of(entry.source) AS b GROUP BY 1, 2) AS t ON t.payer = p.payer_account_id AND t.period = p.billing_period
    LEFT JOIN LATERAL (SELECT count(DISTINCT d.dimension_id) AS dimensions
                       FROM bedrock.bills_of(entry.source) AS b
                       JOIN bedrock.fact_month AS f ON f.bill_id = b.bill_id JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
                       WHERE b.period = p.billing_period AND b.payer = p.payer_account_id
                         AND (d.model_basis = 'unresolved' OR d.usage_group = 'other' OR d.charge_category = 'unknown' OR d.bedrock_basis = 'probable')) AS u ON true
    WHERE p.source = entry.source;

    UPDATE bedrock.period AS p
    SET lines = t.lines, bedrock_lines = t.bedrock_lines, unblended_cost = t.unblended_cost, net_unblended_cost = t.net_unblended_cost,
        is_final = t.is_final, refreshed_at = clock_timestamp(),
        restated_at = CASE WHEN p.is_final AND ROW(p.lines, p.bedrock_lines, p.unblended_cost, p.net_unblended_cost)
                                         IS DISTINCT FROM ROW(t.lines, t.bedrock_lines, t.unblended_cost, t.net_unblended_cost)
                           THEN clock_timestamp() ELSE p.restated_at END,
        net_filled = f.net_filled, resource_recorded = f.resource_recorded, principal_recorded = f.principal_recorded, tags_recorded = f.tags_recorded
    FROM (SELECT b.payer, b.period, sum(b.lines)::bigint AS lines, sum(b.bedrock_lines)::bigint AS bedrock_lines, sum(b.unblended_cost) AS unblended_cost,
                 sum(b.net_unblended_cost) AS net_unblended_cost, bool_and(b.is_final) AS is_final
          FROM bedrock.bills_of(entry.source) AS b GROUP BY 1, 2) AS t
    LEFT JOIN bedrock.period_flags(cardinality(changed) > 0) AS f ON f.payer = t.payer AND f.period = t.period,
    bedrock_change AS x
    WHERE p.source = entry.source AND x.payer_account_id = p.payer_account_id AND x.billing_period = p.billing_period
      AND p.payer_account_id = t.payer AND p.billing_period = t.period;

    -- What this refresh proved about products holds for the periods it read; the others are read by it next time.
    UPDATE bedrock.period AS p
    SET signature = (coalesce(n.snapshot::jsonb, '{}') || jsonb_build_object('cost', n.cost, 'rules', r.version) || (said - '{file,began}'::text[]))::text
    FROM bedrock_probe AS n
    CROSS JOIN (SELECT true AS now_read, bedrock.rules_version() AS version UNION ALL SELECT false, rules_before) AS r
    WHERE p.source = entry.source AND n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period AND p.billing_period <> ALL (busy)
      AND r.now_read = (p.billing_period = ANY (changed));

    DELETE FROM bedrock.period AS p USING bedrock_change AS x
    WHERE p.source = entry.source AND x.payer_account_id = p.payer_account_id AND x.billing_period = p.billing_period
      AND NOT EXISTS (SELECT FROM bedrock_probe AS n WHERE n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period);

    RETURN QUERY
    SELECT entry.source, a.payer_account_id, a.billing_period,
           CASE WHEN a.billing_period = ANY (busy) THEN 'busy' WHEN a.billing_period <> ALL (changed) THEN 'unchanged'
                WHEN p.lines IS NULL THEN 'removed' ELSE 'refreshed' END,
           p.lines, coalesce(p.unblended_cost, p.net_unblended_cost), round(extract(epoch FROM clock_timestamp() - began), 3)
    FROM (SELECT n.payer_account_id, n.billing_period FROM bedrock_probe AS n UNION SELECT x.payer_account_id, x.billing_period FROM bedrock_change AS x) AS a
    LEFT JOIN bedrock.period AS p ON p.source = entry.source AND p.payer_account_id = a.payer_account_id AND p.billing_period = a.billing_period
    ORDER BY a.billing_period, a.payer_account_id;
END
$$;
COMMENT ON FUNCTION bedrock.refresh_source(bedrock.source, date, boolean, jsonb) IS
    'brings facts and frame up to date with one source: an attached one (a period another session works on is left to it), or the lines of a load under way, whose bills are replaced. said: what is kept with the periods and in the load log (files, file, began)';

CREATE OR REPLACE FUNCTION bedrock.borrow_memory() RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    before text := current_setting('work_mem');
BEGIN
    PERFORM set_config('work_mem', s.setting || s.unit, true)
    FROM pg_settings AS s
    WHERE s.name = 'maintenance_work_mem' AND s.setting::bigint > (SELECT w.setting::bigint FROM pg_settings AS w WHERE w.name = 'work_mem');
    RETURN before;
END
$$;
COMMENT ON FUNCTION bedrock.borrow_memory() IS
    'raises work_mem to maintenance_work_mem until the transaction ends, for the groups of a bill are kept in it; returns what it was';

CREATE OR REPLACE FUNCTION bedrock.settle_refresh(touched boolean) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
BEGIN
    IF touched THEN
        PERFORM bedrock.settle_sources();
        PERFORM bedrock.take_statistics('{bedrock.fact,bedrock.fact_month,bedrock.bill_total,bedrock.attribution}');
    END IF;
    PERFORM bedrock.refresh_dimensions();
END
$$;
COMMENT ON FUNCTION bedrock.settle_refresh(boolean) IS 'what follows once the sources are read: which of them counts, statistics, dimensions whose catalogue changed';

CREATE OR REPLACE FUNCTION bedrock.refresh_sources(wanted_source text, wanted_period date, forced boolean)
    RETURNS TABLE (source text, billing_period date, action text, lines bigint, cost numeric, seconds numeric)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
#variable_conflict use_column
DECLARE
    entry bedrock.source;
    done record;
    touched boolean := false;
    work_mem_before text := bedrock.borrow_memory();
BEGIN
    IF wanted_source IS NOT NULL AND NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = wanted_source) THEN
        RAISE undefined_object USING MESSAGE = format('there is no source "%s"', wanted_source),
            HINT = 'Sources are listed in bedrock.source; bedrock.attach makes one.';
    END IF;

    FOR entry IN SELECT s.* FROM bedrock.source AS s
                 WHERE s.relation IS NOT NULL AND (wanted_source IS NULL OR s.source = wanted_source) ORDER BY s.rank LOOP
        FOR done IN SELECT r.billing_period, min(r.action) FILTER (WHERE r.action <> 'removed') AS action, sum(r.lines)::bigint AS lines,
                           sum(r.cost) AS cost, max(r.seconds) AS seconds
                    FROM bedrock.refresh_source(entry, wanted_period, forced) AS r GROUP BY r.billing_period ORDER BY r.billing_period LOOP
            touched := touched OR coalesce(done.action NOT IN ('busy', 'unchanged'), true);
            RETURN QUERY SELECT entry.source, done.billing_period, coalesce(done.action, 'removed'), done.lines, done.cost, done.seconds;
        END LOOP;
    END LOOP;

    PERFORM bedrock.settle_refresh(touched);
    PERFORM set_config('work_mem', work_mem_before, true);
END
$$;
COMMENT ON FUNCTION bedrock.refresh_sources(text, date, boolean) IS 'what bedrock.refresh does';

-- PL/pgSQL lets no argument share its name with a result column; SQL does.
CREATE OR REPLACE FUNCTION bedrock.refresh(source text DEFAULT NULL, period date DEFAULT NULL, force boolean DEFAULT false,
    OUT source text, OUT billing_period date, OUT action text, OUT lines bigint, OUT cost numeric, OUT seconds numeric) RETURNS SETOF record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT r.source, r.billing_period, r.action, r.lines, r.cost, r.seconds FROM bedrock.refresh_sources($1, $2, $3) AS r;
END;
COMMENT ON FUNCTION bedrock.refresh(text, date, boolean) IS
    'brings bedrock.spend up to date with the attached sources, in one transaction: reads the periods that changed, or whose charge categories, proved products or cost metric did (of one source, one period, or all; force: also the unchanged), replaces them, and checks to the last digit that nothing is lost or doubled, or fails and changes nothing. Safe at any time and by several sessions: a period another one works on is left to it (action busy). Returns a row a source and period: action refreshed, unchanged, removed or busy, its lines and its cost over the whole bill. Reads sources with the rights of the caller';
-- What a directory of exports holds, as AWS lays it out: complete deliveries, each of one period of one export.
--
-- Data Exports (CUR 2.0, FOCUS):  EXPORT/data/BILLING_PERIOD=2026-11/[EXECUTION/]NAME-00001.csv.gz
--                                 EXPORT/metadata/BILLING_PERIOD=2026-11/[EXECUTION/]NAME-Manifest.json
-- legacy Cost and Usage Report:   REPORT/20261101-20261201/[ASSEMBLY/]NAME-00001.csv.gz, NAME-Manifest.json
--                                 REPORT/REPORT/year=2026/month=11/NAME-00001.csv.gz, NAME-Manifest.json
-- The manifest of a period is written last and always describes the newest delivery; the one in the folder of an
-- execution describes that execution. Where an export shrinks, AWS leaves chunks behind that no manifest names.

CREATE OR REPLACE FUNCTION bedrock.export_path(path text,
    OUT kind text, OUT root text, OUT billing_period date, OUT execution text, OUT folder text, OUT name text, OUT stem text, OUT chunk bigint, OUT tail text)
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part text[];
BEGIN
    part := regexp_match(path, '^(.*)/([^/]*)$');
    folder := coalesce(part[1], '');
    name := coalesce(part[2], path);
    kind := CASE WHEN name ~ '^(.*-)?Manifest\.json$' THEN 'manifest'
                 WHEN name ~* '\.parquet$' THEN 'parquet'
                 WHEN name ~* '\.zip$' THEN 'zip'
                 WHEN name ~* '\.(csv|gz)$' THEN 'csv'
                 ELSE 'other' END;

    -- The innermost folder that states a period.
    part := regexp_match(folder || '/', '^(.*)/((?:billing_period=([1-9][0-9]{3})-(0[1-9]|1[0-2]))|(?:([1-9][0-9]{3})(0[1-9]|1[0-2])[0-9]{2}-[0-9]{8})|(?:year=([1-9][0-9]{3})/month=(0?[1-9]|1[0-2])))/(.*)$', 'i');
    IF part IS NOT NULL THEN
        root := regexp_replace(part[1], '/(data|metadata)$', '');
        billing_period := make_date(coalesce(part[3], part[5], part[7])::int, coalesce(part[4], part[6], part[8])::int, 1);
        execution := nullif(trim(TRAILING '/' FROM part[9]), '');
        tail := part[2] || '/' || part[9] || name;
    ELSE
        root := folder;
        tail := name;
    END IF;

    IF kind = 'manifest' THEN
        stem := nullif(regexp_replace(name, '-?Manifest\.json$', ''), '');
    ELSIF kind <> 'other' THEN
        stem := regexp_replace(name, '\.(csv(\.gz|\.zip)?|gz|zip|(snappy\.)?parquet)$', '', 'i');
        -- Chunks have five digits; legacy reports once had as many as they needed.
        part := regexp_match(stem, CASE WHEN folder ~ '/[0-9]{8}-[0-9]{8}(/|$)' THEN '^(.+)-([0-9]{1,5})$' ELSE '^(.+)-([0-9]{5})$' END);
        IF part IS NOT NULL THEN
            stem := part[1];
            chunk := part[2]::bigint;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.export_path(text) IS
    'what the path of a file or S3 key of an export says. Columns: kind (manifest, csv, parquet, zip, other), root (folder of the export; the file''s own folder where no folder states a period), billing_period (first of the month, from BILLING_PERIOD=2026-11, 20261101-20261201 or year=2026/month=11; NULL = no folder states it), execution (folders below the period: execution or assembly id; NULL = none), folder, name, stem (name of the export: the file name without chunk number and extension), chunk (NULL = unnumbered), tail (the path from the period''s folder on, or the name)';

CREATE OR REPLACE FUNCTION bedrock.delivery_time(value text) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part text[];
BEGIN
    part := regexp_match(value, '^([0-9]{4})-?([0-9]{2})-?([0-9]{2})[T ]([0-9]{2}):?([0-9]{2}):?([0-9]{2}([.][0-9]+)?)(?:Z|[+]00:?00)?(?:-[^-].*)?$');
    IF part IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN make_timestamptz(part[1]::int, part[2]::int, part[3]::int, part[4]::int, part[5]::int, part[6]::float8, 'UTC');
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION bedrock.delivery_time(text) IS
    'the UTC time an ISO 8601 text of a manifest or the name of an execution''s folder starts with (2026-11-02T05:36:21.000Z, 20261102T053621Z-1f2e...); NULL for any other text';

CREATE OR REPLACE FUNCTION bedrock.export_manifest(file text,
    OUT export text, OUT billing_period date, OUT execution text, OUT delivered_at timestamptz, OUT data_files text[], OUT tails text[], OUT names text[])
    LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    document jsonb := bedrock.try_jsonb(bedrock.server_file_text(file));
    named jsonb;
    period text[];
    folder text;
BEGIN
    IF document IS NULL OR jsonb_typeof(document) <> 'object' THEN
        RAISE invalid_json_text USING
            MESSAGE = format('manifest "%s" is no JSON object', file),
            HINT = 'It may have been copied in part: copy it from the bucket again.';
    END IF;

    named := coalesce(document -> 'dataFiles', document -> 'reportKeys');
    IF named IS NULL OR jsonb_typeof(named) <> 'array' THEN
        RAISE invalid_json_text USING
            MESSAGE = format('manifest "%s" names no data files', file),
            DETAIL = format('It has neither dataFiles (Data Exports) nor reportKeys (legacy Cost and Usage Report) but: %s.',
                            coalesce((SELECT string_agg(k.key, ', ' ORDER BY k.key) FROM jsonb_object_keys(document) AS k (key)), 'nothing')),
            HINT = 'Copy the manifest from the bucket again, or name the data files instead of their directory.';
    END IF;

    data_files := ARRAY(SELECT DISTINCT coalesce(n.entry ->> 's3Uri', n.entry ->> 'uri', n.entry ->> 'key', n.entry #>> '{}')
                        FROM jsonb_array_elements(named) AS n (entry) ORDER BY 1);
    IF data_files = '{}' THEN
        RAISE invalid_json_text USING
            MESSAGE = format('manifest "%s" names no data files', file),
            DETAIL = 'Its list of files is empty.',
            HINT = 'Copy the manifest from the bucket again: AWS writes at least one file, with a header and no line where nothing was charged.';
    END IF;

    -- A key of the bucket says what a path says.
    SELECT array_agg(p.tail ORDER BY d.ordinal), array_agg(p.name ORDER BY d.ordinal), max(p.execution) FILTER (WHERE bedrock.delivery_time(p.execution) IS NOT NULL) INTO tails, names, folder
    FROM unnest(data_files) WITH ORDINALITY AS d (key, ordinal), LATERAL bedrock.export_path('/' || regexp_replace(d.key, '^[a-z0-9]+://[^/]*/', '')) AS p;

    export := coalesce(nullif(document ->> 'exportName', ''), nullif(document ->> 'reportName', ''));
    execution := coalesce(nullif(document ->> 'executionId', ''), nullif(document ->> 'assemblyId', ''));
    period := regexp_match(coalesce(document #>> '{billingPeriod,start}', document #>> '{billingPeriod,begin}', document ->> 'billingPeriod'),
                           '^([1-9][0-9]{3})-?(0[1-9]|1[0-2])');
    billing_period := make_date(period[1]::int, period[2]::int, 1);
    delivered_at := coalesce(bedrock.delivery_time(document ->> 'deliveredAt'), bedrock.delivery_time(document ->> 'completedAt'),
                             bedrock.delivery_time(document ->> 'lastUpdatedAt'), bedrock.delivery_time(document ->> 'createdAt'),
                             bedrock.delivery_time(folder));
END
$$;
COMMENT ON FUNCTION bedrock.export_manifest(text) IS
    'what a manifest on the database server says of its delivery. Columns: export (exportName, reportName; NULL = not stated), billing_period (billingPeriod; NULL = not stated), execution (executionId, assemblyId; NULL = not stated), delivered_at (its own time, or that of the execution''s folder it names; NULL = neither), data_files (dataFiles, reportKeys: S3 URIs or keys), tails and names (what bedrock.export_path says of each). An error: no JSON object, no list of files, an empty list. Needs pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock.refuse_formats(files text[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held record;
BEGIN
    SELECT count(*) AS files, min(f.file COLLATE "C") AS first, string_agg(f.file, ', ' ORDER BY f.file COLLATE "C") FILTER (WHERE f.ordinal <= 5) AS listed, p.kind INTO held
    FROM unnest(files) WITH ORDINALITY AS f (file, ordinal), LATERAL bedrock.export_path(f.file) AS p
    WHERE p.kind <> 'csv'
    GROUP BY p.kind ORDER BY p.kind LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    RAISE feature_not_supported USING
        MESSAGE = CASE held.kind WHEN 'parquet' THEN format('"%s" is a Parquet file: the server reads CSV only', held.first)
                                  WHEN 'zip' THEN format('"%s" is a ZIP archive: the server reads CSV and gzip only', held.first)
                                  ELSE format('"%s" is no data file of an export', held.first) END,
        DETAIL = CASE WHEN held.files > 1 THEN format('Such files: %s, of them %s%s.', held.files, held.listed, CASE WHEN held.files > 5 THEN ', ...' ELSE '' END) ELSE '' END,
        HINT = CASE held.kind WHEN 'parquet' THEN 'Load them from the client: ./run load FILE.parquet ..., or let the export write text/csv with gzip. CSV exports beside them load when their own directory is named.'
                               WHEN 'zip' THEN 'Unpack them, or let the report be compressed with GZIP.'
                               ELSE 'Name files called .csv, .csv.gz or .gz, or the directory of the export.' END;
END
$$;
COMMENT ON FUNCTION bedrock.refuse_formats(text[]) IS
    'raises an error that names the files that are not CSV (.csv, .csv.gz, .gz) and says how to load them; void where all are';

CREATE OR REPLACE FUNCTION bedrock.check_chunks(export text, folder text, files text[], hint text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held record;
BEGIN
    SELECT count(*) AS files, count(p.chunk) AS numbered, count(DISTINCT p.chunk) AS numbers, max(p.chunk) AS last,
           (SELECT string_agg(m.n::text, ', ' ORDER BY m.n) FROM (SELECT g.n FROM generate_series(1, max(p.chunk)) AS g (n) WHERE g.n <> ALL (array_agg(p.chunk)) ORDER BY g.n LIMIT 10) AS m) AS missing,
           string_agg(p.name, ', ' ORDER BY p.name COLLATE "C") AS names INTO held
    FROM unnest(files) AS f (file), LATERAL bedrock.export_path(f.file) AS p;

    IF held.files > 1 AND held.numbers < held.files THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('export "%s" has the same lines in several files of "%s"', export, folder),
            DETAIL = format('Each chunk number stands in one file of a delivery, but there are: %s.', held.names),
            HINT = 'Remove the files that belong to another delivery or to another copy, or name the files to load.';
    ELSIF held.numbered > 0 AND held.last <> held.files THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('a delivery of export "%s" in "%s" is not complete', export, folder),
            DETAIL = format('Its chunks are numbered from 1 on. Highest number: %s; files: %s; missing: %s.', held.last, held.files, coalesce(held.missing, 'none')),
            HINT = hint;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.check_chunks(text, text, text[], text) IS
    'raises an error where the files of a delivery without a manifest are not its chunks 1 to n, each once; hint: what to do about a missing one';

CREATE OR REPLACE FUNCTION bedrock.export_deliveries(path text, partial text DEFAULT 'refuse')
    RETURNS TABLE (export text, billing_period date, execution text, delivered_at timestamptz, manifest text, files text[], bytes bigint[], modified timestamptz[], ignored text[], notice text)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- The files found, with what their paths say.
    names text[];
    sizes bigint[];
    times timestamptz[];
    kinds text[];
    tops text[];
    periods date[];
    executions text[];
    folders text[];
    stems text[];
    chunks bigint[];
    tails text[];
    place text := CASE WHEN path ~ '^/+$' THEN '/' ELSE rtrim(regexp_replace(path, '/+', '/', 'g'), '/') END;
    -- A directory was named, and not files or a pattern for them: then nothing beside what was found counts.
    directory boolean;
    roots text[] := ARRAY[]::text[];
    claimed text[] := ARRAY[]::text[];
    -- The deliveries so far, as rows of the answer; root: the folder of the export.
    deliveries jsonb := jsonb '[]';
    source record;
    stated record;
    held record;
    late record;
    said text[];
BEGIN
    IF path IS NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = 'no path was given',
            HINT = 'Name the directory of the export as the database server sees it: /srv/exports/acme.';
    ELSIF coalesce(partial NOT IN ('refuse', 'append'), true) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('partial => %L: it is refuse or append', partial),
            HINT = 'append adds the chunks named to what is loaded of their period; refuse, the default, takes complete deliveries only.';
    END IF;

    SELECT coalesce(array_agg(f.file), '{}'), array_agg(f.bytes), array_agg(f.modified), array_agg(p.kind), array_agg(p.root),
           array_agg(p.billing_period), array_agg(p.execution), array_agg(p.folder), array_agg(p.stem), array_agg(p.chunk), array_agg(p.tail)
    INTO names, sizes, times, kinds, tops, periods, executions, folders, stems, chunks, tails
    FROM bedrock.server_files(place) AS f, LATERAL bedrock.export_path(f.file) AS p;
    directory := NOT EXISTS (SELECT FROM unnest(names) AS f (file) WHERE NOT starts_with(f.file, rtrim(place, '/') || '/'));

    IF names = ARRAY[place] THEN
        SELECT p.kind, p.root INTO held FROM bedrock.export_path(place) AS p;
        IF held.kind = 'manifest' THEN
            RAISE wrong_object_type USING
                MESSAGE = format('"%s" is a manifest, not a data file', place),
                HINT = format('Name the directory of the export: %s.', coalesce(nullif(held.root, ''), '/'));
        END IF;
        PERFORM bedrock.refuse_formats(names);
    ELSIF NOT EXISTS (SELECT FROM unnest(kinds) AS k (kind) WHERE k.kind <> 'other') THEN
        RAISE undefined_file USING
            MESSAGE = format('no file of an export under "%s"', place),
            DETAIL = CASE WHEN names = '{}' THEN 'It holds no file at all; hidden files and *.tmp do not count.'
                          ELSE format('Files found: %s, none of them called .csv, .csv.gz, .gz or -Manifest.json; the first is %s.', cardinality(names), names[1]) END,
            HINT = 'Name the directory of the export: the one with data and metadata (Data Exports), or with folders such as 20261101-20261201 (legacy Cost and Usage Report).';
    END IF;

    -- 1. Manifests. That of a period describes the newest delivery; of those of executions alone the newest counts.
    FOR source IN
        SELECT c.*
        FROM (SELECT f.file, f.modified, f.root, f.stem, f.billing_period, f.execution, count(*) OVER same AS copies,
                     row_number() OVER (same ORDER BY f.execution IS NOT NULL, coalesce(bedrock.delivery_time(f.execution), f.modified) DESC, f.file COLLATE "C" DESC) AS rank
              FROM unnest(names, times, kinds, tops, periods, executions, stems) AS f (file, modified, kind, root, billing_period, execution, stem)
              WHERE f.kind = 'manifest'
              WINDOW same AS (PARTITION BY f.root, f.billing_period, f.stem)) AS c
        WHERE c.rank = 1
        ORDER BY c.file COLLATE "C"
    LOOP
        SELECT m.* INTO stated FROM bedrock.export_manifest(source.file) AS m;

        -- Keys of the bucket against files: equal from the folder of the period on, or by name where no folder states one.
        SELECT array_agg(DISTINCT f.file ORDER BY f.file) AS files, (array_agg(DISTINCT k.key) FILTER (WHERE f.file IS NULL))[1] AS missing,
               count(DISTINCT k.key) FILTER (WHERE f.file IS NULL) AS missing_count, count(DISTINCT k.key) AS keys INTO held
        FROM unnest(stated.data_files, stated.tails, stated.names) AS k (key, tail, name)
        LEFT JOIN unnest(names, kinds, tops, periods, tails) AS f (file, kind, root, billing_period, tail)
            ON f.root = source.root AND f.kind NOT IN ('manifest', 'other') AND f.tail = CASE WHEN f.billing_period IS NULL THEN k.name ELSE k.tail END;
        IF held.missing_count > 0 THEN
            RAISE undefined_file USING
                MESSAGE = format('manifest "%s" names a file that is not there: %s', source.file, held.missing),
                DETAIL = format('%s of the %s files it names are missing under "%s".', held.missing_count, held.keys, source.root),
                HINT = 'The copy from the bucket is not complete, or still running: copy it again (aws s3 sync) and repeat.';
        END IF;
        PERFORM bedrock.refuse_formats(held.files);

        said := CASE WHEN source.execution IS NOT NULL AND source.copies > 1
                     THEN ARRAY[format('the manifest of the period is not there: %s is the newest of %s executions', source.execution, source.copies)] ELSE '{}' END;
        roots := CASE WHEN source.root = ANY (roots) THEN roots ELSE roots || source.root END;
        claimed := claimed || held.files;
        deliveries := deliveries || jsonb_build_object('root', source.root, 'export', coalesce(stated.export, source.stem, substring(source.root FROM '[^/]+$')),
            'billing_period', coalesce(stated.billing_period, source.billing_period), 'execution', coalesce(stated.execution, source.execution),
            'delivered_at', coalesce(stated.delivered_at, source.modified), 'manifest', source.file, 'files', held.files, 'said', said);
    END LOOP;

    -- 2. What lies under no manifest: of several executions the newest, and that with all its chunks.
    FOR source IN
        SELECT g.root, g.stem, g.billing_period, g.execution, g.executions, g.files, g.numbered, g.delivered_at, g.folder
        FROM (SELECT x.*, count(*) OVER same AS executions, row_number() OVER (same ORDER BY x.delivered_at DESC, x.execution COLLATE "C" DESC NULLS LAST) AS rank
              FROM (SELECT f.root, f.stem, f.billing_period, f.execution, min(f.folder) AS folder, array_agg(f.file ORDER BY f.file COLLATE "C") AS files,
                           count(f.chunk) AS numbered, coalesce(bedrock.delivery_time(f.execution), max(f.modified)) AS delivered_at
                    FROM unnest(names, times, kinds, tops, periods, executions, folders, stems, chunks) AS f (file, modified, kind, root, billing_period, execution, folder, stem, chunk)
                    WHERE f.kind NOT IN ('manifest', 'other')
                      AND NOT EXISTS (SELECT FROM unnest(roots) AS r (root) WHERE starts_with(f.file, r.root || '/'))
                    GROUP BY f.root, f.stem, f.billing_period, f.execution) AS x
              WINDOW same AS (PARTITION BY x.root, x.billing_period, x.stem)) AS g
        WHERE g.rank = 1
        ORDER BY g.files[1] COLLATE "C"
    LOOP
        PERFORM bedrock.refuse_formats(source.files);

        IF NOT directory AND partial = 'refuse' AND source.numbered > 0 THEN
            SELECT min(s.file COLLATE "C") AS first, count(*) AS files INTO late
            FROM bedrock.server_files(regexp_replace(source.folder || '/' || source.stem, '([][*?\\])', '\\\1', 'g') || '-[0-9]*') AS s, LATERAL bedrock.export_path(s.file) AS p
            WHERE p.kind <> 'other' AND p.kind <> 'manifest' AND p.folder = source.folder AND p.stem = source.stem AND p.chunk IS NOT NULL AND s.file <> ALL (source.files);
            IF late.files > 0 THEN
                RAISE object_not_in_prerequisite_state USING
                    MESSAGE = format('"%s" belongs to the same delivery and is not named', late.first),
                    DETAIL = format('Chunks of export "%s" named: %s; beside them in "%s" and not named: %s.', source.stem, cardinality(source.files), source.folder, late.files),
                    HINT = 'A delivery replaces what is loaded of its period: name the directory or a pattern for all chunks, or add the part to what is loaded with partial => ''append''.';
            END IF;
        END IF;
        IF partial = 'refuse' THEN
            PERFORM bedrock.check_chunks(source.stem, source.folder, source.files,
                'Copy the export again, with its manifest. To add this part to what is loaded of its period: partial => ''append''.');
        END IF;

        said := CASE WHEN directory THEN ARRAY['no manifest: all chunks there are were taken for the delivery'] ELSE '{}' END;
        IF source.executions > 1 THEN
            said := said || format('%s is the newest of %s executions', coalesce(source.execution, 'the one without a folder of its own'), source.executions);
        END IF;
        claimed := claimed || source.files;
        deliveries := deliveries || jsonb_build_object('root', source.root, 'export', source.stem, 'billing_period', source.billing_period, 'execution', source.execution,
            'delivered_at', source.delivered_at, 'manifest', NULL, 'files', source.files, 'said', said);
    END LOOP;

    -- 3. The rows. A data file no delivery has is ignored: it stands with the delivery of its period, or with the newest of its export.
    RETURN QUERY
    WITH d AS MATERIALIZED (
        SELECT e.ordinal, r.*
        FROM jsonb_array_elements(deliveries) WITH ORDINALITY AS e (delivery, ordinal),
             jsonb_to_record(e.delivery) AS r (root text, export text, billing_period date, execution text, delivered_at timestamptz, manifest text, files text[], said text[])
    ), rest AS MATERIALIZED (
        SELECT f.file, f.billing_period,
               (SELECT d.ordinal FROM d WHERE starts_with(f.file, rtrim(d.root, '/') || '/')
                ORDER BY length(d.root) DESC, d.billing_period IS NOT DISTINCT FROM f.billing_period DESC, d.export = f.stem DESC, d.billing_period DESC NULLS LAST, d.delivered_at DESC, d.ordinal LIMIT 1) AS ordinal
        FROM unnest(names, kinds, periods, stems) AS f (file, kind, billing_period, stem)
        WHERE f.kind NOT IN ('manifest', 'other') AND NOT EXISTS (SELECT FROM unnest(claimed) AS c (file) WHERE c.file = f.file)
    ), other AS (
        SELECT d.ordinal, array_agg(rest.file ORDER BY rest.file COLLATE "C") AS ignored, count(*) FILTER (WHERE rest.billing_period IS NOT DISTINCT FROM d.billing_period) AS here,
               count(*) FILTER (WHERE rest.billing_period IS DISTINCT FROM d.billing_period) AS elsewhere
        FROM rest JOIN d ON d.ordinal = rest.ordinal
        GROUP BY d.ordinal
    )
    SELECT d.export, d.billing_period, d.execution, d.delivered_at, d.manifest, d.files, told.bytes, told.modified, coalesce(other.ignored, '{}'),
           nullif(array_to_string(d.said
               || CASE WHEN other.here > 0 THEN format('other data files of the period ignored: %s', other.here) END
               || CASE WHEN other.elsewhere > 0 THEN format('data files ignored that no manifest names: %s', other.elsewhere) END
               || CASE WHEN EXISTS (SELECT FROM d AS x WHERE x.ordinal <> d.ordinal AND x.export = d.export AND x.billing_period IS NOT DISTINCT FROM d.billing_period)
                       THEN 'another delivery here has the same export name and period' END, '; '), '')
    FROM d
    CROSS JOIN LATERAL (SELECT array_agg(f.bytes ORDER BY c.ordinal) AS bytes, array_agg(f.modified ORDER BY c.ordinal) AS modified
                        FROM unnest(d.files) WITH ORDINALITY AS c (file, ordinal) JOIN unnest(names, sizes, times) AS f (file, bytes, modified) USING (file)) AS told
    LEFT JOIN other ON other.ordinal = d.ordinal
    ORDER BY d.export COLLATE "C", d.billing_period NULLS FIRST, d.delivered_at, d.ordinal;
END
$$;
COMMENT ON FUNCTION bedrock.export_deliveries(text, text) IS
    'the complete deliveries under a path of the database server, one row each: one period of one export. path: a directory (read through its manifests; where there is none, the newest execution with all its chunks), a file, or a pattern for files. partial: refuse (a chunk whose other chunks lie beside it or are missing is an error) or append (chunks are taken as they are). Columns: export (name in the manifest, or file name without chunk number and extension), billing_period (NULL = neither manifest nor path states it), execution (execution or assembly id; NULL = none stated), delivered_at (time in the manifest or in the name of the execution''s folder, else when the manifest, else the newest file was modified), manifest (NULL = none), files with their bytes and modified, ignored (data files of the export that no delivery has), notice (what was chosen or left out; NULL = nothing to say). An error: nothing to load, a manifest that is no JSON or names a missing file, missing chunks, Parquet or ZIP. Needs pg_read_server_files, as COPY FROM a file does';
-- Exports read by the server itself: from files straight to combinations and facts. What comes out of the files are
-- compacted lines, which are read like an attached relation for as long as the load lasts.

CREATE OR REPLACE FUNCTION bedrock.read_delivery(files text[], force boolean, keep text, workers integer) RETURNS bedrock.source
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    names text[] := bedrock.server_file_header(files[1]);
    twice text;
    entry bedrock.source;
    columns text;
    uses text[];
    amounts text;
    differs boolean;
BEGIN
    PERFORM bedrock.forget_delivery();
    -- The server tells names apart by their first 63 bytes.
    SELECT n.name::name::text INTO twice FROM unnest(names) AS n (name) GROUP BY n.name::name HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
        RAISE duplicate_column USING MESSAGE = format('%s: the column "%s" is there twice', files[1], twice);
    END IF;

    -- The columns say what the file is, as those of a relation do.
    EXECUTE format('CREATE TEMP TABLE bedrock_header (%s) ON COMMIT DROP', (SELECT string_agg(quote_ident(n.name::name::text) || ' text', ', ' ORDER BY n.place) FROM unnest(names) WITH ORDINALITY AS n (name, place)));
    entry := bedrock.source_entry('pg_temp.bedrock_header', files[1], read_delivery.force);
    SELECT array_agg(u.used ORDER BY u.place),
           string_agg(format(', %I %s', u.name::name, u.type), '' ORDER BY u.place) FILTER (WHERE u.used <> 'skip'),
           string_agg(format(', coalesce(sum(%I), 0)', u.name::name), '' ORDER BY u.place) FILTER (WHERE u.used = 'amount')
    INTO uses, columns, amounts
    FROM (SELECT n.name, n.place,
                 CASE WHEN bool_or(f.map_key IS NOT NULL) THEN 'key'
                      WHEN bool_or(f.field = 'usage_start') THEN 'usage_start' WHEN bool_or(f.field = 'usage_end') THEN 'usage_end'
                      WHEN bool_or(f.type = 'numeric') THEN 'amount'
                      WHEN count(f.field) > 0 OR EXISTS (SELECT FROM bedrock.tag_column('pg_temp.bedrock_header') AS t WHERE t.name = n.name::name::text) THEN 'key'
                      ELSE 'skip' END AS used,
                 CASE WHEN bool_or(f.map_key IS NOT NULL) THEN 'text' ELSE coalesce(max(f.type), 'text') END AS type
          FROM unnest(names) WITH ORDINALITY AS n (name, place)
          LEFT JOIN bedrock.field_column('pg_temp.bedrock_header', entry.format) AS f ON f.column_name = n.name::name::text
          GROUP BY n.name, n.place) AS u;
    DROP TABLE pg_temp.bedrock_header;

    EXECUTE format('CREATE TEMP TABLE bedrock_read ON COMMIT DROP AS SELECT * FROM bedrock.read_export(%L, %L, %L, %L, %L) AS r (file integer, checksum text, bedrock_lines bigint%s)',
                   files, names, uses, read_delivery.keep = 'hour', read_delivery.workers, columns);
    CREATE TEMP VIEW bedrock_export AS SELECT * FROM bedrock_read AS r WHERE r.file IS NULL;

    -- What was read, line by line, against what stands here.
    EXECUTE format('SELECT (SELECT ROW(coalesce(sum(bedrock_lines), 0)%1$s) FROM bedrock_read WHERE file IS NULL)'
                   ' IS DISTINCT FROM (SELECT ROW(coalesce(sum(bedrock_lines), 0)%1$s) FROM bedrock_read WHERE file IS NOT NULL)', amounts) INTO differs;
    IF differs THEN
        RAISE data_corrupted USING MESSAGE = format('the lines of %s and their sums differ after reading', files[1]), HINT = 'Nothing was changed. This is a bug.';
    END IF;
    ANALYZE bedrock_read (file);
    RETURN entry;
END
$$;
COMMENT ON FUNCTION bedrock.read_delivery(text[], boolean, text, integer) IS
    'reads the files of a delivery into the temporary relation bedrock_export, compacted, and says what kind of source it is';

CREATE OR REPLACE FUNCTION bedrock.forget_delivery() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
BEGIN
    DROP VIEW IF EXISTS pg_temp.bedrock_export;
    DROP TABLE IF EXISTS pg_temp.bedrock_read, pg_temp.bedrock_header;
END
$$;
COMMENT ON FUNCTION bedrock.forget_delivery() IS 'drops what bedrock.read_delivery made';

CREATE OR REPLACE FUNCTION bedrock.refuse_older(source text, periods date[], delivered timestamptz, called text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    loaded record;
BEGIN
    SELECT p.billing_period, (p.signature::jsonb ->> 'delivered')::timestamptz AS delivered INTO loaded
    FROM bedrock.period AS p
    WHERE p.source = refuse_older.source AND p.billing_period = ANY (periods) AND (p.signature::jsonb ->> 'delivered')::timestamptz > refuse_older.delivered
    ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('%s is older than what is loaded of %s', called, to_char(loaded.billing_period, 'YYYY-MM')),
            DETAIL = format('It was delivered %s, the loaded one %s.', refuse_older.delivered, loaded.delivered),
            HINT = 'Nothing was changed. force => true loads it all the same.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.refuse_older(text, date[], timestamptz, text) IS 'an error where a newer delivery of one of these periods is loaded already';

CREATE OR REPLACE FUNCTION bedrock.named_delivery(named text[],
    OUT export text, OUT billing_period date, OUT execution text, OUT delivered_at timestamptz, OUT manifest text, OUT files text[],
    OUT bytes bigint[], OUT modified timestamptz[], OUT ignored text[], OUT notice text) RETURNS SETOF record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT (SELECT p.stem FROM bedrock.export_path(named[1]) AS p), NULL::date, NULL::text, max(f.modified), NULL::text, array_agg(f.file ORDER BY n.place),
           array_agg(f.bytes ORDER BY n.place), array_agg(f.modified ORDER BY n.place), '{}'::text[], NULL::text
    FROM unnest(named) WITH ORDINALITY AS n (path, place) CROSS JOIN LATERAL bedrock.server_files(n.path) AS f;
END
$$;
COMMENT ON FUNCTION bedrock.named_delivery(text[]) IS 'as bedrock.export_deliveries: the one delivery that files named by the caller are';

CREATE OR REPLACE FUNCTION bedrock.load_deliveries(wanted_path text, wanted_files text[], wanted_name text, partial text, forced boolean, monthly boolean, wanted_keep text, workers integer)
    RETURNS TABLE (source text, billing_period date, action text, files integer, lines bigint, cost numeric, seconds numeric)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    delivery record;
    done record;
    entry bedrock.source;
    known bedrock.source;
    began timestamptz;
    called text;
    paths text[];
    now_there jsonb;
    loaded_before jsonb;
    said jsonb;
    kept text;
    touched boolean := false;
    work_mem_before text := bedrock.borrow_memory();
BEGIN
    IF wanted_keep NOT IN ('day', 'hour') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('facts cannot be kept by "%s"', wanted_keep), HINT = 'keep is day or hour.';
    END IF;

    FOR delivery IN SELECT d.*, min(d.export) OVER () AS first_export, max(d.export) OVER () AS last_export
                    FROM (SELECT e.* FROM bedrock.export_deliveries(wanted_path, partial) AS e WHERE wanted_files IS NULL
                          UNION ALL SELECT n.* FROM bedrock.named_delivery(wanted_files) AS n WHERE wanted_files IS NOT NULL) AS d
                    ORDER BY d.export, d.billing_period LOOP
        began := clock_timestamp();
        called := coalesce(delivery.manifest, CASE WHEN cardinality(delivery.files) > 1 THEN wanted_path END, delivery.files[1]);
        IF delivery.first_export <> delivery.last_export AND wanted_name IS NOT NULL THEN
            RAISE ambiguous_parameter USING
                MESSAGE = format('%s holds more than one export', wanted_path),
                DETAIL = format('Among them %s and %s.', delivery.first_export, delivery.last_export),
                HINT = 'One name is for one export: load each folder by itself, or leave the name out.';
        END IF;
        IF delivery.notice IS NOT NULL THEN
            RAISE NOTICE '%', delivery.notice;
        END IF;

        SELECT * INTO known FROM bedrock.source AS s WHERE s.source = coalesce(wanted_name, delivery.export);
        IF known.relation IS NOT NULL THEN
            RAISE duplicate_object USING
                MESSAGE = format('source "%s" is the attached relation %s', known.source, known.relation),
                HINT = 'Load the export under another name: bedrock.load_cur(path, name => ...), or detach the relation first.';
        END IF;
        kept := coalesce(wanted_keep, known.keep, 'day');

        SELECT jsonb_agg(jsonb_build_object('file', f.file, 'bytes', f.bytes, 'modified', f.modified) ORDER BY f.place) INTO now_there
        FROM unnest(delivery.files, delivery.bytes, delivery.modified) WITH ORDINALITY AS f (file, bytes, modified, place);
        paths := delivery.files;

        IF partial = 'append' THEN
            -- The whole is read again: what was there before and what is added to it.
            SELECT jsonb_agg(DISTINCT f.value - '{checksum,lines}'::text[]) INTO loaded_before
            FROM bedrock.period AS p CROSS JOIN LATERAL jsonb_array_elements(p.signature::jsonb -> 'files') AS f
            WHERE p.source = known.source AND (delivery.billing_period IS NULL OR p.billing_period = delivery.billing_period)
              AND f.value ->> 'file' <> ALL (delivery.files);
            now_there := now_there || coalesce(loaded_before, '[]');
            paths := ARRAY(SELECT f.value ->> 'file' FROM jsonb_array_elements(now_there) WITH ORDINALITY AS f (value, place) ORDER BY f.place);
        END IF;

        -- Loaded already, and by the rules of today?
        IF NOT forced AND EXISTS (
            SELECT FROM bedrock.period AS p
            WHERE p.source = known.source AND p.signature::jsonb ->> 'rules' = bedrock.rules_version() AND p.signature::jsonb ->> 'keep' = kept
              AND (SELECT jsonb_agg(f.value - '{checksum,lines}'::text[]) FROM jsonb_array_elements(p.signature::jsonb -> 'files') AS f) = now_there) THEN
            RETURN QUERY
            SELECT p.source, p.billing_period, 'unchanged', cardinality(paths), p.lines, coalesce(p.unblended_cost, p.net_unblended_cost),
                   round(extract(epoch FROM clock_timestamp() - began), 3)
            FROM bedrock.period AS p
            WHERE p.source = known.source
              AND (SELECT jsonb_agg(f.value - '{checksum,lines}'::text[]) FROM jsonb_array_elements(p.signature::jsonb -> 'files') AS f) = now_there;
            CONTINUE;
        END IF;
        IF NOT forced THEN
            PERFORM bedrock.refuse_older(known.source, ARRAY[delivery.billing_period], delivery.delivered_at, called);
        END IF;

        entry := bedrock.read_delivery(paths, forced, kept, workers);
        entry.source := coalesce(wanted_name, delivery.export);
        IF known.format <> entry.format THEN
            RAISE datatype_mismatch USING
                MESSAGE = format('%s is a %s export, source "%s" a %s one', called, entry.format, known.source, known.format),
                HINT = 'One export is one source: load it under another name, bedrock.load_cur(path, name => ...).';
        END IF;

        IF known.source IS NULL THEN
            INSERT INTO bedrock.source (source, format, format_version, mapping, period_column, rank, line_item, allow_monthly, forced, keep, missing)
            VALUES (entry.source, entry.format, entry.format_version, entry.mapping, entry.period_column,
                    (SELECT coalesce(max(r.rank), 0) + 1 FROM bedrock.source AS r), false, monthly, entry.forced, kept, entry.missing)
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE bedrock.source AS s
            SET format_version = entry.format_version, mapping = entry.mapping, period_column = entry.period_column,
                allow_monthly = s.allow_monthly OR monthly, forced = entry.forced, keep = kept, missing = entry.missing
            WHERE s.source = entry.source
              AND ROW(s.format_version, s.mapping, s.period_column, s.allow_monthly, s.forced, s.keep, s.missing) IS DISTINCT FROM
                  ROW(entry.format_version, entry.mapping, entry.period_column, s.allow_monthly OR monthly, entry.forced, kept, entry.missing);
        END IF;
        SELECT * INTO STRICT entry FROM bedrock.source AS s WHERE s.source = entry.source;
        IF NOT entry.allow_monthly THEN
            PERFORM bedrock.check_grain(entry.source, 'pg_temp.bedrock_export', called);
        END IF;

        SELECT jsonb_build_object('file', called, 'began', began, 'delivered', delivery.delivered_at, 'keep', kept, 'files',
                                  jsonb_agg(n.value || jsonb_build_object('checksum', r.checksum, 'lines', r.bedrock_lines) ORDER BY n.place))
        INTO said
        FROM jsonb_array_elements(now_there) WITH ORDINALITY AS n (value, place)
        JOIN bedrock_read AS r ON r.file = n.place;
        IF NOT forced AND delivery.billing_period IS NULL THEN
            PERFORM bedrock.refuse_older(entry.source, ARRAY(SELECT DISTINCT p.billing_period FROM bedrock.probe_source(entry.source) AS p), delivery.delivered_at, called);
        END IF;

        FOR done IN SELECT * FROM bedrock.refresh_source(entry, NULL, forced, said) LOOP
            RETURN QUERY
            SELECT done.source, done.billing_period, (SELECT g.action FROM bedrock.load_log AS g
                                                      WHERE g.source = done.source AND g.billing_period = done.billing_period AND g.payer_account_id = done.payer_account_id
                                                      ORDER BY g.load_id DESC LIMIT 1),
                   cardinality(paths), done.lines, done.cost, round(extract(epoch FROM clock_timestamp() - began), 3);
        END LOOP;
        touched := true;
    END LOOP;

    PERFORM bedrock.forget_delivery();
    PERFORM bedrock.settle_refresh(touched);
    PERFORM set_config('work_mem', work_mem_before, true);
END
$$;
COMMENT ON FUNCTION bedrock.load_deliveries(text, text[], text, text, boolean, boolean, text, integer) IS 'what bedrock.load_cur does';

CREATE OR REPLACE FUNCTION bedrock.load_cur(path text, name text DEFAULT NULL, partial text DEFAULT 'refuse', force boolean DEFAULT false,
    allow_monthly boolean DEFAULT false, keep text DEFAULT NULL, workers integer DEFAULT 0,
    OUT source text, OUT billing_period date, OUT action text, OUT files integer, OUT lines bigint, OUT cost numeric, OUT seconds numeric) RETURNS SETOF record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT l.source, l.billing_period, l.action, l.files, l.lines, l.cost, l.seconds FROM bedrock.load_deliveries($1, NULL, $2, $3, $4, $5, $6, $7) AS l;
END;
COMMENT ON FUNCTION bedrock.load_cur(text, text, text, boolean, boolean, text, integer) IS
    'loads exports that lie on the server (.csv.gz or .csv of CUR 2.0, legacy CUR or FOCUS) straight into bedrock.spend, in one transaction: path is a file, a glob or a directory as AWS lays it out, read through its manifests. Each billing period and payer it brings replaces what the source had of them, or nothing is changed; what is loaded already is not read again. name: of the source (default: the export''s own). partial => ''append'' adds a chunk to what is loaded. force: also what is unchanged, older than what is loaded, or lacks essential columns. allow_monthly: although its usage has no day. keep: grain of the facts, day or hour. workers: files read at once (0: one a core). Returns a row a source, payer and period: action loaded, replaced, restated (a final period changed) or unchanged, files, lines and cost over the whole bill. Members of pg_read_server_files only. Lines loaded so are not in bedrock.line_item; bedrock.load_log keeps what was read';

CREATE OR REPLACE FUNCTION bedrock.load_cur(delivery text[], name text DEFAULT NULL, partial text DEFAULT 'refuse', force boolean DEFAULT false,
    allow_monthly boolean DEFAULT false, keep text DEFAULT NULL, workers integer DEFAULT 0,
    OUT source text, OUT billing_period date, OUT action text, OUT files integer, OUT lines bigint, OUT cost numeric, OUT seconds numeric) RETURNS SETOF record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT l.source, l.billing_period, l.action, l.files, l.lines, l.cost, l.seconds FROM bedrock.load_deliveries(NULL, $1, $2, $3, $4, $5, $6, $7) AS l;
END;
COMMENT ON FUNCTION bedrock.load_cur(text[], text, text, boolean, boolean, text, integer) IS
    'bedrock.load_cur of files that are named one by one: together they are one whole delivery, for which the caller answers. All else as there';
-- The wide views. Every join is a LEFT JOIN on a primary key, so that the planner drops the ones a query does not use;
-- absent values are stored rows, not COALESCE here; no range join, no function call, no sublink.

CREATE OR REPLACE VIEW bedrock.spend WITH (security_invoker) AS
SELECT b.billing_period, f.usage_date, d.charge_grain, b.source, b.payer_account_id, d.account_id, d.account_name,
       d.region, b.billing_entity, b.legal_entity, b.invoicing_entity, b.invoice_id, b.is_final, d.charge_type,
       d.charge_category, d.charge_description, d.product_code, d.product_name, d.sku, d.usage_type, d.operation,
       d.usage_group, d.pricing_model, d.provider, d.model_id, d.model_name, d.model_family, d.token_kind, d.modality,
       d.cache_ttl, d.tier, d.routing, d.ai_region_type, d.geo_prefix, d.endpoint, d.long_context, d.custom_model,
       d.resource_id, d.resource_type, d.request_path, d.via_profile, d.profile_kind, d.profile_id, a.profile_name,
       d.profile_suffix, d.project_id, a.project_name, d.control_layer, s.iam_principal, d.principal_kind,
       d.principal_name, s.principal_session, d.principal_key, s.user_email, d.user_identifier, d.permission_set,
       d.caller_class, d.traffic_class, d.tags, a.team, a.application, a.project, a.environment, a.cost_center,
       a.department, a.customer, a.workflow, a.engineer, d.attribution_kind, a.attribution_rule, a.evidence_trust,
       a.claim_id, o.workload, o.owner, o.element1, o.element2, o.element3, o.element4, o.element_path, a.expected,
       a.expected_reason, f.lines, f.usage_amount, d.pricing_unit, f.tokens, f.unblended_cost, f.blended_cost,
       f.net_unblended_cost, f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost, f.list_cost, CASE WHEN
       d.list_known THEN 'bill' ELSE 'none' END AS list_cost_basis, f.ai_cost, b.cost_metric, d.currency,
       f.dimension_id::bigint AS dimension_id, d.bedrock_basis, d.model_basis, f.usage_hour
FROM bedrock.fact AS f
LEFT JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
LEFT JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
LEFT JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
LEFT JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
LEFT JOIN bedrock.session AS s ON s.session_id = f.session_id
WHERE NOT f.standby;
COMMENT ON VIEW bedrock.spend IS 'Amazon Bedrock spend, every cent once, by day, with every dimension: all charge types, each with its charge_category; amounts are billed, never estimated; group money by currency. Filled by bedrock.refresh';
COMMENT ON COLUMN bedrock.spend.billing_period IS 'first day of the month the bill is for; invoice-like figures go by it. Source: bill_billing_period_start_date, BillingPeriodStart';
COMMENT ON COLUMN bedrock.spend.usage_date IS 'day (UTC) the line begins; trends go by it. Lines of charge_grain period are never to be placed by day';
COMMENT ON COLUMN bedrock.spend.charge_grain IS 'hour, day or period: how long a line covers; period: tax, credits, fees, and every line of a MONTHLY export';
COMMENT ON COLUMN bedrock.spend.source IS 'name of the source, bedrock.source';
COMMENT ON COLUMN bedrock.spend.payer_account_id IS 'payer account; empty: not stated';
COMMENT ON COLUMN bedrock.spend.account_id IS 'usage account; NULL: not stated';
COMMENT ON COLUMN bedrock.spend.account_name IS 'name of the usage account; NULL: the source does not state it';
COMMENT ON COLUMN bedrock.spend.region IS 'AWS region that was called and billed: of the usage types prefix, else of the product columns, else of the resource id; NULL: none states it. Where the answer was computed is another matter: ai_region_type';
COMMENT ON COLUMN bedrock.spend.billing_entity IS 'AWS or AWS Marketplace; NULL: not stated';
COMMENT ON COLUMN bedrock.spend.legal_entity IS 'who provides the service; NULL: not stated';
COMMENT ON COLUMN bedrock.spend.invoicing_entity IS 'who invoices; NULL: not stated';
COMMENT ON COLUMN bedrock.spend.invoice_id IS 'invoice; NULL: not invoiced yet, or the source has no invoices';
COMMENT ON COLUMN bedrock.spend.is_final IS 'whether payer, period and billing entity are final: the period has ended and every line has an invoice id (a source without: it ended more than 15 days ago)';
COMMENT ON COLUMN bedrock.spend.charge_type IS 'line item type as billed (FOCUS: ChargeCategory)';
COMMENT ON COLUMN bedrock.spend.charge_category IS 'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock.spend.charge_description IS 'description as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend.product_code IS 'product code as billed; a hash on Marketplace lines';
COMMENT ON COLUMN bedrock.spend.product_name IS 'product name as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend.sku IS 'SKU as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend.usage_type IS 'usage type as billed; NULL: FOCUS 1.2 has none';
COMMENT ON COLUMN bedrock.spend.operation IS 'operation as billed; it changed in January 2026 from Usage to InvokeModelInference and its kin; NULL: none';
COMMENT ON COLUMN bedrock.spend.usage_group IS 'what is metered: tokens, media, search_units, provisioned_throughput, reserved, custom_model_import, customization, guardrail, knowledge_base, agent, flow, evaluation, prompt, data_automation, agentcore, grounding, other; NULL: no usage type, or an unreadable one';
COMMENT ON COLUMN bedrock.spend.pricing_model IS 'on_demand, batch, flex, priority, latency_optimized, provisioned, reserved, customization, custom_model_import; NULL: no usage';
COMMENT ON COLUMN bedrock.spend.provider IS 'who made the model; NULL: no model, or one the catalogue does not know';
COMMENT ON COLUMN bedrock.spend.model_id IS 'foundation model: of the resource id, else the registry, else the product name, else the usage type; NULL: the line is about no model, or none of them tells it (listed in bedrock.unrecognized)';
COMMENT ON COLUMN bedrock.spend.model_name IS 'name of the model in the catalogue, else its id; NULL: model_id is NULL';
COMMENT ON COLUMN bedrock.spend.model_family IS 'what versions roll up to: Opus, Sonnet, Haiku, Nova; NULL: not known';
COMMENT ON COLUMN bedrock.spend.token_kind IS 'input, output, cache_read, cache_write; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.spend.modality IS 'text, image, speech, audio, video where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.spend.cache_ttl IS '5m, 30m, 1h where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.spend.tier IS 'standard, batch, flex, priority, latency_optimized; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.spend.routing IS 'global, geo or regional, as priced; NULL: neither tokens nor reserved capacity';
COMMENT ON COLUMN bedrock.spend.ai_region_type IS 'where the answer may have been computed: cross_region_global, cross_region_geo, same_region, unknown, not_applicable (no inference)';
COMMENT ON COLUMN bedrock.spend.geo_prefix IS 'geography of the profile: us, eu, apac, jp, au, ca, in, us-gov, global; NULL: none known';
COMMENT ON COLUMN bedrock.spend.endpoint IS 'bedrock-runtime or bedrock-mantle where the line tells it; NULL: it does not';
COMMENT ON COLUMN bedrock.spend.long_context IS 'whether the long-context rate applies; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.spend.custom_model IS 'whether a fine-tuned model is stated; NULL: no usage type';
COMMENT ON COLUMN bedrock.spend.resource_id IS 'resource id as billed; NULL: none on the line, or not recorded';
COMMENT ON COLUMN bedrock.spend.resource_type IS 'type of the Bedrock resource; NULL: no Bedrock resource';
COMMENT ON COLUMN bedrock.spend.request_path IS 'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, custom_model, imported_model, prompt_router, project, other, none (a resource id that is no Bedrock ARN), not_inference (any line but inference usage), no_resource_id (source and period record ids, this line has none), not_recorded';
COMMENT ON COLUMN bedrock.spend.via_profile IS 'whether the request went through an inference profile; NULL: resource ids are not recorded';
COMMENT ON COLUMN bedrock.spend.profile_kind IS 'application, system, none, not_recorded';
COMMENT ON COLUMN bedrock.spend.profile_id IS 'id of the profile; NULL: none';
COMMENT ON COLUMN bedrock.spend.profile_name IS 'name of the profile in the registry as of the day, else its id; NULL: no profile';
COMMENT ON COLUMN bedrock.spend.profile_suffix IS 'what stands behind the profile id; NULL: nothing';
COMMENT ON COLUMN bedrock.spend.project_id IS 'id of the bedrock-mantle project; NULL: none';
COMMENT ON COLUMN bedrock.spend.project_name IS 'name of that project in the registry as of the day, else its id; NULL: none';
COMMENT ON COLUMN bedrock.spend.control_layer IS 'profile, project, direct, unknown (no resource id), not_applicable (no inference)';
COMMENT ON COLUMN bedrock.spend.iam_principal IS 'IAM principal as billed; NULL: none on the line, or not recorded';
COMMENT ON COLUMN bedrock.spend.principal_kind IS 'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none, not_recorded';
COMMENT ON COLUMN bedrock.spend.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock.spend.principal_session IS 'session of an assumed role; NULL: none';
COMMENT ON COLUMN bedrock.spend.principal_key IS 'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock.spend.user_email IS 'session or name of the principal where it is an e-mail address; NULL: it is none';
COMMENT ON COLUMN bedrock.spend.user_identifier IS 'IAM Identity Center user as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend.permission_set IS 'permission set of an SSO role; NULL: no SSO role';
COMMENT ON COLUMN bedrock.spend.caller_class IS 'human, machine, api_key, unknown, none, not_recorded';
COMMENT ON COLUMN bedrock.spend.traffic_class IS 'coding_assistant, batch, production, test, unclassified, not_applicable, by tier and tags, else the latest registry labels of the profile';
COMMENT ON COLUMN bedrock.spend.tags IS 'all tags with their original keys; {}: none on the line; NULL: source and period record none, or a map could not be read';
COMMENT ON COLUMN bedrock.spend.team IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend.application IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend.project IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend.environment IS 'registry label of the profile as of the day, else tag; prod, staging, dev, test and what else is written; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend.cost_center IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend.department IS 'user attribute, else IAM principal tag, else registry label or resource tag; (untagged): none says';
COMMENT ON COLUMN bedrock.spend.customer IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend.workflow IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend.engineer IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend.attribution_kind IS 'strongest owner signal on the line: application_profile, project, iam_principal, tag, none, not_recorded (none found, and not all of them are recorded)';
COMMENT ON COLUMN bedrock.spend.attribution_rule IS 'what decided the owner: unclaimed, charge:<category>, or the claim or rule';
COMMENT ON COLUMN bedrock.spend.evidence_trust IS 'how far the evidence of the owner is trusted: billing, registry, session_tag, request_metadata; NULL: unclaimed';
COMMENT ON COLUMN bedrock.spend.claim_id IS 'claim that decided; NULL: none did';
COMMENT ON COLUMN bedrock.spend.workload IS 'who pays: a workload, (unclaimed) for usage nobody claimed, (not allocated) for other charges';
COMMENT ON COLUMN bedrock.spend.owner IS 'who answers for the workload; NULL: nobody named';
COMMENT ON COLUMN bedrock.spend.element1 IS 'first level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.element2 IS 'second level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.element3 IS 'third level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.element4 IS 'fourth level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.element_path IS 'all levels from the top; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.expected IS 'false: breaks a policy of that day; true: owned and breaks none; NULL: neither';
COMMENT ON COLUMN bedrock.spend.expected_reason IS 'the policy it breaks; NULL: none speaks';
COMMENT ON COLUMN bedrock.spend.lines IS 'CUR lines, never requests';
COMMENT ON COLUMN bedrock.spend.usage_amount IS 'in pricing_unit, usage lines only; NULL: other charges, which repeat the amount of what they discount';
COMMENT ON COLUMN bedrock.spend.pricing_unit IS 'unit of usage_amount as billed';
COMMENT ON COLUMN bedrock.spend.tokens IS 'tokens, usage lines only; NULL: not metered in tokens. Cost per token: cost of the lines that have tokens / tokens';
COMMENT ON COLUMN bedrock.spend.unblended_cost IS 'as billed, in currency; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.spend.blended_cost IS 'as billed, in currency; NULL: the source has none';
COMMENT ON COLUMN bedrock.spend.net_unblended_cost IS 'after discounts, in currency, decided a payer and period: where the net column is filled anywhere it counts, discount lines without one then as 0; where nowhere, net is unblended';
COMMENT ON COLUMN bedrock.spend.amortized_cost IS 'commitments spread over their use, in currency; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.spend.net_amortized_cost IS 'amortized after discounts, in currency';
COMMENT ON COLUMN bedrock.spend.public_on_demand_cost IS 'at public prices, in currency; NULL: the bill gives 0 or nothing on usage with cost (every Marketplace line)';
COMMENT ON COLUMN bedrock.spend.list_cost IS 'public_on_demand_cost, else tokens at the price book of the day; NULL: neither. Discounts only over lines that have it';
COMMENT ON COLUMN bedrock.spend.list_cost_basis IS 'bill, book or none: where list_cost is from';
COMMENT ON COLUMN bedrock.spend.ai_cost IS 'the metric cost_metric names, in currency';
COMMENT ON COLUMN bedrock.spend.cost_metric IS 'metric that ai_cost carries on this line: setting ai_cost_metric; FOCUS has only the net ones';
COMMENT ON COLUMN bedrock.spend.currency IS 'currency of every amount of the row; never sum over two';
COMMENT ON COLUMN bedrock.spend.dimension_id IS 'row of bedrock.dimension with all raw strings';
COMMENT ON COLUMN bedrock.spend.bedrock_basis IS 'why the line counts as Bedrock: product, resource, proved (by another line of the payer), probable (its name says Bedrock, nothing proves it: leave it out with bedrock_basis <> ''probable'')';
COMMENT ON COLUMN bedrock.spend.model_basis IS 'where model_id was read: resource_id, registry, product_name, usage_type, unresolved; NULL: the line is about no model';
COMMENT ON COLUMN bedrock.spend.usage_hour IS 'hour the line begins, for patterns of use and other time zones; NULL: its source is kept by day (keep => ''hour'' of bedrock.attach and bedrock.load_cur)';

CREATE OR REPLACE VIEW bedrock.spend_monthly WITH (security_invoker) AS
SELECT b.billing_period, d.charge_grain, b.source, b.payer_account_id, d.account_id, d.account_name, d.region,
       b.billing_entity, b.legal_entity, b.invoicing_entity, b.invoice_id, b.is_final, d.charge_type, d.charge_category,
       d.charge_description, d.product_code, d.product_name, d.sku, d.usage_type, d.operation, d.usage_group,
       d.pricing_model, d.provider, d.model_id, d.model_name, d.model_family, d.token_kind, d.modality, d.cache_ttl,
       d.tier, d.routing, d.ai_region_type, d.geo_prefix, d.endpoint, d.long_context, d.custom_model, d.resource_id,
       d.resource_type, d.request_path, d.via_profile, d.profile_kind, d.profile_id, a.profile_name, d.profile_suffix,
       d.project_id, a.project_name, d.control_layer, s.iam_principal, d.principal_kind, d.principal_name,
       s.principal_session, d.principal_key, s.user_email, d.user_identifier, d.permission_set, d.caller_class,
       d.traffic_class, d.tags, a.team, a.application, a.project, a.environment, a.cost_center, a.department,
       a.customer, a.workflow, a.engineer, d.attribution_kind, a.attribution_rule, a.evidence_trust, a.claim_id,
       o.workload, o.owner, o.element1, o.element2, o.element3, o.element4, o.element_path, a.expected,
       a.expected_reason, f.lines, f.usage_amount, d.pricing_unit, f.tokens, f.unblended_cost, f.blended_cost,
       f.net_unblended_cost, f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost, f.list_cost, CASE WHEN
       d.list_known THEN 'bill' ELSE 'none' END AS list_cost_basis, f.ai_cost, b.cost_metric, d.currency,
       f.dimension_id::bigint AS dimension_id, d.bedrock_basis, d.model_basis
FROM bedrock.fact_month AS f
LEFT JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
LEFT JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
LEFT JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
LEFT JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
LEFT JOIN bedrock.session AS s ON s.session_id = f.session_id
WHERE NOT f.standby;
COMMENT ON VIEW bedrock.spend_monthly IS 'bedrock.spend without the day, for questions about whole billing periods: the same cents in fewer rows';
COMMENT ON COLUMN bedrock.spend_monthly.billing_period IS 'first day of the month the bill is for; invoice-like figures go by it. Source: bill_billing_period_start_date, BillingPeriodStart';
COMMENT ON COLUMN bedrock.spend_monthly.charge_grain IS 'hour, day or period: how long a line covers; period: tax, credits, fees, and every line of a MONTHLY export';
COMMENT ON COLUMN bedrock.spend_monthly.source IS 'name of the source, bedrock.source';
COMMENT ON COLUMN bedrock.spend_monthly.payer_account_id IS 'payer account; empty: not stated';
COMMENT ON COLUMN bedrock.spend_monthly.account_id IS 'usage account; NULL: not stated';
COMMENT ON COLUMN bedrock.spend_monthly.account_name IS 'name of the usage account; NULL: the source does not state it';
COMMENT ON COLUMN bedrock.spend_monthly.region IS 'AWS region that was called and billed: of the usage types prefix, else of the product columns, else of the resource id; NULL: none states it. Where the answer was computed is another matter: ai_region_type';
COMMENT ON COLUMN bedrock.spend_monthly.billing_entity IS 'AWS or AWS Marketplace; NULL: not stated';
COMMENT ON COLUMN bedrock.spend_monthly.legal_entity IS 'who provides the service; NULL: not stated';
COMMENT ON COLUMN bedrock.spend_monthly.invoicing_entity IS 'who invoices; NULL: not stated';
COMMENT ON COLUMN bedrock.spend_monthly.invoice_id IS 'invoice; NULL: not invoiced yet, or the source has no invoices';
COMMENT ON COLUMN bedrock.spend_monthly.is_final IS 'whether payer, period and billing entity are final: the period has ended and every line has an invoice id (a source without: it ended more than 15 days ago)';
COMMENT ON COLUMN bedrock.spend_monthly.charge_type IS 'line item type as billed (FOCUS: ChargeCategory)';
COMMENT ON COLUMN bedrock.spend_monthly.charge_category IS 'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock.spend_monthly.charge_description IS 'description as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.product_code IS 'product code as billed; a hash on Marketplace lines';
COMMENT ON COLUMN bedrock.spend_monthly.product_name IS 'product name as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.sku IS 'SKU as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.usage_type IS 'usage type as billed; NULL: FOCUS 1.2 has none';
COMMENT ON COLUMN bedrock.spend_monthly.operation IS 'operation as billed; it changed in January 2026 from Usage to InvokeModelInference and its kin; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.usage_group IS 'what is metered: tokens, media, search_units, provisioned_throughput, reserved, custom_model_import, customization, guardrail, knowledge_base, agent, flow, evaluation, prompt, data_automation, agentcore, grounding, other; NULL: no usage type, or an unreadable one';
COMMENT ON COLUMN bedrock.spend_monthly.pricing_model IS 'on_demand, batch, flex, priority, latency_optimized, provisioned, reserved, customization, custom_model_import; NULL: no usage';
COMMENT ON COLUMN bedrock.spend_monthly.provider IS 'who made the model; NULL: no model, or one the catalogue does not know';
COMMENT ON COLUMN bedrock.spend_monthly.model_id IS 'foundation model: of the resource id, else the registry, else the product name, else the usage type; NULL: the line is about no model, or none of them tells it (listed in bedrock.unrecognized)';
COMMENT ON COLUMN bedrock.spend_monthly.model_name IS 'name of the model in the catalogue, else its id; NULL: model_id is NULL';
COMMENT ON COLUMN bedrock.spend_monthly.model_family IS 'what versions roll up to: Opus, Sonnet, Haiku, Nova; NULL: not known';
COMMENT ON COLUMN bedrock.spend_monthly.token_kind IS 'input, output, cache_read, cache_write; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.spend_monthly.modality IS 'text, image, speech, audio, video where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.spend_monthly.cache_ttl IS '5m, 30m, 1h where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.spend_monthly.tier IS 'standard, batch, flex, priority, latency_optimized; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.spend_monthly.routing IS 'global, geo or regional, as priced; NULL: neither tokens nor reserved capacity';
COMMENT ON COLUMN bedrock.spend_monthly.ai_region_type IS 'where the answer may have been computed: cross_region_global, cross_region_geo, same_region, unknown, not_applicable (no inference)';
COMMENT ON COLUMN bedrock.spend_monthly.geo_prefix IS 'geography of the profile: us, eu, apac, jp, au, ca, in, us-gov, global; NULL: none known';
COMMENT ON COLUMN bedrock.spend_monthly.endpoint IS 'bedrock-runtime or bedrock-mantle where the line tells it; NULL: it does not';
COMMENT ON COLUMN bedrock.spend_monthly.long_context IS 'whether the long-context rate applies; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.spend_monthly.custom_model IS 'whether a fine-tuned model is stated; NULL: no usage type';
COMMENT ON COLUMN bedrock.spend_monthly.resource_id IS 'resource id as billed; NULL: none on the line, or not recorded';
COMMENT ON COLUMN bedrock.spend_monthly.resource_type IS 'type of the Bedrock resource; NULL: no Bedrock resource';
COMMENT ON COLUMN bedrock.spend_monthly.request_path IS 'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, custom_model, imported_model, prompt_router, project, other, none (a resource id that is no Bedrock ARN), not_inference (any line but inference usage), no_resource_id (source and period record ids, this line has none), not_recorded';
COMMENT ON COLUMN bedrock.spend_monthly.via_profile IS 'whether the request went through an inference profile; NULL: resource ids are not recorded';
COMMENT ON COLUMN bedrock.spend_monthly.profile_kind IS 'application, system, none, not_recorded';
COMMENT ON COLUMN bedrock.spend_monthly.profile_id IS 'id of the profile; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.profile_name IS 'name of the profile in the registry as of the day, else its id; NULL: no profile';
COMMENT ON COLUMN bedrock.spend_monthly.profile_suffix IS 'what stands behind the profile id; NULL: nothing';
COMMENT ON COLUMN bedrock.spend_monthly.project_id IS 'id of the bedrock-mantle project; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.project_name IS 'name of that project in the registry as of the day, else its id; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.control_layer IS 'profile, project, direct, unknown (no resource id), not_applicable (no inference)';
COMMENT ON COLUMN bedrock.spend_monthly.iam_principal IS 'IAM principal as billed; NULL: none on the line, or not recorded';
COMMENT ON COLUMN bedrock.spend_monthly.principal_kind IS 'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none, not_recorded';
COMMENT ON COLUMN bedrock.spend_monthly.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.principal_session IS 'session of an assumed role; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.principal_key IS 'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.user_email IS 'session or name of the principal where it is an e-mail address; NULL: it is none';
COMMENT ON COLUMN bedrock.spend_monthly.user_identifier IS 'IAM Identity Center user as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend_monthly.permission_set IS 'permission set of an SSO role; NULL: no SSO role';
COMMENT ON COLUMN bedrock.spend_monthly.caller_class IS 'human, machine, api_key, unknown, none, not_recorded';
COMMENT ON COLUMN bedrock.spend_monthly.traffic_class IS 'coding_assistant, batch, production, test, unclassified, not_applicable, by tier and tags, else the latest registry labels of the profile';
COMMENT ON COLUMN bedrock.spend_monthly.tags IS 'all tags with their original keys; {}: none on the line; NULL: source and period record none, or a map could not be read';
COMMENT ON COLUMN bedrock.spend_monthly.team IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend_monthly.application IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend_monthly.project IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend_monthly.environment IS 'registry label of the profile as of the day, else tag; prod, staging, dev, test and what else is written; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend_monthly.cost_center IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend_monthly.department IS 'user attribute, else IAM principal tag, else registry label or resource tag; (untagged): none says';
COMMENT ON COLUMN bedrock.spend_monthly.customer IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend_monthly.workflow IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend_monthly.engineer IS 'registry label of the profile as of the day, else tag; (untagged): neither says';
COMMENT ON COLUMN bedrock.spend_monthly.attribution_kind IS 'strongest owner signal on the line: application_profile, project, iam_principal, tag, none, not_recorded (none found, and not all of them are recorded)';
COMMENT ON COLUMN bedrock.spend_monthly.attribution_rule IS 'what decided the owner: unclaimed, charge:<category>, or the claim or rule';
COMMENT ON COLUMN bedrock.spend_monthly.evidence_trust IS 'how far the evidence of the owner is trusted: billing, registry, session_tag, request_metadata; NULL: unclaimed';
COMMENT ON COLUMN bedrock.spend_monthly.claim_id IS 'claim that decided; NULL: none did';
COMMENT ON COLUMN bedrock.spend_monthly.workload IS 'who pays: a workload, (unclaimed) for usage nobody claimed, (not allocated) for other charges';
COMMENT ON COLUMN bedrock.spend_monthly.owner IS 'who answers for the workload; NULL: nobody named';
COMMENT ON COLUMN bedrock.spend_monthly.element1 IS 'first level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend_monthly.element2 IS 'second level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend_monthly.element3 IS 'third level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend_monthly.element4 IS 'fourth level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend_monthly.element_path IS 'all levels from the top; NULL: not placed';
COMMENT ON COLUMN bedrock.spend_monthly.expected IS 'false: breaks a policy of that day; true: owned and breaks none; NULL: neither';
COMMENT ON COLUMN bedrock.spend_monthly.expected_reason IS 'the policy it breaks; NULL: none speaks';
COMMENT ON COLUMN bedrock.spend_monthly.lines IS 'CUR lines, never requests';
COMMENT ON COLUMN bedrock.spend_monthly.usage_amount IS 'in pricing_unit, usage lines only; NULL: other charges, which repeat the amount of what they discount';
COMMENT ON COLUMN bedrock.spend_monthly.pricing_unit IS 'unit of usage_amount as billed';
COMMENT ON COLUMN bedrock.spend_monthly.tokens IS 'tokens, usage lines only; NULL: not metered in tokens. Cost per token: cost of the lines that have tokens / tokens';
COMMENT ON COLUMN bedrock.spend_monthly.unblended_cost IS 'as billed, in currency; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.spend_monthly.blended_cost IS 'as billed, in currency; NULL: the source has none';
COMMENT ON COLUMN bedrock.spend_monthly.net_unblended_cost IS 'after discounts, in currency, decided a payer and period: where the net column is filled anywhere it counts, discount lines without one then as 0; where nowhere, net is unblended';
COMMENT ON COLUMN bedrock.spend_monthly.amortized_cost IS 'commitments spread over their use, in currency; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.spend_monthly.net_amortized_cost IS 'amortized after discounts, in currency';
COMMENT ON COLUMN bedrock.spend_monthly.public_on_demand_cost IS 'at public prices, in currency; NULL: the bill gives 0 or nothing on usage with cost (every Marketplace line)';
COMMENT ON COLUMN bedrock.spend_monthly.list_cost IS 'public_on_demand_cost, else tokens at the price book of the day; NULL: neither. Discounts only over lines that have it';
COMMENT ON COLUMN bedrock.spend_monthly.list_cost_basis IS 'bill, book or none: where list_cost is from';
COMMENT ON COLUMN bedrock.spend_monthly.ai_cost IS 'the metric cost_metric names, in currency';
COMMENT ON COLUMN bedrock.spend_monthly.cost_metric IS 'metric that ai_cost carries on this line: setting ai_cost_metric; FOCUS has only the net ones';
COMMENT ON COLUMN bedrock.spend_monthly.currency IS 'currency of every amount of the row; never sum over two';
COMMENT ON COLUMN bedrock.spend_monthly.dimension_id IS 'row of bedrock.dimension with all raw strings';
COMMENT ON COLUMN bedrock.spend_monthly.bedrock_basis IS 'why the line counts as Bedrock: product, resource, proved (by another line of the payer), probable (its name says Bedrock, nothing proves it: leave it out with bedrock_basis <> ''probable'')';
COMMENT ON COLUMN bedrock.spend_monthly.model_basis IS 'where model_id was read: resource_id, registry, product_name, usage_type, unresolved; NULL: the line is about no model';


CREATE OR REPLACE VIEW bedrock.usage_pattern WITH (security_invoker) AS
SELECT s.billing_period, CASE WHEN s.charge_grain <> 'period' THEN extract(isodow FROM s.usage_date)::bigint END AS weekday,
       CASE WHEN s.charge_grain = 'hour' THEN extract(hour FROM s.usage_hour AT TIME ZONE 'UTC')::bigint END AS hour_of_day,
       s.source, s.account_id, s.project, s.application, s.profile_id, s.profile_name, s.model_name, s.currency, sum(s.lines)::bigint AS lines,
       sum(s.tokens) AS tokens, sum(s.unblended_cost) AS unblended_cost, sum(s.net_unblended_cost) AS net_unblended_cost, sum(s.ai_cost) AS ai_cost
FROM bedrock.spend AS s
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;
COMMENT ON VIEW bedrock.usage_pattern IS 'bedrock.spend by weekday and hour of the day (UTC), where in the week it is spent; for another time zone group bedrock.spend by usage_hour AT TIME ZONE. All rows together are the whole of bedrock.spend';
COMMENT ON COLUMN bedrock.usage_pattern.billing_period IS 'first day of the month the bill is for';
COMMENT ON COLUMN bedrock.usage_pattern.weekday IS '1 Monday to 7 Sunday (UTC); NULL: lines that cover a whole period, as tax and credits';
COMMENT ON COLUMN bedrock.usage_pattern.hour_of_day IS '0 to 23 (UTC); NULL: lines that cover more than an hour, and sources kept by day (keep => ''hour'' of bedrock.attach and bedrock.load_cur)';
COMMENT ON COLUMN bedrock.usage_pattern.source IS 'name of the source';
COMMENT ON COLUMN bedrock.usage_pattern.account_id IS 'usage account';
COMMENT ON COLUMN bedrock.usage_pattern.project IS 'as in bedrock.spend; NULL: none';
COMMENT ON COLUMN bedrock.usage_pattern.application IS 'as in bedrock.spend; NULL: none';
COMMENT ON COLUMN bedrock.usage_pattern.profile_id IS 'as in bedrock.spend; NULL: none';
COMMENT ON COLUMN bedrock.usage_pattern.profile_name IS 'as in bedrock.spend; NULL: none';
COMMENT ON COLUMN bedrock.usage_pattern.model_name IS 'as in bedrock.spend; NULL: none';
COMMENT ON COLUMN bedrock.usage_pattern.currency IS 'currency of every amount of the row; never sum over two';
COMMENT ON COLUMN bedrock.usage_pattern.lines IS 'CUR lines, never requests';
COMMENT ON COLUMN bedrock.usage_pattern.tokens IS 'tokens; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.usage_pattern.unblended_cost IS 'as billed, in currency; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.usage_pattern.net_unblended_cost IS 'after discounts, in currency';
COMMENT ON COLUMN bedrock.usage_pattern.ai_cost IS 'the metric cost_metric names, in currency';
-- bedrock.refresh on a schedule: by pg_cron where that is, else by any scheduler that can run psql.

-- The values a field of a cron expression stands for; NULL: it is none of the forms *, n, n-m, each with /step, in a list.
CREATE OR REPLACE FUNCTION bedrock.cron_field(field text, low integer, high integer, names text[] DEFAULT '{}') RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH part AS (
        SELECT m.m, coalesce(array_position(names, left(lower(m.m[2]), 3)) + low - 1, CASE WHEN m.m[2] ~ '^\d{1,2}$' THEN m.m[2]::integer END) AS a,
               coalesce(array_position(names, left(lower(m.m[3]), 3)) + low - 1, CASE WHEN m.m[3] ~ '^\d{1,2}$' THEN m.m[3]::integer END) AS b, m.m[4]::integer AS step
        FROM regexp_split_to_table(field, ',') AS p (text)
        LEFT JOIN LATERAL regexp_match(p.text, '^(\*)?(\d{1,2}|[a-zA-Z]{3})?(?:-(\d{1,2}|[a-zA-Z]{3}))?(?:/(\d{1,2}))?$') AS m (m) ON true),
    span AS (
        SELECT p.m IS NOT NULL AND (p.m[1] IS NULL) <> (p.m[2] IS NULL) AND (p.m[1] IS NULL OR p.m[3] IS NULL) AND (p.m[2] IS NULL) = (p.a IS NULL) AND (p.m[3] IS NULL) = (p.b IS NULL)
               AND coalesce(p.a, low) >= low AND coalesce(p.b, p.a, high) <= high AND coalesce(p.step, 1) > 0 AND coalesce(p.a <= p.b, true) AS fits,
               coalesce(p.a, low) AS first, CASE WHEN p.m[1] IS NOT NULL OR p.step IS NOT NULL AND p.b IS NULL THEN high ELSE coalesce(p.b, p.a) END AS last, coalesce(p.step, 1) AS step
        FROM part AS p)
    SELECT CASE WHEN bool_and(s.fits) THEN array_agg(DISTINCT v ORDER BY v) END
    FROM span AS s LEFT JOIN LATERAL generate_series(s.first, s.last, CASE WHEN s.fits THEN s.step ELSE 1 END) AS v ON s.fits;
END;
COMMENT ON FUNCTION bedrock.cron_field(text, integer, integer, text[]) IS
    'the values of one field of a cron expression between low and high, whose names stand for low, low + 1, ...; NULL: not understood';

CREATE OR REPLACE FUNCTION bedrock.cron_longest_gap(cron text) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH spelt AS (
        SELECT regexp_split_to_array(CASE lower(btrim(cron)) WHEN '@hourly' THEN '0 * * * *' WHEN '@daily' THEN '0 0 * * *' WHEN '@midnight' THEN '0 0 * * *' WHEN '@weekly' THEN '0 0 * * 0'
                                     WHEN '@monthly' THEN '0 0 1 * *' WHEN '@yearly' THEN '0 0 1 1 *' WHEN '@annually' THEN '0 0 1 1 *' ELSE btrim(cron) END, '\s+') AS f),
    parsed AS (
        SELECT s.f, bedrock.cron_field(s.f[1], 0, 59) AS minutes, bedrock.cron_field(s.f[2], 0, 23) AS hours, bedrock.cron_field(s.f[3], 1, 31) AS days,
               bedrock.cron_field(s.f[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}') AS months,
               bedrock.cron_field(s.f[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}') AS weekdays
        FROM spelt AS s WHERE cardinality(s.f) = 5),
    minute AS (SELECT h.h * 60 + m.m AS at FROM parsed AS p, unnest(p.hours) AS h (h), unnest(p.minutes) AS m (m)),
    within AS (SELECT min(m.at) AS first, max(m.at) AS last, max(m.gap) AS gap FROM (SELECT n.at, n.at - lag(n.at) OVER (ORDER BY n.at) AS gap FROM minute AS n) AS m),
    -- Nine years have every weekday on every day of a month, also on the 29th of February. A day of month and a weekday that are
    -- both given mean either.
    day AS (
        SELECT d.d - lag(d.d) OVER (ORDER BY d.d) AS gap
        FROM parsed AS p, LATERAL (SELECT '2024-01-01'::date + n AS d FROM generate_series(0, 3300) AS n) AS d
        CROSS JOIN LATERAL (SELECT extract(day FROM d.d) = ANY (p.days) AS on_day, extract(dow FROM d.d) = ANY (p.weekdays) OR extract(dow FROM d.d) = 0 AND 7 = ANY (p.weekdays) AS on_weekday) AS t
        WHERE extract(month FROM d.d) = ANY (p.months) AND p.minutes IS NOT NULL AND p.hours IS NOT NULL AND p.days IS NOT NULL AND p.weekdays IS NOT NULL
          AND CASE WHEN p.f[3] LIKE '*%' OR p.f[5] LIKE '*%' THEN t.on_day AND t.on_weekday ELSE t.on_day OR t.on_weekday END)
    SELECT CASE WHEN cron ~* '^\s*[0-9]{1,6}\s+seconds?\s*$' THEN make_interval(secs => substring(cron FROM '[0-9]+')::integer)
                ELSE (SELECT justify_hours(greatest(make_interval(mins => w.gap), make_interval(mins => max(d.gap) * 1440 - w.last + w.first))) FROM within AS w, day AS d GROUP BY w.first, w.last, w.gap) END;
END;
COMMENT ON FUNCTION bedrock.cron_longest_gap(text) IS
    'longest time a cron expression (minute hour day month weekday; @hourly and its kin; n seconds) leaves between two runs; NULL: not understood, or it never comes twice';

CREATE OR REPLACE FUNCTION bedrock.begin_scheduled_run(every interval) RETURNS timestamptz
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run timestamptz;
BEGIN
    DELETE FROM bedrock.schedule_log AS l
    WHERE l.at < now() - interval '30 days' AND l.action NOT IN ('scheduled', 'unscheduled');
    INSERT INTO bedrock.schedule_log (action, every) VALUES ('running', begin_scheduled_run.every) RETURNING at INTO run;
    RETURN run;
END
$$;
COMMENT ON FUNCTION bedrock.begin_scheduled_run(interval) IS 'enters a run into bedrock.schedule_log; part of bedrock.refresh_scheduled()';

CREATE OR REPLACE FUNCTION bedrock.do_scheduled_run(run timestamptz) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    outcome text := 'refreshed';
    done bigint;
    left_busy bigint;
    state text;
    told text;
    detailed text;
    hint text;
BEGIN
    -- One scheduled run at a time; the lock tells the doctor too which run is alive.
    IF NOT pg_try_advisory_xact_lock('bedrock.schedule_log'::regclass::oid::integer, 0) THEN
        outcome := 'skipped';
        told := 'another scheduled refresh is at work';
        RAISE NOTICE USING MESSAGE = 'scheduled refresh skipped: another one is at work';
    ELSE
        BEGIN
            SELECT count(*) FILTER (WHERE r.action IN ('refreshed', 'removed')), count(*) FILTER (WHERE r.action = 'busy') INTO done, left_busy FROM bedrock.refresh() AS r;
        EXCEPTION WHEN QUERY_CANCELED OR OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, told = MESSAGE_TEXT, detailed = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            outcome := 'failed';
            done := NULL;
            left_busy := NULL;
            told := concat_ws(E'\n', told, nullif(detailed, ''), nullif(hint, ''));
        END;
    END IF;
    UPDATE bedrock.schedule_log AS l
    SET action = outcome, ended_at = clock_timestamp(), refreshed = done, busy = left_busy, sqlstate = state, message = told
    WHERE l.at = run AND l.pid = pg_backend_pid();
END
$$;
COMMENT ON FUNCTION bedrock.do_scheduled_run(timestamptz) IS 'refreshes, and enters how that ended; an error becomes part of the entry; part of bedrock.refresh_scheduled()';

CREATE OR REPLACE FUNCTION bedrock.end_scheduled_run(run timestamptz) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    failed bedrock.schedule_log;
BEGIN
    SELECT l.* INTO failed FROM bedrock.schedule_log AS l WHERE l.at = run AND l.pid = pg_backend_pid() AND l.action = 'failed';
    IF FOUND THEN
        RAISE USING ERRCODE = failed.sqlstate, MESSAGE = failed.message,
            HINT = 'The failure is kept in bedrock.schedule_log, and bedrock.doctor() tells it.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.end_scheduled_run(timestamptz) IS 'raises again what a run failed with; part of bedrock.refresh_scheduled()';

-- The entry has to outlive the rollback of what failed, so this commits; a routine that commits cannot have a SET clause. It
-- calls qualified functions and uses no operator: there is nothing in it for a search_path to change.
CREATE OR REPLACE PROCEDURE bedrock.refresh_scheduled(every interval DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    run timestamptz;
BEGIN
    run := bedrock.begin_scheduled_run(every);
    COMMIT;
    PERFORM bedrock.do_scheduled_run(run);
    COMMIT;
    PERFORM bedrock.end_scheduled_run(run);
END
$$;
COMMENT ON PROCEDURE bedrock.refresh_scheduled(interval) IS
    'bedrock.refresh() for a scheduler (pg_cron, cron, systemd): enters its begin and its end or error into bedrock.schedule_log, where bedrock.doctor() sees them, and raises the error again. Skips, and says so, while another scheduled run is at work. every: the longest time the schedule leaves between two runs, by which the doctor tells that they stay away; NULL: it does not watch for that. Commits: CALL it outside of a transaction block';

CREATE OR REPLACE FUNCTION bedrock.schedule_refresh(cron text DEFAULT '17 */4 * * *') RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET intervalstyle = postgres
AS $$
DECLARE
    gap interval := bedrock.cron_longest_gap(schedule_refresh.cron);
    command text := format('CALL bedrock.refresh_scheduled(%L)', gap);
    job bigint;
BEGIN
    IF coalesce(btrim(schedule_refresh.cron), '') = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'bedrock.schedule_refresh needs a cron expression', HINT = 'For example ''17 */4 * * *'': at minute 17 of every fourth hour.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('extension pg_cron is not installed in database "%s"', current_database()),
            DETAIL = 'bedrock.schedule_refresh orders a job of pg_cron. Nothing was scheduled.',
            HINT = format(E'With pg_cron: shared_preload_libraries = ''pg_cron'', cron.database_name = %L, restart, CREATE EXTENSION pg_cron, then this again.\n'
                          'With pg_cron in another database: there SELECT cron.schedule_in_database(''bedrock.refresh'', %L, %L, %L).\n'
                          'Without it, a line of the crontab: %s psql -X -q -d %s -c "%s"',
                          current_database(), schedule_refresh.cron, command, current_database(), schedule_refresh.cron, quote_ident(current_database()), command);
    END IF;
    EXECUTE format('SELECT cron.schedule(%L, %L, %L)', 'bedrock.refresh', schedule_refresh.cron, command) INTO job;
    INSERT INTO bedrock.schedule_log (action, cron, every) VALUES ('scheduled', schedule_refresh.cron, gap);
    RETURN job;
END
$$;
COMMENT ON FUNCTION bedrock.schedule_refresh(text) IS
    'has pg_cron call bedrock.refresh_scheduled() in this database, as the calling role: a job named bedrock.refresh, which another call replaces. cron: minute hour day month weekday in the time zone of pg_cron (GMT where not set otherwise); pg_cron 1.5 and later also take ''30 seconds''. Returns pg_cron''s job id. Error where pg_cron is not installed in this database, with the line for cron or another database; pg_cron''s own error for an expression it does not know. Best scheduled by a role that may refresh and nothing more: a refresh runs the views it reads with that role''s rights';

CREATE OR REPLACE FUNCTION bedrock.unschedule_refresh() RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_job boolean := false;
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        EXECUTE format('SELECT coalesce(bool_or(cron.unschedule(jobid)), false) FROM cron.job WHERE jobname = %L AND database = current_database() AND username = current_user', 'bedrock.refresh') INTO found_job;
    END IF;
    INSERT INTO bedrock.schedule_log (action) VALUES ('unscheduled');
    RETURN found_job;
END
$$;
COMMENT ON FUNCTION bedrock.unschedule_refresh() IS
    'takes the job of the calling role''s bedrock.schedule_refresh() out of pg_cron; bedrock.doctor() expects no scheduled runs from then on, also none of cron or systemd, until the next one. true: there was a job; false: there was none, or there is no pg_cron. A run under way ends undisturbed';
-- Asking and answering: how far the data reaches, the questions' heads, bedrock.ask, bedrock.answer, and the one report
-- that takes a list. The shipped rows follow in the files 70-question-a to 70-question-j.

CREATE OR REPLACE VIEW bedrock.freshness WITH (security_invoker) AS
SELECT b.source, b.payer_account_id, b.billing_entity, b.billing_period, u.data_through, p.refreshed_at AS loaded_at,
       round(extract(epoch FROM now() - (u.data_through + 1)::timestamp AT TIME ZONE 'UTC') / 3600, 1) AS age_hours,
       b.is_final, b.is_final_basis
FROM (SELECT t.source, t.payer_account_id, t.billing_entity, t.billing_period, bool_and(t.is_final) AS is_final,
             min(t.is_final_basis) AS is_final_basis
      FROM bedrock.bill_total AS t
      WHERE t.bedrock_lines > 0 AND NOT t.standby
      GROUP BY 1, 2, 3, 4) AS b
JOIN bedrock.period AS p
    ON p.source = b.source AND p.payer_account_id = b.payer_account_id AND p.billing_period = b.billing_period
LEFT JOIN (SELECT t.source, t.payer_account_id, t.billing_period, max(f.usage_date) AS last_day
           FROM bedrock.fact AS f
           JOIN bedrock.bill_total AS t ON t.bill_id = f.bill_id
           JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
           WHERE t.charge_category = 'usage' AND d.charge_grain <> 'period' AND NOT f.standby
           GROUP BY 1, 2, 3) AS s
    ON s.source = b.source AND s.payer_account_id = b.payer_account_id AND s.billing_period = b.billing_period
CROSS JOIN LATERAL (
    SELECT (b.billing_period + interval '1 month')::date - 1 AS period_end, (p.refreshed_at AT TIME ZONE 'UTC')::date AS loaded_day,
           bedrock.setting_value(CASE WHEN b.billing_entity = 'AWS Marketplace' THEN 'data_lag_days_marketplace'
                                      ELSE 'data_lag_days_aws' END)::integer AS lag_days,
           b.is_final OR EXISTS (SELECT FROM bedrock.period AS n
                                 WHERE n.source = b.source AND n.payer_account_id = b.payer_account_id
                                   AND n.billing_period > b.billing_period) AS ended) AS e
CROSS JOIN LATERAL (
    -- A later month, or an invoice, ends a month; else its last day of usage does, once the lag after it has passed.
    SELECT CASE WHEN b.is_final THEN e.period_end
                WHEN e.loaded_day < s.last_day THEN s.last_day
                ELSE least(CASE WHEN e.ended THEN e.period_end ELSE s.last_day END, e.loaded_day - e.lag_days) END AS data_through) AS u;
COMMENT ON VIEW bedrock.freshness IS
    'how far the Bedrock lines of each source reach, one row a payer, billing entity and billing period';
COMMENT ON COLUMN bedrock.freshness.source IS 'name of the source, bedrock.source';
COMMENT ON COLUMN bedrock.freshness.payer_account_id IS 'payer account; empty: not stated';
COMMENT ON COLUMN bedrock.freshness.billing_entity IS 'AWS or AWS Marketplace; NULL: not stated';
COMMENT ON COLUMN bedrock.freshness.billing_period IS 'first day of the month the bill is for';
COMMENT ON COLUMN bedrock.freshness.data_through IS 'last complete day (UTC): the end of a month that is final or that a later one follows, else the last day with usage; never younger than the lag of the billing entity before the load (settings data_lag_days_aws, data_lag_days_marketplace); NULL: no usage by day';
COMMENT ON COLUMN bedrock.freshness.loaded_at IS 'when bedrock.refresh last read the period';
COMMENT ON COLUMN bedrock.freshness.age_hours IS 'hours since the end of data_through; NULL: no usage by day';
COMMENT ON COLUMN bedrock.freshness.is_final IS 'whether the period is final: it has ended and every line has an invoice id, or, where the source has none, it ended more than 15 days ago';
COMMENT ON COLUMN bedrock.freshness.is_final_basis IS 'invoice or age: what is_final goes by';

CREATE OR REPLACE FUNCTION bedrock.latest_period() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT max(b.billing_period) FROM bedrock.bill_total AS b WHERE b.bedrock_lines > 0 AND NOT b.standby;
END;
COMMENT ON FUNCTION bedrock.latest_period() IS
    'first day of the latest month bedrock.spend has, what "this month" means to the questions; NULL: no data';

CREATE OR REPLACE FUNCTION bedrock.data_through(period date DEFAULT bedrock.latest_period()) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT min(f.data_through) FROM bedrock.freshness AS f
    WHERE f.billing_period = date_trunc('month', data_through.period::timestamp)::date;
END;
COMMENT ON FUNCTION bedrock.data_through(date) IS
    'last day (UTC) of a month that is complete in every source and billing entity, by bedrock.freshness; of the latest month by default. NULL: none is';

CREATE OR REPLACE FUNCTION bedrock.project_costs(projects text[] DEFAULT NULL, days integer DEFAULT 30, metric text DEFAULT 'unblended',
    as_of date DEFAULT NULL) RETURNS TABLE (project text, cost numeric, currency text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_day date := coalesce(as_of, bedrock.data_through());
BEGIN
    IF metric IS NULL OR metric NOT IN ('unblended', 'blended', 'net_unblended', 'amortized', 'net_amortized', 'list', 'ai') THEN
        RAISE EXCEPTION 'unknown metric "%"', left(metric, 160) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Metrics are unblended, blended, net_unblended, amortized, net_amortized, list and ai.';
    END IF;

    IF days IS NULL OR days < 1 THEN
        RAISE EXCEPTION 'days must be 1 or more, not %', coalesce(days::text, 'NULL') USING ERRCODE = 'invalid_parameter_value';
    END IF;

    RETURN QUERY
    WITH spent AS (
        SELECT s.project, s.currency,
               sum(CASE project_costs.metric WHEN 'unblended' THEN s.unblended_cost WHEN 'blended' THEN s.blended_cost
                       WHEN 'net_unblended' THEN s.net_unblended_cost WHEN 'amortized' THEN s.amortized_cost
                       WHEN 'net_amortized' THEN s.net_amortized_cost WHEN 'list' THEN s.list_cost ELSE s.ai_cost END) AS cost
        FROM bedrock.spend AS s
        WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.usage_date BETWEEN last_day - (days - 1) AND last_day
        GROUP BY s.project, s.currency),
    wanted AS (
        SELECT p.name FROM unnest(projects) AS p (name) WHERE p.name IS NOT NULL
        UNION
        SELECT '(untagged)'
        UNION
        SELECT n.project FROM spent AS n WHERE project_costs.projects IS NULL)
    SELECT w.name, CASE WHEN n.project IS NULL THEN 0 ELSE n.cost END, n.currency
    FROM wanted AS w
    LEFT JOIN spent AS n ON n.project = w.name
    ORDER BY w.name = '(untagged)', 2 DESC NULLS LAST, 1, 3;
END
$$;
COMMENT ON FUNCTION bedrock.project_costs(text[], integer, text, date) IS
    'cost of projects over the last days, summed over all months, with a row (untagged) for usage that no tag or label gives to a project. projects: names, NULL for all; a name without usage costs 0. days: length of the window. metric: unblended, blended, net_unblended, amortized, net_amortized, list (only lines that have it) or ai. as_of: last day of the window (UTC), by default the last complete day of the data. Usage by day only: no tax, credit or fee. One row a project and currency; an unknown metric is error 22023';

CREATE OR REPLACE FUNCTION bedrock.tag_name(tag_key text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN tag_key !~* '^(accountTag|costCategory|cost_category)/' AND tag_key !~* '^([a-z]+/)?aws[:_]'
                THEN regexp_replace(regexp_replace(tag_key, '^(resourceTags|iamPrincipal|userAttribute)/', ''), '^user[:_]', '') END;
COMMENT ON FUNCTION bedrock.tag_name(text) IS
    'name of a user-defined tag of a resource, an IAM principal or a user, as written, without what tells its source (resourceTags/, iamPrincipal/, user:); NULL for AWS-generated tags, account tags and cost categories';

-- Questions ------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock.question_columns(listing text) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object('name', c.name, 'meaning', coalesce(nullif(c.meaning, ''), known.meaning,
                   col_description('bedrock.spend'::regclass, a.attnum))) ORDER BY l.ordinal)
        FROM regexp_split_to_table(btrim(listing, E' \n'), '\s*\n\s*') WITH ORDINALITY AS l (line, ordinal)
        CROSS JOIN LATERAL (SELECT split_part(l.line, ':', 1), btrim(substr(l.line, length(split_part(l.line, ':', 1)) + 2))) AS c (name, meaning)
        LEFT JOIN (VALUES
            ('period', 'first day of the billing period'),
            ('month', 'first day of the billing period'),
            ('day', 'day of usage (UTC)'),
            ('billed_cost', 'cost of usage in the metric of setting ai_cost_metric (shipped: unblended), in currency'),
            ('cost', 'cost of usage in the metric of setting ai_cost_metric (shipped: unblended), in currency'),
            ('share_pct', 'percent of the cost of all usage asked about in this currency; NULL where that is not above 0'),
            ('rank', 'place by cost of usage, within the currency'),
            ('change', 'cost less that of the month before'),
            ('requests', 'NULL: a bill counts no requests; invocation logs do'),
            ('cost_per_million', 'cost of the lines that have tokens, for a million of them; NULL: none has'),
            ('model', 'name of the model, else its id; NULL: the line is about no model, or none could be told'),
            ('app', 'application; (untagged): neither registry nor tags say'),
            ('account', 'usage account; NULL: not stated'),
            ('data_through', 'last complete day (UTC) of that period in every source and billing entity'),
            ('first_seen', 'first day with usage in all data loaded'),
            ('last_seen', 'last day with usage in all data loaded'),
            ('input', 'input tokens'), ('output', 'output tokens'), ('cache_read', 'cache read tokens'), ('cache_write', 'cache write tokens')
        ) AS known (name, meaning) ON known.name = c.name
        LEFT JOIN pg_attribute AS a ON a.attrelid = 'bedrock.spend'::regclass AND a.attname = c.name AND a.attnum > 0);
END
$$;
COMMENT ON FUNCTION bedrock.question_columns(text) IS
    'answer_columns of a question from a listing, one column a line: name, or name and meaning parted by a colon; a name without meaning means what it means everywhere in the catalogue or in bedrock.spend';

CREATE OR REPLACE FUNCTION bedrock.question_parameters(listing text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(p.part[1], jsonb_build_object('type', p.part[2], 'default', btrim(p.part[3]), 'meaning', p.part[4],
                   'ordinal', l.ordinal)), '{}')
        FROM regexp_split_to_table(btrim(CASE WHEN listing ~ '^\s*period\s*(\n|$)'
                 THEN regexp_replace(listing, '^\s*period', 'period month = bedrock.latest_period(): any day of the month; the latest with data')
                 ELSE listing END, E' \n'), '\s*\n\s*') WITH ORDINALITY AS l (line, ordinal)
        CROSS JOIN LATERAL regexp_match(l.line, '^(\w+) ([a-z]+(?:\[\])?) = (.*?): (.*)$') AS p (part)
        WHERE l.line <> '');
END
$$;
COMMENT ON FUNCTION bedrock.question_parameters(text) IS
    'parameters of a question from a listing, one a line: name type = default: meaning; a first line "period" stands for the month the questions mostly ask about';

CREATE OR REPLACE FUNCTION bedrock.question_head(parameters jsonb, bound boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT format('WITH arg AS (SELECT %s)', string_agg(CASE WHEN question_head.bound THEN
                   format('CASE WHEN $1 ? %L THEN %s ELSE %s END AS %I', p.name, v.given, v.preset, p.name)
                   ELSE format('%s AS %I', v.preset, p.name) END, ', ' ORDER BY (p.spec ->> 'ordinal')::integer, p.name))
        FROM jsonb_each(parameters) AS p (name, spec)
        CROSS JOIN LATERAL (
            SELECT CASE p.spec ->> 'type'
                       WHEN 'month' THEN format('date_trunc(''month'', ($1 ->> %L)::date::timestamp)::date', p.name)
                       WHEN 'text[]' THEN format('ARRAY(SELECT jsonb_array_elements_text($1 -> %L))', p.name)
                       WHEN 'jsonb' THEN format('$1 -> %L', p.name)
                       ELSE format('($1 ->> %L)::%s', p.name, p.spec ->> 'type') END,
                   CASE WHEN p.spec ->> 'type' = 'month' THEN p.spec ->> 'default'
                        ELSE format('(%s)::%s', p.spec ->> 'default', p.spec ->> 'type') END) AS v (given, preset)
        HAVING count(*) > 0);
END
$$;
COMMENT ON FUNCTION bedrock.question_head(jsonb, boolean) IS
    'the first line of a question''s SQL, which gives its parameters: their defaults, or (bound) what the jsonb $1 has for them, else their defaults; NULL: no parameters. Only the catalogue''s own names, types and defaults enter the text, never a value';

CREATE OR REPLACE FUNCTION bedrock.ask(words text DEFAULT NULL) RETURNS TABLE (question_id text, question text, sql text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted text := btrim(coalesce(words, ''));
    terms text[] := tsvector_to_array(to_tsvector('pg_catalog.english', translate(wanted, '_/.-', '    ')));
BEGIN
    RETURN QUERY
    WITH catalogue AS (
        SELECT DISTINCT ON (q.question_id) q.*
        FROM bedrock.question AS q
        ORDER BY q.question_id, q.builtin),
    exact AS (
        SELECT c.question_id FROM catalogue AS c WHERE upper(c.question_id) = upper(wanted)),
    ranked AS (
        SELECT c.question_id, c.question, c.sql, bedrock.fold_name(c.question) = bedrock.fold_name(wanted) AS verbatim,
               (SELECT sum(greatest(CASE WHEN t.spoken @@ k.term THEN 4 END, CASE WHEN t.keywords @@ k.term THEN 3 END,
                                    CASE WHEN t.about @@ k.term THEN 1 END))
                FROM unnest(terms) AS n (lexeme)
                CROSS JOIN LATERAL (SELECT (quote_literal(n.lexeme) || ':*')::tsquery) AS k (term)) AS hits,
               length(t.spoken) AS size
        FROM catalogue AS c
        CROSS JOIN LATERAL (
            SELECT to_tsvector('pg_catalog.english', c.question) AS spoken,
                   to_tsvector('pg_catalog.english', c.keywords) AS keywords,
                   to_tsvector('pg_catalog.english', concat_ws(' ', c.section, c.persona,
                       (SELECT string_agg(translate(a ->> 'name', '_', ' '), ' ') FROM jsonb_array_elements(c.answer_columns) AS a))) AS about) AS t)
    SELECT r.question_id, r.question, r.sql
    FROM ranked AS r
    WHERE CASE WHEN EXISTS (SELECT FROM exact) THEN r.question_id IN (SELECT e.question_id FROM exact AS e)
               ELSE wanted = '' OR r.verbatim OR r.hits > 0 END
    ORDER BY r.verbatim DESC, r.hits DESC NULLS LAST, CASE WHEN wanted <> '' THEN r.size END, r.question_id;
END
$$;
COMMENT ON FUNCTION bedrock.ask(text) IS
    'finds questions of bedrock.question by words, the best first: by the words of the question (their stems and beginnings), then keywords, then section, persona and answer columns; an id finds exactly that question; nothing finds all. The SQL runs as it stands, in psql: SELECT sql FROM bedrock.ask(''spend by model'') LIMIT 1 \gexec';

CREATE OR REPLACE FUNCTION bedrock.answer(question_id text, args jsonb DEFAULT '{}') RETURNS SETOF jsonb
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    asked bedrock.question;
    given record;
    type text;
    statement text;
BEGIN
    SELECT q.* INTO asked FROM bedrock.question AS q WHERE upper(q.question_id) = upper(btrim(answer.question_id)) AND q.builtin;
    IF NOT FOUND THEN
        IF EXISTS (SELECT FROM bedrock.question AS q WHERE upper(q.question_id) = upper(btrim(answer.question_id))) THEN
            RAISE EXCEPTION 'question "%" is not a shipped one', left(answer.question_id, 160) USING ERRCODE = 'invalid_parameter_value',
                HINT = 'Its SQL is in bedrock.question: read it, and run it yourself.';
        END IF;
        RAISE EXCEPTION 'there is no question "%"', left(answer.question_id, 160) USING ERRCODE = 'invalid_parameter_value',
            HINT = coalesce((SELECT 'Shipped questions are ' || min(q.question_id) || ' to ' || max(q.question_id)
                             || ': SELECT question_id, question FROM bedrock.ask(''words'') finds one.'
                             FROM bedrock.question AS q WHERE q.builtin), 'The catalogue is empty.');
    END IF;

    IF jsonb_typeof(coalesce(args, '{}')) <> 'object' THEN
        RAISE EXCEPTION 'args is no JSON object' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give parameters by name: {"period": "2026-09-01"}.';
    END IF;

    FOR given IN SELECT a.key AS name, a.value, a.value #>> '{}' AS text FROM jsonb_each(jsonb_strip_nulls(coalesce(args, '{}'))) AS a LOOP
        type := asked.parameters -> given.name ->> 'type';
        IF type IS NULL THEN
            RAISE EXCEPTION 'question % has no parameter "%"', asked.question_id, left(given.name, 160) USING ERRCODE = 'invalid_parameter_value',
                HINT = coalesce((SELECT 'Its parameters: ' || string_agg(format('%s (%s: %s)', p.key, p.value ->> 'type', p.value ->> 'meaning'), ', ' ORDER BY p.key) || '.'
                                 FROM jsonb_each(asked.parameters) AS p), 'It has none.');
        END IF;

        BEGIN
            IF type = 'text[]' AND jsonb_typeof(given.value) <> 'array' OR type NOT IN ('text[]', 'jsonb') AND jsonb_typeof(given.value) IN ('array', 'object') THEN
                RAISE invalid_parameter_value;
            END IF;
            CASE type
                WHEN 'month', 'date' THEN PERFORM given.text::date;
                WHEN 'integer' THEN PERFORM given.text::integer;
                WHEN 'numeric' THEN PERFORM given.text::numeric;
                WHEN 'boolean' THEN PERFORM given.text::boolean;
                ELSE NULL;
            END CASE;
        EXCEPTION WHEN data_exception THEN
            RAISE EXCEPTION 'parameter "%" of question % is no %: %', given.name, asked.question_id, type, left(given.value::text, 160)
                USING ERRCODE = 'invalid_parameter_value',
                HINT = format('%s (%s): %s.', given.name, CASE type WHEN 'month' THEN 'a date, YYYY-MM-DD' WHEN 'date' THEN 'YYYY-MM-DD' WHEN 'text[]' THEN 'an array of texts' ELSE type END,
                              asked.parameters -> given.name ->> 'meaning');
        END;
    END LOOP;

    -- The first line gives the parameters; what follows is the same text bedrock.ask shows.
    statement := coalesce(bedrock.question_head(asked.parameters, true) || substr(asked.sql, strpos(asked.sql, E'\n')), asked.sql);

    -- Read-only until the block is rolled back, which gives the caller's transaction its mode back; the answer stays.
    BEGIN
        PERFORM set_config('transaction_read_only', 'on', true);
        RETURN QUERY EXECUTE format(E'SELECT to_jsonb(q) FROM (%s\n) AS q', statement) USING jsonb_strip_nulls(coalesce(args, '{}'));
        RAISE EXCEPTION USING ERRCODE = 'BC002', MESSAGE = 'answered';
    EXCEPTION WHEN SQLSTATE 'BC002' THEN
        RETURN;
    END;
END
$$;
COMMENT ON FUNCTION bedrock.answer(text, jsonb) IS
    'answers a shipped question, one JSON object a row, in the order of the answer; the columns are in bedrock.question.answer_columns. args: parameters by name, bound as typed values; what is left out, or null, has its default. Runs with the rights of the caller and read-only. Error 22023 for an unknown question, an unknown parameter and a value of the wrong type';
-- Questions A: where does the money go. "This month" is the latest month with data; usage lines, grouped by currency.

DELETE FROM bedrock.question WHERE builtin;

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, 'Where does the money go', q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q001', 'What is my total AI spend this month?', 'All', 'must', 'period', 'bill sum overall cost',
$c$period
billed_cost
net_cost: the same usage after discounts
other_charges: fees, taxes, credits, refunds, discounts and the rest of the Bedrock bill, in the same metric
tokens
data_through
is_estimate: false: billed amounts only
currency$c$,
$q$
SELECT s.billing_period AS period, sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage') AS billed_cost,
       sum(s.net_unblended_cost) FILTER (WHERE s.charge_category = 'usage') AS net_cost,
       sum(s.ai_cost) FILTER (WHERE s.charge_category <> 'usage') AS other_charges, sum(s.tokens) AS tokens,
       (SELECT bedrock.data_through(period) FROM arg) AS data_through, false AS is_estimate, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg)
GROUP BY s.billing_period, s.currency
ORDER BY s.currency
$q$),

('Q002', 'What is my AI spend?', 'All', 'must', 'period', 'scope payer account share parent',
$c$scope: all, a payer account, or a usage account
period
billed_cost
share_of_parent_pct: percent of the payer's cost for an account, of all cost for a payer; NULL where that is not above 0
currency$c$,
$q$
, spent AS (
    SELECT grouping(s.payer_account_id) AS no_payer, grouping(s.account_id) AS no_account, s.payer_account_id, s.account_id,
           s.billing_period, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY GROUPING SETS ((s.billing_period, s.currency), (s.billing_period, s.currency, s.payer_account_id),
                            (s.billing_period, s.currency, s.payer_account_id, s.account_id)))
SELECT CASE WHEN s.no_payer = 1 THEN 'all' WHEN s.no_account = 1 THEN 'payer ' || s.payer_account_id
            ELSE 'account ' || coalesce(s.account_id, '(not stated)') END AS scope,
       s.billing_period AS period, s.cost AS billed_cost,
       round(100 * s.cost / CASE WHEN parent.cost > 0 THEN parent.cost END, 2) AS share_of_parent_pct, s.currency
FROM spent AS s
LEFT JOIN spent AS parent ON parent.currency IS NOT DISTINCT FROM s.currency AND parent.no_account = 1
    AND CASE WHEN s.no_account = 0 THEN parent.no_payer = 0 AND parent.payer_account_id = s.payer_account_id
             WHEN s.no_payer = 0 THEN parent.no_payer = 1 END
ORDER BY s.currency, s.payer_account_id NULLS FIRST, s.no_account DESC, s.cost DESC, s.account_id
$q$),

('Q003', 'Who is actually spending how much on Bedrock?', 'FinOps Leader', 'must', 'period', 'spender caller identity profile who',
$c$owner
workload
spender: strongest identity on the line: name of the application profile, of the project, of the IAM principal; (none): the line carries none
spender_kind: application_profile, project, iam_principal, tag, none, not_recorded
billed_cost
share_pct
rank
currency$c$,
$q$
SELECT s.owner, s.workload,
       coalesce(CASE s.attribution_kind WHEN 'application_profile' THEN s.profile_name WHEN 'project' THEN s.project_name
                                        WHEN 'iam_principal' THEN s.principal_name END, '(none)') AS spender,
       s.attribution_kind AS spender_kind, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2) AS share_pct,
       rank() OVER (PARTITION BY s.currency ORDER BY sum(s.ai_cost) DESC) AS rank, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY 1, 2, 3, 4, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, rank, spender
$q$),

('Q004', 'Who and what is driving our Bedrock spend?', 'FinOps Leader', 'must', 'period', 'driver increase growth explain price volume mix change',
$c$driver_kind: application, model, account or principal; four views of one spend, never to be added together
driver: the application, model, account or principal; (none): the line names none
cost
change
effect: what most of the change is: new (no usage the month before), ended, price (other unit price of the same meter), volume (more or fewer tokens), mix (other meters or models, and what is not metered in tokens)
share_of_change_pct: percent of the change of all usage in this currency; NULL where that is 0
currency$c$,
$q$
, cell AS (
    SELECT d.driver_kind, coalesce(d.driver, '(none)') AS driver, s.currency, s.model_id, s.usage_type, s.pricing_unit,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0) AS cost,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS cost_before,
           coalesce(sum(s.tokens) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0) AS tokens,
           coalesce(sum(s.tokens) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS tokens_before
    FROM bedrock.spend_monthly AS s
    CROSS JOIN LATERAL (VALUES ('application', s.application), ('model', s.model_name), ('account', s.account_id), ('principal', s.principal_key)) AS d (driver_kind, driver)
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY 1, 2, 3, 4, 5, 6),
driver AS (
    SELECT c.driver_kind, c.driver, c.currency, sum(c.cost) AS cost, sum(c.cost_before) AS cost_before,
           sum(CASE WHEN c.tokens > 0 AND c.tokens_before > 0 THEN (c.cost / c.tokens - c.cost_before / c.tokens_before) * c.tokens ELSE 0 END) AS price,
           coalesce(sum(c.cost_before) FILTER (WHERE c.tokens_before > 0) * (sum(c.tokens) / nullif(sum(c.tokens_before), 0) - 1), 0) AS volume
    FROM cell AS c
    GROUP BY 1, 2, 3)
SELECT d.driver_kind, d.driver, d.cost, d.cost - d.cost_before AS change,
       CASE WHEN d.cost = d.cost_before THEN NULL
            WHEN d.cost_before = 0 THEN 'new'
            WHEN d.cost = 0 THEN 'ended'
            WHEN abs(d.price) >= greatest(abs(d.volume), abs(d.cost - d.cost_before - d.price - d.volume)) THEN 'price'
            WHEN abs(d.volume) >= abs(d.cost - d.cost_before - d.price - d.volume) THEN 'volume'
            ELSE 'mix' END AS effect,
       round(100 * (d.cost - d.cost_before) / nullif(sum(d.cost - d.cost_before) OVER (PARTITION BY d.driver_kind, d.currency), 0), 2) AS share_of_change_pct,
       d.currency
FROM driver AS d
ORDER BY d.driver_kind, d.currency, abs(d.cost - d.cost_before) DESC, d.driver
$q$),

('Q005', 'Where is my money going this month?', 'All', 'must', 'period', 'overview summary top lines',
$c$line: total, then each application, each model and each region; the last three are views of one spend, never to be added together
value: cost of usage, in currency
change_vs_last_month: value less that of the month before
currency
data_through$c$,
$q$
SELECT l.line, coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0) AS value,
       coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0)
       - coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS change_vs_last_month,
       s.currency, (SELECT bedrock.data_through(period) FROM arg) AS data_through
FROM bedrock.spend_monthly AS s
CROSS JOIN LATERAL (VALUES (1, 'total'), (2, 'application: ' || s.application), (3, 'model: ' || coalesce(s.model_name, '(none)')),
                           (4, 'region: ' || coalesce(s.region, '(none)'))) AS l (place, line)
WHERE s.charge_category = 'usage'
  AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
GROUP BY l.place, l.line, s.currency
ORDER BY s.currency, l.place, value DESC, l.line
$q$),

('Q006', 'Show me AI spend by application.', 'FinOps Leader', 'must', 'period', 'app apps applications',
$c$application
workload
billed_cost
share_pct
via_profile_pct: percent of the inference cost that went through an inference profile; NULL: no inference, or resource ids are not recorded
currency$c$,
$q$
SELECT s.application, s.workload, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2) AS share_pct,
       round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.request_path <> 'not_inference' AND s.via_profile), 0)
             / nullif(sum(s.ai_cost) FILTER (WHERE s.request_path <> 'not_inference' AND s.via_profile IS NOT NULL), 0), 2) AS via_profile_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.application, s.workload, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.application, s.workload
$q$),

('Q007', 'Which workload is spending the most on AI?', 'FinOps Leader', 'must', 'period', 'biggest top ranking expensive',
$c$rank
workload
application: parts what nobody has claimed yet by application
owner
billed_cost
share_pct
change_pct: percent more (or less) than the month before; NULL: nothing then
currency$c$,
$q$
, spent AS (
    SELECT s.workload, s.application, s.owner, s.currency,
           sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
           sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)) AS cost_before
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY s.workload, s.application, s.owner, s.currency)
SELECT rank() OVER (PARTITION BY s.currency ORDER BY s.cost DESC) AS rank, s.workload, s.application, s.owner, s.cost AS billed_cost,
       round(100 * s.cost / CASE WHEN sum(s.cost) OVER w > 0 THEN sum(s.cost) OVER w END, 2) AS share_pct,
       round(100 * (s.cost - s.cost_before) / CASE WHEN s.cost_before > 0 THEN s.cost_before END, 2) AS change_pct, s.currency
FROM spent AS s
WHERE s.cost IS NOT NULL
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, rank, s.workload, s.application
$q$),

('Q008', 'Which of my products is spending the most on Bedrock?', 'Portfolio Manager', 'must', 'period', 'product project unclaimed roles unattributed',
$c$rank
product: project, else application, by registry or tag; (untagged): neither says
billed_cost
unclaimed_roles: how many roles and users spend without project, application, team and claim
unattributed_cost: cost of usage without project, application, team and claim
currency$c$,
$q$
SELECT rank() OVER (PARTITION BY s.currency ORDER BY sum(s.ai_cost) DESC) AS rank,
       CASE WHEN s.project <> '(untagged)' THEN s.project ELSE s.application END AS product, sum(s.ai_cost) AS billed_cost,
       count(DISTINCT s.principal_key) FILTER (WHERE u.unowned) AS unclaimed_roles,
       coalesce(sum(s.ai_cost) FILTER (WHERE u.unowned), 0) AS unattributed_cost, s.currency
FROM bedrock.spend_monthly AS s
CROSS JOIN LATERAL (SELECT s.project = '(untagged)' AND s.application = '(untagged)' AND s.team = '(untagged)' AND s.claim_id IS NULL) AS u (unowned)
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY 2, s.currency
ORDER BY s.currency, rank, product
$q$),

('Q009', 'Show me my AI spend by model.', 'Cloud Engineer', 'must', 'period', 'models claude nova llama provider family',
$c$model_family
model_name
provider
billed_cost
tokens
cost_per_million
currency$c$,
$q$
SELECT s.model_family, s.model_name, s.provider, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens,
       sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL) * 1000000 / nullif(sum(s.tokens), 0) AS cost_per_million, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.model_family, s.model_name, s.provider, s.currency
ORDER BY s.currency, billed_cost DESC, s.model_name
$q$),

('Q010', 'Show me AI spend by region: cross-region or same-region?', 'Cloud Engineer', 'must', 'period', 'global geography routing regions',
$c$region
ai_region_type
billed_cost
share_pct
currency$c$,
$q$
SELECT s.region, s.ai_region_type, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2) AS share_pct, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.region, s.ai_region_type, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.region, s.ai_region_type
$q$),

('Q011', 'Which project is driving costs?', 'FinOps Leader', 'must', 'period', 'projects increase change',
$c$project
billed_cost
change
share_of_change_pct: percent of the change of all usage in this currency; NULL where that is 0
currency$c$,
$q$
, spent AS (
    SELECT s.project, s.currency, coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0) AS cost,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS cost_before
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY s.project, s.currency)
SELECT s.project, s.cost AS billed_cost, s.cost - s.cost_before AS change,
       round(100 * (s.cost - s.cost_before) / nullif(sum(s.cost - s.cost_before) OVER (PARTITION BY s.currency), 0), 2) AS share_of_change_pct, s.currency
FROM spent AS s
ORDER BY s.currency, billed_cost DESC, s.project
$q$),

('Q012', 'Which environment is the most expensive?', 'Cloud Engineer', 'must', 'period', 'prod production staging dev test stage env',
$c$environment
billed_cost
share_pct
rank
currency$c$,
$q$
SELECT s.environment, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2) AS share_pct,
       rank() OVER (PARTITION BY s.currency ORDER BY sum(s.ai_cost) DESC) AS rank, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.environment, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, rank, s.environment
$q$),

('Q013', 'Which team or cost center is responsible for this month''s Bedrock charges?', 'Finance', 'must', 'period', 'teams cost centre department charges bill',
$c$team
cost_center
billed_cost: every charge of the Bedrock bill, usage or not, in the metric of setting ai_cost_metric
usage_cost: usage alone
share_pct: percent of usage_cost in this currency; NULL where that is not above 0
currency$c$,
$q$
SELECT s.team, s.cost_center, sum(s.ai_cost) AS billed_cost, coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage'), 0) AS usage_cost,
       round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage'), 0)
             / CASE WHEN sum(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage')) OVER w > 0
                    THEN sum(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage')) OVER w END, 2) AS share_pct, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg)
GROUP BY s.team, s.cost_center, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, usage_cost DESC, s.team, s.cost_center
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
-- Questions A, second half: by caller, account, meter, resource and month.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, 'Where does the money go', q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q014', 'Which app is calling Claude the most?', 'Cloud Engineer', 'must',
$p$period
model text = 'Claude': part of the model's name, in any case$p$, 'application model sonnet opus haiku calls',
$c$app
model_family
requests
tokens
cost
rank: place by tokens, as calls are not known
currency$c$,
$q$
SELECT s.application AS app, s.model_family, NULL::bigint AS requests, sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost,
       rank() OVER (PARTITION BY s.currency ORDER BY sum(s.tokens) DESC NULLS LAST) AS rank, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND strpos(lower(s.model_name), (SELECT lower(model) FROM arg)) > 0
GROUP BY s.application, s.model_family, s.currency
ORDER BY s.currency, rank, cost DESC, app
$q$),

('Q015', 'In every account and region, which users and applications use which models, and what does it cost?', 'FinOps Leader', 'must', 'period',
'everything detail matrix',
$c$account
region
user: e-mail address of the session, else name of the role or user; NULL: the line has no caller, or callers are not recorded
application
model
cost
tokens
currency$c$,
$q$
SELECT s.account_id AS account, s.region, coalesce(s.user_email, s.principal_name) AS "user", s.application, s.model_name AS model,
       sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY 1, 2, 3, 4, 5, s.currency
ORDER BY s.currency, account, region, cost DESC, "user", s.application, model
$q$),

('Q016', 'Spend by account, payer, legal entity, billing entity (AWS or Marketplace)?', 'Finance', 'peer parity', 'period', 'seller invoice company',
$c$payer: payer account, empty where not stated
account
legal_entity
billing_entity
billed_cost: every charge of the Bedrock bill, usage or not, in the metric of setting ai_cost_metric
usage_cost: usage alone
currency$c$,
$q$
SELECT s.payer_account_id AS payer, s.account_id AS account, s.legal_entity, s.billing_entity, sum(s.ai_cost) AS billed_cost,
       coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage'), 0) AS usage_cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg)
GROUP BY 1, 2, 3, 4, s.currency
ORDER BY s.currency, usage_cost DESC, payer, account, s.legal_entity, s.billing_entity
$q$),

('Q017', 'What part of the bill is tokens and what part is guardrails, knowledge bases, agents, flows, training, storage?', 'Cloud Engineer', 'peer parity', 'period',
'usage group meter feature',
$c$usage_group
billed_cost
quantity: amount used, in unit
unit: as billed; a million tokens has three names
share_pct
currency$c$,
$q$
SELECT s.usage_group, sum(s.ai_cost) AS billed_cost, sum(s.usage_amount) AS quantity, s.pricing_unit AS unit,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2) AS share_pct, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.usage_group, s.pricing_unit, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.usage_group, unit
$q$),

('Q018', 'Spend by pricing model: on-demand, batch, flex, priority, reserved, provisioned, custom import?', 'FinOps Leader', 'peer parity', 'period', 'tier discount purchase',
$c$pricing_model
billed_cost
tokens
cost_per_million
currency$c$,
$q$
SELECT s.pricing_model, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens,
       sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL) * 1000000 / nullif(sum(s.tokens), 0) AS cost_per_million, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.pricing_model, s.currency
ORDER BY s.currency, billed_cost DESC, s.pricing_model
$q$),

('Q019', 'Top 20 resources (profile, project, model, agent) with their cost?', 'Cloud Engineer', 'peer parity',
$p$period
top integer = 20: how many$p$, 'arn biggest expensive resource',
$c$resource_kind: type of the Bedrock resource; NULL: it is none of Bedrock's
resource: resource id as billed
name: name of profile or project in the registry, else of the model; NULL: neither
billed_cost
first_seen
last_seen
currency$c$,
$q$
, spent AS (
    SELECT s.resource_type, s.resource_id, coalesce(s.profile_name, s.project_name, s.model_name) AS name, s.currency,
           sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
           min(s.usage_date) AS first_seen, max(s.usage_date) AS last_seen
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.resource_id IS NOT NULL
    GROUP BY 1, 2, 3, 4)
SELECT s.resource_type AS resource_kind, s.resource_id AS resource, s.name, s.cost AS billed_cost, s.first_seen, s.last_seen, s.currency
FROM (SELECT p.*, row_number() OVER (PARTITION BY p.currency ORDER BY p.cost DESC, p.resource_id, p.name) AS place
      FROM spent AS p WHERE p.cost IS NOT NULL) AS s
WHERE s.place <= (SELECT top FROM arg)
ORDER BY s.currency, s.place
$q$),

('Q020', 'Month by month for a year, per model?', 'BI analyst', 'peer parity',
$p$months integer = 12: how many months, the latest with data included$p$, 'trend history monthly time',
$c$month
model
billed_cost
tokens
currency$c$,
$q$
SELECT s.billing_period AS month, s.model_name AS model, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.charge_category = 'usage'
  AND s.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
GROUP BY 1, 2, s.currency
ORDER BY s.currency, month, billed_cost DESC, model
$q$),

('Q021', 'How much of our whole AWS bill is AI?', 'Executive', 'peer parity',
$p$months integer = 12: how many months, the latest with data included$p$, 'share percent total bill aws',
$c$month
ai_cost: Bedrock lines of every category, unblended (sources without it: net)
total_cost: all lines of the bill, the same way
pct: percent of ai_cost in total_cost; NULL where that is not above 0
currency$c$,
$q$
SELECT b.billing_period AS month, coalesce(sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)), 0) AS ai_cost,
       sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS total_cost,
       round(100 * coalesce(sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)), 0)
             / CASE WHEN sum(coalesce(b.unblended_cost, b.net_unblended_cost)) > 0 THEN sum(coalesce(b.unblended_cost, b.net_unblended_cost)) END, 2) AS pct, b.currency
FROM bedrock.bill_total AS b
WHERE NOT b.standby AND b.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
GROUP BY 1, b.currency
ORDER BY b.currency, month
$q$),

('Q022', 'Which costs are standing (billed whether used or not) and which are one-off jobs?', 'FinOps Leader', 'beyond', 'period',
'idle provisioned reserved storage training fixed',
$c$resource: resource id, else the usage type
usage_group
cost_shape: standing (provisioned and reserved capacity, storage) or one_off (training and evaluation jobs)
monthly_cost: cost of usage in the period
last_used: last day the resource served inference; NULL: none seen, or capacity that names no resource
currency$c$,
$q$
, standing AS (
    SELECT coalesce(s.resource_id, s.usage_type) AS resource, s.resource_id, s.usage_group,
           CASE WHEN s.usage_group IN ('provisioned_throughput', 'reserved') OR s.usage_type ILIKE '%storage%' THEN 'standing'
                WHEN s.usage_group IN ('customization', 'evaluation') THEN 'one_off' END AS cost_shape, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2, 3, 4, s.currency),
used AS (
    SELECT s.resource_id, max(s.usage_date) AS last_used
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.request_path <> 'not_inference'
    GROUP BY s.resource_id)
SELECT s.resource, s.usage_group, s.cost_shape, s.cost AS monthly_cost, u.last_used, s.currency
FROM standing AS s
LEFT JOIN used AS u ON u.resource_id = s.resource_id
WHERE s.cost_shape IS NOT NULL
ORDER BY s.currency, s.cost_shape DESC, monthly_cost DESC, s.resource
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
-- Questions B: inference profiles and the path of a request. Shares of profiles are over inference lines only.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, 'Inference profiles and the path of a request', q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q023', 'Which Bedrock costs went through an inference profile at all?', 'FinOps Leader', 'must', 'period', 'path via direct coverage',
$c$path: application_profile, system_profile, foundation_model and so on; no_resource_id: the line has none; not_recorded: the export has none
billed_cost
share_pct: percent of the cost of all inference in this currency; NULL where that is not above 0
tokens
principals: how many roles and users; 0: none on the lines, or not recorded
currency$c$,
$q$
SELECT s.request_path AS path, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2) AS share_pct,
       sum(s.tokens) AS tokens, count(DISTINCT s.principal_key) AS principals, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.request_path <> 'not_inference'
GROUP BY s.request_path, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, path
$q$),

('Q024', 'What spend bypasses profiles entirely (rogue spend), and who is it?', 'FinOps Leader', 'must', 'period', 'direct rogue bypass without profile shadow',
$c$principal: role or user with all its sessions; NULL: no caller on the line, or not recorded
account
region
model
billed_cost
first_seen: first day of this caller, account, region and model in all data loaded
last_seen: last such day
currency$c$,
$q$
SELECT s.principal_key AS principal, s.account_id AS account, s.region, s.model_name AS model,
       sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS billed_cost,
       min(s.usage_date) AS first_seen, max(s.usage_date) AS last_seen, s.currency
FROM bedrock.spend AS s
WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.control_layer = 'direct'
GROUP BY 1, 2, 3, 4, s.currency
HAVING count(*) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) > 0
ORDER BY s.currency, billed_cost DESC, principal, account, s.region, model
$q$),

('Q025', 'Spend per profile name and kind (application or system)?', 'Cloud Engineer', 'must', 'period', 'profiles',
$c$profile_name
profile_kind
model
billed_cost
tokens
currency$c$,
$q$
SELECT s.profile_name, s.profile_kind, s.model_name AS model, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.request_path IN ('application_profile', 'system_profile')
GROUP BY 1, 2, 3, s.currency
ORDER BY s.currency, billed_cost DESC, s.profile_name, model
$q$),

('Q026', 'Spend per application, environment, workflow or engineer behind the profiles?', 'FinOps Leader', 'must', 'period', 'labels dimension',
$c$dimension: application, environment, workflow or engineer; four views of one spend, never to be added together
value: its value; (untagged): neither registry nor tags say
billed_cost
currency$c$,
$q$
SELECT d.dimension, d.value, sum(s.ai_cost) AS billed_cost, s.currency
FROM bedrock.spend_monthly AS s
CROSS JOIN LATERAL (VALUES ('application', s.application), ('environment', s.environment), ('workflow', s.workflow), ('engineer', s.engineer)) AS d (dimension, value)
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.request_path IN ('application_profile', 'system_profile')
GROUP BY d.dimension, d.value, s.currency
ORDER BY s.currency, d.dimension, billed_cost DESC, d.value
$q$),

('Q027', 'What does each engineer spend a day on AI-assisted coding, and would a seat be cheaper?', 'FinOps Leader', 'must',
$p$period
seat_price numeric = 20: price of a seat for the month, in the currency of the bill$p$, 'coding assistant developer seat licence copilot',
$c$engineer
day
cost
requests
seat_price: price of a seat for the month, as asked
below_seat_price: whether the engineer's cost of the whole period is below it
month_cost: cost of the engineer in the period
currency$c$,
$q$
SELECT s.engineer, s.usage_date AS day, sum(s.ai_cost) AS cost, NULL::bigint AS requests, (SELECT seat_price FROM arg) AS seat_price,
       sum(sum(s.ai_cost)) OVER w < (SELECT seat_price FROM arg) AS below_seat_price, sum(sum(s.ai_cost)) OVER w AS month_cost, s.currency
FROM bedrock.spend AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
  AND s.traffic_class = 'coding_assistant'
GROUP BY s.engineer, s.usage_date, s.currency
WINDOW w AS (PARTITION BY s.engineer, s.currency)
ORDER BY s.currency, month_cost DESC, s.engineer, day
$q$),

('Q029', 'Daily usage by profile ARN: tokens and requests.', 'Cloud Engineer', 'must', 'period', 'day daily profile arn tokens requests',
$c$day
profile_arn: resource id of the profile
profile_name
requests
input
output
cache_read
cache_write
billed_cost
currency$c$,
$q$
SELECT s.usage_date AS day, s.resource_id AS profile_arn, s.profile_name, NULL::bigint AS requests,
       sum(s.tokens) FILTER (WHERE s.token_kind = 'input') AS input, sum(s.tokens) FILTER (WHERE s.token_kind = 'output') AS output,
       sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_read') AS cache_read, sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_write') AS cache_write,
       sum(s.ai_cost) AS billed_cost, s.currency
FROM bedrock.spend AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
  AND s.request_path IN ('application_profile', 'system_profile')
GROUP BY 1, 2, 3, s.currency
ORDER BY day, profile_arn, s.profile_name, s.currency
$q$),

('Q030', 'Which profiles have not been used for 30 days?', 'Cloud Engineer', 'must',
$p$days integer = 30: days without use, up to the last complete day of the data$p$, 'idle unused stale cleanup profile',
$c$profile: ARN of the application profile
profile_name
tags: tags in the registry; NULL: never told
last_seen
idle_days: days since, up to the last complete day of the data; NULL: never seen in the data loaded$c$,
$q$
, seen AS (
    SELECT s.resource_id, max(s.usage_date) AS last_seen
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.request_path = 'application_profile'
    GROUP BY s.resource_id)
SELECT p.profile_arn AS profile, p.profile_name, p.tags, s.last_seen, (SELECT bedrock.data_through()) - s.last_seen AS idle_days
FROM bedrock.profiles AS p
LEFT JOIN seen AS s ON s.resource_id = p.profile_arn
WHERE p.profile_kind = 'application'
  AND (s.last_seen IS NULL OR (SELECT bedrock.data_through()) - s.last_seen >= (SELECT days FROM arg))
ORDER BY s.last_seen NULLS FIRST, profile
$q$),

('Q031', 'Is this profile set up right (seen in logs, in CUR, tagged, tags active, priced)?', 'Cloud Engineer', 'must',
$p$profile text = NULL: ARN, id or name of one application profile; all where left out$p$, 'setup check onboarding profile',
$c$profile: ARN of the application profile
profile_name
in_logs: NULL: invocation logs are not loaded
in_cur: whether a line of usage names it
tagged: whether it has tags in the registry; NULL: its tags were never told
tags_active: whether any tag of the registry comes along in the bill; NULL: not in the bill, or no tag
priced: NULL: there is no price book yet
hint: what is missing; NULL: nothing that the bill or the registry shows$c$,
$q$
, billed AS (
    SELECT s.resource_id, array_agg(DISTINCT bedrock.fold_name(split_part(t.key, '/', 2))) FILTER (WHERE t.key LIKE 'resourceTags/%') AS keys
    FROM bedrock.spend_monthly AS s
    LEFT JOIN LATERAL jsonb_object_keys(s.tags) AS t (key) ON true
    WHERE s.charge_category = 'usage' AND s.request_path = 'application_profile'
    GROUP BY s.resource_id),
checked AS (
    SELECT p.profile_arn, p.profile_name, b.resource_id IS NOT NULL AS in_cur, p.tags <> '{}' AS tagged,
           CASE WHEN b.resource_id IS NOT NULL AND p.tags <> '{}'
                THEN EXISTS (SELECT FROM jsonb_object_keys(p.tags) AS k (key) WHERE bedrock.fold_name(k.key) = ANY (b.keys)) END AS tags_active
    FROM bedrock.profiles AS p
    LEFT JOIN billed AS b ON b.resource_id = p.profile_arn
    WHERE p.profile_kind = 'application'
      AND ((SELECT profile FROM arg) IS NULL OR (SELECT profile FROM arg) IN (p.profile_arn, p.profile_id, p.profile_name)))
SELECT c.profile_arn AS profile, c.profile_name, NULL::boolean AS in_logs, c.in_cur, c.tagged, c.tags_active, NULL::boolean AS priced,
       CASE WHEN c.tagged IS NULL THEN 'import its tags: aws resourcegroupstaggingapi get-resources, then bedrock.import_profiles'
            WHEN NOT c.tagged THEN 'tag it: aws bedrock tag-resource'
            WHEN NOT c.in_cur THEN 'no usage yet: call the model with this ARN as model id'
            WHEN NOT c.tags_active THEN 'activate its tags: Billing and Cost Management > Cost allocation tags' END AS hint
FROM checked AS c
ORDER BY c.profile_name, profile
$q$),

('Q032', 'Which workloads still call the model directly and should move to a profile?', 'Cloud Engineer', 'must', 'period', 'migrate direct foundation model create inference profile',
$c$workload
caller: role or user with all its sessions; NULL: none on the line, or not recorded
account
region
model_id
cost
suggested_profile: an application profile of this account and region for this model that exists already; NULL: there is none
cli: how to make one; NULL: one exists, or the model cannot be copied from the resource on the bill
currency$c$,
$q$
, direct AS (
    SELECT s.workload, s.principal_key, s.principal_name, s.account_id, s.region, s.model_id, s.currency, sum(s.ai_cost) AS cost,
           min(s.resource_id) FILTER (WHERE s.request_path = 'foundation_model') AS source_arn
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.control_layer = 'direct'
    GROUP BY s.workload, s.principal_key, s.principal_name, s.account_id, s.region, s.model_id, s.currency)
SELECT d.workload, d.principal_key AS caller, d.account_id AS account, d.region, d.model_id, d.cost, p.profile_arn AS suggested_profile,
       CASE WHEN p.profile_arn IS NULL AND d.source_arn IS NOT NULL AND d.region IS NOT NULL THEN
           format('aws bedrock create-inference-profile --region %s --inference-profile-name %s --model-source copyFrom=%s', d.region,
                  left(regexp_replace(coalesce(d.principal_name, 'app'), '[^A-Za-z0-9]+', '-', 'g'), 40) || '-' || right(regexp_replace(d.model_id, '[^A-Za-z0-9]+', '-', 'g'), 20),
                  '''' || replace(d.source_arn, '''', '''\''''') || '''') END AS cli, d.currency
FROM direct AS d
LEFT JOIN LATERAL (SELECT min(r.profile_arn) AS profile_arn
                   FROM bedrock.profiles AS r
                   WHERE r.profile_kind = 'application' AND r.account_id = d.account_id AND r.region = d.region AND r.model_id = d.model_id) AS p ON true
ORDER BY d.currency, d.cost DESC, caller, account, d.region, d.model_id
$q$),

('Q033', 'How close are we to the profile limit per account and region?', 'Cloud Engineer', 'peer parity', '', 'quota limit count profiles',
$c$account
region
profiles: application profiles the registry knows
limit: setting profile_limit
headroom: limit less profiles$c$,
$q$
SELECT p.account_id AS account, p.region, count(*) AS profiles, (SELECT bedrock.setting_value('profile_limit')::bigint) AS "limit",
       (SELECT bedrock.setting_value('profile_limit')::bigint) - count(*) AS headroom
FROM bedrock.profiles AS p
WHERE p.profile_kind = 'application'
GROUP BY p.account_id, p.region
ORDER BY profiles DESC, account, p.region
$q$),

('Q034', 'Which profile ARNs can we not resolve to a model or an app?', 'Cloud Engineer', 'peer parity', '', 'unresolved unknown opaque arn registry',
$c$arn: application profile, as billed
missing: model (the registry knows none), application (neither registry nor tags say), or both
cost: cost of usage in all data loaded, in the metric of setting ai_cost_metric
first_seen
currency$c$,
$q$
WITH billed AS (
    SELECT s.resource_id, s.currency, sum(s.ai_cost) AS cost, min(s.usage_date) AS first_seen,
           bool_and(s.application = '(untagged)' AND s.project = '(untagged)') AS no_application
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.request_path = 'application_profile'
    GROUP BY s.resource_id, s.currency)
SELECT b.resource_id AS arn, concat_ws(' and ', CASE WHEN p.model_id IS NULL THEN 'model' END, CASE WHEN b.no_application THEN 'application' END) AS missing,
       b.cost, b.first_seen, b.currency
FROM billed AS b
LEFT JOIN bedrock.profiles AS p ON p.profile_arn = b.resource_id
WHERE p.model_id IS NULL OR b.no_application
ORDER BY b.currency, b.cost DESC, arn
$q$),

('Q035', 'Spend per Bedrock project / workspace (mantle)?', 'Cloud Engineer', 'peer parity', 'period', 'mantle workspace openai project',
$c$project_id
project_name
models: names of the models used
billed_cost
currency$c$,
$q$
SELECT s.project_id, s.project_name, string_agg(DISTINCT s.model_name, ', ' ORDER BY s.model_name) AS models, sum(s.ai_cost) AS billed_cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.project_id IS NOT NULL
GROUP BY s.project_id, s.project_name, s.currency
ORDER BY s.currency, billed_cost DESC, s.project_id
$q$),

('Q036', 'Which data left its residency pool (EU workload through us. or global.)?', 'Security', 'must',
$p$period
regions text = 'eu-': beginning of the regions looked at; empty for all$p$, 'residency sovereignty europe global cross region gdpr',
$c$workload
caller: role or user with all its sessions; NULL: none on the line, or not recorded
policy: NULL: there are no residency policies yet; a pool that is not one of the region's own counts as left
pool: geography that may have computed the answer; global: any
region
model
cost
requests
currency$c$,
$q$
SELECT s.workload, s.principal_key AS caller, NULL::text AS policy, CASE s.ai_region_type WHEN 'cross_region_global' THEN 'global' ELSE s.geo_prefix END AS pool,
       s.region, s.model_name AS model, sum(s.ai_cost) AS cost, NULL::bigint AS requests, s.currency
FROM bedrock.spend_monthly AS s
LEFT JOIN bedrock.regions AS r ON r.region = s.region
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND starts_with(s.region, (SELECT regions FROM arg))
  AND (s.ai_region_type = 'cross_region_global'
       OR s.ai_region_type = 'cross_region_geo' AND s.geo_prefix <> ALL (string_to_array(coalesce(r.geo_pools, ''), ', ')))
GROUP BY 1, 2, 4, 5, 6, s.currency
ORDER BY s.currency, cost DESC, caller, s.region, model
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
-- Questions C: callers. Principals are in the bill only since the export option "caller identity" was switched on.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, 'Callers (IAM principal)', q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q037', 'How much did each IAM principal cost?', 'FinOps Leader', 'must', 'period', 'iam role user identity caller',
$c$principal: IAM principal as billed; NULL: none on the line, or not recorded
kind: iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none, not_recorded
role: name of the role or user
session: session of an assumed role
billed_cost
rows: lines of the bill, never requests
currency$c$,
$q$
SELECT s.iam_principal AS principal, s.principal_kind AS kind, s.principal_name AS role, s.principal_session AS session,
       sum(s.ai_cost) AS billed_cost, sum(s.lines)::bigint AS rows, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY 1, 2, 3, 4, s.currency
ORDER BY s.currency, billed_cost DESC, principal
$q$),

('Q040', 'Which developers call Bedrock from their laptops, not through a profile?', 'Cloud Engineer', 'must', 'period', 'developer laptop human person direct',
$c$principal: e-mail address of the session, else the IAM principal as billed
kind: iam_user, sso, federated_user or root: callers that are people
path: how the request reached the model; no_resource_id: the line does not tell
model
cost
last_seen
currency$c$,
$q$
SELECT coalesce(s.user_email, s.iam_principal) AS principal, s.principal_kind AS kind, s.request_path AS path, s.model_name AS model,
       sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost, max(s.usage_date) AS last_seen, s.currency
FROM bedrock.spend AS s
WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.caller_class = 'human'
  AND s.request_path NOT IN ('application_profile', 'project', 'not_inference')
GROUP BY 1, 2, 3, 4, s.currency
HAVING count(*) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) > 0
ORDER BY s.currency, cost DESC, principal, path, model
$q$),

('Q041', 'Is a single power user or a single misbehaving application driving the increase?', 'FinOps Leader', 'must', 'period', 'increase power user runaway growth',
$c$principal: e-mail address of the session, else role or user with all its sessions; (none): no caller on the line, or not recorded
human_or_machine: human, machine, api_key, unknown, none, not_recorded
application
increase: cost less that of the month before, where it rose
share_of_increase_pct: percent of all increases in this currency
currency$c$,
$q$
, risen AS (
    SELECT coalesce(s.user_email, s.principal_key, '(none)') AS principal, s.caller_class, s.application, s.currency,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0)
           - coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS increase
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY 1, 2, 3, s.currency)
SELECT r.principal, r.caller_class AS human_or_machine, r.application, r.increase,
       round(100 * r.increase / sum(r.increase) OVER (PARTITION BY r.currency), 2) AS share_of_increase_pct, r.currency
FROM risen AS r
WHERE r.increase > 0
ORDER BY r.currency, r.increase DESC, r.principal, r.application
$q$),

('Q042', 'How much is coding assistants and how much production?', 'FinOps Leader', 'must', 'period', 'traffic class coding production batch test',
$c$traffic_class
billed_cost
share_pct: percent of the cost of all inference in this currency; NULL where that is not above 0
currency$c$,
$q$
SELECT s.traffic_class, sum(s.ai_cost) AS billed_cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2) AS share_pct, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.traffic_class <> 'not_applicable'
GROUP BY s.traffic_class, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, billed_cost DESC, s.traffic_class
$q$),

('Q043', 'Spend by iamPrincipal tag (team, project, cost-center, tenant).', 'Finance', 'must', 'period', 'principal tag session tag caller tenant',
$c$tag_key: key of the tag as written, without iamPrincipal/; every key is a view of the whole spend, never to be added together
tag_value: its value; (untagged): the line does not carry the key
billed_cost
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.tags, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY s.tags, s.currency),
keys AS (
    SELECT DISTINCT t.key FROM spent AS s CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (key) WHERE t.key LIKE 'iamPrincipal/%')
SELECT substr(k.key, length('iamPrincipal/') + 1) AS tag_key, coalesce(nullif(s.tags ->> k.key, ''), '(untagged)') AS tag_value,
       sum(s.cost) AS billed_cost, s.currency
FROM spent AS s
CROSS JOIN keys AS k
GROUP BY 1, 2, s.currency
ORDER BY s.currency, tag_key, billed_cost DESC, tag_value
$q$),

('Q044', 'How much did the engineering team spend on Claude Sonnet this month?', 'FinOps Leader', 'peer parity',
$p$period
team text = NULL: team as tagged, in any case; all teams where left out
model text = 'Claude Sonnet': part of the model's name, in any case$p$, 'team model sonnet engineering',
$c$team
model
billed_cost
tokens
currency$c$,
$q$
SELECT s.team, s.model_name AS model, sum(s.ai_cost) AS billed_cost, sum(s.tokens) AS tokens, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND strpos(lower(s.model_name), (SELECT lower(model) FROM arg)) > 0
  AND ((SELECT team FROM arg) IS NULL OR lower(s.team) = (SELECT lower(team) FROM arg))
GROUP BY s.team, s.model_name, s.currency
ORDER BY s.currency, billed_cost DESC, s.team, model
$q$),

('Q045', 'Which roles are shared by several applications or people?', 'Cloud Engineer', 'must', 'period', 'shared role gateway multi tenant',
$c$role: role with all its sessions
reasons: several applications, several teams, several people (e-mail addresses as sessions), several steady sessions (names seen on five days or more, no instance ids)
sessions: how many session names
profiles: how many inference profiles it used
workloads: how many workloads claimed a part of it
cost
currency$c$,
$q$
, named AS (
    SELECT s.principal_key, s.principal_session, s.user_email, s.currency, count(DISTINCT s.usage_date) AS days
    FROM bedrock.spend AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.principal_session IS NOT NULL
    GROUP BY 1, 2, 3, 4),
session AS (
    SELECT n.principal_key, n.currency, count(*) AS sessions, count(DISTINCT n.user_email) AS people,
           count(*) FILTER (WHERE n.days >= 5 AND n.user_email IS NULL AND n.principal_session !~ '^i-[0-9a-f]{8,17}$') AS steady
    FROM named AS n
    GROUP BY 1, 2),
role AS (
    SELECT s.principal_key, s.currency, sum(s.ai_cost) AS cost, count(DISTINCT s.profile_id) AS profiles,
           count(DISTINCT s.application) FILTER (WHERE s.application <> '(untagged)') AS applications,
           count(DISTINCT s.team) FILTER (WHERE s.team <> '(untagged)') AS teams,
           count(DISTINCT s.workload) FILTER (WHERE s.claim_id IS NOT NULL) AS workloads
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.principal_kind IN ('role', 'assumed_role', 'sso', 'service')
    GROUP BY 1, 2)
SELECT r.principal_key AS role, d.reasons, coalesce(n.sessions, 0) AS sessions, r.profiles, r.workloads, r.cost, r.currency
FROM role AS r
LEFT JOIN session AS n ON n.principal_key = r.principal_key AND n.currency IS NOT DISTINCT FROM r.currency
CROSS JOIN LATERAL (SELECT concat_ws(', ', CASE WHEN r.applications > 1 THEN 'several applications' END, CASE WHEN r.teams > 1 THEN 'several teams' END,
                                     CASE WHEN n.people > 1 THEN 'several people' END, CASE WHEN n.steady > 1 THEN 'several steady sessions' END) AS reasons) AS d
WHERE d.reasons <> ''
ORDER BY r.currency, r.cost DESC, role
$q$),

('Q047', 'Spend per Bedrock API key?', 'Security', 'must', 'period', 'api key long-term bearer token',
$c$api_key_user: IAM user of a long-term key; short-term keys appear as sessions of whoever made them, not here
owner
cost
last_used: last day with usage in all data loaded
currency$c$,
$q$
SELECT s.principal_name AS api_key_user, s.owner, sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
       max(s.usage_date) AS last_used, s.currency
FROM bedrock.spend AS s
WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.principal_kind = 'api_key'
GROUP BY 1, 2, s.currency
HAVING count(*) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) > 0
ORDER BY s.currency, cost DESC, api_key_user
$q$),

('Q048', 'All sessions of this role as one line; or one line per session.', 'Cloud Engineer', 'must',
$p$period
role text = NULL: name or ARN of one role; all roles where left out$p$, 'session sessions assumed role rollup',
$c$role: name of the role
account: account of the role
session: name of the session; (all): the whole role, the sum of its other rows
billed_cost
currency$c$,
$q$
SELECT s.principal_name AS role, split_part(s.principal_key, ':', 5) AS account,
       CASE WHEN grouping(s.principal_session) = 1 THEN '(all)' ELSE coalesce(s.principal_session, '(none)') END AS session,
       sum(s.ai_cost) AS billed_cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.principal_kind IN ('role', 'assumed_role', 'sso', 'service')
  AND ((SELECT role FROM arg) IS NULL OR (SELECT role FROM arg) IN (s.principal_name, s.principal_key))
GROUP BY GROUPING SETS ((s.principal_key, s.principal_name, s.currency), (s.principal_key, s.principal_name, s.currency, s.principal_session))
ORDER BY s.currency, role, account, grouping(s.principal_session) DESC, billed_cost DESC, session
$q$),

('Q049', 'Which calls came through broad admin or SSO roles?', 'Security', 'peer parity', 'period', 'administrator permission set least privilege root poweruser',
$c$principal: IAM principal as billed
permission_set
model
cost
currency$c$,
$q$
SELECT s.iam_principal AS principal, s.permission_set, s.model_name AS model, sum(s.ai_cost) AS cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND (s.permission_set IS NOT NULL OR s.principal_kind = 'root' OR s.principal_name ~* 'admin|poweruser|fullaccess')
GROUP BY 1, 2, 3, s.currency
ORDER BY s.currency, cost DESC, principal, model
$q$),

('Q050', 'New callers this week?', 'Security', 'beyond',
$p$days integer = 7: how many days count as new, up to the last complete day of the data$p$, 'new principal first seen caller',
$c$principal: role or user with all its sessions
first_seen
model
cost
currency$c$,
$q$
, appeared AS (
    SELECT s.principal_key, min(s.usage_date) AS first_seen
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.principal_key IS NOT NULL
    GROUP BY s.principal_key)
SELECT s.principal_key AS principal, a.first_seen, s.model_name AS model, sum(s.ai_cost) AS cost, s.currency
FROM appeared AS a
JOIN bedrock.spend AS s ON s.principal_key = a.principal_key AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
WHERE a.first_seen > (SELECT bedrock.data_through() - days FROM arg)
GROUP BY 1, 2, 3, s.currency
ORDER BY s.currency, cost DESC, principal, model
$q$),

('Q051', 'Which user (Identity Center attribute department) spends what?', 'Finance', 'peer parity', 'period', 'identity center user attribute department',
$c$user_attribute: attribute as written, without userAttribute/; every attribute is a view of the whole spend, never to be added together
value: its value; (untagged): the line does not carry it
billed_cost
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.tags, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY s.tags, s.currency),
keys AS (
    SELECT DISTINCT t.key FROM spent AS s CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (key) WHERE t.key LIKE 'userAttribute/%')
SELECT substr(k.key, length('userAttribute/') + 1) AS user_attribute, coalesce(nullif(s.tags ->> k.key, ''), '(untagged)') AS value,
       sum(s.cost) AS billed_cost, s.currency
FROM spent AS s
CROSS JOIN keys AS k
GROUP BY 1, 2, s.currency
ORDER BY s.currency, user_attribute, billed_cost DESC, value
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
-- Questions E: tokens, cache, unit cost. A cost per token is over the lines that have tokens.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, 'Tokens, cache, unit cost', q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q072', 'What are my input vs output token costs?', 'Product Owner', 'must', 'period', 'input output token type kind',
$c$token_type: input, output, cache_read, cache_write
tokens
cost
share_pct: percent of the cost of all tokens in this currency; NULL where that is not above 0
cost_per_million
currency$c$,
$q$
SELECT s.token_kind AS token_type, sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost,
       round(100 * sum(s.ai_cost) / CASE WHEN sum(sum(s.ai_cost)) OVER w > 0 THEN sum(sum(s.ai_cost)) OVER w END, 2) AS share_pct,
       sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL) * 1000000 / nullif(sum(s.tokens), 0) AS cost_per_million, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.token_kind IS NOT NULL
GROUP BY s.token_kind, s.currency
WINDOW w AS (PARTITION BY s.currency)
ORDER BY s.currency, cost DESC, token_type
$q$),

('Q073', 'What is my cache hit rate?', 'Product Owner', 'must', 'period', 'prompt caching hit rate cached',
$c$workload
application
cache_read
input: input tokens that came from no cache
cache_write
hit_rate: cache_read / (input + cache_read + cache_write); of models that bill cache tokens anywhere in the data loaded
threshold: setting cache_hit_healthy
healthy: whether hit_rate is above threshold$c$,
$q$
, cached AS (
    SELECT DISTINCT s.model_id FROM bedrock.spend_monthly AS s WHERE s.charge_category = 'usage' AND s.token_kind IN ('cache_read', 'cache_write')),
counted AS (
    SELECT s.workload, s.application, coalesce(sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_read'), 0) AS cache_read,
           coalesce(sum(s.tokens) FILTER (WHERE s.token_kind = 'input'), 0) AS input,
           coalesce(sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_write'), 0) AS cache_write
    FROM bedrock.spend_monthly AS s
    JOIN cached AS c ON c.model_id = s.model_id
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.token_kind IN ('input', 'cache_read', 'cache_write')
    GROUP BY s.workload, s.application)
SELECT c.workload, c.application, c.cache_read, c.input, c.cache_write, r.hit_rate, t.threshold, r.hit_rate > t.threshold AS healthy
FROM counted AS c
CROSS JOIN LATERAL (SELECT c.cache_read / nullif(c.input + c.cache_read + c.cache_write, 0) AS hit_rate) AS r
CROSS JOIN (SELECT bedrock.setting_value('cache_hit_healthy')::numeric AS threshold) AS t
ORDER BY c.input + c.cache_read + c.cache_write DESC, c.workload, c.application
$q$),

('Q075', 'Where does caching lose money (writes without reads)?', 'Cloud Engineer', 'peer parity', 'period', 'cache write loss waste prompt caching',
$c$workload
application
model
writes: cache write tokens
reads: cache read tokens
reads_per_write: reads / writes
loss: what caching cost more than the same tokens as plain input would have, at the input price this bill shows for model, region, tier, routing and context; NULL: it shows none
currency$c$,
$q$
, cell AS (
    SELECT s.workload, s.application, s.model_id, s.model_name, s.region, s.tier, s.routing, s.long_context, s.custom_model, s.currency, s.token_kind,
           sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.tokens > 0 AND s.token_kind IN ('input', 'cache_read', 'cache_write')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
price AS (
    SELECT c.model_id, c.region, c.tier, c.routing, c.long_context, c.custom_model, c.currency, sum(c.cost) / sum(c.tokens) AS input_price
    FROM cell AS c
    WHERE c.token_kind = 'input'
    GROUP BY 1, 2, 3, 4, 5, 6, 7),
cache AS (
    SELECT c.workload, c.application, c.model_name, c.currency, sum(c.tokens) FILTER (WHERE c.token_kind = 'cache_write') AS writes,
           coalesce(sum(c.tokens) FILTER (WHERE c.token_kind = 'cache_read'), 0) AS reads,
           CASE WHEN count(p.input_price) = count(*) THEN round(sum(c.cost - c.tokens * p.input_price), 6) END AS loss
    FROM cell AS c
    LEFT JOIN price AS p ON p.model_id = c.model_id AND p.region IS NOT DISTINCT FROM c.region AND p.tier = c.tier AND p.routing = c.routing
        AND p.long_context = c.long_context AND p.custom_model = c.custom_model AND p.currency IS NOT DISTINCT FROM c.currency
    WHERE c.token_kind IN ('cache_read', 'cache_write')
    GROUP BY 1, 2, 3, 4)
SELECT c.workload, c.application, c.model_name AS model, c.writes, c.reads, c.reads / c.writes AS reads_per_write, c.loss, c.currency
FROM cache AS c
WHERE c.writes > 0 AND (c.reads = 0 OR c.loss > 0 OR c.loss IS NULL)
ORDER BY c.currency, c.loss DESC NULLS LAST, c.workload, c.application, model
$q$),

('Q078', 'Tokens per app per day.', 'Product Owner', 'must', 'period', 'application daily tokens',
$c$day
app
input
output
cache_read
cache_write$c$,
$q$
SELECT s.usage_date AS day, s.application AS app,
       sum(s.tokens) FILTER (WHERE s.token_kind = 'input') AS input, sum(s.tokens) FILTER (WHERE s.token_kind = 'output') AS output,
       sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_read') AS cache_read, sum(s.tokens) FILTER (WHERE s.token_kind = 'cache_write') AS cache_write
FROM bedrock.spend AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.token_kind IS NOT NULL
GROUP BY s.usage_date, s.application
ORDER BY day, app
$q$),

('Q079', 'Cost per million tokens by model (top 5) over time.', 'FinOps Leader', 'peer parity',
$p$months integer = 12: how many months, the latest with data included
top integer = 5: how many models, by cost over these months$p$, 'unit price trend',
$c$month
model
cost_per_million
currency$c$,
$q$
, spent AS (
    SELECT s.billing_period, s.model_name, s.currency, sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage' AND s.tokens IS NOT NULL AND s.model_name IS NOT NULL
      AND s.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
    GROUP BY 1, 2, 3),
ranked AS (
    SELECT s.model_name, s.currency, row_number() OVER (PARTITION BY s.currency ORDER BY sum(s.cost) DESC, s.model_name) AS place
    FROM spent AS s
    GROUP BY 1, 2)
SELECT s.billing_period AS month, s.model_name AS model, s.cost * 1000000 / nullif(s.tokens, 0) AS cost_per_million, s.currency
FROM spent AS s
JOIN ranked AS r ON r.model_name = s.model_name AND r.currency IS NOT DISTINCT FROM s.currency
WHERE r.place <= (SELECT top FROM arg)
ORDER BY s.currency, r.place, month
$q$),

('Q080', 'Cost per 1K tokens by usage group.', 'Cloud Engineer', 'peer parity', 'period', 'thousand tokens unit cost',
$c$usage_group
token_kind
cost_per_1k: cost of the lines that have tokens, for a thousand of them
tokens
cost
currency$c$,
$q$
SELECT s.usage_group, s.token_kind, sum(s.ai_cost) * 1000 / nullif(sum(s.tokens), 0) AS cost_per_1k, sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.tokens IS NOT NULL
GROUP BY s.usage_group, s.token_kind, s.currency
ORDER BY s.currency, cost DESC, s.usage_group, s.token_kind
$q$),

('Q084', 'Output-to-input ratio by app, and is it rising?', 'Product Owner', 'beyond',
$p$weeks integer = 12: how many weeks, the latest with data included$p$, 'ratio verbosity output input week trend',
$c$app
week: Monday of the week (UTC)
ratio: output tokens / (input + cache_read + cache_write tokens); NULL: nothing went in
change: ratio less that of the application's week before$c$,
$q$
, counted AS (
    SELECT s.application, date_trunc('week', s.usage_date::timestamp)::date AS week,
           coalesce(sum(s.tokens) FILTER (WHERE s.token_kind = 'output'), 0)
           / nullif(sum(s.tokens) FILTER (WHERE s.token_kind <> 'output'), 0) AS ratio
    FROM bedrock.spend AS s
    WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.token_kind IS NOT NULL
    GROUP BY 1, 2)
SELECT c.application AS app, c.week, c.ratio, c.ratio - lag(c.ratio) OVER (PARTITION BY c.application ORDER BY c.week) AS change
FROM counted AS c
WHERE c.week > (SELECT date_trunc('week', bedrock.data_through()::timestamp)::date - 7 * weeks FROM arg)
ORDER BY app, week
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
-- Questions that invocation logs answer: requests, callers, loops. What they cost is an estimate and never added to the bill.
-- Percentiles, minutes and hours come from single requests, so they reach back as far as those are kept.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q038', 'Leaderboard: caller, department, model, requests, input, output, est. cost.', 'FinOps Leader', 'Callers (IAM principal)', 'must',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'leaderboard top callers requests ranking who',
$c$rank: place by est_cost; where it is not known by tokens
iam_caller: e-mail address of the session, else role or user with all its sessions; (none): not logged
department: label of the registry or of requestMetadata, else the one department that the bill knows of the caller; (untagged): none
model
requests: requests in the logs, failed ones among them
input_tokens: input tokens, cached ones left out
output_tokens: output tokens
est_cost: what the price book says they cost, in US dollars; NULL: a part has no known price$c$,
$q$
, billed AS (
    SELECT s.principal_key, min(s.department) AS department
    FROM bedrock.spend_monthly AS s
    WHERE s.principal_key IS NOT NULL AND s.department <> '(untagged)'
    GROUP BY 1
    HAVING count(DISTINCT s.department) = 1),
called AS (
    SELECT coalesce(r.user_email, r.principal_key, '(none)') AS iam_caller,
           coalesce(nullif(r.department, '(untagged)'), b.department, '(untagged)') AS department, coalesce(r.model_name, r.model) AS model,
           sum(r.requests)::bigint AS requests, sum(r.input_tokens)::bigint AS input_tokens, sum(r.output_tokens)::bigint AS output_tokens,
           CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.requests = r.failed_requests) THEN sum(r.est_cost) END AS est_cost
    FROM bedrock.request_day AS r
    LEFT JOIN billed AS b ON b.principal_key = r.principal_key
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1, 2, 3)
SELECT rank() OVER (ORDER BY c.est_cost DESC NULLS LAST, coalesce(c.input_tokens, 0) + coalesce(c.output_tokens, 0) DESC) AS rank,
       c.iam_caller, c.department, c.model, c.requests, c.input_tokens, c.output_tokens, c.est_cost
FROM called AS c
ORDER BY rank, c.iam_caller, c.model, c.department
$q$),

('Q039', 'User, app and estimated cost together in one query.', 'FinOps Leader', 'Callers (IAM principal)', 'must',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'user application estimate together',
$c$iam_caller: e-mail address of the session, else role or user with all its sessions; (none): not logged
app
model
est_cost: what the price book says they cost, in US dollars; NULL: a part has no known price
requests: requests in the logs, failed ones among them$c$,
$q$
SELECT coalesce(r.user_email, r.principal_key, '(none)') AS iam_caller, r.application AS app, coalesce(r.model_name, r.model) AS model,
       CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.requests = r.failed_requests) THEN sum(r.est_cost) END AS est_cost, sum(r.requests)::bigint AS requests
FROM bedrock.request_day AS r
WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
GROUP BY 1, 2, 3
ORDER BY est_cost DESC NULLS LAST, requests DESC, 1, 2, 3
$q$),

('Q081', 'Cost per request, average tokens per request, p95 tokens.', 'Product Owner', 'Tokens, cache, unit cost', 'peer parity',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'request average percentile unit cost',
$c$app
requests: requests in the logs that count tokens
cost_per_request: estimate by the price book, in US dollars; NULL: a part has no known price
avg_tokens: input and output tokens of a request, cached ones among them
p95_tokens: what 95 of 100 requests stay at or below$c$,
$q$
SELECT r.application AS app, count(*) AS requests,
       CASE WHEN bool_and(r.est_cost IS NOT NULL) THEN sum(r.est_cost) / count(*) END AS cost_per_request,
       round(avg(t.tokens), 1) AS avg_tokens, percentile_disc(0.95) WITHIN GROUP (ORDER BY t.tokens) AS p95_tokens
FROM bedrock.request AS r
CROSS JOIN LATERAL (SELECT coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0) + coalesce(r.cache_read_tokens, 0) + coalesce(r.cache_write_tokens, 0) AS tokens) AS t
WHERE r.logged_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg) AND r.logged_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)
  AND r.count_basis IS NOT NULL
GROUP BY r.application
ORDER BY requests DESC, app
$q$),

('Q088', 'Latency and tokens per profile.', 'Cloud Engineer', 'Tokens, cache, unit cost', 'must',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'latency slow percentile performance profile',
$c$profile: name of the profile in the registry, else its ARN or id; for calls without a profile the model
invocation_count: requests in the logs
input_token_count: input tokens, cached ones left out
output_token_count: output tokens
latency_p50: milliseconds half of the requests that tell stay at or below; without any, of the latest p50 of CloudWatch; NULL: neither tells
latency_p95: the same of 95 of 100$c$,
$q$
SELECT coalesce(r.profile_name, r.profile_arn, r.model) AS profile, count(*) AS invocation_count, sum(r.input_tokens)::bigint AS input_token_count,
       sum(r.output_tokens)::bigint AS output_token_count,
       coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY r.latency_ms)::numeric, max(w.p50)) AS latency_p50,
       coalesce(percentile_disc(0.95) WITHIN GROUP (ORDER BY r.latency_ms)::numeric, max(w.p95)) AS latency_p95
FROM bedrock.request AS r
LEFT JOIN (SELECT m.model, (array_agg(m.value ORDER BY m.measured_at DESC) FILTER (WHERE m.statistic = 'p50'))[1] AS p50,
                  (array_agg(m.value ORDER BY m.measured_at DESC) FILTER (WHERE m.statistic = 'p95'))[1] AS p95
           FROM bedrock.cloudwatch_metric AS m WHERE m.metric = 'InvocationLatency' GROUP BY m.model) AS w ON w.model = r.model
WHERE r.logged_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg) AND r.logged_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)
GROUP BY 1
ORDER BY invocation_count DESC, profile
$q$),

('Q089', 'Peak tokens and requests per minute against the quota; throttles.', 'Cloud Engineer', 'Tokens, cache, unit cost', 'peer parity',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'peak minute tpm rpm quota limit throttling',
$c$account
region
model
profile: profile that was called; NULL: none
peak_tpm: tokens of the busiest minute, cached reads left out
peak_rpm: requests of the busiest minute
quota_tpm: quota of the model on this path, bedrock.load_quotas; NULL: not loaded
pct: peak_tpm in percent of it
throttles: requests that the log or CloudWatch says were throttled, whichever says more$c$,
$q$
, minute AS (
    SELECT r.account_id, r.region, coalesce(r.model_name, r.model) AS model, r.model_id, r.profile_arn, r.pool, r.model AS called, date_trunc('minute', r.logged_at) AS minute,
           count(*) AS requests, sum(coalesce(r.input_tokens, 0) + coalesce(r.cache_write_tokens, 0) + coalesce(r.output_tokens, 0)) AS tokens,
           count(*) FILTER (WHERE r.error_code ILIKE '%throttl%') AS throttles
    FROM bedrock.request AS r
    WHERE r.logged_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg) AND r.logged_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8),
peak AS (
    SELECT m.account_id, m.region, m.model, m.model_id, m.profile_arn, m.pool, m.called, max(m.tokens) AS peak_tpm, max(m.requests) AS peak_rpm, sum(m.throttles) AS throttles
    FROM minute AS m
    GROUP BY 1, 2, 3, 4, 5, 6, 7)
SELECT p.account_id AS account, p.region, p.model, p.profile_arn AS profile, p.peak_tpm, p.peak_rpm, q.quota_tpm, round(100 * p.peak_tpm / nullif(q.quota_tpm, 0), 1) AS pct,
       greatest(p.throttles, w.throttles) AS throttles
FROM peak AS p
LEFT JOIN LATERAL (SELECT max(s.value) AS quota_tpm FROM bedrock.service_quota AS s
                   WHERE s.kind = 'tokens_per_minute' AND s.model_id = p.model_id AND s.account_id = p.account_id AND s.region = p.region
                     AND s.scope = CASE p.pool WHEN 'global' THEN 'global' WHEN 'regional' THEN 'on_demand' ELSE 'cross_region' END) AS q ON true
LEFT JOIN LATERAL (SELECT sum(m.value) AS throttles FROM bedrock.cloudwatch_metric AS m
                   WHERE m.metric = 'InvocationThrottles' AND m.statistic = 'Sum' AND m.model = p.called AND m.account_id IN ('', p.account_id) AND m.region IN ('', p.region)
                     AND m.measured_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg)
                     AND m.measured_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)) AS w ON true
ORDER BY pct DESC NULLS LAST, p.peak_tpm DESC, account, p.region, p.model, profile
$q$),

('Q099', 'Which application ran a loop last night and spent $40 on something trivial?', 'Cloud Engineer', 'Estimates, budgets, anomalies', 'must',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'loop runaway burst retry night spike agent',
$c$app
principal: role or user with all its sessions; (none): not logged
from: first request of the burst (UTC hours that follow each other are one burst)
to: last request of the burst
requests: requests of the burst
pattern: same size (nine of ten requests or more have an input of the same few sizes), else many requests
cost: estimate by the price book, in US dollars; NULL: a part has no known price
baseline: requests of its usual hour: the median of all its other hours that have any in the logs kept; NULL: it has no other
model
tokens: all tokens of the burst$c$,
$q$
, hour AS (
    SELECT r.application, coalesce(r.principal_key, '(none)') AS principal, coalesce(r.model_name, r.model) AS model, date_trunc('hour', r.logged_at, 'UTC') AS hour,
           min(r.logged_at) AS first, max(r.logged_at) AS last, count(*) AS requests, count(DISTINCT r.input_tokens) AS sizes,
           sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0) + coalesce(r.cache_read_tokens, 0) + coalesce(r.cache_write_tokens, 0)) AS tokens,
           CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.count_basis IS NULL) THEN sum(r.est_cost) END AS cost
    FROM bedrock.request AS r
    GROUP BY 1, 2, 3, 4),
usual AS (
    SELECT h.application, h.principal, h.model, percentile_disc(0.5) WITHIN GROUP (ORDER BY h.requests) AS requests, count(*) AS hours
    FROM hour AS h
    GROUP BY 1, 2, 3),
burst AS (
    SELECT h.*, CASE WHEN u.hours > 1 THEN u.requests END AS baseline,
           h.hour - row_number() OVER (PARTITION BY h.application, h.principal, h.model ORDER BY h.hour) * interval '1 hour' AS run
    FROM hour AS h
    JOIN usual AS u USING (application, principal, model)
    WHERE h.requests >= bedrock.setting_value('loop_requests')::bigint
      AND (u.hours = 1 OR h.requests >= bedrock.setting_value('loop_factor')::numeric * u.requests))
SELECT b.application AS app, b.principal, min(b.first) AS "from", max(b.last) AS "to", sum(b.requests)::bigint AS requests,
       CASE WHEN sum(b.sizes) * 10 <= sum(b.requests) THEN 'same size' ELSE 'many requests' END AS pattern,
       CASE WHEN bool_and(b.cost IS NOT NULL) THEN sum(b.cost) END AS cost, min(b.baseline) AS baseline, b.model, sum(b.tokens) AS tokens
FROM burst AS b
WHERE b.hour >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg) AND b.hour < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)
GROUP BY b.application, b.principal, b.model, b.run
ORDER BY cost DESC NULLS LAST, tokens DESC, app, b.principal, "from"
$q$),

('Q128', 'Which account and region has spend but no invocation logs?', 'Cloud Engineer', 'Tags and quality of the data', 'must', 'period', 'logging coverage gap missing logs switch on',
$c$account
region: region that was called
cost
billed_tokens: input and output tokens on the bill
logged_pct: percent of them that invocation logs have, of the same month; NULL: no tokens are billed
hint: what to do; NULL: nothing
currency$c$,
$q$
, billed AS (
    SELECT s.account_id, s.region, s.currency, sum(s.ai_cost) AS cost, sum(s.tokens) FILTER (WHERE s.token_kind IN ('input', 'output')) AS tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.usage_group = 'tokens'
    GROUP BY 1, 2, 3),
logged AS (
    SELECT r.account_id, r.region, sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0)) AS tokens
    FROM bedrock.request_day AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1, 2)
SELECT b.account_id AS account, b.region, b.cost, b.tokens AS billed_tokens, p.logged_pct,
       CASE WHEN p.logged_pct IS NULL THEN NULL
            WHEN p.logged_pct = 0 THEN 'switch on model invocation logging in this account and region (aws bedrock put-model-invocation-logging-configuration), or load its logs'
            WHEN p.logged_pct < 90 THEN 'load the missing days, and mind that calls to bedrock-mantle are not logged' END AS hint, b.currency
FROM billed AS b
LEFT JOIN logged AS l ON l.account_id = b.account_id AND l.region = b.region
CROSS JOIN LATERAL (SELECT round(100 * coalesce(l.tokens, 0) / nullif(b.tokens, 0), 1) AS logged_pct) AS p
ORDER BY b.currency, p.logged_pct NULLS LAST, b.cost DESC, account, b.region
$q$),

('Q129', 'Do logged tokens match billed tokens?', 'FinOps Leader', 'Tags and quality of the data', 'must', 'period', 'reconcile logs bill gap difference match tokens',
$c$day
model
token_type: input, output, cache_read, cache_write
billed: tokens on the bill; NULL: none
logged: tokens in the logs; NULL: none, or not known
gap: billed less logged
finding: match (within 1 percent), not logged, partly logged, not billed (yet), logged more than billed$c$,
$q$
, billed AS (
    SELECT s.usage_date AS day, s.model_name AS model, s.token_kind AS token_type, sum(s.tokens) AS tokens
    FROM bedrock.spend AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.token_kind IS NOT NULL
    GROUP BY 1, 2, 3),
logged AS (
    SELECT r.day, coalesce(r.model_name, r.model) AS model, k.token_type, sum(k.tokens) AS tokens
    FROM bedrock.request_day AS r
    CROSS JOIN LATERAL (VALUES ('input', r.input_tokens), ('output', r.output_tokens), ('cache_read', r.cache_read_tokens), ('cache_write', r.cache_write_tokens)) AS k (token_type, tokens)
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1, 2, 3)
SELECT coalesce(b.day, l.day) AS day, coalesce(b.model, l.model) AS model, coalesce(b.token_type, l.token_type) AS token_type, b.tokens AS billed, l.tokens AS logged,
       coalesce(b.tokens, 0) - coalesce(l.tokens, 0) AS gap,
       CASE WHEN abs(coalesce(b.tokens, 0) - coalesce(l.tokens, 0)) <= 0.01 * coalesce(b.tokens, 0) THEN 'match' WHEN coalesce(l.tokens, 0) = 0 THEN 'not logged'
            WHEN coalesce(b.tokens, 0) = 0 THEN 'not billed' WHEN l.tokens < b.tokens THEN 'partly logged' ELSE 'logged more than billed' END AS finding
FROM billed AS b
FULL JOIN logged AS l ON l.day = b.day AND l.model IS NOT DISTINCT FROM b.model AND l.token_type = b.token_type
WHERE coalesce(b.tokens, 0) <> 0 OR coalesce(l.tokens, 0) <> 0
ORDER BY 1, 2, 3
$q$),

('Q151', 'Who floods us with tiny requests?', 'Cloud Engineer', 'Estimates, budgets, anomalies', 'beyond',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs
tokens integer = 200: a request of fewer tokens is tiny
requests integer = 50: so many of them in an hour are a flood$p$, 'tiny small requests flood polling health check chatty',
$c$app
principal: role or user with all its sessions; (none): not logged
model
hours: hours with a flood
requests: tiny requests in them
avg_tokens: tokens of such a request, cached ones among them
worst_hour: hour (UTC) with most of them$c$,
$q$
, hour AS (
    SELECT r.application, coalesce(r.principal_key, '(none)') AS principal, coalesce(r.model_name, r.model) AS model, date_trunc('hour', r.logged_at, 'UTC') AS hour,
           count(*) AS requests, sum(t.tokens) AS tokens
    FROM bedrock.request AS r
    CROSS JOIN LATERAL (SELECT coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0) + coalesce(r.cache_read_tokens, 0) + coalesce(r.cache_write_tokens, 0) AS tokens) AS t
    WHERE r.logged_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg) AND r.logged_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)
      AND r.count_basis IS NOT NULL AND t.tokens < (SELECT tokens FROM arg)
    GROUP BY 1, 2, 3, 4
    HAVING count(*) >= (SELECT requests FROM arg))
SELECT h.application AS app, h.principal, h.model, count(*) AS hours, sum(h.requests)::bigint AS requests, round(sum(h.tokens) / sum(h.requests), 1) AS avg_tokens,
       (array_agg(h.hour ORDER BY h.requests DESC, h.hour))[1] AS worst_hour
FROM hour AS h
GROUP BY 1, 2, 3
ORDER BY requests DESC, app, h.principal, h.model
$q$),

('Q152', 'Which requests were answered outside the regions our policy allows?', 'Security', 'Models and policy', 'beyond',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'residency policy gdpr region inference cross-region left outside',
$c$policy: name in bedrock.residency_policy
app
account
region: region that was called
inference_region: region that answered, of the log, else of CloudTrail; NULL: neither tells
pool: regions that may answer
finding: called outside, answered outside, may be answered outside (the pool is wider than the policy and the record does not tell)
model
requests: requests in the logs that are kept
last_seen: time of the last of them
request_id: id of the last of them$c$,
$q$
, asked AS (
    SELECT p.policy, r.application, r.account_id, r.region, coalesce(r.inference_region, e.inference_region) AS inference_region, r.pool,
           coalesce(r.model_name, r.model) AS model, r.logged_at, r.request_id, p.regions
    FROM bedrock.residency_policy AS p
    JOIN bedrock.request AS r ON (p.application IS NULL OR p.application = r.application) AND (p.account_id IS NULL OR p.account_id = r.account_id)
    LEFT JOIN bedrock.invocation_event AS e ON e.request_key = r.request_key::uuid
    WHERE r.logged_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg) AND r.logged_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)),
judged AS (
    SELECT a.*, CASE WHEN NOT a.region LIKE ANY (a.regions) THEN 'called outside'
                     WHEN NOT a.inference_region LIKE ANY (a.regions) THEN 'answered outside'
                     WHEN a.inference_region IS NULL AND a.pool <> 'regional' AND NOT (a.pool || '-') LIKE ANY (a.regions) THEN 'may be answered outside' END AS finding
    FROM asked AS a)
SELECT j.policy, j.application AS app, j.account_id AS account, j.region, j.inference_region, j.pool, j.finding, j.model, count(*) AS requests,
       max(j.logged_at) AS last_seen, (array_agg(j.request_id ORDER BY j.logged_at DESC, j.request_id))[1] AS request_id
FROM judged AS j
WHERE j.finding IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY j.policy, requests DESC, app, account, j.region, j.inference_region, j.pool, j.model
$q$),

('Q153', 'Which callers are new in the logs this week?', 'Security', 'Callers (IAM principal)', 'beyond',
$p$days integer = 7: how many days count as new, up to the last day with logs$p$, 'new principal first seen caller logs recent',
$c$principal: role or user with all its sessions
first_seen: first day with a request in all logs loaded
app
model
requests: requests in the logs
tokens: input and output tokens
est_cost: estimate by the price book, in US dollars; NULL: a part has no known price$c$,
$q$
SELECT r.principal_key AS principal, a.first_seen, r.application AS app, coalesce(r.model_name, r.model) AS model, sum(r.requests)::bigint AS requests,
       sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0))::bigint AS tokens,
       CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.requests = r.failed_requests) THEN sum(r.est_cost) END AS est_cost
FROM (SELECT d.principal_key, min(d.day) AS first_seen FROM bedrock.request_day AS d WHERE d.principal_key IS NOT NULL GROUP BY 1) AS a
JOIN bedrock.request_day AS r ON r.principal_key = a.principal_key
WHERE a.first_seen > (SELECT max(d.day) FROM bedrock.invocation_day AS d) - (SELECT days FROM arg)
GROUP BY 1, 2, 3, 4
ORDER BY requests DESC, principal, app, model
$q$),

('Q154', 'Which people call models directly from their laptops, by the logs?', 'Cloud Engineer', 'Callers (IAM principal)', 'beyond',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'developer laptop human person direct logs requests',
$c$principal: e-mail address of the session, else role or user with all its sessions
kind: iam_user, sso, federated_user or root: callers that are people
path: how the request reached the model; never an application profile
model
requests: requests in the logs
tokens: input and output tokens
last_seen: last day of them$c$,
$q$
SELECT coalesce(r.user_email, r.principal_key, r.iam_principal) AS principal, r.principal_kind AS kind, r.request_path AS path, coalesce(r.model_name, r.model) AS model,
       sum(r.requests)::bigint AS requests, sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0))::bigint AS tokens, max(r.day) AS last_seen
FROM bedrock.request_day AS r
WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
  AND r.caller_class = 'human' AND r.request_path <> 'application_profile'
GROUP BY 1, 2, 3, 4
ORDER BY tokens DESC, principal, path, model
$q$),

('Q155', 'Cache hit rate and output for each token of input, by application, in the logs?', 'Product Owner', 'Tokens, cache, unit cost', 'beyond',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'cache hit output input ratio logs verbose',
$c$app
requests: requests in the logs
cache_hit_rate: tokens read from the cache, of all input, over the requests whose cache tokens are known; NULL: known of none
output_to_input: output tokens for a token of input, cached ones among it; NULL: no input$c$,
$q$
SELECT r.application AS app, sum(r.requests)::bigint AS requests,
       sum(r.cache_read_tokens) / nullif(sum(r.cache_known_input_tokens) + sum(r.cache_read_tokens) + coalesce(sum(r.cache_write_tokens), 0), 0) AS cache_hit_rate,
       sum(r.output_tokens) / nullif(coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.cache_read_tokens), 0) + coalesce(sum(r.cache_write_tokens), 0), 0) AS output_to_input
FROM bedrock.request_day AS r
WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
GROUP BY 1
ORDER BY requests DESC, app
$q$),

('Q156', 'Requests and tokens by application and day, from the logs.', 'Product Owner', 'Tokens, cache, unit cost', 'beyond',
$p$period month = bedrock.logged_period(): any day of the month; the latest that has logs$p$, 'requests count daily application logs volume',
$c$day: day of the records (UTC)
app
requests: requests, failed ones among them
failed: those that state an error or count nothing
input
output
cache_read
cache_write$c$,
$q$
SELECT r.day, r.application AS app, sum(r.requests)::bigint AS requests, sum(r.failed_requests)::bigint AS failed, sum(r.input_tokens)::bigint AS input,
       sum(r.output_tokens)::bigint AS output, sum(r.cache_read_tokens)::bigint AS cache_read, sum(r.cache_write_tokens)::bigint AS cache_write
FROM bedrock.request_day AS r
WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
GROUP BY 1, 2
ORDER BY r.day, requests DESC, app
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
-- Questions I: tags and quality of the data.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, 'Tags and quality of the data', q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q119', 'How complete are our tags, by cost?', 'FinOps Leader', 'must', 'period', 'tag coverage completeness percent',
$c$tag_key: key of resource, IAM principal or user, case and punctuation aside; costcenter for CostCenter and cost-center
covered_cost: cost of usage that carries the key with a value
total_cost: cost of all usage
pct: percent of covered_cost in total_cost; NULL where that is not above 0
trend: pct less that of the month before; NULL: no usage then
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.billing_period, s.currency, s.tags, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY 1, 2, 3),
total AS (
    SELECT s.currency, sum(s.cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
           sum(s.cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)) AS cost_before
    FROM spent AS s
    GROUP BY 1),
covered AS (
    SELECT s.currency, k.tag_key, coalesce(sum(s.cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0) AS cost,
           coalesce(sum(s.cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS cost_before
    FROM spent AS s
    CROSS JOIN LATERAL (SELECT DISTINCT bedrock.fold_name(bedrock.tag_name(t.key)) AS tag_key
                        FROM jsonb_each_text(s.tags) AS t (key, value)
                        WHERE bedrock.tag_name(t.key) IS NOT NULL AND t.value <> '') AS k
    GROUP BY 1, 2)
SELECT c.tag_key, c.cost AS covered_cost, t.cost AS total_cost, round(100 * c.cost / CASE WHEN t.cost > 0 THEN t.cost END, 2) AS pct,
       round(100 * c.cost / CASE WHEN t.cost > 0 THEN t.cost END, 2)
       - round(100 * c.cost_before / CASE WHEN t.cost_before > 0 THEN t.cost_before END, 2) AS trend, c.currency
FROM covered AS c
JOIN total AS t ON t.currency IS NOT DISTINCT FROM c.currency
ORDER BY c.currency, covered_cost DESC, c.tag_key
$q$),

('Q120', 'What is untagged, and where?', 'FinOps Leader', 'must', 'period', 'untagged missing tags where',
$c$account
model
principal: role or user with all its sessions; NULL: none on the line, or not recorded
cost: cost of usage without project, application and team, by registry and tags
currency$c$,
$q$
SELECT s.account_id AS account, s.model_name AS model, s.principal_key AS principal, sum(s.ai_cost) AS cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND s.project = '(untagged)' AND s.application = '(untagged)' AND s.team = '(untagged)'
GROUP BY 1, 2, 3, s.currency
ORDER BY s.currency, cost DESC, account, model, principal
$q$),

('Q121', 'Which tag spellings should be one?', 'FinOps Leader', 'must', 'period', 'spelling variants duplicates case tag key value',
$c$kind: key (keys that feed one label, or differ in case and punctuation only) or value (values of one key that do)
key: label the keys feed by bedrock.label_rule, else the key, case and punctuation aside
variants: the spellings, parted by ", "
cost: cost of usage that carries any of them
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.currency, s.tags, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2),
rule AS (
    SELECT DISTINCT ON (bedrock.fold_name(r.tag_key)) bedrock.fold_name(r.tag_key) AS folded, r.label
    FROM bedrock.label_rule AS r
    WHERE r.priority IS NOT NULL
    ORDER BY bedrock.fold_name(r.tag_key), r.builtin, r.label),
spelling AS (
    SELECT DISTINCT s.currency, s.tags, s.cost, n.name, t.value, coalesce(r.label, f.folded) AS key,
           bedrock.fold_name(bedrock.label_value(coalesce(r.label, f.folded), t.value)) AS meant
    FROM spent AS s
    CROSS JOIN LATERAL jsonb_each_text(s.tags) AS t (key, value)
    CROSS JOIN LATERAL (SELECT bedrock.tag_name(t.key) AS name) AS n
    CROSS JOIN LATERAL (SELECT bedrock.fold_name(n.name) AS folded) AS f
    LEFT JOIN rule AS r ON r.folded = f.folded
    WHERE n.name IS NOT NULL AND t.value <> ''),
variant AS (
    SELECT 'key' AS kind, p.currency, p.key, NULL::text AS meant, string_agg(DISTINCT p.name, ', ' ORDER BY p.name) AS variants
    FROM spelling AS p
    GROUP BY p.currency, p.key
    HAVING count(DISTINCT p.name) > 1
    UNION ALL
    SELECT 'value', p.currency, p.key, p.meant, string_agg(DISTINCT p.value, ', ' ORDER BY p.value)
    FROM spelling AS p
    GROUP BY p.currency, p.key, p.meant
    HAVING count(DISTINCT p.value) > 1)
SELECT v.kind, v.key, v.variants,
       (SELECT sum(c.cost) FROM (SELECT DISTINCT p.tags, p.cost FROM spelling AS p
                                 WHERE p.key = v.key AND p.currency IS NOT DISTINCT FROM v.currency AND (v.meant IS NULL OR p.meant = v.meant)) AS c) AS cost, v.currency
FROM variant AS v
ORDER BY v.currency, v.kind, cost DESC, v.key, v.variants
$q$),

('Q122', 'Which tags are too many-valued to be useful?', 'FinOps Leader', 'must',
$p$period
above integer = 10: how many values are still useful$p$, 'cardinality distinct values tag',
$c$key: key of the tag as written, with its source
distinct_values: how many values it has in the period
cost_share: percent of the cost of usage that carries the key; NULL where that is not above 0
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.currency, s.tags, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2)
SELECT t.key, count(DISTINCT t.value) AS distinct_values,
       round(100 * sum(s.cost) / (SELECT CASE WHEN sum(a.cost) > 0 THEN sum(a.cost) END FROM spent AS a WHERE a.currency IS NOT DISTINCT FROM s.currency), 2) AS cost_share,
       s.currency
FROM spent AS s
CROSS JOIN LATERAL jsonb_each_text(s.tags) AS t (key, value)
WHERE t.value <> ''
GROUP BY t.key, s.currency
HAVING count(DISTINCT t.value) > (SELECT above FROM arg)
ORDER BY s.currency, distinct_values DESC, t.key
$q$),

('Q123', 'Which tags were never activated?', 'Cloud Engineer', 'must', '', 'cost allocation tag activation inactive',
$c$key: key of the tag as written in the registry, else in the bill
in_registry: whether a profile or project of the registry has it
in_cur: whether a line of usage carries it as a resource tag, case and punctuation aside
hint: what to do; NULL: nothing$c$,
$q$
WITH billed AS (
    SELECT bedrock.fold_name(bedrock.tag_name(t.key)) AS folded, min(bedrock.tag_name(t.key)) AS key
    FROM (SELECT DISTINCT s.tags FROM bedrock.spend_monthly AS s WHERE s.charge_category = 'usage') AS s
    CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (key)
    WHERE bedrock.tag_name(t.key) IS NOT NULL AND t.key !~ '^(iamPrincipal|userAttribute)/'
    GROUP BY 1),
registered AS (
    SELECT bedrock.fold_name(t.key) AS folded, min(t.key) AS key
    FROM bedrock.profiles AS p
    CROSS JOIN LATERAL jsonb_object_keys(p.tags) AS t (key)
    WHERE t.key !~ '^aws:'
    GROUP BY 1)
SELECT coalesce(r.key, b.key) AS key, r.key IS NOT NULL AS in_registry, b.key IS NOT NULL AS in_cur,
       CASE WHEN b.key IS NULL THEN format('activate "%s": Billing and Cost Management > Cost allocation tags. The key shows up there within a day of its first use, and in bills from then on', r.key) END AS hint
FROM registered AS r
FULL JOIN billed AS b ON b.folded = r.folded
ORDER BY in_cur, key
$q$),

('Q124', 'Which names break our convention?', 'Cloud Engineer', 'must',
$p$pattern text = '^[a-z0-9]+(-[a-z0-9]+)*$': regular expression that a good name matches$p$, 'naming convention names pattern',
$c$object: application profile, Bedrock project, or the label application, project or team
name: its name
rule: the expression it does not match$c$,
$q$
, named AS (
    SELECT CASE p.profile_kind WHEN 'project' THEN 'Bedrock project' ELSE 'application profile' END AS object, p.profile_name AS name
    FROM bedrock.profiles AS p
    WHERE p.profile_name IS NOT NULL
    UNION
    SELECT l.object, l.name
    FROM (SELECT DISTINCT s.application, s.project, s.team FROM bedrock.spend_monthly AS s WHERE s.charge_category = 'usage') AS s
    CROSS JOIN LATERAL (VALUES ('application', s.application), ('project', s.project), ('team', s.team)) AS l (object, name)
    WHERE l.name <> '(untagged)')
SELECT n.object, n.name, (SELECT pattern FROM arg) AS rule
FROM named AS n
WHERE n.name !~ (SELECT pattern FROM arg)
ORDER BY n.object, n.name
$q$),

('Q125', 'Is the principal column there and filled?', 'Cloud Engineer', 'must', '', 'caller identity column export principal filled',
$c$export: name of the source
month
column_present: whether the export has the column; NULL: loaded directly
filled_pct: percent of the cost of inference whose lines name a caller; NULL: no such cost
hint: what to switch on; NULL: nothing, or no export of that kind has it$c$,
$q$
WITH filled AS (
    SELECT s.source, s.billing_period, s.currency,
           round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.iam_principal IS NOT NULL), 0) / CASE WHEN sum(s.ai_cost) > 0 THEN sum(s.ai_cost) END, 2) AS filled_pct
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage' AND s.request_path <> 'not_inference'
    GROUP BY 1, 2, 3)
SELECT f.source AS export, f.billing_period AS month, CASE WHEN e.relation IS NOT NULL THEN e.mapping ? 'iam_principal' END AS column_present,
       f.filled_pct, CASE WHEN coalesce(f.filled_pct, 0) = 0 THEN d.fix END AS hint
FROM filled AS f
LEFT JOIN bedrock.source AS e ON e.source = f.source
LEFT JOIN bedrock.source_field() AS d ON d.format = e.format AND d.field = 'iam_principal'
ORDER BY export, month, f.currency
$q$),

('Q126', 'Why do I get no data?', 'All', 'must', '', 'doctor troubleshooting empty missing wrong help check',
$c$check: what was looked at
status: error, warning, info or ok
detail: what was found
fix: what to do, in AWS or here; NULL: nothing$c$,
$q$
SELECT d."check", d.status, d.detail, d.fix FROM bedrock.doctor() AS d
$q$),

('Q127', 'How fresh is the data, and is the month final?', 'All', 'must', 'period', 'freshness final delay lag up to date',
$c$source
billing_entity
period
data_through: last complete day (UTC); NULL: no usage by day
loaded_at: when bedrock.refresh last read the period
age: hours since the end of data_through
is_final$c$,
$q$
SELECT f.source, f.billing_entity, f.billing_period AS period, f.data_through, f.loaded_at, f.age_hours AS age, f.is_final
FROM bedrock.freshness AS f
WHERE f.billing_period = (SELECT period FROM arg)
ORDER BY f.source, f.payer_account_id, f.billing_entity
$q$),

('Q131', 'Which usage types, names or columns do we not understand yet?', 'Cloud Engineer', 'peer parity', '', 'unknown unrecognized unresolved meter',
$c$kind: what is not understood: usage_type, product, unit, model, region, charge_type and so on, see bedrock.unrecognized
value: as billed
rows: lines of the bill that have it, never requests
cost: their cost in all data loaded, in the metric of setting ai_cost_metric
suggestion: what to do about it
currency$c$,
$q$
SELECT u.kind, u.value, u.lines AS rows, u.cost, u.suggestion, u.currency
FROM bedrock.unrecognized AS u
ORDER BY u.currency, u.cost DESC NULLS LAST, u.kind, u.value
$q$),

('Q134', 'Does our total equal the invoice?', 'Finance', 'peer parity',
$p$period
invoices jsonb = '{}': totals on the invoices by id, as {"123456789": 1234.56}$p$, 'invoice reconcile total bill amount',
$c$invoice_id: invoice; NULL: not invoiced yet
invoice_total: as given in the parameter invoices; NULL: not given
loaded_total: all lines of the bill with this id, Bedrock or not, unblended (sources without it: net)
difference: loaded_total less invoice_total
bedrock_total: how much of loaded_total is Bedrock
currency$c$,
$q$
, loaded AS (
    SELECT b.invoice_id, b.currency, sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS loaded_total,
           coalesce(sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)), 0) AS bedrock_total
    FROM bedrock.bill_total AS b
    WHERE b.billing_period = (SELECT period FROM arg) AND NOT b.standby
    GROUP BY 1, 2)
SELECT l.invoice_id, i.invoice_total, l.loaded_total, l.loaded_total - i.invoice_total AS difference, l.bedrock_total, l.currency
FROM loaded AS l
CROSS JOIN LATERAL (SELECT ((SELECT invoices FROM arg) ->> l.invoice_id)::numeric AS invoice_total) AS i
ORDER BY l.currency, l.invoice_id
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
-- Questions J: money views.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql, builtin)
SELECT q.id, q.question, q.persona, 'Money views', q.level, p.parameters, q.keywords, bedrock.question_columns(q.columns),
       coalesce(bedrock.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q135', 'Unblended, net, amortized, list: side by side.', 'Finance', 'peer parity',
$p$months integer = 12: how many months, the latest with data included$p$, 'metrics unblended amortized list on-demand price compare',
$c$month
unblended: every charge of the Bedrock bill; NULL: the source has none (FOCUS)
net_unblended: the same after discounts
amortized: with commitments spread over their use; NULL: the source has none (FOCUS)
list_cost: usage at public prices, of the lines that state them alone
discount: list_cost less the net cost of those same lines
list_covered_pct: percent of the cost of usage that states a public price; NULL where that is not above 0
currency$c$,
$q$
SELECT s.billing_period AS month, sum(s.unblended_cost) AS unblended, sum(s.net_unblended_cost) AS net_unblended, sum(s.amortized_cost) AS amortized,
       sum(s.list_cost) FILTER (WHERE s.charge_category = 'usage') AS list_cost,
       sum(s.list_cost - s.net_unblended_cost) FILTER (WHERE s.charge_category = 'usage' AND s.list_cost IS NOT NULL) AS discount,
       round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage' AND s.list_cost IS NOT NULL), 0)
             / CASE WHEN sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage') > 0 THEN sum(s.ai_cost) FILTER (WHERE s.charge_category = 'usage') END, 2) AS list_covered_pct,
       s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period > (SELECT (bedrock.latest_period() - months * interval '1 month')::date FROM arg)
GROUP BY 1, s.currency
ORDER BY s.currency, month
$q$),

('Q136', 'Credits, refunds, taxes, discounts, Marketplace fees apart.', 'Finance', 'peer parity', 'period', 'credit refund tax discount fee marketplace category',
$c$charge_category
billing_entity
amount: in the metric of setting ai_cost_metric
currency$c$,
$q$
SELECT s.charge_category, s.billing_entity, sum(s.ai_cost) AS amount, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg)
GROUP BY s.charge_category, s.billing_entity, s.currency
ORDER BY s.currency, s.charge_category = 'usage' DESC, s.charge_category, s.billing_entity
$q$),

('Q138', 'What is our effective discount per model?', 'Finance', 'peer parity', 'period', 'discount edp private rate model saving',
$c$model
list_cost: usage at public prices, of the lines that state them alone; NULL: none does, as on Marketplace
net_cost: the same lines after discounts
discount_pct: percent of list_cost saved; NULL where that is not above 0
list_covered_pct: percent of the model's cost that states a public price; NULL where that is not above 0
currency$c$,
$q$
SELECT s.model_name AS model, sum(s.list_cost) AS list_cost, sum(s.net_unblended_cost) FILTER (WHERE s.list_cost IS NOT NULL) AS net_cost,
       round(100 * (1 - sum(s.net_unblended_cost) FILTER (WHERE s.list_cost IS NOT NULL) / CASE WHEN sum(s.list_cost) > 0 THEN sum(s.list_cost) END), 2) AS discount_pct,
       round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.list_cost IS NOT NULL), 0) / CASE WHEN sum(s.ai_cost) > 0 THEN sum(s.ai_cost) END, 2) AS list_covered_pct, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY s.model_name, s.currency
ORDER BY s.currency, list_cost DESC NULLS LAST, model
$q$),

('Q139', 'Project costs for the last 30 days for these projects, with Untagged.', 'Finance', 'must',
$p$projects text[] = NULL: names of projects; all where left out
days integer = 30: length of the window, up to the last complete day of the data
metric text = 'unblended': unblended, blended, net_unblended, amortized, net_amortized, list or ai$p$, 'project report 30 days untagged chargeback',
$c$project
cost: cost of usage in the window, in the metric asked for; 0: a project asked for that has none
currency$c$,
$q$
SELECT p.project, p.cost, p.currency
FROM bedrock.project_costs((SELECT projects FROM arg), (SELECT days FROM arg), (SELECT metric FROM arg)) AS p
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock.question_parameters(q.parameters) AS parameters) AS p;
-- What the bills say and neither parsers nor catalogues could place: listed with the cost at stake, never guessed.

CREATE OR REPLACE VIEW bedrock.unrecognized WITH (security_invoker) AS
SELECT w.kind, w.value, sum(f.lines)::bigint AS lines, sum(f.ai_cost) AS cost, d.currency, min(b.billing_period) AS first_period,
       max(b.billing_period) AS last_period, min(w.suggestion) AS suggestion
FROM bedrock.dimension AS d
CROSS JOIN LATERAL (
    SELECT d.charge_category = 'usage' AS usage,
           d.charge_category = 'usage' AND coalesce(d.usage_group IN ('tokens', 'media', 'search_units'), false) AS inference,
           coalesce(d.region, nullif(d.region_code, 'global'), 'prefix ' || split_part(d.usage_type, '-', 1)) AS region,
           EXISTS (SELECT FROM bedrock.profile AS p WHERE p.profile_arn = d.resource_id AND upper_inf(p.recorded) AND p.origin <> 'discovered') AS registered,
           EXISTS (SELECT FROM bedrock.regions AS r WHERE r.region = d.region) AS region_known) AS seen
CROSS JOIN LATERAL (VALUES
    (seen.usage AND d.usage_type IS NOT NULL AND coalesce(d.usage_group, 'other') = 'other', 'usage_type', d.usage_type,
     'No meter of this name is known: the cost is kept, without tokens, tier or model. Look it up in the AWS price list; a later version of the extension reads new meters'),
    (seen.usage AND d.usage_type IS NULL AND d.usage_group IS NULL, 'no_usage_type', coalesce(d.product_name, d.product_code, d.charge_description, '(nothing)'),
     'The line has no usage type (FOCUS 1.2 has none): what was metered cannot be told. Attach a CUR 2.0 export of the same account beside it, and SELECT bedrock.prefer_source(''its name'')'),
    (d.bedrock_basis = 'probable', 'product', coalesce(d.product_code || ' / ' || d.product_name, d.product_code, d.product_name),
     format('The name says Bedrock, nothing proves it. If it is: INSERT INTO bedrock.product (payer_account_id, product_code, proof) VALUES (''*'', %L, ''user''), then SELECT * FROM bedrock.refresh(force => true)', d.product_code)),
    (seen.usage AND d.usage_group = 'tokens' AND d.token_kind IS NOT NULL AND d.tokens_per_unit = 0, 'unit', coalesce(d.pricing_unit, '(none)'),
     'A meter of tokens in a unit that is not known: its tokens are left out. Select pricing_unit in the export where it is missing; a unit is never guessed'),
    (seen.usage AND d.model_basis = 'unresolved', 'model',
     CASE WHEN d.billing_entity = 'AWS Marketplace' THEN coalesce(d.product_name, d.charge_description, d.product_code) ELSE coalesce(d.usage_type, d.product_name, d.product_code) END,
     CASE WHEN d.billing_entity = 'AWS Marketplace'
          THEN format('INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES (''product_name'', %L, ''the model''''s id''), then SELECT * FROM bedrock.refresh()', d.product_name)
          ELSE format('INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES (''usage_type_token'', %L, ''the model''''s id''), then SELECT * FROM bedrock.refresh(); lines of an application profile also resolve once it is imported',
                      (@extschema@.bedrock_usage_parts(d.usage_type)).model_token) END),
    (seen.usage AND d.model_id IS NOT NULL AND d.provider IS NULL, 'model_id', d.model_id,
     format('No catalogue has this model: provider, family and name are missing. INSERT INTO bedrock.model (model_id, provider, model_family, model_name) VALUES (%L, ...), then SELECT * FROM bedrock.refresh()', d.model_id)),
    (seen.usage AND seen.region IS NOT NULL AND NOT seen.region_known, 'region', seen.region,
     CASE WHEN d.region IS NULL THEN format('INSERT INTO bedrock.region (region, cur_prefix) VALUES (''the region'', %L), then SELECT * FROM bedrock.refresh()', split_part(d.usage_type, '-', 1))
          ELSE format('INSERT INTO bedrock.region (region, name) VALUES (%L, ''its name''), then SELECT * FROM bedrock.refresh()', d.region) END),
    (d.charge_category = 'unknown', 'charge_type', coalesce(d.charge_type, '(none)'),
     format('INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES (%L, ''usage, fee, tax, credit, ...''), then SELECT * FROM bedrock.refresh(force => true)', d.charge_type)),
    (d.tags_raw IS NOT NULL, 'tag_map', left(d.tags_raw, 200),
     'The map of tags is no JSON object: its tags are not read, its text stays in bedrock.dimension.tags_raw. Load the file as AWS wrote it, or attach a view that makes JSON of the column'),
    (d.request_path IN ('application_profile', 'project') AND NOT seen.registered, CASE d.request_path WHEN 'project' THEN 'project' ELSE 'profile' END, d.resource_id,
     CASE d.request_path WHEN 'project'
          THEN format('The registry knows the project only from the bill: SELECT bedrock.import_profiles(document) with the project list of bedrock-mantle (GET /v1/organization/projects), or SELECT bedrock.register_profile(%L, ...)', d.resource_id)
          ELSE format('The registry knows the profile only from the bill: its name, source model and labels are missing. SELECT bedrock.import_profiles(document) with what these print: aws bedrock get-inference-profile --inference-profile-identifier %1$s; aws bedrock list-tags-for-resource --resource-arn %1$s', d.resource_id) END),
    (seen.inference AND d.request_path = 'none', 'resource', d.resource_id,
     'An inference line with a resource id that is no ARN of a Bedrock service: the way the request took cannot be told'),
    (d.principal_kind = 'unknown', 'principal', d.principal,
     'No form of IAM principal that is known: the caller has no kind and no name. Compare it with the ARN in CloudTrail')
) AS w (found, kind, value, suggestion)
JOIN bedrock.fact_month AS f ON f.dimension_id = d.dimension_id AND NOT f.standby
JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
WHERE w.found
GROUP BY w.kind, w.value, d.currency;
COMMENT ON VIEW bedrock.unrecognized IS
    'what neither parsers nor catalogues could place, by value and currency, with lines and cost at stake and what to do about it; nothing is guessed. A line may stand under several kinds: never sum over kinds';
COMMENT ON COLUMN bedrock.unrecognized.kind IS 'usage_type (no meter of this name is known), no_usage_type (FOCUS 1.2), product (probable: its name says Bedrock, nothing proves it), unit (of a token meter), model (unresolved), model_id (in no catalogue), region, charge_type (in no category), tag_map (no JSON object), profile and project (known from the bill alone), resource (no Bedrock ARN on an inference line), principal (no known form)';
COMMENT ON COLUMN bedrock.unrecognized.value IS 'the value as billed; a map of tags cut to 200 characters; (none): an empty one';
COMMENT ON COLUMN bedrock.unrecognized.lines IS 'CUR lines that have it';
COMMENT ON COLUMN bedrock.unrecognized.cost IS 'their cost in the metric of bedrock.spend.ai_cost, in currency';
COMMENT ON COLUMN bedrock.unrecognized.currency IS 'currency of cost; never sum over two';
COMMENT ON COLUMN bedrock.unrecognized.first_period IS 'first billing period that has it';
COMMENT ON COLUMN bedrock.unrecognized.last_period IS 'last billing period that has it';
COMMENT ON COLUMN bedrock.unrecognized.suggestion IS 'what to do: the statement that completes a catalogue, or what to switch on in AWS';
-- The doctor: what is missing, stale, doubled or not understood, and what to do about it, here or in AWS. It reads, and
-- builds bedrock.line_item anew where a DROP .. CASCADE took it.

CREATE OR REPLACE FUNCTION bedrock.cost_text(cost numeric, currency text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(round(cost, 2), 0) || ' ' || coalesce(currency, '(no currency)');
COMMENT ON FUNCTION bedrock.cost_text(numeric, text) IS 'an amount to read: two decimals and the currency';

CREATE OR REPLACE FUNCTION bedrock.doctor_sources() RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry bedrock.source;
    relation regclass;
    readable text[] := ARRAY[]::text[];
    others bigint;
    message text;
    detailed text;
    hint text;
BEGIN
    RETURN QUERY
    SELECT 'sources', CASE WHEN count(*) = 0 THEN 'error' ELSE 'ok' END,
           coalesce(string_agg(format('%s: %s %s, %s', s.source, s.format, s.format_version, coalesce(s.relation, 'loaded directly')), '; ' ORDER BY s.rank),
                    'no bill is attached: bedrock.spend is empty'),
           CASE WHEN count(*) = 0 THEN 'Load the files of an export: ./run load FILE...; or attach a table that has them: SELECT bedrock.attach(''schema.table''). Then SELECT * FROM bedrock.refresh(). '
                                       'In AWS: payer account > Billing and Cost Management > Data Exports > Create > Standard data export, CUR 2.0, hourly or daily, with resource IDs (API: INCLUDE_RESOURCES) and caller identity (API: INCLUDE_IAM_PRINCIPAL_DATA)' END
    FROM bedrock.source AS s;

    FOR entry IN SELECT s.* FROM bedrock.source AS s ORDER BY s.rank LOOP
        IF entry.relation IS NOT NULL THEN
            BEGIN
                EXECUTE format('SELECT FROM (%s WHERE %s) AS readable LIMIT 0', bedrock.source_select(entry.source), bedrock.source_period_predicate(entry.source, '2000-01-01'));
                relation := bedrock.source_relation(entry.source);
                readable := readable || entry.source;
                RETURN QUERY SELECT 'source_readable', 'ok', format('%s: %s can be read', entry.source, entry.relation), NULL::text;

                IF entry.mapping ? 'provider' THEN
                    EXECUTE format('SELECT count(*) FROM (%s) AS l WHERE NOT bedrock.provider_is_aws(provider)', bedrock.source_select(entry.source)) INTO others;
                    RETURN QUERY SELECT 'other_providers', 'info', format('%s: %s lines of other providers are left out', entry.source, others), NULL::text WHERE others > 0;
                END IF;

                RETURN QUERY
                SELECT 'column_types', 'info', format('%s: types are others than at the attachment: %s', entry.source,
                                                      string_agg(format('%s was %s, is %s', f.column_name, entry.mapping #>> ARRAY[f.field, 'type'], f.declared), '; ' ORDER BY f.ordinal)),
                       format('Nothing is lost, they are read all the same. To record them: SELECT bedrock.attach(%L, %L)', entry.relation, entry.source)
                FROM bedrock.field_column(relation, entry.format) AS f
                WHERE f.declared <> entry.mapping #>> ARRAY[f.field, 'type']
                HAVING count(*) > 0;
                RETURN QUERY
                SELECT 'new_columns', 'info', format('%s: columns have come since the attachment: %s', entry.source, string_agg(f.column_name, ', ' ORDER BY f.ordinal)),
                       format('Attach it again, so that they count as there: SELECT bedrock.attach(%L, %L)', entry.relation, entry.source)
                FROM bedrock.field_column(relation, entry.format) AS f
                WHERE f.column_name IS NOT NULL AND NOT entry.mapping ? f.field
                HAVING count(*) > 0;
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detailed = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
                RETURN QUERY SELECT 'source_readable', 'error', concat_ws('. ', format('%s: %s', entry.source, message), nullif(detailed, '')),
                                    coalesce(nullif(hint, ''), CASE WHEN sqlstate = '42501' THEN format('GRANT SELECT ON %s TO %I', entry.relation, current_user)
                                                                    ELSE format('Mend the relation, or take the source out: SELECT bedrock.detach(%L)', entry.source) END);
            END;
        END IF;

        -- Principals, resource ids and tags have checks of their own.
        RETURN QUERY
        SELECT CASE WHEN m.essential THEN 'essential_columns' ELSE 'optional_columns' END,
               CASE WHEN m.essential THEN 'error' WHEN m.usage_type THEN 'warning' ELSE 'info' END,
               format('%s: no column for %s%s', entry.source, m.fields, CASE WHEN m.essential THEN '; attached all the same (force): numbers that need it are missing or wrong' END), m.fix
        FROM (SELECT v.value ->> 'fix' AS fix, (v.value ->> 'essential')::boolean AS essential, string_agg(v.key, ', ' ORDER BY v.key) AS fields, bool_or(v.key = 'usage_type') AS usage_type
              FROM jsonb_each(entry.missing) AS v
              WHERE (v.value ->> 'essential')::boolean OR v.key NOT IN ('iam_principal', 'resource_id', 'tags')
              GROUP BY 1, 2) AS m
        ORDER BY m.fields;
    END LOOP;

    -- A view that went with a dropped table, or that lacks a readable source, is built again.
    IF EXISTS (SELECT FROM bedrock.source AS s
               WHERE s.line_item AND s.source = ANY (readable)
                 AND NOT EXISTS (SELECT FROM pg_rewrite AS r JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                                 WHERE r.ev_class = to_regclass('bedrock.line_item') AND d.refobjid = to_regclass(s.relation))) THEN
        BEGIN
            PERFORM bedrock.rebuild_views();
            RETURN QUERY SELECT 'line_item_view', 'info', 'bedrock.line_item and bedrock.cur2 lacked a source and were built again', NULL::text;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
            RETURN QUERY SELECT 'line_item_view', 'warning', format('bedrock.line_item and bedrock.cur2 lack a source: %s', message), 'SELECT bedrock.rebuild_views()';
        END;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.doctor_sources() IS 'checks of the registry: relations, their columns, and the views over them; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock.doctor_time() RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH source AS (
        SELECT s.source, s.relation, max(p.refreshed_at) AS refreshed_at, sum(p.lines) AS lines, sum(p.bedrock_lines) AS bedrock_lines, coalesce(bool_or(NOT p.is_final), false) AS open
        FROM bedrock.source AS s LEFT JOIN bedrock.period AS p ON p.source = s.source GROUP BY s.source),
    age AS (
        SELECT b.source, max(f.usage_date) AS day, extract(epoch FROM now() - ((max(f.usage_date) + 1)::timestamp AT TIME ZONE 'UTC')) / 3600 AS hours
        FROM bedrock.fact AS f
        JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
        JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id AND d.charge_category = 'usage' AND d.charge_grain <> 'period'
        GROUP BY 1)
    SELECT 'cur_landed', CASE WHEN a.hours > bedrock.setting_value('stale_after_hours')::numeric THEN 'warning' ELSE 'ok' END,
           format('%s: the last day with Bedrock usage is %s, %s', a.source, a.day, CASE WHEN a.hours < 0 THEN 'today' ELSE round(a.hours) || ' hours ago' END),
           CASE WHEN a.hours > bedrock.setting_value('stale_after_hours')::numeric THEN
               format('An export lands within 24 hours; after %s it is late. Look at its delivery (Billing and Cost Management > Data Exports > the export > status, and the S3 bucket), load what is there (./run load FILE..., or the job that fills the table), then SELECT * FROM bedrock.refresh()',
                      bedrock.setting_value('stale_after_hours')) END
    FROM age AS a
    UNION ALL
    SELECT 'cur_landed', 'warning', format('%s: no line of its %s is Bedrock''s', s.source, s.lines),
           'Check that the export covers the accounts that call Bedrock (payer account, or the member account''s own export) and that no filter on service or product code stands before it'
    FROM source AS s WHERE s.lines > 0 AND s.bedrock_lines = 0
    UNION ALL
    SELECT 'rollup_fresh', CASE WHEN s.late THEN 'warning' ELSE 'ok' END,
           CASE WHEN s.refreshed_at IS NULL THEN format('%s: never refreshed, bedrock.spend has nothing of it', s.source)
                ELSE format('%s: a refresh last brought something %s hours ago%s', s.source, round(extract(epoch FROM now() - s.refreshed_at) / 3600), CASE WHEN s.late THEN ', though a month is open' END) END,
           CASE WHEN s.late THEN 'SELECT * FROM bedrock.refresh(), best on a schedule (SELECT bedrock.schedule_refresh()): an open month changes every day, and a refresh reads only what changed' END
    FROM (SELECT q.*, q.refreshed_at IS NULL OR q.open AND now() - q.refreshed_at > bedrock.setting_value('stale_after_hours')::numeric * interval '1 hour' AS late FROM source AS q) AS s
    WHERE s.relation IS NOT NULL
    UNION ALL
    SELECT 'finality', CASE WHEN f.late THEN 'warning' WHEN f.open THEN 'info' ELSE 'ok' END,
           CASE WHEN f.open THEN format('%s: %s of %s is not final%s', f.source, to_char(f.billing_period, 'YYYY-MM'), f.entity,
                                        CASE WHEN f.late THEN '; it ended more than 15 days ago and has lines without invoice' ELSE '; its figures still change' END)
                ELSE format('%s: %s of %s is final (%s)', f.source, to_char(f.billing_period, 'YYYY-MM'), f.entity, f.basis) END,
           CASE WHEN f.late THEN 'Load the closed month again: AWS writes it anew with invoice ids after invoicing. Lines that are never invoiced (free, credits only) keep it open: then nothing is to be done' END
    FROM (SELECT b.source, b.billing_period, coalesce(b.billing_entity, '(no billing entity)') AS entity, NOT bool_and(b.is_final) AS open, min(b.is_final_basis) AS basis,
                 NOT bool_and(b.is_final) AND b.billing_period + interval '1 month 15 days' <= now() AT TIME ZONE 'UTC' AS late
          FROM bedrock.bill_total AS b GROUP BY 1, 2, 3) AS f
    UNION ALL
    SELECT 'restated', 'info', format('%s: %s changed after it was final, last on %s', p.source, to_char(p.billing_period, 'YYYY-MM'), (p.restated_at AT TIME ZONE 'UTC')::date),
           'AWS does change closed months (late exports, refunds, tags). The difference: SELECT * FROM bedrock.load_log WHERE action = ''restated'''
    FROM bedrock.period AS p WHERE p.restated_at IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock.doctor_time() IS 'checks of freshness and finality; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock.doctor_identity() RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH usage AS MATERIALIZED (
        SELECT b.source, b.billing_period AS period, d.usage_group, d.usage_group IN ('tokens', 'media', 'search_units') AS inference,
               d.principal IS NOT NULL AS caller, d.resource_id IS NOT NULL AS resource, d.tags, d.currency,
               coalesce(substring(d.resource_id FROM '^arn:([^:]+):'), r.partition,
                        CASE WHEN d.region_code LIKE 'us-gov-%' THEN 'aws-us-gov' WHEN d.region_code LIKE 'cn-%' THEN 'aws-cn' ELSE 'aws' END) AS partition,
               sum(f.lines) AS lines, sum(f.ai_cost) AS cost
        FROM bedrock.fact_month AS f
        JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
        JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id AND d.charge_category = 'usage'
        LEFT JOIN bedrock.regions AS r ON r.region = d.region
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9),
    -- Commercial inference lines are the ones that can have a caller.
    month AS MATERIALIZED (
        SELECT u.source, u.period, sum(u.lines) AS lines, coalesce(sum(u.lines) FILTER (WHERE u.inference AND u.partition = 'aws'), 0) AS callable,
               coalesce(sum(u.lines) FILTER (WHERE u.inference AND u.caller), 0) AS called,
               coalesce(sum(u.lines) FILTER (WHERE u.inference), 0) AS inference, coalesce(sum(u.lines) FILTER (WHERE u.inference AND u.resource), 0) AS resource,
               coalesce(sum(u.lines) FILTER (WHERE u.tags <> '{}'), 0) AS tagged, string_agg(DISTINCT u.partition, ', ') FILTER (WHERE u.inference AND u.partition <> 'aws') AS elsewhere
        FROM usage AS u GROUP BY 1, 2),
    source AS MATERIALIZED (
        SELECT s.source, s.rank, s.format, s.mapping, s.missing, s.mapping ? 'iam_principal' AS has_principal, s.mapping ? 'resource_id' AS has_resource, s.mapping ? 'tags' AS has_tags,
               coalesce(sum(m.callable), 0) AS callable, coalesce(sum(m.called), 0) AS called, max(m.elsewhere) AS elsewhere, max(m.period) FILTER (WHERE m.called > 0) AS last_called,
               coalesce(sum(m.inference), 0) AS inference, coalesce(sum(m.resource), 0) AS resource, coalesce(sum(m.lines), 0) AS lines, coalesce(sum(m.tagged), 0) AS tagged
        FROM bedrock.source AS s LEFT JOIN month AS m ON m.source = s.source GROUP BY s.source),
    switch AS (
        SELECT s.source, CASE s.format WHEN 'cur2' THEN
            'Payer account: Billing and Cost Management > Data Exports > the CUR 2.0 export > Edit > check "Include caller identity (IAM principal) allocation data" > Save '
            '(API: UpdateExport, TableConfigurations COST_AND_USAGE_REPORT, INCLUDE_IAM_PRINCIPAL_DATA = TRUE). It is opt-in per export and fills going forward only, within 24 hours. '
            'An export made before AWS offered it must be created anew (Create export; API: CreateExport): so it is where Edit does not show the check box, or where it is checked and the column is still empty a day later'
            ELSE 'This format has no IAM principal. Payer account: Billing and Cost Management > Data Exports > Create > CUR 2.0 with "Include caller identity (IAM principal) allocation data" '
            '(API: CreateExport, INCLUDE_IAM_PRINCIPAL_DATA = TRUE), then attach that' END AS text
        FROM source AS s),
    key AS MATERIALIZED (
        SELECT u.source, k.key, bedrock.tag_identity(k.key) AS identity, sum(u.lines) AS lines
        FROM usage AS u CROSS JOIN LATERAL jsonb_object_keys(u.tags) AS k (key)
        WHERE jsonb_typeof(u.tags) = 'object' GROUP BY 1, 2),
    registered AS (
        SELECT k.key, bedrock.tag_identity('resourceTags/' || k.key) AS identity, count(DISTINCT p.profile_arn) AS profiles
        FROM bedrock.profile AS p CROSS JOIN LATERAL jsonb_object_keys(p.tags) AS k (key)
        WHERE upper_inf(p.recorded) AND upper_inf(p.valid) AND k.key !~ '^aws:'
          AND EXISTS (SELECT FROM bedrock.dimension AS d JOIN bedrock.fact_month AS f ON f.dimension_id = d.dimension_id WHERE d.resource_id = p.profile_arn)
        GROUP BY 1, 2)
    SELECT 'principal_column',
           CASE WHEN s.has_principal THEN 'ok' WHEN s.callable = 0 AND s.elsewhere IS NOT NULL THEN 'info' ELSE 'warning' END,
           CASE WHEN s.has_principal THEN format('%s: has a column for the IAM principal', s.source)
                WHEN s.callable = 0 AND s.elsewhere IS NOT NULL THEN format('%s: no column for the IAM principal; not available in this partition (%s)', s.source, s.elsewhere)
                ELSE format('%s: no column for the IAM principal: who called cannot be told', s.source) END,
           CASE WHEN NOT s.has_principal AND NOT (s.callable = 0 AND s.elsewhere IS NOT NULL) THEN w.text END
    FROM source AS s JOIN switch AS w ON w.source = s.source
    UNION ALL
    SELECT 'iam_principal_populated',
           CASE WHEN m.called > 0 THEN 'ok' WHEN m.callable = 0 OR m.period < s.last_called THEN 'info' ELSE 'warning' END,
           format('%s, %s: ', m.source, to_char(m.period, 'YYYY-MM'))
           || CASE WHEN m.called > 0 THEN format('%s %% of the inference lines name their caller', trunc(100 * m.called / greatest(m.inference, 1), 1))
                   WHEN m.callable = 0 AND m.elsewhere IS NOT NULL THEN format('no caller; not available in this partition (%s)', m.elsewhere)
                   WHEN m.callable = 0 THEN 'no inference lines'
                   WHEN m.period < s.last_called THEN 'the column is empty: from before it was switched on'
                   ELSE format('the column is there and empty on all %s inference lines', m.callable) END,
           CASE WHEN m.called > 0 OR m.callable = 0 THEN NULL
                WHEN m.period < s.last_called THEN 'Nothing to be done: AWS fills it going forward only'
                ELSE w.text END
    FROM month AS m JOIN source AS s ON s.source = m.source AND s.has_principal JOIN switch AS w ON w.source = m.source
    UNION ALL
    SELECT 'principal_gaps', CASE WHEN bool_and(u.inference) THEN 'info' ELSE 'ok' END,
           format('%s: usage group %s has %s lines without caller, %s', u.source, coalesce(u.usage_group, '(none)'), sum(u.lines), bedrock.cost_text(sum(u.cost), u.currency))
           || CASE WHEN bool_and(u.inference) THEN '' ELSE ': not applicable, AWS names callers of inference alone' END,
           CASE WHEN bool_and(u.inference) THEN 'Some inference lines never name a caller. Where many do not: is every export of the payer switched on, and do applications call with roles of their own?' END
    FROM usage AS u JOIN month AS m ON m.source = u.source AND m.period = u.period AND m.called > 0
    WHERE NOT u.caller AND u.partition = 'aws' GROUP BY u.source, u.usage_group, u.currency
    UNION ALL
    SELECT 'resource_ids', CASE WHEN NOT s.has_resource OR s.inference > 0 AND s.resource = 0 THEN 'warning' ELSE 'ok' END,
           CASE WHEN NOT s.has_resource THEN format('%s: no column for resource ids: profiles and request paths cannot be told', s.source)
                WHEN s.inference > 0 AND s.resource = 0 THEN format('%s: the column of resource ids is there and empty', s.source)
                ELSE format('%s: %s %% of the inference lines have a resource id', s.source, trunc(100 * s.resource / greatest(s.inference, 1), 1)) END,
           CASE WHEN NOT s.has_resource OR s.inference > 0 AND s.resource = 0 THEN
               CASE s.format WHEN 'legacy' THEN 'Include resource IDs in the report: Billing and Cost Management > Data Exports > the legacy report > Edit > Include resource IDs (API: AdditionalSchemaElements RESOURCES)'
                             WHEN 'focus' THEN 'Select ResourceId in the FOCUS export: Billing and Cost Management > Data Exports > the export > Edit > columns'
                             ELSE 'Billing and Cost Management > Data Exports > the export > Edit > Include resource IDs (API: TableConfigurations COST_AND_USAGE_REPORT, INCLUDE_RESOURCES = TRUE)' END END
    FROM source AS s
    UNION ALL
    SELECT 'tags', 'ok', format('%s: %s', t.source, string_agg(format('%s (%s)', t.prefix, t.keys), '; ' ORDER BY t.prefix)), NULL
    FROM (SELECT k.source, CASE WHEN k.key ~ '^[A-Za-z]+/' THEN split_part(k.key, '/', 1) || '/' WHEN k.key ~ '^(user|aws)[_:]' THEN left(k.key, strpos(k.key, substring(k.key FROM '[_:]'))) ELSE 'no prefix' END AS prefix,
                 string_agg(regexp_replace(k.key, '^([A-Za-z]+/|(user|aws)[_:])', ''), ', ' ORDER BY k.key) AS keys
          FROM key AS k GROUP BY 1, 2) AS t
    GROUP BY t.source
    UNION ALL
    SELECT 'tags', 'warning', format('%s: %s', s.source, CASE WHEN s.has_tags THEN 'the columns of tags are empty on every Bedrock line' ELSE 'no column carries tags' END),
           'Activate cost allocation tags: payer account > Billing and Cost Management > Cost allocation tags > select the keys > Activate (API: UpdateCostAllocationTagsStatus); they fill 24 to 48 hours later, going forward'
           || CASE WHEN s.format = 'cur2' AND NOT s.has_tags THEN '. And select the column tags in the export: Data Exports > the export > Edit > columns' ELSE '' END
    FROM source AS s WHERE s.lines > 0 AND s.tagged = 0
    UNION ALL
    SELECT 'iam_principal_tags', CASE WHEN k.keys IS NOT NULL THEN 'ok' ELSE 'info' END,
           format('%s: %s', s.source, coalesce('keys of IAM principals: ' || k.keys, 'callers are named, but no tag of an IAM principal (iamPrincipal/...) is there')),
           CASE WHEN k.keys IS NULL THEN 'Tag roles and users (team, cost-center, environment), make a call with each, wait up to 24 hours, then payer account > Billing and Cost Management > Cost allocation tags > IAM principal type > select > Activate (API: UpdateCostAllocationTagsStatus); they fill 24 to 48 hours later' END
    FROM source AS s
    LEFT JOIN (SELECT q.source, string_agg(q.key, ', ' ORDER BY q.key) AS keys FROM key AS q WHERE q.key LIKE 'iamPrincipal/%' GROUP BY 1) AS k ON k.source = s.source
    WHERE s.called > 0
    UNION ALL
    SELECT 'tags_activated', CASE WHEN a.early THEN 'info' ELSE 'warning' END,
           format('tag key %s stands on %s registered profiles or projects with spend and on no line of a bill%s', r.key, r.profiles, CASE WHEN a.early THEN format('; too early to tell: activated on %s', a.day) ELSE ': it is not activated' END),
           CASE WHEN a.early THEN 'Wait: activated keys appear 24 to 48 hours later'
                ELSE format('Payer account: Billing and Cost Management > Cost allocation tags > User-defined > %s > Activate (API: UpdateCostAllocationTagsStatus); it fills 24 to 48 hours later. Activated just now? SELECT bedrock.set_setting(''tags_activated_on'', ''%s'')', r.key, (now() AT TIME ZONE 'UTC')::date) END
    FROM registered AS r
    CROSS JOIN (SELECT nullif(bedrock.setting_value('tags_activated_on'), '') AS day, coalesce(now() - (nullif(bedrock.setting_value('tags_activated_on'), '')::timestamp AT TIME ZONE 'UTC') <= interval '48 hours', false) AS early) AS a
    WHERE NOT EXISTS (SELECT FROM key AS k WHERE k.identity = r.identity) AND EXISTS (SELECT FROM usage)
    UNION ALL
    SELECT 'tag_conflicts', 'warning',
           format('%s: %s lines (%s) carry one tag in several spellings with different values: %s', c.source, sum(c.lines), bedrock.cost_text(sum(c.cost), c.currency), string_agg(DISTINCT c.keys, '; ')),
           'The exact key asked for decides, then the bytewise smallest key. Agree on one spelling (AWS: tag policies) and take the others off the resources'
    FROM (SELECT u.source, u.currency, u.tags, u.lines, u.cost, string_agg(x.keys, '; ' ORDER BY x.keys) AS keys
          FROM usage AS u
          CROSS JOIN LATERAL (SELECT string_agg(e.key, ' / ' ORDER BY e.key) AS keys FROM jsonb_each_text(CASE WHEN jsonb_typeof(u.tags) = 'object' THEN u.tags END) AS e
                              GROUP BY bedrock.tag_identity(e.key) HAVING count(DISTINCT e.value) > 1) AS x
          GROUP BY u.source, u.period, u.usage_group, u.inference, u.caller, u.resource, u.tags, u.currency, u.partition, u.lines, u.cost) AS c
    GROUP BY c.source, c.currency
    UNION ALL
    SELECT 'profiles_unused', 'info', format('%s registered profiles or projects are on no bill: %s', count(*), string_agg(coalesce(n.profile_name, n.profile_arn), ', ' ORDER BY n.profile_arn)),
           'Not called yet, called in an account no bill is attached of, or not used: the application passes the model''s id instead of the profile''s ARN as modelId'
    FROM (SELECT p.profile_arn, max(p.profile_name) AS profile_name FROM bedrock.profile AS p
          WHERE upper_inf(p.recorded) AND NOT EXISTS (SELECT FROM bedrock.dimension AS d JOIN bedrock.fact_month AS f ON f.dimension_id = d.dimension_id WHERE d.resource_id = p.profile_arn) GROUP BY 1) AS n
    HAVING count(*) > 0;
END;
COMMENT ON FUNCTION bedrock.doctor_identity() IS 'checks of callers, resource ids, tags and registry; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock.doctor_bill() RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH month AS MATERIALIZED (
        SELECT b.source, b.billing_period AS period, b.currency, sum(b.bedrock_lines) AS bedrock_lines,
               coalesce(sum(b.bedrock_lines) FILTER (WHERE b.billing_entity = 'AWS Marketplace'), 0) AS marketplace_lines,
               sum(b.unblended_cost) AS unblended, sum(b.net_unblended_cost) AS net, sum(b.unblended_cost) FILTER (WHERE b.charge_category = 'discount') AS discount,
               (SELECT bool_or(p.net_filled) FROM bedrock.period AS p WHERE p.source = b.source AND p.billing_period = b.billing_period) AS net_filled
        FROM bedrock.bill_total AS b GROUP BY 1, 2, 3),
    period AS (
        SELECT m.source, m.period, sum(m.bedrock_lines) AS bedrock_lines, sum(m.marketplace_lines) AS marketplace_lines FROM month AS m GROUP BY 1, 2),
    side AS (
        SELECT coalesce(b.account_id, '') AS account, b.billing_period AS period, b.source, b.currency, bool_and(b.standby) AS standby, sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS cost,
               sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)) AS bedrock_cost
        FROM bedrock.bill_total AS b GROUP BY 1, 2, 3, 4)
    SELECT 'marketplace', CASE WHEN count(*) FILTER (WHERE p.marketplace_lines = 0) > 0 THEN 'warning' ELSE 'ok' END,
           p.source || CASE WHEN count(*) FILTER (WHERE p.marketplace_lines = 0) > 0
               THEN format(': no Bedrock line billed through AWS Marketplace in %s', string_agg(to_char(p.period, 'YYYY-MM'), ', ' ORDER BY p.period) FILTER (WHERE p.marketplace_lines = 0))
               ELSE ': every period has Bedrock lines billed through AWS Marketplace' END,
           CASE WHEN count(*) FILTER (WHERE p.marketplace_lines = 0) > 0 THEN
               'Models of Anthropic, Meta, Cohere and others are billed through AWS Marketplace, under a product code that is a hash and without a service code. Where such models are used, a filter took the lines: export and attach all lines, not those of one product or service; do not exclude the billing entity AWS Marketplace. Where only Amazon''s own models are used, nothing is missing' END
    FROM period AS p WHERE p.bedrock_lines > 0 GROUP BY p.source
    UNION ALL
    SELECT 'overlap', 'error',
           format('%s: %s accounts are in two sources: %s counts (%s, Bedrock %s), %s is standby (%s, Bedrock %s)', to_char(s.period, 'YYYY-MM'), count(DISTINCT s.account),
                  f.source, bedrock.cost_text(sum(f.cost), f.currency), bedrock.cost_text(sum(f.bedrock_cost), f.currency),
                  s.source, bedrock.cost_text(sum(s.cost), s.currency), bedrock.cost_text(sum(s.bedrock_cost), s.currency)),
           format('No cent counts twice; one of the two is not needed. To let the other count: SELECT bedrock.prefer_source(%L, %L). To take it out: SELECT bedrock.detach(%L)', s.source, s.period, s.source)
    FROM side AS s JOIN side AS f ON f.account = s.account AND f.period = s.period AND NOT f.standby AND f.currency IS NOT DISTINCT FROM s.currency
    WHERE s.standby GROUP BY s.period, s.source, f.source, s.currency, f.currency
    UNION ALL
    SELECT 'net_cost', CASE WHEN m.net_filled AND abs(m.net - m.unblended) > 0.01 THEN 'warning' WHEN m.net_filled THEN 'ok' ELSE 'info' END,
           format('%s, %s: ', m.source, to_char(m.period, 'YYYY-MM'))
           || CASE WHEN m.net_filled THEN format('net adds up to %s, unblended with its discount lines (%s) to %s', bedrock.cost_text(m.net, m.currency), bedrock.cost_text(m.discount, m.currency), bedrock.cost_text(m.unblended, m.currency))
                   ELSE format('discount lines (%s) and no net column: net is unblended on every line, and the discounts stand in lines of their own', bedrock.cost_text(m.discount, m.currency)) END,
           CASE WHEN m.net_filled AND abs(m.net - m.unblended) > 0.01 THEN 'The two should be one sum. Compare both with the invoice (bedrock.bill_total) and set the metric that equals it: SELECT bedrock.set_setting(''ai_cost_metric'', ''net_unblended'') or ''unblended''; never a net metric with spread discount lines'
                WHEN NOT m.net_filled THEN 'Select line_item_net_unblended_cost and the other net columns in the export (Data Exports > the export > Edit > columns) to see discounts on the lines they belong to' END
    FROM month AS m WHERE m.unblended IS NOT NULL AND (m.net_filled OR m.discount <> 0)
    UNION ALL
    SELECT 'charge_types', 'warning', format('%s, %s: %s lines (%s; Bedrock''s: %s) have a line type in no category', b.source, to_char(b.billing_period, 'YYYY-MM'), sum(b.lines),
                                             bedrock.cost_text(sum(coalesce(b.unblended_cost, b.net_unblended_cost)), b.currency), sum(b.bedrock_lines)),
           'INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES (the line type, its category), then SELECT * FROM bedrock.refresh(force => true); Bedrock''s: SELECT * FROM bedrock.unrecognized WHERE kind = ''charge_type'''
    FROM bedrock.bill_total AS b WHERE b.charge_category = 'unknown' GROUP BY b.source, b.billing_period, b.currency
    UNION ALL
    SELECT 'unrecognized', 'warning', format('%s: %s values on %s lines, %s', u.kind, count(*), sum(u.lines), bedrock.cost_text(sum(u.cost), u.currency)),
           format('What to do with each: SELECT value, cost, suggestion FROM bedrock.unrecognized WHERE kind = %L ORDER BY cost DESC', u.kind)
    FROM bedrock.unrecognized AS u GROUP BY u.kind, u.currency
    UNION ALL
    SELECT CASE WHEN g.charge_category = 'usage' THEN 'monthly_export' ELSE 'grain_period' END, CASE WHEN g.charge_category = 'usage' THEN 'warning' ELSE 'info' END,
           format('%s: %s lines of category %s cover more than a day, %s: daily questions, forecasts and anomalies leave them out', g.source, g.lines, g.charge_category, bedrock.cost_text(g.cost, g.currency)),
           CASE WHEN g.charge_category = 'usage' THEN 'An export of MONTHLY granularity has no days: make one with HOURLY or DAILY (API: TIME_GRANULARITY). A few such lines in another export are monthly fees billed as usage'
                ELSE 'Nothing: tax, credits and fees have no day. Questions by billing period count them' END
    FROM (SELECT b.source, d.charge_category, d.currency, sum(f.lines) AS lines, sum(f.ai_cost) AS cost
          FROM bedrock.fact_month AS f JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
          WHERE d.charge_grain = 'period' GROUP BY 1, 2, 3) AS g
    UNION ALL
    SELECT 'currencies', 'info', format('amounts are in several currencies: %s; none is summed over another', string_agg(DISTINCT m.currency, ', ')), 'Group every question by currency'
    FROM month AS m WHERE m.bedrock_lines > 0 HAVING count(DISTINCT m.currency) > 1
    UNION ALL
    SELECT 'invocation_logging', 'info', format('no model-invocation logs are loaded, with spend in %s', string_agg(l.place, ', ' ORDER BY l.place)),
           'Logs tell requests, latency and session metadata, which no bill has. Once per account and region: Amazon Bedrock console > Settings > Model invocation logging, to S3 or CloudWatch Logs (API: PutModelInvocationLoggingConfiguration)'
    FROM (SELECT DISTINCT coalesce(d.account_id, '(no account)') || ' ' || d.region AS place
          FROM bedrock.dimension AS d
          WHERE d.charge_category = 'usage' AND d.usage_group = 'tokens' AND d.region IS NOT NULL
            AND EXISTS (SELECT FROM bedrock.fact_month AS f WHERE f.dimension_id = d.dimension_id AND NOT f.standby)) AS l
    HAVING count(*) > 0;
END;
COMMENT ON FUNCTION bedrock.doctor_bill() IS 'checks of what the bills say and of what is not understood; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock.doctor_state() RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH held AS (
        SELECT f.bill_id, sum(f.lines) AS lines, coalesce(sum(coalesce(f.unblended_cost, f.net_unblended_cost)), 0) AS cost FROM bedrock.fact AS f GROUP BY 1),
    monthly AS (
        SELECT f.bill_id, sum(f.lines) AS lines, coalesce(sum(coalesce(f.unblended_cost, f.net_unblended_cost)), 0) AS cost FROM bedrock.fact_month AS f GROUP BY 1),
    broken AS (
        SELECT 'facts without a row of bedrock.dimension' AS what, count(*) AS rows FROM bedrock.fact AS f
        WHERE NOT EXISTS (SELECT FROM bedrock.dimension AS d WHERE d.dimension_id = f.dimension_id)
        UNION ALL
        SELECT 'facts without a row of bedrock.bill_total', count(*) FROM bedrock.fact AS f
        WHERE NOT EXISTS (SELECT FROM bedrock.bill_total AS b WHERE b.bill_id = f.bill_id)
        UNION ALL
        SELECT 'facts without their row of bedrock.attribution', count(*) FROM bedrock.fact AS f
        WHERE NOT EXISTS (SELECT FROM bedrock.attribution AS a WHERE a.attribution_id = f.attribution_id AND a.dimension_id = f.dimension_id AND f.usage_date BETWEEN a.valid_from AND a.valid_to)
        UNION ALL
        SELECT 'facts without a row of bedrock.session', count(*) FROM bedrock.fact AS f
        WHERE NOT EXISTS (SELECT FROM bedrock.session AS s WHERE s.session_id = f.session_id)
        UNION ALL
        SELECT 'facts on the wrong side of standby', count(*) FROM bedrock.fact AS f JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id WHERE b.standby <> f.standby
        UNION ALL
        SELECT 'rows of bedrock.bill_total that do not equal their facts', count(*) FROM bedrock.bill_total AS b
        LEFT JOIN held AS h ON h.bill_id = b.bill_id LEFT JOIN monthly AS m ON m.bill_id = b.bill_id
        WHERE ROW(b.bedrock_lines, coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost, 0)) IS DISTINCT FROM ROW(coalesce(h.lines, 0), coalesce(h.cost, 0))
           OR ROW(coalesce(m.lines, 0), coalesce(m.cost, 0)) IS DISTINCT FROM ROW(coalesce(h.lines, 0), coalesce(h.cost, 0)))
    SELECT 'integrity', CASE WHEN sum(b.rows) > 0 THEN 'error' ELSE 'ok' END,
           coalesce(string_agg(format('%s: %s', b.what, b.rows), '; ') FILTER (WHERE b.rows > 0), 'every fact has its dimension, bill, labels and session, and the sums agree'),
           CASE WHEN sum(b.rows) > 0 THEN 'Facts are written by refresh alone: somebody wrote to the tables, or this is a bug. Facts without a bill: DELETE FROM bedrock.fact AS f WHERE NOT EXISTS (SELECT FROM bedrock.bill_total AS b WHERE b.bill_id = f.bill_id), and the same for bedrock.fact_month; all else: SELECT * FROM bedrock.refresh(force => true)' END
    FROM broken AS b
    HAVING EXISTS (SELECT FROM bedrock.source)
    UNION ALL
    SELECT 'catalogue_fresh', 'warning', 'registry, label rules or catalogues changed since the last refresh: model, labels and categories are those of before', 'SELECT * FROM bedrock.refresh(); no source is read for it'
    WHERE EXISTS (SELECT FROM bedrock.fact)
      AND NOT EXISTS (SELECT FROM bedrock.setting AS s WHERE s.name = 'state.catalogue_version' AND s.value = bedrock.catalogue_version());
END;
COMMENT ON FUNCTION bedrock.doctor_state() IS 'checks that the tables of the extension agree with each other; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock.doctor_schedule() RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ordered bedrock.schedule_log;
    run bedrock.schedule_log;
    last_at timestamptz;
    gap interval;
    alive boolean;
    jobs bigint;
    active bigint;
BEGIN
    SELECT l.* INTO ordered FROM bedrock.schedule_log AS l WHERE l.action IN ('scheduled', 'unscheduled') ORDER BY l.at DESC LIMIT 1;
    -- A run that was skipped says nothing but that another one was at work.
    SELECT l.* INTO run FROM bedrock.schedule_log AS l WHERE l.action IN ('running', 'refreshed', 'failed') ORDER BY l.at DESC LIMIT 1;
    IF run.at IS NULL AND ordered.action IS DISTINCT FROM 'scheduled' OR ordered.action = 'unscheduled' AND ordered.at >= coalesce(run.at, ordered.at) THEN
        RETURN;
    END IF;
    alive := run.action = 'running' AND EXISTS (
        SELECT FROM pg_locks AS k WHERE k.locktype = 'advisory' AND k.classid = 'bedrock.schedule_log'::regclass AND k.objid = 0 AND k.granted
                                    AND k.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()) AND k.pid = run.pid);
    gap := CASE WHEN ordered.action = 'scheduled' AND ordered.at >= coalesce(run.at, ordered.at) THEN ordered.every ELSE coalesce(run.every, ordered.every) END;
    last_at := greatest(run.at, CASE WHEN ordered.action = 'scheduled' THEN ordered.at END);

    RETURN QUERY
    SELECT 'scheduled_refresh', 'error', format('the last scheduled refresh, %s UTC by %s, failed: %s', to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), run."by", run.message),
           'Nothing was changed by it, bedrock.spend is as it was before. Mend the cause, then try: CALL bedrock.refresh_scheduled(); earlier runs: SELECT * FROM bedrock.schedule_log ORDER BY at DESC'
    WHERE run.action = 'failed'
    UNION ALL
    SELECT 'scheduled_refresh', 'error', format('the last scheduled refresh, %s UTC by %s, was cut off: its session is gone and it never ended', to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), run."by"),
           'Nothing was changed by it. The server log tells why (a restart, a terminated session, no memory); then try: CALL bedrock.refresh_scheduled()'
    -- Between its entry and its lock a run holds nothing for a moment.
    WHERE run.action = 'running' AND NOT alive AND run.at < now() - interval '1 minute'
    UNION ALL
    SELECT 'scheduled_refresh', 'ok', CASE WHEN run.action = 'running' THEN format('a scheduled refresh is at work since %s UTC', to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))
                                           ELSE format('the last scheduled refresh, %s UTC by %s, read %s periods', to_char(run.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), run."by", run.refreshed) END, NULL
    WHERE run.action = 'refreshed' OR alive OR run.action = 'running' AND run.at >= now() - interval '1 minute'
    UNION ALL
    SELECT 'scheduled_refresh', 'error', format('scheduled refreshes stay away: the schedule leaves at most %s between two, the last %s was %s UTC', gap, CASE WHEN last_at = run.at THEN 'run' ELSE 'order' END,
                                                 to_char(last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')),
           'Is the scheduler running? pg_cron: SELECT * FROM cron.job_run_details ORDER BY start_time DESC, and pg_cron in shared_preload_libraries; cron or systemd: its log. Not wanted any more: SELECT bedrock.unschedule_refresh()'
    WHERE last_at < now() - 2 * gap AND NOT coalesce(alive, false)
    UNION ALL
    SELECT 'scheduled_refresh', 'info', format('scheduled refreshes run as superuser %s', run."by"),
           'A refresh runs the views it reads with the rights of its role: schedule it as a role that may refresh and nothing more'
    WHERE EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = run."by" AND r.rolsuper);

    -- pg_cron shows a role its own jobs only.
    IF ordered.action = 'scheduled' AND (ordered."by" = current_user OR EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = current_user AND r.rolsuper)) THEN
        IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
            EXECUTE format('SELECT count(*), count(*) FILTER (WHERE active) FROM cron.job WHERE jobname = %L AND database = current_database()', 'bedrock.refresh') INTO jobs, active;
        END IF;
        RETURN QUERY
        SELECT 'scheduled_refresh', 'error', CASE WHEN jobs > 0 THEN 'pg_cron''s job bedrock.refresh is disabled' ELSE format('pg_cron has no job bedrock.refresh any more%s', CASE WHEN jobs IS NULL THEN ': it is not installed in this database' ELSE '' END) END,
               format('SELECT bedrock.schedule_refresh(%L); not wanted any more: SELECT bedrock.unschedule_refresh()', ordered.cron)
        WHERE coalesce(active, 0) = 0;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.doctor_schedule() IS 'checks of scheduled refreshes: the last run failed or was cut off, runs stay away for twice their interval, pg_cron''s job is gone or disabled; nothing where none was ever ordered or run; part of bedrock.doctor()';

CREATE OR REPLACE FUNCTION bedrock.doctor_findings() RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    FOR part IN 1..6 LOOP
        BEGIN
            CASE part
                WHEN 1 THEN RETURN QUERY SELECT * FROM bedrock.doctor_sources();
                WHEN 2 THEN RETURN QUERY SELECT * FROM bedrock.doctor_time();
                WHEN 3 THEN RETURN QUERY SELECT * FROM bedrock.doctor_identity();
                WHEN 4 THEN RETURN QUERY SELECT * FROM bedrock.doctor_bill();
                WHEN 5 THEN RETURN QUERY SELECT * FROM bedrock.doctor_schedule();
                ELSE RETURN QUERY SELECT * FROM bedrock.doctor_state();
            END CASE;
        EXCEPTION WHEN OTHERS THEN
            RETURN QUERY SELECT 'doctor', 'error', format('a part of the checks could not be made: %s', sqlerrm),
                                'Ask for the right to read the tables of schema bedrock; otherwise this is a bug';
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock.doctor_findings() IS 'all findings of the doctor in no order; a check that fails is a finding';

CREATE OR REPLACE FUNCTION bedrock.doctor() RETURNS TABLE ("check" text, status text, detail text, fix text)
    LANGUAGE sql
BEGIN ATOMIC
    SELECT f.finding, f.status, f.detail, f.fix FROM bedrock.doctor_findings() AS f
    ORDER BY array_position(ARRAY['error', 'warning', 'info', 'ok'], f.status), f.finding COLLATE "C", f.detail COLLATE "C";
END;
COMMENT ON FUNCTION bedrock.doctor() IS
    'why there is no data, or wrong data: one row a finding, errors first. status: error (numbers are missing or wrong), warning (something to switch on or to look at), info (to know), ok. fix: what to do, in AWS (console path and API property) or here; NULL: nothing. Never raises an error itself; builds bedrock.line_item anew where a dropped table took it';
-- Loading model invocation logs: read, parsed once a combination, summed by day; and forgetting single requests again.

INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('invocation_retention_days', '-infinity', '90', 'days bedrock.forget_invocations keeps single requests of invocation logs; sums by day stay', true, '-infinity'),
    ('invocation_metadata_keys', '-infinity', '', 'further keys of requestMetadata to tell requests apart by in sums, with commas between them; each value is a row a day', true, '-infinity'),
    ('long_context_tokens', '-infinity', '200000', 'input and cached tokens of one request above which it counts as long context', true, '-infinity'),
    ('loop_requests', '-infinity', '50', 'requests an hour below which a burst is no runaway loop; a choice of this extension', true, '-infinity'),
    ('loop_factor', '-infinity', '5', 'how many times its own usual hour a burst must be to count as a runaway loop; a choice of this extension', true, '-infinity')
ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION bedrock.read_invocations(files text[], label_keys text DEFAULT '', OUT file integer, OUT line bigint, OUT reason text, OUT is_event boolean, OUT request_key uuid, OUT combination uuid, OUT principal_key uuid,
    OUT logged_at timestamptz, OUT request_id text, OUT account_id text, OUT region text, OUT inference_region text, OUT operation text, OUT model text, OUT profile text,
    OUT caller text, OUT tier text, OUT labels jsonb, OUT principal text, OUT metadata jsonb, OUT error_code text, OUT source_address text, OUT count_basis text,
    OUT input_tokens integer, OUT output_tokens integer, OUT cache_read_tokens integer, OUT cache_write_tokens integer, OUT cache_write_1h_tokens integer,
    OUT images integer, OUT search_units integer, OUT input_audio_ms integer, OUT input_video_ms integer, OUT output_audio_ms integer, OUT output_video_ms integer,
    OUT latency_ms integer, OUT first_byte_ms integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_invocations' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION bedrock.read_invocations(text[], text) IS
    'the records of model invocation logs in files of the database server, one row each: JSON lines, exports and subscriptions of CloudWatch Logs, answers of aws logs, CloudTrail; plain or gzip. label_keys: keys of requestMetadata, one a line. file: number in files; reason: what is wrong with the line, all other columns are then NULL; account_id to labels only on the first rows of a combination, principal only on the first rows of a principal_key. Bodies are passed over. Needs the privileges of pg_read_server_files; an error: a relative path, a file that cannot be opened';

CREATE OR REPLACE FUNCTION bedrock.parse_invocations(document bytea, label_keys text DEFAULT '', OUT file integer, OUT line bigint, OUT reason text, OUT is_event boolean, OUT request_key uuid, OUT combination uuid, OUT principal_key uuid,
    OUT logged_at timestamptz, OUT request_id text, OUT account_id text, OUT region text, OUT inference_region text, OUT operation text, OUT model text, OUT profile text,
    OUT caller text, OUT tier text, OUT labels jsonb, OUT principal text, OUT metadata jsonb, OUT error_code text, OUT source_address text, OUT count_basis text,
    OUT input_tokens integer, OUT output_tokens integer, OUT cache_read_tokens integer, OUT cache_write_tokens integer, OUT cache_write_1h_tokens integer,
    OUT images integer, OUT search_units integer, OUT input_audio_ms integer, OUT input_video_ms integer, OUT output_audio_ms integer, OUT output_video_ms integer,
    OUT latency_ms integer, OUT first_byte_ms integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_parse_invocations' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.parse_invocations(bytea, text) IS
    'the records of model invocation logs in bytes, not packed, as bedrock.read_invocations gives them; file is NULL';

-- What is read out of a combination -------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock.invocation_label_keys() RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT string_agg(DISTINCT k.key, E'\n')
    FROM (SELECT bedrock.fold_name(r.tag_key) FROM bedrock.label_rule AS r
          UNION ALL
          SELECT bedrock.fold_name(s.key) FROM string_to_table(bedrock.setting_value('invocation_metadata_keys'), ',') AS s (key)) AS k (key)
    WHERE k.key <> '';
END;
COMMENT ON FUNCTION bedrock.invocation_label_keys() IS
    'keys of requestMetadata that tell requests apart in sums, one a line: those that feed labels (bedrock.label_rule) and those of setting invocation_metadata_keys';

CREATE OR REPLACE FUNCTION bedrock.invocation_reading(dimension_ids integer[] DEFAULT NULL) RETURNS SETOF bedrock.invocation_dimension
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT d.dimension_id, d.combination, d.account_id, d.region, d.inference_region, d.operation, d.model, d.profile, d.caller, d.tier, d.metadata,
           r.model_id, coalesce(m.model_name, r.model_id), m.model_family, m.provider, a.request_path,
           CASE WHEN a.request_path IN ('application_profile', 'system_profile') THEN c.called END, p.profile_name,
           coalesce(a.geo_prefix, p.pool, CASE WHEN a.request_path IN ('foundation_model', 'provisioned_model', 'custom_model', 'imported_model') THEN 'regional' END),
           CASE WHEN d.caller IS NULL THEN 'none' ELSE w.kind END, w.name, w.principal_key,
           CASE WHEN d.caller IS NULL THEN 'none' WHEN w.kind IN ('iam_user', 'sso', 'federated_user', 'root') THEN 'human'
                WHEN w.kind IN ('role', 'assumed_role', 'service') THEN 'machine' WHEN w.kind = 'api_key' THEN 'api_key' ELSE 'unknown' END,
           coalesce(p.application, l.labels ->> 'application'), coalesce(p.project, l.labels ->> 'project'), coalesce(p.team, l.labels ->> 'team'),
           coalesce(p.customer, l.labels ->> 'customer'), coalesce(p.environment, l.labels ->> 'environment'), coalesce(p.workflow, l.labels ->> 'workflow'),
           coalesce(p.engineer, l.labels ->> 'engineer'), coalesce(p.cost_center, l.labels ->> 'cost_center'), coalesce(p.department,
           l.labels ->> 'department')
    FROM bedrock.invocation_dimension AS d
    CROSS JOIN LATERAL (SELECT coalesce(d.profile, d.model) AS called) AS c
    CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(c.called) AS a
    LEFT JOIN LATERAL @extschema@.bedrock_arn_parts(CASE WHEN d.profile IS NOT NULL THEN d.model END) AS beside ON true
    LEFT JOIN LATERAL @extschema@.bedrock_principal_parts(d.caller) AS w ON d.caller IS NOT NULL
    LEFT JOIN LATERAL (SELECT q.* FROM bedrock.profile AS q WHERE q.profile_arn = c.called AND upper_inf(q.recorded)
                       ORDER BY lower(q.valid) DESC LIMIT 1) AS p ON a.request_path IN ('application_profile', 'project')
    CROSS JOIN LATERAL bedrock.resolve_model(coalesce(beside.model_id, a.model_id), p.model_id, NULL, NULL) AS r
    LEFT JOIN bedrock.models AS m ON m.model_id = r.model_id
    CROSS JOIN LATERAL (SELECT bedrock.tag_labels(d.metadata) AS labels) AS l
    WHERE dimension_ids IS NULL OR d.dimension_id = ANY (dimension_ids);
END
$$;
COMMENT ON FUNCTION bedrock.invocation_reading(integer[]) IS
    'rows of bedrock.invocation_dimension (NULL: all) with what today''s parsers, registry and label rules read out of their raw columns; a label of the registry goes before one of requestMetadata, which anybody may set';

CREATE OR REPLACE FUNCTION bedrock.read_invocation_dimensions(dimension_ids integer[] DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    updated bigint;
BEGIN
    UPDATE bedrock.invocation_dimension AS d
    SET (model_id, model_name, model_family, provider, request_path, profile_arn, profile_name, pool, principal_kind, principal_name, principal_key,
         caller_class, application, project, team, customer, environment, workflow, engineer, cost_center, department)
      = (r.model_id, r.model_name, r.model_family, r.provider, r.request_path, r.profile_arn, r.profile_name, r.pool, r.principal_kind, r.principal_name,
         r.principal_key, r.caller_class, r.application, r.project, r.team, r.customer, r.environment, r.workflow, r.engineer, r.cost_center, r.department)
    FROM bedrock.invocation_reading(read_invocation_dimensions.dimension_ids) AS r
    WHERE r.dimension_id = d.dimension_id AND r IS DISTINCT FROM d;
    GET DIAGNOSTICS updated = ROW_COUNT;
    RETURN updated;
END
$$;
COMMENT ON FUNCTION bedrock.read_invocation_dimensions(integer[]) IS
    'parses these combinations of the invocation logs, all where left out, where parsers, registry or label rules read them differently today; returns how many that were. A load does it by itself where one of them changed';

-- Loading --------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock.invocation_horizon() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce((SELECT s.value FROM bedrock.setting AS s WHERE s.name = 'state.invocation_horizon')::date, '-infinity'::date)::timestamp AT TIME ZONE 'UTC';
END;
COMMENT ON FUNCTION bedrock.invocation_horizon() IS
    'begin of the first day whose single requests were never forgotten; older requests are not loaded again, since it cannot be told whether they are in the sums. -infinity: nothing was forgotten';

CREATE OR REPLACE FUNCTION bedrock.write_invocations(names text[], afresh boolean, OUT records bigint, OUT loaded bigint, OUT repeated bigint, OUT differing bigint, OUT expired bigint,
    OUT events bigint, OUT quarantined bigint) RETURNS record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    horizon timestamptz := bedrock.invocation_horizon();
    long_context_from integer := bedrock.setting_value('long_context_tokens')::integer;
    version text := bedrock.catalogue_version();
    added integer[];
BEGIN
    -- Loads write one after the other; readers go on.
    LOCK TABLE bedrock.invocation IN SHARE ROW EXCLUSIVE MODE;
    SELECT count(*) FILTER (WHERE s.reason IS NULL AND NOT s.is_event), count(*) FILTER (WHERE NOT s.is_event AND s.logged_at < horizon)
    INTO records, expired FROM bedrock_invocation AS s;

    WITH new AS (
        INSERT INTO bedrock.invocation_dimension (combination, account_id, region, inference_region, operation, model, profile, caller, tier, metadata)
        SELECT DISTINCT ON (s.combination) s.combination, s.account_id, s.region, s.inference_region, s.operation, s.model, s.profile, s.caller, s.tier, s.labels
        FROM bedrock_invocation AS s
        WHERE s.model IS NOT NULL AND NOT s.is_event
        ORDER BY s.combination
        ON CONFLICT (combination) DO NOTHING
        RETURNING dimension_id)
    SELECT coalesce(array_agg(n.dimension_id), '{}') INTO added FROM new AS n;
    IF NOT EXISTS (SELECT FROM bedrock.setting AS s WHERE s.name = 'state.invocation_catalogue' AND s.value = version) THEN
        PERFORM bedrock.read_invocation_dimensions();
        DELETE FROM bedrock.setting AS s WHERE s.name = 'state.invocation_catalogue';
        INSERT INTO bedrock.setting (name, valid_from, value, note, builtin)
        VALUES ('state.invocation_catalogue', '-infinity', version, 'catalogues by which the combinations of invocation logs were read last', false);
    ELSIF cardinality(added) > 0 THEN
        PERFORM bedrock.read_invocation_dimensions(added);
    END IF;

    INSERT INTO bedrock.session (iam_principal, principal_session, user_email)
    SELECT p.principal, w.session, w.email
    FROM (SELECT DISTINCT s.principal FROM bedrock_invocation AS s WHERE s.principal IS NOT NULL AND NOT s.is_event) AS p
    CROSS JOIN LATERAL @extschema@.bedrock_principal_parts(p.principal) AS w
    WHERE NOT EXISTS (SELECT FROM bedrock.session AS s WHERE s.iam_principal = p.principal)
    ORDER BY p.principal
    ON CONFLICT (iam_principal) DO NOTHING;

    WITH caller AS MATERIALIZED (
        SELECT DISTINCT ON (s.principal_key) s.principal_key, w.session_id
        FROM bedrock_invocation AS s
        JOIN bedrock.session AS w ON w.iam_principal = s.principal
        WHERE s.principal IS NOT NULL AND NOT s.is_event
        ORDER BY s.principal_key),
    request AS (
        INSERT INTO bedrock.invocation (request_key, logged_at, dimension_id, session_id, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, images,
                                        search_units, input_audio_ms, input_video_ms, output_audio_ms, output_video_ms, latency_ms, first_byte_ms,
                                        long_context, request_id, count_basis, error_code, metadata)
        SELECT s.request_key, s.logged_at, d.dimension_id, coalesce(w.session_id, 0), s.input_tokens, s.output_tokens, s.cache_read_tokens, s.cache_write_tokens, s.cache_write_1h_tokens, s.images, s.search_units, s.input_audio_ms,
               s.input_video_ms, s.output_audio_ms, s.output_video_ms, s.latency_ms, s.first_byte_ms,
               coalesce(s.input_tokens, 0)::bigint + coalesce(s.cache_read_tokens, 0) + coalesce(s.cache_write_tokens, 0) > long_context_from,
               s.request_id, s.count_basis, s.error_code, s.metadata
        FROM bedrock_invocation AS s
        JOIN bedrock.invocation_dimension AS d ON d.combination = s.combination
        LEFT JOIN caller AS w ON w.principal_key = s.principal_key
        WHERE s.reason IS NULL AND NOT s.is_event AND s.logged_at >= horizon
        ON CONFLICT (request_key) DO NOTHING
        RETURNING *),
    summed AS (
        INSERT INTO bedrock.invocation_day AS d (day, dimension_id, session_id, long_context, requests, failed_requests, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, images,
                                                 search_units, input_audio_ms, input_video_ms, output_audio_ms, output_video_ms,
                                                 cache_known_input_tokens, latency_requests, latency_ms)
        SELECT (r.logged_at AT TIME ZONE 'UTC')::date, r.dimension_id, r.session_id, r.long_context, count(*),
               count(*) FILTER (WHERE r.count_basis IS NULL OR r.error_code IS NOT NULL),
               sum(r.input_tokens), sum(r.output_tokens), sum(r.cache_read_tokens), sum(r.cache_write_tokens), sum(r.cache_write_1h_tokens), sum(r.images),
               sum(r.search_units), sum(r.input_audio_ms), sum(r.input_video_ms), sum(r.output_audio_ms), sum(r.output_video_ms),
               sum(r.input_tokens) FILTER (WHERE r.cache_read_tokens IS NOT NULL), count(r.latency_ms), sum(r.latency_ms)
        FROM request AS r
        GROUP BY 1, 2, 3, 4
        ON CONFLICT (day, dimension_id, session_id, long_context) DO UPDATE SET
            requests = d.requests + excluded.requests, failed_requests = d.failed_requests + excluded.failed_requests,
            latency_requests = d.latency_requests + excluded.latency_requests,
            input_tokens = coalesce(d.input_tokens + excluded.input_tokens, d.input_tokens, excluded.input_tokens),
            output_tokens = coalesce(d.output_tokens + excluded.output_tokens, d.output_tokens, excluded.output_tokens),
            cache_read_tokens = coalesce(d.cache_read_tokens + excluded.cache_read_tokens, d.cache_read_tokens, excluded.cache_read_tokens),
            cache_write_tokens = coalesce(d.cache_write_tokens + excluded.cache_write_tokens, d.cache_write_tokens, excluded.cache_write_tokens),
            cache_write_1h_tokens = coalesce(d.cache_write_1h_tokens + excluded.cache_write_1h_tokens, d.cache_write_1h_tokens, excluded.cache_write_1h_tokens),
            images = coalesce(d.images + excluded.images, d.images, excluded.images),
            search_units = coalesce(d.search_units + excluded.search_units, d.search_units, excluded.search_units),
            input_audio_ms = coalesce(d.input_audio_ms + excluded.input_audio_ms, d.input_audio_ms, excluded.input_audio_ms),
            input_video_ms = coalesce(d.input_video_ms + excluded.input_video_ms, d.input_video_ms, excluded.input_video_ms),
            output_audio_ms = coalesce(d.output_audio_ms + excluded.output_audio_ms, d.output_audio_ms, excluded.output_audio_ms),
            output_video_ms = coalesce(d.output_video_ms + excluded.output_video_ms, d.output_video_ms, excluded.output_video_ms),
            cache_known_input_tokens = coalesce(d.cache_known_input_tokens + excluded.cache_known_input_tokens, d.cache_known_input_tokens, excluded.cache_known_input_tokens),
            latency_ms = coalesce(d.latency_ms + excluded.latency_ms, d.latency_ms, excluded.latency_ms)
        RETURNING 1)
    SELECT count(*) INTO loaded FROM request;

    INSERT INTO bedrock.invocation_event (request_key, request_id, logged_at, region, inference_region, principal, source_address, error_code)
    SELECT s.request_key, s.request_id, s.logged_at, s.region, s.inference_region, s.principal, s.source_address, s.error_code
    FROM bedrock_invocation AS s
    WHERE s.is_event
    ON CONFLICT (request_key) DO NOTHING;
    GET DIAGNOSTICS events = ROW_COUNT;

    DELETE FROM bedrock.invocation_quarantine AS q WHERE afresh AND q.file = ANY (names);
    INSERT INTO bedrock.invocation_quarantine (file, line, reason)
    SELECT names[coalesce(s.file, 1)], s.line, s.reason FROM bedrock_invocation AS s WHERE s.reason IS NOT NULL;
    GET DIAGNOSTICS quarantined = ROW_COUNT;
    repeated := records - expired - loaded;
    differing := 0;
    IF repeated > 0 THEN
        -- The same request told twice must be told the same.
        INSERT INTO bedrock.invocation_quarantine (file, line, reason)
        SELECT names[coalesce(s.file, 1)], s.line, 'the request is loaded already, with another model, caller, time or count'
        FROM bedrock_invocation AS s
        JOIN bedrock.invocation AS i ON i.request_key = s.request_key
        JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id
        WHERE s.reason IS NULL AND NOT s.is_event
          AND (d.combination, i.logged_at, i.input_tokens, i.output_tokens, i.cache_read_tokens, i.cache_write_tokens)
              IS DISTINCT FROM (s.combination, s.logged_at, s.input_tokens, s.output_tokens, s.cache_read_tokens, s.cache_write_tokens);
        GET DIAGNOSTICS differing = ROW_COUNT;
        repeated := repeated - differing;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.write_invocations(text[], boolean) IS
    'writes what the temporary table bedrock_invocation has, rows of bedrock.read_invocations. names: of the files by their number; afresh: what is in bedrock.invocation_quarantine of these files goes';

CREATE OR REPLACE FUNCTION bedrock.load_invocations(VARIADIC path text[], OUT files bigint, OUT records bigint, OUT loaded bigint, OUT repeated bigint, OUT differing bigint,
    OUT expired bigint, OUT events bigint, OUT quarantined bigint) RETURNS record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
DECLARE
    label_keys text := bedrock.invocation_label_keys();
    part record;
    written record;
BEGIN
    SELECT 0, 0, 0, 0, 0, 0, 0, 0 INTO files, records, loaded, repeated, differing, expired, events, quarantined;
    -- A part at a time, so that what is staged has a limit. Bodies of their own files and Bedrock's test file are none.
    FOR part IN
        SELECT array_agg(f.file ORDER BY f.file) AS names
        FROM (SELECT s.file, sum(s.bytes) OVER (ORDER BY s.file) / 134217728 AS number
              FROM (SELECT DISTINCT l.file, l.bytes FROM unnest(path) AS p (path) CROSS JOIN LATERAL bedrock.server_files(p.path) AS l) AS s
              WHERE s.file !~ '/BedrockModelInvocationLogs/(.*/)?data/' AND s.file !~ '/amazon-bedrock-logs-permission-check$') AS f
        GROUP BY f.number ORDER BY f.number
    LOOP
        DROP TABLE IF EXISTS pg_temp.bedrock_invocation;
        CREATE TEMP TABLE bedrock_invocation ON COMMIT DROP AS SELECT * FROM bedrock.read_invocations(part.names, label_keys);
        ANALYZE bedrock_invocation (request_key, combination, principal_key, model, principal);
        written := bedrock.write_invocations(part.names, true);
        files := files + cardinality(part.names);
        records := records + written.records;
        loaded := loaded + written.loaded;
        repeated := repeated + written.repeated;
        differing := differing + written.differing;
        expired := expired + written.expired;
        events := events + written.events;
        quarantined := quarantined + written.quarantined;
    END LOOP;
    IF files = 0 THEN
        RAISE EXCEPTION 'there is no log file under %', array_to_string(path, ', ') USING ERRCODE = 'undefined_file',
            HINT = 'Paths are looked up on the database server; a directory is read with all below it.';
    END IF;
    DROP TABLE IF EXISTS pg_temp.bedrock_invocation;
END
$$;
COMMENT ON FUNCTION bedrock.load_invocations(text[]) IS
    'loads model invocation logs from files of the database server, in one transaction: JSON lines as S3 has them, exports and subscriptions of CloudWatch Logs, answers of aws logs, and CloudTrail files beside them; plain or gzip. path: files, directories with all below them, or patterns. A request is loaded once, however often it is told. Prompts and answers are stored nowhere. Returns files; records of requests; loaded: new ones; repeated: told before; differing: told before with other numbers, in bedrock.invocation_quarantine; expired: older than bedrock.invocation_horizon(); events: new ones of CloudTrail; quarantined: lines that are no record, in bedrock.invocation_quarantine with their reason. Needs the privileges of pg_read_server_files; an error: no file, a file that cannot be opened';

CREATE OR REPLACE FUNCTION bedrock.load_invocation_bytes(document bytea, name text, first_line bigint DEFAULT 1, OUT records bigint, OUT loaded bigint, OUT repeated bigint,
    OUT differing bigint, OUT expired bigint, OUT events bigint, OUT quarantined bigint) RETURNS record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_invocation;
    CREATE TEMP TABLE bedrock_invocation ON COMMIT DROP AS SELECT * FROM bedrock.parse_invocations(document, bedrock.invocation_label_keys());
    IF first_line > 1 THEN
        UPDATE bedrock_invocation AS s SET line = s.line + first_line - 1 WHERE s.reason IS NOT NULL;
    END IF;
    ANALYZE bedrock_invocation (request_key, combination, principal_key, model, principal);
    SELECT w.* INTO records, loaded, repeated, differing, expired, events, quarantined
    FROM bedrock.write_invocations(ARRAY[load_invocation_bytes.name], first_line = 1) AS w;
    DROP TABLE bedrock_invocation;
END
$$;
COMMENT ON FUNCTION bedrock.load_invocation_bytes(bytea, text, bigint) IS
    'loads model invocation logs from bytes, not packed, as bedrock.load_invocations does from files, for clients whose files the server cannot read. name: what bedrock.invocation_quarantine calls them. first_line: number of their first line in the file; 1 begins a file anew, whose earlier rows of bedrock.invocation_quarantine go';

CREATE OR REPLACE FUNCTION bedrock.load_invocation_text(document text, name text DEFAULT 'text', OUT records bigint, OUT loaded bigint, OUT repeated bigint, OUT differing bigint,
    OUT expired bigint, OUT events bigint, OUT quarantined bigint) RETURNS record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT b.* FROM bedrock.load_invocation_bytes(convert_to(load_invocation_text.document, 'UTF8'), load_invocation_text.name) AS b;
END;
COMMENT ON FUNCTION bedrock.load_invocation_text(text, text) IS
    'loads model invocation logs from a text, as bedrock.load_invocations does from files; name: what bedrock.invocation_quarantine calls it';

CREATE OR REPLACE FUNCTION bedrock.forget_invocations(days integer DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept integer := coalesce(days, bedrock.setting_value('invocation_retention_days')::integer);
    first_day date := (now() AT TIME ZONE 'UTC')::date - kept;
    horizon timestamptz := first_day::timestamp AT TIME ZONE 'UTC';
    forgotten bigint;
BEGIN
    IF kept < 0 THEN
        RAISE EXCEPTION 'days must be 0 or more, not %', kept USING ERRCODE = 'invalid_parameter_value';
    END IF;
    LOCK TABLE bedrock.invocation IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM bedrock.invocation AS i WHERE i.logged_at < horizon;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    DELETE FROM bedrock.invocation_event AS e WHERE e.logged_at < horizon;
    IF horizon > bedrock.invocation_horizon() THEN
        DELETE FROM bedrock.setting AS s WHERE s.name = 'state.invocation_horizon';
        INSERT INTO bedrock.setting (name, valid_from, value, note, builtin)
        VALUES ('state.invocation_horizon', '-infinity', first_day::text, 'first day whose single requests are kept', false);
    END IF;
    RETURN forgotten;
END
$$;
COMMENT ON FUNCTION bedrock.forget_invocations(integer) IS
    'deletes single requests older than so many days (UTC), by default setting invocation_retention_days, and CloudTrail events with them; sums by day stay as they are, and what was forgotten is not loaded again. Returns how many requests were deleted';

-- What was asked -------------------------------------------------------------------------------------------------------

CREATE OR REPLACE VIEW bedrock.request WITH (security_invoker) AS
SELECT i.logged_at, i.request_id, d.account_id, d.region, d.inference_region, d.operation, d.model, d.model_id, d.model_name, d.model_family, d.provider,
       d.tier, d.request_path, d.profile_arn, d.profile_name, d.pool, s.iam_principal, s.principal_session, s.user_email, d.principal_kind,
       d.principal_name, d.principal_key, d.caller_class, coalesce(d.application, '(untagged)') AS application, coalesce(d.project, '(untagged)') AS project,
       coalesce(d.team, '(untagged)') AS team, coalesce(d.customer, '(untagged)') AS customer, coalesce(d.environment, '(untagged)') AS environment,
       coalesce(d.workflow, '(untagged)') AS workflow, coalesce(d.engineer, '(untagged)') AS engineer, coalesce(d.cost_center, '(untagged)') AS cost_center,
       coalesce(d.department, '(untagged)') AS department, i.input_tokens::bigint AS input_tokens, i.output_tokens::bigint AS output_tokens,
       i.cache_read_tokens::bigint AS cache_read_tokens, i.cache_write_tokens::bigint AS cache_write_tokens,
       i.cache_write_1h_tokens::bigint AS cache_write_1h_tokens, i.images::bigint AS images, i.search_units::bigint AS search_units,
       i.input_audio_ms::bigint AS input_audio_ms, i.input_video_ms::bigint AS input_video_ms, i.output_audio_ms::bigint AS output_audio_ms,
       i.output_video_ms::bigint AS output_video_ms, i.latency_ms::bigint AS latency_ms, i.first_byte_ms::bigint AS first_byte_ms, i.long_context,
       i.count_basis, i.error_code, i.request_key::text AS request_key, NULL::numeric AS est_cost
FROM bedrock.invocation AS i
JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id
LEFT JOIN bedrock.session AS s ON s.session_id = i.session_id;
COMMENT ON VIEW bedrock.request IS
    'single requests of the model invocation logs, as long as they are kept, with all that is read out of them. Never to be added to the bill: it is compared with it';
COMMENT ON COLUMN bedrock.request.logged_at IS 'time of the record';
COMMENT ON COLUMN bedrock.request.request_id IS 'id of the request';
COMMENT ON COLUMN bedrock.request.account_id IS 'account that called; NULL: not stated';
COMMENT ON COLUMN bedrock.request.region IS 'region that was called; NULL: not stated';
COMMENT ON COLUMN bedrock.request.inference_region IS 'region that answered; NULL: the record does not tell';
COMMENT ON COLUMN bedrock.request.operation IS 'Converse, InvokeModel, ...; NULL: not stated';
COMMENT ON COLUMN bedrock.request.model IS 'modelId as logged';
COMMENT ON COLUMN bedrock.request.model_id IS 'foundation model; NULL: not resolved';
COMMENT ON COLUMN bedrock.request.model_name IS 'name of the model, else its id';
COMMENT ON COLUMN bedrock.request.model_family IS 'what versions roll up to; NULL: not known';
COMMENT ON COLUMN bedrock.request.provider IS 'who made the model; NULL: not known';
COMMENT ON COLUMN bedrock.request.tier IS 'as the answer states it; NULL: it does not';
COMMENT ON COLUMN bedrock.request.request_path IS 'how the model was reached: application_profile, system_profile, foundation_model, ...';
COMMENT ON COLUMN bedrock.request.profile_arn IS 'profile that was called: its ARN, or the id of a system profile; NULL: none';
COMMENT ON COLUMN bedrock.request.profile_name IS 'its name in the registry; NULL: none known';
COMMENT ON COLUMN bedrock.request.pool IS 'regions that may answer: a geography, global or regional; NULL: not known';
COMMENT ON COLUMN bedrock.request.iam_principal IS 'who called, with its session; NULL: not stated';
COMMENT ON COLUMN bedrock.request.principal_session IS 'session of an assumed role; NULL: none';
COMMENT ON COLUMN bedrock.request.user_email IS 'session or name where it is an e-mail address; NULL: none';
COMMENT ON COLUMN bedrock.request.principal_kind IS 'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none';
COMMENT ON COLUMN bedrock.request.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock.request.principal_key IS 'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock.request.caller_class IS 'human, machine, api_key, unknown, none';
COMMENT ON COLUMN bedrock.request.application IS 'application of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.project IS 'project of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.team IS 'team of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.customer IS 'customer of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.environment IS 'environment of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.workflow IS 'workflow of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.engineer IS 'engineer of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.cost_center IS 'cost center of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.department IS 'department of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request.input_tokens IS 'input tokens that came from no cache; NULL: not known';
COMMENT ON COLUMN bedrock.request.output_tokens IS 'output tokens; NULL: not known';
COMMENT ON COLUMN bedrock.request.cache_read_tokens IS 'tokens read from the prompt cache; NULL: not known';
COMMENT ON COLUMN bedrock.request.cache_write_tokens IS 'tokens written to it; NULL: not known';
COMMENT ON COLUMN bedrock.request.cache_write_1h_tokens IS 'those of them kept for an hour; NULL: not known';
COMMENT ON COLUMN bedrock.request.images IS 'images made; NULL: not known';
COMMENT ON COLUMN bedrock.request.search_units IS 'search units; NULL: not known';
COMMENT ON COLUMN bedrock.request.input_audio_ms IS 'audio taken in, in milliseconds; NULL: not known';
COMMENT ON COLUMN bedrock.request.input_video_ms IS 'video taken in, in milliseconds; NULL: not known';
COMMENT ON COLUMN bedrock.request.output_audio_ms IS 'audio made, in milliseconds; NULL: not known';
COMMENT ON COLUMN bedrock.request.output_video_ms IS 'video made, in milliseconds; NULL: not known';
COMMENT ON COLUMN bedrock.request.latency_ms IS 'milliseconds to the end of the answer; NULL: the log does not tell, which is usual';
COMMENT ON COLUMN bedrock.request.first_byte_ms IS 'milliseconds to the first byte; NULL: not told';
COMMENT ON COLUMN bedrock.request.long_context IS 'whether it is long context';
COMMENT ON COLUMN bedrock.request.count_basis IS 'log, body or NULL: where the counts stand';
COMMENT ON COLUMN bedrock.request.error_code IS 'error; NULL: none stated';
COMMENT ON COLUMN bedrock.request.request_key IS 'identity of the request';
COMMENT ON COLUMN bedrock.request.est_cost IS 'what the price book says it costs, in US dollars; NULL: not known, which is not 0';

CREATE OR REPLACE VIEW bedrock.request_day WITH (security_invoker) AS
SELECT i.day, d.account_id, d.region, d.inference_region, d.operation, d.model, d.model_id, d.model_name, d.model_family, d.provider, d.tier,
       d.request_path, d.profile_arn, d.profile_name, d.pool, s.iam_principal, s.principal_session, s.user_email, d.principal_kind, d.principal_name,
       d.principal_key, d.caller_class, coalesce(d.application, '(untagged)') AS application, coalesce(d.project, '(untagged)') AS project,
       coalesce(d.team, '(untagged)') AS team, coalesce(d.customer, '(untagged)') AS customer, coalesce(d.environment, '(untagged)') AS environment,
       coalesce(d.workflow, '(untagged)') AS workflow, coalesce(d.engineer, '(untagged)') AS engineer, coalesce(d.cost_center, '(untagged)') AS cost_center,
       coalesce(d.department, '(untagged)') AS department, i.long_context, i.requests, i.failed_requests, i.input_tokens, i.output_tokens,
       i.cache_read_tokens, i.cache_write_tokens, i.cache_write_1h_tokens, i.images, i.search_units, i.input_audio_ms, i.input_video_ms, i.output_audio_ms,
       i.output_video_ms, i.cache_known_input_tokens, i.latency_requests, i.latency_ms, NULL::numeric AS est_cost
FROM bedrock.invocation_day AS i
JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id
LEFT JOIN bedrock.session AS s ON s.session_id = i.session_id;
COMMENT ON VIEW bedrock.request_day IS
    'requests of the model invocation logs summed by day, with all that is read out of them; stays when single requests are forgotten. Never to be added to the bill: it is compared with it';
COMMENT ON COLUMN bedrock.request_day.day IS 'day (UTC)';
COMMENT ON COLUMN bedrock.request_day.account_id IS 'account that called; NULL: not stated';
COMMENT ON COLUMN bedrock.request_day.region IS 'region that was called; NULL: not stated';
COMMENT ON COLUMN bedrock.request_day.inference_region IS 'region that answered; NULL: the record does not tell';
COMMENT ON COLUMN bedrock.request_day.operation IS 'Converse, InvokeModel, ...; NULL: not stated';
COMMENT ON COLUMN bedrock.request_day.model IS 'modelId as logged';
COMMENT ON COLUMN bedrock.request_day.model_id IS 'foundation model; NULL: not resolved';
COMMENT ON COLUMN bedrock.request_day.model_name IS 'name of the model, else its id';
COMMENT ON COLUMN bedrock.request_day.model_family IS 'what versions roll up to; NULL: not known';
COMMENT ON COLUMN bedrock.request_day.provider IS 'who made the model; NULL: not known';
COMMENT ON COLUMN bedrock.request_day.tier IS 'as the answer states it; NULL: it does not';
COMMENT ON COLUMN bedrock.request_day.request_path IS 'how the model was reached: application_profile, system_profile, foundation_model, ...';
COMMENT ON COLUMN bedrock.request_day.profile_arn IS 'profile that was called: its ARN, or the id of a system profile; NULL: none';
COMMENT ON COLUMN bedrock.request_day.profile_name IS 'its name in the registry; NULL: none known';
COMMENT ON COLUMN bedrock.request_day.pool IS 'regions that may answer: a geography, global or regional; NULL: not known';
COMMENT ON COLUMN bedrock.request_day.iam_principal IS 'who called, with its session; NULL: not stated';
COMMENT ON COLUMN bedrock.request_day.principal_session IS 'session of an assumed role; NULL: none';
COMMENT ON COLUMN bedrock.request_day.user_email IS 'session or name where it is an e-mail address; NULL: none';
COMMENT ON COLUMN bedrock.request_day.principal_kind IS 'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none';
COMMENT ON COLUMN bedrock.request_day.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock.request_day.principal_key IS 'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock.request_day.caller_class IS 'human, machine, api_key, unknown, none';
COMMENT ON COLUMN bedrock.request_day.application IS 'application of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request_day.project IS 'project of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request_day.team IS 'team of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request_day.customer IS 'customer of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request_day.environment IS 'environment of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request_day.workflow IS 'workflow of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request_day.engineer IS 'engineer of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request_day.cost_center IS 'cost center of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request_day.department IS 'department of the registry, else of requestMetadata; (untagged): neither';
COMMENT ON COLUMN bedrock.request_day.long_context IS 'whether each request alone is long context';
COMMENT ON COLUMN bedrock.request_day.requests IS 'requests, failed ones among them';
COMMENT ON COLUMN bedrock.request_day.failed_requests IS 'those that state an error or count nothing';
COMMENT ON COLUMN bedrock.request_day.input_tokens IS 'input tokens that came from no cache; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.output_tokens IS 'output tokens; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.cache_read_tokens IS 'tokens read from the prompt cache; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.cache_write_tokens IS 'tokens written to it; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.cache_write_1h_tokens IS 'those of them kept for an hour; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.images IS 'images made; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.search_units IS 'search units; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.input_audio_ms IS 'audio taken in, in milliseconds; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.input_video_ms IS 'video taken in, in milliseconds; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.output_audio_ms IS 'audio made, in milliseconds; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.output_video_ms IS 'video made, in milliseconds; NULL: known of no request';
COMMENT ON COLUMN bedrock.request_day.cache_known_input_tokens IS 'input tokens of the requests whose cache tokens are known; NULL: known of none';
COMMENT ON COLUMN bedrock.request_day.latency_requests IS 'requests that tell their latency';
COMMENT ON COLUMN bedrock.request_day.latency_ms IS 'sum of it; NULL: none tells';
COMMENT ON COLUMN bedrock.request_day.est_cost IS 'what the price book says it costs, in US dollars; NULL: not known, which is not 0';

CREATE OR REPLACE FUNCTION bedrock.logged_period() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT date_trunc('month', max(d.day)::timestamp)::date FROM bedrock.invocation_day AS d;
END;
COMMENT ON FUNCTION bedrock.logged_period() IS
    'first day of the latest month that invocation logs are loaded for, what "this month" means to questions they answer; NULL: none are';
-- Beside the logs: metrics of CloudWatch, which know latency and throttles, and quotas.

CREATE OR REPLACE FUNCTION bedrock.load_cloudwatch_metrics(results jsonb, queries jsonb DEFAULT NULL, account_id text DEFAULT '', region text DEFAULT '') RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
DECLARE
    known constant text[] := ARRAY['Invocations', 'InvocationLatency', 'TimeToFirstToken', 'InputTokenCount', 'OutputTokenCount',
        'CacheReadInputTokenCount', 'CacheWriteInputTokenCount', 'OutputImageCount', 'InvocationThrottles',
        'InvocationClientErrors', 'InvocationServerErrors'];
    unclear text;
    written bigint;
BEGIN
    IF jsonb_typeof(results -> 'MetricDataResults') IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION 'results is no answer of get-metric-data' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It has no array MetricDataResults.', HINT = 'aws cloudwatch get-metric-data --metric-data-queries file://queries.json ... gives one.';
    END IF;

    DROP TABLE IF EXISTS pg_temp.bedrock_metric;
    CREATE TEMP TABLE bedrock_metric ON COMMIT DROP AS
    SELECT r.result ->> 'Id' AS id, coalesce(q.metric, l.metric) AS metric, coalesce(q.model, l.model, '') AS model,
           coalesce(q.statistic, l.statistic, '') AS statistic, coalesce(q.period, 0) AS period, v.measured_at::timestamptz AS measured_at, v.value::numeric AS value
    FROM jsonb_array_elements(results -> 'MetricDataResults') AS r (result)
    -- What was asked: with the queries at hand it is told, else the label tells.
    LEFT JOIN LATERAL (
        SELECT s.stat #>> '{Metric,MetricName}' AS metric, s.stat ->> 'Stat' AS statistic, (s.stat ->> 'Period')::integer AS period,
               (SELECT d.value ->> 'Value' FROM jsonb_array_elements(s.stat #> '{Metric,Dimensions}') AS d WHERE d.value ->> 'Name' = 'ModelId') AS model
        FROM jsonb_array_elements(coalesce(queries -> 'MetricDataQueries', queries)) AS a (query)
        CROSS JOIN LATERAL (SELECT a.query -> 'MetricStat' AS stat) AS s
        WHERE a.query ->> 'Id' = r.result ->> 'Id' AND s.stat IS NOT NULL LIMIT 1) AS q ON true
    CROSS JOIN LATERAL (
        SELECT max(w.word) FILTER (WHERE w.word = ANY (known)) AS metric,
               max(w.word) FILTER (WHERE w.word ~ '^(Sum|Average|Minimum|Maximum|SampleCount|p[0-9.]+)$') AS statistic,
               max(w.word) FILTER (WHERE w.word ~ '[.:/]' AND w.word !~ '^p[0-9.]+$') AS model
        FROM regexp_split_to_table(r.result ->> 'Label', '\s+') AS w (word)) AS l
    LEFT JOIN LATERAL (SELECT t.value #>> '{}', x.value #>> '{}'
                       FROM jsonb_array_elements(r.result -> 'Timestamps') WITH ORDINALITY AS t (value, n)
                       JOIN jsonb_array_elements(r.result -> 'Values') WITH ORDINALITY AS x (value, n) ON x.n = t.n) AS v (measured_at, value) ON true;
    SELECT m.id INTO unclear FROM bedrock_metric AS m WHERE m.metric IS NULL OR m.metric <> ALL (known) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'result "%" does not tell which metric of Bedrock it is', unclear USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give the MetricDataQueries of the request as queries, or labels of metric, model and statistic: "Invocations anthropic.claude-sonnet-4-6 Sum".';
    END IF;

    INSERT INTO bedrock.cloudwatch_metric (account_id, region, model, metric, statistic, period_seconds, measured_at, value)
    SELECT DISTINCT ON (m.metric, m.model, m.statistic, m.period, m.measured_at)
           coalesce(load_cloudwatch_metrics.account_id, ''), coalesce(load_cloudwatch_metrics.region, ''), m.model, m.metric, m.statistic, m.period, m.measured_at, m.value
    FROM bedrock_metric AS m
    WHERE m.measured_at IS NOT NULL AND m.value IS NOT NULL
    ORDER BY m.metric, m.model, m.statistic, m.period, m.measured_at, m.value DESC
    ON CONFLICT ON CONSTRAINT cloudwatch_metric_pkey DO UPDATE SET value = excluded.value;
    GET DIAGNOSTICS written = ROW_COUNT;
    DROP TABLE bedrock_metric;
    RETURN written;
END
$$;
COMMENT ON FUNCTION bedrock.load_cloudwatch_metrics(jsonb, jsonb, text, text) IS
    'loads values of CloudWatch metrics of Bedrock, as aws cloudwatch get-metric-data answers, and returns how many; a value loaded again replaces the one before. queries: MetricDataQueries of the request, which tell metric, model, statistic and period of each Id; without them the Label of a result must. account_id, region: where the answer is from, which it does not say. An error for a document of another kind and a result whose metric is not told. On the server: bedrock.server_file_text(path)::jsonb';

CREATE OR REPLACE FUNCTION bedrock.load_quotas(document jsonb, account_id text DEFAULT NULL, region text DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written bigint;
BEGIN
    IF jsonb_typeof(document -> 'Quotas') IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION 'document is no list of quotas' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It has no array Quotas.', HINT = 'aws service-quotas list-service-quotas --service-code bedrock gives one.';
    END IF;
    INSERT INTO bedrock.service_quota (account_id, region, quota_code, quota_name, value, unit, adjustable, kind, scope, model_id)
    SELECT DISTINCT ON (1, 2, 3)
           coalesce(load_quotas.account_id, nullif(split_part(q.quota ->> 'QuotaArn', ':', 5), ''), ''),
           coalesce(load_quotas.region, nullif(split_part(q.quota ->> 'QuotaArn', ':', 4), ''), ''),
           q.quota ->> 'QuotaCode', n.name, (q.quota ->> 'Value')::numeric, q.quota ->> 'Unit', (q.quota ->> 'Adjustable')::boolean,
           CASE WHEN n.name ~* 'tokens per minute' THEN 'tokens_per_minute' WHEN n.name ~* 'requests per minute' THEN 'requests_per_minute'
                WHEN n.name ~* 'tokens per day' THEN 'tokens_per_day' END,
           CASE WHEN n.name ~* '^global cross-region' THEN 'global' WHEN n.name ~* '^cross-region' THEN 'cross_region' WHEN n.name ~* '^on-demand' THEN 'on_demand' END,
           coalesce(bedrock.model_by_name(m.model, 'product_name'), bedrock.model_by_name(regexp_replace(m.model, '^\S+ ', ''), 'product_name'))
    FROM jsonb_array_elements(document -> 'Quotas') AS q (quota)
    CROSS JOIN LATERAL (SELECT coalesce(q.quota ->> 'QuotaName', '') AS name) AS n
    -- On-demand model inference tokens per minute for Anthropic Claude Sonnet 4.6 V1
    CROSS JOIN LATERAL (SELECT nullif(regexp_replace(substring(n.name FROM ' for (.*)$'), ' V\d+$', ''), '') AS model) AS m
    WHERE coalesce(q.quota ->> 'ServiceCode', 'bedrock') = 'bedrock' AND q.quota ->> 'QuotaCode' IS NOT NULL AND q.quota ->> 'Value' IS NOT NULL
    ORDER BY 1, 2, 3
    ON CONFLICT ON CONSTRAINT service_quota_pkey DO UPDATE SET quota_name = excluded.quota_name, value = excluded.value, unit = excluded.unit,
        adjustable = excluded.adjustable, kind = excluded.kind, scope = excluded.scope, model_id = excluded.model_id, loaded_at = excluded.loaded_at;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;
COMMENT ON FUNCTION bedrock.load_quotas(jsonb, text, text) IS
    'loads quotas of Bedrock, as aws service-quotas list-service-quotas answers, and returns how many; a quota loaded again replaces the one before. account_id, region: by default those of each QuotaArn. An error for a document of another kind';

CREATE OR REPLACE FUNCTION bedrock.set_residency_policy(policy text, regions text[], application text DEFAULT NULL, account_id text DEFAULT NULL, note text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(cardinality(regions), 0) = 0 OR array_position(regions, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'policy "%" allows no region', policy USING ERRCODE = 'invalid_parameter_value', HINT = 'Give patterns with %: ARRAY[''eu-%''].';
    END IF;
    INSERT INTO bedrock.residency_policy (policy, application, account_id, regions, note)
    VALUES (set_residency_policy.policy, set_residency_policy.application, set_residency_policy.account_id, set_residency_policy.regions, set_residency_policy.note)
    ON CONFLICT ON CONSTRAINT residency_policy_pkey DO UPDATE
    SET application = excluded.application, account_id = excluded.account_id, regions = excluded.regions, note = excluded.note;
END
$$;
COMMENT ON FUNCTION bedrock.set_residency_policy(text, text[], text, text, text) IS
    'says where the requests of an application, an account or (both NULL) of everybody may be called and answered: regions as patterns with %; a policy of the same name is replaced. An error without a region';
-- Nothing in the private schema is granted to everybody; only the row functions are.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA bedrock FROM PUBLIC;
