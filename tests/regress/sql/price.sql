-- The price book and estimated_cost. Most queries list what breaks a rule, and list nothing.
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- Every price of text tokens prices itself: a million tokens cost what the row says.
CREATE TEMP VIEW book AS
SELECT p.*, coalesce(valid_from, as_of)::timestamptz AS day, long_context_above IS NOT NULL AS long
FROM bedrock.prices p WHERE unit IN ('1M tokens', '1K tokens') AND modality IS NULL;
SELECT count(*) > 13000 AS a_book FROM book;
SELECT model_id, region, routing, tier, token_kind, cache_ttl, long_context_above, usd, c.cost
FROM book, LATERAL (SELECT estimated_cost(model_id, CASE token_kind WHEN 'input' THEN 1000000 END, CASE token_kind WHEN 'output' THEN 1000000 END,
    CASE token_kind WHEN 'cache_read' THEN 1000000 END, CASE WHEN token_kind = 'cache_write' AND cache_ttl IS DISTINCT FROM '1h' THEN 1000000 END,
    CASE WHEN cache_ttl = '1h' THEN 1000000 END, region, routing, tier, day, long) AS cost) c
WHERE c.cost IS DISTINCT FROM usd;
-- So does what is metered otherwise, in price_of.
SELECT p.model_id, p.region, p.tier, p.token_kind, p.modality, p.unit, p.usd
FROM bedrock.prices p
WHERE (p.unit NOT IN ('1M tokens', '1K tokens') OR p.modality IS NOT NULL)
  AND NOT EXISTS (SELECT FROM bedrock.price_of(p.model_id, p.region, p.routing, p.tier, coalesce(p.valid_from, p.as_of)::timestamptz) o
                  WHERE (o.token_kind, o.cache_ttl, o.modality, o.unit, o.usd, o.price_region) IS NOT DISTINCT FROM (p.token_kind, p.cache_ttl, p.modality, p.unit, p.usd, p.region));

-- An oracle in plain SQL over bedrock.prices, on requests drawn from the book: every kind at once, with fractions.
CREATE TEMP TABLE ask AS
SELECT row_number() OVER () AS n, model_id, region, routing, tier, day, long, h % 977 AS a, h / 7 % 1013 + (h % 100) / 100.0 AS b, h / 11 % 3 * 5000 AS c, h / 13 % 2 * 333 AS d, h / 17 % 5 * 21 AS e
FROM (SELECT DISTINCT model_id, region, routing, tier, date '2026-10-20' - (hashtext(model_id || region) & 127) AS day, long,
             hashtext(model_id || region || routing || tier) & 2147483647 AS h FROM book) x;
CREATE TEMP TABLE oracle AS
WITH kind (k, ttls, place) AS (VALUES ('input', ARRAY[''], 1), ('output', ARRAY[''], 2), ('cache_read', ARRAY[''], 3), ('cache_write', ARRAY['5m', '30m', ''], 4), ('cache_write', ARRAY['1h'], 5)),
cell AS (
    SELECT a.n, k.place, (ARRAY[a.a, a.b, a.c, a.d, a.e])[k.place] AS count, best.usd
    FROM ask a CROSS JOIN kind k
    LEFT JOIN LATERAL (
        SELECT p.usd FROM bedrock.prices p
        WHERE p.model_id = a.model_id AND p.token_kind = k.k AND coalesce(p.cache_ttl, '') = ANY (k.ttls) AND p.modality IS NULL AND p.unit = '1M tokens'
          AND p.region IN (a.region, '*') AND p.routing = a.routing AND p.tier = a.tier AND (p.long_context_above IS NOT NULL) = a.long
          AND a.day BETWEEN coalesce(p.valid_from, '-infinity') AND coalesce(p.valid_to, 'infinity')
        ORDER BY array_position(k.ttls, coalesce(p.cache_ttl, '')), p.region = '*', p.valid_from DESC NULLS LAST LIMIT 1) best ON true)
SELECT n, CASE WHEN count(*) FILTER (WHERE count <> 0 AND usd IS NULL) = 0 THEN sum(count * coalesce(usd, 0)) / 1000000 END AS cost FROM cell GROUP BY n;
SELECT count(*) > 1000 AS enough, count(*) FILTER (WHERE cost IS NULL) > 100 AS some_unknown, count(*) FILTER (WHERE cost > 0) > 500 AS some_known FROM oracle;
SELECT a.*, o.cost, e.cost AS estimated
FROM ask a JOIN oracle o USING (n), LATERAL (SELECT estimated_cost(a.model_id, a.a, a.b, a.c, a.d, a.e, a.region, a.routing, a.tier, a.day::timestamptz, a.long) AS cost) e
WHERE e.cost IS DISTINCT FROM o.cost;

-- A sum is the sum of its parts, and more tokens never cost less.
SELECT a.n
FROM ask a, LATERAL (SELECT estimated_cost(model_id, a, b, c, d, e, region, routing, tier, day::timestamptz, long) AS whole,
    estimated_cost(model_id, a, region => region, routing => routing, tier => tier, at => day::timestamptz, long_context => long) AS p1,
    estimated_cost(model_id, 0, b, region => region, routing => routing, tier => tier, at => day::timestamptz, long_context => long) AS p2,
    estimated_cost(model_id, 0, 0, c, region => region, routing => routing, tier => tier, at => day::timestamptz, long_context => long) AS p3,
    estimated_cost(model_id, 0, 0, 0, d, region => region, routing => routing, tier => tier, at => day::timestamptz, long_context => long) AS p4,
    estimated_cost(model_id, 0, 0, 0, 0, e, region => region, routing => routing, tier => tier, at => day::timestamptz, long_context => long) AS p5,
    estimated_cost(model_id, a + 1, b + 0.5, c, d, e, region, routing, tier, day::timestamptz, long) AS more) x
WHERE whole IS DISTINCT FROM p1 + p2 + p3 + p4 + p5 OR more < whole OR (whole IS NULL AND more IS NOT NULL);

-- Published examples. Price list records: Haiku 4.5 global in Seoul; Sonnet 4.5 long context in Melbourne and Mumbai.
SELECT estimated_cost('global.anthropic.claude-haiku-4-5-20251001-v1:0', 1000000, region => 'ap-northeast-2', long_context => false) AS haiku_global,
       estimated_cost('anthropic.claude-sonnet-4-5-20250929-v1:0', cache_read_tokens => 1000000, region => 'ap-southeast-4', long_context => true) AS long_cache_read,
       estimated_cost('global.anthropic.claude-sonnet-4-5-20250929-v1:0', cache_write_1h_tokens => 1000000, region => 'ap-south-1', long_context => true) AS long_write_1h;
-- A line of 17.33 thousand tokens at 3.30 a million costs 0.0572; a line of 0.02645 million of Claude 3.5 Sonnet in us-west-2.
SELECT round(estimated_cost('us.anthropic.claude-sonnet-4-5-20250929-v1:0', 17330, region => 'us-east-1'), 4) AS first_party,
       estimated_cost('arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0', 26450) AS marketplace;
-- A geography costs 1.1 times global from Claude 4.5 on, because the book says so; before, nothing.
SELECT estimated_cost('us.anthropic.claude-haiku-4-5-20251001-v1:0', 1000000, 1000000, region => 'us-east-1', long_context => false) AS geo,
       estimated_cost('global.anthropic.claude-haiku-4-5-20251001-v1:0', 1000000, 1000000, region => 'us-east-1', long_context => false) AS global,
       estimated_cost('us.anthropic.claude-opus-4-20250514-v1:0', 1000000, 1000000, region => 'us-east-1', long_context => false) AS opus_4;

-- Every form of a model string.
SELECT s, estimated_cost(s, 100000, region => 'us-east-1', at => '2026-10-10') AS cost
FROM unnest(ARRAY['anthropic.claude-sonnet-4-6', 'us.anthropic.claude-sonnet-4-6', 'global.anthropic.claude-sonnet-4-6',
    'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6', 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-sonnet-4-6',
    'anthropic.claude-haiku-4-5', 'anthropic.claude-haiku-4-5-20251001', 'amazon.nova-premier-v1:0:1000k', 'nobody.nothing', '', 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p1',
    'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc', 'arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0/abc', E'\x01 broken']) s;
-- An application profile through the registry, as of the day; the same session learns of it.
SELECT count(*) FROM bedrock.import_profiles('{"inferenceProfileSummaries": [{"inferenceProfileName": "p1", "type": "APPLICATION", "status": "ACTIVE",
    "inferenceProfileArn": "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p1", "inferenceProfileId": "p1",
    "models": [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"}]}]}');
SELECT estimated_cost('arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p1', 1000000) AS by_registry;
-- The region of an ARN counts, an argument counts more.
SELECT estimated_cost('arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0', 100000) AS of_the_arn,
       estimated_cost('arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0', 100000, region => 'us-east-1') AS of_the_argument,
       estimated_cost('amazon.nova-lite-v1:0', 1000) AS several, estimated_cost('anthropic.claude-opus-4-8', 1000000, routing => 'global') AS one_everywhere;

-- Unknown is NULL, free is 0.
SELECT estimated_cost('amazon.nova-micro-v1:0', cache_write_tokens => 1000, region => 'us-east-1') AS free,
       estimated_cost('amazon.nova-micro-v1:0', 1000, cache_write_1h_tokens => 1, region => 'us-east-1') AS no_such_price,
       estimated_cost('amazon.nova-micro-v1:0', 0, region => 'us-east-1') AS nothing_used, estimated_cost('nobody.nothing', 0) AS unknown_model,
       estimated_cost(NULL, 1) AS no_model, estimated_cost('amazon.nova-micro-v1:0', -1, region => 'us-east-1') AS negative,
       estimated_cost('amazon.nova-micro-v1:0', NULL, NULL, NULL, NULL, NULL, 'us-east-1') AS no_counts,
       estimated_cost('amazon.nova-micro-v1:0', 1000, NULL, NULL, NULL, NULL, 'us-east-1') AS one_count,
       estimated_cost('amazon.nova-micro-v1:0', 'NaN', region => 'us-east-1') AS no_number;
SELECT estimated_cost('amazon.nova-micro-v1:0', 1, region => 'us-east-1', tier => 'fast') AS no_tier, estimated_cost('amazon.nova-micro-v1:0', 1, region => 'moon-1') AS no_region,
       estimated_cost('amazon.nova-micro-v1:0', 1, region => 'us-east-1', routing => 'best') AS no_routing, estimated_cost('amazon.nova-micro-v1:0', 1, region => 'us-east-1', at => NULL) AS no_day,
       estimated_cost('amazon.nova-micro-v1:0', 1, region => 'us-east-1', at => 'infinity') AS no_end;
SELECT estimated_cost('amazon.nova-micro-v1:0', 1, basis => 'guess');
-- A count of more than 36 digits, in any place, has no cost.
SELECT place, estimated_cost('amazon.nova-micro-v1:0', n, region => 'us-east-1') AS input, estimated_cost('amazon.nova-micro-v1:0', 1, cache_read_tokens => n, region => 'us-east-1') AS cache_read,
       bedrock_internal.token_cost('amazon.nova-micro-v1:0', 'output', NULL, n, 'us-east-1', NULL, NULL, '2026-10-01', NULL) AS total
FROM unnest(ARRAY['1', '1e37', '1e300', '-1e300', 'Infinity']::numeric[]) WITH ORDINALITY AS v (n, place) ORDER BY place;
SELECT estimated_cost('amazon.nova-micro-v1:0', 1e34, region => 'us-east-1', long_context => false);
-- Digits enough for any bill.
SELECT estimated_cost('us.anthropic.claude-opus-4-8', 123456789012345.123456, 99999999999999, region => 'us-east-1', long_context => false) AS huge;

-- A million in and out of Sonnet 4.5 can be one request, a long one: 6 + 22.5. As a total the caller says which.
SELECT estimated_cost('global.anthropic.claude-sonnet-4-5-20250929-v1:0', 1000000, 1000000) AS not_said,
       estimated_cost('global.anthropic.claude-sonnet-4-5-20250929-v1:0', 1000000, 1000000, region => 'us-east-1', long_context => false) AS not_long,
       estimated_cost('global.anthropic.claude-sonnet-4-5-20250929-v1:0', 1000000, 1000000, region => 'us-east-1', long_context => true) AS long;
-- Long context: one request is judged by all it reads, a total by what the caller says; what it writes decides nothing.
SELECT estimated_cost(m, 200000, 1000, region => 'us-east-1') AS at_the_threshold, estimated_cost(m, 150000, 1000, 50001, region => 'us-east-1') AS above,
       estimated_cost(m, 200001, region => 'us-east-1', long_context => false) AS a_total, estimated_cost(m, 10, region => 'us-east-1', long_context => true) AS long_total
FROM (VALUES ('us.anthropic.claude-sonnet-4-5-20250929-v1:0')) v (m);
SELECT estimated_cost('amazon.nova-micro-v1:0', 127999, 2, region => 'us-east-1') AS beyond, estimated_cost('amazon.nova-micro-v1:0', 127999, 1, region => 'us-east-1') AS fits,
       estimated_cost('amazon.nova-micro-v1:0', 128001, region => 'us-east-1', long_context => false) AS a_total,
       estimated_cost('amazon.nova-micro-v1:0', 10, region => 'us-east-1', long_context => true) AS no_long_price;

-- Days: a price with a first day holds from then on, one without is told from a dated one.
SELECT d, estimated_cost('openai.gpt-5.6-luna', 1000000, region => 'us-east-1', at => d, long_context => false) AS cost
FROM unnest(ARRAY['2026-07-12 23:59:59.999999', '2026-07-13', '2026-07-29 23:59:59.999999', '2026-07-30', '2026-11-01']::timestamptz[]) d;
SELECT d::date AS day, usd, dated, as_of, origin FROM unnest(ARRAY['2026-10-07', '2026-10-08']::timestamptz[]) d, LATERAL bedrock.price_of('us.anthropic.claude-haiku-4-5-20251001-v1:0', 'us-east-1', at => d)
WHERE token_kind = 'input';

-- Prices of the user win, hold on their days, are replaced in part and kept as history.
SELECT bedrock.set_price('us.anthropic.claude-haiku-4-5-20251001-v1:0', 'input', 0.9, valid_from => '2026-09-01', valid_to => '2026-10-31', note => 'contract 7');
SELECT bedrock.set_price('anthropic.claude-haiku-4-5', 'input', 0.8, valid_from => '2026-10-01', valid_to => '2026-10-10');
SELECT bedrock.set_price('anthropic.claude-haiku-4-5', 'input', 0.8, valid_from => '2026-10-02', valid_to => '2026-10-05');
SELECT bedrock.set_price('anthropic.claude-haiku-4-5', 'cache_write', 1.01, valid_from => NULL);
SELECT bedrock.set_price('mine.own-model', 'input', 0.002, unit => '1K tokens', valid_from => NULL);
SELECT d::date AS day, estimated_cost('global.anthropic.claude-haiku-4-5-20251001-v1:0', 100000, region => 'eu-west-1', at => d) AS input,
       estimated_cost('us.anthropic.claude-haiku-4-5-20251001-v1:0', cache_write_tokens => 100000, region => 'us-east-1', at => d) AS cache_write,
       estimated_cost('mine.own-model', 1000000, at => d) AS own
FROM unnest(ARRAY['2026-08-31', '2026-09-30', '2026-10-01', '2026-10-10', '2026-10-11', '2026-11-01']::timestamptz[]) d;
SELECT bedrock.set_price('anthropic.claude-haiku-4-5', 'input', NULL, valid_from => '2026-10-01');
SELECT model_id, token_kind, cache_ttl, usd, unit, valid, upper_inf(recorded) AS current FROM bedrock.price WHERE NOT builtin ORDER BY lower(recorded), valid, usd;
-- Discounts: off the shipped price, a model's before its provider's, never off the user's.
SELECT bedrock.set_discount(10, provider => 'Anthropic', valid_from => '2026-01-01'), bedrock.set_discount(12.5, model => 'anthropic.claude-opus-4-8', valid_from => '2026-10-01', valid_to => '2026-10-31');
SELECT bedrock.set_discount(20, provider => 'Anthropic', valid_from => '2026-10-15');
SELECT d::date AS day, estimated_cost('us.anthropic.claude-opus-4-8', 1000000, region => 'us-east-1', at => d) AS opus, estimated_cost('us.anthropic.claude-sonnet-4-6', 1000000, region => 'us-east-1', at => d) AS sonnet,
       estimated_cost('anthropic.claude-haiku-4-5', cache_write_tokens => 100000, region => 'us-east-1', at => d) AS users_own, estimated_cost('amazon.nova-micro-v1:0', 100000, region => 'us-east-1', at => d) AS other
FROM unnest(ARRAY['2025-12-31', '2026-09-30', '2026-10-14', '2026-10-15', '2026-11-01']::timestamptz[]) d;
SELECT token_kind, usd, book_usd, discount_percent FROM bedrock.price_of('us.anthropic.claude-opus-4-8', 'us-east-1', at => '2026-10-20') ORDER BY 2;
-- The list has neither.
SELECT estimated_cost('us.anthropic.claude-opus-4-8', 1000000, region => 'us-east-1', at => '2026-10-20', basis => 'list') AS opus,
       estimated_cost('anthropic.claude-haiku-4-5', cache_write_tokens => 100000, region => 'us-east-1', at => '2026-10-20', basis => 'list') AS haiku,
       estimated_cost('mine.own-model', 1000, basis => 'list') AS own, (SELECT usd FROM bedrock.price_of('us.anthropic.claude-opus-4-8', 'us-east-1', basis => 'list') WHERE token_kind = 'input') AS price_of;
SELECT bedrock.set_discount(NULL, provider => 'Anthropic', valid_from => NULL), bedrock.set_discount(NULL, model => 'anthropic.claude-opus-4-8', valid_from => NULL);
SELECT estimated_cost('us.anthropic.claude-opus-4-8', 1000000, region => 'us-east-1', at => '2026-10-20') AS without_discount;

-- What is ended says so, and what there was not to end.
BEGIN;
SELECT bedrock.set_price('amazon.nova-pro-v1:0', 'input', NULL), bedrock.set_discount(NULL, model => 'amazon.nova-pro-v1:0');
SELECT bedrock.set_price('amazon.nova-pro-v1:0', 'input', 0.1, valid_from => '2026-01-01'), bedrock.set_discount(3, model => 'amazon.nova-pro-v1:0', valid_from => '2026-01-01');
SELECT bedrock.set_price('amazon.nova-pro-v1:0', 'input', NULL, valid_from => '2026-02-01'), bedrock.set_discount(NULL, model => 'amazon.nova-pro-v1:0', valid_from => '2026-02-01');
ROLLBACK;
-- A model nobody knows is stored with a warning; an end, another spelling and a model that is priced already give none.
BEGIN;
\set SHOW_CONTEXT never
SELECT bedrock.set_price('anthropic.claude-sonnet-4-55', 'input', 2.5, valid_from => NULL);
SELECT bedrock.set_price('anthropic.claude-sonnet-4-55', 'output', 9, valid_from => NULL);
SELECT bedrock.set_discount(15, model => 'claude-sonnet-4-56');
SELECT bedrock.set_discount(NULL, model => 'claude-sonnet-4-56');
SELECT bedrock.set_price('no model', 'input', 1), bedrock.set_price('claude-sonnet-4.5', 'input', 1), bedrock.set_price('no model', 'input', NULL);
SELECT model_id, usd FROM bedrock.price WHERE origin = 'user' AND model_id ~ 'sonnet-4-55|no model' ORDER BY 1, 2;
\set SHOW_CONTEXT errors
ROLLBACK;

-- Two prices of one thing that nothing decides between: none.
BEGIN;
INSERT INTO bedrock.price (model_id, token_kind, usd, origin, source) VALUES ('two.prices', 'input', 1, 'price_list', 'a'), ('two.prices', 'input', 2, 'price_list', 'b'), ('two.prices', 'output', 3, 'price_list', 'a'), ('two.prices', 'output', 3, 'price_list', 'b');
SELECT estimated_cost('two.prices', 1000000) AS input, estimated_cost('two.prices', 0, 1000000) AS output;
-- Of an endpoint each: that of bedrock-runtime.
UPDATE bedrock.price SET endpoint = CASE source WHEN 'a' THEN 'bedrock-mantle' ELSE 'bedrock-runtime' END WHERE model_id = 'two.prices';
SELECT estimated_cost('two.prices', 1000000) AS input;
-- A zero that means not sold.
UPDATE bedrock.price SET usd = 0, doubtful = true WHERE model_id = 'two.prices';
SELECT estimated_cost('two.prices', 1000000) AS input;
ROLLBACK;

-- Errors.
\set VERBOSITY terse
SELECT bedrock.set_price('amazon.nova-micro-v1:0', 'thoughts', 1);
SELECT bedrock.set_price('amazon.nova-micro-v1:0', 'input', 1, valid_from => '2026-02-01', valid_to => '2026-01-01');
SELECT bedrock.set_price('amazon.nova-micro-v1:0', 'input', -1);
SELECT bedrock.set_discount(5);
SELECT bedrock.set_discount(5, provider => 'Nobody');
SELECT bedrock.set_discount(101, provider => 'Amazon');
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT bedrock.set_discount(120, provider => 'Amazon');
SELECT bedrock.set_discount(-5, provider => 'Amazon');
SELECT bedrock.set_discount('NaN', provider => 'Amazon');
SELECT bedrock.set_discount(1.00001, provider => 'Amazon');
SELECT count(*) AS discounts FROM bedrock.price_discount WHERE provider = 'Amazon';
-- A part of one percent is taken as it stands, and said.
BEGIN;
SET LOCAL client_min_messages = notice;
SELECT bedrock.set_discount(0.12, provider => 'Amazon');
SELECT bedrock.set_discount(p, provider => 'Amazon') FROM unnest(ARRAY[0, 1, 12, 12.500000, 100]) AS p;
ROLLBACK;
\set SHOW_CONTEXT errors

\set VERBOSITY default
-- The book in memory follows every change that this session can see: its own, rolled back ones, those of a subtransaction.
CREATE FUNCTION pg_temp.cost() RETURNS numeric LANGUAGE sql AS $$SELECT estimated_cost('mine.own-model', 1000000)$$;
BEGIN;
SELECT pg_temp.cost() AS before;
UPDATE bedrock.price SET usd = 0.003 WHERE model_id = 'mine.own-model';
SELECT pg_temp.cost() AS changed;
SAVEPOINT s;
UPDATE bedrock.price SET usd = 0.004 WHERE model_id = 'mine.own-model';
SELECT pg_temp.cost() AS in_savepoint;
ROLLBACK TO s;
SELECT pg_temp.cost() AS after_savepoint;
SAVEPOINT s;
UPDATE bedrock.price SET usd = 0.005 WHERE model_id = 'mine.own-model';
RELEASE s;
SELECT pg_temp.cost() AS released;
DECLARE c CURSOR FOR SELECT pg_temp.cost() FROM generate_series(1, 2);
FETCH 1 FROM c;
UPDATE bedrock.price SET usd = 0.006 WHERE model_id = 'mine.own-model';
SELECT pg_temp.cost() AS newer;
ROLLBACK;
SELECT pg_temp.cost() AS rolled_back;
-- A cursor goes on seeing what it saw; the statements between its rows see what is.
BEGIN;
DECLARE c CURSOR FOR SELECT estimated_cost('mine.own-model', 1000000) FROM generate_series(1, 3);
FETCH 1 FROM c;
UPDATE bedrock.price SET usd = 0.007 WHERE model_id = 'mine.own-model';
FETCH 1 FROM c;
SELECT estimated_cost('mine.own-model', 1000000) AS now;
FETCH 1 FROM c;
COMMIT;
SELECT estimated_cost('mine.own-model', 1000000) AS committed;
-- An error in the middle of a transaction that changed prices.
BEGIN;
UPDATE bedrock.price SET usd = 0.008 WHERE model_id = 'mine.own-model';
SELECT estimated_cost('mine.own-model', 1000000) AS inside, 1 / (estimated_cost('mine.own-model', 1000000) - 8)::integer AS fails;
ROLLBACK;
SELECT estimated_cost('mine.own-model', 1000000) AS after_an_error;
-- TRUNCATE, DELETE and a statement that touches no row.
SELECT version AS version_before FROM bedrock.price_version \gset
UPDATE bedrock.price SET usd = 1 WHERE model_id = 'none such';
SELECT bedrock.discover_profiles(ARRAY['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p9']);
SELECT version = :version_before AS same_version FROM bedrock.price_version;
BEGIN;
DELETE FROM bedrock.price WHERE model_id = 'mine.own-model';
SELECT pg_temp.cost() AS deleted;
ROLLBACK;
BEGIN;
TRUNCATE bedrock.price;
SELECT pg_temp.cost() AS truncated;
ROLLBACK;
SELECT pg_temp.cost() AS back;
-- Models, aliases and profiles count too.
BEGIN;
INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES ('model_id', 'mine.nickname', 'mine.own-model');
SELECT estimated_cost('mine.nickname', 1000000) AS by_alias;
ROLLBACK;
SELECT estimated_cost('mine.nickname', 1000000) AS no_alias;
-- In a parallel worker.
CREATE TABLE request AS SELECT 'mine.own-model' AS model, n FROM generate_series(1, 20000) n;
BEGIN;
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL max_parallel_workers_per_gather = 2; SET LOCAL parallel_leader_participation = off;
UPDATE bedrock.price SET usd = 0.009 WHERE model_id = 'mine.own-model';
COMMIT;
BEGIN;
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL max_parallel_workers_per_gather = 2; SET LOCAL parallel_leader_participation = off;
CREATE FUNCTION pg_temp.gathers(query text) RETURNS boolean LANGUAGE plpgsql AS $$DECLARE l text; BEGIN FOR l IN EXECUTE 'EXPLAIN ' || query LOOP IF l ~ 'Gather' THEN RETURN true; END IF; END LOOP; RETURN false; END$$;
SELECT pg_temp.gathers('SELECT sum(estimated_cost(model, n)) FROM request') AS parallel;
SELECT sum(estimated_cost(model, n)), sum(n) * 0.000009 AS expected FROM request;
COMMIT;
DROP TABLE request;

-- Estimates need no right on the tables, but tell who may not read bedrock.price what everybody pays: 0.06 a million for Nova
-- Lite, 0.006 for 100,000, not half of it as negotiated, and nothing of a model that only you have. Asked in one snapshot by two roles.
CREATE ROLE regress_price_nobody;
SELECT bedrock.set_discount(50, model => 'amazon.nova-lite-v1:0', valid_from => NULL);
CREATE FUNCTION of_owner() RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
    AS $$SELECT public.estimated_cost('amazon.nova-lite-v1:0', 100000, region => 'us-east-1')$$;
CREATE VIEW asked AS
SELECT b.basis, estimated_cost('amazon.nova-lite-v1:0', 100000, region => 'us-east-1', basis => b.basis) AS nova_lite, of_owner() AS of_owner,
       estimated_cost('mine.own-model', 1000000, basis => b.basis) AS own_model
FROM (VALUES ('book'), ('list')) AS b (basis) ORDER BY 1;
GRANT SELECT ON asked TO regress_price_nobody;
SELECT * FROM asked;
SET ROLE regress_price_nobody;
SELECT * FROM asked;
SELECT count(*) FROM bedrock.price;
SELECT * FROM bedrock.price_of('mine.own-model');
RESET ROLE;
DROP VIEW asked;
DROP FUNCTION of_owner();
SELECT bedrock.set_discount(NULL, model => 'amazon.nova-lite-v1:0', valid_from => NULL);
DELETE FROM bedrock.price_discount;
DROP ROLE regress_price_nobody;
-- An error while the book is read leaves the caller who he was, and the session without half a book.
BEGIN;
SAVEPOINT s;
ALTER TABLE bedrock.price_discount RENAME TO price_discount_away;
SELECT estimated_cost('amazon.nova-lite-v1:0', 1000, region => 'us-east-1') AS still_read;
ALTER VIEW bedrock.models RENAME TO models_away;
UPDATE bedrock.price_version SET version = version;
SELECT estimated_cost('amazon.nova-pro-v1:0', 1000, region => 'us-east-1') AS no_view;
ROLLBACK TO s;
SELECT estimated_cost('amazon.nova-pro-v1:0', 1000, region => 'us-east-1') AS read_again, current_user = session_user AS caller;
ROLLBACK;
-- A worker of a distributed engine has no prices of the user.
BEGIN;
SET LOCAL allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_local_group (groupid integer);
INSERT INTO pg_catalog.pg_dist_local_group VALUES (0);
SELECT estimated_cost('mine.own-model', 1000000) AS coordinator;
UPDATE pg_catalog.pg_dist_local_group SET groupid = 3;
SELECT estimated_cost('mine.own-model', 1000000) AS worker;
ROLLBACK;
DELETE FROM bedrock.price WHERE NOT builtin;
DELETE FROM bedrock.profile WHERE profile_id IN ('p1', 'p9');
