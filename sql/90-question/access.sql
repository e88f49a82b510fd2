-- Questions K: who may see what, what ran, and what there is to ask.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Access, operations, psql', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q141', 'What may I see?', 'All', 'essential', '', 'scope access rights permissions my role visible',
$c$role: the role that asks
persona: group roles it is a member of; NULL: none
scope: all, manage, load, or workload, element, account and which; NULL: none, it sees nothing
rows_visible: lines of the bill that it sees by all its scopes together
workloads: how many workloads it sees; (unclaimed) counts as one
accounts: how many usage accounts$c$,
$q$
SELECT s.role_name AS role, s.personas AS persona, concat_ws(' ', s.scope_kind, nullif(s.value, '')) AS scope,
       s.lines AS rows_visible, s.workloads, s.accounts
FROM bedrock.my_scope() AS s
ORDER BY scope
$q$),

('Q142', 'Does each persona see only its scope, in psql and in the BI tool?', 'DBA', 'essential', '',
'row security rls test persona leak scope check',
$c$persona: the role that asks; SET ROLE to another one and ask again, here or in the BI tool: it is one rule
object: what is counted, and where
visible: lines, workloads or accounts that the object shows it
expected: how many its scope has
ok: whether they are the same$c$,
$q$
WITH own AS MATERIALIZED (
    SELECT DISTINCT s.role_name, s.lines, s.workloads, s.accounts FROM bedrock.my_scope() AS s),
seen AS (
    SELECT 1 AS place, 'lines of bedrock.spend' AS object, coalesce(sum(s.lines), 0)::bigint AS visible
    FROM bedrock.spend AS s
    UNION ALL
    SELECT 2, 'lines of bedrock.spend_monthly', coalesce(sum(s.lines), 0)::bigint FROM bedrock.spend_monthly AS s
    UNION ALL
    SELECT 3, 'workloads of bedrock.spend_monthly', count(DISTINCT s.workload) FROM bedrock.spend_monthly AS s
    UNION ALL
    SELECT 4, 'accounts of bedrock.spend_monthly', count(DISTINCT s.account_id) FROM bedrock.spend_monthly AS s)
SELECT o.role_name AS persona, n.object, n.visible, e.expected, n.visible = e.expected AS ok
FROM own AS o
CROSS JOIN seen AS n
CROSS JOIN LATERAL (SELECT CASE n.place WHEN 3 THEN o.workloads WHEN 4 THEN o.accounts ELSE o.lines END AS expected)
    AS e
ORDER BY n.place
$q$),

('Q143', 'When did the rollups run, how long, what is stale?', 'DBA', 'essential',
$p$stale_after integer = 48: hours after which a month that is not final is stale$p$,
'refresh rollup schedule last run duration stale',
$c$rollup: source
period
last_run: when bedrock.refresh or a load last read it
duration: seconds that took; NULL: not in the log
rows: lines read then, Bedrock or not; NULL: not in the log
is_final
stale: whether it is not final and older than stale_after$c$,
$q$
SELECT p.source AS rollup, p.billing_period AS period, max(p.refreshed_at) AS last_run, l.seconds AS duration,
       l.lines AS rows, bool_and(p.is_final) AS is_final,
       bool_or(NOT p.is_final AND p.refreshed_at < now() - make_interval(hours => (SELECT stale_after FROM arg)))
           AS stale
FROM bedrock.bill_period AS p
LEFT JOIN LATERAL (
    SELECT g.seconds, g.lines FROM bedrock.load_log AS g
    WHERE g.source = p.source AND g.billing_period = p.billing_period
      AND g.payer_account_id IS NOT DISTINCT FROM p.payer_account_id AND g.lines IS NOT NULL
    ORDER BY g.load_id DESC LIMIT 1) AS l ON true
GROUP BY p.source, p.payer_account_id, p.billing_period, l.seconds, l.lines
ORDER BY stale DESC, period DESC, rollup
$q$),

('Q144', 'What did this load bring?', 'DBA', 'common',
$p$loads integer = 50: how many of the last loads$p$, 'load log batch delivery replaced imported',
$c$batch: number of the load, the newest first
at: when it ended
source
file: manifest, directory or file; NULL: an attached relation
format: cur2, legacy or focus
period: NULL: failed, or unchanged
action: loaded, replaced, restated, removed, failed, unchanged
rows: lines read, Bedrock or not
cost: unblended cost of all lines (FOCUS: net), in currency; NULL: the bill of the period has several
cost_before: the same before the replacement; NULL: the period was new, or as cost
replaced_rows: lines of the load before; NULL: the period was new
unknowns: distinct combinations of the period that bedrock.unrecognized lists
message: why it failed; NULL: it did not
currency: of the bill of that period; NULL: not stated, several, or there is no bill of it now$c$,
$q$
, numbered AS (
    SELECT l.load_id, l.at, l.source, l.payer_account_id, l.file, l.format, l.billing_period, l.action, l.lines, l.cost,
           l.cost_before, l.unrecognized, l.message,
           CASE WHEN l.cost_before IS NOT NULL THEN
               lag(l.lines) OVER (PARTITION BY l.source, l.payer_account_id, l.billing_period ORDER BY l.load_id) END
               AS replaced
    FROM bedrock.load_log AS l)
SELECT n.load_id AS batch, n.at, n.source, n.file, n.format, n.billing_period AS period, n.action, n.lines AS rows,
       CASE WHEN c.currencies <= 1 THEN n.cost END AS cost,
       CASE WHEN c.currencies <= 1 THEN n.cost_before END AS cost_before, n.replaced AS replaced_rows,
       n.unrecognized AS unknowns, n.message, CASE WHEN c.currencies = 1 THEN c.currency END AS currency
FROM numbered AS n
CROSS JOIN LATERAL (SELECT count(DISTINCT coalesce(b.currency, '')) AS currencies, min(b.currency) AS currency
                    FROM bedrock.bill_total AS b
                    WHERE b.source = n.source AND b.payer_account_id = n.payer_account_id
                      AND b.billing_period = n.billing_period) AS c
ORDER BY n.load_id DESC
LIMIT (SELECT loads FROM arg)
$q$),

('Q145', 'Is everything all right after a restore or an upgrade?', 'DBA', 'advanced', '',
'restore upgrade dump health self test verify',
$c$check: what was looked at
ok: NULL: not yours to see, or not known
detail: what was found$c$,
$q$
WITH said AS (
    SELECT 1 AS place, 'version' AS name, e.extversion = a.default_version AS ok,
           format('installed %s, on this server %s', e.extversion, coalesce(a.default_version, 'not known')) AS detail
    FROM pg_extension AS e
    LEFT JOIN pg_available_extensions AS a ON a.name = e.extname
    WHERE e.extname = 'bedrock_cost'
    UNION ALL
    SELECT 2, 'months sum to days', m.cost IS NOT DISTINCT FROM d.cost AND m.lines IS NOT DISTINCT FROM d.lines,
           format('%s lines by month, %s by day', coalesce(m.lines, 0), coalesce(d.lines, 0))
    FROM (SELECT sum(s.ai_cost) AS cost, sum(s.lines) AS lines FROM bedrock.spend_monthly AS s) AS m
    CROSS JOIN (SELECT sum(s.ai_cost) AS cost, sum(s.lines) AS lines FROM bedrock.spend AS s) AS d
    UNION ALL
    SELECT 3, 'spend is the bill', CASE WHEN b.lines IS NOT NULL THEN b.lines = m.lines END,
           format('%s lines in spend, %s on the bill', coalesce(m.lines, 0), coalesce(b.lines, 0))
    FROM (SELECT sum(s.lines) AS lines FROM bedrock.spend_monthly AS s) AS m
    CROSS JOIN (SELECT sum(t.bedrock_lines) AS lines FROM bedrock.bill_total AS t WHERE NOT t.superseded) AS b
    UNION ALL
    SELECT 4, 'row security', bool_and(c.relrowsecurity), format('%s tables have policies', count(*))
    FROM (SELECT DISTINCT p.polrelid FROM pg_policy AS p) AS p
    JOIN pg_class AS c ON c.oid = p.polrelid AND c.relnamespace = 'bedrock'::regnamespace
    UNION ALL
    SELECT 5, 'statements', coalesce(bool_and(v.ok), true), format('%s posted', count(*))
    FROM bedrock.verify_statement() AS v
    UNION ALL
    SELECT 6, 'doctor', count(*) FILTER (WHERE d.status = 'error') = 0,
           coalesce(string_agg(d."check" || ': ' || d.detail, ', ' ORDER BY d."check", d.detail)
                    FILTER (WHERE d.status = 'error'), 'no errors')
    FROM bedrock.doctor() AS d)
SELECT s.name AS "check", s.ok, s.detail FROM said AS s ORDER BY s.place
$q$),

('Q146', 'Which objects are there and what do they mean?', 'BI analyst', 'common', '',
'objects views functions catalog dictionary comment',
$c$object: name with its schema; of a function with the types of its arguments
kind: table, view, function, procedure, type
comment: what it means$c$,
$q$
WITH member AS (
    SELECT d.classid, d.objid
    FROM pg_depend AS d
    JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    WHERE e.extname = 'bedrock_cost' AND d.deptype = 'e')
SELECT o.object, o.kind, o.comment
FROM (SELECT format('%I.%I', n.nspname, c.relname) AS object,
             CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind, obj_description(c.oid, 'pg_class') AS comment
      FROM member AS m
      JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'p', 'v')
      JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname <> 'bedrock_internal'
      UNION ALL
      SELECT format('%I.%I(%s)', n.nspname, p.proname,
                    (SELECT string_agg(regexp_replace(t.typname, '^_(.*)$', E'\\1[]'), ', ' ORDER BY a.place)
                     FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)
                     JOIN pg_type AS t ON t.oid = a.type)),
             CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, obj_description(p.oid, 'pg_proc')
      FROM member AS m
      JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
      JOIN pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname <> 'bedrock_internal'
      UNION ALL
      SELECT format('%I.%I', n.nspname, t.typname), 'type', obj_description(t.oid, 'pg_type')
      FROM member AS m
      JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid AND t.typrelid = 0 AND t.typelem = 0
      JOIN pg_namespace AS n ON n.oid = t.typnamespace AND n.nspname <> 'bedrock_internal') AS o
ORDER BY o.kind, o.object
$q$),

('Q147', 'Which questions can I ask?', 'All', 'essential', '', 'catalogue list questions help',
$c$id: as bedrock.answer takes it
question: in the words of its asker
persona: who asks
section: subject
columns: columns of the answer, separated by ", "
sql: one SELECT, ready to run$c$,
$q$
SELECT q.question_id AS id, q.question, q.persona, q.section,
       (SELECT string_agg(c ->> 'name', ', ' ORDER BY n)
        FROM jsonb_array_elements(q.answer_columns) WITH ORDINALITY AS x (c, n)) AS columns, q.sql
FROM (SELECT DISTINCT ON (b.question_id) b.* FROM bedrock.question AS b ORDER BY b.question_id, b.builtin) AS q
ORDER BY id
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
