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
    'application inference profiles and bedrock-mantle projects as registered for today (UTC), one row for each; '
    'history: bedrock.profile';
SELECT bedrock_internal.copy_comments('bedrock.profile', 'bedrock.profiles');
COMMENT ON COLUMN bedrock.profiles.first_day IS 'first UTC day of the validity interval; NULL: no beginning';
COMMENT ON COLUMN bedrock.profiles.last_day IS 'last UTC day of the validity interval; NULL: open';
COMMENT ON COLUMN bedrock.profiles.recorded_at IS 'when the row was recorded';

CREATE OR REPLACE VIEW bedrock.unresolved_profile WITH (security_invoker) AS
    SELECT p.profile_arn, p.account_id, p.region, p.profile_name, p.origin
    FROM bedrock.profiles AS p
    WHERE p.profile_kind = 'application' AND p.model_id IS NULL;
COMMENT ON VIEW bedrock.unresolved_profile IS
    'application profiles whose model is not registered: their lines have a model only where product name or usage '
    'type states it, and nothing can be estimated for them. bedrock.import_profiles or register_profile adds it';
SELECT bedrock_internal.copy_comments('bedrock.profile', 'bedrock.unresolved_profile');
