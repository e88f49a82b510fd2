#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# loader.sh [--once]: loads the exports below EXPORTS (/exports) into PGDATABASE, and again what is new or changed there:
#   bill/    Cost and Usage Reports of one format, CSV, CSV.gz or Parquet, as AWS lays them out: into the table cur. What
#            belongs to a delivery load.sh knows from the manifests.
#   logs/    model invocation logs
#   prices/  price lists of AWS
# A folder that holds files, or a month of an export, is loaded when two looks, INTERVAL seconds (60) apart, find the same
# files in it, for a copy may be under way. What was loaded is in the table loader.loaded. A folder that cannot be loaded is
# told, and tried again when it changes, or after ten looks, for it may have been the server that went away. With --once
# everything is taken as it lies there; status 1: something was not loaded.
set -euo pipefail
shopt -s inherit_errexit
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
exports=${EXPORTS:-/exports}
interval=${INTERVAL:-60}
once=no
case ${1:-} in --once) once=yes ;; '') ;; *) printf 'usage: loader.sh [--once]\n' >&2; exit 2 ;; esac
. "$here/progress.sh"
[ -r "$exports/." ] || die "$exports is no folder that $(id -un) (uid $(id -u)) can read: mount the exports there"

stop() {
    trap '' TERM INT
    [ -z "$child" ] || { kill -TERM -- "-$child" 2>/dev/null || true; wait "$child" 2>/dev/null || true; }
    exit 143
}
trap stop TERM INT
# In a group of its own, so that a signal reaches psql too, which then loads nothing.
run_group() { run_child setsid "$@"; }
sql() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }

# shellcheck disable=SC2034
bill=(-name '*.csv' -o -name '*.csv.gz' -o -name '*.parquet')
# shellcheck disable=SC2034
logs=(-name '*.json' -o -name '*.jsonl' -o -name '*.log' -o -name '*.csv' -o -name '*.gz')
# shellcheck disable=SC2034
prices=(-name '*.json' -o -name '*.csv' -o -name '*.gz')

# Lists have tabs and lines: such names are in none, as in load.sh --list.
in_no_list=(-path $'*\t*/*' -o -path $'*\n*')
# Long requests stand in data/ beside the logs, and are no logs.
besides=(! -name '.*' ! -path '*/BedrockModelInvocationLogs/*/data/*' ! \( "${in_no_list[@]}" \))

# KIND, FOLDER, and what is in it: files, bytes, sum of their times. Of the bill, a month of an export or a folder of files,
# in the order to load them in.
look() {
    local kind status=0
    [ ! -d "$exports/bill" ] || "$here/load.sh" --list "$exports/bill" |
        awk -F '\t' -v OFS='\t' '{ print ($3 == "manifest" ? "month" : "bill"), $1, $2 }' || status=1
    for kind in logs prices; do
        [ -d "$exports/$kind" ] || continue
        local -n names=$kind
        find -L "$exports/$kind" -type f \( "${names[@]}" \) "${besides[@]}" -printf '%Ts\t%s\t%h\n' |
            awk -F '\t' -v OFS='\t' -v kind="$kind" '
                { files[$3]++; bytes[$3] += $2; times[$3] += $1 }
                END { for (f in files) printf "%s\t%s\t%d/%d/%d\n", kind, f, files[f], bytes[f], times[f] }' |
            LC_ALL=C sort || status=1
    done
    return $status
}

# Each is told once.
declare -A told=()
tell_odd_names() {
    local path status=0
    while IFS= read -r -d '' path; do
        [ -z "${told[$path]:-}" ] || continue
        told[$path]=yes status=1
        printf 'error: %q: a name with a tab or a line break. It is not loaded; rename it\n' "$path" >&2
    done < <(find -L "$exports"/{bill,logs,prices} \( -type d -name $'*\t*' -o -name $'*\n*' \) -print0 -prune 2>/dev/null)
    return $status
}

# What is in the database already is not read again; what failed, not before it changes or some looks have passed.
declare -A loaded=() failed=() again=() before=()
looks=0 patience=10
known() {
    local folder fingerprint rows
    rows=$(sql -F $'\t' -c 'SELECT folder, fingerprint FROM loader.loaded') || return 1
    loaded=()
    [ -n "$rows" ] || return 0
    while IFS=$'\t' read -r folder fingerprint; do loaded[$folder]=$fingerprint; done <<<"$rows"
}
done_with() { # done_with FOLDER FINGERPRINT
    folder=$1 fingerprint=$2 sql <<'SQL'
\getenv folder folder
\getenv fingerprint fingerprint
INSERT INTO loader.loaded AS l (folder, fingerprint) VALUES (:'folder', :'fingerprint')
ON CONFLICT (folder) DO UPDATE SET fingerprint = excluded.fingerprint, loaded_at = now();
SQL
}

failed_with() { # failed_with FOLDER FINGERPRINT
    failed[$1]=$2 again[$1]=$((looks + patience))
}
say_again() { [ $once = yes ] || step "$1 was not loaded (above): tried again when it changes, or after $patience looks"; }

# load KIND FOLDER...: a month; or all files that lie in these folders, so many at once as a command line takes.
load() {
    [ "$1" != month ] || { run_group "$here/load.sh" --table cur "$2"; return; }
    local -n names=$1
    local kind=$1 files=() at status=0 command=("$here/load.sh")
    shift
    mapfile -d '' files < <(find -L "$@" -maxdepth 1 -type f \( "${names[@]}" \) ! -name '.*' -print0 | LC_ALL=C sort -z)
    case $kind in
        bill) command+=(--table cur) ;;
        logs) command=("$here/load_invocations.sh") ;;
        prices) command=("$here/load_prices.sh") ;;
    esac
    # A delivery is loaded whole.
    [ "$kind" != bill ] || { run_group "${command[@]}" "${files[@]}"; return; }
    for ((at = 0; at < ${#files[@]}; at += 4000)); do
        run_group "${command[@]}" "${files[@]:at:4000}" || status=1
    done
    return $status
}

# One look, and what it found new: status 1 when something of it could not be loaded.
pass() {
    local kind folder fingerprint status=0 text found=() unit
    declare -A folders=() now=()
    known || return 1
    looks=$((looks + 1))
    tell_odd_names || status=1
    # What cannot be read is told by find, and does not keep the rest from being loaded.
    text=$(look) || status=1
    [ -z "$text" ] || mapfile -t found <<<"$text"
    for unit in "${found[@]}"; do
        IFS=$'\t' read -r kind folder fingerprint <<<"$unit"
        now[$folder]=$fingerprint
        [ "${loaded[$folder]:-}" != "$fingerprint" ] || continue
        if [ "${failed[$folder]:-}" = "$fingerprint" ] && [ $looks -lt "${again[$folder]}" ]; then continue; fi
        [ $once = yes ] || [ "${before[$folder]:-}" = "$fingerprint" ] || continue
        if [ "$kind" = logs ] || [ "$kind" = prices ]; then
            folders[$kind]+=$folder$'\n'
            continue
        fi
        step "loading $folder"
        if load "$kind" "$folder"; then
            done_with "$folder" "$fingerprint"
        else
            failed_with "$folder" "$fingerprint"
            say_again "$folder"
            status=1
        fi
    done
    # Logs lie in a folder an hour.
    for kind in "${!folders[@]}"; do
        mapfile -t found <<<"${folders[$kind]%$'\n'}"
        step "loading $kind, ${#found[@]} folder(s)"
        if load "$kind" "${found[@]}"; then
            for folder in "${found[@]}"; do done_with "$folder" "${now[$folder]}"; done
        else
            for folder in "${found[@]}"; do failed_with "$folder" "${now[$folder]}"; done
            say_again "$kind"
            status=1
        fi
    done
    before=()
    for folder in "${!now[@]}"; do before[$folder]=${now[$folder]}; done
    return $status
}

if [ $once = yes ]; then pass || exit 1; exit 0; fi
step "watching $exports, every $interval s"
while true; do
    pass || true
    run_group sleep "$interval"
done
