#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Invocation logs in files: the layout of a bucket, what the server reads and what a client sends, damaged files.
set -euo pipefail
dir=$OUTPUT_DIR/logs
rm -rf "$dir"
bucket=$dir/AWSLogs/111122223333/BedrockModelInvocationLogs/eu-central-1/2026/09/30/02
mkdir -p "$bucket/data"
dropdb --if-exists load_invocations_test; createdb -T bedrock_template load_invocations_test
export PGDATABASE=load_invocations_test
q() { psql -X -q -At -v ON_ERROR_STOP=1 -c "$1"; }
is() { [ "$2" = "$3" ] || { printf '%s: expected "%s", got "%s"\n' "$1" "$3" "$2"; exit 1; }; echo "ok: $1"; }
loaded() { q "SELECT l.files, l.records, l.loaded, l.repeated, l.quarantined FROM bedrock.load_invocations($1) AS l"; }
empty() { q 'TRUNCATE bedrock.invocation, bedrock.invocation_day, bedrock.invocation_quarantine'; }
sums() { q 'SELECT sum(requests), sum(input_tokens), count(DISTINCT region), count(DISTINCT account_id) FROM bedrock.request_day'; }

# Without account and region, which the path tells; a body in a file of its own and the file of Bedrock's check are no logs.
line() { printf '{"requestId":"r-%s","modelId":"amazon.nova-lite-v1:0","timestamp":"2026-09-30T02:%02d:00Z","input":{"inputTokenCount":%s}}\n' "$1" $(($1 % 60)) "$1"; }
for i in $(seq 1 200); do line "$i"; done | gzip >"$bucket/20260930T02_a.json.gz"
for i in $(seq 150 300); do line "$i"; done >"$bucket/20260930T03_b.json"
printf '{"messages":[]}' | gzip >"$bucket/data/r-1_input.json.gz"
printf 'x' >"$dir/AWSLogs/amazon-bedrock-logs-permission-check"
chmod -R a+rX "$dir"
is "a bucket" "$(loaded "'$dir/AWSLogs'")" "2|351|300|51|0"
is "sums of a bucket" "$(sums)" "300|45150|1|1"
is "a bucket again" "$(loaded "'$dir/AWSLogs/*/BedrockModelInvocationLogs', '$bucket'")" "2|351|0|351|0"

# A file that ends early, one that is damaged, one that is empty: what can be read is loaded, the rest is told.
empty
half=$(($(stat -c %s "$bucket/20260930T02_a.json.gz") / 2))
head -c $half "$bucket/20260930T02_a.json.gz" >"$dir/cut.json.gz"
{ head -c -8 "$bucket/20260930T02_a.json.gz"; head -c 8 /dev/zero; } >"$dir/damaged.json.gz"
: >"$dir/empty.json"
{ line 1; printf '{"broken\n\xff\xfe\n'; line 2; } >"$dir/lines.json"
chmod -R a+rX "$dir"
q "SELECT bedrock.load_invocations('$dir/cut.json.gz', '$dir/damaged.json.gz', '$dir/empty.json', '$dir/lines.json')" >/dev/null
is "damaged files" "$(q "SELECT regexp_replace(file, '.*/', ''), reason FROM bedrock.invocation_quarantine WHERE reason ~ 'compressed|file' ORDER BY 1, 2")" \
    "cut.json.gz|the compressed data end early
damaged.json.gz|the compressed data are damaged"
is "broken lines" "$(q "SELECT line FROM bedrock.invocation_quarantine WHERE file ~ 'lines' ORDER BY 1" | tr '\n' ' ')" "2 3 "
is "what can be read of a damaged file" "$(q 'SELECT count(*) FROM bedrock.invocation')" 200

# Of a load that fails nothing stays.
empty
! psql -X -q -c "SELECT bedrock.load_invocations('$bucket', '$dir/nothing')" 2>"$dir/error" || { echo "a missing file was loaded"; exit 1; }
is "after an error" "$(q 'SELECT count(*) FROM bedrock.invocation')" 0

# ./run load: through the server, and by a role that may read no file of it.
for i in $(seq 1 40000); do line "$i"; done >"$dir/many.json" 2>/dev/null
{ head -n 39000 "$dir/many.json"; printf '{"cut\n'; tail -n 1000 "$dir/many.json"; } | gzip >"$dir/many.json.gz"
chmod -R a+rX "$dir"
"$SOURCE_DIR/control/load.sh" "$dir/many.json.gz" >"$dir/out"
is "through the server" "$(q 'SELECT count(*) FROM bedrock.invocation')" 40000
server=$(q "SELECT line FROM bedrock.invocation_quarantine") before=$(sums)
empty
. "$SOURCE_DIR/tests/server/docs_blocks.sh"
q "$(loader_role load_invocations_client)"
trap 'psql -X -q -c "DROP OWNED BY load_invocations_client" -c "DROP ROLE load_invocations_client"' EXIT
"$SOURCE_DIR/control/load.sh" --to "dbname=$PGDATABASE user=load_invocations_client" "$dir/many.json.gz" >"$dir/out"
is "by a client" "$(sums)" "$before"
is "line of a client's file" "$(q 'SELECT line FROM bedrock.invocation_quarantine')" "$server"

# What Logs Insights finds, as CSV and as the answer of aws logs get-query-results, through the server and by a client,
# which sends more than one block: the same requests, the same lines that are none.
awk 'BEGIN {
    padding = sprintf("%0200d", 0)
    print "\"@timestamp\",\"@message\""
    for (i = 1; i <= 30000; i++) {
        record = sprintf("{\"requestId\":\"r-%d\",\"modelId\":\"amazon.nova-lite-v1:0\",\"timestamp\":\"2026-09-30T02:00:00Z\",\"input\":{\"inputTokenCount\":%d,\"inputBodyJson\":{\"text\":\"%s\"}}}", i, i, padding)
        gsub(/"/, "\"\"", record)
        print "2026-09-30 02:00:00.000,\"" record "\""
    }
    print "2026-09-30 02:00:00.000,START RequestId"
}' >"$dir/found.csv"
chmod a+r "$dir/found.csv"
for way in "dbname=$PGDATABASE" "dbname=$PGDATABASE user=load_invocations_client"; do
    empty
    "$SOURCE_DIR/control/load.sh" --to "$way" "$dir/found.csv" >"$dir/out"
    # 1 + ... + 30000
    is "rows of Logs Insights" "$(q 'SELECT count(*), sum(input_tokens), count(DISTINCT logged_at) FROM bedrock.invocation')" "30000|450015000|1"
    is "a row that is no record" "$(q 'SELECT line, reason FROM bedrock.invocation_quarantine')" "30002|a message that is no JSON object"
done
empty
awk 'BEGIN {
    padding = sprintf("%01000d", 0)
    print "{\n    \"results\": ["
    for (i = 1; i <= 9000; i++) {
        record = sprintf("{\"requestId\":\"r-%d\",\"modelId\":\"amazon.nova-lite-v1:0\",\"timestamp\":\"2026-09-30T02:00:00Z\",\"input\":{\"inputTokenCount\":%d,\"inputBodyJson\":\"%s\"}}", i, i, padding)
        gsub(/"/, "\\\"", record)
        printf "        [\n            {\n                \"field\": \"@message\",\n                \"value\": \"%s\"\n            }\n        ]%s\n", record, i < 9000 ? "," : ""
    }
    print "    ],\n    \"status\": \"Complete\"\n}"
}' >"$dir/found.json"
chmod a+r "$dir/found.json"
for way in "dbname=$PGDATABASE" "dbname=$PGDATABASE user=load_invocations_client"; do
    empty
    "$SOURCE_DIR/control/load.sh" --to "$way" "$dir/found.json" >"$dir/out"
    is "an answer of get-query-results" "$(q 'SELECT count(*), sum(input_tokens) FROM bedrock.invocation')" "9000|40504500"
done
empty
printf '# AWS\n' >"$dir/bill.csv"
! "$SOURCE_DIR/control/load.sh" "$dir/bill.csv" "$dir/many.json" 2>"$dir/error" || { echo "a bill and a log went together"; exit 1; }
grep -q 'load them apart' "$dir/error" || { cat "$dir/error"; exit 1; }

# In a folder, too: by whatever names and places, nothing is loaded, and no line of a bill is taken for one of a log.
header='line_item_usage_type,line_item_unblended_cost,line_item_usage_start_date'
apart() { # apart NAME: the folder of this name is refused
    chmod -R a+rX "$dir"
    ! "$SOURCE_DIR/control/load.sh" "$dir/$1" >"$dir/out" 2>"$dir/error" ||
        { echo "$1: a bill and a log went together"; exit 1; }
    grep -q 'some files are model invocation logs.*and some are not.*: load them apart' "$dir/error" || { cat "$dir/error"; exit 1; }
    is "a bill beside logs: $1" "$(q 'SELECT count(*) FROM bedrock.invocation')" 0
    is "and no line of it is quarantined" "$(q 'SELECT count(*) FROM bedrock.invocation_quarantine')" 0
}
mkdir -p "$dir/mixed" "$dir/packed" "$dir/parts/bill" "$dir/parts/logs" "$dir/parquet"
line 1 | gzip | tee "$dir/mixed/acme.json.gz" "$dir/packed/acme.json.gz" "$dir/parts/logs/acme.json.gz" >"$dir/parquet/acme.json.gz"
echo "$header" >"$dir/mixed/acme.csv"
echo "$header" | gzip | tee "$dir/packed/acme.csv.gz" >"$dir/parts/bill/acme-00001.csv.gz"
printf 'PAR1' >"$dir/parquet/acme.parquet"
for folder in mixed packed parts parquet; do apart $folder; done
# Rows of Logs Insights are logs, in a folder as by name.
mkdir "$dir/insights"
{ echo '"@timestamp","@message"'; line 7 | sed 's/"/""/g; s/.*/2026-09-30 02:00:00.000,"&"/'; } >"$dir/insights/found.csv"
line 8 >"$dir/insights/more.json"
chmod -R a+rX "$dir"
"$SOURCE_DIR/control/load.sh" "$dir/insights" >"$dir/out"
is "rows of Logs Insights beside logs" "$(q 'SELECT count(*), sum(input_tokens) FROM bedrock.invocation')" "2|15"

# Of a file without any record it is said, with its first line, and the exit status tells; the others are loaded.
mkdir "$dir/wrong"
printf '{"x":1}\n{"x":2}\n' >"$dir/wrong/wrong.json"
line 9 >"$dir/wrong/right.json"
{ line 10; printf '{"x":1}\n'; } >"$dir/wrong/partly.json"
{
    printf '{"Records":[{"eventSource":"bedrock.amazonaws.com","eventName":"Converse","eventTime":"2026-10-01T00:00:00Z",'
    printf '"awsRegion":"eu-central-1","recipientAccountId":"111122223333","requestID":"r-4",'
    printf '"requestParameters":{"modelId":"amazon.nova-lite-v1:0"},"additionalEventData":{"inferenceRegion":"eu-west-3"}}]}\n'
    printf '{"x":1}\n'
} >"$dir/trail.json"
chmod -R a+rX "$dir"
for way in "dbname=$PGDATABASE" "dbname=$PGDATABASE user=load_invocations_client"; do
    empty
    status=0; "$SOURCE_DIR/control/load.sh" --to "$way" "$dir/wrong" >"$dir/out" 2>"$dir/error" || status=$?
    is "status where a file has no record" $status 1
    is "which file" "$(sed -n 's/^.*WARNING: *//p' "$dir/error")" "there is no record of a model invocation log in $dir/wrong/wrong.json"
    reason=$(q "SELECT reason FROM bedrock.invocation_quarantine WHERE file = '$dir/wrong/wrong.json' AND line = 1")
    [ -n "$reason" ] && grep -qF "$dir/wrong/wrong.json, line 1: $reason" "$dir/error" &&
        grep -q 'bedrock.invocation_quarantine' "$dir/error" ||
        { cat "$dir/error"; exit 1; }
    is "the others" "$(q 'SELECT count(*), sum(input_tokens) FROM bedrock.invocation')" "2|19"
    # Told again, a record is one still, and an event of CloudTrail is, too.
    for time in first second; do
        "$SOURCE_DIR/control/load.sh" --to "$way" "$dir/wrong/right.json" "$dir/wrong/partly.json" "$dir/trail.json" \
            >"$dir/out" 2>"$dir/error" || { cat "$dir/error"; exit 1; }
        is "nothing to say of files with a record, the $time time" "$(cat "$dir/error")" ''
    done
    is "the event" "$(q "SELECT count(*) FROM bedrock.invocation_event")" 1
    is "what is no event" "$(q "SELECT count(*) FROM bedrock.invocation_quarantine WHERE file = '$dir/trail.json'")" 1
done
grep -q 'WARNING: .*no record of a model invocation log' <<<"$(q "SELECT FROM bedrock.load_invocations('$dir/wrong/wrong.json')" 2>&1)" ||
    { echo 'the server does not warn'; exit 1; }
