-- The price book that is shipped: named prices by hand, the three days of a price, life cycles, what holds over the whole book, and
-- what is metered without a model. A query that says nothing of its own lists what breaks a rule, and lists nothing.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set VERBOSITY terse

-- The prices of bills and cards, by hand: tokens times US dollars a million. 100,000 x 5.50 + 10,000 x 33 = 0.55 + 0.33, and so on.
SELECT v.*, e.cost
FROM (VALUES
    ('openai.gpt-oss-20b', 'us-east-1', date '2026-10-08', 100000, 0, 0.007),
    ('openai.gpt-5.6-sol', 'us-east-1', '2026-07-13', 100000, 10000, 0.88),
    ('openai.gpt-5.6-sol', 'us-east-1', '2026-08-24', 100000, 10000, 0.88),
    ('openai.gpt-5.6-sol', 'us-east-1', '2026-08-26', 100000, 10000, 0.88),
    ('us.openai.gpt-5.6-sol', 'us-west-2', '2026-08-25', 100000, 10000, 0.88),
    ('openai.gpt-5.6-sol', 'us-east-1', '2026-09-17', 100000, 10000, 0.66),
    ('openai.gpt-5.6-sol', 'us-east-1', '2026-09-23', 100000, 10000, 0.66),
    ('us.openai.gpt-5.6-sol', 'us-west-2', '2026-09-17', 100000, 10000, 0.66),
    ('openai.gpt-5.6-sol', 'us-east-1', '2026-08-25', 300000, 1000, 3.3495),
    ('openai.gpt-5.6-sol', 'us-east-1', '2026-09-25', 300000, 1000, 2.673),
    ('global.openai.gpt-5.6-sol', 'eu-west-1', '2026-08-18', 100000, 1000, 0.53),
    ('global.openai.gpt-5.6-sol', 'eu-west-1', '2026-09-17', 100000, 1000, 0.42),
    ('global.openai.gpt-5.6-sol', 'eu-west-1', '2026-09-25', 300000, 1000, 2.43),
    ('openai.gpt-5.6-luna', 'us-east-1', '2026-07-29', 100000, 10000, 0.176),
    ('openai.gpt-5.6-luna', 'us-east-1', '2026-07-30', 100000, 10000, 0.0352),
    ('global.openai.gpt-5.6-luna', 'us-east-1', '2026-07-29', 100000, 10000, NULL),
    ('global.openai.gpt-5.6-luna', 'us-east-1', '2026-09-01', 100000, 10000, 0.032),
    ('in.openai.gpt-5.6-terra', 'ap-south-1', '2026-09-01', 100000, 10000, 0.352),
    ('openai.gpt-5.5', 'us-east-1', '2026-08-28', 301016, 0, 3.311176),
    ('openai.gpt-5.5', 'us-east-1', '2026-08-28', 301016, 1000, 3.360676),
    ('openai.gpt-5.5', 'us-east-1', '2026-08-28', 272000, 1000, 1.529),
    ('openai.gpt-5.4', 'us-east-1', '2026-08-28', 301016, 0, 1.655588),
    ('openai.gpt-5.4', 'us-east-1', '2026-08-28', 301016, 1000, 1.680338),
    ('openai.gpt-5.4', 'us-west-2', '2026-08-28', 100000, 1000, 0.2915),
    ('global.openai.gpt-6-luna', 'eu-central-1', '2026-10-10', 100000, 10000, 0.015),
    ('us.openai.gpt-6-luna', 'us-east-2', '2026-10-10', 100000, 10000, 0.0165),
    ('global.openai.gpt-6-luna', 'eu-central-1', '2026-10-10', 300000, 1000, 0.06075),
    ('global.openai.gpt-6-luna', 'eu-central-1', '2026-09-21', 100000, 10000, NULL),
    ('amazon.titan-embed-text-v2:0', 'us-east-1', '2026-10-08', 8000, 0, 0.00016),
    ('amazon.titan-embed-text-v2:0', 'us-east-2', '2026-10-08', 8000, 0, 0.00016),
    ('amazon.titan-embed-text-v2:0', 'us-west-2', '2026-10-08', 8000, 0, 0.00016),
    ('amazon.titan-embed-text-v2:0', 'ap-northeast-1', '2026-10-08', 8000, 0, 0.000232),
    ('amazon.titan-embed-text-v2:0', 'eu-west-3', '2026-10-08', 8000, 0, NULL)) AS v (model, region, day, input, output, by_hand)
CROSS JOIN LATERAL (SELECT estimated_cost(v.model, v.input, v.output, region => v.region, at => v.day::timestamptz) AS cost) AS e
WHERE e.cost IS DISTINCT FROM v.by_hand;
-- The mantle id has a price of its own; the profiles of the new model are known.
SELECT usd FROM bedrock.prices WHERE model_id = 'openai.gpt-oss-20b' AND token_kind = 'input';
SELECT profile_id, model_id FROM bedrock.system_profiles WHERE model_id = 'openai.gpt-6-luna' ORDER BY 1;
SELECT count(*) FILTER (WHERE profile_id LIKE 'us.%') AS us, count(*) FILTER (WHERE profile_id LIKE 'global.%') AS global
FROM (SELECT DISTINCT profile_id, source_region FROM bedrock.system_profile_regions WHERE profile_id LIKE '%.openai.gpt-6-luna') AS r;

-- Three days of a price: announced, billed from, listed on. Only the second dates it. The cut of GPT-5.6 Sol was announced on 21 August
-- and listed by the 31st; bills of 24 to 26 August have the old price, the bill of 17 September the new one.
SELECT d::date AS day, p.usd, p.dated, p.announced_on, p.billed_from, p.as_of, p.valid_from, p.valid_to
FROM unnest(ARRAY['2026-07-13', '2026-08-26', '2026-08-27', '2026-09-16', '2026-09-17', '2026-10-08']::timestamptz[]) AS d,
     LATERAL bedrock.price_of('openai.gpt-5.6-sol', 'us-east-1', at => d, long_context => false) AS p
WHERE p.token_kind = 'input' ORDER BY 1;
-- A price that no bill has and only a list: not dated from its first day on. Without a first day: from when it was listed.
BEGIN;
INSERT INTO bedrock.price (model_id, region, routing, token_kind, usd, valid, billed_from, as_of, origin) VALUES
    ('mine.listed', 'us-east-1', 'regional', 'input', 1, '[2026-09-01,)', NULL, '2026-09-01', 'price_list'),
    ('mine.billed', 'us-east-1', 'regional', 'input', 1, '[2026-09-01,)', '2026-09-10', '2026-09-01', 'price_list'),
    ('mine.undated', 'us-east-1', 'regional', 'input', 1, '(,)', NULL, '2026-09-01', 'price_list'),
    ('mine.unseen', 'us-east-1', 'regional', 'input', 1, '(,)', NULL, NULL, 'price_list');
SELECT bedrock.set_price('mine.set', 'input', 1, valid_from => '2026-09-05');
SELECT m AS model, d::date AS day, p.dated
FROM unnest(ARRAY['mine.listed', 'mine.billed', 'mine.undated', 'mine.unseen', 'mine.set']) AS m, unnest(ARRAY['2026-08-31', '2026-09-01', '2026-09-10']::timestamptz[]) AS d,
     LATERAL bedrock.price_of(m, 'us-east-1', at => d) AS p WHERE p.token_kind = 'input' ORDER BY 1, 2;
INSERT INTO bedrock.price (model_id, token_kind, usd, valid, billed_from, origin) VALUES ('mine.bad', 'input', 1, '[2026-09-01,)', '2026-08-31', 'price_list');
ROLLBACK;

-- Life cycle: the dates that AWS published, and the state of each day.
SELECT v.model_id, v.day, v.state, s.so
FROM (VALUES
    ('anthropic.claude-3-7-sonnet-20250219-v1:0', date '2026-04-27', 'ACTIVE'), ('anthropic.claude-3-7-sonnet-20250219-v1:0', '2026-04-28', 'END_OF_LIFE'),
    ('anthropic.claude-3-haiku-20240307-v1:0', '2026-03-09', 'ACTIVE'), ('anthropic.claude-3-haiku-20240307-v1:0', '2026-03-10', 'LEGACY'),
    ('anthropic.claude-3-haiku-20240307-v1:0', '2026-06-10', 'EXTENDED_ACCESS'), ('anthropic.claude-3-haiku-20240307-v1:0', '2026-09-09', 'EXTENDED_ACCESS'),
    ('anthropic.claude-3-haiku-20240307-v1:0', '2026-09-10', 'END_OF_LIFE'),
    ('anthropic.claude-sonnet-4-20250514-v1:0', '2026-10-13', 'EXTENDED_ACCESS'), ('anthropic.claude-sonnet-4-20250514-v1:0', '2026-10-14', 'END_OF_LIFE'),
    ('ai21.jamba-1-5-large-v1:0', '2026-11-25', 'EXTENDED_ACCESS'), ('ai21.jamba-1-5-large-v1:0', '2026-11-26', 'END_OF_LIFE'),
    ('ai21.jamba-1-5-mini-v1:0', '2026-11-25', 'EXTENDED_ACCESS'), ('ai21.jamba-1-5-mini-v1:0', '2026-11-26', 'END_OF_LIFE'),
    ('anthropic.claude-opus-4-1-20250805-v1:0', '2026-10-07', 'LEGACY'), ('anthropic.claude-opus-4-1-20250805-v1:0', '2026-10-08', 'EXTENDED_ACCESS'),
    ('anthropic.claude-opus-4-1-20250805-v1:0', '2027-01-07', 'EXTENDED_ACCESS'), ('anthropic.claude-opus-4-1-20250805-v1:0', '2027-01-08', 'END_OF_LIFE'),
    ('anthropic.claude-sonnet-4-6', '2026-10-08', 'ACTIVE'), ('amazon.nova-sonic-v1:0', '2026-09-13', 'LEGACY')) AS v (model_id, day, state)
LEFT JOIN bedrock.model AS m ON m.model_id = v.model_id AND m.builtin
CROSS JOIN LATERAL (SELECT bedrock_internal.model_lifecycle(m.lifecycle, m.legacy_date, m.extended_access_date, m.end_of_life_date, v.day)) AS s (so)
WHERE s.so IS DISTINCT FROM v.state;
-- What was stated counts where a date is missing; a state that is past is never said of an earlier day.
SELECT bedrock_internal.model_lifecycle('LEGACY', NULL, NULL, NULL, '2026-01-01') AS stated, bedrock_internal.model_lifecycle('EXTENDED_ACCESS', NULL, NULL, '2026-05-01', '2026-01-01') AS extended,
       bedrock_internal.model_lifecycle('END_OF_LIFE', NULL, NULL, NULL, '2026-01-01') AS ended, bedrock_internal.model_lifecycle('END_OF_LIFE', '2026-01-02', '2026-02-01', '2026-03-01', '2026-01-01') AS before,
       bedrock_internal.model_lifecycle('ACTIVE', NULL, NULL, '2026-03-01', '2026-01-01') AS ends_later, bedrock_internal.model_lifecycle(NULL, NULL, NULL, NULL, '2026-01-01') AS unknown;
-- The view says what is so today; the user's row wins.
SELECT count(*) AS models, count(*) FILTER (WHERE v.lifecycle IS DISTINCT FROM
           bedrock_internal.model_lifecycle(m.lifecycle, m.legacy_date, m.extended_access_date, m.end_of_life_date, (now() AT TIME ZONE 'UTC')::date)) AS not_of_today
FROM bedrock.model AS m JOIN bedrock.models AS v USING (model_id) WHERE m.end_of_life_date IS NOT NULL AND m.builtin;
BEGIN;
INSERT INTO bedrock.model (model_id, provider, model_family, model_name, lifecycle, end_of_life_date) VALUES ('mine.one', 'Mine', 'One', 'Mine One', 'ACTIVE', '2026-01-01');
INSERT INTO bedrock.model (model_id, provider, model_family, model_name, lifecycle) VALUES ('ai21.jamba-1-5-large-v1:0', 'AI21 Labs', 'Jamba', 'Jamba', 'EXTENDED_ACCESS');
SELECT model_id, lifecycle FROM bedrock.models WHERE model_id IN ('mine.one', 'ai21.jamba-1-5-large-v1:0') ORDER BY 1;
INSERT INTO bedrock.model (model_id, provider, model_family, model_name, lifecycle) VALUES ('mine.two', 'Mine', 'Two', 'Mine Two', 'RETIRED');
ROLLBACK;

-- What holds over the whole book, for one model, day and tier. What a source states otherwise is in "stated", and every line of it is there.
CREATE TEMP VIEW cell AS
SELECT p.model_id, m.provider, p.region, p.routing, p.tier, p.token_kind, p.cache_ttl, p.long_context_above, p.usd,
       daterange(p.valid_from, p.valid_to, '[]') AS days, p.region ~ '^us-gov-' AS gov
FROM bedrock.prices AS p JOIN bedrock.models AS m USING (model_id)
WHERE p.origin = 'shipped' AND p.unit = '1M tokens' AND p.modality IS NULL AND NOT p.doubtful AND p.token_kind IN ('input', 'output', 'cache_read', 'cache_write');
CREATE TEMP TABLE stated (rule text, model_id text, token_kind text, ratio numeric, source text);
INSERT INTO stated VALUES
    ('long', 'anthropic.claude-haiku-5-5', 'input', 5, 'AWS price list: above 100,000 tokens all kinds cost five times as much'),
    ('long', 'anthropic.claude-haiku-5-5', 'output', 5, 'AWS price list'),
    ('long', 'anthropic.claude-haiku-5-5', 'cache_read', 5, 'AWS price list'),
    ('long', 'anthropic.claude-haiku-5-5', 'cache_write', 5, 'AWS price list'),
    ('regional', 'anthropic.claude-sonnet-4-20250514-v1:0', 'input', 1, 'AWS price list: one price before Claude 4.5'),
    ('regional', 'anthropic.claude-sonnet-4-20250514-v1:0', 'output', 1, 'AWS price list'),
    ('regional', 'anthropic.claude-sonnet-4-20250514-v1:0', 'cache_read', 1, 'AWS price list'),
    ('regional', 'anthropic.claude-sonnet-4-20250514-v1:0', 'cache_write', 1, 'AWS price list'),
    ('cache', 'anthropic.claude-fable-5-1', 'cache_read', 0.025, 'AWS price list'),
    ('cache', 'anthropic.claude-mythos-5-1', 'cache_read', 0.025, 'AWS price list'),
    ('cache', 'anthropic.claude-opus-5-5', 'cache_read', 0.05, 'AWS price list'),
    ('cache', 'anthropic.claude-sonnet-5-5', 'cache_read', 0.05, 'AWS price list'),
    ('cache', 'openai.gpt-6.1-sol', 'cache_read', 0.05, 'AWS model card');
CREATE TEMP TABLE ratio AS
-- A long request: twice the input, cached tokens included, and 1.5 times the output.
SELECT 'long' AS rule, l.model_id, l.region, l.routing, l.tier, l.token_kind, l.cache_ttl, l.usd, s.usd AS of_usd, CASE l.token_kind WHEN 'output' THEN 1.5 ELSE 2 END AS rule_ratio
FROM cell AS l JOIN cell AS s ON (s.model_id, s.routing, s.tier, s.token_kind) = (l.model_id, l.routing, l.tier, l.token_kind) AND (l.region = s.region OR l.region = '*' AND NOT s.gov)
    AND s.cache_ttl IS NOT DISTINCT FROM l.cache_ttl AND s.long_context_above IS NULL AND s.days && l.days
WHERE l.long_context_above IS NOT NULL
UNION ALL
-- In a region and by a geography 1.1 times global, where AWS says so: Claude from 4.5 on, GPT. A global price of all regions is none of GovCloud.
SELECT 'regional', r.model_id, r.region, r.routing, r.tier, r.token_kind, r.cache_ttl, r.usd, g.usd, 1.1
FROM cell AS r JOIN cell AS g ON (g.model_id, g.tier, g.token_kind) = (r.model_id, r.tier, r.token_kind) AND g.cache_ttl IS NOT DISTINCT FROM r.cache_ttl
    AND g.long_context_above IS NOT DISTINCT FROM r.long_context_above AND g.days && r.days AND (g.region = r.region OR g.region = '*' AND NOT r.gov)
WHERE r.routing = 'regional' AND g.routing = 'global' AND r.provider IN ('Anthropic', 'OpenAI')
UNION ALL
-- A cache read a tenth of the input, a write 1.25 times it, one of an hour twice, where AWS says so: Claude, GPT.
SELECT 'cache', c.model_id, c.region, c.routing, c.tier, c.token_kind, c.cache_ttl, c.usd, i.usd, CASE WHEN c.token_kind = 'cache_read' THEN 0.1 WHEN c.cache_ttl = '1h' THEN 2 ELSE 1.25 END
FROM cell AS c JOIN cell AS i ON (i.model_id, i.region, i.routing, i.tier) = (c.model_id, c.region, c.routing, c.tier) AND i.token_kind = 'input'
    AND i.long_context_above IS NOT DISTINCT FROM c.long_context_above AND i.days && c.days
WHERE c.token_kind IN ('cache_read', 'cache_write') AND c.provider IN ('Anthropic', 'OpenAI');
SELECT rule, count(*) > 100 AS enough, count(DISTINCT model_id) > 3 AS of_several FROM ratio GROUP BY rule ORDER BY rule;
SELECT r.* FROM ratio AS r LEFT JOIN stated AS s USING (rule, model_id, token_kind) WHERE r.usd <> r.of_usd * coalesce(s.ratio, r.rule_ratio);
SELECT s.* FROM stated AS s WHERE NOT EXISTS (SELECT FROM ratio AS r WHERE (r.rule, r.model_id, r.token_kind) = (s.rule, s.model_id, s.token_kind) AND r.usd <> r.of_usd * r.rule_ratio);
-- A request that can be long can be made.
SELECT DISTINCT p.model_id, p.long_context_above, m.context_window FROM bedrock.prices AS p JOIN bedrock.models AS m USING (model_id) WHERE p.long_context_above >= m.context_window;
-- No price for all days beside one that has days: the same model, tier and kind, wherever it is called.
SELECT DISTINCT a.model_id, a.tier, a.token_kind FROM cell AS a JOIN cell AS b USING (model_id, tier, token_kind)
WHERE lower_inf(a.days) AND NOT lower_inf(b.days) AND (a.long_context_above IS NULL) = (b.long_context_above IS NULL);
-- Nor two prices of one thing on one day.
SELECT a.model_id, a.region, a.routing, a.tier, a.token_kind, a.cache_ttl, a.usd, b.usd FROM cell AS a JOIN cell AS b USING (model_id, region, routing, tier, token_kind)
WHERE a.cache_ttl IS NOT DISTINCT FROM b.cache_ttl AND a.long_context_above IS NOT DISTINCT FROM b.long_context_above AND a.days && b.days AND a.usd < b.usd;
-- Days in order; a price has a source; what has a first day says whether it is known to be billed from then.
SELECT p.model_id, p.region, p.valid_from, p.announced_on, p.billed_from, p.as_of FROM bedrock.prices AS p
WHERE p.origin = 'shipped' AND (p.source IS NULL OR p.announced_on > p.billed_from OR p.billed_from < p.valid_from OR p.valid_from IS NOT NULL AND p.billed_from IS NULL AND p.note IS NULL);
SELECT model_id, legacy_date, extended_access_date, end_of_life_date FROM bedrock.model
WHERE legacy_date > extended_access_date OR extended_access_date > end_of_life_date OR legacy_date > end_of_life_date OR extended_access_date IS NOT NULL AND end_of_life_date IS NULL;
SELECT count(*) > 20 AS have_an_end FROM bedrock.model WHERE builtin AND end_of_life_date IS NOT NULL;

-- What is metered without a model, by hand: 2,500 text units at 0.15 a thousand, 1,500 searches at 12 a thousand, hours.
SELECT v.*, c.cost
FROM (VALUES
    ('guardrail_content', 'us-east-1', 2500, 0.375), ('guardrail_topic', 'us-east-1', 2500, 0.375), ('web_search', 'us-east-1', 1500, 18),
    ('agentcore_runtime_vcpu', 'us-east-1', 10, 0.895), ('agentcore_runtime_memory', 'us-east-1', 100, 0.945), ('agentcore_runtime_vcpu', NULL, 10, 0.895),
    ('agentcore_runtime_vcpu', 'us-gov-west-1', 10, 1.074), ('agentcore_runtime_vcpu', 'us-gov-east-1', 10, NULL), ('guardrail_content', 'cn-north-1', 1, NULL),
    ('USE1-Guardrail-ContentPolicyUnitsConsumed', NULL, 2500, 0.375), ('Guardrail-TopicPolicyUnitsConsumed', 'eu-west-1', 1, 0.00015),
    ('EU-Guardrail-SensitiveInformationPolicyFreeUnitsConsumed', NULL, 2500, 0), ('USW2-Runtime:Consumption-based:vCPU', NULL, 0.5, 0.04475),
    ('UGW1-Runtime:Consumption-based:Memory', NULL, 1, 0.01134), ('USE1-NovaLite-input-tokens', NULL, 1, NULL), ('nothing', NULL, 1, NULL), ('', NULL, 1, NULL),
    ('guardrail_content', 'us-east-1', NULL, NULL)) AS v (meter, region, amount, by_hand)
CROSS JOIN LATERAL (SELECT bedrock.meter_cost(v.meter, v.amount, v.region) AS cost) AS c
WHERE c.cost IS DISTINCT FROM v.by_hand;
SELECT bedrock.meter_cost(NULL, 1) AS no_meter, bedrock.meter_cost('guardrail_content', 1, day => NULL) AS no_day;
SELECT meter FROM bedrock.meter_prices WHERE builtin AND (source IS NULL OR as_of IS NULL);
-- Each of its usage types is one that the bill's reader takes for no tokens.
SELECT m.usage_type, u.usage_group FROM bedrock.meter_prices AS m, bedrock_usage_parts('USE1-' || m.usage_type) AS u
WHERE m.usage_type IS NOT NULL AND (u.usage_group IN ('tokens', 'media') OR u.region IS DISTINCT FROM 'us-east-1');
-- A price of the user wins on its days, and is no list price.
BEGIN;
INSERT INTO bedrock.meter_price (meter, usage_type, usd, units, unit, valid) VALUES ('guardrail_content', 'Guardrail-ContentPolicyUnitsConsumed', 0.1, 1000, 'text unit', '[2026-09-01,2026-10-01)');
SELECT d AS day, bedrock.meter_cost('guardrail_content', 1000, 'us-east-1', d) AS book, bedrock.meter_cost('USE1-Guardrail-ContentPolicyUnitsConsumed', 1000, day => d, basis => 'list') AS list
FROM unnest(ARRAY['2026-08-31', '2026-09-01', '2026-09-30', '2026-10-01']::date[]) AS d;
ROLLBACK;
