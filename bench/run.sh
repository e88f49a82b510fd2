#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# run.sh STAGE [ROWS] [DIR]: measures the extension staged in STAGE on a private server of its own in DIR
# (default .run/bench beside this folder), prints the figures, and writes them into README.md where ROWS is the default.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
default_rows=1000000
stage=$(cd "${1:?folder the extension was staged in}" && pwd)
rows=${2:-$default_rows}
dir=${3:-$root/.run/bench}
[[ $rows =~ ^[1-9][0-9]*$ ]] || { echo "run.sh: ROWS is a number" >&2; exit 2; }
server=$root/control/cluster.sh

step() { printf '==> %s\n' "$*" >&2; }
sql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }

# Run one at a time: a second run would share the server and spoil both.
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
exec {lock}>"$dir/lock"
flock -n "$lock" || { echo "run.sh: another run uses $dir" >&2; exit 1; }

stop() { "$server" stop "$dir" {lock}>&- || true; }
trap stop EXIT
trap 'exit 130' INT TERM HUP

step "starting a private PostgreSQL"
stop
"$server" start "$dir" "$stage" {lock}>&-
eval "$("$server" env "$dir")"

# The whole table lies in shared buffers, or each scan would copy it from the file cache.
sql -d postgres -c "ALTER SYSTEM SET shared_buffers = '$((256 + rows * 6 / 10000))MB'" \
    -c 'ALTER SYSTEM SET autovacuum = off' -c 'ALTER SYSTEM SET work_mem = "256MB"'
stop
"$server" start "$dir" "$stage" {lock}>&-

step "making $rows lines of a bill"
sql -d postgres -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS bench' -c 'CREATE DATABASE bench'
export PGDATABASE=bench
sql -c 'CREATE EXTENSION bedrock_cost' -c 'CREATE EXTENSION pg_prewarm'
sql -v rows="$rows" -f "$here/rows.sql" -f "$here/five_attributes.sql"
sql -v rows="$rows" -f "$here/bill.sql"
sql -At -o /dev/null -c "SELECT pg_prewarm('cur_line')"

step "measuring (some minutes; a quiet machine gives better figures)"
report=$dir/report.md
{
    cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
    sql -At -v cpu="${cpu:-$(uname -m)}" -v cores="$(nproc)" <<'SQL'
SELECT format('%s, %s cores; PostgreSQL %s; bedrock_cost %s; %s.', :'cpu', :'cores', current_setting('server_version'),
              (SELECT extversion FROM pg_extension WHERE extname = 'bedrock_cost'), to_char(now(), 'YYYY-MM-DD'));
SELECT format('%s lines, %s bytes each in the table, %s %% Bedrock; %s resource ids, %s usage types, %s principals.', count(*),
              pg_table_size('cur_line') / count(*),
              round(100 * avg(is_bedrock(line_item_product_code, bill_billing_entity, product_name)::int)),
              count(DISTINCT line_item_resource_id), count(DISTINCT line_item_usage_type),
              count(DISTINCT line_item_iam_principal))
FROM cur_line;
SQL
    "$here/row_functions.sh"
    echo
    "$here/refresh.sh"
} >"$report"
cat "$report"

if [ "$rows" = "$default_rows" ]; then
    readme=$here/README.md
    sed -e "/^<!-- figures begin/q" "$readme" >"$dir/README.md"
    { echo; cat "$report"; echo; } >>"$dir/README.md"
    sed -ne '/^<!-- figures end/,$p' "$readme" >>"$dir/README.md"
    cat "$dir/README.md" >"$readme"
    step "figures written to bench/README.md"
fi
sql -d postgres -c 'DROP DATABASE bench'
