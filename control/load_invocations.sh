#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Loads model invocation logs from files of this machine: load_invocations.sh [--to CONNINFO] FILE...
# The server reads them itself where it can (a socket of this machine, a role with pg_read_server_files); else they go
# there in blocks of whole lines, through psql's client-side copy. One transaction a run.
set -euo pipefail

usage() {
    cat <<TEXT
usage: ${BEDROCK_COMMAND:-./run load} [--to CONNINFO] FILE...
  FILE    model invocation logs of Bedrock, plain or gzip: as they lie in S3,
          exports and subscriptions of CloudWatch Logs, answers of aws logs,
          results of Logs Insights with @message (JSON, CSV), CloudTrail files;
          or a folder: every *.json, *.jsonl, *.log, *.csv and *.gz below it
  --to    where to load: a psql connection string (default: PGHOST and its kin)
A request is loaded once, however often it is delivered. Lines that are no
record go to bedrock.invocation_quarantine. A file without any record is
reported, and the exit status is 1; the other files are loaded.
TEXT
}

first_line() { gzip -dcf <"$1" 2>/dev/null | head -c 4096 | head -n 1 | tr -d '\0' || true; }
is_csv() { [[ ! $1 =~ ^.?[{\[] ]] && [[ $1 == *@message* ]]; }

# One file in blocks of whole lines, each a line of base64: bytes that are no text must not stop the load of the rest.
# Each block of CSV has the header in front; a document that is spread over lines should be in one block.
if [ "${1:-}" = --feed ]; then
    first=$(first_line "$2")
    head='' size=8m
    ! is_csv "$first" || head=$first
    [[ ! $first =~ ^[^[:alnum:]\"]*$ ]] || size=64m
    export head
    gzip -dcf <"$2" | split -C $size --filter='{ [ "$FILE" = xaa ] || [ -z "$head" ] || printf "%s\n" "$head"; cat; } | base64 -w 0; echo' ||
        { printf '#broken\n'; exit 1; }
    exit
fi

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
named=("${files[@]}") files=()
for file in "${named[@]}"; do
    [ -e "$file" ] || die "$file: no such file"
    if [ -d "$file" ]; then
        listed=$(find -L "$file" -type f \( -name '*.json' -o -name '*.jsonl' -o -name '*.log' -o -name '*.csv' -o -name '*.gz' \) \
            ! -name '.*' \
            ! -path '*/BedrockModelInvocationLogs/*/data/*' | LC_ALL=C sort)
        [ -n "$listed" ] || die "$file: no file *.json, *.jsonl, *.log, *.csv or *.gz below this folder"
        mapfile -t -O ${#files[@]} files <<<"$listed"
    else
        files+=("$file")
    fi
done
export BEDROCK_FEED=$here/load_invocations.sh
sql() { psql -X -q -v ON_ERROR_STOP=1 "${to[@]}" "$@"; }
report='count(*) AS parts, sum(w.records) AS records, sum(w.loaded) AS loaded, sum(w.repeated) AS repeated, sum(w.differing) AS differing, sum(w.expired) AS expired, sum(w.events) AS events, sum(w.quarantined) AS quarantined'

scratch=$(mktemp -d)
cleanup() { rm -rf "$scratch"; }
# psql's errors wait until it is known that nobody interrupted it.
reported() {
    attended sql -x "$@" 2>"$scratch/errors" || { up_to_place <"$scratch/errors" >&2; exit 1; }
    cat "$scratch/errors" >&2
    # As bedrock_internal.warn_of_unreadable_files says it.
    ! grep -q 'no record of a model invocation log in ' "$scratch/errors"
}

# Not another file of the same name: the same size at the same time, on a server behind a socket of this machine.
paths='' same=''
for file in "${files[@]}"; do
    [ -r "$file" ] || die "$file: not readable by $(id -un)"
    path=$(realpath -- "$file")
    paths+=${paths:+, }$(literal "$path")
    same+=$(stat -Lc '%s/%Y' -- "$file")' '
done
if seen=$(sql -At -c "SELECT string_agg(f.bytes || '/' || floor(extract(epoch FROM f.modified)), ' ' ORDER BY p.n) || ' ' FROM unnest(ARRAY[$paths]) WITH ORDINALITY AS p (path, n), bedrock.server_files(p.path) AS f WHERE inet_server_addr() IS NULL" 2>/dev/null) && [ "$seen" = "$same" ]; then
    reported -c "SELECT l.files, l.records, l.loaded, l.repeated, l.differing, l.expired, l.events, l.quarantined FROM bedrock.load_invocations(VARIADIC ARRAY[$paths]) AS l"
    exit
fi
{
    echo 'BEGIN;'
    echo 'CREATE TEMP TABLE part (file text, n integer GENERATED ALWAYS AS IDENTITY, data text) ON COMMIT DROP;'
    echo 'CREATE TEMP TABLE recordless (file text) ON COMMIT DROP;'
    echo 'CREATE TEMP TABLE written (i integer, records bigint, loaded bigint, repeated bigint, differing bigint, expired bigint, events bigint, quarantined bigint) ON COMMIT DROP;'
    for i in "${!files[@]}"; do
        export "BEDROCK_FILE_$i=${files[$i]}"
        head_lines=0
        ! is_csv "$(first_line "${files[$i]}")" || head_lines=1
        printf '%s\n' "\\copy part (data) FROM PROGRAM 'exec \"\$BEDROCK_FEED\" --feed \"\$BEDROCK_FILE_$i\"'"
        cat <<SQL
SELECT 1 / (SELECT CASE WHEN bool_or(p.data = '#broken') THEN 0 ELSE 1 END FROM part AS p) IS NULL AS "file is damaged: $i" \\g /dev/null
INSERT INTO written
SELECT $i, w.* FROM (SELECT b.bytes, 1 + coalesce(sum(b.lines - $head_lines) OVER (ORDER BY b.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS first_line
                 FROM (SELECT p.n, x.bytes, length(e.escaped) - length(replace(e.escaped, E'\\n', '')) AS lines
                       FROM part AS p, LATERAL (SELECT decode(p.data, 'base64') AS bytes OFFSET 0) AS x, LATERAL (SELECT encode(x.bytes, 'escape') AS escaped OFFSET 0) AS e) AS b
                 ORDER BY b.n OFFSET 0) AS f
CROSS JOIN LATERAL bedrock_internal.load_invocation_bytes(f.bytes, $(literal "${files[$i]}"), f.first_line) AS w;
-- What is loaded already is counted nowhere, if it is an event.
INSERT INTO recordless
SELECT $(literal "${files[$i]}") FROM written AS w WHERE w.i = $i
HAVING sum(w.records) = 0 AND sum(w.events) = 0 AND sum(w.quarantined) > 0
       AND NOT EXISTS (SELECT
                       FROM part AS p, bedrock_internal.parse_invocations(decode(p.data, 'base64'), bedrock_internal.invocation_label_keys()) AS s
                       WHERE s.reason IS NULL);
TRUNCATE part;
SQL
    done
    echo "SELECT $report FROM written AS w;"
    echo 'SELECT bedrock_internal.warn_of_unreadable_files(array_agg(r.file ORDER BY r.file)) FROM recordless AS r \g /dev/null'
    echo 'SELECT bedrock_internal.run_checks($$logs$$) WHERE EXISTS (SELECT FROM written AS w WHERE w.loaded > 0) \g /dev/null'
    echo 'COMMIT;'
} >"$scratch/load.sql"
reported -f "$scratch/load.sql"
