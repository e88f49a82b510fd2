-- AWS's own price lists: the offer files AmazonBedrock, AmazonBedrockService and AmazonBedrockFoundationModels, JSON or
-- CSV, and answers of GetProducts. Every version is kept; its rates are compared with the book, and taken over when
-- asked to.

CREATE OR REPLACE FUNCTION bedrock_internal.csv_lines(content text, file text DEFAULT '')
    RETURNS TABLE (line bigint, fields text[])
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'bedrock_csv_lines';
COMMENT ON FUNCTION bedrock_internal.csv_lines(text, text) IS
    'the lines of a CSV text (RFC 4180) as arrays of fields, with the line of the text each begins on; error 22P04 '
    'where a quote is not closed, with file and line in CONTEXT';

CREATE OR REPLACE FUNCTION bedrock_internal.price_list_json(document jsonb)
    RETURNS TABLE (offer_code text, version text, published_at text, sku text, rate_code text, usage_type text,
                   service_name text, model_name text,
        region text, unit text, usd text, begin_range text, end_range text, effective_date text, description text)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    listing jsonb := CASE jsonb_typeof(document) WHEN 'array' THEN document
                          ELSE coalesce(document -> 'priceList', document -> 'PriceList') END;
BEGIN
    -- GetProducts gives each product with its terms, as an object or as a text that holds one; the bulk file keys both
    -- by SKU.
    RETURN QUERY
    SELECT p.offer_code, p.version, p.published_at, p.sku, d.key, p.attributes ->> 'usagetype',
           nullif(p.attributes ->> 'servicename', ''),
           coalesce(nullif(p.attributes ->> 'model', ''), nullif(p.attributes ->> 'titanModel', '')),
           nullif(p.attributes ->> 'regionCode', ''),
           d.value ->> 'unit', d.value -> 'pricePerUnit' ->> 'USD', d.value ->> 'beginRange', d.value ->> 'endRange',
           t.value ->> 'effectiveDate',
           d.value ->> 'description'
    FROM (SELECT document ->> 'offerCode' AS offer_code, document ->> 'version' AS version,
                 document ->> 'publicationDate' AS published_at, b.key AS sku,
                 b.value -> 'attributes' AS attributes, document -> 'terms' -> 'OnDemand' -> b.key AS terms
          FROM jsonb_each(CASE WHEN listing IS NULL
                                   AND jsonb_typeof(document -> 'products') = 'object' THEN document -> 'products' END)
              AS b
          UNION ALL
          SELECT r.record ->> 'serviceCode', r.record ->> 'version', r.record ->> 'publicationDate',
                 r.record -> 'product' ->> 'sku', r.record -> 'product' -> 'attributes',
                 r.record -> 'terms' -> 'OnDemand'
          FROM jsonb_array_elements(CASE WHEN jsonb_typeof(listing) = 'array' THEN listing END) AS e (value)
          CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(e.value) WHEN 'string' THEN bedrock.try_jsonb(e.value #>> '{}')
                                          ELSE e.value END) AS r (record)) AS p
    CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(p.terms) WHEN 'object' THEN p.terms END) AS t
    CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(t.value -> 'priceDimensions')
                                       WHEN 'object' THEN t.value -> 'priceDimensions' END) AS d;
END
$$;
COMMENT ON FUNCTION bedrock_internal.price_list_json(jsonb) IS
    'the on-demand rates of an offer file or of answers of GetProducts, as published, all text; no row for '
    'anything else';

CREATE OR REPLACE FUNCTION bedrock_internal.price_list_csv(content text, file text DEFAULT '')
    RETURNS TABLE (offer_code text, version text, published_at text, sku text, rate_code text, usage_type text,
                   service_name text, model_name text,
        region text, unit text, usd text, begin_range text, end_range text, effective_date text, description text)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    names text[];
    header_line bigint;
    missing text;
    short record;
    meta jsonb := jsonb_build_object();
    place jsonb;
    current record;
BEGIN
    FOR current IN SELECT l.line,
        l.fields FROM bedrock_internal.csv_lines(content, file) AS l ORDER BY l.line LIMIT 20 LOOP
        IF bedrock_internal.fold_name(current.fields[1]) = 'sku' THEN
            header_line := current.line;
            SELECT array_agg(bedrock_internal.fold_name(f.field) ORDER BY f.ordinal) INTO names
            FROM unnest(current.fields) WITH ORDINALITY AS f (field, ordinal);
            EXIT;
        END IF;
        meta := meta
            || jsonb_build_object(coalesce(bedrock_internal.fold_name(current.fields[1]), ''),
                                  coalesce(current.fields[2], ''));
    END LOOP;
    IF header_line IS NULL THEN
        PERFORM bedrock_internal.raise_in_file(file, NULL, '22023',
                                               'this CSV is no price list of AWS: no line begins with "SKU"',
            'The lines before it are FormatVersion, Disclaimer, Publication Date, Version and OfferCode.');
    END IF;
    SELECT string_agg(n.name, ', ') INTO missing
    FROM unnest(ARRAY['ratecode', 'termtype', 'unit', 'priceperunit', 'currency', 'usagetype']) AS n (name)
    WHERE n.name <> ALL (names);
    IF missing IS NOT NULL THEN
        PERFORM bedrock_internal.raise_in_file(file, header_line, '22023',
                                               format('the header of the price list lacks the columns %s', missing));
    END IF;
    SELECT jsonb_object_agg(n.name, n.ordinal) INTO place FROM unnest(names) WITH ORDINALITY AS n (name, ordinal);

    SELECT l.line, cardinality(l.fields) AS count INTO short FROM bedrock_internal.csv_lines(content, file) AS l
    WHERE l.line > header_line AND cardinality(l.fields) <> cardinality(names) ORDER BY l.line LIMIT 1;
    IF FOUND THEN
        PERFORM bedrock_internal.raise_in_file(file, short.line, '22023',
                                               format('%s fields where the header of the price list has %s',
                                                      short.count, cardinality(names)),
            'A file that was cut off ends in the middle of a line.', 'Fetch the file again.');
    END IF;

    RETURN QUERY
    SELECT meta ->> 'offercode', meta ->> 'version', meta ->> 'publicationdate', l.fields[1],
           l.fields[(place ->> 'ratecode')::integer],
           l.fields[(place ->> 'usagetype')::integer], nullif(l.fields[(place ->> 'servicename')::integer], ''),
           coalesce(nullif(l.fields[(place ->> 'model')::integer], ''),
                    nullif(l.fields[(place ->> 'titanmodel')::integer], '')),
           nullif(l.fields[(place ->> 'regioncode')::integer], ''), l.fields[(place ->> 'unit')::integer],
           l.fields[(place ->> 'priceperunit')::integer],
           nullif(l.fields[(place ->> 'startingrange')::integer], ''),
           nullif(l.fields[(place ->> 'endingrange')::integer], ''),
           nullif(l.fields[(place ->> 'effectivedate')::integer], ''),
           nullif(l.fields[(place ->> 'pricedescription')::integer], '')
    FROM bedrock_internal.csv_lines(content, file) AS l
    WHERE l.line > header_line AND l.fields[(place ->> 'termtype')::integer] = 'OnDemand'
      AND l.fields[(place ->> 'currency')::integer] = 'USD';
END
$$;
COMMENT ON FUNCTION bedrock_internal.price_list_csv(text, text) IS
    'the on-demand rates in US dollars of an offer file in CSV, as published, all text; error 22023 where it has no '
    'such header, or a line has more or fewer fields than it';

CREATE OR REPLACE FUNCTION bedrock_internal.rate_parts(usage_type text, unit text)
    RETURNS TABLE (usage_group text, model_token text, region text, routing text, tier text, token_kind text,
                   cache_ttl text,
        modality text, long_context boolean, custom_model boolean, endpoint text, book_unit text)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT u.usage_group, u.model_token, u.region,
           CASE WHEN u.usage_group = 'provisioned_throughput' THEN 'regional' WHEN u.routing = 'global' THEN 'global'
                WHEN u.routing IS NOT NULL THEN 'regional' END,
           CASE u.usage_group
               WHEN 'tokens' THEN u.tier
               WHEN 'provisioned_throughput'
                   THEN 'provisioned_' || CASE WHEN rate_parts.usage_type ~* '1-?month' THEN '1_month'
                                               WHEN rate_parts.usage_type ~* '6-?months?' THEN '6_month'
                                               WHEN rate_parts.usage_type ~* 'no-?commit' THEN 'no_commit' END
               WHEN 'reserved' THEN 'reserved_' || CASE WHEN rate_parts.usage_type ~* '1-?month' THEN '1_month'
                   WHEN rate_parts.usage_type ~* '3-?months?' THEN '3_month' END END,
           CASE u.usage_group
               WHEN 'tokens' THEN u.token_kind
               WHEN 'provisioned_throughput' THEN 'model_unit_hour'
               WHEN 'reserved' THEN CASE WHEN rate_parts.usage_type ~* 'input' THEN 'input_tpm'
                                         WHEN rate_parts.usage_type ~* 'output' THEN 'output_tpm' END END,
           CASE WHEN u.token_kind = 'cache_write' THEN u.cache_ttl END, u.modality, u.long_context,
           u.custom_model OR u.usage_group = 'provisioned_throughput' AND rate_parts.usage_type ~* 'custom',
           CASE WHEN u.usage_group = 'tokens' THEN CASE WHEN u.mantle THEN 'bedrock-mantle'
                                                        WHEN u.model_token IS NOT NULL THEN 'bedrock-runtime' END END,
           -- The dimension decides, not the word: Units are millions of tokens, but one model unit hour, and reserved
           -- capacity is always an hour of 1K tokens a minute, also where the unit is 1M.
           CASE u.usage_group
               WHEN 'tokens' THEN CASE @extschema@.bedrock_tokens(1, rate_parts.unit, rate_parts.usage_type)
                                      WHEN 1000 THEN '1K tokens' WHEN 1000000 THEN '1M tokens' END
               WHEN 'provisioned_throughput' THEN 'model unit hour'
               WHEN 'reserved' THEN 'hour per 1K TPM' END
    FROM @extschema@.bedrock_usage_parts(rate_parts.usage_type) AS u;
END;
COMMENT ON FUNCTION bedrock_internal.rate_parts(text, text) IS
    'what a rate is a price of, in the words of bedrock.price, read from its usage type and unit; book_unit: the unit '
    'in the words of the book. NULL: the usage type does not state it';

CREATE OR REPLACE FUNCTION bedrock_internal.default_cache_ttl(model_id text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT max(p.cache_ttl) FROM bedrock.price AS p
            WHERE p.model_id = default_cache_ttl.model_id AND p.token_kind = 'cache_write'
              AND p.cache_ttl IN ('5m', '30m')
              AND upper_inf(p.recorded) AND p.builtin);
COMMENT ON FUNCTION bedrock_internal.default_cache_ttl(text) IS
    'how long a cache write of a model is kept by default, by the shipped prices: 5m or 30m; NULL: not known';

CREATE OR REPLACE FUNCTION bedrock_internal.rate_problem(usage_group text, model_id text, routing text, tier text,
    token_kind text, custom_model boolean,
    book_unit text, usd numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN usage_group IS NULL
                    OR usage_group NOT IN ('tokens', 'provisioned_throughput', 'reserved') THEN 'no price of a model'
                WHEN model_id IS NULL THEN 'unknown model'
                WHEN book_unit IS NULL THEN 'unknown unit'
                WHEN token_kind IS NULL OR tier IS NULL OR routing IS NULL THEN 'unknown dimension'
                WHEN custom_model THEN 'custom model'
                WHEN usd < 0 OR usd >= 1000000 OR scale(usd) > 12 THEN 'no price the book can hold' END;
COMMENT ON FUNCTION bedrock_internal.rate_problem(text, text, text, text, text, boolean, text, numeric) IS
    'why the price book does not take a rate: no price of a model, unknown model, unknown unit, unknown dimension, '
    'custom model, no price the book can hold; NULL: it can. The arguments are those of bedrock_internal.rate_parts';

CREATE OR REPLACE FUNCTION bedrock_internal.price_list_prices(offer_code text, version text)
    RETURNS TABLE (list_region text, sku text, rate_code text, usage_type text, usage_group text, model_id text,
                   region text, routing text, tier text,
        token_kind text, cache_ttl text, modality text, long_context boolean, custom_model boolean, endpoint text,
        unit text, usd numeric, published_unit text,
        published_usd numeric, doubtful boolean, problem text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH rate AS MATERIALIZED (
        SELECT r.list_region, r.sku, r.rate_code, r.usage_type, r.service_name, r.model_name, r.unit,
               trim_scale(r.usd) AS usd, r.usd AS published_usd,
               u.usage_group, u.model_token, coalesce(r.region, u.region, '*') AS region, u.routing, u.tier,
               u.token_kind, u.cache_ttl, u.modality,
               u.long_context, u.custom_model, u.endpoint, u.book_unit
        FROM bedrock.price_list_rate AS r
        CROSS JOIN LATERAL bedrock_internal.rate_parts(r.usage_type, r.unit) AS u
        WHERE r.offer_code = price_list_prices.offer_code AND r.version = price_list_prices.version),
    named AS MATERIALIZED (
        -- A name is looked up once, however many rates have it.
        SELECT n.service_name, n.model_token, n.model_name,
               coalesce(m.model_id, bedrock_internal.model_by_name(n.model_name, 'product_name')) AS model_id
        FROM (SELECT DISTINCT r.service_name, r.model_token, r.model_name FROM rate AS r) AS n
        CROSS JOIN LATERAL bedrock_internal.resolve_model(NULL, NULL, n.service_name, n.model_token) AS m)
    SELECT r.list_region, r.sku, r.rate_code, r.usage_type, r.usage_group, n.model_id, r.region, r.routing, r.tier,
           r.token_kind,
           coalesce(r.cache_ttl,
                    CASE WHEN r.token_kind = 'cache_write' THEN bedrock_internal.default_cache_ttl(n.model_id) END),
           r.modality, r.long_context,
           r.custom_model, r.endpoint, r.book_unit, r.usd, r.unit, r.published_usd, r.usd = 0
               AND r.token_kind IN ('input', 'output'),
           bedrock_internal.rate_problem(r.usage_group, n.model_id, r.routing, r.tier, r.token_kind, r.custom_model,
                                         r.book_unit, r.usd)
    FROM rate AS r
    JOIN named AS n
        ON (n.service_name, n.model_token, n.model_name) IS NOT DISTINCT FROM (r.service_name, r.model_token,
            r.model_name);
END
$$;
COMMENT ON FUNCTION bedrock_internal.price_list_prices(text, text) IS
    'what the rates of a price list are prices of, read from the usage type, in the words of bedrock.price. problem: '
    'why the book does not take the rate (no price of a model, as guardrails are; unknown model, unit or dimension; '
    'custom model); NULL: it can. published_unit and published_usd: as in the list. Two SKUs for one thing are '
    'two rows';

CREATE OR REPLACE FUNCTION bedrock.price_list_difference(offer_code text, version text)
    RETURNS TABLE (finding text, model_id text, region text, routing text, tier text, token_kind text, cache_ttl text,
                   modality text, long_context boolean,
        endpoint text, unit text, list_usd numeric, book_usd numeric, ratio numeric, usage_type text, sku text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    day date := coalesce((SELECT max(l.published_at AT TIME ZONE 'UTC')::date FROM bedrock.price_list AS l
                          WHERE l.offer_code = price_list_difference.offer_code
                            AND l.version = price_list_difference.version), (now() AT TIME ZONE 'UTC')::date);
BEGIN
    RETURN QUERY
    WITH listed AS MATERIALIZED (
        SELECT *
        FROM bedrock_internal.price_list_prices(price_list_difference.offer_code, price_list_difference.version)),
    -- The price that holds that day, of lists before and shipped ones; a SKU is first compared with itself.
    compared AS (
        SELECT n.*, b.usd AS b_usd, b.unit AS b_unit, b.found
        FROM listed AS n
        LEFT JOIN LATERAL (
            SELECT p.usd, p.unit, true AS found FROM bedrock.price AS p
            WHERE n.problem IS NULL AND p.model_id = n.model_id AND upper_inf(p.recorded)
              AND p.origin NOT IN ('user', 'offer') AND p.valid @> day
              AND (p.region = n.region OR p.region = '*' AND n.region IN (SELECT bedrock_internal.price_regions()))
              AND p.routing IN (n.routing, '*') AND p.tier = n.tier AND p.token_kind = n.token_kind
              AND p.cache_ttl IS NOT DISTINCT FROM n.cache_ttl
              AND coalesce(p.modality, 'text') = coalesce(n.modality, 'text')
              AND (p.long_context_above IS NOT NULL) = coalesce(n.long_context, false)
              AND coalesce(p.endpoint, n.endpoint) IS NOT DISTINCT FROM n.endpoint
            ORDER BY p.usage_type IS DISTINCT FROM n.usage_type, p.origin <> 'price_list', p.region = '*',
                     p.endpoint IS NULL, lower(p.valid) DESC NULLS LAST LIMIT 1) AS b ON true),
    scaled AS (
        SELECT c.*, CASE c.unit WHEN '1K tokens' THEN c.usd * 1000 ELSE c.usd END AS per_unit,
               CASE c.b_unit WHEN '1K tokens' THEN c.b_usd * 1000 ELSE c.b_usd END AS b_per_unit
        FROM compared AS c)
    SELECT CASE WHEN s.problem IS NOT NULL THEN s.problem WHEN s.found IS NULL THEN 'new'
                WHEN s.per_unit = s.b_per_unit THEN 'same'
                WHEN s.per_unit = s.b_per_unit * 1000
                    OR s.per_unit * 1000 = s.b_per_unit THEN 'factor_1000' ELSE 'different' END,
           s.model_id, s.region, s.routing, s.tier, s.token_kind, s.cache_ttl, s.modality, s.long_context, s.endpoint,
           CASE s.unit WHEN '1K tokens' THEN '1M tokens' ELSE coalesce(s.unit, s.published_unit) END,
           trim_scale(coalesce(s.per_unit, s.usd)),
           trim_scale(s.b_per_unit), trim_scale(round(s.per_unit / nullif(s.b_per_unit, 0), 6)), s.usage_type, s.sku
    FROM scaled AS s
    ORDER BY 1, 2 NULLS LAST, 3, 4, 5, 6, 7, 15, 16;
END
$$;
COMMENT ON FUNCTION bedrock.price_list_difference(text, text) IS
    'compares a loaded price list with the book without the user''s prices on the day of publication, one row for each '
    'rate. finding: new, same, different, factor_1000 (one of the two has the wrong unit), or why the book cannot hold '
    'the rate: no price of a model (guardrails), unknown model, unknown unit, unknown dimension, custom model. '
    'list_usd, book_usd: for a million tokens, else for unit; ratio: list to book';

CREATE OR REPLACE FUNCTION bedrock_internal.price_list_content(content text, document jsonb, file text)
    RETURNS TABLE (offer_code text, version text, published_at text, sku text, rate_code text, usage_type text,
                   service_name text, model_name text,
        region text, unit text, usd text, begin_range text, end_range text, effective_date text, description text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT j.* FROM bedrock_internal.price_list_json(document) AS j
    UNION ALL
    SELECT c.*
    FROM bedrock_internal.price_list_csv(CASE WHEN document IS NULL THEN ltrim(content, chr(65279)) END,
                                         coalesce(file, '')) AS c;
END;
COMMENT ON FUNCTION bedrock_internal.price_list_content(text, jsonb, text) IS
    'the rates of a price list: of document, or of the CSV in content where document is NULL. file: named in errors; '
    'NULL = none';

CREATE OR REPLACE FUNCTION bedrock.load_price_list_text(content text, file text DEFAULT NULL)
    RETURNS TABLE (offer_code text, version text, region text, action text, rates bigint, same bigint, different bigint,
                   new bigint, not_taken bigint)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    document jsonb;
    is_json boolean := ltrim(content, E' \t\r\n' || chr(65279)) ~ '^[{[]';
    bad record;
    list record;
    before bigint;
BEGIN
    IF is_json THEN
        BEGIN
            document := ltrim(content, chr(65279))::jsonb;
        EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR program_limit_exceeded
            OR statement_too_complex OR numeric_value_out_of_range THEN
            PERFORM bedrock_internal.raise_in_file(file, NULL, '22023', 'the price list is no JSON', SQLERRM,
                                                   'Fetch the file again where it was cut off.');
        END;
    END IF;

    IF NOT EXISTS (SELECT FROM bedrock_internal.price_list_content(content, document, file)) THEN
        PERFORM bedrock_internal.raise_in_file(file, NULL, '22023', 'the price list has no on-demand rate', NULL,
            'Load index.json or index.csv of an offer and region, or the answer of aws pricing get-products; not '
            'region_index.json.');
    END IF;
    SELECT o.* INTO bad FROM bedrock_internal.price_list_content(content, document, file) AS o
    WHERE coalesce(o.offer_code, '') NOT IN ('AmazonBedrock', 'AmazonBedrockService', 'AmazonBedrockFoundationModels')
    LIMIT 1;
    IF FOUND THEN
        PERFORM bedrock_internal.raise_in_file(file, NULL, '22023',
                                               format('"%s" is no offer of Amazon Bedrock',
                                                      left(coalesce(bad.offer_code, ''), 160)), NULL,
            'Load the offers AmazonBedrock, AmazonBedrockService and AmazonBedrockFoundationModels, all three.');
    END IF;
    SELECT o.* INTO bad FROM bedrock_internal.price_list_content(content, document, file) AS o
    WHERE coalesce(o.version, '') = '' OR coalesce(o.sku, '') = '' OR coalesce(o.rate_code, '') = ''
      OR coalesce(o.usage_type, '') = '' OR coalesce(o.unit, '') = ''
       OR (o.usd IS NOT NULL AND o.usd !~ '^[0-9]{1,12}([.][0-9]{1,20})?$')
       OR (o.published_at <> '' AND o.published_at !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}')
       OR (o.effective_date <> '' AND o.effective_date !~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])') LIMIT 1;
    IF FOUND THEN
        PERFORM bedrock_internal.raise_in_file(file, NULL, '22023',
                                               format('rate "%s" of the price list cannot be read',
                                                      left(coalesce(bad.rate_code, bad.sku, ''), 160)),
            format('version "%s", usage type "%s", unit "%s", US dollars "%s", effective "%s", published "%s"',
                   left(bad.version, 60), left(bad.usage_type, 160),
                   left(bad.unit, 60), left(bad.usd, 60), left(bad.effective_date, 60),
                   left(bad.published_at, 60)));
    END IF;

    FOR list IN
        SELECT o.offer_code, o.version, CASE WHEN count(DISTINCT o.region) = 1 THEN min(o.region)
                                             ELSE '*' END AS region,
               min(nullif(o.published_at, ''))::timestamptz AS published_at, count(*) AS rates
        FROM bedrock_internal.price_list_content(content, document, file) AS o WHERE o.usd IS NOT NULL
        GROUP BY o.offer_code, o.version ORDER BY 1, 2
    LOOP
        SELECT l.rates INTO before FROM bedrock.price_list AS l
        WHERE (l.offer_code, l.version, l.region) = (list.offer_code, list.version, list.region);
        IF FOUND AND (before <> list.rates OR EXISTS (
                SELECT FROM bedrock_internal.price_list_content(content, document, file) AS o
                LEFT JOIN bedrock.price_list_rate AS r
                    ON (r.offer_code, r.version, r.list_region, r.sku, r.rate_code) = (o.offer_code, o.version,
                        list.region, o.sku, o.rate_code)
                WHERE (o.offer_code, o.version) = (list.offer_code, list.version) AND o.usd IS NOT NULL
                  AND (r.usd IS DISTINCT FROM o.usd::numeric OR r.unit IS DISTINCT FROM o.unit))) THEN
            PERFORM bedrock_internal.raise_in_file(file, NULL, '22023',
                                                   format('version %s of %s (%s) is loaded with other rates',
                                                          list.version, list.offer_code, list.region),
                'A version never changes: this file or the one before is only a part.',
                'Drop what is loaded with bedrock.delete_price_list.');
        END IF;
        IF before IS NULL THEN
            action := 'added';
            INSERT INTO bedrock.price_list (offer_code, version, region, published_at, format, file, rates)
            VALUES (list.offer_code, list.version, list.region, list.published_at,
                    CASE WHEN is_json THEN 'json' ELSE 'csv' END, load_price_list_text.file, list.rates);
            INSERT
                INTO bedrock.price_list_rate (offer_code, version, list_region, sku, rate_code, usage_type,
                                              service_name, model_name, region, unit, usd, begin_range,
                                              end_range, effective_date, description)
            SELECT o.offer_code, o.version, list.region, o.sku, o.rate_code, o.usage_type, o.service_name, o.model_name,
                   o.region, o.unit, o.usd::numeric, o.begin_range,
                   o.end_range, left(nullif(o.effective_date, ''), 10)::date, o.description
            FROM bedrock_internal.price_list_content(content, document, file) AS o
            WHERE (o.offer_code, o.version) = (list.offer_code, list.version) AND o.usd IS NOT NULL;
        ELSE
            action := 'unchanged';
        END IF;
        offer_code := list.offer_code;
        version := list.version;
        region := list.region;
        SELECT count(*), count(*) FILTER (WHERE d.finding = 'same'),
               count(*) FILTER (WHERE d.finding IN ('different', 'factor_1000')),
               count(*) FILTER (WHERE d.finding = 'new')
        INTO rates, same, different, new
        FROM bedrock.price_list_difference(list.offer_code, list.version) AS d;
        not_taken := rates - same - different - new;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock.load_price_list_text(text, text) IS
    'loads a price list from a text as bedrock.load_price_list does from a file; file: its name in errors and in '
    'bedrock.price_list';

CREATE OR REPLACE FUNCTION bedrock.load_price_list(file text)
    RETURNS TABLE (offer_code text, version text, region text, action text, rates bigint, same bigint, different bigint,
                   new bigint, not_taken bigint)
    LANGUAGE plpgsql STRICT SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM bedrock.load_price_list_text(bedrock.server_file_text(load_price_list.file),
                                                            load_price_list.file);
END
$$;
COMMENT ON FUNCTION bedrock.load_price_list(text) IS
    'loads a price list of AWS from a file on the server: index.json or index.csv of an offer (AmazonBedrock, '
    'AmazonBedrockService, AmazonBedrockFoundationModels), or the answer of aws pricing get-products, plain or gzip, '
    'up to 64 MB unpacked. Returns one row for each offer and version: added or unchanged, and how many of its rates '
    'are new, the same or different; the price book is not changed. Error 22023 or 22P04: the file cannot be read, and '
    'nothing is loaded. Needs pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock.apply_price_list(offer_code text, version text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    published date;
    added bigint;
BEGIN
    SELECT max(l.published_at AT TIME ZONE 'UTC')::date INTO published FROM bedrock.price_list AS l
    WHERE l.offer_code = apply_price_list.offer_code AND l.version = apply_price_list.version
    HAVING count(*) > 0;
    IF NOT FOUND THEN
        RAISE undefined_object
            USING MESSAGE = format('version "%s" of the price list %s is not loaded',
                                   left(apply_price_list.version, 160), left(apply_price_list.offer_code, 160)),
            HINT = 'bedrock.load_price_list loads it; bedrock.price_list lists what is loaded.';
    END IF;
    published := coalesce(published, (now() AT TIME ZONE 'UTC')::date);
    LOCK TABLE bedrock.price IN SHARE ROW EXCLUSIVE MODE;
    PERFORM bedrock_internal.require_load();

    -- A price that differs holds from the day the list came out; one the book did not have, for all days. The endpoint
    -- is kept where the list has a SKU for each of them.
    INSERT
        INTO bedrock.price (model_id, region, routing, tier, token_kind, cache_ttl, modality, long_context_above,
                            endpoint, unit, usd, valid, as_of, doubtful, usage_type,
                            source, origin, recorded_by)
    SELECT DISTINCT p.model_id, p.region, p.routing, p.tier, p.token_kind, p.cache_ttl, p.modality,
           CASE WHEN p.long_context
                    THEN coalesce((SELECT min(k.long_context_above) FROM bedrock.price AS k
                                   WHERE k.model_id = p.model_id AND k.builtin), 9223372036854775807) END,
           CASE WHEN p.endpoints > 1 THEN p.endpoint END, p.unit, p.usd,
           CASE d.finding WHEN 'new' THEN daterange(NULL, NULL) ELSE daterange(published, NULL) END, published,
           p.doubtful, p.usage_type,
           format('%s %s', apply_price_list.offer_code, apply_price_list.version), 'price_list',
           bedrock_internal.calling_role()
    FROM (SELECT n.*, CASE WHEN min(n.endpoint) OVER thing <> max(n.endpoint) OVER thing THEN 2 ELSE 1 END AS endpoints
          FROM bedrock_internal.price_list_prices(apply_price_list.offer_code, apply_price_list.version) AS n
          WHERE n.problem IS NULL
          WINDOW thing AS (PARTITION BY n.model_id, n.region, n.routing, n.tier, n.token_kind, n.cache_ttl, n.modality,
                           n.long_context)) AS p
    JOIN bedrock.price_list_difference(apply_price_list.offer_code, apply_price_list.version) AS d ON d.sku = p.sku
        AND d.usage_type = p.usage_type
    WHERE d.finding IN ('new', 'different');
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END
$$;
COMMENT ON FUNCTION bedrock.apply_price_list(text, text) IS
    'inserts the new and different prices of a loaded list into the price book and returns how many: valid from the '
    'day of publication, or for all days where the book has none. They win over shipped prices, not over the user''s, '
    'and are not dated. A rate 1,000 times that of the book, or a thousandth, is left out; bedrock.set_price settles '
    'it. A long-context price of a model without a threshold is used only with long_context => true. Error 42704: no '
    'such list';

CREATE OR REPLACE FUNCTION bedrock.delete_price_list(offer_code text, version text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    gone bigint;
BEGIN
    DELETE FROM bedrock.price_list AS l WHERE l.offer_code = delete_price_list.offer_code
        AND l.version = delete_price_list.version;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;
COMMENT ON FUNCTION bedrock.delete_price_list(text, text) IS
    'deletes a loaded version of a price list, so that its file can be loaded again, and returns how many files it '
    'had; prices applied from it stay in the book';
