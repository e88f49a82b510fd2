-- How well a workload is run, as one mark.

CREATE OR REPLACE FUNCTION bedrock_internal.report_score(VARIADIC parts numeric[]) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Of NULL and a number least and greatest take the number: what is not known is left out before.
    SELECT round(100 * avg(least(greatest(p.part, 0), 1)), 1) FROM unnest(report_score.parts) AS p (part)
    WHERE p.part IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock_internal.report_score(numeric[]) IS
    'score of the report card, 0 to 100 with one digit: the mean of the parts that are known, each from 0 to 1. NULL: '
    'none is known';

CREATE OR REPLACE FUNCTION bedrock_internal.report_grade(score numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN score >= 90 THEN 'A' WHEN score >= 80 THEN 'B' WHEN score >= 70 THEN 'C' WHEN score >= 60 THEN 'D'
                WHEN score < 60 THEN 'F' END;
COMMENT ON FUNCTION bedrock_internal.report_grade(numeric) IS
    'grade of a score of the report card: A from 90, B from 80, C from 70, D from 60, else F. NULL: no score';

-- What other topics know of a workload in a month.
CREATE OR REPLACE FUNCTION bedrock_internal.workload_plans(period date)
    RETURNS TABLE (workload text, estimate_set boolean, on_budget boolean, map_ready boolean)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    days constant daterange := bedrock_internal.days_of_month(workload_plans.period);
    is_over constant boolean := coalesce(workload_plans.period < bedrock.latest_period(), false);
BEGIN
    RETURN QUERY
    WITH estimated AS (
        SELECT DISTINCT e.workload FROM bedrock.estimate AS e WHERE e.valid && days AND upper_inf(e.recorded)),
    -- Of a month that is over the spans have ended: they are compared as of its last day.
    budgeted AS (
        SELECT b.value AS workload,
               bool_and(CASE b.status WHEN 'over' THEN false WHEN 'will be over' THEN false
                                      WHEN 'no data' THEN NULL ELSE true END) AS on_budget
        FROM (SELECT s.value, s.status
              FROM bedrock.budget_status AS s
              WHERE NOT is_over AND s.attribute = 'workload' AND daterange(s.first_day, s.last_day, '[]') && days
              UNION ALL
              SELECT r.value, r.status
              FROM bedrock_internal.budget_results(upper(days) - 1, ARRAY(
                  SELECT b.budget FROM bedrock.budget AS b
                  WHERE is_over AND b.attribute = 'workload' AND upper_inf(b.recorded) AND b.valid && days)) AS r
              WHERE is_over) AS b
        GROUP BY b.value),
    migrated AS (
        SELECT m.workload, bool_and(m.state LIKE 'qualifying%') AS map_ready
        FROM (SELECT workload_plans.period AS quarter
              WHERE EXISTS (SELECT FROM bedrock.map_agreement AS g WHERE upper_inf(g.recorded))) AS q
        CROSS JOIN LATERAL bedrock.map_status(q.quarter) AS m
        WHERE m.state NOT IN ('not_eligible', 'lost')
        GROUP BY m.workload)
    SELECT w.workload,
           CASE WHEN EXISTS (SELECT FROM estimated) THEN w.workload IN (SELECT e.workload FROM estimated AS e) END,
           b.on_budget, m.map_ready
    FROM (SELECT DISTINCT w.workload FROM bedrock.workload AS w WHERE upper_inf(w.recorded) AND w.valid && days) AS w
    LEFT JOIN budgeted AS b ON b.workload = w.workload
    LEFT JOIN migrated AS m ON m.workload = w.workload;
END
$$;
COMMENT ON FUNCTION bedrock_internal.workload_plans(date) IS
    'of each workload of a billing period: whether an estimate is set (NULL: for none of those one sees), whether its '
    'budgets that run in it are neither over nor forecast to be, of a month that is over as of its last day (NULL: '
    'none, or no data), and whether all its usage '
    'of the quarter that MAP could count qualifies (NULL: none could)';
