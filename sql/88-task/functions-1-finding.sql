-- What the data shows that must be done. Questions read the same functions, with the rights of who asks.

CREATE OR REPLACE FUNCTION bedrock_internal.direct_calls(first_period date, last_period date, since date DEFAULT NULL)
    RETURNS TABLE (workload text, principal_key text, account_id text, region text, model_id text, currency text,
        cost numeric, first_day date, last_day date, profile_since date, source_arn text, profile_name text, tags jsonb,
        profile_arn text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH direct AS MATERIALIZED (
        SELECT s.workload, s.principal_key, s.principal_name, s.account_id, s.region, s.model_id, s.currency,
               sum(s.ai_cost) AS cost, min(s.usage_date) AS first_day, max(s.usage_date) AS last_day,
               min(s.resource_id) FILTER (WHERE s.request_path = 'foundation_model') AS source_arn,
               CASE WHEN min(nullif(s.application, '(untagged)')) = max(nullif(s.application, '(untagged)'))
                        THEN min(nullif(s.application, '(untagged)')) END AS application,
               CASE WHEN min(nullif(s.project, '(untagged)')) = max(nullif(s.project, '(untagged)'))
                        THEN min(nullif(s.project, '(untagged)')) END AS project,
               CASE WHEN min(nullif(s.team, '(untagged)')) = max(nullif(s.team, '(untagged)'))
                        THEN min(nullif(s.team, '(untagged)')) END AS team,
               CASE WHEN min(nullif(s.environment, '(untagged)')) = max(nullif(s.environment, '(untagged)'))
                        THEN min(nullif(s.environment, '(untagged)')) END AS environment,
               CASE WHEN min(nullif(s.cost_center, '(untagged)')) = max(nullif(s.cost_center, '(untagged)'))
                        THEN min(nullif(s.cost_center, '(untagged)')) END AS cost_center,
               CASE WHEN min(nullif(s.customer, '(untagged)')) = max(nullif(s.customer, '(untagged)'))
                        THEN min(nullif(s.customer, '(untagged)')) END AS customer
        FROM bedrock.spend AS s
        WHERE s.billing_period BETWEEN direct_calls.first_period AND direct_calls.last_period
          AND s.usage_date >= coalesce(direct_calls.since, '-infinity')
          AND s.charge_category = 'usage' AND s.control_layer = 'direct'
        GROUP BY s.workload, s.principal_key, s.principal_name, s.account_id, s.region, s.model_id, s.currency),
    -- The same caller, or workload where the bill names no caller, through a profile of the model.
    moved AS MATERIALIZED (
        SELECT coalesce(s.principal_key, s.workload) AS caller, s.account_id, s.model_id,
               min(s.usage_date) AS first_day
        FROM bedrock.spend AS s
        WHERE s.billing_period BETWEEN direct_calls.first_period AND direct_calls.last_period
          AND s.usage_date >= coalesce(direct_calls.since, '-infinity')
          AND s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.request_path = 'application_profile'
          AND EXISTS (SELECT FROM direct AS d WHERE d.model_id = s.model_id AND d.account_id = s.account_id)
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

CREATE OR REPLACE FUNCTION bedrock_internal.logged_regions(first_period date, last_period date,
    since date DEFAULT NULL)
    RETURNS TABLE (account_id text, region text, currency text, cost numeric, tokens numeric, runtime_cost numeric,
        first_day date, last_day date, logged_pct numeric)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH billed AS (
        SELECT s.account_id, s.region, s.currency, sum(s.ai_cost) AS cost,
               sum(s.tokens) FILTER (WHERE s.token_kind IN ('input', 'output')) AS tokens,
               sum(s.ai_cost) FILTER (WHERE s.endpoint IS DISTINCT FROM 'bedrock-mantle') AS runtime_cost,
               min(s.usage_date) FILTER (WHERE s.endpoint IS DISTINCT FROM 'bedrock-mantle') AS first_day,
               max(s.usage_date) FILTER (WHERE s.endpoint IS DISTINCT FROM 'bedrock-mantle') AS last_day
        FROM bedrock.spend AS s
        WHERE s.billing_period BETWEEN logged_regions.first_period AND logged_regions.last_period
          AND s.usage_date >= coalesce(logged_regions.since, '-infinity')
          AND s.charge_category = 'usage' AND s.usage_group = 'tokens'
        GROUP BY 1, 2, 3),
    logged AS (
        SELECT r.account_id, r.region, sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0)) AS tokens
        FROM bedrock.request_day AS r
        WHERE r.day >= coalesce(logged_regions.since, logged_regions.first_period)
          AND r.day < (logged_regions.last_period + interval '1 month')::date
        GROUP BY 1, 2)
    SELECT b.account_id, b.region, b.currency, b.cost, b.tokens, b.runtime_cost, b.first_day, b.last_day,
           round(100 * coalesce(l.tokens, 0) / nullif(b.tokens, 0), 1)
    FROM billed AS b
    LEFT JOIN logged AS l ON l.account_id = b.account_id AND l.region = b.region;
END;
COMMENT ON FUNCTION bedrock_internal.logged_regions(date, date, date) IS
    'how much of the tokens billed in these periods, from a day on (NULL: all days), invocation logs have, by account, '
    'region and currency: logged_pct, NULL: no tokens are billed. runtime_cost and its days: without bedrock-mantle, '
    'which is never logged';

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
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    since constant date := task_findings.through - 29;
    first_period constant date := date_trunc('month', (task_findings.through - 29)::timestamp)::date;
    last_period constant date := date_trunc('month', task_findings.through::timestamp)::date;
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
               d.principal_key, d.account_id, d.region, d.currency, d.model_id, d.usage_type, d.request_path, d.tags,
               nullif(o.workload, '(unclaimed)') AS workload, a.owner_id = 0 AS is_unclaimed, a.expected,
               a.expected_reason, s.bill_id, s.cost, s.first_day, s.last_day
        FROM spent AS s
        JOIN bedrock.dimension AS d ON d.dimension_id = s.dimension_id
        JOIN bedrock.attribution AS a ON a.attribution_id = s.attribution_id
        JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
        LEFT JOIN resource AS r ON r.resource_id = d.resource_id
        WHERE d.charge_category = 'usage'),
    carried AS MATERIALIZED (
        SELECT t.tags, array_agg(DISTINCT m.meaning) AS meanings
        FROM (SELECT DISTINCT l.tags FROM line AS l) AS t
        LEFT JOIN LATERAL jsonb_each_text(t.tags) AS v (key, value) ON v.value <> ''
        LEFT JOIN (SELECT k.key, k.meaning
                   FROM bedrock_internal.tag_meanings(ARRAY(SELECT DISTINCT j.key FROM line AS l
                                                            CROSS JOIN LATERAL jsonb_object_keys(l.tags) AS j (key)))
                       AS k) AS m ON m.key = v.key
        GROUP BY t.tags),
    lacking AS MATERIALIZED (
        SELECT c.tags, array_agg(q.tag_key ORDER BY q.tag_key COLLATE "C") AS keys
        FROM carried AS c
        JOIN bedrock_internal.required_tags() AS q ON (q.meaning = ANY (c.meanings)) IS NOT TRUE
        GROUP BY c.tags)

    SELECT 'claim', l.identity, NULL, l.account_id, l.currency, l.cost, l.first_day, l.last_day,
           'claim it for the workload it belongs to: bedrock.claim_identity; Q052 suggests one', NULL, NULL::jsonb
    FROM line AS l
    WHERE l.is_unclaimed AND l.identity IS NOT NULL
      -- A claim from today on leaves what was spent before.
      AND NOT EXISTS (SELECT FROM bedrock.claim AS c
                      WHERE c.identity = l.identity AND upper_inf(c.recorded)
                        AND c.valid && daterange(task_findings.through, NULL))
    UNION ALL
    SELECT 'tag', l.identity, l.workload, l.account_id, l.currency, l.cost, l.first_day, l.last_day,
           format('give it the tags %s: %s', array_to_string(k.keys, ', '),
                  CASE WHEN l.identity = l.resource_id THEN 'aws bedrock tag-resource'
                       WHEN l.identity LIKE '%:user/%' THEN 'aws iam tag-user' ELSE 'aws iam tag-role' END),
           CASE WHEN l.identity = l.resource_id THEN 'tag_resource' ELSE 'tag_role' END,
           CASE WHEN l.identity = l.resource_id
                THEN jsonb_build_object('account_id', l.account_id, 'region', l.region, 'resources',
                                        jsonb_build_array(l.identity))
                ELSE jsonb_build_object('account_id', split_part(l.identity, ':', 5), 'principals',
                                        jsonb_build_array(l.identity)) END
    FROM line AS l
    JOIN lacking AS k ON k.tags IS NOT DISTINCT FROM l.tags
    WHERE l.identity IS NOT NULL
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
    SELECT 'import_profile', l.resource_id, l.workload, l.account_id, l.currency, l.cost, l.first_day, l.last_day,
           'import it: aws bedrock list-inference-profiles, then bedrock.import_profiles', NULL, NULL
    FROM line AS l
    WHERE l.request_path = 'application_profile'
      AND NOT EXISTS (SELECT FROM bedrock.profiles AS p
                      WHERE p.profile_arn = l.resource_id AND p.model_id IS NOT NULL)
    UNION ALL
    SELECT 'activate_tag', t.key, NULL, NULL, l.currency, l.cost, l.first_day, l.last_day,
           format('activate "%s": Billing and Cost Management > Cost allocation tags', t.key),
           'activate_tags', jsonb_build_object('tag_keys', jsonb_build_array(t.key))
    FROM bedrock_internal.inactive_tags() AS t
    JOIN line AS l ON l.resource_id = ANY (t.resources)
    UNION ALL
    SELECT 'enable_logging', concat_ws(' / ', g.account_id, g.region), NULL, g.account_id, g.currency, g.runtime_cost,
           g.first_day, g.last_day,
           'switch on model invocation logging in this account and region, or load its logs: '
           'bedrock.load_invocations',
           'enable_logging', jsonb_build_object('account_id', g.account_id, 'region', g.region)
    FROM bedrock_internal.logged_regions(first_period, last_period, since) AS g
    WHERE g.logged_pct = 0 AND g.runtime_cost IS NOT NULL AND g.account_id IS NOT NULL AND g.region IS NOT NULL
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
