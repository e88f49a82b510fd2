-- How alike two names are, without an extension: by whole words, so that "search" is not found in "research".

CREATE OR REPLACE FUNCTION bedrock_internal.name_words(name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(array_agg(w.word ORDER BY w.place), '{}')
    FROM regexp_split_to_table(lower(regexp_replace(name, '([[:lower:][:digit:]])([[:upper:]])', E'\\1 \\2', 'g')),
                               '[^[:alnum:]]+') WITH ORDINALITY AS w (word, place)
    WHERE w.word <> '';
END;
COMMENT ON FUNCTION bedrock_internal.name_words(text) IS
    'words of a name, in lower case: FinOps_portal-2 has fin, ops, portal, 2; {}: none, also for NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.name_runs(name text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
    SELECT DISTINCT array_to_string(w.words[b.first_word:e.last_word], '')
    FROM (SELECT (bedrock_internal.name_words(name))[:12] AS words) AS w
    CROSS JOIN LATERAL generate_series(1, cardinality(w.words)) AS b (first_word)
    CROSS JOIN LATERAL generate_series(b.first_word, cardinality(w.words)) AS e (last_word);
END;
COMMENT ON FUNCTION bedrock_internal.name_runs(text) IS
    'words of a name, and neighbouring words written together, of the first twelve: hr-portal has hr, portal, hrportal';
