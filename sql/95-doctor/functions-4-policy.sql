-- The doctor: models that are billed and that nobody approved.

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_policies()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH billed AS (
        SELECT a.model, a.currency, sum(a.cost) AS cost
        FROM bedrock_internal.model_approval(bedrock.latest_period()) AS a
        WHERE EXISTS (SELECT FROM bedrock.model_policy AS p WHERE upper_inf(p.recorded) AND p.models IS NOT NULL)
          AND NOT a.approved AND a.listed_by IS NULL
        GROUP BY a.model, a.currency)
    SELECT 'model_access', 'warning',
           format('%s: models are billed that no policy allows: %s', to_char(bedrock.latest_period(), 'YYYY-MM'),
                  string_agg(format('%s (%s)', b.model, bedrock_internal.cost_text(b.cost, b.currency)), ', '
                             ORDER BY b.cost DESC, b.model)),
           'SELECT * FROM bedrock.answer(''Q105'') shows who uses them. bedrock.set_model_policy approves one; the '
           'text of bedrock.policy_json, as a policy in AWS, keeps the others from being called'
    FROM billed AS b
    HAVING count(*) > 0;
END;
COMMENT ON FUNCTION bedrock_internal.doctor_policies() IS
    'the doctor''s finding about models of the latest billing period that no policy in force allows anywhere, though '
    'some policy lists which are allowed';
