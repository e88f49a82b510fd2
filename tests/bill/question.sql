-- SPDX-License-Identifier: PostgreSQL
-- Shows a question of the catalogue and the first rows of its answer: :id names it, :columns what of it is shown; with
-- :show_sql its SQL above.
SELECT rtrim(regexp_replace(question_id || ': ' || question, '(.{1,79})(?: +|$)', E'\\1\n      ', 'g'), E' \n') AS title, sql AS answer FROM bedrock.question WHERE question_id = :'id' AND builtin \gset
\echo :title
\if :show_sql
\echo :answer
\endif
SELECT :columns FROM (:answer) AS answer LIMIT 12;
SELECT count(*) > 12 AS is_cut, 'the first 12 of ' || count(*) || ' rows' AS cut FROM (:answer) AS answer \gset
\if :is_cut
\echo :cut
\echo
\endif
