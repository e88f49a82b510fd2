-- Refresh: dimension and facts brought up to date with what a source holds now, one transaction, exact to the last digit.

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
    SELECT '(' || bedrock.source_select(entry.source) || ' WHERE ' || string_agg('(' || bedrock.source_period_predicate(entry.source, p) || ')', ' OR ') || ' OFFSET 0) AS l'
    INTO line FROM unnest(stage_statement.periods) AS p;
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
    SELECT array_agg(a.name ORDER BY a.place),
           ARRAY[sum(1::bigint << a.place::integer), sum(1::bigint << a.place::integer), sum(1::bigint << a.place::integer) FILTER (WHERE a.name = ANY (controlled)) + (1::bigint << count(*)::integer),
                 sum(1::bigint << a.place::integer) FILTER (WHERE a.name = ANY (controlled)) + (1::bigint << count(*)::integer)]::bigint[]
    INTO sums, amount_sets FROM (SELECT a AS name, row_number() OVER () - 1 AS place FROM unnest(amounts) AS a WHERE a = ANY (present)) AS a;

    RETURN format($statement$
CREATE TEMP TABLE bedrock_stage ON COMMIT DROP AS
WITH grouped AS MATERIALIZED (
    SELECT * FROM bedrock.fold(%1$L, %2$s, '{t,f,t,f}', %3$L, %4$L) AS f (set_number integer, %5$s, lines bigint, %6$s, amortized numeric)),
-- Maps are merged once for each distinct set of tag columns.
merged AS MATERIALIZED (
    SELECT %7$s AS tags, %8$s AS tags_raw%9$s FROM (SELECT DISTINCT set_number%9$s FROM grouped WHERE set_number = 0) AS t)
SELECT CASE g.set_number WHEN 0 THEN 'detail' WHEN 1 THEN 'rest' WHEN 2 THEN 'control' ELSE 'remainder' END AS reading,
       %10$s, g.usage_date, g.charge_grain, g.list_known, m.tags, m.tags_raw,
       CASE WHEN g.has_resource THEN g.lines END AS resource_lines, CASE WHEN g.has_tags THEN g.lines END AS tagged_lines, g.lines,
       CASE WHEN g.net_given THEN g.lines ELSE 0 END AS net_lines, %11$s,
       CASE WHEN g.net_given THEN %12$s ELSE %13$s END AS net_or_unblended, g.amortized AS control_amortized
FROM grouped AS g LEFT JOIN merged AS m ON g.set_number = 0 AND %14$s$statement$,
        format('SELECT kept, %s, %s, (%s)::numeric FROM %s', array_to_string(key_values, ', '), array_to_string(sums, ', '), amortized, line),
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
    'the statement that reads a source for refresh: lines grouped in detail, all others by the frame, and the control sums, as a temporary table bedrock_stage';

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
COMMENT ON FUNCTION bedrock.stage_source(text, date[]) IS 'reads periods of a source into the temporary table bedrock_stage';

CREATE OR REPLACE FUNCTION bedrock.bills_of(source text, OUT bill_id integer, OUT payer text, OUT period date, OUT lines bigint, OUT bedrock_lines bigint,
    OUT unblended_cost numeric, OUT net_unblended_cost numeric, OUT is_final boolean) RETURNS SETOF record
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT b.bill_id, b.payer_account_id, b.billing_period, b.lines, b.bedrock_lines, b.unblended_cost, b.net_unblended_cost, b.is_final
    FROM bedrock.bill_total AS b WHERE b.source = bills_of.source;
END;
COMMENT ON FUNCTION bedrock.bills_of(text) IS 'rows of the frame that a source brought';

CREATE OR REPLACE FUNCTION bedrock.period_flags(staged boolean, OUT payer text, OUT period date, OUT net_filled boolean,
    OUT resource_recorded boolean, OUT principal_recorded boolean, OUT tags_recorded boolean) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF staged THEN
        RETURN QUERY
        SELECT l.payer, l.period, bool_or(l.net_filled), bool_or(l.period_resource), bool_or(l.period_principal), bool_or(l.period_tags)
        FROM bedrock_line AS l GROUP BY 1, 2;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.period_flags(boolean) IS 'what the lines staged in bedrock_line record, by payer and period; no row where nothing is staged';

CREATE OR REPLACE FUNCTION bedrock.probe_source(source text, period date DEFAULT NULL,
    OUT payer_account_id text, OUT billing_period date, OUT lines bigint, OUT cost numeric, OUT fresh boolean, OUT snapshot text) RETURNS SETOF record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET extra_float_digits = 1 SET timezone = 'UTC'
AS $$
DECLARE
    relation regclass := bedrock.source_relation(probe_source.source);
    payer text;
    start_of_period text;
    cost_column text;
    conditions text;
    since text;
    now_at pg_snapshot := pg_current_snapshot();
    fresh_rows text := 'NULL::boolean';
    mark text;
BEGIN
    SELECT max(l.expression) FILTER (WHERE l.field = 'payer_account_id'), max(l.expression) FILTER (WHERE l.field = 'billing_period_start'),
           max(l.expression) FILTER (WHERE l.field = CASE s.format WHEN 'focus' THEN 'net_unblended_cost' ELSE 'unblended_cost' END),
           -- Lines of other providers are never read, so they are no change.
           concat_ws(' AND ', max(format('bedrock.provider_is_aws(%s)', l.expression)) FILTER (WHERE l.field = 'provider' AND s.format = 'focus'),
                     CASE WHEN probe_source.period IS NOT NULL THEN bedrock.source_period_predicate(probe_source.source, probe_source.period) END)
    INTO payer, start_of_period, cost_column, conditions
    FROM bedrock.source_layout(probe_source.source) AS l, bedrock.source AS s WHERE s.source = probe_source.source;

    -- What stays the same for as long as row versions of this relation can be compared with a snapshot taken earlier, and the same columns are read.
    mark := format('%s/%s/%s/%s', (SELECT c.system_identifier FROM pg_control_system() AS c), current_database(), relation::oid,
                   md5(bedrock.source_select(probe_source.source)));
    IF (SELECT c.relkind IN ('r', 'p', 'm') FROM pg_class AS c WHERE c.oid = relation) THEN
        SELECT min(p.signature::jsonb ->> 'snapshot') INTO since
        FROM (SELECT q.signature FROM bedrock.period AS q
              WHERE q.source = probe_source.source AND (probe_source.period IS NULL OR q.billing_period = probe_source.period)
              ORDER BY (pg_snapshot_xmax((q.signature::jsonb ->> 'snapshot')::pg_snapshot)::text)::numeric NULLS FIRST LIMIT 1) AS p
        WHERE p.signature::jsonb ->> 'mark' = mark;
        IF since IS NULL THEN
            fresh_rows := 'true';
        ELSE
            -- A row version is new where its transaction was not finished in that snapshot; transaction ids of a row have 32 bits.
            fresh_rows := format(
                '(CASE WHEN l.xmin::text::bigint < 3 THEN false ELSE'
                ' (CASE WHEN l.xmin::text::bigint <= %1$s THEN %2$s ELSE %2$s - 4294967296 END + l.xmin::text::bigint) >= %3$s'
                ' OR (CASE WHEN l.xmin::text::bigint <= %1$s THEN %2$s ELSE %2$s - 4294967296 END + l.xmin::text::bigint) = ANY (%4$L::bigint[]) END)',
                pg_snapshot_xmax(now_at)::text::numeric % 4294967296, div(pg_snapshot_xmax(now_at)::text::numeric, 4294967296) * 4294967296,
                pg_snapshot_xmax(since::pg_snapshot), (SELECT coalesce(array_agg(x::text), '{}') FROM pg_snapshot_xip(since::pg_snapshot) AS x));
        END IF;
    END IF;

    RETURN QUERY EXECUTE format(
        'SELECT coalesce(payer, ''''), date_trunc(''month'', start_of_period AT TIME ZONE ''UTC'')::date, sum(lines)::bigint, sum(cost), bool_or(%4$s),'
        ' (SELECT jsonb_build_object(''mark'', %5$L, ''snapshot'', '
        '   CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text ELSE least(pg_snapshot_xmin(pg_current_snapshot())::text::numeric, pg_current_xact_id_if_assigned()::text::numeric) || '':''|| least(pg_snapshot_xmin(pg_current_snapshot())::text::numeric, pg_current_xact_id_if_assigned()::text::numeric) || '':'' END)::text)'
        ' FROM (SELECT %1$s AS payer, %2$s AS start_of_period, %8$s AS xmin, count(*) AS lines, sum(%3$s) AS cost FROM %6$s AS l%7$s GROUP BY 1, 2, 3) AS l'
        ' GROUP BY 1, 2',
        payer, start_of_period, cost_column, fresh_rows, mark, relation,
        CASE WHEN conditions = '' THEN '' ELSE ' WHERE ' || conditions END,
        CASE WHEN since IS NULL THEN 'NULL::xid' ELSE 'l.xmin' END);
END
$$;
COMMENT ON FUNCTION bedrock.probe_source(text, date) IS
    'periods of an attached source with lines and cost (billing_period NULL: lines that state none), whether rows were written since the last refresh (fresh; NULL: the relation cannot tell, a view or foreign table) and the signature to compare with next time';

CREATE OR REPLACE FUNCTION bedrock.rules_version() RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT md5(concat_ws('/',
        (SELECT string_agg(concat_ws(' ', c.line_item_type, c.charge_category), ',' ORDER BY c.line_item_type) FROM bedrock.charge_categories AS c),
        (SELECT string_agg(concat_ws(' ', p.payer_account_id, p.product_code), ',' ORDER BY p.payer_account_id, p.product_code) FROM bedrock.product AS p),
        (SELECT string_agg(concat_ws(' ', s.valid_from, s.value), ',' ORDER BY s.valid_from, s.recorded_at) FROM bedrock.setting AS s WHERE s.name = 'ai_cost_metric')));
END;
COMMENT ON FUNCTION bedrock.rules_version() IS
    'changes when the charge categories, the proved products or the cost metric change, by which facts and frame are made: refresh then reads also periods whose lines did not change';

CREATE OR REPLACE FUNCTION bedrock.settle_sources() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    moved integer[];
BEGIN
    -- One session settles at a time, so that the last one sees what all of them wrote.
    LOCK TABLE bedrock.bill_total IN SHARE UPDATE EXCLUSIVE MODE;

    -- One usage account and billing period is fed by one source: the preferred one, else the one attached first.
    WITH feeding AS (
        SELECT DISTINCT coalesce(b.account_id, '') AS account_id, b.billing_period, b.source FROM bedrock.bill_total AS b),
    winner AS (
        SELECT DISTINCT ON (f.account_id, f.billing_period) f.account_id, f.billing_period, f.source
        FROM feeding AS f
        LEFT JOIN bedrock.source AS s ON s.source = f.source
        ORDER BY f.account_id, f.billing_period,
                 f.source <> coalesce(bedrock.setting_value('preferred_source', f.billing_period), ''), s.rank NULLS LAST, f.source),
    settled AS (
        UPDATE bedrock.bill_total AS b SET standby = (b.source <> w.source)
        FROM winner AS w
        WHERE w.account_id = coalesce(b.account_id, '') AND w.billing_period = b.billing_period AND b.standby <> (b.source <> w.source)
        RETURNING b.bill_id)
    SELECT array_agg(s.bill_id) INTO moved FROM settled AS s;
    IF moved IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE bedrock.fact AS f SET standby = b.standby FROM bedrock.bill_total AS b WHERE b.bill_id = f.bill_id AND f.bill_id = ANY (moved);
    UPDATE bedrock.fact_month AS f SET standby = b.standby FROM bedrock.bill_total AS b WHERE b.bill_id = f.bill_id AND f.bill_id = ANY (moved);
    RETURN cardinality(moved);
END
$$;
COMMENT ON FUNCTION bedrock.settle_sources() IS
    'decides for each usage account and billing period which source feeds bedrock.spend; the others are standby. Returns how many rows of bedrock.bill_total changed sides';

CREATE OR REPLACE FUNCTION bedrock.prefer_source(name text, from_period date DEFAULT '-infinity') RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock.set_setting('preferred_source', prefer_source.name, prefer_source.from_period, 'bedrock.prefer_source');
    RETURN bedrock.settle_sources();
END
$$;
COMMENT ON FUNCTION bedrock.prefer_source(text, date) IS
    'from this billing period on the named source feeds bedrock.spend wherever it has an account and period; returns how many rows of bedrock.bill_total changed sides; an error for an unknown source';

CREATE OR REPLACE FUNCTION bedrock.forget_period(source text, billing_period date) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bills integer[];
BEGIN
    SELECT array_agg(b.bill_id) INTO bills FROM bedrock.bill_total AS b
    WHERE b.source = forget_period.source AND b.billing_period = forget_period.billing_period;
    DELETE FROM bedrock.fact AS f WHERE f.bill_id = ANY (bills);
    DELETE FROM bedrock.fact_month AS f WHERE f.bill_id = ANY (bills);
    DELETE FROM bedrock.bill_total AS b WHERE b.bill_id = ANY (bills);
END
$$;
COMMENT ON FUNCTION bedrock.forget_period(text, date) IS 'takes a period of a source out of facts and frame; refresh puts it back';

CREATE OR REPLACE FUNCTION bedrock.forget_source(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A refresh under way writes what would stay behind: it ends first, and the next one waits.
    LOCK TABLE bedrock.period IN SHARE ROW EXCLUSIVE MODE;
    PERFORM bedrock.forget_period(forget_source.source, p.billing_period)
    FROM (SELECT DISTINCT b.billing_period FROM bedrock.bill_total AS b WHERE b.source = forget_source.source) AS p;
    DELETE FROM bedrock.period AS p WHERE p.source = forget_source.source;
    PERFORM bedrock.settle_sources();
END
$$;
COMMENT ON FUNCTION bedrock.forget_source(text) IS 'takes everything a source brought out of facts and frame; dimensions stay';

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
               s.reservation_arn <> '' AS reserved, s.usage_date, s.charge_grain, s.list_known,
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
           m.resource_id, m.iam_principal, w.principal, m.user_identifier, m.region_code, m.currency, m.usage_date, m.charge_grain,
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

-- ANALYZE holds its lock until the transaction ends, and two refreshes may wait for each other's combinations: neither
-- waits for statistics that the other one is taking.
CREATE OR REPLACE FUNCTION bedrock.take_statistics(relations regclass[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = error
AS $$
DECLARE
    relation regclass;
BEGIN
    FOREACH relation IN ARRAY relations LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', relation);
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock.take_statistics(regclass[]) IS 'tells the planner how large these tables are now; a table that another session is at is left to it';

CREATE OR REPLACE FUNCTION bedrock.add_dimensions() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    added integer[];
    clash record;
    version text;
    rows_before text;
    discovered bigint;
    current boolean;
BEGIN
    WITH inserted AS (
        INSERT INTO bedrock.dimension (combination, account_id, account_name, billing_entity, legal_entity, charge_type, charge_class,
            charge_description, product_code, product_name, sku, usage_type, operation, pricing_unit, pricing_term, currency, resource_id, principal,
            user_identifier, region_code, tags, tags_raw, charge_grain, list_known, resource_recorded, principal_recorded, bedrock_basis)
        SELECT DISTINCT ON (l.combination) l.combination, l.account_id, l.account_name, l.billing_entity, l.legal_entity, l.charge_type, l.charge_class,
            l.charge_description, l.product_code, l.product_name, l.sku, l.usage_type, l.operation, l.pricing_unit, l.pricing_term, l.currency,
            l.resource_id, l.principal, l.user_identifier, l.region_code, l.tags, l.tags_raw, l.charge_grain, l.list_known, l.resource_recorded,
            l.principal_recorded, l.bedrock_basis
        FROM bedrock_line AS l
        WHERE l.combination IS NOT NULL AND NOT EXISTS (SELECT FROM bedrock.dimension AS d WHERE d.combination = l.combination)
        ORDER BY l.combination
        ON CONFLICT (combination) DO NOTHING
        RETURNING dimension_id)
    SELECT coalesce(array_agg(i.dimension_id), '{}') INTO added FROM inserted AS i;

    SELECT l.combination, l.resource_id AS one, d.resource_id AS other INTO clash
    FROM bedrock_line AS l JOIN bedrock.dimension AS d ON d.combination = l.combination
    WHERE ROW(l.account_id, l.charge_type, l.product_code, l.usage_type, l.operation, l.resource_id, l.principal, l.charge_description, l.tags)
          IS DISTINCT FROM ROW(d.account_id, d.charge_type, d.product_code, d.usage_type, d.operation, d.resource_id, d.principal, d.charge_description, d.tags)
    LIMIT 1;
    IF FOUND THEN
        RAISE unique_violation USING MESSAGE = format('two different combinations have the hash %s', clash.combination),
            DETAIL = format('Resource ids %s and %s.', clash.one, clash.other);
    END IF;

    INSERT INTO bedrock.session (iam_principal, principal_session, user_email)
    SELECT p.iam_principal, w.session, w.email
    FROM (SELECT DISTINCT l.iam_principal FROM bedrock_line AS l WHERE l.combination IS NOT NULL AND l.iam_principal IS NOT NULL) AS p
    CROSS JOIN LATERAL @extschema@.bedrock_principal_parts(p.iam_principal) AS w
    WHERE NOT EXISTS (SELECT FROM bedrock.session AS s WHERE s.iam_principal = p.iam_principal)
    ORDER BY p.iam_principal
    ON CONFLICT (iam_principal) DO NOTHING;

    IF cardinality(added) = 0 THEN
        RETURN 0;
    END IF;
    version := bedrock.catalogue_version();
    current := EXISTS (SELECT FROM bedrock.setting AS s WHERE s.name = 'state.catalogue_version' AND s.value = version)
               OR (SELECT count(*) FROM bedrock.dimension) = cardinality(added);

    -- Profiles and projects that the registry does not know are entered as discovered.
    discovered := bedrock.discover_profiles((SELECT array_agg(DISTINCT d.resource_id) FROM bedrock.dimension AS d
                                             WHERE d.dimension_id = ANY (added) AND d.resource_id IS NOT NULL));
    PERFORM bedrock.take_statistics('{bedrock.dimension,bedrock.session}');
    PERFORM bedrock.read_dimensions(added);
    PERFORM bedrock.rebuild_attribution(added);

    -- What was discovered is about new dimensions only: the others need not be read again for it. A registry that grew by more
    -- was written to by someone else.
    IF current THEN
        rows_before := split_part(version, '/', 2);
        version := split_part(version, '/', 1) || substr(bedrock.catalogue_version(), strpos(version, '/'));
        IF split_part(version, '/', 2)::bigint = rows_before::bigint + discovered THEN
            PERFORM bedrock.keep_catalogue_version(version);
        END IF;
    END IF;
    RETURN cardinality(added);
END
$$;
COMMENT ON FUNCTION bedrock.add_dimensions() IS
    'enters the combinations, principals and profiles of bedrock_line that are new, parses them, and returns how many combinations were';

CREATE OR REPLACE FUNCTION bedrock.replace_facts(source text, periods date[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock.forget_period(replace_facts.source, p) FROM unnest(replace_facts.periods) AS p;

    DROP TABLE IF EXISTS pg_temp.bedrock_bill;
    CREATE TEMP TABLE bedrock_bill ON COMMIT DROP AS
    WITH billed AS MATERIALIZED (
        SELECT l.bill, l.payer, l.account_id, l.period, l.billing_entity, l.legal_entity, l.invoicing_entity, l.invoice_id, l.charge_category, l.currency,
               sum(l.lines)::bigint AS lines, sum(l.unblended_cost) AS unblended_cost, sum(l.blended_cost) AS blended_cost,
               sum(l.net_unblended_cost) AS net_unblended_cost, sum(l.amortized_cost) AS amortized_cost, sum(l.net_amortized_cost) AS net_amortized_cost,
               sum(l.public_on_demand_cost) AS public_on_demand_cost,
               coalesce(sum(l.lines) FILTER (WHERE l.bedrock_basis IS NOT NULL), 0)::bigint AS bedrock_lines,
               sum(l.unblended_cost) FILTER (WHERE l.bedrock_basis IS NOT NULL) AS bedrock_unblended_cost,
               sum(l.net_unblended_cost) FILTER (WHERE l.bedrock_basis IS NOT NULL) AS bedrock_net_unblended_cost
        FROM bedrock_line AS l
        GROUP BY l.bill, l.payer, l.account_id, l.period, l.billing_entity, l.legal_entity, l.invoicing_entity, l.invoice_id, l.charge_category, l.currency),
    final AS MATERIALIZED (
        -- Final is a payer, period and entity of which every line is invoiced; without invoice ids, age decides.
        SELECT l.payer, l.period, l.billing_entity,
               CASE WHEN NOT e.focus THEN w.metric WHEN w.metric IN ('amortized', 'net_amortized') THEN 'net_amortized' ELSE 'net_unblended' END AS cost_metric,
               CASE WHEN e.invoices THEN 'invoice' ELSE 'age' END AS basis,
               CASE WHEN e.invoices
                    THEN bool_and(l.invoice_id IS NOT NULL) AND l.period + interval '1 month' <= now() AT TIME ZONE 'UTC'
                    ELSE l.period + interval '1 month 15 days' <= now() AT TIME ZONE 'UTC' END AS is_final
        FROM billed AS l
        CROSS JOIN (SELECT s.mapping ? 'invoice_id' AS invoices, s.format = 'focus' AS focus FROM bedrock.source AS s WHERE s.source = replace_facts.source) AS e
        JOIN (SELECT p AS period, bedrock.setting_value('ai_cost_metric', p) AS metric FROM unnest(replace_facts.periods) AS p) AS w ON w.period = l.period
        GROUP BY l.payer, l.period, l.billing_entity, e.invoices, e.focus, w.metric)
    SELECT l.bill, nextval('bedrock.bill_total_bill_id_seq')::integer AS bill_id, l.payer, l.account_id, l.period, l.billing_entity,
           l.legal_entity, l.invoicing_entity, l.invoice_id, l.charge_category, l.currency, f.cost_metric, f.is_final, f.basis, l.lines,
           l.unblended_cost, l.blended_cost, l.net_unblended_cost, l.amortized_cost, l.net_amortized_cost, l.public_on_demand_cost,
           l.bedrock_lines, l.bedrock_unblended_cost, l.bedrock_net_unblended_cost
    FROM billed AS l
    JOIN final AS f ON f.payer = l.payer AND f.period = l.period AND f.billing_entity IS NOT DISTINCT FROM l.billing_entity;
    ANALYZE bedrock_bill (bill, bill_id);

    INSERT INTO bedrock.bill_total (bill_id, source, payer_account_id, account_id, billing_period, billing_entity, legal_entity, invoicing_entity,
        invoice_id, charge_category, currency, cost_metric, is_final, is_final_basis, lines, unblended_cost, blended_cost, net_unblended_cost,
        amortized_cost, net_amortized_cost, public_on_demand_cost, bedrock_lines, bedrock_unblended_cost, bedrock_net_unblended_cost)
    OVERRIDING SYSTEM VALUE
    SELECT b.bill_id, replace_facts.source, b.payer, b.account_id, b.period, b.billing_entity, b.legal_entity, b.invoicing_entity, b.invoice_id,
           b.charge_category, b.currency, b.cost_metric, b.is_final, b.basis, b.lines, b.unblended_cost, b.blended_cost, b.net_unblended_cost,
           b.amortized_cost, b.net_amortized_cost, b.public_on_demand_cost, b.bedrock_lines, b.bedrock_unblended_cost, b.bedrock_net_unblended_cost
    FROM bedrock_bill AS b;

    INSERT INTO bedrock.fact (usage_date, bill_id, attribution_id, dimension_id, session_id, standby, lines, usage_amount, tokens, unblended_cost,
        blended_cost, net_unblended_cost, amortized_cost, net_amortized_cost, public_on_demand_cost, list_cost, ai_cost)
    SELECT s.usage_date, s.bill_id, a.attribution_id, s.dimension_id, s.session_id, false, s.lines, s.usage_amount,
           s.usage_amount * nullif(s.tokens_per_unit, 0), s.unblended_cost, s.blended_cost, s.net_unblended_cost, s.amortized_cost,
           s.net_amortized_cost, s.public_on_demand_cost, s.public_on_demand_cost,
           CASE s.cost_metric WHEN 'unblended' THEN s.unblended_cost WHEN 'blended' THEN s.blended_cost WHEN 'net_unblended' THEN s.net_unblended_cost
                              WHEN 'amortized' THEN s.amortized_cost ELSE s.net_amortized_cost END
    FROM (SELECT l.usage_date, b.bill_id, b.cost_metric, d.dimension_id, d.tokens_per_unit, coalesce(w.session_id, 0) AS session_id, sum(l.lines)::bigint AS lines,
                 sum(l.usage_amount) AS usage_amount, sum(l.unblended_cost) AS unblended_cost, sum(l.blended_cost) AS blended_cost,
                 sum(l.net_unblended_cost) AS net_unblended_cost, sum(l.amortized_cost) AS amortized_cost,
                 sum(l.net_amortized_cost) AS net_amortized_cost, sum(l.public_on_demand_cost) AS public_on_demand_cost
          FROM bedrock_line AS l
          JOIN bedrock_bill AS b ON b.bill = l.bill
          JOIN bedrock.dimension AS d ON d.combination = l.combination
          LEFT JOIN bedrock.session AS w ON w.iam_principal = l.iam_principal
          GROUP BY l.usage_date, b.bill_id, b.cost_metric, d.dimension_id, w.session_id) AS s
    JOIN bedrock.attribution AS a ON a.dimension_id = s.dimension_id AND s.usage_date BETWEEN a.valid_from AND a.valid_to;

    INSERT INTO bedrock.fact_month
    SELECT * FROM bedrock.month_of_facts((SELECT array_agg(b.bill_id) FROM bedrock_bill AS b), NULL);
END
$$;
COMMENT ON FUNCTION bedrock.replace_facts(text, date[]) IS
    'writes frame and facts of these periods anew from bedrock_line; readers see the old rows until the transaction ends';

CREATE OR REPLACE FUNCTION bedrock.check_conservation(source text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    broken record;
BEGIN
    -- By payer, period, day, line type and usage type: what the source's own rows add up to against what the tables hold now,
    -- with the candidates that turned out not to be Bedrock's.
    WITH control AS (
        SELECT coalesce(s.payer_account_id, '') AS payer, date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date AS period, s.usage_date,
               nullif(s.line_item_type, '') AS charge_type, nullif(s.usage_type, '') AS usage_type, sum(s.lines) AS lines,
               coalesce(sum(s.usage_amount) FILTER (WHERE c.charge_category = 'usage'), 0) AS usage_amount, coalesce(sum(s.unblended_cost), 0) AS unblended,
               coalesce(sum(s.blended_cost), 0) AS blended,
               coalesce(sum(CASE WHEN e.format = 'focus' THEN s.net_unblended_cost
                                 WHEN NOT p.net_filled THEN s.unblended_cost
                                 WHEN c.charge_category = 'discount' THEN coalesce(s.net_unblended_cost, 0)
                                 ELSE s.net_or_unblended END), 0) AS net,
               coalesce(sum(CASE WHEN e.format = 'focus' THEN s.net_amortized_cost ELSE s.control_amortized END), 0) AS amortized,
               coalesce(sum(s.public_on_demand_cost), 0) AS public_cost
        FROM bedrock_stage AS s
        CROSS JOIN bedrock.source AS e
        LEFT JOIN bedrock.charge_categories AS c ON c.line_item_type = bedrock.charge_key(s.charge_class, s.line_item_type)
        JOIN (SELECT l.payer, l.period, bool_or(l.net_filled) AS net_filled FROM bedrock_line AS l GROUP BY 1, 2) AS p
            ON p.payer = coalesce(s.payer_account_id, '') AND p.period = date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date
        WHERE s.reading = 'control' AND e.source = check_conservation.source
        GROUP BY 1, 2, 3, 4, 5),
    held AS (
        SELECT h.payer, h.period, h.usage_date, h.charge_type, h.usage_type, sum(h.lines) AS lines, coalesce(sum(h.usage_amount), 0) AS usage_amount,
               coalesce(sum(h.unblended), 0) AS unblended, coalesce(sum(h.blended), 0) AS blended, coalesce(sum(h.net), 0) AS net,
               coalesce(sum(h.amortized), 0) AS amortized, coalesce(sum(h.public_cost), 0) AS public_cost
        FROM (SELECT b.payer, b.period, f.usage_date, d.charge_type, d.usage_type, f.lines, f.usage_amount, f.unblended_cost AS unblended,
                     f.blended_cost AS blended, f.net_unblended_cost AS net, coalesce(f.amortized_cost, f.net_amortized_cost) AS amortized,
                     f.public_on_demand_cost AS public_cost
              FROM bedrock.fact AS f JOIN bedrock_bill AS b ON b.bill_id = f.bill_id JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
              UNION ALL
              SELECT l.payer, l.period, l.usage_date, l.charge_type, l.usage_type, l.lines, l.usage_amount, l.unblended_cost, l.blended_cost,
                     l.net_unblended_cost, coalesce(l.amortized_cost, l.net_amortized_cost), l.public_on_demand_cost
              FROM bedrock_line AS l WHERE l.bedrock_basis IS NULL AND l.usage_date IS NOT NULL) AS h
        GROUP BY 1, 2, 3, 4, 5)
    SELECT coalesce(c.period, h.period) AS period, coalesce(c.usage_date, h.usage_date) AS day, coalesce(c.charge_type, h.charge_type) AS charge_type,
           coalesce(c.usage_type, h.usage_type) AS usage_type,
           format('%s lines, amount %s, unblended %s, blended %s, net %s, amortized %s, list %s', c.lines, c.usage_amount, c.unblended, c.blended, c.net, c.amortized, c.public_cost) AS of_source,
           format('%s lines, amount %s, unblended %s, blended %s, net %s, amortized %s, list %s', h.lines, h.usage_amount, h.unblended, h.blended, h.net, h.amortized, h.public_cost) AS of_facts
    INTO broken
    FROM control AS c
    FULL JOIN held AS h ON h.payer = c.payer AND h.period = c.period AND h.usage_date = c.usage_date
        AND h.charge_type IS NOT DISTINCT FROM c.charge_type AND coalesce(h.usage_type, '') = coalesce(c.usage_type, '')
    WHERE ROW(c.lines, c.usage_amount, c.unblended, c.blended, c.net, c.amortized, c.public_cost)
          IS DISTINCT FROM ROW(h.lines, h.usage_amount, h.unblended, h.blended, h.net, h.amortized, h.public_cost)
    ORDER BY 1, 2, 3, 4 LIMIT 1;
    IF FOUND THEN
        RAISE data_corrupted USING
            MESSAGE = format('conservation is broken in source "%s", period %s, day %s, line type %s, usage type %s',
                             check_conservation.source, to_char(broken.period, 'YYYY-MM'), broken.day, broken.charge_type, broken.usage_type),
            DETAIL = format('Source: %s. Facts: %s.', broken.of_source, broken.of_facts),
            HINT = 'Nothing was changed. A row of the source may lack a usage date, or lie in no category; otherwise this is a bug.';
    END IF;

    -- And everything, Bedrock or not, against the frame.
    SELECT t.payer, t.period, t.lines AS source_lines, b.lines AS frame_lines, t.cost AS source_cost, b.cost AS frame_cost INTO broken
    FROM (SELECT coalesce(s.payer_account_id, '') AS payer, date_trunc('month', s.billing_period_start AT TIME ZONE 'UTC')::date AS period, sum(s.lines) AS lines,
                 coalesce(sum(CASE WHEN e.format = 'focus' THEN s.net_unblended_cost ELSE s.unblended_cost END), 0) AS cost
          FROM bedrock_stage AS s CROSS JOIN bedrock.source AS e WHERE s.reading IN ('control', 'remainder') AND e.source = check_conservation.source GROUP BY 1, 2) AS t
    FULL JOIN (SELECT q.payer_account_id AS payer, q.billing_period AS period, sum(q.lines) AS lines, coalesce(sum(coalesce(q.unblended_cost, q.net_unblended_cost)), 0) AS cost
               FROM bedrock.bill_total AS q JOIN bedrock_bill AS n ON n.bill_id = q.bill_id GROUP BY 1, 2) AS b USING (payer, period)
    WHERE ROW(t.lines, t.cost) IS DISTINCT FROM ROW(b.lines, b.cost)
    LIMIT 1;
    IF FOUND THEN
        RAISE data_corrupted USING
            MESSAGE = format('conservation is broken in source "%s", period %s: the bill as a whole', check_conservation.source, to_char(broken.period, 'YYYY-MM')),
            DETAIL = format('Source: %s lines, %s. Frame: %s lines, %s.', broken.source_lines, broken.source_cost, broken.frame_lines, broken.frame_cost),
            HINT = 'Nothing was changed.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.check_conservation(text) IS
    'compares what a source adds up to with what frame and facts hold, for every metric, to the last digit; an error with period, day, usage type and both sums where they differ';

CREATE OR REPLACE FUNCTION bedrock.refresh_sources(wanted_source text, wanted_period date, forced boolean)
    RETURNS TABLE (source text, billing_period date, action text, lines bigint, cost numeric, seconds numeric)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
#variable_conflict use_column
DECLARE
    entry bedrock.source;
    probe record;
    locked bigint;
    began timestamptz;
    changed date[];
    busy date[];
    touched bigint := 0;
    work_mem_before text := current_setting('work_mem');
    rules_before text;
BEGIN
    -- As much memory as maintenance may have: the groups of a bill are kept in it.
    PERFORM set_config('work_mem', s.setting || s.unit, true)
    FROM pg_settings AS s
    WHERE s.name = 'maintenance_work_mem' AND s.setting::bigint > (SELECT w.setting::bigint FROM pg_settings AS w WHERE w.name = 'work_mem');

    IF wanted_source IS NOT NULL AND NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = wanted_source) THEN
        RAISE undefined_object USING MESSAGE = format('there is no source "%s"', wanted_source),
            HINT = 'Sources are listed in bedrock.source; bedrock.attach makes one.';
    END IF;

    FOR entry IN SELECT s.* FROM bedrock.source AS s
                 WHERE s.relation IS NOT NULL AND (wanted_source IS NULL OR s.source = wanted_source) ORDER BY s.rank LOOP
        began := clock_timestamp();
        rules_before := bedrock.rules_version();
        changed := '{}';
        busy := '{}';
        DROP TABLE IF EXISTS pg_temp.bedrock_probe;
        CREATE TEMP TABLE bedrock_probe ON COMMIT DROP AS
        SELECT p.* FROM bedrock.probe_source(entry.source, date_trunc('month', wanted_period)::date) AS p;

        -- A line belongs to the bill its billing period names; what names none would be in no bill.
        SELECT sum(p.lines) AS lines, sum(p.cost) AS cost INTO probe FROM bedrock_probe AS p WHERE p.billing_period IS NULL;
        IF probe.lines IS NOT NULL THEN
            RAISE not_null_violation USING
                MESSAGE = format('%s lines of source "%s" have no billing period', probe.lines, entry.source),
                DETAIL = format('They cost %s. Column %s of %s is NULL or empty there.', coalesce(probe.cost, 0),
                                (SELECT quote_ident(l.column_name) FROM bedrock.source_layout(entry.source) AS l WHERE l.field = 'billing_period_start'), entry.relation),
                HINT = 'Nothing was changed. Correct or delete these lines, or attach a view that leaves them out.';
        END IF;

        -- A row that is there is not entered again: that would wait for whoever works on it.
        INSERT INTO bedrock.period (source, payer_account_id, billing_period)
        SELECT entry.source, p.payer_account_id, p.billing_period FROM bedrock_probe AS p
        WHERE NOT EXISTS (SELECT FROM bedrock.period AS q WHERE q.source = entry.source AND q.payer_account_id = p.payer_account_id AND q.billing_period = p.billing_period)
        ORDER BY 2, 3
        ON CONFLICT DO NOTHING;

        -- Entering waits for a detachment under way: then there is nothing left to refresh.
        IF NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = entry.source) THEN
            DELETE FROM bedrock.period AS p WHERE p.source = entry.source;
            CONTINUE;
        END IF;

        -- A period that another refresh is at work on is left to it.
        FOR probe IN SELECT p.billing_period, count(*) AS payers FROM bedrock.period AS p
                     WHERE p.source = entry.source AND (wanted_period IS NULL OR p.billing_period = date_trunc('month', wanted_period)::date)
                     GROUP BY p.billing_period ORDER BY p.billing_period LOOP
            SELECT count(*) INTO locked FROM (
                SELECT FROM bedrock.period AS p WHERE p.source = entry.source AND p.billing_period = probe.billing_period
                FOR UPDATE SKIP LOCKED) AS l;
            IF locked < probe.payers THEN
                busy := busy || probe.billing_period;
            ELSIF forced OR EXISTS (
                SELECT FROM bedrock.period AS p LEFT JOIN bedrock_probe AS n ON n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period
                WHERE p.source = entry.source AND p.billing_period = probe.billing_period
                  AND (p.lines IS NULL OR n.payer_account_id IS NULL OR n.lines <> p.lines
                       OR p.signature::jsonb ->> 'rules' IS DISTINCT FROM rules_before
                       OR n.cost IS DISTINCT FROM (p.signature::jsonb ->> 'cost')::numeric OR coalesce(n.fresh, NOT p.is_final))) THEN
                changed := changed || probe.billing_period;
            END IF;
        END LOOP;

        IF cardinality(changed) > 0 THEN
            PERFORM bedrock.stage_source(entry.source, changed);
            PERFORM bedrock.stage_lines(entry.source);
            PERFORM bedrock.add_dimensions();
            PERFORM bedrock.replace_facts(entry.source, changed);
            PERFORM bedrock.check_conservation(entry.source);
            touched := touched + cardinality(changed);
        END IF;

        INSERT INTO bedrock.load_log (source, format, payer_account_id, billing_period, action, lines, bedrock_lines, cost, cost_before, unrecognized, seconds)
        SELECT entry.source, entry.format, p.payer_account_id, p.billing_period,
               CASE WHEN t.lines IS NULL THEN 'removed' WHEN p.lines IS NULL THEN 'loaded'
                    WHEN p.is_final AND ROW(p.lines, p.bedrock_lines, coalesce(p.unblended_cost, p.net_unblended_cost))
                         IS DISTINCT FROM ROW(t.lines, t.bedrock_lines, t.cost) THEN 'restated' ELSE 'replaced' END,
               coalesce(t.lines, 0), coalesce(t.bedrock_lines, 0), t.cost, coalesce(p.unblended_cost, p.net_unblended_cost), u.dimensions,
               round(extract(epoch FROM clock_timestamp() - began), 3)
        FROM bedrock.period AS p
        LEFT JOIN (SELECT b.payer, b.period, sum(b.lines)::bigint AS lines, sum(b.bedrock_lines)::bigint AS bedrock_lines,
                          sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS cost
                   FROM bedrock.bills_of(entry.source) AS b GROUP BY 1, 2) AS t ON t.payer = p.payer_account_id AND t.period = p.billing_period
        LEFT JOIN LATERAL (SELECT count(DISTINCT d.dimension_id) AS dimensions
                           FROM bedrock.bills_of(entry.source) AS b
                           JOIN bedrock.fact_month AS f ON f.bill_id = b.bill_id JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
                           WHERE b.period = p.billing_period AND b.payer = p.payer_account_id
                             AND (d.model_basis = 'unresolved' OR d.usage_group = 'other' OR d.charge_category = 'unknown' OR d.bedrock_basis = 'probable')) AS u ON true
        WHERE p.source = entry.source AND p.billing_period = ANY (changed);

        UPDATE bedrock.period AS p
        SET lines = t.lines, bedrock_lines = t.bedrock_lines, unblended_cost = t.unblended_cost, net_unblended_cost = t.net_unblended_cost,
            is_final = t.is_final, refreshed_at = clock_timestamp(),
            restated_at = CASE WHEN p.is_final AND ROW(p.lines, p.bedrock_lines, p.unblended_cost, p.net_unblended_cost)
                                             IS DISTINCT FROM ROW(t.lines, t.bedrock_lines, t.unblended_cost, t.net_unblended_cost)
                               THEN clock_timestamp() ELSE p.restated_at END,
            net_filled = f.net_filled, resource_recorded = f.resource_recorded, principal_recorded = f.principal_recorded, tags_recorded = f.tags_recorded
        FROM (SELECT b.payer, b.period, sum(b.lines)::bigint AS lines, sum(b.bedrock_lines)::bigint AS bedrock_lines, sum(b.unblended_cost) AS unblended_cost,
                     sum(b.net_unblended_cost) AS net_unblended_cost, bool_and(b.is_final) AS is_final
              FROM bedrock.bills_of(entry.source) AS b GROUP BY 1, 2) AS t
        LEFT JOIN bedrock.period_flags(cardinality(changed) > 0) AS f ON f.payer = t.payer AND f.period = t.period
        WHERE p.source = entry.source AND p.billing_period = ANY (changed) AND p.payer_account_id = t.payer AND p.billing_period = t.period;

        -- What this refresh proved about products holds for the periods it read; the others are read by it next time.
        UPDATE bedrock.period AS p SET signature = (n.snapshot::jsonb || jsonb_build_object('cost', n.cost, 'rules', r.version))::text
        FROM bedrock_probe AS n
        CROSS JOIN (SELECT true AS now_read, bedrock.rules_version() AS version UNION ALL SELECT false, rules_before) AS r
        WHERE p.source = entry.source AND n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period AND p.billing_period <> ALL (busy)
          AND r.now_read = (p.billing_period = ANY (changed));

        DELETE FROM bedrock.period AS p
        WHERE p.source = entry.source AND p.billing_period = ANY (changed)
          AND NOT EXISTS (SELECT FROM bedrock_probe AS n WHERE n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period);

        RETURN QUERY
        SELECT entry.source, a.billing_period,
               CASE WHEN a.billing_period = ANY (busy) THEN 'busy' WHEN a.billing_period <> ALL (changed) THEN 'unchanged'
                    WHEN p.lines IS NULL THEN 'removed' ELSE 'refreshed' END,
               p.lines, p.cost, round(extract(epoch FROM clock_timestamp() - began), 3)
        FROM (SELECT DISTINCT n.billing_period FROM bedrock_probe AS n UNION SELECT unnest(changed)) AS a
        LEFT JOIN (SELECT q.billing_period, sum(q.lines)::bigint AS lines, sum(coalesce(q.unblended_cost, q.net_unblended_cost)) AS cost
                   FROM bedrock.period AS q WHERE q.source = entry.source GROUP BY 1) AS p ON p.billing_period = a.billing_period
        ORDER BY a.billing_period;
    END LOOP;

    IF touched > 0 THEN
        PERFORM bedrock.settle_sources();
        PERFORM bedrock.take_statistics('{bedrock.fact,bedrock.fact_month,bedrock.bill_total,bedrock.attribution}');
    END IF;
    PERFORM bedrock.refresh_dimensions();
    PERFORM set_config('work_mem', work_mem_before, true);
END
$$;
COMMENT ON FUNCTION bedrock.refresh_sources(text, date, boolean) IS 'what bedrock.refresh does';

-- PL/pgSQL lets no argument share its name with a result column; SQL does.
CREATE OR REPLACE FUNCTION bedrock.refresh(source text DEFAULT NULL, period date DEFAULT NULL, force boolean DEFAULT false,
    OUT source text, OUT billing_period date, OUT action text, OUT lines bigint, OUT cost numeric, OUT seconds numeric) RETURNS SETOF record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT r.source, r.billing_period, r.action, r.lines, r.cost, r.seconds FROM bedrock.refresh_sources($1, $2, $3) AS r;
END;
COMMENT ON FUNCTION bedrock.refresh(text, date, boolean) IS
    'brings bedrock.spend up to date with the attached sources, in one transaction: reads the periods that changed, or whose charge categories, proved products or cost metric did (of one source, one period, or all; force: also the unchanged), replaces them, and checks to the last digit that nothing is lost or doubled, or fails and changes nothing. Safe at any time and by several sessions: a period another one works on is left to it (action busy). Returns a row a source and period: action refreshed, unchanged, removed or busy, its lines and its cost over the whole bill. Reads sources with the rights of the caller';
