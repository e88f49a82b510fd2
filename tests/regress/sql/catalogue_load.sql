-- What the AWS CLI prints of models, profiles and offers, taken into the catalogue and the price book.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\getenv build PG_ABS_BUILDDIR
\set dir :build '/catalogue_load'
\! rm -rf "$PG_ABS_BUILDDIR/catalogue_load" && mkdir -p "$PG_ABS_BUILDDIR/catalogue_load/bad" "$PG_ABS_BUILDDIR/catalogue_load/empty" && chmod -R a+rX "$PG_ABS_BUILDDIR/catalogue_load"
\cd :dir
CREATE TEMP TABLE place AS SELECT :'dir' AS dir;
-- Errors as rows, paths from the directory of the test on.
CREATE FUNCTION pg_temp.raised(statement text) RETURNS TABLE (said text) LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text; hint text; context text; dir text := (SELECT place.dir FROM place);
BEGIN
    EXECUTE statement;
    RETURN QUERY SELECT 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
    RETURN QUERY SELECT replace(s, dir, '') FROM unnest(ARRAY[SQLSTATE || ' ' || message, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''),
        'CONTEXT: ' || substring(context FROM '^file [^\n]*')]) s WHERE s IS NOT NULL;
END $$;
-- What is known: shipped and not.
CREATE TEMP VIEW known AS
SELECT 'model' AS what, builtin, md5(string_agg(m::text, '|' ORDER BY m::text)) AS rows FROM bedrock.model m GROUP BY builtin
UNION ALL SELECT 'profile', builtin, md5(string_agg(p::text, '|' ORDER BY p::text)) FROM bedrock.system_profile p GROUP BY builtin
UNION ALL SELECT 'region', builtin, md5(string_agg(p::text, '|' ORDER BY p::text)) FROM bedrock.system_profile_region p GROUP BY builtin
UNION ALL SELECT 'price', builtin, md5(string_agg(p::text, '|' ORDER BY p::text)) FROM bedrock.price p GROUP BY builtin
UNION ALL SELECT 'registry', false, md5(string_agg(p::text, '|' ORDER BY p::text)) FROM bedrock.profile p;
CREATE TEMP TABLE at_first AS SELECT * FROM known;

-- A new model, a model that has become legacy, one whose state is known, a context variant of a known one.
\copy (SELECT '{"modelSummaries":[{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/writer.comet-1-20261101-v1:0","modelId":"writer.comet-1-20261101-v1:0","modelName":"Palmyra Comet 1","providerName":"Writer","inputModalities":["TEXT","IMAGE"],"outputModalities":["TEXT"],"responseStreamingSupported":true,"modelLifecycle":{"status":"ACTIVE","startOfLifeTime":"2026-11-01T10:00:00+00:00"}},{"modelId":"amazon.nova-micro-v1:0","modelName":"Nova Micro","providerName":"Amazon","inputModalities":["TEXT"],"outputModalities":["TEXT"],"modelLifecycle":{"status":"LEGACY","legacyTime":"2026-11-15T00:00:00Z","endOfLifeTime":"2027-05-15T00:00:00Z"}},{"modelId":"amazon.nova-lite-v1:0","modelName":"Nova Lite","providerName":"Amazon","modelLifecycle":{"status":"ACTIVE"}},{"modelId":"amazon.nova-lite-v1:0:24k","modelName":"Nova Lite","providerName":"Amazon","modelLifecycle":{"status":"ACTIVE"}}]}') to 'a_models.json'
-- A new profile of the new model, a known profile that reaches another region, an application profile.
\copy (SELECT '{"inferenceProfileSummaries":[{"inferenceProfileName":"US Comet 1","inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.writer.comet-1-20261101-v1:0","inferenceProfileId":"us.writer.comet-1-20261101-v1:0","status":"ACTIVE","type":"SYSTEM_DEFINED","models":[{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/writer.comet-1-20261101-v1:0"},{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/writer.comet-1-20261101-v1:0"}]},{"inferenceProfileName":"US Nova Micro","inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-micro-v1:0","inferenceProfileId":"us.amazon.nova-micro-v1:0","status":"ACTIVE","type":"SYSTEM_DEFINED","models":[{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"},{"modelArn":"arn:aws:bedrock:mx-central-1::foundation-model/amazon.nova-micro-v1:0"}]},{"inferenceProfileName":"comets","inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/c0metc0metc0","inferenceProfileId":"c0metc0metc0","status":"ACTIVE","type":"APPLICATION","models":[{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/writer.comet-1-20261101-v1:0"}]}]}') to 'b_profiles.json'
-- Two names of one dimension, a dimension that bills write with its region in front, a long one, one that is no price of tokens;
-- and a price of Haiku 4.5 that is 10 percent below the book's 1.1, one the same, one 1,000 times as large.
\copy (SELECT '[{"modelId":"writer.comet-1-20261101-v1:0","offers":[{"offerId":"offer-comet","offerToken":"x","termDetails":{"usageBasedPricingTerm":{"rateCard":[{"dimension":"USE1_input_tokens_standard","price":"3","unit":"Units","description":"Input"},{"dimension":"USE1_InputTokenCount","price":"3.00","unit":"Units","description":"Input"},{"dimension":"USE1-MP:USE1_output_tokens_standard","price":"0.015","unit":"1K tokens","description":"Output"},{"dimension":"USE1_input_tokens_long_ctx_standard","price":"6","unit":"Units","description":"Input"},{"dimension":"input_tokens_global_standard","price":"2.7E0","unit":"Units","description":"Input"},{"dimension":"USE1_CreatedImageComet","price":"0.04","unit":"Units","description":"Image"},{"dimension":"USE1_cache_read_tokens_standard","price":"0.3","unit":"Bundles","description":"Cache"}]},"legalTerm":{"url":"https://example.com"}}}]},{"modelId":"anthropic.claude-haiku-4-5-20251001-v1:0","offers":[{"offerId":"offer-haiku","termDetails":{"usageBasedPricingTerm":{"rateCard":[{"dimension":"USE1_input_tokens_standard","price":"0.99","unit":"Units"},{"dimension":"USE1_output_tokens_standard","price":"5.5","unit":"Units"},{"dimension":"USE1_cache_read_tokens_standard","price":"110","unit":"Units"}]}}}]}]') to 'c_offers.json'
SELECT finding, what, name, property, old_value, new_value, replace(file, :'dir', '') AS file FROM bedrock.catalogue_difference(:'dir' || '/?_*.json', as_of => '2026-11-20');
-- To look is to change nothing.
SELECT * FROM known EXCEPT SELECT * FROM at_first;

SELECT * FROM bedrock.load_catalogue(:'dir' || '/?_*.json', as_of => '2026-11-20');
-- Again nothing is new.
SELECT * FROM bedrock.load_catalogue(:'dir' || '/?_*.json', as_of => '2026-11-20');
-- Nothing shipped has changed.
SELECT what, rows FROM known WHERE builtin EXCEPT SELECT what, rows FROM at_first WHERE builtin;
SELECT model_id, provider, model_family, model_name, input_modalities, context_window, release_date, lifecycle, legacy_date, end_of_life_date, builtin, source, as_of
FROM bedrock.models WHERE model_id ~ 'comet' OR model_id = 'amazon.nova-micro-v1:0';
SELECT profile_id, model_id, pool, builtin FROM bedrock.system_profiles WHERE NOT builtin;
SELECT profile_id, source_region, destination_region, builtin FROM bedrock.system_profile_regions WHERE profile_id ~ 'comet' OR profile_id = 'us.amazon.nova-micro-v1:0' AND source_region = 'us-east-1' ORDER BY 1, 2, 3;
SELECT model_id, region, routing, token_kind, long_context_above IS NOT NULL AS long, unit, usd, valid_from, as_of, usage_type, source, origin FROM bedrock.prices WHERE origin <> 'shipped' ORDER BY 1, usage_type COLLATE "C";
-- The new model has a price: 1,000 at 3 and 200 at 15 a million, 2.70 through a global profile; so has its profile.
SELECT estimated_cost('writer.comet-1-20261101-v1:0', 1000, 200, region => 'us-east-1') * 1000000 = 1000 * 3 + 200 * 15 AS by_id, estimated_cost('palmyra comet 1', 1000, 200, region => 'us-east-1') * 1000000 = 1000 * 3 + 200 * 15 AS by_name,
       estimated_cost('us.writer.comet-1-20261101-v1:0', 1000000, region => 'us-east-1') = 3 AS by_profile, estimated_cost('global.writer.comet-1-20261101-v1:0', 1000000, region => 'eu-west-1') = 2.7 AS global,
       estimated_cost('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/c0metc0metc0', 1000000) = 3 AS by_registry,
       estimated_cost('writer.comet-1-20261101-v1:0', 1000000, region => 'us-east-1', long_context => true) = 6 AS long;
-- What the account is offered holds from the day it was seen; it is no list price and takes no discount.
SELECT bedrock.set_discount(50, provider => 'Anthropic', valid_from => '2026-01-01');
SELECT d::date AS day, estimated_cost(m, 1000000, region => 'us-east-1', at => d, long_context => false) AS offered, estimated_cost(m, 0, 1000000, region => 'us-east-1', at => d, long_context => false) AS half,
       estimated_cost(m, 1000000, region => 'us-east-1', at => d, long_context => false, basis => 'list') AS list, (SELECT p.dated FROM bedrock.price_of(m, 'us-east-1', at => d) p WHERE p.token_kind = 'input' AND p.usd IS NOT NULL) AS dated
FROM (VALUES ('anthropic.claude-haiku-4-5-20251001-v1:0')) v (m), unnest(ARRAY['2026-11-19', '2026-11-20']::timestamptz[]) d;
SELECT bedrock.set_discount(NULL, provider => 'Anthropic', valid_from => NULL);

-- What is the user's own stays: a model, a profile, where it reaches, a price.
BEGIN;
INSERT INTO bedrock.model (model_id, provider, model_family, model_name, lifecycle) VALUES ('writer.mine-1', 'Mine', 'Mine', 'Mine 1', 'ACTIVE');
INSERT INTO bedrock.system_profile (profile_id, model_id, pool, geo_prefix, source) VALUES ('us.writer.mine-1', 'writer.mine-1', 'us', 'us', 'me');
INSERT INTO bedrock.system_profile_region (profile_id, source_region, destination_regions, source) VALUES ('us.writer.mine-1', 'us-east-1', '{us-east-1}', 'me');
SELECT bedrock.set_price('writer.mine-1', 'input', 1, valid_from => NULL);
CREATE TEMP TABLE before AS SELECT * FROM known;
SELECT * FROM bedrock.load_catalogue_text('[{"modelSummaries":[{"modelId":"writer.mine-1","modelName":"Other","providerName":"Writer","inputModalities":["TEXT"],"modelLifecycle":{"status":"LEGACY"}}]},
    {"inferenceProfileSummaries":[{"inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.writer.mine-1","type":"SYSTEM_DEFINED","models":[{"modelArn":"arn:aws:bedrock:us-east-2::foundation-model/writer.other-1"}]}]},
    {"modelId":"writer.mine-1","offers":[{"termDetails":{"usageBasedPricingTerm":{"rateCard":[{"dimension":"USE1_input_tokens_standard","price":"2","unit":"Units"}]}}}]}]');
SELECT * FROM known EXCEPT SELECT * FROM before;
ROLLBACK;

-- What the book says of other days stays: an offer of a price that ended, or that begins later, holds from the day it was
-- seen on; one the book does not have at all for all days. Of 1,000,000 tokens: 4 until the end of 2025, then nothing, 9 offered.
BEGIN;
INSERT INTO bedrock.price (model_id, region, routing, tier, token_kind, unit, usd, valid, as_of, doubtful, source, origin, builtin) VALUES
    ('writer.comet-1-20261101-v1:0', 'us-east-1', '*', 'priority', 'input', '1M tokens', 4, '(,2026-01-01)', '2025-06-01', false, 'test', 'shipped', true),
    ('writer.comet-1-20261101-v1:0', 'us-east-1', '*', 'priority', 'output', '1M tokens', 5, '[2027-01-01,)', '2025-06-01', false, 'test', 'shipped', true);
SELECT new, changed FROM bedrock.load_catalogue_text('{"modelId":"writer.comet-1-20261101-v1:0","offers":[{"termDetails":{"usageBasedPricingTerm":{"rateCard":[{"dimension":"USE1_input_tokens_priority","price":"9","unit":"Units"},{"dimension":"USE1_output_tokens_priority","price":"7","unit":"Units"},{"dimension":"USE1_output_tokens_flex","price":"6","unit":"Units"}]}}}]}', as_of => '2026-11-20');
SELECT tier, token_kind, usd, valid_from FROM bedrock.prices WHERE model_id = 'writer.comet-1-20261101-v1:0' AND as_of = '2026-11-20' AND tier IN ('priority', 'flex') ORDER BY 1, 2;
SELECT d::date AS day, estimated_cost('writer.comet-1-20261101-v1:0', 1000000, region => 'us-east-1', tier => 'priority', at => d, long_context => false) AS input FROM unnest(ARRAY['2025-12-31', '2026-11-19', '2026-11-20']::timestamptz[]) d;
ROLLBACK;

-- An offer that was asked for as public is a list price, and takes discounts.
BEGIN;
SELECT * FROM bedrock.load_catalogue_text('{"offerTerms":[{"usageBasedPricingTerm":{"id":"t","type":"UsageBasedPricingTerm","currencyCode":"USD","rateCards":[{"rateCard":[{"dimensionKey":"USE1_output_tokens_priority","price":"30","unit":"Units","dimensionLabels":[{"labelType":"region","labelValue":"us-east-1"}]}]}]}},{"legalTerm":{"type":"LegalTerm"}}]}',
    model => 'comet-1', offer_type => 'PUBLIC');
SELECT bedrock.set_discount(10, provider => 'Writer', valid_from => NULL);
SELECT estimated_cost('writer.comet-1-20261101-v1:0', 0, 1000, region => 'us-east-1', tier => 'priority') * 1000 AS discounted, estimated_cost('writer.comet-1-20261101-v1:0', 0, 1000, region => 'us-east-1', tier => 'priority', basis => 'list') * 1000 AS list;
ROLLBACK;
-- Another currency, and two offers that differ, are not taken; a price that comes twice is one.
SELECT f.finding, f.property, f.old_value, f.new_value FROM bedrock_internal.catalogue_findings(bedrock_internal.catalogue_facts_of_text(
    '[{"modelId":"writer.comet-1-20261101-v1:0","offerTerms":[{"usageBasedPricingTerm":{"currencyCode":"EUR","rateCards":[{"rateCard":[{"dimensionKey":"USE1_input_tokens_batch","price":"1","unit":"Units"}]}]}}]},
      {"modelId":"writer.comet-1-20261101-v1:0","offers":[{"offerId":"a","termDetails":{"usageBasedPricingTerm":{"rateCard":[{"dimension":"USE1_input_tokens_flex","price":"1","unit":"Units"},{"dimension":"USE1_output_tokens_flex","price":"7","unit":"Units"}]}}},
                                                          {"offerId":"b","termDetails":{"usageBasedPricingTerm":{"rateCard":[{"dimension":"USE1_input_tokens_flex","price":"2","unit":"Units"},{"dimension":"USE1_output_tokens_flex","price":"7.0","unit":"Units"}]}}}]}]', NULL, NULL), '2026-11-20') f;

-- What the next version ships is not hidden by what was loaded: the copy is made of it, and dropped where it says nothing else.
BEGIN;
UPDATE bedrock.model SET context_window = 777 WHERE model_id = 'amazon.nova-micro-v1:0' AND builtin;
SELECT * FROM bedrock.load_catalogue(:'dir' || '/a_models.json', as_of => '2026-11-21');
SELECT context_window, lifecycle, builtin FROM bedrock.models WHERE model_id = 'amazon.nova-micro-v1:0';
UPDATE bedrock.model SET lifecycle = 'LEGACY', legacy_date = '2026-11-15', end_of_life_date = '2027-05-15' WHERE model_id = 'amazon.nova-micro-v1:0' AND builtin;
SELECT * FROM bedrock.load_catalogue(:'dir' || '/a_models.json', as_of => '2026-11-21');
SELECT context_window, lifecycle, builtin FROM bedrock.models WHERE model_id = 'amazon.nova-micro-v1:0';
ROLLBACK;
-- A state that is taken back takes its days with it; extended access is a part of being legacy; a state nobody knows is not taken.
BEGIN;
SELECT * FROM bedrock.load_catalogue_text('{"modelSummaries":[{"modelId":"amazon.nova-micro-v1:0","modelLifecycle":{"status":"ACTIVE"}}]}', as_of => '2026-11-22');
SELECT lifecycle, legacy_date, end_of_life_date FROM bedrock.models WHERE model_id = 'amazon.nova-micro-v1:0';
UPDATE bedrock.model SET lifecycle = 'EXTENDED_ACCESS' WHERE model_id = 'amazon.nova-micro-v1:0';
SELECT * FROM bedrock.load_catalogue_text('{"modelDetails":{"modelId":"amazon.nova-micro-v1:0","modelLifecycle":{"status":"LEGACY"}}}', as_of => '2026-11-22');
SELECT * FROM bedrock.load_catalogue_text('{"modelSummaries":[{"modelId":"amazon.nova-micro-v1:0","modelLifecycle":{"status":"RESTING"}},{"modelId":"writer.comet-2","modelName":"Comet 2","modelLifecycle":{"status":"RESTING"}}]}', as_of => '2026-11-22');
SELECT model_id, provider, model_family, lifecycle FROM bedrock.models WHERE model_id IN ('amazon.nova-micro-v1:0', 'writer.comet-2');
ROLLBACK;
-- A profile of a geography that this version does not know is AWS's where the document says so.
BEGIN;
SELECT * FROM bedrock.load_catalogue_text('{"inferenceProfileSummaries":[{"inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/latam.writer.comet-1-20261101-v1:0","type":"SYSTEM_DEFINED","models":[{"modelArn":"arn:aws:bedrock:::foundation-model/writer.comet-1-20261101-v1:0"}]}]}');
SELECT p.profile_id, p.model_id, p.pool, r.destination_region FROM bedrock.system_profiles p JOIN bedrock.system_profile_regions r USING (profile_id) WHERE p.pool = 'latam';
ROLLBACK;
-- An empty answer is none.
SELECT * FROM bedrock.load_catalogue_text('{"modelSummaries":[]}');

-- Bad files: the error names file and record, and nothing is loaded, also of the files before.
CREATE TEMP TABLE before AS SELECT * FROM known;
\copy (SELECT '{"modelSummaries":[{"modelId":"writer.bad-1","modelName":"Bad"}]}') to 'bad/a.json'
\copy (SELECT '{"modelSummaries":[{"modelId":"writer.bad-2","modelName":') to 'bad/z_cut.json'
SELECT * FROM pg_temp.raised(format('SELECT * FROM bedrock.load_catalogue(%L)', :'dir' || '/bad'));
SELECT * FROM pg_temp.raised(format('SELECT * FROM bedrock.catalogue_difference(%L)', :'dir' || '/bad/z_cut.json'));
SELECT * FROM pg_temp.raised(format('SELECT * FROM bedrock.load_catalogue(%L)', :'dir' || '/empty'));
SELECT * FROM pg_temp.raised(format('SELECT * FROM bedrock.load_catalogue(%L)', :'dir' || '/nothing.json'));
SELECT d.n, r.said
FROM (VALUES (1, '{"tags":[]}'), (2, '3'), (3, '{"modelSummaries":[{"modelId":"writer.ok-1"},{"modelName":"Comet"}]}'), (4, '{"modelSummaries":[{"modelId":"writer.ok-1","modelLifecycle":{"status":"LEGACY","legacyTime":"soon"}}]}'),
             (5, '{"modelSummaries":[{"modelId":"writer.ok-1","modelLifecycle":{"status":"LEGACY","legacyTime":"2027-01-01","endOfLifeTime":"2026-01-01"}}]}'), (6, '{"inferenceProfileSummaries":[{"inferenceProfileArn":"comets"}]}'),
             (7, '{"modelId":"writer.ok-1","offers":[{"termDetails":{"usageBasedPricingTerm":{"rateCard":[{"dimension":"USE1_input_tokens_standard","price":"free","unit":"Units"}]}}}]}'),
             (8, '{"modelId":"writer.ok-1","offers":[{"termDetails":{"usageBasedPricingTerm":{"rateCard":[{"dimension":"USE1_input_tokens_standard","price":"-1","unit":"Units"}]}}}]}'),
             (9, '{"offerTerms":[{"usageBasedPricingTerm":{"rateCards":[]}}]}')) AS d (n, document)
CROSS JOIN LATERAL pg_temp.raised(format('SELECT * FROM bedrock.load_catalogue_text(%L, ''x.json'')', d.document)) AS r ORDER BY 1;
-- An id or a name that no index could hold; one of 1,000 bytes is loaded.
SELECT d.n, r.said
FROM (VALUES (1, '{"modelSummaries":[{"modelId":"writer.long-1","modelName":"%s"}]}'), (2, '{"modelSummaries":[{"modelId":"writer.%s"}]}'), (3, '{"modelSummaries":[{"modelId":"writer.long-1","providerName":"%s"}]}'),
             (4, '{"inferenceProfileSummaries":[{"inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.writer.long-1","inferenceProfileId":"us.writer.%s","models":[{"modelArn":"arn:aws:bedrock:::foundation-model/writer.long-1"}]}]}'),
             (5, '{"inferenceProfileSummaries":[{"inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/%s","models":[{"modelArn":"arn:aws:bedrock:::foundation-model/writer.long-1"}]}]}'),
             (6, '{"modelId":"writer.%s","offers":[{"termDetails":{"usageBasedPricingTerm":{"rateCard":[{"dimension":"USE1_input_tokens_standard","price":"1","unit":"Units"}]}}}]}')) AS d (n, document)
-- Words of a hash, that nothing makes smaller.
CROSS JOIN (SELECT string_agg(md5(i::text), '' ORDER BY i) FROM generate_series(1, 31250) i) AS l (long)
CROSS JOIN LATERAL pg_temp.raised(format('SELECT * FROM bedrock.load_catalogue_text(%L, ''x.json'')', format(d.document, l.long))) AS r ORDER BY d.n;
BEGIN;
SELECT what, new FROM bedrock.load_catalogue_text(format('{"modelSummaries":[{"modelId":"writer.long-1","modelName":"%s"}]}', (SELECT left(string_agg(md5(i::text), '' ORDER BY i), 1000) FROM generate_series(1, 32) i)), as_of => '2026-11-22');
SELECT model_id, length(model_name) FROM bedrock.models WHERE model_id = 'writer.long-1';
ROLLBACK;
SELECT * FROM pg_temp.raised('SELECT * FROM bedrock.load_catalogue_text(''{"modelSummaries":[]}'', offer_type => ''MINE'')');
SELECT * FROM known EXCEPT SELECT * FROM before;

DELETE FROM bedrock.price WHERE NOT builtin;
DELETE FROM bedrock.price_discount;
DELETE FROM bedrock.model WHERE NOT builtin;
DELETE FROM bedrock.system_profile WHERE NOT builtin;
DELETE FROM bedrock.system_profile_region WHERE NOT builtin;
DELETE FROM bedrock.profile WHERE profile_id = 'c0metc0metc0';
\! rm -rf "$PG_ABS_BUILDDIR/catalogue_load"
