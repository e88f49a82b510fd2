#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Containers, as far as that goes without an image: linters on the Dockerfile, compose.yaml and scripts; then the
# entry points themselves, with the server of this machine. The images are made by the test container.
set -euo pipefail
shopt -s inherit_errexit
fail() { printf '%s\n' "$@"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
refused() { # refused NAME MESSAGE COMMAND...
    local name=$1 message=$2
    shift 2
    if "$@" >"$OUTPUT_DIR/out" 2>&1; then fail "$name was taken" "$(cat "$OUTPUT_DIR/out")"; fi
    grep -q -- "$message" "$OUTPUT_DIR/out" || fail "$name: \"$message\" is not said:" "$(cat "$OUTPUT_DIR/out")"
    echo "ok: $name is refused: $(grep -m 1 -- "$message" "$OUTPUT_DIR/out" | cut -c1-100)"
}
rm -rf "${OUTPUT_DIR:?}"; mkdir -p "$OUTPUT_DIR"
container=$SOURCE_DIR/control/container

# ---- linters; each sees a fault that is planted ------------------------------------------------------------------------

(cd "$SOURCE_DIR" && shellcheck -x -S warning control/container/*.sh tests/container/*.sh) || fail 'shellcheck has findings (above)'
echo 'ok: scripts'

npm=$("$SOURCE_DIR/control/npm.sh" "$SOURCE_DIR/tests/container")
dockerfile() { [ -z "$("$npm/node_modules/.bin/dockerfile-utils" lint "$1" | tee "$OUTPUT_DIR/out")" ] && ours "$1" >"$OUTPUT_DIR/out"; }
# What no linter knows of: our rules, for each stage that is an image of its own.
ours() {
    awk '
        function close_stage() {
            if (stage != "server" && stage != "client") return
            if (user == "" || user == "root" || user == "0") print "stage " stage " runs as root"
            if (!entrypoint) print "stage " stage " has no ENTRYPOINT"
            if (compiler) print "stage " stage " has a compiler or npm"
            if (stage == "server" && !health) print "stage server has no HEALTHCHECK"
            seen++
        }
        /^[ \t]*#/ { next }
        { line = line $0 }
        /\\$/ { sub(/\\$/, " ", line); next }
        { split(line, word, " ")
          if (word[1] == "FROM") { close_stage(); stage = word[4]; user = ""; entrypoint = health = compiler = 0
              if (word[2] !~ /^debian:\$\{DEBIAN\}-slim$/) print "base image " word[2] }
          if (word[1] == "USER") user = word[2]
          if (word[1] == "ADD") print "ADD where COPY does"
          if (word[1] == "ENTRYPOINT") entrypoint = 1
          if (word[1] == "HEALTHCHECK") health = 1
          if (line ~ /(ENTRYPOINT|CMD) / && line !~ /(ENTRYPOINT|CMD) \[/) print "a shell is process 1: " line
          if (line ~ / (g\+\+|cmake|npm) /) compiler = 1
          if (line ~ /apt-get install/ && line !~ /rm -rf \/var\/lib\/apt\/lists/) print "package lists stay: " line
          if (line ~ /apt-get install/ && line !~ /--no-install-recommends/) print "recommended packages: " line
          line = "" }
        END { close_stage(); if (seen != 2) print "there are " seen + 0 " images of server and client" }' "$1" | tee /dev/stderr | awk 'END { exit NR > 0 }'
}
dockerfile "$container/Dockerfile" || fail 'the Dockerfile:' "$(cat "$OUTPUT_DIR/out")"
planted() { # planted NAME SED: the same Dockerfile with a fault is refused
    mkdir -p "$OUTPUT_DIR/planted"
    sed "$2" "$container/Dockerfile" >"$OUTPUT_DIR/planted/Dockerfile"
    ! cmp -s "$container/Dockerfile" "$OUTPUT_DIR/planted/Dockerfile" || fail "$1: nothing was changed"
    ! dockerfile "$OUTPUT_DIR/planted/Dockerfile" 2>/dev/null || fail "$1 is not seen"
}
planted 'an unknown instruction' 's/^EXPOSE/EXPSE/'
planted 'two commands' 's/^CMD \["postgres"\]/&\n&/'
planted 'a server as root' 's/^USER postgres/USER root/'
planted 'no health' '/^HEALTHCHECK/d'
planted 'a compiler' 's/nodejs postgresql-client/g++ &/'
planted 'lists that stay' 's, && \\$, \&\& \\,; s,rm -rf /var/lib/apt/lists/\*,true,'
echo 'ok: Dockerfile, and six faults that are seen'

compose() { docker-compose -f "$1" --project-directory "$container" config; }
compose "$container/compose.yaml" >"$OUTPUT_DIR/compose" 2>&1 || fail 'compose.yaml:' "$(cat "$OUTPUT_DIR/compose")"
sed 's/^    depends_on:/    depend_on:/' "$container/compose.yaml" >"$OUTPUT_DIR/planted/compose.yaml"
! compose "$OUTPUT_DIR/planted/compose.yaml" >/dev/null 2>&1 || fail 'an unknown key of compose.yaml is not seen'
# Nothing listens beyond this machine, and no password stands in it.
/usr/bin/python3 - "$container/compose.yaml" <<'PYTHON'
import sys, yaml
services = yaml.safe_load(open(sys.argv[1]))["services"]
for name, service in services.items():
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:"), f"{name} listens on {port}"
    for key, value in service["environment"].items():
        assert "PASSWORD" not in key or key.endswith("_FILE"), f"{name}: {key}"
PYTHON
echo 'ok: compose.yaml'

# ---- the server's entry point ------------------------------------------------------------------------------------------

# What the image has in fixed places.
root=$(mktemp -d); chmod 755 "$root"
DESTDIR=$root/stage cmake --install "$BINARY_DIR" >/dev/null
cp "$SOURCE_DIR"/tests/upgrade/bedrock_cost--*.sql "$root/stage$(pg_config --sharedir)/extension/"
mkdir -p "$root/etc/conf.d" "$root/volume" "$root/socket" "$root/secrets"
sed "s|^unix_socket_directories.*|unix_socket_directories = '$root/socket'|" "$container/postgresql.conf" >"$root/etc/postgresql.conf"
cp "$container/pg_hba.conf" "$root/etc/"
cp "$SOURCE_DIR/control/progress.sh" "$container/entrypoint.sh" "$container/setup.sql" "$root/"
port=$((20000 + RANDOM % 20000))
printf '%s\n' "extension_destdir = '$root/stage'" "listen_addresses = '127.0.0.1'" "port = $port" 'fsync = off' >"$root/etc/conf.d/test.conf"
for name in loader dashboard; do printf 'pass of %s\n' $name >"$root/secrets/$name"; done
as=()
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chown -R postgres "$root/volume" "$root/socket" "$root/secrets"
elif [ "$(id -un)" != postgres ]; then
    # The superuser is postgres in the image, and whoever runs the test here.
    sed -i 's/peer$/trust/' "$root/etc/pg_hba.conf"
fi
entry() { # entry VARIABLE=VALUE...: becomes the entry point, as process 1 of the image has its environment
    cd "$root"
    exec "${as[@]}" env -i PATH="$PG_BINDIR:/usr/bin:/bin" LANG=C.UTF-8 PGDATA="$root/volume/data" PGPORT="$port" BEDROCK_ETC="$root/etc" "$@" \
        "$root/entrypoint.sh" postgres
}
secrets=(LOADER_PASSWORD_FILE="$root/secrets/loader" DASHBOARD_PASSWORD_FILE="$root/secrets/dashboard")
pid=''
watcher=''
end() {
    [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || true
    [ -z "$pid" ] || { kill -INT "$pid" && wait "$pid"; } 2>/dev/null || true
    rm -rf "$root"
}
trap end EXIT
start() { # start VARIABLE=VALUE...
    (entry "$@") >"$OUTPUT_DIR/server.log" 2>&1 & pid=$!
    for _ in $(seq 600); do
        ! pg_isready -q -h 127.0.0.1 -p "$port" || return 0
        kill -0 $pid 2>/dev/null || break
        sleep 0.1
    done
    fail 'the server does not start:' "$(tail -n 20 "$OUTPUT_DIR/server.log")"
}
stops() { # stops SIGNAL: process 1 is the server, and ends well
    is "process 1 is the server" "$(cat /proc/$pid/comm)" postgres
    local status=0
    kill "-$1" $pid; wait $pid || status=$?
    pid=''
    is "stopped by SIG$1" "$status $(grep -c 'database system is shut down' "$OUTPUT_DIR/server.log")" "0 2"
}
q() { # q ROLE PSQL ARGUMENTS: over TCP, with the password; the superuser as inside the container
    local role=$1
    shift
    if [ "$role" = postgres ]; then
        (cd / && "${as[@]}" psql -X -q -At -v ON_ERROR_STOP=1 -h "$root/socket" -p "$port" -U postgres -d bedrock "$@")
        return
    fi
    PGPASSWORD="pass of $role" psql -X -q -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U "$role" -d bedrock "$@"
}
unset PGHOST PGPORT PGUSER PGOPTIONS PGDATABASE

refused 'a password twice' 'both set' bash -c "$(declare -f entry); $(declare -p as root port); entry LOADER_PASSWORD=x LOADER_PASSWORD_FILE=$root/secrets/loader"
refused 'no such secret' 'cannot be read' bash -c "$(declare -f entry); $(declare -p as root port); entry LOADER_PASSWORD_FILE=$root/secrets/none"
refused 'a schedule without a loader' 'REFRESH_SCHEDULE needs the role loader' bash -c "$(declare -f entry); $(declare -p as root port); entry REFRESH_SCHEDULE=@daily DASHBOARD_PASSWORD_FILE=$root/secrets/dashboard"
# A shell that ran it would make the file.
names=("\$(touch $root/volume/ran)" 'x;y' 'My DB' "o'x" 'a"b' dbname=postgres -x template1 "$(printf 'x%.0s' $(seq 64))")
for name in "${names[@]}"; do
    refused "a database $name" 'is no name for the database' bash -c "$(declare -f entry); $(declare -p as root port); entry \"\$1\"" - "POSTGRES_DB=$name"
done
is 'and nothing was made' "$(ls "$root/volume")" ''

start "${secrets[@]}"
version=$(q postgres -c "SELECT extversion FROM pg_extension WHERE extname = 'bedrock_cost'")
is 'the extension is there' "$version" "$PROJECT_VERSION"
is 'no way in over TCP but scram' "$(q postgres -c "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules WHERE type <> 'local'")" reject,scram-sha-256
refused 'a wrong password' 'password authentication failed' env PGPASSWORD=wrong psql -X -h 127.0.0.1 -p "$port" -U loader -d bedrock -c 'SELECT 1'
refused 'the superuser over TCP' 'pg_hba.conf rejects connection' env PGPASSWORD=any psql -X -h 127.0.0.1 -p "$port" -U postgres -d bedrock -c 'SELECT 1'
is 'who they are' "$(q postgres -c "SELECT string_agg(format('%s %s %s', r.rolname, r.rolsuper, g.rolname), ', ' ORDER BY 1) FROM pg_roles AS r JOIN pg_auth_members AS m ON m.member = r.oid JOIN pg_roles AS g ON g.oid = m.roleid WHERE r.rolname IN ('loader', 'dashboard')" | tr -d '\n')" 'dashboard f bedrock_finance, loader f bedrock_loader'
is 'the schedule' "$(q postgres -c "SELECT username, schedule, command FROM cron.job")" "loader|17 3 * * *|CALL bedrock.refresh_scheduled('1 day')"
! grep -q 'pass of' "$OUTPUT_DIR/server.log" || fail 'a password stands in the log'

# The loader, as the other image runs it.
exports=$root/exports
mkdir -p "$exports/bill" "$exports/prices"
cp "$SOURCE_DIR/tests/corpus/price_list.json" "$exports/prices/AmazonBedrock.json"
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-09 --out "$exports/bill/acme" >/dev/null
printf 'pass of loader\n' >"$root/loader.password"
loader() { exec env EXPORTS="$exports" INTERVAL=0.2 PGHOST=127.0.0.1 PGPORT="$port" PGUSER=loader PGDATABASE=bedrock PGPASSWORD_FILE="$root/loader.password" "$container/client.sh" "$container/loader.sh" "$@"; }
load() { (loader --once); }
load >"$OUTPUT_DIR/load" 2>&1 || fail 'the loader:' "$(cat "$OUTPUT_DIR/load")"
raw=$(q loader -c 'SELECT count(*), sum(line_item_unblended_cost) FROM loader.cur')
is 'the bill is there' "$(q dashboard -c 'SELECT sum(lines), sum(unblended_cost) FROM bedrock.bill_total' | tr -d '\n')" "$raw"
is 'price lists too' "$(q loader -c 'SELECT count(*) > 0 FROM bedrock.price_list')" t
is 'what was loaded is noted' "$(q loader -c 'SELECT count(*) FROM loader.loaded')" 2
load >"$OUTPUT_DIR/load" 2>&1 || fail 'the loader again:' "$(cat "$OUTPUT_DIR/load")"
is 'what is there is not loaded again' "$(cat "$OUTPUT_DIR/load")" ''
is 'the dashboard sees what changed' "$(q dashboard -c 'SELECT count(at) > 0 FROM bedrock.audit')" t
# A folder that find cannot go through: what lies elsewhere is loaded, and the failure is seen.
ln -s . "$exports/bill/loop"
mkdir -p "$exports/prices/more"
cp "$SOURCE_DIR/tests/corpus/price_list.json" "$exports/prices/more/AmazonBedrock.json"
if load >"$OUTPUT_DIR/load" 2>&1; then fail 'a folder that cannot be read is nothing to the loader'; fi
is 'the rest is loaded beside a folder that cannot be read' "$(grep -c '^==> loading prices' "$OUTPUT_DIR/load")" 1
rm "$exports/bill/loop"
mkdir "$exports/bill/notes"
printf 'no bill\n' >"$exports/bill/notes/notes.csv"
first=$(find "$exports/bill" -name '*-00001.csv.gz')
manifest=$(find "$exports/bill" -name '*-Manifest.json')
touch -d '2026-10-09 12:00' "$first" "$manifest"
if load >"$OUTPUT_DIR/load" 2>&1; then fail 'a file that is no bill was loaded'; fi
is 'a new delivery is loaded, beside a file that is none' \
    "$(grep -c '^==> loading' "$OUTPUT_DIR/load") $(grep -c 'not a Cost and Usage Report' "$OUTPUT_DIR/load")" '2 1'
bill() { q loader -c 'SELECT count(*), sum(line_item_unblended_cost) FROM loader.cur'; }
is 'nothing is doubled' "$(bill)" "$raw"
rm -r "$exports/bill/notes"
# A chunk that the export left behind, and then a delivery that is half there.
cp "$first" "${first%1.csv.gz}2.csv.gz"
load >"$OUTPUT_DIR/load" 2>&1 || fail "$(cat "$OUTPUT_DIR/load")"
is 'a chunk that no manifest names is not loaded' "$(grep -c '^not read, since no manifest names them: 1 file' "$OUTPUT_DIR/load") $(bill)" "1 $raw"
zcat "$first" | sed -n 1,100p | gzip >"$OUTPUT_DIR/short.gz"
mv "$OUTPUT_DIR/short.gz" "$first"
touch -d '1 minute' "$first"
if load >"$OUTPUT_DIR/load" 2>&1; then fail 'a delivery that is half there was loaded'; fi
is 'a delivery that is half there is not loaded' "$(grep -c 'a delivery is under way' "$OUTPUT_DIR/load") $(bill)" "1 $raw"
touch -d '2 minutes' "$manifest"
load >"$OUTPUT_DIR/load" 2>&1 || fail "$(cat "$OUTPUT_DIR/load")"
raw=$(bill)
is 'and once it is whole, it is' "${raw%|*}" 99
# Names that no list can have.
for name in $'tab\tin' $'line\nbreak'; do
    mkdir -p "$exports/bill/$name" "$exports/logs/$name"
    cp "$first" "$exports/bill/$name/x.csv.gz"
    cp "$first" "$exports/logs/$name/x.csv.gz"
done
if load >"$OUTPUT_DIR/load" 2>&1; then fail 'names that no list can have are nothing to the loader'; fi
is 'they are told, and nothing else' "$(grep -c 'a name with a tab or a line break' "$OUTPUT_DIR/load") $(wc -l <"$OUTPUT_DIR/load") $(bill)" "4 4 $raw"
rm -r "$exports"/bill/{tab,line}* "$exports"/logs

# A load whose session ends in the middle of it: it waits for the table, which another one holds.
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-08 --out "$OUTPUT_DIR/august" >/dev/null
cp -r "$OUTPUT_DIR"/august/* "$exports/bill/acme/"
until_is() { # until_is WHAT VALUE COMMAND...: for two minutes
    local what=$1 value=$2
    shift 2
    for _ in $(seq 600); do [ "$("$@")" != "$value" ] || { echo "ok: $what"; return; }; sleep 0.2; done
    fail "in vain waited for: $what" "$(tail -n 20 "$OUTPUT_DIR/watch")"
}
q postgres -c 'BEGIN; LOCK TABLE loader.cur; SELECT pg_sleep(600)' >"$OUTPUT_DIR/lock" 2>&1 & lock=$!
holds="SELECT count(*) FROM pg_locks WHERE relation = 'loader.cur'::regclass AND mode = 'AccessExclusiveLock' AND granted"
until_is 'the table is held' 1 q postgres -c "$holds"
loader >"$OUTPUT_DIR/watch" 2>&1 & watcher=$!
ended="SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'loader' AND wait_event_type = 'Lock'"
until_is 'its session ends' 1 q postgres -c "$ended"
until_is 'nothing was loaded, and that is told' 1 grep -c 'tried again when it changes, or after 10 looks' "$OUTPUT_DIR/watch"
q postgres -o /dev/null -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()"
wait $lock || true
until_is 'it is loaded after some looks' 1 q loader -c "SELECT count(*) FROM loader.loaded WHERE folder LIKE '%2026-08'"
is 'at the second attempt' "$(grep -c '^==> loading .*2026-08$' "$OUTPUT_DIR/watch")" 2
kill $watcher; wait $watcher || true
watcher=''
raw=$(bill)

# ---- a newer image on the same volume ----------------------------------------------------------------------------------

q postgres -d postgres -c 'CREATE DATABASE old' -c '\connect old' -c "CREATE EXTENSION bedrock_cost VERSION '0.2.0'"
stops TERM
printf 'another pass\n' >"$root/secrets/dashboard"
start "${secrets[@]}"
is 'the older extension is updated' "$(q postgres -d old -c "SELECT extversion FROM pg_extension WHERE extname = 'bedrock_cost'")" "$version"
grep -q "old: updated from bedrock_cost 0.2.0 to bedrock_cost $version" "$OUTPUT_DIR/server.log" || fail 'the update is not told:' "$(cat "$OUTPUT_DIR/server.log")"
is 'the bill is still there' "$(q loader -c 'SELECT count(*), sum(line_item_unblended_cost) FROM loader.cur')" "$raw"
is 'the schedule is ordered once' "$(q postgres -c "SELECT (SELECT count(*) FROM cron.job), (SELECT count(*) FROM bedrock.schedule_log WHERE action = 'scheduled')")" '1|1'
refused 'the old password' 'password authentication failed' q dashboard -c 'SELECT 1'
q postgres -d old -c "UPDATE pg_extension SET extversion = '99.0' WHERE extname = 'bedrock_cost'"
stops INT
refused 'an older image' 'or a newer one' bash -c "$(declare -f entry); $(declare -p as root port); entry ${secrets[*]}"
