#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# bedrock.load_cur: exports the server reads itself come to the same rows as the same exports in attached tables; a
# delivery replaces a period whole; whatever is wrong with a file changes nothing and is named.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
make_bill=$BINARY_DIR/tests/bill/make_bill
rm -rf "${OUTPUT_DIR:?}"; mkdir -p "$OUTPUT_DIR"
# Files as the server's own user may read them.
readable() { chmod -R a+rX "$OUTPUT_DIR"; }

# What spend, its months and bill totals have, but for numbers that are given as they come.
state() {
    q -d "$1" <<'SQL'
SELECT count(*), sum(lines), trim_scale(sum(unblended_cost)), trim_scale(sum(net_unblended_cost)), trim_scale(sum(tokens)), md5(string_agg(k, E'\n' ORDER BY k)) FROM
    (SELECT (to_jsonb(s) - '{dimension_id,source}'::text[])::text AS k, s.* FROM bedrock.spend AS s) AS s;
SELECT count(*), md5(string_agg(k, E'\n' ORDER BY k)) FROM (SELECT (to_jsonb(s) - '{dimension_id,source}'::text[])::text AS k FROM bedrock.spend_monthly AS s) AS s;
SELECT count(*), md5(string_agg(k, E'\n' ORDER BY k)) FROM (SELECT (to_jsonb(s) - '{bill_id,source}'::text[])::text AS k FROM bedrock.bill_total AS s) AS s;
SELECT payer_account_id, billing_period, lines, bedrock_lines, unblended_cost, net_unblended_cost, is_final, net_filled, resource_recorded, principal_recorded, tags_recorded
FROM bedrock.period ORDER BY 1, 2;
SQL
}

# ---- three formats, by day and by hour, against attached tables -------------------------------------------------------

for format in cur2 legacy focus; do
    "$make_bill" --format $format --gzip --out "$OUTPUT_DIR/$format" >/dev/null
    readable
    mapfile -t files < <(find "$OUTPUT_DIR/$format" -name '*.csv.gz' | sort)
    for keep in day hour; do
        [ $keep = day ] || [ $format = cur2 ] || continue
        attached=load_cur_attached loaded=load_cur_loaded
        for database in $attached $loaded; do dropdb --if-exists $database; createdb -T bedrock_template $database; done
        PGDATABASE=$attached "$SOURCE_DIR/control/load.sh" --table bill "${files[@]}" >"$OUTPUT_DIR/load" 2>&1 || fail "$(cat "$OUTPUT_DIR/load")"
        if [ $keep = hour ]; then
            q -d $attached -c "SELECT keep FROM bedrock_internal.attach_relation('bill', keep => 'hour'); SELECT * FROM bedrock.refresh()" >/dev/null
        fi
        q -d $loaded -c "SELECT * FROM bedrock.load_cur('$OUTPUT_DIR/$format', keep => '$keep')" >/dev/null
        [ -n "$(q -d $loaded -c 'SELECT 1 FROM bedrock.spend LIMIT 1')" ] || fail "$format: nothing is in bedrock.spend"
        is "$format by $keep: the same rows as an attached table" "$(state $loaded | sha1sum)" "$(state $attached | sha1sum)"
        # Only FOCUS has lines of others; here there are none. Rows of files have no age.
        is "$format by $keep: a period keeps what it was loaded from" "$(q -d $loaded -c "SELECT count(*) FROM bedrock.period AS p
            WHERE keep IS DISTINCT FROM '$keep' OR delivered_at IS NULL OR rules_version IS NULL OR files IS NULL OR num_nonnulls(reading_mark, read_snapshot, content_sum) > 0
               OR left_out IS DISTINCT FROM CASE '$format' WHEN 'focus' THEN '[]'::jsonb END OR files IS DISTINCT FROM (
                   SELECT g.files FROM bedrock.load_log AS g WHERE (g.source, g.payer_account_id, g.billing_period) = (p.source, p.payer_account_id, p.billing_period))")" 0
    done
    dropdb $loaded; createdb -T bedrock_template $loaded
    PGDATABASE=$loaded "$SOURCE_DIR/control/load.sh" "${files[@]}" >"$OUTPUT_DIR/load" 2>&1 || fail "$(cat "$OUTPUT_DIR/load")"
    grep -q 'read by the server' "$OUTPUT_DIR/load" || fail "./run load did not leave the reading to the server: $(cat "$OUTPUT_DIR/load")"
    q -d $attached -c "SELECT keep FROM bedrock_internal.attach_relation('bill', keep => 'day'); SELECT * FROM bedrock.refresh()" >/dev/null
    is "$format by ./run load: the same rows read by the server and into a table" "$(state $loaded | sha1sum)" "$(state $attached | sha1sum)"
    is "$format: the doctor has no errors" "$(q -d $loaded -c "SELECT \"check\", detail FROM bedrock.doctor() WHERE status = 'error'")" ''
done

# ---- deliveries -------------------------------------------------------------------------------------------------------

dropdb --if-exists load_cur; createdb -T bedrock_template load_cur
export PGDATABASE=load_cur
dir=$OUTPUT_DIR/deliveries
header='line_item_usage_account_id,bill_payer_account_id,bill_billing_period_start_date,line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,line_item_product_code,bill_billing_entity,product,line_item_usage_type,line_item_unblended_cost,line_item_currency_code,line_item_resource_id,tags'
row() { # row MONTH DAY COST [PAYER]
    printf '111122223333,%s,2026-%s-01T00:00:00.000Z,2026-%s-%sT03:00:00.000Z,2026-%s-%sT04:00:00.000Z,Usage,AmazonBedrock,AWS,"{""product_name"":""Amazon Bedrock""}",USE1-NovaMicro-input-tokens,%s,USD,,"{}"\n' "${4:-999900001111}" "$1" "$1" "$2" "$1" "$2" "$3"
}
deliver() { # deliver MONTH FILE...: what stands behind is a manifest that names these files, as AWS writes it
    local month=$1 names=''; shift
    for name in "$@"; do names+="${names:+,}\"s3://bucket/exports/acme/data/BILLING_PERIOD=2026-$month/$name\""; done
    mkdir -p "$dir/metadata/BILLING_PERIOD=2026-$month"
    printf '{"dataFiles":[%s]}\n' "$names" >"$dir/metadata/BILLING_PERIOD=2026-$month/acme-Manifest.json"
    chmod -R a+rX "$dir"
}
chunk() { mkdir -p "$dir/data/BILLING_PERIOD=2026-$1"; { echo "$header"; cat; } | gzip -n >"$dir/data/BILLING_PERIOD=2026-$1/$2"; }
loaded() { q -c "SELECT to_char(billing_period, 'YYYY-MM'), sum(lines), trim_scale(sum(unblended_cost)) FROM bedrock.spend GROUP BY 1 ORDER BY 1" | tr '\n' ' '; }
load() { q -c "SELECT to_char(billing_period, 'YYYY-MM'), action, files, lines, trim_scale(cost) FROM bedrock.load_cur('$dir'$1) ORDER BY 1, 2" 2>&1; }
# refused NAME PATTERN... -- ARGUMENTS OF load_cur: an error that says so, and nothing is changed.
refused() {
    local name=$1 patterns=() before; shift
    while [ "$1" != -- ]; do patterns+=("$1"); shift; done; shift
    before=$(state load_cur; q -c 'SELECT count(*) FROM bedrock.source' -c 'SELECT count(*) FROM bedrock.load_log' -c 'SELECT count(*) FROM bedrock.dimension')
    if q -c "SELECT * FROM bedrock.load_cur($1)" >"$OUTPUT_DIR/out" 2>&1; then fail "$name: loaded what it should not: $(cat "$OUTPUT_DIR/out")"; fi
    for pattern in "${patterns[@]}"; do grep -qF -- "$pattern" "$OUTPUT_DIR/out" || fail "$name: the message lacks \"$pattern\": $(cat "$OUTPUT_DIR/out")"; done
    is "$name is refused, nothing changes" "$(state load_cur; q -c 'SELECT count(*) FROM bedrock.source' -c 'SELECT count(*) FROM bedrock.load_log' -c 'SELECT count(*) FROM bedrock.dimension')" "$before"
}

{ row 08 02 1; row 08 03 2; } | chunk 08 acme-00001.csv.gz
{ row 08 04 4; row 08 05 8; } | chunk 08 acme-00002.csv.gz
row 09 01 16 | chunk 09 acme-00001.csv.gz
deliver 08 acme-00001.csv.gz acme-00002.csv.gz; deliver 09 acme-00001.csv.gz
is 'a directory by its manifests' "$(load '' | tr '\n' ' ')" '2026-08|loaded|2|4|15 2026-09|loaded|1|1|16 '
is 'again nothing is read' "$(load '' | tr '\n' ' ')" '2026-08|unchanged|2|4|15 2026-09|unchanged|1|1|16 '
is 'by force all is' "$(load ', force => true' | tr '\n' ' ')" '2026-08|replaced|2|4|15 2026-09|replaced|1|1|16 '
{ row 09 01 16; row 09 02 0.5; } | chunk 09 acme-00001.csv.gz
is 'only what changed, of a month that was final' "$(load '' | tr '\n' ' ')" '2026-08|unchanged|2|4|15 2026-09|restated|1|2|16.5 '
is 'the load log says what was read' \
    "$(q -c "SELECT action, lines, trim_scale(cost), trim_scale(cost_before), file LIKE '%/BILLING_PERIOD=2026-09/acme-Manifest.json', jsonb_array_length(files), files -> 0 ->> 'lines', length(files -> 0 ->> 'checksum'), (files -> 0 ->> 'bytes')::int > 0, seconds >= 0 FROM bedrock.load_log ORDER BY load_id DESC LIMIT 1")" \
    'restated|2|16.5|16|t|1|2|32|t|t'
touch -d '2026-10-05' "$dir/data/BILLING_PERIOD=2026-09/acme-00001.csv.gz" "$dir/metadata/BILLING_PERIOD=2026-09/acme-Manifest.json"
refused 'an older delivery' 'is older than what is loaded of 2026-09' 'force => true' -- "'$dir'"
deliver 09 acme-00001.csv.gz
# One file with two payers and two periods; another payer's period stays.
{ row 09 05 32 999900002222; row 07 05 64 999900002222; } >"$OUTPUT_DIR/rows"; { echo "$header"; cat "$OUTPUT_DIR/rows"; } >"$dir/other.csv"
chmod a+r "$dir/other.csv"
is 'a file with several periods' "$(q -c "SELECT to_char(billing_period, 'YYYY-MM'), action, lines, trim_scale(cost) FROM bedrock.load_cur('$dir/other.csv', name => 'acme') ORDER BY 1" | tr '\n' ' ')" '2026-07|loaded|1|64 2026-09|loaded|1|32 '
is 'replaces its own payer only' "$(loaded)" '2026-07|1|64 2026-08|4|15 2026-09|3|48.5 '
rm "$dir/other.csv"

# Rules that change: the doctor says what to load again, and then it is read.
q -c "SELECT bedrock.set_setting('ai_cost_metric', 'net_unblended')" >/dev/null
is 'rules that changed are told' "$(q -c "SELECT status, detail FROM bedrock.doctor() WHERE \"check\" = 'loaded_by_older_rules'")" 'warning|acme: 4 of its bills (one a payer and month) were loaded before charge categories, proved products or the cost metric were what they are now'
is 'and loaded by' "$(load '' | cut -d'|' -f1-2 | tr '\n' ' ')" '2026-08|replaced 2026-09|replaced '
q -c "SELECT bedrock.set_setting('ai_cost_metric', 'unblended')" >/dev/null

# Two exports in one folder are two sources; one name is not for both.
mkdir -p "$OUTPUT_DIR/both"; cp -r "$dir/." "$OUTPUT_DIR/both/acme"; mkdir -p "$OUTPUT_DIR/both/other/data/BILLING_PERIOD=2026-06"
{ echo "$header"; row 06 01 7; } >"$OUTPUT_DIR/both/other/data/BILLING_PERIOD=2026-06/other-00001.csv"; readable
refused 'one name for two exports' 'holds more than one export' 'Among them acme and other' -- "'$OUTPUT_DIR/both', name => 'acme'"

# A chunk by itself, and added.
row 08 09 100 | chunk 08 acme-00003.csv.gz; chmod -R a+r "$dir"
new=$dir/data/BILLING_PERIOD=2026-08/acme-00003.csv.gz
refused 'one chunk of a delivery' 'belongs to the same delivery and is not named' "partial => 'append'" -- "'$new', name => 'acme'"
is 'added, the whole is read again' "$(q -c "SELECT to_char(billing_period, 'YYYY-MM'), action, files, lines, trim_scale(cost) FROM bedrock.load_cur('$new', name => 'acme', partial => 'append')")" '2026-08|restated|3|5|115'
is 'added twice it counts once' "$(q -c "SELECT action, files, lines, trim_scale(cost) FROM bedrock.load_cur('$new', name => 'acme', partial => 'append')")" 'unchanged|3|5|115'
deliver 08 acme-00001.csv.gz acme-00002.csv.gz
is 'a delivery without it takes it out' "$(load '' | sed -n 1p)" '2026-08|restated|2|4|15'

# ---- what cannot be loaded --------------------------------------------------------------------------------------------

bad=$OUTPUT_DIR/bad; mkdir -p "$bad"
{ echo "$header"; for i in $(seq 2000); do row 10 02 "$i.$RANDOM$RANDOM"; done; } | gzip -n >"$bad/whole.csv.gz"
head -c 4000 "$bad/whole.csv.gz" >"$bad/short.csv.gz"
{ head -c 3000 "$bad/whole.csv.gz"; head -c 200 /dev/zero | tr '\0' 'x'; tail -c +3201 "$bad/whole.csv.gz"; } >"$bad/corrupt.csv.gz"
head -c 100000 /dev/urandom >"$bad/noise.csv"
printf 'aws_account,service,cost\n1,AmazonEC2,2\n' >"$bad/other.csv"
{ echo "${header/line_item_unblended_cost,/}"; row 10 02 1 | sed 's/,1,USD/,USD/'; } >"$bad/no_cost.csv"
{ echo "$header"; row 10 02 1; row 10 02 1 | cut -d, -f1-8; } >"$bad/ragged.csv"
{ echo "$header"; row 10 02 1; row 10 02 12,5; } >"$bad/comma.csv"
{ echo "$header"; row 10 02 1; row 10 02 1 | sed 's/2026-10-02T03/2026-13-02T03/'; } >"$bad/time.csv"
{ echo "$header"; row 10 02 1; row 10 02 1 | sed 's/2026-10-01T00:00:00.000Z//'; } >"$bad/no_period.csv"
{ echo "$header"; row 10 02 1 | sed 's/"{}"/"{}/'; } >"$bad/quote.csv"
{ echo "$header"; row 10 02 1 | sed 's/AmazonBedrock/Amazon\xff/'; } >"$bad/latin.csv"
{ echo "$header,line_item_unblended_cost"; row 10 02 1 | sed 's/$/,2/'; } >"$bad/twice.csv"
: >"$bad/empty.csv"
mkdir -p "$bad/two/data/BILLING_PERIOD=2026-10"
{ echo "$header"; row 10 02 1; } >"$bad/two/data/BILLING_PERIOD=2026-10/acme-00001.csv"
{ echo "${header/tags/cost_category}"; row 10 02 1; } >"$bad/two/data/BILLING_PERIOD=2026-10/acme-00002.csv"
readable
refused 'a file that ends early' "CONTEXT:  file $bad/short.csv.gz, line " 'ends in the middle' -- "'$bad/short.csv.gz'"
refused 'a corrupt file' corrupt.csv.gz -- "'$bad/corrupt.csv.gz'"
refused 'noise' noise.csv -- "'$bad/noise.csv'"
refused 'a file of another service' "$bad/other.csv is no Cost and Usage Report" 'It has 3 columns: aws_account, service, cost. None of them is an essential column' -- "'$bad/other.csv'"
refused 'a header without cost' "$bad/no_cost.csv lacks essential columns" unblended_cost -- "'$bad/no_cost.csv'"
refused 'a line with fewer fields' "CONTEXT:  file $bad/ragged.csv, line 3" '8 fields where the header has 14' -- "'$bad/ragged.csv'"
refused 'a line with more fields' "CONTEXT:  file $bad/comma.csv, line 3" '15 fields' -- "'$bad/comma.csv'"
refused 'a time that is none' "CONTEXT:  file $bad/time.csv, line 3, column line_item_usage_start_date" '2026-13-02T03' -- "'$bad/time.csv'"
refused 'a line without a period' 'have no billing period' bill_billing_period_start_date -- "'$bad/no_period.csv'"
refused 'a quote that is not closed' "$bad/quote.csv" 'inside quotes' -- "'$bad/quote.csv'"
refused 'text that is no UTF-8' "CONTEXT:  file $bad/latin.csv, line 2, column line_item_product_code" '\xFF' -- "'$bad/latin.csv'"
refused 'a column named twice' "CONTEXT:  file $bad/twice.csv, line 1" 'the column "line_item_unblended_cost" is there twice' -- "'$bad/twice.csv'"
refused 'an empty file' 'the file is empty' "CONTEXT:  file $bad/empty.csv" -- "'$bad/empty.csv'"
refused 'a file that is not there' "$bad/nothing.csv" -- "'$bad/nothing.csv'"
refused 'files of one delivery with different columns' "CONTEXT:  file $bad/two/data/BILLING_PERIOD=2026-10/acme-00002.csv" 'column 14 is "cost_category"' '"tags"' -- "'$bad/two'"
refused 'a relative path' 'is not an absolute path' -- "'bill.csv'"
refused 'a grain that is none' 'cannot be kept by "minute"' -- "'$dir', keep => 'minute'"
for workers in -1 17 NULL; do
    refused "$workers workers" "a load cannot have $workers workers" 'from 0 (max_parallel_maintenance_workers, at least one) to 16' -- "'$dir', workers => $workers"
done
# A notice names the delivery that it is about.
for month in 09 10; do
    mkdir -p "$bad/bare/data/BILLING_PERIOD=2026-$month"
    { echo "$header"; row $month 02 1; } >"$bad/bare/data/BILLING_PERIOD=2026-$month/bare-00001.csv"
done
readable
is 'notices of two periods' "$(q -o /dev/null -c 'BEGIN; SET LOCAL client_min_messages = notice' -c "SELECT * FROM bedrock.load_cur('$bad/bare')" -c 'ROLLBACK' 2>&1)" "NOTICE:  export \"bare\", 2026-09, $bad/bare/data/BILLING_PERIOD=2026-09: no manifest: all chunks there are were taken as the delivery
NOTICE:  export \"bare\", 2026-10, $bad/bare/data/BILLING_PERIOD=2026-10: no manifest: all chunks there are were taken as the delivery"
# Far into a large file: two million lines, then one that is wrong.
{ echo "$header"; set +o pipefail; yes "$(row 10 02 0.25)" | head -n 1999999; set -o pipefail; row 10 02 1,5e; } | gzip -1 >"$bad/large.csv.gz"; readable
refused 'a bad line in line 2,000,001' "CONTEXT:  file $bad/large.csv.gz, line 2000001" -- "'$bad/large.csv.gz'"
{ echo "$header"; set +o pipefail; yes "$(row 10 02 0.25)" | head -n 1999999; set -o pipefail; row 10 02 5ct; } | gzip -1 >"$bad/large.csv.gz"; readable
refused 'a bad number in line 2,000,001' "CONTEXT:  file $bad/large.csv.gz, line 2000001, column line_item_unblended_cost" '"5ct" is no number' -- "'$bad/large.csv.gz'"

# A disk that fills up: a server whose files do not get longer than that. WAL segments are 16 MB, and so a month has to have more
# facts: 250 accounts in 640 hours each are 160,000, of more than 110 bytes.
mkdir -p "$OUTPUT_DIR/plain"
{
    echo "$header"
    awk -v line="$(row 10 02 0.25)" 'function time(h) { return sprintf("2026-10-%02dT%02d:00:00.000Z", 1 + int(h / 24), h % 24) }
        BEGIN { for (i = 0; i < 160000; ++i) { l = line; h = int(i / 250); sub("111122223333", sprintf("111122%06d", i % 250), l)
                                               sub("2026-10-02T03:00:00.000Z", time(h), l); sub("2026-10-02T04:00:00.000Z", time(h + 1), l); print l } }'
} >"$OUTPUT_DIR/plain/large.csv"; readable
own=$OUTPUT_DIR/own
trap '"$SOURCE_DIR/control/cluster.sh" stop "$own"; rm -rf "$own"' EXIT
(ulimit -f 17000; "$SOURCE_DIR/tests/server/start.sh" "$own" "${MODULE_DIR:-$BINARY_DIR/extension/bedrock_cost}/bedrock_cost.so" "$BINARY_DIR" "${PGXS_TEST%/pgxs/src/test}") >"$OUTPUT_DIR/own.log" 2>&1 || fail "$(cat "$OUTPUT_DIR/own.log")"
(
    eval "$("$SOURCE_DIR/control/cluster.sh" env "$own")"
    export PGDATABASE=full
    createdb -T bedrock_template full
    q -c "SELECT * FROM bedrock.load_cur('$dir')" >/dev/null
    before=$(state full)
    if psql -X -v ON_ERROR_STOP=1 >"$OUTPUT_DIR/out" 2>&1 <<SQL; then fail 'a full disk: loaded what it should not'; fi
SET temp_buffers = '1MB';
SELECT * FROM bedrock.load_cur('$OUTPUT_DIR/plain/large.csv', name => 'large', keep => 'hour');
SQL
    grep -q 'could not extend file\|could not write' "$OUTPUT_DIR/out" || fail "a full disk: $(cat "$OUTPUT_DIR/out")"
    is 'a full disk changes nothing' "$(state full)" "$before"
)
is 'with room it loads' "$(q -c "SELECT lines FROM bedrock.load_cur('$OUTPUT_DIR/plain/large.csv', name => 'large', keep => 'hour')")" 160000
q -c "SELECT bedrock.detach('large')" >/dev/null
is 'and detached it is gone' "$(loaded)" '2026-07|1|64 2026-08|4|15 2026-09|3|48.5 '

# ---- who may, and what is cancelled -----------------------------------------------------------------------------------

q -c 'DROP ROLE IF EXISTS load_cur_reader' -c 'CREATE ROLE load_cur_reader' >/dev/null
if psql -X -q -c 'SET ROLE load_cur_reader' -c "SELECT bedrock_internal.read_export('{$bad/other.csv}', '{a}', '{key}', '{\"\"}', false, 1)" >"$OUTPUT_DIR/out" 2>&1; then fail 'files are read without the right to'; fi
grep -q 'permission denied' "$OUTPUT_DIR/out" || fail "$(cat "$OUTPUT_DIR/out")"
q -c 'DROP ROLE load_cur_reader' >/dev/null
before=$(state load_cur)
psql -X -q -v ON_ERROR_STOP=1 >"$OUTPUT_DIR/out" 2>&1 <<SQL && fail 'a cancelled load ended'
SET statement_timeout = '300ms';
SELECT * FROM bedrock.load_cur('$bad/large.csv.gz');
SQL
grep -q 'canceling statement due to statement timeout' "$OUTPUT_DIR/out" || fail "$(cat "$OUTPUT_DIR/out")"
is 'a cancelled load changes nothing' "$(state load_cur)" "$before"
# The same session goes on, and leaves no thread behind.
is 'a session that was cancelled loads' "$(psql -X -At 2>/dev/null <<SQL
SET statement_timeout = '200ms';
SELECT count(*) FROM bedrock.load_cur('$bad/large.csv.gz');
SET statement_timeout = 0;
SELECT sum(lines) FROM bedrock.load_cur('$dir');
SELECT pg_backend_pid() AS pid \gset
\setenv BACKEND :pid
\! ls "/proc/\$BACKEND/task" | wc -l
SQL
)" "SET
SET
6
1"

# ---- reading ahead ----------------------------------------------------------------------------------------------------

ahead=$OUTPUT_DIR/ahead
mkdir "$ahead"
printf 'name,cost\na,1.5\na,2\nb,3\n' >"$ahead/one.csv"
printf 'name,cost\nc,7\n' >"$ahead/two.csv"
printf 'name,cost\nc,7\nd,7ct\n' >"$ahead/wrong.csv"
readable
keys=$(q -c 'SELECT bedrock_internal.line_key_columns()')
begun() { echo "SELECT bedrock_internal.read_ahead('{$ahead/$1}', '{name,cost}', '{key,amount}', '{\"\",unblended_cost}', false, 0);"; }
asked() {
    echo "SELECT string_agg(name || ' ' || bedrock_lines, ', ' ORDER BY name) FROM bedrock_internal.read_export('{$ahead/$1}', '{name,cost}', '{key,amount}', '{\"\",unblended_cost}', false, 0)
        AS r ($keys, name text, cost numeric);"
}
# A file that is gone meanwhile was read already; what was begun for other files, or in another transaction, is given up.
is 'what was begun ahead is what is given' "$(psql -X -At 2>&1 <<SQL
BEGIN;
$(begun one.csv)
SELECT pg_sleep(0.5);
\! mv "$ahead/one.csv" "$ahead/gone.csv"
$(asked one.csv)
$(begun wrong.csv)
$(asked two.csv)
$(begun two.csv)
COMMIT;
$(asked gone.csv)
$(begun wrong.csv)
SELECT pg_backend_pid() AS pid \gset
\setenv BACKEND :pid
\! ls "/proc/\$BACKEND/task" | wc -l
BEGIN;
$(begun wrong.csv)
$(asked wrong.csv)
SQL
)" "BEGIN


a 2, b 1

c 1

COMMIT
a 2, b 1

1
BEGIN

ERROR:  \"7ct\" is no number
CONTEXT:  file $ahead/wrong.csv, line 3, column cost"

# ---- manners in a shared server ---------------------------------------------------------------------------------------

# Threads that read: as many as are asked for, else max_parallel_maintenance_workers and at least one. One is the backend's.
for n in 1 2 3 4; do ln "$bad/large.csv.gz" "$ahead/large$n.csv.gz"; done
threads() { # threads MAX_PARALLEL_MAINTENANCE_WORKERS WORKERS
    psql -X -At <<SQL | tail -n 1
SET max_parallel_maintenance_workers = $1;
SELECT pg_backend_pid() AS pid \gset
\setenv BACKEND :pid
BEGIN;
SELECT bedrock_internal.read_ahead(ARRAY(SELECT '$ahead/large' || n || '.csv.gz' FROM generate_series(1, 4) AS n), h.names, array_fill('key'::text, ARRAY[cardinality(h.names)]), array_fill(''::text, ARRAY[cardinality(h.names)]), false, $2)
FROM bedrock_internal.server_file_header('$ahead/large1.csv.gz') AS h (names);
\! ls "/proc/\$BACKEND/task" | wc -l
SQL
}
is 'threads of a load without workers' "$(threads 3 0)" 4
is 'none for maintenance: one reads' "$(threads 0 0)" 2
is 'threads that were asked for' "$(threads 0 3)" 4

# While they read, pg_stat_activity shows what the session waits for; a cancel does not wait for the end of the file.
PGAPPNAME=load_cur_waits q -c "SELECT * FROM bedrock.load_cur('$bad/large.csv.gz')" >"$OUTPUT_DIR/out" 2>&1 &
load=$! event=
while [ -z "$event" ]; do
    kill -0 $load 2>/dev/null || fail "a load that waits for nothing: $(cat "$OUTPUT_DIR/out")"
    event=$(q -c "SELECT wait_event_type, wait_event FROM pg_stat_activity WHERE application_name = 'load_cur_waits' AND wait_event_type = 'Extension'")
done
# Before version 17 events of extensions have no name of their own.
is 'what a load waits for' "$event" "Extension|$(q -c "SELECT CASE WHEN current_setting('server_version_num')::integer < 170000 THEN 'Extension' ELSE 'BedrockReadFiles' END")"
begin=$(date +%s%N)
q -c "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'load_cur_waits'" >/dev/null
if wait $load; then fail 'a load that was cancelled ended'; fi
grep -q 'canceling statement due to user request' "$OUTPUT_DIR/out" || fail "$(cat "$OUTPUT_DIR/out")"
[ $(($(date +%s%N) - begin)) -lt 3000000000 ] || fail 'a cancelled load went on'
echo 'ok: a load that waits is cancelled'

# A delivery of two months is loaded, the second of which is new, beside one of the new month that has the same
# combinations: who needs a new month waits for it before he has entered what the other could wait for.
months=$OUTPUT_DIR/months
header=bill_payer_account_id,line_item_usage_account_id,bill_billing_entity,bill_billing_period_start_date,line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,line_item_product_code,product_product_name,line_item_usage_type,line_item_unblended_cost,line_item_currency_code
# month EXPORT MONTH USAGE_TYPE
month() {
    mkdir -p "$months/$1/data/BILLING_PERIOD=$2" "$months/$1/metadata/BILLING_PERIOD=$2"
    printf '%s\n%s\n' $header "1,2,AWS,$2-01T00:00:00.000Z,$2-05T10:00:00.000Z,$2-05T11:00:00.000Z,Usage,AmazonBedrock,Amazon Bedrock,$3,1,USD" \
        >"$months/$1/data/BILLING_PERIOD=$2/$1-00001.csv"
    printf '{"dataFiles":["s3://bucket/%s/data/BILLING_PERIOD=%s/%s-00001.csv"]}\n' "$1" "$2" "$1" >"$months/$1/metadata/BILLING_PERIOD=$2/$1-Manifest.json"
}
month before 2026-01 USE1-NovaLite-input-tokens; month both 2026-01 USE1-NovaPro-input-tokens; month both 2026-02 USE1-NovaPro-input-tokens
month late 2026-02 USE1-NovaPro-input-tokens
readable
dropdb --if-exists load_cur_months; createdb -T bedrock_template load_cur_months
q -d load_cur_months >/dev/null <<SQL
SELECT FROM bedrock.load_cur('$months/before');
CREATE FUNCTION wait_for_other() RETURNS trigger LANGUAGE plpgsql AS \$\$
BEGIN
    WHILE NEW.source = 'both' AND NEW.billing_period = '2026-01-01' AND NOT EXISTS (
        SELECT FROM pg_locks WHERE relation = 'bedrock.fact'::regclass AND mode = 'ShareUpdateExclusiveLock' AND pid <> pg_backend_pid()) LOOP
        PERFORM pg_sleep(0.02);
    END LOOP;
    RETURN NEW;
END \$\$;
CREATE TRIGGER wait_for_other AFTER INSERT ON bedrock.load_log FOR EACH ROW EXECUTE FUNCTION wait_for_other();
SQL
q -d load_cur_months -c "SELECT action FROM bedrock.load_cur('$months/both')" >"$OUTPUT_DIR/both_loaded" 2>&1 &
both=$!
until [ "$(q -d load_cur_months -c "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%both%' AND pid <> pg_backend_pid() AND wait_event = 'PgSleep'")" = 1 ]; do
    kill -0 $both 2>/dev/null || fail "$(cat "$OUTPUT_DIR/both_loaded")"
done
is 'the new month by another' "$(q -d load_cur_months -c "SELECT action FROM bedrock.load_cur('$months/late')" 2>&1)" loaded
wait $both || fail "$(cat "$OUTPUT_DIR/both_loaded")"
is 'and both months' "$(tr '\n' ' ' <"$OUTPUT_DIR/both_loaded")" 'loaded loaded '
dropdb load_cur_months
dropdb load_cur; dropdb load_cur_attached; dropdb load_cur_loaded
