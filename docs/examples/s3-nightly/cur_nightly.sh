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
  CUR_PATIENCE  seconds that a delivery may be under way (default: 86400)
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

copy=$CUR_DIR/export loaded=$CUR_DIR/loaded delivery=$CUR_DIR/delivery
mkdir -p "$copy" "$loaded"

# ---- one run at a time, and a failed one is told -----------------------------------------------------------------------

# The lock goes with the process, however it ends.
exec 9>"$CUR_DIR/lock"
flock -n 9 || { log 'another run is at work'; exit 75; }

report=$CUR_DIR/last-run.log
tell() {
    local status=$?
    exec >&3 2>&1
    wait "$tee"
    rm -rf "$delivery"
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

# ---- what was delivered ------------------------------------------------------------------------------------------------

# The keys that a manifest names, one a line: dataFiles of Data Exports, reportKeys of the legacy report. psql reads JSON.
keys_of() {
    MANIFEST=$1 psql -X -q -At -v ON_ERROR_STOP=1 <<'SQL'
\set manifest `cat "$MANIFEST"`
SELECT coalesce(e ->> 's3Uri', e ->> 'uri', e ->> 'key', e #>> '{}')
FROM jsonb_array_elements(coalesce(:'manifest'::jsonb -> 'dataFiles', :'manifest'::jsonb -> 'reportKeys')) AS e;
SQL
}

# The manifest of each month: the one in the folder of the month, which is that of the newest delivery, else the newest in
# the folders of single deliveries.
declare -A manifest_of=()
while IFS= read -r -d '' manifest; do
    [[ $manifest =~ ^(.*/(BILLING_PERIOD=[0-9]{4}-[0-9]{2}|[0-9]{8}-[0-9]{8}))/([^/]+/)?[^/]*Manifest\.json$ ]] || continue
    month=${BASH_REMATCH[1]} known=${manifest_of[${BASH_REMATCH[1]}]:-}
    if [ -z "${BASH_REMATCH[3]}" ] || [ -z "$known" ] || { [ "${known%/*}" != "$month" ] && [ "$manifest" -nt "$known" ]; }; then
        manifest_of[$month]=$manifest
    fi
done < <(find "$copy" -type f -name '*Manifest.json' -print0)
[ ${#manifest_of[@]} -gt 0 ] || { log "no manifest in s3://$bucket/$prefix: is it the folder of an export?"; exit 1; }

failed=0
# load_month NAME MANIFEST: 1 where it failed. The manifest is what AWS writes last, so a file that is younger belongs to a
# delivery that is not complete.
load_month() {
    local name=$1 manifest=$2 key file keys files=() mark='' newest=0 time state
    keys=$(keys_of "$manifest") || keys=''
    [ -n "$keys" ] || { log "$name: its manifest cannot be read: $manifest"; return 1; }
    while IFS= read -r key; do
        key=${key#"s3://$bucket/"}
        file=$copy/${key#"${prefix:+$prefix/}"}
        if [ "$key" != "${prefix:+$prefix/}${key#"${prefix:+$prefix/}"}" ] || [ ! -f "$file" ]; then
            log "$name: $key is in its manifest and not in s3://$bucket/$prefix"
            return 1
        fi
        time=$(stat -c %Y -- "$file")
        [ "$time" -le "$newest" ] || newest=$time
        mark+="$(stat -c '%s %Y' -- "$file") $key"$'\n'
        files+=("$file")
    done <<<"$keys"
    if [ "$newest" -gt "$(stat -c %Y -- "$manifest")" ]; then
        if [ $(($(date +%s) - newest)) -gt "$patience" ]; then
            log "$name: a delivery is under way for more than $patience seconds"
            return 1
        fi
        log "$name: a delivery is under way; left to the next run"
        return 0
    fi
    state=$loaded/$name
    if [ $all = no ] && [ -f "$state" ] && [ "$(cat -- "$state")" = "${mark%$'\n'}" ]; then
        log "$name: unchanged"
        return 0
    fi
    # A folder with the files of this delivery alone: beside them in the copy may lie chunks of an older, longer one.
    rm -rf "$delivery" && mkdir -p "$delivery/$name" && ln -- "${files[@]}" "$delivery/$name/" || return 1
    log "$name: loading ${#files[@]} file(s)"
    "${load[@]}" ${CUR_TABLE:+--table "$CUR_TABLE"} "$delivery/$name" </dev/null 9>&- ||
        { log "$name: was not loaded; what was there before is there as before"; return 1; }
    # Remembered only now: what failed is tried again by the next run.
    printf '%s' "$mark" >"$state.new" && mv -- "$state.new" "$state" || return 1
    log "$name: loaded"
}
while IFS= read -r month; do
    load_month "${month##*/}" "${manifest_of[$month]}" || failed=$((failed + 1))
done < <(printf '%s\n' "${!manifest_of[@]}" | LC_ALL=C sort)
[ $failed = 0 ] || { log "$failed month(s) failed; the next run tries again"; exit 1; }
log 'done'
