CREATE OR REPLACE FUNCTION bedrock.latest_period() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT max(b.billing_period) FROM bedrock.bill AS b WHERE b.has_bedrock AND NOT b.superseded;
END;
COMMENT ON FUNCTION bedrock.latest_period() IS
    'first day of the latest billing period of bedrock.spend, which questions take where none is given; NULL: no data';
