-- SPDX-License-Identifier: PostgreSQL
-- Finds a question by words and prints its answer. control/ask.sh gives words, params (name=value, chr(31) between
-- them), form (table, chart, csv, json, sql, list), role, width, rows, column, and what lines and bars are drawn with.
-- The answer alone goes to standard output; #nothing on standard error: no question was found, and which are near.
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
SET datestyle = 'ISO';
BEGIN READ ONLY;
SELECT :'role' <> '' AS is_as, :'form' = 'list' AS is_list, :'form' = 'chart' AS is_chart, :'form' = 'csv' AS is_csv,
       :'form' = 'json' AS is_json, :'form' = 'sql' AS is_sql \gset
\if :is_as
SET LOCAL ROLE :"role";
\endif

-- ---- the question ---------------------------------------------------------------------------------------------------

SELECT count(a.sql) > 0 AS is_found, coalesce((array_agg(a.question_id))[1], '') AS question_id,
       coalesce(string_agg(format('  %s  %s', a.question_id, left(a.question, 70)), E'\n'), '') AS near,
       coalesce((array_agg(a.note))[1], '') AS note, coalesce((array_agg(a.args))[1], '{}') AS args
FROM bedrock.ask(:'words') AS a \gset
\if :is_found
\else
\warn '#nothing'
\warn :near
\quit
\endif
\if :is_list
SELECT format('SELECT question_id, question FROM bedrock.ask(%L)', :'words') AS exact,
       format('SELECT question_id, question FROM bedrock.ask(%L)', :'words') AS rounded, '[]' AS answer_columns,
       '' AS note, '' AS title \gset
\else
-- Of two with one id, the user's.
SELECT q.question, q.builtin, q.answer_columns, q.sql, q.parameters, :'args'::jsonb || coalesce((
           SELECT jsonb_object_agg(g.name, CASE q.parameters -> g.name ->> 'type'
                                               WHEN 'text[]' THEN to_jsonb(string_to_array(g.value, ','))
                                               WHEN 'jsonb' THEN g.value::jsonb ELSE to_jsonb(g.value) END)
           FROM regexp_split_to_table(nullif(:'params', ''), E'\x1f') AS p (param)
           CROSS JOIN LATERAL (SELECT split_part(p.param, '=', 1), substr(p.param, strpos(p.param, '=') + 1))
               AS g (name, value)), '{}') AS args
FROM bedrock.question AS q WHERE q.question_id = :'question_id' ORDER BY q.builtin LIMIT 1 \gset
-- A wrong parameter is an error that says which there are.
SELECT rtrim(regexp_replace(:'question_id' || ': ' || :'question', format('(.{1,%s})(?: +|$)', :width - 1),
                            E'\\1\n      ', 'g'), E' \n') AS title,
       coalesce(bedrock_internal.question_head(:'parameters', :'args') || substr(:'sql', strpos(:'sql', E'\n')), :'sql')
           AS exact,
       CASE WHEN :'builtin' THEN bedrock_internal.answer_statement(:'question_id', :'args') ELSE :'sql' END
           AS rounded \gset
\endif
-- Only the answer goes to standard output.
SELECT :'note' <> '' AS is_noted, :'note' <> '' AND :'form' IN ('csv', 'json', 'sql') AS is_warned \gset
\if :is_warned
\warn :note
\endif
\if :is_sql
\echo :exact
\quit
\endif

-- ---- for programs: exact ------------------------------------------------------------------------------------------

\if :is_csv
\pset format csv
\pset tuples_only off
:exact
;
\quit
\endif
\if :is_json
SELECT coalesce(json_agg(q), '[]') FROM (:exact
) AS q;
\quit
\endif

-- ---- for people -----------------------------------------------------------------------------------------------

\if :is_list
\else
\echo :title
\if :is_noted
\echo :note
\endif
\if :is_chart
\else
\echo
SELECT rtrim(regexp_replace(l.line, format(E'(.{1,%1$s})(?: +|$)|(\\S{%1$s})', :width - 8),
                            E'    \\1\\2\n    ', 'g'), E' \n')
FROM regexp_split_to_table(:'exact', E'\n') AS l (line);
\endif
\echo
\endif
\if :is_chart
-- Bars of one column: in each currency, or unit, on a scale of its own.
WITH answer AS MATERIALIZED (
    SELECT row_number() OVER () AS n, row_to_json(q) AS r FROM (:rounded
    ) AS q),
cell AS MATERIALIZED (
    SELECT a.n, c.i, c.name, c.value #>> '{}' AS text, json_typeof(c.value) AS type
    FROM answer AS a CROSS JOIN LATERAL json_each(a.r) WITH ORDINALITY AS c (name, value, i)),
col AS MATERIALIZED (
    SELECT c.i, c.name, bool_or(c.type = 'number') AND bool_and(c.type IN ('number', 'null')) AS is_number,
           EXISTS (SELECT FROM jsonb_array_elements(:'answer_columns') AS m
                   WHERE m ->> 'name' = c.name AND m ->> 'unit' = 'money') AS is_money
    FROM cell AS c GROUP BY c.i, c.name),
-- Amounts before other numbers; a rank is none.
bar AS MATERIALIZED (
    SELECT c.i, c.name, c.is_money FROM col AS c
    WHERE CASE WHEN :'column' = '' THEN c.is_number AND c.name <> 'rank' ELSE c.name = :'column' AND c.is_number END
    ORDER BY c.is_money DESC, c.i LIMIT 1),
label AS MATERIALIZED (
    SELECT c.i FROM col AS c, bar AS b
    WHERE NOT c.is_number AND c.name <> ALL ('{currency,unit}')
      AND (c.i < b.i OR NOT EXISTS (SELECT FROM col AS o
                                    WHERE o.i < b.i AND NOT o.is_number AND o.name <> ALL ('{currency,unit}')))
    ORDER BY c.i LIMIT 3),
point AS MATERIALIZED (
    SELECT a.n, v.text::numeric AS amount, coalesce(v.text, 'unknown') AS value,
           CASE WHEN b.is_money THEN coalesce((SELECT u.text FROM cell AS u WHERE u.n = a.n AND u.name = 'currency'),
                                              '(no currency)')
                ELSE coalesce((SELECT u.text FROM cell AS u WHERE u.n = a.n AND u.name = 'unit'), '') END AS unit,
           regexp_replace((SELECT string_agg(coalesce(l.text, '-'), ', ' ORDER BY l.i)
                           FROM cell AS l JOIN label AS o ON o.i = l.i WHERE l.n = a.n), '[[:cntrl:]]', '?', 'g')
               AS label
    FROM answer AS a CROSS JOIN bar AS b JOIN cell AS v ON v.n = a.n AND v.i = b.i
    WHERE :rows = 0 OR a.n <= :rows),
size AS MATERIALIZED (
    SELECT m.label, m.value, greatest(:width - m.label - m.value - 3, 8) AS bars
    FROM (SELECT least(max(length(coalesce(p.label, ''))), :width * 2 / 5) AS label, max(length(p.value)) AS value
          FROM point AS p) AS m),
scale AS MATERIALIZED (
    SELECT p.unit, greatest(-min(p.amount), 0) AS below, greatest(max(p.amount), 0) AS above
    FROM point AS p GROUP BY p.unit),
drawn AS (
    SELECT p.*, s.label AS label_size, s.value AS value_size, z.zero,
           CASE WHEN p.amount IS NULL OR p.amount = 0 THEN 0
                WHEN p.amount > 0 THEN greatest(round((s.bars - z.zero) * p.amount / c.above), 1)
                ELSE greatest(round(z.zero * -p.amount / c.below), 1) END::integer AS bars
    FROM point AS p CROSS JOIN size AS s JOIN scale AS c ON c.unit = p.unit
    CROSS JOIN LATERAL (SELECT CASE WHEN c.below = 0 THEN 0
                                    ELSE greatest(least(round(s.bars * c.below / (c.below + c.above)),
                                                        s.bars - CASE WHEN c.above > 0 THEN 1 ELSE 0 END), 1)
                               END::integer AS zero) AS z),
line AS (
    SELECT u.unit, 0 AS n, concat_ws(', ', b.name, nullif(u.unit, '')) AS line
    FROM (SELECT DISTINCT p.unit FROM point AS p) AS u CROSS JOIN bar AS b
    UNION ALL
    SELECT d.unit, d.n,
           rtrim(concat(rpad(CASE WHEN length(d.label) > d.label_size
                                      THEN left(d.label, d.label_size - length(:'cut')) || :'cut'
                                  ELSE coalesce(d.label, '') END, d.label_size), ' ', lpad(d.value, d.value_size), ' ',
                        CASE WHEN d.amount < 0 THEN lpad(repeat(:'block', d.bars), d.zero)
                             ELSE repeat(' ', d.zero) || repeat(:'block', d.bars) END))
    FROM drawn AS d)
SELECT l.line FROM (
    SELECT l.unit, l.n, l.line, 0 AS part FROM line AS l
    UNION ALL
    SELECT '', 0, 'The answer has no rows.', 1 FROM answer AS a HAVING count(*) = 0
    UNION ALL
    SELECT '', 0, CASE WHEN :'column' = '' THEN 'The answer has no numbers: leave out --chart.'
                       ELSE format('The answer has no numbers in a column %s: leave out --column.', :'column') END, 1
    WHERE NOT EXISTS (SELECT FROM bar AS b) AND EXISTS (SELECT FROM answer AS a)
    UNION ALL
    SELECT '', 0, format('the first %s of %s rows: --rows 0 draws all', :rows, count(*)), 1
    FROM answer AS a HAVING :rows BETWEEN 1 AND count(*) - 1
    UNION ALL
    SELECT '', 0, 'labels are cut: without --chart they are whole', 1 FROM drawn AS d
    HAVING bool_or(length(d.label) > d.label_size)) AS l
ORDER BY l.part, l.unit, l.n;
\quit
\endif

-- A table where each value fits in a few lines of its column, else a record for each row.
WITH answer AS MATERIALIZED (
    SELECT row_number() OVER () AS n, row_to_json(q) AS r FROM (:rounded
    ) AS q),
cell AS MATERIALIZED (
    SELECT a.n, c.i, c.name, json_typeof(c.value) AS type,
           CASE WHEN json_typeof(c.value) <> 'null'
                    THEN regexp_replace(replace(c.value #>> '{}', E'\t', '    '), E'[\x01-\x09\x0b-\x1f\x7f]', '?', 'g')
                WHEN EXISTS (SELECT FROM jsonb_array_elements(:'answer_columns') AS m
                             WHERE m ->> 'name' = c.name AND m ->> 'unit' = 'money') THEN 'unknown'
                ELSE '' END AS text
    FROM answer AS a CROSS JOIN LATERAL json_each(a.r) WITH ORDINALITY AS c (name, value, i)
    WHERE :rows = 0 OR a.n <= :rows),
-- One currency is said once, below the table.
currency AS MATERIALIZED (
    SELECT min(c.text) AS name FROM cell AS c
    WHERE c.name = 'currency' HAVING count(DISTINCT c.text) = 1 AND min(c.text) <> ''),
col AS MATERIALIZED (
    SELECT c.i, c.name, bool_or(c.type = 'number') AND bool_and(c.type IN ('number', 'null')) AS is_number,
           max(v.wide) AS wide, max(h.wide) AS head
    FROM cell AS c
    CROSS JOIN LATERAL (SELECT max(length(l.l)) FROM regexp_split_to_table(c.text, E'\n') AS l (l)) AS v (wide)
    CROSS JOIN LATERAL (SELECT max(length(l.l)) FROM regexp_split_to_table(c.name, '(?<=[_ ])') AS l (l)) AS h (wide)
    WHERE c.name <> 'currency' OR NOT EXISTS (SELECT FROM currency AS u)
    GROUP BY c.i, c.name),
-- The widest that a column of text may be, so that they all fit; a number is never broken.
most AS MATERIALIZED (
    SELECT max(s.n) AS n FROM generate_series(10, :width) AS s (n)
    WHERE (SELECT sum(greatest(c.head, least(greatest(c.wide, length(c.name)),
                                             CASE WHEN c.is_number THEN c.wide ELSE s.n END))) + 3 * count(*)
           FROM col AS c) < :width),
slot AS MATERIALIZED (
    SELECT c.*, greatest(c.head, least(greatest(c.wide, length(c.name)),
                                       CASE WHEN c.is_number THEN c.wide ELSE m.n END)) AS size
    FROM col AS c CROSS JOIN most AS m),
shape AS MATERIALIZED (
    SELECT (SELECT m.n FROM most AS m) IS NOT NULL
           AND max((SELECT max(length(c.text)) FROM cell AS c WHERE c.i = s.i) / s.size) < 8 AS is_table,
           max(length(s.name)) AS names
    FROM slot AS s),
piece AS MATERIALIZED (
    SELECT t.n, t.i, l.k, l.part
    FROM (SELECT c.n, c.i, c.text, CASE WHEN h.is_table THEN s.size ELSE greatest(:width - h.names - 7, 20) END AS size
          FROM cell AS c JOIN slot AS s ON s.i = c.i CROSS JOIN shape AS h
          UNION ALL
          SELECT 0, s.i, s.name, s.size FROM slot AS s CROSS JOIN shape AS h WHERE h.is_table) AS t
    CROSS JOIN LATERAL regexp_split_to_table(
        rtrim(regexp_replace(t.text,
                       CASE WHEN t.n = 0 THEN format('(.{1,%s})(?<=_)(?!$)', t.size)
                            ELSE format('(?:([^\n]{1,%1$s})(?: +(?!$|\n)|(?=\n)|$)|([^\n]{0,%2$s}[/:,_-])(?!$|\n)'
                                        '|([^\n /:,_-]{%1$s})(?!$|\n))', t.size, t.size - 1) END,
                       E'\\1\\2\\3\n', 'g'), E'\n'), E'\n') WITH ORDINALITY AS l (part, k)),
table_line AS (
    SELECT g.n, g.k, concat(:'bar', ' ', string_agg(CASE WHEN s.is_number THEN lpad(coalesce(p.part, ''), s.size)
                                                         ELSE rpad(coalesce(p.part, ''), s.size) END,
                                                    concat(' ', :'bar', ' ') ORDER BY s.i), ' ', :'bar') AS line
    FROM (SELECT DISTINCT p.n, p.k FROM piece AS p) AS g
    CROSS JOIN slot AS s
    LEFT JOIN piece AS p ON p.n = g.n AND p.k = g.k AND p.i = s.i
    GROUP BY g.n, g.k),
rule AS (
    SELECT string_agg(repeat(:'dash', s.size + 2), :'cross' ORDER BY s.i) AS line FROM slot AS s)
SELECT l.line
FROM (SELECT t.n, 0 AS i, t.k, t.line FROM table_line AS t, shape AS h WHERE h.is_table
      UNION ALL
      SELECT 0, 0, e.k, concat(e.b, replace(r.line, :'cross', e.m), e.e)
      FROM rule AS r, shape AS h,
           (VALUES (-1, :'top_left', :'top', :'top_right'), (999999, :'left', :'cross', :'right')) AS e (k, b, m, e)
      WHERE h.is_table
      UNION ALL
      SELECT 9999999999, 0, 0, concat(:'low_left', replace(r.line, :'cross', :'low'), :'low_right')
      FROM rule AS r, shape AS h WHERE h.is_table
      UNION ALL
      SELECT p.n, p.i, p.k,
             rtrim(concat(rpad(CASE WHEN p.k = 1 THEN s.name ELSE '' END, h.names), ' ', :'bar', ' ', p.part))
      FROM piece AS p JOIN slot AS s ON s.i = p.i CROSS JOIN shape AS h WHERE NOT h.is_table
      UNION ALL
      SELECT DISTINCT c.n, 0, 0, rpad(format('%s%s row %s ', :'dash', :'dash', c.n), :width - 1, :'dash')
      FROM cell AS c, shape AS h WHERE NOT h.is_table
      UNION ALL
      SELECT 9999999999, 1, -1, 'currency: ' || u.name FROM currency AS u
      UNION ALL
      SELECT 9999999999, 1, 0, 'The answer has no rows.' FROM answer AS a HAVING count(*) = 0
      UNION ALL
      SELECT 9999999999, 1, 0, format('the first %s of %s rows: --rows 0 prints all, --csv too', :rows, count(*))
      FROM answer AS a HAVING :rows BETWEEN 1 AND count(*) - 1) AS l
ORDER BY l.n, l.i, l.k;
