-- Labels and owners in time: validity intervals, and the facts that refer to them.

CREATE OR REPLACE FUNCTION bedrock_internal.validity_intervals(dimension_ids integer[],
    known timestamptz DEFAULT 'infinity',
    OUT dimension_id integer, OUT valid_from date, OUT valid_to date, OUT owner_id integer, OUT attribution_rule text,
    OUT profile_name text, OUT project_name text, OUT team text, OUT application text, OUT project text,
    OUT environment text, OUT cost_center text, OUT department text, OUT customer text, OUT workflow text,
    OUT engineer text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH dimension AS MATERIALIZED (
        SELECT d.dimension_id AS id, d.charge_category, d.request_path, d.profile_kind, d.profile_id, d.project_id,
            d.resource_id, d.tags
        FROM bedrock.dimension AS d
        WHERE d.dimension_id = ANY (validity_intervals.dimension_ids)),
    label AS MATERIALIZED (
        SELECT coalesce(t.tags, 'null') AS tags, bedrock_internal.read_labels(
            t.tags, (SELECT bedrock_internal.label_rules_in_order()), (SELECT bedrock_internal.label_spellings()))
            AS of_tags,
               coalesce(nullif(@extschema@.bedrock_tag(t.tags, 'userAttribute/department'), ''),
                        nullif(@extschema@.bedrock_tag(t.tags, 'iamPrincipal/department'), '')) AS caller_department
        FROM (SELECT DISTINCT c.tags FROM dimension AS c) AS t),
    registered AS MATERIALIZED (
        SELECT c.id, p.valid, p.profile_name, p.labels, p.team, p.application, p.project, p.environment, p.cost_center,
               p.department, p.customer, p.workflow, p.engineer
        FROM dimension AS c
        JOIN bedrock.profile AS p ON p.profile_arn = c.resource_id
        WHERE CASE WHEN validity_intervals.known = 'infinity' THEN upper_inf(p.recorded)
            ELSE p.recorded @> validity_intervals.known END),
    -- An interval begins at the beginning of all days and wherever a row of the registry begins or ends. Most
    -- dimensions have one for all days.
    beginning AS MATERIALIZED (
        SELECT r.id, lower(r.valid) AS day FROM registered AS r WHERE lower(r.valid) <> '-infinity'
        UNION
        SELECT r.id, upper(r.valid) FROM registered AS r WHERE upper(r.valid) IS NOT NULL
            AND upper(r.valid) <> 'infinity'),
    validity AS (
        SELECT c.id, '-infinity'::date AS day, coalesce(f.day - 1, 'infinity'::date) AS last_day
        FROM dimension AS c LEFT JOIN (SELECT b.id, min(b.day) AS day FROM beginning AS b GROUP BY b.id) AS f
            ON f.id = c.id
        UNION ALL
        SELECT b.id, b.day, coalesce(lead(b.day) OVER (PARTITION BY b.id ORDER BY b.day) - 1, 'infinity'::date)
            FROM beginning AS b)
    SELECT s.id, s.day, s.last_day,
           CASE WHEN c.charge_category = 'usage' THEN 0 ELSE 1 END,
           CASE WHEN c.charge_category = 'usage' THEN 'unclaimed' ELSE 'charge:' || c.charge_category END,
           CASE WHEN c.profile_kind IN ('application', 'system') THEN coalesce(r.profile_name, c.profile_id) END,
           CASE WHEN c.project_id IS NOT NULL THEN coalesce(r.profile_name, c.project_id) END,
           coalesce(r.team, l.of_tags ->> 'team', '(untagged)'),
           coalesce(r.application, l.of_tags ->> 'application', '(untagged)'),
           coalesce(r.project, l.of_tags ->> 'project', '(untagged)'),
           coalesce(r.environment, l.of_tags ->> 'environment', '(untagged)'),
           coalesce(r.cost_center, l.of_tags ->> 'cost_center', '(untagged)'),
           coalesce(bedrock_internal.label_value('department', l.caller_department), r.department,
               l.of_tags ->> 'department', '(untagged)'),
           coalesce(r.customer, l.of_tags ->> 'customer', '(untagged)'),
           coalesce(r.workflow, l.of_tags ->> 'workflow', '(untagged)'),
           coalesce(r.engineer, l.of_tags ->> 'engineer', '(untagged)')
    FROM validity AS s
    JOIN dimension AS c ON c.id = s.id
    LEFT JOIN label AS l ON l.tags = coalesce(c.tags, 'null')
    LEFT JOIN registered AS r ON r.id = s.id AND r.valid @> s.day;
END
$$;
COMMENT ON FUNCTION bedrock_internal.validity_intervals(integer[], timestamptz) IS
    'the validity intervals of dimensions: days with one owner and one set of labels, as known at a point in time '
    '(infinity: now). Those of a dimension cover all days without gap or overlap';

CREATE OR REPLACE FUNCTION bedrock_internal.add_attribution(dimension_ids integer[]) RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO bedrock.attribution (dimension_id, valid_from, valid_to, owner_id, attribution_rule, profile_name,
        project_name, team, application, project, environment, cost_center, department, customer, workflow, engineer)
    SELECT s.dimension_id, s.valid_from, s.valid_to, s.owner_id, s.attribution_rule, s.profile_name, s.project_name,
           s.team, s.application, s.project, s.environment, s.cost_center, s.department, s.customer, s.workflow,
           s.engineer
    FROM bedrock_internal.validity_intervals(add_attribution.dimension_ids) AS s;
END;
COMMENT ON FUNCTION bedrock_internal.add_attribution(integer[]) IS
    'inserts the validity intervals of new dimensions into bedrock.attribution';

CREATE OR REPLACE FUNCTION bedrock_internal.write_attribution(dimension_ids integer[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
DECLARE
    changed integer[];
    reshaped integer[];
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_interval;
    CREATE TEMP TABLE bedrock_interval ON COMMIT DROP AS
    SELECT i.dimension_id, i.valid_from, i.valid_to, i.owner_id, i.attribution_rule, i.profile_name, i.project_name,
           i.team, i.application, i.project, i.environment, i.cost_center, i.department, i.customer, i.workflow,
           i.engineer
    FROM bedrock_internal.validity_intervals(write_attribution.dimension_ids) AS i;

    WITH kept AS (
        SELECT a.dimension_id, a.valid_from, a.valid_to, a.owner_id, a.attribution_rule, a.profile_name, a.project_name,
               a.team, a.application, a.project, a.environment, a.cost_center, a.department, a.customer, a.workflow,
               a.engineer
        FROM bedrock.attribution AS a WHERE a.dimension_id = ANY (write_attribution.dimension_ids)),
    differing AS (
        (SELECT * FROM bedrock_interval EXCEPT SELECT * FROM kept)
        UNION ALL
        (SELECT * FROM kept EXCEPT SELECT * FROM bedrock_interval))
    SELECT array_agg(DISTINCT d.dimension_id) INTO changed FROM differing AS d;
    IF changed IS NULL THEN
        RETURN 0;
    END IF;

    -- A row keeps its id where an interval begins on its first day: facts move only where days changed hands.
    reshaped := ARRAY(
        SELECT DISTINCT coalesce(i.dimension_id, a.dimension_id)
        FROM (SELECT * FROM bedrock_interval AS n WHERE n.dimension_id = ANY (changed)) AS i
        FULL JOIN (SELECT * FROM bedrock.attribution AS n WHERE n.dimension_id = ANY (changed)) AS a
            ON a.dimension_id = i.dimension_id AND a.valid_from = i.valid_from
        WHERE a.valid_to IS DISTINCT FROM i.valid_to);
    DELETE FROM bedrock.attribution AS a
    WHERE a.dimension_id = ANY (reshaped)
      AND NOT EXISTS (SELECT FROM bedrock_interval AS i
                      WHERE i.dimension_id = a.dimension_id AND i.valid_from = a.valid_from);
    UPDATE bedrock.attribution AS a
    SET valid_to = i.valid_to, owner_id = i.owner_id, attribution_rule = i.attribution_rule,
        profile_name = i.profile_name, project_name = i.project_name, team = i.team, application = i.application,
        project = i.project, environment = i.environment, cost_center = i.cost_center, department = i.department,
        customer = i.customer, workflow = i.workflow, engineer = i.engineer
    FROM bedrock_interval AS i
    WHERE a.dimension_id = ANY (changed) AND i.dimension_id = a.dimension_id AND i.valid_from = a.valid_from;
    INSERT INTO bedrock.attribution (dimension_id, valid_from, valid_to, owner_id, attribution_rule, profile_name,
        project_name, team, application, project, environment, cost_center, department, customer, workflow, engineer)
    SELECT i.dimension_id, i.valid_from, i.valid_to, i.owner_id, i.attribution_rule, i.profile_name, i.project_name,
           i.team, i.application, i.project, i.environment, i.cost_center, i.department, i.customer, i.workflow,
           i.engineer
    FROM bedrock_interval AS i
    WHERE i.dimension_id = ANY (reshaped)
      AND NOT EXISTS (SELECT FROM bedrock.attribution AS a
                      WHERE a.dimension_id = i.dimension_id AND a.valid_from = i.valid_from);
    PERFORM bedrock_internal.move_facts(reshaped);
    RETURN cardinality(changed);
END
$$;
COMMENT ON FUNCTION bedrock_internal.write_attribution(integer[]) IS
    'brings the validity intervals of these dimensions, and the facts that refer to them, up to date with ownership, '
    'registry and tags, and returns how many dimensions changed. The periods are locked (bedrock_internal.lock_periods)';

CREATE OR REPLACE FUNCTION bedrock_internal.move_facts(dimension_ids integer[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    moved integer[];
BEGIN
    -- Nothing is read from a source.
    WITH written AS (
        UPDATE bedrock.fact AS f SET attribution_id = a.attribution_id
        FROM bedrock.attribution AS a
        WHERE f.dimension_id = ANY (move_facts.dimension_ids) AND a.dimension_id = f.dimension_id
          AND f.usage_date BETWEEN a.valid_from AND a.valid_to AND f.attribution_id <> a.attribution_id
        RETURNING f.dimension_id)
    SELECT array_agg(DISTINCT w.dimension_id) INTO moved FROM written AS w;
    IF moved IS NOT NULL THEN
        PERFORM bedrock_internal.write_months(NULL, moved);
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.move_facts(integer[]) IS
    'lets the facts of these dimensions refer to the validity interval that their day is in, and writes their months';

CREATE OR REPLACE FUNCTION bedrock_internal.refresh_ownership(dimension_ids integer[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
BEGIN
    IF NOT bedrock_internal.lock_periods() THEN
        RETURN 0;
    END IF;
    RETURN bedrock_internal.write_attribution(refresh_ownership.dimension_ids);
END
$$;
COMMENT ON FUNCTION bedrock_internal.refresh_ownership(integer[]) IS
    'lets these dimensions follow a change of ownership at once, and returns how many changed; 0 also where another '
    'session works on a bill: that session, or the next refresh, does it then';

CREATE OR REPLACE FUNCTION bedrock_internal.facts_condition(bill_ids integer[], dimension_ids integer[]) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN bill_ids IS NULL THEN 'true'
                ELSE format('f.billing_period = ANY (%L::date[]) AND f.bill_id = ANY (%L::integer[])',
                            (SELECT array_agg(DISTINCT b.billing_period) FROM bedrock.bill_total AS b
                             WHERE b.bill_id = ANY (facts_condition.bill_ids)), bill_ids) END
           || CASE WHEN dimension_ids IS NULL THEN '' ELSE format(' AND f.dimension_id = ANY (%L::integer[])',
               dimension_ids) END;
END;
COMMENT ON FUNCTION bedrock_internal.facts_condition(integer[], integer[]) IS
    'SQL condition for rows f of bedrock.fact or bedrock.fact_month of these bills and dimensions (NULL: all), which '
    'reads the partitions of these bills alone';

CREATE OR REPLACE FUNCTION bedrock_internal.month_of_facts(bill_ids integer[], dimension_ids integer[])
    RETURNS SETOF bedrock.fact_month
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    session text := 'f.session_id';
    of_roles text := '';
BEGIN
    IF EXISTS (SELECT FROM bedrock.bill_total AS b WHERE b.high_session_roles IS NOT NULL
        AND (month_of_facts.bill_ids IS NULL OR b.bill_id = ANY (month_of_facts.bill_ids))) THEN
        session := 'coalesce(c.role_id, f.session_id)';
        of_roles := format(
            ' LEFT JOIN (SELECT s.session_id, r.session_id AS role_id FROM bedrock.session AS s'
            '            JOIN bedrock.session AS r ON r.iam_principal = '
            'bedrock_internal.principal_without_session(s.iam_principal)'
            '            WHERE s.principal_session IS NOT NULL AND s.user_email IS NULL AND s.caller_class IS NULL'
            '              AND r.principal_session IS NULL) AS k ON k.session_id = f.session_id'
            ' LEFT JOIN (SELECT b.bill_id, r.session_id AS role_id'
            '            FROM bedrock.bill_total AS b CROSS JOIN LATERAL unnest(b.high_session_roles) AS c (role) JOIN '
            'bedrock.session AS r ON r.iam_principal = c.role'
            '            WHERE %L IS NULL OR b.bill_id = ANY (%1$L::integer[])) AS c ON c.bill_id = f.bill_id AND '
            'c.role_id = k.role_id', month_of_facts.bill_ids);
    END IF;
    RETURN QUERY
    SELECT f.billing_period, f.bill_id, f.attribution_id, f.dimension_id, f.session_id, f.lines, f.superseded,
           f.ai_cost, f.unblended_cost, f.tokens, f.usage_amount, f.net_unblended_cost, f.blended_cost,
           f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost, f.list_cost
    FROM bedrock_internal.sum_by_keys(
        'SELECT f.lines, f.billing_period, f.bill_id, f.attribution_id, f.dimension_id, ' || session
        || ', f.superseded, f.usage_amount, f.tokens, f.unblended_cost, f.blended_cost,'
        ' f.net_unblended_cost, f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost, f.list_cost, '
        'f.ai_cost FROM bedrock.fact AS f' || of_roles || ' WHERE '
        || bedrock_internal.facts_condition(month_of_facts.bill_ids, month_of_facts.dimension_ids), 6)
        AS f (billing_period date, bill_id integer, attribution_id integer, dimension_id integer, session_id integer,
              superseded boolean, lines bigint, usage_amount numeric, tokens numeric, unblended_cost numeric,
              blended_cost numeric, net_unblended_cost numeric, amortized_cost numeric, net_amortized_cost numeric,
              public_on_demand_cost numeric, list_cost numeric, ai_cost numeric);
END
$$;
COMMENT ON FUNCTION bedrock_internal.month_of_facts(integer[], integer[]) IS
    'facts of these bills and dimensions (NULL: all) summed over days, and over the sessions of high-session roles '
    '(bedrock.bill_total.high_session_roles)';

CREATE OR REPLACE FUNCTION bedrock_internal.write_months(bill_ids integer[], dimension_ids integer[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text;
    changes text;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
           string_agg(format('%1$I = k.%1$I', a.attname), ', ') FILTER (WHERE a.attname <> 'billing_period')
    INTO columns, changes
    FROM pg_attribute AS a WHERE a.attrelid = 'bedrock.fact_month'::regclass AND a.attnum > 0 AND NOT a.attisdropped;
    -- A row that stays as it is is not written again, and one that changes is changed where it is
    -- (bedrock_internal.make_fact_partitions leaves room): or a month that is delivered every day would grow every day.
    -- The same is what has the same bytes, as decimals are part of an amount.
    EXECUTE format($statement$
        WITH wanted AS MATERIALIZED (
            SELECT m.* FROM bedrock_internal.month_of_facts($1, $2) AS m),
        kept AS MATERIALIZED (
            SELECT DISTINCT ON (w.bill_id, w.attribution_id, w.dimension_id, w.session_id)
                   w.*, f.tableoid AS partition, f.ctid AS place, record_image_eq(w, f) AS is_same
            FROM bedrock.fact_month AS f
            JOIN wanted AS w ON w.billing_period = f.billing_period AND w.bill_id = f.bill_id
                AND w.session_id = f.session_id
                                AND w.attribution_id = f.attribution_id AND w.dimension_id = f.dimension_id
            WHERE %1$s),
        gone AS (
            DELETE FROM bedrock.fact_month AS f
            WHERE %1$s AND NOT EXISTS (SELECT FROM kept AS k WHERE k.partition = f.tableoid AND k.place = f.ctid)),
        changed AS (
            UPDATE bedrock.fact_month AS f SET %2$s FROM kept AS k
            WHERE %1$s AND NOT k.is_same AND k.partition = f.tableoid AND k.place = f.ctid)
        INSERT INTO bedrock.fact_month (%3$s)
        SELECT %3$s FROM wanted AS w
        WHERE NOT EXISTS (SELECT FROM kept AS k
                          WHERE k.bill_id = w.bill_id AND k.attribution_id = w.attribution_id
                            AND k.dimension_id = w.dimension_id AND k.session_id = w.session_id)$statement$,
        bedrock_internal.facts_condition(write_months.bill_ids, write_months.dimension_ids), changes, columns)
    USING write_months.bill_ids, write_months.dimension_ids;
END
$$;
COMMENT ON FUNCTION bedrock_internal.write_months(integer[], integer[]) IS
    'brings bedrock.fact_month up to date with bedrock.fact, for these bills and dimensions (NULL: all), and writes '
    'only rows that differ';

CREATE OR REPLACE FUNCTION bedrock_internal.read_dimensions(dimension_ids integer[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    updated bigint;
BEGIN
    UPDATE bedrock.dimension AS d
    SET parser = bedrock_internal.parser_version(), charge_category = r.charge_category, usage_group = r.usage_group,
        pricing_model = r.pricing_model, provider = r.provider, model_id = r.model_id, model_name = r.model_name,
        model_family = r.model_family, model_basis = r.model_basis, token_kind = r.token_kind, modality = r.modality,
        cache_ttl = r.cache_ttl, tier = r.tier, routing = r.routing, ai_region_type = r.ai_region_type,
        geo_prefix = r.geo_prefix, endpoint = r.endpoint, long_context = r.long_context,
        custom_model = r.custom_model, tokens_per_unit = r.tokens_per_unit::integer, region = r.region,
        resource_type = r.resource_type, request_path = r.request_path, via_profile = r.via_profile,
        profile_kind = r.profile_kind, profile_id = r.profile_id, profile_suffix = r.profile_suffix,
        project_id = r.project_id, control_layer = r.control_layer, principal_kind = r.principal_kind,
        principal_name = r.principal_name, principal_key = r.principal_key, permission_set = r.permission_set,
        caller_class = r.caller_class, traffic_class = r.traffic_class, attribution_kind = r.attribution_kind,
        agentcore_component = r.agentcore_component, caller_rule = r.caller_rule::integer
    FROM bedrock_internal.dimension_reading AS r
    WHERE r.dimension_id = d.dimension_id AND d.dimension_id = ANY (read_dimensions.dimension_ids)
      AND (d.parser IS DISTINCT FROM bedrock_internal.parser_version()
           OR ROW(d.charge_category, d.provider, d.model_id, d.model_name, d.model_family, d.model_basis,
               d.ai_region_type, d.geo_prefix, d.region, d.caller_class, d.caller_rule, d.traffic_class)
              IS DISTINCT FROM ROW(r.charge_category, r.provider, r.model_id, r.model_name, r.model_family,
                  r.model_basis, r.ai_region_type, r.geo_prefix, r.region, r.caller_class, r.caller_rule,
                  r.traffic_class));
    GET DIAGNOSTICS updated = ROW_COUNT;
    RETURN updated;
END
$$;
COMMENT ON FUNCTION bedrock_internal.read_dimensions(integer[]) IS
    'parses those of these dimensions that the current parsers or catalogues read differently, and returns how many';

CREATE OR REPLACE FUNCTION bedrock_internal.upsert_dimensions(numbers integer[]) RETURNS integer[]
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    raw text;
    parsed text;
    inserted integer[];
BEGIN
    SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FILTER (WHERE r.attname IS NULL),
        string_agg(a.attname, ', ' ORDER BY a.attnum) FILTER (WHERE r.attname IS NOT NULL)
    INTO raw, parsed
    FROM pg_attribute AS a
    LEFT JOIN pg_attribute AS r ON r.attrelid = 'bedrock_internal.dimension_reading'::regclass AND r.attname = a.attname
        AND r.attnum > 0
    WHERE a.attrelid = 'bedrock.dimension'::regclass AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attname NOT IN ('dimension_id', 'parser');

    -- Parsed before they are written: a row that is written twice costs twice.
    EXECUTE format($statement$
        WITH inserted AS (
            INSERT INTO bedrock.dimension (%1$s, parser, %2$s)
            SELECT %3$s, bedrock_internal.parser_version(), %4$s
            FROM bedrock_key AS c
            JOIN (%5$s) AS r ON r.dimension_id = c.number
            ORDER BY c.key_hash
            ON CONFLICT (key_hash) DO NOTHING
            RETURNING dimension_id)
        SELECT coalesce(array_agg(e.dimension_id), '{}') FROM inserted AS e$statement$,
        raw, parsed, 'c.' || replace(raw, ', ', ', c.'), 'r.' || replace(parsed, ', ', ', r.'),
        bedrock_internal.dimension_query('(SELECT n.number AS dimension_id, k.* FROM unnest($1) AS n (number)'
                           ' JOIN pg_temp.bedrock_key AS k ON k.number = n.number)'))
    INTO inserted USING numbers;
    RETURN inserted;
END
$$;
COMMENT ON FUNCTION bedrock_internal.upsert_dimensions(integer[]) IS
    'inserts the rows of bedrock_key with these numbers into bedrock.dimension, parsed, and returns the ids of those '
    'that no other session had inserted';

CREATE OR REPLACE FUNCTION bedrock_internal.catalogue_version() RETURNS bedrock_internal.catalogue_version
    LANGUAGE sql STABLE SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
BEGIN ATOMIC
    SELECT ROW(md5(concat_ws('/', bedrock_internal.parser_version(),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.label_rule AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.label_value_rule AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.charge_category_map AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.model AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.model_alias AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.region AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.system_profile AS r),
        (SELECT string_agg(r::text, '' ORDER BY r::text) FROM bedrock.class_rule AS r))),
        count(*), max(lower(p.recorded)), max(upper(p.recorded)))::bedrock_internal.catalogue_version
    FROM bedrock.profile AS p;
END;
COMMENT ON FUNCTION bedrock_internal.catalogue_version() IS
    'version of parsers, label and class rules and catalogues (catalogues), and of the registry: refresh parses all '
    'dimensions again when it changes';

CREATE OR REPLACE FUNCTION bedrock_internal.stored_catalogue_version() RETURNS bedrock_internal.catalogue_version
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT ROW(s.catalogues, s.registry_rows, s.registry_recorded, s.registry_ended)::bedrock_internal.catalogue_version
    FROM bedrock_internal.state AS s WHERE s.kind = 'dimensions';
END;
COMMENT ON FUNCTION bedrock_internal.stored_catalogue_version() IS
    'bedrock_internal.catalogue_version() by which all dimensions were parsed last; NULL: never, or not all';

CREATE OR REPLACE FUNCTION bedrock_internal.store_catalogue_version(version bedrock_internal.catalogue_version)
    RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    -- What is stored already is not written, so that nobody waits for it.
    INSERT INTO bedrock_internal.state (kind, catalogues, registry_rows, registry_recorded, registry_ended)
    SELECT 'dimensions', (version).catalogues, (version).registry_rows, (version).registry_recorded,
        (version).registry_ended
    WHERE bedrock_internal.stored_catalogue_version() IS DISTINCT FROM version
    ON CONFLICT (kind) DO UPDATE SET catalogues = excluded.catalogues, registry_rows = excluded.registry_rows,
        registry_recorded = excluded.registry_recorded, registry_ended = excluded.registry_ended;
END;
COMMENT ON FUNCTION bedrock_internal.store_catalogue_version(bedrock_internal.catalogue_version) IS
    'stores the version by which all dimensions were parsed';

CREATE OR REPLACE FUNCTION bedrock_internal.read_sessions() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    updated bigint;
BEGIN
    UPDATE bedrock.session AS s SET caller_class = r.class, caller_rule = r.place
    FROM (SELECT n.session_id, q.class, q.place FROM bedrock.session AS n LEFT JOIN
        LATERAL bedrock_internal.session_rule(n.principal_session, n.user_email) AS q ON true
          WHERE n.user_email IS NOT NULL OR n.caller_class IS NOT NULL
              OR (SELECT bedrock_internal.rules_ask_sessions())) AS r
    WHERE r.session_id = s.session_id AND ROW(s.caller_class, s.caller_rule) IS DISTINCT FROM ROW(r.class, r.place);
    GET DIAGNOSTICS updated = ROW_COUNT;
    RETURN updated;
END
$$;
COMMENT ON FUNCTION bedrock_internal.read_sessions() IS
    'applies the rules of bedrock.class_rule about sessions and e-mail addresses to all sessions, and returns how '
    'many changed; bedrock_internal.refresh_dimensions writes the months after it';

CREATE OR REPLACE FUNCTION bedrock_internal.lock_periods() RETURNS boolean
    LANGUAGE sql
BEGIN ATOMIC
    SELECT (SELECT count(*) FROM (SELECT FROM bedrock.period AS p FOR UPDATE SKIP LOCKED) AS free) =
        (SELECT count(*) FROM bedrock.period);
END;
COMMENT ON FUNCTION bedrock_internal.lock_periods() IS
    'locks the periods of all sources that no other session works on until the transaction ends, and returns whether '
    'these are all; facts of a bill that another session replaces must not be written';

CREATE OR REPLACE FUNCTION bedrock_internal.refresh_dimensions() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    version bedrock_internal.catalogue_version := bedrock_internal.catalogue_version();
    kept bedrock_internal.catalogue_version := bedrock_internal.stored_catalogue_version();
    everything integer[];
    high_session_bills integer[];
    rules_changed boolean := kept.catalogues IS DISTINCT FROM version.catalogues;
    updated bigint := 0;
BEGIN
    -- Where another session is at work on a bill, or a load of logs may write sessions, the next refresh does it.
    IF kept = version OR NOT bedrock_internal.lock_periods() OR rules_changed
        AND NOT bedrock_internal.lock_invocations(false) THEN
        RETURN 0;
    END IF;
    SELECT coalesce(array_agg(d.dimension_id), '{}') INTO everything FROM bedrock.dimension AS d;
    updated := bedrock_internal.read_dimensions(everything) + bedrock_internal.write_attribution(everything);

    -- A month has the sessions of a high-session role together, but for those that a rule names. Not only where
    -- sessions changed here: a load of logs reads them as well, and leaves the months as they are.
    IF rules_changed THEN
        updated := updated + bedrock_internal.read_sessions();
        high_session_bills := ARRAY(SELECT b.bill_id FROM bedrock.bill_total AS b
                                    WHERE b.high_session_roles IS NOT NULL);
        PERFORM bedrock_internal.write_months(high_session_bills, NULL);
    END IF;
    PERFORM bedrock_internal.store_catalogue_version(version);
    RETURN updated;
END
$$;
COMMENT ON FUNCTION bedrock_internal.refresh_dimensions() IS
    'parses all dimensions again where parsers, registry, label rules or catalogues have changed, without reading a '
    'source, and returns how many dimensions and sessions changed; 0 also where another session works on a bill or '
    'loads logs, as the next refresh does it then';
