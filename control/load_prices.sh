#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Loads AWS price lists from files of this machine: load_prices.sh [--to CONNINFO] FILE...
# The server reads them itself where it can (a socket of this machine, a role with pg_read_server_files); else their text
# goes there. All of them, or nothing.
set -euo pipefail

usage() {
    cat <<TEXT
usage: ${BEDROCK_COMMAND:-./run load} [--to CONNINFO] FILE...
  FILE    AWS's price lists of Bedrock, plain or gzip: index.json or index.csv
          of the offers AmazonBedrock, AmazonBedrockService and
          AmazonBedrockFoundationModels, or answers of aws pricing get-products
  --to    where to load: a psql connection string (default: PGHOST and its kin)
They are kept and compared with the price book; bedrock.apply_price_list takes
what is new or different into it.
TEXT
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/script.sh"

to=() files=()
while [ $# -gt 0 ]; do
    case $1 in
        --to) [ $# -gt 1 ] || misused "$1 needs a value" ;;&
        --to) to=(-d "$2"); shift ;;
        -h | --help) usage; exit ;;
        -*) misused "load knows no $1" ;;
        *) files+=("$1") ;;
    esac
    shift
done
[ ${#files[@]} -gt 0 ] || misused "no file named"
sql() { psql -X -q -v ON_ERROR_STOP=1 "${to[@]}" "$@"; }

scratch=$(mktemp -d)
cleanup() { rm -rf "$scratch"; }
# psql's errors wait until it is known that nobody interrupted it.
reported() { attended sql "$@" 2>"$scratch/errors" || { up_to_place <"$scratch/errors" >&2; exit 1; }; cat "$scratch/errors" >&2; }

# Not another file of the same name: the same size at the same time, on a server behind a socket of this machine.
paths='' same=''
for file in "${files[@]}"; do
    [ -f "$file" ] || die "$file: no such file"
    [ -r "$file" ] || die "$file: not readable by $(id -un)"
    path=$(realpath -- "$file")
    paths+=${paths:+, }$(literal "$path")
    same+=$(stat -Lc '%s/%Y' -- "$file")' '
done
columns='l.offer_code, l.version, l.region, l.action, l.rates, l.same, l.different, l.new, l.not_taken'
if seen=$(sql -At -c "SELECT string_agg(f.bytes || '/' || floor(extract(epoch FROM f.modified)), ' ' ORDER BY p.n) || ' ' FROM unnest(ARRAY[$paths]) WITH ORDINALITY AS p (path, n), bedrock.server_files(p.path) AS f WHERE inet_server_addr() IS NULL" 2>/dev/null) && [ "$seen" = "$same" ]; then
    reported -c "SELECT $columns FROM unnest(ARRAY[$paths]) WITH ORDINALITY AS p (path, n), LATERAL bedrock.load_price_list(p.path) AS l ORDER BY p.n, 1, 2, 3"
    exit
fi
for i in "${!files[@]}"; do
    # psql does not stop at a text that is cut off.
    gzip -dcf <"${files[$i]}" >/dev/null || die "${files[$i]}: the gzip data is damaged. Nothing was loaded"
    export "BEDROCK_FILE_$i=${files[$i]}"
done
{
    echo 'BEGIN;'
    for i in "${!files[@]}"; do
        printf '%s\n' "\\set content \`gzip -dcf <\"\$BEDROCK_FILE_$i\"\`" \
            "SELECT $columns FROM bedrock.load_price_list_text(:'content', $(literal "${files[$i]}")) AS l ORDER BY 1, 2, 3;"
    done
    echo 'COMMIT;'
} >"$scratch/load.sql"
reported -f "$scratch/load.sql"
