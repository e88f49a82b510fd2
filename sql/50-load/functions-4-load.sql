-- Exports read by the server itself, from files to facts. Their lines stay in memory, as those of an attached relation;
-- their line keys are a temporary table while the load lasts.

CREATE OR REPLACE FUNCTION bedrock_internal.read_delivery(files text[], force boolean, keep text, workers integer,
    next_files text[] DEFAULT NULL) RETURNS bedrock.source
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    names text[] := bedrock_internal.server_file_header(files[1]);
    twice text;
    alike record;
    entry bedrock.source;
    columns text;
    uses text[];
    fields text[];
BEGIN
    PERFORM bedrock_internal.drop_delivery();
    -- The server compares the first 63 bytes of a name.
    SELECT n.name::name::text INTO twice FROM unnest(names) AS n (name) GROUP BY n.name::name HAVING count(*) > 1
        LIMIT 1;
    IF FOUND THEN
        PERFORM bedrock_internal.raise_in_file(files[1], 1, '42701', format('the column "%s" is there twice', twice));
    END IF;

    -- The format is recognized by the columns, as that of a relation is.
    EXECUTE format('CREATE TEMP TABLE bedrock_header (%s) ON COMMIT DROP',
        (SELECT string_agg(quote_ident(n.name::name::text) || ' text', ', ' ORDER BY n.place)
        FROM unnest(names) WITH ORDINALITY AS n (name, place)));
    entry := bedrock_internal.source_entry('pg_temp.bedrock_header', files[1], read_delivery.force);
    SELECT array_agg(u.used ORDER BY u.place), array_agg(coalesce(u.field, '') ORDER BY u.place),
           string_agg(format(', %I %s', u.name::name, u.type), '' ORDER BY u.place) FILTER (WHERE u.used <> 'skip')
    INTO uses, fields, columns
    FROM (SELECT n.name, n.place, c.used, c.field, coalesce(c.type, 'text') AS type
          FROM unnest(names) WITH ORDINALITY AS n (name, place)
          JOIN bedrock_internal.column_use('pg_temp.bedrock_header', entry.format) AS c ON c.name = n.name::name::text)
              AS u;
    DROP TABLE pg_temp.bedrock_header;

    EXECUTE format('CREATE TEMP TABLE bedrock_read ON COMMIT DROP AS SELECT * FROM bedrock_internal.read_export(%L, '
        '%L, %L, %L, %L, %L) AS r (%s%s)',
                   files, names, uses, fields, read_delivery.keep = 'hour', read_delivery.workers,
                       bedrock_internal.line_key_columns(), columns);
    FOR alike IN
        SELECT array_agg(files[r.file] ORDER BY r.file) AS files
        FROM bedrock_internal.files_read() AS r
        WHERE r.lines > 0
        GROUP BY r.checksum HAVING count(*) > 1 ORDER BY min(r.file)
    LOOP
        RAISE WARNING USING
            MESSAGE = format('%s and %s have the same content', alike.files[1], alike.files[2])
                      || CASE WHEN cardinality(alike.files) > 2 THEN format(
                          ', and so have %s more', cardinality(alike.files) - 2) ELSE '' END,
            DETAIL = 'The lines of each of them count.',
            HINT = 'Remove a file that is a copy of another, and load the delivery again.';
    END LOOP;

    -- While these lines become facts, the next ones are read.
    IF bedrock_internal.server_file_header(next_files[1]) = names THEN
        PERFORM bedrock_internal.read_ahead(next_files, names, uses, fields, read_delivery.keep = 'hour',
            read_delivery.workers);
    END IF;
    RETURN entry;
END
$$;
COMMENT ON FUNCTION bedrock_internal.read_delivery(text[], boolean, text, integer, text[]) IS
    'reads the files of a delivery, with their line keys in the temporary table bedrock_read, and returns the row of '
    'bedrock.source for them. next_files: of the delivery that is read next; NULL: none';

CREATE OR REPLACE FUNCTION bedrock_internal.drop_delivery() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.bedrock_read, pg_temp.bedrock_header;
END
$$;
COMMENT ON FUNCTION bedrock_internal.drop_delivery() IS
    'drops the temporary tables of bedrock_internal.read_delivery and of bedrock_internal.stage_source';

CREATE OR REPLACE FUNCTION bedrock_internal.refuse_same_file(files text[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    same text[];
BEGIN
    SELECT array_agg(f.file ORDER BY n.place) INTO same
    FROM unnest(files) WITH ORDINALITY AS n (file, place) CROSS JOIN LATERAL bedrock.server_files(n.file) AS f
    GROUP BY f.identity HAVING count(*) > 1
    ORDER BY min(n.place) LIMIT 1;
    IF FOUND THEN
        RAISE duplicate_file USING
            MESSAGE = CASE WHEN same[1] = same[2] THEN format('%s is named %s times', same[1], cardinality(same))
                           ELSE format('%s and %s are one file', same[1], same[2]) END,
            DETAIL = 'Its lines would count twice.',
            HINT = 'Name each file once, or the directory of the export.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.refuse_same_file(text[]) IS
    'raises an error where two of these files of the server are one, by name, symbolic link or hard link';

CREATE OR REPLACE FUNCTION bedrock_internal.named_delivery(named text[],
    OUT export text, OUT billing_period date, OUT execution text, OUT delivered_at timestamptz, OUT manifest text,
        OUT files text[],
    OUT bytes bigint[], OUT modified timestamptz[], OUT ignored text[], OUT notice text) RETURNS SETOF record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF cardinality(named) = 0 OR array_position(named, NULL) IS NOT NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = CASE WHEN cardinality(named) = 0 THEN 'no file was given'
                ELSE format('file %s of %s is NULL', array_position(named, NULL), cardinality(named)) END,
            HINT = 'Name each file of the delivery as the database server sees it: '
                '/srv/exports/acme/acme-00001.csv.gz.';
    END IF;
    RETURN QUERY
    SELECT (SELECT p.stem FROM bedrock_internal.export_path(named[1]) AS p), NULL::date, NULL::text,
        least(max(f.modified), now()), NULL::text, array_agg(f.file ORDER BY n.place),
           array_agg(f.bytes ORDER BY n.place), array_agg(f.modified ORDER BY n.place), '{}'::text[], NULL::text
    FROM unnest(named) WITH ORDINALITY AS n (path, place) CROSS JOIN LATERAL bedrock.server_files(n.path) AS f;
END
$$;
COMMENT ON FUNCTION bedrock_internal.named_delivery(text[]) IS
    'the delivery that files named by the caller make, with the columns of bedrock_internal.export_deliveries';

CREATE OR REPLACE FUNCTION bedrock_internal.delivered_files(files text[], bytes bigint[], modified timestamptz[])
    RETURNS jsonb
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT jsonb_agg(jsonb_build_object('file', f.file, 'bytes', f.bytes, 'modified', f.modified) ORDER BY f.place)
    FROM unnest(delivered_files.files, delivered_files.bytes, delivered_files.modified)
        WITH ORDINALITY AS f (file, bytes, modified, place);
END;
COMMENT ON FUNCTION bedrock_internal.delivered_files(text[], bigint[], timestamptz[]) IS
    'files of a delivery as in bedrock.period.files, without checksum and lines; NULL: none';

CREATE OR REPLACE FUNCTION bedrock_internal.periods_loaded_from(source text, keep text, files jsonb)
    RETURNS SETOF bedrock.period
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.* FROM bedrock.period AS p
    WHERE p.source = periods_loaded_from.source AND p.rules_version = bedrock_internal.rules_version()
        AND p.keep = periods_loaded_from.keep
      AND (SELECT jsonb_agg(f.value - '{checksum,lines}'::text[]) FROM jsonb_array_elements(p.files) AS f) =
          periods_loaded_from.files;
END;
COMMENT ON FUNCTION bedrock_internal.periods_loaded_from(text, text, jsonb) IS
    'periods of a source that were loaded from exactly these files (bedrock_internal.delivered_files), by the '
    'current rules and at this grain';

CREATE OR REPLACE FUNCTION bedrock_internal.load_deliveries(wanted_path text, wanted_files text[], wanted_name text,
    partial text, forced boolean, monthly boolean, wanted_keep text, workers integer)
    RETURNS TABLE (source text, billing_period date, action text, files integer, lines bigint, cost numeric,
        seconds numeric)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    delivery record;
    done record;
    entry bedrock.source;
    known bedrock.source;
    began timestamptz;
    called text;
    paths text[];
    following text[];
    now_there jsonb;
    loaded_before jsonb;
    under_way bedrock_internal.delivery;
    left_out jsonb;
    kept text;
    kept_name text;
    touched boolean := false;
    list_costs bedrock_internal.price_book;
    is_first boolean := true;
    ownership bigint := bedrock_internal.ownership_version();
    work_mem_before text := bedrock_internal.raise_work_mem();
BEGIN
    IF wanted_keep NOT IN ('day', 'hour') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('facts cannot be kept by "%s"', wanted_keep),
            HINT = 'Use keep => ''day'' or keep => ''hour''.';
    ELSIF coalesce(workers NOT BETWEEN 0 AND 16, true) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('a load cannot have %s workers', coalesce(workers::text, 'NULL')),
            DETAIL = 'workers is a number from 0 (max_parallel_maintenance_workers, at least one) to 16.',
            HINT = 'Leave it out, or use workers => 4 to read four files at once.';
    END IF;

    IF bedrock_internal.add_recent_partitions() THEN
        PERFORM bedrock_internal.index_fact_partitions();
    END IF;

    -- What is written now uses the current price book, which is stored at the end.
    list_costs := (bedrock_internal.update_list_cost(false, NULL)).taken;
    FOR delivery IN
        SELECT d.*, min(d.export) OVER () AS first_export, max(d.export) OVER () AS last_export,
               lead(d.export) OVER arrival AS next_export, array_agg(d.billing_period) OVER () AS months,
               lead(d.files) OVER arrival AS next_files, lead(d.bytes) OVER arrival AS next_bytes,
               lead(d.modified) OVER arrival AS next_modified
        FROM (SELECT e.* FROM bedrock_internal.export_deliveries(wanted_path, partial) AS e WHERE wanted_files IS NULL
              UNION ALL
              SELECT n.* FROM bedrock_internal.named_delivery(wanted_files) AS n WHERE wanted_files IS NOT NULL) AS d
        WINDOW arrival AS (ORDER BY d.export, d.billing_period)
        ORDER BY d.export, d.billing_period
    LOOP
        began := clock_timestamp();
        called := coalesce(delivery.manifest, CASE WHEN cardinality(delivery.files) > 1 THEN wanted_path END,
            delivery.files[1]);
        IF delivery.first_export <> delivery.last_export AND wanted_name IS NOT NULL THEN
            RAISE ambiguous_parameter USING
                MESSAGE = format('%s holds more than one export', wanted_path),
                DETAIL = format('Among them %s and %s.', delivery.first_export, delivery.last_export),
                HINT = 'Load each folder by itself, or leave the name out.';
        END IF;
        -- Months without partitions are waited for before anything is written that others could wait for.
        IF is_first THEN
            PERFORM bedrock_internal.lock_missing_months(array_remove(delivery.months, NULL));
            is_first := false;
        END IF;
        IF delivery.notice IS NOT NULL THEN
            -- A load has a delivery for each period: whose notice it is, and where it lies.
            RAISE NOTICE '%: %', concat_ws(', ', format('export "%s"', delivery.export),
                to_char(delivery.billing_period, 'YYYY-MM'),
                coalesce(delivery.manifest, regexp_replace(delivery.files[1], '/[^/]*$', ''))), delivery.notice;
        END IF;

        SELECT * INTO known FROM bedrock.source AS s WHERE s.source = coalesce(wanted_name, delivery.export);
        IF known.relation IS NOT NULL THEN
            RAISE duplicate_object USING
                MESSAGE = format('source "%s" is the attached relation %s', known.source, known.relation),
                HINT = 'Load the export under another name: bedrock.load_cur(path, name => ...), or detach the '
                    'relation first.';
        END IF;
        kept := coalesce(wanted_keep, known.keep, 'day');

        now_there := bedrock_internal.delivered_files(delivery.files, delivery.bytes, delivery.modified);
        paths := delivery.files;

        IF partial = 'append' THEN
            -- The whole is read again: what was there before and what is added to it.
            SELECT jsonb_agg(DISTINCT f.value - '{checksum,lines}'::text[]) INTO loaded_before
            FROM bedrock.period AS p CROSS JOIN LATERAL jsonb_array_elements(p.files) AS f
            WHERE p.source = known.source AND (delivery.billing_period IS NULL
                OR p.billing_period = delivery.billing_period)
              AND f.value ->> 'file' <> ALL (delivery.files);
            now_there := now_there || coalesce(loaded_before, '[]');
            paths := ARRAY(SELECT f.value ->> 'file' FROM jsonb_array_elements(now_there)
                WITH ORDINALITY AS f (value, place) ORDER BY f.place);
        END IF;

        PERFORM bedrock_internal.refuse_same_file(paths);

        -- Loaded already, and by the rules of today?
        IF NOT forced THEN
            RETURN QUERY
            SELECT p.source, p.billing_period, 'unchanged', cardinality(paths), p.lines,
                coalesce(p.unblended_cost, p.net_unblended_cost),
                   round(extract(epoch FROM clock_timestamp() - began), 3)
            FROM bedrock_internal.periods_loaded_from(known.source, kept, now_there) AS p;
            CONTINUE WHEN FOUND;
        END IF;
        following := CASE WHEN partial <> 'append' AND delivery.next_export = delivery.export
                           AND (forced OR NOT EXISTS (SELECT FROM bedrock_internal.periods_loaded_from(
                               known.source, kept, bedrock_internal.delivered_files(
                               delivery.next_files, delivery.next_bytes, delivery.next_modified))))
                          THEN delivery.next_files END;
        entry := bedrock_internal.read_delivery(paths, forced, kept, workers, following);
        entry.source := coalesce(wanted_name, delivery.export);
        IF known.format <> entry.format THEN
            RAISE datatype_mismatch USING
                MESSAGE = format('%s is a %s export, source "%s" a %s one', called, entry.format, known.source,
                    known.format),
                HINT = 'Load it under another name, bedrock.load_cur(path, name => ...).';
        END IF;

        IF known.source IS NULL THEN
            INSERT INTO bedrock.source (source, format, format_version, mapping, period_column, rank, line_item,
                allow_monthly, forced, keep, missing)
            VALUES (entry.source, entry.format, entry.format_version, entry.mapping, entry.period_column,
                    (SELECT coalesce(max(r.rank), 0) + 1 FROM bedrock.source AS r), false, monthly, entry.forced, kept,
                        entry.missing)
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE bedrock.source AS s
            SET format_version = entry.format_version, mapping = entry.mapping, period_column = entry.period_column,
                allow_monthly = s.allow_monthly OR monthly, forced = entry.forced, keep = kept, missing = entry.missing
            WHERE s.source = entry.source
              AND ROW(s.format_version, s.mapping, s.period_column, s.allow_monthly, s.forced, s.keep, s.missing)
                  IS DISTINCT FROM
                  ROW(entry.format_version, entry.mapping, entry.period_column, s.allow_monthly
                      OR monthly, entry.forced, kept, entry.missing);
        END IF;
        kept_name := entry.source;
        SELECT * INTO entry FROM bedrock.source AS s WHERE s.source = kept_name;
        IF NOT FOUND THEN
            RAISE object_not_in_prerequisite_state USING
                MESSAGE = format('source "%s" was detached while %s was read', kept_name, called),
                HINT = 'Load it again.';
        END IF;
        IF NOT entry.allow_monthly THEN
            PERFORM bedrock_internal.check_grain(entry.source, 'pg_temp.bedrock_read', called);
        END IF;

        SELECT jsonb_agg(to_jsonb(o)) INTO left_out FROM bedrock_internal.lines_left_out(entry.source, true) AS o;
        -- A time in the future comes from a wrong clock, there or here: a delivery after today's is not older.
        SELECT called, began, least(delivery.delivered_at, now()), kept,
               jsonb_agg(n.value || jsonb_build_object('checksum', r.checksum, 'lines', r.lines) ORDER BY n.place),
               CASE WHEN entry.format = 'focus' THEN coalesce(left_out, '[]') END
        INTO under_way
        FROM jsonb_array_elements(now_there) WITH ORDINALITY AS n (value, place)
        JOIN bedrock_internal.files_read() AS r ON r.file = n.place;

        FOR done IN SELECT * FROM bedrock_internal.refresh_source(entry, NULL, forced, under_way) LOOP
            RETURN QUERY
            SELECT done.source, done.billing_period,
                   (SELECT g.action FROM bedrock.load_log AS g
                    WHERE g.source = done.source AND g.billing_period = done.billing_period
                      AND g.payer_account_id = done.payer_account_id
                    ORDER BY g.load_id DESC LIMIT 1),
                   cardinality(paths), done.lines, done.cost, round(extract(epoch FROM clock_timestamp() - began), 3);
        END LOOP;
        IF NOT FOUND AND left_out IS NOT NULL THEN
            RAISE no_data_found USING
                MESSAGE = format('%s has no line of AWS', called),
                DETAIL = (SELECT string_agg(format('%s lines of %s', o.lines, o.provider), ', '
                    ORDER BY o.lines DESC, o.provider) || '. Lines of other providers are never read.'
                          FROM jsonb_to_recordset(left_out) AS o (provider text, lines bigint)),
                HINT = 'Load the FOCUS export of AWS, or fill the columns ProviderName, ServiceProviderName or '
                    'InvoiceIssuerName.';
        END IF;
        touched := true;
    END LOOP;

    PERFORM bedrock_internal.drop_delivery();
    IF touched THEN
        PERFORM bedrock_internal.report_progress('all files are loaded; owners, list prices and checks follow');
    END IF;
    PERFORM bedrock_internal.finish_refresh(touched, list_costs, ownership);
    PERFORM set_config('work_mem', work_mem_before, true);
END
$$;
COMMENT ON FUNCTION bedrock_internal.load_deliveries(text, text[], text, text, boolean, boolean, text, integer) IS
    'body of both functions bedrock.load_cur: wanted_files, or else the deliveries under wanted_path';

CREATE OR REPLACE FUNCTION bedrock.load_cur(path text, name text DEFAULT NULL, partial text DEFAULT 'refuse',
    force boolean DEFAULT false,
    allow_monthly boolean DEFAULT false, keep text DEFAULT NULL, workers integer DEFAULT 0,
    OUT source text, OUT billing_period date, OUT action text, OUT files integer, OUT lines bigint, OUT cost numeric,
    OUT seconds numeric) RETURNS SETOF record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT l.source, l.billing_period, l.action, l.files, l.lines, l.cost, l.seconds
        FROM bedrock_internal.load_deliveries($1, NULL, $2, $3, $4, $5, $6, $7) AS l;
END;
COMMENT ON FUNCTION bedrock.load_cur(text, text, text, boolean, boolean, text, integer) IS
    'loads exports on the server (.csv or .csv.gz of CUR 2.0, legacy CUR or FOCUS) into bedrock.spend, and returns a '
    'row for each source, payer and billing period with its action: loaded, replaced, restated (a final period '
    'changed) or unchanged. path: a file, a pattern, or a directory as AWS lays it out; name: of the source '
    '(default: of the export); partial => ''append'': adds a chunk; force: also what is unchanged, older than what '
    'is loaded, or lacks essential columns; allow_monthly: although its usage has no day; keep: grain of the facts, '
    'day or hour; workers: files read at once, at most 16 (0: max_parallel_maintenance_workers, at least one). An '
    'error changes nothing. Needs pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock.load_cur(delivery text[], name text DEFAULT NULL, partial text DEFAULT 'refuse',
    force boolean DEFAULT false,
    allow_monthly boolean DEFAULT false, keep text DEFAULT NULL, workers integer DEFAULT 0,
    OUT source text, OUT billing_period date, OUT action text, OUT files integer, OUT lines bigint, OUT cost numeric,
    OUT seconds numeric) RETURNS SETOF record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT l.source, l.billing_period, l.action, l.files, l.lines, l.cost, l.seconds
        FROM bedrock_internal.load_deliveries(NULL, $1, $2, $3, $4, $5, $6, $7) AS l;
END;
COMMENT ON FUNCTION bedrock.load_cur(text[], text, text, boolean, boolean, text, integer) IS
    'loads the named files as one whole delivery, for whose completeness the caller answers; all else as '
    'bedrock.load_cur of a path';
