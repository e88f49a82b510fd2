-- Questions I: tags and quality of the data.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Tags and quality of the data', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q119', 'How complete are our tags, by cost?', 'FinOps Leader',
    'essential', 'period', 'tag coverage completeness percent untagged | share of untagged spend',
$c$tag_key: key of resource, IAM principal or user, case and punctuation aside; costcenter for CostCenter and
  cost-center
covered_cost: cost of usage that carries the key with a value
total_cost: cost of all usage
pct: percent of covered_cost in total_cost; NULL where that is not above 0
trend: pct less that of the month before; NULL: no usage then
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT row_number() OVER () AS number, s.billing_period, s.currency, s.tags, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage'
      AND s.billing_period BETWEEN (SELECT (period - interval '1 month')::date FROM arg) AND (SELECT period FROM arg)
    GROUP BY 2, 3, 4),
carried AS MATERIALIZED (
    SELECT s.number, t.key FROM spent AS s CROSS JOIN LATERAL jsonb_each_text(s.tags) AS t (key, value)
    WHERE t.value <> ''),
written AS MATERIALIZED (
    SELECT DISTINCT c.key FROM carried AS c),
name AS MATERIALIZED (
    SELECT w.key, bedrock_internal.fold_name(bedrock_internal.tag_name(w.key)) AS tag_key
    FROM written AS w
    WHERE bedrock_internal.tag_name(w.key) IS NOT NULL),
total AS (
    SELECT s.currency, sum(s.cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
           sum(s.cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)) AS cost_before
    FROM spent AS s
    GROUP BY 1),
covered AS (
    SELECT s.currency, k.tag_key,
           coalesce(sum(s.cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)), 0) AS cost,
           coalesce(sum(s.cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS cost_before
    FROM spent AS s
    JOIN (SELECT DISTINCT c.number, n.tag_key FROM carried AS c JOIN name AS n ON n.key = c.key) AS k
        ON k.number = s.number
    GROUP BY 1, 2)
SELECT c.tag_key, c.cost AS covered_cost, t.cost AS total_cost,
       round(100 * c.cost / CASE WHEN t.cost > 0 THEN t.cost END, 2) AS pct,
       round(100 * c.cost / CASE WHEN t.cost > 0 THEN t.cost END, 2)
       - round(100 * c.cost_before / CASE WHEN t.cost_before > 0 THEN t.cost_before END, 2) AS trend, c.currency
FROM covered AS c
JOIN total AS t ON t.currency IS NOT DISTINCT FROM c.currency
ORDER BY c.currency, covered_cost DESC, c.tag_key
$q$),

('Q120', 'What is untagged, and where?', 'FinOps Leader', 'essential', 'period', 
'missing tags where total spend by account by model | untagged spend by account | untagged spend total',
$c$account
model
principal: role or user with all its sessions; NULL: none on the line, or not recorded
cost: cost of usage without project, application and team, by registry and tags
currency$c$,
$q$
SELECT s.account_id AS account, s.model_name AS model, s.principal_key AS principal, sum(s.ai_cost) AS cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
  AND s.project = '(untagged)' AND s.application = '(untagged)' AND s.team = '(untagged)'
GROUP BY 1, 2, 3, s.currency
ORDER BY s.currency, cost DESC, account, model, principal
$q$),

('Q121', 'Which tag spellings should be one?', 'FinOps Leader', 'essential', 'period',
'spelling variants duplicates case tag key value',
$c$kind: key (keys that feed one label, or differ in case and punctuation only) or value (values of one key that do);
  similar key or similar value: they differ by one letter, and may be a slip
key: label the keys feed by bedrock.label_rule, else the key, case and punctuation aside
variants: the spellings, separated by ", "
cost: cost of usage that carries any of them
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT row_number() OVER () AS number, s.currency, s.tags, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 2, 3),
rule AS (
    SELECT DISTINCT ON (bedrock_internal.fold_name(r.tag_key)) bedrock_internal.fold_name(r.tag_key) AS folded, r.label
    FROM bedrock.label_rule AS r
    WHERE r.priority IS NOT NULL
    ORDER BY bedrock_internal.fold_name(r.tag_key), r.builtin, r.label),
carried AS MATERIALIZED (
    SELECT s.number, s.currency, s.cost, t.key AS tag_key, t.value FROM spent AS s
    CROSS JOIN LATERAL jsonb_each_text(s.tags) AS t (key, value) WHERE t.value <> ''),
written AS MATERIALIZED (
    SELECT DISTINCT c.tag_key FROM carried AS c),
named AS MATERIALIZED (
    SELECT n.tag_key, n.name, coalesce(r.label, bedrock_internal.fold_name(n.name)) AS key
    FROM (SELECT w.tag_key, bedrock_internal.tag_name(w.tag_key) AS name FROM written AS w) AS n
    LEFT JOIN rule AS r ON r.folded = bedrock_internal.fold_name(n.name)
    WHERE n.name IS NOT NULL),
meaning AS MATERIALIZED (
    SELECT m.key, m.value, bedrock_internal.fold_name(bedrock_internal.label_value(m.key, m.value)) AS meant
    FROM (SELECT DISTINCT n.key, c.value FROM carried AS c JOIN named AS n ON n.tag_key = c.tag_key) AS m),
spelling AS MATERIALIZED (
    SELECT c.number, c.currency, c.cost, n.name, c.value, n.key, m.meant
    FROM carried AS c
    JOIN named AS n ON n.tag_key = c.tag_key
    JOIN meaning AS m ON m.key = n.key AND m.value = c.value),
of_key AS MATERIALIZED (
    SELECT p.currency, p.key, sum(p.cost) AS cost
    FROM (SELECT DISTINCT s.number, s.currency, s.cost, s.key FROM spelling AS s) AS p GROUP BY 1, 2),
of_value AS MATERIALIZED (
    SELECT p.currency, p.key, p.meant, sum(p.cost) AS cost
    FROM (SELECT DISTINCT s.number, s.currency, s.cost, s.key, s.meant FROM spelling AS s) AS p GROUP BY 1, 2, 3),
variant AS MATERIALIZED (
    SELECT 'key' AS kind, p.currency, p.key, NULL::text AS meant,
           string_agg(DISTINCT p.name, ', ' ORDER BY p.name) AS variants
    FROM (SELECT DISTINCT s.currency, s.key, s.name FROM spelling AS s) AS p
    GROUP BY p.currency, p.key
    HAVING count(*) > 1
    UNION ALL
    SELECT 'value', p.currency, p.key, p.meant, string_agg(DISTINCT p.value, ', ' ORDER BY p.value)
    FROM (SELECT DISTINCT s.currency, s.key, s.meant, s.value FROM spelling AS s) AS p
    GROUP BY p.currency, p.key, p.meant
    HAVING count(*) > 1),
-- What differs by one letter has a rest in common when one letter is taken out of each.
word AS MATERIALIZED (
    SELECT 'similar key' AS kind, '' AS key, min(n.name COLLATE "C") AS shown,
           bedrock_internal.fold_name(n.name) AS folded, n.key AS meant
    FROM named AS n GROUP BY n.key, bedrock_internal.fold_name(n.name)
    UNION ALL
    -- Written as one word where it is, for a long word is what can be misspelt.
    SELECT 'similar value', m.key,
           (array_agg(m.value ORDER BY m.value ~ '[^[:alnum:]]', m.value COLLATE "C"))[1], m.meant, m.meant
    FROM meaning AS m GROUP BY m.key, m.meant),
rest AS MATERIALIZED (
    SELECT w.kind, w.key, w.shown, w.meant, left(w.folded, i) || substr(w.folded, i + 2) AS rest
    FROM word AS w
    CROSS JOIN LATERAL generate_series(0, length(w.folded)) AS i
    WHERE length(w.folded) BETWEEN 5 AND 100),
twin AS MATERIALIZED (
    SELECT DISTINCT a.kind, a.key, a.meant AS one, b.meant AS other, a.shown || ', ' || b.shown AS variants
    FROM rest AS a
    JOIN rest AS b ON b.kind = a.kind AND b.key = a.key AND b.rest = a.rest AND b.meant <> a.meant
        AND b.shown > a.shown COLLATE "C"
    WHERE bedrock_internal.one_letter_apart(a.shown, b.shown)),
of_twin AS (
    SELECT p.kind, p.key, p.variants, p.currency, sum(p.cost) AS cost
    FROM (SELECT DISTINCT t.kind, CASE t.kind WHEN 'similar key' THEN t.one ELSE t.key END AS key, t.variants,
                 s.number, s.currency, s.cost
          FROM twin AS t
          JOIN spelling AS s ON CASE t.kind WHEN 'similar key' THEN s.key IN (t.one, t.other)
                                     ELSE s.key = t.key AND s.meant IN (t.one, t.other) END) AS p
    GROUP BY 1, 2, 3, 4)
SELECT v.kind, v.key, v.variants, CASE WHEN v.meant IS NULL THEN k.cost ELSE m.cost END AS cost, v.currency
FROM variant AS v
JOIN of_key AS k ON k.key = v.key AND k.currency IS NOT DISTINCT FROM v.currency
LEFT JOIN of_value AS m ON m.key = v.key AND m.meant = v.meant AND m.currency IS NOT DISTINCT FROM v.currency
UNION ALL
SELECT t.kind, t.key, t.variants, t.cost, t.currency FROM of_twin AS t
ORDER BY currency, kind, cost DESC, key, variants
$q$),

('Q122', 'Which tags are too many-valued to be useful?', 'FinOps Leader', 'essential',
$p$period
above integer = 10: how many values are still useful$p$, 'cardinality distinct values tag',
$c$key: key of the tag as written, with its source
distinct_values: how many values it has in the period
cost_share: percent of the cost of usage that carries the key; NULL where that is not above 0
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT s.currency, s.tags, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2)
SELECT t.key, count(DISTINCT t.value) AS distinct_values,
       round(100 * sum(s.cost) / (SELECT CASE WHEN sum(a.cost) > 0 THEN sum(a.cost) END FROM spent AS a
                                  WHERE a.currency IS NOT DISTINCT FROM s.currency), 2) AS cost_share,
       s.currency
FROM spent AS s
CROSS JOIN LATERAL jsonb_each_text(s.tags) AS t (key, value)
WHERE t.value <> ''
GROUP BY t.key, s.currency
HAVING count(DISTINCT t.value) > (SELECT above FROM arg)
ORDER BY s.currency, distinct_values DESC, t.key
$q$),

('Q123', 'Which tags were never activated?', 'Cloud Engineer',
    'essential', '', 'cost allocation tag activation inactive',
$c$key: key of the tag as written in the registry; a key that comes along in the bill is activated and no row
in_registry: true: a profile or project of the registry has it
in_cur: false: no line of usage carries it as a resource tag, case and punctuation aside
billed: whether anything that has the tag is on the bill; where not, the bill does not show whether the key is activated
hint: what to do$c$,
$q$
SELECT r.key, true AS in_registry, false AS in_cur, r.resources IS NOT NULL AS billed,
       CASE WHEN r.resources IS NOT NULL THEN
                format('activate "%s": Billing and Cost Management > Cost allocation tags. The key shows up there '
                       'within a day of its first use, and in bills from then on', r.key)
            ELSE
                format('nothing that has "%s" is billed yet: look whether it is activated in Billing and Cost '
                       'Management > Cost allocation tags', r.key) END AS hint
FROM bedrock_internal.inactive_tags() AS r
ORDER BY billed DESC, r.key
$q$),

('Q124', 'Which names break our convention?', 'Cloud Engineer', 'essential',
$p$pattern text = NULL: regular expression that a good name matches, in place of the rules of bedrock.naming_rule$p$,
'naming convention names pattern',
$c$object: application profile, Bedrock project, role, tag key, workload, or a label (application, project, team)
name: its name
rule: the expressions of bedrock.naming_rule for such an object, none of which it matches$c$,
$q$
, own AS (
    SELECT DISTINCT r.object FROM bedrock.naming_rule AS r WHERE NOT r.builtin),
rule AS MATERIALIZED (
    SELECT r.object, array_agg(r.pattern ORDER BY r.pattern COLLATE "C") AS patterns
    FROM bedrock.naming_rule AS r
    LEFT JOIN own AS o ON o.object = r.object
    WHERE (SELECT pattern IS NULL FROM arg) AND r.builtin = (o.object IS NULL)
    GROUP BY r.object
    UNION ALL
    SELECT v.object, ARRAY[(SELECT bedrock_internal.regular_expression(pattern) FROM arg)]
    FROM (VALUES ('application profile'), ('Bedrock project'), ('application'), ('project'), ('team')) AS v (object)
    WHERE (SELECT pattern IS NOT NULL FROM arg)),
named AS (
    SELECT CASE p.profile_kind WHEN 'project' THEN 'Bedrock project' ELSE 'application profile' END AS object,
           p.profile_name AS name
    FROM bedrock.profiles AS p
    WHERE p.profile_name IS NOT NULL
    UNION
    SELECT l.object, l.name
    FROM (SELECT DISTINCT s.application, s.project, s.team, s.customer, s.environment, s.workflow, s.engineer,
                 s.cost_center, s.department, s.workload,
                 CASE WHEN s.principal_kind IN ('role', 'assumed_role') THEN s.principal_name END AS role
          FROM bedrock.spend_monthly AS s
          WHERE s.charge_category = 'usage') AS s
    CROSS JOIN LATERAL (VALUES ('application', s.application), ('project', s.project), ('team', s.team),
                               ('customer', s.customer), ('environment', s.environment), ('workflow', s.workflow),
                               ('engineer', s.engineer), ('cost_center', s.cost_center), ('department', s.department),
                               ('workload', s.workload), ('role', s.role)) AS l (object, name)
    WHERE l.name !~ E'^\\('
    UNION
    SELECT 'tag key', bedrock_internal.tag_name(k.key)
    FROM (SELECT DISTINCT t.key
          FROM (SELECT DISTINCT s.tags FROM bedrock.spend_monthly AS s WHERE s.charge_category = 'usage') AS s
          CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (key)) AS k
    WHERE EXISTS (SELECT FROM rule AS r WHERE r.object = 'tag key') AND bedrock_internal.tag_name(k.key) IS NOT NULL)
SELECT n.object, n.name, array_to_string(r.patterns, ' or ') AS rule
FROM named AS n
JOIN rule AS r ON r.object = n.object
WHERE NOT EXISTS (SELECT FROM unnest(r.patterns) AS p WHERE n.name ~ p)
ORDER BY n.object, n.name
$q$),

('Q125', 'Is the principal column there and filled?', 'Cloud Engineer', 'essential', '',
'caller identity column export principal filled',
$c$export: name of the source
month
column_present: whether the export has the column; NULL: loaded directly
filled_pct: percent of the cost of inference whose lines name a caller; NULL: no such cost
hint: what to switch on; NULL: nothing, or no export of that kind has it$c$,
$q$
WITH filled AS (
    SELECT s.source, s.billing_period, s.currency,
           round(100 * coalesce(sum(s.ai_cost) FILTER (WHERE s.iam_principal IS NOT NULL), 0)
                 / CASE WHEN sum(s.ai_cost) > 0 THEN sum(s.ai_cost) END,
                 2) AS filled_pct
    FROM bedrock.spend_monthly AS s
    WHERE s.charge_category = 'usage' AND s.request_path <> 'not_inference'
    GROUP BY 1, 2, 3)
SELECT f.source AS export, f.billing_period AS month,
       CASE WHEN e.relation IS NOT NULL THEN e.mapping ? 'iam_principal' END AS column_present,
       f.filled_pct, CASE WHEN coalesce(f.filled_pct, 0) = 0 THEN d.fix END AS hint
FROM filled AS f
LEFT JOIN bedrock.source AS e ON e.source = f.source
LEFT JOIN bedrock_internal.source_field() AS d ON d.format = e.format AND d.field = 'iam_principal'
ORDER BY export, month, f.currency
$q$),

('Q126', 'Why do I get no data?', 'All', 'essential', '', 'doctor troubleshooting empty missing wrong help check',
$c$check: what was looked at
status: error, warning, info or ok
detail: what was found
fix: what to do, in AWS or here; NULL: nothing$c$,
$q$
SELECT d."check", d.status, d.detail, d.fix FROM bedrock.doctor() AS d
$q$),

('Q127', 'How fresh is the data, and is the month final?', 'All', 'essential', 'period',
'freshness final delay lag up to date',
$c$source
billing_entity
period
data_through: last complete day (UTC); NULL: no usage by day
loaded_at: when bedrock.refresh last read the period
age: hours since the end of data_through
is_final$c$,
$q$
SELECT f.source, f.billing_entity, f.billing_period AS period, f.data_through, f.loaded_at, f.age_hours AS age,
       f.is_final
FROM bedrock.freshness AS f
WHERE f.billing_period = (SELECT period FROM arg)
ORDER BY f.source, f.payer_account_id, f.billing_entity
$q$),

('Q131', 'Which usage types, names or columns do we not understand yet?', 'Cloud Engineer', 'common', '',
'unknown unrecognized unresolved meter',
$c$kind: what is not understood: usage_type, product, unit, model, region, charge_type and so on, see
  bedrock.unrecognized
value: as billed
rows: lines of the bill that have it, never requests
cost: their cost in all data loaded, in the metric of setting ai_cost_metric
suggestion: what to do about it
currency$c$,
$q$
SELECT u.kind, u.value, u.lines AS rows, u.cost, u.suggestion, u.currency
FROM bedrock.unrecognized AS u
ORDER BY u.currency, u.cost DESC NULLS LAST, u.kind, u.value
$q$),

('Q134', 'Does our total equal the invoice?', 'Finance', 'common',
$p$period
invoices jsonb = '{}': totals on the invoices by id, as {"123456789": 1234.56}$p$,
'invoice reconcile total bill amount',
$c$invoice_id: invoice; NULL: not invoiced yet
invoice_total: as given in the parameter invoices; NULL: not given
loaded_total: all lines of the bill with this id, Bedrock or not, unblended (sources without it: net)
difference: loaded_total less invoice_total
bedrock_total: how much of loaded_total is Bedrock
currency$c$,
$q$
, loaded AS (
    SELECT b.invoice_id, b.currency, sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS loaded_total,
           coalesce(sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)), 0) AS bedrock_total
    FROM bedrock.bill_total AS b
    WHERE b.billing_period = (SELECT period FROM arg) AND NOT b.superseded
    GROUP BY 1, 2)
SELECT l.invoice_id, i.invoice_total, l.loaded_total, l.loaded_total - i.invoice_total AS difference, l.bedrock_total,
       l.currency
FROM loaded AS l
CROSS JOIN LATERAL (SELECT ((SELECT invoices FROM arg) ->> l.invoice_id)::numeric AS invoice_total) AS i
ORDER BY l.currency, l.invoice_id
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
