-- estimated_cost as people call it: on sums, with the spellings of gateways, with a name; and why it has no answer.
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- Made-up models, so that every figure is a product of what stands here: 2 dollars a million, 4 above 1,000 tokens of input,
-- 10 for output, 15 in long requests.
INSERT INTO bedrock.model (model_id, provider, model_family, model_name, context_window) VALUES
    ('writer.rocket-2-20260101-v1:0', 'Writer', 'Rocket', 'Rocket 2', 5000), ('writer.rocket-3-20260601-v1:0', 'Writer', 'Rocket', 'Rocket 3', NULL),
    ('writer.rocket-3-20260701-v2:0', 'Writer', 'Rocket', 'Rocket 3 v2', NULL);
SELECT count(*) FROM (VALUES ('input', 2, NULL), ('input', 4, 1000), ('output', 10, NULL), ('output', 15, 1000), ('cache_read', 1, NULL), ('cache_read', 2, 1000)) AS p (kind, usd, above),
    (VALUES ('writer.rocket-2-20260101-v1:0'), ('writer.rocket-3-20260601-v1:0')) AS m (model_id),
    bedrock.set_price(m.model_id, p.kind, p.usd, long_context_above => p.above, valid_from => NULL);

-- What one request can have is one request. Above the window it is a total, also where only cached tokens make it one; output
-- decides nothing.
SELECT input, output, cache_read, estimated_cost('writer.rocket-2-20260101-v1:0', input, output, cache_read) * 1000000 AS millionths, expected
FROM (VALUES (1000, 0, 0, 1000 * 2), (1001, 0, 0, 1001 * 4), (5000, 0, 0, 5000 * 4), (5001, 0, 0, 5001 * 2), (1000, 100000, 0, 1000 * 2 + 100000 * 10), (5000, 7, 0, 5000 * 4 + 7 * 15),
             (900, 7, 101, 900 * 4 + 7 * 15 + 101 * 2), (900, 7, 4101, 900 * 2 + 7 * 10 + 4101 * 1)) AS v (input, output, cache_read, expected)
WHERE estimated_cost('writer.rocket-2-20260101-v1:0', input, output, cache_read) * 1000000 IS DISTINCT FROM expected;
-- The caller may say that it is a total, small or large.
SELECT estimated_cost('writer.rocket-2-20260101-v1:0', 2000, long_context => false) * 1000000 AS small_total, estimated_cost('writer.rocket-2-20260101-v1:0', 2000, long_context => true) * 1000000 AS long_total,
       estimated_cost('writer.rocket-2-20260101-v1:0', 1e12, long_context => true) AS large_long_total;
-- No model is known to hold more than the largest window: beyond it even a model whose window nobody knows has a total.
SELECT estimated_cost('writer.rocket-3-20260601-v1:0', w) = w * 0.000004 AS one_request, estimated_cost('writer.rocket-3-20260601-v1:0', w + 1) = (w + 1) * 0.000002 AS total
FROM (SELECT max(context_window) AS w FROM bedrock.models) x;
-- So a GROUP BY sums right: requests that are not long, their days and their month cost the same.
CREATE TEMP TABLE request AS
SELECT 'writer.rocket-2-20260101-v1:0' AS model_id, date '2026-09-01' + n % 28 AS day, n % 1000 AS input, n % 77 AS output FROM generate_series(1, 28000) AS n;
SELECT (SELECT sum(estimated_cost(model_id, input, output)) FROM request) = total.cost AS requests,
       (SELECT sum(cost) FROM (SELECT estimated_cost(model_id, sum(input), sum(output)) AS cost FROM request GROUP BY model_id, day) AS d) = total.cost AS days,
       (SELECT sum(cost) FROM (SELECT estimated_cost(model_id, sum(input), sum(output)) AS cost FROM request GROUP BY model_id) AS m) = total.cost AS month
FROM (SELECT sum(input) * 0.000002 + sum(output) * 0.00001 AS cost FROM request) AS total;
-- Every priced model answers for sums as it does for one request.
SELECT m.model_id, p.token_kind
FROM bedrock.models AS m CROSS JOIN LATERAL bedrock.price_of(m.model_id, 'us-east-1', long_context => false) AS p
WHERE p.token_kind IN ('input', 'output') AND p.reason IS NULL AND p.modality IS NULL AND p.unit IN ('1M tokens', '1K tokens')
  AND estimated_cost(m.model_id, CASE p.token_kind WHEN 'input' THEN 1e10 END, CASE p.token_kind WHEN 'output' THEN 1e10 END, region => 'us-east-1')
      IS DISTINCT FROM 1e10 * p.usd * CASE p.unit WHEN '1K tokens' THEN 0.001 ELSE 0.000001 END;

-- A logged request is one request, whatever the catalogue says the model can hold: 6,000 tokens at the long price.
SELECT loaded FROM bedrock.load_invocation_text('{"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"2026-09-02T00:00:00Z","accountId":"111122223333","region":"us-east-1","requestId":"big","operation":"Converse","modelId":"writer.rocket-2-20260101-v1:0","input":{"inputContentType":"application/json","inputTokenCount":6000},"output":{"outputTokenCount":10}}', 'big');
SELECT est_cost * 1000000 = 6000 * 4 + 10 * 15 AS long_price, long_context FROM bedrock.request WHERE request_id = 'big';
SELECT est_cost * 1000000 = 6000 * 4 + 10 * 15 AS long_price FROM bedrock.request_day WHERE model_id = 'writer.rocket-2-20260101-v1:0';

-- Names: without provider, version and date, in other spellings, where one model fits. What is another version, another
-- provider, or fits two models is none of them.
SELECT v.said, t.model_id, t.region, t.routing
FROM (VALUES ('anthropic.claude-sonnet-4-5-20250929-v1:0'), ('claude-sonnet-4-5'), ('claude-sonnet-4.5'), ('Claude Sonnet 4.5'), ('claude-4.5-sonnet'), ('claude-sonnet-4-5-20250929'), ('claude-sonnet-4-5-v1:0'),
             ('us.anthropic.claude-sonnet-4-5'), ('global.anthropic.claude-sonnet-4-5'), ('nova-lite'), ('titan-embed-text-v2'), ('gpt-oss-120b'), ('rocket 2'),
             -- LiteLLM
             ('bedrock/us.anthropic.claude-sonnet-4-6'), ('bedrock/converse/us.anthropic.claude-sonnet-4-6'), ('bedrock/invoke/global.anthropic.claude-sonnet-4-6'), ('converse/anthropic.claude-sonnet-4-6'),
             ('bedrock/eu-west-1/anthropic.claude-sonnet-4-6'), ('bedrock_mantle/openai.gpt-5.6-sol'), ('bedrock/arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6'),
             -- Claude Code, LangChain, Portkey, OpenRouter
             ('us.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]'), ('bedrock_converse:us.anthropic.claude-sonnet-4-6'), ('@bedrock/us.anthropic.claude-sonnet-4-6'), ('amazon-bedrock/claude-sonnet-4-6'),
             ('anthropic/claude-sonnet-4.5'), ('meta-llama/llama-3.1-70b-instruct'), ('amazon/nova-lite-v1')) AS v (said)
LEFT JOIN LATERAL bedrock_internal.price_targets(v.said) AS t ON true;
SELECT v.said, t.model_id FROM (VALUES ('claude'), ('claude-sonnet'), ('rocket-3'), ('rocket-2-v7'), ('nova-lite-v3:0'), ('anthropic.claude-sonnet-4-5-20270101-v1:0'), ('azure/gpt-5.4'), ('vertex_ai/claude-sonnet-4-5'),
    ('openrouter/anthropic/claude-sonnet-4.5'), ('bedrock/us-west-2/1-month-commitment/anthropic.claude-v2'), ('bedrock/llama/arn:aws:bedrock:us-east-1:123456789012:imported-model/abc'), ('bedrock/'), ('/'), ('[1m]')) AS v (said)
CROSS JOIN LATERAL bedrock_internal.price_targets(v.said) AS t WHERE t.model_id <> v.said;
-- A string that the user priced or made an alias is what it is, also where it looks like a gateway's.
SELECT bedrock.set_price('bedrock/house-model', 'input', 7, valid_from => NULL);
INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES ('model_id', 'bedrock/best', 'writer.rocket-2-20260101-v1:0');
SELECT estimated_cost('bedrock/house-model', 1000000) AS priced, estimated_cost('bedrock/best', 1000) AS alias;
-- An application profile in the clothes of a gateway.
SELECT action FROM bedrock.import_profiles('{"inferenceProfileSummaries": [{"inferenceProfileName": "e1", "type": "APPLICATION", "status": "ACTIVE",
    "inferenceProfileArn": "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/e1", "models": [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/writer.rocket-2-20260101-v1:0"}]}]}');
SELECT estimated_cost('bedrock/converse/arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/e1', 1000) AS by_registry;

-- Why there is no answer.
SELECT v.model, v.region, v.tier, p.token_kind, p.cache_ttl, p.usd, p.reason
FROM (VALUES (1, 'claude-sonnet-4-5', NULL, NULL), (2, 'claude-sonnet-4-5', 'us-east-1', NULL), (3, 'claude-sonnet-4-5', 'moon-1', NULL), (4, 'rocket-3', NULL, NULL), (5, 'amazon.nova-micro-v1:0', 'us-east-1', 'fast'),
             (6, 'qwerty', NULL, NULL), (7, '', NULL, NULL), (8, NULL, NULL, NULL), (9, 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/nobody', NULL, NULL),
             (10, 'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc', NULL, NULL), (11, 'bedrock/us-west-2/1-month-commitment/anthropic.claude-v2', NULL, NULL), (12, 'writer.rocket-3-20260701-v2:0', NULL, NULL)) AS v (n, model, region, tier)
CROSS JOIN LATERAL bedrock.price_of(v.model, v.region, tier => v.tier, at => '2026-10-20', long_context => false) AS p
ORDER BY v.n, array_position(ARRAY['input', 'output', 'cache_read', 'cache_write'], p.token_kind), p.cache_ttl NULLS FIRST;
SELECT p.token_kind, p.long_context_above, p.usd, p.reason FROM bedrock.price_of('rocket 2') AS p;
SELECT DISTINCT p.reason FROM bedrock.price_of('amazon.nova-micro-v1:0', 'us-east-1', routing => 'global') AS p;
SELECT DISTINCT p.reason FROM bedrock.price_of('amazon.nova-micro-v1:0', 'us-east-1', long_context => true) AS p;
SELECT DISTINCT p.reason FROM bedrock.price_of('rocket 2', basis => 'effective') AS p;
SELECT DISTINCT p.reason FROM bedrock.price_of('rocket 2', at => 'infinity') AS p;
SELECT bedrock.set_price('writer.rocket-3-20260701-v2:0', 'input', 1, valid_from => '2026-08-01', valid_to => '2026-08-31');
SELECT d::date AS day, p.reason FROM unnest(ARRAY['2026-07-31', '2026-08-01', '2026-09-01']::timestamptz[]) AS d, bedrock.price_of('writer.rocket-3-20260701-v2:0', at => d) AS p WHERE p.token_kind = 'input';
BEGIN;
INSERT INTO bedrock.price (model_id, token_kind, usd, region, origin, source, doubtful) VALUES ('two.prices', 'input', 1, '*', 'price_list', 'a', false), ('two.prices', 'input', 2, '*', 'price_list', 'b', false),
    ('two.prices', 'output', 0, '*', 'price_list', 'a', true), ('two.prices', 'cache_read', 1, 'eu-west-1', 'price_list', 'a', false), ('two.prices', 'cache_read', 2, 'us-east-1', 'price_list', 'a', false);
SELECT p.token_kind, p.cache_ttl, p.reason FROM bedrock.price_of('two.prices') AS p;
ROLLBACK;
-- A word that names no region has no price, although Claude Sonnet 4.5 has long-context prices of every region: 300,000 input
-- tokens at 6.6 dollars a million and 5 of output at 24.75 are 1.98 + 0.00012375 dollars in us-east-1.
SELECT v.region, estimated_cost('Claude Sonnet 4.5', 1000, 5, region => v.region, at => '2026-10-20') IS NOT NULL AS short,
       estimated_cost('Claude Sonnet 4.5', 300000, 5, region => v.region, at => '2026-10-20') AS long,
       (SELECT string_agg(DISTINCT p.reason, '; ') FROM bedrock.price_of('Claude Sonnet 4.5', v.region, at => '2026-10-20') AS p) AS reason
FROM (VALUES ('us-east-1'), ('us-east1'), ('US East (N. Virginia)'), ('use1'), ('us-east'), ('mars'), ('--')) AS v (region);
SELECT estimated_cost('arn:aws:bedrock:us-east1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0', 300000, 5, at => '2026-10-20') AS of_an_arn;
-- Nor has what is not metered in tokens of text; no model of the book has a price there.
SELECT count(*) FROM bedrock.models AS m, bedrock.price_of(m.model_id, 'mars', at => '2026-10-20') AS p WHERE p.usd IS NOT NULL OR p.reason IS NULL;
SELECT count(*) FROM bedrock.models AS m, bedrock_internal.other_prices(m.model_id, 'mars', 'regional', 'standard', '2026-10-20', NULL, 'book') AS p;
SELECT count(*) > 0 AS elsewhere FROM bedrock.models AS m, bedrock_internal.other_prices(m.model_id, 'us-east-1', 'regional', 'standard', '2026-10-20', NULL, 'book') AS p WHERE p.region = '*';
SELECT DISTINCT bedrock.meter_cost(m.meter, 1, 'mars', '2026-10-20') AS mars FROM bedrock.meter_price AS m;
-- A region that the user tells of, or prices, is one, at once and as long as it is there.
BEGIN;
INSERT INTO bedrock.region (region) VALUES ('mars-north-1');
SELECT estimated_cost('rocket 2', 1000, region => 'mars-north-1') AS told, estimated_cost('rocket 2', 1000, region => 'mars-south-1') AS untold,
       bedrock.meter_cost('web_search', 1, 'mars-north-1', '2026-10-20') = bedrock.meter_cost('web_search', 1, 'us-east-1', '2026-10-20') AS metered;
SELECT p.token_kind, p.usd, p.reason FROM bedrock.price_of('rocket 2', 'mars-north-1', long_context => false) AS p WHERE p.token_kind = 'input';
ROLLBACK;
SELECT estimated_cost('rocket 2', 1000, region => 'mars-north-1') AS forgotten;
BEGIN;
SELECT bedrock.set_price('rocket 2', 'input', 3, region => 'mars-south-1', valid_from => NULL);
-- 1,000 of input at its price there, 3, and 10 of output at that of every region, 10.
SELECT estimated_cost('rocket 2', 1000, 10, region => 'mars-south-1') * 1000000 = 1000 * 3 + 10 * 10 AS priced;
-- A region there is, in which this model has no price.
SELECT bedrock.set_price('writer.rocket-3-20260701-v2:0', 'output', 3, region => 'mars-south-1', valid_from => NULL);
SELECT p.reason FROM bedrock.price_of('writer.rocket-3-20260701-v2:0', 'us-east-1') AS p WHERE p.token_kind = 'output';
ROLLBACK;
-- One model that is similar, and more of them.
SELECT v.name, p.reason FROM (VALUES ('sonnet 4.5'), ('rocket 3')) AS v (name), bedrock.price_of(v.name, 'us-east-1') AS p;
-- NULL has a reason and a price has none, over the whole book: each kind alone, with and without a region, each length.
CREATE TEMP TABLE said AS
SELECT m.model_id AS model, r.region AS asked, p.*
FROM bedrock.models AS m CROSS JOIN (VALUES (NULL), ('us-east-1')) AS r (region) CROSS JOIN LATERAL bedrock.price_of(m.model_id, r.region, at => '2026-10-20') AS p;
SELECT model, asked, token_kind, cache_ttl, long_context_above, usd, reason
FROM said AS p
WHERE (usd IS NULL) <> (reason IS NOT NULL)
   OR token_kind IN ('input', 'output', 'cache_read', 'cache_write') AND modality IS NULL AND coalesce(unit, '1M tokens') IN ('1M tokens', '1K tokens')
      AND (reason IS NULL) <> (estimated_cost(model, CASE token_kind WHEN 'input' THEN 1 END, CASE token_kind WHEN 'output' THEN 1 END, CASE token_kind WHEN 'cache_read' THEN 1 END,
          CASE WHEN token_kind = 'cache_write' AND cache_ttl IS DISTINCT FROM '1h' THEN 1 END, CASE WHEN cache_ttl = '1h' THEN 1 END, asked, at => '2026-10-20',
          long_context => long_context_above IS NOT NULL) IS NOT NULL);
SELECT m.model_id FROM bedrock.models AS m
WHERE estimated_cost(m.model_id, 1, 1, 1, 1, 1, at => '2026-10-20') IS NULL AND NOT EXISTS (SELECT FROM said AS s WHERE s.model = m.model_id AND s.asked IS NULL AND s.reason IS NOT NULL);
-- A reason begins with words that docs/pricing.md explains.
\set pricing `cat "$BEDROCK_CORPUS"/../../docs/pricing.md`
SELECT DISTINCT s.reason
FROM said AS s
WHERE s.reason IS NOT NULL AND NOT EXISTS (
    SELECT FROM regexp_matches(substring(:'pricing' FROM 'A reason begins with one of these:(.*?)`dated`'), '`([^`]+)`', 'g') AS w (words)
    WHERE starts_with(s.reason, split_part(w.words[1], '...', 1)));
SELECT count(DISTINCT reason) > 10 AS many FROM said;

DELETE FROM bedrock.price WHERE NOT builtin;
DELETE FROM bedrock.model WHERE NOT builtin;
DELETE FROM bedrock.model_alias WHERE NOT builtin;
DELETE FROM bedrock.profile WHERE profile_id = 'e1';
DELETE FROM bedrock.invocation;
DELETE FROM bedrock.invocation_day;
