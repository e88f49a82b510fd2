#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# ./run load: what AWS writes goes in whole; anything else changes nothing and says file, line, column and value.
set -euo pipefail
dir=$OUTPUT_DIR/files
rm -rf "$dir"; mkdir -p "$dir"
# Into a table, as where server and files do not share a machine; what the server reads itself is tested in load_cur.sh.
load=$dir/load
printf '#!/bin/sh\nexec "$SOURCE_DIR/control/load.sh" --table cur "$@"\n' >"$load"
chmod +x "$load"
dropdb --if-exists load_test; createdb -T bedrock_template load_test
export PGDATABASE=load_test
q() { psql -X -At -v ON_ERROR_STOP=1 -c "$1"; }
is() { [ "$2" = "$3" ] || { printf '%s: expected "%s", got "%s"\n' "$1" "$3" "$2"; exit 1; }; echo "ok: $1"; }
state() { q "SELECT count(*) || '/' || coalesce(sum(line_item_unblended_cost), 0) || '/' || coalesce(md5(string_agg(c::text, '' ORDER BY c::text)), '') FROM cur c"; }
fails() { # fails NAME PATTERN... -- COMMAND...
    local name=$1 patterns=() before; shift
    while [ "$1" != -- ]; do patterns+=("$1"); shift; done; shift
    before=$(state)
    if "$@" >"$dir/out" 2>&1; then echo "$name: loaded what it should not"; cat "$dir/out"; exit 1; fi
    for pattern in "${patterns[@]}"; do
        grep -qF -- "$pattern" "$dir/out" || { echo "$name: the message lacks \"$pattern\":"; cat "$dir/out"; exit 1; }
    done
    is "$name changes nothing" "$(state)" "$before"
}

header='line_item_usage_account_id,bill_payer_account_id,bill_billing_period_start_date,line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,line_item_product_code,bill_billing_entity,product,line_item_usage_type,line_item_unblended_cost,line_item_currency_code,line_item_resource_id,tags,a_new_column'
row() { # row MONTH COST TAGS
    printf '111122223333,999900001111,2026-%s-01T00:00:00.000Z,2026-%s-02T03:00:00.000Z,2026-%s-02T04:00:00.000Z,Usage,AmazonBedrock,AWS,"{""product_name"":""Amazon Bedrock""}",USE1-NovaMicro-input-tokens,%s,USD,"","%s",x\n' "$1" "$1" "$1" "$2" "${3//\"/\"\"}"
}

# As AWS writes it: quoted JSON maps, empty strings, exponents, an embedded comma and line break, CRLF.
{
    echo "$header"
    row 08 0.069 '{"iamPrincipal/team":"ds"}'
    row 08 6.9E-5 '{}'
    row 08 -1.5 '{}' | sed 's/,x$/,"two\nlines, one ""field"""/'
    row 08 3 '{{broken}'
} | sed 's/$/\r/' >"$dir/bill-00001.csv"
"$load" "$dir/bill-00001.csv" >"$dir/out" 2>&1
is 'all lines are there' "$(q 'SELECT count(*), sum(line_item_unblended_cost) FROM cur')" '4|1.569069'
is 'tags are jsonb' "$(q "SELECT bedrock_tag(tags, 'team') FROM cur WHERE bedrock_tag(tags, 'team') IS NOT NULL")" ds
is 'a broken map is kept as it came' "$(q "SELECT tags #>> '{}' FROM cur WHERE jsonb_typeof(tags) = 'string'")" '{{broken}'
is 'an empty field is NULL' "$(q 'SELECT count(*) FROM cur WHERE line_item_resource_id IS NULL')" 4
is 'a line break in a field' "$(q "SELECT count(*) FROM cur WHERE a_new_column LIKE 'two%lines, one \"field\"'")" 1
is 'times are UTC' "$(q "SELECT DISTINCT line_item_usage_start_date AT TIME ZONE 'UTC' FROM cur")" '2026-08-02 03:00:00'

# The same again replaces; another month joins; gzip, another column order and a new column are no matter.
"$load" "$dir/bill-00001.csv" >"$dir/out" 2>&1
is 'a second load replaces' "$(q 'SELECT count(*), sum(line_item_unblended_cost) FROM cur')" '4|1.569069'
mkdir -p "$dir/sep"
{ echo "extra,$header"; row 09 10 '{}' | sed 's/^/e,/'; } | gzip >"$dir/sep/bill-00001.csv.gz"
{ echo "extra,$header"; row 09 20 '{}' | sed 's/^/e,/'; } | gzip >"$dir/sep/bill-00002.csv.gz"
"$load" "$dir"/sep/*.csv.gz >"$dir/out" 2>&1
is 'another month joins' "$(q 'SELECT count(*), sum(line_item_unblended_cost), count(extra) FROM cur')" '6|31.569069|2'
{ echo "$header"; row 08 1 '{}'; } | tac | tac >"$dir/correction-00001.csv"
mkdir "$dir/aug"; mv "$dir/correction-00001.csv" "$dir/aug/"
"$load" "$dir/aug/correction-00001.csv" >"$dir/out" 2>&1
is 'a corrected month may go down' "$(q 'SELECT count(*), sum(line_item_unblended_cost) FROM cur')" '3|31'

# One chunk of two would replace the whole month.
fails 'one chunk alone' 'bill-00002.csv.gz' '--partial append' -- "$load" "$dir/sep/bill-00001.csv.gz"
mkdir "$dir/gap"; cp "$dir/sep/bill-00002.csv.gz" "$dir/gap/"
fails 'a missing chunk' 'not complete' -- "$load" "$dir/gap/bill-00002.csv.gz"
"$load" --partial append "$dir/gap/bill-00002.csv.gz" >"$dir/out" 2>&1
is 'a part is added when asked' "$(q 'SELECT count(*), sum(line_item_unblended_cost) FROM cur')" '4|51'


# A folder with blanks is guarded too; the chunks of another export beside them are none of its own.
mkdir "$dir/two exports"; cp "$dir"/sep/*.gz "$dir/two exports/"; cp "$dir/aug/correction-00001.csv" "$dir/two exports/other-00001.csv"
fails 'one chunk alone, with blanks' 'bill-00002.csv.gz' -- "$load" "$dir/two exports/bill-00001.csv.gz"
"$load" --table 'two exports' "$dir/two exports"/bill-*.csv.gz >"$dir/out" 2>&1
is 'another export beside it' "$(q 'SELECT count(*) FROM "two exports"')" 2

# A server without the extension, and none at all.
dropdb --if-exists load_bare; createdb load_bare
fails 'a database without the extension' 'CREATE EXTENSION bedrock_cost' -- "$load" --to 'dbname=load_bare' "$dir/aug/correction-00001.csv"
fails 'no such database' 'load_nowhere' 'nothing was loaded' -- "$load" --to 'dbname=load_nowhere' "$dir/aug/correction-00001.csv"

# What is broken.
{ echo "$header"; for i in $(seq 500); do row 09 "0.$RANDOM$RANDOM" '{}'; done; } | gzip >"$dir/long.csv.gz"
head -c $(($(stat -c %s "$dir/long.csv.gz") / 2)) "$dir/long.csv.gz" >"$dir/cut.csv.gz"
fails 'a truncated gz' "CONTEXT:  file $dir/cut.csv.gz" 'cannot be read to its end' 'unexpected end of file' -- "$load" "$dir/cut.csv.gz"
{ printf 'noise'; head -c 3000 /dev/urandom; } >"$dir/noise.csv.gz"
fails 'binary garbage' "$dir/noise.csv.gz: not a Cost and Usage Report: it is no gzip file" -- "$load" "$dir/noise.csv.gz"
printf '%s\n1,2\n' "$header" >"$dir/short.csv"
fails 'too few columns' "CONTEXT:  file $dir/short.csv, line 2" 'bill_billing_period_start_date' -- "$load" "$dir/short.csv"
{ echo "$header"; row 09 1 '{}' | sed 's/$/,more/'; } >"$dir/wide.csv"
fails 'too many columns' "CONTEXT:  file $dir/wide.csv, line 2" 'extra data' -- "$load" "$dir/wide.csv"
{ echo "$header"; row 09 1 '{}'; row 09 1.x '{}'; } >"$dir/number.csv"
fails 'a bad number' 'ERROR:  invalid input syntax for type numeric: "1.x"' "CONTEXT:  file $dir/number.csv, line 3, column line_item_unblended_cost" -- "$load" "$dir/number.csv"
{ echo "$header"; row 09 1 '{}'; row 13 1 '{}'; } >"$dir/date.csv"
fails 'a bad date' "CONTEXT:  file $dir/date.csv, line 3, column bill_billing_period_start_date" '2026-13-01' -- "$load" "$dir/date.csv"
printf 'name,city\nx,y\n' >"$dir/foreign.csv"
fails 'a foreign file' "$dir/foreign.csv" 'not a Cost and Usage Report' 'line_item_usage_type' 'name,city' -- "$load" "$dir/foreign.csv"
grep -q 'name,city$' "$dir/out" || { cat "$dir/out"; exit 1; }
echo "$header" | sed 's/line_item_currency_code,//' >"$dir/essential.csv"
fails 'a missing essential column' "$dir/essential.csv" 'line_item_currency_code' -- "$load" "$dir/essential.csv"
fails 'no such file' 'no such file' -- "$load" "$dir/nowhere.csv"
: >"$dir/empty.csv"
fails 'an empty file' "$dir/empty.csv: not a Cost and Usage Report: the file is empty" -- "$load" "$dir/empty.csv"
gzip -c "$dir/empty.csv" >"$dir/nothing.csv.gz"
fails 'nothing, packed' "$dir/nothing.csv.gz: not a Cost and Usage Report: its first line is empty" -- "$load" "$dir/nothing.csv.gz"
gzip -c "$dir/short.csv" >"$dir/packed.csv"
fails 'a packed file by the name of a plain one' "$dir/packed.csv: it is a gzip file" -- "$load" "$dir/packed.csv"
printf 'PK\003\004\024bill.csv\n' >"$dir/zip.csv"
fails 'an archive' "$dir/zip.csv: not a Cost and Usage Report: its first line is no text" -- "$load" "$dir/zip.csv"
{ echo "$header"; row 09 1 '{}'; } >"$dir/good.csv"
fails 'a good file beside a bad one' "$dir/number.csv" -- "$load" "$dir/good.csv" "$dir/number.csv"

# The same bill from another source does not count, and that is said.
"$load" --table once_more "$dir/aug/correction-00001.csv" >"$dir/out" 2>&1
is 'a bill that does not count' "$(grep -A 2 'does not count' "$dir/out" | sed 's/ *| */|/; s/^ *//; s/ *$//; 2d')" \
    'does not count|since this source has it already
2026-08|cur'
grep -q "SELECT bedrock.prefer_source('once_more')" "$dir/out" || { cat "$dir/out"; exit 1; }
"$load" "$dir/aug/correction-00001.csv" >"$dir/out" 2>&1
! grep 'does not count' "$dir/out" || exit 1
q "SELECT bedrock.detach('once_more')" >"$dir/out"

# Names that need quotes.
cp "$dir/good.csv" "$dir/it's a \"bill\".csv"
"$load" --table 'My Bill' "$dir/it's a \"bill\".csv" >"$dir/out" 2>&1
is 'odd names' "$(q 'SELECT count(*) FROM "My Bill"')" 1

# ---- folders as AWS lays them out: what the newest manifest of a month names ---------------------------------------------

chunk() { { echo "$header"; row "$2" "$3" '{}'; } >"$1"; } # chunk FILE MONTH COST
manifest() { # manifest FILE KEY...: younger than what it names
    local file=$1 names
    shift
    names=$(printf ',"%s"' "$@")
    mkdir -p "${file%/*}"
    printf '{"dataFiles":[%s]}\n' "${names#,}" >"$file"
    touch -d '1 minute' "$file"
}
export=$dir/copy/acme
data=$export/data/BILLING_PERIOD=2026-09 metadata=$export/metadata/BILLING_PERIOD=2026-09
key=s3://bucket/a/prefix/acme/data/BILLING_PERIOD=2026-09
mkdir -p "$data"
for i in 1 2 3; do chunk "$data/acme-0000$i.csv" 09 $((10 ** i)); done
manifest "$metadata/acme-Manifest.json" "$key/acme-00001.csv" "$key/acme-00002.csv"
dropdb --if-exists load_read; createdb -T bedrock_template load_read
is_loaded() { # is_loaded NAME LINES|COST PATH...: into a table, and read by the server: the same
    local name=$1 expected=$2
    shift 2
    chmod -R a+rX "$dir"
    "$SOURCE_DIR/control/load.sh" --table delivery "$@" >"$dir/out" 2>&1 || { cat "$dir/out"; exit 1; }
    is "$name" "$(q 'SELECT count(*), sum(line_item_unblended_cost) FROM delivery')" "$expected"
    # By force, since an older delivery takes the place of a newer one below.
    PGDATABASE=load_read "$SOURCE_DIR/control/load.sh" --force "$@" >"$dir/out" 2>&1 || { cat "$dir/out"; exit 1; }
    grep 'read by the server' "$dir/out" >/dev/null || { cat "$dir/out"; exit 1; }
    is "$name, read by the server" "$(PGDATABASE=load_read q 'SELECT sum(lines), trim_scale(sum(unblended_cost)) FROM bedrock.bill_total')" "$expected"
}
for folder in "$dir/copy" "$export/data" "$metadata"; do
    is_loaded "a chunk that no manifest names is not read: ${folder#"$dir/"}" '2|110' "$folder"
    is 'and that is said' "$(grep -c "^not read, since no manifest names them: 1 file(s), the first of them $data/acme-00003.csv" "$dir/out")" 1
done
(cd "$export/data" && "$load" BILLING_PERIOD=2026-09) >"$dir/out" 2>&1 || { cat "$dir/out"; exit 1; }
is_loaded 'the files of a delivery by name' '2|110' "$data"/acme-0000[12].csv
fails 'with one that no manifest names' "$data/acme-00003.csv: no manifest of its month names it" -- "$load" "$data"/*.csv
fails 'one file of a delivery' "$data/acme-00002.csv belongs to the same delivery and is not named" -- "$load" "$data/acme-00001.csv"
fails 'a manifest' 'is a manifest, not a data file' -- "$load" "$metadata/acme-Manifest.json"
half() { # half NAME COMMAND...: exit status 75, and nothing changes
    local name=$1 status=0 before
    shift
    before=$(state)
    "$load" "$@" >"$dir/out" 2>&1 || status=$?
    is "$name is left alone" "$status $(grep -c 'a delivery is under way' "$dir/out") $(state)" "75 1 $before"
}
chunk "$data/acme-00002.csv" 09 5000
touch -d '2 minutes' "$data/acme-00002.csv"
half 'a file newer than its manifest' "$export"
half 'the same by name' "$data"/acme-0000[12].csv
# October comes while it has no manifest.
touch -d '3 minutes' "$metadata/acme-Manifest.json"
mkdir "$export/data/BILLING_PERIOD=2026-10"; chunk "$export/data/BILLING_PERIOD=2026-10/acme-00001.csv" 10 7
half 'a month without its manifest' "$export/data/BILLING_PERIOD=2026-10"
is_loaded 'and not read with the others' '2|5010' "$export"
listed() { "$SOURCE_DIR/control/load.sh" --list "$@" | cut -f 1,3; }
is 'nor listed' "$(listed "$dir/copy")" "$metadata	manifest"
mark=$("$load" --list "$export")
touch "$data/acme-00001.csv"
[ "$("$load" --list "$export")" != "$mark" ] || { echo 'a changed file changes no mark'; exit 1; }
mv "$data/acme-00002.csv" "$dir/away.csv"
fails 'a file that the manifest names and is not there' "$data/acme-00002.csv is not there, and the manifest names it: $metadata/acme-Manifest.json" -- "$load" "$export"
printf '{"dataFiles":["s3://buck' >"$metadata/acme-Manifest.json"
fails 'a manifest that is cut' "$metadata/acme-Manifest.json: it names no files as a manifest of AWS does" -- "$load" "$export"
printf '{"columns":[]}' >"$metadata/acme-Manifest.json"
fails 'a manifest without files' 'it names no files as a manifest of AWS does. Copy' -- "$load" "$export"
fails 'a manifest without a server' 'load_nowhere' 'nothing was loaded' -- "$load" --to dbname=load_nowhere "$export"
# Each delivery in a folder of its own: the newest; by the manifest of the month, or else by the newest of theirs.
runs=$dir/runs/acme
for run in 20261002T053621Z-b 20261003T053621Z-a; do
    mkdir -p "$runs/data/BILLING_PERIOD=2026-09/$run"
    chunk "$runs/data/BILLING_PERIOD=2026-09/$run/acme-00001.csv" 09 "${run:6:2}"
    manifest "$runs/metadata/BILLING_PERIOD=2026-09/$run/acme-Manifest.json" "$key/$run/acme-00001.csv"
done
cp "$runs/metadata/BILLING_PERIOD=2026-09/20261002T053621Z-b/acme-Manifest.json" "$runs/metadata/BILLING_PERIOD=2026-09/"
touch -d '1 minute' "$runs"/metadata/*/acme-Manifest.json
touch -d '2 minutes' "$runs"/metadata/*/20261003*/acme-Manifest.json
is_loaded 'the delivery of the manifest of the month' '1|2' "$dir/runs"
is_loaded 'an older one, named' '1|3' "$runs"/data/*/20261003*/*.csv
status=0; PGDATABASE=load_read "$SOURCE_DIR/control/load.sh" "$dir/runs" >"$dir/out" 2>&1 || status=$?
is 'an older delivery is refused in the words of the command' "$status $(grep -c -- 'use --force\.' "$dir/out") $(grep -c 'CONTEXT\|PL/pgSQL\|force =>' "$dir/out" || true)" '1 1 0'
is_loaded 'and by its folder' '1|3' "$runs"/data/*/20261003*
rm "$runs"/metadata/*/acme-Manifest.json
is_loaded 'the newest manifest of single deliveries' '1|3' "$dir/runs"
is 'they are one month' "$(listed "$dir/runs")" "$runs/metadata/BILLING_PERIOD=2026-09	manifest"
# The legacy report; a folder of an assembly that was copied alone; both beside files without a manifest.
legacy=$dir/legacy/acme/20260901-20261001
mkdir -p "$legacy/first" "$legacy/second"
chunk "$legacy/first/acme-1.csv" 09 4; chunk "$legacy/second/acme-1.csv" 09 6
printf '{"reportKeys":["x/acme/20260901-20261001/second/acme-1.csv"]}' | tee "$legacy/acme-Manifest.json" >"$legacy/second/acme-Manifest.json"
is_loaded 'an assembly of the legacy report' '1|6' "$dir/legacy"
cp -rp "$legacy/second" "$dir/legacy/alone"
rm -r "$dir/legacy/acme"; mkdir "$dir/legacy/plain"; chunk "$dir/legacy/plain/more.csv" 08 1
is_loaded 'a folder of one, with its manifest, beside files without one' '2|7' "$dir/legacy"
is 'as they are listed' "$(listed "$dir/legacy" | sort)" "$(printf '%s\tmanifest\n%s\t' "$dir/legacy/alone" "$dir/legacy/plain")"

# By the loader of docs/security.md, into a table of its own.
. "$SOURCE_DIR/tests/server/docs_blocks.sh"
q "DROP ROLE IF EXISTS load_loader" >"$dir/out" 2>&1
q "$(loader_role load_loader); CREATE SCHEMA load_loader AUTHORIZATION load_loader" >"$dir/out"
trap 'psql -X -q -c "DROP OWNED BY load_loader CASCADE" -c "DROP ROLE load_loader"' EXIT
"$SOURCE_DIR/control/load.sh" --to 'dbname=load_test user=load_loader' --table loaders_bill "$dir/good.csv" \
    >"$dir/out" 2>&1 || { cat "$dir/out"; exit 1; }
is 'a loader that is no superuser' \
    "$(q "SELECT tableowner, (SELECT count(*) FROM load_loader.loaders_bill), (SELECT string_agg(l.action, ' ')
          FROM bedrock.load_log AS l WHERE l.source = 'loaders_bill')
          FROM pg_tables WHERE tablename = 'loaders_bill'")" 'load_loader|1|loaded'

# ./run load says what to do next where it loads into the private server, and only there. What it calls does nothing here.
own=$dir/own
mkdir -p "$own/control" "$own/bin"
cp "$SOURCE_DIR/run" "$own/"
printf '#!/bin/sh\nexit "${LOAD_STATUS:-0}"\n' >"$own/control/load.sh"
cp "$SOURCE_DIR/control/progress.sh" "$own/control/"
printf '#!/bin/sh\n' | tee "$own/control/cluster.sh" "$own/bin/cmake" >/dev/null
printf '#!/bin/sh\necho ok installed\n' | tee "$own/bin/dpkg-query" "$own/bin/psql" >/dev/null
chmod +x "$own"/control/*.sh "$own"/bin/*
run_load() { # run_load STATUS COMMAND...: the last line on standard output
    local expected=$1 status=0
    shift
    env -u PGHOST -u PGSERVICE -u PGDATABASE PATH="$own/bin:$PATH" "$@" >"$dir/last" 2>"$dir/out" || status=$?
    if [ $status = "$expected" ]; then tail -n 1 "$dir/last"; else echo "status $status: $(cat "$dir/out")"; fi
}
is 'what to do next' "$(run_load 0 "$own/run" load x)" 'Next: ./run ask "who spends the most" --chart, ./run psql, ./run dashboard'
is 'elsewhere that is not said' "$(run_load 0 "$own/run" load --to dbname=x x)" ''
is 'nor of a load that failed' "$(run_load 1 env LOAD_STATUS=1 "$own/run" load x)" ''
grep -q 'makes the database demo anew' <<<"$("$SOURCE_DIR/run" demo --help)" || { echo 'the demo does not say that it begins anew'; exit 1; }
