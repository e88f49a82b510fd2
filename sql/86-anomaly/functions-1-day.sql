-- How far the bill can be judged.

CREATE OR REPLACE FUNCTION bedrock_internal.last_complete_day() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- A month that has just begun may have no complete day yet: the one before has.
    SELECT m.day
    FROM (SELECT f.billing_period, min(f.data_through) AS day FROM bedrock.freshness AS f
          GROUP BY f.billing_period) AS m
    WHERE m.day IS NOT NULL
    ORDER BY m.billing_period DESC LIMIT 1;
END;
COMMENT ON FUNCTION bedrock_internal.last_complete_day() IS
    'last day (UTC) that is complete in every source and billing entity, of the latest month that has one; NULL: none';
