#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Prints a question of the catalogue that words find, and its answer. psql does the work (ask.sql); the database is where
# PGHOST and its kin say.
set -euo pipefail
usage() {
    cat <<'TEXT'
usage: ./run ask [OPTIONS] WORDS...
       ./run ask [OPTIONS] Q023
       ./run ask --list [WORDS...]
Finds the question that the words ask, or that has this id, and prints it, its
SQL and its answer as a table: ./run ask "cost by team in august"
  --csv, --json  the answer alone, for programs: amounts exact (in a table they
                 are rounded to cents)
  --chart        bars for the first amount of the answer, else its first number
  --column NAME  bars for this column
  --sql          the SQL alone
  --list         the questions that the words find; without words all of them
  --rows N       at most N rows in a table or chart (default 50; 0: all)
  --month YYYY-MM
                 the month asked about (parameter period; default: the latest)
  --param NAME=VALUE
                 any parameter of the question; a list as a,b
  --as ROLE      as this role sees it
  --database NAME
                 default: demo where ./run demo has made it, else bedrock; where
                 PGHOST or PGSERVICE is set, what psql takes there
Where PGHOST or PGSERVICE is set, that server is asked, else the private one,
which is then stopped again if it was not running.
exit codes: 0 answered, 1 an error of the server or of the build, 2 misused,
            3 no question asks this, 130 interrupted
TEXT
}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/script.sh"
interruption='interrupted'

form='' words='' params='' role='' rows=50 column='' database=() check=no
while [ $# -gt 0 ]; do
    case $1 in
        --csv | --json | --chart | --sql | --list)
            [ -z "$form" ] || misused "$1 and --$form do not go together"
            form=${1#--} ;;
        --param | --month | --as | --database | --rows | --column)
            [ $# -gt 1 ] || misused "$1 needs a value"
            case $1 in
                --param) [[ $2 =~ ^[a-z_0-9]+= ]] || misused "--param needs NAME=VALUE"
                         params+=${params:+$'\x1f'}$2 ;;
                --month) params+=${params:+$'\x1f'}period=$2 ;;
                --as) role=$2 ;;
                --database) database=(-d "$2") ;;
                --rows) [[ $2 =~ ^[0-9]{1,9}$ ]] || misused "--rows needs a number"; rows=$((10#$2)) ;;
                --column) column=$2 form=${form:-chart}; [ "$form" = chart ] || misused "--column goes with --chart" ;;
            esac
            shift ;;
        # Only what can be told wrong of without a server.
        --check) check=yes ;;
        -h | --help) usage; exit ;;
        -*) misused "ask knows no $1" ;;
        *) words+=${words:+ }$1 ;;
    esac
    shift
done
form=${form:-table}
[ -n "${words// /}" ] || [ "$form" = list ] || misused "ask needs words, or the id of a question"
[ $check = no ] || exit 0

# The terminal's width, else 80; characters that its locale has.
width=80
[ ! -t 1 ] || width=$(stty size </dev/tty 2>/dev/null | cut -d' ' -f2 || true)
[[ $width =~ ^[0-9]+$ ]] && [ "$width" -ge 1 ] || width=80
[ "$width" -ge 40 ] || width=40
if [ "$(locale charmap 2>/dev/null)" = UTF-8 ]; then
    draw=(│ ─ ┼ ├ ┤ ┌ ┬ ┐ └ ┴ ┘ █ …)
else
    draw=('|' - + + + + + + + + + '#' ..)
fi
set --
for name in bar dash cross left right top_left top top_right low_left low low_right block cut; do
    set -- "$@" -v "$name=${draw[0]}"
    draw=("${draw[@]:1}")
done

scratch=$(mktemp -d)
cleanup() { rm -rf "$scratch"; }
export PGCLIENTENCODING=UTF8
status=0
attended psql -X -q -v ON_ERROR_STOP=1 "${database[@]}" "$@" -v words="$words" -v params="$params" -v form="$form" \
    -v role="$role" -v width="$width" -v rows="$rows" -v column="$column" -f "$here/ask.sql" 2>"$scratch/errors" || status=1
if grep -q '^#nothing$' "$scratch/errors"; then
    near=$(sed -n '/^#nothing$/,$ { /^#nothing$/d; /./p }' "$scratch/errors")
    printf 'error: no question asks this: %s\n' "$words" >&2
    [ -z "$near" ] || printf 'Near ones, asked by their id (./run ask %s):\n%s\n' "$(awk '{ print $1; exit }' <<<"$near")" "$near" >&2
    printf 'All of them: ./run ask --list\n' >&2
    exit 3
fi
# Where in this script it happened is of no use to who asks.
sed -E 's/^psql:[^ ]*: (ERROR|FATAL|WARNING)/\1/; /^(LINE [0-9]+|QUERY|CONTEXT):/,/^ *\^/d' "$scratch/errors" >&2
exit $status
