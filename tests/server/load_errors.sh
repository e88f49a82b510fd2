#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What bedrock.load_cur is given and cannot take: an error says what, where and what to do, and nothing is changed.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
rm -rf "${OUTPUT_DIR:?}"; mkdir -p "$OUTPUT_DIR"
dropdb --if-exists load_errors; createdb -T bedrock_template load_errors
export PGDATABASE=load_errors
dir=$OUTPUT_DIR/files; mkdir "$dir"
readable() { chmod -R a+rX "$OUTPUT_DIR"; }
header='line_item_usage_account_id,bill_payer_account_id,bill_billing_period_start_date,line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,line_item_product_code,bill_billing_entity,product,line_item_usage_type,line_item_unblended_cost,line_item_currency_code,line_item_resource_id,tags'
row() { # row MONTH DAY COST
    printf '111122223333,999900001111,2026-%s-01T00:00:00.000Z,2026-%s-%sT03:00:00.000Z,2026-%s-%sT04:00:00.000Z,Usage,AmazonBedrock,AWS,"{""product_name"":""Amazon Bedrock""}",USE1-NovaMicro-input-tokens,%s,USD,,"{}"\n' "$1" "$1" "$2" "$1" "$2" "$3"
}
csv() { { echo "$header"; cat; } >"$dir/$1.csv"; }
state() { q -c "SELECT md5(string_agg(to_jsonb(s)::text, E'\n' ORDER BY to_jsonb(s)::text)) FROM bedrock.spend AS s" -c 'SELECT count(*) FROM bedrock.source' -c 'SELECT count(*) FROM bedrock.load_log' -c 'SELECT count(*) FROM bedrock.dimension'; }
# refused NAME PATTERN... -- ARGUMENTS OF load_cur: an error of at most 2,000 characters that says so, and nothing is changed.
refused() {
    local name=$1 patterns=() before; shift
    while [ "$1" != -- ]; do patterns+=("$1"); shift; done; shift
    readable
    before=$(state)
    if q -c "SELECT * FROM bedrock.load_cur($1)" >"$OUTPUT_DIR/out" 2>&1; then fail "$name: loaded what it should not: $(cat "$OUTPUT_DIR/out")"; fi
    for pattern in "${patterns[@]}"; do grep -qF -- "$pattern" "$OUTPUT_DIR/out" || fail "$name: the message lacks \"$pattern\": $(head -c 3000 "$OUTPUT_DIR/out")"; done
    grep -v '^CONTEXT:\|^PL/pgSQL function\|^SQL ' "$OUTPUT_DIR/out" >"$OUTPUT_DIR/said" || true
    [ "$(wc -c <"$OUTPUT_DIR/said")" -lt 2000 ] || fail "$name: the message has $(wc -c <"$OUTPUT_DIR/said") characters"
    is "$name is refused, nothing changes" "$(state)" "$before"
}
row 08 01 1 | csv acme
readable
q -c "SELECT * FROM bedrock.load_cur('$dir/acme.csv')" >/dev/null

# ---- the same file twice ----------------------------------------------------------------------------------------------

# By whatever name it would count twice; a copy may be one, and is told.
row 08 09 100 | csv one
ln -s one.csv "$dir/symbolic.csv"; ln "$dir/one.csv" "$dir/hard.csv"; cp "$dir/one.csv" "$dir/copy.csv"
refused 'a file named twice' "$dir/one.csv is named 2 times" 'count twice' -- "ARRAY['$dir/one.csv', '$dir//one.csv'], name => 'twice'"
refused 'a file and a link to it' "$dir/symbolic.csv and $dir/one.csv are one file" -- "ARRAY['$dir/symbolic.csv', '$dir/one.csv'], name => 'twice'"
refused 'a file by two hard links' "are one file" -- "ARRAY['$dir/hard.csv', '$dir/one.csv'], name => 'twice'"
refused 'a file that is NULL' "file 2 of 2 is NULL" -- "ARRAY['$dir/one.csv', NULL], name => 'twice'"
refused 'no file' "no file was given" -- "'{}'::text[], name => 'twice'"
! "$SOURCE_DIR/control/load.sh" "$dir/one.csv" "$dir/hard.csv" >"$OUTPUT_DIR/load" 2>&1 || fail "./run load took a file twice"
grep -q 'it is the same file as' "$OUTPUT_DIR/load" || fail "$(cat "$OUTPUT_DIR/load")"
is 'a copy is told and counted' "$(q -c "SELECT action, lines, trim_scale(cost) FROM bedrock.load_cur(ARRAY['$dir/one.csv', '$dir/copy.csv'], name => 'twice')" 2>"$OUTPUT_DIR/told")" 'loaded|2|200'
grep -qF "WARNING:  $dir/one.csv and $dir/copy.csv have the same content" "$OUTPUT_DIR/told" || fail "$(cat "$OUTPUT_DIR/told")"
refused 'a link to a chunk that is loaded' "are one file" -- "'$dir/hard.csv', name => 'twice', partial => 'append'"
q -c "SELECT bedrock.detach('twice')" >/dev/null

# ---- headers and times ------------------------------------------------------------------------------------------------

awk 'BEGIN { printf "a"; for (i = 1; i < 1000000; i++) printf ",a%d", i; printf "\n" }' >"$dir/wide.csv"
{ echo "${header/,line_item_product_code/,}"; row 10 02 1; } >"$dir/nameless.csv"
{ echo "$header"; row 10 02 1; } | tr '\n' '\r' >"$dir/mac.csv"
digits=$(printf '9%.0s' $(seq 4000))
{ row 10 02 1; row 10 02 1 | sed 's/2026-10-01T00:00:00.000Z/someday/'; } | csv someday
{ row 10 02 1; row 10 02 1 | sed "s/2026-10-01T00:00:00.000Z/$digits/"; } | csv digits_period
{ row 10 02 1; row 10 02 1 | sed "s/2026-10-02T03:00:00.000Z/$digits/"; } | csv digits_start
{ row 10 02 1; row 10 02 1 | sed "s/2026-10-01T00:00:00.000Z/2026-10-01T00:00:00.$(printf '0%.0s' $(seq 4000))Z/"; } | csv zeros
{ row 10 02 1; row 10 02 1 | sed 's/2026-10-01T00:00:00.000Z/2026-10-02T00:00:00Z/'; } | csv second
{ row 10 02 1; row 10 02 1 | sed 's/2026-10-01T00:00:00.000Z/infinity/'; } | csv infinity
refused 'a header of a million columns' "CONTEXT:  file $dir/wide.csv" 'the header has 1000000 columns, more than 1600' 'whether the file is an export' -- "'$dir/wide.csv'"
refused 'a column without a name' "CONTEXT:  file $dir/nameless.csv" 'column 7 of 14 has no name' 'comma too many' -- "'$dir/nameless.csv'"
refused 'lines that end with a carriage return' "CONTEXT:  file $dir/mac.csv" 'lines end with a carriage return alone' "tr '\\r' '\\n'" -- "'$dir/mac.csv'"
for bad in someday second infinity; do
    refused "a period that is none: $bad" "CONTEXT:  file $dir/$bad.csv, line 3, column bill_billing_period_start_date" 'is no billing period' -- "'$dir/$bad.csv'"
done
for bad in digits_period zeros; do
    refused "a period of 4,000 digits: $bad" "CONTEXT:  file $dir/$bad.csv, line 3, column bill_billing_period_start_date" 'is no billing period' -- "'$dir/$bad.csv'"
done
refused 'a time of 4,000 digits' "CONTEXT:  file $dir/digits_start.csv, line 3, column line_item_usage_start_date" 'is no time' -- "'$dir/digits_start.csv'"

# ./run load says where it is too, and not what calls what.
if "$SOURCE_DIR/control/load.sh" "$dir/someday.csv" >"$OUTPUT_DIR/load" 2>&1; then fail './run load took a period that is none'; fi
is './run load says the place' "$(grep -v "^loading" "$OUTPUT_DIR/load")" "$(cat <<TEXT
ERROR:  "someday" is no billing period
DETAIL:  A billing period is written as its first day in UTC, 2026-11-01T00:00:00Z.
CONTEXT:  file $dir/someday.csv, line 3, column bill_billing_period_start_date
error: nothing was loaded
TEXT
)"

# A bill of another provider begins on its own day: its lines are left out, of a file as of a table. One of AWS is refused.
focus_header='BillingAccountId,SubAccountId,ChargeCategory,x_ServiceCode,ServiceName,BillingCurrency,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd,BilledCost,EffectiveCost,ProviderName,InvoiceId,ConsumedQuantity,ConsumedUnit,SkuMeter'
focus() { # focus PROVIDER PERIOD COST
    printf '100000000001,200000000011,Usage,AmazonBedrock,Amazon Bedrock,USD,%s,2026-10-03T00:00:00Z,2026-10-04T00:00:00Z,%s,%s,%s,INV-1,1000,1K tokens,USE1-NovaLite-input-tokens\n' "$2" "$3" "$3" "$1"
}
{ echo "$focus_header"; focus AWS 2026-10-01T00:00:00Z 2; focus Microsoft 2026-09-15T00:00:00Z 4; focus 'Google Cloud' 2026-10-01 8; } >"$dir/clouds.csv"
{ echo "$focus_header"; focus AWS 2026-10-01T00:00:00Z 2; focus AWS 2026-09-15T00:00:00Z 4; } >"$dir/clouds_bad.csv"
{ echo "$focus_header"; focus AWS 2026-10-01T00:00:00Z 2; focus Microsoft someday 4; } >"$dir/clouds_none.csv"
refused 'a period of AWS in FOCUS that is no month' 'has lines whose billing period is no month' 'Column "BillingPeriodStart" of the export has 2026-09-15' -- "'$dir/clouds_bad.csv'"
refused 'a period of anybody that is no time' "CONTEXT:  file $dir/clouds_none.csv, line 3, column BillingPeriodStart" '"someday" is no time' -- "'$dir/clouds_none.csv'"
readable
is 'of a file of three providers that of AWS is loaded' "$(q -c "SELECT billing_period, action, lines, trim_scale(cost) FROM bedrock.load_cur('$dir/clouds.csv')")" '2026-10-01|loaded|1|2'
is 'and the others are told' "$(q -c "SELECT r.provider || ' ' || r.lines FROM bedrock.period AS p, jsonb_to_recordset(p.left_out) AS r (provider text, lines bigint) WHERE p.source = 'clouds' ORDER BY 1" | tr '\n' ' ')" 'Google Cloud 1 Microsoft 1 '
q -c "SELECT bedrock.detach('clouds')" -c "CREATE TABLE clouds (\"${focus_header//,/\" text, \"}\" text)" -c "\\copy clouds FROM '$dir/clouds.csv' (FORMAT csv, HEADER)" >/dev/null
q -c "SELECT FROM bedrock.attach('clouds', line_item => false)" >/dev/null
is 'as of a table' "$(q -c "SELECT billing_period, action, lines, trim_scale(cost) FROM bedrock.refresh('clouds')")" '2026-10-01|refreshed|1|2'
is 'and theirs is kept, as the doctor tells it' "$(q -c "SELECT string_agg(r.provider || ' ' || r.cost, ' ' ORDER BY r.provider) FROM bedrock.period AS p, jsonb_to_recordset(p.left_out) AS r (provider text, cost numeric) WHERE p.source = 'clouds'" \
    -c "SELECT detail FROM bedrock.doctor() WHERE \"check\" = 'other_providers'" | tr '\n' ' ')" 'Google Cloud 8 Microsoft 4 clouds: 2 lines of other providers are left out: Google Cloud 1, 8.00 USD; Microsoft 1, 4.00 USD '
q -c "SELECT bedrock.detach('clouds')" -c 'DROP TABLE clouds' >/dev/null

# ---- manifests --------------------------------------------------------------------------------------------------------

export_of() { # export_of NAME MANIFEST: a delivery of October with this manifest
    mkdir -p "$dir/$1/data/BILLING_PERIOD=2026-10" "$dir/$1/metadata/BILLING_PERIOD=2026-10"
    { echo "$header"; row 10 02 1; } >"$dir/$1/data/BILLING_PERIOD=2026-10/$1-00001.csv"
    printf '%s\n' "$2" >"$dir/$1/metadata/BILLING_PERIOD=2026-10/$1-Manifest.json"
    readable
}
named='s3://bucket/x/data/BILLING_PERIOD=2026-10'
export_of nothing '{"dataFiles":[null]}'
export_of empty "{\"dataFiles\":[\"$named/empty-00001.csv\",\"\"]}"
export_of object "{\"dataFiles\":[{\"s3Uri\":null}]}"
export_of number '{"reportKeys":[7]}'
export_of future "{\"dataFiles\":[\"$named/future-00001.csv\"],\"deliveredAt\":\"9999-12-31T23:59:59Z\"}"
refused 'a manifest that names null' "nothing-Manifest.json\" has an entry that names no data file" 'Entry 1 of 1 in its list of files is null' -- "'$dir/nothing'"
refused 'a manifest that names an empty text' 'Entry 2 of 2 in its list of files is ""' -- "'$dir/empty'"
refused 'a manifest that names an object without a file' 'has an entry that names no data file' 's3Uri' -- "'$dir/object'"
refused 'a manifest that names a number' 'Entry 1 of 1 in its list of files is 7' -- "'$dir/number'"
refused 'a manifest of the year 9999' "future-Manifest.json\" states a delivery in the future" '9999-12-31T23:59:59Z' -- "'$dir/future'"
mkdir -p "$dir/dated/data/BILLING_PERIOD=2026-10/99991231T235959Z-1f2e"; { echo "$header"; row 10 02 1; } >"$dir/dated/data/BILLING_PERIOD=2026-10/99991231T235959Z-1f2e/dated-00001.csv"
refused 'a folder of the year 9999' 'in the future' -- "'$dir/dated'"
# A file with a time in the future was delivered by now: what comes after it is no older one.
row 10 03 1 | csv tomorrow
touch -d 2099-01-01 "$dir/tomorrow.csv"; readable
is 'a file with a time in the future' "$(q -c "SELECT action FROM bedrock.load_cur('$dir/tomorrow.csv')")" loaded
{ row 10 03 1; row 10 04 1; } | csv tomorrow; readable
is 'and what comes after it' "$(q -c "SELECT action, lines FROM bedrock.load_cur('$dir/tomorrow.csv')")" 'restated|2'
q -c "SELECT bedrock.detach('tomorrow')" >/dev/null

# So was a delivery whose manifest says so, some months ahead.
mkdir -p "$dir/ahead/data/BILLING_PERIOD=2026-10" "$dir/ahead/metadata/BILLING_PERIOD=2026-10"
ahead() { # ahead TIME: a delivery by a manifest with this time
    { echo "$header"; cat; } >"$dir/ahead/data/BILLING_PERIOD=2026-10/ahead-00001.csv"
    printf '{"dataFiles":["%s/ahead-00001.csv"],"deliveredAt":"%s"}\n' "$named" "$(date -u -d "$1" +%FT%TZ)" >"$dir/ahead/metadata/BILLING_PERIOD=2026-10/ahead-Manifest.json"
    readable
    q -c "SELECT lines FROM bedrock.load_cur('$dir/ahead')" 2>&1
}
is 'a manifest of months to come' "$(row 10 02 1 | ahead '+ 300 days')" 1
is 'and an honest one after it' "$({ row 10 02 1; row 10 03 1; } | ahead '+ 1 minute')" 2
q -c "SELECT bedrock.detach('ahead')" >/dev/null

# ---- names and other sessions -----------------------------------------------------------------------------------------

for name in '(' '[' 'a(b' '*(' '\' '%' "it''s" '"'; do
    refused "a path $name that is not there" "$dir/nowhere/" -- "E'' || '$dir/nowhere/$name'"
    mkdir -p "$dir/odd/${name//\'\'/\'}"; { echo "$header"; row 10 02 1; } >"$dir/odd/${name//\'\'/\'}/x($name.csv"
    readable
    is "a path with $name" "$(q -c "SELECT action, lines FROM bedrock.load_cur('$dir/odd/$name', name => 'odd')" | tr '\n' ' ')" 'loaded|1 '
    q -c "SELECT bedrock.detach('odd')" >/dev/null
done
refused 'a pattern without a match' "no file matches \"$dir/(*\"" -- "'$dir/(*'"

# Detached by another session while it is read.
row 08 01 1 | csv acme; readable
{ echo 'BEGIN;'; echo "SELECT bedrock.detach('acme');"; sleep 4; echo 'COMMIT;'; } | psql -X -q -At >/dev/null &
until [ "$(q -c "SELECT count(*) FROM pg_locks WHERE relation = 'bedrock.source'::regclass AND mode = 'ShareRowExclusiveLock' AND granted")" = 1 ]; do sleep 0.1; done
touch "$dir/acme.csv"
if q -c "SELECT * FROM bedrock.load_cur('$dir/acme.csv', force => true)" >"$OUTPUT_DIR/out" 2>&1; then fail "loaded into a source that is gone: $(cat "$OUTPUT_DIR/out")"; fi
wait
grep -qF "source \"acme\" was detached while $dir/acme.csv was read" "$OUTPUT_DIR/out" || fail "$(cat "$OUTPUT_DIR/out")"
is 'of a source that was detached nothing is left' "$(q -c 'SELECT count(*) FROM bedrock.source' -c 'SELECT count(*) FROM bedrock.period' -c 'SELECT count(*) FROM bedrock.bill_total' | tr '\n' ' ')" '0 0 0 '
is 'loaded again it is there' "$(q -c "SELECT action, lines FROM bedrock.load_cur('$dir/acme.csv')")" 'loaded|1'
if q -c "SELECT * FROM bedrock.load_invocations(NULL)" -c "SELECT * FROM bedrock.load_invocations('$dir', NULL)" >"$OUTPUT_DIR/out" 2>&1; then fail 'a path that is NULL'; fi
