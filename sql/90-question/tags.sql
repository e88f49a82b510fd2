-- Questions I, continued: what tags must say, and where they contradict each other or the bill.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Tags and quality of the data', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q112', 'Which tags say one model or region and the bill another?', 'Cloud Engineer', 'essential',
$p$period
model_keys text[] = '{model,model-id,model-name}': tag keys that name a model
region_keys text[] = '{region,aws-region}': tag keys that name a region$p$,
'tag conflict mismatch wrong model tag wrong region tag | tags that contradict the bill',
$c$line: resource that is billed, else the role or user, else (none)
tag_key: key as written, with its source
tag_value: its value
billed_value: model or region of the line
cost
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT coalesce(s.resource_id, s.principal_key, '(none)') AS line, s.tags, s.model_id, s.model_name, s.region,
           s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2, 3, 4, 5, 6),
said AS MATERIALIZED (
    SELECT k.tag_key, k.about
    FROM (SELECT o.tag_key, bedrock_internal.fold_name(bedrock_internal.tag_name(o.tag_key)) AS folded
          FROM (SELECT DISTINCT t.tag_key FROM (SELECT DISTINCT s.tags FROM spent AS s) AS s
                CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (tag_key)) AS o) AS n
    CROSS JOIN LATERAL (
        SELECT n.tag_key, CASE WHEN n.folded IN (SELECT bedrock_internal.fold_name(m)
                                                 FROM arg CROSS JOIN LATERAL unnest(arg.model_keys) AS m)
                               THEN 'model'
                               WHEN n.folded IN (SELECT bedrock_internal.fold_name(r)
                                                 FROM arg CROSS JOIN LATERAL unnest(arg.region_keys) AS r)
                               THEN 'region' END AS about) AS k
    WHERE k.about IS NOT NULL),
claimed AS MATERIALIZED (
    SELECT s.line, k.tag_key, k.about, s.tags ->> k.tag_key AS tag_value, s.model_id, s.model_name, s.region,
           s.currency, s.cost
    FROM spent AS s
    JOIN said AS k ON s.tags ? k.tag_key AND s.tags ->> k.tag_key <> ''),
judged AS MATERIALIZED (
    SELECT c.about, c.tag_value, c.model_id, c.model_name, c.region,
           CASE c.about WHEN 'model' THEN bedrock_internal.tag_says_model(c.tag_value, c.model_id, c.model_name)
                        ELSE bedrock_internal.tag_says_region(c.tag_value, c.region) END AS agrees
    FROM (SELECT DISTINCT c.about, c.tag_value, c.model_id, c.model_name, c.region FROM claimed AS c) AS c)
SELECT c.line, c.tag_key, c.tag_value, CASE c.about WHEN 'model' THEN c.model_name ELSE c.region END AS billed_value,
       sum(c.cost) AS cost, c.currency
FROM claimed AS c
JOIN judged AS j ON j.about = c.about AND j.tag_value = c.tag_value AND j.model_id IS NOT DISTINCT FROM c.model_id
    AND j.model_name IS NOT DISTINCT FROM c.model_name AND j.region IS NOT DISTINCT FROM c.region
WHERE NOT j.agrees
GROUP BY c.line, c.tag_key, c.tag_value, billed_value, c.currency
ORDER BY c.currency, cost DESC, c.line, c.tag_key
$q$),

('Q175', 'Which of our required tags are missing, by cost, tokens and lines?', 'FinOps Leader', 'essential', 'period',
'required mandatory tag policy compliance baseline | required tags',
$c$tag_key: required key, by bedrock.required_tag
spellings: keys found that count as it, by bedrock.label_rule or case and punctuation aside; NULL: none
missing_cost: cost of usage without it
cost_pct: percent of the cost of usage that carries it; NULL where the cost is not above 0
tokens_pct: percent of the tokens that do; NULL: no tokens
lines_pct: percent of the lines that do
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT row_number() OVER () AS number, s.currency, s.tags, sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens,
           sum(s.lines) AS lines
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 2, 3),
wanted AS MATERIALIZED (
    SELECT q.tag_key, q.meaning FROM bedrock_internal.required_tags() AS q),
written AS MATERIALIZED (
    SELECT m.key AS tag_key, m.name, m.meaning
    FROM bedrock_internal.tag_meanings(ARRAY(SELECT DISTINCT t.tag_key FROM spent AS s
                                             CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (tag_key))) AS m),
carried AS MATERIALIZED (
    SELECT s.number, w.tag_key, string_agg(DISTINCT k.name, ', ' ORDER BY k.name) AS names
    FROM spent AS s
    CROSS JOIN LATERAL jsonb_each_text(s.tags) AS t (key, value)
    JOIN written AS k ON k.tag_key = t.key
    JOIN wanted AS w ON w.meaning = k.meaning
    WHERE t.value <> ''
    GROUP BY 1, 2)
SELECT w.tag_key,
       (SELECT string_agg(DISTINCT k.name, ', ' ORDER BY k.name) FROM written AS k WHERE k.meaning = w.meaning)
           AS spellings,
       coalesce(sum(s.cost) FILTER (WHERE c.number IS NULL), 0) AS missing_cost,
       round(100 * coalesce(sum(s.cost) FILTER (WHERE c.number IS NOT NULL), 0)
             / CASE WHEN sum(s.cost) > 0 THEN sum(s.cost) END, 2) AS cost_pct,
       round(100 * coalesce(sum(s.tokens) FILTER (WHERE c.number IS NOT NULL), 0) / nullif(sum(s.tokens), 0), 2)
           AS tokens_pct,
       round(100 * coalesce(sum(s.lines) FILTER (WHERE c.number IS NOT NULL), 0) / nullif(sum(s.lines), 0), 2)
           AS lines_pct,
       s.currency
FROM wanted AS w
CROSS JOIN spent AS s
LEFT JOIN carried AS c ON c.number = s.number AND c.tag_key = w.tag_key
GROUP BY w.tag_key, w.meaning, s.currency
ORDER BY s.currency, missing_cost DESC, w.tag_key
$q$),

('Q176', 'Where do tags of two sources disagree, and which wins?', 'Cloud Engineer', 'common', 'period',
'tag precedence priority source resource principal account cost category conflict override',
$c$tag_key: key, case and punctuation aside; values that bedrock.label_value_rule makes one do not disagree
wins: source whose value counts: resource, principal, user, account, cost category, in this order
value: its value
loses: source that says otherwise
other_value: the value there
cost: cost of usage that carries both
currency$c$,
$q$
, spent AS MATERIALIZED (
    SELECT row_number() OVER () AS number, s.currency, s.tags, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 2, 3),
rule AS MATERIALIZED (
    SELECT DISTINCT ON (bedrock_internal.fold_name(r.tag_key)) bedrock_internal.fold_name(r.tag_key) AS folded, r.label
    FROM bedrock.label_rule AS r
    WHERE r.priority IS NOT NULL
    ORDER BY bedrock_internal.fold_name(r.tag_key), r.builtin, r.label),
written AS MATERIALIZED (
    SELECT k.key, k.tag_key, bedrock_internal.tag_source(k.key) AS source, r.label
    FROM (SELECT o.key, split_part(bedrock_internal.tag_identity(o.key), '/', 2) AS tag_key
          FROM (SELECT DISTINCT t.key FROM spent AS s CROSS JOIN LATERAL jsonb_object_keys(s.tags) AS t (key)) AS o)
        AS k
    LEFT JOIN rule AS r ON r.folded = k.tag_key
    WHERE bedrock_internal.tag_source(k.key) IS NOT NULL),
carried AS MATERIALIZED (
    SELECT s.number, s.currency, s.cost, w.tag_key, w.label, w.source, min(t.value COLLATE "C") AS value,
           array_position('{resource,principal,user,account,cost category}', w.source) AS place
    FROM spent AS s
    CROSS JOIN LATERAL jsonb_each_text(s.tags) AS t (key, value)
    JOIN written AS w ON w.key = t.key
    WHERE t.value <> ''
    GROUP BY 1, 2, 3, 4, 5, 6)
SELECT a.tag_key, a.source AS wins, a.value, b.source AS loses, b.value AS other_value, sum(a.cost) AS cost, a.currency
FROM carried AS a
JOIN carried AS b ON b.number = a.number AND b.tag_key = a.tag_key AND b.place > a.place
WHERE bedrock_internal.fold_name(coalesce(bedrock_internal.label_value(a.label, a.value), a.value))
      <> bedrock_internal.fold_name(coalesce(bedrock_internal.label_value(b.label, b.value), b.value))
  AND NOT EXISTS (SELECT FROM carried AS c
                  WHERE c.number = a.number AND c.tag_key = a.tag_key AND c.place < a.place)
GROUP BY a.tag_key, a.source, a.value, b.source, b.value, a.currency
ORDER BY a.currency, cost DESC, a.tag_key, loses, a.value, other_value
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
