#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Runs a pg_regress schedule in a database of its own: regress.sh SCHEDULE
set -euo pipefail
schedule=$1
dropdb --if-exists "regress_$schedule"
createdb -T bedrock_template "regress_$schedule"
export BEDROCK_CORPUS=$SOURCE_DIR/tests/corpus
"$PGXS_TEST/regress/pg_regress" --use-existing --bindir="$PG_BINDIR" --host="$PGHOST" --port="$PGPORT" --user="$PGUSER" \
    --dbname="regress_$schedule" --inputdir="$SOURCE_DIR/tests/regress" --outputdir="$OUTPUT_DIR" \
    --schedule="$SOURCE_DIR/tests/regress/$schedule" ||
    { cat "$OUTPUT_DIR/regression.diffs"; exit 1; }
