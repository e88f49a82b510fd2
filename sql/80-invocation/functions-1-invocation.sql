CREATE OR REPLACE FUNCTION bedrock_internal.read_invocations(files text[], label_keys text DEFAULT '', OUT file integer,
    OUT line bigint, OUT reason text, OUT is_event boolean, OUT request_key uuid, OUT key_number integer,
    OUT principal_number integer,
    OUT logged_at timestamptz, OUT request_id text, OUT key_hash uuid, OUT account_id text, OUT region text,
    OUT inference_region text, OUT operation text, OUT model text, OUT profile text,
    OUT caller text, OUT tier text, OUT labels jsonb, OUT principal text, OUT metadata jsonb, OUT error_code text,
    OUT source_address text, OUT count_basis text,
    OUT input_tokens integer, OUT output_tokens integer, OUT cache_read_tokens integer, OUT cache_write_tokens integer,
    OUT cache_write_1h_tokens integer,
    OUT input_speech_tokens integer, OUT output_speech_tokens integer, OUT images integer, OUT search_units integer,
    OUT input_audio_ms integer, OUT input_video_ms integer, OUT output_audio_ms integer, OUT output_video_ms integer,
    OUT latency_ms integer, OUT first_byte_ms integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_invocations' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION bedrock_internal.read_invocations(text[], text) IS
    'the records of model invocation logs in files of the database server, one row each: JSON lines, exports and '
    'subscriptions of CloudWatch Logs, answers of aws logs, results of Logs Insights that have @message (JSON or CSV), '
    'CloudTrail; plain or gzip. label_keys: keys of requestMetadata, one a line. file: number in files; reason: what '
    'is wrong with the line, all other columns are then NULL. Combinations and principals are numbered in the order '
    'they are met; only the first row of a number has their values (key_hash to labels; principal), and a value may '
    'get a second number. A CloudTrail event has no numbers and all values. Bodies are skipped. Needs the privileges '
    'of pg_read_server_files; an error: a relative path, a file that cannot be opened';

CREATE OR REPLACE FUNCTION bedrock_internal.parse_invocations(document bytea, label_keys text DEFAULT '',
    OUT file integer, OUT line bigint, OUT reason text, OUT is_event boolean, OUT request_key uuid,
    OUT key_number integer, OUT principal_number integer,
    OUT logged_at timestamptz, OUT request_id text, OUT key_hash uuid, OUT account_id text, OUT region text,
    OUT inference_region text, OUT operation text, OUT model text, OUT profile text,
    OUT caller text, OUT tier text, OUT labels jsonb, OUT principal text, OUT metadata jsonb, OUT error_code text,
    OUT source_address text, OUT count_basis text,
    OUT input_tokens integer, OUT output_tokens integer, OUT cache_read_tokens integer, OUT cache_write_tokens integer,
    OUT cache_write_1h_tokens integer,
    OUT input_speech_tokens integer, OUT output_speech_tokens integer, OUT images integer, OUT search_units integer,
    OUT input_audio_ms integer, OUT input_video_ms integer, OUT output_audio_ms integer, OUT output_video_ms integer,
    OUT latency_ms integer, OUT first_byte_ms integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_parse_invocations' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.parse_invocations(bytea, text) IS
    'the records of model invocation logs in bytes, not packed, as bedrock_internal.read_invocations gives them; file '
    'is NULL';

-- What parsers, registry and price book make of a combination
-- -------------------------------------------------------------------------------------

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
    'keys of requestMetadata that tell requests apart in sums, one a line: those that feed labels (bedrock.label_rule) '
    'and those of setting invocation_metadata_keys';

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
    IF NOT wait THEN
        RETURN pg_try_advisory_xact_lock('bedrock.invocation'::regclass::oid::integer, 0);
    END IF;
    PERFORM pg_advisory_xact_lock('bedrock.invocation'::regclass::oid::integer, 0);
    RETURN true;
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

-- Loading
-- --------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock_internal.invocation_horizon() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce((SELECT s.first_day FROM bedrock_internal.state AS s WHERE s.kind = 'invocation_retention'),
                    '-infinity')::timestamp AT TIME ZONE 'UTC';
END;
COMMENT ON FUNCTION bedrock_internal.invocation_horizon() IS
    'begin of the first day whose single requests were never purged; older requests are not loaded again, as they may '
    'be in the sums already. -infinity: nothing was purged';

CREATE OR REPLACE FUNCTION bedrock_internal.write_invocations(names text[], replace_quarantined boolean,
    OUT records bigint, OUT loaded bigint, OUT repeated bigint, OUT differing bigint, OUT expired bigint,
    OUT events bigint, OUT quarantined bigint) RETURNS record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    horizon timestamptz;
    long_context_from bigint := bedrock_internal.setting_value('long_context_tokens')::bigint;
    added integer[];
BEGIN
    -- Loads write one after the other; readers go on. Who waited for bedrock.purge_invocations goes by what that left.
    PERFORM bedrock_internal.lock_invocations(true);
    horizon := bedrock_internal.invocation_horizon();
    SELECT count(*) FILTER (WHERE s.reason IS NULL AND NOT s.is_event),
           count(*) FILTER (WHERE NOT s.is_event AND s.logged_at < horizon),
           count(*) FILTER (WHERE s.is_event), count(s.reason)
    INTO records, expired, events, quarantined FROM bedrock_invocation AS s;

    DROP TABLE IF EXISTS pg_temp.bedrock_invocation_stated;
    CREATE TEMP TABLE bedrock_invocation_stated ON COMMIT DROP AS
        SELECT s.key_number, s.principal_number, s.key_hash, s.account_id, s.region, s.inference_region,
               s.operation, s.model, s.profile, s.caller,
               s.tier, s.labels, s.principal
        FROM bedrock_invocation AS s
        WHERE (s.key_hash IS NOT NULL OR s.principal IS NOT NULL) AND NOT s.is_event;
    ANALYZE bedrock_invocation_stated (key_number, key_hash, principal_number, principal);

    WITH new AS (
        INSERT
            INTO bedrock.invocation_dimension (key_hash, account_id, region, inference_region, operation, model,
                                               profile, caller, tier, metadata)
        SELECT DISTINCT ON (s.key_hash) s.key_hash, s.account_id, s.region, s.inference_region, s.operation,
                        s.model, s.profile, s.caller, s.tier, s.labels
        FROM bedrock_invocation_stated AS s
        WHERE s.key_hash IS NOT NULL
        ORDER BY s.key_hash
        ON CONFLICT (key_hash) DO NOTHING
        RETURNING dimension_id)
    SELECT coalesce(array_agg(n.dimension_id), '{}') INTO added FROM new AS n;
    IF bedrock_internal.refresh_invocation_dimensions() IS NULL AND cardinality(added) > 0 THEN
        PERFORM bedrock_internal.read_invocation_dimensions(added);
    END IF;

    PERFORM bedrock_internal.upsert_sessions('SELECT DISTINCT s.principal FROM bedrock_invocation_stated AS s WHERE '
                                             's.principal IS NOT NULL');

    -- In the order of the key, which is random: each page of its index is met once. What is known is looked for before,
    -- under the lock, since asking the index at every row costs twice. The horizon is written without a zone, which
    -- some styles of dates give by a word that is read as another one.
    loaded := bedrock_internal.sum_requests(format($statement$
        INSERT
            INTO bedrock.invocation (request_key, logged_at, dimension_id, session_id, input_tokens, output_tokens,
                                     cache_read_tokens,
                                        cache_write_tokens, cache_write_1h_tokens, input_speech_tokens,
                                        output_speech_tokens, images,
                                        search_units, input_audio_ms, input_video_ms, output_audio_ms, output_video_ms,
                                        latency_ms,
                                        first_byte_ms, long_context, request_id, count_basis, error_code, metadata)
        SELECT s.request_key, s.logged_at, s.dimension_id, s.session_id, s.input_tokens, s.output_tokens,
               s.cache_read_tokens, s.cache_write_tokens,
               s.cache_write_1h_tokens, s.input_speech_tokens, s.output_speech_tokens, s.images, s.search_units,
               s.input_audio_ms,
               s.input_video_ms, s.output_audio_ms, s.output_video_ms, s.latency_ms, s.first_byte_ms, s.long_context,
               s.request_id, s.count_basis, s.error_code, s.metadata
        FROM (SELECT DISTINCT ON (r.request_key) r.request_key, r.logged_at, d.dimension_id,
                     coalesce(w.session_id, 0) AS session_id,
                     r.input_tokens, r.output_tokens, r.cache_read_tokens, r.cache_write_tokens,
                     r.cache_write_1h_tokens, r.input_speech_tokens,
                     r.output_speech_tokens, r.images, r.search_units, r.input_audio_ms, r.input_video_ms,
                     r.output_audio_ms, r.output_video_ms,
                     r.latency_ms, r.first_byte_ms,
                     coalesce(r.input_tokens, 0)::bigint + coalesce(r.cache_read_tokens, 0)
                         + coalesce(r.cache_write_tokens, 0) > d.long_context_above AS long_context,
                     r.request_id, r.count_basis, r.error_code, r.metadata
              FROM bedrock_invocation AS r
              JOIN (SELECT n.key_number AS number, k.dimension_id,
                           coalesce(k.long_context_above, %1$L::bigint) AS long_context_above
                    FROM bedrock_invocation_stated AS n
                    JOIN bedrock.invocation_dimension AS k ON k.key_hash = n.key_hash) AS d
                        ON d.number = r.key_number
              LEFT JOIN (SELECT n.principal_number AS number, k.session_id
                         FROM bedrock_invocation_stated AS n
                         JOIN bedrock_session AS k ON k.iam_principal = n.principal) AS w
                             ON w.number = r.principal_number
              WHERE r.reason IS NULL AND NOT r.is_event AND r.logged_at >= %2$L::timestamp AT TIME ZONE 'UTC'
              ORDER BY r.request_key, r.ctid) AS s
        WHERE NOT EXISTS (SELECT FROM bedrock.invocation AS i WHERE i.request_key = s.request_key)
        RETURNING logged_at, dimension_id, session_id, long_context, count_basis, error_code, input_tokens,
            output_tokens, cache_read_tokens,
                  cache_write_tokens, cache_write_1h_tokens, input_speech_tokens, output_speech_tokens, images,
                  search_units,
                  input_audio_ms, input_video_ms, output_audio_ms, output_video_ms, latency_ms
        $statement$, long_context_from, horizon AT TIME ZONE 'UTC'));

    IF events > 0 THEN
        INSERT
            INTO bedrock.invocation_event (request_key, request_id, logged_at, region, inference_region, principal,
                                           source_address, error_code)
        SELECT s.request_key, s.request_id, s.logged_at, s.region, s.inference_region, s.principal, s.source_address,
               s.error_code
        FROM bedrock_invocation AS s
        WHERE s.is_event
        ORDER BY s.request_key, s.ctid
        ON CONFLICT (request_key) DO NOTHING;
        GET DIAGNOSTICS events = ROW_COUNT;
    END IF;

    DELETE FROM bedrock.invocation_quarantine AS q WHERE replace_quarantined AND q.file = ANY (names);
    IF quarantined > 0 THEN
        INSERT INTO bedrock.invocation_quarantine (file, line, reason)
        SELECT names[coalesce(s.file, 1)], s.line, s.reason FROM bedrock_invocation AS s WHERE s.reason IS NOT NULL;
    END IF;
    repeated := records - expired - loaded;
    differing := 0;
    IF repeated > 0 THEN
        -- The same request in two records must have the same numbers.
        INSERT INTO bedrock.invocation_quarantine (file, line, reason)
        SELECT names[coalesce(s.file, 1)], s.line,
               'the request is loaded already, with another model, caller, time or count'
        FROM (SELECT r.*, d.dimension_id
              FROM bedrock_invocation AS r
              JOIN (SELECT n.key_number AS number, k.dimension_id
                    FROM bedrock_invocation_stated AS n
                    JOIN bedrock.invocation_dimension AS k ON k.key_hash = n.key_hash) AS d
                        ON d.number = r.key_number
              WHERE r.reason IS NULL AND NOT r.is_event
              OFFSET 0) AS s
        JOIN bedrock.invocation AS i ON i.request_key = s.request_key
        WHERE (i.dimension_id, i.logged_at, i.input_tokens, i.output_tokens, i.cache_read_tokens, i.cache_write_tokens)
              IS DISTINCT FROM (s.dimension_id, s.logged_at, s.input_tokens, s.output_tokens, s.cache_read_tokens,
                                s.cache_write_tokens);
        GET DIAGNOSTICS differing = ROW_COUNT;
        repeated := repeated - differing;
    END IF;
    DROP TABLE pg_temp.bedrock_invocation_stated;
END
$$;
COMMENT ON FUNCTION bedrock_internal.write_invocations(text[], boolean) IS
    'writes what the temporary table bedrock_invocation has, rows of bedrock_internal.read_invocations. names: of the '
    'files by their number; replace_quarantined: deletes the rows of these files in bedrock.invocation_quarantine';

CREATE OR REPLACE FUNCTION bedrock_internal.warn_of_unreadable_files(files text[]) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
DECLARE
    shown text;
BEGIN
    IF coalesce(cardinality(files), 0) = 0 THEN
        RETURN;
    END IF;
    SELECT string_agg(format('%s, line %s: %s', f.file, q.line, q.reason), E'\n' ORDER BY f.n) INTO shown
    FROM unnest(files[1:5]) WITH ORDINALITY AS f (file, n)
    CROSS JOIN LATERAL (SELECT i.line, i.reason
                        FROM bedrock.invocation_quarantine AS i
                        WHERE i.file = f.file
                        ORDER BY i.line LIMIT 1) AS q;
    RAISE WARNING USING
        MESSAGE = format('there is no record of a model invocation log in %s%s', files[1],
                         CASE WHEN cardinality(files) > 1 THEN format(' and %s more', cardinality(files) - 1)
                              ELSE '' END),
        DETAIL = coalesce(shown, ''),
        HINT = 'Every line that is no record: SELECT file, line, reason FROM bedrock.invocation_quarantine.';
END
$$;
COMMENT ON FUNCTION bedrock_internal.warn_of_unreadable_files(text[]) IS
    'warns of files of which no line is a record, with the first line and reason that bedrock.invocation_quarantine '
    'has of each. files: their names there; empty or NULL: none, no warning';

CREATE OR REPLACE FUNCTION bedrock.load_invocations(VARIADIC path text[], OUT files bigint, OUT records bigint,
    OUT loaded bigint, OUT repeated bigint, OUT differing bigint,
    OUT expired bigint, OUT events bigint, OUT quarantined bigint) RETURNS record
    LANGUAGE plpgsql SET search_path = pg_catalog,
        pg_temp SET client_min_messages = warning SET default_statistics_target = 10
AS $$
DECLARE
    label_keys text := bedrock_internal.invocation_label_keys();
    part record;
    written record;
    recordless text[];
BEGIN
    IF array_position(path, NULL) IS NOT NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = format('path %s of %s is NULL', array_position(path, NULL), cardinality(path)),
            HINT = 'Name files, directories or patterns as the database server sees them: /srv/logs/AWSLogs.';
    END IF;
    SELECT 0, 0, 0, 0, 0, 0, 0, 0 INTO files, records, loaded, repeated, differing, expired, events, quarantined;
    -- A part at a time, so that what is staged has a limit. Bodies of their own files and Bedrock's test file are none.
    FOR part IN
        SELECT array_agg(f.file ORDER BY f.file) AS names
        FROM (SELECT s.file, sum(s.bytes) OVER (ORDER BY s.file) / 134217728 AS number
              FROM (SELECT DISTINCT l.file, l.bytes FROM unnest(path) AS p (path)
                    CROSS JOIN LATERAL bedrock.server_files(p.path) AS l) AS s
              WHERE s.file !~ '/BedrockModelInvocationLogs/(.*/)?data/'
                AND s.file !~ '/amazon-bedrock-logs-permission-check$') AS f
        GROUP BY f.number ORDER BY f.number
    LOOP
        DROP TABLE IF EXISTS pg_temp.bedrock_invocation;
        CREATE TEMP TABLE bedrock_invocation ON COMMIT DROP
            AS SELECT * FROM bedrock_internal.read_invocations(part.names, label_keys);
        ANALYZE bedrock_invocation (reason, is_event, request_key, logged_at, key_number, principal_number,
                                    key_hash, principal);
        written := bedrock_internal.write_invocations(part.names, true);
        recordless := recordless || ARRAY(
            SELECT part.names[s.file]
            FROM bedrock_invocation AS s
            GROUP BY s.file HAVING count(*) = count(s.reason)
            ORDER BY 1);
        files := files + cardinality(part.names);
        records := records + written.records;
        loaded := loaded + written.loaded;
        repeated := repeated + written.repeated;
        differing := differing + written.differing;
        expired := expired + written.expired;
        events := events + written.events;
        quarantined := quarantined + written.quarantined;
    END LOOP;
    IF files = 0 THEN
        RAISE EXCEPTION 'there is no log file under %', array_to_string(path, ', ') USING ERRCODE = 'undefined_file',
            DETAIL = 'Paths are looked up on the database server; a directory is read with all below it.';
    END IF;
    DROP TABLE IF EXISTS pg_temp.bedrock_invocation;
    PERFORM bedrock_internal.warn_of_unreadable_files(recordless);
END
$$;
COMMENT ON FUNCTION bedrock.load_invocations(text[]) IS
    'loads model invocation logs from files of the database server in one transaction: JSON lines as in S3, exports, '
    'subscriptions and answers of CloudWatch Logs, results of Logs Insights with @message, and CloudTrail files; plain '
    'or gzip. path: files, directories or patterns. Prompts and answers are not stored, and a request is loaded once. '
    'Returns counts of files and records; loaded: new requests; repeated, differing: known ones with the same and with '
    'other numbers; expired: older than what was purged; events: new ones of CloudTrail; quarantined: lines that are '
    'no record (bedrock.invocation_quarantine). An error: no file, or one that cannot be opened. Needs '
    'pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock_internal.load_invocation_bytes(document bytea, name text,
    first_line bigint DEFAULT 1, OUT records bigint, OUT loaded bigint, OUT repeated bigint,
    OUT differing bigint, OUT expired bigint, OUT events bigint, OUT quarantined bigint) RETURNS record
    LANGUAGE plpgsql SET search_path = pg_catalog,
        pg_temp SET client_min_messages = warning SET default_statistics_target = 10
AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_invocation;
    CREATE TEMP TABLE bedrock_invocation ON COMMIT DROP
        AS SELECT * FROM bedrock_internal.parse_invocations(document, bedrock_internal.invocation_label_keys());
    IF first_line > 1 THEN
        UPDATE bedrock_invocation AS s SET line = s.line + first_line - 1 WHERE s.reason IS NOT NULL;
    END IF;
    ANALYZE bedrock_invocation (reason, is_event, request_key, logged_at, key_number, principal_number,
                                key_hash, principal);
    SELECT w.* INTO records, loaded, repeated, differing, expired, events, quarantined
    FROM bedrock_internal.write_invocations(ARRAY[load_invocation_bytes.name], first_line = 1) AS w;
    DROP TABLE bedrock_invocation;
END
$$;
COMMENT ON FUNCTION bedrock_internal.load_invocation_bytes(bytea, text, bigint) IS
    'loads model invocation logs from bytes, not packed, as bedrock.load_invocations does from files, for clients '
    'whose files the server cannot read. name: what bedrock.invocation_quarantine calls them. first_line: number of '
    'their first line in the file; 1 begins a file anew, whose earlier rows of bedrock.invocation_quarantine go';

CREATE OR REPLACE FUNCTION bedrock.load_invocation_text(document text, name text DEFAULT 'text', OUT records bigint,
    OUT loaded bigint, OUT repeated bigint, OUT differing bigint,
    OUT expired bigint, OUT events bigint, OUT quarantined bigint) RETURNS record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT b.*
    FROM bedrock_internal.load_invocation_bytes(convert_to(load_invocation_text.document, 'UTF8'),
                                                load_invocation_text.name) AS b;
END;
COMMENT ON FUNCTION bedrock.load_invocation_text(text, text) IS
    'loads model invocation logs from a text as bedrock.load_invocations does from files; name: that of the file in '
    'bedrock.invocation_quarantine';

CREATE OR REPLACE FUNCTION bedrock.purge_invocations(days integer DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept integer := coalesce(days, bedrock_internal.setting_value('invocation_retention_days')::integer);
    first_day date := (now() AT TIME ZONE 'UTC')::date - kept;
    horizon timestamptz := first_day::timestamp AT TIME ZONE 'UTC';
    purged bigint;
BEGIN
    IF kept < 0 THEN
        RAISE EXCEPTION 'days must be 0 or more, not %', kept USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM bedrock_internal.lock_invocations(true);
    DELETE FROM bedrock.invocation AS i WHERE i.logged_at < horizon;
    GET DIAGNOSTICS purged = ROW_COUNT;
    DELETE FROM bedrock.invocation_event AS e WHERE e.logged_at < horizon;
    IF horizon > bedrock_internal.invocation_horizon() THEN
        INSERT INTO bedrock_internal.state (kind, first_day) VALUES ('invocation_retention', first_day)
        ON CONFLICT (kind) DO UPDATE SET first_day = excluded.first_day;
    END IF;
    RETURN purged;
END
$$;
COMMENT ON FUNCTION bedrock.purge_invocations(integer) IS
    'deletes single requests and CloudTrail events older than so many UTC days (default: setting '
    'invocation_retention_days) and returns how many requests; sums by day stay, and what was purged is not loaded '
    'again';

-- What was asked
-- -------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock_internal.speech_cost(model text, input_tokens numeric, output_tokens numeric,
    region text, routing text, tier text, at timestamptz) RETURNS numeric
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    day date := (speech_cost.at AT TIME ZONE 'UTC')::date;
    target record;
    -- A discount is for the model or its provider, whatever its tokens are.
    discount numeric;
BEGIN
    IF (speech_cost.input_tokens > 0 OR speech_cost.output_tokens > 0) IS NOT TRUE THEN
        RETURN 0;
    END IF;
    SELECT t.* INTO target FROM bedrock_internal.price_targets(speech_cost.model) AS t
    WHERE day BETWEEN coalesce(t.valid_from, '-infinity') AND coalesce(t.valid_to, 'infinity');
    SELECT d.factor INTO discount
    FROM bedrock_internal.price_discounts(target.model_id) WITH ORDINALITY
        AS d (valid_from, valid_to, factor, percent, place)
    WHERE day BETWEEN coalesce(d.valid_from, '-infinity') AND coalesce(d.valid_to, 'infinity')
    ORDER BY d.place LIMIT 1;
    RETURN (
        WITH priced AS (
            SELECT p.token_kind, p.usd * CASE p.unit WHEN '1K tokens' THEN 0.001 ELSE 0.000001 END
                   * CASE WHEN p.origin IN ('user', 'offer') THEN 1 ELSE coalesce(discount, 1) END AS usd
            FROM bedrock_internal.other_prices(target.model_id, coalesce(speech_cost.region, target.region),
                                      coalesce(CASE speech_cost.routing WHEN 'geo' THEN 'regional'
                                                                        ELSE speech_cost.routing END, target.routing),
                                      speech_cost.tier, day, NULL, 'book') AS p
            WHERE p.modality = 'speech' AND p.unit IN ('1M tokens', '1K tokens'))
        SELECT CASE WHEN count(*) = count(t.cost) THEN sum(t.cost) END
        FROM (SELECT k.tokens
              * (SELECT CASE WHEN min(p.usd) = max(p.usd) THEN min(p.usd) END FROM priced AS p
                 WHERE p.token_kind = k.token_kind) AS cost
              FROM (VALUES ('input', speech_cost.input_tokens), ('output', speech_cost.output_tokens))
                  AS k (token_kind, tokens)
              WHERE k.tokens > 0) AS t);
END
$$;
COMMENT ON FUNCTION bedrock_internal.speech_cost(text, numeric, numeric, text, text, text, timestamptz) IS
    'what so many tokens of speech cost by the price book and its discounts, in US dollars; the arguments are those of '
    'estimated_cost, which prices text. NULL: a kind with a count has no price, or no single one';

CREATE OR REPLACE FUNCTION bedrock_internal.logged_period() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT date_trunc('month', max(d.day)::timestamp)::date FROM bedrock.invocation_day AS d;
END;
COMMENT ON FUNCTION bedrock_internal.logged_period() IS
    'first day of the latest month that invocation logs are loaded for, what "this month" means to questions they '
    'answer; NULL: none are';
