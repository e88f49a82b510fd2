-- Who owns what, what nobody owns, and who changed it.

-- The columns that say when a row was known, by whom and why are the same in all tables of this form.
SELECT bedrock_internal.copy_comments('bedrock.hierarchy_level', t.relation)
FROM unnest('{bedrock.element,bedrock.workload,bedrock.claim,bedrock.owner_rule,bedrock.principal_label,
              bedrock.charge_policy,bedrock.cost_split,bedrock.exchange_rate,bedrock.fiscal_period,
              bedrock.business_metric,bedrock.map_agreement,bedrock.map_workload,bedrock.map_rule,
              bedrock.model_policy}'::regclass[]) AS t (relation);
COMMENT ON COLUMN bedrock.element.level IS 'level it is on, lower than that of its parent by one or more';

CREATE OR REPLACE VIEW bedrock.elements WITH (security_invoker) AS
WITH RECURSIVE placed (element, level, element_name, parent, element_path, valid, recorded, recorded_by, reason) AS (
    SELECT e.element, e.level, e.element_name, e.parent, e.element_name, e.valid, e.recorded, e.recorded_by, e.reason
    FROM bedrock.element AS e
    WHERE e.parent IS NULL AND upper_inf(e.recorded) AND e.valid @> bedrock_internal.today()
    UNION ALL
    SELECT e.element, e.level, e.element_name, e.parent, p.element_path || ' / ' || e.element_name, e.valid, e.recorded,
           e.recorded_by, e.reason
    FROM placed AS p
    JOIN bedrock.element AS e ON e.parent = p.element
    WHERE upper_inf(e.recorded) AND e.valid @> bedrock_internal.today())
SELECT p.element, p.level::bigint AS level, l.level_name, p.element_name, p.parent, p.element_path,
       nullif(lower(p.valid), '-infinity') AS first_day, upper(p.valid) - 1 AS last_day,
       lower(p.recorded) AS recorded_at, p.recorded_by::text AS recorded_by, p.reason
FROM placed AS p
LEFT JOIN bedrock.hierarchy_level AS l ON l.level = p.level AND upper_inf(l.recorded);
COMMENT ON VIEW bedrock.elements IS
    'elements of the hierarchy as they are today (UTC), with their path; history: bedrock.element';
SELECT bedrock_internal.copy_comments('bedrock.element', 'bedrock.elements');
COMMENT ON COLUMN bedrock.elements.level_name IS 'what an element of this level is called; NULL: the level has no name';
COMMENT ON COLUMN bedrock.elements.element_path IS 'names of all elements from the top to it, separated by " / "';
COMMENT ON COLUMN bedrock.elements.first_day IS 'first UTC day on which it is as shown; NULL: no beginning';
COMMENT ON COLUMN bedrock.elements.last_day IS 'last UTC day on which it is as shown; NULL: open';
COMMENT ON COLUMN bedrock.elements.recorded_at IS 'when that was recorded';

CREATE OR REPLACE VIEW bedrock.workloads WITH (security_invoker) AS
SELECT w.workload, w.owner, w.workload_type, w.environment, w.element, e.element_path, w.labels,
       nullif(lower(w.valid), '-infinity') AS first_day, upper(w.valid) - 1 AS last_day,
       lower(w.recorded) AS recorded_at, w.recorded_by::text AS recorded_by, w.reason
FROM bedrock.workload AS w
LEFT JOIN bedrock.elements AS e ON e.element = w.element
WHERE upper_inf(w.recorded) AND w.valid @> bedrock_internal.today();
COMMENT ON VIEW bedrock.workloads IS
    'workloads as they are today (UTC), with their place in the hierarchy; history: bedrock.workload';
SELECT bedrock_internal.copy_comments('bedrock.workload', 'bedrock.workloads');
COMMENT ON COLUMN bedrock.workloads.element_path IS
    'names of all elements from the top to its element, separated by " / "; NULL: not placed';
COMMENT ON COLUMN bedrock.workloads.first_day IS 'first UTC day on which it is as shown; NULL: no beginning';
COMMENT ON COLUMN bedrock.workloads.last_day IS 'last UTC day on which it is as shown; NULL: open';
COMMENT ON COLUMN bedrock.workloads.recorded_at IS 'when that was recorded';

CREATE OR REPLACE VIEW bedrock.claims WITH (security_invoker) AS
WITH latest AS (
    -- As it is known now, else as it was known last.
    SELECT DISTINCT ON (c.claim_id) c.claim_id, c.identity_kind, c.identity, c.workload, c.valid, c.recorded,
           c.recorded_by, c.reason, c.closed_by, c.close_reason
    FROM bedrock.claim AS c
    ORDER BY c.claim_id, lower(c.recorded) DESC),
seen AS (
    SELECT i.identity, min(f.usage_date) AS first_seen, max(f.usage_date) AS last_seen
    FROM (SELECT l.identity, d.dimension_id FROM latest AS l JOIN bedrock.dimension AS d ON d.resource_id = l.identity
          UNION
          SELECT l.identity, d.dimension_id FROM latest AS l
          JOIN bedrock.dimension AS d ON d.principal_key = l.identity) AS i
    JOIN bedrock.fact AS f ON f.dimension_id = i.dimension_id
    WHERE NOT f.superseded
    GROUP BY i.identity),
collected AS (
    SELECT a.claim_id, d.currency, sum(f.ai_cost) AS cost
    FROM bedrock.attribution AS a
    JOIN bedrock.fact AS f ON f.attribution_id = a.attribution_id
    JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
    WHERE a.claim_id IS NOT NULL AND NOT f.superseded
    GROUP BY a.claim_id, d.currency)
SELECT l.claim_id, l.identity_kind, l.identity, l.workload, w.owner,
       CASE WHEN NOT upper_inf(l.recorded) THEN 'superseded'
            WHEN upper(l.valid) <= bedrock_internal.today() THEN 'ended'
            WHEN s.first_seen IS NULL THEN 'pending'
            ELSE 'active' END AS status,
       nullif(lower(l.valid), '-infinity') AS valid_from, upper(l.valid) - 1 AS valid_to,
       s.first_seen, s.last_seen, c.cost AS cost_since, c.currency,
       CASE WHEN upper_inf(l.recorded) THEN lower(l.recorded) ELSE upper(l.recorded) END AS recorded_at,
       CASE WHEN upper_inf(l.recorded) THEN l.recorded_by ELSE l.closed_by END::text AS recorded_by,
       CASE WHEN upper_inf(l.recorded) THEN l.reason ELSE l.close_reason END AS reason
FROM latest AS l
LEFT JOIN bedrock.workloads AS w ON w.workload = l.workload
LEFT JOIN seen AS s ON s.identity = l.identity
LEFT JOIN collected AS c ON c.claim_id = l.claim_id;
COMMENT ON VIEW bedrock.claims IS
    'claims with their status and what they have collected: a row for each claim, and currency where it has cost in '
    'several. History: bedrock.claim, bedrock.audit';
SELECT bedrock_internal.copy_comments('bedrock.claim', 'bedrock.claims');
COMMENT ON COLUMN bedrock.claims.owner IS 'who answers for the workload today; NULL: nobody named';
COMMENT ON COLUMN bedrock.claims.status IS
    'pending: no line that you may see has the identity yet; active; ended: its last day is over; superseded: it was '
    'moved or taken back from its first day on, and owns nothing';
COMMENT ON COLUMN bedrock.claims.valid_from IS 'first UTC day whose spend it owns; NULL: no beginning';
COMMENT ON COLUMN bedrock.claims.valid_to IS 'last UTC day whose spend it owns; NULL: open';
COMMENT ON COLUMN bedrock.claims.first_seen IS
    'first day with a line of the identity, claimed or not; NULL: none that you may see';
COMMENT ON COLUMN bedrock.claims.last_seen IS 'last day with one; NULL: none that you may see';
COMMENT ON COLUMN bedrock.claims.cost_since IS 'ai_cost that the claim has collected; NULL: nothing yet';
COMMENT ON COLUMN bedrock.claims.currency IS 'currency of cost_since; NULL: nothing collected, or not stated';
COMMENT ON COLUMN bedrock.claims.recorded_at IS 'when the claim was recorded as shown, or superseded';
COMMENT ON COLUMN bedrock.claims.recorded_by IS
    'role that claimed it, or superseded the claim; who shortened it: bedrock.audit';
COMMENT ON COLUMN bedrock.claims.reason IS
    'why it was claimed, or superseded, as given; NULL: not stated; why it was shortened: bedrock.audit';

CREATE OR REPLACE VIEW bedrock.claim_suggestion WITH (security_invoker) AS
WITH unclaimed AS MATERIALIZED (
    SELECT f.dimension_id, f.attribution_id, min(f.usage_date) AS first_seen, max(f.usage_date) AS last_seen,
           sum(f.ai_cost) FILTER (WHERE f.billing_period = p.latest) AS cost,
           bool_or(f.billing_period = p.latest) AS is_recent
    FROM (SELECT bedrock.latest_period() AS latest) AS p
    CROSS JOIN bedrock.fact AS f
    JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
    WHERE a.owner_id = 0 AND NOT f.superseded
    GROUP BY f.dimension_id, f.attribution_id),
resource AS MATERIALIZED (
    SELECT n.resource_id, bedrock_internal.resource_kind(n.resource_id) AS kind
    FROM (SELECT DISTINCT d.resource_id FROM unclaimed AS u
          JOIN bedrock.dimension AS d ON d.dimension_id = u.dimension_id WHERE d.resource_id IS NOT NULL) AS n),
line AS (
    -- The identity whose claim would win the line, so that each line is listed once.
    SELECT coalesce(r.kind, 'principal') AS identity_kind,
           CASE WHEN r.kind IS NOT NULL THEN d.resource_id ELSE d.principal_key END AS identity,
           CASE WHEN r.kind IS NULL THEN d.principal_name
                ELSE coalesce(a.profile_name, a.project_name, regexp_replace(d.resource_id, '^.*[/:]', '')) END AS name,
           d.account_id, d.currency, u.first_seen, u.last_seen, u.cost, u.is_recent, a.application, a.project, a.team
    FROM unclaimed AS u
    JOIN bedrock.dimension AS d ON d.dimension_id = u.dimension_id
    JOIN bedrock.attribution AS a ON a.attribution_id = u.attribution_id
    LEFT JOIN resource AS r ON r.resource_id = d.resource_id
    WHERE r.kind IS NOT NULL OR d.principal_key IS NOT NULL),
identity AS MATERIALIZED (
    SELECT l.identity_kind, l.identity, max(l.name) AS name,
           CASE WHEN count(DISTINCT l.account_id) = 1 THEN min(l.account_id) END AS account_id, l.currency,
           sum(l.cost) AS cost, min(l.first_seen) AS first_seen, max(l.last_seen) AS last_seen,
           array_agg(DISTINCT l.application) AS applications, array_agg(DISTINCT l.project) AS projects,
           array_agg(DISTINCT l.team) AS teams
    FROM line AS l
    GROUP BY l.identity_kind, l.identity, l.currency
    HAVING bool_or(l.is_recent)),
workload AS MATERIALIZED (
    SELECT w.workload, array_to_string(bedrock_internal.name_words(w.workload), '') AS folded
    FROM bedrock.workloads AS w),
candidate AS (
    -- A label that is the workload's name.
    SELECT i.identity, w.workload, 1 AS place, 'label' AS suggested_by, 1.0 AS similarity, 0 AS letters,
           format('label %s is "%s"', v.label, v.value) AS evidence
    FROM identity AS i
    CROSS JOIN LATERAL (SELECT 'application', unnest(i.applications) UNION ALL SELECT 'project', unnest(i.projects)
                        UNION ALL SELECT 'team', unnest(i.teams)) AS v (label, value)
    JOIN workload AS w ON w.folded = array_to_string(bedrock_internal.name_words(v.value), '')
    UNION ALL
    -- Words that both names have.
    SELECT m.identity, m.workload, 2, 'name', m.similarity, m.letters, format('its name is "%s"', m.name)
    FROM (SELECT i.identity, i.name, w.workload, sum(length(v.word)) AS letters,
                 CASE WHEN bool_or(v.word = w.folded) THEN 1.0
                      ELSE round(sum(length(v.word))::numeric / length(w.folded), 2) END AS similarity
          FROM (SELECT DISTINCT i.identity, i.name FROM identity AS i) AS i
          CROSS JOIN LATERAL bedrock_internal.name_runs(i.name) AS r (run)
          JOIN (SELECT w.workload, w.folded, v.word FROM workload AS w
                CROSS JOIN LATERAL unnest(bedrock_internal.name_words(w.workload)) AS v (word)
                UNION SELECT w.workload, w.folded, w.folded FROM workload AS w) AS v ON v.word = r.run
          JOIN workload AS w ON w.workload = v.workload
          GROUP BY i.identity, i.name, w.workload, w.folded) AS m
    WHERE m.similarity >= 0.6 AND m.letters >= 4
    UNION ALL
    -- The only workload that owns usage in the account, if it owns half of it.
    SELECT i.identity, o.workload, 3, 'account', NULL, 0,
           format('it owns %s %% of the usage of account %s, and no other workload any', o.owned_pct, i.account_id)
    FROM identity AS i
    JOIN (SELECT d.account_id, d.currency, min(o.workload) FILTER (WHERE o.owner_id > 1) AS workload,
                 round(100 * sum(f.ai_cost) FILTER (WHERE o.owner_id > 1) / nullif(sum(f.ai_cost), 0)) AS owned_pct
          FROM bedrock.fact AS f
          JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
          JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
          JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
          WHERE f.billing_period = (SELECT bedrock.latest_period()) AND NOT f.superseded AND d.charge_category = 'usage'
          GROUP BY d.account_id, d.currency
          HAVING count(DISTINCT o.workload) FILTER (WHERE o.owner_id > 1) = 1) AS o
        ON o.account_id = i.account_id AND o.currency IS NOT DISTINCT FROM i.currency AND o.owned_pct >= 50
    JOIN workload AS w ON w.workload = o.workload),
best AS (
    SELECT DISTINCT ON (t.identity) t.identity, t.workload, t.suggested_by, t.similarity, t.evidence
    FROM (SELECT c.*, count(*) OVER like_it > 1 AS is_tie
          FROM (SELECT DISTINCT ON (c.identity, c.place, c.workload) c.* FROM candidate AS c
                ORDER BY c.identity, c.place, c.workload, c.similarity DESC, c.evidence) AS c
          WINDOW like_it AS (PARTITION BY c.identity, c.place, c.similarity, c.letters)) AS t
    WHERE NOT t.is_tie AND NOT EXISTS (
        SELECT FROM candidate AS o WHERE o.identity = t.identity AND o.place = t.place AND o.workload <> t.workload
          AND (o.similarity, o.letters) > (t.similarity, t.letters))
    ORDER BY t.identity, t.place)
SELECT i.identity_kind, i.identity, i.name, i.account_id, i.cost, i.currency, i.first_seen, i.last_seen,
       b.workload AS suggested_workload, b.suggested_by, b.similarity, b.evidence
FROM identity AS i
LEFT JOIN best AS b ON b.identity = i.identity;
COMMENT ON VIEW bedrock.claim_suggestion IS
    'identities of the latest billing period whose usage nobody owns, and the workload that fits, if one does. Each '
    'line is listed once, with the identity whose claim would win it: resource, project, then principal';
COMMENT ON COLUMN bedrock.claim_suggestion.identity_kind IS 'resource, project or principal';
COMMENT ON COLUMN bedrock.claim_suggestion.identity IS 'what to give to bedrock.claim_identity';
COMMENT ON COLUMN bedrock.claim_suggestion.name IS 'its name: of the role, profile or project; else the end of the ARN';
COMMENT ON COLUMN bedrock.claim_suggestion.account_id IS 'usage account of its lines; NULL: several, or not stated';
COMMENT ON COLUMN bedrock.claim_suggestion.cost IS 'unclaimed ai_cost of the latest billing period';
COMMENT ON COLUMN bedrock.claim_suggestion.currency IS 'currency of cost; NULL: not stated';
COMMENT ON COLUMN bedrock.claim_suggestion.first_seen IS 'first day with an unclaimed line of it';
COMMENT ON COLUMN bedrock.claim_suggestion.last_seen IS 'last day with one';
COMMENT ON COLUMN bedrock.claim_suggestion.suggested_workload IS
    'workload it may belong to; NULL: none fits, or several do equally well';
COMMENT ON COLUMN bedrock.claim_suggestion.suggested_by IS
    'label (the label application, project or team is the workload''s name), else name (similarity), else account (the '
    'workload owns half of the usage in it or more, and no other any); NULL: nothing fits';
COMMENT ON COLUMN bedrock.claim_suggestion.similarity IS
    'share of the letters of the workload''s name in words that the identity''s name has too, also as neighbouring '
    'words written together; case counts as the border of a word only. A suggestion by name needs 0.6, and four '
    'letters; NULL: not by name or label';
COMMENT ON COLUMN bedrock.claim_suggestion.evidence IS 'what it follows from, in words; NULL: nothing fits';

CREATE OR REPLACE VIEW bedrock.audit WITH (security_invoker) AS
WITH version (object_kind, object, content, valid, opened_at, opened_by, reason, closed_at, closed_by, close_reason)
AS (
    SELECT 'claim', c.identity, to_jsonb(c) - 'identity', c.valid, lower(c.recorded), c.recorded_by, c.reason,
           upper(c.recorded), c.closed_by, c.close_reason
    FROM bedrock.claim AS c
    UNION ALL
    SELECT 'workload', w.workload, to_jsonb(w) - 'workload', w.valid, lower(w.recorded), w.recorded_by, w.reason,
           upper(w.recorded), w.closed_by, w.close_reason
    FROM bedrock.workload AS w
    UNION ALL
    SELECT 'element', e.element, to_jsonb(e) - 'element', e.valid, lower(e.recorded), e.recorded_by, e.reason,
           upper(e.recorded), e.closed_by, e.close_reason
    FROM bedrock.element AS e
    UNION ALL
    SELECT 'level', l.level::text, to_jsonb(l) - 'level', NULL, lower(l.recorded), l.recorded_by, l.reason,
           upper(l.recorded), l.closed_by, l.close_reason
    FROM bedrock.hierarchy_level AS l
    UNION ALL
    SELECT 'rule', r.rule, to_jsonb(r) - 'rule', r.valid, lower(r.recorded), r.recorded_by, r.reason,
           upper(r.recorded), r.closed_by, r.close_reason
    FROM bedrock.owner_rule AS r
    UNION ALL
    SELECT 'principal label', p.principal_key, to_jsonb(p) - 'principal_key', p.valid, lower(p.recorded),
           p.recorded_by, p.reason, upper(p.recorded), p.closed_by, p.close_reason
    FROM bedrock.principal_label AS p
    UNION ALL
    SELECT 'profile', p.profile_arn, to_jsonb(p) - 'profile_arn', p.valid, lower(p.recorded), p.recorded_by, NULL,
           upper(p.recorded), NULL, NULL
    FROM bedrock.profile AS p
    UNION ALL
    SELECT 'price', concat_ws(' ', p.model_id, p.token_kind, p.region, p.routing, p.tier, p.cache_ttl, p.modality,
                              p.long_context_above, p.endpoint, p.origin),
           to_jsonb(p), p.valid, lower(p.recorded), p.recorded_by, p.note, upper(p.recorded), p.closed_by,
           p.close_reason
    FROM bedrock.price AS p WHERE NOT p.builtin
    UNION ALL
    SELECT 'discount', coalesce(d.model_id, d.provider), to_jsonb(d), d.valid, lower(d.recorded), d.recorded_by, d.note,
           upper(d.recorded), d.closed_by, d.close_reason
    FROM bedrock.price_discount AS d
    UNION ALL
    -- A setting has no end: the next row of the name and first day replaces it. A shipped one is before all others.
    SELECT 'setting', s.name, jsonb_build_object('value', s.value), daterange(s.valid_from, NULL),
           CASE WHEN NOT s.builtin THEN s.recorded_at END, s.recorded_by, s.note,
           lead(s.recorded_at) OVER (PARTITION BY s.name, s.valid_from ORDER BY NOT s.builtin, s.recorded_at),
           NULL, NULL
    FROM bedrock.setting AS s
    UNION ALL
    SELECT 'charge policy', p.charge_category, jsonb_build_object('policy', p.policy), p.valid, lower(p.recorded),
           p.recorded_by, p.reason, upper(p.recorded), p.closed_by, p.close_reason
    FROM bedrock.charge_policy AS p WHERE NOT p.builtin
    UNION ALL
    SELECT 'cost split', s.origin, to_jsonb(s) - 'origin', s.valid, lower(s.recorded), s.recorded_by, s.reason,
           upper(s.recorded), s.closed_by, s.close_reason
    FROM bedrock.cost_split AS s
    UNION ALL
    SELECT 'exchange rate', r.from_currency || '/' || r.to_currency,
           jsonb_build_object('rate', r.rate, 'source', r.source), r.valid, lower(r.recorded), r.recorded_by, r.reason,
           upper(r.recorded), r.closed_by, r.close_reason
    FROM bedrock.exchange_rate AS r
    UNION ALL
    SELECT 'fiscal period', f.fiscal_period, '{}', f.valid, lower(f.recorded), f.recorded_by, f.reason,
           upper(f.recorded), f.closed_by, f.close_reason
    FROM bedrock.fiscal_period AS f
    UNION ALL
    SELECT 'business metric', concat_ws(' of ', m.metric, coalesce(m.workload, m.customer)),
           to_jsonb(m) - ARRAY['metric', 'workload', 'customer'], m.valid, lower(m.recorded), m.recorded_by, m.reason,
           upper(m.recorded), m.closed_by, m.close_reason
    FROM bedrock.business_metric AS m
    UNION ALL
    SELECT 'budget', b.budget, to_jsonb(b) - 'budget', b.valid, lower(b.recorded), b.recorded_by, b.reason,
           upper(b.recorded), b.closed_by, b.close_reason
    FROM bedrock.budget AS b
    UNION ALL
    SELECT 'alert', s.alert_id::text, jsonb_build_object('state', s.state, 'assignee', s.assignee), NULL,
           lower(s.recorded), s.recorded_by, s.reason, upper(s.recorded), s.closed_by, s.close_reason
    FROM bedrock.alert_state AS s
    UNION ALL
    SELECT 'task', t.task_id::text,
           jsonb_build_object('kind', t.kind, 'subject', t.subject, 'state', t.state, 'assignee', t.assignee,
                              'evidence', t.evidence),
           NULL, lower(t.recorded), t.recorded_by, t.reason, upper(t.recorded), t.closed_by, t.close_reason
    FROM bedrock.task AS t
    -- What the data found and nobody has touched is no change of anybody's.
    WHERE NOT (t.state = 'open' AND upper_inf(t.recorded) AND t.assignee IS NULL AND t.reason IS NULL)
    UNION ALL
    SELECT 'spend request', r.request_id::text,
           jsonb_build_object('workload', r.workload, 'amount', r.amount, 'currency', r.currency,
                              'purpose', r.purpose, 'state', r.state, 'login', r.recorded_login),
           r.valid, lower(r.recorded), r.recorded_by, r.reason, upper(r.recorded), r.closed_by, r.close_reason
    FROM bedrock.spend_request AS r
    UNION ALL
    SELECT 'MAP agreement', m.mpe_id, to_jsonb(m) - 'mpe_id', m.valid, lower(m.recorded), m.recorded_by, m.reason,
           upper(m.recorded), m.closed_by, m.close_reason
    FROM bedrock.map_agreement AS m
    UNION ALL
    SELECT 'MAP workload', m.mpe_id || ' of ' || m.workload, '{}', m.valid, lower(m.recorded), m.recorded_by, m.reason,
           upper(m.recorded), m.closed_by, m.close_reason
    FROM bedrock.map_workload AS m
    UNION ALL
    SELECT 'MAP rule', concat_ws(' ', m.subject, m.value), to_jsonb(m) - ARRAY['subject', 'value', 'builtin'], m.valid,
           lower(m.recorded), m.recorded_by, m.reason, upper(m.recorded), m.closed_by, m.close_reason
    FROM bedrock.map_rule AS m
    WHERE NOT m.builtin
    UNION ALL
    SELECT 'model policy', p.policy, to_jsonb(p) - 'policy', p.valid, lower(p.recorded), p.recorded_by, p.reason,
           upper(p.recorded), p.closed_by, p.close_reason
    FROM bedrock.model_policy AS p
    UNION ALL
    SELECT 'anomaly feedback', concat_ws(' ', f.attribute, f.tag_key, f.value),
           to_jsonb(f) - ARRAY['attribute', 'tag_key', 'value'], f.valid, lower(f.recorded), f.recorded_by, f.reason,
           upper(f.recorded), f.closed_by, f.close_reason
    FROM bedrock.anomaly_feedback AS f
    UNION ALL
    SELECT 'estimate', e.workload, to_jsonb(e) - 'workload', e.valid, lower(e.recorded), e.recorded_by, e.reason,
           upper(e.recorded), e.closed_by, e.close_reason
    FROM bedrock.estimate AS e
    UNION ALL
    SELECT 'statement', to_char(t.billing_period, 'YYYY-MM') || ' version ' || t.version,
           jsonb_build_object('statement_id', t.statement_id, 'rows', t.row_count, 'hash', t.row_hash), NULL,
           t.posted_at, t.posted_by, t.reason, NULL, NULL, NULL
    FROM bedrock.statement AS t
),
event AS (
    SELECT v.object_kind, v.object, e.at, e.who, e.reason, e.is_after, v.valid, c.content
    FROM version AS v
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(m.key, m.value)
        FROM jsonb_each(v.content || jsonb_build_object('valid_from', nullif(lower(v.valid), '-infinity'),
                                                        'valid_to', nullif(upper(v.valid), 'infinity') - 1))
            AS m (key, value)
        WHERE m.value <> 'null' AND m.key NOT IN ('valid', 'recorded', 'recorded_by', 'reason', 'note', 'closed_by',
                                                  'close_reason')) AS c (content)
    CROSS JOIN LATERAL (VALUES (v.opened_at, v.opened_by, v.reason, true),
                               (v.closed_at, v.closed_by, v.close_reason, false)) AS e (at, who, reason, is_after)
    WHERE e.at IS NOT NULL)
SELECT e.at, coalesce(min(e.who) FILTER (WHERE NOT e.is_after), min(e.who))::text AS who, e.object_kind, e.object,
       CASE WHEN bool_and(e.is_after) THEN 'added' WHEN bool_or(e.is_after) THEN 'changed' ELSE 'ended' END AS action,
       jsonb_agg(e.content ORDER BY e.valid) FILTER (WHERE NOT e.is_after) AS before,
       jsonb_agg(e.content ORDER BY e.valid) FILTER (WHERE e.is_after) AS after,
       -- Rows that remain beside a change keep what was said of them; of the change speaks what it closed.
       CASE WHEN min(e.who) FILTER (WHERE NOT e.is_after) IS NOT NULL THEN min(e.reason) FILTER (WHERE NOT e.is_after)
            ELSE min(e.reason) FILTER (WHERE e.is_after) END AS reason
FROM event AS e
GROUP BY e.at, e.object_kind, e.object;
COMMENT ON VIEW bedrock.audit IS
    'who changed what, when and why: claims, workloads, elements, levels, rules, labels of principals, registered '
    'profiles, prices and discounts of your own, settings, how charges are divided, and statements. It is read from '
    'what the tables recorded, which only the owner of the extension could rewrite; of profiles and of prices of price '
    'lists and offers, also a role with the scope load that was granted writing on these tables';
COMMENT ON COLUMN bedrock.audit.at IS 'when it was recorded';
COMMENT ON COLUMN bedrock.audit.who IS
    'role that changed it; NULL: not recorded, as of a profile that an import ended';
COMMENT ON COLUMN bedrock.audit.object_kind IS
    'claim, workload, element, level, rule, principal label, profile, price, discount, setting, charge policy, cost '
    'split, exchange rate, fiscal period, business metric, MAP agreement, MAP workload, MAP rule, budget, alert, '
    'task, spend request, model policy, anomaly feedback, estimate, statement';
COMMENT ON COLUMN bedrock.audit.object IS
    'which: the identity of a claim, the name of a workload, element, rule or setting, the number of a level, alert, '
    'task or request, the ARN of a principal or profile, what a price or discount is for';
COMMENT ON COLUMN bedrock.audit.action IS 'added, changed or ended';
COMMENT ON COLUMN bedrock.audit.before IS
    'array of the rows that the change replaced, by days (valid_from, valid_to: left out where there is no such '
    'bound); NULL: there were none';
COMMENT ON COLUMN bedrock.audit.after IS 'array of the rows in their place; NULL: there are none';
COMMENT ON COLUMN bedrock.audit.reason IS 'why, as given; of a price, discount or setting the note; NULL: not stated';
