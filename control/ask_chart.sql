-- SPDX-License-Identifier: PostgreSQL
-- Makes of an answer, for ask.sql, one that has a bar in each row: the text before the first amount, else before the
-- first number, that amount, and its bar. Each currency, or unit, has a scale of its own.
WITH cell AS MATERIALIZED (
    SELECT a.n, c.i, c.name, c.value #>> '{}' AS text, json_typeof(c.value) AS type
    FROM json_array_elements(:'answer') WITH ORDINALITY AS a (r, n)
    CROSS JOIN LATERAL json_each(a.r) WITH ORDINALITY AS c (name, value, i)),
drawn AS (
    SELECT c.i, c.name FROM cell AS c
    WHERE c.type = 'number' AND CASE WHEN :'column' = '' THEN c.name <> 'rank' ELSE c.name = :'column' END
    ORDER BY :'answer_columns'::jsonb @> jsonb_build_array(jsonb_build_object('name', c.name, 'unit', 'money')) DESC,
             c.i LIMIT 1),
point AS (
    SELECT c.n, d.name, (min(c.text) FILTER (WHERE c.i = d.i))::numeric AS amount,
           string_agg(c.text, ', ' ORDER BY c.i) FILTER (WHERE c.name IN ('currency', 'unit')) AS unit,
           string_agg(c.text, ', ' ORDER BY c.i)
               FILTER (WHERE c.type = 'string' AND c.i < d.i OR c.name IN ('currency', 'unit')) AS label
    FROM cell AS c CROSS JOIN drawn AS d GROUP BY c.n, d.name),
scaled AS (
    SELECT p.*, p.amount / nullif(max(abs(p.amount)) OVER (PARTITION BY p.unit), 0) AS share,
           greatest(:width - 10 - least(max(greatest(length(p.label), 5)) OVER (), :width / 2)
                    - max(greatest(length(p.amount::text), length(p.name))) OVER (), 10) AS room
    FROM point AS p)
SELECT count(*) = 0 AS is_empty,
       json_agg(json_build_object('label', s.label, s.name, s.amount, rpad('bar', s.room),
                                  repeat(CASE WHEN s.share < 0 THEN :'hollow' ELSE :'block' END,
                                         coalesce(ceil(s.room * abs(s.share)), 0)::integer)) ORDER BY s.n) AS answer
FROM scaled AS s \gset
