-- SPDX-License-Identifier: PostgreSQL
-- What each client is to ask, as TSV: kind, relation, column, type, SQL, value (UTF-8 in hex), and what psql answers it
-- with. A column that is new is in it by itself, as the catalogs have it. Variable total: the condition by which a
-- superuser, who has no row security, selects what the persona sees.
--   read     every column of some rows
--   filter   column = parameter, and grouped by it; of jsonb and arrays, whose text a client compares, the text
--   total    the whole relation in one row
--   columns  names and COMMENTs of the columns, by the client's own way of asking
CREATE TEMP TABLE sample (relation text, condition text);
INSERT INTO sample VALUES
    ('spend', $$s.usage_date IN ('2026-08-01', '2026-08-10', '2026-09-10')$$), ('spend_monthly', $$s.billing_period = '2026-08-01'$$),
    ('bill_total', 'true'), ('question', 'true');
SELECT format('CREATE TEMP TABLE %1$I AS SELECT s.* FROM bedrock.%1$I AS s WHERE %2$s', relation, condition)
FROM sample \gexec

CREATE TEMP TABLE plan AS
SELECT row_number() OVER () AS step, p.*, p.sql AS psql
FROM (SELECT 'read' AS kind, m.relation, '-' AS name, '-' AS type,
             format('SELECT s.* FROM bedrock.%I AS s WHERE %s ORDER BY s::text COLLATE "C"', m.relation, m.condition)
                 AS sql, NULL::text AS value
      FROM sample AS m
      UNION ALL
      SELECT 'total', 'spend', '-', '-', 'SELECT count(*) AS n, sum(s.unblended_cost) AS cost FROM bedrock.spend AS s', NULL
      UNION ALL
      SELECT 'columns', m.relation, '-', '-', 'SELECT 1', NULL FROM sample AS m) AS p;

-- Which value is asked for: the most frequent one that the persona sees, else one of the type that nothing equals.
SELECT format($q$
    INSERT INTO plan
    SELECT (SELECT max(step) + 1 FROM plan), 'filter', %1$L, %2$L, %3$L, %4$L,
           coalesce((SELECT (mode() WITHIN GROUP (ORDER BY %5$s))::text FROM pg_temp.%1$I AS s), %6$L)$q$,
              m.relation, a.attname, t.type,
              format('SELECT %1$s AS value, count(*) AS n FROM bedrock.%2$I AS s WHERE %3$s AND %1$s = ? GROUP BY %1$s',
                     t.expression, m.relation, m.condition),
              t.expression,
              CASE t.type WHEN 'text' THEN 'none' WHEN 'date' THEN '1999-12-31' WHEN 'boolean' THEN 'false'
                          WHEN 'timestamp with time zone' THEN '1999-12-31 23:00:00+00' ELSE '-1' END)
FROM sample AS m
JOIN pg_attribute AS a ON a.attrelid = format('bedrock.%I', m.relation)::regclass AND a.attnum > 0
    AND NOT a.attisdropped
CROSS JOIN LATERAL format_type(a.atttypid, NULL) AS f (type)
CROSS JOIN LATERAL (SELECT f.type IN ('jsonb', 'text[]') AS by_text) AS b
CROSS JOIN LATERAL (SELECT CASE WHEN b.by_text THEN 'text' ELSE f.type END AS type,
                           format(CASE WHEN b.by_text THEN 's.%I::text' ELSE 's.%I' END, a.attname) AS expression) AS t
ORDER BY m.relation, a.attnum \gexec
UPDATE plan SET psql = replace(sql, '= ?', format('= %L', value)) WHERE kind = 'filter';
UPDATE plan AS p SET psql = format('SELECT a.attname, col_description(a.attrelid, a.attnum) FROM pg_attribute AS a
    WHERE a.attrelid = ''bedrock.%I''::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum', p.relation)
WHERE kind = 'columns';

\copy (SELECT kind, relation, name, type, sql, coalesce(encode(convert_to(value, 'UTF8'), 'hex'), '') FROM plan ORDER BY step) TO pstdout
\o :expected_sql
SELECT format(E'\\echo # %s %s %s\nCOPY (%s) TO STDOUT;', kind, relation, name, psql)
FROM plan ORDER BY step;
