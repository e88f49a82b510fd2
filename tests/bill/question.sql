-- SPDX-License-Identifier: PostgreSQL
-- Shows a question of the catalogue, its SQL and the first rows of its answer; :id names it.
SELECT question_id || ': ' || question AS title, sql AS answer FROM bedrock.question WHERE question_id = :'id' AND builtin \gset
\echo
\echo '====' :title '===='
\echo :answer
SELECT * FROM (:answer) AS answer LIMIT 12;
