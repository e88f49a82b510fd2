-- SPDX-License-Identifier: PostgreSQL
-- Prints the figures on standard input as a Markdown table. Times are medians; a ratio is the median of the ratios of
-- the single rounds, whose two queries ran seconds apart. lines: what a row is; medians: file for what growth.tsv keeps.
CREATE TEMP TABLE figure (number int, section text, name text, base text, target text, round int, cpu_ns bigint, wall_us bigint, peak_mb int);
\copy figure FROM pstdin WITH (NULL '')

WITH lines AS (
    SELECT :lines::numeric AS rows
), compared AS (
    SELECT f.number, f.section, f.name, f.target,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY f.cpu_ns) AS cpu_ns,
           min(f.cpu_ns) AS least, max(f.cpu_ns) AS most,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY f.wall_us) AS wall_us, max(f.peak_mb) AS peak_mb,
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
), known AS (
    SELECT bool_or(peak_mb IS NOT NULL) AS memory FROM figure
), printed AS (
    SELECT -2 AS number, '| query | CPU ms, median [min..max] | wall ms | CPU ns/row | ns/row above base | ratio to base | target | reached |' || CASE WHEN memory THEN ' memory MB |' ELSE '' END AS line FROM known
    UNION ALL
    SELECT -1, '| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |' || CASE WHEN memory THEN ' ---: |' ELSE '' END FROM known
    UNION ALL
    SELECT number,
           format('| %s%s | %s [%s..%s] | %s | %s | %s | %s | %s | %s |',
                  replace(name, '|', '\|'), CASE WHEN ratio IS NULL THEN ' (base)' ELSE '' END,
                  round(cpu_ns::numeric / 1e6), round(least / 1e6), round(most / 1e6), round(wall_us::numeric / 1e3),
                  round(cpu_ns::numeric / rows), round(above_ns::numeric / rows),
                  round(ratio::numeric, CASE WHEN ratio < 10 THEN 2 ELSE 1 END), CASE target WHEN '-' THEN '' ELSE target END,
                  CASE reached WHEN true THEN 'yes' WHEN false THEN '**no**' ELSE '' END)
           || CASE WHEN memory THEN format(' %s |', peak_mb) ELSE '' END
    FROM judged, lines, known
)
SELECT line FROM printed ORDER BY number;

\o :medians
SELECT format(E'%s\t%s\t%s\t%s\t%s', :lines, section, name, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ns) / 1e6),
              round(percentile_cont(0.5) WITHIN GROUP (ORDER BY wall_us) / 1e3))
FROM figure GROUP BY number, section, name ORDER BY number;
\o
