CREATE OR REPLACE FUNCTION bedrock.data_through(period date DEFAULT bedrock.latest_period()) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT min(f.data_through) FROM bedrock.freshness AS f
    WHERE f.billing_period = date_trunc('month', data_through.period::timestamp)::date;
END;
COMMENT ON FUNCTION bedrock.data_through(date) IS
    'last UTC day of a month that is complete in every source and billing entity (bedrock.freshness), by default of '
    'the latest month; NULL: none';

CREATE OR REPLACE FUNCTION bedrock.project_costs(projects text[] DEFAULT NULL, days integer DEFAULT 30,
    metric text DEFAULT 'unblended', as_of date DEFAULT NULL, grain text DEFAULT 'total')
    RETURNS TABLE (project text, cost numeric, currency text, period date)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_day date := coalesce(as_of, bedrock.data_through());
BEGIN
    IF metric IS NULL
        OR metric NOT IN ('unblended', 'blended', 'net_unblended', 'amortized', 'net_amortized', 'list', 'ai') THEN
        RAISE EXCEPTION 'unknown metric "%"', left(metric, 160) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Metrics are unblended, blended, net_unblended, amortized, net_amortized, list and ai.';
    END IF;

    IF days IS NULL OR days NOT BETWEEN 1 AND 36600 THEN
        RAISE EXCEPTION 'days must be 1 to 36600, not %', coalesce(days::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF as_of NOT BETWEEN '1970-01-01' AND '9999-12-31' THEN
        RAISE EXCEPTION 'no bill is of %', as_of USING ERRCODE = 'invalid_parameter_value';
    END IF;

    IF grain IS NULL OR grain NOT IN ('total', 'month', 'day') THEN
        RAISE EXCEPTION 'unknown grain "%"', coalesce(left(grain, 160), 'NULL')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Grains are total, month and day.';
    END IF;

    RETURN QUERY
    WITH spent AS (
        SELECT s.project, s.currency,
               CASE project_costs.grain WHEN 'month' THEN date_trunc('month', s.usage_date::timestamp)::date
                                        WHEN 'day' THEN s.usage_date END AS period,
               sum(bedrock_internal.cost_in(project_costs.metric, s.unblended_cost, s.blended_cost,
                       s.net_unblended_cost, s.amortized_cost, s.net_amortized_cost,
                       CASE project_costs.metric WHEN 'list' THEN s.list_cost ELSE s.ai_cost END)) AS cost
        FROM bedrock.spend AS s
        WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
          AND s.usage_date BETWEEN last_day - (days - 1) AND last_day
        GROUP BY 1, 2, 3),
    wanted AS (
        SELECT p.name FROM unnest(projects) AS p (name) WHERE p.name IS NOT NULL
        UNION
        SELECT '(untagged)'
        UNION
        SELECT n.project FROM spent AS n WHERE project_costs.projects IS NULL)
    SELECT w.name, CASE WHEN n.project IS NULL THEN 0 ELSE n.cost END, n.currency, n.period
    FROM wanted AS w
    LEFT JOIN spent AS n ON n.project = w.name
    ORDER BY w.name = '(untagged)', n.period, 2 DESC NULLS LAST, 1, 3;
END
$$;
COMMENT ON FUNCTION bedrock.project_costs(text[], integer, text, date, text) IS
    'cost of projects over the last days, one row for each project and currency, with a row (untagged) for usage of no '
    'project. projects: names, NULL: all; one without usage costs 0; days: length of the window; as_of: its last UTC '
    'day, by default the last complete one; metric: unblended, blended, net_unblended, amortized, net_amortized, list '
    'or ai; grain: total, or a row for each month or day (period: its first day, NULL: the whole window, or no usage); '
    'error 22023 for others. Usage billed by day only: no tax, credit or fee';

CREATE OR REPLACE FUNCTION bedrock.shared_roles(period date DEFAULT bedrock.latest_period())
    RETURNS TABLE (role text, currency text, reasons text, sessions bigint, profiles bigint, workloads bigint,
                   cost numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH named AS (
        SELECT d.principal_key, d.principal_session, d.user_email, d.currency, count(*) AS days
        FROM (SELECT DISTINCT s.usage_date, s.principal_session, s.principal_key, s.user_email, s.currency
              FROM bedrock.spend AS s
              WHERE s.billing_period = (SELECT shared_roles.period) AND s.charge_category = 'usage'
                AND s.charge_grain <> 'period'
                AND s.principal_session IS NOT NULL) AS d
        GROUP BY 1, 2, 3, 4),
    session AS MATERIALIZED (
        SELECT n.principal_key, n.currency, count(*) AS sessions, count(DISTINCT n.user_email) AS people,
               count(*) FILTER (WHERE n.days >= 5 AND n.user_email IS NULL
                                AND n.principal_session !~ '^i-[0-9a-f]{8,17}$') AS steady
        FROM named AS n
        GROUP BY 1, 2),
    whole AS MATERIALIZED (
        SELECT s.principal_key, s.currency, sum(s.ai_cost) AS cost, count(DISTINCT s.profile_id) AS profiles,
               count(DISTINCT s.application) FILTER (WHERE s.application <> '(untagged)') AS applications,
               count(DISTINCT s.team) FILTER (WHERE s.team <> '(untagged)') AS teams,
               count(DISTINCT s.project) FILTER (WHERE s.project <> '(untagged)') AS projects,
               count(DISTINCT coalesce(nullif(s.application, '(untagged)'), nullif(s.project, '(untagged)'),
                                       s.profile_id))
                   FILTER (WHERE s.profile_kind = 'application') AS apart,
               count(DISTINCT s.workload) FILTER (WHERE s.claim_id IS NOT NULL) AS workloads,
               max(bedrock_internal.broad_role(s.principal_kind, s.principal_name, s.permission_set)) AS broad
        FROM bedrock.spend_monthly AS s
        WHERE s.billing_period = (SELECT shared_roles.period) AND s.charge_category = 'usage'
          AND s.principal_kind IN ('role', 'assumed_role', 'sso', 'service')
        GROUP BY 1, 2)
    SELECT r.principal_key, r.currency, d.reasons, coalesce(n.sessions, 0), r.profiles, r.workloads, r.cost
    FROM whole AS r
    LEFT JOIN session AS n ON n.principal_key = r.principal_key AND n.currency IS NOT DISTINCT FROM r.currency
    CROSS JOIN LATERAL (
        SELECT concat_ws(', ', CASE WHEN r.workloads > 1 THEN 'several workloads' END,
                         CASE WHEN r.applications > 1 THEN 'several applications' END,
                         CASE WHEN r.projects > 1 THEN 'several projects' END,
                         CASE WHEN r.teams > 1 THEN 'several teams' END,
                         CASE WHEN r.apart > 1 THEN 'several profiles' END,
                         CASE WHEN n.people > 1 THEN 'several people' END,
                         CASE WHEN n.steady > 1 THEN 'several steady sessions' END, r.broad) AS reasons) AS d
    WHERE d.reasons <> ''
    ORDER BY r.currency, r.cost DESC, r.principal_key;
END;
COMMENT ON FUNCTION bedrock.shared_roles(date) IS
    'roles that several workloads, applications or people use in a billing period, and roles for everybody, one row '
    'for each role (with all its sessions) and currency. reasons: several workloads (claims on its usage), '
    'applications, projects, teams, profiles (those that no application is known of count each), people (e-mail '
    'addresses as sessions), several steady sessions (names seen on five days or more that are no instance ids), broad '
    'permissions by name, permission set; sessions, profiles, workloads: how many; cost: of its usage, in the metric '
    'of setting ai_cost_metric';

CREATE OR REPLACE FUNCTION bedrock_internal.logged_pct(logged_tokens numeric, billed_tokens numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN round(100 * coalesce(logged_tokens, 0) / CASE WHEN billed_tokens > 0 THEN billed_tokens END, 1);
COMMENT ON FUNCTION bedrock_internal.logged_pct(numeric, numeric) IS
    'percent of billed tokens that the invocation logs have, to one digit: how far an answer from logs holds for the '
    'bill. logged_tokens: NULL counts as 0. Above 100: the logs have more, as where they name what the bill does not. '
    'NULL: billed_tokens is NULL or not above 0';

-- Questions
-- ------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock_internal.question_lines(listing text)
    RETURNS TABLE (line text, ordinal bigint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT l.line, l.ordinal
    FROM regexp_split_to_table(regexp_replace(btrim(question_lines.listing, E' \n'), E'[ \\t]*\\n[ \\t]+', ' ', 'g'),
                               E'[ \\t]*\\n+') WITH ORDINALITY AS l (line, ordinal);
END;
COMMENT ON FUNCTION bedrock_internal.question_lines(text) IS
    'lines of a listing in order; a line that begins with white space continues the one before it';

CREATE OR REPLACE FUNCTION bedrock_internal.question_columns(listing text) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                   'name', c.name,
                   'meaning', coalesce(nullif(c.meaning, ''), known.meaning,
                                       col_description('bedrock.spend'::regclass, a.attnum)),
                   'unit', CASE WHEN c.money THEN 'money' END)) ORDER BY l.ordinal)
        FROM bedrock_internal.question_lines(listing) AS l
        CROSS JOIN LATERAL (SELECT split_part(l.line, ':', 1),
                                   btrim(substr(l.line, length(split_part(l.line, ':', 1)) + 2))) AS h (head, meaning)
        CROSS JOIN LATERAL (
            SELECT split_part(h.head, ' ', 1) AS name, h.meaning,
                   h.head LIKE '% [money]' OR split_part(h.head, ' ', 1) ~ '(^|_)cost$'
                   OR split_part(h.head, ' ', 1) = ANY ('{amortized,bedrock_total,billed_now,change_vs_last_month,
                       cost_1h,cost_5m,cost_before,cost_now,cost_then,could_be,delta,difference,discount,dollars,
                       forecast,high,increase,invoice_total,list_cost,loaded_total,loss,low,net_saving,net_unblended,
                       other_charges,overage,recoverable,saved,saving,seat_price,to_date,unblended,variance,
                       write_premium}'::text[])) AS c (name, meaning, money)
        LEFT JOIN (VALUES
            ('period', 'first day of the billing period'),
            ('month', 'first day of the billing period'),
            ('day', 'day of usage (UTC)'),
            ('billed_cost', 'cost of usage alone, without tax, fees, credits and other charges, in the metric of '
             'setting ai_cost_metric (shipped: unblended), in currency'),
            ('cost', 'cost of usage in the metric of setting ai_cost_metric (shipped: unblended), in currency'),
            ('share_pct',
             'percent of the cost of all usage asked about in this currency; NULL where that is not above 0'),
            ('rank', 'place by cost of usage, within the currency'),
            ('change', 'cost less that of the month before'),
            ('requests',
             'requests in the invocation logs, failed ones among them; a bill counts none. NULL: the logs loaded have '
             'none of these'),
            ('tokens_known_pct',
             'percent of the cost of what may be metered in tokens whose tokens are known; below 100 more tokens were '
             'used than are known, as where a FOCUS file has no usage types. NULL: nothing may be'),
            ('cost_per_million', 'cost of the lines that have tokens, for a million of them; NULL: none has'),
            ('model', 'name of the model, else its id; NULL: the line is about no model, or it is not known'),
            ('app', 'application; (untagged): set by neither registry nor tags'),
            ('account', 'usage account; NULL: not stated'),
            ('data_through', 'last complete day (UTC) of that period in every source and billing entity'),
            ('first_seen', 'first day with usage in all data loaded'),
            ('last_seen', 'last day with usage in all data loaded'),
            ('input', 'input tokens'), ('output', 'output tokens'), ('cache_read', 'cache read tokens'),
            ('cache_write', 'cache write tokens')
        ) AS known (name, meaning) ON known.name = c.name
        LEFT JOIN pg_attribute AS a ON a.attrelid = 'bedrock.spend'::regclass AND a.attname = c.name AND a.attnum > 0);
END
$$;
COMMENT ON FUNCTION bedrock_internal.question_columns(text) IS
    'answer_columns of a question from a listing, one column a line: name, or name and meaning after a colon; a name '
    'without meaning has that of the catalogue or of bedrock.spend. Unit money follows from the name (billed_cost, '
    'saving), or from [money] after it';

CREATE OR REPLACE FUNCTION bedrock_internal.question_parameters(listing text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(p.part[1], jsonb_build_object(
                   'type', p.part[2], 'default', btrim(p.part[3]), 'meaning', p.part[4], 'ordinal', l.ordinal)), '{}')
        FROM bedrock_internal.question_lines(listing) AS l
        CROSS JOIN LATERAL regexp_match(CASE WHEN l.line = 'period'
            THEN 'period month = bedrock.latest_period(): any day of the month; the latest with data'
                                             ELSE l.line END, E'^(\\w+) ([a-z]+(?:\\[\\])?) = (.*?): (.*)$') AS p (part)
        WHERE l.line <> '');
END
$$;
COMMENT ON FUNCTION bedrock_internal.question_parameters(text) IS
    'parameters of a question from a listing, one a line: name type = default: meaning; a line "period" is the month '
    'that most questions are about';

CREATE OR REPLACE FUNCTION bedrock_internal.month_of_text(value text) RETURNS date
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN date_trunc('month',
                      (CASE WHEN value ~ '^[0-9]{4}-[0-9]{2}$' THEN value || '-01'
                            ELSE value END)::date::timestamp)::date;
COMMENT ON FUNCTION bedrock_internal.month_of_text(text) IS
    'first day of the month that a text names, 2026-09 or any day of it; an error where it is no date';

CREATE OR REPLACE FUNCTION bedrock_internal.question_head(parameters jsonb, args jsonb DEFAULT '{}') RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT format('WITH arg AS (SELECT %s)',
                      string_agg(format('%s AS %I', v.expression, p.name),
                                 ', ' ORDER BY (p.spec ->> 'ordinal')::integer, p.name))
        FROM jsonb_each(parameters) AS p (name, spec)
        CROSS JOIN LATERAL (SELECT p.spec ->> 'type' AS type, args ->> p.name AS value, args -> p.name AS given) AS g
        CROSS JOIN LATERAL (
            SELECT CASE WHEN g.value IS NULL AND g.type = 'month' THEN p.spec ->> 'default'
                        WHEN g.value IS NULL THEN format('(%s)::%s', p.spec ->> 'default', g.type)
                        WHEN g.type = 'month'
                            THEN format('%L::date', to_char(bedrock_internal.month_of_text(g.value), 'YYYY-MM-DD'))
                        WHEN g.type = 'text[]'
                            THEN format('%L::text[]', ARRAY(SELECT jsonb_array_elements_text(g.given)))
                        ELSE format('%L::%s', g.value, g.type) END AS expression) AS v
        HAVING count(*) > 0);
END
$$;
COMMENT ON FUNCTION bedrock_internal.question_head(jsonb, jsonb) IS
    'the first line of a question''s SQL, which gives its parameters: what args has for them as typed literals, else '
    'their defaults. NULL: no parameters';

CREATE OR REPLACE FUNCTION bedrock_internal.regular_expression(pattern text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM '' ~ pattern;
    RETURN pattern;
EXCEPTION WHEN invalid_regular_expression THEN
    RAISE invalid_parameter_value USING
        MESSAGE = format('"%s" is no regular expression', left(pattern, 100)),
        DETAIL = SQLERRM,
        HINT = 'Put a literal special character into brackets: [(].';
END
$$;
COMMENT ON FUNCTION bedrock_internal.regular_expression(text) IS
    'its argument, where that is a regular expression, else error 2201B';
