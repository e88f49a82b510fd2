#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A table with a bedrock_arn column and indexes survives pg_dump and a restore, in text and in custom format.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }

dropdb --if-exists dump_a; dropdb --if-exists dump_b; dropdb --if-exists dump_c
createdb -T bedrock_template dump_a
q -d dump_a >/dev/null <<'SQL'
CREATE TABLE profile_seen (arn bedrock_arn PRIMARY KEY, cost numeric);
INSERT INTO profile_seen
SELECT ('arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p' || n)::bedrock_arn, n * 0.01
FROM generate_series(1, 1000) n;
CREATE INDEX profile_seen_hash ON profile_seen USING hash (arn);
CREATE INDEX profile_seen_id ON profile_seen (bedrock_profile_id(arn));
CREATE TABLE parted (arn bedrock_arn) PARTITION BY HASH (arn);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT arn FROM profile_seen;
CREATE VIEW by_profile AS SELECT bedrock_profile_id(arn) AS profile, sum(cost) AS cost FROM profile_seen GROUP BY 1;
SQL

state() {
    q -d "$1" <<'SQL'
SELECT count(*), sum(cost), md5(string_agg(arn::text, ',' ORDER BY arn)) FROM profile_seen;
SELECT count(*) FROM parted_0;
SELECT count(*), min(profile), max(cost) FROM by_profile;
SET enable_seqscan = off;
SELECT cost FROM profile_seen WHERE arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p77'::bedrock_arn;
SELECT cost FROM profile_seen WHERE bedrock_profile_id(arn) = 'p78';
SELECT extversion FROM pg_extension WHERE extname = 'bedrock_cost';
SQL
}

pg_dump -d dump_a >"$OUTPUT_DIR/dump.sql"
createdb dump_b
q -d dump_b -f "$OUTPUT_DIR/dump.sql" >/dev/null
pg_dump -Fc -d dump_a -f "$OUTPUT_DIR/dump.custom"
createdb dump_c
pg_restore --exit-on-error -d dump_c "$OUTPUT_DIR/dump.custom"

state dump_a >"$OUTPUT_DIR/a"; state dump_b >"$OUTPUT_DIR/b"; state dump_c >"$OUTPUT_DIR/c"
diff "$OUTPUT_DIR/a" "$OUTPUT_DIR/b"
diff "$OUTPUT_DIR/a" "$OUTPUT_DIR/c"
cat "$OUTPUT_DIR/a"

# Binary copy goes through recv, which checks what it reads.
q -d dump_a -c "\\copy profile_seen to '$OUTPUT_DIR/binary' (format binary)" -c 'TRUNCATE profile_seen' \
    -c "\\copy profile_seen from '$OUTPUT_DIR/binary' (format binary)"
state dump_a | diff "$OUTPUT_DIR/a" -
q -d dump_a -c 'CREATE TABLE loose (arn text)' -c "INSERT INTO loose VALUES ('arn:aws:s3:::bucket')" \
    -c "\\copy loose to '$OUTPUT_DIR/loose' (format binary)"
if q -d dump_a -c 'CREATE TABLE strict (arn bedrock_arn)' -c "\\copy strict from '$OUTPUT_DIR/loose' (format binary)" 2>"$OUTPUT_DIR/error"; then
    echo "binary copy took an ARN of another service"; exit 1
fi
grep -q 'invalid input syntax for type bedrock_arn' "$OUTPUT_DIR/error"
