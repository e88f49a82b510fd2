# SPDX-License-Identifier: PostgreSQL
# What scripts say while they work; they read it with `.`.
# shellcheck shell=bash
step() { printf '==> %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# A signal is heard at once while a command runs: run_child COMMAND...; $child is its process, for a trap.
child=''
run_child() {
    local status=0
    "$@" <&0 &
    child=$!
    wait $child || status=$?
    child=''
    return $status
}

# Everything a command says goes into a file; its last line is shown every ten seconds.
logged() { # logged FILE COMMAND...
    local file=$1 pid status=0 waited=0
    shift
    "$@" >>"$file" 2>&1 </dev/null &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        sleep 1
        waited=$((waited + 1))
        [ $((waited % 10)) != 0 ] || printf '    %4d s  %s\n' $waited "$(tail -n 1 "$file" | tr -d '\r' | cut -c1-66)" >&2
    done
    wait $pid || status=$?
    return $status
}
