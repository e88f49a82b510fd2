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

CREATE OR REPLACE FUNCTION bedrock.stage_lines(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A product code that a line proves to be Bedrock's proves the payer's other lines with it. A resource id proves only a
    -- Marketplace code: any AWS service may name a Bedrock resource.
    INSERT INTO bedrock.product (payer_account_id, product_code, product_name, proof)
    SELECT coalesce(s.payer_account_id, ''), s.product_code, max(s.product_name),
           CASE WHEN bool_or(coalesce(s.product_name LIKE '%(Amazon Bedrock Edition)', false)) THEN 'product_name' ELSE 'resource_id' END
    FROM bedrock_stage AS s
    WHERE s.reading = 'detail' AND s.product_code <> '' AND s.billing_entity = 'AWS Marketplace'
      AND (s.product_name LIKE '%(Amazon Bedrock Edition)' OR @extschema@.try_bedrock_arn(s.resource_id) IS NOT NULL)
    GROUP BY 1, 2
    ON CONFLICT DO NOTHING;

    DROP TABLE IF EXISTS pg_temp.bedrock_line;
    CREATE TEMP TABLE bedrock_line ON COMMIT DROP AS
    WITH flag AS (
        SELECT coalesce(s.payer_account_id, '') AS payer, date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date AS period,
               bool_or(s.resource_lines > 0 OR s.resource_id <> '') AS resource_recorded,
               bool_or(s.iam_principal <> '') AS principal_recorded,
               bool_or(s.tagged_lines > 0 OR s.tags <> '{}' OR s.tags_raw IS NOT NULL) AS tags_recorded,
               bool_or(s.net_lines > 0) AS net_filled
        FROM bedrock_stage AS s WHERE s.reading IN ('detail', 'rest') GROUP BY 1, 2),
    line AS (
        SELECT s.reading, f.payer, f.period, nullif(s.account_id, '') AS account_id, nullif(s.account_name, '') AS account_name,
               nullif(s.billing_entity, '') AS billing_entity, nullif(s.legal_entity, '') AS legal_entity,
               nullif(s.invoicing_entity, '') AS invoicing_entity, nullif(s.invoice_id, '') AS invoice_id,
               nullif(s.line_item_type, '') AS charge_type, nullif(s.charge_class, '') AS charge_class,
               nullif(s.line_item_description, '') AS charge_description, nullif(s.product_code, '') AS product_code,
               nullif(s.product_name, '') AS product_name, nullif(s.sku, '') AS sku, nullif(s.usage_type, '') AS usage_type,
               nullif(s.operation, '') AS operation, nullif(s.pricing_unit, '') AS pricing_unit, nullif(s.pricing_term, '') AS pricing_term,
               nullif(s.resource_id, '') AS resource_id, nullif(s.iam_principal, '') AS iam_principal,
               nullif(s.user_identifier, '') AS user_identifier, nullif(s.region_code, '') AS region_code, nullif(s.currency, '') AS currency,
               s.reservation_arn <> '' AS reserved, s.usage_date, s.usage_hour, s.charge_grain, s.list_known,
               -- A map that could not be read says nothing, not even that there are no tags.
               CASE WHEN s.tags <> '{}' OR f.tags_recorded AND s.tags_raw IS NULL THEN s.tags END AS tags, s.tags_raw,
               coalesce(f.resource_recorded, false) AS resource_recorded, coalesce(f.principal_recorded, false) AS principal_recorded,
               coalesce(f.net_filled, false) AS net_filled,
               coalesce(c.charge_category, 'unknown') AS charge_category, s.lines, s.net_lines,
               s.usage_amount, s.unblended_cost, s.blended_cost, s.net_unblended_cost, s.net_or_unblended, s.net_amortized_cost, s.public_on_demand_cost,
               s.savings_plan_effective_cost, s.savings_plan_total_commitment, s.savings_plan_used_commitment, s.net_savings_plan_effective_cost,
               s.reservation_effective_cost, s.reservation_unused_amortized_upfront_fee, s.reservation_unused_recurring_fee,
               s.reservation_net_effective_cost, s.reservation_net_unused_amortized_upfront_fee, s.reservation_net_unused_recurring_fee,
               e.format = 'focus' AS focus
        FROM bedrock_stage AS s
        JOIN flag AS f ON f.payer = coalesce(s.payer_account_id, '') AND f.period = date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date
        LEFT JOIN bedrock.charge_categories AS c
            ON c.line_item_type = bedrock.charge_key(s.charge_class, s.line_item_type)
        CROSS JOIN bedrock.source AS e
        WHERE s.reading IN ('detail', 'rest') AND e.source = stage_lines.source),
    measured AS (
        SELECT l.*,
               CASE WHEN l.focus THEN l.net_unblended_cost
                    WHEN NOT l.net_filled THEN l.unblended_cost
                    WHEN l.charge_category = 'discount' THEN coalesce(l.net_unblended_cost, 0)
                    ELSE l.net_or_unblended END AS net_cost,
               CASE WHEN l.focus THEN NULL
                    WHEN l.charge_type = 'SavingsPlanCoveredUsage' THEN l.savings_plan_effective_cost
                    WHEN l.charge_type = 'SavingsPlanRecurringFee' THEN l.savings_plan_total_commitment - l.savings_plan_used_commitment
                    WHEN l.charge_type IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee') THEN 0
                    WHEN l.charge_type = 'DiscountedUsage' THEN l.reservation_effective_cost
                    WHEN l.charge_type = 'RIFee' THEN coalesce(l.reservation_unused_amortized_upfront_fee, 0) + coalesce(l.reservation_unused_recurring_fee, 0)
                    WHEN l.charge_type = 'Fee' AND l.reserved THEN 0
                    ELSE l.unblended_cost END AS amortized,
               CASE WHEN l.reading = 'rest' THEN NULL
                    WHEN @extschema@.is_bedrock(l.product_code, l.billing_entity, l.product_name) THEN 'product'
                    WHEN l.focus AND l.charge_description LIKE '%(Amazon Bedrock Edition)%' THEN 'product'
                    WHEN @extschema@.try_bedrock_arn(l.resource_id) IS NOT NULL THEN 'resource'
                    WHEN EXISTS (SELECT FROM bedrock.product AS p WHERE p.product_code = l.product_code AND p.payer_account_id IN (l.payer, '*')) THEN 'proved'
                    WHEN l.product_code ILIKE '%bedrock%' OR l.product_name ILIKE '%bedrock%' THEN 'probable' END AS bedrock_basis
        FROM line AS l)
    SELECT m.payer, m.period, m.account_id, m.account_name, m.billing_entity, m.legal_entity, m.invoicing_entity, m.invoice_id, m.charge_type,
           m.charge_class, m.charge_description, m.product_code, m.product_name, m.sku, m.usage_type, m.operation, m.pricing_unit, m.pricing_term,
           m.resource_id, m.iam_principal, w.principal, m.user_identifier, m.region_code, m.currency, m.usage_date, m.usage_hour, m.charge_grain,
           m.list_known, m.tags, m.tags_raw, r.resource_recorded, r.principal_recorded, m.charge_category, m.bedrock_basis, m.lines, m.net_lines,
           m.resource_recorded AS period_resource, m.principal_recorded AS period_principal, m.tags IS NOT NULL AS period_tags, m.net_filled,
           CASE WHEN m.charge_category = 'usage' THEN m.usage_amount END AS usage_amount,
           m.unblended_cost, m.blended_cost, m.net_cost AS net_unblended_cost, m.amortized AS amortized_cost,
           CASE WHEN m.focus THEN m.net_amortized_cost
                WHEN m.charge_type = 'SavingsPlanCoveredUsage' THEN coalesce(m.net_savings_plan_effective_cost, m.amortized)
                WHEN m.charge_type = 'DiscountedUsage' THEN coalesce(m.reservation_net_effective_cost, m.amortized)
                WHEN m.charge_type = 'RIFee' AND (m.reservation_net_unused_amortized_upfront_fee IS NOT NULL OR m.reservation_net_unused_recurring_fee IS NOT NULL)
                THEN coalesce(m.reservation_net_unused_amortized_upfront_fee, 0) + coalesce(m.reservation_net_unused_recurring_fee, 0)
                WHEN m.charge_type IN ('SavingsPlanRecurringFee', 'SavingsPlanNegation', 'SavingsPlanUpfrontFee', 'RIFee') OR m.charge_type = 'Fee' AND m.amortized = 0 THEN m.amortized
                ELSE m.net_cost END AS net_amortized_cost,
           CASE WHEN m.list_known THEN m.public_on_demand_cost END AS public_on_demand_cost,
           CASE WHEN m.bedrock_basis IS NOT NULL THEN bedrock.combination_hash(
               m.account_id, m.account_name, m.billing_entity, m.legal_entity, m.charge_type, m.charge_class, m.charge_description, m.product_code,
               m.product_name, m.sku, m.usage_type, m.operation, m.pricing_unit, m.pricing_term, m.currency, m.resource_id, w.principal,
               m.user_identifier, m.region_code, m.tags::text, m.tags_raw, m.charge_grain, m.list_known::text, r.resource_recorded::text,
               r.principal_recorded::text, m.bedrock_basis) END AS combination,
           bedrock.combination_hash(m.payer, m.account_id, m.period::text, m.billing_entity, m.legal_entity, m.invoicing_entity, m.invoice_id,
                                    m.charge_category, m.currency) AS bill
    FROM measured AS m
    -- A session is no part of a dimension.
    LEFT JOIN LATERAL @extschema@.bedrock_principal_parts(m.iam_principal) AS q ON true
    CROSS JOIN LATERAL (SELECT CASE WHEN q.session IS NULL THEN m.iam_principal
                                    ELSE left(m.iam_principal, -1 - length(q.session)) END AS principal) AS w
    -- What a line states is recorded, whatever the rest of its period does.
    CROSS JOIN LATERAL (SELECT m.resource_recorded OR m.resource_id IS NOT NULL AS resource_recorded,
                               m.principal_recorded OR m.iam_principal IS NOT NULL AS principal_recorded) AS r;
    ANALYZE bedrock_line (combination, bill, payer, period, bedrock_basis);
END
$$;
COMMENT ON FUNCTION bedrock.stage_lines(text) IS
    'turns the groups that bedrock.stage_statement read into lines with their metrics, the reason they count as Bedrock and the keys of dimension and frame, as a temporary table bedrock_line';
