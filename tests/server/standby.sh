#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A hot standby answers whatever only reads as its primary does, sees what changes there, and refuses the rest.
set -euo pipefail
shopt -s inherit_errexit
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
cluster=$SOURCE_DIR/control/cluster.sh primary=$OUTPUT_DIR/primary standby=$OUTPUT_DIR/standby
stage=$(q -d postgres -c 'SHOW extension_destdir')
stop() { "$cluster" stop "$standby"; "$cluster" stop "$primary"; }
stop
trap stop EXIT
rm -rf "$primary" "$standby" "$OUTPUT_DIR/bill"; mkdir -p "$primary" "$standby"

"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-09 --out "$OUTPUT_DIR/bill" >/dev/null
"$BINARY_DIR/tests/bill/make_bill" --logs "$OUTPUT_DIR/bill/logs" >/dev/null
chmod -R a+rX "$OUTPUT_DIR/bill"
"$cluster" start "$primary" "$stage"
on() { ( eval "$("$cluster" env "$1")"; PGDATABASE=bills "${@:2}" ); }
on "$primary" createdb bills
on "$primary" q -o /dev/null -c 'CREATE EXTENSION bedrock_cost' \
    -c "SELECT bedrock.load_cur('$OUTPUT_DIR/bill/data')" -c "SELECT bedrock.load_invocations('$OUTPUT_DIR/bill/logs')"

# The files of the primary: cluster.sh starts what is there.
on "$primary" pg_basebackup -D "$standby/data" -R -X stream -c fast
[ "$(id -u)" != 0 ] || chown -R postgres "$standby/data"
"$cluster" start "$standby" "$stage"
[ "$(on "$standby" q -c 'SELECT pg_is_in_recovery()')" = t ] || fail 'the standby is none'

on "$primary" q -c 'SELECT pg_current_wal_lsn()' >"$OUTPUT_DIR/lsn"
caught_up() {
    local tries
    for tries in $(seq 100); do
        [ "$(on "$standby" q -c "SELECT pg_last_wal_replay_lsn() >= '$(cat "$OUTPUT_DIR/lsn")'")" != t ] || return 0
        sleep 0.2
    done
    fail "the standby did not catch up in $tries tries"
}
caught_up
# The answers that tell the age of the data are left out.
cat >"$OUTPUT_DIR/ask.sql" <<'SQL'
SELECT to_jsonb(s) FROM bedrock.spend AS s ORDER BY 1;
SELECT k.question_id, md5(string_agg(a.a::text, E'\n' ORDER BY a.n))
FROM bedrock.question AS k, LATERAL bedrock.answer(k.question_id) WITH ORDINALITY AS a (a, n)
WHERE k.builtin AND k.sql !~ 'now\(\)|hours' GROUP BY 1 ORDER BY 1;
SELECT to_jsonb(r) FROM bedrock.reconciliation AS r ORDER BY 1;
SELECT part, sum(cost) FROM bedrock.split_spend(NULL, 'session') GROUP BY 1 ORDER BY 1;
SELECT question_id FROM bedrock.ask('spend by model');
SELECT "check", status, count(*) FROM bedrock.doctor() GROUP BY 1, 2 ORDER BY 1, 2;
SELECT estimated_cost('anthropic.claude-sonnet-4-5-20250929-v1:0', 1000, 200, region => 'us-east-1');
SELECT count(*) FROM bedrock.price_of('amazon.nova-pro-v1:0', 'eu-west-1');
SQL
on "$primary" q -f "$OUTPUT_DIR/ask.sql" >"$OUTPUT_DIR/primary.out"
on "$standby" q -f "$OUTPUT_DIR/ask.sql" >"$OUTPUT_DIR/standby.out"
[ "$(wc -l <"$OUTPUT_DIR/primary.out")" -gt 1000 ] || fail 'hardly an answer'
diff "$OUTPUT_DIR/primary.out" "$OUTPUT_DIR/standby.out" >"$OUTPUT_DIR/difference" ||
    fail "$(head -n 6 "$OUTPUT_DIR/difference")"
echo 'ok: a standby answers as its primary does'

# A price that changes on the primary, for a session of the standby that had read the book before.
on "$primary" q -c "SELECT estimated_cost('amazon.nova-pro-v1:0', 1000000, region => 'eu-west-1')" >"$OUTPUT_DIR/before"
coproc session { on "$standby" q 2>&1; }
ask() { printf '%s\n' "$1" >&"${session[1]}"; IFS= read -r -t 60 -u "${session[0]}" answer; }
estimate="SELECT estimated_cost('amazon.nova-pro-v1:0', 1000000, region => 'eu-west-1');"
ask "$estimate"
[ "$answer" = "$(cat "$OUTPUT_DIR/before")" ] || fail "the standby estimates $answer"
on "$primary" q -o /dev/null -c "SELECT bedrock.set_price('amazon.nova-pro-v1:0', 'input', 0.5, region => 'eu-west-1')"
on "$primary" q -c 'SELECT pg_current_wal_lsn()' >"$OUTPUT_DIR/lsn"
caught_up
ask "$estimate"
[[ $answer =~ ^0[.]50*$ ]] || fail "a million tokens at half a dollar cost $answer on the standby"
printf '%s\n' '\q' >&"${session[1]}"
echo 'ok: a session of the standby sees a price of the primary'

for change in "SELECT bedrock.refresh()" "SELECT bedrock.load_cur('$OUTPUT_DIR/bill/data', force => true)" \
    "SELECT bedrock.set_setting('stale_after_hours', '1')"; do
    ! on "$standby" q -c "$change" >"$OUTPUT_DIR/refused" 2>&1 || fail "a standby takes: $change"
    grep -qE 'read-only transaction|during recovery' "$OUTPUT_DIR/refused" ||
        fail "$change: $(cat "$OUTPUT_DIR/refused")"
done
echo 'ok: a standby refuses what changes something'
