#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Brings the deliveries of a Cost and Usage Report from S3 into PostgreSQL: copies what is new in the bucket, and loads
# each month that was delivered completely and changed since it was loaded. README.md beside it says how to install it.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: cur_nightly.sh [--all]
  --all   load every month again, also what is loaded: after the database was
          made anew
Set in the environment:
  CUR_S3        folder of one export: s3://BUCKET/PREFIX/EXPORT
  CUR_DIR       folder of this script alone, for the copy and what it remembers
  CUR_CHECKOUT  folder of bedrock_cost (default: the one this script lies in,
                else the command bedrock-cost of the package)
  CUR_TABLE     table to keep the lines in (default: as ./run load decides)
  CUR_ALERT     command that gets the log of a run that failed, on standard input
  CUR_PATIENCE  seconds that deliveries of a month may be under way whenever
                this runs (default: 86400)
  PGHOST, PGSERVICE, PGDATABASE ...
                where to load, as for psql
Exit status: 0 all that is complete is loaded; 1 something failed, the next run
tries again; 2 a setting is wrong; 75 another run is at work, nothing was done.
TEXT
}

log() { printf '%s %s\n' "$(date -u +%FT%TZ)" "$*"; }

# ---- settings ---------------------------------------------------------------------------------------------------------

wrong() { printf 'cur_nightly: %s\n' "$*" >&2; exit 2; }
all=no
case ${1:-} in
    '') ;;
    --all) all=yes ;;
    -h | --help) usage; exit ;;
    *) usage >&2; wrong "unknown argument $1" ;;
esac
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
load=("${CUR_CHECKOUT:-$here/../../..}/control/load.sh")
[ -n "${CUR_CHECKOUT:-}" ] || [ -x "${load[0]}" ] || load=(bedrock-cost load)
[[ ${CUR_S3:-} =~ ^s3://([^/]+)/?(.*[^/])?/*$ ]] || wrong "CUR_S3 must be the folder of an export, s3://BUCKET/PREFIX/EXPORT"
bucket=${BASH_REMATCH[1]} prefix=${BASH_REMATCH[2]}
if [ ! -d "${CUR_DIR:-}" ] || [ ! -w "$CUR_DIR" ]; then wrong "CUR_DIR must be a folder that $(id -un) may write"; fi
command -v "${load[0]}" >/dev/null || wrong "there is no ${load[0]}: install the package bedrock-cost, or name a checkout in CUR_CHECKOUT"
patience=${CUR_PATIENCE:-86400}
[[ $patience =~ ^[0-9]+$ ]] || wrong "CUR_PATIENCE is a number of seconds"
for program in aws psql flock; do command -v $program >/dev/null || wrong "there is no $program"; done
export BEDROCK_PARQUET=$CUR_DIR/parquet       # where the reader of Parquet is kept

copy=$CUR_DIR/export loaded=$CUR_DIR/loaded
mkdir -p "$copy" "$loaded" "$CUR_DIR/waiting"

# ---- one run at a time, and a failed one is told -----------------------------------------------------------------------

# The lock goes with the process, however it ends.
exec 9>"$CUR_DIR/lock"
flock -n 9 || { log 'another run is at work'; exit 75; }

report=$CUR_DIR/last-run.log
tell() {
    local status=$?
    exec >&3 2>&1
    wait "$tee"
    [ $status = 0 ] || [ -z "${CUR_ALERT:-}" ] || bash -c "$CUR_ALERT" <"$report" 9>&- || log "the alert failed: $CUR_ALERT"
}
exec 3>&1 > >(exec tee "$report" 9>&-) 2>&1
tee=$!
trap tell EXIT

# ---- the copy ------------------------------------------------------------------------------------------------------------

# A run of sync that finds nothing to copy proves that the copy is the bucket as it was then: without it, files of two
# deliveries could lie beside each other where AWS wrote one meanwhile. Without --exact-timestamps a file that was written
# again with as many bytes would be left as it is. Nothing is deleted: what no manifest names is not read.
state_of_copy() { find "$copy" -type f -printf '%P %s %T@\n' | LC_ALL=C sort; }
log "copying s3://$bucket/$prefix"
before='' now=none runs=0
while [ "$now" != "$before" ]; do
    runs=$((runs + 1))
    [ $runs -le 5 ] || { log "s3://$bucket/$prefix changes all the time"; exit 1; }
    before=$now
    aws s3 sync "s3://$bucket/$prefix" "$copy" --exact-timestamps --only-show-errors 9>&- ||
        { log 'aws s3 sync failed: nothing is loaded'; exit 1; }
    now=$(state_of_copy)
done

# ---- each month ----------------------------------------------------------------------------------------------------------

# ./run load knows from the manifests which files belong to the newest delivery of a month, and which months there are.
months=$("${load[@]}" --list "$copy" 9>&-) || { log "the copy cannot be read: $copy"; exit 1; }
months=$(sed -n 's/\tmanifest$//p' <<<"$months")
[ -n "$months" ] || { log "no manifest in s3://$bucket/$prefix: is it the folder of an export?"; exit 1; }

failed=0
# load_month FOLDER MARK: 1 where it failed.
load_month() {
    local name=${1##*/} state=$loaded/${1##*/} waiting=$CUR_DIR/waiting/${1##*/} status=0
    if [ $all = no ] && [ -f "$state" ] && [ "$(cat -- "$state")" = "$2" ]; then
        log "$name: unchanged"
        return 0
    fi
    log "$name: loading"
    "${load[@]}" ${CUR_TABLE:+--table "$CUR_TABLE"} "$1" </dev/null 9>&- || status=$?
    if [ $status = 75 ]; then
        [ -e "$waiting" ] || touch -- "$waiting"
        if [ $(($(date +%s) - $(stat -c %Y -- "$waiting"))) -ge "$patience" ]; then
            log "$name: a delivery is under way for more than $patience seconds"
            return 1
        fi
        log "$name: a delivery is under way; left to the next run"
        return 0
    fi
    [ $status = 0 ] || { log "$name: was not loaded; what was there before is there as before"; return 1; }
    # Remembered only now: what failed is tried again by the next run.
    printf '%s' "$2" >"$state.new" && mv -- "$state.new" "$state" && rm -f -- "$waiting" || return 1
    log "$name: loaded"
}
while IFS=$'\t' read -r folder mark; do
    load_month "$folder" "$mark" || failed=$((failed + 1))
done < <(LC_ALL=C sort <<<"$months")
[ $failed = 0 ] || { log "$failed month(s) failed; the next run tries again"; exit 1; }
log 'done'
