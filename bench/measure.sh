# SPDX-License-Identifier: PostgreSQL
# Times SQL in one backend: its CPU time and the wall time, in rounds that run every query once (A B C, A B C, ...).
# Sourced. Needs the connection in the environment (PGHOST, PGDATABASE) and $figures, the file the figures go to.
# shellcheck shell=bash

names=() sections=() bases=() targets=() texts=()

# section, name, name of the query it is compared with (or -), target of the ratio (or -), SQL
query() {
    sections+=("$1") names+=("$2") bases+=("$3") targets+=("$4") texts+=("$5")
}

# Opens the one connection of the run.
open_session() {
    coproc session { exec psql -X -q -At -v ON_ERROR_STOP=1; }
    # The descriptors of a coprocess vanish with it; copies do not.
    exec {to_session}>&"${session[1]}" {from_session}<&"${session[0]}"
    ask 'SELECT pg_backend_pid()'
    backend=$answer
    ask 'SET jit = off; SET max_parallel_workers_per_gather = 0'
    ticks=$(getconf CLK_TCK)
}

close_session() {
    exec {to_session}>&- {from_session}<&- {session[0]}<&- {session[1]}>&-
    wait
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

# Runs every query of a section once per round. An answer that changes stops the run.
run_section() {
    local section=$1 rounds=$2 round i cpu_before wall_before wall first=()
    for ((round = 1; round <= rounds; ++round)); do
        printf '    %s: round %d of %d\n' "$section" "$round" "$rounds" >&2
        for i in "${!names[@]}"; do
            [ "${sections[i]}" = "$section" ] || continue
            read_cpu
            cpu_before=$cpu
            wall_before=${EPOCHREALTIME/./}
            ask "${texts[i]}"
            wall=$((${EPOCHREALTIME/./} - wall_before))
            # The backend still ends its transaction when the answer is here.
            sleep 0.005
            read_cpu
            [ "$round" != 1 ] || first[i]=$answer
            [ "$answer" = "${first[i]}" ] || { echo "bench: two answers to: ${texts[i]}" >&2; exit 1; }
            printf '%d\t%s\t%s\t%s\t%s\t%d\t%d\t%d\n' "$i" "$section" "${names[i]}" "${bases[i]}" "${targets[i]}" \
                "$round" $((cpu - cpu_before)) "$wall" >>"$figures"
        done
    done
}
