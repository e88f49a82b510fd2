-- The call GetCostAndUsage of Cost Explorer, over bedrock.spend: its words, as SQL. All of a request becomes one
-- statement, in which each value of the caller is a literal.

CREATE OR REPLACE FUNCTION bedrock_internal.cost_dimension(key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE key WHEN 'LINKED_ACCOUNT' THEN 'account_id' WHEN 'LINKED_ACCOUNT_NAME' THEN 'account_name'
                    WHEN 'SERVICE' THEN 'product_name' WHEN 'SERVICE_CODE' THEN 'product_code'
                    WHEN 'REGION' THEN 'region' WHEN 'USAGE_TYPE' THEN 'usage_type' WHEN 'OPERATION' THEN 'operation'
                    WHEN 'RECORD_TYPE' THEN 'charge_type' WHEN 'RESOURCE_ID' THEN 'resource_id'
                    WHEN 'BILLING_ENTITY' THEN 'billing_entity' WHEN 'INVOICING_ENTITY' THEN 'invoicing_entity'
                    WHEN 'LEGAL_ENTITY_NAME' THEN 'legal_entity' ELSE key END;
COMMENT ON FUNCTION bedrock_internal.cost_dimension(text) IS
    'attribute of spend (bedrock_internal.spend_attributes) that a dimension of Cost Explorer is; another key as it is';

CREATE OR REPLACE FUNCTION bedrock_internal.cost_value(kind text, key text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF key IS NOT NULL AND kind = 'TAG' THEN
        RETURN bedrock_internal.spend_attribute('tag', key);
    ELSIF key IS NOT NULL AND kind = 'COST_CATEGORY' THEN
        RETURN bedrock_internal.spend_attribute('tag', 'costCategory/' || key);
    ELSIF kind = 'DIMENSION' AND bedrock_internal.cost_dimension(key) = ANY (bedrock_internal.spend_attributes()) THEN
        RETURN bedrock_internal.spend_attribute(bedrock_internal.cost_dimension(key));
    END IF;
    RAISE invalid_parameter_value USING
        MESSAGE = CASE WHEN kind IN ('TAG', 'COST_CATEGORY', 'DIMENSION')
                           THEN format('unknown key "%s" of type %s', coalesce(left(key, 160), 'NULL'), kind)
                       ELSE format('unknown type "%s"', coalesce(left(kind, 160), 'NULL')) END,
        HINT = 'Types are DIMENSION, TAG and COST_CATEGORY, each with a Key. Dimensions are LINKED_ACCOUNT, '
               'LINKED_ACCOUNT_NAME, SERVICE, SERVICE_CODE, REGION, USAGE_TYPE, OPERATION, RECORD_TYPE, RESOURCE_ID, '
               'BILLING_ENTITY, INVOICING_ENTITY, LEGAL_ENTITY_NAME, and '
               || array_to_string(bedrock_internal.spend_attributes(), ', ') || '.';
END
$$;
COMMENT ON FUNCTION bedrock_internal.cost_value(text, text) IS
    'SQL expression over a row s of bedrock.spend of what a GroupBy or a filter of Cost Explorer names; kind: '
    'DIMENSION, TAG or COST_CATEGORY. Without a value: (none), (untagged). Error 22023: an unknown kind or key';

CREATE OR REPLACE FUNCTION bedrock_internal.cost_match(value text, accepted jsonb, options text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unknown text := (SELECT o.name FROM unnest(options) AS o (name)
                     WHERE o.name <> ALL ('{EQUALS,STARTS_WITH,ENDS_WITH,CONTAINS,ABSENT,CASE_SENSITIVE,'
                                          'CASE_INSENSITIVE}'::text[]) LIMIT 1);
    folded boolean := 'CASE_INSENSITIVE' = ANY (options);
BEGIN
    IF unknown IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown match option "%s"', left(unknown, 160)),
            HINT = 'Match options are EQUALS, STARTS_WITH, ENDS_WITH, CONTAINS, ABSENT, CASE_SENSITIVE and '
                   'CASE_INSENSITIVE.';
    ELSIF 'ABSENT' = ANY (options) THEN
        RETURN format('%s IN (''(none)'', ''(untagged)'')', value);
    ELSIF jsonb_typeof(accepted) IS DISTINCT FROM 'array' OR accepted = '[]'
        OR EXISTS (SELECT FROM jsonb_array_elements(accepted) AS a (item) WHERE jsonb_typeof(a.item) <> 'string') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'a filter has no Values', HINT = 'Values is a list of texts: {"Key": ..., "Values": ["a", "b"]}.';
    END IF;
    value := CASE WHEN folded THEN format('lower(%s)', value) ELSE value END;
    RETURN (
        SELECT '(' || string_agg(
                   format(CASE WHEN 'STARTS_WITH' = ANY (options) THEN 'starts_with(%1$s, %2$L)'
                               WHEN 'ENDS_WITH' = ANY (options) THEN 'right(%1$s, length(%2$L)) = %2$L'
                               WHEN 'CONTAINS' = ANY (options) THEN 'strpos(%1$s, %2$L) > 0'
                               ELSE '%1$s = %2$L' END, value, CASE WHEN folded THEN lower(a.item) ELSE a.item END),
                   ' OR ') || ')'
        FROM jsonb_array_elements_text(accepted) AS a (item));
END
$$;
COMMENT ON FUNCTION bedrock_internal.cost_match(text, jsonb, text[]) IS
    'SQL condition that an expression matches one of these values by the match options of Cost Explorer. Error 22023: '
    'an unknown option, or no values';

CREATE OR REPLACE FUNCTION bedrock_internal.cost_condition(filter jsonb, depth integer DEFAULT 0) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    word text;
    operand jsonb;
BEGIN
    IF jsonb_typeof(filter) IS DISTINCT FROM 'object' OR (SELECT count(*) <> 1 FROM jsonb_object_keys(filter))
        OR depth > 20 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = CASE WHEN depth > 20 THEN 'a filter is nested too deep'
                           ELSE format('a filter is an object of one key, not %s', left(filter::text, 160)) END,
            HINT = 'It is one of And, Or (with a list of filters), Not (with a filter), Dimensions, Tags, '
                   'CostCategories (with Key, Values, MatchOptions).';
    END IF;
    SELECT e.key, e.value INTO word, operand FROM jsonb_each(filter) AS e;
    IF word IN ('And', 'Or') AND jsonb_typeof(operand) = 'array' AND operand <> '[]' THEN
        RETURN (SELECT '(' || string_agg(bedrock_internal.cost_condition(o.part, depth + 1),
                                         CASE word WHEN 'And' THEN ' AND ' ELSE ' OR ' END) || ')'
                FROM jsonb_array_elements(operand) AS o (part));
    ELSIF word = 'Not' THEN
        RETURN 'NOT ' || bedrock_internal.cost_condition(operand, depth + 1);
    ELSIF word IN ('Dimensions', 'Tags', 'CostCategories') AND jsonb_typeof(operand) = 'object'
        AND jsonb_typeof(coalesce(operand -> 'MatchOptions', '[]')) = 'array' THEN
        RETURN bedrock_internal.cost_match(
            bedrock_internal.cost_value(CASE word WHEN 'Dimensions' THEN 'DIMENSION' WHEN 'Tags' THEN 'TAG'
                                                  ELSE 'COST_CATEGORY' END, operand ->> 'Key'),
            operand -> 'Values',
            ARRAY(SELECT m.name
                  FROM jsonb_array_elements_text(coalesce(operand -> 'MatchOptions', '[]')) AS m (name)));
    END IF;
    RAISE invalid_parameter_value USING
        MESSAGE = format('unknown filter "%s"', left(filter::text, 160)),
        HINT = 'It is one of And, Or (with a list of filters), Not (with a filter), Dimensions, Tags, CostCategories '
               '(with Key, Values, MatchOptions).';
END
$$;
COMMENT ON FUNCTION bedrock_internal.cost_condition(jsonb, integer) IS
    'SQL condition over a row s of bedrock.spend that a Filter (Expression) of Cost Explorer states; depth: how deep '
    'it is nested. Error 22023: it is none';

CREATE OR REPLACE FUNCTION bedrock_internal.is_of_dimension(expression text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Of these the view takes another's: the session's and the bill's. What a literal has like a column can only make
    -- this false.
    SELECT NOT EXISTS (
        SELECT FROM regexp_matches(is_of_dimension.expression, E'\\ms[.]([a-z0-9_]+)', 'g') AS c (name)
        WHERE c.name[1] IN ('caller_class', 'billing_entity', 'legal_entity')
           OR NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                          WHERE a.attrelid = 'bedrock.dimension'::regclass AND a.attnum > 0 AND NOT a.attisdropped
                            AND a.attname = c.name[1]));
END;
COMMENT ON FUNCTION bedrock_internal.is_of_dimension(text) IS
    'whether an expression over a row s of bedrock.spend reads columns of bedrock.dimension alone, and so is the same '
    'over a row of that';

CREATE OR REPLACE FUNCTION bedrock.cost_and_usage(time_period jsonb, granularity text DEFAULT 'MONTHLY',
    metrics text[] DEFAULT '{UnblendedCost}', group_by jsonb DEFAULT '[]', filter jsonb DEFAULT NULL)
    RETURNS TABLE (period_start text, period_end text, keys text[], metric text, amount numeric, unit text,
                   estimated boolean)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$
#variable_conflict use_column
DECLARE
    shape text := '^[0-9]{4}-[0-9]{2}-[0-9]{2}'
                  || CASE granularity WHEN 'HOURLY' THEN 'T[0-9]{2}:00:00Z$' ELSE '$' END;
    start_at timestamptz;
    end_at timestamptz;
    step text := CASE granularity WHEN 'MONTHLY' THEN 'month' WHEN 'DAILY' THEN 'day' WHEN 'HOURLY' THEN 'hour' END;
    columns text[] := ARRAY(SELECT CASE m.name WHEN 'UnblendedCost' THEN 's.unblended_cost'
                                               WHEN 'BlendedCost' THEN 's.blended_cost'
                                               WHEN 'NetUnblendedCost' THEN 's.net_unblended_cost'
                                               WHEN 'AmortizedCost' THEN 's.amortized_cost'
                                               WHEN 'NetAmortizedCost' THEN 's.net_amortized_cost'
                                               WHEN 'UsageQuantity' THEN 's.usage_amount' END
                            FROM unnest(metrics) WITH ORDINALITY AS m (name, number) ORDER BY m.number);
    groups jsonb := CASE jsonb_typeof(group_by) WHEN 'object' THEN jsonb_build_array(group_by)
                                                ELSE coalesce(group_by, '[]') END;
    key_values text[];
    of_dimension boolean[];
    units text[];
    by_month boolean := false;
    condition text := 'true';
BEGIN
    IF step IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown granularity "%s"', coalesce(left(granularity, 160), 'NULL')),
            HINT = 'Granularities are MONTHLY, DAILY and HOURLY.';
    ELSIF coalesce(cardinality(columns), 0) = 0 OR array_position(columns, NULL) IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown metric "%s"',
                             coalesce(left(metrics[array_position(columns, NULL)], 160), 'NULL')),
            HINT = 'Metrics are UnblendedCost, BlendedCost, NetUnblendedCost, AmortizedCost, NetAmortizedCost and '
                   'UsageQuantity.';
    ELSIF cardinality(columns) > 6 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s metrics are too many', cardinality(columns)), HINT = 'There are six: name each once.';
    ELSIF jsonb_typeof(groups) <> 'array' OR jsonb_array_length(groups) > 2 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'group_by is no list of at most two groups',
            HINT = 'For example [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "TAG", "Key": "team"}].';
    END IF;
    BEGIN
        IF time_period ->> 'Start' ~ shape AND time_period ->> 'End' ~ shape THEN
            start_at := (time_period ->> 'Start')::timestamptz;
            end_at := (time_period ->> 'End')::timestamptz;
        END IF;
    EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
        NULL;
    END;
    IF (start_at < end_at) IS NOT TRUE THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no time period', coalesce(left(time_period::text, 160), 'NULL')),
            HINT = 'It is as {"Start": "2026-09-01", "End": "2026-10-01"}, the end not being part of it; with '
                   'granularity HOURLY as 2026-09-01T00:00:00Z.';
    END IF;

    -- As AWS gives them: tags and cost categories with their key, and nothing after it where there is no value.
    SELECT array_agg(
               CASE WHEN g.part ->> 'Type' IN ('TAG', 'COST_CATEGORY')
                        THEN format('%L || coalesce(nullif(%s, ''(untagged)''), '''')', (g.part ->> 'Key') || '$',
                                    bedrock_internal.cost_value(g.part ->> 'Type', g.part ->> 'Key'))
                    ELSE bedrock_internal.cost_value(g.part ->> 'Type', g.part ->> 'Key') END ORDER BY g.number)
    INTO key_values FROM jsonb_array_elements(groups) WITH ORDINALITY AS g (part, number);
    IF filter IS NOT NULL THEN
        condition := bedrock_internal.cost_condition(filter);
    END IF;
    IF step = 'hour' AND EXISTS (
        SELECT FROM bedrock.spend AS s
        WHERE s.usage_date BETWEEN start_at::date AND end_at::date AND s.charge_grain = 'hour'
          AND s.usage_hour IS NULL) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'these days are kept by day, not by hour',
            HINT = 'Load them again with keep => ''hour'', or ask with granularity DAILY.';
    END IF;

    -- Whole months are in the months of bills, where no line of them has a day in another month. Those have not each
    -- session, by which callers differ.
    IF step = 'month' AND date_trunc('month', start_at) = start_at AND date_trunc('month', end_at) = end_at
        AND concat_ws(' ', array_to_string(key_values, ' '), condition) !~ 's[.](user_email|caller_class)' THEN
        by_month := NOT EXISTS (
            SELECT FROM bedrock.fact AS f
            WHERE f.usage_date >= start_at::date AND f.usage_date < end_at::date
              AND (f.billing_period < start_at::date OR f.billing_period >= end_at::date))
            AND NOT EXISTS (
            SELECT FROM (SELECT DISTINCT b.billing_period FROM bedrock.bill AS b
                         WHERE b.billing_period >= start_at::date AND b.billing_period < end_at::date) AS p
            CROSS JOIN LATERAL (SELECT min(f.usage_date) AS first_day, max(f.usage_date) AS last_day
                                FROM bedrock.fact AS f WHERE f.billing_period = p.billing_period) AS f
            WHERE f.first_day < p.billing_period OR f.last_day >= (p.billing_period + interval '1 month')::date);
    END IF;

    -- Of the units only those that a metric has. What is of a dimension alone is made once for each dimension, of which
    -- there are far fewer than lines.
    units := ARRAY(SELECT DISTINCT CASE c.expression WHEN 's.usage_amount' THEN 'pricing_unit' ELSE 'currency' END
                   FROM unnest(columns) AS c (expression));
    SELECT array_agg(bedrock_internal.is_of_dimension(k.expression) ORDER BY k.number)
    INTO of_dimension FROM unnest(key_values) WITH ORDINALITY AS k (expression, number);
    -- Lines that cover a whole billing period are in their month alone, and only where it is asked about as a whole.
    RETURN QUERY EXECUTE format($sql$
        WITH line AS (
            SELECT %1$s AS at, s.is_final, %2$s
            FROM %3$s AS s
            JOIN (SELECT %4$s FROM bedrock.dimension AS s WHERE %5$s OFFSET 0) AS d ON d.dimension_id = s.dimension_id
            WHERE %6$s AND %7$s),
        summed AS (
            SELECT l.at, %8$s, bool_or(NOT l.is_final) AS estimated, %9$s
            FROM line AS l GROUP BY l.at, %8$s),
        amount AS (
            SELECT s.at::timestamptz AS at, %10$s AS keys, m.number, m.unit, bool_or(s.estimated) AS estimated,
                   CASE WHEN bool_or(m.unknown) THEN NULL ELSE sum(m.amount) END AS amount,
                   bool_or(m.amount IS NOT NULL OR m.unknown) AS is_there
            FROM summed AS s CROSS JOIN LATERAL (VALUES %11$s) AS m (number, unit, amount, unknown)
            GROUP BY 1, 2, m.number, m.unit)
        SELECT to_char(greatest(a.at, $1), $3), to_char(least(a.at + $4, $2), $3), a.keys, ($5)[a.number], a.amount,
               a.unit, a.estimated
        FROM amount AS a WHERE a.is_there
        ORDER BY a.at, a.keys COLLATE "C", a.number, a.unit$sql$,
        CASE WHEN by_month THEN 's.billing_period'
             WHEN step = 'month' THEN 'date_trunc(''month'', s.usage_date::timestamp)'
             WHEN step = 'day' THEN 's.usage_date' ELSE 's.usage_hour' END,
        concat_ws(', ', (SELECT string_agg(CASE WHEN of_dimension[k.number] THEN 'd.k' || k.number
                                                ELSE format('%s AS k%s', k.expression, k.number) END, ', ')
                         FROM unnest(key_values) WITH ORDINALITY AS k (expression, number)),
                  (SELECT string_agg('d.' || u.unit, ', ') FROM unnest(units) AS u (unit)),
                  (SELECT string_agg(format('%s AS m%s', c.expression, c.number), ', ')
                   FROM unnest(columns) WITH ORDINALITY AS c (expression, number))),
        CASE WHEN by_month THEN 'bedrock.spend_monthly' ELSE 'bedrock.spend' END,
        concat_ws(', ', 's.dimension_id, s.charge_grain, s.currency, s.pricing_unit',
                  (SELECT string_agg(format('%s AS k%s', k.expression, k.number), ', ')
                   FROM unnest(key_values) WITH ORDINALITY AS k (expression, number)
                   WHERE of_dimension[k.number])),
        CASE WHEN bedrock_internal.is_of_dimension(condition) THEN condition ELSE 'true' END,
        CASE WHEN by_month THEN format('s.billing_period >= %L AND s.billing_period < %L', start_at::date, end_at::date)
             WHEN step = 'hour' THEN format('s.usage_date BETWEEN %L AND %L AND d.charge_grain = ''hour'' '
                                            'AND s.usage_hour >= %L AND s.usage_hour < %L', start_at::date,
                                            end_at::date, start_at, end_at)
             WHEN step = 'day' THEN format('s.usage_date >= %L AND s.usage_date < %L AND d.charge_grain <> ''period''',
                                           start_at::date, end_at::date)
             ELSE format('s.usage_date >= %1$L AND s.usage_date < %2$L AND (d.charge_grain <> ''period'' '
                         'OR s.billing_period >= %1$L AND s.billing_period + interval ''1 month'' <= %2$L)',
                         start_at::date, end_at::date) END,
        CASE WHEN bedrock_internal.is_of_dimension(condition) THEN 'true' ELSE condition END,
        concat_ws(', ', (SELECT string_agg('l.k' || k.number, ', ')
                         FROM generate_series(1, cardinality(key_values)) AS k (number)),
                  (SELECT string_agg('l.' || u.unit, ', ') FROM unnest(units) AS u (unit))),
        (SELECT string_agg(format('sum(l.m%1$s) AS m%1$s, %2$s AS u%1$s', c.number,
                                  CASE c.expression WHEN 's.usage_amount' THEN 'false'
                                                    ELSE format('count(*) <> count(l.m%s)', c.number) END), ', ')
         FROM unnest(columns) WITH ORDINALITY AS c (expression, number)),
        (SELECT 'ARRAY[' || coalesce(string_agg('s.k' || k.number, ', '), '') || ']::text[]'
         FROM generate_series(1, cardinality(key_values)) AS k (number)),
        (SELECT string_agg(format('(%1$s, s.%2$s, s.m%1$s, s.u%1$s)', c.number,
                                  CASE c.expression WHEN 's.usage_amount' THEN 'pricing_unit' ELSE 'currency' END),
                           ', ')
         FROM unnest(columns) WITH ORDINALITY AS c (expression, number)))
    USING start_at, end_at, CASE step WHEN 'hour' THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"' ELSE 'YYYY-MM-DD' END,
          ('1 ' || step)::interval, metrics;
END
$$;
COMMENT ON FUNCTION bedrock.cost_and_usage(jsonb, text, text[], jsonb, jsonb) IS
    'Bedrock spend as Cost Explorer''s GetCostAndUsage gives it, for those who know that call: one row for each '
    'period, group and metric, and currency or unit. time_period {"Start", "End"}, the end exclusive (UTC); '
    'granularity MONTHLY, DAILY, HOURLY; group_by up to two {"Type", "Key"}; filter an Expression. keys: as AWS writes '
    'them, a tag as key$value; a dimension may be an attribute of bedrock.spend too. unit: currency, for UsageQuantity '
    'the unit it is metered in; amount NULL: the bill does not state this metric on every line; estimated: a line of '
    'it is not final. All charge types, as there (RECORD_TYPE); what covers a whole billing period is in MONTHLY '
    'alone, where the time period has all of it. Error 22023: anything else';
