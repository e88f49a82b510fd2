#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# completion.sh bash | zsh: prints what a shell evaluates to complete ./run. It asks the checkout it completes:
# completion.sh words WORD...: what the last of these words, which follow ./run, may become, one a line.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

shell() {
    [ "$1" = bash ] || echo 'autoload -Uz compinit bashcompinit && { (( $+functions[compdef] )) || compinit -u; } && bashcompinit'
    cat <<'TEXT'
_bedrock_cost_run() {
    local IFS=$'\n'
    COMPREPLY=($("${1/#\~/$HOME}" completion words "${COMP_WORDS[@]:1:$COMP_CWORD}" 2>/dev/null))
}
complete -o bashdefault -o default -F _bedrock_cost_run run ./run
TEXT
}

# Of the server that is asked, where it is on; else those that ./run makes.
names() { # names QUERY DEFAULT...
    local query=$1
    shift
    if [ -z "${PGHOST:-}${PGSERVICE:-}" ] && "$root/control/cluster.sh" running "$root/.run/cluster" 2>/dev/null; then
        eval "$("$root/control/cluster.sh" env "$root/.run/cluster")"
    fi
    { [ -n "${PGHOST:-}${PGSERVICE:-}" ] && PGCONNECT_TIMEOUT=2 psql -X -At -w -d postgres -c "$query" 2>/dev/null; } ||
        printf '%s\n' "$@"
}
databases() { names "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'" demo bedrock; }

words() {
    local before=${*: -2:1}
    if [ $# -le 1 ]; then
        "$root/run" --help | sed -n 's/^  \([a-z]\+\)\( | \([a-z]\+\)\)\?\( .*\)\?$/\1\n\3/p'
        return
    fi
    case $before in
        --database | --to) databases; return ;;
        --as) names 'SELECT rolname FROM pg_roles WHERE rolname !~ $$^pg_$$'; return ;;
        --table | --param | --month | --rows | --column) return ;;
    esac
    if [[ ${*: -1} == -* ]]; then
        "$root/run" "$1" --help | grep -oE -- '--[a-z][a-z-]*' | sort -u
        return
    fi
    case $1 in
        ask) sed -n "s/^('\(Q[0-9]*\)',.*/\1/p" "$root"/sql/90-question/*.sql | sort ;;
        psql) databases ;;
        test) echo full ;;
        bench) printf '%s\n' rows refresh owners peers sparse prices ;;
        portability) printf '%s\n' demo test user root ;;
        package) printf '%s\n' deb pgxn ;;
        completion) printf '%s\n' bash zsh ;;
    esac
}

case ${1:-} in
    bash | zsh) [ $# = 1 ] || exit 2; shell "$1" ;;
    words)
        shift
        [ $# -gt 0 ] || set -- ''
        last=${*: -1}
        words "$@" | while IFS= read -r word; do
            [ -z "$word" ] || [[ ${word,,} != "${last,,}"* ]] || printf '%s\n' "$word"
        done ;;
    *) exit 2 ;;
esac
