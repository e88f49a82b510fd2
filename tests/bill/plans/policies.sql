-- SPDX-License-Identifier: PostgreSQL
-- Which models Acme allows, where, and how they may be reached; in September all of it is in force.
\set because '\'agreed by the AI council\''
-- Everybody: what was tested and approved. The lab tries others.
SELECT bedrock.set_model_policy('approved models', valid_from => '2026-07-01', reason => :because,
    models => '{Haiku,Sonnet,Opus,Nova,Titan,Embed,Rerank,Stable Image,Llama,Mistral,Ministral}');
-- Engineers were told in the middle of September to leave the largest models to production.
SELECT bedrock.set_model_policy('no Opus in dev', denied_models => '{Opus}', environment => 'dev',
    valid_from => '2026-09-14', note => 'full-size models are for production', reason => :because);
-- Approved, but not everywhere: not in an account, not in some regions.
SELECT bedrock.set_model_policy('sandbox', models => '{Haiku,Sonnet,Nova%}', account_id => '123456789012',
    valid_from => '2026-08-01', reason => :because);
SELECT bedrock.set_model_policy('Europe without Opus', denied_models => '{Opus}', region => 'eu-%',
    valid_from => '2026-09-01', reason => :because);
-- What Customer Insights calls in Europe is answered there.
SELECT bedrock.set_model_policy('insights in Europe', regions => '{eu-%}', workload => 'customer-insights',
    region => 'eu-%', valid_from => '2026-06-01', note => 'contract with Umbrella', reason => :because);
-- Insurance calls through its own profiles, as else nobody could tell whose a call is.
SELECT bedrock.set_model_policy('Insurance by profile', request_paths => '{application_profile}',
    element => 'Insurance', valid_from => '2026-09-01', reason => :because);
