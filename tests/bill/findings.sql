-- SPDX-License-Identifier: PostgreSQL
-- The doctor's findings as text of 80 columns: status and check, what was found, behind an arrow what to do. Findings of
-- one check stand together, three of them in full; the worst come last, where they are seen.
\pset format unaligned
\pset tuples_only on
WITH finding AS (
    SELECT d.status, d.check_name, d.detail, d.fix, count(*) OVER w AS findings, row_number() OVER (w ORDER BY d.detail COLLATE "C") AS n
    FROM bedrock.doctor() AS d
    WHERE d.status <> 'ok'
    WINDOW w AS (PARTITION BY d.status, d.check_name))
SELECT rtrim(regexp_replace(f.status || ' ' || f.check_name || ': ' || string_agg(f.detail, '; ' ORDER BY f.n)
                            || CASE WHEN f.findings > 3 THEN format('; and %s more', f.findings - 3) ELSE '' END
                            || coalesce(' → ' || (array_agg(f.fix ORDER BY f.n))[1], ''),
                            '(.{1,75})(?: +|$)|(\S{75})', E'\\1\\2\n    ', 'g'), E' \n') || E'\n'
FROM finding AS f
WHERE f.n <= 3
GROUP BY f.status, f.check_name, f.findings
ORDER BY array_position(ARRAY['info', 'warning', 'error'], f.status), f.check_name COLLATE "C";
\pset tuples_only off
\pset format aligned
