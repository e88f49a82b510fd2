#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Directories of exports on the server: the bill in all three formats as AWS lays it out, what the operating system forbids
# (asked of a server that runs as an ordinary user), and that no descriptor is left open.
set -euo pipefail
dir=$OUTPUT_DIR/exports
[ ! -d "$dir" ] || chmod -R u+rwX "$dir"
rm -rf "$dir"; mkdir -p "$dir"
export PGDATABASE=bedrock_template
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }
is() { [ "$2" = "$3" ] || { printf '%s: expected "%s", got "%s"\n' "$1" "$3" "$2"; exit 1; }; echo "ok: $1"; }
refuses() { # refuses NAME STATEMENT PATTERN...
    local name=$1 statement=$2; shift 2
    if q -c '\set VERBOSITY verbose' -c "$statement" >"$dir/../refused" 2>&1; then echo "$name: no error"; cat "$dir/../refused"; exit 1; fi
    for pattern in "$@"; do
        grep -qF -- "$pattern" "$dir/../refused" || { echo "$name: the message lacks \"$pattern\":"; cat "$dir/../refused"; exit 1; }
    done
    echo "ok: $name"
}

# ---- the bill, as it is delivered ------------------------------------------------------------------------------------

for format in cur2 legacy focus; do
    "$BINARY_DIR/tests/bill/make_bill" --format $format --gzip --chunk-lines 20000 --out "$dir/bill/$format" >"$dir/$format.log"
    want=$(find "$dir/bill/$format" -name '*.csv.gz' -printf '%p %s\n' | LC_ALL=C sort)
    [ "$(wc -l <<<"$want")" -gt 4 ] || { echo "$format: no period has several chunks"; exit 1; }
    deliveries="bedrock_internal.export_deliveries('$dir/bill/$format')"
    is "$format: every file is in a delivery" "$(q -c "SELECT f.file || ' ' || f.bytes FROM $deliveries d, unnest(d.files, d.bytes) f (file, bytes) ORDER BY f.file COLLATE \"C\"")" "$want"
    is "$format: one delivery a period, through its manifest" \
        "$(q -c "SELECT export, billing_period, manifest IS NOT NULL, execution IS NOT NULL, cardinality(ignored), notice FROM $deliveries")" \
        "$(printf 'acme|2026-%s-01|t|t|0|\n' 06 07 08 09)"
done
# Three exports of one name beside each other stay three.
is 'exports side by side' "$(q -c "SELECT count(*), count(DISTINCT manifest), sum(cardinality(files)) FROM bedrock_internal.export_deliveries('$dir/bill') WHERE notice LIKE '%same export name%'")" \
    "12|12|$(find "$dir/bill" -name '*.csv.gz' | wc -l)"
# A copy that was cut short.
gone=$(find "$dir/bill/cur2" -name '*-00002.csv.gz' | LC_ALL=C sort | head -n 1)
mv "$gone" "$gone.part"
refuses 'a file is missing' "SELECT * FROM bedrock_internal.export_deliveries('$dir/bill/cur2')" "58P01" "names a file that is not there" "$(basename "$gone")" 'aws s3 sync'
mv "$gone.part" "$gone"

# ---- what the operating system forbids -------------------------------------------------------------------------------

# The server of the tests may have the right to read everything, where it runs in a folder of root. Then one without.
capabilities=$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$(head -n 1 "$(q -c 'SHOW data_directory')/postmaster.pid")/status")
outside=
if (( (0x$capabilities >> 1) & 1 )); then
    outside=$(mktemp -d)
    chmod 755 "$outside"
    cp -r "$(q -c 'SHOW extension_destdir')" "$outside/stage"
    chmod -R a+rX "$outside/stage"
    install -d -o postgres -m 700 "$outside/data" "$outside/socket"
    as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    finish() { (cd / && "${as_postgres[@]}" "$PG_BINDIR/pg_ctl" -D "$outside/data" -m immediate -w stop >/dev/null 2>&1) || echo 'the server without rights was not running'; rm -rf "$outside"; }
    trap finish EXIT
    (cd / && "${as_postgres[@]}" "$PG_BINDIR/initdb" -D "$outside/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null)
    printf "listen_addresses = ''\nunix_socket_directories = '%s'\nextension_destdir = '%s'\nfsync = off\n" "$outside/socket" "$outside/stage" >>"$outside/data/postgresql.conf"
    (cd / && "${as_postgres[@]}" "$PG_BINDIR/pg_ctl" -D "$outside/data" -l "$outside/data/log" -w start >/dev/null)
    export PGHOST=$outside/socket PGPORT=5432 PGDATABASE=postgres
    q -c 'CREATE EXTENSION bedrock_cost'
    dir=$outside/exports
    mkdir "$dir"
fi
mkdir -p "$dir/closed/data" "$dir/deep/open" "$dir/deep/closed" "$dir/mode" "$dir/unpassable"
echo x >"$dir/closed/data/a.csv"; echo x >"$dir/deep/open/b.csv"; echo x >"$dir/mode/c.csv"; echo '{}' >"$dir/mode/c-Manifest.json"; echo x >"$dir/unpassable/d.csv"
[ -z "$outside" ] || chown -R root:root "$dir"
chmod 000 "$dir/closed" "$dir/deep/closed" "$dir/mode/c-Manifest.json"
# Its names may be listed, what they name may not be asked for.
chmod 444 "$dir/unpassable"
rights='operating system user of the server'
refuses 'a directory without read permission' "SELECT * FROM bedrock_internal.export_deliveries('$dir/closed')" 42501 "could not open directory \"$dir/closed\": Permission denied" "$rights"
refuses 'a directory below one' "SELECT * FROM bedrock.server_files('$dir/closed/data')" 42501 "could not read \"$dir/closed/data\": Permission denied" "$rights"
refuses 'one deep below' "SELECT * FROM bedrock_internal.export_deliveries('$dir/deep')" 42501 "could not open directory \"$dir/deep/closed\": Permission denied"
refuses 'a pattern through one' "SELECT * FROM bedrock_internal.export_deliveries('$dir/*/data/*.csv')" 42501 "could not read \"$dir/closed/data\": Permission denied"
refuses 'a pattern in one' "SELECT * FROM bedrock_internal.export_deliveries('$dir/closed/*.csv')" 42501 "could not open directory \"$dir/closed\": Permission denied"
refuses 'a directory that may not be passed through' "SELECT * FROM bedrock.server_files('$dir/unpassable')" 42501 "could not read \"$dir/unpassable/d.csv\": Permission denied"
refuses 'a manifest that may not be read' "SELECT * FROM bedrock_internal.export_deliveries('$dir/mode')" 42501 "could not open file \"$dir/mode/c-Manifest.json\": Permission denied"
is 'its data file alone' "$(q -c "SELECT export FROM bedrock_internal.export_deliveries('$dir/mode/c.csv')")" c
is 'what may be read beside them' "$(q -c "SELECT files FROM bedrock_internal.export_deliveries('$dir/deep/open')")" "{$dir/deep/open/b.csv}"
chmod -R u+rwX "$dir"

# ---- no descriptor is kept, whatever ended the statement ---------------------------------------------------------------

mkdir -p "$dir/many"
for i in $(seq 40); do mkdir -p "$dir/many/$i" && echo x >"$dir/many/$i/a.csv"; done
ln -s nothing "$dir/many/40/dangling.csv"
is 'descriptors after errors and rows' "$(q -At <<SQL
DO \$\$ BEGIN FOR i IN 1 .. 60 LOOP BEGIN PERFORM bedrock.server_files('$dir/many'); EXCEPTION WHEN undefined_file THEN NULL; END;
    BEGIN PERFORM bedrock.server_file_text('$dir/many'); EXCEPTION WHEN wrong_object_type THEN NULL; END; PERFORM count(*) FROM bedrock.server_files('$dir/many/*/a.csv'); END LOOP; END \$\$;
SELECT count(*) < 20 FROM pg_ls_dir('/proc/' || pg_backend_pid() || '/fd');
SQL
)" "$(printf 'DO\nt')"
echo 'export_files: all as said'
