-- Labels and owners in time: validity intervals, and the facts that refer to them.
--
-- An interval is made in steps, each a function: what registry and tags say of a dimension (label_intervals), who may
-- own it and on which days (owner_candidates, with rule_matches), the first of these on each day (owner_intervals),
-- what workloads were on their days (workload_intervals), and all of it together, with the policies that are broken
-- (validity_intervals). known: as recorded at that time; infinity: now.

CREATE OR REPLACE FUNCTION bedrock_internal.is_known(recorded tstzrange, known timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN known = 'infinity' THEN upper_inf(recorded) ELSE recorded @> known END;
COMMENT ON FUNCTION bedrock_internal.is_known(tstzrange, timestamptz) IS
    'whether a row with this time of knowledge was known at a point in time (infinity: now)';

CREATE OR REPLACE FUNCTION bedrock_internal.month_of(day date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN day > '9999-12-31' THEN 'infinity' WHEN day < '0001-01-01' THEN '-infinity'
                ELSE date_trunc('month', day::timestamp)::date END;
COMMENT ON FUNCTION bedrock_internal.month_of(date) IS
    'first day of the month of a day; infinity stays as it is, and is what lies beyond the years 1 to 9999';

CREATE OR REPLACE FUNCTION bedrock_internal.next_month(day date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN bedrock_internal.month_of((day - 1 + interval '1 month')::date);
COMMENT ON FUNCTION bedrock_internal.next_month(date) IS
    'the day itself where it is the first of a month, else the first of the next month; NULL for NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.whole_months(valid daterange) RETURNS daterange
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN bedrock_internal.month_of(upper(valid)) < bedrock_internal.next_month(lower(valid)) THEN 'empty'
                ELSE daterange(bedrock_internal.next_month(lower(valid)), bedrock_internal.month_of(upper(valid))) END;
COMMENT ON FUNCTION bedrock_internal.whole_months(daterange) IS
    'whole months within a range of days: a line that covers a month follows a claim that does; empty: none';

CREATE OR REPLACE FUNCTION bedrock_internal.label_intervals(dimension_ids integer[],
    known timestamptz DEFAULT 'infinity', OUT dimension_id integer, OUT valid daterange, OUT profile_name text,
    OUT project_name text, OUT stated jsonb, OUT of_tags jsonb, OUT of_session boolean) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH dimension AS MATERIALIZED (
        SELECT d.dimension_id AS id, d.profile_kind, d.profile_id, d.project_id, d.resource_id, d.principal_key, d.tags
        FROM bedrock.dimension AS d
        WHERE d.dimension_id = ANY (label_intervals.dimension_ids)),
    tagged AS MATERIALIZED (
        SELECT coalesce(t.tags, 'null') AS tags, bedrock_internal.read_labels(
                   t.tags, (SELECT bedrock_internal.label_rules_in_order()),
                   (SELECT bedrock_internal.label_spellings())) AS labels,
               bedrock_internal.label_value('department',
                   coalesce(nullif(@extschema@.bedrock_tag(t.tags, 'userAttribute/department'), ''),
                            nullif(@extschema@.bedrock_tag(t.tags, 'iamPrincipal/department'), ''))) AS department
        FROM (SELECT DISTINCT c.tags FROM dimension AS c) AS t),
    registered AS MATERIALIZED (
        SELECT c.id, p.valid, p.profile_name, jsonb_strip_nulls(jsonb_build_object('team', p.team,
                   'application', p.application, 'project', p.project, 'environment', p.environment,
                   'cost_center', p.cost_center, 'department', p.department, 'customer', p.customer,
                   'workflow', p.workflow, 'engineer', p.engineer)) AS labels
        FROM dimension AS c
        JOIN bedrock.profile AS p ON p.profile_arn = c.resource_id
        WHERE bedrock_internal.is_known(p.recorded, label_intervals.known)),
    labelled AS MATERIALIZED (
        SELECT c.id, p.valid, p.labels
        FROM dimension AS c
        JOIN bedrock.principal_label AS p ON p.principal_key = c.principal_key
        WHERE bedrock_internal.is_known(p.recorded, label_intervals.known)),
    -- An interval begins with all days, and wherever a row of either begins or ends. Most dimensions have one.
    beginning AS MATERIALIZED (
        SELECT c.id, '-infinity'::date AS day FROM dimension AS c
        UNION
        SELECT v.id, b.day
        FROM (SELECT r.id, r.valid FROM registered AS r UNION ALL SELECT p.id, p.valid FROM labelled AS p) AS v
        CROSS JOIN LATERAL (VALUES (lower(v.valid)), (upper(v.valid))) AS b (day)
        WHERE isfinite(b.day)),
    validity AS (
        SELECT b.id, b.day, lead(b.day) OVER (PARTITION BY b.id ORDER BY b.day) AS next_day FROM beginning AS b)
    SELECT s.id, daterange(s.day, s.next_day),
           CASE WHEN c.profile_kind IN ('application', 'system') THEN coalesce(r.profile_name, c.profile_id) END,
           CASE WHEN c.project_id IS NOT NULL THEN coalesce(r.profile_name, c.project_id) END,
           coalesce(p.labels, '{}') || coalesce(r.labels, '{}')
               || CASE WHEN p.labels ? 'department' THEN jsonb_build_object('department', p.labels -> 'department')
                       WHEN t.department IS NOT NULL THEN jsonb_build_object('department', t.department)
                       ELSE '{}' END,
           t.labels, t.department IS NOT NULL AND NOT coalesce(p.labels ? 'department', false)
    FROM validity AS s
    JOIN dimension AS c ON c.id = s.id
    LEFT JOIN tagged AS t ON t.tags = coalesce(c.tags, 'null')
    LEFT JOIN registered AS r ON r.id = s.id AND r.valid @> s.day
    LEFT JOIN labelled AS p ON p.id = s.id AND p.valid @> s.day;
END
$$;
COMMENT ON FUNCTION bedrock_internal.label_intervals(integer[], timestamptz) IS
    'what registry, labels of principals and tags say of dimensions, by days that cover all days without gap or '
    'overlap: names, labels that win over those of a workload (stated; of_session: its department is of a tag of the '
    'caller), and labels of tags, which yield to them (of_tags)';

CREATE OR REPLACE FUNCTION bedrock_internal.workload_intervals(workloads text[],
    known timestamptz DEFAULT 'infinity', OUT workload text, OUT valid daterange, OUT owner text, OUT environment text,
    OUT labels jsonb, OUT element1 text, OUT element2 text, OUT element3 text, OUT element4 text, OUT element_path text,
    OUT elements text[]) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE stated AS MATERIALIZED (
        SELECT w.workload, w.valid, w.owner, w.element, bedrock_internal.label_value('environment', w.environment)
                   AS environment,
               CASE WHEN w.labels <> '{}' THEN (
                   SELECT jsonb_object_agg(l.key, bedrock_internal.label_value(l.key, l.value))
                   FROM jsonb_each_text(w.labels) AS l) ELSE '{}' END AS labels
        FROM bedrock.workload AS w
        WHERE w.workload = ANY (workload_intervals.workloads)
          AND bedrock_internal.is_known(w.recorded, workload_intervals.known)),
    -- From the element of a workload to the top. Days on which an element is none end the path there.
    placed AS (
        SELECT s.workload, s.valid, s.owner, s.environment, s.labels, s.element AS next_element, 21 AS level,
               '{}'::text[] AS names, '{}'::integer[] AS levels, '{}'::text[] AS elements
        FROM stated AS s
        UNION ALL
        SELECT p.workload, p.valid * e.valid, p.owner, p.environment, p.labels, e.parent, e.level,
               e.element_name || p.names, e.level || p.levels, e.element || p.elements
        FROM placed AS p
        CROSS JOIN LATERAL (
            SELECT n.valid, n.parent, n.level, ARRAY[n.element_name] AS element_name, ARRAY[n.element] AS element
            FROM bedrock.element AS n
            WHERE n.element = p.next_element AND n.level < p.level AND n.valid && p.valid
              AND bedrock_internal.is_known(n.recorded, workload_intervals.known)
            UNION ALL
            SELECT g.valid, NULL, NULL, '{}', '{}'
            FROM unnest(datemultirange(p.valid) - coalesce((
                SELECT range_agg(n.valid) FROM bedrock.element AS n
                WHERE n.element = p.next_element AND n.level < p.level
                  AND bedrock_internal.is_known(n.recorded, workload_intervals.known)), '{}')) AS g (valid)) AS e
        WHERE p.next_element IS NOT NULL)
    SELECT p.workload, p.valid, p.owner, p.environment, p.labels,
           p.names[array_position(p.levels, 1)], p.names[array_position(p.levels, 2)],
           p.names[array_position(p.levels, 3)], p.names[array_position(p.levels, 4)],
           nullif(array_to_string(p.names, ' / '), ''), p.elements
    FROM placed AS p
    WHERE p.next_element IS NULL;
END
$$;
COMMENT ON FUNCTION bedrock_internal.workload_intervals(text[], timestamptz) IS
    'days on which these workloads were workloads, with owner, environment, labels and place in the hierarchy as of '
    'these days; elementN: name of its element on level N, NULL: it has none; element_path: names of all levels; '
    'elements: its element and all above it, {}: not placed';

CREATE OR REPLACE FUNCTION bedrock_internal.tag_trust(tags jsonb, tag_key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN tag_key ~* '^(iamPrincipal|userAttribute)/' THEN 'session_tag'
                WHEN @extschema@.bedrock_tag(tags, 'resourceTags/' || tag_key) <> '' THEN 'billing'
                WHEN coalesce(@extschema@.bedrock_tag(tags, 'iamPrincipal/' || tag_key),
                              @extschema@.bedrock_tag(tags, 'userAttribute/' || tag_key)) <> '' THEN 'session_tag'
                ELSE 'billing' END;
COMMENT ON FUNCTION bedrock_internal.tag_trust(jsonb, text) IS
    'evidence_trust of the value of a tag, bedrock_tag(tags, tag_key): session_tag where it is a tag of the caller, '
    'else billing';

CREATE OR REPLACE FUNCTION bedrock_internal.rule_matches(dimension_ids integer[], known timestamptz DEFAULT 'infinity',
    OUT dimension_id integer, OUT place bigint, OUT valid daterange, OUT workload text, OUT rule text, OUT matched text,
    OUT evidence_trust text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bedrock.owner_rule AS r
                   WHERE bedrock_internal.is_known(r.recorded, rule_matches.known)) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH rule AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY r.priority, r.rule COLLATE "C", r.valid) AS place, r.rule, r.attribute,
               coalesce(r.tag_key, '') AS tag_key, r.pattern, r.valid, r.workload,
               -- How many parentheses a pattern has, shows an alternative of one more that any text matches. A line
               -- of its own: a pattern that begins with (?x) may end in a comment.
               coalesce(cardinality(regexp_match('', r.pattern || E'\n|()')), 0) > 1 AS has_parenthesis
        FROM bedrock.owner_rule AS r WHERE bedrock_internal.is_known(r.recorded, rule_matches.known)),
    label_words AS MATERIALIZED (SELECT bedrock_internal.label_rules_in_order() AS words),
    attribute_value AS MATERIALIZED (
        SELECT k.attribute, k.tag_key, i.dimension_id AS id, i.valid,
               CASE k.attribute
                   WHEN 'tag' THEN @extschema@.bedrock_tag(d.tags, k.tag_key)
                   WHEN 'profile_name' THEN i.profile_name
                   WHEN 'project_name' THEN i.project_name
                   WHEN 'resource_id' THEN d.resource_id
                   WHEN 'account_id' THEN d.account_id
                   WHEN 'account_name' THEN d.account_name
                   WHEN 'region' THEN d.region
                   WHEN 'principal_name' THEN d.principal_name
                   WHEN 'principal_key' THEN d.principal_key
                   WHEN 'permission_set' THEN d.permission_set
                   WHEN 'user_identifier' THEN d.user_identifier
                   WHEN 'traffic_class' THEN d.traffic_class
                   WHEN 'usage_group' THEN d.usage_group
                   WHEN 'product_code' THEN d.product_code
                   ELSE coalesce(i.stated ->> k.attribute, i.of_tags ->> k.attribute) END AS value,
               CASE WHEN k.attribute = 'tag' THEN bedrock_internal.tag_trust(d.tags, k.tag_key)
                    WHEN k.attribute IN ('profile_name', 'project_name')
                        AND coalesce(i.profile_name, i.project_name) <> coalesce(d.profile_id, d.project_id)
                        THEN 'registry'
                    WHEN k.attribute <> ALL (bedrock_internal.label_names()) THEN 'billing'
                    WHEN k.attribute = 'department' AND i.of_session THEN 'session_tag'
                    WHEN i.stated ? k.attribute THEN 'registry' END AS trust,
               -- A label of tags is trusted as the first tag that gives it, which is looked for where a rule matches.
               CASE WHEN i.of_tags ? k.attribute THEN d.tags END AS tags
        FROM (SELECT DISTINCT r.attribute, r.tag_key FROM rule AS r) AS k
        CROSS JOIN bedrock_internal.label_intervals(rule_matches.dimension_ids, rule_matches.known) AS i
        JOIN bedrock.dimension AS d ON d.dimension_id = i.dimension_id
        -- A charge that is no usage follows an owner by what it names and could be claimed, never by its account,
        -- product or model alone.
        WHERE d.charge_category = 'usage' OR d.principal_key IS NOT NULL
           OR bedrock_internal.resource_kind(d.resource_id) IS NOT NULL),
    -- Each value is compared once, pattern by pattern: a session keeps but a few of them compiled.
    distinct_values AS MATERIALIZED (
        SELECT v.attribute, v.tag_key, array_agg(DISTINCT v.value) AS values
        FROM attribute_value AS v WHERE v.value <> '' GROUP BY 1, 2),
    matching AS MATERIALIZED (
        SELECT r.place, r.rule, r.attribute, r.tag_key, r.valid, v.value,
               CASE WHEN r.workload IS NOT NULL THEN r.workload
                    WHEN r.has_parenthesis THEN (regexp_match(v.value, r.pattern, 'i'))[1] ELSE v.value END AS workload
        FROM rule AS r
        JOIN distinct_values AS n ON n.attribute = r.attribute AND n.tag_key = r.tag_key
        CROSS JOIN LATERAL unnest(n.values) AS v (value)
        WHERE v.value ~* r.pattern)
    SELECT v.id, m.place, m.valid * v.valid, m.workload, m.rule,
           CASE m.attribute WHEN 'tag' THEN 'tag ' || m.tag_key ELSE m.attribute END || ' ' || m.value,
           coalesce(v.trust, (
               SELECT bedrock_internal.tag_trust(v.tags, l.words[n.place + 1])
               FROM generate_series(1, cardinality(l.words), 2) AS n (place)
               WHERE l.words[n.place] = m.attribute AND @extschema@.bedrock_tag(v.tags, l.words[n.place + 1]) <> ''
               ORDER BY n.place
               LIMIT 1))
    FROM label_words AS l
    CROSS JOIN matching AS m
    JOIN attribute_value AS v ON v.attribute = m.attribute AND v.tag_key = m.tag_key AND v.value = m.value
    WHERE m.workload <> '' AND m.valid && v.valid;
END
$$;
COMMENT ON FUNCTION bedrock_internal.rule_matches(integer[], timestamptz) IS
    'owner rules whose pattern dimensions match, in the order they are tried (place), with the days and the name of '
    'the workload, be it one on these days or not; matched: attribute and value';

CREATE OR REPLACE FUNCTION bedrock_internal.claims_of_dimensions(dimension_ids integer[],
    known timestamptz DEFAULT 'infinity', OUT dimension_id integer, OUT place integer, OUT identity_kind text,
    OUT identity text, OUT claim_id bigint, OUT workload text, OUT valid daterange, OUT days daterange)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH dimension AS MATERIALIZED (
        SELECT d.dimension_id AS id, d.resource_id, d.principal_key, d.charge_grain
        FROM bedrock.dimension AS d
        WHERE claims_of_dimensions.dimension_ids IS NULL
           OR d.dimension_id = ANY (claims_of_dimensions.dimension_ids)),
    named AS (
        SELECT d.id, d.charge_grain, c.*
        FROM dimension AS d
        JOIN bedrock.claim AS c ON c.identity = d.resource_id AND c.identity_kind IN ('resource', 'project')
        UNION ALL
        SELECT d.id, d.charge_grain, c.*
        FROM dimension AS d
        JOIN bedrock.claim AS c ON c.identity = d.principal_key AND c.identity_kind = 'principal')
    SELECT n.id, array_position('{resource,project,principal}', n.identity_kind), n.identity_kind, n.identity,
           n.claim_id, n.workload, n.valid,
           CASE n.charge_grain WHEN 'period' THEN bedrock_internal.whole_months(n.valid) ELSE n.valid END
    FROM named AS n
    WHERE bedrock_internal.is_known(n.recorded, claims_of_dimensions.known);
END
$$;
COMMENT ON FUNCTION bedrock_internal.claims_of_dimensions(integer[], timestamptz) IS
    'claims on what dimensions (NULL: all) name, on whatever days: place in the order they are tried, and the days on '
    'which they can own its lines (empty: none, as its lines cover a month and the claim none)';

CREATE OR REPLACE FUNCTION bedrock_internal.owner_candidates(dimension_ids integer[],
    known timestamptz DEFAULT 'infinity', OUT dimension_id integer, OUT place bigint, OUT valid daterange,
    OUT workload text, OUT claim_id bigint, OUT attribution_rule text, OUT evidence_trust text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH matched AS MATERIALIZED (
        SELECT * FROM bedrock_internal.rule_matches(owner_candidates.dimension_ids, owner_candidates.known)),
    -- A rule owns on days on which its workload is one.
    workload_days AS MATERIALIZED (
        SELECT w.workload, v.valid
        FROM (SELECT n.workload, range_agg(n.valid) AS days FROM bedrock.workload AS n
              WHERE n.workload IN (SELECT m.workload FROM matched AS m)
                AND bedrock_internal.is_known(n.recorded, owner_candidates.known)
              GROUP BY n.workload) AS w
        CROSS JOIN LATERAL unnest(w.days) AS v (valid)),
    ruled AS (
        SELECT m.dimension_id AS id, m.place, m.workload, m.rule, m.evidence_trust, v.valid
        FROM (SELECT n.dimension_id, n.place, n.workload, n.rule, n.evidence_trust, range_agg(n.valid * w.valid) AS days
              FROM matched AS n JOIN workload_days AS w ON w.workload = n.workload AND w.valid && n.valid
              GROUP BY 1, 2, 3, 4, 5) AS m
        CROSS JOIN LATERAL unnest(m.days) AS v (valid)),
    candidate AS (
        SELECT c.dimension_id AS id, c.place::bigint AS place, c.days, c.workload, c.claim_id,
               'claim:' || c.identity_kind AS attribution_rule, 'billing' AS evidence_trust
        FROM bedrock_internal.claims_of_dimensions(owner_candidates.dimension_ids, owner_candidates.known) AS c
        UNION ALL
        SELECT r.id, 3 + r.place,
               CASE d.charge_grain WHEN 'period' THEN bedrock_internal.whole_months(r.valid) ELSE r.valid END,
               r.workload, NULL, 'rule:' || r.rule, r.evidence_trust
        FROM ruled AS r JOIN bedrock.dimension AS d ON d.dimension_id = r.id)
    SELECT k.id, k.place, k.days, k.workload, k.claim_id, k.attribution_rule, k.evidence_trust
    FROM candidate AS k
    WHERE NOT isempty(k.days);
END
$$;
COMMENT ON FUNCTION bedrock_internal.owner_candidates(integer[], timestamptz) IS
    'workloads that may own dimensions, and on which days: by claim or owner rule; of two on one day the one of the '
    'lowest place owns. A dimension whose lines cover a month has whole months only';

CREATE OR REPLACE FUNCTION bedrock_internal.owner_intervals(dimension_ids integer[],
    known timestamptz DEFAULT 'infinity', OUT dimension_id integer, OUT valid daterange, OUT workload text,
    OUT claim_id bigint, OUT attribution_rule text, OUT evidence_trust text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH candidate AS MATERIALIZED (
        SELECT * FROM bedrock_internal.owner_candidates(owner_intervals.dimension_ids, owner_intervals.known)),
    beginning AS MATERIALIZED (
        SELECT c.dimension_id AS id, lower(c.valid) AS day FROM candidate AS c
        UNION
        SELECT c.dimension_id, upper(c.valid) FROM candidate AS c WHERE isfinite(upper(c.valid))),
    piece AS (
        SELECT b.id, b.day, lead(b.day) OVER (PARTITION BY b.id ORDER BY b.day) AS next_day FROM beginning AS b)
    SELECT DISTINCT ON (p.id, p.day) p.id, daterange(p.day, p.next_day), c.workload, c.claim_id, c.attribution_rule,
           c.evidence_trust
    FROM piece AS p JOIN candidate AS c ON c.dimension_id = p.id AND c.valid @> p.day
    ORDER BY p.id, p.day, c.place;
END
$$;
COMMENT ON FUNCTION bedrock_internal.owner_intervals(integer[], timestamptz) IS
    'the workload that owns dimensions, and by what, on the days on which one does';

CREATE OR REPLACE FUNCTION bedrock_internal.validity_intervals(dimension_ids integer[],
    known timestamptz DEFAULT 'infinity',
    OUT dimension_id integer, OUT valid_from date, OUT valid_to date, OUT workload text, OUT owner text,
    OUT element1 text, OUT element2 text, OUT element3 text, OUT element4 text, OUT element_path text,
    OUT claim_id bigint, OUT attribution_rule text, OUT evidence_trust text, OUT expected boolean,
    OUT expected_reason text, OUT profile_name text, OUT project_name text, OUT team text, OUT application text,
    OUT project text, OUT environment text, OUT cost_center text, OUT department text, OUT customer text,
    OUT workflow text, OUT engineer text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH policy AS MATERIALIZED (
        SELECT p AS rule FROM bedrock.model_policy AS p
        WHERE bedrock_internal.is_known(p.recorded, validity_intervals.known)),
    dimension AS MATERIALIZED (
        SELECT d.dimension_id AS id, d.charge_category, d.charge_grain = 'period' AS by_month
        FROM bedrock.dimension AS d
        WHERE d.dimension_id = ANY (validity_intervals.dimension_ids)),
    label AS MATERIALIZED (
        SELECT * FROM bedrock_internal.label_intervals(
            validity_intervals.dimension_ids, validity_intervals.known)),
    owned AS MATERIALIZED (
        SELECT * FROM bedrock_internal.owner_intervals(validity_intervals.dimension_ids, validity_intervals.known)),
    workload AS MATERIALIZED (
        SELECT w.workload, w.valid, w.owner, w.environment, w.labels, w.element1, w.element2, w.element3, w.element4,
               w.element_path,
               -- Those that policies name.
               ARRAY(SELECT e FROM unnest(w.elements) AS e
                     WHERE e IN (SELECT (p.rule).element FROM policy AS p)) AS elements
        FROM bedrock_internal.workload_intervals(
            ARRAY(SELECT DISTINCT o.workload FROM owned AS o), validity_intervals.known) AS w),
    -- An interval begins with one of labels, and where an owner or the state of its workload begins or ends.
    beginning AS MATERIALIZED (
        SELECT l.dimension_id AS id, lower(l.valid) AS day FROM label AS l
        UNION
        SELECT o.dimension_id, b.day
        FROM owned AS o CROSS JOIN LATERAL (VALUES (lower(o.valid)), (upper(o.valid))) AS b (day)
        WHERE isfinite(b.day)
        UNION
        SELECT o.dimension_id, b.day
        FROM owned AS o
        JOIN dimension AS d ON d.id = o.dimension_id
        JOIN workload AS w ON w.workload = o.workload
        CROSS JOIN LATERAL (VALUES (CASE WHEN d.by_month THEN bedrock_internal.next_month(lower(w.valid))
                                         ELSE lower(w.valid) END),
                                   (CASE WHEN d.by_month THEN bedrock_internal.next_month(upper(w.valid))
                                         ELSE upper(w.valid) END)) AS b (day)
        WHERE isfinite(b.day) AND b.day <@ o.valid),
    piece AS MATERIALIZED (
        SELECT b.id, b.day, lead(b.day) OVER (PARTITION BY b.id ORDER BY b.day) AS next_day FROM beginning AS b),
    described AS (
        SELECT p.id, daterange(p.day, p.next_day) AS days, n.workload, s.owner, s.element1, s.element2, s.element3,
               s.element4, s.element_path, n.claim_id,
               coalesce(n.attribution_rule, CASE d.charge_category WHEN 'usage' THEN 'unclaimed'
                                            ELSE 'charge:' || d.charge_category END) AS attribution_rule,
               n.evidence_trust, l.profile_name, l.project_name, s.environment, coalesce(s.elements, '{}') AS elements,
               -- Registry, then workload, then tags.
               coalesce(l.of_tags, '{}') || coalesce(s.labels, '{}') || coalesce(l.stated, '{}') AS labels
        FROM piece AS p
        JOIN dimension AS d ON d.id = p.id
        JOIN label AS l ON l.dimension_id = p.id AND l.valid @> p.day
        LEFT JOIN owned AS n ON n.dimension_id = p.id AND n.valid @> p.day
        LEFT JOIN workload AS s ON s.workload = n.workload
            -- What covers a month has the place of its first day.
            AND s.valid @> CASE WHEN d.by_month THEN bedrock_internal.month_of(p.day) ELSE p.day END),
    -- What is the same on both sides of a day is one interval.
    merged AS (
        SELECT s.id, range_agg(s.days) AS days, s.workload, s.owner, s.element1, s.element2, s.element3, s.element4,
               s.element_path, s.elements, s.claim_id, s.attribution_rule, s.evidence_trust, s.profile_name,
               s.project_name, coalesce(s.labels ->> 'team', '(untagged)') AS team,
               coalesce(s.labels ->> 'application', '(untagged)') AS application,
               coalesce(s.labels ->> 'project', '(untagged)') AS project,
               coalesce(s.environment, s.labels ->> 'environment', '(untagged)') AS environment,
               coalesce(s.labels ->> 'cost_center', '(untagged)') AS cost_center,
               coalesce(s.labels ->> 'department', '(untagged)') AS department,
               coalesce(s.labels ->> 'customer', '(untagged)') AS customer,
               coalesce(s.labels ->> 'workflow', '(untagged)') AS workflow,
               coalesce(s.labels ->> 'engineer', '(untagged)') AS engineer
        FROM described AS s
        GROUP BY 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24),
    -- What policies ask of a line, and no more: lines that say the same of it are one kind. Without a policy no row.
    asked AS MATERIALIZED (
        SELECT bool_or((p.rule).models IS NOT NULL OR (p.rule).denied_models IS NOT NULL) AS model,
               bool_or((p.rule).operations IS NOT NULL) AS operation,
               bool_or((p.rule).request_paths IS NOT NULL) AS request_path,
               bool_or((p.rule).regions IS NOT NULL) AS pool,
               bool_or((p.rule).regions IS NOT NULL OR (p.rule).region IS NOT NULL) AS region
        FROM policy AS p
        HAVING count(*) > 0),
    kind AS MATERIALIZED (
        SELECT row_number() OVER () AS kind, k.*
        FROM (SELECT d.charge_grain = 'period' AS by_month, d.request_path <> 'not_inference' AS is_inference,
                     CASE WHEN d.account_id IS NOT NULL THEN coalesce(n.account_id, '') END AS account_id,
                     CASE WHEN a.model THEN d.model_id END AS model_id,
                     CASE WHEN a.model THEN d.model_name END AS model_name,
                     CASE WHEN a.model THEN d.model_family END AS model_family,
                     CASE WHEN a.operation THEN d.operation END AS operation,
                     CASE WHEN a.operation THEN d.pricing_model END AS pricing_model,
                     CASE WHEN a.request_path THEN d.request_path END AS request_path,
                     CASE WHEN a.region THEN d.region END AS region,
                     CASE WHEN a.pool THEN bedrock_internal.pool_of(d.ai_region_type, d.geo_prefix) END AS pool,
                     array_agg(d.dimension_id) AS ids
              FROM asked AS a
              CROSS JOIN bedrock.dimension AS d
              LEFT JOIN (SELECT DISTINCT (p.rule).account_id FROM policy AS p) AS n ON n.account_id = d.account_id
              WHERE d.dimension_id = ANY (validity_intervals.dimension_ids) AND d.charge_category = 'usage'
                AND (d.request_path <> 'not_inference' OR d.model_id IS NOT NULL)
              GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) AS k),
    -- What kinds of lines break, were they covered: most policies and kinds end here.
    finding AS MATERIALIZED (
        SELECT j.kind, j.account_id, j.region, j.rule, v.days, f.finding
        FROM (SELECT k.kind, k.by_month, k.account_id, k.region, p.rule,
                     bedrock_internal.policy_findings(p.rule, k.model_id, k.model_name, k.model_family, k.operation,
                         k.pricing_model, k.request_path, k.region, k.pool, k.is_inference) AS findings
              FROM kind AS k CROSS JOIN policy AS p OFFSET 0) AS j
        -- What covers a month breaks a policy that is in force on all its days.
        CROSS JOIN LATERAL (VALUES (CASE WHEN j.by_month THEN bedrock_internal.whole_months((j.rule).valid)
                                         ELSE (j.rule).valid END)) AS v (days)
        CROSS JOIN LATERAL unnest(j.findings) AS f (finding)
        WHERE j.findings <> '{}' AND NOT isempty(v.days)),
    -- Of owner and labels the same: what no policy names is all one, ''.
    interval AS MATERIALIZED (
        SELECT m.*, v.days AS valid, k.kind, coalesce(w.workload, '') AS of_workload,
               coalesce(e.environment, '') AS of_environment, coalesce(a.application, '') AS of_application
        FROM merged AS m
        CROSS JOIN LATERAL unnest(m.days) AS v (days)
        LEFT JOIN (SELECT n.kind, i.id FROM kind AS n CROSS JOIN LATERAL unnest(n.ids) AS i (id)) AS k ON k.id = m.id
        LEFT JOIN (SELECT DISTINCT (p.rule).workload FROM policy AS p) AS w ON w.workload = m.workload
        LEFT JOIN (SELECT DISTINCT (p.rule).environment FROM policy AS p) AS e ON e.environment = m.environment
        LEFT JOIN (SELECT DISTINCT (p.rule).application FROM policy AS p) AS a ON a.application = m.application),
    combination AS MATERIALIZED (
        SELECT row_number() OVER () AS number, c.*
        FROM (SELECT DISTINCT i.kind, i.of_workload, i.of_environment, i.of_application, i.elements
              FROM interval AS i WHERE i.kind IS NOT NULL) AS c),
    breach AS MATERIALIZED (
        SELECT DISTINCT c.number, f.days, (f.rule).policy,
               CASE WHEN v.is_covered THEN f.finding ELSE 'coverage not known' END AS finding
        FROM combination AS c
        JOIN finding AS f ON f.kind = c.kind
        CROSS JOIN LATERAL (VALUES (bedrock_internal.policy_covers(f.rule, f.account_id, f.region, c.of_workload,
                                        c.of_environment, c.of_application))) AS v (is_covered)
        WHERE v.is_covered IS NOT FALSE AND ((f.rule).element IS NULL OR (f.rule).element = ANY (c.elements))),
    -- A verdict begins where a policy that is broken begins or ends; what is the same on both sides of a day is one.
    bound AS (
        SELECT b.number, '-infinity'::date AS day FROM breach AS b
        UNION
        SELECT b.number, lower(b.days) FROM breach AS b
        UNION
        SELECT b.number, upper(b.days) FROM breach AS b WHERE isfinite(upper(b.days))),
    judged AS (
        SELECT p.number, p.days,
               string_agg(b.policy || ': ' || b.finding, ', ' ORDER BY b.policy COLLATE "C", b.finding COLLATE "C")
                   AS reason,
               bool_or(b.finding NOT LIKE '% not known') AS is_broken
        FROM (SELECT n.number, n.day, daterange(n.day, lead(n.day) OVER (PARTITION BY n.number ORDER BY n.day)) AS days
              FROM bound AS n) AS p
        LEFT JOIN breach AS b ON b.number = p.number AND b.days @> p.day
        GROUP BY 1, 2),
    verdict AS MATERIALIZED (
        SELECT c.kind, c.of_workload, c.of_environment, c.of_application, c.elements, v.days, j.reason, j.is_broken
        FROM (SELECT n.number, range_agg(n.days) AS days, n.reason, n.is_broken
              FROM judged AS n GROUP BY 1, 3, 4) AS j
        JOIN combination AS c ON c.number = j.number
        CROSS JOIN LATERAL unnest(j.days) AS v (days))
    SELECT m.id, lower(v.days), coalesce(upper(v.days) - 1, 'infinity'),
           coalesce(m.workload, CASE m.attribution_rule WHEN 'unclaimed' THEN '(unclaimed)' ELSE '(not allocated)' END),
           m.owner, m.element1, m.element2, m.element3, m.element4, m.element_path, m.claim_id, m.attribution_rule,
           m.evidence_trust,
           CASE WHEN j.is_broken THEN false WHEN j.reason IS NULL AND m.workload IS NOT NULL THEN true END, j.reason,
           m.profile_name, m.project_name, m.team, m.application, m.project, m.environment, m.cost_center,
           m.department, m.customer, m.workflow, m.engineer
    FROM interval AS m
    LEFT JOIN verdict AS j ON j.kind = m.kind AND j.of_workload = m.of_workload
        AND j.of_environment = m.of_environment AND j.of_application = m.of_application AND j.elements = m.elements
        AND j.days && m.valid
    CROSS JOIN LATERAL (VALUES (m.valid * coalesce(j.days, '(,)'))) AS v (days);
END
$$;
COMMENT ON FUNCTION bedrock_internal.validity_intervals(integer[], timestamptz) IS
    'the validity intervals of dimensions: days with one owner, one set of labels and the same policies broken, as '
    'known at a point in time (infinity: now). Those of a dimension cover all days without gap or overlap';

CREATE OR REPLACE FUNCTION bedrock_internal.stage_intervals(dimension_ids integer[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_interval;
    CREATE TEMP TABLE bedrock_interval ON COMMIT DROP AS
    SELECT i.*, NULL::integer AS owner_id
    FROM bedrock_internal.validity_intervals(stage_intervals.dimension_ids) AS i;

    -- No unique index: who inserts an owner would wait for a load that does, which at its end waits for who changes
    -- ownership. Two rows of one owner are harmless, and the older one is taken.
    INSERT INTO bedrock.owner (workload, owner, element1, element2, element3, element4, element_path)
    SELECT DISTINCT i.workload, i.owner, i.element1, i.element2, i.element3, i.element4, i.element_path
    FROM bedrock_interval AS i
    WHERE NOT EXISTS (
        SELECT FROM bedrock.owner AS o
        WHERE o.workload = i.workload
          AND ROW(o.owner, o.element1, o.element2, o.element3, o.element4, o.element_path)
              IS NOT DISTINCT FROM ROW(i.owner, i.element1, i.element2, i.element3, i.element4, i.element_path));
    UPDATE bedrock_interval AS i SET owner_id = o.owner_id
    FROM (SELECT min(n.owner_id) AS owner_id, n.workload, n.owner, n.element1, n.element2, n.element3, n.element4,
                 n.element_path
          FROM bedrock.owner AS n WHERE n.workload IN (SELECT m.workload FROM bedrock_interval AS m)
          GROUP BY 2, 3, 4, 5, 6, 7, 8) AS o
    WHERE o.workload = i.workload
      AND ROW(o.owner, o.element1, o.element2, o.element3, o.element4, o.element_path)
          IS NOT DISTINCT FROM ROW(i.owner, i.element1, i.element2, i.element3, i.element4, i.element_path);
END
$$;
COMMENT ON FUNCTION bedrock_internal.stage_intervals(integer[]) IS
    'writes the validity intervals of these dimensions, as known now, into the temporary table bedrock_interval, with '
    'the owner_id of each, and the owners that are new into bedrock.owner. Who calls it drops the table: the next one '
    'in the transaction may be another role';

CREATE OR REPLACE FUNCTION bedrock_internal.add_attribution(dimension_ids integer[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.stage_intervals(add_attribution.dimension_ids);
    INSERT INTO bedrock.attribution (dimension_id, valid_from, valid_to, owner_id, claim_id, attribution_rule,
        evidence_trust, expected, expected_reason, profile_name, project_name, team, application, project, environment,
        cost_center, department, customer, workflow, engineer)
    SELECT i.dimension_id, i.valid_from, i.valid_to, i.owner_id, i.claim_id, i.attribution_rule, i.evidence_trust,
           i.expected, i.expected_reason, i.profile_name, i.project_name, i.team, i.application, i.project,
           i.environment, i.cost_center, i.department, i.customer, i.workflow, i.engineer
    FROM bedrock_interval AS i;
    DROP TABLE pg_temp.bedrock_interval;
END
$$;
COMMENT ON FUNCTION bedrock_internal.add_attribution(integer[]) IS
    'inserts the validity intervals of new dimensions into bedrock.attribution';

CREATE OR REPLACE FUNCTION bedrock_internal.write_attribution(dimension_ids integer[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed integer[];
    reshaped integer[];
BEGIN
    PERFORM bedrock_internal.stage_intervals(write_attribution.dimension_ids);
    SELECT array_agg(DISTINCT coalesce(i.dimension_id, a.dimension_id)),
           array_agg(DISTINCT coalesce(i.dimension_id, a.dimension_id))
               FILTER (WHERE a.valid_to IS DISTINCT FROM i.valid_to)
    INTO changed, reshaped
    FROM bedrock_interval AS i
    FULL JOIN (SELECT n.* FROM bedrock.attribution AS n
               WHERE n.dimension_id = ANY (write_attribution.dimension_ids)) AS a
        ON a.dimension_id = i.dimension_id AND a.valid_from = i.valid_from
    WHERE ROW(a.valid_to, a.owner_id, a.claim_id, a.attribution_rule, a.evidence_trust, a.expected, a.expected_reason,
              a.profile_name, a.project_name, a.team, a.application, a.project, a.environment, a.cost_center,
              a.department, a.customer, a.workflow, a.engineer)
          IS DISTINCT FROM
          ROW(i.valid_to, i.owner_id, i.claim_id, i.attribution_rule, i.evidence_trust, i.expected, i.expected_reason,
              i.profile_name, i.project_name, i.team, i.application, i.project, i.environment, i.cost_center,
              i.department, i.customer, i.workflow, i.engineer);
    IF changed IS NULL THEN
        DROP TABLE pg_temp.bedrock_interval;
        RETURN 0;
    END IF;

    -- A row keeps its id where an interval begins on its first day: facts move only where days change hands.
    DELETE FROM bedrock.attribution AS a
    WHERE a.dimension_id = ANY (reshaped)
      AND NOT EXISTS (SELECT FROM bedrock_interval AS i
                      WHERE i.dimension_id = a.dimension_id AND i.valid_from = a.valid_from);
    UPDATE bedrock.attribution AS a
    SET valid_to = i.valid_to, owner_id = i.owner_id, claim_id = i.claim_id, attribution_rule = i.attribution_rule,
        evidence_trust = i.evidence_trust, expected = i.expected, expected_reason = i.expected_reason,
        profile_name = i.profile_name, project_name = i.project_name, team = i.team, application = i.application,
        project = i.project, environment = i.environment, cost_center = i.cost_center, department = i.department,
        customer = i.customer, workflow = i.workflow, engineer = i.engineer
    FROM bedrock_interval AS i
    WHERE a.dimension_id = ANY (changed) AND i.dimension_id = a.dimension_id AND i.valid_from = a.valid_from;
    INSERT INTO bedrock.attribution (dimension_id, valid_from, valid_to, owner_id, claim_id, attribution_rule,
        evidence_trust, expected, expected_reason, profile_name, project_name, team, application, project, environment,
        cost_center, department, customer, workflow, engineer)
    SELECT i.dimension_id, i.valid_from, i.valid_to, i.owner_id, i.claim_id, i.attribution_rule, i.evidence_trust,
           i.expected, i.expected_reason, i.profile_name, i.project_name, i.team, i.application, i.project,
           i.environment, i.cost_center, i.department, i.customer, i.workflow, i.engineer
    FROM bedrock_interval AS i
    WHERE i.dimension_id = ANY (reshaped)
      AND NOT EXISTS (SELECT FROM bedrock.attribution AS a
                      WHERE a.dimension_id = i.dimension_id AND a.valid_from = i.valid_from);
    DROP TABLE pg_temp.bedrock_interval;
    PERFORM bedrock_internal.move_facts(reshaped);
    RETURN cardinality(changed);
END
$$;
COMMENT ON FUNCTION bedrock_internal.write_attribution(integer[]) IS
    'brings the validity intervals of these dimensions, and the facts that refer to them, up to date with ownership, '
    'registry and tags, and returns how many dimensions changed. The caller has locked the periods '
    '(bedrock_internal.lock_periods)';

CREATE OR REPLACE FUNCTION bedrock_internal.move_facts(dimension_ids integer[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    moved integer[];
BEGIN
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
    'lets the facts of these dimensions refer to the validity interval that their day is in, and writes their months; '
    'nothing is read from a source';

CREATE OR REPLACE FUNCTION bedrock_internal.ownership_version() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.changes FROM bedrock_internal.ownership_change AS c;
END;
COMMENT ON FUNCTION bedrock_internal.ownership_version() IS
    'version of claims, workloads, elements, owner rules and labels of principals: another one after each change';

CREATE OR REPLACE FUNCTION bedrock_internal.refresh_ownership(dimension_ids integer[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed bigint := 0;
    left_over constant boolean := EXISTS (SELECT FROM bedrock_internal.state AS s WHERE s.kind = 'ownership');
    -- A snapshot older than the locks may lack lines that were loaded since.
    all_is_seen constant boolean := current_setting('transaction_isolation') = 'read committed';
    -- A load or refresh at work is not waited for: at its end it waits for who changes ownership.
    done boolean;
BEGIN
    -- What is claimed before it is seen in a bill touches nothing; a load that brings it sees that ownership changed.
    IF cardinality(refresh_ownership.dimension_ids) = 0 AND NOT left_over AND all_is_seen THEN
        RETURN 0;
    END IF;
    done := bedrock_internal.lock_periods();
    IF done THEN
        -- What was left by an earlier change is done with this one.
        changed := CASE WHEN left_over THEN bedrock_internal.write_all_attribution()
                        ELSE bedrock_internal.write_attribution(refresh_ownership.dimension_ids) END;
    END IF;
    -- What it leaves, or another session at work on other bills makes it leave, the next refresh does.
    IF NOT done OR NOT all_is_seen THEN
        INSERT INTO bedrock_internal.state (kind) VALUES ('ownership') ON CONFLICT DO NOTHING;
    ELSIF left_over THEN
        DELETE FROM bedrock_internal.state AS s WHERE s.kind = 'ownership';
    END IF;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION bedrock_internal.refresh_ownership(integer[]) IS
    'lets these dimensions follow a change of ownership at once, and returns how many changed. Where another session '
    'works on a bill, 0, and bedrock_internal.finish_ownership does it at the end of that work, or of the next '
    'refresh; where the transaction is not READ COMMITTED, the next refresh looks at all lines again';

CREATE OR REPLACE FUNCTION bedrock_internal.write_all_attribution() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    everything constant integer[] := ARRAY(SELECT d.dimension_id FROM bedrock.dimension AS d);
    changed bigint := bedrock_internal.write_attribution(everything);
BEGIN
    -- A load writes facts by the intervals that were there when it did, be they others now.
    PERFORM bedrock_internal.move_facts(everything);
    RETURN changed;
END
$$;
COMMENT ON FUNCTION bedrock_internal.write_all_attribution() IS
    'bedrock_internal.write_attribution of all dimensions, and all facts compared with it; returns how many dimensions '
    'changed';

CREATE OR REPLACE FUNCTION bedrock_internal.finish_ownership(touched boolean, version_before bigint) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    left_over boolean := EXISTS (SELECT FROM bedrock_internal.state AS s WHERE s.kind = 'ownership');
BEGIN
    IF NOT (touched OR left_over) THEN
        RETURN 0;
    END IF;
    -- Who changes ownership ends first: from here on, until this transaction ends, nobody does.
    PERFORM bedrock_internal.lock_ownership(to_change => false);
    IF NOT left_over AND bedrock_internal.ownership_version() = finish_ownership.version_before
       AND NOT EXISTS (SELECT FROM bedrock_internal.state AS s WHERE s.kind = 'ownership') THEN
        RETURN 0;
    END IF;
    -- What ownership was changed to while bills were read, and what a change had to leave.
    INSERT INTO bedrock_internal.state (kind) VALUES ('ownership') ON CONFLICT DO NOTHING;
    RETURN bedrock_internal.refresh_ownership('{}');
END
$$;
COMMENT ON FUNCTION bedrock_internal.finish_ownership(boolean, bigint) IS
    'lets all lines follow changes of ownership that came while a refresh or load was at work on bills (touched; '
    'version_before: bedrock_internal.ownership_version() before), or that were left to one, and returns how many '
    'dimensions changed. Waits for transactions that change ownership; where another session still works on a bill, '
    'its end or the next refresh does it';

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
        agentcore_component = r.agentcore_component, caller_rule = r.caller_rule::integer,
        tag_owner = r.tag_owner
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
    'version of parsers, label and class rules and catalogues (catalogues), and of the registry: '
    'refresh parses all dimensions again when it changes';

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
