-- SPDX-License-Identifier: PostgreSQL
-- Shows a question of the catalogue and the first rows of its answer: :id names it, :columns what of it is shown; with
-- :show_sql its SQL above.
SELECT question_id || ': ' || question AS title, sql AS answer FROM bedrock.question WHERE question_id = :'id' AND builtin \gset
\echo :title
\if :show_sql
\echo :answer
\endif
SELECT :columns FROM (:answer) AS answer LIMIT 12;
