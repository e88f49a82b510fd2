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
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT NULL::text, NULL::boolean, NULL::boolean, NULL::boolean WHERE false;
END;
COMMENT ON FUNCTION bedrock_internal.workload_plans(date) IS
    'of each workload that has one in a billing period: whether an estimate is set, whether its budgets are kept, and '
    'whether all its usage that MAP could count qualifies; NULL: it has no such plan';
