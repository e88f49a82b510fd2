#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Sessions beside each other: runs the specs of tests/isolation in a database of their own.
set -euo pipefail
dropdb --if-exists isolation
createdb -T bedrock_template isolation
specs=("$SOURCE_DIR"/tests/isolation/specs/*.spec)
specs=("${specs[@]##*/}")
"$PGXS_TEST/isolation/pg_isolation_regress" --use-existing --bindir="$PG_BINDIR" --host="$PGHOST" --port="$PGPORT" --user="$PGUSER" \
    --dbname=isolation --inputdir="$SOURCE_DIR/tests/isolation" --outputdir="$OUTPUT_DIR" "${specs[@]%.spec}" ||
    { cat "$OUTPUT_DIR/regression.diffs"; exit 1; }
