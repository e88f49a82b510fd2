-- SPDX-License-Identifier: PostgreSQL
-- Prints the figures on standard input as a Markdown table. Times are medians; a ratio is the median of the ratios of
-- the single rounds, whose two queries ran seconds apart.
CREATE TEMP TABLE figure (number int, section text, name text, base text, target text, round int, cpu_ns bigint, wall_us bigint);
\copy figure FROM pstdin

WITH lines AS (
    SELECT count(*)::numeric AS rows FROM cur_line
), compared AS (
    SELECT f.number, f.section, f.name, f.target,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY f.cpu_ns) AS cpu_ns,
           min(f.cpu_ns) AS least, max(f.cpu_ns) AS most,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY f.wall_us) AS wall_us,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY f.cpu_ns / b.cpu_ns::float8) AS ratio,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY f.cpu_ns - b.cpu_ns) AS above_ns
    FROM figure f
    LEFT JOIN figure b ON b.section = f.section AND b.name = f.base AND b.round = f.round
    GROUP BY f.number, f.section, f.name, f.target
), judged AS (
    SELECT *, CASE
                  WHEN target LIKE '≤ %' THEN round(ratio::numeric, 2) <= substr(target, 3)::numeric
                  WHEN target LIKE '≥ %' THEN round(ratio::numeric, 1) >= substr(target, 3)::numeric
              END AS reached
    FROM compared
), printed AS (
    SELECT -2 AS number, '| query | CPU ms, median [min..max] | wall ms | CPU ns/row | ns/row above base | ratio to base | target | reached |' AS line
    UNION ALL
    SELECT -1, '| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |'
    UNION ALL
    SELECT number,
           format('| %s%s | %s [%s..%s] | %s | %s | %s | %s | %s | %s |',
                  replace(name, '|', '\|'), CASE WHEN ratio IS NULL THEN ' (base)' ELSE '' END,
                  round(cpu_ns::numeric / 1e6), round(least / 1e6), round(most / 1e6), round(wall_us::numeric / 1e3),
                  round(cpu_ns::numeric / rows), round(above_ns::numeric / rows),
                  round(ratio::numeric, CASE WHEN ratio < 10 THEN 2 ELSE 1 END), CASE target WHEN '-' THEN '' ELSE target END,
                  CASE reached WHEN true THEN 'yes' WHEN false THEN '**no**' ELSE '' END)
    FROM judged, lines
)
SELECT line FROM printed ORDER BY number;
