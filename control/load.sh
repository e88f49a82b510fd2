#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Loads Cost and Usage Report files: by the server itself where it can read them, else into a table through psql's
# client-side copy. All of them, or nothing.
set -euo pipefail
usage() {
    local default='PGHOST and its kin
         where set, else the database "bedrock" of the private server'
    [ -z "${BEDROCK_COMMAND:-}" ] || default='as psql connects'
    cat <<TEXT
usage: ${BEDROCK_COMMAND:-./run load} [--table NAME] [--to CONNINFO] [--force]
                  [--allow-monthly] [--partial append] [--list] FILE...
  FILE   a Cost and Usage Report as AWS writes it, CSV, CSV.gz or Parquet:
         CUR 2.0, legacy CUR or FOCUS; or a folder: every such file below it.
         Where AWS's manifests are there too (the folder of an export, or of a
         month of it), exactly the files that the newest manifest of each month
         names: where an export shrinks, AWS leaves its old chunks behind.
         Parquet needs node and npm; its reader (DuckDB, 70 MB) is fetched once.
         Model invocation logs of Bedrock (JSON lines, plain or gzip) are
         recognized and loaded too, and AWS's price lists (offer files of
         Bedrock, JSON or CSV, plain or gzip)
  --table NAME
         table to keep the lines in, made from the header where it does not
         exist. Without it the server reads the files itself where it can (same
         machine, role with pg_read_server_files, CSV): faster, and no line is
         kept, only what bedrock.spend needs; where it cannot, or a table cur is
         attached, the lines go into a table cur
  --to CONNINFO
         where to load: a psql connection string (default: $default)
  --force
         load although an essential column is missing, or although a newer
         delivery is loaded
  --allow-monthly
         take an export of MONTHLY granularity: none of its lines can be placed
         by day
  --partial append
         the files are only a part of a delivery: add them, and keep what the
         table holds of their periods
  --list
         load nothing and ask no server: print what there is to load below
         folders, the newest last. A line is a folder to load, a mark that
         changes when one of its files does, and "manifest" where there is one,
         with tabs between; without a manifest it is the files of the folder
         itself
Rows of a payer and billing period that the table holds already are replaced: a
report always carries the whole month. The table is then attached as a source of
its name (without --table: cur), and bedrock.spend brought up to date, all in
one transaction.
exit codes: 0 loaded, 1 an error, and nothing was loaded (of logs: all files but
            those without a record), 2 misused, 75 a delivery is under way (a
            file is newer than its manifest) and nothing was loaded: load again
            later, 130 interrupted
TEXT
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# ---- hidden: one file's text, with progress on descriptor 3 ---------------------------------------------------------

feed() {
    local file=$1 of=$2 size pid position at=0 pause=5
    size=$(stat -Lc %s -- "$file")
    [ -t 3 ] && pause=1
    if [[ $file == *.gz ]]; then gzip -dc <"$file" & else cat <"$file" & fi
    pid=$!
    while sleep 0.2 && kill -0 "$pid" 2>/dev/null; do
        at=$((at + 1))
        [ $((at % (pause * 5))) = 0 ] || continue
        position=$(sed -n 's/^pos:[[:space:]]*//p' "/proc/$pid/fdinfo/0" 2>/dev/null || true)
        [ -n "$position" ] && [ "$size" -gt 0 ] &&
            printf '    %s %s: %d %%\n' "$of" "${file##*/}" $((position * 100 / size)) >&3
    done
    wait "$pid" || { printf '#broken\n' >&2; exit 1; }
}

if [ "${1:-}" = --feed ]; then
    mapfile -t files <<<"$BEDROCK_FILES"
    of="[$(($2 + 1))/${#files[@]}]"
    if [ "$BEDROCK_IS_PARQUET" = yes ]; then
        node "$here/parquet/read.mjs" csv "${files[$2]}" "$of" || { printf '#broken\n' >&2; exit 1; }
    else
        feed "${files[$2]}" "$of"
    fi
    exit
fi
. "$here/script.sh"

# ---- what reads Parquet -----------------------------------------------------------------------------------------------

lacks() { die "Parquet files are read with DuckDB under node, and there is no $1 here: apt-get install nodejs npm (node 18 or newer), or deliver the export as CSV (gzip)"; }

# Fetched once, into a folder beside the private server; whole, or not at all.
need_reader() {
    local version new pid waited=0
    command -v node >/dev/null || lacks node
    export BEDROCK_PARQUET=${BEDROCK_PARQUET:-$(cd "$here/.." && pwd)/.run/parquet}
    new=$BEDROCK_PARQUET.$$
    version=$(sed -n 's/.*"@duckdb\/node-api": "\([^"]*\)".*/\1/p' "$here/parquet/package.json")
    [ "$(cat "$BEDROCK_PARQUET/version" 2>/dev/null)" = "$version" ] && return
    command -v npm >/dev/null || lacks npm
    rm -rf "$BEDROCK_PARQUET" "$new"
    mkdir -p "$new"
    cp "$here"/parquet/package*.json "$new/"
    printf '==> fetching what reads Parquet: npm package @duckdb/node-api %s (70 MB, once)\n' "$version" >&2
    (cd "$new" && exec npm ci --ignore-scripts --include=optional --no-audit --no-fund --fetch-retries=1 --loglevel=error) >"$new/log" 2>&1 &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        sleep 0.2 || true
        [ $interrupted = no ] || { kill $pid; rm -rf "$new"; exit 130; }
        waited=$((waited + 1))
        [ $((waited % 25)) != 0 ] || printf '    %s MB\n' "$(du -sm "$new" | cut -f1)" >&2
    done
    if ! wait $pid; then
        grep -v '^npm \(warn\|notice\)' "$new/log" | head -n 4 >&2
        rm -rf "$new"
        die "npm could not fetch @duckdb/node-api $version (above). It is needed once, with access to an npm registry; without, deliver the export as CSV (gzip). Nothing was loaded"
    fi
    rm "$new/log"
    printf '%s\n' "$version" >"$new/version"
    mv -T "$new" "$BEDROCK_PARQUET" 2>/dev/null || rm -rf "$new"
}

# ---- hidden: for an image, that alone ------------------------------------------------------------------------------
if [ "${1:-}" = --fetch-reader ]; then
    need_reader
    exit
fi

# ---- arguments ------------------------------------------------------------------------------------------------------

check=no list=no table=cur keep_lines=no force=no monthly=no partial=no to=() files=()
while [ $# -gt 0 ]; do
    case $1 in
        --table | --to | --partial) [ $# -gt 1 ] || misused "$1 needs a value" ;;&
        --table) table=$2 keep_lines=yes; shift ;;
        --to) to=(-d "$2"); shift ;;
        # Only what the files can be told wrong of without a server.
        --check) check=yes ;;
        --list) list=yes ;;
        --force) force=yes ;;
        --allow-monthly) monthly=yes ;;
        --partial) [ "${2:-}" = append ] || misused "--partial knows one way: append"; partial=yes; shift ;;
        -h | --help) usage; exit ;;
        -*) misused "load knows no $1" ;;
        *) files+=("$1") ;;
    esac
    shift
done
[ ${#files[@]} -gt 0 ] || misused "no file named"
for file in "${files[@]}"; do
    [ -e "$file" ] || die "$file: no such file"
    [ -r "$file" ] || die "$file: not readable by $(id -un)"
    [[ $file != *[Mm]anifest.json ]] || die "$file is a manifest, not a data file: name its folder"
done

# ---- which files were delivered ---------------------------------------------------------------------------------------
#
# Data Exports:  EXPORT/data/BILLING_PERIOD=2026-11/[RUN/]NAME-00001.csv.gz
#                EXPORT/metadata/BILLING_PERIOD=2026-11/[RUN/]NAME-Manifest.json
# legacy report: REPORT/20261101-20261201/[ASSEMBLY/]NAME-00001.csv.gz, NAME-Manifest.json
# The manifest is what AWS writes last. The one in the folder of a month is that of its newest delivery; where there is
# none, the newest of those in the folders of single deliveries is. As bedrock_internal.export_deliveries knows it.

of_bill=(-name '*.csv' -o -name '*.csv.gz' -o -name '*.parquet')
find_files() { find -L "$@" -type f ! -name '.*' \( "${of_bill[@]}" \); }
find_manifests() { find -L "$@" -type f \( -name Manifest.json -o -name '*-Manifest.json' \) ! -name '.*'; }

# place PATH: root, the folder of the export; period, its month; tail, from the folder of the month on. Without a folder of a
# month its own folder and its name.
place() {
    shopt -s nocasematch
    if [[ $1 =~ ^(.*)/(billing_period=[0-9]{4}-[0-9]{2}|[0-9]{8}-[0-9]{8}|year=[0-9]{4}/month=[0-9]{1,2})/(.*)$ ]]; then
        root=${BASH_REMATCH[1]} period=${BASH_REMATCH[2]} tail=${BASH_REMATCH[2]}/${BASH_REMATCH[3]}
        root=${root%/data} root=${root%/metadata}
    else
        root=${1%/*} period='' tail=${1##*/}
    fi
    shopt -u nocasematch
}

# survey FOLDER: places, where its files and manifests lie; newest, the manifest of each month; exports, the folders of exports
# that have manifests: in them a file without one is none. data/... and metadata/... belong together.
survey() {
    local beside='' rest found manifest month known
    places=("$1")
    if [[ $1/ =~ ^(.*)/(data|metadata)/(.*)$ ]] && [ -d "${BASH_REMATCH[1]}/metadata" ]; then
        beside=${BASH_REMATCH[1]} rest=${BASH_REMATCH[3]%/} places=()
        for found in "$beside/data${rest:+/$rest}" "$beside/metadata${rest:+/$rest}"; do [ ! -d "$found" ] || places+=("$found"); done
        [ -z "$(find_manifests "$beside/metadata")" ] || exports[$beside]=yes
    fi
    found=$(find_manifests "${places[@]}") || return 1
    [ -n "$found" ] || return 0
    while IFS= read -r manifest; do
        place "$manifest"
        exports[$root]=yes month=$root/$period/${manifest##*/} known=${newest[$root/$period/${manifest##*/}]:-}
        if [ "$tail" = "$period/${manifest##*/}" ] || [ -z "$known" ] ||
            { [ "${known%/*}" != "${manifest%"/$tail"}/$period" ] && [ "$manifest" -nt "$known" ]; }; then
            newest[$month]=$manifest
        fi
    done <<<"$found"
}
has_manifests() { # has_manifests FILE: it lies in an export that has
    local folder
    for folder in "${!exports[@]}"; do [[ $1 != "$folder"/* ]] || return 0; done
    return 1
}

declare -A newest=() exports=() delivered=()
# FOLDER, and its files, their bytes and the sum of their times. Of two deliveries of a month the newer one comes last.
list_folders() {
    local folder manifest unit time size path root period tail status=0
    local -A count=() bytes=() times=() last=() of=() unit_of=()
    for folder in "${files[@]}"; do
        [ -d "$folder" ] || misused "--list is of folders: $folder is none"
        newest=() exports=()
        # Without a manifest that is there old chunks would count.
        survey "$(realpath -- "$folder")" || { status=1; continue; }
        unit_of=()
        for manifest in "${newest[@]}"; do
            place "$manifest"
            unit=${manifest%"/$tail"}${period:+/$period}
            unit_of[$root/$period]=$unit of[$unit]=manifest
        done
        while IFS=$'\t' read -r time size path; do
            place "$path"
            unit=${unit_of[$root/$period]:-}
            if [ -z "$unit" ]; then
                ! has_manifests "$path" || continue
                unit=${path%/*}
            fi
            count[$unit]=$((${count[$unit]:-0} + 1)) bytes[$unit]=$((${bytes[$unit]:-0} + size)) times[$unit]=$((${times[$unit]:-0} + time))
            [ "$time" -le "${last[$unit]:-0}" ] || last[$unit]=$time
        done < <(find -L "${places[@]}" -type f ! -name '.*' \( "${of_bill[@]}" -o -name '*Manifest.json' \) \
            ! -path $'*\t*/*' ! -path $'*\n*' -printf '%Ts\t%s\t%p\n' 2>/dev/null)
    done
    for unit in "${!count[@]}"; do
        printf '%s\t%s\t%s/%s/%s\t%s\n' "${last[$unit]}" "$unit" "${count[$unit]}" "${bytes[$unit]}" "${times[$unit]}" "${of[$unit]:-}"
    done | LC_ALL=C sort -t $'\t' -k 1,1n -k 2,2 | cut -f 2-
    return $status
}
if [ $list = yes ]; then
    list_folders || exit 1
    exit 0
fi

# read_manifest MANIFEST: delivered, the files that it names, one a line. psql reads JSON. A key of the bucket is known by what
# follows the folder of the export: the copy need not have what stands before.
read_manifest() {
    local status=0 keys key home month root period tail
    [ -z "${delivered[$1]:-}" ] || return 0
    keys=$(MANIFEST=$1 PGCLIENTENCODING=UTF8 psql -X -q -At -v ON_ERROR_STOP=1 "${to[@]}" 2>"$scratch/errors" <<'SQL'
\set manifest `cat "$MANIFEST"`
SELECT coalesce(e ->> 's3Uri', e ->> 'uri', e ->> 'key', e #>> '{}', '')
FROM jsonb_array_elements(coalesce(:'manifest'::jsonb -> 'dataFiles', :'manifest'::jsonb -> 'reportKeys')) AS e;
SQL
    ) || status=$?
    if [ $status = 2 ]; then cat "$scratch/errors" >&2; die "nothing was loaded"; fi
    if [ $status != 0 ] || [ -z "$keys" ] || grep -qx '' <<<"$keys"; then
        die "$1: it names no files as a manifest of AWS does$(sed -n 's/.*ERROR: */: /p' "$scratch/errors" | head -n 1). Copy it again. Nothing was loaded"
    fi
    place "$1"
    [[ $1 != "$root"/metadata/* ]] || root+=/data
    home=$root month=$period
    while IFS= read -r key; do
        place "/${key#s3://*/}"
        [ -n "$month" ] || tail=${key##*/}
        printf '%s\n' "$home/$tail"
    done <<<"$keys" >"$scratch/delivered"
    delivered[$1]=$(LC_ALL=C sort -u "$scratch/delivered")
}
# Of a delivery that is there in part nothing is loaded.
refuse_half() { # refuse_half MANIFEST
    local file
    while IFS= read -r file; do
        [ -f "$file" ] || die "$file is not there, and the manifest names it: $1. The copy is not complete: copy it again (aws s3 sync). Nothing was loaded"
    done <<<"${delivered[$1]}"
    while IFS= read -r file; do
        [ "$(stat -Lc %Y -- "$file")" -le "$(stat -Lc %Y -- "$1")" ] || {
            printf 'error: %s\n' "$file is newer than its manifest $1: a delivery is under way. Nothing was loaded; load it when the manifest is there too. (Where the copy has lost the times of the files: touch the manifest.)" >&2
            exit 75
        }
    done <<<"${delivered[$1]}"
}

take_folder() {
    local folder found left=0 first='' before=${#files[@]} manifest path
    folder=$(realpath -- "$1")
    newest=() exports=()
    survey "$folder" && found=$(find_files "${places[@]}" | LC_ALL=C sort) || die "$1: not readable by $(id -un)"
    [ -n "$found" ] || [ ${#newest[@]} -gt 0 ] || die "$1: no file *.csv, *.csv.gz or *.parquet below this folder"
    if [ $check = yes ] && [ ${#exports[@]} -gt 0 ]; then return; fi
    for manifest in "${newest[@]}"; do
        read_manifest "$manifest"
        refuse_half "$manifest"
        while IFS= read -r path; do governed[$path]=$manifest files+=("$path"); done <<<"${delivered[$manifest]}"
    done
    while IFS= read -r path; do
        if [ -z "$path" ] || [ -n "${governed[$path]:-}" ]; then continue; fi
        if has_manifests "$path"; then left=$((left + 1)) first=${first:-$path}; else files+=("$path"); fi
    done <<<"$found"
    [ $left = 0 ] || printf 'not read, since no manifest names them: %d file(s), the first of them %s\n' $left "$first" >&2
    [ ${#files[@]} -gt "$before" ] || { printf 'error: %s\n' "$1: no manifest names its files yet: a delivery is under way. Nothing was loaded" >&2; exit 75; }
}
# A single file: where manifests of its month are there, one of them names it, and then the whole delivery must be named.
take_file() {
    local path folder folders=() found manifest root period tail
    files+=("$1")
    [ "$partial" = no ] || return 0
    path=$(realpath -- "$1")
    place "$path"
    if [ -n "$period" ]; then
        for folder in "$root/metadata/$period" "$root/$period"; do [ ! -d "$folder" ] || folders+=("$folder"); done
        [ ${#folders[@]} -gt 0 ] || return 0
    else
        folders=("$root" -maxdepth 1)
    fi
    found=$(find_manifests "${folders[@]}") || die "$root: not readable by $(id -un)"
    [ -n "$found" ] || return 0
    governed[$path]=yes
    [ $check = no ] || return 0
    while IFS= read -r manifest; do
        read_manifest "$manifest"
        grep -qxF -- "$path" <<<"${delivered[$manifest]}" || continue
        whole[$manifest]=yes
        return 0
    done <<<"$found"
    die "$1: no manifest of its month names it: it is a part of an older delivery, or of one that is under way. Name the folder instead, and what belongs to it is loaded"
}

# ---- price lists and logs have loaders of their own -------------------------------------------------------------------

# Price lists begin with their format, or are an answer that has one.
is_price_list() {
    [ -f "$1" ] && grep -qaE '^[^[:alnum:]]*([Ff]ormatVersion|[Pp]riceList)"' < <(head -c 4096 < <(gzip -dcf -- "$1" 2>/dev/null) | tr -d '\n')
}
prices=0
for file in "${files[@]}"; do
    ! is_price_list "$file" || prices=$((prices + 1))
done
[ $prices = 0 ] || [ $prices = ${#files[@]} ] || die "some files are price lists and some are not: load them apart"
if [ $prices -gt 0 ]; then
    [ "$keep_lines$force$monthly$partial" = nononono ] || die "price lists know only --to"
    [ ${#to[@]} = 0 ] || to=(--to "${to[1]}")
    [ $check = no ] || exit 0
    exec "$here/load_prices.sh" "${to[@]}" "${files[@]}"
fi

# Model invocation logs are JSON, alone or behind a time, or rows of Logs Insights; they have a loader of their own.
is_log() {
    grep -qaE '^[^[:alnum:]]*([0-9]{4}-[0-9T:.Z+-]+ [^{]*)?[{[]|(^|[,"])@(message|timestamp)([,"]|.?$)' \
        < <(head -c 4096 < <(gzip -dcf -- "$1" 2>/dev/null) | head -n 1)
}
# What lies in a folder is told by its name, since a bucket has thousands of logs; only of CSV each file is looked at.
of_log=(-name '*.json' -o -name '*.jsonl' -o -name '*.json.gz' -o -name '*.jsonl.gz')
log='' other=''
sort_out() { # sort_out FILE...: the first log, and the first that is none
    local file
    for file; do
        if [[ $file != *.parquet ]] && is_log "$file"; then log=${log:-$file}; else other=${other:-$file}; fi
    done
}
for file in "${files[@]}"; do
    if [ -d "$file" ]; then
        mapfile -t found < <(find_files "$file" | LC_ALL=C sort)
        sort_out "${found[@]}"
        # A manifest belongs to the bill.
        while [ -z "$log" ] && IFS= read -r -d '' first; do
            ! is_log "$first" || log=$first
        done < <(find -L "$file" -type f \( "${of_log[@]}" \) ! -name '.*' ! -name '*anifest.json' ! -name '*-Metadata.json' -print0)
    else
        sort_out "$file"
    fi
done
[ -z "$log" ] || [ -z "$other" ] ||
    die "some files are model invocation logs ($log) and some are not ($other): load them apart"
if [ -n "$log" ]; then
    [ "$keep_lines$force$monthly$partial" = nononono ] || die "model invocation logs know only --to"
    [ ${#to[@]} = 0 ] || to=(--to "${to[1]}")
    [ $check = no ] || exit 0
    exec "$here/load_invocations.sh" "${to[@]}" "${files[@]}"
fi
# What each file and folder stands for.
scratch=$(mktemp -d)
cleanup() { rm -rf "$scratch"; }
named=("${files[@]}") files=()
declare -A governed=() whole=()
for file in "${named[@]}"; do
    if [ -d "$file" ]; then take_folder "$file"; else take_file "$file"; fi
done
# One file of a delivery alone would replace the whole month.
for manifest in "${!whole[@]}"; do
    refuse_half "$manifest"
    while IFS= read -r path; do
        [ -n "${governed[$path]:-}" ] ||
            die "$path belongs to the same delivery and is not named: name every chunk, or the folder, or say --partial append"
    done <<<"${delivered[$manifest]}"
done

declare -A format_of=() seen=() delivery=()
parquet=no
for file in "${files[@]}"; do
    [ -f "$file" ] || die "$file: no such file"
    [ -r "$file" ] || die "$file: not readable by $(id -un)"
    [[ $file != *$'\n'* ]] || die "$file: a file name with a line break"
    [ -s "$file" ] || die "$file: not a Cost and Usage Report: the file is empty"
    magic=$(head -c 2 -- "$file" | od -An -tx1 | tr -d ' ')
    if [[ $file == *.gz ]]; then [ "$magic" = 1f8b ] || die "$file: not a Cost and Usage Report: it is no gzip file"
    else [ "$magic" != 1f8b ] || die "$file: it is a gzip file: let its name end in .gz"; fi
    path=$(realpath -- "$file") identity=$(stat -Lc %d:%i -- "$file")
    [ -z "${seen[$identity]:-}" ] || die "$file is named twice: it is the same file as ${seen[$identity]}"
    seen[$identity]=$file
    if [[ $file == *.parquet ]] || [ "$(head -c 4 -- "$file" | tr -d '\0')" = PAR1 ]; then format_of[parquet]=$file parquet=yes; else format_of[CSV]=$file; fi
    # Where AWS keeps every delivery of a month, each has a folder of its own.
    if [[ $path =~ ^(.*/(BILLING_PERIOD=[0-9-]+|[0-9]{8}-[0-9]{8}))/(([^/]+)/)?[^/]+$ ]]; then
        month=${BASH_REMATCH[1]} folder=${BASH_REMATCH[4]:-.}
        [ "${delivery[$month]:-$folder}" = "$folder" ] ||
            die "$month holds more than one delivery of the month: $folder, ${delivery[$month]}. Name the files of one, usually the newest"
        delivery[$month]=$folder
    fi
done
[ ${#format_of[@]} -lt 2 ] || die "${format_of[parquet]} is Parquet, ${format_of[CSV]} is CSV: load them apart, a delivery is one or the other"

# A month comes in chunks ...-00001.csv.gz, ...-00002.csv.gz; one of them alone would replace the whole month.
if [ "$partial" = no ]; then
    declare -A looked_at=()
    for file in "${files[@]}"; do
        # Its manifest says more than numbers.
        [ -z "${governed[$file]:-}${governed[$(realpath -- "$file")]:-}" ] || continue
        [[ $file =~ ^(.*)-[0-9]{5}\.(csv|csv\.gz|parquet|snappy\.parquet)$ ]] || continue
        stem=${BASH_REMATCH[1]}
        [ -z "${looked_at[$stem]:-}" ] || continue
        looked_at[$stem]=yes
        count=0 last=0
        for sibling in "$stem"-[0-9][0-9][0-9][0-9][0-9].{csv,csv.gz,parquet,snappy.parquet}; do
            [ -f "$sibling" ] || continue
            number=${sibling#"$stem-"}
            number=$((10#${number%%.*}))
            count=$((count + 1))
            [ "$number" -le "$last" ] || last=$number
            for named in "${files[@]}"; do [ "$named" -ef "$sibling" ] && continue 2; done
            die "$sibling belongs to the same delivery and is not named: name every chunk, or say --partial append"
        done
        [ "$last" -le "$count" ] ||
            die "$file: chunk $last is there but only $count of the chunks up to it: the delivery is not complete"
    done
fi

[ $check = no ] || exit 0

[ $parquet = no ] || need_reader
touch "$scratch/kinds"

# ---- the header decides ---------------------------------------------------------------------------------------------

# The column names of a file, one a line (of a Parquet file: and into kinds, which of them are maps), without byte order mark, quotes and carriage return, cut to 63 bytes as
# PostgreSQL cuts names (one of CUR 2.0 is longer).
header() {
    local text
    if [ "$parquet" = yes ]; then
        node "$here/parquet/read.mjs" columns "$1" >"$scratch/read" 2>"$scratch/errors" ||
            die "$1 cannot be read as Parquet ($(sed -n 's/^parquet: //p' "$scratch/errors")). Nothing was loaded"
        LC_ALL=C awk -F '\t' -v OFS='\t' '{ $1 = substr($1, 1, 63) } $2 != "" { print >>"'"$scratch"'/kinds" } { print $1 }' "$scratch/read"
        return
    fi
    if [[ $1 == *.gz ]]; then text=$( (gzip -dc <"$1" 2>/dev/null || true) | head -n 1 | tr -d '\0'); else text=$(head -n 1 -- "$1" | tr -d '\0'); fi
    printf '%s\n' "$text" | sed -e '1s/^\xef\xbb\xbf//' -e 's/\r$//' | LC_ALL=C awk '{
        name = ""; quoted = 0; n = length($0)
        for (i = 1; i <= n; i++) {
            c = substr($0, i, 1)
            if (c == "\"") quoted = !quoted
            else if (c == "," && !quoted) { print substr(name, 1, 63); name = "" }
            else name = name c
        }
        print substr(name, 1, 63)
    }'
}

# name<TAB>type: what AWS documents as a number, a timestamp or a map; every other column is text.
typed() {
    awk -v kinds="$scratch/kinds" '
    BEGIN {
        while ((getline line < kinds) > 0) { split(line, pair, "\t"); type[pair[1]] = pair[2] }
        numbers = "line_item_blended_cost line_item_net_unblended_cost line_item_normalization_factor line_item_normalized_usage_amount line_item_unblended_cost line_item_usage_amount pricing_public_on_demand_cost discount_bundled_discount discount_total_discount reservation_amortized_upfront_cost_for_usage reservation_amortized_upfront_fee_for_billing_period reservation_effective_cost reservation_net_amortized_upfront_cost_for_usage reservation_net_amortized_upfront_fee_for_billing_period reservation_net_effective_cost reservation_net_recurring_fee_for_usage reservation_net_unused_amortized_upfront_fee_for_billing_period reservation_net_unused_recurring_fee reservation_net_upfront_value reservation_recurring_fee_for_usage reservation_unused_amortized_upfront_fee_for_billing_period reservation_unused_normalized_unit_quantity reservation_unused_quantity reservation_unused_recurring_fee reservation_upfront_value savings_plan_amortized_upfront_commitment_for_billing_period savings_plan_net_amortized_upfront_commitment_for_billing_period savings_plan_net_recurring_commitment_for_billing_period savings_plan_net_savings_plan_effective_cost savings_plan_recurring_commitment_for_billing_period savings_plan_savings_plan_effective_cost savings_plan_savings_plan_rate savings_plan_total_commitment_to_date savings_plan_used_commitment split_line_item_actual_usage split_line_item_net_split_cost split_line_item_net_unused_cost split_line_item_public_on_demand_split_cost split_line_item_public_on_demand_unused_cost split_line_item_reserved_usage split_line_item_split_cost split_line_item_split_usage split_line_item_split_usage_ratio split_line_item_unused_cost"
        numbers = numbers " lineItem/UsageAmount lineItem/NormalizationFactor lineItem/NormalizedUsageAmount lineItem/UnblendedCost lineItem/NetUnblendedCost lineItem/BlendedCost pricing/publicOnDemandCost reservation/EffectiveCost reservation/NetEffectiveCost reservation/UnusedAmortizedUpfrontFeeForBillingPeriod reservation/UnusedRecurringFee reservation/NetUnusedAmortizedUpfrontFeeForBillingPeriod reservation/NetUnusedRecurringFee savingsPlan/SavingsPlanEffectiveCost savingsPlan/NetSavingsPlanEffectiveCost savingsPlan/TotalCommitmentToDate savingsPlan/UsedCommitment"
        numbers = numbers " BilledCost EffectiveCost ListCost ContractedCost ConsumedQuantity PricingQuantity CommitmentDiscountQuantity ContractedUnitPrice ListUnitPrice PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice"
        times = "bill_billing_period_start_date bill_billing_period_end_date line_item_usage_start_date line_item_usage_end_date bill/BillingPeriodStartDate bill/BillingPeriodEndDate lineItem/UsageStartDate lineItem/UsageEndDate BillingPeriodStart BillingPeriodEnd ChargePeriodStart ChargePeriodEnd"
        maps = "tags resource_tags cost_category product discount Tags SkuPriceDetails x_Discounts x_CostCategories"
        split(numbers, list, " "); for (i in list) type[folded(substr(list[i], 1, 63))] = "numeric"
        split(times, list2, " "); for (i in list2) type[folded(list2[i])] = "timestamptz"
        split(maps, list3, " "); for (i in list3) type[folded(list3[i])] = "jsonb"
    }
    # As bedrock_internal.folded_column_name: billing_account_id is BillingAccountId.
    function folded(name) { name = tolower(name); gsub(/[_\/ ]/, "", name); return name }
    { print $0 "\t" ($0 in type ? type[$0] : folded($0) in type ? type[folded($0)] : "text") }'
}

essential_cur2="line_item_usage_account_id bill_payer_account_id bill_billing_period_start_date line_item_usage_start_date
    line_item_usage_end_date line_item_line_item_type line_item_product_code bill_billing_entity
    product|product_product_name line_item_usage_type line_item_unblended_cost line_item_currency_code"
essential_legacy="lineItem/UsageAccountId bill/PayerAccountId bill/BillingPeriodStartDate lineItem/UsageStartDate
    lineItem/UsageEndDate lineItem/LineItemType lineItem/ProductCode bill/BillingEntity product/ProductName
    lineItem/UsageType lineItem/UnblendedCost lineItem/CurrencyCode"
essential_focus="SubAccountId BillingAccountId BillingPeriodStart ChargePeriodStart ChargePeriodEnd ChargeCategory
    ServiceName BilledCost EffectiveCost BillingCurrency"

folded() { tr '[:upper:]' '[:lower:]' | tr -d '_/ '; }
# The column of this name, however its words are parted; empty: there is none.
column_named() { # column_named FILE-OF-NAMES NAME
    awk -v wanted="$(folded <<<"$2")" '{ name = tolower($0); gsub(/[_\/ ]/, "", name) } name == wanted { print; exit }' "$1"
}
format=
for i in "${!files[@]}"; do
    file=${files[i]}
    header "$file" >"$scratch/names.$i"
    has() { [ -n "$(column_named "$scratch/names.$i" "$1")" ]; }
    if grep -q '^lineItem/' "$scratch/names.$i"; then this=legacy essential=$essential_legacy
    elif has line_item_usage_type || has line_item_unblended_cost; then this=cur2 essential=$essential_cur2
    elif has BilledCost || has ChargePeriodStart; then this=focus essential=$essential_focus
    elif [ "$(wc -l <"$scratch/names.$i")" = 1 ] && grep -q '[;|'$'\t'']' "$scratch/names.$i"; then
        die "$file: not a Cost and Usage Report: its first line is one name, with semicolons, bars or tabs where AWS writes commas: $(cut -c1-60 "$scratch/names.$i")"
    elif [ -z "$(tr -d '\n' <"$scratch/names.$i")" ]; then
        die "$file: not a Cost and Usage Report: its first line is empty"
    elif LC_ALL=C grep -qa '[[:cntrl:]]' "$scratch/names.$i"; then
        die "$file: not a Cost and Usage Report: its first line is no text"
    else
        die "$file: not a Cost and Usage Report: its first line has none of the columns line_item_usage_type (CUR 2.0), lineItem/UsageType (legacy CUR) or BilledCost (FOCUS), but: $(head -n 5 "$scratch/names.$i" | paste -sd, | cut -c1-120)"
    fi
    [ -z "$format" ] || [ "$format" = "$this" ] ||
        die "$file is a ${this} export, ${files[0]} a ${format} one: load them into tables of their own (--table)"
    format=$this
    absent=
    for column in $essential; do
        found=no
        for name in ${column//|/ }; do has "$name" && found=yes; done
        [ $found = yes ] || absent+=" ${column//|/ or }"
    done
    [ -z "$absent" ] || [ "$force" = yes ] ||
        die "$file: essential columns are missing:$absent. Add them to the export, or load without them with --force"
    double=$(sort "$scratch/names.$i" | uniq -d | head -n 1)
    [ -z "$double" ] || die "$file: the column $double is there twice (PostgreSQL keeps the first 63 bytes of a name)"
done
cat "$scratch"/names.* | awk '!seen[$0]++' >"$scratch/names"

quote() { printf '"%s"' "${1//\"/\"\"}"; }
# What states payer, billing period and cost of a line, and what stands for it where its column is left out by force: SQL over
# an alias.
first_of() { # first_of NAME...: the first of these columns that is there
    local name found
    for name; do
        found=$(column_named "$scratch/names" "$name")
        [ -z "$found" ] || { printf '%s' "$found"; return; }
    done
}
case $format in
    cur2) payer=$(first_of bill_payer_account_id) period=$(first_of bill_billing_period_start_date) starts=$(first_of line_item_usage_start_date)
        cost=$(first_of line_item_unblended_cost line_item_net_unblended_cost line_item_blended_cost) ;;
    legacy) payer=$(first_of bill/PayerAccountId) period=$(first_of bill/BillingPeriodStartDate) starts=$(first_of lineItem/UsageStartDate)
        cost=$(first_of lineItem/UnblendedCost lineItem/NetUnblendedCost lineItem/BlendedCost) ;;
    focus) payer=$(first_of BillingAccountId) period=$(first_of BillingPeriodStart) starts=$(first_of ChargePeriodStart) cost=$(first_of BilledCost) ;;
esac
[ -n "$starts" ] && [ -n "$cost" ] || die "${files[0]}: neither the start of its usage nor a cost can be left out, by force either"
payer_of() { if [ -n "$payer" ]; then printf '%s.%s' "$1" "$(quote "$payer")"; else printf 'NULL::text'; fi; }
period_of() { if [ -n "$period" ]; then printf '%s.%s' "$1" "$(quote "$period")"; else printf "date_trunc('month', %s.%s)" "$1" "$(quote "$starts")"; fi; }

extension=$(psql -X -q -At "${to[@]}" -c "SELECT count(*) FROM pg_catalog.pg_extension WHERE extname = 'bedrock_cost'") ||
    die "nothing was loaded"
[ "$extension" = 1 ] ||
    die "this database has no extension bedrock_cost. Let a superuser say there: CREATE EXTENSION bedrock_cost (README, Install)"

# What the server says of arguments of its functions, as options of this command.
in_options() { sed -u -E "s/(^|[^(])force => true/\1--force/g; s/allow_monthly => true/--allow-monthly/g; s/partial => 'append'/--partial append/g"; }
# Where another source has the same bill, the one loaded does not count.
not_counted="FROM bedrock.bill_total AS t WHERE t.source = $(literal "$table") AND t.superseded"
not_counted="SELECT count(*) > 0 AS superseded $not_counted \gset
\if :superseded
SELECT DISTINCT to_char(t.billing_period, 'YYYY-MM') AS \"does not count\", o.source AS \"since this source has it already\"
FROM bedrock.bill_total AS t JOIN bedrock.bill_total AS o USING (account_id, billing_period)
WHERE t.source = $(literal "$table") AND t.superseded AND NOT o.superseded ORDER BY 1, 2;
SELECT format('SELECT bedrock.prefer_source(%L)', $(literal "$table")) AS \"what makes it count instead\";
\endif"

# ---- read by the server itself ----------------------------------------------------------------------------------------

# Whether the server finds under these names the files that lie here: same size, same time.
if [ $keep_lines = no ] && [ $parquet = no ]; then
    paths= sizes=
    for file in "${files[@]}"; do
        paths+="${paths:+, }$(literal "$(realpath -- "$file")")"
        sizes+="${sizes:+, }$(stat -Lc "'%s/%Y'" -- "$file")"
    done
    same=$(psql -X -q -At "${to[@]}" 2>/dev/null <<SQL || true
SELECT (SELECT array_agg(f.bytes || '/' || extract(epoch FROM date_trunc('second', f.modified))::bigint) FROM unnest(ARRAY[$paths]) AS p (path), bedrock.server_files(p.path) AS f)
       = ARRAY[$sizes] AND NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = $(literal "$table") AND s.relation IS NOT NULL);
SQL
    )
    if [ "$same" = t ]; then
        printf 'loading %d file(s), read by the server\n' ${#files[@]} >&2
        attended psql -X -q -v ON_ERROR_STOP=1 "${to[@]}" >"$scratch/loaded" 2> >(up_to_place | in_options | sed -u 's/^.*NOTICE: */    /' | tee "$scratch/errors" >&2) <<SQL || die "nothing was loaded"
\pset footer off
\pset format wrapped
SELECT to_char(billing_period, 'YYYY-MM') AS billing_period, action, lines, cost
FROM bedrock.load_cur(ARRAY[$paths], name => $(literal "$table"), partial => $([ $partial = yes ] && echo "'append'" || echo "'refuse'"),
                      force => $([ $force = yes ] && echo true || echo false), allow_monthly => $([ $monthly = yes ] && echo true || echo false));
SELECT count(*) > 0 AS lacking
FROM bedrock.source, jsonb_each(missing) AS m
WHERE source = $(literal "$table") AND m.value ->> 'fix' IS NOT NULL AND m.key IN ('resource_id', 'iam_principal', 'usage_type') \gset
\if :lacking
SELECT m.key AS "not in the export", m.value ->> 'fix' AS "what adds it" FROM bedrock.source, jsonb_each(missing) AS m
WHERE source = $(literal "$table") AND m.value ->> 'fix' IS NOT NULL AND m.key IN ('resource_id', 'iam_principal', 'usage_type') ORDER BY 1;
\endif
$not_counted
SQL
        cat "$scratch/loaded"
        exit
    fi
fi

# ---- one transaction ------------------------------------------------------------------------------------------------

typed <"$scratch/names" >"$scratch/columns"
target=$(printf '%s' "$table" | awk -F. '{ for (i = 1; i <= NF; i++) { gsub(/"/, "\"\"", $i); printf "%s\"%s\"", (i > 1 ? "." : ""), $i } }')

list=$(while IFS=$'\t' read -r name type; do printf '%s, ' "$(quote "$name")"; done <"$scratch/columns")
list=${list%, }
{
    echo '\set ON_ERROR_STOP on'
    echo 'SET client_min_messages = warning;'
    echo "SET timezone = 'UTC';"
    echo 'BEGIN;'
    # A map that is no JSON must not stop the load: maps arrive as text.
    echo 'CREATE TEMP TABLE bedrock_staging ('
    while IFS=$'\t' read -r name type; do
        printf '    %s %s,\n' "$(quote "$name")" "${type/jsonb/text}"
    done <"$scratch/columns" | sed '$s/,$//'
    echo ') ON COMMIT DROP;'
    for i in "${!files[@]}"; do
        columns=$(while read -r name; do printf '%s, ' "$(quote "$name")"; done <"$scratch/names.$i")
        columns=${columns%, }
        printf '\\warn #file %s\n' "$(literal "${files[i]}")"
        printf '\\copy bedrock_staging (%s) from program '\''bash "$BEDROCK_LOAD" --feed %d'\'' with (format csv, header, force_null (%s))\n' \
            "$columns" "$i" "$columns"
    done
    echo '\warn #file'
    printf '%s\n' "\! echo '    read; writing the table' >&3; rm -f \"\$BEDROCK_READING\""
    printf 'CREATE TABLE IF NOT EXISTS %s (\n' "$target"
    while IFS=$'\t' read -r name type; do printf '    %s %s,\n' "$(quote "$name")" "$type"; done <"$scratch/columns" | sed '$s/,$//'
    echo ');'
    while IFS=$'\t' read -r name type; do
        printf 'ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s;\n' "$target" "$(quote "$name")" "$type"
    done <"$scratch/columns"
    if [ "$partial" = no ]; then
        printf 'DELETE FROM %s AS old USING (SELECT DISTINCT %s AS payer, %s AS period FROM bedrock_staging AS l) AS new\n' \
            "$target" "$(payer_of l)" "$(period_of l)"
        printf '    WHERE %s IS NOT DISTINCT FROM new.payer AND %s IS NOT DISTINCT FROM new.period;\n' "$(payer_of old)" "$(period_of old)"
    fi
    printf 'INSERT INTO %s (%s)\nSELECT ' "$target" "$list"
    # What is no JSON is kept as it came, as a JSON string, which has no tags.
    while IFS=$'\t' read -r name type; do
        column=$(quote "$name")
        if [ "$type" = jsonb ]; then printf 'coalesce(bedrock.try_jsonb(%s), to_jsonb(%s)), ' "$column" "$column"
        else printf '%s, ' "$column"; fi
    done <"$scratch/columns" | sed 's/, $/\n/'
    echo 'FROM bedrock_staging;'
    printf '%s\n' '\pset footer off' '\pset format wrapped'
    printf 'SELECT to_char(%s AT TIME ZONE '\''UTC'\'', '\''YYYY-MM'\'') AS billing_period, %s AS payer, count(*) AS lines, sum(%s) AS %s\nFROM bedrock_staging AS l GROUP BY 1, 2 ORDER BY 1, 2;\n' \
        "$(period_of l)" "$(payer_of l)" "$(quote "$cost")" "$(quote "${cost##*/}")"
    printf 'SELECT a.source FROM bedrock.attach(%s::regclass, name => %s, force => %s::boolean, allow_monthly => %s::boolean) AS a \\g /dev/null\n' \
        "$(literal "$target")" "$(literal "$table")" "$(literal "$force")" "$(literal "$monthly")"
    missing="FROM bedrock.source, jsonb_each(missing) AS m WHERE source = $(literal "$table") AND m.value ->> 'fix' IS NOT NULL AND m.key IN ('resource_id', 'iam_principal', 'usage_type')"
    printf '%s\n' "SELECT count(*) > 0 AS lacking $missing \gset" '\if :lacking' \
        "SELECT m.key AS \"not in the export\", m.value ->> 'fix' AS \"what adds it\" $missing ORDER BY 1;" '\endif'
    printf 'SELECT source, billing_period, action, lines, cost FROM bedrock.refresh(%s);\n' "$(literal "$table")"
    printf '%s\n' "$not_counted"
    echo 'COMMIT;'
} >"$scratch/load.sql"

BEDROCK_FILES=$(printf '%s\n' "${files[@]}")
BEDROCK_LOAD=${BASH_SOURCE[0]}
BEDROCK_IS_PARQUET=$parquet
BEDROCK_READING=$scratch/reading
export BEDROCK_FILES BEDROCK_LOAD BEDROCK_IS_PARQUET BEDROCK_READING
touch "$BEDROCK_READING"
printf 'loading %d file(s) into %s\n' "${#files[@]}" "$table" >&2
being_told=$BEDROCK_READING
if ! attended psql -X -q "${to[@]}" -f "$scratch/load.sql" 2>"$scratch/errors"; then
    awk '
        /^#file/ || /#file/ { sub(/.*#file */, ""); gsub(/^\047|\047$/, ""); file = $0; next }
        /#broken/ { broken = 1; next }
        /^parquet: / { broken = 1; reason = $0; sub(/^parquet: /, "", reason); next }
        /gzip: / { broken = 1; reason = $0; sub(/.*gzip: (stdin: )?/, "", reason); next }
        /ERROR: / && !message { message = $0; sub(/.*ERROR: */, "", message); next }
        /^CONTEXT: / { if (sub(/.*COPY bedrock_staging, /, "")) context = $0; stack = 1; next }
        /^(DETAIL|HINT): / { stack = 0 }
        !stack { rest = rest $0 "\n" }
        END {
            if (broken) { message = "the file cannot be read to its end (" reason ")"; context = rest = "" }
            if (message == "") { printf "error: %s", rest; exit }
            printf "ERROR:  %s\n%s", message, rest
            if (file != "") printf "CONTEXT:  file %s%s\n", file, (context == "" ? "" : ", " context)
        }' "$scratch/errors" | in_options >&2
    die "nothing was loaded; $table is as it was before"
fi
