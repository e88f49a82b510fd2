-- Setting budgets, comparing them with the bill, and asking whether there is room.

CREATE OR REPLACE FUNCTION bedrock_internal.write_budget_status(budgets text[] DEFAULT NULL, as_of date DEFAULT NULL)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_budgets text[] := ARRAY[]::text[];
    result record;
    crossing record;
BEGIN
    FOR result IN
        SELECT true AS runs, r.*
        FROM bedrock_internal.budget_results(write_budget_status.as_of, write_budget_status.budgets) AS r
        UNION ALL
        -- What arrived late of a span that is over.
        SELECT false, r.*
        FROM bedrock_internal.months_to_check() AS m (first_day)
        CROSS JOIN LATERAL (SELECT (m.first_day + interval '1 month')::date AS next_day) AS n
        CROSS JOIN LATERAL bedrock_internal.budget_results(n.next_day - 1, write_budget_status.budgets) AS r
        WHERE write_budget_status.as_of IS NULL AND m.first_day < bedrock.latest_period()
          AND r.span <> 'rolling' AND upper(r.days) = n.next_day
        ORDER BY 2, 1
    LOOP
        IF result.runs THEN
            found_budgets := found_budgets || result.budget;
        END IF;
        INSERT INTO bedrock.budget_status AS s (budget, attribute, tag_key, value, span, first_day, last_day, currency,
            amount, actual, forecast, forecast_low, forecast_high, forecast_method, status, other_spend, data_through,
            cost_metric)
        SELECT result.budget, result.attribute, result.tag_key, result.value, result.span, lower(result.days),
               upper(result.days) - 1, result.currency, result.amount, result.actual, result.forecast,
               result.forecast_low, result.forecast_high, result.forecast_method, result.status, result.other_spend,
               result.data_through, result.cost_metric
        WHERE result.runs
        ON CONFLICT ON CONSTRAINT budget_status_pkey DO UPDATE SET
            attribute = excluded.attribute, tag_key = excluded.tag_key, value = excluded.value, span = excluded.span,
            first_day = excluded.first_day, last_day = excluded.last_day, currency = excluded.currency,
            amount = excluded.amount, actual = excluded.actual, forecast = excluded.forecast,
            forecast_low = excluded.forecast_low, forecast_high = excluded.forecast_high,
            forecast_method = excluded.forecast_method, status = excluded.status, other_spend = excluded.other_spend,
            data_through = excluded.data_through, cost_metric = excluded.cost_metric, evaluated_at = clock_timestamp()
        -- What is as it was is not written again.
        WHERE to_jsonb(s) - 'evaluated_at' <> to_jsonb(excluded) - 'evaluated_at';
        -- Rolling days move on: what is above a threshold is told again once no day of the last alert is left in them.
        -- Another amount is crossed for itself.
        FOR crossing IN
            SELECT c.basis, c.threshold, c.amount, c.since
            FROM (SELECT 'actual' AS basis, a.threshold, result.actual AS amount, a.since
                  FROM ROWS FROM (unnest(result.crossed), unnest(result.crossed_on)) AS a (threshold, since)
                  UNION ALL
                  SELECT 'forecast', f, result.forecast, result.data_through
                  FROM unnest(result.forecast_crossed) AS f) AS c
            WHERE NOT EXISTS (
                SELECT FROM bedrock.alert AS a
                WHERE a.kind = 'budget' AND a.subject = result.budget AND a.basis = c.basis
                  AND a.threshold = c.threshold AND a.days && result.days AND a.planned = result.amount)
            ORDER BY c.basis, c.threshold
        LOOP
            PERFORM bedrock_internal.raise_alert('budget', result.budget, result.attribute, result.tag_key,
                result.value, result.days, crossing.basis, crossing.threshold, result.currency, crossing.amount,
                result.amount, crossing.since, jsonb_build_object('span', result.span, 'data_through',
                result.data_through, 'pct', round(100 * crossing.amount / nullif(result.amount, 0), 2)));
        END LOOP;
    END LOOP;
    DELETE FROM bedrock.budget_status AS s
    WHERE s.budget <> ALL (found_budgets)
      AND (write_budget_status.budgets IS NULL OR s.budget = ANY (write_budget_status.budgets));
END
$$;
COMMENT ON FUNCTION bedrock_internal.write_budget_status(text[], date) IS
    'writes bedrock.budget_status and raises alerts of thresholds that are crossed, also in the span before where '
    'lines of its last month have just been read; budgets: of these alone; as_of: as of a day, for tests. The caller '
    'holds bedrock_internal.lock_ownership()';

CREATE OR REPLACE FUNCTION bedrock_internal.check_budgets() RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    -- Figures of a refresh that ends later must not go over those of one that has seen more.
    SELECT bedrock_internal.lock_ownership(to_change => false);
    SELECT bedrock_internal.write_budget_status();
END;
COMMENT ON FUNCTION bedrock_internal.check_budgets() IS
    'compares all budgets with what has been billed, one session at a time (bedrock_internal.lock_ownership)';

CREATE OR REPLACE FUNCTION bedrock_internal.has_lines(attribute text, tag_key text, value text) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found boolean := attribute = 'all' OR value IN ('(none)', '(untagged)', '(unclaimed)');
BEGIN
    IF NOT found THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM bedrock.spend_monthly AS s WHERE %s = ANY ($1))',
                       bedrock_internal.spend_attribute(
                           CASE attribute WHEN 'element' THEN 'workload' ELSE attribute END, tag_key)) INTO found
            USING CASE attribute WHEN 'element' THEN
                           ARRAY(SELECT w.workload FROM bedrock_internal.workloads_below(ARRAY[value]) AS w)
                       ELSE ARRAY[value] END;
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION bedrock_internal.has_lines(text, text, text) IS
    'whether a line of the bill has this value of an attribute, of an element a workload below it; true where value '
    'stands for none';

CREATE OR REPLACE FUNCTION bedrock.set_budget(budget text DEFAULT NULL, amount numeric DEFAULT NULL,
    attribute text DEFAULT NULL, value text DEFAULT NULL, tag_key text DEFAULT NULL, currency text DEFAULT NULL,
    span text DEFAULT NULL, rolling_days integer DEFAULT NULL, thresholds numeric[] DEFAULT NULL,
    forecast_thresholds numeric[] DEFAULT NULL, valid_from date DEFAULT NULL, valid_to date DEFAULT NULL,
    reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    -- What a new budget is.
    by_attribute text := coalesce(set_budget.attribute,
                                  CASE WHEN set_budget.tag_key IS NULL THEN 'project' ELSE 'tag' END);
    of_value text := CASE WHEN by_attribute = 'all' THEN coalesce(set_budget.value, '(all)') ELSE set_budget.value END;
    kind text := coalesce(set_budget.span, CASE WHEN set_budget.rolling_days IS NULL THEN 'month' ELSE 'rolling' END);
    default_name text := format('%s-Bedrock-%s-Budget', CASE WHEN by_attribute = 'all' THEN 'All' ELSE of_value END,
        CASE kind WHEN 'month' THEN 'Monthly' WHEN 'quarter' THEN 'Quarterly' WHEN 'year' THEN 'Yearly'
                  ELSE set_budget.rolling_days || '-Day' END);
    key text := coalesce(set_budget.budget, default_name);
    known bedrock.budget;
    -- No NaN, which is above all numbers, and nothing that percentages of it are too large for.
    wrong text := CASE WHEN set_budget.amount < 0 OR set_budget.amount >= 1e15 THEN set_budget.amount::text END;
    names_another boolean;
    registered boolean;
    change jsonb;
    first_day date;
    moment record;
    plan record;
    outcome text;
BEGIN
    IF set_budget.budget IS NULL AND of_value IS NULL THEN
        PERFORM bedrock_internal.check_text('the value', NULL, 1024);
    END IF;
    PERFORM bedrock_internal.check_text('the budget', key, 1024);
    -- Waits for a refresh that compares, and keeps others from it; no owner changes.
    PERFORM bedrock_internal.lock_ownership(to_change => false);
    SELECT b.* INTO known FROM bedrock.budget AS b
    WHERE b.budget = key AND upper_inf(b.recorded) ORDER BY b.valid LIMIT 1;
    -- Who is first must not take the name that is to be another's.
    names_another := known.budget IS NULL AND key <> default_name
        AND key ~ '-Bedrock-(Monthly|Quarterly|Yearly|[0-9]+-Day)-Budget$';
    -- The same whether the budget is another's or is none, be it that its default name is free.
    IF NOT bedrock_internal.may_plan(caller, coalesce(known.attribute, by_attribute),
                                     coalesce(known.value, of_value, ''))
        OR names_another AND NOT bedrock_internal.may_manage(caller) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%s may not set the budget "%s"', caller, left(key, 160)),
            DETAIL = 'It needs the scope manage, or a budget of a workload or element in its scope, by a name that is '
                     'neither taken nor the default name of another.',
            HINT = 'SELECT * FROM bedrock.my_scope() shows what you may change.';
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('%s is no amount of a budget', left(wrong, 160)),
            HINT = 'Give what may be spent in a span: 0 or more, and less than 1e15.';
    END IF;
    IF EXISTS (SELECT FROM unnest(set_budget.thresholds || set_budget.forecast_thresholds) AS t
               WHERE (t > 0 AND t <= 100000) IS NOT TRUE)
        OR cardinality(set_budget.thresholds) > 20 OR cardinality(set_budget.forecast_thresholds) > 20 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('these cannot be thresholds of a budget: %s',
                             left((set_budget.thresholds || set_budget.forecast_thresholds)::text, 160)),
            HINT = 'Give at most 20, in percent of its amount: {50,80,100}.';
    END IF;
    IF known.budget IS NULL THEN
        PERFORM bedrock_internal.check_text('the value', of_value, 1024);
        IF names_another THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('"%s" is the default name of another budget', left(key, 160)),
                HINT = 'Names that end so have value and span of their budget in them; give another name.';
        END IF;
        IF by_attribute <> 'element' THEN
            PERFORM bedrock_internal.spend_attribute(by_attribute, set_budget.tag_key);
        END IF;
        IF by_attribute = 'all' AND of_value <> '(all)' OR by_attribute <> 'tag' AND set_budget.tag_key IS NOT NULL THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('a budget by "%s" has no %s', by_attribute,
                                 CASE by_attribute WHEN 'all' THEN 'value' ELSE 'tag key' END),
                HINT = 'Leave it out, or give the attribute it is of.';
        ELSIF by_attribute = 'element' AND NOT EXISTS (SELECT FROM bedrock.element AS e
                                             WHERE e.element = of_value AND upper_inf(e.recorded)) THEN
            RAISE no_data_found USING MESSAGE = format('there is no element "%s"', left(of_value, 160)),
                HINT = 'SELECT element FROM bedrock.elements lists them.';
        ELSIF kind NOT IN ('month', 'quarter', 'year', 'rolling')
            OR (kind = 'rolling') <> (set_budget.rolling_days IS NOT NULL)
            OR set_budget.rolling_days NOT BETWEEN 1 AND 366 THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('a budget has no span "%s"', left(concat_ws(' ', kind, set_budget.rolling_days), 160)),
                HINT = 'Use month, quarter or year, or rolling with rolling_days from 1 to 366.';
        ELSIF set_budget.currency !~ '^[A-Z]{3}$' THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('"%s" is no currency', left(set_budget.currency, 160)),
                HINT = 'Give a code of ISO 4217, as USD and EUR.';
        END IF;
    -- A default name has the value in it, and not what attribute it is a value of.
    ELSIF set_budget.attribute <> known.attribute OR set_budget.budget IS NULL AND by_attribute <> known.attribute
        OR set_budget.value <> known.value
        OR set_budget.tag_key IS DISTINCT FROM known.tag_key AND set_budget.tag_key IS NOT NULL
        OR set_budget.span <> known.span OR set_budget.currency <> known.currency
        OR set_budget.rolling_days IS DISTINCT FROM known.rolling_days AND set_budget.rolling_days IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('budget "%s" is of something else', left(key, 160)),
            DETAIL = format('It is by %s "%s", %s, in %s.', concat_ws(' ', known.attribute, known.tag_key),
                            left(known.value, 160), concat_ws(' ', known.span, known.rolling_days), known.currency),
            HINT = 'Its amount, thresholds and days can be changed; for anything else give another name.';
    END IF;

    change := jsonb_strip_nulls(CASE WHEN known.budget IS NULL THEN
            jsonb_build_object('attribute', by_attribute, 'tag_key', set_budget.tag_key, 'value', of_value,
                'span', kind, 'rolling_days', set_budget.rolling_days, 'currency', coalesce(set_budget.currency, 'USD'),
                'amount', coalesce(set_budget.amount, 100), 'thresholds', '{50,80,100}'::numeric[],
                'forecast_thresholds', '{100}'::numeric[])
        ELSE jsonb_build_object('amount', set_budget.amount) END)
        || jsonb_strip_nulls(jsonb_build_object(
            'thresholds', (SELECT to_jsonb(array_agg(DISTINCT t)) FROM unnest(set_budget.thresholds) AS t),
            'forecast_thresholds', (SELECT to_jsonb(array_agg(DISTINCT t))
                                    FROM unnest(set_budget.forecast_thresholds) AS t)))
        || CASE WHEN set_budget.thresholds = '{}' THEN '{"thresholds": []}' ELSE '{}' END::jsonb
        || CASE WHEN set_budget.forecast_thresholds = '{}' THEN '{"forecast_thresholds": []}' ELSE '{}' END::jsonb;
    -- A change is about the whole of the span that runs.
    first_day := set_budget.valid_from;
    IF known.budget IS NOT NULL AND first_day IS NULL THEN
        SELECT d.day, coalesce(d.known, d.day) AS rolling_day INTO moment FROM bedrock_internal.budget_day() AS d;
        first_day := greatest(lower(known.valid),
            CASE known.span WHEN 'rolling' THEN moment.rolling_day
                 ELSE lower(bedrock_internal.span_of(known.span, NULL, moment.day,
                          bedrock_internal.setting_value('fiscal_year_first_month')::integer)) END);
        -- What only ends, may have ended before.
        IF set_budget.valid_to < first_day THEN
            first_day := NULL;
        END IF;
    END IF;
    SELECT d.* INTO plan
    FROM bedrock_internal.days_to_change('bedrock.budget', 'budget', key, change, first_day, set_budget.valid_to,
                                         '-infinity') AS d;
    outcome := w.outcome
    FROM bedrock_internal.write_planned('bedrock.budget', jsonb_build_object('budget', key), plan.days, plan.ending,
                                        change, set_budget.reason, set_budget.valid_to IS NULL) AS w;
    IF outcome <> 'unchanged' THEN
        PERFORM bedrock_internal.write_budget_status(ARRAY[key]);
    END IF;
    IF known.budget IS NULL AND NOT bedrock_internal.has_lines(by_attribute, set_budget.tag_key, of_value) THEN
        registered := by_attribute = 'element'
            OR by_attribute = 'workload' AND EXISTS (SELECT FROM bedrock.workload AS w
                                                     WHERE w.workload = of_value AND upper_inf(w.recorded));
        RAISE NOTICE USING
            MESSAGE = format('no line of the bill has the %s "%s" of the new budget "%s"%s',
                             concat_ws(' ', by_attribute, left(set_budget.tag_key, 160)), left(of_value, 160),
                             left(key, 160), CASE WHEN registered THEN ' yet' END),
            HINT = CASE
                WHEN registered THEN
                    'Until one has, its spend is 0. Claims own lines from their first day on: SELECT identity, '
                    'workload, valid_from, status FROM bedrock.claims;'
                ELSE format('If it is misspelt, end the budget with valid_to. What there is: SELECT DISTINCT %s FROM '
                            'bedrock.spend_monthly;',
                            CASE by_attribute
                                WHEN 'tag' THEN format('bedrock_tag(tags, %L)', left(set_budget.tag_key, 160))
                                ELSE quote_ident(by_attribute) END) END;
    END IF;
    RETURN outcome;
END
$$;
COMMENT ON FUNCTION bedrock.set_budget(text, numeric, text, text, text, text, text, integer, numeric[], numeric[], date,
    date, text) IS
    'makes or changes a budget, compares it with the bill at once, and returns added, changed or unchanged. attribute '
    'and value: what spend it is for, a column of bedrock.spend, tag (with tag_key), all or element; by default a '
    'project. span: month (default), quarter, year, or rolling with rolling_days. Defaults of a new one: the name '
    '<value>-Bedrock-Monthly-Budget, 100 USD, thresholds {50,80,100} percent of spend and {100} of the forecast, all '
    'days. A NULL argument leaves a value as it is. valid_from: first day (UTC) of the change, by default that of the '
    'span that runs; valid_to: as in bedrock.set_workload. For roles that manage everything, or have the workload or '
    'element in their scope. A NOTICE says where no line of the bill has the value of a new one. Error 22023: a value '
    'that cannot be, or a budget of something else; P0002: no such element; 42501: not allowed';

CREATE OR REPLACE FUNCTION bedrock.within_budget(budget text, amount numeric DEFAULT 0,
    as_of date DEFAULT bedrock_internal.today()) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN within_budget.amount >= 0 AND within_budget.amount < 'Infinity'
                THEN s.actual + within_budget.amount <= s.amount END
    FROM bedrock.budget_status AS s
    WHERE s.budget = within_budget.budget AND within_budget.as_of >= s.first_day
      -- Rolling days end with the last one that is known, and hold while one of them is among the last as many days.
      AND within_budget.as_of <= s.last_day + CASE s.span WHEN 'rolling' THEN s.last_day - s.first_day ELSE 0 END;
END;
COMMENT ON FUNCTION bedrock.within_budget(text, numeric, date) IS
    'whether a budget has room for another amount, in its currency, by what was billed at the last refresh '
    '(bedrock.budget_status, whose data_through says how old that is): one look-up by its name. NULL: not known, as '
    'there is no such budget in the scope of the caller, its span has no bill yet, or as_of (UTC, today by default) is '
    'out of the span last compared (rolling days that are fewer than the bill lags are always), or amount is not 0 or '
    'more';
