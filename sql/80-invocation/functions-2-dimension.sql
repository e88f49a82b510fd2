-- What parsers, registry and price book make of a combination

CREATE OR REPLACE FUNCTION bedrock_internal.invocation_label_keys() RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT string_agg(DISTINCT k.key, E'\n')
    FROM (SELECT bedrock_internal.fold_name(r.tag_key) FROM bedrock.label_rule AS r
          UNION ALL
          SELECT bedrock_internal.fold_name(s.key)
          FROM string_to_table(bedrock_internal.setting_value('invocation_metadata_keys'), ',') AS s (key)) AS k (key)
    WHERE k.key <> '';
END;
COMMENT ON FUNCTION bedrock_internal.invocation_label_keys() IS
    'keys of requestMetadata by which sums of requests are kept apart, one a line: those that give labels '
    '(bedrock.label_rule) and those of setting invocation_metadata_keys';

CREATE OR REPLACE FUNCTION bedrock_internal.invocation_catalogue() RETURNS text
    LANGUAGE sql STABLE SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
BEGIN ATOMIC
    SELECT md5(concat_ws('/', bedrock_internal.catalogue_version(),
           (SELECT string_agg(DISTINCT concat_ws('/', p.model_id, p.long_context_above, p.modality), ' ')
            FROM bedrock.price AS p
            WHERE upper_inf(p.recorded)
              AND (p.long_context_above IS NOT NULL OR p.modality IS NOT NULL
                   AND p.unit IN ('1M tokens', '1K tokens')))));
END;
COMMENT ON FUNCTION bedrock_internal.invocation_catalogue() IS
    'version of what combinations of invocation logs are parsed by: bedrock_internal.catalogue_version() and the '
    'prices of long context and speech; another value, and a load parses all of them again';

CREATE OR REPLACE FUNCTION bedrock_internal.invocation_reading(dimension_ids integer[] DEFAULT NULL)
    RETURNS SETOF bedrock.invocation_dimension
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    -- A price is under the id of a model or under an older one.
    WITH book AS MATERIALIZED (
        SELECT n.model_id, min(p.long_context_above) AS long_context_above,
               coalesce(bool_or(p.modality <> 'text' AND p.unit IN ('1M tokens', '1K tokens')), false) AS other_modality
        FROM bedrock.price AS p
        CROSS JOIN LATERAL (SELECT p.model_id UNION SELECT a.model_id FROM bedrock.model_alias AS a
                            WHERE a.kind = 'model_id' AND a.alias = p.model_id) AS n
        WHERE upper_inf(p.recorded) AND (p.long_context_above IS NOT NULL OR p.modality IS NOT NULL)
        GROUP BY n.model_id)
    SELECT d.dimension_id, d.key_hash, d.account_id, d.region, d.inference_region, d.operation, d.model, d.profile,
           d.caller, d.tier, d.metadata,
           r.model_id, coalesce(m.model_name, r.model_id), m.model_family, m.provider, a.request_path,
           CASE WHEN a.request_path IN ('application_profile', 'system_profile') THEN c.called END,
           coalesce(bedrock_internal.pool_of_prefix(a.geo_prefix), routed.pool, bedrock_internal.pool_of_prefix(p.pool),
                    CASE WHEN a.request_path IN ('foundation_model', 'provisioned_model', 'custom_model',
                                                 'imported_model') THEN 'regional' END),
           CASE WHEN d.caller IS NULL THEN 'none' ELSE w.kind END, w.name, w.principal_key,
           CASE WHEN d.caller IS NULL THEN 'none' ELSE coalesce(q.class, 'unknown') END,
           b.long_context_above, coalesce(b.other_modality, false),
           CASE WHEN d.caller IS NOT NULL THEN coalesce(q.place, 2147483647) END
    FROM bedrock.invocation_dimension AS d
    CROSS JOIN LATERAL (SELECT coalesce(d.profile, d.model) AS called) AS c
    CROSS JOIN LATERAL bedrock_internal.model_parts(c.called) AS a
    LEFT JOIN LATERAL bedrock_internal.model_parts(CASE WHEN d.profile IS NOT NULL THEN d.model END) AS named ON true
    LEFT JOIN LATERAL @extschema@.bedrock_principal_parts(d.caller) AS w ON d.caller IS NOT NULL
    LEFT JOIN LATERAL bedrock_internal.caller_rule(w.kind, w.name, w.path, NULL, w.email) AS q ON d.caller IS NOT NULL
    LEFT JOIN bedrock.system_profiles AS routed ON a.request_path = 'system_profile' AND a.geo_prefix IS NULL
        AND routed.profile_id = a.profile_id
    LEFT JOIN LATERAL (SELECT q.* FROM bedrock.profile AS q WHERE q.profile_arn = c.called AND upper_inf(q.recorded)
                       ORDER BY lower(q.valid) DESC LIMIT 1)
                           AS p ON a.request_path IN ('application_profile', 'project')
    CROSS JOIN LATERAL bedrock_internal.resolve_model(coalesce(named.model_id, a.model_id), p.model_id, NULL, NULL)
        AS r
    LEFT JOIN bedrock.models AS m ON m.model_id = r.model_id
    LEFT JOIN book AS b ON b.model_id = r.model_id
    WHERE dimension_ids IS NULL OR d.dimension_id = ANY (dimension_ids);
END
$$;
COMMENT ON FUNCTION bedrock_internal.invocation_reading(integer[]) IS
    'rows of bedrock.invocation_dimension (NULL: all) with what today''s parsers, registry and price book read out of '
    'their raw columns';

CREATE OR REPLACE FUNCTION bedrock_internal.invocation_labels(dimension_ids integer[] DEFAULT NULL)
    RETURNS SETOF bedrock.invocation_label
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH dimension AS MATERIALIZED (
        SELECT d.dimension_id AS id, coalesce(d.profile, d.model) AS called,
               bedrock_internal.read_labels(d.metadata, (SELECT bedrock_internal.label_rules_in_order()),
                                            (SELECT bedrock_internal.label_spellings())) AS labels
        FROM bedrock.invocation_dimension AS d
        WHERE dimension_ids IS NULL OR d.dimension_id = ANY (dimension_ids)),
    registered AS MATERIALIZED (
        SELECT c.id, p.valid, p.profile_name, p.application, p.project, p.team, p.customer, p.environment, p.workflow,
               p.engineer, p.cost_center, p.department
        FROM dimension AS c
        JOIN bedrock.profile AS p ON p.profile_arn = c.called
        WHERE upper_inf(p.recorded)),
    -- As in bedrock_internal.validity_intervals: an interval begins with all days, and wherever one of the registry
    -- begins or ends.
    beginning AS MATERIALIZED (
        SELECT r.id, lower(r.valid) AS day FROM registered AS r WHERE lower(r.valid) <> '-infinity'
        UNION
        SELECT r.id, upper(r.valid) FROM registered AS r
        WHERE upper(r.valid) IS NOT NULL AND upper(r.valid) <> 'infinity'),
    validity AS (
        SELECT c.id, '-infinity'::date AS day, coalesce(f.day - 1, 'infinity'::date) AS last_day
        FROM dimension AS c LEFT JOIN (SELECT b.id, min(b.day) AS day FROM beginning AS b GROUP BY b.id) AS f
            ON f.id = c.id
        UNION ALL
        SELECT b.id, b.day, coalesce(lead(b.day) OVER (PARTITION BY b.id ORDER BY b.day) - 1, 'infinity'::date)
        FROM beginning AS b)
    SELECT s.id, s.day, s.last_day, r.profile_name, coalesce(r.application, c.labels ->> 'application', '(untagged)'),
           coalesce(r.project, c.labels ->> 'project', '(untagged)'),
           coalesce(r.team, c.labels ->> 'team', '(untagged)'),
           coalesce(r.customer, c.labels ->> 'customer', '(untagged)'),
           coalesce(r.environment, c.labels ->> 'environment', '(untagged)'),
           coalesce(r.workflow, c.labels ->> 'workflow', '(untagged)'),
           coalesce(r.engineer, c.labels ->> 'engineer', '(untagged)'),
           coalesce(r.cost_center, c.labels ->> 'cost_center', '(untagged)'),
           coalesce(r.department, c.labels ->> 'department', '(untagged)')
    FROM validity AS s
    JOIN dimension AS c ON c.id = s.id
    LEFT JOIN registered AS r ON r.id = s.id AND r.valid @> s.day;
END
$$;
COMMENT ON FUNCTION bedrock_internal.invocation_labels(integer[]) IS
    'rows of bedrock.invocation_label for these dimensions (NULL: all) by today''s registry and label rules; a label '
    'of the registry goes before one of requestMetadata, which anybody may set';

CREATE OR REPLACE FUNCTION bedrock_internal.lock_invocations(wait boolean) RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.require_load();
    -- A lock of a table, for which one needs writing on it: an advisory lock could be kept by any login.
    IF wait THEN
        LOCK TABLE bedrock.invocation_dimension IN SHARE UPDATE EXCLUSIVE MODE;
        RETURN true;
    END IF;
    BEGIN
        LOCK TABLE bedrock.invocation_dimension IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;
        RETURN true;
    EXCEPTION WHEN lock_not_available THEN
        RETURN false;
    END;
END
$$;
COMMENT ON FUNCTION bedrock_internal.lock_invocations(boolean) IS
    'keeps others from writing logged requests and their combinations until the transaction ends; false: another '
    'session writes them. Readers go on. wait: waits for that session, as a load must. A refresh and functions that '
    'write the registry must not wait: they hold sessions, periods or the registry, which a load may wait for; the '
    'next refresh or load does what they leave out';

CREATE OR REPLACE FUNCTION bedrock_internal.read_invocation_dimensions(dimension_ids integer[] DEFAULT NULL)
    RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    parsed integer[];
    other_limit integer[];
    labelled integer[];
BEGIN
    -- Who writes combinations waits for loads and for others who do.
    PERFORM bedrock_internal.lock_invocations(true);
    WITH updated AS (
        UPDATE bedrock.invocation_dimension AS d
        SET (model_id, model_name, model_family, provider, request_path, profile_arn, pool, principal_kind,
             principal_name, principal_key, caller_class,
             long_context_above, other_modality, caller_rule)
          = (r.model_id, r.model_name, r.model_family, r.provider, r.request_path, r.profile_arn, r.pool,
             r.principal_kind, r.principal_name,
             r.principal_key, r.caller_class, r.long_context_above, r.other_modality, r.caller_rule)
        FROM bedrock_internal.invocation_reading(read_invocation_dimensions.dimension_ids) AS r
        JOIN bedrock.invocation_dimension AS before ON before.dimension_id = r.dimension_id
        WHERE r.dimension_id = d.dimension_id AND r IS DISTINCT FROM d
        -- One that was never read has no requests yet.
        RETURNING d.dimension_id, before.request_path IS NOT NULL
            AND before.long_context_above IS DISTINCT FROM r.long_context_above AS other_limit)
    SELECT coalesce(array_agg(u.dimension_id), '{}'),
           coalesce(array_agg(u.dimension_id) FILTER (WHERE u.other_limit), '{}')
    INTO parsed, other_limit FROM updated AS u;
    IF cardinality(other_limit) > 0 THEN
        PERFORM bedrock_internal.classify_long_context(other_limit);
    END IF;

    WITH kept AS (
        SELECT l.* FROM bedrock.invocation_label AS l
        WHERE read_invocation_dimensions.dimension_ids IS NULL
          OR l.dimension_id = ANY (read_invocation_dimensions.dimension_ids)),
    today AS MATERIALIZED (
        SELECT l.* FROM bedrock_internal.invocation_labels(read_invocation_dimensions.dimension_ids) AS l)
    SELECT coalesce(array_agg(DISTINCT differing.dimension_id), '{}') INTO labelled
    FROM ((TABLE today EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE today)) AS differing;
    IF cardinality(labelled) > 0 THEN
        DELETE FROM bedrock.invocation_label AS l WHERE l.dimension_id = ANY (labelled);
        INSERT INTO bedrock.invocation_label (dimension_id, valid_from, valid_to, profile_name, application, project,
                                              team, customer, environment, workflow, engineer, cost_center, department)
        SELECT l.dimension_id, l.valid_from, l.valid_to, l.profile_name, l.application, l.project, l.team, l.customer,
               l.environment, l.workflow, l.engineer, l.cost_center, l.department
        FROM bedrock_internal.invocation_labels(labelled) AS l;
    END IF;
    RETURN (SELECT count(DISTINCT c.id) FROM unnest(parsed || labelled) AS c (id));
END
$$;
COMMENT ON FUNCTION bedrock_internal.read_invocation_dimensions(integer[]) IS
    'parses and labels these combinations of the invocation logs, all where left out, where parsers, registry, label '
    'rules or price book read them differently today; returns how many that were. bedrock.refresh, a load and the '
    'functions that write the registry do it by themselves';

CREATE OR REPLACE FUNCTION bedrock_internal.sum_requests(requests text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    requests_summed bigint;
BEGIN
    EXECUTE format($statement$
    WITH request AS (%s),
    summed AS (
        INSERT
            INTO bedrock.invocation_day
            AS d (day, dimension_id, session_id, long_context, requests, failed_requests, input_tokens, output_tokens,
                  cache_read_tokens, cache_write_tokens, cache_write_1h_tokens,
                  input_speech_tokens,
                  output_speech_tokens, images, search_units, input_audio_ms,
                  input_video_ms,
                  output_audio_ms, output_video_ms, cache_known_input_tokens,
                  speech_known_tokens, latency_requests,
                  latency_ms)
        SELECT (r.logged_at AT TIME ZONE 'UTC')::date, r.dimension_id, r.session_id, r.long_context, count(*),
               count(*) FILTER (WHERE r.count_basis IS NULL OR r.error_code IS NOT NULL),
               sum(r.input_tokens), sum(r.output_tokens), sum(r.cache_read_tokens), sum(r.cache_write_tokens),
               sum(r.cache_write_1h_tokens),
               sum(r.input_speech_tokens), sum(r.output_speech_tokens), sum(r.images), sum(r.search_units),
               sum(r.input_audio_ms),
               sum(r.input_video_ms), sum(r.output_audio_ms), sum(r.output_video_ms),
               sum(r.input_tokens) FILTER (WHERE r.cache_read_tokens IS NOT NULL),
               sum(CASE WHEN r.input_speech_tokens IS NULL THEN 0 ELSE r.input_tokens::bigint END
                   + CASE WHEN r.output_speech_tokens IS NULL THEN 0 ELSE r.output_tokens END)
                   FILTER (WHERE r.input_speech_tokens IS NOT NULL OR r.output_speech_tokens IS NOT NULL),
               count(r.latency_ms), sum(r.latency_ms)
        FROM request AS r
        GROUP BY 1, 2, 3, 4
        ON CONFLICT (day, dimension_id, session_id, long_context) DO UPDATE SET
            requests = d.requests + excluded.requests, failed_requests = d.failed_requests + excluded.failed_requests,
            latency_requests = d.latency_requests + excluded.latency_requests,
            input_tokens = coalesce(d.input_tokens + excluded.input_tokens, d.input_tokens, excluded.input_tokens),
            output_tokens = coalesce(d.output_tokens + excluded.output_tokens, d.output_tokens, excluded.output_tokens),
            cache_read_tokens = coalesce(d.cache_read_tokens + excluded.cache_read_tokens, d.cache_read_tokens,
                                         excluded.cache_read_tokens),
            cache_write_tokens = coalesce(d.cache_write_tokens + excluded.cache_write_tokens, d.cache_write_tokens,
                                          excluded.cache_write_tokens),
            cache_write_1h_tokens = coalesce(d.cache_write_1h_tokens + excluded.cache_write_1h_tokens,
                                             d.cache_write_1h_tokens, excluded.cache_write_1h_tokens),
            input_speech_tokens = coalesce(d.input_speech_tokens + excluded.input_speech_tokens, d.input_speech_tokens,
                                           excluded.input_speech_tokens),
            output_speech_tokens = coalesce(d.output_speech_tokens + excluded.output_speech_tokens,
                                            d.output_speech_tokens, excluded.output_speech_tokens),
            images = coalesce(d.images + excluded.images, d.images, excluded.images),
            search_units = coalesce(d.search_units + excluded.search_units, d.search_units, excluded.search_units),
            input_audio_ms = coalesce(d.input_audio_ms + excluded.input_audio_ms, d.input_audio_ms,
                                      excluded.input_audio_ms),
            input_video_ms = coalesce(d.input_video_ms + excluded.input_video_ms, d.input_video_ms,
                                      excluded.input_video_ms),
            output_audio_ms = coalesce(d.output_audio_ms + excluded.output_audio_ms, d.output_audio_ms,
                                       excluded.output_audio_ms),
            output_video_ms = coalesce(d.output_video_ms + excluded.output_video_ms, d.output_video_ms,
                                       excluded.output_video_ms),
            cache_known_input_tokens = coalesce(d.cache_known_input_tokens + excluded.cache_known_input_tokens,
                                                d.cache_known_input_tokens, excluded.cache_known_input_tokens),
            speech_known_tokens = coalesce(d.speech_known_tokens + excluded.speech_known_tokens, d.speech_known_tokens,
                                           excluded.speech_known_tokens),
            latency_ms = coalesce(d.latency_ms + excluded.latency_ms, d.latency_ms, excluded.latency_ms)
        RETURNING 1)
    SELECT count(*) FROM request$statement$, sum_requests.requests) INTO requests_summed;
    RETURN requests_summed;
END
$$;
COMMENT ON FUNCTION bedrock_internal.sum_requests(text) IS
    'adds requests to the sums by day of bedrock.invocation_day and returns how many there are. requests: a statement '
    'that gives them, with the columns of bedrock.invocation that are summed; also an INSERT with RETURNING';

CREATE OR REPLACE FUNCTION bedrock_internal.classify_long_context(dimension_ids integer[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    setting bigint := bedrock_internal.setting_value('long_context_tokens')::bigint;
    days date[];
    ids integer[];
BEGIN
    WITH classified AS (
        UPDATE bedrock.invocation AS i SET long_context = NOT i.long_context
        FROM bedrock.invocation_dimension AS d
        WHERE d.dimension_id = i.dimension_id AND d.dimension_id = ANY (classify_long_context.dimension_ids)
          AND i.long_context <> (coalesce(i.input_tokens, 0)::bigint + coalesce(i.cache_read_tokens, 0)
                                 + coalesce(i.cache_write_tokens, 0)
                                 > coalesce(d.long_context_above, setting))
        RETURNING i.logged_at, i.dimension_id)
    SELECT array_agg(t.day), array_agg(t.dimension_id) INTO days, ids
    FROM (SELECT DISTINCT (j.logged_at AT TIME ZONE 'UTC')::date AS day, j.dimension_id FROM classified AS j) AS t;
    IF days IS NULL THEN
        RETURN;
    END IF;

    -- A day that has one request has all of them (bedrock_internal.invocation_horizon): its sums are made anew.
    DELETE FROM bedrock.invocation_day AS d USING unnest(days, ids) AS t (day, dimension_id) WHERE d.day = t.day
        AND d.dimension_id = t.dimension_id;
    PERFORM bedrock_internal.sum_requests(format(
        'SELECT i.* FROM bedrock.invocation AS i JOIN unnest(%L::date[], %L::integer[]) AS t (day, dimension_id)'
        ' ON t.dimension_id = i.dimension_id AND t.day = (i.logged_at AT TIME ZONE ''UTC'')::date', days, ids));
END
$$;
COMMENT ON FUNCTION bedrock_internal.classify_long_context(integer[]) IS
    'classifies the requests of these combinations again as long context or not, and sums their days again; sums of '
    'days whose requests were purged stay';

CREATE OR REPLACE FUNCTION bedrock_internal.refresh_invocation_dimensions() RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- The version is read before what it is the version of: a change in between is seen next time.
    version text := bedrock_internal.invocation_catalogue();
    changed bigint;
BEGIN
    -- A load is not waited for: it reads what it knows of before it writes, and the next refresh what it did not.
    IF EXISTS (SELECT FROM bedrock_internal.state AS s
               WHERE s.kind = 'invocation_dimensions' AND s.catalogues = version)
       OR NOT bedrock_internal.lock_invocations(false) THEN
        RETURN NULL;
    END IF;
    PERFORM bedrock_internal.read_sessions();
    changed := bedrock_internal.read_invocation_dimensions();
    INSERT INTO bedrock_internal.state (kind, catalogues) VALUES ('invocation_dimensions', version)
    ON CONFLICT (kind) DO UPDATE SET catalogues = excluded.catalogues;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION bedrock_internal.refresh_invocation_dimensions() IS
    'reads all combinations of the invocation logs again where parsers, registry, label rules, catalogues or price '
    'book have changed since the last time; no log is read. Returns how many combinations changed; NULL: nothing to '
    'read again, or another session is loading logs: the next refresh or load does it';

CREATE OR REPLACE FUNCTION bedrock_internal.apply_registry(profile_arns text[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    system_profiles text[] := bedrock_internal.system_profile_ids(profile_arns);
    called integer[];
BEGIN
    -- Who may write the registry and not the logs leaves it to the next refresh, and so does who meets a load at work.
    IF NOT (SELECT bool_and(has_table_privilege('bedrock.' || n.name, n.privilege))
            FROM (VALUES ('invocation_dimension', 'SELECT'), ('invocation_dimension', 'UPDATE'),
                  ('invocation_label', 'SELECT'), ('invocation_label', 'INSERT'), ('invocation_label', 'DELETE'),
                         ('invocation', 'SELECT'), ('invocation', 'UPDATE'), ('invocation_day', 'SELECT'),
                         ('invocation_day', 'INSERT'), ('invocation_day', 'DELETE'), ('price', 'SELECT'))
                 AS n (name, privilege))
       OR NOT EXISTS (SELECT FROM bedrock.invocation_dimension) OR NOT bedrock_internal.lock_invocations(false) THEN
        RETURN;
    END IF;
    called := ARRAY(SELECT d.dimension_id FROM bedrock.invocation_dimension AS d
                    WHERE coalesce(d.profile, d.model) = ANY (profile_arns)
                       -- A system-defined profile is the same in every account and region.
                       OR system_profiles <> '{}'
                       AND (@extschema@.bedrock_arn_parts(coalesce(d.profile, d.model))).profile_id
                           = ANY (system_profiles));
    IF cardinality(called) > 0 THEN
        PERFORM bedrock_internal.read_invocation_dimensions(called);
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.apply_registry(text[]) IS
    'applies the registry of now for these profiles to the requests loaded; functions that write the registry call it. '
    'Nothing where the caller may not write the logs or another session loads some: the next refresh or load does it';
