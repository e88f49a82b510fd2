-- The doctor's findings as text.

CREATE OR REPLACE VIEW bedrock.doctor_text WITH (security_invoker = true) AS
WITH finding AS (
    SELECT d.status, d.check_name, d.detail, d.fix, count(*) OVER w AS findings,
           row_number() OVER (w ORDER BY d.detail COLLATE "C") AS n
    FROM bedrock.doctor() AS d
    WHERE d.status <> 'ok'
    WINDOW w AS (PARTITION BY d.status, d.check_name)),
text AS (
    SELECT f.status, f.check_name,
           concat(f.status, ' ', f.check_name, ': ', string_agg(f.detail, '; ' ORDER BY f.n),
                  CASE WHEN f.findings > 3 THEN format('; and %s more', f.findings - 3) END,
                  ' -> ' || (array_agg(f.fix ORDER BY f.n))[1]) AS text
    FROM finding AS f
    WHERE f.n <= 3
    GROUP BY f.status, f.check_name, f.findings)
-- One text, then its lines: they come in its order.
SELECT regexp_split_to_table(
           string_agg(rtrim(regexp_replace(t.text, E'([^\n]{1,74})(?: +|\n|$)|([^\n ]{74})', E'\\1\\2\n    ', 'g'),
                            E' \n') || E'\n', E'\n'
                      ORDER BY array_position(ARRAY['info', 'warning', 'error'], t.status), t.check_name COLLATE "C"),
           E'\n') AS line
FROM text AS t;
COMMENT ON VIEW bedrock.doctor_text IS
    'the findings of bedrock.doctor() to read in a terminal, 80 characters wide: status, check and what was found, '
    'behind -> what to do, and an empty line. Findings of one check are one paragraph, with the first three in full; '
    'errors come last, where they are seen. What is ok is left out';
COMMENT ON COLUMN bedrock.doctor_text.line IS 'a line of the text';
