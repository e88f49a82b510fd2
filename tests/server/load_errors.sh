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
