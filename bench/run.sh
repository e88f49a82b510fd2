#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# run.sh BUILD STAGE [LINES] [PART...]: measures the extension staged in STAGE on a private server of its own and prints
# the figures. LINES: of the bill, as 1000000 or 10M (1M); PART: rows, refresh, owners, peers, sparse, prices (all). BUILD is where make_export is
# built. What README.md has a place for goes there, and all medians into growth.tsv, which the plots are drawn from.
# BENCH_DIR: where the server, the bill and the single figures lie (.run/bench beside this folder). BENCH_EXPORT: further
# options of make_export, as '--sessions 1M'; what such a bill gives is only printed.
set -euo pipefail
shopt -s inherit_errexit

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$bench")
build=$(cd "${1:?folder of the build}" && pwd)
stage=$(cd "${2:?folder the extension was staged in}" && pwd)
lines=${3:-1M}
[[ $lines =~ ^[1-9][0-9]*[kM]?$ ]] || { echo "run.sh: LINES is a number, as 1000000 or 10M" >&2; exit 2; }
lines=${lines/%k/000} lines=${lines/%M/000000}
parts=("${@:4}")
[ ${#parts[@]} -gt 0 ] || parts=(rows refresh owners peers sparse prices)
dir=${BENCH_DIR:-$root/.run/bench}
server=$root/control/cluster.sh

. "$root/control/progress.sh"
sql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }

# Run one at a time: a second run would share the server and spoil both.
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
exec {lock}>"$dir/lock"
flock -n "$lock" || { echo "run.sh: another run uses $dir" >&2; exit 1; }

stop() { "$server" stop "$dir" {lock}>&-; }
trap stop EXIT
trap 'exit 130' INT TERM HUP

# ---- the bill, as files ---------------------------------------------------------------------------------------------

cmake --build "$build" --target make_export >"$dir/build.log" 2>&1 || { cat "$dir/build.log" >&2; exit 1; }
make_export=$build/bench/make_export
# AWS compresses with zlib; so does pigz, on both processors.
compress='gzip -n'
! command -v pigz >/dev/null || compress='pigz -n'
read -ra options <<<"${BENCH_EXPORT:-}"
export=$dir/export-$lines$(IFS=; printf '%s' "${options[*]}")
if [[ " ${parts[*]} " == *' peers '* ]] && { [ ! "$export.complete" -nt "$make_export" ]; }; then
    step "writing an export of $lines lines"
    rm -rf "$export" "$export-again"
    "$make_export" "${options[@]}" --lines "$lines" --out "$export" --compress "$compress"
    "$make_export" "${options[@]}" --lines "$lines" --period 2026-11 --revision 1 --out "$export-again" --compress "$compress"
    touch "$export.complete"
fi

# Twelve months in which every fact has two or three lines, and one of them alone. As many combinations as come in every one
# of the months, on a third of its days: 40,000 in 10 million lines.
sparse_export=$dir/export-sparse-$lines
if [[ " ${parts[*]} " == *' sparse '* ]] && { [ ! "$sparse_export.complete" -nt "$make_export" ]; }; then
    step "writing a sparse export of $lines lines"
    rm -rf "$sparse_export" "$sparse_export-month"
    sparse=(--sparse --periods 12 --lines "$lines" --combinations $((lines / 250)) --compress "$compress")
    "$make_export" "${sparse[@]}" --out "$sparse_export"
    "$make_export" "${sparse[@]}" --period 2026-05 --out "$sparse_export-month"
    touch "$sparse_export.complete"
fi

# ---- the server -----------------------------------------------------------------------------------------------------

step "starting a private PostgreSQL"
stop
"$server" start "$dir" "$stage" {lock}>&-
eval "$("$server" env "$dir")"

# The whole table lies in shared buffers where memory allows it, or each scan would copy it from the file cache.
buffers=$((512 + lines / 1000))
half=$(awk '/^MemTotal/ { printf "%d", $2 / 1024 * 0.4 }' /proc/meminfo)
[ "$buffers" -lt "$half" ] || buffers=$half
sql -d postgres -c "ALTER SYSTEM SET shared_buffers = '${buffers}MB'" \
    -c "ALTER SYSTEM SET autovacuum = off" -c "ALTER SYSTEM SET work_mem = '$((lines < 1000000 ? 256 : lines / 4000))MB'"
stop
"$server" start "$dir" "$stage" {lock}>&-

sql -d postgres -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS bench' -c 'DROP DATABASE IF EXISTS bench_load' \
    -c 'DROP DATABASE IF EXISTS bench_month' -c 'DROP DATABASE IF EXISTS bench_template' -c 'CREATE DATABASE bench_template'
sql -d bench_template -c 'CREATE EXTENSION bedrock_cost'
sql -d postgres -c 'CREATE DATABASE bench TEMPLATE bench_template'
export PGDATABASE=bench
sql -c 'CREATE EXTENSION pg_prewarm'

conditions() {
    local cpu
    cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
    sql -At -v cpu="${cpu:-$(uname -m)}" -v cores="$(nproc)" -v lines="$lines" <<'SQL'
SELECT format('%s, %s cores; PostgreSQL %s, shared_buffers %s; bedrock_cost %s; %s.', :'cpu', :'cores', current_setting('server_version'),
              current_setting('shared_buffers'), (SELECT extversion FROM pg_extension WHERE extname = 'bedrock_cost'), to_char(now(), 'YYYY-MM-DD'));
SQL
}

# ---- the parts ------------------------------------------------------------------------------------------------------

# Lines of cur_line: regular expressions take half a minute a million.
rows=$((lines < 1000000 ? lines : 1000000))

rows() {
    sql -v rows="$rows" -f "$bench/rows.sql" -f "$bench/five_attributes.sql"
    sql -At -o /dev/null -c "SELECT pg_prewarm('cur_line')"
    sql -At <<'SQL'
SELECT format('%s lines, %s bytes each in the table, %s %% Bedrock; %s resource ids, %s usage types, %s principals.', count(*),
              pg_table_size('cur_line') / count(*),
              round(100 * avg(is_bedrock(line_item_product_code, bill_billing_entity, product_name)::int)),
              count(DISTINCT line_item_resource_id), count(DISTINCT line_item_usage_type),
              count(DISTINCT line_item_iam_principal))
FROM cur_line;
SQL
    "$bench/row_functions.sh" "$rows" "$dir"
}

bill() {
    [ -z "$(sql -At -c "SELECT to_regclass('bill')")" ] || return 0
    "$make_export" "${options[@]}" --lines "$lines" --columns narrow | sql -f "$bench/bill.sql"
    sql -At -o /dev/null -c "SELECT pg_prewarm('bill')"
}

refresh() { bill; "$bench/refresh.sh" "$lines" "$dir"; }
owners() { bill; "$bench/owners.sh" "$lines" "$dir"; }
peers() { bill; "$bench/peers.sh" "$lines" "$dir" "$export"; }
sparse() {
    # Of the table that the other parts are about only the types of columns matter here.
    [ -n "$(sql -At -c "SELECT to_regclass('typed.bill')")" ] || {
        sql -c 'CREATE SCHEMA typed'
        "$make_export" --lines 1k --columns narrow | PGOPTIONS='-c search_path=typed' sql -f "$bench/bill.sql"
    }
    PGOPTIONS='-c search_path=typed,public' "$bench/sparse.sh" "$lines" "$dir" "$sparse_export"
}
prices() { "$bench/prices.sh" "$rows"; }

# Puts a report between its markers in README.md, where there are some for this many lines.
write_readme() {
    local readme=$bench/README.md from="<!-- figures of $1, $2 lines -->" to='<!-- end of figures -->'
    grep -qxF -- "$from" "$readme" || return 0
    awk -v from="$from" -v to="$to" -v report="$3" '
        $0 == to { inside = 0 }
        !inside
        $0 == from { inside = 1; print ""; while ((getline line < report) > 0) print line; print "" }' "$readme" >"$dir/README.md"
    cat "$dir/README.md" >"$readme"
    step "figures written to bench/README.md"
}

# Figures of the same size and section give way to the new ones.
keep_growth() {
    [ "$1" -ge 1000000 ] || return 0
    awk -F'\t' 'NR == FNR { new[$1 FS $2] = 1; next } !(($1 FS $2) in new)' "$2" "$bench/growth.tsv" >"$dir/growth.tsv"
    cat "$2" >>"$dir/growth.tsv"
    LC_ALL=C sort -s -t$'\t' -k2,2 -k1,1n "$dir/growth.tsv" >"$bench/growth.tsv"
}

for part in "${parts[@]}"; do
    size=$lines
    [[ $part != rows && $part != prices ]] || size=$rows
    step "measuring: $part, $size lines (a quiet machine gives better figures)"
    report=$dir/$part.md
    { conditions; "$part"; } >"$report"
    cat "$report"
    [ ${#options[@]} = 0 ] || continue
    write_readme "$part" "$size" "$report"
    [[ $part == rows || $part == prices || $part == sparse || $part == owners ]] || keep_growth "$size" "$dir/$part.figures.medians"
done

if command -v node >/dev/null; then node "$bench/plot.mjs" "$bench/growth.tsv" "$bench"; fi
sql -d postgres -c 'SET client_min_messages = warning' -c 'DROP DATABASE bench' -c 'DROP DATABASE IF EXISTS bench_load' -c 'DROP DATABASE IF EXISTS bench_month' \
    -c 'DROP DATABASE bench_template'
