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
Finds the shipped question that the words ask, or that has this id, and prints
it, its SQL and its answer as a table: ./run ask "cost by team in august"
  --csv, --json  the answer alone, for programs: numbers exact (in a table they
                 are rounded, amounts to cents)
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
                 default: bedrock, your bill, where ./run load loaded one, else
                 demo; where PGHOST or PGSERVICE is set, what psql takes there
Where PGHOST or PGSERVICE is set, that server is asked, else the private one,
which is then stopped again if it was not running. A question that somebody
added to bedrock.question is not run, as its SQL could do anything in your name:
--sql prints it.
exit codes: 0 answered, 1 an error of the server or of the build, or a question
            that is not run, 2 misused, 3 no question asks this, 130 interrupted
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
            # Nothing, as of a variable that is not set, is not the default: --as would answer as who logged in.
            [ $# -gt 1 ] && [ -n "$2" ] || misused "$1 needs a value"
            case $1 in
                --param) [[ $2 =~ ^[a-z_0-9]+= ]] || misused "--param needs NAME=VALUE"
                         params+=${params:+$'\x1f'}$2 ;;
                --month) [[ $2 =~ ^[0-9]{4}-(0[1-9]|1[0-2])$ ]] || misused "--month needs a month as 2026-09"
                         params+=${params:+$'\x1f'}period=$2 ;;
                # SET ROLE takes it, in quotes too, for: no other role.
                --as) [ "$2" != none ] || misused '--as needs a role, and none is no role'; role=$2 ;;
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
iconv -f UTF-8 -t UTF-8 <<<"$words$params$role$column" >/dev/null 2>&1 || misused 'the arguments are not UTF-8'
[ $check = no ] || exit 0

# The terminal's width, else 80; characters that its locale has.
width=80
[ ! -t 1 ] || width=$(stty size </dev/tty 2>/dev/null | cut -d' ' -f2 || true)
[[ $width =~ ^[0-9]+$ ]] && [ "$width" -ge 1 ] || width=80
[ "$width" -ge 40 ] || width=40
block='#' hollow=- linestyle=ascii
[ "$(locale charmap 2>/dev/null)" != UTF-8 ] || block=█ hollow=░ linestyle=unicode
case $form in
    csv) print=(-P format=csv) ;;
    json | sql) print=(-P format=unaligned -P tuples_only=on) ;;
    *) print=(-P format=wrapped -P columns="$width" -P expanded=auto -P border=2 -P linestyle=$linestyle -P footer=off -P null=-) ;;
esac

scratch=$(mktemp -d)
cleanup() { rm -rf "$scratch"; }
export PGCLIENTENCODING=UTF8
status=0
attended psql -X -q -v ON_ERROR_STOP=1 "${database[@]}" "${print[@]}" -v words="$words" -v params="$params" \
    -v form="$form" -v role="$role" -v width="$width" -v rows="$rows" -v column="$column" -v block=$block \
    -v hollow=$hollow -f "$here/ask.sql" 2>"$scratch/errors" || status=1
# Where in this script it happened is of no use to who asks; control characters of the database stay out of the terminal.
LC_ALL=C sed -E 's/^psql:(.*ask(_chart)?\.sql:[0-9]+:)? (error|ERROR|FATAL|WARNING)/\3/
    /^(LINE [0-9]+|QUERY|CONTEXT):/,/^ *\^/d
    s/[\x01-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/?/g' "$scratch/errors" | tee "$scratch/said" >&2
! grep '^error: ' "$scratch/said" >/dev/null || status=1
! grep '^error: --column' "$scratch/said" >/dev/null || status=2
! grep '^error: no question asks this' "$scratch/said" >/dev/null || status=3
exit $status
