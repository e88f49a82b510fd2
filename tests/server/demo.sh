#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The demo bill, loaded as ./run demo does (tests/bill/load.sh): its fixed numbers stand in the raw rows, and the row
# functions find them. The oracle is the generator's own account of what it wrote (make_bill --facts) and plain SUMs over raw columns.
set -euo pipefail
bill=$BINARY_DIR/tests/bill/make_bill
"$bill" --verify >/dev/null
dropdb --if-exists demo_test; createdb -T bedrock_demo demo_test
export PGDATABASE=demo_test
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
q -o /dev/null -c 'SELECT FROM bedrock.refresh()'
"$bill" --facts >"$OUTPUT_DIR/facts.tsv"
q -c 'CREATE TABLE fact (name text PRIMARY KEY, value text)' -c "\\copy fact from '$OUTPUT_DIR/facts.tsv'" >/dev/null
q -f "$SOURCE_DIR/tests/server/demo_facts.sql" >"$OUTPUT_DIR/wrong"
[ ! -s "$OUTPUT_DIR/wrong" ] || { echo "name | bill says | found"; cat "$OUTPUT_DIR/wrong"; exit 1; }

# The logs: what is loaded is what the bill says, less the gaps that the generator's README tells.
q -f "$SOURCE_DIR/tests/server/demo_logs.sql" >"$OUTPUT_DIR/wrong"
[ ! -s "$OUTPUT_DIR/wrong" ] || { echo "what | expected | found"; cat "$OUTPUT_DIR/wrong"; exit 1; }

# Who owns it: the sums of the month, and the days.
q -f "$SOURCE_DIR/tests/server/demo_owners.sql" >"$OUTPUT_DIR/wrong"
[ ! -s "$OUTPUT_DIR/wrong" ] || { echo "what | expected | found"; cat "$OUTPUT_DIR/wrong"; exit 1; }

# What ./run demo prints, on 80 columns.
psql -X -q -v ON_ERROR_STOP=1 -f "$SOURCE_DIR/tests/bill/demo.sql" >"$OUTPUT_DIR/answers"
[ "$(grep -c '^Q[0-9]*: ' "$OUTPUT_DIR/answers")" -ge 9 ] && [ "$(grep -c '│' "$OUTPUT_DIR/answers")" -gt 60 ]
[ "$(LC_ALL=C.UTF-8 wc -L <"$OUTPUT_DIR/answers")" -le 80 ] || { LC_ALL=C.UTF-8 grep -nE '^.{81}' "$OUTPUT_DIR/answers"; exit 1; }
grep -m 3 '│' "$OUTPUT_DIR/answers"
# What README shows of it.
. "$SOURCE_DIR/tests/server/docs_blocks.sh"
mkdir -p "$OUTPUT_DIR/blocks"
shown=$(blocks_of "$SOURCE_DIR/README.md" "$OUTPUT_DIR/blocks" | awk -F $'\x1f' '$3 == "output" { print $1; exit }')
same_output <(echo ...; cat "$OUTPUT_DIR/blocks/$shown") "$OUTPUT_DIR/answers" || { echo "README shows what the demo does not print"; exit 1; }
# What docs/ownership.md shows of it: the block it does not run itself, and the output below.
block=$(blocks_of "$SOURCE_DIR/docs/ownership.md" "$OUTPUT_DIR/blocks" | awk -F $'\x1f' '$4 == "the test demo runs it" { print $1; exit }')
PSQL_PAGER='' psql -X -v ON_ERROR_STOP=1 -f "$OUTPUT_DIR/blocks/$block" >"$OUTPUT_DIR/what_if"
same_output "$OUTPUT_DIR/blocks/$((block + 1))" "$OUTPUT_DIR/what_if" || { echo "docs/ownership.md shows what the demo does not print"; exit 1; }
