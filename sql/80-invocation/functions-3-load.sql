-- Loading model invocation logs, and purging single requests.

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
    IF loaded > 0 THEN
        PERFORM bedrock_internal.run_checks('logs');
    END IF;
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
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT b.* INTO records, loaded, repeated, differing, expired, events, quarantined
    FROM bedrock_internal.load_invocation_bytes(convert_to(load_invocation_text.document, 'UTF8'),
                                                load_invocation_text.name) AS b;
    IF loaded > 0 THEN
        PERFORM bedrock_internal.run_checks('logs');
    END IF;
END
$$;
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
