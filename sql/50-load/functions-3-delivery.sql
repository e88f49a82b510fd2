-- What a directory of exports holds, as AWS lays it out: complete deliveries, each of one period of one export.
--
-- Data Exports (CUR 2.0, FOCUS):  EXPORT/data/BILLING_PERIOD=2026-11/[EXECUTION/]NAME-00001.csv.gz
--                                 EXPORT/metadata/BILLING_PERIOD=2026-11/[EXECUTION/]NAME-Manifest.json
-- legacy Cost and Usage Report:   REPORT/20261101-20261201/[ASSEMBLY/]NAME-00001.csv.gz, NAME-Manifest.json
--                                 REPORT/REPORT/year=2026/month=11/NAME-00001.csv.gz, NAME-Manifest.json
-- The manifest of a period is written last and always describes the newest delivery; the one in the folder of an
-- execution describes that execution. Where an export shrinks, AWS leaves chunks behind that no manifest names.

CREATE OR REPLACE FUNCTION bedrock_internal.export_path(path text,
    OUT kind text, OUT root text, OUT billing_period date, OUT execution text, OUT folder text, OUT name text,
        OUT stem text, OUT chunk bigint, OUT tail text)
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part text[];
BEGIN
    part := regexp_match(path, '^(.*)/([^/]*)$');
    folder := coalesce(part[1], '');
    name := coalesce(part[2], path);
    kind := CASE WHEN name ~ E'^(.*-)?Manifest\\.json$' THEN 'manifest'
                 WHEN name ~* E'\\.parquet$' THEN 'parquet'
                 WHEN name ~* E'\\.zip$' THEN 'zip'
                 WHEN name ~* E'\\.(csv|gz)$' THEN 'csv'
                 ELSE 'other' END;

    -- The innermost folder that states a period.
    part := regexp_match(
        folder || '/',
        '^(.*)/((?:billing_period=([1-9][0-9]{3})-(0[1-9]|1[0-2]))'
        '|(?:([1-9][0-9]{3})(0[1-9]|1[0-2])[0-9]{2}-[0-9]{8})'
        '|(?:year=([1-9][0-9]{3})/month=(0?[1-9]|1[0-2])))/(.*)$', 'i');
    IF part IS NOT NULL THEN
        root := regexp_replace(part[1], '/(data|metadata)$', '');
        billing_period := make_date(coalesce(part[3], part[5], part[7])::int, coalesce(part[4], part[6], part[8])::int,
            1);
        execution := nullif(trim(TRAILING '/' FROM part[9]), '');
        tail := part[2] || '/' || part[9] || name;
    ELSE
        root := folder;
        tail := name;
    END IF;

    IF kind = 'manifest' THEN
        stem := nullif(regexp_replace(name, E'-?Manifest\\.json$', ''), '');
    ELSIF kind <> 'other' THEN
        stem := regexp_replace(name, E'\\.(csv(\\.gz|\\.zip)?|gz|zip|(snappy\\.)?parquet)$', '', 'i');
        -- Chunks have five digits; legacy reports once had as many as they needed.
        part := regexp_match(stem, CASE WHEN folder ~ '/[0-9]{8}-[0-9]{8}(/|$)' THEN '^(.+)-([0-9]{1,5})$'
            ELSE '^(.+)-([0-9]{5})$' END);
        IF part IS NOT NULL THEN
            stem := part[1];
            chunk := part[2]::bigint;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.export_path(text) IS
    'parts of the path of a file or S3 key of an export: kind (manifest, csv, parquet, zip, other), root (folder of '
    'the export), billing_period (from BILLING_PERIOD=2026-11, 20261101-20261201 or year=2026/month=11), execution '
    '(execution or assembly id), folder, name, stem (name without chunk number and extension), chunk, tail (path '
    'from the folder of the period on); NULL: not stated';

CREATE OR REPLACE FUNCTION bedrock_internal.delivery_time(value text) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part text[];
BEGIN
    part := regexp_match(value, '^([0-9]{4})-?([0-9]{2})-?([0-9]{2})[T ]'
        '([0-9]{2}):?([0-9]{2}):?([0-9]{2}([.][0-9]+)?)(?:Z|[+]00:?00)?(?:-[^-].*)?$');
    IF part IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN make_timestamptz(part[1]::int, part[2]::int, part[3]::int, part[4]::int, part[5]::int, part[6]::float8,
        'UTC');
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION bedrock_internal.delivery_time(text) IS
    'UTC time at the beginning of a text, as in manifests and folders of executions (2026-11-02T05:36:21.000Z, '
    '20261102T053621Z-1f2e...); NULL: another text';

CREATE OR REPLACE FUNCTION bedrock_internal.export_manifest(file text,
    OUT export text, OUT billing_period date, OUT execution text, OUT delivered_at timestamptz, OUT data_files text[],
        OUT tails text[], OUT names text[])
    LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    document jsonb := bedrock.try_jsonb(bedrock.server_file_text(file));
    named jsonb;
    period text[];
    folder text;
    nameless record;
BEGIN
    IF document IS NULL OR jsonb_typeof(document) <> 'object' THEN
        RAISE invalid_json_text USING
            MESSAGE = format('manifest "%s" is no JSON object', file),
            HINT = 'Copy it from the bucket again; it may have been copied in part.';
    END IF;

    named := coalesce(document -> 'dataFiles', document -> 'reportKeys');
    IF named IS NULL OR jsonb_typeof(named) <> 'array' THEN
        RAISE invalid_json_text USING
            MESSAGE = format('manifest "%s" names no data files', file),
            DETAIL = format('It has neither dataFiles (Data Exports) nor reportKeys (legacy Cost and Usage Report) '
                            'but: %s.',
                            coalesce((SELECT string_agg(k.key, ', ' ORDER BY k.key)
                                      FROM jsonb_object_keys(document) AS k (key)), 'nothing')),
            HINT = 'Copy the manifest from the bucket again, or name the data files instead of their directory.';
    END IF;

    SELECT n.place, left(n.entry::text, 100) AS entry INTO nameless
    FROM jsonb_array_elements(named) WITH ORDINALITY AS n (entry, place)
    WHERE coalesce(CASE jsonb_typeof(n.entry) WHEN 'string' THEN n.entry #>> '{}'
        WHEN 'object' THEN coalesce(n.entry ->> 's3Uri', n.entry ->> 'uri', n.entry ->> 'key') END, '') = ''
    ORDER BY n.place LIMIT 1;
    IF FOUND THEN
        RAISE invalid_json_text USING
            MESSAGE = format('manifest "%s" has an entry that names no data file', file),
            DETAIL = format('Entry %s of %s in its list of files is %s.', nameless.place, jsonb_array_length(named),
                nameless.entry),
            HINT = 'Copy the manifest from the bucket again, or name the data files instead of their directory.';
    END IF;
    data_files := ARRAY(SELECT DISTINCT coalesce(n.entry ->> 's3Uri', n.entry ->> 'uri', n.entry ->> 'key',
        n.entry #>> '{}')
                        FROM jsonb_array_elements(named) AS n (entry) ORDER BY 1);
    IF data_files = '{}' THEN
        RAISE invalid_json_text USING
            MESSAGE = format('manifest "%s" names no data files', file),
            DETAIL = 'Its list of files is empty.',
            HINT = 'Copy the manifest from the bucket again. AWS writes at least one file, with a header and no line '
                'where nothing was charged.';
    END IF;

    -- A key of the bucket has the parts of a path.
    SELECT array_agg(p.tail ORDER BY d.ordinal), array_agg(p.name ORDER BY d.ordinal),
        max(p.execution) FILTER (WHERE bedrock_internal.delivery_time(p.execution) IS NOT NULL) INTO tails, names,
        folder
    FROM unnest(data_files) WITH ORDINALITY AS d (key, ordinal), LATERAL bedrock_internal.export_path(
        '/' || regexp_replace(d.key, '^[a-z0-9]+://[^/]*/', '')) AS p;

    export := coalesce(nullif(document ->> 'exportName', ''), nullif(document ->> 'reportName', ''));
    execution := coalesce(nullif(document ->> 'executionId', ''), nullif(document ->> 'assemblyId', ''));
    period := regexp_match(coalesce(document #>> '{billingPeriod,start}', document #>> '{billingPeriod,begin}',
        document ->> 'billingPeriod'),
                           '^([1-9][0-9]{3})-?(0[1-9]|1[0-2])');
    billing_period := make_date(period[1]::int, period[2]::int, 1);
    delivered_at := coalesce(bedrock_internal.delivery_time(document ->> 'deliveredAt'),
                             bedrock_internal.delivery_time(document ->> 'completedAt'),
                             bedrock_internal.delivery_time(document ->> 'lastUpdatedAt'),
                             bedrock_internal.delivery_time(document ->> 'createdAt'),
                             bedrock_internal.delivery_time(folder));
END
$$;
COMMENT ON FUNCTION bedrock_internal.export_manifest(text) IS
    'delivery that a manifest on the server describes: export (exportName, reportName), billing_period, execution '
    '(executionId, assemblyId), delivered_at (its own time, or that of the folder it names), data_files (dataFiles, '
    'reportKeys), tails and names of these (bedrock_internal.export_path); NULL: not stated. Errors: not a JSON '
    'object, no list of files, an empty list; needs pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock_internal.refuse_formats(files text[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held record;
BEGIN
    SELECT count(*) AS files, min(f.file COLLATE "C") AS first, string_agg(f.file, ', ' ORDER BY f.file COLLATE "C")
        FILTER (WHERE f.ordinal <= 5) AS listed, p.kind INTO held
    FROM unnest(files) WITH ORDINALITY AS f (file, ordinal), LATERAL bedrock_internal.export_path(f.file) AS p
    WHERE p.kind <> 'csv'
    GROUP BY p.kind ORDER BY p.kind LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    RAISE feature_not_supported USING
        MESSAGE = format(CASE held.kind WHEN 'parquet' THEN '"%s" is a Parquet file: the server reads CSV only'
                                        WHEN 'zip' THEN '"%s" is a ZIP archive: the server reads CSV and gzip only'
                                        ELSE '"%s" is no data file of an export' END, held.first),
        DETAIL = CASE WHEN held.kind = 'other' THEN 'Its name ends in none of .csv, .csv.gz and .gz.'
                      ELSE format('Its name ends in .%s.', held.kind) END
                 || CASE WHEN held.files > 1 THEN format(' Such files: %s, of them %s%s.', held.files, held.listed,
                                                         CASE WHEN held.files > 5 THEN ', ...' ELSE '' END)
                         ELSE '' END,
        HINT = CASE held.kind WHEN 'parquet' THEN 'Load them from the client: ./run load FILE.parquet ..., or let the '
            'export write text/csv with gzip. CSV exports beside them load when their own directory is named.'
                               WHEN 'zip' THEN 'Unpack them, or let the report be compressed with GZIP.'
                               ELSE 'Name files called .csv, .csv.gz or .gz, or the directory of the export.' END;
END
$$;
COMMENT ON FUNCTION bedrock_internal.refuse_formats(text[]) IS
    'raises an error that names the files that are not CSV (.csv, .csv.gz, .gz), and how to load them';

CREATE OR REPLACE FUNCTION bedrock_internal.check_chunks(export text, folder text, files text[], hint text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held record;
BEGIN
    SELECT count(*) AS files, count(p.chunk) AS numbered, count(DISTINCT p.chunk) AS numbers, max(p.chunk) AS last,
           (SELECT string_agg(m.n::text, ', ' ORDER BY m.n)
            FROM (SELECT g.n FROM generate_series(1, max(p.chunk)) AS g (n)
                  WHERE g.n <> ALL (array_agg(p.chunk)) ORDER BY g.n LIMIT 10) AS m) AS missing,
           string_agg(p.name, ', ' ORDER BY p.name COLLATE "C") AS names INTO held
    FROM unnest(files) AS f (file), LATERAL bedrock_internal.export_path(f.file) AS p;

    IF held.files > 1 AND held.numbers < held.files THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('export "%s" has the same lines in several files of "%s"', export, folder),
            DETAIL = format('Each chunk number is that of one file of a delivery, but there are: %s.', held.names),
            HINT = 'Remove the files that belong to another delivery or to another copy, or name the files to load.';
    ELSIF held.numbered > 0 AND held.last <> held.files THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('a delivery of export "%s" in "%s" is not complete', export, folder),
            DETAIL = format('Its chunks are numbered from 1 on. Highest number: %s; files: %s; missing: %s.', held.last,
                held.files, coalesce(held.missing, 'none')),
            HINT = hint;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_chunks(text, text, text[], text) IS
    'raises an error where the files of a delivery without a manifest are not its chunks 1 to n, each once; hint: of '
    'that error, where one is missing';

CREATE OR REPLACE FUNCTION bedrock_internal.export_deliveries(path text, partial text DEFAULT 'refuse')
    RETURNS TABLE (export text, billing_period date, execution text, delivered_at timestamptz, manifest text,
        files text[], bytes bigint[], modified timestamptz[], ignored text[], notice text)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- The files found, with the parts of their paths.
    names text[];
    sizes bigint[];
    times timestamptz[];
    kinds text[];
    tops text[];
    periods date[];
    executions text[];
    folders text[];
    stems text[];
    chunks bigint[];
    tails text[];
    place text := CASE WHEN path ~ '^/+$' THEN '/' ELSE rtrim(regexp_replace(path, '/+', '/', 'g'), '/') END;
    -- A directory was named, and not files or a pattern for them: then nothing beside what was found counts.
    directory boolean;
    roots text[] := ARRAY[]::text[];
    claimed text[] := ARRAY[]::text[];
    -- The deliveries so far, as rows of the answer; root: the folder of the export.
    deliveries jsonb := jsonb '[]';
    source record;
    stated record;
    held record;
    late record;
    notices text[];
BEGIN
    IF path IS NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = 'no path was given',
            HINT = 'Name the directory of the export as the database server sees it: /srv/exports/acme.';
    ELSIF coalesce(partial NOT IN ('refuse', 'append'), true) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('partial => %L is neither refuse nor append', partial),
            HINT = 'Use append to add the named chunks to what is loaded of their period, or leave the argument out to '
                'load complete deliveries only.';
    END IF;

    SELECT coalesce(array_agg(f.file), '{}'), array_agg(f.bytes), array_agg(f.modified), array_agg(p.kind),
        array_agg(p.root),
           array_agg(p.billing_period), array_agg(p.execution), array_agg(p.folder), array_agg(p.stem),
               array_agg(p.chunk), array_agg(p.tail)
    INTO names, sizes, times, kinds, tops, periods, executions, folders, stems, chunks, tails
    FROM bedrock.server_files(place) AS f, LATERAL bedrock_internal.export_path(f.file) AS p;
    directory := NOT EXISTS (SELECT FROM unnest(names) AS f (file) WHERE NOT starts_with(
        f.file, rtrim(place, '/') || '/'));

    IF names = ARRAY[place] THEN
        SELECT p.kind, p.root INTO held FROM bedrock_internal.export_path(place) AS p;
        IF held.kind = 'manifest' THEN
            RAISE wrong_object_type USING
                MESSAGE = format('"%s" is a manifest, not a data file', place),
                HINT = format('Name the directory of the export: %s.', coalesce(nullif(held.root, ''), '/'));
        END IF;
        PERFORM bedrock_internal.refuse_formats(names);
    ELSIF NOT EXISTS (SELECT FROM unnest(kinds) AS k (kind) WHERE k.kind <> 'other') THEN
        RAISE undefined_file USING
            MESSAGE = format('no file of an export under "%s"', place),
            DETAIL = CASE WHEN names = '{}' THEN 'It holds no file at all; hidden files and *.tmp do not count.'
                          ELSE format('Files found: %s, none of them called .csv, .csv.gz, .gz or -Manifest.json; the '
                              'first is %s.', cardinality(names), names[1]) END,
            HINT = 'Name the directory of the export: the one with data and metadata (Data Exports), or with folders '
                'such as 20261101-20261201 (legacy Cost and Usage Report).';
    END IF;

    -- 1. Manifests. That of a period describes the newest delivery; of those of executions alone the newest counts.
    FOR source IN
        SELECT c.*
        FROM (SELECT f.file, f.modified, f.root, f.stem, f.billing_period, f.execution, count(*) OVER same AS copies,
                     row_number() OVER (same ORDER BY f.execution IS NOT NULL,
                         coalesce(bedrock_internal.delivery_time(f.execution), f.modified) DESC,
                         f.file COLLATE "C" DESC) AS rank
              FROM unnest(names, times, kinds, tops, periods, executions, stems)
                  AS f (file, modified, kind, root, billing_period, execution, stem)
              WHERE f.kind = 'manifest'
              WINDOW same AS (PARTITION BY f.root, f.billing_period, f.stem)) AS c
        WHERE c.rank = 1
        ORDER BY c.file COLLATE "C"
    LOOP
        SELECT m.* INTO stated FROM bedrock_internal.export_manifest(source.file) AS m;

        -- Keys of the bucket against files: equal from the folder of the period on, or by name where no folder states
        -- one.
        SELECT array_agg(DISTINCT f.file ORDER BY f.file) AS files, (array_agg(DISTINCT k.key)
            FILTER (WHERE f.file IS NULL))[1] AS missing,
               count(DISTINCT k.key) FILTER (WHERE f.file IS NULL) AS missing_count,
                   count(DISTINCT k.key) AS keys INTO held
        FROM unnest(stated.data_files, stated.tails, stated.names) AS k (key, tail, name)
        LEFT JOIN unnest(names, kinds, tops, periods, tails) AS f (file, kind, root, billing_period, tail)
            ON f.root = source.root AND f.kind NOT IN ('manifest', 'other') AND f.tail = CASE
                WHEN f.billing_period IS NULL THEN k.name ELSE k.tail END;
        IF held.missing_count > 0 THEN
            RAISE undefined_file USING
                MESSAGE = format('manifest "%s" names a file that is not there: %s', source.file, held.missing),
                DETAIL = format('%s of the %s files it names are missing under "%s".', held.missing_count, held.keys,
                    source.root),
                HINT = 'The copy from the bucket is not complete, or still running: copy it again (aws s3 sync) and '
                    'repeat.';
        END IF;
        PERFORM bedrock_internal.refuse_formats(held.files);

        notices := CASE WHEN source.execution IS NOT NULL AND source.copies > 1
                     THEN ARRAY[format('the manifest of the period is not there: %s is the newest of %s executions',
                         source.execution, source.copies)] ELSE '{}' END;
        roots := CASE WHEN source.root = ANY (roots) THEN roots ELSE roots || source.root END;
        claimed := claimed || held.files;
        deliveries := deliveries || jsonb_build_object('root', source.root, 'export',
            coalesce(stated.export, source.stem, substring(source.root FROM '[^/]+$')),
            'billing_period', coalesce(stated.billing_period, source.billing_period), 'execution',
            coalesce(stated.execution, source.execution),
            'delivered_at', coalesce(stated.delivered_at, least(source.modified, now())), 'manifest', source.file,
            'files', held.files, 'notices', notices);
    END LOOP;

    -- 2. Files without a manifest: of several executions the newest, and that with all its chunks.
    FOR source IN
        SELECT g.root, g.stem, g.billing_period, g.execution, g.executions, g.files, g.numbered, g.delivered_at,
            g.folder
        FROM (SELECT x.*, count(*) OVER same AS executions, row_number()
            OVER (same ORDER BY x.delivered_at DESC, x.execution COLLATE "C" DESC NULLS LAST) AS rank
              FROM (SELECT f.root, f.stem, f.billing_period, f.execution, min(f.folder) AS folder,
                  array_agg(f.file ORDER BY f.file COLLATE "C") AS files,
                           count(f.chunk) AS numbered, coalesce(bedrock_internal.delivery_time(f.execution),
                               least(max(f.modified), now())) AS delivered_at
                    FROM unnest(names, times, kinds, tops, periods, executions, folders, stems, chunks)
                        AS f (file, modified, kind, root, billing_period, execution, folder, stem, chunk)
                    WHERE f.kind NOT IN ('manifest', 'other')
                      AND NOT EXISTS (SELECT FROM unnest(roots) AS r (root) WHERE starts_with(f.file, r.root || '/'))
                    GROUP BY f.root, f.stem, f.billing_period, f.execution) AS x
              WINDOW same AS (PARTITION BY x.root, x.billing_period, x.stem)) AS g
        WHERE g.rank = 1
        ORDER BY g.files[1] COLLATE "C"
    LOOP
        PERFORM bedrock_internal.refuse_formats(source.files);

        IF NOT directory AND partial = 'refuse' AND source.numbered > 0 THEN
            SELECT min(s.file COLLATE "C") AS first, count(*) AS files INTO late
            FROM bedrock.server_files(regexp_replace(source.folder || '/' || source.stem, E'([][*?\\\\])', E'\\\\\\1',
                'g') || '-[0-9]*') AS s, LATERAL bedrock_internal.export_path(s.file) AS p
            WHERE p.kind <> 'other' AND p.kind <> 'manifest' AND p.folder = source.folder AND p.stem = source.stem
                AND p.chunk IS NOT NULL AND s.file <> ALL (source.files);
            IF late.files > 0 THEN
                RAISE object_not_in_prerequisite_state USING
                    MESSAGE = format('"%s" belongs to the same delivery and is not named', late.first),
                    DETAIL = format('Chunks of export "%s" named: %s; beside them in "%s" and not named: %s.',
                        source.stem, cardinality(source.files), source.folder, late.files),
                    HINT = 'A delivery replaces what is loaded of its period: name the directory or a pattern for all '
                        'chunks, or add the part to what is loaded with partial => ''append''.';
            END IF;
        END IF;
        IF partial = 'refuse' THEN
            PERFORM bedrock_internal.check_chunks(source.stem, source.folder, source.files,
                'Copy the export again, with its manifest. To add this part to what is loaded of its period: partial '
                '=> ''append''.');
        END IF;

        notices := CASE WHEN directory THEN ARRAY['no manifest: all chunks there are were taken as the delivery']
            ELSE '{}' END;
        IF source.executions > 1 THEN
            notices := notices || format('%s is the newest of %s executions',
                coalesce(source.execution, 'the one without a folder of its own'), source.executions);
        END IF;
        claimed := claimed || source.files;
        deliveries := deliveries || jsonb_build_object('root', source.root, 'export', source.stem, 'billing_period',
            source.billing_period, 'execution', source.execution,
            'delivered_at', source.delivered_at, 'manifest', NULL, 'files', source.files, 'notices', notices);
    END LOOP;

    -- A delivery that is newest for ever would make every other one older.
    SELECT r.delivered_at, coalesce(r.manifest, r.files[1]) AS file INTO late
    FROM jsonb_array_elements(deliveries) AS e (delivery), jsonb_to_record(e.delivery)
        AS r (delivered_at timestamptz, manifest text, files text[])
    WHERE r.delivered_at >= date_trunc('year', now() + interval '2 years') ORDER BY 2 LIMIT 1;
    IF FOUND THEN
        RAISE invalid_datetime_format USING
            MESSAGE = format('"%s" states a delivery in the future', late.file),
            DETAIL = format('Its manifest or the folder of its execution has %s.',
                to_char(late.delivered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
            HINT = 'Copy it from the bucket again, or name the data files instead of their directory.';
    END IF;

    -- 3. The rows. A data file no delivery has is ignored: it is listed with the delivery of its period, or with
    -- the newest of its export.
    RETURN QUERY
    WITH d AS MATERIALIZED (
        SELECT e.ordinal, r.*
        FROM jsonb_array_elements(deliveries) WITH ORDINALITY AS e (delivery, ordinal),
             jsonb_to_record(e.delivery) AS r (root text, export text, billing_period date, execution text,
                 delivered_at timestamptz, manifest text, files text[], notices text[])
    ), rest AS MATERIALIZED (
        SELECT f.file, f.billing_period,
               (SELECT d.ordinal FROM d WHERE starts_with(f.file, rtrim(d.root, '/') || '/')
                ORDER BY length(d.root) DESC, d.billing_period IS NOT DISTINCT
                    FROM f.billing_period DESC, d.export = f.stem DESC, d.billing_period DESC NULLS LAST,
                    d.delivered_at DESC, d.ordinal LIMIT 1) AS ordinal
        FROM unnest(names, kinds, periods, stems) AS f (file, kind, billing_period, stem)
        WHERE f.kind NOT IN ('manifest', 'other') AND NOT EXISTS (SELECT FROM unnest(claimed) AS c (file)
            WHERE c.file = f.file)
    ), other AS (
        SELECT d.ordinal, array_agg(rest.file ORDER BY rest.file COLLATE "C") AS ignored,
            count(*) FILTER (WHERE rest.billing_period IS NOT DISTINCT FROM d.billing_period) AS here,
               count(*) FILTER (WHERE rest.billing_period IS DISTINCT FROM d.billing_period) AS elsewhere
        FROM rest JOIN d ON d.ordinal = rest.ordinal
        GROUP BY d.ordinal
    )
    SELECT d.export, d.billing_period, d.execution, d.delivered_at, d.manifest, d.files, listed.bytes, listed.modified,
        coalesce(other.ignored, '{}'),
           nullif(array_to_string(d.notices
               || CASE WHEN other.here > 0 THEN format('other data files of the period ignored: %s', other.here) END
               || CASE WHEN other.elsewhere > 0 THEN format('data files ignored that no manifest names: %s',
                   other.elsewhere) END
               || CASE WHEN EXISTS (SELECT FROM d AS x WHERE x.ordinal <> d.ordinal AND x.export = d.export
                   AND x.billing_period IS NOT DISTINCT FROM d.billing_period)
                       THEN 'another delivery here has the same export name and period' END, '; '), '')
    FROM d
    CROSS JOIN LATERAL (SELECT array_agg(f.bytes ORDER BY c.ordinal) AS bytes,
        array_agg(f.modified ORDER BY c.ordinal) AS modified
                        FROM unnest(d.files) WITH ORDINALITY AS c (file, ordinal)
                            JOIN unnest(names, sizes, times) AS f (file, bytes, modified) USING (file)) AS listed
    LEFT JOIN other ON other.ordinal = d.ordinal
    ORDER BY d.export COLLATE "C", d.billing_period NULLS FIRST, d.delivered_at, d.ordinal;
END
$$;
COMMENT ON FUNCTION bedrock_internal.export_deliveries(text, text) IS
    'complete deliveries under a path of the server, one row for each period of an export: path is a directory (read '
    'through its manifests, else the newest execution with all its chunks), a file or a pattern; partial: refuse (an '
    'incomplete delivery is an error) or append. delivered_at: by the manifest, the folder of the execution, else '
    'the time of the manifest or newest file; ignored: data files of no delivery; notice: what was chosen or left '
    'out; NULL: not stated, or none. Errors: nothing to load, an invalid manifest, missing files or chunks, Parquet '
    'or ZIP; needs pg_read_server_files';
