#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A stranger's first steps, as they are taken: in a terminal of 80 columns, where nothing may wait in a pager; with Ctrl-C in
# the middle of a load. What README and docs show is run by docs.sh.
set -euo pipefail
shopt -s inherit_errexit
q() { PSQL_PAGER='' psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
bill=$BINARY_DIR/tests/bill/make_bill
dir=$OUTPUT_DIR/files
rm -rf "$dir"; mkdir -p "$dir"
[ -x "$(command -v script)" ] || fail 'this test needs the program script (package bsdutils)'
"$bill" --format cur2 --gzip --period 2026-09 --out "$dir/export" >/dev/null
"$bill" --logs "$dir/logs" >/dev/null
"$bill" --profiles "$dir/profiles" >/dev/null
chmod -R a+rX "$dir"

# ---- ./run itself ---------------------------------------------------------------------------------------------------------

run=$SOURCE_DIR/run
commands=$("$run" --help | sed -n 's/^  \([a-z]*\)\( .*\)\?$/\1/p')
[ "$("$run" --help | wc -L)" -le 80 ] || fail './run --help is wider than 80 columns'
for command in $commands stop; do
    "$run" "$command" --help >"$dir/out" 2>&1 || fail "./run $command --help: $(cat "$dir/out")"
    grep -q "^usage: ./run $command" "$dir/out" || fail "./run $command --help does not say how it is used: $(cat "$dir/out")"
    [ "$(wc -L <"$dir/out")" -le 80 ] || fail "./run $command --help is wider than 80 columns"
done
[ "$(wc -w <<<"$commands")" -ge 9 ]
echo "ok: every command has a help: $(echo $commands)"
# What is wrong with the files is said before anything is installed, built or started: none of that is there in this copy.
mkdir -p "$dir/copy/control"
cp "$run" "$dir/copy/"; cp "$SOURCE_DIR"/control/*.sh "$dir/copy/control/"
status=0; "$dir/copy/run" load "$dir/nofile" >"$dir/out" 2>&1 || status=$?
is 'a load of no file' "$status $(cat "$dir/out")" "1 error: $dir/nofile: no such file"
[ ! -e "$dir/copy/.run" ] || fail 'it was not said before something was made'
status=0; "$dir/copy/run" demo --fast >"$dir/out" 2>&1 || status=$?
is 'an unknown option' "$status $(head -n 1 "$dir/out")" '2 error: demo knows no --fast'
# A command that fails without a word is named: here apt-cache and pg_config, as on an image without package lists.
mkdir -p "$dir/bare"
printf '#!/bin/sh\nexit 100\n' | tee "$dir/bare/apt-cache" "$dir/bare/apt-get" "$dir/bare/pg_config" "$dir/bare/sudo" "$dir/bare/dpkg-query" >/dev/null
chmod +x "$dir"/bare/*
status=0; PATH=$dir/bare:$PATH "$dir/copy/run" demo >"$dir/out" 2>&1 </dev/null || status=$?
[ "$status" != 0 ] && grep -q '^error: ' "$dir/out" || fail "a machine without package lists: $status, $(cat "$dir/out")"
echo "ok: no package lists: $(grep -m 1 '^error' "$dir/out")"

# ---- a terminal of 80 columns ----------------------------------------------------------------------------------------------

for database in first first_cut; do dropdb --if-exists $database; createdb -T bedrock_template $database; done
# Whoever is called as a pager leaves a trace.
printf '#!/bin/sh\ntouch "%s/paged"; exec cat\n' "$dir" >"$dir/pager"; chmod +x "$dir/pager"
in_terminal() { # in_terminal COMMAND: prints what a terminal of 80 columns and 24 lines shows
    PAGER=$dir/pager PSQL_PAGER=$dir/pager TERM=xterm timeout 600 script -qec "stty cols 80 rows 24; $1" /dev/null </dev/null | tr -d '\r'
}
export PGDATABASE=first
psql -X -q -c 'SELECT repeat($$x$$, 200)' >/dev/null
in_terminal "psql -X -c 'SELECT repeat(\$\$x\$\$, 200)'" >/dev/null
[ -e "$dir/paged" ] || fail 'the trap for pagers does not work'
rm "$dir/paged"
in_terminal "'$SOURCE_DIR/control/load.sh' --table cur '$dir'/export/data/*/*.csv.gz" >"$dir/terminal"
"$SOURCE_DIR/tests/bill/import_profiles.sh" "$dir/profiles"
q -o /dev/null -c "SELECT bedrock.set_setting('invocation_metadata_keys', 'user')"
in_terminal "'$SOURCE_DIR/control/load.sh' '$dir/logs'" >>"$dir/terminal"
grep -q 'quarantined' "$dir/terminal" || fail "the logs did not load: $(cat "$dir/terminal")"
q -o /dev/null -c 'SELECT FROM bedrock.refresh()'
in_terminal "PSQL_PAGER= psql -X -q -v ON_ERROR_STOP=1 -f '$SOURCE_DIR/tests/bill/demo.sql'" >"$dir/demo"
[ ! -e "$dir/paged" ] || fail 'something is paged'
wide=$(LC_ALL=C.UTF-8 grep -nE '^.{81}' "$dir/demo" "$dir/terminal" || true)
[ -z "$wide" ] || fail "wider than 80 columns: $wide"
[ "$(grep -c '^Q[0-9]*: ' "$dir/demo")" -ge 9 ] && [ "$(grep -c '│' "$dir/demo")" -gt 60 ] || fail "$(cat "$dir/demo")"
! grep -q ERROR "$dir/demo" || fail "$(grep ERROR "$dir/demo")"
# Findings once each, the worst last.
mapfile -t found < <(sed -n 's/^\(info\|warning\|error\) .*/\1/p' "$dir/demo")
is 'findings, the worst last' "$(printf '%s\n' "${found[@]}" | uniq | tr '\n' ' ')" "$(printf '%s\n' "${found[@]}" | sort -u | sed 's/info/1 &/; s/warning/2 &/; s/error/3 &/' | sort | cut -d' ' -f2 | tr '\n' ' ')"
is 'SQL on request' "$(q -v show_sql=yes -f "$SOURCE_DIR/tests/bill/demo.sql" | grep -c 'FROM bedrock.spend_monthly' | sed 's/^[1-9][0-9]*$/yes/')" yes
# The first queries of ./run psql demo.
mapfile -t greeted < <(sed -n '/^greeting()/,/^TEXT/p' "$run" | grep '^  SELECT')
is 'queries of the greeting' ${#greeted[@]} 4
[ "$(sed -n '/^greeting()/,/^TEXT/p' "$run" | wc -L)" -le 80 ] || fail 'the greeting is wider than 80 columns'
for query in "${greeted[@]}"; do [ -n "$(q <<<"$query")" ] || fail "gives nothing: $query"; done

# ---- Ctrl-C -----------------------------------------------------------------------------------------------------------------

interrupt() { # interrupt NAME COMMAND...: a signal to the whole group, as a terminal sends it, once the server is at work
    local name=$1 pid status=0 waited=0; shift
    (trap - INT; exec setsid env PGDATABASE=first_cut PGAPPNAME=to_be_cut bash -c 'trap - INT; exec "$@"' - "$@") >"$dir/out" 2>&1 &
    pid=$!
    until [ "$(q -d postgres -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'to_be_cut' AND state = 'active' AND query ~* 'load_|copy'")" != 0 ]; do
        kill -0 $pid 2>/dev/null && [ $waited -lt 600 ] || fail "$name ended before it could be interrupted: $(cat "$dir/out")"
        sleep 0.1; waited=$((waited + 1))
    done
    kill -INT -- -$pid
    wait $pid || status=$?
    is "$name: status" "$status" 130
    is "$name: what it says" "$(grep -c 'ERROR\|error:' "$dir/out" || true) $(tail -n 1 "$dir/out")" '0 interrupted; nothing was loaded'
}
# Into a table, through psql; read by the server; logs. What the database held stays.
state() { q -d first_cut -c "SELECT (SELECT count(*) FROM bedrock.fact), (SELECT count(*) FROM bedrock.invocation), to_regclass('cur')"; }
before=$(state)
interrupt 'a load into a table' "$SOURCE_DIR/control/load.sh" --table cur "$dir"/export/data/*/*.csv.gz
interrupt 'a load by the server' "$SOURCE_DIR/control/load.sh" "$dir"/export/data/*/*.csv.gz
interrupt 'a load of logs' "$SOURCE_DIR/control/load.sh" "$dir/logs"
is 'nothing was loaded' "$(state)" "$before"
is 'and nothing is left at work' "$(q -d postgres -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'to_be_cut'")" 0
