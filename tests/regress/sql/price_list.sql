-- AWS's price lists, on real records of all three offers.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\getenv corpus BEDROCK_CORPUS
\set file :corpus '/price_list.json'
\set answer `cat :'file'`
SELECT * FROM bedrock.load_price_list_text(:'answer', 'answer.json');
SELECT * FROM bedrock.load_price_list_text(:'answer', 'answer.json');
SELECT d.finding, d.model_id, d.region, d.routing, d.tier, d.token_kind, d.cache_ttl, d.long_context, d.unit, d.list_usd, d.book_usd, d.usage_type
FROM (SELECT DISTINCT offer_code, version FROM bedrock.price_list) l, LATERAL bedrock.price_list_difference(l.offer_code, l.version) d ORDER BY l.offer_code, d.usage_type COLLATE "C";
SELECT offer_code, version, region, published_at, format, file, rates FROM bedrock.price_list ORDER BY 1;

-- The same rates in the other forms: records as texts, the bulk file, CSV, all read to the same.
CREATE TEMP TABLE want AS SELECT * FROM bedrock_internal.price_list_json(:'answer'::jsonb);
SELECT count(*) AS rates FROM want;
SELECT * FROM want EXCEPT SELECT * FROM bedrock_internal.price_list_json((SELECT jsonb_build_object('PriceList', jsonb_agg(to_jsonb(r::text))) FROM jsonb_array_elements(:'answer'::jsonb -> 'priceList') r));
CREATE TEMP TABLE bulk AS
SELECT r ->> 'serviceCode' AS offer, jsonb_build_object('formatVersion', 'v1.0', 'offerCode', r ->> 'serviceCode', 'version', r ->> 'version', 'publicationDate', min(r ->> 'publicationDate'),
    'products', jsonb_object_agg(r -> 'product' ->> 'sku', r -> 'product'), 'terms', jsonb_build_object('OnDemand', jsonb_object_agg(r -> 'product' ->> 'sku', r -> 'terms' -> 'OnDemand'), 'Reserved', '{}'::jsonb)) AS document
FROM jsonb_array_elements(:'answer'::jsonb -> 'priceList') r GROUP BY r ->> 'serviceCode', r ->> 'version';
SELECT * FROM want EXCEPT SELECT j.* FROM bulk, LATERAL bedrock_internal.price_list_json(document) j;
CREATE FUNCTION pg_temp.quoted(VARIADIC f text[]) RETURNS text LANGUAGE sql AS $$SELECT string_agg('"' || replace(coalesce(x, ''), '"', '""') || '"', ',' ORDER BY n) FROM unnest(f) WITH ORDINALITY u (x, n)$$;
CREATE TEMP TABLE csv AS
SELECT offer_code, format(E'"FormatVersion","v1.0"\r\n"Disclaimer","This pricing list is for informational purposes only. ""All"" prices, and\nmore"\r\n"Publication Date","%s"\r\n"Version","%s"\r\n"OfferCode","%s"\r\n', min(published_at), version, offer_code)
    || pg_temp.quoted('SKU', 'OfferTermCode', 'RateCode', 'TermType', 'PriceDescription', 'EffectiveDate', 'StartingRange', 'EndingRange', 'Unit', 'PricePerUnit', 'Currency', 'serviceName', 'usageType', 'Region Code', 'Model') || E'\r\n'
    || string_agg(pg_temp.quoted(sku, 'T', rate_code, 'OnDemand', description, effective_date, begin_range, end_range, unit, usd, 'USD', service_name, usage_type, region, model_name) || E'\r\n', '' ORDER BY sku)
    || pg_temp.quoted('X', 'T', 'X.R', 'Reserved', 'not on demand', '', '', '', 'Hrs', '1', 'USD', '', 'x', '', '') || E'\r\n' AS content
FROM want GROUP BY offer_code, version;
SELECT * FROM want EXCEPT SELECT c.* FROM csv, LATERAL bedrock_internal.price_list_csv(content) c;
SELECT count(*) AS read_from_csv FROM csv, LATERAL bedrock_internal.price_list_csv(content) c;
SELECT l.offer_code, l.action, l.rates FROM csv, LATERAL bedrock.load_price_list_text(content) l ORDER BY 1;
-- From a file of the server.
SELECT current_setting('data_directory') || '/price_list_test.json' AS server_file \gset
COPY (SELECT document FROM bulk WHERE offer = 'AmazonBedrock') TO :'server_file';
SELECT offer_code, action, rates FROM bedrock.load_price_list(:'server_file');
-- And packed: the same.
SELECT 'gzip -n >' || :'server_file' || '.gz' AS packer \gset
COPY (SELECT document FROM bulk WHERE offer = 'AmazonBedrock') TO PROGRAM :'packer';
SELECT offer_code, action, rates FROM bedrock.load_price_list(:'server_file' || '.gz');

-- Taken over: what is new or different, once.
SELECT l.offer_code, bedrock.apply_price_list(l.offer_code, l.version) AS first, bedrock.apply_price_list(l.offer_code, l.version) AS again FROM bedrock.price_list l ORDER BY 1;
SELECT model_id, region, tier, token_kind, unit, usd, valid, as_of, origin, source FROM bedrock.price WHERE origin = 'price_list' ORDER BY 1, 2;

-- The traps of units, and two SKUs for one thing: a later version with rates made up after the published ones.
CREATE TEMP TABLE trap (sku text, service text, usage_type text, unit text, usd text);
INSERT INTO trap VALUES
    ('A', 'Amazon Bedrock', 'USE1-NovaMicro-input-tokens', '1K tokens', '0.0000350000'), ('B', 'Amazon Bedrock', 'USE1-NovaMicro-output-tokens', '1K tokens', '0.1400000000'),
    ('C', 'Amazon Bedrock', 'USE1-NovaLite-input-tokens', '1k Tokens', '0.0000700000'), ('D', 'Amazon Bedrock', 'USE1-NovaLite-output-tokens', '1B tokens', '0.24'),
    ('E', 'Amazon Bedrock', 'APS3-Qwen3-Next-80B-A3B-input-tokens', '1K tokens', '0.00018'), ('F', 'Amazon Bedrock', 'APS3-qwen.qwen3-next-80b-a3b-mantle-input-tokens-standard', '1M tokens', '0.168'),
    ('G', 'Amazon Bedrock', 'USE1-Guardrail-ContentPolicyUnitsConsumed', 'TextUnit', '0.00015'), ('H', 'Amazon Bedrock', 'USE1-NovaPro-input-tokens-custom-model', '1K tokens', '0.002'),
    ('I', 'Amazon Bedrock', 'USE1-Unheard9-input-tokens', '1K tokens', '1'), ('J', 'Amazon Bedrock', 'USE1-NovaPro-output-tokens', '1K tokens', '0.0000000000'),
    ('K', 'Amazon Bedrock', 'USE1-TitanText-Lite-ProvisionedThroughput-1month-ModelUnits', 'hour', '6.4'),
    ('L', 'Claude Haiku 4.5 (Amazon Bedrock Edition)', 'USE1-MP:USE1_InputTokenCount-Units', '1M tokens', '1.1000000000'), ('M', 'Claude Haiku 4.5 (Amazon Bedrock Edition)', 'USE1-MP:USE1_OutputTokenCount-Units', 'Units', '5.6'),
    ('N', 'Claude Haiku 4.5 (Amazon Bedrock Edition)', 'USE1-MP:USE1_CacheWriteInputTokenCount-Units', 'Units', '1.375'), ('O', 'Claude Haiku 4.5 (Amazon Bedrock Edition)', 'USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units', '1M TPM Hour', '0.066');
CREATE FUNCTION pg_temp.offer(offer text, version text, published text, rates text[] DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
SELECT jsonb_build_object('offerCode', offer, 'version', version, 'publicationDate', published,
    'products', jsonb_object_agg(sku, jsonb_build_object('sku', sku, 'attributes', jsonb_build_object('usagetype', usage_type, 'servicename', service, 'regionCode', CASE WHEN usage_type LIKE 'APS3%' THEN 'ap-south-1' ELSE 'us-east-1' END))),
    'terms', jsonb_build_object('OnDemand', jsonb_object_agg(sku, jsonb_build_object(sku || '.T', jsonb_build_object('effectiveDate', '2026-11-01T00:00:00Z',
        'priceDimensions', jsonb_build_object(sku || '.T.R', jsonb_build_object('unit', unit, 'pricePerUnit', jsonb_build_object('USD', usd))))))))::text
FROM trap WHERE rates IS NULL OR sku = ANY (rates)$$;
SELECT * FROM bedrock.load_price_list_text(pg_temp.offer('AmazonBedrock', '20261105000000', '2026-11-05T00:00:00Z', '{A,B,C,D,E,F,G,H,I,J,K}'));
SELECT * FROM bedrock.load_price_list_text(pg_temp.offer('AmazonBedrockFoundationModels', '20261105000001', '2026-11-05T00:00:00Z', '{L,M,N,O}'));
SELECT d.sku, d.finding, d.model_id, d.tier, d.token_kind, d.cache_ttl, d.endpoint, d.unit, d.list_usd, d.book_usd, d.ratio
FROM bedrock.price_list l, LATERAL bedrock.price_list_difference(l.offer_code, l.version) d WHERE l.version LIKE '20261105%' ORDER BY 1;
SELECT bedrock.apply_price_list('AmazonBedrock', '20261105000000') AS first_party, bedrock.apply_price_list('AmazonBedrockFoundationModels', '20261105000001') AS marketplace;
SELECT bedrock.apply_price_list('AmazonBedrock', '20261105000000') AS again;
SELECT model_id, region, token_kind, endpoint, unit, usd, valid, doubtful FROM bedrock.price WHERE origin = 'price_list' AND source LIKE '% 20261105%' ORDER BY usage_type COLLATE "C";
-- From the day of publication on; both SKUs are there, a call of bedrock-runtime takes its own.
SELECT d::date AS day, estimated_cost('amazon.nova-lite-v1:0', 100000, region => 'us-east-1', at => d) AS changed, estimated_cost('us.anthropic.claude-haiku-4-5-20251001-v1:0', 0, 100000, region => 'us-east-1', at => d) AS output,
       estimated_cost('qwen.qwen3-next-80b-a3b', 100000, region => 'ap-south-1', at => d) AS two_skus, estimated_cost('amazon.nova-pro-v1:0', 0, 100000, region => 'us-east-1', at => d) AS doubtful
FROM unnest(ARRAY['2026-11-04', '2026-11-05']::timestamptz[]) d;
SELECT token_kind, endpoint, usd, origin, usage_type FROM bedrock.prices WHERE model_id = 'qwen.qwen3-next-80b-a3b' AND region = 'ap-south-1' AND tier = 'standard' AND token_kind = 'input' ORDER BY 3;

-- A region that nothing names yet: a price of every region is none of it, so AWS's is new there, also where it is as high.
INSERT INTO trap VALUES ('P', 'Amazon Bedrock', 'USE1-TitanText-Lite-input-tokens', '1K tokens', '0.0003');
SELECT region, unit, usd, origin FROM bedrock.price WHERE model_id = 'amazon.titan-text-lite-v1' AND token_kind = 'input' AND upper_inf(recorded) AND region = '*';
SELECT action, rates, same, new FROM bedrock.load_price_list_text(replace(pg_temp.offer('AmazonBedrock', '20261106000000', '2026-11-06T00:00:00Z', '{P}'), 'us-east-1', 'xx-new-1'));
SELECT estimated_cost('amazon.titan-text-lite-v1', 1000, region => 'xx-new-1', at => '2026-11-10') AS before;
SELECT bedrock.apply_price_list('AmazonBedrock', '20261106000000') AS taken;
SELECT estimated_cost('amazon.titan-text-lite-v1', 1000, region => 'xx-new-1', at => '2026-11-10') AS after;

-- Bad files change nothing and say what is wrong.
\set VERBOSITY terse
CREATE FUNCTION pg_temp.refused(content text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text; context text;
BEGIN
    PERFORM bedrock.load_price_list_text(content, '/srv/list');
    RETURN 'loaded';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, context = PG_EXCEPTION_CONTEXT;
    RETURN concat_ws(' ', SQLSTATE, message, '/', substring(context FROM '^[^\n]*'));
END $$;
CREATE TEMP TABLE before AS SELECT count(*) FROM bedrock.price_list_rate;
SELECT pg_temp.refused(left(:'answer', 2000));
SELECT pg_temp.refused('{}');
SELECT pg_temp.refused('{"regions": {"us-east-1": {"regionCode": "us-east-1", "currentVersionUrl": "x"}}}');
SELECT pg_temp.refused('[1, "x", null, {"product": 7}, {"terms": {"OnDemand": []}}]');
SELECT pg_temp.refused('');
SELECT pg_temp.refused('SKU');
SELECT pg_temp.refused(left(content, length(content) - 30)) FROM csv WHERE csv.offer_code = 'AmazonBedrock';
SELECT pg_temp.refused(left(content, length(content) - 50)) FROM csv WHERE csv.offer_code = 'AmazonBedrockService';
SELECT pg_temp.refused(regexp_replace(content, ',"[^"]*"\r\n$', E'\r\n')) FROM csv WHERE csv.offer_code = 'AmazonBedrockService';
SELECT pg_temp.refused(pg_temp.offer('AmazonEC2', '1', '2026-11-05'));
SELECT pg_temp.refused(replace(pg_temp.offer('AmazonBedrock', '20261105000000', '2026-11-05T00:00:00Z', '{A,B,C,D,E,F,G,H,I,J,K}'), '0.0000350000', '0.0000360000'));
SELECT pg_temp.refused(pg_temp.offer('AmazonBedrock', '20261105000000', '2026-11-05T00:00:00Z', '{A,B,E}'));
SELECT pg_temp.refused(replace(pg_temp.offer('AmazonBedrock', '2', '2026-11-05T00:00:00Z'), '0.0000350000', 'free'));
SELECT pg_temp.refused(pg_temp.offer('AmazonBedrock', '2', 'soon'));
SELECT bedrock.apply_price_list('AmazonBedrock', 'none');
\set VERBOSITY default
SELECT * FROM bedrock_internal.csv_lines(E'a,b\n"c');
SELECT * FROM bedrock_internal.csv_lines(E'a,b\n"c', '/srv/list.csv');
SELECT bedrock_internal.raise_in_file('/srv/list.csv', 3, '22023', 'the message', 'The facts.', 'The action.');
SELECT bedrock_internal.raise_in_file(NULL, NULL, '22023', 'the message');
SELECT bedrock_internal.raise_in_file(NULL, NULL, '2202', 'the message');
SELECT bedrock_internal.raise_in_file(NULL, NULL, NULL, NULL);
\set VERBOSITY default
SELECT count(*) = (SELECT count FROM before) AS nothing_loaded FROM bedrock.price_list_rate;
-- Cut anywhere, a file is refused with one of two errors; a CSV cut behind a line has nothing that says so.
DO $$
DECLARE
    whole text;
    n integer;
BEGIN
    FOR whole IN SELECT content FROM csv UNION ALL SELECT document::text FROM bulk LOOP
        FOR n IN SELECT g FROM generate_series(0, length(whole) - 1, 97) g LOOP
            BEGIN
                PERFORM * FROM bedrock.load_price_list_text(replace(left(whole, n), '2026', '2027'));
                IF whole LIKE '{%' OR substr(whole, n, 1) <> E'\n' AND substr(whole, n + 1, 2) NOT IN (E'\r\n') THEN
                    RAISE EXCEPTION 'cut at % of %', n, length(whole);
                END IF;
            EXCEPTION WHEN invalid_parameter_value OR bad_copy_file_format THEN NULL;
            END;
        END LOOP;
    END LOOP;
END
$$;
SELECT bedrock.delete_price_list('AmazonBedrock', '20261105000000');
DELETE FROM bedrock.price WHERE NOT builtin;
DELETE FROM bedrock.price_list;
