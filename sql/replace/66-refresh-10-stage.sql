-- Refresh, first part: what a source holds, read once. Lines stay in memory; temporary tables have what they state.

CREATE OR REPLACE FUNCTION bedrock.readable_type(type regtype) RETURNS text
    LANGUAGE sql STABLE STRICT
    -- As bpchar, for "character" alone is one character.
    RETURN (SELECT CASE WHEN t.typlen = -1 OR t.typbyval THEN format_type(t.oid, -1) ELSE 'text' END FROM pg_type AS t WHERE t.oid = readable_type.type);
COMMENT ON FUNCTION bedrock.readable_type(regtype) IS 'the type as which bedrock.fold can take a column in: its own, or text where that has a fixed length and is passed by reference';

CREATE OR REPLACE FUNCTION bedrock.column_reading(name text, type regtype) RETURNS text
    LANGUAGE sql STABLE STRICT
    RETURN format('l.%I::%s', name, bedrock.readable_type(column_reading.type));
COMMENT ON FUNCTION bedrock.column_reading(text, regtype) IS 'SQL that reads a column of alias l, with its type of bedrock.relation_column, as bedrock.fold can take it in';

CREATE OR REPLACE FUNCTION bedrock.lock_relation(relation regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET row_security = off
AS $$
BEGIN
    PERFORM FROM bedrock.fold(format('SELECT true, 1::bigint FROM %s LIMIT 0', relation), '{t}', '{""}', '{""}', relation => relation)
            AS f (set_number integer, number integer, states boolean, lines bigint);
END
$$;
COMMENT ON FUNCTION bedrock.lock_relation(regclass) IS 'keeps the columns of a relation as they are until the transaction ends; an error where it cannot be read';

CREATE OR REPLACE FUNCTION bedrock.compact_statement(source text, periods date[], regions bigint[] DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bedrock.source_relation(compact_statement.source);
    entry bedrock.source;
    starts text;
    of_periods text;
    parts text[];
BEGIN
    SELECT * INTO STRICT entry FROM bedrock.source AS s WHERE s.source = compact_statement.source;
    SELECT ' WHERE (' || string_agg('(' || bedrock.source_period_predicate(entry.source, p) || ')', ' OR ') || ')' INTO of_periods FROM unnest(compact_statement.periods) AS p;
    -- A part of the relation for each run of regions; many small parts are no better than all of it.
    SELECT array_agg(of_periods || format(' AND l.ctid >= %L AND l.ctid < %L', bedrock.region_begin(i.first), bedrock.region_begin(i.last + 1)) ORDER BY i.first) INTO parts
    FROM (SELECT min(n.region) AS first, max(n.region) AS last
          FROM (SELECT r.region, r.region - row_number() OVER (ORDER BY r.region) AS island FROM unnest(compact_statement.regions) AS r (region)) AS n
          GROUP BY n.island) AS i
    HAVING count(*) <= 32;
    IF parts IS NULL OR of_periods IS NULL THEN
        parts := ARRAY[coalesce(of_periods, '')];
    END IF;
    SELECT f.expression INTO starts FROM bedrock.source_layout(entry.source) AS f WHERE f.field = 'usage_start';
    RETURN (
        WITH used AS (
            SELECT u.ordinal, u.name, u.used, coalesce(f.type, bedrock.readable_type(r.type)) AS type,
                   CASE u.used WHEN 'usage_start' THEN format('bedrock.cut_usage_start(%s, %L)', f.expression, entry.keep = 'hour')
                               WHEN 'usage_end' THEN format('bedrock.cut_usage_end(%s, %s, %L)', starts, f.expression, entry.keep = 'hour')
                               WHEN 'amount' THEN f.expression
                               ELSE bedrock.column_reading(u.name, r.type) END AS expression
            FROM bedrock.column_use(relation, entry.format) AS u
            LEFT JOIN bedrock.source_layout(entry.source) AS f ON f.field = u.field AND u.used IN ('usage_start', 'usage_end', 'amount')
            JOIN bedrock.relation_column(relation) AS r ON r.name = u.name
            WHERE u.used <> 'skip')
        SELECT format(
            'CREATE TEMP TABLE bedrock_read ON COMMIT DROP AS SELECT NULL::integer AS file, f.lines AS bedrock_lines, f.number AS bedrock_number, (SELECT pg_current_snapshot()) AS bedrock_seen%s'
            ' FROM bedrock.fold(%L, ''{t}'', %L, %L, %L, relation => %s) AS f (set_number integer, number integer, states boolean%s, lines bigint%s)',
            string_agg(format(', f.%I', u.name), '' ORDER BY u.ordinal),
            (SELECT string_agg(format('SELECT true, 1::bigint%s%s FROM %s AS l%s', string_agg(', ' || u.expression, '' ORDER BY u.ordinal) FILTER (WHERE u.used <> 'amount'),
                                      string_agg(', ' || u.expression, '' ORDER BY u.ordinal) FILTER (WHERE u.used = 'amount'), relation, p.condition), ' UNION ALL ')
             FROM unnest(parts) AS p (condition)),
            -- What a line says but its time and its session recurs, in hundreds of bytes: it is stated once.
            ARRAY[string_agg(CASE WHEN u.used IN ('key', 'month', 'moment') THEN '2' ELSE '1' END, '' ORDER BY u.ordinal) FILTER (WHERE u.used <> 'amount')],
            ARRAY[coalesce(string_agg('1', '') FILTER (WHERE u.used = 'amount'), '')],
            string_agg(CASE u.used WHEN 'usage_start' THEN '1' WHEN 'usage_end' THEN '2' WHEN 'principal' THEN '3' ELSE '0' END, '' ORDER BY u.ordinal) FILTER (WHERE u.used <> 'amount'),
            relation::oid,
            string_agg(format(', %I %s', u.name, u.type), '' ORDER BY u.ordinal) FILTER (WHERE u.used <> 'amount'),
            string_agg(format(', %I %s', u.name, u.type), '' ORDER BY u.ordinal) FILTER (WHERE u.used = 'amount'))
        FROM used AS u);
END
$$;
COMMENT ON FUNCTION bedrock.compact_statement(text, date[], bigint[]) IS
    'the statement that reads periods (NULL: all) of an attached source, in these regions of its relation (bedrock.row_region; NULL: in all), as bedrock.read_export reads files: lines that agree in every column that is kept, in day or hour, and in sign and absence of every amount are one; what they state becomes the temporary table bedrock_read';

CREATE OR REPLACE FUNCTION bedrock.other_ai_service(product_code text, billing_entity text, product_name text, resource_id text, charge_description text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- A FOCUS file without product codes has the names of services.
    RETURN CASE WHEN coalesce(nullif(product_code, ''), replace(product_name, ' ', '')) LIKE 'AmazonSageMaker%' THEN 'Amazon SageMaker'
                WHEN coalesce(nullif(product_code, ''), replace(product_name, ' ', '')) IN ('AmazonQ', 'AmazonQBusiness', 'AmazonQDeveloper') THEN 'Amazon Q'
                WHEN coalesce(nullif(product_code, ''), product_name) = 'Kiro' THEN 'Kiro'
                WHEN resource_id LIKE 'arn:%:aws-external-anthropic:%'
                     OR billing_entity = 'AWS Marketplace' AND (product_name ILIKE '%Claude Platform%' OR charge_description ILIKE '%Claude Consumption Unit%') THEN 'Claude Platform on AWS' END;
COMMENT ON FUNCTION bedrock.other_ai_service(text, text, text, text, text) IS
    'the AI service beside Bedrock a line of the bill is of: Amazon SageMaker, Amazon Q, Kiro, Claude Platform on AWS (models of Anthropic that Anthropic runs, billed in Claude Consumption Units through AWS Marketplace); NULL: none of these. Source: line_item_product_code, bill_billing_entity, product name, line_item_resource_id, line_item_line_item_description';

CREATE OR REPLACE FUNCTION bedrock.stage_statement(source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry bedrock.source;
    present text[];
    line text;
    any_tag text;
    candidate text;
    frame_columns text[] := '{payer_account_id,account_id,account_name,billing_entity,legal_entity,invoicing_entity,invoice_id,line_item_type,charge_class,currency,reservation_arn,billing_period_start}'::text[];
    detail_columns text[] := '{line_item_description,product_code,product_name,sku,usage_type,operation,pricing_unit,pricing_term,resource_id,iam_principal,user_identifier,region_code}'::text[];
    cost text;
    amortized text;
    metrics text;
    keys text[];
    key_values text[];
    key_types text[];
    key_sets text[];
    fed text;
BEGIN
    SELECT * INTO STRICT entry FROM bedrock.source AS s WHERE s.source = stage_statement.source;
    SELECT array_agg(f.field) INTO present FROM bedrock.source_layout(entry.source, true) AS f WHERE f.expression NOT LIKE 'NULL::%';
    line := '(' || bedrock.source_select(entry.source, true) || ' OFFSET 0) AS l';
    SELECT coalesce(string_agg(CASE WHEN t.type = 'jsonb'::regtype THEN format('tag_%s <> ''{}''', t.ordinal) ELSE format('tag_%s NOT IN ('''', ''{}'', ''NULL'')', t.ordinal) END, ' OR '), 'false')
    INTO any_tag FROM bedrock.tag_column(to_regclass('pg_temp.bedrock_export')) AS t;

    -- Lines that may be Bedrock's are kept in detail; what they are is decided on the groups, by proofs of other lines too.
    candidate := '(@extschema@.is_bedrock(product_code, billing_entity, product_name) OR coalesce(billing_entity = ''AWS Marketplace'', false)'
        ' OR coalesce(product_code LIKE ''AmazonBedrock%'', false) OR coalesce(product_name LIKE ''%edrock%'', false)'
        ' OR @extschema@.try_bedrock_arn(resource_id) IS NOT NULL OR coalesce(product_code = ANY ($1), false)'
        || CASE WHEN entry.format = 'focus' THEN ' OR coalesce(line_item_description LIKE ''%(Amazon Bedrock Edition)%'', false)' ELSE '' END || ')';
    candidate := replace(candidate, '$1', quote_literal((SELECT coalesce(array_agg(DISTINCT p.product_code), '{}') FROM bedrock.product AS p)) || '::text[]');
    -- OFFSET 0 keeps the planner from copying the expression upwards.
    line := '(SELECT *, ' || candidate || ' AS kept FROM ' || line
        || CASE WHEN entry.format = 'focus' THEN ' WHERE bedrock.provider_is_aws(provider)' ELSE '' END || ' OFFSET 0) AS l';

    -- Each line type takes the columns that its rule names; what the source lacks is NULL.
    amortized := $rule$
        CASE WHEN line_item_type = 'Usage' THEN unblended_cost
             WHEN line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_effective_cost
             WHEN line_item_type = 'SavingsPlanRecurringFee' THEN savings_plan_total_commitment - savings_plan_used_commitment
             WHEN line_item_type IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee') THEN 0
             WHEN line_item_type = 'DiscountedUsage' THEN reservation_effective_cost
             WHEN line_item_type = 'RIFee' THEN coalesce(reservation_unused_amortized_upfront_fee, 0) + coalesce(reservation_unused_recurring_fee, 0)
             WHEN line_item_type = 'Fee' AND reservation_arn <> '' THEN 0
             ELSE unblended_cost END$rule$;
    -- Usage amount, unblended, blended, net, amortized, net amortized and public cost: the order of bedrock.kept_facts.
    metrics := CASE entry.format WHEN 'focus' THEN
        'usage_amount, unblended_cost, blended_cost, net_unblended_cost, NULL::numeric, net_amortized_cost, public_on_demand_cost'
    ELSE format($rule$usage_amount, unblended_cost, blended_cost, coalesce(net_unblended_cost, unblended_cost), (%1$s)::numeric,
        (CASE WHEN line_item_type = 'Usage' THEN coalesce(net_unblended_cost, unblended_cost)
              WHEN line_item_type = 'SavingsPlanCoveredUsage' THEN coalesce(net_savings_plan_effective_cost, %1$s)
              WHEN line_item_type = 'DiscountedUsage' THEN coalesce(reservation_net_effective_cost, %1$s)
              WHEN line_item_type = 'RIFee' AND (reservation_net_unused_amortized_upfront_fee IS NOT NULL OR reservation_net_unused_recurring_fee IS NOT NULL)
              THEN coalesce(reservation_net_unused_amortized_upfront_fee, 0) + coalesce(reservation_net_unused_recurring_fee, 0)
              WHEN line_item_type IN ('SavingsPlanRecurringFee', 'SavingsPlanNegation', 'SavingsPlanUpfrontFee', 'RIFee') THEN %1$s
              WHEN line_item_type = 'Fee' AND (%1$s) = 0 THEN 0
              ELSE coalesce(net_unblended_cost, unblended_cost) END)::numeric, public_on_demand_cost$rule$, amortized) END;
    SELECT 'coalesce(' || string_agg(c, ', ' ORDER BY c DESC) || ', 0)' INTO cost
    FROM unnest('{unblended_cost,net_unblended_cost}'::text[]) AS c WHERE c = ANY (present);

    -- What lines are grouped by and what is summed; a column that the source lacks is neither. Whether the net column is
    -- filled is a key, so that a discount without it can be told. Two groupings of the same rows: detail (lines that are
    -- kept) and rest make the facts and the frame, control and remainder are what these are held against.
    WITH key AS (
        SELECT k.*, row_number() OVER () - 1 AS place
        FROM (SELECT c AS name, c AS value, CASE c WHEN 'billing_period_start' THEN 'timestamptz' ELSE 'text' END AS type,
                     CASE WHEN c IN ('payer_account_id', 'line_item_type', 'charge_class', 'billing_period_start') THEN 15 ELSE 3 END AS sets
              FROM unnest(frame_columns) AS c WHERE c = ANY (present)
              UNION ALL
              SELECT c, CASE c WHEN 'iam_principal' THEN 'nullif(iam_principal, '''')' ELSE c END, 'text', CASE c WHEN 'usage_type' THEN 5 ELSE 1 END FROM unnest(detail_columns) AS c WHERE c = ANY (present)
              UNION ALL
              SELECT v.name, v.value, v.type, v.sets
              FROM (VALUES ('principal', CASE WHEN 'iam_principal' = ANY (present) THEN 'bedrock.principal_without_session(nullif(iam_principal, ''''))' ELSE 'NULL::text' END, 'text', 1),
                           ('usage_date', 'usage_start::date', 'date', 5),
                           ('usage_hour', CASE entry.keep WHEN 'hour' THEN 'date_trunc(''hour'', usage_start)' ELSE 'NULL::timestamptz' END, 'timestamptz', 1),
                           ('charge_grain', 'bedrock.charge_grain(usage_start, usage_end)', 'text', 1),
                           -- A public price of nothing is none where usage cost something.
                           ('list_known', CASE WHEN 'public_on_demand_cost' = ANY (present) THEN 'coalesce(public_on_demand_cost, 0) <> 0 OR ' ELSE '' END
                                || cost || format(' = 0 OR coalesce(bedrock.charge_key(charge_class, line_item_type), '''') <> ALL (%L::text[])',
                                                  (SELECT array_agg(c.line_item_type) FROM bedrock.charge_categories AS c WHERE c.charge_category = 'usage')), 'boolean', 1),
                           ('other_ai', 'bedrock.other_ai_service(product_code, billing_entity, product_name, resource_id, line_item_description)', 'text', 3),
                           ('has_resource', CASE WHEN 'resource_id' = ANY (present) THEN 'resource_id <> ''''' ELSE 'false' END, 'boolean', 2),
                           ('has_tags', any_tag, 'boolean', 2),
                           ('net_given', CASE WHEN 'net_unblended_cost' = ANY (present) THEN 'net_unblended_cost IS NOT NULL' ELSE 'false' END, 'boolean', 15))
                   AS v (name, value, type, sets)
              UNION ALL
              -- SQL NULL, JSON null and empty text all say that there are no tags.
              SELECT 'tag_' || t.ordinal, format('coalesce(tag_%s, %s)', t.ordinal, CASE WHEN t.type = 'jsonb'::regtype THEN '''null''::jsonb' ELSE '''''' END),
                     CASE WHEN t.type = 'jsonb'::regtype THEN 'jsonb' ELSE 'text' END, 1
              FROM bedrock.tag_column(to_regclass('pg_temp.bedrock_export')) AS t) AS k)
    SELECT array_agg(k.name ORDER BY k.place), array_agg(k.value ORDER BY k.place), array_agg(k.type ORDER BY k.place),
           -- What a line says but its day and its session recurs from day to day, in hundreds of bytes: it is stated once.
           ARRAY[string_agg(CASE WHEN k.sets & 1 = 0 THEN '0' WHEN k.name = ANY ('{usage_date,usage_hour,iam_principal}') THEN '1' ELSE '2' END, '' ORDER BY k.place),
                 string_agg(CASE WHEN k.sets & 2 = 0 THEN '0' ELSE '2' END, '' ORDER BY k.place),
                 string_agg(CASE WHEN k.sets & 4 = 0 THEN '0' ELSE '1' END, '' ORDER BY k.place),
                 string_agg(CASE WHEN k.sets & 8 = 0 THEN '0' ELSE '1' END, '' ORDER BY k.place)],
           string_agg(CASE WHEN k.name = 'usage_date' THEN '1' WHEN k.name = 'usage_hour' AND entry.keep = 'hour' THEN '2' WHEN k.name = 'iam_principal' THEN '3' ELSE '0' END, '' ORDER BY k.place)
    INTO keys, key_values, key_types, key_sets, fed FROM key AS k;
    RETURN format($statement$
CREATE TEMP TABLE bedrock_stage ON COMMIT DROP AS
SELECT CASE g.set_number WHEN 0 THEN 'detail' WHEN 1 THEN 'rest' WHEN 2 THEN 'control' ELSE 'remainder' END AS reading,
       g.number, g.states, %5$s, g.principal, g.usage_date, g.charge_grain, g.list_known%6$s, g.has_resource, g.has_tags, g.net_given, g.other_ai,
       g.lines, g.usage_amount, g.unblended_cost, g.blended_cost, g.net_unblended_cost, g.amortized_cost, g.net_amortized_cost, g.public_on_demand_cost
FROM bedrock.fold(%1$L, '{t,f,t,f}', %2$L, '{1111111,1111111,1111111,1111111}', fed => %4$L, keep => 0)
     AS g (set_number integer, number integer, states boolean, %3$s, lines bigint, usage_amount numeric, unblended_cost numeric, blended_cost numeric,
           net_unblended_cost numeric, amortized_cost numeric, net_amortized_cost numeric, public_on_demand_cost numeric)$statement$,
        format('SELECT kept, lines, number, %s, %s FROM %s', array_to_string(key_values, ', '), metrics, line),
        key_sets,
        (SELECT string_agg(k.name || ' ' || k.type, ', ') FROM unnest(keys, key_types) AS k (name, type)),
        fed,
        (SELECT string_agg(CASE WHEN c = ANY (keys) THEN 'g.' ELSE 'NULL::text AS ' END || c, ', ') FROM unnest(frame_columns || detail_columns) AS c WHERE c <> 'iam_principal'),
        (SELECT coalesce(string_agg(', g.tag_' || t.ordinal, '' ORDER BY t.ordinal), '') FROM bedrock.tag_column(to_regclass('pg_temp.bedrock_export')) AS t));
END
$$;
COMMENT ON FUNCTION bedrock.stage_statement(text) IS
    'the statement that reads the compacted lines of a source, in the temporary relation bedrock_export, for refresh, as a temporary table bedrock_stage: what lines that may be Bedrock''s state but for day and session, with what they add up to and their last day (detail; their groups by day and session are kept by bedrock.fold), all other lines by the frame (rest), and the sums both are held against (control and remainder)';

CREATE OR REPLACE FUNCTION bedrock.tags_statement() RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT format($statement$
CREATE TEMP TABLE bedrock_tags ON COMMIT DROP AS
SELECT g.number, m.tags, m.tags_raw
FROM bedrock_stage AS g
JOIN (SELECT %1$s AS tags, %2$s AS tags_raw%3$s FROM (SELECT DISTINCT reading%3$s FROM bedrock_stage WHERE states AND reading = 'detail') AS t) AS m ON %4$s
WHERE g.states AND g.reading = 'detail'$statement$,
                      bedrock.tags_expression(to_regclass('pg_temp.bedrock_export'), true, NULL), bedrock.tags_raw_expression(to_regclass('pg_temp.bedrock_export')),
                      coalesce(string_agg(', tag_' || t.ordinal, '' ORDER BY t.ordinal), ''),
                      coalesce(string_agg(format('m.tag_%1$s = g.tag_%1$s', t.ordinal), ' AND ' ORDER BY t.ordinal), 'true'))
        FROM bedrock.tag_column(to_regclass('pg_temp.bedrock_export')) AS t);
END
$$;
COMMENT ON FUNCTION bedrock.tags_statement() IS
    'the statement that merges the maps of tags in bedrock_stage, once for each distinct set of tag columns, as a temporary table bedrock_tags';

-- Citus warns of every temporary view that it stays on this node, which is where it is read.
CREATE OR REPLACE FUNCTION bedrock.show_lines_read() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = error
AS $$
BEGIN
    CREATE TEMP VIEW bedrock_export AS SELECT r.* FROM bedrock_read AS r WHERE r.file IS NULL;
END
$$;
COMMENT ON FUNCTION bedrock.show_lines_read() IS 'makes the temporary view bedrock_export of the statements of lines in bedrock_read, as bedrock.compact_statement or bedrock.read_delivery left them';

-- A source that was never analyzed looks small to the planner, which would then sort it: wide rows are grouped by hash. They
-- all end in one fold: to hand them over from other processes costs more than to read them.
CREATE OR REPLACE FUNCTION bedrock.stage_source(source text, periods date[], regions bigint[] DEFAULT NULL, seen pg_snapshot DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_sort = off SET jit = off SET timezone = 'UTC'
    SET client_min_messages = warning SET extra_float_digits = 1 SET default_statistics_target = 10 SET max_parallel_workers_per_gather = 0
    SET row_security = off
AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_stage, pg_temp.bedrock_tags;
    IF (SELECT s.relation IS NOT NULL FROM bedrock.source AS s WHERE s.source = stage_source.source) THEN
        PERFORM bedrock.forget_delivery();
        -- The statement is built from the columns of now: they must not change before it runs.
        PERFORM bedrock.lock_relation(bedrock.source_relation(stage_source.source));
        EXECUTE bedrock.compact_statement(stage_source.source, stage_source.periods, regions);
        -- Where something was committed meanwhile, a row may have moved out of the part that was read.
        IF regions IS NOT NULL AND (SELECT r.bedrock_seen::text FROM bedrock_read AS r LIMIT 1) IS DISTINCT FROM seen::text THEN
            DROP TABLE bedrock_read;
            EXECUTE bedrock.compact_statement(stage_source.source, stage_source.periods);
        END IF;
        PERFORM bedrock.show_lines_read();
    END IF;
    EXECUTE bedrock.stage_statement(stage_source.source);
    ANALYZE bedrock_stage (reading, number, states);
    EXECUTE bedrock.tags_statement();
END
$$;
COMMENT ON FUNCTION bedrock.stage_source(text, date[], bigint[], pg_snapshot) IS
    'reads periods of a source (NULL: all) into the temporary table bedrock_stage; regions, seen: where bedrock.probe_source found them';

-- Tables that live for one transaction need the statistics that choose a plan and no finer ones: a small sample will do.
-- Wide rows are joined by hash, whatever their number.
CREATE OR REPLACE FUNCTION bedrock.stage_lines(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_mergejoin = off SET jit = off
    SET default_statistics_target = 10
AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_stated;
    CREATE TEMP TABLE bedrock_stated ON COMMIT DROP AS
    SELECT s.number, s.reading, coalesce(s.payer_account_id, '') AS payer,
           date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date AS period,
           nullif(s.account_id, '') AS account_id, nullif(s.account_name, '') AS account_name,
           nullif(s.billing_entity, '') AS billing_entity, nullif(s.legal_entity, '') AS legal_entity,
           nullif(s.invoicing_entity, '') AS invoicing_entity, nullif(s.invoice_id, '') AS invoice_id,
           nullif(s.line_item_type, '') AS charge_type, nullif(s.charge_class, '') AS charge_class,
           nullif(s.line_item_description, '') AS charge_description, nullif(s.product_code, '') AS product_code,
           nullif(s.product_name, '') AS product_name, nullif(s.sku, '') AS sku, nullif(s.usage_type, '') AS usage_type,
           nullif(s.operation, '') AS operation, nullif(s.pricing_unit, '') AS pricing_unit, nullif(s.pricing_term, '') AS pricing_term,
           nullif(s.resource_id, '') AS resource_id,
           s.principal, nullif(s.user_identifier, '') AS user_identifier, nullif(s.region_code, '') AS region_code, nullif(s.currency, '') AS currency,
           s.charge_grain, s.list_known, t.tags, t.tags_raw,
           s.has_resource, s.has_tags, s.net_given, s.other_ai,
           coalesce(c.charge_category, 'unknown') AS charge_category, s.usage_date AS last_date, s.lines, s.usage_amount, s.unblended_cost, s.blended_cost,
           s.net_unblended_cost, s.amortized_cost, s.net_amortized_cost, s.public_on_demand_cost
    FROM bedrock_stage AS s
    LEFT JOIN bedrock_tags AS t ON t.number = s.number
    LEFT JOIN bedrock.charge_categories AS c ON c.line_item_type = bedrock.charge_key(s.charge_class, s.line_item_type)
    WHERE s.states AND s.number IS NOT NULL;

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
               s.region_code, s.charge_grain, s.list_known, s.other_ai,
               -- A map that could not be read says nothing, not even that there are no tags.
               CASE WHEN s.tags <> '{}' OR f.tags_recorded AND s.tags_raw IS NULL THEN s.tags END AS tags, s.tags_raw,
               -- What a line states is recorded, whatever the rest of its period does.
               f.resource_recorded OR s.resource_id IS NOT NULL AS resource_recorded,
               f.principal_recorded OR s.principal IS NOT NULL AS principal_recorded,
               f.resource_recorded AS period_resource, f.principal_recorded AS period_principal, f.net_filled, s.charge_category,
               -- A discount is in the net column or it is none, where that column is filled at all.
               z.net_is_zero, z.net_is_zero AND z.net_is_amortized AS net_amortized_is_zero,
               s.last_date, s.lines, CASE WHEN s.charge_category = 'usage' THEN s.usage_amount END AS usage_amount, s.unblended_cost, s.blended_cost,
               CASE WHEN z.net_is_zero THEN 0 ELSE s.net_unblended_cost END AS net_unblended_cost, s.amortized_cost,
               CASE WHEN z.net_is_zero AND z.net_is_amortized THEN 0 ELSE s.net_amortized_cost END AS net_amortized_cost, CASE WHEN s.list_known THEN s.public_on_demand_cost END AS public_on_demand_cost,
               CASE WHEN s.reading = 'rest' THEN NULL
                    WHEN @extschema@.is_bedrock(s.product_code, s.billing_entity, s.product_name) THEN 'product'
                    WHEN e.format = 'focus' AND s.charge_description LIKE '%(Amazon Bedrock Edition)%' THEN 'product'
                    WHEN @extschema@.try_bedrock_arn(s.resource_id) IS NOT NULL THEN 'resource'
                    WHEN EXISTS (SELECT FROM bedrock.product AS p WHERE p.product_code = s.product_code AND p.payer_account_id IN (s.payer, '*')) THEN 'proved'
                    WHEN s.product_code ILIKE '%bedrock%' OR s.product_name ILIKE '%bedrock%' THEN 'probable' END AS bedrock_basis
        FROM bedrock_stated AS s
        JOIN flag AS f ON f.payer = s.payer AND f.period = s.period
        CROSS JOIN bedrock.source AS e
        CROSS JOIN LATERAL (SELECT e.format <> 'focus' AND f.net_filled AND NOT s.net_given AND s.charge_category = 'discount' AS net_is_zero,
                                   coalesce(s.charge_type, '') <> ALL ('{SavingsPlanCoveredUsage,DiscountedUsage,RIFee,SavingsPlanRecurringFee,SavingsPlanNegation,SavingsPlanUpfrontFee}') AS net_is_amortized) AS z
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

    TRUNCATE pg_temp.bedrock_stated;

    DROP TABLE IF EXISTS pg_temp.bedrock_principal;
    CREATE TEMP TABLE bedrock_principal ON COMMIT DROP AS
    SELECT p.principal_number, p.iam_principal
    FROM bedrock.kept_principals(ARRAY(SELECT c.number FROM bedrock_combination AS c WHERE c.bedrock_basis IS NOT NULL)) AS p;
    ANALYZE bedrock_principal;

    -- Lines of one day (or hour), session, bill and dimension are one fact: combinations may differ in what no dimension tells apart.
    -- They are rare.
    DROP TABLE IF EXISTS pg_temp.bedrock_summed;
    CREATE TEMP TABLE bedrock_summed ON COMMIT DROP AS
    SELECT c.number FROM bedrock_combination AS c
    JOIN (SELECT b.combination, b.bill FROM bedrock_combination AS b WHERE b.combination IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1) AS alike
        ON alike.combination = c.combination AND alike.bill = c.bill;
END
$$;
COMMENT ON FUNCTION bedrock.stage_lines(text) IS
    'turns what bedrock.stage_statement read into temporary tables: bedrock_combination, what lines say but for day and session, with what they add up to, the reason it counts as Bedrock and the keys of dimension and frame; bedrock_principal, the IAM principals; bedrock_summed, the combinations of which several lines may be one fact';
