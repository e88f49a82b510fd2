#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The extension in a schema that no search_path names: everything finds its way, also in a dump and its restore.
set -euo pipefail
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
dropdb --if-exists schema_a; dropdb --if-exists schema_b
createdb schema_a; createdb schema_b
q -d schema_a <<'SQL'
CREATE SCHEMA "Cost Tools";
CREATE EXTENSION bedrock_cost SCHEMA "Cost Tools";
SET search_path = '';
-- Large values, so that some of them are compressed or moved out of the line.
CREATE TABLE public.line (n int, resource_id text, principal text, tags jsonb, arn "Cost Tools".bedrock_arn PRIMARY KEY,
    path text GENERATED ALWAYS AS ("Cost Tools".bedrock_request_path(resource_id)) STORED);
INSERT INTO public.line
SELECT n, id, 'arn:aws:sts::123456789012:assumed-role/r' || n % 7 || '/s' || n,
       pg_catalog.jsonb_build_object('user_team', 'team' || n % 5, 'user_note', pg_catalog.repeat('x', n % 100 * 100)), id::"Cost Tools".bedrock_arn
FROM pg_catalog.generate_series(1, 3000) n, LATERAL (SELECT 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p' || n) i(id);
CREATE INDEX line_profile ON public.line ("Cost Tools".bedrock_profile_id(resource_id));
CREATE INDEX line_kind ON public.line ("Cost Tools".attribution_kind(arn, principal, tags));
CREATE INDEX line_hash ON public.line USING hash (arn);
CREATE TABLE public.parted (arn "Cost Tools".bedrock_arn) PARTITION BY HASH (arn);
CREATE TABLE public.parted_0 PARTITION OF public.parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.parted_1 PARTITION OF public.parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO public.parted SELECT arn FROM public.line;
CREATE MATERIALIZED VIEW public.by_team AS
SELECT "Cost Tools".bedrock_tag(tags, 'team') AS team, p.kind, pg_catalog.count(*) AS lines
FROM public.line, LATERAL "Cost Tools".bedrock_principal_parts(principal) p GROUP BY 1, 2;
SQL

state() {
    q -d "$1" <<'SQL'
SET search_path = '';
SELECT count(*), min(path), md5(string_agg(arn::text, ',' ORDER BY arn)) FROM public.line;
SELECT count(*) FROM public.parted_0;
REFRESH MATERIALIZED VIEW public.by_team;
SELECT * FROM public.by_team ORDER BY team;
SET enable_seqscan = off;
SELECT n FROM public.line WHERE "Cost Tools".bedrock_profile_id(resource_id) = 'p77';
SELECT n FROM public.line WHERE arn OPERATOR("Cost Tools".=) 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p78';
RESET enable_seqscan;
-- A worker of a parallel plan has the same answers.
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT "Cost Tools".attribution_kind(resource_id, principal, tags), "Cost Tools".bedrock_principal_key(principal), count(*) FROM public.line GROUP BY 1, 2 ORDER BY 2;
SELECT "Cost Tools".bedrock_arn_parts(arn) FROM public.line ORDER BY n LIMIT 3;
SELECT bedrock.try_jsonb('{"a": 1}'), bedrock_internal.key_hash('a', NULL);
SQL
}
pg_dump -d schema_a >"$OUTPUT_DIR/dump.sql"
q -d schema_b -f "$OUTPUT_DIR/dump.sql" >/dev/null
state schema_a >"$OUTPUT_DIR/a"; state schema_b >"$OUTPUT_DIR/b"
[ "$(wc -l <"$OUTPUT_DIR/a")" -ge 20 ]
grep -q '^3000|application_profile|' "$OUTPUT_DIR/a"
diff "$OUTPUT_DIR/a" "$OUTPUT_DIR/b"
echo "in another schema: $(wc -l <"$OUTPUT_DIR/a") answers, the same after a restore"
