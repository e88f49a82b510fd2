-- Residency policies are policies of use since 0.3.0, in force on all days as they were.
INSERT INTO bedrock.model_policy (policy, application, account_id, regions, note, valid)
SELECT r.policy, r.application, r.account_id, r.regions, r.note, '[-infinity,)' FROM bedrock.residency_policy AS r;
-- Taken out first, or the extension would go on to name it as dumped.
ALTER EXTENSION bedrock_cost DROP TABLE bedrock.residency_policy;
DROP TABLE bedrock.residency_policy;

