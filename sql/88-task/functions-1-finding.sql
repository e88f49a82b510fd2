-- What the data shows that must be done. Questions read the same functions, with the rights of who asks.

CREATE OR REPLACE FUNCTION bedrock_internal.direct_calls(first_period date, last_period date, since date DEFAULT NULL)
    RETURNS TABLE (workload text, principal_key text, account_id text, region text, model_id text, currency text,
        cost numeric, first_day date, last_day date, profile_since date, source_arn text, profile_name text, tags jsonb,
        profile_arn text)
    LANGUAGE sql STABLE PARALLEL SAFE SET enable_nestloop = off SET jit = off
BEGIN ATOMIC
    -- Added up by numbers before their texts are looked up: many days are of one dimension.
    WITH used AS MATERIALIZED (
        SELECT f.dimension_id, f.attribution_id, sum(f.ai_cost) AS cost, min(f.usage_date) AS first_day,
               max(f.usage_date) AS last_day
        FROM bedrock.fact AS f
        JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
        WHERE f.billing_period BETWEEN direct_calls.first_period AND direct_calls.last_period
          AND f.usage_date >= coalesce(direct_calls.since, '-infinity') AND NOT f.superseded
          AND d.charge_category = 'usage'
          AND (d.control_layer = 'direct' OR d.request_path = 'application_profile' AND d.charge_grain <> 'period')
        GROUP BY 1, 2),
    direct AS MATERIALIZED (
        SELECT o.workload, d.principal_key, d.principal_name, d.account_id, d.region, d.model_id, d.currency,
               sum(u.cost) AS cost, min(u.first_day) AS first_day, max(u.last_day) AS last_day,
               min(d.resource_id) FILTER (WHERE d.request_path = 'foundation_model') AS source_arn,
               CASE WHEN min(nullif(a.application, '(untagged)')) = max(nullif(a.application, '(untagged)'))
                        THEN min(nullif(a.application, '(untagged)')) END AS application,
               CASE WHEN min(nullif(a.project, '(untagged)')) = max(nullif(a.project, '(untagged)'))
                        THEN min(nullif(a.project, '(untagged)')) END AS project,
               CASE WHEN min(nullif(a.team, '(untagged)')) = max(nullif(a.team, '(untagged)'))
                        THEN min(nullif(a.team, '(untagged)')) END AS team,
               CASE WHEN min(nullif(a.environment, '(untagged)')) = max(nullif(a.environment, '(untagged)'))
                        THEN min(nullif(a.environment, '(untagged)')) END AS environment,
               CASE WHEN min(nullif(a.cost_center, '(untagged)')) = max(nullif(a.cost_center, '(untagged)'))
                        THEN min(nullif(a.cost_center, '(untagged)')) END AS cost_center,
               CASE WHEN min(nullif(a.customer, '(untagged)')) = max(nullif(a.customer, '(untagged)'))
                        THEN min(nullif(a.customer, '(untagged)')) END AS customer
        FROM used AS u
        JOIN bedrock.dimension AS d ON d.dimension_id = u.dimension_id AND d.control_layer = 'direct'
        JOIN bedrock.attribution AS a ON a.attribution_id = u.attribution_id
        JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7),
    -- The same caller, or workload where the bill names no caller, through a profile of the model.
    moved AS MATERIALIZED (
        SELECT coalesce(d.principal_key, o.workload) AS caller, d.account_id, d.model_id, min(u.first_day) AS first_day
        FROM used AS u
        JOIN bedrock.dimension AS d ON d.dimension_id = u.dimension_id AND d.request_path = 'application_profile'
        JOIN bedrock.attribution AS a ON a.attribution_id = u.attribution_id
        JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
        GROUP BY 1, 2, 3),
    existing AS MATERIALIZED (
        SELECT r.account_id, r.region, r.model_id, min(r.profile_arn) AS profile_arn
        FROM bedrock.profiles AS r
        WHERE r.profile_kind = 'application' AND r.model_id IS NOT NULL
        GROUP BY 1, 2, 3)
    SELECT d.workload, d.principal_key, d.account_id, d.region, d.model_id, d.currency, d.cost, d.first_day, d.last_day,
           m.first_day, d.source_arn, n.name, t.tags, p.profile_arn
    FROM direct AS d
    LEFT JOIN moved AS m ON m.caller = coalesce(d.principal_key, d.workload) AND m.account_id = d.account_id
        AND m.model_id = d.model_id
    LEFT JOIN existing AS p ON p.account_id = d.account_id AND p.region = d.region AND p.model_id = d.model_id
    -- Where usage has several values of a label its owner knows which the profile is to have: none is chosen.
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('key', l.key, 'value', l.value) ORDER BY l.place) AS tags
        FROM (VALUES (1, 'application', coalesce(d.application,
                                                 bedrock_internal.application_of_name(d.principal_name))),
                     (2, 'project', d.project), (3, 'team', d.team), (4, 'environment', d.environment),
                     (5, 'cost-center', d.cost_center), (6, 'customer', d.customer),
                     (7, 'workload', nullif(d.workload, '(unclaimed)'))) AS l (place, key, value)
        WHERE l.value IS NOT NULL) AS t
    -- A name has 1 to 64 letters, digits and hyphens.
    CROSS JOIN LATERAL (
        SELECT rtrim(left(btrim(regexp_replace(concat_ws('-', coalesce(d.application, d.principal_name), d.model_id),
                                               '[^A-Za-z0-9]+', '-', 'g'), '-'), 64), '-') AS name) AS n
    WHERE m.first_day IS NULL OR d.last_day > m.first_day;
END;
COMMENT ON FUNCTION bedrock_internal.direct_calls(date, date, date) IS
    'usage of these billing periods, from a day on (NULL: all days), that calls models directly, by workload, caller, '
    'account, region and model, but for callers that call the model through an application profile and not directly '
    'since: profile_since is the first such day. source_arn: model to copy a profile from, NULL: none stated; '
    'profile_name and tags: of a profile to make; profile_arn: one that exists, NULL: none';

CREATE OR REPLACE FUNCTION bedrock_internal.logged_tokens(first_day date, last_day date)
    RETURNS TABLE (account_id text, region text, tokens numeric)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT r.account_id, r.region, sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0))
    FROM bedrock.request_day AS r
    WHERE r.day BETWEEN logged_tokens.first_day AND logged_tokens.last_day
    GROUP BY 1, 2;
END;
COMMENT ON FUNCTION bedrock_internal.logged_tokens(date, date) IS
    'input and output tokens that invocation logs have of these days (UTC), both ends counted, by account and region: '
    'for what is billed there in all currencies together';

CREATE OR REPLACE FUNCTION bedrock_internal.inactive_tags()
    RETURNS TABLE (key text, resources text[])
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH carried AS MATERIALIZED (
        SELECT DISTINCT t.key
        FROM (SELECT DISTINCT s.tags FROM bedrock.spend_monthly AS s WHERE s.charge_category = 'usage') AS s
        CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (key)),
    active AS (
        SELECT DISTINCT bedrock_internal.fold_name(bedrock_internal.tag_name(t.key)) AS folded
        FROM carried AS t
        WHERE bedrock_internal.tag_name(t.key) IS NOT NULL
          AND bedrock_internal.tag_identity(t.key) !~ '^(iamPrincipal|userAttribute)/'),
    used AS MATERIALIZED (
        SELECT DISTINCT s.resource_id FROM bedrock.spend_monthly AS s
        WHERE s.charge_category = 'usage' AND s.resource_id IS NOT NULL)
    SELECT min(t.key), array_agg(DISTINCT u.resource_id) FILTER (WHERE u.resource_id IS NOT NULL)
    FROM bedrock.profiles AS p
    CROSS JOIN LATERAL jsonb_object_keys(p.tags) AS t (key)
    LEFT JOIN used AS u ON u.resource_id = p.profile_arn
    WHERE t.key !~ '^aws:'
    GROUP BY bedrock_internal.fold_name(t.key)
    HAVING bedrock_internal.fold_name(t.key) NOT IN (SELECT a.folded FROM active AS a);
END;
COMMENT ON FUNCTION bedrock_internal.inactive_tags() IS
    'tag keys that the registry has and no line of usage carries as a resource tag, case and punctuation aside, with '
    'the resources on the bill that have them; resources NULL: none is on the bill';

CREATE OR REPLACE FUNCTION bedrock_internal.required_tags()
    RETURNS TABLE (tag_key text, meaning text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT r.tag_key, coalesce(l.label, r.folded)
    FROM (SELECT DISTINCT ON (bedrock_internal.fold_name(t.tag_key)) t.tag_key, t.required,
                 bedrock_internal.fold_name(t.tag_key) AS folded
          FROM bedrock.required_tag AS t
          ORDER BY bedrock_internal.fold_name(t.tag_key), t.builtin, t.tag_key COLLATE "C") AS r
    LEFT JOIN (SELECT DISTINCT ON (bedrock_internal.fold_name(u.tag_key)) bedrock_internal.fold_name(u.tag_key)
                   AS folded, u.label
               FROM bedrock.label_rule AS u
               WHERE u.priority IS NOT NULL
               ORDER BY bedrock_internal.fold_name(u.tag_key), u.builtin, u.label) AS l ON l.folded = r.folded
    WHERE r.required;
END;
COMMENT ON FUNCTION bedrock_internal.required_tags() IS
    'tag keys that usage is to carry, by bedrock.required_tag, with what each means: the label it gives by '
    'bedrock.label_rule, else the key, case and punctuation aside';

CREATE OR REPLACE FUNCTION bedrock_internal.tag_meanings(keys text[])
    RETURNS TABLE (key text, name text, meaning text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT n.key, n.name, coalesce(l.label, bedrock_internal.fold_name(n.name))
    FROM (SELECT k.key, bedrock_internal.tag_name(k.key) AS name FROM unnest(tag_meanings.keys) AS k (key)) AS n
    LEFT JOIN (SELECT DISTINCT ON (bedrock_internal.fold_name(u.tag_key)) bedrock_internal.fold_name(u.tag_key)
                   AS folded, u.label
               FROM bedrock.label_rule AS u
               WHERE u.priority IS NOT NULL
               ORDER BY bedrock_internal.fold_name(u.tag_key), u.builtin, u.label) AS l
        ON l.folded = bedrock_internal.fold_name(n.name)
    WHERE n.name IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock_internal.tag_meanings(text[]) IS
    'keys of tags as bills have them, with their name and what they mean, as bedrock_internal.required_tags; keys that '
    'AWS makes are left out';

CREATE OR REPLACE FUNCTION bedrock_internal.task_findings(through date)
    RETURNS TABLE (kind text, subject text, workload text, account_id text, currency text, cost numeric,
        first_day date, last_day date, action text, script_kind text, script_arguments jsonb)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    since constant date := task_findings.through - 29;
    first_period constant date := bedrock_internal.month_of(task_findings.through - 29);
    last_period constant date := bedrock_internal.month_of(task_findings.through);
BEGIN
    RETURN QUERY
    WITH spent AS MATERIALIZED (
        SELECT f.dimension_id, f.attribution_id, f.bill_id, sum(f.ai_cost) AS cost, min(f.usage_date) AS first_day,
               max(f.usage_date) AS last_day
        FROM bedrock.fact AS f
        WHERE f.billing_period BETWEEN first_period AND last_period AND f.usage_date >= since AND NOT f.superseded
        GROUP BY 1, 2, 3),
    resource AS MATERIALIZED (
        SELECT n.resource_id, bedrock_internal.resource_kind(n.resource_id) IS NOT NULL AS is_own
        FROM (SELECT DISTINCT d.resource_id FROM bedrock.dimension AS d WHERE d.resource_id IS NOT NULL) AS n),
    line AS MATERIALIZED (
        -- identity: what can be claimed and tagged, whose claim would win the line.
        SELECT CASE WHEN r.is_own THEN d.resource_id ELSE d.principal_key END AS identity, d.resource_id,
               d.principal_key, d.account_id, d.region, d.currency, d.model_id, d.usage_type, d.request_path,
               d.usage_group, d.endpoint, coalesce(d.tags, 'null') AS tags,
               nullif(o.workload, '(unclaimed)') AS workload, a.owner_id = 0 AS is_unclaimed,
               coalesce(o.owner, '(untagged)') AS owner, a.team, a.project, a.environment, a.cost_center, a.department,
               a.expected, a.expected_reason, s.bill_id, s.cost, s.first_day, s.last_day
        FROM spent AS s
        JOIN bedrock.dimension AS d ON d.dimension_id = s.dimension_id
        JOIN bedrock.attribution AS a ON a.attribution_id = s.attribution_id
        JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
        LEFT JOIN resource AS r ON r.resource_id = d.resource_id
        WHERE d.charge_category = 'usage'),
    -- Few of what can be claimed or tagged have many lines.
    named AS MATERIALIZED (
        SELECT l.identity, l.identity IS NOT DISTINCT FROM l.resource_id AS is_resource, l.account_id, l.currency,
               l.tags, l.workload, l.is_unclaimed, l.owner, l.team, l.project, l.environment, l.cost_center,
               l.department, min(l.region) AS region, sum(l.cost) AS cost, min(l.first_day) AS first_day,
               max(l.last_day) AS last_day
        FROM line AS l
        WHERE l.identity IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
    -- What all of its usage has in common.
    known AS MATERIALIZED (
        SELECT n.identity, CASE WHEN min(n.owner) = max(n.owner) THEN min(n.owner) END AS owner,
               CASE WHEN min(n.team) = max(n.team) THEN min(n.team) END AS team,
               CASE WHEN min(n.project) = max(n.project) THEN min(n.project) END AS project,
               CASE WHEN min(n.environment) = max(n.environment) THEN min(n.environment) END AS environment,
               CASE WHEN min(n.cost_center) = max(n.cost_center) THEN min(n.cost_center) END AS cost_center,
               CASE WHEN min(n.department) = max(n.department) THEN min(n.department) END AS department
        FROM named AS n
        GROUP BY n.identity),
    carried AS MATERIALIZED (
        SELECT n.tags FROM named AS n GROUP BY n.tags),
    meaning AS MATERIALIZED (
        SELECT m.key, m.meaning
        FROM bedrock_internal.tag_meanings(ARRAY(
            SELECT DISTINCT k.key FROM carried AS c CROSS JOIN LATERAL jsonb_object_keys(c.tags) AS k (key)
            WHERE c.tags <> 'null')) AS m),
    required AS MATERIALIZED (
        SELECT q.tag_key, q.meaning FROM bedrock_internal.required_tags() AS q),
    lacking AS MATERIALIZED (
        SELECT c.tags, k.keys, k.meanings
        FROM carried AS c
        CROSS JOIN LATERAL (
            SELECT array_agg(q.tag_key ORDER BY q.tag_key COLLATE "C") AS keys,
                   array_agg(q.meaning ORDER BY q.tag_key COLLATE "C") AS meanings
            FROM required AS q
            WHERE NOT EXISTS (SELECT FROM meaning AS m
                              WHERE m.meaning = q.meaning AND nullif(c.tags, 'null') ->> m.key <> '')) AS k
        WHERE k.keys IS NOT NULL)

    SELECT 'claim', n.identity, NULL, n.account_id, n.currency, sum(n.cost), min(n.first_day), max(n.last_day),
           'claim it for the workload it belongs to: bedrock.claim_identity; Q052 suggests one', NULL, NULL::jsonb
    FROM named AS n
    WHERE n.is_unclaimed
      -- A claim from today on leaves what was spent before.
      AND NOT EXISTS (SELECT FROM bedrock.claim AS c
                      WHERE c.identity = n.identity AND upper_inf(c.recorded)
                        AND c.valid && daterange(task_findings.through, NULL))
    GROUP BY n.identity, n.account_id, n.currency
    UNION ALL
    SELECT 'tag', n.identity, n.workload, n.account_id, n.currency, n.cost, n.first_day, n.last_day,
           format('give it the tags %s: %s', array_to_string(n.keys, ', '),
                  CASE WHEN n.is_resource THEN 'aws bedrock tag-resource'
                       WHEN n.identity LIKE '%:user/%' THEN 'aws iam tag-user' ELSE 'aws iam tag-role' END),
           CASE WHEN v.tags IS NOT NULL THEN CASE WHEN n.is_resource THEN 'tag_resource' ELSE 'tag_role' END END,
           -- With the values that the labels and the owner of the usage tell; the others are for who knows them.
           jsonb_build_object('tags', v.tags) ||
           CASE WHEN v.tags IS NULL THEN NULL WHEN n.is_resource
                THEN jsonb_build_object('account_id', coalesce(nullif(split_part(n.identity, ':', 5), ''),
                                                               n.account_id),
                                        'region', coalesce(nullif(split_part(n.identity, ':', 4), ''), n.region),
                                        'resources', jsonb_build_array(n.identity))
                ELSE jsonb_build_object('account_id', split_part(n.identity, ':', 5), 'principals',
                                        jsonb_build_array(n.identity)) END
    FROM (SELECT n.identity, n.is_resource, n.account_id, n.currency, n.workload, k.keys, k.meanings,
                 min(n.region) AS region, sum(n.cost) AS cost, min(n.first_day) AS first_day,
                 max(n.last_day) AS last_day
          FROM named AS n
          JOIN lacking AS k ON k.tags = n.tags
          GROUP BY 1, 2, 3, 4, 5, 6, 7) AS n
    JOIN known AS w ON w.identity = n.identity
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(q.key, l.value) AS tags
        FROM unnest(n.keys, n.meanings) AS q (key, meaning)
        JOIN (VALUES ('owner', w.owner), ('team', w.team), ('project', w.project), ('environment', w.environment),
                     ('cost_center', w.cost_center), ('department', w.department)) AS l (meaning, value)
            ON l.meaning = q.meaning AND l.value <> '(untagged)') AS v
    UNION ALL
    SELECT 'create_profile', concat_ws(' / ', coalesce(c.principal_key, c.workload), c.account_id, c.region,
                                       c.model_id),
           nullif(c.workload, '(unclaimed)'), c.account_id, c.currency, c.cost, c.first_day, c.last_day,
           CASE WHEN c.profile_arn IS NULL
                    THEN 'make an application inference profile and call the model through it; Q032 has the command'
                ELSE format('call the model through the application inference profile %s', c.profile_arn) END,
           CASE WHEN c.profile_arn IS NULL AND c.source_arn IS NOT NULL THEN 'create_profile' END,
           CASE WHEN c.profile_arn IS NULL AND c.source_arn IS NOT NULL
                    THEN jsonb_build_object('account_id', c.account_id, 'region', c.region,
                                            'profiles', jsonb_build_array(
                                                jsonb_build_object('name', c.profile_name, 'source', c.source_arn,
                                                                   'tags', coalesce(c.tags, '[]')))) END
    FROM bedrock_internal.direct_calls(first_period, last_period, since) AS c
    UNION ALL
    SELECT 'import_profile', l.resource_id, l.workload, l.account_id, l.currency, sum(l.cost), min(l.first_day),
           max(l.last_day),
           'import it: aws bedrock list-inference-profiles, then bedrock.import_profiles', NULL, NULL
    FROM line AS l
    WHERE l.request_path = 'application_profile'
      AND NOT EXISTS (SELECT FROM bedrock.profiles AS p
                      WHERE p.profile_arn = l.resource_id AND p.model_id IS NOT NULL)
    GROUP BY l.resource_id, l.workload, l.account_id, l.currency
    UNION ALL
    SELECT 'activate_tag', t.key, NULL, NULL, l.currency, l.cost, l.first_day, l.last_day,
           format('activate "%s": Billing and Cost Management > Cost allocation tags', t.key),
           'activate_tags', jsonb_build_object('tag_keys', jsonb_build_array(t.key))
    FROM bedrock_internal.inactive_tags() AS t
    CROSS JOIN LATERAL unnest(t.resources) AS r (resource_id)
    JOIN line AS l ON l.resource_id = r.resource_id
    UNION ALL
    -- bedrock-mantle is never logged.
    SELECT 'enable_logging', concat_ws(' / ', l.account_id, l.region), NULL, l.account_id, l.currency, sum(l.cost),
           min(l.first_day), max(l.last_day),
           'switch on model invocation logging in this account and region, or load its logs: '
           'bedrock.load_invocations',
           'enable_logging', jsonb_build_object('account_id', l.account_id, 'region', l.region)
    FROM line AS l
    WHERE l.usage_group = 'tokens' AND l.endpoint IS DISTINCT FROM 'bedrock-mantle' AND l.account_id IS NOT NULL
      AND l.region IS NOT NULL
      AND NOT EXISTS (SELECT FROM bedrock_internal.logged_tokens(since, task_findings.through) AS g
                      WHERE g.account_id = l.account_id AND g.region = l.region AND g.tokens > 0)
    GROUP BY l.account_id, l.region, l.currency
    UNION ALL
    SELECT 'enable_principal', b.source, NULL, NULL, l.currency, l.cost, l.first_day, l.last_day,
           'have the export name callers: INCLUDE_IAM_PRINCIPAL_DATA', 'export_with_principal',
           jsonb_build_object('account_id', b.payer_account_id)
    FROM line AS l
    JOIN bedrock.bill AS b ON b.bill_id = l.bill_id
    WHERE l.request_path <> 'not_inference'
      AND b.source IN (SELECT e.source FROM line AS n JOIN bedrock.bill AS e ON e.bill_id = n.bill_id
                       WHERE n.request_path <> 'not_inference'
                       GROUP BY e.source HAVING count(n.principal_key) = 0)
    UNION ALL
    SELECT 'fix_policy', concat_ws(' / ', l.expected_reason, coalesce(l.workload, '(unclaimed)'),
                                   coalesce(l.model_id, l.usage_type), l.account_id),
           l.workload, l.account_id, l.currency, l.cost, l.first_day, l.last_day,
           concat_ws(' ', 'stop what a policy forbids, or change the policy:', l.expected_reason), NULL, NULL
    FROM line AS l
    WHERE NOT l.expected
    UNION ALL
    -- Of the quarter, and at its beginning still of the days that a task outlives unseen: else a new quarter would
    -- close every one. What waits for AWS alone is nobody's task.
    SELECT m.kind, m.subject, nullif(m.workload, '(unclaimed)'), NULL, m.currency, m.cost, m.first_day, m.last_day,
           m.action, m.script_kind, m.script_arguments
    FROM bedrock_internal.map_tasks(
        NULL, task_findings.through,
        task_findings.through - bedrock_internal.setting_value('task_quiet_days')::integer) AS m
    WHERE m.kind <> 'map_wait' AND task_findings.through IS NOT NULL;
END
$$;
COMMENT ON FUNCTION bedrock_internal.task_findings(date) IS
    'what the 30 days up to a day show that must be done, a row for each line of it; through NULL: nothing. kind, '
    'subject, action and scripts as in bedrock.task; refresh_tasks sums what has one kind and subject';
