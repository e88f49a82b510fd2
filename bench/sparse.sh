#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A bill of twelve months in which every fact of a day has two or three lines: sparse.sh LINES DIR EXPORT. What loading it
# and five attributes of it cost, with DuckDB beside, and what a question about one month, or one week, costs where that is
# all there is (EXPORT-month) and where it is one of twelve. Prints tables (Markdown); the single figures go to DIR.
# BENCH_ASKS, BENCH_LOADS: rounds of questions (5) and of loads (3), from five million lines on 3 and 1;
# BENCH_DUCKDB=no leaves DuckDB out; BENCH_THREADS: threads of DuckDB (2).
set -euo pipefail
shopt -s inherit_errexit

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$bench/measure.sh"
lines=$1 dir=$2 export=$3
figures=$dir/sparse.figures
: >"$figures"
rounds=5 loads=3
[ "$lines" -lt 5000000 ] || { rounds=3 loads=1; }
rounds=${BENCH_ASKS:-$rounds} loads=${BENCH_LOADS:-$loads}
duckdb=${BENCH_DUCKDB:-yes}
describe_export "$export"
load_before=$(cut -d' ' -f1 /proc/loadavg)

# In the database with all twelve months, or in that with one of them; what is asked for many times is a figure of all.
measure_twelve() { fresh_database=bench_load measure_fresh "$1"; }
measure_month() { fresh_database=bench_month measure_fresh "$1"; }
new_database() {
    echo "psql -X -q -d postgres -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS $1' \
        -c 'CREATE DATABASE $1 TEMPLATE bench_template' >/dev/null"
}
times() { local i; for ((i = 1; i <= $1; ++i)); do printf '%s%s' "$2" "$([ "$i" = "$1" ] || echo ';')"; done; }

# ---- load -----------------------------------------------------------------------------------------------------------

floor="gunzip alone ($unzip)"
query load "$floor" - - "$(printf "$unzip '%s' >/dev/null; " "${files[@]}")" shell
query load - - - "$(new_database bench_load)" shell
query load 'bedrock.load_cur' "$floor" '≤ 5.0' "SELECT count(*), sum(lines) FROM bedrock.load_cur('$export')" twelve
if [ "$duckdb" = yes ]; then
    open_duckdb "$dir/duckdb" "$dir/duckdb/sparse.duckdb"
    read_export_in_duckdb "$export" "$dir/duckdb"
    query load 'DuckDB: csv.gz to a table of 30 columns' "$floor" - "CREATE OR REPLACE TABLE native AS SELECT $wanted FROM $in_csv" duckdb
fi
printf '==> loading\n' >&2
run_section load "$loads"

# ---- questions ------------------------------------------------------------------------------------------------------

bash -c "$(new_database bench_month)"
sql -d bench_month -o /dev/null -c "SELECT FROM bedrock.load_cur('$export-month')"
for database in bench_load bench_month; do
    sql -d $database <<'SQL'
CREATE SCHEMA five;
CREATE VIEW five.spend AS
SELECT attribution_kind AS kind, profile_id AS profile, CASE model_basis WHEN 'resource_id' THEN model_id END AS model, region, token_kind,
       unblended_cost AS cost, billing_period, usage_date FROM bedrock.spend;
CREATE VIEW five.spend_monthly AS
SELECT attribution_kind AS kind, profile_id AS profile, CASE model_basis WHEN 'resource_id' THEN model_id END AS model, region, token_kind,
       unblended_cost AS cost, billing_period FROM bedrock.spend_monthly;
\o /dev/null
-- Autovacuum does this on other servers; here it is off, so as not to run beside what is measured.
VACUUM (ANALYZE);
SQL
done
five() { echo "SELECT count(*), sum(cost) FROM (SELECT kind, profile, model, region, token_kind, sum(cost) AS cost FROM $1 GROUP BY 1, 2, 3, 4, 5) AS g"; }

query five 'bedrock.spend' - - "$(five five.spend)" twelve
# Only the leader's CPU time is known.
query five 'bedrock.spend, two workers (CPU of the leader)' 'bedrock.spend' - "SET max_parallel_workers_per_gather = 2; $(five five.spend)" twelve
query five 'bedrock.spend_monthly' 'bedrock.spend' - "$(five five.spend_monthly)" twelve
if [ "$duckdb" = yes ]; then
    query five 'DuckDB: Parquet, two-level: its best form' 'bedrock.spend' - "$(five parquet_two_level)" duckdb
    query five 'DuckDB: its own table, two-level' 'bedrock.spend' - "$(five native_two_level)" duckdb
fi

# The same question where there is no more history than it asks for, and where there are twelve months.
history() {
    query history "$1, of one" - - "$(times "$2" "$(five "$3")")" month
    query history "$1, of twelve" "$1, of one" '≤ 1.2' "$(times "$2" "$(five "$3")")" twelve
}
often=$((lines < 5000000 ? 100 : 10))
history "a month of bedrock.spend, $often times" $often "five.spend WHERE billing_period = '2026-05-01'"
history "a week of bedrock.spend, $often times" $often "five.spend WHERE usage_date BETWEEN '2026-05-11' AND '2026-05-17'"
history "a month of bedrock.spend_monthly, $often times" $often "five.spend_monthly WHERE billing_period = '2026-05-01'"
printf '==> questions\n' >&2
run_section five "$rounds"
run_section history "$rounds"
# A sum says the same everywhere.
for form in month twelve; do
    "measure_$form" "$(five "five.spend WHERE billing_period = '2026-05-01'")"
    echo "$answer" >"$dir/sparse.$form"
done
cmp "$dir/sparse.month" "$dir/sparse.twelve"
[ "$duckdb" != yes ] || close_duckdb

# ---- report ---------------------------------------------------------------------------------------------------------

measure_twelve "SELECT format('%s facts of a day (%s lines each) and %s of a month; facts of a day take %s MB, of a month %s.', d.facts, round(d.lines / d.facts, 1),
    (SELECT count(*) FROM bedrock.fact_month), (SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('bedrock.fact'))::bigint / 1048576,
    (SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('bedrock.fact_month'))::bigint / 1048576)
    FROM (SELECT count(*) AS facts, sum(lines) AS lines FROM bedrock.fact) AS d"
printf 'A sparse export of %s lines in 12 months: %s MB csv.gz. %s\n' "$lines" "$(du -cm "${files[@]}" | tail -n 1 | cut -f1)" "$answer"
printf 'Rounds: %d of loading, %d of asking. Load average %s before, %s after. Memory: peak of the backend beyond shared buffers.\n\n' \
    "$loads" "$rounds" "$load_before" "$(cut -d' ' -f1 /proc/loadavg)"
print_figures "$lines"
