-- Profiles as they are now, and those that nothing names.

CREATE OR REPLACE VIEW bedrock.profiles WITH (security_invoker) AS
    SELECT p.profile_arn, nullif(lower(p.valid), '-infinity') AS first_day, upper(p.valid) - 1 AS last_day,
           lower(p.recorded) AS recorded_at, p.recorded_by::text AS recorded_by, p.origin, p.profile_kind, p.profile_id,
           p.profile_name, p.account_id, p.region, p.model_id, p.source_arn, p.pool, p.status, p.description,
               p.created_at,
           p.tags, p.labels, p.application, p.project, p.team, p.customer, p.environment, p.workflow, p.engineer,
               p.use_case,
           p.cost_center, p.department
    FROM bedrock.profile AS p
    WHERE upper_inf(p.recorded) AND p.valid @> (now() AT TIME ZONE 'UTC')::date;
COMMENT ON VIEW bedrock.profiles IS
    'application inference profiles and bedrock-mantle projects as the registry knows them today (UTC), one row each; '
    'history: bedrock.profile';
SELECT bedrock_internal.copy_comments('bedrock.profile', 'bedrock.profiles');
COMMENT ON COLUMN bedrock.profiles.profile_arn IS 'ARN of the profile or project';
COMMENT ON COLUMN bedrock.profiles.first_day IS 'first UTC day of the stretch the row speaks about; NULL: no beginning';
COMMENT ON COLUMN bedrock.profiles.last_day IS 'last UTC day of that stretch; NULL: open';
COMMENT ON COLUMN bedrock.profiles.recorded_at IS 'when the row was recorded';
COMMENT ON COLUMN bedrock.profiles.origin IS 'import, discovered or manual';
COMMENT ON COLUMN bedrock.profiles.profile_id IS 'id in the ARN';
COMMENT ON COLUMN bedrock.profiles.profile_name IS 'name; NULL: not known';
COMMENT ON COLUMN bedrock.profiles.model_id IS 'model it was copied from, as stated; NULL: not known, or a project';
COMMENT ON COLUMN bedrock.profiles.source_arn IS 'what it was copied from, as stated; NULL: not told';
COMMENT ON COLUMN bedrock.profiles.pool IS
    'routing inherited from the source: us, eu, apac, ..., global, or regional; NULL: not known';
COMMENT ON COLUMN bedrock.profiles.status IS 'as AWS states it; NULL: not told';
COMMENT ON COLUMN bedrock.profiles.tags IS 'its tags; {}: it has none; NULL: never told';
COMMENT ON COLUMN bedrock.profiles.labels IS 'labels set by hand; a null: no label whatever the tags say';
COMMENT ON COLUMN bedrock.profiles.application IS 'application; NULL: no label';
COMMENT ON COLUMN bedrock.profiles.environment IS 'environment; NULL: no label';

CREATE OR REPLACE VIEW bedrock.unresolved_profile WITH (security_invoker) AS
    SELECT p.profile_arn, p.account_id, p.region, p.profile_name, p.origin
    FROM bedrock.profiles AS p
    WHERE p.profile_kind = 'application' AND p.model_id IS NULL;
COMMENT ON VIEW bedrock.unresolved_profile IS
    'application profiles whose model the registry does not know: their lines get a model only from product name or '
    'usage type, and cost nothing can be estimated for them; bedrock.import_profiles or register_profile resolves them';
COMMENT ON COLUMN bedrock.unresolved_profile.profile_arn IS 'ARN of the profile';
COMMENT ON COLUMN bedrock.unresolved_profile.account_id IS 'account of the ARN; NULL: the ARN has none';
COMMENT ON COLUMN bedrock.unresolved_profile.region IS 'region of the ARN; NULL: the ARN has none';
COMMENT ON COLUMN bedrock.unresolved_profile.profile_name IS 'name; NULL: not known';
COMMENT ON COLUMN bedrock.unresolved_profile.origin IS
    'discovered: seen in billing data and nowhere else; import, manual: registered without a model';
