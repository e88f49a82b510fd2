-- Directories of exports as AWS lays them out: which files are one complete delivery, and what is wrong with the others.
\getenv build PG_ABS_BUILDDIR
\set dir :build '/export_files'
\! rm -rf "$PG_ABS_BUILDDIR/export_files" && mkdir -p "$PG_ABS_BUILDDIR/export_files"
\cd :dir
CREATE TEMP TABLE place AS SELECT :'dir' AS dir;

-- Paths are shown from the directory of the test on, errors as rows.
CREATE FUNCTION pg_temp.raised(statement text) RETURNS TABLE (said text) LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text; hint text; context text; dir text := (SELECT place.dir FROM place);
BEGIN
    EXECUTE statement;
    RETURN QUERY SELECT 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
    RETURN QUERY SELECT replace(s, dir, '') FROM unnest(ARRAY[SQLSTATE || ' ' || message, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''),
        'CONTEXT: ' || substring(context FROM '^file [^\n]*')]) s WHERE s IS NOT NULL;
END $$;
CREATE FUNCTION pg_temp.refused(below text, partial text DEFAULT 'refuse') RETURNS SETOF text LANGUAGE sql AS $$
    SELECT pg_temp.raised(format('SELECT * FROM bedrock_internal.export_deliveries(%L, %L)', (SELECT dir FROM place) || below, partial)) $$;
CREATE FUNCTION pg_temp.found(below text, partial text DEFAULT 'refuse')
    RETURNS TABLE (export text, period date, execution text, delivered timestamptz, manifest text, files text, bytes bigint[], ignored text, notice text) LANGUAGE sql AS $$
    SELECT d.export, d.billing_period, d.execution, d.delivered_at, replace(d.manifest, p.dir, ''), replace(array_to_string(d.files, E'\n'), p.dir, ''), d.bytes,
           replace(array_to_string(d.ignored, E'\n'), p.dir, ''), d.notice
    FROM place p, bedrock_internal.export_deliveries(p.dir || below, partial) d $$;
CREATE FUNCTION pg_temp.listed(below text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT replace(f.file, p.dir, '') || ' ' || f.bytes FROM place p, bedrock.server_files(p.dir || below) WITH ORDINALITY f ORDER BY f.ordinality $$;
SET timezone = 'UTC';

-- ---- what is said by a path ---------------------------------------------------------------------------------------------
SELECT path, p.* FROM (VALUES ('/x/acme/data/BILLING_PERIOD=2026-11/acme-00001.csv.gz'), ('/x/acme/data/BILLING_PERIOD=2026-11/20261102T053621Z-1f2e/acme-00002.csv.gz'),
    ('/x/focus/metadata/billing_period=2026-02/focus-Manifest.json'), ('/x/acme/metadata/BILLING_PERIOD=2026-11/Manifest.json'), ('/x/acme/20261101-20261201/ab-cd/acme-1.csv.gz'),
    ('/x/acme/acme/year=2026/month=9/acme-00001.csv.zip'), ('/x/acme/BILLING_PERIOD=2026-13/acme-2026.csv'), ('/x/BILLING_PERIOD=0000-01/a.csv'), ('/x/acme-00012.snappy.parquet'), ('/x/acme-RedshiftManifest.json'), ('acme.gz')) v (path),
    LATERAL bedrock_internal.export_path(path) p;
SELECT value, bedrock_internal.delivery_time(value) FROM (VALUES ('20261102T053621Z-1f2e-4d'), ('20261102T053621-1234abcd'), ('2026-11-02T05:36:21.250Z'), ('2026-11-02T05:36:21+00:00'), ('2026-02-30T00:00:00Z'), ('1f2e'), ('2026-11-02')) v (value);

-- ---- Data Exports: overwrite -------------------------------------------------------------------------------------------
\! for p in 2026-10 2026-11; do mkdir -p overwrite/acme/data/BILLING_PERIOD=$p overwrite/acme/metadata/BILLING_PERIOD=$p; done
\! cd overwrite/acme && for f in 2026-10/acme-00001 2026-10/acme-00002 2026-10/acme-00003 2026-11/acme-00001; do echo $f >data/BILLING_PERIOD=$f.csv.gz; touch -d 2026-11-03T04:05:06Z data/BILLING_PERIOD=$f.csv.gz; done
\! cd overwrite/acme && echo '{"exportName":"acme","executionId":"e-10","billingPeriod":"2026-10","dataFiles":["s3://bucket/some/prefix/acme/data/BILLING_PERIOD=2026-10/acme-00002.csv.gz","s3://bucket/some/prefix/acme/data/BILLING_PERIOD=2026-10/acme-00001.csv.gz"]}' >metadata/BILLING_PERIOD=2026-10/acme-Manifest.json
\! cd overwrite/acme && echo '{"dataFiles":[{"s3Uri":"s3://bucket/some/prefix/acme/data/BILLING_PERIOD=2026-11/acme-00001.csv.gz"}]}' >metadata/BILLING_PERIOD=2026-11/acme-Manifest.json && echo '{}' >metadata/BILLING_PERIOD=2026-11/acme-Metadata.json
\! find overwrite -name '*.json' -exec touch -d 2026-11-03T04:06:00.5Z {} +
SELECT * FROM pg_temp.found('/overwrite');
-- The same from the directory of the export, whatever slashes its path ends in; the parts of one period only.
SELECT count(*), sum(cardinality(files)) FROM place, bedrock_internal.export_deliveries(dir || '//overwrite/acme//');
SELECT * FROM pg_temp.found('/overwrite/acme/*/BILLING_PERIOD=2026-1[1-9]');
-- The data alone: no manifest, all chunks.
SELECT * FROM pg_temp.found('/overwrite/acme/data');
-- Data of a period whose manifest is not written yet is no delivery.
\! mkdir -p overwrite/acme/data/BILLING_PERIOD=2026-12 && echo x >overwrite/acme/data/BILLING_PERIOD=2026-12/acme-00001.csv.gz
SELECT export, period, ignored, notice FROM pg_temp.found('/overwrite');
\! rm -r overwrite/acme/data/BILLING_PERIOD=2026-12

-- ---- two exports in one directory are two ------------------------------------------------------------------------------
\! mkdir -p overwrite/other/data/billing_period=2026-11 overwrite/other/metadata/billing_period=2026-11
\! cd overwrite/other && echo 12345 >data/billing_period=2026-11/focus-00001.csv.gz && echo '{"exportName":"focus","dataFiles":["prefix/other/data/billing_period=2026-11/focus-00001.csv.gz"],"lastUpdatedAt":"2026-11-05T06:07:08Z"}' >metadata/billing_period=2026-11/focus-Manifest.json
SELECT export, period, delivered, files, ignored, notice FROM pg_temp.found('/overwrite');
-- Also where they have one name, and where one has no manifest.
\! mkdir -p overwrite/payer2 && cp -rp overwrite/acme overwrite/payer2 && rm -r overwrite/payer2/acme/*/*10 && rm -r overwrite/other/metadata
SELECT export, period, files, notice FROM pg_temp.found('/overwrite');

-- ---- Data Exports: create new --------------------------------------------------------------------------------------------
\! for e in 20261102T053621Z-aaaa 20261103T053621Z-bbbb 20261104T053621Z-cccc; do mkdir -p new/acme/data/BILLING_PERIOD=2026-11/$e new/acme/metadata/BILLING_PERIOD=2026-11/$e; for n in 1 2; do echo $n >new/acme/data/BILLING_PERIOD=2026-11/$e/acme-0000$n.csv.gz; done; done
\! cd new/acme/metadata/BILLING_PERIOD=2026-11 && for e in 20261102T053621Z-aaaa 20261103T053621Z-bbbb; do d=s3://bucket/acme/data/BILLING_PERIOD=2026-11/$e; echo '{"dataFiles":["'$d'/acme-00001.csv.gz","'$d'/acme-00002.csv.gz"]}' >$e/acme-Manifest.json; cp $e/acme-Manifest.json .; done; rmdir 20261104T053621Z-cccc
SELECT * FROM pg_temp.found('/new');
-- The manifest of the period is not there: the newest of those of executions; one that is no JSON does not matter when older.
\! cd new/acme/metadata/BILLING_PERIOD=2026-11 && mv acme-Manifest.json ../../../.. && echo broken >20261102T053621Z-aaaa/acme-Manifest.json
SELECT execution, manifest, files, notice FROM pg_temp.found('/new');
-- No manifest at all: the newest execution's folder, complete.
SELECT * FROM pg_temp.found('/new/acme/data');
\! touch new/acme/data/BILLING_PERIOD=2026-11/20261104T053621Z-cccc/acme-00004.csv.gz
SELECT * FROM pg_temp.refused('/new/acme/data');
SELECT * FROM pg_temp.refused('/new/acme/data/BILLING_PERIOD=2026-11/*/acme-*.csv.gz');
SELECT execution, files FROM pg_temp.found('/new/acme/data', 'append');
-- The manifest names an execution whose folder is not there: files of the same name elsewhere do not stand in for it.
\! mv acme-Manifest.json new/acme/metadata/BILLING_PERIOD=2026-11 && rm -r new/acme/data/BILLING_PERIOD=2026-11/20261103T053621Z-bbbb
SELECT * FROM pg_temp.refused('/new');

-- ---- legacy reports --------------------------------------------------------------------------------------------------------
\! cd "$PG_ABS_BUILDDIR/export_files" && mkdir -p legacy/rep/20261101-20261201/0a1b legacy/rep/20261101-20261201/9c8d legacy/rep/20261001-20261101 legacy/rep/rep/year=2026/month=9
\! cd legacy/rep/20261101-20261201 && for a in 0a1b 9c8d; do echo $a >$a/rep-1.csv.gz; echo $a >$a/rep-2.csv.gz; echo '{"assemblyId":"'$a'","account":"111122223333","reportName":"rep","billingPeriod":{"start":"20261101T000000.000Z","end":"20261201T000000.000Z"},"bucket":"bucket","reportKeys":["p/rep/20261101-20261201/'$a'/rep-1.csv.gz","p/rep/20261101-20261201/'$a'/rep-2.csv.gz"],"additionalArtifactKeys":[{"artifactType":"RedshiftManifest","name":"p/rep/20261101-20261201/'$a'/rep-RedshiftManifest.json"}]}' >$a/rep-Manifest.json; echo '{}' >$a/rep-RedshiftManifest.json; done; cp 0a1b/rep-Manifest.json .
\! cd legacy/rep && echo '{"assemblyId":"77","reportName":"rep","billingPeriod":{"start":"20261001T000000.000Z"},"reportKeys":["p/rep/20261001-20261101/rep-00001.csv.gz"]}' >20261001-20261101/rep-Manifest.json; echo x >20261001-20261101/rep-00001.csv.gz
\! cd legacy/rep/rep/year=2026/month=9 && echo '{"reportName":"rep","reportKeys":["p/rep/rep/year=2026/month=9/rep-00001.csv.gz"]}' >rep-Manifest.json; echo x >rep-00001.csv.gz; echo x >../../crawler-cfn.yml
\! find legacy -type f -exec touch -d 2026-11-06T00:00:00Z {} +
SELECT * FROM pg_temp.found('/legacy');
-- One assembly's folder, copied somewhere else, reads through its own manifest.
\! mkdir copied && cp legacy/rep/20261101-20261201/9c8d/* copied && touch -d 2026-11-06T00:00:00Z copied/*
SELECT export, period, execution, manifest, files, notice FROM pg_temp.found('/copied');
-- Without manifests: of two assemblies the newest, by the time of its files.
\! mkdir assemblies && cp -rp legacy/rep assemblies && find assemblies -name '*Manifest.json' -delete && touch -d 2026-11-07T00:00:00Z assemblies/rep/20261101-20261201/0a1b/*
SELECT export, period, execution, delivered, files, ignored, notice FROM pg_temp.found('/assemblies');

-- ---- files and patterns ----------------------------------------------------------------------------------------------------
\! mkdir -p 'flat/[1]' flat/.cache flat/BILLING_PERIOD=2026-08 && cd flat && for f in november.csv december.CSV.GZ big-00001.csv.gz big-00002.csv.gz big-00003.csv.gz '[1]/odd.gz' '[1]/odd-00001.csv' '[1]/odd-00002.csv' .hidden.csv half.csv.tmp .cache/x.csv notes.txt BILLING_PERIOD=2026-08/solo.csv; do echo "$f" >"$f"; touch -d 2026-11-08T00:00:00Z "$f"; done
SELECT * FROM pg_temp.listed('/flat');
SELECT * FROM pg_temp.found('/flat/november.csv');
SELECT export, period, files, notice FROM pg_temp.found('/flat/BILLING_PERIOD=2026-08/solo.csv');
SELECT export, files, bytes, notice FROM pg_temp.found('/flat/big-*');
SELECT export, files FROM pg_temp.found('/flat/*.[cC]*') ORDER BY 1;
SELECT export, files FROM pg_temp.found('/fl?t/*/odd*[2-9].csv', 'append');
SELECT * FROM pg_temp.refused('/flat/big-00002.csv.gz');
SELECT * FROM pg_temp.refused('/flat/big-0000[13].csv.gz');
SELECT * FROM pg_temp.refused('/flat/[1]/odd-00001.csv');
SELECT export, files, notice FROM pg_temp.found('/flat/big-00002.csv.gz', 'append');
SELECT * FROM pg_temp.refused('/flat/big-00002.csv.gz', 'maybe');
SELECT * FROM pg_temp.refused('/flat/big-00002.csv.gz', NULL);
SELECT * FROM pg_temp.refused(NULL);
SELECT * FROM pg_temp.refused('/flat/notes.txt');
SELECT * FROM pg_temp.refused('/flat/*.txt');
SELECT * FROM pg_temp.refused('/flat/*.zip');
SELECT * FROM pg_temp.refused('/legacy/rep/20261001-20261101/rep-Manifest.json');
-- A chunk without the first, a chunk twice.
\! mkdir chunk twice && echo x >chunk/a-00002.csv && echo x >twice/a-00001.csv && echo x >twice/a-00001.csv.gz
SELECT * FROM pg_temp.refused('/chunk');
SELECT * FROM pg_temp.refused('/chunk/a-00002.csv');
SELECT export, files FROM pg_temp.found('/chunk/a-00002.csv', 'append');
SELECT * FROM pg_temp.refused('/twice');
SELECT * FROM pg_temp.refused('/twice/a-00001.csv');

-- ---- what is no delivery ----------------------------------------------------------------------------------------------------
\! mkdir empty bad parquet zip && echo x >parquet/a-00001.snappy.parquet && echo x >parquet/b.csv && echo x >zip/a-00001.csv.zip && echo x >zip/a-00002.csv.zip && touch empty/.hidden empty/a.csv.tmp
SELECT * FROM pg_temp.refused('/empty');
SELECT * FROM pg_temp.refused('/parquet');
SELECT * FROM pg_temp.refused('/parquet/a-00001.snappy.parquet');
SELECT * FROM pg_temp.refused('/zip');
\! echo '{"dataFiles":["s3://b/a-00001.csv.gz","s3://b/a-00002.csv.gz"]}' >bad/a-Manifest.json && echo x >bad/a-00001.csv.gz
SELECT * FROM pg_temp.refused('/bad');
\! printf '{"dataFiles":["s3://b/a-0' >bad/a-Manifest.json
SELECT * FROM pg_temp.refused('/bad');
\! echo '["s3://b/a-00001.csv.gz"]' >bad/a-Manifest.json
SELECT * FROM pg_temp.refused('/bad');
\! echo '{"columns":[],"reportName":"a"}' >bad/a-Manifest.json
SELECT * FROM pg_temp.refused('/bad');
\! echo '{"dataFiles":[]}' >bad/a-Manifest.json
SELECT * FROM pg_temp.refused('/bad');
\! printf '{"a\000"}' >bad/a-Manifest.json
SELECT * FROM pg_temp.refused('/bad');
\! printf '\377\376' >bad/a-Manifest.json
SELECT * FROM pg_temp.refused('/bad');
\! truncate -s 67108865 bad/a-Manifest.json
SELECT * FROM pg_temp.refused('/bad');
\! mv parquet/a-00001.snappy.parquet bad && echo '{"dataFiles":["s3://b/a-00001.snappy.parquet"]}' >bad/a-Manifest.json
SELECT * FROM pg_temp.refused('/bad');
SELECT * FROM pg_temp.refused('/nowhere');
SELECT * FROM pg_temp.refused('/flat/november.csv/x');
SELECT * FROM pg_temp.refused('/nowhere/*/x');
SELECT * FROM pg_temp.raised($$SELECT bedrock_internal.export_deliveries('exports/acme')$$);
SELECT * FROM pg_temp.raised($$SELECT bedrock.server_files('')$$);
SELECT * FROM pg_temp.raised($$SELECT bedrock.server_files('data/*.csv')$$);
SELECT * FROM pg_temp.raised($$SELECT bedrock.server_file_text('PG_VERSION')$$);
SELECT count(*) FROM bedrock.server_files(NULL);
SELECT bedrock.server_file_text(NULL) IS NULL AS null_for_null;

-- ---- links, pipes, texts ------------------------------------------------------------------------------------------------------
\! mkdir -p links/real/deep outside && echo 1 >links/real/deep/a.csv && echo 2 >outside/b.csv && cd links && ln -s real again && ln -s .. real/deep/up && ln -s real/deep/a.csv a-link.csv && ln -s ../outside there && ln -s ../outside/b.csv b-link.csv && mkfifo pipe.csv && ln real/deep/a.csv hard.csv
SELECT * FROM pg_temp.listed('/links');
SELECT * FROM pg_temp.listed('/links/again');
SELECT * FROM pg_temp.listed('/links/*/deep/a.csv');
SELECT * FROM pg_temp.refused('/links/pipe.csv');
SELECT pg_temp.raised(format('SELECT bedrock.server_file_text(%L)', dir || file)) FROM place, (VALUES ('/links/pipe.csv'), ('/links'), ('/links/none'), ('/bad/a-00001.csv.gz')) v (file);
\! ln -s nothing links/dangling.csv
SELECT * FROM pg_temp.refused('/links');
\! printf '\357\273\277{"\303\274": 1}\n' >outside/mark.json && : >outside/nothing
SELECT bedrock.server_file_text(dir || '/outside/mark.json') = E'{"\u00FC": 1}\n' AS without_mark, bedrock.server_file_text(dir || '/outside/nothing') = '' AS empty_file FROM place;
-- Packed ones, and what is left of them.
\! cd outside && printf 'one \303\274\n' | gzip >packed.json && { gzip -c packed.json; } >twice.gz && head -c 15 packed.json >cut.json.gz && { cat packed.json; echo x; } >more.json.gz && printf 'two\n' | gzip >>packed.json && { head -c 10 packed.json; printf '\377\377\377\377'; } >bad.json.gz && head -c 67108865 /dev/zero | tr '\0' 'x' | gzip >large.json.gz
SELECT bedrock.server_file_text(dir || '/outside/packed.json') = E'one \u00FC\ntwo\n' AS unpacked FROM place;
SELECT pg_temp.raised(format('SELECT bedrock.server_file_text(%L)', dir || file)) FROM place, (VALUES ('/outside/cut.json.gz'), ('/outside/more.json.gz'), ('/outside/bad.json.gz'), ('/outside/large.json.gz'), ('/outside/twice.gz')) v (file);
\! mkdir names && touch "names/$(printf 'a\377.csv')"
SELECT * FROM pg_temp.refused('/names');

-- ---- rights ---------------------------------------------------------------------------------------------------------------------
CREATE ROLE regress_export_reader;
GRANT USAGE ON SCHEMA bedrock, bedrock_internal TO regress_export_reader;
GRANT SELECT ON place TO regress_export_reader;
SET ROLE regress_export_reader;
SELECT * FROM pg_temp.refused('/flat');
RESET ROLE;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock, bedrock_internal TO regress_export_reader;
SET ROLE regress_export_reader;
SELECT * FROM pg_temp.refused('/flat');
SELECT * FROM pg_temp.raised($$SELECT bedrock.server_file_text('/etc/hostname')$$);
-- The right is asked for before the path is looked at.
SELECT * FROM pg_temp.raised($$SELECT * FROM bedrock.server_files('nowhere')$$);
RESET ROLE;
GRANT pg_read_server_files TO regress_export_reader;
SET ROLE regress_export_reader;
SELECT count(*) FROM pg_temp.found('/flat/november.csv');
RESET ROLE;
DROP OWNED BY regress_export_reader;
DROP TABLE place;
DROP ROLE regress_export_reader;
\! rm -rf "$PG_ABS_BUILDDIR/export_files"
