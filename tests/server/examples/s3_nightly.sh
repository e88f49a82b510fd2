#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# docs/examples/s3-nightly: what is complete in the bucket is loaded, to the last digit of a plain sum over its files; what
# is half delivered, broken or out of reach leaves all as it was, is told, and is loaded by the run after it.
script=$EXAMPLES/s3-nightly/cur_nightly.sh
make_bill=$BINARY_DIR/tests/bill/make_bill
export STUB_S3="$OUTPUT_DIR/S3 stub" CUR_S3=s3://acme-billing/exports/acme CUR_DIR="$OUTPUT_DIR/state of it" CUR_TABLE=acme_bill
export CUR_ALERT='cat >>"$CUR_DIR/alerts"'
PATH=$SOURCE_DIR/tests/server/examples:$PATH
bucket=$STUB_S3/acme-billing/exports/acme
mkdir -p "$CUR_DIR" "$bucket"
dropdb --if-exists examples_s3; createdb -T bedrock_template examples_s3
# As the role of the page, and not as a superuser.
q -d examples_s3 -c 'DROP ROLE IF EXISTS nightly' -c 'SELECT bedrock.create_roles()' >/dev/null
sed -n '/^CREATE ROLE nightly/,/^```$/ { /^```$/d; p }' "$EXAMPLES/s3-nightly/README.md" | q -d examples_s3
export PGDATABASE=examples_s3 PGUSER=nightly

run() { "$script" "$@" >"$OUTPUT_DIR/log" 2>&1; }
runs() { run "$@" || fail "the run failed: $(cat "$OUTPUT_DIR/log")"; }
status_is() { # status_is NAME STATUS PATTERN
    local status=0
    run || status=$?
    if [ $status != "$2" ] || ! grep -q -- "$3" "$OUTPUT_DIR/log"; then fail "$1: status $status, not $2 and \"$3\": $(cat "$OUTPUT_DIR/log")"; fi
    echo "ok: $1"
}
alerts() { grep -c . "$CUR_DIR/alerts" 2>/dev/null || true; }
# What the files of a delivery say, added up without a server; and what is loaded.
sum_of() {
    "$PYTHON" - "$@" <<'PY'
import csv, decimal, gzip, sys
decimal.getcontext().prec = 60
total, lines = decimal.Decimal(0), 0
for name in sys.argv[1:]:
    with gzip.open(name, 'rt', newline='') as file:
        for row in csv.DictReader(file):
            total += decimal.Decimal(row.get('line_item_unblended_cost') or row.get('lineItem/UnblendedCost') or 0)
            lines += 1
print(f'{lines}|{total.normalize():f}')
PY
}
month() { q -c "SELECT sum(lines), trim_scale(sum(unblended_cost)) FROM bedrock.bill_total WHERE billing_period = '$1-01' AND NOT superseded"; }
rows() { q -c "SELECT count(*), trim_scale(sum(line_item_unblended_cost)) FROM acme_bill WHERE bill_billing_period_start_date = '$1-01'"; }
loads() { q -c 'SELECT count(*) FROM bedrock.load_log'; }

# ---- CUR 2.0: two months, of which one in several files ------------------------------------------------------------------

"$make_bill" --format cur2 --gzip --period 2026-08 --out "$OUTPUT_DIR/made" >/dev/null
"$make_bill" --format cur2 --gzip --period 2026-09 --chunk-lines 20000 --out "$OUTPUT_DIR/made" >/dev/null
sed -i "s#s3://[^\"]*/data/#$CUR_S3/data/#" "$OUTPUT_DIR"/made/metadata/*/*
# The first lines of each file do: what is looked at is which files are read.
shorten() { { zcat "$1" | head -n "$2"; } 2>/dev/null | gzip >"$OUTPUT_DIR/shorter" || true; mv "$OUTPUT_DIR/shorter" "$1"; }
for file in "$OUTPUT_DIR"/made/data/*/*.gz; do shorten "$file" 1501; done
cp -r "$OUTPUT_DIR"/made/* "$bucket"
find "$bucket" -name '*.gz' -exec touch -d '2026-10-01 04:00Z' {} +
find "$bucket" -name '*.json' -exec touch -d '2026-10-01 04:01Z' {} +
august=$bucket/data/BILLING_PERIOD=2026-08 september=$bucket/data/BILLING_PERIOD=2026-09
manifest=$bucket/metadata/BILLING_PERIOD=2026-09/acme-Manifest.json
[ "$(find "$september" -name '*.gz' | wc -l)" -ge 2 ] || fail 'September is one file'
runs
is 'a month of one file' "$(month 2026-08)" "$(sum_of "$august"/*.gz)"
is 'a month of several files' "$(month 2026-09)" "$(sum_of "$september"/*.gz)"
is 'the lines are kept in the table' "$(rows 2026-09)" "$(month 2026-09)"
count=$(loads)
runs
is 'again nothing is loaded' "$(grep -c ': unchanged' "$OUTPUT_DIR/log") $(loads)" "2 $count"

# ---- a delivery that is half there, and then whole -----------------------------------------------------------------------

before=$(month 2026-09)
first=$september/acme-00001.csv.gz
bytes=$(stat -c %s "$first")
# One cost more, in a file of as many bytes: gzip may be followed by zeros.
zcat "$first" | "$PYTHON" -c '
import csv, sys
rows = csv.reader(sys.stdin)
header = next(rows)
cost = header.index("line_item_unblended_cost")
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(header)
for number, row in enumerate(rows):
    if number == 0:
        row[cost] = "1234.5"
    out.writerow(row)' | gzip -9 >"$OUTPUT_DIR/changed.gz"
[ "$(stat -c %s "$OUTPUT_DIR/changed.gz")" -le "$bytes" ] || fail 'the changed file is longer'
truncate -s "$bytes" "$OUTPUT_DIR/changed.gz"
cp "$OUTPUT_DIR/changed.gz" "$first"
touch "$first"
status_is 'a delivery under way is left alone' 0 'BILLING_PERIOD=2026-09: a delivery is under way; left to the next run'
is 'and nothing of it is loaded' "$(month 2026-09) $(loads)" "$before $count"
CUR_PATIENCE=0
export CUR_PATIENCE
touch -d '1 hour ago' "$first"
status_is 'one that is under way for too long is an error' 1 'under way for more than 0 seconds'
is 'and is told' "$(grep -c 'under way for more' "$CUR_DIR/alerts")" 1
unset CUR_PATIENCE
touch "$manifest"
runs
[ "$(month 2026-09)" != "$before" ] || fail 'the redelivery was not loaded'
is 'a redelivered month of as many bytes' "$(month 2026-09) $(rows 2026-09)" "$(sum_of "$september"/*.gz 2>/dev/null) $(sum_of "$september"/*.gz 2>/dev/null)"
is 'the other month was not read' "$(grep -c 'BILLING_PERIOD=2026-08: unchanged' "$OUTPUT_DIR/log")" 1

# ---- a delivery that arrives while the copy is made -----------------------------------------------------------------------

cat >"$STUB_S3/meanwhile" <<SH
cp "$OUTPUT_DIR/made/data/BILLING_PERIOD=2026-09/acme-00001.csv.gz" "$first"
touch "$first" "$manifest" -d '1 minute'
SH
touch "$august"/*.gz -d '2026-10-02 04:00Z'; touch "$bucket"/metadata/*08/*.json -d '2026-10-02 04:01Z'
runs
is 'a delivery that arrived meanwhile' "$(month 2026-09)" "$(sum_of "$september"/*.gz)"
[ -f "$STUB_S3/done" ] || fail 'nothing arrived meanwhile'

# ---- no network; two runs at once -----------------------------------------------------------------------------------------

before=$(month 2026-08)
cp "$august/acme-00001.csv.gz" "$OUTPUT_DIR/short.gz"
shorten "$OUTPUT_DIR/short.gz" 801
cp "$OUTPUT_DIR/short.gz" "$august/acme-00001.csv.gz"
touch "$august"/acme-00001.csv.gz "$bucket"/metadata/*08/*.json "$manifest" -d '2 minutes'
touch "$STUB_S3/down"; rm -f "$CUR_DIR/alerts"
status_is 'no network' 1 'aws s3 sync failed: nothing is loaded'
is 'and what the AWS CLI says is told' "$(grep -c 'Could not connect' "$CUR_DIR/alerts")" 1
is 'and nothing changes' "$(month 2026-08)" "$before"
rm "$STUB_S3/down"
exec 8>"$CUR_DIR/lock"; flock 8
rm -f "$CUR_DIR/alerts"
status_is 'another run at work' 75 'another run is at work'
[ ! -f "$CUR_DIR/alerts" ] || fail 'another run at work is told as a failure'
flock -u 8; exec 8>&-
runs
is 'the next night loads what is shorter' "$(month 2026-08)" "$(sum_of "$OUTPUT_DIR/short.gz")"

# ---- fewer files than before, and a broken one beside a good one ----------------------------------------------------------

# The second file is left in the bucket, as AWS leaves it; the manifest names the first alone.
"$PYTHON" - "$manifest" <<'PY'
import json, sys
document = json.load(open(sys.argv[1]))
document['dataFiles'] = [f for f in document['dataFiles'] if '-00001.' in str(f)]
assert len(document['dataFiles']) == 1
json.dump(document, open(sys.argv[1], 'w'))
PY
touch -d '3 minutes' "$manifest"
cp "$OUTPUT_DIR/made/data/BILLING_PERIOD=2026-08/acme-00001.csv.gz" "$OUTPUT_DIR/whole.gz"
head -c 5000 "$OUTPUT_DIR/whole.gz" >"$august/acme-00001.csv.gz"
touch -d '3 minutes' "$august/acme-00001.csv.gz" "$bucket"/metadata/*08/*.json
before=$(month 2026-08)
status_is 'a broken file' 1 'BILLING_PERIOD=2026-08: was not loaded'
is 'leaves its month as it was' "$(month 2026-08)" "$before"
is 'and the other month is loaded, of the files that the manifest names' "$(month 2026-09)" "$(sum_of "$first")"
grep -q 'BILLING_PERIOD=2026-08' "$CUR_DIR/alerts" || fail 'the alert does not name the month'
cp "$OUTPUT_DIR/whole.gz" "$august/acme-00001.csv.gz"
touch -d '4 minutes' "$august/acme-00001.csv.gz" "$bucket"/metadata/*08/*.json
runs
is 'mended, it is loaded' "$(month 2026-08)" "$(sum_of "$OUTPUT_DIR/whole.gz")"
rm "$august/acme-00001.csv.gz"; touch -d '5 minutes' "$bucket"/metadata/*08/*.json; rm -r "$CUR_DIR/export/data/BILLING_PERIOD=2026-08"
status_is 'a file that the manifest names and the bucket has not' 1 'is not there, and the manifest names it'

# ---- the legacy report, read by the server itself; a second assembly -------------------------------------------------------

export CUR_S3=s3://acme-billing/reports/acme CUR_DIR="$OUTPUT_DIR/legacy state"
unset CUR_TABLE
export PGUSER=postgres
dropdb examples_s3
q -d postgres -c 'DROP ROLE nightly'
bucket=$STUB_S3/acme-billing/reports/acme
mkdir -p "$CUR_DIR" "$bucket"
dropdb --if-exists examples_legacy; createdb -T bedrock_template examples_legacy
export PGDATABASE=examples_legacy
"$make_bill" --format legacy --gzip --period 2026-09 --out "$OUTPUT_DIR/legacy" >/dev/null
folder=$(basename "$(dirname "$OUTPUT_DIR"/legacy/*/acme-Manifest.json)")
assembly=$(basename "$(dirname "$OUTPUT_DIR"/legacy/*/*/*.gz)")
shorten "$OUTPUT_DIR/legacy/$folder/$assembly/acme-00001.csv.gz" 3001
sed -i "s#\"[^\"]*/$folder/$assembly/acme#\"reports/acme/$folder/$assembly/acme#" "$OUTPUT_DIR"/legacy/*/acme-Manifest.json
cp -r "$OUTPUT_DIR"/legacy/* "$bucket"
touch "$bucket/$folder/acme-Manifest.json" -d '1 minute'
chmod -R a+rX "$TOP"
runs
is 'a legacy report' "$(month 2026-09)" "$(sum_of "$bucket/$folder/$assembly"/*.gz)"
# A new assembly beside the old one.
mkdir "$bucket/$folder/second"
cp "$bucket/$folder/$assembly/acme-00001.csv.gz" "$bucket/$folder/second/"
shorten "$bucket/$folder/second/acme-00001.csv.gz" 2001
sed -i "s#$folder/$assembly/#$folder/second/#; s#\"assemblyId\": *\"[^\"]*\"#\"assemblyId\": \"second\"#" "$bucket/$folder/acme-Manifest.json"
touch "$bucket/$folder/second/acme-00001.csv.gz" "$bucket/$folder/acme-Manifest.json" -d '2 minutes'
runs
is 'a second assembly of it' "$(month 2026-09)" "$(sum_of "$bucket/$folder/second/acme-00001.csv.gz")"
# Where there is no checkout, but the package: its command stands here for what it calls.
mkdir "$OUTPUT_DIR/bin"
cp "$script" "$OUTPUT_DIR/bin"
printf '#!/bin/sh\n[ "$1" = load ] && shift && exec "%s" "$@"\n' "$SOURCE_DIR/control/load.sh" >"$OUTPUT_DIR/bin/bedrock-cost"
chmod +x "$OUTPUT_DIR/bin/bedrock-cost"
PATH=$OUTPUT_DIR/bin:$PATH "$OUTPUT_DIR/bin/cur_nightly.sh" --all >"$OUTPUT_DIR/log" 2>&1 || fail "$(cat "$OUTPUT_DIR/log")"
is 'all of it again, by the command of the package' "$(grep -c ': loaded' "$OUTPUT_DIR/log") $(month 2026-09)" "1 $(sum_of "$bucket/$folder/second/acme-00001.csv.gz")"
for setting in CUR_S3=acme CUR_DIR=/nowhere CUR_CHECKOUT=/nowhere CUR_PATIENCE=1h; do
    status=0; env "$setting" "$script" >"$OUTPUT_DIR/log" 2>&1 || status=$?
    is "$setting is refused" "$status" 2
done

# ---- systemd and cron ------------------------------------------------------------------------------------------------------

mkdir "$OUTPUT_DIR/units"
cp "$EXAMPLES"/s3-nightly/cur-nightly.{service,timer} "$OUTPUT_DIR/units"
# verify looks whether the program is there; that the script is, is looked at below.
sed -i 's#^ExecStart=.*#ExecStart=/bin/true#' "$OUTPUT_DIR/units/cur-nightly.service"
systemd-analyze verify "$OUTPUT_DIR"/units/* >"$OUTPUT_DIR/verify" 2>&1 || fail "$(cat "$OUTPUT_DIR/verify")"
is 'systemd finds nothing wrong with the units' "$(cat "$OUTPUT_DIR/verify")" ''
systemd-analyze security --offline=true --threshold=20 "$OUTPUT_DIR/units/cur-nightly.service" >"$OUTPUT_DIR/security" 2>&1 ||
    fail "$(grep '✗' "$OUTPUT_DIR/security")"
echo 'ok: exposure of the service is below 2.0'
# Both call the script where it lies in a checkout, and the line of cron works as cron runs it.
for file in cur-nightly.service cur-nightly.crontab; do
    named=$(grep -o '/opt/bedrock_cost/[^ ]*' "$EXAMPLES/s3-nightly/$file")
    [ -x "$SOURCE_DIR/${named#/opt/bedrock_cost/}" ] || fail "$file names $named"
done
command=$(sed -n 's#^20 3 \* \* \* nightly ##p' "$EXAMPLES/s3-nightly/cur-nightly.crontab")
sed "s#^CUR_S3=.*#CUR_S3=$CUR_S3#; s#^PGHOST=.*#PGHOST=$PGHOST#; s#^PGDATABASE=.*#PGDATABASE=$PGDATABASE#; /^CUR_TABLE/d" \
    "$EXAMPLES/s3-nightly/cur-nightly.conf" >"$OUTPUT_DIR/conf"
command=${command//\/etc\/cur-nightly.conf/\"$OUTPUT_DIR/conf\"}
command=${command//\/var\/lib\/cur-nightly/\"$CUR_DIR\"}
command=${command//\/opt\/bedrock_cost/\"$SOURCE_DIR\"}
env -u CUR_S3 -u CUR_DIR -u PGDATABASE /bin/sh -c "$command" || fail "the line of cron fails: $(cat "$CUR_DIR/cron.log")"
is 'the line of cron' "$(grep -c ': unchanged' "$CUR_DIR/cron.log")" 1
