-- SPDX-License-Identifier: PostgreSQL
-- Compares every answer with what is expected; lists what differs.
SET client_min_messages = warning;
CREATE TABLE wrong (question_id text, what text, detail text);

-- Answers round money to cents.
CREATE FUNCTION cents(line jsonb, money text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
SELECT jsonb_object_agg(f.key, CASE WHEN f.key = ANY (money) AND jsonb_typeof(f.value) = 'number'
                                    THEN to_jsonb(round(f.value::numeric, 2)) ELSE f.value END)
FROM jsonb_each(line) f $$;

CREATE PROCEDURE compare(expectation expected) LANGUAGE plpgsql AS $$
DECLARE
    question bedrock.question;
    sql text;
    want text[];
    have text[];
    money text[];
    began timestamptz;
BEGIN
    SELECT * INTO question FROM bedrock.question q WHERE q.question_id = expectation.question_id AND q.builtin;
    IF NOT FOUND THEN
        INSERT INTO wrong VALUES (expectation.question_id, 'expected, but not shipped', NULL);
        RETURN;
    END IF;
    DROP TABLE IF EXISTS pg_temp.expecting, pg_temp.asked, pg_temp.answered;
    EXECUTE 'CREATE TEMP TABLE expecting AS ' || expectation.sql;
    EXECUTE 'CREATE TEMP TABLE answered AS SELECT a::jsonb AS row FROM bedrock.answer($1, $2) a' USING expectation.question_id, expectation.args;
    SELECT array_agg(attname::text ORDER BY attnum) INTO want FROM pg_attribute WHERE attrelid = 'pg_temp.expecting'::regclass AND attnum > 0;
    SELECT array_agg(c ->> 'name' ORDER BY n) INTO have FROM jsonb_array_elements(question.answer_columns) WITH ORDINALITY x (c, n);
    SELECT coalesce(array_agg(c ->> 'name'), '{}') INTO money FROM jsonb_array_elements(question.answer_columns) c WHERE c ->> 'unit' = 'money';
    IF NOT want <@ have THEN
        INSERT INTO wrong VALUES (expectation.question_id, 'columns expected and not there', (SELECT string_agg(c, ', ') FROM unnest(want) c WHERE c <> ALL (have)));
    END IF;
    IF (SELECT count(*) FROM expecting) = 0 AND NOT expectation.subset THEN
        INSERT INTO wrong VALUES (expectation.question_id, 'nothing expected: no test', expectation.args::text);
    END IF;

    INSERT INTO wrong
    SELECT expectation.question_id, d.what || ' ' || expectation.args::text, d.row::text
    FROM (SELECT 'expected, not answered' AS what, row FROM (SELECT cents(to_jsonb(e), money) AS row FROM expecting e
          EXCEPT ALL SELECT (SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(a.row) f WHERE f.key = ANY (want)) FROM answered a) x
          UNION ALL
          SELECT 'answered, not expected', row FROM (SELECT (SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(a.row) f WHERE f.key = ANY (want)) AS row FROM answered a
          EXCEPT ALL SELECT cents(to_jsonb(e), money) FROM expecting e) y WHERE NOT expectation.subset) d
    LIMIT 6;

    -- The text bedrock.ask shows gives the same, in the columns and the order of answer_columns.
    IF expectation.args = '{}' THEN
        SELECT a.sql INTO STRICT sql FROM bedrock.ask(expectation.question_id) a;
        began := clock_timestamp();
        EXECUTE 'CREATE TEMP TABLE asked AS ' || sql;
        IF clock_timestamp() - began > interval '2 s' THEN
            INSERT INTO wrong VALUES (expectation.question_id, 'slow', (clock_timestamp() - began)::text);
        END IF;
        IF (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'pg_temp.asked'::regclass AND attnum > 0) <> have THEN
            INSERT INTO wrong VALUES (expectation.question_id, 'columns are not answer_columns', have::text);
        END IF;
        IF EXISTS (SELECT cents(to_jsonb(a), money) - 'age' FROM asked a EXCEPT ALL SELECT row - 'age' FROM answered) OR EXISTS (SELECT row - 'age' FROM answered EXCEPT ALL SELECT cents(to_jsonb(a), money) - 'age' FROM asked a) THEN
            INSERT INTO wrong VALUES (expectation.question_id, 'ask and answer differ', NULL);
        END IF;
        INSERT INTO wrong
        SELECT expectation.question_id, 'a type that is none of a report''s', attname || ' ' || format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = 'pg_temp.asked'::regclass AND attnum > 0
          AND atttypid NOT IN ('text'::regtype, 'numeric'::regtype, 'bigint'::regtype, 'integer'::regtype, 'boolean'::regtype, 'date'::regtype, 'timestamptz'::regtype, 'jsonb'::regtype);
    END IF;
END
$$;

DO $$
DECLARE
    e expected;
BEGIN
    FOR e IN SELECT * FROM expected ORDER BY question_id, args LOOP
        BEGIN
            CALL compare(e);
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO wrong VALUES (e.question_id, 'failed: ' || sqlerrm, e.args::text);
        END;
    END LOOP;
END
$$;

-- Every shipped question has a test, and every column a meaning.
INSERT INTO wrong SELECT q.question_id, 'no test', q.question FROM bedrock.question q WHERE q.builtin AND NOT EXISTS (SELECT FROM expected e WHERE e.question_id = q.question_id AND e.args = '{}');
INSERT INTO wrong SELECT q.question_id, 'column without meaning', c::text FROM bedrock.question q, jsonb_array_elements(q.answer_columns) c WHERE q.builtin AND coalesce(c ->> 'meaning', '') = '';
INSERT INTO wrong SELECT q.question_id, 'an amount that is not told to be money, or the price of a unit that is', c::text
FROM bedrock.question q, jsonb_array_elements(q.answer_columns) c
WHERE q.builtin
  AND (c ->> 'meaning' ~ 'in currency|in US dollars|in saving_currency' AND c ->> 'meaning' !~ 'token of|a million|an hour|NULL: .*US dollars$'
       AND c ->> 'name' !~ '_per_|_pct$|^(ratio|rank|break_even)$'
       AND c ->> 'unit' IS NULL
       OR c ->> 'name' ~ '_per_|price$' AND c ->> 'name' <> 'seat_price' AND c ->> 'unit' IS NOT NULL);
INSERT INTO wrong SELECT q.question_id, 'no persona, section or level', NULL FROM bedrock.question q
WHERE q.builtin AND NOT coalesce(q.persona <> '' AND q.section <> '' AND q.level IN ('essential', 'common', 'advanced'), false);
INSERT INTO wrong SELECT 'all', 'fewer questions than there were', count(*)::text FROM bedrock.question WHERE builtin HAVING count(*) < 69;
SELECT * FROM wrong ORDER BY 1, 2;
