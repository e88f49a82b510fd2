-- SPDX-License-Identifier: PostgreSQL
-- Finds a question by words and prints its answer. control/ask.sh says how psql prints, and sets words, params
-- (name=value, chr(31) between them), form (table, chart, csv, json, sql, list), role, width, rows (0: all), column,
-- block and hollow. Only shipped questions are run. What comes out of the database is a value, or goes through \gexec:
-- psql never reads it as input of its own.
\set SHOW_CONTEXT never
\set control '[\\x01-\\x08\\x0b-\\x1f\\x7f-\\x9f]'
SET client_min_messages = warning;
SET datestyle = 'ISO';
BEGIN READ ONLY;
SELECT :'role' <> '' AS is_as, :'form' = 'list' AS is_list, :'form' = 'sql' AS is_sql,
       :'form' IN ('csv', 'json') AS is_program, :'form' = 'chart' AS is_chart,
       :'column' <> '' AS is_column \gset
\if :is_as
SET LOCAL ROLE :"role";
\endif
SELECT count(*) = 0 AS is_bare FROM pg_catalog.pg_extension WHERE extname = 'bedrock_cost' \gset
\if :is_bare
\warn 'error: the database' :DBNAME 'has no extension bedrock_cost. Name another one with --database,'
\warn 'or let a superuser say there: CREATE EXTENSION bedrock_cost'
\quit
\endif

-- ---- the question ---------------------------------------------------------------------------------------------------

-- The best that is shipped, else the best; of two with one id the shipped one, which is what bedrock.answer runs.
WITH found AS MATERIALIZED (
    SELECT a.n, a.sql IS NOT NULL AS is_match, coalesce(a.note, '') AS note, a.args, q.*
    FROM bedrock.ask(:'words') WITH ORDINALITY AS a (question_id, question, sql, rank, args, note, n)
    CROSS JOIN LATERAL (SELECT * FROM bedrock.question AS s WHERE s.question_id = a.question_id
                        ORDER BY s.builtin DESC LIMIT 1) AS q)
SELECT b.question_id IS NULL AS is_missing, b.note <> '' AS is_noted, b.builtin OR :'is_sql' AS may_run, b.*, near.list
FROM (SELECT string_agg(format('  %s  %s', f.question_id, left(f.question, 70)), E'\n' ORDER BY f.n) AS list
      FROM found AS f) AS near
LEFT JOIN (SELECT * FROM found WHERE is_match ORDER BY builtin DESC, n LIMIT 1) AS b ON true \gset
\if :is_missing
\warn 'error: no question asks this:' :words
\if :{?list}
\warn 'Near ones, asked by their id (./run ask ID):'
\warn :list
\endif
\warn 'All of them: ./run ask --list'
\quit
\endif
\if :is_list
SELECT question_id, question FROM bedrock.ask(:'words');
\quit
\endif
\if :may_run
\else
\warn 'error: the question' :question_id 'is not a shipped one: somebody wrote it, and it is not run'
\warn 'Its SQL, to be read before you run it yourself: ./run ask' :question_id '--sql'
\quit
\endif
\if :is_noted
\warn 'note:' :note
\endif
SELECT :'args'::jsonb || coalesce(jsonb_object_agg(
           g.name, CASE :'parameters'::jsonb -> g.name ->> 'type'
                       WHEN 'text[]' THEN to_jsonb(string_to_array(g.value, ','))
                       WHEN 'jsonb' THEN g.value::jsonb
                       ELSE to_jsonb(g.value) END), '{}') AS args
FROM regexp_split_to_table(nullif(:'params', ''), E'\x1f') AS p (param)
CROSS JOIN LATERAL (SELECT split_part(p.param, '=', 1), substr(p.param, strpos(p.param, '=') + 1)) AS g (name, value)
\gset
-- As bedrock.ask has it, every digit exact.
SELECT coalesce(bedrock_internal.question_head(:'parameters', :'args') || substr(:'sql', strpos(:'sql', E'\n')), :'sql')
           AS exact \gset
\if :is_sql
SELECT regexp_replace(:'exact', :'control', '?', 'g');
\quit
\endif

-- ---- the answer -----------------------------------------------------------------------------------------------------

SELECT :'column' <> '' AND bool_and(c ->> 'name' <> :'column') AS is_unknown,
       string_agg(c ->> 'name', ', ') AS columns
FROM jsonb_array_elements(:'answer_columns') AS c \gset
\if :is_unknown
\warn 'error: --column: the answer has no column' :column
\warn 'It has these:' :columns
\quit
\endif
-- Each form runs this, as a wrong parameter is an error that says which there are.
SELECT bedrock_internal.answer_statement(:'question_id', :'args') AS rounded \gset
\if :is_program
SELECT CASE :'form' WHEN 'csv' THEN :'exact'
                    ELSE format(E'SELECT coalesce(json_agg(q), ''[]'') FROM (%s\n) AS q', :'exact') END \gexec
\quit
\endif
SELECT count(*) AS found, count(*) = 0 AS is_empty, :rows BETWEEN 1 AND count(*) - 1 AS is_part,
       coalesce(json_agg(a.r ORDER BY a.n) FILTER (WHERE :rows = 0 OR a.n <= :rows), '[]') AS answer
FROM bedrock.answer(:'question_id', :'args') WITH ORDINALITY AS a (r, n) \gset
-- Amounts are in cents already. Another number is shown with six digits, or two decimals, if that is more, and without
-- zeros that end every number of its column.
WITH cell AS MATERIALIZED (
    SELECT a.n, c.i, c.name, c.value, x.number,
           coalesce(greatest(5 - floor(log(abs(nullif(x.number, 0))))::integer, 2), 2) AS decimals
    FROM json_array_elements(:'answer') WITH ORDINALITY AS a (r, n)
    CROSS JOIN LATERAL json_each(a.r) WITH ORDINALITY AS c (name, value, i)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN json_typeof(c.value) = 'number' AND NOT :'answer_columns'::jsonb @> jsonb_build_array(
                             jsonb_build_object('name', c.name, 'unit', 'money'))
                        THEN (c.value #>> '{}')::numeric END) AS x (number)),
shown AS (
    SELECT c.n, c.i, c.name, c.value,
           round(c.number, least(c.decimals,
                                 max(min_scale(round(c.number, c.decimals))) OVER (PARTITION BY c.i))) AS number
    FROM cell AS c)
SELECT coalesce(json_agg(r.r ORDER BY r.n), '[]') AS answer
FROM (SELECT s.n, json_object_agg(s.name, coalesce(to_json(s.number), s.value) ORDER BY s.i) FROM shown AS s
      GROUP BY s.n) AS r (n, r) \gset
SELECT regexp_replace(
           regexp_replace(concat(:'question_id', ': ', :'question', E'\n', CASE WHEN NOT :'is_chart' THEN sql.text END),
                          format('(?n)(?=.{%s})(.{1,%s}) +', :width - 7, :width - 8), E'\\1\n        ', 'g'),
           :'control', '?', 'g') AS heading
FROM (SELECT string_to_array(:'exact', E'\n')) AS s (lines)
CROSS JOIN LATERAL (
    SELECT CASE WHEN cardinality(s.lines) <= 25 THEN format(E'\n%s\n', :'exact')
                ELSE format(E'\n%s\n... %s lines more: --sql prints them all\n', array_to_string(s.lines[:20], E'\n'),
                            cardinality(s.lines) - 20) END) AS sql (text) \gset
\if :is_empty
\echo :heading
\echo (0 rows)
SELECT coalesce(format('the bill has %s to %s', to_char(min(b.billing_period), 'YYYY-MM'),
                       to_char(max(b.billing_period), 'YYYY-MM')),
                'there is no bill, or none that you may see') AS months
FROM bedrock.bill AS b WHERE b.has_bedrock AND NOT b.superseded \gset
\echo :months
\quit
\endif
\if :is_chart
\ir ask_chart.sql
\if :is_empty
\if :is_column
\warn 'error: --column: the answer has no numbers in' :column
\else
\warn 'error: there is no number in the answer: leave out --chart'
\endif
\quit
\endif
\endif
\echo :heading
-- psql makes no column narrower than its head: one as wide as the numbers below it keeps them whole.
SELECT format('SELECT %s FROM json_array_elements(%L) WITH ORDINALITY AS a (r, n) ORDER BY a.n',
              string_agg(format(CASE WHEN c.is_number THEN '(a.r ->> %L)::numeric AS %I' ELSE 'a.r ->> %L AS %I' END,
                                c.name, rpad(c.name, greatest(length(c.name), c.least))), ', ' ORDER BY c.i), :'answer')
FROM (SELECT c.i, c.name, bool_and(json_typeof(c.value) IN ('number', 'null')) AS is_number,
             max(CASE json_typeof(c.value) WHEN 'number' THEN length(c.value #>> '{}')
                                           ELSE least(length(concat(c.value #>> '{}')), 14) END) AS least
      FROM json_array_elements(:'answer') AS a (r)
      CROSS JOIN LATERAL json_each(a.r) WITH ORDINALITY AS c (name, value, i)
      GROUP BY c.i, c.name) AS c \gexec
\if :is_part
\echo the first :rows of :found rows: --rows 0 prints all, --csv too
\endif
