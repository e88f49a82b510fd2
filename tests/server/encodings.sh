#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Databases that are not in UTF-8: files are, their names too; both are converted on the way in and out, and what the
# encoding of the database lacks is said.
set -euo pipefail
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
rm -rf "${OUTPUT_DIR:?}"; mkdir -p "$OUTPUT_DIR"
export PGCLIENTENCODING=UTF8
# The first character of a word, not its first byte.
export LC_ALL=C.UTF-8
header='line_item_usage_account_id,bill_payer_account_id,bill_billing_period_start_date,line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,line_item_product_code,bill_billing_entity,product,line_item_usage_type,line_item_unblended_cost,line_item_currency_code,line_item_resource_id'
row() { # row COST TAG
    printf '111122223333,999900001111,2026-10-01T00:00:00Z,2026-10-02T03:00:00Z,2026-10-02T04:00:00Z,Usage,AmazonBedrock,AWS,"{""product_name"":""Amazon Bedrock""}",USE1-NovaMicro-input-tokens,%s,USD,,%s\n' "$1" "$2"
}
# ENCODING WORD FIRST OTHER: a word that the encoding has, its first character (the shell's own idea of one depends on its
# locale), and a word that the encoding lacks.
while read -r encoding word first other; do
    database=encodings_${encoding,,}
    q() { psql -X -At -v ON_ERROR_STOP=1 -d "$database" "$@"; }
    # The message, and where it is about a file, which one.
    error() { q -c "$1" >"$OUTPUT_DIR/out" 2>&1 && fail "$encoding: no error: $1"; grep -o 'ERROR: .*\|^CONTEXT:  file .*' "$OUTPUT_DIR/out"; }
    dropdb --if-exists "$database" 2>/dev/null; createdb -T template0 -E "$encoding" --locale=C "$database"
    q -q -c 'CREATE EXTENSION bedrock_cost'
    dir=$OUTPUT_DIR/$encoding/$word/data/BILLING_PERIOD=2026-10
    mkdir -p "$dir"
    { echo "$header,resource_tags_user_$word"; row 1 "$word"; row 2 "$word"; } | gzip >"$dir/$word-00001.csv.gz"
    { echo "$header,resource_tags_user_$word"; row 4 "$word"; } | gzip >"$dir/$word-00002.csv.gz"
    chmod -R a+rX "$OUTPUT_DIR"
    is "$encoding: names of files" "$(q -c "SELECT string_agg(regexp_replace(file, '.*/', ''), ' ' ORDER BY file) FROM bedrock.server_files('$OUTPUT_DIR/$encoding/$word')")" "$word-00001.csv.gz $word-00002.csv.gz"
    is "$encoding: a load" "$(q -c "SELECT source, action, files, lines, trim_scale(cost) FROM bedrock.load_cur('$OUTPUT_DIR/$encoding/$word')" 2>/dev/null)" "$word|loaded|2|3|7"
    is "$encoding: a tag" "$(q -c "SELECT tags::text, sum(lines) FROM bedrock.spend GROUP BY 1")" "{\"user_$word\": \"$word\"}|3"
    is "$encoding: a pattern" "$(q -c "SELECT count(*) FROM bedrock.server_files('$OUTPUT_DIR/$encoding/$first*/data/*/*2.csv.gz')")" 1
    is "$encoding: a file named in an error" "$(error "SELECT * FROM bedrock.load_cur('$dir/$word-$word.csv')")" "ERROR:  could not read \"$dir/$word-$word.csv\": No such file or directory"
    { echo "$header,$word"; row 1 1; row 1x "$word"; } >"$OUTPUT_DIR/$word.csv"
    chmod a+r "$OUTPUT_DIR/$word.csv"
    is "$encoding: a value named in an error" "$(error "SELECT * FROM bedrock.load_cur('$OUTPUT_DIR/$word.csv')")" "ERROR:  \"1x\" is no number
CONTEXT:  file $OUTPUT_DIR/$word.csv, line 3, column line_item_unblended_cost"
    printf '{"requestId":"r","modelId":"amazon.nova-lite-v1:0","timestamp":"2026-10-01T00:00:00Z","requestMetadata":{"team":"%s"},"input":{"inputTokenCount":5}}\nbroken\n' "$word" >"$OUTPUT_DIR/$encoding/$word.json"
    chmod a+r "$OUTPUT_DIR/$encoding/$word.json"
    is "$encoding: a log" "$(q -c "SELECT loaded, quarantined FROM bedrock.load_invocations('$OUTPUT_DIR/$encoding/$word.json')" -c "SELECT team, input_tokens FROM bedrock.request" -c 'SELECT file FROM bedrock.invocation_quarantine' | tr '\n' ' ')" "1|1 $word|5 $OUTPUT_DIR/$encoding/$word.json "
    is "$encoding: the text of a file" "$(q -c "SELECT bedrock.server_file_text('$OUTPUT_DIR/$encoding/$word.json') LIKE '%\"$word\"%'")" t
    # What the encoding lacks: a name of a column, a value, a name of a file.
    { echo "$header,$other"; row 1 x; } >"$OUTPUT_DIR/column.csv"
    { echo "$header" | sed 's/$/,resource_tags_user_team/'; row 1 "$other"; } >"$OUTPUT_DIR/value.csv"
    mkdir -p "$OUTPUT_DIR/lacks"; rm -f "$OUTPUT_DIR"/lacks/*; : >"$OUTPUT_DIR/lacks/$other.csv"
    chmod -R a+rX "$OUTPUT_DIR"
    is "$encoding: a column it lacks" "$(error "SELECT * FROM bedrock.load_cur('$OUTPUT_DIR/column.csv')" | sed 's/??*"/"/')" "ERROR:  the name of column 14, \"\", has a character that the encoding $encoding of the database lacks
CONTEXT:  file $OUTPUT_DIR/column.csv, line 1"
    is "$encoding: a value it lacks" "$(error "SELECT * FROM bedrock.load_cur('$OUTPUT_DIR/value.csv')" | sed 's/??*"/"/')" "ERROR:  \"\" has a character that the encoding $encoding of the database lacks
CONTEXT:  file $OUTPUT_DIR/value.csv, column resource_tags_user_team"
    is "$encoding: a file it lacks" "$(error "SELECT * FROM bedrock.server_files('$OUTPUT_DIR/lacks')" | sed 's/??*[.]csv/.csv/')" "ERROR:  the name of the file \"$OUTPUT_DIR/lacks/.csv\" has a character that the encoding $encoding of the database lacks"
    is "$encoding: nothing was loaded of these" "$(q -c 'SELECT count(*) FROM bedrock.source')" 1
    dropdb "$database"
done <<'TEXT'
LATIN1 Köln K 東京
EUC_JP 東京 東 한국
TEXT
