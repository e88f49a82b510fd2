-- Refresh, first part: the lines of a source, read once, and their line keys. Lines and amounts stay in memory;
-- temporary tables have the line keys (bedrock_read as they were read, bedrock_line_key by field) and what follows from
-- them (bedrock_key).

CREATE OR REPLACE FUNCTION bedrock_internal.readable_type(type regtype) RETURNS text
    LANGUAGE sql STABLE STRICT
    -- What fills up a "character" is no part of its value: only as text an empty one is empty.
    RETURN (SELECT CASE WHEN (t.typlen = -1 OR t.typbyval) AND t.oid <> 'bpchar'::regtype THEN format_type(t.oid, -1)
        ELSE 'text' END
            FROM pg_type AS t WHERE t.oid = readable_type.type);
COMMENT ON FUNCTION bedrock_internal.readable_type(regtype) IS
    'type in which bedrock_internal.read_relation can read a column: its own, or text for types that are padded with '
    'blanks, or have a fixed length and are passed by reference';

CREATE OR REPLACE FUNCTION bedrock_internal.column_reading(name text, type regtype) RETURNS text
    LANGUAGE sql STABLE STRICT
    RETURN format('l.%I::%s', name, bedrock_internal.readable_type(column_reading.type));
COMMENT ON FUNCTION bedrock_internal.column_reading(text, regtype) IS
    'SQL that reads a column of the alias l in a type that bedrock_internal.read_relation can read';

CREATE OR REPLACE FUNCTION bedrock_internal.lock_relation(relation regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET row_security = off
AS $$
BEGIN
    PERFORM FROM bedrock_internal.sum_by_keys(format('SELECT 1::bigint FROM %s LIMIT 0', relation), 0, relation)
        AS f (lines bigint);
END
$$;
COMMENT ON FUNCTION bedrock_internal.lock_relation(regclass) IS
    'keeps the columns of a relation from changing until the transaction ends; an error where it cannot be read';

CREATE OR REPLACE FUNCTION bedrock_internal.line_key_columns() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 'bedrock_lines bigint, bedrock_key integer, bedrock_grain text, bedrock_price_stated boolean, '
        'bedrock_net_given boolean, bedrock_undated bigint';
COMMENT ON FUNCTION bedrock_internal.line_key_columns() IS
    'declaration of the columns that bedrock_internal.read_relation and read_export return before those of the '
    'source: lines, key number (from 0), grain (hour, day, period), whether a public price is stated (or nothing was '
    'charged), whether a net cost is present, lines without a finite start';

CREATE OR REPLACE FUNCTION bedrock_internal.read_statement(source text, periods date[], regions bigint[] DEFAULT NULL)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bedrock_internal.source_relation(read_statement.source);
    entry bedrock.source;
    of_periods text;
    parts text[];
BEGIN
    SELECT * INTO STRICT entry FROM bedrock.source AS s WHERE s.source = read_statement.source;
    SELECT ' WHERE (' || string_agg('(' || bedrock_internal.source_period_predicate(entry.source, p) || ')', ' OR ')
        || ')' INTO of_periods FROM unnest(read_statement.periods) AS p;
    -- A part of the relation for each run of regions; many small parts are no better than all of it.
    SELECT array_agg(of_periods || format(' AND l.ctid >= %L AND l.ctid < %L', bedrock_internal.region_begin(i.first),
        bedrock_internal.region_begin(i.last + 1)) ORDER BY i.first) INTO parts
    FROM (SELECT min(n.region) AS first, max(n.region) AS last
          FROM (SELECT r.region, r.region - row_number() OVER (ORDER BY r.region) AS island
              FROM unnest(read_statement.regions) AS r (region)) AS n
          GROUP BY n.island) AS i
    HAVING count(*) <= 32;
    IF parts IS NULL OR of_periods IS NULL THEN
        parts := ARRAY[coalesce(of_periods, '')];
    END IF;
    RETURN (
        WITH used AS (
            SELECT u.ordinal, u.name, u.used, coalesce(u.field, '') AS field,
                coalesce(f.type, bedrock_internal.readable_type(r.type)) AS type,
                   coalesce(f.expression, bedrock_internal.column_reading(u.name, r.type)) AS expression
            FROM bedrock_internal.column_use(relation, entry.format) AS u
            LEFT JOIN bedrock_internal.source_layout(entry.source) AS f ON f.field = u.field
                AND u.used IN ('usage_start', 'usage_end', 'amount')
            JOIN bedrock_internal.relation_column(relation) AS r ON r.name = u.name
            WHERE u.used <> 'skip')
        SELECT format(
            'CREATE TEMP TABLE bedrock_read ON COMMIT DROP AS SELECT r.*, (SELECT pg_current_snapshot()) AS '
            'bedrock_seen'
            ' FROM bedrock_internal.read_relation(%L, %s, %L, %L, %L) AS r (%s%s)',
            (SELECT string_agg(format('SELECT %s FROM %s AS l%s', q.expressions, relation, p.condition), ' UNION ALL ')
             FROM unnest(parts) AS p (condition), (SELECT string_agg(o.expression, ', ' ORDER BY o.ordinal)
                 AS expressions FROM used AS o) AS q),
            relation::oid, array_agg(u.used ORDER BY u.ordinal), array_agg(u.field ORDER BY u.ordinal),
                entry.keep = 'hour', bedrock_internal.line_key_columns(),
            string_agg(format(', %I %s', u.name, u.type), '' ORDER BY u.ordinal))
        FROM used AS u);
END
$$;
COMMENT ON FUNCTION bedrock_internal.read_statement(text, date[], bigint[]) IS
    'statement that reads periods (NULL: all) of an attached source, from these regions of its relation '
    '(bedrock_internal.row_region; NULL: all), by bedrock_internal.read_relation; the line keys become the temporary '
    'table bedrock_read';

CREATE OR REPLACE FUNCTION bedrock_internal.other_ai_service(product_code text, billing_entity text, product_name text,
    resource_id text, charge_description text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- A FOCUS file without product codes has the names of services.
    RETURN CASE WHEN coalesce(nullif(product_code, ''), replace(product_name, ' ', '')) LIKE 'AmazonSageMaker%'
                THEN 'Amazon SageMaker'
                WHEN coalesce(nullif(product_code, ''), replace(product_name, ' ', '')) IN (
                    'AmazonQ', 'AmazonQBusiness', 'AmazonQDeveloper') THEN 'Amazon Q'
                WHEN coalesce(nullif(product_code, ''), product_name) = 'Kiro' THEN 'Kiro'
                WHEN resource_id LIKE 'arn:%:aws-external-anthropic:%'
                     OR billing_entity = 'AWS Marketplace' AND (product_name ILIKE '%Claude Platform%'
                         OR charge_description ILIKE '%Claude Consumption Unit%') THEN 'Claude Platform on AWS' END;
COMMENT ON FUNCTION bedrock_internal.other_ai_service(text, text, text, text, text) IS
    'AI service of a line that is not Bedrock: Amazon SageMaker, Amazon Q, Kiro, Claude Platform on AWS (models that '
    'Anthropic runs, billed in Claude Consumption Units through AWS Marketplace); NULL: none of these. Source: '
    'line_item_product_code, bill_billing_entity, product name, line_item_resource_id, '
    'line_item_line_item_description';

CREATE OR REPLACE FUNCTION bedrock_internal.line_key_statement(source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    export regclass := to_regclass('pg_temp.bedrock_read');
    entry bedrock.source;
    has_principal boolean;
    any_tag text;
    candidate text;
    tags text;
    same_tags text;
BEGIN
    SELECT * INTO STRICT entry FROM bedrock.source AS s WHERE s.source = line_key_statement.source;
    has_principal := EXISTS (SELECT FROM bedrock_internal.column_use(export, entry.format) AS u
        WHERE u.used = 'principal');
    SELECT coalesce(string_agg(CASE WHEN t.type = 'jsonb'::regtype THEN format('l.tag_%s <> ''{}''', t.ordinal)
        ELSE format('l.tag_%s NOT IN ('''', ''{}'', ''NULL'')', t.ordinal) END, ' OR '), 'false')
    INTO any_tag FROM bedrock_internal.tag_column(export) AS t;

    -- Lines that may be Bedrock's are looked at in detail; what they are is decided by proofs of other lines too.
    candidate := '(@extschema@.is_bedrock(product_code, billing_entity, product_name) OR coalesce(billing_entity '
        '= ''AWS Marketplace'', false)'
        ' OR coalesce(product_code LIKE ''AmazonBedrock%'', false) OR coalesce(product_name LIKE ''%edrock%'', false)'
        ' OR @extschema@.try_bedrock_arn(resource_id) IS NOT NULL OR coalesce(product_code = ANY ($1), false)'
        || CASE WHEN entry.format = 'focus' THEN ' OR coalesce(line_item_description LIKE ''%(Amazon Bedrock '
            'Edition)%'', false)' ELSE '' END || ')';
    candidate := replace(candidate, '$1', quote_literal((SELECT coalesce(array_agg(DISTINCT p.product_code), '{}')
        FROM bedrock.product AS p)) || '::text[]');

    -- SQL NULL, JSON null and empty text all mean that there are no tags.
    SELECT coalesce(string_agg(format(', coalesce(l.tag_%1$s, %2$s) AS tag_%1$s', t.ordinal, CASE
        WHEN t.type = 'jsonb'::regtype THEN '''null''::jsonb' ELSE '''''' END), '' ORDER BY t.ordinal), ''),
           coalesce(string_agg(format('m.tag_%1$s = coalesce(l.tag_%1$s, %2$s)', t.ordinal, CASE
               WHEN t.type = 'jsonb'::regtype THEN '''null''::jsonb' ELSE '''''' END), ' AND ' ORDER BY t.ordinal),
               'true')
    INTO tags, same_tags FROM bedrock_internal.tag_column(export) AS t;

    -- OFFSET 0 keeps the planner from copying expressions upwards. Maps of tags are merged once for each distinct set
    -- of them.
    RETURN format($statement$
CREATE TEMP TABLE bedrock_line_key ON COMMIT DROP AS
WITH line AS MATERIALIZED (
    SELECT *, of_aws AND %4$s AS kept FROM (SELECT *, %5$s AS of_aws FROM (%6$s OFFSET 0) AS l OFFSET 0) AS l),
merged AS MATERIALIZED (
    SELECT %7$s AS tags, %8$s AS tags_raw, t.* FROM (SELECT DISTINCT true AS has_tags%3$s FROM line AS l WHERE l.kept)
        AS t)
SELECT l.number, l.of_aws, l.kept, coalesce(l.payer_account_id, '') AS payer,
    date_trunc('month', l.billing_period_start AT TIME ZONE 'UTC')::date AS period,
       l.billing_period_start, nullif(l.account_id, '') AS account_id, nullif(l.account_name, '') AS account_name,
       nullif(l.billing_entity, '') AS billing_entity, nullif(l.legal_entity, '') AS legal_entity,
       nullif(l.invoicing_entity, '') AS invoicing_entity, nullif(l.invoice_id, '') AS invoice_id,
       nullif(l.line_item_type, '') AS charge_type, nullif(l.charge_class, '') AS charge_class,
           nullif(l.currency, '') AS currency,
       coalesce(c.charge_category, 'unknown') AS charge_category, coalesce(l.reservation_arn <> '', false)
           AS has_reservation, l.charge_grain,
       -- Nothing is a public price of usage only where that cost nothing.
       l.price_stated OR coalesce(c.charge_category, 'unknown') <> 'usage' AS list_known,
       l.net_given, l.lines, l.undated_lines, coalesce(l.resource_id <> '', false) AS has_resource,
           coalesce(%1$s, false) AS has_tags,
       bedrock_internal.other_ai_service(l.product_code, l.billing_entity, l.product_name, l.resource_id,
           l.line_item_description) AS other_ai,
       CASE WHEN l.kept THEN nullif(l.line_item_description, '') END AS charge_description,
       CASE WHEN l.kept THEN nullif(l.product_code, '') END AS product_code,
       CASE WHEN l.kept THEN nullif(l.product_name, '') END AS product_name,
       CASE WHEN l.kept THEN nullif(l.sku, '') END AS sku,
       CASE WHEN l.kept THEN nullif(l.usage_type, '') END AS usage_type,
       CASE WHEN l.kept THEN nullif(l.operation, '') END AS operation,
       CASE WHEN l.kept THEN nullif(l.pricing_unit, '') END AS pricing_unit,
       CASE WHEN l.kept THEN nullif(l.pricing_term, '') END AS pricing_term,
       CASE WHEN l.kept THEN nullif(l.resource_id, '') END AS resource_id,
       CASE WHEN l.kept THEN nullif(l.user_identifier, '') END AS user_identifier,
       CASE WHEN l.kept THEN nullif(l.region_code, '') END AS region_code,
       CASE WHEN l.kept THEN bedrock_internal.principal_without_session(nullif(l.iam_principal, '')) END AS principal,
       -- Where lines do not have their callers, their keys do.
       CASE WHEN l.kept AND NOT %2$L THEN nullif(l.iam_principal, '') END AS iam_principal,
       m.tags, m.tags_raw
FROM line AS l
LEFT JOIN merged AS m ON l.kept AND %9$s
LEFT JOIN bedrock.charge_categories AS c ON c.line_item_type = bedrock_internal.charge_key(
    l.charge_class, l.line_item_type)$statement$,
        any_tag, has_principal, tags, candidate,
        CASE WHEN entry.format = 'focus' THEN 'bedrock_internal.provider_is_aws(provider)' ELSE 'true' END,
        bedrock_internal.source_select(entry.source, true), bedrock_internal.tags_expression(export, true, NULL),
        bedrock_internal.tags_raw_expression(export), same_tags);
END
$$;
COMMENT ON FUNCTION bedrock_internal.line_key_statement(text) IS
    'statement that reads the line keys in the temporary table bedrock_read by field into the temporary table '
    'bedrock_line_key: all fields of lines that may be Bedrock (kept), what bill and cost rule need of others. '
    'of_aws: false for lines of other providers, which are only counted';

-- A source that was never analyzed looks small to the planner, which would then sort it. Lines all end in one store: to
-- hand them over from other processes costs more than to read them.
CREATE OR REPLACE FUNCTION bedrock_internal.stage_source(source text, periods date[], regions bigint[] DEFAULT NULL,
    seen pg_snapshot DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_sort = off SET jit = off SET timezone = 'UTC'
    SET extra_float_digits = 1 SET default_statistics_target = 10
        SET max_parallel_workers_per_gather = 0
    SET row_security = off
AS $$
BEGIN
    IF to_regclass('pg_temp.bedrock_line_key') IS NOT NULL THEN
        DROP TABLE pg_temp.bedrock_line_key;
    END IF;
    IF (SELECT s.relation IS NOT NULL FROM bedrock.source AS s WHERE s.source = stage_source.source) THEN
        PERFORM bedrock_internal.drop_delivery();
        -- The statement is built from the columns of now: they must not change before it runs.
        PERFORM bedrock_internal.lock_relation(bedrock_internal.source_relation(stage_source.source));
        EXECUTE bedrock_internal.read_statement(stage_source.source, stage_source.periods, regions);
        -- Where something was committed meanwhile, a row may have moved out of the part that was read.
        IF regions IS NOT NULL AND (SELECT r.bedrock_seen::text FROM bedrock_read AS r LIMIT 1) IS DISTINCT
            FROM seen::text THEN
            DROP TABLE bedrock_read;
            EXECUTE bedrock_internal.read_statement(stage_source.source, stage_source.periods);
        END IF;
    END IF;
    EXECUTE bedrock_internal.line_key_statement(stage_source.source);
    ANALYZE bedrock_line_key (number, kept);
END
$$;
COMMENT ON FUNCTION bedrock_internal.stage_source(text, date[], bigint[], pg_snapshot) IS
    'reads periods of a source (NULL: all) into memory, with their line keys by field in the temporary table '
    'bedrock_line_key; regions, seen: as bedrock_internal.source_periods returned them';

-- Tables that live for one transaction need the statistics that choose a plan and no finer ones: a small sample will
-- do. Wide rows are joined by hash, whatever their number.
CREATE OR REPLACE FUNCTION bedrock_internal.stage_lines(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_mergejoin = off SET jit = off
    SET default_statistics_target = 10 SET client_min_messages = warning
AS $$
BEGIN
    -- A product code that a line proves to be Bedrock's proves the payer's other lines with it. A resource id proves
    -- only a Marketplace code: any AWS service may name a Bedrock resource.
    INSERT INTO bedrock.product (payer_account_id, product_code, product_name, proof)
    SELECT k.payer, k.product_code, max(k.product_name),
           CASE WHEN bool_or(coalesce(k.product_name LIKE '%(Amazon Bedrock Edition)', false)) THEN 'product_name'
               ELSE 'resource_id' END
    FROM bedrock_line_key AS k
    WHERE k.kept AND k.product_code <> '' AND k.billing_entity = 'AWS Marketplace'
      AND (k.product_name LIKE '%(Amazon Bedrock Edition)' OR @extschema@.try_bedrock_arn(k.resource_id) IS NOT NULL)
    GROUP BY 1, 2
    ON CONFLICT DO NOTHING;

    DROP TABLE IF EXISTS pg_temp.bedrock_key;
    CREATE TEMP TABLE bedrock_key ON COMMIT DROP AS
    WITH flag AS MATERIALIZED (
        SELECT k.payer, k.period, coalesce(bool_or(k.has_resource), false) AS resource_recorded,
            bool_or(k.principal IS NOT NULL) AS principal_recorded,
               bool_or(CASE WHEN k.kept THEN k.tags <> '{}' OR k.tags_raw IS NOT NULL ELSE k.has_tags END)
                   AS tags_recorded, bool_or(k.net_given) AS net_filled
        FROM bedrock_line_key AS k
        WHERE k.of_aws GROUP BY 1, 2),
    read AS (
        SELECT k.number, k.of_aws, k.payer, k.period, k.account_id, k.account_name, k.billing_entity, k.legal_entity,
               k.invoicing_entity, k.invoice_id, k.charge_type, k.charge_class, k.charge_description, k.product_code,
               k.product_name, k.sku, k.usage_type, k.operation, k.pricing_unit, k.pricing_term, k.currency,
               k.resource_id, k.principal, k.iam_principal, k.user_identifier, k.region_code, k.charge_grain,
               k.list_known, k.other_ai, k.has_reservation, k.charge_category,
               -- A map that could not be parsed states nothing, not even that there are no tags.
               CASE WHEN k.tags <> '{}' OR f.tags_recorded AND k.tags_raw IS NULL THEN k.tags END AS tags, k.tags_raw,
               -- What a line states is recorded, whatever the rest of its period does.
               f.resource_recorded OR k.resource_id IS NOT NULL AS resource_recorded,
               f.principal_recorded OR k.principal IS NOT NULL AS principal_recorded,
               f.resource_recorded AS period_resource, f.principal_recorded AS period_principal, f.net_filled,
               -- A discount is in the net column or it is none, where that column is filled at all.
               e.format <> 'focus' AND coalesce(f.net_filled, false) AND k.charge_category = 'discount'
                   AS discount_in_net,
               CASE WHEN NOT k.kept THEN NULL
                    WHEN @extschema@.is_bedrock(k.product_code, k.billing_entity, k.product_name) THEN 'product'
                    WHEN e.format = 'focus' AND k.charge_description LIKE '%(Amazon Bedrock Edition)%' THEN 'product'
                    WHEN @extschema@.try_bedrock_arn(k.resource_id) IS NOT NULL THEN 'resource'
                    WHEN EXISTS (SELECT FROM bedrock.product AS p WHERE p.product_code = k.product_code
                        AND p.payer_account_id IN (k.payer, '*')) THEN 'proved'
                    WHEN k.product_code ILIKE '%bedrock%' OR k.product_name ILIKE '%bedrock%'
                        THEN 'probable' END AS bedrock_basis
        FROM bedrock_line_key AS k
        LEFT JOIN flag AS f ON f.payer = k.payer AND f.period = k.period
        CROSS JOIN bedrock.source AS e
        WHERE e.source = stage_lines.source)
    SELECT r.*, r.tags IS NOT NULL AS period_tags,
           CASE WHEN r.bedrock_basis IS NOT NULL THEN bedrock_internal.key_hash(
               r.account_id, r.account_name, r.billing_entity, r.legal_entity, r.charge_type, r.charge_class,
               r.charge_description, r.product_code, r.product_name, r.sku, r.usage_type, r.operation, r.pricing_unit,
               r.pricing_term, r.currency, r.resource_id, r.principal, r.user_identifier, r.region_code, r.tags::text,
               r.tags_raw, r.charge_grain, r.list_known::text, r.resource_recorded::text, r.principal_recorded::text,
               r.bedrock_basis) END AS key_hash,
           -- Each row of bedrock.bill_total, with lines of other providers apart, and the parts it is summed in.
           bedrock_internal.row_number_of(r.of_aws, r.payer, r.account_id, r.period, r.billing_entity, r.legal_entity,
               r.invoicing_entity, r.invoice_id, r.charge_category, r.currency) AS bill,
           bedrock_internal.row_number_of(r.bedrock_basis IS NOT NULL,
               CASE WHEN r.bedrock_basis IS NULL THEN r.other_ai END) AS part
    FROM read AS r;
    ANALYZE bedrock_key (number, key_hash, bill, bedrock_basis, resource_id, product_name, usage_type, tags);
    TRUNCATE pg_temp.bedrock_line_key;
END
$$;
COMMENT ON FUNCTION bedrock_internal.stage_lines(text) IS
    'makes the temporary table bedrock_key of the line keys that bedrock_internal.stage_source left: why a line '
    'counts as Bedrock, the hash of its dimension, and the numbers of its bill and part';
