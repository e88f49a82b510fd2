#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A ledger that can be trusted: a thousand rounds of random claims, moves, ends, owners, rules, policies and splits, crossed
# with bills that are delivered again and with postings (ledger.sql). After each posting the statements of the period sum
# to a plain SUM over the raw lines, by payer and currency, to the last digit; in the end every statement prints the bytes
# it was posted with. LEDGER_SEED repeats a run.
set -euo pipefail
seed=${LEDGER_SEED:-0.$((RANDOM % 9000 + 1000))}
rounds=${LEDGER_ROUNDS:-1000}
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
rm -rf "${OUTPUT_DIR:?}"; mkdir -p "$OUTPUT_DIR"
dropdb --if-exists ledger; createdb -T bedrock_template ledger
export PGDATABASE=ledger
q -v seed="$seed" -v rounds="$rounds" -f "$SOURCE_DIR/tests/server/ledger.sql" >"$OUTPUT_DIR/wrong" 2>"$OUTPUT_DIR/errors" || {
    cat "$OUTPUT_DIR/wrong" "$OUTPUT_DIR/errors"; echo "seed $seed"; exit 1; }

# What was printed when it was posted, and what prints now, in a session with other settings.
q -c "SELECT page FROM printed ORDER BY statement_id" >"$OUTPUT_DIR/posted"
PGTZ=Asia/Tokyo PGDATESTYLE='SQL, DMY' q -c "SET extra_float_digits = 0" -c "SELECT page FROM print_statement ORDER BY statement_id" >"$OUTPUT_DIR/printed"
cmp "$OUTPUT_DIR/posted" "$OUTPUT_DIR/printed" || { echo "a statement prints something else, seed $seed"; exit 1; }
[ -s "$OUTPUT_DIR/posted" ] || { echo "nothing was posted, seed $seed"; exit 1; }
# A dump brings statements back as they were posted, and what is posted next goes on from them.
dropdb --if-exists ledger_restored; createdb ledger_restored
pg_dump ledger | psql -X -q -v ON_ERROR_STOP=1 -d ledger_restored >/dev/null
q -d ledger_restored -c "SELECT page FROM print_statement ORDER BY statement_id" >"$OUTPUT_DIR/restored"
cmp "$OUTPUT_DIR/posted" "$OUTPUT_DIR/restored" || { echo "a statement prints something else after a restore, seed $seed"; exit 1; }
q -d ledger_restored -c "SELECT 'not as posted after a restore', * FROM bedrock.verify_statement() WHERE NOT ok" \
    -c "SELECT 'posted after a restore', bedrock.post_statement('2026-01-01') WHERE bedrock.post_statement('2026-01-01') IS NOT NULL" \
    >>"$OUTPUT_DIR/wrong" 2>>"$OUTPUT_DIR/errors"
dropdb ledger_restored
[ ! -s "$OUTPUT_DIR/wrong" ] || { head -c 20000 "$OUTPUT_DIR/wrong"; echo "seed $seed"; exit 1; }
q -c "SELECT format('%s rounds, %s statements, of which %s adjustments, %s rows; %s of %s changes refused; seed $seed', $rounds,
             count(*), count(*) FILTER (WHERE version > 1), sum(row_count), (SELECT sum(n) FROM refused), (SELECT sum(n) FROM done))
      FROM bedrock.statement"
dropdb ledger
