#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# An export against its peers: peers.sh LINES DIR EXPORT loads it, asks for five attributes, and answers the catalogue,
# with plain PostgreSQL, DuckDB and this extension. The table bill holds the same lines. Prints tables (Markdown); the
# single figures and DuckDB's files go to DIR. BENCH_ASKS, BENCH_LOADS: rounds of questions (5) and of loads (3), from five
# million lines on 3 and 1; BENCH_DUCKDB=no leaves DuckDB out; BENCH_SLOW=no what takes minutes each at ten million lines
# (plain gzip, facts by hour, regular expressions, DuckDB on csv.gz again and again); BENCH_THREADS: threads of DuckDB (2).
set -euo pipefail
shopt -s inherit_errexit

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$bench/measure.sh"
lines=$1 dir=$2 export=$3
figures=$dir/peers.figures
: >"$figures"
rounds=5 loads=3
[ "$lines" -lt 5000000 ] || { rounds=3 loads=1; }
rounds=${BENCH_ASKS:-$rounds} loads=${BENCH_LOADS:-$loads}
duckdb=${BENCH_DUCKDB:-yes} slow=${BENCH_SLOW:-yes}

describe_export "$export"
load_before=$(cut -d' ' -f1 /proc/loadavg)

# ---- load -----------------------------------------------------------------------------------------------------------

floor="gunzip alone ($unzip)"
query load "$floor" - - "$(printf "$unzip '%s' >/dev/null; " "${files[@]}")" shell
[ "$unzip" = 'gzip -dc' ] || [ "$slow" = no ] || query load 'gunzip alone (gzip -dc)' "$floor" - "$(printf "gzip -dc '%s' >/dev/null; " "${files[@]}")" shell

fresh_database=bench_load
new_database="psql -X -q -d postgres -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS $fresh_database' \
    -c 'CREATE DATABASE $fresh_database TEMPLATE bench_template' >/dev/null"

# As is done without a tool: all columns as text into a table nobody logs, then those that matter, with their types.
staged="CREATE UNLOGGED TABLE staging (${columns//,/ text, } text);
$(printf "COPY staging FROM PROGRAM '$unzip %s' WITH (FORMAT csv, HEADER);\n" "${files[@]}")
CREATE UNLOGGED TABLE bill (${typed//$'\n'/, });
INSERT INTO bill SELECT $(sed 's/^\([^ ]*\) \(.*\)$/\1::\2/; $!s/$/,/' <<<"$typed") FROM staging;
DROP TABLE staging"
copied='PostgreSQL: COPY into a staging table, INSERT .. SELECT of 30 columns'
query load - - - "$new_database" shell
query load "$copied" "$floor" - "$staged" fresh
query load '... then bedrock.attach and bedrock.refresh' "$floor" - "SET client_min_messages = error; SELECT FROM bedrock.attach('bill', line_item => false);
    SELECT count(*), sum(lines) FROM bedrock.refresh()" fresh

if [ "$slow" = yes ]; then
    query load - - - "$new_database" shell
    query load "bedrock.load_cur, kept by hour" "$floor" - "SELECT count(*), sum(lines) FROM bedrock.load_cur('$export', keep => 'hour')" fresh
fi
query load - - - "$new_database" shell
load_cur() { echo "SELECT count(*), count(*) FILTER (WHERE action = '$1'), sum(lines) FROM bedrock.load_cur('$2')"; }
query load 'bedrock.load_cur' "$floor" - "$(load_cur loaded "$export")" fresh
query load 'bedrock.load_cur, nothing changed' "$floor" - "$(load_cur unchanged "$export")" fresh
query load 'bedrock.load_cur, one period of four delivered again' "$floor" - "$(load_cur replaced "$export-again")" fresh

# ---- DuckDB ---------------------------------------------------------------------------------------------------------

if [ "$duckdb" = yes ]; then
    open_duckdb "$dir/duckdb" "$dir/duckdb/bench.duckdb"
    read_export_in_duckdb "$export" "$dir/duckdb"
    query load 'DuckDB: csv.gz to a table of 30 columns' "$floor" - "CREATE OR REPLACE TABLE native AS SELECT $wanted FROM $in_csv" duckdb
fi

printf '==> loading\n' >&2
run_section load "$loads"

# ---- five attributes ------------------------------------------------------------------------------------------------

printf '==> five attributes\n' >&2
sql <<SQL
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS five CASCADE;
CREATE SCHEMA five;
SET search_path = five, public;
CREATE VIEW cur_line AS SELECT * FROM bill
WHERE line_item_product_code IN ('AmazonBedrock', 'AmazonBedrockService', 'AmazonBedrockFoundationModels', 'AmazonBedrockAgentCore')
   OR bill_billing_entity = 'AWS Marketplace' AND product ->> 'product_name' LIKE '%Bedrock%';
\\ir $bench/five_attributes.sql
-- The model that the resource names: what the other forms can tell.
CREATE VIEW spend AS
SELECT attribution_kind AS kind, profile_id AS profile, CASE model_basis WHEN 'resource_id' THEN model_id END AS model, region, token_kind,
       unblended_cost AS cost FROM bedrock.spend;
CREATE VIEW spend_monthly AS
SELECT attribution_kind AS kind, profile_id AS profile, CASE model_basis WHEN 'resource_id' THEN model_id END AS model, region, token_kind,
       unblended_cost AS cost FROM bedrock.spend_monthly;
\o /dev/null
SELECT bedrock.attach('bill', line_item => false) WHERE NOT EXISTS (SELECT FROM bedrock.source WHERE source = 'bill');
SELECT count(*) FROM bedrock.refresh();
-- Autovacuum does this on other servers; here it is off, so as not to run beside what is measured.
SELECT format('VACUUM (ANALYZE) %s', c.oid::regclass) FROM pg_class AS c
WHERE c.relnamespace IN ('bedrock'::regnamespace, 'bedrock_internal'::regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
\gexec
SQL

attributes='kind, profile, model, region, token_kind'
# The groups and their sums in full, in one order; trailing zeros of a sum say nothing.
all_groups() { awk -F'\t' -v OFS='\t' '$6 ~ /[.]/ { sub(/[.]?0+$/, "", $6) } { print }' | LC_ALL=C sort; }
of_postgres() { sql -d "$1" -c "COPY (SELECT $attributes, sum(cost) FROM $2 GROUP BY $attributes) TO STDOUT" | all_groups >"$dir/groups.$3"; }
of_duckdb() {
    measure_duckdb "SELECT $attributes, sum(cost) FROM $1 GROUP BY ALL"
    all_groups <<<"$answer" >"$dir/groups.$2"
}
same() {
    cmp -s "$dir/groups.spend" "$dir/groups.$1" ||
        { echo "bench: bedrock.spend and $1 differ:" >&2; diff "$dir/groups.spend" "$dir/groups.$1" | head -n 20 >&2; exit 1; }
}
of_postgres "$PGDATABASE" five.spend spend
regex=with_regex
[ "$slow" = yes ] || regex=
for form in spend_monthly with_extension with_split_part with_fitted_like $regex; do of_postgres "$PGDATABASE" "five.$form" "$form"; same "$form"; done
# Loaded once more in full: the last load of the rounds delivered a period again.
bash -c "$new_database"
sql -d "$fresh_database" -o /dev/null -c "SELECT FROM bedrock.load_cur('$export')" -c "$(sql -c "SELECT 'CREATE VIEW five AS ' || pg_get_viewdef('five.spend')")"
of_postgres "$fresh_database" five load_cur
same load_cur
if [ "$duckdb" = yes ]; then
    csv=csv_two_level
    [ "$slow" = yes ] || csv=
    for form in parquet_regex parquet_two_level $csv native_two_level; do of_duckdb "$form" "$form"; same "$form"; done
fi
groups=$(wc -l <"$dir/groups.spend")

five() { echo "SELECT count(*), sum(cost) FROM (SELECT $attributes, sum(cost) AS cost FROM $1 GROUP BY $attributes) AS g"; }
ours='bedrock.spend'
query five "$ours" - - "$(five five.spend)"
query five 'bedrock.spend_monthly' "$ours" - "$(five five.spend_monthly)"
query five 'raw table, row functions of the extension' "$ours" - "$(five five.with_extension)"
query five 'raw table, split_part and LIKE' "$ours" - "$(five five.with_split_part)"
[ "$slow" = no ] || query five 'raw table, regular expressions' "$ours" - "$(five five.with_regex)"
if [ "$duckdb" = yes ]; then
    query five 'DuckDB: Parquet, regular expressions' "$ours" - "$(five parquet_regex)" duckdb
    query five 'DuckDB: Parquet, two-level: its best form' "$ours" - "$(five parquet_two_level)" duckdb
    query five 'DuckDB: its own table, two-level' "$ours" - "$(five native_two_level)" duckdb
    [ "$slow" = no ] || query five 'DuckDB: csv.gz, two-level' "$ours" - "$(five csv_two_level)" duckdb
fi
open_session
run_section five "$rounds"
ask "SELECT format('%s dimensions, %s facts of a day and %s of a month.', (SELECT count(*) FROM bedrock.dimension),
                   (SELECT count(*) FROM bedrock.fact), (SELECT count(*) FROM bedrock.fact_month))"
shape=$answer

# ---- what it takes on disk ------------------------------------------------------------------------------------------

ask "SELECT pg_total_relation_size('bill') / 1048576"
raw=$answer
ask "SELECT format('%s MB in all (facts of a day %s, of a month %s, dimensions and what hangs on them %s)',
                   (day + month + rest) / 1048576, day / 1048576, month / 1048576, rest / 1048576)
     FROM (SELECT (SELECT sum(pg_total_relation_size(t.relid)) FROM pg_partition_tree('bedrock.fact') AS t)::bigint AS day,
                  (SELECT sum(pg_total_relation_size(t.relid)) FROM pg_partition_tree('bedrock.fact_month') AS t)::bigint AS month,
                  (SELECT sum(pg_total_relation_size('bedrock.' || name)) FROM unnest(ARRAY['dimension', 'attribution', 'session', 'product',
                      'bill_total', 'period', 'profile', 'owner']) AS name)::bigint AS rest) AS s"
star=$answer
megabytes() { du -cm "$@" | tail -n 1 | cut -f1; }

# ---- the catalogue --------------------------------------------------------------------------------------------------

printf '==> the catalogue\n' >&2
ask 'SELECT question_id FROM bedrock.question WHERE builtin ORDER BY 1'
asked=($answer)
catalogue=$dir/catalogue.figures
: >"$catalogue"
for ((round = 1; round <= (rounds < 3 ? rounds : 3); ++round)); do
    for id in "${asked[@]}"; do
        measure_backend "SELECT count(*) FROM bedrock.answer('$id')"
        printf '%s\t%s\t%s\n' "$id" "$cpu_ns" "$wall_us" >>"$catalogue"
    done
done
close_session
[ "$duckdb" != yes ] || close_duckdb

catalogue_line=$(sql -c 'CREATE TEMP TABLE figure (id text, cpu_ns bigint, wall_us bigint)' -c '\copy figure FROM pstdin' -c "
    WITH medians AS (SELECT id, percentile_disc(0.5) WITHIN GROUP (ORDER BY cpu_ns) / 1e6 AS cpu,
                            percentile_disc(0.5) WITHIN GROUP (ORDER BY wall_us) / 1e3 AS wall FROM figure GROUP BY id)
    SELECT format('Catalogue: %s questions; wall ms median %s, p95 %s, most %s (%s); CPU ms median %s, p95 %s, most %s.', count(*),
                  round(percentile_disc(0.5) WITHIN GROUP (ORDER BY wall)), round(percentile_disc(0.95) WITHIN GROUP (ORDER BY wall)), round(max(wall)),
                  (array_agg(id ORDER BY wall DESC))[1],
                  round(percentile_disc(0.5) WITHIN GROUP (ORDER BY cpu)), round(percentile_disc(0.95) WITHIN GROUP (ORDER BY cpu)), round(max(cpu)))
    FROM medians" <"$catalogue")

# ---- report ---------------------------------------------------------------------------------------------------------

printf 'An export of %s lines: %s files, %s MB csv.gz' "$lines" "${#files[@]}" "$(megabytes "${files[@]}")"
[ "$duckdb" != yes ] || printf ', %s MB as Parquet; DuckDB %s with %s threads' "$(megabytes "$parquet")" "$duckdb_version" "${BENCH_THREADS:-2}"
printf '.\nIn bedrock.spend: %s Five attributes make %s groups; they and their sums are the same in all forms, to the last digit.\n' "$shape" "$groups"
printf 'Rounds: %d of loading, %d of asking. Load average %s before, %s after. Memory: peak of the backend beyond shared buffers.\n\n' \
    "$loads" "$rounds" "$load_before" "$(cut -d' ' -f1 /proc/loadavg)"
print_figures "$lines"
printf '\nOn disk: raw table of 30 columns %s MB; bedrock.spend and all behind it %s.\n%s\n' "$raw" "$star" "$catalogue_line"
