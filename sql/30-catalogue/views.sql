-- Reading the catalogues: the row that wins, and the model a line of the bill is about.

CREATE OR REPLACE VIEW bedrock.regions WITH (security_invoker) AS
    SELECT DISTINCT ON (region) region, cur_prefix, name, partition, array_to_string(geo_pools, ', ') AS geo_pools,
           builtin, source, as_of
    FROM bedrock.region
    ORDER BY region, builtin;
COMMENT ON VIEW bedrock.regions IS
    'AWS regions that bill for Bedrock, one row for each: the row of the user in bedrock.region, else the shipped '
    'one';
SELECT bedrock_internal.copy_comments('bedrock.region', 'bedrock.regions');
COMMENT ON COLUMN bedrock.regions.geo_pools IS
    'geographies whose system profiles may be called from the region, separated by ", "; empty: none known';

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
    'foundation models, one row for each model id: the row of the user in bedrock.model, else the shipped one';
SELECT bedrock_internal.copy_comments('bedrock.model', 'bedrock.models');
COMMENT ON COLUMN bedrock.models.input_modalities IS
    'what it reads: text, image, audio, speech, video, separated by ", "; NULL: not known';
COMMENT ON COLUMN bedrock.models.output_modalities IS
    'what it writes: text, image, speech, video, embedding, separated by ", "; NULL: not known';
COMMENT ON COLUMN bedrock.models.lifecycle IS
    'state today (UTC) by its dates, else as stated on the day of as_of: ACTIVE, LEGACY, EXTENDED_ACCESS (legacy, at '
    'the price of extended access), END_OF_LIFE (calls fail); NULL: not known';

CREATE OR REPLACE VIEW bedrock.system_profiles WITH (security_invoker) AS
    SELECT DISTINCT ON (profile_id) profile_id, model_id, pool, geo_prefix, builtin, source, as_of
    FROM bedrock.system_profile
    ORDER BY profile_id, builtin;
COMMENT ON VIEW bedrock.system_profiles IS
    'system-defined inference profiles, one row for each: the row of the user in bedrock.system_profile, else the '
    'shipped one';
SELECT bedrock_internal.copy_comments('bedrock.system_profile', 'bedrock.system_profiles');

CREATE OR REPLACE VIEW bedrock.system_profile_regions WITH (security_invoker) AS
    SELECT winner.profile_id, winner.source_region, d.destination_region, winner.builtin, winner.source, winner.as_of
    FROM (SELECT DISTINCT ON (profile_id, source_region) *
          FROM bedrock.system_profile_region
          ORDER BY profile_id, source_region, builtin) AS winner
    CROSS JOIN LATERAL unnest(winner.destination_regions) AS d (destination_region);
COMMENT ON VIEW bedrock.system_profile_regions IS
    'where a system-defined profile may send a call, one row for each profile, source region and destination: by the '
    'row of the user in bedrock.system_profile_region, else by the shipped one';
SELECT bedrock_internal.copy_comments('bedrock.system_profile_region', 'bedrock.system_profile_regions');
COMMENT ON COLUMN bedrock.system_profile_regions.destination_region IS
    'region that may compute the answer; *: any commercial region';

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
    'regions that have a price: those of bedrock.regions and those of prices of the book and of observed unit '
    'prices. A price of region * is of each of them; any other word has no price';

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
    'up to three regions of bedrock.regions that a word may mean: one begins with the other, ignoring case and '
    'hyphens, or it is the name or prefix of the region; NULL: none';
