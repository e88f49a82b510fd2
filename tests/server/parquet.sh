#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# ./run load of Parquet: the same export as CSV and as Parquet comes to the same table, spend and bill, row for row. What is
# no Parquet, is cut or damaged, or is mixed with CSV is named and changes nothing.
set -euo pipefail
shopt -s inherit_errexit
load=$SOURCE_DIR/control/load.sh
dir=$OUTPUT_DIR/files
rm -rf "$dir"; mkdir -p "$dir"
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
loads() { local database=$1; shift; PGDATABASE=$database "$load" "$@" >"$dir/out" 2>&1 || fail "$(cat "$dir/out")"; }
fails() { # fails NAME PATTERN... -- COMMAND...
    local name=$1 patterns=() before; shift
    while [ "$1" != -- ]; do patterns+=("$1"); shift; done; shift
    before=$(q -d parquet_decimal -c 'SELECT count(*), sum(xmin::text::bigint) FROM cur')
    if PGDATABASE=parquet_decimal "$@" >"$dir/out" 2>&1; then fail "$name: loaded what it should not: $(cat "$dir/out")"; fi
    for pattern in "${patterns[@]}"; do grep -qF -- "$pattern" "$dir/out" || fail "$name: the message lacks \"$pattern\": $(cat "$dir/out")"; done
    is "$name changes nothing" "$(q -d parquet_decimal -c 'SELECT count(*), sum(xmin::text::bigint) FROM cur')" "$before"
}

command -v node >/dev/null && command -v npm >/dev/null || fail 'this test needs node and npm: apt-get install nodejs npm (./run test does it)'
export BEDROCK_PARQUET=${BEDROCK_PARQUET:-$SOURCE_DIR/.run/parquet}

# ---- the same export three times ------------------------------------------------------------------------------------------

for export in 'cur2 2026-08' 'cur2 2026-09' 'focus 2026-08'; do
    "$BINARY_DIR/tests/bill/make_bill" --format "${export% *}" --gzip --period "${export#* }" --out "$dir/${export% *}" >/dev/null
done
mapfile -t csv < <(find "$dir/cur2" -name '*.csv.gz' | sort)
[ ${#csv[@]} -ge 2 ]
# The reader is fetched by the first load; this one has nothing to read.
echo none >"$dir/none.parquet"
if "$load" "$dir/none.parquet" >"$dir/out" 2>&1; then fail 'a file without Parquet in it was loaded'; fi
! grep -q 'npm could not fetch' "$dir/out" || fail "this test needs an npm registry, once: $(cat "$dir/out")"
grep -qF "$dir/none.parquet cannot be read as Parquet" "$dir/out" || fail "$(cat "$dir/out")"

# As AWS lays it out; a blank and the signs of a pattern stand in the path.
convert() { # convert FORMAT NUMBERS
    local from to
    while IFS= read -r from; do
        to="$dir/$1.$2/bills [of] 2026*/${from#"$dir/$1/"}"
        to=${to%.csv.gz}.snappy.parquet
        mkdir -p "${to%/*}"
        node "$SOURCE_DIR/tests/server/parquet.mjs" "$from" "$dir/part.parquet" "$2" >"$dir/types.$1.$2"
        mv "$dir/part.parquet" "$to"
    done < <(find "$dir/$1" -name '*.csv.gz' | sort)
}
convert cur2 decimal
convert cur2 double
convert focus decimal
grep -qx 'line_item_unblended_cost DECIMAL(38,20)' "$dir/types.cur2.decimal"
grep -qx 'line_item_unblended_cost DOUBLE' "$dir/types.cur2.double"
grep -qx 'tags MAP(VARCHAR, VARCHAR)' "$dir/types.cur2.double"
grep -qx 'line_item_usage_start_date TIMESTAMP' "$dir/types.cur2.decimal"
grep -qx 'line_item_usage_start_date TIMESTAMP WITH TIME ZONE' "$dir/types.cur2.double"

for database in csv decimal double focus_csv focus; do dropdb --if-exists parquet_$database; createdb -T bedrock_template parquet_$database; done
loads parquet_csv --table cur "${csv[@]}"
loads parquet_decimal --table cur "$dir/cur2.decimal"
# Doubles, and a server and session far from UTC.
PGTZ=Asia/Kolkata loads parquet_double --table cur "$dir"/cur2.double/*/data/*/*.parquet

# rows DATABASE RELATION [EXPRESSION FOR NUMBERS]: every row, numbers without the zeros at their end.
rows() {
    q -d "$1" <<SQL | LC_ALL=C sort
SELECT format('SELECT ROW(%s) FROM %s', string_agg(CASE WHEN atttypid = 'numeric'::regtype THEN format('trim_scale(${3:-%I})', attname) ELSE quote_ident(attname) END, ', ' ORDER BY attname), attrelid::regclass)
FROM pg_attribute WHERE attrelid = '$2'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('dimension_id', 'bill_id', 'refreshed_at', 'loaded_at') GROUP BY attrelid \gexec
SQL
}
same() { # same NAME DATABASE DATABASE RELATION [EXPRESSION]
    rows "$2" "$4" "${5:-}" >"$dir/one"; rows "$3" "$4" >"$dir/two"
    [ -s "$dir/one" ] || fail "$1: nothing there"
    diff "$dir/one" "$dir/two" >"$dir/difference" || fail "$1: $(head -n 4 "$dir/difference")"
    echo "ok: $1: $(wc -l <"$dir/one") rows"
}
columns() { q -d "$1" -c "SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = '$2'::regclass AND attnum > 0"; }
is 'the table has the same columns' "$(columns parquet_decimal cur)" "$(columns parquet_csv cur)"
is 'and with doubles' "$(columns parquet_double cur)" "$(columns parquet_csv cur)"
for relation in cur bedrock.spend bedrock.spend_monthly bedrock.bill_total; do same "$relation from decimals" parquet_csv parquet_decimal $relation; done
# A double is the number nearest to the one the bill has; the shortest text of it is what PostgreSQL prints too.
same 'the table from doubles' parquet_csv parquet_double cur '%I::float8::text::numeric'
is 'lines and tokens from doubles' "$(q -d parquet_double -c 'SELECT count(*), sum(lines), round(sum(tokens)) FROM bedrock.spend')" "$(q -d parquet_csv -c 'SELECT count(*), sum(lines), round(sum(tokens)) FROM bedrock.spend')"

loads parquet_focus_csv --table focus "$dir"/focus/data/*/*.csv.gz
loads parquet_focus --table focus "$dir/focus.decimal"
for relation in focus bedrock.spend bedrock.bill_total; do same "FOCUS: $relation" parquet_focus_csv parquet_focus $relation; done

# A redelivery replaces its month, and no other.
q -q -d parquet_decimal -c 'UPDATE cur SET line_item_unblended_cost = 0' -c 'DELETE FROM cur WHERE line_item_product_code <> '"'AmazonBedrock'" -c 'SELECT FROM bedrock.refresh()'
loads parquet_decimal --table cur "$dir"/cur2.decimal/*/data/BILLING_PERIOD=2026-09
is 'one month is delivered again' "$(q -d parquet_decimal -c "SELECT sum(unblended_cost) FILTER (WHERE billing_period = '2026-08-01') = 0, sum(unblended_cost) FILTER (WHERE billing_period = '2026-09-01') > 0 FROM bedrock.spend")" 't|t'
loads parquet_decimal --table cur "$dir/cur2.decimal"
same 'both are' parquet_csv parquet_decimal bedrock.spend

# ---- what must not go in ---------------------------------------------------------------------------------------------------

mapfile -t parquet < <(find "$dir/cur2.decimal" -name '*.parquet' | sort)
fails 'Parquet and CSV together' "${parquet[0]} is Parquet" "${csv[0]} is CSV" -- "$load" --table cur "${parquet[0]}" "${csv[0]}"
fails 'a file named twice' 'named twice' -- "$load" --table cur "${parquet[0]}" "$dir/../files/${parquet[0]#"$dir/"}"
fails 'an empty folder' 'no file *.csv' -- "$load" --table cur "$(mkdir -p "$dir/empty"; echo "$dir/empty")"
fails 'a file without Parquet in it' "$dir/none.parquet cannot be read as Parquet" -- "$load" --table cur "$dir/none.parquet"
size=$(stat -c %s "${parquet[0]}")
mkdir -p "$dir/broken"
head -c $((size / 2)) "${parquet[0]}" >"$dir/broken/cut.parquet"
fails 'a truncated file' "$dir/broken/cut.parquet cannot be read as Parquet" 'hing was loaded' -- "$load" --table cur "$dir/broken/cut.parquet"
fails 'a truncated file beside a good one' "$dir/broken/cut.parquet cannot be read as Parquet" -- "$load" --table cur "${parquet[1]}" "$dir/broken/cut.parquet"
# Its end is good, so that its columns are known; what is damaged is found in the middle of the load.
{ head -c $((size / 2)) "${parquet[0]}"; head -c 20000 /dev/zero; tail -c +$((size / 2 + 20001)) "${parquet[0]}"; } >"$dir/broken/damaged.parquet"
is 'the damaged file is as long' "$(stat -c %s "$dir/broken/damaged.parquet")" "$size"
fails 'a damaged file' "ERROR:  the file cannot be read to its end" "CONTEXT:  file $dir/broken/damaged.parquet" 'nothing was loaded' -- "$load" --table cur "$dir/broken/damaged.parquet"
mkdir -p "$dir/chunks"; cp "${parquet[0]}" "$dir/chunks/bill-00001.snappy.parquet"; cp "${parquet[1]}" "$dir/chunks/bill-00002.snappy.parquet"
fails 'one chunk alone' 'bill-00002.snappy.parquet' '--partial append' -- "$load" --table cur "$dir/chunks/bill-00001.snappy.parquet"
mkdir -p "$dir/kept/data/BILLING_PERIOD=2026-08"/{20260901T000000Z-a,20260902T000000Z-b}
for folder in "$dir/kept/data/BILLING_PERIOD=2026-08"/*; do cp "${parquet[0]}" "$folder/bill-00001.snappy.parquet"; done
fails 'two deliveries of a month' 'more than one delivery of the month' '20260902T000000Z-b' -- "$load" --table cur "$dir/kept"
loads parquet_decimal --table cur "$dir/kept/data/BILLING_PERIOD=2026-08/20260902T000000Z-b"
same 'one of two deliveries' parquet_csv parquet_decimal bedrock.spend

# Without node, and without a way to the registry.
mkdir -p "$dir/bin"; cp -s /usr/bin/* /bin/* "$dir/bin/" 2>/dev/null || [ -x "$dir/bin/find" ]
rm -f "$dir/bin/node" "$dir/bin/npm"
fails 'no node' 'there is no node here' 'CSV' -- env PATH="$dir/bin:$PG_BINDIR" "$load" --table cur "${parquet[0]}"
fails 'no registry' 'npm could not fetch' 'othing was loaded' -- env BEDROCK_PARQUET="$dir/offline/parquet" npm_config_cache="$dir/offline/cache" npm_config_registry=http://127.0.0.1:9/ "$load" --table cur "${parquet[0]}"
is 'a fetch that failed leaves nothing' "$(ls "$dir/offline" | grep -c parquet || true)" 0

# ---- types that AWS might use ------------------------------------------------------------------------------------------------

cat >"$dir/types.mjs" <<'J'
import { createRequire } from 'node:module';
const { DuckDBInstance } = createRequire(process.env.BEDROCK_PARQUET + '/package.json')('@duckdb/node-api');
const db = await (await DuckDBInstance.create(':memory:')).connect();
await db.run(`COPY (SELECT '1' AS line_item_usage_account_id, '2' AS bill_payer_account_id, TIMESTAMP '2026-11-01' AS bill_billing_period_start_date, TIMESTAMP_NS '2026-11-02 03:04:05.678901234' AS line_item_usage_start_date,
    DATE '2026-11-03' AS line_item_usage_end_date, 'Usage' AS line_item_line_item_type, 'AmazonBedrock' AS line_item_product_code, 'AWS' AS bill_billing_entity, MAP {'product_name': 'Amazon Bedrock'} AS product,
    'USE1-NovaMicro-input-tokens' AS line_item_usage_type, 1e-7::DOUBLE AS line_item_unblended_cost, 12345678901234567.123456789012345678::DECIMAL(38, 18) AS line_item_net_unblended_cost, 0.1::DOUBLE + 0.2::DOUBLE AS line_item_usage_amount,
    'USD' AS line_item_currency_code, MAP {'user_team': 'a "b", c', 'user_Größe': NULL} AS tags, MAP {'edp': -0.1::DOUBLE} AS discount, MAP {'a': 0.123456789012345678::DECIMAL(20, 18)} AS a_new_map, [1, 2] AS a_new_list,
    {'a': TRUE} AS a_new_structure, 'two' || chr(10) || 'lines' AS line_item_line_item_description, ''::BLOB AS line_item_resource_id, encode('Größe') AS a_binary, NULL::MAP(VARCHAR, VARCHAR) AS resource_tags, 3::BIGINT AS a_number)
    TO '${process.argv[2]}' (FORMAT parquet, COMPRESSION zstd)`);
J
node "$dir/types.mjs" "$dir/types.parquet"
q -q -d parquet_double -c "SELECT bedrock.detach('cur')" >/dev/null
loads parquet_double --table types "$dir/types.parquet"
is 'every type' "$(q -d parquet_double -c "SET timezone = 'UTC'" -c "SELECT bill_billing_period_start_date, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_net_unblended_cost, line_item_usage_amount, tags, discount, a_new_map, a_new_list, a_new_structure, line_item_line_item_description = E'two\nlines', line_item_resource_id IS NULL, a_binary, resource_tags IS NULL, a_number FROM types" | tail -n 1)" \
    '2026-11-01 00:00:00+00|2026-11-02 03:04:05.678901+00|2026-11-03 00:00:00+00|0.0000001|12345678901234567.123456789012345678|0.30000000000000004|{"user_team": "a \"b\", c", "user_Größe": null}|{"edp": -0.1}|{"a": 0.123456789012345678}|[1, 2]|{"a": true}|t|t|Größe|t|3'
is 'maps are jsonb' "$(q -d parquet_double -c "SELECT count(*) FROM pg_attribute WHERE attrelid = 'types'::regclass AND atttypid = 'jsonb'::regtype")" 7
