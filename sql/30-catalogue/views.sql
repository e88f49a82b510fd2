-- Reading the catalogues: the row that wins, and the model a line of the bill is about.

CREATE OR REPLACE VIEW bedrock.regions WITH (security_invoker) AS
    SELECT DISTINCT ON (region) region, cur_prefix, name, partition, array_to_string(geo_pools, ', ') AS geo_pools,
           builtin, source, as_of
    FROM bedrock.region
    ORDER BY region, builtin;
COMMENT ON VIEW bedrock.regions IS
    'AWS regions that bill for Bedrock, one row a region: the user''s row of bedrock.region where there is one, else '
    'the shipped one';
COMMENT ON COLUMN bedrock.regions.region IS 'region code, us-east-1';
COMMENT ON COLUMN bedrock.regions.cur_prefix IS 'what a usage type of the region begins with: USE1; NULL: not known';
COMMENT ON COLUMN bedrock.regions.name IS 'name as AWS prints it; NULL: not known';
COMMENT ON COLUMN bedrock.regions.partition IS 'partition of ARNs: aws, aws-us-gov, aws-cn, aws-eusc';
COMMENT ON COLUMN bedrock.regions.geo_pools IS
    'geographies whose system profiles may be called from the region, parted by ", "; empty: none known';
COMMENT ON COLUMN bedrock.regions.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.regions.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.regions.as_of IS 'day the source saw it; NULL: not stated';

CREATE OR REPLACE VIEW bedrock.models WITH (security_invoker) AS
    SELECT DISTINCT ON (model_id) model_id, provider, model_family, model_name,
           array_to_string(input_modalities, ', ') AS input_modalities,
           array_to_string(output_modalities, ', ') AS output_modalities,
           context_window::bigint AS context_window, release_date,
           bedrock_internal.model_lifecycle(lifecycle, legacy_date, extended_access_date, end_of_life_date,
               (now() AT TIME ZONE 'UTC')::date) AS lifecycle,
           mantle_alias_of, builtin, source, as_of, legacy_date, extended_access_date, end_of_life_date
    FROM bedrock.model
    ORDER BY model_id, builtin;
COMMENT ON VIEW bedrock.models IS
    'foundation models, one row a model id: the user''s row of bedrock.model where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.models.model_id IS 'model id as Bedrock writes it, without geography prefix';
COMMENT ON COLUMN bedrock.models.provider IS 'who made it';
COMMENT ON COLUMN bedrock.models.model_family IS 'what versions roll up to: Opus, Sonnet, Haiku, Nova, Llama';
COMMENT ON COLUMN bedrock.models.model_name IS 'name to show';
COMMENT ON COLUMN bedrock.models.input_modalities IS
    'what it reads: text, image, audio, speech, video, parted by ", "; NULL: not known';
COMMENT ON COLUMN bedrock.models.output_modalities IS
    'what it writes: text, image, speech, video, embedding, parted by ", "; NULL: not known';
COMMENT ON COLUMN bedrock.models.context_window IS 'largest input of one request in tokens; NULL: not known';
COMMENT ON COLUMN bedrock.models.release_date IS 'day of release; NULL: not known';
COMMENT ON COLUMN bedrock.models.lifecycle IS
    'state today (UTC): ACTIVE, LEGACY, EXTENDED_ACCESS (legacy, at the price of extended access), END_OF_LIFE (calls '
    'fail); by its dates, else as stated on the day of as_of. NULL: not known';
COMMENT ON COLUMN bedrock.models.mantle_alias_of IS
    'the model this id is another id of; NULL: the id is the model''s own';
COMMENT ON COLUMN bedrock.models.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.models.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.models.as_of IS 'day the source saw it; NULL: not stated';
COMMENT ON COLUMN bedrock.models.legacy_date IS 'first day of LEGACY; NULL: not known, or none is set';
COMMENT ON COLUMN bedrock.models.extended_access_date IS
    'first day of EXTENDED_ACCESS; NULL: not known, or there is none';
COMMENT ON COLUMN bedrock.models.end_of_life_date IS
    'END_OF_LIFE: the day from which calls fail; NULL: not known, or none is set';

CREATE OR REPLACE VIEW bedrock.system_profiles WITH (security_invoker) AS
    SELECT DISTINCT ON (profile_id) profile_id, model_id, pool, geo_prefix, builtin, source, as_of
    FROM bedrock.system_profile
    ORDER BY profile_id, builtin;
COMMENT ON VIEW bedrock.system_profiles IS
    'system-defined inference profiles, one row a profile: the user''s row of bedrock.system_profile where there is '
    'one, else the shipped one';
COMMENT ON COLUMN bedrock.system_profiles.profile_id IS 'id, us.anthropic.claude-sonnet-4-6';
COMMENT ON COLUMN bedrock.system_profiles.model_id IS 'the model it serves';
COMMENT ON COLUMN bedrock.system_profiles.pool IS 'geography whose regions it may use, or global';
COMMENT ON COLUMN bedrock.system_profiles.geo_prefix IS 'what the id begins with, before the first dot';
COMMENT ON COLUMN bedrock.system_profiles.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.system_profiles.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.system_profiles.as_of IS 'day the source saw it; NULL: not stated';

CREATE OR REPLACE VIEW bedrock.system_profile_regions WITH (security_invoker) AS
    SELECT winner.profile_id, winner.source_region, d.destination_region, winner.builtin, winner.source, winner.as_of
    FROM (SELECT DISTINCT ON (profile_id, source_region) *
          FROM bedrock.system_profile_region
          ORDER BY profile_id, source_region, builtin) AS winner
    CROSS JOIN LATERAL unnest(winner.destination_regions) AS d (destination_region);
COMMENT ON VIEW bedrock.system_profile_regions IS
    'where a system-defined profile may send a call, one row a profile, source region and destination: the user''s row '
    'of bedrock.system_profile_region where there is one, else the shipped one';
COMMENT ON COLUMN bedrock.system_profile_regions.profile_id IS 'id of the system-defined profile';
COMMENT ON COLUMN bedrock.system_profile_regions.source_region IS 'region that is called and billed';
COMMENT ON COLUMN bedrock.system_profile_regions.destination_region IS
    'region that may compute the answer; *: any commercial region';
COMMENT ON COLUMN bedrock.system_profile_regions.builtin IS 'whether the row is shipped';
COMMENT ON COLUMN bedrock.system_profile_regions.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.system_profile_regions.as_of IS 'day the source saw it; NULL: not stated';

-- Parsed over the views above.

CREATE OR REPLACE FUNCTION bedrock_internal.price_regions() RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 40
BEGIN ATOMIC
    SELECT r.region FROM bedrock.regions AS r
    UNION
    SELECT p.region FROM bedrock.price AS p WHERE upper_inf(p.recorded)
    UNION
    SELECT e.region FROM bedrock.effective_price AS e WHERE e.region IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock_internal.price_regions() IS
    'regions that a price may be asked for: those of bedrock.regions, and those that a price of the book or one learnt '
    'from the bill names. A price of region * is for each of them; any other word names no region and has no price';

CREATE OR REPLACE FUNCTION bedrock_internal.similar_regions(name text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT string_agg(f.region, ', ' ORDER BY f.region)
    FROM (SELECT r.region
          FROM bedrock.regions AS r
          CROSS JOIN LATERAL (SELECT regexp_replace(lower(left(similar_regions.name, 200)), '[^a-z0-9]', '', 'g')
              AS asked,
                                     replace(r.region, '-', '') AS known) AS k
          WHERE k.asked <> ''
            AND (starts_with(k.known, k.asked) OR starts_with(k.asked, k.known) OR k.asked = lower(r.cur_prefix)
                 OR k.asked = regexp_replace(lower(r.name), '[^a-z0-9]', '', 'g'))
          ORDER BY r.region LIMIT 3) AS f;
END;
COMMENT ON FUNCTION bedrock_internal.similar_regions(text) IS
    'up to three regions of bedrock.regions that a word may mean: one begins with the other where hyphens and capitals '
    'do not count, or it is the name or the prefix of the region; NULL: none';
