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
    key_list text;
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
    SELECT string_agg(
               CASE WHEN g.part ->> 'Type' IN ('TAG', 'COST_CATEGORY')
                        THEN format('%L || coalesce(nullif(%s, ''(untagged)''), '''')', (g.part ->> 'Key') || '$',
                                    bedrock_internal.cost_value(g.part ->> 'Type', g.part ->> 'Key'))
                    ELSE bedrock_internal.cost_value(g.part ->> 'Type', g.part ->> 'Key') END, ', ' ORDER BY g.number)
    INTO key_list FROM jsonb_array_elements(groups) WITH ORDINALITY AS g (part, number);
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

    -- Lines that cover a whole billing period are in their month alone, and only where it is asked about as a whole.
    RETURN QUERY EXECUTE format($sql$
        WITH line AS (
            SELECT %1$s AS at, %2$s AS keys, s.currency, s.pricing_unit, s.is_final, %3$s
            FROM bedrock.spend AS s
            WHERE %4$s AND %5$s),
        summed AS (
            SELECT l.at, l.keys, l.currency, l.pricing_unit, bool_or(NOT l.is_final) AS estimated, %6$s
            FROM line AS l GROUP BY l.at, l.keys, l.currency, l.pricing_unit),
        amount AS (
            SELECT s.at, s.keys, m.number, m.unit, bool_or(s.estimated) AS estimated,
                   CASE WHEN bool_or(m.unknown) THEN NULL ELSE sum(m.amount) END AS amount,
                   bool_or(m.amount IS NOT NULL OR m.unknown) AS is_there
            FROM summed AS s CROSS JOIN LATERAL (VALUES %7$s) AS m (number, unit, amount, unknown)
            GROUP BY s.at, s.keys, m.number, m.unit)
        SELECT to_char(greatest(a.at, $1), $3), to_char(least(a.at + $4, $2), $3), a.keys, ($5)[a.number], a.amount,
               a.unit, a.estimated
        FROM amount AS a WHERE a.is_there
        ORDER BY a.at, a.keys COLLATE "C", a.number, a.unit$sql$,
        CASE step WHEN 'hour' THEN 's.usage_hour'
                  ELSE format('date_trunc(%L, s.usage_date::timestamp) AT TIME ZONE ''UTC''', step) END,
        CASE WHEN key_list IS NULL THEN 'ARRAY[]::text[]' ELSE 'ARRAY[' || key_list || ']' END,
        (SELECT string_agg(format('%s AS m%s', c.expression, c.number), ', ')
         FROM unnest(columns) WITH ORDINALITY AS c (expression, number)),
        CASE step WHEN 'hour' THEN format('s.usage_date BETWEEN %L AND %L AND s.charge_grain = ''hour'' '
                                          'AND s.usage_hour >= %L AND s.usage_hour < %L', start_at::date, end_at::date,
                                          start_at, end_at)
                  WHEN 'day' THEN format('s.usage_date >= %L AND s.usage_date < %L AND s.charge_grain <> ''period''',
                                         start_at::date, end_at::date)
                  ELSE format('s.usage_date >= %1$L AND s.usage_date < %2$L AND (s.charge_grain <> ''period'' '
                              'OR s.billing_period >= %1$L AND s.billing_period + interval ''1 month'' <= %2$L)',
                              start_at::date, end_at::date) END,
        condition,
        (SELECT string_agg(format('sum(l.m%1$s) AS m%1$s, %2$s AS u%1$s', c.number,
                                  CASE c.expression WHEN 's.usage_amount' THEN 'false'
                                                    ELSE format('count(*) <> count(l.m%s)', c.number) END), ', ')
         FROM unnest(columns) WITH ORDINALITY AS c (expression, number)),
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
