# SPDX-License-Identifier: PostgreSQL
# Times SQL and programs: CPU time and wall time, in rounds that run every query once (A B C, A B C, ...). Sourced.
# Needs the connection in the environment (PGHOST, PGDATABASE), $bench (this folder), and $figures, the file the single
# figures go to.
# shellcheck shell=bash

names=() sections=() bases=() targets=() texts=() engines=()
ticks=$(getconf CLK_TCK)

sql() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }

# section, name, name of the query it is compared with (or -), target of the ratio (or -), text, engine that runs it:
#   backend  SQL in the one connection of the run; its CPU time to the nanosecond
#   fresh    SQL in a connection of its own (to $fresh_database), with all its threads and the programs it starts: loads
#   duckdb   SQL in DuckDB (open_duckdb), all its threads
#   shell    a command line with all its processes
# A name of - is a preparation: it runs in its place and is not timed.
query() {
    sections+=("$1") names+=("$2") bases+=("$3") targets+=("$4") texts+=("$5") engines+=("${6:-backend}")
}

# ---- the one connection ---------------------------------------------------------------------------------------------

# Opens the one connection of the run.
open_session() {
    coproc session { exec psql -X -q -At -v ON_ERROR_STOP=1; }
    # The descriptors of a coprocess vanish with it; copies do not.
    exec {to_session}>&"${session[1]}" {from_session}<&"${session[0]}"
    session_pid=$session_PID
    ask 'SELECT pg_backend_pid()'
    backend=$answer
    ask 'SET jit = off; SET max_parallel_workers_per_gather = 0'
}

close_session() {
    exec {to_session}>&- {from_session}<&- {session[0]}<&- {session[1]}>&-
    wait "$session_pid"
}

# Runs SQL and leaves what it answers in $answer.
ask() {
    local line
    answer=
    printf '%s;\n\\echo #done\n' "$1" >&"$to_session"
    while :; do
        IFS= read -r -u "$from_session" line || { echo "bench: the session ended at: $1" >&2; exit 1; }
        [ "$line" = '#done' ] && return
        answer+=${answer:+$'\n'}$line
    done
}

# Leaves the CPU time of the backend so far, in nanoseconds, in $cpu.
read_cpu() {
    local rest fields
    if read -r cpu rest 2>/dev/null <"/proc/$backend/schedstat"; then return; fi
    # Without schedstat: user and system time in clock ticks.
    read -r rest <"/proc/$backend/stat"
    read -ra fields <<<"${rest##*) }"
    cpu=$(((fields[11] + fields[12]) * (1000000000 / ticks)))
}

# Each of these runs a text and leaves $answer, $cpu_ns, $wall_us, and $peak_mb where it knows the memory it took.
measure_backend() {
    local cpu_before wall_before
    read_cpu
    cpu_before=$cpu
    wall_before=${EPOCHREALTIME/./}
    ask "$1"
    wall_us=$((${EPOCHREALTIME/./} - wall_before))
    # The backend still ends its transaction when the answer is here.
    sleep 0.005
    read_cpu
    cpu_ns=$((cpu - cpu_before))
}

# ---- a connection for one text --------------------------------------------------------------------------------------

# What the process and its children took so far (user and system time, in ticks), the clock, and its memory.
export BENCH_LOOK='read -r s </proc/$BENCH_BACKEND/stat; set -- ${s##*) }; echo "#cpu $((${12} + ${13} + ${14} + ${15})) $(date +%s%N) $(sed -n "s/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p" /proc/$BENCH_BACKEND/status) $(sed -n "s/^RssShmem:[^0-9]*\([0-9]*\) kB/\1/p" /proc/$BENCH_BACKEND/status)"'

# Memory is its peak beyond the shared buffers it touched.
measure_fresh() {
    local report word cpu clock most shared cpu_before clock_before
    report=$(SHELL=/bin/sh sql -d "${fresh_database:-$PGDATABASE}" -c 'SET jit = off' -c 'SET max_parallel_workers_per_gather = 0' -f - <<SQL
SET client_min_messages = warning;
SELECT pg_backend_pid() AS pid \\gset
\\setenv BENCH_BACKEND :pid
\\! eval "\$BENCH_LOOK"
$1;
\\! eval "\$BENCH_LOOK"
SQL
    )
    read -r word cpu_before clock_before most shared < <(grep '^#cpu' <<<"$report" | head -n 1)
    read -r word cpu clock most shared < <(grep '^#cpu' <<<"$report" | tail -n 1)
    answer=$(grep -v '^#cpu' <<<"$report" || true)
    cpu_ns=$(((cpu - cpu_before) * (1000000000 / ticks)))
    wall_us=$(((clock - clock_before) / 1000))
    peak_mb=$(((most - shared) / 1024))
}

# The command line has no output but errors.
measure_shell() {
    local real user system
    answer=
    read -r real user system < <({ TIMEFORMAT='%R %U %S'; time bash -c "$1"; } 2>&1 | tail -n 1)
    cpu_ns=$(awk -v s="$user" -v t="$system" 'BEGIN { printf "%.0f", (s + t) * 1e9 }')
    wall_us=$(awk -v s="$real" 'BEGIN { printf "%.0f", s * 1e6 }')
}

# ---- DuckDB ---------------------------------------------------------------------------------------------------------

duckdb_version=1.5.6-r.1

# open_duckdb FOLDER FILE: installs DuckDB into FOLDER where it is not there yet, and opens the database FILE.
open_duckdb() {
    local folder=$1 file=$2
    if ! grep -qs "\"$duckdb_version\"" "$folder/package.json" || [ ! -d "$folder/node_modules/@duckdb" ]; then
        command -v npm >/dev/null || { echo "bench: DuckDB needs node and npm; BENCH_DUCKDB=no leaves it out" >&2; exit 1; }
        echo "    installing DuckDB $duckdb_version from npm into $folder" >&2
        mkdir -p "$folder"
        echo '{"private": true}' >"$folder/package.json"
        (cd "$folder" && npm install --no-audit --no-fund --loglevel=error --save-exact "@duckdb/node-api@$duckdb_version" >npm.log 2>&1) ||
            { cat "$folder/npm.log" >&2; echo "bench: no DuckDB; BENCH_DUCKDB=no leaves it out" >&2; exit 1; }
    fi
    mkdir -p "$folder/run"
    rm -f "$folder/run/to" "$folder/run/from" "$file" "$file.wal"
    mkfifo "$folder/run/to" "$folder/run/from"
    node "$bench/duckdb.mjs" "$folder" "$file" "${BENCH_THREADS:-2}" <"$folder/run/to" >"$folder/run/from" &
    duckdb_pid=$!
    exec {to_duckdb}>"$folder/run/to" {from_duckdb}<"$folder/run/from"
}

close_duckdb() {
    exec {to_duckdb}>&- {from_duckdb}<&-
    wait "$duckdb_pid"
}

# Runs SQL in DuckDB; leaves its rows in $answer, tabs between the columns.
measure_duckdb() {
    local line word
    answer=
    printf '%s\n#go\n' "$1" >&"$to_duckdb"
    while :; do
        IFS= read -r -u "$from_duckdb" line || { echo "bench: DuckDB ended at: $1" >&2; exit 1; }
        [[ $line != '#done '* ]] || break
        answer+=${answer:+$'\n'}$line
    done
    read -r word cpu_ns wall_us <<<"$line"
}

# ---- an export ------------------------------------------------------------------------------------------------------

# describe_export EXPORT: leaves its files in $files, how they are inflated in $unzip, the names of its columns in $columns
# and those of the table bill, with their types, in $typed.
describe_export() {
    files=("$1"/data/*/*.csv.gz)
    # The inflater of isa-l is the fastest there is; PostgreSQL gets it too.
    unzip='gzip -dc'
    ! command -v igzip >/dev/null || unzip='igzip -dc'
    columns=$({ $unzip "${files[0]}" || true; } 2>/dev/null | head -n 1)
    typed=$(sql -F ' ' -c "SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = 'bill'::regclass AND attnum > 0 ORDER BY attnum")
}

# read_export_in_duckdb EXPORT FOLDER: what was described, as AWS writes it: $in_csv reads its files, $wanted are the columns
# that matter, $parquet is the export as Parquet below FOLDER. Views of five attributes stand on each: parquet_regex,
# parquet_two_level, the same with csv and with native, a table of DuckDB's own.
read_export_in_duckdb() {
    local export=$1 folder=$2 types source name
    # What PostgreSQL's table has; maps stay JSON text, which is cheaper to group by than a map.
    types=$(sed "s/ timestamp with time zone$/ TIMESTAMP/; s/ numeric$/ DECIMAL(18,10)/; s/ \(text\|jsonb\)$/ VARCHAR/" <<<"$typed")
    in_csv="read_csv('$export/data/*/*.csv.gz', header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', hive_partitioning = false,
        columns = {$(tr ',' '\n' <<<"$columns" | types=$types awk 'BEGIN { n = split(ENVIRON["types"], list, "\n"); for (i = 1; i <= n; ++i) { split(list[i], f, " "); type[f[1]] = f[2] } }
            { printf "%s\047%s\047: \047%s\047", (NR > 1 ? ", " : ""), $0, (($0 in type) ? type[$0] : "VARCHAR") }')})"
    wanted=$(cut -d' ' -f1 <<<"$types" | paste -sd,)
    # AWS writes Parquet itself, so this is no part of a load. All columns, a folder a period, snappy, as AWS has it.
    parquet=$folder/parquet-${export##*/}
    if [ ! "$parquet.complete" -nt "$export.complete" ]; then
        rm -rf "$parquet"
        echo '    writing the export as Parquet' >&2
        measure_duckdb "COPY (SELECT *, strftime(bill_billing_period_start_date, '%Y-%m') AS BILLING_PERIOD FROM $in_csv)
            TO '$parquet' (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (BILLING_PERIOD))"
        touch "$parquet.complete"
    fi
    bedrock_of() {
        echo "SELECT line_item_resource_id, line_item_usage_type, line_item_iam_principal, tags, line_item_unblended_cost FROM $1
              WHERE line_item_product_code IN ('AmazonBedrock', 'AmazonBedrockService', 'AmazonBedrockFoundationModels', 'AmazonBedrockAgentCore')
                 OR bill_billing_entity = 'AWS Marketplace' AND product LIKE '%\"product_name\":\"%Bedrock%'"
    }
    for source in "parquet read_parquet('$parquet/*/*.parquet',hive_partitioning=false)" "csv $in_csv" 'native native'; do
        name=${source%% *}
        [ "$name" != native ] || measure_duckdb 'CREATE TABLE IF NOT EXISTS native (bill_billing_entity VARCHAR, line_item_product_code VARCHAR, product VARCHAR,
            line_item_resource_id VARCHAR, line_item_usage_type VARCHAR, line_item_iam_principal VARCHAR, tags VARCHAR, line_item_unblended_cost DECIMAL(18,10))'
        measure_duckdb "CREATE OR REPLACE VIEW ${name}_line AS $(bedrock_of "${source#* }");
            $(sed "s/\<line_\(regex\|two_level\)\>/${name}_\1/; s/\<FROM line\>/FROM ${name}_line/" "$bench/five_attributes_duckdb.sql")"
    done
}

# ---- rounds ---------------------------------------------------------------------------------------------------------

# run_section SECTION ROUNDS [FIRST]: runs every query of a section once per round; FIRST numbers the first round.
# An answer that changes stops the run.
run_section() {
    local section=$1 rounds=$2 number=${3:-1} round i first=()
    for ((round = 1; round <= rounds; ++round, ++number)); do
        printf '    %s: round %d of %d\n' "$section" "$round" "$rounds" >&2
        for i in "${!names[@]}"; do
            [ "${sections[i]}" = "$section" ] || continue
            peak_mb=
            "measure_${engines[i]}" "${texts[i]}"
            [ "${names[i]}" != - ] || continue
            [ "$round" != 1 ] || first[i]=$answer
            [ "$answer" = "${first[i]}" ] || { printf 'bench: two answers to: %s\n%s\n%s\n' "${texts[i]}" "${first[i]}" "$answer" >&2; exit 1; }
            printf '%d\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n' "$i" "$section" "${names[i]}" "${bases[i]}" "${targets[i]}" \
                "$number" "$cpu_ns" "$wall_us" "$peak_mb" >>"$figures"
        done
    done
}

# print_figures LINES: the figures so far as a table (Markdown); the medians also go to $figures.medians.
print_figures() { sql -v lines="$1" -v medians="$figures.medians" -f "$bench/table.sql" <"$figures"; }
